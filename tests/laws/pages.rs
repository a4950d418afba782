//! The page holds every pair, runs nothing but its own script, and nothing in a name becomes a tag.

use std::io::Read as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::read::GzDecoder;
use proptest::collection::vec;
use proptest::prelude::*;
use r53tail::base::visible::{is_hidden, visible};
use r53tail::fleet::Fleet;
use r53tail::report::Format;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::logs::{self, Spelling, joined};
use crate::{account, cases, digest, write};

/// The tags that the program writes.
const TAGS: [&str; 54] = [
    "!DOCTYPE",
    "a",
    "article",
    "b",
    "body",
    "button",
    "caption",
    "code",
    "dd",
    "defs",
    "details",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "head",
    "header",
    "html",
    "input",
    "label",
    "legend",
    "li",
    "line",
    "main",
    "meta",
    "nav",
    "ol",
    "output",
    "p",
    "pattern",
    "rect",
    "script",
    "section",
    "small",
    "span",
    "style",
    "summary",
    "svg",
    "table",
    "tbody",
    "td",
    "th",
    "thead",
    "time",
    "title",
    "tr",
    "ul",
];

fn unpacked(text: &str) -> Vec<u8> {
    let packed = STANDARD.decode(text).expect("it is base64");
    let mut bytes = Vec::new();
    GzDecoder::new(packed.as_slice()).read_to_end(&mut bytes).expect("it is gzip");
    bytes
}

/// What stands in the scripts of a class.
fn blocks<'a>(page: &'a str, class: &str) -> Vec<&'a str> {
    let tag = format!("<script type=\"text/plain\" class=\"{class}\">");
    page.split(tag.as_str()).skip(1).map(|rest| rest.split('<').next().expect("it ends")).collect()
}

/// The numbers of a column, as many as there are pairs.
fn column(bytes: &mut &[u8], count: usize) -> Vec<u64> {
    let number = |bytes: &mut &[u8]| {
        let (mut number, mut shift) = (0, 0);
        loop {
            let (byte, rest) = bytes.split_first().expect("the column goes on");
            *bytes = rest;
            number |= u64::from(byte & 0x7f) << shift;
            shift += 7;
            if byte & 0x80 == 0 {
                return number;
            }
        }
    };
    (0..count).map(|_| number(bytes)).collect()
}

fn summed(column: &[u64]) -> Vec<usize> {
    let mut sum = 0_i64;
    let steps = column.iter().map(|number| (number >> 1).cast_signed() ^ -(number & 1).cast_signed());
    steps
        .map(|step| {
            sum += step;
            usize::try_from(sum).expect("a place")
        })
        .collect()
}

/// Origin, name, status and number of queries of each pair in a page.
fn pairs_of(page: &str) -> Vec<(String, String, String, u64)> {
    let words: Value = serde_json::from_slice(&unpacked(blocks(page, "words")[0])).expect("words are JSON");
    let mut pairs = Vec::new();
    for block in blocks(page, "pairs") {
        let bytes = unpacked(block);
        let mut rest = bytes.as_slice();
        let size = usize::try_from(column(&mut rest, 1)[0]).expect("a size");
        let (origins, names) = (summed(&column(&mut rest, size)), summed(&column(&mut rest, size)));
        let [flags, aaaa, a] = [(); 3].map(|()| column(&mut rest, size));
        for at in 0..size {
            let seen = aaaa[at].count_ones() + a[at].count_ones();
            let queries = column(&mut rest, seen as usize).iter().sum();
            let text = |value: &Value| value.as_str().expect("a text").to_owned();
            let status = text(&words["statuses"][usize::try_from(flags[at] & 15).expect("small")][0]);
            pairs.push((
                text(&words["origins"][origins[at]]["id"]),
                text(&words["names"][names[at]]),
                status,
                queries,
            ));
        }
        let [first, last, change] = [(); 3].map(|()| column(&mut rest, size));
        assert_eq!((first.len(), last.len()), (size, size));
        let turns = change.iter().filter(|change| **change > 0).count();
        column(&mut rest, turns);
        column(&mut rest, size);
        assert!(rest.is_empty(), "nothing is left");
    }
    pairs
}

fn expected(fleet: &Fleet) -> Vec<(String, String, String, u64)> {
    let report: Value = serde_json::from_str(&account(fleet)).expect("the report is JSON");
    let text = |value: &Value| visible(value.as_str().expect("a text")).into_owned();
    let count = |spans: &Value| -> u64 {
        spans
            .as_object()
            .expect("an object")
            .values()
            .map(|span| span["count"].as_u64().expect("a number"))
            .sum()
    };
    let pair = |pair: &Value| {
        let name = text(&pair["name"]);
        let bare = if name.len() > 1 { name.strip_suffix('.').unwrap_or(&name) } else { &name };
        (
            text(&pair["origin"]["id"]),
            bare.to_owned(),
            text(&pair["status"]),
            count(&pair["aaaa"]) + count(&pair["a"]),
        )
    };
    report["pairs"].as_array().expect("a list").iter().map(pair).collect()
}

fn fleet() -> impl Strategy<Value = Fleet> {
    let record = prop_oneof![2 => logs::odd().boxed(), 1 => logs::plain().boxed()];
    vec(record.prop_map(|draft| draft.line(Spelling::Resolver)), 0..30)
        .prop_map(|lines| digest(&joined(&lines)))
}

/// What stands between `from` and `until`.
fn between<'a>(text: &'a str, from: &str, until: &str) -> &'a str {
    text.split_once(from).expect("it begins").1.split_once(until).expect("it ends").0
}

proptest! {
    #![proptest_config(cases(150))]

    #[test]
    fn a_page_has_every_pair(fleet in fleet()) {
        let page = write(&fleet, Format::Html, None, false);
        prop_assert_eq!(pairs_of(&page), expected(&fleet));
    }

    #[test]
    fn nothing_in_a_name_is_a_tag(fleet in fleet()) {
        let page = write(&fleet, Format::Html, None, false);
        let hidden = page.chars().find(|character| *character != '\n' && is_hidden(*character));
        prop_assert_eq!(hidden, None);
        // Of the script and the style sheet, their hashes are held against the policy below.
        let script = page.rfind("<script>").expect("there is a script");
        for tag in page[..script].split('<').skip(1) {
            let name = tag.trim_start_matches('/').split(|it: char| !it.is_ascii_alphanumeric() && it != '!').next();
            prop_assert!(name.is_some_and(|name| TAGS.contains(&name)), "<{}", tag);
        }
        for (tag, source) in [("script", "script-src"), ("style", "style-src")] {
            let content = between(&page, &format!("<{tag}>"), &format!("</{tag}>"));
            let hash = STANDARD.encode(Sha256::digest(content));
            prop_assert_eq!(between(&page, &format!("{source} "), ";"), format!("'sha256-{hash}'"));
        }
    }
}
