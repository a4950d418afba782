//! The table of API prefixes: what is documented of each, and where AWS states the very host.

use std::collections::HashMap;

use super::partition::{Partition, is_region};

/// What the table says of a prefix in a Region, or of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flag {
    /// Documented to have a dual-stack name.
    Yes,
    /// Documented or measured to have none.
    No,
    /// Measured only.
    Measured,
    /// Nothing found.
    Unknown,
    /// Nobody knows how the name would be.
    Nameless,
}

impl Flag {
    fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "y" => Self::Yes,
            "n" => Self::No,
            "m" => Self::Measured,
            "u" => Self::Unknown,
            "-" => Self::Nameless,
            _ => return None,
        })
    }
}

/// A line of the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct TableLine {
    pub product: String,
    flag: Flag,
    source: String,
    exceptions: Vec<(String, Flag, String)>,
    /// Regions with a host stated, by their place in the table's list.
    hosts: u64,
    /// A line of the user's own speaks for every partition.
    pub own: bool,
}

impl TableLine {
    /// Of a product of which nothing else is known.
    fn new(product: &str) -> Self {
        Self {
            product: product.to_owned(),
            flag: Flag::Unknown,
            source: "-".to_owned(),
            exceptions: Vec::new(),
            hosts: 0,
            own: false,
        }
    }
}

/// A whole name and its dual-stack form, from a line `NAME=DUAL`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct NamedHost {
    pub dual: String,
    pub flag: Flag,
    pub source: String,
    pub product: String,
}

/// Sources of what holds in every partition.
const EVERYWHERE: [&str; 2] = ["GR:codedeploy", "OBS:ssm-2026-10"];

/// Why a table cannot be read, with the line.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {problem}")]
pub struct NameTableError {
    /// Counted from 1.
    pub line: usize,
    /// What is wrong with it.
    pub problem: String,
}

/// Prefixes and names.
#[derive(Clone, Debug, Default)]
pub(super) struct NameTable {
    /// The day on which the data was read.
    pub date: String,
    /// What it was read from, with its version.
    pub data: String,
    regions: Vec<String>,
    entries: HashMap<String, TableLine>,
    /// Regions with a host stated that are not in the table itself, by prefix.
    stated: HashMap<String, Vec<String>>,
    names: HashMap<String, NamedHost>,
}

impl NameTable {
    /// Takes in the lines of `text`; those of a user's `own` file go before what is known already.
    pub(super) fn add(&mut self, text: &str, own: bool) -> Result<(), NameTableError> {
        for (at, line) in text.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            self.line(line, own).map_err(|problem| NameTableError { line: at + 1, problem })?;
        }
        Ok(())
    }

    /// The prefixes, in no order.
    pub(super) fn prefixes(&self) -> impl Iterator<Item = &str> {
        self.entries.keys().map(String::as_str)
    }

    fn line(&mut self, line: &str, own: bool) -> Result<(), String> {
        if let Some(said) = line.strip_prefix('!') {
            return self.directive(said, own);
        }
        let mut words = line.split_ascii_whitespace();
        let mut word = || words.next().unwrap_or("-");
        let (key, flag, source, exceptions, hosts) = (word(), word(), word(), word(), word());
        let product = words.collect::<Vec<_>>().join(" ");
        let flag = Flag::parse(flag).ok_or_else(|| format!("`{flag}` is none of y, n, m, u and -"))?;
        let key = key.to_ascii_lowercase();
        if let Some((name, dual)) = key.split_once('=') {
            if exceptions != "-" || hosts != "-" {
                return Err(format!("`{name}` is a whole name: it has no exceptions and no hosts"));
            }
            let (name, dual) = (name.trim_end_matches('.'), dual.trim_end_matches('.'));
            if !name.contains('.') || !dual.contains('.') {
                return Err("a whole name and its dual-stack form are written NAME=NAME".to_owned());
            }
            let named = NamedHost { dual: dual.to_owned(), flag, source: source.to_owned(), product };
            self.names.insert(name.to_owned(), named);
            return Ok(());
        }
        let exceptions = if exceptions == "-" {
            Vec::new()
        } else {
            exceptions.split(',').map(exception).collect::<Result<_, _>>()?
        };
        let hosts = match hosts {
            "-" => 0,
            _ if own => return Err("the fifth field is the table's own: write `-` there".to_owned()),
            digits => {
                u64::from_str_radix(digits, 16).map_err(|_| format!("`{digits}` is no hexadecimal number"))?
            }
        };
        let source = source.to_owned();
        let product = match self.entries.get(&key) {
            Some(known) if product.is_empty() => known.product.clone(),
            _ => product,
        };
        self.entries.insert(key, TableLine { product, flag, source, exceptions, hosts, own });
        Ok(())
    }

    fn directive(&mut self, said: &str, own: bool) -> Result<(), String> {
        match said.split_once(' ') {
            Some(("date", date)) => date.clone_into(&mut self.date),
            Some(("data", data)) => data.clone_into(&mut self.data),
            Some(("regions", _)) if own => return Err("`!regions` is the table's own".to_owned()),
            Some(("regions", regions)) => self.regions = regions.split(',').map(str::to_owned).collect(),
            Some(("service", line)) => {
                let (prefix, product) = line.split_once(' ').unwrap_or((line, ""));
                self.entries.entry(prefix.to_ascii_lowercase()).or_insert_with(|| TableLine::new(product));
            }
            Some(("stated", line)) => {
                let (prefix, regions) = line
                    .split_once(' ')
                    .ok_or_else(|| format!("`!{said}` is not !stated PREFIX REGION,…"))?;
                if let Some(wrong) = regions.split(',').find(|region| !is_region(region)) {
                    return Err(format!("`{wrong}` is no Region"));
                }
                let known = self.stated.entry(prefix.to_ascii_lowercase()).or_default();
                known.extend(regions.split(',').map(str::to_owned));
            }
            _ => return Err(format!("`!{said}` means nothing")),
        }
        Ok(())
    }

    pub(super) fn entry(&self, prefix: &str) -> Option<&TableLine> {
        self.entries.get(prefix)
    }

    pub(super) fn named(&self, name: &str) -> Option<&NamedHost> {
        self.names.get(name)
    }

    /// The place of a Region in the table's list.
    fn place(&self, region: &str) -> Option<usize> {
        self.regions.iter().position(|known| known == region)
    }

    /// Whether AWS's SDK data names the dual-stack host of `prefix`, whose entry this is, in a Region.
    pub(super) fn states(&self, prefix: &str, entry: &TableLine, region: &str) -> bool {
        self.states_at(self.place(region), prefix, entry, region)
    }

    fn states_at(&self, place: Option<usize>, prefix: &str, entry: &TableLine, region: &str) -> bool {
        place.is_some_and(|place| place < 64 && entry.hosts >> place & 1 == 1)
            || self.stated.get(prefix).is_some_and(|regions| regions.iter().any(|known| known == region))
    }

    /// What is known of `prefix`, whose entry this is, in a Region, its source, and whether AWS's SDK data
    /// names the very host there.
    pub(super) fn said<'t>(
        &'t self,
        (prefix, entry): (&str, &'t TableLine),
        region: &str,
        partition: Partition,
    ) -> (Flag, &'t str, bool) {
        let place = self.place(region);
        let stated = self.states_at(place, prefix, entry, region);
        if let Some((_, flag, source)) = entry.exceptions.iter().find(|(known, ..)| known == region) {
            return (*flag, source, stated);
        }
        // The documents are about commercial Regions; what is known to be none, or without a name, is so
        // anywhere. And a table by Region knows nothing of one that was opened after it.
        let commercial = partition == Partition::Commercial || matches!(entry.flag, Flag::Nameless);
        let read = place.is_some() || region.is_empty() || !entry.source.starts_with("GR:");
        if entry.own || commercial && read || EVERYWHERE.contains(&entry.source.as_str()) {
            (entry.flag, &entry.source, stated)
        } else {
            (Flag::Unknown, "-", stated)
        }
    }
}

/// `REGION=FLAG:SOURCE`
fn exception(text: &str) -> Result<(String, Flag, String), String> {
    let (region, said) = text.split_once('=').ok_or_else(|| format!("`{text}` is not REGION=FLAG:SOURCE"))?;
    let (flag, source) = said.split_once(':').unwrap_or((said, "-"));
    if !is_region(region) {
        return Err(format!("`{region}` is no Region"));
    }
    let flag = Flag::parse(flag).ok_or_else(|| format!("`{flag}` is none of y, n, m, u and -"))?;
    Ok((region.to_owned(), flag, source.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_with_a_line_is_said_with_its_number() {
        for (text, problem) in [
            ("# x\n\nssm q", "line 3: `q` is none of y, n, m, u and -"),
            ("ssm y - west=y:x", "line 1: `west` is no Region"),
            ("ssm y - us-west-2", "line 1: `us-west-2` is not REGION=FLAG:SOURCE"),
            ("ssm y - - ff", "line 1: the fifth field is the table's own: write `-` there"),
            ("!regions us-west-2", "line 1: `!regions` is the table's own"),
            ("!stated ssm", "line 1: `!stated ssm` is not !stated PREFIX REGION,…"),
            ("!stated ssm us-west-2,west", "line 1: `west` is no Region"),
            ("a.example=b y", "line 1: a whole name and its dual-stack form are written NAME=NAME"),
            (
                "a.example=b.example y x us-west-2=y:x",
                "line 1: `a.example` is a whole name: it has no exceptions and no hosts",
            ),
        ] {
            let error = NameTable::default().add(text, true).unwrap_err();
            assert_eq!(error.to_string(), problem);
        }
        let error = NameTable::default().add("!x y", false).unwrap_err();
        assert_eq!(error.to_string(), "line 1: `!x y` means nothing");
        let error = NameTable::default().add("ssm y - - xyz", false).unwrap_err();
        assert_eq!(error.to_string(), "line 1: `xyz` is no hexadecimal number");
    }

    #[test]
    fn regions_partitions_and_exceptions() {
        let mut table = NameTable::default();
        table
            .add("!regions us-west-1,us-west-2\na y VPC us-west-1=n:GR:a 2 A\nb y GR:b - - B", false)
            .unwrap();
        let said = |prefix: &str, region: &str, partition| {
            let entry = table.entry(prefix).unwrap();
            table.said((prefix, entry), region, partition)
        };
        assert_eq!(said("a", "us-west-1", Partition::Commercial), (Flag::No, "GR:a", false));
        assert_eq!(said("a", "us-west-2", Partition::Commercial), (Flag::Yes, "VPC", true));
        assert_eq!(said("a", "eu-new-1", Partition::Commercial), (Flag::Yes, "VPC", false));
        assert_eq!(said("a", "cn-north-1", Partition::China), (Flag::Unknown, "-", false));
        assert_eq!(said("b", "us-west-2", Partition::Commercial), (Flag::Yes, "GR:b", false));
        assert_eq!(said("b", "eu-new-1", Partition::Commercial), (Flag::Unknown, "-", false));
    }

    #[test]
    fn a_users_line_goes_before_the_table_and_keeps_its_product() {
        let mut table = NameTable::default();
        table.add("a n VPC us-west-1=n:GR:a - A thing", false).unwrap();
        table.add("a y wiki", true).unwrap();
        let entry = table.entry("a").unwrap();
        assert_eq!(entry.product, "A thing");
        assert_eq!(table.said(("a", entry), "us-west-1", Partition::Commercial), (Flag::Yes, "wiki", false));
        assert_eq!(table.said(("a", entry), "cn-north-1", Partition::China), (Flag::Yes, "wiki", false));
    }

    #[test]
    fn newer_data_adds_services_and_hosts_and_takes_nothing_away() {
        let mut table = NameTable::default();
        table.add("!regions us-west-1\n!data botocore 1\na y VPC - 1 A thing", false).unwrap();
        let newer = "!date 2030-01-02\n!data botocore 2\n!service a Other\n!service b B thing\n\
                     !stated a us-west-2,eu-new-1\n!stated b us-west-2";
        table.add(newer, true).unwrap();
        assert_eq!((table.date.as_str(), table.data.as_str()), ("2030-01-02", "botocore 2"));
        let said = |prefix: &str, region: &str| {
            let entry = table.entry(prefix).unwrap();
            let (flag, _, stated) = table.said((prefix, entry), region, Partition::Commercial);
            (entry.product.clone(), entry.own, flag, stated)
        };
        assert_eq!(said("a", "us-west-1"), ("A thing".to_owned(), false, Flag::Yes, true));
        assert_eq!(said("a", "eu-new-1"), ("A thing".to_owned(), false, Flag::Yes, true));
        assert_eq!(said("a", "us-east-1"), ("A thing".to_owned(), false, Flag::Yes, false));
        assert_eq!(said("b", "us-west-2"), ("B thing".to_owned(), false, Flag::Unknown, true));
    }
}
