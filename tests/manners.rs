//! The console's manners: from finding to finding, colors, what is said of inputs.
#![expect(clippy::unwrap_used, reason = "a test stops where it cannot go on")]

mod stage;

use r53tail::console::{Effect, Key, Message, Model, Palette, update};
use stage::{batch, demo_at, press, replay, rows, tell};

fn demo_log() -> Vec<String> {
    include_str!("../fixtures/demo.jsonl").lines().map(str::to_owned).collect()
}

fn clock(model: &Model) -> String {
    model.moment().unwrap().clock()
}

fn said(model: &Model) -> &str {
    model.notice().map_or("", |notice| &notice.text)
}

#[test]
fn keys_go_from_finding_to_finding() {
    let mut model = replay(&demo_log());
    press(&mut model, &[Key::Char('5')]);
    rows(&mut model, 120, 40);
    let mut wanted: Vec<_> = model
        .findings()
        .unwrap()
        .iter()
        .flat_map(|finding| [finding.proof.range.unwrap().0, finding.proof.range.unwrap().1])
        .collect();
    wanted.sort_unstable();
    wanted.dedup();
    assert!(wanted.len() > 6, "{wanted:?}");
    let (first, last) = (wanted[0], *wanted.last().unwrap());
    press(&mut model, &[Key::Char('^')]);
    let mut seen: Vec<_> = model.moment().filter(|at| *at == first).into_iter().collect();
    for _ in 0..wanted.len() - seen.len() {
        press(&mut model, &[Key::Char('}')]);
        assert!(said(&model).contains(" seen"), "{}", said(&model));
        seen.push(model.moment().unwrap());
    }
    assert_eq!(seen, wanted);
    press(&mut model, &[Key::Char('}')]);
    assert_eq!((said(&model), model.moment()), ("no finding begins or ends after this", Some(last)));
    press(&mut model, &[Key::Char('{')]);
    assert_eq!(model.moment(), wanted.iter().rev().nth(1).copied());
    // What is selected among the findings is what it went to.
    let (_, finding) = model.selected_finding().unwrap();
    assert!(said(&model).ends_with(&finding.summary) || said(&model).contains("more): "));
    let (first, last) = finding.proof.range.unwrap();
    assert!([first, last].contains(&model.moment().unwrap()));
}

#[test]
fn findings_are_looked_for_once_until_more_comes_in() {
    let lines = demo_log();
    let mut model = replay(&lines[..90]);
    let [Effect::Advise(inquiry)] = &update(&mut model, Message::Key(Key::Char('{')))[..] else {
        panic!("they are not known yet")
    };
    let inquiry = inquiry.clone();
    assert_eq!(said(&model), "looking for findings …");
    let before = clock(&model);
    assert!(update(&mut model, Message::Key(Key::Char('}'))).is_empty(), "it is being worked on");
    assert!(update(&mut model, Message::Key(Key::Char('{'))).is_empty(), "the last word counts");
    _ = update(&mut model, inquiry.answer());
    assert!(clock(&model) < before);
    assert!(update(&mut model, Message::Key(Key::Char('{'))).is_empty(), "they are known");
    // An answer that comes twice, or that nobody asked for, moves nothing.
    let here = clock(&model);
    _ = update(&mut model, inquiry.answer());
    assert_eq!(clock(&model), here);
    tell(&mut model, Message::Batch(Box::new(batch(&lines[90..]))));
    let now = model.now();
    tell(&mut model, Message::Tick(now));
    assert_eq!(update(&mut model, Message::Key(Key::Char('}'))).len(), 1, "there may be others by now");
    let mut quiet = replay(&[]);
    press(&mut quiet, &[Key::Char('}')]);
    assert_eq!(said(&quiet), "there are no findings");
}

#[test]
fn a_key_goes_through_the_colors() {
    let mut model = demo_at("14:01:20");
    for palette in Palette::ALL.into_iter().skip(1).chain([Palette::Dark]) {
        press(&mut model, &[Key::Char('C')]);
        assert_eq!(model.palette(), palette);
        assert_eq!(said(&model), format!("colors: {}", palette.word()));
        assert_eq!(model.kept().palette, Some(palette));
    }
}

#[test]
fn notes_on_what_was_read_are_counted_and_listed() {
    let mut model = replay(&demo_log());
    let remark = |input: &str| Message::Remark { input: input.to_owned(), what: "given twice".to_owned() };
    tell(&mut model, remark("/logs/a\x1b[2J.log"));
    assert!(rows(&mut model, 120, 24)[0].contains("  1 note: i"));
    press(&mut model, &[Key::Char('i')]);
    let text = rows(&mut model, 120, 40).join("\n");
    assert!(text.contains(r"note       /logs/a\u{1b}[2J.log: given twice"), "{text}");
}
