//! The resource of AWS's that a name of somebody's own leads to by CNAME records.

use super::{Judgement, TargetResource};
use crate::base::figures::number;
use crate::knowledge::catalog::{Catalog, Kind};
use crate::knowledge::domain::bare;

/// What a log shows a name to lead to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NameTarget<'l> {
    /// The resource's name, without its last dot.
    pub host: &'l str,
    /// How many other names of resources of the same kind it was seen to lead to.
    pub others: usize,
}

impl<'l> NameTarget<'l> {
    /// The resource among the names of a chain whose owner can give it IPv6 addresses, or of which it is
    /// known that nobody can: of several the one that the catalog tries first, as a cluster comes before its
    /// instances, whatever their order. Instances that a name leads to are not what a setting is made on.
    pub fn find(names: impl Iterator<Item = &'l str>) -> Option<Self> {
        let known = names.filter_map(|name| {
            let host = bare(name);
            let rank = Catalog::resource_rank(host)?;
            let kind = Catalog::builtin().about(host)?.kind;
            (!matches!(kind, Kind::Instance | Kind::PublicInstance)).then_some((rank, host))
        });
        let mut all: Vec<(usize, &str)> = known.collect();
        all.sort_unstable();
        let (rank, host) = *all.first()?;
        let others = all.iter().skip(1).filter(|(other, _)| *other == rank).count();
        Some(Self { host, others })
    }
}

impl Judgement {
    /// A line for a list, where a resource's owner has the lever.
    pub(super) fn owner_title(&self, is_fixed: bool) -> String {
        let host = &self.host;
        match self.behind.as_ref().map(|behind| behind.known.kind.a()) {
            None if is_fixed => format!("{host} has no IPv6 address, and no setting gives it one"),
            None => format!("{host} has no IPv6 address: its owner can give it one"),
            Some(what) if is_fixed => {
                format!("{host} has no IPv6 address: it leads to {what}, and no setting gives that one")
            }
            Some(what) => {
                format!("{host} has no IPv6 address: it leads to {what}, whose owner can give it one")
            }
        }
    }

    /// Which resource that is, in full sentences.
    pub(super) fn about_owner(&self, is_fixed: bool) -> String {
        let what = self.resource().map_or_else(String::new, |known| known.kind.a());
        let product = Some(self.product()).filter(|product| !what.contains(product));
        let product = product.map_or_else(String::new, |product| format!(" ({product})"));
        let Some(TargetResource { host, others, .. }) = &self.behind else {
            return if is_fixed {
                format!("It is {what}{product}; nothing in the client gives it IPv6.")
            } else {
                format!("It is {what}{product}; whether it has IPv6 is set there, not in the client.")
            };
        };
        let others = match others {
            0 => String::new(),
            1 => ", or to another".to_owned(),
            some => format!(", or to {} others", number(*some as u64)),
        };
        let set = if is_fixed {
            "nothing in the client, and nothing in the zone of the name, gives that IPv6"
        } else {
            "whether that has IPv6 is set there, neither in the client nor in the zone of the name"
        };
        format!("By CNAME records it leads to {host}{others}: {what}{product}; {set}.")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_resource_that_has_the_setting() {
        let cluster = "shop.cluster-cx1y2z.eu-west-1.rds.amazonaws.com.";
        let instance = "shop-1.cx1y2z.eu-west-1.rds.amazonaws.com.";
        let host = "ec2-198-51-100-7.eu-west-1.compute.amazonaws.com.";
        let of = |names: &[&'static str]| NameTarget::find(names.iter().copied());
        for names in [[cluster, instance, host], [host, instance, cluster]] {
            assert_eq!(of(&names), Some(NameTarget { host: cluster.trim_end_matches('.'), others: 0 }));
        }
        assert_eq!(of(&[host]), None);
        assert_eq!(of(&["s3-r-w.eu-west-1.amazonaws.com."]), None);
        let two = ["web-2.eu-west-1.elb.amazonaws.com.", "web-1.eu-west-1.elb.amazonaws.com."];
        assert_eq!(of(&two), Some(NameTarget { host: "web-1.eu-west-1.elb.amazonaws.com", others: 1 }));
    }
}
