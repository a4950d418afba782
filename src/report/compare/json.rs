//! The comparison as JSON; `docs/json.md` describes it.

use std::io::{self, Write};

use serde::Serialize;
use serde::ser::{SerializeMap, SerializeSeq, Serializer};

use super::{ComparedAsker, ComparedSide, Comparison, DifferenceKind, words};
use crate::base::moment::Moment;
use crate::fleet::Status;
use crate::report::SCHEMA;
use crate::report::json::put;

#[derive(Serialize)]
struct SideJson<'a> {
    source: &'a str,
    records: u64,
    outside: u64,
    first: Option<Moment>,
    last: Option<Moment>,
    origins: usize,
    complete: bool,
    doubts: &'a [String],
}

impl<'a> SideJson<'a> {
    /// `origins` are those it has alone; those of both come besides.
    fn new(side: &'a ComparedSide, doubts: &'a [String], both: usize, alone: usize) -> Self {
        let (first, last) = side.range.unzip();
        let ComparedSide { source, records, outside, .. } = side;
        let (records, outside, origins) = (*records, *outside, both + alone);
        Self { source, records, outside, first, last, origins, complete: doubts.is_empty(), doubts }
    }
}

#[derive(Serialize)]
struct OriginsJson {
    both: usize,
    old_only: usize,
    new_only: usize,
}

#[derive(Serialize)]
struct StatusJson {
    old: u64,
    new: u64,
}

#[derive(Serialize)]
struct ChangeJson<'a> {
    change: DifferenceKind,
    origin: &'a ComparedAsker,
    name: &'a str,
    from: Option<&'static str>,
    to: Option<&'static str>,
    old_records: u64,
    new_records: u64,
}

struct Root<'c, 'a>(&'c Comparison<'a>);
struct StatusesJson<'c, 'a>(&'c Comparison<'a>);
struct CountsJson<'c, 'a>(&'c Comparison<'a>);
struct Changes<'c, 'a>(&'c Comparison<'a>);

impl Serialize for Root<'_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let comparison = self.0;
        let [both, old_only, new_only] = comparison.origins;
        let [gone, new] = &comparison.doubts;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("schema", &SCHEMA)?;
        map.serialize_entry("comparison", &words::headline(comparison))?;
        map.serialize_entry("remark", &comparison.remark)?;
        map.serialize_entry("filtered", &comparison.filtered)?;
        map.serialize_entry("old", &SideJson::new(comparison.old, new, both, old_only))?;
        map.serialize_entry("new", &SideJson::new(comparison.new, gone, both, new_only))?;
        map.serialize_entry("origins", &OriginsJson { both, old_only, new_only })?;
        map.serialize_entry("same", &comparison.same)?;
        map.serialize_entry("statuses", &StatusesJson(comparison))?;
        map.serialize_entry("counts", &CountsJson(comparison))?;
        map.serialize_entry("changes", &Changes(comparison))?;
        map.end()
    }
}

impl Serialize for StatusesJson<'_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let statuses = Status::ALL.into_iter().filter(|status| self.0.statuses[*status as usize] != [0, 0]);
        serializer.collect_map(statuses.map(|status| {
            let [old, new] = self.0.statuses[status as usize];
            (status.word(), StatusJson { old, new })
        }))
    }
}

impl Serialize for CountsJson<'_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(DifferenceKind::ALL.into_iter().map(|kind| (kind, self.0.count(kind))))
    }
}

impl Serialize for Changes<'_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(Some(self.0.changes.len()))?;
        for change in &self.0.changes {
            let [old_records, new_records] = change.records;
            list.serialize_element(&ChangeJson {
                change: change.kind,
                origin: change.asker,
                name: change.name,
                from: change.from.map(Status::word),
                to: change.to.map(Status::word),
                old_records,
                new_records,
            })?;
        }
        list.end()
    }
}

/// Writes it: one object.
pub(super) fn write(comparison: &Comparison<'_>, mut out: &mut dyn Write) -> io::Result<()> {
    put(&mut out, &Root(comparison))?;
    out.write_all(b"\n")
}
