//! The question, in the query language of Logs Insights: A and AAAA, grouped by what a verdict depends on.
//!
//! Commands and functions are those of "CloudWatch Logs Insights language query syntax" and "Boolean,
//! comparison, numeric, datetime, and other functions" (CloudWatch Logs User Guide):
//!
//! - `startTime` and `endTime` of a query are whole seconds, both included, so the times of a slice are a
//!   filter, half open.
//! - A JSON event has at most 200 fields that can be named. Those after a long list of answers are not among
//!   them, so these are taken out of the event itself.
//! - The answers are grouped by as one text. To `unnest` them would lose the records that have none.
//! - `sortsFirst` and `sortsLast` compare text, and `query_timestamp` is one.
//! - What is no record has no `query_type`, and is counted.

use super::slice::Slice;

/// The most rows that a query has (`StartQuery`, `limit`).
pub(super) const LIMIT: u64 = 100_000;

/// How what comes after the answers is taken out of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RestPattern {
    /// With the functions for JSON.
    Json,
    /// With a regular expression, and fields by their names: where those functions are not known.
    Names,
}

/// The names of what is grouped by, as the rows have them.
pub(super) const MEMBERS: [&str; 13] = [
    "account_id",
    "region",
    "vpc_id",
    "instance",
    "endpoint",
    "interface",
    "source",
    "query_name",
    "query_type",
    "rcode",
    "action",
    "answer_list",
    "has_none",
];

impl RestPattern {
    fn fields(self) -> &'static str {
        match self {
            Self::Json => {
                "fields jsonParse(@message) as r
| fields jsonStringify(r.answers) as answer_list, r.srcaddr as source, r.srcids.instance as instance,
    r.srcids.resolver_endpoint as endpoint, r.srcids.resolver_network_interface as interface,
    r.firewall_rule_action as action"
            }
            Self::Names => {
                r#"parse @message /"answers":\s*(?<answer_list>\[[^\]]*\])/
| fields srcaddr as source, srcids.instance as instance, srcids.resolver_endpoint as endpoint,
    srcids.resolver_network_interface as interface, firewall_rule_action as action"#
            }
        }
    }
}

/// The text that asks for `slice`.
pub(super) fn text(way: RestPattern, slice: Slice) -> String {
    format!(
        r#"filter query_type in ["A", "AAAA"] or not ispresent(query_type)
| filter toMillis(@timestamp) >= {from} and toMillis(@timestamp) < {until}
| {fields}
| fields strcontains(@message, '"answers":[]') as has_none
| stats count(*) as n, sortsFirst(query_timestamp) as first, sortsLast(query_timestamp) as last
    by {members}
| limit {LIMIT}"#,
        from = slice.from.0,
        until = slice.until.0,
        fields = way.fields(),
        members = MEMBERS.join(", "),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::moment::Moment;

    #[test]
    fn the_question_is_one_text() {
        let slice = Slice::new(Moment(1_793_000_000_000), Moment(1_793_000_060_500));
        let text = text(RestPattern::Json, slice);
        let expected = r#"filter query_type in ["A", "AAAA"] or not ispresent(query_type)
| filter toMillis(@timestamp) >= 1793000000000 and toMillis(@timestamp) < 1793000060500
| fields jsonParse(@message) as r
| fields jsonStringify(r.answers) as answer_list, r.srcaddr as source, r.srcids.instance as instance,
    r.srcids.resolver_endpoint as endpoint, r.srcids.resolver_network_interface as interface,
    r.firewall_rule_action as action
| fields strcontains(@message, '"answers":[]') as has_none
| stats count(*) as n, sortsFirst(query_timestamp) as first, sortsLast(query_timestamp) as last
    by account_id, region, vpc_id, instance, endpoint, interface, source, query_name, query_type, rcode, action, answer_list, has_none
| limit 100000"#;
        assert_eq!(text, expected);
    }

    /// A query has at most 10,000 characters (`StartQuery`, `queryString`).
    #[test]
    fn it_is_short() {
        for way in [RestPattern::Json, RestPattern::Names] {
            assert!(text(way, Slice::new(Moment(0), Moment(i64::MAX))).len() < 1500);
        }
    }
}
