//! The program in a real pseudo-terminal.
#![allow(dead_code, reason = "each test file uses some of it")]

use std::io::{Read, Write};
use std::num::NonZeroU16;
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, ExitStatus, MasterPty, PtySize, native_pty_system};

/// How long anything may take before a test gives up: a condition on the screen, not a pause.
pub(crate) const DEADLINE: Duration = Duration::from_secs(30);

pub(crate) struct Session {
    pub(crate) child: Box<dyn Child + Send + Sync>,
    master: Box<dyn MasterPty + Send>,
    keys: Box<dyn Write + Send>,
    output: Receiver<Vec<u8>>,
    pub(crate) screen: vt100::Parser,
    /// Everything that it wrote.
    pub(crate) written: Vec<u8>,
    environment: &'static [(&'static str, &'static str)],
}

pub(crate) fn size(rows: u16, columns: u16) -> PtySize {
    PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 }
}

impl Session {
    pub(crate) fn start(arguments: &[&str]) -> Self {
        Self::start_with(arguments, &[])
    }

    pub(crate) fn start_with(
        arguments: &[&str],
        environment: &'static [(&'static str, &'static str)],
    ) -> Self {
        Self::run(env!("CARGO_BIN_EXE_r53tail"), arguments, environment)
    }

    pub(crate) fn run(
        program: &str,
        arguments: &[&str],
        environment: &'static [(&'static str, &'static str)],
    ) -> Self {
        let pair = native_pty_system().openpty(size(30, 110)).unwrap();
        let mut command = CommandBuilder::new(program);
        command.args(arguments);
        command.env_clear();
        command.env("TERM", "xterm-256color");
        for (name, value) in environment {
            command.env(name, value);
        }
        let child = pair.slave.spawn_command(command).unwrap();
        // Or the end of the output never comes.
        drop(pair.slave);
        let mut reader = pair.master.try_clone_reader().unwrap();
        let keys = pair.master.take_writer().unwrap();
        let (sender, output) = channel();
        thread::spawn(move || {
            let mut bytes = vec![0; 1 << 16];
            while let Ok(length @ 1..) = reader.read(&mut bytes) {
                if sender.send(bytes[..length].to_vec()).is_err() {
                    return;
                }
            }
        });
        let screen = vt100::Parser::new(rows(30), rows(110), 0);
        Self { child, master: pair.master, keys, output, screen, written: Vec::new(), environment }
    }

    pub(crate) fn take(&mut self, bytes: &[u8]) {
        self.screen.process(bytes);
        self.written.extend_from_slice(bytes);
    }

    pub(crate) fn has_written(&self, wanted: &str) -> bool {
        self.written.windows(wanted.len()).any(|bytes| bytes == wanted.as_bytes())
    }

    /// Reads on until the screen is as wanted.
    pub(crate) fn wait(&mut self, what: &str, wanted: impl Fn(&vt100::Screen) -> bool) {
        let deadline = Instant::now() + DEADLINE;
        while !wanted(self.screen.screen()) {
            let left = deadline.saturating_duration_since(Instant::now());
            match self.output.recv_timeout(left) {
                Ok(bytes) => self.take(&bytes),
                Err(why) => {
                    panic!("{what}: {why} {:?}\n{}", self.environment, self.screen.screen().contents())
                }
            }
        }
    }

    pub(crate) fn wait_for(&mut self, text: &str) {
        self.wait(text, |screen| screen.contents().contains(text));
    }

    pub(crate) fn press(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).unwrap();
        self.keys.flush().unwrap();
    }

    pub(crate) fn resize(&mut self, rows_now: u16, columns: u16) {
        self.screen.screen_mut().set_size(rows(rows_now), rows(columns));
        self.master.resize(size(rows_now, columns)).unwrap();
    }

    pub(crate) fn signal(&self, name: &str) {
        let id = self.child.process_id().unwrap().to_string();
        let killed = std::process::Command::new("kill").args(["-s", name, &id]).status().unwrap();
        assert!(killed.success());
    }

    /// Reads to the end. Returns how the program ended, and what is on the screen then.
    pub(crate) fn end(mut self) -> (ExitStatus, vt100::Parser) {
        let deadline = Instant::now() + DEADLINE;
        while let Ok(bytes) = self.output.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
            self.take(&bytes);
        }
        assert!(Instant::now() < deadline, "it did not end\n{}", self.screen.screen().contents());
        (self.child.wait().unwrap(), self.screen)
    }
}

pub(crate) fn rows(number: u16) -> NonZeroU16 {
    NonZeroU16::new(number).unwrap()
}
