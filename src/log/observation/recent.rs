//! What was read before, and is likely to come again.

use std::sync::atomic::{AtomicU64, Ordering};

use super::cursor::{Cursor, Quote, quoted};
use crate::base::moment::Moment;
use crate::log::record::MAX_ID;

/// Everything before the timestamp: the same in all records of one VPC, so that it is compared with what was
/// read before, and read only if it is new.
#[derive(Debug)]
pub(super) struct RecordPrefix {
    pub(super) bytes: Vec<u8>,
    /// Ranges of `bytes`.
    pub(super) account: (usize, usize),
    pub(super) region: (usize, usize),
    pub(super) vpc: (usize, usize),
    /// See [`super::Observation::record_prefix`].
    pub(super) number: u64,
}

/// The record prefixes met lately.
#[derive(Debug)]
pub(super) struct RecordPrefixes {
    list: Vec<RecordPrefix>,
    /// Where in `list` the record prefix with a [`mark`] is likely to be.
    places: [u8; PLACES],
    /// What was read one by one.
    spelled: Vec<Spelled>,
    /// Where in `spelled` what has a [`mark`] is likely to be.
    spelled_places: [u8; PLACES],
}

/// An account, a Region and a VPC, and the number that all records with these three get.
#[derive(Debug)]
struct Spelled {
    account: Vec<u8>,
    region: Vec<u8>,
    vpc: Vec<u8>,
    number: u64,
}

impl Default for RecordPrefixes {
    fn default() -> Self {
        Self { list: Vec::new(), places: [0; PLACES], spelled: Vec::new(), spelled_places: [0; PLACES] }
    }
}

/// How many record prefixes are kept. A log group seldom has more VPCs.
const RECORD_PREFIXES: usize = 64;
/// A power of two.
const PLACES: usize = 256;
/// The number of the next record prefix: one count for the process, so that a number means the same to
/// everybody.
static NEXT_OPENING: AtomicU64 = AtomicU64::new(1);

/// A number made of eight bytes of the VPC's id, wherever the length of the Region's name puts it.
#[inline]
fn mark<Q: Quote>(bytes: &[u8]) -> Option<usize> {
    // There are 75 other bytes before them, and fifteen quotation marks.
    Some(hash(*bytes.get(75 + 15 * Q::QUOTE.len()..)?.first_chunk()?))
}

/// A number below [`PLACES`] made of eight bytes.
#[inline]
fn hash(bytes: [u8; 8]) -> usize {
    (u64::from_le_bytes(bytes).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 56) as usize
}

impl RecordPrefixes {
    /// The record prefix of a record.
    #[inline]
    pub(super) fn for_record<Q: Quote>(&mut self, bytes: &[u8]) -> Option<&RecordPrefix> {
        let mark = mark::<Q>(bytes)?;
        let mut place = usize::from(self.places[mark]);
        if !self.list.get(place).is_some_and(|record_prefix| bytes.starts_with(&record_prefix.bytes)) {
            place = self.search::<Q>(bytes)?;
            self.places[mark] = u8::try_from(place).unwrap_or(0);
        }
        self.list.get(place)
    }

    /// The number of an account, Region and VPC that were read one by one: as [`RecordPrefix::number`], and
    /// never one that a record prefix has.
    #[inline]
    pub(super) fn number(&mut self, account: &[u8], region: &[u8], vpc: &[u8]) -> u64 {
        let is = |place: &Spelled| place.vpc == vpc && place.account == account && place.region == region;
        let mark = vpc.last_chunk().map_or(0, |word| hash(*word));
        if let Some(place) = self.spelled.get(usize::from(self.spelled_places[mark]))
            && is(place)
        {
            return place.number;
        }
        if let Some(found) = self.spelled.iter().position(is) {
            self.spelled_places[mark] = u8::try_from(found).unwrap_or(0);
            return self.spelled[found].number;
        }
        if self.spelled.len() == RECORD_PREFIXES {
            self.spelled.clear();
        }
        let number = NEXT_OPENING.fetch_add(1, Ordering::Relaxed);
        self.spelled_places[mark] = u8::try_from(self.spelled.len()).unwrap_or(0);
        let [account, region, vpc] = [account, region, vpc].map(<[u8]>::to_vec);
        self.spelled.push(Spelled { account, region, vpc, number });
        number
    }

    #[cold]
    fn search<Q: Quote>(&mut self, bytes: &[u8]) -> Option<usize> {
        if let Some(found) =
            self.list.iter().position(|record_prefix| bytes.starts_with(&record_prefix.bytes))
        {
            return Some(found);
        }
        let record_prefix = RecordPrefix::read::<Q>(bytes)?;
        if self.list.len() == RECORD_PREFIXES {
            self.list.clear();
        }
        self.list.push(record_prefix);
        Some(self.list.len() - 1)
    }
}

impl RecordPrefix {
    #[cold]
    fn read<Q: Quote>(bytes: &[u8]) -> Option<Self> {
        let mut cursor = Cursor::<Q>::new(bytes);
        let at = |cursor: &Cursor<'_, Q>| bytes.len() - cursor.rest.len();
        cursor.expect(quoted!(Q, br#"{"version":""#))?;
        cursor.string()?;
        let mut ranges = [(0, 0); 3];
        let keys =
            [quoted!(Q, br#","account_id":""#), quoted!(Q, br#","region":""#), quoted!(Q, br#","vpc_id":""#)];
        for (key, range) in keys.into_iter().zip(&mut ranges) {
            cursor.expect(key)?;
            let start = at(&cursor);
            let text = cursor.string()?;
            (text.len() <= MAX_ID).then_some(())?;
            *range = (start, start + text.len());
        }
        cursor.expect(quoted!(Q, br#","query_timestamp":""#))?;
        let bytes = bytes[..at(&cursor)].to_vec();
        let [account, region, vpc] = ranges;
        Some(Self { bytes, account, region, vpc, number: NEXT_OPENING.fetch_add(1, Ordering::Relaxed) })
    }
}

/// The day of the record before: most records are of the same, and then only the time of day is read.
#[derive(Debug, Default)]
pub(super) struct RecentDay {
    date: [u8; 11],
    midnight: Moment,
}

impl RecentDay {
    /// As [`Moment::from_canonical`].
    #[inline]
    pub(super) fn read(&mut self, text: &[u8]) -> Option<Moment> {
        let text: &[u8; 20] = text.try_into().ok()?;
        if text[..11] == self.date {
            let (time, zone) = text[11..].split_first_chunk()?;
            if let Some(seconds) = seconds_of_day(u64::from_le_bytes(*time))
                && zone == b"Z"
            {
                return Some(Moment(self.midnight.0 + seconds * 1000));
            }
        }
        let moment = Moment::from_canonical(text)?;
        self.date.copy_from_slice(&text[..11]);
        self.midnight = Moment::from_seconds(moment.second() - moment.second().rem_euclid(86_400));
        Some(moment)
    }
}

const HIGH: u64 = 0x8080_8080_8080_8080;

/// The seconds since midnight of `HH:MM:SS`, its eight characters taken as a little-endian number.
#[inline]
fn seconds_of_day(text: u64) -> Option<i64> {
    // Digits become their values, colons zero: what else there was shows as a bit that may not be.
    let values = text ^ 0x3030_3a30_303a_3030;
    let too_large = values.wrapping_add(0x7676_7f76_767f_7676) | values;
    if too_large & HIGH != 0 {
        return None;
    }
    // Each byte ten times, and the one after it: tens and ones meet in the first of two.
    let pairs = values * 10 + (values >> 8);
    let pair = |place: u32| (pairs >> (8 * place) & 0xff).cast_signed();
    let (hour, minute, second) = (pair(0), pair(3), pair(6));
    (hour < 24 && minute < 60 && second < 60).then_some(hour * 3600 + minute * 60 + second)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_reads_what_moments_read() {
        let mut clock = RecentDay::default();
        for text in [
            "2025-05-05T10:00:00Z",
            "2025-05-05T23:59:59Z",
            "2025-05-05T24:00:00Z",
            "2025-05-05T10:60:00Z",
            "2025-05-05T10:00:60Z",
            "2025-05-05T1a:00:00Z",
            "2025-05-05T10-00:00Z",
            "2025-05-05T10:00;00Z",
            "2025-05-05T10:00:00X",
            "2025-05-05T/0:00:00Z",
            "2025-05-05T:0:00:00Z",
            "2025-05-06T00:00:01Z",
            "2025-05-06T09:08:07Z",
            "1969-12-31T23:59:58Z",
            "1969-12-31T00:00:00Z",
            "2025-02-30T00:00:00Z",
        ] {
            assert_eq!(clock.read(text.as_bytes()), Moment::from_canonical(text.as_bytes()), "{text}");
        }
        for byte in 0..=u8::MAX {
            for place in 11..20 {
                let mut text = *b"2025-05-05T12:34:56Z";
                assert!(clock.read(&text).is_some());
                text[place] = byte;
                assert_eq!(clock.read(&text), Moment::from_canonical(&text), "{byte} at {place}");
            }
        }
    }
}
