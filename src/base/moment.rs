//! Moments on the log's clock.

use std::fmt;

/// A moment of the log: milliseconds since 1970-01-01T00:00:00Z, leap seconds not counted.
///
/// The resolver writes whole seconds; the few samples with a fraction have milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Moment(pub i64);

/// Days from 1970-01-01 to the first of March of the year 0, in the proleptic Gregorian calendar.
const EPOCH_SHIFT: i64 = 719_468;
const DAY: i64 = 86_400;

impl Moment {
    /// The moment `seconds` after the epoch.
    #[must_use]
    pub fn from_seconds(seconds: i64) -> Self {
        Self(seconds.saturating_mul(1000))
    }

    /// Whole seconds since the epoch, rounded down.
    #[must_use]
    #[inline]
    pub fn second(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// Reads exactly `YYYY-MM-DDTHH:MM:SSZ`, the one form that the resolver writes; `None` for any other.
    #[must_use]
    pub fn from_canonical(text: &[u8]) -> Option<Self> {
        let text: &[u8; 20] = text.try_into().ok()?;
        let shape = text[4] == b'-'
            && text[7] == b'-'
            && text[10] == b'T'
            && text[13] == b':'
            && text[16] == b':'
            && text[19] == b'Z';
        let two = |at: usize| {
            let (tens, ones) = (text[at].wrapping_sub(b'0'), text[at + 1].wrapping_sub(b'0'));
            (tens < 10 && ones < 10).then(|| i64::from(tens) * 10 + i64::from(ones))
        };
        let (year, month, day) = (two(0)? * 100 + two(2)?, two(5)?, two(8)?);
        let (hour, minute, second) = (two(11)?, two(14)?, two(17)?);
        let valid = shape
            && (1..=12).contains(&month)
            && day >= 1
            && day <= days_in_month(year, month)
            && hour < 24
            && minute < 60
            && second < 60;
        valid.then(|| Self::from_seconds(days(year, month, day) * DAY + hour * 3600 + minute * 60 + second))
    }

    /// Reads exactly `YYYY-MM-DDTHH:MM:SS.mmmZ`, which export tasks write before each record; `None` for any
    /// other.
    #[must_use]
    pub fn from_canonical_millis(text: &[u8]) -> Option<Self> {
        let (second, fraction) = text.split_at_checked(19)?;
        let [b'.', digits @ .., b'Z'] = fraction else { return None };
        if digits.len() != 3 || !digits.iter().all(u8::is_ascii_digit) {
            return None;
        }
        let mut whole = [b'Z'; 20];
        whole[..19].copy_from_slice(second);
        let millis = digits.iter().fold(0, |sum, digit| sum * 10 + i64::from(digit - b'0'));
        Self::from_canonical(&whole).map(|moment| Self(moment.0 + millis))
    }

    /// Reads any spelling of a time that was seen in these logs and their exports: RFC 3339 with `Z` or an
    /// offset, fractions of any length, a blank for the `T`, no zone (then UTC, as the log is), milliseconds
    /// or seconds since the epoch, and the misprint of the AWS example `2017-03-16T19:20:177Z`, whose seconds
    /// are lost. Years before 0000 have no RFC 3339 form to be shown in and are refused.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::parse_any(text.trim()).filter(|moment| *moment >= Self::from_seconds(days(0, 1, 1) * DAY))
    }

    fn parse_any(text: &str) -> Option<Self> {
        if let Some(moment) = Self::from_canonical(text.as_bytes()) {
            return Some(moment);
        }
        if let Some(moment) = Self::from_canonical_millis(text.as_bytes()) {
            return Some(moment);
        }
        if text.len() >= 9 && text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Self::from_epoch(text.parse().ok()?);
        }
        if let Ok(time) = text.parse::<jiff::Timestamp>() {
            return Some(Self(time.as_millisecond()));
        }
        let civil = text.trim_end_matches(['Z', 'z']).trim_end_matches(" UTC");
        if let Ok(time) = civil.parse::<jiff::civil::DateTime>() {
            let zoned = time.to_zoned(jiff::tz::TimeZone::UTC).ok()?;
            return Some(Self(zoned.timestamp().as_millisecond()));
        }
        let (minute, rest) = civil.split_at_checked(16)?;
        let millis = rest.strip_prefix(':').filter(|rest| rest.len() == 3)?.parse::<u16>().ok()?;
        let mut whole = minute.to_owned();
        whole.push_str(":00Z");
        Some(Self(Self::from_canonical(whole.as_bytes())?.0 + i64::from(millis)))
    }

    /// Takes a number as the time since the epoch: seconds below 10^11 (the year 5138), else milliseconds.
    #[must_use]
    pub fn from_epoch(number: i64) -> Option<Self> {
        const MILLIS_FROM: i64 = 100_000_000_000;
        match number {
            i64::MIN..0 => None,
            0..MILLIS_FROM => Some(Self::from_seconds(number)),
            _ => Some(Self(number)).filter(|moment| moment.0 < 253_402_300_800_000),
        }
    }

    /// Year, month and day.
    fn civil(self) -> (i64, i64, i64) {
        // Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", civil_from_days.
        let z = self.second().div_euclid(DAY) + EPOCH_SHIFT;
        let era = z.div_euclid(146_097);
        let day_of_era = z.rem_euclid(146_097);
        let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let shifted = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * shifted + 2) / 5 + 1;
        let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
        (year_of_era + era * 400 + i64::from(month <= 2), month, day)
    }

    /// The date as `YYYY-MM-DD`.
    #[must_use]
    pub fn date(self) -> String {
        let (year, month, day) = self.civil();
        format!("{year:04}-{month:02}-{day:02}")
    }

    /// The time of day as `HH:MM:SS`, UTC.
    #[must_use]
    pub fn clock(self) -> String {
        let second = self.second().rem_euclid(DAY);
        format!("{:02}:{:02}:{:02}", second / 3600, second / 60 % 60, second % 60)
    }
}

/// Days from the epoch to a date (Howard Hinnant, `days_from_civil`).
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * (if month > 2 { month - 3 } else { month + 9 }) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - EPOCH_SHIFT
}

fn days_in_month(year: i64, month: i64) -> i64 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 31,
    }
}

/// A moment as text: RFC 3339 in UTC, with milliseconds only where there are any.
#[derive(Clone, Copy, Debug)]
pub struct MomentText {
    bytes: [u8; 24],
    length: usize,
}

impl MomentText {
    /// The moment as written, in ASCII.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.bytes[..self.length]).unwrap_or_default()
    }
}

impl Moment {
    /// The moment as text, without allocating: reports write millions of them.
    #[must_use]
    pub fn text(self) -> MomentText {
        let (year, month, day) = self.civil();
        let second = u32::try_from(self.second().rem_euclid(DAY)).unwrap_or_default();
        let millis = u32::try_from(self.0.rem_euclid(1000)).unwrap_or_default();
        let small = |number: i64| u32::try_from(number).unwrap_or_default();
        let mut bytes = *b"0000-00-00T00:00:00.000Z";
        let mut put =
            |at: usize, number: u32| bytes[at..at + 2].copy_from_slice(&PAIRS[number as usize % 100]);
        put(0, small(year) / 100);
        put(2, small(year) % 100);
        put(5, small(month));
        put(8, small(day));
        put(11, second / 3600);
        put(14, second / 60 % 60);
        put(17, second % 60);
        if millis == 0 {
            bytes[19] = b'Z';
            return MomentText { bytes, length: 20 };
        }
        put(20, millis / 10);
        bytes[22] = b'0' + u8::try_from(millis % 10).unwrap_or_default();
        MomentText { bytes, length: 24 }
    }
}

/// Writes moments as [`Moment::text`] has them, one after the other: mostly of the same day.
#[derive(Clone, Copy, Debug)]
pub struct MomentWriter {
    /// From when to when `text` has the right date, in seconds.
    day: (i64, i64),
    text: [u8; 20],
}

impl Default for MomentWriter {
    fn default() -> Self {
        Self { day: (0, 0), text: *b"0000-00-00T00:00:00Z" }
    }
}

impl MomentWriter {
    /// Writes `moment`.
    #[inline]
    pub fn write(&mut self, out: &mut Vec<u8>, moment: Moment) {
        let second = moment.second();
        if moment.0 % 1000 != 0 {
            return out.extend_from_slice(moment.text().as_str().as_bytes());
        }
        if second < self.day.0 || second >= self.day.1 {
            self.text.copy_from_slice(&moment.text().bytes[..20]);
            self.text[19] = b'Z';
            let start = second - second.rem_euclid(DAY);
            self.day = (start, start + DAY);
        }
        let second = u32::try_from(second - self.day.0).unwrap_or_default();
        for (at, number) in [(11, second / 3600), (14, second / 60 % 60), (17, second % 60)] {
            self.text[at..at + 2].copy_from_slice(&PAIRS[number as usize % 100]);
        }
        out.extend_from_slice(&self.text);
    }
}

/// `00` to `99`.
const PAIRS: [[u8; 2]; 100] = {
    let mut pairs = [[b'0'; 2]; 100];
    let mut number = 0_u8;
    while number < 100 {
        pairs[number as usize] = [b'0' + number / 10, b'0' + number % 10];
        number += 1;
    }
    pairs
};

/// RFC 3339 in UTC, with milliseconds only where there are any.
/// The earlier of two moments; of one alone that one.
pub(crate) fn earlier(one: Option<Moment>, other: Option<Moment>) -> Option<Moment> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}

/// The shortest stretch of time that holds both stretches, each given by its first and its last moment; of
/// one alone that one.
#[inline]
pub(crate) fn hull<T: Ord>(one: Option<(T, T)>, other: Option<(T, T)>) -> Option<(T, T)> {
    match (one, other) {
        (Some((from, until)), Some((first, last))) => Some((from.min(first), until.max(last))),
        (one, other) => one.or(other),
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.text().as_str())
    }
}

impl serde::Serialize for Moment {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.text().as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn spellings_seen_in_logs_and_exports() {
        for (text, shown) in [
            ("2023-01-15T08:51:26Z", "2023-01-15T08:51:26Z"),
            ("2017-03-16T19:20:25.177Z", "2017-03-16T19:20:25.177Z"),
            ("2017-03-16T19:20:177Z", "2017-03-16T19:20:00.177Z"),
            ("2022-10-13T17:02:36.000-04:00", "2022-10-13T21:02:36Z"),
            ("2018-01-01T00:29:43.079060+00:00", "2018-01-01T00:29:43.079Z"),
            ("2018-01-01T00:29:43", "2018-01-01T00:29:43Z"),
            ("2021-12-11 22:46:23", "2021-12-11T22:46:23Z"),
            ("2021-12-11 22:46:23.250", "2021-12-11T22:46:23.250Z"),
            ("0000-01-01T00:00:00.000Z", "0000-01-01T00:00:00Z"),
            ("1665694956000", "2022-10-13T21:02:36Z"),
            ("1665694956", "2022-10-13T21:02:36Z"),
            ("2024-02-29T23:59:59Z", "2024-02-29T23:59:59Z"),
        ] {
            assert_eq!(
                Moment::parse(text).map(|moment| moment.to_string()).as_deref(),
                Some(shown),
                "{text}"
            );
        }
        for text in [
            "",
            "yesterday",
            "2023-02-29T00:00:00Z",
            "2023-13-01T00:00:00Z",
            "2023-01-15T24:00:00Z",
            "12",
            "-000001-12-31T23:59:59Z",
            "-000001-12-31T23:59:59",
        ] {
            assert_eq!(Moment::parse(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_shown_reads_back(seconds in 0_i64..253_402_300_799) {
            let moment = Moment::from_seconds(seconds);
            let shown = moment.to_string();
            prop_assert_eq!(Moment::from_canonical(shown.as_bytes()), Some(moment));
            let library = jiff::Timestamp::from_second(seconds).unwrap().to_string();
            prop_assert_eq!(shown, library);
        }

        #[test]
        fn milliseconds_are_read_as_the_library_reads_them(
            seconds in 0_i64..253_402_300_799,
            milli in 0_i64..1000,
            place in 0_usize..24,
            other in any::<u8>(),
        ) {
            let time = Moment(seconds * 1000 + milli);
            let written = jiff::Timestamp::from_millisecond(time.0).unwrap();
            let mut text = format!("{written:.3}").into_bytes();
            prop_assert_eq!(Moment::from_canonical_millis(&text), Some(time));
            text[place] = other;
            if let Some(read) = Moment::from_canonical_millis(&text) {
                let library: jiff::Timestamp = String::from_utf8(text).unwrap().parse().unwrap();
                prop_assert_eq!(read.0, library.as_millisecond());
            }
        }

        #[test]
        fn a_writer_writes_what_is_shown(moments in proptest::collection::vec((0_i64..3, 0_i64..90_000, prop_oneof![Just(0_i64), 0_i64..1000]), 1..20)) {
            let mut writer = MomentWriter::default();
            for (day, second, milli) in moments {
                let moment = Moment(((day - 1) * DAY + second - 2000) * 1000 + milli);
                let mut out = Vec::new();
                writer.write(&mut out, moment);
                prop_assert_eq!(String::from_utf8(out).unwrap(), moment.to_string());
            }
        }
    }
}
