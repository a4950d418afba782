//! Which file takes what from which, and the circles in that.
//!
//! A name belongs to the file that defines it, also where another one hands it on. What the own file of a
//! folder defines is there for all files below it, which it declares: that they take it from there is not
//! counted, else each folder would be a circle.

use std::collections::{BTreeMap, BTreeSet};

use super::source::{Named, imported, named, tokens, without_tests};

/// A module: `fleet`, `pair`.
type Module = Vec<String>;

/// A file as far as circles go.
struct Part {
    names: Vec<Named>,
    /// What it takes in by `use`, by the name it has there then.
    imports: BTreeMap<String, Module>,
}

/// The files of a program.
#[derive(Default)]
pub(crate) struct Parts(BTreeMap<Module, Part>);

impl Parts {
    pub(crate) fn add(&mut self, module: &[String], text: &str) {
        let code = without_tests(&tokens(text));
        let part = Part { names: named(&code, module), imports: imported(&code, module) };
        self.0.insert(module.to_vec(), part);
    }

    /// The module in which a path that `module` names ends, through all that hand it on; none if that is not
    /// in this program.
    fn home(&self, module: &[String], path: &[String], left: usize) -> Option<&Module> {
        let inner = match path.split_first() {
            Some((first, rest)) if first == "crate" => rest.to_vec(),
            Some((first, _)) if self.0.contains_key(&[module, std::slice::from_ref(first)].concat()) => {
                [module, path].concat()
            }
            _ => return None,
        };
        let length = (0..=inner.len()).rev().find(|length| self.0.contains_key(&inner[..*length]))?;
        let (home, part) = self.0.get_key_value(&inner[..length])?;
        let Some(name) = inner.get(length) else { return Some(home) };
        let handed_on = part.imports.get(name).filter(|_| left > 0);
        handed_on.map_or(Some(home), |path| self.home(home, path, left - 1).or(Some(home)))
    }

    /// How many files take something from how many others.
    pub(crate) fn arrows(&self) -> usize {
        self.taken().values().map(BTreeSet::len).sum()
    }

    /// What each file takes something from.
    fn taken(&self) -> BTreeMap<&Module, BTreeSet<&Module>> {
        let to = |module: &Module, part: &Part| -> BTreeSet<&Module> {
            let homes = part.names.iter().filter_map(|named| self.home(module, &named.path, 8));
            homes.filter(|home| !module.starts_with(home)).collect()
        };
        self.0.iter().map(|(module, part)| (module, to(module, part))).collect()
    }

    /// The circles: files each of which leads to each other, in their order.
    pub(crate) fn circles(&self) -> Vec<Vec<String>> {
        let arrows = self.taken();
        let reached = |from: &Module| {
            let mut reached: BTreeSet<&Module> = BTreeSet::new();
            let mut ahead: Vec<&Module> = arrows[from].iter().copied().collect();
            while let Some(next) = ahead.pop() {
                if reached.insert(next) {
                    ahead.extend(&arrows[next]);
                }
            }
            reached
        };
        let reached: BTreeMap<&Module, BTreeSet<&Module>> =
            arrows.keys().map(|module| (*module, reached(module))).collect();
        let mut circles: BTreeSet<Vec<String>> = BTreeSet::new();
        for (module, to) in reached.iter().filter(|(module, to)| to.contains(*module)) {
            let round = to.iter().filter(|other| reached[**other].contains(*module));
            circles.insert(round.map(|module| module.join("/")).collect());
        }
        circles.into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn circles(files: &[(&str, &str)]) -> Vec<Vec<String>> {
        let mut parts = Parts::default();
        for (path, text) in files {
            let module: Vec<String> =
                path.split('/').filter(|part| !part.is_empty()).map(str::to_owned).collect();
            parts.add(&module, text);
        }
        parts.circles()
    }

    #[test]
    fn circles_are_found_through_all_that_hand_a_name_on() {
        let root = ("", "mod a; mod b;");
        assert_eq!(circles(&[root, ("a", "use crate::b;"), ("b", "fn f() { super::a::g() }")]), [["a", "b"]]);
        assert_eq!(
            circles(&[root, ("a", "use crate::b::f;"), ("b", "#[cfg(test)] mod tests { use super::a; }")]),
            [[""; 0]; 0]
        );
        let handed = ("", "mod a; mod b; pub use a::{A, B as C};");
        assert_eq!(circles(&[handed, ("a", "use crate::b;"), ("b", "use super::C;")]), [["a", "b"]]);
        assert_eq!(circles(&[handed, ("a", "use crate::b;"), ("b", "use super::B;")]), [[""; 0]; 0]);
        // What the file of a folder defines is there for those in it; what it takes from them, for others.
        let folder = [
            ("", "mod a; mod b;"),
            ("a", "mod c; pub struct A; use c::C;"),
            ("a/c", "use super::A; use crate::b;"),
        ];
        assert_eq!(circles(&[&folder[..], &[("b", "")]].concat()), [[""; 0]; 0]);
        assert_eq!(circles(&[&folder[..], &[("b", "use crate::a::A;")]].concat()), [["a", "a/c", "b"]]);
    }
}
