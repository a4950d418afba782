//! Origins in groups: thousands of ids are a handful of rows, each of which opens.

#[path = "stage/mod.rs"]
mod stage;

use std::sync::Arc;

use r53tail::advice::finding::{Inspected, Library};
use r53tail::console::{Effect, Grouping, InputId, Key, Message, Model, Screen, Setup, Source};
use r53tail::fleet::Status;
use stage::{demo_at, press, record, replay, rows, tell, type_text};

const GROUPS: Key = Key::Char('7');

/// Two hundred instances that lack two endpoints, a hundred of another VPC that reach them, and one more.
fn fleet() -> Vec<String> {
    let mut lines = Vec::new();
    for number in 0..300 {
        let (address, vpc) = if number < 200 { ("", "vpc-1") } else { ("2001:db8::1", "vpc-2") };
        for name in ["ssm.us-west-2.amazonaws.com.", "kms.us-west-2.amazonaws.com."] {
            let line = record(number % 60, &format!("i-{number:04}"), name, address);
            lines.push(
                line.replace("vpc-1", vpc)
                    .replace("10.0.0.5", &format!("10.0.{}.{}", number / 250, number % 250)),
            );
        }
    }
    lines.push(record(59, "i-9999", "kms.us-west-2.amazonaws.com.", "").replace("10.0.0.5", "10.0.9.9"));
    lines
}

fn sizes(model: &Model) -> Vec<usize> {
    model.groups().iter().map(|group| group.origins.len()).collect()
}

fn screen(model: &mut Model) -> String {
    rows(model, 140, 40).join("\n")
}

#[test]
fn what_is_alike_is_one_row() {
    let mut model = replay(&fleet());
    press(&mut model, &[GROUPS]);
    assert_eq!((model.screen(), sizes(&model)), (Screen::Groups, vec![200, 1, 100]));
    let shown = screen(&mut model);
    assert!(shown.contains("3 groups of 301 origins, by  pattern  VPC"), "{shown}");
    assert!(shown.contains("like i-0000") && shown.contains("○ kms, ssm"), "{shown}");
    // By subnet only where EC2 was asked for it.
    press(&mut model, &[Key::Char('l')]);
    assert_eq!((model.grouping(), sizes(&model)), (Grouping::Vpc, vec![201, 100]));
    assert_eq!(model.groups()[0].patterns, 2);
    press(&mut model, &[Key::Char('l')]);
    assert_eq!(model.grouping(), Grouping::Pattern);
    press(&mut model, &[Key::Char('h')]);
    assert_eq!(model.grouping(), Grouping::Vpc);
    let shown = screen(&mut model);
    assert!(shown.contains("vpc-2") && shown.contains("●200"), "{shown}");
}

#[test]
fn a_group_opens_and_closes() {
    let mut model = replay(&fleet());
    let all = model.row_count();
    press(&mut model, &[GROUPS, Key::Down, Key::Down, Key::Enter]);
    let shown = screen(&mut model);
    assert_eq!(
        (model.screen(), model.ranking().origins().len(), model.row_count()),
        (Screen::Fleet, 100, 200)
    );
    assert!(model.ranking().origins().iter().all(|origin| origin.count(Status::Native) == 2));
    assert!(shown.contains("100 origins like i-0200  Esc: all"), "{shown}");
    // Other screens and a filter count within it.
    press(&mut model, &[Key::Char('f')]);
    type_text(&mut model, "i-0299");
    press(&mut model, &[Key::Enter]);
    screen(&mut model);
    assert_eq!((model.ranking().origins().len(), model.row_count()), (1, 2));
    press(&mut model, &[Key::Char('F')]);
    screen(&mut model);
    assert_eq!((model.within(), model.row_count()), (None, all), "no filter is no group either");

    press(&mut model, &[GROUPS, Key::Home, Key::Enter]);
    screen(&mut model);
    assert_eq!((model.within(), model.ranking().origins().len()), (Some("200 origins like i-0000"), 200));
    press(&mut model, &[Key::Esc]);
    screen(&mut model);
    assert_eq!((model.screen(), model.within(), sizes(&model)), (Screen::Groups, None, vec![200, 1, 100]));
    // By a digit the way back is gone, and the group is let go of as a range is.
    press(&mut model, &[Key::End, Key::Enter, Key::Char('6'), Key::Char('1')]);
    screen(&mut model);
    assert_eq!(model.row_count(), 200);
    press(&mut model, &[Key::Esc, Key::Esc, Key::Esc]);
    screen(&mut model);
    assert_eq!((model.within(), model.row_count()), (None, all));
}

/// A group within a group, and what is written of it.
#[test]
fn a_group_is_told_in_what_is_copied() {
    let mut model = replay(&fleet());
    press(&mut model, &[GROUPS, Key::Char('l'), Key::Enter, GROUPS, Key::Char('h')]);
    screen(&mut model);
    assert_eq!((model.within(), sizes(&model)), (Some("201 origins of vpc-1"), vec![200, 1]));
    let effects = press(&mut model, &[Key::Char('y'), Key::Char('w')]);
    let [Effect::Copy(text)] = &effects[..] else { panic!("{effects:?}") };
    assert_eq!(text, "200 origins like i-0000: 400 endpoints in all (400 empty, A unknown), 400 queries");
    press(&mut model, &[Key::Down, Key::Enter]);
    screen(&mut model);
    assert_eq!((model.within(), model.ranking().origins().len()), (Some("i-9999"), 1));
}

#[test]
fn origins_are_grouped_by_subnet_where_it_is_known() {
    let instance = |(id, subnet): (&str, &str)| {
        format!(
            r#"{{"id":"{id}","name":null,"region":"us-west-2","vpc":"vpc-1","subnet":"{subnet}","ipv4":false,"public_ipv4":false,"ipv6":true}}"#
        )
    };
    let instances = [("i-1", "subnet-a"), ("i-2", "subnet-b"), ("i-3", "subnet-a")].map(instance).join(",");
    let inspected = Inspected::parse(&format!(r#"{{"schema":1,"instances":[{instances}]}}"#));
    let inspected = Some(inspected.expect("what EC2 says"));
    let library = Library { inspected, ..Library::default() };
    let mut model = Model::new(Setup { library: Arc::new(library), ..Setup::new(Source::Replay) });
    let lines = ["i-1", "i-2", "i-3", "i-4"].map(|id| record(1, id, "a.example.", ""));
    tell(&mut model, Message::Input(InputId(0), "query.log".to_owned()));
    tell(&mut model, Message::Batch(Box::new(stage::batch(&lines))));
    tell(&mut model, Message::Ended);
    press(&mut model, &[GROUPS, Key::Char('h')]);
    let shown = screen(&mut model);
    assert_eq!((model.grouping(), sizes(&model)), (Grouping::Subnet, vec![2, 1, 1]));
    assert!(shown.contains("subnet-a") && shown.contains("subnet not known"), "{shown}");
}

/// A group is of those that it had when it was opened, whatever becomes of them.
#[test]
fn a_group_stays_what_it_was() {
    let mut model = demo_at("14:01:10");
    press(&mut model, &[GROUPS, Key::Enter]);
    screen(&mut model);
    let before: Vec<_> = model.ranking().origins().iter().map(|origin| origin.key).collect();
    let words = model.within().map(str::to_owned);
    stage::play_to(&mut model, "14:02:00");
    screen(&mut model);
    let after: Vec<_> = model.ranking().origins().iter().map(|origin| origin.key).collect();
    assert_eq!((model.within().map(str::to_owned), after), (words, before));
}

#[test]
fn groups_at_every_size() {
    for (width, height) in [(80, 24), (120, 40), (200, 60), (40, 10)] {
        let mut model = demo_at("14:01:45");
        press(&mut model, &[GROUPS]);
        insta::assert_snapshot!(
            format!("groups_{width}x{height}"),
            rows(&mut model, width, height).join("\n")
        );
    }
}
