//! What is replaced by pseudonyms.

use clap::Args;

/// Whether to replace, and by which key.
#[derive(Debug, Default, Args)]
pub struct RedactArguments {
    /// Replace accounts, ids, addresses and names that are not public by pseudonyms, the same ones all
    /// through. `--filter` still sees the log as it is: in the console, records are not even counted that
    /// lack the ids, addresses and names it asks for.
    #[arg(long)]
    pub redact: bool,
    /// What pseudonyms are made with; the same key makes the same ones another time. Otherwise they are of
    /// this run. `R53TAIL_REDACT_KEY` has it, too, where others cannot see it.
    #[arg(long, value_name = "TEXT", requires = "redact")]
    pub redact_key: Option<String>,
}
