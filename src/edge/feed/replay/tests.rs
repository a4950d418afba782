use super::*;
use crate::edge::feed::inputs::tests::folder;
use crate::timeline::Scope;

fn line(name: usize) -> String {
    format!(
        "{{\"query_name\":\"n{name}.\",\"query_type\":\"A\",\"rcode\":\"NOERROR\",\"srcaddr\":\"10.0.0.1\",\"query_timestamp\":\"2025-05-05T10:00:00Z\"}}\n"
    )
}

/// Why inputs failed.
fn failed(messages: &[Message]) -> Vec<&str> {
    messages
        .iter()
        .filter_map(|message| match message {
            Message::Failed { why, .. } => Some(why.as_str()),
            _ => None,
        })
        .collect()
}

/// What a console is told, as one batch and the rest.
fn heard(replay: &Replay) -> (Batch, Vec<u64>, Vec<Message>) {
    let (sender, inbox) = crossbeam_channel::unbounded();
    replay.read(&Terms::default(), &sender);
    let (mut whole, mut sizes, mut rest) = (Batch::default(), Vec::new(), Vec::new());
    for message in inbox.try_iter() {
        match message {
            Message::Batch(batch) => {
                sizes.push(batch.fleet.tally().records);
                whole.absorb(*batch);
            }
            other => rest.push(other),
        }
    }
    (whole, sizes, rest)
}

#[test]
fn inputs_come_in_batches_and_their_records_can_be_fetched() {
    let folder = folder("replay");
    let many: String = (0..20_000).map(line).collect();
    fs::write(folder.join("a.log"), &many).unwrap();
    fs::write(folder.join("b.log.gz"), b"\x1f\x8b\x08\x00cut").unwrap();
    let replay = Replay::new(&[folder.clone(), folder.join("none")]);
    let (whole, sizes, rest) = heard(&replay);
    assert_eq!(sizes, [FIRST, BATCH, 20_000 - FIRST - BATCH, 0]);
    assert_eq!(whole.fleet.tally().records, 20_000);
    let failed: Vec<&str> = rest
        .iter()
        .filter_map(|message| match message {
            Message::Failed { input, .. } => Some(input.rsplit('/').next().unwrap()),
            _ => None,
        })
        .collect();
    assert_eq!(failed, ["none", "b.log.gz"]);
    assert!(matches!(rest.last(), Some(Message::Ended)));
    assert!(rest.iter().any(|message| matches!(
        message,
        Message::Progress { read, total: Some(total) } if read == total
    )));
    let newest = whole.timeline.before(Scope::ALL, None, None).next().unwrap();
    let raw = replay.fetch(whole.timeline.entry(newest).unwrap().spot.unwrap()).unwrap();
    assert_eq!(raw, line(19_999).trim_end().as_bytes().into());
    fs::remove_dir_all(folder).unwrap();
}

/// A console shows records: counts of them are none.
#[test]
fn weighted_records_are_refused_with_what_reads_them() {
    let folder = folder("replay-weighted");
    let row = "{\"srcaddr\":\"10.0.0.1\",\"query_name\":\"a.\",\"query_type\":\"AAAA\",\"rcode\":\"NOERROR\",\"own\":\"\",\"n\":3,\
        \"first\":\"2025-05-05T10:00:00Z\",\"last\":\"2025-05-05T10:00:00Z\"}\n";
    fs::write(folder.join("counts.json"), row.repeat(2)).unwrap();
    fs::write(folder.join("mixed.json"), line(1) + row).unwrap();
    let (whole, _, rest) = heard(&Replay::new(&[folder.join("counts.json"), folder.join("mixed.json")]));
    let failed = failed(&rest);
    assert!(failed.len() == 1 && failed[0].contains("`r53tail report` reads them"), "{failed:?}");
    let tally = whole.fleet.tally();
    assert_eq!((tally.records, tally.reasons.as_slice()), (1, &[(Malformed::Weighted, 1)][..]));
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn a_record_inside_a_text_stands_where_its_event_does() {
    let folder = folder("replay-wrapped");
    let path = folder.join("events.json");
    let record = include_str!("../../../../fixtures/demo.jsonl").lines().next().unwrap();
    let event = serde_json::json!({ "message": record, "timestamp": 1, "eventId": "1" });
    fs::write(&path, format!("{{\"events\": [{event:#}]}}")).unwrap();
    let replay = Replay::new(std::slice::from_ref(&path));
    let (whole, ..) = heard(&replay);
    let row = whole.timeline.before(Scope::ALL, None, None).next().unwrap();
    let raw = replay.fetch(whole.timeline.entry(row).unwrap().spot.unwrap()).unwrap();
    assert_eq!(serde_json::from_slice::<serde_json::Value>(&raw).unwrap(), event);
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn a_column_that_may_hold_answers_is_named() {
    let folder = folder("replay-alias");
    let path = folder.join("rows.csv");
    fs::write(
        &path,
        "query_timestamp,query_name,query_type,rcode,srcaddr,resolved\n\
         2025-05-05T10:00:00Z,a.example.,AAAA,NOERROR,10.0.0.1,2600:1f14::1\n",
    )
    .unwrap();
    let (.., rest) = heard(&Replay::new(std::slice::from_ref(&path)));
    let said = rest.iter().any(|message| {
        matches!(message, Message::Remark { what, .. } if what.contains("`--columns answers=resolved`"))
    });
    assert!(said, "{rest:?}");
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn what_is_no_log_is_said_and_does_not_count() {
    let folder = folder("replay-other");
    fs::write(folder.join("a.md"), "# Notes\n\non the resolver\n").unwrap();
    fs::write(folder.join("b"), b"Obj\x01\x04\x14avro").unwrap();
    let (whole, _, rest) = heard(&Replay::new(std::slice::from_ref(&folder)));
    assert_eq!((whole.fleet.tally().malformed, whole.samples.len()), (0, 0));
    let remarks: Vec<&str> = rest
        .iter()
        .filter_map(|message| match message {
            Message::Remark { input, what } if input.is_empty() => Some(what.as_str()),
            _ => None,
        })
        .collect();
    let [remark] = remarks[..] else { panic!("{rest:?}") };
    assert!(remark.starts_with("2 files are no logs and were passed over: "), "{remark}");
    let (whole, _, rest) = heard(&Replay::new(&[folder.join("a.md"), folder.join("b")]));
    assert_eq!(whole.fleet.tally().malformed, 0);
    let failed = failed(&rest);
    let [text, avro] = failed[..] else { panic!("{rest:?}") };
    assert_eq!(text, "it holds no record of a resolver query log; its first line is: # Notes");
    assert!(avro.starts_with("an Avro file, which is not read as it is; try: python3"), "{avro}");
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn it_stops_when_nobody_listens() {
    let folder = folder("replay-gone");
    let path = folder.join("a.log");
    fs::write(&path, (0..20_000).map(line).collect::<String>()).unwrap();
    let (sender, inbox) = crossbeam_channel::bounded(1);
    let reader = std::thread::spawn({
        let replay = Replay::new(std::slice::from_ref(&path));
        move || replay.read(&Terms::default(), &sender)
    });
    assert!(matches!(inbox.recv(), Ok(Message::Input(InputId(0), _))));
    drop(inbox);
    reader.join().unwrap();
    fs::remove_dir_all(folder).unwrap();
}
