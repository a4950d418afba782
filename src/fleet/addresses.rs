//! Small sets of addresses.

/// How many addresses a set keeps.
pub const KEPT: usize = 16;

/// The 16 lowest addresses of those seen, and whether there were more. Joining two is associative and commutative.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddressSet<T> {
    /// Sorted, without repeats.
    lowest: Vec<T>,
    more: bool,
}

impl<T> Default for AddressSet<T> {
    fn default() -> Self {
        Self { lowest: Vec::new(), more: false }
    }
}

impl<T: Copy + Ord> AddressSet<T> {
    /// Takes one address in.
    pub fn insert(&mut self, address: T) {
        if self.lowest.contains(&address) {
            return;
        }
        if self.lowest.len() == KEPT {
            self.more = true;
            if self.lowest.last().is_some_and(|last| *last < address) {
                return;
            }
            self.lowest.pop();
        }
        let at = self.lowest.partition_point(|kept| *kept < address);
        if self.lowest.len() == self.lowest.capacity() {
            // Most sets stay at one to four addresses; doubling from four is kept for the few that grow.
            self.lowest.reserve_exact(if self.lowest.is_empty() {
                1
            } else {
                self.lowest.len().min(KEPT - self.lowest.len())
            });
        }
        self.lowest.insert(at, address);
    }

    /// Takes in all of another set.
    pub fn absorb(&mut self, other: &Self) {
        for address in &other.lowest {
            self.insert(*address);
        }
        self.more |= other.more;
    }

    /// The addresses, lowest first.
    #[must_use]
    pub fn lowest(&self) -> &[T] {
        &self.lowest
    }

    /// Whether more were seen than are kept.
    #[must_use]
    pub fn more(&self) -> bool {
        self.more
    }

    /// Bytes of memory in use outside the set itself.
    #[must_use]
    pub fn memory(&self) -> usize {
        self.lowest.capacity() * size_of::<T>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn set(addresses: &[u32]) -> AddressSet<u32> {
        let mut set = AddressSet::default();
        for address in addresses {
            set.insert(*address);
        }
        set
    }

    proptest! {
        #[test]
        fn any_order_and_split_gives_the_lowest(addresses in proptest::collection::vec(0_u32..40, 0..60), cut in 0_usize..60) {
            let mut distinct = addresses.clone();
            distinct.sort_unstable();
            distinct.dedup();
            let whole = set(&addresses);
            prop_assert_eq!(whole.lowest(), &distinct[..distinct.len().min(KEPT)]);
            prop_assert_eq!(whole.more(), distinct.len() > KEPT);
            let (left, right) = addresses.split_at(cut.min(addresses.len()));
            let mut joined = set(right);
            joined.absorb(&set(left));
            prop_assert_eq!(joined, whole);
        }
    }
}
