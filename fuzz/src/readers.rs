//! What a quick reader takes, the general one takes, too, and judges alike.

use r53tail::log::observation::{Judge, Observation, Quoting};
use r53tail::log::record::Record;

type Way = for<'a> fn(&'a mut Judge, &'a [u8]) -> Option<(Observation<'a>, usize)>;

const WAYS: [(&str, Way); 3] =
    [("canonical", Judge::canonical), ("spelled", Judge::spelled), ("activity", Judge::activity)];

fn text(observation: &Observation<'_>) -> String {
    format!("{:?}", Observation { record_prefix: 0, ..observation.clone() })
}

/// Reads a record in each quick way, as it stands and inside strings and cells.
pub fn run(data: &[u8]) {
    for (name, way) in WAYS {
        let (mut quick, mut general) = (Judge::default(), Judge::default());
        let Some((observation, length)) = way(&mut quick, data) else { continue };
        let mut values = serde_json::Deserializer::from_slice(data).into_iter::<serde_json::Value>();
        let value = values.next().and_then(Result::ok).unwrap_or_else(|| panic!("{name}: not JSON"));
        assert_eq!(values.byte_offset(), length, "{name}: another length");
        let Some(Ok(record)) = Record::from_value(&value) else { panic!("{name}: no record") };
        assert_eq!(text(&observation), text(&general.judge(&record)), "{name}");
    }
    let Ok(line) = std::str::from_utf8(data) else { return };
    let (mut plain, mut quoted) = (Judge::default(), Judge::default());
    let expected = plain.spelled(data).filter(|(_, length)| *length == data.len());
    let expected = expected.map(|(observation, _)| text(&observation));
    let string = serde_json::Value::from(line).to_string();
    let cell = line.replace('"', "\"\"");
    for (quoting, inner) in
        [(Quoting::Escaped, &string[1..string.len() - 1]), (Quoting::Doubled, cell.as_str())]
    {
        let found = quoted.within(inner.as_bytes(), quoting, |observation, length| {
            (length == inner.len()).then(|| text(observation))
        });
        if found.is_some() {
            assert_eq!(found, expected, "{quoting:?}: {inner}");
        }
    }
}
