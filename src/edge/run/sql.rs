//! `sql`: the question for engines that hold the log.

use super::print;
use crate::edge::diagnosis::{Diagnosis, Outcome};
use crate::edge::settings::SqlArguments;
use crate::log::sql::{Creation, SqlQuestion};

/// Prints it, or what makes the table.
pub(super) fn sql(arguments: &SqlArguments) -> Result<Outcome, Diagnosis> {
    let text = match &arguments.location {
        Some(location) if arguments.create => creation(arguments, location)?,
        _ => question(arguments)?,
    };
    print(|out| out.write_all(text.as_bytes()))
}

fn creation(arguments: &SqlArguments, location: &str) -> Result<String, Diagnosis> {
    let creation = Creation {
        dialect: arguments.dialect,
        table: arguments.table.clone(),
        location: location.to_owned(),
        vpcs: arguments.vpc.clone(),
        since: arguments.since,
    };
    creation.text().map_err(|error| Diagnosis::new(error.to_string()))
}

fn question(arguments: &SqlArguments) -> Result<String, Diagnosis> {
    let (since, until) = (arguments.since, arguments.until);
    if since.zip(until).is_some_and(|(since, until)| since > until) {
        return Err(Diagnosis::new("--since is after --until"));
    }
    let question = SqlQuestion {
        dialect: arguments.dialect,
        table: arguments.table.clone(),
        since,
        until,
        vpcs: arguments.vpc.clone(),
        accounts: arguments.account.clone(),
        partitioned: !arguments.unpartitioned,
        interface: arguments.interface,
    };
    Ok(question.to_string())
}
