//! The JSON contract, version [`super::SCHEMA`]; `docs/json.md` describes it field by field.

use std::io::{self, Write};

use serde::Serialize;
use serde::ser::{SerializeMap, SerializeSeq, Serializer};
use serde_json::ser::{CompactFormatter, Formatter};

use super::{Remarks, Report, SCHEMA, pieces};
use crate::advice::finding::{Usage, WordedFindings};
use crate::base::moment::{Moment, MomentWriter};
use crate::base::visible::is_hidden;
use crate::fleet::{Dns64, EvictedPairs, Folds, OriginKind, OriginView, PairHandle, PairView, Status};
use crate::knowledge::names::Names;
use crate::log::observation::Unknown;

mod advice;
mod pair;
mod plan;

pub use advice::finding_line;
pub(super) use advice::tail;

use advice::UsageJson;

/// Writes characters that would drive a terminal or hide in a text as JSON escapes; readers get the same
/// strings.
#[derive(Clone, Debug, Default)]
struct SafeFormatter(CompactFormatter);

impl Formatter for SafeFormatter {
    fn write_string_fragment<W: ?Sized + Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        if fragment.is_ascii() && !fragment.contains('\u{7f}') {
            return writer.write_all(fragment.as_bytes());
        }
        let mut plain = 0;
        for (at, character) in fragment.char_indices().filter(|(_, character)| is_hidden(*character)) {
            writer.write_all(&fragment.as_bytes()[plain..at])?;
            for unit in character.encode_utf16(&mut [0; 2]) {
                write!(writer, "\\u{unit:04x}")?;
            }
            plain = at + character.len_utf8();
        }
        writer.write_all(&fragment.as_bytes()[plain..])
    }
}

pub(super) fn put(out: &mut impl Write, value: &impl Serialize) -> io::Result<()> {
    value
        .serialize(&mut serde_json::Serializer::with_formatter(out, SafeFormatter::default()))
        .map_err(io::Error::from)
}

/// The report up to its list of pairs.
pub(super) fn head(report: &Report<'_>, told: &WordedFindings<'_>, out: &mut Vec<u8>) -> io::Result<()> {
    let tally = report.survey.fleet().tally();
    write!(out, "{{\"schema\":{SCHEMA},\"records\":{},\"malformed\":{}", tally.records, tally.malformed)?;
    write!(out, ",\"ignored\":{},\"outside\":{}", tally.ignored, tally.outside)?;
    out.write_all(b",\"picked\":")?;
    put(out, &report.selection.picked.then(|| tally.picked_records()).flatten())?;
    write!(out, ",\"filtered\":{}", !report.selection.is_all())?;
    let (first, last) = tally.range.unzip();
    for (key, value) in [(",\"first\":", first), (",\"last\":", last)] {
        out.write_all(key.as_bytes())?;
        put(out, &value)?;
    }
    out.write_all(b",\"unknown\":")?;
    put(out, &Reasons(&tally.unknown))?;
    write!(out, ",\"partial\":{},\"masked_sources\":{}", tally.partial, tally.masked_sources)?;
    out.write_all(b",\"notes\":")?;
    put(out, &tally.unseen_words())?;
    out.write_all(b",\"loss\":")?;
    put(out, &LossJson(tally))?;
    if tally.folded.total().pairs > 0 {
        out.write_all(b",\"folded\":")?;
        put(out, &FoldedJson(&tally.folded))?;
    }
    out.write_all(b",\"inputs\":[")?;
    for (at, input) in report.inputs.iter().enumerate() {
        separate(out, at)?;
        put(
            out,
            &InputJson {
                path: &input.path.to_string(),
                format: input.format,
                records: input.records,
                error: &input.error,
            },
        )?;
    }
    out.write_all(b"],\"catalog\":")?;
    let (day, data) = report.knowledge.catalog.as_of();
    put(out, &CatalogJson { date: day, data })?;
    if let Some(excerpt) = report.excerpt {
        excerpt.json(out)?;
    }
    super::course::json(&tally.course, out)?;
    out.write_all(b",\n\"origins\":[")?;
    let mut selected = vec![report.selection.is_all(); report.survey.origins().len()];
    if !report.selection.is_all() {
        for pair in report.selected() {
            selected[pair.origin_rank] = true;
        }
    }
    let origins = report.survey.origins().iter().enumerate().filter(|(rank, _)| selected[*rank]);
    for (at, (rank, origin)) in origins.enumerate() {
        separate(out, at)?;
        put(out, &OriginStateJson(OriginJson(origin, report.knowledge.names), told.usages_of(rank)))?;
    }
    out.write_all(b"],\n\"pairs\":[")
}

impl Report<'_> {
    /// Writes an origin as the list of them has it, on a line; nothing if the survey does not have it.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write_origin(
        &self,
        kind: OriginKind,
        id: &str,
        vpc: &str,
        out: &mut impl Write,
    ) -> io::Result<()> {
        let mut origins = self.survey.origins().iter().enumerate();
        let origin = origins.find(|(_, it)| (it.kind, it.id, it.vpc) == (kind, id, vpc));
        let Some((rank, origin)) = origin else { return Ok(()) };
        let told = self.all();
        put(out, &OriginStateJson(OriginJson(origin, self.knowledge.names), told.usages_of(rank)))?;
        out.write_all(b"\n")
    }
}

/// Pairs of the list, with what separates them from those before.
pub(super) fn part(
    report: &Report<'_>,
    first: bool,
    handles: &[PairHandle],
    remarks: &Remarks,
) -> io::Result<Vec<u8>> {
    let mut out = Vec::with_capacity(handles.len() * PAIR);
    let mut at = usize::from(!first);
    pairs(report, handles, &mut out, |out, origin, pair, moments| {
        separate(out, at)?;
        at += 1;
        pair::write(out, pair, origin, remarks.about(pair.name_symbol), moments)
    })?;
    Ok(out)
}

/// One pair a line.
pub(super) fn lines(report: &Report<'_>, handles: &[PairHandle], remarks: &Remarks) -> io::Result<Vec<u8>> {
    let mut out = Vec::with_capacity(handles.len() * PAIR);
    pairs(report, handles, &mut out, |out, origin, pair, moments| {
        pair::write(out, pair, origin, remarks.about(pair.name_symbol), moments)?;
        out.push(b'\n');
        Ok(())
    })?;
    Ok(out)
}

/// About the bytes that a pair takes, rather more than less.
const PAIR: usize = 640;

/// Writes the pairs of `handles`, each with `write`, which gets its origin as JSON.
fn pairs(
    report: &Report<'_>,
    handles: &[PairHandle],
    out: &mut Vec<u8>,
    mut write: impl FnMut(&mut Vec<u8>, &[u8], &PairView<'_>, &mut MomentWriter) -> io::Result<()>,
) -> io::Result<()> {
    let (mut origin, mut moments) = (OriginText::new(report), MomentWriter::default());
    let mut written = Ok(());
    report.survey.visit(handles.iter().copied(), |_, pair| {
        if written.is_ok() {
            written = origin.for_pair(pair).and_then(|origin| write(out, origin, pair, &mut moments));
        }
    });
    written
}

fn separate(out: &mut impl Write, at: usize) -> io::Result<()> {
    out.write_all(if at == 0 { b"\n" } else { b",\n" })
}

/// An origin as JSON, kept from one pair to the next: they mostly are of the same.
struct OriginText<'a> {
    names: Option<&'a Names>,
    rank: Option<usize>,
    json: Vec<u8>,
}

impl<'a> OriginText<'a> {
    fn new(report: &Report<'a>) -> Self {
        Self { names: report.knowledge.names, rank: None, json: Vec::new() }
    }

    fn for_pair(&mut self, pair: &PairView<'_>) -> io::Result<&[u8]> {
        if self.rank != Some(pair.origin_rank) {
            self.json.clear();
            put(&mut self.json, &OriginJson(pair.origin, self.names))?;
            self.rank = Some(pair.origin_rank);
        }
        Ok(&self.json)
    }
}

#[derive(Serialize)]
struct CatalogJson<'a> {
    date: &'a str,
    data: &'a str,
}

#[derive(Serialize)]
struct InputJson<'a> {
    path: &'a str,
    format: &'a str,
    records: u64,
    error: &'a Option<String>,
}

struct LossJson<'a>(&'a crate::fleet::Tally);

#[derive(Serialize)]
struct GapJson {
    from: Moment,
    until: Moment,
}

#[derive(Serialize)]
struct IncompleteJson {
    kind: &'static str,
    count: u64,
    text: String,
}

impl Serialize for LossJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let loss = &self.0.loss;
        let mut map = serializer.serialize_map(Some(4))?;
        map.serialize_entry("sampled_seconds", &loss.sampled_seconds)?;
        let gaps: Vec<_> = loss.gaps.iter().map(|gap| GapJson { from: gap.from, until: gap.until }).collect();
        map.serialize_entry("gaps", &gaps)?;
        map.serialize_entry("dropped", &loss.dropped)?;
        let incomplete: Vec<_> = self
            .0
            .incomplete()
            .map(|(what, count)| IncompleteJson { kind: what.name(), count, text: what.words(count) })
            .collect();
        map.serialize_entry("incomplete", &incomplete)?;
        map.end()
    }
}

/// Counts by the reason why an answer is unknown, all of them.
struct Reasons<'a>(&'a [u64; Unknown::ALL.len()]);

impl Serialize for Reasons<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(Unknown::ALL.into_iter().map(Unknown::word).zip(self.0))
    }
}

struct FoldedJson<'a>(&'a Folds);

#[derive(Serialize)]
struct FoldedCount {
    pairs: u64,
    records: u64,
}

impl Serialize for FoldedJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let count = |folded: EvictedPairs| FoldedCount { pairs: folded.pairs, records: folded.records };
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("total", &count(self.0.total()))?;
        for (status, folded) in self.0.some() {
            map.serialize_entry(status.word(), &count(folded))?;
        }
        if self.0.origins > 0 {
            map.serialize_entry("origins", &self.0.origins)?;
        }
        map.end()
    }
}

struct OriginJson<'a>(&'a OriginView<'a>, Option<&'a Names>);

impl Serialize for OriginJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let origin = self.0;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("kind", origin.kind.word())?;
        map.serialize_entry("id", origin.id)?;
        map.serialize_entry("vpc", origin.vpc)?;
        map.serialize_entry("account", origin.account)?;
        map.serialize_entry("region", origin.region)?;
        map.serialize_entry("addresses", &Addresses(&origin.addresses))?;
        let vpc = self.1.and_then(|names| names.get(origin.vpc));
        for (key, name) in [("label", pieces::name_of(self.1, origin)), ("vpc_label", vpc)] {
            if let Some(name) = name {
                map.serialize_entry(key, name)?;
            }
        }
        map.end()
    }
}

/// Addresses, IPv4 ones from their IPv4-mapped form, as a list of texts.
struct Addresses<'a>(&'a [u128]);

impl Serialize for Addresses<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(Some(self.0.len()))?;
        for bits in self.0 {
            list.serialize_element(&std::net::Ipv6Addr::from(*bits).to_canonical())?;
        }
        list.end()
    }
}

struct OriginStateJson<'a>(OriginJson<'a>, &'a [Usage]);

#[derive(Serialize)]
struct Dns64Json {
    state: &'static str,
    since: Option<Moment>,
}

struct StatusCountsJson<'a>(&'a OriginView<'a>);

impl Serialize for StatusCountsJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for status in Status::ALL.into_iter().filter(|status| self.0.count(*status) > 0) {
            map.serialize_entry(status.word(), &self.0.count(status))?;
        }
        map.end()
    }
}

impl Serialize for OriginStateJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let origin = self.0.0;
        let since = match origin.dns64 {
            Dns64::On(since) => Some(since),
            Dns64::Off | Dns64::Unknown => None,
        };
        let mut map = serializer.serialize_map(Some(8))?;
        map.serialize_entry("origin", &self.0)?;
        map.serialize_entry("asked_over", &origin.asked_over())?;
        map.serialize_entry("dns64", &Dns64Json { state: origin.dns64.word(), since })?;
        map.serialize_entry("records", &origin.records)?;
        map.serialize_entry("ignored", &origin.ignored)?;
        map.serialize_entry("pairs", &origin.pairs())?;
        map.serialize_entry("statuses", &StatusCountsJson(origin))?;
        let profiles: Vec<UsageJson<'_>> = self.1.iter().map(UsageJson::from).collect();
        map.serialize_entry("profiles", &profiles)?;
        map.end()
    }
}
