//! What is followed live: how it is being read, what is missing, what is wrong and what would help.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Modifier;
use ratatui::text::{Line, Span};

use super::help::overlay;
use super::losses::losses;
use super::part::{Part, part, wrap};
use super::text::{bytes, count, number, visible};
use super::theme::Theme;
use crate::base::moment::Moment;
use crate::console::{Model, Source};
use crate::live::status::{LiveSession, LiveStatus, Reading};
use crate::live::trouble::{Trouble, TroubleClass};
use crate::log::note::Gap;
use crate::log::observation::Unknown;

/// Gaps that a list names.
const GAPS: usize = 20;

/// Columns of the words at the left of the pane.
const LABEL: usize = 11;

/// The worst of all sessions, the first of those that are alike.
fn worst(status: &LiveStatus) -> Option<&LiveSession> {
    // Of several that are as bad, `max_by_key` has the last.
    status.sessions.iter().rev().max_by_key(|session| session.reading)
}

fn seconds(duration: Duration) -> String {
    match duration.as_secs() {
        0..10 => format!("{:.1} s", duration.as_secs_f64()),
        seconds @ 10..120 => format!("{seconds} s"),
        seconds @ 120..7200 => format!("{} min", seconds / 60),
        seconds => format!("{} h", seconds / 3600),
    }
}

/// How wrong the clock of this machine is: `ahead` of the service's, in milliseconds; less than 0 if it is
/// slow.
#[must_use]
pub fn clock_words(ahead: i64) -> String {
    let seconds = ahead.unsigned_abs() / 1000;
    let long = match seconds {
        0..120 => format!("{seconds} s"),
        120..7200 => format!("{} min {} s", seconds / 60, seconds % 60),
        _ => format!("{} h {} min", seconds / 3600, seconds / 60 % 60),
    };
    let way = if ahead > 0 { "ahead of" } else { "behind" };
    format!("the clock of this machine is {long} {way} the service's, by which all of this is told")
}

/// That it ended before what arrived in a stretch was looked for a second time.
#[must_use]
pub fn settling_words(Gap { from, until }: Gap) -> String {
    format!(
        "what arrived from {from} to {until} may not be all: it ended before that was looked for a second time"
    )
}

/// How long until `until`, in whole seconds.
fn left(model: &Model, until: Moment) -> i64 {
    model.wall().map_or(0, |now| (until.0 - now.0).max(0).unsigned_abs().div_ceil(1000).cast_signed())
}

/// How a session is being read, in a word.
fn word(session: &LiveSession) -> &'static str {
    let kind = session.trouble.as_ref().map(|trouble| trouble.class);
    match (session.reading, kind) {
        (Reading::Streaming, _) => "LIVE",
        (Reading::Stalled, _) => "STALLED",
        (Reading::Polling, _) => "POLLING",
        (Reading::Refused, _) => "REFUSED",
        (Reading::Connecting | Reading::Waiting(_), Some(TroubleClass::Credentials)) => "NO CREDENTIALS",
        (Reading::Waiting(_), Some(TroubleClass::Throttled)) => "THROTTLED",
        (Reading::Waiting(_), _) => "RETRYING",
        (Reading::Connecting, _) => "CONNECTING",
    }
}

/// How all of it is being read: of several sessions the worst, and how many stream.
pub(super) fn badge(model: &Model, theme: &Theme, across: usize) -> Span<'static> {
    let Some((status, worst)) = model.status().and_then(|status| Some((status, worst(status)?))) else {
        return Span::styled(" CONNECTING ", theme.mode);
    };
    let mut text = format!(" {}", word(worst));
    if status.sessions.len() > 1 && worst.reading != Reading::Streaming && across >= 60 {
        let stream = |session: &&LiveSession| session.reading == Reading::Streaming;
        let live = status.sessions.iter().filter(stream).count();
        // Writing to a string cannot fail.
        _ = write!(text, " · {live} of {} live", status.sessions.len());
    }
    if let Reading::Waiting(until) = worst.reading {
        let left = left(model, until);
        _ = if across < 60 { write!(text, " {left} s") } else { write!(text, " · again in {left} s") };
    }
    text.push(' ');
    let style = match worst.reading {
        Reading::Streaming | Reading::Connecting => theme.mode,
        _ => theme.warning.add_modifier(Modifier::REVERSED),
    };
    Span::styled(text, style)
}

/// What has a place from here on is of less importance than the rest of the header.
pub(super) const LESSER: u8 = 8;

/// What the header says besides, in the order of its importance: its place from the right, and it in one of
/// its forms.
pub(super) fn parts(model: &Model, theme: &Theme) -> Vec<(u8, Vec<Part>)> {
    let mut parts = Vec::new();
    let Some(status) = model.status() else { return parts };
    let rate = model.rate();
    if let Some(lag) = model.lag() {
        let is_quiet = rate.is_some_and(|rate| rate <= 0.0) && lag >= Duration::from_secs(10);
        let word = if is_quiet { "quiet" } else { "lag" };
        parts.push((3, vec![part(format!("{word} {}", seconds(lag)), theme.text)]));
    }
    if status.sessions.iter().any(|session| session.filling) {
        let fetched: u64 = status.sessions.iter().map(|session| session.fetched).sum();
        let long = format!("backfilling · {} read", number(fetched));
        parts.push((5, vec![part(long, theme.marker), part("backfilling", theme.marker)]));
    }
    if let Some(rate) = rate.filter(|rate| *rate > 0.0) {
        parts.push((4, vec![part(per_second(rate), theme.text)]));
    }
    let minutes: u64 = status.sessions.iter().map(|session| session.minutes).sum();
    parts.push((LESSER, vec![part(format!("{} min billed", number(minutes)), theme.dim)]));
    let groups = &model.followed().groups;
    let mut regions: Vec<&str> = groups.iter().map(|group| group.region.as_str()).collect();
    regions.sort_unstable();
    regions.dedup();
    let names: Vec<&str> = groups.iter().map(|group| group.name.as_str()).collect();
    let regions = visible(&regions.join(", ")).into_owned();
    let how_many = count(groups.len() as u64, "log group");
    let forms =
        [format!("{} · {regions}", visible(&names.join(", "))), format!("{how_many} · {regions}"), how_many];
    parts.push((LESSER + 1, forms.into_iter().map(|form| part(form, theme.dim)).collect()));
    parts
}

/// Words as a sentence.
fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| format!("{}{}.", first.to_uppercase(), letters.as_str()))
}

/// How many answers and source addresses came masked; `None` if none did.
fn masked(model: &Model) -> Option<[u64; 2]> {
    let tally = model.known().fleet.tally();
    let masked = [tally.unknown[Unknown::Masked as usize], tally.masked_sources];
    masked.iter().any(|count| *count > 0).then_some(masked)
}

fn masked_words(answers: u64, sources: u64, unmask: bool) -> String {
    let what = [(answers, "answer"), (sources, "source address")].map(|(count, what)| match count {
        0 => None,
        1 => Some(format!("1 {what}")),
        count if what.ends_with('s') => Some(format!("{} {what}es", number(count))),
        count => Some(format!("{} {what}s", number(count))),
    });
    let what: Vec<String> = what.into_iter().flatten().collect();
    let way = if unmask { "" } else { " --unmask reads them, with the IAM action logs:Unmask." };
    format!("A data protection policy masks {}.{way}", what.join(" and "))
}

fn per_second(rate: f64) -> String {
    if rate < 10.0 {
        format!("{rate:.1}/s")
    } else {
        // Not more than there are records.
        format!("{}/s", number(format!("{rate:.0}").parse().unwrap_or(0)))
    }
}

/// What is wrong, and what would help, which comes first where there is little room; or that not all of what
/// is looked at is listed.
pub(super) fn notice(model: &Model, theme: &Theme, roomy: bool) -> Option<Part> {
    if model.setup().source != Source::Live {
        return None;
    }
    let troubled = |session: &&LiveSession| session.trouble.is_some();
    let sessions = model.status().map_or(&[][..], |status| &status.sessions);
    let session = sessions.iter().filter(troubled).max_by_key(|session| session.reading);
    if let Some((session, trouble)) = session.and_then(|session| Some((session, session.trouble.as_ref()?))) {
        return Some(wrong(session, trouble, theme, roomy));
    }
    if let Some(why) = model.status().and_then(|status| status.unrecordable.as_deref()) {
        let text = format!("Cannot record: {}. What comes is held until there is room.", visible(why));
        return Some(part(text, theme.warning));
    }
    if let Some(ahead) = model.status().and_then(|status| status.ahead) {
        return Some(part(sentence(&clock_words(ahead)), theme.warning));
    }
    if let Some([answers, sources]) = masked(model) {
        let text = masked_words(answers, sources, model.followed().unmask);
        return Some(part(text, theme.warning));
    }
    let folded = model.folded().filter(|_| !model.is_covered())?;
    let text = format!(
        "Records until {} were folded away: counted, not listed. Of this stretch of time only the rest shows.",
        folded.last.clock()
    );
    Some(part(text, theme.warning))
}

fn wrong(session: &LiveSession, trouble: &Trouble, theme: &Theme, roomy: bool) -> Part {
    let what = match session.reading {
        Reading::Streaming | Reading::Stalled => "what was missed cannot be read: ",
        Reading::Polling => "no Live Tail, polling instead: ",
        Reading::Connecting | Reading::Waiting(_) | Reading::Refused => "",
    };
    let mut spans = vec![Span::styled(format!("{what}{}", visible(&trouble.text)), theme.warning)];
    let Some(hint) = &trouble.hint else { return spans };
    let help = [Span::styled("try: ", theme.dim), Span::styled(visible(hint).into_owned(), theme.strong)];
    let at = if roomy { spans.len() } else { 0 };
    spans.insert(at, Span::raw("  "));
    spans.splice(if roomy { at + 1..at + 1 } else { 0..0 }, help);
    spans
}

/// The state of the feed, over whatever screen there is.
pub(super) fn draw(model: &Model, scroll: u16, theme: &Theme, frame: &mut Frame<'_>, area: Rect) {
    let across = area.width.min(100);
    let lines = lines(model, theme, across.saturating_sub(2));
    overlay(
        " feed ",
        lines,
        scroll,
        theme,
        frame,
        Rect { width: across, x: area.x + (area.width - across) / 2, ..area },
    );
}

/// A line of the pane: what it is about, and what there is to say, on as many lines as that takes.
fn entry(label: &str, says: Part, theme: &Theme, across: u16) -> Vec<Line<'static>> {
    let room = across.saturating_sub(u16::try_from(LABEL).unwrap_or(0));
    let wrapped = wrap(says, room, 6);
    let mut lines = Vec::new();
    for (at, line) in wrapped.into_iter().enumerate() {
        let label = if at == 0 { label } else { "" };
        let mut spans = vec![Span::styled(format!(" {label:<0$}", LABEL - 1), theme.dim)];
        spans.extend(line.spans);
        lines.push(Line::from(spans));
    }
    lines
}

fn lines(model: &Model, theme: &Theme, across: u16) -> Vec<Line<'static>> {
    let mut lines = Vec::new();
    let mut add = |label: &str, says: Part| lines.extend(entry(label, says, theme, across));
    let said = |text: String| part(text, theme.text);
    let is_live = model.setup().source == Source::Live;
    if is_live {
        let mut spans = vec![badge(model, theme, usize::from(across))];
        for (_, forms) in parts(model, theme).into_iter().filter(|(place, _)| *place < LESSER) {
            spans.push(Span::raw("  "));
            spans.extend(forms.into_iter().next().unwrap_or_default());
        }
        add("reading", spans);
        if let Some(notice) = notice(model, theme, true) {
            add("", notice);
        }
        let followed = model.followed();
        let pattern = followed.pattern.as_deref();
        let asked = pattern.map_or("records of every type".to_owned(), |text| visible(text).into_owned());
        add("asked for", said(asked));
    }
    missing(model, theme, &mut add);
    kept(model, theme, &mut add);
    if let Some(text) = quota(model) {
        add("sessions", said(text));
    }
    for session in model.status().map_or(&[][..], |status| &status.sessions) {
        session_lines(model, session, theme, &mut add);
    }
    if !is_live {
        for input in &model.feed().inputs {
            add("input", said(visible(input).into_owned()));
        }
    }
    for (input, why) in &model.feed().failures {
        add("failed", part(about(input, why), theme.warning));
    }
    for (input, what) in &model.feed().remarks {
        add("note", said(about(input, what)));
    }
    lines
}

/// What is known to be missing, and why.
fn missing(model: &Model, theme: &Theme, add: &mut impl FnMut(&str, Part)) {
    let said = |text: String| part(text, theme.text);
    let is_live = model.setup().source == Source::Live;
    let forms = losses(model, theme);
    add("missing", forms.into_iter().next().unwrap_or_default());
    let loss = model.loss();
    malformed(model, theme, add);
    for words in model.known().fleet.tally().unseen_words() {
        add("", part(words, theme.warning));
    }
    for gap in loss.gaps.iter().rev().take(GAPS) {
        add("", part(gap_text(*gap), theme.warning));
    }
    if loss.gaps.len() > GAPS {
        add("", said(format!("and {} before", count((loss.gaps.len() - GAPS) as u64, "gap"))));
    }
    for (what, count) in model.known().fleet.tally().incomplete() {
        add("", part(what.words(count), theme.warning));
    }
    if loss.sampled_seconds > 0 && is_live && !model.followed().complete {
        let what = "Live Tail sends a sample of more than 500 records a second: --aaaa-only asks for fewer, --complete \
                    reads the others, too.";
        add("", said(what.to_owned()));
    }
}

/// What is kept in memory, and what is recorded.
fn kept(model: &Model, theme: &Theme, add: &mut impl FnMut(&str, Part)) {
    let said = |text: String| part(text, theme.text);
    let known = model.known();
    let listed = known.timeline.len();
    let memory = known.memory() + known.tape.memory();
    add("listed", said(format!("{}, {} of memory in all", count(listed, "record"), bytes(memory as u64))));
    if let Some(folded) = model.folded() {
        let text = format!(
            "{} until {} folded away: counted, not listed",
            count(folded.records, "record"),
            folded.last.clock()
        );
        add("", said(text));
    }
    if let Some(path) = &model.followed().recording {
        let missed = model.status().and_then(|status| status.unrecorded).unwrap_or(0);
        add("recording", said(visible(path).into_owned()));
        if missed > 0 {
            add("", part(format!("{} could not be recorded", count(missed, "record")), theme.warning));
        }
    }
}

/// How many sessions there are in each Region and how many there may be; `None` if there is only one session.
fn quota(model: &Model) -> Option<String> {
    let sessions = &model.status().filter(|status| status.sessions.len() > 1)?.sessions;
    let mut regions: BTreeMap<&str, u64> = BTreeMap::new();
    for session in sessions {
        let group = model.followed().groups.get(session.first);
        *regions.entry(group.map_or("", |group| &group.region)).or_default() += 1;
    }
    let regions: Vec<String> =
        regions.into_iter().map(|(region, count)| format!("{count} in {}", visible(region))).collect();
    let quota = model.followed().quota;
    Some(format!("{}; an account may have {quota} in a Region unless that was raised", regions.join(", ")))
}

/// What could not be read as a record: why, how often, and the first pieces of it.
fn malformed(model: &Model, theme: &Theme, add: &mut dyn FnMut(&str, Part)) {
    let known = model.known();
    for (why, count) in &known.fleet.tally().reasons {
        add("", part(format!("{} × {why}", number(*count)), theme.warning));
    }
    for sample in &known.samples {
        let input = model.feed().inputs.get(sample.input).map_or("", String::as_str);
        let place = match model.setup().source {
            // What is followed has no bytes that anybody could look up.
            Source::Live => visible(input).into_owned(),
            _ => format!("{} at byte {}", visible(file_name(input)), number(sample.place.offset)),
        };
        add("", part(format!("{place}: {}", visible(&sample.text)), theme.dim));
    }
}

/// What there is to be said of an input, by its name unless that is said already.
pub(super) fn about(input: &str, what: &str) -> String {
    if input.is_empty() || what.contains(input) {
        return visible(what).into_owned();
    }
    format!("{}: {}", visible(input), visible(what))
}

/// The last part of a path: where it lies, whoever gave it knows.
pub(super) fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

fn session_lines(model: &Model, session: &LiveSession, theme: &Theme, add: &mut dyn FnMut(&str, Part)) {
    let groups = &model.followed().groups;
    let range = session.first..(session.first + session.count).min(groups.len());
    let region = groups.get(session.first).map_or("", |group| group.region.as_str());
    let mut words = vec![
        visible(region).into_owned(),
        word(session).to_lowercase(),
        format!("{} min billed", number(session.minutes)),
        count(session.reconnects, "reconnect"),
        format!(
            "{}, {} of them not from a stream",
            count(session.records, "record"),
            number(session.fetched)
        ),
    ];
    if session.filling {
        words.push("backfilling".to_owned());
    }
    if let Some(newest) = session.newest {
        words.push(format!("newest {}", newest.clock()));
    }
    add("session", part(words.join(" · "), theme.strong));
    if let Some(trouble) = &session.trouble {
        add("", wrong(session, trouble, theme, true));
    }
    for at in range {
        let came = model.status().and_then(|status| status.groups.get(at).copied()).unwrap_or_default();
        let text = format!(
            "{}  {}, {}",
            visible(&groups[at].name),
            count(came.records, "record"),
            bytes(came.bytes)
        );
        add("", part(text, theme.text));
    }
}

fn gap_text(gap: Gap) -> String {
    format!("not all records from {} to {} were seen", gap.from, gap.until)
}

/// What is to be said of following when the console has ended; line by line.
pub(super) fn closing(model: &Model) -> String {
    let mut text = String::new();
    for gap in &model.loss().gaps {
        // Writing to a string cannot fail.
        _ = writeln!(text, "{}", gap_text(*gap));
    }
    let settling = model.status().into_iter().flat_map(|status| &status.sessions);
    if let Some(gap) = settling.filter_map(|session| session.settling).reduce(Gap::hull) {
        _ = writeln!(text, "{}", sentence(&settling_words(gap)));
    }
    if let Some(folded) = model.folded() {
        let what = count(folded.records, "record");
        _ = writeln!(text, "{what} until {} folded away: counted, not listed.", folded.last);
    }
    let Some(status) = model.status() else { return text };
    let sum = |of: fn(&LiveSession) -> u64| status.sessions.iter().map(of).sum::<u64>();
    _ = writeln!(
        text,
        "Live Tail: {} billed, {}, {} read that no stream delivered.",
        count(sum(|session| session.minutes), "minute"),
        count(sum(|session| session.reconnects), "reconnect"),
        count(sum(|session| session.fetched), "record"),
    );
    text
}
