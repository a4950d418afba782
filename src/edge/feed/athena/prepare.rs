//! What there is to be asked: what kind of table it is, how it is partitioned, what the workgroup allows, and
//! about how much will be scanned.

use std::sync::Arc;

use tokio::runtime::Runtime;

use super::api::{AthenaClient, TableMetadata};
use crate::base::moment::Moment;
use crate::edge::feed::asked::{AskedRemark, sentence};
use crate::edge::feed::aws::access::Access;
use crate::edge::feed::s3::{self, Location, sized};
use crate::edge::feed::window::TimeWindow;
use crate::live::trouble::Trouble;
use crate::live::trouble::TroubleClass;
use crate::log::sql::{Dialect, SqlQuestion, Table};

/// The catalog of tables that no other is said of.
const CATALOG: &str = "AwsDataCatalog";
/// How the names of Security Lake's tables begin (Amazon Security Lake User Guide, "Queries for source
/// version 2").
const LAKE: &str = "amazon_security_lake_table_";
/// How the names of catalogs of S3 Tables begin.
const TABLES: &str = "s3tablescatalog";

/// A table, and the workgroup in which it is asked about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AthenaTable {
    /// The number of the input.
    pub input: usize,
    /// The workgroup.
    pub group: String,
    /// The table.
    pub table: Table,
}

/// What is to be asked.
#[derive(Clone, Debug)]
pub struct AthenaRequest {
    /// The tables to ask about, with the numbers of their inputs.
    pub places: Vec<AthenaTable>,
    /// No records before this time.
    pub since: Moment,
    /// No records after this time.
    pub until: Option<Moment>,
    /// What kind of table they are, if somebody says so.
    pub dialect: Option<Dialect>,
    /// As whom, and in which Region.
    pub access: Access,
    /// How objects of S3 are read.
    pub store: s3::S3Access,
}

/// About how much is to be scanned, by what a table's location holds of the time that is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ScanEstimate {
    /// Bytes of objects, packed as they are: what Athena bills.
    pub bytes: u64,
    /// Whether there may be more.
    pub is_least: bool,
}

/// A question that is ready to be asked.
#[derive(Debug)]
pub struct AthenaJob {
    /// The number of the input.
    pub input: usize,
    /// The workgroup.
    pub group: String,
    /// The table.
    pub table: Table,
    /// About how much is to be scanned, if that is known.
    pub scan: Option<ScanEstimate>,
    /// A query that scans more bytes is ended by the workgroup.
    pub cutoff: Option<u64>,
    pub(super) question: String,
    pub(super) client: Arc<AthenaClient>,
    /// Whether it is not known what the table is partitioned by.
    pub(super) is_guessed: bool,
}

/// All that is asked about, found and ready.
#[derive(Debug)]
pub struct PreparedTables {
    /// The questions; what is taken out is not asked.
    pub jobs: Vec<AthenaJob>,
    pub(super) runtime: Runtime,
    pub(super) told: AskedRemark,
    pub(super) store: s3::S3Access,
}

/// Looks at what is asked about. What cannot be asked is told with the rest.
///
/// # Errors
/// If the system gives no means to wait for the network.
pub fn prepare(given: &AthenaRequest) -> std::io::Result<PreparedTables> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let (mut jobs, mut told) = (Vec::new(), AskedRemark::default());
    runtime.block_on(async {
        let client = match given.access.find().await {
            Ok(found) => AthenaClient::new(&found).await.map(Arc::new),
            Err(trouble) => Err(trouble),
        };
        for place in &given.places {
            let job = match &client {
                Ok(client) => job(given, place, client, &mut told).await,
                Err(trouble) => Err(trouble.clone()),
            };
            match job {
                Ok(job) => jobs.push(job),
                Err(trouble) => told.faults.push((place.input, sentence(&trouble))),
            }
        }
    });
    // Listing has a way of its own to wait for the network.
    for job in &mut jobs {
        let Some(location) = job.scanned_at.take() else { continue };
        let window = TimeWindow { since: Some(given.since), until: given.until };
        job.ready.scan = sized(&location, window, &given.store)
            .map(|(bytes, is_all)| ScanEstimate { bytes, is_least: !is_all });
    }
    let jobs = jobs.into_iter().map(|draft| draft.ready).collect();
    Ok(PreparedTables { jobs, runtime, told, store: given.store.clone() })
}

/// The catalog, the database and the name of a table.
pub(super) fn named(table: &Table) -> (&str, &str, &str) {
    match table.parts() {
        [catalog, database, name] => (catalog, database, name),
        [database, name] => (CATALOG, database, name),
        parts => (CATALOG, "default", parts.last().map_or("", String::as_str)),
    }
}

/// A question, and where what it scans is to be listed.
struct QuestionDraft {
    ready: AthenaJob,
    scanned_at: Option<Location>,
}

/// What kind of table it is, by its name and its columns.
fn dialect((catalog, name): (&str, &str), known: &TableMetadata) -> Dialect {
    let has = |column: &str| known.columns.iter().any(|(name, _)| name.eq_ignore_ascii_case(column));
    if name.to_ascii_lowercase().starts_with(LAKE) || has("src_endpoint") && has("time") {
        Dialect::SecurityLake
    } else if catalog.to_ascii_lowercase().starts_with(TABLES) {
        Dialect::S3Tables
    } else {
        Dialect::Athena
    }
}

/// How many bytes a query of the workgroup may scan, if that is bounded and known.
async fn cutoff(client: &AthenaClient, group: &str) -> Result<Option<u64>, Trouble> {
    match client.work_group(group).await {
        Ok(found) if found.is_disabled => {
            Err(Trouble::new(TroubleClass::Refused, format!("the workgroup `{group}` is disabled")))
        }
        Ok(found) => Ok(found.cutoff),
        // Who may ask need not be allowed to look.
        Err(trouble) if trouble.class == TroubleClass::Denied => Ok(None),
        Err(trouble) => Err(trouble),
    }
}

/// What the table of `place` has, if that is known; if not, it is told.
async fn metadata(
    client: &AthenaClient,
    place: &AthenaTable,
    told: &mut AskedRemark,
) -> Result<Option<TableMetadata>, Trouble> {
    match client.table(named(&place.table), &place.group).await {
        Ok(known) => Ok(Some(known)),
        Err(trouble) if trouble.text.contains("EntityNotFound") => Err(trouble),
        Err(trouble) if matches!(trouble.class, TroubleClass::Credentials | TroubleClass::Unreachable) => {
            Err(trouble)
        }
        Err(trouble) => {
            let words = format!(
                "what the table has is not known ({}): it is taken for one with partitions `date` and `vpc`",
                trouble.text
            );
            told.remarks.push((place.input, words));
            Ok(None)
        }
    }
}

async fn job(
    given: &AthenaRequest,
    place: &AthenaTable,
    client: &Arc<AthenaClient>,
    told: &mut AskedRemark,
) -> Result<QuestionDraft, Trouble> {
    let AthenaTable { input, group, table } = place;
    let cutoff = cutoff(client, group).await?;
    let known = metadata(client, place, told).await?;
    let (catalog, _, name) = named(table);
    let dialect = given
        .dialect
        .unwrap_or_else(|| dialect((catalog, name), known.as_ref().unwrap_or(&TableMetadata::default())));
    let has =
        |known: &TableMetadata, name: &str| known.partitions.iter().any(|key| key.eq_ignore_ascii_case(name));
    let is_partitioned = known.as_ref().is_none_or(|known| has(known, "date"));
    if dialect == Dialect::Athena && !is_partitioned {
        let words = "the table has no partition `date`: all of it is scanned, whatever the time asked for";
        told.remarks.push((*input, words.to_owned()));
    }
    let has_interface = known.as_ref().is_some_and(|known| {
        known
            .columns
            .iter()
            .any(|(name, kind)| name == "srcids" && kind.contains("resolver_network_interface"))
    });
    let question = SqlQuestion {
        dialect,
        table: table.clone(),
        since: Some(given.since),
        until: given.until,
        vpcs: Vec::new(),
        accounts: Vec::new(),
        partitioned: is_partitioned,
        interface: has_interface,
    };
    let location =
        known.as_ref().and_then(|known| known.location.as_deref()).filter(|_| dialect == Dialect::Athena);
    let location = location.filter(|text| Location::is_meant(text));
    // Without partitions all of it is scanned: no window narrows that.
    let scanned_at = location.and_then(|text| Location::parse(text).ok()).filter(|_| is_partitioned);
    Ok(QuestionDraft {
        ready: AthenaJob {
            input: *input,
            group: group.clone(),
            table: table.clone(),
            scan: None,
            cutoff,
            question: question.to_string(),
            client: Arc::clone(client),
            is_guessed: known.is_none(),
        },
        scanned_at,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_told_by_its_name_and_its_columns() {
        let with = |columns: &[&str]| TableMetadata {
            columns: columns.iter().map(|name| ((*name).to_owned(), String::new())).collect(),
            ..TableMetadata::default()
        };
        for (catalog, name, columns, is) in [
            (CATALOG, "r53", &["query_name", "answers"][..], Dialect::Athena),
            (CATALOG, "amazon_security_lake_table_us_east_1_route53_2_0", &[], Dialect::SecurityLake),
            (CATALOG, "mine", &["SRC_ENDPOINT", "time", "answers"], Dialect::SecurityLake),
            (
                "s3tablescatalog/aws-cloudwatch",
                "amazon_route53resolver__query",
                &["query_name"],
                Dialect::S3Tables,
            ),
            (CATALOG, "r53", &[], Dialect::Athena),
        ] {
            assert_eq!(dialect((catalog, name), &with(columns)), is, "{name}");
        }
    }
}
