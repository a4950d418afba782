//! Words of others, such as those with which a service refuses something: among them is what tells whose it
//! is.

use super::Redaction;

/// Characters around a word that are no part of it.
const AROUND: [char; 15] = ['"', '\'', '`', ',', '.', ';', ':', '(', ')', '[', ']', '{', '}', '<', '>'];

impl Redaction {
    /// `text` with pseudonyms for what tells whose it is: ARNs, account ids, ids of resources, addresses.
    #[must_use]
    pub fn words(&self, text: &str) -> String {
        let mut words = String::with_capacity(text.len());
        for word in text.split_inclusive(char::is_whitespace) {
            let start = word.len() - word.trim_start_matches(AROUND).len();
            let held = word.trim_end().trim_end_matches(AROUND);
            let inner = held.get(start..).unwrap_or_default();
            words.push_str(&word[..start]);
            words.push_str(&self.word(inner).unwrap_or_else(|| inner.to_owned()));
            words.push_str(&word[start + inner.len()..]);
        }
        words
    }

    /// The pseudonym of a word; `None` if it tells nothing.
    fn word(&self, word: &str) -> Option<String> {
        let digits = |text: &str| text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit());
        if digits(word) {
            return Some(self.account(word));
        }
        if super::public::kind_of_id(word).is_some() {
            return Some(self.id(word));
        }
        // An ARN, wherever it begins, and what else has an account id in it.
        let has_account = || word.split(|sign: char| !sign.is_ascii_alphanumeric()).any(digits);
        if word.contains("arn:") || has_account() {
            return Some(self.other(word));
        }
        self.address(word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::knowledge::address::Nat64Prefixes;

    #[test]
    fn what_tells_whose_it_is_has_pseudonyms() {
        let redaction = Redaction::new(&[7; 32], Nat64Prefixes::default()).unwrap();
        let text = "User: arn:aws:sts::111122223333:assumed-role/admin/bob is not authorized to perform: \
                    logs:StartLiveTail on resource: arn:aws:logs:eu-west-1:111122223333:log-group:/dns (account \
                    111122223333, vpc-0a1b2c3d, 10.1.2.3)";
        let said = redaction.words(text);
        for own in ["111122223333", "bob", "/dns", "0a1b2c3d", "10.1.2.3"] {
            assert!(!said.contains(own), "{said}");
        }
        assert!(said.starts_with("User: redacted-"), "{said}");
        assert!(
            said.contains(" is not authorized to perform: logs:StartLiveTail on resource: redacted-"),
            "{said}"
        );
        assert!(said.contains(&format!("(account {}, vpc-0", redaction.account("111122223333"))), "{said}");
        assert!(said.ends_with(')'), "{said}");
    }

    #[test]
    fn other_words_stay() {
        let redaction = Redaction::new(&[7; 32], Nat64Prefixes::default()).unwrap();
        for text in [
            "",
            "  two  blanks\n",
            "Rate exceeded (code 429).",
            "try: `aws sso login --profile x`",
            "\"\" ... é",
        ] {
            assert_eq!(redaction.words(text), text);
        }
    }
}
