//! Reports on what was counted elsewhere, held against those on the log.

use serde_json::Value;

use super::ran::Ran;

impl Ran {
    /// The report, without `keys`, and without what counts do not tell.
    pub(crate) fn report_without(&self, keys: &[&str]) -> Value {
        let mut report: Value =
            serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self:?}"));
        for key in keys {
            report[*key].take();
        }
        if let Some(ends) = report["loss"]["incomplete"].as_array_mut() {
            ends.retain(|end| end["kind"] != "times-not-known");
        }
        report
    }
}
