//! Weighted records: rows and objects that stand for many records each.

use serde_json::Value;

use super::format::InputFormat;
use super::sink::Sink;
use super::walk::Walk;
use crate::log::record::{Grouped, Malformed, group_from_object, is_group};

impl<S: Sink> Walk<'_, S> {
    /// Takes an object that has the keys of weighted records. Returns whether it has.
    pub(super) fn groups(&mut self, value: &Value, raw: &[u8]) -> bool {
        let Some(object) = value.as_object().filter(|object| is_group(object)) else { return false };
        let columns = self.columns();
        match group_from_object(object, &columns) {
            Ok(grouped) => self.grouped(&grouped, raw),
            Err(why) => {
                self.note(InputFormat::Weighted);
                self.fail(why, raw);
            }
        }
        true
    }

    /// Hands over what the row `raw` stands for.
    pub(super) fn grouped(&mut self, grouped: &Grouped<'_>, raw: &[u8]) {
        self.note(InputFormat::Weighted);
        match grouped {
            Grouped::Records(group) if self.sink.group(group, self.place) => {
                self.memory.cut = false;
                self.found += 1;
            }
            Grouped::Records(_) => self.fail(Malformed::Weighted, raw),
            Grouped::Unread(why, count) => {
                self.fail(*why, raw);
                self.sink.unread(*why, count - 1);
            }
        }
    }
}
