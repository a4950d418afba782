//! The quick way through a record in the resolver's own spelling.
//!
//! Every record seen in real logs is one compact JSON object with its keys in one order. That shape is
//! expected here byte for byte and judged in one pass, without building anything. On the first byte that
//! differs the answer is `None`, and the record goes the general way, through [`crate::log::record::Record`].
//! What both ways accept, they judge alike: `tests/laws` holds them against each other. The same shape inside
//! a string of JSON or a cell of CSV is read there, with its quotation marks as they are written.
//!
//! Strings are taken only if they are printable ASCII without escapes; so no text means something else here
//! than in JSON, and every byte is one character.

use super::aside::{self, Aside};
use super::cursor::{Cursor, PlainQuote, Quote, quoted};
use super::{
    AnswerTally, Asker, Judge, Observation, Question, Rcode, SourceAddress, canonical_name, mapped, text,
};
use crate::knowledge::address::{Nat64Prefixes, ipv4_before, ipv6_before, parse_ipv4, parse_ipv6};
use crate::log::record::{MAX_ID, MAX_NAME};

/// An identifier as the general way would take it, too.
#[inline]
fn identifier(bytes: &[u8]) -> Option<&[u8]> {
    (bytes.len() > 1 && bytes.len() <= MAX_ID).then_some(bytes)
}

impl Judge {
    /// Judges the record that `bytes` begin with, if it is in the resolver's own spelling. Gives the number
    /// of bytes that the record has, too.
    pub fn canonical<'a>(&'a mut self, bytes: &'a [u8]) -> Option<(Observation<'a>, usize)> {
        self.canonical_to(bytes, |observation, length| (observation.clone(), length))
    }

    /// As [`Judge::canonical`], and hands what it says to `take`, from where it is made.
    #[inline]
    pub(crate) fn canonical_to<'a, T>(
        &'a mut self,
        bytes: &'a [u8],
        take: impl FnOnce(&Observation<'a>, usize) -> T,
    ) -> Option<T> {
        self.canonical_in::<PlainQuote, _>(bytes, take)
    }

    /// The same of a record whose quotation marks are written as `Q` says.
    #[inline]
    pub(super) fn canonical_in<'a, Q: Quote, T>(
        &'a mut self,
        bytes: &'a [u8],
        take: impl FnOnce(&Observation<'a>, usize) -> T,
    ) -> Option<T> {
        let Self { prefixes, tally, name: scratch, record_prefixes, clock, sparing, .. } = self;
        let record_prefix = record_prefixes[Q::PLACE].for_record::<Q>(bytes)?;
        let mut cursor = Cursor::<Q>::new(bytes.get(record_prefix.bytes.len()..)?);
        let at = clock.read(cursor.rest.get(..20)?)?;
        cursor.rest = &cursor.rest[20..];
        cursor.expect(quoted!(Q, br#"","query_name":""#))?;
        let (name, upper) = cursor.name()?;
        cursor.expect(quoted!(Q, br#","query_type":""#))?;
        let (question, kind, rcode) = match usual(&mut cursor) {
            Some((question, kind)) => (question, kind, Rcode::NoError),
            None => header(&mut cursor)?,
        };
        tally.clear();
        if !cursor.has(b"]") {
            answers(&mut cursor, name, question, tally, prefixes, *sparing)?;
            if *sparing && question == Question::A {
                tally.forget_ipv4();
            }
        }
        cursor.expect(quoted!(Q, br#","srcaddr":""#))?;
        let source = match cursor.ipv4() {
            Some(bits) => SourceAddress::Ip(mapped(bits)),
            None => source(&mut cursor)?,
        };
        cursor.expect(quoted!(Q, br#","srcport":""#))?;
        let port = cursor.string()?;
        pass_transport(&mut cursor)?;
        let asker = asker(&mut cursor)?;
        let mut by = Firewall::default();
        if !cursor.has(b"}") {
            by = firewall(&mut cursor)?;
            cursor.expect(b"}")?;
        }
        let length = bytes.len() - cursor.rest.len();
        if name.len() > MAX_NAME {
            return None;
        }
        let verdict = tally.verdict(question, rcode, by.blocked);
        let name = if !upper && name.last() == Some(&b'.') { name } else { canonical_name(name, scratch) };
        let observation = Observation {
            record_prefix: record_prefix.number,
            at,
            account: &bytes[record_prefix.account.0..record_prefix.account.1],
            region: &bytes[record_prefix.region.0..record_prefix.region.1],
            vpc: &bytes[record_prefix.vpc.0..record_prefix.vpc.1],
            asker,
            source,
            port,
            name,
            kind,
            rcode,
            verdict,
            native: tally.native(),
            ipv4: tally.ipv4(),
            cname_only: tally.cname_only(verdict),
            mixed: tally.mixed(),
            partial: false,
            aside: Aside { targets: tally.targets(), rule_group: by.rule_group, domain_list: by.domain_list },
        };
        Some(take(&observation, length))
    }
}

/// Passes over the transport, to the first of the `srcids`.
#[inline]
fn pass_transport<Q: Quote>(cursor: &mut Cursor<'_, Q>) -> Option<()> {
    if !cursor.has(quoted!(Q, br#","transport":"UDP","srcids":{"#)) {
        cursor.expect(quoted!(Q, br#","transport":""#))?;
        cursor.string()?;
        cursor.expect(quoted!(Q, br#","srcids":{"#))?;
    }
    Some(())
}

/// Reads from the type, which it gives in words, too, to the bracket of the answers, if that is what nearly
/// every record says. Which of the two types it is is as good as random, and so computed, not decided.
#[inline]
fn usual<'a, Q: Quote>(cursor: &mut Cursor<'a, Q>) -> Option<(Question, &'a [u8])> {
    let is_aaaa = cursor.rest.starts_with(b"AAAA");
    let (kind, rest) = cursor.rest.split_at_checked(if is_aaaa { 4 } else { 1 })?;
    let mut ahead = Cursor::<Q>::new(rest);
    if kind[0] != b'A' || !ahead.has(quoted!(Q, br#"","query_class":"IN","rcode":"NOERROR","answers":["#)) {
        return None;
    }
    cursor.rest = ahead.rest;
    Some((if is_aaaa { Question::Aaaa } else { Question::A }, kind))
}

/// As [`usual`], of any record, and reads the RCODE.
#[cold]
fn header<'a, Q: Quote>(cursor: &mut Cursor<'a, Q>) -> Option<(Question, &'a [u8], Rcode)> {
    let kind = cursor.string()?;
    let question = Question::from_mnemonic(text(kind));
    cursor.expect(quoted!(Q, br#","query_class":""#))?;
    cursor.string()?;
    cursor.expect(quoted!(Q, br#","rcode":""#))?;
    let rcode = Rcode::from_mnemonic(text(cursor.string()?));
    cursor.expect(quoted!(Q, br#","answers":["#))?;
    Some((question, kind, rcode))
}

/// Reads a source that is no IPv4 address, and the quote after it.
#[cold]
fn source<'a, Q: Quote>(cursor: &mut Cursor<'a, Q>) -> Option<SourceAddress<'a>> {
    let text = cursor.string()?;
    (!text.is_empty() && text.len() <= MAX_ID).then(|| SourceAddress::parse(text))
}

/// Reads the answers to a question for `name` and the bracket after them.
#[inline]
fn answers<Q: Quote>(
    cursor: &mut Cursor<'_, Q>,
    name: &[u8],
    question: Question,
    tally: &mut AnswerTally,
    prefixes: &Nat64Prefixes,
    sparing: bool,
) -> Option<()> {
    loop {
        cursor.expect(quoted!(Q, br#"{"Rdata":""#))?;
        // One usable address decides.
        let is_decided = sparing && tally.has_usable_a();
        if is_decided || !address(cursor, question, tally, prefixes) {
            answer(cursor, name, question, tally, prefixes, is_decided)?;
        }
        if !cursor.has(b",") {
            return cursor.expect(b"]");
        }
    }
}

/// Reads an answer of the question's type after its first quote, if it is written as such answers are.
#[inline]
fn address<Q: Quote>(
    cursor: &mut Cursor<'_, Q>,
    question: Question,
    tally: &mut AnswerTally,
    prefixes: &Nat64Prefixes,
) -> bool {
    match question {
        Question::Aaaa => {
            let Some((bits, length)) = ipv6_before::<Q>(cursor.rest) else { return false };
            let mut ahead = Cursor::<Q>::new(&cursor.rest[length..]);
            if !ahead.has(quoted!(Q, br#"","Type":"AAAA","Class":"IN"}"#)) {
                return false;
            }
            cursor.rest = ahead.rest;
            tally.aaaa_bits(bits, prefixes);
        }
        Question::A => {
            let Some((bits, length)) = ipv4_before::<Q>(cursor.rest) else { return false };
            let mut ahead = Cursor::<Q>::new(&cursor.rest[length..]);
            if !ahead.has(quoted!(Q, br#"","Type":"A","Class":"IN"}"#)) {
                return false;
            }
            cursor.rest = ahead.rest;
            tally.a_bits(bits);
        }
        Question::Other => return false,
    }
    true
}

/// Reads any answer after its first quote. If it `is_decided` what the record says, no A address is looked
/// at.
#[inline]
fn answer<Q: Quote>(
    cursor: &mut Cursor<'_, Q>,
    name: &[u8],
    question: Question,
    tally: &mut AnswerTally,
    prefixes: &Nat64Prefixes,
    is_decided: bool,
) -> Option<()> {
    let rdata = cursor.string()?;
    if is_decided && cursor.has(quoted!(Q, br#","Type":"A","Class":"IN"}"#)) {
        return Some(());
    }
    if cursor.has(quoted!(Q, br#","Type":"CNAME","Class":"IN"}"#)) {
        tally.cname(name, rdata);
        return Some(());
    }
    cursor.expect(quoted!(Q, br#","Type":""#))?;
    match (cursor.string()?, question) {
        (b"AAAA", Question::Aaaa) => tally.aaaa_bits(parse_ipv6(rdata)?, prefixes),
        (b"A", Question::A) if is_decided => {}
        (b"A", Question::A) => tally.a_bits(parse_ipv4(rdata)?),
        (b"CNAME", _) => tally.cname(name, rdata),
        // Whatever else there is, the general way knows better.
        (_, Question::Aaaa | Question::A) => return None,
        (_, Question::Other) => {}
    }
    cursor.expect(quoted!(Q, br#","Class":""#))?;
    cursor.string()?;
    cursor.expect(b"}")
}

/// What DNS Firewall did; the ids only if it blocked the query.
#[derive(Default)]
struct Firewall<'a> {
    blocked: bool,
    rule_group: &'a [u8],
    domain_list: &'a [u8],
}

/// Reads the fields of DNS Firewall.
#[cold]
fn firewall<'a, Q: Quote>(cursor: &mut Cursor<'a, Q>) -> Option<Firewall<'a>> {
    cursor.expect(quoted!(Q, br#","firewall_rule_action":""#))?;
    let blocked = crate::log::record::is_block(text(cursor.string()?));
    let mut by = Firewall { blocked, ..Firewall::default() };
    for (key, kind, place) in [
        (quoted!(Q, br#","firewall_rule_group_id":""#), aside::GROUP, &mut by.rule_group),
        (quoted!(Q, br#","firewall_domain_list_id":""#), aside::LIST, &mut by.domain_list),
    ] {
        if cursor.has(key) {
            let id = cursor.string()?;
            *place = if blocked { aside::id(id, kind) } else { b"" };
        }
    }
    Some(by)
}

/// Reads `srcids` after its brace, the closing one included.
#[inline]
fn asker<'a, Q: Quote>(cursor: &mut Cursor<'a, Q>) -> Option<Asker<'a>> {
    if cursor.has(b"}") {
        return Some(Asker::Address);
    }
    if let Some(rest) = cursor.rest.strip_prefix(quoted!(Q, br#""instance":""#)) {
        let mut ahead = Cursor::<Q>::new(rest);
        let id = identifier(ahead.string()?)?;
        if ahead.has(b"}") {
            cursor.rest = ahead.rest;
            return Some(Asker::Instance(id));
        }
    }
    several(cursor)
}

/// Reads more than one id, or one that is not an instance's.
#[cold]
fn several<'a, Q: Quote>(cursor: &mut Cursor<'a, Q>) -> Option<Asker<'a>> {
    let keys = [
        quoted!(Q, br#""instance":""#),
        quoted!(Q, br#""resolver_endpoint":""#),
        quoted!(Q, br#""resolver_network_interface":""#),
    ];
    let mut ids: [Option<&[u8]>; 3] = [None; 3];
    let mut first = true;
    for (key, id) in keys.into_iter().zip(&mut ids) {
        let saved = cursor.rest;
        if (first || cursor.has(b",")) && cursor.has(key) {
            *id = Some(identifier(cursor.string()?)?);
            first = false;
        } else {
            cursor.rest = saved;
        }
    }
    cursor.expect(b"}")?;
    let [instance, endpoint, interface] = ids;
    (!first).then(|| Asker::from_ids(instance, endpoint, interface))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log::observation::cursor::{DoubledQuote, EscapedQuote};
    use crate::log::observation::{Aaaa, Quoting, Verdict};

    const LINE: &str = r#"{"version":"1.100000","account_id":"111122223333","region":"us-west-2","vpc_id":"vpc-1","query_timestamp":"2025-05-05T10:00:00Z","query_name":"A.Example","query_type":"AAAA","query_class":"IN","rcode":"NOERROR","answers":[{"Rdata":"b.example.","Type":"CNAME","Class":"IN"},{"Rdata":"64:ff9b::c000:221","Type":"AAAA","Class":"IN"}],"srcaddr":"10.0.0.5","srcport":"5353","transport":"UDP","srcids":{"instance":"i-1"}}"#;

    #[test]
    fn a_record_in_its_own_spelling() {
        let mut judge = Judge::default();
        let bytes = [LINE.as_bytes(), b"\nnext"].concat();
        let (observation, length) = judge.canonical(&bytes).unwrap();
        assert_eq!(length, LINE.len());
        assert_eq!(observation.asker, Asker::Instance(b"i-1"));
        assert_eq!(text(observation.name), "a.example.");
        assert_eq!(observation.verdict, Verdict::Aaaa(Aaaa::Synthesized));
        assert_eq!(observation.ipv4, [0xc000_0221]);
    }

    #[test]
    fn a_record_in_its_own_spelling_inside_of_something() {
        let mut judge = Judge::default();
        let said = |observation: &Observation<'_>, length: usize| {
            (
                observation.record_prefix,
                format!("{:?}", Observation { record_prefix: 0, ..observation.clone() }),
                length,
            )
        };
        let cases =
            [LINE.to_owned(), LINE.replace("NOERROR", "SERVFAIL"), LINE.replace("\"i-1\"", "\"i-2\"")];
        for line in cases {
            let (_, plain, _) = judge.canonical_to(line.as_bytes(), said).unwrap();
            let string = line.replace('"', "\\\"") + "\"}";
            let found = judge.canonical_in::<EscapedQuote, _>(string.as_bytes(), said).unwrap();
            assert_eq!((&found.1, found.2), (&plain, string.len() - 2));
            let cell = line.replace('"', "\"\"") + "\",next";
            let found = judge.canonical_in::<DoubledQuote, _>(cell.as_bytes(), said).unwrap();
            assert_eq!((&found.1, found.2), (&plain, cell.len() - 6));
            // What was read before is not read anew.
            let again = judge.canonical_in::<DoubledQuote, _>(cell.as_bytes(), said).unwrap();
            assert_eq!(again.0, found.0);
            // Marks of another kind are not taken for those.
            assert!(judge.canonical_to(string.as_bytes(), said).is_none());
            assert!(judge.canonical_in::<EscapedQuote, _>(cell.as_bytes(), said).is_none());
            assert!(judge.canonical_in::<DoubledQuote, _>(line.as_bytes(), said).is_none());
        }
    }

    #[test]
    fn records_in_turns_with_others_are_found_all_the_same() {
        let mut judge = Judge::default();
        let take = |observation: &Observation<'_>, length: usize| Some((observation.at, length));
        let other = LINE.replace(":\"IN\"", ": \"IN\"");
        for at in 0..1000 {
            let line = if at % 300 > 250 { LINE } else { &other };
            let cell = line.replace('"', "\"\"") + "\"\n";
            let found = judge.within(cell.as_bytes(), Quoting::Doubled, take);
            assert_eq!(found.map(|it| it.1), Some(cell.len() - 2));
        }
    }

    #[test]
    fn upper_case_is_found_wherever_it_stands() {
        for place in 0..40 {
            for (byte, upper) in
                [(b'@', false), (b'A', true), (b'M', true), (b'Z', true), (b'[', false), (b'z', false)]
            {
                let mut text = [b'a'; 40].to_vec();
                text[place] = byte;
                text.extend_from_slice(b"\",\"QUERY_TYPE");
                let mut cursor = Cursor::<PlainQuote>::new(&text);
                assert_eq!(cursor.name(), Some((&text[..40], upper)), "{} at {place}", char::from(byte));
                assert_eq!(cursor.rest, b",\"QUERY_TYPE");
            }
        }
    }

    #[test]
    fn every_source() {
        let mut judge = Judge::default();
        for (sources, asker) in [
            (r"{}", Some(Asker::Address)),
            (r#"{"instance":"i-1"}"#, Some(Asker::Instance(b"i-1"))),
            (r#"{"resolver_endpoint":"rslvr-in-1"}"#, Some(Asker::ResolverEndpoint(b"rslvr-in-1"))),
            (
                r#"{"resolver_endpoint":"rslvr-in-1","resolver_network_interface":"rni-1"}"#,
                Some(Asker::ResolverEndpoint(b"rslvr-in-1")),
            ),
            (r#"{"resolver_network_interface":"rni-1"}"#, Some(Asker::Interface(b"rni-1"))),
            (
                r#"{"instance":"i-1","resolver_endpoint":"rslvr-out-1"}"#,
                Some(Asker::Forwarded { instance: b"i-1", endpoint: b"rslvr-out-1" }),
            ),
            (r#"{"instance":"i-1","resolver_endpoint":"rslvr-in-1"}"#, Some(Asker::Instance(b"i-1"))),
            (r#"{,"instance":"i-1"}"#, None),
            (r#"{"instance":"i-1",}"#, None),
            (r#"{"instance":""}"#, None),
            (r#"{"instance":"i-1","instance":"i-2"}"#, None),
            (r#"{"other":"i-1"}"#, None),
        ] {
            let line = LINE.replace(r#"{"instance":"i-1"}"#, sources);
            assert_eq!(
                judge.canonical(line.as_bytes()).map(|(observation, _)| observation.asker),
                asker,
                "{sources}"
            );
        }
    }

    #[test]
    fn firewall_fields() {
        let mut judge = Judge::default();
        for (fields, verdict) in [
            (
                r#","firewall_rule_action":"BLOCK","firewall_rule_group_id":"g","firewall_domain_list_id":"l"}"#,
                Aaaa::Blocked,
            ),
            (r#","firewall_rule_action":"ALERT","firewall_rule_group_id":"g"}"#, Aaaa::Synthesized),
            (r#","firewall_rule_action":"BLOCK"}"#, Aaaa::Blocked),
        ] {
            let line = format!("{}{fields}", &LINE[..LINE.len() - 1]);
            let (observation, length) = judge.canonical(line.as_bytes()).unwrap();
            assert_eq!((observation.verdict, length), (Verdict::Aaaa(verdict), line.len()));
        }
    }

    #[test]
    fn anything_else_goes_the_general_way() {
        let mut judge = Judge::default();
        for (from, to) in [
            ("A.Example", r"A\u002eExample"),
            ("A.Example", "ä.example"),
            ("A.Example", "a\u{1}b."),
            ("A.Example", "a\u{7f}\u{80}"),
            ("10:00:00Z", "10:00:00.5Z"),
            ("\"srcport\":\"5353\"", "\"srcport\":5353"),
            ("\"Type\":\"CNAME\"", "\"Type\":\"RRSIG\""),
            (":[{", ": [{"),
            ("10.0.0.5", ""),
            ("\"transport\":\"UDP\",", ""),
        ] {
            let line = LINE.replacen(from, to, 1);
            assert_ne!(line, LINE);
            assert!(judge.canonical(line.as_bytes()).is_none(), "{from} {to}");
        }
        for cut in 0..LINE.len() {
            assert!(judge.canonical(&LINE.as_bytes()[..cut]).is_none());
        }
        // An answer of another type of address, or one without an address, has to be looked at more closely.
        for (from, to) in [
            ("\"query_type\":\"AAAA\"", "\"query_type\":\"A\""),
            ("64:ff9b::c000:221", "*****************"),
            ("64:ff9b::c000:221", ""),
            ("64:ff9b::c000:221", "64:ff9b::c000:221x"),
        ] {
            let line = LINE.replacen(from, to, 1);
            assert_ne!(line, LINE);
            assert!(judge.canonical(line.as_bytes()).is_none(), "{from} {to}");
        }
    }
}
