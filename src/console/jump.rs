//! Going to a screen, an origin or an endpoint by what it is called.

use super::screens::show;
use super::{Model, OriginRow, Screen, go};
use crate::fleet::{OriginId, Symbol, address_text};
use crate::query::Completion;

/// How many are offered at once.
const OFFERED: usize = 64;

/// Where a jump leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Goal {
    Screen(Screen),
    Origin(OriginId),
    Endpoint(Symbol),
}

impl Goal {
    fn help(self) -> &'static str {
        match self {
            Self::Screen(_) => "screen",
            Self::Origin(_) => "origin",
            Self::Endpoint(_) => "endpoint",
        }
    }
}

/// What is called so: those that are called exactly so come first, then those that begin so, then those that
/// have it in them.
struct Found<'t> {
    wanted: &'t str,
    most: usize,
    goals: [Vec<(String, Goal)>; 3],
}

impl Found<'_> {
    /// Takes it if it is called so. Names of the log may be in either case.
    fn look(&mut self, text: &str, goal: Goal) {
        let lower;
        let found = if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
            lower = text.to_ascii_lowercase();
            lower.find(self.wanted)
        } else {
            text.find(self.wanted)
        };
        let place = match found {
            Some(0) if text.trim_end_matches('.').len() == self.wanted.trim_end_matches('.').len() => 0,
            Some(0) => 1,
            Some(_) => 2,
            None => return,
        };
        let goals = &mut self.goals[place];
        if goals.len() < self.most && !goals.iter().any(|(_, known)| *known == goal) {
            goals.push((text.to_owned(), goal));
        }
    }

    /// Whether nothing that is looked at yet can come before what was found.
    fn is_enough(&self) -> bool {
        self.goals[0].len() + self.goals[1].len() >= self.most
    }
}

/// The screens, by their words.
const SCREENS: [Screen; 10] = [
    Screen::Fleet,
    Screen::Origin,
    Screen::Endpoint,
    Screen::Tail,
    Screen::Findings,
    Screen::Endpoints,
    Screen::Groups,
    Screen::Course,
    Screen::Turns,
    Screen::Plan,
];

/// What is called by `text`, of what is listed, at most `most`: screens, then origins by what people call
/// them and by their ids, then endpoints, the worst first.
fn goals(model: &Model, text: &str, most: usize) -> Vec<(String, Goal)> {
    let wanted = text.trim().to_ascii_lowercase();
    let mut found = Found { wanted: &wanted, most, goals: Default::default() };
    for screen in SCREENS {
        found.look(&screen.title().to_ascii_lowercase(), Goal::Screen(screen));
    }
    if wanted.is_empty() {
        return found.goals.into_iter().flatten().collect();
    }
    let fleet = model.known.fleet();
    for OriginRow { key, addresses, .. } in model.ranking().origins() {
        if found.is_enough() {
            break;
        }
        let (_, id, vpc) = fleet.origin_text(*key);
        let addresses = addresses.iter().map(|bits| address_text(*bits));
        if let Some(name) = model.setup.library.names.for_origin(id, vpc, addresses) {
            found.look(name, Goal::Origin(*key));
        }
        found.look(id, Goal::Origin(*key));
    }
    for column in &model.columns().list {
        found.look(fleet.name_text(column.name), Goal::Endpoint(column.name));
    }
    if !found.is_enough() {
        for (name, text) in (0..).map(Symbol).zip(fleet.names()) {
            if text.contains(&wanted) && model.ranking().is_listed(name) {
                found.look(text, Goal::Endpoint(name));
            }
        }
    }
    found.goals.into_iter().flatten().take(most).collect()
}

/// What may be meant by what is typed.
pub(super) fn completions(model: &Model, text: &str) -> Vec<Completion> {
    let of = |(name, goal): (String, Goal)| Completion {
        replaces: 0..text.len(),
        text: name,
        help: goal.help(),
        is_whole: true,
    };
    goals(model, text, OFFERED).into_iter().map(of).collect()
}

/// Goes to what is called so, the first of several. Says whether there is anything.
pub(super) fn jump(model: &mut Model, text: &str) -> bool {
    let Some((_, goal)) = goals(model, text, 1).into_iter().next() else { return false };
    match goal {
        Goal::Screen(screen @ (Screen::Turns | Screen::Plan)) if model.screen() != screen => {
            model.here.enter(screen, |place| place.scroll = 0);
        }
        Goal::Screen(Screen::Turns | Screen::Plan) => {}
        Goal::Screen(screen) => show(model, screen),
        Goal::Origin(origin) => go::open_origin(model, Some(origin)),
        Goal::Endpoint(name) => go::open_endpoint(model, None, name),
    }
    true
}
