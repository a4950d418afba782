//! What is known beforehand, to be kept, and handed to another thread.

use std::borrow::Cow;

use super::Knowledge;
use crate::address::Nat64Prefix;
use crate::catalog::{Catalog, Profiles};

/// What is known of names and features, owned.
#[derive(Clone, Debug)]
pub struct Library {
    /// Of names.
    pub catalog: Cow<'static, Catalog>,
    /// Of features.
    pub profiles: Cow<'static, Profiles>,
    /// NAT64 prefixes in force besides the well-known one.
    pub prefixes: Vec<Nat64Prefix>,
}

impl Default for Library {
    /// What is in the program.
    fn default() -> Self {
        Self {
            catalog: Cow::Borrowed(Catalog::builtin()),
            profiles: Cow::Borrowed(Profiles::builtin()),
            prefixes: Vec::new(),
        }
    }
}

impl Library {
    /// What findings are made with.
    #[must_use]
    pub fn knowledge(&self) -> Knowledge<'_> {
        Knowledge { catalog: &self.catalog, profiles: &self.profiles, prefixes: &self.prefixes }
    }
}
