//! Finds the configuration and reads it.

use std::env::var_os;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::edge::diagnosis::Diagnosis;
use crate::edge::settings::{Config, ConfigError};

/// The largest file that is read.
const LARGEST: u64 = 1 << 20;

/// What is configured, with the file that is named, or else the one that lies where such files lie.
///
/// # Errors
/// A file that was named and cannot be read, and whatever is wrong in one, or in the environment.
pub(super) fn configured(named: Option<&Path>) -> Result<Config, Diagnosis> {
    let variable = var_os("R53TAIL_CONFIG").filter(|value| !value.is_empty());
    let named = named.map(Path::to_path_buf).or(variable.map(PathBuf::from));
    let is_named = named.is_some();
    let failed = |path: &Path, why: io::Error| {
        Diagnosis::new(format!("cannot read the configuration `{}`", path.display())).because(why)
    };
    let file = match named.or_else(usual) {
        Some(path) => match text(&path) {
            Ok(text) => Some((path, text)),
            Err(error) if !is_named && error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(failed(&path, error)),
        },
        None => None,
    };
    let file = file.as_ref().map(|(path, text)| (path.as_path(), text.as_str()));
    Config::read(file, |name| var_os(name)).map_err(|error| {
        let hint = match &error {
            ConfigError::File { .. } => "r53tail config, without it, for a file to begin with",
            ConfigError::Environment(..) => "r53tail config, without it, for what can be there",
        };
        Diagnosis::new(error.to_string()).hint(hint)
    })
}

/// Where the file lies if nobody says (XDG Base Directory Specification: a relative path is none).
fn usual() -> Option<PathBuf> {
    let folder = |name| var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let base = if cfg!(windows) { folder("APPDATA") } else { folder("XDG_CONFIG_HOME") };
    let base = base.or_else(|| folder("HOME").map(|home| home.join(".config")))?;
    Some(base.join("r53tail").join("config.toml"))
}

fn text(path: &Path) -> io::Result<String> {
    let mut text = String::new();
    let read = File::open(path)?.take(LARGEST + 1).read_to_string(&mut text)?;
    if read as u64 > LARGEST {
        return Err(io::Error::other(format!("it has more than {LARGEST} bytes")));
    }
    Ok(text)
}
