//! Names that no endpoint stands behind: asked by habit, answered by nothing, of no use to somebody who looks for
//! what to change.

use super::{Fleet, PairView, Status, Survey};

/// Why a pair is noise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Noise {
    /// A reverse name (RFC 1035 section 3.5, RFC 3596 section 2.5).
    Reverse,
    /// A name of one label, which the public DNS does not answer.
    SingleLabel,
    /// A name with a search domain behind it, tried by the stub resolver before or after the name itself.
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
}

/// What names of AWS's APIs end with.
const AWS: [&str; 2] = [".amazonaws.com.", ".api.aws."];

fn is_reverse(name: &str) -> bool {
    name.ends_with(".in-addr.arpa.") || name.ends_with(".ip6.arpa.")
}

impl Survey<'_> {
    /// Why `pair` is noise, if it is. A name that was ever answered with an address is none, but for what cannot be an
    /// endpoint whatever a zone answers: a reverse name, or one of AWS's with a search domain behind it.
    #[must_use]
    pub fn noise(&self, pair: &PairView<'_>) -> Option<Noise> {
        if let Some(noise) = self.fleet().never_an_endpoint(pair.name) {
            return Some(noise);
        }
        if matches!(pair.status, Status::Native | Status::Nat64 | Status::Ipv4Only | Status::Blocked) {
            return None;
        }
        let absent = matches!(pair.status, Status::NxDomain)
            || pair.status == Status::AOnly
                && pair.spans.a().all(|(verdict, _)| verdict == crate::observation::A::NxDomain);
        self.fleet().noise_of(pair.name, absent)
    }
}

impl Fleet {
    /// Why `name`, which was never answered with an address, is noise, if it is; `absent`: it does not exist.
    fn noise_of(&self, name: &str, absent: bool) -> Option<Noise> {
        if is_reverse(name) {
            return Some(Noise::Reverse);
        }
        let labels = name.bytes().filter(|byte| *byte == b'.').count();
        if labels <= 1 {
            return Some(Noise::SingleLabel);
        }
        (absent && self.has_search_suffix(name)).then_some(Noise::SearchSuffix)
    }

    /// Why `name` is noise, whatever it was answered with: a wildcard of one's own zone answers anything below it.
    fn never_an_endpoint(&self, name: &str) -> Option<Noise> {
        if is_reverse(name) {
            return Some(Noise::Reverse);
        }
        if name.ends_with(".amazonaws.com.cn.") {
            return None;
        }
        let stems =
            AWS.into_iter().filter_map(|ending| name.find(ending).map(|at| &name[..at + ending.len()]));
        let is_copy = stems.filter(|stem| stem.len() < name.len()).any(|stem| self.knows_name(stem));
        is_copy.then_some(Noise::SearchSuffix)
    }

    /// Whether `name` is asked by habit only; `answered`: somebody got an address, `absent`: it does not exist.
    pub(crate) fn is_habit(&self, name: &str, answered: bool, absent: bool) -> bool {
        self.never_an_endpoint(name).is_some() || !answered && self.noise_of(name, absent).is_some()
    }

    /// Whether `name` is another name of the log, or one with a known ending, with more labels behind it.
    fn has_search_suffix(&self, name: &str) -> bool {
        // What Amazon's DHCP options sets hand out as the domain name (the Region's label stands before
        // `compute`), and the search list of Kubernetes; with the labels a name must have to be a copy of another.
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
            stem.len() < name.len() && self.knows_name(stem)
        })
    }
}
