//! Names that people gave to instances, interfaces, subnets, VPCs and addresses, to be shown beside their
//! ids.
//!
//! They come out of a file (`id,name`, or what `aws ec2 describe-instances` prints) or out of Name tags.
//! Whoever may tag an instance chooses such a name, so it is kept in the form in which it may be shown, and
//! cut to a length.

use std::collections::HashMap;
use std::net::IpAddr;

use serde_json::Value;

use crate::base::saturating::SaturatingInto as _;
use crate::base::visible::visible;

/// The longest name, in characters; what is longer is cut.
pub const LONGEST: usize = 64;
/// The most names.
pub const MOST: usize = 1_000_000;
/// The deepest that a document is looked through.
const DEEPEST: usize = 16;

/// Why a file with names cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NamesError {
    /// A line of a table.
    #[error("line {line}: {problem}")]
    Line {
        /// Counted from 1.
        line: usize,
        /// What is wrong with it.
        problem: String,
    },
    /// A document that is no JSON.
    #[error("no JSON: {0}")]
    Json(String),
    /// A document without any name.
    #[error("no name of an instance, interface, subnet or VPC is in it")]
    Nothing,
    /// Too many names.
    #[error("more than {MOST} names")]
    TooMany,
}

/// Names by id, ready to be shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names {
    by_id: HashMap<Box<str>, Box<str>>,
}

impl Names {
    /// Reads `text`: lines `id,name` (or with a tab between), with or without a header, or JSON as `aws ec2
    /// describe-instances`, `describe-network-interfaces`, `describe-subnets` and `describe-vpcs` print it.
    ///
    /// # Errors
    /// What cannot be read, with its line.
    pub fn parse(text: &str) -> Result<Self, NamesError> {
        let text = text.trim_start_matches('\u{feff}');
        let mut names = Self::default();
        if text.trim_start().starts_with(['{', '[']) {
            let document: Value =
                serde_json::from_str(text).map_err(|error| NamesError::Json(error.to_string()))?;
            names.document(&document, 0)?;
            if names.is_empty() {
                return Err(NamesError::Nothing);
            }
        } else {
            names.table(text)?;
        }
        Ok(names)
    }

    fn table(&mut self, text: &str) -> Result<(), NamesError> {
        let first = text.lines().find(|line| is_row(line)).unwrap_or_default();
        let delimiter = if first.contains('\t') { b'\t' } else { b',' };
        let mut reader = csv_core::ReaderBuilder::new().delimiter(delimiter).comment(Some(b'#')).build();
        let (mut input, mut line) = (text.as_bytes(), 1);
        let (mut room, mut ends) = (vec![0; 64 << 10], [0; 64]);
        let mut is_first = true;
        loop {
            let (mut written, mut fields) = (0, 0);
            let start = line;
            loop {
                let (result, read, put, ended) =
                    reader.read_record(input, &mut room[written..], &mut ends[fields..]);
                (input, written, fields) = (&input[read..], written + put, fields + ended);
                match result {
                    csv_core::ReadRecordResult::InputEmpty => {}
                    csv_core::ReadRecordResult::OutputFull | csv_core::ReadRecordResult::OutputEndsFull => {
                        return Err(row_error(start, "it is too long".to_owned()));
                    }
                    csv_core::ReadRecordResult::Record => break,
                    csv_core::ReadRecordResult::End => return Ok(()),
                }
            }
            line = reader.line().saturating_into();
            let field = |at: usize| {
                let from = if at == 0 { 0 } else { ends[at - 1] };
                std::str::from_utf8(&room[from..ends[at]]).unwrap_or_default().trim()
            };
            // The reader passes over empty lines and comments before a row: its line is the one after the
            // row.
            let at = line.saturating_sub(1).max(start);
            if fields < 2 {
                return Err(row_error(at, format!("`{}` has no name behind it: write ID,NAME", field(0))));
            }
            let (id, name) = (field(0), field(1));
            let is_header = std::mem::take(&mut is_first) && !looks_like_id(id);
            if is_header {
                continue;
            }
            if !looks_like_id(id) {
                return Err(row_error(
                    at,
                    format!("`{id}` is neither an id such as i-0123 or vpc-0123 nor an address"),
                ));
            }
            if !name.is_empty() {
                self.add(id, name)?;
            }
        }
    }

    /// Looks for objects that have an id and tags, however they are nested.
    fn document(&mut self, value: &Value, depth: usize) -> Result<(), NamesError> {
        if depth > DEEPEST {
            return Ok(());
        }
        match value {
            Value::Array(list) => list.iter().try_for_each(|value| self.document(value, depth + 1)),
            Value::Object(object) => {
                let text = |key: &str| object.get(key).and_then(Value::as_str);
                if let Some(name) = name_tag(object.get("Tags").or_else(|| object.get("TagSet"))) {
                    let ids = ["InstanceId", "NetworkInterfaceId", "SubnetId", "VpcId"];
                    // An instance names its subnet and VPC too: the first is its own.
                    if let Some(id) = ids.into_iter().find_map(text) {
                        self.add(id, name)?;
                    }
                }
                object.values().try_for_each(|value| self.document(value, depth + 1))
            }
            _ => Ok(()),
        }
    }

    /// Gives `id` a name; the first that it was given stays.
    ///
    /// # Errors
    /// If there are too many.
    pub fn add(&mut self, id: &str, name: &str) -> Result<(), NamesError> {
        if self.by_id.len() >= MOST {
            return Err(NamesError::TooMany);
        }
        let mut shown: String = name.trim().chars().take(LONGEST).collect();
        if shown.len() < name.trim().len() {
            shown.push('…');
        }
        if !shown.is_empty() {
            self.by_id.entry(key(id)).or_insert_with(|| visible(&shown).into());
        }
        Ok(())
    }

    /// Gives the address `address` a name that holds in `vpc` alone, since addresses of VPCs overlap; the
    /// first stays.
    ///
    /// # Errors
    /// If there are too many.
    pub fn add_in(&mut self, vpc: &str, address: &str, name: &str) -> Result<(), NamesError> {
        self.add(&within(vpc, address), name)
    }

    /// Takes the names of `other` for ids that have none.
    pub fn absorb(&mut self, other: Self) {
        for (id, name) in other.by_id {
            self.by_id.entry(id).or_insert(name);
        }
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.by_id.is_empty()
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.by_id.len()
    }

    /// The name of `id`: an instance's, an interface's, a subnet's or a VPC's, or an address in any spelling.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&str> {
        if self.by_id.is_empty() {
            return None;
        }
        self.by_id.get(id).or_else(|| self.by_id.get(&key(id))).map(AsRef::as_ref)
    }

    /// The name of an origin in `vpc`: that of its id, else the one that all of its named addresses share.
    pub fn for_origin<T: AsRef<str>>(
        &self,
        id: &str,
        vpc: &str,
        addresses: impl Iterator<Item = T>,
    ) -> Option<&str> {
        if self.by_id.is_empty() {
            return None;
        }
        if let Some(name) = self.get(id) {
            return Some(name);
        }
        let mut found = addresses.filter_map(|address| {
            let address = address.as_ref();
            self.get(address).or_else(|| self.get(&within(vpc, address)))
        });
        let first = found.next()?;
        found.all(|name| name == first).then_some(first)
    }

    /// `id (name)`, or the id alone; the id unchanged.
    #[must_use]
    pub fn id_with_name(&self, id: &str) -> String {
        self.get(id).map_or_else(|| id.to_owned(), |name| format!("{id} ({name})"))
    }
}

fn row_error(line: usize, problem: String) -> NamesError {
    NamesError::Line { line, problem }
}

fn is_row(line: &str) -> bool {
    !line.trim().is_empty() && !line.starts_with('#')
}

/// Ids are of lower case; addresses have many spellings.
fn key(id: &str) -> Box<str> {
    let id = id.trim();
    match id.parse::<IpAddr>() {
        Ok(address) => address.to_canonical().to_string().into(),
        Err(_) => id.to_ascii_lowercase().into(),
    }
}

/// The id of an address of a VPC; no id or address of anything else.
fn within(vpc: &str, address: &str) -> String {
    format!("{vpc}/{address}")
}

/// Whether a text is an id of AWS's (`i-0123`, `rslvr-in-0123`) or an address.
fn looks_like_id(text: &str) -> bool {
    let text = key(text);
    let is_id = text.split_once('-').is_some_and(|(kind, rest)| {
        ["i", "eni", "rni", "rslvr", "vpc", "subnet"].contains(&kind)
            && !["", "id", "ids", "name", "names"].contains(&rest)
            && rest.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    });
    is_id || text.parse::<IpAddr>().is_ok()
}

/// The value of the tag `Name`.
fn name_tag(tags: Option<&Value>) -> Option<&str> {
    let tag = tags?.as_array()?.iter().find(|tag| tag.get("Key").and_then(Value::as_str) == Some("Name"))?;
    tag.get("Value")?.as_str().filter(|name| !name.trim().is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Names {
        Names::parse(text).unwrap()
    }

    #[test]
    fn tables_with_and_without_a_header() {
        for text in [
            "i-0a1,web-1\nvpc-0b2,prod\n10.0.0.5,printer\nfd00:0::5,router\n",
            "id,name\r\ni-0a1,web-1\r\n\r\nvpc-0b2,prod\r\n10.0.0.5,printer\r\nfd00::5,router",
            "\u{feff}Instance ID\tName\ni-0a1\tweb-1\nvpc-0b2\tprod\n10.0.0.5\tprinter\nFD00::5\trouter\n",
            "# ours\ni-0a1,\"web-1\",more\nvpc-0b2, prod \n10.0.0.5,printer,\nfd00::5,router,x,y\n",
        ] {
            let names = names(text);
            assert_eq!(names.len(), 4, "{text}");
            for (id, name) in [
                ("i-0a1", "web-1"),
                ("I-0A1", "web-1"),
                ("vpc-0b2", "prod"),
                ("10.0.0.5", "printer"),
                ("::ffff:10.0.0.5", "printer"),
                ("fd00:0:0::5", "router"),
            ] {
                assert_eq!(names.get(id), Some(name), "{text}: {id}");
            }
            assert_eq!(names.get("i-0a2"), None);
        }
        assert!(names("").is_empty());
    }

    #[test]
    fn what_cannot_be_read_is_said_with_its_line() {
        for (text, said) in [
            ("i-0a1,web\nweb-2\n", "line 2: `web-2` has no name behind it: write ID,NAME"),
            (
                "id,name\n\ni-0a1,web\nweb,i-0a2\n",
                "line 4: `web` is neither an id such as i-0123 or vpc-0123 nor an address",
            ),
            ("{\"a\":", "no JSON: EOF while parsing a value at line 1 column 5"),
            ("{\"Reservations\":[]}", "no name of an instance, interface, subnet or VPC is in it"),
        ] {
            assert_eq!(Names::parse(text).unwrap_err().to_string(), said, "{text}");
        }
        let long = format!("i-0a1,{}\n", "x".repeat(100_000));
        assert_eq!(Names::parse(&long).unwrap_err().to_string(), "line 1: it is too long");
    }

    proptest::proptest! {
        /// Whatever a file holds: names that may be shown, or what is wrong with it.
        #[test]
        fn no_file_is_too_odd(text in "([i-]{1,2}-[0-9a]{1,4}[,\t]|[\"\r\n{}\\[:]|\\PC|\\p{C}){0,80}") {
            if let Ok(names) = Names::parse(&text) {
                for name in names.by_id.values() {
                    proptest::prop_assert!(!name.chars().any(crate::base::visible::is_hidden), "{name:?}");
                    proptest::prop_assert!(!name.is_empty());
                }
            }
        }
    }

    #[test]
    fn what_the_aws_cli_prints() {
        let names = names(
            r#"{"Reservations":[{"Instances":[
                {"InstanceId":"i-0a1","VpcId":"vpc-0b2","SubnetId":"subnet-0c3",
                 "NetworkInterfaces":[{"NetworkInterfaceId":"eni-0d4"}],
                 "Tags":[{"Key":"team","Value":"x"},{"Key":"Name","Value":"web-1"}]},
                {"InstanceId":"i-0a2","VpcId":"vpc-0b2","Tags":[{"Key":"Name","Value":" "}]},
                {"InstanceId":"i-0a3","VpcId":"vpc-0b2"}]}],
               "Vpcs":[{"VpcId":"vpc-0b2","Tags":[{"Key":"Name","Value":"prod"}]}]}"#,
        );
        assert_eq!((names.get("i-0a1"), names.get("vpc-0b2"), names.len()), (Some("web-1"), Some("prod"), 2));
    }

    #[test]
    fn a_hostile_name_is_shown_for_what_it_is() {
        let mut names = Names::default();
        names.add("i-0a1", "web\u{1b}[2J\u{202e}x").unwrap();
        names.add("i-0a1", "second").unwrap();
        names.add("i-0a2", &"ü".repeat(LONGEST + 1)).unwrap();
        names.add("i-0a3", "  ").unwrap();
        assert_eq!(names.get("i-0a1"), Some(r"web\u{1b}[2J\u{202e}x"));
        assert_eq!(names.get("i-0a2").map(|name| name.chars().count()), Some(LONGEST + 1));
        assert_eq!(names.get("i-0a3"), None);
        assert_eq!(names.id_with_name("i-0a1"), r"i-0a1 (web\u{1b}[2J\u{202e}x)");
        assert_eq!(names.id_with_name("i-0a9"), "i-0a9");
    }

    #[test]
    fn an_origin_goes_by_its_id_or_else_by_its_addresses() {
        let names = names("i-0a1,web\n10.0.0.5,printer\n10.0.0.6,printer\n10.0.0.7,camera\n");
        assert_eq!(names.for_origin("i-0a1", "vpc-1", ["10.0.0.5"].iter()), Some("web"));
        assert_eq!(
            names.for_origin("i-0a2", "vpc-1", ["10.0.0.5", "10.0.0.6", "10.0.0.9"].iter()),
            Some("printer")
        );
        assert_eq!(names.for_origin("i-0a2", "vpc-1", ["10.0.0.5", "10.0.0.7"].iter()), None);
        assert_eq!(names.for_origin("i-0a2", "vpc-1", ["10.0.0.9"].iter()), None);
    }

    #[test]
    fn the_same_address_of_two_vpcs() {
        let mut names = names("10.0.0.5,printer\n");
        names.add_in("vpc-1", "10.0.0.5", "other").unwrap();
        names.add_in("vpc-1", "10.0.0.6", "first").unwrap();
        names.add_in("vpc-2", "10.0.0.6", "second").unwrap();
        let of = |vpc, address: &str| names.for_origin(address, vpc, [address].iter());
        assert_eq!(of("vpc-1", "10.0.0.5"), Some("printer"), "what the user wrote holds everywhere");
        assert_eq!((of("vpc-1", "10.0.0.6"), of("vpc-2", "10.0.0.6")), (Some("first"), Some("second")));
        assert_eq!((of("vpc-3", "10.0.0.6"), of("", "10.0.0.6")), (None, None));
    }
}
