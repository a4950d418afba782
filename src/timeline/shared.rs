//! What somebody else may go on reading while it changes here.

use std::ops::{Deref, DerefMut};
use std::sync::Arc;

/// A value that is cheap to hand out as it is now. If it changes while somebody still has that, it is copied
/// first.
#[derive(Clone, Debug, Default)]
pub struct Shared<T>(Arc<T>);

impl<T> Shared<T> {
    /// To be handed out.
    #[must_use]
    pub fn new(value: T) -> Self {
        Self(Arc::new(value))
    }

    /// Whether somebody else has it, too, so that it would be copied if it changed.
    #[must_use]
    pub fn is_lent(&self) -> bool {
        Arc::strong_count(&self.0) > 1
    }

    /// The value, copied if somebody else has it, too.
    #[must_use]
    pub fn into_inner(self) -> T
    where
        T: Clone,
    {
        Arc::unwrap_or_clone(self.0)
    }
}

impl<T> Deref for Shared<T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: Clone> DerefMut for Shared<T> {
    #[inline]
    fn deref_mut(&mut self) -> &mut T {
        Arc::make_mut(&mut self.0)
    }
}
