//! `tail`: judged records on standard output, one a line, and on standard error the state of the session.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::sync::Arc;
use std::thread;
use std::time::Instant;

use crossbeam_channel::{Receiver, Sender, TrySendError, bounded};

use super::change_watcher::{self, ChangeWatcher, WatchedParts};
use super::follow::{recorded, recording_words, terms};
use super::groups::diagnosis;
use super::pseudonyms::of_records;
use super::signals;
use crate::base::visible::visible;
use crate::console::Signal;
use crate::digest::{Digest, Terms};
use crate::edge::diagnosis::{Diagnosis, Outcome, say};
use crate::edge::feed::aws::errors::SESSIONS;
use crate::edge::feed::live::groups::{LogGroupId, PER_SESSION, Unfollowed, sessions};
use crate::edge::feed::live::recorder::Recorder;
use crate::edge::feed::live::request::{self, Request, Stop};
use crate::edge::feed::live::tail::{Consumer, Flush, SessionStatus};
use crate::edge::settings::TailArguments;
use crate::fleet::{Loss, Tally};
use crate::live::session::Phase;
use crate::live::time::WORTH_SAYING;
use crate::live::trouble::Trouble;
use crate::live::trouble::TroubleClass;
use crate::log::envelope::{Envelope, Sink};
use crate::log::note::{Gap, logged};
use crate::log::observation::Unknown;
use crate::report::observed::{LineFormat, ObservedLines};
use crate::view::{clock_words, settling_words};

/// Chunks on their way to standard output.
const WAITING: usize = 16;
/// What is held for a reader that is slower than the log, in bytes; beyond that lines are dropped, and
/// counted.
const HELD: usize = 64 << 20;

/// After this many records the fleet that counted them is dropped: only lines and counts are asked for, and
/// names without end would take memory without end.
const ROUND: u64 = 1 << 16;

/// Said once, the first time that it is so.
const SAMPLED: &str = "warning: Live Tail sends a sample only of more than 500 records a second: --aaaa-only asks for fewer, \
                       --complete reads the others, too";

/// Said once, the first time that something is masked.
const MASKED: &str = "warning: a data protection policy masks answers or source addresses";
/// And what would help.
const UNMASK: &str = "; try: --unmask, with the IAM action `logs:Unmask`";

/// What is to be written.
enum LineOutput {
    Lines(Vec<u8>),
    Note(String),
}

/// Writes judged records, one a line, until a signal, or until nobody reads.
pub(super) fn written(
    arguments: &TailArguments,
    request: Request,
    recorder: Option<Recorder>,
) -> Result<Outcome, Diagnosis> {
    let (stop, stopped) = Stop::new();
    let (sender, inbox) = bounded(WAITING);
    let signal =
        signals::listen(stop, None).map_err(|error| Diagnosis::new("cannot hear signals").because(error))?;
    let terms = terms(arguments)?;
    if terms.filter.as_ref().is_some_and(|filter| filter.asks_for_status()) {
        return Err(of_records("without the console records are written one by one"));
    }
    let redaction = terms.redaction.clone();
    let watched = watched(arguments, sender.clone())?;
    let format = arguments.format.map_or(LineFormat::Text, LineFormat::from);
    let pipe = LinePipe {
        sender,
        watched,
        rounded: Instant::now(),
        digest: Digest::new(&terms, ObservedLines::new(format)),
        terms,
        format,
        tally: Tally::default(),
        recorder,
        groups: Vec::new(),
        pattern: request.pattern.clone(),
        unmask: request.unmask,
        masked: false,
        standing: BTreeMap::new(),
        notes: Vec::new(),
        sampled: 0,
        lost: false,
        ahead: None,
        unrecordable: None,
    };
    let refused_as =
        |trouble: Trouble| diagnosis("cannot follow the log groups", &trouble.redacted(redaction.as_deref()));
    let following = thread::Builder::new().name("tail".to_owned()).spawn(move || {
        // What it holds goes to whoever writes, who ends when there is nobody left to hand anything on.
        request::run(&request, pipe, &stopped).map(|(pipe, refused)| (pipe.close(), refused))
    });
    let following = following.map_err(|error| Diagnosis::new("cannot start reading").because(error))?;
    let written = write(&inbox);
    drop(inbox);
    let followed = following.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
    if let Err(error) = written {
        return Err(Diagnosis::new("cannot write to standard output").because(error));
    }
    let ((tally, recorder, settling), refused) = followed.map_err(&refused_as)?;
    let mut outcome = match signal.try_recv() {
        Ok(number) => Outcome::Signal(u8::try_from(number).unwrap_or(0)),
        Err(_) => Outcome::Done,
    };
    let is_recorded = recorded(recorder);
    if refused.is_none() {
        for line in ending(&tally, is_recorded, settling) {
            say(line);
        }
    }
    if !is_recorded {
        outcome = Outcome::Partial;
    }
    refused.map_or(Ok(outcome), |trouble| Err(refused_as(trouble)))
}

/// Who is handed what was counted, if somebody wants to be told what happens.
fn watched(arguments: &TailArguments, sender: Sender<LineOutput>) -> Result<Option<WatchedParts>, Diagnosis> {
    if arguments.on_change.is_none() && arguments.signal.is_none() {
        return Ok(None);
    }
    let library =
        super::knowledge::library(&arguments.advice, &arguments.origins, &arguments.prefixes.nat64_prefix)?;
    let started = change_watcher::now().unwrap_or_default();
    let failures = sender.clone();
    let watcher = ChangeWatcher::new(arguments, started, &Arc::new(library), move |why| {
        // Nobody reads any more, then.
        _ = failures.send(LineOutput::Note(format!("warning: {why}")));
    })?;
    let signal = arguments.signal.map(Signal::from);
    WatchedParts::start(watcher, move |words| {
        if let Some(signal) = signal {
            change_watcher::signal(signal, words);
        }
        _ = sender.send(LineOutput::Note(format!("note: {words}")));
    })
    .map(Some)
}

/// Writes what comes until nothing more does. That the reader goes away ends it, and is no failure.
fn write(inbox: &Receiver<LineOutput>) -> io::Result<()> {
    let mut out = io::stdout().lock();
    for item in inbox {
        match item {
            LineOutput::Lines(lines) => match out.write_all(&lines).and_then(|()| out.flush()) {
                Err(error) if error.kind() == io::ErrorKind::BrokenPipe => return Ok(()),
                written => written?,
            },
            LineOutput::Note(note) => say(visible(&note)),
        }
    }
    Ok(())
}

/// `note: following 2 log groups (/a, /b): records that match { … }`, and in how many sessions if it is more
/// than one.
fn beginning(groups: &[LogGroupId], pattern: Option<&str>) -> String {
    let names: Vec<&str> = groups.iter().map(LogGroupId::name).collect();
    let what = match names.len() {
        1 => "1 log group".to_owned(),
        count => format!("{count} log groups"),
    };
    let pattern =
        pattern.map_or("records of every type".to_owned(), |pattern| format!("records that match {pattern}"));
    let sessions = match sessions(groups) {
        0 | 1 => String::new(),
        count => format!(
            ", in {count} Live Tail sessions, each billed by the minute (an account may have {SESSIONS} in a Region \
             unless its quota was raised)"
        ),
    };
    format!("note: following {what} ({}): {pattern}{sessions}", names.join(", "))
}

/// What is said when it has ended, line by line; `is_recorded`: all that was to be recorded was.
/// What arrived in the stretch `settling` was still to be looked for a second time.
fn ending(tally: &Tally, is_recorded: bool, settling: Option<Gap>) -> Vec<String> {
    let loss = &tally.loss;
    let [answers, sources] = masked(tally);
    let mut words = Vec::new();
    for (count, one, many) in [
        (tally.records, "record", "records"),
        (tally.outside, "left out by the filter", "left out by the filter"),
        (tally.malformed, "malformed", "malformed"),
        (tally.unknown_total() - answers, "with an unknown answer", "with unknown answers"),
        (answers, "masked answer", "masked answers"),
        (sources, "masked source address", "masked source addresses"),
        (loss.dropped, "dropped, since nobody read it in time", "dropped, since nobody read them in time"),
        (loss.sampled_seconds, "second with a sample only", "seconds with a sample only"),
        (loss.gaps.len() as u64, "gap", "gaps"),
        (
            tally.incomplete().count() as u64,
            "end that says that there is more",
            "ends that say that there is more",
        ),
    ] {
        if count > 0 || words.is_empty() {
            words.push(format!("{count} {}", if count == 1 { one } else { many }));
        }
    }
    if tally.malformed == 0 && loss.is_none() && !tally.is_unseen() && is_recorded {
        let known = if settling.is_some() { " as far as is known" } else { "" };
        words.push(format!("nothing lost{known}"));
    }
    let unseen = tally.unseen_words().into_iter().map(|words| format!("note: {words}"));
    let gaps = loss.gaps.iter().map(|gap| missing(*gap));
    let incomplete = tally.incomplete().map(|(what, count)| format!("warning: {}", what.words(count)));
    let first = [format!("note: {}", words.join(", "))].into_iter();
    let settling = settling.map(|gap| format!("note: {}", settling_words(gap)));
    first.chain(unseen).chain(gaps).chain(settling).chain(incomplete).collect()
}

/// How many answers and source addresses were masked.
fn masked(tally: &Tally) -> [u64; 2] {
    [tally.unknown[Unknown::Masked as usize], tally.masked_sources]
}

fn missing(gap: Gap) -> String {
    format!("warning: not all records from {} to {} were seen", gap.from, gap.until)
}

/// What was said of a session.
#[derive(Debug, Default)]
struct SessionSaid {
    standing: String,
    /// Whether a stretch was being read beside a stream, and how many records had been read before.
    filling: bool,
    fetched: u64,
    /// What arrived in this stretch was still to be looked for a second time.
    settling: Option<Gap>,
}

/// Takes records, judges them, and hands lines on.
struct LinePipe {
    sender: Sender<LineOutput>,
    /// Whom what was counted is handed to, for somebody who wants to be told what happens.
    watched: Option<WatchedParts>,
    /// When the round began.
    rounded: Instant,
    digest: Digest<ObservedLines>,
    terms: Terms,
    format: LineFormat,
    /// What was counted in rounds that are over.
    tally: Tally,
    recorder: Option<Recorder>,
    groups: Vec<LogGroupId>,
    pattern: Option<String>,
    unmask: bool,
    /// Whether it was said that something is masked.
    masked: bool,
    /// What was last said of each session.
    standing: BTreeMap<usize, SessionSaid>,
    notes: Vec<String>,
    /// Seconds of which there was a sample only.
    sampled: u64,
    /// Whether something was lost since it was last said that nothing was.
    lost: bool,
    /// How wrong it was last said that the clock of this machine is.
    ahead: Option<i64>,
    /// Why nothing could be recorded when that was said last.
    unrecordable: Option<String>,
}

impl LinePipe {
    /// Hands on all that is left, however long that takes.
    fn close(mut self) -> (Tally, Option<Recorder>, Option<Gap>) {
        let notes = std::mem::take(&mut self.notes).into_iter().map(LineOutput::Note);
        let (lines, _) = self.digest.witness_mut().take();
        for out in [LineOutput::Lines(lines)].into_iter().chain(notes) {
            // Nobody reads any more, then.
            _ = self.sender.send(out);
        }
        self.next_round();
        let settling = self.standing.values().filter_map(|said| said.settling).reduce(Gap::hull);
        (self.tally, self.recorder, settling)
    }

    /// Says how wrong the clock of this machine is, whenever that is other than it was.
    fn see_clock(&mut self, ahead: Option<i64>) {
        let changed = ahead.unwrap_or(0).abs_diff(self.ahead.unwrap_or(0));
        if changed >= WORTH_SAYING.unsigned_abs() {
            self.ahead = ahead;
            self.notes.push(ahead.map_or_else(
                || "note: the clock of this machine agrees with the service's".to_owned(),
                |ahead| format!("warning: {}", clock_words(ahead)),
            ));
        }
    }

    /// Keeps what was counted, and begins anew with the lines there are.
    fn next_round(&mut self) {
        let fresh = Digest::new(&self.terms, ObservedLines::new(self.format));
        let (fleet, _, lines) = std::mem::replace(&mut self.digest, fresh).finish();
        self.tally.absorb(fleet.tally());
        self.rounded = Instant::now();
        if let Some(watched) = &mut self.watched {
            watched.send(fleet);
        }
        *self.digest.witness_mut() = lines;
    }
}

impl Consumer for LinePipe {
    fn found(&mut self, groups: &[LogGroupId]) {
        self.groups = groups.to_vec();
        if self.terms.redaction.is_none() {
            self.notes.push(beginning(groups, self.pattern.as_deref()));
        }
    }

    fn passed_over(&mut self, other: &Unfollowed) {
        self.notes.push(match &self.terms.redaction {
            None => format!("warning: {other}; try: {}", other.instead()),
            Some(_) => {
                format!("warning: a log group is of class {}, which Live Tail does not follow", other.class)
            }
        });
    }

    fn record(&mut self, _: usize, message: &str) {
        let message = &*logged(message);
        if let Some(recorder) = &mut self.recorder {
            match &self.terms.redaction {
                None => _ = recorder.take(message),
                // What nobody knows the parts of is not recorded.
                Some(redaction) => {
                    let raw = redaction.raw(message.as_bytes()).and_then(|raw| String::from_utf8(raw).ok());
                    if let Some(raw) = raw {
                        recorder.take(&raw);
                    }
                }
            }
        }
        if self.digest.witness_mut().len() >= HELD {
            self.digest.tally_mut().loss.dropped += 1;
            return;
        }
        if self.digest.canonical(message.as_bytes(), 0) != Some(message.len()) {
            Envelope::default().scan(message.as_bytes(), true, &mut self.digest);
        }
    }

    fn lost(&mut self, loss: Loss) {
        if loss.sampled_seconds > 0 && self.sampled == 0 {
            self.notes.push(SAMPLED.to_owned());
        }
        self.sampled += loss.sampled_seconds;
        self.notes.extend(loss.gaps.iter().map(|gap| missing(*gap)));
        self.lost |= !loss.gaps.is_empty();
        if let Some(recorder) = &mut self.recorder {
            loss.notes().for_each(|note| _ = recorder.note(&note));
        }
        self.digest.tally_mut().loss.absorb(&loss);
    }

    fn status(&mut self, first: usize, status: SessionStatus) {
        let redaction = self.terms.redaction.as_deref();
        let trouble = status.trouble.map(|trouble| trouble.redacted(redaction));
        let status = SessionStatus { trouble, ..status };
        if !self.masked && masked(self.digest.tally()) != [0, 0] {
            self.masked = true;
            self.notes.push(format!("{MASKED}{}", if self.unmask { "" } else { UNMASK }));
        }
        self.see_clock(status.ahead);
        if let Some(recorder) = &mut self.recorder {
            recorder.at(status.now.earliest, status.now.latest);
        }
        let known = self.standing.entry(first).or_default();
        known.settling = status.settling;
        let mut words = Vec::new();
        let now = session_state(&status);
        if known.standing != now {
            words.push(now.clone());
            known.standing = now;
        }
        let is_streaming = matches!(status.phase, Phase::Streaming | Phase::Stalled);
        if is_streaming && known.filling && !status.filling {
            let lost = std::mem::take(&mut self.lost);
            words.extend(caught_up(status.fetched - known.fetched, lost));
        }
        known.filling = status.filling && (is_streaming || known.filling);
        if !known.filling {
            known.fetched = status.fetched;
        }
        let whose = self.groups.get(first).filter(|_| self.groups.len() > PER_SESSION);
        let whose = whose.map(|group| format!("{group} and others: ")).unwrap_or_default();
        self.notes.extend(words.into_iter().map(|words| format!("note: {whose}{words}")));
    }

    fn flush(&mut self) -> Flush {
        if let Some(recorder) = &mut self.recorder {
            recorder.flush();
            let trouble = recorder.trouble();
            if trouble != self.unrecordable {
                self.notes.push(recording_words(trouble.as_deref()));
                self.unrecordable = trouble;
            }
        }
        while let Some(note) = self.notes.first() {
            match self.sender.try_send(LineOutput::Note(note.clone())) {
                Ok(()) => drop(self.notes.remove(0)),
                Err(TrySendError::Full(_)) => return Flush::Pending,
                Err(TrySendError::Disconnected(_)) => return Flush::Closed,
            }
        }
        let is_watched = self.watched.is_some() && self.rounded.elapsed() >= crate::advice::watch::EVERY;
        if self.digest.records() >= ROUND || is_watched && self.digest.records() > 0 {
            self.next_round();
        }
        let lines = self.digest.witness_mut();
        if lines.is_empty() {
            return Flush::Done;
        }
        let (bytes, count) = lines.take();
        match self.sender.try_send(LineOutput::Lines(bytes)) {
            Ok(()) => Flush::Done,
            Err(TrySendError::Full(LineOutput::Lines(bytes))) => {
                self.digest.witness_mut().put_back(bytes, count);
                Flush::Pending
            }
            Err(_) => Flush::Closed,
        }
    }
}

/// `lost`: not all that was to be read could be.
fn caught_up(count: u64, lost: bool) -> Option<String> {
    let start = if lost { "read what could be read" } else { "caught up" };
    Some(match count {
        0 if lost => return None,
        0 => format!("{start}: no more was found than streams delivered"),
        1 => format!("{start}: 1 record was read that no stream delivered"),
        count => format!("{start}: {count} records were read that no stream delivered"),
    })
}

/// The state of a session, in words that change only when something does.
fn session_state(status: &SessionStatus) -> String {
    let reason = status.trouble.as_ref().map(|trouble| match &trouble.hint {
        Some(hint) => format!(": {}; try: {hint}", trouble.text),
        None => format!(": {}", trouble.text),
    });
    let reason = reason.unwrap_or_default();
    match status.phase {
        Phase::Connecting(0) => "connecting".to_owned(),
        Phase::Connecting(_) | Phase::Waiting { .. } => format!("trying again{reason}"),
        Phase::Streaming if status.trouble.is_some() => {
            format!("live, but what was missed cannot be read{reason}")
        }
        Phase::Streaming => "live".to_owned(),
        Phase::Stalled => "no update for some seconds".to_owned(),
        Phase::Polling(TroubleClass::Denied) => format!("polling, since there is no Live Tail{reason}"),
        Phase::Polling(_) => format!("polling until there is Live Tail again{reason}"),
        Phase::Refused(_) => format!("refused{reason}"),
    }
}

#[cfg(test)]
mod tests;
