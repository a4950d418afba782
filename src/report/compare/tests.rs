use super::*;

#[test]
fn what_became_of_a_pair() {
    use Status::{AOnly, Empty, Failing, Ipv4Only, Nat64, Native, Unknown};
    for (from, to, kind) in [
        (None, None, None),
        (Some(Native), Some(Native), None),
        (None, Some(Native), Some(DifferenceKind::New)),
        (Some(Native), None, Some(DifferenceKind::Gone)),
        (Some(Native), Some(Ipv4Only), Some(DifferenceKind::Broke)),
        (Some(Nat64), Some(Failing), Some(DifferenceKind::Broke)),
        (Some(Ipv4Only), Some(Nat64), Some(DifferenceKind::Reachable)),
        (Some(Empty), Some(Native), Some(DifferenceKind::Reachable)),
        (Some(Nat64), Some(Native), Some(DifferenceKind::Native)),
        (Some(Native), Some(Nat64), Some(DifferenceKind::Other)),
        // Of what was not seen, or never asked, nothing can be said.
        (Some(Native), Some(Unknown), Some(DifferenceKind::Other)),
        (Some(Unknown), Some(Native), Some(DifferenceKind::Other)),
        (Some(AOnly), Some(Ipv4Only), Some(DifferenceKind::Other)),
        (Some(Ipv4Only), Some(Failing), Some(DifferenceKind::Other)),
    ] {
        assert_eq!(DifferenceKind::from_statuses(from, to), kind, "{from:?} {to:?}");
    }
}

#[test]
fn a_report_is_known_by_its_first_bytes() {
    for (first, is) in [
        (&b"{\"schema\":2,"[..], true),
        (b"\xef\xbb\xbf{\n  \"schema\": 2", true),
        (b"{\"version\":\"1.100000\"", false),
        (b"[{\"schema\"", false),
        (b"", false),
    ] {
        assert_eq!(is_report(first), is);
    }
}

#[test]
fn a_length_is_told_in_its_unit() {
    let words = [0, 59_999, 120_000, 7_200_000, 172_800_000].map(span_words);
    assert_eq!(words, ["0 seconds", "59 seconds", "2 minutes", "2 hours", "2 days"]);
}
