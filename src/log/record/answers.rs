//! The answers of a record, in whatever structure they come.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::fields::{self, AnswerPart};
use super::{Answer, Extent, loose, text};
use crate::knowledge::address::{parse_ipv4, parse_ipv6};

/// The most answers taken of one record. A UDP answer of 4 KiB holds fewer addresses than this.
pub(super) const MAX_ANSWERS: usize = 1024;

/// How often a text may hold a literal that holds texts in turn.
const MAX_TEXTS: u8 = 3;

/// Answers, and how much of all of them these are.
pub(super) type Answers<'a> = (Vec<Answer<'a>>, Extent);

impl Answer<'_> {
    /// An answer that shows nothing.
    pub(super) fn hidden() -> Self {
        Self { kind: Cow::Borrowed(""), rdata: Cow::Borrowed("") }
    }
}

/// Reads a list of answers, or one alone:
///
/// - a list of objects, with keys in any case, or of structures without keys;
/// - an object with a list for each key;
/// - a list of texts, each a literal or the answer's text without its type;
/// - an object: one answer, of perhaps more;
/// - a text: any of these as some program prints it.
pub(super) fn read(value: &Value) -> Answers<'_> {
    from_value(value, MAX_TEXTS)
}

fn from_value(value: &Value, texts: u8) -> Answers<'_> {
    match value {
        Value::Null => (Vec::new(), Extent::Absent),
        Value::Object(object) => from_object(object),
        Value::Array(list) => from_list(list, texts),
        Value::String(written) => from_text(written, texts),
        _ => (Vec::new(), Extent::Unreadable),
    }
}

/// Reads answers as a program prints them.
pub(super) fn from_literal(written: &str) -> Answers<'static> {
    from_text(written, MAX_TEXTS)
}

fn from_text(written: &str, texts: u8) -> Answers<'static> {
    let written = written.trim();
    if loose::is_absent(written) {
        return (Vec::new(), Extent::Absent);
    }
    if texts == 0 {
        return (Vec::new(), Extent::Unreadable);
    }
    if !loose::is_bracketed(written) && !written.starts_with('"') {
        return from_words(written);
    }
    let Some(literal) = loose::read(written) else { return (Vec::new(), Extent::Unreadable) };
    let (answers, mut extent) = from_value(&literal.value, texts - 1);
    if literal.is_cut && extent != Extent::Unreadable {
        extent = Extent::Partial;
    }
    (answers.into_iter().map(Answer::into_owned).collect(), extent)
}

/// Addresses and names by themselves. Nothing says that they are all.
fn from_words(written: &str) -> Answers<'static> {
    let words = written.split([',', ';', '\n', ' ']).map(str::trim).filter(|word| !word.is_empty());
    let mut list = Vec::new();
    for word in words {
        let bytes = word.as_bytes();
        let is_name = word.len() > 1 && word.ends_with('.') && !word.contains([':', '[', '{', '(']);
        let is_answer = parse_ipv4(bytes).is_some() || parse_ipv6(bytes).is_some() || is_name;
        if !is_answer || list.len() == MAX_ANSWERS {
            return (list, Extent::Unreadable);
        }
        list.push(Answer { kind: Cow::Borrowed(""), rdata: Cow::Owned(word.to_owned()) });
    }
    (list, Extent::Partial)
}

fn from_object(object: &Map<String, Value>) -> Answers<'_> {
    if object.is_empty() {
        return (Vec::new(), Extent::Absent);
    }
    let of_part = |part: AnswerPart| {
        let named = object.iter().filter_map(|(key, value)| match fields::part(key) {
            Some((found, rank)) if found == part => Some((rank, value)),
            _ => None,
        });
        named.min_by_key(|(rank, _)| *rank).map(|(_, value)| value)
    };
    match (of_part(AnswerPart::Rdata), of_part(AnswerPart::Kind)) {
        (Some(Value::Array(rdata)), Some(Value::Array(kinds))) => columns(rdata, Some(kinds)),
        (Some(Value::Array(rdata)), _) => columns(rdata, None),
        (None, None) => (Vec::new(), Extent::Unreadable),
        _ => (vec![one(object)], Extent::Element),
    }
}

/// Answers of which each part is a list.
pub(super) fn columns<'v>(rdata: &'v [Value], kinds: Option<&'v [Value]>) -> Answers<'v> {
    let kind = |at: usize| kinds.and_then(|kinds| text(kinds.get(at))).unwrap_or_default();
    let list = rdata
        .iter()
        .take(MAX_ANSWERS)
        .enumerate()
        .map(|(at, value)| Answer { kind: kind(at), rdata: text(Some(value)).unwrap_or_default() })
        .collect();
    let is_whole = rdata.len() <= MAX_ANSWERS && kinds.is_none_or(|kinds| kinds.len() == rdata.len());
    (list, if is_whole { Extent::Whole } else { Extent::Unreadable })
}

fn from_list(list: &[Value], texts: u8) -> Answers<'_> {
    if let Some(answer) = without_keys(list) {
        return (vec![answer], Extent::Element);
    }
    let mut answers = Vec::with_capacity(list.len().min(MAX_ANSWERS));
    let mut extent = Extent::Whole;
    for value in list {
        if answers.len() >= MAX_ANSWERS {
            return (answers, Extent::Partial);
        }
        match value {
            Value::Object(object) => answers.push(one(object)),
            Value::Array(values) => answers.push(without_keys(values).unwrap_or_else(Answer::hidden)),
            Value::String(written) if loose::is_bracketed(written) || written.starts_with('"') => {
                match from_text(written, texts) {
                    (mut inner, Extent::Element) if inner.len() == 1 => answers.append(&mut inner),
                    _ => answers.push(Answer::hidden()),
                }
            }
            Value::String(written) => {
                answers.push(Answer { kind: Cow::Borrowed(""), rdata: Cow::Borrowed(written) });
            }
            _ => {
                extent = Extent::Unreadable;
                answers.push(Answer::hidden());
            }
        }
    }
    (answers, extent)
}

/// The answer that `object` is. If it has none of the keys, it is one that shows nothing.
pub(super) fn one(object: &Map<String, Value>) -> Answer<'_> {
    let mut answer = Answer::hidden();
    let mut best = [usize::MAX; 2];
    for (key, value) in object {
        let (best, place) = match fields::part(key) {
            Some((AnswerPart::Rdata, rank)) if rank < best[0] => {
                best[0] = rank;
                (true, &mut answer.rdata)
            }
            Some((AnswerPart::Kind, rank)) if rank < best[1] => {
                best[1] = rank;
                (true, &mut answer.kind)
            }
            _ => (false, &mut answer.kind),
        };
        if best && let Some(text) = text(Some(value)) {
            *place = text;
        }
    }
    answer
}

/// The answer that a structure without keys is: a type, perhaps a class, and one text more, in any order, if
/// there is only one way to take them so.
pub(super) fn without_keys(values: &[Value]) -> Option<Answer<'_>> {
    if !(2..=3).contains(&values.len()) {
        return None;
    }
    let (mut kind, mut rdata, mut class) = (None, None, false);
    for value in values {
        let Value::String(word) = value else { return None };
        // RFC 1035 section 3.2.4.
        if matches!(word.as_str(), "IN" | "CH" | "HS") && !class {
            class = true;
            continue;
        }
        let place = if is_type(word) { &mut kind } else { &mut rdata };
        if place.replace(word).is_some() {
            return None;
        }
    }
    // A name without a dot could be the type.
    let (kind, rdata) = (kind?, rdata?);
    let is_shape = values.len() == 3 || !class;
    is_shape.then_some(Answer { kind: Cow::Borrowed(kind), rdata: Cow::Borrowed(rdata) })
}

/// Whether `word` is written as a type is: a mnemonic (RFC 1035 section 3.2.2 and later), or `TYPE65` (RFC
/// 3597 section 5).
fn is_type(word: &str) -> bool {
    (1..=10).contains(&word.len())
        && word.starts_with(|first: char| first.is_ascii_uppercase())
        && word.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, Ipv6Addr};

    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn shown(answers: Answers<'_>) -> (Vec<(String, String)>, Extent) {
        let list = answers.0.into_iter().map(|answer| (answer.kind.into_owned(), answer.rdata.into_owned()));
        (list.collect(), answers.1)
    }

    fn pairs(list: &[(&str, &str)]) -> Vec<(String, String)> {
        list.iter().map(|(kind, rdata)| ((*kind).to_owned(), (*rdata).to_owned())).collect()
    }

    #[test]
    fn lists() {
        let both = [("CNAME", "b.example."), ("AAAA", "2001:db8::1")];
        for text in [
            r#"[{"Rdata":"b.example.","Type":"CNAME"},{"RDATA":"2001:db8::1","TYPE":"AAAA"}]"#,
            r#"[{"Address":"b.example.","Type":"CNAME"},{"data":"2001:db8::1","type":"AAAA"}]"#,
            r#"{"Rdata":["b.example.","2001:db8::1"],"Type":["CNAME","AAAA"]}"#,
            r#"[["IN","b.example.","CNAME"],["2001:db8::1","AAAA"]]"#,
            r#"["{\"Rdata\":\"b.example.\",\"Type\":\"CNAME\"}","{'Rdata': '2001:db8::1', 'Type': AAAA}"]"#,
            r#"{"(b.example.,CNAME,IN)","(2001:db8::1,AAAA,IN)"}"#,
            r#""[{\"Rdata\":\"b.example.\",\"Type\":\"CNAME\"},{\"Rdata\":\"2001:db8::1\",\"Type\":\"AAAA\"}]""#,
            "[{IN, b.example., CNAME}, {IN, 2001:db8::1, AAAA}]",
        ] {
            assert_eq!(shown(from_literal(text)), (pairs(&both), Extent::Whole), "{text}");
        }
    }

    #[test]
    fn how_much_there_is() {
        let address = [("", "2001:db8::1")];
        for (text, list, extent) in [
            ("[]", &[][..], Extent::Whole),
            ("", &[], Extent::Absent),
            ("NULL", &[], Extent::Absent),
            ("\\N", &[], Extent::Absent),
            ("{}", &[], Extent::Absent),
            ("[{}]", &[("", "")], Extent::Whole),
            ("[{'rdata': None, 'type': None}]", &[("", "")], Extent::Whole),
            ("[null]", &[("", "")], Extent::Unreadable),
            ("{'Rdata': '2001:db8::1', 'Type': AAAA}", &[("AAAA", "2001:db8::1")], Extent::Element),
            ("(IN,2001:db8::1,AAAA)", &[("AAAA", "2001:db8::1")], Extent::Element),
            ("['2001:db8::1']", &address, Extent::Whole),
            ("2001:db8::1", &address, Extent::Partial),
            ("b.example., 2001:db8::1", &[("", "b.example."), ("", "2001:db8::1")], Extent::Partial),
            (
                "['2001:db8::1' ... '2001:db8::2']",
                &[("", "2001:db8::1"), ("", "2001:db8::2")],
                Extent::Partial,
            ),
            ("[{'Rdata': '2001:db8::1', 'Ty", &[], Extent::Unreadable),
            ("[[A, AAAA, IN]]", &[("", "")], Extent::Whole),
            ("[[b.example., 2001:db8::1, AAAA]]", &[("", "")], Extent::Whole),
            ("none of them", &[], Extent::Unreadable),
            ("{'x': 1}", &[], Extent::Unreadable),
            ("{'Rdata': ['2001:db8::1'], 'Type': []}", &address, Extent::Unreadable),
            ("7", &[], Extent::Unreadable),
        ] {
            assert_eq!(shown(from_literal(text)), (pairs(list), extent), "{text}");
        }
        assert_eq!(shown(read(&json!(7))), (Vec::new(), Extent::Unreadable));
        let many = json!(vec![json!({"Rdata": "192.0.2.1"}); MAX_ANSWERS + 1]);
        assert_eq!(read(&many).1, Extent::Partial);
    }

    /// Answers as programs write them: a type, and a text of it.
    fn some_answers() -> impl Strategy<Value = Vec<(&'static str, String)>> {
        let name = "[a-z0-9_-]{1,12}(\\.[a-z0-9-]{1,12}){1,3}\\.";
        let one = prop_oneof![
            any::<Ipv6Addr>().prop_map(|address| ("AAAA", address.to_string())),
            any::<Ipv4Addr>().prop_map(|address| ("A", address.to_string())),
            name.prop_map(|name| ("CNAME", name)),
        ];
        prop::collection::vec(one, 0..6)
    }

    proptest! {
        /// What is written in any of the notations reads back.
        #[test]
        fn what_is_written_reads_back(all in some_answers()) {
            let each = |write: &dyn Fn(&str, &str) -> String, between: &str| {
                let written: Vec<_> = all.iter().map(|(kind, rdata)| write(kind, rdata)).collect();
                written.join(between)
            };
            let bare = |text: &str| if text.contains(':') { format!("'{text}'") } else { text.to_owned() };
            let expected: Vec<_> = all.iter().map(|(kind, rdata)| ((*kind).to_owned(), rdata.clone())).collect();
            for written in [
                format!("[{}]", each(&|kind, rdata| json!({"Type": kind, "Rdata": rdata}).to_string(), ",")),
                format!("[{}]", each(&|kind, rdata| format!("{{'Rdata': {}, 'Type': {kind}}}", bare(rdata)), ", ")),
                format!("[{}]", each(&|kind, rdata| format!("{{'Rdata': '{rdata}', 'Type': '{kind}'}}"), "\n ")),
                format!("[{}]", each(&|kind, rdata| format!("Row(Rdata='{rdata}', Type='{kind}')"), ", ")),
                format!("[{}]", each(&|kind, rdata| format!("('IN','{rdata}','{kind}')"), ",")),
                format!("[{}]", each(&|kind, rdata| format!("{{IN, {rdata}, {kind}}}"), ", ")),
                format!("[{}]", each(&|kind, rdata| format!("{{type={kind}, rdata={rdata}}}"), ", ")),
            ] {
                prop_assert_eq!(shown(from_literal(&written)), (expected.clone(), Extent::Whole), "{}", written);
            }
        }

        /// A text that was cut anywhere is never a whole list with less in it, and no text makes it panic.
        #[test]
        fn what_was_cut_is_not_whole(all in some_answers(), at in any::<prop::sample::Index>(), noise in "[\\[\\](){}'\":=,. a\\\\]{0,40}") {
            let written: Vec<_> =
                all.iter().map(|(kind, rdata)| format!("{{'Rdata': '{rdata}', 'Type': {kind}}}")).collect();
            let written = format!("[{}]", written.join(", "));
            let cut = &written[..at.index(written.len())];
            let (_, extent) = from_literal(cut);
            prop_assert_ne!(extent, Extent::Whole, "{}", cut);
            let _ = from_literal(&noise);
        }
    }
}
