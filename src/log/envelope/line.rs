//! What is known of the line in hand.

use super::format::InputFormat;

/// The line in hand.
#[expect(clippy::struct_excessive_bools, reason = "each may be so or not, whatever the others are")]
#[derive(Debug)]
pub(super) struct InputLine {
    /// Only blanks so far.
    pub(super) start: bool,
    /// A value ended on it.
    pub(super) behind: bool,
    /// Blanks stand behind what was taken last.
    pub(super) gap: bool,
    /// All that ends on it so far is one value, which began a line and held a record or is a part of nothing
    /// larger.
    pub(super) single: bool,
    /// A value broke on it that was a line of its own.
    pub(super) broke: bool,
    pub(super) before: PreviousLine,
    /// What the text before the value says about the input.
    pub(super) prefix: Option<InputFormat>,
    /// It began with the text that the stream keeps.
    pub(super) has_text: bool,
}

/// What the line before says about a value that begins this one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum PreviousLine {
    /// Nothing: it may be a part of something larger.
    #[default]
    Unknown,
    /// It was a record: this is another.
    Single,
    /// It was a torn record: this is another, unless it is indented. Two torn lines, one behind the other,
    /// may look like one value that breaks on the second.
    Torn,
}

impl Default for InputLine {
    fn default() -> Self {
        Self {
            start: true,
            behind: false,
            gap: false,
            single: false,
            broke: false,
            before: PreviousLine::Unknown,
            prefix: None,
            has_text: false,
        }
    }
}

impl InputLine {
    /// Whether a value that begins here is no part of anything larger.
    pub(super) fn is_apart(&self) -> bool {
        self.start && self.before != PreviousLine::Unknown
    }

    /// The line behind this one.
    pub(super) fn next(&self) -> Self {
        let before = match self {
            Self { single: true, .. } => PreviousLine::Single,
            Self { broke: true, .. } => PreviousLine::Torn,
            Self { start: true, before, .. } => *before,
            _ => PreviousLine::Unknown,
        };
        Self { before, ..Self::default() }
    }

    /// Behind a value.
    pub(super) fn ended(&mut self) {
        self.start = false;
        self.behind = true;
        self.gap = false;
        // What follows does not begin with it.
        self.has_text = false;
    }
}

/// A line of `aws logs tail --format json` that names the time and stream of the record on the lines behind
/// it; malformed if there is none.
#[derive(Debug)]
pub(super) struct StreamHeader {
    pub(super) offset: u64,
    pub(super) length: usize,
    pub(super) sample: Vec<u8>,
}

/// What is known of the lines of an input beside those with records.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum InputDialect {
    #[default]
    Unknown,
    /// A table of the AWS CLI: its title was read.
    Table,
    /// `journalctl -o export`: a field of an entry to a line.
    Export,
}
