//! What the catalog knows of a name, in sentences that say how sure each is.

use serde::Serialize;

use crate::advice::judgement::{Judgement, Lever, LogFacts, Sure, Why};
use crate::knowledge::catalog::{Catalog, DualStack, Evidence, Kind, Known, Profiles, source_words};

/// What the catalog knows of a name, for programs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NameFacts {
    /// What kind of name it is.
    pub kind: &'static str,
    /// The product; empty if none is known.
    pub product: String,
    /// The Region; empty if the name has none.
    pub region: String,
    /// AWS's id of the partition.
    pub partition: &'static str,
    /// The dual-stack name, which may be the name itself; `None` where the evidence is `no`.
    pub dual_stack: Option<String>,
    /// How it has one: `name`, `open` (something is left open, in capitals), `already`, `none`, `owner`,
    /// `unknown`.
    pub form: &'static str,
    /// `E2` to `E5`, `built`, `unlisted` or `no`.
    pub evidence: &'static str,
    /// Where that comes from, with its date; empty if it comes from the naming rule alone.
    pub source: String,
    /// When the catalog was made.
    pub as_of: String,
}

impl NameFacts {
    pub(super) fn new(catalog: &Catalog, name: &str, known: &Known) -> Self {
        let (dual_stack, form) = match &known.dual_stack {
            DualStack::Name(dual) => (Some(dual.clone()), "name"),
            DualStack::Open(dual) => (Some(dual.clone()), "open"),
            DualStack::Already => (Some(name.trim_end_matches('.').to_owned()), "already"),
            DualStack::None => (None, "none"),
            DualStack::Owner => (None, "owner"),
            DualStack::Unknown => (None, "unknown"),
        };
        // A name that is said not to exist is not handed out.
        let dual_stack = dual_stack.filter(|_| known.evidence != Evidence::Absent);
        Self {
            kind: known.kind.word(),
            product: known.product.to_string(),
            region: known.region.to_string(),
            partition: known.partition.id(),
            dual_stack,
            form,
            evidence: known.evidence.word(),
            source: if known.source.is_empty() { String::new() } else { source_words(&known.source) },
            as_of: catalog.as_of().0.to_owned(),
        }
    }
}

/// A feature that asks for a name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Feature {
    /// The id of the feature's profile, as the file of profiles has it.
    pub id: String,
    /// The name of the feature, as a person reads it.
    pub name: String,
    /// Whether the feature does not work without the endpoint.
    pub needed: bool,
}

/// Features, each once.
pub(super) struct Features(pub Vec<Feature>);

/// The features that ask for `name`.
pub(super) fn features(profiles: &Profiles, name: &str, known: Option<&Known>) -> Features {
    let mut features: Vec<Feature> = Vec::new();
    for at in profiles.rows_of(name, known) {
        let profile = &profiles.list()[at.profile];
        let needed = profile.rows[at.row].needed;
        match features.last_mut().filter(|last| last.id == profile.id) {
            Some(last) => last.needed |= needed,
            None => features.push(Feature { id: profile.id.clone(), name: profile.name.clone(), needed }),
        }
    }
    Features(features)
}

impl Features {
    /// `features that ask for it: A (needs it); B`.
    pub(super) fn line(&self) -> Option<String> {
        let words = self.0.iter().map(|feature| {
            let needed = if feature.needed { " (needs it)" } else { "" };
            format!("{}{needed}", feature.name)
        });
        let words: Vec<String> = words.collect();
        (!words.is_empty()).then(|| format!("features that ask for it: {}", words.join("; ")))
    }
}

/// Sentences on a name that the catalog knows.
pub(super) fn lines(catalog: &Catalog, name: &str, known: &Known) -> Vec<String> {
    let place = match (known.region.as_str(), known.kind) {
        (_, Kind::Own) => String::new(),
        ("", _) => format!(", partition {}", known.partition.id()),
        (region, _) => format!(", {region}, partition {}", known.partition.id()),
    };
    let mut lines = vec![format!("{}{place}", known.words())];
    let judgement = Judgement::with(catalog, name, Some(known.clone()), LogFacts::NOTHING);
    lines.push(dual_stack(&judgement, known));
    lines.extend(remark(name, known));
    let source = judgement.source();
    if !source.is_empty() {
        lines.push(format!("source: {source}"));
    }
    let (day, data) = catalog.as_of();
    lines.push(format!(
        "catalog of {day}, {data}; what a log shows of the name goes before it: r53tail report"
    ));
    lines
}

/// The dual-stack form, worded by how sure it is.
fn dual_stack(judgement: &Judgement, known: &Known) -> String {
    let would = known.dual_stack_name(&judgement.host).unwrap_or_default();
    match &judgement.lever {
        Lever::None(Why::Own) => {
            format!("dual-stack name: none, your catalog file says ({would} would be its form)")
        }
        Lever::Name { dual, sure: Sure::Measured } if known.own => {
            format!("dual-stack name: {dual}: your catalog file says that it was measured")
        }
        Lever::Name { dual, sure } if known.own && *sure != Sure::Pattern => {
            format!("dual-stack name: {dual}: your catalog file says so")
        }
        Lever::Name { dual, .. } | Lever::Open(dual) => {
            format!("dual-stack name: {dual}: {}", known.evidence.words())
        }
        Lever::None(Why::Documented) if known.source.starts_with("OBS:") => {
            format!("dual-stack name: none; {would} would be its form, which was measured not to exist")
        }
        Lever::None(Why::Unlisted) if !known.region.is_empty() => format!(
            "dual-stack name: none listed for {} ({would} would be its form, and may have come since)",
            known.region
        ),
        Lever::None(Why::Kind) => "dual-stack name: none; it has no IPv6 address".to_owned(),
        Lever::None(Why::Agent) => {
            format!("dual-stack name: none to be used; {}", lowered(&judgement.about()))
        }
        Lever::None(_) => format!("dual-stack name: none documented ({would} would be its form)"),
        Lever::Itself if known.evidence == Evidence::Rule => {
            "a dual-stack name by its form; whether it exists, a log or `dig AAAA` shows".to_owned()
        }
        Lever::Itself if matches!(known.evidence, Evidence::Absent | Evidence::Unlisted) => {
            format!("a dual-stack name by its form, but {}", known.evidence.words())
        }
        Lever::Itself => "this name is dual-stack itself: there is nothing to change".to_owned(),
        Lever::Owner(setting) => {
            format!("whether it has an IPv6 address is set on the resource: {}", setting.instruction())
        }
        Lever::Inner => {
            "nobody configures this name: it appears when a bucket's own name is looked up".to_owned()
        }
        Lever::Aws if known.evidence == Evidence::Built => {
            format!("dual-stack name: none is known; {would} would be its form: {}", known.evidence.words())
        }
        Lever::Aws | Lever::Stranger => "dual-stack name: none is known".to_owned(),
        Lever::Registry
        | Lever::RegistryDone
        | Lever::Link(_)
        | Lever::Pool(_)
        | Lever::Endpoint
        | Lever::Host => judgement.about(),
    }
}

fn lowered(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(|first| first.to_lowercase().to_string()).unwrap_or_default();
    format!("{first}{}", chars.as_str().trim_end_matches('.'))
}

/// What to know before switching.
fn remark(name: &str, known: &Known) -> Option<String> {
    let text = match (known.kind, known.prefix.as_str()) {
        (Kind::Registry, _) if known.dual_stack != DualStack::Already => {
            "the change is in the image reference; interface endpoints (AWS PrivateLink) do not serve the dual-stack name"
        }
        (Kind::LoadBalancer, _) if !name.starts_with("dualstack.") => {
            "the name with `dualstack.` before it may have AAAA where this one has A only"
        }
        (Kind::BucketWebsite, _) => "CloudFront in front of the bucket can serve it over IPv6",
        (_, "ec2messages") => {
            "the SSM Agent does without it from version 3.3.40.0 on, where it may use ssmmessages"
        }
        _ if matches!(known.dual_stack, DualStack::Open(_)) && known.product == "AWS STS" => {
            "sts.amazonaws.com never has IPv6: first make the client use regional endpoints \
             (AWS_STS_REGIONAL_ENDPOINTS=regional)"
        }
        _ => return None,
    };
    Some(text.to_owned())
}
