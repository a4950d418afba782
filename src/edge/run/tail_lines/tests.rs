//! What is written of what comes, and what is said of it.

use std::time::Duration;

use super::*;
use crate::base::moment::Moment;
use crate::live::time::Now;

fn pipe(room: usize) -> (LinePipe, Receiver<LineOutput>) {
    let (sender, inbox) = bounded(room);
    let (terms, format) = (Terms::default(), LineFormat::Text);
    let digest = Digest::new(&terms, ObservedLines::new(format));
    let (groups, notes) = (Vec::new(), Vec::new());
    let standing = BTreeMap::new();
    let tally = Tally::default();
    let (recorder, pattern, sampled, lost) = (None, None, 0, false);
    (
        LinePipe {
            watched: None,
            rounded: Instant::now(),
            sender,
            digest,
            terms,
            format,
            tally,
            recorder,
            groups,
            pattern,
            unmask: false,
            masked: false,
            standing,
            notes,
            sampled,
            lost,
            ahead: None,
            unrecordable: None,
        },
        inbox,
    )
}

const RECORD: &str = r#"{"version":"1.100000","account_id":"111122223333","region":"us-west-2","vpc_id":"vpc-1","query_timestamp":"2025-05-05T10:00:00Z","query_name":"a.example.","query_type":"A","query_class":"IN","rcode":"NOERROR","answers":[],"srcaddr":"10.0.0.5","srcport":"53","transport":"UDP","srcids":{"instance":"i-1"}}"#;

#[test]
fn a_slow_reader_gets_all_of_it_later() {
    let (mut pipe, inbox) = pipe(1);
    pipe.record(0, RECORD);
    assert_eq!(pipe.flush(), Flush::Done);
    for _ in 0..3 {
        pipe.record(0, RECORD);
        assert_eq!(pipe.flush(), Flush::Pending);
    }
    let lines = |out| match out {
        Ok(LineOutput::Lines(lines)) => String::from_utf8(lines).unwrap().lines().count(),
        _ => panic!("no lines"),
    };
    assert_eq!(lines(inbox.try_recv()), 1);
    assert_eq!(pipe.flush(), Flush::Done);
    assert_eq!(lines(inbox.try_recv()), 3);
    drop(inbox);
    pipe.record(0, RECORD);
    assert_eq!(pipe.flush(), Flush::Closed);
}

#[test]
fn what_the_filter_leaves_out_is_not_written() {
    use clap::Parser;
    let words = ["r53tail", "tail", "group", "--filter", "-vpc:vpc-1", "--filter", "type:A"];
    let crate::edge::settings::CliCommand::Tail(arguments) =
        crate::edge::settings::Arguments::try_parse_from(words).unwrap().command
    else {
        panic!("not `tail`")
    };
    let (mut pipe, inbox) = pipe(1);
    pipe.digest = Digest::new(&terms(&arguments).unwrap(), ObservedLines::new(LineFormat::Text));
    pipe.record(0, RECORD);
    assert_eq!((pipe.flush(), inbox.try_recv().is_err()), (Flush::Done, true));
    pipe.record(0, &RECORD.replace("vpc-1", "vpc-2"));
    pipe.record(0, &RECORD.replace("vpc-1", "vpc-2").replace("\"A\"", "\"AAAA\""));
    assert_eq!((pipe.flush(), inbox.try_recv().is_ok()), (Flush::Done, true));
    let (fleet, _, _) = pipe.digest.finish();
    assert_eq!((fleet.tally().records, fleet.tally().outside), (1, 2));
}

#[test]
fn a_round_ends_without_losing_lines_or_counts() {
    let (mut pipe, inbox) = pipe(2);
    pipe.record(0, RECORD);
    pipe.record(0, "no record");
    pipe.lost(Loss { dropped: 3, ..Loss::default() });
    pipe.next_round();
    assert_eq!(pipe.digest.records(), 0);
    pipe.record(0, RECORD);
    let (tally, ..) = pipe.close();
    assert_eq!((tally.records, tally.malformed, tally.loss.dropped), (2, 1, 3));
    let Ok(LineOutput::Lines(lines)) = inbox.try_recv() else { panic!("no lines") };
    assert_eq!(String::from_utf8(lines).unwrap().lines().count(), 2);
}

#[test]
fn what_is_no_record_is_counted() {
    let (mut pipe, _inbox) = pipe(1);
    for message in ["no record", "{\"query_name\":", RECORD] {
        pipe.record(0, message);
    }
    let (tally, ..) = pipe.close();
    assert_eq!((tally.records, tally.malformed), (1, 2));
}

#[test]
fn several_sessions_are_said_with_what_they_take() {
    let group = |number: usize| {
        let arn = format!("arn:aws:logs:us-east-1:111122223333:log-group:/{number}");
        LogGroupId::from_arn(&arn).unwrap()
    };
    let groups: Vec<LogGroupId> = (0..11).map(group).collect();
    let one = beginning(&groups[..1], None);
    assert_eq!(one, "note: following 1 log group (/0): records of every type");
    let said = beginning(&groups, None);
    assert!(said.contains(" 11 log groups (/0, /1, ") && said.contains("in 2 Live Tail sessions"), "{said}");
    assert!(said.contains("an account may have 15 in a Region"), "{said}");
}

/// A stretch that is read beside a stream is over at some time; polls are over all the time.
#[test]
fn what_was_missed_is_said_when_it_has_been_read() {
    let (mut pipe, _inbox) = pipe(1);
    let now = Now::exactly(Moment(0), Duration::ZERO);
    let status = |phase, filling, fetched| SessionStatus {
        now,
        ahead: None,
        phase,
        filling,
        settling: None,
        trouble: None,
        reconnects: 0,
        minutes: 0,
        records: 9,
        fetched,
        newest: None,
    };
    let waiting = Phase::Waiting { until: Duration::from_millis(9), why: None };
    for (phase, filling, fetched) in [
        (Phase::Connecting(0), false, 0),
        (Phase::Streaming, true, 0),
        (Phase::Streaming, true, 3),
        (Phase::Streaming, false, 5),
        (waiting, false, 5),
        (Phase::Streaming, true, 5),
        (Phase::Streaming, false, 6),
        (Phase::Polling(TroubleClass::Denied), true, 6),
        (Phase::Polling(TroubleClass::Denied), false, 8),
        (Phase::Streaming, true, 8),
        (Phase::Streaming, false, 8),
    ] {
        pipe.status(0, status(phase, filling, fetched));
    }
    // Where something was lost, nobody says that nothing was.
    let gap = Gap { from: Moment(0), until: Moment(1000) };
    for fetched in [8, 9] {
        pipe.status(0, status(Phase::Streaming, true, 8));
        pipe.lost(Loss { gaps: vec![gap], ..Loss::default() });
        pipe.status(0, status(Phase::Streaming, false, fetched));
    }
    assert_eq!(
        pipe.notes,
        [
            "note: connecting",
            "note: live",
            "note: caught up: 5 records were read that no stream delivered",
            "note: trying again",
            "note: live",
            "note: caught up: 1 record was read that no stream delivered",
            "note: polling, since there is no Live Tail",
            "note: live",
            "note: caught up: no more was found than streams delivered",
            "warning: not all records from 1970-01-01T00:00:00Z to 1970-01-01T00:00:01Z were seen",
            "warning: not all records from 1970-01-01T00:00:00Z to 1970-01-01T00:00:01Z were seen",
            "note: read what could be read: 1 record was read that no stream delivered",
        ]
    );
}

#[test]
fn what_is_missing_is_said_at_the_end() {
    let mut tally = Tally { records: 5, ..Tally::default() };
    assert_eq!(ending(&tally, true, None), ["note: 5 records, nothing lost"]);
    assert_eq!(ending(&tally, false, None), ["note: 5 records"], "not all was recorded");
    let gap = Gap { from: Moment(0), until: Moment(1000) };
    let settling = "note: what arrived from 1970-01-01T00:00:00Z to 1970-01-01T00:00:01Z may not be all: it ended before that \
                    was looked for a second time";
    assert_eq!(
        ending(&tally, true, Some(gap)),
        ["note: 5 records, nothing lost as far as is known", settling]
    );
    tally.outside = 7;
    tally.loss.sampled_seconds = 2;
    tally.loss.gaps.push(gap);
    assert_eq!(
        ending(&tally, true, Some(gap)),
        [
            "note: 5 records, 7 left out by the filter, 2 seconds with a sample only, 1 gap",
            "warning: not all records from 1970-01-01T00:00:00Z to 1970-01-01T00:00:01Z were seen",
            settling
        ]
    );
}

#[test]
fn what_a_sample_is_and_what_helps_is_said_once() {
    let (mut pipe, _inbox) = pipe(1);
    for second in 0..3 {
        let stretch = Gap { from: Moment(second * 1000), until: Moment(second * 1000 + 1000) };
        pipe.lost(Loss { sampled_seconds: 1, sampled: vec![stretch], ..Loss::default() });
    }
    assert_eq!(pipe.notes, [SAMPLED]);
    pipe.next_round();
    assert!(
        ending(&pipe.tally, true, None)[0].contains("3 seconds with a sample only"),
        "{:?}",
        ending(&pipe.tally, true, None)
    );
}
