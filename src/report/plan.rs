//! The plan, for a person: what to change, in which order, what comes of it, and what remains.

use std::io::{self, Write};

use super::{Report, pieces};
use crate::advice::plan::{CoverCounts, NamedCount, Plan, Step, UncoveredNeeds};
use crate::base::visible::visible;

/// The title of its section.
pub(super) const TITLE: &str = "Plan";

/// The steps that a report for a person lists, and how many it does not.
pub(super) fn steps<'p>(report: &Report<'_>, plan: &'p Plan) -> (&'p [Step], usize) {
    let shown = plan.steps.len().min(report.limit);
    (&plan.steps[..shown], plan.steps.len() - shown)
}

/// Names, each with what may be asked for in its place.
pub(super) fn names(names: &[NamedCount], covers: CoverCounts) -> String {
    let one = |named: &NamedCount| match &named.offer {
        Some(offer) => {
            format!("{} → {}{}", visible(&named.name), visible(offer), level(named))
        }
        None => visible(&named.name).into_owned(),
    };
    more(&names.iter().map(one).collect::<Vec<_>>(), covers.endpoints)
}

fn level(named: &NamedCount) -> String {
    named.level.map(|level| format!(" ({level})")).unwrap_or_default()
}

/// The first origins.
pub(super) fn origins(report: &Report<'_>, ids: &[String], covers: CoverCounts) -> String {
    let names = report.knowledge.names;
    let one = |id: &String| pieces::beside(&visible(id), names.and_then(|names| names.get(id)));
    more(&ids.iter().map(one).collect::<Vec<_>>(), covers.origins)
}

fn more(shown: &[String], all: usize) -> String {
    let rest = all.saturating_sub(shown.len());
    let text = shown.join(", ");
    if rest > 0 { format!("{text} and {} more", pieces::number(rest as u64)) } else { text }
}

/// What is to be known of a step besides its title and what to do: what comes after it, and what it risks.
pub(super) fn outlook(plan: &Plan, at: usize) -> String {
    let step = &plan.steps[at];
    let sentences = [plan.after(at), Plan::unconfirmed(step.covers), format!("Risk: {}", step.risk)];
    sentences.iter().filter(|text| !text.is_empty()).map(String::as_str).collect::<Vec<_>>().join(" ")
}

/// How much a rest is.
pub(super) fn amount(rest: &UncoveredNeeds) -> String {
    format!(
        "{}, {}",
        pieces::counted(rest.covers.endpoints as u64, "endpoint", "endpoints"),
        pieces::counted(rest.covers.origins as u64, "origin", "origins")
    )
}

/// The section of the text; `paint` emphasizes a title.
pub(super) fn text(
    report: &Report<'_>,
    plan: &Plan,
    paint: impl Fn(&str) -> String,
    out: &mut impl Write,
) -> io::Result<()> {
    if plan.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n{}", paint(TITLE))?;
    writeln!(out, "  {}", plan.readiness())?;
    let (shown, rest) = steps(report, plan);
    for (at, step) in shown.iter().enumerate() {
        writeln!(out, "  {}. {}", at + 1, visible(&step.title))?;
        writeln!(out, "     → {}", visible(&step.action))?;
        writeln!(out, "     {}", visible(&outlook(plan, at)))?;
        writeln!(out, "     endpoints: {}", names(&step.names, step.covers))?;
        writeln!(out, "     origins: {}", origins(report, &step.origin_ids, step.covers))?;
    }
    if rest > 0 {
        let what = if rest == 1 { "change" } else { "changes" };
        writeln!(out, "  … and {} more {what} (--limit 0 lists all)", pieces::number(rest as u64))?;
    }
    if plan.steps.len() > 1 {
        writeln!(out, "  {}", plan.method_words())?;
    }
    if !plan.rests.is_empty() {
        writeln!(out, "  {}", remains(plan))?;
    }
    for rest in &plan.rests {
        writeln!(out, "  - {} {}: {}", rest.sentence, amount(rest), names(&rest.names, rest.covers))?;
        writeln!(out, "    → {}", rest.action)?;
    }
    Ok(())
}

/// What the list of what remains begins with.
pub(super) fn remains(plan: &Plan) -> &'static str {
    if plan.steps.is_empty() { "What no change covers:" } else { "What remains:" }
}
