//! Objects of Parquet: small ones whole, larger ones from their end, the columns that are needed.

use super::*;

const LAKE: &[u8] = include_bytes!("../parquet/lake.parquet");

/// The file with so many bytes that nobody needs before its footer.
fn padded(bytes: usize) -> Vec<u8> {
    let footer = u32::from_le_bytes(LAKE[LAKE.len() - 8..LAKE.len() - 4].try_into().expect("four bytes"));
    let start = LAKE.len() - 8 - usize::try_from(footer).expect("it is small");
    [&LAKE[..start], &vec![0; bytes], &LAKE[start..]].concat()
}

fn key(day: u32, part: &str) -> String {
    format!("aws/ROUTE53/2.0/region=us-west-2/accountid=111122223333/eventDay=2026110{day}/{part}")
}

/// The ranges of an object that were asked for.
fn ranges(store: &Store, part: &str) -> Vec<Option<String>> {
    let of = |asked: &Asked| asked.target.contains(part) && !asked.target.contains("list-type");
    store.asked().iter().filter(|asked| of(asked)).map(|asked| asked.headers.get("range").cloned()).collect()
}

#[test]
fn objects_of_parquet_are_read_as_files_are() {
    let keys = [key(1, "part-0.zstd.parquet"), key(1, "part-1"), key(2, "part-2.parq")];
    let (larger, largest) = (padded(5 << 20), padded(33 << 20));
    let length = larger.len();
    let objects =
        [(keys[0].as_str(), LAKE.to_vec()), (keys[1].as_str(), larger), (keys[2].as_str(), largest)];
    let (store, home) = both(&objects);
    let location = format!("s3://{BUCKET}/aws/");
    let ran = alike(&store, &home, &["-f", "json"], &location, "files/aws");
    assert!(ran.out.contains("\"records\": 180,") || ran.out.contains("\"records\":180,"), "{}", ran.out);
    assert_eq!(ranges(&store, "part-0"), [None]);
    assert_eq!(ranges(&store, "part-1"), [None, Some(format!("bytes=0-{}", length - 1))], "whole");
    let largest = ranges(&store, "part-2");
    assert_eq!(largest.len(), 6, "the first bytes, the tail, the footer, each row group: {largest:?}");
    assert!(largest[1..].iter().all(Option::is_some), "{largest:?}");
    // Days that are not asked for are not looked at.
    let before = store.asked().len();
    home.run(&store, &["report", &location, "--until", "2026-10-28"]);
    assert!(store.asked()[before..].iter().all(|asked| asked.target.contains("list-type")));
}

#[test]
fn what_breaks_off_is_asked_for_again() {
    let key = key(1, "part-9.parquet");
    let (store, home) = both(&[(key.as_str(), padded(33 << 20))]);
    let location = format!("s3://{BUCKET}/{key}");
    store.fault("/dns-logs/aws/", 1, Fault::Cut(1 << 16));
    store.fault("/dns-logs/aws/", 2, Fault::Cut(1000));
    alike(&store, &home, &["-f", "json"], &location, &format!("files/{key}"));
    store.fault("/dns-logs/aws/", 1, Fault::Changes(1 << 16, b"another"));
    let ran = home.run(&store, &["report", &location]);
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(ran.err.contains("changed") || ran.err.contains("PreconditionFailed"), "{}", ran.err);
}
