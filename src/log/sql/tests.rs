use super::*;

fn table(text: &str) -> Table {
    text.parse().unwrap()
}

#[test]
fn names_of_tables_are_taken_apart_and_quoted() {
    for (text, quoted) in [
        ("log", "\"log\""),
        ("logs.r53", "\"logs\".\"r53\""),
        ("\"s3tablescatalog/aws-cloudwatch\".logs.t", "\"s3tablescatalog/aws-cloudwatch\".\"logs\".\"t\""),
        ("`a.b`.c", "\"a.b\".\"c\""),
        ("we\"ird; DROP TABLE x", "\"we\"\"ird; DROP TABLE x\""),
    ] {
        assert_eq!(table(text).quoted(Dialect::Athena.engine()), quoted);
    }
    assert_eq!(table("we`ird").quoted(Dialect::Spark.engine()), "`we``ird`");
    assert_eq!(table("a\\b`c").quoted(Dialect::ClickHouse.engine()), "`a\\\\b\\`c`");
    for (text, why) in [
        ("", TableError::Parts),
        ("a..b", TableError::Parts),
        ("a.b.c.d", TableError::Parts),
        ("\"a.b", TableError::Open),
        ("a\nb", TableError::Control),
    ] {
        assert_eq!(text.parse::<Table>(), Err(why), "{text}");
    }
    assert_eq!("x".repeat(256).parse::<Table>(), Err(TableError::Parts));
}

#[test]
fn texts_cannot_leave_their_quotes() {
    for (dialect, text, quoted) in [
        (Dialect::Athena, "o'x\\", "'o''x\\'"),
        (Dialect::DuckDb, "o'x\\", "'o''x\\'"),
        (Dialect::Spark, "o'x\\", "'o\\'x\\\\'"),
        (Dialect::ClickHouse, "o'x\\", "'o\\'x\\\\'"),
    ] {
        assert_eq!(dialect.engine().text(text), quoted, "{dialect}");
    }
}

/// What a person may ask for is in the text, and what is not asked for is not.
#[test]
fn a_question_without_limits_has_no_conditions() {
    for dialect in Dialect::ALL {
        let mut question = SqlQuestion {
            dialect,
            table: table("t"),
            since: None,
            until: None,
            vpcs: Vec::new(),
            accounts: Vec::new(),
            partitioned: true,
            interface: false,
        };
        assert!(!question.to_string().contains("WHERE"), "{question}");
        question.accounts.push("111122223333".to_owned());
        question.vpcs.push("vpc-1".to_owned());
        let text = question.to_string();
        assert!(text.contains("IN ('111122223333')") && text.contains("IN ('vpc-1')"), "{text}");
    }
}

#[test]
fn a_table_that_aws_makes_is_not_made() {
    let mut creation = Creation {
        dialect: Dialect::SecurityLake,
        table: table("t"),
        location: "s3://bucket".to_owned(),
        vpcs: Vec::new(),
        since: None,
    };
    assert_eq!(creation.text(), Err(CreationError::MadeByAws(Dialect::SecurityLake)));
    creation.dialect = Dialect::Athena;
    assert_eq!(creation.text(), Err(CreationError::NoVpc));
}
