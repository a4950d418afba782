//! Counting sort: elements that have a small number each go to the stretch of their number.

/// Where the stretch of each number below `count` begins, and at last where all of them end; `numbers` has
/// the number of each element.
pub(crate) fn starts(numbers: impl Iterator<Item = usize>, count: usize) -> Vec<usize> {
    let mut starts = vec![0; count + 1];
    for number in numbers {
        starts[number + 1] += 1;
    }
    for number in 0..count {
        starts[number + 1] += starts[number];
    }
    starts
}

/// Puts elements into their stretches of `list`, in the order in which they come, each with its number;
/// `next` is where each stretch begins, and then where it ends.
pub(crate) fn place<T>(list: &mut [T], next: &mut [usize], elements: impl Iterator<Item = (usize, T)>) {
    for (number, element) in elements {
        let place = &mut next[number];
        list[*place] = element;
        *place += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_go_to_their_stretches_in_their_order() {
        let words = ["do", "a", "be", "I", "to"];
        let numbered = || words.into_iter().map(|word| (word.len(), word));
        let mut next = starts(numbered().map(|(length, _)| length), 4);
        assert_eq!(next, [0, 0, 2, 5, 5]);
        let mut sorted = [""; 5];
        place(&mut sorted, &mut next, numbered());
        assert_eq!(sorted, ["a", "I", "do", "be", "to"]);
        assert_eq!(next, [0, 2, 5, 5, 5]);
        assert_eq!(starts(std::iter::empty(), 0), [0]);
    }
}
