//! What a refusal of S3 means, in words.

use crate::edge::diagnosis::shown;
use crate::edge::feed::aws::errors::{class_of, named_action};
use crate::edge::feed::xml::Element;
use crate::live::trouble::Trouble;
use crate::live::trouble::TroubleClass;

/// A request that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct S3Failure {
    /// The code of the error; empty if there was none.
    pub(super) code: String,
    /// The Region that the bucket is in, if the refusal says so.
    pub(super) region: Option<String>,
    pub(super) trouble: Trouble,
}

impl S3Failure {
    pub(super) fn new(class: TroubleClass, text: impl Into<String>) -> Self {
        Self { code: String::new(), region: None, trouble: Trouble::new(class, text) }
    }

    /// What an answer with `status` to a request that needs the IAM action `action` means: an `Error` with
    /// `Code` and `Message` (Amazon S3 API Reference, "Error responses").
    pub(super) fn from_answer(status: u16, answer: Option<&Element>, action: &str, host: &str) -> Self {
        let text = |name: &str| answer.map_or("", |answer| answer.said(name));
        let (code, message) = (text("Code"), text("Message"));
        let region = Some(text("Region").to_owned()).filter(|region| !region.is_empty());
        if code.is_empty() {
            return Self { region, ..Self::without_code(status, action, host) };
        }
        let class = match code {
            "SlowDown" | "RequestLimitExceeded" | "TooManyRequests" => TroubleClass::Throttled,
            "InternalError" | "ServiceUnavailable" | "RequestTimeout" | "OperationAborted" => {
                TroubleClass::Passing
            }
            "AccessDenied" | "AllAccessDisabled" | "AccountProblem" => TroubleClass::Denied,
            "InvalidAccessKeyId"
            | "InvalidToken"
            | "TokenRefreshRequired"
            | "RequestTimeTooSkewed"
            | "InvalidSecurity"
            | "NotSignedUp" => TroubleClass::Credentials,
            _ => class_of(code).unwrap_or(if status >= 500 {
                TroubleClass::Passing
            } else {
                TroubleClass::Refused
            }),
        };
        let said = shown(&format!("{code}: {message}"));
        let (text, hint) = Self::words(code, &said, action);
        let trouble = Trouble { hint, ..Trouble::new(class, text) };
        Self { code: code.to_owned(), region, trouble }
    }

    /// A refusal without a body: of a proxy, or of a server that has none for it.
    fn without_code(status: u16, action: &str, host: &str) -> Self {
        let (class, code, text) = match status {
            403 => (TroubleClass::Denied, "AccessDenied", "access is denied (HTTP 403)".to_owned()),
            404 => (TroubleClass::Refused, "NoSuchKey", "it does not exist (HTTP 404)".to_owned()),
            412 => (TroubleClass::Refused, "PreconditionFailed", "it changed while it was read".to_owned()),
            429 | 503 => (TroubleClass::Throttled, "", format!("`{host}` asks to slow down (HTTP {status})")),
            status => {
                let class = if status >= 500 { TroubleClass::Passing } else { TroubleClass::Refused };
                (class, "", format!("`{host}` gave no valid answer (HTTP {status})"))
            }
        };
        let hint = (status == 403).then(|| format!("allow the IAM action `{action}`"));
        let trouble = Trouble { hint, ..Trouble::new(class, text) };
        Self { code: code.to_owned(), region: None, trouble }
    }

    /// What is said of an error with `code`, and what would help.
    fn words(code: &str, said: &str, action: &str) -> (String, Option<String>) {
        match code {
            "AccessDenied" | "AllAccessDisabled" => {
                // It may be another than that of the request: a key of KMS is asked for on the way.
                let action = named_action(said).unwrap_or(action);
                let hint = format!(
                    "allow the IAM action `{action}`, in the policy of the bucket, too, if it is of another account; \
                     --requester-pays if those who read it pay for it"
                );
                (format!("access is denied ({said})"), Some(hint))
            }
            "NoSuchBucket" => ("there is no such bucket".to_owned(), None),
            "NoSuchKey" => ("it does not exist".to_owned(), None),
            "InvalidObjectState" => (
                format!("it is archived ({said})"),
                Some("restore it first: aws s3api restore-object".to_owned()),
            ),
            "PreconditionFailed" => ("it changed while it was read".to_owned(), None),
            "SignatureDoesNotMatch" | "RequestTimeTooSkewed" => (
                said.to_owned(),
                Some("see whether the clock of this machine is right, and the secret key".to_owned()),
            ),
            "ExpiredToken" | "InvalidAccessKeyId" | "InvalidToken" | "TokenRefreshRequired" => {
                (said.to_owned(), Some("set new credentials, or choose a profile with --profile".to_owned()))
            }
            _ => (said.to_owned(), None),
        }
    }

    /// In one sentence.
    pub(super) fn sentence(&self) -> String {
        match &self.trouble.hint {
            Some(hint) => format!("{}; try: {hint}", self.trouble.text),
            None => self.trouble.text.clone(),
        }
    }
}

impl From<Trouble> for S3Failure {
    fn from(trouble: Trouble) -> Self {
        Self { code: String::new(), region: None, trouble }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_are_said_in_words() {
        let of = |status, inner: &str| {
            let answer = Element::parse(&format!("<Error>{inner}</Error>")).unwrap();
            S3Failure::from_answer(status, Some(&answer), "s3:GetObject", "h")
        };
        for (status, inner, class, starts) in [
            (
                503,
                "<Code>SlowDown</Code><Message>Reduce</Message>",
                TroubleClass::Throttled,
                "SlowDown: Reduce",
            ),
            (500, "<Code>InternalError</Code>", TroubleClass::Passing, "InternalError"),
            (500, "<Code>Whatever</Code>", TroubleClass::Passing, "Whatever"),
            (400, "<Code>Whatever</Code>", TroubleClass::Refused, "Whatever"),
            (
                403,
                "<Code>AccessDenied</Code><Message>no</Message>",
                TroubleClass::Denied,
                "access is denied (AccessDenied: no)",
            ),
            (404, "<Code>NoSuchBucket</Code>", TroubleClass::Refused, "there is no such bucket"),
            (403, "<Code>InvalidObjectState</Code>", TroubleClass::Refused, "it is archived"),
            (403, "<Code>SignatureDoesNotMatch</Code>", TroubleClass::Credentials, "SignatureDoesNotMatch"),
        ] {
            let failure = of(status, inner);
            assert_eq!(failure.trouble.class, class, "{inner}");
            assert!(failure.trouble.text.starts_with(starts), "{failure:?}");
        }
        let named =
            of(403, "<Code>AccessDenied</Code><Message>not allowed to perform: kms:Decrypt on x</Message>");
        assert!(named.sentence().contains("allow the IAM action `kms:Decrypt`"), "{named:?}");
        let region = of(400, "<Code>AuthorizationHeaderMalformed</Code><Region>eu-west-1</Region>");
        assert_eq!(region.region.as_deref(), Some("eu-west-1"));
    }

    #[test]
    fn refusals_without_words_are_told_by_their_status() {
        for (status, class, code) in [
            (403, TroubleClass::Denied, "AccessDenied"),
            (404, TroubleClass::Refused, "NoSuchKey"),
            (412, TroubleClass::Refused, "PreconditionFailed"),
            (503, TroubleClass::Throttled, ""),
            (502, TroubleClass::Passing, ""),
            (301, TroubleClass::Refused, ""),
        ] {
            let failure = S3Failure::from_answer(status, None, "s3:ListBucket", "h");
            assert_eq!((failure.trouble.class, failure.code.as_str()), (class, code), "{status}");
        }
    }
}
