//! What an address or a name says by itself: its kind, the IPv4 address inside it, the service that answers
//! there, and the source of each rule.

use std::net::{Ipv4Addr, Ipv6Addr};

use serde::Serialize;

use crate::advice::judgement::LinkService;
use crate::base::visible::visible;
use crate::knowledge::address::{
    AS_OF, Ipv6Kind, Nat64Prefix, Nat64Prefixes, ipv4_link_local, ipv4_private, ipv4_usable, parse_ipv4,
    parse_ipv6, special,
};
use crate::knowledge::catalog::{Catalog, Profiles};
use crate::log::observation::{canonical_name, is_masked, text};

mod name;

pub use name::{Feature, NameFacts};

/// What is known of one subject, as lines for a person. The first says what it is; the others are details.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Explanation {
    /// The subject, in its canonical spelling.
    pub subject: String,
    /// What it is, then what follows, one sentence a line.
    pub lines: Vec<String>,
    /// What the catalog knows of it, if it is a name that it knows.
    pub name: Option<NameFacts>,
    /// The features that ask for it.
    pub profiles: Vec<Feature>,
}

/// What asterisks say: "Help protect sensitive log data with masking", CloudWatch Logs User Guide.
const MASKED: [&str; 2] = [
    "Masked: a data protection policy of CloudWatch Logs has put asterisks in the place of an address.",
    "Which one it was is unknown here; whoever has the IAM action logs:Unmask sees it, with unmask(@message) in Logs Insights \
     or --unmask of the AWS CLI.",
];

/// Explains `subject`, an IPv6 or IPv4 address or else a name, with `prefixes` as the NAT64 prefixes in
/// force. `catalog` and `profiles` know names.
#[must_use]
pub fn explain(
    subject: &str,
    prefixes: &Nat64Prefixes,
    catalog: &Catalog,
    profiles: &Profiles,
) -> Explanation {
    let bare = subject.trim().trim_start_matches('[').trim_end_matches(']');
    if let Some(bits) = parse_ipv6(bare.as_bytes()) {
        Explanation {
            subject: Ipv6Addr::from(bits).to_string(),
            lines: ipv6(bits, prefixes),
            name: None,
            profiles: Vec::new(),
        }
    } else if let Some(bits) = parse_ipv4(bare.as_bytes()) {
        Explanation {
            subject: Ipv4Addr::from(bits).to_string(),
            lines: ipv4(bits),
            name: None,
            profiles: Vec::new(),
        }
    } else if is_masked(bare) && bare.bytes().all(|byte| b"*.:".contains(&byte) || byte.is_ascii_hexdigit()) {
        Explanation {
            subject: bare.to_owned(),
            lines: MASKED.map(str::to_owned).to_vec(),
            name: None,
            profiles: Vec::new(),
        }
    } else {
        let mut scratch = Vec::new();
        let name = text(canonical_name(bare.as_bytes(), &mut scratch));
        let known = catalog.about(name);
        let mut lines = name_lines(name, prefixes);
        if let Some(known) = &known {
            // What the form alone tells is said better by the catalog, but of an instance's name, which holds
            // an address.
            lines.truncate(usize::from(instance_name(name).is_some()));
            lines.extend(name::lines(catalog, name, known));
        }
        let features = name::features(profiles, name, known.as_ref());
        lines.extend(features.line());
        let facts = known.map(|known| NameFacts::new(catalog, name, &known));
        Explanation { subject: visible(name).into_owned(), lines, name: facts, profiles: features.0 }
    }
}

fn ipv6(bits: u128, prefixes: &Nat64Prefixes) -> Vec<String> {
    let kind = Ipv6Kind::from_bits(bits);
    let mut lines = Vec::new();
    if let Some((prefix, inside)) = prefixes.split(bits) {
        lines.push(format!(
            "synthesized by DNS64 (RFC 6147): NAT64 prefix {prefix}, IPv4 address {} inside (RFC 6052 section 2.2)",
            Ipv4Addr::from(inside)
        ));
        let reached = format!(
            "reachable only where {prefix} is routed to a NAT gateway; on AWS: the route table of the subnet (Amazon VPC \
             User Guide, \"DNS64 and NAT64\")"
        );
        lines.extend((ipv4_usable(inside) && !ipv4_link_local(inside)).then_some(reached));
        lines.push(embedded(inside, prefix));
        return lines;
    }
    lines.push(format!("{} ({})", kind.words(), kind.source()));
    match kind {
        Ipv6Kind::LocalTranslation => lines.push(
            "a NAT64 of some network's own made it, not a NAT gateway of AWS, which translates 64:ff9b::/96 alone; where its IPv4 \
             address stands is not fixed: name the prefix with --nat64-prefix"
                .to_owned(),
        ),
        Ipv6Kind::SpecialPurpose => {
            let row = special(bits).map(|row| format!("{} ({}); ", row.name, row.source)).unwrap_or_default();
            lines.push(format!("{row}registry of {AS_OF}; nothing can connect to it: counted as unusable"));
        }
        Ipv6Kind::Ipv4Mapped | Ipv6Kind::Ipv4Compatible => {
            lines.push(format!("IPv4 address {} inside; not an address to connect to from DNS", Ipv4Addr::from(low(bits, 0))));
        }
        Ipv6Kind::SixToFour => {
            let inside = low(bits, 80);
            lines.push(format!("6to4 router {} (RFC 3056 section 2; deprecated by RFC 7526)", Ipv4Addr::from(inside)));
        }
        Ipv6Kind::Teredo => {
            let (server, client) = (low(bits, 64), !low(bits, 0));
            let port = !u16::try_from(bits >> 32 & 0xffff).unwrap_or_default();
            lines.push(format!(
                "Teredo server {}, client {} port {port} (RFC 4380 section 4)",
                Ipv4Addr::from(server),
                Ipv4Addr::from(client)
            ));
        }
        Ipv6Kind::HurricaneElectric => lines.push(
            "a tunnel of tunnelbroker.net, or another network of Hurricane Electric: how EC2 instances had IPv6 before \
             VPCs did"
                .to_owned(),
        ),
        Ipv6Kind::Documentation => {
            lines.push("stands for a real address in examples and redacted logs; counted as native".to_owned());
        }
        Ipv6Kind::UniqueLocal => lines.push("reachable inside a private network only; counted as native".to_owned()),
        Ipv6Kind::AwsLocalService => lines.push(aws_service(bits)),
        _ if kind.usable() => lines.push("native: reachable over IPv6 where the network allows it".to_owned()),
        _ => lines.push("nothing can connect to it: counted as unusable".to_owned()),
    }
    lines
}

/// The 32 bits of `bits` from bit `above` up, bit 0 being the lowest.
fn low(bits: u128, above: u32) -> u32 {
    u32::try_from(bits >> above & 0xffff_ffff).unwrap_or_default()
}

fn embedded(inside: u32, prefix: Nat64Prefix) -> String {
    let address = Ipv4Addr::from(inside);
    if let Some(service) = LinkService::find("", Some(inside)) {
        format!(
            "{address} is {}: link-local, so no NAT64 reaches it; over IPv6 an EC2 instance has it at {}",
            service.words(),
            service.ipv6()
        )
    } else if address.is_link_local() {
        format!("{address} is link-local: no NAT64 reaches it")
    } else if ipv4_private(inside) && prefix == Nat64Prefix::WELL_KNOWN {
        format!(
            "{address} is private: the name leads to an interface endpoint or an internal host, whose own IP address \
             type decides; RFC 6052 section 3.1 forbids it with this prefix: DNS64 of AWS makes it all the same, and NAT64 of others \
             refuses it"
        )
    } else if ipv4_private(inside) {
        format!(
            "{address} is private: the name leads to an interface endpoint or an internal host, whose own IP address type decides"
        )
    } else if ipv4_usable(inside) {
        format!("{address} is public: the endpoint has no IPv6 address of its own")
    } else {
        format!(
            "{address} is not an address to connect to: so a name looks that something blocks, behind DNS64; counted as unusable"
        )
    }
}

/// The services of the link that have fixed addresses in every VPC.
fn aws_service(bits: u128) -> String {
    let service = match low(bits, 0) {
        0x253 => "the VPC's resolver (169.254.169.253 and the VPC's base address plus two over IPv4)",
        0x254 => "the instance metadata service (169.254.169.254 over IPv4)",
        0x123 => "the Amazon Time Sync Service (169.254.169.123 over IPv4)",
        0x250 => "Windows activation (169.254.169.250 and .251 over IPv4)",
        _ => "a service on the link",
    };
    format!("{service}; counted as native")
}

fn ipv4(bits: u32) -> Vec<String> {
    let address = Ipv4Addr::from(bits);
    let kind = match address.octets() {
        _ if address.is_private() => "private (RFC 1918)",
        [100, 64..128, ..] => "shared address space (RFC 6598)",
        [169, 254, ..] => "link-local (RFC 3927); on AWS: instance metadata, the resolver, time",
        [127, ..] => "loopback (RFC 1122 section 3.2.1.3)",
        [0, ..] => "\"this network\" (RFC 791 section 3.2)",
        [224..240, ..] => "multicast (RFC 5771)",
        [240..=255, ..] => "reserved (RFC 1112 section 4)",
        [192, 0, 0, 170 | 171] => "ipv4only.arpa: asking for its AAAA reveals a NAT64 prefix (RFC 7050)",
        [192, 0, 0, _] => "IETF protocol assignments (RFC 6890)",
        [192, 88, 99, _] => "6to4 relays, deprecated (RFC 7526)",
        [198, 18 | 19, ..] => "benchmarking (RFC 2544)",
        [192, 0, 2, _] | [198, 51, 100, _] | [203, 0, 113, _] => "documentation (RFC 5737)",
        _ => "public",
    };
    let synthesized = Ipv6Addr::from(0x0064_ff9b_u128 << 96 | u128::from(bits));
    vec![
        kind.to_owned(),
        format!(
            "DNS64 writes it as {synthesized} (prefix {}, RFC 6052 section 2.1)",
            Nat64Prefix::WELL_KNOWN
        ),
    ]
}

fn name_lines(name: &str, prefixes: &Nat64Prefixes) -> Vec<String> {
    if name == "ipv4only.arpa." {
        return vec![
            "exists over IPv4 only, on purpose: an AAAA answer reveals the NAT64 prefix of the resolver (RFC 7050, \
             RFC 8880)"
                .to_owned(),
        ];
    }
    if let Some(address) = reversed(name) {
        let inner = explain(&address, prefixes, Catalog::builtin(), Profiles::builtin());
        let mut lines = vec![format!(
            "the reverse name of {} (RFC 1035 section 3.5, RFC 3596 section 2.5)",
            inner.subject
        )];
        lines.extend(inner.lines);
        return lines;
    }
    if let Some(address) = instance_name(name) {
        return vec![
            format!("the IP-based name of an EC2 instance: it has an A record ({address}) and no AAAA"),
            "resource-based names (i-….compute.internal) can have both (Amazon EC2 User Guide, \"Instance hostname types\")"
                .to_owned(),
        ];
    }
    if name.trim_end_matches('.').is_empty() {
        return vec!["the root".to_owned()];
    }
    if name.matches('.').count() == 1 {
        return vec![
            "a single label: stub resolvers ask for it with the search domains behind it".to_owned(),
        ];
    }
    vec![
        "a name whose form alone tells nothing; a log in which somebody asked for it does: r53tail report"
            .to_owned(),
    ]
}

/// The address that a name under `in-addr.arpa` or `ip6.arpa` stands for.
fn reversed(name: &str) -> Option<String> {
    if let Some(labels) = name.strip_suffix(".in-addr.arpa.") {
        let octets: Vec<&str> = labels.split('.').rev().collect();
        let text = octets.join(".");
        return parse_ipv4(text.as_bytes()).map(|_| text);
    }
    let labels = name.strip_suffix(".ip6.arpa.")?;
    let mut bits = 0_u128;
    let mut count = 0;
    for label in labels.split('.').rev() {
        let digit = u128::from_str_radix(label, 16).ok().filter(|digit| *digit < 16 && label.len() == 1)?;
        bits = bits << 4 | digit;
        count += 1;
    }
    (count == 32).then(|| Ipv6Addr::from(bits).to_string())
}

/// The address in `ip-10-0-0-5.REGION.compute.internal` or `ip-10-0-0-5.ec2.internal`.
fn instance_name(name: &str) -> Option<Ipv4Addr> {
    let (label, domain) = name.split_once('.')?;
    (domain.ends_with("compute.internal.") || domain == "ec2.internal.").then_some(())?;
    label.strip_prefix("ip-")?.replace('-', ".").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(subject: &str) -> Vec<String> {
        let (prefixes, profiles) = (Nat64Prefixes::default(), Profiles::builtin());
        let explained = explain(subject, &prefixes, Catalog::builtin(), profiles);
        [vec![explained.subject], explained.lines].concat()
    }

    #[test]
    fn every_kind_of_subject_says_what_it_is() {
        for (subject, canonical, word) in [
            ("64:ff9b::345e:b677", "64:ff9b::345e:b677", "IPv4 address 52.94.182.119 inside"),
            ("64:FF9B::52.94.182.119", "64:ff9b::345e:b677", "52.94.182.119 is public"),
            ("64:ff9b::a00:1", "64:ff9b::a00:1", "10.0.0.1 is private"),
            ("64:ff9b:1::1", "64:ff9b:1::1", "RFC 8215"),
            ("2002:c000:204::1", "2002:c000:204::1", "6to4 router 192.0.2.4"),
            (
                "2001:0000:4136:e378:8000:63bf:3fff:fdd2",
                "2001:0:4136:e378:8000:63bf:3fff:fdd2",
                "server 65.54.227.120, client 192.0.2.45 port 40000",
            ),
            ("2001:470:1f0b::2", "2001:470:1f0b::2", "Hurricane Electric"),
            ("::ffff:192.0.2.1", "::ffff:192.0.2.1", "IPv4 address 192.0.2.1 inside"),
            ("[2600:1f14::1]", "2600:1f14::1", "native"),
            ("fe80::1", "fe80::1", "unusable"),
            ("fd00:ec2::253", "fd00:ec2::253", "resolver"),
            ("fd12::1", "fd12::1", "RFC 4193"),
            ("2001:db8::1", "2001:db8::1", "documentation"),
            ("52.94.182.119", "52.94.182.119", "64:ff9b::345e:b677"),
            ("10.0.0.1", "10.0.0.1", "RFC 1918"),
            ("ipv4only.arpa", "ipv4only.arpa.", "RFC 7050"),
            ("119.182.94.52.in-addr.arpa.", "119.182.94.52.in-addr.arpa.", "52.94.182.119"),
            ("ip-10-0-0-5.us-west-2.compute.internal", "ip-10-0-0-5.us-west-2.compute.internal.", "10.0.0.5"),
            ("localhost", "localhost.", "single label"),
            ("**************", "**************", "logs:Unmask"),
            ("10.0.**", "10.0.**", "data protection policy"),
            (
                "SSM.us-west-2.amazonaws.com",
                "ssm.us-west-2.amazonaws.com.",
                "ssm.us-west-2.api.aws: AWS's documentation",
            ),
            ("github.com", "github.com.", "r53tail report"),
            ("a\u{1b}[2J.example", r"a\u{1b}[2j.example.", "tells nothing"),
        ] {
            let lines = lines(subject);
            assert_eq!(lines[0], canonical);
            assert!(lines[1..].iter().any(|line| line.contains(word)), "{subject}: {word}: {lines:?}");
        }
    }

    #[test]
    fn a_reverse_name_under_ip6_arpa() {
        let mut labels: Vec<String> = format!("{:032x}", 0x0064_ff9b_u128 << 96 | 0x345e_b677)
            .chars()
            .map(|digit| digit.to_string())
            .collect();
        labels.reverse();
        let name = format!("{}.ip6.arpa.", labels.join("."));
        assert!(lines(&name).iter().any(|line| line.contains("64:ff9b::345e:b677")));
    }
}
