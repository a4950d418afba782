//! A call of EC2's Query API, page by page.

use crate::edge::diagnosis::shown;
use crate::edge::feed::aws::errors::class_of;
use crate::edge::feed::aws::page_tokens::{PageTokens, TokenCircle};
use crate::edge::feed::aws::signed::{ApiAnswer, SignedService};
use crate::edge::feed::xml::Element;
use crate::live::trouble::Trouble;
use crate::live::trouble::TroubleClass;

/// The version of the API.
const VERSION: &str = "2016-11-15";
const FORM: &str = "application/x-www-form-urlencoded; charset=utf-8";
/// The most pages of one call.
const MOST_PAGES: usize = 200;

/// A call that failed.
#[derive(Debug)]
pub(super) struct CallFailure {
    /// The action of the API.
    pub action: &'static str,
    pub trouble: Trouble,
}

/// Speaks to EC2 in one Region.
#[derive(Debug)]
pub(super) struct Ec2Query(pub SignedService);

impl Ec2Query {
    /// All pages of `action` for those that every one of `filters` lets through: a name, and the values of
    /// which one must fit.
    pub(super) async fn pages(
        &self,
        action: &'static str,
        filters: &[(&str, &[&String])],
    ) -> Result<Vec<Element>, CallFailure> {
        let mut pages: Vec<Element> = Vec::new();
        let (mut token, tokens) = (None::<String>, PageTokens::default());
        loop {
            let mut form = form_urlencoded::Serializer::new(String::new());
            form.append_pair("Action", action).append_pair("Version", VERSION);
            for (filter, (name, values)) in (1..).zip(filters) {
                form.append_pair(&format!("Filter.{filter}.Name"), name);
                for (at, value) in (1..).zip(*values) {
                    form.append_pair(&format!("Filter.{filter}.Value.{at}"), value);
                }
            }
            if let Some(token) = &token {
                form.append_pair("NextToken", token);
            }
            let page = self.call(&form.finish()).await.map_err(|trouble| CallFailure { action, trouble })?;
            let next =
                page.child("nextToken").map(|token| token.text().to_owned()).filter(|it| !it.is_empty());
            token = tokens.follow(next).map_err(|TokenCircle| {
                let text = format!("{action} gives the same page again and again");
                CallFailure { action, trouble: Trouble::new(TroubleClass::Refused, text) }
            })?;
            pages.push(page);
            if token.is_none() {
                return Ok(pages);
            }
            if pages.len() == MOST_PAGES {
                let text = format!("{action} gave more than {MOST_PAGES} pages");
                return Err(CallFailure { action, trouble: Trouble::new(TroubleClass::Refused, text) });
            }
        }
    }

    /// One answer.
    async fn call(&self, body: &str) -> Result<Element, Trouble> {
        let read = |answer: &ApiAnswer| {
            let element = std::str::from_utf8(&answer.body).ok().and_then(|text| Element::parse(text).ok());
            match (answer.status, element) {
                (200, Some(element)) => Ok(element),
                (status, element) => Err(self.refused(status, element.as_ref())),
            }
        };
        self.0.post(&[("content-type", FORM)], body, read).await
    }

    /// What an answer that is none means: `Response/Errors/Error` with `Code` and `Message` (Amazon EC2 API
    /// Reference, "Error codes").
    fn refused(&self, status: u16, answer: Option<&Element>) -> Trouble {
        let error = answer.and_then(|answer| answer.child("Errors")?.child("Error"));
        let text = |name: &str| error.and_then(|error| error.child(name)).map_or("", Element::text);
        let (code, message) = (text("Code"), text("Message"));
        if code.is_empty() {
            // A proxy that answers with a page of its own, or a server in trouble.
            let class =
                if status == 429 || status >= 500 { TroubleClass::Passing } else { TroubleClass::Refused };
            return Trouble::new(class, format!("`{}` gave no valid answer (HTTP {status})", self.0.host()));
        }
        let class = match code {
            "UnauthorizedOperation" => TroubleClass::Denied,
            "AuthFailure" | "Blocked" | "PendingVerification" => TroubleClass::Credentials,
            "Unavailable" | "InternalError" | "InternalFailure" | "ServiceUnavailable" => {
                TroubleClass::Passing
            }
            _ => class_of(code).unwrap_or(if status >= 500 {
                TroubleClass::Passing
            } else {
                TroubleClass::Refused
            }),
        };
        // After the first sentence there may be an encoded message of two kilobytes.
        let message = message.split(" Encoded authorization failure message").next().unwrap_or_default();
        Trouble::new(class, shown(&format!("{code}: {message}")))
    }
}
