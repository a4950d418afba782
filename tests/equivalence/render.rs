//! One log in each envelope it may come in.

use std::io::Write;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use r53tail::log::envelope::InputFormat;
use serde::Serialize;
use serde_json::ser::PrettyFormatter;
use serde_json::{Value, json};

use super::exports;
use super::records::Sample;

/// A log in an envelope.
pub(crate) struct Rendered {
    pub(crate) name: String,
    pub(crate) bytes: Vec<u8>,
    pub(crate) format: InputFormat,
    /// Whether the envelope holds only records that pass [`Sample::is_plain`].
    pub(crate) only_plain: bool,
}

pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

pub(crate) fn zstd(bytes: &[u8]) -> Vec<u8> {
    zstd::stream::encode_all(bytes, 1).unwrap()
}

pub(crate) fn base64(bytes: &[u8]) -> String {
    BASE64_STANDARD.encode(bytes)
}

pub(crate) fn pretty(value: &Value, indent: &str) -> String {
    let mut text = Vec::new();
    let formatter = PrettyFormatter::with_indent(indent.as_bytes());
    value.serialize(&mut serde_json::Serializer::with_formatter(&mut text, formatter)).unwrap();
    String::from_utf8(text).unwrap()
}

/// As `jq -C` colors it: braces, keys and values each.
pub(crate) fn colored(value: &Value, indent: &str) -> String {
    let mut text = String::new();
    for line in pretty(value, indent).lines() {
        let (key, value) = line.split_once("\": ").map_or(("", line), |(key, value)| (key, value));
        if key.is_empty() {
            text.extend(["\x1b[1;39m", value, "\x1b[0m\n"]);
        } else {
            let quote = key.find('"').unwrap();
            let (blanks, key) = key.split_at(quote);
            text.extend([blanks, "\x1b[0m\x1b[34;1m", key, "\"\x1b[0m\x1b[1;39m:\x1b[0m "]);
            text.extend(["\x1b[0;32m", value, "\x1b[0m\n"]);
        }
    }
    text
}

fn csv_line<'t>(cells: impl Iterator<Item = &'t str>, always: bool) -> String {
    let quoted: Vec<_> = cells
        .map(|cell| {
            if always || cell.contains(['"', ',', '\n']) {
                format!("\"{}\"", cell.replace('"', "\"\""))
            } else {
                cell.to_owned()
            }
        })
        .collect();
    quoted.join(",")
}

/// A batch as a subscription delivers it.
pub(crate) fn batch(samples: &[Sample]) -> Value {
    let events: Vec<_> = samples
        .iter()
        .map(|sample| json!({"id": "3195310660696698", "timestamp": sample.millis(), "message": sample.line()}))
        .collect();
    json!({
        "messageType": "DATA_MESSAGE", "owner": "012345678901", "logGroup": "resolver", "logStream": "vpc-0e",
        "subscriptionFilters": ["all"], "logEvents": events,
    })
}

/// The reachability check of a subscription.
pub(crate) fn control() -> Value {
    json!({
        "messageType": "CONTROL_MESSAGE", "owner": "CloudwatchLogs", "logGroup": "", "logStream": "",
        "subscriptionFilters": [],
        "logEvents": [{
            "id": "", "timestamp": 1_746_439_200_000_u64,
            "message": "CWL CONTROL MESSAGE: Checking health of destination Firehose.",
        }],
    })
}

/// The document of `aws logs filter-log-events`.
pub(crate) fn filter_log_events(samples: &[Sample]) -> Value {
    let events: Vec<_> = samples
        .iter()
        .enumerate()
        .map(|(number, sample)| {
            json!({
                "logStreamName": "vpc-0e_resolver", "timestamp": sample.millis(), "message": sample.line(),
                "ingestionTime": sample.millis() + 500, "eventId": format!("3833{number}"),
            })
        })
        .collect();
    json!({"events": events, "searchedLogStreams": []})
}

pub(crate) fn get_log_events(samples: &[Sample]) -> Value {
    let events: Vec<_> = samples
        .iter()
        .map(|sample| {
            let message = sample.line() + "\n";
            json!({"ingestionTime": sample.millis() + 9, "timestamp": sample.millis(), "message": message})
        })
        .collect();
    json!({"nextForwardToken": "f/1", "events": events, "nextBackwardToken": "b/1"})
}

pub(crate) fn query_results(rows: impl Iterator<Item = Vec<(String, String)>>) -> Value {
    let rows: Vec<Vec<Value>> = rows
        .map(|row| row.into_iter().map(|(field, value)| json!({"field": field, "value": value})).collect())
        .collect();
    json!({"results": rows, "statistics": {"recordsMatched": 32.0}, "status": "Complete"})
}

pub(crate) fn message_columns(sample: &Sample) -> Vec<(String, String)> {
    let time = sample.time().replace('T', " ").replace('Z', ".000");
    [("@timestamp", time), ("@message", sample.line()), ("@ptr", "CmEKJgoi".to_owned())]
        .map(|(field, value)| (field.to_owned(), value))
        .to_vec()
}

/// The fields of a record that are texts, in the order of the table.
const SCALARS: [&str; 12] = [
    "version",
    "account_id",
    "region",
    "vpc_id",
    "query_timestamp",
    "query_name",
    "query_type",
    "query_class",
    "rcode",
    "srcaddr",
    "srcport",
    "transport",
];

/// How a program prints answers, and ids by their names.
struct Printer {
    name: &'static str,
    answer: fn(&str, &str) -> String,
    list: fn(&[String]) -> String,
    sources: fn([&str; 3]) -> String,
}

/// Only what has a colon in it is quoted.
fn by_duckdb(text: &str) -> String {
    if text.contains(':') { format!("'{text}'") } else { text.to_owned() }
}

/// A text, or what stands for none.
fn or(none: &str, text: &str, quote: &str) -> String {
    if text.is_empty() { none.to_owned() } else { format!("{quote}{text}{quote}") }
}

fn bracketed(all: &[String]) -> String {
    format!("[{}]", all.join(", "))
}

const PRINTERS: [Printer; 6] = [
    Printer {
        name: "athena csv",
        answer: |rdata, kind| format!("{{rdata={rdata}, type={kind}, class=IN}}"),
        list: bracketed,
        sources: |[instance, endpoint, interface]| {
            let [instance, endpoint, interface] =
                [instance, endpoint, interface].map(|id| or("null", id, ""));
            format!(
                "{{instance={instance}, resolver_endpoint={endpoint}, resolver_network_interface={interface}}}"
            )
        },
    },
    Printer {
        name: "csv, columns, of DuckDB",
        answer: |rdata, kind| format!("{{'Rdata': {}, 'Type': {kind}, 'Class': IN}}", by_duckdb(rdata)),
        list: bracketed,
        sources: |[instance, endpoint, interface]| {
            let [instance, endpoint, interface] =
                [instance, endpoint, interface].map(|id| or("NULL", id, ""));
            format!(
                "{{'instance': {instance}, 'resolver_endpoint': {endpoint}, 'resolver_network_interface': {interface}}}"
            )
        },
    },
    Printer {
        name: "csv, columns, of numpy",
        answer: |rdata, kind| format!("{{'Rdata': '{rdata}', 'Type': '{kind}', 'Class': 'IN'}}"),
        list: |all| format!("[{}]", all.join("\n ")),
        sources: |[instance, endpoint, interface]| {
            let [instance, endpoint, interface] =
                [instance, endpoint, interface].map(|id| or("None", id, "'"));
            format!(
                "{{'instance': {instance}, 'resolver_endpoint': {endpoint}, 'resolver_network_interface': {interface}}}"
            )
        },
    },
    Printer {
        name: "csv, columns, of ClickHouse",
        answer: |rdata, kind| format!("('IN','{rdata}','{kind}')"),
        list: |all| format!("[{}]", all.join(",")),
        sources: |ids| format!("({})", ids.map(|id| or("NULL", id, "'")).join(",")),
    },
    Printer {
        name: "csv, columns, of Spark",
        answer: |rdata, kind| format!("{{IN, {rdata}, {kind}}}"),
        list: bracketed,
        sources: |ids| format!("{{{}}}", ids.map(|id| or("null", id, "")).join(", ")),
    },
    Printer {
        name: "csv, columns, of PostgreSQL",
        answer: |rdata, kind| format!("\"({rdata},{kind},IN)\""),
        list: |all| format!("{{{}}}", all.join(",")),
        sources: |ids| format!("({})", ids.join(",")),
    },
];

/// What DNS Firewall did; of records that it did nothing to, these are absent.
const FIREWALL: [&str; 3] = ["firewall_rule_action", "firewall_rule_group_id", "firewall_domain_list_id"];

/// The cells of a record besides its answers.
fn cells(sample: &Sample, sources: fn([&str; 3]) -> String) -> Vec<String> {
    let json = sample.json();
    let mut cells: Vec<_> = SCALARS.iter().map(|key| json[key].as_str().unwrap().to_owned()).collect();
    cells.extend(FIREWALL.map(|key| json[key].as_str().unwrap_or_default().to_owned()));
    let id = |key: &str| sample.sources.iter().find(|(known, _)| *known == key).map_or("", |it| it.1);
    cells.push(sources(["instance", "resolver_endpoint", "resolver_network_interface"].map(id)));
    cells
}

fn printed_csv(samples: &[Sample], printer: &Printer) -> String {
    let columns = SCALARS.into_iter().chain(FIREWALL).chain(["srcids", "answers"]);
    let mut text = csv_line(columns, true) + "\n";
    for sample in samples.iter().filter(|sample| sample.is_plain()) {
        let mut cells = cells(sample, printer.sources);
        let answers: Vec<_> =
            sample.answers.iter().map(|(rdata, kind)| (printer.answer)(rdata, kind)).collect();
        cells.push((printer.list)(&answers));
        text += &(csv_line(cells.iter().map(String::as_str), true) + "\n");
    }
    text
}

/// A row for each answer, and one for a record without.
fn unnested_csv(samples: &[Sample]) -> String {
    let columns = SCALARS.into_iter().chain(FIREWALL).chain(["srcids", "Rdata", "Type"]);
    let mut text = csv_line(columns, false) + "\n";
    for sample in samples.iter().filter(|sample| sample.is_plain()) {
        let cells = cells(sample, PRINTERS[1].sources);
        let none = [("", "")];
        let answers: Vec<(&str, &str)> = sample.answers.iter().map(|(rdata, kind)| (*rdata, *kind)).collect();
        for (rdata, kind) in if answers.is_empty() { &none[..] } else { &answers } {
            let row = cells.iter().map(String::as_str).chain([*rdata, *kind]);
            text += &(csv_line(row, false) + "\n");
        }
    }
    text
}

fn insights_csv(samples: &[Sample]) -> String {
    let mut columns: Vec<String> = Vec::new();
    for (column, _) in samples.iter().flat_map(Sample::columns) {
        if !columns.contains(&column) {
            columns.push(column);
        }
    }
    let mut text = csv_line(columns.iter().map(String::as_str), false) + "\n";
    for sample in samples {
        let row = sample.columns();
        let cell =
            |column: &String| row.iter().find(|(known, _)| known == column).map_or("", |(_, text)| text);
        text += &(csv_line(columns.iter().map(cell), false) + "\n");
    }
    text
}

/// The log in every envelope.
pub(crate) fn all(samples: &[Sample]) -> Vec<Rendered> {
    let parts = [lines, objects, exports::all, prefixed, documents, payloads, wrapped, tables, packed];
    parts.into_iter().flat_map(|part| part(samples)).collect()
}

pub(crate) fn one(name: &str, format: InputFormat, bytes: impl Into<Vec<u8>>) -> Rendered {
    let only_plain = format == InputFormat::AthenaCsv;
    Rendered { name: name.to_owned(), bytes: bytes.into(), format, only_plain }
}

/// What `render` makes of each record, one behind the other.
pub(crate) fn each(samples: &[Sample], render: impl Fn(&Sample) -> String) -> String {
    samples.iter().map(render).collect()
}

/// What `render` makes of each record, in an array.
pub(crate) fn list(samples: &[Sample], render: impl Fn(&Sample) -> Value) -> Value {
    samples.iter().map(render).collect()
}

fn bare(samples: &[Sample]) -> String {
    each(samples, |sample| sample.line() + "\n")
}

fn lines(samples: &[Sample]) -> Vec<Rendered> {
    let lines = bare(samples);
    let colored = lines.replace("example", "\x1b[01;31m\x1b[Kexample\x1b[m\x1b[K");
    [
        ("lines", lines.clone()),
        ("lines with CRLF", lines.replace('\n', "\r\n")),
        ("a byte order mark", format!("\u{feff}{lines}")),
        ("no last line break", lines.trim_end().to_owned()),
        ("blank lines", format!("\n \r\n{}", lines.replace('\n', " \n\n\t\n"))),
        ("nothing between", lines.replace('\n', "")),
        ("blanks between", lines.replace('\n', " ")),
        ("other key order", each(samples, |sample| sample.json().to_string() + "\n")),
        ("a write test before", format!("Permission Check Successful\n{lines}")),
        ("names colored by grep", colored),
    ]
    .map(|(name, text)| one(name, InputFormat::JsonLines, text))
    .into()
}

/// Objects one after another as they are copied from a console, and arrays of them.
fn objects(samples: &[Sample]) -> Vec<Rendered> {
    let array = list(samples, Sample::json);
    let mut all = vec![
        ("array of objects".to_owned(), array.to_string()),
        ("array of lines".to_owned(), format!("[{}]", bare(samples).trim_end().replace('\n', ",\n"))),
        ("array of objects, colored".to_owned(), colored(&array, "  ")),
        ("array of objects, pretty".to_owned(), pretty(&array, "    ")),
    ];
    for indent in ["", "  ", "    ", "\t"] {
        let objects = each(samples, |sample| pretty(&sample.json(), indent) + "\n");
        let in_colors = each(samples, |sample| colored(&sample.json(), indent));
        all.extend([
            (format!("indent {indent:?}, CRLF"), objects.replace('\n', "\r\n")),
            (format!("indent {indent:?}, blank lines"), objects.replace("}\n{", "}\n\n   {")),
            (format!("indent {indent:?}, commas"), objects.replace("}\n{", "},\n{")),
            (format!("indent {indent:?}, colored"), in_colors),
            (format!("indent {indent:?}"), objects),
        ]);
    }
    all.into_iter().map(|(name, text)| one(&name, InputFormat::Json, text)).collect()
}

/// The name of an envelope and what it makes of a record.
type Prefixed<'f> = (&'static str, &'f dyn Fn(&Sample) -> String);

/// Lines, or objects, with a time before them.
fn prefixed(samples: &[Sample]) -> Vec<Rendered> {
    let time = |sample: &Sample| sample.time().replace('Z', "");
    let message = |sample: &Sample| pretty(&sample.json(), "    ");
    let export: [Prefixed<'_>; 2] = [
        ("export task", &|sample| format!("{}.000Z {}\n", time(sample), sample.line())),
        ("export task, milliseconds", &|sample| format!("{} {}\n", sample.millis(), sample.line())),
    ];
    let tail: [Prefixed<'_>; 5] = [
        ("tail short", &|sample| format!("{} {}\n", time(sample), sample.line())),
        ("tail detailed", &|sample| {
            format!("{}.079060+00:00 vpc-0e_resolver {}\n", time(sample), sample.line())
        }),
        ("tail detailed, colored", &|sample| {
            let time = time(sample);
            format!("\x1b[32m{time}.079060+00:00\x1b[0m \x1b[36mvpc-0e\x1b[0m {}\n", sample.line())
        }),
        ("tail json", &|sample| format!("{}+00:00 vpc-0e_resolver \n{}\n", time(sample), message(sample))),
        ("tail json, colored", &|sample| {
            let time = time(sample);
            format!("\x1b[32m{time}+00:00\x1b[0m \x1b[36mvpc-0e\x1b[0m \n{}\n", message(sample))
        }),
    ];
    let export = export.map(|(name, render)| one(name, InputFormat::ExportTask, each(samples, render)));
    let tail = tail.map(|(name, render)| one(name, InputFormat::CliTail, each(samples, render)));
    export.into_iter().chain(tail).collect()
}

/// Documents that hold the whole log.
fn documents(samples: &[Sample]) -> Vec<Rendered> {
    let insights = |message: &dyn Fn(&Sample) -> Value| {
        list(samples, |sample| json!({"@timestamp": "2025-05-05 10:00:00.000", "@message": message(sample)}))
    };
    let hits = list(
        samples,
        |sample| json!({"_index": "logs", "_source": {"event": {"kind": "event", "original": sample.line()}}}),
    );
    let columns = list(samples, |sample| {
        sample.columns().into_iter().map(|(key, text)| (key, Value::from(text))).collect()
    });
    let all = [
        ("filter-log-events", InputFormat::FilterLogEvents, filter_log_events(samples)),
        ("get-log-events", InputFormat::GetLogEvents, get_log_events(samples)),
        ("query results", InputFormat::GetQueryResults, query_results(samples.iter().map(message_columns))),
        (
            "query results, columns",
            InputFormat::GetQueryResults,
            query_results(samples.iter().map(Sample::columns)),
        ),
        ("insights, text", InputFormat::InsightsJson, insights(&|sample| sample.line().into())),
        ("insights, object", InputFormat::InsightsJson, insights(&Sample::json)),
        ("insights, columns", InputFormat::InsightsJson, columns),
        ("subscription", InputFormat::Subscription, batch(samples)),
        ("ocsf array", InputFormat::Ocsf, list(samples, Sample::ocsf)),
        ("search result", InputFormat::Wrapped, json!({"hits": {"total": 32, "hits": hits}})),
    ];
    all.into_iter()
        .flat_map(|(name, format, document)| {
            [
                one(name, format, document.to_string()),
                one(&format!("{name}, pretty"), format, pretty(&document, "    ") + "\n"),
                one(&format!("{name}, colored"), format, colored(&document, "  ")),
            ]
        })
        .collect()
}

/// Batches of a subscription, bare and as Lambda, Kinesis and Firehose have them, with control messages
/// between.
fn payloads(samples: &[Sample]) -> Vec<Rendered> {
    let batches: Vec<String> =
        samples.chunks(5).flat_map(|some| [batch(some), control()]).map(|batch| batch.to_string()).collect();
    let packed: Vec<String> = batches.iter().map(|batch| base64(&gzip(batch.as_bytes()))).collect();
    let lines = |render: &dyn Fn(&String) -> Value| {
        packed.iter().map(|data| render(data).to_string() + "\n").collect::<String>()
    };
    let kinesis: Value = packed
        .iter()
        .map(|data| json!({"kinesis": {"partitionKey": "x", "data": data}, "eventSource": "aws:kinesis"}))
        .collect();
    let twice: Value = batches
        .iter()
        .map(|batch| json!({"SequenceNumber": "495", "Data": base64(&gzip(&gzip(batch.as_bytes())))}))
        .collect();
    let firehose = list(samples, |sample| json!({"recordId": "4", "data": base64(sample.line().as_bytes())}));
    let sqs = list(samples, |sample| {
        let body = json!({"Type": "Notification", "Message": sample.line()}).to_string();
        json!({"messageId": "1", "body": body})
    });
    [
        ("batches, a line each", batches.join("\n")),
        ("batches, nothing between", batches.concat()),
        ("lambda", lines(&|data| json!({"awslogs": {"data": data}}))),
        ("firehose failures", lines(&|data| json!({"attemptsMade": 4, "rawData": data}))),
        ("kinesis to lambda", json!({"Records": kinesis}).to_string()),
        ("get-records, packed twice", json!({"Records": twice}).to_string()),
        ("firehose, plain data", json!({"records": firehose}).to_string()),
        ("sqs of sns", json!({"Records": sqs}).to_string()),
    ]
    .map(|(name, text)| one(name, InputFormat::Subscription, text))
    .into()
}

fn tables(samples: &[Sample]) -> Vec<Rendered> {
    let rows = each(samples, |sample| {
        csv_line(message_columns(sample).iter().map(|(_, text)| text.as_str()), false) + "\n"
    });
    let messages = format!("@timestamp,@message,@ptr\n{rows}");
    let plain = each(samples, |sample| {
        csv_line([sample.millis().to_string().as_str(), &sample.line()].into_iter(), false) + "\n"
    });
    let printed = PRINTERS
        .iter()
        .map(|printer| one(printer.name, InputFormat::AthenaCsv, printed_csv(samples, printer)));
    let others = [
        one("insights csv, CRLF", InputFormat::InsightsCsv, messages.replace('\n', "\r\n")),
        one("insights csv", InputFormat::InsightsCsv, format!("\u{feff}{messages}")),
        one("insights csv, columns", InputFormat::InsightsCsv, insights_csv(samples)),
        one("csv, columns, a row an answer", InputFormat::AthenaCsv, unnested_csv(samples)),
        Rendered {
            only_plain: false,
            ..one("csv, a column of records", InputFormat::Csv, format!("timestamp,message\n{plain}"))
        },
    ];
    others.into_iter().chain(printed).collect()
}

fn packed(samples: &[Sample]) -> Vec<Rendered> {
    let text = bare(samples);
    let bytes = text.as_bytes();
    let (first, second) = bytes.split_at(bytes.len() / 3);
    let members: Vec<_> = samples.iter().map(|sample| gzip((sample.line() + "\n").as_bytes())).collect();
    let utf16 = format!("\u{feff}{}", text.replace('\n', "\r\n"));
    let mut all: Vec<_> = [
        ("gzip", gzip(bytes)),
        ("gzip members", members.concat()),
        ("gzip members cut anywhere", [gzip(first), gzip(second)].concat()),
        ("gzip in gzip", gzip(&gzip(bytes))),
        ("gzip members in gzip", gzip(&members.concat())),
        ("gzip in gzip members", members.iter().flat_map(|member| gzip(member)).collect()),
        ("gzip and padding", [gzip(bytes), vec![0; 600]].concat()),
        (
            "gzip and lines",
            [&gzip(&bytes[..text.find("}\n").unwrap() + 2]), &bytes[text.find("}\n").unwrap() + 2..]]
                .concat(),
        ),
        ("zstd", zstd(bytes)),
        ("zstd frames", [zstd(first), zstd(second)].concat()),
        ("zstd of gzip", zstd(&gzip(bytes))),
        ("utf-16", utf16.encode_utf16().flat_map(u16::to_le_bytes).collect()),
    ]
    .map(|(name, bytes)| one(name, InputFormat::JsonLines, bytes))
    .into();
    let batches: String = samples.chunks(7).map(|some| batch(some).to_string()).collect();
    all.push(one("gzip of batches", InputFormat::Subscription, gzip(batches.as_bytes())));
    all
}

/// What log shippers make of each record.
fn wrapped(samples: &[Sample]) -> Vec<Rendered> {
    wrappers()
        .into_iter()
        .flat_map(|(name, format, render)| {
            [
                one(name, format, each(samples, |sample| render(sample).to_string() + "\n")),
                one(
                    &format!("{name}, nothing between"),
                    format,
                    each(samples, |sample| render(sample).to_string()),
                ),
                one(
                    &format!("{name}, pretty"),
                    format,
                    each(samples, |sample| pretty(&render(sample), "  ") + "\n"),
                ),
            ]
        })
        .collect()
}

type Wrapper = (&'static str, InputFormat, fn(&Sample) -> Value);

fn wrappers() -> [Wrapper; 9] {
    [
        ("ocsf", InputFormat::Ocsf, Sample::ocsf),
        (
            "hec, object",
            InputFormat::Splunk,
            |sample| json!({"time": 1_746_439_200.5, "host": "h", "sourcetype": "aws:route53", "event": sample.json()}),
        ),
        (
            "hec, text",
            InputFormat::Splunk,
            |sample| json!({"sourcetype": "aws:route53", "event": sample.line()}),
        ),
        (
            "splunk search",
            InputFormat::Splunk,
            |sample| json!({"preview": false, "result": {"_raw": sample.line(), "_time": "2025-05-05"}}),
        ),
        ("message", InputFormat::Wrapped, |sample| json!({"@version": "1", "message": sample.line()})),
        (
            "message and more",
            InputFormat::Wrapped,
            |sample| json!({"message": sample.line(), "event": {"kind": "event"}, "tags": ["forwarded", {"a": []}]}),
        ),
        (
            "event.original",
            InputFormat::Wrapped,
            |sample| json!({"event.original": sample.line(), "message": "x"}),
        ),
        ("log", InputFormat::Wrapped, |sample| json!({"log": sample.line() + "\n", "stream": "stdout"})),
        (
            "text in text in text",
            InputFormat::Wrapped,
            |sample| json!({"message": json!({"message": json!({"message": sample.line()}).to_string()}).to_string()}),
        ),
    ]
}
