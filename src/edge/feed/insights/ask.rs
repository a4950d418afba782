//! All queries, a few at a time: each slice until it is complete.

use std::cell::Cell;
use std::collections::{BTreeMap, VecDeque};
use std::io::Cursor;
use std::rc::Rc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use crossbeam_channel::Sender;
use tokio::task::{JoinSet, LocalSet};
use tokio::time::timeout;

use super::prepare::{GroupScope, PreparedGroups};
use super::query::{QueryOutcome, query};
use super::rows::CountedRows;
use super::slice::Slice;
use super::text::{LIMIT, RestPattern};
use crate::base::figures::{self, number, volume};
use crate::edge::feed::asked::{Answered, AskedProgress, AskedRemark, sentence};
use crate::edge::feed::live::client::Statistics;
use crate::edge::feed::live::request::Stopped;

/// Queries at a time: a Region has 100 for all who ask there, dashboards among them.
const AT_A_TIME: usize = 5;
/// How long those that run are waited for once it was stopped.
const ENDING: Duration = Duration::from_secs(15);
/// How many faults of one input are said.
const SAID: usize = 3;

/// How far a scope has been asked about.
#[derive(Debug)]
struct ScopeProgress {
    scope: GroupScope,
    way: Cell<RestPattern>,
    /// The longest slice that is asked for, in milliseconds: half of one that was too much.
    longest: Cell<i64>,
    /// Nothing more is to be asked of it.
    is_over: Cell<bool>,
    /// Counts did not add up in shorter and shorter slices: it is not for their length, and to ask again is
    /// to pay again.
    is_odd: Cell<bool>,
}

/// A slice of a scope, to be asked for.
#[derive(Clone, Debug)]
struct SliceJob {
    of: Rc<ScopeProgress>,
    slice: Slice,
    /// Whether it broke before.
    is_second: bool,
}

/// What was seen of one input.
#[derive(Debug, Default)]
struct SeenInput {
    faults: Vec<String>,
    queries: u64,
    scanned: u64,
    others: u64,
    /// Whether it was said that something is older than what is kept.
    is_gone: bool,
    /// Whether it was stopped before its end.
    is_cut: bool,
}

/// What is asked, and what came of it.
struct Round<'a> {
    jobs: VecDeque<SliceJob>,
    seen: BTreeMap<usize, SeenInput>,
    told: AskedRemark,
    answers: Sender<Answered>,
    counts: &'a AskedProgress,
    stopped: &'a Stopped,
    is_stopped: bool,
}

impl PreparedGroups {
    /// Asks all, and hands the answers to `answers`, until `stopped`.
    #[must_use]
    pub fn ask(self, answers: Sender<Answered>, counts: &AskedProgress, stopped: &Stopped) -> AskedRemark {
        let Self { runtime, scopes, told, .. } = self;
        let mut jobs = VecDeque::new();
        for scope in scopes {
            let slices = scope.slice.days().into_iter();
            let of = Rc::new(ScopeProgress {
                scope,
                way: Cell::new(RestPattern::Json),
                longest: Cell::new(i64::MAX),
                is_over: Cell::new(false),
                is_odd: Cell::new(false),
            });
            jobs.extend(slices.map(|slice| SliceJob { of: Rc::clone(&of), slice, is_second: false }));
        }
        counts.parts.fetch_add(jobs.len() as u64, Relaxed);
        let seen = BTreeMap::new();
        let round = Round { jobs, seen, told, answers, counts, stopped, is_stopped: false };
        let set = LocalSet::new();
        let told = set.block_on(&runtime, round.run());
        drop(set);
        // Whoever is still being looked for in the DNS is not waited for.
        runtime.shutdown_background();
        told
    }
}

impl Round<'_> {
    async fn run(mut self) -> AskedRemark {
        let mut running = JoinSet::new();
        loop {
            while running.len() < AT_A_TIME
                && let Some(job) = self.next()
            {
                let (way, stopped) = (job.of.way.get(), self.stopped.clone());
                running.spawn_local(async move {
                    let scope = &job.of.scope;
                    let outcome = query(&scope.client, &scope.groups, way, job.slice, &stopped).await;
                    (job, way, outcome)
                });
            }
            let ended = if self.is_stopped {
                // What does not end by then ends with the program.
                timeout(ENDING, running.join_next()).await.unwrap_or_default()
            } else {
                running.join_next().await
            };
            match ended {
                None => break,
                Some(Ok((job, way, outcome))) => self.settle(job, way, outcome),
                Some(Err(error)) => match error.try_into_panic() {
                    Ok(panic) => std::panic::resume_unwind(panic),
                    Err(_) => break,
                },
            }
        }
        self.end()
    }

    /// What is to be asked next, no longer than it should be.
    fn next(&mut self) -> Option<SliceJob> {
        self.is_stopped |= self.stopped.is_now();
        loop {
            if self.is_stopped {
                return None;
            }
            let job = self.jobs.pop_front()?;
            if job.of.is_over.get() {
                continue;
            }
            if job.slice.length() <= job.of.longest.get() || !self.halve(&job, job.slice.halves()) {
                return Some(job);
            }
        }
    }

    /// Has the halves of a slice be asked for; whether there are any.
    fn halve(&mut self, job: &SliceJob, halves: Option<[Slice; 2]>) -> bool {
        let Some(halves) = halves else { return false };
        for slice in halves.into_iter().rev() {
            self.jobs.push_front(SliceJob { of: Rc::clone(&job.of), slice, is_second: false });
        }
        self.counts.parts.fetch_add(1, Relaxed);
        true
    }

    fn seen(&mut self, job: &SliceJob) -> &mut SeenInput {
        self.seen.entry(job.of.scope.input).or_default()
    }

    fn fault(&mut self, job: &SliceJob, why: &str) {
        let slice = job.slice;
        self.seen(job).faults.push(format!("{slice}: {why}"));
    }

    fn scanned(&mut self, job: &SliceJob, bytes: u64) {
        self.counts.scanned.fetch_add(bytes, Relaxed);
        let seen = self.seen(job);
        seen.queries += 1;
        seen.scanned = seen.scanned.saturating_add(bytes);
    }

    fn remark(&mut self, job: &SliceJob, what: &str) {
        let remark = (job.of.scope.input, what.to_owned());
        if !self.told.remarks.contains(&remark) {
            self.told.remarks.push(remark);
        }
    }

    /// Sees what is to be done about what came of a slice.
    fn settle(&mut self, job: SliceJob, way: RestPattern, outcome: QueryOutcome) {
        match outcome {
            QueryOutcome::Counted(counted, statistics) => return self.counted(&job, counted, statistics),
            QueryOutcome::Full(bytes) => {
                self.scanned(&job, bytes);
                shorten(&job);
                self.halve(&job, job.slice.halves());
                return;
            }
            QueryOutcome::TimedOut(bytes) => {
                self.scanned(&job, bytes);
                if self.halve(&job, job.slice.halves()) {
                    return;
                }
                self.fault(&job, "the query took longer than the service lets it take");
            }
            QueryOutcome::Gone if !self.seen(&job).is_gone => {
                self.seen(&job).is_gone = true;
                self.remark(
                    &job,
                    "some of the time asked for is older than the log group, or than what it keeps",
                );
            }
            QueryOutcome::Gone => {}
            QueryOutcome::Malformed(_) if way == RestPattern::Json => {
                job.of.way.set(RestPattern::Names);
                self.remark(
                    &job,
                    "this Logs Insights does not know the functions for JSON: answers were taken out of events by a regular \
                     expression",
                );
                self.jobs.push_front(job);
                return;
            }
            QueryOutcome::Malformed(trouble) | QueryOutcome::Refused(trouble) => {
                if !job.of.is_over.replace(true) {
                    self.fault(&job, &format!("{}; nothing more was asked", sentence(&trouble)));
                }
            }
            QueryOutcome::Failed(_, bytes) if !job.is_second => {
                self.scanned(&job, bytes);
                self.jobs.push_front(SliceJob { is_second: true, ..job });
                return;
            }
            QueryOutcome::Failed(why, bytes) => {
                self.scanned(&job, bytes);
                self.fault(&job, &why);
            }
            QueryOutcome::Stopped(left) => {
                (self.is_stopped, self.seen(&job).is_cut) = (true, true);
                if let Some(left) = left {
                    self.fault(&job, &left);
                }
                return;
            }
        }
        self.counts.done.fetch_add(1, Relaxed);
    }

    /// Hands on what was counted, if that is all there is in the slice.
    fn counted(&mut self, job: &SliceJob, counted: CountedRows, statistics: Statistics) {
        let Statistics { matched, scanned, bytes, .. } = statistics;
        self.scanned(job, bytes);
        let is_full = counted.rows >= LIMIT;
        if is_full || counted.records != matched {
            if is_full {
                shorten(job);
            }
            let halves = match is_full {
                true => job.slice.halves(),
                false if job.of.is_odd.get() => None,
                false => job.slice.doubted(),
            };
            job.of.is_odd.set(job.of.is_odd.get() || !is_full && halves.is_none());
            if self.halve(job, halves) {
                return;
            }
            let why = if is_full {
                let limit = number(LIMIT);
                format!("it has {limit} kinds of records or more, which is all that a query gives")
            } else {
                "the counts of the rows do not add up".to_owned()
            };
            let (records, matched) = (number(counted.records), number(matched));
            self.fault(job, &format!("counted approximately, {records} of {matched} records: {why}"));
        }
        let seen = self.seen(job);
        seen.others = seen.others.saturating_add(scanned.saturating_sub(matched));
        self.counts.done.fetch_add(1, Relaxed);
        if counted.rows > 0 {
            let body = Box::new(Cursor::new(counted.into_bytes()));
            // If nobody reads any more, all ends.
            _ = self.answers.send(Answered { input: job.of.scope.input, body });
        }
    }

    /// What is to be said of it all.
    fn end(mut self) -> AskedRemark {
        for job in std::mem::take(&mut self.jobs) {
            self.seen(&job).is_cut = true;
        }
        let (done, all) = (self.counts.done.load(Relaxed), self.counts.parts.load(Relaxed));
        for (input, mut seen) in self.seen {
            if seen.is_cut {
                seen.faults.insert(0, format!("stopped: {done} of {all} parts were read"));
            }
            if seen.queries > 0 {
                let queries = figures::counted(seen.queries, "query", "queries");
                let words = format!("{queries} scanned {}", volume(seen.scanned));
                self.told.remarks.push((input, words));
            }
            if seen.others > 0 {
                let words = format!(
                    "about {} of other types than A and AAAA were passed over",
                    figures::counted(seen.others, "record", "records")
                );
                self.told.remarks.push((input, words));
            }
            let more = seen.faults.len().saturating_sub(SAID);
            let mut faults = seen.faults;
            faults.truncate(SAID);
            if more > 0 {
                let more = figures::counted(more as u64, "more such part", "more such parts");
                faults.push(format!("and {more}"));
            }
            if !faults.is_empty() {
                self.told.faults.push((input, faults.join("; ")));
            }
        }
        self.told
    }
}

/// Has no slice be asked for that is as long as one that was too much.
fn shorten(job: &SliceJob) {
    let half = (job.slice.length() / 2).saturating_add(1000);
    job.of.longest.set(job.of.longest.get().min(half));
}
