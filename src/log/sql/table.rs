//! The name of a table, and the text that makes one over the objects of an S3 delivery.

use std::fmt;
use std::str::FromStr;

use super::Creation;
use super::dialect::{Dialect, Engine};

/// The most parts of a name: catalog, database, table.
const PARTS: usize = 3;
/// The longest name that Glue takes ("Database", "Table", AWS Glue API), in bytes.
const LONGEST: usize = 255;
/// The day before which there is no log: Route 53 Resolver query logs began in August 2020.
const FIRST_DAY: &str = "2020/08/01";

/// The name of a table, with database and catalog if need be: parts with dots between, in quotation marks
/// where there is a dot in one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Table(Vec<String>);

/// Why a text is no [`Table`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TableError {
    /// Too many parts, or an empty one, or one that is too long.
    #[error("not a name such as TABLE, DATABASE.TABLE or \"CATALOG\".DATABASE.TABLE")]
    Parts,
    /// A quotation mark without the other one.
    #[error("a quotation mark is missing")]
    Open,
    /// A control character.
    #[error("there is a control character in it")]
    Control,
}

impl FromStr for Table {
    type Err = TableError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.chars().any(char::is_control) {
            return Err(TableError::Control);
        }
        let (mut parts, mut quote) = (vec![String::new()], None);
        for character in text.chars() {
            let part = parts.last_mut().ok_or(TableError::Parts)?;
            match character {
                _ if quote == Some(character) => quote = None,
                '"' | '`' if quote.is_none() && part.is_empty() => quote = Some(character),
                '.' if quote.is_none() => parts.push(String::new()),
                _ => part.push(character),
            }
        }
        let fits = |part: &String| !part.is_empty() && part.len() <= LONGEST;
        match quote {
            Some(_) => Err(TableError::Open),
            None if parts.len() <= PARTS && parts.iter().all(fits) => Ok(Self(parts)),
            None => Err(TableError::Parts),
        }
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join("."))
    }
}

impl Table {
    /// Its parts: the table last, before it the database and the catalog, if they are given.
    #[must_use]
    pub fn parts(&self) -> &[String] {
        &self.0
    }

    /// The name as it is written in a question.
    pub(super) fn quoted(&self, engine: &dyn Engine) -> String {
        let parts: Vec<String> = self.0.iter().map(|part| engine.identifier(part)).collect();
        parts.join(".")
    }

    /// The name as it is written where Athena makes the table: Hive quotes otherwise.
    fn quoted_for_hive(&self) -> String {
        let parts: Vec<String> = self.0.iter().map(|part| format!("`{}`", part.replace('`', "``"))).collect();
        parts.join(".")
    }
}

/// The columns of the log that are text, those before the answers and those after.
const BEFORE: [&str; 9] = [
    "version",
    "account_id",
    "region",
    "vpc_id",
    "query_timestamp",
    "query_name",
    "query_type",
    "query_class",
    "rcode",
];
const BETWEEN: [&str; 3] = ["srcaddr", "srcport", "transport"];
const AFTER: [&str; 3] = ["firewall_rule_action", "firewall_rule_group_id", "firewall_domain_list_id"];
const IDS: [&str; 3] = ["instance", "resolver_endpoint", "resolver_network_interface"];

/// The columns of the log, one a line, where texts, the answers and the ids are of these types.
fn columns(text: &str, answers: &str, ids: &str) -> String {
    let mut all: Vec<String> = BEFORE.iter().map(|name| format!("  {name} {text}")).collect();
    all.push(format!("  answers {answers}"));
    all.extend(BETWEEN.iter().map(|name| format!("  {name} {text}")));
    all.push(format!("  srcids {ids}"));
    all.extend(AFTER.iter().map(|name| format!("  {name} {text}")));
    all.join(",\n")
}

/// The members of a structure.
fn members(names: &[&str], between: &str, kind: &str) -> String {
    let all: Vec<String> = names.iter().map(|name| format!("{name}{between}{kind}")).collect();
    all.join(", ")
}

/// The text that makes the table.
pub(super) fn creation(creation: &Creation) -> String {
    let engine = creation.dialect.engine();
    let name = creation.table.quoted(engine);
    let location = engine.text(&creation.location);
    match creation.dialect {
        Dialect::Spark => {
            let answers = format!("ARRAY<STRUCT<{}>>", members(&["Rdata", "Type", "Class"], ": ", "STRING"));
            let ids = format!("STRUCT<{}>", members(&IDS, ": ", "STRING"));
            let columns = columns("STRING", &answers, &ids);
            format!(
                "CREATE TABLE {name} (\n{columns}\n)\nUSING json\nOPTIONS (path {location}, recursiveFileLookup 'true')\n"
            )
        }
        Dialect::DuckDb => {
            let answers =
                format!("STRUCT({})[]", members(&["\"Rdata\"", "\"Type\"", "\"Class\""], " ", "VARCHAR"));
            let ids = format!("STRUCT({})", members(&IDS, " ", "VARCHAR"));
            let typed = |name: &&str| format!("    {name}: 'VARCHAR'");
            let mut all: Vec<String> = BEFORE.iter().map(typed).collect();
            all.push(format!("    answers: {}", engine.text(&answers)));
            all.extend(BETWEEN.iter().map(typed));
            all.push(format!("    srcids: {}", engine.text(&ids)));
            all.extend(AFTER.iter().map(typed));
            format!(
                "CREATE VIEW {name} AS\nSELECT * FROM read_json({location}, format = 'newline_delimited', columns = {{\n{}\n}})\n",
                all.join(",\n")
            )
        }
        Dialect::ClickHouse => {
            let ids = format!("Tuple({})", members(&IDS, " ", "Nullable(String)"));
            let columns = columns("Nullable(String)", "Nullable(String)", &ids);
            let function = if creation.location.contains("://") { "s3" } else { "file" };
            format!(
                "CREATE VIEW {name} AS\nSELECT * FROM {function}({location}, 'JSONEachRow', {})\nSETTINGS \
                 input_format_json_read_arrays_as_strings = 1, input_format_json_ignore_unknown_keys_in_named_tuple = 1\n",
                engine.text(&columns.replace('\n', "").replace("  ", " "))
            )
        }
        Dialect::Athena | Dialect::SecurityLake | Dialect::S3Tables => athena(creation),
    }
}

/// As AWS documents it ("Use partition projection", Athena User Guide), with the third of the ids of who
/// asked.
fn athena(creation: &Creation) -> String {
    let engine = creation.dialect.engine();
    let answers = format!("array<struct<{}>>", members(&["Rdata", "Type", "Class"], ": ", "string"));
    let columns = columns("string", &answers, &format!("struct<{}>", members(&IDS, ": ", "string")));
    let day = creation.since.map_or_else(|| FIRST_DAY.to_owned(), |since| since.date().replace('-', "/"));
    let location = format!("{}/", creation.location.trim_end_matches('/'));
    let vpcs = engine.text(&creation.vpcs.join(","));
    let template = engine.text(&format!("{location}${{vpc}}/${{date}}"));
    format!(
        "CREATE EXTERNAL TABLE {name} (\n{columns}\n)\nPARTITIONED BY (`date` string, `vpc` string)\n\
         ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe'\nWITH SERDEPROPERTIES ('ignore.malformed.json' = 'true')\n\
         STORED AS INPUTFORMAT 'org.apache.hadoop.mapred.TextInputFormat'\n\
         OUTPUTFORMAT 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat'\nLOCATION {location}\n\
         TBLPROPERTIES (\n  'projection.enabled' = 'true',\n  'projection.vpc.type' = 'enum',\n  \
         'projection.vpc.values' = {vpcs},\n  'projection.date.type' = 'date',\n  \
         'projection.date.range' = '{day},NOW',\n  'projection.date.format' = 'yyyy/MM/dd',\n  \
         'projection.date.interval' = '1',\n  'projection.date.interval.unit' = 'DAYS',\n  \
         'storage.location.template' = {template}\n)\n",
        name = creation.table.quoted_for_hive(),
        location = engine.text(&location),
    )
}
