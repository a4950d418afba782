//! What to do, for a person: the most important findings first.

use std::io::{self, Write};

use super::Report;
use super::pieces;
use crate::advice::finding::{Advice, Finding, Severity};
use crate::base::moment::Moment;
use crate::base::visible::visible;

/// The findings that a report for a person lists, and how many it does not.
pub(super) fn shown<'a>(report: &Report<'_>, advice: &'a Advice) -> (&'a [Finding], usize) {
    let shown = advice.findings.len().min(report.limit);
    (&advice.findings[..shown], advice.findings.len() - shown + advice.unsaid)
}

/// How often, by whom and when it was seen.
pub(super) fn evidence(report: &Report<'_>, finding: &Finding, dated: bool) -> String {
    let proof = &finding.proof;
    let mut text = pieces::counted(proof.records, "logged query", "logged queries");
    if let Some((first, last)) = proof.range {
        text.push_str(&format!(", {}", pieces::between(first, last, dated)));
    }
    let names = report.knowledge.names;
    let ids =
        proof.origin_ids.iter().map(|id| pieces::beside(&visible(id), names.and_then(|names| names.get(id))));
    let ids: Vec<String> = ids.collect();
    text.push_str(&format!(": {}", ids.join(", ")));
    if proof.origins > ids.len() {
        text.push_str(&format!(" and {} more", pieces::number((proof.origins - ids.len()) as u64)));
    }
    text
}

/// How old what is known of AWS's names may be at the end of a log before it is said.
const OLD: i64 = 180 * 86_400;

/// How old what is known of AWS's names is, as a sentence.
pub(super) fn as_of(report: &Report<'_>) -> String {
    let (day, data) = report.knowledge.catalog.as_of();
    let made = Moment::from_canonical(format!("{day}T00:00:00Z").as_bytes());
    let last = report.survey.fleet().tally().range.map(|(_, last)| last);
    let age = made.zip(last).map_or(0, |(made, last)| last.second() - made.second());
    let newer = if age > OLD {
        format!(", {} days before the log ends: `r53tail catalog` reads newer data", age / 86_400)
    } else {
        String::new()
    };
    format!("What is known of AWS's names is of {day} ({data}){newer}.")
}

/// The section of the text; `paint` colors a text by its severity.
pub(super) fn text(
    report: &Report<'_>,
    advice: &Advice,
    title: &str,
    paint: impl Fn(Severity, &str) -> String,
    out: &mut impl Write,
) -> io::Result<()> {
    if advice.findings.is_empty() {
        return Ok(());
    }
    let range = report.survey.fleet().tally().range;
    let dated = range.is_some_and(|(first, last)| first.date() != last.date());
    let (shown, rest) = shown(report, advice);
    writeln!(out, "{title}")?;
    for finding in shown {
        let word = paint(finding.severity, &format!("{:<7}", finding.severity.word()));
        writeln!(out, "  {word}  {}", visible(&finding.summary))?;
        writeln!(out, "           {}", visible(&finding.sentence))?;
        writeln!(out, "           → {}", visible(&finding.action))?;
        if !finding.source.is_empty() {
            writeln!(out, "           source: {}", visible(&finding.source))?;
        }
        writeln!(out, "           seen: {}", evidence(report, finding, dated))?;
    }
    if rest > 0 {
        let what = if rest == 1 { "finding" } else { "findings" };
        writeln!(out, "  … and {} more {what} (--limit 0 lists all)", pieces::number(rest as u64))?;
    }
    writeln!(out, "  {}", visible(&as_of(report)))
}
