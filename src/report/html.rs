//! The report as one page: a file without outside parts, to be opened by a double click, sent, printed.
//!
//! What a person reads first is plain HTML and needs no script: the headline, what to do, the course, who
//! depends on what, and the first pairs. After it come all pairs in packed columns ([`packed`]), which the
//! page's own script lists, filters and sorts.
//!
//! Names come from strangers. Here every text is escaped by the type it has in `maud`; the script writes text
//! as text and nothing else; packed columns are base64, in which no tag can occur. And the page says itself
//! that nothing runs and nothing is loaded but the one script and the one style sheet in it, by their hashes
//! (Content Security Policy Level 3, section 2.3.1).

use std::io::{self, Write};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest as _, Sha256};

use super::{Remarks, Report};
use crate::fleet::PairHandle;

mod chart;
mod findings;
mod gather;
mod matrix;
mod packed;
mod page;
mod plan;

use gather::PageData;
pub(super) use matrix::class;

pub(super) const STYLE: &str = include_str!("html/page.css");
const SCRIPT: &str = include_str!("html/page.js");

/// The most pairs that are in the page as plain HTML.
const ROWS: usize = 1000;
/// The most endpoints in the matrix.
const COLUMNS: usize = 24;

/// The page up to its packed pairs, which are those of `handles`. Says which number each name has in them.
pub(super) fn head(report: &Report<'_>, handles: &[PairHandle], out: &mut Vec<u8>) -> io::Result<Vec<u32>> {
    let gathered = PageData::new(report, handles);
    let head = html! {
        (DOCTYPE)
        // The language of what the program writes; names are of none.
        (PreEscaped("<html lang=\"en\">"))
        head {
            meta charset="utf-8";
            meta http-equiv="Content-Security-Policy" content=(policy());
            meta name="viewport" content="width=device-width, initial-scale=1";
            meta name="referrer" content="no-referrer";
            meta name="color-scheme" content="light dark";
            title { "IPv6 dependencies · " (page::source(report)) }
            style { (PreEscaped(STYLE)) }
        }
    };
    out.write_all(head.into_string().as_bytes())?;
    out.write_all(b"<body>\n")?;
    // What a person reads and what the script does are made side by side.
    let made = report.survey.workers().map(2, |part| match part {
        0 => Ok(page::body(report, &gathered).into_string().into_bytes()),
        _ => packed::words(report, &gathered).map(|words| data("words", &words)),
    });
    for part in made {
        out.write_all(&part?)?;
    }
    Ok(packed::ranks(&gathered.names))
}

/// Pairs of the list, packed; `ranks` as [`head`] says.
pub(super) fn part(report: &Report<'_>, handles: &[PairHandle], remarks: &Remarks) -> io::Result<Vec<u8>> {
    Ok(data("pairs", &packed::pairs(report, handles, remarks.ranks())?))
}

/// The end of the page.
pub(super) fn tail() -> Vec<u8> {
    format!("<script>{SCRIPT}</script>\n</body>\n</html>\n").into_bytes()
}

/// Bytes for the script, as text that is no script.
fn data(class: &str, bytes: &[u8]) -> Vec<u8> {
    let open = format!("<script type=\"text/plain\" class=\"{class}\">");
    let mut text = String::with_capacity(open.len() + bytes.len() / 3 * 4 + 16);
    text.push_str(&open);
    STANDARD.encode_string(bytes, &mut text);
    text.push_str("</script>\n");
    text.into_bytes()
}

/// What may run and be loaded: the script and the style sheet of the page, and nothing else from anywhere.
fn policy() -> String {
    format!("script-src 'sha256-{}'; {}", hash(SCRIPT), plain_policy())
}

/// The same for a page without a script.
pub(super) fn plain_policy() -> String {
    format!("default-src 'none'; style-src 'sha256-{}'; base-uri 'none'; form-action 'none'", hash(STYLE))
}

fn hash(text: &str) -> String {
    STANDARD.encode(Sha256::digest(text))
}

/// A list of sections that are not all there.
fn all(sections: impl IntoIterator<Item = Option<Markup>>) -> Markup {
    html! { @for section in sections.into_iter().flatten() { (section) "\n" } }
}
