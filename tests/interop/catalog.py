#!/usr/bin/env python3
"""The catalog of AWS names and botocore's data: makes the one from the other, and holds them against each other.

    python3 -m venv target/botocore && target/botocore/bin/pip install botocore==1.44.8
    target/botocore/bin/python tests/interop/catalog.py table > src/knowledge/catalog/prefixes.txt
    target/botocore/bin/python tests/interop/catalog.py compare target/debug/r53tail

`table` writes the table that the program embeds. What it knows:
  * which prefixes there are: the standard host of every service and Region, by botocore's endpoint rule sets
  * where AWS states a dual-stack host for exactly this service and Region: endpoints.json, variants "dualstack"
  * what the documentation says: `documents.py`, read by hand
That a rule set can build a dual-stack name is counted as nothing: it can for every service there is.

`compare` asks the program for the dual-stack form of every standard host, all services in all Regions of the four
public partitions, and botocore for the same; then for the FIPS hosts, in all partitions. Fewer than 99.9 % alike, leaving
out what has a known reason, or a difference without one, is a failure. A host that the documentation says has no
dual-stack form has none in the program, whatever can be built. Names that botocore builds for hosts that AWS's pages of
endpoints do not have (IAM, Route 53, Budgets, CloudFront and Amazon Location in partitions of which they list none) are
the same here, with the evidence `built`, and are never offered: `built` in `src/knowledge/catalog/rules.rs` names the pages.
"""

import argparse
import collections
import datetime
import gzip
import json
import pathlib
import re
import subprocess
import sys
from urllib.parse import urlparse

import botocore
from botocore.endpoint_provider import EndpointProvider

import documents

DATA = pathlib.Path(botocore.__file__).parent / "data"
PARTITIONS = ("aws", "aws-us-gov", "aws-cn", "aws-eusc")
REGION = re.compile(r"^(us|eu|ap|sa|ca|me|af|il|mx|cn|us-gov|eusc-de)-[a-z]+-\d+$")
SUFFIXES = (".amazonaws.com.cn", ".api.amazonwebservices.com.cn", ".amazonaws.eu", ".api.amazonwebservices.eu",
            ".amazonaws.com", ".api.aws")
Row = collections.namedtuple("Row", "service product partition region listed standard dual stated")

# Why the program says otherwise than botocore, by service.
REASONS = {
    "signin": "outside the commercial partition its names end as no others do",
    "budgets": "GovCloud asks for the host of the commercial partition, whose dual-stack name is documented",
    "cloudfront": "GovCloud asks for the host of the commercial partition, whose dual-stack name is documented",
    "importexport": "retired, one host, no Region in it",
    "sdb": "us-east-1 is written without its Region",
    "simpledbv2": "us-east-1 is written without its Region",
    "support": "one host a partition, pinned to a Region that its name does not follow",
    "waf": "one host a partition, no Region in it",
    "s3": "needs a bucket",
    "codedeploy": "the agent's endpoints are documented as IPv4 only",
    "shield": "one host a partition, pinned to a Region that its name does not follow",
    "abuse-signal": "no name of it is known but from the rule set",
    "sagemaker-gateway-runtime": "no standard name of it is known but from the rule set",
}


def load(path):
    return json.loads(gzip.open(path).read() if path.suffix == ".gz" else path.read_bytes())


def evaluate(provider, rules, region, dual, fips=False):
    """The host that a rule set gives, or None; parameters that it requires get values that decide nothing."""
    said = {}
    for key, parameter in rules["parameters"].items():
        if key == "Region":
            said[key] = region
        elif key == "UseDualStack":
            said[key] = dual
        elif key == "UseFIPS":
            said[key] = fips
        elif parameter.get("required") and "default" not in parameter:
            said[key] = False if parameter["type"].lower() == "boolean" else "x"
    try:
        return urlparse(provider.resolve_endpoint(**said).url).netloc
    except Exception:
        return None


def rows():
    partitions = load(DATA / "partitions.json")
    outputs = {each["id"]: each["outputs"] for each in partitions["partitions"]}
    endpoints = {each["partition"]: each for each in load(DATA / "endpoints.json")["partitions"]}
    for folder in sorted(path for path in DATA.iterdir() if path.is_dir()):
        newest = max(path for path in folder.iterdir() if path.is_dir())
        rules = load(newest / "endpoint-rule-set-1.json.gz")
        metadata = load(newest / "service-2.json.gz")["metadata"]
        provider = EndpointProvider(rules, partitions)
        prefix = metadata.get("endpointPrefix")
        known = any(prefix in each["services"] for each in endpoints.values())
        product = documents.PRODUCTS.get(folder.name) or product_name(metadata)
        for partition in PARTITIONS:
            hosts = endpoints[partition]["services"].get(prefix, {}).get("endpoints", {})
            regions = sorted(endpoints[partition]["regions"])
            everywhere = bool(hosts) and not any(region in regions for region in hosts)
            found = []
            for region in regions:
                standard = evaluate(provider, rules, region, False)
                if standard is None:
                    continue
                if "UseDualStack" in rules["parameters"]:
                    dual = evaluate(provider, rules, region, True)
                else:
                    # A service without the switch has one name.
                    dual = standard if standard.endswith(outputs[partition]["dualStackDnsSuffix"]) else None
                stated = any(each["tags"] == ["dualstack"] and "hostname" in each
                             for each in hosts.get(region, {}).get("variants", []))
                listed = not known or region in hosts or everywhere
                found.append(Row(folder.name, product, partition, region, listed, standard, dual, stated))
            if len(found) > 1 and len({row.standard for row in found}) == 1:
                # One host for the whole partition counts once, in the partition's own Region.
                home = outputs[partition]["implicitGlobalRegion"]
                found = [next((row for row in found if row.region == home), found[0])._replace(region="")]
            yield from found


def fips_rows():
    """As `rows`, of the FIPS hosts of all partitions that are no other service's standard host."""
    partitions = load(DATA / "partitions.json")
    endpoints = {each["partition"]: each for each in load(DATA / "endpoints.json")["partitions"]}
    seen = set()
    for folder in sorted(path for path in DATA.iterdir() if path.is_dir()):
        newest = max(path for path in folder.iterdir() if path.is_dir())
        rules = load(newest / "endpoint-rule-set-1.json.gz")
        if not {"UseFIPS", "UseDualStack"} <= rules["parameters"].keys():
            continue
        provider = EndpointProvider(rules, partitions)
        for partition in endpoints:
            for region in sorted(endpoints[partition]["regions"]):
                standard = evaluate(provider, rules, region, False, fips=True)
                dual = evaluate(provider, rules, region, True, fips=True)
                # In GovCloud the standard host often is the FIPS host: of such a name nobody can tell which is meant.
                plain = evaluate(provider, rules, region, False)
                if standard and dual and standard != plain and standard not in seen:
                    seen.add(standard)
                    yield Row(folder.name, "", partition, region, True, standard, dual, False)


def product_name(metadata):
    name = metadata.get("serviceFullName") or metadata["serviceId"]
    return re.sub(r"(?<=[a-z]) Service$", "", re.sub(r"^(Amazon|AWS)(?=[A-Z][a-z])", r"\1 ", name))


def documented(row):
    """What is documented of a row: the flag and the source."""
    if row.service in documents.ONLY_WITH_HOST and row.partition != "aws-cn":
        return ("y", "SDK") if row.stated else ("u", "-")
    if row.service in documents.REFERENCE and row.partition in ("aws", "aws-us-gov"):
        page, has, read = documents.REFERENCE[row.service]
        if read is None or row.region in read:
            return "y" if has(row.region) else "n", f"GR:{page}"
    source, partitions = documents.GUIDES.get(row.service, ("", ()))
    if row.partition in partitions:
        return "y", source
    if row.partition == "aws":
        if row.service in documents.VPC_YES:
            return "y", "VPC"
        if row.service in documents.VPC_FAMILY:
            return "y", "VPC~"
        if row.service in documents.VPC_NO:
            return "n", "VPC"
    return "u", "-"


def prefix_of(host):
    """The labels before the Region, if that stands last before the suffix; else the first label of a global host."""
    suffix = next((suffix for suffix in SUFFIXES if host.endswith(suffix)), None)
    if suffix is None:
        return None
    labels = host.removesuffix(suffix).split(".")
    if REGION.match(labels[-1]) and len(labels) > 1:
        return ".".join(labels[:-1])
    return labels[0] if len(labels) == 1 else None


def table():
    every = list(rows())
    regions = sorted({row.region for row in every if row.region})
    groups = collections.defaultdict(list)
    for row in every:
        prefix = prefix_of(row.standard)
        if prefix:
            groups[prefix].append(row)
    print("# AWS API endpoints: the first labels of their names, and what is known of IPv6 there. Made by")
    print("# tests/interop/catalog.py; its documents.py is the part that was read by hand.")
    print("#")
    print("#   PREFIX FLAG SOURCE EXCEPTIONS HOSTS PRODUCT")
    print("#")
    print("# FLAG     y: documented to have a dual-stack name, n: documented or measured to have none, u: nothing found,")
    print("#          m: measured only, -: nobody knows even how the name would be")
    print("# SOURCE   src/knowledge/catalog/source.rs has the words; of commercial Regions only, unless the exceptions say more")
    print("# EXCEPTIONS  REGION=FLAG:SOURCE,…")
    print("# HOSTS    Regions for which AWS's SDK data has the very dual-stack host: bits of a hexadecimal number, the")
    print("#          first of `!regions` lowest")
    print("#")
    print("# Derived in part from botocore (Apache-2.0).")
    print(f"!date {datetime.date.today().isoformat()}")
    print(f"!data botocore {botocore.__version__}")
    print(f"!regions {','.join(regions)}")
    lines = {}
    rank = {"y": 0, "n": 1, "m": 2, "u": 3}
    for prefix, found in groups.items():
        # Several services may share a prefix: the best documented speaks for it.
        by_service = collections.defaultdict(list)
        for row in found:
            by_service[row.service].append(row)
        best = min(by_service, key=lambda name: (min(rank[documented(row)[0]] for row in by_service[name]), len(name), name))
        found = [row for row in by_service[best] if row.listed]
        usual = collections.Counter(documented(row) for row in found if row.partition == "aws").most_common(1)
        usual = usual[0][0] if usual else ("u", "-")
        said = [(row, documented(row)) for row in found if row.region]
        others = [f"{row.region}={flag}:{source}" for row, (flag, source) in said
                  if (flag, source) != (usual if row.partition == "aws" else ("u", "-"))]
        hosts = sum(1 << regions.index(row.region) for row in found if row.stated and row.region)
        product = next(row.product for row in by_service[best])
        lines[prefix] = " ".join([prefix, *usual, ",".join(others) or "-", f"{hosts:x}" if hosts else "-", product])
    for prefix, product in documents.STATED_ALONE.items():
        hosts = sum(1 << regions.index(region) for region in stated_regions(prefix) if region in regions)
        lines[prefix] = f"{prefix} u - - {hosts:x} {product}"
    for line in documents.NOT_IN_THE_SDK:
        lines[line.split()[0]] = line
    for prefix in sorted(lines):
        print(lines[prefix])


def stated_regions(prefix):
    """The Regions for which the data states the dual-stack host of a prefix."""
    for partition in load(DATA / "endpoints.json")["partitions"]:
        for region, host in partition["services"].get(prefix, {}).get("endpoints", {}).items():
            if any(each["tags"] == ["dualstack"] and "hostname" in each for each in host.get("variants", [])):
                yield region


def answers(binary, hosts):
    """What the program says of each host."""
    said = {}
    for start in range(0, len(hosts), 500):
        part = hosts[start:start + 500]
        ran = subprocess.run([binary, "explain", "--format", "json", *part], check=True, capture_output=True, text=True)
        for host, line in zip(part, ran.stdout.splitlines(), strict=True):
            said[host] = json.loads(line)["name"]
    return said


def compare(binary):
    failed = False
    for what, every in (("standard", [row for row in rows() if row.dual]), ("FIPS", list(fips_rows()))):
        failed |= differs(binary, what, every)
    failed |= adds(binary)
    sys.exit(failed)


# Hosts that the data states and the table has no place for, by prefix.
STATED_BESIDE = {
    "mediaconvert": "cn-northwest-1: its standard host there is another one",
}


def adds(binary):
    """What `r53tail catalog` finds in the data that the table was made from: nothing of the public partitions but what
    has a known reason. Whether it fails."""
    ran = subprocess.run([binary, "catalog", str(DATA)], check=True, capture_output=True, text=True)
    lines = [line.split() for line in ran.stdout.splitlines() if line.startswith(("!service", "!stated"))]
    standard = {prefix_of(row.standard) for row in rows()} | documents.STATED_ALONE.keys()
    wrong = [line for line in lines if line[0] == "!service" and line[1] in standard]
    for line in lines:
        public = [region for region in line[2].split(",") if REGION.match(region)] if line[0] == "!stated" else []
        if public and line[1] not in STATED_BESIDE:
            wrong.append(line)
    print(f"`r53tail catalog` on the same data: {len(lines)} lines, {len(wrong)} of them known already or without a reason")
    for line in wrong:
        print(f"  {' '.join(line)}")
    return bool(wrong)


def differs(binary, what, every):
    """Holds the program's word against botocore's; whether it fails."""
    said = answers(binary, sorted({row.standard for row in every}))
    differ = collections.defaultdict(list)
    denied = built = 0
    for row in every:
        known = said[row.standard]
        dual = known and known["dual_stack"]
        if dual is None and known and known["evidence"] == "no":
            # Documented as IPv4 only: that a name can be built is no reason to hand it out.
            denied += 1
        elif dual == row.dual:
            built += known["evidence"] == "built"
        else:
            differ[row.service, row.partition].append((row, dual))
    unknown = sum(len(found) for key, found in differ.items() if key[0] not in REASONS)
    count = sum(map(len, differ.values()))
    share = 100 * (1 - unknown / len(every))
    print(f"botocore {botocore.__version__}, {what}: {len(every)} hosts, {len(every) - count - denied} alike ({built} of them "
          f"are built and never offered), {denied} "
          f"documented as none, {count} otherwise, {unknown} of them without a reason ({share:.2f} % alike or with one)")
    for (service, partition), found in sorted(differ.items()):
        row, dual = found[0]
        reason = REASONS.get(service, "NO REASON KNOWN")
        print(f"  {service} {partition} ×{len(found)}: {row.standard}: botocore {row.dual}, r53tail {dual}: {reason}")
    return share < 99.9


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("table")
    commands.add_parser("compare").add_argument("binary")
    options = parser.parse_args()
    if options.command == "table":
        table()
    else:
        compare(options.binary)


if __name__ == "__main__":
    main()
