//! One lookup of a host becomes one to four records, in the form that the resolver writes: one line, keys in
//! order.

use jiff::Timestamp;

use super::Options;
use super::names::{Fate, Name};
use super::random::Random;
use super::world::{Life, Slot, World};

/// How far a record may stand from its place in time, in seconds.
const LATE: i64 = 600;
const JITTER: i64 = 30;

macro_rules! firewall {
    ($action:literal) => {
        concat!(
            r#","firewall_rule_action":""#,
            $action,
            r#"","firewall_rule_group_id":"rslvr-frg-0f3a1c5e7b9d24680","#,
            r#""firewall_domain_list_id":"rslvr-fdl-08642d9b7e5c1a3f0""#
        )
    };
}

const BLOCK: &str = firewall!("BLOCK");
const ALERT: &str = firewall!("ALERT");

pub(crate) struct Writer<'a> {
    options: &'a Options,
    world: &'a World,
    /// Every second of the log as text, twenty bytes each.
    seconds: Vec<u8>,
    lines: Vec<u8>,
}

/// What is asked.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Type {
    A,
    Aaaa,
    Https,
    Ptr,
    Srv,
}

/// What comes back.
struct Reply<'a> {
    rcode: &'static str,
    chain: &'a str,
    addresses: &'a str,
    firewall: &'static str,
}

impl Reply<'_> {
    fn bare(rcode: &'static str) -> Self {
        Self { rcode, chain: "", addresses: "", firewall: "" }
    }
}

impl<'a> Writer<'a> {
    pub(crate) fn new(options: &'a Options, world: &'a World) -> Self {
        let first = options.start - LATE - JITTER;
        let seconds = (first..=options.start + options.span() + JITTER)
            .flat_map(|second| Timestamp::from_second(second).unwrap_or_default().to_string().into_bytes())
            .collect();
        Self { options, world, seconds, lines: Vec::with_capacity(8192) }
    }

    /// The records of one lookup, at most `limit`, around `second`: their lines, and how many.
    pub(crate) fn lookup(
        &mut self,
        pair: usize,
        second: i64,
        limit: usize,
        random: &mut Random,
    ) -> (&[u8], usize) {
        self.lines.clear();
        let world = self.world;
        let slot = &world.slots[world.owners[pair] as usize];
        let name = &world.names.all[world.pairs[pair] as usize];
        let mut at = second - JITTER + i64::try_from(random.below(60)).unwrap_or_default();
        if random.per_mille(10) {
            at -= i64::try_from(random.below(600)).unwrap_or_default();
        }
        let at = at.clamp(self.options.start - LATE, self.options.start + self.options.span());
        let asker = Asker::new(slot, at, random);
        let mut count = 0;
        for kind in self.types(slot, random) {
            if count == limit {
                break;
            }
            let begin = self.lines.len();
            self.record(&asker, name, kind, random);
            count += 1;
            // The resolver sometimes writes a record twice.
            if count < limit && random.per_mille(4) {
                self.lines.extend_from_within(begin..);
                count += 1;
            }
        }
        (&self.lines, count)
    }

    fn types(&self, slot: &Slot, random: &mut Random) -> impl Iterator<Item = Type> + use<> {
        let addresses = match random.below(100) {
            _ if self.options.only_aaaa => [Some(Type::Aaaa), None],
            _ if slot.ipv4_only => [Some(Type::A), None],
            0..12 => [Some(Type::A), None],
            12..22 => [Some(Type::Aaaa), None],
            22..60 => [Some(Type::A), Some(Type::Aaaa)],
            _ => [Some(Type::Aaaa), Some(Type::A)],
        };
        let extra = match random.below(100) {
            _ if self.options.only_aaaa => None,
            0..2 => Some(Type::Https),
            2..4 => Some(Type::Ptr),
            4..6 => Some(Type::Srv),
            _ => None,
        };
        addresses.into_iter().flatten().chain(extra)
    }

    fn record(&mut self, asker: &Asker<'_>, name: &Name, kind: Type, random: &mut Random) {
        let middle = self.options.start + self.options.span() / 2;
        let reply = reply(asker, name, kind, middle, random);
        let out = &mut self.lines;
        let mut put = |text: &str| out.extend_from_slice(text.as_bytes());
        put(&self.world.vpcs[asker.slot.vpc].head);
        let place = usize::try_from(asker.at - (self.options.start - LATE - JITTER)).unwrap_or_default() * 20;
        out.extend_from_slice(&self.seconds[place..place + 20]);
        let mut put = |text: &str| out.extend_from_slice(text.as_bytes());
        put(r#"","query_name":""#);
        match kind {
            Type::Ptr => {
                let octets = random.next().to_be_bytes();
                put(&format!("{}.{}.{}.10.in-addr.arpa.", octets[0], octets[1], octets[2]));
            }
            Type::Srv => {
                put("_https._tcp.");
                put(&name.text);
            }
            // Some clients keep the case that a person typed.
            _ if random.per_mille(1) => put(&name.text.to_ascii_uppercase()),
            _ => put(&name.text),
        }
        put(r#"","query_type":""#);
        put(kind.mnemonic());
        put(r#"","query_class":"IN","rcode":""#);
        put(reply.rcode);
        put(r#"","answers":["#);
        put(reply.chain);
        put(reply.addresses);
        if out.last() == Some(&b',') {
            out.pop();
        }
        let mut put = |text: &str| out.extend_from_slice(text.as_bytes());
        put(r#"],"srcaddr":""#);
        put(asker.address);
        put(r#"","srcport":""#);
        let port = if asker.slot.one_port { asker.port } else { 1024 + random.below(64_512) };
        put(&port.to_string());
        put(if port % 200 == 0 {
            r#"","transport":"TCP","srcids":"#
        } else {
            r#"","transport":"UDP","srcids":"#
        });
        put(asker.ids);
        put(reply.firewall);
        put("}\n");
    }
}

impl Type {
    fn mnemonic(self) -> &'static str {
        match self {
            Self::A => "A",
            Self::Aaaa => "AAAA",
            Self::Https => "HTTPS",
            Self::Ptr => "PTR",
            Self::Srv => "SRV",
        }
    }
}

/// Who asks, and when.
struct Asker<'a> {
    slot: &'a Slot,
    at: i64,
    address: &'a str,
    ids: &'a str,
    port: usize,
}

impl<'a> Asker<'a> {
    fn new(slot: &'a Slot, at: i64, random: &mut Random) -> Self {
        let life: &Life = slot.life(at);
        let ids = if at < life.unnamed_until { "{}" } else { &life.ids };
        Self {
            slot,
            at,
            address: random.pick::<String>(&life.addresses),
            ids,
            port: 1024 + random.below(64_512),
        }
    }
}

/// The answer of this second; `middle` is when some names get their first AAAA.
fn reply<'a>(asker: &Asker<'_>, name: &'a Name, kind: Type, middle: i64, random: &mut Random) -> Reply<'a> {
    // Any name may fail for a moment.
    if random.per_mille(1) {
        return Reply::bare("SERVFAIL");
    }
    match kind {
        Type::Srv => return Reply::bare("NXDOMAIN"),
        Type::Ptr if random.per_mille(500) => return Reply::bare("NXDOMAIN"),
        Type::Ptr => {
            let host = r#"{"Rdata":"ip-10-0-0-7.ec2.internal.","Type":"PTR","Class":"IN"},"#;
            return Reply { addresses: host, ..Reply::bare("NOERROR") };
        }
        Type::Https => return Reply { chain: &name.chain, ..Reply::bare("NOERROR") },
        Type::A | Type::Aaaa => {}
    }
    let turn = random.below(8);
    let empty = Reply { chain: &name.chain, ..Reply::bare("NOERROR") };
    let ipv4 = || Reply { addresses: name.ipv4.turned(turn), chain: &name.chain, ..Reply::bare("NOERROR") };
    let ipv6 = || Reply { addresses: name.ipv6.turned(turn), ..ipv4() };
    let dns64 = asker.slot.dns64.is_some_and(|since| since.0 <= asker.at);
    let translated = || Reply { addresses: if dns64 { name.synthesized.turned(turn) } else { "" }, ..ipv4() };
    let aaaa = kind == Type::Aaaa;
    match name.fate {
        Fate::Nxdomain => Reply::bare("NXDOMAIN"),
        Fate::Servfail => Reply::bare("SERVFAIL"),
        Fate::Refused => Reply::bare("REFUSED"),
        Fate::Other => Reply::bare("FORMERR"),
        Fate::NoAddress => empty,
        // One list makes names vanish, another answers with nothing, a third sends them to a sinkhole.
        Fate::Listed if asker.slot.firewall => match name.text.len() % 3 {
            0 => Reply { firewall: BLOCK, ..Reply::bare("NXDOMAIN") },
            1 => Reply { firewall: BLOCK, ..Reply::bare("NOERROR") },
            _ => {
                let sinkhole = r#"{"Rdata":"sinkhole.example.com.","Type":"CNAME","Class":"IN"},"#;
                Reply { firewall: BLOCK, chain: sinkhole, ..Reply::bare("NOERROR") }
            }
        },
        Fate::Ipv6Only if !aaaa => empty,
        Fate::Alerted if aaaa => Reply { firewall: ALERT, ..translated() },
        Fate::Alerted => Reply { firewall: ALERT, ..ipv4() },
        Fate::Gains if aaaa && asker.at >= middle => ipv6(),
        Fate::Native | Fate::Mixed | Fate::Ipv6Only | Fate::Unusable if aaaa => ipv6(),
        Fate::Ipv4Only | Fate::Gains | Fate::Listed if aaaa => translated(),
        _ => ipv4(),
    }
}
