//! What came of running the program.

use std::process::Output;

/// Its exit code, and what it wrote.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ran {
    /// What came of a run, in which nobody may see what is `hidden`.
    pub(crate) fn from_output(output: &Output, hidden: &[&str]) -> Self {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("it is UTF-8");
        let ran = Self { code: output.status.code(), out: text(&output.stdout), err: text(&output.stderr) };
        for hidden in hidden {
            assert!(!ran.out.contains(hidden) && !ran.err.contains(hidden), "{ran:?}");
        }
        ran
    }
}
