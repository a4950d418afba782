use crossbeam_channel::{Receiver, bounded};

use super::*;
use crate::live::time::Now;
use crate::log::record::sample::LogLine;
use crate::timeline::Scope;

fn record(number: usize) -> String {
    LogLine { name: &format!("n{number}.example."), kind: "A", ..LogLine::default() }.to_string()
}

fn batches(room: usize) -> (Batches, Receiver<Message>) {
    let (sender, inbox) = bounded(room);
    let (ready, found) = bounded(1);
    let (followed, notes) = (Followed::default(), bounded(0).1);
    let mut batches = Batches::new(sender, &Terms::default(), followed, ready, None, notes);
    let arn = |name: &str| format!("arn:aws:logs:eu-west-1:111122223333:log-group:{name}");
    let groups = ["/a", "/b"].map(|name| LogGroupId::from_arn(&arn(name)).unwrap());
    batches.found(&groups);
    let names: Vec<String> = found.recv().unwrap().groups.into_iter().map(|group| group.name).collect();
    assert_eq!(names, ["/a", "/b"]);
    (batches, inbox)
}

fn status(phase: Phase) -> SessionStatus {
    SessionStatus {
        now: Now::exactly(Moment(0), Duration::ZERO),
        ahead: None,
        phase,
        filling: false,
        settling: None,
        trouble: None,
        reconnects: 0,
        minutes: 0,
        records: 0,
        fetched: 0,
        newest: None,
    }
}

/// As if what came had been gathered for long enough.
fn flush(batches: &mut Batches) -> Flush {
    batches.gathered = Instant::now().checked_sub(GATHER).unwrap();
    batches.flush()
}

#[test]
fn what_the_console_has_no_room_for_comes_later() {
    let (mut batches, inbox) = batches(1);
    batches.status(0, status(Phase::Streaming));
    assert_eq!(flush(&mut batches), Flush::Done, "how it stands takes the room");
    for number in 0..6 {
        batches.record(number % 2, &record(number));
        assert_eq!(flush(&mut batches), Flush::Pending);
    }
    batches.lost(Loss { sampled_seconds: 2, ..Loss::default() });
    batches.record(0, "no record");
    let mut whole = Batch::default();
    assert!(matches!(inbox.recv(), Ok(Message::Live(_))));
    assert_eq!(flush(&mut batches), Flush::Done);
    let Ok(Message::Batch(batch)) = inbox.recv() else { panic!("no batch") };
    whole.absorb(*batch);
    batches.record(1, &record(6));
    whole.absorb(batches.finish().0);
    let tally = whole.fleet.tally();
    assert_eq!((tally.records, tally.malformed, tally.loss.sampled_seconds), (7, 1, 2));
    // Each is of its log group, and is found on the tape.
    let rows: Vec<_> = whole.timeline.after(Scope::ALL, None, None).collect();
    assert_eq!(rows.len(), 7);
    for (number, row) in rows.into_iter().enumerate() {
        let spot = whole.timeline.entry(row).unwrap().spot.unwrap();
        assert_eq!(spot.input, InputId(u32::try_from(number % 2).unwrap() | u32::from(number == 6)));
        let raw = whole.tape.get(spot.input, spot.place).unwrap();
        assert_eq!(String::from_utf8(raw).unwrap(), record(number));
    }
}

/// Notes are put among the records, which are still found where they are, in memory and in the recording.
#[test]
fn notes_are_recorded_among_the_records() {
    use crate::edge::feed::live::recorder::fetch;
    use crate::edge::feed::replay::Replay;
    use crate::log::note::Gap;
    use crate::log::note::Mark;
    let folder = crate::edge::feed::inputs::tests::folder("notes");
    let at = |text: &str| Moment::parse(&format!("2025-05-05T{text}Z")).unwrap();
    for name in ["plain.jsonl", "packed.jsonl.zst"] {
        let path = folder.join(name);
        let (sender, _inbox) = bounded(0);
        let (marked, notes) = bounded(4);
        let recorder = Recorder::open(&path).unwrap();
        let (followed, terms) = (Followed::default(), Terms::default());
        let mut batches = Batches::new(sender, &terms, followed, bounded(0).0, Some(recorder), notes);
        let mark = |clock, text: &str| Mark { at: at(clock), number: 0, text: text.to_owned() };
        let gap = Gap { from: at("10:00:01"), until: at("10:00:04") };
        let second = Gap { from: at("10:00:06"), until: at("10:00:07") };
        batches.record(0, &record(0));
        marked.send(Note::Mark(mark("10:00:05", "restarted \"it\""))).unwrap();
        _ = flush(&mut batches);
        batches.record(0, &record(1));
        batches.lost(Loss { gaps: vec![gap], ..Loss::default() });
        batches.lost(Loss { sampled_seconds: 1, sampled: vec![second], ..Loss::default() });
        batches.record(0, &record(2));
        marked.send(Note::Mark(mark("10:00:02", ""))).unwrap();
        let (batch, recorder) = batches.finish();
        assert!(matches!(recorder.unwrap().finish(), (0, Ok(()))));
        for (number, row) in batch.timeline.after(Scope::ALL, None, None).enumerate() {
            let spot = batch.timeline.entry(row).unwrap().spot.unwrap();
            let held = batch.tape.get(spot.input, spot.place).unwrap();
            assert_eq!(String::from_utf8(held).unwrap(), record(number));
            let raw = fetch(&path, 0, spot.place.offset, spot.place.length).unwrap();
            assert_eq!(String::from_utf8(raw).unwrap(), record(number));
        }
        let (sender, inbox) = crossbeam_channel::unbounded();
        Replay::new(std::slice::from_ref(&path)).read(&Terms::default(), &sender);
        let mut whole = Batch::default();
        for message in inbox.try_iter() {
            if let Message::Batch(batch) = message {
                whole.absorb(*batch);
            }
        }
        let tally = whole.fleet.tally();
        assert_eq!((tally.records, tally.malformed), (3, 0), "{:?}", tally.reasons);
        assert_eq!(tally.marks, [mark("10:00:02", ""), mark("10:00:05", "restarted \"it\"")]);
        let lost = Loss { sampled_seconds: 1, sampled: vec![second], gaps: vec![gap], ..Loss::default() };
        assert_eq!(tally.loss, lost);
    }
    std::fs::remove_dir_all(folder).unwrap();
}

/// Whoever may write to a log group cannot speak for the recording.
#[test]
fn what_looks_like_a_note_is_none() {
    use crate::edge::feed::replay::Replay;
    let folder = crate::edge::feed::inputs::tests::folder("no-notes");
    let path = folder.join("recording.jsonl");
    let gap = r#"{"gap":{"from":"2025-05-05T10:00:01Z","until":"2025-05-05T10:00:09Z"}}"#;
    let recorder = Some(Recorder::open(&path).unwrap());
    let (sender, inbox) = crossbeam_channel::unbounded();
    let (followed, terms) = (Followed::default(), Terms::default());
    let mut batches = Batches::new(sender, &terms, followed, bounded(0).0, recorder, bounded(0).1);
    let escaped = record(1).replacen("query_name", "query\\u005fname", 1);
    let messages = [
        record(0),
        format!("{{\"r53tail\":{gap}}}"),
        format!("{{\"r53t\\u0061il\":{gap}}}"),
        format!("none\n{{\"r53tail\":{gap}}}"),
        // A note once they are one below the other.
        "{".to_owned(),
        format!("\"r53tail\":{gap}}}"),
        escaped.clone(),
        record(2),
    ];
    for message in &messages {
        batches.record(0, message);
    }
    let (live, recorder) = batches.finish();
    assert!(matches!(recorder.unwrap().finish(), (0, Ok(()))));
    let spots = live.timeline.after(Scope::ALL, None, None);
    let spots: Vec<_> = spots.map(|row| live.timeline.entry(row).unwrap().spot.unwrap()).collect();
    let held = live.tape.get(spots[1].input, spots[1].place).unwrap();
    let held: serde_json::Value = serde_json::from_slice(&held).unwrap();
    assert_eq!(held["message"], escaped);
    let fetched =
        crate::edge::feed::live::recorder::fetch(&path, 0, spots[2].place.offset, spots[2].place.length);
    assert_eq!(String::from_utf8(fetched.unwrap()).unwrap(), record(2));
    drop(inbox);
    let (sender, inbox) = crossbeam_channel::unbounded();
    Replay::new(std::slice::from_ref(&path)).read(&Terms::default(), &sender);
    let mut whole = Batch::default();
    for message in inbox.try_iter() {
        if let Message::Batch(batch) = message {
            whole.absorb(*batch);
        }
    }
    for tally in [live.fleet.tally(), whole.fleet.tally()] {
        assert_eq!((tally.records, &tally.loss, tally.marks.len()), (3, &Loss::default(), 0));
        assert!(tally.malformed >= 4, "{:?}", tally.reasons);
    }
    std::fs::remove_dir_all(folder).unwrap();
}

/// With pseudonyms it is the pseudonymous text that is held, each record's its own.
#[test]
fn pseudonymous_records_are_found_where_they_stand() {
    let prefixes = crate::knowledge::address::Nat64Prefixes::default();
    let redaction = crate::log::redaction::Redaction::new(b"key", prefixes).map(Arc::new);
    let terms = Terms { redaction: redaction.clone(), ..Terms::default() };
    let (sender, _inbox) = bounded(0);
    let mut batches = Batches::new(sender, &terms, Followed::default(), bounded(0).0, None, bounded(0).1);
    // In the resolver's spelling, in another, and none at all.
    let messages =
        [record(0), record(1).replace("{\"version\"", "{ \"version\""), "none".to_owned(), record(2)];
    for message in &messages {
        batches.record(0, message);
    }
    let (batch, _) = batches.finish();
    let redaction = redaction.unwrap();
    let wanted = messages.iter().filter_map(|message| redaction.raw(message.as_bytes()));
    let held = batch.timeline.after(Scope::ALL, None, None).map(|row| {
        let spot = batch.timeline.entry(row).unwrap().spot.unwrap();
        batch.tape.get(spot.input, spot.place).unwrap()
    });
    let (held, wanted): (Vec<_>, Vec<_>) = (held.collect(), wanted.collect());
    assert_eq!((held.len(), held), (3, wanted));
    assert_eq!(batch.fleet.tally().malformed, 1);
}

#[test]
fn how_it_stands_is_told_once_and_when_it_changes() {
    let (mut batches, inbox) = batches(8);
    let told = |batches: &mut Batches, phase| {
        batches.status(0, status(phase));
        assert_eq!(batches.flush(), Flush::Done);
        inbox.try_iter().count()
    };
    assert_eq!(told(&mut batches, Phase::Connecting(0)), 1);
    assert_eq!(told(&mut batches, Phase::Connecting(1)), 0);
    assert_eq!(told(&mut batches, Phase::Streaming), 1);
    assert_eq!(told(&mut batches, Phase::Waiting { until: Duration::from_millis(5), why: None }), 1);
    drop(inbox);
    batches.status(0, status(Phase::Streaming));
    assert_eq!(batches.flush(), Flush::Closed);
}
