//! Every format holds every pair, and nothing in a name reaches the reader as anything but text.

use std::net::Ipv4Addr;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use r53tail::base::visible::{is_hidden, visible};
use r53tail::digest::{NoListener, Terms};
use r53tail::fleet::{Fleet, address_text};
use r53tail::report::{CHARACTERS, Format, LINES, Sort};
use serde_json::Value;

use crate::logs::{self, Spelling, joined};
use crate::{account, cases, digest, digest_with, script, write, write_with};

fn fleet_of_odd_records() -> impl Strategy<Value = Fleet> {
    let record = prop_oneof![2 => logs::odd().boxed(), 1 => logs::plain().boxed()];
    vec(record.prop_map(|draft| draft.line(Spelling::Resolver)), 0..30)
        .prop_map(|lines| digest(&joined(&lines)))
}

/// What the JSON of a pair has for a column of CSV; none for columns that are put together otherwise.
fn said_in(pair: &Value, column: &str) -> Option<String> {
    let text = |value: &Value| match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(list) => list.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" "),
        other => other.to_string(),
    };
    let origin = &pair["origin"];
    if let Some((kind, rest)) = column.split_once('_').filter(|(kind, _)| matches!(*kind, "aaaa" | "a"))
        && let Some((verdict, what)) = rest.rsplit_once('_')
    {
        let span = &pair[kind][verdict];
        return Some(if span.is_null() && what == "count" { "0".to_owned() } else { text(&span[what]) });
    }
    Some(match column {
        "origin_kind" => text(&origin["kind"]),
        "origin_id" => text(&origin["id"]),
        "vpc" | "account" | "region" | "addresses" => text(&origin[column]),
        "change" => match &pair["change"] {
            Value::Null => String::new(),
            change => format!("{} {} to {}", text(&change["at"]), text(&change["from"]), text(&change["to"])),
        },
        "name" | "status" | "newest_aaaa" | "first" | "last" | "ipv4" | "ipv6" | "more_addresses"
        | "cname_only" | "flapping" | "partial" | "findings" => text(&pair[column]),
        _ => return None,
    })
}

fn sort() -> impl Strategy<Value = Option<Sort>> {
    select(vec![
        None,
        Some(Sort::Origin),
        Some(Sort::Name),
        Some(Sort::Status),
        Some(Sort::Count),
        Some(Sort::Last),
    ])
}

fn pairs(fleet: &Fleet) -> Vec<Value> {
    let report: Value = serde_json::from_str(&account(fleet)).expect("the report is JSON");
    report["pairs"].as_array().expect("pairs are a list").clone()
}

/// Without the sequences that set colors, which are all that may stand behind an escape.
fn without_colors(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, sequence)) = rest.split_once("\u{1b}[") {
        plain.push_str(before);
        let end = sequence.find(|character: char| !character.is_ascii_digit() && character != ';');
        let end = end.expect("a sequence ends");
        assert_eq!(&sequence[end..=end], "m", "only colors are set");
        rest = &sequence[end + 1..];
    }
    plain.push_str(rest);
    plain
}

fn shows_nothing_hidden(text: &str) -> Result<(), TestCaseError> {
    let found = text.chars().find(|character| *character != '\n' && is_hidden(*character));
    prop_assert_eq!(found, None, "{:?}", text);
    prop_assert!(text.chars().all(|character| character == '\n' || !character.is_control()));
    Ok(())
}

proptest! {
    #![proptest_config(cases(300))]

    /// Which addresses A had is not to be seen in pairs a line, so that they need not be read.
    #[test]
    fn pairs_a_line_do_without_the_addresses_of_a(
        drafts in vec(prop_oneof![1 => logs::odd().boxed(), 3 => logs::plain().boxed()], 0..30),
    ) {
        let lines: Vec<String> = drafts.iter().map(|draft| draft.line(Spelling::Resolver)).collect();
        let log = joined(&lines);
        let sparing = digest_with(&log, &Terms { sparing: true, ..Terms::default() }, NoListener).0;
        for format in [Format::Csv, Format::Ndjson] {
            let [all, spared] =
                [&digest(&log), &sparing].map(|fleet| write_with(fleet, format, None, false, false));
            prop_assert_eq!(all, spared);
        }
    }

    /// JSON is JSON, without characters that drive a terminal; its lines are the same pairs, in any order.
    #[test]
    fn json_and_its_lines(fleet in fleet_of_odd_records(), sort in sort()) {
        shows_nothing_hidden(&account(&fleet))?;
        let mut expected: Vec<String> = pairs(&fleet).iter().map(Value::to_string).collect();
        let lines = write(&fleet, Format::Ndjson, sort, false);
        shows_nothing_hidden(&lines)?;
        let mut found: Vec<String> = lines
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).map(|value| value.to_string()))
            .collect::<Result<_, _>>()
            .unwrap();
        if matches!(sort, None | Some(Sort::Origin)) {
            prop_assert_eq!(&found, &expected);
        }
        found.sort();
        expected.sort();
        prop_assert_eq!(found, expected);
    }

    /// CSV has a row for each pair, as wide as its header, and no cell that a spreadsheet would compute.
    #[test]
    fn csv_rows(fleet in fleet_of_odd_records(), sort in sort()) {
        let text = write(&fleet, Format::Csv, sort, false);
        shows_nothing_hidden(&text)?;
        let mut table = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
        let header: Vec<String> = table.headers().unwrap().iter().map(str::to_owned).collect();
        let rows: Vec<csv::StringRecord> = table.records().collect::<Result<_, _>>().unwrap();
        prop_assert_eq!(rows.len(), pairs(&fleet).len());
        for row in &rows {
            prop_assert_eq!(row.len(), header.len());
            for cell in row {
                prop_assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r']), "{:?}", cell);
            }
        }
        // Each cell says what the same pair says as JSON.
        let lines = write(&fleet, Format::Ndjson, sort, false);
        for (row, pair) in rows.iter().zip(lines.lines()) {
            let pair: Value = serde_json::from_str(pair).unwrap();
            for (column, cell) in header.iter().zip(row) {
                let Some(said) = said_in(&pair, column).map(|said| visible(&said).into_owned()) else { continue };
                let cell = cell.strip_prefix('\'').filter(|cell| *cell == said).unwrap_or(cell);
                prop_assert_eq!(cell, said, "{} of {}", column, pair);
            }
        }
        let total: u64 = rows
            .iter()
            .flat_map(|row| row.iter().zip(&header).filter(|(_, column)| column.ends_with("_count")))
            .map(|(cell, _)| cell.parse::<u64>().unwrap())
            .sum();
        prop_assert_eq!(total, fleet.tally().records - fleet.tally().ignored);
    }

    /// SQL is a script that makes tables: each statement is whole, each row as wide as its table, and what
    /// the rows say is what JSON says.
    #[test]
    fn sql_makes_tables(fleet in fleet_of_odd_records(), sort in sort()) {
        let text = write(&fleet, Format::Sql, sort, false);
        shows_nothing_hidden(&text)?;
        let tables = script::tables(&text);
        let report: Value = serde_json::from_str(&account(&fleet)).unwrap();
        let of = |table: &str| tables.get(table).map_or(&[][..], |rows| rows.as_slice());
        let count = |list: &str| report[list].as_array().unwrap().len();
        prop_assert_eq!(of("report")[0]["records"].as_str(), report["records"].to_string());
        prop_assert_eq!((of("origins").len(), of("findings").len()), (count("origins"), count("findings")));
        let lines = write(&fleet, Format::Ndjson, sort, false);
        prop_assert_eq!(of("pairs").len(), lines.lines().count());
        let by_id = |table: &str, id: &str| of(table).iter().find(|row| row["id"] == id).unwrap().clone();
        let mut verdicts = of("verdicts").iter();
        for (row, pair) in of("pairs").iter().zip(lines.lines()) {
            let pair: Value = serde_json::from_str(pair).unwrap();
            let said = |value: &Value| value.as_str().map_or_else(|| "NULL".to_owned(), |text| visible(text).into());
            let moment = |value: &Value| said(value).replace('T', " ").replace('Z', "");
            let (origin, endpoint) = (by_id("origins", &row["origin"]), by_id("endpoints", &row["endpoint"]));
            prop_assert_eq!(&origin["origin"], &said(&pair["origin"]["id"]));
            prop_assert_eq!(&endpoint["name"], &said(&pair["name"]));
            prop_assert_eq!(&row["status"], &said(&pair["status"]));
            prop_assert_eq!(&row["newest_aaaa"], &said(&pair["newest_aaaa"]));
            if pair["first"].is_string() {
                prop_assert_eq!(&row["first_seen"], &moment(&pair["first"]));
                prop_assert_eq!(&row["last_seen"], &moment(&pair["last"]));
            }
            let spans = ["aaaa", "a"].map(|kind| pair[kind].as_object().unwrap().clone());
            let mut sum = 0;
            for (_, verdict) in spans.iter().flatten().zip(verdicts.by_ref()) {
                prop_assert_eq!((&verdict["origin"], &verdict["endpoint"]), (&row["origin"], &row["endpoint"]));
                let span = &pair[verdict["type"].to_lowercase()][&verdict["verdict"]];
                prop_assert_eq!(&verdict["records"], &span["count"].to_string());
                prop_assert_eq!(&verdict["first_seen"], &moment(&span["first"]));
                sum += span["count"].as_u64().unwrap();
            }
            prop_assert_eq!(&row["records"], &sum.to_string());
        }
        prop_assert!(verdicts.next().is_none());
    }

    /// Each pair that is listed stands on a line, with all that there is to say of it.
    #[test]
    fn text_says_all_of_a_pair(fleet in fleet_of_odd_records()) {
        let text = write(&fleet, Format::Text, None, false);
        let survey = fleet.survey();
        let said = |is: bool, words: String| is.then_some(words);
        for pair in survey.pairs().filter(|pair| survey.noise(pair).is_none()) {
            let first = pair.native.lowest().first().map(|bits| address_text(*bits));
            let inside = pair.embedded.lowest().first().map(|bits| format!("→ {}", Ipv4Addr::from(*bits)));
            let turn = pair.change().map(|it| format!("turned from {} to {} at ", it.from.word(), it.to.word()));
            let words = [
                Some(visible(pair.name).into_owned()),
                first.clone().or_else(|| inside.clone()).map(|first| format!("  {first}")),
                inside.filter(|_| first.is_some()).map(|inside| format!("  {inside}")),
                said(pair.cname_only > 0, format!("{} with nothing but a CNAME", pair.cname_only)),
                turn,
                said(pair.spans.flapping(), "flapping".to_owned()),
                said(pair.mixed, "synthesized beside native".to_owned()),
                said(pair.partial, "judged by a part of the answer".to_owned()),
            ];
            let words: Vec<String> = words.into_iter().flatten().collect();
            let is_said = text.lines().any(|line| words.iter().all(|words| line.contains(words)));
            prop_assert!(is_said, "{:?}\n{}", words, text);
        }
    }

    /// In few words it is short, whatever there is to say, and has nothing that a chat would show as it
    /// stands.
    #[test]
    fn brief_is_short(fleet in fleet_of_odd_records()) {
        for format in [Format::Brief, Format::BriefMarkdown] {
            let text = write(&fleet, format, None, false);
            shows_nothing_hidden(&text)?;
            prop_assert!(text.chars().count() <= CHARACTERS && text.lines().count() <= LINES, "{}", text);
            if format == Format::BriefMarkdown {
                prop_assert!(!text.replace("\\&", "").contains("&#"), "no character reference: {}", text);
            }
        }
    }

    /// In Markdown no name makes markup, a cell or a row.
    #[test]
    fn markdown_tables(fleet in fleet_of_odd_records(), sort in sort()) {
        let text = write(&fleet, Format::Markdown, sort, false);
        shows_nothing_hidden(&text)?;
        prop_assert!(!text.contains('<'));
        prop_assert!(!text.contains(']'), "no link");
        let listed = text
            .lines()
            .skip_while(|line| !line.starts_with("| origin"))
            .skip(2)
            .take_while(|line| line.starts_with('|'))
            .map(|line| line.matches('|').count())
            .collect::<Vec<_>>();
        prop_assert!(listed.iter().all(|bars| *bars == 8), "{}", text);
        let survey = fleet.survey();
        prop_assert_eq!(listed.len(), survey.pairs().filter(|pair| survey.noise(pair).is_none()).count());
    }

    /// The text for a person has no control characters but the line's end, and colors change nothing else.
    #[test]
    fn text_for_a_person(fleet in fleet_of_odd_records()) {
        let text = write(&fleet, Format::Text, None, false);
        shows_nothing_hidden(&text)?;
        let colored = write(&fleet, Format::Text, None, true);
        prop_assert_eq!(without_colors(&colored), text);
    }
}

/// The longest names, full of markup, with more to say of than fits.
#[test]
fn brief_is_short_at_its_worst() {
    let record = |number: usize, kind: &str, answer: &str| {
        let name = format!("{number}.{}", "<_*>".repeat(60));
        format!(
            r#"{{"query_timestamp":"2025-05-05T10:00:00Z","query_name":"{name}.","query_type":"{kind}","rcode":"NOERROR","answers":[{answer}],"srcaddr":"10.0.0.1","srcids":{{"instance":"i-1"}}}}"#
        )
    };
    let a = r#"{"Rdata":"192.0.2.1","Type":"A"}"#;
    let nat64 = r#"{"Rdata":"64:ff9b::c000:201","Type":"AAAA"}"#;
    let lines = (0..40).flat_map(|number| {
        [record(number, "AAAA", if number % 2 == 0 { "" } else { nat64 }), record(number, "A", a)]
    });
    let fleet = digest(joined(&lines.collect::<Vec<_>>()).as_slice());
    for format in [Format::Brief, Format::BriefMarkdown] {
        let text = write(&fleet, format, None, false);
        assert!(text.chars().count() <= CHARACTERS && text.lines().count() <= LINES, "{text}");
        assert!(
            text.contains("… and ") && text.contains("What to do") && text.contains("NAT64, by origins"),
            "{text}"
        );
    }
}

/// The laws above would hold for an empty report, too: this one is not.
#[test]
fn odd_names_reach_every_format() {
    let line = r#"{"query_timestamp":"2025-05-05T10:00:00Z","query_name":"=1|<b>\u001b[31m\u202e.example.","query_type":"AAAA","rcode":"NOERROR","answers":[{"Rdata":"2001:db8::1","Type":"AAAA"}],"srcaddr":"10.0.0.1","srcids":{"instance":"@i"}}"#;
    let fleet = digest(line.as_bytes());
    for (format, shown) in [
        (Format::Text, r"=1|<b>\u{1b}[31m\u{202e}.example."),
        (Format::Json, r#""name":"=1|<b>\u001b[31m\u202e.example.""#),
        (Format::Ndjson, r#""name":"=1|<b>\u001b[31m\u202e.example.""#),
        (Format::Csv, r"'=1|<b>\u{1b}[31m\u{202e}.example."),
        (Format::Sql, r"'=1|<b>\u{1b}[31m\u{202e}.example.'"),
        (Format::Markdown, r"=1&#124;&#60;b&#62;&#92;u&#123;1b&#125;&#91;31m&#92;u&#123;202e&#125;.example."),
        (Format::Html, r"=1|&lt;b&gt;\u{1b}[31m\u{202e}.example<"),
    ] {
        let text = write(&fleet, format, None, false);
        assert!(text.contains(shown), "{format:?}: {text}");
    }
}
