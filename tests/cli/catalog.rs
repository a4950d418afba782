//! `catalog`: newer data of AWS's SDK, as a file for `--catalog`.

use std::fs;

use crate::program::{Place, gzip};

const ENDPOINTS: &str = r#"{"version": 3, "partitions": [{"partition": "aws", "dnsSuffix": "amazonaws.com", "services": {
    "brand-new": {"endpoints": {"us-east-1": {"variants": [
        {"hostname": "brand-new.us-east-1.api.aws", "tags": ["dualstack"]}]}}}}}]}"#;

fn model(prefix: &str, product: &str) -> String {
    format!(r#"{{"version":"2.0","metadata":{{"endpointPrefix":"{prefix}","serviceFullName":"{product}"}}}}"#)
}

/// Botocore with a service of two versions, and one that is not packed.
fn botocore(place: &Place) -> String {
    let data = place.path("botocore/data");
    for (folder, bytes) in [
        ("brand-new/2029-01-01", gzip(model("old-name", "Old").as_bytes())),
        ("brand-new/2030-01-01", gzip(model("brand-new", "AWS Brand New").as_bytes())),
    ] {
        fs::create_dir_all(data.join(folder)).expect("a folder");
        fs::write(data.join(folder).join("service-2.json.gz"), bytes).expect("a file");
    }
    fs::create_dir_all(data.join("other/2030-01-01")).expect("a folder");
    fs::write(data.join("other/2030-01-01/service-2.json"), model("other-new", "Other")).expect("a file");
    fs::write(data.join("endpoints.json"), ENDPOINTS).expect("a file");
    fs::write(place.path("botocore/__init__.py"), "import os\n__version__ = '9.9.9'\n").expect("a file");
    place.path("botocore").display().to_string()
}

#[test]
fn what_is_newer_is_a_file_for_the_option() {
    let place = Place::new();
    let folder = botocore(&place);
    let ran = place.run(&["catalog", &folder]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let lines: Vec<&str> = ran.out.lines().filter(|line| !line.starts_with(['#'])).collect();
    let (date, rest) = lines.split_first().expect("lines");
    assert!(date.starts_with("!date 20"), "{date}");
    let expected = [
        "!data botocore 9.9.9",
        "!service brand-new AWS Brand New",
        "!service other-new Other",
        "!stated brand-new us-east-1",
    ];
    assert_eq!(rest, expected);
    assert!(ran.err.starts_with("botocore 9.9.9 in "), "{}", ran.err);
    assert!(ran.err.contains("2 services and 1 dual-stack host that"), "{}", ran.err);
    place.write("newer.catalog", ran.out.as_bytes());
    let name = "brand-new.us-east-1.amazonaws.com";
    let before = place.run(&["explain", name]);
    let after = place.run(&["explain", "--catalog", "newer.catalog", name]);
    assert!(!before.out.contains("AWS Brand New"), "{}", before.out);
    assert!(after.out.contains("AWS Brand New") && after.out.contains("botocore 9.9.9"), "{}", after.out);
    assert!(after.out.contains("AWS's SDK data names it for this Region"), "{}", after.out);
}

#[test]
fn what_is_no_data_of_the_sdk_is_said() {
    let place = Place::new();
    let nothing = place.run(&["catalog", "."]);
    assert_eq!(nothing.code, Some(2), "{}", nothing.err);
    assert!(nothing.err.contains("no `endpoints.json` of botocore in `.`"), "{}", nothing.err);
    place.write("endpoints.json", b"{\"partitions\": 1}");
    let broken = place.run(&["catalog", "."]);
    assert_eq!(broken.code, Some(2), "{}", broken.err);
    assert!(broken.err.contains("endpoints.json` as data of AWS's SDK"), "{}", broken.err);
    assert_eq!(place.run(&["catalog"]).code, Some(2), "no program is on the empty PATH");
}
