//! The quick way through a record whose keys are the resolver's own, in any order and with any white space.
//!
//! One pass, in which nothing is copied: each key that is known leads to where its value is kept, and what is
//! judged is judged at the end, when all of it is there. Logs are written by programs, so what stands between
//! the values of one record (keys, marks, white space) is mostly what stood between those of the record
//! before: it is compared, sixteen bytes at a time, and taken apart only if it is not so.
//!
//! What stands inside a string of JSON or a cell of CSV is read there, as it stands, with its quotation marks
//! escaped.
//!
//! As with [`super::canonical`], strings are taken only if they are printable ASCII without escapes; whatever
//! else there is (another key, a key twice, a value of another kind, an answer that has to be looked at more
//! closely) goes the general way.

use super::aside::{self, Aside};
use super::cursor::{Cursor, Plain, Quote};
use super::{
    Asker, Judge, Observation, Question, Rcode, Source, Tally, canonical_name, mapped, recent, text,
};
use crate::address::{Nat64Prefixes, ipv6_before, parse_ipv4, parse_ipv6};
use crate::moment::Moment;
use crate::record::{MAX_ID, MAX_NAME, is_block};
use crate::simd::Joint;

/// A key of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
enum Key {
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
const KEYS: [(&[u8], Key); 17] = [
    (b"account_id", Key::Account),
    (b"region", Key::Region),
    (b"vpc_id", Key::Vpc),
    (b"query_timestamp", Key::At),
    (b"query_name", Key::Name),
    (b"query_type", Key::Type),
    (b"rcode", Key::Rcode),
    (b"answers", Key::Answers),
    (b"srcaddr", Key::Source),
    (b"srcport", Key::Port),
    (b"srcids", Key::Ids),
    (b"firewall_rule_action", Key::Action),
    (b"version", Key::Version),
    (b"query_class", Key::Class),
    (b"transport", Key::Transport),
    (b"firewall_rule_group_id", Key::Group),
    (b"firewall_domain_list_id", Key::List),
];

/// Without these the general way has something to say.
const NEEDED: u32 = 1 << Key::At as u8
    | 1 << Key::Name as u8
    | 1 << Key::Type as u8
    | 1 << Key::Rcode as u8
    | 1 << Key::Answers as u8
    | 1 << Key::Source as u8;

/// What is remembered from one record to the next, of those with the same quotation marks: what stood between
/// values.
#[derive(Debug, Default)]
pub(super) struct Layout {
    /// What stood before the value at each place.
    members: [Joint<Key>; KEYS.len()],
    /// The same of an answer; the last of it stands before the answer that follows.
    parts: [Joint<Step>; 4],
    /// What stood behind the last answer.
    end: Joint<()>,
    /// What stood before the first id of who asked, and which it was.
    id: Joint<usize>,
}

/// What stands next in a record.
enum Member {
    /// The value of this key.
    Of(Key),
    End,
}

/// What stands in an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Rdata,
    Type,
    Class,
}

/// What stands next in the list of answers.
#[derive(Clone, Copy, Debug)]
enum Step {
    Member(Part),
    /// The first member of another answer.
    Answer(Part),
    End,
}

/// Where the Rdata and the type of an answer stand: two ranges.
pub(super) type Found = [usize; 4];

/// The fields of a record, as they are written.
#[derive(Default)]
struct Fields<'a> {
    account: &'a [u8],
    region: &'a [u8],
    vpc: &'a [u8],
    at: Moment,
    name: &'a [u8],
    /// Whether there are upper-case letters in the name.
    upper: bool,
    kind: &'a [u8],
    rcode: &'a [u8],
    source: Option<Source<'a>>,
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
        self.spelled_to::<Plain, _>(bytes, |observation, length| Some((observation.clone(), length)))
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
        let question = Question::of(text(fields.kind));
        judge::<Q>(bytes, answers, (fields.name, question), tally, prefixes, *sparing)?;
        let rcode = Rcode::of(text(fields.rcode));
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

/// Reads the members of the object that `cursor` stands at; `whole` is what it began with.
fn fields<'a, Q: Quote>(
    cursor: &mut Cursor<'a, Q>,
    whole: &'a [u8],
    layout: &mut Layout,
    found: &mut Vec<Found>,
    clock: &mut recent::Clock,
) -> Option<Fields<'a>> {
    let mut fields = Fields::default();
    let mut place = 0;
    while let Member::Of(key) = member(cursor, &mut layout.members, place)? {
        place += 1;
        let bit = 1 << key as u8;
        (fields.seen & bit == 0).then_some(())?;
        fields.seen |= bit;
        match key {
            Key::Answers => answers(cursor, whole, layout, found)?,
            Key::Ids => fields.asker = Some(asker(cursor, &mut layout.id)?),
            Key::Source => fields.source = Some(source(cursor)?),
            Key::Name => (fields.name, fields.upper) = name(cursor)?,
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

impl<'a> Fields<'a> {
    /// Keeps the value of a key that has a string.
    #[inline]
    fn set(&mut self, key: Key, value: &'a [u8], clock: &mut recent::Clock) -> Option<()> {
        match key {
            Key::Account => self.account = value,
            Key::Region => self.region = value,
            Key::Vpc => self.vpc = value,
            Key::At => self.at = clock.read(value)?,
            Key::Type => self.kind = value,
            Key::Rcode => self.rcode = value,
            Key::Port => self.port = value,
            Key::Action => self.blocked = is_block(text(value)),
            Key::Group => self.rule_group = value,
            Key::List => self.domain_list = value,
            _ => {}
        }
        Some(())
    }
}

/// Steps over all that stands before the value at `place`, and what that begins with: a quotation mark, a
/// bracket or a brace; or over the end of the object.
#[inline]
fn member<Q: Quote>(
    cursor: &mut Cursor<'_, Q>,
    joints: &mut [Joint<Key>; KEYS.len()],
    place: usize,
) -> Option<Member> {
    if let Some(joint) = joints.get(place)
        && let Some(key) = cursor.joint(joint)
    {
        return Some(Member::Of(key));
    }
    let before = cursor.rest;
    if place > 0 {
        cursor.blanks();
        if cursor.has(b"}") {
            return Some(Member::End);
        }
    }
    let key = key(cursor, place)?;
    if let Some(joint) = joints.get_mut(place) {
        joint.learn(before.get(..before.len() - cursor.rest.len())?, key);
    }
    Some(Member::Of(key))
}

/// As [`member`], where no white space comes first.
#[cold]
fn key<Q: Quote>(cursor: &mut Cursor<'_, Q>, place: usize) -> Option<Key> {
    cursor.expect(if place == 0 { b"{" } else { b"," })?;
    cursor.blanks();
    cursor.quote()?;
    let (_, key) = KEYS.iter().find(|(literal, _)| cursor.has_word(literal))?;
    cursor.colon()?;
    match key {
        Key::Answers => cursor.expect(b"[")?,
        Key::Ids => cursor.expect(b"{")?,
        _ => cursor.quote()?,
    }
    Some(*key)
}

/// Reads the list of answers behind its bracket.
#[inline]
fn answers<Q: Quote>(
    cursor: &mut Cursor<'_, Q>,
    whole: &[u8],
    layout: &mut Layout,
    list: &mut Vec<Found>,
) -> Option<()> {
    const NOTHING: Found = [usize::MAX; 4];
    // Of the answer in hand, and how many of its members were read.
    let (mut found, mut place) = (NOTHING, 0);
    let is_whole = |found: &Found| found[0] != usize::MAX && found[2] != usize::MAX;
    loop {
        let part = match step(cursor, layout, place)? {
            Step::Member(part) => part,
            Step::Answer(part) => {
                if place > 0 {
                    is_whole(&found).then(|| list.push(found))?;
                    (found, place) = (NOTHING, 0);
                }
                part
            }
            Step::End => {
                return if place > 0 { is_whole(&found).then(|| list.push(found)) } else { Some(()) };
            }
        };
        let start = whole.len() - cursor.rest.len();
        let end = start + cursor.string()?.len();
        let at = match part {
            Part::Rdata => 0,
            Part::Type => 2,
            Part::Class => {
                place += 1;
                continue;
            }
        };
        // A member that stands there twice is for the general way.
        (found[at] == usize::MAX).then_some(())?;
        (found[at], found[at + 1]) = (start, end);
        place += 1;
    }
}

/// Steps to behind the first quotation mark of the next value, of an answer of which so many members were
/// read, or of the answer behind it; or to behind the list.
#[inline]
fn step<Q: Quote>(cursor: &mut Cursor<'_, Q>, layout: &mut Layout, place: usize) -> Option<Step> {
    if let Some(joint) = layout.parts.get(place)
        && let Some(step) = cursor.joint(joint)
    {
        return Some(step);
    }
    if place == 0 && cursor.has(b"]") || place > 0 && cursor.joint(&layout.end).is_some() {
        return Some(Step::End);
    }
    new_step(cursor, layout, place)
}

/// As [`step`], where something else stands than before.
#[cold]
fn new_step<Q: Quote>(cursor: &mut Cursor<'_, Q>, layout: &mut Layout, place: usize) -> Option<Step> {
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
            return Some(Step::End);
        }
        if place > 0 {
            cursor.expect(b",")?;
            cursor.blanks();
        }
        cursor.expect(b"{")?;
    }
    cursor.blanks();
    cursor.quote()?;
    let words: [(&[u8], Part); 3] = [(b"Rdata", Part::Rdata), (b"Type", Part::Type), (b"Class", Part::Class)];
    let (_, part) = words.iter().find(|(word, _)| cursor.has_word(word))?;
    cursor.colon()?;
    cursor.quote()?;
    let step = if is_member { Step::Member(*part) } else { Step::Answer(*part) };
    if let Some(joint) = layout.parts.get_mut(place) {
        joint.learn(passed(cursor)?, step);
    }
    Some(step)
}

/// Takes the answers of one record, which stand in `bytes`, to the question for that name and type.
#[inline]
pub(super) fn judge<Q: Quote>(
    bytes: &[u8],
    answers: &[Found],
    (name, question): (&[u8], Question),
    tally: &mut Tally,
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

/// Reads `srcaddr` behind its first quote.
#[inline]
fn source<'a, Q: Quote>(cursor: &mut Cursor<'a, Q>) -> Option<Source<'a>> {
    if let Some(bits) = cursor.ipv4() {
        return Some(Source::Ip(mapped(bits)));
    }
    let text = cursor.string()?;
    (!text.is_empty() && text.len() <= MAX_ID).then(|| Source::of(text))
}

/// Reads `query_name` behind its first quote, and whether it has upper-case letters.
#[inline]
fn name<'a, Q: Quote>(cursor: &mut Cursor<'a, Q>) -> Option<(&'a [u8], bool)> {
    cursor.name().or_else(|| {
        let name = cursor.string()?;
        Some((name, name.iter().any(u8::is_ascii_uppercase)))
    })
}

/// Reads `srcids` behind its brace: who asked; nobody but the address if it names nobody.
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
    Some(Asker::of(instance, endpoint, interface))
}

/// Steps to behind the first quotation mark of an id; which one it is.
#[cold]
fn id<Q: Quote>(cursor: &mut Cursor<'_, Q>) -> Option<usize> {
    cursor.quote()?;
    let words: [&[u8]; 3] = [b"instance", b"resolver_endpoint", b"resolver_network_interface"];
    let place = words.iter().position(|word| cursor.has_word(word))?;
    cursor.colon()?;
    cursor.quote()?;
    Some(place)
}
