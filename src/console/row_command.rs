//! Commands of somebody's own that are run on a row: what they are, and how their arguments are filled in.
//!
//! A command is a program with a list of arguments, and no shell reads it. What is put into an argument comes
//! from a log that nobody trusts, so it is put in only if all of it has the form of what it is said to be: of
//! an id, an account, a Region, a DNS name, an address. None of these forms begins with `-` or has a blank, a
//! quotation mark or a control character in it. What has another form is refused, with the reason.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use super::keys::Key;

/// What a row is about. A row has one of these for itself, and may hold others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowKind {
    /// Who asked.
    Origin,
    /// What was asked for.
    Endpoint,
    /// An origin and an endpoint.
    Pair,
    /// A record.
    Record,
    /// A finding.
    Finding,
}

impl RowKind {
    /// Every kind.
    pub const ALL: [Self; 5] = [Self::Origin, Self::Endpoint, Self::Pair, Self::Record, Self::Finding];

    /// Its name in the configuration.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Origin => "origin",
            Self::Endpoint => "endpoint",
            Self::Pair => "pair",
            Self::Record => "record",
            Self::Finding => "finding",
        }
    }
}

/// What stands for a value of the row in an argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Placeholder {
    /// `{instance}`: the id of the instance that asked.
    Instance,
    /// `{vpc}`: the id of its VPC.
    Vpc,
    /// `{subnet}`: the id of its subnet, where EC2 was asked for it.
    Subnet,
    /// `{region}`: the Region of the VPC.
    Region,
    /// `{account}`: the account of the VPC.
    Account,
    /// `{name}`: the name asked for, without its last dot.
    Name,
    /// `{address}`: the address that the query came from, or the first of those of the origin.
    Address,
}

impl Placeholder {
    /// Every one.
    pub const ALL: [Self; 7] =
        [Self::Instance, Self::Vpc, Self::Subnet, Self::Region, Self::Account, Self::Name, Self::Address];

    /// What stands between the braces.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Instance => "instance",
            Self::Vpc => "vpc",
            Self::Subnet => "subnet",
            Self::Region => "region",
            Self::Account => "account",
            Self::Name => "name",
            Self::Address => "address",
        }
    }

    /// The form that a value must have, for a person.
    #[must_use]
    pub fn form(self) -> &'static str {
        match self {
            Self::Instance => "i- and 8 or 17 hexadecimal digits",
            Self::Vpc => "vpc- and 8 or 17 hexadecimal digits",
            Self::Subnet => "subnet- and 8 or 17 hexadecimal digits",
            Self::Region => "a Region such as us-west-2",
            Self::Account => "12 digits",
            Self::Name => "labels of letters, digits, - and _, none of which begins or ends with -",
            Self::Address => "an IPv4 or IPv6 address",
        }
    }

    /// Whether `text` has the form.
    #[must_use]
    pub fn fits(self, text: &str) -> bool {
        match self {
            Self::Instance => is_id(text, "i-"),
            Self::Vpc => is_id(text, "vpc-"),
            Self::Subnet => is_id(text, "subnet-"),
            Self::Region => is_region(text),
            Self::Account => text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit()),
            Self::Name => is_name(text),
            Self::Address => text.parse::<IpAddr>().is_ok(),
        }
    }
}

/// The id of a resource of EC2: 8 or 17 hexadecimal digits behind its kind (Amazon EC2 User Guide, "Resource
/// IDs").
fn is_id(text: &str, kind: &str) -> bool {
    text.strip_prefix(kind).is_some_and(|digits| {
        matches!(digits.len(), 8 | 17)
            && digits.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
    })
}

/// A Region of any partition, also of one that is to come: an area, words, and a number, with `-` between.
fn is_region(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let Some((number, words)) = parts.split_last() else { return false };
    (2..=4).contains(&words.len())
        && words
            .iter()
            .all(|word| (2..=12).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_lowercase()))
        && (1..=2).contains(&number.len())
        && number.bytes().all(|byte| byte.is_ascii_digit())
}

/// A name of LDH labels (RFC 5890 section 2.3.1) and `_` (RFC 8552): at most 63 octets a label and 253 in
/// all, without the last dot.
fn is_name(text: &str) -> bool {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    };
    text.len() <= 253 && text.split('.').all(is_label)
}

/// Why an argument cannot be filled in.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unfilled {
    /// The row has no such value.
    #[error("this row has no {{{}}}", .0.word())]
    Missing(Placeholder),
    /// The text of the log for it has another form.
    #[error("refused, nothing is run: {{{}}} is `{text}` in the log, and must be {}", .placeholder.word(), .placeholder.form())]
    Refused {
        /// What it would be put in for.
        placeholder: Placeholder,
        /// The text of the log, shortened.
        text: String,
    },
}

/// How much of a text that is refused is told, in characters.
const TOLD: usize = 40;

#[derive(Clone, Debug, PartialEq, Eq)]
enum ArgumentPiece {
    Text(String),
    Value(Placeholder),
}

/// An argument with placeholders in it: `--target={instance}`. `{{` and `}}` are braces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArgumentTemplate(Vec<ArgumentPiece>);

impl FromStr for ArgumentTemplate {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (mut pieces, mut plain) = (Vec::new(), String::new());
        let mut rest = text;
        while let Some(at) = rest.find(['{', '}']) {
            plain.push_str(&rest[..at]);
            let brace = &rest[at..=at];
            rest = &rest[at + 1..];
            if let Some(behind) = rest.strip_prefix(brace) {
                plain.push_str(brace);
                rest = behind;
                continue;
            }
            let (word, behind) = Some(rest)
                .filter(|_| brace == "{")
                .and_then(|rest| rest.split_once('}'))
                .ok_or_else(|| {
                    format!(
                        "`{text}` has a single `{brace}` in it; to have that brace, write `{brace}{brace}`"
                    )
                })?;
            let placeholder = Placeholder::ALL.into_iter().find(|known| known.word() == word);
            let placeholder = placeholder.ok_or_else(|| {
                let words = Placeholder::ALL.map(|known| format!("{{{}}}", known.word()));
                format!("`{{{word}}}` is no placeholder: there are {}", words.join(" "))
            })?;
            if !plain.is_empty() {
                pieces.push(ArgumentPiece::Text(std::mem::take(&mut plain)));
            }
            pieces.push(ArgumentPiece::Value(placeholder));
            rest = behind;
        }
        plain.push_str(rest);
        if !plain.is_empty() {
            pieces.push(ArgumentPiece::Text(plain));
        }
        Ok(Self(pieces))
    }
}

impl fmt::Display for ArgumentTemplate {
    /// The argument as it is read by [`ArgumentTemplate::from_str`].
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|piece| match piece {
            ArgumentPiece::Text(text) => f.write_str(&text.replace('{', "{{").replace('}', "}}")),
            ArgumentPiece::Value(placeholder) => write!(f, "{{{}}}", placeholder.word()),
        })
    }
}

impl ArgumentTemplate {
    /// Whether there is a placeholder in it.
    #[must_use]
    pub fn has_placeholders(&self) -> bool {
        self.0.iter().any(|piece| matches!(piece, ArgumentPiece::Value(_)))
    }

    /// The argument with the values of a row, as `value` has them.
    ///
    /// # Errors
    /// If the row does not have one, or it is of another form.
    pub fn filled(&self, value: impl Fn(Placeholder) -> Option<String>) -> Result<String, Unfilled> {
        let mut filled = String::new();
        for piece in &self.0 {
            match piece {
                ArgumentPiece::Text(text) => filled.push_str(text),
                ArgumentPiece::Value(placeholder) => {
                    let placeholder = *placeholder;
                    let text = value(placeholder).ok_or(Unfilled::Missing(placeholder))?;
                    if !placeholder.fits(&text) {
                        let mut told: String = text.chars().take(TOLD).collect();
                        told.push_str(if told.len() < text.len() { "…" } else { "" });
                        return Err(Unfilled::Refused { placeholder, text: told });
                    }
                    filled.push_str(&text);
                }
            }
        }
        Ok(filled)
    }
}

/// What a command has as its standard input.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CommandInput {
    /// The terminal.
    #[default]
    Terminal,
    /// The row as JSON, one object a line.
    Json,
}

impl CommandInput {
    /// Every one.
    pub const ALL: [Self; 2] = [Self::Terminal, Self::Json];

    /// Its name in the configuration.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Terminal => "terminal",
            Self::Json => "json",
        }
    }
}

/// A command of somebody's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowCommand {
    /// Its name in the configuration.
    pub name: String,
    /// What it is called.
    pub title: String,
    /// The key that runs it; without one the menu does.
    pub key: Option<Key>,
    /// What a row must hold; empty for any row that has all values.
    pub rows: Vec<RowKind>,
    /// The program: a path, or a name that is looked for in `PATH`.
    pub program: String,
    /// Its arguments.
    pub arguments: Vec<ArgumentTemplate>,
    /// Its standard input.
    pub input: CommandInput,
}

impl RowCommand {
    /// Whether it is for a row that holds these.
    #[must_use]
    pub fn is_for(&self, held: &[RowKind]) -> bool {
        self.rows.is_empty() || self.rows.iter().any(|kind| held.contains(kind))
    }

    /// Its arguments with the values of a row.
    ///
    /// # Errors
    /// Why one cannot be filled in.
    pub fn filled(&self, value: impl Fn(Placeholder) -> Option<String>) -> Result<Vec<String>, Unfilled> {
        self.arguments.iter().map(|argument| argument.filled(&value)).collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn only_what_has_the_form_fits() {
        use Placeholder::{Account, Address, Instance, Name, Region, Subnet, Vpc};
        let long = "a".repeat(64);
        let longest = ["a".repeat(63), "b".repeat(63), "c".repeat(63), "d".repeat(61)].join(".");
        for (placeholder, fitting, others) in [
            (
                Instance,
                &["i-0a7c41e9d2b85f036", "i-0a7c41e9"][..],
                &["", "i-", "i-1", "i-0A7C41E9", "i-0a7c41e9d2b85f03g", "x-0a7c41e9", "--i-0a7c41e9"][..],
            ),
            (Vpc, &["vpc-0f3a9c1de58b47620"], &["vpc-0f3a9c1de58b47620 ", "i-0a7c41e9", "-vpc-0f3a9c1d"]),
            (Subnet, &["subnet-0123abcd"], &["subnet-0123abcd\n", "subnet-$(id)abc"]),
            (Region, &["us-west-2", "us-gov-east-1"], &["", "-us-west-2", "us west 2", "us-west-2;id", "*"]),
            (Account, &["123456789012"], &["12345678901", "1234567890123", "-23456789012", "１23456789012"]),
            (
                Name,
                &["ssm.us-west-2.amazonaws.com", "_dmarc.example", "a", "a--b.example", &longest],
                &[
                    "",
                    ".",
                    "a..b",
                    "a.",
                    "-a.example",
                    "--help",
                    "a.-b",
                    "a-.b",
                    "a b",
                    "a;b",
                    "$(id)",
                    "*.a",
                    "a/b",
                    "a\0b",
                    "a\nb",
                    "a'b",
                    "ä.example",
                    "a\u{202e}b",
                    "{name}",
                    "@a",
                    &long,
                ],
            ),
            (Address, &["10.0.0.1", "2001:db8::1"], &["", "***", "10.0.0", "::1%eth0", "-1", "10.0.0.1/8"]),
        ] {
            for text in fitting {
                assert!(placeholder.fits(text), "{placeholder:?} {text:?}");
            }
            for text in others {
                assert!(!placeholder.fits(text), "{placeholder:?} {text:?}");
            }
        }
        assert!(!Name.fits(&format!("{longest}.e")), "253 octets are the most");
    }

    proptest! {
        /// Whatever the log says: what is put in is harmless as an argument, and as a word of a shell, too.
        #[test]
        fn what_is_put_in_is_harmless(text in "(?s).{0,40}|[-a-z0-9._:$]{0,40}") {
            for placeholder in Placeholder::ALL {
                if placeholder.fits(&text) {
                    prop_assert!(!text.starts_with('-') && !text.is_empty());
                    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.:".contains(&byte);
                    prop_assert!(text.bytes().all(plain), "{:?}", text);
                }
            }
        }

        #[test]
        fn an_argument_is_written_as_it_was_read(text in "[a-z{}]{0,12}|(a|\\{name\\}|\\{\\{|\\}\\}|\\{vpc\\}){0,6}") {
            if let Ok(argument) = text.parse::<ArgumentTemplate>() {
                prop_assert_eq!(argument.to_string(), text);
            }
        }
    }

    #[test]
    fn an_argument_is_filled_in() {
        let argument: ArgumentTemplate = "--q={{Id=={instance}}},{vpc}".parse().unwrap();
        let value = |placeholder| match placeholder {
            Placeholder::Instance => Some("i-0a7c41e9".to_owned()),
            Placeholder::Vpc => Some("vpc-0f3a9c1d".to_owned()),
            Placeholder::Name => Some("-rf.example".to_owned()),
            _ => None,
        };
        assert_eq!(argument.filled(value).unwrap(), "--q={Id==i-0a7c41e9},vpc-0f3a9c1d");
        let unfilled =
            |text: &str| text.parse::<ArgumentTemplate>().unwrap().filled(value).unwrap_err().to_string();
        assert_eq!(unfilled("{region}"), "this row has no {region}");
        assert_eq!(
            unfilled("x{name}"),
            "refused, nothing is run: {name} is `-rf.example` in the log, and must be labels of letters, digits, - and \
             _, none of which begins or ends with -"
        );
        for (text, why) in [
            ("{nme}", "`{nme}` is no placeholder: there are {instance} {vpc}"),
            ("{", "`{` has a single `{` in it; to have that brace, write `{{`"),
            ("a}", "`a}` has a single `}` in it"),
            ("{name", "`{name` has a single `{`"),
        ] {
            let error = text.parse::<ArgumentTemplate>().unwrap_err();
            assert!(error.starts_with(why), "{error}");
        }
    }
}
