"""Writes the records of a plain log in the other spellings that they are kept in: `shapes.py SHAPE LOG OUT`.

The records stay the same, so that every spelling has the same answer.
"""

import json
import sys
from datetime import datetime

# What OCSF calls RCODEs that it does not call as the resolver does.
OCSF_RCODES = {"NOERROR": "NoError", "NXDOMAIN": "NXDomain", "SERVFAIL": "ServError", "REFUSED": "Refused"}


def compact(value):
    return json.dumps(value, separators=(",", ":"))


def ocsf(record):
    """As Security Lake has it: schema 1.1.0, class 4003."""
    ids = record["srcids"]
    at = datetime.fromisoformat(record["query_timestamp"].replace("Z", "+00:00"))
    blocked = record.get("firewall_rule_action") == "BLOCK"
    return {
        "metadata": {
            "product": {"version": record["version"], "name": "Route 53", "vendor_name": "AWS"},
            "profiles": ["cloud", "security_control", "datetime"],
            "version": "1.1.0",
        },
        "cloud": {"account": {"uid": record["account_id"]}, "region": record["region"], "provider": "AWS"},
        "src_endpoint": {
            "vpc_uid": record["vpc_id"],
            "ip": record["srcaddr"],
            "port": int(record["srcport"]),
            "instance_uid": ids.get("instance"),
        },
        "time": int(at.timestamp() * 1000),
        "query": {"hostname": record["query_name"], "type": record["query_type"], "class": record["query_class"]},
        "answers": [{"type": a["Type"], "rdata": a["Rdata"], "class": a["Class"]} for a in record["answers"]] or None,
        "connection_info": {"protocol_name": record["transport"], "direction": "Unknown", "direction_id": 0},
        "dst_endpoint": {
            "instance_uid": ids.get("resolver_endpoint"),
            "interface_uid": ids.get("resolver_network_interface"),
        },
        "severity_id": 1,
        "severity": "Informational",
        "class_name": "DNS Activity",
        "class_uid": 4003,
        "category_name": "Network Activity",
        "category_uid": 4,
        "rcode": OCSF_RCODES.get(record["rcode"], record["rcode"]),
        "activity_id": 6,
        "activity_name": "Traffic",
        "type_name": "DNS Activity: Traffic",
        "type_uid": 400306,
        "disposition": "Blocked" if blocked else "Unknown",
    }


def event(number, line):
    """An event of `filter-log-events`."""
    return {
        "logStreamName": "vpc-0a_resolver",
        "timestamp": 1746439200000 + number,
        "message": line,
        "ingestionTime": 1746439200500 + number,
        "eventId": f"3833{number:052}",
    }


LINES = {
    "spaced": lambda line: json.dumps(json.loads(line)),
    "reverse": lambda line: compact(dict(reversed(json.loads(line).items()))),
    "pretty": lambda line: json.dumps(json.loads(line), indent=4),
    "hec": lambda line: compact({"time": 1746439200.5, "host": "x", "sourcetype": "aws:route53", "event": json.loads(line)}),
    "ocsf": lambda line: compact(ocsf(json.loads(line))),
    "message": lambda line: json.dumps({"message": line}),
    "export": lambda line: f"2025-05-05T10:00:00.000Z {line}",
    "insights": lambda line: '2025-05-05 10:00:00.000,"' + line.replace('"', '""') + '"',
}
SHAPES = (*LINES, "filter")


def write(shape, lines, out):
    if shape == "filter":
        out.write('{\n    "events": [\n')
        for number, line in enumerate(lines):
            out.write((",\n" if number else "") + json.dumps(event(number, line), indent=8))
        out.write('\n    ],\n    "searchedLogStreams": []\n}\n')
        return
    if shape == "insights":
        out.write("@timestamp,@message\n")
    out.writelines(LINES[shape](line) + "\n" for line in lines)


if __name__ == "__main__":
    name, log, target = sys.argv[1:]
    with open(log, encoding="utf-8") as source, open(target, "w", encoding="utf-8") as file:
        write(name, (line.rstrip("\n") for line in source), file)
