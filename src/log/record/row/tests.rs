use super::*;

fn row<'a>(columns: &[(&str, &'a str)]) -> Result<Record<'a>, Malformed> {
    let mut row = RecordRow::default();
    for (column, value) in columns {
        row.set(column, Cow::Borrowed(value))?;
    }
    row.into_record()
}

const BASE: [(&str, &str); 6] = [
    ("query_timestamp", "2025-05-05T10:00:00Z"),
    ("query_name", "a.example."),
    ("query_type", "AAAA"),
    ("rcode", "NOERROR"),
    ("srcaddr", "10.0.0.5"),
    ("vpc_id", "vpc-1"),
];

#[test]
fn insights_columns() {
    let columns = [
        &BASE[..],
        &[
            ("answers.1.Rdata", "2001:db8::1"),
            ("answers.1.Type", "AAAA"),
            ("answers.0.Rdata", "b.example."),
            ("answers.0.Type", "CNAME"),
            ("answers.0.Class", "IN"),
            ("srcids.instance", "i-1"),
            ("srcids.resolver_endpoint", ""),
        ],
    ]
    .concat();
    let record = row(&columns).unwrap();
    assert_eq!(record.answers[0], Answer { kind: "CNAME".into(), rdata: "b.example.".into() });
    assert_eq!(record.answers[1], Answer { kind: "AAAA".into(), rdata: "2001:db8::1".into() });
    assert_eq!(record.instance.as_deref(), Some("i-1"));
    assert_eq!(record.resolver_endpoint, None);
}

#[test]
fn athena_structures() {
    let columns = [
        &BASE[..],
        &[
            (
                "answers",
                "[{rdata=b.example., type=CNAME, class=IN}, {rdata=64:ff9b::1, type=AAAA, class=IN}]",
            ),
            ("srcids", "{instance=i-1, resolver_endpoint=null}"),
        ],
    ]
    .concat();
    let record = row(&columns).unwrap();
    assert_eq!(record.answers.len(), 2);
    assert_eq!(record.answers[1].rdata, "64:ff9b::1");
    assert_eq!((record.instance.as_deref(), record.resolver_endpoint), (Some("i-1"), None));
    let empty = row(&[&BASE[..], &[("answers", "[]"), ("srcids", "{}")]].concat()).unwrap();
    assert!(empty.answers.is_empty() && empty.instance.is_none());
}

#[test]
fn a_lie_about_the_number_of_answers_is_refused() {
    let columns = [&BASE[..], &[("answers.4000000000.Rdata", "x")]].concat();
    assert_eq!(row(&columns).unwrap_err(), Malformed::TooLong("answers"));
}

#[test]
fn the_events_own_time_stands_in() {
    let columns = [&BASE[1..], &[("@timestamp", "2025-05-05 10:00:01.500")]].concat();
    assert_eq!(row(&columns).unwrap().at.to_string(), "2025-05-05T10:00:01.500Z");
}

/// The answers, how much of all of them that is, and the instance.
fn seen(columns: &[(&str, &str)]) -> (Vec<String>, Extent, Option<String>) {
    let columns = [&BASE[..], columns].concat();
    let record = row(&columns).unwrap();
    let answers = record.answers.iter().map(|answer| format!("{}={}", answer.kind, answer.rdata)).collect();
    (answers, record.extent, record.instance.map(Cow::into_owned))
}

#[test]
fn origins_in_every_spelling() {
    for (column, value) in [
        ("srcids", "{'instance': i-1, 'resolver_endpoint': NULL}"),
        ("srcids", "{'instance': 'i-1', 'resolver_endpoint': None}"),
        ("srcids", "('i-1',NULL,NULL)"),
        ("srcids", "(i-1,)"),
        ("srcids", "{i-1, null, null}"),
        ("srcids", "{\"instance\":\"i-1\"}"),
        ("srcids", "[\"i-1\"]"),
        ("srcids", "{instance=\"i-1\"}"),
        ("srcids", "i-1"),
        ("srcids/instance", "i-1"),
        ("srcids_instance", "i-1"),
        ("srcids.0", "i-1"),
        ("instance", "i-1"),
        ("instance_id", "i-1"),
        ("src_endpoint", "{vpc_uid=vpc-1, ip=10.0.0.5, instance_uid=i-1}"),
    ] {
        assert_eq!(seen(&[(column, value)]).2.as_deref(), Some("i-1"), "{column} {value}");
    }
    for value in ["", "-", "NULL", "null", "None", "\\N", "{}", "NaN", "[]"] {
        assert_eq!(seen(&[("srcids", value)]).2, None, "{value}");
        assert_eq!(seen(&[("srcids.instance", value), ("answers", "[]")]).1, Extent::Whole, "{value}");
    }
    assert_eq!(seen(&[("srcids.instance", "\\N"), ("instance", "host:9100")]).2, None);
    let torn = [&BASE[..], &[("srcids", "{'instance': i-1")]].concat();
    assert_eq!(row(&torn).unwrap_err(), Malformed::Unreadable("srcids"));
}

#[test]
fn how_much_of_the_answers_columns_show() {
    let first = ("answers.0.Rdata", "b.example.");
    let second = ("answers.1.Rdata", "2001:db8::1");
    let none = |column| (column, "");
    for (columns, count, extent) in [
        (&[][..], 0, Extent::Absent),
        (&[("answers", "")], 0, Extent::Absent),
        (&[("answers", "[]")], 0, Extent::Whole),
        (&[none("answers.0.Rdata")], 0, Extent::Blank),
        (&[none("answers.1.Rdata")], 0, Extent::Absent),
        (&[first], 1, Extent::Partial),
        (&[first, none("answers.1.Rdata")], 1, Extent::Whole),
        (&[first, second], 2, Extent::Partial),
        (&[first, second, none("answers.2.Type")], 2, Extent::Whole),
        (&[none("answers.0.Rdata"), second], 1, Extent::Unreadable),
        (&[second], 1, Extent::Partial),
        (&[first, none("answers.2.Rdata")], 1, Extent::Partial),
        (&[("answers", ""), ("answers.1.Rdata", "2001:db8::1"), none("answers.2.Rdata")], 1, Extent::Whole),
        (&[("answers", "[]"), none("answers.1.Rdata")], 0, Extent::Whole),
        (&[("Rdata", "2001:db8::1"), ("Type", "AAAA")], 1, Extent::Element),
        (&[none("Rdata"), none("Type")], 0, Extent::Element),
        (&[("Type", "AAAA")], 0, Extent::Absent),
        (&[("answer", "{'Rdata': '2001:db8::1', 'Type': AAAA}")], 1, Extent::Element),
        (&[("answer", "{'Rdata': ")], 0, Extent::Unreadable),
        (
            &[("answers.Rdata", "['b.example.','2001:db8::1']"), ("answers.Type", "['CNAME','AAAA']")],
            2,
            Extent::Whole,
        ),
        (&[("answers.Rdata", "[]"), ("answers.Type", "[]")], 0, Extent::Whole),
        (&[("answers.Rdata", "['2001:db8::1'"), ("answers.Type", "[]")], 0, Extent::Unreadable),
        (&[("answers", "['b.example.', '2001:db8::1']"), ("answer", "b.example.")], 2, Extent::Whole),
        (&[("answers", "['b.example.', '2001:db8::1']"), ("answer", "2001:db8::1")], 2, Extent::Again),
        (&[("answers", "{}")], 0, Extent::Absent),
        (&[("answers", "{}"), ("srcids", "(i-1,)")], 0, Extent::Whole),
        (&[("answers", "{}"), ("srcids", "('i-1',NULL,NULL)")], 0, Extent::Absent),
        (&[("class_uid", "4003"), ("answers", "")], 0, Extent::Whole),
    ] {
        let (answers, found, _) = seen(columns);
        assert_eq!((answers.len(), found), (count, extent), "{columns:?}");
    }
}

#[test]
fn accounts_that_were_taken_for_numbers() {
    let account = |id: &'static str| {
        let mut row = RecordRow::for_table();
        for (column, value) in BASE.into_iter().chain([("account_id", id)]) {
            row.set(column, Cow::Borrowed(value)).unwrap();
        }
        row.into_record().unwrap().account.into_owned()
    };
    assert_eq!(account("123456789"), "000123456789");
    assert_eq!(account("123456789.0"), "000123456789");
    assert_eq!(account("111122223333.0"), "111122223333");
    assert_eq!(account("000123456789"), "000123456789");
    assert_eq!(account("none of it"), "none of it");
}

#[test]
fn lists_without_keys_in_an_object() {
    let seen = |more: &str| {
        let base = BASE.map(|(key, value)| format!("\"{key}\":\"{value}\"")).join(",");
        let object: Map<String, Value> = serde_json::from_str(&format!("{{{base},{more}}}")).unwrap();
        let columns = ColumnNames::default();
        let record = RecordRow::from_object(&object, &columns).unwrap().into_record().unwrap();
        let answers: Vec<_> = record.answers.iter().map(|it| format!("{}={}", it.kind, it.rdata)).collect();
        (answers.join(" "), record.extent, record.instance.map(Cow::into_owned))
    };
    let address = || "AAAA=2001:db8::1".to_owned();
    assert_eq!(seen(r#""answer":["2001:db8::1","AAAA","IN"]"#), (address(), Extent::Element, None));
    assert_eq!(
        seen(r#""answers.0":["2001:db8::1","AAAA"],"answers.1":null"#),
        (address(), Extent::Whole, None)
    );
    // A structure that could be taken in two ways is not taken.
    assert_eq!(seen(r#""answer":["2001:db8::1"]"#).1, Extent::Unreadable);
    assert_eq!(
        seen(r#""answers":[],"srcids":["i-1"]"#),
        (String::new(), Extent::Whole, Some("i-1".to_owned()))
    );
}

/// Blocked is what DNS Firewall says it blocked, and what was denied where a rule of it is named.
#[test]
fn what_was_blocked_is_said_in_several_words() {
    let rule = ("firewall_rule.uid", "rslvr-frg-1");
    for (columns, is_blocked) in [
        (&[("firewall_rule_action", "BLOCK")][..], true),
        (&[("firewall_rule_action", "ALERT")], false),
        (&[("disposition", "Blocked")], true),
        (&[("action", "Denied"), rule], true),
        (&[("action", "Blocked"), rule], true),
        (&[("action", "Allowed"), rule], false),
        (&[("action", "Denied")], false),
    ] {
        let columns = [&BASE[..], columns].concat();
        assert_eq!(row(&columns).unwrap().blocked, is_blocked, "{columns:?}");
    }
}

/// A text may hold another that holds the answers, as programs print them; one more that holds those is
/// not looked into.
#[test]
fn texts_are_looked_for_in_texts_but_so_deep() {
    let mut text = r#"[{"Rdata":"2001:db8::1","Type":"AAAA","Class":"IN"}]"#.to_owned();
    let whole = [Extent::Whole; 3];
    for expected in whole.into_iter().chain([Extent::Unreadable; 2]) {
        assert_eq!(seen(&[("answers", &text)]).1, expected, "{text}");
        text = serde_json::Value::from(text).to_string();
    }
}
