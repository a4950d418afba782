//! Findings, and what origins look like using, as JSON.

use std::io::{self, Write};

use serde::Serialize;

use super::plan::PlanJson;
use super::{Report, put};
use crate::advice::finding::{Finding, Usage, WordedFindings};
use crate::base::moment::Moment;

#[derive(Serialize)]
struct FindingJson<'a> {
    id: &'static str,
    severity: &'static str,
    subject: &'a str,
    summary: &'a str,
    sentence: &'a str,
    evidence: EvidenceJson<'a>,
    action: &'a str,
    source: &'a str,
}

#[derive(Serialize)]
struct EvidenceJson<'a> {
    level: Option<&'static str>,
    origins: usize,
    origin_ids: &'a [String],
    records: u64,
    first: Option<Moment>,
    last: Option<Moment>,
}

#[derive(Serialize)]
pub(super) struct UsageJson<'a> {
    id: &'a str,
    name: &'a str,
    native: u32,
    nat64: u32,
    not: u32,
    unknown: u32,
}

impl<'a> From<&'a Usage> for UsageJson<'a> {
    fn from(usage: &'a Usage) -> Self {
        let Usage { id, name, native, nat64, not, unknown, unseen, .. } = usage;
        Self { id, name, native: *native, nat64: *nat64, not: *not, unknown: unknown + unseen }
    }
}

/// Writes what follows the list of pairs: the findings, the plan, and the end.
pub(in crate::report) fn tail(
    report: &Report<'_>,
    told: &WordedFindings<'_>,
    out: &mut dyn Write,
) -> io::Result<()> {
    out.write_all(b"],\n\"findings\":[")?;
    told.each(
        |at, finding, out| {
            super::separate(out, at)?;
            put_finding(out, finding)
        },
        |written| out.write_all(written),
    )?;
    let mut last = b"],\n\"plan\":".to_vec();
    put(&mut last, &PlanJson::new(told.plan(), report.knowledge.profiles))?;
    last.extend_from_slice(b"}\n");
    out.write_all(&last)
}

/// A finding as JSON has it, on a line.
#[must_use]
pub fn finding_line(finding: &Finding) -> Vec<u8> {
    let mut line = Vec::new();
    // Memory takes whatever is written.
    _ = put_finding(&mut line, finding);
    line.push(b'\n');
    line
}

fn put_finding(out: &mut Vec<u8>, finding: &Finding) -> io::Result<()> {
    let proof = &finding.proof;
    let (first, last) = proof.range.unzip();
    let evidence = EvidenceJson {
        level: proof.level,
        origins: proof.origins,
        origin_ids: &proof.origin_ids,
        records: proof.records,
        first,
        last,
    };
    let Finding { rule, severity, subject, summary, sentence, action, source, .. } = finding;
    let finding = FindingJson {
        id: rule.id(),
        severity: severity.word(),
        subject,
        summary,
        sentence,
        evidence,
        action,
        source,
    };
    put(out, &finding)
}
