//! An observation for tests of what is made of observations.

use super::{Aside, Asker, Observation, Rcode, SourceAddress, Verdict};
use crate::base::moment::Moment;

/// An AAAA query; what a test does not set is the same in all of them.
pub(crate) fn observed<'a>(asker: Asker<'a>, name: &'a str, verdict: Verdict) -> Observation<'a> {
    Observation {
        record_prefix: 0,
        at: Moment(0),
        account: b"1",
        region: b"r",
        vpc: b"vpc-1",
        asker,
        source: SourceAddress::Ip(1),
        port: b"",
        name: name.as_bytes(),
        kind: b"AAAA",
        rcode: Rcode::NoError,
        verdict,
        native: &[],
        ipv4: &[],
        cname_only: false,
        mixed: false,
        partial: false,
        aside: Aside::default(),
    }
}
