//! Statuses, verdicts and the answer, in words.

use std::net::{Ipv4Addr, Ipv6Addr};

use ratatui::style::Style;
use ratatui::text::Span;

use super::columns::Cell;
use super::text::{self, count, number, short_id, visible};
use super::theme::Theme;
use crate::base::moment::Moment;
use crate::console::{Class, Headline, Model, NAMED, Row, Turn};
use crate::fleet::{Dns64, OriginId, OriginKind, PairDetail, Status, address_text};
use crate::knowledge::address::Nat64Prefixes;
use crate::log::observation::{A, Aaaa, Unknown, Verdict, is_masked};

/// `64:ff9b::/96` (RFC 6052).
const WELL_KNOWN: u128 = 0x0064_ff9b << 96;

/// Seconds.
const DAY: i64 = 86_400;

/// Under this many columns the answer is put in few words.
const FEW_WORDS: u16 = 60;

/// The answer, the second line of every screen: a sentence, or the bones of it where it is narrow.
pub(super) fn answer(model: &Model, theme: &Theme, across: u16) -> Vec<Span<'static>> {
    let Some(answer) = model.headline() else {
        let text = match (model.feed().ended, model.known().fleet.tally().records) {
            (false, 0) => "Waiting for the first record …",
            (false, _) => "Nobody has asked for A or AAAA yet.",
            (true, 0) => "There is no record in what was read.",
            (true, _) if model.query().is_some() => {
                "Nobody asked for A or AAAA in what the filter lets through."
            }
            (true, _) => "Nobody asked for A or AAAA in what was read.",
        };
        return vec![Span::styled(text, theme.dim)];
    };
    let status = answer.status;
    let style = theme.status(status);
    let glyph = Span::styled(format!("{} ", status.glyph()), style);
    let names = names(model, answer);
    if across < FEW_WORDS {
        let share = format!("{} of {} {}", figure(answer.count), figure(answer.of), status.words());
        let names = if status == Status::Native { String::new() } else { format!(": {names}") };
        return vec![glyph, Span::styled(share, style), Span::styled(names, theme.text)];
    }
    let mut spans = vec![glyph];
    spans.extend(sentence(model, answer, &names, theme));
    if answer.alike > 1 && status != Status::Native {
        let like = like(answer);
        spans.push(Span::styled(like, theme.dim));
    }
    spans
}

fn figure(count: u32) -> String {
    number(u64::from(count))
}

/// For how many others it is so.
fn like(answer: &Headline) -> String {
    let origins = number(answer.origins as u64);
    if answer.alike == answer.origins {
        format!(" The same is true of all {origins} origins.")
    } else {
        format!(" The same is true of {} of {origins} origins.", number(answer.alike as u64))
    }
}

/// How many of its endpoints the answer is about; `all` is put before the number if these are all.
fn share(answer: &Headline, all: &str, theme: &Theme) -> Span<'static> {
    let text = match (answer.count == answer.of, answer.of) {
        (true, 1) => "its one endpoint".to_owned(),
        (true, of) => format!("{all} {} endpoints", figure(of)),
        (false, of) => format!("{} of {} endpoints", figure(answer.count), figure(of)),
    };
    // What works over IPv4 today is no failure.
    let is_harmless = answer.over_ipv4 && answer.status == Status::Ipv4Only;
    Span::styled(text, if is_harmless { theme.warning } else { theme.status(answer.status) })
}

/// Whether DNS64 is on where the headline is about what has IPv4 only.
fn dns64(answer: &Headline, theme: &Theme) -> Span<'static> {
    let say = |text: String| Span::styled(text, theme.text);
    match answer.dns64 {
        Dns64::On(since) => say(format!("on since {}.", since.clock())),
        Dns64::Off if answer.over_ipv4 => say("off.".to_owned()),
        Dns64::Off => Span::styled("off.", theme.status(answer.status)),
        Dns64::Unknown => say("unknown.".to_owned()),
    }
}

fn sentence(model: &Model, answer: &Headline, names: &str, theme: &Theme) -> Vec<Span<'static>> {
    let status = answer.status;
    let origin = Span::styled(name_of(model, answer.origin), theme.strong);
    let names = Span::styled(names.to_owned(), theme.strong);
    let say = |text: &str| Span::styled(text.to_owned(), theme.text);
    let one = answer.count == 1;
    let be = if one { "is" } else { "are" };
    let share = |all: &str| share(answer, all, theme);
    match status {
        Status::Ipv4Only => {
            let dns64 = dns64(answer, theme);
            let only = say(&format!(" {be} IPv4-only; DNS64 is "));
            if answer.over_ipv4 {
                return vec![
                    origin,
                    say(" reaches "),
                    share("all its"),
                    say(" over IPv4 only: "),
                    names,
                    only,
                    dns64,
                ];
            }
            vec![origin, say(" cannot reach "), share("any of its"), say(" over IPv6: "), names, only, dns64]
        }
        Status::Nat64 => {
            let rest = say(". 64:ff9b::/96 must lead to a NAT gateway.");
            vec![origin, say(" reaches "), share("all its"), say(" through NAT64 only: "), names, rest]
        }
        Status::Native => {
            let pairs = model.ranking().pair_count();
            let all =
                format!(" ({} of {}).", count(pairs as u64, "pair"), count(answer.origins as u64, "origin"));
            vec![say("Every endpoint has IPv6 addresses of its own"), Span::styled(all, theme.dim)]
        }
        Status::Failing => {
            vec![origin, say(" gets errors for "), share("all its"), say(": "), names, say(".")]
        }
        Status::Blocked => {
            vec![say("DNS Firewall blocks "), share("all"), say(" of "), origin, say(": "), names, say(".")]
        }
        Status::NxDomain => {
            let not = if one { ", which does not exist: " } else { ", which do not exist: " };
            vec![origin, say(" asks for "), share("all its"), say(not), names, say(".")]
        }
        Status::Empty => {
            let open = say("; nothing is known of A.");
            vec![origin, say(" gets no AAAA for "), share("all its"), say(": "), names, open]
        }
        Status::NoAddress => {
            let none = say(&format!(", which {} no address at all: ", if one { "has" } else { "have" }));
            vec![origin, say(" asks for "), share("all its"), none, names, say(".")]
        }
        Status::Unknown => {
            let not = say(" are not in what was read: ");
            vec![say("The answers to "), origin, say(" for "), share("all its"), not, names, say(".")]
        }
        Status::AOnly => {
            vec![
                origin,
                say(" asks for A only, never for AAAA: "),
                share("all its"),
                say(", "),
                names,
                say("."),
            ]
        }
    }
}

fn names(model: &Model, answer: &Headline) -> String {
    let known = &model.known().fleet;
    let texts: Vec<&str> = answer.names.iter().map(|name| known.name_text(*name)).collect();
    let mut names = text::short_names(&texts);
    for name in &mut names {
        *name = text::cut_middle(name, text::LONGEST).into_owned();
    }
    let more = (answer.count as usize).saturating_sub(NAMED);
    if more > 0 {
        names.push(format!("{} more", number(more as u64)));
    }
    let last = names.pop().unwrap_or_default();
    if names.is_empty() { last } else { format!("{} and {last}", names.join(", ")) }
}

/// What an origin is called: as people call it, or its id, short.
pub(super) fn name_of(model: &Model, origin: OriginId) -> String {
    let (kind, id, vpc) = model.known().fleet.origin_text(origin);
    let addresses = model.ranking().owner(origin).map_or(&[][..], |origin| &origin.addresses);
    let names = &model.setup().library.names;
    if let Some(name) = names.for_origin(id, vpc, addresses.iter().map(|bits| address_text(*bits))) {
        return visible(name).into_owned();
    }
    match kind {
        // Not the name of one host.
        OriginKind::Address if is_masked(id) => "masked hosts".to_owned(),
        // Addresses, and names that people gave, differ anywhere.
        OriginKind::Address | OriginKind::Device => visible(id).into_owned(),
        _ => short_id(id).into_owned(),
    }
}

/// A time of the log: with its day where the log spans several.
pub(super) fn time(model: &Model, moment: Moment) -> String {
    let range = model.setup().range.or(model.known().fleet.tally().range);
    let day = |moment: Moment| moment.second().div_euclid(DAY);
    if range.is_some_and(|(first, last)| first.date().get(..4) != last.date().get(..4)) {
        // Without the year, 02-15 of one would seem later than 02-06 of the next.
        format!("{} {}", moment.date(), moment.clock())
    } else if range.is_some_and(|(first, last)| day(first) != day(last)) {
        format!("{} {}", moment.date().get(5..).unwrap_or_default(), moment.clock())
    } else {
        moment.clock()
    }
}

/// What a status means for an origin without IPv4.
pub(super) fn meaning(status: Status) -> &'static str {
    match status {
        Status::Ipv4Only => "The name has IPv4 addresses only: an origin without IPv4 cannot reach it.",
        Status::Failing => "The resolver answers with an error: the name cannot be looked up.",
        Status::Blocked => "DNS Firewall blocks the question: what the answer looks like says nothing.",
        Status::NxDomain => "The answer to AAAA says that the name does not exist.",
        Status::Empty => {
            "There is no IPv6 address, and no answer that was read tells whether there is an IPv4 address."
        }
        Status::NoAddress => "The name has neither an IPv6 nor an IPv4 address.",
        Status::Nat64 => {
            "DNS64 made the address: reachable only if 64:ff9b::/96 is routed to a NAT gateway, and every byte pays for it."
        }
        Status::Unknown => {
            "It asked for AAAA, and what was read does not say what came back: the answer is missing, cut short, masked or unreadable there."
        }
        Status::AOnly => "It asked for A and never for AAAA: it does not use IPv6 for this name.",
        Status::Native => "The name has IPv6 addresses of its own: reachable over IPv6.",
    }
}

pub(super) fn ipv4(bits: u32) -> String {
    Ipv4Addr::from(bits).to_string()
}

/// A synthesized address: `64:ff9b::345e:b677 → 52.94.182.119`; just what is inside, if the prefix may be
/// another.
pub(super) fn synthesized(model: &Model, bits: u32) -> String {
    if model.setup().prefixes == Nat64Prefixes::default() {
        format!("{} → {}", Ipv6Addr::from(WELL_KNOWN | u128::from(bits)), ipv4(bits))
    } else {
        format!("NAT64 → {}", ipv4(bits))
    }
}

/// ` +3`, if there are more than one.
fn others(count: usize, more: bool) -> String {
    match (count, more) {
        (0 | 1, false) => String::new(),
        (0 | 1, true) => " …".to_owned(),
        (count, false) => format!(" +{}", number(count as u64 - 1)),
        (count, true) => format!(" +{}…", number(count.saturating_sub(1) as u64)),
    }
}

/// What came back for a pair, in a few words.
pub(super) fn outcome(model: &Model, status: Status, pair_detail: &PairDetail<'_>, theme: &Theme) -> Cell {
    let a = pair_detail.name_ipv4.and_then(|known| {
        let first = *known.lowest().first()?;
        Some(format!("A {}{}", ipv4(first), others(known.lowest().len(), known.more())))
    });
    let style = theme.status(status);
    let nothing = match (pair_detail.spans.newest_aaaa(), pair_detail.cname_only > 0) {
        (Some(Aaaa::Unusable), _) => "AAAA unusable",
        (_, true) => "no AAAA, only a CNAME",
        _ => "no AAAA",
    };
    match status {
        Status::Native => {
            let known = &pair_detail.native;
            let first = known.lowest().first().map_or_else(String::new, |bits| address_text(*bits));
            let mut cell = Cell::new(first, theme.text);
            cell.push(others(known.lowest().len(), known.more()), theme.dim);
            cell
        }
        Status::Nat64 => {
            let known = &pair_detail.embedded;
            let first = known.lowest().first();
            let mut cell = Cell::new(
                first.map_or_else(|| "synthesized".to_owned(), |bits| synthesized(model, *bits)),
                style,
            );
            cell.push(others(known.lowest().len(), known.more()), theme.dim);
            cell
        }
        Status::Ipv4Only => {
            let mut cell = Cell::new(nothing, style);
            cell.push(format!("; {}", a.unwrap_or_else(|| "A answered".to_owned())), theme.text);
            cell
        }
        Status::Empty => Cell::new(format!("{nothing}; A {}", own_a(pair_detail)), style),
        Status::NoAddress => Cell::new(format!("{nothing}, no A"), style),
        Status::Blocked => Cell::new("blocked by DNS Firewall", style),
        Status::NxDomain => {
            let mut cell = Cell::new("no such name", style);
            if let Some(a) = a {
                cell.push(format!("; yet {a}"), theme.warning);
            }
            cell
        }
        Status::Failing => {
            let word = pair_detail.spans.newest_aaaa().map_or("error", Aaaa::word);
            Cell::new(word.to_uppercase(), style)
        }
        Status::Unknown => {
            let why =
                pair_detail.spans.newest_aaaa().and_then(Aaaa::unknown).map_or("unknown", Unknown::words);
            let mut cell = Cell::new(format!("answer {why}"), style);
            if let Some(a) = a {
                cell.push(format!("; {a}"), theme.text);
            }
            cell
        }
        Status::AOnly => {
            let mut cell = Cell::new(a.unwrap_or_else(|| format!("A {}", own_a(pair_detail))), theme.text);
            cell.push("; AAAA never asked", style);
            cell
        }
    }
}

/// What an origin got for A itself: the newest known verdict, else why the answer is unknown.
fn own_a(pair_detail: &PairDetail<'_>) -> &'static str {
    newest_a(pair_detail).map_or("not asked", A::words)
}

/// The newest known verdict on A; if none is known, the first of the others.
fn newest_a(pair_detail: &PairDetail<'_>) -> Option<A> {
    let is_known = |verdict: A| verdict.unknown().is_none();
    pair_detail
        .spans
        .a()
        .max_by_key(|(verdict, span)| (is_known(*verdict), span.last))
        .map(|(verdict, _)| verdict)
}

/// The status that a verdict on AAAA leads to, whose sign and color it has, if A is known to be answered or
/// not.
pub(super) fn aaaa_status(verdict: Aaaa, a_answered: bool) -> Status {
    match verdict {
        Aaaa::Native => Status::Native,
        Aaaa::Synthesized => Status::Nat64,
        Aaaa::Unusable | Aaaa::Empty if a_answered => Status::Ipv4Only,
        Aaaa::Unusable | Aaaa::Empty => Status::Empty,
        Aaaa::Blocked => Status::Blocked,
        Aaaa::NxDomain => Status::NxDomain,
        Aaaa::ServFail | Aaaa::Refused | Aaaa::Other => Status::Failing,
        Aaaa::Absent | Aaaa::Partial | Aaaa::Masked | Aaaa::Unreadable => Status::Unknown,
    }
}

/// The sign of a verdict, with its style.
pub(super) fn verdict_sign(verdict: Verdict, a_answered: bool, theme: &Theme) -> (char, Style) {
    match verdict {
        Verdict::Aaaa(aaaa) => {
            let status = aaaa_status(aaaa, a_answered);
            (status.glyph(), theme.status(status))
        }
        Verdict::A(A::Answered) => (Status::AOnly.glyph(), theme.class(Class::A)),
        Verdict::A(verdict) if verdict.unknown().is_some() => {
            (Status::Unknown.glyph(), theme.status(Status::Unknown))
        }
        Verdict::A(_) => (Status::AOnly.glyph(), theme.class(Class::Empty)),
        Verdict::NotJudged => ('·', theme.faint),
    }
}

/// A verdict with its glyph, which is what stays where it is narrow.
pub(super) fn verdict(verdict: Verdict, a_answered: bool, theme: &Theme) -> Cell {
    let (glyph, style) = verdict_sign(verdict, a_answered, theme);
    let mut cell = Cell::new(glyph, style);
    cell.push(format!(" {}", verdict.word()), style);
    cell
}

/// What a record answered, in a few words.
pub(super) fn answers(model: &Model, row: &Row<'_>, theme: &Theme) -> Cell {
    // Of a part of an answer it is not known how many addresses there were.
    let more = others(row.entry.native.len() + row.entry.ipv4.len(), row.entry.partial);
    match row.entry.verdict {
        Verdict::Aaaa(Aaaa::Native) => {
            let first = row.entry.native.first().map_or_else(String::new, |bits| address_text(*bits));
            Cell::new(first + &more, theme.text)
        }
        Verdict::Aaaa(Aaaa::Synthesized) => {
            let first = row.entry.ipv4.first().map_or_else(String::new, |bits| synthesized(model, *bits));
            Cell::new(first + &more, theme.status(Status::Nat64))
        }
        Verdict::Aaaa(Aaaa::Empty) if row.entry.cname_only => Cell::new("only a CNAME", theme.dim),
        Verdict::A(A::Answered) => {
            Cell::new(row.entry.ipv4.first().map_or_else(String::new, |bits| ipv4(*bits)) + &more, theme.dim)
        }
        verdict if verdict.unknown().is_some() => {
            let why = verdict.unknown().map_or("", Unknown::words);
            Cell::new(format!("answer {why}"), theme.dim)
        }
        _ => Cell::default(),
    }
}

/// Since when a pair gets what it gets now.
pub(super) fn since(pair_detail: &PairDetail<'_>) -> Option<Moment> {
    let newest = pair_detail.spans.newest_aaaa().and_then(|newest| pair_detail.spans.aaaa_with(newest));
    newest.map(|span| span.first).or_else(|| pair_detail.spans.range().map(|(first, _)| first))
}

/// `✗ empty → ◐ synthesized`; the signs alone if not in `full`. Of a name of which no IPv4 address is known,
/// an empty answer has the sign of that, as everywhere.
pub(super) fn turn(model: &Model, turn: &Turn, full: bool, theme: &Theme) -> Vec<Span<'static>> {
    let answered = !model.known().fleet.ipv4_of(turn.name).lowest().is_empty();
    let of = |verdict: Aaaa| {
        let status = aaaa_status(verdict, answered);
        let word = if full { format!(" {}", verdict.word()) } else { String::new() };
        Span::styled(format!("{}{word}", status.glyph()), theme.status(status))
    };
    vec![of(turn.from), Span::styled(" → ", theme.dim), of(turn.to)]
}

/// The verdicts on a pair's AAAA, one after the other: `✗ empty ×11 → ◐ 52.94.182.119 ×3`. `fresh`: the last
/// one just changed.
pub(super) fn history(
    model: &Model,
    status: Status,
    pair_detail: &PairDetail<'_>,
    fresh: bool,
    theme: &Theme,
) -> Cell {
    let answered = pair_detail.name_ipv4.is_some_and(|known| !known.lowest().is_empty());
    let mut spans: Vec<_> = pair_detail.spans.aaaa().collect();
    spans.sort_by_key(|(_, span)| (span.last, span.first));
    if spans.is_empty() {
        return Cell::new(format!("{} never asked", status.glyph()), theme.status(status));
    }
    let mut cell = Cell::default();
    // The newest known one decides, whatever came of which nothing is known.
    let decides =
        spans.iter().rposition(|(verdict, _)| verdict.unknown().is_none()).unwrap_or(spans.len() - 1);
    for (at, (verdict, span)) in spans.into_iter().enumerate() {
        let of = aaaa_status(verdict, answered);
        let style = theme.status(of);
        if at > 0 {
            cell.push(" → ", theme.dim);
        }
        // What it is now, at length; what it was, in a word.
        let mut piece = Cell::new(format!("{} ", of.glyph()), style);
        if at != decides || verdict == Aaaa::Empty || verdict.unknown().is_some() {
            piece.push(verdict.words(), style);
        } else {
            piece.append(outcome(model, of, pair_detail, theme));
        }
        cell.append(if fresh && at == decides { piece.modified(theme.fresh) } else { piece });
        cell.push(format!(" ×{}", number(span.count)), theme.dim);
    }
    cell
}

/// What is known of A for a pair's name.
pub(super) fn a(pair_detail: &PairDetail<'_>, theme: &Theme) -> Cell {
    let own = newest_a(pair_detail);
    match (own, pair_detail.name_ipv4.filter(|known| !known.lowest().is_empty())) {
        (Some(A::Answered) | None, Some(known)) => {
            let mut cell = Cell::new(ipv4(known.lowest()[0]), theme.text);
            cell.push(others(known.lowest().len(), known.more()), theme.dim);
            if own.is_none() {
                cell.push(" (others)", theme.dim);
            }
            cell
        }
        (Some(verdict), _) => Cell::new(verdict.words(), theme.dim),
        (None, None) => Cell::new("never asked", theme.faint),
    }
}
