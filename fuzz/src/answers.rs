//! What name servers and EC2 answer is read or refused.

use r53tail::edge::feed::inspect::answer::{
    endpoints, gateways, instances, interfaces, route_tables, subnets,
};
use r53tail::edge::feed::probe::canonical;
use r53tail::edge::feed::probe::message::DnsQuestion;
use r53tail::edge::feed::xml::Element;
use r53tail::log::observation::Question;

use crate::head;

/// Reads a DNS message, and a document of EC2.
pub fn run(data: &[u8]) {
    let ([kind], data) = head::<1>(data);
    if kind % 2 == 0 {
        let question = if kind % 4 == 0 { Question::Aaaa } else { Question::A };
        let asked = DnsQuestion::new("ssm.us-west-2.amazonaws.com", question).expect("it is a name");
        // The id of a question is a random one, and its bytes are the first of an answer.
        let mut message = data.to_vec();
        if let (Some(id), Some(own)) = (message.get_mut(..2), asked.bytes.get(..2)) {
            id.copy_from_slice(own);
        }
        if let Ok(got) = asked.read(&message) {
            assert!(got.reply.cnames.len() <= 32, "a chain has an end");
            for address in &got.reply.addresses {
                assert_eq!(address.is_ipv6(), question == Question::Aaaa, "of the type that was asked for");
            }
        }
        if let Ok(text) = std::str::from_utf8(data)
            && let Ok(name) = canonical(text)
        {
            assert_eq!(canonical(&name), Ok(name.clone()), "{text:?}");
        }
        return;
    }
    let Ok(text) = std::str::from_utf8(data) else { return };
    let Ok(page) = Element::parse(text) else { return };
    let _ = (instances(&page, "us-west-2"), interfaces(&page, "us-west-2"), subnets(&page, "us-west-2"));
    let _ = (route_tables(&page, "us-west-2"), gateways(&page), endpoints(&page, "us-west-2"));
}
