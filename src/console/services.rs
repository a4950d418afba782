//! What names belong to, for lists that are too long to be read name by name: a service of AWS, or a domain.

use std::cell::{RefCell, RefMut};
use std::sync::Arc;

use crate::advice::regions::RegionalServices;
use crate::fleet::{Fleet, Symbol};
use crate::knowledge::catalog::{Catalog, Kind};
use crate::knowledge::domain::bare;

/// What a name belongs to, and what it is called there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Service {
    /// The service, or the domain. Text of the log where it is a domain.
    pub group: Arc<str>,
    /// The name within it, short: `ssm`, `api.ecr`, a bucket's name.
    pub label: Arc<str>,
    /// The Region of a service's endpoint; empty if it has none.
    pub region: Arc<str>,
    /// Whether it is of AWS.
    pub aws: bool,
}

impl Service {
    /// Whether two names belong to the same service in the same Region, or to the same domain.
    #[must_use]
    pub fn is_with(&self, other: &Self) -> bool {
        self.group == other.group && self.region == other.region
    }
}

/// The services of names that were looked at.
#[derive(Debug, Default)]
pub(super) struct Services {
    /// By the number of the name.
    names: RefCell<Vec<Option<Arc<Service>>>>,
    /// Which of them are one service in several Regions.
    regional: RefCell<RegionalServices>,
}

impl Services {
    /// What a name belongs to.
    pub(super) fn for_name(&self, fleet: &Fleet, catalog: &Catalog, name: Symbol) -> Arc<Service> {
        let mut known = self.names.borrow_mut();
        if known.len() <= name.index() {
            known.resize(name.index() + 1, None);
        }
        let slot = &mut known[name.index()];
        Arc::clone(slot.get_or_insert_with(|| Arc::new(service(catalog, fleet.name_text(name)))))
    }

    /// Which names are one service in several Regions.
    pub(super) fn regional(&self) -> RefMut<'_, RegionalServices> {
        self.regional.borrow_mut()
    }
}

/// Products whose names are short for lists, and of several the one that people look for.
const SHORT: [(&str, &str); 6] = [
    ("AWS Systems Manager", "Systems Manager"),
    ("Amazon CloudWatch", "CloudWatch"),
    ("Amazon ECR", "ECR"),
    ("Amazon EC2", "EC2"),
    ("Amazon ECS", "ECS"),
    ("AWS Key Management Service", "KMS"),
];

/// Decides what a name belongs to.
fn service(catalog: &Catalog, name: &str) -> Service {
    let bare = bare(name);
    if let Some(known) = catalog.about(name).filter(|known| known.kind != Kind::Own) {
        let label = match (known.bucket.as_str(), known.prefix.as_str()) {
            ("", "") => bare.split('.').next().unwrap_or(bare),
            ("", prefix) => prefix,
            (bucket, _) => bucket,
        };
        let dual = bare.ends_with(".api.aws") || bare.contains(".dualstack.");
        let label = if dual { format!("{label}⁺") } else { label.to_owned() };
        let product = if known.product.is_empty() { known.kind.words() } else { known.product.as_str() };
        let short = SHORT.into_iter().find(|(long, _)| {
            product
                .strip_prefix(long)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with(" (") || *long == "Amazon CloudWatch")
        });
        let product = if known.kind == Kind::Unknown { "other AWS names" } else { product };
        let group = short.map_or_else(
            || product.trim_start_matches("Amazon ").trim_start_matches("AWS "),
            |(_, short)| short,
        );
        return Service {
            group: group.into(),
            label: label.into(),
            region: known.region.as_str().into(),
            aws: true,
        };
    }
    let (group, label) = domain(bare);
    Service { group: group.into(), label: label.into(), region: Arc::from(""), aws: false }
}

/// What looks like the registered domain of a name, and what precedes it; the whole name if nothing does. No
/// public suffix list: two labels, or three where the last two are as short as those of `co.uk`.
fn domain(name: &str) -> (&str, &str) {
    let starts: Vec<usize> =
        std::iter::once(0).chain(name.match_indices('.').map(|(at, _)| at + 1)).collect();
    let reverse = name.ends_with("in-addr.arpa") || name.ends_with("ip6.arpa");
    let last = starts.last().map_or("", |at| &name[*at..]);
    let second = starts.iter().rev().nth(1).map_or("", |at| &name[*at..]);
    let second = second.split('.').next().unwrap_or("");
    let labels = if last.len() == 2 && second.len() <= 3 && starts.len() > 2 { 3 } else { 2 };
    let start = if reverse { name.len() - "arpa".len() } else { starts[starts.len().saturating_sub(labels)] };
    let group = if reverse { "reverse names" } else { &name[start..] };
    let label = name[..start].trim_end_matches('.');
    (group, if label.is_empty() || reverse { name } else { label })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_belong_to_services_and_domains() {
        for (name, group, label) in [
            ("ssm.us-west-2.amazonaws.com.", "Systems Manager", "ssm"),
            ("ec2messages.us-west-2.amazonaws.com.", "Systems Manager", "ec2messages"),
            ("ssmmessages.us-west-2.api.aws.", "Systems Manager", "ssmmessages⁺"),
            ("monitoring.us-west-2.amazonaws.com.", "CloudWatch", "monitoring"),
            ("logs.us-west-2.amazonaws.com.", "CloudWatch", "logs"),
            ("my-bucket.s3.us-west-2.amazonaws.com.", "S3", "my-bucket"),
            ("github.com.", "github.com", "github.com"),
            ("api.github.com.", "github.com", "api"),
            ("www.example.co.uk.", "example.co.uk", "www"),
            ("example.co.", "example.co", "example.co"),
            ("例え.テスト.", "例え.テスト", "例え.テスト"),
            ("44.3.0.10.in-addr.arpa.", "reverse names", "44.3.0.10.in-addr.arpa"),
            ("localhost.", "localhost", "localhost"),
            (".", ".", "."),
            ("", "", ""),
            ("a..b.", ".b", "a"),
        ] {
            let service = service(Catalog::builtin(), name);
            assert_eq!((&*service.group, &*service.label), (group, label), "{name}");
        }
    }
}
