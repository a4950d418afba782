//! How services are reached: whose certificates are trusted, and which hosts are reached through a proxy.
//!
//! The SDK's own client reads the proxies of the environment. What it does not know and the AWS CLI does is
//! known here: `AWS_CA_BUNDLE` and `ca_bundle` (AWS SDKs and Tools Reference Guide, "General configuration
//! settings"), and hosts of `NO_PROXY` with a port or in brackets.

use std::sync::LazyLock;
use std::{fmt, fs};

use aws_smithy_async::rt::sleep::TokioSleep;
use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore, rustls_provider::CryptoMode};
use aws_smithy_http_client::{Builder, Connector};
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

use super::bound::bounded;
use super::client::Limits;
use super::errors::Trouble;
use super::session::Class;

/// What a variable of the environment says, by the first of its names that has one.
fn variable(names: &[&str]) -> Option<String> {
    names.iter().find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()))
}

/// A client that trusts what the system trusts, or the certificates in the file `bundle` in their place.
///
/// # Errors
/// If that file cannot be read, or has no certificate.
pub(super) fn client(bundle: Option<&str>) -> Result<SharedHttpClient, Trouble> {
    let tls = tls(bundle)?;
    let via = |proxies: fn() -> ProxyConfig| {
        let tls = tls.clone();
        Builder::new().build_with_connector_fn(move |settings, components| {
            let mut builder = Connector::builder().proxy_config(proxies());
            if let Some(settings) = settings {
                builder = builder.connector_settings(settings.clone());
            }
            builder.set_sleep_impl(components.and_then(RuntimeComponents::sleep_impl));
            builder.tls_provider(Provider::Rustls(CryptoMode::AwsLc)).tls_context(tls.clone()).build()
        })
    };
    let excepted = variable(&["NO_PROXY", "no_proxy"]).unwrap_or_default();
    let (proxied, straight) = (via(ProxyConfig::from_env), via(ProxyConfig::disabled));
    Ok(SharedHttpClient::new(Ways { proxied, straight, excepted, held: Held::Bounded }))
}

/// Whether answers are held whole, or read piece by piece.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::feed) enum Held {
    /// They are held, so that they may not be too large.
    Bounded,
    /// Whoever reads them keeps to a bound of its own.
    Unbounded,
}

/// The same for requests that are sent without a client of the SDK.
///
/// # Errors
/// As for [`client`].
pub(in crate::feed) fn connector(bundle: Option<&str>, held: Held) -> Result<SharedHttpConnector, Trouble> {
    let tls = tls(bundle)?;
    let Limits { connect, answer, .. } = Limits::default();
    let mut settings = HttpConnectorSettings::builder();
    if held == Held::Bounded {
        settings = settings.connect_timeout(connect).read_timeout(answer);
    }
    let settings = settings.build();
    let via = |proxies: fn() -> ProxyConfig| {
        let (settings, tls) = (settings.clone(), tls.clone());
        Late::new(move || {
            let builder = Connector::builder()
                .proxy_config(proxies())
                .connector_settings(settings)
                .sleep_impl(TokioSleep::new());
            let builder = builder.tls_provider(Provider::Rustls(CryptoMode::AwsLc));
            SharedHttpConnector::new(builder.tls_context(tls).build())
        })
    };
    let excepted = variable(&["NO_PROXY", "no_proxy"]).unwrap_or_default();
    let (proxied, straight) = (via(ProxyConfig::from_env), via(ProxyConfig::disabled));
    Ok(SharedHttpConnector::new(Ways { proxied, straight, excepted, held }))
}

fn tls(bundle: Option<&str>) -> Result<TlsContext, Trouble> {
    let mut trust = TrustStore::default();
    if let Some(path) = bundle {
        let what = |why: &str| Trouble {
            hint: Some(
                "AWS_CA_BUNDLE, or ca_bundle of the profile, names a file of certificates in PEM".to_owned(),
            ),
            ..Trouble::new(Class::Refused, format!("cannot read certificates from `{path}`: {why}"))
        };
        let bytes = fs::read(path).map_err(|error| what(&error.to_string()))?;
        trust = TrustStore::empty();
        let mut count = 0;
        // What is no certificate of an authority would end the program later.
        let usable = CertificateDer::pem_slice_iter(&bytes)
            .filter_map(Result::ok)
            .filter(|certificate| RootCertStore::empty().add(certificate.clone()).is_ok());
        for certificate in usable {
            use base64::Engine as _;
            let text = base64::prelude::BASE64_STANDARD.encode(&certificate);
            let pem = format!("-----BEGIN CERTIFICATE-----\n{text}\n-----END CERTIFICATE-----\n");
            trust.add_pem_certificate(pem);
            count += 1;
        }
        if count == 0 {
            return Err(what("there is none in it"));
        }
    }
    TlsContext::builder()
        .with_trust_store(trust)
        .build()
        .map_err(|error| Trouble::new(Class::Refused, super::errors::chain(&error)))
}

/// Reaches hosts through the proxies of the environment, or straight.
#[derive(Debug)]
struct Ways<W> {
    proxied: W,
    straight: W,
    /// `NO_PROXY`.
    excepted: String,
    held: Held,
}

impl HttpClient for Ways<SharedHttpClient> {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        let late = |client: &SharedHttpClient| {
            let (client, settings, components) = (client.clone(), settings.clone(), components.clone());
            Late::new(move || client.http_connector(&settings, &components))
        };
        SharedHttpConnector::new(Ways {
            proxied: late(&self.proxied),
            straight: late(&self.straight),
            excepted: self.excepted.clone(),
            held: self.held,
        })
    }
}

/// A connector that is made when it is first used. Making one reads all certificates of the system; the SDK
/// asks for some that it never uses, and most requests need only one of the two ways.
struct Late(LazyLock<SharedHttpConnector, Box<dyn FnOnce() -> SharedHttpConnector + Send>>);

impl Late {
    fn new(make: impl FnOnce() -> SharedHttpConnector + Send + 'static) -> Self {
        Self(LazyLock::new(Box::new(make)))
    }
}

impl fmt::Debug for Late {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Late").finish_non_exhaustive()
    }
}

impl HttpConnector for Ways<Late> {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let way = if is_excepted(&self.excepted, request.uri()) { &self.straight } else { &self.proxied };
        let answer = way.0.call(request);
        match self.held {
            Held::Bounded => HttpConnectorFuture::new(async move { answer.await.map(bounded) }),
            Held::Unbounded => answer,
        }
    }
}

/// Whether `NO_PROXY` has the host of a URL in a way that the SDK's client does not know: with its port, or
/// an IPv6 address in brackets.
fn is_excepted(excepted: &str, url: &str) -> bool {
    let host = super::tried::host(url);
    let port = if url.starts_with("https:") { "443" } else { "80" };
    let (name, port) = match host.rsplit_once(':') {
        Some((name, port)) if !port.contains(']') => (name, port),
        _ => (host, port),
    };
    excepted.split([',', ' ']).map(str::trim).any(|rule| {
        let (rule, only) = match rule.rsplit_once(':') {
            // Without brackets, all of it is an address.
            Some((rule, only)) if !only.contains(']') && (rule.ends_with(']') || !rule.contains(':')) => {
                (rule, Some(only))
            }
            _ => (rule, None),
        };
        let is_within = |rule: &str| {
            let domain = rule.trim_start_matches("*.").trim_start_matches('.');
            let front = name.len().checked_sub(domain.len()).and_then(|at| name.split_at_checked(at));
            !domain.is_empty()
                && front.is_some_and(|(front, end)| {
                    end.eq_ignore_ascii_case(domain) && (front.is_empty() || front.ends_with('.'))
                })
        };
        match only {
            Some(only) => only == port && is_within(rule),
            None => rule.starts_with('[') && name.eq_ignore_ascii_case(rule),
        }
    })
}

/// Whether `NO_PROXY` of the environment has the host of a URL, with its port or in brackets.
pub(super) fn is_excepted_here(url: &str) -> bool {
    is_excepted(&variable(&["NO_PROXY", "no_proxy"]).unwrap_or_default(), url)
}

/// The variable of the environment, if one is in force for a URL that names a proxy nobody here can speak to.
pub(super) fn foreign_proxy(https: bool) -> Option<&'static str> {
    let own = if https { ["HTTPS_PROXY", "https_proxy"] } else { ["HTTP_PROXY", "http_proxy"] };
    let mut names = own.into_iter().chain(["ALL_PROXY", "all_proxy"]);
    let name = names.find(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()))?;
    let value = std::env::var(name).unwrap_or_default().to_ascii_lowercase();
    value.starts_with("socks").then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_excepted_with_their_ports_and_in_brackets() {
        for (rules, url, is) in [
            ("127.0.0.1:8080", "http://127.0.0.1:8080/", true),
            ("127.0.0.1:8080", "http://127.0.0.1:8081/", false),
            ("[::1]", "http://[::1]:8080/x", true),
            ("[::1]:8080", "http://[::1]:8080/x", true),
            ("[::1]:8081", "http://[::1]:8080/x", false),
            ("other, HOST.example:443", "https://logs.host.example/", true),
            ("host.example:443", "https://ghost.example/", false),
            (".host.example:80", "http://me:secret@a.host.example", true),
            ("*.host.example:80", "http://a.host.example:80", true),
            (":443,*", "https://a.example/", false),
            // What the client knows itself is left to it.
            ("host.example,::1", "http://host.example/", false),
            ("", "http://host.example/", false),
        ] {
            assert_eq!(is_excepted(rules, url), is, "{rules} {url}");
        }
    }

    #[test]
    fn a_bundle_without_a_certificate_is_said() {
        let folder = crate::feed::inputs::tests::folder("bundle");
        let path = folder.join("bundle.pem");
        let none = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        for bytes in [&b""[..], b"\xff\0 no PEM", none.as_bytes()] {
            fs::write(&path, bytes).unwrap();
            let trouble = client(path.to_str()).unwrap_err();
            assert!(trouble.text.ends_with("bundle.pem`: there is none in it"), "{trouble:?}");
        }
        let missing = client(Some("/nowhere/x.pem")).unwrap_err();
        assert!(missing.text.starts_with("cannot read certificates from `/nowhere/x.pem`: "), "{missing:?}");
        fs::remove_dir_all(folder).unwrap();
    }
}
