//! The plan, each step with an address of its own in the page.

use maud::{Markup, html};

use super::super::{Report, pieces, plan as words};
use super::findings::{ticked, whole};
use crate::advice::plan::Plan;
use crate::base::visible::visible;

pub(super) fn section(report: &Report<'_>, plan: &Plan) -> Markup {
    if plan.is_empty() {
        return html! {};
    }
    let (shown, rest) = words::steps(report, plan);
    html! {
        section id="plan" aria-labelledby="plan-title" {
            h2 id="plan-title" { (words::TITLE) }
            p { (plan.readiness()) }
            @if !shown.is_empty() {
                ol {
                    @for (at, step) in shown.iter().enumerate() {
                        li id={ "step-" (at + 1) } {
                            h3 { (whole(&visible(&step.title))) }
                            p class="action" { (ticked(&visible(&step.action))) }
                            p { (whole(&visible(&words::outlook(plan, at)))) }
                            p class="evidence" {
                                "Endpoints: " (whole(&words::names(&step.names, step.covers))) ". Origins: "
                                (whole(&words::origins(report, &step.origin_ids, step.covers))) "."
                            }
                        }
                        "\n"
                    }
                }
            }
            @if rest > 0 {
                p class="remark" {
                    "… and " (pieces::counted(rest as u64, "more change", "more changes")) ", listed with " code { "--limit 0" } "."
                }
            }
            @if plan.steps.len() > 1 { p class="remark" { (plan.method_words()) } }
            @if !plan.rests.is_empty() {
                h3 { (words::remains(plan).trim_end_matches(':')) }
                ul {
                    @for rest in &plan.rests {
                        li {
                            (rest.sentence) " " (words::amount(rest)) ": " (whole(&words::names(&rest.names, rest.covers))) ". "
                            span class="action" { (ticked(&rest.action)) }
                        }
                        "\n"
                    }
                }
            }
        }
        "\n"
    }
}
