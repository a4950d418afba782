//! What a report for a person begins with: how it stands, and what weighs most.

use std::collections::HashMap;

use super::{Report, pieces};
use crate::fleet::{Noise, Status};

/// An endpoint, over all origins.
#[derive(Clone, Debug)]
pub(super) struct Shared<'a> {
    pub name: &'a str,
    pub status: Status,
    pub origins: usize,
    pub records: u64,
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
    /// Endpoints without an IPv6 address of their own, those of most origins first.
    pub shared: Vec<Shared<'a>>,
}

impl<'a> Summary<'a> {
    /// Counts the selected pairs of `report`.
    pub(super) fn of(report: &'a Report<'a>) -> Self {
        let mut summary = Self::default();
        let mut by_name: HashMap<(Status, &'a str), (usize, u64)> = HashMap::new();
        let mut marks = vec![(false, false, false); report.survey.origins().len()];
        for pair in report.selected() {
            summary.aaaa += pair.spans.aaaa().map(|(_, span)| span.count).sum::<u64>();
            summary.a += pair.spans.a().map(|(_, span)| span.count).sum::<u64>();
            let mark = &mut marks[pair.origin_rank];
            mark.0 = true;
            if let Some(noise) = report.survey.noise(&pair) {
                summary.noise[noise as usize] += 1;
                continue;
            }
            mark.1 |= pair.status == Status::Ipv4Only;
            mark.2 |= pair.status == Status::Nat64;
            summary.statuses[pair.status as usize] += 1;
            let records = pieces::count(&pair);
            // Names live as long as the fleet.
            let name = report.survey.fleet().name_text(pair.name_symbol);
            let entry = by_name.entry((pair.status, name)).or_default();
            entry.0 += 1;
            entry.1 += records;
        }
        summary.origins = marks.iter().filter(|mark| mark.0).count();
        summary.cut_off = marks.iter().filter(|mark| mark.1).count();
        summary.translated = marks.iter().filter(|mark| mark.2).count();
        for (status, _) in by_name.keys() {
            summary.names[*status as usize] += 1;
        }
        summary.shared = by_name
            .into_iter()
            .filter(|((status, _), _)| matches!(status, Status::Ipv4Only | Status::Nat64))
            .map(|((status, name), (origins, records))| Shared { name, status, origins, records })
            .collect();
        summary.shared.sort_unstable_by(|a, b| {
            (a.status, b.origins, b.records, a.name).cmp(&(b.status, a.origins, a.records, b.name))
        });
        summary
    }

    /// The answer in a sentence.
    pub(super) fn headline(&self) -> String {
        let names =
            |status: Status| pieces::counted(self.names[status as usize] as u64, "endpoint", "endpoints");
        let origins = |count: usize| {
            format!("{count} of {}", pieces::counted(self.origins as u64, "origin", "origins"))
        };
        match (self.cut_off, self.translated) {
            _ if self.origins == 0 => "No A or AAAA question was seen.".to_owned(),
            (0, 0) if self.statuses[Status::Empty as usize] > 0 => format!(
                "{} came back without an IPv6 address; whether they have an IPv4 one was not asked.",
                names(Status::Empty)
            ),
            (0, 0) => "No origin was seen to depend on an IPv4-only endpoint.".to_owned(),
            (cut_off, 0) => format!(
                "{} cannot reach over IPv6 what it asks for: {} IPv4-only.",
                origins(cut_off),
                are(&names(Status::Ipv4Only), self.names[Status::Ipv4Only as usize])
            ),
            (0, translated) => format!(
                "{} depends on NAT64: {} reached only through synthesized addresses.",
                origins(translated),
                are(&names(Status::Nat64), self.names[Status::Nat64 as usize])
            ),
            (cut_off, translated) => format!(
                "{} cannot reach over IPv6 what it asks for: {} IPv4-only. {} depends on NAT64: {} reached only through \
                 synthesized addresses.",
                origins(cut_off),
                are(&names(Status::Ipv4Only), self.names[Status::Ipv4Only as usize]),
                origins(translated),
                are(&names(Status::Nat64), self.names[Status::Nat64 as usize])
            ),
        }
    }

    /// What was left out as noise, in words; empty if nothing was.
    pub(super) fn noise_words(counts: &[u64; Noise::ALL.len()]) -> String {
        let kinds = Noise::ALL.into_iter().filter(|kind| counts[*kind as usize] > 0);
        kinds
            .map(|kind| format!("{} {}", pieces::number(counts[kind as usize]), kind.words()))
            .collect::<Vec<_>>()
            .join(", ")
    }
}

fn are(names: &str, count: usize) -> String {
    format!("{names} {}", if count == 1 { "is" } else { "are" })
}
