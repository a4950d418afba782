//! What was asked of EC2 and Route 53 Resolver, read back and merged.

use super::*;

fn inspected() -> Inspected {
    Inspected::parse(
        r#"{"schema":1,"at":"2026-01-01T00:00:00Z",
        "instances":[
          {"id":"i-2","name":null,"region":"r","vpc":"vpc-1","subnet":"subnet-2","ipv4":true,"public_ipv4":false,"ipv6":true},
          {"id":"i-1","name":"web","region":"r","vpc":"vpc-1","subnet":"subnet-1","ipv4":false,"public_ipv4":false,"ipv6":true},
          {"id":"i-3","name":null,"region":"r","vpc":"vpc-1","subnet":"subnet-9","ipv4":true,"public_ipv4":false,"ipv6":true}],
        "subnets":[
          {"id":"subnet-1","name":null,"region":"r","vpc":"vpc-1","dns64":true,"ipv6_only":true,"ipv6":true},
          {"id":"subnet-2","name":"both","region":"r","vpc":"vpc-1","dns64":null,"ipv6_only":false,"ipv6":true}],
        "route_tables":[
          {"id":"rtb-1","region":"r","vpc":"vpc-1","main":true,"subnets":[],"nat64":null,"prefix_lists":false,
           "ipv4_default":{"target":"nat-1","blackhole":false}},
          {"id":"rtb-2","region":"r","vpc":"vpc-1","main":false,"subnets":["subnet-1"],"prefix_lists":false,
           "nat64":{"target":"nat-2","blackhole":true},"ipv4_default":null}]}"#,
    )
    .unwrap()
}

#[test]
fn an_instance_is_in_its_subnet_with_the_table_that_holds_there() {
    let inspected = inspected();
    let at = |id| inspected.instance(id).and_then(|instance| inspected.place_of_instance(instance));
    let place = at("i-1").unwrap();
    assert_eq!((place.subnet.id.as_str(), place.table.unwrap().id.as_str()), ("subnet-1", "rtb-2"));
    assert_eq!(place.has_ipv4(), Some(false));
    let place = at("i-2").unwrap();
    assert_eq!(place.table.map(|table| table.id.as_str()), Some("rtb-1"));
    assert_eq!(place.has_ipv4(), Some(true));
    assert!(at("i-3").is_none() && at("i-4").is_none());
    assert_eq!(inspected.nat_gateway("vpc-1"), Some("nat-1"));
    let names = inspected.names().unwrap();
    assert_eq!((names.get("i-1"), names.get("subnet-2"), names.len()), (Some("web"), Some("both"), 2));
}

#[test]
fn an_interface_is_called_by_the_best_that_is_known() {
    let interface = |name: Option<&str>, description: &str, kind: &str| {
        let (name, description, kind) = (name.map(str::to_owned), description.to_owned(), kind.to_owned());
        Interface { name, description, kind, ..Interface::default() }.label()
    };
    for (name, description, kind, label) in [
        (Some("thumbs"), "AWS Lambda VPC ENI-x", "lambda", Some("thumbs")),
        (None, "AWS Lambda VPC ENI-x", "lambda", Some("AWS Lambda VPC ENI-x")),
        (None, "", "network_load_balancer", Some("network load balancer")),
        (None, "", "interface", None),
        (None, "", "", None),
    ] {
        assert_eq!(interface(name, description, kind).as_deref(), label, "{name:?} {description} {kind}");
    }
}

#[test]
fn a_way_out_over_ipv4() {
    let (mut public, mut subnet, mut table) = (false, Subnet::default(), RouteTable::default());
    let has = |public_ipv4, subnet: &Subnet, table: Option<&RouteTable>| {
        OriginPlace { ipv4: true, public_ipv4, subnet, table }.has_ipv4()
    };
    assert_eq!(has(public, &subnet, None), None);
    assert_eq!(has(public, &subnet, Some(&table)), Some(false));
    table.prefix_lists = true;
    assert_eq!(has(public, &subnet, Some(&table)), None);
    table.ipv4_default = Some(Route { target: "igw-1".to_owned(), ..Route::default() });
    assert_eq!(has(public, &subnet, Some(&table)), Some(false));
    public = true;
    assert_eq!(has(public, &subnet, Some(&table)), Some(true));
    table.ipv4_default = Some(Route { target: "nat-1".to_owned(), blackhole: true, state: None });
    assert_eq!(has(public, &subnet, Some(&table)), Some(false));
    subnet.ipv6_only = true;
    assert_eq!(has(public, &subnet, None), Some(false));
}

#[test]
fn a_newer_word_goes_before_an_older_one() {
    let mut inspected = inspected();
    let newer = Instance { id: "i-1".to_owned(), name: Some("new".to_owned()), ..Instance::default() };
    inspected.absorb(Inspected {
        instances: vec![newer],
        at: "2026-02-01".to_owned(),
        ..Inspected::default()
    });
    assert_eq!(inspected.instances.len(), 3);
    assert_eq!(inspected.instances[0].name.as_deref(), Some("new"));
    assert_eq!(inspected.at, "2026-02-01");
}

/// In whatever order it comes, each list is by its ids, each once, and the newer word stays.
#[test]
fn every_list_is_in_order() {
    macro_rules! listed {
        ($kind:ident, $ids:expr, $region:expr) => {
            $ids.map(|id: &str| $kind { id: id.to_owned(), region: $region.to_owned(), ..$kind::default() })
                .to_vec()
        };
    }
    let of = |ids: [&str; 3], region: &str| Inspected {
        instances: listed!(Instance, ids, region),
        interfaces: listed!(Interface, ids, region),
        subnets: listed!(Subnet, ids, region),
        route_tables: listed!(RouteTable, ids, region),
        endpoints: listed!(InterfaceEndpoint, ids, region),
        resolver_endpoints: listed!(ResolverEndpoint, ids, region),
        ..Inspected::default()
    };
    let mut inspected = of(["d", "b", "a"], "old");
    inspected.absorb(of(["e", "b", "c"], "new"));
    macro_rules! ids {
        ($list:expr) => {
            $list.iter().map(|one| format!("{} {}", one.id, one.region)).collect::<Vec<_>>()
        };
    }
    for ids in [
        ids!(inspected.instances),
        ids!(inspected.interfaces),
        ids!(inspected.subnets),
        ids!(inspected.route_tables),
        ids!(inspected.endpoints),
        ids!(inspected.resolver_endpoints),
    ] {
        assert_eq!(ids, ["a old", "b new", "c new", "d old", "e new"]);
    }
}

#[test]
fn a_file_of_another_version_is_refused() {
    assert_eq!(Inspected::parse("{\"schema\":2}").unwrap_err(), "its `schema` is 2, not 1");
    assert_eq!(Inspected::parse("{}").unwrap_err(), "its `schema` is 0, not 1");
    assert_eq!(Inspected::parse("[1]").unwrap_err(), "it is no JSON object");
    assert!(Inspected::parse("{\"schema\":").unwrap_err().contains("line 1"));
}
