//! Records that were counted before they are read come to what they would have come to one by one.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use r53tail::digest::{Digest, NoListener, Terms};
use r53tail::fleet::Fleet;
use r53tail::knowledge::address::Nat64Prefixes;
use r53tail::log::envelope::Envelope;
use r53tail::report::Format;
use serde_json::Value;

use crate::damage::{asked, damage, render, shapes};
use crate::logs::{self, joined};
use crate::{account, cases, digest, digest_with, write};

/// What is written of a log that is counted by what a verdict hangs on.
fn weighed(log: &[u8]) -> Vec<u8> {
    let terms = Terms { weighted: true, ..Terms::default() };
    let mut digest = Digest::new(&terms, NoListener);
    Envelope::default().scan(log, true, &mut digest);
    let groups = digest.take_groups();
    let (fleet, _, _) = digest.finish();
    let mut out = Vec::new();
    groups.write(fleet.tally(), &mut out).expect("writing to memory does not fail");
    out
}

/// All that is known of a fleet but how answers went over time, which counts do not tell.
fn timeless(fleet: &Fleet) -> String {
    let mut account: Value = serde_json::from_str(&account(fleet)).expect("a report is JSON");
    account["over_time"].take();
    if let Some(ends) = account["loss"]["incomplete"].as_array_mut() {
        ends.retain(|end| end["kind"] != "times-not-known");
    }
    account.to_string() + &write(fleet, Format::Csv, None, false)
}

/// Weighted records as a table, in which what is not there is an empty cell.
fn table(lines: &[u8]) -> Vec<u8> {
    const COLUMNS: [&str; 22] = [
        "account_id",
        "region",
        "vpc_id",
        "srcids.instance",
        "srcids.resolver_endpoint",
        "srcids.resolver_network_interface",
        "device",
        "srcaddr",
        "query_name",
        "query_type",
        "rcode",
        "firewall_rule_action",
        "firewall_rule_group_id",
        "firewall_domain_list_id",
        "own",
        "cname",
        "targets",
        "unknown",
        "n",
        "first",
        "last",
        "more",
    ];
    let mut table = COLUMNS.join(",") + "\n";
    for line in String::from_utf8_lossy(lines).lines() {
        let object: Value = serde_json::from_str(line).expect("a line is an object");
        let cells = COLUMNS.map(|column| match &object[column] {
            Value::Null => String::new(),
            Value::String(text) => format!("\"{}\"", text.replace('"', "\"\"")),
            other => other.to_string(),
        });
        table += &(cells.join(",") + "\n");
    }
    table.into_bytes()
}

proptest! {
    #![proptest_config(cases(120))]

    /// Any split of a log into parts, of which any are counted, and any of those once more together, in any
    /// order.
    #[test]
    fn the_fleet_of_the_counts_is_the_fleet_of_the_records(
        parts in vec((vec(logs::line(), 0..20), any::<bool>(), any::<u32>()), 0..5),
        again in any::<Index>(),
    ) {
        let whole: Vec<String> = parts.iter().flat_map(|(lines, ..)| lines.clone()).collect();
        let mut mixed: Vec<(u32, Vec<u8>)> = parts
            .iter()
            .map(|(lines, is_counted, place)| {
                let log = joined(lines);
                (*place, if *is_counted { weighed(&log) } else { [log, b"\n".to_vec()].concat() })
            })
            .collect();
        mixed.sort_by_key(|(place, _)| *place);
        let mixed: Vec<Vec<u8>> = mixed.into_iter().map(|(_, bytes)| bytes).collect();
        let cut = again.index(mixed.len() + 1);
        let nested = [mixed[..cut].concat(), weighed(&mixed[cut..].concat())].concat();
        let expected = timeless(&digest(&joined(&whole)));
        prop_assert_eq!(timeless(&digest(&mixed.concat())), expected.clone());
        prop_assert_eq!(timeless(&digest(&nested)), expected);
    }

    /// The counts do not depend on the order of the records, and to count them again changes nothing.
    #[test]
    fn counts_are_one_text(lines in vec((logs::line_or_noise(), any::<u32>()), 0..40)) {
        let forward: Vec<String> = lines.iter().map(|(line, _)| line.clone()).collect();
        let once = weighed(&joined(&forward));
        let twice = weighed(&once);
        prop_assert_eq!(String::from_utf8_lossy(&twice), String::from_utf8_lossy(&once));
        let mut turned: Vec<_> = lines.into_iter().filter(|(line, _)| line.starts_with('{')).collect();
        let straight: Vec<String> = turned.iter().map(|(line, _)| line.clone()).collect();
        turned.sort_by_key(|(_, place)| *place);
        let turned: Vec<String> = turned.into_iter().map(|(line, _)| line).collect();
        let records = |bytes: Vec<u8>| digest(&bytes).tally().records;
        prop_assert_eq!(records(weighed(&joined(&turned))), records(weighed(&joined(&straight))));
    }

    /// A table says what objects say.
    #[test]
    fn a_table_says_the_same(lines in vec(logs::plain().prop_map(|draft| draft.line(logs::Spelling::Resolver)), 1..30)) {
        let counted = weighed(&joined(&lines));
        let table = table(&counted);
        prop_assert_eq!(timeless(&digest(&table)), timeless(&digest(&counted)), "{}", String::from_utf8_lossy(&table));
    }

    /// Counts are judged by whoever reads them, with prefixes that were not known where they were counted.
    #[test]
    fn prefixes_come_later(
        lines in vec(logs::line(), 0..30),
        prefix in select(vec!["2001:db8::/96", "64:ff9b:1::/48", "fd00::/8"]),
    ) {
        let Ok(prefix) = prefix.parse() else { return Ok(()) };
        let terms = Terms { prefixes: Nat64Prefixes::new(&[prefix]), ..Terms::default() };
        let log = joined(&lines);
        let read = |bytes: &[u8]| timeless(&digest_with(bytes, &terms, NoListener).0);
        prop_assert_eq!(read(&weighed(&log)), read(&log));
    }

    /// What is unknown stays so, for the reason it was, whatever shape it came in.
    #[test]
    fn unknown_answers_stay_unknown(shape in select(shapes()), log in vec((asked(), damage()), 1..5)) {
        let text = render(shape, &log);
        let counted = weighed(text.as_bytes());
        let (there, back) = (digest(text.as_bytes()), digest(&counted));
        prop_assert_eq!(timeless(&back), timeless(&there), "{}\n{}", text, String::from_utf8_lossy(&counted));
    }

    /// Whatever somebody does to counts: no panic, never more records than a row says, and nothing empty that
    /// is not.
    #[test]
    fn damaged_counts_are_survived(
        lines in vec(logs::line(), 1..8),
        hits in vec((any::<Index>(), select(b"0189\"{},:[]ex-\n\\ =*\0\xff".to_vec())), 1..12),
        is_table in any::<bool>(),
    ) {
        let counted = weighed(&joined(&lines));
        let mut bytes = if is_table { table(&counted) } else { counted };
        for (at, byte) in hits {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        let fleet = digest(&bytes);
        let survey = fleet.survey();
        let judged: u64 = survey.pairs().map(|pair| pair.spans.aaaa().map(|(_, span)| span.count).sum::<u64>()).sum();
        prop_assert!(judged <= fleet.tally().records);
        let _ = timeless(&fleet);
    }
}

/// Rows that cannot be are malformed, each with why, and the others count; sums do not overflow.
#[test]
fn impossible_counts_are_malformed() {
    let row = |n: &str, first: &str, last: &str, rest: &str| {
        format!(
            "{{\"srcids.instance\":\"i-1\",\"query_name\":\"a.\",\"query_type\":\"AAAA\",\"rcode\":\"NOERROR\",{rest}\"n\":{n},\"first\":{first},\"last\":{last}}}\n"
        )
    };
    let (one, two) = ("\"2026-05-12T14:00:00Z\"", "\"2026-05-12T15:00:00Z\"");
    for (line, why) in [
        (row("0", one, two, ""), "`n` is 0"),
        (row("-1", one, two, ""), "`n` cannot be read"),
        (row("1.5", one, two, ""), "`n` cannot be read"),
        (row("9007199254740993", one, two, ""), "more than can be counted"),
        (row("99999999999999999999999", one, two, ""), "`n` cannot be read"),
        (row("null", one, two, ""), "no `n`"),
        (row("3", two, one, ""), "`last` is before `first`"),
        (row("3", "\"soon\"", one, ""), "`first` cannot be read"),
        (row("3", one, "null", ""), "no `last`"),
        (row("3", one, two, "\"unknown\":\"perhaps\","), "`unknown` cannot be read"),
        (row("3", one, two, "\"cname\":\"maybe\","), "`cname` cannot be read"),
        (row("3", one, two, "").replace("\"AAAA\"", "\"\""), "no `query_type`"),
    ] {
        let fleet = digest(line.as_bytes());
        let tally = fleet.tally();
        let text = write(&fleet, Format::Text, None, false);
        assert!(tally.records == 0 && tally.malformed > 0 && text.contains(why), "{line}{text}");
    }
    let most = row("9007199254740992", one, two, "\"own\":\"\",");
    let fleet = digest([most.clone(), most.clone(), row("1", one, two, "")].concat().as_bytes());
    assert_eq!((fleet.tally().records, fleet.tally().malformed), (1 << 53, 2));
    let mut sum = Fleet::default();
    (0..16).for_each(|_| sum.absorb(&fleet));
    assert_eq!(sum.tally().records, 1 << 57);
    let rows =
        "{\"query_type\":null,\"query_name\":null,\"n\":9007199254740992,\"first\":null,\"last\":null}\n"
            .repeat(3);
    assert_eq!(digest(rows.as_bytes()).tally().malformed, (1 << 53) + 2);
}

/// Nothing says that an answer was empty but a place for it with nothing in it, beside one for why it is not
/// known.
#[test]
fn what_is_not_there_is_not_empty() {
    let aaaa = |text: &str| {
        let fleet = digest(text.as_bytes());
        let survey = fleet.survey();
        let words: Vec<_> = survey
            .pairs()
            .flat_map(|pair| pair.spans.aaaa().map(|(verdict, _)| verdict.words()).collect::<Vec<_>>())
            .collect();
        words.join(" ")
    };
    let object = |rest: &str| {
        format!(
            "{{\"srcaddr\":\"10.0.0.1\",\"query_name\":\"a.\",\"query_type\":\"AAAA\",\"rcode\":\"NOERROR\",{rest}\"n\":2,\"first\":\"2026-05-12T14:00:00Z\",\"last\":\"2026-05-12T14:00:00Z\"}}"
        )
    };
    for (rest, verdict) in [
        ("", "unknown (absent)"),
        ("\"own\":null,", "unknown (absent)"),
        ("\"own\":\"\",", "empty"),
        ("\"own\":\"\",\"unknown\":\"\",", "empty"),
        ("\"own\":\"\",\"unknown\":\"absent\",", "unknown (absent)"),
        ("\"own\":\"\",\"cname\":true,", "empty"),
        ("\"own\":\"\",\"cname\":true,\"unknown\":\"partial\",", "unknown (partial)"),
        ("\"own\":\"AAAA=\",", "unknown (unreadable)"),
        ("\"own\":\"=\",", "unknown (unreadable)"),
        ("\"own\":\"***\",", "unknown (masked)"),
        ("\"own\":\"2001:db8::1 ***\",", "native"),
        ("\"own\":\"CNAME=b.\",", "empty"),
        ("\"own\":\"RRSIG=AAAA_13_2\",", "empty"),
        ("\"own\":\"64:ff9b::1.2.3.4\",", "synthesized"),
        ("\"own\":\"28=2001:db8::1\",", "native"),
        ("\"own\":\"A=260\",", "unknown (unreadable)"),
        ("\"own\":\"2001:db8::1_x\",", "unknown (unreadable)"),
    ] {
        assert_eq!(aaaa(&object(rest)), verdict, "{rest}");
    }
    let rows = |head: &str, cells: &str| {
        format!(
            "srcaddr,query_name,query_type,rcode,own,{head}n,first,last\n10.0.0.1,a.,AAAA,NOERROR,{cells}2,2026-05-12 14:00:00,2026-05-12 14:00:00\n"
        )
    };
    for (head, cells, verdict) in [
        ("", ",", "unknown (absent)"),
        ("unknown,", ",,", "empty"),
        ("unknown,", ",absent,", "unknown (absent)"),
        ("cname,", ",true,", "empty"),
        ("cname,", ",false,", "unknown (absent)"),
        ("", "2001:db8::1,", "native"),
    ] {
        assert_eq!(aaaa(&rows(head, cells)), verdict, "{head} {cells}");
    }
}
