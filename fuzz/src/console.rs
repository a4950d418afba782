//! The console takes any messages in any order, and is drawn at any size.

use std::time::Duration;

use r53tail::base::moment::Moment;
use r53tail::console::{
    Aim, Batch, Collector, Effect, Gesture, InputId, Key, Message, Model, Palette, Setup, Source, update,
};
use r53tail::digest::{Digest, Terms};
use r53tail::edge::demo;
use r53tail::log::envelope::Envelope;
use r53tail::view::{Theme, draw};
use ratatui::Terminal;
use ratatui::backend::TestBackend;

const LOG: &str = include_str!("../../fixtures/demo.jsonl");
/// The most cells of a frame, of which terminals have some thousand: more takes long, and shows nothing new. One
/// line may have more.
const MOST_CELLS: u32 = 16_384;

struct Bytes<'a>(std::slice::Iter<'a, u8>);

impl Bytes<'_> {
    fn next(&mut self) -> Option<u8> {
        self.0.next().copied()
    }

    fn wide(&mut self) -> u16 {
        u16::from_le_bytes([self.next().unwrap_or_default(), self.next().unwrap_or_default()])
    }

    /// A size, mostly one that terminals have.
    fn size(&mut self) -> u16 {
        match self.next().unwrap_or_default() {
            255 => self.wide().max(1),
            size => u16::from(size).max(1),
        }
    }
}

fn key(byte: u8) -> Key {
    const KEYS: [Key; 14] = [
        Key::Up,
        Key::Down,
        Key::Left,
        Key::Right,
        Key::PageUp,
        Key::PageDown,
        Key::Home,
        Key::End,
        Key::Enter,
        Key::Esc,
        Key::Tab,
        Key::Backspace,
        Key::Char('例'),
        Key::Ctrl('u'),
    ];
    match byte {
        0x20..0x7f => Key::Char(char::from(byte)),
        _ => KEYS[usize::from(byte) % KEYS.len()],
    }
}

fn batch(lines: &str, input: InputId) -> Batch {
    let mut digest = Digest::new(&Terms::default(), Collector::new(input));
    Envelope::default().scan(lines.as_bytes(), true, &mut digest);
    Batch::from_digest(digest, None)
}

fn message(op: u8, bytes: &mut Bytes<'_>, now: &mut Duration) -> Message {
    match op % 16 {
        0..=6 => Message::Key(key(bytes.next().unwrap_or_default())),
        7 => Message::Resize(bytes.size(), bytes.size()),
        8 => {
            *now += Duration::from_millis(u64::from(bytes.wide()));
            Message::Tick(*now)
        }
        9 => {
            let text: Vec<u8> = bytes.0.by_ref().take(usize::from(op / 16)).copied().collect();
            Message::Paste(String::from_utf8_lossy(&text).into_owned())
        }
        10 => {
            let (from, many) = (usize::from(bytes.wide()), usize::from(op / 16) + 1);
            let count = LOG.lines().count();
            let lines: String =
                LOG.lines().skip(from % count).take(many).flat_map(|line| [line, "\n"]).collect();
            Message::Batch(Box::new(batch(&lines, InputId(u32::from(op & 16)))))
        }
        11 => {
            let aim = match op / 16 {
                0..4 => Aim::Elsewhere,
                4..10 => Aim::Row(isize::from(bytes.wide().cast_signed()), op & 16 == 0),
                _ => Aim::Time(Moment(i64::from(bytes.wide()) * 1_000 + 1_778_594_400_000)),
            };
            let gesture = match bytes.next().unwrap_or_default() {
                0..64 => Gesture::Press,
                64..128 => Gesture::Drag,
                128..192 => Gesture::Release,
                by => Gesture::Wheel(by.cast_signed()),
            };
            Message::Point(gesture, aim)
        }
        12 => Message::Progress { read: u64::from(bytes.wide()), total: (op & 16 == 0).then_some(1000) },
        13 => Message::Failed { input: "query.log".to_owned(), why: "it is gone".to_owned() },
        14 => match op / 16 {
            0 => Message::Ended,
            1 => Message::Suspend,
            2 => Message::Resumed,
            3 => Message::Background(Palette::Light),
            4 => Message::Remark { input: "query.log".to_owned(), what: "it was passed over".to_owned() },
            5 => Message::Signal(15),
            at => Message::Input(InputId(u32::from(at)), "other.log".to_owned()),
        },
        _ => Message::Key(Key::Ctrl(char::from(bytes.next().unwrap_or_default() & 0x7f))),
    }
}

fn tell(model: &mut Model, message: Message) {
    for effect in update(model, message) {
        match effect {
            Effect::Arrange(arrangement) => tell(model, arrangement.carry_out()),
            Effect::Advise(inquiry) => tell(model, inquiry.answer()),
            _ => {}
        }
    }
}

fn frame(model: &mut Model, width: u16, height: u16) {
    let height = height.min(u16::try_from(MOST_CELLS / u32::from(width)).unwrap_or(u16::MAX)).max(1);
    tell(model, Message::Resize(width, height));
    let now = model.now();
    tell(model, Message::Tick(now));
    let mut terminal = Terminal::new(TestBackend::new(width, height)).expect("a buffer");
    terminal.draw(|frame| draw(model, &Theme::dark(), frame)).expect("a buffer takes anything");
}

/// Sends messages, and draws now and then.
pub fn run(data: &[u8]) {
    let mut bytes = Bytes(data.iter());
    let setup = bytes.next().unwrap_or_default();
    let mut model = if setup & 1 == 0 {
        let mut model = Model::new(Setup::new(Source::Replay));
        tell(&mut model, Message::Input(InputId(0), "query.log".to_owned()));
        tell(&mut model, Message::Batch(Box::new(batch(LOG, InputId(0)))));
        model
    } else {
        let mut model = Model::new(demo::setup(demo::SPEED));
        for message in demo::messages() {
            tell(&mut model, message);
        }
        model
    };
    let mut now = Duration::ZERO;
    let (mut width, mut height) = (80, 24);
    let mut undrawn = 0;
    while let Some(op) = bytes.next() {
        let message = message(op, &mut bytes, &mut now);
        let is_resized = matches!(message, Message::Resize(..));
        if let Message::Resize(columns, rows) = message {
            (width, height) = (columns, rows);
        } else {
            tell(&mut model, message);
        }
        undrawn += 1;
        if is_resized || undrawn == 8 {
            undrawn = 0;
            frame(&mut model, width, height);
        }
    }
    frame(&mut model, width, height);
}
