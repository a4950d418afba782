//! Records that come put together, out of columns that have types.

use serde_json::{Map, Value};

use super::Envelope;
use super::format::InputFormat;
use super::inner;
use super::sink::{RecordPlace, Sink};
use super::walk::Walk;
use crate::log::record::{Grouped, Malformed, Record, group_from_object, is_group};

impl Envelope {
    /// Lets `take` hand something over that stands at `place`.
    fn at<S: Sink>(&mut self, place: RecordPlace, sink: &mut S, take: impl FnOnce(&mut Walk<'_, S>)) {
        let mut walk = inner::walk(sink, &mut self.memory);
        walk.place = place;
        take(&mut walk);
    }

    /// Takes a record, or why there is none; `row` is what it was made of, as JSON.
    #[inline]
    pub(crate) fn take<S: Sink>(
        &mut self,
        record: Result<Record<'_>, Malformed>,
        row: impl FnOnce() -> Value,
        place: RecordPlace,
        sink: &mut S,
    ) {
        self.at(place, sink, |walk| match record {
            Ok(record) => walk.emit(record, InputFormat::Parquet),
            Err(why) => walk.fail(why, row().to_string().as_bytes()),
        });
    }

    /// Takes a row as an object: a record under any names, or weighted records.
    pub(crate) fn take_object<S: Sink>(
        &mut self,
        object: Map<String, Value>,
        place: RecordPlace,
        sink: &mut S,
    ) {
        self.at(place, sink, |walk| {
            let columns = walk.columns();
            if is_group(&object) {
                let grouped =
                    group_from_object(&object, &columns).unwrap_or_else(|why| Grouped::Unread(why, 1));
                let raw = match grouped {
                    Grouped::Records(_) => String::new(),
                    Grouped::Unread(..) => json(&object),
                };
                return walk.grouped(&grouped, raw.as_bytes());
            }
            let value = Value::Object(object);
            match Record::named(&value, &columns) {
                Some(Ok(record)) => walk.emit(record, InputFormat::Parquet),
                Some(Err(why)) => walk.fail(why, value.to_string().as_bytes()),
                None => walk.fail(Malformed::NotARecord, value.to_string().as_bytes()),
            }
        });
    }

    /// Takes a text that holds a record.
    pub(crate) fn take_text<S: Sink>(&mut self, text: &[u8], place: RecordPlace, sink: &mut S) {
        self.at(place, sink, |walk| {
            walk.hint = Some(InputFormat::Parquet);
            walk.within(text);
        });
    }

    /// Nothing follows.
    pub(crate) fn end(&mut self, sink: &mut impl Sink) {
        inner::walk(sink, &mut self.memory).release_all();
    }
}

fn json(object: &Map<String, Value>) -> String {
    serde_json::to_string(object).unwrap_or_default()
}
