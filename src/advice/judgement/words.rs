//! A judgement in sentences.

use std::net::Ipv4Addr;

use super::{Judgement, Lever, LinkService, Sure, Way, Why};
use crate::knowledge::catalog::{Evidence, Kind, Known, source_words};
use crate::log::observation::Aaaa;

/// A command with a text of the log in it, where a shell would take the text for nothing but itself.
#[must_use]
pub fn command(before: &str, text: &str, behind: &str) -> Option<String> {
    is_harmless(text).then(|| format!("`{before}{text}{behind}`"))
}

/// Whether a shell takes the text for nothing but itself, and a program for no option.
#[must_use]
pub fn is_harmless(text: &str) -> bool {
    !text.is_empty()
        && !text.starts_with('-')
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_'))
}

/// ` --region REGION`, for a command; empty where the Region is not known.
#[must_use]
pub fn in_region(region: &str) -> String {
    if is_harmless(region) { format!(" --region {region}") } else { String::new() }
}

const SSM_AGENT: &str =
    "SSM Agent 3.3.3270.0 or later: {\"Agent\": {\"UseDualStackEndpoint\": true}} in amazon-ssm-agent.json";

/// What the variable of the SDKs does, said wherever it is named.
const SDKS: &str = "SDKs and the AWS CLI: AWS_USE_DUALSTACK_ENDPOINT=true, only where each service that the process calls has such a name";

/// What another name takes away from those for whom an interface endpoint answers, said wherever one is
/// offered (AWS `PrivateLink` Guide, "Private DNS").
pub(super) const MAY_LEAVE: &str = "another name may leave the interface endpoint";

/// What is to be done before a client asks over IPv6.
pub(crate) const POLICIES: &str = "Policies with aws:SourceIp must allow the IPv6 addresses first";

impl Judgement {
    /// A line for a list.
    #[must_use]
    pub fn title(&self) -> String {
        let host = &self.host;
        match &self.lever {
            Lever::Name { dual, sure: Sure::Seen } => {
                format!("{host}: use {dual}, which has AAAA records")
            }
            Lever::Name { dual, sure: Sure::Stated }
                if self.evidence() == Some(Evidence::Service) && !self.is_own() =>
            {
                format!("{host}: {dual}, as AWS documents for the service")
            }
            Lever::Name { dual, sure: Sure::Stated } => format!("{host}: use {dual}"),
            Lever::Name { dual, sure: Sure::Measured } => format!("{host}: {dual} may work"),
            Lever::Name { dual, sure: Sure::Pattern } => format!("{host}: {dual} may exist"),
            Lever::Open(open) => format!("{host}: use {open}"),
            Lever::Registry | Lever::RegistryDone => {
                format!("{host} has no IPv6 address: Amazon ECR hands it out")
            }
            Lever::Itself => format!("{host}: a dual-stack name without an AAAA record here"),
            Lever::Owner(setting) => self.owner_title(setting.is_fixed),
            Lever::Link(service) => format!("{host}: {} is at {}", service.words(), service.ipv6()),
            Lever::Pool(dual) => format!("{host}: fd00:ec2::123, or {dual}"),
            Lever::None(Why::Seen(_)) => format!("{host} has no IPv6 address, and no dual-stack name here"),
            Lever::None(Why::Unlisted) => {
                format!("{host} has no IPv6 address, and AWS lists no dual-stack name for its Region")
            }
            Lever::None(Why::Agent) => {
                format!("{host} has no IPv6 address, and its agent cannot be switched here")
            }
            Lever::None(_) => format!("{host} has no IPv6 address, and no dual-stack name"),
            Lever::Aws | Lever::Inner | Lever::Stranger => format!("{host} has no IPv6 address"),
            Lever::Endpoint | Lever::Host => format!("{host} leads to a private IPv4 address"),
        }
    }

    /// What it is, and which other name there is, in full sentences.
    #[must_use]
    pub fn about(&self) -> String {
        let address = self.ipv4.map(Ipv4Addr::from).map(|it| it.to_string()).unwrap_or_default();
        match &self.lever {
            Lever::Name { dual, sure: Sure::Seen } => {
                format!("Its dual-stack name is {dual}: this log shows AAAA records for it.")
            }
            Lever::Name { dual, sure } => self.known.as_ref().map(|known| stated(known, dual, *sure)).unwrap_or_default(),
            Lever::Open(open) if self.is_sts() => format!("AWS documents {open}; this name itself never has IPv6."),
            Lever::Open(open) => format!("AWS documents such names by Region: {open}."),
            Lever::Registry => {
                "Amazon ECR hands this URL out for the layers of images; no client chooses it. Whoever pulls by the registry's \
                 dual-stack name gets another."
                    .to_owned()
            }
            Lever::RegistryDone => {
                "Amazon ECR hands this URL out for the layers of images; no client chooses it. This log shows the registry's \
                 dual-stack name in use already."
                    .to_owned()
            }
            Lever::Itself if self.evidence().is_some_and(Evidence::is_stated) => {
                "It is documented to have AAAA records: something between hides them, such as a private hosted zone, an \
                 interface endpoint with IPv4 records, or a resolver that forwards."
                    .to_owned()
            }
            Lever::Itself => "It has the form of a dual-stack name, and no AAAA record here.".to_owned(),
            Lever::Endpoint => format!(
                "It leads to {address}, a private address: most likely an interface endpoint (AWS PrivateLink) answers for it. \
                 In which VPC that is, a log does not show."
            ),
            Lever::Owner(setting) => self.about_owner(setting.is_fixed),
            Lever::Link(service) => link(*service, &address),
            Lever::Pool(dual) => format!(
                "It is of a pool of time servers, of whose numbered names only {dual} has AAAA records. An EC2 instance needs no \
                 pool: the Amazon Time Sync Service is on its link."
            ),
            Lever::None(why) => self.without(*why),
            Lever::Aws => format!("It is a name of {}; no dual-stack form of it is known.", self.product()),
            Lever::Inner => "Nobody configures it: it is what names of S3 buckets lead to.".to_owned(),
            Lever::Host => format!("It leads to {address}, a private address: a host of your own network, or of one joined to it."),
            Lever::Stranger => "No other name for it is known.".to_owned(),
        }
    }

    fn without(&self, why: Why) -> String {
        let known = self.known.as_ref();
        let dual = known.and_then(|known| known.dual_stack_name(&self.host)).unwrap_or_default();
        let (region, product) = (known.map_or("", |known| known.region.as_str()), self.product());
        match why {
            Why::Seen(Aaaa::NxDomain) => {
                format!("This log shows that {dual}, which would be its dual-stack name, does not exist.")
            }
            Why::Seen(_) => format!(
                "This log shows that {dual}, which would be its dual-stack name, has no AAAA record of its own."
            ),
            Why::Own => {
                format!("Your catalog file says that it has no dual-stack name ({dual} would be its form).")
            }
            Why::Unlisted if region.is_empty() => {
                format!("For {product} AWS's documentation lists no dual-stack name.")
            }
            Why::Unlisted => format!(
                "AWS's documentation lists dual-stack names of {product} for other Regions, and none for {region}. That is no \
                 proof: {dual} may have come since."
            ),
            Why::Documented => match known {
                Some(known) if known.source.starts_with("OBS:") => format!(
                    "{dual} was measured not to exist in us-west-1. The SSM Agent (Session Manager, Run Command) asks for \
                     {}; newer ones use ssmmessages instead.",
                    self.host
                ),
                Some(known) if known.source == "GR:codedeploy" => {
                    "AWS documents that it supports IPv4 only.".to_owned()
                }
                _ => format!("For {product} AWS documents no dual-stack name."),
            },
            Why::Kind if self.kind() == Some(Kind::Bucket) => {
                "AWS's SDKs refuse dual-stack names of S3 Object Lambda and of S3 on Outposts.".to_owned()
            }
            Why::Kind => format!(
                "It is {}, which AWS documents as not reachable over IPv6.",
                known.map_or_else(String::new, |known| known.kind.a())
            ),
            Why::Agent => format!(
                "{dual} would be its form. But the SSM Agent is switched as a whole, and another name that it needs has no \
                 dual-stack form here: switched, it would lose that."
            ),
        }
    }

    /// What to do.
    #[must_use]
    pub fn advice(&self, way: Way) -> String {
        let otherwise = way.otherwise();
        let dig = |name: &str| command("dig AAAA ", name, "").unwrap_or_else(|| "`dig AAAA`".to_owned());
        match &self.lever {
            Lever::Name { dual, sure } => {
                let is_to_check = *sure > Sure::Stated
                    || *sure == Sure::Stated && self.evidence() == Some(Evidence::Service) && !self.is_own();
                let check = if is_to_check { format!("check it first ({}), then: ", dig(dual)) } else { String::new() };
                format!("{check}{}", self.switch(dual))
            }
            Lever::Open(open) if !self.is_sts() => format!("in URLs write {open}, with the Region of the bucket; {SDKS}. {POLICIES}"),
            Lever::Open(_) => format!("first make the client use regional endpoints (AWS_STS_REGIONAL_ENDPOINTS=regional); {SDKS}. {POLICIES}"),
            Lever::Registry => {
                "write the registry's dual-stack name (ACCOUNT.dkr-ecr.REGION.on.aws) into the image reference".to_owned()
            }
            Lever::RegistryDone => format!("nothing in the client; {otherwise}"),
            Lever::Itself => format!("see what answers elsewhere: {}", dig(&self.host)),
            Lever::Endpoint => self.endpoint(),
            Lever::Owner(setting) if setting.is_fixed => format!("{}; or {otherwise}", setting.instruction()),
            Lever::Owner(setting) if self.behind.as_ref().is_some_and(|behind| !behind.is_private) => {
                format!("if it is yours, {}; else ask its owner for IPv6, or {otherwise}", setting.instruction())
            }
            Lever::Owner(setting) => setting.instruction(),
            Lever::Link(service) => on_link(*service),
            Lever::Pool(dual) => format!(
                "let the time service use `server fd00:ec2::123 prefer iburst` (chrony) on EC2, elsewhere {dual}"
            ),
            Lever::None(Why::Unlisted) => {
                let dual = self.known.as_ref().and_then(|known| known.dual_stack_name(&self.host));
                let check = dual.map(|dual| format!("; see whether there is one by now: {}", dig(dual)));
                format!("{otherwise}{}", check.unwrap_or_default())
            }
            Lever::None(Why::Seen(Aaaa::NxDomain)) => {
                format!("leave this client at the standard name, and {otherwise}")
            }
            Lever::None(_) if self.prefix() == "ec2messages" => {
                "with SSM Agent 3.3.40.0 or later, let the instance role use ssmmessages: the agent then does without it"
                    .to_owned()
            }
            Lever::None(Why::Kind) if self.kind() == Some(Kind::BucketWebsite) => {
                format!("serve it through CloudFront with IPv6, or {otherwise}")
            }
            Lever::None(_) | Lever::Aws => match self.services().filter(|_| matches!(way, Way::Not | Way::Mixed)) {
                Some(services) => format!("{otherwise}; or an interface endpoint, if there is one with IPv6: {services}"),
                None => otherwise.to_owned(),
            },
            Lever::Inner => "switch whoever asks for the bucket to dual-stack names of S3".to_owned(),
            Lever::Host => "give the host an IPv6 address and its name an AAAA record".to_owned(),
            Lever::Stranger => format!("ask its owner for IPv6, or {otherwise}"),
        }
    }

    /// The interface endpoint's setting.
    fn endpoint(&self) -> String {
        let region = self.known.as_ref().map_or("", |known| known.region.as_str());
        let services =
            self.services().unwrap_or_else(|| "`aws ec2 describe-vpc-endpoint-services`".to_owned());
        let leaves = match self.kind() {
            Some(Kind::Registry) => {
                ". Amazon ECR does not serve its dual-stack names through interface endpoints".to_owned()
            }
            _ if self.has_other() => format!("; {MAY_LEAVE}"),
            _ => String::new(),
        };
        format!(
            "see whether the service supports IPv6 there ({services}); if so, give the endpoint IPv6 addresses, for which its \
             subnets need IPv6: `aws ec2 modify-vpc-endpoint --vpc-endpoint-id ENDPOINT --ip-address-type dualstack \
             --dns-options DnsRecordIpType=dualstack{}`{leaves}",
            in_region(region)
        )
    }

    /// Whether there is, or would be, a dual-stack name besides its own.
    fn has_other(&self) -> bool {
        let dual = self.known.as_ref().and_then(|known| known.dual_stack_name(&self.host));
        dual.is_some_and(|dual| dual != self.host)
    }

    /// The command that shows which IP address types interface endpoints for an API may have.
    fn services(&self) -> Option<String> {
        let known = self.known.as_ref()?;
        if !matches!(known.kind, Kind::Api | Kind::Registry | Kind::Unknown)
            || known.region.is_empty()
            || !is_harmless(&self.host)
        {
            return None;
        }
        let host = match known.kind {
            Kind::Registry => format!("*.{}", self.host.split_once('.')?.1),
            _ => self.host.clone(),
        };
        Some(format!(
            "`aws ec2 describe-vpc-endpoint-services --query \"ServiceDetails[?PrivateDnsName=='{host}'].[ServiceName,\
             SupportedIpAddressTypes]\"{}`",
            in_region(&known.region)
        ))
    }

    /// How the client that asks for such a name is switched to `dual`, and what to watch.
    fn switch(&self, dual: &str) -> String {
        let how = match (self.kind(), self.prefix()) {
            (Some(Kind::Registry | Kind::PublicRegistry), _) => {
                return format!("write {dual} into the image reference; interface endpoints (AWS PrivateLink) do not serve it");
            }
            (Some(Kind::LoadBalancer | Kind::Own | Kind::EksOidc), _) => return format!("point the client at {dual}"),
            // Nothing but the agent asks for it.
            (_, "ssmmessages" | "ec2messages") => return format!("{SSM_AGENT}. {POLICIES}"),
            (_, "ssm") if self.is_agents => SSM_AGENT.to_owned(),
            (_, "api.ecr") => {
                return format!(
                    "in your own client set the endpoint URL https://{dual}. Where a platform pulls the image (AWS Fargate, for \
                     one) its own call cannot be configured: an IPv6-only subnet, an interface endpoint or NAT is left for it"
                );
            }
            (_, "ecs" | "ecs-sc") => {
                "ECS agent 1.98.0 or later: by itself on IPv6-only instances, else ECS_INSTANCE_IP_COMPATIBILITY=ipv6".to_owned()
            }
            (Some(Kind::Bucket), _) => format!("in URLs write {dual}"),
            _ => format!("set the client's endpoint URL to https://{dual}"),
        };
        format!("{how}; {SDKS}. {POLICIES}")
    }

    /// What there is to change, in a line.
    #[must_use]
    pub fn hint(&self) -> String {
        let hint = self.short();
        if self.leaves().is_none() {
            return hint;
        }
        // What ends in a name to be copied has no stop.
        if hint.ends_with('.') {
            format!("{hint} For some, {MAY_LEAVE}.")
        } else {
            format!("{hint}; for some, {MAY_LEAVE}")
        }
    }

    fn short(&self) -> String {
        match &self.lever {
            Lever::Name { dual, sure: Sure::Seen } => {
                format!("Dual-stack name: {dual}, which answers in this log.")
            }
            Lever::Name { dual, .. } if self.is_own() => {
                format!("Dual-stack name: {dual} (your catalog file says so).")
            }
            Lever::Name { dual, sure: Sure::Stated } => match self.evidence() {
                Some(Evidence::Service) => format!("Dual-stack name: {dual} (AWS documents it)."),
                _ => format!("Dual-stack name: {dual} (AWS lists it for this Region)."),
            },
            Lever::Name { dual, sure: Sure::Measured } => {
                format!("Dual-stack name: perhaps {dual}; check: dig AAAA {dual}")
            }
            Lever::Name { dual, sure: Sure::Pattern } => {
                format!("{dual} by the naming rule alone; check: dig AAAA {dual}")
            }
            Lever::Open(open) => format!("Dual-stack name: {open}"),
            Lever::Registry => {
                "Amazon ECR hands it out: the registry's dual-stack name is the switch.".to_owned()
            }
            Lever::RegistryDone => "Amazon ECR hands it out; nothing to change in the client.".to_owned(),
            Lever::Itself => "Dual-stack by its form, yet no AAAA record here.".to_owned(),
            Lever::Endpoint if self.has_other() => {
                format!("An interface endpoint, most likely: its IP address type decides; {MAY_LEAVE}.")
            }
            Lever::Endpoint => "An interface endpoint, most likely: its IP address type decides.".to_owned(),
            Lever::Owner(setting) => match &self.behind {
                Some(behind) => format!("It leads to {}: {}.", behind.known.kind.a(), setting.words),
                None => capital(setting.words),
            },
            Lever::Link(service) => {
                format!("{} has {} over IPv6.", capital_start(service.words()), service.ipv6())
            }
            Lever::Pool(dual) => format!("On EC2: fd00:ec2::123. Elsewhere {dual} has AAAA records."),
            Lever::None(Why::Own) => "No dual-stack name, says your catalog file.".to_owned(),
            Lever::None(Why::Kind) => "It has no dual-stack name.".to_owned(),
            Lever::Inner => "Part of a bucket's name: switch the client to dual-stack S3 names.".to_owned(),
            Lever::None(_) | Lever::Aws | Lever::Host | Lever::Stranger => self.about(),
        }
    }

    /// The source of the knowledge that it rests on; empty if from the log alone.
    #[must_use]
    pub fn source(&self) -> String {
        let known =
            || self.known.as_ref().map(|known| known.source.as_str()).filter(|source| !source.is_empty());
        match &self.lever {
            Lever::Name { sure: Sure::Seen, .. }
            | Lever::None(Why::Seen(_))
            | Lever::Host
            | Lever::Stranger => String::new(),
            Lever::Endpoint => "AWS PrivateLink Guide, \"IP address type\" (2026)".to_owned(),
            Lever::Owner(setting) => setting.source.to_owned(),
            Lever::Link(LinkService::Metadata) => {
                "Amazon EC2 User Guide, \"Use the Instance Metadata Service\" (2026)".to_owned()
            }
            Lever::Link(LinkService::Time) | Lever::Pool(_) => {
                "Amazon EC2 User Guide, \"Set the time for your EC2 instance\" (2026)".to_owned()
            }
            Lever::Link(LinkService::Resolver) => "Amazon VPC User Guide, \"Amazon DNS\" (2026)".to_owned(),
            Lever::Registry | Lever::RegistryDone => source_words("DOC:ecr-requests"),
            _ => known().map(source_words).unwrap_or_default(),
        }
    }

    fn evidence(&self) -> Option<Evidence> {
        self.known.as_ref().map(|known| known.evidence)
    }

    fn kind(&self) -> Option<Kind> {
        self.known.as_ref().map(|known| known.kind)
    }

    fn prefix(&self) -> &str {
        self.known.as_ref().map_or("", |known| known.prefix.as_str())
    }

    fn is_sts(&self) -> bool {
        self.host.starts_with("sts.")
    }

    fn is_own(&self) -> bool {
        self.known.as_ref().is_some_and(|known| known.own)
    }
}

/// There is a name, or may be one, by what is written.
fn stated(known: &Known, dual: &str, sure: Sure) -> String {
    match (known.evidence, sure) {
        (_, Sure::Stated) if known.own => {
            format!("Your catalog file names {dual} as its dual-stack name.")
        }
        (Evidence::Service, Sure::Stated) => format!(
            "AWS documents dual-stack names for {}, without saying in which Regions; here it would be {dual}.",
            known.product
        ),
        // What is listed is the name of the service; those of what is in it follow.
        (_, Sure::Stated) if known.kind == Kind::Bucket || known.prefix == "ddb" => {
            let what = if known.kind == Kind::Bucket { "bucket" } else { "account" };
            format!(
                "AWS lists dual-stack names of {} for this Region; that of this {what} is {dual}.",
                known.product
            )
        }
        (_, Sure::Seen | Sure::Stated) => {
            format!("AWS lists the dual-stack name {dual} for this Region.")
        }
        (_, Sure::Measured) if known.own => format!("Your catalog file says that {dual} was measured."),
        (_, Sure::Measured) => {
            format!(
                "No table of AWS's lists {dual}, but a program of AWS's uses it, or somebody measured it."
            )
        }
        (_, Sure::Pattern) => {
            format!(
                "By AWS's naming rule its dual-stack name would be {dual}; nothing confirms that it exists."
            )
        }
    }
}

/// Where a service on the link is.
fn link(service: LinkService, address: &str) -> String {
    let leads = if address.is_empty() || !address.starts_with("169.254.") {
        String::new()
    } else {
        format!("It leads to {address}, which no NAT64 reaches. ")
    };
    format!("{leads}Over IPv6 an instance has {} at {}.", service.words(), service.ipv6())
}

/// What is to be done so that an instance uses a service on its link over IPv6.
fn on_link(service: LinkService) -> String {
    match service {
        LinkService::Metadata => "let the client use http://[fd00:ec2::254], and enable it: `aws ec2 modify-instance-metadata-options \
                              --instance-id INSTANCE --http-endpoint enabled --http-protocol-ipv6 enabled`"
            .to_owned(),
        LinkService::Time => "let the time service use `server fd00:ec2::123 prefer iburst` (chrony)".to_owned(),
        LinkService::Resolver => "let the client ask fd00:ec2::253".to_owned(),
    }
}

fn capital_start(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}", chars.as_str())
}

fn capital(text: &str) -> String {
    format!("{}.", capital_start(text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::advice::judgement::LogFacts;
    use crate::knowledge::catalog::Catalog;

    /// Findings and the plan ([`Judgement::advice`], [`Judgement::leaves`]) and the console
    /// ([`Judgement::hint`]) say in the same words that another name may leave an interface endpoint.
    #[test]
    fn leaving_an_interface_endpoint_is_said_everywhere_alike() {
        let of = |name, shown| Judgement::new(Catalog::builtin(), name, shown);
        let private = LogFacts {
            ipv4: Some(0x0a00_0005),
            is_private: true,
            is_private_for_some: true,
            ..LogFacts::NOTHING
        };
        let all = of("kms.us-west-2.amazonaws.com.", private);
        assert!(all.advice(Way::Not).contains(MAY_LEAVE) && all.hint().contains(MAY_LEAVE), "{}", all.hint());
        let some = of("kms.us-west-2.amazonaws.com.", LogFacts { is_private: false, ..private });
        assert!(some.leaves().is_some_and(|leaves| leaves.contains(MAY_LEAVE)));
        assert!(some.hint().contains(MAY_LEAVE), "{}", some.hint());
        let none = of("kms.us-west-2.amazonaws.com.", LogFacts::NOTHING);
        assert!(none.leaves().is_none() && !none.hint().contains(MAY_LEAVE), "{}", none.hint());
        // Of what has no other name there is nothing to be said of that.
        let host = of("printer.corp.example.", private);
        assert!(!host.hint().contains(MAY_LEAVE) && !host.advice(Way::Not).contains(MAY_LEAVE));
    }
}
