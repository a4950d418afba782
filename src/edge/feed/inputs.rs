//! What a list of paths names: files, folders, patterns, places in S3, standard input.

use std::collections::HashSet;
use std::ffi::{OsStr, OsString};
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use foldhash::fast::RandomState;
use walkdir::{DirEntry, WalkDir};

use super::asked::Asked;
use super::s3::Location;
use crate::edge::feed::window::TimeWindow;

mod fault;
mod folders;
mod skipped;

pub use fault::InputError;
use folders::{FolderKind, Folders};
pub use skipped::Skipped;

/// One thing to read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Input {
    /// Standard input, given as `-`.
    Stdin,
    /// A file, or a pipe that was named.
    File(PathBuf),
    /// What is under a prefix in a bucket of S3.
    Bucket(Location),
    /// What an engine is asked about.
    Asked(Asked),
}

impl fmt::Display for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stdin => f.write_str("standard input"),
            Self::File(path) => path.display().fmt(f),
            Self::Bucket(location) => location.fmt(f),
            Self::Asked(asked) => asked.fmt(f),
        }
    }
}

/// What one path, or one file in a folder, was found to be.
#[derive(Debug)]
pub enum FoundPath {
    /// It is to be read.
    Read(Input),
    /// It is to be read if it is a log: it was not named, but lies in a folder that was.
    Found(Input),
    /// It is passed over, and why.
    Skipped(PathBuf, Skipped),
    /// It cannot be read.
    Failed(InputError),
}

/// Finds what `paths` name, in their order; what is in a folder or matches a pattern is sorted by name.
///
/// Folders are read with all that is below them, whatever the layout, and symbolic links are followed. In
/// them, hidden files and folders (a name that begins with a dot) are left alone, as are pipes, sockets and
/// devices; given by name, both are read. A file that is named twice is read once: its records would count
/// twice.
#[must_use]
pub fn expand(paths: &[PathBuf]) -> Vec<FoundPath> {
    expand_within(paths, TimeWindow::default())
}

/// As [`expand`]; folders in others that are named after a day, as those of Security Lake are, and can hold
/// nothing of what `window` asks for, are not looked into.
#[must_use]
pub fn expand_within(paths: &[PathBuf], window: TimeWindow) -> Vec<FoundPath> {
    let mut expansion = Expansion { window, ..Expansion::default() };
    for path in paths {
        expansion.path(path);
    }
    expansion.entries
}

#[derive(Default)]
struct Expansion {
    entries: Vec<FoundPath>,
    /// What was taken, and files by the names that the system has for them.
    taken: HashSet<Input>,
    files: hashbrown::HashSet<OsString, RandomState>,
    window: TimeWindow,
}

impl Expansion {
    fn path(&mut self, path: &Path) {
        if path == Path::new("-") {
            return self.take(Input::Stdin, path, FoundPath::Read);
        }
        if let Some(text) = path.to_str().filter(|text| Location::is_meant(text)) {
            return match Location::parse(text) {
                Ok(location) => self.take(Input::Bucket(location), path, FoundPath::Read),
                Err(source) => self.fail(InputError::Location { path: text.to_owned(), source }),
            };
        }
        if let Some((text, asked)) = path.to_str().and_then(|text| Some((text, Asked::from_path(text)?))) {
            return match asked {
                Ok(asked) => self.take(Input::Asked(asked), path, FoundPath::Read),
                Err(source) => self.fail(InputError::Asked { path: text.to_owned(), source }),
            };
        }
        match path.metadata() {
            Ok(metadata) if metadata.is_dir() => self.folder(path),
            Ok(_) => self.file(path, None, FoundPath::Read),
            Err(error) if error.kind() == io::ErrorKind::NotFound => match path.to_str() {
                Some(pattern) if pattern.contains(['*', '?', '[']) => self.pattern(pattern),
                _ => self.fail(InputError::Missing(path.to_owned())),
            },
            Err(source) => self.fail(InputError::Unreadable { path: path.to_owned(), source }),
        }
    }

    fn pattern(&mut self, pattern: &str) {
        let options = glob::MatchOptions { require_literal_leading_dot: true, ..glob::MatchOptions::new() };
        let matches = match glob::glob_with(pattern, options) {
            Ok(matches) => matches,
            Err(source) => return self.fail(InputError::Pattern { pattern: pattern.to_owned(), source }),
        };
        let before = self.entries.len();
        // They come sorted.
        for found in matches {
            match found {
                Ok(path) if path.is_dir() => self.folder(&path),
                Ok(path) => self.file(&path, None, FoundPath::Read),
                Err(error) => {
                    let path = error.path().to_owned();
                    self.fail(InputError::Unreadable { path, source: error.into() });
                }
            }
        }
        if self.entries.len() == before {
            self.fail(InputError::NoMatch(pattern.to_owned()));
        }
    }

    fn folder(&mut self, folder: &Path) {
        let before = self.entries.len();
        // By name: what comes before it is the same for all that is sorted at a time.
        let by_name = |one: &DirEntry, other: &DirEntry| one.path().as_os_str().cmp(other.path().as_os_str());
        let walk = WalkDir::new(folder).follow_links(true).sort_by(by_name);
        let is_hidden = |name: &OsStr, depth: usize| depth > 0 && name.as_encoded_bytes().starts_with(b".");
        let (mut walk, mut folders, mut days) = (walk.into_iter(), Folders::default(), 0);
        while let Some(found) = walk.next() {
            match found {
                Ok(entry) if is_hidden(entry.file_name(), entry.depth()) => {
                    if entry.file_type().is_dir() {
                        walk.skip_current_dir();
                    }
                }
                Ok(entry) if entry.file_type().is_dir() && entry.depth() > 0 && !self.holds(&entry) => {
                    walk.skip_current_dir();
                    days += 1;
                }
                Ok(entry) if entry.file_type().is_dir() => {
                    // A folder may be reached by many links; and what the kernel shows as files has no end.
                    let known = folders.see(entry.path(), entry.depth());
                    if known != FolderKind::New {
                        walk.skip_current_dir();
                        let skipped =
                            if known == FolderKind::Kernel { Skipped::Kernel } else { Skipped::Twice };
                        self.entries.push(FoundPath::Skipped(entry.path().to_owned(), skipped));
                    }
                }
                Ok(entry) if entry.file_type().is_file() => {
                    // A link has another name than its own.
                    let known = (!entry.path_is_symlink())
                        .then(|| folders.name(entry.file_name(), entry.depth()))
                        .flatten();
                    self.file(entry.path(), known, FoundPath::Found);
                }
                Ok(_) => {}
                Err(error) if error.loop_ancestor().is_some() => {
                    let path = error.path().unwrap_or(folder).to_owned();
                    self.entries.push(FoundPath::Skipped(path, Skipped::Loop));
                }
                Err(error) => {
                    let path = error.path().unwrap_or(folder).to_owned();
                    let what = error.to_string();
                    let source = error.into_io_error().unwrap_or_else(|| io::Error::other(what));
                    self.fail(InputError::Unreadable { path, source });
                }
            }
        }
        if days > 0 {
            self.entries.push(FoundPath::Skipped(folder.to_owned(), Skipped::Days(days)));
        }
        if self.entries.len() == before {
            self.fail(InputError::Empty(folder.to_owned()));
        }
    }

    /// Whether a folder may hold some of what is asked for, by its name.
    fn holds(&self, folder: &DirEntry) -> bool {
        folder.file_name().to_str().is_none_or(|name| self.window.holds_folder(name))
    }

    /// Takes the file at `path`; `known` is the name that the system has for it, if that was found already.
    fn file(&mut self, path: &Path, known: Option<PathBuf>, entry: fn(Input) -> FoundPath) {
        let name = path.file_name().map(OsStr::as_encoded_bytes).unwrap_or_default();
        if let Some(skipped) = Skipped::from_name(name) {
            return self.entries.push(FoundPath::Skipped(path.to_owned(), skipped));
        }
        // What has no such name is opened as it was given, and says what is wrong.
        let known = known.or_else(|| path.canonicalize().ok()).unwrap_or_else(|| path.to_owned());
        let is_new = self.files.insert(known.into_os_string());
        self.take_if(is_new, Input::File(path.to_owned()), path, entry);
    }

    fn take(&mut self, input: Input, path: &Path, entry: fn(Input) -> FoundPath) {
        let is_new = self.taken.insert(input.clone());
        self.take_if(is_new, input, path, entry);
    }

    fn take_if(&mut self, is_new: bool, input: Input, path: &Path, entry: fn(Input) -> FoundPath) {
        self.entries.push(if is_new {
            entry(input)
        } else {
            FoundPath::Skipped(path.to_owned(), Skipped::Twice)
        });
    }

    fn fail(&mut self, error: InputError) {
        self.entries.push(FoundPath::Failed(error));
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use std::fs;

    use super::*;
    use crate::base::moment::Moment;

    /// A new, empty folder for the test `name`.
    pub(crate) fn folder(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("r53tail-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        folder.canonicalize().unwrap()
    }

    /// Makes `files` in a folder, and says what `paths` in it are expanded to.
    fn expanded(name: &str, files: &[&str], paths: &[&str]) -> Vec<String> {
        let root = folder(name);
        for file in files {
            let path = root.join(file);
            if let Some(folder) = file.strip_suffix('/') {
                fs::create_dir_all(root.join(folder)).unwrap();
            } else {
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(path, "").unwrap();
            }
        }
        let paths: Vec<_> =
            paths.iter().map(|path| if *path == "-" { path.into() } else { root.join(path) }).collect();
        let prefix = format!("{}/", root.display());
        let entries = expand(&paths)
            .into_iter()
            .map(|entry| match entry {
                FoundPath::Read(input) | FoundPath::Found(input) => input.to_string(),
                FoundPath::Skipped(path, why) => format!("{} skipped: {why}", path.display()),
                FoundPath::Failed(error) => {
                    assert!(paths.iter().any(|path| error.path().starts_with(path)));
                    error.to_string()
                }
            })
            .map(|text| text.replace(&prefix, ""))
            .collect();
        fs::remove_dir_all(root).unwrap();
        entries
    }

    #[test]
    fn folders_are_read_in_order_whatever_their_layout() {
        let day = "AWSLogs/0123/vpcdnsquerylogs/vpc-1/2025/05/05";
        let files = [
            &format!("{day}/vpc-1_b.log.gz"),
            &format!("{day}/vpc-1_a.log.gz"),
            "exportedlogs/task/stream/000001.gz",
            "exportedlogs/task/stream/000000.gz",
            "exportedlogs/aws-logs-write-test",
            "query.csv",
            "query.csv.metadata",
            ".hidden",
            ".git/objects",
            "empty/",
        ];
        let found = expanded("layout", &files, &[""]);
        assert_eq!(
            found,
            [
                &format!("{day}/vpc-1_a.log.gz"),
                &format!("{day}/vpc-1_b.log.gz"),
                "exportedlogs/aws-logs-write-test skipped: the test object of an export task, which holds no records",
                "exportedlogs/task/stream/000000.gz",
                "exportedlogs/task/stream/000001.gz",
                "query.csv",
                "query.csv.metadata skipped: metadata of an Athena query, which holds no records",
            ]
        );
    }

    #[test]
    fn paths_keep_their_order_and_are_read_once() {
        let found = expanded("order", &["b", "a", "c/d", ".e"], &["b", "-", "c", "a", ".e", "b", "-", "*"]);
        assert_eq!(
            found,
            [
                "b",
                "standard input",
                "c/d",
                "a",
                ".e",
                "b skipped: given twice, read once",
                "- skipped: given twice, read once",
                "a skipped: given twice, read once",
                "b skipped: given twice, read once",
                "c/d skipped: given twice, read once",
            ]
        );
    }

    #[test]
    fn patterns_name_files() {
        let files = ["2025/a.gz", "2025/b.gz", "2026/a.gz", "[x]"];
        assert_eq!(expanded("pattern-1", &files, &["*/a.gz"]), ["2025/a.gz", "2026/a.gz"]);
        assert_eq!(expanded("pattern-2", &files, &["**/b.*"]), ["2025/b.gz"]);
        assert_eq!(expanded("pattern-3", &files, &["[x]"]), ["[x]"], "a file of that name comes first");
        assert_eq!(expanded("pattern-4", &files, &["202[7-9]/*"]), ["`202[7-9]/*` matches no file"]);
        assert_eq!(expanded("pattern-5", &files, &["[", "2026"]), ["`[` is not a pattern", "2026/a.gz"]);
    }

    #[test]
    fn what_cannot_be_read_does_not_stop_the_rest() {
        let found =
            expanded("missing", &["a", "none/", "hidden/.b"], &["gone", "none", "hidden", "a/b", "a"]);
        assert_eq!(
            found,
            [
                "`gone` does not exist",
                "`none` holds no file to read",
                "`hidden` holds no file to read",
                "`a/b` cannot be read",
                "a",
            ]
        );
    }

    #[cfg(unix)]
    #[test]
    fn links_are_followed_and_loops_are_said() {
        let root = folder("links");
        fs::write(root.join("a"), "").unwrap();
        fs::create_dir(root.join("d")).unwrap();
        std::os::unix::fs::symlink(root.join("a"), root.join("d/again")).unwrap();
        std::os::unix::fs::symlink(&root, root.join("d/loop")).unwrap();
        let entries = expand(std::slice::from_ref(&root));
        fs::remove_dir_all(&root).unwrap();
        let [
            FoundPath::Found(Input::File(a)),
            FoundPath::Skipped(_, Skipped::Twice),
            FoundPath::Skipped(path, Skipped::Loop),
        ] = &entries[..]
        else {
            panic!("{entries:?}")
        };
        assert_eq!(*a, root.join("a"));
        assert_eq!(*path, root.join("d/loop"));
    }

    #[test]
    fn folders_of_other_days_are_not_looked_into() {
        let root = folder("days");
        let day = |name: &str| root.join("region=us-east-1/accountid=111122223333").join(name);
        for name in ["eventDay=20261101", "eventDay=20261102", "eventDay=20261106", "eventDay=x"] {
            fs::create_dir_all(day(name)).unwrap();
            fs::write(day(name).join("a.parquet"), "").unwrap();
        }
        let moment = |text: &str| Moment::parse(text);
        let window =
            TimeWindow { since: moment("2026-11-03T12:00:00Z"), until: moment("2026-11-03T13:00:00Z") };
        let (some, all) =
            (expand_within(std::slice::from_ref(&root), window), expand(std::slice::from_ref(&root)));
        // What is given by name is looked into.
        let named = expand_within(&[day("eventDay=20261101")], window);
        let none = expand_within(
            std::slice::from_ref(&root),
            TimeWindow { since: moment("2027-01-01T00:00:00Z"), until: None },
        );
        fs::remove_dir_all(&root).unwrap();
        let [
            FoundPath::Found(Input::File(one)),
            FoundPath::Found(Input::File(other)),
            FoundPath::Skipped(of, why),
        ] = &some[..]
        else {
            panic!("{some:?}")
        };
        let files = ["eventDay=20261102", "eventDay=x"].map(|name| day(name).join("a.parquet"));
        assert_eq!([one, other], files.each_ref());
        assert_eq!((of, *why), (&root, Skipped::Days(2)));
        assert_eq!(why.to_string(), "2 folders in it are of days that are not asked for");
        assert_eq!((all.len(), named.len()), (4, 1));
        assert!(
            matches!(none[..], [FoundPath::Found(_), FoundPath::Skipped(_, Skipped::Days(3))]),
            "{none:?}"
        );
    }

    /// A folder of the kernel's is no folder of files, however it is reached; one that many links lead to is
    /// read once.
    #[cfg(target_os = "linux")]
    #[test]
    fn folders_without_end_end() {
        let root = folder("endless");
        fs::create_dir(root.join("logs")).unwrap();
        fs::write(root.join("logs/a.log"), "x").unwrap();
        for number in 0..3 {
            std::os::unix::fs::symlink(root.join("logs"), root.join(format!("again-{number}"))).unwrap();
        }
        std::os::unix::fs::symlink("/proc", root.join("kernel")).unwrap();
        let entries = expand(std::slice::from_ref(&root));
        let count = |skipped: Skipped| {
            entries
                .iter()
                .filter(|entry| matches!(entry, FoundPath::Skipped(_, why) if *why == skipped))
                .count()
        };
        assert_eq!((count(Skipped::Twice), count(Skipped::Kernel), entries.len()), (3, 1, 5), "{entries:?}");
        assert!(matches!(expand(&["/proc".into()])[..], [FoundPath::Skipped(_, Skipped::Kernel)]));
        fs::remove_dir_all(root).unwrap();
    }
}
