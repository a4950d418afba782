//! A CloudWatch Logs of our own on loopback: `StartLiveTail` and `FilterLogEvents` over one store of records,
//! with every way in which the first can fail. What it does is chosen by the name of the log group.
//!
//! | name ends in | what happens |
//! |---|---|
//! | `/end.E` | the first session ends in the way `E`, see [`Ending`]; the next one stays |
//! | `/open.O` | the first two attempts fail in the way `O`, see [`Opening`]; the next succeeds |
//! | `/denied` | no session is ever allowed |
//! | `/full` | the account never has room for a session |
//! | `/no-history` | the first session is cut, and `FilterLogEvents` is denied |
//! | `/sampled` | the first update holds a sample |
//! | `/split` | frames come in chunks of seven bytes |
//! | `/unknown` | an event of an unknown type comes between two updates |
//! | `/burst` | 20,000 records come as fast as they are read |
//! | `/load.NxS` | N records a second come for S seconds, each with a name of its own; they are in no store |
//! | `/load.NxSxM` | the same with M names |
//! | `/masked` | what is an address in a record is masked, unless `unmask` is asked for |
//! | `/no-unmask` | the same, and `logs:Unmask` is not allowed |
//! | `/no-key` | reading is denied, since a key of KMS may not be used |
//! | `/huge` | in the first session, a frame of 200 MB comes after two updates |
//! | `/again` | each session delivers all there is from the beginning and is then cut, as an emulator's is |
//! | `/turning` | an endpoint without an IPv6 address gets one after some seconds |
//! | `/quiet` | nothing ever comes but an update a second |
//!
//! It is a proxy, too, that lets nothing through, and whatever gives credentials to containers and instances
//! and has none. What it has of query logging is in [`super::logging`].

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use r53tail::base::moment::Moment;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{interval, sleep};

use super::frames::{date, exception, frame};
use super::script::{Ending, Opening, script};
use super::store::{Stored, World, now, record};

/// How often a session says that there is nothing.
const BEAT: Duration = Duration::from_millis(40);
/// Records on a page.
const PAGE: usize = 4;
/// And of a group that has many: what the service has at most.
const LARGE_PAGE: usize = 10_000;
/// Log groups on a page.
const GROUPS: usize = 2;
/// Updates of a burst, and records in each; the service has no larger ones.
const BURST: (usize, usize) = (40, 500);

/// The service, on a thread of its own that ends with the process.
#[derive(Clone, Debug)]
pub(crate) struct Fake {
    pub(crate) address: SocketAddr,
    world: Arc<Mutex<World>>,
}

impl Fake {
    pub(crate) fn start() -> Self {
        Self::start_at(0)
    }

    /// Listens at `port`.
    pub(crate) fn start_at(port: u16) -> Self {
        let world = Arc::new(Mutex::new(World::default()));
        let (sender, receiver) = std::sync::mpsc::channel();
        let shared = Arc::clone(&world);
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.expect("a runtime can be made").block_on(async move {
                let listener = TcpListener::bind(("127.0.0.1", port)).await.expect("loopback is there");
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
    while let Some(Request { mut operation, to, region, signed, body }) =
        request(&mut socket, &mut buffer).await?
    {
        // What was signed for another time is refused (AWS Signature Version 4: five minutes).
        if signed.is_some_and(|signed| (signed - now()).abs() > 300_000) {
            fake.world().refused.push(operation);
            refuse(&mut socket, 400, "InvalidSignatureException").await?;
            continue;
        }
        if operation.starts_with('/') && !fake.world().has_role {
            operation.clear();
        }
        fake.world().asked.insert((operation.clone(), to));
        match operation.as_str() {
            "StartLiveTail" => {
                let groups = body["logGroupIdentifiers"].as_array().into_iter().flatten();
                let session = (region, groups.map(name_of).collect());
                fake.world().sessions.push(session);
                return live_tail(socket, &fake, &body).await;
            }
            "FilterLogEvents" => filter(&mut socket, &fake, &body).await?,
            "DescribeLogGroups" => describe(&mut socket, &region, &body).await?,
            "CONNECT" => return answer(&mut socket, 502, "text/plain", "nothing goes through").await,
            "GET /store" => {
                let store = fake.world().shown(body["group"].as_str().unwrap_or_default());
                answer(&mut socket, 200, "application/json", &store.to_string()).await?;
            }
            "AssumeRole" => answer(&mut socket, 200, "text/xml", ROLE).await?,
            "AssumeRoleWithWebIdentity" => {
                let body = ROLE.replace("AssumeRoleRe", "AssumeRoleWithWebIdentityRe");
                answer(&mut socket, 200, "text/xml", &body).await?;
            }
            "/granted" | "/latest/meta-data/iam/security-credentials/role" => {
                answer(&mut socket, 200, "application/json", KEYS).await?;
            }
            "/latest/api/token" => {
                // How long it is good for is told in a header of its own.
                let kind = "text/plain\r\nx-aws-ec2-metadata-token-ttl-seconds: 21600";
                answer(&mut socket, 200, kind, "token").await?;
            }
            "/latest/meta-data/iam/security-credentials/" => {
                answer(&mut socket, 200, "text/plain", "role").await?;
            }
            // As an emulator refuses what it does not have.
            "lacking" => {
                let body = r#"{"message":"Unsupported service: route53resolver"}"#;
                answer(&mut socket, 400, "application/x-amz-json-1.1", body).await?;
            }
            "" => answer(&mut socket, 404, "text/plain", "there is no role").await?,
            _ => match super::logging::answer(&operation, &region, &body) {
                Ok(page) => {
                    answer(&mut socket, 200, "application/x-amz-json-1.1", &page.to_string()).await?;
                }
                Err(code) => refuse(&mut socket, 400, code).await?,
            },
        }
    }
    Ok(())
}

/// The credentials of a role (`AssumeRole` of the STS API).
const ROLE: &str = "<AssumeRoleResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><AssumeRoleResult>\
     <Credentials><AccessKeyId>ASIAEXAMPLE</AccessKeyId><SecretAccessKey>secret</SecretAccessKey>\
     <SessionToken>token</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials>\
     <AssumedRoleUser><AssumedRoleId>AROA:s</AssumedRoleId><Arn>arn:aws:sts::111122223333:assumed-role/x/s</Arn>\
     </AssumedRoleUser></AssumeRoleResult></AssumeRoleResponse>";

/// What containers and instances are given.
const KEYS: &str = r#"{"Code":"Success","Type":"AWS-HMAC","LastUpdated":"2026-01-01T00:00:00Z","AccessKeyId":"ASIAEXAMPLE",
    "SecretAccessKey":"secret","Token":"token","Expiration":"2099-01-01T00:00:00Z"}"#;

/// One request.
struct Request {
    operation: String,
    /// The host that the client wants.
    to: String,
    /// The Region that it signed for.
    region: String,
    /// For which time, in milliseconds since the epoch.
    signed: Option<i64>,
    body: Value,
}

/// The next request of a connection.
async fn request(socket: &mut TcpStream, buffer: &mut Vec<u8>) -> io::Result<Option<Request>> {
    loop {
        if let Some(end) = buffer.windows(4).position(|bytes| bytes == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&buffer[..end]).into_owned();
            let header = |name: &str| {
                let is_named = |line: &&str| {
                    line.split_once(':').is_some_and(|(header, _)| header.eq_ignore_ascii_case(name))
                };
                let line = head.lines().find(is_named).unwrap_or_default();
                line.split_once(':').map_or("", |(_, value)| value.trim()).to_owned()
            };
            let length: usize = header("content-length").parse().unwrap_or(0);
            let whole = end + 4 + length;
            if buffer.len() >= whole {
                let mut line = head.lines().next().unwrap_or_default().split(' ');
                let (method, uri) = (line.next().unwrap_or_default(), line.next().unwrap_or_default());
                let target = header("x-amz-target");
                let operation = match target.split_once('.') {
                    _ if uri.starts_with("/lacking") => "lacking".to_owned(),
                    Some((_, operation)) => operation.to_owned(),
                    None if method == "CONNECT" => method.to_owned(),
                    None if buffer[end..whole].windows(15).any(|bytes| bytes == b"WithWebIdentity") => {
                        "AssumeRoleWithWebIdentity".to_owned()
                    }
                    None if buffer[end..whole].windows(10).any(|bytes| bytes == b"AssumeRole") => {
                        "AssumeRole".to_owned()
                    }
                    None if uri == "/store" => "GET /store".to_owned(),
                    // Containers and instances are given credentials there, others are not.
                    None if uri == "/granted" || uri.starts_with("/latest/") => uri.to_owned(),
                    None => String::new(),
                };
                // As a client writes it that speaks to a proxy.
                let absolute = uri.split_once("://").map(|(_, rest)| rest.trim_end_matches('/'));
                let to = absolute.map_or_else(|| header("host"), str::to_owned);
                let region = header("authorization").split('/').nth(2).unwrap_or_default().to_owned();
                let signed = Moment::parse(&header("x-amz-date")).map(|signed| signed.0);
                let body = serde_json::from_slice(&buffer[end + 4..whole]).unwrap_or_default();
                buffer.drain(..whole);
                return Ok(Some(Request { operation, to, region, signed, body }));
            }
        }
        if socket.read_buf(buffer).await? == 0 {
            return Ok(None);
        }
    }
}

async fn answer(socket: &mut TcpStream, status: u16, kind: &str, body: &str) -> io::Result<()> {
    let (length, date) = (body.len(), date(now()));
    let head = format!(
        "HTTP/1.1 {status} Whatever\r\ncontent-type: {kind}\r\ncontent-length: {length}\r\ndate: {date}\r\n\
         x-amzn-requestid: r\r\n\r\n"
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
    let identifier =
        [&body["logGroupIdentifier"], &body["logGroupName"]].into_iter().find(|it| it.is_string());
    let identifier = identifier.expect("the one or the other is required");
    fake.world().read.extend(identifier.as_str().map(str::to_owned));
    let name = name_of(identifier);
    if name.ends_with("/no-history") {
        return refuse(socket, 400, "AccessDeniedException").await;
    }
    if name.ends_with("/no-key") {
        return refuse_as(
            socket,
            "AccessDeniedException",
            "not authorized to perform: kms:Decrypt on this key",
        )
        .await;
    }
    let is_unmasked = body["unmask"] == true;
    if name.ends_with("/no-unmask") && is_unmasked {
        let why = "User: arn:aws:iam::111122223333:user/x is not authorized to perform: logs:Unmask on this resource";
        return refuse_as(socket, "AccessDeniedException", why).await;
    }
    let page = {
        let mut world = fake.world();
        let group = world.group(&name);
        let range = body["startTime"].as_i64().unwrap_or(0)..=body["endTime"].as_i64().unwrap_or(i64::MAX);
        let mut found: Vec<&Stored> =
            group.records.iter().filter(|record| range.contains(&record.at)).collect();
        found.sort_by_key(|record| (record.at, record.ingested));
        // Every page is followed by one that is empty, as the real ones may be.
        let size = if found.len() > 1000 { LARGE_PAGE } else { PAGE };
        let at: usize = body["nextToken"].as_str().and_then(|token| token.parse().ok()).unwrap_or(0);
        let (page, is_empty) = (at / 2, at % 2 == 1);
        let events: Vec<Value> = found
            .iter()
            .skip(page * size)
            .take(if is_empty { 0 } else { size })
            .map(|record| {
                json!({"eventId": record.id, "logStreamName": record.stream, "timestamp": record.at,
                       "ingestionTime": record.ingested, "message": shown(&name, &record.message, is_unmasked)})
            })
            .collect();
        let is_last = is_empty && (page + 1) * size >= found.len();
        group.readings += usize::from(is_last);
        let next = (!is_last).then(|| (at + 1).to_string());
        // Three pages that lead to each other.
        let next = if name.ends_with("/round") { Some(((at + 1) % 3).to_string()) } else { next };
        json!({"events": events, "nextToken": next, "searchedLogStreams": []})
    };
    answer(socket, 200, "application/x-amz-json-1.1", &page.to_string()).await
}

async fn refuse_as(socket: &mut TcpStream, code: &str, message: &str) -> io::Result<()> {
    let body = json!({"__type": code, "message": message}).to_string();
    answer(socket, 400, "application/x-amz-json-1.1", &body).await
}

/// A record as the service shows it: with a data protection policy, addresses are masked.
fn shown(name: &str, message: &str, is_unmasked: bool) -> String {
    if is_unmasked || !name.ends_with("masked") && !name.ends_with("/no-unmask") {
        return message.to_owned();
    }
    ["2001:db8::1", "192.0.2.1", "10.0.0.5"]
        .iter()
        .fold(message.to_owned(), |text, address| text.replace(address, &"*".repeat(address.len())))
}

async fn describe(socket: &mut TcpStream, region: &str, body: &Value) -> io::Result<()> {
    const CLASSES: [(&str, &str); 3] = [
        ("/fake/split-rare", "INFREQUENT_ACCESS"),
        ("/fake/rare", "INFREQUENT_ACCESS"),
        ("/fake/delivered", "DELIVERY"),
    ];
    let prefix = body["logGroupNamePrefix"].as_str().unwrap_or_default();
    let names = ["/fake/split", "/fake/split-too", "/fake/split-three", "/fake/unknown"];
    let linked = (body["includeLinkedAccounts"] == true).then_some("/linked/dns");
    let asked = body["logGroupIdentifiers"].as_array();
    let is_asked = |name: &&str| match asked {
        Some(asked) => asked.iter().any(|arn| name_of(arn) == **name),
        None => name.starts_with(prefix),
    };
    let names = names.into_iter().chain(CLASSES.map(|(name, _)| name)).chain(linked);
    let found: Vec<&str> = names.filter(is_asked).collect();
    let at: usize = body["nextToken"].as_str().and_then(|token| token.parse().ok()).unwrap_or(0);
    let page = found.iter().skip(at).take(GROUPS);
    let groups: Vec<Value> = page
        .map(|name| {
            let arn = arn(name).replace("us-east-1", region);
            let arn = if *name == "/linked/dns" { arn.replace("111122223333", "444455556666") } else { arn };
            let class = CLASSES.iter().find(|(classed, _)| classed == name).map_or("STANDARD", |(_, class)| class);
            json!({"logGroupName": name, "arn": format!("{arn}:*"), "logGroupArn": arn, "logGroupClass": class})
        })
        .collect();
    let next = (at + GROUPS < found.len()).then(|| (at + GROUPS).to_string());
    let page = json!({"logGroups": groups, "nextToken": next}).to_string();
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
    /// So many were before it.
    number: usize,
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

    /// Sends an update with records, and remembers that it did.
    async fn deliver(&mut self, fake: &Fake, name: &str, records: &[Stored]) -> io::Result<()> {
        self.deliver_as(fake, name, records, false).await
    }

    async fn deliver_as(
        &mut self,
        fake: &Fake,
        name: &str,
        records: &[Stored],
        sampled: bool,
    ) -> io::Result<()> {
        if !records.is_empty() {
            fake.world()
                .group(name)
                .sent
                .extend(records.iter().map(|record| (self.number, record.message.clone())));
        }
        self.chunk(&update(name, records, sampled)).await
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
                   "message": shown(name, &record.message, false), "timestamp": record.at, "ingestionTime": record.ingested})
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
        if session > 0 && !name.ends_with("/full") {
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
            socket.write_all(&head()).await?;
            return socket.read_u8().await.map(drop);
        }
    }
    socket.write_all(&head()).await?;
    let mut session = Session { socket, split: name.ends_with("/split"), number: session };
    session.chunk(&frame("initial-response", "{}")).await?;
    session.chunk(&frame("sessionStart", r#"{"requestId":"r","sessionId":"s"}"#)).await?;
    if name.ends_with("/unknown") {
        session.chunk(&frame("sessionWeather", r#"{"rain":true}"#)).await?;
    }
    let scenario = name.rsplit('/').next().unwrap_or_default();
    if let Some((rate, seconds)) = scenario.strip_prefix("load.").and_then(|load| load.split_once('x')) {
        let (seconds, names) = seconds.split_once('x').unwrap_or((seconds, "0"));
        let number = |text: &str| text.parse().expect("a number");
        let load = (number(rate), number(seconds), number(names));
        return under_load(session, &name, load).await;
    }
    if scenario == "turning" {
        return turning(session, &name).await;
    }
    if scenario == "quiet" {
        return under_load(session, &name, (0, 0, 0)).await;
    }
    if scenario == "burst" {
        for _ in 0..BURST.0 {
            let records = fake.world().make(&name, BURST.1, 0);
            session.deliver(fake, &name, &records).await?;
        }
        return end(session, fake, &name, ending).await;
    }
    if scenario == "huge" && session.number == 0 {
        // Its length, that of its headers, and as much of it as somebody takes.
        let prelude = [&200_000_000_u32.to_be_bytes()[..], &0_u32.to_be_bytes()].concat();
        let mut sum = flate2::Crc::new();
        sum.update(&prelude);
        session.chunk(&[&prelude[..], &sum.sum().to_be_bytes()].concat()).await?;
        loop {
            session.chunk(&[b' '; 1 << 13]).await?;
        }
    }
    if scenario == "again" {
        let records = fake.world().group(&name).records.clone();
        fake.world().group(&name).done = session.number > 1;
        session.deliver(fake, &name, &records).await?;
        let last = session.number > 2;
        return if last { end(session, fake, &name, Ending::Stays).await } else { session.finish().await };
    }
    let records = fake.world().make(&name, 7, 0);
    // Of the first pair of twins the stream delivers one only: the other is in the store.
    let half = usize::from(ending != Ending::Stays);
    if name.ends_with("/sampled") {
        session.deliver_as(fake, &name, &records[..2], true).await?;
    } else {
        session.deliver(fake, &name, &records[half..]).await?;
    }
    end(session, fake, &name, ending).await
}

/// So many records a second for so many seconds, in a hundred updates a second; then one a second without
/// any.
async fn under_load(
    mut session: Session,
    name: &str,
    (rate, seconds, names): (usize, usize, usize),
) -> io::Result<()> {
    const UPDATES: usize = 100;
    let mut beat = interval(Duration::from_secs(1) / u32::try_from(UPDATES).unwrap_or(1));
    for number in 0..UPDATES * seconds {
        beat.tick().await;
        let at = now();
        let size = rate / UPDATES;
        let records: Vec<Stored> = (number * size..(number + 1) * size)
            .map(|number| Stored {
                id: String::new(),
                stream: "vpc-1_0".to_owned(),
                at,
                ingested: at,
                message: record(number.checked_rem(names).unwrap_or(number), at),
            })
            .collect();
        session.chunk(&update(name, &records, false)).await?;
    }
    let mut beat = interval(Duration::from_secs(1));
    loop {
        beat.tick().await;
        session.chunk(&update(name, &[], false)).await?;
    }
}

/// Five records a second of one endpoint, which has no IPv6 address in the first eight seconds.
async fn turning(mut session: Session, name: &str) -> io::Result<()> {
    let mut beat = interval(Duration::from_millis(200));
    for number in 0.. {
        beat.tick().await;
        let at = now();
        let message = record(0, at).replace("n0.", "turns.");
        let message = if number < 40 {
            message.replace(r#"{"Rdata":"2001:db8::1","Type":"AAAA","Class":"IN"}"#, "")
        } else {
            message
        };
        let stored = Stored { id: String::new(), stream: "vpc-1_0".to_owned(), at, ingested: at, message };
        session.chunk(&update(name, &[stored], false)).await?;
    }
    Ok(())
}

/// The head of an answer that is a stream.
fn head() -> Vec<u8> {
    format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/vnd.amazon.eventstream\r\ndate: {}\r\nx-amzn-requestid: r\r\n\
         transfer-encoding: chunked\r\n\r\n",
        date(now())
    )
    .into_bytes()
}

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
            session.deliver(fake, name, &records).await?;
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
