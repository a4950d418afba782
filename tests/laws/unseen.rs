//! Answers that were dropped, masked, cut or garbled on the way, in every shape: none of them is taken for
//! empty.

use std::collections::BTreeMap;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use r53tail::fleet::Fleet;
use r53tail::report::Format;

use crate::damage::{Asked, Damage, Shape, asked, damage, render, shapes};
use crate::{cases, digest, write};

/// Records by name and type: those that came back empty, and those of which it is known what came back.
fn known(fleet: &Fleet) -> (BTreeMap<(String, &'static str), u64>, u64) {
    let (mut empty, mut known) = (BTreeMap::new(), 0);
    for pair in fleet.survey().pairs() {
        let aaaa = pair.spans.aaaa_words().map(|(word, span)| ("AAAA", word, span.count));
        for (kind, word, count) in
            aaaa.chain(pair.spans.a_words().map(|(word, span)| ("A", word, span.count)))
        {
            if word == "empty" {
                *empty.entry((pair.name.to_owned(), kind)).or_default() += count;
            }
            if word != "unknown" {
                known += count;
            }
        }
    }
    (empty, known)
}

proptest! {
    #![proptest_config(cases(12_000))]

    /// Whatever is done to answers on the way, in whatever shape: nothing comes back empty that did not, and
    /// where less is known than there was to know, the report does not say that nothing is missing.
    #[test]
    fn nothing_is_empty_that_was_not_seen_to_be(
        shape in select(shapes()),
        log in vec((asked(), damage()), 1..5),
    ) {
        let whole: Vec<(Asked, Damage)> = log.iter().map(|(asked, _)| (asked.clone(), Damage::Nothing)).collect();
        let (was_empty, was_known) = known(&digest(render(Shape::Lines, &whole).as_bytes()));
        let text = render(shape, &log);
        let fleet = digest(text.as_bytes());
        let (is_empty, is_known) = known(&fleet);
        for (asked, count) in &is_empty {
            prop_assert!(was_empty.get(asked) >= Some(count), "{asked:?} came back empty\n{text}");
        }
        if is_known < was_known {
            let report = write(&fleet, Format::Text, None, false);
            prop_assert!(!report.contains("No part of the log is known to be missing"), "{report}\n{text}");
        }
    }

    /// What is whole is read whole, in every shape that says all.
    #[test]
    fn what_is_whole_is_known(shape in select(shapes()), log in vec(asked(), 1..5)) {
        let log: Vec<(Asked, Damage)> = log.into_iter().map(|asked| (asked, Damage::Nothing)).collect();
        let says_all = !matches!(shape, Shape::Columns(..) | Shape::Keys(_) | Shape::QueryResults);
        let whole = known(&digest(render(Shape::Lines, &log).as_bytes()));
        let read = known(&digest(render(shape, &log).as_bytes()));
        prop_assert!(!says_all || whole == read, "{}", render(shape, &log));
    }
}
