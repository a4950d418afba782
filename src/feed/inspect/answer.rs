//! What EC2 answers: XML as a small tree, and what is wanted of it.
//!
//! The shapes are those of the Amazon EC2 API Reference (2016-11-15): `DescribeInstances`, `DescribeSubnets`,
//! `DescribeRouteTables`, `DescribeNatGateways`, `DescribeVpcEndpoints`, `DescribeNetworkInterfaces`.

use std::net::IpAddr;

use quick_xml::Reader;
use quick_xml::escape::unescape;
use quick_xml::events::Event;

use crate::finding::inspected::{
    Instance, Interface, InterfaceEndpoint, NAT64_DESTINATION, Route, RouteTable, Subnet,
};

/// The deepest nesting that is read; answers have some eight levels.
const DEEPEST: usize = 32;

/// An element with its text and children.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Element {
    name: String,
    text: String,
    children: Vec<Element>,
}

impl Element {
    /// Reads a document; the error is what is wrong with it.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let mut reader = Reader::from_str(text);
        let mut open: Vec<Self> = vec![Self::default()];
        loop {
            match reader.read_event().map_err(|error| error.to_string())? {
                Event::Start(start) => {
                    if open.len() > DEEPEST {
                        return Err("it is nested too deep".to_owned());
                    }
                    open.push(Self { name: local(start.name().as_ref()), ..Self::default() });
                }
                Event::Empty(start) => {
                    let element = Self { name: local(start.name().as_ref()), ..Self::default() };
                    if let Some(parent) = open.last_mut() {
                        parent.children.push(element);
                    }
                }
                Event::End(_) => {
                    // Whether ends fit their starts the reader sees.
                    if let (Some(mut element), Some(parent)) = (open.pop(), open.last_mut()) {
                        element.text.truncate(element.text.trim_end().len());
                        parent.children.push(element);
                    }
                }
                Event::Text(piece) => add(&mut open, &piece.xml10_content()),
                Event::CData(piece) => add(&mut open, &piece.xml10_content()),
                Event::GeneralRef(entity) => {
                    let entity = format!("&{};", entity.into_inner());
                    let text = unescape(&entity).map_err(|error| error.to_string())?;
                    add(&mut open, &text);
                }
                Event::Eof => break,
                Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
            }
        }
        match open.as_mut_slice() {
            [root] => root.children.pop().ok_or_else(|| "there is no element in it".to_owned()),
            _ => Err("it ends before its last element does".to_owned()),
        }
    }

    /// The first child of that name.
    pub(super) fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name == name)
    }

    /// Its own text.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// The items of the list `name`.
    fn items(&self, name: &str) -> impl Iterator<Item = &Self> {
        self.child(name)
            .into_iter()
            .flat_map(|list| list.children.iter().filter(|child| child.name == "item"))
    }

    /// The text of the child `name`; empty if there is none.
    fn said(&self, name: &str) -> &str {
        self.child(name).map_or("", Self::text)
    }

    fn is(&self, name: &str) -> bool {
        self.said(name) == "true"
    }

    fn name_tag(&self) -> Option<String> {
        let tag = self.items("tagSet").find(|tag| tag.said("key") == "Name")?;
        Some(tag.said("value").to_owned()).filter(|name| !name.is_empty())
    }
}

fn local(name: &str) -> String {
    name.rsplit(':').next().unwrap_or(name).to_owned()
}

fn add(open: &mut [Element], piece: &str) {
    if let Some(element) = open.last_mut() {
        // White space between elements is none of anybody's.
        let piece = if element.text.is_empty() { piece.trim_start() } else { piece };
        element.text.push_str(piece);
    }
}

/// The instances of a page.
pub(super) fn instances(page: &Element, region: &str) -> Vec<Instance> {
    let reservations = page.items("reservationSet");
    let all = reservations.flat_map(|reservation| reservation.items("instancesSet"));
    all.map(|instance| {
        let interfaces = || instance.items("networkInterfaceSet");
        Instance {
            id: instance.said("instanceId").to_owned(),
            name: instance.name_tag(),
            region: region.to_owned(),
            vpc: instance.said("vpcId").to_owned(),
            subnet: instance.said("subnetId").to_owned(),
            ipv4: !instance.said("privateIpAddress").is_empty(),
            public_ipv4: !instance.said("ipAddress").is_empty(),
            ipv6: !instance.said("ipv6Address").is_empty()
                || interfaces().any(|interface| interface.items("ipv6AddressesSet").next().is_some()),
        }
    })
    .filter(|instance| !instance.id.is_empty() && !instance.subnet.is_empty())
    .collect()
}

/// The network interfaces of a page.
pub(super) fn interfaces(page: &Element, region: &str) -> Vec<Interface> {
    let all = page.items("networkInterfaceSet").map(|interface| {
        let ipv4 = interface.items("privateIpAddressesSet").map(|it| it.said("privateIpAddress"));
        let ipv6 = interface.items("ipv6AddressesSet").map(|it| it.said("ipv6Address"));
        let addresses = std::iter::once(interface.said("privateIpAddress")).chain(ipv4).chain(ipv6);
        let mut addresses: Vec<String> =
            addresses.filter_map(|text| Some(text.parse::<IpAddr>().ok()?.to_string())).collect();
        addresses.sort_unstable();
        addresses.dedup();
        let instance = interface.child("attachment").map_or("", |attachment| attachment.said("instanceId"));
        let is_public =
            |it: &Element| it.child("association").is_some_and(|it| !it.said("publicIp").is_empty());
        Interface {
            id: interface.said("networkInterfaceId").to_owned(),
            name: interface.name_tag(),
            description: interface.said("description").to_owned(),
            kind: interface.said("interfaceType").to_owned(),
            instance: Some(instance.to_owned()).filter(|id| !id.is_empty()),
            region: region.to_owned(),
            vpc: interface.said("vpcId").to_owned(),
            subnet: interface.said("subnetId").to_owned(),
            ipv4: addresses.iter().any(|address| !address.contains(':')),
            public_ipv4: is_public(interface) || interface.items("privateIpAddressesSet").any(is_public),
            addresses,
        }
    });
    all.filter(|interface| !interface.id.is_empty()).collect()
}

/// The subnets of a page.
pub(super) fn subnets(page: &Element, region: &str) -> Vec<Subnet> {
    let all = page.items("subnetSet").map(|subnet| Subnet {
        id: subnet.said("subnetId").to_owned(),
        name: subnet.name_tag(),
        region: region.to_owned(),
        vpc: subnet.said("vpcId").to_owned(),
        dns64: subnet.child("enableDns64").map(|dns64| dns64.text() == "true"),
        ipv6_only: subnet.is("ipv6Native"),
        ipv6: subnet.items("ipv6CidrBlockAssociationSet").any(|association| {
            association.child("ipv6CidrBlockState").is_some_and(|state| state.said("state") == "associated")
        }),
    });
    all.filter(|subnet| !subnet.id.is_empty()).collect()
}

/// The route tables of a page.
pub(super) fn route_tables(page: &Element, region: &str) -> Vec<RouteTable> {
    let all = page.items("routeTableSet").map(|table| {
        let to = |key: &str, destination: &str| {
            let found = table.items("routeSet").find(|route| route.said(key) == destination)?;
            Some(Route { target: target(found), blackhole: found.said("state") == "blackhole", state: None })
        };
        RouteTable {
            id: table.said("routeTableId").to_owned(),
            region: region.to_owned(),
            vpc: table.said("vpcId").to_owned(),
            main: table.items("associationSet").any(|association| association.is("main")),
            subnets: table
                .items("associationSet")
                .map(|association| association.said("subnetId").to_owned())
                .filter(|subnet| !subnet.is_empty())
                .collect(),
            nat64: to("destinationIpv6CidrBlock", NAT64_DESTINATION),
            ipv4_default: to("destinationCidrBlock", "0.0.0.0/0"),
            prefix_lists: table
                .items("routeSet")
                // Gateway endpoints have such routes, too, to addresses of S3 and DynamoDB only.
                .any(|route| {
                    !route.said("destinationPrefixListId").is_empty()
                        && !route.said("gatewayId").starts_with("vpce-")
                }),
        }
    });
    all.filter(|table| !table.id.is_empty()).collect()
}

/// What a route leads to: one of these has an id.
fn target(route: &Element) -> String {
    let keys = [
        "natGatewayId",
        "gatewayId",
        "transitGatewayId",
        "egressOnlyInternetGatewayId",
        "vpcPeeringConnectionId",
        "localGatewayId",
        "carrierGatewayId",
        "coreNetworkArn",
        "networkInterfaceId",
        "instanceId",
    ];
    keys.into_iter().map(|key| route.said(key)).find(|id| !id.is_empty()).unwrap_or("?").to_owned()
}

/// The NAT gateways of a page, with their states.
pub(super) fn gateways(page: &Element) -> Vec<(String, String)> {
    let all = page.items("natGatewaySet");
    let all = all.map(|gateway| (gateway.said("natGatewayId").to_owned(), gateway.said("state").to_owned()));
    all.filter(|(id, state)| !id.is_empty() && !state.is_empty()).collect()
}

/// The interface endpoints of a page.
pub(super) fn endpoints(page: &Element, region: &str) -> Vec<InterfaceEndpoint> {
    let all = page.items("vpcEndpointSet").filter(|endpoint| endpoint.said("vpcEndpointType") == "Interface");
    let all = all.map(|endpoint| InterfaceEndpoint {
        id: endpoint.said("vpcEndpointId").to_owned(),
        region: region.to_owned(),
        vpc: endpoint.said("vpcId").to_owned(),
        service: endpoint.said("serviceName").to_owned(),
        names: endpoint
            .items("dnsEntrySet")
            .map(|entry| entry.said("dnsName").trim_end_matches('.').to_ascii_lowercase())
            .filter(|name| !name.is_empty())
            .collect(),
        address_type: endpoint.said("ipAddressType").to_owned(),
        record_type: endpoint
            .child("dnsOptions")
            .map_or("", |options| options.said("dnsRecordIpType"))
            .to_owned(),
    });
    all.filter(|endpoint| !endpoint.id.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_becomes_a_tree() {
        let tree = Element::parse(
            "<?xml version=\"1.0\"?>\n<!-- x --><x:R xmlns:x=\"y\">\n <a>1 &lt; &#50; &amp; <![CDATA[<3>]]></a>\n <b/><a>2</a>\n</x:R>\n",
        )
        .unwrap();
        assert_eq!((tree.name.as_str(), tree.text(), tree.children.len()), ("R", "", 3));
        assert_eq!(tree.said("a"), "1 < 2 & <3>");
        assert_eq!((tree.said("b"), tree.said("c")), ("", ""));
    }

    proptest::proptest! {
        /// Whatever comes: a tree or an error, and nothing that a page of EC2's would need.
        #[test]
        fn no_answer_is_too_odd(text in "(<[a-c/]{0,3}>|&[a-z#0-9]{0,4};|[^<]|<!\\[CDATA\\[|\\]\\]>){0,60}") {
            if let Ok(tree) = Element::parse(&text) {
                proptest::prop_assert!(instances(&tree, "r").is_empty() && subnets(&tree, "r").is_empty());
                proptest::prop_assert!(route_tables(&tree, "r").is_empty() && endpoints(&tree, "r").is_empty());
                proptest::prop_assert!(gateways(&tree).is_empty() && interfaces(&tree, "r").is_empty());
            }
        }
    }

    #[test]
    fn what_is_no_document_is_an_error() {
        let deep = "<a>".repeat(40) + &"</a>".repeat(40);
        for text in ["", "<a>", "<a></b>", "<a>&unknown;</a>", "no", &deep, "<a"] {
            assert!(Element::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn instances_of_all_reservations() {
        let page = Element::parse(
            "<DescribeInstancesResponse><reservationSet>
              <item><instancesSet><item><instanceId>i-1a2b3c4d</instanceId><vpcId>vpc-1</vpcId>
                <subnetId>subnet-1</subnetId><privateIpAddress>10.0.0.5</privateIpAddress>
                <tagSet><item><key>team</key><value>x</value></item><item><key>Name</key><value>web &amp; co</value></item></tagSet>
              </item></instancesSet></item>
              <item><instancesSet><item><instanceId>i-2a2b3c4d</instanceId><vpcId>vpc-1</vpcId><subnetId>subnet-2</subnetId>
                <networkInterfaceSet><item><ipv6AddressesSet><item><ipv6Address>2a05::1</ipv6Address></item></ipv6AddressesSet></item></networkInterfaceSet>
              </item><item><instanceId>i-gone</instanceId></item></instancesSet></item>
            </reservationSet></DescribeInstancesResponse>",
        )
        .unwrap();
        let all = instances(&page, "eu-west-1");
        assert_eq!(all.len(), 2, "one that is terminated is in no subnet");
        assert_eq!((all[0].name.as_deref(), all[0].ipv4, all[0].ipv6), (Some("web & co"), true, false));
        assert_eq!((all[1].name.as_deref(), all[1].ipv4, all[1].ipv6), (None, false, true));
    }

    #[test]
    fn interfaces_with_all_their_addresses() {
        let page = Element::parse(
            "<R><networkInterfaceSet>
              <item><networkInterfaceId>eni-1</networkInterfaceId><subnetId>subnet-1</subnetId><vpcId>vpc-1</vpcId>
                <description>AWS Lambda VPC ENI-a</description><interfaceType>lambda</interfaceType>
                <privateIpAddress>10.0.0.5</privateIpAddress>
                <privateIpAddressesSet><item><privateIpAddress>10.0.0.5</privateIpAddress></item>
                  <item><privateIpAddress>10.0.0.6</privateIpAddress><association><publicIp>192.0.2.1</publicIp></association></item>
                </privateIpAddressesSet>
                <ipv6AddressesSet><item><ipv6Address>2A05:0::1</ipv6Address></item></ipv6AddressesSet>
                <tagSet><item><key>Name</key><value>thumbs</value></item></tagSet></item>
              <item><networkInterfaceId>eni-2</networkInterfaceId><subnetId>subnet-1</subnetId><vpcId>vpc-1</vpcId>
                <interfaceType>interface</interfaceType><attachment><instanceId>i-1</instanceId></attachment></item>
            </networkInterfaceSet></R>",
        )
        .unwrap();
        let all = interfaces(&page, "r");
        assert_eq!(all[0].addresses, ["10.0.0.5", "10.0.0.6", "2a05::1"]);
        assert_eq!((all[0].ipv4, all[0].public_ipv4, all[0].instance.as_deref()), (true, true, None));
        assert_eq!((all[0].name.as_deref(), all[0].kind.as_str()), (Some("thumbs"), "lambda"));
        assert_eq!(
            (all[1].ipv4, all[1].public_ipv4, all[1].instance.as_deref()),
            (false, false, Some("i-1"))
        );
    }

    #[test]
    fn routes_of_a_table() {
        let page = Element::parse(
            "<R><routeTableSet><item><routeTableId>rtb-1</routeTableId><vpcId>vpc-1</vpcId>
              <associationSet><item><main>true</main></item><item><subnetId>subnet-1</subnetId><main>false</main></item></associationSet>
              <routeSet>
               <item><destinationCidrBlock>0.0.0.0/0</destinationCidrBlock><gatewayId>igw-1</gatewayId><state>active</state></item>
               <item><destinationIpv6CidrBlock>64:ff9b::/96</destinationIpv6CidrBlock><natGatewayId>nat-1</natGatewayId><state>blackhole</state></item>
               <item><destinationPrefixListId>pl-1</destinationPrefixListId><gatewayId>vpce-1</gatewayId><state>active</state></item>
              </routeSet></item></routeTableSet></R>",
        )
        .unwrap();
        let all = route_tables(&page, "r");
        assert!(all[0].main && !all[0].prefix_lists);
        assert_eq!(all[0].subnets, ["subnet-1"]);
        assert_eq!(all[0].nat64, Some(Route { target: "nat-1".to_owned(), blackhole: true, state: None }));
        assert_eq!(all[0].ipv4_default, Some(Route { target: "igw-1".to_owned(), ..Route::default() }));
    }
}
