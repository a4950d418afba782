//! The mouse: what stands where it points at, and what comes of it.
#![expect(clippy::unwrap_used, reason = "a test stops where it cannot go on")]

mod stage;

use r53tail::console::{Aim, Effect, Gesture, Key, Message, Model, Screen, column};
use r53tail::view::{Theme, pointed};
use ratatui::buffer::Buffer;

use stage::{demo_at, frame, press, replay, tell};

const SIZE: (u16, u16) = (120, 40);

fn drawn(model: &mut Model) -> Buffer {
    frame(model, &Theme::dark(), SIZE.0, SIZE.1)
}

/// The first row that has `text` in it, and the column it begins at.
fn place(frame: &Buffer, text: &str) -> (u16, u16) {
    (0..frame.area.height)
        .find_map(|y| {
            let row: Vec<&str> = (0..frame.area.width).map(|x| frame[(x, y)].symbol()).collect();
            let at = (0..row.len()).find(|x| row[*x..].concat().starts_with(text))?;
            Some((u16::try_from(at).unwrap(), y))
        })
        .unwrap_or_else(|| panic!("no {text}"))
}

/// Points at a place, as the terminal does.
fn point(model: &mut Model, gesture: Gesture, (x, y): (u16, u16)) -> Aim {
    let frame = drawn(model);
    let target = pointed(model, &frame, x, y);
    tell(model, Message::Point(gesture, target));
    target
}

fn line(name: &str, second: u32) -> String {
    format!(
        r#"{{"query_name":"{name}.example.","query_type":"AAAA","rcode":"NOERROR","answers":[],"srcaddr":"10.0.0.1","srcids":{{"instance":"i-{name}"}},"query_timestamp":"2025-05-05T10:{:02}:{:02}Z"}}"#,
        second / 60,
        second % 60
    )
}

#[test]
fn a_click_selects_the_row() {
    let mut model = demo_at("14:01:40");
    let frame = drawn(&mut model);
    let secrets = place(&frame, "secretsmanager.us-west-2.amazonaws.com.");
    assert!(model.is_among_origins());
    let target = point(&mut model, Gesture::Press, secrets);
    assert!(matches!(target, Aim::Row(_, false)), "{target:?} {secrets:?}");
    assert!(!model.is_among_origins(), "the other list");
    let name = |model: &Model| {
        let pair = *model.selected_pair().unwrap().1;
        model.known().fleet.name_text(pair.name).to_owned()
    };
    assert_eq!(name(&model), "secretsmanager.us-west-2.amazonaws.com.");
    let frame = drawn(&mut model);
    let first = place(&frame, "ssm.us-west-2.amazonaws.com.");
    assert!(matches!(point(&mut model, Gesture::Press, first), Aim::Row(_, false)));
    assert_eq!(name(&model), "ssm.us-west-2.amazonaws.com.");
}

#[test]
fn a_click_in_the_list_of_records_selects_one() {
    let lines: Vec<String> = (0..60).map(|at| line(&format!("n{at}"), at)).collect();
    let mut model = replay(&lines);
    press(&mut model, &[Key::Char('4')]);
    let frame = drawn(&mut model);
    let at = place(&frame, "n47.example.");
    point(&mut model, Gesture::Press, at);
    assert_eq!(model.selected_row().unwrap().name, "n47.example.");
    point(&mut model, Gesture::Wheel(-3), at);
    assert_eq!(model.selected_row().unwrap().name, "n44.example.");
}

#[test]
fn the_axis_is_gone_to_and_dragged_along() {
    let lines: Vec<String> = (0..600).map(|at| line("n", at)).collect();
    let mut model = replay(&lines);
    drawn(&mut model);
    let (from, until) = model.axis().unwrap();
    let bottom = SIZE.1 - 2;
    let columns = usize::from(SIZE.0) - " 10:00:00 ".len() - " 10:00:00".len() - 1;
    for at in [0, 1, 40, columns - 1] {
        let x = u16::try_from(" 10:00:00 ".len() + at).unwrap();
        let Aim::Time(moment) = point(&mut model, Gesture::Press, (x, bottom)) else {
            panic!("not on the axis: {at}")
        };
        assert_eq!(column(moment.second(), from, until, columns), Some(at));
        assert_eq!(model.moment(), Some(moment));
    }
    point(&mut model, Gesture::Release, (0, 0));
    assert_eq!(model.clock().range(), None, "a click selects no range");
    point(&mut model, Gesture::Press, (30, bottom));
    let Aim::Time(first) = point(&mut model, Gesture::Drag, (30, bottom)) else { panic!() };
    point(&mut model, Gesture::Drag, (50, bottom));
    let Aim::Time(last) = point(&mut model, Gesture::Drag, (45, bottom)) else { panic!() };
    point(&mut model, Gesture::Release, (45, 0));
    assert_eq!(model.clock().range(), Some((first, last)));
    for outside in [(0, bottom), (SIZE.0 - 1, bottom), (500, 3), (3, 500), (5, 0)] {
        let before = format!("{:?}", model.clock());
        assert_eq!(point(&mut model, Gesture::Press, outside), Aim::Elsewhere, "{outside:?}");
        assert_eq!(format!("{:?}", model.clock()), before);
    }
}

#[test]
fn the_wheel_looks_closer_at_the_axis() {
    let lines: Vec<String> = (0..600).map(|at| line("n", at)).collect();
    let mut model = replay(&lines);
    drawn(&mut model);
    let place = (40, SIZE.1 - 2);
    let Aim::Time(at) = point(&mut model, Gesture::Wheel(-3), place) else { panic!("not on the axis") };
    let (from, until) = model.zoom().unwrap();
    assert!((from..until).contains(&at.second()) && until - from < 400, "{from} {until}");
    point(&mut model, Gesture::Wheel(3), place);
    assert_eq!(model.zoom(), None);
    assert_eq!(model.moment(), Some(model.known().fleet.tally().range.unwrap().1), "nobody went anywhere");
}

#[test]
fn it_is_switched_on_and_off_by_a_key() {
    let mut model = demo_at("14:00:40");
    assert!(!model.mouse());
    assert_eq!(press(&mut model, &[Key::Char('M')]), [Effect::Mouse(true)]);
    assert_eq!(press(&mut model, &[Key::Char('M')]), [Effect::Mouse(false)]);
}

#[test]
fn while_something_is_typed_or_help_is_open_it_selects_nothing() {
    for key in ['/', 't', '?'] {
        let mut model = demo_at("14:01:40");
        let at = place(&drawn(&mut model), "secretsmanager.us-west-2.amazonaws.com.");
        press(&mut model, &[Key::Char(key)]);
        tell(&mut model, Message::Point(Gesture::Press, Aim::Row(3, true)));
        tell(&mut model, Message::Point(Gesture::Press, Aim::Time(stage::moment("14:00:30"))));
        assert!(model.is_among_origins() && model.screen() == Screen::Fleet, "{at:?}");
        assert_eq!(model.moment(), Some(stage::moment("14:01:40")));
    }
}
