//! Finding the way back behind something broken: what counts as malformed, and what no longer does.
//!
//! A value that breaks counts once. Reading resumes within it, since the next record may lie there, and so it
//! meets what was counted already:
//!
//! - Up to where the value broke, nothing counts again.
//! - Behind that, what could be the rest of it does not count either, until a value stands on a line that
//!   can be no part of anything larger.
//! - On a line where something was counted, nothing counts again: a line of which the beginning is missing
//!   has values of all sorts left in it. A record on it, or its end, ends that.
//!
//! Records are taken all the while.

/// What is counted already, in what comes next.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Resync {
    /// The offset up to which broken values reached; `None` where nothing of them is left.
    until: Option<u64>,
    /// Something on the line in hand was counted.
    is_muted: bool,
}

impl Resync {
    /// Whether nothing broken is left, neither of values nor of the line in hand.
    #[inline]
    pub(super) fn is_over(self) -> bool {
        !self.is_among_remains() && !self.is_muted
    }

    /// Whether what comes next could be the rest of a broken value.
    #[inline]
    pub(super) fn is_among_remains(self) -> bool {
        self.until.is_some()
    }

    /// Whether something on the line in hand was counted.
    pub(super) fn is_muted(self) -> bool {
        self.is_muted
    }

    /// Whether what begins at `offset` lies inside what was counted as one broken value.
    pub(super) fn is_inside(self, offset: u64) -> bool {
        self.until.is_some_and(|until| offset < until)
    }

    /// Whether a value that begins at `offset` and breaks is another one.
    pub(super) fn is_another(self, offset: u64) -> bool {
        !self.is_muted && !self.is_inside(offset)
    }

    /// Whether text without a value in it, which begins at `offset`, is a piece of something broken:
    /// `"srcport": "53",`.
    pub(super) fn is_piece(self, text: &[u8], offset: u64) -> bool {
        let is_rest = matches!(text.first(), Some(b'"' | b'}' | b']' | b',' | b':'));
        self.is_inside(offset) || self.is_among_remains() && is_rest
    }

    /// Something that reaches up to `offset` is broken.
    pub(super) fn broke(&mut self, offset: u64) {
        self.until = self.until.max(Some(offset));
    }

    /// A value stands on a line of its own: nothing larger is open.
    #[inline]
    pub(super) fn stands_apart(&mut self) {
        self.until = None;
    }

    /// Something on the line in hand is counted: the rest of it does not count.
    pub(super) fn mute(&mut self) {
        self.is_muted = true;
    }

    /// The line in hand ended, or a record was read on it.
    #[inline]
    pub(super) fn unmute(&mut self) {
        self.is_muted = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_broke_counts_once() {
        let mut resync = Resync::default();
        assert!(resync.is_over());
        assert!(resync.is_another(0));
        resync.broke(100);
        assert!(resync.is_inside(99) && !resync.is_another(99), "within it");
        assert!(!resync.is_inside(100) && resync.is_another(100), "behind it");
        assert!(!resync.is_over());
    }

    #[test]
    fn a_broken_value_inside_of_another_takes_nothing_back() {
        let mut resync = Resync::default();
        resync.broke(100);
        resync.broke(40);
        assert!(resync.is_inside(99), "the outer one reaches further");
        resync.broke(120);
        assert!(resync.is_inside(119), "the inner one does");
    }

    #[test]
    fn pieces_of_it_do_not_count_until_something_stands_apart() {
        let piece: &[u8] = b"\"srcport\": \"53\",";
        let mut resync = Resync::default();
        assert!(!resync.is_piece(piece, 0), "nothing broke");
        resync.broke(10);
        assert!(resync.is_piece(b"hello", 9), "whatever it is");
        assert!(!resync.is_piece(b"hello", 10), "no end of a value begins so");
        for rest in [piece, b"}", b"],", b", 1", b": 1"] {
            assert!(resync.is_piece(rest, 1000), "{rest:?}");
        }
        resync.stands_apart();
        assert!(!resync.is_piece(piece, 5));
        assert!(resync.is_another(5), "what stands by itself ends the stretch that was counted, too");
    }

    #[test]
    fn a_line_counts_once() {
        let mut resync = Resync::default();
        resync.mute();
        assert!(resync.is_muted() && !resync.is_over() && !resync.is_another(7));
        assert!(!resync.is_among_remains(), "only that line");
        resync.unmute();
        assert!(resync.is_over() && resync.is_another(7));
        resync.broke(10);
        resync.mute();
        resync.unmute();
        assert!(resync.is_among_remains(), "the end of a line is not that of a value");
    }
}
