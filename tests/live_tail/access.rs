//! The program and its environment: endpoints, proxies and credentials, and what is said where they do not
//! work.

use std::fs;
use std::io::Read as _;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::fake::{Fake, arn};
use crate::program::{Home, LONGEST, interrupt, lines};

/// No other variable is set than these and `HOME`.
fn command(home: &Home, variables: &[(&str, &str)], arguments: &[&str]) -> Command {
    let mut command = home.bare(arguments);
    command.env("AWS_REGION", "us-east-1").envs(variables.iter().copied());
    command
}

const KEYS: [(&str, &str); 2] = [("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"), ("AWS_SECRET_ACCESS_KEY", "secret")];

/// Runs until the first line comes, and ends it. Returns what it said.
fn follows(mut command: Command) -> String {
    let mut child = command.spawn().expect("the program starts");
    let written = lines(&mut child);
    let Ok(line) = written.recv_timeout(LONGEST) else {
        let (_, said) = interrupt(child);
        panic!("no line: {said}");
    };
    assert!(line.contains(" i-1 "), "{line}");
    let (code, said) = interrupt(child);
    assert_eq!(code, Some(130), "{said}");
    said
}

fn asked(fake: &Fake) -> Vec<(String, String)> {
    fake.world().asked.iter().cloned().collect()
}

#[test]
fn endpoints_are_those_of_the_environment_or_the_profile() {
    let fake = Fake::start();
    let home = Home::new("endpoints");
    let (url, host) = (format!("http://{}", fake.address), fake.address.to_string());
    let group = arn("/fake/split");
    let config = format!(
        "[profile here]\naws_access_key_id = A\naws_secret_access_key = B\nregion = us-east-1\nendpoint_url = {url}\n\
         disable_host_prefix_injection = true\n"
    );
    fs::create_dir(home.0.join(".aws")).expect("a folder can be made");
    fs::write(home.0.join(".aws/config"), config).expect("a file can be written");
    let plain = ("AWS_DISABLE_HOST_PREFIX_INJECTION", "TRUE");
    for (variables, arguments) in [
        (&[KEYS[0], KEYS[1], plain, ("AWS_ENDPOINT_URL", &*url)][..], &["tail", &group][..]),
        (&[KEYS[0], KEYS[1], plain, ("AWS_ENDPOINT_URL_CLOUDWATCH_LOGS", &url)], &["tail", &group]),
        (
            &[
                KEYS[0],
                KEYS[1],
                plain,
                ("AWS_ENDPOINT_URL", "http://127.0.0.1:1"),
                ("AWS_ENDPOINT_URL_CLOUDWATCH_LOGS", &url),
            ],
            &["tail", &group],
        ),
        (&[], &["tail", &group, "--profile", "here"]),
        // What does not go through the proxy does not notice that there is none.
        (
            &[
                KEYS[0],
                KEYS[1],
                plain,
                ("AWS_ENDPOINT_URL", &url),
                ("HTTP_PROXY", "http://127.0.0.1:1"),
                ("NO_PROXY", "127.0.0.1"),
            ],
            &["tail", &group],
        ),
    ] {
        let said = follows(command(&home, variables, arguments));
        assert!(said.contains("note: connecting\n"), "{variables:?}: {said}");
    }
    let operations = ["DescribeLogGroups", "FilterLogEvents", "StartLiveTail"];
    let all = asked(&fake);
    assert!(all.iter().all(|(operation, to)| operations.contains(&&**operation) && *to == host), "{all:?}");
}

/// The fake as a proxy: names need not resolve here, and the prefix of Live Tail is in them.
#[test]
fn a_proxy_gets_all_requests() {
    let fake = Fake::start();
    let home = Home::new("proxy");
    let group = arn("/fake/unknown");
    let proxy = format!("http://{}", fake.address);
    let variables = [KEYS[0], KEYS[1], ("AWS_ENDPOINT_URL", "http://logs.example:9"), ("HTTP_PROXY", &proxy)];
    let _ = follows(command(&home, &variables, &["tail", &group]));
    let wanted = ("StartLiveTail".to_owned(), "stream-logs.example:9".to_owned());
    assert!(asked(&fake).contains(&wanted), "{:?}", asked(&fake));
}

/// The hosts that Region, partition, dual-stack and FIPS come to. The proxy lets nothing through, and the
/// error names the host.
#[test]
fn the_host_that_was_tried_is_named() {
    let home = Home::new("hosts");
    for (region, variable, host) in [
        ("us-east-1", ("X", ""), "logs.us-east-1.amazonaws.com"),
        ("us-east-1", ("AWS_USE_DUALSTACK_ENDPOINT", "true"), "logs.us-east-1.api.aws"),
        ("us-east-1", ("AWS_USE_FIPS_ENDPOINT", "true"), "logs-fips.us-east-1.amazonaws.com"),
        ("cn-north-1", ("X", ""), "logs.cn-north-1.amazonaws.com.cn"),
    ] {
        let fake = Fake::start();
        let proxy = format!("http://{}", fake.address);
        let variables = [KEYS[0], KEYS[1], variable, ("HTTPS_PROXY", &proxy)];
        let output = command(&home, &variables, &["tail", "/fake/split", "--region", region]).output();
        let output = output.expect("the program starts");
        let said = String::from_utf8(output.stderr).expect("it is text");
        let begins = format!("error: cannot follow the log groups: cannot connect to `{host}`: ");
        assert!(said.starts_with(&begins), "{begins}\n{said}");
        assert!(
            said.contains("\n  try: HTTPS_PROXY is set: see whether that proxy lets it through"),
            "{said}"
        );
        assert_eq!(output.status.code(), Some(2));
        assert_eq!(asked(&fake), [("CONNECT".to_owned(), format!("{host}:443"))]);
    }
}

#[test]
fn live_tail_alone_may_be_out_of_reach() {
    let fake = Fake::start();
    let home = Home::new("reach");
    let group = arn("/fake/split");
    let url = format!("http://{}", fake.address);
    // Without the switch the SDK puts `stream-` before the address, which is no name of anything.
    let variables = [KEYS[0], KEYS[1], ("AWS_ENDPOINT_URL", &*url)];
    let said = follows(command(&home, &variables, &["tail", &group]));
    let tried = format!("`stream-{}`: ", fake.address);
    assert!(said.contains("note: polling until there is Live Tail again: cannot resolve "), "{said}");
    assert!(said.contains(&tried), "{said}");
}

#[test]
fn a_role_of_a_profile_is_assumed() {
    let fake = Fake::start();
    let home = Home::new("role");
    let config = "[profile role]\nrole_arn = arn:aws:iam::111122223333:role/x\ncredential_source = Environment\n\
                  region = us-east-1\n";
    fs::create_dir(home.0.join(".aws")).expect("a folder can be made");
    fs::write(home.0.join(".aws/config"), config).expect("a file can be written");
    let group = arn("/fake/split");
    let mut command = home.command(&fake, &["tail", &group, "--profile", "role"]);
    // The Region is that of the profile.
    command.env_remove("AWS_REGION");
    let _ = follows(command);
    assert!(asked(&fake).iter().any(|(operation, _)| operation == "AssumeRole"), "{:?}", asked(&fake));
}

/// A role with the code of a device is not asked for without one; which profile wants it is said, and what
/// asks for it.
#[test]
fn a_role_with_a_code_is_said_to_need_one() {
    let fake = Fake::start();
    let home = Home::new("code");
    let config = "[profile code]\nrole_arn = arn:aws:iam::111122223333:role/x\nsource_profile = base\n\
                  mfa_serial = arn:aws:iam::111122223333:mfa/me\n[profile over]\nsource_profile = code\n\
                  role_arn = arn:aws:iam::111122223333:role/y\n[profile base]\naws_access_key_id = A\n\
                  aws_secret_access_key = B\n";
    fs::create_dir(home.0.join(".aws")).expect("a folder can be made");
    fs::write(home.0.join(".aws/config"), config).expect("a file can be written");
    for profile in ["code", "over"] {
        for variable in [false, true] {
            let mut command = home.command(&fake, &["tail", "/fake/split"]);
            if variable {
                command.env_remove("AWS_ACCESS_KEY_ID").env("AWS_PROFILE", profile);
            } else {
                command.args(["--profile", profile]);
            }
            let output = command.output().expect("the program starts");
            let said = String::from_utf8(output.stderr).expect("it is text");
            assert!(said.contains("the profile `code` assumes a role with the code of a device"), "{said}");
            assert!(said.contains(&format!("export-credentials --profile {profile} ")), "{said}");
        }
    }
    assert_eq!(asked(&fake), [], "nobody was asked");
    // Keys of the environment count first.
    let mut command = home.command(&fake, &["tail", &arn("/fake/split")]);
    command.env("AWS_PROFILE", "code");
    let _ = follows(command);
}

/// What may hold a password is not shown, not even where it is no URL.
#[test]
fn an_endpoint_that_is_no_url_is_not_shown() {
    let home = Home::new("url");
    for url in ["http://me:sec ret@[::1", "ftp://me:sec@h", "http://", "me:sec@host"] {
        let variables = [KEYS[0], KEYS[1], ("AWS_ENDPOINT_URL", url)];
        let output =
            command(&home, &variables, &["tail", "/fake/split"]).output().expect("the program starts");
        let said = String::from_utf8(output.stderr).expect("it is text");
        assert!(said.contains("the endpoint that is configured for CloudWatch_Logs is no URL"), "{said}");
        assert!(!said.contains("sec"), "{said}");
    }
}

/// A service that is not there is said in the words of who answers.
#[test]
fn what_an_emulator_says_of_a_service_it_lacks_is_said() {
    let fake = Fake::start();
    let home = Home::new("lacks");
    let mut command = home.command(&fake, &["groups"]);
    command.env("AWS_ENDPOINT_URL", format!("http://{}/lacking", fake.address));
    let output = command.output().expect("the program starts");
    let said = String::from_utf8(output.stderr).expect("it is text");
    let words = format!("`{}` refused it (HTTP 400): Unsupported service: route53resolver", fake.address);
    assert!(said.contains(&words), "{said}");
}

/// SOCKS is said not to be spoken, without the password of the proxy.
#[test]
fn a_proxy_that_is_not_spoken_to_is_said() {
    let fake = Fake::start();
    let home = Home::new("tongues");
    let plain = format!("http://{}", fake.address);
    let socks = ("ALL_PROXY", "socks5h://me:secret@127.0.0.1:1");
    let variables = [KEYS[0], KEYS[1], ("AWS_ENDPOINT_URL", &*plain), socks];
    let output = command(&home, &variables, &["tail", "/fake/split"]).output().expect("the program starts");
    let said = String::from_utf8(output.stderr).expect("it is text");
    assert!(said.contains("ALL_PROXY names a SOCKS proxy, which is not spoken here"), "{said}");
    assert!(!said.contains("secret@"), "{said}");
}

/// A web identity, a container and an instance have roles of their own.
#[test]
fn roles_of_the_machine_are_used() {
    let home = Home::new("machine");
    fs::write(home.0.join("token"), "a token").expect("a file can be written");
    let token = home.0.join("token").display().to_string();
    for place in ["web identity", "container", "instance"] {
        let fake = Fake::start();
        fake.world().has_role = true;
        let url = format!("http://{}", fake.address);
        let granted = format!("{url}/granted");
        let mut command = home.command(&fake, &["tail", &arn("/fake/split")]);
        command.env_remove("AWS_ACCESS_KEY_ID").env_remove("AWS_SECRET_ACCESS_KEY");
        let first = match place {
            "web identity" => {
                command.env("AWS_WEB_IDENTITY_TOKEN_FILE", &token);
                command.env("AWS_ROLE_ARN", "arn:aws:iam::111122223333:role/x");
                "AssumeRoleWithWebIdentity"
            }
            "container" => {
                command.env("AWS_CONTAINER_CREDENTIALS_FULL_URI", &granted);
                "/granted"
            }
            _ => {
                command.env("AWS_EC2_METADATA_DISABLED", "false");
                command.env("AWS_EC2_METADATA_SERVICE_ENDPOINT", &url);
                "/latest/api/token"
            }
        };
        let _ = follows(command);
        assert!(asked(&fake).iter().any(|(operation, _)| operation == first), "{place}: {:?}", asked(&fake));
    }
}

#[test]
fn credentials_that_cannot_be_had() {
    let fake = Fake::start();
    let home = Home::new("credentials");
    fs::create_dir_all(home.0.join(".aws/sso/cache")).expect("a folder can be made");
    let sso = |name: &str| {
        format!(
            "[profile {name}]\nsso_session = {name}\nsso_account_id = 111122223333\nsso_role_name = reader\n\
             region = us-east-1\n[sso-session {name}]\nsso_start_url = https://{name}.example/start\n\
             sso_region = us-east-1\n"
        )
    };
    let failing = "[profile process]\ncredential_process = /bin/sh -c \"echo no luck >&2; exit 3\"\n";
    let config = sso("never") + &sso("expired") + failing;
    fs::write(home.0.join(".aws/config"), config).expect("a file can be written");
    // The name is the SHA-1 of the session's.
    let cached = home.0.join(".aws/sso/cache/45a6f9adb1df3a78aafc71391c7d3bfa7680229b.json");
    let token = r#"{"accessToken":"x","expiresAt":"2020-01-01T00:00:00Z","region":"us-east-1","startUrl":"https://expired.example/start"}"#;
    fs::write(cached, token).expect("a file can be written");
    let here = format!("http://{}", fake.address);
    let container = format!("{here}/credentials");
    for (variables, profile, text, hint) in [
        (
            &[][..],
            Some("never"),
            "no credentials: failed to load the cached SSO token",
            "aws sso login --profile never",
        ),
        (
            &[],
            Some("expired"),
            "the SSO token has expired and cannot be refreshed",
            "aws sso login --profile expired",
        ),
        (
            &[],
            Some("process"),
            "external process exited with code exit status: 3. Stderr: no luck",
            "run the profile's `credential_process` by itself",
        ),
        (
            &[("AWS_CONTAINER_CREDENTIALS_FULL_URI", &*container)],
            None,
            "Non-success status from HTTP credential provider: StatusCode(404)",
            "see whether this instance or task has a role, or choose a profile with --profile",
        ),
        (
            &[("AWS_EC2_METADATA_DISABLED", "false"), ("AWS_EC2_METADATA_SERVICE_ENDPOINT", &here)],
            None,
            "failed to load IMDS session token: ",
            "see whether this instance or task has a role, or choose a profile with --profile",
        ),
        (
            &[],
            None,
            "there are no credentials: not in the environment, not in a profile, not from the machine",
            "set new credentials in the environment, or choose a profile with --profile",
        ),
    ] {
        let mut arguments = vec!["tail", "/fake/split"];
        arguments.extend(profile.iter().flat_map(|profile| ["--profile", profile]));
        let mut child = command(&home, variables, &arguments).spawn().expect("the program starts");
        let mut said = String::new();
        child.stderr.take().expect("it has one").read_to_string(&mut said).expect("it is text");
        assert_eq!(child.wait().expect("it ends").code(), Some(2), "{said}");
        assert!(
            said.starts_with("error: cannot follow the log groups: ") && said.contains(text),
            "{text}: {said}"
        );
        assert!(said.ends_with(&format!("\n  try: {hint}\n")), "{hint}: {said}");
    }
}

/// Credentials that expire are looked for anew, and what was missed meanwhile is read.
#[test]
fn credentials_that_expire_are_renewed() {
    let fake = Fake::start();
    let home = Home::new("renewed");
    let script = "#!/bin/sh\necho asked >> asked\n\
                  echo '{\"Version\":1,\"AccessKeyId\":\"A\",\"SecretAccessKey\":\"B\"}'\n";
    fs::write(home.0.join("give"), script).expect("a file can be written");
    let config = format!("[profile dev]\ncredential_process = /bin/sh {}\n", home.0.join("give").display());
    fs::create_dir(home.0.join(".aws")).expect("a folder can be made");
    fs::write(home.0.join(".aws/config"), config).expect("a file can be written");
    let name = "/fake/open.expired";
    let mut child =
        home.command(&fake, &["tail", &arn(name), "--profile", "dev"]).spawn().expect("the program starts");
    let written = lines(&mut child);
    let start = Instant::now();
    let mut count = 0;
    loop {
        count += usize::from(written.recv_timeout(Duration::from_millis(10)).is_ok());
        let world = fake.world();
        if world.is_done(name) && count >= world.records(name).len() {
            break;
        }
        drop(world);
        assert!(start.elapsed() < LONGEST, "{count} lines");
    }
    let (code, said) = interrupt(child);
    assert_eq!(code, Some(130), "{said}");
    let renew = "note: trying again: ExpiredTokenException: said by ExpiredTokenException; try: aws sso login \
                 --profile dev\nnote: live\n";
    assert!(said.contains(renew), "{said}");
    assert_eq!(count + written.iter().count(), fake.world().records(name).len());
    let asked = fs::read_to_string(home.0.join("asked")).expect("it was asked");
    assert!(asked.lines().count() >= 3, "once before the start and once after each failure: {asked}");
}
