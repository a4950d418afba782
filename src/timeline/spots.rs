//! The places of the records of a stretch of time.

use std::collections::BTreeMap;

use super::chunk::unpack_place;
use super::{InputId, RowMask, Scope, Spot, Timeline};

impl Timeline {
    /// Adds to `spots` the places of the records within `scope` that `mask` lets through, chunk by chunk.
    /// Returns the number of those whose place is not known.
    pub fn spots(&self, scope: Scope, mask: Option<&RowMask>, spots: &mut Vec<Spot>) -> u64 {
        let mut untold = 0;
        for (number, chunk) in self.chunks.iter().enumerate() {
            let rows = chunk.within(scope);
            let mut add = |row: usize| match unpack_place(chunk.place[row], chunk.length[row]) {
                Some(spot) => spots.push(spot),
                None => untold += 1,
            };
            match mask {
                Some(mask) => mask.for_each(number, rows, add),
                None => rows.for_each(&mut add),
            }
        }
        untold
    }

    /// How many records within `scope` each input has, in the order of the inputs. Those whose place is not
    /// known are left out.
    #[must_use]
    pub fn by_input(&self, scope: Scope) -> Vec<(InputId, u64)> {
        let mut counts: BTreeMap<InputId, u64> = BTreeMap::new();
        for (chunk, rows) in self.within(scope) {
            // Rows of one input are mostly next to each other.
            let mut run: Option<(InputId, u64)> = None;
            for row in rows {
                let Some(spot) = unpack_place(chunk.place[row], 0) else { continue };
                match &mut run {
                    Some((input, count)) if *input == spot.input => *count += 1,
                    _ => {
                        if let Some((input, count)) = run.replace((spot.input, 1)) {
                            *counts.entry(input).or_default() += count;
                        }
                    }
                }
            }
            if let Some((input, count)) = run {
                *counts.entry(input).or_default() += count;
            }
        }
        counts.into_iter().collect()
    }
}
