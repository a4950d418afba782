//! The queries, one after the other: each started, looked after until it is over, and its result read.

use std::io::Cursor;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use crossbeam_channel::Sender;
use tokio::time::{Instant, timeout};

use super::api::{Execution, ResultPage};
use super::prepare::{AthenaJob, PreparedTables, named};
use crate::base::figures::volume;
use crate::edge::diagnosis::shown;
use crate::edge::feed::asked::{Answered, AskedProgress, AskedRemark, sentence};
use crate::edge::feed::aws::page_tokens::{PageTokens, TokenCircle};
use crate::edge::feed::live::request::Stopped;
use crate::edge::feed::s3::{self, Location, S3Object};
use crate::live::trouble::Trouble;

/// The first pause between two looks at a query, and the longest.
const LOOKS: [Duration; 2] = [Duration::from_millis(200), Duration::from_secs(3)];
/// How long a query is waited for: longer than Athena lets one run, unless that was raised ("Service Quotas",
/// DML query timeout, 30 minutes).
const LONGEST: Duration = Duration::from_hours(4);
/// How long it may take to end a query.
const ENDING: Duration = Duration::from_secs(10);
/// The most pages of a result: a thousand rows each.
const MOST_PAGES: usize = 100_000;

impl PreparedTables {
    /// Asks all, and hands the answers to `answers`, until `stopped`.
    #[must_use]
    pub fn ask(self, answers: &Sender<Answered>, counts: &AskedProgress, stopped: &Stopped) -> AskedRemark {
        let Self { jobs, runtime, mut told, store } = self;
        counts.parts.fetch_add(jobs.len() as u64, Relaxed);
        runtime.block_on(async {
            for job in jobs {
                if stopped.is_now() {
                    told.faults.push((job.input, "stopped before it was asked".to_owned()));
                    continue;
                }
                let mut asking = Asking { job: &job, store: &store, answers, counts, stopped, scanned: 0 };
                if let Err(why) = asking.all().await {
                    told.faults.push((job.input, why));
                }
                if asking.scanned > 0 {
                    told.remarks.push((job.input, format!("Athena scanned {}", volume(asking.scanned))));
                }
                counts.done.fetch_add(1, Relaxed);
            }
        });
        // Whoever is still being looked for in the DNS is not waited for.
        runtime.shutdown_background();
        told
    }
}

/// One query.
struct Asking<'a> {
    job: &'a AthenaJob,
    store: &'a s3::S3Access,
    answers: &'a Sender<Answered>,
    counts: &'a AskedProgress,
    stopped: &'a Stopped,
    /// Bytes that were scanned until now.
    scanned: u64,
}

impl Asking<'_> {
    async fn all(&mut self) -> Result<(), String> {
        let (catalog, database, _) = named(&self.job.table);
        let (job, token) = (self.job, token());
        let started = job.client.start(&job.question, (catalog, database), &job.group, &token).await;
        let id = started.map_err(|trouble| unstarted(&trouble))?;
        let execution = self.over(&id).await?;
        match execution.state.as_str() {
            "SUCCEEDED" => self.result(&id, execution.output).await,
            state => Err(self.ended(state, &execution.reason)),
        }
    }

    /// Waits until the query is over.
    async fn over(&mut self, id: &str) -> Result<Execution, String> {
        let (begun, [mut look, longest]) = (Instant::now(), LOOKS);
        loop {
            let execution = match self.job.client.execution(id).await {
                Ok(execution) => execution,
                // It would run on, and be billed.
                Err(trouble) => return Err(self.end(id, &sentence(&trouble)).await),
            };
            self.counts.scanned.fetch_add(execution.scanned.saturating_sub(self.scanned), Relaxed);
            self.scanned = self.scanned.max(execution.scanned);
            if !matches!(execution.state.as_str(), "QUEUED" | "RUNNING") {
                return Ok(execution);
            }
            if !self.stopped.pause(look).await {
                return Err(self.end(id, "stopped before it was over").await);
            }
            if begun.elapsed() > LONGEST {
                return Err(self.end(id, "the query was not over after four hours").await);
            }
            look = (look * 2).min(longest);
        }
    }

    /// Ends the query, because of `why`. What is to be said.
    async fn end(&self, id: &str, why: &str) -> String {
        let left = match timeout(ENDING, self.job.client.stop(id)).await {
            Ok(Ok(())) => return format!("{why}; the query was ended"),
            Ok(Err(trouble)) => trouble.text,
            Err(_) => "no answer came in time".to_owned(),
        };
        format!("{why}; the query {} may be running still, and could not be ended: {left}", shown(id))
    }

    /// Why a query that is over has no result.
    fn ended(&self, state: &str, reason: &str) -> String {
        let said = shown(reason);
        if reason.to_ascii_lowercase().contains("bytes scanned limit") {
            let limit = self.job.cutoff.map(|cutoff| format!(" of {}", volume(cutoff))).unwrap_or_default();
            return format!(
                "the workgroup ends queries that scan more than its limit{limit} ({said}); try: less time, or another \
                 workgroup"
            );
        }
        let hint = if self.job.is_guessed && said.contains("COLUMN_NOT_FOUND") {
            "; try: allow the IAM actions `athena:GetTableMetadata` and `glue:GetTable`, so that it is known what the table has"
        } else {
            ""
        };
        let what = if state == "CANCELLED" { "was cancelled" } else { "failed" };
        format!("the query {what} ({said}){hint}")
    }

    /// Has the result be read: the object that it is in, or page by page.
    async fn result(&self, id: &str, output: Option<String>) -> Result<(), String> {
        let location = output.filter(|output| Location::is_meant(output));
        let location = location.and_then(|output| Location::parse(&output).ok());
        let Some(location) = location else { return self.pages(id).await };
        match S3Object::get(&location, self.store) {
            Ok(object) => {
                // If nobody reads any more, all ends.
                _ = self.answers.send(Answered { input: self.job.input, body: Box::new(object) });
                Ok(())
            }
            // Who may not read the bucket may read the pages.
            Err(error) => {
                let why = |other| format!("{other}; and of its object: {error}");
                self.pages(id).await.map_err(why)
            }
        }
    }

    async fn pages(&self, id: &str) -> Result<(), String> {
        let (mut names, mut token, tokens) = (Vec::new(), None::<String>, PageTokens::default());
        for _ in 0..MOST_PAGES {
            let page = self.job.client.page(id, token.as_deref()).await;
            let ResultPage { mut rows, next } = page.map_err(|trouble| sentence(&trouble))?;
            if names.is_empty() && !rows.is_empty() {
                names = rows.remove(0);
            }
            if !rows.is_empty() {
                let body = table(&names, &rows).map_err(|error| error.to_string())?;
                _ = self.answers.send(Answered { input: self.job.input, body: Box::new(Cursor::new(body)) });
            }
            if self.stopped.is_now() && next.is_some() {
                return Err("stopped before all of its result was read".to_owned());
            }
            let next = tokens.follow(next);
            token =
                next.map_err(|TokenCircle| "its result leads to the same page again and again".to_owned())?;
            if token.is_none() {
                return Ok(());
            }
        }
        Err(format!("its result has more than {MOST_PAGES} pages"))
    }
}

/// Rows as CSV, with the names of the columns.
fn table(names: &[String], rows: &[Vec<String>]) -> Result<Vec<u8>, csv::Error> {
    let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
    writer.write_record(names)?;
    for row in rows {
        writer.write_record(row)?;
    }
    writer.into_inner().map_err(|error| error.into_error().into())
}

/// Why a query was not started.
fn unstarted(trouble: &Trouble) -> String {
    if trouble.text.to_ascii_lowercase().contains("output location") {
        return format!(
            "{}; try: a workgroup with a location for results, or with managed results",
            trouble.text
        );
    }
    sentence(trouble)
}

/// Makes a query one, however often its beginning is asked for (`ClientRequestToken`, at least 32
/// characters).
fn token() -> String {
    let part = || getrandom::u64().unwrap_or_default();
    format!("r53tail-{:016x}{:016x}", part(), part())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_become_a_table() {
        let text = |cells: &[&str]| cells.iter().map(|cell| (*cell).to_owned()).collect::<Vec<_>>();
        let written = table(&text(&["a", "b"]), &[text(&["1,2", "say \"x\""]), text(&["", "y\nz"])]).unwrap();
        assert_eq!(String::from_utf8(written).unwrap(), "a,b\n\"1,2\",\"say \"\"x\"\"\"\n,\"y\nz\"\n");
    }

    #[test]
    fn tokens_are_as_long_as_they_have_to_be() {
        let [one, other] = [token(), token()];
        assert!((32..=128).contains(&one.len()) && one != other, "{one} {other}");
    }
}
