//! Why a path cannot be read.

use std::io;
use std::path::{Path, PathBuf};

use crate::edge::feed::asked::AskedError;
use crate::edge::feed::s3::LocationError;

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
    /// A place in S3 that is none.
    #[error("`{path}` cannot be read")]
    Location {
        /// As given.
        path: String,
        /// What is wrong with it.
        source: LocationError,
    },
    /// A log group or a table that can be none.
    #[error("`{path}` cannot be asked about")]
    Asked {
        /// As given.
        path: String,
        /// What is wrong with it.
        source: AskedError,
    },
    /// A file or folder that the system keeps from us.
    #[error("`{}` cannot be read", path.display())]
    Unreadable {
        /// The path of the file or folder.
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
            Self::Location { path, .. } | Self::Asked { path, .. } => Path::new(path),
        }
    }

    /// What is wrong with the path, for where the path itself was named already.
    #[must_use]
    pub fn reason(&self) -> String {
        match self {
            Self::Missing(_) => "it does not exist".to_owned(),
            Self::NoMatch(_) => "it matches no file".to_owned(),
            Self::Pattern { source, .. } => format!("it is not a pattern: {source}"),
            Self::Empty(_) => "it holds no file to read".to_owned(),
            Self::Unreadable { source, .. } => source.to_string(),
            Self::Location { source, .. } => source.to_string(),
            Self::Asked { source, .. } => source.to_string(),
        }
    }
}
