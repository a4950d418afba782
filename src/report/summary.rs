//! What a report for a person begins with: how it stands, and what weighs most.

use std::collections::HashMap;

use foldhash::fast::RandomState;

use super::{Report, pieces};
use crate::fleet::{Noise, Status, Symbol};

/// An endpoint, over all origins.
#[derive(Clone, Debug)]
pub(super) struct Shared<'a> {
    pub name: &'a str,
    pub status: Status,
    pub origins: usize,
    pub records: u64,
}

/// Counts over the selected pairs of one origin.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct OriginSummary {
    /// Whether it has any.
    pub seen: bool,
    /// Its pairs by status, noise left out.
    pub statuses: [u32; Status::ALL.len()],
}

/// Counts over the selected pairs.
#[derive(Debug, Default)]
pub(super) struct Summary<'a> {
    /// Origins that have selected pairs.
    pub origins: usize,
    /// Of those, origins with at least one endpoint that has no IPv6 address and no NAT64 before it.
    pub cut_off: usize,
    /// Of those, origins with at least one endpoint reached through NAT64.
    pub translated: usize,
    /// Each origin, by its rank in the survey.
    pub by_origin: Vec<OriginSummary>,
    /// Pairs by status, noise left out.
    pub statuses: [u64; Status::ALL.len()],
    /// Distinct names by status, noise left out.
    pub names: [usize; Status::ALL.len()],
    /// Pairs that are noise, by kind.
    pub noise: [u64; Noise::ALL.len()],
    /// AAAA questions.
    pub aaaa: u64,
    /// A questions.
    pub a: u64,
    /// Of both, those whose answer is unknown.
    pub unknown: u64,
    /// Endpoints without an IPv6 address of their own, those of most origins first.
    pub shared: Vec<Shared<'a>>,
}

impl<'a> Summary<'a> {
    /// Counts the selected pairs of `report`.
    pub(super) fn of(report: &'a Report<'a>) -> Self {
        let origins = vec![OriginSummary::default(); report.survey.origins().len()];
        let mut summary = Self { by_origin: origins, ..Self::default() };
        let mut by_name: HashMap<(Status, Symbol), (usize, u64), RandomState> = HashMap::default();
        report.survey.visit(report.survey.handles(), |_, pair| {
            if !report.selection.is_all() && !report.selection.holds(pair) {
                return;
            }
            summary.aaaa += pair.spans.aaaa().map(|(_, span)| span.count).sum::<u64>();
            summary.a += pair.spans.a().map(|(_, span)| span.count).sum::<u64>();
            let unknown = [pair.spans.unknown_aaaa(), pair.spans.unknown_a()];
            summary.unknown += unknown.iter().flatten().map(|unknown| unknown.span.count).sum::<u64>();
            let origin = &mut summary.by_origin[pair.origin_rank];
            origin.seen = true;
            if let Some(noise) = report.survey.noise(pair) {
                summary.noise[noise as usize] += 1;
                return;
            }
            origin.statuses[pair.status as usize] += 1;
            summary.statuses[pair.status as usize] += 1;
            let entry = by_name.entry((pair.status, pair.name_symbol)).or_default();
            entry.0 += 1;
            entry.1 += pieces::count(pair);
        });
        let with = |status: Status| {
            summary.by_origin.iter().filter(|origin| origin.statuses[status as usize] > 0).count()
        };
        summary.origins = summary.by_origin.iter().filter(|origin| origin.seen).count();
        (summary.cut_off, summary.translated) = (with(Status::Ipv4Only), with(Status::Nat64));
        for (status, _) in by_name.keys() {
            summary.names[*status as usize] += 1;
        }
        summary.shared = by_name
            .into_iter()
            .filter(|((status, _), _)| matches!(status, Status::Ipv4Only | Status::Nat64))
            .map(|((status, name), (origins, records))| Shared {
                name: report.survey.fleet().name_text(name),
                status,
                origins,
                records,
            })
            .collect();
        summary.shared.sort_unstable_by(|a, b| {
            (a.status, b.origins, b.records, a.name).cmp(&(b.status, a.origins, a.records, b.name))
        });
        summary
    }

    /// `12 AAAA and 28 A queries judged`; and how many of them are not.
    pub(super) fn judged(&self) -> String {
        let judged = match self.unknown {
            0 => " judged".to_owned(),
            some => format!(", {} of them with an unknown answer, the others judged", pieces::number(some)),
        };
        format!("{} AAAA and {} A queries{judged}", pieces::number(self.aaaa), pieces::number(self.a))
    }

    /// The answer in a sentence or two.
    pub(super) fn headline(&self) -> String {
        let endpoints = |status: Status| {
            let count = self.names[status as usize];
            pieces::counted(count as u64, "endpoint", "endpoints")
        };
        let who = |count: usize| match (count, self.origins) {
            (1, 1) => "The origin".to_owned(),
            (count, all) if count == all => format!("All {} origins", pieces::number(all as u64)),
            (count, all) => {
                format!("{} of {} origins", pieces::number(count as u64), pieces::number(all as u64))
            }
        };
        if self.origins == 0 {
            return "No A or AAAA query was seen.".to_owned();
        }
        let mut sentences = Vec::new();
        if self.cut_off > 0 {
            let verb = if self.cut_off == 1 { "asks" } else { "ask" };
            let names = endpoints(Status::Ipv4Only);
            sentences
                .push(format!("{} {verb} for {names} that cannot be reached over IPv6.", who(self.cut_off)));
        }
        if self.translated > 0 {
            let verb = if self.translated == 1 { "depends" } else { "depend" };
            let names = endpoints(Status::Nat64);
            sentences.push(format!("{} {verb} on NAT64 for {names}.", who(self.translated)));
        }
        if self.statuses[Status::Empty as usize] > 0 {
            let names = endpoints(Status::Empty);
            sentences.push(format!(
                "For {names} AAAA came back empty, and no answer to A was seen that tells of an IPv4 address."
            ));
        }
        if self.statuses[Status::Unknown as usize] > 0 {
            let names = endpoints(Status::Unknown);
            sentences.push(format!("What came back for AAAA of {names} is unknown."));
        }
        let faults: Vec<String> = [Status::Failing, Status::Blocked, Status::NxDomain, Status::NoAddress]
            .into_iter()
            .filter(|status| self.names[*status as usize] > 0)
            .map(|status| format!("{} {}", endpoints(status), status.predicate(self.names[status as usize])))
            .collect();
        if !faults.is_empty() {
            sentences.push(format!("{}.", capital(&faults.join(", "))));
        }
        if sentences.is_empty() && self.aaaa == 0 {
            sentences.push("Nobody asked for AAAA, so nothing is known of IPv6.".to_owned());
        } else if sentences.is_empty() {
            sentences.push("No endpoint without an IPv6 address was seen.".to_owned());
        }
        sentences.join(" ")
    }

    /// What was left out as noise, in words; empty if nothing was.
    pub(super) fn noise_words(counts: &[u64; Noise::ALL.len()]) -> String {
        let kinds = Noise::ALL.into_iter().filter(|kind| counts[*kind as usize] > 0);
        kinds
            .map(|kind| pieces::counted(counts[kind as usize], kind.words(1), kind.words(2)))
            .collect::<Vec<_>>()
            .join(", ")
    }
}

fn capital(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map(|first| first.to_uppercase().chain(characters).collect()).unwrap_or_default()
}
