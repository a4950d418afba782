//! The fleet, read: bare addresses attributed, statuses decided, everything in a total order.

use std::borrow::Cow;
use std::ops::Range;

use super::addresses::AddressBits;
use super::forwarders::Forwarders;
use super::order::{OrderedPair, OriginView, by_origin, known_a, order_names, order_origins};
use super::pages::PagedList;
use super::prefetch::prefetch;
use super::{
    AddressSet, Dns64, Fleet, NewestVerdict, PairSummary, Span, Spans, Status, Symbol, VerdictChange,
};
use crate::base::moment::{Moment, earlier};
use crate::base::saturating::SaturatingInto as _;
use crate::base::workers::Workers;
use crate::log::observation::A;

/// One pair of origin and endpoint, read.
#[derive(Clone, Debug)]
pub struct PairView<'s> {
    /// Who asked.
    pub origin: &'s OriginView<'s>,
    /// Place of the origin in [`Survey::origins`].
    pub origin_rank: usize,
    /// The name asked for.
    pub name: &'s str,
    /// The name's number in the fleet.
    pub name_symbol: Symbol,
    /// The status that its verdicts give.
    pub status: Status,
    /// Every verdict seen, with its span.
    pub spans: Spans,
    /// Native addresses.
    pub native: Cow<'s, AddressSet<u128>>,
    /// IPv4 addresses embedded in synthesized answers.
    pub embedded: Cow<'s, AddressSet<u32>>,
    /// Empty AAAA answers that held a CNAME chain.
    pub cname_only: u64,
    /// Some answers had both synthesized and native addresses.
    pub mixed: bool,
    /// Some answers were read in part only, and judged by what they showed.
    pub partial: bool,
    /// It was picked out: [`Fleet::pick`].
    pub picked: bool,
    /// IPv4 addresses that anybody got for the name by asking for A.
    pub name_ipv4: &'s AddressSet<u32>,
    /// Of all names.
    forwarders: &'s Forwarders,
    /// The newest usable verdict on A that anybody got for the name.
    anybody_a: Option<A>,
}

impl<'s> PairView<'s> {
    /// Outbound endpoints that queries for the name were forwarded through, whoever asked:
    /// [`Fleet::forwarders_of`].
    #[must_use]
    pub fn forwarders(&self) -> &'s [Box<str>] {
        self.forwarders.for_name(self.name)
    }

    /// What is known of A for the name, as the status used it: the newest usable verdict that the origin got,
    /// else that anybody got.
    #[must_use]
    pub fn known_a(&self) -> Option<A> {
        PairSummary::from_spans(self.spans.slots()).newest_a().a().or(self.anybody_a)
    }

    /// The latest change of the AAAA verdict.
    #[must_use]
    pub fn change(&self) -> Option<VerdictChange> {
        self.spans.change()
    }
}

/// Who looks at pairs one after the other.
pub trait Visitor {
    /// The names of some dozens of pairs that come next: whoever keeps something of names may ask for it.
    fn prefetch(&self, names: &[Symbol]);

    /// The next pair.
    fn look(&mut self, handle: PairHandle, pair: &PairView<'_>);
}

/// Who keeps nothing of names.
struct ClosureVisitor<F>(F);

impl<F: FnMut(PairHandle, &PairView<'_>)> Visitor for ClosureVisitor<F> {
    fn prefetch(&self, _: &[Symbol]) {}

    fn look(&mut self, handle: PairHandle, pair: &PairView<'_>) {
        (self.0)(handle, pair);
    }
}

/// How many pairs are looked at together before they are read.
const LOOKAHEAD: usize = 32;

/// Stands for one pair of a survey, in whose order handles are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PairHandle {
    start: u32,
    end: u32,
}

/// A fleet, read: the answer that screens and reports are made from.
#[derive(Debug)]
pub struct Survey<'f> {
    fleet: &'f Fleet,
    origins: Vec<OriginView<'f>>,
    /// Name symbols in the order of their text.
    names: Vec<Symbol>,
    /// Sorted by origin, then name. Entries of one origin and name (an instance and its bare address) follow
    /// each other and make one pair.
    entries: Vec<OrderedPair>,
    /// The newest usable verdict on A for each name, by symbol.
    known_a: Vec<Option<A>>,
    workers: Workers,
}

impl<'f> Survey<'f> {
    pub(super) fn new(fleet: &'f Fleet, workers: Workers) -> Self {
        let (origins, ranks) = order_origins(fleet, &fleet.origins.owners());
        let (names, name_ranks) = order_names(fleet);
        let known_a: Vec<Option<A>> = known_a(fleet, workers).into_iter().map(NewestVerdict::a).collect();
        // In the order of the fleet's memory: what follows jumps about in it, and there is less of that.
        let (all, threads) = (fleet.pairs.len(), workers.threads());
        let judged = workers.map(threads, |thread| {
            let mut since: Vec<Option<Moment>> = vec![None; origins.len()];
            let entry = |at: usize| {
                let (key, pair) = (&fleet.keys[at], &fleet.pairs[at]);
                let summary = PairSummary::from_spans(pair.all(&fleet.more));
                let origin = ranks[key.origin as usize];
                let first = &mut since[origin as usize];
                *first = earlier(*first, summary.synthesized());
                let name = name_ranks[key.name as usize];
                OrderedPair {
                    origin,
                    name,
                    pair: at.saturating_into(),
                    status: summary.status(known_a[key.name as usize]),
                }
            };
            let entries: Vec<OrderedPair> =
                (all * thread / threads..all * (thread + 1) / threads).map(entry).collect();
            (entries, since)
        });
        let mut since: Vec<Option<Moment>> = vec![None; origins.len()];
        for (first, there) in judged.iter().flat_map(|(_, there)| there.iter().enumerate()) {
            since[first] = earlier(since[first], *there);
        }
        let parts: Vec<&[OrderedPair]> = judged.iter().map(|(entries, _)| entries.as_slice()).collect();
        let entries = by_origin(&parts, origins.len(), workers);
        let mut survey = Self { fleet, origins, names, entries, known_a, workers };
        survey.decide(&since);
        survey
    }

    /// Joins the statuses of attributed addresses with those of their instances, and gives every origin what
    /// follows from its pairs; `since` has the first synthesized answer of each.
    fn decide(&mut self, since: &[Option<Moment>]) {
        let mut start = 0;
        while start < self.entries.len() {
            let end = self.group_end(start);
            if end - start > 1 {
                let status = self.status(start, end);
                for entry in &mut self.entries[start..end] {
                    entry.status = status;
                }
            }
            let entry = self.entries[start];
            self.origins[entry.origin as usize].statuses[entry.status as usize] += 1;
            start = end;
        }
        for (origin, since) in self.origins.iter_mut().zip(since) {
            origin.dns64 = Dns64::new(*since, origin.count(Status::Ipv4Only) > 0);
        }
    }

    fn group_end(&self, start: usize) -> usize {
        let first = self.entries[start];
        let same = |entry: &&OrderedPair| entry.origin == first.origin && entry.name == first.name;
        start + self.entries[start..].iter().take_while(same).count()
    }

    /// The spans of a group as they are kept; a slot may come more than once.
    fn kept(&self, start: usize, end: usize) -> impl Iterator<Item = (u8, Span)> + '_ {
        let pairs = self.entries[start..end].iter().map(|entry| &self.fleet.pairs[entry.pair as usize]);
        pairs.flat_map(|pair| pair.all(&self.fleet.more))
    }

    fn status(&self, start: usize, end: usize) -> Status {
        let name = self.names[self.entries[start].name as usize];
        PairSummary::from_spans(self.kept(start, end)).status(self.known_a[name.index()])
    }

    /// The origins, sorted by id, then VPC, then kind.
    #[must_use]
    pub fn origins(&self) -> &[OriginView<'f>] {
        &self.origins
    }

    /// Every name, in the order of their text.
    pub(crate) fn names(&self) -> &[Symbol] {
        &self.names
    }

    /// Who made it, and passes over it can be shared out to.
    pub(crate) fn workers(&self) -> Workers {
        self.workers
    }

    /// The fleet that was read.
    #[must_use]
    pub fn fleet(&self) -> &'f Fleet {
        self.fleet
    }

    /// Every pair, sorted by origin, then name.
    pub fn pairs(&self) -> impl Iterator<Item = PairView<'_>> {
        self.range(0, self.entries.len())
    }

    /// The pairs of the origin at `rank` in [`Survey::origins`], sorted by name.
    pub fn pairs_of(&self, rank: usize) -> impl Iterator<Item = PairView<'_>> {
        let start = self.entries.partition_point(|entry| (entry.origin as usize) < rank);
        let end = self.entries.partition_point(|entry| entry.origin as usize <= rank);
        self.range(start, end)
    }

    /// Handles of every pair, sorted by origin, then name: for reports that sort otherwise, or work on
    /// several at once, without holding them all.
    pub fn handles(&self) -> impl Iterator<Item = PairHandle> + '_ {
        self.handles_between(0, self.entries.len())
    }

    /// All origins in their order, in `parts` parts with about the same number of pairs: the ranks of each
    /// part.
    pub(crate) fn shares(&self, parts: usize) -> Vec<Range<usize>> {
        let mut start = 0;
        let share = |part: usize| {
            let first = self.entries.get(self.entries.len() * part / parts);
            let end = first.map_or(self.origins.len(), |entry| entry.origin as usize);
            let ranks = start..end;
            start = end;
            ranks
        };
        (1..=parts).map(share).collect()
    }

    /// Handles of the pairs of origins of these ranks, sorted by origin, then name.
    pub(crate) fn handles_of(&self, ranks: Range<usize>) -> impl Iterator<Item = PairHandle> + '_ {
        let place = |rank| self.entries.partition_point(|entry| (entry.origin as usize) < rank);
        self.handles_between(place(ranks.start), place(ranks.end))
    }

    /// The pair of a handle of this survey.
    #[must_use]
    pub fn pair(&self, handle: PairHandle) -> PairView<'_> {
        self.view(handle.start as usize, handle.end as usize)
    }

    /// The pairs of `handles`, in their order. They are spread over the fleet's memory: some dozens are
    /// fetched before they are read, since many at once take no longer than one.
    pub fn each<'s>(
        &'s self,
        mut handles: impl Iterator<Item = PairHandle> + 's,
    ) -> impl Iterator<Item = (PairHandle, PairView<'s>)> + 's {
        let mut ahead = [PairHandle { start: 0, end: 0 }; LOOKAHEAD];
        let (mut at, mut count) = (0, 0);
        std::iter::from_fn(move || {
            if at == count {
                (at, count) = (0, 0);
                for (place, handle) in ahead.iter_mut().zip(handles.by_ref()) {
                    *place = handle;
                    count += 1;
                }
                self.fetch(&ahead[..count]);
            }
            let handle = *ahead[..count].get(at)?;
            at += 1;
            Some((handle, self.pair(handle)))
        })
    }

    /// As [`Survey::each`], for passes over many pairs: each is looked at where it is made, and not handed
    /// on.
    pub fn visit(
        &self,
        handles: impl Iterator<Item = PairHandle>,
        look: impl FnMut(PairHandle, &PairView<'_>),
    ) {
        self.visit_by(handles, &mut ClosureVisitor(look));
    }

    /// As [`Survey::visit`], by whoever knows what comes next, too.
    pub fn visit_by(&self, mut handles: impl Iterator<Item = PairHandle>, visitor: &mut impl Visitor) {
        let (mut ahead, mut names) = (Vec::with_capacity(LOOKAHEAD), Vec::with_capacity(LOOKAHEAD));
        loop {
            ahead.clear();
            ahead.extend(handles.by_ref().take(LOOKAHEAD));
            if ahead.is_empty() {
                return;
            }
            self.fetch(&ahead);
            names.clear();
            names.extend(ahead.iter().map(|handle| {
                let entry = self.entries[handle.start as usize];
                self.names[entry.name as usize]
            }));
            visitor.prefetch(&names);
            for handle in &ahead {
                visitor.look(*handle, &self.pair(*handle));
            }
        }
    }

    fn range(&self, start: usize, end: usize) -> impl Iterator<Item = PairView<'_>> {
        self.each(self.handles_between(start, end)).map(|(_, pair)| pair)
    }

    fn handles_between(&self, mut start: usize, end: usize) -> impl Iterator<Item = PairHandle> + '_ {
        std::iter::from_fn(move || {
            if start >= end {
                return None;
            }
            let stop = self.group_end(start);
            let handle = PairHandle { start: start.saturating_into(), end: stop.saturating_into() };
            start = stop;
            Some(handle)
        })
    }

    fn view(&self, start: usize, end: usize) -> PairView<'_> {
        let entry = self.entries[start];
        let name = self.names[entry.name as usize];
        let (pairs, sets) = (&self.fleet.pairs, self.fleet);
        let first = &pairs[entry.pair as usize];
        let spans = first.spans(&self.fleet.more);
        let text = self.fleet.names.get(name);
        let mut view = PairView {
            origin: &self.origins[entry.origin as usize],
            origin_rank: entry.origin as usize,
            name: text,
            name_symbol: name,
            status: entry.status,
            native: join(&sets.native, std::iter::once(first.native)),
            embedded: join(&sets.embedded, std::iter::once(first.embedded)),
            cname_only: u64::from(first.cname_only),
            mixed: first.mixed,
            partial: first.partial,
            picked: first.picked.holds(Some(entry.status)),
            name_ipv4: &self.fleet.name_ipv4[name.index()],
            forwarders: &self.fleet.forwarders,
            spans,
            anybody_a: self.known_a[name.index()],
        };
        if end - start > 1 {
            let all = || self.entries[start..end].iter().map(|entry| &pairs[entry.pair as usize]);
            for (slot, span) in all().skip(1).flat_map(|pair| pair.all(&self.fleet.more)) {
                view.spans.add(slot, span);
            }
            view.native = join(&sets.native, all().map(|pair| pair.native));
            view.embedded = join(&sets.embedded, all().map(|pair| pair.embedded));
            view.cname_only = all().map(|pair| u64::from(pair.cname_only)).sum();
            view.mixed = all().any(|pair| pair.mixed);
            view.partial = all().any(|pair| pair.partial);
            view.picked = all().any(|pair| pair.picked.holds(Some(entry.status)));
        }
        view
    }

    /// Asks for what some pairs are made of.
    fn fetch(&self, handles: &[PairHandle]) {
        let entries = || handles.iter().map(|handle| self.entries[handle.start as usize]);
        for entry in entries() {
            prefetch(&self.fleet.pairs[entry.pair as usize]);
            let name = self.names[entry.name as usize];
            self.fleet.names.fetch_range(name);
            self.fleet.name_ipv4[name.index()].fetch();
        }
        for entry in entries() {
            self.fleet.names.fetch(self.names[entry.name as usize]);
            self.fleet.fetch_sets(&self.fleet.pairs[entry.pair as usize]);
        }
    }
}

/// The sets at `indices` in one: borrowed if there is just one.
pub(super) fn join<T: AddressBits>(
    sets: &PagedList<AddressSet<T>>,
    indices: impl Iterator<Item = u32>,
) -> Cow<'_, AddressSet<T>> {
    let mut joined: Option<Cow<'_, AddressSet<T>>> = None;
    for set in indices.filter_map(|index| sets.get(index as usize)) {
        joined = Some(match joined {
            None => Cow::Borrowed(set),
            Some(mut known) => {
                known.to_mut().absorb(set);
                known
            }
        });
    }
    joined.unwrap_or(Cow::Borrowed(T::NONE))
}
