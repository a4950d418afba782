//! Texts that begin alike: where each begins to differ from the others, and cut so that this stays.

use std::borrow::Cow;

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// How many bytes each text has in common, from its start, with that of the others that it has most in
/// common with; equal ones aside. In the order of `texts`; they are sorted once, so that neighbours tell it.
#[must_use]
pub fn common_starts(texts: &[&str]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..texts.len()).collect();
    order.sort_unstable_by_key(|at| texts[*at]);
    let mut starts = vec![0; texts.len()];
    let runs: Vec<&[usize]> = order.chunk_by(|one, other| texts[*one] == texts[*other]).collect();
    for pair in runs.windows(2) {
        let common = common(texts[pair[0][0]], texts[pair[1][0]]);
        for at in pair[0].iter().chain(pair[1]) {
            starts[*at] = starts[*at].max(common);
        }
    }
    starts
}

/// How many bytes two texts have in common from their start, in whole characters.
fn common(one: &str, other: &str) -> usize {
    let both = one.char_indices().zip(other.chars());
    let differs = both.into_iter().find(|((_, one), other)| one != other).map(|((at, _), _)| at);
    differs.unwrap_or_else(|| one.len().min(other.len()))
}

/// The text cut to at most `columns` of a terminal, with an ellipsis for what is missing. It has its first
/// `common` bytes in common with another: what follows them stays.
#[must_use]
pub fn cut_apart(text: &str, common: usize, columns: usize) -> Cow<'_, str> {
    if text.width() <= columns {
        return Cow::Borrowed(text);
    }
    if columns == 0 {
        return Cow::Borrowed("");
    }
    let places = || text.grapheme_indices(true).map(|(at, _)| at);
    let differs = places().take_while(|at| *at <= common).last().unwrap_or(0);
    let next = text[differs..].graphemes(true).next().map_or(0, UnicodeWidthStr::width);
    if text[..differs].width() + next < columns {
        // How it begins tells it apart.
        return Cow::Owned(beginning(text, columns));
    }
    let head = &text[..fitting(text, (columns.saturating_sub(1)) / 3)];
    let room = columns.saturating_sub(1 + head.width());
    // From the beginning of the word that differs, if there is room for it.
    let word = text[..differs].rfind(['.', '-', '_']).map_or(0, |at| at + 1);
    let start = if text[word..differs].width() + next < room { word } else { differs };
    if text[start..].width() > room {
        return Cow::Owned(format!("{head}…{}", beginning(&text[start..], room)));
    }
    // All that follows fits: keep as much of what precedes it as there is room for.
    let start = places().find(|at| text[*at..].width() <= room).unwrap_or(start);
    Cow::Owned(format!("{head}…{}", &text[start..]))
}

/// As much of the text as fits into `columns` followed by an ellipsis.
fn beginning(text: &str, columns: usize) -> String {
    if columns == 0 {
        return String::new();
    }
    format!("{}…", &text[..fitting(text, columns - 1)])
}

/// How many bytes of the text fit into `columns`, in whole clusters of characters.
fn fitting(text: &str, columns: usize) -> usize {
    let mut taken = 0;
    let fits = |(_, cluster): &(usize, &str)| {
        taken += cluster.width();
        taken <= columns
    };
    text.grapheme_indices(true).take_while(fits).last().map_or(0, |(at, cluster)| at + cluster.len())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// The texts cut to `columns`; none is wider.
    fn cut(texts: &[&str], columns: usize) -> Vec<String> {
        let starts = common_starts(texts);
        let cut =
            texts.iter().zip(starts).map(|(text, common)| cut_apart(text, common, columns).into_owned());
        let cut: Vec<String> = cut.collect();
        assert!(cut.iter().all(|text| text.width() <= columns), "{columns}: {cut:?}");
        cut
    }

    #[test]
    fn where_texts_begin_to_differ() {
        assert_eq!(common_starts(&["abc", "abd", "xyz", "ab", "abc"]), [2, 2, 0, 2, 2]);
        assert_eq!(common_starts(&["東京", "東西"]), [3, 3]);
        assert_eq!(common_starts(&["a", "a"]), [0, 0]);
        assert_eq!(common_starts(&[]), Vec::<usize>::new());
    }

    #[test]
    fn what_differs_stays() {
        assert_eq!(cut(&["bucket-of-builds-0017", "bucket-of-builds-0018"], 9), ["bu…s-0017", "bu…s-0018"]);
        assert_eq!(cut(&["alpha-and-so-on", "beta-and-so-on"], 9), ["alpha-an…", "beta-and…"]);
        let in_the_middle = ["generated-host.red.internal", "generated-host.blue.internal"];
        assert_eq!(cut(&in_the_middle, 12), ["gen…red.int…", "gen…blue.in…"]);
        assert_eq!(cut(&["ssm", "ssmmessages-and-more"], 9), ["ssm", "ssmmessa…"]);
        let scripts = ["例え例え例え例え.一", "例え例え例え例え.二"];
        assert_eq!(cut(&scripts, 9), ["例…え.一", "例…え.二"]);
    }

    /// However few the columns, as long as there is room for a sign and an ellipsis on either side.
    #[test]
    fn no_two_are_alike() {
        let head = [&*"a".repeat(60); 3].join(".");
        let names: Vec<String> = (0..8).map(|at| format!("{head}.host-{at}.internal.example")).collect();
        let regions = ["east-1", "west-2", "south-1", "north-9"].map(|it| format!("{head}.ssm.us-{it}.vpce"));
        let ends: Vec<String> = (0..8).map(|at| format!("{head}-{at}")).collect();
        for texts in [&names[..], &regions, &ends] {
            let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
            for columns in 4..60 {
                let cut = cut(&texts, columns);
                let different: BTreeSet<&String> = cut.iter().collect();
                assert_eq!(different.len(), texts.len(), "{columns}: {cut:?}");
            }
        }
        for columns in 0..4 {
            cut(&["aaaaaaaa", "aaaaaaab"], columns);
        }
    }
}
