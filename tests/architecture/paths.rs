//! Paths that comments and documents name: they are there.

/// What stands between single backticks in `text`, each with its line, from 1.
fn quoted(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines()
        .zip(1..)
        .flat_map(|(line, number)| line.split('`').skip(1).step_by(2).map(move |said| (number, said)))
}

/// The paths of files and folders of this repository that `text` names, each with its line: those that begin
/// with one of `folders`, and hold no pattern.
pub(crate) fn named<'t>(text: &'t str, folders: &[&str]) -> Vec<(usize, &'t str)> {
    let is_path = |said: &str| {
        let folder = said.split_once('/').map_or("", |(folder, _)| folder);
        folders.contains(&folder) && !said.contains([' ', '*', '<', '{', '…'])
    };
    quoted(text).filter(|(_, said)| is_path(said)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_found_on_their_lines() {
        let text =
            "See `src/lib.rs`, `a/b`, `src`\nand `src/*.rs` of src/x; `fleet/order.rs`, `cat src/y`.\n";
        assert_eq!(named(text, &["src", "fleet"]), [(1, "src/lib.rs"), (2, "fleet/order.rs")]);
        assert_eq!(named(text, &[]), []);
    }
}
