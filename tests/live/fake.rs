//! A CloudWatch Logs of our own on loopback: `StartLiveTail` and `FilterLogEvents` over one store of records, with
//! every way in which the first can fail. What it does is chosen by the name of the log group.
//!
//! | name ends in | what happens |
//! |---|---|
//! | `/end=E` | the first session ends in the way `E`, see [`Ending`]; the next one stays |
//! | `/open=O` | the first two attempts fail in the way `O`, see [`Opening`]; the next succeeds |
//! | `/denied` | no session is ever allowed |
//! | `/no-history` | the first session is cut, and `FilterLogEvents` is denied |
//! | `/sampled` | the first update holds a sample |
//! | `/split` | frames come in chunks of seven bytes |
//! | `/unknown` | an event of an unknown type comes between two updates |

use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{interval, sleep};

use super::frames::{exception, frame};

/// How often a session says that there is nothing.
const BEAT: Duration = Duration::from_millis(40);
/// Records on a page.
const PAGE: usize = 4;

/// One record in the store.
#[derive(Clone, Debug)]
pub(crate) struct Stored {
    pub(crate) id: String,
    stream: String,
    at: i64,
    ingested: i64,
    pub(crate) message: String,
}

/// One log group.
#[derive(Debug, Default)]
struct Group {
    records: Vec<Stored>,
    sessions: usize,
    /// How often the store was read to its end since the newest session began.
    readings: usize,
    /// No more records come.
    done: bool,
}

/// All log groups, by name.
#[derive(Debug, Default)]
pub(crate) struct World {
    groups: HashMap<String, Group>,
}

pub(crate) fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("it is past 1970");
    i64::try_from(since.as_millis()).expect("it is before the year 292278994")
}

impl World {
    fn group(&mut self, name: &str) -> &mut Group {
        if !self.groups.contains_key(name) {
            self.groups.insert(name.to_owned(), Group::default());
            self.make(name, 6, 5000);
        }
        self.groups.get_mut(name).expect("it was made")
    }

    /// Makes records whose time is so many milliseconds ago; every third has a twin that differs in its id only.
    fn make(&mut self, name: &str, count: usize, ago: i64) -> Vec<Stored> {
        let group = self.groups.entry(name.to_owned()).or_default();
        let before = group.records.len();
        let now = now();
        while group.records.len() < before + count {
            let number = group.records.len();
            let at = now - ago;
            let stored = Stored {
                id: format!("id-{number}"),
                stream: format!("vpc-1_{}", number % 2),
                at,
                ingested: now,
                message: record(number, at),
            };
            if number.is_multiple_of(3) {
                let id = format!("{}-twin", stored.id);
                group.records.push(Stored { id, ..stored.clone() });
            }
            group.records.push(stored);
        }
        group.records[before..].to_vec()
    }

    /// All records there are in a group.
    pub(crate) fn records(&self, name: &str) -> Vec<Stored> {
        self.groups.get(name).map(|group| group.records.clone()).unwrap_or_default()
    }

    /// Whether a group has all the records it will ever have.
    pub(crate) fn is_done(&self, name: &str) -> bool {
        self.groups.get(name).is_some_and(|group| group.done)
    }

    /// How many sessions were asked for, and how often the store was read since the newest.
    pub(crate) fn seen(&self, name: &str) -> (usize, usize) {
        self.groups.get(name).map(|group| (group.sessions, group.readings)).unwrap_or_default()
    }
}

fn record(number: usize, at: i64) -> String {
    let seconds = at.div_euclid(1000);
    let time = r53tail::moment::Moment::from_seconds(seconds);
    let (kind, address) = if number.is_multiple_of(2) { ("AAAA", "2001:db8::1") } else { ("A", "192.0.2.1") };
    format!(
        r#"{{"version":"1.100000","account_id":"111122223333","region":"us-east-1","vpc_id":"vpc-1","query_timestamp":"{time}","query_name":"n{number}.example.","query_type":"{kind}","query_class":"IN","rcode":"NOERROR","answers":[{{"Rdata":"{address}","Type":"{kind}","Class":"IN"}}],"srcaddr":"10.0.0.5","srcport":"53","transport":"UDP","srcids":{{"instance":"i-1"}}}}"#
    )
}

/// How an attempt to start a session fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Opening {
    Stream,
    Error(u16, &'static str),
    Html,
    Mute,
    NoFrame,
    Reset,
}

/// How a session ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ending {
    Stays,
    Clean,
    TimeUp,
    Streaming,
    UnknownException,
    ErrorMessage,
    Fin,
    MidFrame,
    Reset,
    Silence,
    BadChecksum,
    BadPrelude,
    Garbage,
    BrokenJson,
    Truncated,
}

/// The ways to end, as group names give them.
pub(crate) const ENDINGS: [&str; 14] = [
    "clean",
    "time-up",
    "streaming",
    "unknown-exception",
    "error-message",
    "fin",
    "mid-frame",
    "reset",
    "silence",
    "bad-checksum",
    "bad-prelude",
    "garbage",
    "broken-json",
    "truncated",
];

/// The ways to fail before, as group names give them.
pub(crate) const OPENINGS: [&str; 8] =
    ["throttled", "limit", "expired", "unavailable", "html", "mute", "no-frame", "reset"];

fn script(name: &str, session: usize) -> (Opening, Ending) {
    let scenario = name.rsplit('/').next().unwrap_or_default();
    let (opening, ending) = match scenario.split_once('=') {
        Some(("end", ending)) if session == 0 => (Opening::Stream, ending_of(ending)),
        Some(("open", opening)) if session < 2 => (opening_of(opening), Ending::Stays),
        None if scenario == "denied" => (Opening::Error(400, "AccessDeniedException"), Ending::Stays),
        None if scenario == "gone" => (Opening::Error(400, "ResourceNotFoundException"), Ending::Stays),
        None if scenario == "no-history" && session == 0 => (Opening::Stream, Ending::Fin),
        _ => (Opening::Stream, Ending::Stays),
    };
    (opening, ending)
}

fn ending_of(word: &str) -> Ending {
    match word {
        "clean" => Ending::Clean,
        "time-up" => Ending::TimeUp,
        "streaming" => Ending::Streaming,
        "unknown-exception" => Ending::UnknownException,
        "error-message" => Ending::ErrorMessage,
        "fin" => Ending::Fin,
        "mid-frame" => Ending::MidFrame,
        "reset" => Ending::Reset,
        "silence" => Ending::Silence,
        "bad-checksum" => Ending::BadChecksum,
        "bad-prelude" => Ending::BadPrelude,
        "garbage" => Ending::Garbage,
        "broken-json" => Ending::BrokenJson,
        "truncated" => Ending::Truncated,
        other => panic!("no ending is called {other}"),
    }
}

fn opening_of(word: &str) -> Opening {
    match word {
        "throttled" => Opening::Error(400, "ThrottlingException"),
        "limit" => Opening::Error(400, "LimitExceededException"),
        "expired" => Opening::Error(400, "ExpiredTokenException"),
        "unavailable" => Opening::Error(503, "ServiceUnavailableException"),
        "html" => Opening::Html,
        "mute" => Opening::Mute,
        "no-frame" => Opening::NoFrame,
        "reset" => Opening::Reset,
        other => panic!("no opening is called {other}"),
    }
}

/// The service, on a thread of its own that ends with the process.
#[derive(Clone, Debug)]
pub(crate) struct Fake {
    pub(crate) address: SocketAddr,
    world: Arc<Mutex<World>>,
}

impl Fake {
    pub(crate) fn start() -> Self {
        let world = Arc::new(Mutex::new(World::default()));
        let (sender, receiver) = std::sync::mpsc::channel();
        let shared = Arc::clone(&world);
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.expect("a runtime can be made").block_on(async move {
                let listener = TcpListener::bind("127.0.0.1:0").await.expect("loopback is there");
                sender.send(listener.local_addr().expect("it is bound")).expect("somebody waits");
                while let Ok((socket, _)) = listener.accept().await {
                    // That a client goes away is nothing special.
                    tokio::spawn(serve(socket, Arc::clone(&shared)));
                }
            });
        });
        Self { address: receiver.recv().expect("it listens"), world }
    }

    pub(crate) fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn serve(mut socket: TcpStream, world: Arc<Mutex<World>>) -> io::Result<()> {
    let fake = Fake { address: socket.local_addr()?, world };
    let mut buffer = Vec::new();
    while let Some((operation, body)) = request(&mut socket, &mut buffer).await? {
        match operation.as_str() {
            "StartLiveTail" => return live_tail(socket, &fake, &body).await,
            "FilterLogEvents" => filter(&mut socket, &fake, &body).await?,
            "DescribeLogGroups" => describe(&mut socket, &body).await?,
            other => panic!("nobody asks for {other}"),
        }
    }
    Ok(())
}

/// The next request of a connection: its operation and its body.
async fn request(socket: &mut TcpStream, buffer: &mut Vec<u8>) -> io::Result<Option<(String, Value)>> {
    loop {
        if let Some(end) = buffer.windows(4).position(|bytes| bytes == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&buffer[..end]).to_lowercase();
            let header = |name: &str| {
                let value = head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
                value.unwrap_or_default().to_owned()
            };
            let length: usize = header("content-length").parse().unwrap_or(0);
            let whole = end + 4 + length;
            if buffer.len() >= whole {
                let target = String::from_utf8_lossy(&buffer[..end]);
                let operation = target.split("Logs_20140328.").nth(1).unwrap_or_default();
                let operation = operation.split_whitespace().next().unwrap_or_default().to_owned();
                let body = serde_json::from_slice(&buffer[end + 4..whole]).unwrap_or_default();
                buffer.drain(..whole);
                return Ok(Some((operation, body)));
            }
        }
        if socket.read_buf(buffer).await? == 0 {
            return Ok(None);
        }
    }
}

async fn answer(socket: &mut TcpStream, status: u16, kind: &str, body: &str) -> io::Result<()> {
    let length = body.len();
    let head = format!(
        "HTTP/1.1 {status} Whatever\r\ncontent-type: {kind}\r\ncontent-length: {length}\r\nx-amzn-requestid: r\r\n\r\n"
    );
    socket.write_all((head + body).as_bytes()).await
}

async fn refuse(socket: &mut TcpStream, status: u16, code: &str) -> io::Result<()> {
    let body = json!({"__type": code, "message": format!("said by {code}")}).to_string();
    answer(socket, status, "application/x-amz-json-1.1", &body).await
}

fn name_of(arn: &Value) -> String {
    let arn = arn.as_str().unwrap_or_default();
    arn.split(":log-group:").nth(1).unwrap_or(arn).to_owned()
}

async fn filter(socket: &mut TcpStream, fake: &Fake, body: &Value) -> io::Result<()> {
    let name = name_of(&body["logGroupIdentifier"]);
    if name.ends_with("/no-history") {
        return refuse(socket, 400, "AccessDeniedException").await;
    }
    let page = {
        let mut world = fake.world();
        let group = world.group(&name);
        let range = body["startTime"].as_i64().unwrap_or(0)..=body["endTime"].as_i64().unwrap_or(i64::MAX);
        let mut found: Vec<&Stored> =
            group.records.iter().filter(|record| range.contains(&record.at)).collect();
        found.sort_by_key(|record| (record.at, record.ingested));
        // Every page is followed by one that is empty, as the real ones may be.
        let at: usize = body["nextToken"].as_str().and_then(|token| token.parse().ok()).unwrap_or(0);
        let (page, is_empty) = (at / 2, at % 2 == 1);
        let events: Vec<Value> = found
            .iter()
            .skip(page * PAGE)
            .take(if is_empty { 0 } else { PAGE })
            .map(|record| {
                json!({"eventId": record.id, "logStreamName": record.stream, "timestamp": record.at,
                       "ingestionTime": record.ingested, "message": record.message})
            })
            .collect();
        let is_last = is_empty && (page + 1) * PAGE >= found.len();
        group.readings += usize::from(is_last);
        let next = (!is_last).then(|| (at + 1).to_string());
        json!({"events": events, "nextToken": next, "searchedLogStreams": []})
    };
    answer(socket, 200, "application/x-amz-json-1.1", &page.to_string()).await
}

async fn describe(socket: &mut TcpStream, body: &Value) -> io::Result<()> {
    let prefix = body["logGroupNamePrefix"].as_str().unwrap_or_default();
    let names = ["/fake/split", "/fake/split-too", "/fake/unknown"];
    let groups: Vec<Value> = names
        .iter()
        .filter(|name| name.starts_with(prefix))
        .map(|name| {
            let arn = arn(name);
            json!({"logGroupName": name, "arn": format!("{arn}:*"), "logGroupArn": arn})
        })
        .collect();
    let page = json!({"logGroups": groups}).to_string();
    answer(socket, 200, "application/x-amz-json-1.1", &page).await
}

/// The ARN of a group of the fake.
pub(crate) fn arn(name: &str) -> String {
    format!("arn:aws:logs:us-east-1:111122223333:log-group:{name}")
}

/// A session: its socket, and what it does with frames.
struct Session {
    socket: TcpStream,
    split: bool,
}

impl Session {
    /// Sends bytes as chunks of the body.
    async fn chunk(&mut self, bytes: &[u8]) -> io::Result<()> {
        for part in bytes.chunks(if self.split { 7 } else { usize::MAX }) {
            let mut chunk = format!("{:x}\r\n", part.len()).into_bytes();
            chunk.extend_from_slice(part);
            chunk.extend_from_slice(b"\r\n");
            self.socket.write_all(&chunk).await?;
            self.socket.flush().await?;
        }
        Ok(())
    }

    async fn finish(&mut self) -> io::Result<()> {
        self.socket.write_all(b"0\r\n\r\n").await
    }
}

fn update(name: &str, records: &[Stored], sampled: bool) -> Vec<u8> {
    let events: Vec<Value> = records
        .iter()
        .map(|record| {
            json!({"logStreamName": record.stream, "logGroupIdentifier": format!("111122223333:{name}"),
                   "message": record.message, "timestamp": record.at, "ingestionTime": record.ingested})
        })
        .collect();
    let body = json!({"sessionMetadata": {"sampled": sampled}, "sessionResults": events});
    frame("sessionUpdate", &body.to_string())
}

async fn live_tail(mut socket: TcpStream, fake: &Fake, body: &Value) -> io::Result<()> {
    let name = name_of(&body["logGroupIdentifiers"][0]);
    let session = {
        let mut world = fake.world();
        let group = world.group(&name);
        let session = group.sessions;
        group.sessions += 1;
        group.readings = 0;
        if session > 0 {
            // What happened while nobody listened; some of it is late.
            world.make(&name, 5, 0);
            world.make(&name, 2, 60_000);
        }
        session
    };
    let (opening, ending) = script(&name, session);
    match opening {
        Opening::Stream => {}
        Opening::Error(status, code) => return refuse(&mut socket, status, code).await,
        Opening::Html => return answer(&mut socket, 502, "text/html", "<html>Bad Gateway</html>").await,
        Opening::Reset => return socket.set_zero_linger(),
        // Until the client has had enough.
        Opening::Mute => return socket.read_u8().await.map(drop),
        Opening::NoFrame => {
            socket.write_all(HEAD).await?;
            return socket.read_u8().await.map(drop);
        }
    }
    socket.write_all(HEAD).await?;
    let mut session = Session { socket, split: name.ends_with("/split") };
    session.chunk(&frame("initial-response", "{}")).await?;
    session.chunk(&frame("sessionStart", r#"{"requestId":"r","sessionId":"s"}"#)).await?;
    if name.ends_with("/unknown") {
        session.chunk(&frame("sessionWeather", r#"{"rain":true}"#)).await?;
    }
    let records = fake.world().make(&name, 7, 0);
    // Of the first pair of twins the stream delivers one only: the other is in the store.
    let half = usize::from(ending != Ending::Stays);
    if name.ends_with("/sampled") {
        session.chunk(&update(&name, &records[..2], true)).await?;
    } else {
        session.chunk(&update(&name, &records[half..], false)).await?;
    }
    end(session, fake, &name, ending).await
}

const HEAD: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-type: application/vnd.amazon.eventstream\r\nx-amzn-requestid: r\r\ntransfer-encoding: chunked\r\n\r\n";

async fn end(mut session: Session, fake: &Fake, name: &str, ending: Ending) -> io::Result<()> {
    if ending == Ending::Stays {
        let mut beat = interval(BEAT);
        for number in 0_u32.. {
            beat.tick().await;
            let mut records = Vec::new();
            if number == 2 {
                let mut world = fake.world();
                records = world.make(name, 3, 0);
                world.group(name).done = true;
            }
            session.chunk(&update(name, &records, false)).await?;
        }
    }
    // The last frame holds records that are in the store, but never come whole.
    let unseen = fake.world().make(name, 3, 0);
    let mut last = update(name, &unseen, false);
    let middle = last.len() / 2;
    match ending {
        Ending::Stays | Ending::Fin => {}
        Ending::Clean => session.finish().await?,
        Ending::TimeUp => session.chunk(&exception("SessionTimeoutException", "three hours")).await?,
        Ending::Streaming => session.chunk(&exception("SessionStreamingException", "a fault")).await?,
        Ending::UnknownException => session.chunk(&exception("SessionRainException", "wet")).await?,
        Ending::ErrorMessage => session.chunk(&super::frames::error("500", "a fault")).await?,
        Ending::MidFrame => {
            let head = format!("{:x}\r\n", last.len());
            session.socket.write_all(head.as_bytes()).await?;
            session.socket.write_all(&last[..middle]).await?;
        }
        Ending::Reset => {
            session.chunk(&last[..middle]).await?;
            session.socket.set_zero_linger()?;
        }
        // Until the client has had enough.
        Ending::Silence => return session.socket.read_u8().await.map(drop),
        Ending::BadChecksum => {
            last[middle] ^= 1;
            session.chunk(&last).await?;
            session.chunk(&update(name, &[], false)).await?;
            sleep(BEAT).await;
        }
        Ending::BadPrelude => {
            last[9] ^= 1;
            session.chunk(&last).await?;
        }
        Ending::Garbage => {
            session.chunk(b"no frame at all, but text that goes on and on").await?;
            session.finish().await?;
        }
        Ending::BrokenJson => session.chunk(&frame("sessionUpdate", r#"{"sessionResults":[{"#)).await?,
        Ending::Truncated => {
            session.chunk(&last[..middle]).await?;
            session.finish().await?;
        }
    }
    Ok(())
}
