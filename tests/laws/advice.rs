//! What is said to do: nothing contradicts itself, and no name is offered that was not asked for in another
//! form.

use std::collections::{BTreeMap, BTreeSet};

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use r53tail::base::workers::Workers;
use r53tail::knowledge::catalog::Catalog;
use serde_json::Value;

use super::line::LogLine;
use super::{account, cases, digest, write, write_survey};
use r53tail::report::{Format, Selection, Sort};

/// Names of every kind that there is something to be said of.
pub(super) const NAMES: &[&str] = &[
    "ssm.us-west-2.amazonaws.com.",
    "ssmmessages.us-west-2.amazonaws.com.",
    "ec2messages.us-west-2.amazonaws.com.",
    "ssm.us-west-2.api.aws.",
    "ssm.ap-southeast-6.amazonaws.com.",
    "ssmmessages.ap-southeast-6.amazonaws.com.",
    "kms.us-west-2.amazonaws.com.",
    "kms.us-west-2.api.aws.",
    "secretsmanager.us-west-2.amazonaws.com.",
    "sts.amazonaws.com.",
    "dynamodb.eu-west-1.amazonaws.com.",
    "monitoring.us-west-2.amazonaws.com.",
    "logs.us-west-2.amazonaws.com.",
    "fips.batch.us-west-2.amazonaws.com.",
    "api.ecr.us-west-2.amazonaws.com.",
    "111122223333.dkr.ecr.us-west-2.amazonaws.com.",
    "111122223333.dkr-ecr.us-west-2.on.aws.",
    "prod-us-west-2-starport-layer-bucket.s3.us-west-2.amazonaws.com.",
    "data.s3.us-west-2.amazonaws.com.",
    "web-123456.us-west-2.elb.amazonaws.com.",
    "dualstack.web-123456.us-west-2.elb.amazonaws.com.",
    "orders.a1b2c3.us-west-2.redshift.amazonaws.com.",
    "guardduty-data.us-west-2.amazonaws.com.",
    "instance-data.ec2.internal.",
    "0.debian.pool.ntp.org.",
    "2.debian.pool.ntp.org.",
    "sts.amazonaws.com.",
    "git.example.",
];

const ORIGINS: &[(&str, &str)] =
    &[("i-1", "10.0.0.1"), ("i-2", "2600:1f14::2"), ("i-3", "2600:1f14::3"), ("rslvr-in-4", "10.9.0.4")];

const ANSWERS: &[(&str, &str, &str)] = &[
    ("AAAA", "NOERROR", ""),
    ("AAAA", "NOERROR", "2600:1f14::99"),
    ("AAAA", "NOERROR", "64:ff9b::345e:b677"),
    ("AAAA", "NOERROR", "64:ff9b::a00:7"),
    ("AAAA", "NOERROR", "64:ff9b::a9fe:a9fe"),
    ("AAAA", "NOERROR", "64:ff9b::"),
    ("AAAA", "NXDOMAIN", ""),
    ("A", "NOERROR", "52.94.182.119"),
    ("A", "NOERROR", "10.0.0.7"),
    ("A", "NOERROR", ""),
];

fn record(at: usize, name: &str, origin: (&str, &str), answer: (&str, &str, &str)) -> String {
    let ((id, source), (kind, rcode, address)) = (origin, answer);
    let ids = [(if id.starts_with("i-") { "instance" } else { "resolver_endpoint" }, id)];
    let at = format!("2026-03-04T05:{:02}:{:02}Z", at / 60 % 60, at % 60);
    LogLine { at: &at, name, kind, rcode, address, source, ids: &ids, ..LogLine::default() }.to_string()
}

/// A record by the places of its name, origin and answer.
pub(super) type Row = (usize, usize, usize);

pub(super) fn logs() -> impl Strategy<Value = Vec<Row>> {
    vec((select((0..NAMES.len()).collect::<Vec<_>>()), 0..ORIGINS.len(), 0..ANSWERS.len()), 1..40)
}

pub(super) fn log(rows: &[Row]) -> String {
    let lines = rows
        .iter()
        .enumerate()
        .map(|(at, (name, origin, answer))| record(at, NAMES[*name], ORIGINS[*origin], ANSWERS[*answer]));
    lines.map(|line| line + "\n").collect()
}

pub(super) fn report(log: &str) -> Value {
    serde_json::from_str(&account(&digest(log.as_bytes()))).expect("it is JSON")
}

pub(super) fn findings(report: &Value) -> Vec<Value> {
    report["findings"].as_array().expect("findings are a list").clone()
}

/// Whether `name` was asked for, or is the dual-stack form of a name that was.
pub(super) fn is_as_offered(asked: &BTreeSet<&str>, name: &str) -> bool {
    asked.contains(name)
        || asked.iter().any(|it| {
            Catalog::builtin().about(it).is_some_and(|known| known.dual_stack_name(it) == Some(name))
        })
}

pub(super) fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value[key].as_str().expect("it is a text")
}

/// Words that look like dual-stack names of AWS's.
pub(super) fn dual_names(text: &str) -> BTreeSet<String> {
    let words =
        text.split(|character: char| !(character.is_ascii_alphanumeric() || matches!(character, '.' | '-')));
    let words = words.map(|word| word.trim_matches('.').to_owned());
    words
        .filter(|word| {
            [".api.aws", ".on.aws"].iter().any(|end| word.ends_with(end) && word.len() > end.len() + 2)
                || word.contains(".dualstack.")
        })
        // What is left open is written in capitals.
        .filter(|word| !word.bytes().any(|byte| byte.is_ascii_uppercase()))
        .collect()
}

proptest! {
    #![proptest_config(cases(100))]

    /// Whatever is offered is the dual-stack form of a name that was asked for, or was asked for itself.
    #[test]
    fn no_name_is_offered_that_was_not_asked_for(rows in logs()) {
        let asked: BTreeSet<&str> = rows.iter().map(|row| NAMES[row.0].trim_end_matches('.')).collect();
        for finding in findings(&report(&log(&rows))) {
            for key in ["summary", "sentence", "action"] {
                for name in dual_names(text(&finding, key)) {
                    prop_assert!(is_as_offered(&asked, &name), "{name} in {finding}");
                }
            }
        }
    }

    /// Nobody is told to switch DNS64 on and off, to switch a client and to leave it as it is, or to use a
    /// name that this very log shows to be none.
    #[test]
    fn no_two_sentences_advise_opposite_things(rows in logs()) {
        let found = findings(&report(&log(&rows)));
        let mut on: BTreeMap<&str, &Value> = BTreeMap::new();
        let mut off: BTreeMap<&str, &Value> = BTreeMap::new();
        let mut gone: BTreeSet<&str> = BTreeSet::new();
        for finding in &found {
            let action = text(finding, "action");
            let ids = finding["evidence"]["origin_ids"].as_array().expect("ids are a list");
            // More origins than are named cannot be told apart.
            for id in ids.iter().filter_map(Value::as_str).filter(|_| ids.len() == 1) {
                if action.contains("DNS64 on") || action.contains(" --enable-dns64") {
                    on.insert(id, finding);
                }
                if action.contains("--no-enable-dns64") {
                    off.insert(id, finding);
                }
            }
            if finding["id"] == "dual-stack-missing" && action.contains("take the dual-stack switch back") {
                gone.insert(text(finding, "subject").trim_end_matches('.'));
            }
        }
        for (id, finding) in &on {
            prop_assert!(!off.contains_key(id), "{finding}\n{}", off[id]);
        }
        for finding in &found {
            let action = text(finding, "action");
            for name in &gone {
                prop_assert!(!action.contains(&format!("https://{name}")), "{name} is none: {finding}");
            }
            prop_assert!(!(action.contains("do not switch") && action.contains("UseDualStackEndpoint")), "{finding}");
        }
    }

    /// However few are listed, they are the first, and the others are counted.
    #[test]
    fn a_limit_takes_the_first(rows in logs(), limit in 1_usize..8) {
        let log = log(&rows);
        let all = findings(&report(&log));
        let fleet = digest(log.as_bytes());
        let survey = fleet.survey();
        let knowledge = r53tail::advice::finding::Knowledge::builtin();
        let few = r53tail::advice::finding::Advice::most(limit, &survey, knowledge, |_| true);
        prop_assert!(few.findings.len() + few.unsaid == all.len(), "{} and {} of {}", few.findings.len(), few.unsaid, all.len());
        prop_assert!(few.findings.len() >= limit.min(all.len()));
        for (one, other) in few.findings.iter().zip(&all) {
            prop_assert_eq!(&one.sentence, text(other, "sentence"));
        }
    }

    /// To how many the passes over pairs and names are shared out never shows.
    #[test]
    fn hands_make_no_difference(rows in logs(), threads in 2_usize..9, limit in select(vec![1, 3, usize::MAX])) {
        let fleet = digest(log(&rows).as_bytes());
        let advice = |workers: Workers| {
            let survey = fleet.survey_on(workers);
            let knowledge = r53tail::advice::finding::Knowledge::builtin();
            let advice = r53tail::advice::finding::Advice::most(limit, &survey, knowledge, |_| true);
            (advice.findings, advice.unsaid, advice.usages, advice.plan)
        };
        let (alone, shared) = (advice(Workers::ALONE), advice(Workers::new(threads, |threads, job| (0..threads).for_each(job))));
        prop_assert_eq!(alone, shared);
    }

    /// Nor does it show in what is written.
    #[test]
    fn hands_make_no_difference_to_reports(
        rows in logs(), threads in 2_usize..9, limit in select(vec![1, 3, usize::MAX]),
        sort in select(vec![None, Some(Sort::Name), Some(Sort::Status), Some(Sort::Count)]),
    ) {
        let fleet = digest(log(&rows).as_bytes());
        for format in [Format::Text, Format::Html] {
            let written = |workers: Workers| {
                write_survey(&fleet.survey_on(workers), format, &Selection::default(), limit, (sort, false, false))
            };
            let shared = written(Workers::new(threads, |threads, job| (0..threads).for_each(job)));
            prop_assert_eq!(written(Workers::ALONE), shared);
        }
    }

    /// Beside each pair stand the findings that are about its name, in their order, and no others.
    #[test]
    fn beside_a_pair_stands_what_is_about_its_name(rows in logs(), at in 0_usize..40) {
        // What reveals a prefix is no advice on a name, and yet about one.
        let reveals = record(at, "ipv4only.arpa.", ORIGINS[1], ("AAAA", "NOERROR", "2001:db8:64::c000:aa"));
        let fleet = digest((log(&rows) + &reveals + "\n").as_bytes());
        let report: Value = serde_json::from_str(&account(&fleet)).expect("it is JSON");
        let found = findings(&report);
        prop_assert!(found.iter().any(|finding| text(finding, "id") == "nat64-prefix"));
        for line in write(&fleet, Format::Ndjson, None, false).lines() {
            let pair: Value = serde_json::from_str(line).expect("it is JSON");
            let about = found.iter().filter(|finding| finding["subject"] == pair["name"]);
            let about: Vec<&str> = about.map(|finding| text(finding, "id")).collect();
            prop_assert_eq!(&pair["findings"], &Value::from(about), "{}", pair["name"]);
        }
    }

    /// In few words the first are told, and the others are counted.
    #[test]
    fn what_few_words_leave_out_is_counted(rows in logs()) {
        let log = log(&rows);
        let report = report(&log);
        let brief = write(&digest(log.as_bytes()), Format::Brief, None, false);
        let steps = report["plan"]["steps"].as_array().map_or(0, Vec::len);
        for (title, all) in [("Plan", steps), ("What to do", findings(&report).len())] {
            let section = brief.lines().skip_while(|line| *line != title).take_while(|line| !line.is_empty());
            let counts = section.map(|line| match line.strip_prefix("… and ").and_then(|more| more.split_once(' ')) {
                Some((more, _)) => more.parse::<usize>().expect("a number"),
                None => usize::from(line.starts_with(|first: char| first.is_ascii_digit()) && line.contains(". ") && !line.contains("would work")),
            });
            prop_assert_eq!(counts.sum::<usize>(), all, "{} of {}", title, brief);
        }
    }

    /// Text and JSON say the same.
    #[test]
    fn every_format_says_what_is_to_be_done(rows in logs()) {
        let fleet = digest(log(&rows).as_bytes());
        let plain = write(&fleet, Format::Text, None, false);
        for finding in findings(&report(&log(&rows))) {
            for key in ["summary", "sentence", "action"] {
                prop_assert!(plain.contains(text(&finding, key)), "{finding}\n{plain}");
            }
        }
    }
}
