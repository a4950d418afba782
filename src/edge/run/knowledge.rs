//! What is known beforehand: what is in the program, the user's own files, and what EC2 says.

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::time::SystemTime;

use crate::advice::finding::inspected::Refusal;
use crate::advice::finding::{Inspected, Library};
use crate::edge::diagnosis::{Diagnosis, say};
use crate::edge::feed::inspect::{WantedRegions, inspect};
use crate::edge::settings::{AdviceArguments, OriginArguments};
use crate::fleet::Survey;
use crate::knowledge::address::Nat64Prefix;
use crate::knowledge::catalog::{Catalog, Profiles};
use crate::knowledge::names::Names;

/// The largest file that is read.
const LARGEST: u64 = 256 << 20;

/// The text of a user's file.
pub(super) fn text(path: &Path) -> io::Result<String> {
    String::from_utf8(whole(File::open(path)?, LARGEST)?)
        .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error.utf8_error()))
}

/// All of an input, if it has no more than `most` bytes.
pub(super) fn whole(input: impl Read, most: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    if input.take(most + 1).read_to_end(&mut bytes)? as u64 > most {
        return Err(io::Error::other(format!("it has more than {most} bytes")));
    }
    Ok(bytes)
}

/// What `parse` makes of a user's file; `what` says in errors what it should have been, `hint` how it is
/// written.
fn parsed<T, E: std::fmt::Display>(
    path: &Path,
    what: &str,
    hint: &str,
    parse: impl FnOnce(&str) -> Result<T, E>,
) -> Result<T, Diagnosis> {
    let failed = || Diagnosis::new(format!("cannot read the {what} `{}`", path.display()));
    let text = text(path).map_err(|error| failed().because(error))?;
    parse(&text).map_err(|error| failed().because(error).hint(hint))
}

/// The catalog, with the user's file if there is one.
///
/// # Errors
/// A file that cannot be read, or a line in it.
pub(super) fn catalog(arguments: &AdviceArguments) -> Result<Cow<'static, Catalog>, Diagnosis> {
    let Some(path) = &arguments.catalog else { return Ok(Cow::Borrowed(Catalog::builtin())) };
    let hint = "PREFIX y SOURCE, or NAME=DUALSTACKNAME y SOURCE, one a line";
    parsed(path, "catalog", hint, |text| Catalog::builtin().with(text)).map(Cow::Owned)
}

/// The profiles, with those of the user's files; of two with the same id, the later one counts.
///
/// # Errors
/// A file that cannot be read, or a line in it.
pub(super) fn profiles(arguments: &AdviceArguments) -> Result<Cow<'static, Profiles>, Diagnosis> {
    let mut profiles = Cow::Borrowed(Profiles::builtin());
    for path in &arguments.profiles {
        let hint = "[[profile]] with id, name, detect, need and switch, as docs/advice.md describes";
        profiles = Cow::Owned(parsed(path, "profiles", hint, |text| profiles.with(text))?);
    }
    Ok(profiles)
}

/// What is known of the origins of a log.
#[derive(Debug, Default)]
pub(super) struct OriginNames {
    /// What people call them.
    pub names: Names,
    /// Where they are.
    pub inspected: Option<Inspected>,
}

/// Names and places out of the user's files. A name in a file goes before the tag that EC2 has.
///
/// # Errors
/// A file that cannot be read, or a line in it.
pub(super) fn origins(arguments: &OriginArguments) -> Result<OriginNames, Diagnosis> {
    let mut known = OriginNames::default();
    for path in &arguments.names {
        let hint = "ID,NAME, one a line, or what `aws ec2 describe-instances` prints";
        known.names.absorb(parsed(path, "names", hint, Names::parse)?);
    }
    for path in &arguments.inspected {
        let hint = "r53tail inspect PATH > FILE";
        known.add(parsed(path, "inspection", hint, Inspected::parse)?);
    }
    Ok(known)
}

/// All of it, for a console.
///
/// # Errors
/// A file that cannot be read, or a line in it.
pub(super) fn library(
    advice: &AdviceArguments,
    of_origins: &OriginArguments,
    prefixes: &[Nat64Prefix],
) -> Result<Library, Diagnosis> {
    let OriginNames { names, inspected } = origins(of_origins)?;
    let (catalog, profiles) = (catalog(advice)?, profiles(advice)?);
    Ok(Library { catalog, profiles, prefixes: prefixes.to_vec(), names, inspected })
}

impl OriginNames {
    /// Takes in what EC2 said.
    pub(super) fn add(&mut self, inspected: Inspected) {
        // With too many names, some are not shown.
        if let Ok(names) = inspected.names() {
            self.names.absorb(names);
        }
        match &mut self.inspected {
            Some(known) => known.absorb(inspected),
            None => self.inspected = Some(inspected),
        }
    }
}

/// Asks EC2 about the origins of `survey`; says what could not be asked.
///
/// # Errors
/// If nothing could.
pub(super) fn ask(survey: &Survey<'_>, profile: Option<&str>) -> Result<Inspected, Diagnosis> {
    let failed = || Diagnosis::new("cannot ask EC2 about the instances");
    let wanted = WantedRegions::from_survey(survey);
    if wanted.is_empty() {
        return Err(failed().because("the log names no instance, no VPC and no resolver endpoint of AWS's"));
    }
    let now = jiff::Timestamp::try_from(SystemTime::now()).map_err(|error| failed().because(error))?;
    let at = now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    let inspected = inspect(profile, &wanted, at).map_err(|trouble| {
        let failed = failed().because(&trouble.text);
        match trouble.hint {
            Some(hint) => failed.hint(hint),
            None => failed,
        }
    })?;
    for refusal in &inspected.refused {
        let warning = Diagnosis::warning(format!("not asked in {}: {}", refusal.region, refusal.why));
        say(match refusal.action.as_str() {
            "" => warning,
            action => warning.hint(format!("allow the IAM action `{action}`")),
        });
    }
    // Where a Region gave no answer at all, nothing in it is missing.
    let is_refused = |action| {
        inspected.refused.iter().any(|refusal| refusal.action.is_empty() || refusal.action == action)
    };
    let instances = wanted.regions.values().flat_map(|ids| &ids.instances);
    let missing = instances.filter(|id| inspected.instance(id).is_none()).count();
    if missing > 0 && !is_refused("ec2:DescribeInstances") {
        say(format_args!(
            "note: EC2 does not know {missing} of the instances: they are gone, or of another account"
        ));
    }
    let missing = wanted.regions.values().map(|ids| ids.without_interface(&inspected)).sum::<usize>();
    if missing > 0 && !is_refused("ec2:DescribeNetworkInterfaces") {
        say(format_args!(
            "note: EC2 knows no interface for {missing} of the interfaces and source addresses: they are gone, of another \
             account or network, or inside a prefix that an interface was given"
        ));
    }
    let missing = wanted.regions.iter().filter(|(region, _)| {
        let of_resolver = |refusal: &Refusal| {
            refusal.action.is_empty() || refusal.action == "route53resolver:ListResolverEndpoints"
        };
        !inspected.refused.iter().any(|refusal| refusal.region == **region && of_resolver(refusal))
    });
    let missing = missing.map(|(_, ids)| ids.without_resolver_endpoint(&inspected)).sum::<usize>();
    if missing > 0 {
        say(format_args!(
            "note: Route 53 Resolver does not know {missing} of the resolver endpoints: they are gone, or of another account"
        ));
    }
    Ok(inspected)
}
