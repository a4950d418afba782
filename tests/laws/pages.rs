//! The page holds every pair, runs nothing but its own script, and nothing in a name becomes a tag.

use std::io::Read as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::read::GzDecoder;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use r53tail::base::moment::Moment;
use r53tail::base::visible::{is_hidden, visible};
use r53tail::base::workers::Workers;
use r53tail::fleet::{Fleet, Status};
use r53tail::report::{Format, Selection};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::logs::{self, Spelling, joined};
use crate::{account, cases, digest, write, write_selected, write_survey};

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

/// What a page says of a pair.
#[derive(Debug, PartialEq)]
struct PagePair {
    origin: String,
    name: String,
    status: String,
    queries: u64,
    /// Of the first record and of the last, in seconds after the first of the log.
    times: [u64; 2],
    /// Of the latest change, the same.
    change: Option<u64>,
    /// What is to be done about the name: the first words of each anchor.
    rules: Vec<String>,
}

fn pairs_of(page: &str) -> Vec<PagePair> {
    let words: Value = serde_json::from_slice(&unpacked(blocks(page, "words")[0])).expect("words are JSON");
    let mut pairs = Vec::new();
    for block in blocks(page, "pairs") {
        let bytes = unpacked(block);
        let mut rest = bytes.as_slice();
        let size = usize::try_from(column(&mut rest, 1)[0]).expect("a size");
        let (origins, names) = (summed(&column(&mut rest, size)), summed(&column(&mut rest, size)));
        let [flags, aaaa, a] = [(); 3].map(|()| column(&mut rest, size));
        let queries: Vec<u64> = (0..size)
            .map(|at| {
                let seen = aaaa[at].count_ones() + a[at].count_ones();
                column(&mut rest, seen as usize).iter().sum()
            })
            .collect();
        let [first, after, change] = [(); 3].map(|()| column(&mut rest, size));
        let turns = change.iter().filter(|change| **change > 0).count();
        column(&mut rest, turns);
        column(&mut rest, size);
        assert!(rest.is_empty(), "nothing is left");
        let text = |value: &Value| value.as_str().expect("a text").to_owned();
        for at in 0..size {
            let anchors = words["findings"][names[at].to_string()].as_array();
            let rule =
                |anchor: &Value| text(anchor).split(':').next().expect("it has a first part").to_owned();
            pairs.push(PagePair {
                origin: text(&words["origins"][origins[at]]["id"]),
                name: text(&words["names"][names[at]]),
                status: text(&words["statuses"][usize::try_from(flags[at] & 15).expect("small")][0]),
                queries: queries[at],
                times: [first[at], first[at] + after[at]],
                change: change[at].checked_sub(1),
                rules: anchors.into_iter().flatten().map(rule).collect(),
            });
        }
    }
    pairs
}

fn expected(report: &str) -> Vec<PagePair> {
    let report: Value = serde_json::from_str(report).expect("the report is JSON");
    let text = |value: &Value| visible(value.as_str().expect("a text")).into_owned();
    let second = |value: &Value| value.as_str().and_then(Moment::parse).map(Moment::second);
    let after = |value: &Value| u64::try_from(second(value)? - second(&report["first"])?).ok();
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
        PagePair {
            origin: text(&pair["origin"]["id"]),
            name: bare.to_owned(),
            status: text(&pair["status"]),
            queries: count(&pair["aaaa"]) + count(&pair["a"]),
            times: ["first", "last"].map(|end| after(&pair[end]).unwrap_or(0)),
            change: after(&pair["change"]["at"]),
            rules: pair["findings"].as_array().into_iter().flatten().map(text).collect(),
        }
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
        prop_assert_eq!(pairs_of(&page), expected(&account(&fleet)));
    }

    /// A page of some pairs has those, each with who asked.
    #[test]
    fn a_page_of_a_status_has_its_pairs(fleet in fleet(), status in select(&Status::ALL)) {
        let selection = Selection { statuses: vec![status], ..Selection::default() };
        let [page, report] = [Format::Html, Format::Json]
            .map(|format| write_selected(&fleet, format, &selection, (None, false, true)));
        prop_assert_eq!(pairs_of(&page), expected(&report));
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

/// A fleet of instances that asked for names, of which each has an IPv4 address only.
fn lacking(asked: impl Iterator<Item = (String, String)>) -> Fleet {
    let lines: Vec<String> = asked
        .flat_map(|(instance, name)| {
            let line = |kind: &str, answers: &str| {
                format!(
                    r#"{{"version":"1.1","account_id":"1","region":"us-east-1","vpc_id":"vpc-1","query_timestamp":"2026-05-12T14:00:00Z","query_name":"{name}","query_type":"{kind}","query_class":"IN","rcode":"NOERROR","answers":[{answers}],"srcaddr":"2001:db8::1","srcport":"1","transport":"UDP","srcids":{{"instance":"{instance}"}}}}"#
                )
            };
            [line("AAAA", ""), line("A", r#"{"Rdata":"198.51.100.7","Type":"A","Class":"IN"}"#)]
        })
        .collect();
    digest(&joined(&lines))
}

/// A page shows some findings in full and some closed, and says how many there are besides.
#[test]
fn a_page_counts_what_it_has_no_room_for() {
    let fleet = lacking((0..300).map(|at| ("i-1".to_owned(), format!("h{at}.example."))));
    let of = |format, limit| {
        write_survey(&fleet.survey(), format, &Selection::default(), limit, (None, false, false))
    };
    let report: Value = serde_json::from_str(&of(Format::Json, 1)).expect("JSON");
    let all = report["findings"].as_array().expect("a list").len();
    assert!(all >= 300, "{all}");
    for (limit, shown) in [(1, 201), (60, 260), (usize::MAX, all)] {
        let page = of(Format::Html, limit);
        assert!(page.contains(&format!("What to do<span class=\"count\">{all}</span>")), "{limit}");
        assert_eq!(page.matches("class=\"anchor\"").count(), shown, "{limit}");
        let left = (all > shown).then(|| format!("… and {} more, which stand in", all - shown));
        assert_eq!(page.contains("more, which stand in"), left.is_some());
        assert!(left.is_none_or(|left| page.contains(&left)), "{limit}");
    }
}

/// A service counts with those who ask for it in any Region, whoever looked at them.
#[test]
fn a_service_in_two_regions_comes_before_a_name_that_fewer_ask_for() {
    let asked = [
        (1, "ssm.us-west-2"),
        (2, "ssm.us-west-2"),
        (3, "ssm.eu-west-1"),
        (4, "ssm.eu-west-1"),
        (1, "kms.us-west-2"),
        (2, "kms.us-west-2"),
        (3, "kms.us-west-2"),
    ];
    let fleet =
        lacking(asked.map(|(at, name)| (format!("i-{at}"), format!("{name}.amazonaws.com."))).into_iter());
    for threads in 1..5 {
        let workers = Workers::new(threads, |threads, job| (0..threads).for_each(job));
        let page = write_survey(
            &fleet.survey_on(workers),
            Format::Html,
            &Selection::default(),
            9,
            (None, false, false),
        );
        let heads: Vec<&str> = between(&page, "<table class=\"matrix\">", "</thead>")
            .split("title=\"")
            .skip(1)
            .map(|head| head.split('"').next().unwrap_or_default())
            .collect();
        let services: Vec<&str> =
            heads.iter().map(|head| head.split('.').next().unwrap_or_default()).collect();
        assert_eq!(services, ["ssm", "ssm", "kms"], "{threads} threads: {heads:?}");
    }
}
