//! The row under the cursor: what it is about, and its values for the commands of somebody's own.

use super::grouping::subnet;
use super::row_command::{Placeholder, RowKind};
use super::{Model, Row, Screen};
use crate::advice::finding::Finding;
use crate::fleet::{OriginId, OriginKind, Symbol, address_text};
use crate::knowledge::domain::bare;
use crate::log::observation::{self, SourceAddress};

/// The row under the cursor.
pub(super) struct CursorRow<'m> {
    /// What it is for itself.
    pub kind: RowKind,
    /// Who asked, where that is one.
    pub origin: Option<OriginId>,
    /// The name asked for, where that is one.
    pub name: Option<Symbol>,
    pub record: Option<Row<'m>>,
    pub finding: Option<&'m Finding>,
    model: &'m Model,
}

impl<'m> CursorRow<'m> {
    /// The row; `None` where there is none, or it is of nothing that a command could take.
    pub(super) fn from_model(model: &'m Model) -> Option<Self> {
        let row = |kind, origin, name| Self { kind, origin, name, record: None, finding: None, model };
        let fleet = model.known.fleet();
        match model.screen() {
            Screen::Fleet if model.is_among_origins() => {
                Some(row(RowKind::Origin, Some(model.selected_origin()?.1.key), None))
            }
            Screen::Fleet | Screen::Origin => {
                let (_, origin) = model.selected_origin()?;
                Some(match model.ranking().pair(origin.key, model.endpoint()?) {
                    Some(pair) => row(RowKind::Pair, Some(origin.key), Some(pair.name)),
                    None => row(RowKind::Origin, Some(origin.key), None),
                })
            }
            Screen::Endpoint => {
                let (askers, at) = model.selected_asker();
                let (origin, pair) = askers.get(at)?;
                Some(row(RowKind::Pair, Some(origin.key), Some(pair.name)))
            }
            Screen::Endpoints => Some(row(RowKind::Endpoint, None, Some(model.selected_endpoint()?.1.name))),
            Screen::Turns => {
                let (turns, at) = model.selected_turn();
                let turn = turns.get(at)?;
                Some(row(RowKind::Pair, Some(turn.origin), Some(turn.name)))
            }
            Screen::Tail | Screen::Record => {
                let record = model.selected_row().or_else(|| model.newest_rows().next())?;
                let name = fleet.find_name(record.name);
                Some(Self { record: Some(record.clone()), ..row(RowKind::Record, Some(record.origin), name) })
            }
            Screen::Findings => {
                let (_, finding) = model.selected_finding()?;
                let subject = [finding.subject.clone(), format!("{}.", finding.subject)];
                let name = subject.iter().find_map(|name| fleet.find_name(name));
                // Of a finding on several origins none is the one.
                let id = finding.proof.origin_ids.first().filter(|_| finding.proof.origins == 1);
                let origin = id.and_then(|id| {
                    let mut origins = model.ranking().origins().iter().map(|origin| origin.key);
                    origins.find(|origin| fleet.origin_text(*origin).1 == id.as_str())
                });
                Some(Self { finding: Some(finding), ..row(RowKind::Finding, origin, name) })
            }
            Screen::Groups | Screen::Course | Screen::Plan => None,
        }
    }

    /// What it is, and what it holds.
    pub(super) fn kinds(&self) -> Vec<RowKind> {
        let mut kinds = vec![self.kind];
        let held = [
            (RowKind::Origin, self.origin.is_some()),
            (RowKind::Endpoint, self.name.is_some() || self.record.is_some()),
        ];
        kinds.extend(held.into_iter().filter(|(kind, is)| *is && *kind != self.kind).map(|(kind, _)| kind));
        kinds
    }

    /// A value of it as the log has it; `None` where it has none.
    pub(super) fn value(&self, placeholder: Placeholder) -> Option<String> {
        let fleet = self.model.known.fleet();
        let origin = self.origin.map(|origin| fleet.origin_text(origin));
        let record = self.record.as_ref().map(|record| &record.entry.source_of_query);
        let account = || self.origin.map(|origin| fleet.origin_account(origin));
        let text = match placeholder {
            Placeholder::Instance => origin.filter(|(kind, ..)| *kind == OriginKind::Instance)?.1.to_owned(),
            Placeholder::Vpc => match record {
                Some(record) => record.vpc.to_owned(),
                None => origin?.2.to_owned(),
            },
            Placeholder::Subnet => {
                let (kind, id, _) = origin?;
                subnet(&self.model.setup.library, kind, id)?.to_owned()
            }
            Placeholder::Region => match record {
                Some(record) => record.region.to_owned(),
                None => account()?.1.to_owned(),
            },
            Placeholder::Account => match record {
                Some(record) => record.account.to_owned(),
                None => account()?.0.to_owned(),
            },
            Placeholder::Name => {
                let name = self.record.as_ref().map(|record| record.name);
                bare(name.or_else(|| Some(fleet.name_text(self.name?)))?).to_owned()
            }
            Placeholder::Address => match record.map(|record| &record.source) {
                Some(SourceAddress::Ip(bits)) => address_text(*bits),
                Some(SourceAddress::Text(text)) => observation::text(text).to_owned(),
                None => address_text(*fleet.origin_addresses(self.origin?).first()?),
            },
        };
        Some(text).filter(|text| !text.is_empty())
    }
}
