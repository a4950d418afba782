use super::*;

#[test]
fn headers() {
    for (line, format) in [
        ("@timestamp,@message", Some(InputFormat::InsightsCsv)),
        ("\"@timestamp\",\"@message\",\"@logStream\"", Some(InputFormat::InsightsCsv)),
        ("@timestamp,query_name,answers.0.Rdata", Some(InputFormat::InsightsCsv)),
        ("\"version\",\"query_name\"", Some(InputFormat::AthenaCsv)),
        ("version;query_name", Some(InputFormat::AthenaCsv)),
        ("version\tquery_name", Some(InputFormat::AthenaCsv)),
        ("@message", Some(InputFormat::InsightsCsv)),
        ("version,message", Some(InputFormat::Csv)),
        ("host,program,pid", Some(InputFormat::AthenaCsv)),
        ("hello,world", None),
        ("10,20,30", None),
        ("time|query|record_type|reply_code|src", Some(InputFormat::AthenaCsv)),
        ("a query_name, in a sentence", None),
        ("2025-05-05T10:00:00Z \"query_name\":\"x\",\"y\"", None),
        ("", None),
    ] {
        let found = RowTable::from_header(line.as_bytes(), &ColumnNames::default()).map(|(_, format)| format);
        assert_eq!(found, format, "{line:?}");
    }
}

#[test]
fn a_line_that_is_longer_than_any_header_is_none() {
    let header = |length: usize| {
        let mut line = b"query_name,".to_vec();
        line.resize(length, b'x');
        RowTable::from_header(&line, &ColumnNames::default()).is_some()
    };
    assert!(header(MAX_HEADER));
    assert!(!header(MAX_HEADER + 1));
}

#[test]
fn cells_are_those_of_another_reader() {
    let (mut table, _) = RowTable::from_header(b"query_name,x,y", &ColumnNames::default()).unwrap();
    let row = b"\"a \"\"b\"\"\nc\",,\"{\"\"d\"\":\"\"e,f\"\"}\"\r\n";
    for cut in 0..row.len() - 1 {
        assert!(matches!(table.read(&row[..cut], false), RowEnd::Cut), "{cut}");
        assert!(matches!(table.read(row, false), RowEnd::Whole(_)));
        let cells: Vec<_> = table.cells.iter().collect();
        assert_eq!(cells, [&b"a \"b\"\nc"[..], b"", b"{\"d\":\"e,f\"}"]);
        table.next();
    }
}

/// A row with tabs is whole where its line is; what is quoted may go on in the next one.
#[test]
fn rows_with_tabs_end_with_their_lines() {
    for (row, expected) in [
        (&b"1\ta.example.\tb c\n"[..], [&b"1"[..], b"a.example.", b"b c"]),
        (b"\"1\"\t\"a\tx\"\tb\n", [b"1", b"a\tx", b"b"]),
        (b"1\t\"a\nx\"\tb\n", [b"1", b"a\nx", b"b"]),
        (b"1\ta\t\"b\nc\"\n", [b"1", b"a", b"b\nc"]),
    ] {
        let header = b"version\tquery_name\tx";
        let text = String::from_utf8_lossy(row);
        for cut in 0..row.len() - 1 {
            let (mut table, _) = RowTable::from_header(header, &ColumnNames::default()).unwrap();
            assert!(matches!(table.read(&row[..cut], false), RowEnd::Cut), "{text:?} {cut}");
            assert!(
                matches!(table.read(row, false), RowEnd::Whole(length) if length == row.len()),
                "{text:?}"
            );
            assert_eq!(table.cells.iter().collect::<Vec<_>>(), expected, "{text:?} {cut}");
        }
    }
}

#[test]
fn too_many_columns_are_refused() {
    let line = vec![b','; MAX_COLUMNS + 1];
    let (mut table, _) = RowTable::from_header(b"query_name", &ColumnNames::default()).unwrap();
    assert!(matches!(table.read(&line, true), RowEnd::Broken(_, Malformed::NoRecord)));
}

/// A row may have cells more than the header has names if there is nothing in them.
#[test]
fn more_cells_than_names_are_blank() {
    let header = b"query_timestamp,query_name,query_type,rcode,srcaddr,answers";
    let (table, _) = RowTable::from_header(header, &ColumnNames::default()).unwrap();
    let name = |more: &[&str]| {
        let cells = ["2025-05-05T10:00:07Z", "a.example.", "AAAA", "NOERROR", "10.0.0.1", "[]"];
        let cells: Vec<Cow<'_, str>> = cells.iter().chain(more).map(|cell| Cow::Borrowed(*cell)).collect();
        table.record(&cells, false).map(|record| record.name.into_owned())
    };
    for more in [&[][..], &[""], &["", " "]] {
        assert_eq!(name(more).as_deref(), Ok("a.example."), "{more:?}");
    }
    for more in [&["x"][..], &["", "x"]] {
        assert_eq!(name(more), Err(Malformed::NoRecord), "{more:?}");
    }
}
