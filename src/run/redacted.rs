//! The key that pseudonyms are made with.

use std::sync::Arc;

use crate::address::Nat64Prefixes;
use crate::diagnosis::Diagnosis;
use crate::redaction::Redaction;
use crate::settings::RedactArguments;

/// The pseudonyms that are asked for.
///
/// # Errors
/// If the system has no random key.
pub(super) fn redaction(
    arguments: &RedactArguments,
    prefixes: &Nat64Prefixes,
) -> Result<Option<Arc<Redaction>>, Diagnosis> {
    if !arguments.redact {
        return Ok(None);
    }
    let named = arguments.redact_key.clone().or_else(|| std::env::var("R53TAIL_REDACT_KEY").ok());
    let key = if let Some(key) = named.filter(|key| !key.is_empty()) {
        key.into_bytes()
    } else {
        let mut key = vec![0; 32];
        getrandom::fill(&mut key).map_err(|error| {
            Diagnosis::new("cannot make a key for pseudonyms").because(error).hint("--redact-key TEXT")
        })?;
        key
    };
    Ok(Redaction::new(&key, prefixes.clone()).map(Arc::new))
}
