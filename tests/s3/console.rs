//! `replay s3://…` in a terminal: what comes, what cannot be read, and a record that is asked for again.

use std::num::NonZeroU16;
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use portable_pty::{CommandBuilder, PtySize, native_pty_system};

use super::*;

#[test]
fn objects_are_replayed_and_their_records_asked_for_again() {
    let (store, home) = both(&[("x/1.gz", gzip(&log(1))), ("x/2.log", log(1))]);
    store.put_as("x/old.gz", gzip(&log(1)), "GLACIER");
    let pair = native_pty_system().openpty(PtySize { rows: 30, cols: 140, pixel_width: 0, pixel_height: 0 });
    let pair = pair.expect("there are terminals");
    let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_r53tail"));
    command.args(["replay", &format!("s3://{BUCKET}/x/")]);
    command.cwd(&home.0);
    command.env_clear();
    let url = format!("http://{}", store.address);
    for (name, value) in [
        ("TERM", "xterm-256color"),
        ("HOME", home.0.to_str().expect("it is text")),
        ("AWS_EC2_METADATA_DISABLED", "true"),
        ("AWS_ENDPOINT_URL_S3", &url),
        ("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"),
        ("AWS_SECRET_ACCESS_KEY", SECRET),
    ] {
        command.env(name, value);
    }
    let mut child = pair.slave.spawn_command(command).expect("the program starts");
    drop(pair.slave);
    let mut reader = pair.master.try_clone_reader().expect("it can be read");
    let mut keys = pair.master.take_writer().expect("it can be written");
    let (sender, output) = channel();
    std::thread::spawn(move || {
        let mut bytes = vec![0; 1 << 16];
        while let Ok(length @ 1..) = std::io::Read::read(&mut reader, &mut bytes) {
            if sender.send(bytes[..length].to_vec()).is_err() {
                return;
            }
        }
    });
    let size = |number| NonZeroU16::new(number).expect("it is not zero");
    let mut screen = vt100::Parser::new(size(30), size(140), 0);
    let mut until = |wanted: &str| {
        let end = Instant::now() + Duration::from_mins(1);
        while !screen.screen().contents().contains(wanted) {
            let left = end.saturating_duration_since(Instant::now());
            let bytes = output.recv_timeout(left);
            screen.process(&bytes.unwrap_or_else(|_| panic!("{wanted}: {}", screen.screen().contents())));
        }
    };
    until("40 records");
    let asked = |store: &Store| store.targets("/x/1.gz").len() + store.targets("/x/2.log").len();
    assert_eq!(asked(&store), 2);
    keys.write_all(b"4").expect("keys can be pressed");
    until("tail");
    keys.write_all(b"\r").expect("keys can be pressed");
    until("\"srcport\": \"53\"");
    assert!(asked(&store) > 2, "the record was had again: {:?}", store.targets(""));
    keys.write_all(b"q").expect("keys can be pressed");
    // Part of it could not be read.
    assert_eq!(child.wait().expect("it ends").exit_code(), 3);
}
