//! What features of AWS ask for: data (`profiles.toml`), and which rows of it a name fits.
//!
//! A name such as `logs` or `kms` is asked for by many programs. So a feature is taken to be used only where a name of
//! its own was asked for, and even then it only looks like it.

use std::collections::HashMap;
use std::sync::LazyLock;

use serde::Deserialize;

use super::{Known, is_region};

/// The profiles in the program.
const PROFILES: &str = include_str!("profiles.toml");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    profile: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    id: String,
    name: String,
    detect: Vec<String>,
    need: Vec<String>,
    #[serde(default)]
    none: Vec<String>,
    #[serde(default)]
    optional: Vec<String>,
    switch: String,
}

/// The endpoints that one feature needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// How its client is switched to dual-stack names.
    pub switch: String,
    /// Its rows, each once.
    pub rows: Vec<Row>,
}

/// A row of a profile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// What it fits, as the file has it.
    pub pattern: String,
    /// Whether asking for it looks like using the feature.
    pub detects: bool,
    /// Whether the feature does not work without it.
    pub needed: bool,
    /// Whether it has no dual-stack name, and the feature works without it.
    pub dispensable: bool,
}

/// The place of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RowId {
    /// Of the profile in [`Profiles::list`].
    pub profile: usize,
    /// Of the row in it.
    pub row: usize,
}

/// Profiles, and how a name is found in them.
#[derive(Clone, Debug, Default)]
pub struct Profiles {
    list: Vec<Profile>,
    /// By prefix, with `#` for a number at its end.
    prefixes: HashMap<String, Vec<RowId>>,
    /// By the word of a kind.
    kinds: HashMap<String, Vec<RowId>>,
    buckets: Vec<(String, RowId)>,
    hosts: Vec<(String, RowId)>,
}

static BUILTIN: LazyLock<Profiles> = LazyLock::new(|| {
    // The tests read it; without it nothing would look like anything.
    Profiles::parse(PROFILES).unwrap_or_default()
});

impl Profiles {
    /// The profiles in the program.
    #[must_use]
    pub fn builtin() -> &'static Self {
        &BUILTIN
    }

    /// Reads profiles in the form of `src/catalog/profiles.toml`.
    ///
    /// # Errors
    /// What is wrong with the text, with its place.
    pub fn parse(text: &str) -> Result<Self, String> {
        let file: File = toml::from_str(text).map_err(|error| error.to_string())?;
        let mut profiles = Self::default();
        for entry in file.profile {
            profiles.add(entry)?;
        }
        Ok(profiles)
    }

    fn add(&mut self, entry: Entry) -> Result<(), String> {
        let place = self.list.len();
        let mut profile = Profile { id: entry.id, name: entry.name, switch: entry.switch, rows: Vec::new() };
        if self.list.iter().any(|known| known.id == profile.id) {
            return Err(format!("profile `{}` stands there twice", profile.id));
        }
        for pattern in entry.detect.iter().chain(&entry.need).chain(&entry.none).chain(&entry.optional) {
            if profile.rows.iter().any(|row| row.pattern == *pattern) {
                continue;
            }
            let row = RowId { profile: place, row: profile.rows.len() };
            self.index(pattern, row).map_err(|problem| format!("profile `{}`: {problem}", profile.id))?;
            profile.rows.push(Row {
                pattern: pattern.clone(),
                detects: entry.detect.contains(pattern),
                needed: entry.need.contains(pattern),
                dispensable: entry.none.contains(pattern),
            });
        }
        self.list.push(profile);
        Ok(())
    }

    fn index(&mut self, pattern: &str, row: RowId) -> Result<(), String> {
        if let Some(bucket) = pattern.strip_prefix("s3:") {
            self.buckets.push((bucket.to_owned(), row));
        } else if let Some(kind) = pattern.strip_prefix("kind:") {
            self.kinds.entry(kind.to_owned()).or_default().push(row);
        } else if let Some(host) = pattern.strip_prefix("host:") {
            self.hosts.push((host.to_owned(), row));
        } else if let Some(prefix) = pattern.strip_suffix(".{r}") {
            self.prefixes.entry(prefix.to_owned()).or_default().push(row);
        } else {
            return Err(format!("`{pattern}` is not PREFIX.{{r}}, s3:BUCKET, kind:KIND or host:NAME"));
        }
        Ok(())
    }

    /// The profiles.
    #[must_use]
    pub fn list(&self) -> &[Profile] {
        &self.list
    }

    /// The rows that a name fits, of which the catalog knows `known`.
    #[must_use]
    pub fn rows_of(&self, name: &str, known: Option<&Known>) -> Vec<RowId> {
        let mut found: Vec<RowId> = Vec::new();
        if let Some(known) = known {
            found.extend(self.kinds.get(known.kind.word()).into_iter().flatten());
            if !known.bucket.is_empty() {
                let fits = |pattern: &str| fits_region(pattern, &known.bucket, &known.region);
                found.extend(self.buckets.iter().filter(|(pattern, _)| fits(pattern)).map(|(_, row)| row));
            } else if !known.prefix.is_empty() && !known.region.is_empty() {
                let stem = known.prefix.trim_end_matches(|last: char| last.is_ascii_digit());
                found.extend(self.prefixes.get(&known.prefix).into_iter().flatten());
                if stem.len() < known.prefix.len() && stem.ends_with('-') {
                    found.extend(self.prefixes.get(&format!("{stem}#")).into_iter().flatten());
                }
            }
        }
        let host = name.trim_end_matches('.');
        found.extend(self.hosts.iter().filter(|(pattern, _)| fits_host(pattern, host)).map(|(_, row)| row));
        found.sort_unstable();
        found.dedup();
        found
    }
}

/// Whether `pattern`, with `{r}` for `region`, is `text`.
fn fits_region(pattern: &str, text: &str, region: &str) -> bool {
    match pattern.split_once("{r}") {
        None => pattern == text,
        // A name without its Region leaves the bucket's name to tell it.
        Some((before, behind)) if region.is_empty() => {
            text.strip_prefix(before).and_then(|rest| rest.strip_suffix(behind)).is_some_and(is_region)
        }
        Some((before, behind)) => text
            .strip_prefix(before)
            .and_then(|rest| rest.strip_suffix(behind))
            .is_some_and(|rest| rest == region),
    }
}

/// Whether `host` fits: `*.` stands for any labels before, `{r}` for a Region.
fn fits_host(pattern: &str, host: &str) -> bool {
    if let Some(domain) = pattern.strip_prefix("*.") {
        return host.strip_suffix(domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
    }
    fits_region(pattern, host, "")
}

#[cfg(test)]
mod tests {
    use super::super::{Catalog, DualStack, Evidence};
    use super::*;

    /// `profile pattern` of each row that a name fits.
    fn rows(name: &str) -> Vec<String> {
        let profiles = Profiles::builtin();
        let known = Catalog::builtin().about(name);
        let rows = profiles.rows_of(name, known.as_ref());
        rows.iter()
            .map(|at| {
                let profile = &profiles.list()[at.profile];
                format!("{} {}", profile.id, profile.rows[at.row].pattern)
            })
            .collect()
    }

    #[test]
    fn the_profiles_in_the_program_are_whole() {
        let profiles = Profiles::parse(PROFILES).unwrap();
        assert!(profiles.list().len() >= 13);
        for profile in profiles.list() {
            assert!(profile.rows.iter().any(|row| row.detects), "{}", profile.id);
            assert!(profile.rows.iter().any(|row| row.needed), "{}", profile.id);
            assert!(!profile.switch.is_empty() && !profile.name.is_empty(), "{}", profile.id);
        }
    }

    /// A row for an API is one that the catalog knows, and what is said to have no dual-stack name has none there.
    #[test]
    fn the_profiles_agree_with_the_catalog() {
        let mut asked = 0;
        for profile in Profiles::builtin().list() {
            for row in &profile.rows {
                let Some(prefix) = row.pattern.strip_suffix(".{r}").filter(|it| !it.contains(':')) else {
                    continue;
                };
                let name = format!("{}.us-west-2.amazonaws.com", prefix.replace('#', "7"));
                let known = Catalog::builtin().about(&name).unwrap();
                assert!(!known.product.is_empty(), "{name}");
                assert!(!row.dispensable || known.evidence == Evidence::Absent, "{name}");
                assert!(known.dual_stack != DualStack::Owner, "{name}");
                asked += 1;
            }
        }
        assert!(asked > 40, "{asked}");
    }

    #[test]
    fn names_and_the_rows_they_fit() {
        for (name, expected) in [
            (
                "ssmmessages.us-west-2.amazonaws.com.",
                &["ssm ssmmessages.{r}", "security ssmmessages.{r}"][..],
            ),
            ("ssmmessages.us-west-2.api.aws.", &["ssm ssmmessages.{r}", "security ssmmessages.{r}"]),
            ("ecs-a-12.us-west-2.amazonaws.com.", &["ecs ecs-a-#.{r}"]),
            ("ecs-a.us-west-2.amazonaws.com.", &["ecs ecs-a.{r}"]),
            ("aws-ssm-us-west-2.s3.us-west-2.amazonaws.com.", &["ssm s3:aws-ssm-{r}"]),
            ("aws-ssm-us-west-2.s3.dualstack.us-west-2.amazonaws.com.", &["ssm s3:aws-ssm-{r}"]),
            ("aws-ssm-us-west-2.s3.amazonaws.com.", &["ssm s3:aws-ssm-{r}"]),
            ("aws-ssm-us-west-2.s3.us-east-1.amazonaws.com.", &[]),
            ("aws-ssm-mine.s3.us-west-2.amazonaws.com.", &[]),
            (
                "111122223333.dkr.ecr.us-west-2.amazonaws.com.",
                &["ecs kind:registry", "eks kind:registry", "ecr kind:registry"],
            ),
            ("ecr-public.aws.com.", &["ecr-public kind:public-registry"]),
            ("sts.amazonaws.com.", &["secrets host:sts.amazonaws.com"]),
            ("us-west-2.ec2.archive.ubuntu.com.", &["ubuntu host:{r}.ec2.archive.ubuntu.com"]),
            ("x.ec2.archive.ubuntu.com.", &[]),
            ("au.download.windowsupdate.com.", &["windows-update host:*.windowsupdate.com"]),
            ("notwindowsupdate.com.", &[]),
            ("github.com.", &[]),
        ] {
            assert_eq!(rows(name), expected, "{name}");
        }
    }

    #[test]
    fn what_is_wrong_with_profiles_is_said() {
        let one = |detect: &str| {
            format!("[[profile]]\nid='a'\nname='A'\nswitch='s'\nneed=[]\ndetect=['{detect}']\n")
        };
        assert_eq!(
            Profiles::parse(&one("ssm")).unwrap_err(),
            "profile `a`: `ssm` is not PREFIX.{r}, s3:BUCKET, kind:KIND or host:NAME"
        );
        assert_eq!(
            Profiles::parse(&(one("a.{r}") + &one("b.{r}"))).unwrap_err(),
            "profile `a` stands there twice"
        );
        assert!(Profiles::parse("[[profile]]\nid='a'\n").unwrap_err().contains("line 1"));
    }
}
