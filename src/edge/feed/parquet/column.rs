//! One column on its way: levels and values of a few rows at a time.

use std::borrow::Cow;
use std::sync::Arc;

use parquet::basic::{ConvertedType, LogicalType, TimeUnit, Type};
use parquet::column::reader::{ColumnReader, get_column_reader};
use parquet::data_type::{ByteArray, FixedLenByteArray, Int96};
use parquet::errors::Result;
use parquet::schema::types::{ColumnDescriptor, Type as SchemaType};
use serde_json::{Number, Value};

use super::guard::guarded;
use super::pages::ColumnPages;
use super::texts::{DictionaryTexts, FlushedTexts};
use crate::base::moment::Moment;

/// What the values of a column mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ColumnMeaning {
    Text,
    /// A number without a sign, or with one.
    Unsigned,
    Signed,
    /// A time: a number of these units since the epoch.
    Moment(TimestampUnit),
    Bool,
    Real,
    /// Something that no log has: a decimal, a time of day, bytes.
    Other,
}

/// A unit of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TimestampUnit {
    Days,
    Millis,
    Micros,
    Nanos,
    /// Julian days and nanoseconds, as Hive and Impala write them.
    Julian,
}

impl ColumnMeaning {
    /// What the values of that column mean (parquet-format, "Logical Types").
    pub(super) fn from_column(column: &ColumnDescriptor) -> Self {
        let (logical, converted) = (column.logical_type_ref(), column.converted_type());
        match column.physical_type() {
            Type::BOOLEAN => Self::Bool,
            Type::FLOAT | Type::DOUBLE => Self::Real,
            Type::INT96 => Self::Moment(TimestampUnit::Julian),
            Type::FIXED_LEN_BYTE_ARRAY => Self::Other,
            Type::BYTE_ARRAY => match (logical, converted) {
                (Some(LogicalType::String | LogicalType::Enum | LogicalType::Json), _)
                // Without any note of what they are they are texts of Hive, Impala and older engines.
                | (None, ConvertedType::NONE | ConvertedType::UTF8 | ConvertedType::ENUM | ConvertedType::JSON) => {
                    Self::Text
                }
                _ => Self::Other,
            },
            Type::INT32 | Type::INT64 => match (logical, converted) {
                (Some(LogicalType::Timestamp(time)), _) => Self::Moment(match time.unit {
                    TimeUnit::MILLIS => TimestampUnit::Millis,
                    TimeUnit::MICROS => TimestampUnit::Micros,
                    TimeUnit::NANOS => TimestampUnit::Nanos,
                }),
                (None, ConvertedType::TIMESTAMP_MILLIS) => Self::Moment(TimestampUnit::Millis),
                (None, ConvertedType::TIMESTAMP_MICROS) => Self::Moment(TimestampUnit::Micros),
                (Some(LogicalType::Date), _) | (None, ConvertedType::DATE) => {
                    Self::Moment(TimestampUnit::Days)
                }
                (Some(LogicalType::Integer(number)), _) if !number.is_signed => Self::Unsigned,
                (
                    None,
                    ConvertedType::UINT_8
                    | ConvertedType::UINT_16
                    | ConvertedType::UINT_32
                    | ConvertedType::UINT_64,
                ) => Self::Unsigned,
                (Some(LogicalType::Integer(_)), _)
                | (
                    None,
                    ConvertedType::NONE
                    | ConvertedType::INT_8
                    | ConvertedType::INT_16
                    | ConvertedType::INT_32
                    | ConvertedType::INT_64,
                ) => Self::Signed,
                _ => Self::Other,
            },
        }
    }
}

/// Values, those that are null left out.
enum ColumnValues {
    Bool(Vec<bool>),
    Int32(Vec<i32>),
    Int64(Vec<i64>),
    Int96(Vec<Int96>),
    Float(Vec<f32>),
    Double(Vec<f64>),
    Bytes(Vec<ByteArray>),
    /// Numbers of texts.
    Texts(Vec<i32>, DictionaryTexts),
    Fixed(Vec<FixedLenByteArray>),
}

/// A column. It is always at one of its entries: there is one for each value and null, and for each list that
/// is empty or null.
pub(super) struct ParquetColumn {
    reader: ColumnReader,
    meaning: ColumnMeaning,
    /// The level at which a value is there; from which level on it is in a list.
    most: i16,
    is_repeated: bool,
    definition: Vec<i16>,
    repetition: Vec<i16>,
    values: ColumnValues,
    /// The entry it is at, and the value that comes next.
    entry: usize,
    value: usize,
    entries: usize,
}

/// The milliseconds since the epoch that `number` units are.
pub(super) fn millis(number: i64, unit: TimestampUnit) -> Option<Moment> {
    let millis = match unit {
        TimestampUnit::Days => number.checked_mul(86_400_000)?,
        TimestampUnit::Millis | TimestampUnit::Julian => number,
        TimestampUnit::Micros => number.div_euclid(1000),
        TimestampUnit::Nanos => number.div_euclid(1_000_000),
    };
    // Of years that can be written.
    (-62_167_219_200_000..253_402_300_800_000).contains(&millis).then_some(Moment(millis))
}

/// A column of whole numbers that has its values where `column` has its own.
fn of_numbers(column: &ColumnDescriptor) -> Result<Arc<ColumnDescriptor>> {
    let repetition = column.self_type().get_basic_info().repetition();
    let kind = SchemaType::primitive_type_builder(column.name(), Type::INT32).with_repetition(repetition);
    let levels = (column.max_def_level(), column.max_rep_level());
    Ok(Arc::new(ColumnDescriptor::new(Arc::new(kind.build()?), levels.0, levels.1, column.path().clone())))
}

impl ParquetColumn {
    /// A column and its pages; `is_plain`: texts can be taken out of those.
    ///
    /// # Errors
    /// If the column is not as one can be.
    pub(super) fn new(
        descriptor: &Arc<ColumnDescriptor>,
        mut pages: ColumnPages,
        is_plain: bool,
    ) -> Result<Self> {
        let meaning = ColumnMeaning::from_column(descriptor);
        let mut read_as = Arc::clone(descriptor);
        let values = match descriptor.physical_type() {
            Type::BYTE_ARRAY if is_plain && meaning == ColumnMeaning::Text => {
                read_as = of_numbers(descriptor)?;
                let handed = FlushedTexts::default();
                pages.take_out(Arc::clone(&handed));
                ColumnValues::Texts(Vec::new(), DictionaryTexts::new(handed))
            }
            Type::BOOLEAN => ColumnValues::Bool(Vec::new()),
            Type::INT32 => ColumnValues::Int32(Vec::new()),
            Type::INT64 => ColumnValues::Int64(Vec::new()),
            Type::INT96 => ColumnValues::Int96(Vec::new()),
            Type::FLOAT => ColumnValues::Float(Vec::new()),
            Type::DOUBLE => ColumnValues::Double(Vec::new()),
            Type::BYTE_ARRAY => ColumnValues::Bytes(Vec::new()),
            Type::FIXED_LEN_BYTE_ARRAY => ColumnValues::Fixed(Vec::new()),
        };
        Ok(Self {
            reader: get_column_reader(read_as, Box::new(pages)),
            meaning,
            most: descriptor.max_def_level(),
            is_repeated: descriptor.max_rep_level() > 0,
            definition: Vec::new(),
            repetition: Vec::new(),
            values,
            entry: 0,
            value: 0,
            entries: 0,
        })
    }

    /// Reads the next rows, `rows` of them at most, and goes to the first. Returns how many there were.
    ///
    /// # Errors
    /// If what is there cannot be read.
    pub(super) fn fill(&mut self, rows: usize) -> Result<usize> {
        guarded(|| self.read(rows))
    }

    fn read(&mut self, rows: usize) -> Result<usize> {
        macro_rules! read {
            ($reader:expr, $values:expr) => {{
                $values.clear();
                $reader.read_records(rows, Some(&mut self.definition), Some(&mut self.repetition), $values)
            }};
        }
        (self.entry, self.value) = (0, 0);
        if let ColumnValues::Texts(_, known) = &mut self.values {
            known.tidy();
        }
        self.definition.clear();
        self.repetition.clear();
        let (rows, _, entries) = match (&mut self.reader, &mut self.values) {
            (ColumnReader::BoolColumnReader(reader), ColumnValues::Bool(values)) => read!(reader, values)?,
            (ColumnReader::Int32ColumnReader(reader), ColumnValues::Int32(values)) => read!(reader, values)?,
            (ColumnReader::Int64ColumnReader(reader), ColumnValues::Int64(values)) => read!(reader, values)?,
            (ColumnReader::Int96ColumnReader(reader), ColumnValues::Int96(values)) => read!(reader, values)?,
            (ColumnReader::FloatColumnReader(reader), ColumnValues::Float(values)) => read!(reader, values)?,
            (ColumnReader::DoubleColumnReader(reader), ColumnValues::Double(values)) => {
                read!(reader, values)?
            }
            (ColumnReader::ByteArrayColumnReader(reader), ColumnValues::Bytes(values)) => {
                read!(reader, values)?
            }
            (ColumnReader::FixedLenByteArrayColumnReader(reader), ColumnValues::Fixed(values)) => {
                read!(reader, values)?
            }
            (ColumnReader::Int32ColumnReader(reader), ColumnValues::Texts(values, known)) => {
                let read = read!(reader, values);
                known.take();
                read?
            }
            // They are of one type.
            _ => (0, 0, 0),
        };
        self.entries = entries;
        Ok(rows)
    }

    /// Passes over the next rows.
    ///
    /// # Errors
    /// If what is there cannot be read.
    pub(super) fn pass(&mut self, rows: usize) -> Result<usize> {
        let passed = guarded(|| match &mut self.reader {
            ColumnReader::BoolColumnReader(reader) => reader.skip_records(rows),
            ColumnReader::Int32ColumnReader(reader) => reader.skip_records(rows),
            ColumnReader::Int64ColumnReader(reader) => reader.skip_records(rows),
            ColumnReader::Int96ColumnReader(reader) => reader.skip_records(rows),
            ColumnReader::FloatColumnReader(reader) => reader.skip_records(rows),
            ColumnReader::DoubleColumnReader(reader) => reader.skip_records(rows),
            ColumnReader::ByteArrayColumnReader(reader) => reader.skip_records(rows),
            ColumnReader::FixedLenByteArrayColumnReader(reader) => reader.skip_records(rows),
        });
        if let ColumnValues::Texts(_, known) = &mut self.values {
            known.take();
            known.tidy();
        }
        passed
    }

    /// The definition level of the entry it is at; `None` after the last.
    pub(super) fn level(&self) -> Option<i16> {
        let level = if self.most == 0 { Some(0) } else { self.definition.get(self.entry).copied() };
        level.filter(|_| self.entry < self.entries)
    }

    /// The repetition level of the entry it is at: 0 at the beginning of a row, and after the last.
    pub(super) fn repeats(&self) -> i16 {
        if self.is_repeated { self.repetition.get(self.entry).copied().unwrap_or(0) } else { 0 }
    }

    /// Whether the entry it is at begins a row, or all entries were passed.
    pub(super) fn is_at_row(&self) -> bool {
        self.repeats() == 0
    }

    /// The place of the value of the entry it is at; `None` if that is null.
    pub(super) fn here(&self) -> Option<usize> {
        (self.level() == Some(self.most)).then_some(self.value)
    }

    /// Goes on to the next entry. Returns the place of the value of the one before; `None` if that is null.
    pub(super) fn next(&mut self) -> Option<usize> {
        let level = self.level();
        self.entry += 1;
        let is_there = level == Some(self.most);
        self.value += usize::from(is_there);
        is_there.then(|| self.value - 1)
    }

    /// The text of the value at a place; `None` of bytes that are no text.
    pub(super) fn text(&self, place: usize) -> Option<Cow<'_, str>> {
        match &self.values {
            _ if self.meaning == ColumnMeaning::Other => None,
            ColumnValues::Texts(values, known) => known.get(*values.get(place)?).map(Cow::Borrowed),
            ColumnValues::Bytes(values) if self.meaning == ColumnMeaning::Text => {
                values.get(place).map(|bytes| String::from_utf8_lossy(bytes.data()))
            }
            ColumnValues::Bytes(_) | ColumnValues::Fixed(_) => None,
            ColumnValues::Bool(values) => {
                values.get(place).map(|value| Cow::Borrowed(if *value { "true" } else { "false" }))
            }
            _ if self.is_of_moments() => {
                let text = |moment: Moment| Cow::Owned(moment.text().as_str().to_owned());
                Some(self.moment(place).map_or(Cow::Borrowed("?"), text))
            }
            ColumnValues::Float(values) => real((*values.get(place)?).into()),
            ColumnValues::Double(values) => real(*values.get(place)?),
            ColumnValues::Int32(_) | ColumnValues::Int64(_) | ColumnValues::Int96(_) => {
                let number = self.number(place)?;
                Some(Cow::Owned(if self.meaning == ColumnMeaning::Unsigned {
                    itoa::Buffer::new().format(number.cast_unsigned()).to_owned()
                } else {
                    itoa::Buffer::new().format(number).to_owned()
                }))
            }
        }
    }

    /// The number at a place, as it is written.
    pub(super) fn number(&self, place: usize) -> Option<i64> {
        match &self.values {
            ColumnValues::Int32(values) if self.meaning == ColumnMeaning::Unsigned => {
                values.get(place).map(|value| i64::from(value.cast_unsigned()))
            }
            ColumnValues::Int32(values) => values.get(place).map(|value| i64::from(*value)),
            ColumnValues::Int64(values) => values.get(place).copied(),
            _ => None,
        }
    }

    /// The time at a place; `None` where it is none that can be.
    pub(super) fn moment(&self, place: usize) -> Option<Moment> {
        let ColumnMeaning::Moment(unit) = self.meaning else { return None };
        let ColumnValues::Int96(values) = &self.values else { return millis(self.number(place)?, unit) };
        let [low, high, day] = *values.get(place)?.data() else { return None };
        // The Julian day of 1970-01-01 is 2,440,588.
        let nanos = i64::try_from(u64::from(high) << 32 | u64::from(low)).ok()?;
        let day = i64::from(day.cast_signed()) - 2_440_588;
        millis(day * 86_400_000 + nanos / 1_000_000, TimestampUnit::Millis)
    }

    /// Whether it is one of times.
    pub(super) fn is_of_moments(&self) -> bool {
        matches!(self.meaning, ColumnMeaning::Moment(_))
    }

    /// The value at a place as JSON.
    pub(super) fn json(&self, place: usize) -> Value {
        let number = |number: Option<Number>| number.map_or(Value::Null, Value::Number);
        match (&self.values, self.meaning) {
            (ColumnValues::Bool(values), _) => {
                values.get(place).map_or(Value::Null, |value| Value::Bool(*value))
            }
            (ColumnValues::Float(values), _) => {
                values.get(place).map_or(Value::Null, |value| json_of((*value).into()))
            }
            (ColumnValues::Double(values), _) => {
                values.get(place).map_or(Value::Null, |value| json_of(*value))
            }
            (ColumnValues::Int32(_) | ColumnValues::Int64(_), ColumnMeaning::Unsigned) => {
                number(self.number(place).map(|value| value.cast_unsigned().into()))
            }
            (ColumnValues::Int32(_) | ColumnValues::Int64(_), ColumnMeaning::Signed) => {
                number(self.number(place).map(Number::from))
            }
            _ => self.text(place).map_or(Value::Null, |text| Value::String(text.into_owned())),
        }
    }
}

/// A number as JSON. Sums of whole numbers come as such with a point in some engines.
fn json_of(number: f64) -> Value {
    match whole(number) {
        Some(whole) => Value::from(whole),
        None => Number::from_f64(number).map_or(Value::Null, Value::Number),
    }
}

fn real(number: f64) -> Option<Cow<'static, str>> {
    match json_of(number) {
        Value::Number(number) => Some(Cow::Owned(number.to_string())),
        _ => None,
    }
}

/// The whole number that `number` is, up to 2^53.
#[expect(clippy::cast_possible_truncation, reason = "it is whole, and smaller than 2^53")]
fn whole(number: f64) -> Option<i64> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    (number.fract() == 0.0 && number.abs() <= EXACT).then_some(number as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_every_unit() {
        for (number, unit, moment) in [
            (19_372, TimestampUnit::Days, Some("2023-01-15T00:00:00Z")),
            (1_673_772_686_000, TimestampUnit::Millis, Some("2023-01-15T08:51:26Z")),
            (1_673_772_686_250_999, TimestampUnit::Micros, Some("2023-01-15T08:51:26.250Z")),
            (1_673_772_686_250_999_999, TimestampUnit::Nanos, Some("2023-01-15T08:51:26.250Z")),
            (-1, TimestampUnit::Nanos, Some("1969-12-31T23:59:59.999Z")),
            (i64::MAX, TimestampUnit::Millis, None),
            (i64::MIN, TimestampUnit::Days, None),
        ] {
            let found = millis(number, unit).map(|moment| moment.to_string());
            assert_eq!(found.as_deref(), moment, "{number} {unit:?}");
        }
    }

    #[test]
    fn whole_numbers_have_no_point() {
        for (number, json) in [(7.0, "7"), (-3.0, "-3"), (0.5, "0.5"), (f64::NAN, "null"), (1e300, "1e+300")]
        {
            assert_eq!(json_of(number).to_string(), json);
        }
        assert_eq!((real(7.0).as_deref(), real(f64::INFINITY)), (Some("7"), None));
    }
}
