//! What the value of a field says.

use std::ops::Range;

use crate::fleet::Status;
use crate::knowledge::catalog::Catalog;
use crate::log::observation::Aaaa;

use super::QueryFault;
use super::field::{Field, KINDS, RCODES, like};
use super::net::{AnswersWithin, Net};
use super::test::{CatalogRef, TestKind};
use super::text::{RegexPattern, Text};
use super::time::TimeSpan;

/// How a value was written.
#[derive(Clone, Debug)]
pub(super) enum ValueForm {
    /// As it is.
    Plain,
    /// In quotation marks, which are left out.
    Quoted,
    /// After `=`: fits the whole value only.
    Whole,
    /// Between slashes.
    Pattern(RegexPattern),
}

/// Why a value cannot be taken, and which part of its text is at fault.
pub(super) type ValueFault = (Range<usize>, QueryFault);

/// Reads the value `text` of a field.
pub(super) fn what(field: Field, text: &str, form: ValueForm) -> Result<TestKind, ValueFault> {
    let whole = |why| (0..text.len(), why);
    let text_of = |form| match form {
        ValueForm::Plain => Text::plain(text),
        ValueForm::Quoted => Text::Part(text.to_lowercase()),
        ValueForm::Whole => Text::Whole(text.to_lowercase()),
        ValueForm::Pattern(pattern) => Text::Pattern(pattern),
    };
    Ok(match (field, form) {
        (Field::Origin, form) => TestKind::Id(text_of(form)),
        (Field::Vpc, form) => TestKind::Vpc(text_of(form)),
        (Field::Account, form) => TestKind::Account(text_of(form)),
        (Field::Region, form) => TestKind::Region(text_of(form)),
        (Field::Name, form) => TestKind::Name(text_of(form)),
        (Field::Service, form) => TestKind::Service(text_of(form), CatalogRef(Catalog::builtin().clone())),
        (Field::Type, form) => TestKind::Type(match text_of(form) {
            Text::Part(text) => Text::Whole(text),
            other => other,
        }),
        (Field::Source | Field::Answer, form) => {
            let is_pattern = match form {
                ValueForm::Pattern(_) => true,
                ValueForm::Plain => text.contains(['*', '?']),
                ValueForm::Quoted | ValueForm::Whole => false,
            };
            if is_pattern {
                let text = text_of(form);
                if field == Field::Source { TestKind::SourceText(text) } else { TestKind::AnswerText(text) }
            } else {
                let net = Net::read(text).ok_or_else(|| whole(QueryFault::NotAnAddress(text.to_owned())))?;
                if field == Field::Source {
                    TestKind::Source(net)
                } else {
                    TestKind::Answer(AnswersWithin::new(net))
                }
            }
        }
        (_, ValueForm::Pattern(_)) => return Err(whole(QueryFault::NoPattern(field))),
        (Field::Time, _) => TestKind::Time(TimeSpan::read(text)?),
        (Field::Since, _) => TestKind::Time(TimeSpan::since(text)?),
        (Field::Until, _) => TestKind::Time(TimeSpan::until(text)?),
        (Field::Port, _) => port(text).map_err(whole)?,
        (Field::Verdict | Field::Aaaa | Field::A | Field::Rcode | Field::Status | Field::Kind, _) => {
            closed(field, text).map_err(whole)?
        }
    })
}

/// Reads one of the words that a field takes.
fn closed(field: Field, text: &str) -> Result<TestKind, QueryFault> {
    let plain = |text: &str| text.to_lowercase().replace(['_', ' '], "-");
    // NODATA is what everybody else calls it (RFC 2308).
    let wanted = match plain(text).as_str() {
        "nodata" => Aaaa::Empty.word().to_owned(),
        other => other.to_owned(),
    };
    let is = |word: &str| plain(word) == wanted;
    let found = match field {
        Field::Aaaa => field.values().into_iter().find(|word| is(word)).map(TestKind::Aaaa),
        Field::A => field.values().into_iter().find(|word| is(word)).map(TestKind::A),
        Field::Rcode => {
            RCODES.into_iter().find(|(word, _)| is(word)).map(|(_, rcode)| TestKind::Rcode(rcode))
        }
        Field::Status => Status::ALL.into_iter().find(|status| is(status.word())).map(TestKind::Status),
        Field::Kind => KINDS.into_iter().find(|kind| is(kind.word())).map(TestKind::Kind),
        _ => field.values().into_iter().find(|word| is(word)).map(TestKind::Verdict),
    };
    found.ok_or_else(|| {
        let like = like(&wanted, field.values().into_iter());
        QueryFault::UnknownValue { field, text: text.to_owned(), like }
    })
}

/// Reads a port, `PORT..PORT`, or `>PORT` and the like.
fn port(text: &str) -> Result<TestKind, QueryFault> {
    let number = |digits: &str| {
        let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        let number = digits.parse::<u16>().ok().filter(|_| is_number).map(u32::from);
        number.ok_or_else(|| QueryFault::NotAPort(text.to_owned()))
    };
    // A record without a port has 0: that is in no range, and found by `port:0` alone.
    let (least, most) = (1, u32::from(u16::MAX));
    let (from, until) = if let Some(rest) = text.strip_prefix(">=") {
        (number(rest)?, most)
    } else if let Some(rest) = text.strip_prefix("<=") {
        (least, number(rest)?)
    } else if let Some(rest) = text.strip_prefix('>') {
        (number(rest)? + 1, most)
    } else if let Some(rest) = text.strip_prefix('<') {
        (least, number(rest)?.saturating_sub(1))
    } else if let Some((from, until)) = text.split_once("..").filter(|ends| *ends != ("", "")) {
        let from = if from.is_empty() { least } else { number(from)? };
        (from, if until.is_empty() { most } else { number(until)? })
    } else {
        let only = number(text)?;
        (only, only)
    };
    match (u16::try_from(from), u16::try_from(until)) {
        (Ok(from), Ok(until)) if from <= until => Ok(TestKind::Port(from, until)),
        _ => Err(QueryFault::Backwards),
    }
}
