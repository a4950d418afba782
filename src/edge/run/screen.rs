//! The console on a feed: what `demo` and `replay` do.

use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::thread;

use crossbeam_channel::{Sender, bounded};

use super::export::{self, ExportContext};
use super::knowledge;
use super::state_file::StateFile;
use crate::advice::finding::Library;
use crate::console::{Effect, Ending, Keys, Message, Model, Setup, Source};
use crate::digest::Terms;
use crate::edge::demo;
use crate::edge::diagnosis::{Diagnosis, Outcome};
use crate::edge::feed::replay::Replay;
use crate::edge::settings::{self, ConsoleArguments, ConsoleSettings, DemoArguments, ReplayArguments};
use crate::edge::terminal::{self, Looks, TerminalError, WAITING};
use crate::knowledge::address::Nat64Prefixes;

/// Shows the log in the binary.
pub(super) fn demo(arguments: &DemoArguments, keys: Keys) -> Result<Outcome, Diagnosis> {
    let (sender, inbox) = bounded(WAITING);
    let feed = sender.clone();
    spawn("demo", move || {
        // If nobody listens the console has ended.
        _ = demo::messages().try_for_each(|message| feed.send(message));
    })?;
    // The story begins the same each time, and nothing of it is kept.
    let (model, looks) = mannered(Model::new(demo::setup(arguments.speed)), &arguments.console, keys, false);
    let library = Arc::clone(&model.setup().library);
    let answers = sender.clone();
    let ended = terminal::run(model, &looks, &inbox, &sender, |effect| {
        perform(effect, &answers, None, &library, 1);
    });
    leave(ended, Outcome::Done, None)
}

/// Opens what was read from files or standard input.
pub(super) fn replay(arguments: &ReplayArguments, keys: Keys) -> Result<Outcome, Diagnosis> {
    let source = &arguments.source;
    let library = knowledge::library(&arguments.advice, &arguments.origins, &source.prefixes.nat64_prefix)?;
    let paths: Vec<PathBuf> = source.paths.iter().map(PathBuf::from).collect();
    let prefixes = Nat64Prefixes::new(&source.prefixes.nat64_prefix);
    let (read, filter) = super::pseudonyms::filters(&source.filter, &prefixes, arguments.redact.redact)?;
    let terms = Terms { filter: read, ..super::terms(source, &arguments.redact)? };
    let replay =
        Arc::new(Replay::new(&paths).with(terms.redaction.clone()).reading_as(source.store.access()));
    if replay.is_empty() {
        let why = replay.failures().first().map_or("nothing to read", |(_, why)| why);
        return Err(Diagnosis::new("cannot replay").because(why));
    }
    let (sender, inbox) = bounded(WAITING);
    let columns = terms.columns.clone().unwrap_or_default();
    let (feed, reading) = (sender.clone(), Arc::clone(&replay));
    spawn("replay", move || reading.read(&terms, &feed))?;
    let (library, threads) = (Arc::new(library), super::threads(source));
    let setup = Setup {
        prefixes,
        columns,
        filter,
        library: Arc::clone(&library),
        workers: crate::edge::feed::parallel::one_per_processor(),
        ..Setup::new(Source::Replay)
    };
    let kept = StateFile::open(&arguments.console, arguments.redact.redact);
    let is_redacted = arguments.redact.redact;
    let (model, looks) = mannered(Model::new(kept.begin(setup)), &arguments.console, keys, is_redacted);
    let answers = sender.clone();
    let ended = terminal::run(model, &looks, &inbox, &sender, |effect| {
        perform(effect, &answers, Some(&replay), &library, threads);
    });
    leave(ended, Outcome::Partial, Some(kept))
}

/// Does what the console wants done, on a thread of its own: that may take long, reading a packed file again
/// most of all, and the console goes on meanwhile.
pub(super) fn perform(
    effect: Effect,
    sender: &Sender<Message>,
    replay: Option<&Arc<Replay>>,
    library: &Arc<Library>,
    threads: usize,
) {
    let sender = sender.clone();
    // If nobody listens the console has ended.
    match effect {
        Effect::FetchRaw(spot) => {
            let replay = replay.cloned();
            thread::spawn(move || {
                let raw = replay.map_or_else(
                    || Err("this record is no longer held, and cannot be read again".to_owned()),
                    |replay| replay.fetch(spot),
                );
                sender.send(Message::Raw(spot, raw))
            });
        }
        Effect::Arrange(arrangement) => {
            thread::spawn(move || sender.send(arrangement.carry_out()));
        }
        Effect::Advise(inquiry) => {
            thread::spawn(move || sender.send(inquiry.apart().answer()));
        }
        Effect::Export(wanted) => {
            let (replay, library) = (replay.cloned(), Arc::clone(library));
            thread::spawn(move || {
                let means = ExportContext { library: &library, threads, replay: replay.as_deref() };
                sender.send(Message::Exported(export::export(wanted, &means)))
            });
        }
        // Nothing is recorded here: a mark is in the console, and goes from there into exports. The rest the
        // terminal did itself, and hands on none of it.
        Effect::Mark(_)
        | Effect::Watch(_)
        | Effect::Signal(..)
        | Effect::Quit(_)
        | Effect::Copy(_)
        | Effect::Mouse(_)
        | Effect::Run(_)
        | Effect::Suspend
        | Effect::Retake => {}
    }
}

/// Leaves the summary in the terminal, and keeps how the console was left. Ends with `partial` if part of the
/// input was bad.
fn leave(
    ended: Result<terminal::ConsoleOutcome, TerminalError>,
    partial: Outcome,
    kept: Option<StateFile>,
) -> Result<Outcome, Diagnosis> {
    let ended = ended.map_err(no_terminal)?;
    // With the terminal gone there is nobody to read it.
    _ = io::stdout().write_all(ended.summary.as_bytes());
    if let Some(kept) = kept {
        kept.end(&ended.model);
    }
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
        TerminalError::Dumb => Diagnosis::new("the console needs a terminal that can place text")
            .because("TERM says that this one is dumb")
            .hint("r53tail report PATH"),
        TerminalError::Io(error) => Diagnosis::new("cannot use the terminal").because(error),
    }
}

fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> Result<(), Diagnosis> {
    terminal::restore_on_panic();
    let spawned = thread::Builder::new().name(name.to_owned()).spawn(work);
    spawned.map(drop).map_err(|error| Diagnosis::new("cannot start reading").because(error))
}

/// Why no command is run beside pseudonyms.
const PSEUDONYMS: &str = "with --redact no command is run: ids and names are pseudonyms, which nobody has";

/// The console with the keys, the mouse and the commands that are configured, or else as they were left; and
/// how it is to look. `is_redacted`: pseudonyms are shown, which mean nothing to a command.
pub(super) fn mannered(
    model: Model,
    arguments: &ConsoleArguments,
    keys: Keys,
    is_redacted: bool,
) -> (Model, Looks) {
    let left = model.remembered();
    let ConsoleSettings { theme, signs, mouse, .. } = arguments.settings;
    let mouse = mouse.or(left.mouse).unwrap_or_default();
    let looks =
        settings::looks(theme.unwrap_or_default(), signs.unwrap_or_default(), |name| std::env::var_os(name));
    let palette = left.palette.filter(|_| theme.is_none()).or(looks.palette);
    let tints = arguments.tints.clone();
    let commands = if is_redacted { Err(PSEUDONYMS) } else { Ok(arguments.commands.clone()) };
    (model.with_manners(keys, mouse).with_commands(commands), Looks { palette, tints, ..looks })
}
