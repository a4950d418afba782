//! What a host name of AWS says: the service, the Region, what kind of name it is, its dual-stack form, and
//! how sure that form is to exist.
//!
//! That a dual-stack name can be built proves nothing: AWS's SDKs build one for every service in every
//! Region, and in late 2025 a fifth of those had no AAAA record. So every form comes with [`Evidence`], and
//! what a log shows of the name goes before all of it.
//!
//! Naming is nearly one rule, and the exceptions are few: the rule is code (`rules`, `shape`), what is
//! documented of each service is a table (`prefixes.txt`), made by `tests/interop/catalog.py`. A file of the
//! user's in the form of that table may add to it or go before it.

use std::sync::{Arc, LazyLock};

use compact_str::CompactString;

mod kind;
mod owner;
mod partition;
mod profiles;
mod rules;
mod shape;
mod source;
mod table;
mod update;

pub use kind::Kind;
pub use owner::Setting;
pub use partition::{Partition, api_url, is_of_aws, is_region, is_together, regional};
pub use profiles::{Profile, ProfileRow, ProfileRowId, Profiles, ProfilesError};
pub use source::source_words;
pub use table::NameTableError;
pub use update::{CatalogUpdate, DataError};

use partition::{HostEnding, split};
use shape::Form;
use table::{Flag, NameTable};

/// The table, with the date of its making.
const PREFIXES: &str = include_str!("catalog/prefixes.txt");

/// How sure it is that a dual-stack name exists; the surest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Evidence {
    /// AWS's SDK data names the host for this Region.
    Host,
    /// AWS's documentation names it for this Region.
    Region,
    /// AWS's documentation says so of the service, without Regions.
    Service,
    /// Somebody measured it, or a program of AWS's uses it, and no documentation lists it.
    Measured,
    /// The rule makes the name. That proves nothing.
    Rule,
    /// AWS's SDKs make the name, and it is of a service whose documents, which list endpoints, have none like
    /// it. It is known for what it is, and never offered.
    Built,
    /// AWS's documentation lists such names for other Regions, and none for this one. It may have been added
    /// since.
    Unlisted,
    /// Documented or measured not to exist.
    Absent,
}

impl Evidence {
    /// The word used in exports: the levels from `E2` on (`E1` is what a log shows), `built`,
    /// `unlisted`, `no`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Host => "E2",
            Self::Region => "E3",
            Self::Service => "E4",
            Self::Measured | Self::Rule => "E5",
            Self::Built => "built",
            Self::Unlisted => "unlisted",
            Self::Absent => "no",
        }
    }

    /// How sure the name is, as the end of a sentence about it.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Host => "AWS's SDK data names it for this Region",
            Self::Region => "AWS's documentation lists it for this Region",
            Self::Service => "AWS documents such names for this service, without a list of Regions",
            Self::Measured => {
                "no table of AWS's lists it, but a program of AWS's uses it or it was measured; check it with `dig AAAA`"
            }
            Self::Rule => {
                "only AWS's naming rule makes it, nothing confirms that it exists; check it with `dig AAAA`"
            }
            Self::Built => "AWS's SDKs build it by rule, and no document of AWS's has it",
            Self::Unlisted => "AWS's documentation lists such names for other Regions, and none for this one",
            Self::Absent => "documented or measured not to exist",
        }
    }

    /// Whether AWS itself says that the name exists, as it does down to `E4`.
    #[must_use]
    pub fn is_stated(self) -> bool {
        matches!(self, Self::Host | Self::Region | Self::Service)
    }
}

/// The dual-stack form of a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DualStack {
    /// This name.
    Name(String),
    /// A name in which something is left open, written in capitals.
    Open(String),
    /// The name is the dual-stack form itself.
    Already,
    /// There is none.
    None,
    /// Whether the name has IPv6 addresses is set where the resource is made.
    Owner,
    /// Nothing is known, or it is not for anybody to configure.
    Unknown,
}

/// What the catalog knows of a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// What kind of name it is.
    pub kind: Kind,
    /// The standard labels before the Region (`ssm`, `api.ecr`); of S3 without the bucket. Empty if it has
    /// none.
    pub prefix: CompactString,
    /// The bucket; empty if there is none.
    pub bucket: CompactString,
    /// The product's name; empty if it has none.
    pub product: CompactString,
    /// The Region; empty if the name has none.
    pub region: CompactString,
    /// The partition.
    pub partition: Partition,
    /// Its dual-stack form.
    pub dual_stack: DualStack,
    /// How sure that is.
    pub evidence: Evidence,
    /// The id of the source of the evidence; empty if there is none. [`source_words`] has the words.
    pub source: CompactString,
    /// Whether it is the user's own file that says so.
    pub own: bool,
}

impl Known {
    /// The dual-stack name as text: the name itself if it is one.
    #[must_use]
    pub fn dual_stack_name<'k>(&'k self, name: &'k str) -> Option<&'k str> {
        match &self.dual_stack {
            DualStack::Name(name) => Some(name),
            DualStack::Already => Some(name.trim_end_matches('.')),
            _ => None,
        }
    }

    /// The product and kind in words.
    #[must_use]
    pub fn words(&self) -> String {
        if self.product.is_empty() {
            self.kind.words().to_owned()
        } else {
            format!("{} ({})", self.product, self.kind.words())
        }
    }
}

/// What is known of names; a copy costs nothing.
#[derive(Clone, Debug)]
pub struct Catalog {
    table: Arc<NameTable>,
}

static BUILTIN: LazyLock<Catalog> = LazyLock::new(|| {
    let mut table = NameTable::default();
    // The tests read it whole; a line that could not be read here would cost the lines after it, nothing
    // else.
    let _ = table.add(PREFIXES, false);
    Catalog { table: Arc::new(table) }
});

impl Catalog {
    /// The catalog in the program.
    #[must_use]
    pub fn builtin() -> &'static Self {
        &BUILTIN
    }

    /// The catalog with the lines of `text`, which is in the form of `src/knowledge/catalog/prefixes.txt`,
    /// before its own. A line `NAME=NAME FLAG SOURCE` states the dual-stack form of one name.
    ///
    /// # Errors
    /// The first line that cannot be read.
    pub fn with(&self, text: &str) -> Result<Self, NameTableError> {
        let mut table = NameTable::clone(&self.table);
        table.add(text, true)?;
        Ok(Self { table: Arc::new(table) })
    }

    /// On which day the data of AWS's SDK was read, and what it was, with its version.
    #[must_use]
    pub fn as_of(&self) -> (&str, &str) {
        (&self.table.date, &self.table.data)
    }

    /// Whether it knows the API with this prefix.
    pub(crate) fn has(&self, prefix: &str) -> bool {
        self.table.entry(prefix).is_some()
    }

    /// Whether AWS's SDK data is known to state the dual-stack host of an API in a Region.
    pub(crate) fn states(&self, prefix: &str, region: &str) -> bool {
        self.table.entry(prefix).is_some_and(|entry| self.table.states(prefix, entry, region))
    }

    /// The prefixes of APIs, such as `ssm` and `api.ecr`.
    pub(crate) fn prefixes(&self) -> impl Iterator<Item = &str> {
        self.table.prefixes()
    }

    /// What is known of `name` (lower case; with or without its last dot); `None` if it is not AWS's and not
    /// stated.
    #[must_use]
    pub fn about(&self, name: &str) -> Option<Known> {
        let host = name.trim_end_matches('.');
        self.stated(host)
            .or_else(|| self.whole(host))
            .or_else(|| self.built(host))
            .or_else(|| self.shaped(host))
            .or_else(|| self.api(host))
    }

    /// The standard name of the API whose dual-stack form `name` is; `None` where no rule leads back to it.
    pub(crate) fn standard_of(&self, name: &str) -> Option<String> {
        let host = name.trim_end_matches('.');
        let known = self.api(host)?;
        let standard = format!("{}.{}.{}", known.prefix, known.region, known.partition.standard_ending());
        (self.about(&standard)?.dual_stack == DualStack::Name(host.to_owned())).then_some(standard)
    }

    /// How the owner of a resource of AWS's gives `name` IPv6 addresses; `None` if it is no resource's.
    #[must_use]
    pub fn setting(name: &str) -> Option<Setting> {
        owner::setting(name.trim_end_matches('.'))
    }

    /// How early a resource's name is tried; `None` if it is no resource's.
    pub(crate) fn resource_rank(name: &str) -> Option<usize> {
        owner::rank(name.trim_end_matches('.'))
    }

    /// A name that the user's file states.
    fn stated(&self, host: &str) -> Option<Known> {
        let named = self.table.named(host)?;
        let (evidence, source) = evidence_of(named.flag, &named.source, false);
        Some(Known {
            kind: Kind::Own,
            prefix: CompactString::default(),
            bucket: CompactString::default(),
            product: named.product.as_str().into(),
            region: CompactString::default(),
            partition: Partition::Commercial,
            dual_stack: DualStack::Name(named.dual.clone()),
            evidence,
            source: source.into(),
            own: true,
        })
    }

    fn whole(&self, host: &str) -> Option<Known> {
        let dual = rules::whole(host)?;
        let (before, partition, _) = split(host)?;
        let (prefix, region) =
            before.rsplit_once('.').filter(|(_, last)| is_region(last)).unwrap_or((before, ""));
        let prefix = prefix.trim_end_matches(".us-gov");
        let partition =
            if before.ends_with(".us-gov") { Partition::GovCloud } else { partition.of_region(region) };
        Some(self.by_prefix(prefix, prefix, region, partition, DualStack::Name(dual)))
    }

    /// A name that AWS's SDKs build and no document has.
    fn built(&self, host: &str) -> Option<Known> {
        let dual = rules::built(host)?;
        let (before, partition, _) = split(host)?;
        let before = before.strip_suffix(".us-gov").unwrap_or(before);
        let (prefix, region) =
            before.rsplit_once('.').filter(|(_, last)| is_region(last)).unwrap_or((before, ""));
        let partition = partition.of_region(region);
        let mut known = self.by_prefix(prefix, prefix, region, partition, DualStack::Name(dual.clone()));
        if !known.own {
            known.kind = Kind::Api;
            known.dual_stack = DualStack::Name(dual);
            known.evidence = Evidence::Built;
            known.source.clear();
        }
        Some(known)
    }

    fn shaped(&self, host: &str) -> Option<Known> {
        let shape = shape::shape(host)?;
        let mut known = Known {
            kind: shape.kind,
            prefix: CompactString::default(),
            bucket: CompactString::default(),
            product: shape.product.into(),
            region: shape.region.into(),
            partition: shape.partition,
            dual_stack: DualStack::Unknown,
            evidence: Evidence::Rule,
            source: CompactString::default(),
            own: false,
        };
        let mut say = |dual_stack, evidence, source: &str| {
            known.dual_stack = dual_stack;
            known.evidence = evidence;
            known.source = source.into();
        };
        match shape.form {
            Form::Name(name, source) => say(DualStack::Name(name), Evidence::Service, source),
            Form::Open(name, source) => say(DualStack::Open(name), Evidence::Service, source),
            Form::Already => say(DualStack::Already, Evidence::Service, "DOC:user-guide"),
            Form::None(source) => say(DualStack::None, Evidence::Absent, source),
            Form::Owner => say(DualStack::Owner, Evidence::Service, "DOC:user-guide"),
            Form::Inner => {}
            Form::Prefix(prefix, name) => {
                return Some(self.by_prefix(
                    prefix,
                    prefix,
                    shape.region,
                    shape.partition,
                    DualStack::Name(name),
                ));
            }
        }
        if matches!(shape.kind, Kind::Bucket) {
            let end = host.find(".s3").unwrap_or(0);
            known.bucket = host[..end].into();
            known.prefix = "s3".into();
        }
        Some(known)
    }

    /// The name of an API, or of a bucket in the usual form.
    fn api(&self, host: &str) -> Option<Known> {
        let (before, partition, ending) = split(host)?;
        // A Region that is not the last label, or none: a resource's name, a sign-in page, a global host.
        // Which host would be its dual-stack form nobody says.
        let (prefix, region) = match before.rsplit_once('.') {
            Some((prefix, last)) if is_region(last) || ending == HostEnding::DualStack => (prefix, last),
            _ => return Some(self.unknown(before, partition)),
        };
        let partition = partition.of_region(region);
        let region_text = if is_region(region) { region } else { "" };
        if ending == HostEnding::DualStack {
            let standard = rules::standard_prefix(prefix, partition);
            return Some(self.by_prefix(standard, standard, region_text, partition, DualStack::Already));
        }
        if let Some(storage) = rules::storage(prefix) {
            // The prefix is the part before the Region.
            let (standard, suffix) = host.split_at(prefix.len());
            let dual = if storage.dual {
                DualStack::Already
            } else {
                DualStack::Name([standard, ".dualstack", suffix].concat())
            };
            let service = storage.service;
            // Access points are of the service that the guide speaks of; FIPS it does not mention.
            let looked = if matches!(service, "s3-accesspoint") { "s3" } else { service };
            let form = dual.clone();
            let mut known = self.by_prefix(service, looked, region, partition, dual);
            // The form is one for all of them, whether documented or not.
            if known.dual_stack == DualStack::Unknown {
                known.dual_stack = form;
            }
            if !storage.bucket.is_empty() && !service.starts_with("s3-control") {
                known.kind = Kind::Bucket;
                known.bucket = storage.bucket.into();
            }
            if known.product.is_empty() {
                known.product = "Amazon S3".into();
            }
            if known.kind == Kind::Unknown {
                known.kind = Kind::Api;
            }
            return Some(known);
        }
        let dual = if rules::is_same(prefix, region, partition) {
            DualStack::Already
        } else {
            let dual = rules::dual_prefix(prefix, partition);
            DualStack::Name([&dual, ".", region, ".", partition.dual_stack_ending()].concat())
        };
        Some(self.by_prefix(prefix, prefix, region, partition, dual))
    }

    /// A name with an ending of AWS's and no Region where an API has it.
    fn unknown(&self, before: &str, partition: Partition) -> Known {
        let mut known = self.by_prefix(before, before, "", partition, DualStack::Unknown);
        known.dual_stack = DualStack::Unknown;
        known.evidence = Evidence::Rule;
        known.source.clear();
        known
    }

    /// What the table says of `looked`, for a name with `prefix`.
    fn by_prefix(
        &self,
        prefix: &str,
        looked: &str,
        region: &str,
        partition: Partition,
        dual: DualStack,
    ) -> Known {
        let mut known = Known {
            kind: Kind::Unknown,
            prefix: prefix.into(),
            bucket: CompactString::default(),
            product: CompactString::default(),
            region: region.into(),
            partition,
            dual_stack: dual,
            evidence: Evidence::Rule,
            source: CompactString::default(),
            own: false,
        };
        // `ecs-a-12` is of the same service as `ecs-a`.
        let unnumbered = looked.trim_end_matches(|last: char| last.is_ascii_digit()).trim_end_matches('-');
        let without = rules::without_fips(looked);
        let is_fips = without.is_some();
        let plain = without.as_deref().unwrap_or(looked);
        let renamed = rules::dual_prefix(plain, partition);
        let keys = [looked, unnumbered, plain, &*renamed];
        let found = keys.into_iter().find_map(|key| Some((key, self.table.entry(key)?)));
        let Some((key, entry)) = found else {
            // An unknown prefix gets no suggestion; what ends as dual-stack names do, is one all the same.
            if known.dual_stack != DualStack::Already {
                known.dual_stack = DualStack::Unknown;
            }
            return known;
        };
        known.kind = Kind::Api;
        known.own = entry.own;
        known.product = entry.product.as_str().into();
        let (flag, source, stated) = self.table.said((key, entry), region, partition);
        if flag == Flag::Nameless {
            known.dual_stack = DualStack::Unknown;
            return known;
        }
        // What is documented is so of the names without FIPS.
        let (flag, source, stated) =
            if is_fips { (Flag::Unknown, "-", false) } else { (flag, source, stated) };
        let source = if entry.own && flag == Flag::Unknown { "-" } else { source };
        let (evidence, source) = evidence_of(flag, source, stated);
        known.evidence = evidence;
        known.source = source.into();
        known
    }
}

/// The level of a flag and its source, which comes back; `stated` if AWS's SDK data has the host.
fn evidence_of(flag: Flag, source: &str, stated: bool) -> (Evidence, &str) {
    let source = if source == "-" { "" } else { source };
    let evidence = match flag {
        _ if stated => return (Evidence::Host, "SDK"),
        Flag::Yes if source == "SDK" => Evidence::Host,
        Flag::Yes if source.starts_with("GR:") => Evidence::Region,
        Flag::Yes => Evidence::Service,
        // Those of CodeDeploy's agent are said to be IPv4 only; other tables only do not list a Region.
        Flag::No if source.starts_with("GR:") && source != "GR:codedeploy" => Evidence::Unlisted,
        Flag::No => Evidence::Absent,
        Flag::Measured => Evidence::Measured,
        Flag::Unknown if !source.is_empty() => Evidence::Measured,
        Flag::Unknown | Flag::Nameless => Evidence::Rule,
    };
    (evidence, source)
}

#[cfg(test)]
mod tests;
