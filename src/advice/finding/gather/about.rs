//! What a look at a pair needs of what the catalog and the profiles know of its name.
//!
//! It is found out once, by whoever needs it first. There may be millions of names, and most are of nobody
//! that the catalog knows: a name takes a byte, and only those that fit rows of profiles take more.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU8, Ordering};

use crate::fleet::{Symbol, prefetch};
use crate::knowledge::catalog::ProfileRowId;

/// How many names share a place for their rows.
const SHARED: usize = 256;

/// Found out already.
const KNOWN: u8 = 1;
const DUAL: u8 = 1 << 1;
const ENDPOINT: u8 = 1 << 2;
const BOTH_WAYS: u8 = 1 << 3;
const POLLER: u8 = 1 << 4;
const ROWS: u8 = 1 << 5;

/// What is known of a name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is asked for by itself, and together they are a byte where they are kept"
)]
pub(in crate::advice::finding) struct NameFlags {
    /// It has the dual-stack form.
    pub dual: bool,
    /// It is known to be an endpoint.
    pub is_endpoint: bool,
    /// See [`super::is_asked_both_ways`].
    pub is_asked_both_ways: bool,
    /// The poller of the SSM Agent asks for one in vain, and does without.
    pub is_poller: bool,
    /// It fits rows of profiles.
    pub has_rows: bool,
}

/// Rows of profiles, of as many names as share a place.
type ProfileRows = Box<[OnceLock<Box<[ProfileRowId]>>]>;

/// What is known of all names.
#[derive(Debug)]
pub(in crate::advice::finding) struct NameFlagsTable {
    flags: Box<[AtomicU8]>,
    rows: Box<[OnceLock<ProfileRows>]>,
}

impl NameFlags {
    fn flags(self) -> u8 {
        let flags = [
            (self.dual, DUAL),
            (self.is_endpoint, ENDPOINT),
            (self.is_asked_both_ways, BOTH_WAYS),
            (self.is_poller, POLLER),
            (self.has_rows, ROWS),
        ];
        flags.into_iter().filter(|(is, _)| *is).fold(KNOWN, |flags, (_, flag)| flags | flag)
    }

    fn from_flags(flags: u8) -> Self {
        let is = |flag| flags & flag != 0;
        Self {
            dual: is(DUAL),
            is_endpoint: is(ENDPOINT),
            is_asked_both_ways: is(BOTH_WAYS),
            is_poller: is(POLLER),
            has_rows: is(ROWS),
        }
    }
}

impl NameFlagsTable {
    /// For `count` names, nothing known of them yet.
    pub(super) fn new(count: usize) -> Self {
        let flags = std::iter::repeat_with(AtomicU8::default).take(count);
        let rows = std::iter::repeat_with(OnceLock::new).take(count.div_ceil(SHARED));
        Self { flags: flags.collect(), rows: rows.collect() }
    }

    /// What is known of `name`; `find` finds it out.
    pub(super) fn get(
        &self,
        name: Symbol,
        find: impl FnOnce() -> (NameFlags, Vec<ProfileRowId>),
    ) -> NameFlags {
        let flags = &self.flags[name.index()];
        match flags.load(Ordering::Acquire) {
            0 => {}
            known => return NameFlags::from_flags(known),
        }
        let (about, rows) = find();
        let about = NameFlags { has_rows: !rows.is_empty(), ..about };
        if about.has_rows {
            let shared = self.rows[name.index() / SHARED]
                .get_or_init(|| std::iter::repeat_with(OnceLock::new).take(SHARED).collect());
            // Whoever was quicker found the same.
            _ = shared[name.index() % SHARED].set(rows.into());
        }
        flags.store(about.flags(), Ordering::Release);
        about
    }

    /// The rows of profiles that `name` fits, if that was found out.
    pub(super) fn rows(&self, name: Symbol) -> &[ProfileRowId] {
        let shared = self.rows.get(name.index() / SHARED).and_then(OnceLock::get);
        shared.and_then(|shared| shared[name.index() % SHARED].get()).map_or(&[], |rows| rows)
    }

    /// Asks for what is known of `name`.
    pub(super) fn fetch(&self, name: Symbol) {
        prefetch(&self.flags[name.index()]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_found_out_once() {
        let abouts = NameFlagsTable::new(SHARED + 1);
        let row = ProfileRowId { profile: 1, row: 2 };
        let name = |number: usize| Symbol(u32::try_from(number).unwrap());
        let poller = NameFlags { is_poller: true, dual: true, ..NameFlags::default() };
        assert_eq!(abouts.rows(name(SHARED)), []);
        let first = abouts.get(name(SHARED), || (poller, vec![row]));
        assert_eq!(first, NameFlags { has_rows: true, ..poller });
        assert_eq!(abouts.get(name(SHARED), || unreachable!()), first);
        assert_eq!(abouts.rows(name(SHARED)), [row]);
        assert_eq!(abouts.get(name(0), || (NameFlags::default(), Vec::new())), NameFlags::default());
        assert_eq!(abouts.get(name(0), || unreachable!()), NameFlags::default());
        assert_eq!(abouts.rows(name(0)), []);
    }
}
