//! Records that are not all there until more of the input was read: one row for each answer, and rows whose
//! places for answers are all empty.
//!
//! Engines that unnest a list write a row for each of its elements, next to each other or, once sorted,
//! anywhere. Rows of one query are put together again within a window. Whether a row is one of several, or
//! has the first answer and no more, shows in the input as a whole: only if the links of a chain stand in
//! rows of their own beside what the chain leads to, is each answer one row, and a query's rows are all of
//! its answers.

use std::collections::HashMap;
use std::fmt::Write as _;

use super::format::InputFormat;
use super::sink::RecordPlace;
use crate::log::record::{Answer, Extent, Record};

/// The most queries held at a time.
const MAX_HELD: usize = 32 << 10;
/// The most bytes held at a time, about.
const MAX_BYTES: usize = 16 << 20;
/// The most answers of a query that are put together.
const MAX_ANSWERS: usize = 256;
/// What a record takes besides its texts, about.
const RECORD_BYTES: usize = 512;

/// Records that wait, in the order in which they came.
#[derive(Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each was seen or not, whatever the others are")]
pub(super) struct WaitingRows {
    pub(super) held: Vec<HeldRow>,
    /// By what makes a query one, its place in `held`.
    queries: HashMap<String, usize>,
    bytes: usize,
    /// Whether places for answers were seen with something in them.
    pub(super) is_filled: bool,
    /// Whether a link of a chain and what it leads to were seen in rows of one query.
    is_chained: bool,
    /// Whether rows of one query were seen apart.
    is_scattered: bool,
    /// Whether any was let go before the end of the input.
    pub(super) was_full: bool,
    /// How many rows were one answer of a query, and whether one said that its query has none.
    pub(super) elements: u32,
    pub(super) has_empty: bool,
    /// The place in `held` that the last row went to.
    last: usize,
}

#[derive(Debug)]
pub(super) struct HeldRow {
    pub(super) record: Record<'static>,
    pub(super) place: RecordPlace,
    pub(super) format: InputFormat,
    /// How many rows there were for each of its answers. A list holds each once: so many queries were alike.
    rows: Vec<u32>,
    /// How many there were without one.
    empty: u32,
    /// Whether some of its answers were let go.
    is_cut: bool,
}

impl WaitingRows {
    /// Takes a record that may not be all there.
    pub(super) fn hold(&mut self, record: Record<'static>, place: RecordPlace, format: InputFormat) {
        self.is_filled |= record.extent == Extent::Element && !record.answers.is_empty();
        self.last = self.held.len();
        if record.extent == Extent::Element {
            self.elements = self.elements.saturating_add(u32::from(!record.answers.is_empty()));
            self.has_empty |= record.answers.is_empty();
            let next = self.held.len();
            let at = *self.queries.entry(query(&record)).or_insert(next);
            self.last = at;
            if let Some(before) = self.held.get_mut(at) {
                self.is_scattered |= at + 1 != next;
                self.bytes += before.join(record.answers);
                self.is_chained = self.is_chained || before.is_chained();
                return;
            }
        }
        let texts: usize = record.answers.iter().map(|answer| answer.rdata.len() + answer.kind.len()).sum();
        self.bytes += RECORD_BYTES + texts + record.name.len();
        let (rows, empty) = (vec![1; record.answers.len()], u32::from(record.answers.is_empty()));
        let held = HeldRow { record, place, format, rows, empty, is_cut: false };
        self.held.push(held);
    }

    pub(super) fn is_full(&self) -> bool {
        self.held.len() >= MAX_HELD || self.bytes >= MAX_BYTES
    }

    /// Lets the first `count` go, as far as they are known by now.
    pub(super) fn release(&mut self, count: usize) -> Vec<HeldRow> {
        let mut gone: Vec<_> = self.held.drain(..count).collect();
        self.queries.clear();
        self.last = self.last.saturating_sub(count);
        self.bytes = 0;
        for (at, held) in self.held.iter().enumerate() {
            if held.record.extent == Extent::Element {
                self.queries.insert(query(&held.record), at);
            }
            self.bytes += RECORD_BYTES + held.record.answers.len() * 64;
        }
        let is_whole = self.is_chained && !(self.was_full && self.is_scattered);
        for held in &mut gone {
            held.record.extent = match held.record.extent {
                Extent::Element if held.record.answers.is_empty() => self.blank(),
                Extent::Element if is_whole && !held.is_cut => Extent::Whole,
                Extent::Element => Extent::Partial,
                Extent::Blank => self.blank(),
                extent => extent,
            };
        }
        gone
    }

    /// Where the input ends: a limit on rows may have cut off what the links of its last query lead to.
    pub(super) fn ended(&mut self) {
        if let Some(last) = self.held.get_mut(self.last) {
            last.is_cut |= last.record.answers.iter().all(is_link);
        }
    }

    /// What places without anything in them say.
    fn blank(&self) -> Extent {
        if self.is_filled { Extent::Whole } else { Extent::Absent }
    }
}

impl HeldRow {
    /// Takes the answers of another row. Returns about how many bytes more that is.
    fn join(&mut self, answers: Vec<Answer<'static>>) -> usize {
        let known = &mut self.record.answers;
        let before = known.len();
        self.empty += u32::from(answers.is_empty());
        for answer in answers {
            match known.iter().position(|known| *known == answer) {
                Some(at) => self.rows[at] += 1,
                None if known.len() == MAX_ANSWERS => self.is_cut = true,
                None => {
                    known.push(answer);
                    self.rows.push(1);
                }
            }
        }
        (known.len() - before) * 64
    }

    /// How many queries it stands for.
    pub(super) fn count(&self) -> u32 {
        self.rows.iter().copied().fold(self.empty, u32::max)
    }

    /// Whether it has a link of a chain, and something else.
    fn is_chained(&self) -> bool {
        let mut links = self.record.answers.iter().map(is_link);
        let first = links.next();
        links.any(|is_link| Some(is_link) != first)
    }
}

/// Whether an answer is a name that leads to others.
fn is_link(answer: &Answer<'_>) -> bool {
    answer.kind.eq_ignore_ascii_case("CNAME") || answer.kind.is_empty() && answer.rdata.ends_with('.')
}

/// What makes rows those of one query: everything but the answers.
fn query(record: &Record<'_>) -> String {
    let none = std::borrow::Cow::Borrowed("");
    let texts = [
        &record.name,
        &record.kind,
        &record.rcode,
        &record.source,
        &record.port,
        &record.account,
        &record.region,
        &record.vpc,
        record.instance.as_ref().unwrap_or(&none),
        record.resolver_endpoint.as_ref().unwrap_or(&none),
        record.interface.as_ref().unwrap_or(&none),
    ];
    let mut query = String::with_capacity(160);
    for text in texts {
        query.push_str(text);
        query.push('\0');
    }
    let _ = write!(query, "{}{}", record.at.0, record.blocked);
    query
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::moment::Moment;

    fn record(port: &str, extent: Extent, answers: &[(&str, &str)]) -> Record<'static> {
        let answers = answers
            .iter()
            .map(|(kind, rdata)| Answer { kind: (*kind).into(), rdata: (*rdata).into() })
            .collect::<Vec<_>>();
        Record {
            account: "".into(),
            region: "".into(),
            vpc: "vpc-1".into(),
            at: Moment(0),
            name: "a.example.".into(),
            kind: "AAAA".into(),
            rcode: "NOERROR".into(),
            answers,
            extent,
            source: "10.0.0.1".into(),
            port: port.into(),
            instance: None,
            resolver_endpoint: None,
            interface: None,
            device: None,
            blocked: false,
            rule_group: None,
            domain_list: None,
        }
        .into_owned()
    }

    /// What becomes of rows: the number of answers of each record, and how much of all of them that is.
    fn released(rows: &[Record<'static>]) -> Vec<(usize, Extent)> {
        let mut held = WaitingRows::default();
        for row in rows {
            held.hold(row.clone(), RecordPlace::default(), InputFormat::Json);
        }
        let count = held.held.len();
        let each =
            |held: HeldRow| vec![(held.record.answers.len(), held.record.extent); held.count() as usize];
        held.release(count).into_iter().flat_map(each).collect()
    }

    const LINK: (&str, &str) = ("CNAME", "b.example.");
    const ADDRESS: (&str, &str) = ("AAAA", "2001:db8::1");

    #[test]
    fn rows_of_one_query_are_one_record() {
        let element = |port: &str, answer| record(port, Extent::Element, &[answer]);
        let whole = Extent::Whole;
        assert_eq!(released(&[element("1", LINK), element("1", ADDRESS)]), [(2, whole)]);
        assert_eq!(
            released(&[element("1", ADDRESS), element("2", LINK), element("1", LINK)]),
            [(2, whole), (1, whole)],
            "apart, and one that leads to nothing"
        );
        assert_eq!(
            released(&[element("1", ADDRESS), element("1", ADDRESS)]),
            [(1, Extent::Partial); 2],
            "two alike"
        );
        let twice = [LINK, ADDRESS, LINK, ADDRESS].map(|answer| element("1", answer));
        assert_eq!(released(&twice), [(2, whole); 2], "two alike");
        assert_eq!(
            released(&[element("1", LINK)]),
            [(1, Extent::Partial)],
            "the first one may be all there is of it"
        );
    }

    #[test]
    fn the_last_query_may_have_been_cut() {
        let mut held = WaitingRows::default();
        for (port, answer) in [("1", LINK), ("2", LINK), ("1", ADDRESS), ("3", LINK)] {
            held.hold(record(port, Extent::Element, &[answer]), RecordPlace::default(), InputFormat::Json);
        }
        held.ended();
        let extents: Vec<_> = held.release(3).into_iter().map(|held| held.record.extent).collect();
        assert_eq!(extents, [Extent::Whole, Extent::Whole, Extent::Partial]);
    }

    #[test]
    fn a_row_never_joins_another_query_after_some_left() {
        let element = |port: &str, answer| record(port, Extent::Element, &[answer]);
        let mut held = WaitingRows::default();
        for row in [element("1", LINK), element("2", LINK), element("3", LINK)] {
            held.hold(row, RecordPlace::default(), InputFormat::Json);
        }
        held.release(1);
        for row in [element("1", ADDRESS), element("2", ADDRESS)] {
            held.hold(row, RecordPlace::default(), InputFormat::Json);
        }
        let rest = held.release(3);
        let answers: Vec<_> = rest.iter().map(|it| (&*it.record.port, it.record.answers.len())).collect();
        assert_eq!(answers, [("2", 2), ("3", 1), ("1", 1)]);
    }

    #[test]
    fn empty_places_say_something_only_beside_full_ones() {
        let blank = record("1", Extent::Blank, &[]);
        let none = record("1", Extent::Element, &[]);
        assert_eq!(released(&[blank.clone(), none.clone()]), [(0, Extent::Absent), (0, Extent::Absent)]);
        let full = record("2", Extent::Element, &[ADDRESS]);
        assert_eq!(
            released(&[blank.clone(), blank, none, full]),
            [(0, Extent::Whole), (0, Extent::Whole), (0, Extent::Whole), (1, Extent::Partial)]
        );
    }

    #[test]
    fn what_leaves_early_is_whole_only_if_rows_stand_together() {
        let element = |port: usize, answer| record(&port.to_string(), Extent::Element, &[answer]);
        let mut together = WaitingRows { was_full: true, ..WaitingRows::default() };
        for port in 0..4 {
            together.hold(element(port, LINK), RecordPlace::default(), InputFormat::Json);
            together.hold(element(port, ADDRESS), RecordPlace::default(), InputFormat::Json);
        }
        assert!(together.release(2).iter().all(|held| held.record.extent == Extent::Whole));
        let mut apart = WaitingRows { was_full: true, ..WaitingRows::default() };
        (0..4).for_each(|port| apart.hold(element(port, LINK), RecordPlace::default(), InputFormat::Json));
        (0..4).for_each(|port| apart.hold(element(port, ADDRESS), RecordPlace::default(), InputFormat::Json));
        assert!(apart.release(2).iter().all(|held| held.record.extent == Extent::Partial));
    }
}
