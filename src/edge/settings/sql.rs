//! The arguments of `sql`.

use clap::builder::PossibleValue;
use clap::{Args, ValueEnum};

use super::{moment_from, moment_until};
use crate::base::moment::Moment;
use crate::log::sql::{Dialect, Table};

impl ValueEnum for Dialect {
    fn value_variants<'a>() -> &'a [Self] {
        &Self::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        let help = match self {
            Self::Athena => "Athena, on the objects of an S3 delivery",
            Self::SecurityLake => "Athena, on the table of Security Lake",
            Self::S3Tables => "Athena, on the table that CloudWatch keeps in S3 Tables",
            Self::Spark => "Spark: EMR, Glue",
            Self::DuckDb => "DuckDB",
            Self::ClickHouse => "ClickHouse",
        };
        Some(PossibleValue::new(self.name()).help(help))
    }
}

/// `sql`.
#[derive(Debug, Args)]
pub struct SqlArguments {
    /// The engine, and the kind of table that it has.
    #[arg(long, value_enum)]
    pub dialect: Dialect,
    /// The table: TABLE, DATABASE.TABLE or "CATALOG".DATABASE.TABLE.
    #[arg(value_name = "TABLE")]
    pub table: Table,
    /// Count no records before this time (RFC 3339, UTC if it names no zone).
    #[arg(long, value_name = "TIME", value_parser = moment_from)]
    pub since: Option<Moment>,
    /// Count no records after this time.
    #[arg(long, value_name = "TIME", value_parser = moment_until)]
    pub until: Option<Moment>,
    /// These VPCs only; may be given more than once.
    #[arg(long, value_name = "ID", value_delimiter = ',')]
    pub vpc: Vec<String>,
    /// These accounts only; may be given more than once.
    #[arg(long, value_name = "ID", value_delimiter = ',')]
    pub account: Vec<String>,
    /// The table of Athena has no partitions `date` and `vpc`.
    #[arg(long)]
    pub unpartitioned: bool,
    /// The table of Athena has `srcids.resolver_network_interface`, as those of `--create` have and the one
    /// that AWS documents has not.
    #[arg(long)]
    pub interface: bool,
    /// Print what makes the table, and not the question. Athena has to be told the VPCs, and takes `--since`
    /// for the first day.
    #[arg(long, requires = "location", conflicts_with_all = ["until", "account", "unpartitioned", "interface"])]
    pub create: bool,
    /// Where the objects of the table are, for `--create`: a folder of S3, or files.
    #[arg(long, value_name = "URI", requires = "create")]
    pub location: Option<String>,
}
