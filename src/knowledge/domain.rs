//! Domain names as text.

/// A name as people and programs write it: without its last dot, which stands for the root (RFC 1034 section
/// 3.1). The root itself, and what is no name, stays as it is.
#[must_use]
pub fn bare(name: &str) -> &str {
    name.strip_suffix('.').filter(|bare| !bare.is_empty()).unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_dot_goes_but_that_of_the_root() {
        for (name, wanted) in [("a.b.", "a.b"), ("a.b", "a.b"), ("a..", "a."), (".", "."), ("", "")] {
            assert_eq!(bare(name), wanted, "{name:?}");
        }
    }
}
