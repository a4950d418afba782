//! How the header, the notice and the pane of a live console look, driven by messages only.
#![expect(clippy::unwrap_used, reason = "a test stops where it cannot go on")]

mod stage;

use std::time::Duration;

use r53tail::base::moment::Moment;
use r53tail::console::live::Keep;
use r53tail::console::{Batch, Collector, InputId, Key, Message, Model, Setup, Source};
use r53tail::digest::{Digest, Terms};
use r53tail::fleet::Loss;
use r53tail::live::status::{Arrivals, Followed, LiveSession, LiveStatus, LogGroup, Reading};
use r53tail::live::trouble::{Trouble, TroubleClass};
use r53tail::log::envelope::Envelope;
use r53tail::log::note::Gap;
use r53tail::timeline::Scope;
use r53tail::view::{Theme, summary};

use stage::line::LogLine;
use stage::{batch, frame, press, tell};

const SIZES: [(u16, u16); 3] = [(80, 24), (120, 40), (40, 10)];

fn at(clock: &str) -> Moment {
    Moment::parse(&format!("2026-05-12T{clock}Z")).unwrap()
}

fn record(number: usize, clock: &str) -> String {
    let (kind, address) = if number.is_multiple_of(2) { ("AAAA", "2001:db8::1") } else { ("A", "192.0.2.1") };
    let (at, name) = (format!("2026-05-12T{clock}Z"), format!("n{number}.example."));
    LogLine { region: "us-east-1", at: &at, name: &name, kind, address, ..LogLine::default() }.to_string()
}

fn session(first: usize, reading: Reading) -> LiveSession {
    LiveSession {
        first,
        count: 1,
        reading,
        filling: false,
        trouble: None,
        reconnects: 2,
        minutes: 41,
        records: 1200,
        fetched: 200,
        newest: Some(at("14:37:29")),
        settling: None,
    }
}

fn status(clock: &str, sessions: Vec<LiveSession>) -> Message {
    let groups = vec![Arrivals { records: 900, bytes: 450_000 }, Arrivals { records: 300, bytes: 150_000 }];
    Message::Live(Box::new(LiveStatus {
        at: at(clock),
        ahead: None,
        sessions,
        groups,
        unrecorded: Some(0),
        unrecordable: None,
    }))
}

/// A record that a data protection policy masked.
fn masked(number: usize, clock: &str) -> String {
    record(number, clock).replace("2001:db8::1", "***********").replace("10.0.0.5", "********")
}

/// A console that follows two log groups and has taken in some records.
fn console() -> Model {
    let setup = Setup::new(Source::Live);
    let mut model = Model::new(setup);
    let group = |name: &str| LogGroup {
        name: name.to_owned(),
        region: "us-east-1".to_owned(),
        account: "111122223333".to_owned(),
    };
    let followed = Followed {
        groups: vec![group("/aws/route53/prod"), group("/aws/route53/test")],
        pattern: Some(r#"{ $.query_type = "AAAA" }"#.to_owned()),
        complete: false,
        unmask: false,
        recording: Some("log.jsonl.zst".to_owned()),
        quota: 15,
    };
    tell(&mut model, Message::Following(Box::new(followed)));
    tell(&mut model, Message::Batch(Box::new(batch(&[record(0, "14:36:10"), record(2, "14:37:29")]))));
    model
}

fn check(name: &str, model: &mut Model) {
    for (width, height) in SIZES {
        let buffer = frame(model, &Theme::dark(), width, height);
        let rows: Vec<String> = (0..height)
            .map(|y| {
                let row: String = (0..width).map(|x| buffer[(x, y)].symbol()).collect();
                row.trim_end().to_owned()
            })
            .collect();
        insta::assert_snapshot!(format!("{name}_{width}x{height}"), steady(&rows.join("\n")));
    }
}

fn header(model: &mut Model, width: u16) -> String {
    let buffer = frame(model, &Theme::plain(), width, 24);
    (0..width).map(|x| buffer[(x, 0)].symbol()).collect::<String>().trim_end().to_owned()
}

/// Without the size of what is held, which is that of tables and their room.
fn steady(text: &str) -> String {
    let lines = text.lines().map(|line| match line.find(" kB of memory") {
        Some(end) => {
            let start = line[..end].rfind(' ').map_or(0, |blank| blank + 1);
            format!("{}{}{}", &line[..start], "#".repeat(end - start), &line[end..])
        }
        None => line.to_owned(),
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn nothing_is_said_yet() {
    let mut model = Model::new(Setup::new(Source::Live));
    check("connecting", &mut model);
}

#[test]
fn it_streams() {
    let mut model = console();
    let mut before = session(0, Reading::Streaming);
    before.records = 820;
    tell(&mut model, status("14:37:21", vec![before]));
    tell(&mut model, status("14:37:31", vec![session(0, Reading::Streaming)]));
    check("streaming", &mut model);
    assert!(header(&mut model, 80).contains("lag 2.0 s"), "{}", header(&mut model, 80));
    // Time goes on between two words of the feed.
    let now = model.now();
    tell(&mut model, Message::Tick(now));
    tell(&mut model, Message::Tick(now + Duration::from_secs(3)));
    assert!(header(&mut model, 80).contains("lag 5.0 s"), "{}", header(&mut model, 80));
    assert!(header(&mut model, 80).contains("14:37:34Z"), "{}", header(&mut model, 80));
    press(&mut model, &[Key::Char('i')]);
    check("pane", &mut model);
    press(&mut model, &[Key::Char('i')]);
    assert!(!header(&mut model, 80).contains("feed"));
}

#[test]
fn credentials_expired() {
    let mut model = console();
    let mut expired = session(0, Reading::Waiting(at("14:37:39")));
    expired.trouble = Some(Trouble {
        class: TroubleClass::Credentials,
        text: "ExpiredTokenException: The security token included in the request is expired".to_owned(),
        hint: Some("aws sso login --profile work".to_owned()),
    });
    tell(&mut model, status("14:37:31", vec![expired, session(1, Reading::Streaming)]));
    check("expired", &mut model);
}

#[test]
fn what_is_missing_comes_first() {
    let mut model = console();
    let mut more = batch(&[record(4, "14:37:30")]);
    more.fleet.tally_mut().loss = Loss {
        sampled_seconds: 3,
        sampled: vec![Gap { from: at("14:36:40"), until: at("14:36:43") }],
        dropped: 0,
        gaps: vec![Gap { from: at("14:37:02"), until: at("14:37:09") }],
        incomplete: vec![],
    };
    tell(&mut model, Message::Batch(Box::new(more)));
    tell(&mut model, status("14:37:31", vec![session(0, Reading::Polling)]));
    assert_eq!(header(&mut model, 40), " POLLING  14:37:31Z  lag 2.0 s  loss!");
    assert_eq!(header(&mut model, 41), " POLLING  14:37:31Z  1 gap · 3 s sampled");
    press(&mut model, &[Key::Char('i')]);
    check("missing", &mut model);
    let left = summary(&model);
    assert!(
        left.contains("not all records from 2026-05-12T14:37:02Z to 2026-05-12T14:37:09Z were seen"),
        "{left}"
    );
    assert!(left.contains("Live Tail: 41 minutes billed, 2 reconnects, 200 records"), "{left}");
}

/// What a policy masks is counted, and the way to read it is named as long as it was not gone.
#[test]
fn what_is_masked_is_shown() {
    let mut model = console();
    let more = batch(&[masked(4, "14:37:30"), masked(5, "14:37:30")]);
    tell(&mut model, Message::Batch(Box::new(more)));
    tell(&mut model, status("14:37:31", vec![session(0, Reading::Streaming)]));
    assert!(header(&mut model, 120).contains("2 masked sources"), "{}", header(&mut model, 120));
    let rows = |model: &mut Model| {
        let buffer = frame(model, &Theme::plain(), 120, 24);
        (0..24).flat_map(|y| (0..120).map(move |x| (x, y))).map(|at| buffer[at].symbol()).collect::<String>()
    };
    let said = "A data protection policy masks 1 answer and 2 source addresses.";
    let way = " --unmask reads them, with the IAM action logs:Unmask.";
    let shown = rows(&mut model);
    assert!(shown.contains(&format!("{said}{way}")), "{shown}");
    let followed = Followed { unmask: true, ..model.followed().clone() };
    tell(&mut model, Message::Following(Box::new(followed)));
    let shown = rows(&mut model);
    assert!(shown.contains(said) && !shown.contains(way), "{shown}");
}

/// Each session is billed, and an account has so many.
#[test]
fn several_sessions_are_said_with_how_many_there_may_be() {
    let mut model = console();
    press(&mut model, &[Key::Char('i')]);
    let pane = |model: &mut Model| {
        let buffer = frame(model, &Theme::plain(), 120, 40);
        (0..40).flat_map(|y| (0..120).map(move |x| (x, y))).map(|at| buffer[at].symbol()).collect::<String>()
    };
    tell(&mut model, status("14:37:31", vec![session(0, Reading::Streaming)]));
    assert!(!pane(&mut model).contains("an account may have"));
    tell(
        &mut model,
        status("14:37:31", vec![session(0, Reading::Streaming), session(1, Reading::Streaming)]),
    );
    let said = pane(&mut model);
    assert!(said.contains("sessions   2 in us-east-1; an account may have 15 in a Region unless"), "{said}");
}

/// What is missing stands on the time axis of every screen, by a sign and not by color alone, though nothing
/// is listed from then: followed live, and read from a recording.
#[test]
fn what_is_missing_stands_on_the_time_axis() {
    let gap = |from, until| Gap { from: at(from), until: at(until) };
    let loss = Loss {
        sampled_seconds: 3,
        sampled: vec![gap("14:36:40", "14:36:43")],
        dropped: 0,
        // Before the first record, between two, and behind the last.
        gaps: vec![gap("14:35:30", "14:35:50"), gap("14:37:02", "14:37:09"), gap("14:37:38", "14:37:45")],
        incomplete: vec![],
    };
    let mut live = console();
    let mut more = batch(&[record(4, "14:37:30")]);
    more.fleet.tally_mut().loss = loss.clone();
    tell(&mut live, Message::Batch(Box::new(more)));
    tell(&mut live, status("14:37:50", vec![session(0, Reading::Streaming)]));
    check("missing_axis", &mut live);
    let mut lines = [record(0, "14:36:10"), record(2, "14:37:29"), record(4, "14:37:30")].join("\n");
    for note in loss.notes() {
        lines.push_str(&format!("\n{note}"));
    }
    let mut replayed = Model::new(Setup::new(Source::Replay));
    let mut digest = Digest::new(&Terms::default(), Collector::new(InputId(0)));
    Envelope::default().scan(lines.as_bytes(), true, &mut digest);
    tell(&mut replayed, Message::Batch(Box::new(Batch::from_digest(digest, None))));
    for (name, model, until) in [("live", &mut live, "14:37:50"), ("replay", &mut replayed, "14:37:45")] {
        for screen in "12345".chars() {
            press(model, &[Key::Char(screen)]);
            for (width, height) in SIZES {
                let buffer = frame(model, &Theme::plain(), width, height);
                let signs = |row: u16| (0..width).map(|x| buffer[(x, row)].symbol()).collect::<String>();
                let rows: Vec<String> = (0..height).map(signs).collect();
                let (from, until) = (" 14:35:30 ", format!(" {until}"));
                let axis = rows.iter().position(|row| row.starts_with(from) && row.contains(&until));
                let axis = axis.unwrap_or_else(|| panic!("{name} {screen}: no axis in\n{}", rows.join("\n")));
                // The signs stand above the bars, or in their place where there is one line only.
                let top = axis.saturating_sub(if height < 18 { 0 } else { timeline_rows(height) });
                let row = &rows[top];
                let stretches = row.split(|sign| sign != '×').filter(|run| !run.is_empty()).count();
                assert_eq!(
                    (stretches, row.matches('≈').count() > 0),
                    (3, true),
                    "{name} {screen}:\n{}",
                    rows.join("\n")
                );
            }
        }
    }
}

/// How far above the axis the signs stand on a screen of so many lines.
fn timeline_rows(height: u16) -> usize {
    if height < 30 { 2 } else { 4 }
}

/// What is missing shows although what came is held back.
#[test]
fn losses_are_never_held_back() {
    let mut model = console();
    press(&mut model, &[Key::Char(' ')]);
    let mut more = batch(&[record(4, "14:37:30")]);
    more.fleet.tally_mut().loss.sampled_seconds = 3;
    tell(&mut model, Message::Batch(Box::new(more)));
    let said = header(&mut model, 120);
    assert!(said.contains("HELD · +1 new") && said.contains("3 s sampled"), "{said}");
    press(&mut model, &[Key::Char('$')]);
    let said = header(&mut model, 120);
    assert!(!said.contains("HELD") && said.contains("3 records"), "{said}");
}

/// Only so much is kept; all of it counts, and what is looked at says what it covers.
#[test]
fn what_is_older_is_folded_away() {
    let mut model = console().with_keep(Keep { age: Some(Duration::from_mins(1)), ..Keep::default() });
    for minute in 38..50 {
        let clock = format!("14:{minute}:00");
        tell(&mut model, Message::Batch(Box::new(batch(&[record(0, &clock)]))));
    }
    let folded = model.folded().unwrap();
    assert_eq!((folded.last, model.known().fleet.tally().records), (at("14:46:00"), 14));
    assert_eq!(model.known().timeline.len() + folded.records, 14);
    tell(&mut model, status("14:49:01", vec![session(0, Reading::Streaming)]));
    assert!(header(&mut model, 120).contains("14 records"), "{}", header(&mut model, 120));
    // It cannot be gone back to farther than what is listed, and there it is as it was.
    press(&mut model, &[Key::Char('^')]);
    assert!(header(&mut model, 120).contains("14:46:00Z"), "{}", header(&mut model, 120));
    assert!(model.is_covered() && model.scope() != Scope::ALL);
    assert_eq!(model.row_count(), folded.records);
    // A stretch that begins within what is gone says that it does not have all.
    press(&mut model, &[Key::Char('r'), Key::Char('$'), Key::Char('r')]);
    assert!(!model.is_covered());
    let buffer = frame(&mut model, &Theme::plain(), 120, 24);
    let second: String = (0..120).map(|x| buffer[(x, 1)].symbol()).collect();
    assert!(second.contains("Records until 14:46:00 were folded away: counted, not listed."), "{second}");
    let left = summary(&model);
    assert!(left.contains("records until 2026-05-12T14:46:00Z folded away"), "{left}");
}

/// What came as input is named; a record that is not held any more says why.
#[test]
fn inputs_are_log_groups() {
    let mut model = console();
    tell(&mut model, Message::Input(InputId(0), "/aws/route53/prod".to_owned()));
    assert_eq!(model.feed().inputs, ["/aws/route53/prod"]);
}
