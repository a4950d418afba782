//! What is put into order elsewhere, in whatever turn with what comes in and with keys, is what is made at
//! once of all.

use std::time::Duration;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use r53tail::console::{Effect, Ending, Key, Message, Model, Setup, Source, update};
use r53tail::digest::Terms;
use r53tail::timeline::Scope;

use crate::time::batch;
use crate::{cases, logs};

/// What happens.
#[derive(Clone, Debug)]
enum Event {
    /// Records come.
    Come(Vec<String>),
    /// Milliseconds go by.
    Pass(u64),
    Press(Key),
    /// What is worked on, the oldest first, is done; it is told of later.
    Done,
    /// The console is told of it.
    Told,
}

const KEYS: [Key; 12] = [
    Key::Left,
    Key::Left,
    Key::Right,
    Key::Char(','),
    Key::Char('.'),
    Key::Char('<'),
    Key::Char('['),
    Key::Char('^'),
    Key::Char('$'),
    Key::Char('r'),
    Key::Char(' '),
    Key::Down,
];

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        4 => vec(logs::line_or_noise(), 0..12).prop_map(Event::Come),
        4 => (0_u64..2000).prop_map(Event::Pass),
        3 => select(&KEYS[..]).prop_map(Event::Press),
        2 => Just(Event::Done),
        2 => Just(Event::Told),
    ]
}

/// A console, and what it wants put into order.
struct Stage {
    model: Model,
    wanted: Vec<Effect>,
    done: Vec<Message>,
    now: u64,
    came: u32,
}

impl Stage {
    fn tell(&mut self, message: Message) {
        let effects = update(&mut self.model, message);
        self.wanted.extend(effects.into_iter().filter(|effect| matches!(effect, Effect::Arrange(_))));
    }

    fn pass(&mut self, millis: u64) {
        self.now += millis;
        self.tell(Message::Tick(Duration::from_millis(self.now)));
    }

    fn work(&mut self) {
        if !self.wanted.is_empty()
            && let Effect::Arrange(arrangement) = self.wanted.remove(0)
        {
            self.done.push(arrangement.carry_out());
        }
    }

    fn hear(&mut self) {
        if !self.done.is_empty() {
            let message = self.done.remove(0);
            self.tell(message);
        }
    }

    fn happen(&mut self, event: Event) {
        match event {
            Event::Come(lines) => {
                self.came += u32::try_from(lines.len()).expect("few");
                self.tell(Message::Batch(Box::new(batch(&lines, 0, &Terms::default()))));
            }
            Event::Pass(millis) => self.pass(millis),
            Event::Press(key) => self.tell(Message::Key(key)),
            Event::Done => self.work(),
            Event::Told => self.hear(),
        }
    }
}

proptest! {
    #![proptest_config(cases(192))]

    /// Whatever came in what turn: in the end all of it is listed, as if made of all of it at once.
    #[test]
    fn what_is_arranged_elsewhere_is_what_is_arranged_here(
        events in vec(event(), 0..24),
        filter in select(&["", "", "type:AAAA", "verdict:empty"][..]),
        quits in any::<bool>(),
    ) {
        let setup = Setup { many: 0, filter: filter.to_owned(), ..Setup::new(Source::Live) };
        let mut stage = Stage { model: Model::new(setup), wanted: Vec::new(), done: Vec::new(), now: 0, came: 0 };
        for event in events {
            stage.happen(event);
        }
        if stage.model.clock().is_playing() || stage.model.held().is_some() {
            stage.tell(Message::Key(Key::Char(' ')));
        }
        if quits {
            // Whatever is still being worked on.
            let effects = update(&mut stage.model, Message::Signal(15));
            prop_assert_eq!(effects, [Effect::Quit(Ending::Signal(15))]);
            stage.pass(1);
        } else {
            for _ in 0..8 {
                stage.pass(60_000);
                stage.work();
                stage.hear();
            }
            prop_assert!(stage.wanted.is_empty() && stage.done.is_empty() && !stage.model.needs_projection());
        }
        let model = &stage.model;
        let known = model.known();
        let (fleet, scope) = (&known.fleet, model.scope());
        prop_assert_eq!(fleet.tally().records + fleet.tally().malformed <= u64::from(stage.came), true);
        prop_assert_eq!(fleet.tally().records, known.timeline.len());
        let wanted = crate::projection::is_ranked_as_made_at_once(model)?;
        let all = scope == Scope::ALL && model.mask().is_none();
        prop_assert!(!all || model.row_count() == fleet.tally().records);
        let names = |list: &[r53tail::console::MatrixColumn]| {
            let mut names: Vec<_> = list.iter().map(|column| (column.name, column.statuses)).collect();
            names.sort_unstable_by_key(|(name, _)| name.index());
            names
        };
        let mut listed: Vec<_> =
            wanted.origins().iter().flat_map(|origin| wanted.unordered(origin)).map(|pair| pair.name).collect();
        listed.sort_unstable_by_key(|name| name.index());
        listed.dedup();
        let shown: Vec<_> = names(&model.columns().list).into_iter().map(|(name, _)| name).collect();
        prop_assert_eq!(shown, listed);
    }
}
