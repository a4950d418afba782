//! A log with a story, in the binary: an instance boots in an IPv6-only subnet, three endpoints fail, DNS64 is
//! switched on, they turn.

use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender};

use crate::console::{Batch, Caption, Chunk, Collector, InputId, Message, Setup, Source};
use crate::digest::{Digest, Terms};
use crate::envelope::Sink;
use crate::moment::Moment;
use crate::record::Malformed;

/// Records as the resolver writes them, in the order of their time.
const LOG: &str = include_str!("../fixtures/demo.jsonl");

/// A moment of the log and a sentence on each line.
const STORY: &str = include_str!("../fixtures/demo.story");

/// How fast the story is told unless told otherwise: two minutes in a quarter of one.
pub const SPEED: u32 = 8;

/// What the console calls the log.
const NAME: &str = "demo.jsonl";

/// How the console starts for the story.
#[must_use]
pub fn setup(speed: u32) -> Setup {
    let story: Vec<Caption> = STORY
        .lines()
        .filter_map(|line| {
            let (at, text) = line.split_once(' ')?;
            Some(Caption { at: Moment::parse(at)?, text })
        })
        .collect();
    let range = story.first().zip(story.last()).map(|(first, last)| (first.at, last.at));
    Setup { source: Source::Demo { speed: speed.max(1) }, story, range, well_known_only: true }
}

/// The messages of the story, each with the moment of the log that it belongs to, in order.
pub fn messages() -> impl Iterator<Item = (Moment, Message)> {
    let (first, last) = setup(SPEED).range.unwrap_or_default();
    let mut offset = 0;
    let start = [(first, Message::Input(InputId(0), NAME.to_owned()))];
    let story = (first.second()..=last.second()).flat_map(move |second| {
        let now = Moment::from_seconds(second);
        let length = LOG[offset..]
            .split_inclusive('\n')
            .take_while(|line| moment_of(line).is_none_or(|at| at <= now))
            .map(str::len)
            .sum();
        let batch = (length > 0).then(|| (now, Message::Batch(Box::new(batch(offset, length)))));
        offset += length;
        batch.into_iter().chain([(now, Message::Clock(now))])
    });
    start.into_iter().chain(story).chain([(last, Message::Ended)])
}

/// `query_timestamp` of a line.
fn moment_of(line: &str) -> Option<Moment> {
    let (_, rest) = line.split_once(r#""query_timestamp":""#)?;
    Moment::from_canonical(rest.as_bytes().get(..20)?)
}

fn batch(offset: usize, length: usize) -> Batch {
    let only = InputId(0);
    let mut digest = Digest::new(&Terms::default(), Collector::new(only, length));
    let bytes = &LOG.as_bytes()[offset..offset + length];
    let mut at = offset as u64;
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        if digest.canonical(line, at).is_none() {
            digest.malformed(Malformed::NotARecord, line, crate::envelope::Place::default());
        }
        at += line.len() as u64;
    }
    Batch::of(digest, Some(Chunk { input: only, offset: offset as u64, bytes: bytes.into() }))
}

/// Plays the story into `console`, `speed` times faster than it happened, until its end or until nobody listens.
/// What comes from `hold` stops the clock, or lets it go on.
pub fn play(speed: u32, console: &Sender<Message>, hold: &Receiver<bool>) {
    let mut start = Instant::now();
    let first = setup(speed).range.map_or(0, |(first, _)| first.0);
    for (at, message) in messages() {
        let millis = u64::try_from(at.0 - first).unwrap_or(0);
        let due = Duration::from_millis(millis) / speed.max(1);
        loop {
            match hold.recv_deadline(start + due) {
                Ok(false) => {}
                Ok(true) => {
                    let since = Instant::now();
                    while hold.recv() == Ok(true) {}
                    start += since.elapsed();
                }
                Err(RecvTimeoutError::Timeout) => break,
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
        if console.send(message).is_err() {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_log_is_in_the_resolvers_spelling_and_order() {
        let mut judge = crate::observation::Judge::default();
        let mut last = Moment(0);
        for line in LOG.lines() {
            let (observation, length) = judge.canonical(line.as_bytes()).expect(line);
            assert_eq!(length, line.len());
            assert!(observation.at >= last, "{line}");
            last = observation.at;
        }
        let (from, until) = setup(SPEED).range.unwrap();
        assert!(last <= until && (110..=130).contains(&(until.second() - from.second())), "two minutes");
    }

    #[test]
    fn every_record_is_played() {
        let mut whole = Batch::default();
        for (_, message) in messages() {
            if let Message::Batch(batch) = message {
                whole.absorb(*batch);
            }
        }
        let tally = whole.fleet.tally();
        assert_eq!((tally.records, tally.malformed), (LOG.lines().count() as u64, 0));
        for row in &whole.rows {
            let raw = whole.tape.get(row.spot.input, row.spot.place).unwrap();
            assert!(raw.starts_with(b"{") && raw.ends_with(b"}"));
        }
    }

    #[test]
    fn every_line_of_the_story_is_told() {
        let story = setup(SPEED).story;
        assert_eq!(story.len(), STORY.lines().count());
        assert!(story.is_sorted_by_key(|caption| caption.at));
    }
}
