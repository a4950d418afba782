//! What is written down of a fleet is all of it.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use r53tail::fleet::{Fleet, StoredFleet};

use crate::logs::{self, joined};
use crate::{cases, digest, everything};

fn written(fleet: &Fleet) -> Vec<u8> {
    postcard::to_allocvec(&fleet.store().expect("nothing was lost")).expect("it is written to memory")
}

fn read(bytes: &[u8]) -> Option<Fleet> {
    let stored: StoredFleet = postcard::from_bytes(bytes).ok()?;
    Fleet::from_stored(stored)
}

proptest! {
    #![proptest_config(cases(200))]

    /// A fleet that was written down and read again is the same, and more may be taken in before and after.
    #[test]
    fn nothing_is_left_out(one in vec(logs::line(), 0..40), two in vec(logs::line(), 0..40), three in vec(logs::line(), 0..20)) {
        let whole = digest(&joined(&[one.clone(), two.clone(), three.clone()].concat()));
        let [mut one, two, three] = [one, two, three].map(|lines| digest(&joined(&lines)));
        one.absorb(&two);
        let mut read = read(&written(&one)).expect("what was written can be read");
        prop_assert_eq!(everything(&read), everything(&one));
        prop_assert_eq!(written(&read), written(&one));
        read.absorb(&three);
        prop_assert_eq!(everything(&read), everything(&whole));
        prop_assert_eq!(read.pair_count(), whole.pair_count(), "none is there twice");
        let mut other = three;
        other.absorb(&super::stored::read(&written(&one)).expect("what was written can be read"));
        prop_assert_eq!(everything(&other), everything(&whole));
    }

    /// Whatever stands there instead, it is a fleet that holds together, or none.
    #[test]
    fn what_was_changed_is_survived(
        lines in vec(logs::line(), 1..40),
        changes in vec((any::<Index>(), any::<u8>()), 1..4),
        cut in any::<Index>(),
    ) {
        let mut bytes = written(&digest(&joined(&lines)));
        prop_assert!(read(&bytes[..cut.index(bytes.len())]).is_none());
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if let Some(fleet) = read(&bytes) {
            // Numbers may be any; it can be looked at, and taken in.
            everything(&fleet);
            let mut sum = digest(&joined(&lines));
            sum.absorb(&fleet);
            everything(&sum);
        }
    }
}

/// What was lost is not written down.
#[test]
fn what_was_lost_is_not_left_out() {
    let lost = digest(b"{\"version\":\"1.100000\",\n");
    assert!(lost.store().is_none());
    assert!(Fleet::default().store().is_some());
}
