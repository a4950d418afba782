//! Calls in the protocol AWS JSON 1.1 (Smithy, "AWS JSON 1.1 protocol").

use aws_smithy_types::error::ErrorMetadata;
use serde_json::Value;

use super::{ApiAnswer, SignedService};
use crate::edge::feed::aws::errors::Attempt;
use crate::edge::feed::aws::tried::Tried;
use crate::live::trouble::Trouble;
use crate::live::trouble::TroubleClass;

/// An operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::edge::feed) struct Operation {
    /// As the header `x-amz-target` names it.
    pub(in crate::edge::feed) target: &'static str,
    /// The IAM action that it needs.
    pub(in crate::edge::feed) action: &'static str,
}

impl SignedService {
    /// What the service answers to `body`, for `profile`.
    ///
    /// # Errors
    /// If it refuses, or cannot be asked.
    pub(in crate::edge::feed) async fn json(
        &self,
        operation: Operation,
        body: &Value,
        profile: Option<&str>,
    ) -> Result<Value, Trouble> {
        let headers = [("content-type", "application/x-amz-json-1.1"), ("x-amz-target", operation.target)];
        let read = |answer: &ApiAnswer| value(answer, operation.action, self.endpoint(), profile);
        self.post(&headers, &body.to_string(), read).await
    }
}

/// What an answer says, or why it is none.
fn value(answer: &ApiAnswer, action: &str, endpoint: &str, profile: Option<&str>) -> Result<Value, Trouble> {
    let value = serde_json::from_slice::<Value>(&answer.body);
    if answer.status != 200 {
        let tried = Tried::refused(endpoint, answer.status, &answer.body);
        let error = error(answer.error.as_deref(), &value.unwrap_or_default());
        return Err(Trouble::from_service(&error, Attempt { action, tried: &tried, profile }));
    }
    value.map_err(|_| invalid(endpoint))
}

/// That an answer cannot be read.
pub(in crate::edge::feed) fn invalid(endpoint: &str) -> Trouble {
    Trouble::new(TroubleClass::Passing, format!("{} gave no valid answer", Tried::at(endpoint)))
}

/// The code of an error and its message: the code is in a header or in the body, perhaps with a namespace
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
        let denied = ApiAnswer {
            status: 400,
            body: br#"{"__type":"AccessDeniedException","message":"no"}"#.to_vec(),
            ..ApiAnswer::default()
        };
        let trouble = value(&denied, "athena:GetWorkGroup", "http://h/", None).unwrap_err();
        assert_eq!(trouble.class, TroubleClass::Denied);
        assert_eq!(trouble.hint.as_deref(), Some("allow the IAM action `athena:GetWorkGroup`"));
    }
    #[test]
    fn what_is_no_json_is_no_answer() {
        for body in ["", "[", "<html>"] {
            let answer = ApiAnswer { status: 200, body: body.as_bytes().to_vec(), ..ApiAnswer::default() };
            let trouble = value(&answer, "x", "http://h/", None).unwrap_err();
            assert_eq!(
                (trouble.class, &*trouble.text),
                (TroubleClass::Passing, "`h` gave no valid answer"),
                "{body}"
            );
        }
    }
}
