//! The filter language: which observations are meant.
//!
//! > `type:AAAA verdict:empty (name:*.amazonaws.com or service:ssm) -vpc:vpc-1`
//!
//! A query is read from text ([`Query::parse`]), holds an observation's [`ObservationFacts`] against itself
//! ([`Query::matches`]), and prints itself back. What follows from it is an [`Expression`] of [`Test`]s, each
//! of which looks at one [`TestSubject`] only: whoever keeps observations in columns of interned values asks
//! each test once for each value, not once for each observation.
//!
//! Conditions side by side must all hold; `or`, `not` or `-`, and parentheses do what they say. A condition
//! is `field:value` (the fields are in [`FIELDS`], with a line of help each), or a word, which is looked for
//! in the origin's id, the VPC, the name asked for and the source address; a word that is an address or
//! network is looked for in the answers, too. Case never matters.
//!
//! Nothing that can be typed makes it panic, and what a text can cost is bounded: its length, how deep it
//! nests, and how many regular expressions are in it and how large.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use crate::base::moment::Moment;
use crate::fleet::{OriginKind, Status, Statuses, address_text};
use crate::knowledge::address::Nat64Prefixes;
use crate::knowledge::catalog::Catalog;
use crate::log::observation::{Asker, Observation, Rcode, SourceAddress, Verdict, text};

mod complete;
mod error;
mod field;
mod help;
mod imply;
mod net;
mod parse;
mod script;
mod syntax;
mod test;
mod text;
mod time;
mod value;

pub use complete::{Completion, NoValues, Values, complete, is_begun};
pub use error::{QueryError, QueryFault};
pub use field::{FIELDS, Field, FieldRow};
pub use help::{FORMS, help};
pub(crate) use script::{folded, reading};
pub use test::{Test, TestSubject};

use syntax::Syntax;

/// The longest text taken, in bytes.
pub const MAX_LENGTH: usize = 4096;
/// How deep parentheses and `not` may nest.
pub const MAX_DEPTH: usize = 64;
/// How many regular expressions there may be in one query.
pub const MAX_PATTERNS: usize = 16;
/// In how many terms at most pairs are said, each of origins that have the same names.
const TERMS: usize = 64;

/// What one observation says, as far as it can be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ObservationFacts<'a> {
    /// When the resolver got the query.
    pub at: Moment,
    /// The QTYPE's mnemonic as the log has it, such as `AAAA`.
    pub kind: &'a [u8],
    /// The RCODE, which the verdict of a blocked record and of other types does not tell.
    pub rcode: Rcode,
    /// What came back.
    pub verdict: Verdict,
    /// What the origin is known by.
    pub origin_kind: OriginKind,
    /// The origin's id; its address where it has no id.
    pub origin: &'a str,
    /// The VPC.
    pub vpc: &'a str,
    /// The account that the VPC belongs to.
    pub account: &'a str,
    /// The Region that the VPC is in.
    pub region: &'a str,
    /// The source address, IPv4 in its IPv4-mapped form; `None` where the log has no address.
    pub source: Option<u128>,
    /// The source port; 0 where the log has none.
    pub port: u16,
    /// The name asked for: lower case, with its last dot.
    pub name: &'a str,
    /// Native addresses of an AAAA answer.
    pub native: &'a [u128],
    /// IPv4 addresses: those embedded in synthesized AAAA answers, or the usable ones of an A answer.
    pub ipv4: &'a [u32],
    /// The status of the pair of origin and name; `None` for a type that is not judged.
    pub status: Option<Status>,
}

/// The meaning of a query, as a tree of tests. [`Expression::All`] is always the whole, never inside another.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Expression {
    /// Every observation.
    #[default]
    All,
    /// All of these hold; there are at least two.
    And(Vec<Self>),
    /// Any of these holds; there are at least two.
    Or(Vec<Self>),
    /// It does not hold.
    Not(Box<Self>),
    /// This holds.
    Test(Test),
}

impl Expression {
    /// Whether it holds where `holds` says which tests do. Asks no more tests than it takes to know.
    pub fn evaluate(&self, holds: &mut impl FnMut(&Test) -> bool) -> bool {
        match self {
            Self::All => true,
            Self::And(all) => all.iter().all(|one| one.evaluate(holds)),
            Self::Or(any) => any.iter().any(|one| one.evaluate(holds)),
            Self::Not(other) => !other.evaluate(holds),
            Self::Test(test) => holds(test),
        }
    }

    /// The statuses with which it holds, where `holds` says with which each test does.
    fn statuses(&self, holds: &mut impl FnMut(&Test) -> Statuses) -> Statuses {
        match self {
            Self::All => Statuses::ALL,
            Self::And(all) => all.iter().fold(Statuses::ALL, |some, one| some & one.statuses(holds)),
            Self::Or(any) => any.iter().fold(Statuses::NONE, |some, one| some | one.statuses(holds)),
            Self::Not(other) => !other.statuses(holds),
            Self::Test(test) => holds(test),
        }
    }

    /// Whether it asks for the status of a pair, which one record does not tell.
    #[must_use]
    pub fn asks_for_status(&self) -> bool {
        let mut found = false;
        self.for_each_test(&mut |test| found |= test.subject() == TestSubject::Status);
        found
    }

    /// Calls `each` with every test, in the order of the text.
    pub fn for_each_test<'e>(&'e self, each: &mut impl FnMut(&'e Test)) {
        match self {
            Self::All => {}
            Self::And(some) | Self::Or(some) => some.iter().for_each(|one| one.for_each_test(each)),
            Self::Not(other) => other.for_each_test(each),
            Self::Test(test) => each(test),
        }
    }
}

/// Which observations are meant.
///
/// Two queries are equal if they say the same in the same order, however they were spelled.
#[derive(Clone, Debug, Default)]
pub struct Query {
    syntax: Syntax,
    expression: Expression,
    asks_for_status: bool,
}

impl Query {
    fn new(syntax: Syntax) -> Self {
        let expression = syntax.expression();
        let asks_for_status = expression.asks_for_status();
        Self { syntax, expression, asks_for_status }
    }

    /// Reads a query. An empty text lets everything through.
    ///
    /// # Errors
    /// What cannot be read, and where.
    pub fn parse(text: &str) -> Result<Self, QueryError> {
        parse::parse(text).map(Self::new)
    }

    /// Reads a query where `prefixes` are in force: an address inside one of them and the IPv4 address inside
    /// that address find the same answers.
    ///
    /// # Errors
    /// What cannot be read, and where.
    pub fn parse_with(text: &str, prefixes: &Nat64Prefixes) -> Result<Self, QueryError> {
        Self::parse(text).map(|query| query.with_prefixes(prefixes))
    }

    /// The query for `text` taken literally, whatever would be in it: part of an id, a VPC, a name or an
    /// address.
    ///
    /// # Errors
    /// That there is nothing in it, or too much.
    pub fn word(text: &str) -> Result<Self, QueryError> {
        Self::parse(&text::word(text.trim()))
    }

    /// The query that lets through what exactly these origins asked: each by what it is known by, its id and
    /// its VPC.
    #[must_use]
    pub fn from_origins<'a>(origins: impl IntoIterator<Item = (OriginKind, &'a str, &'a str)>) -> Self {
        let members = origins.into_iter().map(|(kind, id, vpc)| (kind, Box::from(id), Box::from(vpc)));
        let mut members: Vec<_> = members.collect();
        members.sort_unstable();
        Self::new(Syntax::Tests(vec![Test(test::TestKind::Among(members.into()))]))
    }

    /// The query that lets through exactly what asked for this name.
    #[must_use]
    pub fn of_name(name: &str) -> Self {
        Self::new(Syntax::Tests(vec![Test(test::TestKind::Names(
            std::iter::once(Box::from(name)).collect(),
        ))]))
    }

    /// The query that lets through exactly these pairs of an origin and a name. Of pairs that have too little
    /// in common to be said in `TERMS` terms: what any of these origins asked for any of these names.
    #[must_use]
    pub fn from_pairs<'a>(
        pairs: impl IntoIterator<Item = ((OriginKind, &'a str, &'a str), &'a str)>,
    ) -> Self {
        let mut names_of: BTreeMap<_, BTreeSet<&str>> = BTreeMap::new();
        for (origin, name) in pairs {
            names_of.entry(origin).or_default().insert(name);
        }
        let mut terms: BTreeMap<BTreeSet<&str>, Vec<_>> = BTreeMap::new();
        for (origin, names) in names_of {
            terms.entry(names).or_default().push(origin);
        }
        if terms.len() > TERMS {
            let names = terms.keys().flatten().copied().collect();
            let origins = terms.into_values().flatten().collect();
            terms = BTreeMap::from([(names, origins)]);
        }
        let term = |(names, origins): (BTreeSet<&str>, Vec<_>)| {
            let names = names.into_iter().map(Box::from).collect();
            let names = Syntax::Tests(vec![Test(test::TestKind::Names(names))]);
            Syntax::and(vec![Self::from_origins(origins).syntax, names])
        };
        Self::new(Syntax::or(terms.into_iter().map(term).collect()))
    }

    /// The same query where `prefixes` are in force.
    #[must_use]
    pub fn with_prefixes(self, prefixes: &Nat64Prefixes) -> Self {
        let mut syntax = self.syntax;
        syntax.with_prefixes(prefixes);
        Self::new(syntax)
    }

    /// The same query where services are those of `catalog`, not only those that the program knows.
    #[must_use]
    pub fn with_catalog(self, catalog: &Catalog) -> Self {
        let mut syntax = self.syntax;
        syntax.with_catalog(catalog);
        Self::new(syntax)
    }

    /// The query that lets through what all of `queries` do.
    #[must_use]
    pub fn all_of(queries: impl IntoIterator<Item = Self>) -> Self {
        Self::new(Syntax::and(queries.into_iter().map(|query| query.syntax).collect()))
    }

    /// Two queries that together let through what this does: what it asks of ids, addresses and names, and
    /// all else.
    #[must_use]
    pub fn apart(self) -> (Self, Self) {
        let (telling, rest) = self.syntax.conditions().into_iter().partition(Syntax::is_identifying);
        (Self::new(Syntax::and(telling)), Self::new(Syntax::and(rest)))
    }

    /// Whether everything is let through, because nothing was asked for.
    #[must_use]
    pub fn is_all(&self) -> bool {
        self.expression == Expression::All
    }

    /// The meaning of the query.
    #[must_use]
    pub fn expression(&self) -> &Expression {
        &self.expression
    }

    /// Whether an observation is meant.
    #[must_use]
    pub fn matches(&self, facts: &ObservationFacts<'_>) -> bool {
        self.expression.evaluate(&mut |test| test.matches(facts))
    }

    /// Whether it asks for the status of a pair: then one record alone does not tell whether it is meant.
    #[must_use]
    pub fn asks_for_status(&self) -> bool {
        self.asks_for_status
    }

    /// Whether an observation is meant, as the judge gives it, whatever the status of its pair.
    #[must_use]
    pub fn admits(&self, observation: &Observation<'_>) -> bool {
        self.admitted(observation) == Statuses::ALL
    }

    /// With which statuses of its pair an observation is meant: all or none, unless a status is asked for.
    #[must_use]
    pub fn admitted(&self, observation: &Observation<'_>) -> Statuses {
        let (address, source);
        match observation.source {
            SourceAddress::Ip(bits) => (address, source) = (address_text(bits), Some(bits)),
            SourceAddress::Text(redacted) => (address, source) = (text(redacted).to_owned(), None),
        }
        let (origin_kind, origin) = match observation.asker {
            Asker::Instance(id) | Asker::Forwarded { instance: id, .. } => (OriginKind::Instance, text(id)),
            Asker::ResolverEndpoint(id) => (OriginKind::ResolverEndpoint, text(id)),
            Asker::Interface(id) => (OriginKind::Interface, text(id)),
            Asker::Device(id) => (OriginKind::Device, text(id)),
            Asker::Address => (OriginKind::Address, address.as_str()),
        };
        let facts = ObservationFacts {
            at: observation.at,
            kind: observation.kind,
            rcode: observation.rcode,
            verdict: observation.verdict,
            origin_kind,
            origin,
            vpc: text(observation.vpc),
            account: text(observation.account),
            region: text(observation.region),
            source,
            port: text(observation.port).parse().unwrap_or(0),
            name: text(observation.name),
            native: observation.native,
            ipv4: observation.ipv4,
            status: None,
        };
        if !self.asks_for_status {
            return if self.matches(&facts) { Statuses::ALL } else { Statuses::NONE };
        }
        let fitting = self.expression.statuses(&mut |test| match test.subject() {
            TestSubject::Status => Statuses::from_fn(|status| test.status(status)),
            _ if test.matches(&facts) => Statuses::ALL,
            _ => Statuses::NONE,
        });
        // What is not judged belongs to no pair.
        let is_judged = observation.verdict != Verdict::NotJudged;
        if is_judged || fitting.holds(None) { fitting } else { Statuses::NONE }
    }
}

impl PartialEq for Query {
    fn eq(&self, other: &Self) -> bool {
        self.syntax == other.syntax
    }
}

impl Eq for Query {}

impl FromStr for Query {
    type Err = QueryError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

/// The query as text that reads back as an equal query, if it is not longer than what is taken.
impl fmt::Display for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.syntax.fmt(f)
    }
}
