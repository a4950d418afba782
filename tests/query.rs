//! The filter language: laws that hold for every query, and what queries find.

#![expect(clippy::expect_used, reason = "a test says what it expects")]

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::Config;
use r53tail::base::moment::Moment;
use r53tail::fleet::{OriginKind, Status, address_text};
use r53tail::knowledge::address::{Nat64Prefixes, parse_ipv4, parse_ipv6};
use r53tail::knowledge::catalog::Catalog;
use r53tail::log::observation::{A, Aaaa, Rcode, Verdict, mapped};
use r53tail::query::{
    Expression, FIELDS, FORMS, NoValues, ObservationFacts, Query, Test, TestSubject, complete, help,
};

/// So many cases, or `LAWS_TIMES` as many, to search longer.
fn cases(number: u32) -> Config {
    let times = std::env::var("LAWS_TIMES").ok().and_then(|times| times.parse().ok()).unwrap_or(1);
    Config { cases: number.saturating_mul(times), failure_persistence: None, ..Config::default() }
}

/// An observation that owns what it says.
#[derive(Clone, Debug)]
struct Seen {
    at: Moment,
    kind: &'static str,
    rcode: Rcode,
    verdict: Verdict,
    origin_kind: OriginKind,
    origin: &'static str,
    vpc: &'static str,
    account: &'static str,
    region: &'static str,
    source: Option<u128>,
    port: u16,
    name: &'static str,
    native: Vec<u128>,
    ipv4: Vec<u32>,
    status: Option<Status>,
}

impl Seen {
    fn facts(&self) -> ObservationFacts<'_> {
        ObservationFacts {
            at: self.at,
            kind: self.kind.as_bytes(),
            rcode: self.rcode,
            verdict: self.verdict,
            origin_kind: self.origin_kind,
            origin: self.origin,
            vpc: self.vpc,
            account: self.account,
            region: self.region,
            source: self.source,
            port: self.port,
            name: self.name,
            native: &self.native,
            ipv4: &self.ipv4,
            status: self.status,
        }
    }
}

fn ipv4(text: &str) -> u32 {
    parse_ipv4(text.as_bytes()).expect("an address")
}

fn ipv6(text: &str) -> u128 {
    parse_ipv6(text.as_bytes()).expect("an address")
}

/// An instance's AAAA question for Session Manager's endpoint, synthesized.
fn one() -> Seen {
    Seen {
        at: Moment::parse("2025-05-05T14:02:10Z").expect("a time"),
        kind: "AAAA",
        rcode: Rcode::NoError,
        verdict: Verdict::Aaaa(Aaaa::Synthesized),
        origin_kind: OriginKind::Instance,
        origin: "i-0AB12",
        vpc: "vpc-1",
        account: "111122223333",
        region: "us-west-2",
        source: Some(mapped(ipv4("10.0.0.5"))),
        port: 53_000,
        name: "ssm.us-west-2.amazonaws.com.",
        native: Vec::new(),
        ipv4: vec![ipv4("203.0.113.9")],
        status: Some(Status::Nat64),
    }
}

fn finds(query: &str, seen: &Seen) -> bool {
    Query::parse(query).unwrap_or_else(|error| panic!("{}", error.shown(query))).matches(&seen.facts())
}

/// What the program knows of services, and what a user's file adds or says otherwise.
#[test]
fn services_are_those_of_the_catalog_in_force() {
    let own = "git.example=git6.example y wiki - - Our Git\nssm y wiki - - Remote hands\nnewsvc y wiki - - New Thing";
    let catalog = Catalog::builtin().with(own).expect("it is a catalog");
    for (name, query, builtin, with_own) in [
        ("git.example.", "service:git", false, true),
        ("git.example.", "-(service:\"our git\" or type:A)", true, false),
        ("ssm.us-west-2.amazonaws.com.", "service:\"systems manager\"", true, false),
        ("ssm.us-west-2.amazonaws.com.", "type:A or service:\"remote hands\"", false, true),
        ("newsvc.us-west-2.amazonaws.com.", "service:thing", false, true),
        ("kms.us-west-2.amazonaws.com.", "service:kms", true, true),
        ("other.example.", "service:git", false, false),
    ] {
        let seen = Seen { name, ..one() };
        assert_eq!(finds(query, &seen), builtin, "{query}");
        let plain = Query::parse(query).expect("it is a query");
        let mine = plain.clone().with_catalog(&catalog);
        assert_eq!(mine.matches(&seen.facts()), with_own, "{query}");
        assert_eq!((mine.to_string(), &mine), (plain.to_string(), &plain), "they say the same");
    }
}

#[test]
fn each_field_finds_what_it_says() {
    let seen = one();
    for (query, found) in [
        ("", true),
        ("type:aaaa", true),
        ("type:A", false),
        ("type:A*", true),
        ("type:A,AAAA", true),
        ("type:/^a+$/", true),
        ("verdict:synthesized", true),
        ("verdict:native,empty", false),
        ("aaaa:synthesized", true),
        ("a:answered", false),
        ("rcode:noerror", true),
        ("rcode:NXDOMAIN", false),
        ("origin:i-0ab", true),
        ("origin:=i-0ab", false),
        ("origin:=i-0ab12", true),
        ("origin:i-*", true),
        ("origin:0ab*", false),
        ("kind:instance", true),
        ("kind:address,interface", false),
        ("vpc:vpc-1", true),
        ("-vpc:vpc-1", false),
        ("account:2222", true),
        ("region:=us-west-2", true),
        ("region:us-east", false),
        ("source:10.0.0.5", true),
        ("source:10.0.0.0/8", true),
        ("source:10.0.*", true),
        ("source:::/0", false),
        ("source:0.0.0.0/0", true),
        ("port:53000", true),
        ("port:>1023", true),
        ("port:..1023", false),
        ("port:>=53000", true),
        ("port:>=53001", false),
        ("port:<=53000", true),
        ("port:<=52999", false),
        ("port:>53000", false),
        ("port:<53000", false),
        ("port:<53001", true),
        ("port:53000..", true),
        ("port:52999..52999,53001..", false),
        ("name:*.amazonaws.com", true),
        ("name:*.amazonaws.com.", true),
        ("name:amazonaws", true),
        ("name:=ssm.us-west-2.amazonaws.com", true),
        ("name:=amazonaws.com", false),
        ("name:/^ssm\\..*\\.com$/", true),
        ("service:ssm", true),
        ("service:\"systems manager\"", true),
        ("service:s3", false),
        ("answer:203.0.113.9", true),
        ("answer:64:ff9b::cb00:7109", true),
        ("answer:203.0.113.0/24", true),
        ("answer:203.0.*", true),
        ("answer:52.94.182.119", false),
        ("time:14:02", true),
        ("time:14:03..", false),
        ("time:2025-05-05T14:00Z..2025-05-05T14:02", true),
        ("time:2025-05-05T14:00Z..", true),
        ("time:2025-05-04..", true),
        ("time:2025-05-05T14:03Z..", false),
        ("time:2025-05-06..", false),
        ("time:..2025-05-05T14:02Z", true),
        ("time:..2025-05-06", true),
        ("time:..2025-05-05T14:01Z", false),
        ("time:..2025-05-04", false),
        ("since:2025-05-05T14:02:11", false),
        ("until:2025-05-05", true),
        ("type:AAAA verdict:empty", false),
        ("type:AAAA (verdict:empty or verdict:synthesized) -vpc:vpc-2", true),
        ("not type:AAAA or port:53000", true),
        ("SSM", true),
        ("0ab", true),
        ("vpc-1", true),
        ("10.0.0.", true),
        ("203.0.113.9", true),
        ("203.0.113.0/24", true),
        ("64:ff9b::cb00:7109", true),
        ("10.0.0.0/24", true),
        ("*.amazonaws.com", true),
        ("/west-[0-9]/", true),
        ("us-east-1", false),
        ("52.94.182.119", false),
        ("1111", false),
    ] {
        assert_eq!(finds(query, &seen), found, "{query}");
    }
}

#[test]
fn other_answers_are_found_by_what_they_are() {
    let nodata = Seen { verdict: Verdict::A(A::Empty), kind: "A", ipv4: Vec::new(), ..one() };
    let blocked = Seen { verdict: Verdict::Aaaa(Aaaa::Blocked), rcode: Rcode::NxDomain, ..one() };
    let ptr = Seen { verdict: Verdict::NotJudged, kind: "PTR", rcode: Rcode::NxDomain, port: 0, ..one() };
    let native = Seen {
        verdict: Verdict::Aaaa(Aaaa::Native),
        native: vec![ipv6("2600:1f14::1")],
        ipv4: Vec::new(),
        source: Some(ipv6("2001:db8::5")),
        ..one()
    };
    for (query, seen, found) in [
        ("verdict:nodata", &nodata, true),
        ("a:empty -aaaa:empty", &nodata, true),
        ("verdict:blocked rcode:NXDOMAIN", &blocked, true),
        ("type:PTR rcode:NXDOMAIN verdict:other-type", &ptr, true),
        ("verdict:other", &ptr, false),
        ("verdict:\"other type\"", &ptr, true),
        ("port:..65535", &ptr, false),
        ("port:0", &ptr, true),
        ("answer:2600::/16", &native, true),
        ("2600:1F14:0::1", &native, true),
        ("2001:db8::/32", &native, true),
        ("answer:2001:db8::/32", &native, false),
        ("answer:0.0.0.0/0", &native, false),
        ("source:2001:db8::5", &native, true),
    ] {
        assert_eq!(finds(query, seen), found, "{query}");
    }
}

#[test]
fn a_nat64_prefix_of_ones_own_counts() {
    let prefixes = Nat64Prefixes::new(&["2001:db8:64::/96".parse().expect("a prefix")]);
    let text = "2001:db8:64::cb00:7109";
    let own = Query::parse_with(text, &prefixes).expect("a query");
    assert!(own.matches(&one().facts()));
    assert!(!finds(text, &one()));
}

const KINDS: [OriginKind; 4] =
    [OriginKind::Instance, OriginKind::ResolverEndpoint, OriginKind::Interface, OriginKind::Address];

fn seen() -> impl Strategy<Value = Seen> {
    let verdict = prop_oneof![
        select(Aaaa::ALL.to_vec()).prop_map(|it| ("AAAA", Verdict::Aaaa(it))),
        select(A::ALL.to_vec()).prop_map(|it| ("A", Verdict::A(it))),
        select(vec!["PTR", "HTTPS", "TYPE65"]).prop_map(|kind| (kind, Verdict::NotJudged)),
    ];
    let rcode = select(vec![Rcode::NoError, Rcode::NxDomain, Rcode::ServFail, Rcode::Refused, Rcode::Other]);
    let origin = (
        select(KINDS.to_vec()),
        select(vec!["i-0ab", "i-1", "rslvr-in-1", "10.0.0.5", "Ä-1"]),
        select(vec!["vpc-1", "vpc-12", ""]),
        select(vec!["111122223333", ""]),
        select(vec!["us-west-2", "eu-west-1"]),
    );
    let addresses = vec!["10.0.0.5", "203.0.113.9", "52.94.182.119"];
    let source = prop_oneof![
        select(addresses.clone()).prop_map(|it| mapped(ipv4(it))),
        select(vec!["2001:db8::5", "fd00::1"]).prop_map(ipv6),
    ];
    let names = vec![
        "ssm.us-west-2.amazonaws.com.",
        "s3.us-west-2.amazonaws.com.",
        "example.com.",
        "a\"b c.example.",
        "xn--mnchen-3ya.example.",
        "ä.example.",
    ];
    let answers = (
        vec(select(vec!["2600::1", "fd00::1"]).prop_map(ipv6), 0..2),
        vec(select(addresses).prop_map(ipv4), 0..3),
    );
    let rest = (0_i64..172_800, select(vec![0_u16, 53, 53_000]), select(names), select(Status::ALL.to_vec()));
    (verdict, rcode, origin, option::of(source), answers, rest).prop_map(
        |(
            (kind, verdict),
            rcode,
            (origin_kind, origin, vpc, account, region),
            source,
            (native, ipv4),
            rest,
        )| {
            let (second, port, name, status) = rest;
            let status = Some(status).filter(|_| verdict != Verdict::NotJudged);
            let at = Moment::from_seconds(1_746_403_200 + second);
            Seen {
                at,
                kind,
                rcode,
                verdict,
                origin_kind,
                origin,
                vpc,
                account,
                region,
                source,
                port,
                name,
                native,
                ipv4,
                status,
            }
        },
    )
}

/// One condition, as somebody may type it.
fn condition() -> impl Strategy<Value = String> {
    let text = prop_oneof![
        select(vec![
            "ssm",
            "I-0AB",
            "vpc-1",
            "*.amazonaws.com",
            "s?.*",
            "=example.com",
            "\"a b\"",
            "\"or\"",
            "/^s[s3]/",
            "/a\\/b|c/",
            "\"x\\\"y\\\\\"",
            "=\"\"",
            "\"*\"",
            "ä",
            "K:x",
            "=a*",
            "-x",
        ])
        .prop_map(str::to_owned),
        "[a-z0-9.*?=-]{1,6}",
    ];
    let address = select(vec![
        "10.0.0.5",
        "10.0.0.0/8",
        "203.0.113.9",
        "64:ff9b::cb00:7109",
        "64:ff9b::cb00:7100/120",
        "2600::/12",
        "::/0",
        "10.0.*",
        "/5$/",
    ]);
    let code = select(vec![
        "type:A",
        "type:AAAA,ptr",
        "type:*",
        "type:t*",
        "type:/^a/",
        "verdict:empty",
        "verdict:native,other-type",
        "aaaa:nodata",
        "a:answered,blocked",
        "rcode:nxdomain",
        "rcode:NOERROR,other",
        "kind:instance,address",
        "port:53",
        "port:>1023,0",
        "port:..53",
        "status:ipv4-only,NAT64",
        "status:no_address,native,unknown",
    ]);
    let time = prop_oneof![
        select(vec![
            "time:14:02",
            "time:23:00..01:00",
            "since:2025-05-05T10:00Z",
            "until:2025-05-05",
            "time:2025-05-05T10:00..14:37:10",
            "time:..09:00,14:00..",
            "time:2025-05-05T10:00+02:00..",
            "time:1746441600",
        ])
        .prop_map(str::to_owned),
        (0_u32..24, 0_u32..60, 0_u32..60)
            .prop_map(|(h, m, s)| format!("time:{h:02}:{m:02}..{h:02}:{m:02}:{s:02}.5")),
    ];
    let field = select(vec!["origin", "VPC", "account", "region", "name", "service"]);
    prop_oneof![
        3 => (field, vec(text.clone(), 1..3)).prop_map(|(field, texts)| format!("{field}:{}", texts.join(","))),
        2 => text.prop_map(|text| if text.starts_with('=') { "plain".to_owned() } else { text }),
        1 => (select(vec!["source:", "answer:", ""]), address).prop_map(|(field, it)| format!("{field}{it}")),
        2 => code.prop_map(str::to_owned),
        1 => time,
    ]
    // What cannot be read is no condition: `a--` is, `a:b` is not.
    .prop_map(|text| if Query::parse(&text).is_ok() { text } else { "other".to_owned() })
}

/// A query, as somebody may type it.
fn query() -> impl Strategy<Value = String> {
    condition().prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            (vec(inner.clone(), 1..4), select(vec![" ", " and ", " or ", "\t OR "]))
                .prop_map(|(some, between)| format!("({})", some.join(between))),
            (select(vec!["-", "!", "not "]), inner.clone()).prop_map(|(not, it)| format!("{not}({it})")),
            (select(vec!["-", "!", "NOT "]), inner).prop_map(|(not, it)| format!("{not}{it}")),
        ]
    })
}

fn read(text: &str) -> Query {
    Query::parse(text).unwrap_or_else(|error| panic!("{}", error.shown(text)))
}

/// What the old filter of plain words let through: part of the id, the VPC, the name, or an address of the
/// origin.
fn has_part(seen: &Seen, word: &str) -> bool {
    let word = word.to_lowercase();
    let address = seen.source.map(address_text).unwrap_or_default();
    [seen.origin, seen.vpc, seen.name, &address].iter().any(|text| text.to_lowercase().contains(&word))
}

proptest! {
    #![proptest_config(cases(512))]

    /// What is printed reads back as an equal query, which prints the same and finds the same.
    #[test]
    fn a_query_prints_itself(text in query(), seen in seen()) {
        let query = read(&text);
        let printed = query.to_string();
        let again = Query::parse(&printed);
        prop_assert_eq!(again.as_ref(), Ok(&query), "{}", printed);
        prop_assert_eq!(&read(&printed).to_string(), &printed);
        prop_assert_eq!(read(&printed).matches(&seen.facts()), query.matches(&seen.facts()));
    }

    /// De Morgan's laws, double negation, and precedence.
    #[test]
    fn logic_is_logic(a in query(), b in query(), c in query(), seen in seen()) {
        let is = |text: String| read(&text).matches(&seen.facts());
        let [x, y, z] = [&a, &b, &c].map(|text| is(text.clone()));
        prop_assert_eq!(is(format!("{a} {b}")), x && y);
        prop_assert_eq!(is(format!("{a} or {b}")), x || y);
        prop_assert_eq!(is(format!("not ({a} {b})")), is(format!("-({a}) or -({b})")));
        prop_assert_eq!(is(format!("-({a} or {b})")), is(format!("not ({a}) and not ({b})")));
        prop_assert_eq!(is(format!("-(-({a}))")), x);
        prop_assert_eq!(is(format!("{a} or {b} {c}")), x || (y && z));
        prop_assert_eq!(is(format!("({a} or {b}) {c}")), (x || y) && z);
        let both = Query::all_of([read(&a), Query::default(), read(&b)]);
        prop_assert_eq!(both.matches(&seen.facts()), x && y);
        prop_assert_eq!(both, read(&format!("({a}) ({b})")));
    }

    /// A test asked once for each value of its one subject comes to the same as one asked for each
    /// observation.
    #[test]
    fn tests_look_at_one_subject(text in query(), rows in vec(seen(), 1..12)) {
        let query = read(&text);
        let known: RefCell<BTreeMap<String, bool>> = RefCell::default();
        for row in &rows {
            let facts = row.facts();
            let cached = |test: &Test| {
                let (value, holds): (String, bool) = match test.subject() {
                    TestSubject::Origin => (
                        format!("{:?}", (row.origin_kind, row.origin, row.vpc, row.account, row.region)),
                        test.origin(row.origin_kind, row.origin, row.vpc, row.account, row.region),
                    ),
                    TestSubject::Name => (row.name.to_owned(), test.name(row.name)),
                    TestSubject::Code => (
                        format!("{:?}", (row.kind, row.rcode, row.verdict)),
                        test.code(row.kind.as_bytes(), row.rcode, row.verdict),
                    ),
                    TestSubject::Time => (row.at.to_string(), test.time(row.at)),
                    TestSubject::Port => (row.port.to_string(), test.port(row.port)),
                    TestSubject::Source => (format!("{:?}", row.source), test.source(row.source)),
                    TestSubject::Status => (format!("{:?}", row.status), test.status(row.status)),
                    TestSubject::Answer => {
                        (format!("{:?}", (&row.native, &row.ipv4)), test.answer(&row.native, &row.ipv4))
                    }
                };
                *known.borrow_mut().entry(format!("{test:?} {value}")).or_insert(holds)
            };
            prop_assert_eq!(query.expression().evaluate(&mut |test| cached(test)), query.matches(&facts));
        }
        let mut count = 0;
        query.expression().for_each_test(&mut |_| count += 1);
        prop_assert!(count > 0 && *query.expression() != Expression::All);
    }

    /// A plain word finds what it always did; an address finds answers besides.
    #[test]
    fn a_word_is_looked_for_as_a_part(
        word in prop_oneof![
            "[a-zA-Z0-9.-]{1,4}",
            select(vec!["i-0ab", "VPC-1", "ssm", "amazonaws", "10.0.0", "2001:db8", "example.com.", "Ä", "2600::1"]).prop_map(str::to_owned),
        ],
        seen in seen(),
    ) {
        prop_assume!(!word.starts_with('-') && !["or", "and", "not"].contains(&word.to_lowercase().as_str()));
        let found = read(&word).matches(&seen.facts());
        if word.contains("::") {
            prop_assert!(found || !has_part(&seen, &word));
        } else {
            prop_assert_eq!(found, has_part(&seen, &word), "{}", word);
        }
    }

    /// Whatever is typed is read, or said to be wrong at a place in it that can be shown; and completed or
    /// not.
    #[test]
    fn nothing_typed_is_too_strange(
        text in prop_oneof![
            any::<String>(),
            "[-!()\":/\\\\=,*?a .0-9>]{0,40}",
            "(type|time|port|name|answer|a|since|kind)[:=]{1,2}[-():\",/\\\\=*?.0-9TZ+a-z]{0,20}",
            (query(), any::<prop::sample::Index>(), any::<char>()).prop_map(|(text, at, character)| {
                let mut characters: Vec<char> = text.chars().collect();
                let at = at.index(characters.len());
                characters[at] = character;
                characters.into_iter().collect()
            }),
        ],
        seen in seen(),
    ) {
        match Query::parse(&text) {
            Ok(query) => {
                prop_assert_eq!(query.matches(&seen.facts()), query.clone().matches(&seen.facts()));
                let printed = query.to_string();
                prop_assert_eq!(Query::parse(&printed), Ok(query), "{:?} {:?}", text, printed);
            }
            Err(error) => {
                prop_assert!(text.get(error.at.clone()).is_some(), "{:?} {:?}", text, error);
                let shown = error.shown(&text);
                prop_assert_eq!(shown.lines().count(), 3, "{}", shown);
                prop_assert!(!shown.chars().any(|it| it.is_control() && it != '\n'));
            }
        }
        for (cursor, _) in text.char_indices() {
            for completion in complete(&text, cursor, &NoValues) {
                prop_assert!(text.get(completion.replaces.clone()).is_some());
                prop_assert!(completion.replaces.start <= cursor && cursor <= completion.replaces.end);
            }
        }
    }
}

/// What is documented is what there is.
#[test]
fn the_page_is_made_of_the_tables() {
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/filter.md"));
    let page = page.expect("there is a page");
    let cell = |text: &str| text.replace('|', "\\|");
    let forms = FORMS.iter().map(|(form, meaning)| format!("| `{}` | {} |\n", cell(form), cell(meaning)));
    let fields = FIELDS.iter().map(|row| {
        let values =
            row.field.values().iter().map(|value| format!("`{value}`")).collect::<Vec<_>>().join(" ");
        let help = if values.is_empty() { row.help.to_owned() } else { format!("{}: {values}", row.help) };
        format!("| `{}` | {} | `{}` |\n", row.word, cell(&help), row.example)
    });
    for table in [forms.collect::<String>(), fields.collect()] {
        assert!(page.contains(&table), "docs/filter.md lacks\n{table}");
    }
    for (form, _) in FORMS {
        read(form);
    }
    for row in FIELDS {
        assert!(row.example.starts_with(&format!("{}:", row.word)));
        read(row.example);
    }
}

#[test]
fn every_example_of_the_help_is_a_query() {
    let examples = help();
    let examples = examples.split("Examples:\n\n").nth(1).expect("there are examples");
    for line in examples.lines() {
        read(line.split("   ").find(|part| !part.trim().is_empty()).expect("a line has a query"));
    }
    assert!(help().lines().all(|line| line.chars().count() <= 120));
}

/// Pairs are let through as they are where origins have names in common, and else what any of them asked for
/// any of their names.
#[test]
fn pairs_of_origins_and_names() {
    let facts = |origin: &'static str, name: &'static str| ObservationFacts {
        at: Moment(0),
        kind: b"AAAA",
        rcode: Rcode::NoError,
        verdict: Verdict::Aaaa(Aaaa::Empty),
        origin_kind: OriginKind::Instance,
        origin,
        vpc: "vpc-1",
        account: "",
        region: "",
        source: None,
        port: 0,
        name,
        native: &[],
        ipv4: &[],
        status: None,
    };
    let of = |pairs: &[(&str, &str)]| {
        Query::from_pairs(pairs.iter().map(|(id, name)| ((OriginKind::Instance, *id, "vpc-1"), *name)))
    };
    let query = of(&[("i-1", "a."), ("i-1", "b."), ("i-2", "b."), ("i-2", "a."), ("i-3", "c.")]);
    for (origin, name, is_meant) in [
        ("i-1", "a.", true),
        ("i-2", "b.", true),
        ("i-3", "c.", true),
        ("i-3", "a.", false),
        ("i-1", "c.", false),
        ("i-4", "a.", false),
    ] {
        assert_eq!(query.matches(&facts(origin, name)), is_meant, "{origin} {name}");
    }
    // What it prints can be typed.
    let typed: Query = query.to_string().parse().expect("it is a query");
    for (origin, name, is_meant) in [("i-1", "a.", true), ("i-2", "b.", true), ("i-3", "a.", false)] {
        assert_eq!(typed.matches(&facts(origin, name)), is_meant, "{query}: {origin} {name}");
    }
    let ids: Vec<String> = (0..100).map(|at| format!("i-{at}")).collect();
    let names: Vec<String> = (0..100).map(|at| format!("n{at}.")).collect();
    let pairs: Vec<(&str, &str)> = ids.iter().zip(&names).map(|(id, name)| (&**id, &**name)).collect();
    let query = of(&pairs);
    assert!(query.matches(&facts("i-7", "n7.")) && query.matches(&facts("i-7", "n8.")));
    assert!(!query.matches(&facts("i-7", "c.")) && !query.matches(&facts("i-100", "n7.")));
}
