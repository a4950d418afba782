//! Spans that stand together, and lines made of them.

use ratatui::style::Style;
use ratatui::text::{Line, Span};
use unicode_width::UnicodeWidthStr;

use super::text::cut;

/// Spans that stand together.
pub(super) type Part = Vec<Span<'static>>;

/// One span.
pub(super) fn part(text: impl Into<String>, style: Style) -> Part {
    vec![Span::styled(text.into(), style)]
}

/// In columns.
pub(super) fn length(part: &Part) -> usize {
    part.iter().map(Span::width).sum()
}

/// Spans on at most `most` lines of `across` columns, broken at blanks; what is left over is cut.
pub(super) fn wrap(spans: Part, across: u16, most: usize) -> Vec<Line<'static>> {
    let across = usize::from(across).saturating_sub(1);
    let mut lines: Vec<Part> = vec![part(" ", Style::new())];
    for span in spans {
        let mut text = String::new();
        for word in span.content.split_inclusive(' ') {
            let width = lines.last().map_or(0, length) + text.width();
            if width + word.trim_end().width() > across && lines.len() < most {
                if let Some(line) = lines.last_mut() {
                    line.push(Span::styled(std::mem::take(&mut text), span.style));
                }
                lines.push(part(" ", Style::new()));
            }
            text.push_str(word);
        }
        if let Some(line) = lines.last_mut() {
            line.push(Span::styled(text, span.style));
        }
    }
    if let Some(last) = lines.last_mut().filter(|line| length(line) > across) {
        let mut left = across;
        for span in last.iter_mut() {
            let shown =
                if span.width() < left { span.content.to_string() } else { cut_short(&span.content, left) };
            left = if span.width() < left { left - span.width() } else { 0 };
            *span = Span::styled(shown, span.style);
        }
    }
    lines.into_iter().map(Line::from).collect()
}

/// The text in `columns`, its last one an ellipsis.
fn cut_short(text: &str, columns: usize) -> String {
    if columns == 0 { String::new() } else { cut(&format!("{text}  "), columns).into_owned() }
}
