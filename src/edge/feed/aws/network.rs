//! How services are reached: whose certificates are trusted, and which hosts are reached through a proxy.
//!
//! The SDK's own client reads the proxies of the environment. What it does not know and the AWS CLI does is
//! known here: `AWS_CA_BUNDLE` and `ca_bundle` (AWS SDKs and Tools Reference Guide, "General configuration
//! settings"), and hosts of `NO_PROXY` with a port or in brackets.

use std::sync::LazyLock;
use std::time::Duration;
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
use super::proxies::{is_excepted, variable};
use crate::live::trouble::Trouble;
use crate::live::trouble::TroubleClass;

/// How long a connection may take.
pub(in crate::edge::feed) const CONNECT: Duration = Duration::from_secs(5);
/// How long the beginning of an answer may take.
pub(in crate::edge::feed) const ANSWER: Duration = Duration::from_secs(15);

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
    Ok(SharedHttpClient::new(ProxyWays { proxied, straight, excepted, held: HeldAnswers::Bounded }))
}

/// Whether answers are held whole, or read piece by piece.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::edge::feed) enum HeldAnswers {
    /// They are held, so that they may not be too large.
    Bounded,
    /// Whoever reads them keeps to a bound of its own.
    Unbounded,
}

/// The same for requests that are sent without a client of the SDK.
///
/// # Errors
/// As for [`client`].
pub(in crate::edge::feed) fn connector(
    bundle: Option<&str>,
    held: HeldAnswers,
) -> Result<SharedHttpConnector, Trouble> {
    let tls = tls(bundle)?;
    let mut settings = HttpConnectorSettings::builder();
    if held == HeldAnswers::Bounded {
        settings = settings.connect_timeout(CONNECT).read_timeout(ANSWER);
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
    Ok(SharedHttpConnector::new(ProxyWays { proxied, straight, excepted, held }))
}

fn tls(bundle: Option<&str>) -> Result<TlsContext, Trouble> {
    let mut trust = TrustStore::default();
    if let Some(path) = bundle {
        let what = |why: &str| Trouble {
            hint: Some(
                "AWS_CA_BUNDLE, or ca_bundle of the profile, names a file of certificates in PEM".to_owned(),
            ),
            ..Trouble::new(TroubleClass::Refused, format!("cannot read certificates from `{path}`: {why}"))
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
        .map_err(|error| Trouble::new(TroubleClass::Refused, crate::edge::diagnosis::chain(&error)))
}

/// Reaches hosts through the proxies of the environment, or straight.
#[derive(Debug)]
struct ProxyWays<W> {
    proxied: W,
    straight: W,
    /// `NO_PROXY`.
    excepted: String,
    held: HeldAnswers,
}

impl HttpClient for ProxyWays<SharedHttpClient> {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        let late = |client: &SharedHttpClient| {
            let (client, settings, components) = (client.clone(), settings.clone(), components.clone());
            Late::new(move || client.http_connector(&settings, &components))
        };
        SharedHttpConnector::new(ProxyWays {
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

impl HttpConnector for ProxyWays<Late> {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let way = if is_excepted(&self.excepted, request.uri()) { &self.straight } else { &self.proxied };
        let answer = way.0.call(request);
        match self.held {
            HeldAnswers::Bounded => HttpConnectorFuture::new(async move { answer.await.map(bounded) }),
            HeldAnswers::Unbounded => answer,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bundle_without_a_certificate_is_said() {
        let folder = crate::edge::feed::inputs::tests::folder("bundle");
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
