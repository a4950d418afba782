//! What a timeline gives up still counts.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use r53tail::base::moment::Moment;
use r53tail::console::Batch;
use r53tail::digest::Terms;
use r53tail::query::Query;
use r53tail::timeline::{PairSummaries, RowId, RowMask, RowSubject, Scope, TimelineEntry};

use crate::cases;
use crate::logs;
use crate::time::{QUERIES, batch, entries, scope};

/// The lines in chunks of up to so many.
fn parted(lines: &[String], each: usize) -> Batch {
    let mut whole = Batch::default();
    for (number, lines) in lines.chunks(each).enumerate() {
        whole.timeline.part();
        whole.absorb(batch(lines, u32::try_from(number).expect("few"), &Terms::default()));
    }
    whole
}

fn fold(batch: &Batch, scope: Scope) -> PairSummaries {
    let mut summaries = PairSummaries::empty(&batch.fleet);
    batch.timeline.summarize(scope, &mut summaries);
    summaries
}

proptest! {
    #![proptest_config(cases(150))]

    /// Whatever is given up, a stretch of time that is covered comes to what it came to before; and what is
    /// listed is what was listed before, but for what is said to be gone.
    #[test]
    fn what_is_folded_away_still_counts(
        lines in vec(logs::line_or_noise(), 1..60),
        each in 1_usize..9,
        gives in vec(any::<Option<Index>>(), 1..6),
        (from, until) in scope(),
        text in select(&QUERIES[..]),
    ) {
        let whole = parted(&lines, each);
        let mut less = parted(&lines, each);
        let query = Query::parse(text).expect("there");
        let mut mask = RowMask::new(&less.timeline, &less.fleet, query.expression(), &[]);
        for give in gives {
            let forgotten = match give {
                None => less.timeline.forget_oldest(&less.fleet),
                Some(at) => {
                    let Some((first, last)) = whole.timeline.range() else { continue };
                    let span = usize::try_from(last.0 - first.0).expect("in order") + 1;
                    let moment = Moment(first.0 + i64::try_from(at.index(span)).expect("short"));
                    let forgotten = less.timeline.forget_before(moment, &less.fleet);
                    prop_assert!(less.timeline.folded().is_none_or(|folded| folded.last <= last));
                    forgotten
                }
            };
            if let Some(forgotten) = forgotten {
                mask.forget(&forgotten);
            }
        }
        less.timeline.tidy();
        let folded = less.timeline.folded();
        let gone = folded.map_or(0, |folded| folded.records);
        prop_assert_eq!(less.timeline.len() + gone, whole.timeline.len());
        prop_assert_eq!(&mask, &RowMask::new(&less.timeline, &less.fleet, query.expression(), &[]));
        // Everything is always covered, and everything up to any moment behind what is gone.
        prop_assert!(less.timeline.covers(Scope::ALL));
        let behind = folded.map(|folded| Scope { from: None, until: Some(folded.last) });
        let scope = Scope { from, until };
        for scope in [Scope::ALL, scope].into_iter().chain(behind) {
            if less.timeline.covers(scope) {
                prop_assert_eq!(fold(&less, scope), fold(&whole, scope));
            } else {
                prop_assert!(fold(&less, scope).records <= fold(&whole, scope).records);
            }
        }
        // All that is left is as it was: what it says, and from where it stands.
        let rows: Vec<RowId> = less.timeline.after(Scope::ALL, None, None).collect();
        let all: Vec<RowId> = whole.timeline.after(Scope::ALL, None, None).collect();
        let all: Vec<_> = entries(&whole, all.into_iter());
        for row in rows {
            let entry = less.timeline.entry(row).expect("there");
            let known = whole.timeline.find(entry.at, entry.spot.expect("there")).expect("it was listed before");
            let before = whole.timeline.entry(known).expect("there");
            // The number of what is not judged is the timeline's own.
            let subject = if matches!(before.subject, RowSubject::Pair(_)) { entry.subject } else { before.subject };
            prop_assert_eq!(&TimelineEntry { subject, ..entry.clone() }, &before);
            let asked = |batch: &Batch, entry: &TimelineEntry<'_>| {
                batch.timeline.asked(&batch.fleet, entry.subject).map(|(origin, name)| (origin, name.to_owned()))
            };
            prop_assert_eq!(asked(&less, &entry), asked(&whole, &before));
            prop_assert!(all.contains(&(entry.at, entry.spot)));
        }
        // Joined to another, it is what the whole would be.
        let mut one = parted(&lines, each);
        let mut other = parted(&lines, each);
        one.absorb(less);
        other.absorb(whole);
        prop_assert_eq!(fold(&one, Scope::ALL), fold(&other, Scope::ALL));
        prop_assert_eq!(fold(&one, Scope::ALL), PairSummaries::from_fleet(&one.fleet));
    }
}
