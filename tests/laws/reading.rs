//! However the bytes come, they say the same.

use std::fs;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use flate2::Compression;
use flate2::write::GzEncoder;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use r53tail::digest::{Digest, NoListener, Sample, Terms};
use r53tail::edge::feed::read::drive;
use r53tail::edge::feed::reading::{Progress, ReadOutcome, ReadPlan};
use r53tail::log::envelope::Envelope;

use crate::line::LogLine;
use crate::logs::{self, joined};
use crate::{cases, digest, digest_with, everything};

/// A folder of its own for each case, gone with it.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        let name = format!("laws-{}-{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        fs::create_dir_all(&path).expect("a folder can be made");
        Self(path)
    }

    fn write(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.0.join(name);
        fs::write(&path, bytes).expect("a file can be written");
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // A folder that stays is in nobody's way.
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).expect("memory takes it");
    encoder.finish().expect("memory takes it")
}

fn read(paths: &[PathBuf], threads: usize) -> ReadOutcome {
    ReadPlan::new(paths).read(&Terms::default(), threads, &Progress::default())
}

/// Gives its bytes in pieces of the sizes named, over and over.
struct Pieces<'a> {
    bytes: &'a [u8],
    sizes: Vec<usize>,
    turn: usize,
}

impl Read for Pieces<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let size = self.sizes[self.turn % self.sizes.len()].min(out.len()).min(self.bytes.len());
        self.turn += 1;
        out[..size].copy_from_slice(&self.bytes[..size]);
        self.bytes = &self.bytes[size..];
        Ok(size)
    }
}

fn in_pieces(bytes: &[u8], sizes: Vec<usize>) -> (String, Vec<Sample>, &'static str) {
    let mut digest = Digest::new(&Terms::default(), NoListener);
    let mut envelope = Envelope::default();
    drive(&mut Pieces { bytes, sizes, turn: 0 }, &mut envelope, &mut digest, &mut |_| ())
        .expect("memory reads");
    let (fleet, samples, _) = digest.finish();
    (everything(&fleet), samples, envelope.format().name())
}

/// Bytes that look more or less like a log: records, parts of them, pieces of envelopes, anything.
fn rubbish() -> impl Strategy<Value = Vec<u8>> {
    let piece = select(vec![
        "{",
        "}",
        "[",
        "]",
        "\"",
        "\\",
        ",",
        ":",
        "\n",
        "\r\n",
        " ",
        "\u{feff}",
        "\u{1b}[32m",
        "{\"events\":[",
        "]}",
        "{\"message\":\"",
        "\"}",
        "{\"message\":",
        "2025-05-05T10:00:00Z ",
        "@timestamp,@message\n",
        "\"\"",
        "null",
        "{\"query_name\":\"x.\",\"query_type\":\"A\"",
        "{\"logEvents\":[",
        "{\"results\":[[",
        "{\"field\":\"@message\",\"value\":\"",
        "{\"awslogs\":{\"data\":\"H4sI",
        "\\u00e9",
        "\\\"",
        "\0",
        "query_name,query_type,rcode\n",
        "[[[[[[[[",
        "1e999",
        "EVENTS\t",
        "\nNEXTTOKEN\tx\n",
        "|  FilterLogEvents  |\n",
        "|",
        "events:\n",
        "- message: '",
        "'",
        "\n- ",
        "\n  ",
        "{job=\"a\"} ",
        "[10:00:00] ",
        "\nvm dns: ",
        "message repeated 2 times: [ ",
        "' repeated 2 times, suppressed by syslog-ng on vm\n",
        "__CURSOR=s=1\n",
        "\"{\\\"",
        "[\"1746439209500\",",
        "{\"MESSAGE\":",
    ]);
    let part = prop_oneof![
        3 => logs::line().prop_map(String::into_bytes),
        2 => (logs::line(), any::<Index>(), any::<Index>()).prop_map(|(line, one, other)| {
            let (one, other) = (one.index(line.len()), other.index(line.len()));
            line.as_bytes()[one.min(other)..one.max(other)].to_vec()
        }),
        1 => (logs::line(), 600_usize..1200).prop_map(|(line, length)| {
            // As a carrier cuts what is long.
            let long = line.replacen("\"answers\":[", &format!("\"answers\":[{}", "{\"Rdata\":\"::1\",\"Type\":\"AAAA\"},".repeat(40)), 1);
            long.as_bytes().chunks(length).flat_map(|piece| [b"vm dns: ", piece, b"\n"].concat()).collect()
        }),
        1 => logs::line().prop_map(|line| serde_json::Value::from(line).to_string().into_bytes()),
        4 => Just(b"\n".to_vec()),
        6 => piece.prop_map(|piece| piece.as_bytes().to_vec()),
        1 => vec(any::<u8>(), 0..12),
    ];
    vec(part, 0..14).prop_map(|parts| parts.concat())
}

proptest! {
    #![proptest_config(cases(1500))]

    /// Any bytes are read without a panic, and to the same end whatever pieces they come in.
    #[test]
    fn any_bytes_in_any_pieces(bytes in rubbish(), sizes in vec(prop_oneof![1_usize..4, 1_usize..200], 1..6)) {
        let (fleet, samples, _) = digest_with(&bytes, &Terms::default(), NoListener);
        let (found, samples_in_pieces, format) = in_pieces(&bytes, sizes);
        prop_assert_eq!(found, everything(&fleet));
        prop_assert_eq!(samples_in_pieces, samples);
        prop_assert_eq!(format, in_pieces(&bytes, vec![usize::MAX]).2);
    }
}

proptest! {
    #![proptest_config(cases(80))]

    /// A log may be cut into files between any two lines, packed or not, given in any order, read on any
    /// number of threads.
    #[test]
    fn any_files_in_any_order_on_any_threads(
        lines in vec(logs::line_or_noise(), 1..60),
        cuts in vec(any::<Index>(), 0..4),
        keys in vec((any::<u32>(), any::<bool>()), 5),
        threads in 1_usize..5,
    ) {
        let whole = digest(&joined(&lines));
        let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(lines.len())).chain([0, lines.len()]).collect();
        cuts.sort_unstable();
        // A file without any record is no part of the log, and passed over.
        prop_assume!(cuts.windows(2).all(|ends| {
            let part = digest(&joined(&lines[ends[0]..ends[1]]));
            part.tally().records > 0 || part.tally().malformed == 0
        }));
        let folder = Folder::new();
        let mut files: Vec<(u32, PathBuf)> = cuts
            .windows(2)
            .zip(&keys)
            .enumerate()
            .map(|(at, (ends, (key, packed)))| {
                let bytes = joined(&lines[ends[0]..ends[1]]);
                let bytes = if *packed { gzip(&bytes) } else { bytes };
                (*key, folder.write(&format!("{at}.log"), &bytes))
            })
            .collect();
        files.sort();
        let paths: Vec<PathBuf> = files.into_iter().map(|(_, path)| path).collect();
        let outcome = read(&paths, threads);
        prop_assert_eq!(everything(&outcome.fleet), everything(&whole));
        prop_assert_eq!(outcome.inputs.len(), paths.len());
        prop_assert!(outcome.inputs.iter().all(|input| input.error.is_none()));
        let records: u64 = outcome.inputs.iter().map(|input| input.records).sum();
        prop_assert_eq!(records, whole.tally().records);
        let folder = read(std::slice::from_ref(&folder.0), threads);
        prop_assert_eq!(everything(&folder.fleet), everything(&whole));
    }
}

proptest! {
    #![proptest_config(cases(6))]

    /// A packed log of several blocks is shared out between threads, and nothing is lost or doubled where it
    /// is cut.
    #[test]
    fn a_packed_log_shared_out(lines in vec(logs::line_or_noise(), 20..40), pretty in any::<bool>()) {
        // The first line decides whether the log is one of lines.
        let first = serde_json::json!({"message": lines[0]}).to_string();
        let mut log = joined(&[first]);
        let part = joined(&lines);
        while log.len() < 1_300_000 {
            log.extend_from_slice(&part);
            if pretty {
                log.extend_from_slice(b"{\n\"message\": [\n{\"a\":1}\n,\n{\"b\":{\n}\n}\n]\n}\n");
            }
        }
        let folder = Folder::new();
        let path = folder.write("log.gz", &gzip(&log));
        let alone = read(std::slice::from_ref(&path), 1);
        prop_assert_eq!(everything(&alone.fleet), everything(&digest(&log)));
        for threads in 2..5 {
            let shared = read(std::slice::from_ref(&path), threads);
            prop_assert_eq!(everything(&shared.fleet), everything(&alone.fleet), "{} threads", threads);
            prop_assert_eq!(&shared.samples, &alone.samples);
            prop_assert_eq!(&shared.inputs, &alone.inputs);
        }
    }
}

/// A large file is shared out by its length: if it has become shorter since, that is said, wherever it ends
/// now.
#[test]
fn a_file_that_becomes_shorter_is_not_read_in_full() {
    let folder = Folder::new();
    let record = r#"{"query_timestamp":"2025-05-05T10:00:00Z","query_name":"a.","query_type":"A","rcode":"NOERROR","answers":[],"srcaddr":"10.0.0.5","a":""#;
    let line = record.to_owned() + &"x".repeat(100_000 - record.len() - 3) + "\"}\n";
    assert_eq!(line.len(), 100_000);
    let path = folder.write("log", line.repeat(700).as_bytes());
    for (length, is_whole) in [(70_000_000, true), (600_000, false)] {
        let plan = ReadPlan::new(std::slice::from_ref(&path));
        let file = fs::OpenOptions::new().write(true).open(&path).expect("it can be written");
        file.set_len(length).expect("it can be cut");
        let outcome = plan.read(&Terms::default(), 2, &Progress::default());
        assert_eq!(outcome.inputs[0].error.is_none(), is_whole, "{:?}", outcome.inputs);
    }
}

/// A packed log that is cut short gives all records before the cut, on any number of threads.
#[test]
fn a_cut_packed_log_gives_what_was_before_the_cut() {
    let record = |number: u32| {
        let name = format!("n{number}.example.");
        LogLine { name: &name, ids: &[], ..LogLine::default() }.to_string()
    };
    let lines: Vec<String> = (0..6000).map(record).collect();
    let packed = gzip(&joined(&lines));
    let folder = Folder::new();
    let path = folder.write("cut.gz", &packed[..packed.len() * 2 / 3]);
    let alone = read(std::slice::from_ref(&path), 1);
    let records = alone.fleet.tally().records;
    assert!((1000..6000).contains(&records), "{records}");
    assert!(alone.is_partial() && alone.inputs[0].error.is_some());
    for threads in 2..5 {
        let shared = read(std::slice::from_ref(&path), threads);
        assert_eq!(everything(&shared.fleet), everything(&alone.fleet));
        assert_eq!(shared.inputs, alone.inputs);
    }
}
