//! Shows what is searched for wherever it is on a screen.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::text::width;
use super::theme::Theme;
use crate::console::Search;

/// Highlights the text in what was drawn in `area`.
pub(super) fn highlight(search: &Search, theme: &Theme, buffer: &mut Buffer, area: Rect) {
    let wanted = search.text().to_lowercase();
    let area = area.intersection(buffer.area);
    if wanted.is_empty() {
        return;
    }
    for y in area.top()..area.bottom() {
        // The text of the row, and the cell of each of its bytes; the second cell of a wide character says
        // nothing.
        let (mut text, mut cells) = (String::new(), Vec::new());
        let mut x = area.left();
        while x < area.right() {
            let symbol = buffer[(x, y)].symbol().to_lowercase();
            cells.resize(cells.len() + symbol.len(), x);
            let wide = width(&symbol).max(1);
            text.push_str(&symbol);
            x = x.saturating_add(u16::try_from(wide).unwrap_or(1));
        }
        for (at, _) in text.match_indices(&wanted) {
            for x in &cells[at..at + wanted.len()] {
                buffer[(*x, y)].set_style(theme.mode);
            }
        }
    }
}
