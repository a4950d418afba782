//! What is told, and what is not.

use serde_json::Value;

use super::*;
use crate::digest::{Digest, NoListener, Terms};
use crate::fleet::Fleet;
use crate::log::envelope::Sink;
use crate::log::record::sample::LogLine;

/// A record of a second of an hour.
fn record(second: u32, instance: &str, name: &str, (kind, address): (&str, &str)) -> String {
    let at = format!("2026-05-12T14:{:02}:{:02}Z", second / 60, second % 60);
    LogLine { at: &at, name, kind, address, ids: &[("instance", instance)], ..LogLine::default() }.to_string()
}

fn fleet(lines: &[String]) -> Fleet {
    let mut digest = Digest::new(&Terms::default(), NoListener);
    for line in lines {
        assert_eq!(digest.canonical(line.as_bytes(), 0), Some(line.len()), "{line}");
    }
    digest.finish().0
}

fn at(clock: &str) -> Moment {
    Moment::parse(&format!("2026-05-12T{clock}Z")).unwrap()
}

fn look(watch: &mut Watch, fleet: &Fleet) -> Vec<Value> {
    let events = watch.look(&fleet.survey(), Knowledge::builtin());
    events.iter().map(|event| serde_json::from_slice(&event.to_json()).unwrap()).collect()
}

fn with_kind(events: &[Value], kind: &str) -> Vec<Value> {
    events.iter().filter(|event| event["event"] == kind).cloned().collect()
}

const EMPTY: (&str, &str) = ("AAAA", "");
const NATIVE: (&str, &str) = ("AAAA", "2001:db8::1");
const NAT64: (&str, &str) = ("AAAA", "64:ff9b::c000:201");
const IPV4: (&str, &str) = ("A", "192.0.2.1");

#[test]
fn what_turns_is_told_once_and_together() {
    let mut watch = Watch::new(at("14:10:00"));
    let mut all = fleet(&[
        record(1, "i-1", "a.example.", EMPTY),
        record(2, "i-2", "a.example.", EMPTY),
        record(3, "i-1", "b.example.", NATIVE),
        record(4, "i-1", "a.example.", IPV4),
    ]);
    assert!(look(&mut watch, &all).is_empty(), "what was so before is no news");
    assert!(look(&mut watch, &all).is_empty());
    all.absorb(&fleet(&[
        record(700, "i-1", "a.example.", NAT64),
        record(710, "i-2", "a.example.", NAT64),
        record(720, "i-1", "b.example.", EMPTY),
    ]));
    let turned = with_kind(&look(&mut watch, &all), "turned");
    let kinds = turned.iter().map(|event| (&event["from"], &event["to"], &event["origins"]));
    let (from, to) = (Value::from("ipv4-only"), Value::from("nat64"));
    let (native, empty) = (Value::from("native"), Value::from("empty"));
    assert_eq!(kinds.collect::<Vec<_>>(), [(&from, &to, &2.into()), (&native, &empty, &1.into())]);
}

#[test]
fn an_event_says_what_is_documented() {
    let mut watch = Watch::new(at("14:10:00"));
    let mut all = fleet(&[record(1, "i-1", "a.example.", EMPTY), record(2, "i-1", "a.example.", IPV4)]);
    look(&mut watch, &all);
    all.absorb(&fleet(&[record(700, "i-1", "a.example.", NAT64)]));
    let turned = with_kind(&look(&mut watch, &all), "turned");
    let expected = serde_json::json!({
        "schema": 1,
        "words": "IPv4-only → via NAT64: 1 endpoint of 1 origin",
        "event": "turned",
        "first": "2026-05-12T14:11:40Z",
        "last": "2026-05-12T14:11:40Z",
        "from": "ipv4-only",
        "to": "nat64",
        "origins": 1,
        "endpoints": 1,
        "count": 1,
        "pairs": [{"at": "2026-05-12T14:11:40Z", "origin": "i-1", "vpc": "vpc-1", "name": "a.example"}],
    });
    assert_eq!(turned, [expected]);
    assert!(with_kind(&look(&mut watch, &all), "turned").is_empty(), "once");
}

/// That A was asked after AAAA is no turn, and neither is what the log dates before.
#[test]
fn what_is_only_known_better_is_not_told() {
    let mut watch = Watch::new(at("14:10:00"));
    let mut all = fleet(&[record(1, "i-1", "a.example.", EMPTY), record(2, "i-1", "b.example.", EMPTY)]);
    look(&mut watch, &all);
    all.absorb(&fleet(&[record(700, "i-1", "a.example.", IPV4), record(300, "i-1", "b.example.", NATIVE)]));
    assert!(with_kind(&look(&mut watch, &all), "turned").is_empty());
}

#[test]
fn a_finding_is_told_when_it_begins() {
    let mut watch = Watch::new(at("14:10:00"));
    let ssm = "ssm.us-west-2.amazonaws.com.";
    let mut all = fleet(&[record(1, "i-1", "old.example.", EMPTY), record(2, "i-1", "old.example.", IPV4)]);
    assert!(look(&mut watch, &all).is_empty(), "it began before");
    all.absorb(&fleet(&[record(700, "i-1", ssm, EMPTY), record(701, "i-1", ssm, IPV4)]));
    let found = with_kind(&look(&mut watch, &all), "finding");
    let of_ssm = found.iter().find(|event| event["subject"] == ssm);
    let event = of_ssm.unwrap_or_else(|| panic!("{found:?}"));
    assert_eq!((&event["origin_ids"][0], &event["first"]), (&"i-1".into(), &"2026-05-12T14:11:40Z".into()));
    for key in ["id", "severity", "summary", "sentence", "action", "source", "words"] {
        assert!(event[key].is_string(), "{key}: {event}");
    }
    assert!(!event["words"].as_str().unwrap().contains("ssm"), "no text of the log: {event}");
    assert!(look(&mut watch, &all).is_empty(), "once");
}

/// However much turns at once, and whatever names are like, an event fits into a pipe.
#[test]
fn an_event_is_bounded() {
    let mut watch = Watch::new(at("14:10:00"));
    let name = |number: u32| format!("{}{number}.example.", "\\u0001".repeat(200));
    let lines =
        |second: u32, answer| (0..200).map(move |number| record(second, "i-1", &name(number), answer));
    let mut all = fleet_of_any(&lines(1, NATIVE).collect::<Vec<_>>());
    look(&mut watch, &all);
    all.absorb(&fleet_of_any(&lines(700, EMPTY).collect::<Vec<_>>()));
    let events = watch.look(&all.survey(), Knowledge::builtin());
    assert!(events.iter().all(|event| event.to_json().len() < 1 << 16));
    let turned: Value = serde_json::from_slice(&events[0].to_json()).unwrap();
    assert_eq!((&turned["count"], &turned["endpoints"]), (&200.into(), &200.into()));
    assert!(turned["pairs"].as_array().unwrap().len() <= NAMED);
    let mut event = events[0].clone();
    event.after(3);
    let event: Value = serde_json::from_slice(&event.to_json()).unwrap();
    assert_eq!(event["untold"], 3);
}

/// As [`fleet`], of records in whatever spelling.
fn fleet_of_any(lines: &[String]) -> Fleet {
    let mut digest = Digest::new(&Terms::default(), NoListener);
    let text = lines.join("\n") + "\n";
    crate::log::envelope::Envelope::default().scan(text.as_bytes(), true, &mut digest);
    digest.finish().0
}
