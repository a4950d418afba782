//! The observations of a stretch of time, put together again and counted in a fleet of their own.

use super::chunk::{Chunk, CodeMeaning, meaning};
use super::{RowMask, RowSubject, Scope, Timeline};
use crate::base::moment::Moment;
use crate::fleet::{CountedPlace, Fleet, OriginKind};
use crate::log::observation::{Aside, Asker, Observation, Rcode, SourceAddress};

/// Where rows of a subject were counted, and the source that they came from.
#[derive(Clone, Copy)]
struct CountedSubject {
    counted: CountedPlace,
    source_of_query: u32,
}

impl Timeline {
    /// Counts in `into` what lies within `scope` and `mask` lets through: as if a log of those records alone
    /// had been read, but for what names lead to and what blocks them, which no row keeps
    /// ([`Fleet::adopt_attached`]). `known` is the fleet that the timeline's numbers are of.
    ///
    /// Who asked for what is looked up once; all further rows of the same subject and source are counted
    /// where the first one was.
    pub fn observe_into(&self, known: &Fleet, scope: Scope, mask: Option<&RowMask>, into: &mut Fleet) {
        let mut pairs: Vec<Option<CountedSubject>> = vec![None; known.pair_count()];
        let mut others: Vec<Option<CountedSubject>> = vec![None; self.others.len()];
        for (number, chunk) in self.chunks.iter().enumerate() {
            let rows = chunk.within(scope);
            let mut at = rows.start;
            while at < rows.end {
                if let Some(mask) = mask {
                    match mask.next(number, at) {
                        Some(next) if next < rows.end => at = next,
                        _ => break,
                    }
                }
                let seen = match RowSubject::unpacked(chunk.subject[at]) {
                    RowSubject::Pair(pair) => pairs.get_mut(pair.0 as usize),
                    RowSubject::Other(other) => others.get_mut(other as usize),
                };
                if let Some(seen) = seen {
                    self.count_row(known, chunk, at, seen, into);
                }
                at += 1;
            }
        }
    }

    fn count_row(
        &self,
        known: &Fleet,
        chunk: &Chunk,
        at: usize,
        seen: &mut Option<CountedSubject>,
        into: &mut Fleet,
    ) {
        let (native, ipv4) = self.answers.get(chunk.answer[at]);
        let CodeMeaning { verdict, cname_only, mixed, partial } = meaning(chunk.code[at]);
        let mut observation = Observation {
            record_prefix: 0,
            at: Moment(chunk.time(at)),
            account: b"",
            region: b"",
            vpc: b"",
            asker: Asker::Address,
            source: SourceAddress::Ip(0),
            port: b"",
            name: b"",
            kind: b"",
            rcode: Rcode::Other,
            verdict,
            native,
            ipv4,
            cname_only,
            mixed,
            partial,
            aside: Aside::default(),
        };
        let number = chunk.source_of_query[at];
        if let Some(seen) = seen
            && seen.source_of_query == number
        {
            into.observe_again(seen.counted, &observation);
            return;
        }
        let Some((origin, name)) = self.asked(known, RowSubject::unpacked(chunk.subject[at])) else { return };
        let source_of_query = self.sources_of_queries.get(number);
        observation.account = source_of_query.account.as_bytes();
        observation.region = source_of_query.region.as_bytes();
        observation.vpc = source_of_query.vpc.as_bytes();
        observation.source = source_of_query.source;
        observation.name = name.as_bytes();
        let (kind, id, _) = known.origin_text(origin);
        observation.asker = match kind {
            OriginKind::Instance => Asker::from_ids(
                Some(id.as_bytes()),
                Some(source_of_query.endpoint.as_bytes()).filter(|id| !id.is_empty()),
                None,
            ),
            OriginKind::ResolverEndpoint => Asker::ResolverEndpoint(id.as_bytes()),
            OriginKind::Interface => Asker::Interface(id.as_bytes()),
            OriginKind::Device => Asker::Device(id.as_bytes()),
            OriginKind::Address => Asker::Address,
        };
        *seen = Some(CountedSubject { counted: into.observe(&observation), source_of_query: number });
    }
}
