//! The console on a feed: what `demo` and `replay` do.

use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::thread;

use crossbeam_channel::{Sender, bounded};

use crate::address::Nat64Prefixes;
use crate::console::{Effect, Ending, Message, Model, Setup, Source};
use crate::demo;
use crate::diagnosis::{Diagnosis, Outcome};
use crate::feed::replay::Replay;
use crate::finding::Library;
use crate::settings::{DemoArguments, ReplayArguments};
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
    let answers = sender.clone();
    let ended = terminal::run(model, &theme(), &inbox, &sender, |effect| perform(effect, &answers, None));
    leave(ended, Outcome::Done)
}

/// Opens what was read from files or standard input.
pub(super) fn replay(arguments: &ReplayArguments) -> Result<Outcome, Diagnosis> {
    let source = &arguments.source;
    let catalog = super::known::catalog(&arguments.advice)?;
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
    let library = Library { catalog, prefixes: source.nat64_prefix.clone(), ..Library::default() };
    let setup = Setup {
        source: Source::Replay,
        story: Vec::new(),
        range: None,
        prefixes,
        library: Arc::new(library),
    };
    let answers = sender.clone();
    let ended = terminal::run(Model::new(setup), &theme(), &inbox, &sender, |effect| {
        perform(effect, &answers, Some(&replay));
    });
    leave(ended, Outcome::Partial)
}

/// Does what the console wants done, on a thread of its own: that may take long, reading a packed file again most of
/// all, and the console goes on meanwhile.
fn perform(effect: Effect, sender: &Sender<Message>, replay: Option<&Arc<Replay>>) {
    let sender = sender.clone();
    match (effect, replay) {
        (Effect::FetchRaw(spot), Some(replay)) => {
            let replay = Arc::clone(replay);
            // If nobody listens the console has ended.
            thread::spawn(move || sender.send(Message::Raw(spot, replay.fetch(spot))));
        }
        (Effect::Advise(inquiry), _) => {
            thread::spawn(move || sender.send(inquiry.answer()));
        }
        _ => {}
    }
}

/// Leaves the summary in the terminal. Ends with `partial` if part of the input was bad.
fn leave(ended: Result<terminal::Outcome, TerminalError>, partial: Outcome) -> Result<Outcome, Diagnosis> {
    let ended = ended.map_err(|error| match error {
        TerminalError::NotATerminal => Diagnosis::new("the console needs a terminal")
            .because("standard output is none")
            .hint("r53tail report PATH"),
        TerminalError::Io(error) => Diagnosis::new("cannot use the terminal").because(error),
    })?;
    // With the terminal gone there is nobody to read it.
    _ = io::stdout().write_all(ended.summary.as_bytes());
    Ok(match ended.ending {
        Ending::Signal(number) => Outcome::Signal(u8::try_from(number).unwrap_or(0)),
        Ending::Asked if ended.partial => partial,
        Ending::Asked => Outcome::Done,
    })
}

fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> Result<(), Diagnosis> {
    let spawned = thread::Builder::new().name(name.to_owned()).spawn(work);
    spawned.map(drop).map_err(|error| Diagnosis::new("cannot start reading").because(error))
}

fn theme() -> Theme {
    if std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty()) {
        Theme::plain()
    } else {
        Theme::dark()
    }
}
