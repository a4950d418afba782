//! What was typed, and the expression that it means.

use std::fmt;

use super::Expression;
use super::net::AnswersWithin;
use super::test::{CatalogRef, Test, TestKind};
use super::text::Text;
use crate::knowledge::address::Nat64Prefixes;
use crate::knowledge::catalog::Catalog;

/// A query as it was typed, with what says nothing left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Syntax {
    #[default]
    All,
    And(Vec<Self>),
    Or(Vec<Self>),
    Not(Box<Self>),
    /// `field:value,value`: all of one field.
    Tests(Vec<Test>),
    Word(Word),
}

/// A word without a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Word {
    pub text: Text,
    /// Of a word that is an address or a network.
    pub answers: Option<AnswersWithin>,
}

impl Syntax {
    /// All of `some`, which are put together where they are such conjunctions themselves.
    pub(super) fn and(some: Vec<Self>) -> Self {
        let mut all = Vec::with_capacity(some.len());
        for one in some {
            match one {
                Self::All => {}
                Self::And(inner) => all.extend(inner),
                other => all.push(other),
            }
        }
        match all.len() {
            0 => Self::All,
            1 => all.swap_remove(0),
            _ => Self::And(all),
        }
    }

    /// Any of `some`, of which there is at least one.
    pub(super) fn or(some: Vec<Self>) -> Self {
        let mut any = Vec::with_capacity(some.len());
        for one in some {
            match one {
                Self::Or(inner) => any.extend(inner),
                other => any.push(other),
            }
        }
        if any.len() == 1 { any.swap_remove(0) } else { Self::Or(any) }
    }

    pub(super) fn not(other: Self) -> Self {
        match other {
            Self::Not(inner) => *inner,
            other => Self::Not(Box::new(other)),
        }
    }

    /// What must hold, each by itself.
    pub(super) fn conditions(self) -> Vec<Self> {
        match self {
            Self::All => Vec::new(),
            Self::And(all) => all,
            other => vec![other],
        }
    }

    /// Whether it asks for something that differs from log to log: an id, an address, a name.
    pub(super) fn is_identifying(&self) -> bool {
        match self {
            Self::All => false,
            Self::And(some) | Self::Or(some) => some.iter().any(Self::is_identifying),
            Self::Not(other) => other.is_identifying(),
            Self::Tests(tests) => tests.iter().any(Test::is_identifying),
            Self::Word(_) => true,
        }
    }

    /// The same where these NAT64 prefixes are in force.
    pub(super) fn with_prefixes(&mut self, prefixes: &Nat64Prefixes) {
        match self {
            Self::All => {}
            Self::And(some) | Self::Or(some) => some.iter_mut().for_each(|one| one.with_prefixes(prefixes)),
            Self::Not(other) => other.with_prefixes(prefixes),
            Self::Tests(tests) => {
                for Test(what) in tests {
                    if let TestKind::Answer(answers) = what {
                        *answers = AnswersWithin::with(answers.net, prefixes);
                    }
                }
            }
            Self::Word(word) => {
                word.answers = word.answers.map(|answers| AnswersWithin::with(answers.net, prefixes));
            }
        }
    }

    /// The same where services are those of `catalog`.
    pub(super) fn with_catalog(&mut self, catalog: &Catalog) {
        match self {
            Self::All | Self::Word(_) => {}
            Self::And(some) | Self::Or(some) => some.iter_mut().for_each(|one| one.with_catalog(catalog)),
            Self::Not(other) => other.with_catalog(catalog),
            Self::Tests(tests) => {
                for Test(what) in tests {
                    if let TestKind::Service(_, CatalogRef(known)) = what {
                        known.clone_from(catalog);
                    }
                }
            }
        }
    }

    pub(super) fn expression(&self) -> Expression {
        match self {
            Self::All => Expression::All,
            Self::And(all) => Expression::And(all.iter().map(Self::expression).collect()),
            Self::Or(any) => Expression::Or(any.iter().map(Self::expression).collect()),
            Self::Not(other) => Expression::Not(Box::new(other.expression())),
            Self::Tests(tests) => any(tests.clone()),
            Self::Word(word) => any(word.tests()),
        }
    }
}

fn any(mut tests: Vec<Test>) -> Expression {
    if tests.len() == 1 {
        return Expression::Test(tests.swap_remove(0));
    }
    Expression::Or(tests.into_iter().map(Expression::Test).collect())
}

impl Word {
    /// Where a word is looked for.
    fn tests(&self) -> Vec<Test> {
        let text = || self.text.clone();
        let mut all = vec![
            TestKind::Id(text()),
            TestKind::Vpc(text()),
            TestKind::Name(text()),
            TestKind::SourceText(text()),
        ];
        if let Some(answers) = &self.answers {
            all.push(TestKind::Source(answers.net));
            all.push(TestKind::Answer(*answers));
        }
        all.into_iter().map(Test).collect()
    }
}

impl fmt::Display for Syntax {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => Ok(()),
            Self::And(all) => {
                for (at, one) in all.iter().enumerate() {
                    f.write_str(if at > 0 { " " } else { "" })?;
                    one.inside(f, matches!(one, Self::Or(_)))?;
                }
                Ok(())
            }
            Self::Or(any) => {
                for (at, one) in any.iter().enumerate() {
                    f.write_str(if at > 0 { " or " } else { "" })?;
                    one.inside(f, false)?;
                }
                Ok(())
            }
            Self::Not(other) => {
                f.write_str("-")?;
                other.inside(f, matches!(**other, Self::And(_) | Self::Or(_)))
            }
            Self::Tests(tests) => {
                for (at, Test(what)) in tests.iter().enumerate() {
                    if at == 0 {
                        write!(f, "{}:", what.field().word())?;
                    } else {
                        f.write_str(",")?;
                    }
                    f.write_str(&what.item())?;
                }
                Ok(())
            }
            Self::Word(word) => f.write_str(&word.text.word()),
        }
    }
}

impl Syntax {
    fn inside(&self, f: &mut fmt::Formatter<'_>, is_bracketed: bool) -> fmt::Result {
        if is_bracketed { write!(f, "({self})") } else { write!(f, "{self}") }
    }
}
