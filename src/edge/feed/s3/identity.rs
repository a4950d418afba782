//! Whose credentials requests are signed with: held, and renewed before they expire.

use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider};
use tokio::sync::Mutex;

use crate::live::trouble::Trouble;

/// How long before their end credentials are renewed.
const BEFORE: Duration = Duration::from_mins(5);

/// Credentials, and where new ones come from.
#[derive(Debug)]
pub(super) struct S3Identity {
    provider: SharedCredentialsProvider,
    profile: Option<String>,
    held: Mutex<Option<Credentials>>,
}

impl S3Identity {
    pub(super) fn new(provider: SharedCredentialsProvider, profile: Option<String>) -> Self {
        Self { provider, profile, held: Mutex::new(None) }
    }

    /// Credentials as they are now; other ones than `refused`, if a service has refused those.
    ///
    /// # Errors
    /// If there are none.
    pub(super) async fn credentials(&self, refused: Option<&Credentials>) -> Result<Credentials, Trouble> {
        let mut held = self.held.lock().await;
        let soon = SystemTime::now() + BEFORE;
        let is_good = |credentials: &&Credentials| {
            credentials.expiry().is_none_or(|end| end > soon) && Some(*credentials) != refused
        };
        if let Some(credentials) = held.as_ref().filter(is_good) {
            return Ok(credentials.clone());
        }
        let credentials = self.provider.provide_credentials().await;
        let credentials =
            credentials.map_err(|error| Trouble::from_credentials(&error, self.profile.as_deref()))?;
        *held = Some(credentials.clone());
        Ok(credentials)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use aws_credential_types::provider::future;

    use super::*;

    /// Gives credentials that end at once, after the first ones that do not.
    #[derive(Debug, Default)]
    struct Provider(AtomicU32);

    impl ProvideCredentials for Provider {
        fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
        where
            Self: 'a,
        {
            let number = self.0.fetch_add(1, Ordering::Relaxed);
            let end = (number > 0).then(SystemTime::now);
            let credentials = Credentials::new(format!("key-{number}"), "secret", None, end, "test");
            future::ProvideCredentials::ready(Ok(credentials))
        }
    }

    #[test]
    fn credentials_are_held_until_they_end_or_are_refused() {
        let identity = S3Identity::new(SharedCredentialsProvider::new(Provider::default()), None);
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let first = identity.credentials(None).await.unwrap();
            let again = identity.credentials(None).await.unwrap();
            assert_eq!((first.access_key_id(), again.access_key_id()), ("key-0", "key-0"));
            let other = identity.credentials(Some(&first)).await.unwrap();
            assert_eq!(other.access_key_id(), "key-1");
            let next = identity.credentials(None).await.unwrap();
            assert_eq!(next.access_key_id(), "key-2", "those before had ended");
        });
    }
}
