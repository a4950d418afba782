//! The operations of the API that are asked for (Amazon Athena API Reference, version 2017-05-18). What is
//! missing in an answer is empty.

use serde_json::{Value, json};

use crate::edge::feed::aws::access::Reached;
use crate::edge::feed::aws::signed::SignedService;
use crate::edge::feed::aws::signed::json::{Operation, invalid};
use crate::live::trouble::Trouble;

/// An operation by its name, and the IAM action that it needs.
macro_rules! operation {
    ($name:literal) => {
        Operation { target: concat!("AmazonAthena.", $name), action: concat!("athena:", $name) }
    };
}

/// Rows on a page: the most that there may be (`GetQueryResults`, `MaxResults`).
const ROWS: u32 = 1000;

/// Speaks to Athena in one Region.
#[derive(Debug)]
pub(super) struct AthenaClient {
    service: SignedService,
    profile: Option<String>,
}

/// What a workgroup lets its queries do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct WorkGroup {
    pub(super) is_disabled: bool,
    /// A query that scans more bytes is ended (`BytesScannedCutoffPerQuery`).
    pub(super) cutoff: Option<u64>,
}

/// What is known of a table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct TableMetadata {
    /// Names and types of columns.
    pub(super) columns: Vec<(String, String)>,
    /// Names of what it is partitioned by.
    pub(super) partitions: Vec<String>,
    /// Where its objects are.
    pub(super) location: Option<String>,
}

/// The state of a query.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Execution {
    /// `QUEUED`, `RUNNING`, `SUCCEEDED`, `FAILED`, `CANCELLED`.
    pub(super) state: String,
    /// Why it is so.
    pub(super) reason: String,
    /// Bytes that were scanned until now.
    pub(super) scanned: u64,
    /// Where its result is, if it is in a bucket.
    pub(super) output: Option<String>,
}

/// A page of a result.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct ResultPage {
    /// The cells of each row. The first row of the first page has the names of the columns.
    pub(super) rows: Vec<Vec<String>>,
    pub(super) next: Option<String>,
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn some(value: &Value) -> Option<String> {
    Some(text(value)).filter(|text| !text.is_empty())
}

impl AthenaClient {
    pub(super) async fn new(found: &Reached) -> Result<Self, Trouble> {
        let region = found.config.region().map(ToString::to_string).unwrap_or_default();
        let service = SignedService::new(found, "athena", "Athena", &region).await?;
        Ok(Self { service, profile: found.profile.clone() })
    }

    async fn call(&self, operation: Operation, body: Value) -> Result<Value, Trouble> {
        self.service.json(operation, &body, self.profile.as_deref()).await
    }

    pub(super) async fn work_group(&self, name: &str) -> Result<WorkGroup, Trouble> {
        let answer = self.call(operation!("GetWorkGroup"), json!({"WorkGroup": name})).await?;
        let group = &answer["WorkGroup"];
        Ok(WorkGroup {
            is_disabled: group["State"] == "DISABLED",
            cutoff: group["Configuration"]["BytesScannedCutoffPerQuery"].as_u64(),
        })
    }

    pub(super) async fn table(
        &self,
        (catalog, database, table): (&str, &str, &str),
        group: &str,
    ) -> Result<TableMetadata, Trouble> {
        let body =
            json!({"CatalogName": catalog, "DatabaseName": database, "TableName": table, "WorkGroup": group});
        let answer = self.call(operation!("GetTableMetadata"), body).await?;
        let found = &answer["TableMetadata"];
        let list = |key: &str| found[key].as_array().map(Vec::as_slice).unwrap_or_default();
        let columns = list("Columns").iter().map(|column| (text(&column["Name"]), text(&column["Type"])));
        Ok(TableMetadata {
            columns: columns.collect(),
            partitions: list("PartitionKeys").iter().map(|key| text(&key["Name"])).collect(),
            location: some(&found["Parameters"]["location"]),
        })
    }

    /// Starts a query. Returns its id. `token` makes it one query, however often it is asked for.
    pub(super) async fn start(
        &self,
        question: &str,
        (catalog, database): (&str, &str),
        group: &str,
        token: &str,
    ) -> Result<String, Trouble> {
        let body = json!({
            "QueryString": question,
            "QueryExecutionContext": {"Catalog": catalog, "Database": database},
            "WorkGroup": group,
            "ClientRequestToken": token,
        });
        let answer = self.call(operation!("StartQueryExecution"), body).await?;
        some(&answer["QueryExecutionId"]).ok_or_else(|| invalid(self.service.endpoint()))
    }

    pub(super) async fn execution(&self, id: &str) -> Result<Execution, Trouble> {
        let answer = self.call(operation!("GetQueryExecution"), json!({"QueryExecutionId": id})).await?;
        let found = &answer["QueryExecution"];
        let is_managed = found["ManagedQueryResultsConfiguration"]["Enabled"] == true;
        Ok(Execution {
            state: text(&found["Status"]["State"]),
            reason: text(&found["Status"]["StateChangeReason"]),
            scanned: found["Statistics"]["DataScannedInBytes"].as_u64().unwrap_or(0),
            output: some(&found["ResultConfiguration"]["OutputLocation"]).filter(|_| !is_managed),
        })
    }

    pub(super) async fn page(&self, id: &str, token: Option<&str>) -> Result<ResultPage, Trouble> {
        let mut body = json!({"QueryExecutionId": id, "MaxResults": ROWS});
        if let Some(token) = token {
            body["NextToken"] = token.into();
        }
        let answer = self.call(operation!("GetQueryResults"), body).await?;
        let rows = answer["ResultSet"]["Rows"].as_array().map(Vec::as_slice).unwrap_or_default();
        let cells = |row: &Value| {
            let cells = row["Data"].as_array().map(Vec::as_slice).unwrap_or_default();
            cells.iter().map(|cell| text(&cell["VarCharValue"])).collect()
        };
        Ok(ResultPage { rows: rows.iter().map(cells).collect(), next: some(&answer["NextToken"]) })
    }

    pub(super) async fn stop(&self, id: &str) -> Result<(), Trouble> {
        self.call(operation!("StopQueryExecution"), json!({"QueryExecutionId": id})).await.map(drop)
    }
}
