//! Under which URLs a bucket and its objects are asked for.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::knowledge::catalog::api_url;

/// All but what RFC 3986 section 2.3 calls unreserved.
const VALUE: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
/// The same where `/` stands for itself (Amazon S3 API Reference, "Signature calculations").
const PATH: &AsciiSet = &VALUE.remove(b'/');

/// Where S3 is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum S3Endpoint {
    /// At AWS's own names.
    Aws {
        /// Those that keep to FIPS 140.
        fips: bool,
        /// Those that have IPv6 addresses.
        dual_stack: bool,
    },
    /// At a URL that somebody configured.
    Configured(String),
}

impl S3Endpoint {
    /// The URL of `key` in `bucket` with `query`, in a Region.
    ///
    /// The bucket is in the host's name (Amazon S3 User Guide, "Virtual hosting of buckets"), but in the path
    /// at a configured endpoint, and where the certificate would not be for its name: with a dot, a capital
    /// or `_` in it.
    pub(super) fn url(&self, bucket: &str, region: &str, key: &str, query: &[(&str, &str)]) -> String {
        let key = utf8_percent_encode(key, PATH);
        let mut url = match self {
            Self::Configured(url) => format!("{}/{bucket}/{key}", url.trim_end_matches('/')),
            Self::Aws { fips, dual_stack } => {
                let service = match (fips, dual_stack) {
                    (false, false) => "s3",
                    (true, false) => "s3-fips",
                    (false, true) => "s3.dualstack",
                    (true, true) => "s3-fips.dualstack",
                };
                let url = api_url(service, region, false, false);
                let host = url.strip_prefix("https://").unwrap_or(&url);
                if is_label(bucket) {
                    format!("https://{bucket}.{host}/{key}")
                } else {
                    format!("https://{host}/{bucket}/{key}")
                }
            }
        };
        for (at, (name, value)) in query.iter().enumerate() {
            url.push(if at == 0 { '?' } else { '&' });
            url.push_str(&format!("{name}={}", utf8_percent_encode(value, VALUE)));
        }
        url
    }
}

/// Whether a bucket can be the first label of a host's name.
fn is_label(bucket: &str) -> bool {
    let is_in = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    bucket.len() <= 63 && bucket.bytes().all(is_in) && !bucket.ends_with('-')
}

/// The Region that a server names, if it can be one. Requests go to a host made of it, so that it has to be a
/// label of a name, and nothing else.
pub(super) fn named_region(text: &str) -> Option<String> {
    let is_in = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    let is_region = (1..=63).contains(&text.len()) && text.bytes().all(is_in) && !text.starts_with('-');
    is_region.then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const AWS: S3Endpoint = S3Endpoint::Aws { fips: false, dual_stack: false };

    #[test]
    fn buckets_are_in_the_host_or_in_the_path() {
        let url = |endpoint: &S3Endpoint, bucket, region| endpoint.url(bucket, region, "a/b", &[]);
        for (bucket, region, expected) in [
            ("logs", "eu-west-1", "https://logs.s3.eu-west-1.amazonaws.com/a/b"),
            ("logs", "cn-north-1", "https://logs.s3.cn-north-1.amazonaws.com.cn/a/b"),
            ("logs.example", "eu-west-1", "https://s3.eu-west-1.amazonaws.com/logs.example/a/b"),
            ("Old_Logs", "us-east-1", "https://s3.us-east-1.amazonaws.com/Old_Logs/a/b"),
        ] {
            assert_eq!(url(&AWS, bucket, region), expected);
        }
        for (fips, dual_stack, host) in [
            (true, false, "logs.s3-fips.us-west-2.amazonaws.com"),
            (false, true, "logs.s3.dualstack.us-west-2.amazonaws.com"),
            (true, true, "logs.s3-fips.dualstack.us-west-2.amazonaws.com"),
        ] {
            let endpoint = S3Endpoint::Aws { fips, dual_stack };
            assert_eq!(url(&endpoint, "logs", "us-west-2"), format!("https://{host}/a/b"));
        }
        for base in ["http://127.0.0.1:8333", "http://127.0.0.1:8333/"] {
            let endpoint = S3Endpoint::Configured(base.to_owned());
            assert_eq!(url(&endpoint, "logs", "us-west-2"), "http://127.0.0.1:8333/logs/a/b");
        }
    }

    #[test]
    fn keys_and_values_are_encoded_byte_by_byte() {
        let key = "a b+c/é&?#%/../\u{1}~";
        assert_eq!(
            AWS.url("logs", "us-east-1", key, &[("prefix", "a/b c"), ("start-after", "é=&")]),
            "https://logs.s3.us-east-1.amazonaws.com/a%20b%2Bc/%C3%A9%26%3F%23%25/../%01~?prefix=a%2Fb%20c&start-after=%C3%A9%3D%26"
        );
    }

    #[test]
    fn a_region_is_taken_from_a_server_only_if_it_can_be_one() {
        for region in ["eu-central-1", "us-gov-west-1", "cn-north-1", "garage"] {
            assert_eq!(named_region(region).as_deref(), Some(region));
        }
        for text in ["", "EU", "eu-west-1.evil.example", "-x", "eu-west-1/", "eu-west-1@x", &"x".repeat(64)] {
            assert_eq!(named_region(text), None, "{text}");
        }
    }
}
