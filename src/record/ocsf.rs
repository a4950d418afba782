//! The record as Security Lake and Route 53 Global Resolver write it: OCSF class 4003, DNS Activity (schema
//! 1.0 to 1.5).
//!
//! Global Resolver answers clients anywhere, outside of any VPC. Who asked is a device by its access token,
//! if there is one, and the DNS view stands where a VPC does otherwise (Route 53 Developer Guide, "Gain
//! visibility into DNS activity"). Both are in the enrichment `global-resolver`.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::{Extent, Malformed, Record, answers, identifier, is_block, text};
use crate::moment::Moment;

/// Whether `object` is an OCSF DNS Activity event.
pub(super) fn is_dns_activity(object: &Map<String, Value>) -> bool {
    text(object.get("class_uid")).as_deref() == Some("4003")
        || object.contains_key("query") && object.contains_key("rcode_id")
}

/// Reads the event; see `ocsf/examples`, `mappings/markdown/AWS/v1.5.0/Route53`, for where each field went.
pub(super) fn record(object: &Map<String, Value>) -> Result<Record<'_>, Malformed> {
    let query = object.get("query").ok_or(Malformed::Missing("query"))?;
    let source = object.get("src_endpoint").unwrap_or(&Value::Null);
    let target = object.get("dst_endpoint").unwrap_or(&Value::Null);
    let cloud = object.get("cloud").unwrap_or(&Value::Null);
    let global = global_resolver(object);
    let (answers, extent) = match object.get("answers") {
        // What Security Lake writes where there are none.
        Some(Value::Null) => (Vec::new(), Extent::Whole),
        other => answers(other),
    };
    Record {
        account: text(cloud.pointer("/account/uid"))
            .or_else(|| text(cloud.get("account_uid")))
            .unwrap_or_default(),
        region: text(cloud.get("region")).unwrap_or_default(),
        vpc: text(source.get("vpc_uid")).or_else(|| text(global.get("dns_view_id"))).unwrap_or_default(),
        at: time(object)?,
        name: text(query.get("hostname")).ok_or(Malformed::Missing("query.hostname"))?,
        kind: text(query.get("type")).ok_or(Malformed::Missing("query.type"))?,
        rcode: text(object.get("rcode"))
            .or_else(|| rcode_by_number(object.get("rcode_id")))
            .ok_or(Malformed::Missing("rcode"))?,
        answers,
        extent,
        source: text(source.get("ip")).unwrap_or_default(),
        port: text(source.get("port")).unwrap_or_default(),
        instance: identifier(source.get("instance_uid")),
        resolver_endpoint: identifier(target.get("instance_uid")),
        interface: identifier(target.get("interface_uid")),
        device: identifier(global.get("token_name")).or_else(|| identifier(global.get("token_id"))),
        blocked: blocked(object),
    }
    .checked()
}

/// What Global Resolver adds of its own; null where another service wrote the record.
fn global_resolver(object: &Map<String, Value>) -> &Value {
    let list = object.get("enrichments").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let own = |enrichment: &&Value| enrichment.get("name").is_some_and(|name| name == "global-resolver");
    list.iter().find(own).and_then(|own| own.get("data")).unwrap_or(&Value::Null)
}

/// `time` is in milliseconds; where it is null, `time_dt` says it, as text with an offset or as a number of
/// milli- or microseconds (Parquet readers differ).
fn time(object: &Map<String, Value>) -> Result<Moment, Malformed> {
    /// The year 2286 in milliseconds: a larger number counts microseconds.
    const MICROS_FROM: i64 = 10_000_000_000_000;
    let read = |value: &Value| match value {
        Value::Number(number) => {
            let number = number.as_i64()?;
            Moment::from_epoch(if number >= MICROS_FROM { number / 1000 } else { number })
        }
        Value::String(text) => Moment::parse(text),
        _ => None,
    };
    let given = |key: &str| object.get(key).filter(|value| !value.is_null());
    let value = given("time").or_else(|| given("time_dt")).ok_or(Malformed::Missing("time"))?;
    read(value).ok_or(Malformed::Unreadable("time"))
}

/// The RCODE of IANA's registry by its number, for events that keep only that.
pub(super) fn rcode_by_number(value: Option<&Value>) -> Option<Cow<'static, str>> {
    Some(Cow::Borrowed(match value?.as_i64()? {
        0 => "NOERROR",
        1 => "FORMERR",
        2 => "SERVFAIL",
        3 => "NXDOMAIN",
        4 => "NOTIMP",
        5 => "REFUSED",
        _ => "OTHER",
    }))
}

/// Blocked by DNS Firewall: `disposition` is `Blocked` (2), or `action` is `Denied` and a firewall rule is
/// named, or, as Global Resolver has it, `action_id` is 2 or `action_name` is `Denied`.
fn blocked(object: &Map<String, Value>) -> bool {
    let says = |key: &str, word: fn(&str) -> bool| text(object.get(key)).is_some_and(|text| word(&text));
    let rule = object.get("firewall_rule").is_some_and(|rule| !rule.is_null());
    says("action_id", |id| id == "2")
        || says("action_name", |word| word.eq_ignore_ascii_case("Denied"))
        || says("disposition", is_block)
        || says("firewall_rule_action", is_block)
        || rule && says("action", |word| is_block(word) || word.eq_ignore_ascii_case("Denied"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn event() -> Value {
        json!({
            "class_uid": 4003, "time": 1_665_694_956_000_i64, "time_dt": null, "rcode": "NoError",
            "cloud": {"account": {"uid": "111122223333"}, "region": "eu-west-1", "provider": "AWS"},
            "query": {"hostname": "a.example.", "type": "AAAA", "class": "IN"},
            "answers": [{"class": "IN", "rdata": "64:ff9b::c000:221", "type": "AAAA"}],
            "src_endpoint": {"ip": "10.0.0.9", "port": 15083, "vpc_uid": "vpc-1", "instance_uid": null},
            "dst_endpoint": {"instance_uid": "rslvr-in-1", "interface_uid": "rni-1"},
            "disposition": "Alert", "action": "Allowed", "firewall_rule": {"uid": "rslvr-frg-1"}
        })
    }

    #[test]
    fn fields_come_back_to_their_places() {
        let event = event();
        let record = Record::from_value(&event).unwrap().unwrap();
        assert_eq!(record.at.to_string(), "2022-10-13T21:02:36Z");
        assert_eq!((record.account.as_ref(), record.vpc.as_ref()), ("111122223333", "vpc-1"));
        assert_eq!(record.instance, None);
        assert_eq!(record.resolver_endpoint.as_deref(), Some("rslvr-in-1"));
        assert_eq!(record.answers[0].rdata, "64:ff9b::c000:221");
        assert!(!record.blocked, "an alert lets the answer through");
    }

    #[test]
    fn nulls_and_other_clocks() {
        let mut event = event();
        event["answers"] = Value::Null;
        event["time"] = Value::Null;
        event["disposition"] = json!("Blocked");
        for time in [
            json!("2022-10-13T17:02:36.000-04:00"),
            json!(1_665_694_956_000_i64),
            json!(1_665_694_956_000_000_i64),
        ] {
            event["time_dt"] = time;
            let record = Record::from_value(&event).unwrap().unwrap();
            assert_eq!(record.at.to_string(), "2022-10-13T21:02:36Z");
            assert!(record.answers.is_empty() && record.blocked);
        }
        event["rcode"] = Value::Null;
        event["rcode_id"] = json!(3);
        assert_eq!(Record::from_value(&event).unwrap().unwrap().rcode, "NXDOMAIN");
    }
}
