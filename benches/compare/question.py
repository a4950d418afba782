"""One question, asked in four languages.

Of every origin, name and query type (A or AAAA): how often did each verdict come, first when, last when?

A row is (kind, id, vpc, name, type, verdict, count, first, last). The verdicts:

    blocked                    DNS Firewall says BLOCK, whatever else the record says
    nxdomain servfail refused  the response code; `other` for any but NOERROR
    native                     AAAA: an address that is usable and outside the NAT64 prefixes
    synthesized                AAAA: inside 64:ff9b::/96 or 64:ff9b:1::/48, and nothing native
    answered                   A: an address that is usable
    unusable                   addresses of the type asked for, but only such as nothing can connect to
    empty                      NOERROR and no address of the type asked for

The origin is the instance, else the resolver endpoint, else its interface, else the bare address in its VPC; and a
bare address is the instance that is seen with it anywhere in the input, if exactly one is.
"""

import csv
import ipaddress
import json

VERDICTS = ["native", "synthesized", "unusable", "empty", "blocked", "nxdomain", "servfail", "refused", "other"]
FOR_A = {"native": "answered"}


def quoted(text):
    return "'" + str(text).replace("'", "''") + "'"


# ---- DuckDB ---------------------------------------------------------------------------------------------------------
#
# Only the columns needed are read. The tests are on text, which is quicker than on parsed addresses and exact for
# addresses in their canonical form, as the resolver writes and the generator makes them. A verdict is a small number
# until the rows are written, times are timestamps, and the last answer, where addresses stand, is looked at before
# the whole list is: each of these made the query faster. Grouping by what the record says comes first, so that
# attribution joins and regroups a fifth of the rows.

LAST = "answers[len(answers)]"


def sql_nat64(rdata):
    return f"(starts_with({rdata}, '64:ff9b::') OR starts_with({rdata}, '64:ff9b:1:'))"


def sql_unusable_aaaa(rdata):
    # fe80::/10, fec0::/10 and ff00::/8 lie side by side.
    return (
        f"(starts_with({rdata}, '::') OR starts_with({rdata}, '100::')"
        f" OR ({rdata} >= 'fe80' AND {rdata} < 'g' AND position(':' IN {rdata}) = 5))"
    )


def sql_unusable_a(rdata):
    return (
        f"(starts_with({rdata}, '0.') OR starts_with({rdata}, '127.')"
        f" OR ({rdata} >= '224' AND {rdata} < '256' AND {rdata}[4] = '.'))"
    )


def sql_any(condition):
    return f"len(list_filter(answers, lambda a: {condition})) > 0"


def sql_verdict():
    a6, a4, rdata = "a.\"Type\" = 'AAAA'", "a.\"Type\" = 'A'", "a.Rdata"
    # Text from '2' up to '4' is 2000::/3 or starts with a single 2 or 3: never a prefix that decides otherwise.
    aaaa = f"""CASE WHEN len(answers) = 0 THEN 3
        WHEN {LAST}."Type" = 'AAAA' AND {LAST}.Rdata BETWEEN '2' AND '4' THEN 0
        WHEN {sql_any(f"{a6} AND NOT {sql_nat64(rdata)} AND NOT {sql_unusable_aaaa(rdata)}")} THEN 0
        WHEN {sql_any(f"{a6} AND {sql_nat64(rdata)}")} THEN 1
        WHEN {sql_any(a6)} THEN 2 ELSE 3 END"""
    a = f"""CASE WHEN len(answers) = 0 THEN 3
        WHEN {LAST}."Type" = 'A' AND {LAST}.Rdata BETWEEN '3' AND ':' THEN 0
        WHEN {LAST}."Type" = 'A' AND NOT {sql_unusable_a(LAST + ".Rdata")} THEN 0
        WHEN {sql_any(f"{a4} AND NOT {sql_unusable_a(rdata)}")} THEN 0
        WHEN {sql_any(a4)} THEN 2 ELSE 3 END"""
    return f"""CASE WHEN firewall_rule_action = 'BLOCK' THEN 4
        WHEN rcode = 'NOERROR' THEN CASE WHEN query_type = 'AAAA' THEN {aaaa} ELSE {a} END
        WHEN rcode = 'NXDOMAIN' THEN 5 WHEN rcode = 'SERVFAIL' THEN 6 WHEN rcode = 'REFUSED' THEN 7
        ELSE 8 END::TINYINT"""


IDS = "STRUCT(instance VARCHAR, resolver_endpoint VARCHAR, resolver_network_interface VARCHAR)"
COLUMNS = {
    "vpc_id": "VARCHAR",
    "query_timestamp": "TIMESTAMP",
    "query_name": "VARCHAR",
    "query_type": "VARCHAR",
    "rcode": "VARCHAR",
    "answers": 'STRUCT(Rdata VARCHAR, "Type" VARCHAR)[]',
    "srcaddr": "VARCHAR",
    "srcids": IDS,
    "firewall_rule_action": "VARCHAR",
}


def sql_json(path, columns, form="newline_delimited"):
    fields = ", ".join(f"{name}: {quoted(kind)}" for name, kind in columns.items())
    return f"read_json({quoted(path)}, format = '{form}', columns = {{{fields}}}, maximum_object_size = 1 << 28)"


def sql_struct():
    return "STRUCT(" + ", ".join(f"{name} {kind}" for name, kind in COLUMNS.items()) + ")"


def sql_source(path, shape="plain"):
    """Where the columns of the records come from, by the spelling of the log; None if DuckDB has no way to read it."""
    parsed = "(SELECT unnest(from_json({text}, {structure})) FROM {table})"
    # The structure as `from_json` wants it: JSON whose values are the types.
    structure = quoted(
        json.dumps(
            {
                **{name: kind for name, kind in COLUMNS.items() if name not in ("answers", "srcids")},
                "answers": [{"Rdata": "VARCHAR", "Type": "VARCHAR"}],
                "srcids": {key: "VARCHAR" for key in ("instance", "resolver_endpoint", "resolver_network_interface")},
            }
        )
    )
    if shape in ("plain", "spaced", "reverse"):
        return sql_json(path, COLUMNS)
    if shape == "pretty":
        return sql_json(path, COLUMNS, "unstructured")
    if shape == "hec":
        return f"(SELECT unnest(event) FROM {sql_json(path, {'event': sql_struct()})})"
    if shape == "message":
        return parsed.format(text="message", structure=structure, table=sql_json(path, {"message": "VARCHAR"}))
    if shape == "insights":
        table = f"read_csv({quoted(path)}, header = true, all_varchar = true, quote = '\"', escape = '\"')"
        return parsed.format(text='"@message"', structure=structure, table=table)
    if shape == "filter":
        table = f"(SELECT unnest(events).message AS message FROM {sql_json(path, {'events': 'STRUCT(message VARCHAR)[]'}, 'unstructured')})"
        return parsed.format(text="message", structure=structure, table=table)
    if shape in ("ocsf", "parquet"):
        columns = {
            "src_endpoint": "STRUCT(vpc_uid VARCHAR, ip VARCHAR, instance_uid VARCHAR)",
            "dst_endpoint": "STRUCT(instance_uid VARCHAR, interface_uid VARCHAR)",
            "time": "BIGINT",
            "query": "STRUCT(hostname VARCHAR, \"type\" VARCHAR)",
            "answers": "STRUCT(rdata VARCHAR, \"type\" VARCHAR)[]",
            "rcode": "VARCHAR",
            "disposition": "VARCHAR",
        }
        events = f"read_parquet({quoted(path)})" if shape == "parquet" else sql_json(path, columns)
        return f"""(SELECT src_endpoint.vpc_uid AS vpc_id, epoch_ms(time) AS query_timestamp,
            query.hostname AS query_name, query."type" AS query_type,
            CASE rcode WHEN 'ServError' THEN 'SERVFAIL' ELSE upper(rcode) END AS rcode,
            coalesce(answers, []) AS answers, src_endpoint.ip AS srcaddr,
            {{instance: src_endpoint.instance_uid, resolver_endpoint: dst_endpoint.instance_uid,
                resolver_network_interface: dst_endpoint.interface_uid}} AS srcids,
            if(disposition = 'Blocked', 'BLOCK', NULL) AS firewall_rule_action
            FROM {events})"""
    return None


def duckdb_sql(path, out, shape="plain"):
    """The statement that reads `path` (a file or a glob) and writes the rows to `out` as CSV."""
    return f"""COPY (
    WITH said AS MATERIALIZED (
        SELECT vpc_id, srcaddr, srcids.instance AS instance, srcids.resolver_endpoint AS endpoint,
            srcids.resolver_network_interface AS interface, lower(query_name) AS name, query_type = 'AAAA' AS aaaa,
            {sql_verdict()} AS verdict,
            count(*) AS count, min(query_timestamp) AS first, max(query_timestamp) AS last
        FROM {sql_source(path, shape)}
        WHERE query_type IN ('A', 'AAAA')
        GROUP BY ALL
    ), known AS (
        SELECT vpc_id, srcaddr, min(instance) AS instance FROM said WHERE instance IS NOT NULL
        GROUP BY ALL HAVING count(DISTINCT instance) = 1
    ), bare AS (
        SELECT said.* REPLACE (known.instance AS instance) FROM said LEFT JOIN known USING (vpc_id, srcaddr)
        WHERE said.instance IS NULL AND endpoint IS NULL AND interface IS NULL
    ), settled AS (
        SELECT * FROM said WHERE instance IS NOT NULL OR endpoint IS NOT NULL OR interface IS NOT NULL
        UNION ALL SELECT * FROM bare
    ), rows AS (
        SELECT CASE WHEN instance IS NOT NULL THEN 0 WHEN endpoint IS NOT NULL THEN 1
                WHEN interface IS NOT NULL THEN 2 ELSE 3 END::TINYINT AS kind,
            coalesce(instance, endpoint, interface, srcaddr) AS id,
            vpc_id, name, aaaa, verdict, sum(count) AS count, min(first) AS first, max(last) AS last
        FROM settled GROUP BY ALL
    )
    SELECT ['instance', 'resolver_endpoint', 'interface', 'address'][kind + 1], id, vpc_id, name,
        if(aaaa, 'AAAA', 'A'),
        if(verdict = 0 AND NOT aaaa, 'answered', {VERDICTS!r}[verdict + 1]), count, first, last
    FROM rows
) TO {quoted(out)} (FORMAT csv, HEADER false)"""


def read_rows(path):
    """The rows of a CSV file, times in one form."""
    with open(path, newline="", encoding="utf-8") as file:
        for *key, count, first, last in csv.reader(file):
            yield tuple(key), (int(count), instant(first), instant(last))


def instant(text):
    """RFC 3339 to the second, from that or from SQL's form."""
    return text[:10] + "T" + text[11:19] + "Z"


# ---- r53tail --------------------------------------------------------------------------------------------------------


def read_pairs(path):
    """The rows in a report of `--format ndjson`: one pair a line."""
    with open(path, encoding="utf-8") as file:
        for line in file:
            pair = json.loads(line)
            origin = pair["origin"]
            # An address may be printed with its VPC before it.
            identity = origin["id"].rsplit("/", 1)[-1] if origin["kind"] == "address" else origin["id"]
            for kind in ("aaaa", "a"):
                for verdict, span in pair[kind].items():
                    key = (origin["kind"], identity, origin["vpc"], pair["name"], kind.upper(), verdict)
                    yield key, (span["count"], instant(span["first"]), instant(span["last"]))


def read_table(path):
    """The rows in a report of `--format csv`: one pair a line, three columns for each verdict."""
    with open(path, newline="", encoding="utf-8") as file:
        lines = csv.reader(file)
        names = next(lines)
        at = {name: place for place, name in enumerate(names)}
        counts = [(place, *name.split("_")[:2]) for place, name in enumerate(names) if name.endswith("_count")]
        for line in lines:
            kind, identity = line[at["origin_kind"]], line[at["origin_id"]]
            if kind == "address":
                identity = identity.rsplit("/", 1)[-1]
            origin = (kind, identity, line[at["vpc"]], line[at["name"]])
            for place, asked, verdict in counts:
                if line[place] != "0":
                    count, first, last = line[place : place + 3]
                    yield (*origin, asked.upper(), verdict), (int(count), instant(first), instant(last))


# ---- plain Python: nothing clever, to hold the others against -------------------------------------------------------

NAT64 = [ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("64:ff9b:1::/48")]
UNUSABLE = [
    ipaddress.ip_network(network)
    for network in (
        *("::/96", "::ffff:0:0/96", "100::/64", "fe80::/10", "fec0::/10", "ff00::/8"),
        *("0.0.0.0/8", "127.0.0.0/8", "224.0.0.0/3"),
    )
]


def judge(record):
    if record.get("firewall_rule_action") == "BLOCK":
        return "blocked"
    rcode = record["rcode"].upper()
    if rcode != "NOERROR":
        return {"NXDOMAIN": "nxdomain", "SERVFAIL": "servfail", "REFUSED": "refused"}.get(rcode, "other")
    kind = record["query_type"]
    addresses = [ipaddress.ip_address(answer["Rdata"]) for answer in record["answers"] if answer["Type"] == kind]
    if not addresses:
        return "empty"
    usable = [address for address in addresses if not any(address in network for network in UNUSABLE)]
    if not usable:
        return "unusable"
    if kind == "A":
        return "answered"
    return "synthesized" if all(any(a in prefix for prefix in NAT64) for a in usable) else "native"


def plain_rows(path):
    with open(path, encoding="utf-8") as file:
        records = [record for record in map(json.loads, file) if record["query_type"] in ("A", "AAAA")]
    seen = {}
    for record in records:
        instance = record["srcids"].get("instance")
        if instance:
            seen.setdefault((record["vpc_id"], record["srcaddr"]), set()).add(instance)
    rows = {}
    for record in records:
        ids, vpc, address = record["srcids"], record["vpc_id"], record["srcaddr"]
        if "instance" in ids:
            origin = ("instance", ids["instance"])
        elif "resolver_endpoint" in ids:
            origin = ("resolver_endpoint", ids["resolver_endpoint"])
        elif "resolver_network_interface" in ids:
            origin = ("interface", ids["resolver_network_interface"])
        else:
            instances = seen.get((vpc, address), set())
            origin = ("instance", *instances) if len(instances) == 1 else ("address", address)
        key = (*origin, vpc, record["query_name"].lower(), record["query_type"], judge(record))
        at = record["query_timestamp"]
        count, first, last = rows.get(key, (0, at, at))
        rows[key] = (count + 1, min(first, at), max(last, at))
    return rows


# Addresses inside and just outside of every prefix that decides.
EDGES = {
    "AAAA": (
        *(":: ::1 ::ffff:10.0.0.1 ::10.1.2.3 100::1 100:1::1 1:2::3 10:0:1::1 fc00::1 fdff::1 fe00::1 fe7f::1".split()),
        *("fe80::1 febf::1 fec0::1 feff::1 ff00::1 ff02::fb ffff::1 ff:1::1 fe8:1::1 2001:db8::1 3fff::1".split()),
        *("64:ff9b::a00:1 64:ff9b::345e:b677 64:ff9b:1::a00:1 64:ff9b:1:2::1 64:ff9b:2::1 64:ff9a::1 64:ff9c::1".split()),
        *("2002:a00:1::1 2001:0:4136::1 2600:1f18::1 4000::1 2::1 3::1".split()),
    ),
    "A": (
        *("0.0.0.0 0.255.255.255 1.0.0.1 2.2.4.1 3.3.3.3 9.9.9.9 10.0.0.1 22.4.0.1 25.5.5.5 126.0.0.1".split()),
        *("127.0.0.1 127.255.0.1 128.0.0.1 169.254.169.254 223.255.255.255 224.0.0.1 239.1.1.1 240.0.0.1".split()),
        *("255.255.255.255 99.1.1.1".split()),
    ),
}


def edge_records():
    """Every edge alone, behind a CNAME, and on either side of every other edge: a line each."""
    number = 0
    for kind, edges in EDGES.items():
        for one in edges:
            for answers in ([one], [None, one], *([one, other] for other in edges)):
                number += 1
                yield json.dumps({
                    "version": "1.100000",
                    "account_id": "111122223333",
                    "region": "us-east-1",
                    "vpc_id": "vpc-00000000000000001",
                    "query_timestamp": "2026-03-02T06:00:00Z",
                    "query_name": f"n{number}.example.com.",
                    "query_type": kind,
                    "query_class": "IN",
                    "rcode": "NOERROR",
                    "answers": [
                        {"Rdata": rdata or "c.example.com.", "Type": kind if rdata else "CNAME", "Class": "IN"}
                        for rdata in answers
                    ],
                    "srcaddr": "10.0.0.1",
                    "srcport": "50000",
                    "transport": "UDP",
                    "srcids": {"instance": "i-00000000000000001"},
                }, separators=(",", ":")) + "\n"


# ---- jq -------------------------------------------------------------------------------------------------------------

JQ = r"""
def nat64: startswith("64:ff9b::") or startswith("64:ff9b:1:");
def unusable6: startswith("::") or startswith("100::") or (. >= "fe80" and . < "g" and index(":") == 4);
def unusable4: (split(".")[0] | tonumber) | . == 0 or . == 127 or . >= 224;
def verdict:
  if .firewall_rule_action == "BLOCK" then "blocked"
  elif .rcode != "NOERROR" then {NXDOMAIN: "nxdomain", SERVFAIL: "servfail", REFUSED: "refused"}[.rcode] // "other"
  elif .query_type == "AAAA" then
    [.answers[] | select(.Type == "AAAA") | .Rdata] as $a
    | if $a == [] then "empty"
      elif any($a[]; (nat64 or unusable6) | not) then "native"
      elif any($a[]; nat64) then "synthesized" else "unusable" end
  else
    [.answers[] | select(.Type == "A") | .Rdata] as $a
    | if $a == [] then "empty" elif any($a[]; unusable4 | not) then "answered" else "unusable" end
  end;
def origin: .srcids as $ids
  | if $ids.instance then ["instance", $ids.instance]
    elif $ids.resolver_endpoint then ["resolver_endpoint", $ids.resolver_endpoint]
    elif $ids.resolver_network_interface then ["interface", $ids.resolver_network_interface]
    else ["address", .srcaddr] end;
# Reduces rows {to, count, first, last} and facts {bare, instance} to one flat object. All judging is done before, as
# jq changes an object in place only while nothing else, not even a point to come back to, holds it.
def gathered(rows): reduce rows as $r ({};
  if $r.bare then
    getpath([$r.bare]) as $old
    | if $old[$r.instance] then . else setpath([$r.bare]; $old + {($r.instance): true}) end
  else
    getpath([$r.to]) as $old
    | setpath([$r.to]; if $old then [
        $old[0] + $r.count,
        if $old[1] < $r.first then $old[1] else $r.first end,
        if $old[2] > $r.last then $old[2] else $r.last end
      ] else [$r.count, $r.first, $r.last] end)
  end);
gathered(inputs | select(.query_type == "A" or .query_type == "AAAA")
  | (if .srcids.instance then {bare: "@\(.vpc_id) \(.srcaddr)", instance: .srcids.instance} else empty end),
    {to: (origin + [.vpc_id, (.query_name | ascii_downcase), .query_type, verdict] | tojson),
     count: 1, first: .query_timestamp, last: .query_timestamp})
| . as $all
| gathered(to_entries[] | select(.key | startswith("[")) | .value as $v
    | (.key | fromjson) as $k
    | (if $k[0] == "address" then ($all["@\($k[2]) \($k[1])"] // {} | keys) else [] end) as $owners
    | {to: (if ($owners | length) == 1 then ["instance", $owners[0]] + $k[2:] | tojson else .key end),
       count: $v[0], first: $v[1], last: $v[2]})
| to_entries[] | (.key | fromjson) + .value | @csv
"""
