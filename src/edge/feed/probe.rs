//! Asks a resolver, and tries connections: one after the other, each with its time, and never more than asked
//! for.
//!
//! Messages are made and read by hickory's protocol crate; they are sent from here and not by its resolver,
//! which has a cache, follows CNAMEs with questions of its own and turns NODATA, NXDOMAIN and SERVFAIL into
//! errors that look much the same. Here it matters what exactly came back. Threads that wait are enough for
//! that.

use std::fs::File;
use std::io::{self, Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream, ToSocketAddrs, UdpSocket};
use std::time::{Duration, Instant};

use crate::advice::probe::{NoAnswer, QuestionOutcome, Reply};
use crate::base::saturating::SaturatingInto as _;
use crate::log::observation::Question;

mod connect;
pub mod message;

pub use connect::connect;
pub use message::canonical;

use message::DnsQuestion;

/// How often each server is asked one question.
pub const TRIES: u32 = 2;
/// Datagrams that are looked at in one try: whoever sends more than that is not the server.
const MOST_DATAGRAMS: u32 = 64;
/// As many servers as libc asks (`MAXNS`, resolv.conf(5)).
const MOST_SERVERS: usize = 3;
/// The port of DNS.
const PORT: u16 = 53;
/// Where the system says whom it asks.
const RESOLV_CONF: &str = "/etc/resolv.conf";
/// How much of that is read, in bytes.
const LONGEST_FILE: u64 = 64 << 10;

/// Asks questions of one resolver, or of the first of several that answers.
#[derive(Debug)]
pub struct Resolver {
    servers: Vec<SocketAddr>,
    timeout: Duration,
    /// The server that answered last.
    first: usize,
    /// Messages that were sent.
    pub questions: u64,
}

impl Resolver {
    /// The resolver of `/etc/resolv.conf`, with the first three servers in it.
    ///
    /// # Errors
    /// If the file cannot be read, or names no server.
    pub fn system(timeout: Duration) -> io::Result<Self> {
        let mut text = String::new();
        let read = File::open(RESOLV_CONF).and_then(|file| file.take(LONGEST_FILE).read_to_string(&mut text));
        read.map_err(|error| io::Error::new(error.kind(), format!("{RESOLV_CONF}: {error}")))?;
        let servers = servers(&text);
        if servers.is_empty() {
            return Err(io::Error::other(format!("{RESOLV_CONF} names no server")));
        }
        Ok(Self { servers, timeout, first: 0, questions: 0 })
    }

    /// One server.
    #[must_use]
    pub fn at(server: SocketAddr, timeout: Duration) -> Self {
        Self { servers: vec![server], timeout, first: 0, questions: 0 }
    }

    /// The servers, in the order in which they are asked.
    pub fn servers(&self) -> impl Iterator<Item = String> + '_ {
        self.servers.iter().map(shown)
    }

    /// Asks for `name`, as it is and with no search domain appended. Servers that do not answer are passed
    /// over, as libc does it; what the first one says counts, whatever it is.
    ///
    /// # Errors
    /// If `name` is none of DNS.
    pub fn ask(&mut self, name: &str, question: Question) -> Result<QuestionOutcome, String> {
        let asked = DnsQuestion::new(name, question)?;
        let mut failed = (self.first, NoAnswer::TimedOut);
        for _ in 0..TRIES {
            for at in 0..self.servers.len() {
                let at = (self.first + at) % self.servers.len();
                let (server, start) = (self.servers[at], Instant::now());
                let deadline = start + self.timeout;
                self.questions += 1;
                let mut tcp = false;
                let mut came = udp(server, &asked, deadline);
                if matches!(came, Ok(FittingAnswer { truncated: true, .. })) {
                    tcp = true;
                    self.questions += 1;
                    came = by_tcp(server, &asked, Instant::now() + self.timeout);
                }
                match came {
                    Ok(got) => {
                        self.first = at;
                        let milliseconds = millis(start);
                        return Ok(QuestionOutcome {
                            server: shown(&server),
                            tcp,
                            milliseconds,
                            reply: Ok(got.reply),
                        });
                    }
                    // That something odd came says more than that nothing did.
                    Err(NoAnswer::TimedOut) if matches!(failed.1, NoAnswer::Malformed(_)) => {}
                    Err(silence) => failed = (at, silence),
                }
            }
        }
        let server = shown(&self.servers[failed.0]);
        Ok(QuestionOutcome { server, tcp: false, milliseconds: 0, reply: Err(failed.1) })
    }
}

/// An answer that fits the question.
#[derive(Debug)]
pub struct FittingAnswer {
    /// What it says.
    pub reply: Reply,
    /// TC: it did not fit into a datagram.
    pub truncated: bool,
}

fn millis(start: Instant) -> u64 {
    start.elapsed().as_millis().saturating_into()
}

/// A server without the port that all have.
fn shown(server: &SocketAddr) -> String {
    if server.port() == PORT { server.ip().to_string() } else { server.to_string() }
}

/// The servers that a `resolv.conf` names.
fn servers(text: &str) -> Vec<SocketAddr> {
    let named = text.lines().filter_map(|line| {
        let mut words = line.split_whitespace();
        if words.next() != Some("nameserver") {
            return None;
        }
        server(words.next()?)
    });
    named.take(MOST_SERVERS).collect()
}

/// Reads `ADDRESS`, `ADDRESS:PORT`, `[ADDRESS]:PORT`, the address with its interface after a `%` where it
/// needs one.
#[must_use]
pub fn server(text: &str) -> Option<SocketAddr> {
    let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
    if let Ok(address) = bare.parse::<IpAddr>() {
        return Some(SocketAddr::new(address, PORT));
    }
    if let Ok(server) = text.parse::<SocketAddr>() {
        return Some(server);
    }
    // What comes before the `%` is an address, so that nobody is asked for a name here.
    let (address, _) = bare.split_once('%')?;
    address.parse::<Ipv6Addr>().ok()?;
    (bare, PORT).to_socket_addrs().ok()?.next()
}

/// The time left until `deadline`; an error if there is none.
fn left(deadline: Instant) -> Result<Duration, NoAnswer> {
    let left = deadline.saturating_duration_since(Instant::now());
    if left.is_zero() { Err(NoAnswer::TimedOut) } else { Ok(left) }
}

fn silence(error: &io::Error) -> NoAnswer {
    match error.kind() {
        io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => NoAnswer::TimedOut,
        _ => NoAnswer::Unreachable(error.to_string()),
    }
}

/// Any address of this machine of the kind of `address`, and any port.
fn any(address: IpAddr) -> SocketAddr {
    let any: IpAddr =
        if address.is_ipv4() { Ipv4Addr::UNSPECIFIED.into() } else { Ipv6Addr::UNSPECIFIED.into() };
    SocketAddr::new(any, 0)
}

/// Asks in a datagram. What does not answer the question is passed over, as it may come from anybody; that it
/// came is told if nothing better does.
fn udp(server: SocketAddr, asked: &DnsQuestion, deadline: Instant) -> Result<FittingAnswer, NoAnswer> {
    let exchange = || -> io::Result<UdpSocket> {
        let socket = UdpSocket::bind(any(server.ip()))?;
        // Connected: datagrams of others do not arrive, and an ICMP error does.
        socket.connect(server)?;
        socket.send(&asked.bytes)?;
        Ok(socket)
    };
    let socket = exchange().map_err(|error| silence(&error))?;
    let mut buffer = vec![0; usize::from(u16::MAX)];
    let mut odd = None;
    for _ in 0..MOST_DATAGRAMS {
        let left = match left(deadline) {
            Ok(left) => left,
            Err(silence) => return Err(odd.map_or(silence, NoAnswer::Malformed)),
        };
        let received = socket.set_read_timeout(Some(left)).and_then(|()| socket.recv(&mut buffer));
        match received {
            Ok(length) => match asked.read(&buffer[..length]) {
                Ok(got) => return Ok(got),
                Err(what) => odd = Some(what),
            },
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => {
                let silence = silence(&error);
                let timed_out = silence == NoAnswer::TimedOut;
                return Err(odd.filter(|_| timed_out).map_or(silence, NoAnswer::Malformed));
            }
        }
    }
    Err(odd.map_or(NoAnswer::TimedOut, NoAnswer::Malformed))
}

/// Asks over TCP (RFC 7766): the length in two bytes, then the message.
fn by_tcp(server: SocketAddr, asked: &DnsQuestion, deadline: Instant) -> Result<FittingAnswer, NoAnswer> {
    let mut stream = TcpStream::connect_timeout(&server, left(deadline)?).map_err(|error| silence(&error))?;
    let mut framed = u16::try_from(asked.bytes.len()).unwrap_or_default().to_be_bytes().to_vec();
    framed.extend_from_slice(&asked.bytes);
    let left_now = left(deadline)?;
    stream
        .set_write_timeout(Some(left_now))
        .and_then(|()| stream.write_all(&framed))
        .map_err(|error| silence(&error))?;
    let mut length = [0; 2];
    fill(&mut stream, &mut length, deadline)?;
    let mut message = vec![0; usize::from(u16::from_be_bytes(length))];
    fill(&mut stream, &mut message, deadline)?;
    asked.read(&message).map_err(NoAnswer::Malformed)
}

/// Reads until `buffer` is full, however slowly it comes, but not beyond `deadline`.
fn fill(stream: &mut TcpStream, buffer: &mut [u8], deadline: Instant) -> Result<(), NoAnswer> {
    let mut at = 0;
    while at < buffer.len() {
        let left = left(deadline)?;
        match stream.set_read_timeout(Some(left)).and_then(|()| stream.read(&mut buffer[at..])) {
            Ok(0) => return Err(NoAnswer::Malformed("the connection ended within the answer")),
            Ok(read) => at += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(silence(&error)),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_an_address_with_or_without_a_port() {
        for (text, expected) in [
            ("169.254.169.253", Some("169.254.169.253:53")),
            ("127.0.0.1:5353", Some("127.0.0.1:5353")),
            ("fd00:ec2::253", Some("[fd00:ec2::253]:53")),
            ("[fd00:ec2::253]", Some("[fd00:ec2::253]:53")),
            ("[::1]:5353", Some("[::1]:5353")),
            ("resolver.example", None),
            ("resolver.example%lo", None),
            ("", None),
        ] {
            assert_eq!(server(text).map(|server| server.to_string()).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn the_first_three_servers_of_the_file_count() {
        let text = "# nameserver 192.0.2.9\nsearch example\nnameserver 192.0.2.1 # ours\n nameserver\t2001:db8::1\n\
                    nameserver none\nnameserver\nnameserver 192.0.2.2\nnameserver 192.0.2.3\noptions ndots:5\n";
        let found: Vec<String> = servers(text).iter().map(shown).collect();
        assert_eq!(found, ["192.0.2.1", "2001:db8::1", "192.0.2.2"]);
        assert!(servers("").is_empty());
    }
}
