//! The answers of one record, collected as they are read, and the verdict that they result in.

use super::aside::{is_of_aws, keep_target};
use super::{A, Aaaa, Question, Rcode, Verdict};
use crate::knowledge::address::{Meaning, Nat64Prefixes, ipv4_usable, parse_ipv4, parse_ipv6};

/// Collects the answers of one record as they are read, and decides.
#[derive(Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a thing that was seen; any may be with any other")]
pub struct AnswerTally {
    native: Vec<u128>,
    ipv4: Vec<u32>,
    synthesized: bool,
    unusable: bool,
    usable_a: bool,
    cname: bool,
    /// Whether the name asked for is one of AWS's own, which says itself what it is; once that was looked at.
    is_of_aws: Option<bool>,
    /// As [`Aside::targets`](super::Aside::targets) has them.
    targets: Vec<u8>,
}

/// The verdict on AAAA answers that count, by what they hold: unusable addresses, synthesized ones, native
/// ones.
const OF_AAAA: [Aaaa; 8] = [
    Aaaa::Empty,
    Aaaa::Unusable,
    Aaaa::Synthesized,
    Aaaa::Synthesized,
    Aaaa::Native,
    Aaaa::Native,
    Aaaa::Native,
    Aaaa::Native,
];
/// The same on A answers: unusable addresses, usable ones.
const OF_A: [A; 4] = [A::Empty, A::Unusable, A::Answered, A::Answered];

impl AnswerTally {
    /// Forgets the record before.
    pub fn clear(&mut self) {
        self.native.clear();
        self.ipv4.clear();
        self.synthesized = false;
        self.unusable = false;
        self.usable_a = false;
        self.cname = false;
        self.is_of_aws = None;
        self.targets.clear();
    }

    /// Takes the Rdata of an AAAA answer to an AAAA question: [`Aaaa::Unusable`] if it is no address.
    pub fn aaaa(&mut self, rdata: &[u8], prefixes: &Nat64Prefixes) {
        match parse_ipv6(rdata) {
            Some(bits) => self.aaaa_bits(bits, prefixes),
            None => self.unusable = true,
        }
    }

    /// As [`AnswerTally::aaaa`], of an address.
    #[inline]
    pub(crate) fn aaaa_bits(&mut self, bits: u128, prefixes: &Nat64Prefixes) {
        match prefixes.meaning(bits) {
            Meaning::Native => self.native.push(bits),
            Meaning::Synthesized(embedded) => {
                self.synthesized = true;
                self.ipv4.extend(embedded);
            }
            Meaning::Unusable => self.unusable = true,
        }
    }

    /// Takes the Rdata of an A answer to an A question: [`A::Unusable`] if it is no address.
    #[inline]
    pub fn a(&mut self, rdata: &[u8]) {
        match parse_ipv4(rdata) {
            Some(bits) => self.a_bits(bits),
            None => self.unusable = true,
        }
    }

    /// As [`AnswerTally::a`], of an address.
    #[inline]
    pub(crate) fn a_bits(&mut self, bits: u32) {
        if ipv4_usable(bits) {
            self.usable_a = true;
            self.ipv4.push(bits);
        } else {
            self.unusable = true;
        }
    }

    /// Whether a usable A address was taken.
    #[inline]
    pub(crate) fn has_usable_a(&self) -> bool {
        self.usable_a
    }

    /// Forgets which IPv4 addresses were taken, not that they were.
    pub(crate) fn forget_ipv4(&mut self) {
        self.ipv4.clear();
    }

    /// Notes that the answers hold a CNAME (or DNAME).
    #[inline]
    pub fn chain(&mut self) {
        self.cname = true;
    }

    /// Notes a CNAME (or DNAME) in the answers to a question for `name`, in any case; it leads to `target`.
    #[inline]
    pub fn cname(&mut self, name: &[u8], target: &[u8]) {
        self.chain();
        if !*self.is_of_aws.get_or_insert_with(|| is_of_aws(name)) {
            keep_target(target, &mut self.targets);
        }
    }

    /// The names of AWS that the name asked for leads to, as [`Aside::targets`](super::Aside::targets) has
    /// them; empty for a name that is AWS's itself.
    #[inline]
    pub(crate) fn targets(&self) -> &[u8] {
        &self.targets
    }

    /// Decides. What the answers held is forgotten where they do not count.
    #[inline]
    pub fn verdict(&mut self, question: Question, rcode: Rcode, blocked: bool) -> Verdict {
        let counts = !blocked && rcode == Rcode::NoError && question != Question::Other;
        if !counts {
            return self.without_answers(question, rcode, blocked);
        }
        // By a table: what an answer holds is as good as random, and not to be guessed.
        let seen = usize::from(self.unusable)
            | usize::from(self.synthesized) << 1
            | usize::from(self.usable_a) << 1
            | usize::from(!self.native.is_empty()) << 2;
        if question == Question::Aaaa { Verdict::Aaaa(OF_AAAA[seen]) } else { Verdict::A(OF_A[seen & 3]) }
    }

    /// The verdict of a record whose answers do not count.
    #[cold]
    fn without_answers(&mut self, question: Question, rcode: Rcode, blocked: bool) -> Verdict {
        self.clear();
        match question {
            Question::Aaaa => Verdict::Aaaa(match rcode {
                _ if blocked => Aaaa::Blocked,
                Rcode::NxDomain => Aaaa::NxDomain,
                Rcode::ServFail => Aaaa::ServFail,
                Rcode::Refused => Aaaa::Refused,
                Rcode::NoError | Rcode::Other => Aaaa::Other,
            }),
            Question::A => Verdict::A(match rcode {
                _ if blocked => A::Blocked,
                Rcode::NxDomain => A::NxDomain,
                Rcode::ServFail => A::ServFail,
                Rcode::Refused => A::Refused,
                Rcode::NoError | Rcode::Other => A::Other,
            }),
            Question::Other => Verdict::NotJudged,
        }
    }

    /// Native addresses, in the order of the answers.
    #[must_use]
    pub fn native(&self) -> &[u128] {
        &self.native
    }

    /// IPv4 addresses, in the order of the answers.
    #[must_use]
    pub fn ipv4(&self) -> &[u32] {
        &self.ipv4
    }

    /// Whether an empty answer held a CNAME chain.
    #[must_use]
    pub fn cname_only(&self, verdict: Verdict) -> bool {
        self.cname && verdict == Verdict::Aaaa(Aaaa::Empty)
    }

    /// Whether there were both synthesized and native addresses.
    #[must_use]
    pub fn mixed(&self) -> bool {
        self.synthesized && !self.native.is_empty()
    }
}
