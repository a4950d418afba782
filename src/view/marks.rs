//! Marks among the records of a list.

use ratatui::text::{Line, Span};

use super::text::visible;
use super::theme::Theme;
use super::words;
use crate::console::{Mark, Model};

/// The line that a mark has between two records.
pub(super) fn line(model: &Model, mark: &Mark, theme: &Theme) -> Line<'static> {
    let text = format!("  ── ⚑ {}  {} ──", words::time(model, mark.at), visible(&mark.name()));
    Span::styled(text, theme.marker).into()
}
