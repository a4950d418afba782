//! The command line of r53tail.

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::thread;

use clap::Parser;
use crossbeam_channel::{Sender, bounded};
use r53tail::console::{Batch, Collector, Effect, Ending, InputId, Message, Model, Setup, Source, Spot};
use r53tail::digest::{Digest, Terms};
use r53tail::envelope::{Place, Sink};
use r53tail::record::Malformed;
use r53tail::terminal::WAITING;
use r53tail::view::Theme;
use r53tail::{demo, terminal};

#[derive(Parser)]
#[command(version, about)]
enum Arguments {
    /// Play the log in the binary
    Demo {
        /// How many times faster than it happened
        #[arg(long, default_value_t = demo::SPEED)]
        speed: u32,
    },
    /// Read a log and show it
    Replay {
        /// A file of records, one a line
        path: PathBuf,
    },
}

fn main() -> anyhow::Result<()> {
    let (sender, inbox) = bounded(WAITING);
    let (hold, pauses) = bounded(WAITING);
    let arguments = Arguments::parse();
    let feed = sender.clone();
    let (setup, path) = match arguments {
        Arguments::Demo { speed } => {
            thread::spawn(move || demo::play(speed, &feed, &pauses));
            (demo::setup(speed), PathBuf::new())
        }
        Arguments::Replay { path } => {
            let (file, input) = (File::open(&path)?, path.clone());
            thread::spawn(move || read(file, &input, &feed));
            (Setup { source: Source::Replay, story: Vec::new(), range: None, well_known_only: true }, path)
        }
    };
    let theme = if std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty()) {
        Theme::plain()
    } else {
        Theme::dark()
    };
    let outcome = terminal::run(Model::new(setup), &theme, &inbox, &sender.clone(), |effect| match effect {
        Effect::Hold(still) => _ = hold.try_send(still),
        Effect::FetchRaw(spot) => {
            let (sender, path) = (sender.clone(), path.clone());
            thread::spawn(move || sender.send(Message::Raw(spot, fetch(&path, spot))));
        }
        Effect::Quit(_) => {}
    })?;
    _ = std::io::stdout().write_all(outcome.summary.as_bytes());
    match outcome.ending {
        Ending::Asked => Ok(()),
        Ending::Signal(number) => std::process::exit(128 + number),
    }
}

fn fetch(path: &Path, spot: Spot) -> Result<Box<[u8]>, String> {
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|mut file| {
            file.seek(SeekFrom::Start(spot.place.offset))?;
            file.take(u64::from(spot.place.length)).read_to_end(&mut bytes)
        })
        .map_err(|error| error.to_string())?;
    Ok(bytes.into())
}

fn read(file: File, path: &Path, console: &Sender<Message>) {
    let total = file.metadata().ok().map(|data| data.len());
    let mut file = BufReader::with_capacity(1 << 20, file);
    let (mut line, mut offset, mut more) = (Vec::new(), 0, true);
    _ = console.send(Message::Input(InputId(0), path.display().to_string()));
    while more {
        let mut digest = Digest::new(&Terms::default(), Collector::new(InputId(0), 500));
        let end = offset + (4 << 20);
        while more && offset < end {
            line.clear();
            more = file.read_until(b'\n', &mut line).is_ok_and(|length| length > 0);
            if more && digest.canonical(&line, offset).is_none() {
                digest.malformed(Malformed::NotARecord, &line, Place::default());
            }
            offset += line.len() as u64;
        }
        _ = console.send(Message::Batch(Box::new(Batch::of(digest, None))));
        _ = console.send(Message::Progress { read: offset, total });
    }
    _ = console.send(Message::Ended);
}
