//! Two lists of the Route 53 Resolver API, in the protocol AWS JSON 1.1 (Smithy, "AWS JSON 1.1 protocol").

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::feed::live::errors::Trouble;
use crate::feed::live::session::Class;
use crate::feed::live::signed::Service;
use crate::feed::live::signed::json::{Operation, invalid};

/// The most pages of one list; a page has up to a hundred items.
const MOST_PAGES: usize = 1000;

/// An item of a list.
pub(super) trait Listed: DeserializeOwned {
    /// What lists it.
    const OPERATION: Operation;
    /// The member of a page that has the items.
    const MEMBER: &'static str;
}

/// A configuration (`ResolverQueryLogConfig`); what is missing is empty.
#[derive(Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(default, rename_all = "PascalCase")]
pub(super) struct ListedConfiguration {
    #[serde(deserialize_with = "some")]
    pub(super) id: String,
    #[serde(deserialize_with = "some")]
    pub(super) name: String,
    #[serde(rename = "OwnerId", deserialize_with = "some")]
    pub(super) owner: String,
    #[serde(deserialize_with = "some")]
    pub(super) status: String,
    /// `NOT_SHARED`, `SHARED_WITH_ME`, `SHARED_BY_ME`.
    #[serde(rename = "ShareStatus", deserialize_with = "some")]
    pub(super) shared: String,
    #[serde(rename = "DestinationArn", deserialize_with = "some")]
    pub(super) destination: String,
}

/// What logs with one (`ResolverQueryLogConfigAssociation`).
#[derive(Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(default, rename_all = "PascalCase")]
pub(super) struct ListedAssociation {
    #[serde(rename = "ResolverQueryLogConfigId", deserialize_with = "some")]
    pub(super) configuration: String,
    #[serde(rename = "ResourceId", deserialize_with = "some")]
    pub(super) resource: String,
    #[serde(deserialize_with = "some")]
    pub(super) status: String,
    pub(super) error: Option<String>,
    #[serde(rename = "ErrorMessage")]
    pub(super) message: Option<String>,
}

/// A member that may be `null`.
fn some<'de, D: serde::Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    Ok(Option::deserialize(from)?.unwrap_or_default())
}

impl Listed for ListedConfiguration {
    const OPERATION: Operation = Operation {
        target: "Route53Resolver.ListResolverQueryLogConfigs",
        action: "route53resolver:ListResolverQueryLogConfigs",
    };
    const MEMBER: &'static str = "ResolverQueryLogConfigs";
}

impl Listed for ListedAssociation {
    const OPERATION: Operation = Operation {
        target: "Route53Resolver.ListResolverQueryLogConfigAssociations",
        action: "route53resolver:ListResolverQueryLogConfigAssociations",
    };
    const MEMBER: &'static str = "ResolverQueryLogConfigAssociations";
}

/// All items of a list, for `profile`.
pub(super) async fn all<T: Listed>(service: &Service, profile: Option<&str>) -> Result<Vec<T>, Trouble> {
    let mut items = Vec::new();
    let mut body = json!({});
    for _ in 0..MOST_PAGES {
        let answer = service.json(T::OPERATION, &body, profile).await?;
        let (page, next) = page::<T>(answer).ok_or_else(|| invalid(service.endpoint()))?;
        items.extend(page);
        let Some(next) = next else { return Ok(items) };
        body = json!({"NextToken": next});
    }
    let text = format!("{} gave more than {MOST_PAGES} pages", T::OPERATION.action);
    Err(Trouble::new(Class::Refused, text))
}

/// The items of a page, and the token of the next; none if it is no page.
fn page<T: Listed>(mut answer: Value) -> Option<(Vec<T>, Option<String>)> {
    let next = answer.get("NextToken").and_then(Value::as_str).map(str::to_owned);
    let items = answer.get_mut(T::MEMBER).map(Value::take).unwrap_or_default();
    let items: Option<Vec<T>> = serde_json::from_value(items).ok()?;
    Some((items.unwrap_or_default(), next.filter(|next| !next.is_empty())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_read_whatever_is_missing_or_more() {
        let read = |body: &str| page::<ListedConfiguration>(serde_json::from_str(body).unwrap());
        let (items, next) = read(
            r#"{"ResolverQueryLogConfigs":[{"Id":"rqlc-1","Name":null,"New":[1]}],"NextToken":"t","TotalCount":1}"#,
        )
        .unwrap();
        assert_eq!(items, [ListedConfiguration { id: "rqlc-1".to_owned(), ..Default::default() }]);
        assert_eq!(next.as_deref(), Some("t"));
        for body in ["{}", r#"{"ResolverQueryLogConfigs":null,"NextToken":""}"#] {
            assert_eq!(read(body), Some((Vec::new(), None)), "{body}");
        }
        assert_eq!(read(r#"{"ResolverQueryLogConfigs":{"Id":1}}"#), None);
    }
}
