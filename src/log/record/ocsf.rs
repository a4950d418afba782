//! The record as Security Lake and Route 53 Global Resolver write it: OCSF class 4003, DNS Activity (schema
//! 1.0 to 1.5).
//!
//! Global Resolver answers clients anywhere, outside of any VPC. Who asked is a device by its access token,
//! if there is one, and the DNS view takes the place of a VPC (Route 53 Developer Guide, "Gain visibility
//! into DNS activity"). Both are in the enrichment `global-resolver`.

use std::borrow::Cow;

use serde_json::{Map, Value};
use strum::VariantArray;

use super::answers::Answers;
use super::{Extent, Malformed, Record, answers, is_block, text};
use crate::base::moment::Moment;

/// Whether `object` is an OCSF DNS Activity event.
pub(super) fn is_dns_activity(object: &Map<String, Value>) -> bool {
    text(object.get("class_uid")).as_deref() == Some("4003")
        || object.contains_key("query") && object.contains_key("rcode_id")
}

/// A field of an event that is a text or a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, VariantArray)]
pub(crate) enum OcsfField {
    Account,
    /// The account as schemas before 1.0 have it.
    AccountUid,
    Region,
    Vpc,
    /// The DNS view of Global Resolver.
    View,
    Hostname,
    Kind,
    Rcode,
    Source,
    Port,
    Instance,
    ResolverEndpoint,
    Interface,
    TokenName,
    TokenId,
    ActionId,
    ActionName,
    Action,
    Disposition,
    FirewallRuleAction,
    /// The rule group of DNS Firewall.
    RuleGroup,
}

impl OcsfField {
    /// All of them.
    #[cfg(feature = "parquet")]
    pub(crate) const ALL: [Self; Self::VARIANTS.len()] = crate::base::variants::array(Self::VARIANTS);

    /// Where it is: keys, from the outside in. Those of Global Resolver are in its enrichment.
    pub(crate) fn path(self) -> &'static [&'static str] {
        match self {
            Self::Account => &["cloud", "account", "uid"],
            Self::AccountUid => &["cloud", "account_uid"],
            Self::Region => &["cloud", "region"],
            Self::Vpc => &["src_endpoint", "vpc_uid"],
            Self::View => &["enrichments", "data", "dns_view_id"],
            Self::Hostname => &["query", "hostname"],
            Self::Kind => &["query", "type"],
            Self::Rcode => &["rcode"],
            Self::Source => &["src_endpoint", "ip"],
            Self::Port => &["src_endpoint", "port"],
            Self::Instance => &["src_endpoint", "instance_uid"],
            Self::ResolverEndpoint => &["dst_endpoint", "instance_uid"],
            Self::Interface => &["dst_endpoint", "interface_uid"],
            Self::TokenName => &["enrichments", "data", "token_name"],
            Self::TokenId => &["enrichments", "data", "token_id"],
            Self::ActionId => &["action_id"],
            Self::ActionName => &["action_name"],
            Self::Action => &["action"],
            Self::Disposition => &["disposition"],
            Self::FirewallRuleAction => &["firewall_rule_action"],
            Self::RuleGroup => &["firewall_rule", "uid"],
        }
    }
}

/// An event, however it is written down.
pub(crate) trait OcsfEvent<'a> {
    /// The text of a field; of a number its digits. `None` if it is null, absent or anything else.
    fn text(&self, field: OcsfField) -> Option<Cow<'a, str>>;
    /// Whether there is a query at all.
    fn has_query(&self) -> bool;
    /// Whether a rule of a firewall is named.
    fn has_rule(&self) -> bool;
    /// The number of the RCODE.
    fn rcode_id(&self) -> Option<i64>;
    /// `time`, or `time_dt` where that is null.
    fn time(&self) -> Result<Moment, Malformed>;
    /// The answers, and how much of the answers that is; null says that there are none.
    fn answers(&self) -> Answers<'a>;
}

/// Reads the event; see `ocsf/examples`, `mappings/markdown/AWS/v1.5.0/Route53`, for where each field went.
pub(crate) fn record<'a>(event: &impl OcsfEvent<'a>) -> Result<Record<'a>, Malformed> {
    if !event.has_query() {
        return Err(Malformed::Missing("query"));
    }
    let text = |field: OcsfField| event.text(field);
    let identifier = |field: OcsfField| text(field).filter(|text| !matches!(text.as_ref(), "" | "-"));
    let (answers, extent) = event.answers();
    Record {
        account: text(OcsfField::Account).or_else(|| text(OcsfField::AccountUid)).unwrap_or_default(),
        region: text(OcsfField::Region).unwrap_or_default(),
        vpc: text(OcsfField::Vpc).or_else(|| text(OcsfField::View)).unwrap_or_default(),
        at: event.time()?,
        name: text(OcsfField::Hostname).ok_or(Malformed::Missing("query.hostname"))?,
        kind: text(OcsfField::Kind).ok_or(Malformed::Missing("query.type"))?,
        rcode: text(OcsfField::Rcode)
            .or_else(|| rcode_by_number(event.rcode_id()))
            .ok_or(Malformed::Missing("rcode"))?,
        answers,
        extent,
        source: text(OcsfField::Source).unwrap_or_default(),
        port: text(OcsfField::Port).unwrap_or_default(),
        instance: identifier(OcsfField::Instance),
        resolver_endpoint: identifier(OcsfField::ResolverEndpoint),
        interface: identifier(OcsfField::Interface),
        device: identifier(OcsfField::TokenName).or_else(|| identifier(OcsfField::TokenId)),
        blocked: blocked(event),
        rule_group: identifier(OcsfField::RuleGroup),
        // Where the event has it is not documented.
        domain_list: None,
    }
    .checked()
}

/// An event as JSON.
pub(super) struct JsonEvent<'a> {
    object: &'a Map<String, Value>,
    global: &'a Value,
}

impl<'a> JsonEvent<'a> {
    pub(super) fn new(object: &'a Map<String, Value>) -> Self {
        Self { object, global: global_resolver(object) }
    }
}

impl<'a> OcsfEvent<'a> for JsonEvent<'a> {
    fn text(&self, field: OcsfField) -> Option<Cow<'a, str>> {
        let value = match field.path() {
            ["enrichments", "data", key] => self.global.get(key),
            [first, rest @ ..] => rest.iter().try_fold(self.object.get(*first)?, |value, key| value.get(key)),
            [] => None,
        };
        text(value)
    }

    fn has_query(&self) -> bool {
        self.object.contains_key("query")
    }

    fn has_rule(&self) -> bool {
        self.object.get("firewall_rule").is_some_and(|rule| !rule.is_null())
    }

    fn rcode_id(&self) -> Option<i64> {
        self.object.get("rcode_id")?.as_i64()
    }

    fn time(&self) -> Result<Moment, Malformed> {
        time(self.object)
    }

    fn answers(&self) -> Answers<'a> {
        match self.object.get("answers") {
            // What Security Lake writes where there are none.
            Some(Value::Null) => (Vec::new(), Extent::Whole),
            other => answers(other),
        }
    }
}

/// What Global Resolver adds of its own; null where another service wrote the record.
fn global_resolver(object: &Map<String, Value>) -> &Value {
    let list = object.get("enrichments").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let own = |enrichment: &&Value| enrichment.get("name").is_some_and(|name| name == "global-resolver");
    list.iter().find(own).and_then(|own| own.get("data")).unwrap_or(&Value::Null)
}

/// The time that the number of an event says: of milliseconds, or of microseconds (Parquet readers differ).
pub(crate) fn moment(number: i64) -> Option<Moment> {
    /// The year 2286 in milliseconds: a larger number counts microseconds.
    const MICROS_FROM: i64 = 10_000_000_000_000;
    Moment::from_epoch(if number >= MICROS_FROM { number / 1000 } else { number })
}

/// `time` is in milliseconds; where it is null, `time_dt` says it, as text with an offset or as a number.
fn time(object: &Map<String, Value>) -> Result<Moment, Malformed> {
    let read = |value: &Value| match value {
        Value::Number(number) => moment(number.as_i64()?),
        Value::String(text) => Moment::parse(text),
        _ => None,
    };
    let given = |key: &str| object.get(key).filter(|value| !value.is_null());
    let value = given("time").or_else(|| given("time_dt")).ok_or(Malformed::Missing("time"))?;
    read(value).ok_or(Malformed::Unreadable("time"))
}

/// The RCODE of IANA's registry by its number, for events that keep only that.
pub(super) fn rcode_by_number(number: Option<i64>) -> Option<Cow<'static, str>> {
    Some(Cow::Borrowed(match number? {
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
fn blocked<'a>(event: &impl OcsfEvent<'a>) -> bool {
    let says = |field: OcsfField, word: fn(&str) -> bool| event.text(field).is_some_and(|text| word(&text));
    says(OcsfField::ActionId, |id| id == "2")
        || says(OcsfField::ActionName, |word| word.eq_ignore_ascii_case("Denied"))
        || says(OcsfField::Disposition, is_block)
        || says(OcsfField::FirewallRuleAction, is_block)
        || event.has_rule()
            && says(OcsfField::Action, |word| is_block(word) || word.eq_ignore_ascii_case("Denied"))
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
