//! Where a request went.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::{
    AfterDeserializationInterceptorContextRef, BeforeTransmitInterceptorContextRef,
};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;

use super::proxies::{host, is_excepted_here};

/// Remembers which host a request went to, or was to go to: only the SDK knows what Region, partition,
/// dual-stack, FIPS and endpoint URLs result in.
#[derive(Clone, Debug, Default)]
pub(in crate::edge::feed) struct Tried(Arc<Mutex<Option<String>>>, Arc<Mutex<Option<(u16, String)>>>);

/// The most of an answer that is kept to be shown.
const MOST: usize = 4096;

impl Tried {
    /// As if a request had gone there.
    pub(in crate::edge::feed) fn at(url: &str) -> Self {
        let tried = Self::default();
        *tried.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(url.to_owned());
        tried
    }

    /// As if a request that went there had been refused with these bytes.
    pub(in crate::edge::feed) fn refused(url: &str, status: u16, body: &[u8]) -> Self {
        let tried = Self::at(url);
        let said = Some((status, words(&body[..body.len().min(MOST)])));
        *tried.1.lock().unwrap_or_else(PoisonError::into_inner) = said;
        tried
    }

    /// The status of the last answer, and what it says in words, if it was a refusal.
    pub(in crate::edge::feed) fn refusal(&self) -> Option<(u16, String)> {
        self.1.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Whether a proxy is told to leave alone what goes there.
    fn is_excepted(uri: &str) -> bool {
        is_excepted_here(uri)
    }

    /// Whether it was asked over TLS, as all services of AWS are.
    pub(in crate::edge::feed) fn is_https(&self) -> bool {
        let uri = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        uri.as_deref().is_none_or(|uri| uri.starts_with("https:"))
    }

    /// The variable of the environment that sends what goes there through a proxy, unless `NO_PROXY` excepts
    /// it: in the order in which the SDK's client looks for one.
    pub(in crate::edge::feed) fn proxy(&self) -> Option<&'static str> {
        let uri = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let own = if Self::is_excepted(uri.as_ref()?) {
            return None;
        } else if uri.as_ref()?.starts_with("https:") {
            ["HTTPS_PROXY", "https_proxy"]
        } else {
            ["HTTP_PROXY", "http_proxy"]
        };
        let is_set = |name: &&str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        own.into_iter().chain(["ALL_PROXY", "all_proxy"]).find(is_set)
    }
}

impl Intercept for Tried {
    fn name(&self) -> &'static str {
        "Tried"
    }

    fn read_before_transmit(
        &self,
        context: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let uri = context.request().uri().to_owned();
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(uri);
        Ok(())
    }

    fn read_after_deserialization(
        &self,
        context: &AfterDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let response = context.response();
        let status = response.status();
        let body = response.body().bytes().unwrap_or_default();
        let said = (!status.is_success()).then(|| (status.as_u16(), words(&body[..body.len().min(MOST)])));
        *self.1.lock().unwrap_or_else(PoisonError::into_inner) = said;
        Ok(())
    }
}

/// What the body of a refusal says: its message if it is JSON that has one, or all of it.
fn words(body: &[u8]) -> String {
    let message = serde_json::from_slice::<serde_json::Value>(body).ok().and_then(|body| {
        let message =
            ["message", "Message", "errorMessage"].into_iter().find_map(|key| body.get(key)?.as_str());
        message.map(str::to_owned)
    });
    message.unwrap_or_else(|| String::from_utf8_lossy(body).into_owned())
}

/// The host, in quotes.
impl fmt::Display for Tried {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.0.lock().unwrap_or_else(PoisonError::into_inner) {
            Some(uri) => {
                write!(f, "`{}`", host(uri))
            }
            None => f.write_str("the service"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_said_in_its_own_words() {
        for (body, said) in [
            (r#"{"message":"Unsupported service: x"}"#, "Unsupported service: x"),
            (r#"{"__type":"E","Message":"no"}"#, "no"),
            ("Unsupported service", "Unsupported service"),
            (r#"{"message":7}"#, r#"{"message":7}"#),
            ("", ""),
        ] {
            assert_eq!(words(body.as_bytes()), said);
        }
    }
}
