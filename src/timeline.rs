//! Every observation of a log, in columns, so that any stretch of its time can be looked at again.
//!
//! A [`crate::fleet::Fleet`] counts and forgets. A timeline keeps: 32 bytes a record ([`ROW`]), and each
//! distinct answer, source and question but once. From it follow the fleet as of a moment, within a range, or
//! as far as a filter lets it through ([`Timeline::summarize`], [`Timeline::observe_into`]), and the records
//! one by one, forwards and backwards ([`Timeline::before`], [`Timeline::after`]).
//!
//! Origins and pairs go by their numbers in the fleet that the same records were counted in. Rows are kept in
//! chunks, in the order of their time within each; chunks may overlap, as files do and late records.

use crate::base::moment::{Moment, hull};
use crate::base::workers::Workers;
use crate::fleet::{CountedPlace, Fleet, OriginId, PairId, Renumbering, Symbol};
use crate::log::envelope::RecordPlace;
use crate::log::observation::{Observation, Rcode, Verdict};

mod bits;
mod change_index;
mod chunk;
mod mask;
mod matched;
mod observe;
mod retention;
mod row_id;
mod scope;
mod shared;
mod spots;
mod summarize;
mod tables;
#[cfg(test)]
mod tests;
mod walk;

pub use change_index::ChangeIndex;
pub use chunk::{CHUNK, ROW};
pub use mask::{RecentMasks, RowMask};
pub use matched::Matched;
pub use retention::{DroppedChunks, FoldedRecords};
pub use row_id::RowId;
pub use scope::Scope;
pub use shared::Shared;
pub use summarize::PairSummaries;
pub use tables::QuerySource;

use chunk::{Chunk, Packed};
use tables::{AnswerTable, OtherQuestions, QtypeTable, QuerySources};

/// The number of an input: a file, standard input, a log group. Numbered by the feed, in the order of their
/// names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct InputId(pub u32);

/// The place of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Spot {
    /// In which input.
    pub input: InputId,
    /// Where in it.
    pub place: RecordPlace,
}

/// What a record asked: something judged, of a pair of the fleet, or something else, which is known to the
/// timeline only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RowSubject {
    /// A or AAAA.
    Pair(PairId),
    /// Any other type: a number of this timeline.
    Other(u32),
}

/// The bit that tells a subject which is no pair.
const OTHER: u32 = 1 << 31;

impl RowSubject {
    fn packed(self) -> u32 {
        match self {
            Self::Pair(pair) => pair.0,
            Self::Other(number) => number | OTHER,
        }
    }

    fn unpacked(packed: u32) -> Self {
        if packed & OTHER == 0 { Self::Pair(PairId(packed)) } else { Self::Other(packed & !OTHER) }
    }
}

/// One record, as the timeline has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimelineEntry<'t> {
    /// `query_timestamp`.
    pub at: Moment,
    /// What it counts for.
    pub subject: RowSubject,
    /// What came back.
    pub verdict: Verdict,
    /// The RCODE.
    pub rcode: Rcode,
    /// QTYPE as the log has it; empty where there were more kinds than are told apart.
    pub kind: &'t str,
    /// The port that the query came from; 0 if the log has none.
    pub port: u16,
    /// Native addresses of an AAAA answer.
    pub native: &'t [u128],
    /// IPv4 addresses: embedded ones, or those of an A answer.
    pub ipv4: &'t [u32],
    /// An empty AAAA whose answers held a CNAME chain.
    pub cname_only: bool,
    /// Native addresses with synthesized ones beside them.
    pub mixed: bool,
    /// What was read shows only some of the answers; those that it shows decided.
    pub partial: bool,
    /// Where the query came from.
    pub source_of_query: QuerySource<'t>,
    /// The place of the record; `None` if that is farther into an input than is kept track of.
    pub spot: Option<Spot>,
}

/// Every observation of a log.
#[derive(Clone, Debug, Default)]
pub struct Timeline {
    /// Each by itself, so that who has them all need not have those copied that do not change.
    chunks: Vec<Shared<Chunk>>,
    others: OtherQuestions,
    answers: AnswerTable,
    sources_of_queries: QuerySources,
    kinds: QtypeTable,
    rows: u64,
    /// What was folded away.
    gone: retention::ExpiredRows,
    /// What comes goes to another chunk than what came.
    parted: bool,
    /// Who long passes are shared out to.
    workers: Workers,
}

impl Timeline {
    /// Has passes over all records be shared out to `workers` from now on.
    pub fn share_out(&mut self, workers: Workers) {
        self.workers = workers;
    }

    /// Takes in one observation, which `counted` says where the fleet counted it.
    pub fn push(&mut self, observation: &Observation<'_>, counted: CountedPlace, spot: Spot) {
        let subject = match counted.pair {
            Some(pair) => RowSubject::Pair(pair),
            None => RowSubject::Other(self.others.number(counted.origin, observation.name)),
        };
        let row = Packed {
            at: observation.at.0,
            subject: subject.packed(),
            code: chunk::code(observation),
            kind: self.kinds.packed(observation.kind, observation.rcode),
            port: crate::log::observation::text(observation.port).parse().unwrap_or(0),
            answer: self.answers.number(observation.native, observation.ipv4),
            source_of_query: self.sources_of_queries.number(observation),
            place: chunk::pack_place(spot),
            length: spot.place.length,
        };
        self.rows += 1;
        let parted = std::mem::take(&mut self.parted);
        if let Some(last) = self.chunks.last_mut()
            && !parted
            && last.takes(row.at)
        {
            last.push(row);
            return;
        }
        self.chunks.push(Shared::new(Chunk::new(row)));
    }

    /// Takes in another timeline, whose fleet `absorbed` says the numbers of in this one's.
    pub fn absorb(&mut self, other: Self, absorbed: &Renumbering) {
        self.rows += other.rows;
        let answers = self.answers.absorb(&other.answers);
        let sources_of_queries = self.sources_of_queries.absorb(&other.sources_of_queries);
        let kinds = self.kinds.absorb(&other.kinds);
        let others = self.others.absorb(&other.others, absorbed);
        self.gone.absorb(&other.gone, absorbed);
        let renumber = |row: Packed| Packed {
            subject: match RowSubject::unpacked(row.subject) {
                RowSubject::Pair(pair) => absorbed.pairs[pair.0 as usize],
                RowSubject::Other(number) => others[number as usize] | OTHER,
            },
            answer: answers[row.answer as usize],
            source_of_query: sources_of_queries[row.source_of_query as usize],
            kind: kinds.renumbered(row.kind),
            ..row
        };
        for chunk in other.chunks {
            // Small chunks are joined to large ones; their order within is mended at the end.
            let mut rows = chunk.rows();
            while let Some(row) = rows.next() {
                let parted = std::mem::take(&mut self.parted);
                match self.chunks.last_mut() {
                    Some(last) if !parted && last.takes(row.at) => last.push(renumber(row)),
                    _ => {
                        if let Some(full) = self.chunks.last_mut() {
                            full.close();
                        }
                        self.chunks.push(Shared::new(Chunk::with_room(renumber(row), rows.len())));
                    }
                }
            }
        }
        if let Some(last) = self.chunks.last_mut() {
            last.settle();
        }
    }

    /// Puts what was pushed into the order of time. To be called before anything is read after
    /// [`Timeline::push`].
    pub fn settle(&mut self) {
        for chunk in &mut self.chunks {
            chunk.settle();
        }
    }

    /// How many records there are, those left out that were folded away.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.rows
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// The earliest and the latest moment.
    #[must_use]
    pub fn range(&self) -> Option<(Moment, Moment)> {
        let (first, last) = self.chunks.iter().map(|chunk| chunk.range()).fold(None, hull)?;
        Some((Moment(first), Moment(last)))
    }

    /// One record.
    #[must_use]
    pub fn entry(&self, row: RowId) -> Option<TimelineEntry<'_>> {
        let packed = self.chunks.get(row.chunk as usize)?.row(row.at as usize)?;
        let (native, ipv4) = self.answers.get(packed.answer);
        let (kind, rcode) = self.kinds.unpacked(packed.kind);
        let chunk::CodeMeaning { verdict, cname_only, mixed, partial } = chunk::meaning(packed.code);
        Some(TimelineEntry {
            at: Moment(packed.at),
            subject: RowSubject::unpacked(packed.subject),
            verdict,
            rcode,
            kind,
            port: packed.port,
            native,
            ipv4,
            cname_only,
            mixed,
            partial,
            source_of_query: self.sources_of_queries.get(packed.source_of_query),
            spot: chunk::unpack_place(packed.place, packed.length),
        })
    }

    /// Who asked for what: the origin and the name of a subject.
    #[must_use]
    pub fn asked<'a>(&'a self, fleet: &'a Fleet, subject: RowSubject) -> Option<(OriginId, &'a str)> {
        match subject {
            RowSubject::Pair(pair) => {
                fleet.pair_parts(pair).map(|(origin, name)| (origin, fleet.name_text(name)))
            }
            RowSubject::Other(number) => self.others.get(number),
        }
    }

    /// The name of a subject by its number in the fleet; `None` for what is not judged.
    #[must_use]
    pub fn symbol(&self, fleet: &Fleet, subject: RowSubject) -> Option<Symbol> {
        match subject {
            RowSubject::Pair(pair) => fleet.pair_parts(pair).map(|(_, name)| name),
            RowSubject::Other(_) => None,
        }
    }

    /// The QTYPEs that were asked for, as far as they are told apart.
    pub fn types_seen(&self) -> impl Iterator<Item = &str> {
        self.kinds.iter()
    }

    /// The addresses that were answered, as text; one may come several times.
    pub fn answers_seen(&self) -> impl Iterator<Item = String> {
        self.answers.addresses().map(|address| address.to_string())
    }

    /// Bytes of memory in use.
    #[must_use]
    pub fn memory(&self) -> usize {
        self.chunks.iter().map(|chunk| chunk.memory()).sum::<usize>()
            + self.others.memory()
            + self.answers.memory()
            + self.sources_of_queries.memory()
            + self.gone.memory()
    }
}
