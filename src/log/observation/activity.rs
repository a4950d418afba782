//! The quick way through an event of OCSF class 4003, DNS Activity, as Security Lake writes it: what
//! [`crate::log::record::Record`] takes from it, in one pass in which nothing is copied.
//!
//! Members that say nothing here are stepped over. Whatever says more than usual (an action of a firewall
//! that is no plain word, enrichments, text with escapes, a member twice) goes the general way.

use super::aside::{self, Aside};
use super::cursor::{Cursor, PlainQuote, Quote};
use super::{Asker, Judge, Observation, Question, Rcode, SourceAddress, canonical_name, spelled, text};
use crate::base::moment::Moment;
use crate::log::record::{MAX_ID, MAX_NAME};

/// The deepest that members are stepped over.
const MAX_DEPTH: u8 = 8;

/// What is wanted of an event.
#[derive(Default)]
struct ActivityEvent<'a> {
    account: Option<&'a [u8]>,
    region: Option<&'a [u8]>,
    vpc: Option<&'a [u8]>,
    at: Option<Moment>,
    name: Option<&'a [u8]>,
    kind: Option<&'a [u8]>,
    rcode: Option<&'a [u8]>,
    ip: Option<&'a [u8]>,
    port: Option<&'a [u8]>,
    instance: Option<&'a [u8]>,
    endpoint: Option<&'a [u8]>,
    interface: Option<&'a [u8]>,
    has_class: bool,
    has_answers: bool,
    blocked: bool,
    rule_group: Option<&'a [u8]>,
}

impl Judge {
    /// Judges the event that `bytes` begin with. Gives the number of bytes that it has, too.
    pub fn activity<'a>(&'a mut self, bytes: &'a [u8]) -> Option<(Observation<'a>, usize)> {
        self.activity_to(bytes, |observation, length| Some((observation.clone(), length)))
    }

    /// As [`Judge::activity`], and hands what it says to `take`.
    pub(crate) fn activity_to<'a, T>(
        &'a mut self,
        bytes: &'a [u8],
        take: impl FnOnce(&Observation<'a>, usize) -> Option<T>,
    ) -> Option<T> {
        let Self { prefixes, tally, name: scratch, record_prefixes, sparing, answers, .. } = self;
        let mut cursor: Cursor<'a> = Cursor::new(bytes);
        let mut event = ActivityEvent::default();
        answers.clear();
        object(&mut cursor, |cursor, key| event.member(cursor, key, bytes, answers))?;
        event.has_class.then_some(())?;
        event.has_answers.then_some(())?;
        let kind = event.kind?;
        let question = Question::from_mnemonic(text(kind));
        let (rcode, name, ip) = (Rcode::from_mnemonic(text(event.rcode?)), event.name?, event.ip?);
        spelled::judge::<PlainQuote>(bytes, answers, (name, question), tally, prefixes, *sparing)?;
        let ids = [event.account, event.region, event.vpc, event.instance, event.endpoint, event.interface];
        let is_bounded = ids.iter().flatten().chain([&ip]).all(|id| id.len() <= MAX_ID);
        (is_bounded && name.len() <= MAX_NAME && !ip.is_empty()).then_some(())?;
        let verdict = tally.verdict(question, rcode, event.blocked);
        let name = canonical_name(name, scratch);
        let rule_group = event.rule_group.filter(|_| event.blocked).unwrap_or_default();
        let [account, region, vpc] = [event.account, event.region, event.vpc].map(Option::unwrap_or_default);
        let observation = Observation {
            record_prefix: record_prefixes[PlainQuote::PLACE].number(account, region, vpc),
            at: event.at?,
            account,
            region,
            vpc,
            asker: Asker::from_ids(event.instance, event.endpoint, event.interface),
            source: SourceAddress::parse(ip),
            port: event.port.unwrap_or_default(),
            name,
            kind,
            rcode,
            verdict,
            native: tally.native(),
            ipv4: tally.ipv4(),
            cname_only: tally.cname_only(verdict),
            mixed: tally.mixed(),
            partial: false,
            // Where the event has the domain list is not documented.
            aside: Aside {
                targets: tally.targets(),
                rule_group: aside::id(rule_group, aside::GROUP),
                domain_list: b"",
            },
        };
        take(&observation, bytes.len() - cursor.rest.len())
    }
}

impl<'a> ActivityEvent<'a> {
    /// Takes a member of the event.
    #[inline]
    fn member(
        &mut self,
        cursor: &mut Cursor<'a>,
        key: &[u8],
        whole: &[u8],
        answers: &mut Vec<spelled::RdataRanges>,
    ) -> Option<()> {
        match key {
            b"class_uid" => {
                (!std::mem::replace(&mut self.has_class, true)).then_some(())?;
                (number(cursor)? == b"4003").then_some(())
            }
            b"time" => {
                let millis = text(number(cursor)?).parse().ok()?;
                // Above that, numbers count microseconds; below, perhaps seconds.
                (100_000_000_000..10_000_000_000_000).contains(&millis).then_some(())?;
                once(&mut self.at, Moment(millis))
            }
            b"rcode" => once(&mut self.rcode, string(cursor)?),
            b"query" => object(cursor, |cursor, key| match key {
                b"hostname" => once(&mut self.name, string(cursor)?),
                b"type" => once(&mut self.kind, string(cursor)?),
                _ => skip(cursor, MAX_DEPTH),
            }),
            b"answers" => {
                (!std::mem::replace(&mut self.has_answers, true)).then_some(())?;
                if cursor.has(b"null") { Some(()) } else { list(cursor, whole, answers) }
            }
            b"src_endpoint" => object(cursor, |cursor, key| self.member_of_source(cursor, key)),
            b"dst_endpoint" => object(cursor, |cursor, key| match key {
                b"instance_uid" => identifier(&mut self.endpoint, cursor),
                b"interface_uid" => identifier(&mut self.interface, cursor),
                _ => skip(cursor, MAX_DEPTH),
            }),
            b"cloud" => object(cursor, |cursor, key| self.member_of_cloud(cursor, key)),
            b"disposition" => match string(cursor)? {
                b"Blocked" => {
                    self.blocked = true;
                    Some(())
                }
                b"Alert" | b"Allowed" | b"Unknown" | b"No Action" => Some(()),
                _ => None,
            },
            b"firewall_rule" if cursor.rest.starts_with(b"{") => object(cursor, |cursor, key| match key {
                b"uid" if cursor.rest.starts_with(b"\"") => once(&mut self.rule_group, string(cursor)?),
                _ => skip(cursor, MAX_DEPTH),
            }),
            b"action" | b"action_name" => matches!(string(cursor)?, b"Allowed" | b"Unknown").then_some(()),
            b"action_id" => matches!(number(cursor)?, b"0" | b"1").then_some(()),
            // They would make it something else, or say more than is read here, as keys with `@` would.
            [b'@', ..]
            | b"enrichments"
            | b"firewall_rule_action"
            | b"messageType"
            | b"eventId"
            | b"searchedLogStreams"
            | b"timestamp"
            | b"r53tail"
            | b"query_name"
            | b"query_type"
            | b"disposition_id" => None,
            _ => skip(cursor, MAX_DEPTH),
        }
    }

    /// Takes a member of `src_endpoint`: who asked.
    #[inline]
    fn member_of_source(&mut self, cursor: &mut Cursor<'a>, key: &[u8]) -> Option<()> {
        match key {
            b"ip" => once(&mut self.ip, string(cursor)?),
            b"port" if cursor.rest.starts_with(b"\"") => once(&mut self.port, string(cursor)?),
            b"port" => once(&mut self.port, number(cursor)?),
            b"vpc_uid" => optional(&mut self.vpc, cursor),
            b"instance_uid" => identifier(&mut self.instance, cursor),
            _ => skip(cursor, MAX_DEPTH),
        }
    }

    /// Takes a member of `cloud`: of whose account, and of which Region.
    #[inline]
    fn member_of_cloud(&mut self, cursor: &mut Cursor<'a>, key: &[u8]) -> Option<()> {
        match key {
            b"region" => optional(&mut self.region, cursor),
            b"account" => object(cursor, |cursor, key| match key {
                b"uid" => once(&mut self.account, string(cursor)?),
                _ => skip(cursor, MAX_DEPTH),
            }),
            b"account_uid" => None,
            _ => skip(cursor, MAX_DEPTH),
        }
    }
}

/// Keeps what is there once.
#[inline]
fn once<T>(place: &mut Option<T>, value: T) -> Option<()> {
    place.replace(value).is_none().then_some(())
}

/// A string, or null for none.
#[inline]
fn optional<'a>(place: &mut Option<&'a [u8]>, cursor: &mut Cursor<'a>) -> Option<()> {
    if cursor.has(b"null") { once(place, b"") } else { once(place, string(cursor)?) }
}

/// An identifier, or null for none; the general way has a word for none, too.
#[inline]
fn identifier<'a>(place: &mut Option<&'a [u8]>, cursor: &mut Cursor<'a>) -> Option<()> {
    if cursor.has(b"null") {
        return place.is_none().then_some(());
    }
    let id = string(cursor)?;
    (id.len() > 1).then_some(())?;
    once(place, id)
}

/// Reads the members of an object, each with `member`, which is at its value.
#[inline]
fn object<'a>(
    cursor: &mut Cursor<'a>,
    mut member: impl FnMut(&mut Cursor<'a>, &'a [u8]) -> Option<()>,
) -> Option<()> {
    cursor.expect(b"{")?;
    cursor.blanks();
    if cursor.has(b"}") {
        return Some(());
    }
    loop {
        let key = string(cursor)?;
        cursor.colon()?;
        member(cursor, key)?;
        cursor.blanks();
        if !cursor.has(b",") {
            return cursor.expect(b"}");
        }
        cursor.blanks();
    }
}

/// Reads the list of answers: the places of their Rdata and types in `whole`.
#[inline]
fn list(cursor: &mut Cursor<'_>, whole: &[u8], answers: &mut Vec<spelled::RdataRanges>) -> Option<()> {
    cursor.expect(b"[")?;
    cursor.blanks();
    if cursor.has(b"]") {
        return Some(());
    }
    loop {
        let mut found = [usize::MAX; 4];
        object(cursor, |cursor, key| {
            let place = match key {
                b"rdata" => 0,
                b"type" => 2,
                // Other spellings of these two are the general way's.
                b"Rdata" | b"Type" => return None,
                _ => return skip(cursor, MAX_DEPTH),
            };
            let value = string(cursor)?;
            let end = whole.len() - cursor.rest.len() - 1;
            (found[place] == usize::MAX).then_some(())?;
            (found[place], found[place + 1]) = (end - value.len(), end);
            Some(())
        })?;
        (found[0] != usize::MAX && found[2] != usize::MAX).then_some(())?;
        answers.push(found);
        cursor.blanks();
        if !cursor.has(b",") {
            return cursor.expect(b"]");
        }
        cursor.blanks();
    }
}

/// Reads a string with its quotes.
#[inline]
fn string<'a>(cursor: &mut Cursor<'a>) -> Option<&'a [u8]> {
    cursor.quote()?;
    cursor.string()
}

/// Reads a number without a sign, a fraction or an exponent.
#[inline]
fn number<'a>(cursor: &mut Cursor<'a>) -> Option<&'a [u8]> {
    let length = cursor.rest.iter().position(|byte| !byte.is_ascii_digit())?;
    let (digits, rest) = cursor.rest.split_at_checked(length)?;
    let is_number = !digits.is_empty() && (digits.len() == 1 || digits[0] != b'0');
    let ends = matches!(rest, [b',' | b'}' | b']' | b' ' | b'\n' | b'\t' | b'\r', ..]);
    cursor.rest = rest;
    (is_number && ends).then_some(digits)
}

/// Steps over a value.
fn skip(cursor: &mut Cursor<'_>, depth: u8) -> Option<()> {
    match cursor.rest.first()? {
        b'"' => string(cursor).map(drop),
        b'0'..=b'9' => number(cursor).map(drop),
        b't' => cursor.expect(b"true"),
        b'f' => cursor.expect(b"false"),
        b'n' => cursor.expect(b"null"),
        b'{' if depth > 0 => object(cursor, |cursor, _| skip(cursor, depth - 1)),
        b'[' if depth > 0 => {
            cursor.expect(b"[")?;
            cursor.blanks();
            if cursor.has(b"]") {
                return Some(());
            }
            loop {
                skip(cursor, depth - 1)?;
                cursor.blanks();
                if !cursor.has(b",") {
                    return cursor.expect(b"]");
                }
                cursor.blanks();
            }
        }
        _ => None,
    }
}
