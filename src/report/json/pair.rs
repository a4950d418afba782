//! One pair as JSON.
//!
//! Written out by hand, the only place where JSON is: a report of a fleet has hundreds of thousands of pairs,
//! most of each is the same keys, and to write it through a general serializer took as long as to read the
//! log. Text that has anything to escape still goes that way.

use std::io;

use super::put;
use crate::base::moment::{Moment, MomentWriter};
use crate::fleet::{PairView, Span};
use crate::knowledge::address::{write_ipv4, write_ipv6};
use crate::log::observation::Unknown;
use crate::report::pieces;

/// Writes `pair`; `origin` is its origin as JSON, `findings` the ids of those about its name, if they were
/// looked for.
pub(super) fn write(
    out: &mut Vec<u8>,
    pair: &PairView<'_>,
    origin: &[u8],
    findings: Option<&[&str]>,
    moments: &mut MomentWriter,
) -> io::Result<()> {
    out.extend_from_slice(b"{\"origin\":");
    out.extend_from_slice(origin);
    out.extend_from_slice(b",\"name\":");
    text(out, pair.name)?;
    out.extend_from_slice(b",\"status\":");
    word(out, pair.status.word());
    out.extend_from_slice(b",\"aaaa\":{");
    spans(out, moments, pair.spans.aaaa_words());
    out.extend_from_slice(b"},\"a\":{");
    spans(out, moments, pair.spans.a_words());
    out.extend_from_slice(b"},\"newest_aaaa\":");
    match pair.spans.newest_aaaa() {
        Some(verdict) => word(out, verdict.word()),
        None => out.extend_from_slice(b"null"),
    }
    let (first, last) = pair.spans.range().unzip();
    out.extend_from_slice(b",\"first\":");
    moment(out, moments, first);
    out.extend_from_slice(b",\"last\":");
    moment(out, moments, last);
    out.extend_from_slice(b",\"ipv4\":[");
    addresses(out, pair.embedded.lowest(), write_ipv4);
    out.extend_from_slice(b"],\"ipv6\":[");
    addresses(out, pair.native.lowest(), write_ipv6);
    out.extend_from_slice(b"],\"more_addresses\":");
    flag(out, pieces::more_addresses(pair));
    out.extend_from_slice(b",\"cname_only\":");
    pieces::write_number(out, pair.cname_only);
    out.extend_from_slice(b",\"change\":");
    match pair.change() {
        None => out.extend_from_slice(b"null"),
        Some(change) => {
            out.extend_from_slice(b"{\"at\":");
            moment(out, moments, Some(change.at));
            out.extend_from_slice(b",\"from\":");
            word(out, change.from.word());
            out.extend_from_slice(b",\"to\":");
            word(out, change.to.word());
            out.push(b'}');
        }
    }
    out.extend_from_slice(b",\"flapping\":");
    flag(out, pair.spans.flapping());
    unknown(out, pair);
    let forwarders = pair.forwarders();
    if !forwarders.is_empty() {
        out.extend_from_slice(b",\"forwarded_through\":");
        put(out, &forwarders)?;
    }
    if let Some(findings) = findings {
        out.extend_from_slice(b",\"findings\":[");
        for (at, id) in findings.iter().enumerate() {
            if at > 0 {
                out.push(b',');
            }
            word(out, id);
        }
        out.push(b']');
    }
    out.push(b'}');
    Ok(())
}

/// How many answers are unknown for which reason, if any are; and whether others were judged by a part of
/// them.
fn unknown(out: &mut Vec<u8>, pair: &PairView<'_>) {
    for (key, unknown) in
        [(",\"unknown_aaaa\":{", pair.spans.unknown_aaaa()), (",\"unknown_a\":{", pair.spans.unknown_a())]
    {
        let Some(unknown) = unknown else { continue };
        out.extend_from_slice(key.as_bytes());
        let reasons = Unknown::ALL.into_iter().zip(unknown.reasons).filter(|(_, count)| *count > 0);
        for (at, (why, count)) in reasons.enumerate() {
            if at > 0 {
                out.push(b',');
            }
            word(out, why.word());
            out.push(b':');
            pieces::write_number(out, count);
        }
        out.push(b'}');
    }
    out.extend_from_slice(b",\"partial\":");
    flag(out, pair.partial);
}

/// A word of the contract: nothing in it needs an escape.
fn word(out: &mut Vec<u8>, word: &str) {
    out.push(b'"');
    out.extend_from_slice(word.as_bytes());
    out.push(b'"');
}

/// A text of the log.
#[expect(clippy::needless_bitwise_bool, reason = "no branch is what is wanted")]
fn text(out: &mut Vec<u8>, text: &str) -> io::Result<()> {
    // No branch, so that the compiler looks at many bytes at once.
    let plain = text
        .bytes()
        .fold(true, |plain, byte| plain & (0x20..0x7f).contains(&byte) & (byte != b'"') & (byte != b'\\'));
    if plain {
        word(out, text);
        return Ok(());
    }
    put(out, &text)
}

fn flag(out: &mut Vec<u8>, flag: bool) {
    out.extend_from_slice(if flag { b"true" } else { b"false" });
}

fn moment(out: &mut Vec<u8>, moments: &mut MomentWriter, moment: Option<Moment>) {
    match moment {
        Some(moment) => {
            out.push(b'"');
            moments.write(out, moment);
            out.push(b'"');
        }
        None => out.extend_from_slice(b"null"),
    }
}

fn spans(out: &mut Vec<u8>, moments: &mut MomentWriter, spans: impl Iterator<Item = (&'static str, Span)>) {
    for (at, (verdict, span)) in spans.enumerate() {
        if at > 0 {
            out.push(b',');
        }
        word(out, verdict);
        out.extend_from_slice(b":{\"count\":");
        pieces::write_number(out, span.count);
        out.extend_from_slice(b",\"first\":");
        moment(out, moments, Some(span.first));
        out.extend_from_slice(b",\"last\":");
        moment(out, moments, Some(span.last));
        out.push(b'}');
    }
}

fn addresses<T: Copy>(out: &mut Vec<u8>, addresses: &[T], write: impl Fn(&mut Vec<u8>, T)) {
    for (at, address) in addresses.iter().enumerate() {
        out.extend_from_slice(if at == 0 { b"\"" } else { b",\"" });
        write(out, *address);
        out.push(b'"');
    }
}
