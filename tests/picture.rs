//! The pictures in `docs/`: frames of the demo, as SVG, and the page of its log.
//! `UPDATE_PICTURES=1 cargo test --test picture` draws them anew.
#![expect(clippy::expect_used, reason = "a test stops where it cannot go on")]

mod stage;

use std::fmt::Write as _;
use std::path::Path;

use r53tail::console::Key;
use r53tail::view::Theme;
use ratatui::buffer::{Buffer, Cell};
use ratatui::style::{Color, Modifier};

/// Pixels of a cell.
const CELL: (f32, f32) = (8.4, 18.0);
/// Pixels around the screen.
const MARGIN: f32 = 14.0;
const PAPER: &str = "#12151c";
const INK: &str = "#d0d4dc";

#[test]
fn the_fleet_while_it_turns() {
    // Two of three endpoints have turned, one is still out of reach.
    let mut model = stage::demo_at("14:01:20");
    check("fleet.svg", &stage::frame(&mut model, &Theme::dark(), 118, 34));
}

#[test]
fn one_origin() {
    let mut model = stage::demo_at("14:01:30");
    stage::press(&mut model, &[Key::Enter, Key::Down, Key::Down]);
    check("origin.svg", &stage::frame(&mut model, &Theme::dark(), 118, 34));
}

#[test]
fn one_endpoint() {
    let mut model = stage::demo_at("14:01:30");
    stage::press(&mut model, &[Key::Char('2'), Key::Home, Key::Down, Key::Down, Key::Down, Key::Enter]);
    check("endpoint.svg", &stage::frame(&mut model, &Theme::dark(), 118, 44));
}

#[test]
fn the_newest_records() {
    let mut model = stage::demo_at("14:01:22");
    stage::press(&mut model, &[Key::Char('4'), Key::Up, Key::Up, Key::Up]);
    check("tail.svg", &stage::frame(&mut model, &Theme::dark(), 118, 40));
}

#[test]
fn what_to_act_on() {
    let mut model = stage::demo_at("14:00:40");
    stage::press(&mut model, &[Key::Char('5')]);
    check("findings.svg", &stage::frame(&mut model, &Theme::dark(), 118, 34));
}

#[test]
fn all_endpoints() {
    let mut model = stage::demo_at("14:01:45");
    stage::press(&mut model, &[Key::Char('6')]);
    check("endpoints.svg", &stage::frame(&mut model, &Theme::dark(), 140, 24));
}

#[test]
fn shares_over_time() {
    let mut model = stage::demo_at("14:02:00");
    stage::press(&mut model, &[Key::Char('8')]);
    check("shares.svg", &stage::frame(&mut model, &Theme::dark(), 118, 40));
}

#[test]
fn what_changed() {
    let mut model = stage::demo_at("14:01:45");
    stage::press(&mut model, &[Key::Char('T')]);
    check("changes.svg", &stage::frame(&mut model, &Theme::dark(), 118, 20));
}

#[test]
fn a_record_as_it_stands_in_the_log() {
    let mut model = stage::demo_at("14:01:22");
    stage::press(&mut model, &[Key::Char('4'), Key::Up, Key::Up, Key::Enter]);
    check("record.svg", &stage::frame(&mut model, &Theme::dark(), 118, 34));
}

/// The demo from its beginning to its end: at each moment every row is one of the frame of that moment. Rows
/// that stay the same are drawn once. Whoever wants no motion sees the end.
#[test]
fn the_demo_as_it_plays() {
    let mut model = stage::demo_at("14:00:04");
    let frames: Vec<Buffer> = (0..FRAMES)
        .map(|at| {
            let second = 4 + at * STEP;
            stage::play_to(&mut model, &format!("14:{:02}:{:02}", second / 60, second % 60));
            stage::frame(&mut model, &Theme::dark(), 100, 30)
        })
        .collect();
    kept("demo.svg", &moving(&frames));
}

/// The page that is made of the demo's log.
#[test]
fn the_page_of_the_demo() {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_r53tail"));
    command.args(["report", "fixtures/demo.jsonl", "--format", "html"]);
    let command =
        command.current_dir(env!("CARGO_MANIFEST_DIR")).env_clear().env("HOME", env!("CARGO_TARGET_TMPDIR"));
    let page = command.output().expect("the program starts");
    assert!(page.status.success());
    kept("demo.html", &String::from_utf8(page.stdout).expect("a page is UTF-8"));
}

/// Frames of the moving picture, seconds of the log from one to the next, and how long each is seen.
const FRAMES: u32 = 25;
const STEP: u32 = 5;
const SEEN: f32 = 0.9;

fn check(name: &str, buffer: &Buffer) {
    kept(name, &svg(buffer));
}

/// Compares what was made with what is kept in `docs/`, or keeps it.
fn kept(name: &str, drawn: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs").join(name);
    if std::env::var_os("UPDATE_PICTURES").is_some() {
        std::fs::write(&path, drawn).expect("docs/ can be written");
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == drawn, "docs/{name} is stale: UPDATE_PICTURES=1 cargo test --test picture");
}

/// One picture of several frames. Each row is drawn for each stretch of frames in which it is the same, and
/// is seen then.
fn moving(frames: &[Buffer]) -> String {
    let last = frames.len();
    let mut rows = String::new();
    let mut stretches = std::collections::BTreeSet::new();
    for y in 0..frames[0].area.height {
        let drawn: Vec<String> = frames.iter().map(|frame| row(frame, y)).collect();
        let mut from = 0;
        while from < last {
            let until = (from..last).find(|at| drawn[*at] != drawn[from]).unwrap_or(last);
            if (from, until) == (0, last) {
                rows.push_str(&drawn[from]);
            } else if !drawn[from].is_empty() {
                stretches.insert((from, until));
                write!(rows, "<g class=\"f{from}-{until}\">\n{}</g>\n", drawn[from]).expect("a string");
            }
            from = until;
        }
    }
    let share = |at: usize| {
        100.0 * f32::from(u16::try_from(at).expect("few")) / f32::from(u16::try_from(last).expect("few"))
    };
    let seconds = SEEN * f32::from(u16::try_from(last).expect("few"));
    let mut style = String::from("<style>\n");
    for (from, until) in stretches {
        let seen = if until == last { "visible" } else { "hidden" };
        let mut steps = format!("0%{{visibility:{}}}", if from == 0 { "visible" } else { "hidden" });
        for (at, word) in [(from, "visible"), (until, "hidden")] {
            if at > 0 && at < last {
                write!(steps, "{:.2}%{{visibility:{word}}}", share(at)).expect("a string");
            }
        }
        writeln!(
            style,
            ".f{from}-{until}{{visibility:{seen};animation:k{from}-{until} {seconds:.1}s step-end infinite}}\n@keyframes k{from}-{until}{{{steps}}}"
        )
        .expect("a string");
    }
    style.push_str("@media (prefers-reduced-motion:reduce){g{animation:none!important}}\n</style>\n");
    format!("{}{style}{rows}</svg>\n", head(&frames[0]))
}

fn svg(buffer: &Buffer) -> String {
    let rows: String = (0..buffer.area.height).map(|y| row(buffer, y)).collect();
    format!("{}{rows}</svg>\n", head(buffer))
}

/// The picture up to its rows.
fn head(buffer: &Buffer) -> String {
    let (columns, rows) = (buffer.area.width, buffer.area.height);
    let (width, height) =
        (f32::from(columns) * CELL.0 + 2.0 * MARGIN, f32::from(rows) * CELL.1 + 2.0 * MARGIN);
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width:.0}\" height=\"{height:.0}\" viewBox=\"0 0 {width:.1} {height:.1}\" \
         font-family=\"ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace\" font-size=\"14\" xml:space=\"preserve\">\n\
         <rect width=\"100%\" height=\"100%\" rx=\"8\" fill=\"{PAPER}\"/>\n"
    )
}

/// One row of it.
fn row(buffer: &Buffer, y: u16) -> String {
    let mut svg = String::new();
    let mut x = 0;
    while x < buffer.area.width {
        let run = run(buffer, x, y);
        draw_run(&mut svg, buffer, x, y, run);
        x += run;
    }
    svg
}

/// How many cells from `x` on make one piece: plain text of one style, or a single sign, which is put in its
/// own place because fonts disagree on how wide it is.
fn run(buffer: &Buffer, x: u16, y: u16) -> u16 {
    let first = &buffer[(x, y)];
    if !first.symbol().is_ascii() {
        return 1;
    }
    let alike = |cell: &Cell| cell.symbol().is_ascii() && cell.style() == first.style();
    u16::try_from((x..buffer.area.width).take_while(|x| alike(&buffer[(*x, y)])).count()).expect("one row")
}

fn draw_run(svg: &mut String, buffer: &Buffer, x: u16, y: u16, length: u16) {
    let cell = &buffer[(x, y)];
    let (mut ink, mut paper) = (color(cell.fg, INK), color(cell.bg, PAPER));
    if cell.modifier.contains(Modifier::REVERSED) {
        std::mem::swap(&mut ink, &mut paper);
    }
    let (left, top) = (MARGIN + f32::from(x) * CELL.0, MARGIN + f32::from(y) * CELL.1);
    let wide = f32::from(length) * CELL.0;
    let mut rect = |left: f32, top: f32, wide: f32, high: f32, fill: &str| {
        // Overlapping by a hair closes the seams between cells.
        writeln!(
            svg,
            "<rect x=\"{left:.1}\" y=\"{top:.1}\" width=\"{:.1}\" height=\"{high:.1}\" fill=\"{fill}\"/>",
            wide + 0.2
        )
        .expect("a string");
    };
    if paper != PAPER {
        rect(left, top, wide, CELL.1 + 0.2, &paper);
    }
    let text: String = (x..x + length).map(|x| buffer[(x, y)].symbol()).collect();
    let char = text.chars().next().unwrap_or(' ');
    match char {
        // Block elements, `▁` to `█`: eighths of a cell from the bottom up.
        '\u{2581}'..='\u{2588}' => {
            let high =
                CELL.1 * (f32::from(u16::try_from(u32::from(char) - 0x2580).expect("an eighth")) / 8.0);
            rect(left, top + CELL.1 - high, wide, high + 0.2, &ink);
        }
        '─' => rect(left, top + CELL.1 / 2.0, wide, 1.0, &ink),
        '━' => rect(left, top + CELL.1 / 2.0 - 1.0, wide, 2.5, &ink),
        '│' => rect(left + CELL.0 / 2.0, top, 1.0, CELL.1 + 0.2, &ink),
        _ if text.trim().is_empty() => {}
        _ => {
            let bold = if cell.modifier.contains(Modifier::BOLD) { " font-weight=\"bold\"" } else { "" };
            // Blanks at the ends of a text are not drawn alike everywhere.
            let blanks = text.len() - text.trim_start().len();
            let left = left + f32::from(u16::try_from(blanks).expect("one row")) * CELL.0;
            let text = text.trim();
            let length = u16::try_from(text.chars().count()).expect("one row");
            let wide = f32::from(length) * CELL.0;
            let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
            let stretch = if length > 1 { format!(" textLength=\"{wide:.1}\"") } else { String::new() };
            writeln!(
                svg,
                "<text x=\"{left:.1}\" y=\"{:.1}\" fill=\"{ink}\"{bold}{stretch}>{text}</text>",
                top + 13.5
            )
            .expect("a string");
        }
    }
}

/// A color as SVG names it: the 6×6×6 cube and the grays of the 256, else what stands for the terminal's own.
fn color(color: Color, own: &str) -> String {
    let Color::Indexed(index) = color else { return own.to_owned() };
    let level = |step: u8| if step == 0 { 0 } else { 55 + step * 40 };
    let (red, green, blue) = match index {
        0..16 => (0, 0, 0),
        16..232 => {
            let cube = index - 16;
            (level(cube / 36), level(cube / 6 % 6), level(cube % 6))
        }
        232.. => (8 + (index - 232) * 10, 8 + (index - 232) * 10, 8 + (index - 232) * 10),
    };
    format!("#{red:02x}{green:02x}{blue:02x}")
}
