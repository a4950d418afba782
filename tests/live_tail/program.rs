//! `r53tail tail` against the fake: what goes to standard output, to standard error and to the recording.

use std::fs;
use std::io::{BufRead, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::fake::{Fake, arn};

/// Nothing here takes longer, on however busy a machine.
pub(crate) const LONGEST: Duration = Duration::from_mins(1);

/// A home of its own; gone with it.
pub(crate) struct Home(pub(crate) PathBuf);

impl Home {
    pub(crate) fn new(name: &str) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("live-{name}-{}", std::process::id()));
        fs::create_dir_all(&path).expect("a folder can be made");
        Self(path)
    }

    /// The program with nothing around it but this home.
    pub(crate) fn bare(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_r53tail"));
        command.args(arguments).current_dir(&self.0).env_clear().env("HOME", &self.0);
        // Else the chain of credentials would ask the link-local address of instance metadata.
        command.env("AWS_EC2_METADATA_DISABLED", "true");
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// And with credentials, a Region, and the fake for all of AWS.
    pub(crate) fn command(&self, fake: &Fake, arguments: &[&str]) -> Command {
        let mut command = self.bare(arguments);
        command
            .env("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
            .env("AWS_SECRET_ACCESS_KEY", "secret")
            .env("AWS_REGION", "us-east-1")
            .env("AWS_ENDPOINT_URL", format!("http://{}", fake.address))
            .env("AWS_DISABLE_HOST_PREFIX_INJECTION", "true");
        command
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        // A folder that stays is in nobody's way.
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// The lines of standard output as they come.
pub(crate) fn lines(child: &mut Child) -> Receiver<String> {
    let (sender, receiver) = channel();
    let out = BufReader::new(child.stdout.take().expect("it has an output"));
    thread::spawn(move || {
        for line in out.lines() {
            if sender.send(line.expect("it is text")).is_err() {
                return;
            }
        }
    });
    receiver
}

/// What the program says on standard error, line by line, each with its end.
pub(crate) fn sayings(child: &mut Child) -> Receiver<String> {
    let (sender, receiver) = channel();
    let mut err = BufReader::new(child.stderr.take().expect("it has one"));
    thread::spawn(move || {
        let mut line = String::new();
        while err.read_line(&mut line).expect("it is text") > 0 {
            if sender.send(std::mem::take(&mut line)).is_err() {
                return;
            }
        }
    });
    receiver
}

pub(crate) fn send_interrupt(child: &Child) {
    let killed = Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    assert!(killed.expect("there is `kill`").success());
}

/// Interrupts the program. Returns its exit code and what it said.
pub(crate) fn interrupt(mut child: Child) -> (Option<i32>, String) {
    send_interrupt(&child);
    let mut said = String::new();
    child.stderr.take().expect("it has one").read_to_string(&mut said).expect("it is text");
    (child.wait().expect("it ends").code(), said)
}

fn sorted(mut names: Vec<String>) -> Vec<String> {
    names.sort();
    names
}

/// The name that a line is about.
fn name_in(format: &str, line: &str) -> String {
    if format == "text" {
        return line.split_whitespace().nth(3).expect("it has words").to_owned();
    }
    let line: Value = serde_json::from_str(line).expect("a line is an object");
    line["name"].as_str().expect("it has a name").to_owned()
}

#[test]
fn records_are_written_as_they_come_and_recorded() {
    let home = Home::new("written");
    let name = "/fake/split";
    for (format, file) in [("ndjson", "log.jsonl.zst"), ("text", "log.jsonl")] {
        let fake = Fake::start();
        let arguments = ["tail", name, "--format", format, "--since", "10m", "--record", file];
        let mut child = home.command(&fake, &arguments).spawn().expect("the program starts");
        let (written, sayings) = (lines(&mut child), sayings(&mut child));
        let (mut names, mut said) = (Vec::new(), String::new());
        // What is there before a session, in its beginning, and later in it. That it has caught up it says
        // when the reading of what was before is over, which may be after the last line.
        let start = Instant::now();
        let all = loop {
            // Lines come while there are any; then it is to be seen whether that was all.
            if let Ok(line) = written.recv_timeout(Duration::from_millis(10)) {
                names.push(name_in(format, &line));
            }
            said.extend(sayings.try_iter());
            let world = fake.world();
            let records = world.records(name);
            let is_there = world.seen(name).1 > 0 && world.is_done(name) && names.len() >= records.len();
            drop(world);
            if is_there && said.contains("note: caught up: ") {
                break records;
            }
            assert!(start.elapsed() < LONGEST, "{} of {}: {said}", names.len(), records.len());
        };
        send_interrupt(&child);
        said.extend(sayings.iter());
        assert_eq!(child.wait().expect("it ends").code(), Some(130), "{said}");
        names.extend(written.iter().map(|_| "too many".to_owned()));
        let name_of = |message: &str| {
            let record: Value = serde_json::from_str(message).expect("a record is JSON");
            record["query_name"].as_str().expect("it has a name").to_owned()
        };
        assert_eq!(sorted(names), sorted(all.iter().map(|record| name_of(&record.message)).collect()));
        for part in [
            "note: following 1 log group (/fake/split): records that match { ($.query_type = \"AAAA\") || ",
            "note: live\n",
            "note: caught up: ",
            // The minute for late records was not over.
            &format!(
                "note: {} records, nothing lost as far as is known\nnote: what arrived from ",
                all.len()
            ),
        ] {
            assert!(said.contains(part), "{part}: {said}");
        }
        let output = home.bare(&["report", file, "-f", "json"]).output().expect("the program starts");
        assert_eq!((output.status.code(), output.stderr), (Some(0), Vec::new()), "{file}");
        let report: Value = serde_json::from_slice(&output.stdout).expect("a report is JSON");
        assert_eq!(report["records"], all.len(), "{file}");
    }
}

/// What was not seen, and what was seen in part, stands in the recording, too.
#[test]
fn what_is_missing_is_recorded() {
    for (name, field, said) in [
        ("/fake/no-history", "gaps", "warning: not all records from "),
        ("/fake/sampled", "sampled_seconds", "note: live"),
    ] {
        let fake = Fake::start();
        let home = Home::new("missing");
        let group = arn(name);
        let arguments = ["tail", &group, "--format", "ndjson", "--record", "log.jsonl"];
        let mut child = home.command(&fake, &arguments).spawn().expect("the program starts");
        let written = lines(&mut child);
        let file = home.0.join("log.jsonl");
        let start = Instant::now();
        while !fs::read_to_string(&file).is_ok_and(|text| text.contains("{\"r53tail\":")) {
            _ = written.recv_timeout(Duration::from_millis(10));
            assert!(start.elapsed() < LONGEST, "{name}: nothing was noted");
        }
        let (_, err) = interrupt(child);
        assert!(err.contains(said), "{name}: {err}");
        let output = home.bare(&["report", "log.jsonl", "-f", "json"]).output().expect("the program starts");
        let report: Value = serde_json::from_slice(&output.stdout).expect("a report is JSON");
        let lost = &report["loss"][field];
        assert!(lost.as_array().is_some_and(|gaps| !gaps.is_empty()) || *lost == 1, "{name}: {lost}");
        assert_eq!(output.status.code(), Some(0), "a note is no malformed record: {report}");
    }
}

/// A session has ten groups of one Region at most; what is beyond that is followed in others, all in one
/// view.
#[test]
fn many_groups_and_several_regions_are_followed_at_once() {
    let fake = Fake::start();
    let home = Home::new("sessions");
    let mut arguments: Vec<String> = (1..=11).map(|number| arn(&format!("/fake/g{number}"))).collect();
    arguments.push(arn("/fake/west").replace("us-east-1", "eu-west-1") + ":*");
    arguments.splice(0..0, ["tail".to_owned(), "--since".to_owned(), "1m".to_owned()]);
    // And by name, in each Region that is asked for.
    arguments.extend(["/fake/split", "--region", "us-east-1", "--region", "ap-south-1"].map(str::to_owned));
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let mut child = home.command(&fake, &arguments).spawn().expect("the program starts");
    let written = lines(&mut child);
    let start = Instant::now();
    while fake.world().sessions.len() < 4 {
        _ = written.recv_timeout(Duration::from_millis(10));
        assert!(start.elapsed() < LONGEST, "{:?}", fake.world().sessions);
    }
    let (code, said) = interrupt(child);
    assert_eq!(code, Some(130), "{said}");
    assert!(said.starts_with("note: following 14 log groups (/fake/split, /fake/west, /fake/g1, "), "{said}");
    assert!(said.contains(", in 4 Live Tail sessions, each billed by the minute"), "{said}");
    let world = fake.world();
    let sizes = world.sessions.iter().map(|(region, groups)| (region.as_str(), groups.len()));
    let mut shape: Vec<(&str, usize)> = sizes.collect();
    shape.sort_unstable();
    assert_eq!(shape, [("ap-south-1", 1), ("eu-west-1", 1), ("us-east-1", 2), ("us-east-1", 10)]);
}

/// A crash loses what came in its last second, and nothing before that.
#[test]
fn a_recording_outlives_a_crash() {
    for file in ["log.jsonl", "log.jsonl.zst"] {
        let fake = Fake::start();
        let home = Home::new("crash");
        let group = arn("/fake/load.500x60x50");
        let arguments = ["tail", &group, "--format", "ndjson", "--record", file];
        let mut child = home.command(&fake, &arguments).spawn().expect("the program starts");
        let written = lines(&mut child);
        let least = 200_u64;
        for _ in 0..least {
            written.recv_timeout(LONGEST).expect("lines come");
        }
        let recorded = || {
            let output = home.bare(&["report", file, "-f", "json"]).output().expect("the program starts");
            let report: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
            report["records"].as_u64().unwrap_or_default()
        };
        // It is written a second later; on a busy machine, later than that, but while the program runs.
        let start = Instant::now();
        while recorded() < least {
            assert!(start.elapsed() < LONGEST, "{file}: {} of {least}", recorded());
            assert!(child.try_wait().expect("it can be asked").is_none(), "it goes on");
        }
        child.kill().expect("it runs");
        child.wait().expect("it ended");
        assert!(recorded() >= least, "{file}: {} of {least}", recorded());
    }
}

#[test]
fn a_reader_that_goes_away_ends_it() {
    let fake = Fake::start();
    let home = Home::new("reader");
    let mut child = home.command(&fake, &["tail", "/fake/unknown"]).spawn().expect("the program starts");
    let mut out = BufReader::new(child.stdout.take().expect("it has an output"));
    out.read_line(&mut String::new()).expect("a line comes");
    drop(out);
    let start = Instant::now();
    while child.try_wait().expect("it can be asked").is_none() {
        assert!(start.elapsed() < LONGEST, "it goes on for nobody");
        thread::yield_now();
    }
    assert_eq!(child.wait().expect("it ended").code(), Some(0));
}

#[test]
fn a_missing_permission_is_named_and_polling_begins() {
    let fake = Fake::start();
    let home = Home::new("denied");
    let group = arn("/fake/denied");
    let mut child =
        home.command(&fake, &["tail", &group, "--all-types"]).spawn().expect("the program starts");
    let written = lines(&mut child);
    assert!(written.recv_timeout(LONGEST).expect("a line comes").contains(" n"));
    let (code, said) = interrupt(child);
    assert_eq!(code, Some(130));
    for part in [
        "note: following 1 log group (/fake/denied): records of every type\n",
        "note: polling, since there is no Live Tail: AccessDeniedException: said by AccessDeniedException; try: \
         allow the IAM action `logs:StartLiveTail`\n",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
}

/// Live Tail has no unmasking: the log is read instead, as it was.
#[test]
fn what_is_masked_is_said_and_read_as_it_was_where_that_is_asked_for() {
    let home = Home::new("masked");
    let group = arn("/fake/masked");
    for unmask in [false, true] {
        let fake = Fake::start();
        let mut arguments = vec!["tail", &group, "--format", "ndjson", "--since", "10m"];
        arguments.extend(unmask.then_some("--unmask"));
        let mut child = home.command(&fake, &arguments).spawn().expect("the program starts");
        let written = lines(&mut child);
        let mut verdicts = std::collections::BTreeSet::new();
        for _ in 0..6 {
            let line = written.recv_timeout(LONGEST).expect("a line comes");
            let line: Value = serde_json::from_str(&line).expect("a line is an object");
            verdicts.insert(line["verdict"].as_str().expect("it has a verdict").to_owned());
        }
        let (_, said) = interrupt(child);
        let warning = "warning: a data protection policy masks answers or source addresses; try: --unmask, with the IAM \
                       action `logs:Unmask`\n";
        let polling = "note: polling, since there is no Live Tail: Live Tail has masked records only, so --unmask reads the \
                       log every few seconds\n";
        assert_eq!(said.contains(polling), unmask, "{said}");
        assert_eq!(fake.world().sessions.is_empty(), unmask);
        if unmask {
            assert!(verdicts.iter().eq(["answered", "native"]), "{verdicts:?}");
            assert!(!said.contains("mask answers"), "{said}");
        } else {
            assert!(verdicts.iter().eq(["unknown"]), "{verdicts:?}");
            assert!(said.contains(warning), "{said}");
            assert!(
                said.contains(" masked answers, ") && said.contains(" masked source addresses"),
                "{said}"
            );
            assert!(!said.contains("nothing lost"), "{said}");
        }
    }
}

/// What the service names is what is missing, whatever was asked of it.
#[test]
fn an_action_that_the_service_names_is_repeated() {
    let home = Home::new("actions");
    for (name, action) in [("/fake/no-unmask", "logs:Unmask"), ("/fake/no-key", "kms:Decrypt")] {
        let fake = Fake::start();
        let group = arn(name);
        let mut command = home.command(&fake, &["tail", &group, "--unmask"]);
        let output = command.output().expect("the program starts");
        let err = String::from_utf8(output.stderr).expect("what is said is UTF-8");
        assert_eq!(output.status.code(), Some(2), "{err}");
        assert!(err.ends_with(&format!("  try: allow the IAM action `{action}`\n")), "{err}");
    }
}

/// A prefix may fit log groups that cannot be followed: the others are.
#[test]
fn a_group_of_another_class_is_passed_over_by_name() {
    let fake = Fake::start();
    let home = Home::new("classes");
    let mut child = home.command(&fake, &["tail", "/fake/split*"]).spawn().expect("the program starts");
    let written = lines(&mut child);
    written.recv_timeout(LONGEST).expect("a line comes");
    let (_, said) = interrupt(child);
    assert!(said.contains("note: following 3 log groups ("), "{said}");
    let warning = "warning: the log group `/fake/split-rare` is of class INFREQUENT_ACCESS, which Live Tail does not \
                   follow; try: r53tail report logs://arn:aws:logs:us-east-1:111122223333:";
    assert!(said.contains(warning), "{said}");
}

#[test]
fn what_keeps_it_from_beginning() {
    let fake = Fake::start();
    let home = Home::new("errors");
    let (gone, delivered) = (arn("/fake/gone"), arn("/fake/delivered"));
    let with = |arguments: &[&str]| home.command(&fake, arguments);
    let without = |arguments: &[&str], variable: &str| {
        let mut command = home.command(&fake, arguments);
        command.env_remove(variable);
        command
    };
    for (mut command, said) in [
        (
            with(&["tail", "/fake/missing"]),
            "error: cannot follow the log groups: no log group in us-east-1 is called `/fake/missing`\n  \
             try: --region REGION, or --profile PROFILE\n",
        ),
        (
            with(&["tail", "/fake/missing*", "--region", "eu-west-1", "--region", "eu-west-2"]),
            "error: cannot follow the log groups: no log group in eu-west-1, eu-west-2 has a name that begins with \
             `/fake/missing`\n  try: --region REGION, or --profile PROFILE\n",
        ),
        (
            with(&["tail", "/fake/rare"]),
            "error: cannot follow the log groups: the log group `/fake/rare` is of class INFREQUENT_ACCESS, which Live \
             Tail does not follow\n  try: r53tail report logs://arn:aws:logs:",
        ),
        (
            with(&["tail", &delivered]),
            "error: cannot follow the log groups: the log group `/fake/delivered` is of class DELIVERY, which Live Tail \
             does not follow\n  try: read them where the group delivers them to, ",
        ),
        (
            with(&["tail", "/linked/dns"]),
            "error: cannot follow the log groups: no log group in us-east-1 is called `/linked/dns`; the linked account \
             444455556666 has one\n  try: by its ARN: r53tail tail \
             arn:aws:logs:us-east-1:444455556666:log-group:/linked/dns\n",
        ),
        (
            with(&["tail", "/fake/split*", "--log-stream-prefix", "vpc"]),
            "error: cannot follow the log groups: log streams can be chosen in a single log group only, not in 3\n",
        ),
        (
            with(&["tail", "/fake/split", "--profile", "nope"]),
            "error: cannot follow the log groups: there is no profile `nope`, or none with credentials\n  try: aws \
             configure list-profiles\n",
        ),
        (
            without(&["tail", "/fake/split"], "AWS_ACCESS_KEY_ID"),
            "error: cannot follow the log groups: there are no credentials: not in the environment, ",
        ),
        (
            without(&["tail", "/fake/split"], "AWS_REGION"),
            "error: cannot follow the log groups: no Region is configured\n  try: --region REGION, or AWS_REGION\n",
        ),
        (
            with(&["tail", &gone]),
            "note: following 1 log group (/fake/gone): records that match { ($.query_type = \"AAAA\") || \
             ($.query_type = \"A\") }\n",
        ),
        (
            with(&["tail", "/fake/split", "--record", "."]),
            "error: cannot record to `.`: Is a directory (os error 21)\n",
        ),
    ] {
        let output = command.output().expect("the program starts");
        let err = String::from_utf8(output.stderr).expect("what is said is UTF-8");
        assert!(err.starts_with(said), "{said}\n{err}");
        assert_eq!((output.status.code(), output.stdout), (Some(2), Vec::new()), "{err}");
    }
}

/// A frame that is larger than the service makes one is not held, and said; the next stream goes on.
#[test]
fn a_frame_without_end_is_not_held() {
    let fake = Fake::start();
    let home = Home::new("huge");
    let mut child = home.command(&fake, &["tail", &arn("/fake/huge")]).spawn().expect("the program starts");
    let written = lines(&mut child);
    for _ in 0..10 {
        written.recv_timeout(LONGEST).expect("records come");
    }
    let (_, said) = interrupt(child);
    let words = "note: trying again: the stream broke: more than 24 MiB came in one piece, which is not held";
    assert!(said.contains(words), "{said}");
}

/// A command is run when an answer turns, without a shell, with what happened on its standard input.
#[test]
fn a_command_is_told_what_turns() {
    let fake = Fake::start();
    let home = Home::new("turning");
    let file = home.0.join("told $HOME.jsonl");
    let command = "tee -a 'told $HOME.jsonl'";
    let group = arn("/fake/turning");
    let arguments = ["tail", &group, "--format", "ndjson", "--on-change", command];
    let mut program = home.command(&fake, &arguments);
    program.env("PATH", std::env::var_os("PATH").unwrap_or_default());
    let mut child = program.spawn().expect("the program starts");
    let written = lines(&mut child);
    let start = Instant::now();
    let turned = loop {
        _ = written.recv_timeout(Duration::from_millis(10));
        let told = fs::read_to_string(&file).unwrap_or_default();
        let mut events = told.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        if let Some(event) = events.find(|event| event["event"] == "turned") {
            break event;
        }
        assert!(start.elapsed() < LONGEST, "{told}");
    };
    assert_eq!((&turned["from"], &turned["to"]), (&"empty".into(), &"native".into()), "{turned}");
    assert_eq!(turned["pairs"][0]["name"], "turns.example", "{turned}");
    let (code, said) = interrupt(child);
    assert!(
        code == Some(130) && said.contains("note: empty, A unknown → native: 1 endpoint of 1 origin\n"),
        "{said}"
    );

    let arguments = ["tail", &group, "--format", "ndjson", "--on-change", "no-such-program-anywhere -x"];
    let output = home.command(&fake, &arguments).output().expect("the program starts");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.code() == Some(2) && said.contains("cannot run `no-such-program-anywhere`"),
        "{said}"
    );
}
