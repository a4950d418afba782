//! Lists what is in a bucket: folders whose layout is known one by one, in parallel, and of those with days
//! only the days that are asked for; all else page after page.

use std::rc::Rc;

use tokio::sync::{Semaphore, mpsc};
use tokio::task::JoinSet;

use super::client::{BucketClient, BucketRequest};
use super::failure::S3Failure;
use super::layout::{Dates, Folder, KeyTime, is_hidden, is_of_others, is_year};
use super::location::{LONGEST_KEY, Location};
use super::page::{ListPage, ListedObject};
use crate::edge::feed::aws::page_tokens::{PageTokens, TokenCircle};
use crate::edge::feed::window::TimeWindow;
use crate::live::trouble::TroubleClass;

/// Lists that are asked for at a time.
pub(super) const LISTS: usize = 16;
/// How many levels of folders of which nothing is known are looked at one by one.
const DEEP: u32 = 4;
/// How many folders of which nothing is known, in one folder. Where there are more it takes fewer requests to
/// list all of it.
const WIDE: usize = 256;

/// What a location turned out to name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum NamedKeys {
    /// One object.
    Object(ListedObject),
    /// All whose keys begin so.
    Prefix(String),
}

impl NamedKeys {
    /// Whether it takes the object `key` in.
    pub(super) fn holds(&self, key: &str) -> bool {
        match self {
            Self::Object(object) => object.path.key() == key,
            Self::Prefix(prefix) => key.starts_with(prefix),
        }
    }
}

/// What is said of a walk as it goes.
#[derive(Debug)]
pub(super) enum WalkNews {
    /// An object.
    Found(ListedObject),
    /// A folder of another service's logs, which is passed over.
    Skipped(String),
    /// What begins so could not be listed, or not all of it.
    Failed(String, S3Failure),
    /// Names that cannot be read.
    Strange(u64),
}

/// What `location` names: an object of that key, else a folder of that name, else all that begins so.
///
/// # Errors
/// If the bucket cannot be listed.
pub(super) async fn select(client: &BucketClient, location: &Location) -> Result<NamedKeys, S3Failure> {
    let prefix = &location.prefix;
    if prefix.is_empty() || prefix.ends_with('/') {
        return Ok(NamedKeys::Prefix(prefix.clone()));
    }
    // The shortest of all keys that begin so is the first.
    let first = ListPages::new(client, prefix, ListedAs::First).next().await?.unwrap_or_default();
    if let Some(object) = first.objects.into_iter().next().filter(|object| object.path.key() == *prefix) {
        return Ok(NamedKeys::Object(object));
    }
    let folder = format!("{prefix}/");
    let inside = ListPages::new(client, &folder, ListedAs::First).next().await?.unwrap_or_default();
    let is_folder = !inside.objects.is_empty() || !inside.folders.is_empty();
    Ok(NamedKeys::Prefix(if is_folder { folder } else { prefix.clone() }))
}

/// One walk.
#[derive(Debug)]
pub(super) struct S3Walk {
    pub(super) client: Rc<BucketClient>,
    pub(super) window: TimeWindow,
    /// What was asked for: below it, hidden folders are left alone.
    pub(super) above: String,
    pub(super) lists: Rc<Semaphore>,
    pub(super) news: mpsc::Sender<WalkNews>,
}

/// A part of a walk.
#[derive(Clone, Debug)]
enum WalkTask {
    /// What begins so, of which this many levels are known of nobody.
    Look(String, u32),
    /// All that begins so.
    All(String),
    /// A folder of a year, or of the resolver's days: what begins so, below a folder of years.
    Days(String, String, Dates),
}

impl S3Walk {
    /// Lists all of it; ends early where nobody takes the news.
    pub(super) async fn run(self) {
        let walk = Rc::new(self);
        let mut tasks = JoinSet::new();
        tasks.spawn_local(Rc::clone(&walk).part(WalkTask::Look(walk.above.clone(), 0)));
        while let Some(ended) = tasks.join_next().await {
            for task in ended.unwrap_or_default() {
                tasks.spawn_local(Rc::clone(&walk).part(task));
            }
        }
    }

    /// Does one part; what it leads to is returned.
    async fn part(self: Rc<Self>, task: WalkTask) -> Vec<WalkTask> {
        // Only closed when all ends.
        let Ok(_turn) = self.lists.acquire().await else { return Vec::new() };
        let prefix = match &task {
            WalkTask::Look(prefix, _) | WalkTask::All(prefix) | WalkTask::Days(prefix, ..) => prefix.clone(),
        };
        let done = match task {
            WalkTask::Look(prefix, depth) => self.look(&prefix, depth).await,
            WalkTask::All(prefix) => self.all(&prefix).await.map(|()| Vec::new()),
            WalkTask::Days(prefix, folder, dates) => {
                self.days(&prefix, &folder, dates).await.map(|()| Vec::new())
            }
        };
        match done {
            Ok(tasks) => tasks,
            Err(failure) => {
                self.tell(WalkNews::Failed(prefix, failure)).await;
                Vec::new()
            }
        }
    }

    async fn tell(&self, news: WalkNews) -> bool {
        self.news.send(news).await.is_ok()
    }

    /// Looks what is in a folder.
    async fn look(&self, prefix: &str, depth: u32) -> Result<Vec<WalkTask>, S3Failure> {
        let is_known = match Folder::from_prefix(prefix) {
            Folder::Days(folder) => {
                self.days(prefix, &folder, Dates::Resolver).await?;
                return Ok(Vec::new());
            }
            Folder::Parts => true,
            Folder::Unknown if depth >= DEEP => {
                self.all(prefix).await?;
                return Ok(Vec::new());
            }
            Folder::Unknown => false,
        };
        let mut folders = Vec::new();
        let mut told: Option<String> = None;
        let mut pages = ListPages::new(&self.client, prefix, ListedAs::Folders);
        while let Some(page) = pages.next().await? {
            folders.extend(page.folders);
            for object in page.objects {
                let key = object.path.key();
                if !self.found(object, &key).await {
                    return Ok(Vec::new());
                }
                told = Some(key);
            }
            self.strange(page.strange).await;
            if !is_known && folders.len() > WIDE && !folders.iter().any(|folder| is_year(folder)) {
                self.rest(prefix, told.as_deref()).await?;
                return Ok(Vec::new());
            }
        }
        Ok(self.inside(prefix, folders, if is_known { 0 } else { depth + 1 }).await)
    }

    /// What is to be done with the folders in one.
    async fn inside(&self, prefix: &str, folders: Vec<String>, depth: u32) -> Vec<WalkTask> {
        let mut tasks = Vec::new();
        for folder in folders {
            // A level of partitions, `region=us-east-1/`, is one that is known.
            let depth =
                if folder[prefix.len().min(folder.len())..].contains('=') { depth.min(1) } else { depth };
            // A server that names what was looked at again would have it looked at without end.
            let is_new = (prefix.len() + 1..=LONGEST_KEY).contains(&folder.len());
            if !is_new || !folder.ends_with('/') {
                self.strange(1).await;
            } else if is_hidden(&folder, &self.above) || !self.window.holds_folder(&folder) {
            } else if is_of_others(&folder) {
                self.tell(WalkNews::Skipped(folder)).await;
            } else if is_year(&folder) {
                tasks.push(WalkTask::Days(folder, prefix.to_owned(), Dates::Others));
            } else if depth >= DEEP {
                tasks.push(WalkTask::All(folder));
            } else {
                tasks.push(WalkTask::Look(folder, depth));
            }
        }
        tasks
    }

    /// Lists all that begins with `prefix`.
    async fn all(&self, prefix: &str) -> Result<(), S3Failure> {
        self.rest(prefix, None).await
    }

    /// Lists all that begins with `prefix`, but for what lies in that folder itself up to the key `told`.
    async fn rest(&self, prefix: &str, told: Option<&str>) -> Result<(), S3Failure> {
        let mut pages = ListPages::new(&self.client, prefix, ListedAs::All);
        while let Some(page) = pages.next().await? {
            self.strange(page.strange).await;
            for object in page.objects {
                let key = object.path.key();
                let is_inside = key.get(prefix.len()..).is_some_and(|below| below.contains('/'));
                let is_told = !is_inside && told.is_some_and(|told| key.as_str() <= told);
                if !is_told && !self.found(object, &key).await {
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    /// Lists what begins with `prefix` in a folder of years, as far as it may hold what is asked for.
    async fn days(&self, prefix: &str, folder: &str, dates: Dates) -> Result<(), S3Failure> {
        let mut pages = ListPages::new(&self.client, prefix, ListedAs::All);
        pages.start = self.window.start(folder, dates);
        while let Some(page) = pages.next().await? {
            self.strange(page.strange).await;
            for object in page.objects {
                let key = object.path.key();
                let place = self.window.place(&key, folder, dates);
                if place == KeyTime::Behind || place == KeyTime::In && !self.found(object, &key).await {
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    /// Tells of the object that has this `key`, unless it is hidden or stands for a folder. Returns whether
    /// to go on.
    async fn found(&self, object: ListedObject, key: &str) -> bool {
        let is_folder = key.ends_with('/');
        is_folder || is_hidden(key, &self.above) || self.tell(WalkNews::Found(object)).await
    }

    async fn strange(&self, count: u64) {
        if count > 0 {
            self.tell(WalkNews::Strange(count)).await;
        }
    }
}

/// What is listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ListedAs {
    /// All keys.
    All,
    /// Keys and folders up to the next `/`.
    Folders,
    /// The first key.
    First,
}

/// The pages of a list, one after the other.
struct ListPages<'a> {
    client: &'a BucketClient,
    prefix: &'a str,
    shape: ListedAs,
    /// The key after which it begins.
    start: Option<String>,
    /// The token of the next page; `None` before the first.
    token: Option<String>,
    /// The tokens until now.
    tokens: PageTokens,
    ended: bool,
}

impl<'a> ListPages<'a> {
    fn new(client: &'a BucketClient, prefix: &'a str, shape: ListedAs) -> Self {
        let tokens = PageTokens::default();
        Self { client, prefix, shape, start: None, token: None, tokens, ended: false }
    }

    /// The next page, if there is one.
    async fn next(&mut self) -> Result<Option<ListPage>, S3Failure> {
        if self.ended {
            return Ok(None);
        }
        let mut query = vec![("list-type", "2"), ("encoding-type", "url"), ("prefix", self.prefix)];
        match self.shape {
            ListedAs::All => {}
            ListedAs::Folders => query.push(("delimiter", "/")),
            ListedAs::First => query.push(("max-keys", "1")),
        }
        match (&self.token, &self.start) {
            (Some(token), _) => query.push(("continuation-token", token)),
            (None, Some(start)) => query.push(("start-after", start)),
            (None, None) => {}
        }
        // A signature has them sorted, and so has everybody who looks at a log of requests.
        query.sort_unstable();
        // Which of the archived ones can be read for now (Amazon S3 API Reference, "`ListObjectsV2`").
        let headers = [("x-amz-optional-object-attributes", "RestoreStatus")];
        let ask = BucketRequest { key: "", query: &query, headers: &headers, action: "s3:ListBucket" };
        let page = self.client.page(ask, self.prefix).await?;
        self.token = self
            .tokens
            .follow(page.next.clone())
            .map_err(|TokenCircle| S3Failure::new(TroubleClass::Refused, "the list goes in a circle"))?;
        self.ended = self.token.is_none();
        Ok(Some(page))
    }
}
