//! Who depends on what, at a glance: the worst origins by the worst endpoints.

use std::borrow::Cow;
use std::collections::HashMap;

use maud::{Markup, html};

use super::super::{Report, pieces};
use super::PageData;
use crate::base::alike::{common_starts, cut_apart};
use crate::base::visible::visible;
use crate::fleet::{OriginView, Status, Symbol};
use crate::knowledge::domain::bare;

/// The most rows.
const ORIGINS: usize = 25;
/// The longest name at the head of a column, in characters.
const HEAD: usize = 40;

/// The section; nothing where there is no origin, or one endpoint only.
pub(super) fn section(report: &Report<'_>, gathered: &PageData<'_>) -> Option<Markup> {
    let by_origin = &gathered.summary.by_origin;
    let mut ranks: Vec<usize> = (0..by_origin.len()).filter(|rank| by_origin[*rank].seen).collect();
    if ranks.is_empty() || gathered.endpoints < 2 {
        return None;
    }
    ranks.sort_by_key(|rank| by_origin[*rank].statuses.map(std::cmp::Reverse));
    let all = (ranks.len(), gathered.endpoints);
    ranks.truncate(ORIGINS);
    let endpoints = &gathered.worst;
    let texts: Vec<Cow<'_, str>> =
        endpoints.iter().map(|name| visible(report.survey.fleet().name_text(*name))).collect();
    let part = |shown: usize, all: usize, one: &str, many: &str| {
        let words = pieces::counted(all as u64, one, many);
        if shown < all { format!("{} of {words}", pieces::number(shown as u64)) } else { words }
    };
    let caption = format!(
        "{} by {}, the worst first",
        part(ranks.len(), all.0, "origin", "origins"),
        part(endpoints.len(), all.1, "endpoint", "endpoints")
    );
    Some(html! {
        section id="matrix" aria-labelledby="matrix-title" {
            h2 id="matrix-title" { "Who depends on what" }
            div class="scroll" role="region" aria-label="The matrix" tabindex="0" {
                table class="matrix" {
                    caption { (caption) }
                    thead {
                        tr {
                            th scope="col" class="corner" { "origin" }
                            @for (text, head) in texts.iter().zip(heads(&texts)) {
                                th scope="col" title=(text) { span { (head) } }
                            }
                        }
                    }
                    tbody {
                        @for rank in &ranks { (row(report, *rank, endpoints)) }
                    }
                }
            }
        }
    })
}

fn row(report: &Report<'_>, rank: usize, endpoints: &[Symbol]) -> Markup {
    let survey = report.survey;
    let cells: HashMap<Symbol, Status> = survey
        .pairs_of(rank)
        .filter(|pair| report.is_about(pair))
        .map(|pair| (pair.name_symbol, pair.status))
        .collect();
    html! {
        tr {
            th scope="row" { (origin(report, &survey.origins()[rank])) }
            @for name in endpoints {
                @match cells.get(name) {
                    Some(status) => td class={ "cell " (class(*status)) } {
                        span aria-hidden="true" { (status.glyph()) }
                        span class="sr" { (status.words()) }
                    },
                    None => td class="cell never" {
                        span aria-hidden="true" { "·" }
                        span class="sr" { "never asked" }
                    },
                }
            }
        }
        "\n"
    }
}

/// An origin by its name, if it has one, and its id.
pub(super) fn origin(report: &Report<'_>, origin: &OriginView<'_>) -> Markup {
    let name = pieces::name_of(report.knowledge.names, origin);
    html! {
        @if let Some(name) = name { (visible(name)) " " }
        span class="id" { (visible(origin.id)) }
        @if name.is_none() && origin.is_masked() { " " span class="remark" { "masked: maybe several hosts" } }
    }
}

/// The class that has the color of a status.
pub(in crate::report) fn class(status: Status) -> String {
    format!("s-{}", status.word())
}

/// The heads of columns: names cut in their middle, and those that would be alike where they begin to differ.
fn heads(texts: &[Cow<'_, str>]) -> Vec<String> {
    let names: Vec<&str> = texts.iter().map(|text| bare(text)).collect();
    let mut seen: HashMap<String, usize> = HashMap::new();
    for name in &names {
        *seen.entry(short(name)).or_default() += 1;
    }
    let head = |(name, common): (&&str, usize)| match short(name) {
        head if seen.get(&head).is_none_or(|times| *times == 1) => head,
        _ => cut_apart(name, common, HEAD).into_owned(),
    };
    names.iter().zip(common_starts(&names)).map(head).collect()
}

/// A name that is not too long: its middle is left out, for both ends tell names apart.
fn short(name: &str) -> String {
    let count = name.chars().count();
    if count <= HEAD {
        return name.to_owned();
    }
    let head: String = name.chars().take(HEAD / 2).collect();
    let tail: String = name.chars().skip(count - (HEAD - HEAD / 2 - 1)).collect();
    format!("{head}…{tail}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ends_of_a_long_name_stay() {
        assert_eq!(short("ssm.us-west-2.amazonaws.com"), "ssm.us-west-2.amazonaws.com");
        let long = short(&format!("a.{}.example.com", "x".repeat(100)));
        assert!(long.starts_with("a.x") && long.ends_with("xx.example.com") && long.contains('…'));
        assert_eq!(long.chars().count(), HEAD);
    }

    #[test]
    fn heads_differ_where_names_do() {
        let begin = [&*"a".repeat(60); 3].join(".");
        let name = |at: u32| Cow::Owned(format!("{begin}.host-{at}.prod.internal.example."));
        let heads = heads(&[name(1), name(2), name(3), Cow::Borrowed("github.com.")]);
        assert_eq!(heads[3], "github.com");
        let different: std::collections::BTreeSet<&String> = heads.iter().collect();
        assert!(different.len() == 4 && heads.iter().all(|head| head.chars().count() <= HEAD), "{heads:?}");
    }
}
