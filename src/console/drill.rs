//! From a finding to what shows it: the fleet, filtered to the endpoints that it is about.

use std::collections::BTreeSet;

use super::{Model, Screen, place, shown};
use crate::finding::{Finding, Rule};
use crate::fleet::Status;

/// How many names a filter may hold.
const NAMES: usize = 64;

/// Opens the fleet with those listed only that the selected finding is about, the worst of them selected; the
/// way back brings the filter before it back. Says whether that could be said as a filter.
pub(super) fn open(model: &mut Model) -> bool {
    let Some((_, finding)) = model.selected_finding() else { return false };
    let Some(filter) = filter(model, finding) else { return false };
    let before = model.filter.clone();
    let together = if before.is_empty() { filter } else { format!("({before}) {filter}") };
    place::enter(model, Screen::Fleet, |place| {
        place.name = None;
        place.origin = None;
        place.chosen = false;
        place.before = Some(before);
    });
    shown::filter(model, &together);
    true
}

/// The filter that lets through what a finding is about.
fn filter(model: &Model, finding: &Finding) -> Option<String> {
    let names = match finding.rule {
        Rule::Profile => needed(model, &finding.subject).into_iter().collect(),
        _ => Vec::from_iter(subject(model, &finding.subject)),
    };
    if names.len() > NAMES {
        return None;
    }
    let mut conditions: Vec<String> = names.iter().map(|name| format!("name:={name}")).collect();
    if conditions.len() > 1 {
        conditions = vec![format!("({})", conditions.join(" or "))];
    }
    if conditions.is_empty() {
        let fleet = &model.known.fleet;
        let mut vpcs = model.roster.origins().iter().map(|origin| fleet.origin_text(origin.key).2);
        let vpc = plain(&finding.subject).filter(|vpc| vpcs.any(|known| known == vpc));
        conditions.extend(vpc.map(|vpc| format!("vpc:={vpc}")));
    }
    if let [origin] = finding.proof.origin_ids.as_slice()
        && finding.proof.origins == 1
        && let Some(origin) = plain(origin)
    {
        conditions.push(format!("origin:={origin}"));
    }
    if conditions.is_empty() {
        return None;
    }
    conditions
        .extend(Some(verdicts(model, finding, &names).to_owned()).filter(|verdicts| !verdicts.is_empty()));
    Some(conditions.join(" "))
}

/// What was answered where a rule found something.
fn verdicts(model: &Model, finding: &Finding, names: &[String]) -> &'static str {
    match finding.rule {
        Rule::Profile
        | Rule::DualStackName
        | Rule::DualStackPattern
        | Rule::NoDualStackName
        | Rule::DualStackMissing
        | Rule::OwnerSetting
        | Rule::Ipv4Only => without_native(model, finding, names),
        Rule::Dns64Off | Rule::Dns64Partial => "aaaa:empty,unusable",
        Rule::Nat64Route | Rule::Nat64RouteMissing | Rule::Nat64Prefix | Rule::Dns64Endpoint => {
            "aaaa:synthesized"
        }
        Rule::NxDomainForAaaa => "aaaa:nxdomain",
        Rule::FailingForAaaa => "aaaa:servfail,refused,other",
        Rule::BlockedForAaaa | Rule::Blocked => "verdict:blocked",
        Rule::UnusableAddress => "aaaa:unusable",
        _ => "",
    }
}

/// What the origins that a finding names got for its names.
fn without_native(model: &Model, finding: &Finding, names: &[String]) -> &'static str {
    let fleet = &model.known.fleet;
    let is_named = |id: &str| finding.proof.origin_ids.iter().any(|named| named == id);
    let origins = model.roster.origins().iter().filter(|origin| is_named(fleet.origin_text(origin.key).1));
    let (mut empty, mut synthesized) = (false, false);
    for pair in origins.flat_map(|origin| model.roster.unordered(origin)) {
        let name = fleet.name_text(pair.name);
        if names.iter().any(|known| name.strip_suffix('.').unwrap_or(name) == known) {
            synthesized |= pair.status == Status::Nat64;
            empty |= matches!(pair.status, Status::Ipv4Only | Status::Empty | Status::NoAddress);
        }
    }
    match (empty, synthesized) {
        (true, true) => "aaaa:empty,unusable,synthesized",
        (true, false) => "aaaa:empty,unusable",
        (false, true) => "aaaa:synthesized",
        (false, false) => "",
    }
}

/// The name that a finding is about, without its last dot; none where it is about something else, or where
/// the name has signs that a filter would take for its own.
fn subject(model: &Model, subject: &str) -> Option<String> {
    let fleet = &model.known.fleet;
    let known = fleet.find_name(subject).or_else(|| fleet.find_name(&format!("{subject}.")));
    plain(subject).filter(|_| known.is_some())
}

fn plain(name: &str) -> Option<String> {
    let bare = name.strip_suffix('.').unwrap_or(name);
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
    (!bare.is_empty() && bare.bytes().all(is_plain)).then(|| bare.to_owned())
}

/// The names that a feature needs and that have no IPv6 address of their own for somebody.
fn needed(model: &Model, profile: &str) -> BTreeSet<String> {
    let (fleet, library) = (&model.known.fleet, &model.setup.library);
    let mut looked_at = BTreeSet::new();
    let mut names = BTreeSet::new();
    for origin in model.roster.origins() {
        for pair in model.roster.unordered(origin) {
            if pair.status == Status::Native || !looked_at.insert(pair.name) {
                continue;
            }
            let name = fleet.name_text(pair.name);
            let rows = library.profiles.rows_of(name, library.catalog.about(name).as_ref());
            let is_needed = rows.into_iter().any(|id| {
                library.profiles.list().get(id.profile).is_some_and(|known| {
                    known.id == profile && known.rows.get(id.row).is_some_and(|row| row.needed)
                })
            });
            if is_needed {
                names.extend(plain(name));
            }
        }
    }
    names
}
