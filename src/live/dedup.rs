//! Where two readings of the same log overlap: what came already is not taken again.
//!
//! Events of Live Tail have no id, those of `FilterLogEvents` have one. Both have log group, stream, time,
//! time of arrival and message, and identical ones are real: the resolver logs a query that is sent twice
//! within a second twice. So they are counted, not only recognized. Of events that are alike, as many are
//! taken as the larger of two numbers: how many the stream delivered, and how many ids there were.
//!
//! Each reading delivers an event once or not at all, and so does each stream: one that delivers again what
//! an earlier one did adds nothing, and of several streams the one counts that delivered most. Then neither
//! number is ever larger than what is true, and once a stretch was read to its end with `FilterLogEvents` it
//! is exactly that.

use std::collections::BTreeMap;
use std::hash::{BuildHasher, RandomState};

use hashbrown::hash_map::Entry;
use hashbrown::{HashMap, HashSet};

use crate::base::moment::Moment;

/// Hashes of strangers' text are made with secret keys, and are not hashed again.
type KeyedHashState = foldhash::fast::RandomState;

/// An event as both readings deliver it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LogEvent<'a> {
    /// The number of its log group.
    pub group: u32,
    /// Its log stream.
    pub stream: &'a str,
    /// The time that the event has in its log stream.
    pub at: Moment,
    /// When it arrived.
    pub ingested: Moment,
    /// The message of the event, as CloudWatch Logs has it.
    pub message: &'a str,
}

/// How often events that are alike came.
#[derive(Clone, Copy, Debug, Default)]
struct EventCount {
    /// In the stream that delivered most.
    streamed: u32,
    /// In the stream of this number so far.
    here: (u32, u32),
    read: u32,
}

/// The events of one second.
#[derive(Debug, Default)]
struct Second {
    counts: HashMap<u64, EventCount, KeyedHashState>,
    ids: HashSet<u64, KeyedHashState>,
}

impl Second {
    fn size(&self) -> usize {
        self.counts.len() + self.ids.len()
    }
}

/// Remembers what came.
#[derive(Debug)]
pub struct Dedup {
    seconds: BTreeMap<i64, Second>,
    size: usize,
    most: usize,
    forgotten: Option<Moment>,
    /// The number of the stream.
    stream: u32,
    keys: RandomState,
}

impl Dedup {
    /// How much it remembers unless told otherwise: an hour of 290 events a second.
    pub const MOST: usize = 1 << 20;

    /// Remembers at most `most` events and ids, but always those of the newest second.
    #[must_use]
    pub fn new(most: usize) -> Self {
        Self { seconds: BTreeMap::new(), size: 0, most, forgotten: None, stream: 0, keys: RandomState::new() }
    }

    /// What is streamed from now on comes in another stream.
    pub fn next_stream(&mut self) {
        self.stream = self.stream.wrapping_add(1);
    }

    /// Takes an event of the stream. Returns whether it is new.
    pub fn streamed(&mut self, event: &LogEvent<'_>) -> bool {
        let stream = self.stream;
        self.count(event, |count| {
            let here = if count.here.0 == stream { count.here.1 } else { 0 }.saturating_add(1);
            count.here = (stream, here);
            let is_more = here > count.streamed;
            count.streamed = count.streamed.max(here);
            is_more && here > count.read
        })
    }

    /// Takes an event that was read with `FilterLogEvents`. Returns whether it is new.
    pub fn read(&mut self, event: &LogEvent<'_>, id: &str) -> bool {
        let id = self.keys.hash_one((event.group, id));
        let second = self.seconds.entry(event.at.second()).or_default();
        if !second.ids.insert(id) {
            return false;
        }
        self.size += 1;
        self.count(event, |count| {
            count.read = count.read.saturating_add(1);
            count.read > count.streamed
        })
    }

    fn count(&mut self, event: &LogEvent<'_>, take: impl FnOnce(&mut EventCount) -> bool) -> bool {
        let key = self.keys.hash_one(event);
        let second = self.seconds.entry(event.at.second()).or_default();
        let is_new = match second.counts.entry(key) {
            Entry::Occupied(mut known) => take(known.get_mut()),
            Entry::Vacant(place) => {
                self.size += 1;
                take(place.insert(EventCount::default()))
            }
        };
        while self.size > self.most && self.seconds.len() > 1 {
            self.forget_oldest();
        }
        is_new
    }

    /// Forgets what was before `moment`.
    pub fn forget(&mut self, moment: Moment) {
        while self.seconds.first_key_value().is_some_and(|(second, _)| *second < moment.second()) {
            self.forget_oldest();
        }
    }

    fn forget_oldest(&mut self) {
        if let Some((second, gone)) = self.seconds.pop_first() {
            self.size -= gone.size();
            let until = Moment::from_seconds(second.saturating_add(1));
            self.forgotten = self.forgotten.max(Some(until));
        }
    }

    /// Of what was before this, it is not known whether it came.
    #[must_use]
    pub fn forgotten(&self) -> Option<Moment> {
        self.forgotten
    }

    /// How many events and ids are remembered.
    #[must_use]
    pub fn len(&self) -> usize {
        self.size
    }

    /// Whether nothing is remembered.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.size == 0
    }
}

impl Default for Dedup {
    fn default() -> Self {
        Self::new(Self::MOST)
    }
}
