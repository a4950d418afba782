//! The lists of the screens: their columns, which of them somebody wants, and in which order.

use super::prompt::History;
use super::{Palette, Screen};

/// A list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum List {
    /// The origins.
    Origins,
    /// The endpoints of an origin.
    Endpoints,
    /// All endpoints, whoever asked for them.
    Names,
    /// The records.
    Records,
}

impl List {
    /// Every list.
    pub const ALL: [Self; 4] = [Self::Origins, Self::Endpoints, Self::Names, Self::Records];

    /// The name it is kept by between sessions.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Origins => "origins",
            Self::Endpoints => "endpoints",
            Self::Names => "names",
            Self::Records => "records",
        }
    }

    /// The heads of its columns, from left to right. Origins are rows of a matrix: these are what they can be
    /// sorted by.
    #[must_use]
    pub fn columns(self) -> &'static [&'static str] {
        match self {
            Self::Origins => &["status", "origin", "DNS64", "endpoints", "address", "records"],
            Self::Endpoints => &["status", "endpoint", "what came back", "AAAA", "A", "since", "last"],
            Self::Names => &[
                "status",
                "endpoint",
                "service",
                "origins",
                "queries",
                "NAT64",
                "NAT64 queries",
                "dual-stack name",
            ],
            Self::Records => &["time", "origin", "type", "name", "verdict", "answer"],
        }
    }

    /// The columns that it can be sorted by. Records are listed in the order of time, and nothing else makes
    /// sense of them.
    #[must_use]
    pub fn sortable(self) -> &'static [&'static str] {
        match self {
            Self::Origins | Self::Endpoints | Self::Names => self.columns(),
            Self::Records => &[],
        }
    }

    fn column(self, head: &str) -> Option<&'static str> {
        self.columns().iter().copied().find(|known| *known == head)
    }
}

/// By which column a list is sorted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sorting {
    /// The head of the column.
    pub column: &'static str,
    /// Whether the other way round.
    pub reverse: bool,
}

/// How somebody wants lists to be.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Preferences {
    hidden: Vec<(List, &'static str)>,
    sorting: Vec<(List, Sorting)>,
}

impl Preferences {
    /// Whether a column is shown.
    #[must_use]
    pub fn shows(&self, list: List, column: &str) -> bool {
        !self.hidden.iter().any(|(of, hidden)| *of == list && *hidden == column)
    }

    /// Shows a column, or hides it; but the last one stays. Says whether there is such a column.
    pub fn show(&mut self, list: List, column: &str, shown: bool) -> bool {
        let Some(column) = list.column(column) else { return false };
        let known = (list, column);
        self.hidden.retain(|hidden| *hidden != known);
        let left = list.columns().iter().filter(|column| self.shows(list, column)).count();
        if !shown && left > 1 {
            self.hidden.push(known);
        }
        // Wishes are the same in whatever order they were uttered.
        self.hidden.sort_unstable();
        true
    }

    /// By what a list is sorted; `None` for its own order, the worst first.
    #[must_use]
    pub fn sorting(&self, list: List) -> Option<Sorting> {
        self.sorting.iter().find(|(of, _)| *of == list).map(|(_, sorting)| *sorting)
    }

    /// Sorts a list by a column. Says whether it can be.
    pub fn sort(&mut self, list: List, column: &str, reverse: bool) -> bool {
        let Some(column) = list.sortable().iter().copied().find(|known| *known == column) else {
            return false;
        };
        self.sorting.retain(|(of, _)| *of != list);
        let own = own_order(list).is_some_and(|own| own.column == column);
        if reverse || !own {
            self.sorting.push((list, Sorting { column, reverse }));
        }
        self.sorting.sort_unstable_by_key(|(list, _)| *list);
        true
    }
}

/// What outlives a session if somebody keeps it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Remembered {
    /// What was typed.
    pub history: History,
    /// How lists are.
    pub preferences: Preferences,
    /// The screen that was shown last; `None` for the first.
    pub screen: Option<Screen>,
    /// The colors, if somebody chose them.
    pub palette: Option<Palette>,
    /// Whether the mouse is on, if somebody switched it.
    pub mouse: Option<bool>,
}

/// The order that a list has of its own.
pub(super) fn own_order(list: List) -> Option<Sorting> {
    let column = match list {
        List::Origins | List::Endpoints => "status",
        List::Names => "NAT64 queries",
        List::Records => return None,
    };
    Some(Sorting { column, reverse: false })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_hidden_but_never_all() {
        let mut preferences = Preferences::default();
        for column in List::Records.columns() {
            assert!(preferences.show(List::Records, column, false));
        }
        let shown: Vec<_> =
            List::Records.columns().iter().filter(|it| preferences.shows(List::Records, it)).collect();
        assert_eq!(shown, [&"answer"]);
        assert!(preferences.show(List::Records, "time", true) && preferences.shows(List::Records, "time"));
        assert!(preferences.shows(List::Origins, "origin"), "of another list");
        assert!(!preferences.show(List::Records, "nope", false));
    }

    #[test]
    fn a_list_is_sorted_by_what_it_has() {
        let mut preferences = Preferences::default();
        assert!(preferences.sort(List::Endpoints, "last", true));
        assert_eq!(preferences.sorting(List::Endpoints), Some(Sorting { column: "last", reverse: true }));
        assert!(
            !preferences.sort(List::Records, "time", false) && !preferences.sort(List::Origins, "A", false)
        );
        assert!(preferences.sort(List::Endpoints, "status", false));
        assert_eq!(preferences, Preferences::default(), "its own order is no wish");
    }
}
