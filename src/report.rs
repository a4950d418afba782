//! A fleet, written out: for a person, for a program, for a spreadsheet, for a page.

use std::io;
use std::str::FromStr;

use crate::advice::finding::{Advice, Knowledge, PairObserver, WordedFindings};
use crate::base::prefixed::Prefixed;
use crate::digest::Sample;
use crate::fleet::{PairHandle, PairView, Status, Survey};
use crate::log::observation::Aaaa;
use crate::query::{folded, reading};

mod advice;
mod brief;
mod compare;
mod course;
mod csv;
mod excerpt;
mod html;
mod json;
mod markdown;
pub mod observed;
mod pieces;
mod plan;
mod remarks;
mod rows;
mod sql;
mod summary;
mod tail;
mod text;

use summary::{Counting, PairTotals, Summary};

pub use brief::{CHARACTERS, LINES, brief_finding};
pub use compare::{
    ComparedAsker, ComparedPair, ComparedSide, Comparison, DifferenceKind, EarlierError, EarlierLabels,
    is_report,
};
pub(crate) use course::{ends, glyph as way_sign, percent, step_words};
pub use excerpt::Excerpt;
pub use json::finding_line;
pub use observed::observed_line;
pub use pieces::{folded_words, incomplete_words};
pub use remarks::Remarks;
pub use tail::ReportTail;

/// The version of the JSON contract. It grows by one when a field changes its meaning or goes away; new
/// fields may come without it.
pub const SCHEMA: u32 = 2;

/// How many pairs make a part of a report.
pub const PART: usize = 2048;

/// Writes `value` as JSON on a line of its own, as reports do: nothing in it drives a terminal.
///
/// # Errors
/// Those of `out`.
pub fn json_line(value: &impl serde::Serialize, mut out: impl io::Write) -> io::Result<()> {
    json::put(&mut out, value)?;
    out.write_all(b"\n")
}

/// How a report is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Format {
    /// For a person.
    #[default]
    Text,
    /// One JSON object.
    Json,
    /// One JSON object a line, one line a pair.
    Ndjson,
    /// One row a pair.
    Csv,
    /// A script that makes tables.
    Sql,
    /// For a page.
    Markdown,
    /// A page in itself.
    Html,
    /// Text in few words, for a ticket or a chat: at most [`LINES`] and [`CHARACTERS`].
    Brief,
    /// The same as Markdown.
    BriefMarkdown,
}

impl Format {
    /// Whether it lists all pairs, one by one.
    fn has_pairs(self) -> bool {
        matches!(self, Self::Json | Self::Ndjson | Self::Csv | Self::Sql | Self::Html)
    }
}

/// In which order pairs come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    /// By origin, then name.
    Origin,
    /// By name, then origin.
    Name,
    /// Worst status first, then most records.
    Status,
    /// Most records first.
    Count,
    /// Latest record first.
    Last,
}

/// One input of a report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InputSummary {
    /// The path as it was given or found; `-` for standard input.
    pub path: Prefixed,
    /// The name of the format found in it.
    pub format: &'static str,
    /// Records read from it.
    pub records: u64,
    /// What could not be read of it, and why.
    pub error: Option<String>,
}

/// A text that a name or id is held against: with `*` as a pattern of the whole, else as a part of it. Case
/// does not matter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    pieces: Vec<String>,
    /// The only piece is all of the text, not a part of it.
    is_whole: bool,
}

impl FromStr for Pattern {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let pieces = folded(text).split('*').map(str::to_owned).collect();
        Ok(Self { pieces, is_whole: false })
    }
}

impl Pattern {
    /// What only `text` itself fits.
    #[must_use]
    pub fn exactly(text: &str) -> Self {
        Self { pieces: vec![text.to_lowercase()], is_whole: true }
    }

    /// Whether `text` fits.
    #[must_use]
    pub fn fits(&self, text: &str) -> bool {
        let text = text.to_lowercase();
        let [first, middle @ .., last] = self.pieces.as_slice() else {
            let part = self.pieces.first().map_or("", String::as_str);
            return if self.is_whole { text == part } else { text.contains(part) };
        };
        let Some(rest) = text.strip_prefix(first.as_str()) else { return false };
        // A name may be written without its last dot.
        let Some(mut rest) =
            rest.strip_suffix(last.as_str()).or_else(|| rest.strip_suffix('.')?.strip_suffix(last.as_str()))
        else {
            return false;
        };
        for piece in middle {
            let Some(at) = rest.find(piece.as_str()) else { return false };
            rest = &rest[at + piece.len()..];
        }
        true
    }
}

/// Which pairs a report is about. Within one field any may fit; every field given must.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// By the origin's id or one of its addresses.
    pub origins: Vec<Pattern>,
    /// By name.
    pub names: Vec<Pattern>,
    /// By VPC.
    pub vpcs: Vec<Pattern>,
    /// By status.
    pub statuses: Vec<Status>,
    /// By a verdict on AAAA that was seen.
    pub verdicts: Vec<Aaaa>,
    /// Those only of which a record was picked out: [`crate::fleet::Fleet::pick`].
    pub picked: bool,
}

impl Selection {
    /// Whether everything is selected.
    #[must_use]
    pub fn is_all(&self) -> bool {
        self.origins.is_empty()
            && self.names.is_empty()
            && self.vpcs.is_empty()
            && self.statuses.is_empty()
            && self.verdicts.is_empty()
            && !self.picked
    }

    /// Whether `pair` is selected.
    #[must_use]
    pub fn holds(&self, pair: &PairView<'_>) -> bool {
        (pair.picked || !self.picked)
            && self.holds_parts(&SelectionParts {
                id: pair.origin.id,
                addresses: &|fits| pair.origin.address_texts().any(|address| fits(&address)),
                vpc: pair.origin.vpc,
                name: pair.name,
                status: pair.status,
                saw: &|verdict| pair.spans.aaaa().any(|(seen, _)| seen.word() == verdict.word()),
            })
    }

    /// Whether a pair of these parts is selected.
    fn holds_parts(&self, pair: &SelectionParts<'_>) -> bool {
        let any =
            |patterns: &[Pattern], text: &str| patterns.is_empty() || patterns.iter().any(|it| it.fits(text));
        let origin =
            || any(&self.origins, pair.id) || (pair.addresses)(&|address| any(&self.origins, address));
        // A name of another script may be asked for as it reads.
        let reads = || reading(pair.name).is_some_and(|name| any(&self.names, &name));
        (self.statuses.is_empty() || self.statuses.contains(&pair.status))
            && any(&self.vpcs, pair.vpc)
            && (self.names.is_empty() || any(&self.names, pair.name) || reads())
            && (self.origins.is_empty() || origin())
            && (self.verdicts.is_empty() || self.verdicts.iter().any(|verdict| (pair.saw)(*verdict)))
    }
}

/// Whether a text fits.
type TextTest<'a> = &'a dyn Fn(&str) -> bool;

/// What a selection looks at in a pair.
struct SelectionParts<'a> {
    id: &'a str,
    /// Whether one of its addresses fits.
    addresses: &'a dyn Fn(TextTest<'_>) -> bool,
    vpc: &'a str,
    name: &'a str,
    status: Status,
    /// Whether a verdict on AAAA was seen.
    saw: &'a dyn Fn(Aaaa) -> bool,
}

/// What a report is made from.
#[derive(Debug)]
pub struct Report<'a> {
    /// The fleet, read.
    pub survey: &'a Survey<'a>,
    /// Where the records came from.
    pub inputs: &'a [InputSummary],
    /// Pieces that could not be read.
    pub samples: &'a [Sample],
    /// Which pairs it is about.
    pub selection: &'a Selection,
    /// In which order they come; each format has its own where this is not given.
    pub sort: Option<Sort>,
    /// How many origins, and endpoints of each, a report for a person lists.
    pub limit: usize,
    /// Whether colors may be used.
    pub color: bool,
    /// What findings are made with.
    pub knowledge: Knowledge<'a>,
    /// Whether formats of one pair a line name the findings on it: these are looked for then, which takes a
    /// while for hundreds of thousands of pairs. JSON, which has findings anyway, always does.
    pub names_findings: bool,
    /// Whether CSV has a column for everything that is known of a pair, and not only the ten that people
    /// want.
    pub wide: bool,
    /// What it was narrowed to, and what was marked, if it is of a part of the log.
    pub excerpt: Option<&'a Excerpt>,
}

/// A report in pieces.
#[derive(Debug, Default)]
pub struct Parts<'s> {
    /// What it begins with.
    pub head: Vec<u8>,
    /// The pairs that follow one by one.
    pub pairs: Vec<PairHandle>,
    /// What it ends with.
    pub tail: ReportTail<'s>,
    /// What is to be said beside the pairs.
    pub remarks: Remarks,
}

impl Report<'_> {
    /// Writes the report.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write(&self, format: Format, out: &mut impl io::Write) -> io::Result<()> {
        let parts = self.parts(format)?;
        out.write_all(&parts.head)?;
        for (at, part) in parts.pairs.chunks(PART).enumerate() {
            out.write_all(&self.part(format, at, part, &parts.remarks)?)?;
        }
        parts.tail.write(self, out)
    }

    /// The report in pieces. The pairs are written with [`Report::part`], [`PART`] at a time, and may be so
    /// on several threads.
    ///
    /// # Errors
    /// None but those of the libraries that write a format.
    pub fn parts(&self, format: Format) -> io::Result<Parts<'_>> {
        let mut parts = Parts::default();
        match format {
            Format::Text | Format::Markdown | Format::Brief | Format::BriefMarkdown => {
                let (summary, advice) = self.told(self.limit.max(brief::FINDINGS));
                let out = &mut parts.head;
                match format {
                    Format::Text => text::write(self, &summary, &advice, out)?,
                    Format::Markdown => markdown::write(self, &summary, &advice, out)?,
                    Format::Brief => brief::write(self, &summary, &advice, brief::BriefForm::Text, out)?,
                    _ => brief::write(self, &summary, &advice, brief::BriefForm::Markdown, out)?,
                }
            }
            Format::Json => {
                let told = self.all();
                json::head(self, &told, &mut parts.head)?;
                parts.remarks = Remarks::new(self.survey.fleet().name_count(), &told);
                parts.tail = ReportTail::told(told);
            }
            Format::Sql => {
                parts.pairs = self.handles();
                sql::head(self, &parts.pairs, &mut parts.head);
                let (numbers, before) = sql::endpoints(self, &parts.pairs);
                parts.remarks = Remarks::from_script(numbers, before);
                parts.tail = ReportTail::sql(self.all());
                return Ok(parts);
            }
            Format::Html => {
                parts.pairs = self.handles();
                parts.remarks = Remarks::from_ranks(html::head(self, &parts.pairs, &mut parts.head)?);
                parts.tail = ReportTail::bytes(html::tail());
                return Ok(parts);
            }
            Format::Ndjson | Format::Csv if self.names_findings => {
                parts.remarks = Remarks::new(self.survey.fleet().name_count(), &self.all());
            }
            Format::Ndjson | Format::Csv => {}
        }
        if format == Format::Csv {
            csv::head(self.wide, self.names_findings, &mut parts.head)?;
        }
        if format.has_pairs() {
            parts.pairs = self.handles();
        }
        Ok(parts)
    }

    /// Writes what is to be said of the selected pairs, as text: a line if that is nothing.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write_advice(&self, out: &mut impl io::Write) -> io::Result<()> {
        let advice = self.advice();
        if advice.findings.is_empty() {
            return writeln!(out, "Nothing is to be done.");
        }
        advice::text(self, &advice, "What to do", |_, text| text.to_owned(), out)
    }

    /// The summary, and the advice, of one pass over the selected pairs; at most the `most` important
    /// findings have to be worded.
    fn told(&self, most: usize) -> (Summary<'_>, Advice) {
        let (parts, advice) = self.told_beside(most, &Counting::new(self.survey));
        (self.summary(parts), advice)
    }

    /// What `counting` made of the selected pairs, and the advice, of one pass over them.
    fn told_beside<B: PairObserver>(&self, most: usize, counting: &B) -> (Vec<B::Part>, Advice) {
        let (advice, parts) =
            Advice::most_beside(most, self.survey, self.knowledge, |pair| self.is_about(pair), counting);
        (parts, advice)
    }

    /// The summary of what was counted.
    fn summary(&self, parts: Vec<PairTotals>) -> Summary<'_> {
        Summary::new(self.survey, parts, self.limit.max(brief::LISTED))
    }

    /// What is to be said of the selected pairs.
    fn advice(&self) -> Advice {
        Advice::from_survey(self.survey, self.knowledge, |pair| self.is_about(pair))
    }

    /// The same, not in words yet.
    fn all(&self) -> WordedFindings<'_> {
        WordedFindings::from_survey(usize::MAX, self.survey, self.knowledge, |pair| self.is_about(pair), &())
            .0
    }

    /// The part of a report with the pairs of `handles`, the part numbered `number` counted from 0; `remarks`
    /// as in [`Parts`].
    ///
    /// # Errors
    /// None but those of the libraries that write a format.
    pub fn part(
        &self,
        format: Format,
        number: usize,
        handles: &[PairHandle],
        remarks: &Remarks,
    ) -> io::Result<Vec<u8>> {
        match format {
            Format::Text | Format::Markdown | Format::Brief | Format::BriefMarkdown => Ok(Vec::new()),
            Format::Json => json::part(self, number == 0, handles, remarks),
            Format::Ndjson => json::lines(self, handles, remarks),
            Format::Csv => Ok(csv::part(self, handles, remarks)),
            Format::Sql => Ok(sql::part(self, number, handles, remarks)),
            Format::Html => html::part(self, handles, remarks),
        }
    }

    /// How many origins there are, and how many of them would work today with neither IPv4 nor NAT64.
    #[must_use]
    pub fn readiness(&self) -> (usize, usize) {
        let plan = Advice::most(0, self.survey, self.knowledge, |pair| self.is_about(pair)).plan;
        (plan.today.ready, plan.origins)
    }

    /// The statuses that the selected pairs have.
    #[must_use]
    pub fn statuses(&self) -> Vec<Status> {
        let mut seen = [false; Status::ALL.len()];
        for pair in self.selected() {
            seen[pair.status as usize] = true;
        }
        Status::ALL.into_iter().filter(|status| seen[*status as usize]).collect()
    }

    /// The selected pairs, sorted by origin, then name.
    fn selected(&self) -> impl Iterator<Item = PairView<'_>> {
        self.survey.pairs().filter(|pair| self.is_about(pair))
    }

    /// Whether it is about `pair`.
    fn is_about(&self, pair: &PairView<'_>) -> bool {
        self.selection.is_all() || self.selection.holds(pair)
    }

    /// Handles of the selected pairs, in the order asked for.
    fn handles(&self) -> Vec<PairHandle> {
        let all = self.survey.handles();
        let mut handles: Vec<PairHandle> = if self.selection.is_all() {
            all.collect()
        } else {
            let held = self.survey.each(all).filter(|(_, pair)| self.selection.holds(pair));
            held.map(|(handle, _)| handle).collect()
        };
        let pair = |handle: &PairHandle| self.survey.pair(*handle);
        // The sorts are stable: ties stay in the order of origin and name.
        match self.sort {
            None | Some(Sort::Origin) => {}
            Some(Sort::Name) => handles.sort_by(|a, b| pair(a).name.cmp(pair(b).name)),
            Some(Sort::Status) => handles.sort_by_cached_key(|handle| {
                let pair = pair(handle);
                (pair.status, std::cmp::Reverse(pieces::count(&pair)))
            }),
            Some(Sort::Count) => {
                handles.sort_by_cached_key(|handle| std::cmp::Reverse(pieces::count(&pair(handle))));
            }
            Some(Sort::Last) => {
                handles.sort_by_cached_key(|handle| {
                    std::cmp::Reverse(pair(handle).spans.range().map(|(_, last)| last))
                });
            }
        }
        handles
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns() {
        for (pattern, text, fits) in [
            ("ssm", "ssm.us-west-2.amazonaws.com.", true),
            ("SSM.us", "ssm.us-west-2.amazonaws.com.", true),
            ("*.amazonaws.com", "ssm.us-west-2.amazonaws.com.", true),
            ("*.amazonaws.com.", "ssm.us-west-2.amazonaws.com.", true),
            ("ssm*com", "ssm.us-west-2.amazonaws.com.", true),
            ("ssm", "example.", false),
            ("*.api.aws", "ssm.us-west-2.amazonaws.com.", false),
            ("a*b*a", "aba", true),
            ("a*a", "a", false),
            ("*", "", true),
        ] {
            let pattern: Pattern = pattern.parse().unwrap();
            assert_eq!(pattern.fits(text), fits, "{pattern:?} {text}");
        }
        let exactly = Pattern::exactly("10.0.0.1");
        assert!(exactly.fits("10.0.0.1") && !exactly.fits("10.0.0.10") && !exactly.fits("0.0.1"));
    }
}
