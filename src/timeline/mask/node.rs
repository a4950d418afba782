//! An expression with its tests put to what they look at.

use crate::base::moment::Moment;
use crate::base::saturating::SaturatingInto as _;
use crate::fleet::{Fleet, OriginId, PairId, Status, Symbol};
use crate::log::observation::{SourceAddress, Verdict};
use crate::query::{Expression, Test, TestSubject};
use crate::timeline::bits::Bits;
use crate::timeline::chunk::{Chunk, VERDICT};
use crate::timeline::{OTHER, Timeline};

/// What the tests of an expression are put to.
pub(super) struct Tables<'a> {
    timeline: &'a Timeline,
    fleet: &'a Fleet,
    owners: Vec<OriginId>,
    statuses: &'a [Option<Status>],
}

impl<'a> Tables<'a> {
    pub(super) fn new(timeline: &'a Timeline, fleet: &'a Fleet, statuses: &'a [Option<Status>]) -> Self {
        Self { timeline, fleet, owners: fleet.owners(), statuses }
    }

    fn origin(&self, test: &Test, origin: OriginId) -> bool {
        let fits = |origin: OriginId| {
            let (kind, id, vpc) = self.fleet.origin_text(origin);
            let (account, region) = self.fleet.origin_account(origin);
            test.origin(kind, id, vpc, account, region)
        };
        let owner = self.owners.get(origin.0 as usize).copied().unwrap_or(origin);
        fits(origin) || owner != origin && fits(owner)
    }

    /// Whether each subject fits an expression that looks at nothing else ([`is_of_subjects`]): pairs first,
    /// then from [`Tables::first_other_subject`] on what is not judged.
    fn subjects(&self, expression: &Expression) -> Vec<u64> {
        let of = |some: &[Expression], with: fn(u64, u64) -> u64| {
            let several = some.iter().map(|one| self.subjects(one));
            let joined = several.reduce(|mut one, other| {
                one.iter_mut().zip(other).for_each(|(word, other)| *word = with(*word, other));
                one
            });
            joined.unwrap_or_default()
        };
        match expression {
            Expression::All => {
                vec![u64::MAX; self.first_other_subject() / 64 + self.timeline.others.len().div_ceil(64)]
            }
            Expression::And(all) => of(all, |one, other| one & other),
            Expression::Or(any) => of(any, |one, other| one | other),
            Expression::Not(not) => self.subjects(not).into_iter().map(|word| !word).collect(),
            Expression::Test(test) => self.subjects_of(test),
        }
    }

    fn subjects_of(&self, test: &Test) -> Vec<u64> {
        let (workers, others) = (self.timeline.workers, &self.timeline.others);
        let pair = |at: usize| self.fleet.pair_parts(PairId(at.saturating_into()));
        let (pairs, others) = if test.subject() == TestSubject::Status {
            let of = |at: usize| self.statuses.get(at).copied().flatten();
            let pairs = Bits::from_fn(workers, self.fleet.pair_count(), |at| test.status(of(at)));
            // What is not judged has none.
            (pairs, Bits::from_fn(workers, others.len(), |_| test.status(None)))
        } else if test.subject() == TestSubject::Origin {
            let origins = Bits::from_fn(workers, self.owners.len(), |origin| {
                self.origin(test, OriginId(origin.saturating_into()))
            });
            let fits = |origin: OriginId| origins.has(origin.0 as usize);
            let pairs = Bits::from_fn(workers, self.fleet.pair_count(), |at| {
                pair(at).is_some_and(|(origin, _)| fits(origin))
            });
            let others = Bits::from_fn(workers, others.len(), |at| {
                others.parts(at.saturating_into()).is_some_and(|(origin, _)| fits(origin))
            });
            (pairs, others)
        } else {
            let names = Bits::from_fn(workers, self.fleet.name_count(), |name| {
                test.name(self.fleet.name_text(Symbol(name.saturating_into())))
            });
            let pairs = Bits::from_fn(workers, self.fleet.pair_count(), |at| {
                pair(at).is_some_and(|(_, name)| names.has(name.index()))
            });
            let texts = others.names();
            let names = Bits::from_fn(workers, texts.len(), |name| {
                test.name(texts.get(Symbol(name.saturating_into())))
            });
            let others = Bits::from_fn(workers, others.len(), |at| {
                others.parts(at.saturating_into()).is_some_and(|(_, name)| names.has(name.index()))
            });
            (pairs, others)
        };
        let mut subjects = pairs.0;
        subjects.extend_from_slice(&others.0);
        subjects
    }

    /// The place of the first subject that is no pair.
    fn first_other_subject(&self) -> usize {
        self.fleet.pair_count().next_multiple_of(64)
    }
}

/// An expression with its tests put.
pub(super) enum MaskNode {
    All,
    Never,
    And(Vec<Self>),
    Or(Vec<Self>),
    Not(Box<Self>),
    /// By subject, those that are no pairs from a place on.
    Subjects(Bits, usize),
    /// By QTYPE, RCODE and verdict: [`code_index`].
    Codes(Bits),
    Answers(Bits),
    QuerySources(Bits),
    Time(Test),
    Port(Test),
}

fn code_index(kind: u8, code: u8) -> usize {
    usize::from(kind) << VERDICT.count_ones() | usize::from(code & VERDICT)
}

/// How many of 64 rows are better looked at one by one.
const FEW: u32 = 16;

/// Holds back the rows whose element of `column` does not fit.
fn retain_fitting<T: Copy>(words: &mut [u64], column: &[T], fits: impl Fn(T) -> bool) {
    for (word, rows) in words.iter_mut().zip(column.chunks(64)) {
        if word.count_ones() > FEW {
            let bits = rows.iter().enumerate().map(|(at, row)| u64::from(fits(*row)) << at);
            *word &= bits.fold(0, |all, bit| all | bit);
            continue;
        }
        let mut left = *word;
        while left != 0 {
            let at = left.trailing_zeros();
            left &= left - 1;
            if !rows.get(at as usize).is_some_and(|row| fits(*row)) {
                *word &= !(1 << at);
            }
        }
    }
}

/// Whether an expression looks at origins, names, and the status of their pairs only.
fn is_of_subjects(expression: &Expression) -> bool {
    let mut only = *expression != Expression::All;
    expression.for_each_test(&mut |test| {
        only &= matches!(test.subject(), TestSubject::Origin | TestSubject::Name | TestSubject::Status);
    });
    only
}

impl MaskNode {
    pub(super) fn from_expression(expression: &Expression, tables: &Tables<'_>) -> Self {
        if is_of_subjects(expression) {
            return Self::Subjects(Bits(tables.subjects(expression)), tables.first_other_subject());
        }
        // Those that look at origins and names only are put together.
        let several = |some: &[Expression], join: fn(Vec<Expression>) -> Expression| {
            let (together, others): (Vec<_>, Vec<_>) = some.iter().partition(|one| is_of_subjects(one));
            let together = (!together.is_empty()).then(|| join(together.into_iter().cloned().collect()));
            together.iter().chain(others).map(|one| Self::from_expression(one, tables)).collect()
        };
        match expression {
            Expression::All => Self::All,
            Expression::And(all) => Self::And(several(all, Expression::And)),
            Expression::Or(any) => Self::Or(several(any, Expression::Or)),
            Expression::Not(not) => Self::Not(Box::new(Self::from_expression(not, tables))),
            Expression::Test(test) => Self::put(test, tables.timeline),
        }
    }

    /// Puts a test that looks at neither origins nor names.
    fn put(test: &Test, timeline: &Timeline) -> Self {
        let workers = timeline.workers;
        match test.subject() {
            TestSubject::Code => {
                Self::Codes(Bits::from_fn(workers, code_index(u8::MAX, VERDICT) + 1, |index| {
                    let (kind, code) = (index >> VERDICT.count_ones(), index & usize::from(VERDICT));
                    let (kind, rcode) = timeline.kinds.unpacked(u8::try_from(kind).unwrap_or(0));
                    test.code(kind.as_bytes(), rcode, Verdict::from_code(u8::try_from(code).unwrap_or(0)))
                }))
            }
            TestSubject::Answer | TestSubject::Source if test.is_vain() => Self::Never,
            TestSubject::Answer => Self::Answers(Bits::from_fn(workers, timeline.answers.len(), |at| {
                let (native, ipv4) = timeline.answers.get(at.saturating_into());
                test.answer(native, ipv4)
            })),
            TestSubject::Source => {
                Self::QuerySources(Bits::from_fn(workers, timeline.sources_of_queries.len(), |at| {
                    test.source(match timeline.sources_of_queries.get(at.saturating_into()).source {
                        SourceAddress::Ip(address) => Some(address),
                        SourceAddress::Text(_) => None,
                    })
                }))
            }
            TestSubject::Port => Self::Port(test.clone()),
            TestSubject::Time | TestSubject::Origin | TestSubject::Name | TestSubject::Status => {
                Self::Time(test.clone())
            }
        }
    }

    /// Holds back the rows of a chunk that it does not hold for; `words` has a bit for each.
    pub(super) fn narrow(&self, chunk: &Chunk, words: &mut [u64]) {
        match self {
            Self::All => {}
            Self::Never => words.fill(0),
            Self::And(all) => all.iter().for_each(|one| one.narrow(chunk, words)),
            Self::Or(any) => {
                // What one lets through need not be looked at by the next.
                let mut held = words.to_vec();
                for one in any.iter().filter(|one| !matches!(one, Self::Never)) {
                    let mut let_through = held.clone();
                    one.narrow(chunk, &mut let_through);
                    held.iter_mut().zip(let_through).for_each(|(held, through)| *held &= !through);
                }
                words.iter_mut().zip(held).for_each(|(word, held)| *word &= !held);
            }
            Self::Not(not) => {
                let mut let_through = words.to_vec();
                not.narrow(chunk, &mut let_through);
                words.iter_mut().zip(let_through).for_each(|(word, through)| *word &= !through);
            }
            Self::Subjects(subjects, others) => retain_fitting(words, &chunk.subject, |subject| {
                let behind = if subject & OTHER == 0 { 0 } else { *others };
                subjects.has((subject & !OTHER) as usize + behind)
            }),
            Self::Codes(codes) => {
                for ((word, kinds), rows) in
                    words.iter_mut().zip(chunk.kind.chunks(64)).zip(chunk.code.chunks(64))
                {
                    if *word != 0 {
                        let rows = kinds.iter().zip(rows).enumerate();
                        let bits = rows
                            .map(|(at, (kind, code))| u64::from(codes.has(code_index(*kind, *code))) << at);
                        *word &= bits.fold(0, |all, bit| all | bit);
                    }
                }
            }
            Self::Answers(answers) => {
                retain_fitting(words, &chunk.answer, |answer| answers.has(answer as usize));
            }
            Self::QuerySources(sources_of_queries) => {
                retain_fitting(words, &chunk.source_of_query, |source| {
                    sources_of_queries.has(source as usize)
                });
            }
            Self::Time(test) => {
                let base = chunk.base();
                retain_fitting(words, &chunk.at, |at| test.time(Moment(base + i64::from(at))));
            }
            Self::Port(test) => retain_fitting(words, &chunk.port, |port| test.port(port)),
        }
    }
}
