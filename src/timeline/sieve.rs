//! Which rows a filter lets through: a bit for each.
//!
//! A test of a query looks at one thing of an observation. Of most things there are far fewer than rows (origins,
//! names, answers), so it is put to each of those but once, and a row is a look into a table; the expression is then
//! worked out for 64 rows at a time.

use super::chunk::{Chunk, VERDICT, verdict};
use super::{OTHER, RowId, Scope, Timeline};
use crate::fleet::{Fleet, OriginId, PairId};
use crate::moment::Moment;
use crate::observation::Source;
use crate::query::{Expression, Subject, Test};

/// The rows that are let through, by chunk.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sieve {
    chunks: Vec<Bits>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Bits {
    words: Box<[u64]>,
    /// Rows that were looked at.
    rows: usize,
}

impl Sieve {
    /// The rows of a timeline that `expression` holds for. Origins and names are those of `fleet`; what was asked by an
    /// origin counts for the one of `owners` that it belongs to, too.
    #[must_use]
    pub fn of(timeline: &Timeline, fleet: &Fleet, expression: &Expression) -> Self {
        let mut sieve = Self::default();
        sieve.extend(timeline, fleet, expression);
        sieve
    }

    /// Looks at the rows that came in since. `expression` must be the same as before. What an origin's address turned
    /// out to belong to since shows in those rows only.
    pub fn extend(&mut self, timeline: &Timeline, fleet: &Fleet, expression: &Expression) {
        let tables = Node::of(expression, &Tables { timeline, fleet, owners: fleet.owners() });
        self.chunks.resize_with(timeline.chunks.len(), Bits::default);
        for (bits, chunk) in self.chunks.iter_mut().zip(&timeline.chunks) {
            if bits.rows != chunk.len() {
                let mut words = tables.rows(chunk);
                if let (Some(last), true) = (words.last_mut(), chunk.len() % 64 != 0) {
                    *last &= (1 << (chunk.len() % 64)) - 1;
                }
                *bits = Bits { words: words.into(), rows: chunk.len() };
            }
        }
    }

    /// What this and another let through.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        let both = |(one, other): (&Bits, &Bits)| Bits {
            words: one.words.iter().zip(&other.words).map(|(one, other)| one & other).collect(),
            rows: one.rows.min(other.rows),
        };
        Self { chunks: self.chunks.iter().zip(&other.chunks).map(both).collect() }
    }

    /// Whether a row is let through.
    #[must_use]
    pub fn holds(&self, row: RowId) -> bool {
        let word = self.chunks.get(row.chunk as usize).and_then(|bits| bits.words.get(row.at as usize / 64));
        word.is_some_and(|word| word >> (row.at % 64) & 1 != 0)
    }

    /// Follows a timeline that gave up chunks.
    pub fn forget(&mut self, forgotten: &super::Forgotten) {
        forgotten.leave(&mut self.chunks);
    }

    /// The first row of a chunk at `at` or behind it that is let through.
    pub(super) fn next(&self, chunk: usize, at: usize) -> Option<usize> {
        let words = &self.chunks.get(chunk)?.words;
        let first = words.get(at / 64)? & (u64::MAX << (at % 64));
        if first != 0 {
            return Some(at / 64 * 64 + first.trailing_zeros() as usize);
        }
        let (number, word) = words.iter().enumerate().skip(at / 64 + 1).find(|(_, word)| **word != 0)?;
        Some(number * 64 + word.trailing_zeros() as usize)
    }

    /// The last row of a chunk at `at` or before it that is let through.
    pub(super) fn previous(&self, chunk: usize, at: usize) -> Option<usize> {
        let words = &self.chunks.get(chunk)?.words;
        let last = words.get(at / 64)? & (u64::MAX >> (63 - at % 64));
        if last != 0 {
            return Some(at / 64 * 64 + 63 - last.leading_zeros() as usize);
        }
        let (number, word) = words[..at / 64].iter().enumerate().rev().find(|(_, word)| **word != 0)?;
        Some(number * 64 + 63 - word.leading_zeros() as usize)
    }

    /// Calls `each` with every row of a chunk that is let through, within `rows`.
    pub(super) fn for_each(&self, chunk: usize, rows: std::ops::Range<usize>, mut each: impl FnMut(usize)) {
        let Some(bits) = self.chunks.get(chunk).filter(|_| !rows.is_empty()) else { return };
        for number in rows.start / 64..rows.end.div_ceil(64) {
            let mut word = bits.words.get(number).copied().unwrap_or(0);
            while word != 0 {
                let at = number * 64 + word.trailing_zeros() as usize;
                word &= word - 1;
                if rows.contains(&at) {
                    each(at);
                }
            }
        }
    }
}

/// What the tests of an expression are put to.
struct Tables<'a> {
    timeline: &'a Timeline,
    fleet: &'a Fleet,
    owners: Vec<OriginId>,
}

impl Tables<'_> {
    fn origin(&self, test: &Test, origin: OriginId) -> bool {
        let fits = |origin: OriginId| {
            let (kind, id, vpc) = self.fleet.origin_text(origin);
            let (account, region) = self.fleet.origin_account(origin);
            test.origin(kind, id, vpc, account, region)
        };
        let owner = self.owners.get(origin.0 as usize).copied().unwrap_or(origin);
        fits(origin) || owner != origin && fits(owner)
    }

    /// Whether each origin fits, and each name of the fleet, if the test looks at such.
    fn answers(&self, test: &Test) -> (Vec<bool>, Vec<bool>) {
        match test.subject() {
            Subject::Origin => {
                let origins =
                    (0..self.owners.len()).map(|at| OriginId(u32::try_from(at).unwrap_or(u32::MAX)));
                (origins.map(|origin| self.origin(test, origin)).collect(), Vec::new())
            }
            _ => (Vec::new(), self.fleet.names().map(|name| test.name(name)).collect()),
        }
    }

    /// Whether each subject fits an expression that looks at origins and names only.
    fn subjects(&self, expression: &Expression) -> (Vec<bool>, Vec<bool>) {
        let mut tests = Vec::new();
        expression.for_each_test(&mut |test| tests.push((test, self.answers(test))));
        let holds = |test: &Test, origin: OriginId, name: &str, symbol: Option<usize>| {
            let found = tests.iter().find(|(known, _)| std::ptr::eq(*known, test));
            found.is_some_and(|(_, (origins, names))| match (test.subject(), symbol) {
                (Subject::Origin, _) => origins.get(origin.0 as usize).copied().unwrap_or(false),
                (_, Some(symbol)) => names.get(symbol).copied().unwrap_or(false),
                (_, None) => test.name(name),
            })
        };
        let pairs = (0..self.fleet.pair_count()).map(|at| {
            let parts = self.fleet.pair_parts(PairId(u32::try_from(at).unwrap_or(u32::MAX)));
            parts.is_some_and(|(origin, name)| {
                expression.evaluate(&mut |test| holds(test, origin, "", Some(name.index())))
            })
        });
        let others = (0..self.timeline.others.len()).map(|at| {
            let asked = self.timeline.others.get(u32::try_from(at).unwrap_or(u32::MAX));
            asked.is_some_and(|(origin, name)| {
                expression.evaluate(&mut |test| holds(test, origin, name, None))
            })
        });
        (pairs.collect(), others.collect())
    }
}

/// An expression with its tests put.
enum Node {
    All,
    And(Vec<Self>),
    Or(Vec<Self>),
    Not(Box<Self>),
    /// By pair, and by the numbers of what is not judged.
    Subjects(Vec<bool>, Vec<bool>),
    /// By QTYPE, RCODE and verdict: [`code_index`].
    Codes(Box<[bool]>),
    Answers(Vec<bool>),
    Whences(Vec<bool>),
    Time(Test),
    Port(Test),
}

fn code_index(kind: u8, code: u8) -> usize {
    usize::from(kind) << VERDICT.count_ones() | usize::from(code & VERDICT)
}

fn words(rows: usize, mut fits: impl FnMut(usize) -> bool) -> Vec<u64> {
    let mut words = vec![0; rows.div_ceil(64)];
    for (number, word) in words.iter_mut().enumerate() {
        for at in number * 64..rows.min(number * 64 + 64) {
            *word |= u64::from(fits(at)) << (at % 64);
        }
    }
    words
}

impl Node {
    fn of(expression: &Expression, tables: &Tables<'_>) -> Self {
        let mut elsewhere = false;
        expression.for_each_test(&mut |test| {
            elsewhere |= !matches!(test.subject(), Subject::Origin | Subject::Name);
        });
        if !elsewhere && *expression != Expression::All {
            let (pairs, others) = tables.subjects(expression);
            return Self::Subjects(pairs, others);
        }
        let several = |some: &[Expression]| some.iter().map(|one| Self::of(one, tables)).collect();
        match expression {
            Expression::All => Self::All,
            Expression::And(all) => Self::And(several(all)),
            Expression::Or(any) => Self::Or(several(any)),
            Expression::Not(not) => Self::Not(Box::new(Self::of(not, tables))),
            Expression::Test(test) => Self::put(test, tables.timeline),
        }
    }

    /// Puts a test that looks at neither origins nor names.
    fn put(test: &Test, timeline: &Timeline) -> Self {
        match test.subject() {
            Subject::Code => {
                let codes = (0..=u8::MAX).flat_map(|kind| (0..=VERDICT).map(move |code| (kind, code)));
                let fits = |(kind, code)| {
                    let (kind, rcode) = timeline.kinds.unpacked(kind);
                    test.code(kind.as_bytes(), rcode, verdict(code))
                };
                Self::Codes(codes.map(fits).collect())
            }
            Subject::Answer => {
                let fits = |number: usize| {
                    let (native, ipv4) = timeline.answers.get(u32::try_from(number).unwrap_or(0));
                    test.answer(native, ipv4)
                };
                Self::Answers((0..timeline.answers.len()).map(fits).collect())
            }
            Subject::Source => {
                let fits = |number: usize| {
                    let whence = timeline.whences.get(u32::try_from(number).unwrap_or(0));
                    test.source(match whence.source {
                        Source::Ip(address) => Some(address),
                        Source::Text(_) => None,
                    })
                };
                Self::Whences((0..timeline.whences.len()).map(fits).collect())
            }
            Subject::Port => Self::Port(test.clone()),
            Subject::Time | Subject::Origin | Subject::Name => Self::Time(test.clone()),
        }
    }

    /// The rows of a chunk that it holds for. Bits behind the last row mean nothing.
    fn rows(&self, chunk: &Chunk) -> Vec<u64> {
        let length = chunk.len();
        let join = |some: &[Self], neutral: u64, with: fn(u64, u64) -> u64| {
            let mut joined = vec![neutral; length.div_ceil(64)];
            for one in some {
                for (word, other) in joined.iter_mut().zip(one.rows(chunk)) {
                    *word = with(*word, other);
                }
            }
            joined
        };
        let fits = |table: &[bool], number: u32| table.get(number as usize).copied().unwrap_or(false);
        match self {
            Self::All => vec![u64::MAX; length.div_ceil(64)],
            Self::And(all) => join(all, u64::MAX, |one, other| one & other),
            Self::Or(any) => join(any, 0, |one, other| one | other),
            Self::Not(not) => not.rows(chunk).into_iter().map(|word| !word).collect(),
            Self::Subjects(pairs, others) => words(length, |at| {
                let subject = chunk.subject[at];
                if subject & OTHER == 0 { fits(pairs, subject) } else { fits(others, subject & !OTHER) }
            }),
            Self::Codes(codes) => words(length, |at| codes[code_index(chunk.kind[at], chunk.code[at])]),
            Self::Answers(answers) => words(length, |at| fits(answers, chunk.answer[at])),
            Self::Whences(whences) => words(length, |at| fits(whences, chunk.whence[at])),
            Self::Time(test) => words(length, |at| test.time(Moment(chunk.time(at)))),
            Self::Port(test) => words(length, |at| test.port(chunk.port[at])),
        }
    }
}

/// How many records of a stretch of time a filter lets through.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Matched {
    /// By the number of the pair.
    pub pairs: Vec<u32>,
    /// Of types that are not judged, by the number of the origin.
    pub ignored: Vec<u32>,
    /// Of all types.
    pub records: u64,
}

impl Timeline {
    /// Counts what `sieve` lets through within `scope`.
    #[must_use]
    pub fn count(&self, fleet: &Fleet, scope: Scope, sieve: &Sieve) -> Matched {
        let mut matched = Matched {
            pairs: vec![0; fleet.pair_count()],
            ignored: vec![0; fleet.ignored().count()],
            records: 0,
        };
        for (number, chunk) in self.chunks.iter().enumerate() {
            sieve.for_each(number, chunk.within(scope), |row| {
                matched.records += 1;
                let subject = chunk.subject[row];
                let others = || self.others.get(subject & !OTHER).map(|(origin, _)| origin.0 as usize);
                let count = if subject & OTHER == 0 {
                    matched.pairs.get_mut(subject as usize)
                } else {
                    others().and_then(|origin| matched.ignored.get_mut(origin))
                };
                if let Some(count) = count {
                    *count = count.saturating_add(1);
                }
            });
        }
        matched
    }

    /// How many records within `scope` are let through.
    #[must_use]
    pub fn count_rows(&self, scope: Scope, sieve: &Sieve) -> u64 {
        let mut count = 0;
        for (number, chunk) in self.chunks.iter().enumerate() {
            let rows = chunk.within(scope);
            let Some(bits) = sieve.chunks.get(number).filter(|_| !rows.is_empty()) else { continue };
            let words = rows.start / 64..rows.end.div_ceil(64);
            for (at, word) in words.clone().zip(bits.words.get(words).unwrap_or_default()) {
                let mut word = *word;
                if at == rows.start / 64 {
                    word &= u64::MAX << (rows.start % 64);
                }
                if at == rows.end / 64 {
                    word &= (1 << (rows.end % 64)) - 1;
                }
                count += u64::from(word.count_ones());
            }
        }
        count
    }

    /// Calls `each` with the time and the verdict of every record that `sieve` lets through, chunk by chunk.
    pub fn for_each_matched(&self, sieve: &Sieve, mut each: impl FnMut(Moment, crate::observation::Verdict)) {
        for (number, chunk) in self.chunks.iter().enumerate() {
            sieve.for_each(number, 0..chunk.len(), |row| {
                each(Moment(chunk.time(row)), verdict(chunk.code[row]));
            });
        }
    }
}
