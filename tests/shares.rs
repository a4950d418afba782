//! Shares of answers over time, as the console counts them: as reports do.

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
