//! The console on log groups: what `tail` does on a terminal.

use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::{self, JoinHandle};

use crossbeam_channel::{Sender, bounded};

use super::change_watcher::ChangeWatcher;
use super::follow::{recorded, terms};
use super::groups::diagnosis;
use super::knowledge;
use super::screen::{mannered, no_terminal, perform};
use super::state_file::StateFile;
use crate::advice::finding::Library;
use crate::base::moment::Moment;
use crate::console::live::Keep;
use crate::console::{
    Batch, Effect, Ending, InputId, Keys, Message, Model, Raw, Setup, Source, Spot, update,
};
use crate::digest::Terms;
use crate::edge::diagnosis::{Diagnosis, Outcome};
use crate::edge::feed::aws::errors::SESSIONS;
use crate::edge::feed::live::batches::Batches;
use crate::edge::feed::live::recorder::{self, Recorder};
use crate::edge::feed::live::request::{self, Request, Stop, Stopped};
use crate::edge::settings::{KeepArgument, TailArguments};
use crate::edge::terminal::{self, WAITING};
use crate::live::status::Followed;
use crate::live::trouble::Trouble;
use crate::log::note::Note;
use crate::log::redaction::Redaction;
use crate::view::summary;

/// Notes on their way to the recording.
const NOTES: usize = 64;

/// Follows what is asked for on the screen. The terminal is taken once there are credentials and log groups.
pub(super) fn console(
    arguments: &TailArguments,
    keys: Keys,
    request: Request,
    recorder: Option<Recorder>,
) -> Result<Outcome, Diagnosis> {
    let (sender, inbox) = bounded(WAITING);
    let (ready, found) = bounded(1);
    let (stop, stopped) = Stop::new();
    let (terms, filter) = terms_and_filter(arguments)?;
    let library =
        knowledge::library(&arguments.advice, &arguments.origins, &arguments.prefixes.nat64_prefix)?;
    let library = Arc::new(library);
    let recording =
        recorder.as_ref().zip(arguments.record.clone()).map(|(recorder, path)| (path, recorder.start()));
    let (marked, notes) = bounded(NOTES);
    let asked_for = asked_for(arguments, &request);
    let batches = Batches::new(sender.clone(), &terms, asked_for, ready, recorder, notes);
    let recording = Arc::new(Recording { file: recording, until: batches.recorded() });
    let following = Following::start(request, batches, stopped, terms.redaction.clone())?;
    let Ok(followed) = found.recv() else {
        // It ended before there was anything to follow, and says why.
        return following.joined().map(|_| Outcome::Done);
    };
    let started = super::change_watcher::now();
    let state = StateFile::open(&arguments.console, arguments.redact.redact);
    let setup = state.begin(setup(arguments, &terms, filter, started, &library));
    let (model, looks) = mannered(Model::new(setup), &arguments.console, keys, arguments.redact.redact);
    let model = with_groups(model.with_keep(kept(arguments)), redacted(followed, terms.redaction.as_deref()));
    let watcher = change_watcher(arguments, started, &library, sender.clone())?;
    let answers = sender.clone();
    let ended = terminal::run(model, &looks, &inbox, &sender, |effect| match effect {
        Effect::FetchRaw(spot) => {
            let (recording, answers) = (Arc::clone(&recording), answers.clone());
            // If nobody listens the console has ended.
            thread::spawn(move || answers.send(Message::Raw(spot, recording.fetch(spot))));
        }
        // Notes are taken at least once a second: there is always room for what one person marks.
        Effect::Mark(mark) => _ = marked.try_send(Note::Mark(mark)),
        Effect::Watch(glimpse) => {
            let (watcher, answers) = (watcher.clone(), answers.clone());
            thread::spawn(move || answers.send(Message::News(glimpse.look(|fleet| watcher.look(fleet)))));
        }
        effect => perform(effect, &answers, None, &library, 1),
    });
    stop.now();
    // Whoever still has something for the console sees that it is gone.
    let left: Vec<Message> = inbox.try_iter().collect();
    drop(inbox);
    let of_refusal = following.redaction.clone();
    let (batches, refusal) = following.joined()?;
    let (batch, recorder) = batches.finish();
    let ended = ended.map_err(no_terminal)?;
    let model = with_rest(ended.model, left, batch);
    // With the terminal gone there is nobody to read it.
    _ = io::stdout().write_all(summary(&model).as_bytes());
    state.end(&model);
    let outcome = match ended.ending {
        Ending::Signal(number) => Outcome::Signal(u8::try_from(number).unwrap_or(0)),
        Ending::Asked => Outcome::Done,
    };
    let outcome = if recorded(recorder) { outcome } else { Outcome::Partial };
    refusal.map_or(Ok(outcome), |trouble| Err(refused(trouble, of_refusal.as_deref())))
}

/// The thread that follows the log groups.
struct Following {
    thread: JoinHandle<Result<(Batches, Option<Trouble>), Trouble>>,
    redaction: Option<Arc<Redaction>>,
}

impl Following {
    fn start(
        request: Request,
        batches: Batches,
        stopped: Stopped,
        redaction: Option<Arc<Redaction>>,
    ) -> Result<Self, Diagnosis> {
        let thread = thread::Builder::new()
            .name("tail".to_owned())
            .spawn(move || request::run(&request, batches, &stopped))
            .map_err(|error| Diagnosis::new("cannot start reading").because(error))?;
        Ok(Self { thread, redaction })
    }

    /// What it had when it ended, and why it was refused if it was.
    fn joined(self) -> Result<(Batches, Option<Trouble>), Diagnosis> {
        let ended = self.thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        ended.map_err(|trouble| refused(trouble, self.redaction.as_deref()))
    }
}

fn refused(trouble: Trouble, redaction: Option<&Redaction>) -> Diagnosis {
    diagnosis("cannot follow the log groups", &trouble.redacted(redaction))
}

/// What is followed as far as the arguments say it: the log groups are still to be found.
fn asked_for(arguments: &TailArguments, request: &Request) -> Followed {
    Followed {
        groups: Vec::new(),
        pattern: request.pattern.clone(),
        complete: request.complete,
        unmask: request.unmask,
        recording: arguments.record.as_ref().map(|path| path.display().to_string()),
        quota: SESSIONS,
    }
}

/// What is followed, with pseudonyms for the log groups if there are any.
fn redacted(mut followed: Followed, redaction: Option<&Redaction>) -> Followed {
    if let Some(redaction) = redaction {
        for group in &mut followed.groups {
            group.name = redaction.input(&group.name);
            group.account = String::new();
        }
    }
    followed
}

fn setup(
    arguments: &TailArguments,
    terms: &Terms,
    filter: String,
    started: Option<Moment>,
    library: &Arc<Library>,
) -> Setup {
    Setup {
        prefixes: terms.prefixes.clone(),
        columns: terms.columns.clone().unwrap_or_default(),
        filter,
        started,
        library: Arc::clone(library),
        watches: arguments.on_change.is_some() || arguments.signal.is_some(),
        signal: arguments.signal.map(Into::into),
        workers: crate::edge::feed::parallel::one_per_processor(),
        ..Setup::new(Source::Live)
    }
}

/// The model that knows what is followed: each log group is an input.
fn with_groups(mut model: Model, followed: Followed) -> Model {
    for (group, number) in followed.groups.iter().zip(0..) {
        _ = update(&mut model, Message::Input(InputId(number), group.name.clone()));
    }
    _ = update(&mut model, Message::Following(Box::new(followed)));
    model
}

/// Who looks for what somebody wants to be told; what the command says goes to the console.
fn change_watcher(
    arguments: &TailArguments,
    started: Option<Moment>,
    library: &Arc<Library>,
    remarks: Sender<Message>,
) -> Result<ChangeWatcher, Diagnosis> {
    ChangeWatcher::new(arguments, started.unwrap_or_default(), library, move |what| {
        let input = "--on-change".to_owned();
        // If nobody listens the console has ended.
        _ = remarks.send(Message::Remark { input, what });
    })
}

/// The model with all that was still on its way when the console ended.
fn with_rest(mut model: Model, left: Vec<Message>, batch: Batch) -> Model {
    let rest = left.into_iter().filter(|message| matches!(message, Message::Batch(_) | Message::Live(_)));
    let now = model.now();
    for message in rest.chain([Message::Batch(Box::new(batch)), Message::Ended, Message::Tick(now)]) {
        _ = update(&mut model, message);
    }
    model
}

/// What is counted, and what of it is listed to begin with: the console still knows what it does not list.
fn terms_and_filter(arguments: &TailArguments) -> Result<(Terms, String), Diagnosis> {
    let terms = terms(arguments)?;
    let is_redacted = terms.redaction.is_some();
    let (read, filter) = super::pseudonyms::filters(&arguments.filter, &terms.prefixes, is_redacted)?;
    Ok((Terms { filter: read, ..terms }, filter))
}

fn kept(arguments: &TailArguments) -> Keep {
    let mut keep = Keep::default();
    for argument in &arguments.keep {
        match argument {
            KeepArgument::Bytes(bytes) => keep.bytes = *bytes,
            KeepArgument::Age(age) => keep.age = Some(*age),
        }
    }
    keep
}

/// Where records are found that are no longer in memory.
struct Recording {
    /// The file, and where in it this run began.
    file: Option<(PathBuf, u64)>,
    /// Up to where it has everything.
    until: Arc<AtomicU64>,
}

impl Recording {
    fn fetch(&self, spot: Spot) -> Raw {
        let Some((path, start)) = &self.file else {
            let why =
                "this record is no longer held; `--keep` says how much is, and `--record FILE` keeps all";
            return Err(why.to_owned());
        };
        if spot.place.offset >= self.until.load(Ordering::Relaxed) {
            return Err("this record is no longer held, and the recording misses some before it".to_owned());
        }
        recorder::fetch(path, *start, spot.place.offset, spot.place.length)
            .map(Into::into)
            .map_err(|error| error.to_string())
    }
}
