//! A record spread over the columns of a row: Logs Insights (`answers.0.Rdata`, `srcids.instance`), its console's
//! CSV, and Athena's CSV, in which a structure prints as `{instance=i-1}` and a list of them in brackets.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::{Answer, Extent, MAX_ID, Malformed, Record, Sources, is_block, text};
use crate::moment::Moment;

/// The most answers taken from one row's columns. A UDP answer of 4 KiB holds fewer addresses than this.
const MAX_ANSWERS: usize = 1024;

/// A record in the making, a column at a time.
#[derive(Debug, Default)]
pub struct Row<'a> {
    account: Cow<'a, str>,
    region: Cow<'a, str>,
    vpc: Cow<'a, str>,
    at: Option<Cow<'a, str>>,
    /// `@timestamp`, for rows without the record's own.
    event_at: Option<Cow<'a, str>>,
    name: Option<Cow<'a, str>>,
    kind: Option<Cow<'a, str>>,
    rcode: Option<Cow<'a, str>>,
    answers: Vec<Answer<'a>>,
    extent: Option<Extent>,
    source: Cow<'a, str>,
    port: Cow<'a, str>,
    instance: Option<Cow<'a, str>>,
    resolver_endpoint: Option<Cow<'a, str>>,
    interface: Option<Cow<'a, str>>,
    blocked: bool,
}

impl<'a> Row<'a> {
    /// Takes the keys of a flattened JSON object for columns.
    ///
    /// # Errors
    /// As [`Row::set`].
    pub fn from_object(object: &'a Map<String, Value>) -> Result<Self, Malformed> {
        let mut row = Self::default();
        for (column, value) in object {
            if let Some(value) = text(Some(value)) {
                row.set(column, value)?;
            }
        }
        Ok(row)
    }

    /// Sets one column. An empty value and Athena's `null` leave it unset; unknown columns are passed over.
    ///
    /// # Errors
    /// [`Malformed`] if the column's value cannot be what the column holds.
    pub fn set(&mut self, column: &str, value: Cow<'a, str>) -> Result<(), Malformed> {
        if value.is_empty() {
            return Ok(());
        }
        match column {
            "account_id" => self.account = value,
            "region" => self.region = value,
            "vpc_id" => self.vpc = value,
            "query_timestamp" => self.at = Some(value),
            "@timestamp" => self.event_at = Some(value),
            "query_name" => self.name = Some(value),
            "query_type" => self.kind = Some(value),
            "rcode" => self.rcode = Some(value),
            "srcaddr" => self.source = value,
            "srcport" => self.port = value,
            "srcids.instance" => self.instance = Some(value),
            "srcids.resolver_endpoint" | "srcids.resolver-endpoint" => self.resolver_endpoint = Some(value),
            "srcids.resolver_network_interface" => self.interface = Some(value),
            "srcids" => self.set_sources(&value)?,
            "firewall_rule_action" => self.blocked = is_block(&value),
            "answers" => {
                let (answers, extent) = structured_answers(&value)?;
                (self.answers, self.extent) = (answers, Some(extent));
            }
            _ => {
                if let Some(rest) = column.strip_prefix("answers.") {
                    self.set_answer(rest, value)?;
                } else if let Some(rest) = column.strip_prefix("srcids.")
                    && rest.parse::<usize>().is_ok()
                {
                    // The array of the pre-launch shape, flattened.
                    self.set_sources(&value)?;
                }
            }
        }
        Ok(())
    }

    /// `INDEX.Rdata` or `INDEX.Type`.
    fn set_answer(&mut self, rest: &str, value: Cow<'a, str>) -> Result<(), Malformed> {
        let Some((index, field)) = rest.split_once('.') else { return Ok(()) };
        let index: usize = index.parse().map_err(|_| Malformed::Unreadable("answers"))?;
        if index >= MAX_ANSWERS {
            return Err(Malformed::TooLong("answers"));
        }
        if self.answers.len() <= index {
            self.answers.resize(index + 1, Answer { kind: Cow::Borrowed(""), rdata: Cow::Borrowed("") });
        }
        match field {
            "Rdata" | "rdata" | "Address" => self.answers[index].rdata = value,
            "Type" | "type" => self.answers[index].kind = value,
            _ => {}
        }
        Ok(())
    }

    /// `srcids` in one column: JSON, Athena's `{instance=i-1, resolver_endpoint=null}`, or a bare id.
    fn set_sources(&mut self, value: &str) -> Result<(), Malformed> {
        let mut take = |key: &str, id: &str| {
            let id = Some(Cow::Owned(id.to_owned()));
            match key {
                "instance" => self.instance = id,
                "resolver_endpoint" | "resolver-endpoint" => self.resolver_endpoint = id,
                "resolver_network_interface" => self.interface = id,
                _ => {}
            }
        };
        if let Ok(value @ (Value::Object(_) | Value::Array(_))) = serde_json::from_str::<Value>(value) {
            let sources = Sources::read(Some(&value));
            for (key, id) in [
                ("instance", &sources.instance),
                ("resolver_endpoint", &sources.resolver_endpoint),
                ("resolver_network_interface", &sources.interface),
            ] {
                if let Some(id) = id {
                    take(key, id);
                }
            }
            return Ok(());
        }
        if let Some(inner) = value.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
            for (key, id) in struct_fields(inner) {
                take(key, id);
            }
            return Ok(());
        }
        if value.len() > MAX_ID {
            return Err(Malformed::TooLong("srcids"));
        }
        let mut sources = Sources::default();
        sources.take(Cow::Owned(value.to_owned()));
        self.instance = sources.instance.or(self.instance.take());
        self.resolver_endpoint = sources.resolver_endpoint.or(self.resolver_endpoint.take());
        self.interface = sources.interface.or(self.interface.take());
        Ok(())
    }

    /// The record that the columns make.
    ///
    /// # Errors
    /// [`Malformed`] if a column that a verdict needs was not there or cannot be read.
    pub fn into_record(self) -> Result<Record<'a>, Malformed> {
        let at = self.at.or(self.event_at).ok_or(Malformed::Missing("query_timestamp"))?;
        Record {
            account: self.account,
            region: self.region,
            vpc: self.vpc,
            at: Moment::parse(&at).ok_or(Malformed::Unreadable("query_timestamp"))?,
            name: self.name.ok_or(Malformed::Missing("query_name"))?,
            kind: self.kind.ok_or(Malformed::Missing("query_type"))?,
            rcode: self.rcode.ok_or(Malformed::Missing("rcode"))?,
            extent: self.extent.unwrap_or(if self.answers.is_empty() {
                Extent::Absent
            } else {
                Extent::Whole
            }),
            answers: self.answers,
            source: self.source,
            port: self.port,
            instance: self.instance,
            resolver_endpoint: self.resolver_endpoint,
            interface: self.interface,
            device: None,
            blocked: self.blocked,
        }
        .checked()
    }
}

/// `key=value, key=value` with nulls left out.
fn struct_fields(inner: &str) -> impl Iterator<Item = (&str, &str)> {
    inner
        .split(", ")
        .filter_map(|field| field.trim().split_once('='))
        .filter(|(_, value)| !matches!(*value, "" | "null"))
}

/// Answers in one column: JSON, or Athena's `[{rdata=64:ff9b::1, type=AAAA, class=IN}]`.
fn structured_answers(value: &str) -> Result<(Vec<Answer<'static>>, Extent), Malformed> {
    let value = value.trim();
    if matches!(value, "null" | "-") {
        return Ok((Vec::new(), Extent::Absent));
    }
    if let Ok(json) = serde_json::from_str::<Value>(value) {
        let (list, extent) = super::answers(Some(&json), &["Rdata", "rdata", "Address"], &["Type", "type"]);
        let owned = list
            .into_iter()
            .map(|answer| Answer {
                kind: Cow::Owned(answer.kind.into_owned()),
                rdata: Cow::Owned(answer.rdata.into_owned()),
            })
            .collect();
        return Ok((owned, extent));
    }
    let Some(inner) = value.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) else {
        return Ok((Vec::new(), Extent::Unreadable));
    };
    let inner = inner.trim();
    if inner.is_empty() {
        return Ok((Vec::new(), Extent::Whole));
    }
    let mut list = Vec::new();
    for item in inner.trim_start_matches('{').trim_end_matches('}').split("}, {") {
        let mut answer = Answer { kind: Cow::Borrowed(""), rdata: Cow::Borrowed("") };
        for (key, value) in struct_fields(item) {
            match key {
                "rdata" | "Rdata" => answer.rdata = Cow::Owned(value.to_owned()),
                "type" | "Type" => answer.kind = Cow::Owned(value.to_owned()),
                _ => {}
            }
        }
        if list.len() >= MAX_ANSWERS {
            return Err(Malformed::TooLong("answers"));
        }
        list.push(answer);
    }
    Ok((list, Extent::Whole))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row<'a>(columns: &[(&str, &'a str)]) -> Result<Record<'a>, Malformed> {
        let mut row = Row::default();
        for (column, value) in columns {
            row.set(column, Cow::Borrowed(value))?;
        }
        row.into_record()
    }

    const BASE: [(&str, &str); 6] = [
        ("query_timestamp", "2025-05-05T10:00:00Z"),
        ("query_name", "a.example."),
        ("query_type", "AAAA"),
        ("rcode", "NOERROR"),
        ("srcaddr", "10.0.0.5"),
        ("vpc_id", "vpc-1"),
    ];

    #[test]
    fn insights_columns() {
        let columns = [
            &BASE[..],
            &[
                ("answers.1.Rdata", "2001:db8::1"),
                ("answers.1.Type", "AAAA"),
                ("answers.0.Rdata", "b.example."),
                ("answers.0.Type", "CNAME"),
                ("answers.0.Class", "IN"),
                ("srcids.instance", "i-1"),
                ("srcids.resolver_endpoint", ""),
            ],
        ]
        .concat();
        let record = row(&columns).unwrap();
        assert_eq!(record.answers[0], Answer { kind: "CNAME".into(), rdata: "b.example.".into() });
        assert_eq!(record.answers[1], Answer { kind: "AAAA".into(), rdata: "2001:db8::1".into() });
        assert_eq!(record.instance.as_deref(), Some("i-1"));
        assert_eq!(record.resolver_endpoint, None);
    }

    #[test]
    fn athena_structures() {
        let columns = [
            &BASE[..],
            &[
                (
                    "answers",
                    "[{rdata=b.example., type=CNAME, class=IN}, {rdata=64:ff9b::1, type=AAAA, class=IN}]",
                ),
                ("srcids", "{instance=i-1, resolver_endpoint=null}"),
            ],
        ]
        .concat();
        let record = row(&columns).unwrap();
        assert_eq!(record.answers.len(), 2);
        assert_eq!(record.answers[1].rdata, "64:ff9b::1");
        assert_eq!((record.instance.as_deref(), record.resolver_endpoint), (Some("i-1"), None));
        let empty = row(&[&BASE[..], &[("answers", "[]"), ("srcids", "{}")]].concat()).unwrap();
        assert!(empty.answers.is_empty() && empty.instance.is_none());
    }

    #[test]
    fn a_lie_about_the_number_of_answers_is_refused() {
        let columns = [&BASE[..], &[("answers.4000000000.Rdata", "x")]].concat();
        assert_eq!(row(&columns).unwrap_err(), Malformed::TooLong("answers"));
    }

    #[test]
    fn the_events_own_time_stands_in() {
        let columns = [&BASE[1..], &[("@timestamp", "2025-05-05 10:00:01.500")]].concat();
        assert_eq!(row(&columns).unwrap().at.to_string(), "2025-05-05T10:00:01.500Z");
    }
}
