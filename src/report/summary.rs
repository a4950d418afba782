//! What a report for a person begins with: the headline and the counts, and what weighs most.

use std::cmp::Reverse;

use super::pieces;
use crate::advice::finding::PairObserver;
use crate::fleet::{Noise, PairHandle, PairView, Status, Survey, Symbol, prefetch};
use crate::knowledge::catalog::is_of_aws;

/// An endpoint, over all origins.
#[derive(Clone, Debug)]
pub(super) struct SharedEndpoint<'a> {
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
    /// Whether all of those asked from IPv4 addresses, so that IPv4 leads there.
    over_ipv4: bool,
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
    /// Endpoints without an IPv6 address of their own, those of most origins first, AWS's own before others:
    /// of each status no more than are shown. [`Summary::names`] says how many there are.
    pub shared: Vec<SharedEndpoint<'a>>,
}

/// What is counted of the pairs of some origins.
#[derive(Debug)]
pub(super) struct PairTotals {
    /// Each origin, by its rank in the survey.
    by_origin: Vec<OriginSummary>,
    statuses: [u64; Status::ALL.len()],
    noise: [u64; Noise::ALL.len()],
    aaaa: u64,
    a: u64,
    unknown: u64,
    /// By symbol.
    names: Vec<NameTotals>,
    /// Endpoints without an IPv6 address of their own, by the place of the status in [`WITHOUT`].
    shared: [Vec<NameAskers>; WITHOUT.len()],
}

/// Who asks for a name that has one of these statuses for them.
#[derive(Clone, Copy, Debug)]
struct NameAskers {
    records: u64,
    origins: u32,
    name: Symbol,
}

/// The statuses of endpoints without an IPv6 address of their own.
const WITHOUT: [Status; 2] = [Status::Ipv4Only, Status::Nat64];

/// What is counted of a name.
#[derive(Clone, Copy, Debug, Default)]
struct NameTotals {
    /// The statuses that it was seen with, a bit each.
    statuses: u16,
    /// The numbers of its places in [`PairTotals::shared`], from 1 on; 0 if it has none.
    shared: [u32; WITHOUT.len()],
}

/// Counts pairs while they are looked at for what is to be said.
pub(super) struct Counting {
    origins: usize,
    names: usize,
}

impl Counting {
    /// The pairs of `survey`.
    pub(super) fn new(survey: &Survey<'_>) -> Self {
        Self { origins: survey.origins().len(), names: survey.fleet().name_count() }
    }
}

impl PairObserver for Counting {
    type Part = PairTotals;

    fn start(&self) -> PairTotals {
        PairTotals {
            by_origin: vec![OriginSummary::default(); self.origins],
            statuses: Default::default(),
            noise: Default::default(),
            aaaa: 0,
            a: 0,
            unknown: 0,
            names: vec![NameTotals::default(); self.names],
            shared: Default::default(),
        }
    }

    fn prefetch(&self, part: &PairTotals, names: &[Symbol]) {
        for name in names {
            prefetch(&part.names[name.index()]);
        }
        for name in names {
            for (list, place) in part.shared.iter().zip(part.names[name.index()].shared) {
                list.get(place.wrapping_sub(1) as usize).into_iter().for_each(prefetch);
            }
        }
    }

    fn look(&self, part: &mut PairTotals, _: PairHandle, pair: &PairView<'_>, noise: Option<Noise>) {
        let (mut aaaa, mut a) = (0, 0);
        for (verdict, span) in pair.spans.aaaa() {
            aaaa += span.count;
            part.unknown += if verdict.unknown().is_some() { span.count } else { 0 };
        }
        for (verdict, span) in pair.spans.a() {
            a += span.count;
            part.unknown += if verdict.unknown().is_some() { span.count } else { 0 };
        }
        part.aaaa += aaaa;
        part.a += a;
        let origin = &mut part.by_origin[pair.origin_rank];
        origin.seen = true;
        if let Some(noise) = noise {
            part.noise[noise as usize] += 1;
            return;
        }
        origin.statuses[pair.status as usize] += 1;
        part.statuses[pair.status as usize] += 1;
        part.names[pair.name_symbol.index()].statuses |= 1 << pair.status as usize;
        if let Some(at) = WITHOUT.iter().position(|status| *status == pair.status) {
            let asked = part.shared_mut(pair.name_symbol, at);
            asked.origins += 1;
            asked.records += aaaa + a;
        }
    }
}

impl PairTotals {
    fn shared_mut(&mut self, name: Symbol, at: usize) -> &mut NameAskers {
        let (list, place) = (&mut self.shared[at], &mut self.names[name.index()].shared[at]);
        if *place == 0 {
            list.push(NameAskers { records: 0, origins: 0, name });
            *place = u32::try_from(list.len()).unwrap_or_default();
        }
        &mut list[*place as usize - 1]
    }

    fn absorb(&mut self, other: Self) {
        for (known, more) in self.by_origin.iter_mut().zip(&other.by_origin) {
            known.seen |= more.seen;
            add(&mut known.statuses, &more.statuses);
        }
        add(&mut self.statuses, &other.statuses);
        add(&mut self.noise, &other.noise);
        self.aaaa += other.aaaa;
        self.a += other.a;
        self.unknown += other.unknown;
        for (known, more) in self.names.iter_mut().zip(&other.names) {
            known.statuses |= more.statuses;
        }
        for (at, list) in other.shared.into_iter().enumerate() {
            for NameAskers { records, origins, name } in list {
                let known = self.shared_mut(name, at);
                known.origins += origins;
                known.records += records;
            }
        }
    }
}

fn add<T: Copy + std::ops::AddAssign>(known: &mut [T], more: &[T]) {
    for (known, more) in known.iter_mut().zip(more) {
        *known += *more;
    }
}

impl<'a> Summary<'a> {
    /// Of what was counted of the pairs of `survey`; of endpoints, `most` of each status are to be named.
    pub(super) fn new(survey: &'a Survey<'a>, parts: Vec<PairTotals>, most: usize) -> Self {
        let mut parts = parts.into_iter();
        let mut all = parts.next().unwrap_or_else(|| Counting::new(survey).start());
        for part in parts {
            all.absorb(part);
        }
        let with = |status: Status| {
            all.by_origin.iter().filter(|origin| origin.statuses[status as usize] > 0).count()
        };
        let mut names = [0; Status::ALL.len()];
        for seen in &all.names {
            for (status, count) in names.iter_mut().enumerate() {
                *count += usize::from(seen.statuses >> status & 1);
            }
        }
        let text = |asked: &NameAskers| survey.fleet().name_text(asked.name);
        let by_name = |asked: &NameAskers| (!is_of_aws(text(asked)), Reverse(asked.records), text(asked));
        let first = |a: &NameAskers, b: &NameAskers| {
            b.origins.cmp(&a.origins).then_with(|| by_name(a).cmp(&by_name(b)))
        };
        let mut shared = Vec::new();
        for (status, mut list) in WITHOUT.into_iter().zip(all.shared) {
            if most > 0 && list.len() > most {
                list.select_nth_unstable_by(most - 1, first);
            }
            list.truncate(most);
            list.sort_unstable_by(first);
            shared.extend(list.iter().map(|asked| SharedEndpoint {
                name: text(asked),
                status,
                origins: asked.origins as usize,
                records: asked.records,
            }));
        }
        Self {
            origins: all.by_origin.iter().filter(|origin| origin.seen).count(),
            cut_off: with(Status::Ipv4Only),
            over_ipv4: {
                let both = all.by_origin.iter().zip(survey.origins());
                let mut cut_off = both.filter(|(counts, _)| counts.statuses[Status::Ipv4Only as usize] > 0);
                cut_off.all(|(_, origin)| origin.has_ipv4())
            },
            translated: with(Status::Nat64),
            statuses: all.statuses,
            names,
            noise: all.noise,
            aaaa: all.aaaa,
            a: all.a,
            unknown: all.unknown,
            shared,
            by_origin: all.by_origin,
        }
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
            let how = match (self.over_ipv4, self.names[Status::Ipv4Only as usize]) {
                (false, _) => "cannot be reached over IPv6",
                (true, 1) => "is reached over IPv4 only",
                (true, _) => "are reached over IPv4 only",
            };
            sentences.push(format!("{} {verb} for {names} that {how}.", who(self.cut_off)));
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
            let (last, first) =
                faults.split_last().map_or(("", &[][..]), |(last, first)| (last.as_str(), first));
            let text =
                if first.is_empty() { last.to_owned() } else { format!("{} and {last}", first.join(", ")) };
            sentences.push(format!("{}.", capital(&text)));
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
