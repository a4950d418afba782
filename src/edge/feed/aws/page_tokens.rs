//! The tokens by which a list is read page by page.

use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Mutex, PoisonError};

/// The tokens of one list until now. One that comes again is of a page that was read: the list would go in a
/// circle, however long that is, or count something twice.
///
/// A number is kept for each page: a million for a list of a thousand million keys.
#[derive(Debug, Default)]
pub(in crate::edge::feed) struct PageTokens {
    /// The hashes of all of them.
    seen: Mutex<HashSet<u64>>,
    state: RandomState,
}

/// A token came before in the same list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::edge::feed) struct TokenCircle;

impl PageTokens {
    /// The token that came with a page, if it is a new one; `None` at the end of the list.
    ///
    /// # Errors
    /// If it came before.
    pub(in crate::edge::feed) fn follow(&self, next: Option<String>) -> Result<Option<String>, TokenCircle> {
        let Some(token) = next else { return Ok(None) };
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.insert(self.state.hash_one(&token)) { Ok(Some(token)) } else { Err(TokenCircle) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_that_comes_again_is_noticed() {
        for circle in 1..20 {
            let tokens = PageTokens::default();
            for page in 0..circle {
                assert_eq!(tokens.follow(Some(page.to_string())), Ok(Some(page.to_string())));
            }
            assert_eq!(tokens.follow(Some("0".to_owned())), Err(TokenCircle), "{circle}");
            assert_eq!(tokens.follow(None), Ok(None));
        }
    }
}
