//! `r53tail tail` on a terminal, against the fake: what the console shows of what comes, of what is missing
//! and of what goes wrong, and what it leaves behind.

use std::fs;
use std::io::{Read as _, Write};
use std::num::NonZeroU16;
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Instant;

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

use crate::fake::{Fake, arn};
use crate::program::{Home, LONGEST};

const ROWS: u16 = 30;
const COLUMNS: u16 = 140;

/// The program in a terminal.
struct Session {
    child: Box<dyn Child + Send + Sync>,
    /// Kept open: without it the terminal hangs up.
    _master: Box<dyn MasterPty + Send>,
    keys: Box<dyn Write + Send>,
    output: Receiver<Vec<u8>>,
    screen: vt100::Parser,
}

fn cells(number: u16) -> NonZeroU16 {
    NonZeroU16::new(number).expect("it is not zero")
}

impl Session {
    /// With credentials in the environment.
    fn start(home: &Home, fake: &Fake, arguments: &[&str]) -> Self {
        let keys = [("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"), ("AWS_SECRET_ACCESS_KEY", "secret")];
        Self::start_with(home, fake, &keys, arguments)
    }

    fn start_with(home: &Home, fake: &Fake, variables: &[(&str, &str)], arguments: &[&str]) -> Self {
        let size = PtySize { rows: ROWS, cols: COLUMNS, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).expect("there are terminals");
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_r53tail"));
        command.args(arguments);
        command.cwd(&home.0);
        command.env_clear();
        let url = format!("http://{}", fake.address);
        let around = [
            ("TERM", "xterm-256color"),
            ("HOME", home.0.to_str().expect("it is text")),
            ("AWS_EC2_METADATA_DISABLED", "true"),
            ("AWS_REGION", "us-east-1"),
            ("AWS_ENDPOINT_URL", &url),
            ("AWS_DISABLE_HOST_PREFIX_INJECTION", "true"),
        ];
        for (name, value) in around.iter().chain(variables) {
            command.env(name, value);
        }
        let child = pair.slave.spawn_command(command).expect("the program starts");
        // Or the end of the output never comes.
        drop(pair.slave);
        let mut reader = pair.master.try_clone_reader().expect("it can be read");
        let keys = pair.master.take_writer().expect("it can be written");
        let (sender, output) = channel();
        thread::spawn(move || {
            let mut bytes = vec![0; 1 << 16];
            while let Ok(length @ 1..) = reader.read(&mut bytes) {
                if sender.send(bytes[..length].to_vec()).is_err() {
                    return;
                }
            }
        });
        let screen = vt100::Parser::new(cells(ROWS), cells(COLUMNS), 0);
        Self { child, _master: pair.master, keys, output, screen }
    }

    fn text(&self) -> String {
        self.screen.screen().contents()
    }

    /// Reads on until the screen is as wanted.
    fn wait(&mut self, what: &str, wanted: impl Fn(&str) -> bool) {
        let deadline = Instant::now() + LONGEST;
        while !wanted(&self.text()) {
            match self.output.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
                Ok(bytes) => self.screen.process(&bytes),
                Err(why) => panic!("{what}: {why}\n{}", self.text()),
            }
        }
    }

    fn wait_for(&mut self, text: &str) {
        self.wait(text, |screen| screen.contains(text));
    }

    fn press(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).expect("it takes keys");
        self.keys.flush().expect("it takes keys");
    }

    /// Reads to the end. Returns the exit code, and what is left in the terminal, which is as it was before.
    fn end(mut self) -> (u32, String) {
        let deadline = Instant::now() + LONGEST;
        while let Ok(bytes) = self.output.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
            self.screen.process(&bytes);
        }
        assert!(Instant::now() < deadline, "it did not end\n{}", self.text());
        let screen = self.screen.screen();
        assert!(!screen.alternate_screen() && !screen.hide_cursor(), "{}", self.text());
        let text = self.text();
        (self.child.wait().expect("it ended").exit_code(), text)
    }

    fn quit(mut self) -> (u32, String) {
        self.press("q");
        self.end()
    }
}

/// How many records a group of the fake has once no more come.
fn all(fake: &Fake, name: &str) -> Option<usize> {
    let world = fake.world();
    world.is_done(name).then(|| world.records(name).len())
}

/// Waits until the screen says that every record of a group is there, and nothing is being looked for any
/// more: who quits before has not seen all.
fn wait_for_all(session: &mut Session, fake: &Fake, name: &str) -> usize {
    session.wait("all records", |text| {
        all(fake, name).is_some_and(|count| text.contains(&format!("{count} records")))
            && !text.contains("backfilling")
    });
    all(fake, name).expect("no more come")
}

/// While a command has the terminal the log goes on, and the console takes it in.
#[test]
fn nothing_is_lost_while_a_command_has_the_terminal() {
    let fake = Fake::start();
    let home = Home::new("row-command");
    fs::write(home.0.join("own.toml"), "[commands.talk]\nkey = \"E\"\nrun = [\"/bin/cat\"]\n")
        .expect("it is written");
    let name = "/fake/split";
    let mut session =
        Session::start(&home, &fake, &["--config", "own.toml", "tail", &arn(name), "--since", "30m"]);
    session.wait("the first records", |text| text.contains("── Fleet") && text.contains(" i-"));
    session.press("E");
    session.wait_for("$ /bin/cat");
    let deadline = Instant::now() + LONGEST;
    while all(&fake, name).is_none() {
        assert!(Instant::now() < deadline, "the fake goes on for ever");
        thread::yield_now();
    }
    session.press("\x04");
    session.wait_for("[talk: ended with status 0]  Enter returns");
    session.press("\r");
    assert!(wait_for_all(&mut session, &fake, name) > 0);
    assert_eq!(session.quit().0, 0);
}

#[test]
fn records_come_and_are_recorded() {
    let fake = Fake::start();
    let home = Home::new("console");
    let name = "/fake/split";
    let mut session = Session::start(&home, &fake, &["tail", name, "--record", "log.jsonl.zst"]);
    session.wait_for(" LIVE ");
    let count = wait_for_all(&mut session, &fake, name);
    session.wait_for("0 malformed · 0 gaps · 0 s sampled");
    session.press("i");
    session.wait_for(r#"asked for  { ($.query_type = "AAAA") || ($.query_type = "A") }"#);
    session.wait_for("recording  log.jsonl.zst");
    session.wait_for("us-east-1 · live · 1 min billed");
    session.press("i");
    session.press("3");
    session.wait_for(r#""query_name": "n"#);
    session.press("m");
    session.wait_for("mark");
    session.press("restarted it\r");
    session.wait_for("⚑");
    let (code, left) = session.quit();
    assert_eq!(code, 0, "{left}");
    assert!(left.contains(&format!("{count} records read, 0 malformed, 0 gaps, 0 s sampled.")), "{left}");
    assert!(left.contains("Live Tail: 1 minute billed, 0 reconnects, "), "{left}");
    let output = home.bare(&["report", "log.jsonl.zst", "-f", "json"]).output().expect("the program starts");
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).expect("a report is JSON");
    assert_eq!(report["records"], count);
    assert_eq!(
        (&report["malformed"], &report["excerpt"]["marks"][0]["text"]),
        (&0.into(), &"restarted it".into())
    );
    // And whoever opens the recording sees it where it was put.
    let mut session = Session::start(&home, &fake, &["replay", "log.jsonl.zst"]);
    session.wait_for("⚑");
    session.press("\"");
    session.wait_for("restarted it");
    session.press("\x1b");
    session.wait("it is closed", |text| !text.contains("restarted it"));
    assert_eq!(session.quit().0, 0);
}

#[test]
fn a_session_that_ends_leaves_no_gap() {
    let fake = Fake::start();
    let home = Home::new("console-end");
    let name = "/fake/end.mid-frame";
    let mut session = Session::start(&home, &fake, &["tail", &arn(name)]);
    wait_for_all(&mut session, &fake, name);
    session.wait("all was read", |text| !text.contains("backfilling"));
    let (code, left) = session.quit();
    assert_eq!(code, 0);
    assert!(left.contains(" 0 gaps, 0 s sampled.") && left.contains("billed, 1 reconnect, "), "{left}");
}

#[test]
fn what_cannot_be_read_is_a_gap_and_what_is_sampled_is_said() {
    for (name, said, left_behind) in
        [("/fake/no-history", " gap", "were seen"), ("/fake/sampled", "1 s sampled", "1 s sampled.")]
    {
        let fake = Fake::start();
        let home = Home::new("console-loss");
        let mut session = Session::start(&home, &fake, &["tail", &arn(name), "--record", "log.jsonl"]);
        session
            .wait(said, |text| text.contains(said) && !text.contains("0 malformed · 0 gaps · 0 s sampled"));
        session.wait("all was read", |text| !text.contains("backfilling"));
        let (code, left) = session.quit();
        assert_eq!(code, 0);
        assert!(left.contains(left_behind), "{name}: {left}");
        // The recording says the same.
        let mut session = Session::start(&home, &fake, &["replay", "log.jsonl"]);
        session.wait(said, |text| text.contains(said) && !text.contains("0 gaps · 0 s sampled"));
        session.wait_for(if said == " gap" { "×" } else { "≈" });
        assert_eq!(session.quit().0, 0);
    }
}

#[test]
fn credentials_that_expired_are_said_with_what_renews_them() {
    let fake = Fake::start();
    let home = Home::new("console-expired");
    let name = "/fake/open.expired";
    fs::create_dir(home.0.join(".aws")).expect("a folder can be made");
    let profile = "[profile work]\naws_access_key_id = A\naws_secret_access_key = B\nregion = us-east-1\n";
    fs::write(home.0.join(".aws/config"), profile).expect("a file can be written");
    let mut session = Session::start_with(&home, &fake, &[], &["tail", &arn(name), "--profile", "work"]);
    session.wait_for(" NO CREDENTIALS ");
    session.wait_for("ExpiredTokenException");
    session.wait_for("try: ");
    // And it goes on by itself once they are good again.
    session.wait_for(" LIVE ");
    wait_for_all(&mut session, &fake, name);
    session.wait("all was read", |text| !text.contains("backfilling"));
    let (code, left) = session.quit();
    assert_eq!(code, 0);
    assert!(left.contains(" 0 gaps, "), "{left}");
}

#[test]
fn what_is_denied_or_refused_is_said_and_the_screen_stays() {
    let fake = Fake::start();
    let home = Home::new("console-denied");
    let mut session = Session::start(&home, &fake, &["tail", &arn("/fake/denied")]);
    session.wait_for(" POLLING ");
    session.wait_for("allow the IAM action `logs:StartLiveTail`");
    session.wait_for("● native");
    session.press("\x03");
    assert_eq!(session.end().0, 0);
    let mut session = Session::start(&home, &fake, &["tail", &arn("/fake/gone")]);
    session.wait_for(" REFUSED ");
    session.press("4");
    session.wait_for("── Tail");
    let (code, left) = session.quit();
    assert_eq!(code, 2);
    assert!(left.contains("error: cannot follow the log groups: ResourceNotFoundException"), "{left}");
}

#[test]
fn what_comes_while_the_screen_is_held_is_counted() {
    let fake = Fake::start();
    let home = Home::new("console-held");
    let name = "/fake/load.200x600";
    let mut session = Session::start(&home, &fake, &["tail", &arn(name)]);
    session.wait_for(" records");
    session.press(" ");
    session.wait_for(" HELD · +");
    session.wait("more of them", |text| {
        let held = text.split("HELD · +").nth(1).and_then(|rest| rest.split(' ').next());
        held.and_then(|held| held.parse::<u32>().ok()).is_some_and(|held| held > 10)
    });
    session.press(" ");
    session.wait("it goes on", |text| !text.contains("HELD"));
    // Some seconds of the log are there to be gone back in.
    session.wait("some seconds", |text| {
        let before = text.split(" records").next().and_then(|rest| rest.rsplit(' ').next());
        before.and_then(|count| count.replace(',', "").parse::<u32>().ok()).is_some_and(|count| count > 700)
    });
    // Back in time, and to what is newest.
    session.press("\x1b[D");
    session.wait_for(" ‖ ");
    session.wait("what is new is counted", |text| text.contains(" new ") && !text.contains(" +0 new "));
    session.press("$");
    session.wait("it follows", |text| !text.contains(" new ") && !text.contains(" ‖ "));
    let id = session.child.process_id().expect("it runs").to_string();
    let killed = std::process::Command::new("kill").args(["-s", "TERM", &id]).status();
    assert!(killed.expect("there is `kill`").success());
    let (code, left) = session.end();
    assert_eq!(code, 143);
    assert!(left.contains("records read, 0 malformed, 0 gaps, 0 s sampled."), "{left}");
}

#[test]
fn a_wrong_profile_is_an_error_without_a_screen() {
    let fake = Fake::start();
    let home = Home::new("console-profile");
    let (code, left) = Session::start(&home, &fake, &["tail", "/fake/split", "--profile", "nope"]).end();
    assert_eq!(code, 2);
    assert!(left.starts_with("error: cannot follow the log groups: there is no profile `nope`"), "{left}");
}

#[test]
fn lines_are_written_on_a_terminal_where_they_are_asked_for() {
    for arguments in
        [&["tail", "/fake/split", "--no-console"][..], &["tail", "/fake/split", "--format", "text"]]
    {
        let fake = Fake::start();
        let home = Home::new("console-lines");
        let mut session = Session::start(&home, &fake, arguments);
        session.wait_for("note: live");
        session.wait_for("n5.example.");
        assert!(!session.screen.screen().alternate_screen());
        session.press("\x03");
        let (code, left) = session.end();
        assert_eq!(code, 130, "{left}");
    }
}
