//! Who does without an IPv6 address of one name, and how they reach it.

use super::endpoint::verb;
use super::group::Group;
use crate::judgement::{Judgement, Lever, Way};

/// What keeps origins from reaching one name over IPv6.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Without {
    /// AAAA empty, A answered.
    pub cut_off: Group,
    /// AAAA empty, nobody got a word on A.
    pub empty: Group,
    /// Synthesized.
    pub translated: Group,
    /// Every IPv4 address known of it is private.
    pub private: bool,
    /// One of them.
    pub ipv4: Option<u32>,
    /// Of those that cannot reach it over IPv6, how many have IPv4 for it.
    pub with_ipv4: usize,
    /// Of those that are sent through NAT64, how many have IPv4 for it.
    pub detoured: usize,
    /// How many have the dual-stack registry name of Amazon ECR in their image references.
    pub with_registry: usize,
}

impl Without {
    pub(super) fn all(&self) -> Group {
        self.cut_off.clone().and(&self.empty).and(&self.translated)
    }

    /// How many origins cannot reach it over IPv6.
    pub(super) fn unreached(&self) -> usize {
        self.cut_off.origins + self.empty.origins
    }

    /// How many origins ask for it.
    pub(super) fn origins(&self) -> usize {
        self.unreached() + self.translated.origins
    }

    /// Logged queries that show it.
    pub(super) fn records(&self) -> u64 {
        self.cut_off.records + self.empty.records + self.translated.records
    }

    /// How those who ask for it reach it.
    pub(super) fn way(&self) -> Way {
        let translated = self.translated.origins;
        match self.unreached() {
            0 if self.detoured == translated => Way::Detour,
            0 => Way::Nat64,
            cut if cut > self.with_ipv4 => Way::Not,
            _ if translated > self.detoured => Way::Nat64,
            _ => Way::Ipv4,
        }
    }

    /// Who cannot reach it over IPv6, who only through NAT64, and who has IPv4 besides.
    /// How it is known who has IPv4: by their addresses in the log, or from EC2.
    pub(super) fn reached(&self, judgement: &Judgement, from_ec2: bool) -> String {
        let host = &judgement.host;
        let mut parts = Vec::new();
        match (self.unreached(), self.with_ipv4) {
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
        match (self.translated.origins, self.detoured) {
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

/// What shows that so many origins have IPv4.
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
        some => format!(" ({some} of them have IPv4)"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Catalog;
    use crate::judgement::Shown;

    #[test]
    fn who_cannot_reach_it() {
        let judgement = Judgement::of(Catalog::builtin(), "a.example.", Shown::NOTHING);
        let reached = |cut, with, translated, detoured| {
            let mut without = Without { with_ipv4: with, detoured, ..Without::default() };
            (without.cut_off.origins, without.translated.origins) = (cut, translated);
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
