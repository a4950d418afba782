//! The observations of a stretch of time, put together again and counted in a fleet of their own.

use super::chunk::{Chunk, meaning};
use super::{Scope, Sieve, Subject, Timeline};
use crate::fleet::{Counted, Fleet, OriginKind};
use crate::observation::{Asker, Observation};

/// Where rows of a subject were counted, and the source that they came from.
#[derive(Clone, Copy)]
struct Seen {
    counted: Counted,
    whence: u32,
}

impl Timeline {
    /// Counts in `into` what lies within `scope` and `sieve` lets through: as if a log of those records alone had been
    /// read. `known` is the fleet that the timeline's numbers are of.
    ///
    /// Who asked for what is looked up once; all further rows of the same subject and source are counted where the
    /// first one was.
    pub fn observe_into(&self, known: &Fleet, scope: Scope, sieve: Option<&Sieve>, into: &mut Fleet) {
        let mut pairs: Vec<Option<Seen>> = vec![None; known.pair_count()];
        let mut others: Vec<Option<Seen>> = vec![None; self.others.len()];
        for (number, chunk) in self.chunks.iter().enumerate() {
            let rows = chunk.within(scope);
            let mut at = rows.start;
            while at < rows.end {
                if let Some(sieve) = sieve {
                    match sieve.next(number, at) {
                        Some(next) if next < rows.end => at = next,
                        _ => break,
                    }
                }
                let seen = match Subject::unpacked(chunk.subject[at]) {
                    Subject::Pair(pair) => pairs.get_mut(pair.0 as usize),
                    Subject::Other(other) => others.get_mut(other as usize),
                };
                if let Some(seen) = seen {
                    self.count_row(known, chunk, at, seen, into);
                }
                at += 1;
            }
        }
    }

    fn count_row(&self, known: &Fleet, chunk: &Chunk, at: usize, seen: &mut Option<Seen>, into: &mut Fleet) {
        let Some(row) = chunk.row(at) else { return };
        let (native, ipv4) = self.answers.get(row.answer);
        let (verdict, cname_only, mixed) = meaning(row.code);
        let whence = self.whences.get(row.whence);
        let (kind, rcode) = self.kinds.unpacked(row.kind);
        let mut observation = Observation {
            opening: 0,
            at: crate::moment::Moment(row.at),
            account: whence.account.as_bytes(),
            region: whence.region.as_bytes(),
            vpc: whence.vpc.as_bytes(),
            asker: Asker::Address,
            source: whence.source,
            port: b"",
            name: b"",
            kind: kind.as_bytes(),
            rcode,
            verdict,
            native,
            ipv4,
            cname_only,
            mixed,
        };
        if let Some(seen) = seen
            && seen.whence == row.whence
        {
            into.observe_again(seen.counted, &observation);
            return;
        }
        let Some((origin, name)) = self.asked(known, Subject::unpacked(row.subject)) else { return };
        let (kind, id, _) = known.origin_text(origin);
        observation.name = name.as_bytes();
        observation.asker = match kind {
            OriginKind::Instance => Asker::Instance(id.as_bytes()),
            OriginKind::ResolverEndpoint => Asker::ResolverEndpoint(id.as_bytes()),
            OriginKind::Interface => Asker::Interface(id.as_bytes()),
            OriginKind::Address => Asker::Address,
        };
        *seen = Some(Seen { counted: into.observe(&observation), whence: row.whence });
    }
}
