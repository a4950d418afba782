//! Records on their way out: handed over, or kept until they are all there.

use std::sync::Arc;

use serde_json::Value;

use super::format::InputFormat;
use super::members::{members, parse};
use super::sink::{RecordPlace, Sink};
use super::walk::Walk;
use crate::log::note::Incomplete;
use crate::log::record::{ColumnNames, Extent, Malformed, Record};

impl<S: Sink> Walk<'_, S> {
    /// Hands over a record, or keeps it until it is all there.
    pub(super) fn emit(&mut self, record: Record<'_>, format: InputFormat) {
        let is_filled = self.memory.rows.is_filled;
        match record.extent {
            Extent::Blank if is_filled => {
                self.emit_record(&Record { extent: Extent::Whole, ..record }, format, self.place);
            }
            Extent::Again => self.memory.rows.elements = u32::MAX,
            Extent::Element | Extent::Blank => {
                self.found += 1;
                let place = self.place;
                self.memory.rows.hold(record.into_owned(), place, format);
                if self.memory.rows.is_full() {
                    self.memory.rows.was_full = true;
                    let half = self.memory.rows.held.len().div_ceil(2);
                    self.release(half);
                }
            }
            _ => {
                self.memory.rows.is_filled |= !record.answers.is_empty();
                self.memory.rows.has_empty |= record.extent == Extent::Whole && record.answers.is_empty();
                self.emit_record(&record, format, self.place);
            }
        }
    }

    /// What columns and keys are called.
    pub(super) fn columns(&self) -> Arc<ColumnNames> {
        self.sink.columns().unwrap_or_default()
    }

    /// Takes an object that has a record's fields under other names. Returns whether it is one.
    pub(super) fn renamed(&mut self, object: &[u8]) -> bool {
        let columns = self.columns();
        let is_name = |key: &[u8]| columns.column(&String::from_utf8_lossy(key)).may_have_name();
        if !members(object).any(|(key, _)| is_name(&key)) {
            return false;
        }
        let Ok(value) = parse(object) else { return false };
        match Record::named(&value, &columns) {
            Some(Ok(record)) => self.emit(record, self.plain),
            Some(Err(why)) => self.fail(why, object),
            None => return false,
        }
        true
    }

    fn emit_record(&mut self, record: &Record<'_>, format: InputFormat, place: RecordPlace) {
        self.note(format);
        self.memory.cut = false;
        self.found += 1;
        self.sink.record(record, place);
    }

    fn release(&mut self, count: usize) {
        for held in self.memory.rows.release(count) {
            self.note(held.format);
            (0..held.count()).for_each(|_| self.sink.record(&held.record, held.place));
        }
    }

    /// Hands over what was kept, when nothing follows.
    pub(super) fn release_all(&mut self) {
        let rows = &mut self.memory.rows;
        rows.ended();
        if rows.elements > 1 && !rows.has_empty {
            self.incomplete(Incomplete::Unanswered, 1);
        }
        self.release(self.memory.rows.held.len());
    }

    /// Hands over the record that `value` is; the event's own time stands in for one it lacks.
    pub(super) fn take(&mut self, mut value: Value, raw: &[u8], format: InputFormat) {
        if let Some(at) = self.stamp
            && let Some(object) = value.as_object_mut()
            && object.get("query_timestamp").is_none_or(Value::is_null)
            && object.contains_key("query_name")
        {
            object.remove("query_timestamp");
            object.insert("@timestamp".to_owned(), Value::from(at.0));
        }
        let columns = self.columns();
        match Record::named(&value, &columns) {
            Some(Ok(mut record)) => {
                // A piece from between whole answers may be lost without a trace: that there is none is not
                // known.
                let is_answered = record.answers.iter().any(|answer| answer.kind == record.kind);
                if self.joined && record.extent == Extent::Whole && !is_answered {
                    record.extent = Extent::Partial;
                }
                self.emit(record, format);
            }
            Some(Err(why)) => self.fail(why, raw),
            None => self.fail(Malformed::NotARecord, raw),
        }
    }
}
