//! Commands of somebody's own on a row, in a real pseudo-terminal: what they get, what they are refused, who
//! has the terminal, and that it comes back.
#![expect(clippy::unwrap_used, reason = "a test stops where it cannot go on")]
#![cfg(unix)]

#[path = "../src/log/record/sample.rs"]
mod line;
#[path = "stage/session.rs"]
mod session;

use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Instant;

use line::LogLine;
use session::{DEADLINE, Session};

const COMMANDS: &str = r#"
[commands.ids]
title = "say the ids"
key = "I"
rows = ["origin"]
run = ["printf", "<%s>\n", "{instance}", "{vpc}", "{region}", "{account}", "{address}"]

[commands.name]
title = "say the name"
key = "N"
run = ["printf", "<%s>\n", "{name}"]

[commands.row]
title = "keep the row"
key = "J"
run = ["tee", "kept.json"]
stdin = "json"

[commands.echo]
title = "talk"
key = "E"
run = ["cat"]

[commands.fails]
title = "fail"
key = "R"
run = ["false"]

[commands.nowhere]
title = "no program"
key = "W"
run = ["r53tail-no-such-program"]

[keys]
previous-hit = []
"#;

/// A folder of its own, with the configuration and a log.
struct Place(PathBuf);

impl Place {
    fn new(name: &str, lines: &[String]) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("rows-{name}"));
        _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("config.toml"), COMMANDS).unwrap();
        fs::write(folder.join("log"), lines.join("\n")).unwrap();
        Self(folder)
    }

    /// The console on the log, in the folder.
    fn console(&self, more: &[&str]) -> Session {
        let script = r#"cd "$0" && exec "$@""#;
        let program = [
            "-c",
            script,
            self.0.to_str().unwrap(),
            env!("CARGO_BIN_EXE_r53tail"),
            "--config",
            "config.toml",
            "replay",
            "log",
            "--no-state",
        ];
        let arguments = [&program[..], more].concat();
        let mut session = Session::run("/bin/sh", &arguments, &[("PATH", "/usr/bin:/bin")]);
        session.wait_for("end of log");
        session
    }

    fn kept(&self) -> Vec<serde_json::Value> {
        let text = fs::read_to_string(self.0.join("kept.json")).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

fn demo() -> Vec<String> {
    include_str!("../fixtures/demo.jsonl").lines().map(str::to_owned).collect()
}

/// Runs `cat`, and waits until it has the terminal.
fn talk(session: &mut Session) {
    session.press("E");
    session.wait("a command", |screen| {
        !screen.alternate_screen() && screen.contents().trim_end().ends_with("$ cat")
    });
}

/// Presses Enter, and waits for the console.
fn go_back(session: &mut Session) {
    // What was said of commands before is still above it.
    session.wait("the end of it", |screen| {
        !screen.alternate_screen() && screen.contents().trim_end().ends_with("Enter returns")
    });
    session.press("\r");
    session.wait("the console", |screen| screen.alternate_screen() && screen.hide_cursor());
}

#[test]
fn a_command_has_the_values_of_the_row() {
    let place = Place::new("values", &demo());
    let mut session = place.console(&[]);
    session.press("!");
    session.wait_for("run on this row");
    session.wait_for("I say the ids   printf");
    session.press("I");
    session.wait("the terminal as it was", |screen| !screen.alternate_screen() && !screen.hide_cursor());
    for value in
        ["i-0a7c41e9d2b85f036", "vpc-0f3a9c1de58b47620", "us-west-2", "123456789012", "2001:db8:1f:a100::17"]
    {
        session.wait_for(&format!("<{value}>"));
    }
    session.wait_for("[say the ids: ended with status 0]  Enter returns");
    go_back(&mut session);
    session.wait_for("say the ids: ended with status 0");
    session.wait_for("── Fleet");
    // By its own key, on another row.
    session.press("6N");
    session.wait_for("<ssm.us-west-2.amazonaws.com>");
    go_back(&mut session);
    session.wait_for("── Endpoints");
    session.press("R");
    go_back(&mut session);
    session.wait_for("fail: ended with status 1");
    session.press("W");
    session.wait_for("no program: cannot run `r53tail-no-such-program`: cannot find binary path");
    session.press("I");
    session.wait_for("say the ids: it is not for this row");
    session.press("8!");
    session.wait_for("there is no row here that a command could take");
    session.press("q");
    let (status, screen) = session.end();
    assert_eq!(status.exit_code(), 0);
    assert!(!screen.screen().alternate_screen() && !screen.screen().hide_cursor());
}

#[test]
fn what_a_command_reads_is_the_row_as_json() {
    let place = Place::new("json", &demo());
    let mut session = place.console(&[]);
    let mut keep = |keys: &str| {
        session.press(keys);
        go_back(&mut session);
        place.kept()
    };
    let [origin] = &keep("J")[..] else { panic!("one origin") };
    assert_eq!(origin["origin"]["id"], "i-0a7c41e9d2b85f036");
    assert_eq!((&origin["pairs"], &origin["dns64"]["state"]), (&8.into(), &"on".into()));
    let pairs = keep("2J");
    assert_eq!(pairs.len(), 1);
    assert_eq!(pairs[0]["name"], "ssm.us-west-2.amazonaws.com.");
    assert_eq!(pairs[0]["status"], "nat64");
    let pairs = keep("6J");
    assert_eq!(pairs.len(), 3, "an endpoint is the pairs of it");
    assert!(pairs.iter().all(|pair| pair["name"] == "ssm.us-west-2.amazonaws.com."));
    let [record] = &keep("4\x1b[A\x1b[B\x1b[AJ")[..] else { panic!("one record") };
    assert!(record["verdict"].is_string() && record["at"].is_string());
    let [finding] = &keep("5J")[..] else { panic!("one finding") };
    assert!(finding["sentence"].is_string() && finding["evidence"]["origins"].is_number());
    // Of the stretch that is shown: at the beginning nobody had DNS64.
    let [origin] = &keep("1t14:00:40\rJ")[..] else { panic!("one origin") };
    assert_eq!(origin["dns64"]["state"], "off", "{origin}");
    session.press("q");
    assert_eq!(session.end().0.exit_code(), 0);
}

/// A name of the log that would be an option, a second command or an end of a line is no argument.
#[test]
fn what_is_hostile_is_refused_and_nothing_runs() {
    for (at, name) in ["--output=x.example.", "$(touch owned).example.", "a;touch owned.", "a\nb.", "*.a."]
        .into_iter()
        .enumerate()
    {
        let record = LogLine { name, ids: &[("instance", "i-0a7c41e9d2b85f036")], ..LogLine::default() };
        let record = record.to_string().replace('\n', "\\n");
        let place = Place::new(&format!("hostile{at}"), &[record]);
        let mut session = place.console(&[]);
        session.press("6N");
        session.wait_for("say the name: refused, nothing is run: {name} is `");
        assert!(session.screen.screen().alternate_screen(), "it kept the screen");
        session.press("!");
        session.wait_for("N say the name  refused, nothing is run");
        // The row as JSON may have any name in it: that is no argument.
        session.press("J");
        go_back(&mut session);
        let text = name.to_owned();
        assert_eq!(place.kept()[0]["name"], text);
        session.press("q");
        session.end();
        assert!(!place.0.join("owned").exists());
    }
    // Ids that are none.
    let record = LogLine { ids: &[("instance", "i-1;id")], ..LogLine::default() }.to_string();
    let place = Place::new("ids", &[record]);
    let mut session = place.console(&[]);
    session.press("I");
    session.wait_for("say the ids: refused, nothing is run: {instance} is `i-1;id` in the log");
    session.press("q");
    session.end();
}

#[test]
fn the_terminal_is_the_commands_until_it_ends() {
    let place = Place::new("terminal", &demo());
    let mut session = place.console(&[]);
    talk(&mut session);
    // What is typed is not for the console, which `q` would end.
    session.press("q hello\r");
    session.wait("an echo and an answer", |screen| screen.contents().matches("q hello").count() == 2);
    session.press("\x03");
    session.wait_for("[talk: ended by signal 2]  Enter returns");
    session.press("xyz\x1b[A");
    go_back(&mut session);
    session.wait_for("talk: ended by signal 2");
    session.wait_for("── Fleet");
    // Another size meanwhile.
    talk(&mut session);
    session.resize(24, 80);
    session.press("\x04");
    go_back(&mut session);
    session.wait("eighty columns", |screen| {
        let text = screen.contents();
        text.contains("── Fleet") && text.lines().all(|line| line.chars().count() <= 80)
    });
    // A signal to the program ends both.
    talk(&mut session);
    session.signal("TERM");
    let (status, screen) = session.end();
    assert_eq!(status.exit_code(), 143);
    assert!(!screen.screen().alternate_screen() && !screen.screen().hide_cursor());
    assert!(screen.screen().contents().contains("180 records read"), "{}", screen.screen().contents());
}

/// What the system says of the program: `T` for stopped.
fn is_stopped(session: &Session) -> bool {
    let id = session.child.process_id().unwrap().to_string();
    let ran = std::process::Command::new("ps").args(["-o", "stat=", "-p", &id]).output().unwrap();
    ran.stdout.starts_with(b"T")
}

#[test]
fn both_stop_for_the_shell_and_go_on() {
    let place = Place::new("stop", &demo());
    let mut session = place.console(&[]);
    talk(&mut session);
    session.press("\x1a");
    let deadline = Instant::now() + DEADLINE;
    while !is_stopped(&session) {
        assert!(Instant::now() < deadline, "it did not stop");
        thread::yield_now();
    }
    // As a shell does: to both.
    let group = format!("-{}", session.child.process_id().unwrap());
    let killed = std::process::Command::new("kill").args(["-s", "CONT", "--", &group]).status().unwrap();
    assert!(killed.success());
    session.press("hello\r\x04");
    session.wait("an echo and an answer", |screen| screen.contents().matches("hello").count() == 2);
    go_back(&mut session);
    session.wait_for("talk: ended with status 0");
    session.press("q");
    assert_eq!(session.end().0.exit_code(), 0);
}

#[test]
fn keys_come_from_the_terminal_where_the_log_comes_through_a_pipe() {
    let place = Place::new("pipe", &demo());
    let script = r#"cd "$0" && cat log | "$1" --config config.toml replay --no-state -"#;
    let arguments = ["-c", script, place.0.to_str().unwrap(), env!("CARGO_BIN_EXE_r53tail")];
    let mut session = Session::run("/bin/sh", &arguments, &[("PATH", "/usr/bin:/bin")]);
    session.wait_for("end of log");
    talk(&mut session);
    session.press("hello\r\x04");
    session.wait("an echo and an answer", |screen| screen.contents().matches("hello").count() == 2);
    go_back(&mut session);
    session.wait_for("talk: ended with status 0");
    session.press("q");
    assert_eq!(session.end().0.exit_code(), 0);
}

#[test]
fn beside_pseudonyms_nothing_is_run() {
    let place = Place::new("redact", &demo());
    let mut session = place.console(&["--redact"]);
    session.press("!");
    session.wait_for("with --redact no command is run: ids and names are pseudonyms");
    session.press("q");
    session.end();
}
