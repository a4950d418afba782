#!/usr/bin/env python3
"""`r53tail inspect` against moto's EC2 and Route 53 Resolver, which nobody here wrote.

    python3 -m venv target/live && target/live/bin/pip install botocore==1.44.5 awscli==1.46.3 'moto[server]==5.2.5'
    target/live/bin/python tests/interop/ec2.py target/debug/r53tail

Instances, interfaces, subnets, route tables and an interface endpoint are put in through botocore; what the program writes is compared
with what botocore reads back, and what a report says with what was put in: the route for `64:ff9b::/96` in a table of a
subnet's own, in the main table, and nowhere; and an inbound endpoint among others. moto knows neither `EnableDns64` nor
`Dns64Enabled`; that is tested against a fake in `tests/inspect.rs`.
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile

from live import ACCOUNT, REGION, Failed, check, client, environment, moto

NAT64 = "64:ff9b::/96"


def record(instance, vpc, name, address, kind="AAAA", source="10.0.0.5", ids=None):
    answers = [{"Rdata": address, "Type": kind, "Class": "IN"}] if address else []
    return json.dumps({"version": "1.100000", "account_id": ACCOUNT, "region": REGION, "vpc_id": vpc,
                       "query_timestamp": "2025-05-05T10:00:00Z", "query_name": name, "query_type": kind,
                       "query_class": "IN", "rcode": "NOERROR", "answers": answers, "srcaddr": source, "srcport": "53",
                       "transport": "UDP", "srcids": {"instance": instance} if ids is None else ids}) + "\n"


def put_in(ec2):
    """Two VPCs. Instances by what their subnet is to be like, with the VPC and route table of each."""
    image = ec2.describe_images()["Images"][0]["ImageId"]
    made = {}

    def vpc(number):
        made_vpc = ec2.create_vpc(CidrBlock=f"10.{number}.0.0/16", AmazonProvidedIpv6CidrBlock=True)["Vpc"]["VpcId"]
        tables = ec2.describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [made_vpc]}])["RouteTables"]
        return made_vpc, tables[0]["RouteTableId"]

    def subnet(vpc_id, net):
        return ec2.create_subnet(VpcId=vpc_id, CidrBlock=net)["Subnet"]["SubnetId"]

    def instance(key, vpc_id, subnet_id, table):
        # Addresses are named, since moto draws those of interfaces at random and may draw one twice.
        address = ec2.describe_subnets(SubnetIds=[subnet_id])["Subnets"][0]["CidrBlock"].replace("0/24", "10")
        tags = [{"Key": "team", "Value": "x"}, {"Key": "Name", "Value": f"{key} <&> 1"}]
        ran = ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1, SubnetId=subnet_id, InstanceType="t3.micro",
                                PrivateIpAddress=address,
                                TagSpecifications=[{"ResourceType": "instance", "Tags": tags}])
        made[key] = {"instance": ran["Instances"][0]["InstanceId"], "vpc": vpc_id, "table": table}

    def gateway(subnet_id):
        address = ec2.allocate_address(Domain="vpc")["AllocationId"]
        return ec2.create_nat_gateway(SubnetId=subnet_id, AllocationId=address)["NatGateway"]["NatGatewayId"]

    def route(table, nat):
        ec2.create_route(RouteTableId=table, DestinationIpv6CidrBlock=NAT64, NatGatewayId=nat)

    def own_table(vpc_id, subnet_id):
        table = ec2.create_route_table(VpcId=vpc_id)["RouteTable"]["RouteTableId"]
        ec2.associate_route_table(RouteTableId=table, SubnetId=subnet_id)
        return table

    # A route in a table of the subnet's own, and none in the main table.
    vpc_id, main = vpc(1)
    with_route, without = subnet(vpc_id, "10.1.1.0/24"), subnet(vpc_id, "10.1.2.0/24")
    table = own_table(vpc_id, with_route)
    nat = gateway(without)
    route(table, nat)
    instance("own table", vpc_id, with_route, table)
    made["own table"]["nat"] = nat
    instance("no route", vpc_id, without, main)
    ec2.create_vpc_endpoint(VpcId=vpc_id, ServiceName=f"com.amazonaws.{REGION}.kms", VpcEndpointType="Interface",
                            SubnetIds=[without])
    # A route in the main table, which holds where there is no other.
    vpc_id, main = vpc(2)
    inside = subnet(vpc_id, "10.2.1.0/24")
    nat = gateway(inside)
    route(main, nat)
    ec2.create_route(RouteTableId=main, DestinationCidrBlock="0.0.0.0/0",
                     GatewayId=ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"])
    instance("main table", vpc_id, inside, main)
    made["main table"]["nat"] = nat
    # Who is no instance: by the id of an interface, and by an address.
    others = {}
    for key, description, address in (("by id", "ELB net/front/1", "10.2.1.20"),
                                      ("by address", "AWS Lambda VPC ENI-thumbs", "10.2.1.21")):
        found = ec2.create_network_interface(SubnetId=inside, Description=description,
                                             PrivateIpAddress=address)["NetworkInterface"]
        others[key] = {"vpc": vpc_id, "interface": found["NetworkInterfaceId"], "address": found["PrivateIpAddress"],
                       "label": description}
    young = ec2.describe_instances(InstanceIds=[made["no route"]["instance"]])["Reservations"][0]["Instances"][0]
    others["young instance"] = {"vpc": young["VpcId"], "interface": young["NetworkInterfaces"][0]["NetworkInterfaceId"],
                                "address": young["PrivateIpAddress"], "label": "no route <&> 1"}
    return made, others


def endpoints_in(ec2, resolver, vpc_id):
    """Two inbound resolver endpoints, of which the log names the first."""
    group = ec2.create_security_group(GroupName="dns", Description="dns", VpcId=vpc_id)["GroupId"]
    subnets = [ec2.create_subnet(VpcId=vpc_id, CidrBlock=f"10.2.{number}.0/24")["Subnet"]["SubnetId"] for number in (8, 9)]
    made = [resolver.create_resolver_endpoint(CreatorRequestId=name, Name=name, SecurityGroupIds=[group], Direction="INBOUND",
                                              IpAddresses=[{"SubnetId": subnet} for subnet in subnets])
            for name in ("from-premises", "of-others")]
    return made[0]["ResolverEndpoint"]["Id"]


def others_records(others):
    def of(key, ids):
        return record(None, others[key]["vpc"], "git.example.", "64:ff9b::c633:6401", source=others[key]["address"], ids=ids)

    return [of("by id", {"resolver_network_interface": others["by id"]["interface"]}), of("by address", {}),
            of("young instance", {})]


def theirs(ec2, others):
    """What botocore reads, in the shapes of `docs/json.md`."""
    def name(thing):
        return next((tag["Value"] for tag in thing.get("Tags", []) if tag["Key"] == "Name"), None)

    def way(table, key, destination):
        keys = ["NatGatewayId", "GatewayId"]
        found = [each for each in table["Routes"] if each.get(key) == destination]
        return {"target": next(found[0][key] for key in keys if found[0].get(key)),
                "blackhole": found[0]["State"] == "blackhole",
                "state": states.get(found[0].get("NatGatewayId")) if destination == NAT64 else None} if found else None

    states = {each["NatGatewayId"]: each["State"] for each in ec2.describe_nat_gateways()["NatGateways"]}
    reservations = ec2.describe_instances()["Reservations"]
    instances = [{"id": each["InstanceId"], "name": name(each), "region": REGION, "vpc": each["VpcId"],
                  "subnet": each["SubnetId"], "ipv4": bool(each.get("PrivateIpAddress")),
                  "public_ipv4": bool(each.get("PublicIpAddress")), "ipv6": bool(each.get("Ipv6Address"))}
                 for reservation in reservations for each in reservation["Instances"]]
    used, vpcs = {each["subnet"] for each in instances}, {each["vpc"] for each in instances}
    subnets = [{"id": each["SubnetId"], "name": name(each), "region": REGION, "vpc": each["VpcId"],
                "dns64": each.get("EnableDns64"), "ipv6_only": each["Ipv6Native"],
                "ipv6": any(one["Ipv6CidrBlockState"]["State"] == "associated"
                            for one in each["Ipv6CidrBlockAssociationSet"])}
               for each in ec2.describe_subnets()["Subnets"] if each["SubnetId"] in used]
    wanted = {each["interface"] for each in others.values()}
    interfaces = [{"id": each["NetworkInterfaceId"],
                   "name": next((tag["Value"] for tag in each["TagSet"] if tag["Key"] == "Name"), None),
                   "description": each["Description"], "kind": each["InterfaceType"],
                   "instance": each.get("Attachment", {}).get("InstanceId"), "region": REGION, "vpc": each["VpcId"],
                   "subnet": each["SubnetId"], "addresses": [each["PrivateIpAddress"]], "ipv4": True,
                   "public_ipv4": bool(each.get("Association", {}).get("PublicIp"))}
                  for each in ec2.describe_network_interfaces()["NetworkInterfaces"]
                  if each["NetworkInterfaceId"] in wanted]
    tables = [{"id": each["RouteTableId"], "region": REGION, "vpc": each["VpcId"],
               "main": any(one["Main"] for one in each["Associations"]),
               "subnets": [one["SubnetId"] for one in each["Associations"] if one.get("SubnetId")],
               "nat64": way(each, "DestinationIpv6CidrBlock", NAT64),
               "ipv4_default": way(each, "DestinationCidrBlock", "0.0.0.0/0"), "prefix_lists": False}
              for each in ec2.describe_route_tables()["RouteTables"] if each["VpcId"] in vpcs]
    endpoints = [(each["VpcEndpointId"], each["VpcId"], each["ServiceName"])
                 for each in ec2.describe_vpc_endpoints()["VpcEndpoints"]]
    return {"instances": instances, "interfaces": interfaces, "subnets": subnets, "route_tables": tables}, sorted(endpoints)


def against_moto(program, home, url):
    ec2, variables = client("ec2", url), environment(home, url)
    made, others = put_in(ec2)
    resolver, hub = client("route53resolver", url), made["main table"]["vpc"]
    inbound = endpoints_in(ec2, resolver, hub)
    log = pathlib.Path(home) / "log"
    log.write_text("".join(record(each["instance"], each["vpc"], "git.example.", "64:ff9b::c633:6401")
                           for each in made.values()) + "".join(others_records(others)) +
                   record(None, hub, "git.example.", "64:ff9b::c633:6401", source="10.200.0.7",
                          ids={"resolver_endpoint": inbound}))

    def run(*arguments):
        done = subprocess.run([program, *arguments], env=variables, capture_output=True, text=True, cwd=home)
        check(f"r53tail {' '.join(arguments)}: {done.stderr}", done.returncode, 0)
        return done.stdout

    written = run("inspect", "log")
    mine, (wanted, endpoints) = json.loads(written), theirs(ec2, others)
    for key, values in wanted.items():
        check(f"inspect: {key}", mine[key], sorted(values, key=lambda each: each["id"]))
    check("inspect: endpoints", [(each["id"], each["vpc"], each["service"]) for each in mine["endpoints"]], endpoints)
    check("inspect: resolver endpoints", mine["resolver_endpoints"], [
        {"id": each["Id"], "name": each["Name"], "region": REGION, "vpc": each["HostVPCId"], "direction": each["Direction"],
         "address_type": each.get("ResolverEndpointType", ""), "dns64": each.get("Dns64Enabled")}
        for each in resolver.list_resolver_endpoints()["ResolverEndpoints"] if each["Id"] == inbound])
    check("inspect: refused", mine["refused"], [])
    yield f"inspect: {sum(len(values) for values in wanted.values())} things, each as botocore reads it"

    def findings():
        report = json.loads(run("report", "log", "--inspect", "-f", "json"))
        names = {each["origin"]["id"]: each["origin"].get("label") for each in report["origins"]}
        check("labels", names, {each["instance"]: f"{key} <&> 1" for key, each in made.items()} | {
            each["interface" if key == "by id" else "address"]: each["label"] for key, each in others.items()} | {
            inbound: "from-premises"})
        return [each for each in report["findings"] if each["id"].startswith("nat64-route")]

    def said(found):
        return sorted((each["id"], each["subject"]) for each in found)

    good, bad = "nat64-route", "nat64-route-missing"
    main = made["main table"]
    found = findings()
    # Of a VPC in which one table lacks the route, only that is said.
    check("report", said(found), [(good, main["vpc"]), (bad, made["no route"]["table"])])
    routed = next(each["summary"] for each in found if each["id"] == good)
    if not routed.endswith(f"are routed to {main['nat']}"):
        raise Failed(f"report: {routed}")
    yield "report: routes that are there and one that is missing"

    (pathlib.Path(home) / "facts").write_text(written)
    offline = json.loads(run("report", "log", "--inspected", "facts", "-f", "json"))["findings"]
    check("report --inspected", said([each for each in offline if each["id"].startswith("nat64-route")]), said(found))
    ec2.delete_route(RouteTableId=main["table"], DestinationIpv6CidrBlock=NAT64)
    found = [each for each in findings() if each["subject"] == main["table"]]
    check("report, the route deleted", said(found), [(bad, main["table"])])
    yield "report: the route of a main table, deleted"


def main():
    program = pathlib.Path(sys.argv[1]).resolve()
    os.environ.setdefault("AWS_EC2_METADATA_DISABLED", "true")
    with tempfile.TemporaryDirectory() as home, moto(home) as url:
        try:
            for line in against_moto(program, home, url):
                print("ok     moto: " + line)
        except Failed as error:
            print(f"FAILED {error}")
            sys.exit(1)


if __name__ == "__main__":
    main()
