//! One query: started, looked after until it is over, read, and ended if nobody wants it any more.

use std::time::Duration;

use tokio::time::{Instant, timeout};

use super::rows::CountedRows;
use super::slice::Slice;
use super::text::{LIMIT, RestPattern, text};
use crate::edge::feed::aws::page_tokens::PageTokens;
use crate::edge::feed::live::client::{LogsClient, QueryState, Results, Statistics};
use crate::edge::feed::live::groups::LogGroupId;
use crate::edge::feed::live::request::Stopped;
use crate::live::trouble::Trouble;
use crate::live::trouble::TroubleClass;

/// Rows on a page: half of what a page may have, since a page is held whole.
const PAGE: i32 = 5000;
/// The first pause between two looks at a query, and the longest.
const LOOKS: [Duration; 2] = [Duration::from_millis(100), Duration::from_secs(2)];
/// No query runs longer than an hour (`GetQueryResults`).
const LONGEST: Duration = Duration::from_mins(65);
/// How long others' queries are waited for: 100 may run in a Region, those of dashboards among them.
const CROWDED: Duration = Duration::from_mins(10);
/// How often something else that may pass is tried.
const TRIES: u32 = 6;
/// How long it may take to end a query.
const ENDING: Duration = Duration::from_secs(5);

/// How a query ended.
#[derive(Debug)]
pub(super) enum QueryOutcome {
    /// All that it found.
    Counted(CountedRows, Statistics),
    /// It has as many rows as a query may have, so that some may be missing: they were not read. With the
    /// bytes that it scanned.
    Full(u64),
    /// It took longer than the service lets it take, with the bytes that it scanned.
    TimedOut(u64),
    /// All of the slice is older than what is kept.
    Gone,
    /// The service does not know the text.
    Malformed(Trouble),
    /// It was not let, or cannot be reached: nothing else will be either.
    Refused(Trouble),
    /// The query failed, or what it returned cannot be right: why, and the bytes that it scanned.
    Failed(String, u64),
    /// Nobody wants it any more. What is said of a query that may be running still.
    Stopped(Option<String>),
}

/// Why a request has no answer.
enum RequestFailure {
    Stopped,
    Trouble(Trouble),
}

impl QueryOutcome {
    fn from_halt(halt: RequestFailure) -> Self {
        match halt {
            RequestFailure::Stopped => Self::Stopped(None),
            // The words are the service's: there is no code for it.
            RequestFailure::Trouble(trouble) if trouble.text.starts_with("MalformedQueryException") => {
                let is_old = ["retention", "creation time"].iter().any(|word| trouble.text.contains(word));
                if is_old { Self::Gone } else { Self::Malformed(trouble) }
            }
            RequestFailure::Trouble(trouble) => Self::Refused(trouble),
        }
    }
}

/// Half a second, and twice as long each time, up to fifteen; less a part that differs from query to query,
/// so that those that were refused together do not come together again.
fn pause(tried: u32) -> Duration {
    let whole = (250_u64 << tried.min(7)).min(15_000);
    let part = getrandom::u32().map_or(0, |random| u64::from(random) % (whole / 2 + 1));
    Duration::from_millis(whole - part)
}

/// Asks until there is an answer, or no hope of one.
async fn patiently<T>(
    stopped: &Stopped,
    call: impl AsyncFn() -> Result<T, Trouble>,
) -> Result<T, RequestFailure> {
    let (begun, mut tried) = (Instant::now(), 0);
    loop {
        let trouble = match call().await {
            Ok(answer) => return Ok(answer),
            Err(trouble) => trouble,
        };
        tried += 1;
        let is_hopeful = match trouble.class {
            TroubleClass::Throttled => begun.elapsed() < CROWDED,
            TroubleClass::Passing | TroubleClass::Unreachable | TroubleClass::Held => tried < TRIES,
            TroubleClass::Denied | TroubleClass::Credentials | TroubleClass::Refused => false,
        };
        if !is_hopeful {
            return Err(RequestFailure::Trouble(trouble));
        }
        if !stopped.pause(pause(tried)).await {
            return Err(RequestFailure::Stopped);
        }
    }
}

/// Asks `client` for `slice` of `groups`.
pub(super) async fn query(
    client: &LogsClient,
    groups: &[LogGroupId],
    way: RestPattern,
    slice: Slice,
    stopped: &Stopped,
) -> QueryOutcome {
    let text = text(way, slice);
    // Whatever is inside of the last second is let through by the filter or not.
    let seconds = (slice.from, crate::base::moment::Moment(slice.until.0.saturating_add(999)));
    let id = match patiently(stopped, async || client.start_query(groups, &text, seconds).await).await {
        Ok(id) => id,
        Err(halt) => return QueryOutcome::from_halt(halt),
    };
    match over(client, &id, stopped).await {
        Ok(QueryEnd::Complete(statistics)) if statistics.rows >= LIMIT && slice.halves().is_some() => {
            QueryOutcome::Full(statistics.bytes)
        }
        Ok(QueryEnd::Complete(statistics)) => match read(client, &id, stopped).await {
            Ok(counted) if counted.rows > 2 * LIMIT => {
                QueryOutcome::Failed("more rows came than were asked for".to_owned(), statistics.bytes)
            }
            Ok(counted) => QueryOutcome::Counted(counted, statistics),
            Err(halt) => QueryOutcome::from_halt(halt),
        },
        Ok(QueryEnd::Other(outcome)) => outcome,
        Ok(QueryEnd::Endless(bytes)) => {
            end(client, &id).await;
            QueryOutcome::TimedOut(bytes)
        }
        Err(halt) => {
            // It would run on, and be billed.
            let left = end(client, &id).await;
            match (QueryOutcome::from_halt(halt), left) {
                (QueryOutcome::Stopped(_), left) => QueryOutcome::Stopped(left),
                (QueryOutcome::Refused(mut trouble), Some(left)) => {
                    trouble.text = format!("{}; {left}", trouble.text);
                    QueryOutcome::Refused(trouble)
                }
                (outcome, _) => outcome,
            }
        }
    }
}

/// How a query was over.
enum QueryEnd {
    Complete(Statistics),
    Other(QueryOutcome),
    /// It was not, and should have been. With the bytes that it scanned.
    Endless(u64),
}

async fn over(client: &LogsClient, id: &str, stopped: &Stopped) -> Result<QueryEnd, RequestFailure> {
    let (begun, [mut look, longest]) = (Instant::now(), LOOKS);
    loop {
        // A row will do: all that is wanted is the state.
        let results =
            patiently(stopped, async || client.query_results(id, 1, None, &PageTokens::default()).await)
                .await?;
        let bytes = results.statistics.bytes;
        return Ok(match results.status {
            QueryState::Complete => QueryEnd::Complete(results.statistics),
            QueryState::Timeout => QueryEnd::Other(QueryOutcome::TimedOut(bytes)),
            QueryState::Failed => QueryEnd::Other(QueryOutcome::Failed("the query failed".to_owned(), bytes)),
            QueryState::Cancelled => QueryEnd::Other(QueryOutcome::Failed(
                "the query was cancelled, not by r53tail".to_owned(),
                bytes,
            )),
            QueryState::Running if begun.elapsed() > LONGEST => QueryEnd::Endless(bytes),
            QueryState::Running => {
                if !stopped.pause(look).await {
                    return Err(RequestFailure::Stopped);
                }
                look = (look * 2).min(longest);
                continue;
            }
        });
    }
}

/// Reads all pages of a query that is complete.
async fn read(client: &LogsClient, id: &str, stopped: &Stopped) -> Result<CountedRows, RequestFailure> {
    let (mut counted, mut token, tokens) = (CountedRows::default(), None, PageTokens::default());
    loop {
        let page = async || client.query_results(id, PAGE, token.clone(), &tokens).await;
        let Results { rows, next, .. } = patiently(stopped, page).await?;
        // A page without rows, and with another after it, would lead on for ever.
        token = next.filter(|_| !rows.is_empty());
        for row in rows {
            counted.take(row);
        }
        if token.is_none() || counted.rows > 2 * LIMIT {
            return Ok(counted);
        }
    }
}

/// Ends a query. What is to be said if it may be running still.
async fn end(client: &LogsClient, id: &str) -> Option<String> {
    let why = match timeout(ENDING, client.stop_query(id)).await {
        Ok(Ok(())) => return None,
        Ok(Err(trouble)) => trouble.text,
        Err(_) => "no answer came in time".to_owned(),
    };
    Some(format!(
        "the query {} may be running still, and could not be ended: {why}",
        crate::base::visible::visible(id)
    ))
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use tokio::time::sleep;

    use super::*;
    use crate::edge::feed::live::request::Stop;

    /// How often something was asked that is always refused so, and for how long.
    async fn refused(class: TroubleClass, stopped: &Stopped) -> (u32, Duration, Option<Trouble>) {
        let (asked, begun) = (Cell::new(0), Instant::now());
        let answer = patiently(stopped, async || {
            asked.set(asked.get() + 1);
            Err::<(), _>(Trouble::new(class, "no"))
        });
        let trouble = match answer.await {
            Ok(()) => panic!("it is always refused"),
            Err(RequestFailure::Stopped) => None,
            Err(RequestFailure::Trouble(trouble)) => Some(trouble),
        };
        (asked.get(), begun.elapsed(), trouble)
    }

    #[tokio::test(start_paused = true)]
    async fn others_are_waited_for_and_not_for_ever() {
        let (_stop, stopped) = Stop::new();
        let (asked, waited, trouble) = refused(TroubleClass::Throttled, &stopped).await;
        assert!(trouble.is_some());
        assert!((CROWDED..CROWDED + Duration::from_secs(15)).contains(&waited), "{waited:?}");
        assert!((40..120).contains(&asked), "{asked}");
        let (asked, waited, _) = refused(TroubleClass::Unreachable, &stopped).await;
        assert!(asked == TRIES && waited < Duration::from_mins(1), "{asked} in {waited:?}");
        for class in [TroubleClass::Denied, TroubleClass::Credentials, TroubleClass::Refused] {
            let (asked, waited, trouble) = refused(class, &stopped).await;
            assert_eq!(
                (asked, waited, trouble.map(|trouble| trouble.class)),
                (1, Duration::ZERO, Some(class))
            );
        }
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_waits_hears_of_the_end() {
        let (stop, stopped) = Stop::new();
        let (ended, ()) = tokio::join!(refused(TroubleClass::Throttled, &stopped), async {
            sleep(Duration::from_mins(1)).await;
            stop.now();
        });
        let (_, waited, trouble) = ended;
        assert_eq!((waited, trouble), (Duration::from_mins(1), None));
    }
}
