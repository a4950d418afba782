//! Who may know what: reads `src/` and holds it to the layers, so that nobody has to remember them.
//!
//! Which layers there are, and which modules are in them, the folders of `src/` say, in the order of
//! `src/lib.rs` (`layers`). Each layer knows only those before it, and all but the edge are pure: no file, no
//! network, no clock, no thread.

#![expect(clippy::expect_used, reason = "a test says what it expects")]

mod circles;
mod layers;
mod paths;
mod source;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use circles::Parts;
use layers::{EDGE, LAYERS};
use source::{Named, functions, named, tokens, types, without_tests};

/// What pure modules do not name: the outside world.
const OUTSIDE: [&str; 8] = [
    "tokio",
    "crossterm",
    "ratatui::crossterm",
    "std::fs",
    "std::env",
    "std::thread",
    "std::process",
    "std::os",
];
/// The crates of AWS; a name that ends in `_` is the beginning of one.
const AWS: [&str; 7] = [
    "aws_config",
    "aws_sdk_",
    "aws_sigv4",
    "aws_smithy_",
    "aws_types",
    "aws_credential_types",
    "aws_runtime",
];
/// Where the network is waited on: what is followed live, what is asked of EC2 and of engines, and what is
/// read of S3.
const NETWORK: [&str; 6] = ["aws", "live", "inspect", "s3", "insights", "athena"];
/// What a connection without the SDK needs.
const SOCKETS: [&str; 4] = ["TcpStream", "TcpListener", "UdpSocket", "ToSocketAddrs"];
/// As a word anywhere in a path, since they may come in by another's name.
const OUTSIDE_WORDS: [&str; 11] = [
    "SystemTime",
    "Instant",
    "TcpStream",
    "TcpListener",
    "UdpSocket",
    "UnixStream",
    "stdin",
    "println",
    "print",
    "eprintln",
    "dbg",
];

/// Code in a file, its tests left out, has fewer lines than this.
const MOST_LINES: usize = 500;
/// And with its tests.
const MOST_LINES_WITH_TESTS: usize = 600;

/// A function has no more lines than this.
const MOST_LINES_OF_FUNCTION: usize = 70;

/// Names that say nothing of what is in a module.
const EMPTY_NAMES: [&str; 7] = ["utils", "util", "common", "helpers", "helper", "types", "app"];

/// One file of the program.
struct File {
    path: String,
    /// `fleet`, `pair`.
    module: Vec<String>,
    text: String,
}

impl File {
    fn new(path: &str, text: &str) -> Self {
        let inner = path.strip_prefix("src/").unwrap_or(path);
        let module = inner.strip_suffix(".rs").unwrap_or(inner);
        let module = module.split('/').filter(|part| !matches!(*part, "mod" | "lib"));
        Self { path: path.to_owned(), module: module.map(str::to_owned).collect(), text: text.to_owned() }
    }

    /// Whether all of it is compiled for tests only.
    fn is_tests(&self) -> bool {
        self.module.last().is_some_and(|name| name == "tests")
    }

    /// Its functions that have too many lines.
    fn long_functions(&self) -> Vec<source::Function> {
        let functions = functions(&tokens(&self.text)).into_iter();
        functions.filter(|function| function.lines > MOST_LINES_OF_FUNCTION).collect()
    }

    /// The types that it declares outside of tests, each with its line.
    fn types(&self) -> Vec<(usize, String)> {
        if self.module.iter().any(|name| name == "tests") {
            return Vec::new();
        }
        types(&without_tests(&tokens(&self.text)))
    }

    fn names(&self) -> Vec<Named> {
        if self.is_tests() {
            return Vec::new();
        }
        named(&without_tests(&tokens(&self.text)), &self.module)
    }

    /// All that is wrong with it, each with its place.
    fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        for Named { line, path, .. } in self.names() {
            for fault in faults_of(&self.module, &path) {
                faults.push(format!("{}:{line}: `{}`: {fault}", self.path, path.join("::")));
            }
        }
        let lines = self.text.lines().count();
        let code = self.text.lines().take_while(|line| line.trim() != "#[cfg(test)]").count();
        if code >= MOST_LINES && !self.is_tests() {
            faults.push(format!("{}:{code}: {code} lines of code, {MOST_LINES} are too many", self.path));
        }
        if lines >= MOST_LINES_WITH_TESTS {
            faults
                .push(format!("{}:{lines}: {lines} lines, {MOST_LINES_WITH_TESTS} are too many", self.path));
        }
        for name in self.module.iter().filter(|name| EMPTY_NAMES.contains(&name.as_str())) {
            faults.push(format!("{}:1: `{name}` says nothing of what is in it", self.path));
        }
        faults
    }
}

/// Whether `path` is `start` or below it; a `start` that ends in `_` is the beginning of a name.
fn is_below(path: &[String], start: &str) -> bool {
    let parts: Vec<&str> = start.split("::").collect();
    path.len() >= parts.len()
        && parts.iter().zip(path).all(
            |(part, name)| {
                if part.ends_with('_') { name.starts_with(part) } else { name == part }
            },
        )
}

/// What is wrong with naming `path` in `module`.
fn faults_of(module: &[String], path: &[String]) -> Vec<String> {
    let mut faults = Vec::new();
    let layer = module.first().map_or("", String::as_str);
    let crates = path.first().map_or("", String::as_str);
    let last = path.last().map_or("", String::as_str);
    let is_outside = OUTSIDE.iter().any(|outside| is_below(path, outside))
        || path.iter().any(|name| OUTSIDE_WORDS.contains(&name.as_str()))
        || path.len() > 1 && last == "now";
    if is_outside && LAYERS.is_pure(layer) {
        faults.push(format!("`{layer}` is pure: no file, network, clock, thread or terminal"));
    }
    if crates == "ratatui" && !["view", "edge::terminal"].iter().any(|draws| is_below(module, draws)) {
        faults.push("only `view` and `edge::terminal` draw".to_owned());
    }
    if crates == "crossterm" && !is_below(module, "edge::terminal") {
        faults.push("only `edge::terminal` knows the terminal".to_owned());
    }
    // EC2 and S3 are spoken to without crates of their own, so that signing and HTTP are named there as the
    // SDK is in `live`.
    let is_network = is_below(module, "edge::feed")
        && module.get(2).is_some_and(|inner| NETWORK.contains(&inner.as_str()));
    if (crates == "tokio" || AWS.iter().any(|start| is_below(path, start))) && !is_network {
        let those = NETWORK.map(|inner| format!("`{inner}`")).join(", ");
        faults.push(format!("only {those} of `edge::feed` speak to AWS and wait on the network"));
    }
    if crates == "hickory_proto" && !is_below(module, "edge::feed::probe") {
        faults.push("only `edge::feed::probe` speaks DNS".to_owned());
    }
    let opens = path.iter().any(|name| SOCKETS.contains(&name.as_str()));
    if opens && !is_below(module, "edge::feed::probe") {
        faults.push("only `edge::feed::probe` opens sockets of its own".to_owned());
    }
    if crates == "quick_xml" && !is_below(module, "edge::feed::xml") {
        faults.push("only `edge::feed::xml` reads XML".to_owned());
    }
    if crates == "crate" {
        if let Some((one, other)) = LAYERS.before(module, &path[1..]) {
            faults.push(format!("`{one}` stands before `{other}` and does not know it"));
        }
        if is_below(module, "edge::feed") && path.get(1).is_some_and(|layer| layer == "view") {
            faults.push("`edge::feed` delivers, and does not know what `view` makes of it".to_owned());
        }
    }
    if matches!(last, "unwrap" | "todo" | "unimplemented") && path.len() == 1 {
        faults.push("not outside tests".to_owned());
    }
    faults
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("the folder is readable") {
        let path = entry.expect("the folder is readable").path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// All files of the program, by their paths.
fn program() -> Vec<File> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut paths = Vec::new();
    files(&root.join("src"), &mut paths);
    paths.sort();
    assert!(paths.len() > 300, "only {} files found", paths.len());
    let files = paths.iter().map(|path| {
        let text = fs::read_to_string(path).expect("a source file is text");
        let shown = path.strip_prefix(root).expect("it is below the root");
        File::new(&shown.to_string_lossy().replace('\\', "/"), &text)
    });
    files.collect()
}

#[test]
fn every_file_keeps_to_the_layers() {
    let mut faults = Vec::new();
    let mut names = 0;
    for file in program() {
        names += file.names().len();
        faults.extend(file.faults());
    }
    assert!(names > 10_000, "only {names} names found: the scanner is blind");
    assert!(faults.is_empty(), "{} faults\n{}", faults.len(), faults.join("\n"));
}

#[test]
fn files_take_from_each_other_in_no_circle() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (mut paths, mut parts) = (Vec::new(), Parts::default());
    files(&root.join("src"), &mut paths);
    for path in &paths {
        let text = fs::read_to_string(path).expect("a source file is text");
        let shown =
            path.strip_prefix(root).expect("it is below the root").to_string_lossy().replace('\\', "/");
        let file = File::new(&shown, &text);
        if !file.is_tests() {
            parts.add(&file.module, &text);
        }
    }
    assert!(parts.arrows() > 500, "only {} arrows found: it is blind", parts.arrows());
    let circles = parts.circles();
    assert!(circles.is_empty(), "files that lead to each other: {circles:#?}");
}

/// A line of a comment has no more columns than this, but for one that cannot be broken.
const COMMENT: usize = 110;

/// The lines of comments that are wider than [`COMMENT`], from 1.
fn wide_comments(text: &str) -> Vec<usize> {
    let is_wide = |line: &str| {
        let said =
            line.trim_start().strip_prefix("//").map(|said| said.trim_start_matches(['/', '!']).trim());
        line.chars().count() > COMMENT && said.is_some_and(|said| said.contains(' '))
    };
    text.lines().zip(1..).filter(|(line, _)| is_wide(line)).map(|(_, number)| number).collect()
}

/// A file of the program has no more lines than this.
const LINES: usize = 500;

#[test]
fn files_are_as_long_as_people_read() {
    let files = program();
    let long: Vec<&str> = files
        .iter()
        .filter(|file| file.text.lines().count() > LINES)
        .map(|file| file.path.as_str())
        .collect();
    assert!(long.is_empty(), "{long:?}");
}

#[test]
fn functions_are_as_long_as_people_read() {
    let files = program();
    let long = files.iter().flat_map(|file| {
        let said =
            |it: source::Function| format!("{}:{}: `{}` has {} lines", file.path, it.line, it.name, it.lines);
        file.long_functions().into_iter().map(said)
    });
    let long: Vec<String> = long.collect();
    assert!(long.is_empty(), "{}", long.join("\n"));
    let body = "    let x = '}';\n".repeat(MOST_LINES_OF_FUNCTION - 1);
    let text =
        format!("fn short() {{\n    x\n}}\n\npub(crate) async fn long<T: Into<[u8; 2]>>() {{\n{body}}}\n");
    let found = File::new("src/fleet.rs", &text).long_functions();
    let long = source::Function { line: 5, name: "long".to_owned(), lines: MOST_LINES_OF_FUNCTION + 1 };
    assert_eq!(found, [long]);
}

/// The names that are declared more than once in `files`, with their places.
fn names_of_several(files: &[File]) -> BTreeMap<String, Vec<String>> {
    let mut places: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for file in files {
        for (line, name) in file.types() {
            places.entry(name).or_default().push(format!("{}:{line}", file.path));
        }
    }
    places.retain(|_, places| places.len() > 1);
    places
}

#[test]
fn a_name_is_of_one_type() {
    let files = program();
    let types: usize = files.iter().map(|file| file.types().len()).sum();
    assert!(types > 900, "only {types} types found: the scanner is blind");
    let several = names_of_several(&files);
    assert!(several.is_empty(), "{several:?}");
    let files = [
        File::new("src/fleet.rs", "pub struct Way;\nimpl Iterator for Way {\n    type Item = u8;\n}\n"),
        File::new(
            "src/advice/plan.rs",
            "impl Iterator for Plan { type Item = u8; }\n#[cfg(test)]\nmod tests { struct Way; }\n",
        ),
        File::new("src/view/way.rs", "\ntype Way = u8;\n"),
    ];
    let places = vec!["src/fleet.rs:1".to_owned(), "src/view/way.rs:2".to_owned()];
    assert_eq!(names_of_several(&files), BTreeMap::from([("Way".to_owned(), places)]));
}

#[test]
fn comments_are_as_wide_as_people_read() {
    let (mut found, mut read) = (Vec::new(), 0);
    for folder in ["src", "tests", "benches"] {
        let mut paths = Vec::new();
        files(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder), &mut paths);
        for path in paths {
            let text = fs::read_to_string(&path).expect("it can be read");
            found.extend(wide_comments(&text).into_iter().map(|line| format!("{}:{line}", path.display())));
            read += 1;
        }
    }
    assert!(found.is_empty() && read > 300, "{read} files, {}", found.join("\n"));
    let wide = format!("fn f() {{}}\n    /// {}\n", "a word ".repeat(20));
    assert_eq!(wide_comments(&wide), [2]);
    assert_eq!(wide_comments(&format!("// {}\n", "long".repeat(40))), [0; 0]);
}

/// What the program needs that is not in the lock file `lock`, by its name there.
fn not_locked(manifest: &str, lock: &str) -> Vec<String> {
    let table = |text: &str| text.parse::<toml::Table>().expect("it is TOML");
    let (manifest, lock) = (table(manifest), table(lock));
    let locked = lock["package"].as_array().expect("there are packages").iter();
    let program = locked.clone().find(|package| package["name"].as_str() == Some("r53tail"));
    let locked = program.expect("the program is locked")["dependencies"].as_array().expect("it needs some");
    // A version stands after the name where there are two of a package.
    let names = locked.iter().filter_map(|name| name.as_str()?.split(' ').next());
    let names: Vec<&str> = names.collect();
    let wanted = manifest["dependencies"].as_table().expect("it is a table").keys();
    wanted.filter(|name| !names.contains(&name.as_str())).cloned().collect()
}

#[test]
fn what_fuzzing_is_built_of_is_locked() {
    let read = |path: &str| fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path));
    let manifest = read("Cargo.toml").expect("the program has one");
    let lock = read("fuzz/Cargo.lock").expect("it is kept");
    assert_eq!(not_locked(&manifest, &lock), [""; 0], "cargo metadata --manifest-path fuzz/Cargo.toml");
    let manifest = "[dependencies]\na = \"1\"\nb = \"1\"\n";
    let lock = "[[package]]\nname = \"r53tail\"\ndependencies = [\"a 1.0.0\", \"c\"]\n";
    assert_eq!(not_locked(manifest, lock), ["b"]);
}

#[test]
fn layers_are_the_folders() {
    let layers = LAYERS.names();
    assert_eq!((layers.first(), layers.last()), (Some(&"base"), Some(&EDGE)), "{layers:?}");
    // Where a folder holds nothing but modules, they stand in order, too.
    for folder in ["base", "knowledge", "log", "live", "advice", EDGE] {
        assert!(LAYERS.modules(folder).len() > 2, "{folder}: {:?}", LAYERS.modules(folder));
    }
    let files = program();
    let tops = files.iter().filter_map(|file| file.module.first().map(String::as_str));
    let homeless: Vec<&str> = tops.filter(|top| *top != "main" && !layers.contains(top)).collect();
    assert!(homeless.is_empty(), "in no layer: {homeless:?}");
}

/// The paths that `text` names and that are neither below `root` nor, if `text` is of the program, below its
/// `src`.
fn missing_paths(root: &Path, name: &str, text: &str) -> Vec<String> {
    let folders = ["src", "tests", "benches", "docs", "fixtures", "fuzz", "packaging"];
    let (of_source, starts) = if name.starts_with("src/") {
        (true, [&folders[..], &LAYERS.names()].concat())
    } else {
        (false, folders.to_vec())
    };
    let named = paths::named(text, &starts).into_iter();
    let is_there = |path: &str| root.join(path).exists() || of_source && root.join("src").join(path).exists();
    named.filter(|(_, path)| !is_there(path)).map(|(line, path)| format!("{name}:{line}: `{path}`")).collect()
}

/// Documents for developers.
const DOCUMENTS: [&str; 6] = [
    "CONTRIBUTING.md",
    "docs/advice.md",
    "docs/performance.md",
    "docs/design/envelope.md",
    "docs/design/live.md",
    "docs/design/projection.md",
];

#[test]
fn paths_that_are_named_are_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut texts: Vec<(String, String)> = program().into_iter().map(|file| (file.path, file.text)).collect();
    texts.extend(DOCUMENTS.map(|name| {
        (name.to_owned(), fs::read_to_string(root.join(name)).expect("a document is there, and text"))
    }));
    let missing: Vec<String> =
        texts.iter().flat_map(|(name, text)| missing_paths(root, name, text)).collect();
    assert!(missing.is_empty(), "{}", missing.join("\n"));
    let text = "`src/lib.rs`, `log/record.rs`\n`log/none.rs`, `tests/none`";
    assert_eq!(
        missing_paths(root, "src/lib.rs", text),
        ["src/lib.rs:2: `log/none.rs`", "src/lib.rs:2: `tests/none`"]
    );
    assert_eq!(missing_paths(root, "README.md", text), ["README.md:2: `tests/none`"]);
}

#[test]
fn a_broken_rule_is_found_with_its_place() {
    for (path, text, place) in [
        ("src/fleet.rs", "\nuse std::{io, fs};", "src/fleet.rs:2: `std::fs`"),
        ("src/fleet/pair.rs", "use crate::report::Report;", "src/fleet/pair.rs:1: `crate::report::Report`"),
        ("src/fleet/pair.rs", "use super::super::view;", "src/fleet/pair.rs:1: `crate::view`"),
        ("src/digest.rs", "fn f() { let t = Instant::now(); }", "src/digest.rs:1: `Instant::now`"),
        (
            "src/base/moment.rs",
            "use jiff::Zoned;\nfn f() { Zoned::now() }",
            "src/base/moment.rs:2: `Zoned::now`",
        ),
        (
            "src/base/moment.rs",
            "use std::time::{Duration, SystemTime};",
            "src/base/moment.rs:1: `std::time::SystemTime`",
        ),
        ("src/log/record.rs", "use std::net::TcpStream;", "src/log/record.rs:1: `std::net::TcpStream`"),
        ("src/query.rs", "use tokio::sync;", "src/query.rs:1: `tokio::sync`"),
        (
            "src/console/model.rs",
            "use crate::{fleet, edge::feed::read};",
            "src/console/model.rs:1: `crate::edge::feed::read`",
        ),
        ("src/console.rs", "use ratatui::style::Style;", "src/console.rs:1: `ratatui::style::Style`"),
        (
            "src/view/theme.rs",
            "use ratatui::crossterm::event;",
            "src/view/theme.rs:1: `ratatui::crossterm::event`",
        ),
        ("src/view.rs", "fn f() { std::thread::spawn(g) }", "src/view.rs:1: `std::thread::spawn`"),
        ("src/report/text.rs", "fn f() { println!(\"x\") }", "src/report/text.rs:1: `println`"),
        ("src/edge/run.rs", "use aws_config::load;", "src/edge/run.rs:1: `aws_config::load`"),
        ("src/fleet.rs", "use aws_sdk_cloudwatchlogs as logs;", "src/fleet.rs:1: `aws_sdk_cloudwatchlogs`"),
        ("src/edge/run.rs", "\n\nfn f() { x.unwrap() }", "src/edge/run.rs:3: `unwrap`"),
        ("src/edge/run.rs", "fn f() { todo!() }", "src/edge/run.rs:1: `todo`"),
        ("src/edge/feed/aws.rs", "use crate::view::draw;", "src/edge/feed/aws.rs:1: `crate::view::draw`"),
        ("src/edge/feed/aws.rs", "use crate::edge::run;", "src/edge/feed/aws.rs:1: `crate::edge::run`"),
        ("src/log/record.rs", "use super::envelope;", "src/log/record.rs:1: `crate::log::envelope`"),
        ("src/log/record.rs", "use crate::fleet::Fleet;", "src/log/record.rs:1: `crate::fleet::Fleet`"),
        ("src/report.rs", "use crate::console::Model;", "src/report.rs:1: `crate::console::Model`"),
        ("src/edge/feed/read.rs", "use tokio::fs;", "src/edge/feed/read.rs:1: `tokio::fs`"),
        ("src/edge/feed/read.rs", "use aws_sigv4::sign;", "src/edge/feed/read.rs:1: `aws_sigv4::sign`"),
        (
            "src/edge/feed/live/client.rs",
            "use quick_xml::Reader;",
            "src/edge/feed/live/client.rs:1: `quick_xml::Reader`",
        ),
        (
            "src/edge/feed/live/client.rs",
            "use hickory_proto::op::Message;",
            "src/edge/feed/live/client.rs:1: `hickory_proto",
        ),
        ("src/advice/probe.rs", "use hickory_proto::op::Message;", "src/advice/probe.rs:1: `hickory_proto"),
        (
            "src/edge/run/probe.rs",
            "use std::net::UdpSocket;",
            "src/edge/run/probe.rs:1: `std::net::UdpSocket`",
        ),
        ("src/edge/feed/utils.rs", "", "src/edge/feed/utils.rs:1: `utils`"),
        ("src/edge/run.rs", &"fn f() {}\n".repeat(500), "src/edge/run.rs:500: 500 lines"),
    ] {
        let faults = File::new(path, text).faults();
        assert!(faults.iter().any(|fault| fault.starts_with(place)), "{place}: {faults:?}");
    }
}

#[test]
fn what_is_allowed_is_no_fault() {
    for (path, text) in [
        ("src/fleet.rs", "use std::net::Ipv6Addr; use crate::log::observation::Verdict;"),
        ("src/fleet.rs", "// std::fs\n#[cfg(test)]\nmod tests { use std::fs; fn f() { x.unwrap() } }"),
        ("src/report.rs", "use crate::fleet::Survey;"),
        ("src/view/list.rs", "use ratatui::widgets::Table; use crate::console::Model;"),
        ("src/edge/terminal.rs", "use ratatui::crossterm::event; use std::time::Instant;"),
        ("src/edge/feed/reading.rs", "use std::fs::File; use crate::report::InputSummary;"),
        ("src/edge/feed/live/aws.rs", "use aws_config::load; use tokio::time; use crate::console::Message;"),
        ("src/edge/feed/inspect/query.rs", "use aws_sigv4::sign; use tokio::time;"),
        ("src/edge/feed/s3/client.rs", "use aws_sigv4::sign; use tokio::time;"),
        ("src/edge/feed/xml.rs", "use quick_xml::Reader;"),
        ("src/edge/feed/probe/message.rs", "use hickory_proto::op::Message; use std::net::UdpSocket;"),
        ("src/log/envelope/tests.rs", "use std::fs; fn f() { x.unwrap() }"),
        ("src/edge/run.rs", "fn f() { x.unwrap_or_default() }"),
    ] {
        assert_eq!(File::new(path, text).faults(), Vec::<String>::new(), "{path}: {text}");
    }
}
