//! Lists of a service that speaks AWS JSON 1.1 (Smithy, "AWS JSON 1.1 protocol"), page by page: `NextToken`
//! in an answer asks for the next one.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::SignedService;
use super::json::{Operation, invalid};
use crate::edge::feed::aws::page_tokens::{PageTokens, TokenCircle};
use crate::live::trouble::Trouble;
use crate::live::trouble::TroubleClass;

/// The most pages of one list; a page has up to a hundred items.
const MOST_PAGES: usize = 1000;

/// An item of a list.
pub(in crate::edge::feed) trait ListItem: DeserializeOwned {
    /// What lists it.
    const OPERATION: Operation;
    /// The member of a page that has the items.
    const MEMBER: &'static str;
}

/// A member that may be missing or `null`: then it is empty.
pub(in crate::edge::feed) fn or_empty<'de, D: serde::Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    Ok(Option::deserialize(from)?.unwrap_or_default())
}

/// All items of a list, for `profile`.
pub(in crate::edge::feed) async fn all<T: ListItem>(
    service: &SignedService,
    profile: Option<&str>,
) -> Result<Vec<T>, Trouble> {
    let (mut items, tokens) = (Vec::new(), PageTokens::default());
    let mut body = json!({});
    for _ in 0..MOST_PAGES {
        let answer = service.json(T::OPERATION, &body, profile).await?;
        let (page, next) = page::<T>(answer).ok_or_else(|| invalid(service.endpoint()))?;
        items.extend(page);
        let next = tokens.follow(next).map_err(|TokenCircle| {
            let text = format!("{} gives the same page again and again", T::OPERATION.action);
            Trouble::new(TroubleClass::Refused, text)
        })?;
        let Some(next) = next else { return Ok(items) };
        body = json!({"NextToken": next});
    }
    let text = format!("{} gave more than {MOST_PAGES} pages", T::OPERATION.action);
    Err(Trouble::new(TroubleClass::Refused, text))
}

/// The items of a page, and the token of the next; `None` if it is no page.
fn page<T: ListItem>(mut answer: Value) -> Option<(Vec<T>, Option<String>)> {
    let next = answer.get("NextToken").and_then(Value::as_str).map(str::to_owned);
    let items = answer.get_mut(T::MEMBER).map(Value::take).unwrap_or_default();
    let items: Option<Vec<T>> = serde_json::from_value(items).ok()?;
    Some((items.unwrap_or_default(), next.filter(|next| !next.is_empty())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Default, Deserialize, PartialEq, Eq)]
    #[serde(default, rename_all = "PascalCase")]
    struct Item {
        #[serde(deserialize_with = "or_empty")]
        id: String,
        #[serde(deserialize_with = "or_empty")]
        name: String,
    }

    impl ListItem for Item {
        const OPERATION: Operation = Operation { target: "Service.ListItems", action: "service:ListItems" };
        const MEMBER: &'static str = "Items";
    }

    #[test]
    fn a_page_is_read_whatever_is_missing_or_more() {
        let read = |body: &str| page::<Item>(serde_json::from_str(body).unwrap());
        let (items, next) =
            read(r#"{"Items":[{"Id":"x-1","Name":null,"New":[1]}],"NextToken":"t","TotalCount":1}"#).unwrap();
        assert_eq!(items, [Item { id: "x-1".to_owned(), ..Default::default() }]);
        assert_eq!(next.as_deref(), Some("t"));
        for body in ["{}", r#"{"Items":null,"NextToken":""}"#] {
            assert_eq!(read(body), Some((Vec::new(), None)), "{body}");
        }
        assert_eq!(read(r#"{"Items":{"Id":1}}"#), None);
    }
}
