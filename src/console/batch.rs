//! What a feed hands to the console: a stretch of the log, digested elsewhere.
//!
//! A batch is a fleet and what a screen wants besides: the newest records, where the newest record of each pair
//! stands, a histogram. Batches join like fleets do ([`Batch::absorb`]), so that a feed may join them before it sends
//! them, and a pause is nothing but joining later.

use super::histogram::{Class, Histogram};
use super::tape::{Chunk, Tape};
use crate::digest::{Digest, Witness};
use crate::envelope::Place;
use crate::fleet::{Fleet, OriginId, OriginKind, PairId};
use crate::moment::Moment;
use crate::observation::{Asker, Observation, Source, Verdict};

/// The number of an input: a file, standard input, a log group. Numbered by the feed, in the order of their names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct InputId(pub u32);

/// Where a record stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Spot {
    /// In which input.
    pub input: InputId,
    /// Where in it.
    pub place: Place,
}

/// How many of the newest records a batch, and the console, holds.
pub const ROWS: usize = 2000;

/// How many addresses of an answer a row holds.
const ADDRESSES: usize = 4;

/// One record, as the list of the newest shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// `query_timestamp`.
    pub at: Moment,
    /// Where it stands.
    pub spot: Spot,
    /// Who asked, by its number in the batch's fleet.
    pub origin: Option<OriginId>,
    /// What it counts for; none for types that are not judged.
    pub pair: Option<PairId>,
    /// The name asked for.
    pub name: Box<str>,
    /// What came back.
    pub verdict: Verdict,
    /// The first native addresses.
    pub native: Vec<u128>,
    /// The first IPv4 addresses: embedded ones, or those of an A answer.
    pub ipv4: Vec<u32>,
    /// How many addresses there were.
    pub addresses: u32,
    /// An empty AAAA whose answers held a CNAME chain.
    pub cname_only: bool,
}

/// A stretch of the log, digested.
#[derive(Debug, Default)]
pub struct Batch {
    /// What was counted.
    pub fleet: Fleet,
    /// The newest records by the log's time, oldest first; at most [`ROWS`].
    pub rows: Vec<Row>,
    /// Records per class over time.
    pub histogram: Histogram,
    /// Where the newest record of each pair stands, by the pair's number.
    newest: Vec<Option<(Moment, Spot)>>,
    /// The raw bytes, for inputs that cannot be read again.
    pub tape: Tape,
}

impl Batch {
    /// The batch of one digest. `raw` is what it read, if the input cannot be read again.
    #[must_use]
    pub fn of(digest: Digest<Collector>, raw: Option<Chunk>) -> Self {
        let (fleet, _, collector) = digest.finish();
        let mut rows: Vec<Row> = collector.drafts.iter().map(|draft| draft.row(&fleet)).collect();
        rows.sort_by_key(|row| (row.at, row.spot));
        let mut tape = Tape::default();
        if let Some(chunk) = raw {
            tape.push(chunk);
        }
        Self { fleet, rows, histogram: collector.histogram, newest: collector.newest, tape }
    }

    /// Takes in another batch; its numbers become those of this one.
    pub fn absorb(&mut self, other: Self) {
        self.fleet.absorb(&other.fleet);
        self.histogram.absorb(&other.histogram);
        self.tape.absorb(other.tape);
        for (at, newest) in other.newest.iter().enumerate() {
            let pair = u32::try_from(at).ok().and_then(|at| self.fleet.same_pair(&other.fleet, PairId(at)));
            if let (Some(pair), Some(newest)) = (pair, newest) {
                keep_newest(&mut self.newest, pair, *newest);
            }
        }
        self.rows.extend(other.rows.into_iter().map(|row| Row {
            origin: row.origin.and_then(|origin| self.fleet.same_origin(&other.fleet, origin)),
            pair: row.pair.and_then(|pair| self.fleet.same_pair(&other.fleet, pair)),
            ..row
        }));
        self.rows.sort_by_key(|row| (row.at, row.spot));
        let surplus = self.rows.len().saturating_sub(ROWS);
        self.rows.drain(..surplus);
    }

    /// Where the newest record of `pairs`, which are to be one, stands.
    #[must_use]
    pub fn newest(&self, pairs: &[PairId]) -> Option<Spot> {
        let known = pairs.iter().filter_map(|pair| *self.newest.get(pair.0 as usize)?);
        known.max().map(|(_, spot)| spot)
    }
}

fn keep_newest(newest: &mut Vec<Option<(Moment, Spot)>>, pair: PairId, new: (Moment, Spot)) {
    let at = pair.0 as usize;
    if at >= newest.len() {
        newest.resize(at + 1, None);
    }
    if newest[at].is_none_or(|known| new > known) {
        newest[at] = Some(new);
    }
}

/// A row in the making: who asked is text until the whole batch is known. Taken again for a later record once the
/// ring of them is full, so that reading a long log does not allocate.
#[derive(Debug)]
struct Draft {
    kind: OriginKind,
    id: Vec<u8>,
    vpc: Vec<u8>,
    name: Vec<u8>,
    at: Moment,
    spot: Spot,
    pair: Option<PairId>,
    verdict: Verdict,
    native: Vec<u128>,
    ipv4: Vec<u32>,
    addresses: u32,
    cname_only: bool,
}

impl Draft {
    fn new() -> Self {
        Self {
            kind: OriginKind::Address,
            id: Vec::new(),
            vpc: Vec::new(),
            name: Vec::new(),
            at: Moment(0),
            spot: Spot { input: InputId(0), place: Place::default() },
            pair: None,
            verdict: Verdict::NotJudged,
            native: Vec::new(),
            ipv4: Vec::new(),
            addresses: 0,
            cname_only: false,
        }
    }

    fn set(&mut self, observation: &Observation<'_>, pair: Option<PairId>, spot: Spot) {
        let text = |target: &mut Vec<u8>, text: &[u8]| {
            target.clear();
            target.extend_from_slice(text);
        };
        self.kind = match observation.asker {
            Asker::Instance(id) => {
                text(&mut self.id, id);
                OriginKind::Instance
            }
            Asker::ResolverEndpoint(id) => {
                text(&mut self.id, id);
                OriginKind::ResolverEndpoint
            }
            Asker::Interface(id) => {
                text(&mut self.id, id);
                OriginKind::Interface
            }
            Asker::Address => {
                match observation.source {
                    Source::Text(source) => text(&mut self.id, source),
                    Source::Ip(bits) => text(&mut self.id, crate::fleet::address_text(bits).as_bytes()),
                }
                OriginKind::Address
            }
        };
        text(&mut self.vpc, observation.vpc);
        text(&mut self.name, observation.name);
        self.at = observation.at;
        self.spot = spot;
        self.pair = pair;
        self.verdict = observation.verdict;
        self.native.clear();
        self.native.extend(observation.native.iter().take(ADDRESSES));
        self.ipv4.clear();
        self.ipv4.extend(observation.ipv4.iter().take(ADDRESSES));
        self.addresses = u32::try_from(observation.native.len() + observation.ipv4.len()).unwrap_or(u32::MAX);
        self.cname_only = observation.cname_only;
    }

    fn row(&self, fleet: &Fleet) -> Row {
        let text = String::from_utf8_lossy;
        Row {
            at: self.at,
            spot: self.spot,
            origin: fleet.find_origin(self.kind, &text(&self.id), &text(&self.vpc)),
            pair: self.pair,
            name: text(&self.name).into(),
            verdict: self.verdict,
            native: self.native.clone(),
            ipv4: self.ipv4.clone(),
            addresses: self.addresses,
            cname_only: self.cname_only,
        }
    }
}

/// Sees the observations of one digest and keeps what a batch needs.
#[derive(Debug)]
pub struct Collector {
    input: InputId,
    drafts: Vec<Draft>,
    next: usize,
    limit: usize,
    newest: Vec<Option<(Moment, Spot)>>,
    histogram: Histogram,
}

impl Collector {
    /// A collector for records of `input`, which come about in the order of their time: of those, the last `rows`
    /// are kept.
    #[must_use]
    pub fn new(input: InputId, rows: usize) -> Self {
        Self {
            input,
            drafts: Vec::new(),
            next: 0,
            limit: rows.clamp(1, ROWS),
            newest: Vec::new(),
            histogram: Histogram::default(),
        }
    }
}

impl Witness for Collector {
    fn saw(&mut self, observation: &Observation<'_>, pair: Option<PairId>, place: Place) {
        let spot = Spot { input: self.input, place };
        self.histogram.add(observation.at, Class::of(observation.verdict));
        if let Some(pair) = pair {
            keep_newest(&mut self.newest, pair, (observation.at, spot));
        }
        if self.drafts.len() < self.limit {
            self.drafts.push(Draft::new());
            self.next = self.drafts.len() - 1;
        }
        self.drafts[self.next].set(observation, pair, spot);
        self.next = (self.next + 1) % self.limit;
    }
}
