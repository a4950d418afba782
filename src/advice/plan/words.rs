//! A plan in sentences.

use super::{Change, CoverCounts, Method, OriginReadiness, Plan};
use crate::advice::judgement::{Judgement, Lever, POLICIES, Way};
use crate::base::figures::{counted, number};
use crate::knowledge::catalog::Profiles;

/// What is said of a change besides its title.
pub(super) struct Words {
    pub action: String,
    pub risk: String,
}

/// How much work a change is; the least first.
pub(super) fn cost(change: &Change) -> u8 {
    match change {
        Change::Switch | Change::Feature(_) | Change::Link(_) => 0,
        Change::Regional | Change::Endpoint(_) => 1,
        Change::Image | Change::Name => 2,
        Change::Interface | Change::Owner(_) => 3,
        Change::Host => 4,
    }
}

/// The id of a change in exports.
pub(super) fn id(change: &Change, profiles: &Profiles) -> String {
    match change {
        Change::Feature(at) => format!("feature:{}", profiles.list()[*at].id),
        Change::Image => "image-reference".to_owned(),
        Change::Link(service) => format!("link:{}", service.word()),
        Change::Owner(product) => format!("owner:{product}"),
        Change::Name => "other-name".to_owned(),
        Change::Host => "own-host".to_owned(),
        Change::Endpoint(prefix) => format!("endpoint:{prefix}"),
        Change::Switch => "sdk-switch".to_owned(),
        Change::Regional => "regional-sts".to_owned(),
        Change::Interface => "interface-endpoint".to_owned(),
    }
}

/// What a change is called.
fn name(change: &Change, profiles: &Profiles) -> String {
    match change {
        Change::Feature(at) => format!("{}: its own switch", profiles.list()[*at].name),
        Change::Image => "the dual-stack registry names of Amazon ECR in image references".to_owned(),
        Change::Link(service) => format!("{} at {}", service.words(), service.ipv6()),
        Change::Owner(product) => format!("IPv6 addresses for {product}"),
        Change::Name => "the dual-stack names of single endpoints".to_owned(),
        Change::Host => "IPv6 addresses and AAAA records for hosts of your own".to_owned(),
        Change::Endpoint(prefix) if prefix == "s3" => "dual-stack URLs of Amazon S3".to_owned(),
        Change::Endpoint(prefix) => format!("the dual-stack endpoint URL of {prefix}"),
        Change::Switch => "AWS_USE_DUALSTACK_ENDPOINT=true".to_owned(),
        Change::Regional => "regional endpoints of AWS STS, and AWS_USE_DUALSTACK_ENDPOINT=true".to_owned(),
        Change::Interface => "IPv6 addresses for interface endpoints".to_owned(),
    }
}

/// A part in per cent; never all or nothing where it is not.
pub(super) fn share(part: usize, all: usize) -> String {
    if part == 0 || all == 0 {
        return "0 %".to_owned();
    }
    let percent = (part as u128 * 100 + all as u128 / 2) / all as u128;
    match percent {
        0 => "under 1 %".to_owned(),
        100 if part < all => "over 99 %".to_owned(),
        some => format!("{some} %"),
    }
}

/// `AWS_USE_DUALSTACK_ENDPOINT=true on 200 origins: 31 endpoints, 44 % of what needs NAT64`.
pub(super) fn title(change: &Change, profiles: &Profiles, covers: CoverCounts, needs: usize) -> String {
    format!(
        "{} {} {}: {}, {} of what needs NAT64",
        capital(&name(change, profiles)),
        if matches!(change, Change::Owner(_) | Change::Host | Change::Interface) { "for" } else { "on" },
        counted(covers.origins as u64, "origin", "origins"),
        counted(covers.endpoints as u64, "endpoint", "endpoints"),
        share(covers.pairs, needs)
    )
}

fn capital(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map(|first| first.to_uppercase().chain(characters).collect()).unwrap_or_default()
}

/// What to do, and what it risks; `told` are the first of its names, of `endpoints`.
pub(super) fn describe(change: &Change, profiles: &Profiles, told: &[Judgement], endpoints: usize) -> Words {
    let whose = "The log does not say which program asks: only clients that follow this setting are covered.";
    let policies = format!("{POLICIES}.");
    let (action, risk) = match change {
        Change::Switch => (
            "in the environment of the processes: `export AWS_USE_DUALSTACK_ENDPOINT=true`; or in their profile: \
             `aws configure set use_dualstack_endpoint true`"
                .to_owned(),
            format!(
                "It holds for every service that a process calls: one without such a name fails. {whose} {policies}"
            ),
        ),
        Change::Regional => (
            "in the environment of the processes: `export AWS_STS_REGIONAL_ENDPOINTS=regional \
             AWS_USE_DUALSTACK_ENDPOINT=true`"
                .to_owned(),
            format!(
                "It holds for every service that a process calls: one without such a name fails. {whose} {policies}"
            ),
        ),
        Change::Endpoint(prefix) => (
            first(told, endpoints, |it| match it.offer() {
                Some(dual) if prefix == "s3" => format!("in URLs write {dual}"),
                Some(dual) => format!("set the client's endpoint URL to https://{dual}"),
                None => it.advice(Way::Unknown),
            }),
            match prefix.as_str() {
                // As the finding of the name has it.
                "api.ecr" => format!(
                    "Where a platform pulls the image (AWS Fargate, for one), its own call cannot be configured and stays as it \
                     is. {whose} {policies}"
                ),
                _ => format!("{whose} {policies}"),
            },
        ),
        Change::Feature(at) => (
            profiles.list()[*at].switch.clone(),
            format!("Other programs that ask for the same names have settings of their own. {policies}"),
        ),
        Change::Image => (
            first(told, endpoints, |it| it.advice(Way::Unknown)),
            "Interface endpoints (AWS PrivateLink) do not serve these names.".to_owned(),
        ),
        Change::Interface => (
            first(told, endpoints, |it| it.advice(Way::Unknown)),
            "Policies of endpoints and security groups must let IPv6 in.".to_owned(),
        ),
        Change::Owner(_) | Change::Host => (
            first(told, endpoints, |it| it.advice(Way::Unknown)),
            "Subnets, routes, security groups and network ACLs must let IPv6 in.".to_owned(),
        ),
        Change::Name => (
            first(told, endpoints, |it| it.advice(Way::Unknown)),
            "Certificates must hold for the other names.".to_owned(),
        ),
        Change::Link(_) => (
            first(told, endpoints, |it| it.advice(Way::Unknown)),
            "It needs an instance built on the AWS Nitro System.".to_owned(),
        ),
    };
    let leaves = told.iter().find_map(Judgement::leaves).filter(|_| !matches!(change, Change::Interface));
    let risk = match leaves {
        Some(leaves) => format!("{leaves} {risk}"),
        None => risk,
    };
    Words { action, risk }
}

/// The advice for the first name, and how many others there are.
fn first(told: &[Judgement], endpoints: usize, advice: impl Fn(&Judgement) -> String) -> String {
    // Of a bucket's inner names nothing can be said but of the bucket.
    let one = told.iter().find(|it| it.lever != Lever::Inner).or(told.first());
    let Some(one) = one else { return String::new() };
    match endpoints {
        0 | 1 => advice(one),
        some => format!(
            "for {}: {}; likewise for {}",
            one.host,
            advice(one),
            counted(some as u64 - 1, "other endpoint", "other endpoints")
        ),
    }
}

impl OriginReadiness {
    /// ` (8 more if what is not confirmed has IPv6 addresses; 3 not known)`; empty where all is known.
    fn open(self) -> String {
        let mut parts = Vec::new();
        if self.perhaps > 0 {
            let more = number(self.perhaps as u64);
            parts.push(format!("{more} more if what is not confirmed has IPv6 addresses"));
        }
        if self.unknown > 0 {
            parts.push(format!("{} not known", number(self.unknown as u64)));
        }
        if parts.is_empty() { String::new() } else { format!(" ({})", parts.join("; ")) }
    }
}

impl Plan {
    /// Whether there is anything to be planned, or to be said.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.origins == 0
    }

    /// The readiness, in a sentence.
    #[must_use]
    pub fn readiness(&self) -> String {
        let folded =
            if self.is_folded { " What was folded away is not counted here: it may be fewer." } else { "" };
        format!(
            "{} of {} would work today with neither IPv4 nor NAT64{}; with NAT64 in place of IPv4, {}{}.{folded}",
            number(self.today.ready as u64),
            counted(self.origins as u64, "origin", "origins"),
            self.today.open(),
            number(self.with_nat64.ready as u64),
            self.with_nat64.open()
        )
    }

    /// How many origins work after the step at `at`, as a sentence.
    #[must_use]
    pub fn after(&self, at: usize) -> String {
        let after = self.steps.get(at).map(|step| step.after).unwrap_or_default();
        format!(
            "After it, {} of {} would work with neither IPv4 nor NAT64{}.",
            number(after.ready as u64),
            number(self.origins as u64),
            after.open()
        )
    }

    /// How much of what a step covers is not confirmed, as a sentence; empty if nothing.
    #[must_use]
    pub fn unconfirmed(covers: CoverCounts) -> String {
        match (covers.unconfirmed, covers.pairs) {
            (0, _) => String::new(),
            (some, all) if some == all => {
                "Nothing states for this Region that these names have IPv6 addresses then: that is to be checked first.".to_owned()
            }
            (some, all) => format!(
                "For {} of {} nothing states for this Region that there are IPv6 addresses then: that is to be checked first.",
                number(some as u64),
                counted(all as u64, "pair of origin and endpoint", "pairs of origin and endpoint")
            ),
        }
    }

    /// How the steps were chosen.
    #[must_use]
    pub fn method_words(&self) -> String {
        match self.method {
            Method::Exact => "No smaller list of these changes covers as much.".to_owned(),
            Method::Greedy(bound) => {
                format!(
                    "This list is at most {}.{:02} times as long as the shortest.",
                    bound / 100,
                    bound % 100
                )
            }
        }
    }

    /// The id of a step in exports.
    #[must_use]
    pub fn id(change: &Change, profiles: &Profiles) -> String {
        id(change, profiles)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_a_whole() {
        for (part, all, text) in [
            (0, 7, "0 %"),
            (0, 0, "0 %"),
            (1, 1000, "under 1 %"),
            (44, 100, "44 %"),
            (999, 1000, "over 99 %"),
            (7, 7, "100 %"),
            (1, 3, "33 %"),
            (2, 3, "67 %"),
        ] {
            assert_eq!(share(part, all), text, "{part} of {all}");
        }
    }
}
