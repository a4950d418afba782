//! The question before something is spent, in a terminal.

use std::io::{Read as _, Write as _};
use std::sync::mpsc::{Receiver, channel};

use portable_pty::{CommandBuilder, PtySize, native_pty_system};

use super::*;

/// What the terminal shows until it has `wanted`.
fn until(output: &Receiver<Vec<u8>>, shown: &mut String, wanted: &str) {
    let end = Instant::now() + Duration::from_mins(1);
    while !shown.contains(wanted) {
        let left = end.saturating_duration_since(Instant::now());
        let bytes = output.recv_timeout(left).unwrap_or_else(|_| panic!("{wanted} does not come: {shown}"));
        shown.push_str(&String::from_utf8_lossy(&bytes));
    }
}

#[test]
fn who_is_there_is_asked() {
    for (answer, queries, said) in [("y", 1, "Athena scanned 3.0 MB"), ("n", 0, "not asked, as you wished")] {
        let stage = Stage::new(|_| {});
        let pair =
            native_pty_system().openpty(PtySize { rows: 30, cols: 200, pixel_width: 0, pixel_height: 0 });
        let pair = pair.expect("there are terminals");
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_r53tail"));
        command.args([&["report", PLACE], &SINCE[..]].concat());
        command.cwd(&stage.home.0);
        command.env_clear();
        let (athena, s3) = (&stage.service.address, &stage.store.address);
        for (name, value) in [
            ("TERM", "xterm-256color"),
            ("HOME", stage.home.0.to_str().expect("it is text")),
            ("AWS_EC2_METADATA_DISABLED", "true"),
            ("AWS_REGION", REGION),
            ("AWS_ENDPOINT_URL_ATHENA", &format!("http://{athena}")),
            ("AWS_ENDPOINT_URL_S3", &format!("http://{s3}")),
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
            while let Ok(length @ 1..) = reader.read(&mut bytes) {
                if sender.send(bytes[..length].to_vec()).is_err() {
                    return;
                }
            }
        });
        let mut shown = String::new();
        until(&output, &mut shown, "Ask Athena? [y/N] ");
        assert!(stage.service.state().queries.is_empty(), "nothing is asked before there is an answer");
        keys.write_all(format!("{answer}\r").as_bytes()).expect("it listens");
        until(&output, &mut shown, said);
        child.wait().expect("it ends");
        assert_eq!(stage.service.state().queries.len(), queries, "{shown}");
    }
}
