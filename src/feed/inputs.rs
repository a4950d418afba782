//! What a list of paths names: files, folders, patterns, standard input.

use std::collections::HashSet;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use walkdir::WalkDir;

/// One thing to read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Input {
    /// Standard input, given as `-`.
    Stdin,
    /// A file, or a pipe that was named.
    File(PathBuf),
}

impl fmt::Display for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stdin => f.write_str("standard input"),
            Self::File(path) => path.display().fmt(f),
        }
    }
}

/// What one path, or one file in a folder, came to.
#[derive(Debug)]
pub enum Entry {
    /// It is to be read.
    Read(Input),
    /// It is passed over, and why.
    Skipped(PathBuf, Skipped),
    /// It cannot be read.
    Failed(InputError),
}

/// Why a file is passed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Skipped {
    /// The object by which an export task tries whether it may write.
    WriteTest,
    /// What Athena puts beside the result of a query.
    Metadata,
    /// It was given before, by this or another path.
    Twice,
}

impl fmt::Display for Skipped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::WriteTest => "the test object of an export task, which holds no records",
            Self::Metadata => "metadata of an Athena query, which holds no records",
            Self::Twice => "given twice, read once",
        })
    }
}

/// Why a path cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum InputError {
    /// There is nothing of that name.
    #[error("`{}` does not exist", .0.display())]
    Missing(PathBuf),
    /// A pattern that names nothing.
    #[error("`{0}` matches no file")]
    NoMatch(String),
    /// A pattern that is none.
    #[error("`{pattern}` is not a pattern")]
    Pattern {
        /// The path as given.
        pattern: String,
        /// What is wrong with it.
        source: glob::PatternError,
    },
    /// A folder without a file to read.
    #[error("`{}` holds no file to read", .0.display())]
    Empty(PathBuf),
    /// A file or folder that the system keeps from us.
    #[error("`{}` cannot be read", path.display())]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
}

impl InputError {
    /// The path that failed, as far as it is one.
    #[must_use]
    pub fn path(&self) -> &Path {
        match self {
            Self::Missing(path) | Self::Empty(path) | Self::Unreadable { path, .. } => path,
            Self::NoMatch(pattern) | Self::Pattern { pattern, .. } => Path::new(pattern),
        }
    }
}

/// Finds what `paths` name, in their order; what is in a folder or matches a pattern is sorted by name.
///
/// Folders are read with all that is below them, whatever the layout, and symbolic links are followed. In them,
/// hidden files and folders (a name that begins with a dot) are left alone, as are pipes, sockets and devices; given
/// by name, both are read. A file that is named twice is read once: its records would count twice.
#[must_use]
pub fn expand(paths: &[PathBuf]) -> Vec<Entry> {
    let mut expansion = Expansion::default();
    for path in paths {
        expansion.path(path);
    }
    expansion.entries
}

#[derive(Default)]
struct Expansion {
    entries: Vec<Entry>,
    /// What was taken, by the name that the system has for it.
    taken: HashSet<Input>,
}

impl Expansion {
    fn path(&mut self, path: &Path) {
        if path == Path::new("-") {
            return self.take(Input::Stdin, path);
        }
        match path.metadata() {
            Ok(metadata) if metadata.is_dir() => self.folder(path),
            Ok(_) => self.file(path),
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
                Ok(path) => self.file(&path),
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
        let walk = WalkDir::new(folder).follow_links(true).sort_by_file_name();
        let is_hidden =
            |name: &std::ffi::OsStr, depth: usize| depth > 0 && name.as_encoded_bytes().starts_with(b".");
        for found in walk.into_iter().filter_entry(|entry| !is_hidden(entry.file_name(), entry.depth())) {
            match found {
                Ok(entry) if entry.file_type().is_file() => self.file(entry.path()),
                Ok(_) => {}
                Err(error) => {
                    let path = error.path().unwrap_or(folder).to_owned();
                    let what = error.to_string();
                    let source = error.into_io_error().unwrap_or_else(|| io::Error::other(what));
                    self.fail(InputError::Unreadable { path, source });
                }
            }
        }
        if self.entries.len() == before {
            self.fail(InputError::Empty(folder.to_owned()));
        }
    }

    fn file(&mut self, path: &Path) {
        let name = path.file_name().map(std::ffi::OsStr::as_encoded_bytes).unwrap_or_default();
        if name == b"aws-logs-write-test" {
            self.entries.push(Entry::Skipped(path.to_owned(), Skipped::WriteTest));
        } else if name.ends_with(b".csv.metadata") {
            self.entries.push(Entry::Skipped(path.to_owned(), Skipped::Metadata));
        } else {
            self.take(Input::File(path.to_owned()), path);
        }
    }

    fn take(&mut self, input: Input, path: &Path) {
        let known = match &input {
            // What has no such name is opened as it was given, and says what is wrong.
            Input::File(path) => Input::File(path.canonicalize().unwrap_or_else(|_| path.clone())),
            Input::Stdin => Input::Stdin,
        };
        self.entries.push(if self.taken.insert(known) {
            Entry::Read(input)
        } else {
            Entry::Skipped(path.to_owned(), Skipped::Twice)
        });
    }

    fn fail(&mut self, error: InputError) {
        self.entries.push(Entry::Failed(error));
    }
}
