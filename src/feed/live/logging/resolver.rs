//! Two lists of the Route 53 Resolver API, in the protocol AWS JSON 1.1 (Smithy, "AWS JSON 1.1 protocol").

use aws_smithy_types::error::ErrorMetadata;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::feed::live::errors::{Attempt, Trouble};
use crate::feed::live::session::Class;
use crate::feed::live::signed::{Answer, Service};
use crate::feed::live::tried::Tried;

/// The most pages of one list; a page has up to a hundred items.
const MOST_PAGES: usize = 1000;

/// An item of a list.
pub(super) trait Listed: DeserializeOwned {
    /// The IAM action that lists it.
    const ACTION: &'static str;
    /// The operation, as the header `x-amz-target` names it.
    const TARGET: &'static str;
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
    const ACTION: &'static str = "route53resolver:ListResolverQueryLogConfigs";
    const TARGET: &'static str = "Route53Resolver.ListResolverQueryLogConfigs";
    const MEMBER: &'static str = "ResolverQueryLogConfigs";
}

impl Listed for ListedAssociation {
    const ACTION: &'static str = "route53resolver:ListResolverQueryLogConfigAssociations";
    const TARGET: &'static str = "Route53Resolver.ListResolverQueryLogConfigAssociations";
    const MEMBER: &'static str = "ResolverQueryLogConfigAssociations";
}

/// All items of a list, for `profile`.
pub(super) async fn all<T: Listed>(service: &Service, profile: Option<&str>) -> Result<Vec<T>, Trouble> {
    let headers = [("content-type", "application/x-amz-json-1.1"), ("x-amz-target", T::TARGET)];
    let mut items = Vec::new();
    let mut body = json!({});
    for _ in 0..MOST_PAGES {
        let read = |answer: &Answer| page::<T>(answer, service.endpoint(), profile);
        let (page, next) = service.post(&headers, &body.to_string(), read).await?;
        items.extend(page);
        let Some(next) = next else { return Ok(items) };
        body = json!({"NextToken": next});
    }
    let text = format!("{} gave more than {MOST_PAGES} pages", T::ACTION);
    Err(Trouble::new(Class::Refused, text))
}

/// The items of a page, and the token of the next.
fn page<T: Listed>(
    answer: &Answer,
    endpoint: &str,
    profile: Option<&str>,
) -> Result<(Vec<T>, Option<String>), Trouble> {
    let value = serde_json::from_slice::<Value>(&answer.body);
    if answer.status != 200 {
        let tried = Tried::refused(endpoint, answer.status, &answer.body);
        let attempt = Attempt { action: T::ACTION, tried: &tried, profile };
        let error = error(answer.error.as_deref(), &value.unwrap_or_default());
        return Err(Trouble::of_service(&error, attempt));
    }
    let invalid = |_| {
        let host = Tried::at(endpoint);
        Trouble::new(Class::Passing, format!("{host} gave no valid answer"))
    };
    let mut value = value.map_err(invalid)?;
    let next = value.get("NextToken").and_then(Value::as_str).map(str::to_owned);
    let items = value.get_mut(T::MEMBER).map(Value::take).unwrap_or_default();
    let items: Option<Vec<T>> = serde_json::from_value(items).map_err(invalid)?;
    Ok((items.unwrap_or_default(), next.filter(|next| !next.is_empty())))
}

/// The code of an error and its message: the code stands in a header or in the body, perhaps with a namespace
/// before it and a URL after it (Smithy, "AWS JSON 1.1 protocol", "Operation error serialization").
fn error(header: Option<&str>, body: &Value) -> ErrorMetadata {
    let said = |names: &[&str]| names.iter().find_map(|name| body.get(name)?.as_str());
    let code = header.or_else(|| said(&["__type", "code"])).map(|code| {
        let code = code.split(':').next().unwrap_or_default();
        code.rsplit('#').next().unwrap_or_default()
    });
    let mut error = ErrorMetadata::builder();
    if let Some(code) = code.filter(|code| !code.is_empty()) {
        error = error.code(code);
    }
    if let Some(message) = said(&["message", "Message", "errorMessage"]) {
        error = error.message(message);
    }
    error.build()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, body: &str) -> Answer {
        Answer { status, error: None, body: body.as_bytes().to_vec() }
    }

    #[test]
    fn a_page_is_read_whatever_is_missing_or_more() {
        let read = |body: &str| page::<ListedConfiguration>(&answer(200, body), "http://h/", None);
        let (items, next) = read(
            r#"{"ResolverQueryLogConfigs":[{"Id":"rqlc-1","Name":null,"New":[1]}],"NextToken":"t","TotalCount":1}"#,
        )
        .unwrap();
        assert_eq!(items, [ListedConfiguration { id: "rqlc-1".to_owned(), ..Default::default() }]);
        assert_eq!(next.as_deref(), Some("t"));
        for body in ["{}", r#"{"ResolverQueryLogConfigs":null,"NextToken":""}"#] {
            assert_eq!(read(body), Ok((Vec::new(), None)), "{body}");
        }
        for body in ["", "[", "<html>", r#"{"ResolverQueryLogConfigs":{"Id":1}}"#] {
            let trouble = read(body).unwrap_err();
            assert_eq!(
                (trouble.class, &*trouble.text),
                (Class::Passing, "`h` gave no valid answer"),
                "{body}"
            );
        }
    }

    #[test]
    fn errors_are_named_by_their_codes() {
        for (header, body, code) in [
            (None, r#"{"__type":"AccessDeniedException","Message":"no"}"#, "AccessDeniedException"),
            (None, r#"{"__type":"com.amazon.coral.service#ThrottlingException"}"#, "ThrottlingException"),
            (Some("ExpiredToken:http://x/"), "{}", "ExpiredToken"),
            (None, r#"{"code":"a#B:c"}"#, "B"),
        ] {
            let body = serde_json::from_str(body).unwrap();
            assert_eq!(error(header, &body).code(), Some(code), "{body}");
        }
        assert_eq!(error(None, &Value::Null).code(), None);
        let denied = answer(400, r#"{"__type":"AccessDeniedException","message":"no"}"#);
        let trouble = page::<ListedAssociation>(&denied, "http://h/", None).unwrap_err();
        assert_eq!(trouble.class, Class::Denied);
        assert_eq!(
            trouble.hint.as_deref(),
            Some("allow the IAM action `route53resolver:ListResolverQueryLogConfigAssociations`")
        );
    }
}
