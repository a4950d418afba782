//! Where generated records go: one plain file, one gzip file, or many gzip files laid out as S3 deliveries.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;
use jiff::Timestamp;

use super::random::Random;
use super::world::Vpc;

const BUFFER: usize = 1 << 20;
const LEVEL: u32 = 6;

type Gzip = GzEncoder<BufWriter<File>>;

pub(crate) enum Sink {
    Plain(BufWriter<File>),
    Gzip(Gzip),
    Objects(Objects),
}

/// One open object per VPC, closed and followed by the next as time goes on.
pub(crate) struct Objects {
    root: PathBuf,
    count: usize,
    /// Per VPC the number of its window and the object open for it.
    open: Vec<(usize, Option<Gzip>)>,
    random: Random,
    pub(crate) written: usize,
}

impl Sink {
    pub(crate) fn plain(path: &Path) -> io::Result<Self> {
        Ok(Self::Plain(BufWriter::with_capacity(BUFFER, File::create(path)?)))
    }

    pub(crate) fn gzip(path: &Path) -> io::Result<Self> {
        Ok(Self::Gzip(gzip(path)?))
    }

    pub(crate) fn objects(root: &Path, count: usize, vpcs: usize, seed: u64) -> Self {
        let open = (0..vpcs).map(|_| (usize::MAX, None)).collect();
        Self::Objects(Objects {
            root: root.to_owned(),
            count,
            open,
            random: Random::seeded(seed ^ 0x6f62_6a65_6374),
            written: 0,
        })
    }

    /// Takes lines of one VPC; `done` of `all` records are behind, which is how far the log's time has come.
    pub(crate) fn write(&mut self, vpc: usize, vpcs: &[Vpc], moment: Moment, lines: &[u8]) -> io::Result<()> {
        match self {
            Self::Plain(file) => file.write_all(lines),
            Self::Gzip(file) => file.write_all(lines),
            Self::Objects(objects) => objects.write(vpc, &vpcs[vpc], moment, lines),
        }
    }

    pub(crate) fn finish(self) -> io::Result<usize> {
        match self {
            Self::Plain(mut file) => file.flush().map(|()| 1),
            Self::Gzip(file) => file.finish()?.flush().map(|()| 1),
            Self::Objects(mut objects) => {
                for (_, object) in &mut objects.open {
                    close(object.take())?;
                }
                Ok(objects.written)
            }
        }
    }
}

/// How far the log has come: records behind, records in all, and the second.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moment {
    pub(crate) done: usize,
    pub(crate) all: usize,
    pub(crate) second: i64,
}

impl Objects {
    fn write(&mut self, index: usize, vpc: &Vpc, moment: Moment, lines: &[u8]) -> io::Result<()> {
        // The objects are shared out evenly; the first VPCs take what is left over.
        let vpcs = self.open.len();
        let windows = (self.count / vpcs + usize::from(index < self.count % vpcs)).max(1);
        let window = moment.done * windows / moment.all;
        let (current, object) = &mut self.open[index];
        if object.is_none() || *current != window {
            close(object.take())?;
            let path = self.root.join(key(vpc, moment.second, &self.random.hex(8)));
            if let Some(folder) = path.parent() {
                fs::create_dir_all(folder)?;
            }
            (*current, *object) = (window, Some(gzip(&path)?));
            self.written += 1;
        }
        object.as_mut().map_or(Ok(()), |file| file.write_all(lines))
    }
}

fn key(vpc: &Vpc, second: i64, tag: &str) -> String {
    let time = Timestamp::from_second(second).unwrap_or_default();
    let (id, account) = (&vpc.id, &vpc.account);
    let (day, minute) = (time.strftime("%Y/%m/%d"), time.strftime("%Y%m%dT%H%MZ"));
    format!(
        "AWSLogs/{account}/vpcdnsquerylogs/{id}/{day}/{id}_vpcdnsquerylogs_{account}_{minute}_{tag}.log.gz"
    )
}

fn gzip(path: &Path) -> io::Result<Gzip> {
    Ok(GzEncoder::new(BufWriter::with_capacity(BUFFER / 16, File::create(path)?), Compression::new(LEVEL)))
}

fn close(object: Option<Gzip>) -> io::Result<()> {
    object.map_or(Ok(()), |file| file.finish()?.flush())
}
