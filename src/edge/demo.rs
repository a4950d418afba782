//! A log with a story, in the binary: an instance boots in an IPv6-only subnet, three endpoints fail, DNS64
//! is switched on, they turn.

use crate::base::moment::Moment;
use crate::console::{Batch, Caption, Collector, InputId, Message, Setup, Source, TapeChunk};
use crate::digest::{Digest, Terms};
use crate::log::envelope::Sink;
use crate::log::record::Malformed;

/// Records as the resolver writes them, in the order of their time.
const LOG: &str = include_str!("../../fixtures/demo.jsonl");

/// A moment of the log and a sentence on each line.
const STORY: &str = include_str!("../../fixtures/demo.story");

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
    Setup { story, range, ..Setup::new(Source::Demo { speed: speed.max(1) }) }
}

/// What a feed would say of the story: all of it at once. The console plays it by itself.
pub fn messages() -> impl Iterator<Item = Message> {
    [Message::Input(InputId(0), NAME.to_owned()), Message::Batch(Box::new(batch(LOG))), Message::Ended]
        .into_iter()
}

fn batch(log: &str) -> Batch {
    let only = InputId(0);
    let mut digest = Digest::new(&Terms::default(), Collector::new(only));
    let mut at = 0;
    for line in log.as_bytes().split_inclusive(|byte| *byte == b'\n') {
        if digest.canonical(line, at).is_none() {
            digest.malformed(Malformed::NotARecord, line, crate::log::envelope::RecordPlace::default());
        }
        at += line.len() as u64;
    }
    Batch::from_digest(digest, Some(TapeChunk { input: Some(only), offset: 0, bytes: log.as_bytes().into() }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::timeline::Scope;

    #[test]
    fn the_log_is_in_the_resolvers_spelling_and_order() {
        let mut judge = crate::log::observation::Judge::default();
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
        for message in messages() {
            if let Message::Batch(batch) = message {
                whole.absorb(*batch);
            }
        }
        let tally = whole.fleet.tally();
        assert_eq!((tally.records, tally.malformed), (LOG.lines().count() as u64, 0));
        let rows: Vec<_> = whole.timeline.after(Scope::ALL, None, None).collect();
        assert_eq!(rows.len(), LOG.lines().count());
        for (row, line) in rows.into_iter().zip(LOG.lines()) {
            let spot = whole.timeline.entry(row).unwrap().spot.unwrap();
            assert_eq!(whole.tape.get(spot.input, spot.place).unwrap(), line.as_bytes());
        }
    }

    #[test]
    fn every_line_of_the_story_is_told() {
        let story = setup(SPEED).story;
        assert_eq!(story.len(), STORY.lines().count());
        assert!(story.is_sorted_by_key(|caption| caption.at));
    }
}
