//! What was asked: what is kept serves the same question only.

use sha2::{Digest as _, Sha256};

use crate::base::saturating::SaturatingInto as _;

/// A question, as a SHA-256 sum over all that the counts depend on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CacheQuestion {
    sum: [u8; 32],
    name: String,
}

impl CacheQuestion {
    /// The question with these parts, each with its name. This version of the program is a part, too.
    #[must_use]
    pub fn from_parts<'a>(parts: impl IntoIterator<Item = (&'a str, &'a [u8])>) -> Self {
        let mut sum = Sha256::new();
        let version = ("version", env!("CARGO_PKG_VERSION").as_bytes());
        for (name, part) in [version].into_iter().chain(parts) {
            // With their lengths, so that no two questions run together.
            for text in [name.as_bytes(), part] {
                sum.update(text.len().saturating_into::<u64>().to_le_bytes());
                sum.update(text);
            }
        }
        let sum: [u8; 32] = sum.finalize().into();
        let name = super::hex(&sum[..8]);
        Self { sum, name }
    }

    /// The SHA-256 sum.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.sum
    }

    /// What pieces of it are called.
    pub(super) fn name(&self) -> &str {
        &self.name
    }
}
