//! Findings on features: what lacks IPv6 of what origins look like using, and what is to be done.

use std::collections::BTreeMap;

use super::gather::Gathered;
use super::group::PairGroup;
use super::judged::Judged;
use super::resolver::CLIENTS;
use super::signs::is_inbound;
use super::usage::Usage;
use super::{Finding, Rule, Severity, bare, listed, origins};
use crate::advice::judgement::{Judgement, Lever, Sure, Way};
use crate::base::figures::number;
use crate::fleet::Symbol;
use crate::knowledge::catalog::{Profile, ProfileRow};

/// One finding for each feature that lacks something.
pub(super) fn findings(gathered: &Gathered<'_>, usages: &[Usage], judged: &Judged) -> Vec<Finding> {
    let mut by_profile: BTreeMap<usize, Vec<&Usage>> = BTreeMap::new();
    for usage in usages.iter().filter(|usage| usage.is_lacking()) {
        by_profile.entry(usage.profile).or_default().push(usage);
    }
    by_profile.into_iter().map(|(profile, usages)| finding(gathered, judged, profile, &usages)).collect()
}

fn finding(gathered: &Gathered<'_>, judged: &Judged, profile: usize, usages: &[&Usage]) -> Finding {
    let profile = &gathered.knowledge.profiles.list()[profile];
    let cut_off = usages.iter().filter(|usage| usage.not > 0).count();
    let mut names: Vec<Symbol> = usages.iter().flat_map(|usage| usage.lacking.iter().copied()).collect();
    names.sort_unstable_by_key(|name| gathered.survey.fleet().name_text(*name));
    names.dedup();
    let mut group = PairGroup::default();
    for usage in usages {
        group.add_counted(usage.origin_rank, usage.records, usage.range);
    }
    let all_ipv4 = usages.iter().all(|usage| usage.has_ipv4);
    let cut_off_without = || usages.iter().filter(|usage| usage.not > 0 && !usage.has_ipv4);
    let is_inbound = |usage: &Usage| is_inbound(&gathered.survey.origins()[usage.origin_rank]);
    let way = match (cut_off, all_ipv4) {
        (0, true) => Way::Detour,
        (0, false) => Way::Nat64,
        (_, true) => Way::Ipv4,
        // Those that are cut off have IPv4: nobody is without both.
        (_, false) if cut_off_without().next().is_none() => Way::Nat64,
        (_, false) if cut_off_without().all(|usage| is_inbound(usage)) => Way::Inbound,
        (_, false) => Way::Not,
    };
    // Asked over IPv4, they may well have it.
    let is_open =
        || cut_off_without().all(|usage| gathered.survey.origins()[usage.origin_rank].asked_from_ipv4());
    let severity = match way {
        Way::Not => Severity::Problem,
        Way::Inbound if !is_open() => Severity::Problem,
        _ => Severity::Warning,
    };
    let summary = match cut_off {
        0 if all_ipv4 => {
            format!("{}: led through NAT64 for {}, with IPv4 besides", profile.name, origins(usages.len()))
        }
        0 => format!("{}: through NAT64 only for {}", profile.name, origins(usages.len())),
        some => {
            let how = if all_ipv4 { "over IPv4 only" } else { "not reachable over IPv6" };
            // The others are led through NAT64: the finding is about them, too, and counts them.
            let all = origins(usages.len());
            let of = if some < usages.len() { format!("{} of {all}", number(some as u64)) } else { all };
            format!("{}: {how} for {of}", profile.name)
        }
    };
    let hosts: Vec<&str> = names.iter().map(|name| bare(gathered.survey.fleet().name_text(*name))).collect();
    let (who, seems) = (origins(usages.len()), if usages.len() == 1 { "seems" } else { "seem" });
    let (feature, hosts) = (&profile.name, listed(&hosts));
    let only = if all_ipv4 { "" } else { " only" };
    let reached = match (cut_off, usages.len() - cut_off) {
        (_, 0) => format!("cannot reach {hosts} over IPv6"),
        (0, _) if usages.len() == 1 => format!("reaches {hosts} through NAT64{only}"),
        (0, _) => format!("reach {hosts} through NAT64{only}"),
        _ => format!("cannot reach {hosts} over IPv6, or through NAT64{only}"),
    };
    let judgements: Vec<&Judgement> = names.iter().filter_map(|name| judged.of_feature(*name)).collect();
    let besides = match way {
        Way::Inbound => format!(" {CLIENTS}"),
        _ if all_ipv4 => " Over IPv4 it works today.".to_owned(),
        _ => String::new(),
    };
    let sentence =
        format!("{feature}: {who} that {seems} to use it {reached}.{besides} {}", instead(&judgements));
    Finding {
        summary,
        sentence: sentence.trim_end().to_owned(),
        action: action(profile, &judgements, way),
        ..Finding::new(Rule::Profile, severity, &profile.id, &group, gathered.survey)
    }
}

/// What there is in place of what is lacking: only of names that were asked for.
fn instead(judgements: &[&Judgement]) -> String {
    let (mut sure, mut open, mut itself, mut none) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let (mut endpoints, mut owners, mut fixed) = (Vec::new(), Vec::new(), Vec::new());
    for judgement in judgements {
        let host = judgement.host.as_str();
        match &judgement.lever {
            Lever::Name { dual, sure: Sure::Seen | Sure::Stated } | Lever::Open(dual) => {
                sure.push(dual.as_str());
            }
            Lever::Name { dual, .. } => open.push(dual.as_str()),
            Lever::Itself => itself.push(host),
            Lever::Endpoint => endpoints.push(host),
            Lever::Owner(setting) if setting.is_fixed => fixed.push(host),
            Lever::Owner(_) => owners.push(host),
            Lever::Registry | Lever::RegistryDone => {}
            _ => none.push(host),
        }
    }
    let mut sentences = Vec::new();
    for (list, words) in [
        (&sure, "Dual-stack names, documented or in this log"),
        (&open, "Possible dual-stack names, not confirmed"),
        (&itself, "Dual-stack by name, without an AAAA record here"),
        (&endpoints, "At a private address, most likely an interface endpoint's"),
        (&owners, "Set by their owner"),
        (&fixed, "Of a resource that no setting gives IPv6"),
        (&none, "Without a dual-stack name that could be used here"),
    ] {
        if !list.is_empty() {
            sentences.push(format!("{words}: {}.", listed(list)));
        }
    }
    sentences.join(" ")
}

/// What to do, as the findings of the lacking names say it; each name has a finding of its own, with all of
/// it.
fn action(profile: &Profile, judgements: &[&Judgement], way: Way) -> String {
    let blocked = keeps_from_switch(profile, judgements.iter().copied());
    // A client that is switched as a whole is not switched where that takes something away.
    if !profile.per_name && blocked == 0 {
        // What can be done without is to be done without first: the switch would take it away.
        let mut first = judgements.iter().filter(|it| is_dispensable(profile, it));
        return first.next().map_or_else(
            || profile.switch.clone(),
            |one| format!("first, {}; then {}", one.advice(way), profile.switch),
        );
    }
    let mut helped: Vec<&Judgement> = judgements.iter().copied().filter(|it| is_helped(it)).collect();
    let mut parts: Vec<String> = Vec::new();
    if !profile.per_name && !helped.is_empty() {
        parts.push("do not switch its client here, as that would take away names that it needs".to_owned());
        helped.clear();
    }
    match helped.as_slice() {
        [] => {}
        [one] => parts.push(one.advice(way)),
        some => {
            let names: Vec<&str> = some
                .iter()
                .filter_map(|it| match &it.lever {
                    Lever::Open(open) => Some(open.as_str()),
                    _ => it.offer(),
                })
                .collect();
            parts.push(format!("use {} in their place, as the finding of each says", listed(&names)));
        }
    }
    let hosts = |wanted: fn(&Lever) -> bool| -> Vec<&str> {
        judgements.iter().filter(|it| wanted(&it.lever)).map(|it| it.host.as_str()).collect()
    };
    for (list, words) in [
        (
            hosts(|it| *it == Lever::Endpoint),
            "give IPv6 addresses to the interface endpoints that answer for",
        ),
        (hosts(is_settable), "see what its owner can set: the finding of"),
        (hosts(|it| *it == Lever::Itself), "see what hides the AAAA records of"),
    ] {
        if !list.is_empty() {
            parts.push(format!("{words} {}", listed(&list)));
        }
    }
    let rest: Vec<&Judgement> = judgements
        .iter()
        .copied()
        .filter(|it| !is_helped(it) && !is_settable(&it.lever))
        .filter(|it| !matches!(it.lever, Lever::Endpoint | Lever::Itself))
        .collect();
    match rest.as_slice() {
        [] => {}
        [one] => parts.push(format!("for {}: {}", one.host, one.advice(way))),
        some => {
            let hosts: Vec<&str> = some.iter().map(|it| it.host.as_str()).collect();
            parts.push(format!("for {}: {}", listed(&hosts), way.otherwise()));
        }
    }
    parts.join("; ")
}

/// Whether it is a resource that has a setting for IPv6.
fn is_settable(lever: &Lever) -> bool {
    matches!(lever, Lever::Owner(setting) if !setting.is_fixed)
}

fn is_helped(judgement: &Judgement) -> bool {
    matches!(judgement.lever, Lever::Name { .. } | Lever::Open(_) | Lever::Registry)
}

/// How many of these names would be taken away from a client that is switched as a whole.
pub(super) fn keeps_from_switch<'j>(
    profile: &Profile,
    judgements: impl IntoIterator<Item = &'j Judgement>,
) -> usize {
    let kept = |it: &Judgement| !is_helped(it) && !is_open(profile, it) && !is_dispensable(profile, it);
    judgements.into_iter().filter(|it| kept(it)).count()
}

/// Whether it is a name that the feature may do without.
pub(super) fn is_dispensable(profile: &Profile, judgement: &Judgement) -> bool {
    let prefix = judgement.known.as_ref().map_or("", |known| known.prefix.as_str());
    let is_it = |row: &ProfileRow| row.dispensable && row.pattern.strip_suffix(".{r}") == Some(prefix);
    !prefix.is_empty() && profile.rows.iter().any(is_it)
}

/// Whether it is not known that a name is in the way of the feature's switch: of some, its client knows
/// another name that no document has.
fn is_open(profile: &Profile, judgement: &Judgement) -> bool {
    !profile.per_name && matches!(judgement.lever, Lever::Aws | Lever::Stranger | Lever::Host)
}
