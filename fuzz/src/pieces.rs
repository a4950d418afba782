//! However a log is cut into blocks, it is the same log: the same records at the same places, judged alike.

use r53tail::digest::{Digest, ObservationListener, Sample, Terms};
use r53tail::fleet::CountedPlace;
use r53tail::log::envelope::{Envelope, InputFormat, RecordPlace};
use r53tail::log::observation::Observation;

use crate::{head, report};

/// Keeps what each record said and where it stood.
#[derive(Default)]
struct Seen(Vec<String>);

impl ObservationListener for Seen {
    fn saw(&mut self, observation: &Observation<'_>, _: CountedPlace, place: RecordPlace) {
        self.0.push(format!("{place:?} {:?}", Observation { record_prefix: 0, ..observation.clone() }));
    }
}

fn read(log: &[u8], sizes: [u8; 4]) -> (String, Vec<Sample>, Vec<String>, InputFormat) {
    let mut digest = Digest::new(&Terms::default(), Seen::default());
    let mut envelope = Envelope::default();
    let (mut start, mut end) = (0, 0);
    for size in sizes.into_iter().cycle() {
        // One of no bytes: all that is left at once.
        end = if size == 0 { log.len() } else { log.len().min(end + usize::from(size)) };
        start += envelope.scan(&log[start..end], end == log.len(), &mut digest);
        if end == log.len() {
            break;
        }
    }
    assert_eq!(start, log.len(), "at the end everything is consumed");
    let format = envelope.format();
    let (fleet, samples, seen) = digest.finish();
    (report(&fleet, r53tail::report::Format::Json), samples, seen.0, format)
}

/// Reads a log whole and in pieces.
pub fn run(data: &[u8]) {
    let (sizes, log) = head::<4>(data);
    assert_eq!(read(log, sizes), read(log, [0; 4]), "in pieces of {sizes:?}");
}
