//! An S3 on loopback, as the Amazon S3 API Reference describes `ListObjectsV2` and `GetObject`, with every
//! way in which they can fail. It checks no signature.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

/// The bucket there is.
pub(crate) const BUCKET: &str = "dns-logs";
/// The Region it is in.
pub(crate) const REGION: &str = "eu-central-1";

/// An object.
#[derive(Clone, Debug)]
pub(crate) struct Object {
    pub(crate) bytes: Vec<u8>,
    pub(crate) tag: String,
    pub(crate) class: &'static str,
}

/// What goes wrong with a request.
#[derive(Clone, Debug)]
pub(crate) enum Fault {
    /// A refusal: status, code, message.
    Refused(u16, &'static str, &'static str),
    /// A status, and bytes that are no refusal of S3's.
    Plain(u16, &'static str),
    /// So many bytes of the body, then the connection is closed.
    Cut(usize),
    /// As `Cut`, and by the next request there is another version of the object.
    Changes(usize, &'static [u8]),
    /// Ranges are passed over: the whole object comes.
    NoRanges,
    /// The bucket is elsewhere, says the answer.
    Moved(&'static str),
    /// This comes for a page.
    Page(&'static str),
    /// What is not signed for a day of 1994, which is the server's, is refused.
    Elsewhen,
    /// The connection is closed at once.
    Closed,
    /// The body comes a byte at a time.
    Dribble,
    /// The answer waits until as many requests wait at once.
    Together(usize),
}

/// A fault, of requests whose target holds this text, so many times.
#[derive(Clone, Debug)]
struct Planned(&'static str, usize, Fault);

/// A request that came.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    /// Path and query, decoded.
    pub(crate) target: String,
    pub(crate) headers: BTreeMap<String, String>,
}

#[derive(Debug, Default)]
struct State {
    objects: BTreeMap<String, Object>,
    faults: Vec<Planned>,
    asked: Vec<Asked>,
    /// Keys on a page.
    page: usize,
    /// Requests that wait for others.
    together: usize,
}

/// The server, for as long as the process lives.
#[derive(Clone, Debug)]
pub(crate) struct Store {
    pub(crate) address: String,
    state: Arc<Mutex<State>>,
    arrived: Arc<std::sync::Condvar>,
}

impl Store {
    pub(crate) fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let address = listener.local_addr().expect("it is bound").to_string();
        let state = State { page: 1000, ..State::default() };
        let store = Self { address, state: Arc::new(Mutex::new(state)), arrived: Arc::default() };
        let serving = store.clone();
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (store, stream) = (serving.clone(), stream.expect("it connects"));
                thread::spawn(move || store.serve(stream));
            }
        });
        store
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().expect("nobody panicked")
    }

    pub(crate) fn put(&self, key: &str, bytes: impl Into<Vec<u8>>) {
        self.put_as(key, bytes, "STANDARD");
    }

    pub(crate) fn put_as(&self, key: &str, bytes: impl Into<Vec<u8>>, class: &'static str) {
        let mut state = self.state();
        let tag = format!("\"{}\"", state.objects.len() + 1);
        state.objects.insert(key.to_owned(), Object { bytes: bytes.into(), tag, class });
    }

    pub(crate) fn fault(&self, target: &'static str, times: usize, fault: Fault) {
        self.state().faults.push(Planned(target, times, fault));
    }

    pub(crate) fn page(&self, keys: usize) {
        self.state().page = keys;
    }

    /// Forgets the requests so far.
    pub(crate) fn forget(&self) {
        self.state().asked.clear();
    }

    /// The requests so far.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.state().asked.clone()
    }

    /// The targets of the requests so far that hold `text`, in order.
    pub(crate) fn targets(&self, text: &str) -> Vec<String> {
        let mut targets: Vec<String> = self.asked().into_iter().map(|asked| asked.target).collect();
        targets.retain(|target| target.contains(text));
        targets.sort();
        targets
    }

    fn serve(&self, stream: TcpStream) {
        let mut out = stream.try_clone().expect("it can be written");
        let mut reader = BufReader::new(stream);
        loop {
            let (mut line, mut headers) = (String::new(), BTreeMap::new());
            if reader.read_line(&mut line).is_ok_and(|read| read == 0) {
                return;
            }
            let target = decoded(line.split(' ').nth(1).unwrap_or_default());
            let mut header = String::new();
            while reader.read_line(&mut header).is_ok_and(|read| read > 2) {
                let (name, value) = header.split_once(':').unwrap_or_default();
                headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
                header.clear();
            }
            if !self.answer(&mut out, &target, headers) {
                return;
            }
        }
    }

    /// Answers a request; whether the connection stays.
    fn answer(&self, out: &mut TcpStream, target: &str, headers: BTreeMap<String, String>) -> bool {
        let (fault, range, tag) = {
            let mut state = self.state();
            let range = headers.get("range").cloned();
            let tag = headers.get("if-match").cloned();
            let is_late = headers.get("x-amz-date").is_none_or(|date| !date.starts_with("19941106T"));
            state.asked.push(Asked { target: target.to_owned(), headers });
            let fault = state.faults.iter_mut().find(|planned| planned.1 > 0 && target.contains(planned.0));
            let fault = fault.map(|planned| {
                planned.1 -= 1;
                planned.2.clone()
            });
            (fault.filter(|fault| is_late || !matches!(fault, Fault::Elsewhen)), range, tag)
        };
        match &fault {
            Some(Fault::Closed) => return false,
            Some(Fault::Elsewhen) => {
                let header = [("date", "Sun, 06 Nov 1994 08:49:37 GMT".to_owned())];
                let body = b"<Error><Code>RequestTimeTooSkewed</Code></Error>";
                return write(out, 403, &header, body, usize::MAX);
            }
            Some(Fault::Refused(status, code, message)) => return refuse(out, *status, code, message),
            Some(Fault::Plain(status, text)) => return write(out, *status, &[], text.as_bytes(), usize::MAX),
            Some(Fault::Page(text)) => return write(out, 200, &[], text.as_bytes(), usize::MAX),
            Some(Fault::Moved(region)) => {
                let header = [("x-amz-bucket-region", (*region).to_owned())];
                return write(out, 301, &header, b"", usize::MAX);
            }
            Some(Fault::Together(count)) => {
                let mut state = self.state();
                state.together += 1;
                self.arrived.notify_all();
                drop(self.arrived.wait_while(state, |state| state.together < *count));
            }
            _ => {}
        }
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let Some(key) = path.strip_prefix('/').and_then(|path| path.strip_prefix(BUCKET)) else {
            return refuse(out, 404, "NoSuchBucket", "The specified bucket does not exist");
        };
        match key.strip_prefix('/').unwrap_or_default() {
            "" => {
                let page = self.list(query);
                write(
                    out,
                    200,
                    &[("content-type", "application/xml".to_owned())],
                    page.as_bytes(),
                    usize::MAX,
                )
            }
            key => self.get(out, key, fault.as_ref(), range.as_deref(), tag.as_deref()),
        }
    }

    fn get(
        &self,
        out: &mut TcpStream,
        key: &str,
        fault: Option<&Fault>,
        range: Option<&str>,
        tag: Option<&str>,
    ) -> bool {
        let Some(object) = self.state().objects.get(key).cloned() else {
            return refuse(out, 404, "NoSuchKey", "The specified key does not exist.");
        };
        if object.class != "STANDARD" {
            return refuse(
                out,
                403,
                "InvalidObjectState",
                "The operation is not valid for the object's storage class",
            );
        }
        if tag.is_some_and(|tag| tag != object.tag) {
            return refuse(out, 412, "PreconditionFailed", "At least one of the preconditions failed");
        }
        let start = range.filter(|_| !matches!(fault, Some(Fault::NoRanges)));
        let range = start.and_then(|range| range.strip_prefix("bytes=")?.split_once('-'));
        let start = range.and_then(|(start, _)| start.parse::<usize>().ok());
        let end = range.and_then(|(_, last)| Some(last.parse::<usize>().ok()? + 1)).unwrap_or(usize::MAX);
        let end = end.min(object.bytes.len());
        let mut headers = vec![("etag", object.tag.clone())];
        let (status, bytes) = match start {
            Some(start) if start >= object.bytes.len() => {
                return refuse(out, 416, "InvalidRange", "The requested range is not satisfiable");
            }
            Some(start) => {
                let (last, length) = (end - 1, object.bytes.len());
                headers.push(("content-range", format!("bytes {start}-{last}/{length}")));
                (206, &object.bytes[start..end])
            }
            None => (200, &object.bytes[..]),
        };
        match fault {
            Some(Fault::Cut(most)) => write(out, status, &headers, bytes, *most),
            Some(Fault::Changes(most, other)) => {
                self.put(key, *other);
                write(out, status, &headers, bytes, *most)
            }
            Some(Fault::Dribble) => {
                let head = head(status, &headers, bytes.len());
                out.write_all(head.as_bytes()).is_ok()
                    && bytes.chunks(1).all(|byte| out.write_all(byte).and_then(|()| out.flush()).is_ok())
            }
            _ => write(out, status, &headers, bytes, usize::MAX),
        }
    }

    fn list(&self, query: &str) -> String {
        let of = |name: &str| {
            let pair = query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
            pair.unwrap_or_default().replace("%26", "&")
        };
        let state = self.state();
        let (prefix, delimiter) = (of("prefix"), of("delimiter"));
        let start = [of("continuation-token"), of("start-after")].into_iter().find(|it| !it.is_empty());
        let start = start.unwrap_or_default();
        let most = of("max-keys").parse().unwrap_or(state.page);
        let (mut inner, mut count, mut last, mut more) = (String::new(), 0, String::new(), false);
        for (key, object) in state.objects.iter().filter(|(key, _)| key.starts_with(&prefix)) {
            let below = &key[prefix.len()..];
            let folder = (!delimiter.is_empty())
                .then(|| below.find(&delimiter).map(|at| &key[..=prefix.len() + at]))
                .flatten();
            let entry = folder.unwrap_or(key);
            if entry <= start.as_str() || entry == last || !start.is_empty() && start.starts_with(entry) {
                continue;
            }
            if count == most {
                more = true;
                break;
            }
            (count, last) = (count + 1, entry.to_owned());
            let name = encoded(entry);
            if folder.is_some() {
                write!(inner, "<CommonPrefixes><Prefix>{name}</Prefix></CommonPrefixes>")
                    .expect("a text grows");
            } else {
                let (size, class, tag) = (object.bytes.len(), object.class, &object.tag);
                write!(
                    inner,
                    "<Contents><Key>{name}</Key><ETag>{tag}</ETag><LastModified>2026-11-03T10:00:00.000Z</LastModified>\
                     <Size>{size}</Size><StorageClass>{class}</StorageClass></Contents>"
                )
                .expect("a text grows");
            }
        }
        let token = if more {
            format!("<NextContinuationToken>{}</NextContinuationToken>", escaped(&last))
        } else {
            String::new()
        };
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">\
             <IsTruncated>{more}</IsTruncated><EncodingType>url</EncodingType>{inner}{token}</ListBucketResult>"
        )
    }
}

fn head(status: u16, headers: &[(&str, String)], length: usize) -> String {
    let mut head = format!("HTTP/1.1 {status} X\r\ncontent-length: {length}\r\n");
    for (name, value) in headers {
        write!(head, "{name}: {value}\r\n").expect("a text grows");
    }
    head + "\r\n"
}

/// Writes an answer, of its body `most` bytes; whether the connection stays.
fn write(out: &mut TcpStream, status: u16, headers: &[(&str, String)], body: &[u8], most: usize) -> bool {
    let sent = &body[..body.len().min(most)];
    let head = head(status, headers, body.len());
    out.write_all(head.as_bytes()).and_then(|()| out.write_all(sent)).is_ok() && sent.len() == body.len()
}

fn refuse(out: &mut TcpStream, status: u16, code: &str, message: &str) -> bool {
    let body =
        format!("<Error><Code>{code}</Code><Message>{message}</Message><RequestId>1</RequestId></Error>");
    write(out, status, &[], body.as_bytes(), usize::MAX)
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

/// As S3 encodes keys: blanks as `+`, and all but letters, digits and `-._*/`.
fn encoded(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        match byte {
            b' ' => out.push('+'),
            _ if byte.is_ascii_alphanumeric() || b"-._*/".contains(&byte) => out.push(char::from(byte)),
            _ => write!(out, "%{byte:02X}").expect("a text grows"),
        }
    }
    out
}

/// Decodes a target. In the query, `&` of a value stays encoded, so that values can be told apart.
fn decoded(target: &str) -> String {
    match target.split_once('?') {
        Some((path, query)) => format!("{}?{}", decoded_but(path, b""), decoded_but(query, b"&")),
        None => decoded_but(target, b""),
    }
}

fn decoded_but(text: &str, kept: &[u8]) -> String {
    let (mut bytes, mut rest) = (Vec::new(), text.as_bytes());
    while let Some((first, behind)) = rest.split_first() {
        let code = behind.get(..2).and_then(|code| std::str::from_utf8(code).ok());
        let code = code.filter(|_| *first == b'%').and_then(|code| u8::from_str_radix(code, 16).ok());
        let code = code.filter(|code| !kept.contains(code));
        bytes.push(code.unwrap_or(*first));
        rest = if code.is_some() { &behind[2..] } else { behind };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
