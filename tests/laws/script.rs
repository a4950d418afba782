//! Reads the script that a report is as SQL, as strictly as anybody could: what it does not know it stops at.

use std::collections::{BTreeMap, HashMap};

/// The rows of each table, each value by the name of its column; a literal as what it says, `NULL` as that.
pub(crate) type Tables = HashMap<String, Vec<BTreeMap<String, String>>>;

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Word(String),
    Literal(String),
    Sign(char),
}

fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let is_word = |char: char| char.is_ascii_alphanumeric() || char == '_';
        let length = match first {
            ' ' | '\n' => 1,
            '-' if rest.starts_with("--") => rest.find('\n').expect("a comment ends"),
            '\'' => {
                let (mut said, mut at) = (String::new(), 1);
                loop {
                    let end = rest[at..].find('\'').expect("a literal ends") + at;
                    said.push_str(&rest[at..end]);
                    at = end + 1;
                    if !rest[at..].starts_with('\'') {
                        break;
                    }
                    said.push('\'');
                    at += 1;
                }
                assert!(!said.contains(['\n', '\0']), "a literal is on a line");
                tokens.push(Token::Literal(said));
                at
            }
            first if is_word(first) => {
                let length = rest.find(|char| !is_word(char)).expect("a statement ends");
                tokens.push(Token::Word(rest[..length].to_owned()));
                length
            }
            sign => {
                assert!("(),;.=".contains(sign), "{sign:?} is no SQL");
                tokens.push(Token::Sign(sign));
                1
            }
        };
        rest = &rest[length..];
    }
    tokens
}

/// The tables that a script makes.
pub(crate) fn tables(text: &str) -> Tables {
    let tokens = tokens(text);
    assert_eq!(tokens.last(), Some(&Token::Sign(';')), "it is whole");
    let statements: Vec<&[Token]> = tokens.split(|token| *token == Token::Sign(';')).collect();
    let word = |token: &Token| match token {
        Token::Word(word) => word.clone(),
        other => panic!("{other:?} is no word"),
    };
    let words = |statement: &[Token]| {
        statement
            .iter()
            .map_while(|token| match token {
                Token::Word(word) => Some(word.clone()),
                _ => None,
            })
            .collect::<Vec<_>>()
            .join(" ")
    };
    let (mut columns, mut tables) = (HashMap::<String, Vec<String>>::new(), Tables::new());
    let last = statements.len() - 2;
    for (at, statement) in statements[..=last].iter().enumerate() {
        match words(statement).split(' ').collect::<Vec<_>>()[..] {
            ["BEGIN", "TRANSACTION"] => assert_eq!(at, 0),
            ["COMMIT"] => assert_eq!(at, last),
            ["CREATE", "TABLE", name] => {
                let parts = statement[4..statement.len() - 1].split(|token| *token == Token::Sign(','));
                columns.insert(name.to_owned(), parts.map(|part| word(&part[0])).collect());
            }
            ["CREATE", "VIEW", ..] => {}
            ["INSERT", "INTO", name, "VALUES"] => {
                let of = &columns[name];
                let mut values = &statement[4..];
                while let [Token::Sign('('), rest @ ..] = values {
                    let end = rest.iter().position(|token| *token == Token::Sign(')')).expect("a row ends");
                    let row: Vec<&[Token]> = rest[..end].split(|token| *token == Token::Sign(',')).collect();
                    assert_eq!(row.len(), of.len(), "{row:?}");
                    let said = |value: &[Token]| match value {
                        [Token::Word(text) | Token::Literal(text)] => text.clone(),
                        other => panic!("{other:?} is no value"),
                    };
                    let named = of.iter().cloned().zip(row.into_iter().map(said)).collect();
                    tables.entry(name.to_owned()).or_default().push(named);
                    values = &rest[end + 1..];
                    if let [Token::Sign(','), more @ ..] = values {
                        values = more;
                    }
                }
                assert_eq!(values, [], "nothing stands behind the rows");
            }
            ref other => panic!("{other:?} is no statement of it"),
        }
    }
    tables
}
