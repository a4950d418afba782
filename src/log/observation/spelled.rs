//! The quick way through a record whose keys are the resolver's own, in any order and with any white space.
//!
//! One pass, in which nothing is copied: each key that is known leads to where its value is kept, and what is
//! judged is judged at the end, when all of it is there. Logs are written by programs, so the text between
//! the values of one record (keys, marks, white space) is mostly the text between those of the record before:
//! it is compared, sixteen bytes at a time, and taken apart only if it is not so.
//!
//! A record inside a string of JSON or a cell of CSV is read in its place, with its quotation marks escaped.
//!
//! As with [`super::canonical`], strings are taken only if they are printable ASCII without escapes; whatever
//! else there is (another key, a key twice, a value of another kind, an answer that has to be looked at more
//! closely) goes the general way.

use super::aside::{self, Aside};
use super::cursor::{Cursor, PlainQuote, Quote};
use super::{
    AnswerTally, Asker, Judge, Observation, Question, Rcode, SourceAddress, canonical_name, mapped, recent,
    text,
};
use crate::base::moment::Moment;
use crate::base::simd::Joint;
use crate::knowledge::address::{Nat64Prefixes, ipv6_before, parse_ipv4, parse_ipv6};
use crate::log::record::{MAX_ID, MAX_NAME, is_block};

/// A key of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
enum RecordKey {
    Account,
    Region,
    Vpc,
    At,
    Name,
    Type,
    Rcode,
    Answers,
    Source,
    Port,
    Ids,
    Action,
    Version,
    Class,
    Transport,
    Group,
    List,
}

/// The keys as they are written.
const KEYS: [(&[u8], RecordKey); 17] = [
    (b"account_id", RecordKey::Account),
    (b"region", RecordKey::Region),
    (b"vpc_id", RecordKey::Vpc),
    (b"query_timestamp", RecordKey::At),
    (b"query_name", RecordKey::Name),
    (b"query_type", RecordKey::Type),
    (b"rcode", RecordKey::Rcode),
    (b"answers", RecordKey::Answers),
    (b"srcaddr", RecordKey::Source),
    (b"srcport", RecordKey::Port),
    (b"srcids", RecordKey::Ids),
    (b"firewall_rule_action", RecordKey::Action),
    (b"version", RecordKey::Version),
    (b"query_class", RecordKey::Class),
    (b"transport", RecordKey::Transport),
    (b"firewall_rule_group_id", RecordKey::Group),
    (b"firewall_domain_list_id", RecordKey::List),
];

/// Without these the general way has something to say.
const NEEDED: u32 = 1 << RecordKey::At as u8
    | 1 << RecordKey::Name as u8
    | 1 << RecordKey::Type as u8
    | 1 << RecordKey::Rcode as u8
    | 1 << RecordKey::Answers as u8
    | 1 << RecordKey::Source as u8;

/// What is remembered from one record to the next, of those with the same quotation marks: the text between
/// values.
#[derive(Debug, Default)]
pub(super) struct RecordLayout {
    /// The text before the value at each place.
    members: [Joint<RecordKey>; KEYS.len()],
    /// The same of an answer; the last of it is the text before the next answer.
    parts: [Joint<AnswerStep>; 4],
    /// The text after the last answer.
    end: Joint<()>,
    /// The text before the first id of who asked, and which id it was.
    id: Joint<usize>,
}

/// What comes next in a record.
enum RecordMember {
    /// The value of this key.
    Of(RecordKey),
    End,
}

/// The members of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum AnswerToken {
    Rdata,
    Type,
    Class,
}

/// What comes next in the list of answers.
#[derive(Clone, Copy, Debug)]
enum AnswerStep {
    Member(AnswerToken),
    /// The first member of another answer.
    Answer(AnswerToken),
    End,
}

/// The places of the Rdata and the type of an answer: start and end of the one, start and end of the other.
pub(super) type RdataRanges = [usize; 4];

/// The fields of a record, as they are written.
#[derive(Default)]
struct RecordFields<'a> {
    account: &'a [u8],
    region: &'a [u8],
    vpc: &'a [u8],
    at: Moment,
    name: &'a [u8],
    /// Whether there are upper-case letters in the name.
    upper: bool,
    kind: &'a [u8],
    rcode: &'a [u8],
    source: Option<SourceAddress<'a>>,
    port: &'a [u8],
    asker: Option<Asker<'a>>,
    blocked: bool,
    rule_group: &'a [u8],
    domain_list: &'a [u8],
    /// Which keys were there, a bit each.
    seen: u32,
}

impl Judge {
    /// Judges the record that `bytes` begin with, whatever the order of its keys. Gives the number of bytes
    /// that the record has, too.
    pub fn spelled<'a>(&'a mut self, bytes: &'a [u8]) -> Option<(Observation<'a>, usize)> {
        self.spelled_to::<PlainQuote, _>(bytes, |observation, length| Some((observation.clone(), length)))
    }

    pub(super) fn spelled_to<'a, Q: Quote, T>(
        &'a mut self,
        bytes: &'a [u8],
        take: impl FnOnce(&Observation<'a>, usize) -> Option<T>,
    ) -> Option<T> {
        let Self {
            prefixes, tally, name: scratch, record_prefixes, clock, sparing, layouts, answers, ..
        } = self;
        let mut cursor = Cursor::<Q>::new(bytes);
        answers.clear();
        let fields = fields(&mut cursor, bytes, &mut layouts[Q::PLACE], answers, clock)?;
        let question = Question::from_mnemonic(text(fields.kind));
        judge::<Q>(bytes, answers, (fields.name, question), tally, prefixes, *sparing)?;
        let rcode = Rcode::from_mnemonic(text(fields.rcode));
        let verdict = tally.verdict(question, rcode, fields.blocked);
        let name = if !fields.upper && fields.name.last() == Some(&b'.') {
            fields.name
        } else {
            canonical_name(fields.name, scratch)
        };
        let of_block = |id: &'a [u8], kind| if fields.blocked { aside::id(id, kind) } else { b"" };
        let observation = Observation {
            record_prefix: record_prefixes[Q::PLACE].number(fields.account, fields.region, fields.vpc),
            at: fields.at,
            account: fields.account,
            region: fields.region,
            vpc: fields.vpc,
            asker: fields.asker.unwrap_or(Asker::Address),
            source: fields.source?,
            port: fields.port,
            name,
            kind: fields.kind,
            rcode,
            verdict,
            native: tally.native(),
            ipv4: tally.ipv4(),
            cname_only: tally.cname_only(verdict),
            mixed: tally.mixed(),
            partial: false,
            aside: Aside {
                targets: tally.targets(),
                rule_group: of_block(fields.rule_group, aside::GROUP),
                domain_list: of_block(fields.domain_list, aside::LIST),
            },
        };
        take(&observation, bytes.len() - cursor.rest.len())
    }
}

/// Reads the members of the object that `cursor` is at; `whole` is what it began with.
fn fields<'a, Q: Quote>(
    cursor: &mut Cursor<'a, Q>,
    whole: &'a [u8],
    layout: &mut RecordLayout,
    found: &mut Vec<RdataRanges>,
    clock: &mut recent::RecentDay,
) -> Option<RecordFields<'a>> {
    let mut fields = RecordFields::default();
    let mut place = 0;
    while let RecordMember::Of(key) = member(cursor, &mut layout.members, place)? {
        place += 1;
        let bit = 1 << key as u8;
        (fields.seen & bit == 0).then_some(())?;
        fields.seen |= bit;
        match key {
            RecordKey::Answers => answers(cursor, whole, layout, found)?,
            RecordKey::Ids => fields.asker = Some(asker(cursor, &mut layout.id)?),
            RecordKey::Source => fields.source = Some(source(cursor)?),
            RecordKey::Name => (fields.name, fields.upper) = name(cursor)?,
            _ => {
                let value = cursor.string()?;
                fields.set(key, value, clock)?;
            }
        }
    }
    let is_bounded = [fields.account, fields.region, fields.vpc].iter().all(|it| it.len() <= MAX_ID);
    let is_whole = fields.seen & NEEDED == NEEDED && fields.name.len() <= MAX_NAME && is_bounded;
    is_whole.then_some(fields)
}

impl<'a> RecordFields<'a> {
    /// Keeps the value of a key that has a string.
    #[inline]
    fn set(&mut self, key: RecordKey, value: &'a [u8], clock: &mut recent::RecentDay) -> Option<()> {
        match key {
            RecordKey::Account => self.account = value,
            RecordKey::Region => self.region = value,
            RecordKey::Vpc => self.vpc = value,
            RecordKey::At => self.at = clock.read(value)?,
            RecordKey::Type => self.kind = value,
            RecordKey::Rcode => self.rcode = value,
            RecordKey::Port => self.port = value,
            RecordKey::Action => self.blocked = is_block(text(value)),
            RecordKey::Group => self.rule_group = value,
            RecordKey::List => self.domain_list = value,
            _ => {}
        }
        Some(())
    }
}

/// Steps over all that comes before the value at `place`, and what that begins with: a quotation mark, a
/// bracket or a brace; or over the end of the object.
#[inline]
fn member<Q: Quote>(
    cursor: &mut Cursor<'_, Q>,
    joints: &mut [Joint<RecordKey>; KEYS.len()],
    place: usize,
) -> Option<RecordMember> {
    if let Some(joint) = joints.get(place)
        && let Some(key) = cursor.joint(joint)
    {
        return Some(RecordMember::Of(key));
    }
    let before = cursor.rest;
    if place > 0 {
        cursor.blanks();
        if cursor.has(b"}") {
            return Some(RecordMember::End);
        }
    }
    let key = key(cursor, place)?;
    if let Some(joint) = joints.get_mut(place) {
        joint.learn(before.get(..before.len() - cursor.rest.len())?, key);
    }
    Some(RecordMember::Of(key))
}

/// As [`member`], where no white space comes first.
#[cold]
fn key<Q: Quote>(cursor: &mut Cursor<'_, Q>, place: usize) -> Option<RecordKey> {
    cursor.expect(if place == 0 { b"{" } else { b"," })?;
    cursor.blanks();
    cursor.quote()?;
    let (_, key) = KEYS.iter().find(|(literal, _)| cursor.has_word(literal))?;
    cursor.colon()?;
    match key {
        RecordKey::Answers => cursor.expect(b"[")?,
        RecordKey::Ids => cursor.expect(b"{")?,
        _ => cursor.quote()?,
    }
    Some(*key)
}

/// Reads the list of answers after its bracket.
#[inline]
fn answers<Q: Quote>(
    cursor: &mut Cursor<'_, Q>,
    whole: &[u8],
    layout: &mut RecordLayout,
    list: &mut Vec<RdataRanges>,
) -> Option<()> {
    const NOTHING: RdataRanges = [usize::MAX; 4];
    // The ranges of the current answer, and how many of its members were read.
    let (mut found, mut place) = (NOTHING, 0);
    let is_whole = |found: &RdataRanges| found[0] != usize::MAX && found[2] != usize::MAX;
    loop {
        let part = match step(cursor, layout, place)? {
            AnswerStep::Member(part) => part,
            AnswerStep::Answer(part) => {
                if place > 0 {
                    is_whole(&found).then(|| list.push(found))?;
                    (found, place) = (NOTHING, 0);
                }
                part
            }
            AnswerStep::End => {
                return if place > 0 { is_whole(&found).then(|| list.push(found)) } else { Some(()) };
            }
        };
        let start = whole.len() - cursor.rest.len();
        let end = start + cursor.string()?.len();
        let at = match part {
            AnswerToken::Rdata => 0,
            AnswerToken::Type => 2,
            AnswerToken::Class => {
                place += 1;
                continue;
            }
        };
        // A member that occurs twice is for the general way.
        (found[at] == usize::MAX).then_some(())?;
        (found[at], found[at + 1]) = (start, end);
        place += 1;
    }
}

/// Steps past the first quotation mark of the next value, of an answer of which `place` members were read, or
/// of the next answer; or past the end of the list.
#[inline]
fn step<Q: Quote>(cursor: &mut Cursor<'_, Q>, layout: &mut RecordLayout, place: usize) -> Option<AnswerStep> {
    if let Some(joint) = layout.parts.get(place)
        && let Some(step) = cursor.joint(joint)
    {
        return Some(step);
    }
    if place == 0 && cursor.has(b"]") || place > 0 && cursor.joint(&layout.end).is_some() {
        return Some(AnswerStep::End);
    }
    new_step(cursor, layout, place)
}

/// As [`step`], where the text is another than before.
#[cold]
fn new_step<Q: Quote>(
    cursor: &mut Cursor<'_, Q>,
    layout: &mut RecordLayout,
    place: usize,
) -> Option<AnswerStep> {
    let before = cursor.rest;
    let passed = |cursor: &Cursor<'_, Q>| before.get(..before.len() - cursor.rest.len());
    cursor.blanks();
    let is_member = place > 0 && cursor.has(b",");
    if !is_member {
        if place > 0 {
            cursor.expect(b"}")?;
            cursor.blanks();
        }
        if cursor.has(b"]") {
            if place > 0 {
                layout.end.learn(passed(cursor)?, ());
            }
            return Some(AnswerStep::End);
        }
        if place > 0 {
            cursor.expect(b",")?;
            cursor.blanks();
        }
        cursor.expect(b"{")?;
    }
    cursor.blanks();
    cursor.quote()?;
    let words: [(&[u8], AnswerToken); 3] =
        [(b"Rdata", AnswerToken::Rdata), (b"Type", AnswerToken::Type), (b"Class", AnswerToken::Class)];
    let (_, part) = words.iter().find(|(word, _)| cursor.has_word(word))?;
    cursor.colon()?;
    cursor.quote()?;
    let step = if is_member { AnswerStep::Member(*part) } else { AnswerStep::Answer(*part) };
    if let Some(joint) = layout.parts.get_mut(place) {
        joint.learn(passed(cursor)?, step);
    }
    Some(step)
}

/// Takes the answers of one record, at their places in `bytes`, to the question for that name and type.
#[inline]
pub(super) fn judge<Q: Quote>(
    bytes: &[u8],
    answers: &[RdataRanges],
    (name, question): (&[u8], Question),
    tally: &mut AnswerTally,
    prefixes: &Nat64Prefixes,
    sparing: bool,
) -> Option<()> {
    tally.clear();
    for [start, end, kind, kind_end] in answers {
        let (rest, kind) = (bytes.get(*start..)?, bytes.get(*kind..*kind_end)?);
        match (kind, question) {
            (b"AAAA", Question::Aaaa) => {
                let quick = ipv6_before::<Q>(rest).filter(|(_, length)| start + length == *end);
                let bits = match quick {
                    Some((bits, _)) => bits,
                    None => parse_ipv6(bytes.get(*start..*end)?)?,
                };
                tally.aaaa_bits(bits, prefixes);
            }
            // One usable address decides.
            (b"A", Question::A) if sparing && tally.has_usable_a() => {}
            (b"A", Question::A) => tally.a_bits(parse_ipv4(bytes.get(*start..*end)?)?),
            (b"CNAME", _) => tally.cname(name, bytes.get(*start..*end)?),
            // It has to be looked at more closely.
            (_, Question::Aaaa | Question::A) => return None,
            (_, Question::Other) => {}
        }
    }
    if sparing && question == Question::A {
        tally.forget_ipv4();
    }
    Some(())
}

/// Reads `srcaddr` after its first quote.
#[inline]
fn source<'a, Q: Quote>(cursor: &mut Cursor<'a, Q>) -> Option<SourceAddress<'a>> {
    if let Some(bits) = cursor.ipv4() {
        return Some(SourceAddress::Ip(mapped(bits)));
    }
    let text = cursor.string()?;
    (!text.is_empty() && text.len() <= MAX_ID).then(|| SourceAddress::parse(text))
}

/// Reads `query_name` after its first quote, and whether it has upper-case letters.
#[inline]
fn name<'a, Q: Quote>(cursor: &mut Cursor<'a, Q>) -> Option<(&'a [u8], bool)> {
    cursor.name().or_else(|| {
        let name = cursor.string()?;
        Some((name, name.iter().any(u8::is_ascii_uppercase)))
    })
}

/// Reads `srcids` after its brace: who asked; nobody but the address if it names nobody.
#[inline]
fn asker<'a, Q: Quote>(cursor: &mut Cursor<'a, Q>, joint: &mut Joint<usize>) -> Option<Asker<'a>> {
    let mut ids: [Option<&[u8]>; 3] = [None; 3];
    let mut place = if let Some(place) = cursor.joint(joint) {
        place
    } else {
        let before = cursor.rest;
        cursor.blanks();
        if cursor.has(b"}") {
            return Some(Asker::Address);
        }
        let place = id(cursor)?;
        joint.learn(before.get(..before.len() - cursor.rest.len())?, place);
        place
    };
    loop {
        let id = cursor.string()?;
        (ids[place].is_none() && id.len() > 1 && id.len() <= MAX_ID).then_some(())?;
        ids[place] = Some(id);
        cursor.blanks();
        if cursor.has(b"}") {
            break;
        }
        cursor.expect(b",")?;
        cursor.blanks();
        place = self::id(cursor)?;
    }
    let [instance, endpoint, interface] = ids;
    Some(Asker::from_ids(instance, endpoint, interface))
}

/// Steps past the first quotation mark of an id, and returns which id it is.
#[cold]
fn id<Q: Quote>(cursor: &mut Cursor<'_, Q>) -> Option<usize> {
    cursor.quote()?;
    let words: [&[u8]; 3] = [b"instance", b"resolver_endpoint", b"resolver_network_interface"];
    let place = words.iter().position(|word| cursor.has_word(word))?;
    cursor.colon()?;
    cursor.quote()?;
    Some(place)
}
