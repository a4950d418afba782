//! The report for a person at a terminal: the answer first, the worst first, and what was not seen.

use std::cmp::Reverse;
use std::io::{self, Write};

use super::summary::Summary;
use super::{Report, Sort, pieces, rows};
use crate::advice::finding::{Advice, Severity, Usage};
use crate::base::moment::Moment;
use crate::base::visible::visible;
use crate::fleet::{Dns64, Noise, PairHandle, PairView, Status};

/// Writes the report.
pub(super) fn write(
    report: &Report<'_>,
    summary: &Summary<'_>,
    advice: &Advice,
    out: &mut impl Write,
) -> io::Result<()> {
    let paint = Paint(report.color);
    head(report, summary, paint, out)?;
    super::course::text(report, |title| paint.bold(title), out)?;
    super::plan::text(report, &advice.plan, |title| paint.bold(title), out)?;
    let by_severity = |severity, text: &str| paint.severity(severity, text);
    if !advice.findings.is_empty() {
        writeln!(out)?;
    }
    super::advice::text(report, advice, &paint.bold("What to do"), by_severity, out)?;
    if summary.origins > 1 {
        shared(report, summary, paint, out)?;
    }
    origins(report, summary, advice, paint, out)
}

/// Colors, where they are wanted.
#[derive(Clone, Copy)]
struct Paint(bool);

impl Paint {
    fn sgr(self, code: &str, text: &str) -> String {
        if self.0 { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }

    fn bold(self, text: &str) -> String {
        self.sgr("1", text)
    }

    fn dim(self, text: &str) -> String {
        self.sgr("2", text)
    }

    fn severity(self, severity: Severity, text: &str) -> String {
        let code = match severity {
            Severity::Problem => "31",
            Severity::Warning => "33",
            Severity::Notice => "36",
        };
        self.sgr(code, text)
    }

    fn status(self, status: Status, text: &str) -> String {
        let code = match status {
            Status::Ipv4Only | Status::Failing => "31",
            Status::Blocked | Status::NxDomain => "35",
            Status::Empty | Status::Nat64 => "33",
            Status::NoAddress | Status::AOnly | Status::Unknown => "36",
            Status::Native => "32",
        };
        self.sgr(code, text)
    }
}

fn head(report: &Report<'_>, summary: &Summary<'_>, paint: Paint, out: &mut impl Write) -> io::Result<()> {
    let tally = report.survey.fleet().tally();
    write!(out, "{}", pieces::counted(tally.records, "record", "records"))?;
    write!(out, " from {}", inputs(report))?;
    if let Some((first, last)) = tally.range {
        write!(out, ", {} {}", first.date(), first.clock())?;
        if first.date() != last.date() {
            write!(out, " to {} {}", last.date(), last.clock())?;
        } else if first.second() != last.second() {
            write!(out, " to {}", last.clock())?;
        }
        write!(out, " UTC")?;
    }
    writeln!(out)?;
    write!(out, "{}, {} of other types counted", summary.judged(), pieces::number(tally.ignored))?;
    if !report.selection.is_all() {
        write!(out, " (filters applied)")?;
    }
    writeln!(out, ". The resolver does not log what it answers from its cache.")?;
    if let Some(excerpt) = report.excerpt {
        let sentences = excerpt.sentences();
        if !sentences.is_empty() {
            writeln!(out, "{sentences}")?;
        }
        for mark in excerpt.mark_lines() {
            writeln!(out, "⚑ {mark}")?;
        }
    }
    if let Some(words) = pieces::outside_words(tally.outside) {
        writeln!(out, "{words}")?;
    }
    if report.selection.picked {
        writeln!(out, "{}", pieces::picked(tally))?;
    }
    losses(report, paint, out)?;
    writeln!(out)?;
    writeln!(out, "{}", paint.bold(&summary.headline()))?;
    let counts: Vec<String> = Status::ALL
        .into_iter()
        .filter(|status| summary.statuses[*status as usize] > 0)
        .map(|status| {
            let count = pieces::number(summary.statuses[status as usize]);
            paint.status(status, &format!("{} {count}", status.label()))
        })
        .collect();
    if !counts.is_empty() {
        writeln!(out, "{}", counts.join(" · "))?;
    }
    Ok(())
}

/// Where the records came from.
pub(super) fn inputs(report: &Report<'_>) -> String {
    match report.inputs {
        [one] => format!("{} ({})", visible(&one.path.to_string()), one.format),
        many => pieces::counted(many.len() as u64, "input", "inputs"),
    }
}

/// Whether nothing is known to be missing of what was read, or unread.
pub(super) fn is_whole(report: &Report<'_>) -> bool {
    let tally = report.survey.fleet().tally();
    let failed = report.inputs.iter().any(|input| input.error.is_some());
    tally.malformed == 0
        && tally.loss.is_none()
        && !failed
        && pieces::folded_words(&tally.folded).is_none()
        && !tally.is_unseen()
}

/// Whether no pair is known to be missing: answers that were not seen make none go.
pub(super) fn is_whole_list(report: &Report<'_>) -> bool {
    let tally = report.survey.fleet().tally();
    let failed = report.inputs.iter().any(|input| input.error.is_some());
    let incomplete = pieces::incomplete_words(tally).next().is_some();
    tally.malformed == 0
        && tally.loss.is_none()
        && tally.masked_sources == 0
        && !incomplete
        && !failed
        && pieces::folded_words(&tally.folded).is_none()
}

/// What is known to be missing or unread, a line each; a word that nothing is, otherwise.
pub(super) fn missing(report: &Report<'_>) -> Vec<String> {
    let mut lines = Vec::new();
    // Writing into memory does not fail.
    _ = losses(report, Paint(false), &mut lines);
    String::from_utf8_lossy(&lines).lines().map(|line| line.trim().to_owned()).collect()
}

/// What is known to be missing or unread; a word that nothing is, otherwise.
fn losses(report: &Report<'_>, paint: Paint, out: &mut impl Write) -> io::Result<()> {
    let tally = report.survey.fleet().tally();
    let failed: Vec<_> =
        report.inputs.iter().filter_map(|input| Some((&input.path, input.error.as_ref()?))).collect();
    let folded = pieces::folded_words(&tally.folded);
    if is_whole(report) {
        let words = if tally.records == 0 {
            "No record was found."
        } else {
            "No part of the log is known to be missing."
        };
        writeln!(out, "{words}")?;
    }
    for (path, error) in failed.iter().take(report.limit) {
        writeln!(
            out,
            "{}",
            paint.sgr(
                "31",
                &format!("Not all of {} was read: {}.", visible(&path.to_string()), visible(error))
            )
        )?;
    }
    if failed.len() > report.limit {
        writeln!(out, "… and {} more inputs not read in full.", failed.len() - report.limit)?;
    }
    if tally.malformed > 0 {
        let reasons: Vec<String> =
            tally.reasons.iter().map(|(why, count)| format!("{} × {why}", pieces::number(*count))).collect();
        let words = format!(
            "{} malformed: {}.",
            pieces::counted(tally.malformed, "piece", "pieces"),
            reasons.join(", ")
        );
        writeln!(out, "{}", paint.sgr("31", &words))?;
        if let Some(sample) = report.samples.first() {
            let input = report.inputs.get(sample.input);
            let sampled = input.map_or_else(|| "the input".to_owned(), |input| input.path.to_string());
            writeln!(
                out,
                "{}",
                paint.dim(&format!(
                    "  for example, in {} at byte {}: {}",
                    visible(&sampled),
                    sample.place.offset,
                    visible(&sample.text)
                ))
            )?;
        }
    }
    for words in tally.unseen_words().into_iter().chain(folded) {
        writeln!(out, "{}", paint.sgr("33", &words))?;
    }
    let loss = &tally.loss;
    if loss.sampled_seconds > 0 {
        writeln!(
            out,
            "{} sampled by the service.",
            pieces::counted(loss.sampled_seconds, "second was", "seconds were")
        )?;
    }
    if loss.dropped > 0 {
        writeln!(out, "{} dropped on the way.", pieces::counted(loss.dropped, "record was", "records were"))?;
    }
    for gap in &loss.gaps {
        writeln!(out, "Not all records from {} to {} were seen.", gap.from, gap.until)?;
    }
    incomplete(report, paint, out)
}

/// Ends that say that there is more, a line each.
fn incomplete(report: &Report<'_>, paint: Paint, out: &mut impl Write) -> io::Result<()> {
    for words in pieces::incomplete_words(report.survey.fleet().tally()) {
        writeln!(out, "{}", paint.sgr("33", &words))?;
    }
    Ok(())
}

/// The endpoints that keep most origins from IPv6.
fn shared(report: &Report<'_>, summary: &Summary<'_>, paint: Paint, out: &mut impl Write) -> io::Result<()> {
    for (status, title) in [
        (Status::Ipv4Only, "Endpoints without an IPv6 address, by how many origins ask for them"),
        (Status::Nat64, "Endpoints reached through NAT64, by how many origins ask for them"),
    ] {
        let all: Vec<_> = summary.shared.iter().filter(|shared| shared.status == status).collect();
        if all.is_empty() {
            continue;
        }
        writeln!(out, "\n{}", paint.bold(title))?;
        let shown = &all[..all.len().min(report.limit)];
        let rows: Vec<rows::TextRow> = shown
            .iter()
            .map(|shared| {
                let origins = pieces::counted(shared.origins as u64, "origin", "origins");
                let records = pieces::counted(shared.records, "logged query", "logged queries");
                vec![
                    rows::TextCell::left(&visible(shared.name)),
                    rows::TextCell::right(&origins),
                    rows::TextCell::right(&records),
                ]
            })
            .collect();
        for row in rows::aligned(&rows) {
            writeln!(out, "  {} {row}", paint.status(status, &status.glyph().to_string()))?;
        }
        more(summary.names[status as usize] - shown.len(), "endpoint", "endpoints", out)?;
    }
    Ok(())
}

fn more(count: usize, one: &str, many: &str, out: &mut impl Write) -> io::Result<()> {
    if count > 0 {
        let what = if count == 1 { one } else { many };
        writeln!(out, "  … and {} more {what} (--limit 0 lists all)", pieces::number(count as u64))?;
    }
    Ok(())
}

/// Each origin with what matters most of it, the worst first.
fn origins(
    report: &Report<'_>,
    summary: &Summary<'_>,
    advice: &Advice,
    paint: Paint,
    out: &mut impl Write,
) -> io::Result<()> {
    let mut ranks: Vec<usize> =
        (0..summary.by_origin.len()).filter(|rank| summary.by_origin[*rank].seen).collect();
    ranks.sort_by_key(|rank| summary.by_origin[*rank].statuses.map(std::cmp::Reverse));
    let shown = ranks.len().min(report.limit);
    for rank in &ranks[..shown] {
        origin(report, *rank, advice.usages_of(*rank), paint, out)?;
    }
    if ranks.len() > shown {
        writeln!(out)?;
        more(ranks.len() - shown, "origin", "origins", out)?;
    }
    Ok(())
}

fn origin(
    report: &Report<'_>,
    rank: usize,
    usages: &[Usage],
    paint: Paint,
    out: &mut impl Write,
) -> io::Result<()> {
    let survey = report.survey;
    let origin = &survey.origins()[rank];
    writeln!(out)?;
    let names = report.knowledge.names;
    let called = pieces::beside(&visible(origin.id), pieces::name_of(names, origin));
    write!(out, "{}", paint.bold(&called))?;
    let mut addresses: Vec<String> =
        origin.address_texts().filter(|address| address != origin.id).take(3).collect();
    if origin.addresses.len() > 3 || origin.more_addresses {
        addresses.push("…".to_owned());
    }
    let vpc = pieces::beside(origin.vpc, names.and_then(|names| names.get(origin.vpc)));
    for text in [vpc.as_str(), origin.region]
        .into_iter()
        .chain(addresses.iter().map(String::as_str))
        .filter(|it| !it.is_empty())
    {
        write!(out, "  {}", visible(text))?;
    }
    writeln!(out, "  {}", dns64(origin.dns64))?;

    for usage in usages {
        writeln!(out, "  {}", paint.dim(&format!("seems to use {}: {}", usage.name, usage.words())))?;
    }
    let mut noise = [0_u64; Noise::ALL.len()];
    // They come sorted by name, which decides where nothing else does.
    let mut pairs: Vec<(Precedence, usize, PairHandle)> = Vec::new();
    survey.visit(survey.handles_of(rank..rank + 1), |handle, pair| {
        if report.selection.holds(pair) {
            match survey.noise(pair) {
                Some(kind) => noise[kind as usize] += 1,
                None => pairs.push((precedence(report.sort, pair), pairs.len(), handle)),
            }
        }
    });
    let shown = pairs.len().min(report.limit);
    let in_order = |pair: &(Precedence, usize, PairHandle)| (pair.0, pair.1);
    if shown < pairs.len() {
        pairs.select_nth_unstable_by_key(shown, in_order);
    }
    let more_pairs = pairs.len() - shown;
    pairs.truncate(shown);
    pairs.sort_unstable_by_key(in_order);
    let range = survey.fleet().tally().range;
    let dated = range.is_some_and(|(first, last)| first.date() != last.date());
    let pairs: Vec<PairView<'_>> =
        survey.each(pairs.into_iter().map(|(.., handle)| handle)).map(|(_, pair)| pair).collect();
    let rows: Vec<_> = pairs.iter().map(|pair| rows::row(pair, dated)).collect();
    for (pair, row) in pairs.iter().zip(rows::aligned(&rows)) {
        let status = paint.status(pair.status, &pair.status.glyph().to_string());
        writeln!(out, "  {status} {row}")?;
    }
    more(more_pairs, "endpoint", "endpoints", out)?;
    if noise.iter().sum::<u64>() > 0 {
        writeln!(out, "  {}", paint.dim(&format!("· not listed: {}", Summary::noise_words(&noise))))?;
    }
    Ok(())
}

/// What decides which of two pairs of an origin comes first.
type Precedence = (Option<Status>, Reverse<Option<Moment>>, Reverse<u64>);

fn precedence(sort: Option<Sort>, pair: &PairView<'_>) -> Precedence {
    match sort {
        Some(Sort::Origin | Sort::Name) => (None, Reverse(None), Reverse(0)),
        Some(Sort::Count) => (None, Reverse(None), Reverse(pieces::count(pair))),
        Some(Sort::Last) => (None, Reverse(pair.spans.range().map(|(_, last)| last)), Reverse(0)),
        None | Some(Sort::Status) => (Some(pair.status), Reverse(None), Reverse(pieces::count(pair))),
    }
}

fn dns64(state: Dns64) -> String {
    match state {
        Dns64::On(since) => format!("DNS64 on (first synthesized answer {since})"),
        Dns64::Off => "DNS64 off".to_owned(),
        Dns64::Unknown => "DNS64 unknown".to_owned(),
    }
}
