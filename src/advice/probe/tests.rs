use super::*;

fn came(rcode: u16, addresses: &[&str]) -> QuestionOutcome {
    let addresses = addresses.iter().map(|text| text.parse().unwrap()).collect();
    let reply = Reply { rcode, recursion: true, cnames: Vec::new(), addresses };
    QuestionOutcome { server: "192.0.2.53".to_owned(), tcp: false, milliseconds: 1, reply: Ok(reply) }
}

fn probed(aaaa: &[&str], a: &[&str]) -> Probed {
    let prefixes = Nat64Prefixes::default();
    let aaaa = ProbeAnswer::from_outcome(came(0, aaaa), Question::Aaaa, &prefixes);
    let a = ProbeAnswer::from_outcome(came(0, a), Question::A, &prefixes);
    Probed::new("a.example.".to_owned(), aaaa, a, None)
}

#[test]
fn dns64_is_what_ipv4only_arpa_shows() {
    for (rcode, addresses, state, expected) in [
        (0, &["64:ff9b::c000:aa", "64:ff9b::c000:ab"][..], "on", &["64:ff9b::/96"][..]),
        (0, &["2001:db8:1::192.0.0.170", "64:ff9b::c000:aa"], "on", &["2001:db8:1::/96", "64:ff9b::/96"]),
        (0, &["2001:db8:c000:ab::"], "on", &["2001:db8::/32"]),
        (0, &[], "off", &[]),
        (3, &[], "unknown", &[]),
        (0, &["2001:db8::1"], "unknown", &[]),
        (2, &[], "unknown", &[]),
    ] {
        let (dns64, prefixes) =
            ResolverDns64::from_outcome(came(rcode, addresses), &Nat64Prefixes::default());
        assert_eq!(dns64.state, state, "{addresses:?}");
        assert_eq!(dns64.prefixes, expected, "{addresses:?}");
        assert_eq!(prefixes.len(), expected.len());
    }
}

#[test]
fn targets_are_few_and_in_order() {
    let native: Vec<String> = (0..20).map(|number| format!("2001:db8::{number:x}")).collect();
    let native: Vec<&str> = native.iter().map(String::as_str).collect();
    let all = [&["::1", "64:ff9b::c000:201", "64:ff9b::c000:201"], &native[..]].concat();
    let targets = probed(&all, &["192.0.2.1", "127.0.0.1"]).targets();
    let shown: Vec<String> = targets.iter().map(|target| target.address.to_string()).collect();
    let expected =
        ["2001:db8::", "2001:db8::1", "2001:db8::2", "2001:db8::3", "64:ff9b::c000:201", "192.0.2.1"];
    assert_eq!(shown, expected, "loopback is left alone");
}

/// Without a verdict on AAAA, nothing is said of the pair, and least of all that it was not asked.
#[test]
fn silence_is_no_status() {
    let silent = QuestionOutcome { reply: Err(NoAnswer::TimedOut), ..came(0, &[]) };
    let prefixes = Nat64Prefixes::default();
    let aaaa = ProbeAnswer::from_outcome(silent, Question::Aaaa, &prefixes);
    let a = ProbeAnswer::from_outcome(came(0, &["192.0.2.1"]), Question::A, &prefixes);
    let probed = Probed::new("a.example.".to_owned(), aaaa, a, Some(Logged::default()));
    assert_eq!((probed.status, probed.differs, probed.is_partial()), (None, None, true));
}

#[test]
fn one_address_that_is_reached_shows_the_way() {
    let mut probed = probed(&["64:ff9b::c000:201", "64:ff9b::c000:202"], &[]);
    let targets = probed.targets();
    let tried = |to: Address, outcome| Connection {
        to,
        port: 443,
        outcome,
        milliseconds: 5,
        error: None,
        here: None,
    };
    probed.connections =
        vec![tried(targets[0], ConnectOutcome::TimedOut), tried(targets[1], ConnectOutcome::Connected)];
    let terms = ProbeTerms { dns64: Some(true), works: Vec::new(), connect: true };
    probed.advise(&terms);
    assert!(probed.sentences.iter().any(|said| said.starts_with("NAT64 works: ")), "{:?}", probed.sentences);
    assert!(!probed.sentences.iter().any(|said| said.contains("Nothing answered")), "{:?}", probed.sentences);
}

/// Every outcome on every way, and every difference from a log, as a person reads it.
#[test]
fn what_is_said() {
    let mut said = String::new();
    let terms = ProbeTerms { dns64: Some(false), works: Vec::new(), connect: true };
    for to in ["2001:db8::1", "64:ff9b::c000:201", "64:ff9b::a09:2", "64:ff9b:1::a09:2", "192.0.2.1"] {
        for (outcome, here) in [
            (ConnectOutcome::Connected, None),
            (ConnectOutcome::Refused, None),
            (ConnectOutcome::TimedOut, None),
            (ConnectOutcome::NoRoute, Some(true)),
            (ConnectOutcome::NoRoute, Some(false)),
            (ConnectOutcome::Forbidden, None),
            (ConnectOutcome::Failed, None),
        ] {
            let error = match outcome {
                ConnectOutcome::Connected => None,
                ConnectOutcome::NoRoute => Some("Network is unreachable (os error 101)".to_owned()),
                _ => Some("what the system says".to_owned()),
            };
            let to = Address::new(to.parse().unwrap(), &Nat64Prefixes::default());
            let tried = Connection { to, port: 443, outcome, milliseconds: 12, error, here };
            let beyond = if here == Some(false) { " beyond" } else { "" };
            said.push_str(&format!("{} {outcome:?}{beyond}:\n", to.path.words()));
            said.push_str(&format!("  {}\n", advice::connected(&[tried], &terms).join("\n  ")));
        }
    }
    for ipv4 in [ConnectOutcome::Connected, ConnectOutcome::TimedOut, ConnectOutcome::NoRoute] {
        for outcome in [ConnectOutcome::Connected, ConnectOutcome::TimedOut] {
            let tried = |to: &str, outcome| {
                let to = Address::new(to.parse().unwrap(), &Nat64Prefixes::default());
                Connection { to, port: 443, outcome, milliseconds: 12, error: None, here: None }
            };
            let both = [tried("64:ff9b::c000:201", outcome), tried("192.0.2.1", ipv4)];
            said.push_str(&format!("NAT64 {outcome:?}, IPv4 {ipv4:?}:\n"));
            said.push_str(&format!("  {}\n", advice::connected(&both, &terms).join("\n  ")));
        }
    }
    for was in Status::ALL {
        for (aaaa, a) in [
            (&["2001:db8::1"][..], &["192.0.2.1"][..]),
            (&["64:ff9b::c000:201"], &["192.0.2.1"]),
            (&[], &["192.0.2.1"]),
            (&["::"], &["192.0.2.1"]),
            (&[], &[]),
            (&["::1"], &["127.0.0.1"]),
        ] {
            let now = probed(aaaa, a);
            let log = Logged { statuses: BTreeMap::from([(was, 1)]), last: None };
            let mut now = Probed::new(now.name, now.aaaa, now.a, Some(log));
            now.advise(&ProbeTerms { connect: false, ..terms.clone() });
            let differs = now.differs;
            let words = now.status.map_or("", Status::words);
            said.push_str(&format!(
                "{} -> {words} {aaaa:?} {differs:?}:\n  {}\n",
                was.words(),
                now.sentences.join("\n  ")
            ));
        }
    }
    insta::assert_snapshot!("probe", said);
}

/// What connected over one prefix says nothing of another, and something of all that follow over the same.
#[test]
fn each_address_has_its_own_prefix() {
    let prefixes = Nat64Prefixes::new(&["2001:db8:64::/96".parse().unwrap()]);
    let tried = |to: &str, outcome, here| {
        let to = Address::new(to.parse().unwrap(), &prefixes);
        Connection { to, port: 443, outcome, milliseconds: 3080, error: None, here }
    };
    let mut terms = ProbeTerms { dns64: Some(true), works: Vec::new(), connect: true };
    let both = [
        tried("64:ff9b::c058:6302", ConnectOutcome::NoRoute, Some(false)),
        tried("2001:db8:64::c058:6302", ConnectOutcome::Connected, None),
    ];
    let said = advice::connected(&both, &terms).join(" ");
    assert!(said.contains("2001:db8:64::/96 is routed") && !said.contains("64:ff9b::/96"), "{said}");
    terms.learn(&both);
    for (to, expected) in [
        ("2001:db8:64::c058:6363", "so the route is there"),
        ("64:ff9b::c058:6363", "A router on the way, or the translator"),
        ("64:ff9b::a09:2", "says nothing of the route"),
        ("2001:db8:64::a09:2", "so the route is there"),
    ] {
        let said = advice::connected(&[tried(to, ConnectOutcome::NoRoute, Some(false))], &terms).join(" ");
        assert!(said.contains(expected), "{to}: {said}");
    }
}

/// Unbound's DNS64 answers so where the upstream did not answer A.
#[test]
fn an_empty_answer_beside_an_a_that_fails_is_not_known() {
    let prefixes = Nat64Prefixes::default();
    let aaaa = ProbeAnswer::from_outcome(came(0, &[]), Question::Aaaa, &prefixes);
    let a = ProbeAnswer::from_outcome(came(2, &[]), Question::A, &prefixes);
    let mut probed = Probed::new("a.example.".to_owned(), aaaa, a, None);
    probed.advise(&ProbeTerms { dns64: Some(true), works: Vec::new(), connect: false });
    assert!(
        probed.sentences.iter().any(|said| said.contains("A fails (SERVFAIL)")),
        "{:?}",
        probed.sentences
    );
}
