//! Pieces that several formats share.

use std::net::{Ipv4Addr, Ipv6Addr};

pub(super) use crate::base::figures::{counted, number};
use crate::base::moment::Moment;
use crate::fleet::{Folds, OriginView, PairView, Tally};
use crate::knowledge::names::Names;
use crate::log::observation::is_masked;

/// Writes a number as programs read it: reports write hundreds of thousands.
pub(super) fn write_number(out: &mut Vec<u8>, number: u64) {
    out.extend_from_slice(itoa::Buffer::new().format(number).as_bytes());
}

/// Records of AAAA and A that a pair counts.
pub(super) fn count(pair: &PairView<'_>) -> u64 {
    pair.spans.aaaa().map(|(_, span)| span.count).sum::<u64>()
        + pair.spans.a().map(|(_, span)| span.count).sum::<u64>()
}

/// The addresses embedded in synthesized answers.
pub(super) fn embedded<'p>(pair: &'p PairView<'_>) -> impl ExactSizeIterator<Item = Ipv4Addr> + Clone + 'p {
    pair.embedded.lowest().iter().map(|bits| Ipv4Addr::from(*bits))
}

/// The native addresses.
pub(super) fn native<'p>(pair: &'p PairView<'_>) -> impl ExactSizeIterator<Item = Ipv6Addr> + Clone + 'p {
    pair.native.lowest().iter().map(|bits| Ipv6Addr::from(*bits))
}

/// That only endpoints are listed of which a record was picked out.
pub(super) fn picked(tally: &Tally) -> String {
    match tally.picked_records() {
        Some(records) => {
            let records = counted(records, "record fits", "records fit");
            format!("{records} the filter: their endpoints are listed, with all that is known of them.")
        }
        None => "Endpoints of which a record fits the filter are listed, with all that is known of them."
            .to_owned(),
    }
}

/// What people call an origin.
pub(super) fn name_of<'n>(names: Option<&'n Names>, origin: &OriginView<'_>) -> Option<&'n str> {
    names?.for_origin(origin.id, origin.vpc, origin.address_texts())
}

/// An id, and the name beside it if there is one. A masked address is no name of one host.
pub(super) fn beside(id: &str, name: Option<&str>) -> String {
    let name = name.or(is_masked(id).then_some("masked: maybe several hosts"));
    name.map_or_else(|| id.to_owned(), |name| format!("{id} ({name})"))
}

/// Whether a pair had more addresses than are kept.
pub(super) fn more_addresses(pair: &PairView<'_>) -> bool {
    pair.native.more() || pair.embedded.more()
}

/// A moment as a person says it: the date only where it could be another.
pub(super) fn at(moment: Moment, dated: bool) -> String {
    if dated { format!("{} {}", moment.date(), moment.clock()) } else { moment.clock() }
}

/// From when to when, as a person says it; `dated` if not all of the report is of one day.
pub(super) fn between(first: Moment, last: Moment, dated: bool) -> String {
    if first.second() == last.second() {
        at(first, dated)
    } else {
        format!("{} to {}", at(first, dated), at(last, dated && first.date() != last.date()))
    }
}

/// How many records were not asked for, in a sentence; `None` if none was. Every form for a person says it.
pub(super) fn outside_words(outside: u64) -> Option<String> {
    (outside > 0)
        .then(|| format!("{} left out by --since or --until.", counted(outside, "record", "records")))
}

/// What is known to be missing by what an input said at its end, a text each.
pub fn incomplete_words(tally: &Tally) -> impl Iterator<Item = String> {
    tally.incomplete().map(|(what, count)| what.words(count))
}

/// What was folded away to keep to the memory allowed, in a sentence; `None` if nothing was.
#[must_use]
pub fn folded_words(folds: &Folds) -> Option<String> {
    let total = folds.total();
    let statuses: Vec<String> =
        folds.some().map(|(status, folded)| format!("{} {}", number(folded.pairs), status.words())).collect();
    let origins = match folds.origins {
        0 => String::new(),
        count => format!(
            " With them went {} of which nothing else was left, and which instance an address belongs to is not known.",
            counted(count, "origin", "origins")
        ),
    };
    (total.pairs > 0).then(|| {
        format!(
            "To keep to --max-memory, {} with {} {} folded away and not listed: {}.{origins} A pair that came again \
             afterwards began anew, and counts again if it was folded away again.",
            counted(total.pairs, "pair of origin and endpoint", "pairs of origin and endpoint"),
            counted(total.records, "record", "records"),
            if total.pairs == 1 { "was" } else { "were" },
            statuses.join(", ")
        )
    })
}
