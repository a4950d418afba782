//! Questions as messages, and messages as answers.

use std::hash::{BuildHasher, RandomState};
use std::net::IpAddr;

use hickory_proto::op::{Message, MessageType, OpCode, Query, ResponseCode};
use hickory_proto::rr::{Name, RData, RecordType};

use super::FittingAnswer;
use crate::advice::probe::Reply;
use crate::log::observation::Question;

/// CNAMEs that are followed in one answer.
const LONGEST_CHAIN: usize = 32;

/// The name as it is asked for and shown: in lower case, with its last dot, non-ASCII labels in their ASCII
/// form (RFC 5890).
///
/// # Errors
/// What is wrong with it.
pub fn canonical(text: &str) -> Result<String, String> {
    Ok(name(text)?.to_lowercase().to_ascii())
}

fn name(text: &str) -> Result<Name, String> {
    let text = text.trim();
    // `\\303` is a byte, in octal as Route 53 writes it, and not part of a character that would be put into
    // another form.
    let named = if text.contains('\\') { Name::from_ascii(text) } else { Name::from_str_relaxed(text) };
    let mut name = named.map_err(|error| error.to_string())?;
    name.set_fqdn(true);
    if name.is_root() { Err("it is empty".to_owned()) } else { Ok(name) }
}

/// A question, and what an answer to it must look like.
#[derive(Debug)]
pub struct DnsQuestion {
    id: u16,
    query: Query,
    /// The message.
    pub bytes: Vec<u8>,
}

impl DnsQuestion {
    /// The question for `name`, with RD set and nothing else: neither EDNS nor DO or CD, with which DNS64
    /// would not synthesize (RFC 6147 section 5.5).
    ///
    /// # Errors
    /// What is wrong with the name.
    pub fn new(text: &str, question: Question) -> Result<Self, String> {
        let kind = if question == Question::A { RecordType::A } else { RecordType::AAAA };
        let query = Query::query(name(text)?, kind);
        // The seed of std's hasher is random, and another one each time.
        let id = u16::try_from(RandomState::new().hash_one(text) & 0xffff).unwrap_or_default();
        let mut message = Message::new(id, MessageType::Query, OpCode::Query);
        message.metadata.recursion_desired = true;
        message.add_query(query.clone());
        let bytes = message.to_vec().map_err(|error| error.to_string())?;
        Ok(Self { id, query, bytes })
    }

    /// Reads an answer.
    ///
    /// # Errors
    /// Why it is none.
    pub fn read(&self, bytes: &[u8]) -> Result<FittingAnswer, &'static str> {
        let message = Message::from_vec(bytes).map_err(|_| "what came is no DNS message")?;
        let head = &message.metadata;
        if head.id != self.id || head.message_type != MessageType::Response || head.op_code != OpCode::Query {
            return Err("what came answers another message");
        }
        let refused = head.response_code != ResponseCode::NoError;
        // Some servers send back a header alone where they refuse.
        let fits = match message.queries.as_slice() {
            [query] => *query == self.query,
            [] => refused,
            _ => false,
        };
        if !fits {
            return Err("what came answers another question");
        }
        let (cnames, addresses) = self.followed(&message);
        let reply = Reply {
            rcode: head.response_code.into(),
            recursion: head.recursion_available,
            cnames,
            addresses,
        };
        Ok(FittingAnswer { reply, truncated: head.truncation })
    }

    /// The chain of CNAMEs that begins at the name, and the addresses at its end. What else is in the answer
    /// belongs to other names.
    fn followed(&self, message: &Message) -> (Vec<String>, Vec<IpAddr>) {
        let mut at = self.query.name().clone();
        let mut cnames = Vec::new();
        while cnames.len() < LONGEST_CHAIN {
            let next = message.answers.iter().find_map(|record| match &record.data {
                RData::CNAME(target) if record.name == at => Some(target.0.clone()),
                _ => None,
            });
            let Some(next) = next else { break };
            cnames.push(next.to_lowercase().to_ascii());
            at = next;
        }
        let addresses = message.answers.iter().filter(|record| record.name == at);
        let addresses = addresses.filter_map(|record| match (&record.data, self.query.query_type()) {
            (RData::AAAA(address), RecordType::AAAA) => Some(IpAddr::V6(address.0)),
            (RData::A(address), RecordType::A) => Some(IpAddr::V4(address.0)),
            _ => None,
        });
        (cnames, addresses.collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_one_form() {
        for (text, expected) in [
            ("SSM.us-west-2.amazonaws.com", "ssm.us-west-2.amazonaws.com."),
            (" example. ", "example."),
            ("bücher.example", "xn--bcher-kva.example."),
            ("_dmarc.example", "_dmarc.example."),
            ("*.example", "*.example."),
            (r"\052.example", "*.example."),
            (r"a\.b.example", r"a\.b.example."),
        ] {
            assert_eq!(canonical(text).as_deref(), Ok(expected), "{text}");
        }
        let long = "a".repeat(64);
        for text in
            ["", ".", "a..example", "a b", "a\u{1b}b", r"\303\244.example", r"\9", &long, &"a.".repeat(200)]
        {
            assert!(canonical(text).is_err(), "{text}");
        }
    }

    #[test]
    fn the_same_question_has_another_id_each_time() {
        let ids: std::collections::HashSet<u16> =
            (0..64).map(|_| DnsQuestion::new("a.example", Question::A).unwrap().id).collect();
        assert!(ids.len() > 32, "{ids:?}");
    }

    proptest::proptest! {
        /// Whatever comes after a header that fits.
        #[test]
        fn no_message_is_too_odd(bytes in proptest::collection::vec(0_u8.., 0..200)) {
            let asked = DnsQuestion::new("a.example", Question::Aaaa).unwrap();
            let mut answer = asked.bytes.clone();
            answer[2] |= 0x80;
            answer[7] = bytes.first().copied().unwrap_or_default();
            answer.extend_from_slice(&bytes);
            if let Ok(got) = asked.read(&answer) {
                proptest::prop_assert!(got.reply.cnames.len() <= LONGEST_CHAIN);
            }
            let _ = asked.read(&bytes);
        }

        #[test]
        fn the_form_of_a_form_is_the_same(text in r"([a-zA-Z0-9*_äß.-]|\\\\[0-3][0-7][0-7]|\\\\.|.){0,40}") {
            if let Ok(form) = canonical(&text) {
                proptest::prop_assert_eq!(canonical(&form), Ok(form));
            }
        }
    }
}
