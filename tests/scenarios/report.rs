//! The JSON contract of `report`, read strictly, and turned into short lines that can be compared.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// The day that scenario times belong to.
pub(crate) const DAY: &str = "2024-05-14";

#[derive(Debug, Deserialize)]
pub(crate) struct Report {
    pub(crate) schema: u32,
    pub(crate) records: u64,
    pub(crate) malformed: u64,
    pub(crate) ignored: u64,
    #[serde(deserialize_with = "present")]
    pub(crate) first: Option<String>,
    #[serde(deserialize_with = "present")]
    pub(crate) last: Option<String>,
    pub(crate) unknown: BTreeMap<String, u64>,
    pub(crate) partial: u64,
    pub(crate) masked_sources: u64,
    pub(crate) notes: Vec<String>,
    pub(crate) loss: Value,
    pub(crate) inputs: Vec<Input>,
    pub(crate) pairs: Vec<Pair>,
    pub(crate) origins: Vec<OriginSummary>,
    pub(crate) findings: Vec<Finding>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Finding {
    pub(crate) id: String,
    pub(crate) severity: String,
    pub(crate) subject: String,
    pub(crate) summary: String,
    pub(crate) sentence: String,
    pub(crate) evidence: Evidence,
    pub(crate) action: String,
    pub(crate) source: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Evidence {
    #[serde(deserialize_with = "present")]
    pub(crate) level: Option<String>,
    pub(crate) origins: usize,
    pub(crate) origin_ids: Vec<String>,
    pub(crate) records: u64,
    #[serde(deserialize_with = "present")]
    pub(crate) first: Option<String>,
    #[serde(deserialize_with = "present")]
    pub(crate) last: Option<String>,
}

impl Finding {
    /// As scenarios write it.
    pub(crate) fn brief(&self) -> String {
        format!("{} {}", self.id, self.subject)
    }

    /// All of its words, and what shows it.
    pub(crate) fn worded(&self) -> String {
        let Evidence { level, origins, origin_ids, records, first, last } = &self.evidence;
        let (level, ids) = (level.as_deref().unwrap_or("-"), origin_ids.join(" "));
        let (first, last) = (brief(first.as_deref()), brief(last.as_deref()));
        format!(
            "{} {} {}\n  {}\n  {}\n  → {}\n  source: {}\n  level {level}, {origins} origins ({ids}), {records} records {first}..{last}\n",
            self.severity, self.id, self.subject, self.summary, self.sentence, self.action, self.source
        )
    }

    /// What holds for every finding.
    fn check_form(&self) -> Result<(), String> {
        let evidence = &self.evidence;
        let words = [&self.id, &self.subject, &self.summary, &self.sentence, &self.action];
        let fault = if words.iter().any(|text| text.is_empty()) {
            "a text is empty"
        } else if !["problem", "warning", "notice"].contains(&self.severity.as_str()) {
            "the severity is no word of the contract"
        } else if evidence.origins == 0
            || evidence.records == 0
            || evidence.first.is_none()
            || evidence.last.is_none()
        {
            "nothing shows it"
        } else if evidence.origin_ids.len() != evidence.origins.min(5) {
            "it does not name the first five origins"
        } else if !self.sentence.ends_with('.') || self.summary.ends_with('.') || self.action.ends_with('.') {
            "sentences end with a full stop, summaries and actions do not"
        } else {
            return Ok(());
        };
        Err(format!("{}: {fault}: {self:?}", self.brief()))
    }
}

#[derive(Debug, Deserialize)]
pub(crate) struct Input {
    pub(crate) path: String,
    #[serde(rename = "format", deserialize_with = "present")]
    pub(crate) _format: Option<String>,
    #[serde(rename = "records")]
    pub(crate) _records: u64,
    #[serde(rename = "error", deserialize_with = "present")]
    pub(crate) _error: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct Origin {
    pub(crate) kind: String,
    pub(crate) id: String,
    pub(crate) vpc: String,
    pub(crate) account: String,
    pub(crate) region: String,
    pub(crate) addresses: Vec<String>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Pair {
    pub(crate) origin: Origin,
    pub(crate) name: String,
    pub(crate) status: String,
    pub(crate) aaaa: BTreeMap<String, Span>,
    pub(crate) a: BTreeMap<String, Span>,
    #[serde(deserialize_with = "present")]
    pub(crate) newest_aaaa: Option<String>,
    pub(crate) first: String,
    pub(crate) last: String,
    pub(crate) ipv4: Vec<String>,
    pub(crate) ipv6: Vec<String>,
    pub(crate) more_addresses: bool,
    pub(crate) cname_only: u64,
    #[serde(deserialize_with = "present")]
    pub(crate) change: Option<Change>,
    pub(crate) flapping: bool,
    #[serde(default)]
    pub(crate) unknown_aaaa: BTreeMap<String, u64>,
    #[serde(default)]
    pub(crate) unknown_a: BTreeMap<String, u64>,
    pub(crate) partial: bool,
    #[serde(default)]
    pub(crate) forwarded_through: Vec<String>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Span {
    pub(crate) count: u64,
    pub(crate) first: String,
    pub(crate) last: String,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Change {
    pub(crate) at: String,
    pub(crate) from: String,
    pub(crate) to: String,
}

#[derive(Debug, Deserialize)]
pub(crate) struct OriginSummary {
    pub(crate) origin: Origin,
    pub(crate) dns64: Dns64,
    pub(crate) records: u64,
    pub(crate) ignored: u64,
    pub(crate) pairs: u64,
    pub(crate) statuses: BTreeMap<String, u64>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Dns64 {
    pub(crate) state: String,
    #[serde(deserialize_with = "present")]
    pub(crate) since: Option<String>,
}

/// Reads an optional value whose key must be there all the same.
fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    Option::deserialize(deserializer)
}

/// One comparable part of a report: a heading that identifies it and facts, one a line.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Block {
    pub(crate) heading: String,
    pub(crate) facts: BTreeSet<String>,
}

impl Report {
    /// Reads the program's answer; a missing or mistyped key is an error.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        serde_json::from_str(text).map_err(|error| format!("not the JSON contract: {error}\n{text}"))
    }

    /// Checks what holds for every report, whatever was read.
    pub(crate) fn check_form(&self) -> Result<(), String> {
        if self.schema != 2 {
            return Err(format!("schema {} is not 2", self.schema));
        }
        if self.unknown.keys().ne(["absent", "masked", "partial", "unreadable"]) {
            return Err(format!("not the reasons of the contract: {:?}", self.unknown));
        }
        let unseen = self.unknown.values().sum::<u64>() + self.partial + self.masked_sources;
        if (unseen > 0) == self.notes.is_empty() {
            return Err(format!(
                "{unseen} records were not seen in full, and what is said is {:?}",
                self.notes
            ));
        }
        for pair in &self.pairs {
            for (spans, reasons) in [(&pair.aaaa, &pair.unknown_aaaa), (&pair.a, &pair.unknown_a)] {
                let counted = spans.get("unknown").map_or(0, |span| span.count);
                if reasons.values().sum::<u64>() != counted || reasons.values().any(|count| *count == 0) {
                    return Err(format!("{counted} unknown answers, reasons are {reasons:?}"));
                }
            }
        }
        let no_loss = serde_json::json!({"sampled_seconds": 0, "gaps": [], "dropped": 0, "incomplete": []});
        if self.loss != no_loss {
            return Err(format!("a file has no loss: {}", self.loss));
        }
        for finding in &self.findings {
            finding.check_form()?;
        }
        if self.inputs.len() != 1 || self.inputs.iter().any(|input| input.path.is_empty()) {
            return Err(format!("one file was given, inputs are {:?}", self.inputs));
        }
        if !self.pairs.is_sorted_by(|a, b| a.origin.id <= b.origin.id)
            || !self.pairs.is_sorted_by(|a, b| a.origin != b.origin || a.name < b.name)
        {
            return Err("pairs are not sorted by origin id and name".into());
        }
        if !self.origins.is_sorted_by(|a, b| a.origin.id <= b.origin.id) {
            return Err("origins are not sorted by id".into());
        }
        Ok(())
    }

    pub(crate) fn totals(&self) -> Block {
        let facts = [
            format!("records {}", self.records),
            format!("malformed {}", self.malformed),
            format!("ignored {}", self.ignored),
            format!("unknown {:?}", self.unknown),
            format!("partial {}", self.partial),
            format!("masked-sources {}", self.masked_sources),
            format!("first {}", brief(self.first.as_deref())),
            format!("last {}", brief(self.last.as_deref())),
        ];
        Block { heading: "totals".into(), facts: facts.into() }
    }

    pub(crate) fn origin_blocks(&self) -> Vec<Block> {
        self.origins.iter().map(OriginSummary::block).collect()
    }

    pub(crate) fn pair_blocks(&self) -> Vec<Block> {
        self.pairs.iter().map(Pair::block).collect()
    }
}

impl Origin {
    fn heading(&self) -> String {
        format!("{} {}@{}", self.kind, self.id, self.vpc)
    }

    fn facts(&self) -> [String; 3] {
        [
            format!("account {}", self.account),
            format!("region {}", self.region),
            format!("addresses {}", self.addresses.join(" ")),
        ]
    }
}

impl Pair {
    fn block(&self) -> Block {
        let mut facts = BTreeSet::from(self.origin.facts());
        facts.insert(format!("status {}", self.status));
        facts.insert(format!("newest {}", self.newest_aaaa.as_deref().unwrap_or("none")));
        facts.insert(format!("seen {}..{}", brief(Some(&self.first)), brief(Some(&self.last))));
        for (qtype, spans) in [("AAAA", &self.aaaa), ("A", &self.a)] {
            for (verdict, span) in spans {
                let (first, last) = (brief(Some(&span.first)), brief(Some(&span.last)));
                facts.insert(format!("{qtype} {verdict} x{} {first}..{last}", span.count));
            }
        }
        facts.insert(format!("ipv4 {}", self.ipv4.join(" ")));
        facts.insert(format!("ipv6 {}", self.ipv6.join(" ")));
        facts.insert(format!("more {}", self.more_addresses));
        facts.insert(format!("cname-only {}", self.cname_only));
        facts.insert(format!("flapping {}", self.flapping));
        facts.insert(format!("partial {}", self.partial));
        facts.insert(format!("forwarded {}", self.forwarded_through.join(" ")));
        facts.insert(format!("unknown AAAA {:?}", self.unknown_aaaa));
        facts.insert(format!("unknown A {:?}", self.unknown_a));
        facts.insert(match &self.change {
            Some(Change { at, from, to }) => format!("change {} from {from} to {to}", brief(Some(at))),
            None => "change none".into(),
        });
        Block { heading: format!("pair {} {}", self.origin.heading(), self.name), facts }
    }
}

impl OriginSummary {
    fn block(&self) -> Block {
        let mut facts = BTreeSet::from(self.origin.facts());
        facts.insert(format!("dns64 {} since {}", self.dns64.state, brief(self.dns64.since.as_deref())));
        facts.insert(format!("records {}", self.records));
        facts.insert(format!("ignored {}", self.ignored));
        facts.insert(format!("pairs {}", self.pairs));
        for (status, count) in self.statuses.iter().filter(|(_, count)| **count > 0) {
            facts.insert(format!("status {status} x{count}"));
        }
        Block { heading: format!("origin {}", self.origin.heading()), facts }
    }
}

/// A timestamp as scenarios write it: the time alone if it is of the scenarios' day.
fn brief(timestamp: Option<&str>) -> String {
    let Some(timestamp) = timestamp else { return "none".into() };
    let time = timestamp.strip_prefix(DAY).and_then(|rest| rest.strip_prefix('T')?.strip_suffix('Z'));
    time.unwrap_or(timestamp).into()
}
