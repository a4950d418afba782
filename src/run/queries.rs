//! What engines are asked: found, and said how much it may cost, before anything is asked.

use crate::diagnosis::say;
use crate::digest::Terms;
use crate::feed::asked::Asked;
use crate::feed::insights::{Estimate, Given, prepare};
use crate::feed::live::access::Access;
use crate::feed::live::groups::Wanted;
use crate::feed::reading::Plan;
use crate::figures::{counted, volume};
use crate::settings::SourceArguments;

/// What a gigabyte that Logs Insights scans costs in us-east-1, in USD (Amazon CloudWatch pricing, November
/// 2026; other Regions differ).
const PRICE: f64 = 0.005;

/// The plan with all ready that is to be asked.
pub(super) fn prepared(mut plan: Plan, source: &SourceArguments, terms: &Terms) -> Plan {
    let places: Vec<(usize, Wanted)> =
        plan.asked().iter().map(|(input, Asked::Insights(wanted))| (*input, wanted.clone())).collect();
    if places.is_empty() {
        return plan;
    }
    let Some(since) = terms.since else {
        for (input, _) in places {
            plan.refuse(input, "since when is not said; try: --since 1d".to_owned());
        }
        return plan;
    };
    let given = Given {
        places,
        since,
        until: terms.until,
        access: Access { profile: source.store.profile.clone(), region: source.store.region.clone() },
    };
    match prepare(&given) {
        Ok(prepared) => {
            if let Some(estimate) = prepared.estimate() {
                say(format_args!("note: {}", words(estimate)));
            }
            plan.asking(prepared)
        }
        Err(error) => {
            for (input, _) in given.places {
                plan.refuse(input, error.to_string());
            }
            plan
        }
    }
}

/// `asking Logs Insights about 2 log groups: about 12.3 GB, for 0.06 USD at …`
fn words(estimate: Estimate) -> String {
    let Estimate { groups, bytes, unknown } = estimate;
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
    let price = bytes as f64 / 1e9 * PRICE;
    format!(
        "{asking}: by what is stored, about {} to scan{rest}, {price:.2} USD at {PRICE} USD a GB (us-east-1)",
        volume(bytes)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_it_costs_is_said() {
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
            assert_eq!(words(estimate), said);
        }
        let none = words(Estimate { groups: 1, bytes: 0, unknown: 1 });
        assert!(none.contains("1 log group: how much is stored there is not known"), "{none}");
    }
}
