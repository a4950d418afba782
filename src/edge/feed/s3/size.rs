//! How much there is at a location, without reading any of it.

use std::rc::Rc;
use std::time::Duration;

use tokio::sync::{Semaphore, mpsc};
use tokio::task::LocalSet;
use tokio::time::timeout;

use super::client::{BucketClient, S3Service};
use super::walk::{LISTS, NamedKeys, S3Walk, WalkNews, select};
use super::{Location, S3Access};
use crate::edge::feed::window::TimeWindow;

/// At most this many objects may be told and not added up yet.
const MOST_TOLD: usize = 2048;
/// How long it may take. What was not listed by then is not added up.
const PATIENCE: Duration = Duration::from_mins(1);

/// The bytes of all objects at `location` that may hold anything of the time `window`, and whether all of it
/// could be listed; `None` if none of it could.
#[must_use]
pub fn sized(location: &Location, window: TimeWindow, access: &S3Access) -> Option<(u64, bool)> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().ok()?;
    let set = LocalSet::new();
    let sized = set.block_on(&runtime, added(location, window, access));
    drop(set);
    // Whoever is still being looked for in the DNS is not waited for.
    runtime.shutdown_background();
    sized
}

async fn added(location: &Location, window: TimeWindow, access: &S3Access) -> Option<(u64, bool)> {
    let service = Rc::new(S3Service::find(access).await.ok()?);
    let client = Rc::new(BucketClient::new(service, location.bucket.clone()));
    let above = match select(&client, location).await.ok()? {
        NamedKeys::Object(object) => return Some((object.size, true)),
        NamedKeys::Prefix(prefix) => prefix,
    };
    let (sender, mut news) = mpsc::channel(MOST_TOLD);
    let walk = S3Walk { client, window, above, lists: Rc::new(Semaphore::new(LISTS)), news: sender };
    let walking = tokio::task::spawn_local(walk.run());
    let (mut bytes, mut objects, mut is_all) = (0_u64, 0_u64, true);
    let listed = timeout(PATIENCE, async {
        while let Some(news) = news.recv().await {
            match news {
                WalkNews::Found(object) => {
                    bytes = bytes.saturating_add(object.size);
                    objects += 1;
                }
                WalkNews::Failed(..) => is_all = false,
                WalkNews::Skipped(_) | WalkNews::Strange(_) => {}
            }
        }
    });
    let is_listed = listed.await.is_ok();
    walking.abort();
    (objects > 0 || is_all).then_some((bytes, is_all && is_listed))
}
