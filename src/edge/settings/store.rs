//! The arguments for what is read of S3, and for engines that are asked.

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};

use crate::edge::feed::s3::{IN_FLIGHT, S3Access};
use crate::log::sql::Dialect;

/// As whom objects are read, and how.
#[derive(Clone, Debug, Args)]
pub struct StoreArguments {
    /// The profile whose credentials are used, for `s3://`, `logs://`, `athena://` and to ask EC2.
    #[arg(long, value_name = "NAME")]
    pub profile: Option<String>,
    /// How many objects of S3 are asked for at a time.
    #[arg(long, value_name = "N", default_value_t = IN_FLIGHT, value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub in_flight: u16,
    /// Agree to pay for requests to a bucket whose owner has those pay who read it.
    #[arg(long)]
    pub requester_pays: bool,
}

/// How engines are asked.
#[derive(Clone, Debug, Default, Args)]
pub struct EngineArguments {
    /// The Region of log groups that are given by name, and of Athena; otherwise that of the profile or the
    /// environment.
    #[arg(long, value_name = "REGION")]
    pub region: Option<String>,
    /// What kind of table is behind `athena://`, if it is not as its name and its columns say.
    #[arg(long, value_name = "DIALECT", value_parser = table_kinds())]
    pub dialect: Option<Dialect>,
    /// Have Athena scan what it takes, without being asked.
    #[arg(long)]
    pub yes: bool,
}

/// The kinds of tables that Athena has.
fn table_kinds() -> impl TypedValueParser<Value = Dialect> {
    const KINDS: [Dialect; 3] = [Dialect::Athena, Dialect::SecurityLake, Dialect::S3Tables];
    PossibleValuesParser::new(KINDS.map(Dialect::name))
        .map(|word| KINDS.into_iter().find(|kind| kind.name() == word).unwrap_or(Dialect::Athena))
}

impl StoreArguments {
    /// For whoever reads objects.
    #[must_use]
    pub fn access(&self) -> S3Access {
        S3Access {
            profile: self.profile.clone(),
            in_flight: self.in_flight,
            requester_pays: self.requester_pays,
        }
    }
}
