//! The report in few words, for a ticket or a chat: the answer, the first changes of the plan, the first
//! findings with what to do, the two rankings.
//!
//! At most [`LINES`] lines and [`CHARACTERS`] characters, and nothing that a chat would show literally: no
//! character references, only the backslashes that `CommonMark` needs (section 2.4) where a name holds
//! markup.

use std::io::{self, Write};

use super::summary::{SharedEndpoint, Summary};
use super::{Report, pieces, text};
use crate::advice::finding::{Advice, Finding};
use crate::advice::plan::Plan;
use crate::base::visible::visible;
use crate::fleet::Status;

/// The most lines.
pub const LINES: usize = 40;
/// The most characters.
pub const CHARACTERS: usize = 4000;

/// How many findings.
pub(super) const FINDINGS: usize = 4;
/// How many changes, and endpoints of each ranking.
pub(super) const LISTED: usize = 3;

/// How long texts may be, in characters: as they are wanted, and ever shorter until all of it fits.
#[derive(Clone, Copy, Debug)]
struct Lengths {
    headline: usize,
    title: usize,
    action: usize,
    name: usize,
}

const LENGTHS: [Lengths; 4] = [
    Lengths { headline: 700, title: 200, action: 320, name: 80 },
    Lengths { headline: 500, title: 130, action: 180, name: 60 },
    Lengths { headline: 300, title: 90, action: 90, name: 40 },
    Lengths { headline: 200, title: 40, action: 40, name: 20 },
];

/// Whether it is for a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BriefForm {
    Text,
    Markdown,
}

/// Writes the report.
pub(super) fn write(
    report: &Report<'_>,
    summary: &Summary<'_>,
    advice: &Advice,
    form: BriefForm,
    out: &mut impl Write,
) -> io::Result<()> {
    let texts = LENGTHS.map(|lengths| lines(report, summary, advice, form, lengths).join("\n"));
    let shortest = texts.len() - 1;
    let fits = texts.iter().position(|text| text.chars().count() < CHARACTERS).unwrap_or(shortest);
    writeln!(out, "{}", texts[fits])
}

fn lines(
    report: &Report<'_>,
    summary: &Summary<'_>,
    advice: &Advice,
    form: BriefForm,
    lengths: Lengths,
) -> Vec<String> {
    let mut lines = Vec::new();
    let headline = cut(&summary.headline(), lengths.headline);
    lines.push(if form == BriefForm::Markdown { format!("**{headline}**") } else { headline });
    lines.push(String::new());
    let counts: Vec<String> = Status::ALL
        .into_iter()
        .filter(|status| summary.statuses[*status as usize] > 0)
        .map(|status| format!("{} {}", status.label(), pieces::number(summary.statuses[status as usize])))
        .collect();
    let tally = report.survey.fleet().tally();
    let when = tally.range.map(|(first, last)| format!(", {} UTC", pieces::between(first, last, true)));
    let counts = if counts.is_empty() { String::new() } else { format!(": {}", counts.join(", ")) };
    lines.push(format!(
        "{}{}{counts}.",
        pieces::counted(tally.records, "record", "records"),
        when.unwrap_or_default()
    ));
    lines.extend(pieces::outside_words(tally.outside));
    // Not the piece itself: what could not be read is for who repairs it.
    let missing: Vec<String> =
        text::missing(report).into_iter().filter(|line| !line.starts_with("for example, ")).collect();
    let left = missing.len().saturating_sub(2);
    lines.extend(missing.iter().take(2).map(|line| form.text(&cut(line, lengths.title))));
    if left > 0 {
        lines.push(format!(
            "… and {} on what was not seen.",
            pieces::counted(left as u64, "line more", "lines more")
        ));
    }
    lines.extend(plan(&advice.plan, form, lengths));
    lines.extend(findings(advice, form, lengths));
    for (status, title) in [
        (Status::Ipv4Only, "Endpoints without an IPv6 address, by origins"),
        (Status::Nat64, "Endpoints through NAT64, by origins"),
    ] {
        let all: Vec<&SharedEndpoint<'_>> =
            summary.shared.iter().filter(|shared| shared.status == status).collect();
        lines.extend(ranking(title, &all, summary.names[status as usize], form, lengths));
    }
    lines
}

/// How many origins would work without IPv4, and what changes that most.
fn plan(plan: &Plan, form: BriefForm, lengths: Lengths) -> Vec<String> {
    if plan.is_empty() {
        return Vec::new();
    }
    let readiness = form.text(&cut(&plan.readiness(), lengths.headline));
    let mut lines = vec![String::new(), form.title(super::plan::TITLE), readiness];
    for (step, number) in plan.steps.iter().take(LISTED).zip(1..) {
        let title = form.text(&cut(&visible(&step.title), lengths.title));
        lines.push(format!("{number}. {title}"));
    }
    let more = plan.steps.len().saturating_sub(LISTED);
    if more > 0 {
        lines.push(format!("… and {}.", pieces::counted(more as u64, "more change", "more changes")));
    }
    lines
}

fn findings(advice: &Advice, form: BriefForm, lengths: Lengths) -> Vec<String> {
    if advice.findings.is_empty() {
        return Vec::new();
    }
    let mut lines = vec![String::new(), form.title("What to do")];
    for (finding, number) in advice.findings.iter().take(FINDINGS).zip(1..) {
        let title = form.text(&cut(&visible(&finding.summary), lengths.title));
        lines.push(format!("{number}. {}: {title}", finding.severity.word()));
        lines.push(format!("   → {}", form.text(&cut(&visible(&finding.action), lengths.action))));
    }
    let more = advice.findings.len().saturating_sub(FINDINGS) + advice.unsaid;
    if more > 0 {
        lines.push(format!("… and {}.", pieces::counted(more as u64, "more finding", "more findings")));
    }
    lines
}

/// The first endpoints of a status, of `count` that there are.
fn ranking(
    title: &str,
    first: &[&SharedEndpoint<'_>],
    count: usize,
    form: BriefForm,
    lengths: Lengths,
) -> Vec<String> {
    if first.is_empty() {
        return Vec::new();
    }
    let mut lines = vec![String::new(), form.title(title)];
    for shared in first.iter().take(LISTED) {
        let name = visible(shared.name);
        let origins = pieces::counted(shared.origins as u64, "origin", "origins");
        let records = pieces::counted(shared.records, "logged query", "logged queries");
        lines.push(format!("- {}: {origins}, {records}", form.text(&middle_cut(&name, lengths.name))));
    }
    let more = count.saturating_sub(LISTED);
    if more > 0 {
        lines.push(format!("- … and {} more", pieces::number(more as u64)));
    }
    lines
}

impl BriefForm {
    fn title(self, text: &str) -> String {
        match self {
            Self::Text => text.to_owned(),
            Self::Markdown => format!("**{text}**\n"),
        }
    }

    /// A text of which nothing is markup but commands between backquotes.
    fn text(self, text: &str) -> String {
        if self == Self::Text {
            return text.to_owned();
        }
        let pieces: Vec<&str> = text.split('`').collect();
        if pieces.len().is_multiple_of(2) {
            return escaped(text);
        }
        let piece = |(at, piece): (usize, &&str)| {
            // What is between backquotes is code; nothing in it is markup.
            if at % 2 == 1 { format!("`{piece}`") } else { escaped(piece) }
        };
        pieces.iter().enumerate().map(piece).collect()
    }
}

/// With a backslash before each character that could be markup.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        if matches!(
            character,
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '#' | '|' | '!' | '~' | '&' | '@' | '$'
        ) {
            safe.push('\\');
        }
        safe.push(character);
    }
    safe
}

/// The beginning of a text that is too long, up to the end of a word.
fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let head: String = text.chars().take(most.saturating_sub(1)).collect();
    let end = head.rfind(' ').filter(|end| *end > head.len() / 2).unwrap_or(head.len());
    format!("{}…", &head[..end])
}

/// Both ends of a name that is too long.
fn middle_cut(name: &str, most: usize) -> String {
    let count = name.chars().count();
    if count <= most {
        return name.to_owned();
    }
    let head: String = name.chars().take(most / 2).collect();
    let tail: String = name.chars().skip(count - (most - most / 2 - 1)).collect();
    format!("{head}…{tail}")
}

/// One finding, for a ticket: what it is, what it means, what to do, and what shows it.
#[must_use]
pub fn brief_finding(finding: &Finding) -> String {
    let proof = &finding.proof;
    let mut seen = pieces::counted(proof.records, "logged query", "logged queries");
    if let Some((first, last)) = proof.range {
        seen.push_str(&format!(", {} UTC", pieces::between(first, last, true)));
    }
    let mut ids = proof.origin_ids.iter().map(|id| visible(id)).collect::<Vec<_>>().join(", ");
    if proof.origins > proof.origin_ids.len() {
        ids.push_str(&format!(
            " and {} more",
            pieces::number((proof.origins - proof.origin_ids.len()) as u64)
        ));
    }
    let mut lines = vec![
        format!("{}: {}", finding.severity.word(), visible(&finding.summary)),
        visible(&finding.sentence).into_owned(),
        format!("→ {}", visible(&finding.action)),
        format!("seen: {seen}: {ids}"),
    ];
    if !finding.source.is_empty() {
        lines.push(format!("source: {}", visible(&finding.source)));
    }
    lines.join("\n") + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_long_is_cut() {
        assert_eq!(cut("one two three", 13), "one two three");
        assert_eq!(cut("one two three", 12), "one two…");
        assert_eq!(cut("onetwothreefour", 8), "onetwot…");
        assert_eq!(middle_cut("a.example.com.", 14), "a.example.com.");
        assert_eq!(middle_cut("abcdefghij.example.com.", 11), "abcde….com.");
    }

    #[test]
    fn a_name_is_no_markup_and_a_command_is() {
        let text = |text| BriefForm::Markdown.text(text);
        assert_eq!(text("<b>[x](y) `dig *` _a_"), r"\<b\>\[x\](y) `dig *` \_a\_");
        assert_eq!(text("a ` b"), r"a \` b");
        assert_eq!(BriefForm::Text.text("<b>"), "<b>");
    }
}
