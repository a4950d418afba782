//! What to change, in a line: from what the log shows of the dual-stack name, else from the catalog.

use ratatui::style::Modifier;
use ratatui::text::{Line, Span};

use super::fit;
use super::text::visible;
use super::theme::Theme;
use crate::catalog::{DualStack, Evidence, Kind};
use crate::console::Model;
use crate::fleet::{Status, Symbol};

/// What an origin whose pair has `status` for `name` may change; nothing where nothing is to be changed.
pub(super) fn hint(model: &Model, name: Symbol, status: Status) -> Option<String> {
    match status {
        Status::Native | Status::AOnly | Status::NxDomain | Status::NoAddress | Status::Unknown => {
            return None;
        }
        Status::Blocked => return Some("See the rule of DNS Firewall that blocks it.".to_owned()),
        Status::Failing => return Some("See whether the name fails elsewhere, too: dig AAAA.".to_owned()),
        Status::Ipv4Only | Status::Empty | Status::Nat64 => {}
    }
    let fleet = &model.known().fleet;
    let text = fleet.name_text(name);
    let known = model.setup().library.catalog.about(text);
    let without = if status == Status::Empty {
        "No answer that was read tells whether it has an IPv4 address: dig A does."
    } else {
        "No IPv6 address of its own: only DNS64 and a NAT gateway lead there."
    };
    let Some(known) = known else {
        return (status != Status::Nat64).then(|| without.to_owned());
    };
    Some(match &known.dual_stack {
        DualStack::Name(dual) => {
            // What the log shows goes before what anybody says.
            let seen = fleet.find_name(&format!("{dual}.")).map(|dual| model.askers(dual));
            let seen: Vec<Status> =
                seen.unwrap_or_default().into_iter().map(|(_, pair)| pair.status).collect();
            if seen.contains(&Status::Native) {
                format!("Dual-stack name: {dual}, which answers in this log.")
            } else if !seen.is_empty() && !seen.iter().any(|it| matches!(it, Status::AOnly | Status::Unknown))
            {
                format!("{dual} would be its dual-stack name, and has no IPv6 address in this log.")
            } else {
                match known.evidence {
                    Evidence::Absent if known.own => "No dual-stack name, says your catalog file.".to_owned(),
                    evidence if known.own && evidence.is_stated() => {
                        format!("Dual-stack name: {dual} (your catalog file says so).")
                    }
                    Evidence::Host | Evidence::Region => {
                        format!("Dual-stack name: {dual} (AWS lists it for this Region).")
                    }
                    Evidence::Service => format!("Dual-stack name: {dual} (AWS documents it)."),
                    Evidence::Measured => format!("Dual-stack name: perhaps {dual}; check: dig AAAA {dual}"),
                    Evidence::Rule => format!("{dual} by the naming rule alone; check: dig AAAA {dual}"),
                    Evidence::Absent if known.source.starts_with("OBS:") => {
                        format!("No dual-stack name: {dual} was measured not to exist.")
                    }
                    Evidence::Absent => "No dual-stack name of it is documented.".to_owned(),
                }
            }
        }
        DualStack::Open(dual) => format!("Dual-stack name: {dual}"),
        DualStack::Already if status == Status::Nat64 => {
            "Dual-stack by its form, yet synthesized.".to_owned()
        }
        DualStack::Already => "Dual-stack by its form, yet no AAAA here.".to_owned(),
        DualStack::Owner => capital(known.kind.owner_sets()),
        DualStack::None => "It has no dual-stack name.".to_owned(),
        DualStack::Unknown if known.kind == Kind::BucketTarget => {
            "Part of a bucket's name: switch the client to dual-stack S3 names.".to_owned()
        }
        DualStack::Unknown => without.to_owned(),
    })
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", chars.as_str())
}

/// The hint as a line under an endpoint.
pub(super) fn under(
    model: &Model,
    name: Symbol,
    status: Status,
    theme: &Theme,
    across: u16,
) -> Option<Line<'static>> {
    let hint = hint(model, name, status)?;
    let line = Line::from(vec![
        Span::styled("    └ ", theme.faint),
        Span::styled(visible(&hint).into_owned(), theme.marker.remove_modifier(Modifier::BOLD)),
    ]);
    Some(fit(line, across))
}
