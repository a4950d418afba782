//! What features of AWS ask for: data (`profiles.toml`), and which rows of it a name fits.
//!
//! A name such as `logs` or `kms` is asked for by many programs. So a feature is taken to be used only where
//! a name of its own was asked for, and even then it only looks like it.

use std::collections::HashMap;
use std::sync::LazyLock;

use serde::Deserialize;
use toml::Spanned;

use super::{Kind, Known, is_region};

/// The profiles in the program.
const PROFILES: &str = include_str!("profiles.toml");

/// Why profiles cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {problem}")]
pub struct ProfilesError {
    /// Counted from 1.
    pub line: usize,
    /// What is wrong there.
    pub problem: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ProfilesFile {
    profile: Vec<ProfileEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ProfileEntry {
    id: Spanned<String>,
    name: String,
    detect: Vec<Spanned<String>>,
    need: Vec<Spanned<String>>,
    #[serde(default)]
    none: Vec<Spanned<String>>,
    #[serde(default)]
    optional: Vec<Spanned<String>>,
    switch: String,
    #[serde(default)]
    per_name: bool,
    #[serde(default = "one")]
    together: usize,
}

/// One row is enough.
fn one() -> usize {
    1
}

impl ProfileEntry {
    /// The profile; else what is wrong, and at which byte if it is at one.
    fn profile(self) -> Result<Profile, (Option<usize>, String)> {
        let said = [("id", self.id.get_ref()), ("name", &self.name), ("switch", &self.switch)];
        if let Some((key, _)) = said.into_iter().find(|(_, text)| text.trim().is_empty()) {
            return Err((None, format!("its `{key}` is empty")));
        }
        if self.detect.is_empty() || self.need.is_empty() && self.none.is_empty() {
            return Err((None, "it needs at least one row in `detect`, and one in `need`".to_owned()));
        }
        let mut rows: Vec<ProfileRow> = Vec::new();
        let has = |list: &[Spanned<String>], pattern: &str| list.iter().any(|it| it.get_ref() == pattern);
        for spanned in self.detect.iter().chain(&self.need).chain(&self.none).chain(&self.optional) {
            let pattern = spanned.get_ref();
            if rows.iter().any(|row| row.pattern == *pattern) {
                continue;
            }
            if ProfilePattern::from_pattern(pattern).is_none() {
                let problem = format!("`{pattern}` is not PREFIX.{{r}}, s3:BUCKET, kind:KIND or host:NAME");
                return Err((Some(spanned.span().start), problem));
            }
            rows.push(ProfileRow {
                pattern: pattern.clone(),
                detects: has(&self.detect, pattern),
                needed: has(&self.need, pattern),
                dispensable: has(&self.none, pattern),
            });
        }
        Ok(Profile {
            id: self.id.into_inner(),
            name: self.name,
            switch: self.switch,
            per_name: self.per_name,
            together: self.together,
            rows,
        })
    }
}

/// What a row fits.
enum ProfilePattern<'p> {
    Bucket(&'p str),
    Kind(&'p str),
    Host(&'p str),
    Prefix(&'p str),
}

impl<'p> ProfilePattern<'p> {
    fn from_pattern(pattern: &'p str) -> Option<Self> {
        if let Some(bucket) = pattern.strip_prefix("s3:") {
            Some(Self::Bucket(bucket))
        } else if let Some(kind) = pattern.strip_prefix("kind:") {
            Kind::ALL.iter().any(|known| known.word() == kind).then_some(Self::Kind(kind))
        } else if let Some(host) = pattern.strip_prefix("host:") {
            Some(Self::Host(host))
        } else {
            pattern.strip_suffix(".{r}").filter(|prefix| !prefix.contains(':')).map(Self::Prefix)
        }
    }
}

/// The endpoints that one feature needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// The id by which the file of profiles names it; a later profile with the same id takes its place.
    pub id: String,
    /// The feature's name, as findings print it.
    pub name: String,
    /// How its client is switched to dual-stack names.
    pub switch: String,
    /// Its names are switched one by one, if at all: what to do follows from them, and not from `switch`.
    pub per_name: bool,
    /// The number of its rows that have to be asked for until it looks used: of names that many programs ask
    /// for, one tells nothing.
    pub together: usize,
    /// Its rows, each once.
    pub rows: Vec<ProfileRow>,
}

/// A row of a profile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProfileRow {
    /// What it fits, as the file has it.
    pub pattern: String,
    /// Whether asking for it looks like using the feature.
    pub detects: bool,
    /// Whether the feature does not work without it.
    pub needed: bool,
    /// Whether it has no dual-stack name, and the feature works without it where a row that detects and is
    /// needed is asked for.
    pub dispensable: bool,
}

/// The place of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProfileRowId {
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
    prefixes: HashMap<String, Vec<ProfileRowId>>,
    /// By the word of a kind.
    kinds: HashMap<String, Vec<ProfileRowId>>,
    buckets: Vec<(Template, ProfileRowId)>,
    hosts: Vec<(Template, ProfileRowId)>,
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

    /// Reads profiles in the form of `src/knowledge/catalog/profiles.toml`, which `docs/advice.md` describes.
    ///
    /// # Errors
    /// What is wrong with the text, with its line.
    pub fn parse(text: &str) -> Result<Self, ProfilesError> {
        Self::default().with(text)
    }

    /// These profiles with those of `text` added after them; one whose id is known already takes the place of
    /// the known one.
    ///
    /// # Errors
    /// What is wrong with the text, with its line.
    pub fn with(&self, text: &str) -> Result<Self, ProfilesError> {
        let line_at = |at: usize| text.as_bytes().iter().take(at).filter(|byte| **byte == b'\n').count() + 1;
        let file: ProfilesFile = toml::from_str(text).map_err(|error| ProfilesError {
            line: error.span().map_or(1, |span| line_at(span.start)),
            problem: error.message().split_whitespace().collect::<Vec<_>>().join(" "),
        })?;
        let mut list = self.list.clone();
        let mut own: Vec<String> = Vec::new();
        for entry in file.profile {
            let failed = |at: usize, problem: String| ProfilesError { line: line_at(at), problem };
            let (start, id) = (entry.id.span().start, entry.id.get_ref().clone());
            if own.contains(&id) {
                return Err(failed(start, format!("profile `{id}` stands there twice")));
            }
            let profile = entry
                .profile()
                .map_err(|(at, problem)| failed(at.unwrap_or(start), format!("profile `{id}`: {problem}")))?;
            match list.iter_mut().find(|known| known.id == id) {
                Some(known) => *known = profile,
                None => list.push(profile),
            }
            own.push(id);
        }
        Ok(Self::from_list(list))
    }

    fn from_list(list: Vec<Profile>) -> Self {
        let mut profiles = Self::default();
        for (profile, rows) in list.iter().map(|profile| &profile.rows).enumerate() {
            for (row, pattern) in rows.iter().map(|row| &row.pattern).enumerate() {
                profiles.index(pattern, ProfileRowId { profile, row });
            }
        }
        profiles.list = list;
        profiles
    }

    fn index(&mut self, pattern: &str, row: ProfileRowId) {
        match ProfilePattern::from_pattern(pattern) {
            Some(ProfilePattern::Bucket(bucket)) => self.buckets.push((Template::from_pattern(bucket), row)),
            Some(ProfilePattern::Kind(kind)) => self.kinds.entry(kind.to_owned()).or_default().push(row),
            Some(ProfilePattern::Host(host)) => self.hosts.push((Template::from_host(host), row)),
            Some(ProfilePattern::Prefix(prefix)) => {
                self.prefixes.entry(prefix.to_owned()).or_default().push(row);
            }
            // What fits nothing was refused when it was read.
            None => {}
        }
    }

    /// The profiles.
    #[must_use]
    pub fn list(&self) -> &[Profile] {
        &self.list
    }

    /// The rows that a name fits, of which the catalog knows `known`.
    #[must_use]
    pub fn rows_of(&self, name: &str, known: Option<&Known>) -> Vec<ProfileRowId> {
        let mut found: Vec<ProfileRowId> = Vec::new();
        if let Some(known) = known {
            found.extend(self.kinds.get(known.kind.word()).into_iter().flatten());
            if !known.bucket.is_empty() {
                let fits = |template: &Template| template.fits(&known.bucket, &known.region);
                found.extend(self.buckets.iter().filter(|(template, _)| fits(template)).map(|(_, row)| row));
            } else if !known.prefix.is_empty() && !known.region.is_empty() {
                let stem = known.prefix.trim_end_matches(|last: char| last.is_ascii_digit());
                found.extend(self.prefixes.get(known.prefix.as_str()).into_iter().flatten());
                if stem.len() < known.prefix.len() && stem.ends_with('-') {
                    found.extend(self.prefixes.get(&format!("{stem}#")).into_iter().flatten());
                }
            }
        }
        let host = name.trim_end_matches('.');
        found.extend(self.hosts.iter().filter(|(template, _)| template.fits(host, "")).map(|(_, row)| row));
        found.sort_unstable();
        found.dedup();
        found
    }
}

/// A pattern of a bucket or a host, taken apart once.
#[derive(Clone, Debug)]
enum Template {
    /// This text.
    Whole(String),
    /// A Region, with these texts before and after it.
    Region(String, String),
    /// This domain, and whatever is below it.
    Below(String),
}

impl Template {
    /// With `{r}` for a Region.
    fn from_pattern(pattern: &str) -> Self {
        match pattern.split_once("{r}") {
            None => Self::Whole(pattern.to_owned()),
            Some((before, after)) => Self::Region(before.to_owned(), after.to_owned()),
        }
    }

    /// The same, where `*.` at the beginning stands for any labels.
    fn from_host(pattern: &str) -> Self {
        pattern
            .strip_prefix("*.")
            .map_or_else(|| Self::from_pattern(pattern), |domain| Self::Below(domain.to_owned()))
    }

    /// Whether it fits `text`, whose Region is `region`. A text without one leaves its own words to tell it.
    fn fits(&self, text: &str, region: &str) -> bool {
        match self {
            Self::Whole(whole) => whole == text,
            Self::Region(before, after) => text
                .strip_prefix(before.as_str())
                .and_then(|rest| rest.strip_suffix(after.as_str()))
                .is_some_and(|rest| if region.is_empty() { is_region(rest) } else { rest == region }),
            Self::Below(domain) => {
                text.strip_suffix(domain.as_str()).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
            }
        }
    }
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
        assert!(profiles.list().len() >= 14);
        for profile in profiles.list() {
            assert!(profile.rows.iter().any(|row| row.detects), "{}", profile.id);
            assert!(profile.rows.iter().any(|row| row.needed), "{}", profile.id);
            assert!(!profile.switch.is_empty() && !profile.name.is_empty(), "{}", profile.id);
        }
    }

    /// A row for an API is one that the catalog knows, and what is said to have no dual-stack name has none
    /// there.
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

    fn own(detect: &str) -> String {
        format!(
            "[[profile]]\nid='a'\nname='A'\nswitch='s'\nneed=['a.{{r}}']\ndetect=[\n'a.{{r}}',\n'{detect}']\n"
        )
    }

    #[test]
    fn what_is_wrong_with_profiles_is_said_with_its_line() {
        for (text, said) in [
            (own("ssm"), "line 8: profile `a`: `ssm` is not PREFIX.{r}, s3:BUCKET, kind:KIND or host:NAME"),
            (
                own("kind:toaster"),
                "line 8: profile `a`: `kind:toaster` is not PREFIX.{r}, s3:BUCKET, kind:KIND or host:NAME",
            ),
            (own("b.{r}") + &own("b.{r}"), "line 10: profile `a` stands there twice"),
            (own("b.{r}").replace("'s'", "' '"), "line 2: profile `a`: its `switch` is empty"),
            (
                own("b.{r}").replace("['a.{r}']", "[]"),
                "line 2: profile `a`: it needs at least one row in `detect`, and one in `need`",
            ),
            (own("b.{r}").replace("name", "nam"), "line 3: unknown field `nam`"),
            ("[[profile]]\nid='a'\n".to_owned(), "line 1: missing field `name`"),
            ("[[profile]]\nid=7\n".to_owned(), "line 2: invalid type: integer `7`"),
            ("x".to_owned(), "line 1: "),
        ] {
            let error = Profiles::parse(&text).unwrap_err().to_string();
            assert!(error.starts_with(said), "{text}: {error}");
        }
    }

    #[test]
    fn a_profile_of_ones_own_is_added_or_takes_the_place_of_another() {
        let builtin = Profiles::builtin();
        let both = builtin.with(&own("host:git.corp.example")).unwrap();
        assert_eq!(both.list().len(), builtin.list().len() + 1);
        let found = both.rows_of("git.corp.example.", None);
        assert_eq!(found, [ProfileRowId { profile: builtin.list().len(), row: 1 }]);
        let other = builtin.with(&own("host:git.corp.example").replace("'a'", "'ssm'")).unwrap();
        assert_eq!(other.list().len(), builtin.list().len());
        let known = Catalog::builtin().about("ssmmessages.us-west-2.amazonaws.com.");
        let profiles: Vec<&str> = other
            .rows_of("ssmmessages.us-west-2.amazonaws.com.", known.as_ref())
            .iter()
            .map(|at| other.list()[at.profile].id.as_str())
            .collect();
        assert_eq!(profiles, ["security"]);
    }
}
