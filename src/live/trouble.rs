//! What went wrong while a service was asked.

use crate::log::redaction::Redaction;

/// What kind of failure it was: decides what is done about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TroubleClass {
    /// It may work the next time: the network, a fault of the service.
    Passing,
    /// Too many requests, or too many sessions.
    Throttled,
    /// No stream begins, and nobody says why: somebody on the way may hold it back.
    Held,
    /// The service cannot be reached at all: no such host, no connection.
    Unreachable,
    /// No valid credentials. They may be renewed meanwhile.
    Credentials,
    /// A permission is missing, or there is no such operation here.
    Denied,
    /// What was asked for is wrong: no such log group, a bad filter pattern.
    Refused,
}

/// What went wrong, for a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// What is to be done about it.
    pub class: TroubleClass,
    /// What went wrong, in one line.
    pub text: String,
    /// What would help.
    pub hint: Option<String>,
}

impl Trouble {
    /// A trouble of which nothing more is to be said.
    #[must_use]
    pub fn new(class: TroubleClass, text: impl Into<String>) -> Self {
        Self { class, text: text.into(), hint: None }
    }

    /// The same, with pseudonyms for what tells whose log it is, if there are any.
    #[must_use]
    pub fn redacted(self, redaction: Option<&Redaction>) -> Self {
        let Some(redaction) = redaction else { return self };
        Self {
            class: self.class,
            text: redaction.words(&self.text),
            hint: self.hint.map(|hint| redaction.words(&hint)),
        }
    }
}
