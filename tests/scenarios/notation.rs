//! The notation of scenario files: records to log lines, expectations to a report that can be compared.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use crate::report::{Block, Change, DAY, Dns64, Finding, Input, Origin, OriginSummary, Pair, Report, Span};

const ADDRESS: &str = "10.0.0.10";
const VPC: &str = "vpc-main";
const ACCOUNT: &str = "111122223333";
const REGION: &str = "eu-west-1";
/// Why an answer is unknown.
const REASONS: [&str; 4] = ["absent", "partial", "masked", "unreadable"];

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Scenario {
    pub(crate) title: String,
    why: String,
    #[serde(default)]
    pub(crate) args: Vec<String>,
    #[serde(default)]
    pub(crate) exit: i32,
    only: Option<Only>,
    records: String,
    pairs: String,
    #[serde(default)]
    origins: String,
    #[serde(default)]
    totals: String,
    findings: Option<String>,
    /// For `--inspected` and `--names`.
    pub(crate) inspected: Option<String>,
    pub(crate) names: Option<String>,
}

#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Only {
    Pairs,
}

impl Scenario {
    /// A scenario of which only the findings matter.
    pub(crate) fn new(title: String, records: String, inspected: Option<String>, args: Vec<String>) -> Self {
        Self {
            why: title.clone(),
            title,
            args,
            exit: 0,
            only: Some(Only::Pairs),
            records,
            pairs: String::new(),
            origins: String::new(),
            totals: String::new(),
            findings: None,
            inspected,
            names: None,
        }
    }

    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let scenario: Self = toml::from_str(text).map_err(|error| error.to_string())?;
        if scenario.title.is_empty() || scenario.why.is_empty() {
            return Err("a scenario says what it shows and why".into());
        }
        Ok(scenario)
    }

    /// The log that the records make.
    pub(crate) fn log(&self) -> Result<String, String> {
        let mut log = String::new();
        for line in meaningful(&self.records) {
            if let Some(verbatim) = line.strip_prefix("| ") {
                log.push_str(verbatim);
                log.push('\n');
            } else {
                let (record, times) = record(line).map_err(|problem| format!("`{line}`: {problem}"))?;
                for _ in 0..times {
                    writeln!(log, "{record}").map_err(|error| error.to_string())?;
                }
            }
        }
        Ok(log)
    }

    /// Whether it says which findings there are.
    pub(crate) fn has_findings(&self) -> bool {
        self.findings.is_some()
    }

    /// Compares all of a report with what is expected of it.
    pub(crate) fn compare(&self, got: &Report) -> Result<(), String> {
        got.check_form()?;
        let expected = self.expected()?;
        let mut differences = Vec::new();
        if self.only.is_none() {
            differences.extend(compare(&[expected.totals()], &[got.totals()]));
            differences.extend(compare(&expected.origin_blocks(), &got.origin_blocks()));
        }
        differences.extend(compare(&expected.pair_blocks(), &got.pair_blocks()));
        if let Some(findings) = &self.findings {
            let expected: Vec<String> = meaningful(findings).map(|line| line.trim().to_owned()).collect();
            let got: Vec<String> = got.findings.iter().map(Finding::brief).collect();
            if expected != got {
                differences.push("findings, the most important first".into());
                differences.extend(expected.iter().map(|finding| format!("  - {finding}")));
                differences.extend(got.iter().map(|finding| format!("  + {finding}")));
            }
        }
        if differences.is_empty() { Ok(()) } else { Err(differences.join("\n")) }
    }

    /// The report that the expectations describe.
    fn expected(&self) -> Result<Report, String> {
        let pairs = pairs(&self.pairs)?;
        let origins = origins(&self.origins, &pairs)?;
        let totals = keys(self.totals.split_whitespace())?;
        let ignored = number(&totals, "ignored", origins.iter().map(|origin| origin.ignored).sum())?;
        let records = number(&totals, "records", origins.iter().map(|origin| origin.records).sum())?;
        let time = |key: &str, otherwise: Option<&String>| {
            totals.get(key).map(|text| moment(text)).or_else(|| otherwise.cloned())
        };
        let reasons = |reason: &str| {
            let of = |pair: &Pair| {
                let both = [&pair.unknown_aaaa, &pair.unknown_a];
                both.iter().filter_map(|reasons| reasons.get(reason)).sum::<u64>()
            };
            Ok((reason.to_owned(), number(&totals, reason, pairs.iter().map(of).sum())?))
        };
        Ok(Report {
            schema: 2,
            unknown: REASONS.into_iter().map(reasons).collect::<Result<_, String>>()?,
            partial: number(&totals, "partial-answers", 0)?,
            masked_sources: number(&totals, "masked-sources", 0)?,
            records,
            malformed: number(&totals, "malformed", 0)?,
            ignored,
            first: time("first", pairs.iter().map(|pair| &pair.first).min()),
            last: time("last", pairs.iter().map(|pair| &pair.last).max()),
            notes: Vec::new(),
            loss: serde_json::Value::Null,
            inputs: Vec::<Input>::new(),
            pairs,
            origins,
            findings: Vec::new(),
        })
    }
}

// ── records ────────────────────────────────────────────────────────────────────────────────────────────────

/// A log line with the keys in the order in which the resolver writes them.
#[derive(Serialize)]
struct Line<'a> {
    version: &'a str,
    account_id: &'a str,
    region: &'a str,
    vpc_id: &'a str,
    query_timestamp: String,
    query_name: &'a str,
    query_type: &'a str,
    query_class: &'a str,
    rcode: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    answers: Option<Answers<'a>>,
    srcaddr: &'a str,
    srcport: &'a str,
    transport: &'a str,
    srcids: BTreeMap<&'a str, &'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    firewall_rule_action: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    firewall_rule_group_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    firewall_domain_list_id: Option<&'a str>,
}

/// What stands under `answers`.
#[derive(Serialize)]
#[serde(untagged)]
enum Answers<'a> {
    List(Vec<Answer<'a>>),
    Null(()),
    Text(&'a str),
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Answer<'a> {
    rdata: &'a str,
    r#type: String,
    class: &'a str,
}

/// `TIME ORIGIN QTYPE NAME [RCODE] [key=value …] [-> ANSWER …]` as JSON, and how often it is to be written.
fn record(line: &str) -> Result<(String, u64), String> {
    let (question, answers) = match line.split_once(" ->") {
        Some((question, answers)) => (question, answers),
        None => (line, ""),
    };
    let (options, words): (Vec<&str>, Vec<&str>) =
        question.split_whitespace().partition(|word| word.contains('='));
    let options = keys(options.into_iter())?;
    let known = ["fw", "account", "region", "times", "answers"];
    if let Some(key) = options.keys().find(|key| !known.contains(key)) {
        return Err(format!("no key `{key}`"));
    }
    let (&[time, origin, qtype, name], rest) =
        words.split_first_chunk::<4>().ok_or("a record has a time, an origin, a type and a name")?;
    let rcode = match *rest {
        [] => "NOERROR",
        [rcode] => rcode,
        _ => return Err(format!("too many words: {rest:?}")),
    };
    let place = Place::parse(origin);
    let firewall = options.get("fw").copied();
    let answers = match options.get("answers").copied() {
        None => Some(Answers::List(answers.split_whitespace().map(|text| answer(text, qtype)).collect())),
        Some("absent") => None,
        Some("null") => Some(Answers::Null(())),
        Some("text") => Some(Answers::Text(answers.trim())),
        Some(form) => return Err(format!("no form of answers: `{form}`")),
    };
    let line = Line {
        version: "1.100000",
        account_id: options.get("account").copied().unwrap_or(ACCOUNT),
        region: options.get("region").copied().unwrap_or(REGION),
        vpc_id: place.vpc,
        query_timestamp: moment(time),
        query_name: name,
        query_type: qtype,
        query_class: "IN",
        rcode,
        answers,
        srcaddr: place.addresses.first().copied().unwrap_or(ADDRESS),
        srcport: "40123",
        transport: "UDP",
        srcids: place.ids.iter().map(|id| Ok((key_of(id)?, *id))).collect::<Result<_, String>>()?,
        firewall_rule_action: firewall,
        firewall_rule_group_id: firewall.map(|_| "rslvr-frg-0a1b2c3d4e5f6071"),
        firewall_domain_list_id: firewall.map(|_| "rslvr-fdl-0a1b2c3d4e5f6072"),
    };
    Ok((serde_json::to_string(&line).map_err(|error| error.to_string())?, number(&options, "times", 1)?))
}

fn answer<'a>(text: &'a str, qtype: &str) -> Answer<'a> {
    match text.split_once('=') {
        Some((rtype, rdata)) => Answer { rdata, r#type: rtype.to_uppercase(), class: "IN" },
        None => Answer { rdata: text, r#type: qtype.to_uppercase(), class: "IN" },
    }
}

/// The key of `srcids` that an id belongs under.
fn key_of(id: &str) -> Result<&'static str, String> {
    let kinds = [("i-", "instance"), ("rslvr-", "resolver_endpoint"), ("rni-", "resolver_network_interface")];
    let kind = kinds.iter().find(|(prefix, _)| id.starts_with(prefix));
    kind.map(|(_, key)| *key).ok_or_else(|| format!("`{id}` is no id"))
}

// ── expectations ───────────────────────────────────────────────────────────────────────────────────────────

fn pairs(text: &str) -> Result<Vec<Pair>, String> {
    let mut pairs: Vec<Pair> = Vec::new();
    for line in meaningful(text) {
        let outcome = if line.starts_with([' ', '\t']) {
            pairs.last_mut().ok_or_else(|| "a fact of no pair".into()).and_then(|pair| fact(pair, line))
        } else {
            pair(line).map(|pair| pairs.push(pair))
        };
        outcome.map_err(|problem| format!("`{line}`: {problem}"))?;
    }
    for pair in &mut pairs {
        complete(pair).map_err(|problem| format!("{}: {problem}", pair.name))?;
    }
    Ok(pairs)
}

/// `ORIGIN NAME STATUS [key=value …]`
fn pair(line: &str) -> Result<Pair, String> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let (&[origin, name, status], options) =
        words.split_first_chunk::<3>().ok_or("a pair has an origin, a name and a status")?;
    Ok(Pair {
        origin: expected_origin(origin, &keys(options.iter().copied())?)?,
        name: name.into(),
        status: status.into(),
        aaaa: BTreeMap::new(),
        a: BTreeMap::new(),
        newest_aaaa: None,
        first: String::new(),
        last: String::new(),
        ipv4: Vec::new(),
        ipv6: Vec::new(),
        more_addresses: false,
        cname_only: 0,
        change: None,
        flapping: false,
        unknown_aaaa: BTreeMap::new(),
        unknown_a: BTreeMap::new(),
        partial: false,
        forwarded_through: Vec::new(),
    })
}

fn fact(pair: &mut Pair, line: &str) -> Result<(), String> {
    let words: Vec<&str> = line.split_whitespace().collect();
    match *words {
        ["AAAA", verdict, count, seen] => pair.aaaa.insert(verdict.into(), span(count, seen)?).map(drop),
        ["A", verdict, count, seen] => pair.a.insert(verdict.into(), span(count, seen)?).map(drop),
        ["newest", verdict] => pair.newest_aaaa.replace(verdict.into()).map(drop),
        ["ipv4", ref addresses @ ..] => {
            pair.ipv4.extend(addresses.iter().map(ToString::to_string));
            None
        }
        ["ipv6", ref addresses @ ..] => {
            pair.ipv6.extend(addresses.iter().map(ToString::to_string));
            None
        }
        ["forwarded", ref endpoints @ ..] => {
            pair.forwarded_through.extend(endpoints.iter().map(ToString::to_string));
            None
        }
        ["more"] => std::mem::replace(&mut pair.more_addresses, true).then_some(()),
        ["partial"] => std::mem::replace(&mut pair.partial, true).then_some(()),
        ["unknown", qtype @ ("AAAA" | "A"), ref reasons @ ..] => {
            let known = if qtype == "A" { &mut pair.unknown_a } else { &mut pair.unknown_aaaa };
            for (reason, count) in keys(reasons.iter().copied())? {
                if !REASONS.contains(&reason) {
                    return Err(format!("no reason: `{reason}`"));
                }
                known.insert(reason.into(), count.parse().map_err(|_| "no count")?);
            }
            None
        }
        ["flapping"] => std::mem::replace(&mut pair.flapping, true).then_some(()),
        ["cname-only", count] => {
            pair.cname_only = count.parse().map_err(|_| "no count")?;
            None
        }
        ["change", at, "from", from, "to", to] => {
            pair.change.replace(Change { at: moment(at), from: from.into(), to: to.into() }).map(drop)
        }
        _ => return Err("no fact that is known".into()),
    }
    .map_or(Ok(()), |()| Err("said twice".into()))
}

/// `xCOUNT` and `FIRST[..LAST]`
fn span(count: &str, seen: &str) -> Result<Span, String> {
    let count = count.strip_prefix('x').and_then(|count| count.parse().ok()).ok_or("a count is xN")?;
    let (first, last) = seen.split_once("..").unwrap_or((seen, seen));
    Ok(Span { count, first: moment(first), last: moment(last) })
}

/// Adds what follows from the facts.
fn complete(pair: &mut Pair) -> Result<(), String> {
    if pair.newest_aaaa.is_none() {
        let mut verdicts = pair.aaaa.keys();
        pair.newest_aaaa = verdicts.next().cloned();
        if verdicts.next().is_some() {
            return Err("of several AAAA verdicts one is newest".into());
        }
    }
    let spans = || pair.aaaa.values().chain(pair.a.values());
    let first = spans().map(|span| span.first.clone()).min().ok_or("a pair has been seen")?;
    let last = spans().map(|span| span.last.clone()).max().ok_or("a pair has been seen")?;
    (pair.first, pair.last) = (first, last);
    Ok(())
}

/// The origins of the pairs, and those with a line of their own.
fn origins(text: &str, pairs: &[Pair]) -> Result<Vec<OriginSummary>, String> {
    let mut told = Vec::new();
    for line in meaningful(text) {
        let (origin, options) = line.trim().split_once(' ').unwrap_or((line.trim(), ""));
        let options = keys(options.split_whitespace())?;
        told.push((expected_origin(origin, &options)?, options));
    }
    let mut origins: Vec<Origin> = pairs.iter().map(|pair| pair.origin.clone()).collect();
    origins.extend(told.iter().map(|(origin, _)| origin.clone()));
    let mut unique: Vec<Origin> = Vec::new();
    for origin in origins {
        if !unique.contains(&origin) {
            unique.push(origin);
        }
    }
    let said = |origin: &Origin| told.iter().find(|(other, _)| other == origin).map(|(_, said)| said.clone());
    unique.into_iter().map(|origin| summary(&said(&origin).unwrap_or_default(), origin, pairs)).collect()
}

fn summary(said: &BTreeMap<&str, &str>, origin: Origin, pairs: &[Pair]) -> Result<OriginSummary, String> {
    let own: Vec<&Pair> = pairs.iter().filter(|pair| pair.origin == origin).collect();
    let mut statuses = BTreeMap::new();
    for pair in &own {
        *statuses.entry(pair.status.clone()).or_default() += 1;
    }
    let synthesized = own.iter().filter_map(|pair| Some(&pair.aaaa.get("synthesized")?.first)).min();
    let dns64 = match said.get("dns64").map(|text| text.split_once('@').unwrap_or((text, ""))) {
        Some((state, "")) => Dns64 { state: state.into(), since: None },
        Some((state, since)) => Dns64 { state: state.into(), since: Some(moment(since)) },
        None if synthesized.is_some() => Dns64 { state: "on".into(), since: synthesized.cloned() },
        None if statuses.contains_key("ipv4-only") => Dns64 { state: "off".into(), since: None },
        None => Dns64 { state: "unknown".into(), since: None },
    };
    let ignored = number(said, "ignored", 0)?;
    let judged: u64 =
        own.iter().flat_map(|pair| pair.aaaa.values().chain(pair.a.values())).map(|span| span.count).sum();
    let records = number(said, "records", judged + ignored)?;
    Ok(OriginSummary { origin, dns64, records, ignored, pairs: own.len() as u64, statuses })
}

fn expected_origin(text: &str, options: &BTreeMap<&str, &str>) -> Result<Origin, String> {
    let place = Place::parse(text);
    let (kind, id) = match place.ids.first() {
        Some(id) if id.starts_with("rni-") => ("interface", *id),
        Some(id) if id.starts_with("device-") => ("device", *id),
        Some(id) => (key_of(id)?, *id),
        None => ("address", *place.addresses.first().ok_or("an origin has an address")?),
    };
    Ok(Origin {
        kind: kind.into(),
        id: id.into(),
        vpc: place.vpc.into(),
        account: (*options.get("account").unwrap_or(&ACCOUNT)).into(),
        region: (*options.get("region").unwrap_or(&REGION)).into(),
        // A masked address is the id of an origin, and no address.
        addresses: place
            .addresses
            .iter()
            .filter(|text| !text.contains('*'))
            .map(ToString::to_string)
            .collect(),
    })
}

// ── common to both ─────────────────────────────────────────────────────────────────────────────────────────

/// `ADDRESS[@VPC]` or `ID[+ID…][/ADDRESS[,ADDRESS…]][@VPC]`
struct Place<'a> {
    ids: Vec<&'a str>,
    addresses: Vec<&'a str>,
    vpc: &'a str,
}

impl<'a> Place<'a> {
    fn parse(text: &'a str) -> Self {
        let (who, vpc) = text.split_once('@').unwrap_or((text, VPC));
        if who.parse::<IpAddr>().is_ok() || who.bytes().all(|byte| byte == b'*') {
            return Self { ids: Vec::new(), addresses: vec![who], vpc };
        }
        let (ids, addresses) = who.split_once('/').unwrap_or((who, ADDRESS));
        Self { ids: ids.split('+').collect(), addresses: addresses.split(',').collect(), vpc }
    }
}

/// A time of the scenarios' day, or a whole timestamp as it stands.
fn moment(text: &str) -> String {
    let is_time = text.len() >= 8 && text.as_bytes()[2] == b':';
    if is_time { format!("{DAY}T{text}Z") } else { text.into() }
}

pub(crate) fn meaningful(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(str::trim_end).filter(|line| !line.is_empty() && !line.trim_start().starts_with('#'))
}

fn keys<'a>(words: impl Iterator<Item = &'a str>) -> Result<BTreeMap<&'a str, &'a str>, String> {
    words.map(|word| word.split_once('=').ok_or_else(|| format!("`{word}` is no key=value"))).collect()
}

fn number(keys: &BTreeMap<&str, &str>, key: &str, otherwise: u64) -> Result<u64, String> {
    match keys.get(key) {
        Some(text) => text.parse().map_err(|_| format!("`{key}={text}` is no number")),
        None => Ok(otherwise),
    }
}

/// What differs, block by block, `-` for what was expected and `+` for what came.
fn compare(expected: &[Block], got: &[Block]) -> Vec<String> {
    let mut differences = Vec::new();
    for block in expected {
        match got.iter().find(|other| other.heading == block.heading) {
            None => differences.push(format!("{}: missing", block.heading)),
            Some(other) if other.facts == block.facts => {}
            Some(other) => {
                differences.push(block.heading.clone());
                differences.extend(compare_facts(&block.facts, &other.facts));
            }
        }
    }
    for (index, block) in got.iter().enumerate() {
        let known = expected.iter().any(|other| other.heading == block.heading);
        let repeated = got[..index].iter().any(|other| other.heading == block.heading);
        if !known || repeated {
            differences.push(format!("{}: unexpected", block.heading));
            differences.extend(block.facts.iter().map(|fact| format!("  + {fact}")));
        }
    }
    differences
}

fn compare_facts(expected: &BTreeSet<String>, got: &BTreeSet<String>) -> Vec<String> {
    let missing = expected.difference(got).map(|fact| (fact, '-'));
    let surplus = got.difference(expected).map(|fact| (fact, '+'));
    let mut facts: Vec<(&String, char)> = missing.chain(surplus).collect();
    facts.sort_by_key(|&(fact, sign)| (fact.split(' ').next(), sign == '+', fact));
    facts.into_iter().map(|(fact, sign)| format!("  {sign} {fact}")).collect()
}
