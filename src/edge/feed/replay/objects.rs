//! Objects of S3 for the console: in the order in which they come, and again if a record of one is asked for.

use std::io::{self, Read};
use std::sync::{Arc, PoisonError};
use std::thread;

use crossbeam_channel::bounded;

use super::{ListenerGone, Replay, ReplayPass};
use crate::base::saturating::SaturatingInto as _;
use crate::console::{Raw, Spot};
use crate::edge::feed::live::request::Stop;
#[cfg(feature = "parquet")]
use crate::edge::feed::parquet::RowFile;
use crate::edge::feed::s3::{
    Body, DeliveryProgress, DeliveryRequest, DeliverySender, Location, S3Object, deliver,
};
use crate::edge::feed::unpack::Unpacked;
use crate::edge::feed::window::TimeWindow;
use crate::log::envelope::RecordPlace;

impl ReplayPass<'_> {
    /// Reads what is at `location`.
    pub(super) fn bucket(&mut self, location: &Location) -> Result<(), ListenerGone> {
        let replay = self.replay;
        let given = DeliveryRequest {
            locations: vec![location.clone()],
            window: TimeWindow { since: self.terms.since, until: self.terms.until },
            access: replay.access.clone(),
            readers: 1,
        };
        let (stop, stopped) = Stop::new();
        let (sender, deliveries) = bounded(usize::from(given.access.in_flight.max(1)));
        let (read, arrived) = thread::scope(|scope| {
            let network = scope.spawn(|| {
                deliver(
                    given,
                    DeliverySender::new(sender),
                    &Arc::new(DeliveryProgress::default()),
                    stopped,
                    None,
                )
            });
            let mut read = Ok(());
            for delivery in deliveries {
                let object =
                    Location { bucket: location.bucket.clone(), prefix: delivery.arrival.path.key() };
                let name = object.to_string();
                let number = replay.add_object(object);
                let is_found = !delivery.arrival.is_named;
                read = self.body(number, &name, is_found, delivery.body);
                if read.is_err() {
                    break;
                }
            }
            // All was read, or nobody wants more.
            stop.now();
            (read, network.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
        });
        read?;
        for fault in arrived.faults {
            self.failed(&fault.path, &fault.why)?;
        }
        for (path, what) in arrived.remarks {
            self.remark(&path, what)?;
        }
        Ok(())
    }
}

impl ReplayPass<'_> {
    fn body(
        &mut self,
        number: u32,
        name: &str,
        is_found: bool,
        body: io::Result<Body>,
    ) -> Result<(), ListenerGone> {
        #[cfg(feature = "parquet")]
        let body = match body.map(Body::into_source) {
            Ok(Ok(source)) => return self.columns(number, name, is_found, source),
            Ok(Err(body)) => Ok(body),
            Err(error) => Err(error),
        };
        self.input(number, name, is_found, false, body.map(Body::into_read))
    }
}

impl Replay {
    /// The number of an object.
    fn add_object(&self, object: Location) -> u32 {
        let mut objects = self.objects.lock().unwrap_or_else(PoisonError::into_inner);
        objects.push(object);
        (self.inputs.len() + objects.len() - 1).saturating_into::<u32>()
    }

    /// The object that a record is in, if it is in one.
    fn object(&self, spot: Spot) -> Option<Location> {
        let number = (spot.input.0 as usize).checked_sub(self.inputs.len())?;
        self.objects.lock().unwrap_or_else(PoisonError::into_inner).get(number).cloned()
    }

    /// The raw record at `spot`, which is in an object.
    pub(super) fn fetch_object(&self, spot: Spot) -> Raw {
        let Some(object) = self.object(spot) else {
            return Err("this record is no longer held, and cannot be read again".to_owned());
        };
        let raw = S3Object::get(&object, &self.access).and_then(|object| take(object, spot.place));
        self.shown(raw, &object.to_string())
    }

    /// Gets the object that a record is in again; `None` if it is in none.
    pub(crate) fn open_object(&self, spot: Spot) -> Option<io::Result<S3Object>> {
        let object = self.object(spot)?;
        Some(S3Object::get(&object, &self.access))
    }
}

/// The bytes at `place` of an object.
fn take(object: S3Object, place: RecordPlace) -> io::Result<Vec<u8>> {
    #[cfg(feature = "parquet")]
    if let Some(source) = object.columns() {
        return RowFile::open(source)?.take(place.offset);
    }
    let mut input = Unpacked::new(object);
    io::copy(&mut input.by_ref().take(place.offset), &mut io::sink())?;
    let mut raw = Vec::new();
    input.take(u64::from(place.length)).read_to_end(&mut raw)?;
    if raw.len() < place.length as usize {
        return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the object is shorter than it was"));
    }
    Ok(raw)
}
