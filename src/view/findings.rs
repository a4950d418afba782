//! The findings screen: what to act on, and all about the selected one.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::columns::{Cell, Column, TableRow, column, table};
use super::part::wrap;
use super::text::{LONGEST, count, cut_middle, number, visible, width};
use super::theme::Theme;
use super::{WIDE_PAIR, first_shown, put, record, rule, words};
use crate::advice::finding::{Finding, Rule, Severity};
use crate::console::Model;
use crate::fleet::Status;
use crate::knowledge::domain::bare;

const COLUMNS: [Column; 4] = [
    column("", 1, 9, 0),
    Column { ease: 40, ..column("finding", 20, 160, 1) },
    Column { right: true, ..column("origins", 1, 7, 3) },
    Column { right: true, ..column("records", 3, 11, 4) },
];

/// The sign of a severity, with its style.
pub(super) fn sign(severity: Severity, theme: &Theme) -> (char, Style) {
    match severity {
        Severity::Problem => ('■', theme.status(Status::Ipv4Only)),
        Severity::Warning => ('▲', theme.status(Status::Nat64)),
        Severity::Notice => ('•', theme.status(Status::AOnly)),
    }
}

pub(super) fn draw(model: &Model, theme: &Theme, frame: &mut Frame<'_>, area: Rect) {
    let findings = model.findings().unwrap_or_default();
    if area.width >= WIDE_PAIR {
        let left = Rect { width: area.width / 2, ..area };
        let right = Rect { x: left.right() + 1, width: area.width - left.width - 1, ..area };
        put(frame, left, list(model, findings, theme, left));
        if let Some((_, finding)) = model.selected_finding() {
            record::scrolled(model, theme, frame, right, one(model, finding, theme, right.width));
        }
        return;
    }
    let most = (area.height / 2).max(3);
    let wanted = u16::try_from(findings.len().max(1) + 2).unwrap_or(most);
    let top = Rect { height: wanted.min(most).min(area.height), ..area };
    let mut rest = Rect { y: top.bottom(), height: area.height - top.height, ..area };
    put(frame, top, list(model, findings, theme, top));
    if rest.height > 8 {
        rest.y += 1;
        rest.height -= 1;
    }
    if let Some((_, finding)) = model.selected_finding()
        && rest.height > 0
    {
        record::scrolled(model, theme, frame, rest, one(model, finding, theme, rest.width));
    }
}

fn list(model: &Model, findings: &[Finding], theme: &Theme, area: Rect) -> Vec<Line<'static>> {
    let mut title = vec![Span::styled("Findings", theme.title)];
    for severity in Severity::ALL {
        let of = findings.iter().filter(|finding| finding.severity == severity).count();
        if of > 0 {
            let (glyph, style) = sign(severity, theme);
            let text = if area.width < 60 {
                format!("  {glyph} {}", number(of as u64))
            } else {
                format!("  {glyph} {}", count(of as u64, severity.word()))
            };
            title.push(Span::styled(text, style));
        }
    }
    if model.is_advice_late() && model.findings().is_some() {
        title.push(Span::styled("  being looked at anew", theme.dim));
    }
    let mut lines = vec![rule(title, theme, area.width)];
    if findings.is_empty() {
        let text = match model.findings() {
            None => " Being looked for …",
            Some(_) => " Nothing to act on in what is shown.",
        };
        lines.push(Span::styled(text, theme.dim).into());
        return lines;
    }
    let head = area.height >= 5;
    let height = usize::from(area.height).saturating_sub(1 + usize::from(head)).max(1);
    let at = model.selected_finding().map_or(0, |(at, _)| at);
    let first = first_shown(at, findings.len(), height);
    let listed = &findings[first..findings.len().min(first + height)];
    let rows = (first..).zip(listed).map(|(place, finding)| {
        let (glyph, style) = sign(finding.severity, theme);
        let word = if area.width < 72 { String::new() } else { format!(" {}", finding.severity.word()) };
        TableRow {
            cells: vec![
                Cell::new(format!("{glyph}{word}"), style),
                Cell::new(short_summary(finding), theme.text),
                Cell::new(number(finding.proof.origins as u64), theme.dim),
                Cell::new(number(finding.proof.records), theme.dim),
            ],
            selected: place == at,
        }
    });
    lines.extend(table(&COLUMNS, rows.collect(), usize::from(area.width), head, true, theme));
    lines
}

/// The line for a list. Of a long name either end may be what tells it from others: it is cut in its middle.
fn short_summary(finding: &Finding) -> String {
    let (summary, name) = (visible(&finding.summary), visible(&finding.subject));
    let name = bare(&name);
    if !finding.rule.is_about_a_name() || width(name) <= LONGEST {
        return summary.into_owned();
    }
    summary.replace(name, &cut_middle(name, LONGEST))
}

/// All that is to be said of one.
fn one(model: &Model, finding: &Finding, theme: &Theme, across: u16) -> Vec<Line<'static>> {
    let (glyph, style) = sign(finding.severity, theme);
    // A feature has a name besides its id.
    let profiles = model.setup().library.profiles.list();
    let feature =
        profiles.iter().find(|profile| finding.rule == Rule::Profile && profile.id == finding.subject);
    let subject = feature.map_or(finding.subject.as_str(), |profile| profile.name.as_str());
    let title = vec![Span::styled(visible(subject).into_owned(), theme.title)];
    let mut lines = vec![rule(title, theme, across)];
    let summary = visible(&finding.summary).into_owned();
    lines.extend(wrap(
        vec![Span::styled(format!("{glyph} "), style), Span::styled(summary, style)],
        across,
        3,
    ));
    lines.extend(wrap(vec![Span::styled(visible(&finding.sentence).into_owned(), theme.text)], across, 12));
    let mut part = |what: &'static str, text: &str, style: Style| {
        if !text.is_empty() {
            lines.push(Line::default());
            lines.push(Line::from(Span::styled(format!(" {what}"), theme.dim)));
            lines.extend(wrap(vec![Span::styled(visible(text).into_owned(), style)], across, 16));
        }
    };
    part("What to do", &finding.action, theme.strong);
    let proof = &finding.proof;
    let mut evidence =
        format!("{} of {}", count(proof.records, "logged record"), count(proof.origins as u64, "origin"));
    if let Some((first, last)) = proof.range {
        let (first, last) = (words::time(model, first), words::time(model, last));
        evidence.push_str(&if first == last {
            format!(", at {first}")
        } else {
            format!(", {first} to {last}")
        });
    }
    if !proof.origin_ids.is_empty() {
        let more = proof.origins.saturating_sub(proof.origin_ids.len());
        let more = if more > 0 { format!(" and {} more", number(more as u64)) } else { String::new() };
        evidence.push_str(&format!(": {}{more}", proof.origin_ids.join(", ")));
    }
    evidence.push_str(". Enter shows it.");
    part("Evidence", &evidence, theme.text);
    let level = proof.level.filter(|level| level.starts_with('E'));
    let level = level.map_or_else(String::new, |level| format!("{level}: "));
    if !finding.source.is_empty() {
        part("Source", &format!("{level}{}", finding.source), theme.dim);
    }
    lines
}
