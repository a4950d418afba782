//! A record as the resolver writes it, for the tests of all that reads one.

use std::fmt;

/// What a record says; what a test does not set is as in all of them. Texts are put in as they are.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LogLine<'a> {
    pub(crate) account: &'a str,
    pub(crate) region: &'a str,
    pub(crate) vpc: &'a str,
    pub(crate) at: &'a str,
    pub(crate) name: &'a str,
    pub(crate) kind: &'a str,
    pub(crate) rcode: &'a str,
    /// Of the only answer, whose type is the one that was asked for; without an address there is no answer.
    pub(crate) address: &'a str,
    pub(crate) source: &'a str,
    pub(crate) port: &'a str,
    /// The members of `srcids`.
    pub(crate) ids: &'a [(&'a str, &'a str)],
}

impl Default for LogLine<'_> {
    fn default() -> Self {
        Self {
            account: "111122223333",
            region: "us-west-2",
            vpc: "vpc-1",
            at: "2025-05-05T10:00:00Z",
            name: "a.example.",
            kind: "AAAA",
            rcode: "NOERROR",
            address: "",
            source: "10.0.0.5",
            port: "53",
            ids: &[("instance", "i-1")],
        }
    }
}

impl fmt::Display for LogLine<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { account, region, vpc, at, name, kind, rcode, address, source, port, ids } = self;
        write!(f, r#"{{"version":"1.100000","account_id":"{account}","region":"{region}","vpc_id":"{vpc}""#)?;
        write!(f, r#","query_timestamp":"{at}","query_name":"{name}","query_type":"{kind}""#)?;
        write!(f, r#","query_class":"IN","rcode":"{rcode}","answers":["#)?;
        if !address.is_empty() {
            write!(f, r#"{{"Rdata":"{address}","Type":"{kind}","Class":"IN"}}"#)?;
        }
        write!(f, r#"],"srcaddr":"{source}","srcport":"{port}","transport":"UDP","srcids":{{"#)?;
        for (at, (key, id)) in ids.iter().enumerate() {
            let comma = if at == 0 { "" } else { "," };
            write!(f, r#"{comma}"{key}":"{id}""#)?;
        }
        f.write_str("}}")
    }
}
