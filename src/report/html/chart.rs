//! The course of the log as a chart: the share of each kind of answer, how many answers there were, what is
//! missing, and marks. Drawn as SVG that is stretched to the width of the page; what is to be read is beside
//! it as text.

use maud::{Markup, html};

use super::super::{Report, course, pieces};
use crate::base::moment::Moment;
use crate::base::saturating::SaturatingInto as _;
use crate::fleet::{AnswerClass, CourseStep, Tally};

/// The most steps that are drawn.
const STEPS: usize = 120;
/// Units of the drawing in a step, in the shares, and in the numbers below them.
const STEP: i64 = 10;
const SHARES: u64 = 1000;
const NUMBERS: u64 = 240;
const BETWEEN: u64 = 40;

/// The steps that are drawn, and what they stand for.
struct ChartCourse {
    width: i64,
    from: Moment,
    until: Moment,
    places: Vec<Option<CourseStep>>,
    steps: Vec<CourseStep>,
}

impl ChartCourse {
    fn from_tally(tally: &Tally) -> Option<Self> {
        let (width, steps) = tally.course.at_most(STEPS);
        let (first, last) = (steps.first()?, steps.last()?);
        let (from, until) = (first.from, Moment(last.from.0 + width * 1000));
        Some(Self { width, from, until, places: course::places(width, &steps), steps })
    }

    /// Where a moment is in the drawing, in its units from the left.
    fn x(&self, at: Moment) -> i64 {
        let whole = (self.until.0 - self.from.0).max(1);
        let at = (at.0 - self.from.0).clamp(0, whole);
        let across = self.places.len().saturating_into::<i64>().saturating_mul(STEP);
        i64::try_from(i128::from(at) * i128::from(across) / i128::from(whole)).unwrap_or(across)
    }

    fn across(&self) -> i64 {
        self.places.len().saturating_into::<i64>().saturating_mul(STEP)
    }
}

/// The section; nothing where there is nothing to compare.
pub(super) fn section(report: &Report<'_>) -> Option<Markup> {
    let tally = report.survey.fleet().tally();
    let drawn = ChartCourse::from_tally(tally)?;
    if drawn.steps.len() < 2 {
        return None;
    }
    let dated = drawn.from.date() != drawn.until.date();
    let middle = Moment(i64::midpoint(drawn.from.0, drawn.until.0));
    let at = |moment| pieces::at(moment, dated);
    let most = drawn.steps.iter().map(CourseStep::total).max().unwrap_or(0);
    let each = course::step_words(drawn.width);
    Some(html! {
        section id="course" aria-labelledby="course-title" {
            h2 id="course-title" { "How it went over time" }
            p class="remark" {
                "The share of each kind of answer to AAAA, a column for each " (each) "; below, how many answers there were, at most " (pieces::number(most)) " in one " (each) ". In percent: the first quarter and the last."
                @if !report.selection.is_all() { " It is of all that was read, not only of what is listed here." }
            }
            figure {
                (svg(report, &drawn, most))
                div class="axis" aria-hidden="true" {
                    span { (at(drawn.from)) } span { (at(middle)) } span { (at(drawn.until)) " UTC" }
                }
                (legend(tally, &drawn))
            }
            @if let Some(marks) = marks(report) { (marks) }
            form id="range" class="script" hidden {
                label { "From " input type="range" id="range-from" min="0" max=(drawn.places.len() - 1) value="0"; }
                label { "to " input type="range" id="range-until" min="0" max=(drawn.places.len() - 1) value=(drawn.places.len() - 1); }
                button type="button" id="range-all" { "All of it" }
                output id="range-words" for="range-from range-until" {}
            }
            (table(&drawn, dated))
        }
    })
}

fn svg(report: &Report<'_>, drawn: &ChartCourse, most: u64) -> Markup {
    let across = drawn.across();
    let high = SHARES + BETWEEN + NUMBERS;
    let loss = &report.survey.fleet().tally().loss;
    let missing = loss
        .gaps
        .iter()
        .chain(&loss.sampled)
        .filter(|gap| gap.until >= drawn.from && gap.from <= drawn.until);
    html! {
        svg id="chart" viewBox={ "0 0 " (across) " " (high) } preserveAspectRatio="none" role="img"
            aria-label=(summary(drawn)) data-from=(drawn.from.0) data-width=(drawn.width * 1000)
            data-steps=(drawn.places.len()) {
            defs {
                pattern id="hatch" width="6" height="40" patternUnits="userSpaceOnUse" {
                    rect width="6" height="40" class="missing-paper" {}
                    rect width="3" height="40" class="missing-ink" {}
                }
            }
            @for (at, step) in (0_i64..).zip(&drawn.places) {
                @if let Some(step) = step { (column(at * STEP, step, most)) }
            }
            @for gap in missing {
                rect x=(drawn.x(gap.from)) y="0" width=((drawn.x(gap.until) - drawn.x(gap.from)).max(2)) height=(high)
                    fill="url(#hatch)" {}
            }
            @for quarter in 1..4 {
                line x1="0" x2=(across) y1=(quarter * 250) y2=(quarter * 250) class="grid" {}
            }
            @for mark in report.excerpt.iter().flat_map(|excerpt| &excerpt.marks) {
                line x1=(drawn.x(mark.at)) x2=(drawn.x(mark.at)) y1="0" y2=(high) class="mark" {}
            }
        }
    }
}

/// The shares of a step, the best at the bottom, and its number below.
fn column(x: i64, step: &CourseStep, most: u64) -> Markup {
    let scaled = |count: u64, whole: u64, high: u64| {
        let scaled = u128::from(count) * u128::from(high) / u128::from(whole.max(1));
        u64::try_from(scaled).unwrap_or(high)
    };
    let total = step.total();
    let mut sum = 0;
    let parts: Vec<(AnswerClass, u64, u64)> = AnswerClass::ALL
        .into_iter()
        .filter_map(|way| {
            let bottom = scaled(sum, total, SHARES);
            sum += step.ways[way as usize];
            let top = scaled(sum, total, SHARES);
            (top > bottom).then_some((way, SHARES - top, top - bottom))
        })
        .collect();
    let number = scaled(total, most, NUMBERS).max(u64::from(total > 0) * 8);
    html! {
        @for (way, y, height) in parts {
            rect x=(x) y=(y) width=(STEP) height=(height) class={ "way-" (way.word()) } {}
        }
        rect x=(x) y=(SHARES + BETWEEN + NUMBERS - number) width=(STEP) height=(number) class="number" {}
    }
}

/// What the chart shows, in a sentence, for who does not see it.
fn summary(drawn: &ChartCourse) -> String {
    let shares = course::seen(&drawn.steps).filter_map(|way| {
        let (from, until) = course::ends(&drawn.steps, way)?;
        Some(format!("{} {from} in the first quarter and {until} in the last", way.words()))
    });
    format!("Shares of answers to AAAA over time: {}.", shares.collect::<Vec<_>>().join("; "))
}

fn legend(tally: &Tally, drawn: &ChartCourse) -> Markup {
    let is_missing = !tally.loss.gaps.is_empty() || !tally.loss.sampled.is_empty();
    html! {
        figcaption class="legend" {
            @for way in course::seen(&drawn.steps) {
                span class="key" {
                    span class={ "swatch way-" (way.word()) } aria-hidden="true" {}
                    (way.words())
                    @if let Some((from, until)) = course::ends(&drawn.steps, way) {
                        " " b { (from) " → " (until) }
                    }
                }
            }
            @if is_missing {
                span class="key" { span class="swatch missing-swatch" aria-hidden="true" {} "not all was seen" }
            }
        }
    }
}

fn marks(report: &Report<'_>) -> Option<Markup> {
    let excerpt = report.excerpt.filter(|excerpt| !excerpt.marks.is_empty())?;
    Some(html! {
        ul class="marks" aria-label="Marks" {
            @for mark in excerpt.mark_lines() { li { (mark) } }
        }
    })
}

/// The same in numbers.
fn table(drawn: &ChartCourse, dated: bool) -> Markup {
    let ways: Vec<AnswerClass> = course::seen(&drawn.steps).collect();
    html! {
        details class="numbers" {
            summary { "The same in numbers" }
            div class="scroll" role="region" aria-label="Answers to AAAA by time" tabindex="0" {
                table {
                    caption { "Answers to AAAA by time (UTC), each step a " (course::step_words(drawn.width)) }
                    thead { tr { th scope="col" { "from" } @for way in &ways { th scope="col" class="right" { (way.words()) } } } }
                    tbody {
                        @for step in &drawn.steps {
                            tr {
                                th scope="row" { (pieces::at(step.from, dated)) }
                                @for way in &ways {
                                    td class="right" { (pieces::number(step.ways[*way as usize])) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fleet::AnswerCounts;

    #[test]
    fn a_moment_has_its_place_in_the_drawing() {
        let at = Moment::from_seconds;
        let drawn = ChartCourse {
            width: 60,
            from: at(600),
            until: at(840),
            places: vec![None; 4],
            steps: Vec::new(),
        };
        // Of marks and gaps some lie outside of what was read.
        let places =
            [-62_000_000_000, 600, 660, 705, 780, 840, 253_000_000_000].map(|second| drawn.x(at(second)));
        assert_eq!(places, [0, 0, STEP, STEP * 7 / 4, 3 * STEP, 4 * STEP, drawn.across()]);
    }

    #[test]
    fn a_step_with_few_is_seen_beside_one_with_many() {
        let number = |count: u64| {
            let mut ways = AnswerCounts::default();
            ways[AnswerClass::Native as usize] = count;
            let drawn = column(0, &CourseStep { from: Moment(0), ways }, 1_000_000).into_string();
            let bar =
                drawn.split("<rect ").find(|rect| rect.contains("class=\"number\"")).unwrap().to_owned();
            let height = bar.split("height=\"").nth(1).unwrap().split('"').next().unwrap();
            height.parse::<u64>().unwrap()
        };
        assert_eq!([0, 1, 500_000, 1_000_000].map(number), [0, 8, NUMBERS / 2, NUMBERS]);
    }
}
