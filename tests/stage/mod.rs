//! A stage for the console: driven by messages only, drawn into a buffer.
#![allow(
    dead_code,
    clippy::expect_used,
    reason = "each test file uses some of it, and stops where it cannot go on"
)]

use std::time::Duration;

use r53tail::console::{Batch, Collector, Effect, InputId, Key, Message, Model, Setup, Source, update};
use r53tail::demo;
use r53tail::digest::{Digest, Terms};
use r53tail::envelope::Sink;
use r53tail::moment::Moment;
use r53tail::view::{Theme, draw};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;

/// The console of the demo as it is at a time of the story, `HH:MM:SS`.
pub(crate) fn demo_at(clock: &str) -> Model {
    let until = Moment::parse(&format!("2026-05-12T{clock}Z")).expect("a time of day");
    let setup = demo::setup(demo::SPEED);
    let (first, _) = setup.range.expect("the demo has a story");
    let mut model = Model::new(setup);
    for (at, message) in demo::messages().take_while(|(at, _)| *at <= until) {
        tell(&mut model, message);
        let since = Duration::from_millis(u64::try_from(at.0 - first.0).expect("in order"));
        tell(&mut model, Message::Tick(since / demo::SPEED));
    }
    model
}

/// A console that read records, one a line.
pub(crate) fn replay(lines: &[String]) -> Model {
    let mut model =
        Model::new(Setup { source: Source::Replay, story: Vec::new(), range: None, well_known_only: true });
    tell(&mut model, Message::Input(InputId(0), "query.log".to_owned()));
    tell(&mut model, Message::Batch(Box::new(batch(lines))));
    tell(&mut model, Message::Tick(Duration::ZERO));
    tell(&mut model, Message::Ended);
    model
}

/// The batch of records, one a line.
pub(crate) fn batch(lines: &[String]) -> Batch {
    let mut digest = Digest::new(&Terms::default(), Collector::new(InputId(0), 100));
    let mut offset = 0;
    for line in lines {
        let record: serde_json::Value = serde_json::from_str(line).expect("JSON");

        let place = r53tail::envelope::Place { offset, length: u32::try_from(line.len()).expect("short") };
        match r53tail::record::Record::from_value(&record) {
            Some(Ok(record)) => digest.record(&record, place),
            Some(Err(why)) => digest.malformed(why, line.as_bytes(), place),
            None => digest.malformed(r53tail::record::Malformed::NotARecord, line.as_bytes(), place),
        }
        offset += line.len() as u64 + 1;
    }
    Batch::of(digest, None)
}

/// Gives the console a message. Returns what it wants done.
pub(crate) fn tell(model: &mut Model, message: Message) -> Vec<Effect> {
    update(model, message)
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

/// The frame that the console draws at a size.
pub(crate) fn frame(model: &mut Model, theme: &Theme, width: u16, height: u16) -> Buffer {
    tell(model, Message::Resize(width, height));
    let mut terminal = Terminal::new(TestBackend::new(width, height)).expect("a buffer");
    terminal.draw(|frame| draw(model, theme, frame)).expect("a buffer takes anything");
    terminal.backend().buffer().clone()
}

/// The messages of the demo after a time of the story.
pub(crate) fn rest_of_demo(clock: &str) -> impl Iterator<Item = Message> {
    let after = Moment::parse(&format!("2026-05-12T{clock}Z")).expect("a time of day");
    demo::messages().skip_while(move |(at, _)| *at <= after).map(|(_, message)| message)
}
