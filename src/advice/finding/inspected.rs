//! What EC2 says of the places that a log names: instances, their subnets, route tables, interface endpoints;
//! and Route 53 Resolver of its endpoints.
//!
//! A value: `edge::feed::inspect` asks for it, a file keeps it, and findings are sharper with it. What is not
//! in it is not known, and nothing is concluded from that.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::fleet::{OriginKind, OriginView, address_text};
use crate::knowledge::names::{Names, NamesError};

#[cfg(test)]
mod tests;

/// The version of the file.
pub const SCHEMA: u32 = 1;
/// The prefix that DNS64 of AWS uses, as a destination of routes (Amazon VPC User Guide, "DNS64 and NAT64").
pub const NAT64_DESTINATION: &str = "64:ff9b::/96";
/// What the descriptions of interfaces of resolver endpoints begin with:
/// `Route 53 Resolver: rslvr-in-…:rni-…`.
const RESOLVER: &str = "Route 53 Resolver: ";

/// An EC2 instance.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Instance {
    /// The id as AWS writes it, `i-…`.
    pub id: String,
    /// The value of its tag `Name`.
    pub name: Option<String>,
    /// The Region that EC2 was asked in, such as `eu-west-1`.
    pub region: String,
    /// The id of its VPC, `vpc-…`.
    pub vpc: String,
    /// The subnet of its primary interface.
    pub subnet: String,
    /// Whether it has a private IPv4 address.
    pub ipv4: bool,
    /// Whether it has a public IPv4 address.
    pub public_ipv4: bool,
    /// Whether it has an IPv6 address.
    pub ipv6: bool,
}

/// A network interface from which something asked that is no instance: a function, a load balancer, a NAT
/// gateway, or an instance before the log knows its id.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Interface {
    /// The id as AWS writes it, `eni-…`.
    pub id: String,
    /// The value of its tag `Name`.
    pub name: Option<String>,
    /// What its owner or AWS says of it; empty if nothing.
    pub description: String,
    /// `InterfaceType`: `interface`, `lambda`, `nat_gateway`, `network_load_balancer`, ...
    pub kind: String,
    /// The instance that it is attached to.
    pub instance: Option<String>,
    /// The Region that EC2 was asked in.
    pub region: String,
    /// The id of its VPC, `vpc-…`.
    pub vpc: String,
    /// The id of its subnet, `subnet-…`.
    pub subnet: String,
    /// Its private IPv4 and its IPv6 addresses, as RFC 5952 writes them.
    pub addresses: Vec<String>,
    /// Whether it has a private IPv4 address.
    pub ipv4: bool,
    /// Whether it has a public IPv4 address.
    pub public_ipv4: bool,
}

impl Interface {
    /// What it is called: its name, else what is said of it, else what it is.
    #[must_use]
    pub fn label(&self) -> Option<String> {
        let said = self.name.as_deref().or(Some(self.description.as_str()).filter(|text| !text.is_empty()));
        let kind = Some(self.kind.as_str()).filter(|kind| !matches!(*kind, "" | "interface"));
        said.map(str::to_owned).or_else(|| kind.map(|kind| kind.replace('_', " ")))
    }

    /// Whether it is one of a resolver endpoint's: whoever asks through it is somewhere else, and so are its
    /// packets.
    fn forwards(&self) -> bool {
        self.description.starts_with(RESOLVER)
    }
}

/// A subnet.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subnet {
    /// The id as AWS writes it, `subnet-…`.
    pub id: String,
    /// The value of its tag `Name`.
    pub name: Option<String>,
    /// The Region that EC2 was asked in.
    pub region: String,
    /// The id of its VPC, `vpc-…`.
    pub vpc: String,
    /// `EnableDns64`, where EC2 said it.
    pub dns64: Option<bool>,
    /// `Ipv6Native`: it has no IPv4 addresses.
    pub ipv6_only: bool,
    /// Whether it has an IPv6 range.
    pub ipv6: bool,
}

/// Where a route leads.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Route {
    /// The id of what it leads to: `nat-…`, `tgw-…`, `igw-…`.
    pub target: String,
    /// What it leads to is gone: `State` is `blackhole`.
    pub blackhole: bool,
    /// The state of the NAT gateway that it leads to, where EC2 said it: `available`, `pending`, `failed`,
    /// `deleting`, `deleted`. Of the route for `64:ff9b::/96` only.
    #[serde(default)]
    pub state: Option<String>,
}

impl Route {
    /// Whether it surely leads nowhere.
    #[must_use]
    pub fn is_dead(&self) -> bool {
        self.blackhole || matches!(self.state.as_deref(), Some("failed" | "deleting" | "deleted"))
    }
}

/// A route table.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RouteTable {
    /// The id as AWS writes it, `rtb-…`.
    pub id: String,
    /// The Region that EC2 was asked in.
    pub region: String,
    /// The id of its VPC, `vpc-…`.
    pub vpc: String,
    /// Whether it is the VPC's main table, which holds for subnets without one of their own.
    pub main: bool,
    /// The subnets that it is given to.
    pub subnets: Vec<String>,
    /// Its route for `64:ff9b::/96`.
    pub nat64: Option<Route>,
    /// Its route for `0.0.0.0/0`.
    pub ipv4_default: Option<Route>,
    /// Whether it has routes by prefix list, whose addresses are not read.
    pub prefix_lists: bool,
}

/// An interface endpoint.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct InterfaceEndpoint {
    /// The id as AWS writes it, `vpce-…`.
    pub id: String,
    /// The Region that EC2 was asked in.
    pub region: String,
    /// The id of its VPC, `vpc-…`.
    pub vpc: String,
    /// The service: `com.amazonaws.REGION.ssm`.
    pub service: String,
    /// The names that lead to it, without a last dot; its own and private ones.
    pub names: Vec<String>,
    /// `IpAddressType`: `ipv4`, `ipv6` or `dualstack`.
    pub address_type: String,
    /// `DnsRecordIpType`: `ipv4`, `ipv6`, `dualstack` or `service-defined`.
    pub record_type: String,
}

/// An endpoint of Route 53 Resolver: where queries come in from another network, or go out to one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ResolverEndpoint {
    /// The id as AWS writes it, `rslvr-in-…` or `rslvr-out-…`.
    pub id: String,
    /// What it is called.
    pub name: Option<String>,
    /// The Region that Route 53 Resolver was asked in.
    pub region: String,
    /// The VPC that its interfaces are in.
    pub vpc: String,
    /// `Direction`: `INBOUND`, `OUTBOUND` or `INBOUND_DELEGATION`.
    pub direction: String,
    /// `ResolverEndpointType`: `IPV4`, `IPV6` or `DUALSTACK`.
    pub address_type: String,
    /// `Dns64Enabled` of an inbound one, where the service said it.
    pub dns64: Option<bool>,
}

/// A call to AWS that is not allowed, or that failed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// The Region that was asked.
    pub region: String,
    /// The IAM action that is not allowed: `ec2:DescribeSubnets`; empty if something else is wrong.
    pub action: String,
    /// The reason, in words.
    pub why: String,
}

/// Everything that was read, each list sorted by id.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Inspected {
    /// [`SCHEMA`].
    pub schema: u32,
    /// When it was read (RFC 3339).
    pub at: String,
    /// Instances.
    pub instances: Vec<Instance>,
    /// Interfaces of those who asked and are no instances.
    pub interfaces: Vec<Interface>,
    /// The subnets of both.
    pub subnets: Vec<Subnet>,
    /// The route tables of their VPCs.
    pub route_tables: Vec<RouteTable>,
    /// The interface endpoints of their VPCs.
    pub endpoints: Vec<InterfaceEndpoint>,
    /// Resolver endpoints through which somebody asked, or queries were forwarded.
    pub resolver_endpoints: Vec<ResolverEndpoint>,
    /// What could not be read.
    pub refused: Vec<Refusal>,
}

/// Where an origin is.
#[derive(Clone, Copy, Debug)]
pub struct OriginPlace<'i> {
    /// Whether it has a private IPv4 address.
    pub ipv4: bool,
    /// Whether it has a public IPv4 address.
    pub public_ipv4: bool,
    /// Its subnet.
    pub subnet: &'i Subnet,
    /// The table that holds for the subnet.
    pub table: Option<&'i RouteTable>,
}

impl Inspected {
    /// Reads a file as `r53tail inspect` writes it.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        // A list would be read as the fields in their order.
        if !text.trim_start().starts_with('{') {
            return Err("it is no JSON object".to_owned());
        }
        let mut inspected: Self = serde_json::from_str(text).map_err(|error| error.to_string())?;
        if inspected.schema != SCHEMA {
            return Err(format!("its `schema` is {}, not {SCHEMA}", inspected.schema));
        }
        inspected.sort();
        Ok(inspected)
    }

    /// Takes in what else was read; of an instance, subnet or table that both have, `other` is the newer
    /// word.
    pub fn absorb(&mut self, other: Self) {
        self.at = std::mem::take(&mut self.at).max(other.at);
        self.schema = SCHEMA;
        // The sort is stable and the first of a kind stays.
        self.instances.splice(0..0, other.instances);
        self.interfaces.splice(0..0, other.interfaces);
        self.subnets.splice(0..0, other.subnets);
        self.route_tables.splice(0..0, other.route_tables);
        self.endpoints.splice(0..0, other.endpoints);
        self.resolver_endpoints.splice(0..0, other.resolver_endpoints);
        self.refused.extend(other.refused);
        self.sort();
    }

    /// Puts every list into the order of its ids, each id once.
    pub fn sort(&mut self) {
        self.instances.sort_by(|a, b| a.id.cmp(&b.id));
        self.instances.dedup_by(|a, b| a.id == b.id);
        self.interfaces.sort_by(|a, b| a.id.cmp(&b.id));
        self.interfaces.dedup_by(|a, b| a.id == b.id);
        self.subnets.sort_by(|a, b| a.id.cmp(&b.id));
        self.subnets.dedup_by(|a, b| a.id == b.id);
        self.route_tables.sort_by(|a, b| a.id.cmp(&b.id));
        self.route_tables.dedup_by(|a, b| a.id == b.id);
        self.endpoints.sort_by(|a, b| a.id.cmp(&b.id));
        self.endpoints.dedup_by(|a, b| a.id == b.id);
        self.resolver_endpoints.sort_by(|a, b| a.id.cmp(&b.id));
        self.resolver_endpoints.dedup_by(|a, b| a.id == b.id);
        self.refused.sort_by(|a, b| (&a.region, &a.action).cmp(&(&b.region, &b.action)));
        self.refused.dedup();
    }

    /// Whether nothing was read.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.instances.is_empty()
            && self.interfaces.is_empty()
            && self.subnets.is_empty()
            && self.route_tables.is_empty()
            && self.endpoints.is_empty()
            && self.resolver_endpoints.is_empty()
    }

    /// Whether the instance `id` has a way out over IPv4; `None` where that was not read.
    #[must_use]
    pub fn has_ipv4(&self, id: &str) -> Option<bool> {
        self.place_of_instance(self.instance(id)?)?.has_ipv4()
    }

    /// Where each of `origins` is, if that was read.
    #[must_use]
    pub fn places(&self, origins: &[OriginView<'_>]) -> Vec<Option<OriginPlace<'_>>> {
        let mut by_address: HashMap<(&str, &str), &Interface> = HashMap::new();
        for interface in &self.interfaces {
            let addresses = interface.addresses.iter().map(String::as_str);
            by_address.extend(addresses.map(|address| ((interface.vpc.as_str(), address), interface)));
        }
        let place = |origin: &OriginView<'_>| match origin.kind {
            OriginKind::Instance => self.instance(origin.id).and_then(|it| self.place_of_instance(it)),
            OriginKind::Interface => {
                let at = self.interfaces.binary_search_by(|known| known.id.as_str().cmp(origin.id)).ok()?;
                self.place(&self.interfaces[at])
            }
            OriginKind::Address if by_address.is_empty() => None,
            OriginKind::Address => {
                let address = address_text(*origin.addresses.first()?);
                by_address.get(&(origin.vpc, address.as_str())).and_then(|interface| self.place(interface))
            }
            // Who asks through a resolver endpoint or Global Resolver is somewhere else.
            OriginKind::ResolverEndpoint | OriginKind::Device => None,
        };
        origins.iter().map(place).collect()
    }

    /// The instance `id`.
    #[must_use]
    pub fn instance(&self, id: &str) -> Option<&Instance> {
        let at = self.instances.binary_search_by(|instance| instance.id.as_str().cmp(id)).ok()?;
        Some(&self.instances[at])
    }

    /// The resolver endpoint `id`.
    #[must_use]
    pub fn resolver_endpoint(&self, id: &str) -> Option<&ResolverEndpoint> {
        let at = self.resolver_endpoints.binary_search_by(|endpoint| endpoint.id.as_str().cmp(id)).ok()?;
        Some(&self.resolver_endpoints[at])
    }

    fn place_of_instance(&self, instance: &Instance) -> Option<OriginPlace<'_>> {
        self.within(&instance.subnet, instance.ipv4, instance.public_ipv4)
    }

    fn place(&self, interface: &Interface) -> Option<OriginPlace<'_>> {
        let Interface { subnet, ipv4, public_ipv4, .. } = interface;
        if interface.forwards() { None } else { self.within(subnet, *ipv4, *public_ipv4) }
    }

    fn within(&self, subnet: &str, ipv4: bool, public_ipv4: bool) -> Option<OriginPlace<'_>> {
        let at = self.subnets.binary_search_by(|known| known.id.as_str().cmp(subnet)).ok()?;
        let subnet = &self.subnets[at];
        Some(OriginPlace { ipv4, public_ipv4, subnet, table: self.table(subnet) })
    }

    /// The table given to `subnet`, else the main one of its VPC.
    fn table(&self, subnet: &Subnet) -> Option<&RouteTable> {
        let of_vpc = || self.route_tables.iter().filter(|table| table.vpc == subnet.vpc);
        of_vpc()
            .find(|table| table.subnets.contains(&subnet.id))
            .or_else(|| of_vpc().find(|table| table.main))
    }

    /// The interface endpoint in `vpc` that answers for `host`.
    #[must_use]
    pub fn endpoint(&self, vpc: &str, host: &str) -> Option<&InterfaceEndpoint> {
        self.endpoints
            .iter()
            .find(|endpoint| endpoint.vpc == vpc && endpoint.names.iter().any(|name| name == host))
    }

    /// A NAT gateway of `vpc` that some route leads to.
    #[must_use]
    pub fn nat_gateway(&self, vpc: &str) -> Option<&str> {
        let routes = self
            .route_tables
            .iter()
            .filter(|table| table.vpc == vpc)
            .flat_map(|table| table.nat64.iter().chain(&table.ipv4_default));
        let mut gateways = routes.filter(|route| !route.is_dead() && route.target.starts_with("nat-"));
        gateways.next().map(|route| route.target.as_str())
    }

    /// The names of instances, interfaces, subnets and resolver endpoints; of an address that of its
    /// interface, or of the instance that this is attached to.
    ///
    /// # Errors
    /// If there are too many.
    pub fn names(&self) -> Result<Names, NamesError> {
        let mut names = Names::default();
        let instances = self.instances.iter().map(|instance| (&instance.id, &instance.name));
        let subnets = self.subnets.iter().map(|subnet| (&subnet.id, &subnet.name));
        let endpoints = self.resolver_endpoints.iter().map(|endpoint| (&endpoint.id, &endpoint.name));
        for (id, name) in instances.chain(subnets).chain(endpoints) {
            if let Some(name) = name {
                names.add(id, name)?;
            }
        }
        for interface in &self.interfaces {
            let instance = interface.instance.as_deref().and_then(|id| self.instance(id));
            let Some(name) = instance.and_then(|it| it.name.clone()).or_else(|| interface.label()) else {
                continue;
            };
            names.add(&interface.id, &name)?;
            for address in &interface.addresses {
                names.add_in(&interface.vpc, address, &name)?;
            }
        }
        Ok(names)
    }
}

impl OriginPlace<'_> {
    /// Whether it has a way out over IPv4; `None` where that was not read.
    #[must_use]
    pub fn has_ipv4(&self) -> Option<bool> {
        if self.subnet.ipv6_only || !self.ipv4 {
            return Some(false);
        }
        let table = self.table?;
        match &table.ipv4_default {
            // An internet gateway serves those that have a public address, and nobody else.
            Some(route) if route.target.starts_with("igw-") => Some(!route.blackhole && self.public_ipv4),
            Some(route) => Some(!route.blackhole),
            None if table.prefix_lists => None,
            None => Some(false),
        }
    }
}
