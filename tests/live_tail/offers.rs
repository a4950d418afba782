//! Query logging: `groups`, and the log groups that `tail` finds by itself.

use std::io::{Read as _, Write as _};
use std::thread;

use portable_pty::{CommandBuilder, PtySize, native_pty_system};
use serde_json::{Value, json};

use crate::fake::Fake;
use crate::program::{Home, LONGEST, interrupt, lines};

/// Exit code, standard output, standard error.
fn ran(fake: &Fake, home: &Home, arguments: &[&str]) -> (Option<i32>, String, String) {
    let output = home.command(fake, arguments).output().expect("the program starts");
    let text = |bytes| String::from_utf8(bytes).expect("it is text");
    (output.status.code(), text(output.stdout), text(output.stderr))
}

#[test]
fn what_logs_where() {
    let fake = Fake::start();
    let home = Home::new("groups");
    let arguments = ["groups", "--region", "us-east-1", "--region", "eu-west-2", "--region", "ap-south-1"];
    let (code, out, err) = ran(&fake, &home, &arguments);
    assert_eq!(code, Some(3), "one of the Regions could not be asked");
    assert_eq!(
        out,
        "us-east-1
  VPC    STATUS                              TO               DESTINATION      CONFIGURATION
  vpc-1  being created                       S3               s3://bucket/dns  archive
  vpc-1  logs                                CloudWatch Logs  /fake/split      prod
  vpc-2  logs                                CloudWatch Logs  /fake/split      prod
  vpc-3  logs                                S3               s3://bucket/dns  archive
  vpc-4  action needed: may not write there  Firehose         dns              stream
  vpc-5  logs                                CloudWatch Logs  /fake/unknown    central, shared by 444455556666
  -      no VPC                              CloudWatch Logs  /fake/quiet      unused
  vpc-4: no permission to put records

eu-west-2: no query logging is configured.

Follow one live: r53tail tail --vpc vpc-1 --region us-east-1
"
    );
    assert_eq!(
        err,
        "error: cannot look for query logging: ap-south-1: AccessDeniedException: said by AccessDeniedException\n  \
         try: allow the IAM action `route53resolver:ListResolverQueryLogConfigs`\n"
    );
}

#[test]
fn what_logs_where_for_programs() {
    let fake = Fake::start();
    let home = Home::new("groups-json");
    let (code, out, err) = ran(&fake, &home, &["groups", "--region", "eu-west-1", "--format", "json"]);
    assert_eq!((code, &*err), (Some(0), ""));
    let arn = "arn:aws:logs:eu-west-1:111122223333:log-group:/fake/split";
    assert_eq!(
        serde_json::from_str::<Value>(&out).expect("it is JSON"),
        json!({"regions": [{"region": "eu-west-1", "configurations": [{
            "id": "rqlc-6", "name": "only", "owner": "111122223333", "status": "CREATED", "shared": "no",
            "destination": {"type": "cloudwatch-logs", "arn": arn, "log_group": "/fake/split"},
            "associations": [{"resource": "vpc-9", "status": "ACTIVE", "error": null, "message": null}]}]}]})
    );
}

#[test]
fn what_cannot_be_found_is_said_with_what_to_do() {
    let fake = Fake::start();
    let home = Home::new("offers");
    for (arguments, said) in [
        (
            &["groups", "--region", "ap-south-2"][..],
            "error: cannot look for query logging: ap-south-2: AccessDeniedException: said by AccessDeniedException\n  \
             try: allow the IAM action `route53resolver:ListResolverQueryLogConfigAssociations`\n",
        ),
        (
            &["tail", "--region", "ap-south-1"],
            "error: cannot look for the log groups of VPCs: ap-south-1: AccessDeniedException: said by \
             AccessDeniedException\n  try: allow the IAM action `route53resolver:ListResolverQueryLogConfigs`, or the \
             name of a log group\n",
        ),
        (
            &["tail"],
            "error: no log group is named: VPCs log to /fake/unknown in us-east-1 (vpc-5); /fake/split in us-east-1 \
             (vpc-1, vpc-2)\n  try: r53tail tail /fake/unknown\n",
        ),
        (
            &["tail", "--region", "eu-west-2"],
            "error: no log group is named: in eu-west-2 no VPC logs its queries to CloudWatch Logs\n  try: another \
             --region\n",
        ),
        (
            &["tail", "--vpc", "vpc-3"],
            "error: cannot follow vpc-3: it logs to S3 (s3://bucket/dns), and only log groups in CloudWatch Logs can \
             be followed\n  try: aws s3 sync s3://bucket/dns/AWSLogs/ AWSLogs/ --exclude '*' --include '*/vpc-3/*', \
             then: r53tail report AWSLogs/\n",
        ),
        (
            &["tail", "--vpc", "vpc-4"],
            "error: cannot follow vpc-4: it logs to Firehose (dns), and only log groups in CloudWatch Logs can be \
             followed\n  try: copy what the delivery stream wrote, then: r53tail report FOLDER\n",
        ),
        (
            &["tail", "--vpc", "vpc-1", "--vpc", "vpc-77"],
            "note: vpc-1 logs to /fake/split\nerror: cannot follow vpc-77: in us-east-1 no query logging configuration \
             is associated with it; one of a Route 53 Profile would not be seen\n  try: r53tail groups, another \
             --region, or the name of a log group\n",
        ),
        (
            &["tail", "--vpc", "dns"],
            "error: invalid value 'dns' for '--vpc <VPC>': not the id of a VPC such as vpc-0123456789abcdef0\n\nFor \
             more information, try '--help'.\n",
        ),
    ] {
        let (code, out, err) = ran(&fake, &home, arguments);
        assert_eq!((code, &*out, &*err), (Some(2), "", said), "{arguments:?}");
    }
}

#[test]
fn log_groups_are_found_by_vpc_or_by_being_the_only_one() {
    let fake = Fake::start();
    let home = Home::new("found");
    for (arguments, said) in [
        (
            &["tail", "--vpc", "vpc-2", "--vpc", "vpc-1"][..],
            "note: vpc-2 logs to /fake/split\nnote: vpc-1 logs to /fake/split\nnote: following 1 log group (/fake/split)",
        ),
        (
            &["tail", "--region", "eu-west-1"],
            "note: /fake/split is the only log group that VPCs log to\nnote: following 1 log group (/fake/split)",
        ),
    ] {
        let mut child = home.command(&fake, arguments).spawn().expect("the program starts");
        lines(&mut child).recv_timeout(LONGEST).expect("a line comes");
        let (code, err) = interrupt(child);
        assert_eq!(code, Some(130), "{err}");
        assert!(err.starts_with(said), "{err}");
    }
}

/// A log group of this account is asked for by its name, however it was found: emulators know no other way.
#[test]
fn an_own_log_group_is_read_by_its_name() {
    let home = Home::new("by-name");
    for wanted in [&["--vpc", "vpc-1"][..], &["/fake/split"], &["/fake/spl*"]] {
        let fake = Fake::start();
        let arguments = [&["tail", "--since", "1h"][..], wanted].concat();
        let mut child = home.command(&fake, &arguments).spawn().expect("the program starts");
        let told = lines(&mut child);
        while fake.world().read.is_empty() {
            told.recv_timeout(LONGEST).expect("a line comes");
        }
        let (code, err) = interrupt(child);
        assert_eq!(code, Some(130), "{err}");
        assert_eq!(fake.world().read.iter().collect::<Vec<_>>(), ["/fake/split"], "{wanted:?}: {err}");
    }
}

/// On a terminal somebody is asked.
#[test]
fn somebody_chooses() {
    let fake = Fake::start();
    let home = Home::new("chooses");
    let size = PtySize { rows: 30, cols: 200, pixel_width: 0, pixel_height: 0 };
    let pair = native_pty_system().openpty(size).expect("there are pseudo-terminals");
    let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_r53tail"));
    command.args(["tail", "--format", "text"]);
    command.env_clear();
    let prepared = home.command(&fake, &[]);
    for (name, value) in prepared.get_envs() {
        command.env(name, value.expect("it is set"));
    }
    let mut child = pair.slave.spawn_command(command).expect("the program starts");
    drop(pair.slave);
    let mut reader = pair.master.try_clone_reader().expect("it can be read");
    let mut keys = pair.master.take_writer().expect("it can be written");
    let (sender, output) = std::sync::mpsc::channel();
    thread::spawn(move || {
        let mut bytes = [0; 4096];
        while let Ok(length @ 1..) = reader.read(&mut bytes) {
            if sender.send(String::from_utf8_lossy(&bytes[..length]).into_owned()).is_err() {
                return;
            }
        }
    });
    let mut screen = String::new();
    let mut wait = |what: &str| {
        while !screen.contains(what) {
            let Ok(more) = output.recv_timeout(LONGEST) else { panic!("no {what}: {screen}") };
            screen.push_str(&more);
        }
    };
    wait("   1  /fake/unknown in us-east-1 (vpc-5)\r\n   2  /fake/split in us-east-1 (vpc-1, vpc-2)\r\n");
    wait("all: ");
    keys.write_all(b"2\n").expect("somebody reads");
    wait("note: following 1 log group (/fake/split)");
    wait(" i-1 ");
    keys.write_all(b"\x03").expect("somebody reads");
    assert_eq!(child.wait().expect("it ends").exit_code(), 130);
}
