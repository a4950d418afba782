//! Which parts of a bucket can hold what is asked for, by their names alone.
//!
//! The resolver delivers to `[PREFIX/]AWSLogs/ACCOUNT/vpcdnsquerylogs/VPC/YYYY/MM/DD/`, in objects named
//! `VPC_vpcdnsquerylogs_ACCOUNT_YYYYMMDDTHHMMZ_HASH.log.gz`, one for each five minutes with queries. Firehose
//! has `YYYY/MM/DD/HH/` below its prefix, Security Lake `eventDay=YYYYMMDD/`. Days are those of the delivery:
//! it comes after the records, and may be late. So days are read up to [`LATE`] after what is asked for.

use crate::base::moment::Moment;
use crate::edge::feed::window::TimeWindow;

/// How much later than its records an object may be delivered.
const LATE: i64 = 86_400_000;
/// How much earlier than its last record an object of the resolver may be named: it is named after the five
/// minutes that it is for, and whether after their beginning or their end is not documented. An hour is some
/// more than that.
const EARLY: i64 = 3_600_000;
/// How far days of others may be from UTC: Firehose can be told a time zone.
const ZONES: i64 = 86_400_000;
const DAY: i64 = 86_400_000;

/// Folders of services below `AWSLogs/ACCOUNT/` that hold other logs, as the guides of these services have
/// them.
const OTHERS: [&str; 10] = [
    "CloudTrail",
    "CloudTrail-Digest",
    "CloudTrail-Insight",
    "CloudTrail-NetworkActivity",
    "Config",
    "GuardDuty",
    "WAFLogs",
    "elasticloadbalancing",
    "network-firewall",
    "vpcflowlogs",
];
/// The folder of the resolver.
const RESOLVER: &str = "vpcdnsquerylogs";

/// What a folder is by its path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Folder {
    /// Folders that are looked at one by one: of accounts, of services, of VPCs.
    Parts,
    /// One of the resolver with days in it, which are below this folder of a VPC.
    Days(String),
    /// Nothing is known.
    Unknown,
}

impl Folder {
    /// What the folder of what begins with `prefix` is.
    pub(super) fn from_prefix(prefix: &str) -> Self {
        let path = prefix.rfind('/').map_or("", |end| &prefix[..=end]);
        let parts: Vec<&str> = path.split_terminator('/').collect();
        let Some(at) = parts.iter().rposition(|part| *part == "AWSLogs") else { return Self::Unknown };
        match &parts[at + 1..] {
            [] | [_] | [_, RESOLVER] => Self::Parts,
            [_, RESOLVER, ..] => Self::Days(parts[..at + 4].join("/") + "/"),
            _ => Self::Unknown,
        }
    }
}

/// By what the days of a folder are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dates {
    /// By UTC, and by the times in the names, as the resolver has them.
    Resolver,
    /// By days of a time zone that is not known.
    Others,
}

/// The last part of a folder's path.
fn last(folder: &str) -> &str {
    let folder = folder.strip_suffix('/').unwrap_or(folder);
    folder.rsplit('/').next().unwrap_or(folder)
}

/// Whether a folder is one of a service whose logs are other ones.
pub(super) fn is_of_others(folder: &str) -> bool {
    let parts: Vec<&str> = folder.split_terminator('/').collect();
    matches!(parts.as_slice(), [.., "AWSLogs", _, service] if OTHERS.contains(service))
}

/// Whether a folder is named after a year.
pub(super) fn is_year(folder: &str) -> bool {
    let name = last(folder);
    name.len() == 4 && name.starts_with("20") && name.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether a key or folder is hidden below `above`: a part of it begins with a dot.
pub(super) fn is_hidden(key: &str, above: &str) -> bool {
    let below = key.strip_prefix(above).unwrap_or(key);
    // What a name goes on with is no name.
    let is_whole = above.is_empty() || above.ends_with('/');
    let below = if is_whole { below } else { below.split_once('/').map_or("", |(_, below)| below) };
    below.split('/').any(|part| part.starts_with('.'))
}

/// A day of eight digits, or of ten with `/` between.
fn day(text: &str) -> Option<Moment> {
    let digits: String = text.chars().filter(|letter| *letter != '/').collect();
    let shape =
        [text.len() == 8, text.len() == 10 && text.get(4..5) == Some("/") && text.get(7..8) == Some("/")];
    if digits.len() != 8 || !shape.contains(&true) {
        return None;
    }
    let text = format!("{}-{}-{}T00:00:00Z", digits.get(..4)?, digits.get(4..6)?, digits.get(6..)?);
    Moment::from_canonical(text.as_bytes())
}

/// The time in the name of an object of the resolver.
fn named(key: &str) -> Option<Moment> {
    let name = key.rsplit('/').next()?;
    let (_, rest) = name.split_once("_vpcdnsquerylogs_")?;
    let (_, rest) = rest.split_once('_')?;
    let (time, _) = rest.split_once('_')?;
    let (date, time) = time.strip_suffix('Z')?.split_once('T')?;
    let day = day(date)?;
    let time = Moment::from_canonical(
        format!("{}T{}:{}:00Z", day.date(), time.get(..2)?, time.get(2..)?).as_bytes(),
    )?;
    Some(time)
}

impl TimeWindow {
    /// Whether everything is asked for.
    pub(super) fn is_all(self) -> bool {
        self.since.is_none() && self.until.is_none()
    }

    /// Whether what was delivered between `first` and `last` can hold some of it, give or take `zones`.
    fn holds(self, first: i64, last: i64, zones: i64) -> bool {
        self.since.is_none_or(|since| last.saturating_add(zones) >= since.0)
            && self.until.is_none_or(|until| first <= until.0.saturating_add(LATE).saturating_add(zones))
    }

    /// Whether a folder may hold some of it. Only one that is named after a day tells.
    pub(in crate::edge::feed) fn holds_folder(self, folder: &str) -> bool {
        let event_day = last(folder).strip_prefix("eventDay=").and_then(day);
        event_day.is_none_or(|day| self.holds(day.0, day.0 + DAY - 1, ZONES))
    }

    /// After which key in `folder`, which is one of years, to begin: after all of the day before the first
    /// one that may hold some of it. The name of that day's folder would do as well, but there are servers
    /// that begin after a folder of that name.
    pub(super) fn start(self, folder: &str, dates: Dates) -> Option<String> {
        let slack = if dates == Dates::Resolver { EARLY } else { DAY + ZONES };
        let before = Moment(self.since?.0.saturating_sub(slack).saturating_sub(DAY));
        Some(format!("{folder}{}~", before.date().replace('-', "/")))
    }

    /// What is to be done with a key in `folder`, which is one of years.
    pub(super) fn place(self, key: &str, folder: &str, dates: Dates) -> KeyTime {
        let Some(day) = key.strip_prefix(folder).and_then(|below| day(below.get(..10)?)) else {
            return KeyTime::In;
        };
        let zones = if dates == Dates::Resolver { 0 } else { ZONES };
        if self.until.is_some_and(|until| day.0 > until.0.saturating_add(LATE).saturating_add(zones)) {
            return KeyTime::Behind;
        }
        let is_in = match named(key).filter(|_| dates == Dates::Resolver) {
            Some(time) => self.holds(time.0, time.0 + EARLY, 0),
            None => self.holds(day.0, day.0 + DAY - 1, zones.max(EARLY)),
        };
        if is_in { KeyTime::In } else { KeyTime::Out }
    }
}

/// Where a key is with regard to the time that is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum KeyTime {
    /// It may hold some of it.
    In,
    /// It holds none of it; others after it may.
    Out,
    /// It holds none of it, and neither do those after it.
    Behind,
}

#[cfg(test)]
mod tests {
    use super::*;

    const VPC: &str = "logs/AWSLogs/111122223333/vpcdnsquerylogs/vpc-1/";

    fn window(since: &str, until: &str) -> TimeWindow {
        let moment = |text: &str| Moment::parse(text);
        TimeWindow { since: moment(since), until: moment(until) }
    }

    fn key(time: &str) -> String {
        let (date, _) = time.split_once('T').unwrap();
        format!(
            "{VPC}{}/{}/{}/vpc-1_vpcdnsquerylogs_111122223333_{time}_ab.log.gz",
            &date[..4],
            &date[4..6],
            &date[6..]
        )
    }

    #[test]
    fn folders_are_known_by_their_paths() {
        for (path, kind) in [
            ("", Folder::Unknown),
            ("logs/", Folder::Unknown),
            ("AWSLogs/", Folder::Parts),
            ("logs/AWSLogs/111122223333/", Folder::Parts),
            ("logs/AWSLogs/111122223333/vpcdnsquerylogs/", Folder::Parts),
            ("logs/AWSLogs/111122223333/vpcdnsquerylogs/vpc", Folder::Parts),
            (VPC, Folder::Days(VPC.to_owned())),
            ("logs/AWSLogs/111122223333/vpcdnsquerylogs/vpc-1/2026/1", Folder::Days(VPC.to_owned())),
            ("logs/AWSLogs/111122223333/Route53GlobalResolverLogs/", Folder::Unknown),
            ("AWSLogs", Folder::Unknown),
        ] {
            assert_eq!(Folder::from_prefix(path), kind, "{path}");
        }
        assert!(is_of_others("x/AWSLogs/111122223333/CloudTrail/") && !is_of_others("x/CloudTrail/"));
        assert!(!is_of_others("AWSLogs/111122223333/vpcdnsquerylogs/"));
        assert!(is_year("a/2026/") && !is_year("a/1026/") && !is_year("a/202/") && !is_year("a/2026x/"));
        assert!(is_hidden("a/.b", "a") && !is_hidden("a.b", "a") && is_hidden("a.b/.c", "a"));
        assert!(is_hidden("a/.b/c", "a/") && !is_hidden(".a/b", ".a/") && !is_hidden("a/b.c", ""));
    }

    #[test]
    fn objects_of_the_resolver_are_told_by_the_time_in_their_names() {
        let window = window("2026-11-03T00:00:00Z", "2026-11-04T23:59:59.999Z");
        assert_eq!(window.start(VPC, Dates::Resolver), Some(format!("{VPC}2026/11/01~")));
        for (time, place) in [
            ("20261101T0000Z", KeyTime::Out),
            ("20261102T2255Z", KeyTime::Out),
            ("20261102T2300Z", KeyTime::In),
            ("20261103T0000Z", KeyTime::In),
            ("20261104T2355Z", KeyTime::In),
            ("20261105T2355Z", KeyTime::In),
            ("20261106T0000Z", KeyTime::Behind),
            ("20270101T0000Z", KeyTime::Behind),
        ] {
            assert_eq!(window.place(&key(time), VPC, Dates::Resolver), place, "{time}");
        }
        // What is not named so is told by its day alone, and what has no day is read.
        for (name, place) in [
            ("2026/11/02/x_vpcdnsquerylogs_1_20261101T9999Z_a", KeyTime::In),
            ("2026/11/01/other.gz", KeyTime::Out),
            ("2026/13/01/other.gz", KeyTime::In),
            ("other.gz", KeyTime::In),
        ] {
            assert_eq!(window.place(&format!("{VPC}{name}"), VPC, Dates::Resolver), place, "{name}");
        }
        assert_eq!(TimeWindow::default().place(&key("20261101T0000Z"), VPC, Dates::Resolver), KeyTime::In);
        assert_eq!(TimeWindow::default().start(VPC, Dates::Resolver), None);
    }

    #[test]
    fn days_of_others_may_be_in_another_time_zone() {
        let window = window("2026-11-03T12:00:00Z", "2026-11-03T13:00:00Z");
        assert_eq!(window.start("fh/", Dates::Others), Some("fh/2026/10/31~".to_owned()));
        for (name, place) in [
            ("fh/2026/11/01/23/a", KeyTime::Out),
            ("fh/2026/11/02/00/a", KeyTime::In),
            ("fh/2026/11/05/00/a", KeyTime::In),
            ("fh/2026/11/06/00/a", KeyTime::Behind),
        ] {
            assert_eq!(window.place(name, "fh/", Dates::Others), place, "{name}");
        }
        for (folder, is_held) in [
            ("aws/ROUTE53/2.0/region=us-east-1/accountId=1/eventDay=20261101/", false),
            ("aws/ROUTE53/2.0/region=us-east-1/accountId=1/eventDay=20261102/", true),
            ("x/eventDay=20261105/", true),
            ("x/eventDay=20261106/", false),
            ("x/eventDay=2026/", true),
            ("x/eventDay=20261301/", true),
            ("x/", true),
        ] {
            assert_eq!(window.holds_folder(folder), is_held, "{folder}");
        }
    }

    #[test]
    fn hostile_names_are_no_days() {
        for text in ["éé26/11/0", "2026/11/0é", "20261é", "////////", "2026-11-01", "          "] {
            assert_eq!(day(text), None, "{text}");
        }
        for name in ["_vpcdnsquerylogs_", "a_vpcdnsquerylogs_1_20261101Té0Z_", "a_vpcdnsquerylogs_1_T_"] {
            assert_eq!(named(name), None, "{name}");
        }
    }
}
