//! Frames of `application/vnd.amazon.eventstream`, as the service writes them: the SDK's own recording
//! (`tests/success.json` of its crate) has these headers in this order.

use aws_smithy_eventstream::frame::write_message_to;
use aws_smithy_types::event_stream::{Header, HeaderValue, Message};

fn message(headers: [(&'static str, &str); 3], json: &str) -> Vec<u8> {
    let mut message = Message::new(json.as_bytes().to_vec());
    for (name, value) in headers {
        message = message.add_header(Header::new(name, HeaderValue::String(value.to_owned().into())));
    }
    let mut bytes = Vec::new();
    write_message_to(&message, &mut bytes).expect("a frame fits");
    bytes
}

const JSON: (&str, &str) = (":content-type", "application/x-amz-json-1.1");

/// An event.
pub(crate) fn frame(kind: &str, json: &str) -> Vec<u8> {
    message([(":event-type", kind), JSON, (":message-type", "event")], json)
}

/// An exception that ends the stream.
pub(crate) fn exception(kind: &str, text: &str) -> Vec<u8> {
    let json = serde_json::json!({ "message": text }).to_string();
    message([(":exception-type", kind), JSON, (":message-type", "exception")], &json)
}

/// An error that is not modelled.
pub(crate) fn error(code: &str, text: &str) -> Vec<u8> {
    message([(":error-code", code), (":error-message", text), (":message-type", "error")], "")
}

/// A time in milliseconds, as the header `Date` has it.
pub(crate) fn date(millis: i64) -> String {
    let at = aws_smithy_types::DateTime::from_secs(millis.div_euclid(1000));
    at.fmt(aws_smithy_types::date_time::Format::HttpDate).expect("it is in this millennium")
}

#[cfg(test)]
mod tests {
    use super::frame;

    /// Bytes of the recording of the real service: its heartbeat.
    #[test]
    fn a_heartbeat_is_that_of_the_service() {
        let bytes = frame("sessionUpdate", r#"{"sessionMetadata":{"sampled":false},"sessionResults":[]}"#);
        let recorded = b"\x00\x00\x00\xa6\x00\x00\x00]\x8f\x9f\x98\x16\x0b:event-type\x07\x00\rsessionUpdate\r:content-type\x07\x00\x1aapplication/x-amz-json-1.1\r:message-type\x07\x00\x05event{\"sessionMetadata\":{\"sampled\":false},\"sessionResults\":[]}v\x0f\x8aw";
        assert_eq!(bytes, recorded);
    }
}
