//! What comes, in batches for the console.
//!
//! The reader of a stream never waits for the console: what it has no room for stays in the current batch.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, TrySendError};

use super::groups::{LogGroupId, Unfollowed};
use super::recorder::Recorder;
use super::tail::{Consumer, Flush, SessionStatus};
use crate::base::moment::Moment;
use crate::base::saturating::SaturatingInto as _;
use crate::console::{Batch, Collector, InputId, Message, TapeChunk};
use crate::digest::{Digest, Terms};
use crate::fleet::Loss;
use crate::live::session::Phase;
use crate::live::status::{Arrivals, Followed, LiveSession, LiveStatus, LogGroup, Reading};
use crate::live::time::after;
use crate::log::envelope::{Envelope, RecordPlace, Sink};
use crate::log::note::{Note, logged};
use crate::log::record::{ColumnNames, Malformed, Record};

/// How long what came is gathered before it is handed on.
const GATHER: Duration = Duration::from_millis(100);
/// How often the console is told the state of the sessions, if nothing else changes.
const BEAT: Duration = Duration::from_secs(1);
/// While the console takes nothing, this much of the newest is kept record by record; the rest only counts.
const UNTAKEN: usize = 128 << 20;

/// Takes records, judges them, and hands batches on to the console.
///
/// All log groups share one numbering of bytes: that of the recording, if there is one. So the place of a
/// record is the same on the tape and in the recording, until the recording misses one
/// ([`Batches::recorded`]).
#[derive(Debug)]
pub struct Batches {
    console: Sender<Message>,
    terms: Terms,
    digest: Digest<Collector>,
    raw: Vec<u8>,
    /// Bytes before those in `raw`.
    offset: u64,
    /// Whether anything came since the last batch.
    fresh: bool,
    /// A batch that the console had no room for.
    waiting: Option<Box<Batch>>,
    gathered: Instant,
    recorder: Option<Recorder>,
    /// What somebody at the console notes, to be recorded.
    notes: Receiver<Note>,
    recorded: Arc<AtomicU64>,
    followed: Followed,
    /// Who waits to be told what is followed; they see that nothing is if it is dropped.
    ready: Option<Sender<Followed>>,
    /// Log groups that cannot be followed, of which the console was not told yet.
    remarks: Vec<Unfollowed>,
    sessions: Vec<LiveSession>,
    /// The service's time, and when that was; `None` until there is a session.
    time: Option<(Moment, Instant)>,
    /// How far the clock of this machine is ahead of it, if that is worth a word.
    ahead: Option<i64>,
    came: Vec<Arrivals>,
    /// The state that the console was told last, and when that was.
    told: Option<(LiveStatus, Instant)>,
}

impl Batches {
    /// For `console`. What is followed, `followed` with the log groups, is told through `ready` once they are
    /// found. What comes through `notes` is recorded, if anything is.
    #[must_use]
    pub fn new(
        console: Sender<Message>,
        terms: &Terms,
        followed: Followed,
        ready: Sender<Followed>,
        recorder: Option<Recorder>,
        notes: Receiver<Note>,
    ) -> Self {
        Self {
            console,
            terms: terms.clone(),
            digest: Digest::new(terms, Collector::new(InputId(0))),
            raw: Vec::new(),
            offset: 0,
            fresh: false,
            waiting: None,
            gathered: Instant::now(),
            recorder,
            notes,
            recorded: Arc::new(AtomicU64::new(u64::MAX)),
            followed,
            ready: Some(ready),
            remarks: Vec::new(),
            sessions: Vec::new(),
            time: None,
            ahead: None,
            came: Vec::new(),
            told: None,
        }
    }

    /// Up to where places are those of the recording.
    #[must_use]
    pub fn recorded(&self) -> Arc<AtomicU64> {
        Arc::clone(&self.recorded)
    }

    /// Gives up what the console was not handed, and the recorder.
    #[must_use]
    pub fn finish(mut self) -> (Batch, Option<Recorder>) {
        self.take_notes();
        self.cut();
        (self.waiting.map_or_else(Batch::default, |batch| *batch), self.recorder)
    }

    fn take_notes(&mut self) {
        while let Ok(note) = self.notes.try_recv() {
            self.note(&note);
        }
    }

    /// Records a note. What follows it in the recording moves on by its length.
    fn note(&mut self, note: &Note) {
        let Some(recorder) = &mut self.recorder else { return };
        // One that is not recorded is not in the numbering of bytes either.
        if let Some(line) = recorder.note(note) {
            self.raw.extend_from_slice(line.as_bytes());
            self.raw.push(b'\n');
        }
    }

    /// Puts what came since into the batch that waits.
    fn cut(&mut self) {
        if !std::mem::take(&mut self.fresh) {
            return;
        }
        let new = Digest::new(&self.terms, Collector::new(InputId(0)));
        let digest = std::mem::replace(&mut self.digest, new);
        let bytes: Box<[u8]> = std::mem::take(&mut self.raw).into();
        let offset = self.offset;
        self.offset += bytes.len() as u64;
        let raw = (!bytes.is_empty()).then_some(TapeChunk { input: None, offset, bytes });
        let batch = Batch::from_digest(digest, raw);
        match &mut self.waiting {
            Some(waiting) => waiting.absorb(batch),
            None => self.waiting = Some(Box::new(batch)),
        }
        if let Some(waiting) = &mut self.waiting
            && waiting.timeline.memory() > UNTAKEN
        {
            waiting.timeline.forget_oldest(&waiting.fleet);
        }
    }

    /// Tells the console the state of the sessions, if that is news, and if it has room: the next message
    /// says it, too.
    fn send_status(&mut self) -> Result<(), ()> {
        while let Some(other) = self.remarks.last() {
            // The sentence names the log group, as the pseudonym of its name would not.
            let what = match &self.terms.redaction {
                None => format!("{other}; try: {}", other.instead()),
                Some(_) => {
                    format!("a log group is of class {}, which Live Tail does not follow", other.class)
                }
            };
            match self.console.try_send(Message::Remark { input: String::new(), what }) {
                Ok(()) => drop(self.remarks.pop()),
                Err(TrySendError::Full(_)) => return Ok(()),
                Err(TrySendError::Disconnected(_)) => return Err(()),
            }
        }
        let unrecorded = self.recorder.as_ref().map(Recorder::missed);
        let (sessions, groups) = (self.sessions.clone(), self.came.clone());
        let Some((at, since)) = self.time else { return Ok(()) };
        let at = after(at, since.elapsed());
        let unrecordable = self.recorder.as_ref().and_then(Recorder::trouble);
        let status = LiveStatus { at, ahead: self.ahead, sessions, groups, unrecorded, unrecordable };
        let is_news = self.told.as_ref().is_none_or(|(told, when)| {
            let way = |status: &LiveStatus| {
                let sessions = status.sessions.iter();
                let ways =
                    sessions.map(|session| (session.reading, session.filling, session.trouble.is_some()));
                (ways.collect::<Vec<_>>(), status.ahead.is_some(), status.unrecordable.is_some())
            };
            when.elapsed() >= BEAT || way(told) != way(&status)
        });
        if !is_news {
            return Ok(());
        }
        match self.console.try_send(Message::Live(Box::new(status.clone()))) {
            Ok(()) => self.told = Some((status, Instant::now())),
            Err(TrySendError::Full(_)) => {}
            Err(TrySendError::Disconnected(_)) => return Err(()),
        }
        Ok(())
    }
}

impl Consumer for Batches {
    fn found(&mut self, groups: &[LogGroupId]) {
        let group = |group: &LogGroupId| LogGroup {
            name: group.name().to_owned(),
            region: group.region().to_owned(),
            account: group.account().to_owned(),
        };
        self.followed.groups = groups.iter().map(group).collect();
        self.came = vec![Arrivals::default(); groups.len()];
        // Whoever waits for this waits only once; if nobody does any more, that shows later.
        if let Some(ready) = self.ready.take() {
            _ = ready.try_send(self.followed.clone());
        }
    }

    fn passed_over(&mut self, other: &Unfollowed) {
        self.remarks.push(other.clone());
    }

    fn record(&mut self, group: usize, message: &str) {
        let offset = self.offset + self.raw.len() as u64;
        let length = message.len() as u64;
        let message = &*logged(message);
        // With pseudonyms the text of the log is kept nowhere; and what nobody knows the parts of is neither
        // kept nor recorded.
        let pseudonymous = self.terms.redaction.as_ref().map(|redaction| {
            redaction.raw(message.as_bytes()).and_then(|raw| String::from_utf8(raw).ok()).unwrap_or_default()
        });
        let text = pseudonymous.as_deref().unwrap_or(message);
        if !text.is_empty() {
            if self.recorder.as_mut().is_some_and(|recorder| !recorder.take(text)) {
                self.recorded.fetch_min(offset, Ordering::Relaxed);
            }
            self.raw.extend_from_slice(text.as_bytes());
            self.raw.push(b'\n');
        }
        if let Some(came) = self.came.get_mut(group) {
            came.records += 1;
            came.bytes += length;
        }
        self.fresh = true;
        let input = InputId(group.saturating_into());
        self.digest.witness_mut().turn_to(input);
        let whole = message.as_bytes();
        if pseudonymous.is_some() {
            // It is where its pseudonymous text is, if it has one.
            let place = match u32::try_from(text.len()) {
                Ok(length @ 1..) => RecordPlace { offset, length },
                _ => RecordPlace { offset: u64::MAX, length: 0 },
            };
            if self.digest.unwrapped(whole, place) != Some(whole.len()) {
                Envelope::default().scan(whole, true, &mut Placed { digest: &mut self.digest, place });
            }
        } else if self.digest.canonical(whole, offset) != Some(whole.len()) {
            Envelope::resume(offset).scan(whole, true, &mut self.digest);
        }
    }

    fn lost(&mut self, loss: Loss) {
        self.fresh = true;
        loss.notes().for_each(|note| self.note(&note));
        self.digest.tally_mut().loss.absorb(&loss);
    }

    fn status(&mut self, first: usize, status: SessionStatus) {
        let redaction = self.terms.redaction.as_deref();
        let trouble = status.trouble.map(|trouble| trouble.redacted(redaction));
        let status = SessionStatus { trouble, ..status };
        self.time = Some((status.now.earliest, Instant::now()));
        self.ahead = status.ahead;
        if let Some(recorder) = &mut self.recorder {
            recorder.at(status.now.earliest, status.now.latest);
        }
        let session = session(first, status);
        match self.sessions.binary_search_by_key(&first, |known| known.first) {
            Ok(at) => self.sessions[at] = session,
            Err(at) => self.sessions.insert(at, session),
        }
        // A session goes up to where the next one begins.
        let mut end = self.came.len();
        for session in self.sessions.iter_mut().rev() {
            session.count = end.saturating_sub(session.first);
            end = session.first;
        }
    }

    fn flush(&mut self) -> Flush {
        self.take_notes();
        if let Some(recorder) = &mut self.recorder {
            recorder.flush();
        }
        if self.send_status().is_err() {
            return Flush::Closed;
        }
        if !self.fresh && self.waiting.is_none() {
            return Flush::Done;
        }
        if self.gathered.elapsed() < GATHER {
            return Flush::Pending;
        }
        self.gathered = Instant::now();
        self.cut();
        let Some(batch) = self.waiting.take() else { return Flush::Done };
        match self.console.try_send(Message::Batch(batch)) {
            Ok(()) => Flush::Done,
            Err(TrySendError::Full(Message::Batch(batch))) => {
                self.waiting = Some(batch);
                Flush::Pending
            }
            Err(_) => Flush::Closed,
        }
    }
}

/// What a message holds, all of it at one place.
struct Placed<'d> {
    digest: &'d mut Digest<Collector>,
    place: RecordPlace,
}

impl Sink for Placed<'_> {
    fn canonical(&mut self, bytes: &[u8], _: u64) -> Option<usize> {
        self.digest.unwrapped(bytes, self.place)
    }

    fn record(&mut self, record: &Record<'_>, _: RecordPlace) {
        self.digest.record(record, self.place);
    }

    fn columns(&self) -> Option<Arc<ColumnNames>> {
        self.digest.columns()
    }

    fn malformed(&mut self, why: Malformed, sample: &[u8], _: RecordPlace) {
        self.digest.malformed(why, sample, self.place);
    }
}

/// The state of a session, as the console has it.
fn session(first: usize, status: SessionStatus) -> LiveSession {
    LiveSession {
        first,
        count: 0,
        reading: match status.phase {
            Phase::Connecting(_) => Reading::Connecting,
            Phase::Streaming => Reading::Streaming,
            Phase::Stalled => Reading::Stalled,
            Phase::Waiting { until, .. } => {
                Reading::Waiting(after(status.now.earliest, until.saturating_sub(status.now.elapsed)))
            }
            Phase::Polling(_) => Reading::Polling,
            Phase::Refused(_) => Reading::Refused,
        },
        filling: status.filling,
        trouble: status.trouble,
        reconnects: status.reconnects,
        minutes: status.minutes,
        records: status.records,
        fetched: status.fetched,
        newest: status.newest,
        settling: status.settling,
    }
}

#[cfg(test)]
mod tests;
