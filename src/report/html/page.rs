//! The page: what a person reads without a script.

use maud::{Markup, html};

use super::super::summary::{SharedEndpoint, Summary};
use super::super::{InputSummary, Report, pieces, rows, text};
use super::matrix::{class, origin};
use super::{PageData, ROWS, all, chart, findings, matrix, plan};
use crate::base::visible::visible;
use crate::fleet::{Dns64, PairView, Status};
use crate::knowledge::catalog::Evidence;
use crate::knowledge::domain::bare;

/// The most inputs that are listed.
const INPUTS: usize = 20;
/// Units of the strip of all statuses, as wide as the page.
const STRIP: u128 = 10_000;

/// Where the records came from, in few words.
pub(super) fn source(report: &Report<'_>) -> String {
    match report.inputs {
        [one] => {
            let path = one.path.to_string();
            visible(path.rsplit('/').next().unwrap_or(&path)).into_owned()
        }
        many => pieces::counted(many.len() as u64, "input", "inputs"),
    }
}

pub(super) fn body(report: &Report<'_>, gathered: &PageData<'_>) -> Markup {
    let (summary, advice) = (&gathered.summary, &gathered.advice);
    let headline = summary.headline();
    // The answer is a heading, what else there is to say is below it.
    let (first, rest) =
        headline.split_once(". ").map_or((headline.as_str(), ""), |(first, rest)| (first, rest));
    html! {
        a class="skip" href="#pairs" { "Skip to the list of all pairs" }
        "\n"
        header {
            p class="brand" { b { "r53tail" } " · IPv6 dependencies · " (source(report)) }
            h1 { (first) @if !rest.is_empty() { "." } }
            @if !rest.is_empty() { p class="lead" { (rest) } }
            (scope(report, summary))
        }
        "\n"
        (contents(report, gathered))
        main {
            (missing(report))
            (statuses(summary))
            (plan::section(report, &advice.plan))
            (findings::section(report, advice))
            (all([chart::section(report), shared(report, summary), matrix::section(report, gathered)]))
            (pairs(report, gathered))
            (key())
            (inputs(report))
        }
        footer {
            p {
                "Counts are of logged queries: the resolver does not log what it answers from its cache, nor queries sent to other "
                "resolvers. A synthesized answer says nothing of the route to a NAT gateway. "
                (super::super::advice::as_of(report))
            }
        }
        "\n"
    }
}

/// Of how much it is.
fn scope(report: &Report<'_>, summary: &Summary<'_>) -> Markup {
    let tally = report.survey.fleet().tally();
    html! {
        p class="scope" {
            (pieces::counted(tally.records, "record", "records"))
            @if let Some((first, last)) = tally.range {
                " from " time datetime=(first) { (pieces::at(first, true)) } " to " time datetime=(last) { (pieces::at(last, true)) } " UTC"
            }
            ". " (summary.judged()) ", " (pieces::number(tally.ignored)) " of other types counted."
            @if !report.selection.is_all() { " Filters apply: only a part of it is listed." }
            @if let Some(words) = pieces::outside_words(tally.outside) { " " (words) }
            @if report.selection.picked {
                " " (pieces::picked(tally))
            }
        }
        @if let Some(excerpt) = report.excerpt {
            @let sentences = excerpt.sentences();
            @if !sentences.is_empty() { p class="scope" { (sentences) } }
        }
    }
}

fn contents(report: &Report<'_>, gathered: &PageData<'_>) -> Markup {
    let advice = &gathered.advice;
    let has_course = report.survey.fleet().tally().course.steps().len() > 1;
    html! {
        nav aria-label="Sections" {
            @if !advice.plan.is_empty() {
                a href="#plan" { "Plan" span class="count" { (pieces::number(advice.plan.steps.len() as u64)) } }
            }
            a href="#findings" { "What to do" span class="count" { (pieces::number((advice.findings.len() + advice.unsaid) as u64)) } }
            @if has_course { a href="#course" { "Over time" } }
            @if !gathered.summary.shared.is_empty() { a href="#shared" { "Most depended on" } }
            @if gathered.endpoints > 1 { a href="#matrix" { "Who on what" } }
            a href="#pairs" { "All pairs" span class="count" { (pieces::number(gathered.pairs as u64)) } }
            a href="#key" { "Signs" }
        }
        "\n"
    }
}

/// What is known to be missing, or that nothing is.
fn missing(report: &Report<'_>) -> Markup {
    let lines = text::missing(report);
    let tally = report.survey.fleet().tally();
    let is_whole = text::is_whole(report) && tally.incomplete().next().is_none() && tally.records > 0;
    html! {
        section id="missing" class={ "note " @if is_whole { "whole" } @else { "not-whole" } } aria-label="What was not seen" {
            @for line in lines { p { (line) } }
        }
        "\n"
    }
}

/// How many pairs and endpoints have which status, as tiles that the script makes buttons of.
fn statuses(summary: &Summary<'_>) -> Markup {
    let seen = || Status::ALL.into_iter().filter(|status| summary.statuses[*status as usize] > 0);
    let total: u64 = summary.statuses.iter().sum();
    let strip = strip(summary, total);
    let noise = Summary::noise_words(&summary.noise);
    html! {
        section id="statuses" aria-labelledby="statuses-title" {
            h2 id="statuses-title" { "How it stands" }
            @if total > 0 {
                svg class="strip" viewBox="0 0 10000 10" preserveAspectRatio="none" aria-hidden="true" {
                    @for (status, x, wide) in &strip {
                        rect x=(x) y="0" width=(wide) height="10" class={ "fill-" (status.word()) } {}
                    }
                }
            }
            ul class="tiles" {
                @for status in seen() {
                    li class=(class(status)) {
                        span class="glyph" aria-hidden="true" { (status.glyph()) }
                        b { (pieces::number(summary.statuses[status as usize])) }
                        span { (status.words()) }
                        small { (pieces::counted(summary.names[status as usize] as u64, "endpoint", "endpoints")) }
                    }
                }
            }
            p class="remark" {
                "Pairs of an origin and an endpoint that it asked for, by what came back."
                @if !noise.is_empty() { " Not counted: " (noise) "." }
            }
        }
        "\n"
    }
}

/// Where each status is in a strip of [`STRIP`]: from where, and how wide.
fn strip(summary: &Summary<'_>, total: u64) -> Vec<(Status, u128, u128)> {
    let mut sum = 0;
    let place = |count: u64| u128::from(count) * STRIP / u128::from(total.max(1));
    let parts = Status::ALL.into_iter().map(|status| {
        let from = place(sum);
        sum += summary.statuses[status as usize];
        (status, from, place(sum) - from)
    });
    parts.filter(|(.., wide)| *wide > 0).collect()
}

/// The endpoints that most origins depend on, of both kinds.
fn shared(report: &Report<'_>, summary: &Summary<'_>) -> Option<Markup> {
    let lists = [
        (Status::Ipv4Only, "Endpoints without an IPv6 address"),
        (Status::Nat64, "Endpoints reached through NAT64"),
    ];
    let list = |status: Status| summary.shared.iter().filter(move |shared| shared.status == status);
    (!summary.shared.is_empty()).then(|| {
        html! {
            section id="shared" aria-labelledby="shared-title" {
                h2 id="shared-title" { "What most depend on" }
                div class="columns" {
                    @for (status, title) in lists {
                        @if list(status).next().is_some() {
                            (ranking(report, title, (status, summary.names[status as usize]), &list(status).collect::<Vec<_>>()))
                        }
                    }
                }
            }
        }
    })
}

/// The first endpoints of a status, of `count` that there are.
fn ranking(
    report: &Report<'_>,
    title: &str,
    (status, count): (Status, usize),
    first: &[&SharedEndpoint<'_>],
) -> Markup {
    let shown = &first[..first.len().min(report.limit)];
    html! {
        div class="scroll" role="region" aria-label=(title) tabindex="0" {
            table {
                caption { (title) }
                thead { tr {
                    th scope="col" { "endpoint" }
                    th scope="col" class="right" { "origins" }
                    th scope="col" class="right" { "logged queries" }
                } }
                tbody {
                    @for shared in shown {
                        tr {
                            th scope="row" class="name" {
                                span class={ "glyph " (class(status)) } aria-hidden="true" { (status.glyph()) } " "
                                (bare(&visible(shared.name)))
                            }
                            td class="right" { (pieces::number(shared.origins as u64)) }
                            td class="right" { (pieces::number(shared.records)) }
                        }
                    }
                }
            }
            @if count > shown.len() {
                p class="remark" { "… and " (pieces::number((count - shown.len()) as u64)) " more." }
            }
        }
    }
}

/// The first pairs, which the script puts the list of all in place of.
fn pairs(report: &Report<'_>, gathered: &PageData<'_>) -> Markup {
    let noise: u64 = gathered.summary.noise.iter().sum();
    let listed = gathered.pairs as u64 - noise;
    let shown = gathered.first.len() as u64;
    let range = report.survey.fleet().tally().range;
    let dated = range.is_some_and(|(first, last)| first.date() != last.date());
    html! {
        section id="pairs" aria-labelledby="pairs-title" {
            h2 id="pairs-title" { "All pairs of origin and endpoint" }
            p id="pairs-static" class="remark" {
                @if shown < listed {
                    "The first " (pieces::number(ROWS as u64)) " of " (pieces::number(listed)) " pairs. With a script, which this page has in it, "
                    "all of them are listed, filtered and sorted here."
                } @else {
                    (pieces::counted(listed, "pair", "pairs")) "."
                }
            }
            form id="controls" class="script" role="search" hidden {
                label class="grow" {
                    span { "Filter" }
                    input type="search" id="filter" autocomplete="off" spellcheck="false"
                        placeholder="part of an origin, an endpoint or a service; -word leaves out";
                }
                fieldset id="chosen" { legend { "Status" } }
                @if noise > 0 {
                    label class="check" { input type="checkbox" id="noise"; " also names that are none of an endpoint" }
                }
            }
            p id="found" class="remark script" role="status" hidden {}
            div class="scroll" role="region" aria-label="The list" tabindex="0" {
                table id="list" {
                    caption class="sr" { "Pairs of origin and endpoint" }
                    thead { tr {
                        th scope="col" data-sort="status" { "status" }
                        th scope="col" data-sort="origin" { "origin" }
                        th scope="col" data-sort="name" { "endpoint" }
                        th scope="col" data-sort="count" { "AAAA" }
                        th scope="col" { "A" }
                        th scope="col" data-sort="first" { "first" }
                        th scope="col" data-sort="last" { "last" }
                        th scope="col" { "remarks" }
                    } }
                    tbody {
                        @for handle in &gathered.first { (row(report, &report.survey.pair(*handle), dated)) }
                    }
                }
            }
            nav id="pager" class="script" aria-label="Pages of the list" hidden {}
        }
        "\n"
    }
}

fn row(report: &Report<'_>, pair: &PairView<'_>, dated: bool) -> Markup {
    let (first, last) = pair.spans.range().unzip();
    html! {
        tr {
            td class={ "status " (class(pair.status)) } {
                span aria-hidden="true" { (pair.status.lead()) } (pair.status.words())
            }
            td { (origin(report, pair.origin)) }
            td class="name" { (bare(&visible(pair.name))) }
            td class="verdicts" { (rows::counts(&mut pair.spans.aaaa().map(|(verdict, span)| (verdict.words(), span.count)))) }
            td class="verdicts" { (rows::counts(&mut pair.spans.a().map(|(verdict, span)| (verdict.words(), span.count)))) }
            @for moment in [first, last] {
                td class="time" { @if let Some(moment) = moment { (pieces::at(moment, dated)) } }
            }
            td {
                @let (addresses, remarks) = (rows::addresses(pair), rows::remarks(pair, dated));
                (addresses)
                @if !addresses.is_empty() && !remarks.is_empty() { "; " }
                (remarks)
            }
        }
        "\n"
    }
}

/// What the signs mean.
fn key() -> Markup {
    let meaning = |status: Status| match status {
        Status::Native => "reachable over IPv6",
        Status::Nat64 => {
            "reachable only if the NAT64 prefix is routed to a NAT gateway; every byte pays for it"
        }
        Status::Ipv4Only => "AAAA empty, A answered: unreachable without IPv4",
        Status::Empty => "AAAA empty, and nothing is known of A",
        Status::NoAddress => "neither AAAA nor A",
        Status::Blocked => "blocked by DNS Firewall",
        Status::Failing => "SERVFAIL, REFUSED or another RCODE",
        Status::NxDomain => "the name does not exist, says the answer to AAAA",
        Status::Unknown => "AAAA was asked, and what was read does not say what came back",
        Status::AOnly => "AAAA was never asked",
    };
    html! {
        section id="key" aria-labelledby="key-title" {
            h2 id="key-title" { "What the signs mean" }
            p class="remark" { "For an origin without IPv4, the worst first." }
            dl {
                @for status in Status::ALL {
                    dt class=(class(status)) { span aria-hidden="true" { (status.lead()) } (status.words()) }
                    dd { (meaning(status)) }
                }
            }
            p class="remark" { "How sure it is that another name has IPv6 addresses." }
            dl {
                dt { "E1" }
                dd { "this log shows AAAA records for it" }
                @for evidence in [Evidence::Host, Evidence::Region, Evidence::Service] {
                    dt { (evidence.word()) }
                    dd { (evidence.words()) }
                }
                dt { (Evidence::Rule.word()) }
                dd {
                    "no document of AWS's has it: a program of AWS's uses it, somebody measured it, or the naming rule makes it; "
                    "check it with " code { "dig AAAA" }
                }
            }
        }
        "\n"
    }
}

fn inputs(report: &Report<'_>) -> Markup {
    let line = |input: &InputSummary| {
        let records = pieces::counted(input.records, "record", "records");
        format!("{} ({}, {records})", visible(&input.path.to_string()), input.format)
    };
    let dns64 = |wanted: fn(Dns64) -> bool| {
        report.survey.origins().iter().filter(|origin| wanted(origin.dns64)).count() as u64
    };
    let on = dns64(|state| matches!(state, Dns64::On(_)));
    html! {
        section id="inputs" aria-labelledby="inputs-title" {
            h2 id="inputs-title" { "What was read" }
            ul {
                @for input in report.inputs.iter().take(INPUTS) { li class="name" { (line(input)) } }
                @if report.inputs.len() > INPUTS {
                    li { "… and " (pieces::number((report.inputs.len() - INPUTS) as u64)) " more" }
                }
            }
            p {
                (pieces::counted(report.survey.origins().len() as u64, "origin", "origins")) " in all; DNS64 was seen at work for "
                (pieces::number(on)) "."
            }
        }
        "\n"
    }
}
