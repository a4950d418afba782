//! What can be taken out of the console by the clipboard.

use super::clipboard::{hand, hand_one};
use super::export::Target;
use super::export_format::ExportFormat;
use super::{Effect, Model, PairRow, Screen, export};
use crate::fleet::{OriginId, address_text};
use crate::knowledge::domain::bare;
use crate::report::brief_finding;
use crate::timeline::Spot;

/// What can be copied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    /// The row of the list of endpoints, or of groups, in a sentence.
    Row,
    /// The id of the origin.
    Origin,
    /// The name asked for.
    Name,
    /// The addresses, one a line.
    Addresses,
    /// The name that has IPv6 addresses in its place.
    DualStack,
    /// The raw record.
    Record,
    /// The finding that is selected.
    Finding,
    /// What is to be done, of all that is shown.
    Findings,
    /// The report in few words.
    Brief,
    /// The filter.
    Filter,
}

impl What {
    /// What it is called.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Row => "this row",
            Self::Origin => "origin",
            Self::Name => "name",
            Self::Addresses => "addresses",
            Self::DualStack => "dual-stack name",
            Self::Record => "raw record",
            Self::Finding => "this finding",
            Self::Findings => "all findings",
            Self::Brief => "brief report",
            Self::Filter => "filter",
        }
    }

    /// The key that chooses it.
    pub(super) fn key(self) -> char {
        match self {
            Self::Row => 'w',
            Self::Origin => 'o',
            Self::Name => 'n',
            Self::Addresses => 'a',
            Self::DualStack => 'd',
            Self::Record => 'r',
            Self::Finding => 'b',
            Self::Findings => 'f',
            Self::Brief => 't',
            Self::Filter => 'l',
        }
    }
}

/// What is looked at.
struct CopySubject {
    origin: Option<String>,
    name: Option<String>,
    addresses: Vec<String>,
    spot: Option<Spot>,
}

impl CopySubject {
    const NONE: Self = Self { origin: None, name: None, addresses: Vec::new(), spot: None };

    fn from_model(model: &Model) -> Self {
        let fleet = model.known.fleet();
        let id = |origin| Some(fleet.origin_text(origin).1.to_owned());
        let row = match model.screen() {
            Screen::Tail | Screen::Record => model.selected_row().or_else(|| model.newest_rows().next()),
            _ => None,
        };
        if let Some(row) = row {
            let native = row.entry.native.iter().map(|bits| address_text(*bits));
            let addresses = native.chain(row.entry.ipv4.iter().map(|bits| ipv4_text(*bits))).collect();
            let (origin, name) = (id(row.origin), Some(row.name.to_owned()));
            return Self { origin, name, addresses, spot: row.entry.spot };
        }
        match model.screen() {
            Screen::Turns => {
                let (turns, at) = model.selected_turn();
                let turn = turns.get(at);
                let pair = turn.and_then(|turn| model.ranking().pair(turn.origin, turn.name));
                return match (turn, pair) {
                    (Some(turn), Some(pair)) => Self::pair(model, turn.origin, pair),
                    _ => Self::NONE,
                };
            }
            Screen::Endpoints => {
                let row = model.selected_endpoint();
                let name = row.map(|(_, row)| fleet.name_text(row.name).to_owned());
                return Self { name, ..Self::NONE };
            }
            Screen::Groups | Screen::Course => return Self::NONE,
            // Of a finding on several origins none is the one.
            Screen::Findings => {
                let Some((_, finding)) = model.selected_finding() else { return Self::NONE };
                let subject = [finding.subject.clone(), format!("{}.", finding.subject)];
                let name = subject.into_iter().find(|name| fleet.find_name(name).is_some());
                let origin = finding.proof.origin_ids.first().filter(|_| finding.proof.origins == 1).cloned();
                return Self { origin, name, ..Self::NONE };
            }
            _ => {}
        }
        let Some((_, origin)) = model.selected_origin() else { return Self::NONE };
        let pair = || model.ranking().pair(origin.key, model.endpoint()?);
        match pair().filter(|_| !model.is_among_origins()) {
            None => Self {
                origin: id(origin.key),
                addresses: origin.addresses.iter().map(|bits| address_text(*bits)).collect(),
                ..Self::NONE
            },
            Some(pair) => Self::pair(model, origin.key, pair),
        }
    }

    /// An origin and what it asked for.
    fn pair(model: &Model, origin: OriginId, pair: &PairRow) -> Self {
        let fleet = model.known.fleet();
        let pair_detail = model.pair_detail(pair);
        let native = pair_detail.native.lowest().iter().map(|bits| address_text(*bits));
        let a = pair_detail.name_ipv4.map_or(&[][..], |known| known.lowest());
        let mut ipv4: Vec<u32> = pair_detail.embedded.lowest().iter().chain(a).copied().collect();
        ipv4.sort_unstable();
        ipv4.dedup();
        let timeline = model.known.timeline();
        let newest = timeline.newest_of(model.scope(), model.ranking().members(pair));
        let owner = model.ranking().owner(origin).map_or(origin, |owner| owner.key);
        Self {
            origin: Some(fleet.origin_text(owner).1.to_owned()),
            name: Some(fleet.name_text(pair.name).to_owned()),
            addresses: native.chain(ipv4.into_iter().map(ipv4_text)).collect(),
            spot: newest.and_then(|row| timeline.entry(row)?.spot),
        }
    }
}

fn ipv4_text(bits: u32) -> String {
    std::net::Ipv4Addr::from(bits).to_string()
}

/// What can be copied here, and the text if it is at hand.
pub(super) fn offered(model: &Model) -> Vec<(What, String)> {
    let subject = CopySubject::from_model(model);
    let mut offered = Vec::new();
    let mut offer = |what, text: Option<String>| {
        if let Some(text) = text.filter(|text| !text.is_empty()) {
            offered.push((what, text));
        }
    };
    let finding = model.selected_finding().filter(|_| model.screen() == Screen::Findings);
    offer(What::Finding, finding.map(|(_, finding)| brief_finding(finding)));
    let row = model.selected_endpoint().filter(|_| model.screen() == Screen::Endpoints);
    offer(What::Row, row.map(|(_, row)| model.endpoint_words(row)));
    let group = model.selected_group().filter(|_| model.screen() == Screen::Groups);
    offer(What::Row, group.map(|(_, group)| model.group_words(group)));
    offer(What::Name, subject.name.as_deref().map(|name| bare(name).to_owned()));
    offer(What::Origin, subject.origin);
    offer(What::Addresses, Some(subject.addresses.join("\n")));
    // The judgement holds what is offered: the line under the endpoint comes from the same.
    let symbol = subject.name.as_deref().and_then(|name| model.known.fleet().find_name(name));
    let dual_stack = symbol.and_then(|symbol| model.judgement(symbol).offer().map(str::to_owned));
    offer(What::DualStack, dual_stack);
    offer(What::Record, subject.spot.map(|_| "the newest of these, as it was logged".to_owned()));
    offer(What::Findings, model.headline().map(|_| "what to do, as text".to_owned()));
    let brief = "all that is shown, for a ticket or a chat".to_owned();
    offer(What::Brief, model.headline().map(|_| brief));
    offer(What::Filter, Some(model.filter().to_owned()));
    offered
}

/// Copies it, or sees that it comes.
pub(super) fn copy(model: &mut Model, what: What, effects: &mut Vec<Effect>) {
    match what {
        What::Findings => export::begin(model, ExportFormat::Findings, Target::Clipboard),
        What::Brief => export::begin(model, ExportFormat::Brief, Target::Clipboard),
        What::Record => {
            let Some(spot) = CopySubject::from_model(model).spot else { return };
            if let Some(bytes) = model.known.tape().get(spot.input, spot.place) {
                hand_one(model, what.word(), &String::from_utf8_lossy(&bytes), effects);
            } else {
                model.jobs.copying = Some(spot);
                effects.push(Effect::FetchRaw(spot));
            }
        }
        _ => {
            let found = offered(model).into_iter().find(|(known, _)| *known == what);
            match found {
                // One a line.
                Some((What::Addresses, text)) => hand(model, what.word(), &text, effects),
                Some((_, text)) => hand_one(model, what.word(), &text, effects),
                None => {}
            }
        }
    }
}

/// A raw record came: if it was to be copied, it is.
pub(super) fn came(model: &mut Model, spot: Spot, raw: &super::Raw, effects: &mut Vec<Effect>) {
    if model.jobs.copying.take_if(|wanted| *wanted == spot).is_none() {
        return;
    }
    match raw {
        Ok(bytes) => hand_one(model, What::Record.word(), &String::from_utf8_lossy(bytes), effects),
        Err(why) => model.notify(format!("nothing copied: {why}")),
    }
}
