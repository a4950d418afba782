//! The quick way through a record whose keys are the resolver's own, in any order and with any white space.
//!
//! One pass, in which nothing is copied: each key that is known leads to where its value is kept, and what is judged is
//! judged at the end, when all of it is there. Logs are written by programs, so the keys of one record mostly stand where
//! those of the record before stood: what is guessed from that is compared, and looked up only if it is not so.
//!
//! What stands inside a string of JSON or a cell of CSV is read there, as it stands, with its quotation marks escaped.
//!
//! As with [`super::canonical`], strings are taken only if they are printable ASCII without escapes; whatever else
//! there is (another key, a key twice, a value of another kind, an answer that has to be looked at more closely) goes
//! the general way.

use super::cursor::{Cursor, Doubled, Escaped, Plain, Quote};
use super::{Asker, Judge, Observation, Question, Rcode, Source, Tally, canonical_name, recent, text};
use crate::address::{Nat64Prefixes, parse_ipv4, parse_ipv6};
use crate::moment::Moment;
use crate::record::{MAX_ID, MAX_NAME, is_block};

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

/// What is remembered from one record to the next.
#[derive(Debug, Default)]
pub(super) struct Layout {
    /// Which of [`KEYS`] stood at which place of the record before.
    keys: Vec<u8>,
    /// Where the Rdata and the type of each answer of the record in hand stand: two ranges.
    pub(super) answers: Vec<[usize; 4]>,
}

/// The fields of a record, as they are written.
#[derive(Default)]
struct Fields<'a> {
    account: &'a [u8],
    region: &'a [u8],
    vpc: &'a [u8],
    at: Moment,
    name: &'a [u8],
    kind: &'a [u8],
    rcode: &'a [u8],
    source: Option<Source<'a>>,
    port: &'a [u8],
    asker: Option<Asker<'a>>,
    blocked: bool,
    /// Which keys were there, a bit each.
    seen: u32,
}

impl Judge {
    /// Judges the record that `bytes` begin with, whatever the order of its keys. Gives the number of bytes that the
    /// record has, too.
    pub fn spelled<'a>(&'a mut self, bytes: &'a [u8]) -> Option<(Observation<'a>, usize)> {
        self.spelled_to::<Plain, _>(bytes, |observation, length| Some((observation.clone(), length)))
    }

    /// The same of a record inside a string of JSON or a cell of CSV; `bytes` begin with its brace.
    pub fn within<'a>(&'a mut self, bytes: &'a [u8], quoting: Quoting) -> Option<(Observation<'a>, usize)> {
        self.within_to(bytes, quoting, |observation, length| Some((observation.clone(), length)))
    }

    /// As [`Judge::within`], and hands what it says to `take`, which may decline it.
    pub(crate) fn within_to<'a, T>(
        &'a mut self,
        bytes: &'a [u8],
        quoting: Quoting,
        take: impl FnOnce(&Observation<'a>, usize) -> Option<T>,
    ) -> Option<T> {
        match quoting {
            Quoting::Plain => self.spelled_to::<Plain, _>(bytes, take),
            Quoting::Escaped => self.spelled_to::<Escaped, _>(bytes, take),
            Quoting::Doubled => self.spelled_to::<Doubled, _>(bytes, take),
        }
    }

    fn spelled_to<'a, Q: Quote, T>(
        &'a mut self,
        bytes: &'a [u8],
        take: impl FnOnce(&Observation<'a>, usize) -> Option<T>,
    ) -> Option<T> {
        let Self { prefixes, tally, name: scratch, openings, clock, sparing, layout } = self;
        let mut cursor = Cursor::<Q>::new(bytes);
        let fields = fields(&mut cursor, bytes, layout, clock)?;
        let question = Question::of(text(fields.kind));
        judge(bytes, &layout.answers, question, tally, prefixes, *sparing)?;
        let rcode = Rcode::of(text(fields.rcode));
        let verdict = tally.verdict(question, rcode, fields.blocked);
        let observation = Observation {
            opening: openings.number(fields.account, fields.region, fields.vpc),
            at: fields.at,
            account: fields.account,
            region: fields.region,
            vpc: fields.vpc,
            asker: fields.asker.unwrap_or(Asker::Address),
            source: fields.source?,
            port: fields.port,
            name: canonical_name(fields.name, scratch),
            kind: fields.kind,
            rcode,
            verdict,
            native: tally.native(),
            ipv4: tally.ipv4(),
            cname_only: tally.cname_only(verdict),
            mixed: tally.mixed(),
            partial: false,
        };
        take(&observation, bytes.len() - cursor.rest.len())
    }
}

/// What a record stands in, which decides how its quotation marks are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quoting {
    /// Nothing: they are as they are.
    Plain,
    /// A string of JSON.
    Escaped,
    /// A quoted cell of CSV.
    Doubled,
}

/// Reads the members of the object that `cursor` stands at; `whole` is what it began with.
fn fields<'a, Q: Quote>(
    cursor: &mut Cursor<'a, Q>,
    whole: &'a [u8],
    layout: &mut Layout,
    clock: &mut recent::Clock,
) -> Option<Fields<'a>> {
    let mut fields = Fields::default();
    layout.answers.clear();
    cursor.expect(b"{")?;
    cursor.blanks();
    let mut place = 0;
    loop {
        cursor.quote()?;
        let key = key(cursor, &mut layout.keys, place)?;
        place += 1;
        let bit = 1 << key as u8;
        (fields.seen & bit == 0).then_some(())?;
        fields.seen |= bit;
        cursor.colon()?;
        match key {
            Key::Answers => answers(cursor, whole, &mut layout.answers)?,
            Key::Ids => fields.asker = Some(asker(cursor)?),
            Key::Source => {
                cursor.quote()?;
                fields.source = Some(source(cursor)?);
            }
            _ => {
                cursor.quote()?;
                let value = cursor.string()?;
                fields.set(key, value, clock)?;
            }
        }
        cursor.blanks();
        if !cursor.has(b",") {
            cursor.expect(b"}")?;
            let is_bounded = [fields.account, fields.region, fields.vpc].iter().all(|it| it.len() <= MAX_ID);
            let is_whole = fields.seen & NEEDED == NEEDED && fields.name.len() <= MAX_NAME && is_bounded;
            return is_whole.then_some(fields);
        }
        cursor.blanks();
    }
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
            Key::Name => self.name = value,
            Key::Type => self.kind = value,
            Key::Rcode => self.rcode = value,
            Key::Port => self.port = value,
            Key::Action => self.blocked = is_block(text(value)),
            _ => {}
        }
        Some(())
    }
}

/// Reads a key behind its first quote, and the closing one.
#[inline]
fn key<Q: Quote>(cursor: &mut Cursor<'_, Q>, guesses: &mut Vec<u8>, place: usize) -> Option<Key> {
    if let Some(guess) = guesses.get(place)
        && let Some((literal, key)) = KEYS.get(usize::from(*guess))
        && cursor.has_word(literal)
    {
        return Some(*key);
    }
    let (number, key) = find(cursor)?;
    if place == guesses.len() {
        guesses.push(number);
    } else if let Some(guess) = guesses.get_mut(place) {
        *guess = number;
    }
    Some(key)
}

#[cold]
fn find<Q: Quote>(cursor: &mut Cursor<'_, Q>) -> Option<(u8, Key)> {
    let (number, (_, key)) = (0..).zip(&KEYS).find(|(_, (literal, _))| cursor.has_word(literal))?;
    Some((number, *key))
}

/// Reads the list of answers.
#[inline]
fn answers<Q: Quote>(cursor: &mut Cursor<'_, Q>, whole: &[u8], answers: &mut Vec<[usize; 4]>) -> Option<()> {
    cursor.expect(b"[")?;
    cursor.blanks();
    if cursor.has(b"]") {
        return Some(());
    }
    loop {
        let mut found = [usize::MAX; 4];
        cursor.expect(b"{")?;
        cursor.blanks();
        loop {
            cursor.quote()?;
            let place = if cursor.has_word(b"Rdata") {
                Some(0)
            } else if cursor.has_word(b"Type") {
                Some(2)
            } else if cursor.has_word(b"Class") {
                None
            } else {
                return None;
            };
            cursor.colon()?;
            cursor.quote()?;
            let start = whole.len() - cursor.rest.len();
            let length = cursor.string()?.len();
            if let Some(place) = place {
                // A member that stands there twice is for the general way.
                (found[place] == usize::MAX).then_some(())?;
                (found[place], found[place + 1]) = (start, start + length);
            }
            cursor.blanks();
            if !cursor.has(b",") {
                break;
            }
            cursor.blanks();
        }
        cursor.expect(b"}")?;
        (found[0] != usize::MAX && found[2] != usize::MAX).then_some(())?;
        answers.push(found);
        cursor.blanks();
        if !cursor.has(b",") {
            return cursor.expect(b"]");
        }
        cursor.blanks();
    }
}

/// Judges the answers of one record, which stand in `bytes`.
#[inline]
pub(super) fn judge(
    bytes: &[u8],
    answers: &[[usize; 4]],
    question: Question,
    tally: &mut Tally,
    prefixes: &Nat64Prefixes,
    sparing: bool,
) -> Option<()> {
    tally.clear();
    for [start, end, kind, kind_end] in answers {
        let (rdata, kind) = (bytes.get(*start..*end)?, bytes.get(*kind..*kind_end)?);
        answer(rdata, kind, question, tally, prefixes, sparing)?;
    }
    if sparing && question == Question::A {
        tally.forget_ipv4();
    }
    Some(())
}

/// Judges one answer; not one that has to be looked at more closely.
#[inline]
fn answer(
    rdata: &[u8],
    kind: &[u8],
    question: Question,
    tally: &mut Tally,
    prefixes: &Nat64Prefixes,
    sparing: bool,
) -> Option<()> {
    match (kind, question) {
        (b"AAAA", Question::Aaaa) => tally.aaaa_bits(parse_ipv6(rdata)?, prefixes),
        // One usable address decides.
        (b"A", Question::A) if sparing && tally.has_usable_a() => {}
        (b"A", Question::A) => tally.a_bits(parse_ipv4(rdata)?),
        (b"CNAME", _) => tally.cname(),
        (_, Question::Aaaa | Question::A) => return None,
        (_, Question::Other) => {}
    }
    Some(())
}

/// Reads `srcaddr` behind its first quote.
#[inline]
fn source<'a, Q: Quote>(cursor: &mut Cursor<'a, Q>) -> Option<Source<'a>> {
    let text = cursor.string()?;
    (!text.is_empty() && text.len() <= MAX_ID).then(|| Source::of(text))
}

/// Reads `srcids`: who asked; nobody but the address if it names nobody.
#[inline]
fn asker<'a, Q: Quote>(cursor: &mut Cursor<'a, Q>) -> Option<Asker<'a>> {
    cursor.expect(b"{")?;
    cursor.blanks();
    let mut ids: [Option<&[u8]>; 3] = [None; 3];
    if cursor.has(b"}") {
        return Some(Asker::Address);
    }
    loop {
        cursor.quote()?;
        let place = if cursor.has_word(b"instance") {
            0
        } else if cursor.has_word(b"resolver_endpoint") {
            1
        } else if cursor.has_word(b"resolver_network_interface") {
            2
        } else {
            return None;
        };
        cursor.colon()?;
        cursor.quote()?;
        let id = cursor.string()?;
        (ids[place].is_none() && id.len() > 1 && id.len() <= MAX_ID).then_some(())?;
        ids[place] = Some(id);
        cursor.blanks();
        if !cursor.has(b",") {
            break;
        }
        cursor.blanks();
    }
    cursor.expect(b"}")?;
    let [instance, endpoint, interface] = ids;
    let endpoint = endpoint.map(Asker::ResolverEndpoint);
    instance.map(Asker::Instance).or(endpoint).or(interface.map(Asker::Interface))
}
