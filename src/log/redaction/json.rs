//! Raw records: the same pseudonyms in the same JSON, key by key in its order.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};

use super::public::{is_key, is_number, is_word, kind_of_id};
use super::{Redaction, mask};
use crate::log::observation::is_masked;

/// How deep a record may be nested.
const DEEPEST: usize = 32;

/// Keys of ids, whatever those look like.
const IDS: [&str; 9] = [
    "vpc_id",
    "vpc_uid",
    "dns_view_id",
    "instance",
    "instance_uid",
    "resolver_endpoint",
    "resolver-endpoint",
    "resolver_network_interface",
    "resolver-network-interface",
];

/// A JSON value with its keys in their order.
enum JsonNode {
    Null,
    Bool(bool),
    Number(serde_json::Number),
    Text(String),
    List(Vec<JsonNode>),
    Object(Vec<(String, JsonNode)>),
}

struct Nodes;

impl<'de> Visitor<'de> for Nodes {
    type Value = JsonNode;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<JsonNode, E> {
        Ok(JsonNode::Null)
    }

    fn visit_bool<E>(self, is: bool) -> Result<JsonNode, E> {
        Ok(JsonNode::Bool(is))
    }

    fn visit_u64<E>(self, number: u64) -> Result<JsonNode, E> {
        Ok(JsonNode::Number(number.into()))
    }

    fn visit_i64<E>(self, number: i64) -> Result<JsonNode, E> {
        Ok(JsonNode::Number(number.into()))
    }

    fn visit_f64<E>(self, number: f64) -> Result<JsonNode, E> {
        Ok(serde_json::Number::from_f64(number).map_or(JsonNode::Null, JsonNode::Number))
    }

    fn visit_str<E>(self, text: &str) -> Result<JsonNode, E> {
        Ok(JsonNode::Text(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<JsonNode, A::Error> {
        let mut nodes = Vec::new();
        while let Some(node) = list.next_element()? {
            nodes.push(node);
        }
        Ok(JsonNode::List(nodes))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<JsonNode, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = map.next_entry()? {
            entries.push(entry);
        }
        Ok(JsonNode::Object(entries))
    }
}

impl<'de> Deserialize<'de> for JsonNode {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(Nodes)
    }
}

impl Serialize for JsonNode {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => to.serialize_unit(),
            Self::Bool(is) => to.serialize_bool(*is),
            Self::Number(number) => number.serialize(to),
            Self::Text(text) => to.serialize_str(text),
            Self::List(list) => {
                let mut seq = to.serialize_seq(Some(list.len()))?;
                for node in list {
                    seq.serialize_element(node)?;
                }
                seq.end()
            }
            Self::Object(entries) => {
                let mut map = to.serialize_map(Some(entries.len()))?;
                for (key, node) in entries {
                    map.serialize_entry(key, node)?;
                }
                map.end()
            }
        }
    }
}

impl Redaction {
    /// A raw record with pseudonyms; `None` if it is no JSON object, and so nobody knows what is what in it.
    /// What no rule knows is replaced, too.
    #[must_use]
    pub fn raw(&self, record: &[u8]) -> Option<Vec<u8>> {
        let start = record.iter().position(|byte| *byte == b'{')?;
        let mut node: JsonNode = serde_json::from_slice(&record[start..]).ok()?;
        self.node("", &mut node, 0)?;
        serde_json::to_vec(&node).ok()
    }

    fn node(&self, key: &str, node: &mut JsonNode, depth: usize) -> Option<()> {
        if depth > DEEPEST {
            return None;
        }
        match node {
            JsonNode::Null | JsonNode::Bool(_) => {}
            JsonNode::Number(number) if is_number(key, number) => {}
            JsonNode::Number(number) => {
                let text = number.to_string();
                let is_id = IDS.contains(&key);
                *node = JsonNode::Text(if is_id { self.id(&text) } else { self.account(&text) });
            }
            JsonNode::Text(text) => *text = self.value(key, text, depth)?,
            JsonNode::List(list) => list.iter_mut().try_for_each(|node| self.node(key, node, depth + 1))?,
            JsonNode::Object(entries) => {
                for (key, node) in entries {
                    // `answers.0.Rdata`, as Logs Insights has it.
                    let last = key.rsplit('.').next().unwrap_or(key).to_ascii_lowercase();
                    self.node(&last, node, depth + 1)?;
                    if !is_key(key) {
                        *key = self.other(key);
                    }
                }
            }
        }
        Some(())
    }

    /// What replaces a text under `key`; `None` if it is nested too deep.
    pub(super) fn value(&self, key: &str, text: &str, depth: usize) -> Option<String> {
        if is_word(key, text) {
            return Some(text.to_owned());
        }
        if text.starts_with('{') {
            let Ok(mut inner) = serde_json::from_str::<JsonNode>(text) else { return Some(self.other(text)) };
            self.node(key, &mut inner, depth + 1)?;
            return serde_json::to_string(&inner).ok();
        }
        // What a data protection policy has masked tells nothing, and a pseudonym would look like an address.
        if is_masked(text) && !matches!(key, "query_name" | "hostname") && !text.starts_with('[') {
            return Some(mask(text));
        }
        if IDS.contains(&key) {
            return Some(self.id(text));
        }
        let is_name = matches!(key, "query_name" | "hostname" | "rdata" | "address");
        Some(match key {
            "account_id" => self.account(text),
            "token_name" | "token_id" => self.other(text),
            "query_name" | "hostname" => self.name(text),
            _ => match (self.address(text), kind_of_id(text)) {
                (Some(address), _) => address,
                (None, Some(_)) if !is_name => self.id(text),
                (None, _) if is_name => self.name(text),
                _ => self.account(text),
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::knowledge::address::Nat64Prefixes;

    fn raw(record: &str) -> Option<String> {
        let redaction = Redaction::new(b"key", Nat64Prefixes::default()).unwrap();
        redaction.raw(record.as_bytes()).map(|bytes| String::from_utf8(bytes).unwrap())
    }

    /// What says nothing of anybody stays as it is; numbers under keys of ids do not.
    #[test]
    fn every_kind_of_value() {
        for same in [
            r#"{"rcode":null,"answers":[]}"#,
            r#"{"answers":null}"#,
            r#"{"query_type":"TYPE65280","query_class":"CLASS65280","rcode":"RCODE3841"}"#,
            r#"{"is_new":true,"answers":[false,{}]}"#.replace("is_new", "rcode").as_str(),
        ] {
            assert_eq!(raw(same).as_deref(), Some(same));
        }
        for number in ["-123456789012", "123456789012.5", "1.5e300", "123456789012", "-1234567.25"] {
            let made = raw(&format!(r#"{{"account_id":{number}}}"#)).unwrap();
            let kept: Vec<&str> =
                number.split(|it: char| !it.is_ascii_digit()).filter(|part| part.len() > 5).collect();
            assert!(kept.iter().all(|part| !made.contains(part)), "{number} became {made}");
            assert!(serde_json::from_str::<serde_json::Value>(&made).is_ok(), "{made}");
        }
        assert_ne!(raw(r#"{"vpc_id":12345}"#), Some(r#"{"vpc_id":12345}"#.to_owned()));
    }

    /// As deep as a record may be, and no deeper.
    #[test]
    fn what_is_nested_too_deep_is_not_written() {
        let nested = |depth: usize| format!("{{\"answers\":{}{}}}", "[".repeat(depth), "]".repeat(depth));
        assert_eq!(raw(&nested(DEEPEST)), Some(nested(DEEPEST)));
        assert_eq!(raw(&nested(DEEPEST + 1)), None);
    }
}
