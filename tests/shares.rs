//! Shares of answers over time, as the console counts them: as reports do; and the time that is looked at
//! closely.
#![expect(clippy::expect_used, reason = "a test says what it expects")]

#[path = "stage/mod.rs"]
mod stage;

use r53tail::console::{Key, Model, Screen};
use r53tail::fleet::CourseStep;
use stage::{demo_at, press, record, replay, rows, type_text};

const SHARES: Key = Key::Char('8');

/// An hour of four answers, one of them empty, and of the hour after next one through NAT64.
fn log() -> Vec<String> {
    let name = "ssm.us-west-2.amazonaws.com.";
    let mut lines: Vec<String> =
        (0..3).map(|minute| record(minute * 60, "i-1", name, "2001:db8::1")).collect();
    lines.push(record(240, "i-2", name, ""));
    lines.push(record(300, "i-1", name, "64:ff9b::c000:201").replace("T14:", "T16:"));
    lines
}

fn ways(steps: &[CourseStep]) -> Vec<[u64; 5]> {
    steps.iter().map(|step| step.ways).collect()
}

fn screen(model: &mut Model) -> String {
    rows(model, 120, 40).join("\n")
}

#[test]
fn an_hour_is_a_row_with_its_shares() {
    let mut model = replay(&log());
    press(&mut model, &[SHARES, Key::Char('l'), Key::Char('l')]);
    let shown = screen(&mut model);
    let (width, steps) = model.course_steps();
    assert_eq!((model.screen(), width), (Screen::Course, 21_600), "{shown}");
    press(&mut model, &[Key::Char('h')]);
    let shown = screen(&mut model);
    let (width, hours) = model.course_steps();
    assert_eq!((width, ways(&hours)), (3600, vec![[3, 0, 1, 0, 0], [0, 1, 0, 0, 0]]), "{shown}");
    assert_eq!(ways(&steps), [[3, 1, 1, 0, 0]]);
    for part in ["5 answers to AAAA, by hour", "75%", "25%", "100%", "● native 75% → 0%", "◐ NAT64 0% → 100%"]
    {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    let row = shown.lines().find(|line| line.contains("14:00:00") && line.contains("75%")).expect("a row");
    assert!(row.contains(&"●".repeat(30)) && row.contains(&"✗".repeat(10)), "{row}");
}

#[test]
fn a_step_opens_and_closes() {
    let mut model = replay(&log());
    press(&mut model, &[SHARES, Key::Char('l'), Key::Home, Key::Enter]);
    let shown = screen(&mut model);
    assert_eq!((model.screen(), model.row_count()), (Screen::Fleet, 4), "{shown}");
    assert!(shown.contains("Esc: all"), "{shown}");
    press(&mut model, &[Key::Esc]);
    screen(&mut model);
    assert_eq!((model.screen(), model.row_count()), (Screen::Course, 5));
    // A filter counts, and a range does.
    press(&mut model, &[Key::Char('f')]);
    type_text(&mut model, "i-1");
    press(&mut model, &[Key::Enter]);
    screen(&mut model);
    assert_eq!(ways(&model.course_steps().1), [[3, 0, 0, 0, 0], [0, 1, 0, 0, 0]]);
    press(&mut model, &[Key::Char('F')]);
    screen(&mut model);
    // With everything let through one by one it is what the fleet counted.
    let all = model.course_steps();
    press(&mut model, &[Key::Char('f')]);
    type_text(&mut model, "type:AAAA");
    press(&mut model, &[Key::Enter]);
    screen(&mut model);
    assert_eq!(model.course_steps(), all);
    let reported = model.known().fleet.tally().course.by(all.0);
    assert_eq!(reported, all.1);
}

/// Ten hours, a record a minute: an address in the first half, none later.
fn long_log() -> Vec<String> {
    let at = |minute: u32| {
        let line =
            record((minute % 60) * 60, "i-1", "a.example.", if minute < 300 { "2001:db8::1" } else { "" });
        line.replace("T14:", &format!("T{:02}:", 10 + minute / 60))
    };
    (0..600).map(at).collect()
}

/// What the axis shows, in seconds from ten.
fn window(model: &Model) -> (i64, i64) {
    let (from, until) = model.axis().expect("there are records");
    let ten = stage::moment("10:00:00").second();
    (from - ten, until - ten)
}

#[test]
fn the_time_is_looked_at_closely_and_from_afar() {
    let mut model = replay(&long_log());
    press(&mut model, &[SHARES]);
    screen(&mut model);
    let whole = window(&model);
    assert_eq!((whole, model.course_steps().0, model.zoom()), ((0, 35_941), 3600, None));
    // Around the selected step, the last; in finer steps.
    press(&mut model, &[Key::Char('z')]);
    let shown = screen(&mut model);
    let (from, until) = window(&model);
    assert!(from < 34_200 && until > 34_200 && (17_970..18_700).contains(&(until - from)), "{from} {until}");
    assert_eq!(model.course_steps().0, 600, "{shown}");
    assert!(shown.contains("0: all") && shown.contains("by 10 minutes"), "{shown}");
    // The steps within are those of the whole: none is cut.
    let all = model.known().fleet.tally().course.by(600);
    let (_, steps) = model.course_steps();
    assert!(steps.len() > 20 && all.windows(steps.len()).any(|some| some == steps), "{steps:?}");
    // Closer around another step, and along.
    press(&mut model, &[Key::Home, Key::Char('z'), Key::Char('z')]);
    screen(&mut model);
    let closer = window(&model);
    let selected = model.course_steps().1[0].from.second() - stage::moment("10:00:00").second();
    assert!((closer.0..closer.1).contains(&selected) && closer.1 - closer.0 < 6000, "{closer:?}");
    press(&mut model, &[Key::Char('H')]);
    let before = window(&model);
    assert!(before.0 < closer.0 && before.1 - before.0 == closer.1 - closer.0, "{before:?}");
    press(&mut model, &[Key::Char('L')]);
    assert_eq!(window(&model), closer);
    // Nothing is narrowed.
    assert_eq!(model.row_count(), 600);
    press(&mut model, &[Key::Char('Z'); 8]);
    assert_eq!((window(&model), model.zoom()), (whole, None));
    assert!(screen(&mut model).contains("this is the whole time axis"));
    press(&mut model, &[Key::Char('z'); 20]);
    let (from, until) = window(&model);
    assert!((60..=70).contains(&(until - from)), "{from} {until}");
    assert!(screen(&mut model).contains("this is as close as it gets"));
    press(&mut model, &[Key::Char('0')]);
    assert_eq!(window(&model), whole);
}

#[test]
fn what_is_looked_at_closely_goes_along_with_the_moment() {
    let mut model = replay(&long_log());
    screen(&mut model);
    // On any screen, around the moment that is shown.
    press(&mut model, &[Key::Char('t')]);
    type_text(&mut model, "12:00:00");
    press(&mut model, &[Key::Enter, Key::Char('z'), Key::Char('z'), Key::Char('z')]);
    let holds = |model: &Model| {
        let ((from, until), now) =
            (model.axis().expect("an axis"), model.moment().expect("a moment").second());
        (from..until).contains(&now)
    };
    assert!(holds(&model));
    press(&mut model, &[Key::Char('L'), Key::Char('L'), Key::Char('L')]);
    screen(&mut model);
    assert!(!holds(&model), "somebody looked away");
    press(&mut model, &[Key::Right]);
    assert!(holds(&model), "and back");
    // What the axis shows closely is counted as closely: a minute has one record.
    press(&mut model, &[Key::Char('0')]);
    press(&mut model, &[Key::Char('z'); 6]);
    screen(&mut model);
    let columns: u32 = model.axis_counts(98).iter().flatten().sum();
    let (from, until) = window(&model);
    assert_eq!(i64::from(columns), (until - 1) / 60 - (from + 59) / 60 + 1);
    // A range that lies elsewhere has no column of it.
    press(&mut model, &[Key::Char('^'), Key::Char('r'), Key::Right, Key::Char('r'), Key::Char('L')]);
    press(&mut model, &[Key::Char('L'); 3]);
    let shown = screen(&mut model);
    let axis = shown.lines().rev().nth(1).expect("it has one");
    assert!(shown.contains("Esc: all") && shown.contains("0: all"), "{shown}");
    assert!(!axis.contains('█') || !shown.contains('━'), "{shown}");
}

#[test]
fn an_origin_and_an_endpoint_have_shares_of_their_own() {
    let mut model = replay(&log());
    press(&mut model, &[Key::Enter, SHARES]);
    let shown = screen(&mut model);
    let id = if shown.contains("i-2  Esc: all") { "i-2" } else { "i-1" };
    let expected = if id == "i-2" { 1 } else { 4 };
    assert_eq!(ways(&model.course_steps().1).iter().flatten().sum::<u64>(), expected, "{shown}");
    assert!(shown.contains(&format!("{id}  Esc: all")), "{shown}");
    press(&mut model, &[Key::Esc]);
    screen(&mut model);
    assert_eq!((model.screen(), model.row_count()), (Screen::Origin, 5));
    press(&mut model, &[Key::Char('3'), SHARES]);
    let shown = screen(&mut model);
    assert!(shown.contains("ssm.us-west-2.amazonaws.com  Esc: all"), "{shown}");
    assert_eq!(ways(&model.course_steps().1).iter().flatten().sum::<u64>(), 5);
    press(&mut model, &[Key::Esc]);
    assert_eq!(model.screen(), Screen::Endpoint);
}

#[test]
fn nothing_answered_is_said() {
    let mut model = replay(&[
        record(1, "i-1", "a.example.", "").replace("\"query_type\":\"AAAA\"", "\"query_type\":\"A\"")
    ]);
    press(&mut model, &[SHARES, Key::Char('h'), Key::Char('l'), Key::Down, Key::Enter]);
    assert!(screen(&mut model).contains("No answer to AAAA is in what is shown."));
}

#[test]
fn shares_at_every_size() {
    for (width, height) in [(80, 24), (120, 40), (200, 60), (40, 10)] {
        let mut model = demo_at("14:02:00");
        press(&mut model, &[SHARES]);
        insta::assert_snapshot!(
            format!("shares_{width}x{height}"),
            rows(&mut model, width, height).join("\n")
        );
    }
}

#[test]
fn a_closer_look_at_every_size() {
    for (width, height) in [(80, 24), (120, 40), (40, 10)] {
        let mut model = replay(&long_log());
        press(&mut model, &[SHARES, Key::Home]);
        for _ in 0..5 {
            press(&mut model, &[Key::Down]);
        }
        press(&mut model, &[Key::Char('z'), Key::Char('z')]);
        insta::assert_snapshot!(
            format!("closer_{width}x{height}"),
            rows(&mut model, width, height).join("\n")
        );
    }
}
