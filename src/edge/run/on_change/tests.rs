//! With programs that there are on every system.

use std::fs;
use std::sync::mpsc::channel;

use super::*;
use crate::advice::finding::Knowledge;
use crate::advice::watch::Watch;
use crate::base::moment::Moment;
use crate::digest::{Digest, NoListener, Terms};
use crate::log::envelope::Sink;
use crate::log::record::sample::LogLine;

/// No test waits for longer.
const LONGEST: Duration = Duration::from_mins(1);

/// Events, `count` of them.
fn events(count: usize) -> Vec<WatchEvent> {
    let mut watch = Watch::new(Moment(0));
    let mut digest = Digest::new(&Terms::default(), NoListener);
    for address in ["", "2001:db8::1"] {
        let at = format!("2026-05-12T14:00:0{}Z", i64::from(!address.is_empty()));
        let line =
            LogLine { at: &at, name: "$(touch x).example.", address, ..LogLine::default() }.to_string();
        assert_eq!(digest.canonical(line.as_bytes(), 0), Some(line.len()));
        let fleet = std::mem::replace(&mut digest, Digest::new(&Terms::default(), NoListener)).finish().0;
        let found = watch.look(&fleet.survey(), Knowledge::builtin());
        if let Some(event) = found.into_iter().find(|event| event.words().contains('→')) {
            return vec![event; count];
        }
    }
    panic!("nothing turned")
}

fn command(program: &str, arguments: &[&str]) -> CommandLine {
    let arguments = arguments.iter().map(|argument| (*argument).to_owned()).collect();
    CommandLine { program: program.to_owned(), arguments }
}

/// Waits until something is so.
fn wait(what: &str, mut is_so: impl FnMut() -> bool) {
    let start = Instant::now();
    while !is_so() {
        assert!(start.elapsed() < LONGEST, "{what}");
        thread::yield_now();
    }
}

fn scratch(name: &str) -> PathBuf {
    let path = std::env::temp_dir().join(format!("r53tail-{name}-{}", std::process::id()));
    _ = fs::remove_file(&path);
    path
}

#[test]
fn what_happened_comes_on_standard_input() {
    let path = scratch("on-change");
    let text = path.to_str().unwrap();
    let quick = CommandLimits { pause: Duration::ZERO, ..LIMITS };
    let told = OnChange::start_within(quick, &command("tee", &["-a", text]), |why| panic!("{why}")).unwrap();
    for event in events(2) {
        told.notify(event);
    }
    let lines =
        || fs::read_to_string(&path).unwrap_or_default().lines().map(str::to_owned).collect::<Vec<_>>();
    wait("two lines", || lines().len() == 2);
    for line in lines() {
        let event: serde_json::Value = serde_json::from_str(&line).unwrap();
        assert_eq!(
            (&event["event"], &event["pairs"][0]["name"]),
            (&"turned".into(), &"$(touch x).example".into())
        );
    }
    fs::remove_file(&path).unwrap();
}

#[test]
fn that_it_fails_is_said_once() {
    for (program, arguments, why) in [
        ("false", &[][..], "it ended with exit status: 1"),
        ("sleep", &["100"], "it ran for more than 0 seconds"),
    ] {
        let (sender, said) = channel();
        let limits = CommandLimits { pause: Duration::ZERO, longest: Duration::from_millis(200), ..LIMITS };
        let limits = if program == "false" { LIMITS } else { limits };
        let limits = CommandLimits { pause: Duration::ZERO, ..limits };
        let told =
            OnChange::start_within(limits, &command(program, arguments), move |why| _ = sender.send(why));
        let told = told.unwrap();
        for event in events(3) {
            told.notify(event);
        }
        assert!(said.recv_timeout(LONGEST).unwrap().contains(why), "{program}");
        drop(told);
        // Whoever says it is gone when all have ended, and has said no more.
        assert!(said.recv_timeout(LONGEST).is_err(), "{program}: once");
    }
}

/// A program that hangs holds up no more than itself, and what could not be told is counted.
#[test]
fn as_many_run_as_may() {
    let limits = CommandLimits { running: 2, pause: Duration::ZERO, longest: LONGEST, waiting: 1 };
    let mut runner = Runner {
        program: which::which("sleep").unwrap(),
        arguments: vec!["100".to_owned()],
        limits,
        running: Vec::new(),
        started: None,
        waiting: VecDeque::new(),
        untold: 0,
        is_said: false,
        say: |why| panic!("{why}"),
    };
    for event in events(4) {
        runner.waiting.push_back(event);
        runner.start_next();
    }
    assert_eq!((runner.running.len(), runner.waiting.len()), (2, 2));
    runner.untold = 5;
    let (mut first, _) = runner.running.remove(0);
    first.kill().unwrap();
    first.wait().unwrap();
    runner.start_next();
    assert_eq!((runner.running.len(), runner.waiting.len(), runner.untold), (2, 1, 0));
    for (mut child, _) in runner.running.drain(..) {
        child.kill().unwrap();
        child.wait().unwrap();
    }
}

#[test]
fn a_program_that_is_not_there_is_said_at_once() {
    let diagnosis = OnChange::start(&command("/nowhere/at-all", &[]), |_| ()).unwrap_err().to_string();
    assert!(diagnosis.contains("cannot run `/nowhere/at-all`"), "{diagnosis}");
}
