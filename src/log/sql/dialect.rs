//! What differs between engines: how lists are gone through, how texts and names are quoted.

use std::fmt;

/// An engine, and the table of the log that it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// Athena (engine version 3, Trino) on the objects of an S3 delivery.
    Athena,
    /// Athena on the table of Security Lake.
    SecurityLake,
    /// Athena on the table that CloudWatch keeps in S3 Tables.
    S3Tables,
    /// Spark: EMR, Glue.
    Spark,
    /// `DuckDB`.
    DuckDb,
    /// `ClickHouse`.
    ClickHouse,
}

impl Dialect {
    /// Every dialect.
    pub const ALL: [Self; 6] =
        [Self::Athena, Self::SecurityLake, Self::S3Tables, Self::Spark, Self::DuckDb, Self::ClickHouse];

    /// Its name on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Athena => "athena",
            Self::SecurityLake => "security-lake",
            Self::S3Tables => "s3-tables",
            Self::Spark => "spark",
            Self::DuckDb => "duckdb",
            Self::ClickHouse => "clickhouse",
        }
    }

    pub(super) fn engine(self) -> &'static dyn Engine {
        match self {
            Self::Athena | Self::SecurityLake | Self::S3Tables => &Trino,
            Self::Spark => &Spark,
            Self::DuckDb => &DuckDb,
            Self::ClickHouse => &ClickHouse,
        }
    }
}

impl fmt::Display for Dialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// An expression over one element of a list, by what the element is called.
pub(super) type Each<'e> = &'e dyn Fn(&str) -> String;

/// What one engine does in its own way. What it does like most is here.
pub(super) trait Engine {
    /// A name, quoted.
    fn identifier(&self, name: &str) -> String {
        format!("\"{}\"", name.replace('"', "\"\""))
    }

    /// A text, quoted.
    fn text(&self, text: &str) -> String {
        format!("'{}'", text.replace('\'', "''"))
    }

    /// A value as text.
    fn as_text(&self, value: &str) -> String {
        format!("CAST({value} AS varchar)")
    }

    /// The list of answers.
    fn answers(&self, column: &str) -> String {
        column.to_owned()
    }

    /// A field of a structure.
    fn field(&self, structure: &str, name: &str) -> String {
        format!("{structure}.{name}")
    }

    /// Whether there is something in the place of the answers that is no list, if that can be.
    fn unreadable(&self, _column: &str) -> Option<String> {
        None
    }

    /// The elements of `list` for which `holds`.
    fn filtered(&self, list: &str, holds: Each<'_>) -> String {
        format!("filter({list}, a -> {})", holds("a"))
    }

    /// `each` of the elements of `list`, each once and sorted, with a blank between.
    fn joined(&self, list: &str, each: Each<'_>) -> String {
        format!("array_join(array_sort(array_distinct(transform({list}, a -> {}))), ' ')", each("a"))
    }

    /// How many elements `list` has.
    fn count(&self, list: &str) -> String {
        format!("cardinality({list})")
    }

    /// The text after the question; empty in most dialects.
    fn end(&self) -> &'static str {
        ""
    }
}

/// Trino, which Athena is.
struct Trino;

impl Engine for Trino {}

struct Spark;

impl Engine for Spark {
    fn identifier(&self, name: &str) -> String {
        format!("`{}`", name.replace('`', "``"))
    }

    fn text(&self, text: &str) -> String {
        format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"))
    }

    fn count(&self, list: &str) -> String {
        format!("size({list})")
    }
}

struct DuckDb;

impl Engine for DuckDb {
    fn filtered(&self, list: &str, holds: Each<'_>) -> String {
        format!("list_filter({list}, lambda a: {})", holds("a"))
    }

    fn joined(&self, list: &str, each: Each<'_>) -> String {
        format!(
            "array_to_string(list_sort(list_distinct(list_transform({list}, lambda a: {}))), ' ')",
            each("a")
        )
    }

    fn count(&self, list: &str) -> String {
        format!("len({list})")
    }
}

/// A list there cannot be null, and one that is missing would be empty: so the answers are read as text.
struct ClickHouse;

impl Engine for ClickHouse {
    fn identifier(&self, name: &str) -> String {
        format!("`{}`", name.replace('\\', "\\\\").replace('`', "\\`"))
    }

    fn text(&self, text: &str) -> String {
        format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"))
    }

    fn answers(&self, column: &str) -> String {
        format!("JSONExtract(ifNull({column}, ''), 'Array(Tuple(Type String, Rdata String))')")
    }

    fn unreadable(&self, column: &str) -> Option<String> {
        Some(format!("JSONType(ifNull({column}, '')) <> 'Array'"))
    }

    fn filtered(&self, list: &str, holds: Each<'_>) -> String {
        format!("arrayFilter(a -> {}, {list})", holds("a"))
    }

    fn joined(&self, list: &str, each: Each<'_>) -> String {
        format!("arrayStringConcat(arraySort(arrayDistinct(arrayMap(a -> {}, {list}))), ' ')", each("a"))
    }

    fn count(&self, list: &str) -> String {
        format!("length({list})")
    }

    fn end(&self) -> &'static str {
        // Else a column would be what it is called the same as.
        "\nSETTINGS prefer_column_name_to_alias = 1"
    }
}
