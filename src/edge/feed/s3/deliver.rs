//! Lists and gets objects, many at a time, and hands each over when it came.

use std::cell::{Cell, RefCell};
use std::io;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use tokio::sync::{Notify, Semaphore, mpsc};
use tokio::task::{JoinError, JoinSet, LocalSet};

use super::client::{BucketClient, S3Service};
use super::failure::S3Failure;
use super::fetch::{LARGEST, fetch};
use super::location::{Location, ObjectPath};
use super::page::ListedObject;
use super::queue::DeliverySender;
use super::walk::{LISTS, NamedKeys, S3Walk, WalkNews, select};
use super::{Body, Delivery, FlightSlots, S3Access};
use crate::base::figures::counted;
use crate::base::saturating::SaturatingInto as _;
use crate::edge::feed::cache::Identity;
use crate::edge::feed::inputs::Skipped;
use crate::edge::feed::live::request::Stopped;
use crate::edge::feed::window::TimeWindow;
use crate::live::trouble::TroubleClass;

/// Objects that may be listed and not asked for yet, besides those of the page that each list is at.
const MOST_LISTED: usize = 256;
/// What objects that are held whole may take together, in units of [`UNIT`] bytes: 64 MiB.
const ROOM: usize = 16_384;
const UNIT: u64 = 4096;
/// Delivery ends after this many objects, one after the other, of which none could be had although each was
/// tried often: the network is gone, or the credentials are.
const HOPELESS: u32 = 16;
/// The same where it is the credentials that are refused.
const HOPELESS_CREDENTIALS: u32 = 3;
/// How many of the folders that were passed over are named.
const NAMED: usize = 5;

/// What is to be delivered.
#[derive(Clone, Debug)]
pub struct DeliveryRequest {
    /// From where, in this order.
    pub locations: Vec<Location>,
    /// The stretch of time whose records are wanted.
    pub window: TimeWindow,
    /// How to reach S3, and as whom.
    pub access: S3Access,
    /// How many read at a time: at most this many large objects are asked for at once.
    pub readers: usize,
}

/// How far it is; written by whoever delivers, read by whoever shows it.
#[derive(Debug, Default)]
pub struct DeliveryProgress {
    /// Objects listed, and their bytes.
    pub listed: AtomicU64,
    /// Bytes of those.
    pub bytes: AtomicU64,
    /// Objects that were handed over.
    pub done: AtomicU64,
    /// Whether there will be no more.
    pub is_listed: AtomicBool,
}

/// An object that was handed over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// From which of the locations, by its place.
    pub location: usize,
    /// Which object.
    pub path: ObjectPath,
    /// Whether that object was asked for by its key.
    pub is_named: bool,
    /// What it is known by, if somebody chooses.
    pub identity: Option<Box<Identity>>,
}

/// What could not be read, besides single objects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocationFault {
    /// Of which location, by its place.
    pub location: usize,
    /// What: the location, or a part of it.
    pub path: String,
    /// Why, in one sentence.
    pub why: String,
}

/// What came.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Arrived {
    /// Objects, by their numbers.
    pub objects: Vec<Arrival>,
    /// Objects that were chosen to be left where they are.
    pub left: Vec<Arrival>,
    /// What could not be read.
    pub faults: Vec<LocationFault>,
    /// Paths, and what is to be said of them.
    pub remarks: Vec<(String, String)>,
}

/// Says of all objects there are, once they are listed, which are to be delivered.
pub type Choose = Box<dyn FnOnce(&[&Identity]) -> Vec<bool> + Send>;

/// Delivers all objects that are `given` to `readers`, until `stopped`; if somebody chooses, only those that
/// are chosen, after all were listed.
pub fn deliver(
    given: DeliveryRequest,
    readers: DeliverySender,
    counts: &Arc<DeliveryProgress>,
    stopped: Stopped,
    choose: Option<Choose>,
) -> Arrived {
    let state = Rc::new(DeliveryState::new(given, readers, Arc::clone(counts)));
    match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Err(error) => state.fault(0, "", error.to_string()),
        Ok(runtime) => {
            let set = LocalSet::new();
            set.block_on(&runtime, async {
                tokio::select! {
                    biased;
                    () = stopped.wait() => state.stopped(),
                    () = state.given_up.notified() => {}
                    () = all(&state, choose) => {}
                }
            });
            // What is still in flight is given up: who reads it hears of that.
            drop(set);
            // Whoever is still being looked for in the DNS is not waited for.
            runtime.shutdown_background();
        }
    }
    counts.is_listed.store(true, Ordering::Relaxed);
    state.arrived.take()
}

/// What all parts of a delivery know.
struct DeliveryState {
    given: DeliveryRequest,
    readers: DeliverySender,
    counts: Arc<DeliveryProgress>,
    arrived: RefCell<Arrived>,
    in_flight: Arc<Semaphore>,
    room: Arc<Semaphore>,
    streams: Arc<Semaphore>,
    /// The location that is listed.
    current: Cell<usize>,
    /// Objects, one after the other, of which none could be had.
    hopeless: Cell<u32>,
    given_up: Notify,
}

impl DeliveryState {
    fn new(given: DeliveryRequest, readers: DeliverySender, counts: Arc<DeliveryProgress>) -> Self {
        Self {
            in_flight: Arc::new(Semaphore::new(usize::from(given.access.in_flight.max(1)))),
            room: Arc::new(Semaphore::new(ROOM)),
            streams: Arc::new(Semaphore::new(given.readers.max(1))),
            given,
            readers,
            counts,
            arrived: RefCell::default(),
            current: Cell::new(0),
            hopeless: Cell::new(0),
            given_up: Notify::new(),
        }
    }

    /// Notes what could not be read: a part of a location, or all of it.
    fn fault(&self, location: usize, part: &str, why: String) {
        let Some(of) = self.given.locations.get(location) else { return };
        let path = if part.is_empty() { of.to_string() } else { of.at(part) };
        self.arrived.borrow_mut().faults.push(LocationFault { location, path, why });
    }

    fn remark(&self, location: &Location, what: String) {
        self.arrived.borrow_mut().remarks.push((location.to_string(), what));
    }

    /// Hands an object over, or why it cannot be had.
    fn hand_over(&self, arrival: Arrival, body: io::Result<Body>, places: FlightSlots) {
        let object = {
            let objects = &mut self.arrived.borrow_mut().objects;
            objects.push(arrival.clone());
            objects.len() - 1
        };
        self.counts.done.fetch_add(1, Ordering::Relaxed);
        self.readers.send(Delivery { object, arrival, body, places });
    }

    /// Notes that it was ended before its end.
    fn stopped(&self) {
        let (done, listed) = (&self.counts.done, &self.counts.listed);
        let (done, listed) = (done.load(Ordering::Relaxed), listed.load(Ordering::Relaxed));
        let current = self.current.get();
        let why = format!("stopped: {done} of the {listed} objects listed until then were read");
        self.fault(current, "", why);
        for location in current + 1..self.given.locations.len() {
            self.fault(location, "", "stopped before it was listed".to_owned());
        }
    }

    /// Notes that an object could not be had, and whether the service answered anything meanwhile; if that is
    /// so of one after the other, all ends.
    fn failed(&self, location: usize, failure: &S3Failure, reached: bool) {
        let most = match failure.trouble.class {
            TroubleClass::Credentials => HOPELESS_CREDENTIALS,
            TroubleClass::Passing
            | TroubleClass::Throttled
            | TroubleClass::Unreachable
            | TroubleClass::Held => HOPELESS,
            TroubleClass::Denied | TroubleClass::Refused => return self.hopeless.set(0),
        };
        if reached {
            return self.hopeless.set(0);
        }
        self.hopeless.set(self.hopeless.get() + 1);
        if self.hopeless.get() == most {
            let why = format!("gave up, and left unread what was not read by then: {}", failure.sentence());
            self.fault(location, "", why);
            self.given_up.notify_one();
        }
    }
}

/// Delivers all there is.
async fn all(state: &Rc<DeliveryState>, choose: Option<Choose>) {
    let service = match S3Service::find(&state.given.access).await {
        Ok(service) => Rc::new(service),
        Err(trouble) => {
            let why = S3Failure::from(trouble).sentence();
            for location in 0..state.given.locations.len() {
                state.fault(location, "", why.clone());
            }
            return;
        }
    };
    let mut fetches = JoinSet::new();
    let mut waiting = Vec::new();
    let mut taken: Vec<(String, NamedKeys)> = Vec::new();
    for (number, location) in state.given.locations.iter().enumerate() {
        state.current.set(number);
        let mut client = BucketClient::new(Rc::clone(&service), location.bucket.clone());
        client.with_versions = choose.is_some();
        let client = Rc::new(client);
        match select(&client, location).await {
            Err(failure) => state.fault(number, "", failure.sentence()),
            Ok(selection) => {
                let mut part = LocationDelivery {
                    state,
                    number,
                    client,
                    before: &taken,
                    fetches: &mut fetches,
                    waiting: choose.is_some().then_some(&mut waiting),
                    tally: PartTally::default(),
                };
                part.take(&selection).await;
                part.end();
                taken.push((location.bucket.clone(), selection));
            }
        }
    }
    state.counts.is_listed.store(true, Ordering::Relaxed);
    if let Some(choose) = choose {
        let identities: Vec<&Identity> = waiting
            .iter()
            .filter_map(|waiting: &WaitingObject| waiting.arrival.identity.as_deref())
            .collect();
        let mut chosen = choose(&identities).into_iter();
        for waiting in waiting {
            // Without an identity nothing is known of it.
            if waiting.arrival.identity.is_none() || chosen.next().unwrap_or(true) {
                waiting.get(state, &mut fetches).await;
            } else {
                state.counts.done.fetch_add(1, Ordering::Relaxed);
                state.arrived.borrow_mut().left.push(waiting.arrival);
            }
        }
    }
    while let Some(ended) = fetches.join_next().await {
        resume(ended);
    }
}

/// Goes on with the panic of a task, if it ended with one.
fn resume(ended: Result<(), JoinError>) {
    if let Err(error) = ended
        && let Ok(panic) = error.try_into_panic()
    {
        std::panic::resume_unwind(panic);
    }
}

/// What was seen of a location.
#[derive(Default)]
struct PartTally {
    objects: u64,
    /// Objects that an earlier location has.
    twice: u64,
    /// Names that cannot be read.
    strange: u64,
    /// Folders that were passed over: the first ones, and how many.
    folders: Vec<String>,
    passed_over: usize,
    /// Parts that could not be listed.
    failed: u64,
}

/// One location on its way.
struct LocationDelivery<'a> {
    state: &'a Rc<DeliveryState>,
    number: usize,
    client: Rc<BucketClient>,
    /// What was taken before.
    before: &'a [(String, NamedKeys)],
    fetches: &'a mut JoinSet<()>,
    /// Where objects wait, if somebody chooses.
    waiting: Option<&'a mut Vec<WaitingObject>>,
    tally: PartTally,
}

impl LocationDelivery<'_> {
    /// Lists and gets what was selected.
    async fn take(&mut self, selection: &NamedKeys) {
        let prefix = match selection {
            NamedKeys::Object(object) => return self.object(object.clone(), true).await,
            NamedKeys::Prefix(prefix) => prefix.clone(),
        };
        let (sender, mut news) = mpsc::channel(MOST_LISTED);
        let walk = S3Walk {
            client: Rc::clone(&self.client),
            window: self.state.given.window,
            above: prefix,
            lists: Rc::new(Semaphore::new(LISTS)),
            news: sender,
        };
        let walking = tokio::task::spawn_local(walk.run());
        while let Some(news) = news.recv().await {
            match news {
                WalkNews::Found(object) => self.object(object, false).await,
                WalkNews::Skipped(folder) => {
                    self.tally.passed_over += 1;
                    if self.tally.folders.len() < NAMED {
                        self.tally.folders.push(folder);
                    }
                }
                WalkNews::Failed(part, failure) => {
                    self.tally.failed += 1;
                    self.state.fault(self.number, &part, failure.sentence());
                }
                WalkNews::Strange(count) => self.tally.strange += count,
            }
        }
        resume(walking.await);
    }

    /// Takes an object in: it is got, or waits to be chosen.
    async fn object(&mut self, object: ListedObject, is_named: bool) {
        let state = self.state;
        let location = &state.given.locations[self.number];
        self.tally.objects += 1;
        let key = object.path.key();
        if self.before.iter().any(|(bucket, taken)| *bucket == location.bucket && taken.holds(&key)) {
            self.tally.twice += 1;
            return;
        }
        let name = key.rsplit('/').next().unwrap_or_default();
        if let Some(skipped) = Skipped::from_name(name.as_bytes()) {
            let remark = (object.path.to_string(), skipped.to_string());
            return state.arrived.borrow_mut().remarks.push(remark);
        }
        state.counts.listed.fetch_add(1, Ordering::Relaxed);
        state.counts.bytes.fetch_add(object.size, Ordering::Relaxed);
        let ListedObject { path, size, version, archived } = object;
        let identity = self.waiting.is_some().then(|| identity(&path, size, version.into())).flatten();
        let arrival = Arrival { location: self.number, path, is_named, identity: identity.map(Box::new) };
        let waiting = WaitingObject { client: Rc::clone(&self.client), arrival, size, archived };
        match &mut self.waiting {
            Some(all) => all.push(waiting),
            None => waiting.get(state, self.fetches).await,
        }
    }

    /// Says what there is to be said of it.
    fn end(self) {
        let PartTally { objects, twice, strange, folders, passed_over, failed } = self.tally;
        let state = self.state;
        let location = &state.given.locations[self.number];
        if strange > 0 {
            let names = counted(strange, "name", "names");
            let why = format!("{names} in it cannot be read: no UTF-8, or not what was asked for");
            state.fault(self.number, "", why);
        }
        if objects == 0 && failed == 0 && strange == 0 {
            if state.given.window.is_all() {
                state.fault(self.number, "", "it holds no object to read".to_owned());
            } else {
                state.remark(location, "no object there is of the time that is asked for".to_owned());
            }
        }
        if twice > 0 {
            state.remark(location, format!("{twice} of its objects: {}", Skipped::Twice));
        }
        if passed_over > 0 {
            let more = passed_over - folders.len();
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            let folders = folders.join(", ");
            let what = format!("folders of other services' logs were passed over: {folders}{more}");
            state.remark(location, what);
        }
    }
}

/// What an object is known by; nothing if the service does not say what changes with its bytes.
fn identity(path: &ObjectPath, size: u64, version: String) -> Option<Identity> {
    let is_known = !version.trim().is_empty();
    is_known.then(|| Identity { name: path.to_string(), size, version })
}

/// An object that was listed.
struct WaitingObject {
    client: Rc<BucketClient>,
    arrival: Arrival,
    size: u64,
    archived: Option<&'static str>,
}

impl WaitingObject {
    /// Gets it as soon as there is a place for it.
    async fn get(self, state: &Rc<DeliveryState>, fetches: &mut JoinSet<()>) {
        let Self { client, arrival, size, archived } = self;
        let flight = Arc::clone(&state.in_flight).acquire_owned().await.ok();
        let mut places = FlightSlots { flight, room: None };
        let is_large = size > LARGEST as u64;
        if !is_large {
            let units = size.div_ceil(UNIT).saturating_into::<u32>();
            places.room = Arc::clone(&state.room).acquire_many_owned(units).await.ok();
        }
        // Those that ended are let go, so that their number does not grow with that of the objects.
        while let Some(ended) = fetches.try_join_next() {
            resume(ended);
        }
        if let Some(class) = archived {
            let why = format!("it is archived ({class}); try: restore it first: aws s3api restore-object");
            return state.hand_over(arrival, Err(io::Error::other(why)), places);
        }
        let state = Rc::clone(state);
        fetches.spawn_local(get(state, client, arrival, places, is_large));
    }
}

/// Gets one object, and hands it over.
async fn get(
    state: Rc<DeliveryState>,
    client: Rc<BucketClient>,
    arrival: Arrival,
    places: FlightSlots,
    is_large: bool,
) {
    // No more connections are open for large ones than somebody reads from.
    let _stream = if is_large { Arc::clone(&state.streams).acquire_owned().await.ok() } else { None };
    let before = client.service().answered();
    let (key, to) = (arrival.path.key(), Rc::clone(&state));
    let handed = arrival.clone();
    let got = fetch(&client, &key, move |body| to.hand_over(handed, Ok(body), places)).await;
    match got {
        Ok(()) => state.hopeless.set(0),
        Err(failure) => {
            let location = arrival.location;
            let flight = Arc::clone(&state.in_flight).acquire_owned().await.ok();
            let error = io::Error::other(failure.sentence());
            state.hand_over(arrival, Err(error), FlightSlots { flight, room: None });
            state.failed(location, &failure, client.service().answered() > before);
        }
    }
}
