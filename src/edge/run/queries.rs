//! What engines are asked: found, and said how much it may cost, before anything is asked.

use std::io::{self, BufRead, IsTerminal, Write};

use crate::base::figures::{counted, volume};
use crate::digest::Terms;
use crate::edge::diagnosis::say;
use crate::edge::feed::asked::Asked;
use crate::edge::feed::aws::access::Access;
use crate::edge::feed::prepared::Prepared;
use crate::edge::feed::reading::ReadPlan;
use crate::edge::feed::{athena, insights};
use crate::edge::settings::{EngineArguments, SourceArguments};

/// What a gigabyte that Logs Insights scans costs in us-east-1, in USD, as far as known. Other Regions
/// differ.
const INSIGHTS_PRICE: f64 = 0.005;
/// And a terabyte that Athena scans.
const ATHENA_PRICE: f64 = 5.0;
/// The least that a query of Athena is billed for, in bytes, as far as known.
const ATHENA_LEAST: u64 = 10_000_000;

/// The plan with all ready that is to be asked.
pub(super) fn prepared(
    mut plan: ReadPlan,
    source: &SourceArguments,
    engines: &EngineArguments,
    terms: &Terms,
) -> ReadPlan {
    let (mut groups, mut tables) = (Vec::new(), Vec::new());
    for (input, asked) in plan.asked().to_vec() {
        if terms.since.is_none() {
            plan.refuse(input, "since when is not said; try: r53tail report --since 1d".to_owned());
            continue;
        }
        match asked {
            Asked::Insights(wanted) => groups.push((input, wanted)),
            Asked::Athena { group, table } => tables.push(athena::AthenaTable { input, group, table }),
        }
    }
    let Some(since) = terms.since else { return plan };
    let is_private = terms.redaction.is_some();
    if !groups.is_empty() {
        let (until, access) = (terms.until, access(source, engines));
        plan =
            with_groups(plan, insights::InsightsRequest { places: groups, since, until, access, is_private });
    }
    if !tables.is_empty() {
        let (until, access, store) = (terms.until, access(source, engines), source.store.access());
        let dialect = engines.dialect;
        let given = athena::AthenaRequest { places: tables, since, until, dialect, access, store };
        plan = with_tables(plan, &given, engines.yes, is_private);
    }
    plan
}

fn access(source: &SourceArguments, engines: &EngineArguments) -> Access {
    Access { profile: source.store.profile.clone(), region: engines.region.clone() }
}

fn with_groups(mut plan: ReadPlan, given: insights::InsightsRequest) -> ReadPlan {
    match insights::prepare(&given) {
        Ok(prepared) => {
            if let Some(estimate) = prepared.estimate() {
                say(format_args!("note: {}", estimated(estimate)));
            }
            return plan.asking(Prepared::Insights(prepared));
        }
        Err(error) => {
            for (input, _) in given.places {
                plan.refuse(input, error.to_string());
            }
        }
    }
    plan
}

fn with_tables(
    mut plan: ReadPlan,
    given: &athena::AthenaRequest,
    is_agreed: bool,
    is_private: bool,
) -> ReadPlan {
    let mut prepared = match athena::prepare(given) {
        Ok(prepared) => prepared,
        Err(error) => {
            for place in &given.places {
                plan.refuse(place.input, error.to_string());
            }
            return plan;
        }
    };
    prepared.jobs.retain(|job| {
        say(format_args!("note: {}", scan(job, is_private)));
        let refused = if is_agreed { None } else { refusal() };
        let is_asked = refused.is_none();
        if let Some(why) = refused {
            plan.refuse(job.input, why.to_owned());
        }
        is_asked
    });
    plan.asking(Prepared::Athena(prepared))
}

/// Why a question is not asked, if it is not: nobody agreed to pay for it.
fn refusal() -> Option<&'static str> {
    if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
        return Some("not asked: it costs money, and nobody is there to agree; try: --yes");
    }
    // That nobody sees the question does not matter: then there is no answer either.
    _ = write!(io::stderr(), "Ask Athena? [y/N] ").and_then(|()| io::stderr().flush());
    let mut answer = String::new();
    let read = io::stdin().lock().read_line(&mut answer);
    let is_yes = matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes");
    (read.is_err() || !is_yes).then_some("not asked, as you wished")
}

/// `asking Athena, workgroup primary, about logs.r53: about 12.3 GB to scan, 0.06 USD at …`
fn scan(job: &athena::AthenaJob, is_private: bool) -> String {
    let athena::AthenaJob { group, table, scan, cutoff, .. } = job;
    let asking = if is_private {
        "asking Athena about a table".to_owned()
    } else {
        format!("asking Athena, workgroup `{group}`, about `{table}`")
    };
    words(&asking, *scan, *cutoff)
}

fn words(asking: &str, scan: Option<athena::ScanEstimate>, cutoff: Option<u64>) -> String {
    let limit =
        cutoff.map(|cutoff| format!("; the workgroup ends a query that scans more than {}", volume(cutoff)));
    let Some(athena::ScanEstimate { bytes, is_least }) = scan else {
        let limit = limit.unwrap_or_default();
        return format!(
            "{asking}: how much is to be scanned is not known; it is billed at {ATHENA_PRICE} USD a TB (us-east-1){limit}"
        );
    };
    let about = if is_least { "at least" } else { "about" };
    let price = bytes.max(ATHENA_LEAST) as f64 / 1e12 * ATHENA_PRICE;
    let is_over = cutoff.is_some_and(|cutoff| bytes > cutoff);
    let limit =
        limit.filter(|_| is_over).map(|limit| format!("{limit}: this one will be ended")).unwrap_or_default();
    format!(
        "{asking}: {about} {} to scan, {price:.2} USD at {ATHENA_PRICE} USD a TB (us-east-1){limit}",
        volume(bytes)
    )
}

/// `asking Logs Insights about 2 log groups: about 12.3 GB, for 0.06 USD at …`
fn estimated(estimate: insights::Estimate) -> String {
    let insights::Estimate { groups, bytes, unknown } = estimate;
    let asking = format!("asking Logs Insights about {}", counted(groups as u64, "log group", "log groups"));
    if unknown == groups {
        return format!(
            "{asking}: how much is stored there is not known (that needs the IAM action `logs:DescribeLogGroups`); it \
             bills by the bytes that it scans"
        );
    }
    let rest = match unknown {
        0 => String::new(),
        1 => ", and 1 that does not say how much it holds".to_owned(),
        more => format!(", and {more} that do not say how much they hold"),
    };
    let price = bytes as f64 / 1e9 * INSIGHTS_PRICE;
    format!(
        "{asking}: by what is stored, about {} to scan{rest}, {price:.2} USD at {INSIGHTS_PRICE} USD a GB (us-east-1)",
        volume(bytes)
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::edge::feed::athena::ScanEstimate;
    use crate::edge::feed::insights::Estimate;

    #[test]
    fn what_logs_insights_costs_is_said() {
        for (estimate, said) in [
            (
                Estimate { groups: 2, bytes: 12_340_000_000, unknown: 0 },
                "asking Logs Insights about 2 log groups: by what is stored, about 12.3 GB to scan, 0.06 USD at 0.005 USD a \
                 GB (us-east-1)",
            ),
            (
                Estimate { groups: 3, bytes: 500, unknown: 1 },
                "asking Logs Insights about 3 log groups: by what is stored, about 500 bytes to scan, and 1 that does not \
                 say how much it holds, 0.00 USD at 0.005 USD a GB (us-east-1)",
            ),
        ] {
            assert_eq!(estimated(estimate), said);
        }
        let none = estimated(Estimate { groups: 1, bytes: 0, unknown: 1 });
        assert!(none.contains("1 log group: how much is stored there is not known"), "{none}");
    }

    #[test]
    fn what_athena_costs_is_said() {
        let scan = |bytes, is_least| Some(ScanEstimate { bytes, is_least });
        for (known, cutoff, said) in [
            (
                scan(2_000_000_000_000, false),
                None,
                "x: about 2.0 TB to scan, 10.00 USD at 5 USD a TB (us-east-1)",
            ),
            (
                scan(3_000_000, true),
                Some(10_000_000),
                "x: at least 3.0 MB to scan, 0.00 USD at 5 USD a TB (us-east-1)",
            ),
            (
                scan(3_000_000_000, false),
                Some(1_000_000_000),
                "x: about 3.0 GB to scan, 0.01 USD at 5 USD a TB (us-east-1); the workgroup ends a query that scans more \
                 than 1.0 GB: this one will be ended",
            ),
            (
                None,
                Some(10_000_000),
                "x: how much is to be scanned is not known; it is billed at 5 USD a TB (us-east-1); the workgroup ends a \
                 query that scans more than 10.0 MB",
            ),
        ] {
            assert_eq!(words("x", known, cutoff), said);
        }
    }
}
