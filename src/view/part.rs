//! Spans that are kept together, and lines made of them.

use ratatui::style::Style;
use ratatui::text::{Line, Span};
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use super::text::cut;

/// Spans that are kept together on a line.
pub(super) type Part = Vec<Span<'static>>;

/// One span.
pub(super) fn part(text: impl Into<String>, style: Style) -> Part {
    vec![Span::styled(text.into(), style)]
}

/// The width of a part, in columns.
pub(super) fn length(part: &Part) -> usize {
    part.iter().map(Span::width).sum()
}

/// Spans on at most `most` lines of `across` columns, broken at blanks, and words longer than a line where it
/// ends; what is left over is cut.
pub(super) fn wrap(spans: Part, across: u16, most: usize) -> Vec<Line<'static>> {
    let across = usize::from(across).saturating_sub(1);
    let mut lines: Vec<Part> = vec![part(" ", Style::new())];
    for span in spans {
        let mut text = String::new();
        for mut word in span.content.split_inclusive(' ') {
            loop {
                let room = across.saturating_sub(lines.last().map_or(0, length) + text.width());
                if word.trim_end().width() <= room || lines.len() >= most {
                    break;
                }
                // A name that no line holds begins where there is room, or its sign would be alone on a line.
                if word.trim_end().width() >= across {
                    let (start, rest) = word.split_at(breaking(word, room));
                    text.push_str(start);
                    word = rest;
                }
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

/// Fewer columns than these are not begun in.
const BEGUN: usize = 8;

/// Where a word that is too long is broken, so that the part before the break takes at most `columns`: after
/// a dot or a hyphen if there is one in the last third.
fn breaking(word: &str, columns: usize) -> usize {
    if columns < BEGUN {
        return 0;
    }
    let mut taken = 0;
    let fits = |(_, cluster): &(usize, &str)| {
        taken += cluster.width();
        taken <= columns
    };
    let end = word.grapheme_indices(true).take_while(fits).last().map_or(0, |(at, text)| at + text.len());
    let after = word[..end].rfind(['.', '-']).map_or(0, |at| at + 1);
    if after * 3 > end * 2 { after } else { end }
}

/// The text in `columns`, its last one an ellipsis.
fn cut_short(text: &str, columns: usize) -> String {
    if columns == 0 { String::new() } else { cut(&format!("{text}  "), columns).into_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrapped(text: &str, across: u16, most: usize) -> Vec<String> {
        let lines = wrap(part(text.to_owned(), Style::new()), across, most);
        lines.iter().map(|line| line.spans.iter().map(|span| &*span.content).collect::<String>()).collect()
    }

    #[test]
    fn a_word_longer_than_a_line_begins_where_there_is_room() {
        assert_eq!(wrapped("one two three", 10, 3), [" one two ", " three"]);
        let long = format!("■ {}.example has none", "a".repeat(30));
        assert_eq!(wrapped(&long, 24, 9), [" ■ aaaaaaaaaaaaaaaaaaaa", " aaaaaaaaaa.example has ", " none"]);
        assert_eq!(
            wrapped("of host-1.internal.example.com", 22, 9),
            [" of host-1.internal.", " example.com"]
        );
        assert_eq!(wrapped("例え例え例え例え例え", 12, 9), [" 例え例え例", " え例え例え"]);
        // What is left over is cut, and nothing is too narrow.
        assert_eq!(wrapped(&long, 24, 1), [" ■ aaaaaaaaaaaaaaaaaaa…"]);
        for across in 0..12 {
            let lines = wrapped(&long, across, 4);
            assert!(
                lines.len() <= 4 && lines.iter().all(|line| line.trim().width() <= usize::from(across)),
                "{lines:?}"
            );
        }
    }
}
