//! What is shown in place of the matrix if there is nothing to show: what was read instead of a log.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;

use super::live::about;
use super::part::{part, wrap};
use super::theme::Theme;
use crate::console::{Model, Source};

/// Lines that one input may take.
const LINES: usize = 6;

/// What would be read.
const READS: &str = "r53tail reads query logs of Route 53 Resolver, from S3, CloudWatch Logs or Firehose, and as most tools \
                     export them. i shows what was read.";

/// Whether there is nothing to show, and something to be said of why.
pub(super) fn is_all(model: &Model) -> bool {
    let feed = model.feed();
    model.setup().source != Source::Live
        && model.known().fleet.tally().records == 0
        && !(feed.failures.is_empty() && feed.remarks.is_empty())
}

/// Each input that failed or was passed over, and why.
pub(super) fn draw(model: &Model, theme: &Theme, frame: &mut Frame<'_>, area: Rect) {
    let feed = model.feed();
    let failures = feed.failures.iter().map(|said| (said, theme.warning));
    let remarks = feed.remarks.iter().map(|said| (said, theme.text));
    let mut lines: Vec<_> = failures
        .chain(remarks)
        .flat_map(|((input, what), style)| wrap(part(about(input, what), style), area.width, LINES))
        .take(usize::from(area.height))
        .collect();
    let help = wrap(part(READS.to_owned(), theme.dim), area.width, LINES);
    if lines.len() + 1 + help.len() <= usize::from(area.height) {
        lines.push(Line::default());
        lines.extend(help);
    }
    super::put(frame, area, lines);
}
