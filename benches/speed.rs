//! How long each step takes, over generated records in memory: `cargo bench`. Under a minute once it is
//! built.
//!
//! `cargo bench -- judge` runs the steps whose names have `judge` in them. For the whole program beside
//! others, see `benches/compare`.

#[path = "compare/generate.rs"]
#[expect(dead_code, reason = "the generator has a `main` of its own")]
mod generate;

use std::fs;
use std::hint::black_box;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result};
use criterion::{Criterion, Throughput};
use flate2::Compression;
use flate2::write::GzEncoder;
use r53tail::advice::finding::Knowledge;
use r53tail::digest::{Digest, NoListener, Terms};
use r53tail::edge::feed::object::ObjectUnpacker;
use r53tail::edge::feed::reading::{Progress, ReadPlan};
use r53tail::fleet::Fleet;
use r53tail::log::envelope::Envelope;
use r53tail::log::observation::Judge;
use r53tail::report::{Format, Report, Selection};

const RECORDS: u64 = 200_000;

/// A log of [`RECORDS`] records, about 20,000 pairs, made anew where it is not there.
fn log() -> Result<(PathBuf, Vec<u8>)> {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("speed.log");
    let words = format!(
        "--records {RECORDS} --vpcs 10 --instances 200 --names 5000 --pairs 20000 --layout plain {}",
        path.display()
    );
    generate::write(words.split(' ').map(str::to_owned))?;
    let bytes = fs::read(&path)?;
    Ok((path, bytes))
}

/// The same log packed: in one file, and in twenty.
fn packed(path: &Path, log: &[u8]) -> Result<(PathBuf, PathBuf)> {
    let pack = |bytes: &[u8], path: &Path| -> Result<()> {
        let mut encoder = GzEncoder::new(fs::File::create(path)?, Compression::default());
        encoder.write_all(bytes)?;
        encoder.finish()?;
        Ok(())
    };
    let (one, many) = (path.with_extension("one.gz"), path.with_extension("many"));
    pack(log, &one)?;
    fs::create_dir_all(&many)?;
    let lines: Vec<&[u8]> = log.split_inclusive(|byte| *byte == b'\n').collect();
    for (number, lines) in lines.chunks(lines.len().div_ceil(20)).enumerate() {
        pack(&lines.concat(), &many.join(format!("{number:02}.gz")))?;
    }
    Ok((one, many))
}

fn digested(log: &[u8]) -> Fleet {
    let mut digest = Digest::new(&Terms::default(), NoListener);
    Envelope::default().scan(log, true, &mut digest);
    digest.finish().0
}

fn judged(log: &[u8]) -> u64 {
    let mut judge = Judge::default();
    let (mut at, mut records) = (0, 0);
    while let Some((_, length)) = judge.canonical(&log[at..]) {
        at += length + 1;
        records += 1;
        if at >= log.len() {
            break;
        }
    }
    records
}

fn inflated(folder: &Path) -> Result<usize> {
    let (mut objects, mut bytes) = (ObjectUnpacker::default(), 0);
    for entry in fs::read_dir(folder)? {
        let mut file = fs::File::open(entry?.path())?;
        let length = file.metadata()?.len();
        bytes += objects.unpack(&mut file, length)?.context("an object that fits in memory")?.len();
    }
    Ok(bytes)
}

fn main() -> Result<()> {
    let (path, log) = log()?;
    let (one, many) = packed(&path, &log)?;
    let read = |path: &Path, threads| {
        ReadPlan::new(&[path.to_owned()]).read(&Terms::default(), threads, &Progress::default()).fleet
    };
    let fleet = digested(&log);
    let inputs = [];
    let survey = fleet.survey();
    let report = Report {
        survey: &survey,
        inputs: &inputs,
        samples: &[],
        selection: &Selection::default(),
        sort: None,
        limit: usize::MAX,
        color: false,
        knowledge: Knowledge::builtin(),
        names_findings: false,
        wide: true,
        excerpt: None,
    };
    let mut criterion = Criterion::default()
        .sample_size(10)
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(2))
        .without_plots()
        .configure_from_args();
    let mut steps = criterion.benchmark_group("records");
    steps.throughput(Throughput::Elements(RECORDS));
    steps.bench_function("judge", |bench| bench.iter(|| judged(black_box(&log))));
    steps.bench_function("digest", |bench| bench.iter(|| digested(black_box(&log))));
    steps.bench_function("read, 1 thread", |bench| bench.iter(|| read(&path, 1)));
    steps.bench_function("read, 2 threads", |bench| bench.iter(|| read(&path, 2)));
    steps.bench_function("inflate 20 files", |bench| bench.iter(|| inflated(&many)));
    steps.bench_function("read 20 gzip files, 1 thread", |bench| bench.iter(|| read(&many, 1)));
    steps.bench_function("read 1 gzip file, 1 thread", |bench| bench.iter(|| read(&one, 1)));
    steps.bench_function("read 1 gzip file, 2 threads", |bench| bench.iter(|| read(&one, 2)));
    steps.finish();
    let mut steps = criterion.benchmark_group("pairs");
    steps.throughput(Throughput::Elements(fleet.pair_count() as u64));
    steps.bench_function("absorb", |bench| {
        bench.iter(|| {
            let mut sum = Fleet::default();
            sum.absorb(black_box(&fleet));
            sum
        });
    });
    steps.bench_function("survey", |bench| bench.iter(|| black_box(&fleet).survey().origins().len()));
    steps.bench_function("write ndjson", |bench| {
        bench.iter(|| {
            let mut out = Vec::new();
            report.write(Format::Ndjson, &mut out).map(|()| out)
        });
    });
    steps.finish();
    criterion.final_summary();
    Ok(())
}
