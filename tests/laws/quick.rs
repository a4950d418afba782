//! The quick way through a record against the general one.

use std::cell::Cell;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::test_runner::{TestCaseResult, TestRunner};
use r53tail::log::observation::{Judge, Observation, Quoting};
use r53tail::log::record::Record;
use serde_json::json;

use crate::cases;
use crate::logs::{self, Draft, Spelling};

/// A way to spoil a record, or to write it otherwise.
#[derive(Clone, Debug)]
enum Mutation {
    Put(Index, u8),
    Flip(Index, u8),
    Insert(Index, Vec<u8>),
    Delete(Index, usize),
    Repeat(Index, Index),
    Cut(Index),
    /// The first of these texts, wherever it stands, becomes the second.
    Replace(&'static str, &'static str),
}

/// Spellings that mean the same, and such as look alike and do not.
const REPLACED: &[(&str, &str)] = &[
    ("\"AAAA\"", "\"aaaa\""),
    ("\"NOERROR\"", "\"NoError\""),
    ("\"NOERROR\"", "null"),
    ("\"NOERROR\"", "0"),
    ("\"Rdata\"", "\"Address\""),
    ("\"Type\":\"AAAA\"", "\"Type\":\"RRSIG\""),
    ("\"Type\":\"CNAME\"", "\"Type\":\"DNAME\""),
    ("\"Type\":\"A\"", "\"Type\":28"),
    ("\"Class\":\"IN\"", "\"Class\":\"IN\",\"Type\":\"A\""),
    ("\"answers\":[", "\"answers\":null,\"answers\":["),
    ("\"answers\":[", "\"answers\":[ "),
    ("\"answers\":[", "\"answers\":[,"),
    ("}]", "},]"),
    ("\"rcode\"", "\"rcode\":\"NXDOMAIN\",\"rcode\""),
    ("\"query_type\"", "\"query_type\":\"A\",\"query_type\""),
    ("\"srcaddr\":\"", "\"srcaddr\":\"x\",\"srcaddr\":\""),
    ("\"srcaddr\":\"10.0.0.1\"", "\"srcaddr\":\"\""),
    ("\"srcaddr\":\"10.0.0.1\"", "\"srcaddr\":10"),
    ("\"srcids\":{", "\"srcids\":{\"instance\":\"i-9\","),
    ("\"srcids\":{", "\"srcids\":[{"),
    ("\"instance\":\"i-1\"", "\"instance\":\"-\""),
    ("\"instance\":\"i-1\"", "\"instance\":\"\""),
    ("\"instance\":\"i-1\"", "\"instance\":\"i-1\",\"instance\":\"i-2\""),
    ("\"instance\":\"i-1\"", "\"other\":\"i-1\""),
    ("\"resolver_endpoint\"", "\"resolver-endpoint\""),
    ("\"firewall_rule_action\":\"", "\"firewall_rule_action\":\"BLOCK\",\"firewall_rule_action\":\""),
    ("BLOCK", "block"),
    ("\"account_id\":\"", "\"account_id\":\"\\u0030"),
    ("\"query_name\":\"", "\"query_name\":\"\\\""),
    ("\"query_name\":\"", "\"query_name\":\"\u{1b}"),
    ("\"query_name\":\"", "\"query_name\":\"ä"),
    ("\"query_name\":\"", "\"query_name\":\"\u{7f}"),
    ("\"version\":\"", "\"version\":\"\\"),
    (":00Z\"", ":00.5Z\""),
    (":00Z\"", ":60Z\""),
    ("T10:", "T24:"),
    ("T10:", " 10:"),
    ("2025-05-05", "2025-02-29"),
    ("2025-05-05", "2024-02-29"),
    ("{\"version\"", "{ \"version\""),
    ("{\"version\"", "{\"version\":1,\"version\""),
];

fn mutation() -> impl Strategy<Value = Mutation> {
    let byte = prop_oneof![
        Just(b'"'),
        Just(b'\\'),
        Just(b','),
        Just(b'}'),
        Just(b'{'),
        Just(b']'),
        Just(b'0'),
        Just(0xc3),
        Just(0),
        any::<u8>(),
    ];
    let piece =
        select(vec!["\"", "\\\"", "\\u0061", "{", "}", ",", " ", "\u{e9}", "\u{1}", "\"x\":1,", "null", "]"]);
    prop_oneof![
        (any::<Index>(), byte).prop_map(|(at, byte)| Mutation::Put(at, byte)),
        (any::<Index>(), 0_u8..8).prop_map(|(at, bit)| Mutation::Flip(at, 1 << bit)),
        (any::<Index>(), piece).prop_map(|(at, piece)| Mutation::Insert(at, piece.as_bytes().to_vec())),
        (any::<Index>(), 1_usize..6).prop_map(|(at, length)| Mutation::Delete(at, length)),
        (any::<Index>(), any::<Index>()).prop_map(|(from, to)| Mutation::Repeat(from, to)),
        any::<Index>().prop_map(Mutation::Cut),
        select(REPLACED.to_vec()).prop_map(|(from, to)| Mutation::Replace(from, to)),
        select(REPLACED.to_vec()).prop_map(|(from, to)| Mutation::Replace(from, to)),
    ]
}

fn mutate(bytes: &mut Vec<u8>, mutation: &Mutation) {
    if bytes.is_empty() {
        return;
    }
    let length = bytes.len();
    match mutation {
        Mutation::Put(at, byte) => bytes[at.index(length)] = *byte,
        Mutation::Flip(at, bit) => bytes[at.index(length)] ^= bit,
        Mutation::Insert(at, piece) => {
            let at = at.index(length);
            bytes.splice(at..at, piece.iter().copied());
        }
        Mutation::Delete(at, count) => {
            let at = at.index(length);
            bytes.drain(at..length.min(at + count));
        }
        Mutation::Repeat(from, to) => {
            let (from, to) = (from.index(length), to.index(length));
            let piece = bytes[from.min(to)..from.max(to)].to_vec();
            bytes.splice(to..to, piece);
        }
        Mutation::Cut(at) => bytes.truncate(at.index(length)),
        Mutation::Replace(from, to) => {
            if let Some(at) = memchr::memmem::find(bytes, from.as_bytes()) {
                bytes.splice(at..at + from.len(), to.bytes());
            }
        }
    }
}

/// A quick way through a record.
type Way = for<'a> fn(&'a mut Judge, &'a [u8]) -> Option<(Observation<'a>, usize)>;

/// Whether `way`, which is quick, takes `bytes`; if so, the general way takes the same bytes for the same
/// observation.
fn agree(way: Way, quick: &mut Judge, general: &mut Judge, bytes: &[u8]) -> Result<bool, TestCaseError> {
    let Some((observation, length)) = way(quick, bytes) else { return Ok(false) };
    let shown = String::from_utf8_lossy(bytes);
    let mut values = serde_json::Deserializer::from_slice(bytes).into_iter::<serde_json::Value>();
    let value = values.next().and_then(Result::ok);
    let value = value.ok_or_else(|| TestCaseError::fail(format!("not JSON: {shown}")))?;
    prop_assert_eq!(values.byte_offset(), length, "another length: {}", &shown);
    let record = match Record::from_value(&value) {
        Some(Ok(record)) => record,
        other => return Err(TestCaseError::fail(format!("no record: {other:?}: {shown}"))),
    };
    // Only the quick ways number what records have in common.
    let expected = Observation { record_prefix: observation.record_prefix, ..general.judge(&record) };
    prop_assert_eq!(&observation, &expected, "{}", &shown);
    // A judge that is sparing says the same, but for the addresses of A.
    let without = if observation.kind.eq_ignore_ascii_case(b"A") { &[] } else { observation.ipv4 };
    let mut sparing = Judge::default().sparing(true);
    let spared = way(&mut sparing, bytes);
    let expected = Observation { ipv4: without, ..expected };
    let spared = spared
        .map(|(spared, length)| (Observation { record_prefix: expected.record_prefix, ..spared }, length));
    prop_assert_eq!(spared, Some((expected, length)), "sparing: {}", shown);
    Ok(true)
}

/// What a record may have behind it.
fn behind() -> impl Strategy<Value = &'static str> {
    select(vec!["", "\n", "\r\n{\"version\":\"1.1\"", "{\"version\"", "}", ",", " ", "\0"])
}

fn law<S: Strategy>(number: u32, strategy: &S, check: impl Fn(S::Value) -> TestCaseResult) {
    TestRunner::new(cases(number)).run(strategy, check).unwrap_or_else(|failure| panic!("{failure}"));
}

/// A record as the resolver writes it is taken, all of it, and judged as the general way judges it.
#[test]
fn the_quick_way_takes_what_the_resolver_writes() {
    law(1500, &(vec(logs::plain(), 1..6), behind()), |(drafts, behind)| {
        // One judge for several: it remembers how the record before began.
        let (mut quick, mut general) = (Judge::default(), Judge::default());
        for draft in &drafts {
            let mut line = draft.line(Spelling::Resolver);
            let length = line.len();
            line.push_str(behind);
            prop_assert!(
                agree(Judge::canonical, &mut quick, &mut general, line.as_bytes())?,
                "not taken: {}",
                line
            );
            prop_assert_eq!(quick.canonical(line.as_bytes()).map(|(_, length)| length), Some(length));
        }
        Ok(())
    });
}

/// Whatever the quick way takes, the general way takes, too, and judges alike: of spoiled and of odd records.
#[test]
fn the_quick_way_takes_nothing_that_means_something_else() {
    let (taken, declined) = (Cell::new(0_u32), Cell::new(0_u32));
    let lines =
        vec((prop_oneof![3 => logs::plain().boxed(), 1 => logs::odd().boxed()], vec(mutation(), 0..3)), 1..6);
    law(8000, &(lines, behind()), |(lines, behind): (Vec<(Draft, Vec<Mutation>)>, _)| {
        let (mut quick, mut general) = (Judge::default(), Judge::default());
        for (draft, mutations) in &lines {
            let mut bytes = draft.line(Spelling::Resolver).into_bytes();
            for mutation in mutations {
                mutate(&mut bytes, mutation);
            }
            bytes.extend_from_slice(behind.as_bytes());
            let count =
                if agree(Judge::canonical, &mut quick, &mut general, &bytes)? { &taken } else { &declined };
            count.set(count.get() + 1);
        }
        Ok(())
    });
    // Both happen often, or this would show nothing.
    let (taken, declined) = (taken.get(), declined.get());
    assert!(taken * 5 > declined && declined * 5 > taken, "{taken} taken, {declined} not");
}

/// A record that is cut anywhere is not taken.
#[test]
fn the_quick_way_takes_no_part_of_a_record() {
    law(40, &logs::plain(), |draft| {
        let line = draft.line(Spelling::Resolver);
        let mut judge = Judge::default();
        prop_assert!(judge.canonical(line.as_bytes()).is_some());
        for cut in 0..line.len() {
            prop_assert!(judge.canonical(&line.as_bytes()[..cut]).is_none(), "cut at {}: {}", cut, line);
        }
        Ok(())
    });
}

/// A record in any order and with any white space is taken, all of it, and judged as the general way judges
/// it.
#[test]
fn the_way_of_any_order_takes_every_order_and_spacing() {
    let spellings = select(vec![Spelling::Resolver, Spelling::Backwards, Spelling::Spaced, Spelling::Pretty]);
    law(1500, &(vec((logs::plain(), spellings), 1..6), behind()), |(drafts, behind)| {
        let (mut quick, mut general) = (Judge::default(), Judge::default());
        for (draft, spelling) in &drafts {
            let line = draft.line(*spelling) + behind;
            prop_assert!(
                agree(Judge::spelled, &mut quick, &mut general, line.as_bytes())?,
                "not taken: {}",
                line
            );
        }
        Ok(())
    });
}

/// Whatever it takes, the general way takes, too, and judges alike: of spoiled and of odd records.
#[test]
fn the_way_of_any_order_takes_nothing_that_means_something_else() {
    let (taken, declined) = (Cell::new(0_u32), Cell::new(0_u32));
    let draft = prop_oneof![3 => logs::plain().boxed(), 1 => logs::odd().boxed()];
    let spellings = select(vec![Spelling::Backwards, Spelling::Spaced, Spelling::Pretty]);
    let lines = vec((draft, spellings, vec(mutation(), 0..3)), 1..6);
    law(8000, &(lines, behind()), |(lines, behind)| {
        let (mut quick, mut general) = (Judge::default(), Judge::default());
        for (draft, spelling, mutations) in &lines {
            let mut bytes = draft.line(*spelling).into_bytes();
            for mutation in mutations {
                mutate(&mut bytes, mutation);
            }
            bytes.extend_from_slice(behind.as_bytes());
            let is_taken = agree(Judge::spelled, &mut quick, &mut general, &bytes)?;
            let count = if is_taken { &taken } else { &declined };
            count.set(count.get() + 1);
        }
        Ok(())
    });
    let (taken, declined) = (taken.get(), declined.get());
    assert!(taken * 5 > declined && declined * 5 > taken, "{taken} taken, {declined} not");
}

/// A record inside a string of JSON or a cell of CSV is read there as it is read by itself.
#[test]
fn what_stands_in_strings_and_cells_is_read_there() {
    let spellings = select(vec![Spelling::Resolver, Spelling::Backwards, Spelling::Spaced]);
    let lines = vec((logs::plain(), spellings, vec(mutation(), 0..2)), 1..6);
    let (taken, declined) = (Cell::new(0_u32), Cell::new(0_u32));
    law(4000, &lines, |lines| {
        let (mut escaped, mut doubled, mut plain) = (Judge::default(), Judge::default(), Judge::default());
        for (draft, spelling, mutations) in &lines {
            let mut bytes = draft.line(*spelling).into_bytes();
            for mutation in mutations {
                mutate(&mut bytes, mutation);
            }
            let line = String::from_utf8_lossy(&bytes).into_owned();
            let said = |observation: &Observation<'_>, length: usize, whole: &str| {
                let observation = Observation { record_prefix: 0, ..observation.clone() };
                (length == whole.len()).then(|| format!("{observation:?}"))
            };
            let expected = plain.spelled(line.as_bytes());
            let expected = expected.and_then(|(observation, length)| said(&observation, length, &line));
            let string = serde_json::Value::from(line.as_str()).to_string();
            let string = string[1..string.len() - 1].to_owned();
            let cell = line.replace('"', "\"\"");
            for (judge, quoting, text) in
                [(&mut escaped, Quoting::Escaped, string), (&mut doubled, Quoting::Doubled, cell)]
            {
                let found = judge
                    .within(text.as_bytes(), quoting, |observation, length| said(observation, length, &text));
                if let Some(found) = &found {
                    prop_assert_eq!(Some(found), expected.as_ref(), "{:?}: {}", quoting, text);
                }
                // White space that has to be escaped is not read there.
                let is_spaced = quoting == Quoting::Escaped && line.contains(['\n', '\r', '\t']);
                prop_assert!(found.is_some() || expected.is_none() || is_spaced, "not taken: {}", text);
                let count = if found.is_some() { &taken } else { &declined };
                count.set(count.get() + 1);
            }
        }
        Ok(())
    });
    let (taken, declined) = (taken.get(), declined.get());
    assert!(taken * 5 > declined && declined * 5 > taken, "{taken} taken, {declined} not");
}

/// The event of OCSF that Security Lake makes of a record, with more or less beside what is wanted.
fn event(draft: &Draft, more: u8) -> String {
    let id = |key: &str| draft.sources.iter().find(|(known, _)| *known == key).map(|(_, id)| id.clone());
    let answers: Vec<_> = draft
        .answers
        .iter()
        .map(|(rdata, kind, class)| json!({"rdata": rdata, "type": kind, "class": class}))
        .collect();
    let mut event = json!({
        "class_uid": 4003, "time": 1_746_439_200_000_i64, "rcode": draft.rcode, "rcode_id": 0,
        "cloud": {"provider": "AWS", "region": draft.region, "account": {"uid": draft.account}},
        "query": {"hostname": draft.name, "type": draft.kind, "class": draft.class},
        "answers": answers,
        "src_endpoint": {
            "ip": draft.source, "port": 40123, "vpc_uid": draft.vpc, "instance_uid": id("instance"),
        },
        "dst_endpoint": {
            "instance_uid": id("resolver_endpoint"), "interface_uid": id("resolver_network_interface"),
        },
        "metadata": {"profiles": ["cloud", []], "product": {"name": "Route 53", "feature": {}}},
        "disposition": if draft.firewall.iter().any(|(_, text)| text == "BLOCK") { "Blocked" } else { "Alert" },
    });
    match more {
        0 => event["answers"] = serde_json::Value::Null,
        1 => event["action"] = "Denied".into(),
        2 => event["firewall_rule"] = json!({"uid": "rslvr-frg-1"}),
        3 => event["time"] = json!(1_746_439_200),
        4 => event["time_dt"] = "2025-05-05T10:00:00Z".into(),
        5 => event["severity_id"] = json!(-1.5e3),
        // Denied by a rule of DNS Firewall is blocked, whatever its disposition says.
        6 | 7 => {
            event["firewall_rule"] = json!({"uid": "rslvr-frg-1"});
            let (key, denied) = if more == 6 { ("action", json!("Denied")) } else { ("action_id", json!(2)) };
            event[key] = denied;
        }
        _ => {}
    }
    event.to_string()
}

/// An event of OCSF is read as the general way reads it, and mostly read at all.
#[test]
fn the_way_of_events_takes_what_the_general_way_takes() {
    let (taken, declined) = (Cell::new(0_u32), Cell::new(0_u32));
    let draft = prop_oneof![4 => logs::plain().boxed(), 1 => logs::odd().boxed()];
    let lines = vec((draft, 0_u8..12, vec(mutation(), 0..2)), 1..6);
    law(6000, &(lines, behind()), |(lines, behind)| {
        let (mut quick, mut general) = (Judge::default(), Judge::default());
        for (draft, more, mutations) in &lines {
            let mut bytes = event(draft, *more).into_bytes();
            for mutation in mutations {
                mutate(&mut bytes, mutation);
            }
            bytes.extend_from_slice(behind.as_bytes());
            let is_taken = agree(Judge::activity, &mut quick, &mut general, &bytes)?;
            prop_assert!(
                is_taken || !mutations.is_empty() || *more < 8 || draft.source.is_empty() || !is_usual(draft)
            );
            let count = if is_taken { &taken } else { &declined };
            count.set(count.get() + 1);
        }
        Ok(())
    });
    let (taken, declined) = (taken.get(), declined.get());
    assert!(taken * 5 > declined && declined * 5 > taken, "{taken} taken, {declined} not");
}

/// Whether the texts of a record are printable ASCII that needs no escape, and no id is longer than ids are.
fn is_usual(draft: &Draft) -> bool {
    let texts = [&draft.name, &draft.region, &draft.vpc, &draft.account, &draft.rcode, &draft.source];
    let all = texts.into_iter().chain(draft.sources.iter().map(|(_, id)| id));
    let mut all = all.chain(draft.answers.iter().map(|(rdata, ..)| rdata));
    let is_plain = all.all(|text| {
        text.len() < 256
            && text.bytes().all(|byte| matches!(byte, 0x20..0x7f) && !matches!(byte, b'"' | b'\\'))
    });
    // An odd answer has to be looked at more closely, and an id of one character may stand for none.
    is_plain
        && draft.sources.iter().all(|(_, id)| id.len() > 1)
        && draft.answers.iter().all(|(rdata, kind, _)| match (kind.as_str(), draft.kind.as_str()) {
            ("CNAME", _) => true,
            ("AAAA", "AAAA" | "aaaa") => rdata.parse::<std::net::Ipv6Addr>().is_ok(),
            ("A", "A") => rdata.parse::<std::net::Ipv4Addr>().is_ok(),
            (_, question) => !matches!(question, "AAAA" | "aaaa" | "A"),
        })
}
