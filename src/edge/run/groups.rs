//! `groups`: which VPCs log their queries, and where to.

use serde::Serialize;
use unicode_width::UnicodeWidthStr;

use super::print;
use crate::base::visible::visible;
use crate::edge::diagnosis::{Diagnosis, Outcome, say};
use crate::edge::feed::live::logging::{self, Association, Configuration, Destination, Logging, ShareStatus};
use crate::edge::settings::{GroupsArguments, GroupsFormat};
use crate::live::trouble::Trouble;
use crate::report::json_line;

type GroupRow = [String; 5];

const HEADINGS: [&str; 5] = ["VPC", "STATUS", "TO", "DESTINATION", "CONFIGURATION"];

/// What `--format json` writes.
#[derive(Serialize)]
struct GroupsJson<'a> {
    regions: &'a [Logging],
}

pub(super) fn groups(arguments: &GroupsArguments) -> Result<Outcome, Diagnosis> {
    let asked = logging::ask(arguments.profile.as_deref(), &arguments.region);
    let (found, troubles) = parted(asked);
    let is_partial = !troubles.is_empty();
    for (at, trouble) in troubles.iter().enumerate() {
        let diagnosis = diagnosis("cannot look for query logging", trouble);
        if found.is_empty() && at + 1 == troubles.len() {
            return Err(diagnosis);
        }
        say(diagnosis);
    }
    let done = print(|out| match arguments.format {
        GroupsFormat::Json => json_line(&GroupsJson { regions: &found }, out),
        GroupsFormat::Text => out.write_all(text(&found).as_bytes()),
    })?;
    Ok(if is_partial { Outcome::Partial } else { done })
}

/// What was found, and why elsewhere nothing could be.
pub(super) fn parted(asked: Vec<Result<Logging, Trouble>>) -> (Vec<Logging>, Vec<Trouble>) {
    let (mut found, mut troubles) = (Vec::new(), Vec::new());
    for region in asked {
        match region {
            Ok(logging) => found.push(logging),
            Err(trouble) => troubles.push(trouble),
        }
    }
    (found, troubles)
}

/// What could not be done because of `trouble`.
pub(super) fn diagnosis(what: &str, trouble: &Trouble) -> Diagnosis {
    let diagnosis = Diagnosis::new(what).because(&trouble.text);
    match &trouble.hint {
        Some(hint) => diagnosis.hint(hint),
        None => diagnosis,
    }
}

/// Where records go, as people write it.
pub(super) fn place(destination: &Destination) -> (&'static str, &str) {
    match destination {
        Destination::CloudwatchLogs { log_group, .. } => ("CloudWatch Logs", log_group),
        Destination::S3 { location, .. } => ("S3", location),
        Destination::Firehose { delivery_stream, .. } => ("Firehose", delivery_stream),
        Destination::Other { arn } if arn.is_empty() => ("?", "not listed"),
        Destination::Other { arn } => ("?", arn),
    }
}

/// A table a Region, one row what logs, and below it what can be done with that.
fn text(found: &[Logging]) -> String {
    let mut text = String::new();
    let mut follow = None;
    for logging in found {
        if !text.is_empty() {
            text.push('\n');
        }
        if logging.configurations.is_empty() {
            text.push_str(&format!("{}: no query logging is configured.\n", visible(&logging.region)));
            continue;
        }
        let mut rows: Vec<GroupRow> = Vec::new();
        let mut remarks = Vec::new();
        // What logs comes first, by its id.
        let mut logs: Vec<(&Association, &Configuration)> = Vec::new();
        for configuration in &logging.configurations {
            logs.extend(configuration.associations.iter().map(|association| (association, configuration)));
        }
        logs.sort_by(|(one, _), (other, _)| one.resource.cmp(&other.resource));
        for (association, configuration) in logs {
            rows.push(row(&association.resource, logging_state(association), configuration));
            if let Some(message) = &association.message {
                remarks.push(format!("{}: {message}", association.resource));
            }
            if follow.is_none() && association.is_active() && configuration.group().is_some() {
                let region =
                    if found.len() > 1 { format!(" --region {}", logging.region) } else { String::new() };
                follow = Some(format!("r53tail tail --vpc {}{region}", association.resource));
            }
        }
        for configuration in &logging.configurations {
            if configuration.associations.is_empty() {
                rows.push(row("-", "no VPC".to_owned(), configuration));
            }
        }
        text.push_str(&format!("{}\n", visible(&logging.region)));
        table(&HEADINGS, &rows, &mut text);
        for remark in remarks {
            text.push_str(&format!("  {}\n", visible(&remark)));
        }
    }
    if let Some(follow) = follow {
        text.push_str(&format!("\nFollow one live: {}\n", visible(&follow)));
    }
    text
}

fn row(resource: &str, standing: String, configuration: &Configuration) -> GroupRow {
    let (kind, place) = place(&configuration.destination);
    let name = if configuration.name.is_empty() { &configuration.id } else { &configuration.name };
    let mut about = name.clone();
    if !matches!(configuration.status.as_str(), "CREATED" | "") {
        about.push_str(&format!(", {}", configuration.status.to_lowercase()));
    }
    match configuration.shared {
        ShareStatus::No => {}
        ShareStatus::ByMe => about.push_str(", shared with other accounts"),
        ShareStatus::WithMe => about.push_str(&format!(", shared by {}", configuration.owner)),
    }
    [resource.to_owned(), standing, kind.to_owned(), place.to_owned(), about]
}

/// The state of the logging of one VPC, in a word or two.
fn logging_state(association: &Association) -> String {
    let status = match association.status.as_str() {
        "ACTIVE" => "logs",
        "CREATING" => "being created",
        "DELETING" => "being deleted",
        "ACTION_NEEDED" => "action needed",
        "FAILED" => "failed",
        other => other,
    };
    match association.error.as_deref() {
        None => status.to_owned(),
        Some("DESTINATION_NOT_FOUND") => format!("{status}: no such destination"),
        Some("ACCESS_DENIED") => format!("{status}: may not write there"),
        Some("INTERNAL_SERVICE_ERROR") => format!("{status}: fault of the service"),
        Some(other) => format!("{status}: {other}"),
    }
}

/// Writes rows with their columns under each other.
fn table(headings: &[&str; 5], rows: &[GroupRow], text: &mut String) {
    let shown = rows.iter().map(|row| row.each_ref().map(|cell| visible(cell).into_owned()));
    let shown: Vec<GroupRow> = std::iter::once(headings.map(str::to_owned)).chain(shown).collect();
    let width = |column: usize| shown.iter().map(|row| row[column].width()).max().unwrap_or(0);
    let widths = [0, 1, 2, 3, 4].map(width);
    for row in &shown {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(widths) {
            line.push_str("  ");
            line.push_str(cell);
            line.push_str(&" ".repeat(width.saturating_sub(cell.width())));
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn configuration(name: &str, destination: &str, associations: Vec<Association>) -> Configuration {
        Configuration {
            id: format!("rqlc-{name}"),
            name: name.to_owned(),
            owner: "111122223333".to_owned(),
            status: "CREATED".to_owned(),
            shared: ShareStatus::No,
            destination: Destination::from_arn(destination),
            associations,
        }
    }

    fn association(resource: &str, status: &str, error: Option<&str>) -> Association {
        Association {
            resource: resource.to_owned(),
            status: status.to_owned(),
            error: error.map(str::to_owned),
            message: error.map(|_| "the policy \u{1b}[31mdenies it".to_owned()),
        }
    }

    #[test]
    fn what_logs_is_a_table() {
        let group = "arn:aws:logs:us-east-1:111122223333:log-group:/aws/route53/prod:*";
        let found = [
            Logging {
                region: "us-east-1".to_owned(),
                configurations: vec![
                    configuration("archive", "arn:aws:s3:::bucket/dns", Vec::new()),
                    Configuration {
                        shared: ShareStatus::WithMe,
                        owner: "444455556666".to_owned(),
                        status: "FAILED".to_owned(),
                        ..configuration(
                            "central",
                            "arn:aws:firehose:us-east-1:444455556666:deliverystream/dns",
                            vec![association("vpc-2", "ACTION_NEEDED", Some("ACCESS_DENIED"))],
                        )
                    },
                    configuration("prod", group, vec![association("vpc-1", "ACTIVE", None)]),
                ],
            },
            Logging { region: "us-west-2".to_owned(), configurations: Vec::new() },
        ];
        assert_eq!(
            text(&found),
            "us-east-1
  VPC    STATUS                              TO               DESTINATION        CONFIGURATION
  vpc-1  logs                                CloudWatch Logs  /aws/route53/prod  prod
  vpc-2  action needed: may not write there  Firehose         dns                central, failed, shared by 444455556666
  -      no VPC                              S3               s3://bucket/dns    archive
  vpc-2: the policy \\u{1b}[31mdenies it

us-west-2: no query logging is configured.

Follow one live: r53tail tail --vpc vpc-1 --region us-east-1
"
        );
    }
}
