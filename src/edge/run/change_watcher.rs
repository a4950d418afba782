//! Who looks at a log that is followed, and tells what happens in it.

use std::io::{self, IsTerminal, Write};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use crossbeam_channel::{RecvTimeoutError, Sender, TrySendError, bounded};

use super::on_change::OnChange;
use crate::advice::finding::Library;
use crate::advice::watch::{EVERY, Watch};
use crate::base::moment::Moment;
use crate::console::Signal;
use crate::edge::diagnosis::Diagnosis;
use crate::edge::settings::TailArguments;
use crate::fleet::Fleet;

/// What all pairs may take that are looked at beside records that are written one by one; beyond that those
/// of the least importance are folded away, and nothing is told of them.
const MEMORY: usize = 256 << 20;

/// What the clock says.
pub(super) fn now() -> Option<Moment> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).ok()?;
    i64::try_from(since.as_millis()).ok().map(Moment)
}

/// Looks, and has a command run for what happened.
#[derive(Clone, Debug)]
pub(super) struct ChangeWatcher {
    watch: Arc<Mutex<Watch>>,
    library: Arc<Library>,
    command: Option<OnChange>,
}

impl ChangeWatcher {
    /// Looks for what the log dates after `since`. `say` is told once that the command failed, and why.
    ///
    /// # Errors
    /// If there is no such command.
    pub(super) fn new(
        arguments: &TailArguments,
        since: Moment,
        library: &Arc<Library>,
        say: impl Fn(String) + Send + 'static,
    ) -> Result<Self, Diagnosis> {
        let command = arguments.on_change.as_ref();
        let command = command.map(|command| OnChange::start(command, say)).transpose()?;
        Ok(Self { watch: Arc::new(Mutex::new(Watch::new(since))), library: Arc::clone(library), command })
    }

    /// Looks at all that is known. Returns what happened since the look before, in words.
    pub(super) fn look(&self, fleet: &Fleet) -> Vec<String> {
        // Whoever panicked with it told nobody; what it knows is still so.
        let mut watch = self.watch.lock().unwrap_or_else(PoisonError::into_inner);
        let events = watch.look(&fleet.survey(), self.library.knowledge());
        let words = events.iter().map(|event| event.words().to_owned()).collect();
        if let Some(command) = &self.command {
            for event in events {
                command.notify(event);
            }
        }
        words
    }
}

/// A watcher that is handed what was counted, part by part.
#[derive(Debug)]
pub(super) struct WatchedParts {
    parts: Sender<Fleet>,
    /// What there was no room for.
    left: Option<Fleet>,
}

impl WatchedParts {
    /// Begins to look; `tell` is told of each event.
    ///
    /// # Errors
    /// If there can be no thread for it.
    pub(super) fn start(
        watcher: ChangeWatcher,
        tell: impl Fn(&str) + Send + 'static,
    ) -> Result<Self, Diagnosis> {
        let (parts, inbox) = bounded::<Fleet>(4);
        let work = move || {
            let (mut all, mut looked, mut is_new) = (Fleet::default(), Instant::now(), false);
            loop {
                let received = match EVERY.checked_sub(looked.elapsed()).filter(|_| is_new) {
                    Some(left) => inbox.recv_timeout(left),
                    None if is_new => Err(RecvTimeoutError::Timeout),
                    None => inbox.recv().map_err(|_| RecvTimeoutError::Disconnected),
                };
                match received {
                    Ok(part) => {
                        all.absorb(&part);
                        all.fold_to(MEMORY);
                        is_new = true;
                        continue;
                    }
                    Err(RecvTimeoutError::Disconnected) if !is_new => return,
                    // The last look is at what was left.
                    Err(_) => {}
                }
                watcher.look(&all).iter().for_each(|words| tell(words));
                (looked, is_new) = (Instant::now(), false);
            }
        };
        let started = thread::Builder::new().name("watcher".to_owned()).spawn(work);
        started.map_err(|error| Diagnosis::new("cannot start a thread").because(error))?;
        Ok(Self { parts, left: None })
    }

    /// Hands on what was counted; never waits.
    pub(super) fn send(&mut self, part: Fleet) {
        let all = match self.left.take() {
            None => part,
            Some(mut left) => {
                left.absorb(&part);
                left
            }
        };
        if let Err(TrySendError::Full(all)) = self.parts.try_send(all) {
            self.left = Some(all);
        }
    }
}

/// Has the terminal that standard error goes to tell of something.
pub(super) fn signal(signal: Signal, words: &str) {
    let mut error = io::stderr().lock();
    if error.is_terminal() {
        let in_tmux = std::env::var_os("TMUX").is_some_and(|value| !value.is_empty());
        // With the terminal gone there is nobody to tell.
        _ = error.write_all(signal.sequence(words, in_tmux).as_bytes()).and_then(|()| error.flush());
    }
}
