//! Answers that are dropped, masked, cut or garbled on the way, in every shape that they may come in.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::{Map, Value, json};

/// One record of which only the answer is of interest.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) name: &'static str,
    kind: &'static str,
    rcode: &'static str,
    /// Rdata and type.
    answers: Vec<(&'static str, &'static str)>,
}

/// What happens to the answers of one record on the way.
#[derive(Clone, Debug)]
pub(crate) enum Damage {
    Nothing,
    /// The field or column is left out, or stands there as null or as empty text.
    Absent(&'static str),
    /// A member of one answer is left out.
    Without(Index, &'static str),
    /// A data protection policy masks an address.
    Masked(Index),
    /// One byte of a member of one answer is another.
    Garbled(Index, &'static str, Index, char),
    /// Only the first answer is there, and nothing says so but the shape.
    First,
    /// The text of the answers ends after so many of its characters.
    Cut(Index),
    /// One character of that text is another.
    Misspelt(Index, char),
}

/// How records are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    Lines,
    Spaced,
    Message,
    Hec,
    FilterLogEvents,
    ExportTask,
    Ocsf,
    Loki,
    /// A cell or a member that holds the answers as text, in the spelling of some engine.
    Cell(Spelling, char),
    TextMember(Spelling),
    /// A column or a key for each member of each answer.
    Columns(&'static str, char),
    Keys(&'static str),
    QueryResults,
    /// An array of names, then one of values for each record; or both in a document.
    Arrays,
    ArraysInDocument,
}

/// How engines write a list of structures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Spelling {
    Json,
    Athena,
    DuckDb,
    Python,
    NamedTuples,
}

const SPELLINGS: [Spelling; 5] =
    [Spelling::Json, Spelling::Athena, Spelling::DuckDb, Spelling::Python, Spelling::NamedTuples];

pub(crate) fn shapes() -> Vec<Shape> {
    let mut all = vec![
        Shape::Lines,
        Shape::Spaced,
        Shape::Message,
        Shape::Hec,
        Shape::FilterLogEvents,
        Shape::ExportTask,
        Shape::Ocsf,
        Shape::Loki,
        Shape::QueryResults,
        Shape::Arrays,
        Shape::ArraysInDocument,
    ];
    for spelling in SPELLINGS {
        all.extend([',', ';', '\t'].map(|delimiter| Shape::Cell(spelling, delimiter)));
        all.push(Shape::TextMember(spelling));
    }
    for separator in [".", "/", "_"] {
        all.extend([',', '\t'].map(|delimiter| Shape::Columns(separator, delimiter)));
        all.push(Shape::Keys(separator));
    }
    all
}

/// The answers as they are after the damage: their members, or nothing where there is no field.
type Answers = Result<Vec<Vec<(&'static str, String)>>, &'static str>;

fn damaged(asked: &Asked, damage: &Damage) -> Answers {
    let mut answers: Vec<Vec<(&str, String)>> = asked
        .answers
        .iter()
        .map(|(rdata, kind)| {
            vec![("Rdata", (*rdata).to_owned()), ("Type", (*kind).to_owned()), ("Class", "IN".to_owned())]
        })
        .collect();
    let length = answers.len();
    match damage {
        Damage::Absent(how) => return Err(how),
        Damage::Without(which, member) if length > 0 => {
            answers[which.index(length)].retain(|(key, _)| key != member);
        }
        Damage::Masked(which) if length > 0 => {
            let rdata = &mut answers[which.index(length)][0].1;
            *rdata = "*".repeat(rdata.len());
        }
        Damage::Garbled(which, member, place, by) if length > 0 => {
            for (key, text) in &mut answers[which.index(length)] {
                if key == member {
                    *text = misspelt(text, *place, *by);
                }
            }
        }
        _ => {}
    }
    Ok(answers)
}

fn misspelt(text: &str, place: Index, by: char) -> String {
    let mut characters: Vec<char> = text.chars().collect();
    if !characters.is_empty() {
        let at = place.index(characters.len());
        characters[at] = by;
    }
    characters.into_iter().collect()
}

/// What becomes of the text of a list of answers.
fn as_damaged(text: String, damage: &Damage) -> String {
    match damage {
        _ if text.is_empty() => text,
        Damage::Cut(at) => text.chars().take(at.index(text.chars().count())).collect(),
        Damage::Misspelt(place, by) => misspelt(&text, *place, *by),
        _ => text,
    }
}

impl Spelling {
    fn write(self, answers: &[Vec<(&'static str, String)>]) -> String {
        let list = |item: &dyn Fn(&(&'static str, String)) -> String, open: &str, close: &str| {
            let each: Vec<String> = answers
                .iter()
                .map(|answer| {
                    format!("{open}{}{close}", answer.iter().map(item).collect::<Vec<_>>().join(", "))
                })
                .collect();
            format!("[{}]", each.join(", "))
        };
        let quoted = |text: &str| format!("'{text}'");
        match self {
            Self::Json => json_answers(answers).to_string(),
            Self::Athena => list(&|(key, text)| format!("{}={text}", key.to_lowercase()), "{", "}"),
            Self::DuckDb => {
                let value = |text: &String| if text.contains(':') { quoted(text) } else { text.clone() };
                list(&|(key, text)| format!("'{key}': {}", value(text)), "{", "}")
            }
            Self::Python => list(&|(key, text)| format!("'{key}': {}", quoted(text)), "{", "}"),
            Self::NamedTuples => list(&|(key, text)| format!("'{key}':{}", quoted(text)), "{", "}"),
        }
    }
}

fn json_answers(answers: &[Vec<(&'static str, String)>]) -> Value {
    answers
        .iter()
        .map(|answer| {
            answer.iter().map(|(key, text)| ((*key).to_owned(), Value::from(text.clone()))).collect()
        })
        .collect::<Vec<Map<String, Value>>>()
        .into()
}

const SCALARS: [(&str, &str); 6] = [
    ("version", "1.100000"),
    ("account_id", "111122223333"),
    ("region", "us-west-2"),
    ("vpc_id", "vpc-1"),
    ("query_timestamp", "2025-05-05T10:00:00Z"),
    ("srcaddr", "10.0.0.1"),
];

/// The members of a record but for its answers.
fn scalars(asked: &Asked) -> Map<String, Value> {
    let mut record: Map<String, Value> =
        SCALARS.iter().map(|(key, text)| ((*key).to_owned(), Value::from(*text))).collect();
    for (key, text) in [("query_name", asked.name), ("query_type", asked.kind), ("rcode", asked.rcode)] {
        record.insert(key.to_owned(), text.into());
    }
    record
}

/// The record as JSON, with what is left of its answers.
fn record(asked: &Asked, damage: &Damage) -> String {
    let mut record = scalars(asked);
    record.insert("srcids".to_owned(), json!({"instance": "i-1"}));
    match damaged(asked, damage) {
        Err("") => {
            record.insert("answers".to_owned(), "".into());
        }
        Err("null") => {
            record.insert("answers".to_owned(), Value::Null);
        }
        Err(_) => {}
        Ok(answers) => {
            let text = as_damaged(json_answers(&answers).to_string(), damage);
            // The text stands in the record as it is, whatever that does to the record.
            record.insert("answers".to_owned(), "@".into());
            return Value::Object(record).to_string().replacen("\"@\"", &text, 1);
        }
    }
    Value::Object(record).to_string()
}

fn ocsf(asked: &Asked, damage: &Damage) -> String {
    let mut event = json!({
        "class_uid": 4003, "time": 1_746_439_200_000_i64, "rcode": asked.rcode,
        "query": {"hostname": asked.name, "type": asked.kind, "class": "IN"},
        "src_endpoint": {"ip": "10.0.0.1", "vpc_uid": "vpc-1", "instance_uid": "i-1"},
    });
    match damaged(asked, damage) {
        Err("") => event["answers"] = "".into(),
        // Null is how the schema says that there were none: what is lost is left out.
        Err(_) => {}
        Ok(answers) => {
            let lower: Vec<Value> = answers
                .iter()
                .map(|answer| {
                    let members =
                        answer.iter().map(|(key, text)| (key.to_lowercase(), Value::from(text.clone())));
                    Value::Object(members.collect())
                })
                .collect();
            let text = as_damaged(Value::from(lower).to_string(), damage);
            event["answers"] = "@".into();
            return event.to_string().replacen("\"@\"", &text, 1);
        }
    }
    event.to_string()
}

fn row(cells: &[String], delimiter: char) -> String {
    let quoted: Vec<String> = cells
        .iter()
        .map(|cell| {
            if cell.contains(['"', '\n', delimiter]) {
                format!("\"{}\"", cell.replace('"', "\"\""))
            } else {
                cell.clone()
            }
        })
        .collect();
    quoted.join(&delimiter.to_string()) + "\n"
}

/// The texts of a record's columns but for its answers, in one order.
fn cells(asked: &Asked) -> (Vec<String>, Vec<String>) {
    let mut pairs: Vec<(String, String)> = scalars(asked)
        .into_iter()
        .map(|(key, value)| (key, value.as_str().unwrap_or_default().to_owned()))
        .collect();
    pairs.push(("srcids.instance".to_owned(), "i-1".to_owned()));
    pairs.into_iter().unzip()
}

/// The columns of answers, of which there are as many as any record has, and one record's cells in them. What
/// is absent in one record is an empty cell; so here all that is dropped is a member of one answer.
fn answer_cells(asked: &Asked, damage: &Damage, width: usize, separator: &str) -> Vec<(String, String)> {
    let answers = match damage {
        Damage::Absent(_) => damaged(asked, &Damage::Nothing),
        _ => damaged(asked, damage),
    };
    let answers = answers.unwrap_or_default();
    let mut all = Vec::new();
    for at in 0..width {
        for member in ["Rdata", "Type"] {
            let text = answers.get(at).and_then(|answer| answer.iter().find(|(key, _)| *key == member));
            let text = text.map(|(_, text)| text.clone()).unwrap_or_default();
            // A cell with nothing in it would say that there is nothing.
            let damaged = as_damaged(text, damage);
            let is_dropped = matches!(damage, Damage::Without(..));
            let cell = match asked.answers.get(at) {
                Some((rdata, kind)) if damaged.trim().is_empty() && !is_dropped => {
                    (if member == "Rdata" { *rdata } else { *kind }).to_owned()
                }
                _ => damaged,
            };
            all.push((format!("answers{separator}{at}{separator}{member}"), cell));
        }
    }
    all
}

fn width(log: &[(Asked, Damage)]) -> usize {
    let first = log.iter().any(|(_, damage)| matches!(damage, Damage::First));
    let most = log.iter().map(|(asked, _)| asked.answers.len()).max().unwrap_or(0).max(1);
    if first { 1 } else { most }
}

/// One member of one answer is left out in the whole of an export, not in one row, where an empty cell would
/// say that there is no answer.
fn dropped(log: &[(Asked, Damage)]) -> Option<&'static str> {
    log.iter().find_map(|(_, damage)| match damage {
        Damage::Without(_, member) => Some(*member),
        _ => None,
    })
}

fn columns(log: &[(Asked, Damage)], separator: &str, delimiter: char) -> String {
    let mut text = String::new();
    for (at, (asked, damage)) in log.iter().enumerate() {
        let damage = if matches!(damage, Damage::Without(..)) { &Damage::Nothing } else { damage };
        let (mut names, mut texts) = cells(asked);
        for (name, cell) in answer_cells(asked, damage, width(log), separator) {
            if dropped(log).is_none_or(|member| !name.ends_with(member)) {
                names.push(name);
                texts.push(cell);
            }
        }
        if at == 0 {
            text += &row(&names, delimiter);
        }
        text += &row(&texts, delimiter);
    }
    text
}

/// Each record as one flat object; what is empty is not there.
fn keys(log: &[(Asked, Damage)], separator: &str) -> Vec<Map<String, Value>> {
    log.iter()
        .map(|(asked, damage)| {
            let (names, texts) = cells(asked);
            let answers = answer_cells(asked, damage, width(log), separator);
            let all = names.into_iter().zip(texts).chain(answers).filter(|(_, text)| !text.is_empty());
            all.map(|(name, text)| (name, Value::from(text))).collect()
        })
        .collect()
}

fn cell_table(log: &[(Asked, Damage)], spelling: Spelling, delimiter: char) -> String {
    let mut text = String::new();
    for (at, (asked, damage)) in log.iter().enumerate() {
        let (mut names, mut texts) = cells(asked);
        names.push("answers".to_owned());
        texts.push(match damaged(asked, damage) {
            Err("null") => "NULL".to_owned(),
            Err(_) => String::new(),
            Ok(answers) => as_damaged(spelling.write(&answers), damage),
        });
        if at == 0 {
            text += &row(&names, delimiter);
        }
        text += &row(&texts, delimiter);
    }
    text
}

fn text_member(log: &[(Asked, Damage)], spelling: Spelling) -> String {
    let mut text = String::new();
    for (asked, damage) in log {
        let mut record = scalars(asked);
        record.insert("srcids".to_owned(), json!({"instance": "i-1"}));
        let member = match damaged(asked, damage) {
            Err("null") => Some(Value::Null),
            Err("") => Some("".into()),
            Err(_) => None,
            Ok(answers) => Some(as_damaged(spelling.write(&answers), damage).into()),
        };
        if let Some(member) = member {
            record.insert("answers".to_owned(), member);
        }
        text += &(Value::Object(record).to_string() + "\n");
    }
    text
}

/// The names of the fields, and each record's values in their order.
fn arrays(log: &[(Asked, Damage)]) -> (String, Vec<String>) {
    let rows = log.iter().map(|(asked, damage)| {
        let answers = match damaged(asked, damage) {
            Err("") => "\"\"".to_owned(),
            Err(_) => "null".to_owned(),
            Ok(answers) => as_damaged(json_answers(&answers).to_string(), damage),
        };
        let texts: Vec<String> =
            cells(asked).1.into_iter().map(|text| Value::from(text).to_string()).collect();
        format!("[{}, {answers}]", texts.join(", "))
    });
    let names = log.first().map_or_else(Vec::new, |(asked, _)| cells(asked).0);
    let names: Vec<Value> = names.into_iter().chain(["answers".to_owned()]).map(Value::from).collect();
    (Value::from(names).to_string(), rows.collect())
}

pub(crate) fn render(shape: Shape, log: &[(Asked, Damage)]) -> String {
    let records = || log.iter().map(|(asked, damage)| record(asked, damage));
    let lines =
        |each: &dyn Fn(String) -> String| records().map(|record| each(record) + "\n").collect::<String>();
    match shape {
        Shape::Lines => lines(&|record| record),
        Shape::Spaced => lines(&|record| record.replace("\":\"", "\" : \"").replace("\":[", "\" : [")),
        Shape::Message => lines(&|record| json!({"message": record}).to_string()),
        Shape::Hec => lines(&|record| format!("{{\"time\":1746439200.5,\"event\":{record}}}")),
        Shape::ExportTask => lines(&|record| format!("2025-05-05T10:00:00.000Z {record}")),
        Shape::FilterLogEvents => {
            let events: Vec<Value> = records()
                .map(|record| json!({"eventId": "1", "timestamp": 1_746_439_200_000_i64, "message": record}))
                .collect();
            json!({"events": events, "searchedLogStreams": []}).to_string()
        }
        Shape::Loki => {
            let values: Vec<Value> = records().map(|record| json!(["1746439200000000000", record])).collect();
            json!({"status": "success", "data": {"resultType": "streams", "result": [{"stream": {}, "values": values}]}})
                .to_string()
        }
        Shape::Ocsf => log.iter().map(|(asked, damage)| ocsf(asked, damage) + "\n").collect(),
        Shape::Cell(spelling, delimiter) => cell_table(log, spelling, delimiter),
        Shape::TextMember(spelling) => text_member(log, spelling),
        Shape::Columns(separator, delimiter) => columns(log, separator, delimiter),
        Shape::Keys(separator) => {
            keys(log, separator).into_iter().map(|record| Value::Object(record).to_string() + "\n").collect()
        }
        Shape::Arrays => {
            let (names, rows) = arrays(log);
            format!("{names}\n{}\n", rows.join("\n"))
        }
        Shape::ArraysInDocument => {
            let (names, rows) = arrays(log);
            format!(
                "{{\n\t\"meta\": {names},\n\t\"data\":\n\t[\n{}\n\t],\n\t\"rows\": 1\n}}",
                rows.join(",\n")
            )
        }
        Shape::QueryResults => {
            let rows: Vec<Vec<Value>> = keys(log, ".")
                .into_iter()
                .map(|row| {
                    row.into_iter().map(|(field, value)| json!({"field": field, "value": value})).collect()
                })
                .collect();
            let matched = rows.len();
            json!({"results": rows, "statistics": {"recordsMatched": matched}, "status": "Complete"})
                .to_string()
        }
    }
}

pub(crate) fn asked() -> impl Strategy<Value = Asked> {
    let answer = prop_oneof![
        3 => select(vec![("2600:1f14::1", "AAAA"), ("64:ff9b::345e:b677", "AAAA"), ("2001:db8::2", "AAAA")]),
        3 => select(vec![("192.0.2.1", "A"), ("52.94.182.119", "A")]),
        2 => Just(("cdn.example.", "CNAME")),
        1 => select(vec![("::1", "AAAA"), ("0.0.0.0", "A")]),
    ];
    let question = (
        select(vec!["ssm.example.", "s3.example.", "api.example."]),
        select(vec!["AAAA", "AAAA", "A"]),
        select(vec!["NOERROR", "NOERROR", "NOERROR", "NOERROR", "NXDOMAIN", "SERVFAIL"]),
    );
    (question, vec(answer, 0..4)).prop_map(|((name, kind, rcode), mut answers)| {
        // Chains come first, and no answer is of the other type of address.
        answers.retain(|(_, of)| *of == "CNAME" || *of == kind);
        answers.sort_by_key(|(_, of)| *of != "CNAME");
        Asked { name, kind, rcode, answers }
    })
}

pub(crate) fn damage() -> impl Strategy<Value = Damage> {
    let member = || select(vec!["Rdata", "Type"]);
    let by = || {
        select(vec!['x', '9', ':', '*', ' ', '"', '\'', ',', '{', '}', '[', ']', '=', 'Z', '\\', '.', '0'])
    };
    prop_oneof![
        3 => Just(Damage::Nothing),
        2 => select(vec!["gone", "null", ""]).prop_map(Damage::Absent),
        2 => (any::<Index>(), member()).prop_map(|(which, member)| Damage::Without(which, member)),
        2 => any::<Index>().prop_map(Damage::Masked),
        2 => (any::<Index>(), member(), any::<Index>(), by())
            .prop_map(|(which, member, place, by)| Damage::Garbled(which, member, place, by)),
        1 => Just(Damage::First),
        2 => any::<Index>().prop_map(Damage::Cut),
        2 => (any::<Index>(), by()).prop_map(|(place, by)| Damage::Misspelt(place, by)),
    ]
}
