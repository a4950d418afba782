//! What is being worked on outside, or part by part, and what came of it.

use super::advice::Counsel;
use super::arrange::Arranging;
use super::evidence::EvidenceRange;
use super::export::Job;
use super::watching::Watching;
use crate::timeline::Spot;

/// What is under way. Each part is kept by the file that it is from.
#[derive(Debug, Default)]
pub(super) struct Jobs {
    pub arranging: Arranging,
    pub counsel: Counsel,
    pub evidence: EvidenceRange,
    pub watching: Watching,
    /// What is counted to be written.
    pub export: Option<Box<Job>>,
    /// The raw record that is to be copied once it is there.
    pub copying: Option<Spot>,
}
