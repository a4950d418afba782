//! Where the console keeps for the next time how it was left: a file of its own, in the folder for the state
//! of programs.
//!
//! It is no configuration: that is a person's own file, with comments, and is never written to. Losing this
//! one loses nothing but convenience, so whatever is wrong with it is a remark, and never keeps the console
//! from anything.

use std::env::var_os;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use crate::console::{Model, Remembered, Setup};
use crate::edge::diagnosis::say;
use crate::edge::settings::ConsoleArguments;

/// The largest file that is read: more than is ever written.
const LARGEST: u64 = 256 << 10;

/// The file, and what was in it.
pub(super) struct StateFile {
    /// `None` if nothing is to be kept.
    path: Option<PathBuf>,
    found: Remembered,
    remark: Option<String>,
    /// Whether what was typed stays out of it: it would hold what is replaced by pseudonyms, or those.
    is_private: bool,
}

impl StateFile {
    /// Reads the file, unless that is switched off.
    pub(super) fn open(arguments: &ConsoleArguments, is_private: bool) -> Self {
        Self::at(if arguments.settings.no_state { None } else { usual() }, is_private)
    }

    fn at(path: Option<PathBuf>, is_private: bool) -> Self {
        let mut kept = Self { path, found: Remembered::default(), remark: None, is_private };
        match kept.path.as_deref().map(read) {
            None => {}
            Some(Ok(found)) => kept.found = found,
            Some(Err(error)) => {
                let path = kept.path.as_deref().unwrap_or(Path::new("")).display();
                kept.remark = Some(format!("what the last session left cannot be used ({error}): {path}"));
                if error.kind() != io::ErrorKind::InvalidData {
                    // It may be whole, and somebody else's to mend.
                    kept.path = None;
                }
            }
        }
        kept
    }

    /// How the console starts with it.
    pub(super) fn begin(&self, setup: Setup) -> Setup {
        let mut remembered = self.found.clone();
        if self.is_private {
            remembered.history = crate::console::History::default();
        }
        Setup { remembered, remark: self.remark.clone(), ..setup }
    }

    /// Keeps how it was left.
    pub(super) fn end(self, model: &Model) {
        let Some(path) = &self.path else { return };
        if let Err(error) = self.write(path, model.kept()) {
            let path = path.display();
            say(format_args!("note: cannot keep for the next time how it was left: {path}: {error}"));
        }
    }

    fn write(&self, path: &Path, mut left: Remembered) -> io::Result<()> {
        // Another console may have ended meanwhile: what was typed there stays, before what was typed here.
        let now = read(path).unwrap_or_default();
        let typed = std::mem::replace(&mut left.history, now.history.clone());
        if !self.is_private {
            left.history.extend(&typed);
        }
        if left == now && self.remark.is_none() {
            return Ok(());
        }
        write(path, left.to_text().as_bytes())
    }
}

/// Where the file lies (XDG Base Directory Specification: a relative path is none).
fn usual() -> Option<PathBuf> {
    let folder = |name| var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let base = if cfg!(windows) { folder("LOCALAPPDATA") } else { folder("XDG_STATE_HOME") };
    let base = base.or_else(|| folder("HOME").map(|home| home.join(".local").join("state")))?;
    Some(base.join("r53tail").join("state.json"))
}

fn read(path: &Path) -> io::Result<Remembered> {
    match fs::metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Remembered::default()),
        // A pipe would keep the console waiting.
        Ok(data) if !data.is_file() => return Err(io::Error::other("it is not a file")),
        _ => {}
    }
    let damaged = |why: String| io::Error::new(io::ErrorKind::InvalidData, why);
    let mut text = String::new();
    let read = File::open(path)?.take(LARGEST + 1).read_to_string(&mut text)?;
    if read as u64 > LARGEST {
        return Err(damaged(format!("it has more than {LARGEST} bytes")));
    }
    Remembered::from_text(&text).map_err(damaged)
}

/// Writes the file as a whole, for nobody else to read: what was there stays until all of it is written.
fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        let mut builder = DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(folder)?;
    }
    let part = path.with_extension(format!("{}.part", std::process::id()));
    // Of a program of the same number that was killed.
    _ = fs::remove_file(&part);
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let written = options.open(&part).and_then(|mut file| {
        file.write_all(bytes)?;
        // Or after a power cut the name might lead to nothing.
        file.sync_data()?;
        fs::rename(&part, path)
    });
    if written.is_err() {
        // The first failure is the one to be told.
        _ = fs::remove_file(&part);
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::{Purpose, Source};

    fn typed(lines: &[&str]) -> Remembered {
        let mut remembered = Remembered { mouse: Some(true), ..Remembered::default() };
        for line in lines {
            remembered.history.push(Purpose::Filter, line);
        }
        remembered
    }

    fn lines(path: &Path) -> Vec<String> {
        read(path).unwrap().history.lines(Purpose::Filter).to_vec()
    }

    #[test]
    fn it_is_kept_for_oneself_and_nothing_typed_is_lost() {
        let folder = crate::edge::feed::inputs::tests::folder("kept");
        let path = folder.join("new/r53tail/state.json");
        let kept = StateFile::at(Some(path.clone()), false);
        assert_eq!((&kept.found, &kept.remark), (&Remembered::default(), &None));
        kept.write(&path, Remembered::default()).unwrap();
        assert!(!folder.join("new").exists(), "there is nothing to keep");
        kept.write(&path, typed(&["a", "b"])).unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
            assert_eq!((mode(&path), mode(path.parent().unwrap())), (0o600, 0o700));
        }
        // Two at a time, both of which began with the same.
        let (one, other) =
            (StateFile::at(Some(path.clone()), false), StateFile::at(Some(path.clone()), false));
        one.write(&path, typed(&["a", "b", "c"])).unwrap();
        other.write(&path, typed(&["a", "b", "d"])).unwrap();
        assert_eq!(lines(&path), ["c", "a", "b", "d"]);
        // With pseudonyms nothing that is typed goes in or out.
        let private = StateFile::at(Some(path.clone()), true);
        let setup = private.begin(Setup::new(Source::Replay));
        assert_eq!(setup.remembered.mouse, Some(true));
        assert!(setup.remembered.history.lines(Purpose::Filter).is_empty());
        private.write(&path, Remembered { mouse: Some(false), ..typed(&["secret"]) }).unwrap();
        assert_eq!((lines(&path).len(), read(&path).unwrap().mouse), (4, Some(false)));
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1, "no other file is left");
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn what_is_wrong_with_it_is_a_remark() {
        let folder = crate::edge::feed::inputs::tests::folder("kept-damaged");
        let path = folder.join("state.json");
        let long = b" ".repeat(300 << 10);
        for damaged in [&b"{\"screen\": \"ta"[..], b"\xff\xfe", &long] {
            fs::write(&path, damaged).unwrap();
            let kept = StateFile::at(Some(path.clone()), false);
            let setup = kept.begin(Setup::new(Source::Replay));
            assert_eq!(setup.remembered, Remembered::default());
            assert!(setup.remark.unwrap().ends_with("state.json"));
            kept.write(&path, Remembered::default()).unwrap();
            assert_eq!(read(&path).unwrap(), Remembered::default(), "it is whole again");
        }
        fs::remove_file(&path).unwrap();
        fs::create_dir(&path).unwrap();
        let kept = StateFile::at(Some(path.clone()), false);
        assert!(kept.remark.is_some() && kept.path.is_none(), "what is no file is left alone");
        fs::remove_dir_all(folder).unwrap();
    }
}
