//! What is no log: files that lie among logs, or were taken for one. What they are, and what makes a log of
//! them.
//!
//! The formats that people export logs in are known by the first bytes that their specifications give. Of
//! other binary files a library knows the kind. Text is none of these: whether it is a log shows only in
//! reading it.

use std::error::Error;
use std::fmt;
use std::io;

use crate::log::record::Malformed;

/// How much of the beginning of an input is looked at: a tar archive says what it is after 257 bytes.
pub const SNIFF_LENGTH: usize = 512;
/// How much of the first line of a text is shown.
const SHOWN: usize = 60;

/// Keys that records have and other files have not.
const KEYS: [&str; 5] = ["\"query_", "\"vpc_id", "\"account_id", "\"srcaddr", "\"answers"];

/// What an input is instead of a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotALog {
    /// A file of a format that is not read.
    Format {
        /// What it is, with its article.
        what: &'static str,
        /// The command that makes something readable of `FILE`, if there is one.
        command: Option<&'static str>,
    },
    /// Some other binary file, such as an image, by its media type.
    Media(&'static str),
    /// Bytes that are neither text nor anything known.
    Binary,
    /// Text without a record: its first line.
    Text(String),
    /// Weighted records, of which none can be shown by itself.
    Weighted,
    /// A Parquet file with other columns: their names.
    Columns(String),
    /// A Parquet file in a stream, where it cannot be read from its end.
    Streamed,
}

/// A format: what it begins with, and what is said of it.
type ForeignFormat = (&'static [u8], &'static str, Option<&'static str>);

/// How each format begins by its specification, and what makes a log of it.
const KNOWN: [ForeignFormat; 18] = [
    (
        b"PAR1",
        "a Parquet file",
        Some(
            r#"python3 -c "import duckdb; duckdb.sql(\"COPY (FROM 'FILE') TO 'log.json'\")" && r53tail report log.json"#,
        ),
    ),
    (
        b"Obj\x01",
        "an Avro file",
        Some(
            r#"python3 -c "import fastavro, json; [print(json.dumps(r, default=str)) for r in fastavro.reader(open('FILE', 'rb'))]" | r53tail report -"#,
        ),
    ),
    (
        b"ARROW1\0\0",
        "an Arrow (Feather) file",
        Some(
            r#"python3 -c "import pandas; pandas.read_feather('FILE').to_json('log.json', orient='records', lines=True)" && r53tail report log.json"#,
        ),
    ),
    (
        b"\xff\xff\xff\xff",
        "an Arrow stream",
        Some(
            r#"python3 -c "import pyarrow; pyarrow.ipc.open_stream('FILE').read_pandas().to_json('log.json', orient='records', lines=True)" && r53tail report log.json"#,
        ),
    ),
    (
        b"SQLite format 3\0",
        "an SQLite database",
        Some("sqlite3 -json FILE 'SELECT * FROM TABLE' | r53tail report -"),
    ),
    (b"PK\x03\x04", "a zip archive", Some("unzip -d unpacked FILE && r53tail report unpacked")),
    (b"BZh", "a bzip2 file", Some("bzip2 -dc FILE | r53tail report -")),
    (b"\xfd7zXZ\0", "an xz file", Some("xz -dc FILE | r53tail report -")),
    (b"\x04\x22\x4d\x18", "an lz4 file", Some("lz4 -dc FILE | r53tail report -")),
    (b"\x1f\x9d", "a file of compress", Some("gzip -dc FILE | r53tail report -")),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive", None),
    (b"%PDF-", "a PDF document", None),
    (b"\x7fELF", "a program (ELF)", None),
    (b"\x80\x02", PICKLED, PICKLE),
    (b"\x80\x03", PICKLED, PICKLE),
    (b"\x80\x04\x95", PICKLED, PICKLE),
    (b"\x80\x05\x95", PICKLED, PICKLE),
    (b"ORC", "an ORC file", Some(ORC)),
];
/// What reads a data frame that was pickled. The reader of a pickle runs what its maker wrote into it.
const PICKLED: &str = "a pickle of Python (read it only if it is your own)";
const PICKLE: Option<&str> = Some(
    r#"python3 -c "import pandas; pandas.read_pickle('FILE').to_json('log.json', orient='records', lines=True)" && r53tail report log.json"#,
);
const ORC: &str = r#"python3 -c "import pandas; pandas.read_orc('FILE').to_json('log.json', orient='records', lines=True)" && r53tail report log.json"#;
/// Where a tar archive has its mark (POSIX.1-1988, `ustar`).
const TAR: (usize, &[u8], &str, &str) =
    (257, b"ustar", "a tar archive", "mkdir unpacked && tar -xf FILE -C unpacked && r53tail report unpacked");

impl NotALog {
    /// What an input that begins with `first` is, if that is known to be no log. `first` should be
    /// [`SNIFF_LENGTH`] bytes, if it has that many.
    #[must_use]
    pub fn detect(first: &[u8]) -> Option<Self> {
        let first = &first[..first.len().min(SNIFF_LENGTH)];
        if cfg!(feature = "parquet") && first.starts_with(b"PAR1") {
            return Some(Self::Streamed);
        }
        let known = KNOWN.iter().find(|(magic, ..)| first.starts_with(magic));
        let known = known.filter(|(magic, ..)| match *magic {
            // A line of text may begin with these letters, too. In a bzip2 file digits of pi follow.
            b"BZh" => first.get(4..10) == Some(b"1AY&SY"),
            b"ORC" => is_binary(first),
            _ => true,
        });
        if let Some((_, what, command)) = known {
            return Some(Self::Format { what, command: *command });
        }
        let (at, mark, what, command) = TAR;
        if first.get(at..).is_some_and(|rest| rest.starts_with(mark)) {
            return Some(Self::Format { what, command: Some(command) });
        }
        is_binary(first).then(|| infer::get(first).map_or(Self::Binary, |kind| Self::Media(kind.mime_type())))
    }

    /// A text without a record, that begins with `first`.
    #[must_use]
    pub fn text(first: &str) -> Self {
        let line = first.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
        let mut shown: String = line.chars().take(SHOWN).collect();
        if shown.len() < line.len() {
            shown.push('…');
        }
        Self::Text(shown)
    }

    /// What an input is of which `records` were read and `malformed` was not, with its first pieces
    /// `samples`, if it is no log. A piece that has a key of a record is one that something happened to.
    #[must_use]
    pub fn instead<'a>(
        records: u64,
        malformed: &[(Malformed, u64)],
        samples: &(impl Iterator<Item = &'a str> + Clone),
    ) -> Option<Self> {
        if records == 0 && malformed.iter().any(|(why, _)| *why == Malformed::Weighted) {
            return Some(Self::Weighted);
        }
        let is_other = |(why, _): &(Malformed, u64)| {
            matches!(why, Malformed::NoRecord | Malformed::NotARecord | Malformed::NotJson)
        };
        let is_hidden = malformed.iter().any(|(why, _)| *why == Malformed::NotJson);
        let is_torn =
            |sample: &str| KEYS.iter().any(|key| sample.contains(key)) || is_hidden && sample == "(redacted)";
        if records > 0 || malformed.is_empty() || !malformed.iter().all(is_other) {
            return None;
        }
        let first = samples.clone().next()?;
        (!samples.clone().any(is_torn)).then(|| Self::text(first))
    }

    /// As the failure of reading the input.
    #[must_use]
    pub fn into_error(self) -> io::Error {
        io::Error::new(io::ErrorKind::Unsupported, self)
    }

    /// What `error` says of its input, if that is no log.
    #[must_use]
    pub fn from_error(error: &io::Error) -> Option<&Self> {
        error.get_ref()?.downcast_ref()
    }

    /// What it is in a few words, for a list.
    #[must_use]
    pub fn brief(&self) -> &str {
        match self {
            Self::Format { what, .. } => what,
            Self::Media(kind) => kind,
            Self::Binary => "binary data",
            Self::Text(_) => "text without a record",
            Self::Weighted => "weighted records",
            Self::Columns(_) => "a Parquet file of something else",
            Self::Streamed => "a Parquet file",
        }
    }
}

impl fmt::Display for NotALog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Format { what, command: Some(command) } => {
                write!(f, "{what}, which is not read as it is; try: {command}")
            }
            Self::Format { what, command: None } => write!(f, "{what}, which is no log"),
            Self::Media(kind) => write!(f, "a file of type {kind}, which is no log"),
            Self::Binary => f.write_str("binary data of no known kind, which is no log"),
            Self::Weighted => f.write_str(
                "weighted records: counts, in which there is no single record to show; `r53tail report` reads them",
            ),
            Self::Columns(names) => write!(
                f,
                "a Parquet file without the columns of a query log (`--columns` takes other names); its columns are: {names}"
            ),
            Self::Streamed => f.write_str(
                "a Parquet file in a pipe or packed in another file, which can only be read where it lies, since what is in it \
                 is told at its end; try: save it as it is, and give its name: r53tail report FILE.parquet",
            ),
            Self::Text(line) => {
                write!(f, "it holds no record of a resolver query log; its first line is: {line}")
            }
        }
    }
}

impl Error for NotALog {}

/// Whether more than one in twenty of `first` are control characters, so that it is no text: of random bytes
/// one in ten is. Zeros at the start do not count: a log that was cut off while it was written has them
/// (`logrotate`, `copytruncate`).
fn is_binary(first: &[u8]) -> bool {
    let start = first.iter().position(|byte| *byte != 0).unwrap_or(first.len());
    let bytes = &first[start..];
    let is_control = |byte: &&u8| matches!(**byte, 0..=7 | 14..=26 | 28..=31);
    let controls = bytes.iter().filter(is_control).count();
    controls * 20 > bytes.len() && memchr::memmem::find(bytes, b"query_name").is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_known_by_their_first_bytes() {
        let tar = [&b"log"[..], &[0; 254], b"ustar\x0000", &[0; 200]].concat();
        let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x03\x20\0\0\x02\x58\x08\x06\0\0\0";
        let noise: Vec<u8> =
            (0..512_u32).map(|at| (at.wrapping_mul(2_654_435_761) >> 13).to_le_bytes()[0]).collect();
        for (bytes, brief) in [
            (&b"PAR1\x15\x04"[..], "a Parquet file"),
            (b"Obj\x01\x04\x14avro.codec", "an Avro file"),
            (b"ORC\n\x07\x12\x05\x08\xb4\x01\x50\0", "an ORC file"),
            (b"ARROW1\0\0\xff\xff\xff\xff", "an Arrow (Feather) file"),
            (b"\xff\xff\xff\xff\xa8\x03\0\0", "an Arrow stream"),
            (b"\x80\x05\x95\x2f\xec\0\0", PICKLED),
            (b"SQLite format 3\0\x10\0", "an SQLite database"),
            (b"BZh91AY&SY\x01\x02\x03\x04", "a bzip2 file"),
            (b"\xfd7zXZ\0\0\x04", "an xz file"),
            (&tar, "a tar archive"),
            (b"%PDF-1.7\n", "a PDF document"),
            (b"\x7fELF\x02\x01\x01\0", "a program (ELF)"),
            (png, "image/png"),
            (b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x01\0", "image/jpeg"),
            (&noise, "binary data"),
        ] {
            let found = NotALog::detect(bytes);
            assert_eq!(found.as_ref().map(NotALog::brief), Some(brief), "{}", bytes.escape_ascii());
        }
    }

    #[test]
    fn text_is_read() {
        let zeros = [&[0; 400][..], b"{\"version\":\"1.100000\",\"query_name\":\"a.\"}"].concat();
        for bytes in [
            &b""[..],
            b"{\"version\":\"1.100000\"",
            b"ORC: 1 | BZh is how bzip2 begins",
            b"BZh",
            b"\x1b[31m2025-05-05T10:00:00Z\x1b[0m {}",
            "query_name,größe\r\n".as_bytes(),
            b"latin-1: gr\xf6\xdfe",
            &zeros,
            &[0; 512],
            b"\0\x01\x02\x03\x04 {\"query_name\":\"a.\"}",
        ] {
            assert_eq!(NotALog::detect(bytes), None, "{}", bytes.escape_ascii());
        }
    }

    #[test]
    fn of_a_text_its_first_line_is_shown() {
        let long = format!("\n  \n{}\nmore", "ä".repeat(100));
        assert_eq!(NotALog::text(&long), NotALog::Text(format!("{}…", "ä".repeat(60))));
        let error = NotALog::text("# Notes\n").into_error();
        let said = "it holds no record of a resolver query log; its first line is: # Notes";
        assert_eq!((error.to_string().as_str(), NotALog::from_error(&error).is_some()), (said, true));
        assert!(NotALog::from_error(&io::ErrorKind::Unsupported.into()).is_none());
    }
}
