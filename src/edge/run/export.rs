//! Writes what the console exports: off its thread, and never over a file that nobody said may go.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use super::print;
use crate::advice::finding::Library;
use crate::console::{Export, ExportFormat, Exported, Spot, Target};
use crate::edge::feed::pick::pick;
use crate::edge::feed::replay::Replay;
use crate::report::{Format, Report, Selection};

/// What an export is made with.
pub(super) struct ExportContext<'m> {
    /// What findings are made with.
    pub library: &'m Library,
    /// How many threads may work at it.
    pub threads: usize,
    /// What inputs are read again from; `None` if the tape has all that there is.
    pub replay: Option<&'m Replay>,
}

impl<'m> ExportContext<'m> {
    fn path(&self, spot: Spot) -> Option<&'m Path> {
        self.replay?.path(spot)
    }
}

/// Writes an export.
pub(super) fn export(export: Box<Export>, means: &ExportContext<'_>) -> Exported {
    let failed =
        |what: &str, error: &io::Error| Exported::Failed { what: what.to_owned(), why: error.to_string() };
    match export.target.clone() {
        Target::Clipboard => {
            let what = export.shape.word();
            let mut text = Vec::new();
            match write(*export, means, &mut text) {
                Ok(_) => Exported::Text(String::from_utf8_lossy(&text).into_owned()),
                Err(error) => failed(what, &error),
            }
        }
        Target::File(typed) => {
            let path = expand(&typed, std::env::var_os("HOME").map(PathBuf::from));
            if !export.overwrite && path.symlink_metadata().is_ok() {
                return Exported::Exists(export);
            }
            let overwrite = export.overwrite;
            match to_file(&path, overwrite, |out| write(*export, means, out)) {
                Ok((records, bytes)) => Exported::Written { path: typed, bytes, records },
                Err(error) => failed(&typed, &error),
            }
        }
    }
}

/// The path that somebody typed, `~/` being the home folder.
fn expand(typed: &str, home: Option<PathBuf>) -> PathBuf {
    match (typed.strip_prefix("~/"), home) {
        (Some(rest), Some(home)) => home.join(rest),
        _ => PathBuf::from(typed),
    }
}

/// Writes a file as a whole: what is there already stays as it is until all of the new one is written, and if
/// that fails nothing of it is left. A new one is for nobody else to read; one that takes another's place has
/// its permissions.
fn to_file<T>(
    path: &Path,
    overwrite: bool,
    write: impl FnOnce(&mut BufWriter<File>) -> io::Result<T>,
) -> io::Result<(T, u64)> {
    let known = if overwrite { path.symlink_metadata().ok() } else { None };
    if known.as_ref().is_some_and(|known| !known.is_file()) {
        let what = "it is no regular file, and only such are replaced";
        return Err(io::Error::new(io::ErrorKind::InvalidInput, what));
    }
    let target = if overwrite {
        let mut name = path.file_name().unwrap_or_default().to_owned();
        name.push(format!(".{}.part", std::process::id()));
        let part = path.with_file_name(name);
        // Of a program of the same number that was killed.
        _ = fs::remove_file(&part);
        part
    } else {
        path.to_owned()
    };
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(&target)?;
    let written = (|| {
        let mut out = BufWriter::new(file);
        let value = write(&mut out)?;
        let file = out.into_inner().map_err(io::IntoInnerError::into_error)?;
        let bytes = file.metadata()?.len();
        if let Some(known) = known {
            file.set_permissions(known.permissions())?;
        }
        if overwrite {
            fs::rename(&target, path)?;
        }
        Ok((value, bytes))
    })();
    if written.is_err() {
        // The first failure is the one to be told.
        _ = fs::remove_file(&target);
    }
    written
}

/// Writes what an export holds. Of raw records, says how many were written and how many could not be read
/// again.
fn write(
    export: Export,
    means: &ExportContext<'_>,
    mut out: &mut impl Write,
) -> io::Result<Option<(u64, u64)>> {
    let format = match export.shape {
        ExportFormat::Json => Format::Json,
        ExportFormat::Csv => Format::Csv,
        ExportFormat::Sql => Format::Sql,
        ExportFormat::Markdown => Format::Markdown,
        ExportFormat::Html => Format::Html,
        ExportFormat::Brief => Format::Brief,
        ExportFormat::Text | ExportFormat::Findings => Format::Text,
        ExportFormat::Records => {
            let tape = &export.tape;
            let held = |spot: Spot| tape.get(spot.input, spot.place);
            let redaction = means.replay.and_then(Replay::redaction);
            let picked = pick(
                export.spots,
                held,
                |spot| means.path(spot),
                |spot| means.replay?.open_object(spot),
                redaction,
                out,
            )?;
            return Ok(Some((picked.written, picked.missing + export.untold)));
        }
    };
    let survey = export.fleet.survey();
    let selection = Selection { picked: export.is_filtered, ..Selection::default() };
    let report = Report {
        survey: &survey,
        inputs: &export.inputs,
        samples: &[],
        selection: &selection,
        sort: None,
        limit: usize::MAX,
        color: false,
        knowledge: means.library.knowledge(),
        names_findings: true,
        wide: false,
        excerpt: Some(&export.excerpt),
    };
    if export.shape == ExportFormat::Findings {
        report.write_advice(out)?;
    } else {
        print::write(&report, format, means.threads, &mut out)?;
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::{Digest, NoListener, Terms};
    use crate::fleet::Fleet;
    use crate::log::envelope::Sink as _;
    use crate::log::record::sample::LogLine;

    fn export(export: Box<Export>) -> Exported {
        super::export(export, &ExportContext { library: &Library::default(), threads: 1, replay: None })
    }

    fn one(path: &Path, shape: ExportFormat, overwrite: bool) -> Box<Export> {
        Box::new(Export {
            shape,
            target: Target::File(path.to_str().unwrap().to_owned()),
            overwrite,
            fleet: Fleet::default(),
            is_filtered: true,
            excerpt: crate::report::Excerpt::default(),
            inputs: Vec::new(),
            spots: Vec::new(),
            untold: 2,
            tape: crate::console::Tape::default(),
        })
    }

    #[test]
    fn a_file_that_is_there_is_kept_until_somebody_says_so() {
        let folder = crate::edge::feed::inputs::tests::folder("export");
        let path = folder.join("out.json");
        fs::write(&path, "mine").unwrap();
        let back = export(one(&path, ExportFormat::Json, false));
        assert!(matches!(back, Exported::Exists(_)));
        assert_eq!(fs::read_to_string(&path).unwrap(), "mine");
        let done = export(one(&path, ExportFormat::Json, true));
        assert!(matches!(done, Exported::Written { records: None, bytes: 2.., .. }), "{done:?}");
        assert!(fs::read_to_string(&path).unwrap().starts_with("{\"schema\":2"));
        let raw = export(one(&folder.join("raw.jsonl"), ExportFormat::Records, false));
        assert!(matches!(raw, Exported::Written { records: Some((0, 2)), bytes: 0, .. }), "{raw:?}");
        let nowhere = export(one(&folder.join("none/out"), ExportFormat::Csv, false));
        assert!(matches!(nowhere, Exported::Failed { .. }));
        let failed = to_file(&folder.join("half"), false, |out| {
            out.write_all(b"half")?;
            Err::<(), _>(io::ErrorKind::StorageFull.into())
        });
        assert!(failed.is_err() && !folder.join("half").exists(), "nothing of it is left");
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 2);
        #[cfg(unix)]
        {
            use std::os::unix::fs::{PermissionsExt, symlink};
            let mode = |name: &str| fs::metadata(folder.join(name)).unwrap().permissions().mode() & 0o777;
            assert_eq!(mode("raw.jsonl"), 0o600, "for nobody else");
            fs::set_permissions(folder.join("raw.jsonl"), fs::Permissions::from_mode(0o640)).unwrap();
            // What a program left that was killed is in nobody's way.
            fs::write(folder.join("raw.jsonl.part"), "left").unwrap();
            let done = export(one(&folder.join("raw.jsonl"), ExportFormat::Csv, true));
            assert!(matches!(done, Exported::Written { .. }), "{done:?}");
            assert_eq!(mode("raw.jsonl"), 0o640, "as somebody set it");
            // Only files are replaced.
            symlink(folder.join("raw.jsonl"), folder.join("link")).unwrap();
            for other in [folder.join("link"), PathBuf::from("/dev/null")] {
                let refused = export(one(&other, ExportFormat::Json, true));
                assert!(
                    matches!(&refused, Exported::Failed { why, .. } if why.contains("no regular file")),
                    "{refused:?}"
                );
                assert!(!other.symlink_metadata().unwrap().is_file(), "it is what it was");
            }
        }
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn findings_alone_say_what_to_do_or_that_there_is_nothing() {
        let folder = crate::edge::feed::inputs::tests::folder("export-findings");
        let written = |name: &str, address: &str| {
            let record =
                LogLine { name: "a.example.", kind: "AAAA", address, ..LogLine::default() }.to_string();
            let mut digest = Digest::new(&Terms::default(), NoListener);
            assert_eq!(digest.canonical(record.as_bytes(), 0), Some(record.len()), "{record}");
            let path = folder.join(name);
            let what = Export {
                is_filtered: false,
                fleet: digest.finish().0,
                ..*one(&path, ExportFormat::Findings, false)
            };
            assert!(matches!(export(Box::new(what)), Exported::Written { .. }));
            fs::read_to_string(&path).unwrap()
        };
        assert_eq!(written("native", "2a05:d018::1"), "Nothing is to be done.\n");
        let translated = written("translated", "64:ff9b::c000:201");
        assert!(
            translated.starts_with("What to do\n") && translated.contains("64:ff9b::/96"),
            "{translated}"
        );
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn home_is_meant_by_a_tilde() {
        let home = || Some(PathBuf::from("/home/me"));
        assert_eq!(expand("~/a.csv", home()), Path::new("/home/me/a.csv"));
        assert_eq!(expand("~a.csv", home()), Path::new("~a.csv"));
        assert_eq!(expand("~/a.csv", None), Path::new("~/a.csv"));
    }
}
