//! Every screen at three sizes, driven by messages only: what it says, and in which style.
#![expect(clippy::unwrap_used, reason = "a test stops where it cannot go on")]

mod stage;

use std::borrow::Cow;
use std::fmt::Write as _;
use std::sync::Arc;

use r53tail::advice::finding::Library;
use r53tail::console::{Effect, Ending, InputId, Key, Message, Model, OriginRow, Screen, Setup, Source};
use r53tail::fleet::Status;
use r53tail::knowledge::catalog::Catalog;
use r53tail::view::{Depth, Palette, Theme, summary};
use ratatui::buffer::{Buffer, Cell};
use ratatui::style::{Color, Modifier, Style};

use stage::{demo_at, frame, play_to, press, replay, rows, tell, type_text};

const SIZES: [(u16, u16); 3] = [(80, 24), (120, 40), (40, 10)];

/// A frame as text: each row, and below it the runs of its styles, as column, foreground and modifiers.
fn shown(buffer: &Buffer) -> String {
    let mut text = String::new();
    for y in 0..buffer.area.height {
        let row: Vec<&Cell> = (0..buffer.area.width).map(|x| &buffer[(x, y)]).collect();
        let symbols: String = row.iter().map(|cell| cell.symbol()).collect();
        writeln!(text, "{}", symbols.trim_end()).unwrap();
        let mut styles = String::new();
        let mut last = Style::default();
        for (x, cell) in row.iter().enumerate() {
            let blank = cell.symbol().trim().is_empty()
                && cell.bg == Color::Reset
                && !cell.modifier.contains(Modifier::REVERSED);
            if cell.style() != last && !blank {
                last = cell.style();
                write!(styles, " {x}:{}", style(cell)).unwrap();
            }
        }
        if !styles.is_empty() {
            writeln!(text, "    ┆{styles}").unwrap();
        }
    }
    text
}

fn style(cell: &Cell) -> String {
    let color = |color| match color {
        Color::Indexed(index) => index.to_string(),
        other => format!("{other:?}"),
    };
    let mut text = if cell.fg == Color::Reset { "-".to_owned() } else { color(cell.fg) };
    if cell.bg != Color::Reset {
        write!(text, "/{}", color(cell.bg)).unwrap();
    }
    for (modifier, sign) in [(Modifier::BOLD, "b"), (Modifier::DIM, "d"), (Modifier::REVERSED, "r")] {
        if cell.modifier.contains(modifier) {
            text.push_str(sign);
        }
    }
    text
}

fn check(name: &str, model: &mut Model) {
    for (width, height) in SIZES {
        let buffer = frame(model, &Theme::dark(), width, height);
        insta::assert_snapshot!(format!("{name}_{width}x{height}"), shown(&buffer));
    }
}

/// As [`check`], and on a large screen.
fn check_all(name: &str, model: &mut Model) {
    check(name, model);
    let buffer = frame(model, &Theme::dark(), 200, 60);
    insta::assert_snapshot!(format!("{name}_200x60"), shown(&buffer));
}

fn screen(model: &mut Model) -> String {
    rows(model, 120, 40).join("\n")
}

#[test]
fn the_fleet_in_every_theme() {
    for palette in Palette::ALL {
        let buffer = frame(&mut demo_at("14:01:20"), &palette.theme(), 80, 24);
        insta::assert_snapshot!(format!("theme_{palette:?}"), shown(&buffer));
    }
    for depth in [Depth::Sixteen, Depth::True] {
        let buffer = frame(&mut demo_at("14:01:20"), &Theme::dark().at(depth), 80, 24);
        insta::assert_snapshot!(format!("theme_Dark_{depth:?}"), shown(&buffer));
    }
}

#[test]
fn nothing_yet() {
    check("nothing_yet", &mut Model::new(r53tail::edge::demo::setup(8)));
}

#[test]
fn no_log() {
    let mut model = replay(&[]);
    let why = "a Parquet file, which is not read as it is; try: python3 -c \"import duckdb\" && r53tail report log.json";
    tell(&mut model, Message::Failed { input: "lake/part-0".to_owned(), why: why.to_owned() });
    let what = "1 file is no log and was passed over: lake/README.md (text without a record)";
    tell(&mut model, Message::Remark { input: String::new(), what: what.to_owned() });
    check("no_log", &mut model);
}

#[test]
fn three_fail() {
    check("three_fail", &mut demo_at("14:00:40"));
}

#[test]
fn they_turn() {
    check("they_turn", &mut demo_at("14:01:20"));
}

#[test]
fn the_matrix_with_an_endpoint_selected() {
    let mut model = demo_at("14:00:40");
    press(&mut model, &[Key::Down, Key::Char('l'), Key::Char('l')]);
    check("cell", &mut model);
}

#[test]
fn origin() {
    let mut model = demo_at("14:01:30");
    press(&mut model, &[Key::Enter]);
    check_all("origin", &mut model);
}

#[test]
fn endpoint() {
    let mut model = demo_at("14:01:30");
    press(&mut model, &[Key::Char('l'), Key::Char('l'), Key::Enter]);
    check_all("endpoint", &mut model);
}

#[test]
fn findings() {
    let mut model = demo_at("14:00:40");
    press(&mut model, &[Key::Char('5')]);
    frame(&mut model, &Theme::dark(), 80, 24);
    press(&mut model, &[Key::Down, Key::Down]);
    check_all("findings", &mut model);
}

#[test]
fn plan() {
    let mut model = demo_at("14:00:40");
    press(&mut model, &[Key::Char('P')]);
    frame(&mut model, &Theme::dark(), 80, 24);
    press(&mut model, &[Key::Down]);
    check_all("plan", &mut model);
    // There is nothing behind the last, nor before the first.
    let last = model.selected_change();
    press(&mut model, &[Key::End, Key::Down]);
    assert!(model.selected_change() >= last, "{last:?}");
    press(&mut model, &[Key::Home, Key::Up]);
    assert_eq!(model.selected_change(), Some(0));
    press(&mut model, &[Key::Esc]);
    assert_eq!(model.screen(), Screen::Fleet);
}

#[test]
fn changes() {
    let mut model = demo_at("14:01:30");
    press(&mut model, &[Key::Char('T'), Key::Down]);
    check("changes", &mut model);
}

#[test]
fn record_in_the_tail() {
    let mut model = demo_at("14:01:30");
    press(&mut model, &[Key::Char('4')]);
    press(&mut model, &[Key::Up; 6]);
    check_all("tail_selected", &mut model);
    press(&mut model, &[Key::Enter]);
    check_all("record", &mut model);
}

#[test]
fn tail() {
    let mut model = demo_at("14:01:30");
    press(&mut model, &[Key::Char('4')]);
    check_all("tail", &mut model);
}

#[test]
fn help() {
    let mut model = demo_at("14:00:40");
    press(&mut model, &[Key::Char('?')]);
    check("help", &mut model);
}

#[test]
fn filter_while_it_is_typed() {
    let mut model = demo_at("14:00:40");
    press(&mut model, &[Key::Char('f')]);
    type_text(&mut model, "ec2m");
    check("filter", &mut model);
}

#[test]
fn held_still() {
    let mut model = demo_at("14:00:40");
    press(&mut model, &[Key::Char(' ')]);
    tell(&mut model, Message::Tick(stage::since(200)));
    let still = screen(&mut model);
    assert!(still.contains("‖") && still.contains("14:00:40Z"), "{still}");
    check("held", &mut model);
    press(&mut model, &[Key::Char(' ')]);
    tell(&mut model, Message::Tick(stage::since(200 + 10)));
    let after = screen(&mut model);
    assert!(after.contains("▶ ×8") && after.contains("14:00:50Z"), "{after}");
}

#[test]
fn wide_and_high() {
    let buffer = frame(&mut demo_at("14:01:20"), &Theme::dark(), 200, 60);
    insta::assert_snapshot!("wide_and_high", shown(&buffer));
}

#[test]
fn without_color_nothing_has_a_color_and_nothing_is_lost() {
    let mut model = demo_at("14:01:20");
    let (plain, dark) =
        (frame(&mut model, &Theme::plain(), 120, 40), frame(&mut model, &Theme::dark(), 120, 40));
    for (plain, dark) in plain.content.iter().zip(&dark.content) {
        assert_eq!((plain.fg, plain.bg), (Color::Reset, Color::Reset));
        // Where two colors meet in a bar there is one, and so no hole.
        let meet = ('▁'..='█').contains(&dark.symbol().chars().next().unwrap()) && dark.bg != Color::Reset;
        assert_eq!(plain.symbol(), if meet { "█" } else { dark.symbol() });
    }
}

#[test]
fn any_size_can_be_drawn() {
    let mut model = demo_at("14:01:20");
    for screen in ['1', 'l', '2', '3', '4', 'k', '5', 'P', 'T', '?'] {
        press(&mut model, &[Key::Char(screen)]);
        for width in [1, 2, 7, 19, 39, 40, 59, 60, 103, 104, 149, 150, 300] {
            for height in [1, 2, 3, 5, 9, 13, 14, 19, 20, 30, 100] {
                frame(&mut model, &Theme::dark(), width, height);
            }
        }
    }
}

fn record(at: u32, instance: &str, name: &str, kind: &str, rest: &str) -> String {
    format!(
        r#"{{"version":"1.100000","account_id":"123456789012","region":"us-west-2","vpc_id":"vpc-1","query_timestamp":"2026-01-01T10:00:{at:02}Z","query_name":"{name}","query_type":"{kind}","query_class":"IN",{rest},"srcaddr":"10.0.0.{}","srcport":"50000","transport":"UDP","srcids":{{"instance":"{instance}"}}}}"#,
        instance.len()
    )
}

const NOTHING: &str = r#""rcode":"NOERROR","answers":[]"#;

/// A filter in the console follows the user's own catalog, as `--filter` does.
#[test]
fn services_of_ones_own_in_the_filter() {
    let lines = [
        record(0, "i-1", "git.example.", "AAAA", NOTHING),
        record(1, "i-1", "ssm.us-west-2.amazonaws.com.", "AAAA", NOTHING),
    ];
    let own = Catalog::builtin().with("git.example=git6.example y wiki - - Our Git").unwrap();
    for (catalog, count) in [(Catalog::builtin().clone(), 0), (own, 1)] {
        let library = Library { catalog: Cow::Owned(catalog), ..Library::default() };
        let mut model = Model::new(Setup { library: Arc::new(library), ..Setup::new(Source::Replay) });
        tell(&mut model, Message::Input(InputId(0), "query.log".to_owned()));
        tell(&mut model, Message::Batch(Box::new(stage::batch(&lines))));
        tell(&mut model, Message::Ended);
        press(&mut model, &[Key::Char('f')]);
        type_text(&mut model, "service:git");
        press(&mut model, &[Key::Enter]);
        rows(&mut model, 80, 24);
        assert!(model.query_error().is_none() && model.query().is_some());
        let shown: u32 = model.ranking().origins().iter().map(OriginRow::pairs).sum();
        assert_eq!(shown, count);
    }
}

#[test]
fn names_chosen_by_strangers() {
    let names = [
        r"\u001b[31mred\u0007.example.",
        r"a\u202egro.live.",
        r"zero\u200bwidth.example.",
        "例え.テスト.",
        "e\u{301}.example.",
    ];
    let lines: Vec<String> =
        names.iter().map(|name| record(1, "i-1\\u001b]0;x\\u0007", name, "AAAA", NOTHING)).collect();
    let mut model = replay(&lines);
    check("strangers", &mut model);
    for width in [40, 80, 120] {
        for cell in frame(&mut model, &Theme::dark(), width, 24).content() {
            let hidden = |char: char| char.is_control() || "\u{202e}\u{200b}\u{301}".contains(char);
            assert!(!cell.symbol().contains(hidden), "{:?}", cell.symbol());
        }
    }
}

#[test]
fn a_log_with_losses_and_failures() {
    let lines = [
        record(1, "i-1", "a.example.", "AAAA", r#""rcode":"SERVFAIL","answers":[]"#),
        record(2, "i-1", "b.example.", "AAAA", r#""rcode":"NXDOMAIN","answers":[]"#),
        record(3, "i-1", "c.example.", "AAAA", &format!(r#"{NOTHING},"firewall_rule_action":"BLOCK""#)),
        record(4, "i-2", "d.example.", "AAAA", NOTHING),
        record(4, "i-2", "d.example.", "A", NOTHING),
        r#"{"no":"record"}"#.to_owned(),
    ];
    let mut model = replay(&lines);
    tell(&mut model, Message::Failed { input: "b.gz".to_owned(), why: "cut short".to_owned() });
    check("losses", &mut model);
    insta::assert_snapshot!("losses_summary", summary(&model));
}

/// Answers that were not seen: why, what decides in spite of them, and what to ask for instead.
#[test]
fn a_log_with_unknown_answers() {
    let masked = r#""rcode":"NOERROR","answers":[{"Rdata":"*************","Type":"AAAA","Class":"IN"}]"#;
    let part = r#""rcode":"NOERROR","answers":[{"Rdata":"2001:db8::1","Type":"AAAA","Class":"IN"},{"Rdata":"***","Type":"AAAA","Class":"IN"}]"#;
    let garbled = r#""rcode":"NOERROR","answers":["?"]"#;
    let mut lines = vec![
        record(1, "i-1", "absent.example.", "AAAA", r#""rcode":"NOERROR""#),
        record(2, "i-1", "masked.example.", "AAAA", masked),
        record(3, "i-1", "masked.example.", "AAAA", garbled),
        record(4, "i-1", "part.example.", "AAAA", part),
        record(5, "i-1", "known.example.", "AAAA", NOTHING),
        record(6, "i-1", "known.example.", "A", r#""rcode":"NOERROR","answers":null"#),
        record(7, "i-1", "known.example.", "AAAA", masked),
    ];
    // Who asked is masked, too.
    let source = record(8, "i-9", "masked.example.", "AAAA", masked);
    let source = source.replace(r#""srcids":{"instance":"i-9"}"#, r#""srcids":{}"#);
    let bare = source.replace(r#""srcaddr":"10.0.0.3""#, r#""srcaddr":"********""#);
    assert!(bare.contains("********\"") && !bare.contains("i-9"), "{bare}");
    lines.push(bare);
    let mut model = replay(&lines);
    check("unknown", &mut model);
    press(&mut model, &[Key::Char('i')]);
    check("unknown_feed", &mut model);
    press(&mut model, &[Key::Esc, Key::Char('3')]);
    check("unknown_endpoint", &mut model);
    press(&mut model, &[Key::Char('4')]);
    check("unknown_tail", &mut model);
    press(&mut model, &[Key::Up, Key::Enter]);
    check("unknown_record", &mut model);
    insta::assert_snapshot!("unknown_summary", summary(&model));
}

#[test]
fn the_filter_is_live_and_can_be_taken_back() {
    let mut model = demo_at("14:00:40");
    press(&mut model, &[Key::Char('f')]);
    type_text(&mut model, "pypix");
    assert!(screen(&mut model).contains("Nothing matches the filter."));
    press(&mut model, &[Key::Backspace]);
    let text = screen(&mut model);
    assert!(text.contains("1 origin × 1 endpoint,") && text.contains("2 records"), "{text}");
    press(&mut model, &[Key::Enter]);
    assert_eq!(model.filter(), "pypi");
    press(&mut model, &[Key::Char('f'), Key::Ctrl('u')]);
    type_text(&mut model, "I-0C93");
    let text = screen(&mut model);
    assert!(text.contains("1 origin × 5 endpoints"), "an origin brings all it has: {text}");
    press(&mut model, &[Key::Esc]);
    assert_eq!(model.filter(), "pypi", "the filter before");
    press(&mut model, &[Key::Esc]);
    assert_eq!(model.filter(), "");
    assert!(screen(&mut model).contains("3 origins"));
}

#[test]
fn a_filter_lists_and_does_not_judge() {
    let mut model = demo_at("14:00:40");
    press(&mut model, &[Key::Char('f')]);
    type_text(&mut model, "verdict:empty ssm.");
    let text = screen(&mut model);
    // Its A record is filtered out of the list, and still known.
    assert!(text.contains("✗ IPv4-only  ssm.us-west-2.amazonaws.com."), "{text}");
    assert!(!text.contains("answered"), "{text}");
    type_text(&mut model, " (");
    assert!(
        screen(&mut model).contains("✗ IPv4-only  ssm."),
        "while it cannot be read, the one before counts"
    );
    assert!(model.query_error().is_some());
}

#[test]
fn a_selection_stays_when_the_order_changes() {
    let mut model = demo_at("14:00:40");
    press(&mut model, &[Key::Enter, Key::Down]);
    let name = |model: &Model| {
        let (_, pair) = model.selected_pair().unwrap();
        model.known().fleet.name_text(pair.name).to_owned()
    };
    let selected = name(&model);
    let place = model.selected_pair().unwrap().0;
    stage::play_to(&mut model, "14:01:30");
    assert_eq!(name(&model), selected);
    assert_ne!(model.selected_pair().unwrap().0, place, "the list changed under it");
}

#[test]
fn the_highlight_of_a_change_ends() {
    let mut model = demo_at("14:01:20");
    assert_eq!(model.turned().count(), 2);
    let ends = model.next_tick().unwrap();
    press(&mut model, &[Key::Char(' ')]);
    tell(&mut model, Message::Tick(ends + r53tail::console::HIGHLIGHT));
    assert_eq!((model.turned().count(), model.next_tick()), (0, None));
    assert!(!screen(&mut model).contains("ec2messages turned"));
}

#[test]
fn a_raw_record_is_fetched_where_it_is_not_at_hand() {
    let lines =
        [record(1, "i-1", "a.example.", "AAAA", NOTHING), record(2, "i-1", "b.example.", "AAAA", NOTHING)];
    let mut model = replay(&lines);
    let effects = press(&mut model, &[Key::Char('3')]);
    let [Effect::FetchRaw(spot)] = effects[..] else { panic!("{effects:?}") };
    assert_eq!(spot.place.offset, 0);
    assert_eq!(press(&mut model, &[Key::Char('?'), Key::Char('?')]), [], "asked for once");
    let effects = press(&mut model, &[Key::Char('l')]);
    let [Effect::FetchRaw(next)] = effects[..] else { panic!("{effects:?}") };
    assert_eq!(next.place.offset, lines[0].len() as u64 + 1);
    tell(&mut model, Message::Raw(spot, Ok(b"late".as_slice().into())));
    assert_eq!(model.raw(), None, "what came for the row before is not shown for this one");
    tell(&mut model, Message::Raw(next, Ok(lines[1].as_bytes().into())));
    assert!(screen(&mut model).contains(r#""query_name": "b.example.""#));
    tell(&mut model, Message::Tick(std::time::Duration::from_secs(1)));
    assert!(model.raw().is_some());
}

#[test]
fn the_tail_follows_until_one_looks_back() {
    let mut model = demo_at("14:00:40");
    press(&mut model, &[Key::Char('4')]);
    assert!(model.selected_row().is_none());
    press(&mut model, &[Key::Up, Key::Up]);
    let selected = model.selected_row().unwrap().key();
    assert_eq!(selected, model.newest_rows().nth(2).unwrap().key());
    stage::play_to(&mut model, "14:01:40");
    assert_eq!(model.selected_row().unwrap().key(), selected, "it stays where it is");
    press(&mut model, &[Key::End]);
    assert!(model.selected_row().is_none(), "following again");
    press(&mut model, &[Key::Home, Key::Enter]);
    assert_eq!(model.screen(), Screen::Record);
    assert!(screen(&mut model).contains("demo.jsonl at byte 0"));
}

#[test]
fn a_record_of_another_type_can_be_opened() {
    let mut model = demo_at("14:00:14");
    press(&mut model, &[Key::Char('f')]);
    type_text(&mut model, "_https");
    press(&mut model, &[Key::Enter, Key::Char('4'), Key::Enter]);
    let text = screen(&mut model);
    assert!(
        text.contains("Another type than A and AAAA") && text.contains(r#""query_type": "SRV""#),
        "{text}"
    );
    press(&mut model, &[Key::Esc]);
    assert_eq!(model.screen(), Screen::Tail);
}

/// The way in and back out, over every screen.
#[test]
fn one_goes_back_the_way_one_came() {
    use Screen::{Endpoint, Findings, Fleet, Origin, Record, Tail, Turns};
    let mut model = demo_at("14:01:30");
    let trail = |model: &mut Model, keys: &[Key]| -> Vec<Screen> {
        keys.iter()
            .map(|key| {
                press(model, &[*key]);
                screen(model);
                model.screen()
            })
            .collect()
    };
    let (enter, esc) = (Key::Enter, Key::Esc);
    // A row of the matrix is an origin, a cell an endpoint; who asked for that are origins again.
    assert_eq!(trail(&mut model, &[enter, enter, enter]), [Origin, Endpoint, Origin]);
    assert_eq!(trail(&mut model, &[esc, esc, esc, esc]), [Endpoint, Origin, Fleet, Fleet]);
    let right = Key::Char('l');
    assert_eq!(trail(&mut model, &[right, right, enter, esc]), [Fleet, Fleet, Endpoint, Fleet]);
    assert!(model.selected_name().is_some(), "the cell is still selected");
    assert_eq!(
        trail(&mut model, &[esc, enter]),
        [Fleet, Origin],
        "let go of the cell: then it is the origin"
    );
    assert_eq!(trail(&mut model, &[Key::Char('4'), Key::Up, enter]), [Tail, Tail, Record]);
    let row = model.selected_row().unwrap().key();
    assert_eq!(trail(&mut model, &[enter, esc, esc]), [Endpoint, Record, Tail]);
    assert_eq!(model.selected_row().unwrap().key(), row);
    assert_eq!(trail(&mut model, &[esc, esc, esc]), [Tail, Origin, Fleet], "a digit leads back but once");
    assert_eq!(trail(&mut model, &[Key::Char('T'), enter, esc, esc]), [Turns, Endpoint, Turns, Fleet]);
    assert_eq!(trail(&mut model, &[Key::Char('5'), enter, esc]), [Findings, Fleet, Findings]);
    let tabs = trail(&mut model, &[Key::Tab; 8]);
    assert_eq!(
        tabs,
        [Screen::Endpoints, Screen::Groups, Screen::Course, Fleet, Origin, Endpoint, Tail, Findings]
    );
    assert_eq!(trail(&mut model, &[Key::BackTab; 2]), [Tail, Endpoint]);
}

/// What is looked at closely stays, whatever turns meanwhile; the fleet goes with the worst until somebody
/// chooses.
#[test]
fn what_one_looks_at_stays() {
    for digit in ['2', '3'] {
        let mut model = demo_at("14:00:40");
        press(&mut model, &[Key::Char(digit)]);
        let looked_at = |model: &Model| {
            let name = if digit == '3' { model.endpoint() } else { None };
            (model.selected_origin().map(|(_, origin)| origin.key), name)
        };
        let before = looked_at(&model);
        stage::play_to(&mut model, "14:02:09");
        assert_eq!(looked_at(&model), before);
        assert_ne!(model.pairs(model.selected_origin().unwrap().1)[0].status, Status::Ipv4Only, "it turned");
    }
}

/// An answer does not call unreachable what everybody concerned reaches over IPv4.
#[test]
fn what_works_over_ipv4_is_no_failure() {
    let asked = |second, instance: &str, from: &str| {
        let line = stage::record(second, instance, "kms.us-west-2.amazonaws.com.", "");
        let mut record: serde_json::Value = serde_json::from_str(&line).expect("it is JSON");
        record["srcaddr"] = from.into();
        record.to_string()
    };
    let a = |second| {
        stage::record(second, "i-1", "kms.us-west-2.amazonaws.com.", "198.51.100.1")
            .replace("\"AAAA\"", "\"A\"")
    };
    for (from, said) in [
        (["10.0.0.5", "10.0.0.6"], "reaches its one endpoint over IPv4 only: kms"),
        (["10.0.0.5", "2600:1f14::6"], "cannot reach its one endpoint over IPv6: kms"),
        (["2600:1f14::5", "2600:1f14::6"], "cannot reach its one endpoint over IPv6: kms"),
    ] {
        let mut model = stage::replay(&[
            asked(0, "i-1", from[0]),
            asked(1, "i-2", from[1]),
            a(2).replace("10.0.0.5", from[0]),
        ]);
        let text = screen(&mut model);
        assert!(text.lines().nth(1).is_some_and(|line| line.contains(said)), "{text}");
    }
}

/// Findings are of what is shown: other ones before and after, and none of what the filter leaves out.
#[test]
fn findings_are_of_what_is_shown() {
    let mut model = demo_at("14:00:40");
    press(&mut model, &[Key::Char('5')]);
    let text = screen(&mut model);
    assert!(text.contains("not reachable over IPv6 for 1 of 2 origins"), "{text}");
    press(&mut model, &[Key::Char(' '), Key::Char('t')]);
    type_text(&mut model, "14:02:09");
    press(&mut model, &[Key::Enter]);
    let text = screen(&mut model);
    assert!(text.contains("through NAT64 only for 2 origins"), "{text}");
    press(&mut model, &[Key::Char('f')]);
    type_text(&mut model, "name:github.com");
    press(&mut model, &[Key::Enter]);
    let text = screen(&mut model);
    assert!(text.contains("github.com has no IPv6 address") && !text.contains("Systems Manager"), "{text}");
    let findings = model.findings().unwrap();
    assert!(findings.iter().all(|finding| !finding.subject.starts_with("ssm")), "{findings:?}");
}

/// What came in is looked at anew, but not with each batch.
#[test]
fn findings_are_not_made_anew_with_every_batch() {
    let seconds = std::time::Duration::from_secs;
    let mut model = stage::reading(&[record(1, "i-1", "a.example.", "A", NOTHING)]);
    let later = |model: &mut Model, at: u32, now| {
        let line = record(at, "i-1", &format!("{at}.example."), "AAAA", r#""rcode":"SERVFAIL","answers":[]"#);
        tell(model, Message::Batch(Box::new(stage::batch(&[line]))));
        let effects = r53tail::console::update(model, Message::Tick(now));
        effects.into_iter().filter(|effect| matches!(effect, Effect::Advise(_))).collect::<Vec<_>>()
    };
    press(&mut model, &[Key::Char('1')]);
    assert_eq!(later(&mut model, 2, seconds(1)), [], "no screen shows them");
    press(&mut model, &[Key::Char('5')]);
    let asked = later(&mut model, 3, seconds(2));
    let [Effect::Advise(inquiry)] = &asked[..] else { panic!("{asked:?}") };
    assert_eq!(later(&mut model, 4, seconds(3)), [], "one at a time");
    tell(&mut model, inquiry.answer());
    assert!(model.findings().is_some() && !model.is_advice_late());
    assert_eq!(later(&mut model, 5, seconds(3)), [], "not so soon");
    assert!(model.is_advice_late() && model.next_tick().is_some_and(|at| at > seconds(3)));
    assert_eq!(later(&mut model, 6, seconds(9)).len(), 1);
}

#[test]
fn ways_to_end() {
    let mut model = demo_at("14:00:14");
    assert_eq!(press(&mut model, &[Key::Char('q')]), [Effect::Quit(Ending::Asked)]);
    assert_eq!(press(&mut model, &[Key::Ctrl('c')]), [Effect::Quit(Ending::Asked)]);
    assert_eq!(tell(&mut model, Message::Signal(15)), [Effect::Quit(Ending::Signal(15))]);
}

/// The answer, the second line of each screen after the story's.
fn answer(model: &mut Model) -> String {
    rows(model, 120, 40)[2].clone()
}

#[test]
fn time_goes_back_and_on() {
    let mut model = demo_at("14:01:40");
    let turned = answer(&mut model);
    assert!(turned.contains("through NAT64"), "{turned}");
    press(&mut model, &[Key::Char('[')]);
    let before = screen(&mut model);
    assert!(before.contains("▶") && before.contains("14:01:"), "it plays on from there: {before}");
    press(&mut model, &[Key::Char(' '), Key::Char('^')]);
    let start = screen(&mut model);
    assert!(start.contains("‖") && start.contains("14:00:00Z"), "{start}");
    press(&mut model, &[Key::Char('>')]);
    screen(&mut model);
    let first = model.moment().unwrap();
    assert_eq!(model.row_count(), model.newest_rows().count() as u64);
    assert!(model.newest_rows().all(|row| row.entry.at == first), "the records of one moment");
    press(&mut model, &[Key::Char('.'), Key::Char(',')]);
    assert_eq!(model.moment(), Some(first));
    // All the way there by changes, and each one is the moment of one.
    let mut moments = Vec::new();
    for _ in 0..20 {
        press(&mut model, &[Key::Char(']')]);
        screen(&mut model);
        moments.push(model.moment().unwrap());
        assert!(model.ranking().turns().iter().any(|turn| Some(turn.at) == model.moment()));
    }
    moments.dedup();
    assert!(moments.len() > 2 && moments.is_sorted(), "{moments:?}");
    press(&mut model, &[Key::Char('t')]);
    type_text(&mut model, "14:00:40");
    press(&mut model, &[Key::Enter]);
    assert_eq!(answer(&mut model), answer(&mut demo_at("14:00:40")), "as it was when it played");
    press(&mut model, &[Key::Char('t')]);
    type_text(&mut model, "nonsense");
    press(&mut model, &[Key::Enter]);
    assert_eq!(model.moment(), Some(stage::moment("14:00:40")), "what is no time leads nowhere");
    assert!(model.turned().next().is_none(), "where one goes to, nothing is news");
}

#[test]
fn a_range_narrows_every_screen() {
    let mut model = demo_at("14:00:40");
    press(&mut model, &[Key::Char(' '), Key::Char('t')]);
    type_text(&mut model, "14:01:00");
    press(&mut model, &[Key::Enter, Key::Char('r'), Key::Char('t')]);
    type_text(&mut model, "14:02:00");
    press(&mut model, &[Key::Enter]);
    check("selecting", &mut model);
    press(&mut model, &[Key::Char('r')]);
    let text = screen(&mut model);
    let scope = model.scope();
    assert_eq!((scope.from, scope.until), (Some(stage::moment("14:01:00")), Some(stage::moment("14:02:00"))));
    assert!(model.rows_after(None).all(|row| scope.holds(row.entry.at)));
    assert_eq!(model.rows_after(None).count() as u64, model.row_count());
    assert!(!text.contains("14:00:17"), "nothing of before: {text}");
    let (_, origin) = model.selected_origin().unwrap();
    let shown: u64 = model
        .pair_details(model.pairs(origin))
        .iter()
        .map(|pair_detail| {
            pair_detail.spans.aaaa().map(|(_, span)| span.count).sum::<u64>()
                + pair_detail.spans.a().map(|(_, span)| span.count).sum::<u64>()
        })
        .sum();
    assert_eq!(shown + origin.ignored, origin.records);
    press(&mut model, &[Key::Esc]);
    assert_eq!(model.scope().from, None);
}

/// Columns: the worst that most depend on first, those of one service and Region together, what is asked by
/// habit last.
#[test]
fn columns_come_the_worst_first_and_together() {
    let a = r#""rcode":"NOERROR","answers":[{"Rdata":"192.0.2.1","Type":"A","Class":"IN"}]"#;
    let native = r#""rcode":"NOERROR","answers":[{"Rdata":"2001:db8::1","Type":"AAAA","Class":"IN"}]"#;
    let mut lines = Vec::new();
    for (instance, name, answer) in [
        ("i-1", "native.example.", native),
        ("i-1", "7.2.0.192.in-addr.arpa.", r#""rcode":"NXDOMAIN","answers":[]"#),
        ("i-1", "logs.us-west-2.amazonaws.com.", native),
        ("i-1", "ssm.eu-west-1.amazonaws.com.", NOTHING),
        ("i-1", "ssm.us-west-2.amazonaws.com.", NOTHING),
        ("i-2", "ssm.us-west-2.amazonaws.com.", NOTHING),
        ("i-2", "monitoring.us-west-2.amazonaws.com.", NOTHING),
    ] {
        lines.push(record(1, instance, name, "AAAA", answer));
        if answer == NOTHING {
            lines.push(record(1, instance, name, "A", a));
        }
    }
    let model = replay(&lines);
    let columns = model.columns();
    let names: Vec<&str> = columns.list.iter().map(|it| model.known().fleet.name_text(it.name)).collect();
    assert_eq!(
        names,
        [
            "ssm.us-west-2.amazonaws.com.",
            "monitoring.us-west-2.amazonaws.com.",
            "logs.us-west-2.amazonaws.com.",
            "ssm.eu-west-1.amazonaws.com.",
            "native.example.",
            "7.2.0.192.in-addr.arpa.",
        ]
    );
    let headings: Vec<String> = columns.list.iter().map(|it| columns.heading(&it.service)).collect();
    assert_eq!(headings[..2], ["us-west-2 Systems Manager", "us-west-2 CloudWatch"]);
    assert_eq!(headings[4..], ["native.example", "reverse names"]);
}

/// More origins and endpoints than there is room for, some with wide names; the selection is always on the
/// screen.
#[test]
fn more_than_fits() {
    let mut lines = Vec::new();
    for origin in 0..40 {
        for number in 0..60 {
            let name = match number % 4 {
                0 => format!("例え{number}.テスト."),
                1 => format!("s{number}.us-west-2.amazonaws.com."),
                _ => format!("n{number}.d{}.example.", number % 7),
            };
            let rest =
                if (origin + number) % 5 == 0 { r#""rcode":"SERVFAIL","answers":[]"# } else { NOTHING };
            if (origin * number) % 3 != 1 {
                lines.push(record(1, &format!("i-{origin:017x}"), &name, "AAAA", rest));
            }
        }
    }
    let mut model = replay(&lines);
    check("many", &mut model);
    press(&mut model, &[Key::PageDown, Key::PageDown]);
    press(&mut model, &[Key::Char('l'); 31]);
    check("many_far", &mut model);
    for columns in [40, 60, 80, 100, 120, 160, 200] {
        let name = model.selected_name().unwrap();
        let label = model.service(name).label.to_string();
        let text = rows(&mut model, columns, 30).join("\n");
        assert!(text.contains('[') || columns < 60, "the cell is marked at {columns}: {text}");
        assert!(text.contains(&*label), "{label} at {columns}: {text}");
    }
}

/// A gap is drawn where it is, and times have their day where there are several.
#[test]
fn a_gap_over_midnight() {
    use r53tail::base::moment::Moment;
    use r53tail::log::note::Gap;
    let day = |at: u32, line: String| if at < 3 { line } else { line.replace("2026-01-01", "2026-01-02") };
    let lines: Vec<String> =
        (1..6).map(|at| day(at, record(at, "i-1", "a.example.", "AAAA", NOTHING))).collect();
    let mut model = replay(&[]);
    let mut batch = stage::batch(&lines);
    let at = |text| Moment::parse(text).unwrap();
    batch.fleet.tally_mut().loss.gaps =
        vec![Gap { from: at("2026-01-01T23:00:00Z"), until: at("2026-01-02T00:10:00Z") }];
    tell(&mut model, Message::Batch(Box::new(batch)));
    press(&mut model, &[Key::Char('4')]);
    check("gap", &mut model);
}

/// What is offered for copying, each with its word.
fn offered(model: &mut Model) -> Vec<(String, String)> {
    press(model, &[Key::Char('y')]);
    let r53tail::console::Mode::Menu(menu) = model.mode() else { panic!("a menu") };
    let offered = menu.entries().iter().map(|entry| (entry.label.clone(), entry.detail.clone())).collect();
    press(model, &[Key::Esc]);
    offered
}

#[test]
fn what_is_copied_is_the_row_under_the_cursor() {
    let mut model = demo_at("14:01:45");
    press(&mut model, &[Key::Char('T'), Key::Down, Key::Down]);
    let (turns, at) = model.selected_turn();
    let turn = turns[at];
    let fleet = &model.known().fleet;
    let name = fleet.name_text(turn.name).trim_end_matches('.').to_owned();
    let origin = fleet.origin_text(turn.origin).1.to_owned();
    let found = offered(&mut model);
    assert!(at == 2 && found.contains(&("name".to_owned(), name)), "{found:?}");
    assert!(found.contains(&("origin".to_owned(), origin)), "{found:?}");

    // Each finding is copied as itself, and nothing of what is selected on another screen.
    press(&mut model, &[Key::Char('5')]);
    screen(&mut model);
    let findings = model.findings().unwrap().to_vec();
    assert!(findings.len() > 2);
    for finding in &findings {
        let effects = press(&mut model, &[Key::Char('y'), Key::Char('b')]);
        let [Effect::Copy(text)] = effects.as_slice() else { panic!("{effects:?}") };
        assert!(text.contains(finding.summary.as_str()), "{text}");
        let found = offered(&mut model);
        let name = found.iter().find(|(what, _)| what == "name");
        let subject = finding.subject.trim_end_matches('.');
        let is_name = model.known().fleet.find_name(&format!("{subject}.")).is_some();
        assert_eq!(name.map(|(_, name)| name.as_str()), is_name.then_some(subject));
        press(&mut model, &[Key::Down]);
    }
}

#[test]
fn a_range_is_announced_with_the_way_back() {
    let mut model = demo_at("14:01:45");
    press(&mut model, &[Key::Char('t')]);
    type_text(&mut model, "14:00:30");
    press(&mut model, &[Key::Enter, Key::Char('r'), Key::Char('t')]);
    type_text(&mut model, "14:01:00");
    press(&mut model, &[Key::Enter, Key::Char('r')]);
    assert!(screen(&mut model).contains(" 14:00:30–14:01:00  Esc: all "), "{}", screen(&mut model));
    check("a_range", &mut model);
    press(&mut model, &[Key::Esc]);
    assert!(!screen(&mut model).contains("Esc: all"));
}

#[test]
fn the_axis_in_shares() {
    let mut model = demo_at("14:01:45");
    press(&mut model, &[Key::Char('%')]);
    check("shares", &mut model);
    press(&mut model, &[Key::Char('%')]);
    assert!(!screen(&mut model).contains("↑100%"));
}

/// The newest part of a lane stands on the screen at every width that has lanes.
#[test]
fn lanes_end_with_the_newest() {
    let record =
        |second: u32, name: &str, address: &str| stage::record(second, "i-0123456789abcdef0", name, address);
    let mut lines: Vec<String> = (0..60)
        .map(|at| record(at, &format!("service-number-{at:02}.example.com."), "2001:db8::1"))
        .collect();
    lines.push(record(3599, "service-number-00.example.com.", ""));
    let mut model = replay(&lines);
    press(&mut model, &[Key::Char('2')]);
    for width in (96..200).step_by(2) {
        let rows = rows(&mut model, width, 40);
        let row = rows.iter().find(|row| row.contains("▸") && row.contains("service-number-00")).unwrap();
        let lane = row.split("  ").find(|cell| cell.trim().starts_with(['●', '━']) && cell.contains('·'));
        assert!(lane.is_some_and(|lane| lane.trim_end().ends_with('○')), "{width}: {row}");
    }
}

/// Two Regions of one service are told apart.
#[test]
fn names_that_begin_alike_have_their_region() {
    let name = |region: &str| format!("ssm.{region}.amazonaws.com.");
    let lines: Vec<String> = ["us-east-1", "us-west-2"]
        .into_iter()
        .flat_map(|region| {
            let record = |kind: &str, address: &str| {
                stage::record(1, "i-0123456789abcdef0", &name(region), address)
                    .replace("\"query_type\":\"AAAA\"", &format!("\"query_type\":\"{kind}\""))
                    .replace("\"Type\":\"AAAA\"", &format!("\"Type\":\"{kind}\""))
            };
            [record("AAAA", ""), record("A", "192.0.2.1")]
        })
        .collect();
    let screen = screen(&mut replay(&lines));
    assert!(screen.contains("ssm.us-east-1 and ssm.us-west-2 are IPv4-only"), "{screen}");
}

/// The first row is the worst, whoever stands first among those that the finding names.
#[test]
fn the_worst_of_a_finding_is_selected() {
    let answer = |kind: &str, rdata: &str| {
        format!(r#""rcode":"NOERROR","answers":[{{"Rdata":"{rdata}","Type":"{kind}","Class":"IN"}}]"#)
    };
    let (synthesized, a) = (answer("AAAA", "64:ff9b::3401:203"), answer("A", "52.1.2.3"));
    let lines = [
        record(0, "i-1", "git.example.", "AAAA", &synthesized),
        record(1, "i-22", "git.example.", "AAAA", NOTHING),
        record(2, "i-22", "git.example.", "A", &a),
    ];
    let mut model = Model::new(Setup::new(Source::Replay));
    tell(&mut model, Message::Input(InputId(0), "query.log".to_owned()));
    tell(&mut model, Message::Batch(Box::new(stage::batch(&lines))));
    tell(&mut model, Message::Ended);
    press(&mut model, &[Key::Char('5')]);
    screen(&mut model);
    let at =
        model.findings().unwrap().iter().position(|it| it.rule == r53tail::advice::finding::Rule::Ipv4Only);
    press(&mut model, &vec![Key::Down; at.unwrap()]);
    let named = model.selected_finding().unwrap().1.proof.origin_ids.clone();
    assert_eq!(named[0], "i-1", "{named:?}");
    press(&mut model, &[Key::Enter]);
    let shown = screen(&mut model);
    let (place, origin) = model.selected_origin().unwrap();
    assert_eq!((place, model.known().fleet.origin_text(origin.key).1), (0, "i-22"), "{named:?} {shown}");
}

/// Names that begin with 150 signs in common differ in the answer, in the fleet and in the list of findings.
#[test]
fn long_names_differ_where_they_are_cut() {
    let head = [&*"a".repeat(50); 3].join(".");
    let name = |number: u32| format!("{head}.host-{number}.example.com.");
    let lines: Vec<String> = (0..6)
        .flat_map(|at| {
            let a = r#""rcode":"NOERROR","answers":[{"Rdata":"52.1.2.3","Type":"A","Class":"IN"}]"#;
            [record(at, "i-1", &name(at), "AAAA", NOTHING), record(at, "i-1", &name(at), "A", a)]
        })
        .collect();
    let mut model = replay(&lines);
    for (width, height) in [(80, 24), (120, 40)] {
        press(&mut model, &[Key::Char('1')]);
        let fleet = rows(&mut model, width, height);
        assert!(fleet[1..3].concat().contains("host-0.example.com"), "{fleet:#?}");
        for at in 0..6 {
            let shown = format!("host-{at}.example.com.");
            assert!(fleet[6..].iter().any(|row| row.contains(&shown)), "{shown} {fleet:#?}");
        }
        press(&mut model, &[Key::Char('5')]);
        rows(&mut model, width, height);
        let found = rows(&mut model, width, height);
        let listed: std::collections::BTreeSet<&String> =
            found.iter().filter(|row| row.contains(" warning ") && row.contains('…')).collect();
        assert_eq!(listed.len(), 6, "{found:#?}");
    }
}

/// Times of a log of several years have year, day and clock.
#[test]
fn times_of_years_are_whole() {
    let line = |year: u32, at| {
        record(at, "i-1", "git.example.", "AAAA", NOTHING).replace("2026-", &format!("{year}-"))
    };
    let mut model = replay(&[line(2023, 0), line(2025, 1)]);
    for (key, width) in [('1', 120), ('4', 120)] {
        press(&mut model, &[Key::Char(key)]);
        let shown = rows(&mut model, width, 40).join("\n");
        assert!(shown.contains("2023-01-01 10:00:00") && shown.contains("2025-01-01 10:00:01"), "{shown}");
    }
}

/// From a finding to those it is about, and back to the finding with the filter as it was.
#[test]
fn enter_on_a_finding_shows_it() {
    let mut model = demo_at("14:00:40");
    press(&mut model, &[Key::Char('5')]);
    screen(&mut model);
    let at = model
        .findings()
        .unwrap()
        .iter()
        .position(|it| it.rule == r53tail::advice::finding::Rule::Profile)
        .unwrap();
    press(&mut model, &vec![Key::Down; at]);
    let finding = model.selected_finding().map(|(_, finding)| finding.clone()).unwrap();
    press(&mut model, &[Key::Enter]);
    let shown = screen(&mut model);
    assert_eq!(model.screen(), Screen::Fleet);
    assert_eq!(model.ranking().origins().len(), finding.proof.origins, "{shown}");
    let fleet = &model.known().fleet;
    let ids: Vec<_> =
        model.ranking().origins().iter().map(|it| fleet.origin_text(it.key).1.to_owned()).collect();
    assert_eq!(ids, finding.proof.origin_ids);
    let native: u32 = model.ranking().origins().iter().map(|origin| origin.count(Status::Native)).sum();
    assert_eq!(native, 0, "{shown}");
    check("from_a_finding", &mut model);
    assert_eq!((model.filter(), model.within()), ("", Some(&*format!("finding: {}", finding.summary))));
    press(&mut model, &[Key::Esc]);
    screen(&mut model);
    assert_eq!((model.screen(), model.within()), (Screen::Findings, None));
    assert_eq!(model.selected_finding().map(|(_, finding)| finding.summary.clone()), Some(finding.summary));
}

/// One about an inbound endpoint leads to whoever asks through it.
#[test]
fn enter_on_a_finding_about_an_endpoint() {
    let through = |source: &str, id: &str| {
        stage::record(1, "i-0123456789abcdef0", "git.example.", source)
            .replace("\"instance\":\"i-0123456789abcdef0\"", id)
    };
    let lines = [
        through("64:ff9b::c633:6401", r#""resolver_endpoint":"rslvr-in-0a1b2c3d4e5f60718""#),
        through("2a05:d018::1", r#""instance":"i-0123456789abcdef1""#),
    ];
    let mut model = replay(&lines);
    press(&mut model, &[Key::Char('5')]);
    screen(&mut model);
    let found = model.findings().unwrap().iter();
    let at = found.clone().position(|it| it.rule == r53tail::advice::finding::Rule::Dns64Endpoint);
    press(&mut model, &vec![Key::Down; at.unwrap()]);
    press(&mut model, &[Key::Enter]);
    screen(&mut model);
    assert_eq!(model.screen(), Screen::Fleet);
    let origins: Vec<&str> = model
        .ranking()
        .origins()
        .iter()
        .map(|origin| model.known().fleet.origin_text(origin.key).1)
        .collect();
    assert_eq!(origins, ["rslvr-in-0a1b2c3d4e5f60718"]);
}

/// What turned is told of as one event, on the list and where `]` leads.
#[test]
fn what_turned_is_one_event() {
    let mut model = demo_at("14:01:45");
    press(&mut model, &[Key::Char('T')]);
    let shown = screen(&mut model);
    assert!(shown.contains("DNS64 on: ") && shown.contains(" endpoints of "), "{shown}");
    press(&mut model, &[Key::Char('^'), Key::Char(']')]);
    let shown = screen(&mut model);
    let notice = model.notice().map(|notice| notice.text.clone()).unwrap_or_default();
    assert!(notice.contains("DNS64 on: "), "{notice} {shown}");
}

/// The key to the next change counts as the list of changes at the end of the log does, and says how much of
/// it was by then; the list at that moment says that it is until then.
#[test]
fn a_change_is_counted_the_same_by_its_key_and_in_the_list() {
    let dns64 = "64:ff9b::3401:203";
    let mut lines: Vec<String> =
        (0..6).map(|at| stage::record(at, &format!("i-{at}"), "git.example.", "")).collect();
    lines.extend((0..6).map(|at| stage::record(100 + at * 50, &format!("i-{at}"), "git.example.", dns64)));
    let mut model = replay(&lines);
    press(&mut model, &[Key::Char('T')]);
    let shown = screen(&mut model);
    assert!(
        shown.contains("Changes  1 event of 6 pairs") && shown.contains("DNS64 on: 1 endpoint of 6 origins"),
        "{shown}"
    );
    press(&mut model, &[Key::Char('^'), Key::Char(']'), Key::Char(']')]);
    let notice = model.notice().map(|notice| notice.text.clone()).unwrap_or_default();
    assert_eq!(notice, "14:01:40–14:05:50 DNS64 on: 1 endpoint of 6 origins, 2 of 6 changes by 14:02:30");
    let shown = screen(&mut model);
    assert!(shown.contains("Changes until 14:02:30  1 event of 2 pairs"), "{shown}");
}

/// The report in few words is three keys away.
#[test]
fn what_to_tell_the_team() {
    let mut model = demo_at("14:00:40");
    screen(&mut model);
    let mut effects = press(&mut model, &[Key::Char('y'), Key::Char('t')]);
    for _ in 0..10 {
        let now = model.now();
        effects.extend(tell(&mut model, Message::Tick(now)));
    }
    assert!(
        matches!(effects.as_slice(), [Effect::Export(export)] if export.target == r53tail::console::Target::Clipboard),
        "{effects:?}"
    );
}

/// The signs stand first, and paging leads to the last key and back.
#[test]
fn the_help_is_paged() {
    let mut model = demo_at("14:00:40");
    press(&mut model, &[Key::Char('?')]);
    let shown = rows(&mut model, 120, 40).join("\n");
    assert!(shown.contains("signs, the worst first") && shown.contains("▼ more"), "{shown}");
    press(&mut model, &[Key::PageDown]);
    assert_ne!(rows(&mut model, 120, 40).join("\n"), shown);
    press(&mut model, &[Key::End]);
    let last = rows(&mut model, 120, 40).join("\n");
    assert!(last.contains("Ctrl-C") && !last.contains("▼ more"), "{last}");
    press(&mut model, &[Key::Up]);
    assert_ne!(rows(&mut model, 120, 40).join("\n"), last, "no key is without an effect");
    press(&mut model, &[Key::Home]);
    assert_eq!(rows(&mut model, 120, 40).join("\n"), shown);
    // In two columns all of it stands on a large screen.
    let wide = rows(&mut model, 160, 66).join("\n");
    assert!(wide.contains("signs, the worst first") && wide.contains("Ctrl-C"), "{wide}");
}

#[test]
fn the_mouse_says_where_it_is() {
    let mut model = demo_at("14:00:40");
    press(&mut model, &[Key::Char('M')]);
    assert!(screen(&mut model).contains("mouse on: click rows"), "{}", screen(&mut model));
}

/// What NAT64 is used for most is one key away, and the list can be sorted by each of its columns.
#[test]
fn all_endpoints_are_a_list() {
    let mut model = demo_at("14:01:45");
    press(&mut model, &[Key::Char('6')]);
    check_all("endpoints", &mut model);
    let most = model.endpoints().iter().map(|row| row.nat64_records).max().unwrap();
    let (at, first) = model.selected_endpoint().unwrap();
    assert!(at == 0 && most > 0 && first.nat64_records == most, "{first:?}");

    // Each row is what its pairs come to.
    let (mut records, mut pairs) = (0, 0);
    for row in model.endpoints() {
        let askers = model.askers(row.name);
        let through = askers.iter().filter(|(_, pair)| pair.status == Status::Nat64);
        assert_eq!(row.nat64_records, through.map(|(_, pair)| u64::from(pair.records)).sum::<u64>());
        assert_eq!((row.origins() as usize, row.worst()), (askers.len(), askers[0].1.status));
        (records, pairs) = (records + row.records, pairs + askers.len());
    }
    let all: u64 = model.ranking().origins().iter().map(|origin| origin.records - origin.ignored).sum();
    assert_eq!((records, pairs), (all, model.ranking().pair_count()));

    for column in '1'..='8' {
        press(&mut model, &[Key::Char('s'), Key::Char(column)]);
        let one: Vec<_> = (0..).map_while(|at| model.endpoint_at(at).cloned()).collect();
        assert_eq!(one.len(), model.endpoints().len());
        press(&mut model, &[Key::Char('s'), Key::Char(column)]);
        let other: Vec<_> = (0..).map_while(|at| model.endpoint_at(at).cloned()).collect();
        assert!(one != other && other.len() == one.len(), "{column}: the other way round is another order");
    }
}

#[test]
fn an_endpoint_of_the_list_is_opened_and_copied() {
    let mut model = demo_at("14:01:45");
    press(&mut model, &[Key::Char('6'), Key::Down, Key::Down]);
    let (at, row) = model.selected_endpoint().unwrap();
    let name = row.name;
    let text = model.known().fleet.name_text(name).trim_end_matches('.').to_owned();
    assert_eq!(at, 2);
    let found = offered(&mut model);
    assert!(found.contains(&("name".to_owned(), text.clone())), "{found:?}");
    assert!(found.iter().all(|(what, _)| what != "origin" && what != "addresses"), "{found:?}");
    let effects = press(&mut model, &[Key::Char('y'), Key::Char('w')]);
    let [Effect::Copy(copied)] = effects.as_slice() else { panic!("{effects:?}") };
    assert!(copied.starts_with(&format!("{text}: ")) && copied.contains(" origin"), "{copied}");

    press(&mut model, &[Key::Enter]);
    assert_eq!((model.screen(), model.endpoint()), (Screen::Endpoint, Some(name)));
    press(&mut model, &[Key::Esc]);
    assert_eq!((model.screen(), model.selected_endpoint().map(|(at, _)| at)), (Screen::Endpoints, Some(2)));

    // A filter lists fewer; what is looked for is gone to.
    press(&mut model, &[Key::Char('/')]);
    type_text(&mut model, "github");
    press(&mut model, &[Key::Enter]);
    let found = model.selected_endpoint().map(|(_, row)| model.known().fleet.name_text(row.name).to_owned());
    assert!(found.is_some_and(|name| name.contains("github")));
    let all = model.endpoints().len();
    press(&mut model, &[Key::Esc, Key::Char('f')]);
    type_text(&mut model, "service:s3");
    press(&mut model, &[Key::Enter]);
    screen(&mut model);
    assert!((1..all).contains(&model.endpoints().len()));
}

/// What is typed halfway leaves what is shown as it was; what is typed to its end counts.
#[test]
fn a_filter_typed_halfway_blanks_nothing() {
    let mut model = demo_at("14:01:45");
    screen(&mut model);
    let all = model.row_count();
    press(&mut model, &[Key::Char('f')]);
    let mut counts = Vec::new();
    for char in "service:\"systems manager\" verdict:synthesized type:AAAA".chars() {
        press(&mut model, &[Key::Char(char)]);
        screen(&mut model);
        assert!(model.row_count() > 0, "{}", model.filter());
        counts.push(model.row_count());
    }
    assert!(counts.first() == Some(&all) && counts.is_sorted_by(|one, next| one >= next), "{counts:?}");
    assert!(counts.last() < counts.first());
    press(&mut model, &[Key::Enter]);
    assert!(model.filter().ends_with("type:AAAA"));
    // A text that begins a field is one to look for, too, if somebody wants that.
    press(&mut model, &[Key::Char('F'), Key::Char('f')]);
    type_text(&mut model, "na");
    screen(&mut model);
    assert_eq!((model.filter(), model.row_count()), ("", all));
    press(&mut model, &[Key::Enter]);
    assert_eq!(model.filter(), "na");

    press(&mut model, &[Key::Char('F'), Key::Char('f')]);
    screen(&mut model);
    type_text(&mut model, "service:Sys");
    press(&mut model, &[Key::Tab]);
    let r53tail::console::Mode::Prompt(prompt) = model.mode() else { panic!("typing") };
    assert_eq!(prompt.line().text(), "service:\"systems manager\"");
}

/// A status is what the pair comes to at the moment that is shown.
#[test]
fn a_status_is_filtered_by_as_it_is_then() {
    let mut model = demo_at("14:01:10");
    let count = |model: &mut Model, status: Status| {
        screen(model);
        let of = model.ranking().origins().iter().map(|origin| (origin.pairs(), origin.count(status)));
        of.fold((0, 0), |(all, some), (pairs, count)| (all + pairs, some + count))
    };
    let before = count(&mut model, Status::Nat64).1;
    press(&mut model, &[Key::Char('f')]);
    type_text(&mut model, "status:nat");
    assert_eq!(model.filter(), "");
    press(&mut model, &[Key::Tab, Key::Enter]);
    assert_eq!(model.filter(), "status:nat64");
    assert_eq!(count(&mut model, Status::Nat64), (before, before));
    let shown = model.mask().unwrap().len();
    // DNS64 comes on, and more is reached through NAT64.
    play_to(&mut model, "14:01:40");
    let (all, after) = count(&mut model, Status::Nat64);
    assert!(all == after && after > before, "{before} {after} {all}");
    assert!(model.mask().unwrap().len() > shown);
    press(&mut model, &[Key::Char('F')]);
    assert_eq!(count(&mut model, Status::Nat64).1, after);
}

/// Of what is alike, what most ask for stands first, and is named first.
#[test]
fn what_most_ask_for_comes_first() {
    let mut lines = vec![stage::record(1, "i-1", "aaa.example.", "")];
    for instance in ["i-1", "i-2", "i-3"] {
        lines.push(stage::record(2, instance, "zzz.example.", ""));
        lines.push(stage::record(3, instance, "mmm.example.", ""));
    }
    lines.push(stage::record(4, "i-1", "zzz.example.", ""));
    let mut model = replay(&lines);
    let shown = screen(&mut model);
    let place = |name: &str| shown.find(name).unwrap();
    assert!(place("zzz") < place("mmm") && place("mmm") < place("aaa"), "{shown}");
    let (_, origin) = model.selected_origin().unwrap();
    let first = model.pairs(origin).iter().map(|pair| model.known().fleet.name_text(pair.name));
    assert_eq!(first.collect::<Vec<_>>(), ["zzz.example.", "mmm.example.", "aaa.example."]);
    let columns = model.columns().list.iter().map(|column| model.known().fleet.name_text(column.name));
    assert_eq!(columns.collect::<Vec<_>>(), ["zzz.example.", "mmm.example.", "aaa.example."]);
}

/// Of names that as many origins ask for, AWS's own come first, however often others are asked for.
#[test]
fn names_of_aws_come_before_others() {
    let mut lines = Vec::new();
    for instance in ["i-1", "i-2"] {
        for second in 1..4 {
            lines.push(stage::record(second, instance, "tracker.example.", ""));
        }
        lines.push(stage::record(5, instance, "ssm.us-west-2.amazonaws.com.", ""));
    }
    let mut model = replay(&lines);
    let shown = screen(&mut model);
    assert!(shown.contains("ssm and tracker.example"), "{shown}");
    let columns = model.columns().list.iter().map(|column| model.known().fleet.name_text(column.name));
    assert_eq!(columns.collect::<Vec<_>>(), ["ssm.us-west-2.amazonaws.com.", "tracker.example."]);
}

/// A service that all ask for, each in its Region, comes before a host that all ask for; not so a Region in
/// which few ask.
#[test]
fn a_service_counts_in_all_its_regions() {
    let regions = ["us-east-1", "us-east-1", "us-east-1", "us-west-2", "us-west-2"];
    let mut lines = Vec::new();
    for (at, region) in (0..).zip(regions) {
        let instance = format!("i-{at}");
        lines.push(stage::record(at, &instance, "tracker.example.", ""));
        lines.push(stage::record(at, &instance, &format!("ssm.{region}.amazonaws.com."), ""));
    }
    lines.push(stage::record(9, "i-0", "ssm.eu-west-1.amazonaws.com.", ""));
    let model = replay(&lines);
    let of = |names: &mut dyn Iterator<Item = r53tail::fleet::Symbol>| -> Vec<String> {
        names.map(|name| model.known().fleet.name_text(name).to_owned()).collect()
    };
    let [east, west, tracker, europe] = [
        "ssm.us-east-1.amazonaws.com.",
        "ssm.us-west-2.amazonaws.com.",
        "tracker.example.",
        "ssm.eu-west-1.amazonaws.com.",
    ];
    assert_eq!(of(&mut model.columns().list.iter().map(|column| column.name)), [east, west, tracker, europe]);
    let (_, first) = model.selected_origin().unwrap();
    assert_eq!(of(&mut model.pairs(first).iter().map(|pair| pair.name)), [east, tracker, europe]);
}

/// What leads to a name that nobody can give an IPv6 address is said by how it is reached: as findings do.
#[test]
fn the_hint_knows_who_has_ipv4() {
    let a = r#""rcode":"NOERROR","answers":[{"Rdata":"52.1.2.3","Type":"A","Class":"IN"}]"#;
    let lines = [record(0, "i-1", "git.example.", "AAAA", NOTHING), record(1, "i-1", "git.example.", "A", a)];
    let over_ipv6 =
        lines.clone().map(|line| line.replace("\"srcaddr\":\"10.0.0.", "\"srcaddr\":\"2001:db8::"));
    let shown = screen(&mut replay(&lines));
    assert!(shown.contains("it is reached over IPv4 only."), "{shown}");
    let shown = screen(&mut replay(&over_ipv6));
    assert!(shown.contains("only DNS64 and a NAT gateway lead there."), "{shown}");
    // The address that a Resolver endpoint was asked from says nothing of those who ask through it.
    let through = lines
        .clone()
        .map(|line| line.replace(r#"{"instance":"i-1"}"#, r#"{"resolver_endpoint":"rslvr-in-1"}"#));
    let shown = screen(&mut replay(&through));
    assert!(shown.contains("where there is no IPv4, only DNS64 and a NAT gateway"), "{shown}");
    for (lines, says) in [(lines, "reached over IPv4"), (over_ipv6, "only DNS64")] {
        let mut model = replay(&lines);
        press(&mut model, &[Key::Char('6')]);
        let shown = screen(&mut model);
        assert!(shown.contains(says), "{shown}");
    }
}

#[test]
fn heads_that_are_alike_have_their_region() {
    let names =
        ["sts.us-east-1.amazonaws.com.", "sts.us-west-2.amazonaws.com.", "kms.us-west-2.amazonaws.com."];
    let lines: Vec<String> = names.iter().map(|name| stage::record(1, "i-1", name, "")).collect();
    let shown = screen(&mut replay(&lines));
    let heads = shown.lines().position(|row| row.trim_start().starts_with("origin ")).unwrap();
    let (above, row) =
        (shown.lines().nth(heads - 1).unwrap().to_owned(), shown.lines().nth(heads).unwrap().to_owned());
    let over = |at: usize| above.chars().skip(at).take_while(|char| *char != ' ').collect::<String>();
    let at =
        |text: &str| row.match_indices(text).map(|(at, _)| row[..at].chars().count()).collect::<Vec<_>>();
    let mut regions: Vec<String> = at("sts").into_iter().map(over).collect();
    regions.sort();
    assert_eq!(regions, ["use1", "usw2"], "{shown}");
    assert_eq!(at("kms").into_iter().map(over).collect::<Vec<_>>(), [""], "{shown}");
}

/// Names that begin alike have heads that differ, as many as stand there with room for a head.
#[test]
fn heads_of_names_that_begin_alike_differ() {
    let head = [&*"a".repeat(58); 3].join(".");
    let in_the_middle = (0..8).map(|at| format!("{head}.host-{at}.prod.internal.example."));
    let buckets =
        (0..6).map(|at| format!("{}-of-all-builds-{at}.s3.us-west-2.amazonaws.com.", "b".repeat(40)));
    let regions = ["us-east-1", "us-west-2", "eu-west-1", "eu-central-1"];
    let regions = regions.map(|region| format!("servicediscovery-of-long-name.{region}.amazonaws.com."));
    let domains = (0..6).map(|at| format!("www.{}-{at}.example.", "c".repeat(50)));
    let trees = ["alpha", "beta"]
        .map(|one| (0..3).map(move |at| format!("{one}-{}-{at}.d.example.", "x".repeat(40))));
    let trees = trees.into_iter().flatten();
    for names in
        [in_the_middle.collect(), buckets.collect(), regions.to_vec(), domains.collect(), trees.collect()]
    {
        let names: Vec<String> = names;
        let lines: Vec<String> = names.iter().map(|name| stage::record(1, "i-1", name, "")).collect();
        let mut model = replay(&lines);
        for (width, height) in [(80, 24), (120, 40)] {
            let rows = rows(&mut model, width, height);
            let at = rows.iter().position(|row| row.trim_start().starts_with("origin ")).unwrap();
            let words = |row: &str, skip: usize| -> Vec<String> {
                let words = row.split_whitespace().skip(skip).filter(|word| !["│", "more"].contains(word));
                words.map(str::to_owned).collect()
            };
            let (above, mut heads) = (words(&rows[at - 1], 0), words(&rows[at], 2));
            // What differs in the Region only has that above it.
            if names[0].contains("us-east-1") {
                heads = heads.into_iter().zip(above).map(|(head, above)| head + &above).collect();
            }
            let different: std::collections::BTreeSet<&String> = heads.iter().collect();
            let row = &rows[at];
            assert!(heads.len() >= 4.min(names.len()) && different.len() == heads.len(), "{width}: {row}");
        }
    }
}

/// What columns leave is for headings, so that none is cut beside empty room.
#[test]
fn headings_have_the_room_there_is() {
    let names = ["ssm", "ssmmessages"]
        .map(|it| ["us-east-1", "us-west-2"].map(|region| format!("{it}.{region}.amazonaws.com.")));
    let lines: Vec<String> =
        names.as_flattened().iter().map(|name| stage::record(1, "i-1", name, "")).collect();
    let shown = screen(&mut replay(&lines));
    assert!(shown.contains("usw2 Systems Manager") && shown.contains("use1 Systems Manager"), "{shown}");
}

/// The signs that stand in the matrix are said below it.
#[test]
fn the_fleet_says_what_its_signs_mean() {
    let mut model = demo_at("14:01:20");
    let shown = screen(&mut model);
    let legend = shown.lines().find(|line| line.contains("· not asked")).unwrap();
    assert!(legend.contains("◐ via NAT64") && legend.contains("● native"), "{legend}");
    assert!(!legend.contains("SERVFAIL") && !legend.contains('⊘'), "{legend}");
}

/// What a row of the tail says does not depend on which others are on the screen.
#[test]
fn a_record_reads_the_same_wherever_it_stands() {
    let mut lines = Vec::new();
    for second in 0..120 {
        let name = format!("host-{:02}.example.", second % 40);
        lines.push(stage::record(second, "i-1", &name, ""));
        let a = stage::record(second + (second % 3), "i-1", &name, "192.0.2.7");
        lines.push(a.replace("\"AAAA\"", "\"A\""));
    }
    let mut model = replay(&lines);
    press(&mut model, &[Key::Char('4')]);
    let mut said: std::collections::HashMap<String, String> = std::collections::HashMap::new();
    for _ in 0..60 {
        press(&mut model, &[Key::Up, Key::Up, Key::Up]);
        for row in rows(&mut model, 120, 20).iter().filter(|row| row.contains("✗ empty")) {
            let row = row.trim_start_matches(['▸', ' ']).to_owned();
            let key = row.split("✗").next().unwrap_or_default().to_owned();
            assert!(row.ends_with("A: 192.0.2.7"), "{row}");
            assert_eq!(said.entry(key).or_insert_with(|| row.clone()), &row);
        }
    }
    assert!(said.len() > 60, "{}", said.len());
}
