//! What is to be said of answers, and of addresses, that are not in what was read.

use super::Tally;
use crate::base::figures::{counted, number};
use crate::log::observation::Unknown;

impl Tally {
    /// Records of A or AAAA of which what was read does not say what the answer was.
    #[must_use]
    pub fn unknown_total(&self) -> u64 {
        self.unknown.iter().sum()
    }

    /// Whether answers, or parts of them, or addresses of origins are not in what was read.
    #[must_use]
    pub fn is_unseen(&self) -> bool {
        self.unknown_total() + self.partial + self.masked_sources > 0
    }

    /// Whether part of what was read was bad: no record, or answers in a form that cannot be read.
    #[must_use]
    pub fn is_bad(&self) -> bool {
        self.malformed > 0 || self.unknown[Unknown::Unreadable as usize] > 0
    }

    /// A sentence or two on each kind of what is not in what was read: with how many records it is so, and
    /// what to ask for instead.
    #[must_use]
    pub fn unseen_words(&self) -> Vec<String> {
        let unknown = Unknown::ALL.into_iter().zip(self.unknown).filter(|(_, count)| *count > 0);
        let mut sentences: Vec<String> = unknown.map(|(why, count)| unknown_words(why, count)).collect();
        match self.partial {
            0 => {}
            1 => sentences
                .push("1 AAAA answer was judged by a part of it: it may hold more addresses.".to_owned()),
            many => sentences.push(format!(
                "{} AAAA answers were judged by a part of them: they may hold more addresses.",
                number(many)
            )),
        }
        if self.masked_sources > 0 {
            sentences.push(format!(
                "The source {} masked: an origin that has nothing else may be several hosts under one name.",
                match self.masked_sources {
                    1 => "address of 1 record is".to_owned(),
                    many => format!("addresses of {} records are", number(many)),
                }
            ));
        }
        sentences
    }
}

/// With how many records the answer is unknown for this reason, and what to ask for instead. The name of the
/// action, and of what unmasks: "Help protect sensitive log data with masking", CloudWatch Logs User Guide.
fn unknown_words(why: Unknown, count: u64) -> String {
    let answers = match count {
        1 => "The answer of 1 record is".to_owned(),
        many => format!("The answers of {} are", counted(many, "record", "records")),
    };
    match why {
        Unknown::Absent => format!(
            "{answers} not in what was read, so unknown. Ask for all of the record (Logs Insights: fields @timestamp, \
             @message), or for its answers, too (elsewhere: the column answers)."
        ),
        Unknown::Partial => format!(
            "{answers} only in part in what was read, so unknown. Ask for all answers: @message, or answers.1.Rdata, \
             answers.1.Type and so on beside those of answers.0."
        ),
        Unknown::Masked => format!(
            "{answers} masked by a data protection policy, so unknown. Whoever has the IAM action logs:Unmask sees addresses \
             with unmask(@message) in Logs Insights, and with --unmask of the AWS CLI and of r53tail tail."
        ),
        Unknown::Unreadable => format!(
            "{answers} in a form that cannot be read, so unknown. What can be is a list of objects with Rdata and Type, as \
             JSON or as the text of one, and columns such as answers.0.Rdata and answers.0.Type."
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_reason_is_said_with_its_count_and_a_way_out() {
        assert!(!Tally::default().is_unseen() && Tally::default().unseen_words().is_empty());
        let tally = Tally { unknown: [1, 2, 3, 4000], partial: 5, masked_sources: 1, ..Tally::default() };
        let words = tally.unseen_words();
        for (sentence, parts) in words.iter().zip([
            ["The answer of 1 record is not", "@message"],
            ["The answers of 2 records are only in part", "answers.1.Rdata"],
            ["The answers of 3 records are masked", "logs:Unmask"],
            ["The answers of 4,000 records are in a form", "answers.0.Rdata"],
            ["5 AAAA answers were judged by a part", "more addresses"],
            ["The source address of 1 record is masked", "several hosts"],
        ]) {
            assert!(parts.iter().all(|part| sentence.contains(part)), "{sentence}");
            assert!(sentence.ends_with('.'), "{sentence}");
        }
        assert_eq!(words.len(), 6);
        assert!(tally.is_unseen() && tally.is_bad() && tally.unknown_total() == 4006);
        assert!(!Tally { unknown: [1, 1, 1, 0], ..Tally::default() }.is_bad(), "an export may lack answers");
    }
}
