//! Looking for a text in what is shown, and going from one place that has it to the next. It narrows nothing.
//!
//! What is looked for is a word of the filter language, so that it is found where a filter finds it: in ids,
//! VPCs, names, addresses and answers.

use super::{Model, OriginRow, PairRow, Screen, shown};
use crate::fleet::{OriginId, Symbol};
use crate::query::{Query, Subject, Test};
use crate::timeline::{RowId, RowMask};

/// What is looked for, and where it is.
#[derive(Debug)]
pub struct Search {
    text: String,
    query: Query,
    /// The records that have it, whatever is shown.
    mask: RowMask,
    /// The number of records that were looked at.
    filtered: u64,
    /// Those that have it of what the filter lets through.
    hits: RowMask,
    count: u64,
    /// Whether each name of the fleet has it, by number.
    names: Vec<bool>,
    stale: bool,
}

impl Search {
    /// The text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// How many of the records shown have it.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.count
    }
}

impl Model {
    /// What is looked for; none if nothing is.
    #[must_use]
    pub fn search(&self) -> Option<&Search> {
        self.tools.search.as_ref()
    }

    /// Whether what is looked for is in a name.
    #[must_use]
    pub fn is_hit_name(&self, name: Symbol) -> bool {
        let search = self.search();
        search.is_some_and(|search| search.names.get(name.index()).copied().unwrap_or(false))
    }

    /// Whether what is looked for is in the id of an origin, its VPC, or an address of it.
    #[must_use]
    pub fn is_hit_origin(&self, origin: &OriginRow) -> bool {
        let Some(search) = self.search() else { return false };
        let (kind, id, vpc) = self.known.fleet.origin_text(origin.key);
        let (account, region) = self.known.fleet.origin_account(origin.key);
        search.query.expression().evaluate(&mut |test: &Test| match test.subject() {
            Subject::Origin => test.origin(kind, id, vpc, account, region),
            Subject::Source => origin.addresses.iter().any(|address| test.source(Some(*address))),
            _ => false,
        })
    }

    /// Whether what is looked for is in a record.
    #[must_use]
    pub fn is_hit_row(&self, row: RowId) -> bool {
        self.search().is_some_and(|search| search.hits.holds(row))
    }

    fn is_hit_pair(&self, pair: &PairRow) -> bool {
        self.is_hit_name(pair.name)
    }
}

/// Looks for a text from now on; for none, if there is nothing in it.
pub(super) fn look_for(model: &mut Model, text: &str) {
    let query = if text.trim().is_empty() { None } else { Query::word(text).ok() };
    model.tools.search = query.map(|query| Search {
        text: text.trim().to_owned(),
        query: query.with_prefixes(&model.setup.prefixes),
        mask: RowMask::default(),
        filtered: 0,
        hits: RowMask::default(),
        count: 0,
        names: Vec::new(),
        stale: true,
    });
}

/// Whether what is looked for was not looked for yet in all that is shown.
pub(super) fn is_stale(model: &Model) -> bool {
    model.tools.search.as_ref().is_some_and(|search| search.stale)
}

/// The places of records are others: all is looked through again.
pub(super) fn lose_places(model: &mut Model) {
    if let Some(search) = &mut model.tools.search {
        (search.mask, search.hits) = (RowMask::default(), RowMask::default());
        search.filtered = u64::MAX;
        search.stale = true;
    }
}

/// What is shown is something else.
pub(super) fn forget(model: &mut Model) {
    if let Some(search) = &mut model.tools.search {
        search.stale = true;
    }
}

/// Finds where it is in what is shown by now.
pub(super) fn apply_filter(model: &mut Model) {
    let (known, scope) = (&model.known, model.scope());
    let Some(search) = model.tools.search.as_mut().filter(|search| search.stale) else { return };
    search.stale = false;
    let expression = search.query.expression();
    if search.filtered != known.timeline.len() {
        if search.filtered == 0 {
            search.mask = model.recent.mask(&known.timeline, &known.fleet, expression, &[]);
        } else {
            search.mask.extend(&known.timeline, &known.fleet, expression, &[]);
        }
        search.filtered = known.timeline.len();
        search.names.clear();
    }
    if search.names.is_empty() {
        let holds = |name: &str| {
            expression.evaluate(&mut |test: &Test| test.subject() == Subject::Name && test.name(name))
        };
        search.names = known.fleet.names().map(holds).collect();
    }
    search.hits = model.mask.as_ref().map_or_else(|| search.mask.clone(), |mask| search.mask.and(mask));
    search.count = known.timeline.count_rows(scope, &search.hits);
}

/// Goes to the first place that has it: the selected one, the next, or else the one before.
pub(super) fn begin(model: &mut Model) {
    shown::catch_up(model);
    if model.tools.search.is_none() || is_at_hit(model) {
        return;
    }
    // The list of records is followed at its end: what was found last is what one wants to see.
    let on = model.screen() != Screen::Tail || model.place.row.is_some();
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

/// Goes to the next place that has it, or the one before; behind the last is the first.
pub(super) fn go(model: &mut Model, on: bool) {
    shown::catch_up(model);
    let Some(search) = &model.tools.search else {
        model.notify("nothing is searched for: / asks what for");
        return;
    };
    let text = search.text.clone();
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
    let search = model.tools.search.as_ref()?;
    let (timeline, scope) = (&model.known.timeline, model.scope());
    let start = model.selected_row().map(|row| row.id);
    let next = |start: Option<RowId>| {
        if on {
            timeline.after(scope, Some(&search.hits), start).next()
        } else {
            timeline.before(scope, Some(&search.hits), start).next()
        }
    };
    // Whoever follows the newest stands behind the last.
    let ahead = if on && start.is_none() { None } else { next(start) };
    let around = ahead.is_none();
    let row = ahead.or_else(|| next(None))?;
    model.place.row = model.row(row).and_then(|row| row.key());
    Some(around)
}

/// Where it stands in an origin and its endpoints, as the first screen has them: 0 and no name if in the
/// origin itself, else the place of the endpoint, from 1 on.
fn places_of(model: &Model, origin: &OriginRow) -> Vec<(usize, Option<Symbol>)> {
    let mut places: Vec<_> = model.is_hit_origin(origin).then_some((0, None)).into_iter().collect();
    // The endpoints of most need not be put in order.
    if model.ranking.unordered(origin).iter().any(|pair| model.is_hit_pair(pair)) {
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
    let here = match model.place.name {
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
        around(at, model.ranking.origins().len(), on).find_map(|(to, beyond)| {
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
    model.place.name = Some(name);
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
        around(at, model.ranking.origins().len(), on).find_map(|(to, beyond)| {
            let origin = model.origin_at(to)?;
            if !model.ranking.unordered(origin).iter().any(|pair| model.is_hit_pair(pair)) {
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
    model.place.origin = Some(origin);
    model.place.chosen = true;
    model.place.name = name;
    model.place.scroll = 0;
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
