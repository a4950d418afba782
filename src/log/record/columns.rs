//! Names that somebody gives to the fields of a record, besides those that are known.

use std::fmt;
use std::str::FromStr;

use super::fields::{self, FieldColumn, squeezed};

/// The fields that may be given a name, as the log has them; the parts of an answer where each has a row.
const FIELDS: [&str; 16] = [
    "account_id",
    "region",
    "vpc_id",
    "query_timestamp",
    "query_name",
    "query_type",
    "rcode",
    "answers",
    "answers.Rdata",
    "answers.Type",
    "srcaddr",
    "srcport",
    "srcids",
    "srcids.instance",
    "srcids.resolver_endpoint",
    "firewall_rule_action",
];

/// What a field is called: `FIELD=NAME`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ColumnName {
    field: &'static str,
    name: String,
}

/// Why a text is no [`ColumnName`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ColumnNameError {
    /// There is no `=`, or nothing after it.
    #[error("`{0}` is no FIELD=NAME, such as query_name=QueryName")]
    Form(String),
    /// There is no such field.
    #[error("`{0}` is no field of the log: there are {fields}", fields = FIELDS.join(", "))]
    Field(String),
}

impl FromStr for ColumnName {
    type Err = ColumnNameError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let pair = text.split_once('=').map(|(field, name)| (field.trim(), name.trim()));
        let Some((given, name)) = pair.filter(|(_, name)| !squeezed(name).is_empty()) else {
            return Err(ColumnNameError::Form(text.to_owned()));
        };
        let field = FIELDS.into_iter().find(|field| field.eq_ignore_ascii_case(given));
        let field = field.ok_or_else(|| ColumnNameError::Field(given.to_owned()))?;
        Ok(Self { field, name: name.to_owned() })
    }
}

impl fmt::Display for ColumnName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}={}", self.field, self.name)
    }
}

/// What columns and keys hold: what somebody says, else what their names say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ColumnNames(Vec<(String, FieldColumn)>);

static KNOWN: ColumnNames = ColumnNames(Vec::new());

impl Default for &ColumnNames {
    fn default() -> Self {
        &KNOWN
    }
}

impl ColumnNames {
    /// Those with these names besides the known ones.
    #[must_use]
    pub fn new(names: &[ColumnName]) -> Self {
        Self(names.iter().map(|given| (squeezed(&given.name), fields::column(given.field))).collect())
    }

    /// What the column or key `name` holds.
    pub(crate) fn column(&self, name: &str) -> FieldColumn {
        if !self.0.is_empty() {
            let squeezed = squeezed(name);
            if let Some((_, column)) = self.0.iter().find(|(given, _)| *given == squeezed) {
                return *column;
            }
        }
        fields::column(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_are_given() {
        let given: ColumnName = "Query_Name = Asked For".parse().unwrap();
        assert_eq!(given.to_string(), "query_name=Asked For");
        let columns = ColumnNames::new(&[given, "answers.Rdata=resolved_ip".parse().unwrap()]);
        assert!(columns.column("asked_for").is_name() && columns.column("query_name").is_name());
        assert!(columns.column("resolved.ip").is_answers());
        assert!(!ColumnNames::default().column("asked_for").is_known());
        for (text, says) in [
            ("query_name", "no FIELD=NAME"),
            ("query_name=", "no FIELD=NAME"),
            ("query_name=-", "no FIELD=NAME"),
            ("qname=x", "no field of the log: there are account_id, "),
        ] {
            let error = text.parse::<ColumnName>().unwrap_err().to_string();
            assert!(error.contains(says), "{error}");
        }
    }

    #[test]
    fn each_field_is_one() {
        for field in FIELDS {
            assert!(fields::column(field).is_known(), "{field}");
        }
    }
}
