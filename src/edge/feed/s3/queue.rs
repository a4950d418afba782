//! Where objects wait to be read.
//!
//! Whoever reads counts by himself, and at the end all is joined: a pair that two of them counted is in
//! memory twice, and costs time once more. So as long as one reader keeps up with what comes, the others
//! leave small objects to it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crossbeam_channel::{Receiver, Sender, TrySendError, bounded};

use super::{Body, Delivery};

/// Objects that wait for the steady reader, at most.
const WAITING: usize = 48;
/// The largest object that waits for it, in bytes: at the end, it reads what waits while the others have
/// nothing to do.
const SMALL: usize = 64 << 10;

/// Where objects are handed over.
#[derive(Clone, Debug)]
pub struct DeliverySender {
    /// What the steady reader is to read; `None` if there is but one queue.
    steady: Option<Sender<Delivery>>,
    any: Sender<Delivery>,
}

impl DeliverySender {
    /// For one reader, or for several that take from one queue. It must have room for all that are in flight.
    #[must_use]
    pub fn new(any: Sender<Delivery>) -> Self {
        Self { steady: None, any }
    }

    /// Hands an object over. If nobody reads any more, it goes nowhere.
    ///
    /// What waits for the steady reader has no place in flight any more: however much does, as much goes on
    /// coming. What waits for any holds it, so that there is always room for it.
    pub(super) fn send(&self, mut delivery: Delivery) {
        if let Some(steady) = self.steady.as_ref().filter(|_| is_small(&delivery)) {
            let flight = delivery.places.flight.take();
            match steady.try_send(delivery) {
                Ok(()) => return,
                Err(TrySendError::Full(back) | TrySendError::Disconnected(back)) => delivery = back,
            }
            delivery.places.flight = flight;
        }
        _ = self.any.send(delivery);
    }
}

/// Whether an object is there as a whole and quickly read.
fn is_small(delivery: &Delivery) -> bool {
    match &delivery.body {
        Ok(Body::Whole(bytes)) => bytes.len() <= SMALL,
        Ok(_) => false,
        Err(_) => true,
    }
}

/// Where objects come from, for each of several readers.
#[derive(Clone, Debug)]
pub struct DeliveryReceiver {
    steady: Receiver<Delivery>,
    any: Receiver<Delivery>,
    /// Whether there is a steady reader.
    taken: Arc<AtomicBool>,
}

impl DeliveryReceiver {
    /// What this reader is to read alone, and what with others. The first that asks is the steady one: there
    /// is nothing for others to read alone.
    #[must_use]
    pub fn begin(self) -> (Option<Receiver<Delivery>>, Receiver<Delivery>) {
        let is_first = !self.taken.swap(true, Ordering::Relaxed);
        (is_first.then_some(self.steady), self.any)
    }
}

/// Both ends of a queue for several readers, if as many objects are in flight.
#[must_use]
pub fn delivery_queue(in_flight: u16) -> (DeliverySender, DeliveryReceiver) {
    let (any, from_any) = bounded(usize::from(in_flight.max(1)));
    let (steady, from_steady) = bounded(WAITING);
    (
        DeliverySender { steady: Some(steady), any },
        DeliveryReceiver { steady: from_steady, any: from_any, taken: Arc::default() },
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::edge::feed::s3::{Arrival, FlightSlots, ObjectPath};
    use tokio::sync::Semaphore;

    fn delivery(object: usize, bytes: usize, flights: &Arc<Semaphore>) -> Delivery {
        let path = ObjectPath::all("bucket", vec!["key".to_owned()]).remove(0);
        let flight = Some(Arc::clone(flights).try_acquire_owned().unwrap());
        Delivery {
            object,
            arrival: Arrival { location: 0, path, is_named: false, identity: None },
            body: Ok(Body::Whole(vec![0; bytes])),
            places: FlightSlots { flight, room: None },
        }
    }

    #[test]
    fn small_objects_wait_for_one_reader_until_it_falls_behind() {
        const IN_FLIGHT: usize = 4;
        let flights = Arc::new(Semaphore::new(IN_FLIGHT));
        let (sender, receiver) = delivery_queue(4);
        sender.send(delivery(0, SMALL + 1, &flights));
        assert_eq!(flights.available_permits(), IN_FLIGHT - 1, "a large one waits for any, in its place");
        for object in 1..=WAITING {
            sender.send(delivery(object, SMALL, &flights));
            assert_eq!(flights.available_permits(), IN_FLIGHT - 1, "{object} gave its place back");
        }
        for object in WAITING + 1..WAITING + IN_FLIGHT {
            sender.send(delivery(object, 1, &flights));
        }
        assert_eq!(flights.available_permits(), 0);
        drop(sender);
        let other = receiver.clone();
        let (alone, any) = receiver.begin();
        let alone: Vec<usize> = alone.unwrap().iter().map(|delivery| delivery.object).collect();
        assert_eq!(alone, (1..=WAITING).collect::<Vec<_>>());
        let (none, any_too) = other.begin();
        assert!(none.is_none(), "there is one steady reader");
        let shared: Vec<usize> = any.try_iter().chain(any_too.iter()).map(|it| it.object).collect();
        assert_eq!(shared, [0, WAITING + 1, WAITING + 2, WAITING + 3]);
        assert_eq!(flights.available_permits(), IN_FLIGHT);
    }

    #[test]
    fn what_the_steady_reader_left_behind_goes_to_any() {
        let flights = Arc::new(Semaphore::new(1));
        let (sender, receiver) = delivery_queue(1);
        let other = receiver.clone();
        drop(receiver.begin());
        let (_, any) = other.begin();
        sender.send(delivery(7, 1, &flights));
        assert_eq!(any.recv().unwrap().object, 7);
    }
}
