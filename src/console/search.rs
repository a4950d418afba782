//! Looking for a text in what is shown, and going from one place that has it to the next. It narrows nothing.
//!
//! What is looked for is a word of the filter language, so that it is found where a filter finds it: in ids,
//! VPCs, names, addresses and answers.

use super::{Model, OriginRow, PairRow, Screen, Search};
use crate::fleet::{OriginId, Symbol};
use crate::query::{Test, TestSubject};
use crate::timeline::RowId;

impl Model {
    /// Whether what is looked for is in a name.
    #[must_use]
    pub fn is_hit_name(&self, name: Symbol) -> bool {
        self.search().is_some_and(|search| search.is_in_name(name))
    }

    /// Whether what is looked for is in the id of an origin, its VPC, or an address of it.
    #[must_use]
    pub fn is_hit_origin(&self, origin: &OriginRow) -> bool {
        let Some(search) = self.search() else { return false };
        let (kind, id, vpc) = self.known.fleet().origin_text(origin.key);
        let (account, region) = self.known.fleet().origin_account(origin.key);
        search.expression().evaluate(&mut |test: &Test| match test.subject() {
            TestSubject::Origin => test.origin(kind, id, vpc, account, region),
            TestSubject::Source => origin.addresses.iter().any(|address| test.source(Some(*address))),
            _ => false,
        })
    }

    /// Whether what is looked for is in a record.
    #[must_use]
    pub fn is_hit_row(&self, row: RowId) -> bool {
        self.search().is_some_and(|search| search.is_in_row(row))
    }

    fn is_hit_pair(&self, pair: &PairRow) -> bool {
        self.is_hit_name(pair.name)
    }
}

/// Looks for a text from now on; for none, if there is nothing in it.
pub(super) fn look_for(model: &mut Model, text: &str) {
    model.projection.look_for(Search::new(text, &model.setup.prefixes));
}

/// Goes to the first place that has it: the selected one, the next, or else the one before.
pub(super) fn begin(model: &mut Model) {
    if model.search().is_none() || is_at_hit(model) {
        return;
    }
    // The list of records is followed at its end: what was found last is what one wants to see.
    let on = model.screen() != Screen::Tail || model.here.place().row.is_some();
    go(model, on);
}

fn is_at_hit(model: &Model) -> bool {
    match model.screen() {
        Screen::Tail | Screen::Record => model.selected_row().is_some_and(|row| model.is_hit_row(row.id)),
        Screen::Endpoints => model.selected_endpoint().is_some_and(|(_, row)| model.is_hit_name(row.name)),
        _ if model.is_among_origins() => {
            model.selected_origin().is_some_and(|(_, origin)| model.is_hit_origin(origin))
        }
        _ => model.selected_pair().is_some_and(|(_, pair)| model.is_hit_pair(pair)),
    }
}

/// Goes to the next place that has it, or the one before; after the last comes the first.
pub(super) fn go(model: &mut Model, on: bool) {
    let Some(search) = model.search() else {
        model.notify("nothing is searched for: / asks what for");
        return;
    };
    let text = search.text().to_owned();
    let found = match model.screen() {
        Screen::Tail | Screen::Record => go_row(model, on),
        Screen::Endpoints => go_name(model, on),
        Screen::Groups | Screen::Course => None,
        Screen::Fleet => go_fleet(model, on),
        _ => go_pair(model, on),
    };
    match found {
        None => model.notify(format!("`{text}` is nowhere in this list")),
        Some(true) => {
            model.notify(if on { "searched on from the beginning" } else { "searched on from the end" });
        }
        Some(false) => {}
    }
}

/// Each of these says whether it went on from the other end; nothing if there is no hit.
fn go_row(model: &mut Model, on: bool) -> Option<bool> {
    let search = model.search()?;
    let (timeline, scope) = (model.known.timeline(), model.scope());
    let start = model.selected_row().map(|row| row.id);
    let next = |start: Option<RowId>| {
        if on {
            timeline.after(scope, Some(search.hits()), start).next()
        } else {
            timeline.before(scope, Some(search.hits()), start).next()
        }
    };
    // Whoever follows the newest is past the last hit.
    let ahead = if on && start.is_none() { None } else { next(start) };
    let around = ahead.is_none();
    let row = ahead.or_else(|| next(None))?;
    model.here.choose_row(model.row(row).and_then(|row| row.key()));
    Some(around)
}

/// Where what is searched for is found in an origin and its endpoints, as the first screen has them: 0 and
/// `None` if in the origin itself, else the place of the endpoint, from 1 on.
fn places_of(model: &Model, origin: &OriginRow) -> Vec<(usize, Option<Symbol>)> {
    let mut places: Vec<_> = model.is_hit_origin(origin).then_some((0, None)).into_iter().collect();
    // The endpoints of most need not be put in order.
    if model.ranking().unordered(origin).iter().any(|pair| model.is_hit_pair(pair)) {
        let pairs = (1..).zip(model.pairs(origin)).filter(|(_, pair)| model.is_hit_pair(pair));
        places.extend(pairs.map(|(place, pair)| (place, Some(pair.name))));
    }
    places
}

/// The places of a list of `length`, from `at` on and around to it, or the other way round; and whether each
/// is beyond the end.
fn around(at: usize, length: usize, on: bool) -> impl Iterator<Item = (usize, bool)> {
    (1..=length).map(move |step| {
        if on {
            ((at + step) % length, at + step >= length)
        } else {
            ((at + length - step) % length, step > at)
        }
    })
}

/// On the first screen: to what has it, an origin or one of its endpoints, so that what is selected shows it.
fn go_fleet(model: &mut Model, on: bool) -> Option<bool> {
    let (at, origin) = model.selected_origin()?;
    let here = match model.here.place().name {
        None => 0,
        Some(_) => model.selected_pair().map_or(0, |(place, _)| place + 1),
    };
    let own = places_of(model, origin);
    let own = if on {
        own.into_iter().find(|(place, _)| *place > here)
    } else {
        own.into_iter().rfind(|(place, _)| *place < here)
    };
    let found = own.map(|(_, name)| (origin.key, name, false)).or_else(|| {
        // At last the same origin again, for what lies on the other side of where it began.
        around(at, model.ranking().origins().len(), on).find_map(|(to, beyond)| {
            let origin = model.origin_at(to)?;
            let places = places_of(model, origin);
            let (_, name) = if on { places.first()? } else { places.last()? };
            Some((origin.key, *name, beyond))
        })
    });
    let (origin, name, beyond) = found?;
    select(model, origin, name);
    Some(beyond)
}

fn go_name(model: &mut Model, on: bool) -> Option<bool> {
    let (at, _) = model.selected_endpoint()?;
    let mut places = around(at, model.endpoints().len(), on)
        .filter_map(|(to, beyond)| Some((model.endpoint_at(to)?.name, beyond)))
        .filter(|(name, _)| model.is_hit_name(*name));
    let (name, beyond) = places.next()?;
    model.here.choose_name(Some(name));
    Some(beyond)
}

fn go_pair(model: &mut Model, on: bool) -> Option<bool> {
    let (at, origin) = model.selected_origin()?;
    let selected = model.selected_pair().map(|(place, _)| place);
    let hit_of = |origin: &OriginRow, places: &mut dyn Iterator<Item = usize>| {
        let pairs = model.pairs(origin);
        places.filter_map(|place| pairs.get(place)).find(|pair| model.is_hit_pair(pair)).map(|pair| pair.name)
    };
    let length = model.pairs(origin).len();
    let here = selected.and_then(|place| {
        if on { hit_of(origin, &mut (place + 1..length)) } else { hit_of(origin, &mut (0..place).rev()) }
    });
    let found = here.map(|name| (origin.key, name, false)).or_else(|| {
        // At last the same origin again, for what lies on the other side of where it began.
        around(at, model.ranking().origins().len(), on).find_map(|(to, beyond)| {
            let origin = model.origin_at(to)?;
            if !model.ranking().unordered(origin).iter().any(|pair| model.is_hit_pair(pair)) {
                return None;
            }
            let length = model.pairs(origin).len();
            let name =
                if on { hit_of(origin, &mut (0..length)) } else { hit_of(origin, &mut (0..length).rev()) };
            Some((origin.key, name?, beyond))
        })
    });
    let (origin, name, beyond) = found?;
    select(model, origin, Some(name));
    Some(beyond)
}

fn select(model: &mut Model, origin: OriginId, name: Option<Symbol>) {
    model.here.choose_origin(Some(origin));
    model.here.choose_name(name);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_places_come_once_and_the_first_comes_last() {
        let places = |at, on| around(at, 3, on).collect::<Vec<_>>();
        assert_eq!(places(1, true), [(2, false), (0, true), (1, true)]);
        assert_eq!(places(1, false), [(0, false), (2, true), (1, true)]);
        assert!(around(0, 0, true).next().is_none());
    }
}
