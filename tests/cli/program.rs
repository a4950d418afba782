//! Runs the program with nothing around it: no environment, a home and a folder of its own.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use flate2::Compression;
use flate2::write::GzEncoder;

#[path = "../../src/log/record/sample.rs"]
mod line;

use line::LogLine;

/// A record in the resolver's spelling.
pub(crate) fn record(kind: &str, name: &str, address: &str) -> String {
    LogLine { name, kind, address, ..LogLine::default() }.to_string() + "\n"
}

/// Three endpoints: one IPv4-only, one behind NAT64, one native.
pub(crate) fn small_log() -> String {
    [
        record("AAAA", "ssm.example.", ""),
        record("A", "ssm.example.", "192.0.2.1"),
        record("AAAA", "s3.example.", "64:ff9b::c000:202"),
        record("AAAA", "api.example.", "2001:db8::1"),
        record("AAAA", "api.example.", "2001:db8::2"),
    ]
    .concat()
}

pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).expect("memory takes it");
    encoder.finish().expect("memory takes it")
}

/// What a run came to.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code(),
            out: String::from_utf8(output.stdout).expect("what is shown is UTF-8"),
            err: String::from_utf8(output.stderr).expect("what is said is UTF-8"),
        }
    }
}

/// A folder of its own, in which the program runs; gone with it.
pub(crate) struct Place(PathBuf);

impl Place {
    pub(crate) fn new() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let name = format!("cli-{}-{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        fs::create_dir_all(&path).expect("a folder can be made");
        Self(path)
    }

    /// A place with the small log in it, as `log`.
    pub(crate) fn with_log() -> Self {
        let place = Self::new();
        place.write("log", small_log());
        place
    }

    pub(crate) fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        fs::write(self.path(name), bytes).expect("a file can be written");
    }

    pub(crate) fn folder(&self, name: &str) {
        fs::create_dir_all(self.path(name)).expect("a folder can be made");
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// The program, about to be run here.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_r53tail"));
        command.args(arguments).current_dir(&self.0).env_clear().env("HOME", &self.0).env("COLUMNS", "100");
        command.stdin(Stdio::null());
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        self.command(arguments).output().expect("the program starts").into()
    }

    /// Runs it with `input` on standard input.
    pub(crate) fn fed(&self, arguments: &[&str], input: &[u8]) -> Ran {
        let mut command = self.command(arguments);
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let mut stdin = child.stdin.take().expect("it has a standard input");
        stdin.write_all(input).expect("it reads its standard input");
        drop(stdin);
        child.wait_with_output().expect("it ends").into()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        // A folder that stays is in nobody's way.
        let _ = fs::remove_dir_all(&self.0);
    }
}
