//! What is ready to be asked, of whichever engine.

use crossbeam_channel::Sender;

use super::asked::{Answered, AskedProgress, AskedRemark};
use super::live::request::Stopped;
use super::{athena, insights};

/// What is ready to be asked.
#[derive(Debug)]
pub enum Prepared {
    /// Of Logs Insights.
    Insights(insights::PreparedGroups),
    /// Of Athena.
    Athena(athena::PreparedTables),
}

impl Prepared {
    /// Asks it, and hands the answers to `answers`, until `stopped`.
    #[must_use]
    pub fn ask(self, answers: Sender<Answered>, counts: &AskedProgress, stopped: &Stopped) -> AskedRemark {
        match self {
            Self::Insights(prepared) => prepared.ask(answers, counts, stopped),
            Self::Athena(prepared) => prepared.ask(&answers, counts, stopped),
        }
    }
}
