//! Where changes are looked for: the times of each verdict on AAAA of those pairs that got different ones.
//!
//! What a pair changed to within a stretch of time follows from the first and the last time of each verdict
//! there. So the times are kept by pair and verdict, each in order, and a stretch costs two looks into each.

use super::chunk::VERDICT;
use super::{OTHER, Scope, Timeline};
use crate::base::counting;
use crate::base::moment::Moment;
use crate::base::saturating::SaturatingInto as _;
use crate::fleet::{PairId, Span, Spans};
use crate::log::observation::{Aaaa, Verdict};

/// The records of some pairs on AAAA, by pair and verdict.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChangeIndex {
    /// In the order of the pairs, and for each in that of the verdicts.
    runs: Vec<ChangeRun>,
    /// Of all runs, one after the other; in order within each.
    times: Vec<i64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct ChangeRun {
    pair: u32,
    code: u8,
    /// Where its times end; they begin where those of the run before end.
    end: usize,
}

/// A pair that is none of those.
const NONE: u32 = u32::MAX;
/// How many verdicts there are on AAAA. Their codes come first.
const CODES: usize = Aaaa::ALL.len();

impl ChangeIndex {
    /// The spans on AAAA within `scope` of pairs that are to be one.
    #[must_use]
    pub fn spans(&self, scope: Scope, pairs: &[PairId]) -> Spans {
        let mut spans = Spans::default();
        for pair in pairs {
            let first = self.runs.partition_point(|run| run.pair < pair.0);
            let mut start = first.checked_sub(1).map_or(0, |before| self.runs[before].end);
            for run in self.runs[first..].iter().take_while(|run| run.pair == pair.0) {
                let times = &self.times[start..run.end];
                let from = scope.from.map_or(0, |from| times.partition_point(|at| *at < from.0));
                let end = scope.until.map_or(times.len(), |until| times.partition_point(|at| *at <= until.0));
                if let Some([first, ..]) = times.get(from..end)
                    && let [.., last] = times[..end]
                {
                    let count = (end - from) as u64;
                    let span = Span { count, first: Moment(*first), last: Moment(last) };
                    spans.see(Verdict::from_code(run.code), span);
                }
                start = run.end;
            }
        }
        spans
    }
}

impl Timeline {
    /// The records on AAAA of pairs that `varied` says yes to. One pass over two columns.
    #[must_use]
    pub fn change_index(&self, pairs: usize, varied: impl Fn(PairId) -> bool) -> ChangeIndex {
        let mut places = vec![NONE; pairs];
        let mut chosen = Vec::new();
        for (pair, place) in (0..).zip(&mut places) {
            if varied(PairId(pair)) {
                *place = chosen.len().saturating_into();
                chosen.push(pair);
            }
        }
        // The run and the time of each, chunk by chunk.
        let found = self.workers.map(self.chunks.len(), |number| {
            let chunk = &self.chunks[number];
            let mut found: Vec<(u32, i64)> = Vec::new();
            for (at, (subject, code)) in chunk.subject.iter().zip(&chunk.code).enumerate() {
                let code = usize::from(code & VERDICT);
                if code < CODES
                    && subject & OTHER == 0
                    && let Some(place) = places.get(*subject as usize)
                    && *place != NONE
                {
                    let run = *place as usize * CODES + code;
                    found.push((run.saturating_into::<u32>(), chunk.time(at)));
                }
            }
            found
        });
        let all = || found.iter().flatten();
        let mut next = counting::starts(all().map(|(run, _)| *run as usize), chosen.len() * CODES);
        let mut times = vec![0_i64; next.last().copied().unwrap_or(0)];
        counting::place(&mut times, &mut next, all().map(|(run, at)| (*run as usize, *at)));
        // By now each is the place where the next begins.
        let mut runs = Vec::new();
        let mut start = 0;
        for (run, end) in next.iter().take(chosen.len() * CODES).enumerate() {
            if *end > start {
                let code = u8::try_from(run % CODES).unwrap_or(0);
                runs.push(ChangeRun { pair: chosen[run / CODES], code, end: *end });
                let times = &mut times[start..*end];
                // Chunks follow each other in time, mostly.
                if !times.is_sorted() {
                    times.sort_unstable();
                }
                start = *end;
            }
        }
        runs.shrink_to_fit();
        ChangeIndex { runs, times }
    }
}
