//! `probe`, against a name server and listeners on loopback: what it makes of every kind of answer, what it
//! asks, and what it does not.

#![expect(clippy::expect_used, reason = "a test says what it expects")]

#[path = "../cli/program.rs"]
#[expect(dead_code, reason = "another test needs the rest of it")]
mod program;
mod server;

use std::net::{Ipv4Addr, TcpListener, UdpSocket};
use std::time::Duration;

use serde_json::Value;

use program::{Place, Ran, record};
use r53tail::advice::probe::{Address, ConnectOutcome};
use r53tail::edge::feed::probe::connect;
use r53tail::knowledge::address::Nat64Prefixes;
use server::Server;

/// Short enough for what never answers, long enough for a busy machine.
const PATIENCE: &str = "2";

fn probe(server: &Server, arguments: &[&str]) -> Ran {
    probe_in(&Place::new(), server, arguments)
}

fn probe_in(place: &Place, server: &Server, arguments: &[&str]) -> Ran {
    let resolver = server.address.to_string();
    place.run(&[&["probe"], arguments, &["--resolver", &resolver]].concat())
}

fn json(server: &Server, arguments: &[&str]) -> Value {
    let ran = probe(server, &[arguments, &["-f", "json", "--timeout", PATIENCE]].concat());
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{}", ran.out);
    serde_json::from_str(&ran.out).expect("it is JSON")
}

/// What differs from run to run by its name: the server's port, milliseconds, and other ports.
fn settled(text: &str, ports: &[u16]) -> String {
    let mut text = text.to_owned();
    for port in ports {
        text = text.replace(&port.to_string(), "PORT");
    }
    let words = text.split_inclusive(' ').collect::<Vec<_>>();
    let mut settled = String::new();
    for (at, word) in words.iter().enumerate() {
        let is_time = words.get(at + 1).is_some_and(|next| next.trim_end().starts_with("ms"));
        settled.push_str(if is_time { "N " } else { word });
    }
    settled
}

#[test]
fn every_answer_is_judged_as_a_record_would_be() {
    let server = Server::new(None);
    let cases = [
        ("native.example", "native", "answered", "native"),
        ("dns64.example", "synthesized", "answered", "nat64"),
        ("v4.example", "empty", "answered", "ipv4-only"),
        ("nothing.example", "empty", "empty", "no-address"),
        ("cname.example", "empty", "answered", "ipv4-only"),
        ("local.example", "unusable", "unusable", "no-address"),
        ("nx.example", "nxdomain", "nxdomain", "nxdomain"),
        ("nxaaaa.example", "nxdomain", "answered", "nxdomain"),
        ("servfail.example", "servfail", "answered", "failing"),
        ("refused.example", "refused", "refused", "failing"),
        ("notimp.example", "other", "other", "failing"),
        ("truncated.example", "native", "answered", "native"),
        ("huge.example", "native", "answered", "native"),
        ("beside.example", "empty", "empty", "no-address"),
        ("loop.example", "empty", "empty", "no-address"),
        ("escape.example", "empty", "empty", "no-address"),
        ("authority.example", "empty", "empty", "no-address"),
    ];
    let names: Vec<&str> = cases.iter().map(|case| case.0).collect();
    let found = json(&server, &names);
    for ((name, aaaa, a, status), probed) in cases.iter().zip(found["names"].as_array().expect("a list")) {
        let said = [&probed["name"], &probed["aaaa"]["verdict"], &probed["a"]["verdict"], &probed["status"]];
        assert_eq!(
            said,
            [&Value::from(format!("{name}.")), &(*aaaa).into(), &(*a).into(), &(*status).into()]
        );
    }
    let of =
        |name: &str| &found["names"][names.iter().position(|known| *known == name).expect("it was asked")];
    assert_eq!(of("dns64.example")["aaaa"]["addresses"][0]["ipv4"], "192.0.2.2");
    assert_eq!(of("dns64.example")["aaaa"]["addresses"][0]["path"], "nat64");
    assert_eq!(of("cname.example")["aaaa"]["cname_only"], true);
    assert_eq!(of("cname.example")["a"]["cnames"][0], "target.example.");
    assert_eq!(of("truncated.example")["aaaa"]["transport"], "tcp");
    assert_eq!(of("huge.example")["a"]["addresses"].as_array().map(Vec::len), Some(16));
    assert_eq!(of("huge.example")["a"]["more_addresses"], 1984);
    assert_eq!(of("notimp.example")["aaaa"]["rcode"], "NOTIMP");
    assert_eq!(of("loop.example")["aaaa"]["cnames"].as_array().map(Vec::len), Some(16));
    assert_eq!(found["dns64"]["state"], "on", "other answers show what `ipv4only.arpa` does not");
    assert_eq!(found["dns64"]["prefixes"], serde_json::json!(["64:ff9b::/96"]));
    // One for `ipv4only.arpa`, two for each name, and four again over TCP.
    let asked = server.asked();
    assert_eq!(asked.len(), 1 + 2 * names.len() + 4, "{asked:?}");
    assert_eq!(found["questions"], asked.len());
    assert_eq!(asked[..3], ["ipv4only.arpa AAAA", "native.example AAAA", "native.example A"]);
}

#[test]
fn what_never_comes_right_is_told_apart() {
    let server = Server::new(None);
    for (name, failure, why) in [
        ("silent.example", "timed-out", "no answer in time"),
        ("garbage.example", "malformed", "no valid answer: what came is no DNS message"),
        ("stranger.example", "malformed", "no valid answer: what came answers another question"),
        ("id.example", "malformed", "no valid answer: what came answers another message"),
        ("cut.example", "malformed", "no valid answer: the connection ended within the answer"),
    ] {
        let ran = probe(&server, &[name, "-f", "json", "--timeout", "0.1"]);
        assert_eq!((ran.code, ran.err.as_str()), (Some(3), ""), "{name}: {}", ran.out);
        let found: Value = serde_json::from_str(&ran.out).expect("it is JSON");
        let probed = &found["names"][0];
        for kind in ["aaaa", "a"] {
            assert_eq!(probed[kind]["failure"], failure, "{name}");
            assert_eq!(probed[kind]["why"], why, "{name}");
        }
        assert_eq!((&probed["status"], &probed["aaaa"]["verdict"]), (&Value::Null, &Value::Null), "{name}");
    }
    let silent = server.asked().iter().filter(|asked| asked.starts_with("silent")).count();
    assert_eq!(silent, 4, "each question twice");
}

#[test]
fn a_person_reads_what_came_and_what_to_do() {
    let server = Server::new(Some("64:ff9b::"));
    let names = [
        "native.example",
        "dns64.example",
        "v4.example",
        "cname.example",
        "nx.example",
        "nxaaaa.example",
        "servfail.example",
        "refused.example",
        "truncated.example",
        "huge.example",
        "escape.example",
        "authority.example",
        "ssm.us-west-2.amazonaws.com",
        "kms.us-west-2.api.aws",
    ];
    let ran = probe(&server, &[&names[..], &["--dual-stack", "--timeout", PATIENCE]].concat());
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
    assert!(!ran.out.contains(['\u{1b}', '\u{202e}']), "{:?}", ran.out);
    insta::assert_snapshot!("probe-names", settled(&ran.out, &[server.address.port()]));
}

/// A guess becomes a fact.
#[test]
fn a_dual_stack_name_exists_here_or_not() {
    let server = Server::new(None);
    let mut told = Vec::new();
    for service in ["ssm", "ec2", "sts", "logs", "kms"] {
        let found = json(&server, &[&format!("{service}.us-west-2.amazonaws.com"), "--dual-stack"]);
        let sibling = &found["names"][0]["dual_stack"];
        let text = |key: &str| sibling[key].as_str().map(str::to_owned).unwrap_or_default();
        told.push(format!("{} {}: {}", text("name"), sibling["exists"], text("sentence")));
    }
    insta::assert_snapshot!("probe-dual-stack", told.join("\n"));
    let place = Place::new();
    place.write("names", "git.example=native.example y our-wiki\n");
    let ran = probe_in(
        &place,
        &server,
        &["git.example", "--dual-stack", "--catalog", "names", "--timeout", PATIENCE],
    );
    assert!(ran.out.contains("native.example exists here and has AAAA records"), "{}", ran.out);
}

#[test]
fn a_prefix_that_the_resolver_reveals_counts() {
    let server = Server::new(Some("2001:db8:64::"));
    let found = json(&server, &["own64.example"]);
    assert_eq!(found["dns64"]["state"], "on");
    assert_eq!(found["dns64"]["prefixes"][0], "2001:db8:64::/96");
    assert_eq!(found["names"][0]["status"], "nat64");
    assert_eq!(found["names"][0]["aaaa"]["addresses"][0]["ipv4"], "192.0.2.2");
    let without = Server::new(None);
    assert_eq!(json(&without, &["own64.example"])["names"][0]["status"], "native");
    let told = json(&without, &["own64.example", "--nat64-prefix", "2001:db8:64::/96"]);
    assert_eq!(told["names"][0]["status"], "nat64");
}

/// Nobody listens there, or nobody answers: said once, and without asking on.
#[test]
fn a_resolver_that_does_not_answer() {
    let taken = UdpSocket::bind("127.0.0.1:0").expect("a port is free");
    let address = taken.local_addr().expect("it is bound").to_string();
    let place = Place::new();
    let arguments = ["probe", "a.example", "b.example", "--timeout", "0.05", "--resolver", &address];
    let ran = place.run(&arguments);
    assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""));
    assert_eq!(
        settled(&ran.err, &[taken.local_addr().expect("it is bound").port()]),
        "error: no answer from 127.0.0.1:PORT: no answer in time (2 tries of 0.05 s each)\n  try: see that UDP and TCP \
         port 53 are let through to it, or --resolver ADDRESS; a VPC's own is 169.254.169.253 and fd00:ec2::253\n"
    );
    drop(taken);
    let ran = place.run(&arguments);
    assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""));
    assert!(ran.err.contains("cannot be asked: Connection refused"), "{}", ran.err);
}

/// A log in which two origins lack one name, one another, and DNS64 was at work for a third.
fn log() -> String {
    let of = |instance: &str, record: String| record.replace("i-1", instance);
    [
        record("AAAA", "v4.example.", ""),
        record("A", "v4.example.", "192.0.2.3"),
        of("i-2", record("AAAA", "native.example.", "")),
        of("i-2", record("A", "native.example.", "192.0.2.1")),
        of("i-3", record("AAAA", "native.example.", "")),
        record("AAAA", "nx.example.", ""),
        record("A", "nx.example.", "192.0.2.9"),
        record("AAAA", "dns64.example.", ""),
        record("A", "dns64.example.", "192.0.2.2"),
        record("AAAA", "was64.example.", "64:ff9b::c000:209"),
        record("AAAA", "fine.example.", "2001:db8::9"),
    ]
    .concat()
}

#[test]
fn where_the_answer_differs_from_the_log() {
    let (server, place) = (Server::new(Some("64:ff9b::")), Place::new());
    place.write("log", log());
    let ran = probe_in(&place, &server, &["--from", "log", "--timeout", PATIENCE]);
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
    insta::assert_snapshot!("probe-from", settled(&ran.out, &[server.address.port()]));
    // Most origins first, and no name that was not wanted.
    let asked: Vec<String> = server.asked().into_iter().filter(|asked| asked.ends_with(" A")).collect();
    assert_eq!(asked, ["native.example A", "dns64.example A", "nx.example A", "v4.example A"]);
    let arguments = ["v4.example", "--from", "log", "--limit", "1", "-f", "json", "--timeout", PATIENCE];
    let ran = probe_in(&place, &server, &arguments);
    let found: Value = serde_json::from_str(&ran.out).expect("it is JSON");
    let told: Vec<(&Value, &Value)> = found["names"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|probed| (&probed["name"], &probed["differs"]))
        .collect();
    assert_eq!(told, [(&"v4.example.".into(), &false.into()), (&"native.example.".into(), &true.into())]);
    assert_eq!(
        (&found["left_out"], &found["names"][1]["log"]["statuses"]["ipv4-only"]),
        (&3.into(), &2.into())
    );
    let ran = probe_in(&place, &server, &["--from", "log", "--status", "nat64", "-f", "json"]);
    let found: Value = serde_json::from_str(&ran.out).expect("it is JSON");
    assert_eq!(found["names"][0]["name"], "was64.example.");
}

/// A log is no list of what may be asked: what cannot be a name is left out, and told.
#[test]
fn names_of_a_log_that_cannot_be_asked_for() {
    let (server, place) = (Server::new(None), Place::new());
    let name = format!("{}.example.", "a".repeat(64));
    place.write("log", [record("AAAA", &name, ""), record("A", &name, "192.0.2.1"), log()].concat());
    let ran = probe_in(&place, &server, &["--from", "log", "--timeout", PATIENCE]);
    assert_eq!(ran.code, Some(3));
    assert!(
        ran.err.starts_with("warning: `aaaa") && ran.err.contains("cannot be asked for: "),
        "{}",
        ran.err
    );
    assert_eq!(server.asked().len(), 9);
    place.write("bad", ["noise\n", &log()].concat());
    let ran = probe_in(&place, &server, &["--from", "bad", "--limit", "1", "--timeout", PATIENCE]);
    let said = "note: in 1 place, the logs hold what is no record\n";
    assert_eq!((ran.code, ran.err.as_str()), (Some(3), said));
    let ran = probe_in(&place, &server, &["--from", "log", "missing", "--status", "native"]);
    assert_eq!(ran.code, Some(3), "{}", ran.err);
    let ran = probe_in(&place, &server, &["--from", "missing"]);
    assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""));
    place.write("fine", record("AAAA", "fine.example.", "2001:db8::9"));
    let ran = probe_in(&place, &server, &["--from", "fine"]);
    assert_eq!(ran.code, Some(0));
    assert!(ran.out.starts_with("The log has no endpoint to ask for"), "{}", ran.out);
}

#[test]
fn connections_are_tried_and_told_apart() {
    let server = Server::new(None);
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let port = listener.local_addr().expect("it is bound").port();
    let given = port.to_string();
    let arguments = ["local.example", "--connect", &given];
    let found = json(&server, &arguments);
    let tried = found["names"][0]["connections"].as_array().expect("a list");
    assert!(tried.is_empty(), "what a name server says never leads to this machine itself");
    listener.set_nonblocking(true).expect("it can be");
    assert!(listener.accept().is_err(), "nobody connected");
    let to = Address::new(Ipv4Addr::LOCALHOST.into(), &Nat64Prefixes::default());
    let outcome = || connect(to, port, Duration::from_secs(5)).outcome;
    assert_eq!(outcome(), ConnectOutcome::Connected);
    drop(listener);
    assert_eq!(outcome(), ConnectOutcome::Refused);
    let ran = probe(&server, &["local.example", "nx.example", "--connect", &given, "--timeout", PATIENCE]);
    let shown = ran.out.lines().filter(|line| !line.contains("::1")).collect::<Vec<_>>().join("\n");
    insta::assert_snapshot!("probe-connect", settled(&shown, &[server.address.port(), port]));
}

#[test]
fn what_is_said_of_arguments_that_cannot_be() {
    let place = Place::new();
    for (arguments, said) in [
        (&["probe"][..], "<NAME|--from <PATH>...>"),
        (&["probe", "::1"], "an address and no name"),
        (&["probe", "https://ssm.example/"], "without scheme, port and path"),
        (&["probe", "a..b"], "invalid value 'a..b' for '[NAME]...'"),
        (&["probe", "x.example", "--connect", "443", "8443"], "a number and no name"),
        (&["probe", "--connect", "x.example"], "names go before `--connect`"),
        (&["probe", "x.example", "--connect", "0"], "not a port"),
        (&["probe", "x.example", "--resolver", "dns.example"], "not an address such as 169.254.169.253"),
        (&["probe", "x.example", "--timeout", "0"], "not a number of seconds from 0.05 to 60"),
        (&["probe", "x.example", "--timeout", "NaN"], "not a number of seconds"),
        (&["probe", "x.example", "--limit", "5"], "--from <PATH>..."),
        (&["probe", "--from", "log", "--limit", "0"], "0 is not in 1..=10000"),
    ] {
        let ran = place.run(arguments);
        assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""), "{arguments:?}");
        assert!(ran.err.contains(said), "{arguments:?}: {}", ran.err);
    }
    let ran = place.run(&["probe", "--help"]);
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
    insta::assert_snapshot!("help-probe", ran.out);
}
