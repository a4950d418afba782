//! What to change, in a line: from what the log shows of the dual-stack name, else from the catalog.

use ratatui::style::Modifier;
use ratatui::text::{Line, Span};

use super::fit;
use super::text::visible;
use super::theme::Theme;
use crate::advice::judgement::Lever;
use crate::console::{Model, PairRow};
use crate::fleet::{OriginId, Status, Symbol};

/// What `origin` whose pair has `status` for `name` may change; nothing where nothing is to be changed.
/// Without an origin: what all of them may that have it.
pub(super) fn hint(model: &Model, name: Symbol, status: Status, origin: Option<OriginId>) -> Option<String> {
    match status {
        Status::Native | Status::AOnly | Status::NxDomain | Status::NoAddress | Status::Unknown => {
            return None;
        }
        Status::Blocked => {
            let group = model.known().fleet.blocks_of(name).map(|(group, _)| group).find(|it| !it.is_empty());
            let of = group.map_or_else(String::new, |group| format!(" (rule group {group})"));
            return Some(format!("See the rule of DNS Firewall that blocks it{of}."));
        }
        Status::Failing => return Some("See whether the name fails elsewhere, too: dig AAAA.".to_owned()),
        Status::Ipv4Only | Status::Empty | Status::Nat64 => {}
    }
    let without = if status == Status::Empty {
        "No answer that was read tells whether it has an IPv4 address: dig A does."
    } else {
        let askers = || model.askers(name).into_iter().filter(|(_, pair)| pair.status == status);
        match origin {
            Some(origin) => model.way(status, std::iter::once(origin)),
            None => model.way(status, askers().map(|(origin, _)| origin.key)),
        }
        .hint()
    };
    let judgement = model.judgement(name);
    Some(match judgement.lever {
        Lever::Stranger if status == Status::Nat64 => return None,
        Lever::Stranger | Lever::Aws => without.to_owned(),
        Lever::Itself if status == Status::Nat64 => "Dual-stack by its form, yet synthesized.".to_owned(),
        _ => judgement.hint(),
    })
}

/// The hint as a line under each of some endpoints of an origin.
pub(super) fn under_each(
    model: &Model,
    pairs: &[PairRow],
    origin: OriginId,
    theme: &Theme,
    across: u16,
) -> Vec<Option<Line<'static>>> {
    model.gather_for_judgements(pairs);
    pairs.iter().map(|pair| under(model, (pair.name, pair.status), Some(origin), theme, across)).collect()
}

/// The hint as a line under an endpoint.
pub(super) fn under(
    model: &Model,
    (name, status): (Symbol, Status),
    origin: Option<OriginId>,
    theme: &Theme,
    across: u16,
) -> Option<Line<'static>> {
    let hint = hint(model, name, status, origin)?;
    let line = Line::from(vec![
        Span::styled("    └ ", theme.faint),
        Span::styled(visible(&hint).into_owned(), theme.marker.remove_modifier(Modifier::BOLD)),
    ]);
    Some(fit(line, across))
}
