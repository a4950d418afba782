//! What is read as a filter is the same filter when it is written and read again, and lets the same through;
//! what is none is said to be none.

use std::sync::Arc;

use r53tail::digest::Terms;
use r53tail::query::{NoValues, Query, complete};
use r53tail::report::Format;

use crate::{digest, head, report};

const LOG: &[u8] = include_bytes!("../../fixtures/demo.jsonl");

/// Reads a filter.
pub fn run(data: &[u8]) {
    let ([at], text) = head::<1>(data);
    let Ok(text) = std::str::from_utf8(text) else { return };
    let cursor = text.floor_char_boundary(usize::from(at).min(text.len()));
    for completion in complete(text, cursor, &NoValues) {
        let mut completed = text.to_owned();
        completed.replace_range(completion.replaces, &completion.text);
    }
    let query = match Query::parse(text) {
        Ok(query) => query,
        Err(error) => {
            assert!(!error.to_string().is_empty());
            assert!(error.shown(text).contains('^'));
            return;
        }
    };
    let written = query.to_string();
    let again = Query::parse(&written).unwrap_or_else(|error| panic!("{written:?} of {text:?}: {error}"));
    assert_eq!(again.to_string(), written, "{text:?}");
    // The log is long; one in sixteen is enough of the quick part.
    if at % 16 == 0 {
        let through = |query: Query| {
            let terms = Terms { filter: Some(Arc::new(query)), ..Terms::default() };
            report(&digest(&LOG[..LOG.len().min(20_000)], &terms), Format::Ndjson)
        };
        assert_eq!(through(again), through(query), "{text:?} written as {written:?}");
    }
}
