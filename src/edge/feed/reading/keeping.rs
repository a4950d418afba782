//! What earlier runs read is taken up: inputs are looked for among what was kept before they are read.

use std::collections::HashSet;
use std::path::{Path, absolute};
use std::sync::{Arc, PoisonError};
use std::time::SystemTime;

use super::ReadPlan;
use super::kept::CacheUse;
use crate::edge::feed::cache::{Cache, Identity};
use crate::edge::feed::inputs::Input;
use crate::edge::feed::s3::{Arrival, Choose};

impl ReadPlan {
    /// Whether what is read can be kept: files, or objects of S3, and nothing else.
    #[must_use]
    pub fn can_be_kept(&self) -> bool {
        let are_files = self.inputs.iter().all(|input| matches!(input, Input::File(_)));
        are_files && (self.inputs.is_empty() || self.locations.is_empty())
    }

    /// Takes up what `cache` has of it, and has it keep what is new.
    #[must_use]
    pub fn keeping(mut self, cache: Cache) -> Self {
        let mut keeping = CacheUse::new(cache);
        let (now, mut names) = (SystemTime::now(), WholePaths::default());
        for (index, (input, stamp)) in self.inputs.iter().zip(&self.stamps).enumerate() {
            if let (Input::File(path), Some(stamp)) = (input, stamp) {
                let identity = stamp.settled(now).zip(names.for_path(path));
                keeping.read.extend(
                    identity.map(|(version, name)| (index, Identity { name, size: stamp.size, version })),
                );
            }
        }
        if !keeping.read.is_empty() {
            let mut cache = keeping.cache.lock().unwrap_or_else(PoisonError::into_inner);
            let wanted: Vec<&Identity> = keeping.read.iter().map(|(_, identity)| identity).collect();
            let mut served = cache.choose(&wanted).into_iter();
            drop(cache);
            keeping.read.retain(|(input, identity)| {
                let Some((format, records)) = served.next().flatten() else { return true };
                self.bytes -= identity.size.min(self.bytes);
                keeping.served.push((*input, format, records));
                false
            });
            let is_served: HashSet<usize> = keeping.served.iter().map(|(input, ..)| *input).collect();
            self.units.retain(|unit| !is_served.contains(&unit.input));
        }
        self.keeping = Some(keeping);
        self
    }

    /// Chooses the objects that no piece has, if pieces are kept.
    pub(super) fn choose(&self) -> Option<Choose> {
        let keeping = self.keeping.as_ref()?;
        let (cache, objects) = (Arc::clone(&keeping.cache), Arc::clone(&keeping.objects));
        Some(Box::new(move |listed| {
            let mut cache = cache.lock().unwrap_or_else(PoisonError::into_inner);
            let served = cache.choose(listed);
            let chosen = served.iter().map(Option::is_none).collect();
            let served =
                listed.iter().zip(served).filter_map(|(identity, of)| Some(((*identity).clone(), of?)));
            *objects.lock().unwrap_or_else(PoisonError::into_inner) = served.collect();
            chosen
        }))
    }

    /// Notes what the objects are known by that arrived or were left; the first of them is the input `first`.
    pub(super) fn know_objects<'a>(&mut self, first: usize, objects: impl Iterator<Item = &'a Arrival>) {
        let Some(keeping) = &mut self.keeping else { return };
        let mut served = keeping.objects.lock().unwrap_or_else(PoisonError::into_inner);
        for (index, object) in (first..).zip(objects) {
            let Some(identity) = object.identity.as_deref() else { continue };
            match served.remove(identity) {
                Some((format, records)) => keeping.served.push((index, format, records)),
                None => keeping.read.push((index, identity.clone())),
            }
        }
    }
}

/// Whole paths of files, found quickest where those of one folder come one after the other.
#[derive(Debug, Default)]
struct WholePaths {
    /// A folder as it was given, and its whole path.
    folder: String,
    whole: String,
}

impl WholePaths {
    /// The whole path of a file; `None` if it is no text.
    fn for_path(&mut self, path: &Path) -> Option<String> {
        let parts = path.to_str()?.rsplit_once('/').filter(|(folder, name)| {
            cfg!(unix) && !folder.is_empty() && !folder.ends_with('/') && !matches!(*name, "" | "." | "..")
        });
        let Some((folder, name)) = parts else { return Some(absolute(path).ok()?.to_str()?.to_owned()) };
        if self.whole.is_empty() || self.folder != folder {
            absolute(folder).ok()?.to_str()?.clone_into(&mut self.whole);
            folder.clone_into(&mut self.folder);
        }
        Some([&self.whole, "/", name].concat())
    }
}

#[cfg(test)]
mod tests {
    use std::fs::{self, File};
    use std::path::PathBuf;
    use std::sync::atomic::Ordering;
    use std::time::Duration;

    use super::*;
    use crate::digest::Terms;
    use crate::edge::feed::cache::CacheQuestion;
    use crate::edge::feed::reading::Progress;

    const RECORD: &str = "{\"version\":\"1.100000\",\"account_id\":\"1\",\"region\":\"us-west-2\",\
        \"vpc_id\":\"vpc-1\",\"query_timestamp\":\"2026-11-01T00:00:00Z\",\"query_name\":\"a.example.\",\
        \"query_type\":\"AAAA\",\"query_class\":\"IN\",\"rcode\":\"NOERROR\",\"answers\":[],\
        \"srcaddr\":\"10.0.0.1\",\"srcport\":\"1\",\"transport\":\"UDP\",\"srcids\":{\"instance\":\"i-1\"}}\n";

    /// Writes a file of `records` records that has not changed for a while.
    fn write(path: &Path, records: usize) {
        fs::write(path, RECORD.repeat(records)).unwrap();
        let before = SystemTime::now() - Duration::from_hours(1);
        File::options().append(true).open(path).unwrap().set_modified(before).unwrap();
    }

    /// Bytes that were read, records in all, those of each input, and what is remarked.
    fn run(folder: &Path, paths: &[PathBuf]) -> (u64, u64, Vec<(&'static str, u64)>, Vec<String>) {
        let cache = Cache::open(&folder.join("kept"), CacheQuestion::from_parts([])).unwrap();
        let progress = Progress::default();
        let outcome = ReadPlan::new(paths).keeping(cache).read(&Terms::default(), 2, &progress);
        let inputs = outcome.inputs.iter().map(|input| (input.format, input.records)).collect();
        let read = progress.bytes.load(Ordering::Relaxed);
        (read, outcome.fleet.tally().records, inputs, outcome.remarks)
    }

    #[test]
    fn whole_paths_are_those_of_the_system() {
        let mut names = WholePaths::default();
        for path in [
            "a", "./a", "b/a", "b/c", "b//c", "./b/./c", "b/.", "b/../c", "/a", "/", "//a", "/b/c", "/b/d",
            "b/",
        ] {
            let whole = absolute(path).unwrap();
            assert_eq!(names.for_path(Path::new(path)).as_deref(), whole.to_str(), "{path}");
        }
    }

    #[test]
    fn files_that_are_as_they_were_are_not_read_again() {
        let folder = crate::edge::feed::inputs::tests::folder("keeping");
        let [one, two] = ["one.log", "two.log"].map(|name| folder.join(name));
        write(&one, 3);
        let length = RECORD.len() as u64;
        let paths = [one.clone()];
        assert_eq!(run(&folder, &paths), (3 * length, 3, vec![("jsonl", 3)], vec![]));
        assert_eq!(run(&folder, &paths), (0, 3, vec![("jsonl", 3)], vec![]));
        write(&two, 4);
        let paths = [two.clone(), one.clone()];
        let both = vec![("jsonl", 4), ("jsonl", 3)];
        assert_eq!(run(&folder, &paths), (4 * length, 7, both.clone(), vec![]));
        assert_eq!(run(&folder, &paths), (0, 7, both, vec![]));
        // Other bytes of the same length, made to look as old.
        write(&one, 3);
        assert_eq!(run(&folder, &paths).0, 3 * length);
        // It may change again without another time.
        fs::write(&two, RECORD).unwrap();
        let (read, records, _, remarks) = run(&folder, &paths);
        assert_eq!((read, records, remarks.len()), (length, 4, 1), "{remarks:?}");
        assert_eq!(run(&folder, &paths).0, length, "it was not kept");
        // What cannot be read is said each time.
        write(&two, 1);
        File::options()
            .append(true)
            .open(&two)
            .and_then(|mut file| {
                use std::io::Write;
                file.write_all(b"{\"version\":")?;
                file.set_modified(SystemTime::UNIX_EPOCH)
            })
            .unwrap();
        let torn = RECORD.len() as u64 + 11;
        for _ in 0..2 {
            let (read, records, _, remarks) = run(&folder, &paths);
            assert_eq!((read, records, remarks.len()), (torn, 4, 1), "{remarks:?}");
        }
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn what_is_said_of_a_file_is_said_each_time() {
        let folder = crate::edge::feed::inputs::tests::folder("keeping-remarks");
        let path = folder.join("one.gz");
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        std::io::Write::write_all(&mut encoder, RECORD.as_bytes()).unwrap();
        let packed = [encoder.finish().unwrap(), b"something else".to_vec()].concat();
        fs::write(&path, packed).unwrap();
        File::options().append(true).open(&path).unwrap().set_modified(SystemTime::UNIX_EPOCH).unwrap();
        let first = run(&folder, std::slice::from_ref(&path));
        assert!(first.3.iter().any(|remark| remark.contains("were passed over")), "{first:?}");
        assert_eq!(run(&folder, &[path]), first);
        fs::remove_dir_all(folder).unwrap();
    }
}
