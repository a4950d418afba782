#!/usr/bin/env bash
# In moto the IPv6 block of a subnet is never in the state "associated": the state is "{'State':
# 'associated'}".
#
# Package: moto 5.2.5 (PyPI), with boto3 1.44.8.
#
# Behavior: `Ipv6CidrBlockState.State` of a subnet made with an IPv6 block is the text of a Python dict
# that holds the state. That of the VPC's block is right, and so is the type, a string, so that no reader of
# the answer fails.
#
# Why it surprises: code that waits for the block, or that takes for IPv6 subnets those with an associated
# block, finds none and says that the VPC has no IPv6, in a test that set IPv6 up.
#
# Output seen on 2026-11-28:
#   VPC associated
#   subnet {'State': 'associated'}
#
# Exit: 0 the same, 1 changed, 2 could not run.
set -eu
T=$(mktemp -d)
trap 'rm -rf "$T"' EXIT
export PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1

python3 -m venv "$T/venv" &&
    "$T/venv/bin/pip" install -q 'moto[ec2]==5.2.5' boto3==1.44.8 || exit 2

cat >"$T/state.py" <<'PY'
import boto3
from moto import mock_aws

with mock_aws():
    ec2 = boto3.client("ec2", "us-west-2", aws_access_key_id="x", aws_secret_access_key="x")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16", AmazonProvidedIpv6CidrBlock=True)["Vpc"]["VpcId"]
    [block] = ec2.describe_vpcs(VpcIds=[vpc])["Vpcs"][0]["Ipv6CidrBlockAssociationSet"]
    print("VPC", block["Ipv6CidrBlockState"]["State"])
    part = block["Ipv6CidrBlock"].replace("/56", "/64")
    ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/24", Ipv6CidrBlock=part)
    subnets = ec2.describe_subnets(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["Subnets"]
    [block] = subnets[0]["Ipv6CidrBlockAssociationSet"]
    print("subnet", block["Ipv6CidrBlockState"]["State"])
PY
seen=$("$T/venv/bin/python" "$T/state.py")

expected="VPC associated
subnet {'State': 'associated'}"
printf '%s\n' "$seen"
[ "$seen" = "$expected" ] || { echo "changed" >&2; exit 1; }
