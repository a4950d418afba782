//! The plan: what to change first, what comes of it, and how many origins would work without IPv4.

use serde_json::{Value, json};

use crate::program::{Place, record};

/// Two hundred instances that ask for two APIs. Of the first 40 the SSM Agent asks, too; the next 12 ask for
/// somebody's own name, the next 8 for a name by A alone.
fn fleet() -> Place {
    let mut log = String::new();
    for number in 0..200 {
        let mut ask = |name: &str, aaaa: bool| {
            for kind in ["AAAA", "A"].iter().skip(usize::from(!aaaa)) {
                let address = if *kind == "A" { "198.51.100.1" } else { "" };
                let line = record(kind, name, address).replace("\"i-1\"", &format!("\"i-{number:04}\""));
                log.push_str(&line.replace("10.0.0.5", &format!("10.0.1.{number}")));
            }
        };
        ask("kms.us-west-2.amazonaws.com.", true);
        ask("sqs.us-west-2.amazonaws.com.", true);
        match number {
            0..40 => ["ssm.us-west-2.amazonaws.com.", "ssmmessages.us-west-2.amazonaws.com."]
                .into_iter()
                .for_each(|name| ask(name, true)),
            40..52 => ask("git.example.", true),
            52..60 => ask("old.example.", false),
            _ => {}
        }
    }
    let place = Place::new();
    place.write("log", log);
    place
}

fn report(place: &Place, arguments: &[&str]) -> Value {
    let ran = place.run(&[&["report", "log", "-f", "json"], arguments].concat());
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    serde_json::from_str(&ran.out).expect("it is JSON")
}

#[test]
fn a_fleet_in_two_changes() {
    let plan = &report(&fleet(), &[])["plan"];
    assert_eq!(plan["origins"], 200);
    assert_eq!(plan["today"], json!({"ready": 0, "perhaps": 0, "unknown": 0}));
    assert_eq!(plan["with_nat64"], json!({"ready": 192, "perhaps": 0, "unknown": 8}));
    assert_eq!(plan["needs"], json!({"pairs": 492, "endpoints": 5, "origins": 200, "unconfirmed": 40}));
    assert_eq!(plan["exact"], true);
    let steps = plan["steps"].as_array().expect("steps are a list");
    let ids: Vec<&str> = steps.iter().filter_map(|step| step["id"].as_str()).collect();
    assert_eq!(ids, ["sdk-switch", "feature:ssm"]);
    assert_eq!(
        steps[0]["title"],
        "AWS_USE_DUALSTACK_ENDPOINT=true on 200 origins: 2 endpoints, 81 % of what needs NAT64"
    );
    assert_eq!(steps[0]["after"], json!({"ready": 140, "perhaps": 0, "unknown": 8}));
    // No table of AWS's lists ssmmessages.us-west-2.api.aws.
    assert_eq!(steps[1]["covers"], json!({"pairs": 80, "endpoints": 2, "origins": 40, "unconfirmed": 40}));
    assert_eq!(steps[1]["after"], json!({"ready": 140, "perhaps": 40, "unknown": 8}));
    assert_eq!(steps[1]["origin_ids"], json!(["i-0000", "i-0001", "i-0002", "i-0003", "i-0004"]));
    let remains = plan["remains"].as_array().expect("what remains is a list");
    let ids: Vec<&str> = remains.iter().filter_map(|rest| rest["id"].as_str()).collect();
    assert_eq!(ids, ["third-party", "a-only"]);
    assert_eq!(remains[0]["covers"]["origins"], 12);
}

/// Regional endpoints of AWS STS go with the switch of the SDKs: nothing else is needed for other APIs
/// beside.
#[test]
fn one_step_for_the_global_name_of_sts_and_other_apis() {
    let ids = |names: &[&str]| {
        let place = Place::new();
        place.write("log", names.iter().map(|name| record("AAAA", name, "")).collect::<String>());
        let plan = report(&place, &[])["plan"].clone();
        let steps = plan["steps"].as_array().expect("steps are a list").iter();
        let told = steps.map(|step| (step["id"].clone(), step["covers"]["pairs"].clone()));
        (told.collect::<Vec<_>>(), plan["exact"].clone())
    };
    let (sts, kms, sqs) =
        ("sts.amazonaws.com.", "kms.us-west-2.amazonaws.com.", "sqs.us-west-2.amazonaws.com.");
    let step = |id: &str, pairs: u64| (json!(id), json!(pairs));
    assert_eq!(ids(&[sts, kms]), (vec![step("regional-sts", 2)], json!(true)));
    assert_eq!(ids(&[sts, kms, sqs]), (vec![step("regional-sts", 3)], json!(true)));
    assert_eq!(ids(&[kms]), (vec![step("endpoint:kms", 1)], json!(true)));
    assert_eq!(ids(&[kms, sqs]), (vec![step("sdk-switch", 2)], json!(true)));
}

/// Whoever asks for `ssmmessages` does without `ec2messages`; of another who does not, that says nothing.
#[test]
fn one_of_two_names_that_do_the_same_is_enough() {
    let place = Place::new();
    let mut log = String::new();
    for (id, name, address) in [
        ("i-1", "ssm.us-west-2.api.aws.", "2a05:d018::1"),
        ("i-1", "ssmmessages.us-west-2.api.aws.", "2a05:d018::2"),
        ("i-1", "ec2messages.us-west-2.amazonaws.com.", ""),
        ("i-2", "ssm.us-west-2.api.aws.", "2a05:d018::1"),
        ("i-2", "ec2messages.us-west-2.amazonaws.com.", ""),
    ] {
        log.push_str(&record("AAAA", name, address).replace("\"i-1\"", &format!("\"{id}\"")));
    }
    place.write("log", log);
    let report = report(&place, &[]);
    let plan = &report["plan"];
    assert_eq!(plan["today"], json!({"ready": 1, "perhaps": 0, "unknown": 0}));
    assert_eq!(plan["remains"][0]["origin_ids"], json!(["i-2"]), "{plan:#}");
    let profile = |origin: usize| {
        let usage = &report["origins"][origin]["profiles"][0];
        (usage["native"].as_u64(), usage["not"].as_u64())
    };
    assert_eq!((profile(0), profile(1)), ((Some(2), Some(0)), (Some(1), Some(1))));
}

/// Of what fails it is said whether A was answered, of each name by itself.
#[test]
fn what_fails_remains() {
    let place = Place::new();
    let failing = |name: &str| record("AAAA", name, "").replace("NOERROR", "SERVFAIL");
    let log = failing("a.example.") + &failing("b.example.") + &record("A", "b.example.", "198.51.100.1");
    place.write("log", log);
    let plan = report(&place, &[])["plan"].clone();
    let remains = plan["remains"].as_array().expect("what remains is a list").iter();
    let told: Vec<(&Value, &Value)> = remains.map(|rest| (&rest["id"], &rest["names"][0]["name"])).collect();
    let (with_a, without) = (json!("failing-for-aaaa"), json!("failing-a-unknown"));
    assert_eq!(told, [(&with_a, &json!("b.example")), (&without, &json!("a.example"))], "{plan:#}");
}

#[test]
fn the_plan_as_a_person_reads_it() {
    let place = fleet();
    let ran = place.run(&["report", "log"]);
    let (_, plan) = ran.out.split_once("\nPlan\n").expect("there is a plan");
    insta::assert_snapshot!("plan-text", plan.split_once("\nWhat to do").expect("findings follow").0);
    let ran = place.run(&["report", "log", "-f", "markdown"]);
    let (_, plan) = ran.out.split_once("\n## Plan\n").expect("there is a plan");
    insta::assert_snapshot!("plan-markdown", plan.split_once("\n## What to do").expect("findings follow").0);
    let brief = place.run(&["report", "log", "--brief"]).out;
    assert!(brief.contains("\nPlan\n0 of 200 origins would work today with neither"), "{brief}");
    let page = place.run(&["report", "log", "-f", "html"]).out;
    assert!(page.contains("<section id=\"plan\"") && page.contains("<li id=\"step-2\">"), "{page:.2000}");
}

/// Of two changes one is left out: that is said, also where it is the only one.
#[test]
fn changes_that_are_not_listed_are_counted() {
    let place = fleet();
    for (format, [from, until], said) in [
        ("text", ["\nPlan\n", "\nWhat to do\n"], "… and 1 more change (--limit 0 lists all)"),
        ("markdown", ["\n## Plan\n", "\n## What to do\n"], "… and 1 more (`--limit 0` lists all)."),
        ("html", ["<section id=\"plan\"", "<section id=\"findings\""], "… and 1 more change, listed with"),
    ] {
        let plan = |limit: &str| {
            let out = place.run(&["report", "log", "-f", format, "--limit", limit]).out;
            let (_, plan) = out.split_once(from).expect("there is a plan");
            plan.split_once(until).expect("findings follow").0.to_owned()
        };
        assert!(plan("1").contains(said), "{format}: {}", plan("1"));
        assert!(!plan("2").contains("… and 1 more"), "{format}: {}", plan("2"));
    }
}

/// A plan is of what was selected, and of nobody there is none.
#[test]
fn of_what_was_selected() {
    let place = fleet();
    let plan = &report(&place, &["--origin", "i-0070"])["plan"];
    assert_eq!((&plan["origins"], &plan["steps"][0]["after"]["ready"]), (&json!(1), &json!(1)));
    let plan = &report(&place, &["--name", "nobody"])["plan"];
    assert_eq!((&plan["origins"], &plan["readiness"], &plan["steps"]), (&json!(0), &json!(""), &json!([])));
}

#[test]
fn too_few_that_are_ready_decide_the_exit_code() {
    let place = fleet();
    place.write("ready", record("AAAA", "api.example.", "2a05:d018::1"));
    for (arguments, code) in [
        (&["log", "--fail-on", "readiness<1"][..], 1),
        (&["log", "--fail-on", "readiness<0"], 0),
        (&["log", "--fail-on", "readiness<1%"], 1),
        (&["log", "--fail-on", "failing,readiness<1"], 1),
        (&["ready", "--fail-on", "readiness<100%"], 0),
        (&["ready", "--fail-on", "readiness<2"], 1),
        // Of what was not selected nothing is said.
        (&["ready", "--fail-on", "readiness<100%", "--name", "nobody"], 0),
        (&["ready", "-f", "csv", "--fail-on", "readiness<2,failing"], 1),
        (&["ready", "--fail-on", "readiness<2.5"], 2),
        (&["ready", "--fail-on", "readiness<200%"], 2),
    ] {
        let ran = place.run(&[&["report"], arguments].concat());
        assert_eq!(ran.code, Some(code), "{arguments:?}: {}{}", ran.out, ran.err);
    }
}

/// Of two changes that cover as much, the switch of the SDKs is less work than the endpoint of one service,
/// which is for those who cannot throw it.
#[test]
fn what_is_less_work_comes_first() {
    let place = Place::new();
    let mut log = String::new();
    for (id, name) in [
        // Kinds of endpoint without IPv6: the switch would take them away.
        ("i-1", "kms.us-west-2.amazonaws.com."),
        ("i-1", "directconnect.us-west-2.amazonaws.com."),
        ("i-2", "kms.us-west-2.amazonaws.com."),
        ("i-2", "directconnect.us-west-2.amazonaws.com."),
        ("i-3", "sqs.us-west-2.amazonaws.com."),
        ("i-3", "sns.us-west-2.amazonaws.com."),
    ] {
        log.push_str(&record("AAAA", name, "").replace("\"i-1\"", &format!("\"{id}\"")));
    }
    place.write("log", log);
    let plan = &report(&place, &[])["plan"];
    let steps = plan["steps"].as_array().expect("steps are a list").iter();
    let told: Vec<_> = steps.map(|step| (step["id"].clone(), step["covers"]["pairs"].clone())).collect();
    let step = |id: &str, pairs: u64| (json!(id), json!(pairs));
    assert_eq!(told[..2], [step("sdk-switch", 2), step("endpoint:kms", 2)], "{plan:#}");
}

/// What DNS Firewall blocks for AAAA alone is in the way; of what it blocks altogether nothing is to be done
/// for IPv6.
#[test]
fn what_is_blocked_for_aaaa_alone_remains() {
    let place = Place::new();
    let blocked = |kind: &str, name: &str| {
        record(kind, name, "").replace("\"srcids\"", "\"firewall_rule_action\":\"BLOCK\",\"srcids\"")
    };
    let one = blocked("AAAA", "a.example.") + &record("A", "a.example.", "198.51.100.1");
    place.write("log", one + &blocked("AAAA", "b.example.") + &blocked("A", "b.example."));
    let plan = &report(&place, &[])["plan"];
    let remains = plan["remains"].as_array().expect("what remains is a list").iter();
    let told: Vec<(&Value, &Value)> = remains.map(|rest| (&rest["id"], &rest["names"])).collect();
    assert_eq!(told.len(), 1, "{plan:#}");
    assert_eq!((told[0].0, &told[0].1[0]["name"]), (&json!("blocked-for-aaaa"), &json!("a.example")));
    let action = plan["remains"][0]["action"].as_str().expect("it is a text");
    assert!(action.starts_with("change the rule of DNS Firewall"), "{action}");
}

/// Each change says what may go wrong with it.
#[test]
fn a_change_says_what_it_may_break() {
    for (name, id, risk) in [
        ("oidc.eks.us-west-2.amazonaws.com.", "other-name", "Certificates must hold"),
        ("app-1122334455.us-west-2.elb.amazonaws.com.", "owner:Elastic Load Balancing", "Subnets"),
        ("111122223333.dkr.ecr.us-west-2.amazonaws.com.", "image-reference", "Interface endpoints"),
        ("time.aws.com.", "link:time", "AWS Nitro System"),
        ("kms.us-west-2.amazonaws.com.", "endpoint:kms", "olicies"),
    ] {
        let place = Place::new();
        place.write("log", record("AAAA", name, "") + &record("A", name, "198.51.100.1"));
        let plan = &report(&place, &[])["plan"];
        let step = &plan["steps"][0];
        assert_eq!(step["id"], id, "{plan:#}");
        assert!(step["risk"].as_str().is_some_and(|said| said.contains(risk)), "{step:#}");
    }
}

/// A name that its clients do without keeps nobody from the switch of the SDKs.
#[test]
fn what_is_done_without_holds_nothing_back() {
    let place = Place::new();
    let mut log = String::new();
    for (name, address) in [
        ("ssm.us-west-2.api.aws.", "2a05:d018::1"),
        ("ssmmessages.us-west-2.api.aws.", "2a05:d018::2"),
        ("ec2messages.us-west-2.amazonaws.com.", ""),
        ("kms.us-west-2.amazonaws.com.", ""),
        ("sqs.us-west-2.amazonaws.com.", ""),
    ] {
        log.push_str(&record("AAAA", name, address));
    }
    place.write("log", log);
    let plan = &report(&place, &[])["plan"];
    let steps = plan["steps"].as_array().expect("steps are a list");
    let ids: Vec<&Value> = steps.iter().map(|step| &step["id"]).collect();
    assert_eq!(ids, ["sdk-switch"], "{plan:#}");
}
