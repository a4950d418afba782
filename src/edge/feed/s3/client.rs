//! A request to a bucket: signed, sent, sent elsewhere if the bucket is in another Region, tried again.

use std::cell::{Cell, RefCell};
use std::error::Error;
use std::rc::Rc;
use std::time::Duration;

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{
    PayloadChecksumKind, PercentEncodingMode, SignableBody, SignableRequest, SigningSettings,
    UriPathNormalizationMode, sign,
};
use aws_sigv4::sign::v4;
use aws_smithy_runtime_api::client::http::{HttpConnector, SharedHttpConnector};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::http::Request;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::byte_stream::ByteStream;
use tokio::time::{sleep, timeout};

use super::address::{S3Endpoint, named_region};
use super::failure::S3Failure;
use super::identity::S3Identity;
use super::page::{ListPage, NoPage};
use crate::edge::diagnosis::chain;
use crate::edge::feed::aws::access::{self, Reached, endpoint, setting};
use crate::edge::feed::aws::network::{HeldAnswers, connector};
use crate::edge::feed::aws::proxies::host;
use crate::edge::feed::aws::signing_time::SigningTime;
use crate::edge::feed::aws::tried::Tried;
use crate::edge::feed::xml::Element;
use crate::live::trouble::Trouble;
use crate::live::trouble::TroubleClass;

/// How long an answer, or the next bytes of one, may take.
pub(super) const PATIENCE: Duration = Duration::from_secs(30);
/// How often a request is tried; and before anything was answered at all.
const TRIES: u32 = 9;
const FIRST_TRIES: u32 = 4;
/// The longest list, or refusal, that is read, in bytes. A page of a thousand keys of 1,024 bytes, each byte
/// encoded as three, has some four million.
const LONGEST: usize = 8 << 20;
/// Where buckets are asked for if no Region is configured: its answer says where they are.
const NO_REGION: &str = "us-east-1";

/// What requests have in common: whoever asks, and how S3 is reached.
#[derive(Debug)]
pub(super) struct S3Service {
    endpoint: S3Endpoint,
    /// The Region that is configured.
    region: String,
    identity: S3Identity,
    connector: SharedHttpConnector,
    requester_pays: bool,
    time: SigningTime,
    /// Requests that were answered so far.
    answered: Cell<u64>,
}

impl S3Service {
    /// Finds configuration and credentials.
    ///
    /// # Errors
    /// If there are no credentials, or if an endpoint is configured that is none.
    pub(super) async fn find(of: &super::S3Access) -> Result<Self, Trouble> {
        let asked = access::Access { profile: of.profile.clone(), region: None };
        let Reached { config, profile, .. } = asked.find_in(Some(NO_REGION)).await?;
        let bundle = setting(&config, "S3", "AWS_CA_BUNDLE", "ca_bundle");
        let connector = connector(bundle.as_deref(), HeldAnswers::Unbounded)?;
        let provider = config.credentials_provider().ok_or_else(|| {
            Trouble::new(TroubleClass::Credentials, "there is nowhere to look for credentials")
        })?;
        let endpoint = match endpoint(&config, "S3") {
            Some(url) => S3Endpoint::Configured(url),
            None => S3Endpoint::Aws {
                fips: config.use_fips().unwrap_or(false),
                dual_stack: config.use_dual_stack().unwrap_or(false),
            },
        };
        Ok(Self {
            endpoint,
            region: config.region().map_or_else(|| NO_REGION.to_owned(), ToString::to_string),
            identity: S3Identity::new(provider, profile),
            connector,
            requester_pays: of.requester_pays,
            time: SigningTime::default(),
            answered: Cell::new(0),
        })
    }

    /// Requests that were answered so far.
    pub(super) fn answered(&self) -> u64 {
        self.answered.get()
    }
}

/// Speaks to one bucket.
#[derive(Debug)]
pub(super) struct BucketClient {
    service: Rc<S3Service>,
    bucket: String,
    /// The Region that the bucket is in, as far as is known.
    region: RefCell<String>,
    /// Whether somebody wants to know the versions of objects.
    pub(super) with_versions: bool,
}

/// What is asked of a bucket.
#[derive(Clone, Copy, Debug)]
pub(super) struct BucketRequest<'a> {
    /// The key; empty for the bucket itself.
    pub(super) key: &'a str,
    pub(super) query: &'a [(&'a str, &'a str)],
    pub(super) headers: &'a [(&'static str, &'a str)],
    /// The IAM action that it needs.
    pub(super) action: &'static str,
}

impl BucketClient {
    pub(super) fn new(service: Rc<S3Service>, bucket: String) -> Self {
        let region = RefCell::new(service.region.clone());
        Self { service, bucket, region, with_versions: false }
    }

    /// Whoever asks.
    pub(super) fn service(&self) -> &S3Service {
        &self.service
    }

    /// An answer that is none of the refusals, its body still to be read; tried again where that may help.
    ///
    /// # Errors
    /// If there is none.
    pub(super) async fn ask(&self, ask: BucketRequest<'_>) -> Result<HttpResponse, S3Failure> {
        let (mut tried, mut moved, mut refused, mut late) = (0, false, None, false);
        loop {
            tried += 1;
            let credentials = self.service.identity.credentials(refused.as_ref()).await?;
            let ahead = self.service.time.ahead();
            let failure = match self.attempt(ask, &credentials).await {
                Ok(response) => return Ok(response),
                Err(failure) => failure,
            };
            let class = failure.trouble.class;
            let elsewhere = failure.region.as_deref().and_then(named_region);
            if let Some(region) = elsewhere.filter(|region| !moved && *region != *self.region.borrow()) {
                // Only a name is taken from the answer: credentials go nowhere else.
                (*self.region.borrow_mut(), moved) = (region, true);
                continue;
            }
            if class == TroubleClass::Credentials && !late && self.service.time.explains(ahead) {
                late = true;
                continue;
            }
            if class == TroubleClass::Credentials
                && refused.is_none()
                && failure.code != "RequestTimeTooSkewed"
            {
                // They may have been renewed meanwhile, by somebody else.
                refused = Some(credentials);
                continue;
            }
            let reached = self.service.answered() > 0;
            let passes = matches!(class, TroubleClass::Passing | TroubleClass::Throttled)
                || class == TroubleClass::Unreachable && reached;
            if !passes || tried >= if reached { TRIES } else { FIRST_TRIES } {
                return Err(failure);
            }
            pause(tried).await;
        }
    }

    /// A page of a list of what begins with `prefix`.
    ///
    /// # Errors
    /// If there is none.
    pub(super) async fn page(&self, ask: BucketRequest<'_>, prefix: &str) -> Result<ListPage, S3Failure> {
        let mut tried = 0;
        loop {
            tried += 1;
            let mut response = self.ask(ask).await?;
            let page = self.read(&mut response).await.and_then(|bytes| {
                let text = std::str::from_utf8(&bytes).map_err(|error| NoPage::Document(error.to_string()));
                let page =
                    text.and_then(|text| ListPage::parse(text, &self.bucket, prefix, self.with_versions));
                page.map_err(|error| match error {
                    NoPage::Document(error) => {
                        let text = format!("`{}` gave no valid answer: {error}", self.host());
                        S3Failure::new(TroubleClass::Passing, text)
                    }
                    NoPage::Other(failure) => failure,
                })
            });
            match page {
                Err(failure) if failure.trouble.class == TroubleClass::Passing && tried < FIRST_TRIES => {
                    pause(tried).await;
                }
                done => return done,
            }
        }
    }

    async fn attempt(
        &self,
        ask: BucketRequest<'_>,
        credentials: &Credentials,
    ) -> Result<HttpResponse, S3Failure> {
        let region = self.region.borrow().clone();
        let url = self.service.endpoint.url(&self.bucket, &region, ask.key, ask.query);
        let request = self.signed(&url, &region, ask, credentials);
        let request = request.map_err(|error| S3Failure::new(TroubleClass::Refused, chain(&*error)))?;
        let answer = timeout(PATIENCE, self.service.connector.call(request)).await;
        let answer = answer.map_err(|_| {
            S3Failure::new(TroubleClass::Passing, format!("`{}` did not answer in time", host(&url)))
        })?;
        let mut response = answer.map_err(|error| {
            if error.is_user() {
                return S3Failure::new(TroubleClass::Refused, format!("`{}`: {}", host(&url), chain(&error)));
            }
            S3Failure::from(Trouble::from_connection(&chain(&error), &Tried::at(&url)))
        })?;
        self.service.time.learn(response.headers().get("date"));
        let status = response.status().as_u16();
        if matches!(status, 200 | 206) {
            self.service.answered.set(self.service.answered() + 1);
            return Ok(response);
        }
        // Where the bucket is instead (Amazon S3 API Reference, "`HeadBucket`").
        let region = response.headers().get("x-amz-bucket-region").map(str::to_owned);
        let bytes = self.read(&mut response).await.unwrap_or_default();
        let answer = std::str::from_utf8(&bytes).ok().and_then(|text| Element::parse(text).ok());
        let mut failure = S3Failure::from_answer(status, answer.as_ref(), ask.action, host(&url));
        failure.region = region.or(failure.region);
        Err(failure)
    }

    /// All of a body that is not long.
    async fn read(&self, response: &mut HttpResponse) -> Result<Vec<u8>, S3Failure> {
        let passing =
            |why: String| S3Failure::new(TroubleClass::Passing, format!("`{}`: {why}", self.host()));
        let length: Option<usize> =
            response.headers().get("content-length").and_then(|text| text.trim().parse().ok());
        let mut stream = ByteStream::new(response.take_body());
        let mut bytes = Vec::with_capacity(length.unwrap_or(0).min(LONGEST));
        loop {
            let next = timeout(PATIENCE, stream.next()).await;
            match next.map_err(|_| passing("its answer did not end in time".to_owned()))? {
                None => return Ok(bytes),
                Some(Ok(piece)) if bytes.len() + piece.len() <= LONGEST => bytes.extend_from_slice(&piece),
                Some(Ok(_)) => {
                    let text = format!("`{}` gave an answer of more than {LONGEST} bytes", self.host());
                    return Err(S3Failure::new(TroubleClass::Refused, text));
                }
                Some(Err(error)) => return Err(passing(chain(&error))),
            }
        }
    }

    /// A request as Signature Version 4 has it for S3: paths are encoded once and stay as they are, and the
    /// hash of the empty body is a header (Amazon S3 API Reference, "Authenticating Requests: Using the
    /// Authorization Header").
    fn signed(
        &self,
        url: &str,
        region: &str,
        ask: BucketRequest<'_>,
        credentials: &Credentials,
    ) -> Result<Request, Box<dyn Error + Send + Sync>> {
        let mut settings = SigningSettings::default();
        settings.percent_encoding_mode = PercentEncodingMode::Single;
        settings.uri_path_normalization_mode = UriPathNormalizationMode::Disabled;
        settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
        let identity = credentials.clone().into();
        let params = v4::SigningParams::builder()
            .identity(&identity)
            .region(region)
            .name("s3")
            .time(self.service.time.now())
            .settings(settings)
            .build()?
            .into();
        let mut headers = ask.headers.to_vec();
        if self.service.requester_pays {
            headers.push(("x-amz-request-payer", "requester"));
        }
        let signable = SignableRequest::new("GET", url, headers.iter().copied(), SignableBody::Bytes(b""))?;
        let (instructions, _) = sign(signable, &params)?.into_parts();
        let mut request = Request::new(SdkBody::empty());
        request.set_method("GET")?;
        request.set_uri(url)?;
        for (name, value) in headers {
            request.headers_mut().try_insert(name, value.to_owned())?;
        }
        for (name, value) in instructions.headers() {
            request.headers_mut().try_insert(name.to_owned(), value.to_owned())?;
        }
        Ok(request)
    }

    /// The host that is asked, for people.
    fn host(&self) -> String {
        let url = self.service.endpoint.url(&self.bucket, &self.region.borrow(), "", &[]);
        host(&url).to_owned()
    }
}

/// Waits before the next try: twice as long each time, up to eight seconds, give or take a part that differs
/// from request to request, so that those that failed together do not come together again.
pub(super) async fn pause(tried: u32) {
    let whole = (50_u64 << tried.min(8)).min(8000);
    let part = getrandom::u32().map_or(0, |random| u64::from(random) % (whole / 2 + 1));
    sleep(Duration::from_millis(whole - part)).await;
}

/// The first byte of a part: `bytes 5-9/10` (RFC 9110 section 14.4).
pub(super) fn first_of(range: &str) -> Option<u64> {
    range.trim().strip_prefix("bytes ")?.split_once('-')?.0.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_a_part_begins() {
        for (text, first) in [
            ("bytes 5-9/10", Some(5)),
            (" bytes 0-0/*", Some(0)),
            ("bytes */10", None),
            ("5-9/10", None),
            ("bytes x-9/10", None),
            ("", None),
        ] {
            assert_eq!(first_of(text), first, "{text}");
        }
    }
}
