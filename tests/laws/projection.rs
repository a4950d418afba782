//! What the console shows is what is made at once of all that is known by then, whatever came and was asked
//! for before.

use std::time::Duration;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use r53tail::console::live::Keep;
use r53tail::console::{Basis, FleetRanking, Headline, Key, Message, Model, Setup, Source, update};
use r53tail::digest::Terms;
use r53tail::knowledge::address::Nat64Prefixes;
use r53tail::query::Query;
use r53tail::timeline::{PairSummaries, RowMask};

use crate::time::batch;
use crate::{cases, logs};

/// What happens, until time goes by.
#[derive(Clone, Debug)]
enum Event {
    /// Records come, so many hours later than they are written to be.
    Come(Vec<String>, u8),
    Press(Key),
    /// A text is looked for.
    Search(&'static str),
}

const KEYS: [Key; 16] = [
    Key::Left,
    Key::Left,
    Key::Right,
    Key::Char(','),
    Key::Char('.'),
    Key::Char('<'),
    Key::Char('>'),
    Key::Char('['),
    Key::Char('^'),
    Key::Char('$'),
    Key::Char('r'),
    Key::Char('+'),
    Key::Char(' '),
    Key::Char('F'),
    Key::Enter,
    Key::Esc,
];

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        4 => (vec(logs::line_or_noise(), 0..8), 0_u8..4).prop_map(|(lines, hours)| Event::Come(lines, hours)),
        5 => select(&KEYS[..]).prop_map(Event::Press),
        1 => select(&["amazonaws", "a", ""][..]).prop_map(Event::Search),
    ]
}

fn tell(model: &mut Model, message: Message) {
    // What is wanted outside is of no matter here.
    let _ = update(model, message);
}

fn happen(model: &mut Model, event: Event) {
    match event {
        Event::Come(lines, hours) => {
            let later = |line: String| line.replace("T10:", &format!("T{}:", 10 + hours));
            let lines: Vec<String> = lines.into_iter().map(later).collect();
            tell(model, Message::Batch(Box::new(batch(&lines, 0, &Terms::default()))));
        }
        Event::Press(key) => tell(model, Message::Key(key)),
        Event::Search(text) => {
            let typed = text.chars().map(Key::Char);
            for key in [Key::Char('/')].into_iter().chain(typed).chain([Key::Enter]) {
                tell(model, Message::Key(key));
            }
        }
    }
}

/// Holds the ranking, and what follows from it, against what is made of all that is known at once, and
/// returns that.
pub(crate) fn is_ranked_as_made_at_once(model: &Model) -> Result<FleetRanking, TestCaseError> {
    let known = model.known();
    let (fleet, scope) = (&known.fleet, model.scope());
    let mut summaries = PairSummaries::empty(fleet);
    known.timeline.summarize(scope, &mut summaries);
    let matched = model.mask().map(|mask| known.timeline.count(fleet, scope, mask));
    let basis = Basis {
        fleet,
        varied: &known.timeline.change_index(fleet.pair_count(), |_| true),
        scope,
        summaries: &summaries,
        matched: matched.as_ref(),
    };
    let (wanted, _) = FleetRanking::from_basis(&basis, &FleetRanking::default());
    prop_assert_eq!(model.ranking().origins(), wanted.origins());
    for origin in wanted.origins() {
        prop_assert_eq!(model.ranking().pairs_of(fleet, origin), wanted.pairs_of(fleet, origin));
    }
    prop_assert_eq!(model.ranking().turns(), wanted.turns());
    prop_assert_eq!(model.headline().cloned(), Headline::from_ranking(fleet, &wanted));
    let records = matched.map_or(summaries.records, |matched| matched.records);
    prop_assert_eq!(model.row_count(), records);
    Ok(wanted)
}

/// Holds what is shown against what is made of all at once.
fn check(model: &Model) -> Result<(), TestCaseError> {
    prop_assert!(!model.needs_projection() && !model.is_awaited());
    let known = model.known();
    let (fleet, scope) = (&known.fleet, model.scope());
    let whole = |query: &Query| RowMask::new(&known.timeline, fleet, query.expression(), &[]);
    // None of the filters here asks whose an address is, or what a pair comes to.
    let mask = model.query().map(whole);
    prop_assert_eq!(model.mask(), mask.as_ref());
    let wanted = is_ranked_as_made_at_once(model)?;
    let is_whole = model.folded().is_none() && model.mask().is_none();
    for origin in wanted.origins() {
        let pairs = wanted.pairs_of(fleet, origin);
        for (detail, pair) in model.pair_details(pairs).iter().zip(pairs).filter(|_| is_whole) {
            let spans = detail.spans.aaaa().map(|(_, span)| span);
            let spans = spans.chain(detail.spans.a().map(|(_, span)| span));
            prop_assert_eq!(spans.map(|span| span.count).sum::<u64>(), u64::from(pair.records));
        }
    }
    if let Some(search) = model.search().filter(|search| search.text() == "amazonaws") {
        // It is in names only.
        let word = Query::word(search.text()).expect("a word").with_prefixes(&Nat64Prefixes::default());
        let hits = whole(&word);
        let hits = model.mask().map_or_else(|| hits.clone(), |mask| hits.and(mask));
        prop_assert_eq!(search.count(), known.timeline.count_rows(scope, &hits));
    }
    Ok(())
}

/// Records of one endpoint at these seconds, so many hours later than ten.
fn come(seconds: &[u8], hours: u8) -> Event {
    let record = |second: &u8| {
        format!(
            r#"{{"version":"1.1","account_id":"1","region":"us-west-2","vpc_id":"vpc-1","query_timestamp":"2025-05-05T10:00:0{second}Z","query_name":"a.","query_type":"AAAA","query_class":"IN","rcode":"NOERROR","answers":[],"srcaddr":"10.0.0.1","srcport":"53","transport":"UDP","srcids":{{"instance":"i-1"}}}}"#
        )
    };
    Event::Come(seconds.iter().map(record).collect(), hours)
}

/// Has things happen, with a tick after each.
fn go_on(model: &mut Model, events: impl IntoIterator<Item = Event>) {
    for event in events {
        happen(model, event);
        tell(model, Message::Tick(Duration::ZERO));
        check(model).expect("it is what is made at once");
    }
}

/// From a moment before which records were folded away that are not told apart any more, to the last of them.
#[test]
fn what_was_folded_away_counts_as_a_whole() {
    let keep = Keep { age: Some(Duration::from_secs(20)), ..Keep::default() };
    let mut model = Model::new(Setup::new(Source::Live)).with_keep(keep);
    let back = || Event::Press(Key::Left);
    go_on(&mut model, [come(&[0, 1], 1), back(), come(&[0], 0), come(&[0], 3), back()]);
    assert!(model.folded().is_some_and(|folded| folded.records == 3), "{:?}", model.folded());
    assert_eq!(model.row_count(), 3);
}

/// From a moment before the range to its end.
#[test]
fn a_range_begins_where_it_begins() {
    let mut model = Model::new(Setup::new(Source::Replay));
    let keys = [',', 'r', 'r', '^', '$'].map(|key| Event::Press(Key::Char(key)));
    go_on(&mut model, [come(&[0, 1, 2, 3], 0)].into_iter().chain(keys));
    assert_eq!(model.row_count(), 1);
}

proptest! {
    #![proptest_config(cases(384))]

    #[test]
    fn what_is_shown_is_what_is_known_and_asked_for(
        rounds in vec((vec(event(), 0..4), 0_u64..3000), 0..12),
        source in select(&[Source::Live, Source::Replay][..]),
        filter in select(&["", "", "", "type:AAAA", "name:*.amazonaws.com"][..]),
        // Seconds that are kept.
        age in proptest::option::of(select(&[20_u64, 4000, 9000][..])),
    ) {
        let setup = Setup { filter: filter.to_owned(), ..Setup::new(source) };
        let keep = Keep { age: age.map(Duration::from_secs), ..Keep::default() };
        let mut model = Model::new(setup).with_keep(keep);
        let mut now = Duration::ZERO;
        for (events, millis) in rounds {
            for event in events {
                happen(&mut model, event);
            }
            now += Duration::from_millis(millis);
            tell(&mut model, Message::Tick(now));
            check(&model)?;
        }
    }
}
