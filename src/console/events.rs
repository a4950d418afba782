//! Changes of answers that belong together: what became the same is one event, as long as there is no minute
//! without such a change. A switch is seen once whoever it is for asks again, so it takes minutes to be seen
//! by all.

use std::collections::BTreeSet;

use super::{Model, Turn};
use crate::base::figures::{counted, number};
use crate::base::moment::Moment;
use crate::log::observation::Aaaa;

/// The most milliseconds from a change of an event to the next one.
const WITHIN: i64 = 60_000;

/// Answers that became others alike, and at about the same time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// What happened.
    what: &'static str,
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

    /// What answers were and what they became, if that is the same for all of its changes.
    #[must_use]
    pub fn like(&self) -> Option<&Turn> {
        let first = self.turns.first()?;
        self.turns.iter().all(|turn| (turn.from, turn.to) == (first.from, first.to)).then_some(first)
    }

    /// What happened, in a few words: `DNS64 on: 12 endpoints of 96 origins`.
    #[must_use]
    pub fn words(&self) -> String {
        let endpoints: BTreeSet<_> = self.turns.iter().map(|turn| turn.name).collect();
        let origins: BTreeSet<_> = self.turns.iter().map(|turn| turn.origin).collect();
        format!(
            "{}: {} of {}",
            self.what,
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

/// The events of changes that are in the order of time; the event that began last first.
#[must_use]
pub fn events(turns: &[Turn]) -> Vec<Event> {
    let mut events: Vec<Event> = Vec::new();
    let mut open: Vec<(&'static str, usize)> = Vec::new();
    for turn in turns {
        let what = what((turn.from, turn.to));
        let known = open.iter_mut().find(|(of, _)| *of == what);
        if let Some((_, at)) = &known
            && events[*at].turns.last().is_some_and(|last| turn.at.0.saturating_sub(last.at.0) <= WITHIN)
        {
            events[*at].turns.push(*turn);
            continue;
        }
        match known {
            Some((_, at)) => *at = events.len(),
            None => open.push((what, events.len())),
        }
        events.push(Event { what, turns: vec![*turn] });
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

/// Says what happened at a moment, if one of `turns`, all that are known in the order of time, was then: all
/// of the event, as the list of changes has it at the end of the log, and how much of it was by then.
pub(super) fn tell(model: &mut Model, turns: &[Turn], at: Moment) {
    let events = events(turns);
    let Some(event) = events.iter().find(|event| event.turns.iter().any(|turn| turn.at == at)) else {
        return;
    };
    let (by_then, all) = (event.turns.iter().filter(|turn| turn.at <= at).count(), event.turns.len());
    let times = match (event.from(), event.until()) {
        (Some(from), Some(until)) if from.clock() != until.clock() => {
            format!("{}–{}", from.clock(), until.clock())
        }
        _ => at.clock(),
    };
    let part = if by_then < all {
        format!(
            ", {} of {} by {}",
            number(by_then as u64),
            counted(all as u64, "change", "changes"),
            at.clock()
        )
    } else {
        String::new()
    };
    model.notify(format!("{times} {}{part}", event.words()));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fleet::{OriginId, Symbol};

    fn turn(second: i64, origin: u32, name: u32, from: Aaaa, to: Aaaa) -> Turn {
        Turn { at: Moment::from_seconds(second), origin: OriginId(origin), name: Symbol(name), from, to }
    }

    /// As long as there is no minute between two of them.
    #[test]
    fn what_turns_alike_is_one() {
        use Aaaa::{Empty, Native, Synthesized, Unusable};
        let turns = [
            turn(0, 1, 1, Empty, Synthesized),
            turn(10, 2, 1, Empty, Synthesized),
            turn(30, 1, 2, Native, Empty),
            turn(70, 2, 2, Unusable, Synthesized),
            turn(130, 2, 3, Empty, Synthesized),
            turn(191, 3, 1, Empty, Synthesized),
        ];
        let events = events(&turns);
        let words: Vec<String> = events.iter().map(Event::words).collect();
        assert_eq!(
            words,
            [
                "DNS64 on: 1 endpoint of 1 origin",
                "IPv6 addresses gone: 1 endpoint of 1 origin",
                "DNS64 on: 3 endpoints of 2 origins"
            ]
        );
        assert_eq!(events[2].until(), Some(Moment::from_seconds(130)));
        assert!(events[0].like().is_some() && events[2].like().is_none());
        assert_eq!(events.iter().map(|event| event.turns.len()).sum::<usize>(), turns.len());
    }
}
