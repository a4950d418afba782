//! One log, in every envelope it may come in, is the same log; however it is cut, and whatever was done to
//! it.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::io::{self, Read};
use std::sync::LazyLock;

use proptest::prelude::*;
use r53tail::digest::{Digest, NoListener, Terms};
use r53tail::edge::feed::read::{Buffer, drive};
use r53tail::edge::feed::unpack::Unpacked;
use r53tail::log::envelope::{Envelope, InputFormat, MAX_VALUE, RecordPlace, Sink};
use r53tail::log::note::Incomplete;
use r53tail::log::record::{Malformed, Record};

mod exports;
mod records;
mod render;

use records::{Sample, samples};
use render::Rendered;

/// Keeps what it is given. It knows `lines`, and nothing else, as the resolver's own spelling.
#[derive(Debug, Default, PartialEq)]
struct Kept {
    lines: Vec<String>,
    records: Vec<String>,
    places: Vec<RecordPlace>,
    malformed: Vec<(Malformed, Vec<u8>, RecordPlace)>,
    incomplete: Vec<(Incomplete, u64)>,
    /// How many came by the fast path.
    canonical: usize,
}

impl Sink for Kept {
    fn canonical(&mut self, bytes: &[u8], offset: u64) -> Option<usize> {
        let line = self.lines.iter().find(|line| bytes.starts_with(line.as_bytes()))?;
        let value = serde_json::from_str(line).unwrap();
        self.canonical += 1;
        self.records.push(text(&Record::from_value(&value).unwrap().unwrap()));
        self.places.push(RecordPlace { offset, length: u32::try_from(line.len()).unwrap() });
        Some(line.len())
    }

    fn unwrapped(&mut self, bytes: &[u8], place: RecordPlace) -> Option<usize> {
        let length = self.canonical(bytes, 0)?;
        *self.places.last_mut()? = place;
        Some(length)
    }

    fn record(&mut self, record: &Record<'_>, place: RecordPlace) {
        self.records.push(text(record));
        self.places.push(place);
    }

    fn incomplete(&mut self, what: Incomplete, count: u64) {
        self.incomplete.push((what, count));
    }

    fn malformed(&mut self, why: Malformed, sample: &[u8], place: RecordPlace) {
        self.malformed.push((why, sample.to_vec(), place));
    }
}

/// All of a record.
fn text(record: &Record<'_>) -> String {
    format!("{record:?}")
}

fn lines(samples: &[Sample]) -> Vec<String> {
    samples.iter().map(Sample::line).collect()
}

/// What the log holds, by the shortest way.
fn expected(samples: &[Sample]) -> Vec<String> {
    samples.iter().map(|sample| text(&Record::from_value(&sample.json()).unwrap().unwrap())).collect()
}

/// Records in any order without how much of their answers is known: columns may not say, and what they do say
/// shows only once more of them were seen.
fn faces(records: &[String]) -> Vec<String> {
    let mut faces: Vec<_> = records.iter().map(|record| face(record)).collect();
    faces.sort();
    faces
}

fn face(record: &str) -> String {
    let (before, behind) = record.split_once("extent: ").unwrap();
    format!("{before}{}", behind.split_once(", ").unwrap().1)
}

/// A record without the domain list of DNS Firewall, for which events of OCSF have no documented place.
fn without_list(record: &str) -> String {
    let (before, _) = record.split_once("domain_list: ").unwrap();
    format!("{before}domain_list: None }}")
}

/// Reads `bytes` packed or not; a sink that `knows` the resolver's spelling takes the fast path.
fn read(bytes: &[u8], knows: bool) -> (Kept, InputFormat) {
    let mut kept = Kept { lines: if knows { lines(&samples()) } else { Vec::new() }, ..Kept::default() };
    let mut envelope = Envelope::default();
    drive(&mut Unpacked::new(bytes), &mut envelope, &mut kept, &mut |_| ()).unwrap();
    (kept, envelope.format())
}

fn unpacked(bytes: &[u8]) -> Vec<u8> {
    let mut plain = Vec::new();
    Unpacked::new(bytes).read_to_end(&mut plain).unwrap();
    plain
}

/// Words in the names of envelopes in which the resolver's own spelling is lost.
const SPELLED_ANEW: [&str; 8] =
    ["other key order", "indent", "array of objects", "ocsf", "tail json", "object", "columns", "athena"];

#[test]
fn every_envelope_holds_the_same_log() {
    let samples = samples();
    for Rendered { name, bytes, format, only_plain } in render::all(&samples) {
        let mut inside = samples.clone();
        inside.retain(|sample| !only_plain || sample.is_plain());
        for knows in [false, true] {
            let (kept, found) = read(&bytes, knows);
            assert_eq!(kept.malformed, [], "{name}");
            if name.contains("columns") {
                assert_eq!(faces(&kept.records), faces(&expected(&inside)), "{name}");
            } else if name.contains("ocsf") {
                let expected: Vec<_> = expected(&inside).iter().map(|record| without_list(record)).collect();
                assert_eq!(kept.records, expected, "{name}");
            } else {
                assert_eq!(kept.records, expected(&inside), "{name}");
            }
            assert_eq!(found, format, "{name}");
            let fast =
                if knows && !SPELLED_ANEW.iter().any(|word| name.contains(word)) { inside.len() } else { 0 };
            assert_eq!(kept.canonical, fast, "{name}");
        }
    }
}

#[test]
fn a_place_is_where_the_record_can_be_read_again() {
    for Rendered { name, bytes, .. } in render::all(&samples()) {
        let plain = unpacked(&bytes);
        let is_table = name.contains("csv");
        let header_end = plain.iter().position(|byte| *byte == b'\n').unwrap_or(0) + 1;
        for knows in [false, true] {
            let (kept, _) = read(&plain, knows);
            for (record, place) in kept.records.iter().zip(&kept.places) {
                let start = usize::try_from(place.offset).unwrap();
                let mut raw = plain[start..start + place.length as usize].to_vec();
                if is_table {
                    raw = [&plain[..header_end], &raw].concat();
                }
                let (again, _) = in_pieces(&raw, &[raw.len()], false);
                if name.contains("a row an answer") {
                    continue;
                }
                assert!(faces(&again.records).contains(&face(record)), "{name}: {place:?}");
            }
        }
    }
}

/// Hands `bytes` over in pieces whose lengths are `cuts`, over and over.
fn in_pieces(bytes: &[u8], cuts: &[usize], knows: bool) -> (Kept, InputFormat) {
    let mut kept = Kept { lines: if knows { lines(&samples()) } else { Vec::new() }, ..Kept::default() };
    let mut envelope = Envelope::default();
    let (mut start, mut end) = (0, 0);
    for cut in cuts.iter().cycle() {
        end = bytes.len().min(end + cut);
        start += envelope.scan(&bytes[start..end], end == bytes.len(), &mut kept);
        if end == bytes.len() {
            break;
        }
    }
    assert_eq!(start, bytes.len(), "all is consumed at the end");
    (kept, envelope.format())
}

/// A document of at least so many bytes is not held whole.
const LARGE: usize = MAX_VALUE + 4096;

/// The samples, as often as makes a large document.
fn many() -> Vec<Sample> {
    let length: usize = samples().iter().map(|sample| sample.line().len()).sum();
    samples().into_iter().cycle().take(samples().len() * (LARGE / length + 1)).collect()
}

/// As `jq -C` writes it, a document is read even if it is too large to be held.
#[test]
fn a_large_document_may_have_colors() {
    let many = many();
    for (document, format) in [
        (render::filter_log_events(&many), InputFormat::FilterLogEvents),
        (render::get_log_events(&many), InputFormat::GetLogEvents),
    ] {
        let bytes = render::colored(&document, "  ").into_bytes();
        assert!(bytes.len() > LARGE);
        let (kept, found) = read(&bytes, false);
        assert_eq!((found, kept.malformed.len()), (format, 0));
        assert_eq!(faces(&kept.records), faces(&expected(&many)));
    }
}

/// What stands in a list is no note of a recording, however large the list is.
#[test]
fn a_note_in_a_large_list_is_none() {
    let note = r#"{"r53tail":{"gap":{"from":"2025-05-05T10:00:04Z","until":"2025-05-05T10:00:05Z"}}}"#;
    let many = many();
    for lines in [&many[..3], &many[..]] {
        let list = format!("[{note},\n{}]\n", lines.iter().map(Sample::line).collect::<Vec<_>>().join(",\n"));
        assert_eq!(lines.len() > 3, list.len() > LARGE);
        let mut digest = Digest::new(&Terms::default(), NoListener);
        Envelope::default().scan(list.as_bytes(), true, &mut digest);
        let (fleet, pieces, _) = digest.finish();
        assert_eq!((fleet.tally().loss.gaps.len(), pieces.len()), (0, 1), "{} records", lines.len());
        assert_eq!(fleet.tally().records, lines.len() as u64);
    }
}

/// A list of events is known for what it is, whatever else the document holds.
#[test]
fn a_small_list_in_a_large_document_is_known() {
    let samples = samples();
    for (document, format) in [
        (render::get_log_events(&samples), InputFormat::GetLogEvents),
        (render::filter_log_events(&samples), InputFormat::FilterLogEvents),
    ] {
        let mut document = document;
        document["zz"] = "x".repeat(LARGE).into();
        let (kept, found) = read(document.to_string().as_bytes(), false);
        assert_eq!(found, format);
        assert_eq!(faces(&kept.records), faces(&expected(&samples)));
    }
}

/// A record as text, or packed, beside something in a document that is too large to be held.
#[test]
fn a_carrier_in_a_large_document_is_read() {
    let samples = samples();
    let packed = render::base64(&render::gzip(render::batch(&samples).to_string().as_bytes()));
    for (key, value, inside) in
        [("message", samples[0].line(), &samples[..1]), ("data", packed, &samples[..])]
    {
        // What is too large itself is all that is lost.
        let document = serde_json::json!({key: value, "zz": "x".repeat(LARGE)});
        let (kept, _) = read(document.to_string().as_bytes(), false);
        assert_eq!(kept.records, expected(inside), "{key}");
        assert_eq!(kept.malformed.len(), 1, "{key}");
    }
}

/// What may happen to a log on its way.
#[derive(Clone, Debug)]
enum Damage {
    Cut(usize),
    Remove(usize, usize),
    Repeat(usize, usize),
    Insert(usize, Vec<u8>),
}

fn damage() -> impl Strategy<Value = Damage> {
    let at = 0..60_000_usize;
    let some = 1..600_usize;
    let telling = prop::sample::select(vec![
        &b"\n"[..],
        b"\"",
        b"\\",
        b"{",
        b"}",
        b"[",
        b"]",
        b",",
        b"{\"",
        b"\x1b[",
        b"\x1b",
        b"\xef\xbb",
        b"\xff",
        b"\0",
        b"}\n{",
        b"\r\n",
        b"{\"message\":\"",
        b"{\"events\":[",
        b"x {",
        b"\t",
        b"'",
        b"\n- ",
        b"\n  ",
        b"{a=\"b\"} ",
        b"\n[10:00:00] ",
        b"\nmessage repeated 3 times: [ ",
        b"\nNEXTTOKEN\tx\n",
        b"__CURSOR=s\n",
    ]);
    prop_oneof![
        at.clone().prop_map(Damage::Cut),
        (at.clone(), some.clone()).prop_map(|(at, length)| Damage::Remove(at, length)),
        (at.clone(), some).prop_map(|(at, length)| Damage::Repeat(at, length)),
        (at, telling).prop_map(|(at, bytes)| Damage::Insert(at, bytes.to_vec())),
    ]
}

fn damaged(mut bytes: Vec<u8>, all: &[Damage]) -> Vec<u8> {
    for one in all {
        let within = |at: usize| at % (bytes.len() + 1);
        match one {
            Damage::Cut(at) => bytes.truncate(within(*at)),
            Damage::Remove(at, length) => {
                let at = within(*at);
                bytes.drain(at..bytes.len().min(at + length));
            }
            Damage::Repeat(at, length) => {
                let at = within(*at);
                let again = bytes[at..bytes.len().min(at + length)].to_vec();
                bytes.splice(at..at, again);
            }
            Damage::Insert(at, new) => {
                let at = within(*at);
                bytes.splice(at..at, new.iter().copied());
            }
        }
    }
    bytes
}

/// What comes in small pieces is read as what comes in one, wherever they end.
#[test]
fn small_pieces_do_not_matter() {
    for Rendered { name, bytes, .. } in render::all(&samples()[..6]) {
        let bytes = unpacked(&bytes);
        for knows in [false, true] {
            let whole = in_pieces(&bytes, &[bytes.len().max(1)], knows);
            for cut in [1, 61] {
                assert_eq!(in_pieces(&bytes, &[cut], knows), whole, "{name}, {cut}");
            }
        }
    }
}

/// A short log in every envelope, unpacked.
static ENVELOPES: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let all = render::all(&samples()[..6]);
    all.iter().map(|one| unpacked(&one.bytes)).chain(exports::pieces(&samples())).collect()
});

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    /// However a log was damaged, it is read the same in whatever pieces it comes.
    #[test]
    fn pieces_do_not_matter(
        which in any::<prop::sample::Index>(),
        damages in prop::collection::vec(damage(), 0..4),
        cuts in prop::collection::vec(prop_oneof![1..9_usize, 1..3000_usize], 1..6),
        knows in any::<bool>(),
    ) {
        let bytes = damaged(which.get(&ENVELOPES).clone(), &damages);
        let whole = in_pieces(&bytes, &[bytes.len().max(1)], knows);
        prop_assert_eq!(in_pieces(&bytes, &cuts, knows), whole);
    }

    /// Bytes of no sense at all are consumed, and nothing panics.
    #[test]
    fn any_bytes_are_consumed(
        bytes in prop::collection::vec(prop_oneof![any::<u8>(), prop::sample::select(b"{}[]\",:\\ \n\x1b0a".to_vec())], 0..400),
        cuts in prop::collection::vec(1..50_usize, 1..5),
    ) {
        let whole = in_pieces(&bytes, &[bytes.len().max(1)], false);
        prop_assert_eq!(in_pieces(&bytes, &cuts, false), whole);
    }

    /// Lines that were torn lose only themselves.
    #[test]
    fn torn_lines_lose_only_themselves(
        torn in prop::collection::vec(prop::option::weighted(0.3, any::<prop::sample::Index>()), 32),
        knows in any::<bool>(),
    ) {
        let samples = samples();
        let mut log = String::new();
        let mut whole = Vec::new();
        for (sample, torn) in samples.iter().zip(&torn) {
            let mut line = sample.line();
            match torn {
                Some(at) => {
                    let mut at = at.index(line.len() - 1) + 1;
                    while !line.is_char_boundary(at) {
                        at -= 1;
                    }
                    line.truncate(at);
                }
                None => whole.push(sample.clone()),
            }
            log += &(line + "\n");
        }
        let (kept, _) = read(log.as_bytes(), knows);
        prop_assert_eq!(&kept.records, &expected(&whole));
        prop_assert!(kept.malformed.len() <= samples.len() - whole.len());
        prop_assert_eq!(kept.malformed.is_empty(), whole.len() == samples.len());
    }

    /// A document that was cut keeps the events before the cut.
    #[test]
    fn a_cut_document_keeps_what_it_has(at in any::<prop::sample::Index>(), knows in any::<bool>()) {
        let samples = samples();
        let document = render::filter_log_events(&samples).to_string();
        let at = at.index(document.len() - 1) + 1;
        let bytes = &document.as_bytes()[..at];
        let whole = document[..at.min(document.floor_char_boundary(at))].matches("},{\"eventId").count()
            + usize::from(document[..document.floor_char_boundary(at)].contains("}],\"searched"));
        let (kept, _) = read(bytes, knows);
        prop_assert!(kept.records.len() == whole || kept.records.len() == whole + 1);
        prop_assert_eq!(&kept.records[..], &expected(&samples)[..kept.records.len()]);
        prop_assert_eq!(kept.malformed.len(), 1);
    }
}

/// Gives `head`, `body` `times` times, and `tail`.
struct Generated {
    parts: Vec<(Vec<u8>, usize)>,
    at: usize,
}

impl Generated {
    fn new(parts: &[(Vec<u8>, usize)]) -> Self {
        Self { parts: parts.iter().rev().cloned().collect(), at: 0 }
    }
}

impl Read for Generated {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let mut given = 0;
        while given < out.len() {
            let Some((part, times)) = self.parts.last_mut() else { break };
            if *times == 0 || part.is_empty() {
                self.parts.pop();
                continue;
            }
            let length = (part.len() - self.at).min(out.len() - given);
            out[given..given + length].copy_from_slice(&part[self.at..self.at + length]);
            given += length;
            self.at += length;
            if self.at == part.len() {
                self.at = 0;
                *times -= 1;
            }
        }
        Ok(given)
    }
}

/// Counts, and keeps nothing. It may know a line as the resolver's own spelling.
#[derive(Default)]
struct Count {
    line: Option<String>,
    canonical: usize,
    records: usize,
    malformed: Vec<Malformed>,
    last: RecordPlace,
}

impl Sink for Count {
    fn canonical(&mut self, bytes: &[u8], _: u64) -> Option<usize> {
        let line = self.line.as_ref().filter(|line| bytes.starts_with(line.as_bytes()))?;
        self.canonical += 1;
        Some(line.len())
    }

    fn record(&mut self, _: &Record<'_>, place: RecordPlace) {
        self.records += 1;
        self.last = place;
    }

    fn malformed(&mut self, why: Malformed, _: &[u8], _: RecordPlace) {
        self.malformed.push(why);
    }
}

/// Reads what would not fit, and sees that it was not kept.
#[track_caller]
fn stream(parts: &[(Vec<u8>, usize)]) -> (Count, InputFormat) {
    stream_into(Count::default(), parts)
}

#[track_caller]
fn stream_into(mut count: Count, parts: &[(Vec<u8>, usize)]) -> (Count, InputFormat) {
    let (mut envelope, mut buffer) = (Envelope::default(), Buffer::default());
    let mut total = 0;
    buffer.drive(&mut Generated::new(parts), &mut envelope, &mut count, &mut |read| total = read).unwrap();
    assert_eq!(total, parts.iter().map(|(part, times)| (part.len() * times) as u64).sum::<u64>());
    assert!(buffer.capacity() <= Buffer::MAX, "{}", buffer.capacity());
    (count, envelope.format())
}

#[test]
fn a_document_of_any_size_streams() {
    let samples = samples();
    let document = render::filter_log_events(&samples[..8]).to_string();
    let (events, tail) = document.split_once("],\"searched").unwrap();
    let events = events.strip_prefix("{\"events\":[").unwrap();
    let again = format!("{events},");
    let times = (6 << 20) / again.len();
    let parts = |between: &str| {
        vec![
            (b"{\"events\":[".to_vec(), 1),
            (again.clone().into_bytes(), times),
            (between.as_bytes().to_vec(), 1),
            (again.clone().into_bytes(), times),
            (events.as_bytes().to_vec(), 1),
            (format!("],\"searched{tail}").into_bytes(), 1),
        ]
    };
    let (count, format) = stream(&parts(""));
    assert_eq!((count.records, count.malformed), ((2 * times + 1) * 8, vec![]));
    assert_eq!(format, InputFormat::FilterLogEvents);
    assert!(count.last.offset > 11 << 20);
    // An event that is torn in the middle of it is one event.
    let (count, _) = stream(&parts("{\"message\":\"{\\\"query_name\\\":\\\"x"));
    assert_eq!((count.records, count.malformed), ((2 * times + 1) * 8, vec![Malformed::NotJson]));
    // So is one too large to be held.
    let large = format!("{{\"message\":\"{}\"}},", "x".repeat(MAX_VALUE + 9));
    let (count, _) = stream(&parts(&large));
    assert_eq!((count.records, count.malformed), ((2 * times + 1) * 8, vec![Malformed::Oversize]));
}

#[test]
fn an_array_of_any_size_streams() {
    let line = samples()[3].line();
    let record = format!("{line},").into_bytes();
    let times = (12 << 20) / record.len();
    let parts = [(b"[".to_vec(), 1), (record, times), (b"{}]".to_vec(), 1)];
    let (count, format) = stream(&parts);
    assert_eq!((count.records, count.malformed), (times, vec![Malformed::NotARecord]));
    assert_eq!(format, InputFormat::Json);
    let (count, format) = stream_into(Count { line: Some(line), ..Count::default() }, &parts);
    assert_eq!((count.canonical, count.records), (times, 0), "where blocks end, too");
    assert_eq!((count.malformed, format), (vec![Malformed::NotARecord], InputFormat::Json));
}

#[test]
fn a_line_of_any_length_counts_once() {
    let line = samples()[0].line() + "\n";
    let parts = vec![
        (line.clone().into_bytes(), 3),
        (vec![b'x'; 1 << 20], 1 << 10),
        (format!("\n{line}").into_bytes(), 2),
    ];
    let (count, _) = stream(&parts);
    assert_eq!((count.records, count.malformed), (5, vec![Malformed::Oversize]));
}

#[test]
fn values_and_rows_too_large_to_be_held_lose_only_themselves() {
    let line = samples()[0].line() + "\n";
    let long = MAX_VALUE + 100;
    let within = [
        format!("{{\"query_name\":\"{}\"}}\n", "x".repeat(long)),
        format!("{{\"a\":[{}1]}}\n", "1,".repeat(long / 2)),
        format!("\"{}\n", "x".repeat(long)),
        format!("{}\n", "{\"a\":".repeat(long / 5)),
        format!("[{}\n", "{},".repeat(10)),
    ];
    for large in within {
        let (count, _) = stream(&[
            (line.clone().into_bytes(), 2),
            (large.clone().into_bytes(), 1),
            (line.clone().into_bytes(), 2),
        ]);
        assert_eq!((count.records, count.malformed.len()), (4, 1), "{}", &large[..30]);
    }
    let row = |message: &str| format!("2025,\"{}\"\n", message.replace('"', "\"\""));
    let good = row(&samples()[0].line());
    for large in [
        row(&"x".repeat(long)),
        format!("2025,{}\n", ",".repeat(long)),
        format!("2025,\"{}\n", "x".repeat(long)),
    ] {
        let (count, _) = stream(&[
            (format!("@timestamp,@message\n{good}").into_bytes(), 1),
            (large.clone().into_bytes(), 1),
            (good.clone().into_bytes(), 2),
        ]);
        assert_eq!((count.records, count.malformed.len()), (3, 1), "{}", &large[..30]);
    }
}
