//! Asking EC2 and Route 53 Resolver, against a server on loopback that answers as the API References of both
//! say: what is asked, what is made of it, and what happens where it is refused.

#![expect(clippy::expect_used, reason = "a test says what it expects")]

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader, Read as _, Write as _};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::thread;

use serde_json::Value;

#[path = "../src/log/record/sample.rs"]
mod line;

use line::LogLine;

const INSTANCE: &str = "i-0a1b2c3d4e5f60718";
const OTHER: &str = "i-0a1b2c3d4e5f60719";
const VPC: &str = "vpc-0a1b2c3d4e5f60720";

/// A page that EC2 answers.
fn answer(action: &str, inner: &str, token: &str) -> (u16, String) {
    let token = if token.is_empty() { String::new() } else { format!("<nextToken>{token}</nextToken>") };
    let text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<{action}Response xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\">\n\
         <requestId>8f7724cf-496f-496e-8fe3-example</requestId>{inner}{token}</{action}Response>"
    );
    (200, text)
}

/// An error of EC2.
fn error(status: u16, code: &str, message: &str) -> (u16, String) {
    let text = format!(
        "<?xml version=\"1.0\"?>\n<Response><Errors><Error><Code>{code}</Code><Message>{message}</Message></Error></Errors>\
         <RequestID>example</RequestID></Response>"
    );
    (status, text)
}

fn instance(id: &str, name: &str) -> String {
    format!(
        "<item><instancesSet><item><instanceId>{id}</instanceId><vpcId>{VPC}</vpcId><subnetId>subnet-0a1b2c3d</subnetId>\
         <tagSet><item><key>Name</key><value>{name}</value></item></tagSet></item></instancesSet></item>"
    )
}

fn instances(inner: &str, token: &str) -> (u16, String) {
    answer("DescribeInstances", &format!("<reservationSet>{inner}</reservationSet>"), token)
}

fn subnets(dns64: bool) -> (u16, String) {
    let inner = format!(
        "<subnetSet><item><subnetId>subnet-0a1b2c3d</subnetId><vpcId>{VPC}</vpcId><enableDns64>{dns64}</enableDns64>\
         <ipv6Native>true</ipv6Native></item></subnetSet>"
    );
    answer("DescribeSubnets", &inner, "")
}

fn route_tables(routes: &str) -> (u16, String) {
    let inner = format!(
        "<routeTableSet><item><routeTableId>rtb-0a1b2c3d</routeTableId><vpcId>{VPC}</vpcId>\
         <associationSet><item><main>true</main></item></associationSet><routeSet>{routes}</routeSet></item></routeTableSet>"
    );
    answer("DescribeRouteTables", &inner, "")
}

fn gateways(state: &str) -> (u16, String) {
    let inner = format!(
        "<natGatewaySet><item><natGatewayId>nat-0a1b2c3d</natGatewayId><vpcId>{VPC}</vpcId><state>{state}</state></item>\
         </natGatewaySet>"
    );
    answer("DescribeNatGateways", &inner, "")
}

fn endpoints() -> (u16, String) {
    let inner = format!(
        "<vpcEndpointSet><item><vpcEndpointId>vpce-0a1b2c3d</vpcEndpointId><vpcEndpointType>Interface</vpcEndpointType>\
         <vpcId>{VPC}</vpcId><serviceName>com.amazonaws.us-west-2.kms</serviceName><ipAddressType>ipv4</ipAddressType>\
         <dnsOptions><dnsRecordIpType>ipv4</dnsRecordIpType></dnsOptions>\
         <dnsEntrySet><item><dnsName>kms.us-west-2.amazonaws.com</dnsName></item></dnsEntrySet></item>\
         <item><vpcEndpointId>vpce-0b</vpcEndpointId><vpcEndpointType>Gateway</vpcEndpointType></item></vpcEndpointSet>"
    );
    answer("DescribeVpcEndpoints", &inner, "")
}

fn interface(id: &str, kind: &str, description: &str, address: &str, instance: &str) -> String {
    let addresses = if address.contains(':') {
        format!("<ipv6AddressesSet><item><ipv6Address>{address}</ipv6Address></item></ipv6AddressesSet>")
    } else {
        format!("<privateIpAddress>{address}</privateIpAddress>")
    };
    format!(
        "<item><networkInterfaceId>{id}</networkInterfaceId><subnetId>subnet-0a1b2c3d</subnetId><vpcId>{VPC}</vpcId>\
         <description>{description}</description><interfaceType>{kind}</interfaceType>{addresses}\
         <attachment><instanceId>{instance}</instanceId></attachment></item>"
    )
}

fn interfaces(inner: &str, token: &str) -> (u16, String) {
    answer("DescribeNetworkInterfaces", &format!("<networkInterfaceSet>{inner}</networkInterfaceSet>"), token)
}

/// Answers of each action, in turn; the last one stays.
type Answers = BTreeMap<&'static str, Vec<(u16, String)>>;

fn all_is_well() -> Answers {
    let nat = "<item><destinationIpv6CidrBlock>64:ff9b::/96</destinationIpv6CidrBlock><natGatewayId>nat-0a1b2c3d</natGatewayId>\
               <state>active</state></item>";
    Answers::from([
        ("DescribeInstances", vec![instances(&instance(INSTANCE, "web-1"), "")]),
        ("DescribeSubnets", vec![subnets(true)]),
        ("DescribeRouteTables", vec![route_tables(nat)]),
        ("DescribeNatGateways", vec![gateways("available")]),
        ("DescribeVpcEndpoints", vec![endpoints()]),
    ])
}

/// EC2 on loopback, for as long as the process lives.
struct Fake {
    address: String,
    /// What was asked: the header `authorization`, and the form.
    asked: Arc<Mutex<Vec<(String, String)>>>,
}

impl Fake {
    fn new(mut answers: Answers) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let address = listener.local_addr().expect("it is bound").to_string();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let known = Arc::clone(&asked);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let stream = stream.expect("it connects");
                let mut reader = BufReader::new(stream.try_clone().expect("it can be read"));
                let (mut length, mut authorization, mut line) = (0, String::new(), String::new());
                // Of the Route 53 Resolver API, as its header names it.
                let mut target = String::new();
                while reader.read_line(&mut line).is_ok_and(|read| read > 2) {
                    let (name, value) = line.split_once(':').unwrap_or_default();
                    match name.to_ascii_lowercase().as_str() {
                        "content-length" => length = value.trim().parse().expect("it is a number"),
                        "authorization" => value.trim().clone_into(&mut authorization),
                        "x-amz-target" => value.trim().clone_into(&mut target),
                        _ => {}
                    }
                    line.clear();
                }
                let mut body = vec![0; length];
                reader.read_exact(&mut body).expect("the form comes");
                let body = String::from_utf8(body).expect("a form is text");
                let body = if target.is_empty() { body } else { format!("{target} {body}") };
                let action = body
                    .split('&')
                    .find_map(|pair| pair.strip_prefix("Action="))
                    .or_else(|| target.strip_prefix("Route53Resolver."));
                let turns = action.and_then(|action| answers.get_mut(action));
                let (status, text) = match turns {
                    Some(turns) if turns.len() > 1 => turns.remove(0),
                    Some(turns) => turns[0].clone(),
                    None => error(400, "InvalidAction", "no such action"),
                };
                known.lock().expect("nobody panicked").push((authorization, body));
                let mut stream = stream;
                write!(
                    stream,
                    "HTTP/1.1 {status} X\r\ncontent-type: text/xml\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{text}",
                    text.len()
                )
                .expect("it takes the answer");
            }
        });
        Self { address, asked }
    }

    fn forms(&self) -> Vec<String> {
        self.asked.lock().expect("nobody panicked").iter().map(|(_, form)| form.clone()).collect()
    }
}

/// A record of an AAAA query.
fn record(source: &str, ids: &[(&str, &str)], name: &str, address: &str) -> String {
    LogLine { vpc: VPC, name, address, source, ids, ..LogLine::default() }.to_string() + "\n"
}

/// A home of its own with a log in it; gone with it.
struct Home(PathBuf);

impl Home {
    fn new(name: &str) -> Self {
        let path =
            Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("inspect-{name}-{}", std::process::id()));
        fs::create_dir_all(&path).expect("a folder can be made");
        let home = Self(path);
        home.write(&[
            record("fd00::5", &[("instance", INSTANCE)], "git.example.", "64:ff9b::c633:6401"),
            record("fd00::5", &[("instance", INSTANCE)], "kms.us-west-2.amazonaws.com.", "64:ff9b::a00:105"),
            record("fd00::5", &[("instance", "i-not&an=id")], "git.example.", "2a05:d018::1"),
        ]);
        home
    }

    fn write(&self, records: &[String]) {
        fs::write(self.0.join("log"), records.concat()).expect("a file can be written");
    }

    /// Exit code, standard output, standard error.
    fn run(&self, fake: &Fake, arguments: &[&str], credentials: bool) -> (Option<i32>, String, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_r53tail"));
        command.args(arguments).current_dir(&self.0).env_clear().env("HOME", &self.0);
        command.env("AWS_EC2_METADATA_DISABLED", "true");
        command.env("AWS_ENDPOINT_URL_EC2", format!("http://{}", fake.address));
        command.env("AWS_ENDPOINT_URL_ROUTE53RESOLVER", format!("http://{}", fake.address));
        if credentials {
            command.env("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE").env("AWS_SECRET_ACCESS_KEY", "secret");
        }
        let ran = command.output().expect("the program runs");
        let text = |bytes| String::from_utf8(bytes).expect("it is UTF-8");
        (ran.status.code(), text(ran.stdout), text(ran.stderr))
    }

    fn json(&self, fake: &Fake, arguments: &[&str]) -> (Value, String) {
        let (code, out, err) = self.run(fake, arguments, true);
        assert_eq!(code, Some(0), "{err}");
        (serde_json::from_str(&out).expect("it is JSON"), err)
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        // A folder that stays is in nobody's way.
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn finding<'r>(report: &'r Value, id: &str) -> &'r Value {
    let findings = report["findings"].as_array().expect("findings are a list");
    findings.iter().find(|finding| finding["id"] == id).unwrap_or_else(|| panic!("no {id}: {findings:#?}"))
}

#[test]
fn what_ec2_says_is_in_the_report() {
    let (fake, home) = (Fake::new(all_is_well()), Home::new("report"));
    let (report, err) = home.json(&fake, &["report", "log", "-f", "json", "--inspect"]);
    assert_eq!(err, "");
    let route = finding(&report, "nat64-route");
    assert_eq!(route["severity"], "notice");
    assert!(
        route["summary"].as_str().is_some_and(|text| text.ends_with("are routed to nat-0a1b2c3d")),
        "{route}"
    );
    assert!(route["source"].as_str().is_some_and(|text| text.starts_with("EC2, asked at 20")), "{route}");
    let endpoint = finding(&report, "private-endpoint");
    assert!(
        endpoint["action"].as_str().is_some_and(|text| text.contains("--vpc-endpoint-id vpce-0a1b2c3d")),
        "{endpoint}"
    );
    assert_eq!(report["origins"][0]["origin"]["label"], "web-1");
    let forms = fake.forms();
    let ask = |action: &str, filter: &str, id: &str| {
        format!("Action={action}&Version=2016-11-15&Filter.1.Name={filter}&Filter.1.Value.1={id}")
    };
    // What a stranger wrote into the log as an id is not asked for.
    assert_eq!(
        forms,
        [
            ask("DescribeInstances", "instance-id", INSTANCE),
            ask("DescribeSubnets", "subnet-id", "subnet-0a1b2c3d"),
            ask("DescribeRouteTables", "vpc-id", VPC),
            ask("DescribeNatGateways", "nat-gateway-id", "nat-0a1b2c3d"),
            ask("DescribeVpcEndpoints", "vpc-id", VPC),
        ]
    );
    for (authorization, _) in fake.asked.lock().expect("nobody panicked").iter() {
        assert!(authorization.starts_with("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/"), "{authorization}");
        assert!(authorization.contains("/us-west-2/ec2/aws4_request, "), "{authorization}");
    }
}

/// The user's network is that of `tail`: certificates, hosts without a proxy, and what nobody here speaks.
#[test]
fn ec2_is_reached_as_other_services_are() {
    let (fake, home) = (Fake::new(all_is_well()), Home::new("network"));
    let (host, plain) = (fake.address.clone(), format!("http://{}", fake.address));
    let run = |variables: &[(&str, &str)]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_r53tail"));
        command.args(["inspect", "log"]).current_dir(&home.0).env_clear().env("HOME", &home.0);
        command.env("AWS_EC2_METADATA_DISABLED", "true").env("AWS_ENDPOINT_URL_EC2", &plain);
        command.env("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE").env("AWS_SECRET_ACCESS_KEY", "secret");
        let ran = command.envs(variables.iter().copied()).output().expect("the program runs");
        (ran.status.code(), String::from_utf8(ran.stderr).expect("it is UTF-8"))
    };
    let dead = "http://127.0.0.1:1";
    assert_eq!(run(&[("HTTP_PROXY", dead), ("NO_PROXY", &host)]), (Some(0), String::new()));
    let tls = format!("https://{host}");
    for (variables, words) in [
        ([("HTTP_PROXY", dead), ("X", "")], "HTTP_PROXY is set: see whether that proxy lets it through"),
        ([("ALL_PROXY", "socks5://127.0.0.1:1"), ("X", "")], "ALL_PROXY names a SOCKS proxy"),
        ([("AWS_CA_BUNDLE", "/nowhere/x.pem"), ("X", "")], "cannot read certificates from `/nowhere/x.pem`"),
        ([("AWS_ENDPOINT_URL_EC2", &*tls), ("X", "")], "what answers there does not speak TLS"),
    ] {
        let (code, said) = run(&variables);
        assert!(code != Some(0) && said.contains(words), "{words}: {said}");
    }
}

#[test]
fn what_was_written_down_is_as_good() {
    let mut answers = all_is_well();
    answers.insert("DescribeRouteTables", vec![route_tables("")]);
    let (fake, home) = (Fake::new(answers), Home::new("file"));
    let (code, out, err) = home.run(&fake, &["inspect", "log"], true);
    assert_eq!((code, err.as_str()), (Some(0), ""));
    fs::write(home.0.join("facts"), out).expect("a file can be written");
    let asked = fake.forms().len();
    let (report, _) = home.json(&fake, &["report", "log", "-f", "json", "--inspected", "facts"]);
    assert_eq!(fake.forms().len(), asked, "nobody is asked again");
    assert_eq!(finding(&report, "nat64-route-missing")["subject"], "rtb-0a1b2c3d");
    assert_eq!(report["origins"][0]["origin"]["label"], "web-1");
    fs::write(home.0.join("facts"), "{}").expect("a file can be written");
    let (code, _, err) = home.run(&fake, &["report", "log", "--inspected", "facts"], true);
    assert_eq!(
        (code, err.as_str()),
        (
            Some(2),
            "error: cannot read the inspection `facts`: its `schema` is 0, not 1\n  try: r53tail inspect PATH > FILE\n"
        )
    );
}

/// A route stays as it is when its NAT gateway fails.
#[test]
fn a_gateway_that_does_not_work_is_as_good_as_no_route() {
    for (state, id, said) in [
        ("available", "nat64-route", "are routed to nat-0a1b2c3d"),
        ("pending", "nat64-route", "are routed to nat-0a1b2c3d"),
        ("failed", "nat64-route-missing", "leads to nat-0a1b2c3d, whose state is failed"),
        ("deleting", "nat64-route-missing", "leads to nat-0a1b2c3d, whose state is deleting"),
    ] {
        let mut answers = all_is_well();
        answers.insert("DescribeNatGateways", vec![gateways(state)]);
        let (fake, home) = (Fake::new(answers), Home::new(state));
        let (report, err) = home.json(&fake, &["report", "log", "-f", "json", "--inspect"]);
        assert_eq!(err, "");
        let found = finding(&report, id);
        assert!(found["summary"].as_str().is_some_and(|text| text.contains(said)), "{state}: {found}");
        let broken =
            found["sentence"].as_str().is_some_and(|text| text.contains("a NAT gateway that does not work"));
        assert_eq!(broken, id == "nat64-route-missing", "{state}: {found}");
    }
}

#[test]
fn all_pages_are_read_and_a_busy_service_is_asked_again() {
    let mut answers = all_is_well();
    answers.insert(
        "DescribeInstances",
        vec![
            error(503, "RequestLimitExceeded", "Request limit exceeded."),
            instances(&instance(OTHER, "first"), "a+b/c=="),
            instances(&instance(INSTANCE, "second"), ""),
        ],
    );
    let (fake, home) = (Fake::new(answers), Home::new("pages"));
    let (facts, err) = home.json(&fake, &["inspect", "log"]);
    assert_eq!(err, "");
    let names: Vec<&str> = facts["instances"].as_array().expect("a list").iter().map(name).collect();
    assert_eq!(names, ["second", "first"], "they are sorted by id");
    let forms = fake.forms();
    assert_eq!(forms[0], forms[1], "the same again");
    assert!(forms[2].ends_with("&NextToken=a%2Bb%2Fc%3D%3D"), "{}", forms[2]);
}

/// Two pages that lead to each other: it is not asked without end, and the report is made all the same.
#[test]
fn pages_that_go_in_a_circle_are_noticed() {
    let mut answers = all_is_well();
    let page = |token| answer("DescribeSubnets", "<subnetSet/>", token);
    answers
        .insert("DescribeSubnets", vec![page("a"), page("b"), page("a"), error(500, "InternalError", "?")]);
    let (fake, home) = (Fake::new(answers), Home::new("circle"));
    let (code, out, err) = home.run(&fake, &["report", "log", "-f", "json", "--inspect"], true);
    let said =
        "error: cannot ask EC2 about the instances: DescribeSubnets gives the same page again and again\n";
    assert_eq!((code, err.as_str()), (Some(3), said));
    let report: Value = serde_json::from_str(&out).expect("it is JSON");
    assert_eq!(report["origins"][0]["origin"]["id"], INSTANCE);
}

fn name(instance: &Value) -> &str {
    instance["name"].as_str().expect("it has a name")
}

/// One call that is denied takes nothing from the others; what is missing is named.
#[test]
fn what_is_not_allowed_is_said_with_its_action() {
    let mut answers = all_is_well();
    let long =
        "You are not authorized to perform this operation. Encoded authorization failure message: AAAA";
    answers.insert("DescribeSubnets", vec![error(403, "UnauthorizedOperation", long)]);
    let (fake, home) = (Fake::new(answers), Home::new("denied"));
    let (code, out, err) = home.run(&fake, &["report", "log", "-f", "json", "--inspect"], true);
    assert_eq!(
        (code, err.as_str()),
        (
            Some(3),
            "warning: not asked in us-west-2: UnauthorizedOperation: You are not authorized to perform this operation.\n  \
             try: allow the IAM action `ec2:DescribeSubnets`\n"
        )
    );
    let report: Value = serde_json::from_str(&out).expect("it is JSON");
    let route = finding(&report, "nat64-route");
    assert!(route["action"].as_str().is_some_and(|text| text.starts_with("check that")), "{route}");
    assert_eq!(report["origins"][0]["origin"]["label"], "web-1");
}

#[test]
fn without_an_answer_the_report_is_made_all_the_same() {
    for (name, status, text, said) in [
        (
            "expired",
            401,
            error(401, "AuthFailure", "not able to validate").1,
            "AuthFailure: not able to validate",
        ),
        ("page", 404, "<html>a page of a proxy</html>".to_owned(), "gave no valid answer (HTTP 404)"),
        ("cut", 400, "<Response><Errors>".to_owned(), "gave no valid answer (HTTP 400)"),
    ] {
        let (fake, home) =
            (Fake::new(Answers::from([("DescribeInstances", vec![(status, text)])])), Home::new(name));
        let (code, out, err) = home.run(&fake, &["report", "log", "--inspect"], true);
        assert_eq!(code, Some(3), "{err}");
        assert!(err.starts_with("error: cannot ask EC2 about the instances: "), "{err}");
        assert!(err.contains(said), "{err}");
        assert!(out.contains("What to do"), "{out}");
        let (code, out, _) = home.run(&fake, &["inspect", "log"], true);
        assert_eq!((code, out.as_str()), (Some(2), ""), "{name}");
    }
}

#[test]
fn without_credentials_nobody_is_asked() {
    let (fake, home) = (Fake::new(all_is_well()), Home::new("nobody"));
    let (code, _, err) = home.run(&fake, &["inspect", "log"], false);
    assert_eq!(code, Some(2));
    assert!(err.contains("there are no credentials"), "{err}");
    assert!(fake.forms().is_empty());
}

#[test]
fn an_instance_that_is_gone_is_said() {
    let mut answers = all_is_well();
    answers.insert("DescribeInstances", vec![instances("", "")]);
    let (fake, home) = (Fake::new(answers), Home::new("gone"));
    let (facts, err) = home.json(&fake, &["inspect", "log"]);
    assert_eq!(err, "note: EC2 does not know 1 of the instances: they are gone, or of another account\n");
    assert_eq!(facts["route_tables"][0]["id"], "rtb-0a1b2c3d");
}

/// A function, an instance whose id the log did not know yet, an interface, a resolver endpoint, and one who
/// is gone.
fn without_instances(home: &Home) {
    let synthesized =
        |source: &str, ids: &[(&str, &str)]| record(source, ids, "git.example.", "64:ff9b::c633:6401");
    home.write(&[
        synthesized("10.0.0.5", &[]),
        synthesized("2a05:d018::7", &[]),
        synthesized("10.0.0.8", &[]),
        synthesized("10.9.9.9", &[]),
        synthesized("10.0.0.6", &[("resolver_network_interface", "eni-0a1b2c3d4e5f60721")]),
        synthesized(
            "10.0.0.7",
            &[("resolver_endpoint", "rslvr-in-1"), ("resolver_network_interface", "rni-1")],
        ),
    ]);
}

fn of_interfaces() -> Answers {
    let mut answers = all_is_well();
    let by_id =
        interface("eni-0a1b2c3d4e5f60721", "network_load_balancer", "ELB net/front/1", "10.0.0.6", "");
    let function = interface("eni-0a1b2c3d4e5f60722", "lambda", "AWS Lambda VPC ENI-thumbs", "10.0.0.5", "");
    let nat = interface("eni-0a1b2c3d4e5f60723", "nat_gateway", "", "10.0.0.7", "");
    let resolver = interface(
        "eni-0a1b2c3d4e5f60724",
        "interface",
        "Route 53 Resolver: rslvr-out-1:rni-2",
        "10.0.0.8",
        "",
    );
    let young = interface("eni-0a1b2c3d4e5f60725", "interface", "", "2A05:D018::0007", INSTANCE);
    answers.insert(
        "DescribeNetworkInterfaces",
        vec![
            interfaces(&by_id, ""),
            interfaces(&function, "more"),
            interfaces(&(nat + &resolver), ""),
            interfaces(&young, ""),
        ],
    );
    answers
}

#[test]
fn origins_that_are_no_instances_have_a_place_and_a_name() {
    let mut answers = of_interfaces();
    answers.insert("DescribeRouteTables", vec![route_tables("")]);
    let (fake, home) = (Fake::new(answers), Home::new("interfaces"));
    without_instances(&home);
    let (report, err) = home.json(&fake, &["report", "log", "-f", "json", "--inspect"]);
    let gone = "note: EC2 knows no interface for 1 of the interfaces and source addresses: they are gone, of another account or \
                network, or inside a prefix that an interface was given\n";
    assert_eq!(err, gone);
    let label = |id: &str| {
        let origins = report["origins"].as_array().expect("a list");
        let found = origins.iter().find(|origin| origin["origin"]["id"] == id).expect("it is an origin");
        found["origin"]["label"].as_str().unwrap_or_default().to_owned()
    };
    for (id, expected) in [
        ("10.0.0.5", "AWS Lambda VPC ENI-thumbs"),
        ("2a05:d018::7", "web-1"),
        ("10.0.0.8", "Route 53 Resolver: rslvr-out-1:rni-2"),
        ("10.9.9.9", ""),
        ("eni-0a1b2c3d4e5f60721", "ELB net/front/1"),
        ("rslvr-in-1", "nat gateway"),
    ] {
        assert_eq!(label(id), expected, "{id}");
    }
    // Where a resolver endpoint is says nothing of those who ask through it, and of one nothing is known.
    let missing = finding(&report, "nat64-route-missing");
    assert_eq!(missing["evidence"]["origins"], 3, "{missing}");
    let who = missing["evidence"]["origin_ids"].to_string();
    assert_eq!(who, r#"["10.0.0.5","2a05:d018::7","eni-0a1b2c3d4e5f60721"]"#);
    let summary = missing["summary"].as_str().unwrap_or_default();
    assert!(summary.contains("10.0.0.5 (AWS Lambda VPC ENI-thumbs)"), "{summary}");

    let ask = |filters: &str| format!("Action=DescribeNetworkInterfaces&Version=2016-11-15&{filters}");
    let ipv4 = format!(
        "Filter.1.Name=vpc-id&Filter.1.Value.1={VPC}&Filter.2.Name=addresses.private-ip-address&Filter.2.Value.1=10.0.0.5\
         &Filter.2.Value.2=10.0.0.7&Filter.2.Value.3=10.0.0.8&Filter.2.Value.4=10.9.9.9"
    );
    let forms = fake.forms();
    assert_eq!(
        forms[..4],
        [
            ask("Filter.1.Name=network-interface-id&Filter.1.Value.1=eni-0a1b2c3d4e5f60721"),
            ask(&ipv4),
            ask(&format!("{ipv4}&NextToken=more")),
            ask(&format!(
                "Filter.1.Name=vpc-id&Filter.1.Value.1={VPC}&Filter.2.Name=ipv6-addresses.ipv6-address\
                 &Filter.2.Value.1=2a05%3Ad018%3A%3A7"
            )),
        ]
    );
    // The instance that an interface is attached to is asked for, though the log does not name it.
    assert!(forms[4].starts_with("Action=DescribeInstances") && forms[4].ends_with(INSTANCE), "{}", forms[4]);
}

/// The rest is known as before; what is missing is named once, however many calls it would have been.
#[test]
fn without_interfaces_the_rest_is_known() {
    let mut answers = of_interfaces();
    let denied = error(403, "UnauthorizedOperation", "You are not authorized to perform this operation.");
    answers.insert("DescribeNetworkInterfaces", vec![denied]);
    let (fake, home) = (Fake::new(answers), Home::new("interfaces-denied"));
    without_instances(&home);
    let (code, out, err) = home.run(&fake, &["inspect", "log"], true);
    assert_eq!(
        (code, err.as_str()),
        (
            Some(3),
            "warning: not asked in us-west-2: UnauthorizedOperation: You are not authorized to perform this operation.\n  \
             try: allow the IAM action `ec2:DescribeNetworkInterfaces`\n"
        )
    );
    let facts: Value = serde_json::from_str(&out).expect("it is JSON");
    assert_eq!(
        (&facts["interfaces"], &facts["route_tables"][0]["id"]),
        (&serde_json::json!([]), &"rtb-0a1b2c3d".into())
    );
    assert_eq!(facts["refused"][0]["action"], "ec2:DescribeNetworkInterfaces");
    let asked = fake.forms().iter().filter(|form| form.contains("Action=DescribeNetworkInterfaces")).count();
    assert_eq!(asked, 1);
}

/// As many in a call as EC2 takes.
#[test]
fn many_addresses_are_asked_for_in_batches() {
    let mut answers = all_is_well();
    answers.insert("DescribeNetworkInterfaces", vec![interfaces("", "")]);
    let (fake, home) = (Fake::new(answers), Home::new("interfaces-many"));
    let of =
        |number: usize| record(&format!("10.0.{}.{}", number / 200, number % 200), &[], "git.example.", "");
    home.write(&(0..450).map(of).collect::<Vec<_>>());
    home.json(&fake, &["inspect", "log"]);
    let forms = fake.forms();
    let asked = forms.iter().filter(|form| form.contains("Action=DescribeNetworkInterfaces"));
    let counts: Vec<usize> = asked.map(|form| form.matches("&Filter.2.Value.").count()).collect();
    assert_eq!(counts, [200, 200, 50]);
}

const INBOUND: &str = "rslvr-in-0a1b2c3d4e5f60726";
const OUTBOUND: &str = "rslvr-out-0a1b2c3d4e5f60727";
const LIST: &str = "ListResolverEndpoints";

/// Clients behind an inbound endpoint, and an instance whose queries were forwarded.
fn with_resolver_endpoints(home: &Home) {
    let forwarded = [("instance", INSTANCE), ("resolver_endpoint", OUTBOUND)];
    home.write(&[
        record("2a01:4f8::7", &[("resolver_endpoint", INBOUND)], "git.example.", "64:ff9b::c633:6401"),
        record("fd00::5", &forwarded, "wiki.corp.example.", "64:ff9b::a09:1"),
        // Neither is an id of AWS's.
        record("2a01:4f8::8", &[("resolver_endpoint", r#"rslvr-in-x\"}"#)], "git.example.", ""),
    ]);
}

fn endpoint(id: &str, more: &str) -> String {
    format!(
        r#"{{"Id":"{id}","HostVPCId":"{VPC}","ResolverEndpointType":"DUALSTACK","Status":"OPERATIONAL"{more}}}"#
    )
}

fn list(endpoints: &[String], token: &str) -> (u16, String) {
    let token = if token.is_empty() { "null".to_owned() } else { format!("\"{token}\"") };
    (
        200,
        format!(r#"{{"MaxResults":100,"NextToken":{token},"ResolverEndpoints":[{}]}}"#, endpoints.join(",")),
    )
}

#[test]
fn resolver_endpoints_of_the_log_are_listed_with_their_dns64() {
    let mut answers = all_is_well();
    let inbound =
        |dns64: &str| endpoint(INBOUND, &format!(r#","Direction":"INBOUND","Name":"from-berlin"{dns64}"#));
    let outbound = endpoint(OUTBOUND, r#","Direction":"OUTBOUND","Dns64Enabled":false"#);
    let stranger = endpoint("rslvr-in-0a1b2c3d4e5f60799", r#","Direction":"INBOUND","Dns64Enabled":true"#);
    answers.insert("DescribeNetworkInterfaces", vec![interfaces("", "")]);
    answers.insert(
        LIST,
        vec![
            list(&[stranger.clone(), outbound.clone()], "more"),
            list(&[inbound(r#","Dns64Enabled":true"#)], ""),
            list(&[stranger, outbound, inbound("")], ""),
        ],
    );
    let (fake, home) = (Fake::new(answers), Home::new("endpoints"));
    with_resolver_endpoints(&home);
    let (facts, _) = home.json(&fake, &["inspect", "log"]);
    let known = |id: &str, name: Option<&str>, direction: &str, dns64: bool| {
        serde_json::json!({"id": id, "name": name, "region": "us-west-2", "vpc": VPC, "direction": direction,
            "address_type": "DUALSTACK", "dns64": dns64})
    };
    let all =
        [known(INBOUND, Some("from-berlin"), "INBOUND", true), known(OUTBOUND, None, "OUTBOUND", false)];
    assert_eq!(facts["resolver_endpoints"], serde_json::json!(all));
    let asked: Vec<String> = fake.forms().into_iter().filter(|form| form.contains(LIST)).collect();
    let target = format!("Route53Resolver.{LIST}");
    assert_eq!(asked, [format!("{target} {{}}"), format!(r#"{target} {{"NextToken":"more"}}"#)]);
    let signed = fake.asked.lock().expect("nobody panicked");
    let of_resolver = signed.iter().find(|(_, form)| form.contains(LIST)).expect("it was asked");
    assert!(of_resolver.0.contains("/us-west-2/route53resolver/aws4_request, "), "{}", of_resolver.0);
    drop(signed);

    fs::write(home.0.join("facts"), facts.to_string()).expect("a file can be written");
    let said = |arguments: &[&str]| {
        let (report, _) = home.json(&fake, arguments);
        let found = finding(&report, "dns64-endpoint");
        [found["summary"].to_string(), found["sentence"].to_string(), found["source"].to_string()]
    };
    let [summary, sentence, source] = said(&["report", "log", "-f", "json", "--inspected", "facts"]);
    assert!(summary.contains(&format!("{INBOUND} (from-berlin)")), "{summary}");
    assert!(sentence.contains("The endpoint's own DNS64 is on") && sentence.contains(VPC), "{sentence}");
    assert!(source.contains("Route 53 Resolver, asked at 20"), "{source}");
    // An answer that has no `Dns64Enabled` says nothing of it.
    let [_, sentence, source] = said(&["report", "log", "-f", "json", "--inspect"]);
    assert!(sentence.contains("A resolver endpoint has DNS64 of its own"), "{sentence}");
    assert!(source.contains("UpdateResolverEndpoint"), "{source}");
}

/// What Resolver does not say takes nothing from what EC2 says.
#[test]
fn without_resolver_endpoints_the_rest_is_known() {
    let denied = (400, r#"{"__type":"AccessDeniedException","Message":"no"}"#.to_owned());
    for (name, answer, said, code) in [
        (
            "denied",
            denied,
            "warning: not asked in us-west-2: AccessDeniedException: no\n  try: allow the IAM action \
             `route53resolver:ListResolverEndpoints`\n",
            3,
        ),
        (
            "invalid",
            (400, r#"{"__type":"InvalidRequestException","Message":"bad"}"#.to_owned()),
            "warning: not asked in us-west-2: InvalidRequestException: bad\n",
            3,
        ),
        (
            "circle",
            list(&[], "again"),
            "warning: not asked in us-west-2: route53resolver:ListResolverEndpoints gives the same page again and again\n",
            3,
        ),
        (
            "none",
            list(&[], ""),
            "note: Route 53 Resolver does not know 2 of the resolver endpoints: they are gone, or of another account\n",
            0,
        ),
    ] {
        let mut answers = all_is_well();
        answers.insert("DescribeNetworkInterfaces", vec![interfaces("", "")]);
        answers.insert(LIST, vec![answer]);
        let (fake, home) = (Fake::new(answers), Home::new(&format!("endpoints-{name}")));
        with_resolver_endpoints(&home);
        let (exit, out, err) = home.run(&fake, &["inspect", "log"], true);
        let err: String = err.split_inclusive('\n').filter(|line| !line.contains("EC2 knows no")).collect();
        assert_eq!((exit, err.as_str()), (Some(code), said), "{name}");
        let facts: Value = serde_json::from_str(&out).expect("it is JSON");
        assert_eq!(facts["route_tables"][0]["id"], "rtb-0a1b2c3d", "{name}");
        assert_eq!(facts["resolver_endpoints"], serde_json::json!([]), "{name}");
    }
}
