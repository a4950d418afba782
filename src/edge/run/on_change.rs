//! A command that is run when something happens in a log that is followed.
//!
//! The program and its arguments are those that somebody gave, split as a shell would but by none, so no text
//! of the log can become a part of them. What happened comes on the command's standard input, as one line of
//! JSON. Programs that hang or fail do no harm: a few run at a time, each for a minute at most, no more than
//! one is started a second, and that one failed is said once.

use std::collections::VecDeque;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};

use crate::advice::watch::WatchEvent;
use crate::edge::diagnosis::Diagnosis;
use crate::edge::settings::CommandLine;

/// Events on their way to the command.
const WAITING: usize = 256;

/// How much a command may do.
#[derive(Clone, Copy, Debug)]
struct CommandLimits {
    /// How many run at a time.
    running: usize,
    /// The least time from the start of one to the start of the next.
    pause: Duration,
    /// How long one may run.
    longest: Duration,
    /// Events that wait for one to be started; more of them are counted, and told of by the next.
    waiting: usize,
}

const LIMITS: CommandLimits =
    CommandLimits { running: 4, pause: Duration::from_secs(1), longest: Duration::from_mins(1), waiting: 16 };

/// How often it is looked whether one has ended.
const POLL_INTERVAL: Duration = Duration::from_millis(50);

/// Whom events are told, to have the command run. When it is dropped no more are started; those that run go
/// on.
#[derive(Clone, Debug)]
pub(super) struct OnChange {
    events: Sender<WatchEvent>,
}

impl OnChange {
    /// Finds the program, and waits for events. `say` is told once that a command failed, and why.
    ///
    /// # Errors
    /// If there is no such program.
    pub(super) fn start(
        command: &CommandLine,
        say: impl Fn(String) + Send + 'static,
    ) -> Result<Self, Diagnosis> {
        Self::start_within(LIMITS, command, say)
    }

    fn start_within(
        limits: CommandLimits,
        command: &CommandLine,
        say: impl Fn(String) + Send + 'static,
    ) -> Result<Self, Diagnosis> {
        let program = which::which(&command.program).map_err(|error| {
            Diagnosis::new(format!("cannot run `{}`", command.program))
                .because(error)
                .hint("--on-change '/path/to/program ARGUMENT …'; it is run without a shell")
        })?;
        let (events, inbox) = bounded(WAITING);
        let runner = Runner {
            program,
            arguments: command.arguments.clone(),
            limits,
            running: Vec::new(),
            started: None,
            waiting: VecDeque::new(),
            untold: 0,
            is_said: false,
            say,
        };
        thread::Builder::new()
            .name("on-change".to_owned())
            .spawn(move || runner.run(&inbox))
            .map_err(|error| Diagnosis::new("cannot start a thread").because(error))?;
        Ok(Self { events })
    }

    /// Tells of an event. Never waits.
    pub(super) fn notify(&self, event: WatchEvent) {
        // Whoever takes them does so at once: it is only full if that thread gets no processor at all.
        _ = self.events.try_send(event);
    }
}

/// Starts the command, and sees to it until it ends.
struct Runner<S> {
    program: PathBuf,
    arguments: Vec<String>,
    limits: CommandLimits,
    running: Vec<(Child, Instant)>,
    /// When the last was started.
    started: Option<Instant>,
    waiting: VecDeque<WatchEvent>,
    /// Events that were not told.
    untold: u64,
    /// Whether it was said that one failed.
    is_said: bool,
    say: S,
}

impl<S: Fn(String)> Runner<S> {
    fn run(mut self, inbox: &Receiver<WatchEvent>) {
        loop {
            let received = if self.running.is_empty() && self.waiting.is_empty() {
                inbox.recv().map_err(|_| RecvTimeoutError::Disconnected)
            } else {
                inbox.recv_timeout(POLL_INTERVAL)
            };
            match received {
                Ok(event) if self.waiting.len() < self.limits.waiting => self.waiting.push_back(event),
                Ok(_) => self.untold += 1,
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
            self.reap();
            self.start_next();
        }
    }

    /// Sees who has ended, and ends who runs for too long.
    fn reap(&mut self) {
        let mut failures = Vec::new();
        let longest = self.limits.longest;
        self.running.retain_mut(|(child, started)| match child.try_wait() {
            Ok(Some(status)) => {
                if !status.success() {
                    failures.push(format!("it ended with {status}"));
                }
                false
            }
            Ok(None) if started.elapsed() < longest => true,
            Ok(None) => {
                failures.push(format!("it ran for more than {} seconds, and was ended", longest.as_secs()));
                // It may have ended by itself just now.
                _ = child.kill();
                _ = child.wait();
                false
            }
            Err(error) => {
                failures.push(error.to_string());
                false
            }
        });
        for why in failures {
            self.failed(&why);
        }
    }

    fn start_next(&mut self) {
        let is_soon = self.started.is_some_and(|started| started.elapsed() < self.limits.pause);
        if is_soon || self.running.len() >= self.limits.running {
            return;
        }
        let Some(mut event) = self.waiting.pop_front() else { return };
        event.after(std::mem::take(&mut self.untold));
        self.started = Some(Instant::now());
        let child = Command::new(&self.program)
            .args(&self.arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        match child {
            Ok(mut child) => {
                if let Some(mut input) = child.stdin.take() {
                    // A command that does not read what happened may do without; and an event is no longer
                    // than what a pipe takes at once, so nobody waits for it here.
                    _ = input.write_all(&event.to_json());
                }
                self.running.push((child, Instant::now()));
            }
            Err(error) => self.failed(&error.to_string()),
        }
    }

    fn failed(&mut self, why: &str) {
        if !std::mem::replace(&mut self.is_said, true) {
            (self.say)(format!("the command of --on-change failed: {why}; further failures are not told"));
        }
    }
}

#[cfg(all(test, unix))]
mod tests;
