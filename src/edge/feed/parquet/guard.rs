//! A guard around the library that takes pages apart: it panics on some files that are damaged (parquet
//! 60.1). Such a file is one that cannot be read, and no more.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::sync::Once;

use parquet::errors::{ParquetError, Result};

thread_local! {
    /// Whether what panics on this thread is caught, and nothing is to be said of it.
    static GUARDED: Cell<bool> = const { Cell::new(false) };
}

/// Lets the library `read`. What it held is not to be used again after an error.
///
/// # Errors
/// Its own, or that it panicked.
pub(super) fn guarded<T>(read: impl FnOnce() -> Result<T>) -> Result<T> {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = take_hook();
        set_hook(Box::new(move |info| {
            if !GUARDED.get() {
                before(info);
            }
        }));
    });
    GUARDED.set(true);
    let read = catch_unwind(AssertUnwindSafe(read));
    GUARDED.set(false);
    read.unwrap_or_else(|_| Err(ParquetError::General("it is not laid out as it says".to_owned())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_an_error() {
        assert_eq!(guarded(|| Ok(1)).unwrap(), 1);
        let none: &[u8] = &[];
        let read = guarded(|| Ok(none[0]));
        assert_eq!(read.unwrap_err().to_string(), "Parquet error: it is not laid out as it says");
        assert!(!GUARDED.get(), "others are told of what panics elsewhere");
    }
}
