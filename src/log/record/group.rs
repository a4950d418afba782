//! Weighted records: records that are alike in all that a verdict depends on, counted before they came here.
//!
//! An engine that holds the log groups it by what a verdict depends on, and judges nothing: a row has the
//! members of one record, how many there were, and when the first and the last of them were. The members are
//! those of a record, by any of their names, and these:
//!
//! - `own`: the answers, sorted, each once, with a blank between them. One of the question's own type is its
//!   Rdata; any other is `TYPE=RDATA`, and so is one without Rdata. Links of a chain (CNAME, DNAME) are left
//!   out. Blanks and `=` inside of either are `_`.
//! - `cname`: whether there was a link of a chain.
//! - `targets`: the names of AWS that links of the chain lead to, with a blank between them; may be left out.
//! - `unknown`: why the answers are not known, by the words of [`Unknown`](crate::log::observation::Unknown);
//!   empty if they are.
//! - `device`: the device whose access token the query came with.
//! - `n`, `first`, `last`: how many records, and the times of the first and the last.
//!
//! A row without a name and without a type stands for `n` rows that whoever counted could not read.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::answers::MAX_ANSWERS;
use super::row::QuestionCells;
use super::{Answer, ColumnNames, Extent, Malformed, Record, RecordRow, squeezed, text};
use crate::base::moment::Moment;

/// The most records that rows may stand for, one and all: 2^53, up to which numbers in JSON are exact (RFC
/// 8259 section 6), and sums of which do not overflow.
pub const MOST: u64 = 1 << 53;

/// Records that are alike but for their times.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordGroup<'a> {
    /// The first of them.
    pub record: Record<'a>,
    /// When the last of them was.
    pub last: Moment,
    /// How many there are; at least one, at most [`MOST`].
    pub count: u64,
}

/// What a row of weighted records stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Grouped<'a> {
    /// Records.
    Records(Box<RecordGroup<'a>>),
    /// A number of records that cannot be taken for such, and why.
    Unread(Malformed, u64),
}

/// A member that only weighted records have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum GroupMember {
    Own,
    Cname,
    Targets,
    Unknown,
    Device,
    Count,
    First,
    Last,
}

impl GroupMember {
    /// The member called `name`.
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        Some(match squeezed(name).as_str() {
            "own" => Self::Own,
            "cname" => Self::Cname,
            "targets" => Self::Targets,
            "unknown" => Self::Unknown,
            "device" => Self::Device,
            "n" => Self::Count,
            "first" => Self::First,
            "last" => Self::Last,
            _ => return None,
        })
    }
}

/// The members that only weighted records have, as they are read.
#[derive(Debug, Default)]
pub(crate) struct GroupMembers<'a>([Option<Cow<'a, str>>; 8]);

impl<'a> GroupMembers<'a> {
    pub(crate) fn put(&mut self, member: GroupMember, value: Cow<'a, str>) {
        self.0[member as usize] = Some(value);
    }

    fn take(&mut self, member: GroupMember) -> Option<Cow<'a, str>> {
        self.0[member as usize].take()
    }

    /// The text of a member; `None` if it is empty or not there.
    fn given(&mut self, member: GroupMember) -> Option<Cow<'a, str>> {
        self.take(member).filter(|text| !text.is_empty() && text != "\\N")
    }

    fn count(&mut self) -> Result<u64, Malformed> {
        let count = self.given(GroupMember::Count).ok_or(Malformed::Missing("n"))?;
        match count.parse::<u64>() {
            Ok(count @ 1..=MOST) => Ok(count),
            Ok(0) => Err(Malformed::Weight("`n` is 0")),
            Ok(_) => Err(Malformed::Weight("`n` is more than can be counted")),
            Err(_) => Err(Malformed::Unreadable("n")),
        }
    }

    fn moment(&mut self, member: GroupMember, name: &'static str) -> Result<Moment, Malformed> {
        let text = self.given(member).ok_or(Malformed::Missing(name))?;
        Moment::parse(&text).ok_or(Malformed::Unreadable(name))
    }

    fn has_chain(&mut self) -> Result<bool, Malformed> {
        match self.given(GroupMember::Cname).unwrap_or_default().to_ascii_lowercase().as_str() {
            "true" | "t" | "1" => Ok(true),
            "false" | "f" | "0" | "" => Ok(false),
            _ => Err(Malformed::Unreadable("cname")),
        }
    }

    /// What is known of the answers to a question of type `kind`. `is_typed`: a member that is not there is
    /// not the same as one that is empty.
    fn answers(&mut self, kind: &str, is_typed: bool) -> Result<(Vec<Answer<'static>>, Extent), Malformed> {
        let own = self.take(GroupMember::Own).filter(|own| own != "\\N");
        let (mut answers, mut extent) = (Vec::new(), Extent::Whole);
        for word in own.as_deref().unwrap_or_default().split(' ').filter(|word| !word.is_empty()) {
            if answers.len() == MAX_ANSWERS {
                extent = Extent::Partial;
                break;
            }
            let (kind, rdata) = word.split_once('=').unwrap_or((kind, word));
            answers.push(Answer { kind: Cow::Owned(kind.to_owned()), rdata: Cow::Owned(rdata.to_owned()) });
        }
        if self.has_chain()? {
            answers.push(Answer { kind: Cow::Borrowed("CNAME"), rdata: Cow::Borrowed(".") });
        }
        let targets = self.given(GroupMember::Targets).unwrap_or_default();
        for target in targets.split(' ').filter(|target| !target.is_empty()).take(MAX_ANSWERS) {
            answers.push(Answer { kind: Cow::Borrowed("CNAME"), rdata: Cow::Owned(target.to_owned()) });
        }
        let unknown = self.take(GroupMember::Unknown);
        // An empty cell of a table may be one that is null: only beside a column that says so it is not.
        let is_seen = if is_typed { own.is_some() } else { unknown.is_some() };
        match unknown.as_deref().unwrap_or_default() {
            "" | "\\N" if is_seen || !answers.is_empty() => {}
            "" | "\\N" | "absent" => extent = Extent::Absent,
            "partial" => extent = Extent::Partial,
            "unreadable" => extent = Extent::Unreadable,
            "masked" => {
                answers.push(Answer { kind: Cow::Owned(kind.to_owned()), rdata: Cow::Borrowed("*") });
            }
            _ => return Err(Malformed::Unreadable("unknown")),
        }
        Ok((answers, extent))
    }

    /// What a row of these and of the fields of `row` stands for.
    ///
    /// # Errors
    /// [`Malformed`] if it does not say for how many records it stands, or ends before it begins.
    pub(crate) fn with(mut self, mut row: RecordRow<'a>, is_typed: bool) -> Result<Grouped<'a>, Malformed> {
        let count = self.count()?;
        let kind = match row.take_kind() {
            Ok(Some(kind)) => kind,
            Ok(None) => return Ok(Grouped::Unread(Malformed::Unread, count)),
            Err(why) => return Ok(Grouped::Unread(why, count)),
        };
        let times = self
            .moment(GroupMember::First, "first")
            .and_then(|at| Ok((at, self.moment(GroupMember::Last, "last")?)));
        let (at, last) = match times {
            Ok(times) => times,
            Err(why) => return Ok(Grouped::Unread(why, count)),
        };
        if last < at {
            return Err(Malformed::Weight("`last` is before `first`"));
        }
        let record = self.record(row, kind, at, is_typed);
        Ok(record.map_or_else(
            |why| Grouped::Unread(why, count),
            |record| Grouped::Records(Box::new(RecordGroup { record, last, count })),
        ))
    }

    /// The first of the records.
    fn record(
        mut self,
        mut row: RecordRow<'a>,
        kind: Cow<'a, str>,
        at: Moment,
        is_typed: bool,
    ) -> Result<Record<'a>, Malformed> {
        let is_judged = is_judged(&kind);
        let answers = if is_judged { self.answers(&kind, is_typed)? } else { (Vec::new(), Extent::Whole) };
        let device = self.given(GroupMember::Device);
        let (name, rcode) = row.take_name_and_rcode(is_judged)?;
        row.into_asked(QuestionCells { at, name, kind, rcode, device }, answers)
    }
}

/// Whether answers to a question of this type are judged.
fn is_judged(kind: &str) -> bool {
    kind.eq_ignore_ascii_case("AAAA") || kind.eq_ignore_ascii_case("A")
}

/// Whether `object` has the keys by which weighted records are known.
pub(crate) fn is_group(object: &Map<String, Value>) -> bool {
    ["query_type", "n", "first", "last"].iter().all(|key| object.contains_key(*key))
}

/// Reads weighted records from an object; fields may have the names of `columns`, too.
///
/// # Errors
/// [`Malformed`] if something that is needed is missing or cannot be.
pub(crate) fn from_object<'a>(
    object: &'a Map<String, Value>,
    columns: &'a ColumnNames,
) -> Result<Grouped<'a>, Malformed> {
    let mut members = GroupMembers::default();
    for (key, value) in object {
        let Some(member) = GroupMember::from_name(key) else { continue };
        match value {
            Value::Null => {}
            Value::Bool(flag) => members.put(member, Cow::Borrowed(if *flag { "true" } else { "false" })),
            value => {
                members.put(member, text(Some(value)).ok_or(Malformed::Unreadable("own, n, first or last"))?);
            }
        }
    }
    members.with(RecordRow::from_object(object, columns)?, true)
}
