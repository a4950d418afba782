//! Numbers as people read them.

/// A number with its thousands apart: `1,234,567`.
#[must_use]
pub fn number(value: u64) -> String {
    let digits = value.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A number of things: `1 record`, `2,000 records`.
#[must_use]
pub fn counted(value: u64, one: &str, many: &str) -> String {
    format!("{} {}", number(value), if value == 1 { one } else { many })
}

/// A number of bytes, in a unit that people read: `1.2 GB`.
#[must_use]
pub fn volume(bytes: u64) -> String {
    let units = [(1e12, "TB"), (1e9, "GB"), (1e6, "MB")];
    match units.into_iter().find(|(unit, _)| bytes as f64 >= *unit) {
        Some((unit, name)) => format!("{:.1} {name}", bytes as f64 / unit),
        None => counted(bytes, "byte", "bytes"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_have_units() {
        let said = [0, 1, 999_999, 1_000_000, 12_340_000_000, u64::MAX].map(volume);
        assert_eq!(said, ["0 bytes", "1 byte", "999,999 bytes", "1.0 MB", "12.3 GB", "18446744.1 TB"]);
    }

    #[test]
    fn thousands_stand_apart() {
        assert_eq!(
            [number(0), number(999), number(1000), number(1_234_567)],
            ["0", "999", "1,000", "1,234,567"]
        );
        assert_eq!([counted(1, "gap", "gaps"), counted(2000, "gap", "gaps")], ["1 gap", "2,000 gaps"]);
    }
}
