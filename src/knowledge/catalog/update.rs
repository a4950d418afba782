//! What newer data of AWS's SDK for Python has beyond the catalog in the program.
//!
//! Taken are services that the catalog does not know, and dual-stack hosts that `endpoints.json` states for a
//! service and Region: variants with the tag `dualstack` and a host name of their own. What follows from the
//! endings of a partition alone is stated for nothing, since every service has it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::Deserialize;

use super::Catalog;
use super::partition::{is_region, split};

/// The SDK's data that does not fit what it should be.
pub type DataError = serde_json::Error;

#[derive(Deserialize)]
struct Endpoints {
    partitions: Vec<PartitionData>,
}

#[derive(Deserialize)]
struct PartitionData {
    #[serde(rename = "dnsSuffix")]
    suffix: String,
    services: BTreeMap<String, ServiceData>,
}

#[derive(Default, Deserialize)]
struct ServiceData {
    #[serde(default)]
    defaults: Host,
    #[serde(default)]
    endpoints: BTreeMap<String, Host>,
}

#[derive(Default, Deserialize)]
struct Host {
    hostname: Option<String>,
    #[serde(default)]
    variants: Vec<Variant>,
}

#[derive(Deserialize)]
struct Variant {
    hostname: Option<String>,
    #[serde(default)]
    tags: Vec<String>,
}

#[derive(Deserialize)]
struct ServiceModel {
    metadata: ServiceMetadata,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ServiceMetadata {
    endpoint_prefix: Option<String>,
    service_full_name: Option<String>,
    service_id: Option<String>,
}

/// What is to be added to a catalog: written out, the lines of a file for `--catalog`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CatalogUpdate {
    /// The day on which the data was read, as `2026-11-29`.
    pub date: String,
    /// What the data is, with its version.
    pub data: String,
    /// Products by prefix.
    pub services: BTreeMap<String, String>,
    /// Regions with a host stated, by prefix.
    pub stated: BTreeMap<String, BTreeSet<String>>,
}

impl CatalogUpdate {
    /// Takes in `text`, an `endpoints.json`: what of it `catalog` does not have.
    ///
    /// # Errors
    /// It is not what it should be.
    pub fn endpoints(&mut self, catalog: &Catalog, text: &[u8]) -> Result<(), DataError> {
        let Endpoints { partitions } = serde_json::from_slice(text)?;
        for PartitionData { suffix, services } in partitions {
            for (name, ServiceData { defaults, endpoints }) in services {
                for (region, host) in endpoints.iter().filter(|(region, _)| is_region(region)) {
                    let form = host.hostname.as_deref().or(defaults.hostname.as_deref());
                    let form = form.unwrap_or("{service}.{region}.{dnsSuffix}");
                    let standard = form
                        .replace("{service}", &name)
                        .replace("{region}", region)
                        .replace("{dnsSuffix}", &suffix);
                    let is_stated = host.variants.iter().any(|it| {
                        it.hostname.is_some() && matches!(it.tags.as_slice(), [tag] if tag == "dualstack")
                    });
                    if let Some(prefix) = prefix(&standard, region)
                        && is_stated
                        && !catalog.states(prefix, region)
                    {
                        self.stated.entry(prefix.to_owned()).or_default().insert(region.clone());
                    }
                }
            }
        }
        Ok(())
    }

    /// Takes in `text`, a `service-2.json`: its service, if `catalog` does not have it.
    ///
    /// # Errors
    /// It is not what it should be.
    pub fn service(&mut self, catalog: &Catalog, text: &[u8]) -> Result<(), DataError> {
        let ServiceModel { metadata } = serde_json::from_slice(text)?;
        let Some(prefix) = metadata.endpoint_prefix.filter(|it| is_prefix(it)) else { return Ok(()) };
        let product = metadata.service_full_name.or(metadata.service_id).unwrap_or_default();
        if !catalog.has(&prefix) {
            let product: String = product.chars().filter(|letter| !letter.is_control()).collect();
            self.services.insert(prefix, product.split_whitespace().collect::<Vec<_>>().join(" "));
        }
        Ok(())
    }

    /// Whether there is nothing to be added.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.services.is_empty() && self.stated.is_empty()
    }
}

impl fmt::Display for CatalogUpdate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { date, data, services, stated } = self;
        writeln!(
            f,
            "# What {data} has beyond the catalog in r53tail: for --catalog. Your own lines may follow."
        )?;
        writeln!(f, "# !service PREFIX PRODUCT: a service; nothing is known of its IPv6")?;
        writeln!(f, "# !stated PREFIX REGION,…: its dual-stack host is stated for these Regions")?;
        writeln!(f, "!date {date}\n!data {data}")?;
        for (prefix, product) in services {
            writeln!(f, "!service {prefix} {product}")?;
        }
        for (prefix, regions) in stated {
            let regions: Vec<&str> = regions.iter().map(String::as_str).collect();
            writeln!(f, "!stated {prefix} {}", regions.join(","))?;
        }
        Ok(())
    }
}

/// The labels of an API's standard host before its Region.
fn prefix<'h>(host: &'h str, region: &str) -> Option<&'h str> {
    let (before, ..) = split(host)?;
    before.strip_suffix(region)?.strip_suffix('.').filter(|prefix| is_prefix(prefix))
}

/// Whether `text` can be the first labels of a host's name.
fn is_prefix(text: &str) -> bool {
    let is_label = |label: &str| {
        !label.is_empty()
            && label.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
    };
    text.len() <= 100 && text.split('.').all(is_label)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NEWER: &str = r#"{"version": 3, "partitions": [{"partition": "aws", "dnsSuffix": "amazonaws.com", "services": {
        "ec2": {"endpoints": {"us-east-1": {"variants": [{"hostname": "ec2.us-east-1.api.aws", "tags": ["dualstack"]}]}}},
        "brand-new": {"endpoints": {
            "us-east-1": {"hostname": "api.brand-new.us-east-1.amazonaws.com", "variants": [
                {"hostname": "brand-new-fips.us-east-1.api.aws", "tags": ["dualstack", "fips"]},
                {"hostname": "api.brand-new.us-east-1.api.aws", "tags": ["dualstack"]}]},
            "us-west-2": {"variants": [{"tags": ["dualstack"]}]},
            "fips-us-west-2": {"hostname": "x.us-west-2.amazonaws.com"}}}}}]}"#;

    #[test]
    fn what_is_newer_becomes_lines_that_a_catalog_reads() {
        let catalog = Catalog::builtin();
        let mut update = CatalogUpdate {
            date: "2030-01-02".into(),
            data: "botocore 9.9.9".into(),
            ..CatalogUpdate::default()
        };
        update.endpoints(catalog, NEWER.as_bytes()).unwrap();
        let model = |prefix: &str, product: &str| {
            format!(
                r#"{{"version":"2.0","metadata":{{"endpointPrefix":"{prefix}","serviceFullName":"{product}"}},"shapes":{{}}}}"#
            )
        };
        update.service(catalog, model("ssm", "Other").as_bytes()).unwrap();
        update.service(catalog, model("api.brand-new", "AWS Brand\\nNew").as_bytes()).unwrap();
        update.service(catalog, model("Not a host", "X").as_bytes()).unwrap();
        // The catalog has EC2's host there already.
        let regions = BTreeSet::from(["us-east-1".to_owned()]);
        assert_eq!(update.stated, BTreeMap::from([("api.brand-new".to_owned(), regions)]));
        assert_eq!(
            update.services,
            BTreeMap::from([("api.brand-new".to_owned(), "AWS BrandNew".to_owned())])
        );
        let catalog = catalog.with(&update.to_string()).unwrap();
        assert_eq!(catalog.as_of(), ("2030-01-02", "botocore 9.9.9"));
        let known = catalog.about("api.brand-new.us-east-1.amazonaws.com.").unwrap();
        assert_eq!((known.evidence.word(), known.own), ("E2", false));
    }

    #[test]
    fn what_is_not_the_sdks_data_is_said() {
        let mut update = CatalogUpdate::default();
        assert!(update.endpoints(Catalog::builtin(), b"{}").is_err());
        assert!(update.service(Catalog::builtin(), b"[]").is_err());
        assert!(update.is_empty());
    }
}
