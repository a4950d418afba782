//! Fewer origins: those of which nothing is listed any more go.

use super::{NONE, Origins};
use crate::fleet::Symbol;

impl Origins {
    /// The origins that stay, with new numbers, and the new number of each; [`NONE`] for those that are gone.
    ///
    /// Which instance an address belongs to is not known afterwards: it may have been one of those that are
    /// gone.
    pub(in crate::fleet) fn keep(&mut self, stays: &[bool]) -> Vec<u32> {
        let old = std::mem::take(self);
        self.forget_claims();
        let count = stays.iter().filter(|stays| **stays).count();
        // Room at once: what grows step by step leaves holes in the memory that it grew through.
        self.list.reserve_exact(count);
        self.hot.reserve_exact(count);
        let mut numbers = vec![NONE; old.list.len()];
        let staying = old.list.into_iter().zip(old.hot).zip(&mut numbers).zip(stays);
        for (((origin, hot), number), _) in staying.filter(|(_, stays)| **stays) {
            let mut own = |symbol: Symbol| self.texts.intern(old.texts.bytes(symbol));
            let [scope, vpc, account, region] =
                [origin.scope, origin.vpc, origin.account, origin.region].map(&mut own);
            *number = self.entry(origin.kind, scope, old.texts.bytes(origin.id));
            self.learn_place(*number, vpc, account, region);
            let known = &mut self.list[*number as usize];
            known.addresses = origin.addresses;
            known.ignored = origin.ignored;
            self.hot[*number as usize].records = hot.records;
        }
        numbers
    }

    /// How many there are.
    pub(in crate::fleet) fn len(&self) -> usize {
        self.list.len()
    }
}
