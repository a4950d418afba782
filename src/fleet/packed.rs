//! Numbers, texts and sets of addresses as they are written down; what is read may be anything.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::{AddressSet, KEPT};
use crate::base::moment::Moment;
use crate::base::saturating::SaturatingInto as _;

/// No count of a log is larger, so that many of them have a sum.
const MOST: u64 = 1 << 40;
/// The earliest and the latest moment that a log can tell: the years 0 to 9999.
const TIMES: std::ops::RangeInclusive<i64> = -62_167_219_200_000..=253_402_300_799_999;

/// A count that was written down, if it can be one.
pub(super) fn count(count: u64) -> Option<u64> {
    (count <= MOST).then_some(count)
}

/// A moment that was written down, if it can be one.
pub(super) fn moment(millis: i64) -> Option<Moment> {
    TIMES.contains(&millis).then_some(Moment(millis))
}

/// Texts, one after the other.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct PackedTexts<'a> {
    #[serde(borrow)]
    text: Cow<'a, str>,
    lengths: Vec<u32>,
}

impl<'t> FromIterator<&'t str> for PackedTexts<'_> {
    fn from_iter<I: IntoIterator<Item = &'t str>>(texts: I) -> Self {
        let (mut all, mut lengths) = (String::new(), Vec::new());
        for text in texts {
            all.push_str(text);
            // Texts of a log are held to a few megabytes each.
            lengths.push(text.len().saturating_into::<u32>());
        }
        Self { text: Cow::Owned(all), lengths }
    }
}

impl PackedTexts<'_> {
    /// Each of them; `None` from the first whose length does not fit the text.
    pub(super) fn iter(&self) -> impl Iterator<Item = Option<&str>> {
        let mut rest = Some(&*self.text);
        self.lengths.iter().map(move |length| {
            let (text, behind) = rest?.split_at_checked(*length as usize)?;
            rest = Some(behind);
            Some(text)
        })
    }
}

/// Sets of addresses, in their order.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct PackedSets<T> {
    /// How many are kept of each, twice, and one more if there were others.
    lengths: Vec<u8>,
    addresses: Vec<T>,
}

impl<'a, T: Copy + Ord + 'a> FromIterator<&'a AddressSet<T>> for PackedSets<T> {
    fn from_iter<I: IntoIterator<Item = &'a AddressSet<T>>>(sets: I) -> Self {
        let mut all = Self { lengths: Vec::new(), addresses: Vec::new() };
        for set in sets {
            let length = u8::try_from(set.lowest().len()).unwrap_or(u8::MAX >> 1);
            all.lengths.push(length << 1 | u8::from(set.more()));
            all.addresses.extend_from_slice(set.lowest());
        }
        all
    }
}

impl<T: Copy + Ord + Default> PackedSets<T> {
    /// Each of them; `None` for one that is no set, and from the first whose length does not fit on.
    pub(super) fn iter(&self) -> impl Iterator<Item = Option<AddressSet<T>>> {
        let mut rest = Some(self.addresses.as_slice());
        self.lengths.iter().map(move |length| {
            let (addresses, behind) = rest?.split_at_checked(usize::from(length >> 1))?;
            rest = Some(behind);
            AddressSet::from_parts(addresses, length & 1 == 1)
        })
    }

    pub(super) fn len(&self) -> usize {
        self.lengths.len()
    }
}

impl<T: Copy + Ord + Default> AddressSet<T> {
    /// A set of what is kept of one; `None` if that is not sorted, or more than is kept.
    fn from_parts(addresses: &[T], more: bool) -> Option<Self> {
        let is_sorted = addresses.is_sorted_by(|one, other| one < other);
        let holds = is_sorted && addresses.len() <= KEPT && (!more || addresses.len() == KEPT);
        holds.then(|| {
            let mut set = Self::default();
            for address in addresses {
                set.insert(*address);
            }
            set.with_more(more)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_set_is_none() {
        let many: Vec<u32> = (0..=KEPT).map(|at| u32::try_from(at).unwrap()).collect();
        for (addresses, more, is_set) in [
            (&[][..], false, true),
            (&[], true, false),
            (&[1, 2], false, true),
            (&[1, 2], true, false),
            (&[2, 1], false, false),
            (&[1, 1], false, false),
            (&many[1..], false, true),
            (&many[1..], true, true),
            (&many, false, false),
            (&many, true, false),
        ] {
            let set = AddressSet::from_parts(addresses, more);
            assert_eq!(set.is_some(), is_set, "{addresses:?} {more}");
            assert!(set.is_none_or(|set| set.lowest() == addresses && set.more() == more));
        }
    }
}
