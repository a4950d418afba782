//! The variants of an enumeration, as an array.

/// All of `variants`, of which there are `N`: what a derived list of them has, in an array, so that other
/// arrays can be as long.
pub(crate) const fn array<T: Copy, const N: usize>(variants: &[T]) -> [T; N] {
    let mut all = [variants[0]; N];
    let mut at = 1;
    while at < N {
        all[at] = variants[at];
        at += 1;
    }
    all
}
