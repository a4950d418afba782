//! The console on a feed: what `demo` and `replay` do.

use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::thread;

use crossbeam_channel::{Sender, bounded};

use super::{export, known};
use crate::address::Nat64Prefixes;
use crate::console::{Effect, Ending, Keys, Message, Model, Setup, Source};
use crate::demo;
use crate::diagnosis::{Diagnosis, Outcome};
use crate::feed::replay::Replay;
use crate::finding::Library;
use crate::query::Query;
use crate::settings::{self, ConsoleArguments, DemoArguments, ReplayArguments};
use crate::terminal::{self, TerminalError, WAITING};
use crate::view::Theme;

/// Shows the log in the binary.
pub(super) fn demo(arguments: &DemoArguments, keys: Keys) -> Result<Outcome, Diagnosis> {
    let (sender, inbox) = bounded(WAITING);
    let feed = sender.clone();
    spawn("demo", move || {
        // If nobody listens the console has ended.
        _ = demo::messages().try_for_each(|message| feed.send(message));
    })?;
    let model = mannered(Model::new(demo::setup(arguments.speed)), &arguments.console, keys);
    let library = Arc::clone(&model.setup().library);
    let answers = sender.clone();
    let ended = terminal::run(model, &theme(&arguments.console), &inbox, &sender, |effect| {
        perform(effect, &answers, None, &library, 1);
    });
    leave(ended, Outcome::Done)
}

/// Opens what was read from files or standard input.
pub(super) fn replay(arguments: &ReplayArguments, keys: Keys) -> Result<Outcome, Diagnosis> {
    let source = &arguments.source;
    let library = known::library(&arguments.advice, &arguments.origins, &source.nat64_prefix)?;
    let paths: Vec<PathBuf> = source.paths.iter().map(PathBuf::from).collect();
    let terms = super::terms(source, &arguments.redact)?;
    let replay = Arc::new(Replay::new(&paths).with(terms.redaction.clone()));
    if replay.is_empty() {
        let why = replay.failures().first().map_or("nothing to read", |(_, why)| why);
        return Err(Diagnosis::new("cannot replay").because(why));
    }
    let (sender, inbox) = bounded(WAITING);
    let (feed, reading) = (sender.clone(), Arc::clone(&replay));
    // The console filters by itself: what it does not list it still knows.
    let filter = Query::all_of(source.filter.iter().cloned()).to_string();
    spawn("replay", move || reading.read(&terms, &feed))?;
    let prefixes = Nat64Prefixes::new(&source.nat64_prefix);
    let (library, threads) = (Arc::new(library), super::threads(source));
    let setup = Setup {
        prefixes,
        filter,
        library: Arc::clone(&library),
        crew: super::crew(),
        ..Setup::new(Source::Replay)
    };
    let model = mannered(Model::new(setup), &arguments.console, keys);
    let answers = sender.clone();
    let ended = terminal::run(model, &theme(&arguments.console), &inbox, &sender, |effect| {
        perform(effect, &answers, Some(&replay), &library, threads);
    });
    leave(ended, Outcome::Partial)
}

/// Does what the console wants done, on a thread of its own: that may take long, reading a packed file again most of
/// all, and the console goes on meanwhile.
pub(super) fn perform(
    effect: Effect,
    sender: &Sender<Message>,
    replay: Option<&Arc<Replay>>,
    library: &Arc<Library>,
    threads: usize,
) {
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
        (Effect::Export(wanted), replay) => {
            let (replay, library, threads) = (replay.cloned(), Arc::clone(library), threads);
            thread::spawn(move || {
                // Where nothing can be read again, all of it is on the tape.
                let path_of = |spot| replay.as_ref().and_then(|replay| replay.path(spot));
                sender.send(Message::Exported(export::export(wanted, &library, threads, path_of)))
            });
        }
        // Nothing is recorded here, and a log that is in the binary is on the tape; the rest is for the terminal.
        _ => {}
    }
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
    terminal::restore_on_panic();
    let spawned = thread::Builder::new().name(name.to_owned()).spawn(work);
    spawned.map(drop).map_err(|error| Diagnosis::new("cannot start reading").because(error))
}

/// The console with the keys and the mouse that are configured.
pub(super) fn mannered(model: Model, arguments: &ConsoleArguments, keys: Keys) -> Model {
    model.with_manners(keys, arguments.mouse.unwrap_or_default())
}

pub(super) fn theme(arguments: &ConsoleArguments) -> Theme {
    settings::theme(arguments.theme.unwrap_or_default(), |name| std::env::var_os(name))
}
