//! What is wanted of EC2's answers.
//!
//! The shapes are those of the Amazon EC2 API Reference (2016-11-15): `DescribeInstances`, `DescribeSubnets`,
//! `DescribeRouteTables`, `DescribeNatGateways`, `DescribeVpcEndpoints`, `DescribeNetworkInterfaces`.

use std::net::IpAddr;

use crate::advice::finding::inspected::{
    Instance, Interface, InterfaceEndpoint, NAT64_DESTINATION, Route, RouteTable, Subnet,
};
use crate::edge::feed::xml::Element;

/// The tag `Name`, if there is one that says something.
fn name_tag(element: &Element) -> Option<String> {
    let tag = element.items("tagSet").find(|tag| tag.said("key") == "Name")?;
    Some(tag.said("value").to_owned()).filter(|name| !name.is_empty())
}

/// The instances of a page.
#[must_use]
pub fn instances(page: &Element, region: &str) -> Vec<Instance> {
    let reservations = page.items("reservationSet");
    let all = reservations.flat_map(|reservation| reservation.items("instancesSet"));
    all.map(|instance| {
        let interfaces = || instance.items("networkInterfaceSet");
        Instance {
            id: instance.said("instanceId").to_owned(),
            name: name_tag(instance),
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
#[must_use]
pub fn interfaces(page: &Element, region: &str) -> Vec<Interface> {
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
            name: name_tag(interface),
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
#[must_use]
pub fn subnets(page: &Element, region: &str) -> Vec<Subnet> {
    let all = page.items("subnetSet").map(|subnet| Subnet {
        id: subnet.said("subnetId").to_owned(),
        name: name_tag(subnet),
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
#[must_use]
pub fn route_tables(page: &Element, region: &str) -> Vec<RouteTable> {
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
#[must_use]
pub fn gateways(page: &Element) -> Vec<(String, String)> {
    let all = page.items("natGatewaySet");
    let all = all.map(|gateway| (gateway.said("natGatewayId").to_owned(), gateway.said("state").to_owned()));
    all.filter(|(id, state)| !id.is_empty() && !state.is_empty()).collect()
}

/// The interface endpoints of a page.
#[must_use]
pub fn endpoints(page: &Element, region: &str) -> Vec<InterfaceEndpoint> {
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
