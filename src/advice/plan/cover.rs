//! The fewest changes that cover everything that can be covered.
//!
//! What is to be covered comes as classes: all of a class can be covered by the same changes. First what is
//! certain is settled without a search: a change that alone covers a class is taken, and one that covers no
//! more than another does is left out. What is left is tried in full while it is small ([`SEARCHED`]
//! changes); beyond, the change that covers most is taken again and again, which takes at most 1 + ln(n)
//! times as many as needed, n being how many classes one change covers at most (Chvátal, "A Greedy Heuristic
//! for the Set-Covering Problem", 1979).

use std::collections::BTreeSet;

use crate::base::saturating::SaturatingInto as _;

/// How many changes, of those that are neither certain nor superfluous, are tried in every combination.
pub const SEARCHED: usize = 16;

/// How changes were chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// No smaller choice covers as much.
    Exact,
    /// Not larger than this number of hundredths of the smallest choice.
    Greedy(u32),
}

/// The numbers of the changes to take, in their order; `classes` names for each class those that would cover
/// it. Of two choices of the same size, that with lower numbers is taken.
pub(super) fn cover(classes: &[Vec<usize>]) -> (BTreeSet<usize>, Method) {
    let mut open: BTreeSet<Vec<usize>> = classes.iter().filter(|class| !class.is_empty()).cloned().collect();
    let mut taken = BTreeSet::new();
    loop {
        let certain: BTreeSet<usize> =
            open.iter().filter_map(|class| if let [only] = class[..] { Some(only) } else { None }).collect();
        open.retain(|class| !class.iter().any(|change| certain.contains(change)));
        taken.extend(&certain);
        let superfluous = superfluous(&open);
        if certain.is_empty() && superfluous.is_empty() {
            break;
        }
        open = open
            .into_iter()
            .map(|class| class.into_iter().filter(|change| !superfluous.contains(change)).collect())
            .collect();
    }
    let changes: Vec<usize> = open.iter().flatten().copied().collect::<BTreeSet<_>>().into_iter().collect();
    if changes.is_empty() {
        return (taken, Method::Exact);
    }
    if changes.len() <= SEARCHED {
        taken.extend(smallest(&open, &changes));
        return (taken, Method::Exact);
    }
    let most = changes.iter().map(|change| covered_by(&open, *change)).max().unwrap_or(1);
    while !open.is_empty() {
        let best = changes.iter().copied().max_by_key(|it| (covered_by(&open, *it), std::cmp::Reverse(*it)));
        let Some(best) = best else { break };
        open.retain(|class| !class.contains(&best));
        taken.insert(best);
    }
    (taken, Method::Greedy(harmonic(most)))
}

fn covered_by(open: &BTreeSet<Vec<usize>>, change: usize) -> usize {
    open.iter().filter(|class| class.contains(&change)).count()
}

/// Changes that cover nothing beyond what another one covers; of two that cover the same, that with the
/// higher number.
fn superfluous(open: &BTreeSet<Vec<usize>>) -> BTreeSet<usize> {
    let mut covers: std::collections::BTreeMap<usize, BTreeSet<usize>> = std::collections::BTreeMap::new();
    for (number, class) in open.iter().enumerate() {
        for change in class {
            covers.entry(*change).or_default().insert(number);
        }
    }
    let beats = |(one, all): (&usize, &BTreeSet<usize>), (other, some): (&usize, &BTreeSet<usize>)| {
        one != other && some.is_subset(all) && (some.len() < all.len() || one < other)
    };
    covers
        .iter()
        .filter(|(change, some)| {
            // Only those that cover one class of it in common can cover all of it.
            let rivals = some.first().and_then(|class| open.iter().nth(*class));
            rivals
                .into_iter()
                .flatten()
                .any(|rival| covers.get(rival).is_some_and(|all| beats((rival, all), (change, some))))
        })
        .map(|(change, _)| *change)
        .collect()
}

/// The smallest choice of `changes` that covers all classes.
fn smallest(open: &BTreeSet<Vec<usize>>, changes: &[usize]) -> Vec<usize> {
    let place = |change: &usize| changes.iter().position(|it| it == change).unwrap_or_default();
    let classes: Vec<u32> =
        open.iter().map(|class| class.iter().fold(0, |bits, change| bits | 1 << place(change))).collect();
    let covers = |choice: &u32| classes.iter().all(|class| class & choice != 0);
    let choices = 0..1_u32 << changes.len();
    // The first bit is the lowest number: of choices of one size the one that has it is wanted.
    let best =
        choices.filter(covers).min_by_key(|choice| (choice.count_ones(), choice.reverse_bits() ^ u32::MAX));
    let bits = best.unwrap_or_default();
    changes.iter().enumerate().filter(|(at, _)| bits >> at & 1 == 1).map(|(_, change)| *change).collect()
}

/// The harmonic number of `count` in hundredths, rounded up.
fn harmonic(count: usize) -> u32 {
    let parts = (1..=count.clamp(1, 1 << 16)).map(|part| 10_000_u64.div_ceil(part as u64)).sum::<u64>();
    parts.div_ceil(100).saturating_into::<u32>()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(classes: &[&[usize]]) -> (Vec<usize>, Method) {
        let classes: Vec<Vec<usize>> = classes.iter().map(|class| class.to_vec()).collect();
        let (taken, method) = cover(&classes);
        (taken.into_iter().collect(), method)
    }

    #[test]
    fn what_is_certain_needs_no_search() {
        assert_eq!(taken(&[]), (vec![], Method::Exact));
        assert_eq!(taken(&[&[3], &[1, 3], &[]]), (vec![3], Method::Exact));
        // One switch in place of two settings; one setting in place of the switch.
        assert_eq!(taken(&[&[1, 9], &[2, 9]]), (vec![9], Method::Exact));
        assert_eq!(taken(&[&[1, 9]]), (vec![1], Method::Exact));
        // Two settings are needed anyway: the switch is not.
        assert_eq!(taken(&[&[1, 9], &[2, 9], &[1], &[2]]), (vec![1, 2], Method::Exact));
    }

    #[test]
    fn a_knot_is_searched_in_full() {
        // A ring: three of six do, and greedy may take four.
        let ring: Vec<Vec<usize>> = (0..6).map(|at| vec![at, (at + 1) % 6]).collect();
        let (taken, method) = cover(&ring);
        assert_eq!((taken.len(), method), (3, Method::Exact));
        assert!(ring.iter().all(|class| class.iter().any(|change| taken.contains(change))));
        assert_eq!(taken.into_iter().collect::<Vec<_>>(), [0, 2, 4]);
    }

    #[test]
    fn beyond_that_a_bound_is_kept() {
        let ring: Vec<Vec<usize>> = (0..40).map(|at| vec![at, (at + 1) % 40]).collect();
        let (taken, method) = cover(&ring);
        assert_eq!(method, Method::Greedy(150));
        assert!(taken.len() <= 30, "{}", taken.len());
        assert!(ring.iter().all(|class| class.iter().any(|change| taken.contains(change))));
    }

    #[test]
    fn the_exact_way_agrees_with_every_choice_tried() {
        // All sets of classes over four changes, of two or three classes each.
        let subsets: Vec<Vec<usize>> =
            (1..16_usize).map(|bits| (0..4).filter(|at| bits >> at & 1 == 1).collect()).collect();
        for one in &subsets {
            for two in &subsets {
                for three in &subsets {
                    let classes = [one.clone(), two.clone(), three.clone()];
                    let (taken, _) = cover(&classes);
                    let covers = |choice: usize| {
                        classes.iter().all(|class| class.iter().any(|change| choice >> change & 1 == 1))
                    };
                    let least = (0..16_usize).filter(|choice| covers(*choice)).map(usize::count_ones).min();
                    assert_eq!(u32::try_from(taken.len()).ok(), least, "{classes:?}");
                    assert!(covers(taken.iter().map(|change| 1 << change).sum()), "{classes:?}");
                }
            }
        }
    }
}
