//! What stays in the terminal when the console is gone.

use std::fmt::Write as _;

use super::live;
use super::text::{count, number, visible};
use super::theme::Theme;
use super::words;
use crate::console::Model;
use crate::fleet::Status;

/// How many origins the summary lists.
const ORIGINS: usize = 12;

/// The outcome in a few lines of plain text; ends with a line feed.
#[must_use]
pub fn summary(model: &Model) -> String {
    let tally = model.known().fleet.tally();
    let mut text = String::new();
    let answer: String =
        words::answer(model, &Theme::plain(), u16::MAX).iter().map(|span| span.content.as_ref()).collect();
    // Writing to a string cannot fail.
    _ = writeln!(text, "{answer}");
    let origins = model.ranking().origins();
    for origin in origins.iter().take(ORIGINS) {
        let (_, id, _) = model.known().fleet.origin_text(origin.key);
        let counts: Vec<String> = Status::ALL
            .into_iter()
            .filter(|status| origin.count(*status) > 0)
            .map(|status| format!("{} {}", number(u64::from(origin.count(status))), status.words()))
            .collect();
        _ = writeln!(text, "  {}  DNS64 {}  {}", visible(id), origin.dns64.word(), counts.join(", "));
    }
    if origins.len() > ORIGINS {
        _ = writeln!(text, "  and {}", count((origins.len() - ORIGINS) as u64, "more origin"));
    }
    let loss = &tally.loss;
    _ = writeln!(
        text,
        "{} read, {} malformed, {}, {} s sampled.",
        count(tally.records, "record"),
        number(tally.malformed),
        count(loss.gaps.len() as u64, "gap"),
        number(loss.sampled_seconds)
    );
    for words in tally.unseen_words() {
        _ = writeln!(text, "{words}");
    }
    for (what, count) in tally.incomplete() {
        _ = writeln!(text, "{}", what.words(count));
    }
    text.push_str(&live::closing(model));
    for (input, why) in &model.feed().failures {
        _ = writeln!(text, "{}", live::about(input, why));
    }
    for (input, what) in &model.feed().remarks {
        _ = writeln!(text, "note: {}", live::about(input, what));
    }
    text
}
