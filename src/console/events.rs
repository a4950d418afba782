//! Changes of answers that belong together: what became the same of the same within a minute is one event.

use std::collections::BTreeSet;

use super::{Model, Turn};
use crate::figures::counted;
use crate::moment::Moment;
use crate::observation::Aaaa;

/// The most milliseconds from the first change of an event to its last.
const WITHIN: i64 = 60_000;

/// Answers that became others alike, and at about the same time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// What they were, and what they became.
    pub kind: (Aaaa, Aaaa),
    /// The changes, the newest first; there is at least one.
    pub turns: Vec<Turn>,
}

impl Event {
    /// When the first of them was seen.
    #[must_use]
    pub fn from(&self) -> Option<Moment> {
        self.turns.last().map(|turn| turn.at)
    }

    /// When the last of them was seen.
    #[must_use]
    pub fn until(&self) -> Option<Moment> {
        self.turns.first().map(|turn| turn.at)
    }

    /// What happened, in a few words: `DNS64 on: 12 endpoints of 96 origins`.
    #[must_use]
    pub fn words(&self) -> String {
        let endpoints: BTreeSet<_> = self.turns.iter().map(|turn| turn.name).collect();
        let origins: BTreeSet<_> = self.turns.iter().map(|turn| turn.origin).collect();
        format!(
            "{}: {} of {}",
            what(self.kind),
            counted(endpoints.len() as u64, "endpoint", "endpoints"),
            counted(origins.len() as u64, "origin", "origins")
        )
    }
}

/// What it means that answers of one kind became ones of another.
fn what((from, to): (Aaaa, Aaaa)) -> &'static str {
    use Aaaa::{Blocked, Empty, Native, NxDomain, Synthesized, Unusable};
    match (from, to) {
        (_, to) if to.unknown().is_some() => "answers not seen any more",
        (_, Synthesized) => "DNS64 on",
        (Synthesized, Empty | Unusable) => "DNS64 off",
        (_, Native) => "IPv6 addresses now",
        (Native, Empty | Unusable) => "IPv6 addresses gone",
        (_, Empty | Unusable) => "no address any more",
        (_, Blocked) => "blocked now",
        (_, NxDomain) => "NXDOMAIN now",
        _ => "errors now",
    }
}

/// The events of changes that are in the order of time; the newest event first.
#[must_use]
pub fn events(turns: &[Turn]) -> Vec<Event> {
    let mut events: Vec<Event> = Vec::new();
    let mut open: Vec<((Aaaa, Aaaa), usize)> = Vec::new();
    for turn in turns {
        let kind = (turn.from, turn.to);
        let known = open.iter_mut().find(|(of, _)| *of == kind);
        if let Some((_, at)) = &known
            && events[*at].turns.first().is_some_and(|first| turn.at.0.saturating_sub(first.at.0) <= WITHIN)
        {
            events[*at].turns.push(*turn);
            continue;
        }
        match known {
            Some((_, at)) => *at = events.len(),
            None => open.push((kind, events.len())),
        }
        events.push(Event { kind, turns: vec![*turn] });
    }
    for event in &mut events {
        event.turns.reverse();
    }
    events.reverse();
    events
}

impl Model {
    /// The changes of answers that are shown, those that belong together as one; the newest first.
    #[must_use]
    pub fn events(&self) -> Vec<Event> {
        events(self.ranking().turns())
    }
}

/// Says what happened at the moment that is shown, if answers became others.
pub(super) fn tell(model: &mut Model, at: Moment) {
    let events = model.events();
    let here = events.iter().find(|event| {
        event.from().is_some_and(|from| from <= at) && event.turns.iter().any(|turn| turn.at == at)
    });
    if let Some(event) = here {
        let from = event.from().unwrap_or(at);
        model.notify(format!("{} {}", from.clock(), event.words()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fleet::{OriginId, Symbol};

    fn turn(second: i64, origin: u32, name: u32, from: Aaaa, to: Aaaa) -> Turn {
        Turn { at: Moment::from_seconds(second), origin: OriginId(origin), name: Symbol(name), from, to }
    }

    #[test]
    fn what_turns_alike_within_a_minute_is_one() {
        use Aaaa::{Empty, Native, Synthesized};
        let turns = [
            turn(0, 1, 1, Empty, Synthesized),
            turn(10, 2, 1, Empty, Synthesized),
            turn(30, 1, 2, Native, Empty),
            turn(60, 2, 2, Empty, Synthesized),
            turn(61, 3, 1, Empty, Synthesized),
        ];
        let events = events(&turns);
        let words: Vec<String> = events.iter().map(Event::words).collect();
        assert_eq!(
            words,
            [
                "DNS64 on: 1 endpoint of 1 origin",
                "IPv6 addresses gone: 1 endpoint of 1 origin",
                "DNS64 on: 2 endpoints of 2 origins"
            ]
        );
        assert_eq!(events[2].until(), Some(Moment::from_seconds(60)));
        assert_eq!(events.iter().map(|event| event.turns.len()).sum::<usize>(), turns.len());
    }
}
