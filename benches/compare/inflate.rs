//! Inflates gzip files and throws the output away: the least that reading them can cost.
//!
//! ```text
//! inflate [--threads N] [--with libdeflate|zlib-rs] PATH...
//! ```
//!
//! libdeflate takes objects whole, as r53tail does where they fit; what does not fit goes to zlib-rs. A PATH
//! is a file or a folder; of a folder, every `*.gz` below it. Threads take the files largest first. Prints
//! the bytes that came out.

use std::fs::{self, File};
use std::io::{self, BufReader, Read as _, Seek as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use anyhow::{Context as _, Result, bail, ensure};
use flate2::bufread::MultiGzDecoder;
use r53tail::edge::feed::object::ObjectUnpacker;
use walkdir::WalkDir;

const INPUT: usize = 128 << 10;
const OUTPUT: usize = 256 << 10;

/// What inflates.
#[derive(Clone, Copy)]
enum Method {
    /// libdeflate, an object at once.
    Libdeflate,
    /// `flate2` on zlib-rs, as a stream.
    ZlibRs,
}

/// What each thread keeps from file to file.
struct Scratch {
    objects: ObjectUnpacker,
    output: Vec<u8>,
}

impl Method {
    /// Inflates one file into `scratch`, over and over; returns the bytes that came out.
    fn inflate(self, path: &Path, scratch: &mut Scratch) -> io::Result<usize> {
        let mut file = File::open(path)?;
        if matches!(self, Self::Libdeflate) {
            let length = file.metadata()?.len();
            if let Some(bytes) = scratch.objects.unpack(&mut file, length)? {
                return Ok(bytes.len());
            }
            file.rewind()?;
        }
        let mut stream = MultiGzDecoder::new(BufReader::with_capacity(INPUT, file));
        let mut bytes = 0;
        loop {
            match stream.read(&mut scratch.output)? {
                0 => return Ok(bytes),
                count => bytes += count,
            }
        }
    }
}

fn main() -> Result<()> {
    let (mut threads, mut method, mut files) = (1_usize, Method::Libdeflate, Vec::new());
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        let mut value = || words.next().with_context(|| format!("`{word}` needs a value"));
        match word.as_str() {
            "--threads" => threads = value()?.parse()?,
            "--with" => {
                method = match value()?.as_str() {
                    "libdeflate" => Method::Libdeflate,
                    "zlib-rs" => Method::ZlibRs,
                    other => bail!("`--with {other}`: expected `libdeflate` or `zlib-rs`"),
                }
            }
            path => gather(Path::new(path), &mut files)?,
        }
    }
    ensure!(threads > 0 && !files.is_empty(), "nothing to inflate");
    files.sort_by_key(|(size, _)| std::cmp::Reverse(*size));
    let next = AtomicUsize::new(0);
    let work = || -> Result<usize> {
        let mut bytes = 0;
        let mut scratch = Scratch { objects: ObjectUnpacker::default(), output: vec![0; OUTPUT] };
        while let Some((_, path)) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
            bytes += method.inflate(path, &mut scratch).with_context(|| format!("`{}`", path.display()))?;
        }
        Ok(bytes)
    };
    let total = thread::scope(|scope| -> Result<usize> {
        let workers: Vec<_> = (0..threads.min(files.len())).map(|_| scope.spawn(work)).collect();
        let mut total = 0;
        for worker in workers {
            total += worker.join().map_err(|_| anyhow::anyhow!("a worker panicked"))??;
        }
        Ok(total)
    })?;
    println!("{total}");
    Ok(())
}

fn gather(path: &Path, files: &mut Vec<(u64, PathBuf)>) -> Result<()> {
    ensure!(path.exists(), "no such file or folder: `{}`", path.display());
    for entry in WalkDir::new(path) {
        let entry = entry?;
        let named_gzip = entry.path().extension().is_some_and(|extension| extension == "gz");
        if entry.file_type().is_file() && (named_gzip || entry.depth() == 0) {
            files.push((fs::metadata(entry.path())?.len(), entry.into_path()));
        }
    }
    Ok(())
}
