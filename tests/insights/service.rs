//! A Logs Insights on loopback: it runs the one text that the program sends on records of its own, with what
//! the CloudWatch Logs User Guide says of each command, and every way in which a query can fail.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard};

use serde_json::{Value, json};

use crate::amazon::{self, refused};

/// Fields of a JSON event that can be named (CloudWatch Logs User Guide, "Supported logs and discovered
/// fields").
const DISCOVERED: usize = 200;

/// What goes wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// So many requests of this operation are refused with this code and message.
    Refused(&'static str, usize, &'static str, &'static str),
    /// So many queries end so.
    Ends(usize, &'static str),
    /// Queries of more than so many seconds have as many rows as a query may have.
    Full(i64),
    /// Those of more than so many seconds match more records than their rows stand for.
    Uneven(i64),
    /// Those of more than so many seconds run too long.
    Slow(i64),
    /// No query is ever over.
    Endless,
    /// The functions for JSON are not known.
    NoJson,
    /// An empty list is nothing, where it is made text.
    EmptyIsNothing,
    /// These rows come besides.
    Rows(Vec<Value>),
    /// So many pages lead to each other, the last to the first.
    Circle(usize),
}

/// A query that was started.
#[derive(Clone, Debug)]
pub(crate) struct Query {
    pub(crate) groups: Vec<String>,
    /// In seconds, both included.
    pub(crate) range: (i64, i64),
    pub(crate) text: String,
    pub(crate) is_stopped: bool,
    status: &'static str,
    rows: Vec<Value>,
    statistics: Value,
}

#[derive(Debug, Default)]
struct State {
    /// Times and texts, by the name of the group.
    records: BTreeMap<String, Vec<(i64, String)>>,
    groups: Vec<Value>,
    faults: Vec<Fault>,
    queries: Vec<Query>,
    /// The operations that were asked for, in order.
    asked: Vec<String>,
    /// Rows on a page.
    page: usize,
}

#[derive(Clone, Debug)]
pub(crate) struct Service {
    pub(crate) address: String,
    state: Arc<Mutex<State>>,
}

/// The ARN of a group.
pub(crate) fn arn(name: &str) -> String {
    format!("arn:aws:logs:us-west-2:111122223333:log-group:{name}")
}

impl Service {
    pub(crate) fn new() -> Self {
        let state = Arc::new(Mutex::new(State { page: usize::MAX, ..State::default() }));
        let serving = Self { address: String::new(), state: Arc::clone(&state) };
        let address = amazon::serve(move |operation, body| serving.answer(operation, body));
        Self { address, state }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("nobody panicked")
    }

    /// Puts a group there; `more` are members that `DescribeLogGroups` has of it.
    pub(crate) fn group(&self, name: &str, records: Vec<(i64, String)>, more: &Value) {
        let mut group = json!({"logGroupName": name, "arn": format!("{}:*", arn(name)), "logGroupArn": arn(name),
                               "logGroupClass": "STANDARD", "storedBytes": 1000});
        for (key, value) in more.as_object().expect("an object") {
            group[key] = value.clone();
        }
        let mut state = self.state();
        state.groups.push(group);
        state.records.insert(name.to_owned(), records);
    }

    pub(crate) fn fault(&self, fault: Fault) {
        self.state().faults.push(fault);
    }

    pub(crate) fn page(&self, rows: usize) {
        self.state().page = rows;
    }

    pub(crate) fn queries(&self) -> Vec<Query> {
        self.state().queries.clone()
    }

    pub(crate) fn asked(&self, operation: &str) -> usize {
        self.state().asked.iter().filter(|asked| *asked == operation).count()
    }

    fn answer(&self, operation: &str, body: &Value) -> (u16, Value) {
        let mut state = self.state();
        state.asked.push(operation.to_owned());
        for fault in &mut state.faults {
            if let Fault::Refused(of, times @ 1.., code, message) = fault
                && *of == operation
            {
                *times -= 1;
                return refused(code, message);
            }
        }
        match operation {
            "DescribeLogGroups" => (200, state.describe(body)),
            "StartQuery" => state.start(body),
            "GetQueryResults" => state.results(body),
            "StopQuery" => {
                let id: usize = body["queryId"].as_str().and_then(|id| id.parse().ok()).unwrap_or(usize::MAX);
                state.queries[id].is_stopped = true;
                (200, json!({"success": true}))
            }
            other => refused("UnknownOperationException", other),
        }
    }
}

impl State {
    fn describe(&self, body: &Value) -> Value {
        let prefix = body["logGroupNamePrefix"].as_str().unwrap_or_default();
        let is_linked = body["includeLinkedAccounts"] == true;
        let wanted = body["logGroupIdentifiers"].as_array();
        let found = self.groups.iter().filter(|group| {
            let is_own = group["linked"].is_null();
            match wanted {
                Some(wanted) => wanted.contains(&group["logGroupArn"]),
                None => {
                    (is_own || is_linked)
                        && group["logGroupName"].as_str().is_some_and(|name| name.starts_with(prefix))
                }
            }
        });
        json!({"logGroups": found.collect::<Vec<_>>()})
    }

    fn start(&mut self, body: &Value) -> (u16, Value) {
        let text = body["queryString"].as_str().unwrap_or_default().to_owned();
        if self.faults.contains(&Fault::NoJson) && text.contains("jsonParse") {
            return refused("MalformedQueryException", "unknown function jsonParse");
        }
        let range =
            (body["startTime"].as_i64().expect("a number"), body["endTime"].as_i64().expect("a number"));
        let arns = body["logGroupIdentifiers"].as_array().expect("groups are named by their ARNs");
        let groups: Vec<String> = arns
            .iter()
            .map(|arn| {
                arn.as_str().and_then(|arn| arn.split(":log-group:").nth(1)).expect("an ARN").to_owned()
            })
            .collect();
        let mut query = Query {
            groups,
            range,
            text,
            is_stopped: false,
            status: "Complete",
            rows: Vec::new(),
            statistics: Value::Null,
        };
        self.run(&mut query);
        self.queries.push(query);
        (200, json!({"queryId": (self.queries.len() - 1).to_string()}))
    }

    /// Runs a query, and does to what came of it what is to go wrong.
    fn run(&mut self, query: &mut Query) {
        let text = Text::read(&query.text);
        let is_nothing = self.faults.contains(&Fault::EmptyIsNothing);
        let (mut scanned, mut bytes, mut matched) = (0, 0, 0);
        let mut found: BTreeMap<Vec<Option<String>>, (u64, Vec<String>)> = BTreeMap::new();
        for name in &query.groups {
            for (at, message) in self.records.get(name).into_iter().flatten() {
                if !(query.range.0 * 1000..=query.range.1 * 1000 + 999).contains(at) {
                    continue;
                }
                scanned += 1;
                bytes += message.len();
                let event = Event::new(*at, message);
                if !text.lets_through(&event) {
                    continue;
                }
                matched += 1;
                let key = text.by.iter().map(|field| text.value(&event, field, is_nothing)).collect();
                let group = found.entry(key).or_default();
                group.0 += 1;
                group.1.extend(event.fields.get("query_timestamp").cloned());
            }
        }
        let mut rows: Vec<Value> = found
            .into_iter()
            .map(|(key, (count, times))| {
                let cells = text.by.iter().cloned().zip(key);
                let mut row: Vec<(String, String)> =
                    cells.filter_map(|(name, value)| Some((name, value?))).collect();
                row.push(("n".to_owned(), count.to_string()));
                row.extend(times.iter().min().map(|first| ("first".to_owned(), first.clone())));
                row.extend(times.iter().max().map(|last| ("last".to_owned(), last.clone())));
                row.into_iter().map(|(field, value)| json!({"field": field, "value": value})).collect()
            })
            .collect();
        rows.truncate(text.limit);
        let length = (text.range.1 - text.range.0) / 1000;
        for fault in &mut self.faults {
            match fault {
                Fault::Ends(times @ 1.., status) => (*times, query.status) = (*times - 1, status),
                Fault::Full(seconds) if length > *seconds => {
                    rows = vec![json!([{"field": "n", "value": "1"}]); text.limit];
                    matched += 1_000_000;
                }
                Fault::Uneven(seconds) if length > *seconds => matched += 5,
                Fault::Slow(seconds) if length > *seconds => query.status = "Timeout",
                Fault::Endless => query.status = "Running",
                Fault::Rows(more) => rows.extend(more.clone()),
                _ => {}
            }
        }
        query.rows = rows;
        query.statistics = json!({"recordsMatched": f64::from(matched), "recordsScanned": f64::from(scanned),
            "bytesScanned": bytes as f64, "resultCount": query.rows.len() as f64});
    }

    fn results(&self, body: &Value) -> (u16, Value) {
        let id: usize = body["queryId"].as_str().and_then(|id| id.parse().ok()).expect("an id");
        let query = &self.queries[id];
        let most = body["maxItems"].as_u64().and_then(|most| usize::try_from(most).ok()).unwrap_or(1000);
        let most = most.min(self.page);
        let at: usize = body["nextToken"].as_str().and_then(|token| token.parse().ok()).unwrap_or(0);
        let page: Vec<&Value> = query.rows.iter().skip(at).take(most).collect();
        let circle = self.faults.iter().find_map(|fault| match fault {
            Fault::Circle(pages) => Some((at + most) % (pages * most)),
            _ => None,
        });
        let next = circle.or_else(|| (at + most < query.rows.len()).then_some(at + most));
        let status = if query.is_stopped { "Cancelled" } else { query.status };
        (
            200,
            json!({"results": page, "statistics": query.statistics, "status": status,
                "nextToken": next.map(|next: usize| next.to_string())}),
        )
    }
}

/// An event, and the fields that can be named.
struct Event<'a> {
    at: i64,
    message: &'a str,
    json: Value,
    fields: BTreeMap<String, String>,
}

impl<'a> Event<'a> {
    fn new(at: i64, message: &'a str) -> Self {
        let json = serde_json::from_str(message).unwrap_or(Value::Null);
        let mut fields = BTreeMap::new();
        discover(&json, "", &mut fields, message);
        Self { at, message, json, fields }
    }
}

/// The fields of an object, in the order of the text, as far as they can be named.
fn discover(value: &Value, path: &str, fields: &mut BTreeMap<String, String>, message: &str) {
    let mut inner: Vec<(String, &Value)> = match value {
        Value::Object(object) => object.iter().map(|(key, value)| (key.clone(), value)).collect(),
        Value::Array(list) => list.iter().enumerate().map(|(at, value)| (at.to_string(), value)).collect(),
        Value::Null => return,
        Value::String(text) => return put(fields, path, text),
        other => return put(fields, path, &other.to_string()),
    };
    if path.is_empty() {
        inner.sort_by_key(|(key, _)| message.find(&format!("\"{key}\":")));
    }
    for (key, value) in inner {
        let path = if path.is_empty() { key } else { format!("{path}.{key}") };
        discover(value, &path, fields, message);
    }
}

fn put(fields: &mut BTreeMap<String, String>, path: &str, text: &str) {
    if fields.len() < DISCOVERED {
        fields.insert(path.to_owned(), text.to_owned());
    }
}

/// What the text asks for, taken apart.
struct Text {
    /// In milliseconds, half open.
    range: (i64, i64),
    kinds: BTreeSet<String>,
    is_json: bool,
    /// Names that are given, and the fields or parts of an event that they are for.
    names: BTreeMap<String, String>,
    by: Vec<String>,
    limit: usize,
}

impl Text {
    /// Reads the commands, and stops at anything that is not among those of the text.
    fn read(text: &str) -> Self {
        let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let mut read = Self {
            range: (0, 0),
            kinds: BTreeSet::new(),
            is_json: false,
            names: BTreeMap::new(),
            by: Vec::new(),
            limit: 0,
        };
        let mut has_stats = false;
        for command in flat.split(" | ") {
            let (word, rest) = command.split_once(' ').expect("a command has arguments");
            assert!(!has_stats || word == "limit", "`{word}` after stats");
            match word {
                "filter" if rest.starts_with("query_type in [") => {
                    let (kinds, rest) = rest["query_type in [".len()..].split_once(']').expect("a list");
                    assert_eq!(rest, " or not ispresent(query_type)");
                    read.kinds = kinds.split(", ").map(|kind| kind.trim_matches('"').to_owned()).collect();
                }
                "filter" => {
                    let (from, until) = rest.split_once(" and ").expect("two ends");
                    let of = |text: &str, start: &str| {
                        text.strip_prefix(start).and_then(|number| number.parse().ok()).expect("a number")
                    };
                    read.range = (of(from, "toMillis(@timestamp) >= "), of(until, "toMillis(@timestamp) < "));
                }
                "parse" => {
                    assert_eq!(rest, r#"@message /"answers":\s*(?<answer_list>\[[^\]]*\])/"#);
                    read.names.insert("answer_list".to_owned(), "/answers/".to_owned());
                }
                "fields" if rest == "jsonParse(@message) as r" => read.is_json = true,
                "fields" if rest == r#"strcontains(@message, '"answers":[]') as has_none"# => {
                    read.names.insert("has_none".to_owned(), "strcontains".to_owned());
                }
                "fields" => {
                    for field in rest.split(", ") {
                        let (what, name) = field.split_once(" as ").expect("a name");
                        assert!(
                            !what.starts_with("r.") || read.is_json,
                            "`r` is named in an earlier command"
                        );
                        assert!(!what.starts_with(name), "a name that is a field's, too");
                        read.names.insert(name.to_owned(), what.to_owned());
                    }
                }
                "stats" => {
                    let (counts, by) = rest.split_once(" by ").expect("what it is grouped by");
                    assert_eq!(
                        counts,
                        "count(*) as n, sortsFirst(query_timestamp) as first, sortsLast(query_timestamp) as last"
                    );
                    read.by = by.split(", ").map(str::to_owned).collect();
                    has_stats = true;
                }
                "limit" => read.limit = rest.parse().expect("a number"),
                other => panic!("no command `{other}`"),
            }
        }
        assert!(has_stats && read.limit == 100_000, "{text}");
        read
    }

    fn lets_through(&self, event: &Event<'_>) -> bool {
        let kind = event.fields.get("query_type");
        kind.is_none_or(|kind| self.kinds.contains(kind)) && (self.range.0..self.range.1).contains(&event.at)
    }

    /// What a name stands for in an event.
    fn value(&self, event: &Event<'_>, name: &str, is_nothing: bool) -> Option<String> {
        let Some(what) = self.names.get(name) else { return event.fields.get(name).cloned() };
        match what.as_str() {
            "strcontains" => Some(u8::from(event.message.contains(r#""answers":[]"#)).to_string()),
            "/answers/" => {
                let (_, rest) = event.message.split_once(r#""answers":"#)?;
                let list = rest.trim_start();
                list.starts_with('[').then(|| list.split_inclusive(']').next().map(str::to_owned))?
            }
            "jsonStringify(r.answers)" => {
                let answers = event.json.get("answers").filter(|answers| !answers.is_null())?;
                let is_empty = answers.as_array().is_some_and(Vec::is_empty);
                (!is_empty || !is_nothing).then(|| answers.to_string())
            }
            path => {
                let Some(path) = path.strip_prefix("r.") else { return event.fields.get(path).cloned() };
                let value = path.split('.').try_fold(&event.json, |value, key| value.get(key))?;
                value.as_str().map(str::to_owned)
            }
        }
    }
}
