//! Tests: what one condition asks of one thing.

use std::fmt;
use std::sync::Arc;

use super::ObservationFacts;
use super::field::{Field, OTHER_TYPE, RCODES};
use super::net::{AnswersWithin, Net};
use super::text::Text;
use super::time::TimeSpan;
use crate::base::moment::Moment;
use crate::fleet::{OriginKind, Status, address_text};
use crate::knowledge::catalog::Catalog;
use crate::log::observation::{Rcode, Verdict};

/// What a test looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TestSubject {
    /// Who asked: [`Test::origin`].
    Origin,
    /// The name asked for: [`Test::name`].
    Name,
    /// QTYPE, RCODE and verdict, of which there are few: [`Test::code`].
    Code,
    /// When: [`Test::time`].
    Time,
    /// The source port: [`Test::port`].
    Port,
    /// The source address: [`Test::source`].
    Source,
    /// The addresses of the answer: [`Test::answer`].
    Answer,
    /// The status of the pair of origin and name: [`Test::status`].
    Status,
}

/// One question about one [`TestSubject`]. Each of its methods is for one subject; those for others say no.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Test(pub(super) TestKind);

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum TestKind {
    Id(Text),
    Kind(OriginKind),
    Vpc(Text),
    Account(Text),
    Region(Text),
    Name(Text),
    Service(Text, CatalogRef),
    Type(Text),
    /// On AAAA or A, by its word.
    Verdict(&'static str),
    /// On AAAA, by its word or by the reason why it is not known.
    Aaaa(&'static str),
    /// The same on A.
    A(&'static str),
    Rcode(Rcode),
    Time(TimeSpan),
    /// Both ends are in it.
    Port(u16, u16),
    Source(Net),
    SourceText(Text),
    Answer(AnswersWithin),
    AnswerText(Text),
    Status(Status),
    /// Exactly these origins, sorted: by what they are known by, id and VPC. Nobody types that.
    Among(Arc<[AmongOrigin]>),
    /// Exactly these names, sorted. Nobody types that either.
    Names(Arc<[Box<str>]>),
}

/// An origin, for [`TestKind::Among`].
pub(super) type AmongOrigin = (OriginKind, Box<str>, Box<str>);

/// The catalog that is asked for services. Queries are equal if they say the same, whatever is known of
/// names.
#[derive(Clone)]
pub(super) struct CatalogRef(pub Catalog);

impl PartialEq for CatalogRef {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for CatalogRef {}

impl fmt::Debug for CatalogRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Catalog")
    }
}

impl Test {
    /// Whether it asks for something that [`crate::log::redaction`] replaces.
    pub(super) fn is_identifying(&self) -> bool {
        match self.0 {
            TestKind::Id(_)
            | TestKind::Among(_)
            | TestKind::Vpc(_)
            | TestKind::Account(_)
            | TestKind::Name(_)
            | TestKind::Names(_)
            | TestKind::Source(_)
            | TestKind::SourceText(_)
            | TestKind::Answer(_)
            | TestKind::AnswerText(_) => true,
            TestKind::Kind(_)
            | TestKind::Region(_)
            | TestKind::Service(..)
            | TestKind::Type(_)
            | TestKind::Verdict(_)
            | TestKind::Aaaa(_)
            | TestKind::A(_)
            | TestKind::Rcode(_)
            | TestKind::Time(_)
            | TestKind::Port(..)
            | TestKind::Status(_) => false,
        }
    }

    /// What it looks at.
    #[must_use]
    pub fn subject(&self) -> TestSubject {
        match self.0 {
            TestKind::Id(_)
            | TestKind::Kind(_)
            | TestKind::Vpc(_)
            | TestKind::Account(_)
            | TestKind::Region(_)
            | TestKind::Among(_) => TestSubject::Origin,
            TestKind::Name(_) | TestKind::Names(_) | TestKind::Service(..) => TestSubject::Name,
            TestKind::Type(_)
            | TestKind::Verdict(_)
            | TestKind::Aaaa(_)
            | TestKind::A(_)
            | TestKind::Rcode(_) => TestSubject::Code,
            TestKind::Time(_) => TestSubject::Time,
            TestKind::Port(..) => TestSubject::Port,
            TestKind::Source(_) | TestKind::SourceText(_) => TestSubject::Source,
            TestKind::Answer(_) | TestKind::AnswerText(_) => TestSubject::Answer,
            TestKind::Status(_) => TestSubject::Status,
        }
    }

    /// Whether an origin fits.
    #[must_use]
    pub fn origin(&self, kind: OriginKind, id: &str, vpc: &str, account: &str, region: &str) -> bool {
        match &self.0 {
            TestKind::Id(text) => text.fits(id),
            TestKind::Kind(wanted) => *wanted == kind,
            TestKind::Among(some) => {
                let wanted = (kind, id, vpc);
                some.binary_search_by(|(kind, id, vpc)| (*kind, &**id, &**vpc).cmp(&wanted)).is_ok()
            }
            TestKind::Vpc(text) => text.fits(vpc),
            TestKind::Account(text) => text.fits(account),
            TestKind::Region(text) => text.fits(region),
            _ => false,
        }
    }

    /// Whether a name fits, in lower case and with its last dot.
    #[must_use]
    pub fn name(&self, name: &str) -> bool {
        match &self.0 {
            TestKind::Name(text) => text.fits_name(name),
            TestKind::Names(some) => some.binary_search_by(|one| (**one).cmp(name)).is_ok(),
            TestKind::Service(text, CatalogRef(catalog)) => is_of_service(name, text, catalog),
            _ => false,
        }
    }

    /// Whether a QTYPE, as the log has it, an RCODE and a verdict fit.
    #[must_use]
    pub fn code(&self, kind: &[u8], rcode: Rcode, verdict: Verdict) -> bool {
        match &self.0 {
            TestKind::Type(text) => std::str::from_utf8(kind).is_ok_and(|kind| text.fits(kind)),
            TestKind::Verdict(word) => is_called(verdict, word),
            TestKind::Aaaa(word) => matches!(verdict, Verdict::Aaaa(_)) && is_called(verdict, word),
            TestKind::A(word) => matches!(verdict, Verdict::A(_)) && is_called(verdict, word),
            TestKind::Rcode(wanted) => *wanted == rcode,
            _ => false,
        }
    }

    /// Whether a moment fits.
    #[must_use]
    pub fn time(&self, at: Moment) -> bool {
        matches!(self.0, TestKind::Time(span) if span.contains(at))
    }

    /// Whether a source port fits; 0 if there is none.
    #[must_use]
    pub fn port(&self, port: u16) -> bool {
        matches!(self.0, TestKind::Port(from, until) if (from..=until).contains(&port))
    }

    /// Whether a source address fits, IPv4 in its IPv4-mapped form.
    #[must_use]
    pub fn source(&self, source: Option<u128>) -> bool {
        let Some(source) = source else { return false };
        match &self.0 {
            TestKind::Source(net) => net.contains(source),
            TestKind::SourceText(text) => text.fits(&address_text(source)),
            _ => false,
        }
    }

    /// Whether an answer fits: native IPv6 addresses, and IPv4 addresses embedded or not.
    #[must_use]
    pub fn answer(&self, native: &[u128], ipv4: &[u32]) -> bool {
        match &self.0 {
            TestKind::Answer(answers) => answers.fits(native, ipv4),
            TestKind::AnswerText(text) => {
                let mut texts = native
                    .iter()
                    .copied()
                    .chain(ipv4.iter().map(|ipv4| crate::log::observation::mapped(*ipv4)))
                    .map(address_text);
                texts.any(|address| text.fits(&address))
            }
            _ => false,
        }
    }

    /// Whether a status fits; `None` is that of a record of a type that is not judged.
    #[must_use]
    pub fn status(&self, status: Option<Status>) -> bool {
        matches!(self.0, TestKind::Status(wanted) if status == Some(wanted))
    }

    /// Whether it looks for a text in addresses that none can have in it.
    #[must_use]
    pub fn is_vain(&self) -> bool {
        match &self.0 {
            TestKind::SourceText(Text::Part(part)) | TestKind::AnswerText(Text::Part(part)) => {
                !part.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b':' || byte == b'.')
            }
            _ => false,
        }
    }

    /// Whether it holds for an observation.
    #[must_use]
    pub fn matches(&self, facts: &ObservationFacts<'_>) -> bool {
        match self.subject() {
            TestSubject::Origin => {
                self.origin(facts.origin_kind, facts.origin, facts.vpc, facts.account, facts.region)
            }
            TestSubject::Name => self.name(facts.name),
            TestSubject::Code => self.code(facts.kind, facts.rcode, facts.verdict),
            TestSubject::Time => self.time(facts.at),
            TestSubject::Port => self.port(facts.port),
            TestSubject::Source => self.source(facts.source),
            TestSubject::Answer => self.answer(facts.native, facts.ipv4),
            TestSubject::Status => self.status(facts.status),
        }
    }
}

impl TestKind {
    pub(super) fn field(&self) -> Field {
        match self {
            Self::Id(_) | Self::Among(_) => Field::Origin,
            Self::Kind(_) => Field::Kind,
            Self::Vpc(_) => Field::Vpc,
            Self::Account(_) => Field::Account,
            Self::Region(_) => Field::Region,
            Self::Name(_) | Self::Names(_) => Field::Name,
            Self::Service(..) => Field::Service,
            Self::Type(_) => Field::Type,
            Self::Verdict(_) => Field::Verdict,
            Self::Aaaa(_) => Field::Aaaa,
            Self::A(_) => Field::A,
            Self::Rcode(_) => Field::Rcode,
            Self::Time(_) => Field::Time,
            Self::Port(..) => Field::Port,
            Self::Source(_) | Self::SourceText(_) => Field::Source,
            Self::Answer(_) | Self::AnswerText(_) => Field::Answer,
            Self::Status(_) => Field::Status,
        }
    }

    /// As the value of its field.
    pub(super) fn item(&self) -> String {
        match self {
            Self::Type(Text::Whole(text)) => super::text::item(&text.to_ascii_uppercase()),
            Self::Type(Text::Glob(glob)) => glob.to_ascii_uppercase(),
            Self::Id(text)
            | Self::Vpc(text)
            | Self::Account(text)
            | Self::Region(text)
            | Self::Name(text)
            | Self::Service(text, _)
            | Self::Type(text)
            | Self::SourceText(text)
            | Self::AnswerText(text) => text.item(),
            Self::Kind(kind) => kind.word().to_owned(),
            Self::Verdict(word) | Self::Aaaa(word) | Self::A(word) => (*word).to_owned(),
            Self::Rcode(rcode) => RCODES
                .iter()
                .find(|(_, it)| it == rcode)
                .map_or_else(String::new, |(word, _)| (*word).to_owned()),
            Self::Status(status) => status.word().to_owned(),
            Self::Among(some) => {
                let ids: Vec<String> =
                    some.iter().map(|(_, id, _)| Text::Whole(id.to_string()).item()).collect();
                ids.join(",")
            }
            Self::Names(some) => {
                let names: Vec<String> =
                    some.iter().map(|name| Text::Whole(name.to_string()).item()).collect();
                names.join(",")
            }
            Self::Time(span) => span.to_string(),
            Self::Port(from, until) if from == until => from.to_string(),
            Self::Port(from, u16::MAX) => format!("{from}.."),
            Self::Port(1, until) => format!("..{until}"),
            Self::Port(from, until) => format!("{from}..{until}"),
            Self::Source(net) => net.to_string(),
            Self::Answer(answers) => answers.net.to_string(),
        }
    }
}

/// Whether `word` names a verdict in a query: its own word, or the reason why it is not known.
fn is_called(verdict: Verdict, word: &str) -> bool {
    match verdict {
        Verdict::NotJudged => word == OTHER_TYPE,
        _ => verdict.word() == word || verdict.unknown().is_some_and(|why| why.word() == word),
    }
}

/// Whether `catalog` has `name` as one of a service that `text` names: part of the product's name, or a whole
/// label of the part before the Region, such as `ssm` or `ecr`.
fn is_of_service(name: &str, text: &Text, catalog: &Catalog) -> bool {
    catalog.about(name).is_some_and(|known| {
        let is_label = match text {
            Text::Part(part) => known.prefix.split('.').any(|label| label == part),
            other => other.fits(&known.prefix),
        };
        is_label || text.fits(&known.product)
    })
}
