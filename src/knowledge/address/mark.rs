//! What ends an address in a log: the mark that it is read up to, known when the program is built.

/// What comes right after an address.
pub(crate) trait AfterAddress {
    /// Its first byte.
    const MARK: u8;
}
