//! What an error of the service means, in one line, and what would help.
//!
//! The SDK's own `Display` says `service error` and no more, and its `DisplayErrorContext` prints the whole
//! response, log text included. So the parts are put together here: code and message of the service, or the
//! chain of causes, each said once.

use std::error::Error;

use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_cloudwatchlogs::error::{ProvideErrorMetadata, SdkError};

use super::proxies::foreign_proxy;
use super::tried::Tried;
use crate::edge::diagnosis::{chain, shown};
use crate::live::trouble::Trouble;
use crate::live::trouble::TroubleClass;

/// The most Live Tail sessions at a time of an account in a Region, unless it had that raised (CloudWatch
/// Logs quotas, L-D6990B80).
pub const SESSIONS: usize = 15;

/// Which operation failed, and for whom.
#[derive(Clone, Copy, Debug)]
pub struct Attempt<'a> {
    /// The IAM action that it needs, `logs:StartLiveTail`.
    pub action: &'a str,
    /// Which host was asked.
    pub(in crate::edge::feed) tried: &'a Tried,
    /// The profile whose credentials were used; `None` for the environment.
    pub profile: Option<&'a str>,
}

/// What the code of a service error means.
///
/// The codes are those of the service's model and the common errors of the AWS API reference.
#[must_use]
pub fn class_of(code: &str) -> Option<TroubleClass> {
    Some(match code {
        "ThrottlingException"
        | "Throttling"
        | "LimitExceededException"
        | "TooManyRequestsException"
        | "RequestLimitExceeded" => TroubleClass::Throttled,
        "AccessDeniedException"
        | "AccessDenied"
        | "NotAuthorized"
        | "OptInRequired"
        | "UnknownOperationException"
        | "InvalidOperationException" => TroubleClass::Denied,
        "ExpiredTokenException"
        | "ExpiredToken"
        | "UnrecognizedClientException"
        | "InvalidClientTokenId"
        | "InvalidSignatureException"
        | "SignatureDoesNotMatch"
        | "IncompleteSignature"
        | "MissingAuthenticationToken"
        | "MissingAuthenticationTokenException"
        | "RequestExpired" => TroubleClass::Credentials,
        "ResourceNotFoundException"
        | "InvalidParameterException"
        | "MalformedQueryException"
        | "InvalidRequestException"
        | "MetadataException"
        | "ValidationException"
        | "ValidationError"
        | "SerializationException" => TroubleClass::Refused,
        _ => return None,
    })
}

impl Trouble {
    /// What `error`, with which `attempt` ended, means.
    #[must_use]
    pub fn from_error<E, R>(error: &SdkError<E, R>, attempt: Attempt<'_>) -> Self
    where
        E: Error + ProvideErrorMetadata + 'static,
        R: std::fmt::Debug + 'static,
    {
        match error {
            SdkError::ServiceError(service) => Self::from_service(service.err(), attempt),
            SdkError::DispatchFailure(failure) => {
                let cause = failure.as_connector_error().map(|error| error as &(dyn Error + 'static));
                let Some(cause) = cause else {
                    return Self::new(TroubleClass::Passing, "the request failed");
                };
                if let Some(credentials) = find::<CredentialsError>(cause) {
                    return Self::from_credentials(credentials, attempt.profile);
                }
                let text = chain(cause);
                if failure.is_user() || text.contains("Missing Region") {
                    return Self::new(TroubleClass::Refused, text);
                }
                Self::from_connection(&text, attempt.tried)
            }
            SdkError::TimeoutError(_) => {
                Self::new(TroubleClass::Passing, format!("{} did not answer in time", attempt.tried))
            }
            SdkError::ConstructionFailure(_) => Self::new(TroubleClass::Refused, chain(error)),
            // What it says in its own words, where those are not of its model: an emulator, or somebody on
            // the way.
            _ => match attempt.tried.refusal() {
                Some((status, words)) if !words.trim().is_empty() => {
                    let text = shown(&format!("{} refused it (HTTP {status}): {words}", attempt.tried));
                    Self::new(TroubleClass::Passing, text)
                }
                _ => Self::new(
                    TroubleClass::Passing,
                    format!("{} gave no valid answer: {}", attempt.tried, chain(error)),
                ),
            },
        }
    }

    /// Why no request got there, by what the connection says of it.
    pub(in crate::edge::feed) fn from_connection(text: &str, tried: &Tried) -> Self {
        if let Some(trouble) = Self::from_proxy_or_certificate(text, tried) {
            return trouble;
        }
        let is_name = text.contains("dns error");
        if is_name || text.contains("tcp connect error") || text.contains("Connect)") {
            let what = if is_name { "cannot resolve" } else { "cannot connect to" };
            let text = format!("{what} {tried}: {}", last(text));
            let hint = tried.proxy().map(|variable| {
                format!("{variable} is set: see whether that proxy lets it through, or except it in NO_PROXY")
            });
            return Self { hint, ..Self::new(TroubleClass::Unreachable, text) };
        }
        Self::new(TroubleClass::Passing, format!("{tried}: {text}"))
    }

    /// What is wrong with a proxy, or with a certificate, where it is one of these (the words are those of
    /// rustls).
    fn from_proxy_or_certificate(text: &str, tried: &Tried) -> Option<Self> {
        let foreign = foreign_proxy(tried.is_https());
        if let Some(variable) = foreign.filter(|variable| tried.proxy() == Some(variable)) {
            let text = format!(
                "cannot connect to {tried}: {variable} names a SOCKS proxy, which is not spoken here"
            );
            let hint =
                format!("an HTTP proxy in {variable}, or NO_PROXY for hosts that are reached without one");
            return Some(Self { hint: Some(hint), ..Self::new(TroubleClass::Unreachable, text) });
        }
        if text.contains("InvalidContentType") {
            let text = format!("cannot connect to {tried}: what answers there does not speak TLS");
            let hint =
                "http:// in the endpoint URL, or the port for https://, or see which proxy is on the way";
            return Some(Self { hint: Some(hint.to_owned()), ..Self::new(TroubleClass::Unreachable, text) });
        }
        let (_, why) = text.split_once("invalid peer certificate: ")?;
        let (what, hint) = if why.starts_with("Expired") || why.starts_with("certificate expired") {
            ("has expired", "see whether the clock of this machine is right, or tell whoever runs that host")
        } else if why.contains("NotValidYet") || why.contains("not valid yet") {
            ("is not valid yet", "see whether the clock of this machine is right")
        } else if why.contains("NotValidForName") || why.contains("not valid for name") {
            (
                "is for another name",
                "see whether the endpoint URL, and a proxy on the way, are the right ones",
            )
        } else if why.contains("UnknownIssuer") || why.contains("CaUsedAsEndEntity") {
            (
                "is self-signed, or of an authority that is not trusted here: a proxy that opens TLS has its own",
                "the authority's certificate in a file that AWS_CA_BUNDLE or `ca_bundle` of the profile names",
            )
        } else {
            ("is not valid", "see what is between this machine and the service")
        };
        let text = format!("cannot connect to {tried}: its certificate {what} ({why})");
        Some(Self { hint: Some(hint.to_owned()), ..Self::new(TroubleClass::Unreachable, text) })
    }

    /// What an error of a service means.
    pub(in crate::edge::feed) fn from_service<E: Error + ProvideErrorMetadata + 'static>(
        error: &E,
        attempt: Attempt<'_>,
    ) -> Self {
        let Some(code) = error.code() else {
            // A proxy that answers with a page of its own, most likely; or an emulator that has no such
            // service.
            let text = match attempt.tried.refusal().or_else(|| Some((0, error.message()?.to_owned()))) {
                Some((status, words)) if !words.trim().is_empty() && !words.trim_start().starts_with('<') => {
                    let status = if status > 0 { format!(" (HTTP {status})") } else { String::new() };
                    shown(&format!("{} refused it{status}: {words}", attempt.tried))
                }
                _ => format!("{} gave no valid answer", attempt.tried),
            };
            return Self::new(TroubleClass::Passing, text);
        };
        let class = class_of(code).unwrap_or(TroubleClass::Passing);
        let text = match error.message() {
            Some(message) => shown(&format!("{code}: {message}")),
            None => shown(code),
        };
        let is_crowded = code == "LimitExceededException" && attempt.action == "logs:StartLiveTail";
        // The service says the same of both.
        let text =
            if is_crowded { format!("too many Live Tail sessions or requests ({text})") } else { text };
        let hint = match (class, code) {
            (TroubleClass::Denied, "UnknownOperationException" | "InvalidOperationException") => None,
            // It may be another than that of the operation: a key of KMS is asked for on the way.
            (TroubleClass::Denied | TroubleClass::Refused | TroubleClass::Passing, _)
                if let Some(action) = named_action(&text) =>
            {
                Some(format!("allow the IAM action `{action}`"))
            }
            (TroubleClass::Denied, _) => Some(format!("allow the IAM action `{}`", attempt.action)),
            (
                TroubleClass::Credentials,
                "InvalidSignatureException" | "SignatureDoesNotMatch" | "RequestExpired",
            ) => Some("see whether the clock of this machine is right, and the secret key".to_owned()),
            (TroubleClass::Credentials, _) => Some(renewal(&text, attempt.profile)),
            _ if is_crowded => Some(format!(
                "end other Live Tail sessions of the account in this Region ({SESSIONS} may be open at a time), or \
                 have their quota raised (L-D6990B80)"
            )),
            _ => None,
        };
        Self { class, text, hint }
    }

    /// Why there are no credentials.
    #[must_use]
    pub fn from_credentials(error: &CredentialsError, profile: Option<&str>) -> Self {
        let text = match (error, profile) {
            // All the SDK says of a profile that does not exist is that its provider was not enabled.
            (CredentialsError::CredentialsNotLoaded(_), Some(profile)) => {
                format!("there is no profile `{profile}`, or none with credentials")
            }
            (CredentialsError::CredentialsNotLoaded(_), None) => {
                "there are no credentials: not in the environment, not in a profile, not from the machine"
                    .to_owned()
            }
            _ => {
                let text = chain(error);
                let said =
                    text.split(": ").filter(|part| !part.starts_with("an error occurred while loading"));
                format!("no credentials: {}", said.collect::<Vec<_>>().join(": "))
            }
        };
        // What is wrong in the configuration stays wrong.
        let class = match error {
            CredentialsError::InvalidConfiguration(_) => TroubleClass::Refused,
            _ => TroubleClass::Credentials,
        };
        let hint = Some(match (error, profile) {
            (CredentialsError::CredentialsNotLoaded(_), Some(_)) => "aws configure list-profiles".to_owned(),
            _ => renewal(&text, profile),
        });
        Self { class, text, hint }
    }
}

/// The IAM action that the text of an error names, such as `kms:Decrypt`.
pub(in crate::edge::feed) fn named_action(text: &str) -> Option<&str> {
    let is_action = |word: &&str| {
        word.split_once(':').is_some_and(|(service, action)| {
            let is_service = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
            service.bytes().all(is_service)
                && service.starts_with(|first: char| first.is_ascii_lowercase())
                && action.starts_with(|first: char| first.is_ascii_uppercase())
                && action.bytes().all(|byte| byte.is_ascii_alphanumeric())
        })
    };
    let is_around = |character: char| !character.is_ascii_alphanumeric();
    text.split_whitespace().map(|word| word.trim_matches(is_around)).find(is_action)
}

/// What renews credentials, by what is said of them.
fn renewal(text: &str, profile: Option<&str>) -> String {
    if text.contains("external process") {
        return "run the profile's `credential_process` by itself".to_owned();
    }
    if text.contains("IMDS") || text.contains("HTTP credential provider") {
        return "see whether this instance or task has a role, or choose a profile with --profile".to_owned();
    }
    match profile {
        Some(profile) => format!("aws sso login --profile {profile}"),
        None if text.contains("SSO") => "aws sso login".to_owned(),
        None => "set new credentials in the environment, or choose a profile with --profile".to_owned(),
    }
}

/// The last of the words that [`chain`] joined.
fn last(text: &str) -> &str {
    text.rsplit(": ").next().unwrap_or(text)
}

/// The first cause of this type.
pub(in crate::edge::feed) fn find<'a, E: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a E> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref::<E>() {
            return Some(found);
        }
        next = error.source();
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_process_says_of_credentials_is_bounded() {
        let process =
            CredentialsError::provider_error(format!("external process exited: {}", "\u{1b}x ".repeat(9999)));
        let trouble = Trouble::from_credentials(&process, None);
        assert!(trouble.text.len() < 1200 && !trouble.text.contains('\u{1b}'), "{trouble:?}");
    }

    #[test]
    fn who_is_to_renew_what() {
        for (profile, text, command) in [
            (Some("dev"), "whatever", "aws sso login --profile dev"),
            (None, "the SSO token has expired", "aws sso login"),
            (Some("dev"), "external process exited", "run the profile's `credential_process` by itself"),
        ] {
            assert_eq!(renewal(text, profile), command);
        }
        let none = Trouble::from_credentials(&CredentialsError::not_loaded("no credentials in chain"), None);
        assert_eq!(none.class, TroubleClass::Credentials);
        assert!(none.text.starts_with("there are no credentials"), "{none:?}");
        assert!(none.hint.is_some_and(|hint| hint.contains("--profile")));
        let wrong = CredentialsError::invalid_configuration("profile `nope` was not defined");
        assert_eq!(Trouble::from_credentials(&wrong, Some("nope")).class, TroubleClass::Refused);
    }

    #[test]
    fn an_action_is_found_in_the_words_of_the_service() {
        for (text, action) in [
            (
                "AccessDeniedException: User: arn:aws:sts::111122223333:assumed-role/Reader/s is not authorized to \
                 perform: logs:Unmask on resource: arn:aws:logs:eu-west-1:111122223333:log-group:/dns:log-stream:",
                Some("logs:Unmask"),
            ),
            ("the key needs 'kms:Decrypt', which is denied", Some("kms:Decrypt")),
            ("AccessDeniedException: said by AccessDeniedException", None),
            ("arn:aws:kms:eu-west-1:111122223333:key/1 is disabled at 10:00", None),
            ("", None),
        ] {
            assert_eq!(named_action(text), action, "{text}");
        }
    }

    #[test]
    fn codes_that_are_not_known_may_pass() {
        assert_eq!(class_of("InternalFailure"), None);
        assert_eq!(class_of("LimitExceededException"), Some(TroubleClass::Throttled));
    }
}
