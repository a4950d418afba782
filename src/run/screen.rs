//! The console on a feed: what `demo` and `replay` do.

use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::thread;

use crossbeam_channel::bounded;

use crate::address::Nat64Prefixes;
use crate::console::{Effect, Ending, Message, Model, Setup, Source};
use crate::demo;
use crate::diagnosis::{Diagnosis, Outcome};
use crate::feed::replay::Replay;
use crate::settings::{DemoArguments, SourceArguments};
use crate::terminal::{self, TerminalError, WAITING};
use crate::view::Theme;

/// Shows the log in the binary.
pub(super) fn demo(arguments: &DemoArguments) -> Result<Outcome, Diagnosis> {
    let (sender, inbox) = bounded(WAITING);
    let feed = sender.clone();
    spawn("demo", move || {
        // If nobody listens the console has ended.
        _ = demo::messages().try_for_each(|message| feed.send(message));
    })?;
    let model = Model::new(demo::setup(arguments.speed));
    let ended = terminal::run(model, &theme(), &inbox, &sender, |_| ());
    leave(ended, Outcome::Done)
}

/// Opens what was read from files or standard input.
pub(super) fn replay(source: &SourceArguments) -> Result<Outcome, Diagnosis> {
    let paths: Vec<PathBuf> = source.paths.iter().map(PathBuf::from).collect();
    let replay = Arc::new(Replay::new(&paths));
    if replay.is_empty() {
        let why = replay.failures().first().map_or("nothing to read", |(_, why)| why);
        return Err(Diagnosis::new("cannot replay").because(why));
    }
    let (sender, inbox) = bounded(WAITING);
    let (feed, reading, terms) = (sender.clone(), Arc::clone(&replay), super::terms(source));
    spawn("replay", move || reading.read(&terms, &feed))?;
    let prefixes = Nat64Prefixes::new(&source.nat64_prefix);
    let setup = Setup { source: Source::Replay, story: Vec::new(), range: None, prefixes };
    let ended = terminal::run(Model::new(setup), &theme(), &inbox, &sender, |effect| {
        if let Effect::FetchRaw(spot) = effect {
            let (replay, sender) = (Arc::clone(&replay), sender.clone());
            // Reading again may take long, in a packed file most of all; the console goes on meanwhile.
            thread::spawn(move || sender.send(Message::Raw(spot, replay.fetch(spot))));
        }
    });
    leave(ended, Outcome::Partial)
}

/// Leaves the summary in the terminal. Ends with `partial` if part of the input was bad.
fn leave(ended: Result<terminal::Outcome, TerminalError>, partial: Outcome) -> Result<Outcome, Diagnosis> {
    let ended = ended.map_err(no_terminal)?;
    // With the terminal gone there is nobody to read it.
    _ = io::stdout().write_all(ended.summary.as_bytes());
    Ok(match ended.ending {
        Ending::Signal(number) => Outcome::Signal(u8::try_from(number).unwrap_or(0)),
        Ending::Asked if ended.partial => partial,
        Ending::Asked => Outcome::Done,
    })
}

/// Why there is no console.
pub(super) fn no_terminal(error: TerminalError) -> Diagnosis {
    match error {
        TerminalError::NotATerminal => Diagnosis::new("the console needs a terminal")
            .because("standard output is none")
            .hint("r53tail report PATH"),
        TerminalError::Io(error) => Diagnosis::new("cannot use the terminal").because(error),
    }
}

fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> Result<(), Diagnosis> {
    let spawned = thread::Builder::new().name(name.to_owned()).spawn(work);
    spawned.map(drop).map_err(|error| Diagnosis::new("cannot start reading").because(error))
}

pub(super) fn theme() -> Theme {
    if std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty()) {
        Theme::plain()
    } else {
        Theme::dark()
    }
}
