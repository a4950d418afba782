//! What earlier runs read is not asked for again.

use super::*;

fn reported(store: &Store, home: &Home, more: &[&str]) -> Ran {
    home.run(store, &[&["report", &location(), "-f", "json", "--cache", "kept"], more].concat())
}

fn location() -> String {
    format!("s3://{BUCKET}/x/")
}

/// The report of a run without a cache.
fn plain(store: &Store, home: &Home) -> String {
    let ran = home.run(store, &["report", &location(), "-f", "json"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    ran.out
}

fn filled(objects: u32) -> (Store, Home) {
    let (store, home) = (Store::new(), Home::new());
    for number in 0..objects {
        store.put(&format!("x/{number:02}.gz"), gzip(&log(number)));
    }
    (store, home)
}

/// The keys that were got.
fn got(store: &Store) -> Vec<String> {
    let asked = store.asked();
    let mut keys: Vec<String> =
        asked.into_iter().map(|asked| asked.target).filter(|target| target.contains("/x/")).collect();
    keys.retain(|target| !target.contains("list-type"));
    keys.sort();
    keys
}

#[test]
fn only_what_is_new_is_got() {
    let (store, home) = filled(12);
    let first = reported(&store, &home, &[]);
    assert_eq!((first.code, first.err.as_str()), (Some(0), ""), "{first:?}");
    assert_eq!(first.out, plain(&store, &home));
    store.forget();
    let second = reported(&store, &home, &[]);
    assert_eq!((second.out, got(&store)), (first.out.clone(), vec![]));
    // Other formats, and whatever is only shown, are made of what is kept, too.
    store.forget();
    for options in [&["-f", "csv", "--wide"][..], &["-f", "text"], &["-f", "json", "--name", "a."]] {
        let with = home.run(&store, &[&["report", &location(), "--cache", "kept"], options].concat());
        assert!(got(&store).is_empty(), "{options:?}");
        let without = home.run(&store, &[&["report", &location()], options].concat());
        assert_eq!((with.code, with.out, with.err), (without.code, without.out, without.err));
        assert_eq!(got(&store).len(), 12);
        store.forget();
    }
    store.put("x/12.gz", gzip(&log(12)));
    let expected = plain(&store, &home);
    store.forget();
    let third = reported(&store, &home, &[]);
    assert_eq!((third.out, got(&store)), (expected, vec!["/dns-logs/x/12.gz".to_owned()]));
}

/// Twenty days of ten objects, then a day more: under a fifteenth of the requests, lists among them.
#[test]
fn a_day_more_takes_few_requests() {
    let (store, home) = (Store::new(), Home::new());
    let fill = |objects: std::ops::Range<u32>| {
        for number in objects {
            store.put(&format!("x/{number:03}.gz"), gzip(&log(number % 40)));
        }
    };
    fill(0..200);
    reported(&store, &home, &[]);
    let first = store.asked().len();
    store.forget();
    fill(200..210);
    let with = reported(&store, &home, &[]);
    let second = store.asked().len();
    assert_eq!(got(&store).len(), 10);
    assert!(second * 15 < first, "{second} requests after {first}");
    assert_eq!(with.out, plain(&store, &home));
}

#[test]
fn another_question_or_other_bytes_are_read() {
    let (store, home) = filled(6);
    reported(&store, &home, &[]);
    for options in
        [["--since", "2026-11-03T10:02:00Z"], ["--filter", "name:a."], ["--nat64-prefix", "2001:db8::/96"]]
    {
        store.forget();
        let with = reported(&store, &home, &options);
        assert_eq!(got(&store).len(), 6, "{options:?}");
        let without = home.run(&store, &[&["report", &location(), "-f", "json"], &options[..]].concat());
        assert_eq!(with.out, without.out, "{options:?}");
    }
    // Another version under the same key.
    store.put("x/03.gz", gzip(&log(40)));
    assert_eq!(reported(&store, &home, &[]).out, plain(&store, &home));
    store.forget();
    assert_eq!(reported(&store, &home, &[]).out, plain(&store, &home));
    assert_eq!(got(&store).len(), 6, "those of the run without a cache");
}

#[test]
fn what_could_not_be_read_is_not_kept() {
    let (store, home) = filled(6);
    store.fault("/x/02", 1, Fault::Refused(403, "AccessDenied", "Access Denied"));
    let ran = reported(&store, &home, &[]);
    assert_eq!(ran.code, Some(3), "{ran:?}");
    assert!(ran.err.contains("what was read is not kept for the next run"), "{ran:?}");
    store.forget();
    assert_eq!(reported(&store, &home, &[]).out, plain(&store, &home));
    assert_eq!(got(&store).len(), 12);
}

#[test]
fn runs_at_the_same_time_do_not_hurt_each_other() {
    let (store, home) = filled(6);
    let expected = plain(&store, &home);
    for _ in 0..3 {
        let mut running: Vec<_> = (0..4)
            .map(|_| {
                let mut command =
                    home.command(&store, &["report", &location(), "-f", "json", "--cache", "kept"]);
                command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program runs")
            })
            .collect();
        for child in running.drain(..) {
            let ran = Ran::from_output(&child.wait_with_output().expect("it ends"), &HIDDEN);
            assert_eq!((ran.code, ran.out == expected, ran.err.as_str()), (Some(0), true, ""));
        }
    }
    for entry in fs::read_dir(home.0.join("kept")).expect("it was made") {
        let bytes = fs::read(entry.expect("it is there").path()).expect("it can be read");
        let text = String::from_utf8_lossy(&bytes);
        assert!(!text.contains(SECRET) && !text.contains(TOKEN) && !text.contains("AKIDEXAMPLE"));
    }
}
