//! As whom and where the services are asked: configuration and credentials, found as the AWS SDK finds them.

use aws_config::profile::ProfileFileCredentialsProvider;
use aws_config::provider_config::ProviderConfig;
use aws_config::{BehaviorVersion, SdkConfig};
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider};
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::endpoint::EndpointPrefix;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::BeforeSerializationInterceptorContextMut;
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::config_bag::ConfigBag;
use aws_types::service_config::ServiceConfigKey;

use super::network;
use super::proxies::host;
use crate::live::trouble::Trouble;
use crate::live::trouble::TroubleClass;

/// As whom, and where.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Access {
    /// The profile that was asked for. Its credentials are used whatever the environment holds.
    pub profile: Option<String>,
    /// The Region that was asked for.
    pub region: Option<String>,
}

/// What was found for an [`Access`].
#[derive(Debug)]
pub(in crate::edge::feed) struct Reached {
    pub(in crate::edge::feed) config: SdkConfig,
    /// The profile in use, if one has a name.
    pub(in crate::edge::feed) profile: Option<String>,
    /// Whether the SDK may put `stream-` before a host.
    pub(in crate::edge::feed) prefixed: bool,
}

impl Access {
    /// Finds configuration and credentials, and sees that there are any.
    ///
    /// # Errors
    /// If there is no Region, no such profile, or no credentials.
    pub(in crate::edge::feed) async fn find(&self) -> Result<Reached, Trouble> {
        self.find_in(None).await
    }

    /// The same; where no Region is configured, in the Region `otherwise`.
    ///
    /// # Errors
    /// As for [`Access::find`].
    pub(in crate::edge::feed) async fn find_in(
        &self,
        otherwise: Option<&'static str>,
    ) -> Result<Reached, Trouble> {
        let loader = |fallback: Option<&'static str>| {
            let mut loader = aws_config::defaults(BehaviorVersion::latest());
            if let Some(profile) = &self.profile {
                loader = loader.profile_name(profile).no_credentials();
            }
            if let Some(region) = &self.region {
                loader = loader.region(aws_config::Region::new(region.clone()));
            } else if let Some(region) = fallback {
                loader = loader.region(aws_config::Region::from_static(region));
            }
            loader
        };
        // Who gives credentials is looked for once, below.
        let mut config = loader(None).no_credentials().load().await;
        let fallback = otherwise.filter(|_| config.region().is_none());
        see_endpoints(&config)?;
        let bundle = setting(&config, "CloudWatch_Logs", "AWS_CA_BUNDLE", "ca_bundle");
        // With the client from the beginning, who gives credentials is reached in the same way.
        let client = network::client(bundle.as_deref())?;
        config = loader(fallback).http_client(client).load().await;
        if let Some(profile) = &self.profile {
            // With the name alone, credentials in the environment would come first, and a profile that does
            // not exist would be no error. A role is assumed where the rest is asked.
            let mut where_asked = ProviderConfig::without_region();
            if let Some(client) = config.http_client() {
                where_asked = where_asked.with_http_client(client);
            }
            let where_asked = where_asked
                .with_region(config.region().cloned())
                .with_use_fips(config.use_fips())
                .with_use_dual_stack(config.use_dual_stack());
            let provider = ProfileFileCredentialsProvider::builder()
                .configure(&where_asked)
                .profile_name(profile)
                .build();
            let provider = SharedCredentialsProvider::new(provider);
            config = config.into_builder().credentials_provider(provider).build();
        }
        let profile = self.profile.clone().or_else(|| std::env::var("AWS_PROFILE").ok());
        if let Some(trouble) = super::profile::wants_code(self.profile.as_deref()).await {
            return Err(trouble);
        }
        if let Some(provider) = config.credentials_provider() {
            let credentials = provider.provide_credentials().await;
            credentials.map_err(|error| Trouble::from_credentials(&error, profile.as_deref()))?;
        }
        if config.region().is_none() {
            return Err(Trouble {
                hint: Some("--region REGION, or AWS_REGION".to_owned()),
                ..Trouble::new(TroubleClass::Refused, "no Region is configured")
            });
        }
        let prefixed = !is_prefix_disabled(&config);
        Ok(Reached { config, profile, prefixed })
    }
}

/// What the environment or the profile says, for a service or for all. A service is named as it is in a
/// `services` section, with `_` for its blanks (AWS SDKs and Tools Reference Guide, "Service-specific
/// endpoints"); the SDK itself looks for `-` in their place.
pub(in crate::edge::feed) fn setting(
    config: &SdkConfig,
    service: &str,
    variable: &str,
    key: &str,
) -> Option<String> {
    let key = ServiceConfigKey::builder().service_id(service).env(variable).profile(key).build().ok()?;
    config.service_config()?.load_config(key).filter(|value| !value.is_empty())
}

/// The URL at which a service is asked, if that is configured.
pub(in crate::edge::feed) fn endpoint(config: &SdkConfig, service: &str) -> Option<String> {
    setting(config, service, "AWS_ENDPOINT_URL", "endpoint_url")
}

/// Sees that the endpoints that are configured are URLs. One that is none is not shown: it may hold a
/// password.
fn see_endpoints(config: &SdkConfig) -> Result<(), Trouble> {
    for service in ["CloudWatch_Logs", "Route53Resolver", "EC2", "S3", "Athena", "STS", "SSO"] {
        let url = endpoint(config, service);
        let is_url = |url: &String| {
            let mut request = HttpRequest::new(SdkBody::empty());
            url.starts_with("http") && request.set_uri(url.as_str()).is_ok() && !host(url).is_empty()
        };
        if !url.as_ref().is_none_or(is_url) {
            let text = format!("the endpoint that is configured for {service} is no URL");
            let hint =
                "AWS_ENDPOINT_URL, or endpoint_url of the profile, as http://HOST:PORT or https://HOST:PORT";
            return Err(Trouble { hint: Some(hint.to_owned()), ..Trouble::new(TroubleClass::Refused, text) });
        }
    }
    Ok(())
}

/// Whether the environment or the profile says what botocore and the AWS CLI know and the Rust SDK does not.
fn is_prefix_disabled(config: &SdkConfig) -> bool {
    let value = setting(
        config,
        "CloudWatch_Logs",
        "AWS_DISABLE_HOST_PREFIX_INJECTION",
        "disable_host_prefix_injection",
    );
    value.is_some_and(|value| value.trim().eq_ignore_ascii_case("true"))
}

/// Takes the host prefix `stream-` away: where a private endpoint has a name of its own, the SDK's
/// `stream-NAME` does not exist.
#[derive(Debug)]
pub(in crate::edge::feed) struct NoHostPrefix;

impl Intercept for NoHostPrefix {
    fn name(&self) -> &'static str {
        "NoHostPrefix"
    }

    fn modify_before_serialization(
        &self,
        _: &mut BeforeSerializationInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        config.interceptor_state().unset::<EndpointPrefix>();
        Ok(())
    }
}
