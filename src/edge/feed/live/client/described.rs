//! What the service tells of log groups.

use aws_sdk_cloudwatchlogs::types::{LogGroup, LogGroupClass};

use crate::edge::feed::live::groups::{FoundGroups, LogGroupId, Unfollowed};

/// A log group, as far as `DescribeLogGroups` tells of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::edge::feed) struct Described {
    pub(in crate::edge::feed) group: LogGroupId,
    /// Its class, as the service spells it, if it is another than `STANDARD`.
    pub(in crate::edge::feed) class: Option<String>,
    /// How many bytes are stored, if that is known.
    pub(in crate::edge::feed) stored: Option<u64>,
    /// When it was made, in milliseconds.
    pub(in crate::edge::feed) made: Option<i64>,
    /// How many days it keeps records, if there is an end to it.
    pub(in crate::edge::feed) days: Option<i64>,
}

impl Described {
    /// One of which no more is known than that it is wanted.
    pub(super) fn new(group: LogGroupId) -> Self {
        Self { group, class: None, stored: None, made: None, days: None }
    }
}

/// What is told of a log group, if it has an ARN.
pub(super) fn described(group: &LogGroup) -> Option<Described> {
    let arn = group.log_group_arn().or(group.arn()).unwrap_or_default();
    let class = group.log_group_class().filter(|class| **class != LogGroupClass::Standard);
    Some(Described {
        class: class.map(|class| class.as_str().to_owned()),
        stored: group.stored_bytes().and_then(|bytes| u64::try_from(bytes).ok()),
        made: group.creation_time(),
        days: group.retention_in_days().map(i64::from),
        ..Described::new(LogGroupId::from_arn(arn)?)
    })
}

/// Log groups by whether they can be followed.
pub(super) fn sorted_out(listed: Vec<Described>) -> FoundGroups {
    let mut found = FoundGroups::default();
    for Described { group, class, .. } in listed {
        match class {
            Some(class) => found.others.push(Unfollowed { group, class }),
            None => found.groups.push(group),
        }
    }
    found
}
