//! Arrays that are something themselves: a row of a query's result, the values of a record after an array of
//! their names, a pair of a time and a record, bytes in numbers.

use std::ops::Range;

use serde_json::{Map, Value};

use super::format::InputFormat;
use super::header::{Header, MAX_COLUMNS};
use super::members::{elements, members, parse};
use super::sink::Sink;
use super::sketch::carries_record;
use super::walk::Walk;
use crate::base::moment::Moment;

/// One more than the most elements that a pair of a time and a record may have with what stands beside it.
const MAX_PAIR: usize = 9;

impl<S: Sink> Walk<'_, S> {
    /// A row of `get-query-results`: an array of `{"field": …, "value": …}`. Returns whether `array` is one.
    pub(super) fn row(&mut self, array: &[u8]) -> bool {
        let is_row = elements(array).next().is_some_and(|at| {
            array[at.start] == b'{' && members(&array[at]).any(|(key, _)| *key == *b"field")
        });
        if !is_row {
            return false;
        }
        let cells = match parse(array) {
            Ok(Value::Array(cells)) => cells,
            Ok(_) => return false,
            Err(why) => {
                self.fail(why, array);
                return true;
            }
        };
        self.suggest(InputFormat::GetQueryResults);
        let columns: Map<String, Value> = cells
            .into_iter()
            .filter_map(|mut cell| {
                let value = cell.get_mut("value").map(Value::take)?;
                Some((cell.get("field")?.as_str()?.to_owned(), value))
            })
            .collect();
        self.memory.ends.row(columns.contains_key("@ptr"));
        if let Some(Value::String(at)) = columns.get("@timestamp") {
            self.stamp = Moment::parse(at);
        }
        match columns.get("unmask(@message)").or_else(|| columns.get("@message")) {
            Some(Value::String(message)) if !columns.contains_key("query_name") || message.contains('{') => {
                self.within(message.as_bytes());
            }
            _ => self.take(Value::Object(columns), array, InputFormat::GetQueryResults),
        }
        true
    }

    /// An array of the names of a record's fields, as text or as the `name` of an object each, or one of as
    /// many values after it: ClickHouse's `JSONCompact` formats, pandas' `orient="split"`. Returns whether
    /// `array` is one.
    pub(super) fn named(&mut self, array: &[u8]) -> bool {
        if self.names(array) {
            return true;
        }
        let count = self.memory.names.len();
        if count == 0 || elements(array).take(count + 1).count() != count {
            return false;
        }
        match parse(array) {
            Ok(Value::Array(values)) => {
                let record: Map<String, Value> = self.memory.names.iter().cloned().zip(values).collect();
                self.take(Value::Object(record), array, InputFormat::Json);
            }
            Ok(_) => return false,
            Err(why) => self.fail(why, array),
        }
        true
    }

    /// Remembers the names in `array` if they are those of a record's fields.
    fn names(&mut self, array: &[u8]) -> bool {
        let name = |at: Range<usize>| {
            let element = &array[at];
            let text = match element.first() {
                Some(b'"') => element,
                Some(b'{') => {
                    let (_, at) = members(element).find(|(key, _)| **key == *b"name")?;
                    &element[at]
                }
                _ => return None,
            };
            parse(text).ok()?.as_str().map(str::to_owned)
        };
        let names: Option<Vec<_>> = elements(array).take(MAX_COLUMNS).map(name).collect();
        let Some(names) = names.filter(|names| names.len() > 1) else { return false };
        let header = Header::from_cells(names.iter().map(String::as_bytes), &self.columns());
        let is_header = header.lack().is_none();
        if is_header {
            self.memory.names = names;
        }
        is_header
    }
}

/// A pair of a time and what was logged then, in either order, perhaps with more beside it, as Loki and
/// `--query 'events[].[timestamp,message]'` write them: the time, and where in `array` the other stands. None
/// if it is no such pair, or holds no record for certain where `lenient` says that it need not hold one.
pub(super) fn pair(array: &[u8], lenient: bool) -> Option<(Moment, Range<usize>)> {
    let parts: Vec<_> = elements(array).take(MAX_PAIR).collect();
    let (first, last) = (parts.first()?, parts.last()?);
    let time = [first, last].into_iter().find_map(|at| time(&array[at.clone()]));
    let time = time.filter(|_| (2..MAX_PAIR).contains(&parts.len()))?;
    let texts = || parts.iter().filter(|at| matches!(array[at.start], b'"' | b'{'));
    let found = texts().find(|at| carries_record(&array[(*at).clone()]));
    let is_text = |at: &&Range<usize>| array[at.start] == b'"' && self::time(&array[(*at).clone()]).is_none();
    let at = found.or_else(|| texts().rfind(is_text))?;
    // Two numbers and a word may be anything.
    if lenient && !array[at.clone()].contains(&b'{') {
        return None;
    }
    Some((time, at.clone()))
}

/// The time that an element of a list is: in seconds or smaller since the epoch, in digits, or text that
/// begins with a year.
fn time(value: &[u8]) -> Option<Moment> {
    let text = std::str::from_utf8(value).ok()?.trim_matches('"');
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
    let text = match text.len() {
        // Nanoseconds, as Loki counts.
        19 if is_number => &text[..13],
        _ => text,
    };
    (text.len() >= 10).then(|| Moment::parse(text)).flatten()
}
