//! A call of EC2's Query API: signed, sent, tried again, page by page.

use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use aws_smithy_runtime_api::client::http::{HttpConnector, SharedHttpConnector};
use aws_smithy_runtime_api::http::Request;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::byte_stream::ByteStream;
use tokio::time::{sleep, timeout};

use crate::feed::live::errors::{Trouble, chain, class_of, shown};
use crate::feed::live::session::Class;
use crate::feed::live::tried::{Tried, host};
use crate::feed::xml::Element;

/// The version of the API.
const VERSION: &str = "2016-11-15";
const FORM: &str = "application/x-www-form-urlencoded; charset=utf-8";
/// The longest answer that is read, in bytes: a page of a thousand instances has some five million.
const LONGEST: usize = 32 << 20;
/// The most pages of one call.
const MOST_PAGES: usize = 200;
/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// How often a call is tried.
const TRIES: u32 = 4;

/// A call that came to nothing.
#[derive(Debug)]
pub(super) struct Failure {
    /// The action of the API.
    pub action: &'static str,
    pub trouble: Trouble,
}

/// Speaks to EC2 in one Region.
#[derive(Debug)]
pub(super) struct Query {
    endpoint: String,
    region: String,
    credentials: Credentials,
    connector: SharedHttpConnector,
}

impl Query {
    pub(super) fn new(
        endpoint: &str,
        region: String,
        credentials: Credentials,
        connector: SharedHttpConnector,
    ) -> Self {
        let endpoint = format!("{}/", endpoint.trim_end_matches('/'));
        Self { endpoint, region, credentials, connector }
    }

    /// All pages of `action` for those that every one of `filters` lets through: a name, and the values of
    /// which one must fit.
    pub(super) async fn pages(
        &self,
        action: &'static str,
        filters: &[(&str, &[&String])],
    ) -> Result<Vec<Element>, Failure> {
        let mut pages: Vec<Element> = Vec::new();
        let mut token: Option<String> = None;
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
            let page = self.call(&form.finish()).await.map_err(|trouble| Failure { action, trouble })?;
            token = page.child("nextToken").map(|token| token.text().to_owned()).filter(|it| !it.is_empty());
            pages.push(page);
            if token.is_none() {
                return Ok(pages);
            }
            if pages.len() == MOST_PAGES {
                let text = format!("{action} gave more than {MOST_PAGES} pages");
                return Err(Failure { action, trouble: Trouble::new(Class::Refused, text) });
            }
        }
    }

    /// One answer; tried again where that may help.
    async fn call(&self, body: &str) -> Result<Element, Trouble> {
        let mut tried = 0;
        loop {
            tried += 1;
            match self.attempt(body).await {
                Err(trouble)
                    if tried < TRIES && matches!(trouble.class, Class::Passing | Class::Throttled) =>
                {
                    sleep(Duration::from_millis(250 << tried)).await;
                }
                done => return done,
            }
        }
    }

    async fn attempt(&self, body: &str) -> Result<Element, Trouble> {
        let request = self.signed(body).map_err(|error| Trouble::new(Class::Refused, chain(&*error)))?;
        let answered = timeout(PATIENCE, async {
            let mut response = self.connector.call(request).await.map_err(|error| {
                if error.is_user() {
                    return Trouble::new(Class::Refused, format!("`{}`: {}", self.host(), chain(&error)));
                }
                Trouble::of_connection(&chain(&error), &Tried::at(&self.endpoint))
            })?;
            let status = response.status().as_u16();
            let mut stream = ByteStream::new(response.take_body());
            let mut bytes = Vec::new();
            while let Some(piece) = stream.next().await {
                let piece = piece.map_err(|error| {
                    Trouble::new(Class::Passing, format!("`{}`: {}", self.host(), chain(&error)))
                })?;
                if bytes.len() + piece.len() > LONGEST {
                    let text = format!("`{}` gave an answer of more than {LONGEST} bytes", self.host());
                    return Err(Trouble::new(Class::Refused, text));
                }
                bytes.extend_from_slice(&piece);
            }
            Ok((status, bytes))
        });
        let (status, bytes) = answered.await.unwrap_or_else(|_| {
            Err(Trouble::new(Class::Passing, format!("`{}` did not answer in time", self.host())))
        })?;
        let answer = std::str::from_utf8(&bytes).ok().and_then(|text| Element::parse(text).ok());
        match (status, answer) {
            (200, Some(answer)) => Ok(answer),
            (_, answer) => Err(self.refused(status, answer.as_ref())),
        }
    }

    fn signed(&self, body: &str) -> Result<Request, Box<dyn std::error::Error + Send + Sync>> {
        let identity = self.credentials.clone().into();
        let params = v4::SigningParams::builder()
            .identity(&identity)
            .region(&self.region)
            .name("ec2")
            .time(SystemTime::now())
            .settings(SigningSettings::default())
            .build()?
            .into();
        let headers = [("content-type", FORM)];
        let signable = SignableRequest::new(
            "POST",
            &self.endpoint,
            headers.into_iter(),
            SignableBody::Bytes(body.as_bytes()),
        )?;
        let (instructions, _) = sign(signable, &params)?.into_parts();
        let mut request = Request::new(SdkBody::from(body));
        request.set_method("POST")?;
        request.set_uri(self.endpoint.as_str())?;
        request.headers_mut().try_insert("content-type", FORM)?;
        for (name, value) in instructions.headers() {
            request.headers_mut().try_insert(name.to_owned(), value.to_owned())?;
        }
        Ok(request)
    }

    fn host(&self) -> &str {
        host(&self.endpoint)
    }

    /// What an answer that is none means: `Response/Errors/Error` with `Code` and `Message` (Amazon EC2 API
    /// Reference, "Error codes").
    fn refused(&self, status: u16, answer: Option<&Element>) -> Trouble {
        let error = answer.and_then(|answer| answer.child("Errors")?.child("Error"));
        let text = |name: &str| error.and_then(|error| error.child(name)).map_or("", Element::text);
        let (code, message) = (text("Code"), text("Message"));
        if code.is_empty() {
            // A proxy that answers with a page of its own, or a server in trouble.
            let class = if status == 429 || status >= 500 { Class::Passing } else { Class::Refused };
            return Trouble::new(class, format!("`{}` gave no valid answer (HTTP {status})", self.host()));
        }
        let class = match code {
            "UnauthorizedOperation" => Class::Denied,
            "AuthFailure" | "Blocked" | "PendingVerification" => Class::Credentials,
            "Unavailable" | "InternalError" | "InternalFailure" | "ServiceUnavailable" => Class::Passing,
            _ => class_of(code).unwrap_or(if status >= 500 { Class::Passing } else { Class::Refused }),
        };
        // Behind the first sentence there may be an encoded message of two kilobytes.
        let message = message.split(" Encoded authorization failure message").next().unwrap_or_default();
        Trouble::new(class, shown(&format!("{code}: {message}")))
    }
}
