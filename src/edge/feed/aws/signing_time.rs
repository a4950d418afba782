//! The time that requests are signed for: a service refuses those of a time that is far from its own.

use std::sync::atomic::{AtomicI64, Ordering::Relaxed};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;

/// A difference of at least this much may be why a service refuses a signature: AWS allows five
/// minutes (AWS Signature Version 4, "Troubleshooting": a signature expires), S3 fifteen
/// (`RequestTimeTooSkewed`).
pub(in crate::edge::feed) const SKEWED: Duration = Duration::from_mins(4);

/// How far a service's clock is ahead of this machine's, by its last answer.
#[derive(Debug, Default)]
pub(in crate::edge::feed) struct SigningTime {
    /// In seconds.
    ahead: AtomicI64,
}

impl SigningTime {
    /// Remembers what time it is there (`Date`, RFC 9110 section 6.6.1).
    pub(in crate::edge::feed) fn learn(&self, date: Option<&str>) {
        let Some(date) = date.and_then(|date| DateTime::from_str(date, Format::HttpDate).ok()) else {
            return;
        };
        let here = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        self.ahead.store(date.secs().saturating_sub(here.cast_signed()), Relaxed);
    }

    /// How far the service is ahead, in seconds.
    pub(in crate::edge::feed) fn ahead(&self) -> i64 {
        self.ahead.load(Relaxed)
    }

    /// Whether a signature made when the service was `ahead` may have been refused for its time alone.
    pub(in crate::edge::feed) fn explains(&self, ahead: i64) -> bool {
        self.ahead().abs_diff(ahead) >= SKEWED.as_secs()
    }

    /// The time of the service, as far as it is known.
    pub(in crate::edge::feed) fn now(&self) -> SystemTime {
        let (now, ahead) = (SystemTime::now(), self.ahead());
        let by = Duration::from_secs(ahead.unsigned_abs());
        let time = if ahead < 0 { now.checked_sub(by) } else { now.checked_add(by) };
        time.unwrap_or(now)
    }
}
