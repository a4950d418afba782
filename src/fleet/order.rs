//! What a survey needs before it reads pairs: the order of origins and names, which instance an address
//! belongs to, and what is known of A.

use std::net::Ipv6Addr;

use super::{
    AddressSet, Dns64, Fleet, NewestVerdict, OriginId, OriginKind, PairSummary, Status, Symbol, address_text,
};
use crate::base::counting;
use crate::base::saturating::SaturatingInto as _;
use crate::base::workers::Workers;
use crate::knowledge::address::ipv4_link_local;
use crate::log::observation::is_masked;

/// The IPv4 address in an IPv4-mapped one (RFC 4291 section 2.5.5.2).
fn ipv4_of(address: u128) -> Option<u32> {
    Ipv6Addr::from(address).to_ipv4_mapped().map(u32::from)
}

/// Whether there is an IPv4 address among these that somebody asked from; link-local ones are on IPv6-only
/// instances, too, and do not count.
pub(super) fn is_from_ipv4(addresses: &[u128]) -> bool {
    addresses.iter().filter_map(|address| ipv4_of(*address)).any(|bits| !ipv4_link_local(bits))
}

/// Puts addresses in order, IPv4 first: their mapped forms are below every IPv6 address but `::/32`, which
/// nothing asks from.
pub(crate) fn sort_addresses(addresses: &mut [u128]) {
    addresses.sort_unstable_by_key(|address| (ipv4_of(*address).is_none(), *address));
}

/// One origin, read.
#[derive(Clone, Debug)]
pub struct OriginView<'f> {
    /// Its number in the fleet.
    pub key: OriginId,
    /// What it is known by.
    pub kind: OriginKind,
    /// The id itself: an instance id, a resolver endpoint's, an interface's, or an address.
    pub id: &'f str,
    /// Its VPC; empty where the log did not say.
    pub vpc: &'f str,
    /// The account of the VPC; empty where the log did not say.
    pub account: &'f str,
    /// The Region of the VPC; empty where the log did not say.
    pub region: &'f str,
    /// The addresses it asked from: IPv4 (as IPv4-mapped) before IPv6.
    pub addresses: Vec<u128>,
    /// Whether it asked from more addresses than are kept.
    pub more_addresses: bool,
    /// Records of all types.
    pub records: u64,
    /// Records of other types than A and AAAA.
    pub ignored: u64,
    /// Whether the resolver synthesizes answers for it.
    pub dns64: Dns64,
    /// How many endpoints it has in each status, in the order of [`Status::ALL`].
    pub statuses: [u32; Status::ALL.len()],
}

impl OriginView<'_> {
    /// The addresses as text.
    pub fn address_texts(&self) -> impl Iterator<Item = String> + '_ {
        self.addresses.iter().map(|address| address_text(*address))
    }

    /// Whether it has IPv4, as far as the log shows that: it asked from an IPv4 address. Link-local ones do
    /// not count, nor does the address at a Resolver endpoint: who asks there asks for others, of whom it
    /// says nothing.
    #[must_use]
    pub fn has_ipv4(&self) -> bool {
        self.kind != OriginKind::ResolverEndpoint && self.asked_from_ipv4()
    }

    /// Whether it asked from an IPv4 address; link-local ones do not count.
    #[must_use]
    pub fn asked_from_ipv4(&self) -> bool {
        is_from_ipv4(&self.addresses)
    }

    /// Over what it asked, by its addresses: `ipv4`, `ipv6` or `both`; `None` where the log does not say.
    /// Link-local IPv4 addresses are on IPv6-only instances, too, and do not count.
    #[must_use]
    pub fn asked_over(&self) -> Option<&'static str> {
        let ipv6 = self.addresses.iter().any(|address| ipv4_of(*address).is_none());
        match (self.asked_from_ipv4(), ipv6) {
            (true, true) => Some("both"),
            (false, true) => Some("ipv6"),
            // Of many addresses those of IPv4 are kept first.
            (true, false) if !self.more_addresses => Some("ipv4"),
            _ => None,
        }
    }

    /// Whether all that is known of it is a masked address, so that it may be several hosts.
    #[must_use]
    pub fn is_masked(&self) -> bool {
        self.kind == OriginKind::Address && is_masked(self.id)
    }

    /// How many endpoints it asked for.
    #[must_use]
    pub fn pairs(&self) -> u32 {
        self.statuses.iter().sum()
    }

    /// How many of its endpoints have `status`.
    #[must_use]
    pub fn count(&self, status: Status) -> u32 {
        self.statuses[status as usize]
    }
}

/// A pair's place in the order, and its status.
#[derive(Clone, Copy, Debug)]
pub(super) struct OrderedPair {
    pub origin: u32,
    pub name: u32,
    pub pair: u32,
    pub status: Status,
}

/// Sorts the entries in `parts` by origin, of which there are `origins`, then by name: each goes to its
/// origin's stretch, and those are sorted one by one. Each of `workers` does so for some of the origins.
pub(super) fn by_origin(parts: &[&[OrderedPair]], origins: usize, workers: Workers) -> Vec<OrderedPair> {
    let all = || parts.iter().flat_map(|entries| entries.iter());
    let starts = counting::starts(all().map(|entry| entry.origin as usize), origins);
    let threads = workers.threads();
    // Where the share of each thread begins, in origins: about as many entries for each. The last share ends
    // with the last origin that has any.
    let shares: Vec<usize> = (0..=threads)
        .map(|thread| {
            starts.partition_point(|start| *start < starts[origins] * thread / threads).min(origins)
        })
        .collect();
    let sorted = workers.map(threads, |thread| {
        let (first, last) = (shares[thread], shares[thread + 1]);
        let before = starts[first];
        let mut next: Vec<usize> = starts[first..=last].iter().map(|start| start - before).collect();
        let none = OrderedPair { origin: 0, name: 0, pair: 0, status: Status::Native };
        let mut entries = vec![none; starts[last] - before];
        let own = all().filter(|entry| (first..last).contains(&(entry.origin as usize)));
        counting::place(&mut entries, &mut next, own.map(|entry| (entry.origin as usize - first, *entry)));
        for stretch in starts[first..=last].windows(2) {
            entries[stretch[0] - before..stretch[1] - before]
                .sort_unstable_by_key(|entry| (entry.name, entry.pair));
        }
        entries
    });
    sorted.concat()
}

/// The names in the order of their text, and the rank of each symbol.
pub(super) fn order_names(fleet: &Fleet) -> (Vec<Symbol>, Vec<u32>) {
    // By their first letters, as numbers, before their text is fetched: most are told apart by those.
    let first = |symbol: Symbol| {
        let mut letters = [0; 16];
        for (letter, byte) in letters.iter_mut().zip(fleet.names.bytes(symbol)) {
            *letter = *byte;
        }
        u128::from_be_bytes(letters)
    };
    let mut order: Vec<(u128, Symbol)> = (0..fleet.names.len())
        .map(|at| Symbol(at.saturating_into()))
        .map(|symbol| (first(symbol), symbol))
        .collect();
    order.sort_unstable_by(|(first, one), (second, other)| {
        first.cmp(second).then_with(|| fleet.names.bytes(*one).cmp(fleet.names.bytes(*other)))
    });
    let names: Vec<Symbol> = order.into_iter().map(|(_, symbol)| symbol).collect();
    let mut ranks = vec![0_u32; names.len()];
    for (rank, symbol) in names.iter().enumerate() {
        ranks[symbol.index()] = rank.saturating_into();
    }
    (names, ranks)
}

/// The origins that own something, in order, and the rank of each fleet origin's owner.
pub(super) fn order_origins<'f>(fleet: &'f Fleet, owners: &[u32]) -> (Vec<OriginView<'f>>, Vec<u32>) {
    let text = |symbol| fleet.origins.texts.get(symbol);
    let mut order: Vec<u32> =
        (0..fleet.origins.list().len().saturating_into()).filter(|at| owners[*at as usize] == *at).collect();
    order.sort_unstable_by_key(|at| {
        let origin = &fleet.origins.list()[*at as usize];
        (text(origin.id), text(origin.vpc), origin.kind)
    });
    let mut own_rank = vec![0; fleet.origins.list().len()];
    let mut views = Vec::with_capacity(order.len());
    for (rank, at) in order.iter().enumerate() {
        let origin = &fleet.origins.list()[*at as usize];
        own_rank[*at as usize] = rank.saturating_into();
        views.push(OriginView {
            key: OriginId(*at),
            kind: origin.kind,
            id: text(origin.id),
            vpc: text(origin.vpc),
            account: text(origin.account),
            region: text(origin.region),
            addresses: Vec::new(),
            more_addresses: false,
            records: 0,
            ignored: 0,
            dns64: Dns64::Unknown,
            statuses: [0; Status::ALL.len()],
        });
    }
    let ranks: Vec<u32> = owners.iter().map(|owner| own_rank[*owner as usize]).collect();
    let mut sets = vec![AddressSet::default(); views.len()];
    for ((at, origin), rank) in fleet.origins.list().iter().enumerate().zip(&ranks) {
        let view = &mut views[*rank as usize];
        view.records += fleet.origins.records(at);
        view.ignored += origin.ignored;
        sets[*rank as usize].absorb(&origin.addresses);
        for (known, new) in [
            (&mut view.vpc, text(origin.vpc)),
            (&mut view.account, text(origin.account)),
            (&mut view.region, text(origin.region)),
        ] {
            if !new.is_empty() && (known.is_empty() || new < *known) {
                *known = new;
            }
        }
    }
    for (view, set) in views.iter_mut().zip(sets) {
        view.more_addresses = set.more();
        view.addresses = set.lowest().to_vec();
        sort_addresses(&mut view.addresses);
    }
    (views, ranks)
}

/// The newest usable verdict on A that anybody got for each name, by symbol.
pub(super) fn known_a(fleet: &Fleet, workers: Workers) -> Vec<NewestVerdict> {
    let all = fleet.pairs.len();
    // Each thread has a list of all names: together they take no more than the pairs do.
    let threads = workers.threads().min(all / fleet.names.len().max(1)).max(1);
    let parts = workers.map(threads, |thread| {
        let mut known = if thread == 0 { fleet.folded_a.clone() } else { Vec::new() };
        known.resize(fleet.names.len(), NewestVerdict::NONE);
        for at in all * thread / threads..all * (thread + 1) / threads {
            let own = PairSummary::from_spans(fleet.pairs[at].all(&fleet.more)).newest_a();
            let known = &mut known[fleet.keys[at].name as usize];
            *known = (*known).max(own);
        }
        known
    });
    let newest = |mut known: Vec<NewestVerdict>, others: Vec<NewestVerdict>| {
        for (known, other) in known.iter_mut().zip(others) {
            *known = (*known).max(other);
        }
        known
    };
    parts.into_iter().reduce(newest).unwrap_or_default()
}
