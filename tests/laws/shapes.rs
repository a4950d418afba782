//! Records that are taken in the shape of those before them, against the same log read the general way
//! throughout.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use r53tail::digest::{Digest, ObservationListener, Sample, Terms};
use r53tail::fleet::{CountedPlace, Fleet};
use r53tail::log::envelope::{Check, Envelope, InputFormat, RecordPlace, Sink};
use r53tail::log::note::Note;
use r53tail::log::observation::Observation;
use r53tail::log::record::{Malformed, Record};
use serde_json::{Value, json};

use crate::logs::{self, Draft, Spelling};
use crate::{account, cases};

/// A sink that takes nothing in the shape of those before.
struct General<D>(D);

impl<D: Sink> Sink for General<D> {
    fn canonical(&mut self, bytes: &[u8], offset: u64) -> Option<usize> {
        self.0.canonical(bytes, offset)
    }

    fn unwrapped(&mut self, bytes: &[u8], place: RecordPlace) -> Option<usize> {
        self.0.unwrapped(bytes, place)
    }

    fn record(&mut self, record: &Record<'_>, place: RecordPlace) {
        self.0.record(record, place);
    }

    fn note(&mut self, note: Note) {
        self.0.note(note);
    }

    fn malformed(&mut self, why: Malformed, sample: &[u8], place: RecordPlace) {
        self.0.malformed(why, sample, place);
    }
}

/// Keeps what each record said and where it stood.
#[derive(Default)]
struct Seen(Vec<String>);

impl ObservationListener for Seen {
    fn saw(&mut self, observation: &Observation<'_>, _: CountedPlace, place: RecordPlace) {
        self.0.push(format!("{place:?} {:?}", Observation { record_prefix: 0, ..observation.clone() }));
    }
}

/// Reads a log in blocks of so many bytes.
fn read(log: &[u8], block: usize, sink: &mut impl Sink) -> InputFormat {
    let mut envelope = Envelope::default();
    let (mut start, mut end) = (0, 0);
    loop {
        end = log.len().min(end + block);
        start += envelope.scan(&log[start..end], end == log.len(), sink);
        if end == log.len() {
            return envelope.format();
        }
    }
}

fn told((fleet, samples, seen): (Fleet, Vec<Sample>, Seen)) -> (String, Vec<Sample>, Vec<String>) {
    (account(&fleet), samples, seen.0)
}

/// What the records of a log come in.
#[derive(Clone, Copy, Debug)]
enum Wrap {
    Bare,
    Array,
    Message,
    Hec,
    Insights,
    FilterLogEvents(usize),
    GetLogEvents,
    Event,
    Elastic,
    Nested,
    Csv(char),
}

const WRAPS: [Wrap; 13] = [
    Wrap::Csv(','),
    Wrap::Csv('\t'),
    Wrap::Bare,
    Wrap::Array,
    Wrap::Message,
    Wrap::Hec,
    Wrap::Insights,
    Wrap::FilterLogEvents(0),
    Wrap::FilterLogEvents(4),
    Wrap::GetLogEvents,
    Wrap::Event,
    Wrap::Elastic,
    Wrap::Nested,
];

fn event(draft: &Draft) -> Value {
    let id = |key: &str| draft.sources.iter().find(|(known, _)| *known == key).map(|(_, id)| id.clone());
    let answers: Vec<_> =
        draft.answers.iter().map(|(rdata, kind, _)| json!({"rdata": rdata, "type": kind})).collect();
    json!({
        "class_uid": 4003, "time": 1_746_439_200_000_i64, "rcode": draft.rcode,
        "cloud": {"region": draft.region, "account": {"uid": draft.account}},
        "query": {"hostname": draft.name, "type": draft.kind}, "answers": answers,
        "src_endpoint": {"ip": draft.source, "port": 40123, "vpc_uid": draft.vpc, "instance_uid": id("instance")},
        "metadata": {"product": {"name": "Route 53"}, "profiles": ["cloud"]},
    })
}

fn write(wrap: Wrap, drafts: &[(Draft, Spelling)]) -> String {
    let lines: Vec<String> = drafts.iter().map(|(draft, spelling)| draft.line(*spelling)).collect();
    let each =
        |wrap: &dyn Fn(&String) -> String| lines.iter().map(|line| wrap(line) + "\n").collect::<String>();
    match wrap {
        Wrap::Bare => each(&String::clone),
        Wrap::Array => format!("[{}]", lines.join(",\n")),
        Wrap::Message => each(&|line| json!({"message": line, "host": "a", "n": 1}).to_string()),
        Wrap::Hec => each(&|line| format!("{{\"time\":1.5,\"event\":{line},\"source\":\"x\"}}")),
        Wrap::Insights => {
            each(&|line| json!({"@timestamp": "2025-05-05 10:00:00.000", "@message": line}).to_string())
        }
        Wrap::FilterLogEvents(indent) => {
            let (line_end, blanks) =
                if indent > 0 { ("\n", " ".repeat(indent)) } else { ("", String::new()) };
            let events: Vec<String> = lines
                .iter()
                .map(|line| {
                    let message = Value::from(line.as_str());
                    format!(
                        "{blanks}{{{line_end}\"timestamp\": 1746439200000, \"message\":{blanks}{message},{line_end}\
                         {blanks}\"eventId\": \"3833\"}}"
                    )
                })
                .collect();
            format!("{{\"events\": [{line_end}{}], \"searchedLogStreams\": []}}", events.join(","))
        }
        Wrap::GetLogEvents => {
            let events: Vec<Value> = lines
                .iter()
                .map(|line| json!({"ingestionTime": 9, "timestamp": 1_746_439_200_000_i64, "message": format!("{line}\n")}))
                .collect();
            json!({"nextForwardToken": "f/1", "events": events}).to_string()
        }
        Wrap::Event => drafts.iter().map(|(draft, _)| event(draft).to_string() + "\n").collect(),
        Wrap::Elastic => each(&|line| {
            json!({"@timestamp": "2025-05-05T10:00:00Z", "event": {"original": line}}).to_string()
        }),
        Wrap::Csv(delimiter) => {
            let row = |line: &String| {
                format!("2025-05-05 10:00:00.000{delimiter}\"{}\"{delimiter}x", line.replace('"', "\"\""))
            };
            format!("@timestamp{delimiter}@message{delimiter}@ptr\n{}", each(&row))
        }
        Wrap::Nested => each(&|line| json!({"message": json!({"message": line}).to_string()}).to_string()),
    }
}

fn spelling() -> impl Strategy<Value = Spelling> {
    select(vec![Spelling::Resolver, Spelling::Backwards, Spelling::Spaced, Spelling::Pretty])
}

/// Bytes that mean something to JSON or to whoever looks for lines.
const PIECES: [&str; 14] = [
    "\"",
    "\\\"",
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\n",
    "\\n",
    "\"message\":1,",
    "\"event\":{},",
    "x",
    "\u{1b}[0m",
];

proptest! {
    #![proptest_config(cases(4_000))]

    /// The records, where they stood, what could not be read and the format are the same, whatever the log is
    /// and however it was spoiled and cut.
    #[test]
    fn the_shape_of_those_before_is_only_a_guess(
        parts in vec((select(WRAPS.to_vec()), vec((prop_oneof![5 => logs::plain().boxed(), 1 => logs::odd().boxed()], spelling()), 1..7)), 1..3),
        spoiled in vec((any::<Index>(), 0_usize..40, select(PIECES.to_vec())), 0..3),
        block in prop_oneof![Just(usize::MAX / 2), 200_usize..2000],
    ) {
        let mut log: Vec<u8> = parts.iter().map(|(wrap, drafts)| write(*wrap, drafts) + "\n").collect::<String>().into();
        for (at, drop, piece) in spoiled {
            let at = at.index(log.len());
            log.splice(at..log.len().min(at + drop), piece.bytes());
        }
        let terms = Terms::default();
        let mut quick = Digest::new(&terms, Seen::default());
        let mut general = General(Digest::new(&terms, Seen::default()));
        let formats = (read(&log, block, &mut quick), read(&log, block, &mut general));
        prop_assert_eq!(told(quick.finish()), told(general.0.finish()), "{}", String::from_utf8_lossy(&log));
        prop_assert_eq!(formats.0, formats.1);
    }
}

/// Of a log in one shape nearly every record is taken in it.
#[test]
fn nearly_all_are_taken() {
    struct CountingSink(Digest<Seen>, usize, usize);
    impl Sink for CountingSink {
        fn canonical(&mut self, bytes: &[u8], offset: u64) -> Option<usize> {
            self.0.canonical(bytes, offset)
        }
        fn quick(
            &mut self,
            bytes: &[u8],
            spelling: r53tail::log::envelope::Spelling,
            check: &mut Check<'_>,
        ) -> Option<usize> {
            self.1 += 1;
            self.0.quick(bytes, spelling, check)
        }
        fn record(&mut self, record: &Record<'_>, place: RecordPlace) {
            self.2 += 1;
            self.0.record(record, place);
        }
        fn malformed(&mut self, why: Malformed, _: &[u8], _: RecordPlace) {
            panic!("{why}");
        }
    }
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let drafts: Vec<Draft> = (0..40)
        .map(|_| {
            proptest::strategy::ValueTree::current(&logs::plain().new_tree(&mut runner).expect("a record"))
        })
        .filter(|draft| draft.at.starts_with("2025"))
        .collect();
    for wrap in WRAPS.into_iter().filter(|wrap| !matches!(wrap, Wrap::Elastic | Wrap::Nested)) {
        let drafts: Vec<_> = drafts.iter().map(|draft| (draft.clone(), Spelling::Backwards)).collect();
        let mut sink = CountingSink(Digest::new(&Terms::default(), Seen::default()), 0, 0);
        read(write(wrap, &drafts).as_bytes(), usize::MAX / 2, &mut sink);
        assert!(sink.2 <= 2, "{wrap:?}: {} of {} the general way", sink.2, drafts.len());
        assert!(sink.1 + 2 >= drafts.len(), "{wrap:?}: {} of {}", sink.1, drafts.len());
    }
}
