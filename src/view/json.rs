//! A raw record laid out to be read.

use unicode_width::UnicodeWidthChar;

use super::text::visible;

/// Past this many bytes a record is cut: nobody reads on.
const LONGEST: usize = 64 << 10;

/// What a run of text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ink {
    Key,
    Text,
    Mark,
}

/// The lines of a JSON value: as it is, in its order and spelling, with only blanks put in. Small lists and
/// objects stay on one line if they fit into `across`; what does not fit goes on below, further in. Anything
/// that is no JSON comes out as it is, made visible.
pub(super) fn lines(bytes: &[u8], across: usize) -> Vec<Vec<(String, Ink)>> {
    let text = String::from_utf8_lossy(&bytes[..bytes.len().min(LONGEST)]);
    if !text.trim_start().starts_with(['{', '[']) {
        // A row of a table: blanks in it would be taken for a part of it.
        let plain = |line| fold(vec![(visible(line).into_owned(), Ink::Text)], across);
        return text.lines().flat_map(plain).collect();
    }
    let tokens = tokens(&text);
    let mut lines = vec![Vec::new()];
    let mut depth = 0;
    lay_out(&tokens, &mut 0, &mut depth, across, &mut lines);
    lines.into_iter().flat_map(|line| fold(line, across)).collect()
}

/// A line in as many as it takes for none to be wider than `across`.
fn fold(line: Vec<(String, Ink)>, across: usize) -> Vec<Vec<(String, Ink)>> {
    let indent = line.first().filter(|(text, _)| text.trim().is_empty()).map_or(0, |(text, _)| text.len());
    let hanging = if indent + 4 < across / 2 { indent + 4 } else { 0 };
    let mut folded = vec![Vec::new()];
    let mut used = 0;
    for (text, ink) in line {
        let mut part = String::new();
        for char in text.chars() {
            let wide = char.width().unwrap_or(0);
            if used + wide > across {
                put_part(&mut folded, &mut part, ink);
                folded.push(vec![(" ".repeat(hanging), Ink::Mark)]);
                used = hanging;
            }
            part.push(char);
            used += wide;
        }
        put_part(&mut folded, &mut part, ink);
    }
    folded
}

fn put_part(lines: &mut [Vec<(String, Ink)>], part: &mut String, ink: Ink) {
    if let Some(line) = lines.last_mut().filter(|_| !part.is_empty()) {
        line.push((std::mem::take(part), ink));
    }
}

fn tokens(text: &str) -> Vec<&str> {
    let mut tokens = Vec::new();
    let mut rest = text.trim();
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '{' | '}' | '[' | ']' | ',' | ':' => 1,
            '"' => string_length(rest),
            char if char.is_whitespace() => {
                rest = rest.trim_start();
                continue;
            }
            _ => rest
                .find(|char: char| "{}[],:\"".contains(char) || char.is_whitespace())
                .unwrap_or(rest.len()),
        };
        let (token, after) = rest.split_at(length);
        tokens.push(token);
        rest = after;
    }
    tokens
}

fn string_length(text: &str) -> usize {
    let mut escaped = false;
    for (at, char) in text.char_indices().skip(1) {
        match char {
            '"' if !escaped => return at + 1,
            '\\' => escaped = !escaped,
            _ => escaped = false,
        }
    }
    text.len()
}

fn lay_out(
    tokens: &[&str],
    at: &mut usize,
    depth: &mut usize,
    across: usize,
    lines: &mut Vec<Vec<(String, Ink)>>,
) {
    while let Some(token) = tokens.get(*at) {
        match *token {
            "{" | "[" => {
                let end = closing(tokens, *at);
                let inner = &tokens[*at..end.min(tokens.len())];
                let length: usize = inner.iter().map(|token| token.len() + 1).sum();
                let nested = inner.iter().skip(1).any(|token| matches!(*token, "{" | "["));
                if !nested && length + *depth * 2 <= across.min(72) {
                    for (index, token) in inner.iter().enumerate() {
                        let key = inner.get(index + 1) == Some(&":");
                        put(lines, token, key);
                        if matches!(*token, "," | ":") {
                            put(lines, " ", false);
                        }
                    }
                    *at = end;
                    continue;
                }
                put(lines, token, false);
                *depth += 1;
                new_line(lines, *depth);
            }
            "}" | "]" => {
                *depth = depth.saturating_sub(1);
                new_line(lines, *depth);
                put(lines, token, false);
            }
            "," => {
                put(lines, token, false);
                new_line(lines, *depth);
            }
            ":" => put(lines, ": ", false),
            _ => put(lines, token, tokens.get(*at + 1) == Some(&":")),
        }
        *at += 1;
    }
}

/// The place after the token that closes the one at `at`.
fn closing(tokens: &[&str], at: usize) -> usize {
    let mut open = 0_usize;
    for (index, token) in tokens.iter().enumerate().skip(at) {
        match *token {
            "{" | "[" => open += 1,
            "}" | "]" => open = open.saturating_sub(1),
            _ => {}
        }
        if open == 0 {
            return index + 1;
        }
    }
    tokens.len()
}

fn put(lines: &mut [Vec<(String, Ink)>], token: &str, key: bool) {
    let ink = match token.trim() {
        "{" | "}" | "[" | "]" | "," | ":" | "" => Ink::Mark,
        _ if key => Ink::Key,
        _ => Ink::Text,
    };
    if let Some(line) = lines.last_mut() {
        line.push((visible(token).into_owned(), ink));
    }
}

fn new_line(lines: &mut Vec<Vec<(String, Ink)>>, depth: usize) {
    lines.push(vec![("  ".repeat(depth), Ink::Mark)]);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(json: &str) -> Vec<String> {
        let lines = lines(json.as_bytes(), 60);
        lines.iter().map(|line| line.iter().map(|(text, _)| text.as_str()).collect()).collect()
    }

    #[test]
    fn values_are_laid_out_as_they_stand() {
        assert_eq!(
            text(
                r#"{"b":"x\"y","answers":[{"Rdata":"192.0.2.1","Type":"A"}],"a":[],"srcids":{"instance":"i-1"}}"#
            ),
            [
                "{",
                r#"  "b": "x\"y","#,
                r#"  "answers": ["#,
                r#"    {"Rdata": "192.0.2.1", "Type": "A"}"#,
                "  ],",
                r#"  "a": [],"#,
                r#"  "srcids": {"instance": "i-1"}"#,
                "}",
            ]
        );
    }

    #[test]
    fn what_does_not_fit_goes_on_below() {
        let folded = lines(br#"{"name":"0123456789012345","b":1}"#, 20);
        let text: Vec<String> =
            folded.iter().map(|line| line.iter().map(|(text, _)| text.as_str()).collect()).collect();
        assert_eq!(text, ["{", r#"  "name": "012345678"#, r#"      9012345","#, r#"  "b": 1"#, "}"]);
        for across in 1..30 {
            let widest = lines("{\"例え例え例え\":[{\"a\":\"bcdefghi\"}]}".as_bytes(), across);
            let width = |line: &Vec<(String, Ink)>| {
                line.iter().map(|(text, _)| super::super::text::width(text)).sum()
            };
            let widest: usize = widest.iter().map(width).max().unwrap();
            assert!(widest <= across.max(2), "{across}: {widest}");
        }
    }

    #[test]
    fn what_is_no_json_comes_out_visible() {
        for (json, shown) in [
            ("", "|"),
            ("\x1b[1m", r"\u{1b}[1m|"),
            ("]}", "]}|"),
            ("[]}", "[]|}|"),
            ("2025-05-05T10:00:00Z,\"{\"\"a\"\":1}\",x", "2025-05-05T10:00:00Z,\"{\"\"a\"\":1}\",x|"),
            ("\"open", "\"open|"),
            ("{\"a\":", "{\"a\": |"),
        ] {
            let mut joined = text(json).join("|");
            joined.push('|');
            assert_eq!(joined, shown, "{json:?}");
        }
    }
}
