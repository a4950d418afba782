//! The operations of Logs Insights: `StartQuery`, `GetQueryResults`, `StopQuery`. None is tried again here:
//! how long to wait for others' queries is up to whoever asks.

use std::collections::BTreeMap;

use aws_sdk_cloudwatchlogs as logs;
use logs::config::retry::RetryConfig;
use logs::types::QueryStatus;

use super::{LogsClient, stuck};
use crate::base::moment::Moment;
use crate::edge::feed::aws::page_tokens::{PageTokens, TokenCircle};
use crate::edge::feed::aws::tried::Tried;
use crate::edge::feed::live::groups::LogGroupId;
use crate::live::trouble::Trouble;
use crate::live::trouble::TroubleClass;

/// The state of a query.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::edge::feed) enum QueryState {
    /// It waits, or runs.
    Running,
    /// It is over, and its results are there.
    Complete,
    Failed,
    Cancelled,
    /// It took longer than the service lets a query take.
    Timeout,
}

/// What a query found and looked at, so far (`QueryStatistics`; numbers that make no sense are 0).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::edge::feed) struct Statistics {
    /// Records that its filters let through.
    pub(in crate::edge::feed) matched: u64,
    /// Records that were looked at.
    pub(in crate::edge::feed) scanned: u64,
    /// Bytes of those: what is billed.
    pub(in crate::edge::feed) bytes: u64,
    /// Rows on all pages together.
    pub(in crate::edge::feed) rows: u64,
}

/// A page of what a query found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::edge::feed) struct Results {
    pub(in crate::edge::feed) status: QueryState,
    pub(in crate::edge::feed) statistics: Statistics,
    /// The fields of each row; those without a value are not there.
    pub(in crate::edge::feed) rows: Vec<BTreeMap<String, String>>,
    /// The token of the next page; `None` if this was the last.
    pub(in crate::edge::feed) next: Option<String>,
}

fn once() -> logs::config::Builder {
    logs::config::Builder::new().retry_config(RetryConfig::disabled())
}

impl LogsClient {
    /// Starts a query over the seconds from that of `from` to that of `until`, both included. Returns its id.
    ///
    /// # Errors
    /// If the service does not start it.
    pub(in crate::edge::feed) async fn start_query(
        &self,
        groups: &[LogGroupId],
        text: &str,
        (from, until): (Moment, Moment),
    ) -> Result<String, Trouble> {
        let tried = Tried::default();
        let attempt = self.attempt("logs:StartQuery", &tried);
        let request = self
            .logs
            .start_query()
            .set_log_group_identifiers(Some(groups.iter().map(|group| group.arn.clone()).collect()))
            .start_time(from.second())
            .end_time(until.second())
            .query_string(text)
            .customize()
            .interceptor(tried.clone())
            .config_override(once());
        let started = request.send().await.map_err(|error| Trouble::from_error(&error, attempt))?;
        Ok(started.query_id.unwrap_or_default())
    }

    /// The state of the query `id`, and at most `most` rows of what it found; `tokens` are those of its
    /// pages.
    ///
    /// # Errors
    /// If the service does not say.
    pub(in crate::edge::feed) async fn query_results(
        &self,
        id: &str,
        most: i32,
        token: Option<String>,
        tokens: &PageTokens,
    ) -> Result<Results, Trouble> {
        let tried = Tried::default();
        let attempt = self.attempt("logs:GetQueryResults", &tried);
        let request = self.logs.get_query_results().query_id(id).max_items(most);
        let request = request.set_next_token(token).customize().interceptor(tried.clone());
        let page = request.config_override(once()).send().await;
        let page = page.map_err(|error| Trouble::from_error(&error, attempt))?;
        let next = tokens.follow(page.next_token).map_err(|TokenCircle| Trouble {
            class: TroubleClass::Refused,
            ..stuck("logs:GetQueryResults", &tried)
        })?;
        let rows = page.results.unwrap_or_default().into_iter().map(|row| {
            let cells = row.into_iter().filter_map(|cell| Some((cell.field?, cell.value?)));
            cells.collect()
        });
        Ok(Results {
            status: match page.status {
                Some(QueryStatus::Complete) => QueryState::Complete,
                Some(QueryStatus::Failed) => QueryState::Failed,
                Some(QueryStatus::Cancelled) => QueryState::Cancelled,
                Some(QueryStatus::Timeout) => QueryState::Timeout,
                // `Scheduled`, `Running`, `Unknown`, and what later versions may add.
                _ => QueryState::Running,
            },
            statistics: page.statistics.map(|found| statistics(&found)).unwrap_or_default(),
            rows: rows.collect(),
            next,
        })
    }

    /// Ends the query `id`.
    ///
    /// # Errors
    /// If the service does not end it; one that is over cannot be ended either.
    pub(in crate::edge::feed) async fn stop_query(&self, id: &str) -> Result<(), Trouble> {
        let tried = Tried::default();
        let attempt = self.attempt("logs:StopQuery", &tried);
        let request = self.logs.stop_query().query_id(id).customize().interceptor(tried.clone());
        let stopped = request.config_override(once()).send().await;
        stopped.map(drop).map_err(|error| Trouble::from_error(&error, attempt))
    }
}

fn statistics(found: &logs::types::QueryStatistics) -> Statistics {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "what is no number becomes 0, what is too large the largest"
    )]
    let count = |number: f64| number as u64;
    Statistics {
        matched: count(found.records_matched),
        scanned: count(found.records_scanned),
        bytes: count(found.bytes_scanned),
        rows: count(found.result_count),
    }
}
