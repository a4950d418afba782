//! Who does without an IPv6 address of one name, and how they reach it.

use super::group::{CompactGroup, PairGroup};
use super::verb;
use crate::advice::judgement::{Judgement, Lever, Way};
use crate::base::figures::number;
use crate::fleet::prefetch;

/// How a name without an IPv6 address was answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lacking {
    /// AAAA empty, A answered.
    CutOff,
    /// AAAA empty, and nobody got a usable verdict on A.
    Empty,
    /// Synthesized.
    Translated,
}

impl Lacking {
    const ALL: [Self; 3] = [Self::CutOff, Self::Empty, Self::Translated];
}

/// What keeps origins from reaching one name over IPv6. There is one for each name, and most are answered in
/// one way, by one origin.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct MissingIpv6 {
    /// Those who were answered in the way that came first.
    group: CompactGroup,
    /// That way; `None` as long as nobody was answered.
    lacking: Option<Lacking>,
    /// Every IPv4 address known of it is private.
    pub private: bool,
    /// Some IPv4 address known of it is.
    pub private_for_some: bool,
    /// One of them.
    pub ipv4: Option<u32>,
    /// Of those that cannot reach it over IPv6, how many have IPv4 for it.
    pub with_ipv4: u32,
    /// Of those that cannot reach it and have no IPv4, how many ask through inbound endpoints.
    pub inbound: u32,
    /// Of these, how many are asked from IPv4 addresses: those who ask through them may have IPv4, too.
    pub open: u32,
    /// Of those that are sent through NAT64, how many have IPv4 for it.
    pub detoured: u32,
    /// How many have the dual-stack registry name of Amazon ECR in their image references.
    pub with_registry: u32,
    /// Those who were answered in other ways, by [`Lacking`].
    others: Option<Box<[CompactGroup; 3]>>,
}

impl MissingIpv6 {
    /// Asks for all of it: where it begins and ends, and the middle, as it may lie in three lines of memory.
    pub(super) fn fetch(&self) {
        prefetch(self);
        prefetch(&self.group);
        prefetch(&self.private);
    }

    /// The origins that were answered so.
    pub(super) fn group_mut(&mut self, lacking: Lacking) -> &mut CompactGroup {
        if *self.lacking.get_or_insert(lacking) == lacking {
            return &mut self.group;
        }
        &mut self.others.get_or_insert_default()[lacking as usize]
    }

    /// All groups, each with its way, those in the first way first.
    fn groups(&self) -> impl Iterator<Item = (Lacking, &CompactGroup)> {
        let others = Lacking::ALL.into_iter().filter_map(|lacking| {
            let others = self.others.as_ref().filter(|_| self.lacking != Some(lacking))?;
            Some((lacking, &others[lacking as usize]))
        });
        self.lacking.map(|lacking| (lacking, &self.group)).into_iter().chain(others)
    }

    fn count(&self, lacking: Lacking) -> usize {
        self.groups().find(|(known, _)| *known == lacking).map_or(0, |(_, group)| group.origins())
    }

    /// Takes in what is known of IPv4 addresses: one of them, and whether all are private.
    pub(super) fn learn_ipv4(&mut self, ipv4: Option<u32>, private: bool) {
        if self.ipv4.is_none() {
            (self.private, self.ipv4) = (private, ipv4);
        } else if ipv4.is_some() {
            self.private &= private;
        }
    }

    /// Takes in another, of origins of higher ranks.
    pub(super) fn absorb(&mut self, other: &Self) {
        self.learn_ipv4(other.ipv4, other.private);
        self.private_for_some |= other.private_for_some;
        self.with_ipv4 += other.with_ipv4;
        self.inbound += other.inbound;
        self.open += other.open;
        self.detoured += other.detoured;
        self.with_registry += other.with_registry;
        for (lacking, group) in other.groups().filter(|(_, group)| group.origins() > 0) {
            self.group_mut(lacking).absorb(group);
        }
    }

    /// All of them.
    pub(super) fn all(&self) -> PairGroup {
        self.groups().fold(PairGroup::default(), |all, (_, group)| all.and(&group.group()))
    }

    /// Whether nobody got a usable verdict on A, nor a synthesized address.
    pub(super) fn is_only_empty(&self) -> bool {
        self.count(Lacking::CutOff) + self.count(Lacking::Translated) == 0
    }

    /// How many origins cannot reach it over IPv6.
    pub(super) fn unreached(&self) -> usize {
        self.count(Lacking::CutOff) + self.count(Lacking::Empty)
    }

    /// How many origins ask for it.
    pub(super) fn origins(&self) -> usize {
        self.unreached() + self.count(Lacking::Translated)
    }

    /// Logged queries that show it.
    pub(super) fn records(&self) -> u64 {
        self.groups().map(|(_, group)| group.records()).sum()
    }

    /// How those who ask for it reach it.
    pub(super) fn way(&self) -> Way {
        let (translated, detoured) = (self.count(Lacking::Translated), self.detoured as usize);
        match self.unreached() {
            0 if detoured == translated => Way::Detour,
            0 => Way::Nat64,
            cut if cut > self.with_ipv4 as usize => match self.inbound as usize {
                0 => Way::Not,
                inbound if inbound == cut - self.with_ipv4 as usize => Way::Inbound,
                _ => Way::Mixed,
            },
            _ if translated > detoured => Way::Nat64,
            _ => Way::Ipv4,
        }
    }

    /// Whether it is open of all who cannot reach it over IPv6 if they have IPv4.
    pub(super) fn is_open(&self) -> bool {
        self.way() == Way::Inbound && self.open == self.inbound
    }

    /// Who cannot reach it over IPv6, who only through NAT64, and who has IPv4 besides.
    /// How it is known who has IPv4: by their addresses in the log, or from EC2.
    pub(super) fn reached(&self, judgement: &Judgement, from_ec2: bool) -> String {
        let host = &judgement.host;
        let mut parts = Vec::new();
        match (self.unreached(), self.with_ipv4 as usize) {
            (0, _) => {}
            (cut, with) if with == cut => parts.push(format!(
                "{} {host} over IPv4 ({}), but not over IPv6: AAAA came back empty",
                verb(cut, "can reach", "can reach"),
                shown_by(cut, from_ec2)
            )),
            (cut, with) => parts.push(format!(
                "{} {host} over IPv6: AAAA came back empty{}",
                verb(cut, "cannot reach", "cannot reach"),
                besides(with)
            )),
        }
        // What was said before, or the name.
        let it = if parts.is_empty() { host.as_str() } else { "it" };
        match (self.count(Lacking::Translated), self.detoured as usize) {
            (0, _) => {}
            (some, _) if matches!(judgement.lever, Lever::Link(_)) => {
                let verb = verb(some, "was led", "were led");
                parts.push(format!("{verb} to {it} through NAT64 by DNS64"));
            }
            (some, with) if with == some => parts.push(format!(
                "{} to {it} through NAT64 by DNS64, and could do it over IPv4 ({})",
                verb(some, "is led", "are led"),
                shown_by(some, from_ec2)
            )),
            (some, with) => {
                parts.push(format!("{} on NAT64 for {it}{}", verb(some, "depends", "depend"), besides(with)));
            }
        }
        format!("{}.", parts.join("; "))
    }
}

/// What shows that `count` origins have IPv4.
fn shown_by(count: usize, from_ec2: bool) -> &'static str {
    match (count, from_ec2) {
        (_, true) => "by its subnet and routes, or the address it asked from",
        (1, false) => "it asked from an IPv4 address",
        (_, false) => "they asked from IPv4 addresses",
    }
}

/// How many of those just counted have IPv4.
fn besides(with_ipv4: usize) -> String {
    match with_ipv4 {
        0 => String::new(),
        1 => " (1 of them has IPv4)".to_owned(),
        some => format!(" ({} of them have IPv4)", number(some as u64)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::advice::judgement::LogFacts;
    use crate::knowledge::catalog::Catalog;

    /// There is one of each for every name: a million of them are to take no more than the names themselves.
    #[test]
    fn what_is_kept_of_a_name_is_little() {
        assert!(size_of::<MissingIpv6>() <= 88, "{}", size_of::<MissingIpv6>());
        let weight = size_of::<crate::advice::finding::endpoint::FindingWeight>();
        assert!(weight <= 32, "{weight}");
    }

    #[test]
    fn who_asks_through_an_endpoint_is_in_another_network() {
        let way = |cut, with_ipv4, inbound| {
            let mut without = MissingIpv6 { with_ipv4, inbound, ..MissingIpv6::default() };
            (0..cut).for_each(|rank| without.group_mut(Lacking::CutOff).add(rank, std::iter::empty()));
            without.way()
        };
        assert_eq!(way(9, 0, 0), Way::Not);
        assert_eq!(way(9, 0, 9), Way::Inbound);
        assert_eq!(way(9, 2, 7), Way::Inbound);
        assert_eq!(way(9, 2, 1), Way::Mixed);
        assert_eq!(way(2, 2, 0), Way::Ipv4);
    }

    #[test]
    fn who_cannot_reach_it() {
        let judgement = Judgement::new(Catalog::builtin(), "a.example.", LogFacts::NOTHING);
        let reached = |cut, with, translated, detoured| {
            let mut without = MissingIpv6 { with_ipv4: with, detoured, ..MissingIpv6::default() };
            for (shown, count) in [(Lacking::CutOff, cut), (Lacking::Translated, translated)] {
                (0..count).for_each(|rank| without.group_mut(shown).add(rank, std::iter::empty()));
            }
            (without.way(), without.reached(&judgement, false))
        };
        for (counts, way, text) in [
            ((0, 0, 1, 0), Way::Nat64, "1 origin depends on NAT64 for a.example."),
            (
                (2, 0, 1, 0),
                Way::Not,
                "2 origins cannot reach a.example over IPv6: AAAA came back empty; 1 origin depends on NAT64 for it.",
            ),
            (
                (1, 1, 0, 0),
                Way::Ipv4,
                "1 origin can reach a.example over IPv4 (it asked from an IPv4 address), but not over IPv6: AAAA came back empty.",
            ),
            (
                (3, 1, 0, 0),
                Way::Not,
                "3 origins cannot reach a.example over IPv6: AAAA came back empty (1 of them has IPv4).",
            ),
            (
                (0, 0, 2, 2),
                Way::Detour,
                "2 origins are led to a.example through NAT64 by DNS64, and could do it over IPv4 (they asked from IPv4 addresses).",
            ),
        ] {
            let (cut, with, translated, detoured) = counts;
            assert_eq!(reached(cut, with, translated, detoured), (way, text.to_owned()));
        }
    }
}
