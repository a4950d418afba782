//! Ids as what they went through left them.

use std::borrow::Cow;

/// An account's id, which has twelve digits (AWS Account Management, "View AWS account identifiers"), also
/// where it was taken for a number.
pub(super) fn account(id: Cow<'_, str>) -> Cow<'_, str> {
    let digits = id.strip_suffix(".0").unwrap_or(&id);
    if (1..=12).contains(&digits.len())
        && digits.len() < id.len().max(12)
        && digits.bytes().all(|byte| byte.is_ascii_digit())
    {
        return Cow::Owned(format!("{digits:0>12}"));
    }
    id
}

/// An id without the quotes that JSON in a map leaves around it.
pub(super) fn unquoted(id: Cow<'_, str>) -> Cow<'_, str> {
    match id.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        Some(inner) => Cow::Owned(inner.to_owned()),
        None => id,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_on_both_sides_are_none_of_an_id() {
        for (id, bare) in [
            ("\"i-1\"", "i-1"),
            ("i-1", "i-1"),
            ("\"i-1", "\"i-1"),
            ("i-1\"\"", "i-1\"\""),
            ("\"\"", ""),
            ("\"", "\""),
        ] {
            assert_eq!(unquoted(id.into()), bare);
        }
    }
}
