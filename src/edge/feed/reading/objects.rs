//! Objects of S3, read as files are.

use std::cmp::Ordering as Order;
use std::sync::Arc;
use std::thread::{Scope, ScopedJoinHandle};

use super::{CountedBefore, Progress, ReadPlan, SplitStreams, Worker, scanned};
use crate::digest::Terms;
use crate::edge::feed::blocks::Exchange;
use crate::edge::feed::live::request::Stop;
use crate::edge::feed::s3::{Arrived, Body, Delivery, DeliveryRequest, DeliverySender, deliver};
use crate::edge::feed::window::TimeWindow;
use crate::log::envelope::InputFormat;
use crate::report::InputSummary;

impl ReadPlan {
    /// Begins to deliver what is in S3, if anything is, on a thread of its own.
    pub(super) fn deliver<'scope>(
        &self,
        scope: &'scope Scope<'scope, '_>,
        terms: &Terms,
        readers: usize,
        sender: DeliverySender,
        progress: &Progress,
    ) -> Option<ScopedJoinHandle<'scope, Arrived>> {
        if self.locations.is_empty() {
            return None;
        }
        let given = DeliveryRequest {
            locations: self.locations.iter().map(|(_, location)| location.clone()).collect(),
            window: TimeWindow { since: terms.since, until: terms.until },
            access: self.access.clone(),
            readers,
        };
        let (counts, stopped) = (Arc::clone(&progress.objects), self.stopped.clone());
        let choose = self.choose();
        Some(scope.spawn(move || {
            let (_stop, never) = Stop::new();
            deliver(given, sender, &counts, stopped.unwrap_or(never), choose)
        }))
    }
}

impl Worker<'_> {
    /// Reads an object.
    pub(super) fn object(&mut self, input: usize, delivery: Delivery, exchange: &Exchange) {
        let Delivery { body, places: _places, .. } = delivery;
        #[cfg(feature = "parquet")]
        let body = match body.map(Body::into_source) {
            Ok(Ok(source)) => {
                if let Err(error) = self.columns(input, source, None) {
                    self.result(input).rare().error = Some(error);
                }
                return;
            }
            Ok(Err(body)) => Ok(body),
            Err(error) => Err(error),
        };
        let read = match body {
            Ok(Body::Whole(bytes)) => {
                let before = CountedBefore::from_digest(&self.digest);
                if let Some(unpacked) = self.objects.unpack_whole(&bytes) {
                    let format = scanned(unpacked, &mut self.digest);
                    return self.unpacked(input, &before, bytes.len() as u64, format);
                }
                self.stream(input, bytes.as_slice(), None, SplitStreams::Packed)
            }
            Ok(Body::Stream(stream)) => self.stream(input, stream, Some(exchange), SplitStreams::All),
            // That is one of Parquet.
            #[cfg(feature = "parquet")]
            Ok(Body::Ranges(_)) => Ok(()),
            Err(error) => Err(error),
        };
        if let Err(error) = read {
            self.result(input).rare().error = Some(error);
        }
    }
}

/// The plan with the objects that arrived as inputs of their own, where their locations were, in the order in
/// which a folder of the same files would be read.
pub(super) fn placed(mut plan: ReadPlan, arrived: Arrived) -> ReadPlan {
    let Arrived { mut objects, left, faults, remarks } = arrived;
    objects.extend(left);
    plan.remarks.extend(remarks);
    if plan.locations.is_empty() {
        return plan;
    }
    plan.know_objects(plan.inputs.len(), objects.iter());
    let mut order: Vec<usize> = (0..objects.len()).collect();
    order.sort_unstable_by(|one, other| {
        let (one, other) = (&objects[*one], &objects[*other]);
        one.location.cmp(&other.location).then_with(|| by_parts(one.path.bytes(), other.path.bytes()))
    });
    let mut of_objects = vec![0; objects.len()];
    let mut summaries = Vec::with_capacity(plan.summaries.len() + objects.len() + faults.len());
    let mut moved = Vec::with_capacity(plan.summaries.len());
    let mut found = std::collections::BTreeSet::new();
    let mut order = order.into_iter().peekable();
    let mut locations = plan.locations.iter().enumerate().peekable();
    let mut old = plan.summaries.into_iter();
    for place in 0..=old.len() {
        while let Some((number, _)) = locations.next_if(|(_, (at, _))| *at == place) {
            while let Some(object) = order.next_if(|object| objects[*object].location == number) {
                of_objects[object] = summaries.len();
                if !objects[object].is_named {
                    found.insert(summaries.len());
                }
                let path = std::mem::take(&mut objects[object].path).into_path();
                summaries.push(InputSummary { path, format: "", records: 0, error: None });
            }
            for fault in faults.iter().filter(|fault| fault.location == number) {
                summaries.push(InputSummary {
                    path: fault.path.as_str().into(),
                    format: InputFormat::Empty.name(),
                    records: 0,
                    error: Some(fault.why.clone()),
                });
            }
        }
        if let Some(summary) = old.next() {
            if plan.found.contains(&place) {
                found.insert(summaries.len());
            }
            moved.push(summaries.len());
            summaries.push(summary);
        }
    }
    for place in &mut plan.places {
        *place = moved[*place];
    }
    plan.places.extend(of_objects);
    ReadPlan { summaries, found, ..plan }
}

/// The order of files in folders: part by part of the path.
fn by_parts(one: impl Iterator<Item = u8>, other: impl Iterator<Item = u8>) -> Order {
    let part = |byte| if byte == b'/' { 0 } else { byte };
    one.map(part).cmp(other.map(part))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::edge::feed::s3::{Arrival, Location, LocationFault, ObjectPath};

    #[test]
    fn keys_are_ordered_as_files_in_folders_are() {
        let mut keys = ["a-b/x", "a/y", "a/x/z", "a.b", "A/x", "a/x-1"];
        keys.sort_unstable_by(|one: &&str, other| by_parts(one.bytes(), other.bytes()));
        assert_eq!(keys, ["A/x", "a/x/z", "a/x-1", "a/y", "a-b/x", "a.b"]);
    }

    #[test]
    fn objects_stand_where_their_location_was_given() {
        let folder = crate::edge::feed::inputs::tests::folder("placed");
        std::fs::write(folder.join("a.log"), "x").unwrap();
        let file = folder.join("a.log");
        let paths = ["s3://one/x/".into(), file.clone(), "/nowhere/b.log".into(), "s3://two".into()];
        let plan = ReadPlan::new(&paths);
        assert_eq!(plan.locations.len(), 2);
        let arrival = |location: usize, key: &str| Arrival {
            location,
            path: ObjectPath::all(["one", "two"][location], vec![key.to_owned()]).remove(0),
            is_named: key == "named",
            identity: None,
        };
        let one = Location::parse("s3://one/x/").unwrap();
        let arrived = Arrived {
            objects: vec![arrival(1, "b"), arrival(0, "x/2"), arrival(1, "named"), arrival(0, "x/1")],
            faults: vec![LocationFault { location: 0, path: one.to_string(), why: "why".to_owned() }],
            ..Arrived::default()
        };
        let plan = placed(plan, arrived);
        let paths: Vec<String> = plan.summaries.iter().map(|summary| summary.path.to_string()).collect();
        let file = file.display().to_string();
        assert_eq!(
            paths,
            [
                "s3://one/x/1",
                "s3://one/x/2",
                "s3://one/x/",
                &file,
                "/nowhere/b.log",
                "s3://two/b",
                "s3://two/named"
            ]
        );
        assert_eq!(plan.places, [3, 5, 1, 6, 0], "the file, then objects in the order of their arrival");
        assert_eq!(plan.found.into_iter().collect::<Vec<_>>(), [0, 1, 5]);
        std::fs::remove_dir_all(folder).unwrap();
    }
}
