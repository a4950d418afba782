//! `sql`: the text for each engine, as it was run by `tests/interop/sql.py`.

use crate::program::Place;

const DIALECTS: [&str; 6] = ["athena", "security-lake", "s3-tables", "spark", "duckdb", "clickhouse"];

#[test]
fn the_question_for_each_engine() {
    for dialect in DIALECTS {
        let words = ["sql", "--dialect", dialect, "--since", "2026-11-01", "--until", "2026-11-07T12:00:00Z"];
        let narrowed = ["--vpc", "vpc-1,o'brien\\", "--account", "111122223333", "logs.\"we\"\"ird\""];
        let ran = Place::new().run(&[&words[..], &narrowed].concat());
        assert_eq!(ran.code, Some(0), "{}", ran.err);
        insta::assert_snapshot!(format!("sql-{dialect}"), ran.out);
    }
}

#[test]
fn what_makes_the_table() {
    for (dialect, location) in [
        ("athena", "s3://bucket/AWSLogs/111122223333/vpcdnsquerylogs"),
        ("spark", "s3://bucket/AWSLogs/"),
        ("duckdb", "logs/**/*.log.gz"),
        ("clickhouse", "logs/**/*.log.gz"),
    ] {
        let words = ["sql", "--dialect", dialect, "--create", "--location", location, "logs.r53"];
        let vpcs = ["--vpc", "vpc-1", "--vpc", "vpc-2", "--since", "2026-01-01"];
        let ran = Place::new().run(&[&words[..], if dialect == "athena" { &vpcs } else { &[] }].concat());
        assert_eq!(ran.code, Some(0), "{}", ran.err);
        insta::assert_snapshot!(format!("sql-create-{dialect}"), ran.out);
    }
}
