//! The report for a page: an issue, a wiki, a chat.

use std::io::{self, Write};

use super::summary::Summary;
use super::{Excerpt, Report, Sort, pieces, plan as words};
use crate::advice::finding::Advice;
use crate::advice::plan::Plan;
use crate::base::visible::visible;
use crate::fleet::{PairView, Status};

/// Writes the report.
pub(super) fn write(
    report: &Report<'_>,
    summary: &Summary<'_>,
    advice: &Advice,
    out: &mut impl Write,
) -> io::Result<()> {
    writeln!(out, "# IPv6 dependencies\n")?;
    writeln!(out, "**{}**\n", summary.headline())?;
    records(report, summary, out)?;
    if let Some(excerpt) = report.excerpt {
        excerpted(excerpt, out)?;
    }
    not_seen(report, out)?;
    statuses(summary, out)?;
    plan(report, &advice.plan, out)?;
    findings(report, advice, out)?;
    pairs(report, out)
}

/// How many records there were, and from when.
fn records(report: &Report<'_>, summary: &Summary<'_>, out: &mut impl Write) -> io::Result<()> {
    let tally = report.survey.fleet().tally();
    write!(out, "{}", pieces::counted(tally.records, "record", "records"))?;
    if let Some((first, last)) = tally.range {
        write!(out, " from {first} to {last}")?;
    }
    writeln!(
        out,
        "; {}, {} of other types counted, {} malformed. Counts are of logged queries: the \
         resolver does not log what it answers from its cache.\n",
        summary.judged(),
        pieces::number(tally.ignored),
        pieces::number(tally.malformed)
    )
}

/// What was picked out of the log, and what somebody marked in it.
fn excerpted(excerpt: &Excerpt, out: &mut impl Write) -> io::Result<()> {
    let sentences = excerpt.sentences();
    if !sentences.is_empty() {
        writeln!(out, "{}\n", text(&sentences))?;
    }
    for (at, mark) in excerpt.mark_lines().enumerate() {
        let start = if at == 0 { "Marks:\n\n" } else { "" };
        writeln!(out, "{start}- {}", text(&mark))?;
    }
    if !excerpt.marks.is_empty() {
        writeln!(out)?;
    }
    Ok(())
}

/// What of the log is not in the report.
fn not_seen(report: &Report<'_>, out: &mut impl Write) -> io::Result<()> {
    let tally = report.survey.fleet().tally();
    if let Some(words) = pieces::outside_words(tally.outside) {
        writeln!(out, "{words}\n")?;
    }
    for input in report.inputs {
        if let Some(error) = &input.error {
            writeln!(out, "Not all of {} was read: {}.\n", text(&input.path.to_string()), text(error))?;
        }
    }
    for words in tally.unseen_words().into_iter().chain(pieces::folded_words(&tally.folded)) {
        writeln!(out, "{words}\n")?;
    }
    let loss = &tally.loss;
    if loss.sampled_seconds > 0 || loss.dropped > 0 {
        writeln!(out, "Sampled seconds: {}. Dropped records: {}.\n", loss.sampled_seconds, loss.dropped)?;
    }
    for gap in &loss.gaps {
        writeln!(out, "Not all records from {} to {} were seen.\n", gap.from, gap.until)?;
    }
    for words in pieces::incomplete_words(tally) {
        writeln!(out, "{words}\n")?;
    }
    Ok(())
}

/// How many pairs and endpoints have each status.
fn statuses(summary: &Summary<'_>, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "| status | pairs | endpoints |\n|---|---:|---:|")?;
    for status in Status::ALL.into_iter().filter(|status| summary.statuses[*status as usize] > 0) {
        writeln!(
            out,
            "| {} | {} | {} |",
            status.label(),
            pieces::number(summary.statuses[status as usize]),
            pieces::number(summary.names[status as usize] as u64)
        )?;
    }
    let noise = Summary::noise_words(&summary.noise);
    if !noise.is_empty() {
        writeln!(out, "\nNot listed: {noise}.")?;
    }
    Ok(())
}

/// All pairs but noise, as far as `--limit` goes.
fn pairs(report: &Report<'_>, out: &mut impl Write) -> io::Result<()> {
    writeln!(
        out,
        "\n| origin | endpoint | status | AAAA | A | first | last |\n|---|---|---|---|---|---|---|"
    )?;
    let sort = report.sort.unwrap_or(Sort::Status);
    let ordered = Report { sort: Some(sort), ..*report };
    // A page that nobody can scroll helps nobody: as many rows as origins times endpoints for a person.
    let most = report.limit.saturating_mul(report.limit);
    let mut rows = 0;
    for handle in ordered.handles() {
        let pair = report.survey.pair(handle);
        if report.survey.noise(&pair).is_some() {
            continue;
        }
        rows += 1;
        if rows <= most {
            row(report, &pair, out)?;
        }
    }
    let shown = rows.min(most);
    if rows > shown {
        writeln!(out, "\n… and {} more (`--limit 0` lists all).", pieces::number((rows - shown) as u64))?;
    }
    Ok(())
}

/// What to change, in which order, and what remains.
fn plan(report: &Report<'_>, plan: &Plan, out: &mut impl Write) -> io::Result<()> {
    if plan.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n## {}\n\n{}", words::TITLE, plan.readiness())?;
    let (shown, rest) = words::steps(report, plan);
    if !shown.is_empty() {
        writeln!(out)?;
    }
    for (at, step) in shown.iter().enumerate() {
        writeln!(
            out,
            "1. **{}** *To do:* {}. {} *Endpoints:* {}. *Origins:* {}.",
            text(&step.title),
            text(step.action.trim_end_matches('.')),
            text(&words::outlook(plan, at)),
            text(&words::names(&step.names, step.covers)),
            text(&words::origins(report, &step.origin_ids, step.covers))
        )?;
    }
    if rest > 0 {
        writeln!(out, "\n… and {} more (`--limit 0` lists all).", pieces::number(rest as u64))?;
    }
    if plan.steps.len() > 1 {
        writeln!(out, "\n{}", plan.method_words())?;
    }
    if !plan.rests.is_empty() {
        writeln!(out, "\n{}\n", words::remains(plan))?;
    }
    for rest in &plan.rests {
        writeln!(
            out,
            "- {} {}: {}. *To do:* {}.",
            rest.sentence,
            words::amount(rest),
            text(&words::names(&rest.names, rest.covers)),
            text(&rest.action)
        )?;
    }
    Ok(())
}

/// What to do, the most important first.
fn findings(report: &Report<'_>, advice: &Advice, out: &mut impl Write) -> io::Result<()> {
    if advice.findings.is_empty() {
        return Ok(());
    }
    let (shown, rest) = super::advice::shown(report, advice);
    writeln!(out, "\n## What to do\n")?;
    for finding in shown {
        write!(
            out,
            "1. **{}: {}** {} *To do:* {}.",
            finding.severity.word(),
            text(&finding.summary),
            text(&finding.sentence),
            text(finding.action.trim_end_matches('.'))
        )?;
        if !finding.source.is_empty() {
            write!(out, " *Source:* {}.", plain(&finding.source))?;
        }
        writeln!(out, " *Seen:* {}.", text(&super::advice::evidence(report, finding, true)))?;
    }
    if rest > 0 {
        writeln!(out, "\n… and {} more (`--limit 0` lists all).", pieces::number(rest as u64))?;
    }
    writeln!(out, "\n{}", text(&super::advice::as_of(report)))
}

fn row(report: &Report<'_>, pair: &PairView<'_>, out: &mut impl Write) -> io::Result<()> {
    let counts = |list: &mut dyn Iterator<Item = (&'static str, u64)>| {
        list.map(|(word, count)| format!("{word} ×{}", pieces::number(count))).collect::<Vec<_>>().join(", ")
    };
    let mut aaaa = counts(&mut pair.spans.aaaa().map(|(verdict, span)| (verdict.words(), span.count)));
    let mut targets = pieces::embedded(pair);
    if let Some(target) = targets.next() {
        aaaa.push_str(&format!(" → {target}"));
        if targets.len() > 0 || pair.embedded.more() {
            aaaa.push_str(", …");
        }
    }
    let a = counts(&mut pair.spans.a().map(|(verdict, span)| (verdict.words(), span.count)));
    let (first, last) = pair.spans.range().unzip();
    let moment = |moment: Option<crate::base::moment::Moment>| {
        moment.map(|moment| moment.to_string()).unwrap_or_default()
    };
    writeln!(
        out,
        "| {} | {} | {} | {aaaa} | {a} | {} | {} |",
        text(&pieces::beside(pair.origin.id, pieces::name_of(report.knowledge.names, pair.origin))),
        text(pair.name),
        pair.status.label(),
        moment(first),
        moment(last)
    )
}

/// A text that stays a text in a table of `CommonMark`, and in the HTML made of it: every character with a
/// meaning there becomes a character reference. Nor is it made a link of (GitHub Flavored Markdown section
/// 6.9, "autolinks (extension)"): a name that somebody chose leads nowhere.
pub(super) fn text(text: &str) -> String {
    let mut safe = plain(text).replace("://", "&#58;//");
    let mut from = 0;
    while let Some(at) = safe[from..].to_ascii_lowercase().find("www.") {
        let dot = from + at + 3;
        safe.replace_range(dot..=dot, "&#46;");
        from = dot;
    }
    safe
}

/// The same, but addresses of pages may become links.
fn plain(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in visible(text).chars() {
        if matches!(
            character,
            '|' | '<'
                | '>'
                | '&'
                | '`'
                | '*'
                | '_'
                | '['
                | ']'
                | '('
                | ')'
                | '\\'
                | '!'
                | '#'
                | '~'
                | '@'
                | '{'
                | '}'
        ) {
            safe.push_str(&format!("&#{};", u32::from(character)));
        } else {
            safe.push(character);
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_name_is_markup() {
        assert_eq!(text("a|b<script>"), "a&#124;b&#60;script&#62;");
        assert_eq!(text("![x](http://y)"), "&#33;&#91;x&#93;&#40;http&#58;//y&#41;");
        assert_eq!(text("https://a.example. WWW.b.www.c"), "https&#58;//a.example. WWW&#46;b.www&#46;c");
        assert_eq!(plain("https://docs.aws.amazon.com/x"), "https://docs.aws.amazon.com/x");
        assert_eq!(text("ssm.us-west-2.amazonaws.com."), "ssm.us-west-2.amazonaws.com.");
    }
}
