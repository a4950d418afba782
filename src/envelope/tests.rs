//! What is read from each shape and each kind of damage. All envelopes at length: `tests/equivalence.rs`.

use super::*;

/// Notes what came, and where from.
#[derive(Debug, Default)]
struct Notes {
    names: Vec<String>,
    places: Vec<Place>,
    malformed: Vec<(Malformed, Place, String)>,
}

impl Sink for Notes {
    fn canonical(&mut self, _: &[u8], _: u64) -> Option<usize> {
        None
    }

    fn record(&mut self, record: &Record<'_>, place: Place) {
        self.names.push(format!("{}@{}", record.name, record.at.second() % 100));
        self.places.push(place);
    }

    fn malformed(&mut self, why: Malformed, sample: &[u8], place: Place) {
        self.malformed.push((why, place, String::from_utf8_lossy(sample).into_owned()));
    }
}

fn read(input: impl AsRef<[u8]>) -> (Notes, Format) {
    let (mut notes, mut envelope) = (Notes::default(), Envelope::default());
    let input = input.as_ref();
    assert_eq!(envelope.scan(input, true, &mut notes), input.len());
    (notes, envelope.format())
}

/// A record for `name`, in a key order of its own.
fn record(name: &str) -> String {
    format!(
        r#"{{"query_name":"{name}","query_type":"AAAA","rcode":"NOERROR","answers":[{{"Rdata":"2001:db8::1","Type":"AAAA"}}],"srcaddr":"10.0.0.1","srcids":{{"instance":"i-1"}},"query_timestamp":"2025-05-05T10:00:07Z"}}"#
    )
}

/// Asserts that the records `names` are read from `input`, and as many malformed as `malformed` says.
#[track_caller]
fn check(input: impl AsRef<[u8]>, names: &[&str], malformed: &[Malformed]) {
    let (notes, _) = read(input);
    let found: Vec<_> = notes.names.iter().map(|name| name.trim_end_matches("@7")).collect();
    assert_eq!(found, names, "{:?}", notes.malformed);
    let why: Vec<_> = notes.malformed.iter().map(|(why, ..)| *why).collect();
    assert_eq!(why, malformed, "{:?}", notes.malformed);
}

#[test]
fn a_torn_line_loses_only_itself() {
    let (a, b, c) = (record("a."), record("b."), record("c."));
    for cut in 1..b.len() {
        let torn = &b[..cut];
        check(format!("{a}\n{torn}\n{c}\n{a}"), &["a.", "c.", "a."], &[Malformed::NotJson]);
        check(format!("{torn}\n{a}\n"), &["a."], &[Malformed::NotJson]);
        check(format!("{a}\n{torn}"), &["a."], &[Malformed::NotJson]);
        check(format!("{a}{torn}{c}\n{a}"), &["a.", "c.", "a."], &[Malformed::NotJson]);
    }
    // The end of a torn line has no beginning to be known by, but it is a line and counts.
    check(format!("{}\n{a}\n", &b[20..b.len() - 10]), &["a."], &[Malformed::NotARecord]);
    check(format!("{a}\n{}\n{c}\n", &b[b.len() - 12..]), &["a.", "c."], &[Malformed::NoRecord]);
}
