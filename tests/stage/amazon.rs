//! A service in the protocol AWS JSON 1.1 on loopback.

use std::io::{BufRead, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;

use serde_json::{Value, json};

/// Who answers: an operation and its body, a status and a body.
type Answer = dyn Fn(&str, &Value) -> (u16, Value) + Send + Sync;

/// Serves for as long as the process lives. Returns the address.
pub(crate) fn serve(answer: impl Fn(&str, &Value) -> (u16, Value) + Send + Sync + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let address = listener.local_addr().expect("it is bound").to_string();
    let answer: Arc<Answer> = Arc::new(answer);
    thread::spawn(move || {
        for stream in listener.incoming() {
            let (answer, stream) = (Arc::clone(&answer), stream.expect("it connects"));
            thread::spawn(move || connection(stream, &*answer));
        }
    });
    address
}

/// A refusal.
pub(crate) fn refused(code: &str, message: &str) -> (u16, Value) {
    (400, json!({"__type": code, "message": message}))
}

fn connection(stream: TcpStream, answer: &Answer) {
    let mut out = stream.try_clone().expect("it can be written");
    let mut reader = BufReader::new(stream);
    loop {
        let (mut line, mut operation, mut length) = (String::new(), String::new(), 0);
        if !reader.read_line(&mut line).is_ok_and(|read| read > 0) {
            return;
        }
        let mut header = String::new();
        while reader.read_line(&mut header).is_ok_and(|read| read > 2) {
            let (name, value) = header.split_once(':').unwrap_or_default();
            match name.to_ascii_lowercase().as_str() {
                "x-amz-target" => {
                    value.trim().rsplit('.').next().unwrap_or_default().clone_into(&mut operation);
                }
                "content-length" => length = value.trim().parse().unwrap_or(0),
                _ => {}
            }
            header.clear();
        }
        let mut body = vec![0; length];
        if reader.read_exact(&mut body).is_err() {
            return;
        }
        let (status, body) = answer(&operation, &serde_json::from_slice(&body).unwrap_or_default());
        let body = body.to_string();
        let head = format!(
            "HTTP/1.1 {status} X\r\ncontent-type: application/x-amz-json-1.1\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        if out.write_all(head.as_bytes()).and_then(|()| out.write_all(body.as_bytes())).is_err() {
            return;
        }
    }
}
