//! What was found out, as lines for a person.

use super::{Address, ConnectOutcome, Connection, Probe, ProbeAnswer, Probed, ResolverDns64, Sibling};
use crate::base::figures::{counted, number};
use crate::base::visible::visible;
use crate::log::observation::Verdict;

/// Addresses on one line; the others are in the JSON.
const MOST_SHOWN: usize = 3;
/// How wide a line of sentences is.
const WIDTH: usize = 110;

/// The lines above all names: who was asked, and whether there is DNS64.
#[must_use]
pub fn opening(probe: &Probe) -> Vec<String> {
    let (servers, seconds) = (probe.resolvers.join(", then "), probe.timeout_seconds);
    let tries = match probe.tries {
        1 => "once".to_owned(),
        2 => "twice at most".to_owned(),
        tries => format!("{tries} times at most"),
    };
    vec![format!("Asking {servers}: each question {tries}, for {seconds} s each."), dns64(&probe.dns64)]
}

fn dns64(found: &ResolverDns64) -> String {
    match found.state {
        "on" => format!(
            "DNS64 is at work here, with {}: ipv4only.arpa has AAAA records (RFC 7050).",
            found.prefixes.join(" and ")
        ),
        "off" => "No DNS64 shows here: ipv4only.arpa has no AAAA records (RFC 7050).".to_owned(),
        _ => {
            let why = match (&found.answer.why, &found.answer.rcode) {
                (Some(why), _) => why.clone(),
                (None, Some(rcode)) if rcode != "NOERROR" => rcode.clone(),
                _ => "its AAAA records reveal no prefix".to_owned(),
            };
            format!("Whether there is DNS64 here is not known: ipv4only.arpa: {}.", visible(&why))
        }
    }
}

/// The lines of one name.
#[must_use]
pub fn lines(probed: &Probed) -> Vec<String> {
    let (glyph, words) = probed.status.map_or(('!', "not known"), |status| (status.glyph(), status.words()));
    let mut lines = vec![format!("{glyph} {}  {words}", visible(&probed.name))];
    lines.extend(answers(probed, "  "));
    if let Some(log) = &probed.log {
        let origins = log.statuses.iter().map(|(status, count)| {
            format!("{} for {}", status.words(), counted(*count as u64, "origin", "origins"))
        });
        let origins = origins.collect::<Vec<_>>().join(", ");
        let last = log.last.map(|last| format!(", last at {last}")).unwrap_or_default();
        let same = match probed.differs {
            Some(true) => ": it differs",
            Some(false) => ": the same here",
            None => "",
        };
        lines.push(format!("  log   {origins}{last}{same}"));
    }
    lines.extend(probed.connections.iter().map(|tried| connection(tried, "  ")));
    for sentence in &probed.sentences {
        wrapped(sentence, "  → ", "    ", &mut lines);
    }
    if let Some(sibling) = &probed.dual_stack {
        lines.extend(dual_stack(sibling));
    }
    lines
}

fn dual_stack(sibling: &Sibling) -> Vec<String> {
    let mut lines = Vec::new();
    match (&sibling.name, &sibling.answers) {
        (Some(name), Some(answers_)) => {
            lines.push(format!("  dual-stack name {}", visible(name)));
            lines.extend(answers(answers_, "    "));
            lines.extend(answers_.connections.iter().map(|tried| connection(tried, "    ")));
            wrapped(&sibling.sentence, "    → ", "      ", &mut lines);
            for sentence in &answers_.sentences {
                wrapped(sentence, "    → ", "      ", &mut lines);
            }
        }
        _ => wrapped(&sibling.sentence, "  dual-stack name: ", "    ", &mut lines),
    }
    lines
}

fn answers(probed: &Probed, indent: &str) -> [String; 2] {
    [format!("{indent}AAAA  {}", answer(&probed.aaaa)), format!("{indent}A     {}", answer(&probed.a))]
}

fn answer(answer: &ProbeAnswer) -> String {
    let mut text = match (answer.verdict, &answer.why) {
        (Some(verdict), _) => verdict_words(verdict, answer),
        (None, why) => why.as_deref().map(visible).unwrap_or_default().into_owned(),
    };
    let shown: Vec<String> = answer.addresses.iter().take(MOST_SHOWN).map(address).collect();
    if !shown.is_empty() {
        text.push_str("  ");
        text.push_str(&shown.join(" "));
    }
    let more = answer.addresses.len().saturating_sub(MOST_SHOWN) + answer.more_addresses;
    if more > 0 {
        text.push_str(&format!(" and {} more", number(more as u64)));
    }
    if let Some(last) = answer.cnames.last() {
        let through = answer.cnames.len() - 1;
        let through = if through == 0 { String::new() } else { format!(" through {through} more") };
        text.push_str(&format!("  (CNAME to {}{through})", visible(last)));
    }
    if answer.transport == "tcp" && answer.verdict.is_some() {
        text.push_str("  over TCP");
    }
    text
}

fn verdict_words(verdict: Verdict, answer: &ProbeAnswer) -> String {
    match verdict.word() {
        "empty" if !answer.cnames.is_empty() => "empty but for a chain of CNAMEs".to_owned(),
        "other" => answer.rcode.clone().unwrap_or_default(),
        word @ ("nxdomain" | "servfail" | "refused") => word.to_uppercase(),
        word => word.to_owned(),
    }
}

fn address(address: &Address) -> String {
    match address.ipv4 {
        Some(inside) => format!("{} ({inside})", address.address),
        None => address.address.to_string(),
    }
}

fn connection(tried: &Connection, indent: &str) -> String {
    let what = match tried.outcome {
        ConnectOutcome::Connected => format!("connected in {} ms", tried.milliseconds),
        ConnectOutcome::Refused => "refused".to_owned(),
        ConnectOutcome::TimedOut => format!("timed out after {} ms", tried.milliseconds),
        ConnectOutcome::NoRoute if tried.here == Some(false) => {
            "no route, says a router on the way".to_owned()
        }
        ConnectOutcome::NoRoute => "no route from here".to_owned(),
        ConnectOutcome::Forbidden => "forbidden".to_owned(),
        ConnectOutcome::Failed => "failed".to_owned(),
    };
    let error = match (&tried.error, tried.outcome) {
        (Some(error), ConnectOutcome::Forbidden | ConnectOutcome::Failed) => format!(": {}", visible(error)),
        _ => String::new(),
    };
    let path = tried.to.path.words();
    format!("{indent}TCP {}  {path}  {}  {what}{error}", tried.port, tried.to.address)
}

/// Breaks `text` into lines, the first after `first` and the others after `rest`.
fn wrapped(text: &str, first: &str, rest: &str, lines: &mut Vec<String>) {
    let mut line = first.to_owned();
    let mut is_empty = true;
    for word in text.split(' ') {
        if !is_empty && line.chars().count() + 1 + word.chars().count() > WIDTH {
            lines.push(std::mem::replace(&mut line, rest.to_owned()));
            is_empty = true;
        }
        if !is_empty {
            line.push(' ');
        }
        line.push_str(word);
        is_empty = false;
    }
    lines.push(line);
}
