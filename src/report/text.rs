//! The report for a person at a terminal: the answer first, the worst first, and what was not seen.

use std::io::{self, Write};

use unicode_width::UnicodeWidthStr;

use super::summary::Summary;
use super::{Report, Sort, pieces};
use crate::fleet::{Dns64, Noise, OriginView, PairView, Status};
use crate::observation::A;
use crate::visible::visible;

/// The widest column of names; longer ones push their line out.
const NAME_WIDTH: usize = 56;

/// Writes the report.
pub(super) fn write(report: &Report<'_>, out: &mut impl Write) -> io::Result<()> {
    let summary = Summary::of(report);
    let paint = Paint(report.color);
    head(report, &summary, paint, out)?;
    if summary.origins > 1 {
        shared(report, &summary, paint, out)?;
    }
    origins(report, paint, out)
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

    fn status(self, status: Status, text: &str) -> String {
        let code = match status {
            Status::Ipv4Only | Status::Failing => "31",
            Status::Blocked | Status::NxDomain => "35",
            Status::Empty | Status::Nat64 => "33",
            Status::NoAddress | Status::AOnly => "36",
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
    write!(
        out,
        "{} AAAA and {} A queries judged, {} of other types counted",
        pieces::number(summary.aaaa),
        pieces::number(summary.a),
        pieces::number(tally.ignored)
    )?;
    if !report.selection.is_all() {
        write!(out, " (filters applied)")?;
    }
    writeln!(out, ". The resolver does not log what it answers from its cache.")?;
    if tally.outside > 0 {
        writeln!(out, "{} outside the time asked for.", pieces::counted(tally.outside, "record", "records"))?;
    }
    losses(report, paint, out)?;
    writeln!(out)?;
    writeln!(out, "{}", paint.bold(&summary.headline()))?;
    let counts: Vec<String> = Status::ALL
        .into_iter()
        .filter(|status| summary.statuses[*status as usize] > 0)
        .map(|status| {
            let count = pieces::number(summary.statuses[status as usize]);
            paint.status(status, &format!("{} {} {count}", status.glyph(), status.words()))
        })
        .collect();
    if !counts.is_empty() {
        writeln!(out, "{}", counts.join(" · "))?;
    }
    Ok(())
}

fn inputs(report: &Report<'_>) -> String {
    match report.inputs {
        [one] => format!("{} ({})", visible(&one.path), one.format),
        many => pieces::counted(many.len() as u64, "input", "inputs"),
    }
}

/// What is known to be missing or unread; a word that nothing is, otherwise.
fn losses(report: &Report<'_>, paint: Paint, out: &mut impl Write) -> io::Result<()> {
    let tally = report.survey.fleet().tally();
    let failed: Vec<_> =
        report.inputs.iter().filter_map(|input| Some((&input.path, input.error.as_ref()?))).collect();
    if tally.malformed == 0 && tally.loss.is_none() && failed.is_empty() {
        return writeln!(out, "Nothing is known to be missing.");
    }
    for (path, error) in failed.iter().take(report.limit) {
        writeln!(
            out,
            "{}",
            paint.sgr("31", &format!("Not all of {} was read: {}.", visible(path), visible(error)))
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
            writeln!(
                out,
                "{}",
                paint.dim(&format!(
                    "  for example, at byte {}: {}",
                    sample.place.offset,
                    visible(&sample.text)
                ))
            )?;
        }
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
        writeln!(out, "Nothing was seen from {} to {}.", gap.from, gap.until)?;
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
        let width = column(shown.iter().map(|shared| shared.name));
        for shared in shown {
            let name = padded(shared.name, width);
            let origins = pieces::counted(shared.origins as u64, "origin", "origins");
            let records = pieces::counted(shared.records, "logged query", "logged queries");
            writeln!(
                out,
                "  {} {name}  {origins:>12}  {}",
                paint.status(status, &status.glyph().to_string()),
                paint.dim(&records)
            )?;
        }
        more(all.len(), shown.len(), "endpoints", out)?;
    }
    Ok(())
}

fn more(all: usize, shown: usize, what: &str, out: &mut impl Write) -> io::Result<()> {
    if all > shown {
        writeln!(out, "  … and {} more {what} (--limit 0 lists all)", pieces::number((all - shown) as u64))?;
    }
    Ok(())
}

/// The width of a column that holds `texts`, within bounds.
fn column<'a>(texts: impl Iterator<Item = &'a str>) -> usize {
    texts.map(|text| visible(text).width()).max().unwrap_or(0).min(NAME_WIDTH)
}

fn padded(text: &str, width: usize) -> String {
    let shown = visible(text);
    let padding = width.saturating_sub(shown.width());
    format!("{shown}{}", " ".repeat(padding))
}

/// Each origin with what matters most of it, the worst first.
fn origins(report: &Report<'_>, paint: Paint, out: &mut impl Write) -> io::Result<()> {
    let survey = report.survey;
    let mut ranks: Vec<usize> = (0..survey.origins().len())
        .filter(|rank| {
            survey.origins()[*rank].pairs() > 0
                && (report.selection.is_all()
                    || survey.pairs_of(*rank).any(|pair| report.selection.holds(&pair)))
        })
        .collect();
    let badness = |origin: &OriginView<'_>| Status::ALL.map(|status| std::cmp::Reverse(origin.count(status)));
    ranks.sort_by_key(|rank| badness(&survey.origins()[*rank]));
    let shown = ranks.len().min(report.limit);
    for rank in &ranks[..shown] {
        origin(report, *rank, paint, out)?;
    }
    if ranks.len() > shown {
        writeln!(out)?;
        more(ranks.len(), shown, "origins", out)?;
    }
    Ok(())
}

fn origin(report: &Report<'_>, rank: usize, paint: Paint, out: &mut impl Write) -> io::Result<()> {
    let survey = report.survey;
    let origin = &survey.origins()[rank];
    writeln!(out)?;
    write!(out, "{}", paint.bold(&visible(origin.id)))?;
    let mut addresses: Vec<String> =
        origin.address_texts().filter(|address| address != origin.id).take(3).collect();
    if origin.addresses.len() > 3 || origin.more_addresses {
        addresses.push("…".to_owned());
    }
    for text in [origin.vpc, origin.region]
        .into_iter()
        .chain(addresses.iter().map(String::as_str))
        .filter(|it| !it.is_empty())
    {
        write!(out, "  {}", visible(text))?;
    }
    writeln!(out, "  {}", dns64(origin.dns64))?;

    let mut noise = [0_u64; Noise::ALL.len()];
    let mut pairs: Vec<PairView<'_>> = Vec::new();
    for pair in survey.pairs_of(rank).filter(|pair| report.selection.holds(pair)) {
        match survey.noise(&pair) {
            Some(kind) => noise[kind as usize] += 1,
            None => pairs.push(pair),
        }
    }
    // They come sorted by name, and the sorts are stable.
    match report.sort {
        Some(Sort::Origin | Sort::Name) => {}
        Some(Sort::Count) => pairs.sort_by_cached_key(|pair| std::cmp::Reverse(pieces::count(pair))),
        Some(Sort::Last) => {
            pairs.sort_by_cached_key(|pair| std::cmp::Reverse(pair.spans.range().map(|(_, last)| last)));
        }
        None | Some(Sort::Status) => {
            pairs.sort_by_cached_key(|pair| (pair.status, std::cmp::Reverse(pieces::count(pair))));
        }
    }
    let range = survey.fleet().tally().range;
    let dated = range.is_some_and(|(first, last)| first.date() != last.date());
    let shown = pairs.len().min(report.limit);
    let names = column(pairs[..shown].iter().map(|pair| pair.name));
    let words = pairs[..shown].iter().map(|pair| pair.status.words().width()).max().unwrap_or(0);
    for pair in &pairs[..shown] {
        let status =
            paint.status(pair.status, &format!("{} {:<words$}", pair.status.glyph(), pair.status.words()));
        writeln!(out, "  {status}  {}  {}", padded(pair.name, names), evidence(pair, dated))?;
    }
    more(pairs.len(), shown, "endpoints", out)?;
    if noise.iter().sum::<u64>() > 0 {
        writeln!(out, "  {}", paint.dim(&format!("· not listed: {}", Summary::noise_words(&noise))))?;
    }
    Ok(())
}

fn dns64(state: Dns64) -> String {
    match state {
        Dns64::On(since) => format!("DNS64 on (first synthesized answer {since})"),
        Dns64::Off => "DNS64 off".to_owned(),
        Dns64::Unknown => "DNS64 unknown".to_owned(),
    }
}

/// What was seen: verdicts with counts and times, addresses, changes.
fn evidence(pair: &PairView<'_>, dated: bool) -> String {
    let mut parts: Vec<String> = Vec::new();
    for (verdict, span) in pair.spans.aaaa() {
        parts.push(format!(
            "AAAA {} ×{} {}",
            verdict.word(),
            pieces::number(span.count),
            pieces::between(span, dated)
        ));
    }
    if pair.cname_only > 0 {
        parts.push(format!("only a CNAME ×{}", pieces::number(pair.cname_only)));
    }
    let targets: Vec<String> = pieces::embedded(pair).map(|address| address.to_string()).collect();
    if !targets.is_empty() {
        parts.push(format!("→ {}", first_of(&targets, pair.embedded.more())));
    }
    let native: Vec<String> = pieces::native(pair).map(|address| address.to_string()).collect();
    if !native.is_empty() {
        parts.push(first_of(&native, pair.native.more()));
    }
    for (verdict, span) in pair.spans.a() {
        parts.push(format!("A {} ×{}", verdict.word(), pieces::number(span.count)));
    }
    let own_a = pair.spans.a().any(|(verdict, _)| verdict == A::Answered);
    if pair.status == Status::Ipv4Only || own_a {
        let ipv4: Vec<String> =
            pair.name_ipv4.lowest().iter().map(|bits| std::net::Ipv4Addr::from(*bits).to_string()).collect();
        if !ipv4.is_empty() {
            let whose = if own_a { "" } else { "A (asked by others) " };
            parts.push(format!("{whose}{}", first_of(&ipv4, pair.name_ipv4.more())));
        }
    }
    if let Some(change) = pair.change() {
        parts.push(format!(
            "turned from {} to {} at {}",
            change.from.word(),
            change.to.word(),
            pieces::at(change.at, dated)
        ));
    }
    if pair.spans.flapping() {
        parts.push("flapping".to_owned());
    }
    if pair.mixed {
        parts.push("synthesized beside native".to_owned());
    }
    parts.join("  ")
}

fn first_of(addresses: &[String], more: bool) -> String {
    match addresses {
        [] => String::new(),
        [one] if !more => one.clone(),
        [first, rest @ ..] => format!("{first} +{}{}", rest.len(), if more { " or more" } else { "" }),
    }
}
