//! With pseudonyms no secret comes through, wherever it stands in a record; and a log that holds one, counted
//! with pseudonyms, makes reports without it.

use std::sync::Arc;

use r53tail::digest::Terms;
use r53tail::knowledge::address::Nat64Prefixes;
use r53tail::log::redaction::Redaction;
use r53tail::report::Format;
use serde_json::Value;

use crate::{digest, head, report};

const SECRET: &str = "zq7jkvxw";

/// The ways in which a secret may stand in a text.
fn spoilt(text: &str, how: u8) -> String {
    match how % 8 {
        0 => SECRET.to_owned(),
        1 => format!("{SECRET}.{text}"),
        2 => format!("{text}.{SECRET}"),
        3 => format!("{text}{SECRET}"),
        4 => format!("{SECRET} {text}"),
        5 => format!("i-{SECRET}"),
        6 => format!("{{\"x\":\"{SECRET}\"}}"),
        _ => format!("arn:aws:iam::{SECRET}:role/{text}"),
    }
}

/// Puts the secret into the values, and names, at the places that `places` has a bit for.
fn spoil(value: &mut Value, places: &mut impl Iterator<Item = u8>) {
    match value {
        Value::String(text) => {
            if let Some(how) = places.next().filter(|how| how & 0x80 != 0) {
                *text = spoilt(text, how);
            }
        }
        Value::Array(list) => list.iter_mut().for_each(|value| spoil(value, places)),
        Value::Object(entries) => {
            let old = std::mem::take(entries);
            for (key, mut value) in old {
                spoil(&mut value, places);
                // Keys that could be names of fields stay; those that hold an id or words of somebody do not.
                let how = places.next().filter(|how| how & 0xc0 == 0xc0);
                let how = how.map(|how| if how % 2 == 0 { 5 } else { 7 });
                entries.insert(how.map_or(key.clone(), |how| spoilt(&key, how)), value);
            }
        }
        _ => {}
    }
}

/// Reads a record with secrets in it.
pub fn run(data: &[u8]) {
    let (places, record) = head::<24>(data);
    let Ok(mut value) = serde_json::from_slice::<Value>(record) else { return };
    // A secret that stands where names of fields do, which stay, was put there by whoever looks for inputs.
    if value.to_string().contains(SECRET) {
        return;
    }
    spoil(&mut value, &mut places.into_iter().cycle());
    let line = value.to_string();
    let redaction = Redaction::new(b"key", Nat64Prefixes::default()).expect("any key will do");
    if let Some(raw) = redaction.raw(line.as_bytes()) {
        let raw = String::from_utf8(raw).expect("it is text");
        assert!(!raw.contains(SECRET), "{line}\nbecame {raw}");
        serde_json::from_str::<Value>(&raw).expect("it is JSON");
    }
    let terms = Terms { redaction: Some(Arc::new(redaction)), ..Terms::default() };
    let fleet = digest(line.as_bytes(), &terms);
    for format in [Format::Json, Format::Text] {
        let text = report(&fleet, format);
        assert!(!text.contains(SECRET), "{line}\nbecame {text}");
    }
}
