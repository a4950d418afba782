//! Whether one query lets through only what another does: told from how they are written, so that it may say
//! no where it is so all the same.

use super::Expression;
use super::test::{Test, TestKind};
use super::text::Text;

impl Expression {
    /// Whether `other` holds wherever this holds, as far as can be told without looking at anything.
    #[must_use]
    pub fn implies(&self, other: &Self) -> bool {
        match (self, other) {
            (_, Self::All) => true,
            (Self::Test(one), Self::Test(other)) => one.implies(other),
            (one, Self::And(all)) => all.iter().all(|other| one.implies(other)),
            (Self::Or(any), other) => any.iter().all(|one| one.implies(other)),
            (Self::And(all), Self::Or(any)) => {
                any.iter().any(|other| self.implies(other)) || all.iter().any(|one| one.implies(other))
            }
            (one, Self::Or(any)) => any.iter().any(|other| one.implies(other)),
            (Self::And(all), other) => all.iter().any(|one| one.implies(other)),
            (Self::Not(one), Self::Not(other)) => other.implies(one),
            _ => false,
        }
    }
}

impl Test {
    fn implies(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (TestKind::Id(one), TestKind::Id(other))
            | (TestKind::Vpc(one), TestKind::Vpc(other))
            | (TestKind::Account(one), TestKind::Account(other))
            | (TestKind::Region(one), TestKind::Region(other))
            | (TestKind::Name(one), TestKind::Name(other))
            | (TestKind::Type(one), TestKind::Type(other))
            | (TestKind::SourceText(one), TestKind::SourceText(other))
            | (TestKind::AnswerText(one), TestKind::AnswerText(other)) => one.implies(other),
            // A service is told by its label, too, where longer is not narrower.
            (one, other) => one == other,
        }
    }
}

impl Text {
    fn implies(&self, other: &Self) -> bool {
        match (self, other) {
            // What is not ASCII is found in names as they read, all else only in names as the log has them.
            (Self::Part(one) | Self::Whole(one), Self::Part(other)) => {
                one.contains(other.as_str()) && (one.is_ascii() || !other.is_ascii())
            }
            (one, other) => one == other,
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::query::Query;

    #[test]
    fn what_follows_from_what() {
        for (one, other, follows) in [
            ("ssm.us", "ssm", true),
            ("ssm", "ssm.us", false),
            ("name:=ssm.example", "name:ssm", true),
            ("name:ssm", "origin:ssm", false),
            ("type:AAAA ssm.us", "ssm", true),
            ("ssm", "ssm or verdict:empty", true),
            ("ssm or verdict:empty", "ssm", false),
            ("name:ab or name:ac", "name:a", true),
            ("-name:a", "-name:ab", true),
            ("-name:ab", "-name:a", false),
            ("(name:a or name:b) type:A", "name:a or name:b", true),
            ("type:A name:x", "type:A name:x", true),
            ("type:A name:xy verdict:empty", "type:A name:x", true),
            ("type:A", "type:A name:x", false),
            ("service:ecr", "service:ec", false),
            ("name:*ab", "name:*a", false),
            ("bücher", "büch", true),
            ("ücher.", "cher.", false),
            ("port:53", "", true),
            ("", "port:53", false),
        ] {
            let read = |text| Query::parse(text).unwrap();
            assert_eq!(read(one).expression().implies(read(other).expression()), follows, "{one} → {other}");
        }
    }
}
