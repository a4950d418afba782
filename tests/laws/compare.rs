//! Two reports side by side: the same whichever way each of them comes, and backwards what it is forwards.

use proptest::collection::vec;
use proptest::prelude::*;
use r53tail::advice::finding::Knowledge;
use r53tail::base::visible::is_hidden;
use r53tail::fleet::Fleet;
use r53tail::report::{ComparedSide, Comparison, Format, Report, Selection};
use serde_json::Value;

use crate::logs::{self, Spelling, joined};
use crate::{account, cases, digest};

fn fleet() -> impl Strategy<Value = Fleet> {
    let record = prop_oneof![1 => logs::odd().boxed(), 3 => logs::plain().boxed()];
    vec(record.prop_map(|draft| draft.line(Spelling::Resolver)), 0..40)
        .prop_map(|lines| digest(&joined(&lines)))
}

/// The side that is read from the log itself.
fn read(fleet: &Fleet) -> ComparedSide {
    let survey = fleet.survey();
    ComparedSide::from_report(&Report {
        survey: &survey,
        inputs: &[],
        samples: &[],
        selection: &Selection::default(),
        sort: None,
        limit: usize::MAX,
        color: false,
        knowledge: Knowledge::builtin(),
        names_findings: false,
        wide: false,
        excerpt: None,
    })
}

/// The side that is read from what was written of it.
fn written(fleet: &Fleet) -> ComparedSide {
    ComparedSide::parse(account(fleet).as_bytes(), "report.json", &Selection::default(), &|_, _, _| None)
        .expect("a report is one")
}

/// All pairs in words: askers have other numbers where those without a pair are left out.
fn pairs(side: &ComparedSide) -> Vec<String> {
    let words = |pair: &r53tail::report::ComparedPair| {
        let asker = &side.askers[pair.asker];
        format!("{}|{}|{}|{}|{}", asker.id, asker.vpc, pair.name, pair.status.word(), pair.records)
    };
    let mut pairs: Vec<String> = side.pairs.iter().map(words).collect();
    pairs.sort();
    pairs
}

fn json(comparison: &Comparison<'_>) -> Value {
    let mut out = Vec::new();
    comparison.write(Format::Json, usize::MAX, &mut out).expect("memory takes it");
    serde_json::from_slice(&out).expect("it is JSON")
}

fn count(value: &Value, kind: &str) -> u64 {
    value["counts"][kind]["pairs"].as_u64().expect("every kind is counted")
}

proptest! {
    #![proptest_config(cases(200))]

    /// A report holds what a comparison needs of the log.
    #[test]
    fn a_report_is_as_good_as_its_log(fleet in fleet()) {
        let (read, written) = (read(&fleet), written(&fleet));
        prop_assert_eq!(pairs(&read), pairs(&written));
        prop_assert_eq!((read.records, read.range), (written.records, written.range));
        prop_assert_eq!(read.doubts.is_empty(), written.doubts.is_empty(), "{:?} {:?}", read.doubts, written.doubts);
    }

    /// Nothing changed between a log and itself.
    #[test]
    fn nothing_changes_by_being_looked_at_twice(fleet in fleet()) {
        let (one, other) = (read(&fleet), written(&fleet));
        let value = json(&Comparison::new(&one, &other));
        prop_assert_eq!(value["changes"].as_array().map(Vec::len), Some(0));
        prop_assert_eq!(value["same"].as_u64(), Some(one.pairs.len() as u64));
    }

    /// What broke one way became reachable the other way, what is new is gone, and every pair is told of
    /// once.
    #[test]
    fn backwards_it_is_the_reverse(old in fleet(), new in fleet()) {
        let (old, new) = (read(&old), read(&new));
        for format in [Format::Text, Format::Markdown, Format::Html] {
            let mut out = Vec::new();
            Comparison::new(&old, &new).write(format, 5, &mut out).expect("memory takes it");
            let text = String::from_utf8(out).expect("it is UTF-8");
            let found = text.chars().find(|character| *character != '\n' && is_hidden(*character));
            prop_assert_eq!(found, None, "{:?}", text);
        }
        let (there, back) = (json(&Comparison::new(&old, &new)), json(&Comparison::new(&new, &old)));
        for (kind, reverse) in [("broke", "reachable"), ("new", "gone"), ("reachable", "broke"), ("gone", "new")] {
            prop_assert_eq!(count(&there, kind), count(&back, reverse), "{}", kind);
        }
        let both = ["broke", "reachable", "native", "other"].map(|kind| count(&there, kind)).iter().sum::<u64>()
            + there["same"].as_u64().expect("a number");
        prop_assert_eq!(both + count(&there, "gone"), old.pairs.len() as u64);
        prop_assert_eq!(both + count(&there, "new"), new.pairs.len() as u64);
        // A side that may lack pairs makes nothing on the other side new or gone for sure.
        for (whose, doubted) in [("new", &new), ("old", &old)] {
            if !doubted.doubts.is_empty() {
                prop_assert_eq!(&there[whose]["complete"], &Value::Bool(false));
            }
        }
    }
}
