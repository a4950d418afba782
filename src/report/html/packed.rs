//! All pairs in packed columns, for the page's script.
//!
//! A block is gzip of columns, each of them numbers as LEB128; `page.js` reads them in the same order. What
//! pairs have in common, origins and names, are in one block of JSON, and pairs have its numbers.

use std::collections::{BTreeMap, HashMap};
use std::io;

use compact_str::CompactString;
use libdeflater::{CompressionLvl, Compressor};
use serde::Serialize;

use super::super::{Report, json, pieces};
use super::PageData;
use super::findings::anchors;
use crate::advice::finding::Advice;
use crate::base::moment::Moment;
use crate::base::saturating::SaturatingInto as _;
use crate::base::visible::visible;
use crate::fleet::{PairHandle, PairView, Status, Symbol};
use crate::knowledge::domain::bare;
use crate::log::observation::{A, Aaaa};

/// How hard to compress. At 6 it takes a third longer, and gains less than a hundredth.
const LEVEL: i32 = 3;

/// The place of each of these names among them, by its number in the fleet.
pub(super) fn ranks(names: &[Symbol]) -> Vec<u32> {
    let most = names.iter().map(|name| name.index() + 1).max().unwrap_or(0);
    let mut ranks = vec![0; most];
    for (rank, name) in (0..).zip(names) {
        ranks[name.index()] = rank;
    }
    ranks
}

#[derive(Serialize)]
struct PackedWords<'a> {
    /// Seconds since the epoch that all times are counted from.
    base: i64,
    /// Word, words, and the lead-in to these, of each status.
    statuses: Vec<(&'static str, &'static str, String)>,
    aaaa: [&'static str; Aaaa::ALL.len()],
    a: [&'static str; A::ALL.len()],
    origins: Vec<Option<OriginWords<'a>>>,
    names: Vec<String>,
    /// Places in `services`, by name.
    service_of: Vec<usize>,
    services: Vec<String>,
    /// An IPv4 address of the name, and whether there are more.
    ipv4: Vec<String>,
    /// Anchors of what is to be done, by name.
    findings: BTreeMap<usize, Vec<String>>,
}

#[derive(Serialize)]
struct OriginWords<'a> {
    id: String,
    label: &'a str,
    vpc: String,
    region: String,
    account: String,
    addresses: Vec<String>,
}

/// How many addresses of an origin are listed.
const ADDRESSES: usize = 4;

/// What pairs have in common.
pub(super) fn words(report: &Report<'_>, gathered: &PageData<'_>) -> io::Result<Vec<u8>> {
    let (survey, names) = (report.survey, &*gathered.names);
    let fleet = survey.fleet();
    let selected = selected_origins(report);
    let origins = survey.origins().iter().zip(selected).map(|(origin, selected)| {
        selected.then(|| OriginWords {
            id: visible(origin.id).into_owned(),
            label: pieces::name_of(report.knowledge.names, origin).unwrap_or_default(),
            vpc: visible(origin.vpc).into_owned(),
            region: visible(origin.region).into_owned(),
            account: visible(origin.account).into_owned(),
            addresses: origin.address_texts().take(ADDRESSES).collect(),
        })
    });
    let (mut services, mut places) = (vec![String::new()], HashMap::from([(CompactString::default(), 0)]));
    let service_of = names.iter().map(|name| {
        let service = report
            .knowledge
            .catalog
            .about(fleet.name_text(*name))
            .map(|known| known.product)
            .unwrap_or_default();
        *places.entry(service).or_insert_with_key(|service| {
            services.push(service.to_string());
            services.len() - 1
        })
    });
    let service_of: Vec<usize> = service_of.collect();
    let words = PackedWords {
        base: base(report),
        statuses: Status::ALL.map(|it| (it.word(), it.words(), it.lead())).to_vec(),
        aaaa: Aaaa::ALL.map(Aaaa::words),
        a: A::ALL.map(A::words),
        origins: origins.collect(),
        names: names.iter().map(|name| bare(&visible(fleet.name_text(*name))).to_owned()).collect(),
        service_of,
        services,
        ipv4: names.iter().map(|name| ipv4(report, *name)).collect(),
        findings: about(report, &gathered.advice, names),
    };
    let mut text = Vec::new();
    json::put(&mut text, &words)?;
    compressed(&text)
}

fn ipv4(report: &Report<'_>, name: Symbol) -> String {
    let known = report.survey.fleet().ipv4_of(name);
    let Some(first) = known.lowest().first() else { return String::new() };
    let first = std::net::Ipv4Addr::from(*first);
    if known.more() || known.lowest().len() > 1 { format!("{first}, …") } else { first.to_string() }
}

/// Which origins have a selected pair: nothing is said of others.
fn selected_origins(report: &Report<'_>) -> Vec<bool> {
    let mut selected = vec![report.selection.is_all(); report.survey.origins().len()];
    if !report.selection.is_all() {
        for pair in report.selected() {
            selected[pair.origin_rank] = true;
        }
    }
    selected
}

/// What is to be done about each name, as anchors in the page.
fn about(report: &Report<'_>, advice: &Advice, names: &[Symbol]) -> BTreeMap<usize, Vec<String>> {
    let fleet = report.survey.fleet();
    let mut about: BTreeMap<usize, Vec<String>> = BTreeMap::new();
    for (finding, anchor) in anchors(report, advice).filter(|(finding, _)| finding.rule.is_about_a_name()) {
        let place = names.binary_search_by_key(&finding.subject.as_str(), |name| fleet.name_text(*name));
        if let Ok(place) = place {
            about.entry(place).or_default().push(anchor);
        }
    }
    about
}

/// The first whole second of the log.
fn base(report: &Report<'_>) -> i64 {
    report.survey.fleet().tally().range.map_or(0, |(first, _)| first.second())
}

/// Numbers of one kind, of all pairs of a block.
#[derive(Default)]
struct PackedColumn(Vec<u8>);

impl PackedColumn {
    /// RFC 8949 has nothing so short; LEB128 as in DWARF 5, section 7.6.
    fn push(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.0.push(number.to_le_bytes()[0] | 0x80);
            number >>= 7;
        }
        self.0.push(number.to_le_bytes()[0]);
    }

    /// A number that may be below 0: its lowest bit is the sign.
    fn push_signed(&mut self, number: i64) {
        self.push(((number << 1) ^ (number >> 63)).cast_unsigned());
    }
}

/// What a pair is besides its status, as bits above it.
const NOISE: u64 = 1 << 4;
const FLAPPING: u64 = 1 << 5;
const PARTIAL: u64 = 1 << 6;
const CNAME_ONLY: u64 = 1 << 7;

/// The columns of a block, in the order in which the block has them.
#[derive(Default)]
struct PackedColumns {
    origin: PackedColumn,
    name: PackedColumn,
    flags: PackedColumn,
    /// Bits of the verdicts that were seen, and how often each was.
    aaaa: PackedColumn,
    a: PackedColumn,
    counts: PackedColumn,
    /// Seconds after the base, and after the first.
    first: PackedColumn,
    last: PackedColumn,
    /// 0, or 1 more than the seconds after the base of the latest change; and from what to what.
    change: PackedColumn,
    turn: PackedColumn,
    /// 0, or 1 and the IPv4 address in a synthesized answer.
    embedded: PackedColumn,
    before: (i64, i64),
}

impl PackedColumns {
    fn push(&mut self, report: &Report<'_>, pair: &PairView<'_>, name: u32, base: i64) {
        let place = (pair.origin_rank.saturating_into::<i64>(), i64::from(name));
        self.origin.push_signed(place.0 - self.before.0);
        self.name.push_signed(place.1 - self.before.1);
        self.before = place;
        let flag = |is: bool, flag: u64| if is { flag } else { 0 };
        self.flags.push(
            pair.status as u64
                | flag(report.survey.noise(pair).is_some(), NOISE)
                | flag(pair.spans.flapping(), FLAPPING)
                | flag(pair.partial, PARTIAL)
                | flag(pair.cname_only > 0, CNAME_ONLY),
        );
        let bits = |verdicts: &mut dyn Iterator<Item = u32>| {
            verdicts.fold(0, |bits, verdict| bits | 1_u64 << verdict)
        };
        self.aaaa.push(bits(&mut pair.spans.aaaa().map(|(verdict, _)| verdict as u32)));
        self.a.push(bits(&mut pair.spans.a().map(|(verdict, _)| verdict as u32)));
        let spans = pair.spans.aaaa().map(|(_, span)| span).chain(pair.spans.a().map(|(_, span)| span));
        spans.for_each(|span| self.counts.push(span.count));
        let after = |moment: Moment| (moment.second() - base).max(0).cast_unsigned();
        let (first, last) = pair.spans.range().map_or((0, 0), |(first, last)| (after(first), after(last)));
        self.first.push(first);
        self.last.push(last - first);
        match pair.change() {
            None => self.change.push(0),
            Some(change) => {
                self.change.push(1 + after(change.at));
                self.turn.push((change.from as u64) << 4 | change.to as u64);
            }
        }
        match pair.embedded.lowest().first() {
            None => self.embedded.push(0),
            Some(bits) => self.embedded.push(1 + u64::from(*bits)),
        }
    }

    fn bytes(self) -> Vec<u8> {
        let Self { origin, name, flags, aaaa, a, counts, first, last, change, turn, embedded, before: _ } =
            self;
        [origin, name, flags, aaaa, a, counts, first, last, change, turn, embedded]
            .map(|column| column.0)
            .concat()
    }
}

/// A block of pairs: how many there are, then their columns.
pub(super) fn pairs(report: &Report<'_>, handles: &[PairHandle], ranks: &[u32]) -> io::Result<Vec<u8>> {
    let base = base(report);
    let mut columns = PackedColumns::default();
    report.survey.visit(handles.iter().copied(), |_, pair| {
        let name = ranks.get(pair.name_symbol.index()).copied().unwrap_or_default();
        columns.push(report, pair, name, base);
    });
    let mut count = PackedColumn::default();
    count.push(handles.len() as u64);
    compressed(&[count.0, columns.bytes()].concat())
}

fn compressed(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let level = CompressionLvl::new(LEVEL).unwrap_or_default();
    let mut compressor = Compressor::new(level);
    let mut out = vec![0; compressor.gzip_compress_bound(bytes.len())];
    let length = compressor.gzip_compress(bytes, &mut out).map_err(io::Error::other)?;
    out.truncate(length);
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_leb128() {
        let mut column = PackedColumn::default();
        for number in [0, 127, 128, 300] {
            column.push(number);
        }
        for number in [0, -1, 1, -64, 64] {
            column.push_signed(number);
        }
        assert_eq!(column.0, [0, 0x7f, 0x80, 1, 0xac, 2, 0, 1, 2, 0x7f, 0x80, 1]);
        let mut largest = PackedColumn::default();
        largest.push_signed(i64::MIN);
        assert_eq!(largest.0, [[0xff; 9].as_slice(), &[1]].concat());
    }
}
