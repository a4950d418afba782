//! A stage for the console: driven by messages only, drawn into a buffer.
#![allow(
    dead_code,
    clippy::expect_used,
    reason = "each test file uses some of it, and stops where it cannot go on"
)]

#[path = "../../src/log/record/sample.rs"]
pub(crate) mod line;

use std::time::Duration;

use r53tail::base::moment::Moment;
use r53tail::console::{Batch, Collector, Effect, InputId, Key, Message, Model, Setup, Source, update};
use r53tail::digest::{Digest, Terms};
use r53tail::edge::demo;
use r53tail::log::envelope::Sink;
use r53tail::view::{Theme, draw};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;

use line::LogLine;

/// The console of the demo as it is at a time of the story, `HH:MM:SS`, with a frame drawn each second until
/// then.
pub(crate) fn demo_at(clock: &str) -> Model {
    let mut model = Model::new(demo::setup(demo::SPEED));
    for message in demo::messages() {
        tell(&mut model, message);
    }
    play_to(&mut model, clock);
    model
}

/// Lets the demo play on to a time of the story.
pub(crate) fn play_to(model: &mut Model, clock: &str) {
    let until = moment(clock);
    let (first, _) = model.setup().range.expect("the demo has a story");
    let from = model.moment().unwrap_or(first).second();
    for second in from..=until.second() {
        tell(model, Message::Tick(since(second - first.second())));
    }
}

/// How long after the start the demo, never held, shows a second of its story.
pub(crate) fn since(second: i64) -> Duration {
    Duration::from_secs(u64::try_from(second).expect("in order")) / demo::SPEED
}

/// A time of the story as a moment.
pub(crate) fn moment(clock: &str) -> Moment {
    Moment::parse(&format!("2026-05-12T{clock}Z")).expect("a time of day")
}

/// A console that read records, one a line.
pub(crate) fn replay(lines: &[String]) -> Model {
    let mut model = reading(lines);
    tell(&mut model, Message::Ended);
    model
}

/// A console that read records, one a line, and reads on.
pub(crate) fn reading(lines: &[String]) -> Model {
    let mut model = Model::new(Setup::new(Source::Replay));
    tell(&mut model, Message::Input(InputId(0), "query.log".to_owned()));
    tell(&mut model, Message::Batch(Box::new(batch(lines))));
    tell(&mut model, Message::Tick(Duration::ZERO));
    model
}

/// The batch of records, one a line.
pub(crate) fn batch(lines: &[String]) -> Batch {
    let mut digest = Digest::new(&Terms::default(), Collector::new(InputId(0)));
    let mut offset = 0;
    for line in lines {
        let record: serde_json::Value = serde_json::from_str(line).expect("JSON");

        let place =
            r53tail::log::envelope::RecordPlace { offset, length: u32::try_from(line.len()).expect("short") };
        match r53tail::log::record::Record::from_value(&record) {
            Some(Ok(record)) => digest.record(&record, place),
            Some(Err(why)) => digest.malformed(why, line.as_bytes(), place),
            None => digest.malformed(r53tail::log::record::Malformed::NotARecord, line.as_bytes(), place),
        }
        offset += line.len() as u64 + 1;
    }
    Batch::from_digest(digest, None)
}

/// Gives the console a message. What it wants to be told is worked out at once; returns what else it wants
/// done.
pub(crate) fn tell(model: &mut Model, message: Message) -> Vec<Effect> {
    let mut left = Vec::new();
    for effect in update(model, message) {
        match effect {
            Effect::Arrange(arrangement) => left.extend(tell(model, arrangement.carry_out())),
            Effect::Advise(inquiry) => left.extend(tell(model, inquiry.answer())),
            effect => left.push(effect),
        }
    }
    left
}

/// Presses keys. Returns what the console wants done.
pub(crate) fn press(model: &mut Model, keys: &[Key]) -> Vec<Effect> {
    keys.iter().flat_map(|key| tell(model, Message::Key(*key))).collect()
}

/// Types text.
pub(crate) fn type_text(model: &mut Model, text: &str) {
    for char in text.chars() {
        tell(model, Message::Key(Key::Char(char)));
    }
}

/// The rows of a frame without their styles.
pub(crate) fn rows(model: &mut Model, width: u16, height: u16) -> Vec<String> {
    let buffer = frame(model, &Theme::plain(), width, height);
    (0..height)
        .map(|y| (0..width).map(|x| buffer[(x, y)].symbol()).collect::<String>().trim_end().to_owned())
        .collect()
}

/// The frame that the console draws at a size.
pub(crate) fn frame(model: &mut Model, theme: &Theme, width: u16, height: u16) -> Buffer {
    tell(model, Message::Resize(width, height));
    // As the terminal does before a frame.
    let now = model.now();
    tell(model, Message::Tick(now));
    let mut terminal = Terminal::new(TestBackend::new(width, height)).expect("a buffer");
    terminal.draw(|frame| draw(model, theme, frame)).expect("a buffer takes anything");
    terminal.backend().buffer().clone()
}

/// A record of an AAAA query at a second of an hour, without an answer if `address` is empty.
pub(crate) fn record(second: u32, instance: &str, name: &str, address: &str) -> String {
    let at = format!("2026-05-12T14:{:02}:{:02}Z", second / 60, second % 60);
    LogLine { at: &at, name, address, ids: &[("instance", instance)], ..LogLine::default() }.to_string()
}
