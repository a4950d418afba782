//! One log as clients and carriers print it that are no part of AWS's services: the AWS CLI in its other
//! outputs, Loki, journald, syslog.

use r53tail::log::envelope::InputFormat;
use serde_json::{Value, json};

use super::records::Sample;
use super::render::{
    Rendered, each, filter_log_events, get_log_events, list, message_columns, one, pretty, query_results,
};

pub(crate) fn all(samples: &[Sample]) -> Vec<Rendered> {
    [loki, strings, text, yaml, carriers].into_iter().flat_map(|part| part(samples)).collect()
}

fn loki(samples: &[Sample]) -> Vec<Rendered> {
    let nanos = |sample: &Sample| format!("{}000000", sample.millis());
    let values = list(samples, |sample| json!([nanos(sample), sample.line()]));
    let with_metadata = list(samples, |sample| json!([nanos(sample), sample.line(), {"level": "info"}]));
    let api = |values: &Value| {
        let result = json!([{"stream": {"job": "dns"}, "values": values}]);
        json!({"status": "success", "data": {"resultType": "streams", "result": result, "stats": {"a": [1]}}})
    };
    let line = |sample: &Sample| json!({"labels": {"job": "dns"}, "line": sample.line(), "timestamp": sample.time()});
    let labeled =
        |labels: &str| each(samples, |sample| format!("{} {labels} {}\n", sample.time(), sample.line()));
    vec![
        one("loki api", InputFormat::Loki, api(&values).to_string()),
        one("loki api, pretty", InputFormat::Loki, pretty(&api(&with_metadata), "  ")),
        one("logcli jsonl", InputFormat::Loki, each(samples, |sample| line(sample).to_string() + "\n")),
        one("grafana", InputFormat::Loki, list(samples, line).to_string()),
        one("logcli", InputFormat::LogCli, labeled(r#"{job="dns", path="/a \"b}\""}"#)),
        one("logcli, no labels", InputFormat::LogCli, labeled("{}")),
    ]
}

fn strings(samples: &[Sample]) -> Vec<Rendered> {
    let quoted = |sample: &Sample| Value::from(sample.line()).to_string();
    let pair = |sample: &Sample| json!([sample.millis(), sample.line()]);
    let bracketed = |sample: &Sample| format!("[{}] (vpc-0e) {}\n", sample.time(), sample.line());
    vec![
        one("strings", InputFormat::JsonLines, each(samples, |sample| quoted(sample) + "\n")),
        one("strings, other key order", InputFormat::Json, {
            each(samples, |sample| Value::from(pretty(&sample.json(), " ")).to_string() + "\n") + "\n"
        }),
        one("pairs", InputFormat::JsonLines, list(samples, pair).to_string()),
        one(
            "pairs, a line each",
            InputFormat::JsonLines,
            each(samples, |sample| pair(sample).to_string() + "\n"),
        ),
        one("pairs, pretty", InputFormat::JsonLines, pretty(&list(samples, pair), "    ")),
        one("pairs turned around", InputFormat::JsonLines, {
            list(samples, |sample| json!([sample.line(), "vpc-0e", sample.millis()])).to_string()
        }),
        one("a time in brackets", InputFormat::CliTail, each(samples, bracketed)),
        one("a clock in brackets", InputFormat::JsonLines, {
            each(samples, |sample| format!("[ 10:00:00:123 ] {}\n", sample.line()))
        }),
    ]
}

/// `--output text` and `table`.
fn text(samples: &[Sample]) -> Vec<Rendered> {
    let events = |stream: &str| {
        each(samples, |sample| {
            let at = sample.millis();
            format!("EVENTS\t{at}{stream}\t{}\t{at}\n", sample.line())
        })
    };
    let rows = each(samples, |sample| {
        format!(
            "RESULTS\t@timestamp\t2025-05-05 10:00:00.000\nRESULTS\t@message\t{}\nRESULTS\t@ptr\tCl=\n",
            sample.line()
        )
    });
    let cells = each(samples, |sample| {
        format!("||  38  |  {}  |  vpc-0e  |  {} ||\n", sample.line(), sample.millis())
    });
    let rule = format!("|+------+{}+----------+-----+|\n", "-".repeat(600));
    let title = format!("{}\n|{:^620}|\n+{}+\n", "-".repeat(622), "FilterLogEvents", "-".repeat(620));
    let header = "||  eventId |  message  |  logStreamName |  timestamp  ||\n";
    let searched = "||  logStreamName  |  vpc-0e  ||\n||  searchedCompletely  |  True  ||\n";
    let tokens = format!("b/{0}\tf/{0}\n", "0123456789".repeat(5));
    vec![
        one(
            "text of filter",
            InputFormat::CliText,
            events("\tvpc-0e") + "SEARCHEDLOGSTREAMS\tvpc-0e\tTrue\n",
        ),
        one("text of get", InputFormat::CliText, tokens + &events("")),
        one(
            "text of a result",
            InputFormat::CliText,
            format!("Complete\n{rows}STATISTICS\t1.0\t32.0\t32.0\n"),
        ),
        one("messages in a row", InputFormat::JsonLines, each(samples, |sample| sample.line() + "\t")),
        one("messages and times", InputFormat::JsonLines, {
            each(samples, |sample| format!("{}\t{}\n", sample.line(), sample.millis()))
        }),
        one("a table of the CLI", InputFormat::CliTable, {
            format!("{title}||{:^618}||\n{rule}{header}{rule}{cells}{rule}{searched}{rule}", "events")
        }),
    ]
}

/// As the AWS CLI writes YAML: text in single quotes, folded at its first blank.
fn block(value: &Value, indent: usize, is_inner: bool) -> String {
    let pad = " ".repeat(indent);
    match value {
        Value::Object(members) if !members.is_empty() => {
            let one = |(at, (key, value)): (usize, (&String, &Value))| {
                let pad = if at == 0 && is_inner { "" } else { &pad };
                match value {
                    Value::Array(list) if !list.is_empty() => {
                        format!("{pad}{key}:\n{}", block(value, indent, false))
                    }
                    Value::Object(map) if !map.is_empty() => {
                        format!("{pad}{key}:\n{}", block(value, indent + 2, false))
                    }
                    value => format!("{pad}{key}: {}\n", block(value, indent, true)),
                }
            };
            members.iter().enumerate().map(one).collect()
        }
        Value::Array(elements) if !elements.is_empty() => {
            let one = |(at, element): (usize, &Value)| {
                let pad = if at == 0 && is_inner { "" } else { &pad };
                let text = block(element, indent + 2, true);
                format!("{pad}- {}\n", text.strip_suffix('\n').unwrap_or(&text))
            };
            elements.iter().enumerate().map(one).collect()
        }
        Value::String(text) => {
            let folded = format!("\n{pad}  ");
            let text = text.replace('\'', "''").replacen(' ', "\0", 1).replace('\n', &format!("\n{folded}"));
            format!("'{}'", text.replace('\0', &folded))
        }
        value => value.to_string(),
    }
}

fn yaml(samples: &[Sample]) -> Vec<Rendered> {
    let messages = list(samples, |sample| sample.line().into());
    let pairs = list(samples, |sample| json!([sample.millis(), sample.line()]));
    let rows = query_results(samples.iter().map(message_columns));
    let (first, second) = samples.split_at(samples.len() / 2);
    let pages = json!([filter_log_events(first), filter_log_events(second)]);
    [
        ("yaml of filter", filter_log_events(samples)),
        ("yaml of get", get_log_events(samples)),
        ("yaml of a result", rows),
        ("yaml of messages", messages),
        ("yaml of pairs", pairs),
        ("yaml stream", pages),
    ]
    .into_iter()
    .map(|(name, value)| one(name, InputFormat::CliYaml, block(&value, 0, false)))
    .collect()
}

fn carriers(samples: &[Sample]) -> Vec<Rendered> {
    let entry = |sample: &Sample| json!({"_PID": "7", "MESSAGE": sample.line(), "PRIORITY": "6"});
    let numbers = |sample: &Sample| json!({"MESSAGE": sample.line().as_bytes(), "_PID": "7"});
    let export = |sample: &Sample| {
        format!("__CURSOR=s=1;i=2\n__REALTIME_TIMESTAMP=1\n_PID=7\nMESSAGE={}\nPRIORITY=6\n\n", sample.line())
    };
    let prefixed = |before: &str| each(samples, |sample| format!("{before}{}\n", sample.line()));
    vec![
        one("journal", InputFormat::Journal, each(samples, |sample| entry(sample).to_string() + "\n")),
        one(
            "journal, pretty",
            InputFormat::Journal,
            each(samples, |sample| pretty(&entry(sample), "\t") + "\n"),
        ),
        one(
            "journal, events",
            InputFormat::Journal,
            each(samples, |sample| format!("data: {}\n\n", entry(sample))),
        ),
        one(
            "journal, sequence",
            InputFormat::Journal,
            each(samples, |sample| format!("\x1e{}\n", entry(sample))),
        ),
        one(
            "journal, bytes",
            InputFormat::Journal,
            each(samples, |sample| numbers(sample).to_string() + "\n"),
        ),
        one("journal, export", InputFormat::JsonLines, each(samples, export)),
        one("msg", InputFormat::Wrapped, {
            each(samples, |sample| json!({"metadata": {"a": 1}, "msg": sample.line()}).to_string() + "\n")
        }),
        one("syslog", InputFormat::JsonLines, prefixed("May  5 10:00:00 vm dns[7]: ")),
        one(
            "syslog, RFC 5424",
            InputFormat::JsonLines,
            prefixed("<13>1 2025-05-05T10:00:00Z vm dns - - [a b=\"c\"] "),
        ),
    ]
}

/// A record that a carrier wrote in pieces, between others, with the same text before each and with none.
pub(crate) fn pieces(samples: &[Sample]) -> [Vec<u8>; 2] {
    let mut long = samples[3].json();
    let answers = long["answers"].as_array().cloned().unwrap_or_default();
    long["answers"] = answers.iter().cycle().take(60).cloned().collect();
    // Keys stand in the resolver's order.
    let whole = samples[3].line();
    let (head, tail) = whole.split_once("\"answers\":[").unwrap_or((&whole, ""));
    let (_, tail) = tail.split_once("],\"srcaddr\"").unwrap_or(("", tail));
    let long = format!("{head}\"answers\":{},\"srcaddr\"{tail}", long["answers"]);
    ["May  5 10:00:00 vm dns[7]: ", ""].map(|before| {
        let pieces = long.as_bytes().chunks(1000).map(<[u8]>::to_vec);
        let lines = samples[..3].iter().map(|sample| sample.line().into_bytes()).chain(pieces);
        let lines = lines.chain([samples[4].line().into_bytes()]);
        lines.flat_map(|line| [before.as_bytes(), &line, b"\n"].concat()).collect()
    })
}
