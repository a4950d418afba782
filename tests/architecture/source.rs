//! Rust source as the rules need it: the paths that its code names, each on its line. Comments, texts and
//! whatever is compiled for tests only are left out.

use std::collections::BTreeMap;

/// One word or sign of the code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) line: usize,
    pub(crate) text: String,
}

impl Token {
    fn is_name(&self) -> bool {
        self.text.starts_with(|first: char| first.is_alphabetic() || first == '_')
    }
}

/// A path that the code names, `std::fs::File` or `todo!`, in full as far as the file itself says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Named {
    pub(crate) line: usize,
    pub(crate) path: Vec<String>,
    /// What it is called there by `use … as`.
    pub(crate) alias: Option<String>,
}

/// The code of a file in words and signs; `::` is one.
pub(crate) fn tokens(source: &str) -> Vec<Token> {
    let bytes: Vec<char> = source.chars().collect();
    let mut tokens = Vec::new();
    let (mut at, mut line) = (0, 1);
    while let Some(&here) = bytes.get(at) {
        let start = at;
        let next = bytes.get(at + 1).copied().unwrap_or_default();
        if here == '/' && next == '/' {
            at = (at..bytes.len()).find(|at| bytes[*at] == '\n').unwrap_or(bytes.len());
        } else if here == '/' && next == '*' {
            at = behind_comment(&bytes, at);
        } else if let Some(end) = behind_text(&bytes, at) {
            at = end;
        } else if here.is_alphanumeric() || here == '_' {
            let is_part = |at: &usize| bytes[*at].is_alphanumeric() || bytes[*at] == '_';
            at = (at..bytes.len()).find(|at| !is_part(at)).unwrap_or(bytes.len());
            tokens.push(Token { line, text: bytes[start..at].iter().collect() });
        } else if here == ':' && next == ':' {
            at += 2;
            tokens.push(Token { line, text: "::".to_owned() });
        } else {
            at += 1;
            if !here.is_whitespace() {
                tokens.push(Token { line, text: here.to_string() });
            }
        }
        line += bytes[start..at].iter().filter(|character| **character == '\n').count();
    }
    tokens
}

/// Behind the comment that begins at `at`; comments nest.
fn behind_comment(text: &[char], mut at: usize) -> usize {
    let mut depth = 0;
    while at < text.len() {
        match text[at..] {
            ['/', '*', ..] => (depth, at) = (depth + 1, at + 2),
            ['*', '/', ..] => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            break;
        }
    }
    at
}

/// Behind the string or character that begins at `at`, if one does.
fn behind_text(text: &[char], at: usize) -> Option<usize> {
    let mut quote = at;
    while matches!(text.get(quote), Some('b' | 'c' | 'r')) && quote < at + 2 {
        quote += 1;
    }
    let is_raw = text[at..quote].contains(&'r');
    let hashes = text[quote..].iter().take_while(|character| **character == '#').count();
    match text.get(quote + if is_raw { hashes } else { 0 })? {
        '"' if is_raw => {
            let open = quote + hashes + 1;
            let closes = |at: &usize| {
                text[*at] == '"' && text[*at + 1..].iter().take_while(|it| **it == '#').count() >= hashes
            };
            Some((open..text.len()).find(closes).map_or(text.len(), |end| end + 1 + hashes))
        }
        '"' => Some(behind_quote(text, quote)),
        // A lifetime has no quote behind its name.
        '\'' if matches!(text.get(quote + 1..), Some(['\\', ..] | [_, '\'', ..])) => {
            Some(behind_quote(text, quote))
        }
        _ => None,
    }
}

/// Behind the quote that closes the one at `open`.
fn behind_quote(text: &[char], open: usize) -> usize {
    let mut at = open + 1;
    while at < text.len() && text[at] != text[open] {
        at += if text[at] == '\\' { 2 } else { 1 };
    }
    (at + 1).min(text.len())
}

/// A function with a body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Function {
    /// The line of its `fn`.
    pub(crate) line: usize,
    pub(crate) name: String,
    /// How many lines it has, from its `fn` to the brace that closes it.
    pub(crate) lines: usize,
}

/// All functions that have a body, those inside others, too.
pub(crate) fn functions(tokens: &[Token]) -> Vec<Function> {
    let begins = |pair: &[Token]| pair[0].text == "fn" && pair[1].is_name();
    let starts = tokens.windows(2).enumerate().filter(|(_, pair)| begins(pair)).map(|(at, _)| at);
    let functions = starts.filter_map(|at| {
        let last = &tokens[behind_item(tokens, at) - 1];
        let (line, name) = (tokens[at].line, tokens[at + 1].text.clone());
        (last.text == "}").then(|| Function { line, name, lines: last.line - line + 1 })
    });
    functions.collect()
}

/// The names of types that are declared, each with its line. What an `impl` or a trait calls a type is no
/// declaration of one.
pub(crate) fn types(tokens: &[Token]) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let mut depth = 0;
    for pair in tokens.windows(2) {
        let is_declared = match pair[0].text.as_str() {
            "{" => {
                depth += 1;
                false
            }
            "}" => {
                depth -= 1;
                false
            }
            "struct" | "enum" | "trait" => true,
            "type" => depth == 0,
            _ => false,
        };
        if is_declared && pair[1].is_name() {
            found.push((pair[1].line, pair[1].text.clone()));
        }
    }
    found
}

/// The same without items under `#[cfg(test)]`.
pub(crate) fn without_tests(tokens: &[Token]) -> Vec<Token> {
    const MARK: [&str; 7] = ["#", "[", "cfg", "(", "test", ")", "]"];
    let mut kept = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let is_mark = tokens[at..].iter().map(|token| token.text.as_str()).take(MARK.len()).eq(MARK);
        if is_mark {
            at = behind_item(tokens, at + MARK.len());
        } else {
            kept.push(tokens[at].clone());
            at += 1;
        }
    }
    kept
}

/// Behind the item that begins at `at`: its semicolon, or the brace that closes it.
fn behind_item(tokens: &[Token], mut at: usize) -> usize {
    let mut depth = 0;
    while let Some(token) = tokens.get(at) {
        at += 1;
        match token.text.as_str() {
            "{" | "[" | "(" => depth += 1,
            "}" | "]" | ")" => depth -= 1,
            _ => {}
        }
        if depth == 0 && matches!(token.text.as_str(), ";" | "}") {
            break;
        }
    }
    at
}

/// The paths that `tokens` name in the module `module`, in which `self`, `super` and `crate` are said in
/// full.
pub(crate) fn named(tokens: &[Token], module: &[String]) -> Vec<Named> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        if tokens[at].text == "use" {
            at = used(tokens, at + 1, &mut Vec::new(), &mut found);
        } else if tokens[at].is_name() {
            let mut path = vec![tokens[at].text.clone()];
            let line = tokens[at].line;
            at += 1;
            while at + 1 < tokens.len() && tokens[at].text == "::" && tokens[at + 1].is_name() {
                path.push(tokens[at + 1].text.clone());
                at += 2;
            }
            found.push(Named { line, path, alias: None });
        } else {
            at += 1;
        }
    }
    for named in &mut found {
        resolve(&mut named.path, module);
    }
    found
}

/// What `tokens` take in by `use` in the module `module`, by the name that it has there then; the path in
/// full as far as the file itself says.
pub(crate) fn imported(tokens: &[Token], module: &[String]) -> BTreeMap<String, Vec<String>> {
    let mut imports = BTreeMap::new();
    let mut at = 0;
    while at < tokens.len() {
        if tokens[at].text != "use" {
            at += 1;
            continue;
        }
        let mut found = Vec::new();
        at = used(tokens, at + 1, &mut Vec::new(), &mut found);
        for Named { mut path, alias, .. } in found {
            resolve(&mut path, module);
            if let Some(name) = alias.or_else(|| path.last().cloned()) {
                imports.insert(name, path);
            }
        }
    }
    imports
}

/// Reads a tree of `use` behind `prefix`. Gives the index behind it.
fn used(tokens: &[Token], mut at: usize, prefix: &mut Vec<String>, found: &mut Vec<Named>) -> usize {
    let depth = prefix.len();
    while let Some(token) = tokens.get(at) {
        match token.text.as_str() {
            "::" => at += 1,
            "{" => {
                at += 1;
                while tokens.get(at).is_some_and(|token| token.text != "}") {
                    at = used(tokens, at, prefix, found);
                    at += usize::from(tokens.get(at).is_some_and(|token| token.text == ","));
                }
                at += 1;
                break;
            }
            "as" => {
                if let (Some(named), Some(alias)) = (found.last_mut(), tokens.get(at + 1)) {
                    named.alias = Some(alias.text.clone());
                }
                at += 2;
            }
            _ if token.is_name() || token.text == "*" => {
                prefix.push(token.text.clone());
                let goes_on = tokens.get(at + 1).is_some_and(|next| next.text == "::");
                if !goes_on {
                    let path = prefix.iter().filter(|part| *part != "self" || prefix.len() == 1).cloned();
                    found.push(Named { line: token.line, path: path.collect(), alias: None });
                }
                at += 1;
            }
            _ => break,
        }
    }
    prefix.truncate(depth);
    at
}

fn resolve(path: &mut Vec<String>, module: &[String]) {
    let mut base = module.to_vec();
    let mut is_relative = false;
    while let Some(first) = path.first() {
        match first.as_str() {
            "crate" | "r53tail" => base.clear(),
            "super" => {
                base.pop();
            }
            "self" => {}
            _ => break,
        }
        is_relative = true;
        path.remove(0);
    }
    if is_relative {
        let full = std::iter::once("crate".to_owned()).chain(base).chain(path.drain(..)).collect();
        *path = full;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(source: &str, module: &[&str]) -> Vec<(usize, String)> {
        let module: Vec<String> = module.iter().map(ToString::to_string).collect();
        named(&without_tests(&tokens(source)), &module)
            .into_iter()
            .map(|named| (named.line, named.path.join("::")))
            .collect()
    }

    fn has(source: &str, line: usize, path: &str) -> bool {
        paths(source, &["fleet", "pair"]).contains(&(line, path.to_owned()))
    }

    #[test]
    fn paths_are_found_on_their_lines() {
        assert!(has("use std::{\n  io,\n  fs::{self, File as F},\n};", 3, "std::fs"));
        assert!(has("use std::{\n  io,\n  fs::{self, File as F},\n};", 3, "std::fs::File"));
        assert!(has("use std::fs;", 1, "std::fs"));
        assert!(has("use std::fs::*;", 1, "std::fs::*"));
        assert!(has("use ::std::fs;", 1, "std::fs"));
        assert!(has("\nfn f() { std::fs::read(x) }", 2, "std::fs::read"));
        assert!(has("fn f() -> std::time::Instant {}", 1, "std::time::Instant"));
        assert!(has("use crate::report::Report;", 1, "crate::report::Report"));
        assert!(has("use super::super::report;", 1, "crate::report"));
        assert!(has("use super::{Fleet, super::view};", 1, "crate::view"));
        assert!(has("fn f() { super::super::feed::read() }", 1, "crate::feed::read"));
        assert!(has("fn f<'a>(x: &'a str) { tokio::spawn(x) }", 1, "tokio::spawn"));
    }

    #[test]
    fn functions_are_as_long_as_their_braces_say() {
        let source = "fn a<F: Fn(u8) -> [u8; 2]>(f: fn(u8)) -> [u8; 2]\nwhere\n  F: Clone,\n{\n  // }\n  \
                      let x = '}';\n  fn b() { if y { \"}\" } }\n}\ntrait T { fn c();\n fn d() {} }\n";
        let found: Vec<(usize, String, usize)> = functions(&tokens(source))
            .into_iter()
            .map(|function| (function.line, function.name, function.lines))
            .collect();
        assert_eq!(found, [(1, "a".to_owned(), 8), (7, "b".to_owned(), 1), (10, "d".to_owned(), 1)]);
    }

    #[test]
    fn types_are_found_where_they_are_declared() {
        let source = "struct A(u8);\npub enum B<T> { C(T) }\ntrait D { type E; }\nimpl D for A { type E = u8; }\n\
                      type F = A;\nfn f() { struct G; }\n#[cfg(test)]\nmod tests { struct H; }\n// struct I\n";
        let found: Vec<String> =
            types(&without_tests(&tokens(source))).into_iter().map(|(_, name)| name).collect();
        assert_eq!(found, ["A", "B", "D", "F", "G"]);
    }

    #[test]
    fn comments_texts_and_tests_name_nothing() {
        for source in [
            "// std::fs",
            "/* std::fs /* tokio */ std::fs */",
            "//! [`std::fs`]",
            "const A: &str = \"std::fs\\\" std::fs\";",
            "const A: &[u8] = br#\"std::fs\" std::fs\"#;",
            "const A: &str = r\"std::fs\\\";",
            "const A: char = '\"'; const B: char = '\\''; const C: &str = \"std::fs\";",
            "#[cfg(test)]\nmod tests { use std::fs; fn f() { { std::fs::read() } } }",
            "#[cfg(test)]\n#[allow(x)]\nuse std::fs;",
        ] {
            let found = paths(source, &[]);
            assert!(!found.iter().any(|(_, path)| path.contains("fs")), "{source}: {found:?}");
        }
        assert!(has("#[cfg(test)]\nmod tests { fn f() {} }\nuse std::fs;", 3, "std::fs"));
        assert!(has("const A: &str = \"x\ny\"; use std::fs;", 2, "std::fs"));
    }
}
