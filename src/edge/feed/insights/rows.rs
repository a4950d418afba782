//! Rows that a query found, made weighted records.
//!
//! Each is read as a record of the log is, by the same code, so that what its answers say is what they would
//! say there; then it is counted among those that are alike but for the order of their answers.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::base::moment::Moment;
use crate::fleet::Tally;
use crate::log::record::{MOST, Record};
use crate::weighted::Groups;

/// What the rows of one query stand for.
#[derive(Debug, Default)]
pub(super) struct CountedRows {
    groups: Groups,
    /// How many rows there were.
    pub(super) rows: u64,
    /// How many records they stand for.
    pub(super) records: u64,
    /// Of those, how many were none.
    unread: u64,
    /// Rows that do not say for how many records they stand.
    pub(super) strange: u64,
}

/// The member of a record that a column of the rows is.
fn member(column: &str) -> Option<(&'static str, Option<&'static str>)> {
    Some(match column {
        "account_id" => ("account_id", None),
        "region" => ("region", None),
        "vpc_id" => ("vpc_id", None),
        "query_name" => ("query_name", None),
        "query_type" => ("query_type", None),
        "rcode" => ("rcode", None),
        "source" => ("srcaddr", None),
        "action" => ("firewall_rule_action", None),
        "first" => ("query_timestamp", None),
        "instance" => ("srcids", Some("instance")),
        "endpoint" => ("srcids", Some("resolver_endpoint")),
        "interface" => ("srcids", Some("resolver_network_interface")),
        _ => return None,
    })
}

/// The answers of a row. A list without any may come as nothing at all: then the row says whether the event
/// had such a list.
fn answers(row: &BTreeMap<String, String>) -> Option<Value> {
    let text = row.get("answer_list").map(|text| text.trim()).filter(|text| !text.is_empty());
    match text {
        Some(text) => Some(serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.to_owned()))),
        None if row.get("has_none").is_some_and(|flag| matches!(flag.trim(), "1" | "true")) => {
            Some(Value::Array(Vec::new()))
        }
        None => None,
    }
}

/// The record that a row's members make.
fn record_of(row: BTreeMap<String, String>) -> Value {
    let mut record = Map::new();
    if let Some(answers) = answers(&row) {
        record.insert("answers".to_owned(), answers);
    }
    let mut ids = Map::new();
    for (column, text) in row {
        match member(&column) {
            Some((_, Some(id))) => drop(ids.insert(id.to_owned(), Value::String(text))),
            Some((name, None)) => drop(record.insert(name.to_owned(), Value::String(text))),
            None => {}
        }
    }
    record.insert("srcids".to_owned(), Value::Object(ids));
    Value::Object(record)
}

impl CountedRows {
    /// Takes a row.
    pub(super) fn take(&mut self, row: BTreeMap<String, String>) {
        self.rows += 1;
        let count = row.get("n").and_then(|count| count.trim().parse::<u64>().ok());
        let Some(count) = count.filter(|count| (1..=MOST).contains(count)) else {
            self.strange += 1;
            return;
        };
        self.records = self.records.saturating_add(count);
        let last = row.get("last").and_then(|last| Moment::parse(last));
        let value = record_of(row);
        match (Record::from_value(&value), last) {
            (Some(Ok(mut record)), Some(last)) => {
                // As texts, `05.177Z` comes before `05Z`.
                let (first, last) = (record.at.min(last), record.at.max(last));
                record.at = first;
                self.groups.add(&record, last, count);
            }
            _ => self.unread = self.unread.saturating_add(count),
        }
    }

    /// Weighted records, an object a line.
    pub(super) fn into_bytes(self) -> Vec<u8> {
        let mut bytes = Vec::new();
        let tally = Tally { malformed: self.unread + self.strange, ..Tally::default() };
        // Memory can be written.
        _ = self.groups.write(&tally, &mut bytes);
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(cells: &[(&str, &str)]) -> BTreeMap<String, String> {
        let base = [
            ("query_name", "a.example."),
            ("query_type", "AAAA"),
            ("rcode", "NOERROR"),
            ("source", "10.0.0.1"),
            ("instance", "i-1"),
            ("n", "2"),
            ("first", "2026-11-01T00:00:00Z"),
            ("last", "2026-11-01T00:00:09Z"),
        ];
        let all = base.iter().chain(cells).map(|(name, text)| ((*name).to_owned(), (*text).to_owned()));
        let mut row: BTreeMap<String, String> = all.collect();
        row.retain(|_, text| text != "-gone-");
        row
    }

    fn written(rows: &[&[(&str, &str)]]) -> (u64, Vec<Value>) {
        let mut counted = CountedRows::default();
        for cells in rows {
            counted.take(row(cells));
        }
        let records = counted.records;
        let text = String::from_utf8(counted.into_bytes()).unwrap();
        (records, text.lines().map(|line| serde_json::from_str(line).unwrap()).collect())
    }

    #[test]
    fn rows_become_weighted_records() {
        let answers =
            r#"[{"Rdata":"2001:db8::2","Type":"AAAA","Class":"IN"},{"Rdata":"2001:db8::1","Type":"AAAA"}]"#;
        let turned =
            r#"[{"Rdata":"2001:db8::1","Type":"AAAA","Class":"IN"},{"Rdata":"2001:db8::2","Type":"AAAA"}]"#;
        let (records, lines) = written(&[
            &[("answer_list", answers)],
            &[("answer_list", turned), ("query_name", "A.Example"), ("last", "2026-11-01T00:01:00Z")],
        ]);
        assert_eq!((records, lines.len()), (4, 1));
        let line = &lines[0];
        assert_eq!(line["own"], "2001:db8::1 2001:db8::2");
        assert_eq!(line["n"], 4);
        assert_eq!(line["last"], "2026-11-01T00:01:00Z");
        assert_eq!(line["srcids.instance"], "i-1");
    }

    #[test]
    fn answers_are_empty_only_if_that_was_seen() {
        for (cells, own, unknown) in [
            (&[("answer_list", "[]")][..], Some(""), None),
            (&[("has_none", "1")], Some(""), None),
            (&[("answer_list", ""), ("has_none", "1")], Some(""), None),
            (&[("has_none", "0")], Some(""), Some("absent")),
            (&[], Some(""), Some("absent")),
            (&[("answer_list", "[{\"Rdata\":\"2001:")], Some(""), Some("unreadable")),
            (&[("answer_list", "nonsense")], Some(""), Some("unreadable")),
            (&[("answer_list", r#"[{"Rdata":"***********","Type":"AAAA"}]"#)], Some(""), Some("masked")),
        ] {
            let (_, lines) = written(&[cells]);
            assert_eq!(lines[0]["own"].as_str(), own, "{cells:?}");
            assert_eq!(lines[0]["unknown"].as_str(), unknown, "{cells:?}: {lines:?}");
        }
    }

    #[test]
    fn what_is_no_record_is_counted() {
        let long = "x".repeat(5000);
        for cells in [
            &[("query_type", "-gone-")][..],
            &[("query_name", "-gone-")],
            &[("rcode", "-gone-")],
            &[("first", "soon")],
            &[("last", "-gone-")],
            &[("query_name", &long)],
            &[("source", "-gone-"), ("instance", "-gone-")],
        ] {
            let (records, lines) = written(&[cells]);
            assert_eq!((records, lines.len()), (2, 1), "{cells:?}");
            assert_eq!((&lines[0]["query_type"], &lines[0]["n"]), (&"".into(), &2.into()), "{cells:?}");
        }
        for count in ["-gone-", "0", "-1", "1e3", "99999999999999999999", ""] {
            let (records, lines) = written(&[&[("n", count)]]);
            assert_eq!((records, &lines[0]["n"]), (0, &1.into()), "{count}");
        }
        // Times that are in order as texts, and not as times.
        let (_, lines) =
            written(&[&[("first", "2026-11-01T00:00:05.177Z"), ("last", "2026-11-01T00:00:05Z")]]);
        assert_eq!(lines[0]["first"], "2026-11-01T00:00:05Z");
        assert_eq!(lines[0]["last"], "2026-11-01T00:00:05.177Z");
    }
}
