//! From a finding to what shows it: the fleet, with the origins and endpoints that it is about and no others.

use std::rc::Rc;

use super::place::Within;
use super::{Model, Screen, shown};
use crate::query::Query;

/// Opens the fleet with those pairs of origin and endpoint only that show the selected finding, the worst of
/// them selected. The way back brings all of them back. Says whether there are any.
pub(super) fn open(model: &mut Model) -> bool {
    let Some((_, finding)) = model.selected_finding() else { return false };
    let pairs = model.shown_by();
    if pairs.is_empty() {
        return false;
    }
    let fleet = model.known.fleet();
    let query = Query::from_pairs(
        pairs.iter().map(|(origin, name)| (fleet.origin_text(*origin), fleet.name_text(*name))),
    );
    let within =
        Within::new(model.here.place().within.as_deref(), format!("finding: {}", finding.summary), query);
    model.here.enter(Screen::Fleet, |place| {
        place.name = None;
        place.origin = None;
        place.chosen = false;
        place.within = Some(Rc::new(within));
    });
    shown::narrow(model);
    true
}
