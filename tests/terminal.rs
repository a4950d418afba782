//! The binary in a real pseudo-terminal: what it shows, how it ends, and what it leaves behind.
#![expect(clippy::unwrap_used, reason = "a test stops where it cannot go on")]
#![cfg(unix)]

#[path = "stage/session.rs"]
mod session;

use std::io::{Read, Write};
use std::sync::mpsc::channel;
use std::thread;
use std::time::{Duration, Instant};

use portable_pty::{CommandBuilder, native_pty_system};
use session::{DEADLINE, Session, size};

/// The terminal is as before, and the outcome stands in it.
fn assert_restored(screen: &vt100::Screen) {
    assert!(!screen.alternate_screen(), "back on the normal screen");
    assert!(!screen.hide_cursor(), "the cursor is back");
    assert!(!screen.application_cursor() && !screen.bracketed_paste());
    let text = screen.contents();
    assert!(text.contains("records read, 0 malformed, 0 gaps, 0 s sampled."), "{text}");
    assert!(!text.contains("── Fleet"), "{text}");
}

#[test]
fn the_demo_tells_its_story_and_quits() {
    let mut session = Session::start(&["demo", "--speed", "200"]);
    session.wait("the console", |screen| screen.alternate_screen() && screen.hide_cursor());
    session.wait_for("Now your own: r53tail replay PATH");
    session.wait_for("on 14:01:18");
    session.press("q");
    let (status, screen) = session.end();
    assert_eq!(status.exit_code(), 0);
    assert_restored(screen.screen());
    assert!(screen.screen().contents().contains("i-0a7c41e9d2b85f036  DNS64 on  4 via NAT64, 4 native"));
}

#[test]
fn keys_lead_through_the_screens() {
    let mut session = Session::start(&["demo", "--speed", "200"]);
    session.wait_for("14:02:10Z");
    session.press("4");
    session.wait_for("── Tail");
    session.press("fgithub\r");
    session.wait_for("9 records, following");
    session.press("\x1b[A\r");
    session.wait_for(r#""query_name": "github.com.""#);
    session.press("?");
    session.wait_for("signs and keys");
    session.press("?");
    session.wait("help is gone", |screen| !screen.contents().contains("signs and keys"));
    session.press("\x1b");
    session.wait_for("── Tail");
    session.press("\t");
    session.wait_for("── Findings");
    session.press("\x1b[Z\x1b[Z\x1b[Z\x1b[Z");
    session.wait_for("── Fleet");
    session.press("ll\r");
    session.wait_for("── What to do");
    session.press("^");
    session.wait_for("14:00:00Z");
    session.press("q");
    let (status, screen) = session.end();
    assert_eq!(status.exit_code(), 0);
    assert_restored(screen.screen());
}

#[test]
fn the_size_may_change_at_any_time() {
    let mut session = Session::start(&["demo", "--speed", "200"]);
    session.wait_for("14:02:10Z");
    session.resize(10, 40);
    session.wait("forty columns", |screen| {
        let text = screen.contents();
        text.contains("4 of 8 via NAT64") && text.lines().all(|line| line.chars().count() <= 40)
    });
    session.resize(50, 180);
    session.wait("the detail at its side", |screen| screen.contents().contains("DNS64 made the address"));
    session.press("q");
    assert_restored(session.end().1.screen());
}

#[test]
fn control_c_quits() {
    let mut session = Session::start(&["demo"]);
    session.wait_for("── Fleet");
    session.press("\x03");
    let (status, screen) = session.end();
    assert_eq!(status.exit_code(), 0);
    assert_restored(screen.screen());
}

#[test]
fn signals_end_it_in_order() {
    for (name, code) in [("TERM", 143), ("INT", 130), ("HUP", 129)] {
        let mut session = Session::start(&["demo"]);
        session.wait_for("── Fleet");
        session.signal(name);
        let (status, screen) = session.end();
        assert_eq!(status.exit_code(), code, "{name}");
        assert_restored(screen.screen());
    }
}

/// What the system says of the program: `T` for stopped.
fn state(session: &Session) -> String {
    let id = session.child.process_id().unwrap().to_string();
    let ran = std::process::Command::new("ps").args(["-o", "stat=", "-p", &id]).output().unwrap();
    String::from_utf8(ran.stdout).unwrap().trim().to_owned()
}

fn wait_until_stopped(session: &Session) {
    let deadline = Instant::now() + DEADLINE;
    while !state(session).starts_with('T') {
        assert!(Instant::now() < deadline, "it did not stop: {}", state(session));
        thread::yield_now();
    }
}

#[test]
fn it_stops_for_the_shell_and_goes_on() {
    let mut session = Session::start(&["demo"]);
    session.wait_for("── Fleet");
    for way in ["\x1a", "TSTP", "STOP"] {
        match way {
            "\x1a" => session.press(way),
            name => session.signal(name),
        }
        wait_until_stopped(&session);
        if way != "STOP" {
            session
                .wait("the terminal as it was", |screen| !screen.alternate_screen() && !screen.hide_cursor());
        }
        // As a shell leaves it.
        session.screen.process(b"\x1b[?1049l\x1b[?25h\x1b[2J");
        session.signal("CONT");
        session.wait("the console again", |screen| {
            screen.alternate_screen() && screen.hide_cursor() && screen.contents().contains("── Fleet")
        });
    }
    session.press("q");
    assert_restored(session.end().1.screen());
}

#[test]
fn the_mouse_is_off_until_asked_for() {
    let mode = |screen: &vt100::Screen| screen.mouse_protocol_mode();
    let mut session = Session::start(&["demo", "--speed", "200"]);
    session.wait_for("14:02:10Z");
    assert_eq!(mode(session.screen.screen()), vt100::MouseProtocolMode::None);
    session.press("M");
    session.wait("the mouse", |screen| mode(screen) != vt100::MouseProtocolMode::None);
    // In a frame that was not drawn yet there is nothing to click on.
    session.wait_for("mouse on: click rows");
    // Rows and columns are counted from 1.
    let row =
        session.screen.screen().contents().lines().position(|line| line.contains("  i-0e2d6b80f1957ac43"));
    let row = row.unwrap() + 1;
    session.press(&format!("\x1b[<0;5;{row}M\x1b[<0;5;{row}m"));
    session.wait_for("▸ i-0e2d6b80f1957ac43");
    session.press("M");
    session.wait("no mouse", |screen| mode(screen) == vt100::MouseProtocolMode::None);
    session.press("Mq");
    let (_, screen) = session.end();
    assert_eq!(mode(screen.screen()), vt100::MouseProtocolMode::None);
    assert_restored(screen.screen());
}

/// Every key that a terminal may send, in every mode that it may lead to: none ends it, and none breaks it.
#[test]
fn every_key_is_taken() {
    let mut session = Session::start(&["demo", "--speed", "200"]);
    session.wait_for("14:02:10Z");
    let others =
        ["\x1b[A", "\x1b[B", "\x1b[C", "\x1b[D", "\x1b[5~", "\x1b[6~", "\x1b[H", "\x1b[F", "\t", "\x1b[Z"];
    let keys = (' '..='~').map(String::from).chain(others.map(str::to_owned)).filter(|key| key != "q");
    for key in keys {
        session.press(&key);
        session.press("\r");
        if key == "?" {
            session.press("?");
        }
    }
    // Out of whatever the last one led to, and back to where it began.
    session.press("\x1b");
    session.wait("it still draws", |screen| screen.contents().contains(" r53tail "));
    session.press("\x03");
    let (status, screen) = session.end();
    assert_eq!(status.exit_code(), 0);
    assert!(!screen.screen().alternate_screen() && !screen.screen().hide_cursor());
    assert!(
        screen.screen().contents().contains("records read, 0 malformed"),
        "{}",
        screen.screen().contents()
    );
}

/// Not a test: what the test below runs in a terminal. The program itself has no way to panic.
#[test]
#[ignore = "it is run by `a_panic_gives_the_terminal_back`"]
fn a_console_that_panics() {
    use r53tail::console::{Batch, Message, Model, Tape};
    use r53tail::edge::settings::{SignsArgument, ThemeArgument};
    let on_feed = std::env::var("PANIC_ON").unwrap() == "feed";
    let (sender, inbox) = crossbeam_channel::bounded(r53tail::edge::terminal::WAITING);
    let (trigger, triggered) = crossbeam_channel::bounded(1);
    let feed = sender.clone();
    r53tail::edge::terminal::restore_on_panic();
    thread::spawn(move || {
        let bare = |message| match message {
            // Without their raw bytes, so that the detail has to have them fetched.
            Message::Batch(batch) => Message::Batch(Box::new(Batch { tape: Tape::default(), ..*batch })),
            other => other,
        };
        r53tail::edge::demo::messages().try_for_each(|message| feed.send(bare(message))).unwrap();
        assert!(triggered.recv().is_err(), "a defect in the feed");
    });
    let model = Model::new(r53tail::edge::demo::setup(1));
    let looks = r53tail::edge::settings::looks(ThemeArgument::Auto, SignsArgument::Auto, |_| None);
    let ended = r53tail::edge::terminal::run(model, &looks, &inbox, &sender, |_| {
        assert!(on_feed, "a defect in the console");
        trigger.send(()).unwrap();
    });
    unreachable!("{ended:?}");
}

#[test]
fn a_panic_gives_the_terminal_back() {
    let this = std::env::current_exe().unwrap();
    let arguments = ["--exact", "a_console_that_panics", "--ignored", "--nocapture"];
    for (environment, said) in [
        (&[("PANIC_ON", "feed")][..], "a defect in the feed"),
        (&[("PANIC_ON", "console")], "a defect in the console"),
    ] {
        let mut session = Session::run(this.to_str().unwrap(), &arguments, environment);
        session.wait("the console", |screen| screen.alternate_screen() && screen.hide_cursor());
        session.wait_for("i-0a7c41e9d2b85f036");
        // The detail has a raw record fetched, and that goes wrong.
        session.press("2");
        let (status, screen) = session.end();
        let text = screen.screen().contents();
        assert_eq!(status.exit_code(), 101, "{text}");
        assert!(!screen.screen().alternate_screen() && !screen.screen().hide_cursor(), "{text}");
        assert!(text.contains(said) && !text.contains("── Fleet"), "{text}");
    }
}

#[test]
fn no_color_is_respected() {
    let colored = |screen: &vt100::Screen| {
        (0..30).any(|row| {
            (0..110).any(|column| {
                screen.cell(row, column).is_some_and(|cell| cell.fgcolor() != vt100::Color::Default)
            })
        })
    };
    let mut session = Session::start_with(&["demo", "--speed", "200"], &[("NO_COLOR", "1")]);
    session.wait_for("14:02:10Z");
    assert!(!colored(session.screen.screen()));
    session.press("q");
    session.end();
    let mut session = Session::start_with(&["demo", "--speed", "200"], &[("NO_COLOR", "")]);
    session.wait_for("14:02:10Z");
    assert!(colored(session.screen.screen()), "an empty NO_COLOR asks for nothing");
    session.press("q");
    session.end();
}

/// The demo's log in a file of its own, with more behind it.
fn log(name: &str, more: &str) -> std::path::PathBuf {
    let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let demo = include_str!("../fixtures/demo.jsonl");
    std::fs::write(&path, format!("{demo}{more}")).unwrap();
    path
}

#[test]
fn a_file_is_replayed_and_its_records_fetched() {
    let path = log("replay.log", "");
    let mut session = Session::start(&["replay", path.to_str().unwrap()]);
    session.wait_for("end of log");
    session.wait_for("REPLAY  2026-05-12 14:02:08Z");
    session.press("3");
    session.wait_for("replay.log at byte");
    session.wait_for(r#""query_name": "ssm.us-west-2"#);
    session.press("q");
    let (status, screen) = session.end();
    assert_eq!(status.exit_code(), 0);
    assert_restored(screen.screen());
}

#[test]
fn what_is_copied_reaches_the_clipboard_of_the_terminal() {
    // `ssm.us-west-2.amazonaws.com` in Base64.
    let clipboard = "\x1b]52;c;c3NtLnVzLXdlc3QtMi5hbWF6b25hd3MuY29t\x07";
    let through = "\x1bPtmux;\x1b\x1b]52;c;c3NtLnVzLXdlc3QtMi5hbWF6b25hd3MuY29t\x07\x1b\\";
    for environment in [&[][..], &[("TMUX", "/tmp/tmux-0/default,1,0"), ("LANG", "C.UTF-8")]] {
        let mut session = Session::start_with(&["demo", "--speed", "200"], environment);
        session.wait_for("14:02:10Z");
        session.press("\r/\x1b[200~ssm.\x1b[201~\r");
        session.wait_for("/ssm. · ");
        session.press("y");
        session.wait_for("dual-stack name");
        session.press("n");
        session.wait_for("sent to the terminal's clipboard: name ssm.us-west-2");
        assert!(session.has_written(clipboard));
        assert_eq!(session.has_written(through), !environment.is_empty());
        session.press("q");
        assert_restored(session.end().1.screen());
    }
}

#[test]
fn what_is_shown_is_written_to_files() {
    let log = log("export.log", "");
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR"));
    let (csv, raw) = (folder.join("shown.csv"), folder.join("shown.jsonl"));
    for path in [&csv, &raw] {
        _ = std::fs::remove_file(path);
    }
    let mut session = Session::start(&["replay", log.to_str().unwrap()]);
    session.wait_for("end of log");
    session.press("fverdict:empty name:ssm.*\r");
    session.wait_for("filter: verdict:empty");
    session.press(&format!("xc\x15{}\r", csv.display()));
    session.wait_for("shown.csv, ");
    let text = std::fs::read_to_string(&csv).unwrap();
    assert_eq!(text.lines().count(), 2, "a head and one pair: {text}");
    // Not `empty`: its A record is known, although the filter does not list it.
    assert!(text.contains("nat64") && text.contains("ssm.us-west-2.amazonaws.com."), "{text}");
    session.press(&format!("xr\x15{}\r", raw.display()));
    session.wait_for("wrote 8 records to");
    let text = std::fs::read_to_string(&raw).unwrap();
    let all = std::fs::read_to_string(&log).unwrap();
    assert!(text.lines().count() == 8 && text.lines().all(|line| all.lines().any(|known| known == line)));
    // Not over what is there, unless one says so.
    session.press(&format!("xj\x15{}\r", csv.display()));
    session.wait_for("there is such a file");
    session.press("n");
    session.wait_for("nothing was written");
    session.press(&format!("xj\x15{}\r", csv.display()));
    session.wait_for("there is such a file");
    session.press("y");
    session.wait_for("shown.csv, ");
    assert!(std::fs::read_to_string(&csv).unwrap().starts_with("{\"schema\":2"));
    session.press("q");
    assert_restored(session.end().1.screen());
}

#[test]
fn a_file_is_replayed_with_pseudonyms() {
    let path = log("acme-secret.log", "");
    let with_key = ["--redact", "--redact-key", "sesame"];
    let mut session = Session::start(&[&["replay", path.to_str().unwrap()], &with_key[..]].concat());
    session.wait_for("end of log");
    let shared = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("shared.jsonl");
    _ = std::fs::remove_file(&shared);
    session.press(&format!("xr\x15{}\r", shared.display()));
    session.wait_for("wrote 180 records to");
    session.press("3");
    session.wait_for(r#""query_name": "#);
    let text = session.screen.screen().contents();
    assert!(text.contains(".log at byte") && !text.contains("acme-secret"), "{text}");
    let written = std::fs::read_to_string(&shared).unwrap();
    // Another reads out of it what it says here, and no more.
    let pairs = |arguments: &[&str]| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_r53tail"));
        let output = command.args(["report", "-f", "ndjson"]).args(arguments).env_clear().output().unwrap();
        assert!(output.status.success());
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(text.lines().count() > 10, "{text}");
        text
    };
    let here = pairs(&[&[path.to_str().unwrap()], &with_key[..]].concat());
    assert_eq!(pairs(&[shared.to_str().unwrap()]), here);
    assert!(here.contains("nat64") && written.contains("64:ff9b::"));
    for gone in [
        "i-0a7c41e9d2b85f036",
        "vpc-0f3a9c1de58b47620",
        "123456789012",
        "2001:db8:1f:a100::17",
        "artifacts-example",
    ] {
        assert!(!text.contains(gone), "{gone}\n{text}");
        assert!(!written.contains(gone), "{gone}");
    }
    session.press("q");
    let (status, screen) = session.end();
    assert_eq!(status.exit_code(), 0);
    assert_restored(screen.screen());
    assert!(!screen.screen().contents().contains("i-0a7c41e9d2b85f036"));
}

#[test]
fn standard_input_is_replayed_with_keys_from_the_terminal() {
    let path = log("stdin.log", "");
    let script = format!("cat '{}' | '{}' replay -", path.display(), env!("CARGO_BIN_EXE_r53tail"));
    let mut session = Session::run("/bin/sh", &["-c", &script], &[("PATH", "/usr/bin:/bin")]);
    session.wait_for("end of log");
    session.press("3\x1b[A\r");
    session.wait_for("standard input at byte");
    session.wait_for(r#""query_type""#);
    session.press("q");
    let (status, screen) = session.end();
    assert_eq!(status.exit_code(), 0);
    assert_restored(screen.screen());
}

#[test]
fn bad_input_is_shown_and_remembered() {
    let path = log("bad.log", "{\"query_name\":\"a.\",\"query_type\":\"A\"}\n");
    let path = path.to_str().unwrap();
    let mut session = Session::start(&["replay", path, "/nonexistent/file", path]);
    session.wait_for("1 malformed");
    session.wait_for("1 input failed");
    session.press("i");
    session.wait_for("1 × no `query_timestamp`");
    session.wait_for(r#"bad.log at byte 75,740: {"query_name":"a.","query_type":"A"}"#);
    session.wait_for("note       /");
    session.wait_for("given twice, read once");
    session.press("iq");
    let (status, screen) = session.end();
    assert_eq!(status.exit_code(), 3);
    let text = screen.screen().contents();
    assert!(text.contains("180 records read, 1 malformed"), "{text}");
    assert!(text.contains("\n`/nonexistent/file` does not exist"), "{text}");
    assert!(text.contains("bad.log: given twice, read once"), "{text}");
}

#[test]
fn nothing_to_replay_is_said_at_once() {
    let (status, screen) = Session::start(&["replay", "/nonexistent/file"]).end();
    assert_eq!(status.exit_code(), 2);
    let text = screen.screen().contents();
    assert!(text.contains("error: cannot replay: `/nonexistent/file` does not exist"), "{text}");
}

/// Text for a person is broken between words, and its commands are not; for a program nothing is.
#[test]
fn reports_fit_the_terminal() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/demo.jsonl");
    let (status, screen) = Session::start(&["report", path, "--limit", "1"]).end();
    assert!(status.success());
    let text = screen.screen().contents();
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines.iter().any(|line| line.starts_with("           ")), "{text}");
    // What the terminal broke by itself is one line here.
    let fits = |line: &&str| line.chars().count() <= 110 || line.trim_start().starts_with('`');
    assert!(lines.iter().all(fits), "{text}");
    let (_, screen) = Session::start(&["report", path, "--limit", "1", "--format", "ndjson"]).end();
    assert!(screen.screen().contents().lines().any(|line| line.chars().count() > 110));
}

#[test]
fn without_a_terminal_it_says_so() {
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_r53tail")).arg("demo").output().unwrap();
    assert!(!output.status.success() && output.stdout.is_empty());
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("needs a terminal"), "{said}");
}

#[test]
fn a_terminal_that_cannot_place_text_is_none() {
    let (status, screen) = Session::start_with(&["demo"], &[("TERM", "dumb")]).end();
    let text = screen.screen().contents();
    assert_eq!(status.exit_code(), 2, "{text}");
    assert!(text.contains("needs a terminal that can place text: TERM says"), "{text}");
}

/// The console on a log, with a home of its own.
fn at_home(home: &std::path::Path, arguments: &[&str]) -> Session {
    let shared =
        ["-c", "HOME=$0 exec \"$@\"", home.to_str().unwrap(), env!("CARGO_BIN_EXE_r53tail"), "replay"];
    Session::run("/bin/sh", &[&shared[..], arguments].concat(), &[])
}

#[test]
fn it_begins_as_it_was_left() {
    let log = log("left.log", "");
    let log = log.to_str().unwrap();
    let home = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("left");
    _ = std::fs::remove_dir_all(&home);
    std::fs::create_dir_all(&home).unwrap();
    let file = home.join(".local/state/r53tail/state.json");
    let cyan = |screen: &vt100::Screen| screen.cell(0, 1).unwrap().bgcolor();

    let mut session = at_home(&home, &[log]);
    session.wait_for("end of log");
    session.wait_for("── Fleet");
    // The tail without its types, endpoints by their names, light colors, the mouse, and something typed.
    session.press("2ss");
    session.press("2");
    session.press("4");
    session.wait_for("── Tail");
    session.press("c3q");
    session.wait("no types", |screen| !screen.contents().contains(" AAAA "));
    session.press("C");
    session.wait_for("colors: dark");
    // A frame comes in pieces, and not from the top.
    let dark = vt100::Color::Idx(81);
    session.wait("dark colors", |screen| cyan(screen) == dark);
    session.press("C");
    session.wait_for("colors: light");
    session.press("M");
    session.press("fname:ssm.*\r");
    session.wait_for("filter: name:ssm.*");
    session.press("q");
    let (status, screen) = session.end();
    assert_eq!(status.exit_code(), 0);
    assert_restored(screen.screen());
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(text.contains("name:ssm.*") && text.contains("\"column\": \"endpoint\""), "{text}");

    let mut session = at_home(&home, &[log]);
    session.wait_for("── Tail");
    session.wait_for("end of log");
    session.wait("light colors, and the mouse", |screen| {
        ![dark, vt100::Color::Default].contains(&cyan(screen))
            && screen.mouse_protocol_mode() != vt100::MouseProtocolMode::None
    });
    let screen = session.screen.screen();
    assert!(!screen.contents().contains(" AAAA ") && !screen.contents().contains("filter: "));
    session.press("f\x1b[A\r");
    session.wait_for("filter: name:ssm.*");
    session.press("q");
    assert_restored(session.end().1.screen());

    // What the command line says goes before it; with pseudonyms nothing that was typed is shown, or kept.
    let mut session = at_home(&home, &[log, "--theme=dark", "--mouse=false", "--redact"]);
    session.wait_for("── Tail");
    session.wait_for("end of log");
    session.wait("dark colors, and no mouse", |screen| {
        cyan(screen) == dark && screen.mouse_protocol_mode() == vt100::MouseProtocolMode::None
    });
    session.press("f\x1b[Aname:secret\r1");
    session.wait_for("filter: name:secret");
    session.wait_for("── Fleet");
    session.press("q");
    assert_restored(session.end().1.screen());
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(text.contains("name:ssm.*") && !text.contains("secret") && !text.contains("tail"), "{text}");

    // Not asked for, it is neither read nor written.
    let mut session = at_home(&home, &[log, "--no-state"]);
    session.wait_for("── Fleet");
    session.wait_for("end of log");
    session.press("5");
    session.wait_for("── Findings");
    session.press("C");
    session.wait_for("colors: dark");
    session.press("q");
    assert_restored(session.end().1.screen());
    assert_eq!(std::fs::read_to_string(&file).unwrap(), text);

    // Damaged, it is a remark.
    std::fs::write(&file, "{\"screen\": \"find\x1b]0;x\x07").unwrap();
    let mut session = at_home(&home, &[log]);
    session.wait_for("what the last session left cannot be used");
    session.wait_for("── Fleet");
    session.press("q");
    let (status, screen) = session.end();
    assert_eq!(status.exit_code(), 0);
    assert_restored(screen.screen());
}

/// What a terminal says of itself, before it is asked: there it waits until the program reads it.
fn told(background: &str, sign: u16) -> String {
    format!("\x1b]11;rgb:{background}\x07\x1b[1;{}R\x1b[?2026;2$y\x1b[?62;22c", sign + 1)
}

#[test]
fn the_terminal_is_asked_what_it_is_like() {
    // The color of the program's name, on a dark background and on a light one.
    for (background, color) in [("0000/0000/0000", 81), ("ffff/ffff/ffff", 25)] {
        let mut session = Session::start(&["demo", "--speed", "200"]);
        session.press(&told(background, 1));
        session.wait_for("14:02:10Z");
        for question in ["\x1b]11;?\x07", "\x1b[6n", "\x1b[?2026$p", "\x1b[c", "\x1b[?2026h", "\x1b[?2026l"] {
            assert!(session.has_written(question), "{question:?}");
        }
        let cell = session.screen.screen().cell(0, 2).unwrap();
        assert_eq!(cell.bgcolor(), vt100::Color::Idx(color), "{background}");
        assert!(session.screen.screen().contents().contains("── Fleet"), "signs as they are");
        session.press("q");
        assert_restored(session.end().1.screen());
    }
    // Nobody says: text in the terminal's own color, and no frames that a terminal would have to hold back.
    let mut session = Session::start(&["demo", "--speed", "200"]);
    session.wait_for("14:02:10Z");
    session.wait_for("  i-0c93be54a1f07d218");
    let row =
        session.screen.screen().contents().lines().position(|line| line.starts_with("  i-0c93be54a1f07d218"));
    let row = u16::try_from(row.unwrap()).unwrap();
    assert_eq!(session.screen.screen().cell(row, 4).unwrap().fgcolor(), vt100::Color::Default);
    assert!(!session.has_written("\x1b[?2026h"));
    // And says it late: the colors are for it from then on.
    session.press("\x1b]11;rgb:0000/0000/0000\x1b\\");
    session.wait("dark", |screen| screen.cell(0, 2).unwrap().bgcolor() == vt100::Color::Idx(81));
    session.press("q");
    session.end();
}

#[test]
fn signs_are_of_ascii_where_others_have_another_width() {
    let ascii = |session: &mut Session| {
        session.wait("the end of the log", |screen| screen.contents().contains("14:02:10Z"));
        let text = session.screen.screen().contents();
        assert!(
            text.is_ascii() && text.contains("-- Fleet") && text.contains("> i-0a7c41e9d2b85f036"),
            "{text}"
        );
        session.press("q");
    };
    let mut wide = Session::start(&["demo", "--speed", "200"]);
    wide.press(&told("0000/0000/0000", 2));
    ascii(&mut wide);
    wide.end();
    for environment in [&[("LANG", "C")][..], &[("TERM", "linux")]] {
        let mut session = Session::start_with(&["demo", "--speed", "200"], environment);
        ascii(&mut session);
        session.end();
    }
    let mut wanted = Session::start(&["demo", "--speed", "200", "--signs", "ascii"]);
    wanted.press(&told("0000/0000/0000", 1));
    ascii(&mut wanted);
    wanted.end();
}

/// Answers that come late, or to what others asked, are not typed.
#[test]
fn what_no_key_sent_does_nothing() {
    let mut session = Session::start(&["demo", "--speed", "200"]);
    session.wait_for("14:02:10Z");
    // What the tail says does not depend on what is news at the moment.
    session.press("4");
    session.wait_for("── Tail");
    session.wait_for("Esc to fleet");
    let before = session.screen.screen().contents();
    for foreign in [
        "\x1b]11;rgb:ffff/ffff/ffff\x1b\\",
        "\x1b]11;rgb:1d1d/1f1f/2121\x07",
        "\x1b[>83;40900;0c",
        "\x1bP>|XTerm(379)\x1b\\",
        "\x1b_Gi=31;OK\x1b\\",
        "\x1b[?2026;2$y\x1b[?62;22c\x1b[5;9R\x1b[I\x1b[O",
    ] {
        session.press(foreign);
    }
    // The next key finds all as it was.
    session.press("1");
    session.wait_for("── Fleet");
    session.press("4");
    session.wait_for("── Tail");
    // But for what was news meanwhile, in the header.
    let rest =
        |text: &str| -> Vec<String> { text.lines().skip(1).map(|line| line.trim_end().to_owned()).collect() };
    session.wait("all as it was", |screen| rest(&screen.contents()) == rest(&before));
    session.press("q");
    assert_restored(session.end().1.screen());
}

#[test]
fn sixteen_colors_are_said_in_words_for_sixteen() {
    let mut session = Session::start_with(&["demo", "--speed", "200"], &[("TERM", "xterm")]);
    session.press(&told("0000/0000/0000", 1));
    session.wait_for("14:02:10Z");
    let written = String::from_utf8_lossy(&session.written).into_owned();
    assert!(!written.contains("8;5;") && !written.contains("8;2;"), "none of 256 or more");
    session.wait_for("▸ i-0a7c41e9d2b85f036");
    let screen = session.screen.screen();
    let row = (0..30).find(|row| screen.cell(*row, 0).is_some_and(|cell| cell.contents() == "▸")).unwrap();
    assert!(screen.cell(row, 2).unwrap().inverse(), "the selected row has a bar");
    session.press("q");
    session.end();
}

/// At 9600 baud a frame takes seconds. No other is begun meanwhile, and `q` does not wait for it.
#[test]
fn a_slow_line_keeps_nobody_waiting() {
    let pair = native_pty_system().openpty(size(40, 120)).unwrap();
    let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_r53tail"));
    command.args(["demo", "--speed", "100", "--theme", "dark"]);
    command.env_clear();
    command.env("TERM", "xterm-256color");
    let mut child = pair.slave.spawn_command(command).unwrap();
    drop(pair.slave);
    let mut reader = pair.master.try_clone_reader().unwrap();
    let mut keys = pair.master.take_writer().unwrap();
    let (sender, output) = channel::<usize>();
    let (stop, stopped) = channel::<()>();
    thread::spawn(move || {
        // 960 bytes a second, until somebody has seen enough.
        let mut bytes = [0; 96];
        while let Ok(length @ 1..) = reader.read(&mut bytes) {
            if sender.send(length).is_err() {
                return;
            }
            _ = stopped.recv_timeout(Duration::from_millis(100));
        }
    });
    let mut read = 0;
    while read < 3000 {
        read += output.recv_timeout(DEADLINE).unwrap();
    }
    let pressed = Instant::now();
    keys.write_all(b"4125q").unwrap();
    let status = child.wait().unwrap();
    let took = pressed.elapsed();
    // What the system holds of a frame alone takes longer: four seconds.
    assert!(status.success() && took < Duration::from_secs(3), "{status:?} after {took:?}");
    drop(stop);
}
