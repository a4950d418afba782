//! Which findings there are about the endpoint of a pair, for formats of one pair a line.

use std::collections::HashMap;

use crate::advice::finding::WordedFindings;
use crate::fleet::Symbol;

/// The ids of the findings about each name, if they were looked for.
#[derive(Clone, Debug, Default)]
pub struct Remarks {
    by_name: Option<ByName>,
    /// The place of each name among those of a page or a script, by its number in the fleet.
    ranks: Vec<u32>,
    /// How many names of a script come before each part.
    before: Vec<u32>,
}

/// Ids of findings, in their order: few lists of them differ, and there may be millions of names.
#[derive(Clone, Debug)]
struct ByName {
    lists: Vec<Vec<&'static str>>,
    /// By symbol: the place of its list; the first is empty.
    of: Vec<u32>,
}

impl Remarks {
    /// Those of what is told, in their order; what is about a VPC or a feature is about no endpoint.
    pub(super) fn new(names: usize, told: &WordedFindings<'_>) -> Self {
        let mut lists = vec![Vec::new()];
        let mut places: HashMap<(u32, &'static str), u32> = HashMap::new();
        let mut of = vec![0; names];
        for (name, rule) in told.rules_of_names() {
            let place: &mut u32 = &mut of[name.index()];
            *place = *places.entry((*place, rule.id())).or_insert_with(|| {
                let list = [&*lists[*place as usize], &[rule.id()]].concat();
                lists.push(list);
                u32::try_from(lists.len() - 1).unwrap_or_default()
            });
        }
        Self { by_name: Some(ByName { lists, of }), ..Self::default() }
    }

    /// With the places that names have in a page.
    pub(super) fn from_ranks(ranks: Vec<u32>) -> Self {
        Self { ranks, ..Self::default() }
    }

    /// With the numbers that names have in a script, and how many of them come before each part.
    pub(super) fn from_script(ranks: Vec<u32>, before: Vec<u32>) -> Self {
        Self { by_name: None, ranks, before }
    }

    /// The numbers of names, and how many come before a part.
    pub(super) fn numbers(&self, part: usize) -> (&[u32], u32) {
        (&self.ranks, self.before.get(part).copied().unwrap_or(0))
    }

    pub(super) fn ranks(&self) -> &[u32] {
        &self.ranks
    }

    /// Of one name; nothing if they were not looked for.
    pub(super) fn about(&self, name: Symbol) -> Option<&[&'static str]> {
        let ByName { lists, of } = self.by_name.as_ref()?;
        Some(of.get(name.index()).map_or(&[], |place| &lists[*place as usize]))
    }
}
