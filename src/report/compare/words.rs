//! The comparison for a person, and the sentences that all forms share.

use std::io::{self, Write};

use super::{ChangeGroup, ComparedAsker, ComparedSide, Comparison, DifferenceKind};
use crate::base::visible::visible;
use crate::fleet::Status;
use crate::report::pieces;

/// How many origins are named beside an endpoint.
pub(super) const NAMED: usize = 4;

/// The title over what is of a kind.
pub(super) fn title(comparison: &Comparison<'_>, kind: DifferenceKind) -> &'static str {
    let certain = comparison.doubts(kind).is_empty();
    match kind {
        DifferenceKind::Broke => "Broke: reachable over IPv6 in OLD, not in NEW",
        DifferenceKind::Reachable => "Became reachable over IPv6",
        DifferenceKind::Native => "No longer through NAT64: IPv6 addresses of their own",
        DifferenceKind::Other => "Changed otherwise",
        DifferenceKind::New if certain => "New: asked for in NEW only",
        DifferenceKind::New => "Not seen in OLD, which may not have all: not for sure new",
        DifferenceKind::Gone if certain => "Gone: asked for in OLD only",
        DifferenceKind::Gone => "Not seen in NEW, which may not have all: not for sure gone",
    }
}

/// The answer in a sentence or two.
pub(super) fn headline(comparison: &Comparison<'_>) -> String {
    if comparison.changes.is_empty() && comparison.same == 0 {
        return "There is nothing to compare: neither has a query for A or AAAA that was asked for."
            .to_owned();
    }
    let told: Vec<String> =
        DifferenceKind::ALL.into_iter().filter_map(|kind| sentence(comparison, kind)).collect();
    if told.is_empty() {
        let same = pieces::counted(comparison.same as u64, "pair", "pairs");
        return format!("Nothing changed: {same} of origin and endpoint, each as it was.");
    }
    let broke = comparison.count(DifferenceKind::Broke).pairs == 0 && comparison.origins[0] > 0;
    let start = if broke { "Nothing that both saw broke. " } else { "" };
    format!("{start}{}.", told.join("; "))
}

/// `12 endpoints became reachable over IPv6 for 96 origins`; `None` if there are none.
fn sentence(comparison: &Comparison<'_>, kind: DifferenceKind) -> Option<String> {
    let count = comparison.count(kind);
    let certain = comparison.doubts(kind).is_empty();
    let one = count.endpoints == 1;
    let verb = match kind {
        DifferenceKind::Broke => "broke",
        DifferenceKind::Reachable => "became reachable over IPv6",
        DifferenceKind::Native if one => "no longer needs NAT64",
        DifferenceKind::Native => "no longer need NAT64",
        DifferenceKind::Other => "changed otherwise",
        DifferenceKind::New => match (certain, one) {
            (true, true) => "is new",
            (true, false) => "are new",
            (false, true) => "was not seen in OLD",
            (false, false) => "were not seen in OLD",
        },
        DifferenceKind::Gone => match (certain, one) {
            (true, true) => "is gone",
            (true, false) => "are gone",
            (false, true) => "was not seen in NEW",
            (false, false) => "were not seen in NEW",
        },
    };
    let endpoints = pieces::counted(count.endpoints as u64, "endpoint", "endpoints");
    let origins = pieces::counted(count.origins as u64, "origin", "origins");
    (count.pairs > 0).then(|| format!("{endpoints} {verb} for {origins}"))
}

/// One of the two, in a line.
pub(super) fn side(side: &ComparedSide) -> String {
    let when = side.range.map(|(first, last)| format!(", {} UTC", pieces::between(first, last, true)));
    let outside = pieces::outside_words(side.outside).map(|words| format!(". {words}"));
    format!(
        "{}: {}{}{}",
        visible(&side.source),
        pieces::counted(side.records, "record", "records"),
        when.unwrap_or_default(),
        outside.unwrap_or_default()
    )
}

/// Of how many origins it is.
pub(super) fn origins(comparison: &Comparison<'_>) -> String {
    let [both, old, new] = comparison.origins.map(|count| pieces::number(count as u64));
    let same = pieces::counted(comparison.same as u64, "pair", "pairs");
    let filtered =
        if comparison.filtered { " Filters apply: only what they let through is compared." } else { "" };
    format!(
        "Origins: {both} in both, {old} in OLD only, {new} in NEW only. {same} of origin and endpoint as before.{filtered}"
    )
}

/// What is to be known before anything is believed, a line each.
pub(super) fn doubts(comparison: &Comparison<'_>) -> Vec<String> {
    let mut lines: Vec<String> = comparison.remark.map(str::to_owned).into_iter().collect();
    for (word, kind) in [("OLD", DifferenceKind::New), ("NEW", DifferenceKind::Gone)] {
        lines.extend(comparison.doubts(kind).iter().map(|doubt| format!("{word} may not have all: {doubt}")));
    }
    lines
}

/// What it was and what it is.
pub(super) fn turn(group: &ChangeGroup<'_>) -> String {
    let word = Status::label;
    match (group.from, group.to) {
        (Some(from), Some(to)) => format!("{} → {}", word(from), word(to)),
        (from, to) => from.or(to).map(word).unwrap_or_default(),
    }
}

/// An origin, and what people call it.
pub(super) fn asker(asker: &ComparedAsker) -> String {
    visible(&pieces::beside(&asker.id, asker.label.as_deref())).into_owned()
}

/// How many origins, and the first of them.
pub(super) fn askers(group: &ChangeGroup<'_>) -> String {
    let count = group.askers.len();
    let named: Vec<String> = group.askers.iter().take(NAMED).map(|one| asker(one)).collect();
    let more = count.saturating_sub(NAMED);
    let rest = if more > 0 { format!(" and {} more", pieces::number(more as u64)) } else { String::new() };
    format!("{}: {}{rest}", pieces::counted(count as u64, "origin", "origins"), named.join(", "))
}

/// Pairs by status: its words, old, new.
pub(super) fn statuses<'c>(
    comparison: &'c Comparison<'_>,
) -> impl Iterator<Item = (Status, String, String)> + 'c {
    Status::ALL.into_iter().rev().filter_map(|status| {
        let counts = comparison.statuses[status as usize];
        (counts != [0, 0]).then(|| (status, pieces::number(counts[0]), pieces::number(counts[1])))
    })
}

/// Writes it as text.
pub(super) fn text(comparison: &Comparison<'_>, limit: usize, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "OLD  {}", side(comparison.old))?;
    writeln!(out, "NEW  {}", side(comparison.new))?;
    writeln!(out, "{}", origins(comparison))?;
    for line in doubts(comparison) {
        writeln!(out, "{line}")?;
    }
    writeln!(out, "\n{}", headline(comparison))?;
    let statuses: Vec<_> = statuses(comparison).collect();
    if !statuses.is_empty() {
        writeln!(out, "\n{:<18}{:>10}{:>10}", "Pairs by status", "OLD", "NEW")?;
    }
    for (status, old, new) in statuses {
        writeln!(out, "{:<18}{old:>10}{new:>10}", status.label())?;
    }
    for kind in DifferenceKind::ALL {
        let groups = comparison.of_kind(kind);
        if groups.is_empty() {
            continue;
        }
        writeln!(out, "\n{}", title(comparison, kind))?;
        let shown = &groups[..groups.len().min(limit)];
        let wide = |text: String| text.chars().count();
        let turns = shown.iter().map(|group| wide(turn(group))).max().unwrap_or(0);
        let names =
            shown.iter().map(|group| wide(visible(group.name).into_owned())).max().unwrap_or(0).min(60);
        for group in shown {
            let (turn, name) = (turn(group), visible(group.name));
            writeln!(out, "  {turn:<turns$}  {name:<names$}  {}", askers(group))?;
        }
        let more = groups.len() - shown.len();
        if more > 0 {
            let more = pieces::counted(more as u64, "more row", "more rows");
            writeln!(out, "  … and {more} (`--limit 0` lists all)")?;
        }
    }
    Ok(())
}
