//! An Athena on loopback. It runs no SQL: it looks whether the text is the one that `r53tail sql` prints, and
//! has the rows that such a question comes to. `tests/interop/athena.py` has an engine answer.

use std::sync::{Arc, Mutex, MutexGuard};

use serde_json::{Value, json};

use crate::amazon;

/// A query that was started.
#[derive(Clone, Debug)]
pub(crate) struct Query {
    pub(crate) body: Value,
    pub(crate) is_stopped: bool,
    looks: usize,
}

/// What it is like.
#[derive(Clone, Debug, Default)]
pub(crate) struct State {
    /// The workgroup's limit of bytes.
    pub(crate) cutoff: Option<u64>,
    pub(crate) is_disabled: bool,
    /// What `GetTableMetadata` says.
    pub(crate) table: Value,
    /// Where results are; none for managed ones.
    pub(crate) output: Option<String>,
    /// The rows of every result, the names of the columns first.
    pub(crate) rows: Vec<Vec<String>>,
    /// So often a query is still running.
    pub(crate) running: usize,
    /// How each ends, and why.
    pub(crate) end: (&'static str, &'static str),
    /// Operations that are refused, with code and message.
    pub(crate) refused: Vec<(&'static str, &'static str, &'static str)>,
    pub(crate) queries: Vec<Query>,
    pub(crate) asked: Vec<String>,
}

#[derive(Clone, Debug)]
pub(crate) struct Service {
    pub(crate) address: String,
    state: Arc<Mutex<State>>,
}

impl Service {
    pub(crate) fn new(state: State) -> Self {
        let state = Arc::new(Mutex::new(state));
        let serving = Arc::clone(&state);
        let address = amazon::serve(move |operation, body| {
            serving.lock().expect("nobody panicked").answer(operation, body)
        });
        Self { address, state }
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("nobody panicked")
    }
}

impl State {
    fn answer(&mut self, operation: &str, body: &Value) -> (u16, Value) {
        self.asked.push(operation.to_owned());
        if let Some((_, code, message)) = self.refused.iter().find(|(of, ..)| *of == operation) {
            return amazon::refused(code, message);
        }
        let id = || -> usize { body["QueryExecutionId"].as_str().expect("an id").parse().expect("a number") };
        match operation {
            "GetWorkGroup" => {
                let state = if self.is_disabled { "DISABLED" } else { "ENABLED" };
                let configuration = json!({"BytesScannedCutoffPerQuery": self.cutoff});
                (
                    200,
                    json!({"WorkGroup": {"Name": body["WorkGroup"], "State": state, "Configuration": configuration}}),
                )
            }
            "GetTableMetadata" => (200, json!({"TableMetadata": self.table})),
            "StartQueryExecution" => {
                assert!(body["ClientRequestToken"].as_str().is_some_and(|token| token.len() >= 32));
                self.queries.push(Query { body: body.clone(), is_stopped: false, looks: 0 });
                (200, json!({"QueryExecutionId": (self.queries.len() - 1).to_string()}))
            }
            "GetQueryExecution" => {
                let query = &mut self.queries[id()];
                query.looks += 1;
                let (state, reason) = match query.looks {
                    _ if query.is_stopped => ("CANCELLED", ""),
                    1 if self.running > 0 => ("QUEUED", ""),
                    looks if looks <= self.running => ("RUNNING", ""),
                    _ => self.end,
                };
                let output = self.output.as_ref().map(|output| format!("{output}{}.csv", id()));
                let execution = json!({
                    "Status": {"State": state, "StateChangeReason": reason},
                    "Statistics": {"DataScannedInBytes": query.looks * 1_500_000},
                    "ResultConfiguration": {"OutputLocation": output},
                    "ManagedQueryResultsConfiguration": {"Enabled": self.output.is_none()},
                });
                (200, json!({"QueryExecution": execution}))
            }
            "GetQueryResults" => {
                let most = body["MaxResults"]
                    .as_u64()
                    .and_then(|most| usize::try_from(most).ok())
                    .expect("a number");
                let at: usize = body["NextToken"].as_str().and_then(|token| token.parse().ok()).unwrap_or(0);
                let cell =
                    |text: &String| if text.is_empty() { json!({}) } else { json!({"VarCharValue": text}) };
                let rows = self.rows.iter().skip(at).take(most.min(7));
                let rows: Vec<Value> =
                    rows.map(|row| json!({"Data": row.iter().map(cell).collect::<Vec<_>>()})).collect();
                let next = at + rows.len();
                let next = (next < self.rows.len()).then(|| next.to_string());
                (200, json!({"ResultSet": {"Rows": rows}, "NextToken": next}))
            }
            "StopQueryExecution" => {
                self.queries[id()].is_stopped = true;
                (200, json!({}))
            }
            other => amazon::refused("UnknownOperationException", other),
        }
    }
}
