//! How sessions of the fake begin and end, by the name of their log group.

/// How an attempt to start a session fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Opening {
    Stream,
    Error(u16, &'static str),
    Html,
    Mute,
    NoFrame,
    Reset,
}

/// How a session ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    Stays,
    Clean,
    TimeUp,
    Streaming,
    UnknownException,
    ErrorMessage,
    Fin,
    MidFrame,
    Reset,
    Silence,
    BadChecksum,
    BadPrelude,
    Garbage,
    BrokenJson,
    Truncated,
}

/// The ways to end, as group names give them.
pub(crate) const ENDINGS: [&str; 14] = [
    "clean",
    "time-up",
    "streaming",
    "unknown-exception",
    "error-message",
    "fin",
    "mid-frame",
    "reset",
    "silence",
    "bad-checksum",
    "bad-prelude",
    "garbage",
    "broken-json",
    "truncated",
];

/// The ways to fail before, as group names give them.
pub(crate) const OPENINGS: [&str; 8] =
    ["throttled", "limit", "expired", "unavailable", "html", "mute", "no-frame", "reset"];

pub(crate) fn script(name: &str, session: usize) -> (Opening, Ending) {
    let scenario = name.rsplit('/').next().unwrap_or_default();
    let (opening, ending) = match scenario.split_once('.') {
        Some(("end", ending)) if session == 0 => (Opening::Stream, ending_of(ending)),
        Some(("open", opening)) if session < 2 => (opening_of(opening), Ending::Stays),
        None if scenario == "denied" => (Opening::Error(400, "AccessDeniedException"), Ending::Stays),
        None if scenario == "full" => (Opening::Error(400, "LimitExceededException"), Ending::Stays),
        None if scenario == "gone" => (Opening::Error(400, "ResourceNotFoundException"), Ending::Stays),
        None if scenario == "no-history" && session == 0 => (Opening::Stream, Ending::Fin),
        _ => (Opening::Stream, Ending::Stays),
    };
    (opening, ending)
}

fn ending_of(word: &str) -> Ending {
    match word {
        "clean" => Ending::Clean,
        "time-up" => Ending::TimeUp,
        "streaming" => Ending::Streaming,
        "unknown-exception" => Ending::UnknownException,
        "error-message" => Ending::ErrorMessage,
        "fin" => Ending::Fin,
        "mid-frame" => Ending::MidFrame,
        "reset" => Ending::Reset,
        "silence" => Ending::Silence,
        "bad-checksum" => Ending::BadChecksum,
        "bad-prelude" => Ending::BadPrelude,
        "garbage" => Ending::Garbage,
        "broken-json" => Ending::BrokenJson,
        "truncated" => Ending::Truncated,
        other => panic!("no ending is called {other}"),
    }
}

fn opening_of(word: &str) -> Opening {
    match word {
        "throttled" => Opening::Error(400, "ThrottlingException"),
        "limit" => Opening::Error(400, "LimitExceededException"),
        "expired" => Opening::Error(400, "ExpiredTokenException"),
        "unavailable" => Opening::Error(503, "ServiceUnavailableException"),
        "html" => Opening::Html,
        "mute" => Opening::Mute,
        "no-frame" => Opening::NoFrame,
        "reset" => Opening::Reset,
        other => panic!("no opening is called {other}"),
    }
}
