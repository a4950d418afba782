//! Reading S3, against a server on loopback: what is asked for, that the outcome is that of the same files,
//! and what is said where something could not be read. `tests/interop/s3.py` asks a real server.

#![expect(clippy::expect_used, reason = "a test says what it expects")]

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use flate2::Compression;
use flate2::write::GzEncoder;

mod cache;
#[cfg(feature = "parquet")]
mod columns;
mod console;
mod faults;
mod layouts;
#[path = "../../src/log/record/sample.rs"]
mod line;
#[path = "../stage/ran.rs"]
mod ran;
mod store;

use line::LogLine;
use ran::Ran;
use store::{Asked, BUCKET, Fault, REGION, Store};

/// A record of an instance that asked for AAAA.
fn record(at: &str, instance: &str, name: &str, address: &str) -> String {
    let ids = [("instance", instance)];
    LogLine { vpc: "vpc-0a1b2c3d", at, name, address, ids: &ids, ..LogLine::default() }.to_string() + "\n"
}

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(text).expect("memory can be written");
    encoder.finish().expect("memory can be written")
}

/// Some records, other ones for each number.
fn log(number: u32) -> Vec<u8> {
    let names = ["a.example.", "b.example.", "ssm.us-west-2.amazonaws.com."];
    let answers = ["", "64:ff9b::c633:6401", "2600:1f14::1"];
    let lines = (0..20_u32).map(|line| {
        let at = usize::try_from(line + number).expect("it is small");
        let time = format!("2026-11-03T10:{:02}:{line:02}Z", number % 60);
        record(&time, &format!("i-0a{}", number % 7), names[at % 3], answers[at / 3 % 3])
    });
    lines.collect::<String>().into_bytes()
}

/// A home of its own; gone with it.
struct Home(PathBuf);

impl Home {
    fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("s3-{}-{number}", std::process::id()));
        fs::create_dir_all(&path).expect("a folder can be made");
        Self(path)
    }

    fn write(&self, path: &str, bytes: impl AsRef<[u8]>) {
        let path = self.0.join(path);
        fs::create_dir_all(path.parent().expect("it is in a folder")).expect("a folder can be made");
        fs::write(path, bytes).expect("a file can be written");
    }

    fn command(&self, store: &Store, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_r53tail"));
        command.args(arguments).current_dir(&self.0).env_clear().env("HOME", &self.0);
        command.env("AWS_EC2_METADATA_DISABLED", "true").env("AWS_REGION", REGION);
        command.env("AWS_ENDPOINT_URL_S3", format!("http://{}", store.address));
        command.env("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE").env("AWS_SECRET_ACCESS_KEY", SECRET);
        command.env("AWS_SESSION_TOKEN", TOKEN).stdin(Stdio::null());
        command
    }

    fn run(&self, store: &Store, arguments: &[&str]) -> Ran {
        Ran::from_output(&self.command(store, arguments).output().expect("the program runs"), &HIDDEN)
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        // A folder that stays is in nobody's way.
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// What must never be seen.
const SECRET: &str = "secret-that-nobody-sees";
const TOKEN: &str = "token-that-nobody-sees";

const HIDDEN: [&str; 4] = [SECRET, TOKEN, "Signature=", "X-Amz-"];

/// A store and a folder with the same contents.
fn both(objects: &[(&str, Vec<u8>)]) -> (Store, Home) {
    let (store, home) = (Store::new(), Home::new());
    for (key, bytes) in objects {
        store.put(key, bytes.clone());
        home.write(&format!("files/{key}"), bytes);
    }
    (store, home)
}

/// A report on a location and one on a folder, which say the same but for the names of the inputs.
fn alike(store: &Store, home: &Home, options: &[&str], location: &str, folder: &str) -> Ran {
    let ran = |path| home.run(store, &[&["report", path], options].concat());
    let (remote, local) = (ran(location), ran(folder));
    assert_eq!(local.code, Some(0), "{local:?}");
    assert_eq!((remote.code, remote.err.as_str()), (Some(0), local.err.as_str()), "{remote:?}");
    let named = remote.out.replace(&format!("s3://{BUCKET}/"), "files/");
    assert!(named == local.out, "{named}\n{}", local.out);
    remote
}

#[test]
fn objects_are_read_as_files_are() {
    let plain = [log(3), log(4)].concat();
    let packed = zstd::encode_all(&log(5)[..], 1).expect("memory can be packed");
    let large = gzip(&(0..60).flat_map(|number| log(number * 7)).collect::<Vec<u8>>());
    let objects = [
        ("a-b/1.log.gz", gzip(&log(1))),
        ("a/2.log", log(2)),
        ("a/twice.gz", gzip(&gzip(&log(9)))),
        ("a/members.gz", [gzip(&log(6)), gzip(&log(7))].concat()),
        ("a.log", plain),
        ("b c/d+e%41&f=#é.log.zst", packed),
        ("b c/large.log.gz", large),
        ("empty", Vec::new()),
    ];
    let (store, home) = both(&objects);
    for format in ["json", "text"] {
        alike(&store, &home, &["-f", format, "--limit", "0"], &format!("s3://{BUCKET}"), "files/");
    }
    for (location, folder) in [("a/", "files/a"), ("b c", "files/b c"), ("a.log", "files/a.log")] {
        alike(&store, &home, &["-f", "json"], &format!("s3://{BUCKET}/{location}"), folder);
    }
    // Few at a time, one thread, many: it is all the same.
    for options in [["--in-flight", "1", "--threads", "1"], ["--in-flight", "300", "--threads", "7"]] {
        let options = [&["-f", "json"], &options[..]].concat();
        alike(&store, &home, &options, &format!("s3://{BUCKET}/"), "files/");
    }
}

/// One that is not held whole: it is read as it comes, on all threads.
#[test]
fn large_objects_are_read_as_they_come() {
    let large: Vec<u8> = (0..900).flat_map(log).collect();
    assert!(large.len() > 5 << 20);
    let document = [&b"["[..], &large.replace_newlines(), b"{}]"].concat();
    let objects =
        [("large/lines.log", large.clone()), ("large/document.json", document), ("large/small.log", log(1))];
    let (store, home) = both(&objects);
    for threads in ["1", "3"] {
        let options = ["-f", "json", "--threads", threads];
        let ran = |path: &str| home.run(&store, &[&["report", path], &options[..]].concat());
        let (remote, local) = (ran(&format!("s3://{BUCKET}/large/")), ran("files/large"));
        assert_eq!(remote.code, local.code);
        assert!(remote.out.replace(&format!("s3://{BUCKET}/"), "files/") == local.out);
    }
    // It breaks off in the middle, several times, and goes on where it was.
    store.fault("/dns-logs/large/lines.log", 3, Fault::Cut(1 << 20));
    let before = store.asked().len();
    alike(&store, &home, &["-f", "json"], &format!("s3://{BUCKET}/large/lines.log"), "files/large/lines.log");
    let ranges: Vec<Option<String>> =
        store.asked()[before..].iter().map(|asked| asked.headers.get("range").cloned()).collect();
    let tags = store.asked()[before..].iter().filter(|asked| asked.headers.contains_key("if-match")).count();
    assert_eq!((ranges.len(), tags), (5, 3), "a list, and four requests for the object: {ranges:?}");
    assert_eq!(ranges[2], Some(format!("bytes={}-", 1 << 20)));
}

/// Lines, made elements of an array.
trait Lines {
    fn replace_newlines(&self) -> Vec<u8>;
}

impl Lines for Vec<u8> {
    fn replace_newlines(&self) -> Vec<u8> {
        self.iter().flat_map(|byte| if *byte == b'\n' { b",\n".to_vec() } else { vec![*byte] }).collect()
    }
}

#[test]
fn what_is_asked_is_signed_and_little() {
    let (store, home) = both(&[("x/1.log", log(1)), ("x/2.log", log(2))]);
    let ran = home.run(&store, &["report", &format!("s3://{BUCKET}/x/"), "--requester-pays"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let asked = store.asked();
    assert_eq!(asked.len(), 3, "a list and two objects: {asked:?}");
    for Asked { headers, .. } in &asked {
        let authorization = &headers["authorization"];
        assert!(authorization.starts_with("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/"), "{authorization}");
        assert!(authorization.contains(&format!("/{REGION}/s3/aws4_request, ")), "{authorization}");
        assert_eq!(headers["x-amz-request-payer"], "requester");
        assert_eq!(headers["x-amz-security-token"], TOKEN);
    }
    let before = store.asked().len();
    home.run(&store, &["report", &format!("s3://{BUCKET}/x/")]);
    let asked = store.asked();
    assert!(asked[before..].iter().all(|asked| !asked.headers.contains_key("x-amz-request-payer")));
}

/// As many as are allowed are asked for at the same time: none of them is answered before all have come.
#[test]
fn objects_are_asked_for_many_at_a_time() {
    let objects: Vec<(String, Vec<u8>)> =
        (0..24).map(|number| (format!("x/{number}"), log(number))).collect();
    let objects: Vec<(&str, Vec<u8>)> =
        objects.iter().map(|(key, log)| (key.as_str(), log.clone())).collect();
    let (store, home) = both(&objects);
    store.fault("/x/", 24, Fault::Together(24));
    alike(&store, &home, &["--in-flight", "24"], &format!("s3://{BUCKET}/x/"), "files/x");
}

#[test]
fn other_commands_read_it_too() {
    let (store, home) = both(&[("x/1.log", log(1)), ("x/2.log", log(2))]);
    let location = format!("s3://{BUCKET}/x/");
    for options in [&["-f", "weighted"][..], &["--compare", "files/x/1.log"]] {
        alike(&store, &home, options, &location, "files/x");
    }
    let ran = home.run(&store, &["report", "files/x", &location, "files/none", "-f", "json"]);
    assert_eq!(ran.code, Some(3));
    let report: serde_json::Value = serde_json::from_str(&ran.out).expect("it is JSON");
    let paths: Vec<&str> = report["inputs"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|input| input["path"].as_str())
        .collect();
    let expected =
        ["files/x/1.log", "files/x/2.log", "s3://dns-logs/x/1.log", "s3://dns-logs/x/2.log", "files/none"];
    assert_eq!(paths, expected, "each where it was given");
}
