//! Which findings there are about the endpoint of a pair, for formats of one pair a line.

use std::collections::HashMap;

use crate::finding::Finding;
use crate::fleet::{Survey, Symbol};

/// The ids of the findings about each name, if they were looked for.
#[derive(Clone, Debug, Default)]
pub struct Remarks {
    by_name: Option<HashMap<Symbol, Vec<&'static str>>>,
    /// The place of each name among those of a page, by its number in the fleet.
    ranks: Vec<u32>,
}

impl Remarks {
    /// Those of `findings`, in their order; what is about a VPC or a feature is about no endpoint.
    pub(super) fn of(survey: &Survey<'_>, findings: &[Finding]) -> Self {
        let mut by_name: HashMap<Symbol, Vec<&'static str>> = HashMap::new();
        for finding in findings.iter().filter(|finding| finding.rule.is_about_a_name()) {
            if let Some(name) = survey.fleet().find_name(&finding.subject) {
                by_name.entry(name).or_default().push(finding.rule.id());
            }
        }
        Self { by_name: Some(by_name), ranks: Vec::new() }
    }

    /// With the places that names have in a page.
    pub(super) fn of_page(ranks: Vec<u32>) -> Self {
        Self { by_name: None, ranks }
    }

    pub(super) fn ranks(&self) -> &[u32] {
        &self.ranks
    }

    /// Of one name; nothing if they were not looked for.
    pub(super) fn about(&self, name: Symbol) -> Option<&[&'static str]> {
        Some(self.by_name.as_ref()?.get(&name).map_or(&[], Vec::as_slice))
    }
}
