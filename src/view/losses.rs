//! What is known to be missing, in the header.

use ratatui::text::Span;

use super::part::{Part, part};
use super::text::{count, number};
use super::theme::Theme;
use crate::console::Model;

/// What is known to be missing: always said, at length if there is anything.
pub(super) fn losses(model: &Model, theme: &Theme) -> Vec<Part> {
    let tally = model.known().fleet.tally();
    let loss = &model.loss();
    let mut parts = vec![
        (tally.malformed, format!("{} malformed", number(tally.malformed))),
        (loss.gaps.len() as u64, count(loss.gaps.len() as u64, "gap")),
        (loss.sampled_seconds, format!("{} s sampled", number(loss.sampled_seconds))),
    ];
    for (count, what) in [
        (loss.dropped, "dropped"),
        (tally.unknown_total(), "unknown"),
        (tally.partial, "partial"),
        (tally.masked_sources, if tally.masked_sources == 1 { "masked source" } else { "masked sources" }),
    ] {
        if count > 0 {
            parts.push((count, format!("{} {what}", number(count))));
        }
    }
    let incomplete = tally.incomplete().count() as u64;
    if incomplete > 0 {
        parts.push((incomplete, "not all there is".to_owned()));
    }
    let none = parts.iter().all(|(count, _)| *count == 0);
    let all = |parts: &[(u64, String)]| {
        let mut spans = Part::new();
        for (count, text) in parts {
            if !spans.is_empty() {
                spans.push(Span::styled(" · ", theme.faint));
            }
            let style = if *count > 0 { theme.warning } else { theme.dim };
            spans.push(Span::styled(text.clone(), style));
        }
        spans
    };
    if none {
        return vec![all(&parts), part("no loss", theme.dim)];
    }
    let only: Vec<(u64, String)> = parts.iter().filter(|(count, _)| *count > 0).cloned().collect();
    vec![all(&parts), all(&only), part("loss!", theme.warning)]
}
