//! Fleets add up, in any order and in any pieces.

use std::collections::BTreeMap;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use r53tail::digest::{ObservationListener, Terms};
use r53tail::fleet::{CountedPlace, Fleet};
use r53tail::log::envelope::RecordPlace;
use r53tail::log::observation::{Observation, text};
use r53tail::report::Format;
use serde_json::Value;

use crate::logs::{self, joined};
use crate::{account, cases, digest, digest_with, everything, write};

fn sum(fleets: &[&Fleet]) -> Fleet {
    let mut sum = Fleet::default();
    for fleet in fleets {
        sum.absorb(fleet);
    }
    sum
}

/// Counts by itself, one observation after the other, and keeps where each record stood.
#[derive(Default)]
struct OneByOne {
    fleet: Fleet,
    places: Vec<(RecordPlace, String)>,
}

impl ObservationListener for OneByOne {
    fn saw(&mut self, observation: &Observation<'_>, _: CountedPlace, place: RecordPlace) {
        self.fleet.observe(observation);
        self.places.push((place, text(observation.name).to_owned()));
    }
}

fn number(value: &Value) -> u64 {
    value.as_u64().expect("a count")
}

/// The records that the verdicts of a pair count.
fn counted(pair: &Value) -> u64 {
    ["aaaa", "a"]
        .iter()
        .filter_map(|question| pair[question].as_object())
        .flat_map(|spans| spans.values())
        .map(|span| number(&span["count"]))
        .sum()
}

proptest! {
    #![proptest_config(cases(250))]

    /// `absorb` is associative and commutative, and an empty fleet is neutral.
    #[test]
    fn absorb_is_a_sum(
        one in vec(logs::line_or_noise(), 0..25),
        two in vec(logs::line_or_noise(), 0..25),
        three in vec(logs::line_or_noise(), 0..25),
    ) {
        let whole = everything(&digest(&joined(&[one.clone(), two.clone(), three.clone()].concat())));
        let [one, two, three] = [one, two, three].map(|lines| digest(&joined(&lines)));
        let left = sum(&[&sum(&[&one, &two]), &three]);
        let mut right = digest(&[]);
        right.absorb(&one);
        right.absorb(&sum(&[&two, &three]));
        let turned = sum(&[&three, &Fleet::default(), &one, &two]);
        prop_assert_eq!(&everything(&left), &whole);
        prop_assert_eq!(&everything(&right), &whole);
        prop_assert_eq!(&everything(&turned), &whole);
        // What a person reads does not depend on it either.
        for format in [Format::Text, Format::Csv, Format::Markdown, Format::Ndjson] {
            prop_assert_eq!(write(&left, format, None, false), write(&turned, format, None, false));
        }
    }

    /// More records may be taken in after another fleet was.
    #[test]
    fn records_and_fleets_may_come_in_turns(
        before in vec(logs::line(), 0..12),
        absorbed in vec(logs::line(), 0..12),
        behind in vec(logs::line(), 0..12),
    ) {
        let whole = joined(&[before.clone(), absorbed.clone(), behind.clone()].concat());
        let absorbed = digest(&joined(&absorbed));
        let (_, _, mut witness) = digest_with(&joined(&before), &Terms::default(), OneByOne::default());
        witness.fleet.absorb(&absorbed);
        let (_, _, witness) = digest_with(&joined(&behind), &Terms::default(), witness);
        prop_assert_eq!(everything(&witness.fleet), everything(&digest(&whole)));
    }

    /// The order of records does not matter.
    #[test]
    fn any_order_gives_the_same(lines in vec((logs::line(), any::<u32>()), 0..60)) {
        let forward: Vec<String> = lines.iter().map(|(line, _)| line.clone()).collect();
        let mut shuffled = lines;
        shuffled.sort_by_key(|(_, place)| *place);
        let shuffled: Vec<String> = shuffled.into_iter().map(|(line, _)| line).collect();
        prop_assert_eq!(everything(&digest(&joined(&shuffled))), everything(&digest(&joined(&forward))));
    }

    /// Records that are counted together, or one by one, or by somebody who is told of them, come to the
    /// same; and each stands where it is said to stand.
    #[test]
    fn together_or_one_by_one(lines in vec(logs::line_or_noise(), 0..200)) {
        let log = joined(&lines);
        let (watched, _, witness) = digest_with(&log, &Terms::default(), OneByOne::default());
        let together = digest(&log);
        prop_assert_eq!(everything(&together), everything(&watched));
        prop_assert_eq!(together.tally().records, witness.fleet.tally().records);
        let (one_by_one, expected) = (write(&witness.fleet, Format::Ndjson, None, false), write(&watched, Format::Ndjson, None, false));
        prop_assert_eq!(one_by_one, expected);
        prop_assert_eq!(witness.places.len() as u64, together.tally().records);
        for (place, name) in witness.places {
            let start = usize::try_from(place.offset).unwrap();
            let record: Value = serde_json::from_slice(&log[start..start + place.length as usize]).unwrap();
            let asked = record["query_name"].as_str().unwrap().to_lowercase();
            prop_assert_eq!(asked.trim_end_matches('.'), name.trim_end_matches('.'));
        }
    }

    /// Whatever memory is allowed, what was folded away and what is left make up the whole; and enough memory
    /// changes nothing.
    #[test]
    fn what_is_folded_away_is_counted(
        one in vec(logs::line(), 0..60),
        two in vec(logs::line(), 0..60),
        limit in 0_usize..90_000,
        again in 0_usize..90_000,
    ) {
        let records = |fleet: &Fleet| {
            let written = write(fleet, Format::Ndjson, None, false);
            written.lines().map(|line| counted(&serde_json::from_str(line).unwrap())).sum::<u64>()
        };
        let whole = digest(&joined(&[one.clone(), two.clone()].concat()));
        let folded = |lines: &[String], limit| {
            let terms = Terms { memory: Some(limit), ..Terms::default() };
            digest_with(&joined(lines), &terms, r53tail::digest::NoListener).0
        };
        let mut sum = folded(&one, limit);
        sum.absorb(&folded(&two, again));
        for fleet in [&sum, &folded(&one, limit)] {
            let tally = fleet.tally();
            prop_assert_eq!(records(fleet) + tally.folded.total().records + tally.ignored, tally.records);
        }
        prop_assert_eq!(sum.tally().records, whole.tally().records);
        let total = sum.tally().folded.total();
        prop_assert!(sum.pair_count() as u64 + total.pairs >= whole.pair_count() as u64);
        let said = write(&sum, Format::Text, None, false).contains("--max-memory");
        prop_assert_eq!(said, total.pairs > 0, "it is said if and only if it is so");
        if total.pairs == 0 {
            prop_assert_eq!(everything(&sum), everything(&whole));
        }
        let mut bound = folded(&one, usize::MAX);
        prop_assert_eq!(bound.tally().folded.total().pairs, 0);
        bound.fold_to(limit);
        let most = r53tail::fleet::LEAST.max(usize::from(bound.memory() <= limit) * usize::MAX);
        prop_assert!(bound.pair_count() <= most, "{} pairs in {} bytes", bound.pair_count(), bound.memory());
    }

    /// A pair that is not folded away has all that was counted of it.
    #[test]
    fn what_stays_is_as_it_was(lines in vec(logs::line(), 0..200), limit in 0_usize..60_000) {
        // Who is known by an address only may turn out to be one of the others.
        let lines: Vec<String> =
            lines.into_iter().filter(|line| line.contains(r#""srcids":{"instance""#)).collect();
        let mut fleet = digest(&joined(&lines));
        let own = |fleet: &Fleet| -> BTreeMap<String, String> {
            let written = write(fleet, Format::Ndjson, None, false);
            let pairs = written.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
            pairs
                .map(|pair| {
                    let own = ["aaaa", "a", "newest_aaaa", "first", "last", "ipv6", "cname_only", "change", "flapping"];
                    let said = own.map(|key| pair[key].to_string()).join(" ");
                    (format!("{} {}", pair["origin"], pair["name"]), said)
                })
                .collect()
        };
        let before = own(&fleet);
        fleet.fold_to(limit);
        for (pair, said) in own(&fleet) {
            prop_assert_eq!(Some(&said), before.get(&pair), "{}", pair);
        }
    }

    /// A range of time takes each record in or counts it as outside, and two that meet make up the whole.
    #[test]
    fn ranges_of_time_add_up(lines in vec(logs::line(), 0..40), cut in any::<Index>()) {
        let log = joined(&lines);
        let whole = digest(&log);
        let Some((first, last)) = whole.tally().range else { return Ok(()) };
        let span = usize::try_from(last.second() - first.second()).unwrap() + 1;
        let at = first.0 + 1000 * i64::try_from(cut.index(span.min(200))).unwrap();
        let at = r53tail::base::moment::Moment(at);
        let before = Terms { until: Some(r53tail::base::moment::Moment(at.0 - 1)), ..Terms::default() };
        let from = Terms { since: Some(at), ..Terms::default() };
        let [before, from] = [before, from].map(|terms| digest_with(&log, &terms, r53tail::digest::NoListener).0);
        for part in [&before, &from] {
            prop_assert_eq!(part.tally().records + part.tally().outside, whole.tally().records);
        }
        prop_assert_eq!(from.tally().records, before.tally().outside);
        let [joined, whole] = [&sum(&[&before, &from]), &whole].map(|fleet| write(fleet, Format::Ndjson, None, false));
        prop_assert_eq!(joined, whole);
    }

    /// Every record is counted once: in a pair, or as one of another type; and every pair has one status.
    #[test]
    fn totals_add_up(lines in vec(logs::line_or_noise(), 0..80)) {
        let log = joined(&lines);
        let report: Value = serde_json::from_str(&account(&digest(&log))).unwrap();
        let pairs = report["pairs"].as_array().unwrap();
        let origins = report["origins"].as_array().unwrap();
        let all: u64 = pairs.iter().map(counted).sum();
        prop_assert_eq!(number(&report["records"]), number(&report["ignored"]) + all);
        let mut by_origin: BTreeMap<String, Vec<&Value>> = BTreeMap::new();
        for pair in pairs {
            by_origin.entry(pair["origin"].to_string()).or_default().push(pair);
        }
        let of_origins = |key: &str| origins.iter().map(|origin| number(&origin[key])).sum::<u64>();
        prop_assert_eq!(of_origins("records"), number(&report["records"]));
        prop_assert_eq!(of_origins("ignored"), number(&report["ignored"]));
        prop_assert_eq!(of_origins("pairs"), pairs.len() as u64);
        for origin in origins {
            let own = by_origin.remove(&origin["origin"].to_string()).unwrap_or_default();
            let judged: u64 = own.iter().map(|pair| counted(pair)).sum();
            prop_assert_eq!(number(&origin["records"]), number(&origin["ignored"]) + judged);
            prop_assert_eq!(number(&origin["pairs"]), own.len() as u64);
            for (status, count) in origin["statuses"].as_object().unwrap() {
                let having = own.iter().filter(|pair| pair["status"] == status.as_str()).count() as u64;
                prop_assert_eq!(number(count), having, "{}", status);
            }
            let statuses: u64 = origin["statuses"].as_object().unwrap().values().map(number).sum();
            prop_assert_eq!(statuses, own.len() as u64);
            let synthesized = own.iter().filter_map(|pair| pair["aaaa"]["synthesized"]["first"].as_str()).min();
            prop_assert_eq!(origin["dns64"]["state"] == "on", synthesized.is_some());
            prop_assert_eq!(origin["dns64"]["since"].as_str(), synthesized);
        }
        prop_assert!(by_origin.is_empty(), "pairs without an origin: {:?}", by_origin.keys());
    }

    /// The newest verdict is the known one that was seen in the latest second, and pairs come once and in
    /// order.
    #[test]
    fn pairs_are_what_their_verdicts_say(lines in vec(logs::line(), 0..80)) {
        let report: Value = serde_json::from_str(&account(&digest(&joined(&lines)))).unwrap();
        let mut before: Option<(String, String, String, String)> = None;
        for pair in report["pairs"].as_array().unwrap() {
            let text = |value: &Value| value.as_str().unwrap().to_owned();
            let origin = &pair["origin"];
            let key = (text(&origin["id"]), text(&origin["vpc"]), text(&origin["kind"]), text(&pair["name"]));
            prop_assert!(before.as_ref().is_none_or(|before| *before < key), "{:?} before {:?}", before, key);
            before = Some(key);
            let aaaa = pair["aaaa"].as_object().unwrap();
            let known = || aaaa.iter().filter(|(verdict, _)| *verdict != "unknown");
            let deciding: Vec<&Value> = match known().next() {
                Some(_) => known().map(|(_, span)| span).collect(),
                None => aaaa.values().collect(),
            };
            let latest = deciding.iter().map(|span| text(&span["last"])).max();
            let newest = pair["newest_aaaa"].as_str().map(|word| text(&aaaa[word]["last"]));
            prop_assert_eq!(newest, latest);
            prop_assert_eq!(pair["status"] == "a-only", aaaa.is_empty());
            prop_assert_eq!(pair["status"] == "native", pair["newest_aaaa"] == "native");
            prop_assert_eq!(pair["status"] == "nat64", pair["newest_aaaa"] == "synthesized");
            prop_assert_eq!(pair["status"] == "unknown", pair["newest_aaaa"] == "unknown");
            for (question, reasons) in [("aaaa", "unknown_aaaa"), ("a", "unknown_a")] {
                let of_reasons = pair[reasons].as_object().map(|it| it.values().map(number).sum::<u64>());
                let of_verdict = pair[question]["unknown"].as_object().map(|span| number(&span["count"]));
                prop_assert_eq!(of_reasons, of_verdict);
            }
            prop_assert_eq!(aaaa.contains_key("native"), pair["ipv6"][0].is_string());
            for span in aaaa.values() {
                prop_assert!(text(&span["first"]) <= text(&span["last"]) && number(&span["count"]) > 0);
            }
        }
    }
}
