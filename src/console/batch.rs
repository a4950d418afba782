//! What a feed hands to the console: a stretch of the log, digested elsewhere.
//!
//! A batch is a fleet and what a screen wants besides: the observations one by one, a histogram, raw bytes of
//! inputs that cannot be read again. Batches join like fleets do ([`Batch::absorb`]), so that a feed may join
//! them before it sends them, and a pause is nothing but joining later.

use super::histogram::{Class, Histogram};
use super::tape::{Tape, TapeChunk};
use crate::base::workers::Workers;
use crate::digest::{Digest, ObservationListener, Sample};
use crate::fleet::{CountedPlace, Fleet};
use crate::log::envelope::RecordPlace;
use crate::log::observation::Observation;
use crate::timeline::{InputId, Shared, Spot, Timeline};

/// How many pieces of malformed input are kept to be shown.
const SAMPLES: usize = 8;

/// A stretch of the log, digested.
#[derive(Debug, Default)]
pub struct Batch {
    /// What was counted.
    pub fleet: Shared<Fleet>,
    /// The observations one by one, by the numbers of that fleet.
    pub timeline: Shared<Timeline>,
    /// Records per class over time.
    pub histogram: Histogram,
    /// The raw bytes, for inputs that cannot be read again.
    pub tape: Tape,
    /// The first pieces that could not be read, each by the number of its input.
    pub samples: Vec<Sample>,
}

impl Batch {
    /// The batch of one digest. `raw` is what it read, if the input cannot be read again.
    #[must_use]
    pub fn from_digest(digest: Digest<Collector>, raw: Option<TapeChunk>) -> Self {
        let (fleet, mut samples, collector) = digest.finish();
        for sample in &mut samples {
            sample.input = collector.input.0 as usize;
        }
        let mut timeline = collector.timeline;
        timeline.settle();
        let mut tape = Tape::default();
        if let Some(chunk) = raw {
            tape.push(chunk);
        }
        Self {
            fleet: Shared::new(fleet),
            timeline: Shared::new(timeline),
            histogram: collector.histogram,
            tape,
            samples,
        }
    }

    /// Takes in another batch; its numbers become those of this one.
    pub fn absorb(&mut self, other: Self) {
        let absorbed = self.fleet.absorb_on(&other.fleet, Workers::ALONE);
        self.timeline.absorb(other.timeline.into_inner(), &absorbed);
        self.histogram.absorb(&other.histogram);
        self.tape.absorb(other.tape);
        let room = SAMPLES.saturating_sub(self.samples.len());
        self.samples.extend(other.samples.into_iter().take(room));
    }

    /// Bytes of memory in use, the tape left out.
    #[must_use]
    pub fn memory(&self) -> usize {
        self.fleet.memory() + self.timeline.memory()
    }
}

/// Sees the observations of one digest and keeps what a batch needs.
#[derive(Debug)]
pub struct Collector {
    input: InputId,
    timeline: Timeline,
    histogram: Histogram,
}

impl Collector {
    /// A collector for records of `input`.
    #[must_use]
    pub fn new(input: InputId) -> Self {
        Self { input, timeline: Timeline::default(), histogram: Histogram::default() }
    }

    /// Has what comes from now on be of `input`.
    pub fn turn_to(&mut self, input: InputId) {
        self.input = input;
    }
}

impl ObservationListener for Collector {
    fn saw(&mut self, observation: &Observation<'_>, counted: CountedPlace, place: RecordPlace) {
        self.histogram.add(observation.at, Class::from_verdict(observation.verdict));
        self.timeline.push(observation, counted, Spot { input: self.input, place });
    }
}
/// What came of reading.
#[derive(Clone, Debug, Default)]
pub struct Feed {
    /// Names of the inputs, by number.
    pub inputs: Vec<String>,
    /// Bytes read.
    pub read: u64,
    /// Bytes there are, if known.
    pub total: Option<u64>,
    /// Inputs that failed, and why.
    pub failures: Vec<(String, String)>,
    /// What else there is to be said of inputs.
    pub remarks: Vec<(String, String)>,
    /// Whether there is no more to come.
    pub ended: bool,
}
