//! Filters divide a log in two.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use r53tail::digest::{NoListener, ObservationListener, Terms};
use r53tail::fleet::{CountedPlace, Fleet, Status};
use r53tail::log::envelope::RecordPlace;
use r53tail::log::observation::Observation;
use r53tail::query::Query;
use std::collections::BTreeSet;
use std::sync::Arc;

use crate::logs::{self, joined};
use crate::{cases, digest_with, everything};

/// Counts what a query lets through.
struct Counting(Query, u64);

impl ObservationListener for Counting {
    fn saw(&mut self, observation: &Observation<'_>, _: CountedPlace, _: RecordPlace) {
        self.1 += u64::from(self.0.admits(observation));
    }
}

proptest! {
    #![proptest_config(cases(250))]

    /// Each record is let through by a filter or by its opposite, and counted once, whoever watches.
    #[test]
    fn a_filter_and_its_opposite_make_the_whole(
        lines in vec(logs::line_or_noise(), 0..25),
        text in select(vec![
            "type:A", "verdict:empty,native", "aaaa:synthesized", "rcode:NOERROR", "i-1", "kind:instance", "port:53",
            "name:*.com", "10.0.0.1", "answer:64:ff9b::/96", "source:10.0.0.0/24", "vpc-1", "time:10:00..10:01",
        ]),
    ) {
        let log = joined(&lines);
        let terms = |text: &str| {
            let filter = Some(Arc::new(Query::parse(text).expect("a query")));
            Terms { filter, ..Terms::default() }
        };
        let query = Query::parse(text).expect("a query");
        let (whole, _, counting) = digest_with(&log, &Terms::default(), Counting(query.clone(), 0));
        let (through, _, _) = digest_with(&log, &terms(text), NoListener);
        let (watched, _, seen) = digest_with(&log, &terms(text), Counting(query, 0));
        let (others, _, _) = digest_with(&log, &terms(&format!("-{text}")), NoListener);
        let [all, through, watched, others] = [&whole, &through, &watched, &others].map(|fleet| fleet.tally().clone());
        prop_assert_eq!(through.records + others.records, all.records);
        prop_assert_eq!((through.outside, others.outside), (others.records, through.records));
        prop_assert_eq!((through.records, seen.1, watched.records), (counting.1, counting.1, counting.1));
        prop_assert_eq!((through.malformed, others.malformed), (all.malformed, all.malformed));
        // What is picked out is what is let through, and picking changes nothing else.
        let pick = Some(Arc::new(Query::parse(text).expect("a query")));
        let (picked, _, _) = digest_with(&log, &Terms { pick, ..Terms::default() }, NoListener);
        prop_assert_eq!(picked.tally().picked, through.records);
        prop_assert_eq!(everything(&picked), everything(&whole));
        let pairs = |fleet: &Fleet| -> BTreeSet<(String, String)> {
            let survey = fleet.survey();
            survey.pairs().filter(|pair| pair.picked).map(|pair| (pair.origin.id.to_owned(), pair.name.to_owned())).collect()
        };
        prop_assert!(pairs(&whole).is_empty());
        prop_assert_eq!(!pairs(&picked).is_empty(), through.records > through.ignored);
    }

    /// A status picks out the pairs that come to it by all of their records, in whatever parts a log is read.
    #[test]
    fn a_status_is_that_of_the_pair(
        lines in vec(logs::line_or_noise(), 0..25),
        cut in any::<prop::sample::Index>(),
        status in select(Status::ALL.to_vec()),
        text in select(vec!["type:A", "aaaa:empty", "name:*.com", "i-1", "10.0.0.0/8"]),
    ) {
        let (head, tail) = lines.split_at(if lines.is_empty() { 0 } else { cut.index(lines.len()) });
        let picked = |text: &str| -> BTreeSet<(String, String, Status)> {
            let pick = Some(Arc::new(Query::parse(text).expect("a query")));
            let terms = Terms { pick, ..Terms::default() };
            let (mut fleet, _, _) = digest_with(&joined(head), &terms, NoListener);
            fleet.absorb(&digest_with(&joined(tail), &terms, NoListener).0);
            let survey = fleet.survey();
            let pairs = survey.pairs().filter(|pair| pair.picked);
            pairs.map(|pair| (pair.origin.id.to_owned(), pair.name.to_owned(), pair.status)).collect()
        };
        let all = picked("-\"no such text\"");
        let (meant, word) = (picked(text), status.word());
        let of_status = |(_, _, came_to): &&(String, String, Status)| *came_to == status;
        let expected: BTreeSet<_> = meant.iter().filter(of_status).cloned().collect();
        prop_assert_eq!(picked(&format!("status:{word} {text}")), expected);
        let expected: BTreeSet<_> = meant.iter().filter(|pair| !of_status(pair)).cloned().collect();
        prop_assert_eq!(picked(&format!("{text} -status:{word}")), expected);
        let expected: BTreeSet<_> = meant.iter().chain(all.iter().filter(of_status)).cloned().collect();
        prop_assert_eq!(picked(&format!("status:{word} or {text}")), expected);
    }
}
