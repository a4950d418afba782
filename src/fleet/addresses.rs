//! Small sets of addresses.

use super::prefetch::prefetch;

/// How many addresses a set keeps.
pub const KEPT: usize = 16;
/// How many addresses the set itself holds; most endpoints answer with no more.
const INLINE: usize = 4;

/// The 16 lowest addresses of those seen, and whether there were more. Joining two is associative and
/// commutative.
#[derive(Clone, Debug)]
pub struct AddressSet<T> {
    /// The first `length` are in use, sorted, without repeats, while they fit. The others repeat one of them,
    /// so that a look at all of them tells whether an address is known.
    inline: [T; INLINE],
    /// All of them once there are more; sorted, too.
    #[expect(clippy::box_collection, reason = "eight bytes in every set, for what few sets have")]
    spilled: Option<Box<Vec<T>>>,
    length: u8,
    more: bool,
}

impl<T: Copy + Default> Default for AddressSet<T> {
    fn default() -> Self {
        Self { inline: [T::default(); INLINE], spilled: None, length: 0, more: false }
    }
}

/// Addresses of which there are sets.
pub(super) trait AddressBits: Copy + Ord + Default + 'static {
    /// The set of none of them, for whoever borrows one.
    const NONE: &'static AddressSet<Self>;
}

impl AddressBits for u32 {
    const NONE: &'static AddressSet<Self> =
        &AddressSet { inline: [0; INLINE], spilled: None, length: 0, more: false };
}

impl AddressBits for u128 {
    const NONE: &'static AddressSet<Self> =
        &AddressSet { inline: [0; INLINE], spilled: None, length: 0, more: false };
}

impl<T: Copy + Ord> PartialEq for AddressSet<T> {
    fn eq(&self, other: &Self) -> bool {
        self.lowest() == other.lowest() && self.more == other.more
    }
}

impl<T: Copy + Ord> Eq for AddressSet<T> {}

impl<T: Copy + Ord> AddressSet<T> {
    /// Takes one address in.
    #[inline]
    pub fn insert(&mut self, address: T) {
        #[expect(clippy::needless_bitwise_bool, reason = "no branch to be guessed wrong")]
        let known = self.inline.iter().fold(false, |known, kept| known | (*kept == address));
        if !known || self.length == 0 {
            self.insert_new(address);
        }
    }

    /// Inserts an address that the set itself does not hold.
    fn insert_new(&mut self, address: T) {
        let length = usize::from(self.length);
        if length == 0 {
            self.inline = [address; INLINE];
            self.length = 1;
            return;
        }
        let at = self.lowest().partition_point(|kept| *kept < address);
        if let Some(spilled) = &mut self.spilled {
            if spilled.get(at) == Some(&address) {
                return;
            }
            if spilled.len() == KEPT {
                self.more = true;
                if at == KEPT {
                    return;
                }
                spilled.pop();
            }
            spilled.insert(at, address);
        } else if length == INLINE {
            let mut spilled = Vec::with_capacity(2 * INLINE);
            spilled.extend_from_slice(&self.inline);
            spilled.insert(at, address);
            // From here on no address is known by a look at these.
            self.inline = [spilled[0]; INLINE];
            self.spilled = Some(Box::new(spilled));
        } else {
            self.inline.copy_within(at..length, at + 1);
            self.inline[at] = address;
            self.length += 1;
        }
    }

    /// Asks for the set.
    #[inline]
    pub(super) fn fetch(&self) {
        prefetch(self);
        // It may begin in one line of memory and end in the next.
        prefetch(&self.length);
    }

    /// Takes in all of another set.
    pub fn absorb(&mut self, other: &Self) {
        for address in other.lowest() {
            self.insert(*address);
        }
        self.more |= other.more;
    }

    /// The addresses, lowest first.
    #[inline]
    #[must_use]
    pub fn lowest(&self) -> &[T] {
        match &self.spilled {
            Some(spilled) => spilled,
            None => &self.inline[..usize::from(self.length)],
        }
    }

    /// Whether more were seen than are kept.
    #[must_use]
    pub fn more(&self) -> bool {
        self.more
    }

    /// The same, of addresses more than which were met.
    pub(super) fn with_more(self, more: bool) -> Self {
        Self { more, ..self }
    }

    /// Bytes of memory in use outside the set itself.
    #[must_use]
    pub fn memory(&self) -> usize {
        self.spilled.as_ref().map_or(0, |spilled| size_of::<Vec<T>>() + spilled.capacity() * size_of::<T>())
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
