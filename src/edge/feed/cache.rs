//! What earlier runs read, kept in a folder, so that a later one reads only what is new.
//!
//! A piece is what one run read: the inputs, by name, size and what says that they are the same still, and
//! the fleet of all of them. It serves a run with the same question that reads each of these inputs; what is
//! in no such piece is read, and makes a piece of its own. When there are many they are put together, so that
//! what is taken up does not grow with the number of runs.
//!
//! Whatever is wrong with a piece, it is as if it were not there. A piece is written under another name and
//! then renamed, so nobody sees half of one; that another run took it away is no fault either.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use foldhash::fast::RandomState;
use hashbrown::HashMap;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use tempfile::NamedTempFile;

use crate::base::saturating::SaturatingInto as _;
use crate::fleet::{Fleet, StoredFleet};
use crate::log::envelope::InputFormat;

mod question;

pub use question::CacheQuestion;

/// What a piece begins with; another number for another way to write them.
const BEGINNING: &[u8; 16] = b"r53tail piece 2\n";
/// What the names of pieces end with.
const ENDING: &str = ".piece";
/// How many pieces a run takes up before it puts them together.
const TOGETHER: usize = 8;
/// The most pieces that a folder keeps, those of all questions: the ones used last.
const KEPT: usize = 64;
/// The length of a SHA-256 sum, in bytes.
const SUM: usize = 32;
/// The largest piece that is read, packed and unpacked, in bytes.
const LARGEST: u64 = 4 << 30;
/// The level that pieces are packed with: the quickest.
const LEVEL: i32 = 1;

/// What an input is known by.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Identity {
    /// Its whole path, or `s3://BUCKET/KEY`.
    pub name: String,
    /// The size of the file or object, in bytes.
    pub size: u64,
    /// What changes with its bytes: the time of its last change, or the `ETag`.
    pub version: String,
}

/// An input of a piece, and what is said of it in reports.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CachedInput {
    /// What it is known by.
    pub identity: Identity,
    /// The format that its records were found in.
    pub format: InputFormat,
    /// Records read from it.
    pub records: u64,
}

/// A piece, of which it is known what it is of.
#[derive(Debug)]
struct CachedPiece {
    path: PathBuf,
    inputs: Vec<CachedInput>,
    /// The fleet, packed.
    fleet: Vec<u8>,
}

/// The pieces of one question.
#[derive(Debug)]
pub struct Cache {
    folder: PathBuf,
    question: CacheQuestion,
    pieces: Vec<CachedPiece>,
    /// Those that serve this run.
    chosen: Vec<CachedPiece>,
    /// What they hold.
    fleets: Vec<Fleet>,
}

impl Cache {
    /// Looks through `folder`, which is made if it is not there, for pieces of `question`.
    ///
    /// # Errors
    /// If there can be no such folder, or it cannot be looked through.
    pub fn open(folder: &Path, question: CacheQuestion) -> io::Result<Self> {
        private_folder(folder)?;
        let mut pieces = Vec::new();
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if is_piece(&path, Some(&question)) {
                match CachedPiece::read(&path, &question) {
                    Ok(piece) => pieces.push(piece),
                    // It is made again.
                    Err(error) if error.kind() == io::ErrorKind::InvalidData => drop(fs::remove_file(&path)),
                    Err(_) => {}
                }
            }
        }
        // Whichever serves most goes first; by name where they are alike, so that each run does the same.
        pieces.sort_by(|one, other| {
            other.inputs.len().cmp(&one.inputs.len()).then_with(|| one.path.cmp(&other.path))
        });
        Ok(Self { folder: folder.to_owned(), question, pieces, chosen: Vec::new(), fleets: Vec::new() })
    }

    /// Chooses the pieces that serve a run that reads all of `wanted`: those of whose inputs each is wanted,
    /// and in no other piece. Returns format and records of each of `wanted` that is in one.
    pub fn choose(&mut self, wanted: &[&Identity]) -> Vec<Option<(InputFormat, u64)>> {
        let places: HashMap<&Identity, usize, RandomState> =
            wanted.iter().enumerate().map(|(place, identity)| (*identity, place)).collect();
        let mut served = vec![None; wanted.len()];
        for mut piece in std::mem::take(&mut self.pieces) {
            let place = |known: &CachedInput| {
                places.get(&known.identity).copied().filter(|place: &usize| served[*place].is_none())
            };
            let Some(found) = piece.inputs.iter().map(place).collect::<Option<Vec<usize>>>() else {
                continue;
            };
            let packed = std::mem::take(&mut piece.fleet);
            let Some(fleet) = unpacked(&packed).and_then(|bytes| fleet_of(&bytes)) else {
                drop(fs::remove_file(&piece.path));
                continue;
            };
            // It was used: others are thinned out before.
            let used = File::options().append(true).open(&piece.path);
            drop(used.and_then(|file| file.set_modified(SystemTime::now())));
            for (place, known) in found.into_iter().zip(&piece.inputs) {
                served[place] = Some((known.format, known.records));
            }
            self.chosen.push(piece);
            self.fleets.push(fleet);
        }
        served
    }

    /// What the pieces that were chosen hold.
    pub fn take_fleets(&mut self) -> Vec<Fleet> {
        std::mem::take(&mut self.fleets)
    }

    /// Keeps `fresh`, which was read of `inputs` by this run; or `all`, where there are many pieces already:
    /// that is what was chosen and what is fresh together.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn keep(&self, inputs: Vec<CachedInput>, fresh: &StoredFleet<'_>, all: &Fleet) -> io::Result<()> {
        if inputs.is_empty() {
            return Ok(());
        }
        if self.chosen.len() + 1 < TOGETHER {
            self.write(&inputs, fresh)?;
        } else if let Some(all) = all.store() {
            let before = self.chosen.iter().flat_map(|piece| piece.inputs.iter().cloned());
            self.write(&before.chain(inputs).collect::<Vec<_>>(), &all)?;
            for piece in &self.chosen {
                drop(fs::remove_file(&piece.path));
            }
        }
        self.thin_out();
        Ok(())
    }

    fn write(&self, inputs: &[CachedInput], fleet: &StoredFleet<'_>) -> io::Result<()> {
        let (inputs, fleet) = (packed(inputs)?, packed(fleet)?);
        let length = inputs.len().saturating_into::<u64>().to_le_bytes();
        let parts: [&[u8]; 4] = [self.question.bytes(), &length, &inputs, &fleet];
        let mut sum = Sha256::new();
        for part in parts {
            sum.update(part);
        }
        let sum = sum.finalize();
        let name = format!("{}-{}", self.question.name(), hex(&sum[..8]));
        // For its owner alone, as a log is.
        let mut file = NamedTempFile::new_in(&self.folder)?;
        [BEGINNING.as_slice(), &sum].iter().chain(&parts).try_for_each(|part| file.write_all(part))?;
        file.persist(self.folder.join(name + ENDING)).map_err(|error| error.error)?;
        Ok(())
    }

    /// Takes away those pieces that were not used for longest, where there are more than are kept.
    fn thin_out(&self) {
        let Ok(entries) = fs::read_dir(&self.folder) else { return };
        let paths = entries.flatten().map(|entry| entry.path()).filter(|path| is_piece(path, None));
        let mut pieces: Vec<(SystemTime, PathBuf)> =
            paths.filter_map(|path| Some((path.metadata().ok()?.modified().ok()?, path))).collect();
        pieces.sort_unstable();
        for (_, path) in pieces.iter().rev().skip(KEPT) {
            drop(fs::remove_file(path));
        }
    }
}

impl CachedPiece {
    /// Reads a piece, but for its fleet.
    ///
    /// # Errors
    /// `InvalidData` if it is none of this question, or damaged.
    fn read(path: &Path, question: &CacheQuestion) -> io::Result<Self> {
        let file = File::open(path)?;
        let length = file.metadata()?.len().min(LARGEST);
        let mut bytes = Vec::new();
        bytes.try_reserve_exact(usize::try_from(length).unwrap_or(usize::MAX)).map_err(io::Error::other)?;
        file.take(LARGEST).read_to_end(&mut bytes)?;
        let damaged = || io::Error::from(io::ErrorKind::InvalidData);
        let rest = bytes.strip_prefix(BEGINNING).ok_or_else(damaged)?;
        let (sum, rest) = rest.split_at_checked(SUM).ok_or_else(damaged)?;
        let whole = Sha256::digest(rest).as_slice() == sum;
        let rest = rest.strip_prefix(question.bytes()).filter(|_| whole).ok_or_else(damaged)?;
        let (length, rest) = rest.split_first_chunk().ok_or_else(damaged)?;
        let length = usize::try_from(u64::from_le_bytes(*length)).map_err(|_| damaged())?;
        let (inputs, fleet) = rest.split_at_checked(length).ok_or_else(damaged)?;
        let inputs = unpacked(inputs).and_then(|bytes| postcard::from_bytes(&bytes).ok());
        let inputs = inputs.ok_or_else(damaged)?;
        Ok(Self { path: path.to_owned(), inputs, fleet: fleet.to_owned() })
    }
}

/// Whether a file is a piece by its name, of `question` if one is given. Nothing else is ever touched.
fn is_piece(path: &Path, question: Option<&CacheQuestion>) -> bool {
    let Some(name) = path.file_name().and_then(|name| name.to_str()) else { return false };
    let Some((of, number)) = name.strip_suffix(ENDING).and_then(|name| name.split_once('-')) else {
        return false;
    };
    let is_number = |text: &str| text.len() == 16 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_number(of)
        && is_number(number)
        && question.is_none_or(|question| question.name() == of)
        && path.symlink_metadata().is_ok_and(|metadata| metadata.is_file())
}

/// Makes the folder, for its owner alone.
fn private_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

fn packed<T: Serialize + ?Sized>(what: &T) -> io::Result<Vec<u8>> {
    let bytes = postcard::to_allocvec(what).map_err(io::Error::other)?;
    zstd::bulk::compress(&bytes, LEVEL)
}

/// What was packed; nothing if it is damaged, or more than there is room for.
fn unpacked(packed: &[u8]) -> Option<Vec<u8>> {
    let length = zstd::zstd_safe::get_frame_content_size(packed).ok()??;
    let mut all = Vec::new();
    // Whatever it says, it says before it is believed.
    all.try_reserve_exact(usize::try_from(length).ok().filter(|_| length <= LARGEST)?).ok()?;
    zstd::bulk::Decompressor::new().ok()?.decompress_to_buffer(packed, &mut all).ok()?;
    Some(all)
}

fn fleet_of(bytes: &[u8]) -> Option<Fleet> {
    postcard::from_bytes::<StoredFleet<'_>>(bytes).ok().and_then(Fleet::from_stored)
}

/// Bytes as hexadecimal digits.
fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        // A text grows.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests;
