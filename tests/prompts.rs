//! What is typed and chosen at the console, driven by messages only: the line with its completions and
//! faults, search, marks, copying, exports, columns.
#![expect(clippy::unwrap_used, reason = "a test stops where it cannot go on")]

mod stage;

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use r53tail::advice::finding::{Knowledge, Library};
use r53tail::console::{
    CommandEnd, CommandInput, Effect, Export, ExportFormat, Exported, InputId, Key, List, Message, Mode,
    Model, Purpose, Remembered, RowCommand, RowKind, RowRan, Setup, Source, Target,
};
use r53tail::fleet::OriginId;
use r53tail::knowledge::catalog::Catalog;
use r53tail::report::{Format, Report, Selection};
use r53tail::timeline::{RowMask, Scope};
use r53tail::view::Theme;

use stage::{demo_at, press, replay, rows, tell, type_text};

const SIZES: [(u16, u16); 3] = [(120, 40), (80, 24), (40, 10)];

fn check(name: &str, model: &mut Model) {
    for (width, height) in SIZES {
        let rows = rows(model, width, height).join("\n");
        insta::assert_snapshot!(format!("{name}_{width}x{height}"), rows);
    }
}

fn screen(model: &mut Model) -> String {
    rows(model, 120, 40).join("\n")
}

fn key(char: char) -> Key {
    Key::Char(char)
}

/// The last two rows: the line with what is below it, or the footer.
fn foot(model: &mut Model) -> String {
    rows(model, 120, 40).split_off(38).join("\n")
}

fn typed(model: &Model) -> (String, String) {
    let Mode::Prompt(prompt) = model.mode() else { panic!("nothing is typed") };
    let (before, behind) = prompt.line().parts();
    (before.to_owned(), behind.to_owned())
}

#[test]
fn a_fault_is_marked_where_it_is() {
    let mut model = demo_at("14:00:40");
    press(&mut model, &[key('f')]);
    type_text(&mut model, "verdict:empty tpye:AAAA");
    let text = foot(&mut model);
    let mut lines = text.lines();
    let (line, below) = (lines.next().unwrap(), lines.next().unwrap());
    assert_eq!(line.find("tpye"), below.find("^^^^"), "{text}");
    assert!(below.contains("did you mean `type`?"), "{text}");
    press(&mut model, &[Key::Enter]);
    assert!(matches!(model.mode(), Mode::Prompt(_)), "what cannot be read is not taken");
    check("fault", &mut model);
    press(&mut model, &[Key::Home]);
    for _ in "verdict:empty t".chars() {
        press(&mut model, &[Key::Right]);
    }
    press(&mut model, &[Key::Delete, Key::Right]);
    type_text(&mut model, "p");
    assert_eq!(typed(&model), ("verdict:empty typ".to_owned(), "e:AAAA".to_owned()));
    press(&mut model, &[Key::Enter]);
    assert_eq!(model.filter(), "verdict:empty type:AAAA");
    assert!(foot(&mut model).contains(" filter: verdict:empty type:AAAA "), "always in sight");
    press(&mut model, &[key('F')]);
    assert_eq!(model.filter(), "");
}

fn own_command(name: &str, key: Option<Key>, rows: &[RowKind], arguments: &[&str]) -> RowCommand {
    RowCommand {
        name: name.to_owned(),
        title: name.to_owned(),
        key,
        rows: rows.to_vec(),
        program: "aws".to_owned(),
        arguments: arguments.iter().map(|argument| argument.parse().unwrap()).collect(),
        input: CommandInput::Terminal,
    }
}

#[test]
fn commands_of_ones_own_are_filled_in_for_the_row() {
    let session = ["ssm", "start-session", "--target", "{instance}", "--region", "{region}"];
    let commands = vec![
        own_command("a shell on the instance", Some(key('S')), &[RowKind::Origin], &session),
        own_command("its subnet", None, &[RowKind::Origin], &["describe", "{subnet}"]),
        own_command("what the name is", None, &[], &["dig", "{name}"]),
        own_command("about the finding", None, &[RowKind::Finding], &[]),
    ];
    let mut model = demo_at("14:00:40").with_commands(Ok(commands));
    rows(&mut model, 120, 40);
    press(&mut model, &[key('!')]);
    check("commands", &mut model);
    let effects = press(&mut model, &[key('S')]);
    let [Effect::Run(run)] = &effects[..] else { panic!("{effects:?}") };
    assert_eq!(run.words(), "aws ssm start-session --target i-0a7c41e9d2b85f036 --region us-west-2");
    assert!(matches!(model.mode(), Mode::Browse));
    press(&mut model, &[key('!'), key('1')]);
    assert!(screen(&mut model).contains("its subnet: this row has no {subnet}"), "{}", screen(&mut model));
    // What is for any row is offered where it has a name; a finding is none of an origin but of several.
    press(&mut model, &[key('6'), key('!')]);
    assert!(foot_of_menu(&mut model).contains("▸ 1 what the name is  aws dig ssm.us-west-2.amazonaws.com"));
    press(&mut model, &[Key::Esc, key('7'), key('!')]);
    assert!(screen(&mut model).contains("there is no row here that a command could take"));
    let ran = RowRan { title: "x".to_owned(), end: CommandEnd::Status(3) };
    tell(&mut model, Message::Ran(ran));
    assert!(screen(&mut model).contains("x: ended with status 3"));
    let mut none = demo_at("14:00:40");
    press(&mut none, &[key('!')]);
    assert!(screen(&mut none).contains("there is no command of yours: [commands.NAME]"));
}

fn foot_of_menu(model: &mut Model) -> String {
    rows(model, 120, 40).split_off(34).join("\n")
}

#[test]
fn a_filter_is_completed_by_what_was_seen() {
    let mut model = demo_at("14:00:40");
    press(&mut model, &[key('f')]);
    check("fields", &mut model);
    for (text, keys, completed) in [
        ("ori", &[Key::Tab][..], "origin:"),
        ("i-0a", &[Key::Tab], "origin:i-0a7c41e9d2b85f036"),
        (" name:S", &[Key::Tab], "origin:i-0a7c41e9d2b85f036 name:secretsmanager.us-west-2.amazonaws.com."),
        (
            "",
            &[Key::Tab, Key::Tab, Key::BackTab],
            "origin:i-0a7c41e9d2b85f036 name:ssm.us-west-2.amazonaws.com.",
        ),
        (
            " vpc:",
            &[Key::Tab],
            "origin:i-0a7c41e9d2b85f036 name:ssm.us-west-2.amazonaws.com. vpc:vpc-0f3a9c1de58b47620",
        ),
    ] {
        type_text(&mut model, text);
        press(&mut model, keys);
        assert_eq!(typed(&model).0, completed);
    }
    press(&mut model, &[Key::Ctrl('u')]);
    for (text, seen) in [
        ("answer:52.94.1", "answer:52.94.176.105"),
        ("source:2001", "source:2001:db8:1f:a100::17"),
        ("account:", "account:123456789012"),
        ("region:", "region:us-west-2"),
        ("since:", "since:2026-05-12T14:00:40Z"),
        ("type:SR", "type:SRV"),
    ] {
        type_text(&mut model, text);
        press(&mut model, &[Key::Tab]);
        assert_eq!(typed(&model).0, seen);
        press(&mut model, &[Key::Ctrl('u')]);
    }
}

#[test]
fn a_line_comes_back() {
    let mut model = demo_at("14:00:40");
    for text in ["ssm", "pypi"] {
        press(&mut model, &[key('f'), Key::Ctrl('u')]);
        type_text(&mut model, text);
        press(&mut model, &[Key::Enter]);
    }
    press(&mut model, &[key('F'), key('f')]);
    type_text(&mut model, "ec2");
    press(&mut model, &[Key::Up]);
    assert_eq!((typed(&model).0.as_str(), model.filter()), ("pypi", "pypi"), "and counts at once");
    press(&mut model, &[Key::Up, Key::Up]);
    assert_eq!(model.filter(), "ssm");
    press(&mut model, &[Key::Down, Key::Down]);
    assert_eq!(typed(&model).0, "ec2");
    press(&mut model, &[Key::Esc]);
    assert_eq!(model.filter(), "");
    assert_eq!(model.remembered().history.lines(Purpose::Filter), ["ssm", "pypi"]);
    // Another session that is given what this one leaves.
    let remembered = model.remembered().clone();
    let mut next = Model::new(Setup { remembered, ..Setup::new(Source::Replay) });
    press(&mut next, &[key('f'), Key::Up]);
    assert_eq!(typed(&next).0, "pypi");
}

#[test]
fn what_is_pasted_drives_nothing() {
    let mut model = demo_at("14:00:40");
    tell(&mut model, Message::Paste("q".to_owned()));
    assert!(matches!(model.mode(), Mode::Browse), "pasted text is no key");
    press(&mut model, &[key('f')]);
    tell(&mut model, Message::Paste("\x1b]52;c;x\x07name:*.例え\r\nssm\n".to_owned()));
    assert_eq!(typed(&model).0, "]52;c;xname:*.例え ssm");
    press(&mut model, &[Key::Left, Key::Left, Key::Left, Key::Left, Key::Backspace]);
    let buffer = stage::frame(&mut model, &Theme::dark(), 80, 24);
    let cell = (0..80).find(|x| buffer[(*x, 22)].symbol() == "例").unwrap();
    assert!(
        buffer[(cell + 2, 22)].modifier.contains(ratatui::style::Modifier::REVERSED),
        "a wide one is two cells"
    );
}

#[test]
fn a_search_goes_from_hit_to_hit_and_narrows_nothing() {
    let mut model = demo_at("14:02:10");
    press(&mut model, &[key('4')]);
    let all = model.row_count();
    press(&mut model, &[key('/')]);
    type_text(&mut model, "52.94.182.119");
    let text = foot(&mut model);
    let count = model.search().unwrap().count();
    assert!(count > 5 && text.contains(&format!("{count} records")), "{text}");
    press(&mut model, &[Key::Enter]);
    assert_eq!(model.row_count(), all);
    // Every one, backwards from the newest, and around to it.
    let mut seen = BTreeSet::new();
    for _ in 0..count {
        let row = model.selected_row().unwrap();
        assert!(row.entry.ipv4.contains(&0x345e_b677), "in plain, or inside a synthesized one");
        assert!(seen.insert(row.id), "each once");
        press(&mut model, &[key('N')]);
    }
    assert_eq!(seen.last().copied(), model.selected_row().map(|row| row.id));
    assert!(foot(&mut model).contains("searched on from the end"));
    press(&mut model, &[key('n')]);
    assert_eq!(seen.first().copied(), model.selected_row().map(|row| row.id));
    let buffer = stage::frame(&mut model, &Theme::dark(), 120, 40);
    let lit = |x: u16, y: u16| buffer[(x, y)].style().bg == Theme::dark().mode.bg;
    let shown: usize = (5..32).map(|y| (0..120).filter(|x| lit(*x, y)).count()).sum();
    assert!(shown > 0 && shown.is_multiple_of("52.94.182.119".len()), "{shown} cells are highlighted");
    check("search", &mut model);
    // Within a filter it counts what that lets through, and leaves it as it is.
    press(&mut model, &[key('f')]);
    type_text(&mut model, "type:AAAA");
    press(&mut model, &[Key::Enter]);
    screen(&mut model);
    let fewer = model.search().unwrap().count();
    assert!(fewer > 0 && fewer < count);
    assert_eq!(model.filter(), "type:AAAA");
    press(&mut model, &[Key::Esc]);
    assert!(model.search().is_none() && model.filter() == "type:AAAA");
    press(&mut model, &[key('n')]);
    assert!(foot(&mut model).contains("nothing is searched for"));
}

#[test]
fn a_search_finds_origins_and_endpoints() {
    let mut model = demo_at("14:02:10");
    let at = |model: &Model| {
        let (_, origin) = model.selected_origin().unwrap();
        let fleet = &model.known().fleet;
        let name = model.selected_pair().map(|(_, pair)| fleet.name_text(pair.name).to_owned());
        (fleet.origin_text(origin.key).1.to_owned(), name.unwrap())
    };
    press(&mut model, &[key('/')]);
    type_text(&mut model, "logs.");
    press(&mut model, &[Key::Enter]);
    let logs = ("i-0e2d6b80f1957ac43".to_owned(), "logs.us-west-2.amazonaws.com.".to_owned());
    assert_eq!(at(&model), logs, "the origin that asks for it, and where it does");
    let shown = screen(&mut model);
    let row = |mark: char| shown.lines().find(|row| row.starts_with(mark)).unwrap();
    assert!(row('▸').contains("i-0e2d") && row('›').contains("logs."), "{shown}");
    press(&mut model, &[key('n')]);
    assert_eq!(at(&model), logs, "it is the only one");
    // An origin that has it itself is selected, and none of its endpoints.
    press(&mut model, &[key('/'), Key::Ctrl('u')]);
    type_text(&mut model, "i-0c93");
    press(&mut model, &[Key::Char('h'), Key::Enter]);
    press(&mut model, &[key('/'), Key::Ctrl('u')]);
    type_text(&mut model, "SSM.");
    press(&mut model, &[Key::Enter]);
    let mut origins = Vec::new();
    for _ in 0..4 {
        let (origin, name) = at(&model);
        assert_eq!(name, "ssm.us-west-2.amazonaws.com.");
        origins.push(origin);
        press(&mut model, &[key('n')]);
    }
    assert_eq!(origins[0], origins[3], "around");
    assert_eq!(origins.iter().collect::<BTreeSet<_>>().len(), 3);
    press(&mut model, &[key('/'), Key::Ctrl('u')]);
    type_text(&mut model, "nowhere");
    press(&mut model, &[Key::Enter]);
    assert!(foot(&mut model).contains("`nowhere` is nowhere in this list"));
    press(&mut model, &[key('/'), Key::Ctrl('u'), Key::Enter]);
    assert!(model.search().is_none(), "nothing is looked for");
}

/// A screen, an origin or an endpoint is opened by what it is called, wherever one is.
#[test]
fn one_goes_anywhere_by_name() {
    let mut model = demo_at("14:02:10");
    let open = |model: &mut Model, text: &str| {
        press(model, &[key(':')]);
        type_text(model, text);
        press(model, &[Key::Enter]);
        screen(model)
    };
    for (text, title) in [
        ("find", "── Findings"),
        ("changes", "── Changes"),
        ("plan", "── Plan"),
        ("i-0e2d", "── i-0e2d6b80f1957ac43  instance"),
        ("PYPI", "── pypi.org."),
        ("2messages", "── ec2messages.us-west-2.amazonaws.com."),
        ("fleet", "── Fleet"),
    ] {
        let shown = open(&mut model, text);
        assert!(shown.contains(title) && matches!(model.mode(), Mode::Browse), "{text}: {shown}");
    }
    // What is nowhere is said, and the line stays; nothing at all closes it.
    let shown = open(&mut model, "nowhere");
    assert!(shown.contains("no screen, origin or endpoint that is listed is called so"), "{shown}");
    press(&mut model, &[Key::Ctrl('u'), Key::Enter]);
    assert!(matches!(model.mode(), Mode::Browse));
    // Tab puts in the next of what may be meant, each with what it is.
    press(&mut model, &[key(':')]);
    type_text(&mut model, "ss");
    let shown = screen(&mut model);
    assert!(shown.contains("ssm.us-west-2.amazonaws.com.") && shown.contains("endpoint"), "{shown}");
    press(&mut model, &[Key::Tab, Key::Tab, Key::Enter]);
    let (_, name) = (screen(&mut model), model.endpoint().unwrap());
    assert_eq!(model.known().fleet.name_text(name), "ssmmessages.us-west-2.amazonaws.com.");
    // The way back leads to where one was.
    press(&mut model, &[Key::Esc]);
    assert!(screen(&mut model).contains("── Fleet"));
}

#[test]
fn what_came_in_since_is_searched_too() {
    let mut model = demo_at("14:00:40");
    press(&mut model, &[key('/')]);
    type_text(&mut model, "ssm.");
    press(&mut model, &[Key::Enter]);
    screen(&mut model);
    let before = model.search().unwrap().count();
    stage::play_to(&mut model, "14:02:00");
    let search = model.search().unwrap();
    assert!(search.count() > before);
    let brute = model.rows_after(None).filter(|row| row.name.contains("ssm.")).count();
    assert_eq!(search.count(), brute as u64);
    assert!(model.rows_after(None).all(|row| model.is_hit_row(row.id) == row.name.contains("ssm.")));
}

#[test]
fn marks_stand_where_they_were_put() {
    let mut model = demo_at("14:01:17");
    press(&mut model, &[key(' '), key('m')]);
    type_text(&mut model, "enabled DNS64");
    assert!(foot(&mut model).contains("at 14:01:17Z"));
    let effects = press(&mut model, &[Key::Enter]);
    let [Effect::Mark(mark)] = &effects[..] else { panic!("{effects:?}") };
    assert_eq!((mark.at, mark.name().as_ref()), (stage::moment("14:01:17"), "enabled DNS64"));
    press(&mut model, &[key('^'), key('m'), Key::Enter]);
    let names: Vec<_> = model.marks().iter().map(|mark| mark.name().into_owned()).collect();
    assert_eq!(names, ["mark 2", "enabled DNS64"], "in the order of time");
    press(&mut model, &[key('m'), Key::Esc]);
    assert_eq!(model.marks().len(), 2);
    press(&mut model, &[key('\'')]);
    assert_eq!(model.moment(), Some(stage::moment("14:01:17")));
    assert!(foot(&mut model).contains("⚑ enabled DNS64"));
    press(&mut model, &[key('\'')]);
    assert!(foot(&mut model).contains("no mark after this"));
    press(&mut model, &[key('t')]);
    type_text(&mut model, "14:01:30");
    press(&mut model, &[Key::Enter, key('4')]);
    let text = screen(&mut model);
    let rule = text
        .lines()
        .position(|line| line.trim_start().starts_with("── ⚑ 14:01:17  enabled DNS64 ──"))
        .unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines[rule - 1].trim_start() < "14:01:17" && lines[rule + 1].trim_start() > "14:01:17", "{text}");
    check("marks", &mut model);
    press(&mut model, &[key('`'), key('`'), key('"')]);
    assert_eq!(model.moment(), Some(stage::moment("14:00:00")));
    press(&mut model, &[Key::Down, Key::Enter]);
    assert_eq!(model.moment(), Some(stage::moment("14:01:17")));
    press(&mut model, &[key('"'), Key::Delete, Key::Delete]);
    assert!(model.marks().is_empty() && matches!(model.mode(), Mode::Browse));
}

#[test]
fn live_a_mark_is_put_at_the_time_of_the_clock() {
    let started = Some(stage::moment("15:00:00"));
    let mut model = Model::new(Setup { started, ..Setup::new(Source::Live) });
    let lines: Vec<String> = include_str!("../fixtures/demo.jsonl").lines().map(str::to_owned).collect();
    tell(&mut model, Message::Batch(Box::new(stage::batch(&lines))));
    tell(&mut model, Message::Tick(Duration::from_secs(10)));
    press(&mut model, &[key('m')]);
    // Nothing came in for a minute: the tick for the next frame is the first to tell the time.
    tell(&mut model, Message::Tick(Duration::from_secs(70)));
    type_text(&mut model, "restarted");
    tell(&mut model, Message::Tick(Duration::from_secs(90)));
    press(&mut model, &[Key::Enter]);
    assert_eq!(model.marks()[0].at, stage::moment("15:01:10"), "when it was asked for");
    press(&mut model, &[key('^'), key('m'), Key::Enter]);
    assert_eq!(model.marks()[0].at, model.moment().unwrap(), "who looks back marks what is seen");
}

fn copied(effects: &[Effect]) -> &str {
    let [Effect::Copy(text)] = effects else { panic!("{effects:?}") };
    text
}

#[test]
fn things_are_copied() {
    let mut model = demo_at("14:01:30");
    press(&mut model, &[key('4'), Key::Up, Key::Up, key('y')]);
    check("copy", &mut model);
    press(&mut model, &[Key::Esc, key('1'), Key::Enter, Key::Down, key('y')]);
    let (_, pair) = model.selected_pair().unwrap();
    let name = model.known().fleet.name_text(pair.name).trim_end_matches('.').to_owned();
    assert_eq!(copied(&press(&mut model, &[Key::Enter])), name);
    assert!(foot(&mut model).contains(&format!("clipboard: name {}", &name[..12])));
    let (_, origin) = model.selected_origin().unwrap();
    let id = model.known().fleet.origin_text(origin.key).1.to_owned();
    assert_eq!(copied(&press(&mut model, &[key('y'), key('o')])), id);
    press(&mut model, &[key('/')]);
    type_text(&mut model, "ssm.");
    press(&mut model, &[Key::Enter, Key::Esc]);
    assert_eq!(copied(&press(&mut model, &[key('y'), key('d')])), "ssm.us-west-2.api.aws");
    assert_eq!(copied(&press(&mut model, &[key('y'), key('a')])), "52.94.182.119");
    let raw = press(&mut model, &[key('y'), key('r')]);
    let record: serde_json::Value = serde_json::from_str(copied(&raw)).unwrap();
    assert_eq!(record["query_name"], "ssm.us-west-2.amazonaws.com.");
    press(&mut model, &[key('f')]);
    type_text(&mut model, "ssm");
    assert_eq!(copied(&press(&mut model, &[Key::Enter, key('y'), key('l')])), "ssm");
}

#[test]
fn a_raw_record_is_copied_once_it_is_there() {
    let lines: Vec<String> = include_str!("../fixtures/demo.jsonl").lines().map(str::to_owned).collect();
    let mut model = replay(&lines);
    let effects = press(&mut model, &[key('4'), key('y'), key('r')]);
    let [Effect::FetchRaw(spot)] = effects[..] else { panic!("{effects:?}") };
    let long = "ä".repeat(r53tail::console::MOST_COPIED);
    let effects = tell(&mut model, Message::Raw(spot, Ok(long.as_bytes().into())));
    let text = copied(&effects);
    assert!(text.len() <= r53tail::console::MOST_COPIED && !text.is_empty());
    assert!(foot(&mut model).contains("clipboard: the first 70000 bytes"), "and says so");
    assert_eq!(tell(&mut model, Message::Raw(spot, Ok(b"again".as_slice().into()))), [], "once");
    press(&mut model, &[key('y'), key('r')]);
    tell(&mut model, Message::Raw(spot, Err("gone".to_owned())));
    assert!(foot(&mut model).contains("nothing copied: gone"));
}

/// Lets time go by until the export is made ready.
fn exported(model: &mut Model) -> Box<Export> {
    for _ in 0..1000 {
        let now = model.now();
        for effect in tell(model, Message::Tick(now)) {
            if let Effect::Export(export) = effect {
                return export;
            }
        }
        assert!(model.next_tick().is_some(), "it asks to go on");
    }
    panic!("it does not end")
}

/// The pairs of a report on an export, with their statuses and how many AAAA and A records they have.
fn reported(export: &Export) -> BTreeSet<(String, String, String)> {
    let survey = export.fleet.survey();
    let selection = Selection { picked: export.is_filtered, ..Selection::default() };
    let report = Report {
        survey: &survey,
        inputs: &export.inputs,
        samples: &[],
        selection: &selection,
        sort: None,
        limit: usize::MAX,
        color: false,
        knowledge: Knowledge::builtin(),
        names_findings: false,
        wide: true,
        excerpt: Some(&export.excerpt),
    };
    let mut out = Vec::new();
    report.write(Format::Json, &mut out).unwrap();
    let json: serde_json::Value = serde_json::from_slice(&out).unwrap();
    assert_eq!(json["excerpt"]["filter"], export.excerpt.filter.as_str());
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    let pairs = json["pairs"].as_array().unwrap().iter();
    pairs.map(|pair| (text(&pair["origin"]["id"]), text(&pair["name"]), text(&pair["status"]))).collect()
}

fn on_screen(model: &Model) -> BTreeSet<(String, String, String)> {
    let fleet = &model.known().fleet;
    let id = |origin: OriginId| fleet.origin_text(origin).1.to_owned();
    let pairs = model.ranking().origins().iter().flat_map(|origin| {
        let pairs = model.ranking().unordered(origin).iter();
        pairs.map(|pair| {
            (id(origin.key), fleet.name_text(pair.name).to_owned(), pair.status.word().to_owned())
        })
    });
    pairs.collect()
}

#[test]
fn an_export_says_what_the_screen_says() {
    let mut model = demo_at("14:00:40");
    press(&mut model, &[key(' ')]);
    for (filter, range) in [
        ("", None),
        ("verdict:empty", None),
        ("", Some(("14:00:50", "14:01:30"))),
        // Before its instance has a name an address is all there is; the rest of the log says whose it is.
        ("", Some(("14:00:05", "14:00:12"))),
        ("type:AAAA -name:pypi.org", Some(("14:01:00", "14:01:19"))),
        ("name:nowhere", Some(("14:01:00", "14:01:19"))),
    ] {
        press(&mut model, &[Key::Esc, Key::Esc, key('$')]);
        if let Some((from, until)) = range {
            for (time, then) in [(from, 'r'), (until, 'r')] {
                press(&mut model, &[key('t')]);
                type_text(&mut model, time);
                press(&mut model, &[Key::Enter, key(then)]);
            }
        }
        press(&mut model, &[key('f'), Key::Ctrl('u')]);
        type_text(&mut model, filter);
        press(&mut model, &[Key::Enter, key('x'), key('j')]);
        let name = typed(&model).0;
        let middle = name.strip_prefix("r53tail-20260512T14").and_then(|rest| rest.strip_suffix(".json"));
        assert_eq!(middle.map(str::len), Some(4), "{name}");
        assert_eq!(press(&mut model, &[Key::Enter]), [], "off the key's way");
        let export = exported(&mut model);
        assert_eq!((export.shape, export.overwrite), (ExportFormat::Json, false));
        let reported_then = on_screen(&model);
        assert_eq!(reported(&export), reported_then, "{filter} {range:?}");
        let records: u64 = export.inputs.iter().map(|input| input.records).sum();
        let rows = model.known().timeline.after(model.scope(), None, None).count();
        assert_eq!(records, rows as u64);
        press(&mut model, &[key('x'), key('r'), Key::Enter]);
        let raw = exported(&mut model);
        assert_eq!(raw.spots.len() as u64 + raw.untold, model.row_count(), "exactly what is listed");
        // What somebody asked for does not change while it is made ready.
        press(&mut model, &[key('x'), key('j'), Key::Enter, key('f'), Key::Ctrl('u')]);
        type_text(&mut model, "name:logs");
        press(&mut model, &[Key::Enter]);
        let export = exported(&mut model);
        assert_eq!((export.excerpt.filter.as_str(), reported(&export)), (filter, reported_then));
    }
}

#[test]
fn what_came_of_an_export_is_said() {
    let mut model = demo_at("14:01:30");
    press(&mut model, &[key('x')]);
    check("export", &mut model);
    press(&mut model, &[key('c'), Key::Ctrl('u'), Key::Enter]);
    assert!(foot(&mut model).contains("a file needs a name"));
    type_text(&mut model, "a.csv");
    press(&mut model, &[Key::Enter]);
    let export = exported(&mut model);
    assert_eq!(export.target, Target::File("a.csv".to_owned()));
    tell(&mut model, Message::Exported(Exported::Exists(export)));
    assert!(screen(&mut model).contains("there is such a file: write over it?"));
    let effects = press(&mut model, &[key('y')]);
    let [Effect::Export(again)] = &effects[..] else { panic!("{effects:?}") };
    assert!(again.overwrite);
    let done = Exported::Written { path: "a\x1b.csv".to_owned(), bytes: 9, records: None };
    tell(&mut model, Message::Exported(done));
    assert!(foot(&mut model).contains(r"wrote a\u{1b}.csv, 9 bytes"));
    let done = Exported::Written { path: "a.jsonl".to_owned(), bytes: 9, records: Some((7, 2)) };
    tell(&mut model, Message::Exported(done));
    assert!(foot(&mut model).contains("wrote 7 records to a.jsonl; 2 could not be read again"));
    tell(&mut model, Message::Exported(Exported::Failed { what: "b".to_owned(), why: "no room".to_owned() }));
    assert!(foot(&mut model).contains("cannot write b: no room"));
    press(&mut model, &[key('y'), key('f')]);
    let export = exported(&mut model);
    assert_eq!((export.shape, &export.target), (ExportFormat::Findings, &Target::Clipboard));
    let effects = tell(&mut model, Message::Exported(Exported::Text("What to do\n  …\n".to_owned())));
    assert_eq!(copied(&effects), "What to do\n  …\n");
    assert!(foot(&mut model).contains("clipboard: findings, 2 lines"));
    let ends = model.next_tick().unwrap() + r53tail::console::NOTICE;
    press(&mut model, &[key(' ')]);
    tell(&mut model, Message::Tick(ends));
    assert!(model.notice().is_none());
}

#[test]
fn columns_are_chosen_and_lists_sorted() {
    let mut model = demo_at("14:02:10");
    press(&mut model, &[key('c')]);
    check("columns", &mut model);
    press(&mut model, &[key('4'), Key::Down, Key::Down, Key::Enter, Key::Esc]);
    let text = screen(&mut model);
    let head = text.lines().find(|line| line.contains("what came back")).unwrap();
    assert!(!head.contains("AAAA") && !head.contains("since"), "{head}");
    assert!(!model.remembered().preferences.shows(List::Endpoints, "AAAA"));
    let ids = |model: &Model| -> Vec<u64> {
        (0..).map_while(|at| model.origin_at(at)).map(|origin| origin.records).collect()
    };
    let answer = |model: &Model| model.headline().cloned();
    let (before, selected) = (answer(&model), model.selected_origin().unwrap().1.key);
    press(&mut model, &[key('s'), key('6')]);
    assert!(ids(&model).is_sorted_by(|one, next| one >= next));
    press(&mut model, &[key('s'), key('6')]);
    assert!(ids(&model).is_sorted(), "the other way round");
    assert!(screen(&mut model).contains("by records ▲"));
    assert_eq!(model.selected_origin().unwrap().1.key, selected, "what is selected stays so");
    assert_eq!(answer(&model), before, "the worst is what it was");
    press(&mut model, &[Key::Home]);
    assert_eq!(model.selected_origin().unwrap().0, 0);
    press(&mut model, &[Key::End]);
    // Endpoints, by each column.
    press(&mut model, &[Key::Enter]);
    let names = |model: &Model| -> Vec<String> {
        let (_, origin) = model.selected_origin().unwrap();
        let pairs = model.pairs(origin).iter();
        pairs.map(|pair| model.known().fleet.name_text(pair.name).to_owned()).collect()
    };
    // Those of one service stand together, the service of the first one first.
    let is_first_shown_first = |model: &Model| {
        let (_, origin) = model.selected_origin().unwrap();
        model.members(origin)[0].pair == model.pairs(origin)[0]
    };
    let own = names(&model);
    for column in '2'..='7' {
        assert!(is_first_shown_first(&model), "before column {column}");
        press(&mut model, &[key('s'), key(column)]);
        assert!(is_first_shown_first(&model), "the screen is sorted by column {column} at once");
        let mut sorted = names(&model);
        if column == '2' {
            assert!(sorted.is_sorted());
        }
        sorted.sort();
        let mut all = own.clone();
        all.sort();
        assert_eq!(sorted, all, "nothing is lost by column {column}");
    }
    press(&mut model, &[key('s'), key('1')]);
    assert_eq!(names(&model), own, "the worst first again");
    press(&mut model, &[key('4'), key('s')]);
    assert!(foot(&mut model).contains("records stand in the order of time"));
    // What cannot be sorted says how it stands, each screen for itself.
    for (screen, says) in [
        ('3', "origins stand"),
        ('5', "findings stand"),
        ('7', "groups stand"),
        ('8', "shares stand"),
        ('T', "changes stand"),
        ('P', "changes stand"),
        ('4', "records stand"),
    ] {
        press(&mut model, &[key(screen), key('s')]);
        assert!(foot(&mut model).contains(says), "{screen}: {}", foot(&mut model));
    }
    let kept = Remembered { preferences: model.remembered().preferences.clone(), ..Remembered::default() };
    let next = Model::new(Setup { remembered: kept, ..Setup::new(Source::Replay) });
    assert!(!next.remembered().preferences.shows(List::Endpoints, "AAAA"));
}

#[test]
fn every_size_can_be_drawn_with_a_prompt_or_a_menu() {
    let mut model = demo_at("14:01:20");
    for keys in
        [&[key('f'), key('('), key('例')][..], &[key('/'), key('s')], &[key('m')], &[key('y')], &[key('c')]]
    {
        press(&mut model, keys);
        for width in [1, 2, 7, 12, 19, 39, 40, 80, 150] {
            for height in [1, 2, 3, 4, 5, 6, 7, 9, 14, 30] {
                stage::frame(&mut model, &Theme::dark(), width, height);
            }
        }
        press(&mut model, &[Key::Esc, Key::Esc]);
    }
}

/// A terminal may say that it has as many columns and lines as a number of 16 bits: what is drawn fills it as
/// it fills others.
#[test]
fn sizes_that_nobody_has_can_be_drawn() {
    let mut model = demo_at("14:01:20");
    for screen in ['1', '2', '3', '4', '5'] {
        press(&mut model, &[key(screen)]);
        for open in [&[][..], &[Key::Enter], &[key('?')], &[key('f')]] {
            press(&mut model, open);
            // What is open lies above a screen that was drawn by itself.
            let sizes = if open.is_empty() {
                &[(21_845, 30), (21_846, 30), (u16::MAX, 3), (u16::MAX, 40), (3, u16::MAX), (160, 32_768)][..]
            } else {
                &[(u16::MAX, 3), (21_846, 30), (3, u16::MAX)]
            };
            for &(width, height) in sizes {
                let drawn = stage::frame(&mut model, &Theme::dark(), width, height);
                assert_eq!((drawn.area.width, drawn.area.height), (width, height));
                let is_drawn = |y: u16| (0..width.min(400)).any(|x| drawn[(x, y)].symbol() != " ");
                assert!(width < 20 || is_drawn(0) && is_drawn(height - 1), "{screen}: {width} × {height}");
            }
            press(&mut model, &[Key::Esc, Key::Esc]);
        }
    }
}

/// A name that would be a command of the shell that it is pasted into is copied as it is shown.
#[test]
fn what_is_copied_commands_nothing() {
    let record = include_str!("../fixtures/demo.jsonl").lines().next().unwrap();
    let record = record.replace("\"query_name\":\"", "\"query_name\":\"x\\n\\u001b[201~\\rid\\u2800");
    let mut model = replay(&[record]);
    press(&mut model, &[key('4'), key('y')]);
    let name = copied(&press(&mut model, &[key('n')])).to_owned();
    assert!(name.starts_with(r"x\u{a}\u{1b}[201~\u{d}id\u{2800}"), "{name}");
    press(&mut model, &[key('y'), key('r')]);
    let effects = press(&mut model, &[key('4'), key('y'), key('r')]);
    let [Effect::FetchRaw(spot)] = effects[..] else { panic!("{effects:?}") };
    let raw = b"{\"a\":1}\nrm -rf x\r\n";
    let effects = tell(&mut model, Message::Raw(spot, Ok(raw.as_slice().into())));
    assert_eq!(copied(&effects), "{\"a\":1}\\u{a}rm -rf x");
}

#[test]
fn a_sieve_counts_what_it_lets_through() {
    let model = demo_at("14:02:10");
    let (timeline, fleet) = (&model.known().timeline, &model.known().fleet);
    let mask = |text: &str| {
        let query = r53tail::query::Query::parse(text).unwrap();
        RowMask::new(timeline, fleet, query.expression(), &[])
    };
    let (ssm, empty) = (mask("ssm"), mask("verdict:empty"));
    let both = ssm.and(&empty);
    let rows: Vec<_> = timeline.after(Scope::ALL, None, None).collect();
    assert!(rows.iter().all(|row| both.holds(*row) == (ssm.holds(*row) && empty.holds(*row))));
    for (first, last) in [(0, rows.len() - 1), (3, 90), (64, 127), (100, 100), (5, 4)] {
        let moment = |at: usize| timeline.moment(rows[at]);
        let scope = Scope { from: moment(first), until: moment(last) };
        for mask in [&ssm, &empty, &both] {
            let counted = timeline.after(scope, Some(mask), None).count();
            assert_eq!(timeline.count_rows(scope, mask), counted as u64);
        }
    }
}

/// The copy menu offers the dual-stack name that the catalog in force has, and none where that says that
/// there is none.
#[test]
fn the_name_that_is_offered_is_the_one_in_force() {
    let ssm = "ssm.us-west-2.amazonaws.com.";
    for (own, name, offered) in [
        ("", ssm, Some("ssm.us-west-2.api.aws")),
        ("ssm n MINE", ssm, None),
        ("old.corp.example=v6.corp.example y MINE", "old.corp.example.", Some("v6.corp.example")),
        ("", "old.corp.example.", None),
    ] {
        let catalog = Catalog::builtin().with(own).unwrap();
        let library = Library { catalog: Cow::Owned(catalog), ..Library::default() };
        let mut model = Model::new(Setup { library: Arc::new(library), ..Setup::new(Source::Replay) });
        let line = stage::line::LogLine { name, ..Default::default() }.to_string();
        tell(&mut model, Message::Input(InputId(0), "query.log".to_owned()));
        tell(&mut model, Message::Batch(Box::new(stage::batch(&[line]))));
        tell(&mut model, Message::Ended);
        press(&mut model, &[Key::Enter]);
        let hint = rows(&mut model, 160, 40).join("\n");
        press(&mut model, &[key('y')]);
        let menu = rows(&mut model, 160, 40).join("\n");
        let is_offered = menu.contains(" d dual-stack name");
        assert_eq!(is_offered, offered.is_some(), "{own}\n{menu}");
        if let Some(offered) = offered {
            assert!(menu.contains(offered) && hint.contains(offered), "{own}\n{hint}\n{menu}");
        }
    }
}
