//! Services that are asked without a crate of the SDK: requests signed with the SDK's own signer, sent
//! through its HTTP client, and tried again where that may help.
//!
//! A crate of the SDK has all operations of a service, each with types of its own. Where a few of them are
//! wanted it takes longer to build than what asks for them.

use std::time::Duration;

use aws_credential_types::Credentials;
use aws_credential_types::provider::ProvideCredentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use aws_smithy_runtime_api::client::http::{HttpConnector, SharedHttpConnector};
use aws_smithy_runtime_api::http::Request;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::byte_stream::ByteStream;
use tokio::time::{sleep, timeout};

use super::access::{Reached, endpoint, setting};
use super::network::{HeldAnswers, connector};
use super::proxies::host;
use super::signing_time::SigningTime;
use super::tried::Tried;
use crate::edge::diagnosis::chain;
use crate::live::trouble::Trouble;
use crate::live::trouble::TroubleClass;

pub(in crate::edge::feed) mod json;
pub(in crate::edge::feed) mod list;

/// The longest answer that is read, in bytes: a page of a thousand instances has some five million.
const LONGEST: usize = 32 << 20;
/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// How often a call is tried.
const TRIES: u32 = 4;

/// A service in one Region.
#[derive(Debug)]
pub(in crate::edge::feed) struct SignedService {
    /// As the signature names it, `ec2`.
    name: &'static str,
    endpoint: String,
    region: String,
    credentials: Credentials,
    connector: SharedHttpConnector,
    time: SigningTime,
}

/// What a service answered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::edge::feed) struct ApiAnswer {
    /// The status of HTTP.
    pub(in crate::edge::feed) status: u16,
    /// The code of an error, where a header has it (`x-amzn-errortype`).
    pub(in crate::edge::feed) error: Option<String>,
    pub(in crate::edge::feed) body: Vec<u8>,
}

impl SignedService {
    /// The service `name` as `found` reaches it; `id` is its name in a `services` section.
    pub(in crate::edge::feed) async fn new(
        found: &Reached,
        name: &'static str,
        id: &str,
        region: &str,
    ) -> Result<Self, Trouble> {
        let Reached { config, profile, .. } = found;
        let bundle = setting(config, id, "AWS_CA_BUNDLE", "ca_bundle");
        let connector = connector(bundle.as_deref(), HeldAnswers::Bounded)?;
        let provider = config.credentials_provider().ok_or_else(|| {
            Trouble::new(TroubleClass::Credentials, "there is nowhere to look for credentials")
        })?;
        let credentials = provider.provide_credentials().await;
        let credentials =
            credentials.map_err(|error| Trouble::from_credentials(&error, profile.as_deref()))?;
        let url = endpoint(config, id).unwrap_or_else(|| {
            let (fips, dual) = (config.use_fips().unwrap_or(false), config.use_dual_stack().unwrap_or(false));
            crate::knowledge::catalog::api_url(name, region, fips, dual)
        });
        Ok(Self::at(name, &url, region.to_owned(), credentials, connector))
    }

    fn at(
        name: &'static str,
        url: &str,
        region: String,
        credentials: Credentials,
        connector: SharedHttpConnector,
    ) -> Self {
        let endpoint = format!("{}/", url.trim_end_matches('/'));
        Self { name, endpoint, region, credentials, connector, time: SigningTime::default() }
    }

    /// Where it is asked.
    pub(in crate::edge::feed) fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// The host of its endpoint, with its port.
    pub(in crate::edge::feed) fn host(&self) -> &str {
        host(&self.endpoint)
    }

    /// Sends `body` with `headers`, and has `read` make something of the answer. Tried again where what is
    /// wrong may pass, and once where it was signed for a time that is not the service's.
    pub(in crate::edge::feed) async fn post<T>(
        &self,
        headers: &[(&'static str, &'static str)],
        body: &str,
        read: impl Fn(&ApiAnswer) -> Result<T, Trouble>,
    ) -> Result<T, Trouble> {
        let mut tried = 0;
        loop {
            tried += 1;
            let ahead = self.time.ahead();
            let done = self.send(headers, body).await.and_then(|answer| read(&answer));
            let Err(trouble) = done else { return done };
            match trouble.class {
                TroubleClass::Passing | TroubleClass::Throttled if tried < TRIES => {
                    sleep(Duration::from_millis(250 << tried)).await;
                }
                TroubleClass::Credentials if tried < TRIES && self.time.explains(ahead) => {}
                _ => return Err(trouble),
            }
        }
    }

    async fn send(&self, headers: &[(&'static str, &'static str)], body: &str) -> Result<ApiAnswer, Trouble> {
        let request = self.signed(headers, body);
        let request = request.map_err(|error| Trouble::new(TroubleClass::Refused, chain(&*error)))?;
        let late =
            || Trouble::new(TroubleClass::Passing, format!("`{}` did not answer in time", self.host()));
        let answered = timeout(PATIENCE, async {
            let mut response = self.connector.call(request).await.map_err(|error| {
                if error.is_timeout() {
                    return late();
                }
                if error.is_user() {
                    return Trouble::new(
                        TroubleClass::Refused,
                        format!("`{}`: {}", self.host(), chain(&error)),
                    );
                }
                Trouble::from_connection(&chain(&error), &Tried::at(&self.endpoint))
            })?;
            self.time.learn(response.headers().get("date"));
            let mut answer = ApiAnswer {
                status: response.status().as_u16(),
                error: response.headers().get("x-amzn-errortype").map(str::to_owned),
                body: Vec::new(),
            };
            let mut stream = ByteStream::new(response.take_body());
            while let Some(piece) = stream.next().await {
                let piece = piece.map_err(|error| {
                    Trouble::new(TroubleClass::Passing, format!("`{}`: {}", self.host(), chain(&error)))
                })?;
                if answer.body.len() + piece.len() > LONGEST {
                    let text = format!("`{}` gave an answer of more than {LONGEST} bytes", self.host());
                    return Err(Trouble::new(TroubleClass::Refused, text));
                }
                answer.body.extend_from_slice(&piece);
            }
            Ok(answer)
        });
        answered.await.unwrap_or_else(|_| Err(late()))
    }

    fn signed(
        &self,
        headers: &[(&'static str, &'static str)],
        body: &str,
    ) -> Result<Request, Box<dyn std::error::Error + Send + Sync>> {
        let identity = self.credentials.clone().into();
        let params = v4::SigningParams::builder()
            .identity(&identity)
            .region(&self.region)
            .name(self.name)
            .time(self.time.now())
            .settings(SigningSettings::default())
            .build()?
            .into();
        let signable = SignableRequest::new(
            "POST",
            &self.endpoint,
            headers.iter().copied(),
            SignableBody::Bytes(body.as_bytes()),
        )?;
        let (instructions, _) = sign(signable, &params)?.into_parts();
        let mut request = Request::new(SdkBody::from(body));
        request.set_method("POST")?;
        request.set_uri(self.endpoint.as_str())?;
        for (name, value) in headers {
            request.headers_mut().try_insert(*name, *value)?;
        }
        for (name, value) in instructions.headers() {
            request.headers_mut().try_insert(name.to_owned(), value.to_owned())?;
        }
        Ok(request)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use aws_smithy_runtime_api::client::http::HttpConnectorFuture;
    use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
    use aws_smithy_runtime_api::http::StatusCode;

    use super::*;

    /// Refuses what is not signed for its own day, which is one of 1994.
    #[derive(Clone, Debug, Default)]
    struct Elsewhen(Arc<Mutex<Vec<String>>>);

    impl HttpConnector for Elsewhen {
        fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
            let date = request.headers().get("x-amz-date").unwrap_or_default().to_owned();
            let is_right = date.starts_with("19941106T");
            self.0.lock().unwrap().push(date);
            let status = StatusCode::try_from(if is_right { 200 } else { 403 }).unwrap();
            let mut response = HttpResponse::new(status, SdkBody::from("x"));
            response.headers_mut().insert("date", "Sun, 06 Nov 1994 08:49:37 GMT");
            HttpConnectorFuture::ready(Ok(response))
        }
    }

    fn service(elsewhen: &Elsewhen) -> SignedService {
        let credentials = Credentials::new("AKIDEXAMPLE", "secret", None, None, "test");
        let connector = SharedHttpConnector::new(elsewhen.clone());
        SignedService::at("ec2", "http://127.0.0.1:1", "us-east-1".to_owned(), credentials, connector)
    }

    fn read(answer: &ApiAnswer) -> Result<u16, Trouble> {
        match answer.status {
            200 => Ok(200),
            _ => Err(Trouble::new(TroubleClass::Credentials, "SignatureDoesNotMatch")),
        }
    }

    #[tokio::test]
    async fn a_wrong_clock_costs_one_more_request() {
        let elsewhen = Elsewhen::default();
        let service = service(&elsewhen);
        assert_eq!(service.post(&[], "x", read).await, Ok(200));
        assert_eq!(elsewhen.0.lock().unwrap().len(), 2);
        // From then on it is known.
        assert_eq!(service.post(&[], "x", read).await, Ok(200));
        assert_eq!(elsewhen.0.lock().unwrap().len(), 3);
    }

    #[tokio::test]
    async fn keys_that_are_refused_are_not_tried_again() {
        let elsewhen = Elsewhen::default();
        let refuse = |_: &ApiAnswer| Err::<(), _>(Trouble::new(TroubleClass::Credentials, "no"));
        let service = service(&elsewhen);
        assert!(service.post(&[], "x", refuse).await.is_err());
        assert_eq!(elsewhen.0.lock().unwrap().len(), 2, "once more with the service's time, and no more");
    }
}
