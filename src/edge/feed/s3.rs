//! Reads logs out of S3 as if they were files: lists what is under a prefix, gets many objects at a time, and
//! hands each over to whoever reads it.
//!
//! Requests are signed with the SDK's own signer and sent through its HTTP client, as those to EC2 are; there
//! are two, `ListObjectsV2` and `GetObject`, and both only read. `layout` says which folders and days of
//! the known layouts can hold what is asked for. All waits on one thread; objects go from there to those that
//! read through a `queue`: small ones to one reader as long as it keeps up.

use std::io;

use tokio::sync::OwnedSemaphorePermit;

mod address;
mod again;
mod body;
mod client;
mod deliver;
mod failure;
mod fetch;
mod identity;
mod layout;
mod location;
mod page;
mod queue;
#[cfg(feature = "parquet")]
mod ranges;
mod size;
mod walk;

pub use again::S3Object;
pub use body::{Body, ObjectStream};
pub use deliver::{Arrival, Arrived, Choose, DeliveryProgress, DeliveryRequest, LocationFault, deliver};
pub use location::{Location, LocationError, ObjectPath};
pub use queue::{DeliveryReceiver, DeliverySender, delivery_queue};
pub use size::sized;

/// Objects that are in flight at a time, if nobody says otherwise.
pub const IN_FLIGHT: u16 = 64;

/// As whom objects are read, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct S3Access {
    /// The profile that was asked for.
    pub profile: Option<String>,
    /// Objects that are in flight at a time.
    pub in_flight: u16,
    /// Whether the bucket's requests are paid by whoever asks (`x-amz-request-payer`).
    pub requester_pays: bool,
}

impl Default for S3Access {
    fn default() -> Self {
        Self { profile: None, in_flight: IN_FLIGHT, requester_pays: false }
    }
}

/// What an object takes until it is let go.
#[derive(Debug, Default)]
pub struct FlightSlots {
    /// A place among those in flight.
    flight: Option<OwnedSemaphorePermit>,
    /// Memory, if it is held as a whole.
    room: Option<OwnedSemaphorePermit>,
}

/// An object on its way to whoever reads it.
#[derive(Debug)]
pub struct Delivery {
    /// Its number, in the order of delivery.
    pub object: usize,
    /// What it is.
    pub arrival: Arrival,
    /// Its bytes, or why there are none.
    pub body: io::Result<Body>,
    /// To be held until the bytes were read.
    pub places: FlightSlots,
}
