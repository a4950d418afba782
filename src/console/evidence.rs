//! From finding to finding in time: to the moments at which the evidence of one begins and ends.
//!
//! They are those of all that is known, like changes and marks: at an earlier moment there may be no finding
//! yet. So they are worked out elsewhere when somebody asks for one, and kept as long as nothing more comes
//! in.

use super::advice::{self, Advised};
use super::{Effect, Model, time};
use crate::advice::finding::{Finding, Rule};
use crate::base::moment::Moment;
use crate::timeline::Scope;

/// The numbers of these inquiries begin here, so that no other has one of them.
const FIRST: u64 = 1 << 63;

/// Where evidence begins or ends.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Point {
    at: Moment,
    begins: bool,
    rule: Rule,
    subject: String,
    summary: String,
}

/// What is known of it.
#[derive(Debug, Default)]
pub(super) struct EvidenceRange {
    asked: u64,
    /// In the order of time, the most important of a moment first; and how many records were known.
    points: Option<(u64, Vec<Point>)>,
    /// The number of the inquiry that is being worked on, how many records it is about, and which way
    /// somebody wants to go then.
    awaited: Option<(u64, u64, bool)>,
}

/// Goes to the next point, or to the one before; at once if they are known, else when they are.
pub(super) fn go(model: &mut Model, on: bool) -> Option<Effect> {
    let records = model.known.records();
    let evidence = &mut model.jobs.evidence;
    if evidence.points.as_ref().is_some_and(|(of, _)| *of == records) {
        visit(model, on);
        return None;
    }
    if let Some((_, _, wanted)) = &mut evidence.awaited {
        *wanted = on;
        return None;
    }
    evidence.asked += 1;
    let number = FIRST + evidence.asked;
    evidence.awaited = Some((number, records, on));
    model.notify("looking for findings …");
    Some(Effect::Advise(advice::inquiry(model, number, Scope::ALL, None)))
}

/// Takes in what came back. Says whether it was for this.
pub(super) fn take(model: &mut Model, number: u64, advised: &Advised) -> bool {
    if number < FIRST {
        return false;
    }
    let awaited = model.jobs.evidence.awaited.take_if(|(awaited, ..)| *awaited == number);
    if let Some((_, records, on)) = awaited {
        model.jobs.evidence.points = Some((records, points(&advised.findings)));
        visit(model, on);
    }
    true
}

fn points(findings: &[Finding]) -> Vec<Point> {
    let mut points = Vec::new();
    for finding in findings {
        let Some((first, last)) = finding.proof.range else { continue };
        let point = |at, begins| Point {
            at,
            begins,
            rule: finding.rule,
            subject: finding.subject.clone(),
            summary: finding.summary.clone(),
        };
        points.push(point(first, true));
        if first != last {
            points.push(point(last, false));
        }
    }
    points.sort_by_key(|point| point.at);
    points
}

fn visit(model: &mut Model, on: bool) {
    let points = model.jobs.evidence.points.as_ref().map_or(&[][..], |(_, points)| points);
    if points.is_empty() {
        model.notify("there are no findings");
        return;
    }
    let Some(at) = model.moment() else { return };
    let to = if on {
        points.iter().find(|point| point.at > at)
    } else {
        points.iter().rev().find(|point| point.at < at)
    };
    let Some(to) = to.map(|point| point.at) else {
        model.notify(if on { "no finding begins or ends after this" } else { "none before this" });
        return;
    };
    let mut here = points.iter().filter(|point| point.at == to);
    let Some(point) = here.next().cloned() else { return };
    let more = match here.count() {
        0 => String::new(),
        more => format!(" (and {more} more)"),
    };
    time::seek(model, to);
    let what = if point.begins { "first seen" } else { "last seen" };
    model.notify(format!("{what}{more}: {}", point.summary));
    model.here.choose_finding(Some((point.rule, point.subject)));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::advice::finding::{Proof, Severity};

    #[test]
    fn evidence_begins_and_ends() {
        let finding = |subject: &str, range: Option<(i64, i64)>| Finding {
            rule: Rule::Ipv4Only,
            severity: Severity::Problem,
            subject: subject.to_owned(),
            summary: String::new(),
            sentence: String::new(),
            proof: Proof {
                level: None,
                origins: 1,
                origin_ids: Vec::new(),
                records: 1,
                range: range.map(|(first, last)| (Moment(first), Moment(last))),
            },
            action: String::new(),
            source: String::new(),
        };
        let found = [
            finding("a", Some((5, 9))),
            finding("b", None),
            finding("c", Some((2, 5))),
            finding("d", Some((7, 7))),
        ];
        let seen: Vec<(i64, bool, String)> =
            points(&found).into_iter().map(|point| (point.at.0, point.begins, point.subject)).collect();
        let expected = [(2, true, "c"), (5, true, "a"), (5, false, "c"), (7, true, "d"), (9, false, "a")];
        assert_eq!(seen, expected.map(|(at, begins, subject)| (at, begins, subject.to_owned())));
    }
}
