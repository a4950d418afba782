//! Names in every script, as domain names and as names of instances: whole, in their places, at every size.
#![expect(clippy::unwrap_used, reason = "a test stops where it cannot go on")]

mod stage;

use std::sync::Arc;

use r53tail::advice::finding::Library;
use r53tail::console::{InputId, Key, Message, Model, Setup, Source};
use r53tail::knowledge::names::Names;
use r53tail::view::Theme;
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use stage::line::LogLine;
use stage::{batch, frame, press, tell, type_text};

/// Each an instance, what it is called, and what it asks for.
const ASKED: [(&str, &str, &str); 8] = [
    ("i-01", "東京の踏み台サーバー", "xn--r8jz45g.xn--zckzah."),
    ("i-02", "🚀 prod 🇩🇪 👍🏽", "xn--bcher-kva.example."),
    ("i-03", "ระบบสำรองที่สอง", "xn--o3cw4h."),
    ("i-04", "हिन्दी", "xn--p1b6ci4b4b3a.xn--11b5bs3a9aj6g."),
    ("i-05", "e\u{301}clair \u{202e}x", "xn--pple-43d.com."),
    ("i-06", "👩\u{200d}🚀", r"b\303\274cher.example."),
    ("i-07", "web-7", "例え.テスト."),
    ("i-08", "שלום", "_dmarc.xn--fiq228c.com."),
];

fn console() -> Model {
    let lines: Vec<String> = ASKED
        .iter()
        .enumerate()
        .flat_map(|(at, (id, _, name))| {
            let (clock, source) = (format!("2026-05-12T14:00:{at:02}Z"), format!("10.0.0.{at}"));
            let (ids, name) = ([("instance", *id)], name.replace('\\', r"\\"));
            [("AAAA", ""), ("A", "192.0.2.1")].map(|(kind, address)| {
                let line = LogLine { at: &clock, name: &name, kind, address, ..LogLine::default() };
                LogLine { source: &source, ids: &ids, ..line }.to_string()
            })
        })
        .collect();
    let table = ASKED.map(|(id, name, _)| format!("{id},{name}")).join("\n");
    let library = Arc::new(Library { names: Names::parse(&table).unwrap(), ..Library::default() });
    let mut model = Model::new(Setup { library, ..Setup::new(Source::Replay) });
    tell(&mut model, Message::Input(InputId(0), "query.log".to_owned()));
    tell(&mut model, Message::Batch(Box::new(batch(&lines))));
    tell(&mut model, Message::Ended);
    model
}

/// A screen as it is read: without the second cells of what is two columns wide.
fn text(model: &mut Model, width: u16, height: u16) -> String {
    let buffer = frame(model, &Theme::plain(), width, height);
    let mut text = String::new();
    for y in 0..height {
        let mut x = 0;
        while x < width {
            let symbol = buffer[(x, y)].symbol();
            text.push_str(symbol);
            x += u16::try_from(symbol.width().max(1)).unwrap();
        }
        text.push('\n');
    }
    text
}

/// A cell holds one grapheme cluster, and behind one that is two columns wide stands an empty cell; nothing
/// hidden is among them.
fn assert_cells(model: &mut Model, width: u16, height: u16) {
    let buffer = frame(model, &Theme::dark(), width, height);
    for y in 0..height {
        let mut x = 0;
        while x < width {
            let symbol = buffer[(x, y)].symbol();
            let wide = u16::try_from(symbol.width()).unwrap();
            assert!((1..=4).contains(&wide), "{symbol:?} at {x},{y} of {width}x{height}");
            assert_eq!(symbol.graphemes(true).count(), 1, "{symbol:?}");
            assert!(!symbol.chars().any(r53tail::base::visible::is_hidden), "{symbol:?}");
            assert!(x + wide <= width, "{symbol:?} reaches out of the screen");
            for behind in x + 1..x + wide {
                assert!(buffer[(behind, y)].symbol().trim().is_empty(), "{symbol:?} is written over");
            }
            x += wide;
        }
    }
}

#[test]
fn names_of_every_script_stand_in_their_places() {
    let mut model = console();
    for keys in ["1", "2", "3", "4", "\r", "5", "T", "1l", "1y", "\u{1b}f"] {
        for key in keys.chars() {
            let key = match key {
                '\r' => Key::Enter,
                '\u{1b}' => Key::Esc,
                char => Key::Char(char),
            };
            press(&mut model, &[key]);
        }
        for (width, height) in [(80, 24), (40, 10), (120, 40), (200, 60), (61, 17), (33, 9), (1, 1), (7, 3)] {
            assert_cells(&mut model, width, height);
        }
    }
    // And while a line of such text is typed, at every width.
    type_text(&mut model, "name:例え.テスト or name:ไทย or name:👍🏽");
    for width in 1..60 {
        assert_cells(&mut model, width, 12);
    }
}

#[test]
fn how_a_name_reads_stands_beside_it() {
    let mut model = console();
    press(&mut model, &[Key::Char('4')]);
    let tail = text(&mut model, 220, 30);
    for shown in [
        "xn--bcher-kva.example. (bücher.example.)",
        "xn--r8jz45g.xn--zckzah. (例え.テスト.)",
        r"b\303\274cher.example. (bücher.example.)",
        "_dmarc.xn--fiq228c.com. (_dmarc.中文.com.)",
    ] {
        assert!(tail.contains(shown), "{shown}\n{tail}");
    }
    assert!(tail.contains("xn--pple-43d.com. ") && !tail.contains("pple.com"), "{tail}");
    press(&mut model, &[Key::Enter]);
    assert!(text(&mut model, 80, 24).contains("── _dmarc.xn--fiq228c.com. (_dmarc.中文.com.) ─"));
}

#[test]
fn instances_are_called_by_their_names() {
    let mut model = console();
    press(&mut model, &[Key::Char('1')]);
    for (width, height) in [(80, 24), (120, 40), (200, 60)] {
        let text = text(&mut model, width, height);
        assert!(text.contains("東京の踏み台"), "{width}\n{text}");
        assert!((width == 80 || text.contains("web-7")) && !text.contains('\u{202e}'), "{width}\n{text}");
    }
}
