//! Pseudonyms: the key that they are made with, and filters that ask for what they stand for.

use std::sync::Arc;

use crate::edge::diagnosis::Diagnosis;
use crate::edge::feed::asked::Asked;
use crate::edge::feed::s3::Location;
use crate::edge::settings::RedactArguments;
use crate::knowledge::address::Nat64Prefixes;
use crate::log::redaction::Redaction;
use crate::query::Query;

/// What of the filters of a console looks at the log while it is read, and what the console filters by
/// itself: what it does not list it still knows. Ids, addresses and names it knows by their pseudonyms alone,
/// if there are such.
///
/// # Errors
/// If one condition asks for a pseudonym's text and for a status at once.
pub(super) fn filters(
    filters: &[Query],
    prefixes: &Nat64Prefixes,
    is_redacted: bool,
) -> Result<(Option<Arc<Query>>, String), Diagnosis> {
    let all = Query::all_of(filters.iter().cloned());
    if !is_redacted {
        return Ok((None, all.to_string()));
    }
    let (read, shown) = all.with_prefixes(prefixes).apart();
    if read.asks_for_status() {
        return Err(of_records(
            "with --redact what asks for ids, addresses or names looks at single records",
        ));
    }
    Ok(((!read.is_all()).then(|| Arc::new(read)), shown.to_string()))
}

/// That a filter asks for a status where only records are looked at, because of `why`.
pub(super) fn of_records(why: &str) -> Diagnosis {
    Diagnosis::new("cannot filter by `status` here: it is of an endpoint, not of a record")
        .because(why)
        .hint("`verdict`, which each record has")
}

/// The pseudonyms that are asked for.
///
/// # Errors
/// If the system has no random key.
pub(super) fn redaction(
    arguments: &RedactArguments,
    prefixes: &Nat64Prefixes,
) -> Result<Option<Arc<Redaction>>, Diagnosis> {
    if !arguments.redact {
        return Ok(None);
    }
    let named = arguments.redact_key.clone().or_else(|| std::env::var("R53TAIL_REDACT_KEY").ok());
    let key = if let Some(key) = named.filter(|key| !key.is_empty()) {
        key.into_bytes()
    } else {
        let mut key = vec![0; 32];
        getrandom::fill(&mut key).map_err(|error| {
            Diagnosis::new("cannot make a key for pseudonyms").because(error).hint("--redact-key TEXT")
        })?;
        key
    };
    Ok(Redaction::new(&key, prefixes.clone()).map(Arc::new))
}

/// What is said of the input `path`. Hosts of S3 have the bucket's name in theirs, and what services say has
/// ARNs in it, and names of log groups and tables.
pub(super) fn error(redaction: &Redaction, error: &str, path: &str) -> String {
    let error = redaction.about_input(error, path);
    if let Some(Ok(asked)) = Asked::from_path(path) {
        let about = |error: String, name: &str| redaction.about_input(&error, name);
        return redaction.words(&asked.names().into_iter().fold(error, about));
    }
    match Location::parse(path).ok().filter(|_| Location::is_meant(path)) {
        Some(location) => redaction.words(&redaction.about_input(&error, &location.bucket)),
        None => error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_pseudonyms_stand_for_is_asked_of_the_log() {
        let prefixes = Nat64Prefixes::default();
        let asked = ["type:AAAA origin:i-0ab", "-name:acme service:ssm", "verdict:empty or 10.0.0.5"];
        let asked = asked.map(|text| Query::parse(text).unwrap());
        let (read, shown) = filters(&asked, &prefixes, true).unwrap();
        assert_eq!(shown, "type:AAAA service:ssm");
        assert_eq!(read.unwrap().to_string(), "origin:i-0ab -name:acme (verdict:empty or 10.0.0.5)");
        let apart = |text| filters(&[Query::parse(text).unwrap()], &prefixes, true);
        assert_eq!(apart("type:A").unwrap(), (None, "type:A".to_owned()));
        assert_eq!(apart("status:nat64").unwrap(), (None, "status:nat64".to_owned()));
        assert!(apart("status:nat64 or origin:i-0ab").is_err());
        let (read, shown) = filters(&asked, &prefixes, false).unwrap();
        assert_eq!((read, shown), (None, Query::all_of(asked).to_string()));
    }

    #[test]
    fn names_of_log_groups_and_tables_are_hidden_in_what_services_say() {
        let redaction = Redaction::new(&[7; 32], Nat64Prefixes::default()).unwrap();
        let arn = "arn:aws:logs:us-east-1:111122223333:log-group:/acme/dns";
        for (said, path) in [
            (format!("not allowed on {arn}:*, which is /acme/dns"), "logs:///acme/dns"),
            (format!("{arn}: no"), &format!("logs://{arn}")),
            (
                "the workgroup `acme` has no table acme_logs.acme_r53".to_owned(),
                "athena://acme/acme_logs.acme_r53",
            ),
        ] {
            let said = error(&redaction, &said, path);
            assert!(!said.contains("acme") && !said.contains("111122223333"), "{said}");
        }
    }

    #[test]
    fn a_bucket_is_hidden_in_hosts_and_arns_too() {
        let redaction = Redaction::new(&[7; 32], Nat64Prefixes::default()).unwrap();
        let said = "cannot resolve `acme.s3.us-east-1.amazonaws.com`, arn:aws:s3:::acme/x of 111122223333";
        let said = error(&redaction, said, "s3://acme/x");
        assert!(!said.contains("acme") && !said.contains("111122223333"), "{said}");
        assert_eq!(error(&redaction, "no such file", "acme"), "no such file");
    }
}
