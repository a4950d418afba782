//! The quick way through a record in the resolver's own spelling.
//!
//! Every record seen in real logs is one compact JSON object with its keys in one order. That shape is expected here
//! byte for byte and judged in one pass, without building anything. On the first byte that differs the answer is
//! `None`, and the record goes the general way, through [`crate::record::Record`]. What both ways accept, they judge
//! alike: `tests/laws.rs` holds them against each other.
//!
//! Strings are taken only if they are printable ASCII without escapes; so no text means something else here than in
//! JSON, and every byte is one character.

use super::{Asker, Judge, Observation, Question, Rcode, Source, canonical_name};
use crate::moment::Moment;
use crate::record::{MAX_ID, MAX_NAME};

/// What is left of the bytes.
struct Cursor<'a> {
    rest: &'a [u8],
}

impl<'a> Cursor<'a> {
    /// Steps over `literal`.
    #[inline]
    fn expect(&mut self, literal: &[u8]) -> Option<()> {
        self.rest = self.rest.strip_prefix(literal)?;
        Some(())
    }

    /// Steps over `literal` if it is there.
    #[inline]
    fn has(&mut self, literal: &[u8]) -> bool {
        self.expect(literal).is_some()
    }

    /// Steps over a plain string up to and including its closing quote.
    #[inline]
    fn string(&mut self) -> Option<&'a [u8]> {
        let length = plain_length(self.rest)?;
        let (text, rest) = self.rest.split_at(length);
        self.rest = &rest[1..];
        Some(text)
    }
}

const LOW: u64 = 0x0101_0101_0101_0101;
const HIGH: u64 = 0x8080_8080_8080_8080;

/// The high bit of each byte of `word` that is zero. Exact up to and including the lowest such byte.
#[inline]
fn zero_bytes(word: u64) -> u64 {
    word.wrapping_sub(LOW) & !word & HIGH
}

/// The bytes before the closing quote of a string that has nothing but printable ASCII and no backslash.
#[inline]
fn plain_length(bytes: &[u8]) -> Option<usize> {
    let mut at = 0;
    // Eight bytes at a time: the first that is a quote, a backslash, a control character or not ASCII ends it.
    while let Some(chunk) = bytes.get(at..at + 8) {
        let word = u64::from_le_bytes(chunk.try_into().ok()?);
        let stop = zero_bytes(word ^ (LOW * b'"' as u64))
            | zero_bytes(word ^ (LOW * b'\\' as u64))
            | (word.wrapping_sub(LOW * 0x20) & !word & HIGH)
            | (word & HIGH);
        if stop != 0 {
            at += (stop.trailing_zeros() / 8) as usize;
            return (bytes[at] == b'"').then_some(at);
        }
        at += 8;
    }
    loop {
        match *bytes.get(at)? {
            b'"' => return Some(at),
            b'\\' => return None,
            0x20..0x80 => at += 1,
            _ => return None,
        }
    }
}

/// The text of bytes that [`Cursor::string`] found.
#[inline]
fn text(bytes: &[u8]) -> Option<&str> {
    std::str::from_utf8(bytes).ok()
}

/// An identifier as the general way would take it, too.
#[inline]
fn identifier(bytes: &[u8]) -> Option<&str> {
    (bytes.len() > 1 && bytes.len() <= MAX_ID).then(|| text(bytes)).flatten()
}

impl Judge {
    /// Judges the record that `bytes` begin with, if it is in the resolver's own spelling. Gives the number of bytes
    /// that the record has, too.
    #[inline]
    pub fn canonical<'a>(&'a mut self, bytes: &'a [u8]) -> Option<(Observation<'a>, usize)> {
        let Self { prefixes, tally, name: scratch } = self;
        let mut cursor = Cursor { rest: bytes };
        cursor.expect(br#"{"version":""#)?;
        cursor.string()?;
        cursor.expect(br#","account_id":""#)?;
        let account = cursor.string()?;
        cursor.expect(br#","region":""#)?;
        let region = cursor.string()?;
        cursor.expect(br#","vpc_id":""#)?;
        let vpc = cursor.string()?;
        cursor.expect(br#","query_timestamp":""#)?;
        let at = Moment::from_canonical(cursor.rest.get(..20)?)?;
        cursor.rest = &cursor.rest[20..];
        cursor.expect(br#"","query_name":""#)?;
        let name = cursor.string()?;
        cursor.expect(br#","query_type":""#)?;
        let question = match cursor.string()? {
            b"AAAA" => Question::Aaaa,
            b"A" => Question::A,
            other => Question::of(text(other)?),
        };
        cursor.expect(br#","query_class":""#)?;
        cursor.string()?;
        cursor.expect(br#","rcode":""#)?;
        let rcode = match cursor.string()? {
            b"NOERROR" => Rcode::NoError,
            other => Rcode::of(text(other)?),
        };
        cursor.expect(br#","answers":["#)?;
        tally.clear();
        if !cursor.has(b"]") {
            loop {
                cursor.expect(br#"{"Rdata":""#)?;
                let rdata = cursor.string()?;
                cursor.expect(br#","Type":""#)?;
                match (cursor.string()?, question) {
                    (b"AAAA", Question::Aaaa) => tally.aaaa(rdata, prefixes),
                    (b"A", Question::A) => tally.a(rdata),
                    (b"AAAA" | b"A", _) => {}
                    (b"CNAME", _) => tally.cname(),
                    // Whatever else there is, the general way knows better.
                    (_, Question::Aaaa | Question::A) => return None,
                    (_, Question::Other) => {}
                }
                cursor.expect(br#","Class":""#)?;
                cursor.string()?;
                cursor.expect(b"}")?;
                if !cursor.has(b",") {
                    break;
                }
            }
            cursor.expect(b"]")?;
        }
        cursor.expect(br#","srcaddr":""#)?;
        let source = cursor.string()?;
        cursor.expect(br#","srcport":""#)?;
        cursor.string()?;
        cursor.expect(br#","transport":""#)?;
        cursor.string()?;
        cursor.expect(br#","srcids":{"#)?;
        let asker = asker(&mut cursor)?;
        let mut blocked = false;
        if cursor.has(br#","firewall_rule_action":""#) {
            let action = cursor.string()?;
            blocked = crate::record::is_block(text(action)?);
            for key in [&br#","firewall_rule_group_id":""#[..], br#","firewall_domain_list_id":""#] {
                if cursor.has(key) {
                    cursor.string()?;
                }
            }
        }
        cursor.expect(b"}")?;
        let bounded = name.len() <= MAX_NAME
            && account.len() <= MAX_ID
            && region.len() <= MAX_ID
            && vpc.len() <= MAX_ID
            && source.len() <= MAX_ID
            && !source.is_empty();
        if !bounded {
            return None;
        }
        let verdict = tally.verdict(question, rcode, blocked);
        let observation = Observation {
            at,
            account: text(account)?,
            region: text(region)?,
            vpc: text(vpc)?,
            asker,
            source: Source::of(text(source)?),
            name: canonical_name(text(name)?, scratch),
            verdict,
            native: tally.native(),
            ipv4: tally.ipv4(),
            cname_only: tally.cname_only(verdict),
            mixed: tally.mixed(),
        };
        Some((observation, bytes.len() - cursor.rest.len()))
    }
}

/// Reads `srcids` behind its brace, the closing one included.
#[inline]
fn asker<'a>(cursor: &mut Cursor<'a>) -> Option<Asker<'a>> {
    if cursor.has(b"}") {
        return Some(Asker::Address);
    }
    let mut found = None;
    let mut first = true;
    for (key, make) in [
        (&br#""instance":""#[..], Asker::Instance as fn(&'a str) -> Asker<'a>),
        (br#""resolver_endpoint":""#, Asker::ResolverEndpoint),
        (br#""resolver_network_interface":""#, Asker::Interface),
    ] {
        let saved = cursor.rest;
        let key_there = (first || cursor.has(b",")) && cursor.has(key);
        if key_there {
            let id = identifier(cursor.string()?)?;
            found.get_or_insert(make(id));
            first = false;
        } else {
            cursor.rest = saved;
        }
    }
    cursor.expect(b"}")?;
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observation::{A, Aaaa, Verdict};

    const LINE: &str = r#"{"version":"1.100000","account_id":"111122223333","region":"us-west-2","vpc_id":"vpc-1","query_timestamp":"2025-05-05T10:00:00Z","query_name":"A.Example","query_type":"AAAA","query_class":"IN","rcode":"NOERROR","answers":[{"Rdata":"b.example.","Type":"CNAME","Class":"IN"},{"Rdata":"64:ff9b::c000:221","Type":"AAAA","Class":"IN"}],"srcaddr":"10.0.0.5","srcport":"5353","transport":"UDP","srcids":{"instance":"i-1"}}"#;

    #[test]
    fn a_record_in_its_own_spelling() {
        let mut judge = Judge::default();
        let bytes = [LINE.as_bytes(), b"\nnext"].concat();
        let (observation, length) = judge.canonical(&bytes).unwrap();
        assert_eq!(length, LINE.len());
        assert_eq!(observation.asker, Asker::Instance("i-1"));
        assert_eq!(observation.name, "a.example.");
        assert_eq!(observation.verdict, Verdict::Aaaa(Aaaa::Synthesized));
        assert_eq!(observation.ipv4, [0xc000_0221]);
    }

    #[test]
    fn every_source() {
        let mut judge = Judge::default();
        for (sources, asker) in [
            (r"{}", Some(Asker::Address)),
            (r#"{"instance":"i-1"}"#, Some(Asker::Instance("i-1"))),
            (r#"{"resolver_endpoint":"rslvr-in-1"}"#, Some(Asker::ResolverEndpoint("rslvr-in-1"))),
            (
                r#"{"resolver_endpoint":"rslvr-in-1","resolver_network_interface":"rni-1"}"#,
                Some(Asker::ResolverEndpoint("rslvr-in-1")),
            ),
            (r#"{"resolver_network_interface":"rni-1"}"#, Some(Asker::Interface("rni-1"))),
            (r#"{"instance":"i-1","resolver_endpoint":"rslvr-in-1"}"#, Some(Asker::Instance("i-1"))),
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
        let line = LINE.replacen("\"query_type\":\"AAAA\"", "\"query_type\":\"A\"", 1);
        let (observation, _) = judge.canonical(line.as_bytes()).unwrap();
        assert_eq!(observation.verdict, Verdict::A(A::Empty));
    }
}
