//! A name server on loopback, over UDP and TCP: what it answers stands in the first label of the name. Its
//! messages are written byte by byte (RFC 1035 section 4), with nothing of what the program reads them with.

use std::io::{Read as _, Write as _};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, UdpSocket};
use std::sync::{Arc, Mutex};
use std::thread;

const A: u16 = 1;
const CNAME: u16 = 5;
const AAAA: u16 = 28;

/// A question as it came.
struct Asked {
    id: [u8; 2],
    /// The question section.
    section: Vec<u8>,
    labels: Vec<String>,
    kind: u16,
    tcp: bool,
}

impl Asked {
    fn read(message: &[u8], tcp: bool) -> Self {
        assert_eq!(message[2..12], [1, 0, 0, 1, 0, 0, 0, 0, 0, 0], "RD and one question, and no more");
        let (mut at, mut labels) = (12, Vec::new());
        while message[at] != 0 {
            let end = at + 1 + usize::from(message[at]);
            labels.push(String::from_utf8_lossy(&message[at + 1..end]).into_owned());
            at = end;
        }
        assert_eq!(
            (message.len(), &message[at + 3..]),
            (at + 5, &[0, 1][..]),
            "class IN, and nothing behind it"
        );
        let kind = u16::from_be_bytes([message[at + 1], message[at + 2]]);
        Self { id: [message[0], message[1]], section: message[12..].to_vec(), labels, kind, tcp }
    }
}

/// An answer, piece by piece.
struct Answer {
    rcode: u8,
    truncated: bool,
    recursion: bool,
    records: Vec<Vec<u8>>,
}

/// The name of the question, by a pointer to it.
const SAME: &[u8] = &[0xc0, 12];

impl Answer {
    fn new(rcode: u8) -> Self {
        Self { rcode, truncated: false, recursion: true, records: Vec::new() }
    }

    fn with(mut self, owner: &[u8], kind: u16, data: &[u8]) -> Self {
        let length = u16::try_from(data.len()).expect("it is short");
        let mut record = owner.to_vec();
        for number in [kind, 1, 0, 60, length] {
            record.extend(number.to_be_bytes());
        }
        record.extend_from_slice(data);
        self.records.push(record);
        self
    }

    /// An address of the question's type; none is added for the other.
    fn address(self, asked: &Asked, owner: &[u8], address: &str) -> Self {
        match address.parse().expect("it is an address") {
            IpAddr::V4(v4) if asked.kind == A => self.with(owner, A, &v4.octets()),
            IpAddr::V6(v6) if asked.kind == AAAA => self.with(owner, AAAA, &v6.octets()),
            _ => self,
        }
    }

    fn bytes(&self, asked: &Asked) -> Vec<u8> {
        let mut message = asked.id.to_vec();
        message.extend([0x81 | u8::from(self.truncated) << 1, u8::from(self.recursion) << 7 | self.rcode]);
        let records = u16::try_from(self.records.len()).expect("they are few");
        for number in [1, records, 0, 0] {
            message.extend(number.to_be_bytes());
        }
        message.extend_from_slice(&asked.section);
        message.extend(self.records.concat());
        message
    }
}

fn wire(labels: &[&[u8]]) -> Vec<u8> {
    let mut name = Vec::new();
    for label in labels {
        name.push(u8::try_from(label.len()).expect("a label is short"));
        name.extend_from_slice(label);
    }
    name.push(0);
    name
}

/// What the scenario of a name answers; nothing where it stays silent.
fn answer(asked: &Asked, prefix: Option<Ipv6Addr>) -> Option<Vec<u8>> {
    let both = |v6: &str, v4: &str| {
        let answer = if v6.is_empty() { Answer::new(0) } else { Answer::new(0).address(asked, SAME, v6) };
        if v4.is_empty() { answer } else { answer.address(asked, SAME, v4) }
    };
    let target = wire(&[b"target", b"example"]);
    let built = match asked.labels[0].as_str() {
        "ipv4only" => match prefix {
            Some(prefix) => {
                both(&Ipv6Addr::from(u128::from(prefix) | 0xc000_00aa).to_string(), "192.0.0.170")
            }
            None => both("", "192.0.0.170"),
        },
        "native" => both("2001:db8::1", "192.0.2.1"),
        "dns64" => both("64:ff9b::c000:202", "192.0.2.2"),
        "own64" => both("2001:db8:64::c000:202", "192.0.2.2"),
        "v4" => both("", "192.0.2.3"),
        "nothing" => both("", ""),
        "local" => both("::1", "127.0.0.1"),
        "cname" => Answer::new(0).with(SAME, CNAME, &target).address(asked, &target, "192.0.2.4"),
        "nxaaaa" if asked.kind == AAAA => Answer::new(3),
        "nxaaaa" => both("", "192.0.2.6"),
        "servfail" if asked.kind == AAAA => Answer::new(2),
        "servfail" => both("", "192.0.2.5"),
        "notimp" => Answer::new(4),
        // A header and nothing else.
        "refused" => {
            let mut message = Answer::new(5).bytes(asked);
            message[5] = 0;
            message.truncate(12);
            return Some(message);
        }
        "truncated" | "huge" | "cut" if !asked.tcp => Answer { truncated: true, ..Answer::new(0) },
        "truncated" => both("2001:db8::2", "192.0.2.7"),
        "huge" => (0..2000_u32).fold(Answer::new(0), |answer, number| {
            let (v6, v4) = (0x2001_0db8_u128 << 96 | u128::from(number), 0xc000_0000 | number);
            let answer = answer.address(asked, SAME, &Ipv6Addr::from(v6).to_string());
            answer.address(asked, SAME, &Ipv4Addr::from(v4).to_string())
        }),
        "silent" => return None,
        "garbage" => return Some(b"\x1b[31mno DNS".to_vec()),
        "stranger" => {
            let mut message = both("2001:db8::3", "192.0.2.8").bytes(asked);
            // Another first letter.
            message[13] ^= 1;
            return Some(message);
        }
        "id" => {
            let mut message = both("2001:db8::3", "192.0.2.8").bytes(asked);
            message[0] ^= 1;
            return Some(message);
        }
        // Nobody asked for that name.
        "beside" => {
            Answer::new(0).address(asked, &target, "2001:db8::4").address(asked, &target, "192.0.2.9")
        }
        "loop" => Answer::new(0).with(SAME, CNAME, SAME),
        "escape" => Answer::new(0).with(SAME, CNAME, &wire(&[b"a\x1b[31m", b"\xff\xe2\x80\xae"])),
        "authority" => Answer { recursion: false, ..Answer::new(0) },
        // Names of AWS's: one whose dual-stack name is there, one without, one that DNS64 stands for, one
        // that fails.
        "ssm" | "ec2" | "logs" | "sts" if asked.labels[2] == "amazonaws" => both("", "192.0.2.10"),
        "ssm" => both("2001:db8::5", "192.0.2.10"),
        "sts" => both("64:ff9b::c000:20a", "192.0.2.10"),
        "logs" => Answer::new(2),
        // `nx`, and all names that stand for nothing.
        _ => Answer::new(3),
    };
    Some(built.bytes(asked))
}

/// The server, for as long as the process lives.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Server {
    /// A server; with a prefix, one whose answer for `ipv4only.arpa` reveals it.
    pub(crate) fn new(prefix: Option<&str>) -> Self {
        let prefix = prefix.map(|text| text.parse().expect("it is an address"));
        // The same port for both.
        let (udp, tcp) = loop {
            let udp = UdpSocket::bind("127.0.0.1:0").expect("a port is free");
            if let Ok(tcp) = TcpListener::bind(udp.local_addr().expect("it is bound")) {
                break (udp, tcp);
            }
        };
        let address = udp.local_addr().expect("it is bound");
        let asked = Arc::new(Mutex::new(Vec::new()));
        let note = |asked: &Mutex<Vec<String>>, question: &Asked| {
            let kind = if question.kind == A { "A" } else { "AAAA" };
            let tcp = if question.tcp { " TCP" } else { "" };
            asked.lock().expect("nobody panicked").push(format!("{} {kind}{tcp}", question.labels.join(".")));
        };
        let known = Arc::clone(&asked);
        thread::spawn(move || {
            let mut buffer = [0; 512];
            while let Ok((length, from)) = udp.recv_from(&mut buffer) {
                let question = Asked::read(&buffer[..length], false);
                note(&known, &question);
                if let Some(message) = answer(&question, prefix) {
                    udp.send_to(&message, from).expect("it can be sent");
                }
            }
        });
        let known = Arc::clone(&asked);
        thread::spawn(move || {
            for stream in tcp.incoming() {
                let mut stream = stream.expect("it connects");
                let mut length = [0; 2];
                stream.read_exact(&mut length).expect("a length comes");
                let mut message = vec![0; usize::from(u16::from_be_bytes(length))];
                stream.read_exact(&mut message).expect("a question comes");
                let question = Asked::read(&message, true);
                note(&known, &question);
                let cut = question.labels[0] == "cut";
                let message =
                    if cut { vec![0; 3] } else { answer(&question, prefix).expect("over TCP it answers") };
                let length = if cut { 100 } else { u16::try_from(message.len()).expect("it fits") };
                stream.write_all(&length.to_be_bytes()).expect("it takes a length");
                stream.write_all(&message).expect("it takes an answer");
            }
        });
        Self { address, asked }
    }

    /// What was asked, in order.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().expect("nobody panicked").clone()
    }
}
