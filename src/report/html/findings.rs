//! What to do, each finding with an address of its own in the page.

use std::collections::HashMap;

use maud::{Markup, html};

use super::super::{Report, advice as words, pieces};
use crate::advice::finding::{Advice, Finding, Severity};
use crate::base::visible::visible;
use crate::knowledge::domain::bare;

/// How many findings the page has beyond those that it shows in full: closed, a line each.
const CLOSED: usize = 200;
/// The longest part of an anchor that comes from the log.
const SUBJECT: usize = 80;

/// How many findings the page has room for.
pub(super) fn room(report: &Report<'_>) -> usize {
    report.limit.saturating_add(CLOSED)
}

/// The findings in the page, each with its anchor: the same for the same log, and for another of the same
/// fleet.
pub(super) fn anchors<'a>(
    report: &Report<'_>,
    advice: &'a Advice,
) -> impl Iterator<Item = (&'a Finding, String)> {
    let mut seen: HashMap<String, u32> = HashMap::new();
    advice.findings.iter().take(room(report)).map(move |finding| {
        let anchor = anchor(finding);
        let times = seen.entry(anchor.clone()).and_modify(|times| *times += 1).or_insert(1);
        let anchor = if *times > 1 { format!("{anchor}.{times}") } else { anchor };
        (finding, anchor)
    })
}

/// Letters and digits of the subject and what else needs no escape in an address.
fn anchor(finding: &Finding) -> String {
    let subject: String = finding
        .subject
        .chars()
        .take(SUBJECT)
        .map(|it| {
            if it.is_ascii_alphanumeric() || matches!(it, '.' | '-') { it.to_ascii_lowercase() } else { '_' }
        })
        .collect();
    format!("{}:{}", finding.rule.id(), subject.trim_end_matches('.'))
}

pub(super) fn section(report: &Report<'_>, advice: &Advice) -> Markup {
    let range = report.survey.fleet().tally().range;
    let dated = range.is_some_and(|(first, last)| first.date() != last.date());
    let all: Vec<(&Finding, String)> = anchors(report, advice).collect();
    let (open, closed) = all.split_at(all.len().min(report.limit));
    let left = advice.findings.len() - all.len() + advice.unsaid;
    html! {
        section id="findings" aria-labelledby="findings-title" {
            h2 id="findings-title" { "What to do" }
            @if advice.findings.is_empty() {
                p { "Nothing is to be done." }
            }
            p id="findings-hidden" class="remark" hidden {}
            @for (finding, anchor) in open {
                (article(report, finding, anchor, dated))
            }
            @if !closed.is_empty() {
                h3 { (pieces::counted(closed.len() as u64, "more finding", "more findings")) ", of less weight" }
                @for (finding, anchor) in closed {
                    (line(report, finding, anchor, dated))
                }
            }
            @if left > 0 {
                p class="remark" {
                    "… and " (pieces::number(left as u64)) " more, which stand in the JSON report, and here with "
                    code { "--limit 0" } "."
                }
            }
        }
    }
}

/// Both ends of what was seen, in milliseconds, for narrowing.
fn ends(finding: &Finding) -> (Option<i64>, Option<i64>) {
    finding.proof.range.map(|(first, last)| (first.0, last.0)).unzip()
}

fn class(severity: Severity) -> &'static str {
    severity.word()
}

fn article(report: &Report<'_>, finding: &Finding, anchor: &str, dated: bool) -> Markup {
    let (first, last) = ends(finding);
    html! {
        article id=(anchor) class={ "finding " (class(finding.severity)) } data-first=[first] data-last=[last] {
            h3 {
                span class="severity" { (finding.severity.word()) }
                " " (whole(&visible(&finding.summary))) " "
                (link(anchor))
            }
            (inner(report, finding, dated))
        }
        "\n"
    }
}

fn line(report: &Report<'_>, finding: &Finding, anchor: &str, dated: bool) -> Markup {
    let (first, last) = ends(finding);
    html! {
        details id=(anchor) class={ "finding " (class(finding.severity)) } data-first=[first] data-last=[last] {
            summary {
                span class="severity" { (finding.severity.word()) }
                " " (visible(&finding.summary))
            }
            (inner(report, finding, dated))
            p { (link(anchor)) }
        }
        "\n"
    }
}

fn link(anchor: &str) -> Markup {
    html! { a class="anchor" href={ "#" (anchor) } aria-label="Link to this finding" { "#" } }
}

fn inner(report: &Report<'_>, finding: &Finding, dated: bool) -> Markup {
    let name = finding.rule.is_about_a_name().then(|| visible(&finding.subject));
    html! {
        p { (whole(&visible(&finding.sentence))) }
        p class="action" { (ticked(&visible(&finding.action))) }
        p class="evidence" {
            "Seen: " (whole(&words::evidence(report, finding, dated))) "."
            @if !finding.source.is_empty() { " Source: " (whole(&visible(&finding.source))) "." }
            @if let Some(name) = name {
                " " button type="button" class="narrow script" data-name=(bare(&name)) hidden { "list its pairs" }
            }
        }
    }
}

/// A text in which what is between backquotes is a command.
pub(super) fn ticked(text: &str) -> Markup {
    let pieces: Vec<&str> = text.split('`').collect();
    // An odd number of backquotes means something else.
    if pieces.len().is_multiple_of(2) {
        return whole(text);
    }
    html! {
        @for (at, piece) in pieces.iter().enumerate() {
            @if at % 2 == 1 { (command(piece)) } @else { (whole(piece)) }
        }
    }
}

/// A command, which is broken between its words: `--region` would be `--` and `region`.
fn command(text: &str) -> Markup {
    html! { code { (whole(text)) } }
}

/// A text that is broken between its words: a browser breaks after hyphens, too, in the middle of ids and
/// names of hosts. Words longer than a line are broken anywhere.
pub(super) fn whole(text: &str) -> Markup {
    html! {
        @for (at, word) in text.split(' ').enumerate() {
            @if at > 0 { " " }
            @if word.contains('-') { span class="word" { (word) } } @else { (word) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_stand_out_and_stay_text() {
        let text = |text| ticked(text).into_string();
        assert_eq!(text("run `a <b>` now"), "run <code>a &lt;b&gt;</code> now");
        assert_eq!(text("`ip -6 addr`"), "<code>ip <span class=\"word\">-6</span> addr</code>");
        assert_eq!(text("by i-<1>, if"), "by <span class=\"word\">i-&lt;1&gt;,</span> if");
        assert_eq!(text("a ` b"), "a ` b");
    }
}
