//! What is in the log groups of the fake.

use std::collections::{BTreeSet, HashMap};
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

use crate::line::LogLine;

/// One record in the store.
#[derive(Clone, Debug)]
pub(crate) struct Stored {
    pub(crate) id: String,
    pub(crate) stream: String,
    pub(crate) at: i64,
    pub(crate) ingested: i64,
    pub(crate) message: String,
}

/// One log group.
#[derive(Debug, Default)]
pub(crate) struct Group {
    pub(crate) records: Vec<Stored>,
    pub(crate) sessions: usize,
    /// How often the store was read to its end since the newest session began.
    pub(crate) readings: usize,
    /// No more records come.
    pub(crate) done: bool,
    /// What was sent whole, and in which session.
    pub(crate) sent: Vec<(usize, String)>,
}

/// All log groups, by name.
#[derive(Debug, Default)]
pub(crate) struct World {
    groups: HashMap<String, Group>,
    /// Every operation that was asked for, and the host it was asked of.
    pub(crate) asked: BTreeSet<(String, String)>,
    /// How log groups were named whose records were read: by name or by ARN.
    pub(crate) read: BTreeSet<String>,
    /// Operations that were refused, since they were signed for another time.
    pub(crate) refused: Vec<String>,
    /// Whether the machine has a role.
    pub(crate) has_role: bool,
    /// Of each session the Region that was signed for, and the log groups.
    pub(crate) sessions: Vec<(String, Vec<String>)>,
}

pub(crate) fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("it is past 1970");
    i64::try_from(since.as_millis()).expect("it is before the year 292278994")
}

impl World {
    pub(crate) fn group(&mut self, name: &str) -> &mut Group {
        if !self.groups.contains_key(name) {
            self.groups.insert(name.to_owned(), Group::default());
            // Where nothing else is stored, nothing is to be read.
            if !name.contains("/load.") && !name.ends_with("/quiet") && !name.ends_with("/turning") {
                self.make(name, 6, 5000);
            }
        }
        self.groups.get_mut(name).expect("it was made")
    }

    /// Makes records whose time is so many milliseconds ago; every third has a twin that differs in its id
    /// only.
    pub(crate) fn make(&mut self, name: &str, count: usize, ago: i64) -> Vec<Stored> {
        let group = self.groups.entry(name.to_owned()).or_default();
        let before = group.records.len();
        let now = now();
        while group.records.len() < before + count {
            let number = group.records.len();
            let at = now - ago;
            let stored = Stored {
                id: format!("id-{number}"),
                stream: format!("vpc-1_{}", number % 2),
                at,
                ingested: now,
                message: record(number, at),
            };
            if number.is_multiple_of(3) {
                let id = format!("{}-twin", stored.id);
                group.records.push(Stored { id, ..stored.clone() });
            }
            group.records.push(stored);
        }
        group.records[before..].to_vec()
    }

    /// All records there are in a group.
    pub(crate) fn records(&self, name: &str) -> Vec<Stored> {
        self.groups.get(name).map(|group| group.records.clone()).unwrap_or_default()
    }

    /// All that is known of a group, for whoever asks over HTTP.
    pub(crate) fn shown(&self, name: &str) -> Value {
        let none = Group::default();
        let group = self.groups.get(name).unwrap_or(&none);
        let records: Vec<Value> =
            group.records.iter().map(|record| json!([record.id, record.at, record.message])).collect();
        json!({"records": records, "sent": group.sent, "sessions": group.sessions, "done": group.done})
    }

    /// Whether a group has all the records it will ever have.
    pub(crate) fn is_done(&self, name: &str) -> bool {
        self.groups.get(name).is_some_and(|group| group.done)
    }

    /// How many sessions were asked for, and how often the store was read since the newest.
    pub(crate) fn seen(&self, name: &str) -> (usize, usize) {
        self.groups.get(name).map(|group| (group.sessions, group.readings)).unwrap_or_default()
    }
}

pub(crate) fn record(number: usize, at: i64) -> String {
    let at = r53tail::base::moment::Moment::from_seconds(at.div_euclid(1000)).to_string();
    let (kind, address) = if number.is_multiple_of(2) { ("AAAA", "2001:db8::1") } else { ("A", "192.0.2.1") };
    let name = format!("n{number}.example.");
    LogLine { region: "us-east-1", at: &at, name: &name, kind, address, ..LogLine::default() }.to_string()
}
