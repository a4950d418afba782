//! Times as people type them.
//!
//! A time names all of what it is precise to: `2025-05-05` the day, `14:02` the minute, `14:02:10` the
//! second. A range goes from the beginning of the one to the end of the other. Without a day it is a time of
//! every day: that needs no knowledge of which day a log is of, so it means the same for a file, a pipe and
//! the console. All is UTC but what names another offset.

use std::fmt;
use std::ops::Range;

use super::QueryFault;
use crate::base::moment::Moment;

/// Milliseconds in a day.
const DAY: u32 = 86_400_000;
const MINUTE: u32 = 60_000;

/// A stretch of time, both ends in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TimeSpan {
    /// From and until a moment; at least one of them.
    Moments(Option<Moment>, Option<Moment>),
    /// From and until, in milliseconds after midnight, of every day; across midnight if it ends before it
    /// begins.
    Clock(u32, u32),
}

/// What one time names: its first and its last millisecond.
#[derive(Clone, Copy, Debug)]
enum TimePoint {
    Moment(Moment, Moment),
    Clock(u32, u32),
}

type TimeFault = (Range<usize>, QueryFault);

impl TimeSpan {
    pub(super) fn contains(self, at: Moment) -> bool {
        match self {
            Self::Moments(from, until) => {
                from.is_none_or(|from| at >= from) && until.is_none_or(|until| at <= until)
            }
            Self::Clock(from, until) => {
                let clock = clock_of(at);
                if from <= until { from <= clock && clock <= until } else { clock >= from || clock <= until }
            }
        }
    }

    /// Reads a time, or a range of which one end may be left out. Says which part of the text is at fault.
    pub(super) fn read(text: &str) -> Result<Self, TimeFault> {
        let Some((start, end)) = text.split_once("..") else {
            return Ok(match point(text, 0)? {
                TimePoint::Moment(first, last) => Self::Moments(Some(first), Some(last)),
                TimePoint::Clock(first, last) => Self::Clock(first, last),
            });
        };
        let behind = text.len() - end.len();
        match (start, end) {
            ("", "") => Err((0..text.len(), QueryFault::NotATime(text.to_owned()))),
            ("", end) => Self::until(end).map_err(|(at, why)| (at.start + behind..at.end + behind, why)),
            (start, "") => Self::since(start),
            (start, end) => match (point(start, 0)?, point(end, behind)?) {
                (TimePoint::Moment(first, _), TimePoint::Moment(_, last)) => Self::moments(first, last, text),
                (TimePoint::Moment(first, _), TimePoint::Clock(_, last)) => {
                    let midnight = first.0 - i64::from(clock_of(first));
                    Self::moments(first, Moment(midnight + i64::from(last)), text)
                }
                (TimePoint::Clock(first, _), TimePoint::Clock(_, last)) => Ok(Self::Clock(first, last)),
                (TimePoint::Clock(..), TimePoint::Moment(..)) => Err((0..start.len(), QueryFault::NoDay)),
            },
        }
    }

    /// Reads a time from which on.
    pub(super) fn since(text: &str) -> Result<Self, TimeFault> {
        Ok(match point(text, 0)? {
            TimePoint::Moment(first, _) => Self::Moments(Some(first), None),
            TimePoint::Clock(first, _) => Self::Clock(first, DAY - 1),
        })
    }

    /// Reads a time until which.
    pub(super) fn until(text: &str) -> Result<Self, TimeFault> {
        Ok(match point(text, 0)? {
            TimePoint::Moment(_, last) => Self::Moments(None, Some(last)),
            TimePoint::Clock(_, last) => Self::Clock(0, last),
        })
    }

    fn moments(from: Moment, until: Moment, text: &str) -> Result<Self, TimeFault> {
        if from > until {
            return Err((0..text.len(), QueryFault::Backwards));
        }
        Ok(Self::Moments(Some(from), Some(until)))
    }
}

/// Milliseconds after midnight.
fn clock_of(at: Moment) -> u32 {
    u32::try_from(at.0.rem_euclid(i64::from(DAY))).unwrap_or(0)
}

/// Reads one time, which begins `at` bytes into what was typed.
fn point(text: &str, at: usize) -> Result<TimePoint, TimeFault> {
    let upper = text.to_ascii_uppercase();
    let clock = || clock(&upper).map(|(first, last)| TimePoint::Clock(first, last));
    clock()
        .or_else(|| moment(&upper))
        .ok_or_else(|| (at..at + text.len(), QueryFault::NotATime(text.to_owned())))
}

/// `14:02`, `14:02:10`, `14:02:10.5`.
fn clock(text: &str) -> Option<(u32, u32)> {
    let mut parts = text.split(':');
    let (hour, minute, second) = (parts.next()?, parts.next()?, parts.next());
    if parts.next().is_some() {
        return None;
    }
    let first = (number(hour, 1..=2, 24)? * 60 + number(minute, 2..=2, 60)?) * MINUTE;
    let Some(second) = second else { return Some((first, first + MINUTE - 1)) };
    let (second, fraction) = second.split_once('.').map_or((second, None), |(second, it)| (second, Some(it)));
    let first = first + number(second, 2..=2, 60)? * 1000;
    let Some(fraction) = fraction else { return Some((first, first + 999)) };
    let millis = number(fraction, 1..=3, 1000)? * 10_u32.pow(3 - u32::try_from(fraction.len()).ok()?);
    Some((first + millis, first + millis))
}

/// A number below `end`, written with this number of `digits`.
fn number(text: &str, digits: std::ops::RangeInclusive<usize>, end: u32) -> Option<u32> {
    let is_number = digits.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|number| is_number && *number < end)
}

/// `2025-05-05`, `2025-05-05T14:02` and more precise ones with or without an offset, and times since the
/// epoch.
fn moment(text: &str) -> Option<TimePoint> {
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        let first = Moment::parse(text)?;
        let last = if text.len() < 12 { first.0 + 999 } else { first.0 };
        return Some(TimePoint::Moment(first, Moment(last)));
    }
    let (day, rest) = text.split_at_checked(10)?;
    let midnight = Moment::from_canonical(format!("{day}T00:00:00Z").as_bytes())?;
    if rest.is_empty() {
        return Some(TimePoint::Moment(midnight, Moment(midnight.0 + i64::from(DAY) - 1)));
    }
    let rest = rest.strip_prefix(['T', ' '])?;
    let (time, zone) = rest.split_at(rest.find(['Z', '+', '-']).unwrap_or(rest.len()));
    let (first, last) = clock(time)?;
    let place = |millis: u32| Moment(midnight.0 + i64::from(millis) - offset(zone).unwrap_or(0));
    offset(zone)?;
    let (first, last) = (place(first), place(last));
    // What has a form to be shown in.
    let known =
        Moment::from_canonical(b"0000-01-01T00:00:00Z")?..=Moment::from_canonical(b"9999-12-31T23:59:59Z")?;
    let is_known = known.contains(&Moment::from_seconds(first.second()))
        && known.contains(&Moment::from_seconds(last.second()));
    is_known.then_some(TimePoint::Moment(first, last))
}

/// `Z`, `+02:00`, `-0330`, or nothing; in milliseconds.
fn offset(zone: &str) -> Option<i64> {
    let sign = match zone.as_bytes().first() {
        None => return Some(0),
        Some(b'Z') => return (zone.len() == 1).then_some(0),
        Some(b'-') => -1,
        Some(_) => 1,
    };
    let digits = zone[1..].replacen(':', "", 1);
    let (hours, minutes) = digits.split_at_checked(2)?;
    let minutes = if minutes.is_empty() { 0 } else { number(minutes, 2..=2, 60)? };
    Some(sign * i64::from((number(hours, 2..=2, 24)? * 60 + minutes) * MINUTE))
}

/// The shortest time that begins with this millisecond.
fn beginning(clock: u32) -> String {
    written(clock, clock.is_multiple_of(MINUTE), clock.is_multiple_of(1000))
}

/// The shortest time that ends with this millisecond.
fn ending(clock: u32) -> String {
    written(clock, (clock + 1).is_multiple_of(MINUTE), (clock + 1).is_multiple_of(1000))
}

fn written(clock: u32, is_minute: bool, is_second: bool) -> String {
    let (hour, minute) = (clock / 60 / MINUTE, clock / MINUTE % 60);
    let (second, millis) = (clock / 1000 % 60, clock % 1000);
    match (is_minute, is_second) {
        (true, _) => format!("{hour:02}:{minute:02}"),
        (_, true) => format!("{hour:02}:{minute:02}:{second:02}"),
        _ => format!("{hour:02}:{minute:02}:{second:02}.{millis:03}"),
    }
}

fn moment_beginning(at: Moment) -> String {
    match clock_of(at) {
        0 => at.date(),
        clock => format!("{}T{}Z", at.date(), beginning(clock)),
    }
}

fn moment_ending(at: Moment) -> String {
    match clock_of(at) {
        clock if clock == DAY - 1 => at.date(),
        clock => format!("{}T{}Z", at.date(), ending(clock)),
    }
}

impl fmt::Display for TimeSpan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (from, until) = match *self {
            Self::Moments(from, until) => {
                (from.map(moment_beginning).unwrap_or_default(), until.map(moment_ending).unwrap_or_default())
            }
            Self::Clock(from, until) => (beginning(from), ending(until)),
        };
        if from == until { f.write_str(&from) } else { write!(f, "{from}..{until}") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_and_shown() {
        for (text, shown) in [
            ("14:02", "14:02"),
            ("9:02..14:37", "09:02..14:37"),
            ("23:00..01:00", "23:00..01:00"),
            ("14:02..", "14:02..23:59"),
            ("..14:02:10", "00:00..14:02:10"),
            ("14:02:10.5", "14:02:10.500"),
            ("14:02:00..14:02:59", "14:02"),
            ("2025-05-05", "2025-05-05"),
            ("2025-05-05..2025-05-06", "2025-05-05..2025-05-06"),
            ("2025-05-05t10:00z..", "2025-05-05T10:00Z.."),
            ("2025-05-05T10:00..14:37", "2025-05-05T10:00Z..2025-05-05T14:37Z"),
            ("2025-05-05T10:00+02:00", "2025-05-05T08:00Z"),
            ("2025-05-05 10:00:01.250-0330", "2025-05-05T13:30:01.250Z"),
            ("2025-05-05T10:00:00.000", "2025-05-05T10:00Z..2025-05-05T10:00:00.000Z"),
            ("1665694956", "2022-10-13T21:02:36Z"),
            ("1665694956789..", "2022-10-13T21:02:36.789Z.."),
            // The last of the seconds, and the first of the milliseconds.
            ("99999999999", "5138-11-16T09:46:39Z"),
            ("100000000000", "1973-03-03T09:46:40Z..1973-03-03T09:46:40.000Z"),
        ] {
            let span = TimeSpan::read(text).unwrap();
            assert_eq!(span.to_string(), shown, "{text}");
            assert_eq!(TimeSpan::read(shown), Ok(span), "{text}");
        }
    }

    #[test]
    fn what_is_no_time_is_said_with_its_place() {
        for (text, at, why) in [
            ("noon", 0..4, QueryFault::NotATime("noon".to_owned())),
            ("..", 0..2, QueryFault::NotATime("..".to_owned())),
            ("14:02..14:60", 7..12, QueryFault::NotATime("14:60".to_owned())),
            ("..25:00", 2..7, QueryFault::NotATime("25:00".to_owned())),
            ("25:00..", 0..5, QueryFault::NotATime("25:00".to_owned())),
            ("25:00..14:02", 0..5, QueryFault::NotATime("25:00".to_owned())),
            // No sign, where there are digits only.
            ("+4:02", 0..5, QueryFault::NotATime("+4:02".to_owned())),
            ("14:+2", 0..5, QueryFault::NotATime("14:+2".to_owned())),
            ("14:02:+1", 0..8, QueryFault::NotATime("14:02:+1".to_owned())),
            ("14:02:10.+5", 0..11, QueryFault::NotATime("14:02:10.+5".to_owned())),
            ("2025-05-05T10:00-+1", 0..19, QueryFault::NotATime("2025-05-05T10:00-+1".to_owned())),
            ("2025-02-29", 0..10, QueryFault::NotATime("2025-02-29".to_owned())),
            ("2025-05-05T10:00+1", 0..18, QueryFault::NotATime("2025-05-05T10:00+1".to_owned())),
            ("2025-05-05T10:00+02:5", 0..21, QueryFault::NotATime("2025-05-05T10:00+02:5".to_owned())),
            ("0000-01-01T00:00+01:00", 0..22, QueryFault::NotATime("0000-01-01T00:00+01:00".to_owned())),
            ("2025-05-06..2025-05-05", 0..22, QueryFault::Backwards),
            ("2025-05-05T10:00..09:00", 0..23, QueryFault::Backwards),
            ("14:02..2025-05-05", 0..5, QueryFault::NoDay),
        ] {
            assert_eq!(TimeSpan::read(text), Err((at, why)), "{text}");
        }
    }

    #[test]
    fn ends_are_in_it() {
        let at = |text: &str| Moment::parse(text).unwrap();
        for (span, time, is_in) in [
            ("14:02..14:37", "2025-05-05T14:02:00Z", true),
            ("14:02..14:37", "2031-01-01T14:37:59.999Z", true),
            ("14:02..14:37", "2025-05-05T14:38:00Z", false),
            ("23:00..01:00", "2025-05-05T00:30:00Z", true),
            ("23:00..01:00", "2025-05-05T22:59:59Z", false),
            ("2025-05-05", "2025-05-05T23:59:59.999Z", true),
            ("2025-05-05", "2025-05-06T00:00:00Z", false),
            ("..2025-05-05T10:00", "2025-05-05T10:00:59Z", true),
            ("..2025-05-05T10:00:00", "2025-05-05T10:00:01Z", false),
            ("2025-05-05..", "2025-05-04T23:59:59.999Z", false),
        ] {
            assert_eq!(TimeSpan::read(span).unwrap().contains(at(time)), is_in, "{span} {time}");
        }
    }
}
