//! Reports on any log are what their formats say, read by others: JSON, lines of JSON, CSV, Markdown; and a
//! page has no more elements that run than the page of the demo.

use std::sync::LazyLock;

use pulldown_cmark::{Event, Options, Parser, Tag};
use r53tail::digest::Terms;
use r53tail::report::Format;
use serde_json::Value;

use crate::{digest, report};

fn scripts(page: &str) -> usize {
    page.to_ascii_lowercase().matches("<script").count()
}

static SCRIPTS: LazyLock<usize> = LazyLock::new(|| {
    let demo = include_bytes!("../../fixtures/demo.jsonl");
    scripts(&report(&digest(demo, &Terms::default()), Format::Html))
});

/// Writes a report in each format and reads it again.
pub fn run(data: &[u8]) {
    let fleet = digest(data, &Terms::default());
    let json: Value = serde_json::from_str(&report(&fleet, Format::Json)).expect("JSON is JSON");
    let pairs = json["pairs"].as_array().expect("pairs are a list");
    let mut expected: Vec<String> = pairs.iter().map(Value::to_string).collect();
    let lines = report(&fleet, Format::Ndjson);
    let mut lines: Vec<String> = lines
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).expect("each line is JSON").to_string())
        .collect();
    expected.sort();
    lines.sort();
    assert_eq!(lines, expected);

    let text = report(&fleet, Format::Csv);
    let mut table = csv::Reader::from_reader(text.as_bytes());
    let width = table.headers().expect("there is a header").len();
    let rows: Vec<csv::StringRecord> = table.records().map(|row| row.expect("a row")).collect();
    assert_eq!(rows.len(), pairs.len());
    for row in &rows {
        assert_eq!(row.len(), width);
        assert!(row.iter().all(|cell| !cell.starts_with(['=', '+', '-', '@', '\t', '\r'])), "{row:?}");
    }

    for format in [Format::Markdown, Format::BriefMarkdown] {
        let text = report(&fleet, format);
        for event in Parser::new_ext(&text, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH) {
            let is_markup = matches!(
                event,
                Event::Html(_)
                    | Event::InlineHtml(_)
                    | Event::Start(Tag::Link { .. } | Tag::Image { .. } | Tag::HtmlBlock)
            );
            assert!(!is_markup, "{event:?} in {text}");
        }
    }
    for format in [Format::Text, Format::Brief] {
        let text = report(&fleet, format);
        let hidden = text.chars().find(|it| *it != '\n' && r53tail::base::visible::is_hidden(*it));
        assert_eq!(hidden, None, "{text:?}");
    }
    let page = report(&fleet, Format::Html);
    assert!(scripts(&page) <= *SCRIPTS, "{page}");
}
