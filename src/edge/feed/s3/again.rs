//! One object, got by itself.

use std::io::{self, Cursor, Read};
use std::sync::Arc;
use std::thread;

use crossbeam_channel::bounded;

use super::{
    Body, DeliveryProgress, DeliveryRequest, DeliverySender, Location, ObjectStream, S3Access, deliver,
};
use crate::edge::feed::live::request::Stop;
use crate::edge::feed::window::TimeWindow;
#[cfg(feature = "parquet")]
use {
    super::ranges::Ranges,
    crate::edge::feed::parquet::{HeldBytes, MAGIC, ParquetSource},
};

/// An object as it is read. What is not read of it is not waited for.
#[derive(Debug)]
pub struct S3Object {
    bytes: Bytes,
    /// Ends what is still to come.
    stop: Stop,
}

#[derive(Debug)]
enum Bytes {
    Whole(Cursor<Vec<u8>>),
    Stream(ObjectStream),
    #[cfg(feature = "parquet")]
    Ranges(Arc<Ranges>),
}

impl S3Object {
    /// Gets the object whose key is the prefix of `location`.
    ///
    /// # Errors
    /// If it cannot be had.
    pub fn get(location: &Location, access: &S3Access) -> io::Result<Self> {
        let given = DeliveryRequest {
            locations: vec![location.clone()],
            window: TimeWindow::default(),
            access: S3Access { in_flight: 1, ..access.clone() },
            readers: 1,
        };
        let ((sender, deliveries), (stop, stopped)) = (bounded(1), Stop::new());
        let network = thread::Builder::new().name("object".to_owned()).spawn(move || {
            deliver(given, DeliverySender::new(sender), &Arc::new(DeliveryProgress::default()), stopped, None)
        })?;
        // Something else than that object may be first where it is gone and others begin with its key.
        let delivery = deliveries.recv().ok().filter(|delivery| delivery.arrival.is_named);
        if let Some(delivery) = delivery {
            let bytes = match delivery.body? {
                Body::Whole(bytes) => Bytes::Whole(Cursor::new(bytes)),
                Body::Stream(stream) => Bytes::Stream(stream),
                #[cfg(feature = "parquet")]
                Body::Ranges(ranges) => Bytes::Ranges(ranges),
            };
            return Ok(Self { bytes, stop });
        }
        stop.now();
        drop(deliveries);
        let arrived = network.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        let why = arrived.faults.into_iter().next().map(|fault| fault.why);
        Err(io::Error::other(why.unwrap_or_else(|| "it does not exist".to_owned())))
    }
}

#[cfg(feature = "parquet")]
impl S3Object {
    /// The object as one of Parquet, if it is one; as long as this is there.
    #[must_use]
    pub fn columns(&self) -> Option<Arc<dyn ParquetSource>> {
        match &self.bytes {
            Bytes::Whole(bytes) if bytes.get_ref().starts_with(MAGIC) => {
                Some(HeldBytes::all(bytes.get_ref().clone().into()))
            }
            Bytes::Ranges(ranges) => Some(Arc::clone(ranges) as Arc<dyn ParquetSource>),
            _ => None,
        }
    }
}

impl Read for S3Object {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        match &mut self.bytes {
            Bytes::Whole(bytes) => bytes.read(out),
            Bytes::Stream(stream) => stream.read(out),
            #[cfg(feature = "parquet")]
            Bytes::Ranges(_) => Ok(0),
        }
    }
}

impl Drop for S3Object {
    fn drop(&mut self) {
        self.stop.now();
    }
}
