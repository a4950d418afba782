//! How long a session waits, and how far it looks.

use std::time::Duration;

/// How long things take. All of it can be shortened by tests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timing {
    /// How much earlier than a hole it is read.
    pub lookback: Duration,
    /// How much later: how far the clocks of this machine and of the service may be apart.
    pub margin: Duration,
    /// How long after a hole it is read again.
    pub settle: Duration,
    /// What arrived so long ago a stream that breaks may have kept to itself: it holds up to ten updates for
    /// a slow reader (`StartLiveTail`), one a second, and records take a while to get there.
    pub held: Duration,
    /// From when on a stream without an update is shown as stalled; the service sends one every second.
    pub stalled: Duration,
    /// After this time without one, updates may be lost: the service holds ten of them for a slow reader.
    pub buffer: Duration,
    /// A stream that lived this long was a good one: after it, waiting starts anew.
    pub steady: Duration,
    /// The first wait before trying again; each further one is twice as long.
    pub first_wait: Duration,
    /// The longest wait before trying again.
    pub longest_wait: Duration,
    /// How often to poll where there is no stream.
    pub poll: Duration,
    /// How far back a poll reads, for late records.
    pub poll_lookback: Duration,
    /// How often one of them reads as far back as for a hole.
    pub poll_late: Duration,
    /// How often to try Live Tail again while polling.
    pub retry_live: Duration,
    /// The number of failures in a row to start a stream after which it is polled instead.
    pub attempts: u32,
}

impl Default for Timing {
    fn default() -> Self {
        let seconds = Duration::from_secs;
        Self {
            lookback: seconds(300),
            margin: seconds(10),
            settle: seconds(60),
            held: seconds(10),
            stalled: seconds(3),
            buffer: seconds(8),
            steady: seconds(60),
            first_wait: seconds(1),
            longest_wait: seconds(30),
            poll: seconds(5),
            poll_lookback: seconds(30),
            poll_late: seconds(60),
            retry_live: seconds(300),
            attempts: 3,
        }
    }
}

impl Timing {
    /// How long to wait after this number of `failures`: twice as long each time, half of it by chance.
    #[must_use]
    pub fn wait(&self, failures: u32, jitter: u16) -> Duration {
        let whole = self.first_wait.saturating_mul(1_u32 << failures.min(16)).min(self.longest_wait);
        whole / 2 + whole / 2 * u32::from(jitter.min(1000)) / 1000
    }
}
