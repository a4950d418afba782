//! Asking memory for what will be needed.

/// Asks for the memory that `value` begins in, and goes on without waiting for it. Nothing but time depends
/// on it: on processors for which no way is known it does nothing.
#[inline]
pub(crate) fn prefetch<T>(value: &T) {
    #[cfg(target_arch = "x86_64")]
    safe_arch::prefetch_t0(value);
    #[cfg(not(target_arch = "x86_64"))]
    let _ = value;
}
