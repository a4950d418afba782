//! The service's time, read from its answers; what follows from it is in [`crate::live::time`].

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aws_smithy_async::time::TimeSource;
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::{
    BeforeDeserializationInterceptorContextMut, BeforeTransmitInterceptorContextRef, InterceptorContext,
};
use aws_smithy_runtime_api::client::retries::classifiers::{
    ClassifyRetry, RetryAction, RetryClassifierPriority,
};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::DateTime;
use aws_smithy_types::config_bag::{ConfigBag, Storable, StoreReplace};
use aws_smithy_types::date_time::Format;
use aws_smithy_types::retry::ErrorKind;
use tokio::time::Instant;

use crate::base::moment::Moment;
use crate::base::saturating::SaturatingInto as _;
use crate::edge::feed::aws::signing_time::SKEWED;
use crate::live::time::{ClockDoubt, ClockShift, Now, ServiceTime, millis};

/// The two clocks of this machine, and what is known of the service's: one for all that is followed.
#[derive(Clone)]
pub struct ServiceClock {
    began: Instant,
    wall: Arc<dyn Fn() -> Moment + Send + Sync>,
    known: Arc<Mutex<ServiceTime>>,
}

impl ServiceClock {
    /// That of this machine.
    #[must_use]
    pub fn from_system() -> Self {
        Self::with(|| {
            let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
            Moment(millis(since))
        })
    }

    /// With another than the clock of this machine, for tests.
    #[must_use]
    pub fn with(wall: impl Fn() -> Moment + Send + Sync + 'static) -> Self {
        let known = ServiceTime::new(Duration::ZERO, wall());
        Self { began: Instant::now(), wall: Arc::new(wall), known: Arc::new(Mutex::new(known)) }
    }

    fn known(&self) -> MutexGuard<'_, ServiceTime> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn elapsed(&self) -> Duration {
        self.began.elapsed()
    }

    /// What time it is.
    #[must_use]
    pub fn now(&self) -> Now {
        let (elapsed, wall) = (self.elapsed(), (self.wall)());
        let mut known = self.known();
        known.look(elapsed, wall);
        known.now(elapsed)
    }

    /// A stream delivered an event that arrived at `ingested`.
    pub fn delivered(&self, ingested: Moment) {
        let elapsed = self.elapsed();
        self.known().delivered(elapsed, ingested);
    }

    /// See [`ServiceTime::shift`].
    #[must_use]
    pub fn shift(&self) -> Option<ClockShift> {
        self.known().shift(self.elapsed())
    }

    /// See [`ServiceTime::ahead`].
    #[must_use]
    pub fn ahead(&self) -> Option<i64> {
        self.known().ahead(self.elapsed())
    }

    /// See [`ServiceTime::doubted`].
    #[must_use]
    pub fn doubted(&self, known: u32) -> Option<(u32, ClockDoubt)> {
        self.known().doubted(known)
    }

    /// See [`ServiceTime::leaps`].
    #[must_use]
    pub fn leaps(&self) -> u32 {
        self.known().leaps()
    }
}

impl fmt::Debug for ServiceClock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Clock").field("known", &self.known()).finish_non_exhaustive()
    }
}

/// Requests are signed with the service's time, since it refuses what is signed with another (five minutes).
impl TimeSource for ServiceClock {
    fn now(&self) -> SystemTime {
        let at = Self::now(self).earliest.0;
        UNIX_EPOCH + Duration::from_millis(u64::try_from(at).unwrap_or(0))
    }
}

/// When an attempt was sent, and what time of the service it was signed for.
#[derive(Clone, Copy, Debug)]
struct SentAt(Duration, Moment);

impl Storable for SentAt {
    type Storer = StoreReplace<Self>;
}

/// How many milliseconds an attempt was signed for another time than that of its answer.
#[derive(Clone, Copy, Debug)]
struct SignedOff(u64);

/// Reads the time from each answer.
impl Intercept for ServiceClock {
    fn name(&self) -> &'static str {
        "Clock"
    }

    fn read_before_transmit(
        &self,
        _: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let signed = Self::now(self).earliest;
        config.interceptor_state().store_put(SentAt(self.elapsed(), signed));
        Ok(())
    }

    fn modify_before_deserialization(
        &self,
        context: &mut BeforeDeserializationInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let response = context.response();
        let header = |name: &str| response.headers().get(name);
        // What a proxy says of its own accord has the proxy's time, and what a cache kept has an old one (RFC
        // 9111 section 5.1).
        let is_own = response.status().is_success() || header("x-amzn-requestid").is_some();
        let date = header("date").filter(|_| is_own && header("age").is_none());
        let date = date.and_then(|date| DateTime::from_str(date, Format::HttpDate).ok());
        if let (Some(date), Some(SentAt(sent, signed))) = (date, config.load::<SentAt>().copied()) {
            let (elapsed, told) = (self.elapsed(), Moment::from_seconds(date.secs()));
            self.known().observe(sent, elapsed, told);
            context.response_mut().add_extension(SignedOff(told.0.abs_diff(signed.0)));
        }
        Ok(())
    }
}

/// Has what was refused, and was signed for a time that is far from the service's, asked once more: by now
/// the time is known. The SDK's own correction knows nothing of a clock that corrects itself, and would add
/// what is wrong a second time; it has to be off.
#[derive(Clone, Copy, Debug)]
pub struct SignedAgain;

impl ClassifyRetry for SignedAgain {
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        let Some(response) = context.response().filter(|response| response.status().is_client_error()) else {
            return RetryAction::NoActionIndicated;
        };
        match response.extension::<SignedOff>() {
            Some(SignedOff(off)) if *off >= SKEWED.as_millis().saturating_into() => {
                RetryAction::retryable_error(ErrorKind::ServerError)
            }
            _ => RetryAction::NoActionIndicated,
        }
    }

    fn name(&self) -> &'static str {
        "SignedAgain"
    }

    fn priority(&self) -> RetryClassifierPriority {
        RetryClassifierPriority::run_after(RetryClassifierPriority::http_status_code_classifier())
    }
}
