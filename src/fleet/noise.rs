//! Names that are no endpoints: asked by habit, answered by nothing, of no use to somebody who looks for what
//! to change.

use std::sync::LazyLock;

use memchr::memmem::Finder;

use super::{Fleet, PairView, Status, Survey, Symbol, prefetch};

/// Why a pair is noise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Noise {
    /// A reverse name (RFC 1035 section 3.5, RFC 3596 section 2.5).
    Reverse,
    /// A name of one label, which the public DNS does not answer.
    SingleLabel,
    /// A name with a search domain after it, tried by the stub resolver before or after the name itself.
    SearchSuffix,
}

impl Noise {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Reverse, Self::SingleLabel, Self::SearchSuffix];

    /// The kind in words, after `count`.
    #[must_use]
    pub fn words(self, count: u64) -> &'static str {
        match (self, count) {
            (Self::Reverse, 1) => "reverse name",
            (Self::Reverse, _) => "reverse names",
            (Self::SingleLabel, 1) => "single label",
            (Self::SingleLabel, _) => "single labels",
            (Self::SearchSuffix, 1) => "search-suffix copy",
            (Self::SearchSuffix, _) => "search-suffix copies",
        }
    }

    /// Why a pair of this name and status is noise, if it is. A name that was ever answered with an address
    /// is none, but for what cannot be an endpoint whatever a zone answers: a reverse name, or one of AWS's
    /// with a search domain after it. `no_a`: no answer to A but NXDOMAIN; `knows` says whether a name is
    /// another one of the same log.
    pub(crate) fn from_name(
        name: &str,
        status: Status,
        no_a: bool,
        knows: &dyn Fn(&str) -> bool,
    ) -> Option<Self> {
        never_an_endpoint(name, knows).or_else(|| Self::unanswered(name, status, no_a, knows))
    }

    /// The same of a name that may be an endpoint.
    fn unanswered(name: &str, status: Status, no_a: bool, knows: &dyn Fn(&str) -> bool) -> Option<Self> {
        is_unanswered(status).then(|| unanswered(name, is_absent(status, no_a), knows)).flatten()
    }
}

/// What names of AWS's APIs end with.
static AWS: LazyLock<[(&str, Finder<'static>); 2]> =
    LazyLock::new(|| [".amazonaws.com.", ".api.aws."].map(|ending| (ending, Finder::new(ending))));

fn is_reverse(name: &str) -> bool {
    name.ends_with(".in-addr.arpa.") || name.ends_with(".ip6.arpa.")
}

/// Whether no answer of a pair of this status had an address.
fn is_unanswered(status: Status) -> bool {
    !matches!(status, Status::Native | Status::Nat64 | Status::Ipv4Only | Status::Blocked)
}

/// Whether the name of a pair of this status does not exist; `no_a`: no answer to A but NXDOMAIN.
fn is_absent(status: Status, no_a: bool) -> bool {
    status == Status::NxDomain || status == Status::AOnly && no_a
}

/// Whether `name` is of one label.
fn is_single_label(name: &str) -> bool {
    name.bytes().filter(|byte| *byte == b'.').count() <= 1
}

/// Why `name`, which was never answered with an address, is noise, if it is; `absent`: it does not exist.
fn unanswered(name: &str, absent: bool, knows: &dyn Fn(&str) -> bool) -> Option<Noise> {
    if is_reverse(name) {
        return Some(Noise::Reverse);
    }
    if is_single_label(name) {
        return Some(Noise::SingleLabel);
    }
    (absent && has_search_suffix(name, knows)).then_some(Noise::SearchSuffix)
}

/// Why `name` is noise, whatever it was answered with: a wildcard of one's own zone answers anything below
/// it.
fn never_an_endpoint(name: &str, knows: &dyn Fn(&str) -> bool) -> Option<Noise> {
    if is_reverse(name) {
        return Some(Noise::Reverse);
    }
    if name.ends_with(".amazonaws.com.cn.") {
        return None;
    }
    let stem = |(ending, finder): &(&str, Finder<'_>)| {
        finder.find(name.as_bytes()).and_then(|at| name.get(..at + ending.len()))
    };
    let is_copy = AWS.iter().filter_map(stem).filter(|stem| stem.len() < name.len()).any(knows);
    is_copy.then_some(Noise::SearchSuffix)
}

/// What a name says by itself, whoever asks for it.
#[derive(Clone, Copy, Debug)]
enum NoiseCheck {
    /// That was not found out yet.
    Open,
    /// It may be an endpoint.
    None,
    /// It is one only if it was answered.
    IfAnswered(Noise),
    /// It cannot be one.
    Is(Noise),
}

/// The same of all names, by symbol: looked at once each in a pass over many pairs.
#[derive(Debug, Default)]
pub(crate) struct NoiseTable(Vec<NoiseCheck>);

impl NoiseTable {
    /// Asks for what is remembered of some names.
    pub(crate) fn fetch(&self, names: &[Symbol]) {
        names.iter().filter_map(|name| self.0.get(name.index())).for_each(prefetch);
    }
}

impl Survey<'_> {
    /// Why `pair` is noise, if it is.
    #[must_use]
    pub fn noise(&self, pair: &PairView<'_>) -> Option<Noise> {
        Noise::from_name(pair.name, pair.status, has_no_a(pair), &|stem| self.fleet().knows_name(stem))
    }

    /// As [`Survey::noise`], and remembers what follows from the name alone.
    pub(crate) fn noise_by(&self, habits: &mut NoiseTable, pair: &PairView<'_>) -> Option<Noise> {
        let knows = |stem: &str| self.fleet().knows_name(stem);
        let at = pair.name_symbol.index();
        if habits.0.len() <= at {
            habits.0.resize(self.fleet().name_count().max(at + 1), NoiseCheck::Open);
        }
        if let NoiseCheck::Open = habits.0[at] {
            habits.0[at] = match never_an_endpoint(pair.name, &knows) {
                Some(noise) => NoiseCheck::Is(noise),
                None if is_single_label(pair.name) => NoiseCheck::IfAnswered(Noise::SingleLabel),
                None => NoiseCheck::None,
            };
        }
        match habits.0[at] {
            NoiseCheck::Is(noise) => Some(noise),
            _ if !is_unanswered(pair.status) => None,
            NoiseCheck::IfAnswered(noise) => Some(noise),
            // Nothing is left but a search domain.
            NoiseCheck::Open | NoiseCheck::None => {
                let absent = is_absent(pair.status, has_no_a(pair));
                (absent && has_search_suffix(pair.name, &knows)).then_some(Noise::SearchSuffix)
            }
        }
    }
}

/// Whether nobody asked for AAAA, and A does not exist.
fn has_no_a(pair: &PairView<'_>) -> bool {
    let no_a = || pair.spans.a().all(|(verdict, _)| verdict == crate::log::observation::A::NxDomain);
    pair.status == Status::AOnly && no_a()
}

impl Fleet {
    /// Whether `name` is asked by habit only; `answered`: somebody got an address, `absent`: it does not
    /// exist.
    pub(crate) fn is_habit(&self, name: &str, answered: bool, absent: bool) -> bool {
        let knows = |stem: &str| self.knows_name(stem);
        never_an_endpoint(name, &knows).is_some() || !answered && unanswered(name, absent, &knows).is_some()
    }
}

/// Whether `name` ends with a known search domain, or is another name of the log with more labels after it.
fn has_search_suffix(name: &str, knows: &dyn Fn(&str) -> bool) -> bool {
    // What Amazon's DHCP options sets hand out as the domain name (the Region's label is before `compute`),
    // and the search list of Kubernetes; with the labels a name must have to be a copy of another.
    const SUFFIXES: [(&str, usize); 5] = [
        (".ec2.internal.", 2),
        (".compute.internal.", 3),
        (".compute.amazonaws.com.", 3),
        (".svc.cluster.local.", 3),
        (".cluster.local.", 2),
    ];
    let copy = |(suffix, labels): (&str, usize)| {
        name.strip_suffix(suffix).is_some_and(|stem| stem.split('.').count() >= labels)
    };
    if SUFFIXES.into_iter().any(copy) {
        return true;
    }
    name.match_indices('.').skip(1).any(|(at, _)| {
        let stem = &name[..=at];
        stem.len() < name.len() && knows(stem)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_and_several_of_a_kind() {
        assert_eq!(
            Noise::ALL.map(|kind| kind.words(1)),
            ["reverse name", "single label", "search-suffix copy"]
        );
        assert_eq!(
            Noise::ALL.map(|kind| kind.words(2)),
            ["reverse names", "single labels", "search-suffix copies"]
        );
    }

    /// A copy with a search domain after it does not exist: what exists or fails is a name like any other.
    #[test]
    fn a_copy_with_a_search_domain_does_not_exist() {
        let knows = |name: &str| name == "git.example.";
        let copy = Some(Noise::SearchSuffix);
        for (status, no_a, expected) in [
            (Status::NxDomain, false, copy),
            (Status::AOnly, true, copy),
            (Status::AOnly, false, None),
            (Status::Empty, false, None),
            (Status::Failing, false, None),
            (Status::Ipv4Only, false, None),
        ] {
            for name in ["git.example.corp.internal.", "git.example.eu-west-1.compute.internal."] {
                assert_eq!(Noise::from_name(name, status, no_a, &knows), expected, "{name} {status:?}");
            }
        }
    }
}
