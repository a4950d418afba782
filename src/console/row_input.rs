//! A row as JSON, for a command that asks for it: in the shapes that reports have, one object a line.
//!
//! It is of the stretch of time that is shown, as the row is. To count that takes as long as an export, so it
//! is made where the command is fed, and not where keys wait.

use std::sync::Arc;

use super::Model;
use super::cursor_row::CursorRow;
use super::lent::LentLog;
use super::row_command::RowKind;
use crate::advice::finding::Library;
use crate::fleet::{OriginKind, Survey};
use crate::report::{Format, Pattern, Report, Selection, finding_line, observed_line};

/// A row, to be written as JSON.
#[derive(Debug)]
pub struct RowInput(RowLines);

#[derive(Debug)]
enum RowLines {
    Ready(Vec<u8>),
    /// An origin, or the pairs of an origin, of an endpoint or of both.
    Named(NamedRow),
    /// The same with what it is counted from.
    Counted(Box<CountedRow>),
}

#[derive(Debug)]
struct NamedRow {
    origin: Option<(OriginKind, String, String)>,
    name: Option<String>,
    kind: RowKind,
}

#[derive(Debug)]
struct CountedRow {
    row: NamedRow,
    log: LentLog,
    library: Arc<Library>,
}

impl RowInput {
    /// Of a row; `None` for a record of another type than A and AAAA, which has no such shape.
    pub(super) fn new(model: &Model, row: &CursorRow<'_>) -> Option<Self> {
        if let Some(finding) = row.finding {
            return Some(Self(RowLines::Ready(finding_line(finding))));
        }
        let fleet = model.known.fleet();
        if let Some(record) = &row.record {
            let (kind, id, _) = fleet.origin_text(record.origin);
            return observed_line(&record.entry, kind, id, record.name)
                .map(|line| Self(RowLines::Ready(line)));
        }
        let origin = row.origin.map(|origin| {
            let (kind, id, vpc) = fleet.origin_text(origin);
            (kind, id.to_owned(), vpc.to_owned())
        });
        let name = row.name.map(|name| fleet.name_text(name).to_owned());
        Some(Self(RowLines::Named(NamedRow { origin, name, kind: row.kind })))
    }

    /// The same with what is known by now, which is lent from then on: to be handed on at once.
    pub(super) fn lent(self, model: &Model) -> Self {
        let RowLines::Named(row) = self.0 else { return self };
        let (log, library) = (LentLog::from_model(model, model.scope()), Arc::clone(&model.setup.library));
        Self(RowLines::Counted(Box::new(CountedRow { row, log, library })))
    }

    /// The lines. May take a second.
    #[must_use]
    pub fn lines(self) -> Vec<u8> {
        match self.0 {
            RowLines::Ready(lines) => lines,
            RowLines::Named(_) => Vec::new(),
            RowLines::Counted(row) => row.lines(),
        }
    }
}

impl CountedRow {
    fn lines(self) -> Vec<u8> {
        let Self { row, log, library } = self;
        log.apart().with_fleet(|fleet| row.lines(&fleet.survey(), &library))
    }
}

impl NamedRow {
    fn lines(&self, survey: &Survey<'_>, library: &Library) -> Vec<u8> {
        let exactly = |text: &str| vec![Pattern::exactly(text)];
        let origin = self.origin.as_ref();
        let selection = Selection {
            origins: origin.map_or_else(Vec::new, |(_, id, _)| exactly(id)),
            vpcs: origin.map_or_else(Vec::new, |(.., vpc)| exactly(vpc)),
            names: self.name.as_deref().map_or_else(Vec::new, exactly),
            ..Selection::default()
        };
        let report = Report {
            survey,
            inputs: &[],
            samples: &[],
            selection: &selection,
            sort: None,
            limit: usize::MAX,
            color: false,
            knowledge: library.knowledge(),
            names_findings: false,
            wide: false,
            excerpt: None,
        };
        let mut lines = Vec::new();
        // Memory takes whatever is written.
        _ = match (self.kind, origin) {
            (RowKind::Origin, Some((kind, id, vpc))) => report.write_origin(*kind, id, vpc, &mut lines),
            _ => report.write(Format::Ndjson, &mut lines),
        };
        lines
    }
}
