"""A query log with one of everything, for what hands logs on: engines, clients, carriers.

Every record is written as the resolver writes it: compact, keys in its order. The values belong to no log.
"""

import datetime
import json

START = datetime.datetime(2026, 3, 9, 7, 15, tzinfo=datetime.timezone.utc)
INSTANCE, OTHER, THIRD = "i-0aa11bb22cc33dd44", "i-0ee55ff6600778899", "i-0123abcd4567ef890"
VPC, OTHER_VPC = "vpc-0f1e2d3c4b5a69788", "vpc-0a0b0c0d0e0f01020"
ENDPOINT = {"resolver_endpoint": "rslvr-in-5a6b7c8d9e0f41526", "resolver_network_interface": "rni-7788990011aabbccd"}
BLOCKED = {"firewall_rule_action": "BLOCK", "firewall_rule_group_id": "rslvr-frg-31415926535897932",
           "firewall_domain_list_id": "rslvr-fdl-27182818284590452"}
ALERTED = BLOCKED | {"firewall_rule_action": "ALERT"}
ACCOUNT, ZEROS = "444455556666", "000123456789"
# The host, its source address and how its records say who asked.
HOST = ("10.20.1.15", {"instance": INSTANCE}, VPC, ACCOUNT)
NEIGHBOR = ("10.20.7.201", {"instance": OTHER}, VPC, ACCOUNT)
SIX = ("2a05:d014:1ab:c00:9f1e::2b", {"instance": THIRD}, OTHER_VPC, ZEROS)
INBOUND = ("192.168.40.9", ENDPOINT, VPC, ACCOUNT)
NOBODY = ("10.20.9.77", {}, VPC, ACCOUNT)
LEADING = ("172.30.0.8", {"instance": "i-00000000000000a1f"}, OTHER_VPC, ZEROS)


def answer(kind, *values):
    return [{"Rdata": value, "Type": kind, "Class": "IN"} for value in values]


def story():
    """Who asks for what and gets which answer: (host, type, name, rcode, answers, further fields)."""
    ssm, kms, sqs = (f"{service}.eu-central-1.amazonaws.com." for service in ("ssm", "kms", "sqs"))
    mirror, front, edge = "mirror.nordlys.example.", "www.nordlys.example.", "d3k9x.edge.nordlys.example."
    bucket = "builds.s3.eu-central-1.amazonaws.com."
    # An empty answer and an address: IPv4 only, of two instances and an endpoint.
    for host in (HOST, NEIGHBOR, INBOUND, LEADING):
        yield host, "AAAA", ssm, "NOERROR", [], {}
        yield host, "A", ssm, "NOERROR", answer("A", "52.119.190.41"), {}
    # DNS64, alone and behind a chain.
    for host in (SIX, HOST, LEADING, NOBODY):
        yield host, "AAAA", kms, "NOERROR", answer("AAAA", "64:ff9b::345e:b44d", "64:ff9b::345e:8a19"), {}
        yield host, "A", kms, "NOERROR", answer("A", "52.94.180.77", "52.94.138.25"), {}
    chain = answer("CNAME", edge)
    yield SIX, "AAAA", "static.nordlys.example.", "NOERROR", chain + answer("AAAA", "64:ff9b::339f:807"), {}
    # Native: one address, several, behind a chain of two, and from a source that is IPv6.
    for host in (HOST, SIX, LEADING, INBOUND):
        yield host, "AAAA", mirror, "NOERROR", answer("AAAA", "2a05:d018:7f:200::1"), {}
        yield host, "A", mirror, "NOERROR", answer("A", "18.203.44.5"), {}
    several = answer("AAAA", *(f"2a05:d018:7f:30{number}::9c" for number in range(4)))
    yield NEIGHBOR, "AAAA", front, "NOERROR", chain + answer("CNAME", "e7.pop.nordlys.example.") + several, {}
    yield NEIGHBOR, "A", front, "NOERROR", chain + answer("CNAME", "e7.pop.nordlys.example.") + answer(
        "A", "18.203.44.17", "18.203.44.18"), {}
    # A chain that ends in no address is empty, too.
    for host in (HOST, LEADING, NEIGHBOR, INBOUND):
        yield host, "AAAA", bucket, "NOERROR", answer("CNAME", "s3-r-w.eu-central-1.amazonaws.com."), {}
        yield host, "A", bucket, "NOERROR", answer("CNAME", "s3-r-w.eu-central-1.amazonaws.com.") + answer(
            "A", "52.219.170.30"), {}
    # No such name, an error, a refusal.
    for kind in ("AAAA", "A"):
        yield HOST, kind, "gone.nordlys.example.", "NXDOMAIN", [], {}
        yield NEIGHBOR, kind, "lame.nordlys.example.", "SERVFAIL", [], {}
        yield LEADING, kind, "closed.nordlys.example.", "REFUSED", [], {}
    # DNS Firewall: blocked without and with an answer, and let through with an alert.
    for kind, value in (("AAAA", "2a05:d018:dead::1"), ("A", "18.203.99.1")):
        yield NEIGHBOR, kind, "tracker.sundial.example.", "NOERROR", [], BLOCKED
        yield HOST, kind, "override.sundial.example.", "NOERROR", answer(kind, value), BLOCKED
        yield HOST, kind, "watched.sundial.example.", "NOERROR", answer(kind, value), ALERTED
    # Nobody is named; by its address it is nobody that is known.
    yield NOBODY, "AAAA", sqs, "NOERROR", [], {}
    yield NOBODY, "A", sqs, "NOERROR", answer("A", "3.68.12.140", "3.68.12.141", "3.68.12.142"), {}
    yield NOBODY, "AAAA", mirror, "NOERROR", answer("AAAA", "2a05:d018:7f:200::1"), {}
    # An account with leading zeros, and what says that it came late.
    late = {"additional_properties": {"is_delayed": "true"}}
    yield LEADING, "AAAA", sqs, "NOERROR", [], late
    yield LEADING, "A", sqs, "NOERROR", answer("A", "3.68.12.140"), late
    # A name without any address, one whose AAAA nobody asked for, one that changes its mind, one asked by AAAA only.
    yield HOST, "AAAA", "void.nordlys.example.", "NOERROR", [], {}
    yield HOST, "A", "void.nordlys.example.", "NOERROR", [], {}
    yield NEIGHBOR, "A", "old.nordlys.example.", "NOERROR", answer("A", "18.203.44.60"), {}
    yield NEIGHBOR, "AAAA", "late.nordlys.example.", "NOERROR", [], {}
    yield NEIGHBOR, "AAAA", "late.nordlys.example.", "NOERROR", answer("AAAA", "2a05:d018:7f:400::3"), {}
    yield HOST, "AAAA", "quiet.nordlys.example.", "NOERROR", [], {}
    # Other types, with every character that a table may stumble over.
    text = answer("TXT", '"v=spf1 include:_spf.nordlys.example, ~all; \\"q\\" it\'s {a: [1]} | \\\\ \\195\\164"')
    mail = answer("MX", "10 mx1.nordlys.example.", "20 mx2.nordlys.example.")
    yield HOST, "MX", "nordlys.example.", "NOERROR", mail, {}
    yield HOST, "TXT", "nordlys.example.", "NOERROR", text, {}
    yield SIX, "TXT", "tab.nordlys.example.", "NOERROR", answer("TXT", '"a\tb" "c"', '"second"'), {}
    yield LEADING, "PTR", "5.44.203.18.in-addr.arpa.", "NOERROR", answer("PTR", mirror), {}
    yield INBOUND, "SRV", "_ldap._tcp.nordlys.example.", "NXDOMAIN", [], {}
    yield NEIGHBOR, "HTTPS", front, "NOERROR", answer("HTTPS", '1 . alpn="h3,h2" ipv4hint=18.203.44.17'), {}


def record(at, port, host, kind, name, rcode, answers, further):
    source, ids, vpc, account = host
    return {"version": "1.100000", "account_id": account, "region": "eu-central-1", "vpc_id": vpc,
            "query_timestamp": at.strftime("%Y-%m-%dT%H:%M:%SZ"), "query_name": name, "query_type": kind,
            "query_class": "IN", "rcode": rcode, "answers": answers, "srcaddr": source, "srcport": str(port),
            "transport": "UDP", "srcids": ids, **further}


def everything():
    """The records, in the order in which they were delivered: not quite that of time, and one of them twice."""
    records = [record(START + datetime.timedelta(seconds=7 * number), 32768 + 613 * number % 28000, *row)
               for number, row in enumerate(story())]
    records[10], records[14] = records[14], records[10]
    records.append(next(each for each in records if len(each["answers"]) > 1 and each["query_type"] == "AAAA"))
    return records


def line(each):
    return json.dumps(each, separators=(",", ":"), ensure_ascii=False)
