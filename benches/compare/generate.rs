//! Writes realistic Route 53 Resolver query logs of any size: seeded, so that the same arguments give the
//! same bytes.
//!
//! ```text
//! generate [OPTION VALUE]... --layout plain FILE
//! generate [OPTION VALUE]... --layout gz FILE
//! generate [OPTION VALUE]... --layout gz-files DIR COUNT
//!
//! --records N     records in all                                              3000000
//! --seed S        another seed, another fleet                                 1
//! --vpcs V        VPCs, over five regions and four accounts                   20
//! --instances I   hosts: instances, a few resolver endpoints, bare addresses  2000
//! --names M       distinct names                                              20000
//! --pairs P       pairs of a host and a name it asks for                      285000
//! --churn C       percent of the instances that are replaced meanwhile        7
//! --hours H       time that the log covers                                    6
//! --mix MIX       `all`: A, AAAA, PTR, SRV, HTTPS; `aaaa`: AAAA alone          all
//! ```
//!
//! With the defaults: 3 million records, about 1.4 GB, about 300,000 distinct pairs (a replaced instance has
//! pairs of its own). Every pair is asked for at least once if the records suffice, so that with `--churn 0`
//! the same pairs come with any number of records. Which of its names a host asks for follows Zipf's law, and
//! so do the names themselves. `gz-files` lays DIR out as S3 deliveries do: an object holds one VPC's records
//! of some minutes.

mod names;
mod random;
mod record;
mod sink;
mod world;

use std::path::PathBuf;
use std::time::Instant;

use anyhow::{Context as _, Result, bail, ensure};

use self::random::Random;
use self::record::Writer;
use self::sink::{Moment, Sink};
use self::world::World;

/// Lookups give this many records for ten of them, on average, when all types are written.
const RECORDS_FOR_TEN: usize = 18;

#[derive(Debug)]
struct Options {
    records: usize,
    seed: u64,
    vpcs: usize,
    instances: usize,
    names: usize,
    pairs: usize,
    churn: usize,
    hours: i64,
    only_aaaa: bool,
    /// The second the log begins: 2026-03-02T06:00:00Z.
    start: i64,
    layout: Layout,
}

#[derive(Debug)]
enum Layout {
    Plain(PathBuf),
    Gzip(PathBuf),
    Objects(PathBuf, usize),
}

impl Options {
    fn span(&self) -> i64 {
        self.hours * 3600
    }

    fn parse(mut words: impl Iterator<Item = String>) -> Result<Self> {
        let mut options = Self {
            records: 3_000_000,
            seed: 1,
            vpcs: 20,
            instances: 2000,
            names: 20_000,
            pairs: 285_000,
            churn: 7,
            hours: 6,
            only_aaaa: false,
            start: 1_772_431_200,
            layout: Layout::Plain(PathBuf::new()),
        };
        while let Some(word) = words.next() {
            let mut value = || words.next().with_context(|| format!("`{word}` needs a value"));
            match word.as_str() {
                "--records" => options.records = value()?.parse()?,
                "--seed" => options.seed = value()?.parse()?,
                "--vpcs" => options.vpcs = value()?.parse()?,
                "--instances" => options.instances = value()?.parse()?,
                "--names" => options.names = value()?.parse()?,
                "--pairs" => options.pairs = value()?.parse()?,
                "--churn" => options.churn = value()?.parse()?,
                "--hours" => options.hours = value()?.parse()?,
                "--mix" => {
                    options.only_aaaa = match value()?.as_str() {
                        "all" => false,
                        "aaaa" => true,
                        other => bail!("`--mix {other}`: expected `all` or `aaaa`"),
                    }
                }
                "--layout" => {
                    options.layout = match value()?.as_str() {
                        "plain" => Layout::Plain(value()?.into()),
                        "gz" => Layout::Gzip(value()?.into()),
                        "gz-files" => Layout::Objects(value()?.into(), value()?.parse()?),
                        other => bail!("`--layout {other}`: expected `plain`, `gz` or `gz-files`"),
                    }
                }
                other => {
                    bail!("unknown argument `{other}`; the head of benches/compare/generate.rs lists them")
                }
            }
        }
        ensure!(options.instances >= options.vpcs && options.vpcs > 0, "every VPC needs an instance");
        ensure!(
            options.names > 0 && options.pairs > 0 && options.hours > 0,
            "names, pairs and hours start at 1"
        );
        ensure!(options.churn <= 80, "at most 80 percent of the instances can be replaced");
        Ok(options)
    }
}

fn main() -> Result<()> {
    write(std::env::args().skip(1))
}

/// Writes what the arguments `words` ask for.
pub(crate) fn write(words: impl Iterator<Item = String>) -> Result<()> {
    let options = Options::parse(words)?;
    let sink = match &options.layout {
        Layout::Plain(path) if path.as_os_str().is_empty() => bail!("`--layout` is missing"),
        Layout::Plain(path) => {
            Sink::plain(path).with_context(|| format!("cannot write `{}`", path.display()))?
        }
        Layout::Gzip(path) => {
            Sink::gzip(path).with_context(|| format!("cannot write `{}`", path.display()))?
        }
        Layout::Objects(root, count) => Sink::objects(root, *count, options.vpcs, options.seed),
    };
    let began = Instant::now();
    let mut random = Random::seeded(options.seed);
    let world = World::new(&options, &mut random);
    let (bytes, files) = fill(&options, &world, sink, &mut random)?;
    let (records, seconds) = (options.records, began.elapsed().as_secs_f64());
    eprintln!(
        "{records} records, {bytes} bytes ({:.1} a record), {files} files, {} slots, {} names, {} pairs, {seconds:.1} s",
        bytes as f64 / records.max(1) as f64,
        world.slots.len(),
        world.names.all.len(),
        world.pairs.len(),
    );
    Ok(())
}

/// Writes all records; returns the bytes before compression, and the number of files.
fn fill(options: &Options, world: &World, mut sink: Sink, random: &mut Random) -> Result<(usize, usize)> {
    let mut writer = Writer::new(options, world);
    let (mut done, mut bytes, mut covered, mut lookups) = (0, 0, 0, 0_usize);
    // Visits to every pair in turn are spread over the whole log, in a scattered order.
    let expected = if options.only_aaaa { options.records } else { options.records * 10 / RECORDS_FOR_TEN };
    let pairs = world.pairs.len();
    let stride = (expected / pairs.max(1)).max(1);
    let step = (1_000_003..).step_by(2).find(|step| gcd(*step, pairs) == 1).unwrap_or(1);
    while done < options.records {
        let pair = if lookups.is_multiple_of(stride) && covered < pairs {
            covered += 1;
            covered * step % pairs
        } else {
            let slots = world.slots.len();
            let slot =
                &world.slots[if random.per_mille(500) { random.skewed(slots) } else { random.below(slots) }];
            match slot.pairs {
                0 => continue,
                count => slot.first_pair + random.skewed(count),
            }
        };
        lookups += 1;
        let elapsed = i64::try_from(options.records.min(done)).unwrap_or_default() * options.span();
        let second = options.start + elapsed / i64::try_from(options.records)?;
        let moment = Moment { done, all: options.records, second };
        let vpc = world.slots[world.owners[pair] as usize].vpc;
        let (lines, count) = writer.lookup(pair, second, options.records - done, random);
        sink.write(vpc, &world.vpcs, moment, lines)?;
        done += count;
        bytes += lines.len();
    }
    Ok((bytes, sink.finish()?))
}

fn gcd(a: usize, b: usize) -> usize {
    if b == 0 { a } else { gcd(b, a % b) }
}
