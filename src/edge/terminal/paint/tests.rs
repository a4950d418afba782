use std::cell::RefCell;
use std::rc::Rc;

use proptest::prelude::*;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier, Style};
use unicode_width::UnicodeWidthStr;

use super::super::look::Look;
use super::*;
use crate::view::Depth;

fn painted(buffer: &Buffer, is_synchronized: bool) -> Vec<u8> {
    let mut out = Vec::new();
    let mut painter = Painter::new(&mut out, is_synchronized);
    let blank = Buffer::empty(buffer.area);
    painter.draw(blank.diff(buffer).into_iter()).unwrap();
    painter.flush().unwrap();
    out
}

#[test]
fn what_is_painted_is_the_frame() {
    let area = Rect::new(0, 0, 12, 3);
    let mut buffer = Buffer::empty(area);
    let bold = Style::new().fg(Color::LightRed).add_modifier(Modifier::BOLD);
    buffer.set_string(0, 0, "● native", bold);
    buffer.set_string(8, 0, "x", Style::new().bg(Color::Indexed(236)));
    buffer.set_string(0, 1, "例え", Style::new().add_modifier(Modifier::REVERSED));
    buffer.set_string(4, 1, "b", Style::new().fg(Color::Rgb(1, 2, 3)));
    for is_synchronized in [false, true] {
        let bytes = painted(&buffer, is_synchronized);
        let mut screen = vt100::Parser::new(
            std::num::NonZeroU16::new(3).unwrap(),
            std::num::NonZeroU16::new(12).unwrap(),
            0,
        );
        screen.process(&bytes);
        let screen = screen.screen();
        let rows: Vec<String> = screen.rows(0, 12).collect();
        assert_eq!(rows[..2], ["● nativex".to_owned(), "例えb".to_owned()]);
        let cell = |row, column| screen.cell(row, column).unwrap();
        assert!(cell(0, 0).bold() && cell(0, 0).fgcolor() == vt100::Color::Idx(9));
        assert!(!cell(0, 8).bold() && cell(0, 8).bgcolor() == vt100::Color::Idx(236));
        assert!(cell(1, 0).inverse() && !cell(1, 4).inverse());
        assert_eq!(cell(1, 4).fgcolor(), vt100::Color::Rgb(1, 2, 3));
        let text = String::from_utf8(bytes.clone()).unwrap();
        assert_eq!(text.starts_with("\x1b[?2026h") && text.ends_with("\x1b[?2026l"), is_synchronized);
    }
}

/// The frames of somebody who works with the demo: keys on every screen, and the log going on.
fn session(depth: Depth, (width, height): (u16, u16)) -> Vec<Buffer> {
    use std::time::Duration;

    use crate::console::{Effect, Key, Message, Model, update};
    use crate::view::{Theme, draw};

    fn tell(model: &mut Model, message: Message) {
        for effect in update(model, message) {
            match effect {
                Effect::Arrange(arrangement) => tell(model, arrangement.carry_out()),
                Effect::Advise(inquiry) => tell(model, inquiry.answer()),
                _ => {}
            }
        }
    }
    let mut model = Model::new(crate::edge::demo::setup(crate::edge::demo::SPEED));
    crate::edge::demo::messages().for_each(|message| tell(&mut model, message));
    tell(&mut model, Message::Resize(width, height));
    let mut terminal = ratatui::Terminal::new(ratatui::backend::TestBackend::new(width, height)).unwrap();
    let mut frames = Vec::new();
    let keys = "jjkl1jj2jjjh3jj4kkkk5jj6jjs\u{1b}T\u{1b}1fss";
    for (key, tenths) in keys.chars().zip(1_u64..) {
        let key = if key == '\u{1b}' { Key::Esc } else { Key::Char(key) };
        tell(&mut model, Message::Key(key));
        // Between keys the log plays on.
        for part in 0..2 {
            tell(&mut model, Message::Tick(Duration::from_millis(tenths * 300 + part * 150)));
            terminal.draw(|frame| draw(&model, &Theme::dark().at(depth), frame)).unwrap();
            frames.push(terminal.backend().buffer().clone());
        }
    }
    frames
}

/// What is written, to be counted.
#[derive(Clone, Default)]
struct Written(Rc<RefCell<Vec<u8>>>);

impl Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Bytes of each frame that is not like the one before, the fewest first.
fn lengths(frames: &[Buffer], mut backend: impl Backend<Error = io::Error>, written: &Written) -> Vec<usize> {
    let mut lengths = Vec::new();
    let mut before = Buffer::empty(frames[0].area);
    for frame in frames {
        backend.draw(before.diff(frame).into_iter()).unwrap();
        Backend::flush(&mut backend).unwrap();
        lengths.push(written.0.take().len());
        before.clone_from(frame);
    }
    lengths.retain(|length| *length > 0);
    lengths.sort_unstable();
    lengths
}

/// How often the time is taken that writing takes: what else runs only makes it longer. Without optimization
/// it says nothing.
const ROUNDS: usize = if cfg!(debug_assertions) { 1 } else { 40 };

/// Half of what ratatui's own backend writes, or less, however many colors there are. What that costs is
/// printed, too.
#[test]
fn frames_take_fewer_bytes() {
    for size in [(80, 24), (120, 40), (200, 60)] {
        for depth in [Depth::Sixteen, Depth::Indexed, Depth::True] {
            let frames = session(depth, size);
            let out = Written::default();
            let (mut ours, mut others) = (Vec::new(), Vec::new());
            let mut least = [f64::MAX; 2];
            for _ in 0..ROUNDS {
                let start = std::time::Instant::now();
                ours = lengths(&frames, Painter::new(out.clone(), true), &out);
                least[0] = least[0].min(start.elapsed().as_secs_f64());
                let start = std::time::Instant::now();
                others = lengths(&frames, ratatui::backend::CrosstermBackend::new(out.clone()), &out);
                least[1] = least[1].min(start.elapsed().as_secs_f64());
            }
            let [ours_time, others_time] = least.map(|seconds| seconds * 1e6 / frames.len() as f64);
            println!("{size:?} {depth:?}: {ours_time:.0} µs a frame of {others_time:.0}");
            let (ours_median, others_median) = (ours[ours.len() / 2], others[others.len() / 2]);
            let (ours, others): (usize, usize) = (ours.iter().sum(), others.iter().sum());
            let said = format!(
                "{size:?} {depth:?}: median {ours_median} of {others_median}, in all {ours} of {others}"
            );
            // `docs/performance.md` has them.
            println!("{said}");
            assert!(ours_median * 2 <= others_median && ours * 2 <= others, "{said}");
        }
    }
}

/// Whatever is written between, the terminal shows the last of the frames.
#[test]
fn a_session_ends_with_its_last_frame() {
    let frames = session(Depth::Indexed, (120, 40));
    let mut painter = Painter::new(Vec::new(), true);
    let mut before = Buffer::empty(frames[0].area);
    let size = |number| std::num::NonZeroU16::new(number).unwrap();
    let mut screen = vt100::Parser::new(size(40), size(120), 0);
    for (number, frame) in frames.iter().enumerate() {
        painter.draw(before.diff(frame).into_iter()).unwrap();
        Backend::flush(&mut painter).unwrap();
        screen.process(&std::mem::take(&mut painter.out));
        before.clone_from(frame);
        let wanted = |y: u16| (0..120).map(|x| frame[(x, y)].symbol()).collect::<String>();
        for (y, row) in (0..40).zip(screen.screen().rows(0, 120)) {
            assert_eq!(row.trim_end(), wanted(y).trim_end(), "frame {number}, row {y}");
        }
        for (x, y) in (0..120).flat_map(|x| (0..40).map(move |y| (x, y))) {
            let cell = screen.screen().cell(y, x).unwrap();
            let look = Look::from_cell(&frame[(x, y)]);
            if frame[(x, y)].symbol() != " " {
                assert_eq!(cell.fgcolor(), color_of(frame[(x, y)].fg), "frame {number}, {x} × {y}: {look:?}");
                assert_eq!(cell.bold(), frame[(x, y)].modifier.contains(Modifier::BOLD));
            }
            assert_eq!(cell.bgcolor(), color_of(frame[(x, y)].bg), "frame {number}, {x} × {y}: {look:?}");
            assert_eq!(cell.inverse(), frame[(x, y)].modifier.contains(Modifier::REVERSED));
        }
    }
}

fn color_of(color: Color) -> vt100::Color {
    match color {
        Color::Reset => vt100::Color::Default,
        Color::Indexed(index) => vt100::Color::Idx(index),
        Color::Rgb(red, green, blue) => vt100::Color::Rgb(red, green, blue),
        other => panic!("{other} is in no theme of so many colors"),
    }
}

/// Nothing changed, nothing is written; and the cursor is hidden but once.
#[test]
fn a_frame_like_the_one_before_is_no_byte() {
    let mut out = Vec::new();
    let mut painter = Painter::new(&mut out, true);
    painter.hide_cursor().unwrap();
    painter.draw(std::iter::empty()).unwrap();
    painter.hide_cursor().unwrap();
    painter.flush().unwrap();
    assert_eq!(out, b"\x1b[?25l");
}

const TEXTS: [&str; 12] = [
    "a",
    "abc",
    " ",
    "    ",
    "                ",
    "● ◐",
    "▄▆█",
    "例え",
    "ab例",
    "e\u{301}x",
    "64:ff9b::345e:b677",
    "──────",
];

fn styles() -> [Style; 9] {
    [
        Style::new(),
        Style::new().fg(Color::Indexed(81)),
        Style::new().fg(Color::Indexed(242)).add_modifier(Modifier::BOLD),
        Style::new().fg(Color::Rgb(1, 2, 3)),
        Style::new().bg(Color::Indexed(236)),
        Style::new().fg(Color::Indexed(81)).bg(Color::Rgb(3, 2, 1)),
        Style::new().add_modifier(Modifier::REVERSED),
        Style::new().fg(Color::Indexed(81)).add_modifier(Modifier::REVERSED | Modifier::BOLD),
        Style::new().add_modifier(Modifier::UNDERLINED),
    ]
}

/// What happens to a screen from one frame to the next.
#[derive(Clone, Debug)]
enum Change {
    Put {
        x: u16,
        y: u16,
        text: usize,
        style: usize,
    },
    /// As the bar of a selected row.
    Color {
        y: u16,
        style: usize,
    },
    /// As a list that goes on.
    Roll {
        top: u16,
        bottom: u16,
        up: i32,
    },
    Wipe {
        x: u16,
        y: u16,
    },
}

impl Change {
    fn any() -> impl Strategy<Value = Self> {
        let put = (0..30_u16, 0..10_u16, 0..TEXTS.len(), 0..styles().len())
            .prop_map(|(x, y, text, style)| Self::Put { x, y, text, style });
        let roll =
            (0..10_u16, 0..10_u16, -3..=3).prop_map(|(top, bottom, up)| Self::Roll { top, bottom, up });
        prop_oneof![
            12 => put,
            1 => (0..10_u16, 0..styles().len()).prop_map(|(y, style)| Self::Color { y, style }),
            2 => roll,
            1 => (0..30_u16, 0..10_u16).prop_map(|(x, y)| Self::Wipe { x, y }),
        ]
    }

    fn make(&self, buffer: &mut Buffer) {
        let Rect { width, height, .. } = buffer.area;
        match *self {
            Self::Put { x, y, text, style } => {
                buffer.set_string(x % width, y % height, TEXTS[text], styles()[style]);
            }
            Self::Color { y, style } => {
                buffer.set_style(Rect::new(0, y % height, width, 1), styles()[style]);
            }
            Self::Roll { top, bottom, up } => {
                let before = buffer.clone();
                for y in top % height..=bottom % height {
                    let from = u16::try_from(i32::from(y) + up).unwrap_or(y).min(height - 1);
                    (0..width).for_each(|x| buffer[(x, y)] = before[(x, from)].clone());
                }
            }
            Self::Wipe { x, y } => {
                (x % width..width).for_each(|x| buffer[(x, y % height)].reset());
            }
        }
        // Half a sign is none.
        for y in 0..height {
            let mut x = 0;
            while x < width {
                let columns = u16::try_from(buffer[(x, y)].symbol().width()).unwrap();
                if x + columns > width {
                    buffer[(x, y)].reset();
                }
                for covered in x + 1..(x + columns).min(width) {
                    buffer[(covered, y)].reset();
                }
                x += columns.max(1);
            }
        }
    }
}

/// What a terminal shows is the buffer, as far as that can be seen.
fn assert_shows(screen: &vt100::Screen, buffer: &Buffer) {
    let Rect { width, height, .. } = buffer.area;
    for y in 0..height {
        let mut x = 0;
        while x < width {
            let (cell, wanted) = (screen.cell(y, x).unwrap(), &buffer[(x, y)]);
            let symbol = if cell.has_contents() { cell.contents() } else { " " };
            let place = format!("{x} × {y}: {wanted:?}, and there is {cell:?}");
            assert_eq!(symbol, wanted.symbol(), "{place}");
            assert_eq!(cell.bgcolor(), color_of(wanted.bg), "{place}");
            assert_eq!(cell.inverse(), wanted.modifier.contains(Modifier::REVERSED), "{place}");
            assert_eq!(cell.underline(), wanted.modifier.contains(Modifier::UNDERLINED), "{place}");
            if symbol != " " || cell.inverse() || cell.underline() {
                assert_eq!(cell.fgcolor(), color_of(wanted.fg), "{place}");
                assert_eq!(cell.bold(), wanted.modifier.contains(Modifier::BOLD), "{place}");
            }
            x += u16::try_from(wanted.symbol().width().max(1)).unwrap();
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 512, ..Default::default() })]

    /// Whatever changes from frame to frame, and in whatever order that is written.
    #[test]
    fn a_terminal_shows_what_was_drawn(
        (width, height) in (1..30_u16, 1..10_u16),
        frames in prop::collection::vec(prop::collection::vec(Change::any(), 0..12), 1..6),
    ) {
        let size = |number| std::num::NonZeroU16::new(number).unwrap();
        let mut screen = vt100::Parser::new(size(height), size(width), 0);
        let mut painter = Painter::new(Vec::new(), false);
        let mut before = Buffer::empty(Rect::new(0, 0, width, height));
        for changes in frames {
            let mut buffer = before.clone();
            for change in &changes {
                change.make(&mut buffer);
            }
            painter.draw(before.diff(&buffer).into_iter()).unwrap();
            Backend::flush(&mut painter).unwrap();
            screen.process(&std::mem::take(&mut painter.out));
            assert_shows(screen.screen(), &buffer);
            before = buffer;
        }
    }
}
