//! What is known beforehand, to be kept, and handed to another thread.

use std::borrow::Cow;

use super::{Inspected, Knowledge};
use crate::knowledge::address::Nat64Prefix;
use crate::knowledge::catalog::{Catalog, Profiles};
use crate::knowledge::names::Names;

/// What is known of names and features, owned.
#[derive(Clone, Debug)]
pub struct Library {
    /// Of names.
    pub catalog: Cow<'static, Catalog>,
    /// Of features.
    pub profiles: Cow<'static, Profiles>,
    /// NAT64 prefixes in force besides the well-known one.
    pub prefixes: Vec<Nat64Prefix>,
    /// Of what people call instances, subnets and VPCs.
    pub names: Names,
    /// Of where instances are, from EC2.
    pub inspected: Option<Inspected>,
}

impl Default for Library {
    /// What is in the program.
    fn default() -> Self {
        Self {
            catalog: Cow::Borrowed(Catalog::builtin()),
            profiles: Cow::Borrowed(Profiles::builtin()),
            prefixes: Vec::new(),
            names: Names::default(),
            inspected: None,
        }
    }
}

impl Library {
    /// What findings are made with.
    #[must_use]
    pub fn knowledge(&self) -> Knowledge<'_> {
        Knowledge {
            catalog: &self.catalog,
            profiles: &self.profiles,
            prefixes: &self.prefixes,
            names: Some(&self.names).filter(|names| !names.is_empty()),
            inspected: self.inspected.as_ref(),
        }
    }
}
