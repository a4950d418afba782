//! `s3://BUCKET/PREFIX`, taken apart.

use std::fmt;

use crate::base::prefixed::Prefixed;
use crate::base::saturating::SaturatingInto as _;

/// The longest name of a bucket: buckets before March 2018 in us-east-1 could have as many (Amazon S3 User
/// Guide, "General purpose bucket naming rules").
const LONGEST: usize = 255;
/// The longest key, in bytes (Amazon S3 User Guide, "Naming Amazon S3 objects").
pub(super) const LONGEST_KEY: usize = 1024;

/// A place in S3: a bucket, and what the keys begin with.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Location {
    /// The bucket.
    pub bucket: String,
    /// What keys begin with; empty for all of the bucket.
    pub prefix: String,
}

/// Why a text is no [`Location`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LocationError {
    /// No bucket, or none that there can be.
    #[error("it names no bucket: s3://BUCKET/PREFIX")]
    Bucket,
    /// An access point by its ARN.
    #[error("access points are read by their alias, as a bucket: s3://ALIAS-s3alias/PREFIX")]
    Arn,
    /// The prefix is longer than a key may be.
    #[error("the prefix is longer than the 1,024 bytes that a key may have")]
    Long,
}

impl Location {
    /// Whether a path is meant to be one.
    #[must_use]
    pub fn is_meant(path: &str) -> bool {
        path.get(..5).is_some_and(|start| start.eq_ignore_ascii_case("s3://"))
    }

    /// Takes a text apart for which [`Location::is_meant`] holds.
    ///
    /// # Errors
    /// If it names no bucket.
    pub fn parse(path: &str) -> Result<Self, LocationError> {
        let rest = path.get(5..).unwrap_or_default();
        if rest.starts_with("arn:") {
            return Err(LocationError::Arn);
        }
        let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        let is_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_');
        let is_bucket = (3..=LONGEST).contains(&bucket.len())
            && bucket.bytes().all(is_name)
            && bucket.starts_with(|first: char| first.is_ascii_alphanumeric())
            && !bucket.contains("..");
        if !is_bucket {
            return Err(LocationError::Bucket);
        }
        if prefix.len() > LONGEST_KEY {
            return Err(LocationError::Long);
        }
        Ok(Self { bucket: bucket.to_owned(), prefix: prefix.to_owned() })
    }

    /// An object or folder in the same bucket.
    #[must_use]
    pub fn at(&self, key: &str) -> String {
        ["s3://", &self.bucket, "/", key].concat()
    }
}

/// An object by its path, `s3://BUCKET/KEY`. There may be very many: what those of a page have in common is
/// held once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ObjectPath {
    path: Prefixed,
    /// Where the key begins.
    key: u16,
}

impl ObjectPath {
    /// The objects of these keys.
    #[must_use]
    pub fn all(bucket: &str, keys: Vec<String>) -> Vec<Self> {
        let root = ["s3://", bucket, "/"].concat();
        let key = root.len().saturating_into();
        let paths: Vec<String> = keys.into_iter().map(|key| [&*root, &key].concat()).collect();
        Prefixed::paths(&paths).into_iter().map(|path| Self { path, key }).collect()
    }

    /// The key.
    #[must_use]
    pub fn key(&self) -> String {
        self.path.without_first(usize::from(self.key))
    }

    /// The path alone.
    #[must_use]
    pub fn into_path(self) -> Prefixed {
        self.path
    }

    /// The path byte by byte.
    pub fn bytes(&self) -> impl Iterator<Item = u8> {
        self.path.bytes()
    }
}

impl fmt::Display for ObjectPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.path.fmt(f)
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "s3://{}/{}", self.bucket, self.prefix)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_a_bucket_and_a_prefix() {
        for (text, bucket, prefix) in [
            ("s3://logs", "logs", ""),
            ("s3://logs/", "logs", ""),
            ("S3://logs.example/AWSLogs/1//x", "logs.example", "AWSLogs/1//x"),
            ("s3://Old_Bucket/a b/ü", "Old_Bucket", "a b/ü"),
        ] {
            assert!(Location::is_meant(text));
            let location = Location::parse(text).unwrap();
            assert_eq!((location.bucket.as_str(), location.prefix.as_str()), (bucket, prefix), "{text}");
        }
        let long = format!("s3://logs/{}", "x".repeat(1025));
        for (text, error) in [
            ("s3://", LocationError::Bucket),
            ("s3:///x", LocationError::Bucket),
            ("s3://a/x", LocationError::Bucket),
            ("s3://logs@evil.example/x", LocationError::Bucket),
            ("s3://logs?x/y", LocationError::Bucket),
            ("s3://..logs/y", LocationError::Bucket),
            ("s3://a..b/y", LocationError::Bucket),
            ("s3://arn:aws:s3:us-west-2:111122223333:accesspoint/logs/x", LocationError::Arn),
            (&long, LocationError::Long),
        ] {
            assert_eq!(Location::parse(text), Err(error), "{text}");
        }
        for path in ["s3:/logs", "logs", "/s3://logs", "", "s3x://logs"] {
            assert!(!Location::is_meant(path), "{path}");
        }
    }
}
