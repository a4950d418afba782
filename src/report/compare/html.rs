//! The comparison as a page in one file: plain HTML, no script.

use std::io::{self, Write};

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::{ChangeGroup, Comparison, DifferenceKind, words};
use crate::base::visible::visible;
use crate::fleet::Status;
use crate::knowledge::domain::bare;
use crate::report::html::{STYLE, class, plain_policy};
use crate::report::pieces;

/// The most rows of a list, and the most origins of a row.
const ROWS: usize = 1000;
const ORIGINS: usize = 200;

/// Writes it.
pub(super) fn write(comparison: &Comparison<'_>, out: &mut dyn Write) -> io::Result<()> {
    let page = html! {
        (DOCTYPE)
        (PreEscaped("<html lang=\"en\">"))
        head {
            meta charset="utf-8";
            meta http-equiv="Content-Security-Policy" content=(plain_policy());
            meta name="viewport" content="width=device-width, initial-scale=1";
            meta name="referrer" content="no-referrer";
            meta name="color-scheme" content="light dark";
            title { "IPv6 dependencies: what changed" }
            style { (PreEscaped(STYLE)) }
        }
        (PreEscaped("<body>\n"))
        header {
            p class="brand" { b { "r53tail" } " · IPv6 dependencies: what changed" }
            h1 { (words::headline(comparison)) }
            p class="scope" { b { "OLD " } (words::side(comparison.old)) }
            p class="scope" { b { "NEW " } (words::side(comparison.new)) }
            p class="scope" { (words::origins(comparison)) }
        }
        "\n"
        main {
            @let doubts = words::doubts(comparison);
            @if !doubts.is_empty() {
                div class="note" { @for doubt in &doubts { p { (doubt) } } }
            }
            (statuses(comparison))
            @for kind in DifferenceKind::ALL { (section(comparison, kind)) }
        }
        "\n"
        footer {
            p {
                "Counts are of logged queries: the resolver does not log what it answers from its cache, nor queries sent to other "
                "resolvers. What is on one side only was not asked for on the other, or not logged."
            }
        }
        (PreEscaped("</body>\n</html>\n"))
    };
    out.write_all(page.into_string().as_bytes())
}

fn statuses(comparison: &Comparison<'_>) -> Markup {
    html! {
        section id="statuses" aria-labelledby="statuses-title" {
            h2 id="statuses-title" { "Pairs of origin and endpoint by status" }
            div class="scroll" role="region" aria-label="Pairs by status" tabindex="0" {
                table {
                    thead { tr {
                        th scope="col" { "status" } th scope="col" class="right" { "OLD" } th scope="col" class="right" { "NEW" }
                    } }
                    tbody {
                        @for (status, old, new) in words::statuses(comparison) {
                            tr {
                                th scope="row" { (sign(status)) }
                                td class="right" { (old) } td class="right" { (new) }
                            }
                        }
                    }
                }
            }
        }
        "\n"
    }
}

fn sign(status: Status) -> Markup {
    html! { span class=(class(status)) { span aria-hidden="true" { (status.lead()) } (status.words()) } }
}

fn section(comparison: &Comparison<'_>, kind: DifferenceKind) -> Markup {
    let groups = comparison.of_kind(kind);
    let count = comparison.count(kind);
    // As in JSON: what an address leads to stays the same whatever the words are.
    let id = match kind {
        DifferenceKind::Broke => "broke",
        DifferenceKind::Reachable => "reachable",
        DifferenceKind::Native => "native",
        DifferenceKind::Other => "other",
        DifferenceKind::New => "new",
        DifferenceKind::Gone => "gone",
    };
    let title = words::title(comparison, kind);
    html! {
        @if !groups.is_empty() {
            section id=(id) aria-labelledby={ (id) "-title" } {
                h2 id={ (id) "-title" } { (title) }
                p class="remark" {
                    (pieces::counted(count.endpoints as u64, "endpoint", "endpoints")) ", "
                    (pieces::counted(count.origins as u64, "origin", "origins")) ", "
                    (pieces::counted(count.pairs as u64, "pair", "pairs")) "."
                }
                div class="scroll" role="region" aria-label={ (title) ": the list" } tabindex="0" {
                    table {
                        thead { tr { th scope="col" { "endpoint" } th scope="col" { "status" } th scope="col" { "origins" } } }
                        tbody { @for group in groups.iter().take(ROWS) { (row(group)) } }
                    }
                }
                @if groups.len() > ROWS {
                    p class="remark" { "… and " (pieces::number((groups.len() - ROWS) as u64)) " more; JSON has all." }
                }
            }
            "\n"
        }
    }
}

fn row(group: &ChangeGroup<'_>) -> Markup {
    let count = group.askers.len();
    let named = |from: usize, most: usize| {
        group
            .askers
            .iter()
            .skip(from)
            .take(most)
            .map(|asker| words::asker(asker))
            .collect::<Vec<_>>()
            .join(", ")
    };
    html! {
        tr {
            th scope="row" class="name" { (bare(&visible(group.name))) }
            td class="status" {
                @match (group.from, group.to) {
                    (Some(from), Some(to)) => { (sign(from)) " → " (sign(to)) }
                    (from, to) => { @if let Some(status) = from.or(to) { (sign(status)) } }
                }
            }
            td {
                @if count <= words::NAMED {
                    (pieces::counted(count as u64, "origin", "origins")) ": " span class="id" { (named(0, count)) }
                } @else {
                    details {
                        summary { (pieces::counted(count as u64, "origin", "origins")) }
                        span class="id" { (named(0, ORIGINS)) }
                        @if count > ORIGINS { " and " (pieces::number((count - ORIGINS) as u64)) " more" }
                    }
                }
            }
        }
        "\n"
    }
}
