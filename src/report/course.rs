//! How answers to AAAA went over time, as the share of each kind.

use std::io::{self, Write};

use serde::Serialize;

use super::{Report, json, pieces};
use crate::base::moment::Moment;
use crate::fleet::{AnswerClass, AnswerCounts, Course, CourseStep};

/// The most columns of a line of text.
const COLUMNS: usize = 60;
/// The least seconds of a column in text: a log so short that there would be shorter ones is better read than
/// drawn.
const LEAST: i64 = 60;

/// Eighths of a cell.
const BLOCKS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// The sign of the status that is most like it.
pub(crate) fn glyph(way: AnswerClass) -> char {
    match way {
        AnswerClass::Native => '●',
        AnswerClass::Nat64 => '◐',
        AnswerClass::None => '✗',
        AnswerClass::Failing => '!',
        AnswerClass::Unknown => '~',
    }
}

/// `minute`, `10 minutes`, `day`: what a step of `seconds` is called.
pub(crate) fn step_words(seconds: i64) -> String {
    let (count, unit) = match seconds {
        86_400.. => (seconds / 86_400, "day"),
        3600.. => (seconds / 3600, "hour"),
        60.. => (seconds / 60, "minute"),
        _ => (seconds, "second"),
    };
    if count == 1 { unit.to_owned() } else { format!("{count} {unit}s") }
}

/// A share in percent; never 0% of what is there, never 100% of what is not all.
pub(crate) fn percent(part: u64, whole: u64) -> String {
    let share = u128::from(part) * 100;
    let whole = u128::from(whole.max(1));
    match (share + whole / 2) / whole {
        0 if part > 0 => "<1%".to_owned(),
        100 if share < 100 * whole => ">99%".to_owned(),
        share => format!("{share}%"),
    }
}

/// The ways that occur.
pub(super) fn seen(steps: &[CourseStep]) -> impl Iterator<Item = AnswerClass> + '_ {
    AnswerClass::ALL.into_iter().filter(|way| steps.iter().any(|step| step.ways[*way as usize] > 0))
}

/// The share in the first quarter of the steps, and in the last: a single step may be of few answers.
pub(crate) fn ends(steps: &[CourseStep], way: AnswerClass) -> Option<(String, String)> {
    let quarter = steps.len().div_ceil(4);
    let share = |steps: &[CourseStep]| {
        let part = steps.iter().map(|step| step.ways[way as usize]).sum();
        percent(part, steps.iter().map(CourseStep::total).sum())
    };
    Some((share(steps.get(..quarter)?), share(&steps[steps.len() - quarter..])))
}

/// The steps with a place for each that lies between the first and the last; `None` where nothing was
/// answered.
pub(super) fn places(width: i64, steps: &[CourseStep]) -> Vec<Option<CourseStep>> {
    let mut places: Vec<Option<CourseStep>> = Vec::new();
    let Some(first) = steps.first() else { return places };
    for step in steps {
        let place = (step.from.0 - first.from.0) / (width * 1000);
        let Ok(place) = usize::try_from(place) else { continue };
        places.resize(place.max(places.len()), None);
        places.push(Some(*step));
    }
    places
}

/// Writes a line for each kind of answer; nothing of a log that is short.
pub(super) fn text(
    report: &Report<'_>,
    title: impl Fn(&str) -> String,
    out: &mut impl Write,
) -> io::Result<()> {
    let (width, steps) = report.survey.fleet().tally().course.at_most(COLUMNS);
    let (Some(first), Some(last), true) = (steps.first(), steps.last(), width >= LEAST && steps.len() > 1)
    else {
        return Ok(());
    };
    let until = Moment(last.from.0 + width * 1000);
    let dated = first.from.date() != until.date();
    let of = if report.selection.is_all() { "" } else { ", of all that was read" };
    let when = pieces::between(first.from, until, dated);
    let words = format!(
        "Answers to AAAA over time{of}: the share of each, a column for each {}; the first and the last quarter",
        step_words(width)
    );
    writeln!(out, "\n{}", title(&words))?;
    writeln!(out, "  {when} UTC")?;
    let columns = places(width, &steps);
    for way in seen(&steps) {
        let line: String = columns.iter().map(|step| block(step.as_ref(), way)).collect();
        let ends = ends(&steps, way).map(|(from, to)| format!("{from} → {to}")).unwrap_or_default();
        writeln!(out, "  {} {:<10}  {line}  {ends}", glyph(way), way.words())?;
    }
    Ok(())
}

/// The share of a step in eighths of a cell; a dot where nothing was answered.
fn block(step: Option<&CourseStep>, way: AnswerClass) -> char {
    let Some(step) = step else { return '·' };
    match u128::from(step.ways[way as usize]) {
        0 => ' ',
        part => {
            let eighths = (part * 8).div_ceil(u128::from(step.total().max(1)));
            BLOCKS[usize::try_from(eighths - 1).unwrap_or(7).min(7)]
        }
    }
}

#[derive(Serialize)]
struct CourseJson {
    seconds: i64,
    steps: Vec<CourseStepJson>,
}

#[derive(Serialize)]
struct CourseStepJson {
    from: Moment,
    native: u64,
    nat64: u64,
    none: u64,
    failing: u64,
    unknown: u64,
}

impl From<&CourseStep> for CourseStepJson {
    fn from(step: &CourseStep) -> Self {
        let [native, nat64, none, failing, unknown]: AnswerCounts = step.ways;
        Self { from: step.from, native, nat64, none, failing, unknown }
    }
}

/// As a field of the JSON contract, with the comma before it.
pub(super) fn json(course: &Course, out: &mut impl Write) -> io::Result<()> {
    out.write_all(b",\"over_time\":")?;
    let steps = course.steps().iter().map(CourseStepJson::from).collect();
    json::put(out, &CourseJson { seconds: course.width(), steps })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_never_rounded_to_nothing_or_all() {
        let shares = [(0, 5), (1, 1000), (1, 3), (999, 1000), (7, 7), (0, 0)];
        let words = shares.map(|(part, whole)| percent(part, whole));
        assert_eq!(words, ["0%", "<1%", "33%", ">99%", "100%", "0%"]);
        assert_eq!(
            [1, 60, 600, 3600, 86_400].map(step_words),
            ["second", "minute", "10 minutes", "hour", "day"]
        );
    }

    #[test]
    fn each_step_has_its_place() {
        let step = |second: i64, ways| CourseStep { from: Moment::from_seconds(second), ways };
        let steps = [step(120, [1, 0, 0, 0, 0]), step(300, [1, 0, 7, 0, 0])];
        let columns = places(60, &steps);
        assert_eq!(columns.len(), 4);
        let drawn = |way| columns.iter().map(|step| block(step.as_ref(), way)).collect::<String>();
        assert_eq!(
            [drawn(AnswerClass::Native), drawn(AnswerClass::None), drawn(AnswerClass::Failing)],
            ["█··▁", " ··▇", " ·· "]
        );
    }
}
