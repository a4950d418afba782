//! Pseudonyms: what would tell whose log it is, replaced so that the log can be shown to others.
//!
//! Accounts, ids of instances, interfaces, resolver endpoints and VPCs, names of devices, addresses, and all
//! names but the public ones of AWS and of well-known services get others in their place: of the same shape
//! and kind, the same one each time, and by a key without which nobody can go back or check a guess
//! (HMAC-SHA-256; addresses and accounts by a permutation made of it, so that two never become one). Times,
//! types, RCODEs, Regions, ports and verdicts stay. It is done to observations before they are counted:
//! whatever is made of them only ever knows pseudonyms.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::knowledge::address::Nat64Prefixes;
use crate::log::observation::{Aside, Asker, Observation, SourceAddress, canonical_target, is_masked, text};

mod address;
mod json;
mod name;
mod public;
mod words;

/// How many pseudonyms a [`Redactor`] remembers at most.
const REMEMBERED: usize = 1 << 16;

/// A key, and with it every pseudonym.
#[derive(Clone)]
pub struct Redaction {
    keyed: Hmac<Sha256>,
    prefixes: Nat64Prefixes,
}

impl fmt::Debug for Redaction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The key is nobody's business.
        f.debug_struct("Redaction").finish_non_exhaustive()
    }
}

/// What is left of a text that is masked, wholly or in part: its asterisks.
fn mask(text: &str) -> String {
    text.chars().filter(|character| *character == '*').collect()
}

/// What a pseudonym is for: the same text is another one elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Domain {
    Account,
    Id,
    Label,
    Ipv4,
    Network,
    Host,
    Other,
    Input,
}

impl Redaction {
    /// The pseudonyms of a key. `prefixes` are those in force: in an address that lies in one, it is the IPv4
    /// address that is replaced.
    #[must_use]
    pub fn new(key: &[u8], prefixes: Nat64Prefixes) -> Option<Self> {
        // HMAC takes keys of any length.
        Hmac::new_from_slice(key).ok().map(|keyed| Self { keyed, prefixes })
    }

    fn hash(&self, domain: Domain, bytes: &[u8]) -> u64 {
        let mut keyed = self.keyed.clone();
        keyed.update(&[domain as u8]);
        keyed.update(bytes);
        let hash = keyed.finalize().into_bytes();
        hash.iter().take(8).fold(0, |sum, byte| sum << 8 | u64::from(*byte))
    }

    /// One of 2^`width` numbers for another, each for one only: a Feistel network. `width` is even, 64 at
    /// most.
    fn permuted(&self, domain: Domain, number: u64, width: u32) -> u64 {
        let half = width / 2;
        let mask = (1_u64 << half) - 1;
        let (mut left, mut right) = (number >> half & mask, number & mask);
        for round in 0..6_u8 {
            let mut message = [0; 10];
            message[0] = round;
            message[1] = half.to_le_bytes()[0];
            message[2..].copy_from_slice(&right.to_le_bytes());
            (left, right) = (right, left ^ self.hash(domain, &message) & mask);
        }
        left << half | right
    }

    /// The pseudonym of an account: twelve digits for twelve digits, and for all else that of any text.
    #[must_use]
    pub fn account(&self, account: &str) -> String {
        /// Beyond this there are thirteen digits.
        const ACCOUNTS: u64 = 1_000_000_000_000;
        if account.len() != 12 || !account.bytes().all(|byte| byte.is_ascii_digit()) {
            return self.other(account);
        }
        let mut number = account.parse().unwrap_or(0);
        loop {
            number = self.permuted(Domain::Account, number, 40);
            if number < ACCOUNTS {
                return format!("{number:012}");
            }
        }
    }

    /// The pseudonym of an id such as `i-0123456789abcdef0`: its kind stays.
    #[must_use]
    pub fn id(&self, id: &str) -> String {
        if matches!(id, "" | "-") {
            return id.to_owned();
        }
        if is_masked(id) {
            return mask(id);
        }
        let kind = public::kind_of_id(id).unwrap_or("id-");
        format!("{kind}0{:016x}", self.hash(Domain::Id, id.as_bytes()))
    }

    /// The pseudonym of whatever else is no public word.
    #[must_use]
    pub fn other(&self, text: &str) -> String {
        if text.is_empty() {
            return String::new();
        }
        if is_masked(text) {
            return mask(text);
        }
        format!("redacted-{:010x}", self.hash(Domain::Other, text.as_bytes()) >> 24)
    }

    /// The pseudonym of an input: what its name ends in stays.
    #[must_use]
    pub fn input(&self, name: &str) -> String {
        const ENDINGS: [&str; 10] =
            [".gz", ".zst", ".log", ".json", ".jsonl", ".ndjson", ".csv", ".txt", ".zip", ".parquet"];
        if matches!(name, "-" | "standard input" | "demo.jsonl") {
            return name.to_owned();
        }
        let mut rest = name;
        while let Some(ending) = ENDINGS.iter().find(|ending| rest.ends_with(**ending)) {
            rest = &rest[..rest.len() - ending.len()];
        }
        format!("input-{:010x}{}", self.hash(Domain::Input, name.as_bytes()) >> 24, &name[rest.len()..])
    }

    /// `text`, which speaks of the input `name`, with its pseudonym.
    #[must_use]
    pub fn about_input(&self, text: &str, name: &str) -> String {
        if name.is_empty() { text.to_owned() } else { text.replace(name, &self.input(name)) }
    }
}

/// The pseudonyms of texts that came already.
type KnownPseudonyms = HashMap<(Domain, Box<[u8]>), Box<str>>;

impl Redaction {
    /// Puts the pseudonym of `bytes` in the place of what `into` held.
    fn replace(&self, known: &mut KnownPseudonyms, domain: Domain, bytes: &[u8], into: &mut String) {
        into.clear();
        if let Some(known) = known.get(&(domain, bytes.into())) {
            into.push_str(known);
            return;
        }
        let pseudonym = match domain {
            Domain::Account => self.account(text(bytes)),
            Domain::Id => self.id(text(bytes)),
            Domain::Label => self.name(text(bytes)),
            _ => self.other(text(bytes)),
        };
        into.push_str(&pseudonym);
        known.insert((domain, bytes.into()), pseudonym.into());
    }
}

/// Puts the pseudonym of an asker into `id`, and that of the Resolver endpoint that it was forwarded through
/// into `endpoint`; `replace` puts the pseudonym of a text into another.
fn replace_asker(
    seen: Asker<'_>,
    id: &mut String,
    endpoint: &mut String,
    replace: &mut impl FnMut(Domain, &[u8], &mut String),
) {
    match seen {
        Asker::Instance(seen) | Asker::ResolverEndpoint(seen) | Asker::Interface(seen) => {
            replace(Domain::Id, seen, id);
        }
        Asker::Forwarded { instance, endpoint: through } => {
            replace(Domain::Id, instance, id);
            replace(Domain::Id, through, endpoint);
        }
        Asker::Device(name) => replace(Domain::Other, name, id),
        Asker::Address => {}
    }
}

/// An asker of the same kind with the pseudonym `id`, and with that of the Resolver endpoint that it was
/// forwarded through.
fn named<'a>(asker: Asker<'_>, id: &'a [u8], endpoint: &'a [u8]) -> Asker<'a> {
    match asker {
        Asker::Instance(_) => Asker::Instance(id),
        Asker::Forwarded { .. } => Asker::Forwarded { instance: id, endpoint },
        Asker::ResolverEndpoint(_) => Asker::ResolverEndpoint(id),
        Asker::Interface(_) => Asker::Interface(id),
        Asker::Device(_) => Asker::Device(id),
        Asker::Address => Asker::Address,
    }
}

/// What few observations say besides, with pseudonyms.
#[derive(Debug, Default)]
struct Asides {
    targets: String,
    rule_group: String,
    domain_list: String,
}

impl Asides {
    /// Takes in that of an observation; `replace` puts the pseudonym of a text into another.
    fn fill(&mut self, seen: Aside<'_>, replace: &mut impl FnMut(Domain, &[u8], &mut String)) {
        let Self { targets, rule_group, domain_list } = self;
        targets.clear();
        let (mut pseudonym, mut scratch) = (String::new(), Vec::new());
        for target in seen.each_target() {
            let Some(target) = canonical_target(target, &mut scratch) else { continue };
            replace(Domain::Label, target, &mut pseudonym);
            targets.push_str(&pseudonym);
            targets.push(' ');
        }
        for (id, into) in [(seen.rule_group, rule_group), (seen.domain_list, domain_list)] {
            into.clear();
            if !id.is_empty() {
                replace(Domain::Id, id, into);
            }
        }
    }

    fn aside(&self) -> Aside<'_> {
        Aside {
            targets: self.targets.as_bytes(),
            rule_group: self.rule_group.as_bytes(),
            domain_list: self.domain_list.as_bytes(),
        }
    }
}

/// Replaces what observations hold. Remembers pseudonyms, since the same texts come again and again.
#[derive(Debug)]
pub struct Redactor {
    redaction: Arc<Redaction>,
    texts: KnownPseudonyms,
    ipv4: HashMap<u32, u32>,
    ipv6: HashMap<u128, u128>,
    account: String,
    region: String,
    kind: String,
    vpc: String,
    asker: String,
    endpoint: String,
    source: String,
    name: String,
    asides: Asides,
    native: Vec<u128>,
    addresses: Vec<u32>,
}

impl Redactor {
    /// Replaces by the pseudonyms of `redaction`.
    #[must_use]
    pub fn new(redaction: Arc<Redaction>) -> Self {
        Self {
            redaction,
            texts: HashMap::new(),
            ipv4: HashMap::new(),
            ipv6: HashMap::new(),
            account: String::new(),
            region: String::new(),
            kind: String::new(),
            vpc: String::new(),
            asker: String::new(),
            endpoint: String::new(),
            source: String::new(),
            name: String::new(),
            asides: Asides::default(),
            native: Vec::new(),
            addresses: Vec::new(),
        }
    }

    /// The observation with pseudonyms.
    pub fn redact<'a>(&'a mut self, seen: &Observation<'a>) -> Observation<'a> {
        let Self {
            redaction,
            texts,
            ipv4,
            ipv6,
            account,
            region,
            kind,
            vpc,
            asker,
            endpoint,
            source,
            name,
            asides,
            native,
            addresses,
        } = self;
        if texts.len() + ipv4.len() + ipv6.len() > REMEMBERED {
            texts.clear();
            ipv4.clear();
            ipv6.clear();
        }
        let mut replace =
            |domain, bytes: &[u8], into: &mut String| redaction.replace(texts, domain, bytes, into);
        replace(Domain::Account, seen.account, account);
        replace(Domain::Id, seen.vpc, vpc);
        replace(Domain::Label, seen.name, name);
        asides.fill(seen.aside, &mut replace);
        replace_asker(seen.asker, asker, endpoint, &mut replace);
        if let SourceAddress::Text(bytes) = seen.source {
            replace(Domain::Other, bytes, source);
        }
        // Where a Region or a type belongs there may be anything.
        let word = |key: &str, bytes: &[u8], into: &mut String| {
            let said = text(bytes);
            *into = redaction.value(key, said, 0).unwrap_or_else(|| redaction.other(said));
        };
        word("region", seen.region, region);
        word("query_type", seen.kind, kind);
        let mut ip = |bits: u128| *ipv6.entry(bits).or_insert_with(|| redaction.ipv6(bits));
        native.clear();
        native.extend(seen.native.iter().map(|bits| ip(*bits)));
        addresses.clear();
        addresses
            .extend(seen.ipv4.iter().map(|bits| *ipv4.entry(*bits).or_insert_with(|| redaction.ipv4(*bits))));
        Observation {
            account: account.as_bytes(),
            region: region.as_bytes(),
            kind: kind.as_bytes(),
            vpc: vpc.as_bytes(),
            asker: named(seen.asker, asker.as_bytes(), endpoint.as_bytes()),
            source: match seen.source {
                SourceAddress::Ip(bits) => SourceAddress::Ip(ip(bits)),
                SourceAddress::Text(_) => SourceAddress::Text(source.as_bytes()),
            },
            name: name.as_bytes(),
            native,
            ipv4: addresses,
            aside: asides.aside(),
            ..seen.clone()
        }
    }
}
