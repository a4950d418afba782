//! The question for engines that hold the log: text that groups it into weighted records, and text that makes
//! a table of it.
//!
//! One question for all: a row for each set of members that a verdict depends on
//! ([`crate::log::record::RecordGroup`]), with count, first and last. Grouping is the engine's work, judging
//! is not: no address is looked at in it, so there is one set of rules. What differs between engines is a
//! `dialect`.

use std::fmt;

use crate::base::moment::Moment;
use crate::log::observation::ENDINGS;

mod columns;
mod dialect;
mod table;

pub use dialect::Dialect;
pub use table::{Table, TableError};

use columns::{SqlColumns, pruned};
use dialect::Engine;

/// Types whose answers are judged.
const JUDGED: &str = "('A', 'AAAA')";
/// Types of answers that are links of a chain of names.
const CHAIN: &str = "('CNAME', 'DNAME')";
const DAY: i64 = 86_400;

/// What is asked of which table.
#[derive(Clone, Debug)]
pub struct SqlQuestion {
    /// The engine that answers.
    pub dialect: Dialect,
    /// The table.
    pub table: Table,
    /// No records before this time.
    pub since: Option<Moment>,
    /// No records after this time.
    pub until: Option<Moment>,
    /// These VPCs only; all if there is none.
    pub vpcs: Vec<String>,
    /// These accounts only; all if there is none.
    pub accounts: Vec<String>,
    /// The table of Athena has partitions by `date` and `vpc`, as AWS documents it ("Use partition
    /// projection", Athena User Guide).
    pub partitioned: bool,
    /// The table of Athena has `srcids.resolver_network_interface`, which the documented one has not.
    pub interface: bool,
}

/// How a table of the log is made.
#[derive(Clone, Debug)]
pub struct Creation {
    /// The engine that it is made for.
    pub dialect: Dialect,
    /// What it is called.
    pub table: Table,
    /// Where the objects or files are.
    pub location: String,
    /// The VPCs that there are, which partition projection must be told.
    pub vpcs: Vec<String>,
    /// The day of the oldest object.
    pub since: Option<Moment>,
}

/// Why no table can be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CreationError {
    /// AWS makes it.
    #[error("AWS makes the table of {0}: there is none to be made")]
    MadeByAws(Dialect),
    /// Partition projection has to be told what VPCs there are.
    #[error("partition projection has to be told the VPCs: `--vpc`, once for each")]
    NoVpc,
}

impl SqlQuestion {
    /// All that narrows the rows.
    fn conditions(&self, columns: &SqlColumns) -> Vec<String> {
        let engine = self.dialect.engine();
        let list = |values: &[String]| {
            let values: Vec<String> = values.iter().map(|value| engine.text(value)).collect();
            values.join(", ")
        };
        let mut all = Vec::new();
        for (column, values) in [(columns.vpc, &self.vpcs), (columns.account, &self.accounts)] {
            if !values.is_empty() {
                all.push(format!("{column} IN ({})", list(values)));
            }
        }
        for (operator, moment) in [(">=", self.since), ("<=", self.until)] {
            if let Some(moment) = moment {
                all.push(format!("{} {operator} {}", columns.time(engine), columns.moment(moment, engine)));
            }
        }
        let mut pruned = pruned(self, engine);
        if !all.is_empty() {
            // What could not be read is counted, wherever and whenever it was.
            pruned.push(format!("({} OR {})", columns.broken(), all.join(" AND ")));
        }
        pruned
    }
}

/// What one answer is in `own`: its Rdata, if it is of the question's type, else its type with it.
fn answer(engine: &dyn Engine, columns: &SqlColumns, one: &str) -> String {
    let plain = |text: &str| format!("replace(replace({text}, ' ', '_'), '=', '_')");
    let (kind, rdata) = (engine.field(one, columns.kind_of_answer), engine.field(one, columns.rdata));
    let given = |text: &str| plain(&format!("coalesce({text}, '')"));
    format!(
        "CASE WHEN upper({kind}) = upper({asked}) AND {rdata} <> '' THEN {own} ELSE concat({other}, '=', {data}) END",
        asked = columns.kind,
        own = plain(&rdata),
        other = given(&kind),
        data = given(&rdata),
    )
}

/// The columns of the answer, each with what it is: what is grouped by, in order.
fn members(question: &SqlQuestion, columns: &SqlColumns) -> Vec<(&'static str, String)> {
    let engine = question.dialect.engine();
    let kind = columns.kind;
    let is_judged = format!("upper({kind}) IN {JUDGED}");
    let list = engine.answers(columns.answers);
    let kind_of = |one: &str| format!("upper(coalesce({}, ''))", engine.field(one, columns.kind_of_answer));
    let is_chain = |one: &str| format!("{} IN {CHAIN}", kind_of(one));
    let is_other = |one: &str| format!("{} NOT IN {CHAIN}", kind_of(one));
    let own = engine.joined(&engine.filtered(&list, &is_other), &|one| answer(engine, columns, one));
    let mut all = vec![
        ("account_id", columns.account.to_owned()),
        ("region", columns.region.to_owned()),
        ("vpc_id", columns.vpc.to_owned()),
        ("srcids_instance", columns.instance.to_owned()),
        ("srcids_resolver_endpoint", columns.endpoint.to_owned()),
    ];
    if let Some(interface) = columns.interface.filter(|_| question.has_interface()) {
        all.push(("srcids_resolver_network_interface", interface.to_owned()));
    }
    let of_block =
        |id: &str| format!("CASE WHEN upper({}) IN ('BLOCK', 'BLOCKED') THEN {id} END", columns.action);
    // Names of AWS's; which of them count is for whoever reads the counts.
    let lower = |one: &str| format!("lower({})", engine.field(one, columns.rdata));
    let is_target = |one: &str| {
        let is_of_aws = ENDINGS.map(|ending| format!("{} LIKE '%{ending}%'", lower(one))).join(" OR ");
        format!("{} AND {} NOT LIKE '% %' AND ({is_of_aws})", is_chain(one), lower(one))
    };
    // What is no record has neither name nor type.
    let broken = columns.broken();
    let is_named = format!("{is_judged} OR {} IS NOT NULL", columns.endpoint);
    all.extend([
        ("srcaddr", columns.source.to_owned()),
        (
            "query_name",
            format!("CASE WHEN {broken} THEN NULL WHEN {is_named} THEN lower({}) END", columns.name),
        ),
        ("query_type", format!("CASE WHEN {broken} THEN NULL ELSE upper({kind}) END")),
        ("rcode", format!("CASE WHEN {is_judged} THEN upper({}) END", columns.rcode)),
    ]);
    all.extend(
        columns.rcode_id.map(|number| ("rcode_id", format!("CASE WHEN {is_judged} THEN {number} END"))),
    );
    all.extend([
        ("firewall_rule_action", columns.action.to_owned()),
        ("firewall_rule_group_id", of_block(columns.rule_group)),
    ]);
    all.extend(columns.domain_list.map(|list| ("firewall_domain_list_id", of_block(list))));
    all.extend([
        ("own", format!("CASE WHEN {is_judged} THEN {own} END")),
        (
            "cname",
            format!(
                "CASE WHEN upper({kind}) = 'AAAA' THEN {} > 0 END",
                engine.count(&engine.filtered(&list, &is_chain))
            ),
        ),
        (
            "targets",
            format!(
                "CASE WHEN {is_judged} THEN {} END",
                engine.joined(&engine.filtered(&list, &is_target), &|one| lower(one))
            ),
        ),
        ("unknown", columns.unknown(engine, &is_judged)),
    ]);
    all
}

impl fmt::Display for SqlQuestion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let engine = self.dialect.engine();
        let columns = SqlColumns::for_dialect(self.dialect);
        let members = members(self, &columns);
        let names: Vec<&str> = members.iter().map(|(name, _)| *name).collect();
        let names = names.join(", ");
        writeln!(
            f,
            "-- Weighted records: save the result as CSV with its header, and let `r53tail report` read it."
        )?;
        if let Some(remark) = columns.remark {
            writeln!(f, "-- {remark}")?;
        }
        writeln!(f, "SELECT {names},")?;
        let (first, last) = (engine.identifier("first"), engine.identifier("last"));
        writeln!(f, "       count(*) AS n, min(asked) AS {first}, max(asked) AS {last}")?;
        writeln!(f, "FROM (")?;
        for (at, (name, expression)) in members.iter().enumerate() {
            let start = if at == 0 { "  SELECT " } else { "         " };
            writeln!(f, "{start}{expression} AS {name},")?;
        }
        writeln!(f, "         {} AS asked", columns.time(engine))?;
        write!(f, "  FROM {}", self.table.quoted(engine))?;
        for (at, condition) in self.conditions(&columns).iter().enumerate() {
            write!(f, "\n  {} {condition}", if at == 0 { "WHERE" } else { "  AND" })?;
        }
        writeln!(f, "\n) AS records")?;
        writeln!(f, "GROUP BY {names}{}", engine.end())
    }
}

impl SqlQuestion {
    fn has_interface(&self) -> bool {
        self.interface || !matches!(self.dialect, Dialect::Athena)
    }
}

impl Creation {
    /// The text that makes the table.
    ///
    /// # Errors
    /// That there is none to be made, or that something has to be known for it.
    pub fn text(&self) -> Result<String, CreationError> {
        match self.dialect {
            Dialect::Athena if self.vpcs.is_empty() => Err(CreationError::NoVpc),
            Dialect::SecurityLake | Dialect::S3Tables => Err(CreationError::MadeByAws(self.dialect)),
            _ => Ok(table::creation(self)),
        }
    }
}

#[cfg(test)]
mod tests;
