//! A generated fleet: VPCs, the hosts in them, and which names each host depends on.

use super::Options;
use super::names::{Names, REGIONS};
use super::random::Random;

/// The seconds after an instance's start during which its records carry no instance id.
const UNNAMED: i64 = 110;

#[derive(Debug)]
pub(crate) struct Vpc {
    pub(crate) id: String,
    pub(crate) account: String,
    region: usize,
    /// What every record of this VPC begins with, up to the time.
    pub(crate) head: String,
    firewall: bool,
}

/// When synthesized answers began.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Since(pub(crate) i64);

/// A place in the fleet with a role: it keeps its names while the instances that fill it come and go.
#[derive(Debug)]
pub(crate) struct Slot {
    pub(crate) vpc: usize,
    pub(crate) lives: Vec<Life>,
    pub(crate) dns64: Option<Since>,
    pub(crate) firewall: bool,
    /// Never asks for AAAA.
    pub(crate) ipv4_only: bool,
    /// A and AAAA of one lookup leave from the same port.
    pub(crate) one_port: bool,
    pub(crate) first_pair: usize,
    pub(crate) pairs: usize,
}

/// One origin that fills a slot from some second on.
#[derive(Debug)]
pub(crate) struct Life {
    pub(crate) from: i64,
    /// Until then the records name no instance.
    pub(crate) unnamed_until: i64,
    pub(crate) addresses: Vec<String>,
    /// The JSON value of `srcids`.
    pub(crate) ids: String,
}

impl Slot {
    pub(crate) fn life(&self, at: i64) -> &Life {
        self.lives.iter().rev().find(|life| life.from <= at).unwrap_or(&self.lives[0])
    }
}

#[derive(Debug)]
pub(crate) struct World {
    pub(crate) vpcs: Vec<Vpc>,
    pub(crate) slots: Vec<Slot>,
    pub(crate) names: Names,
    /// Name by pair; a slot's pairs stand side by side, its favorites first.
    pub(crate) pairs: Vec<u32>,
    /// Slot by pair.
    pub(crate) owners: Vec<u32>,
}

impl World {
    pub(crate) fn new(options: &Options, random: &mut Random) -> Self {
        let names = Names::new(options.names, random);
        let vpcs: Vec<Vpc> = (0..options.vpcs).map(|index| vpc(index, random)).collect();
        let mut hosts = vec![0_usize; vpcs.len()];
        let mut slots: Vec<Slot> =
            (0..options.instances).map(|index| slot(index, &vpcs, &mut hosts, options, random)).collect();
        let (mut pairs, mut owners) = (Vec::new(), Vec::new());
        let mut taken = vec![usize::MAX; names.all.len()];
        let mut left = options.pairs;
        for (index, slot) in slots.iter_mut().enumerate() {
            let even = left / (options.instances - index);
            // Some roles talk to half as many names, some to half as many again; the sum stays as asked.
            let wanted = match options.instances - index {
                1 => even,
                _ => even / 2 + random.below(even + 1),
            };
            slot.first_pair = pairs.len();
            let region = vpcs[slot.vpc].region;
            for _ in 0..wanted.saturating_mul(200) {
                if pairs.len() - slot.first_pair == wanted {
                    break;
                }
                let name = names.draw(region, random);
                if taken[name] != index {
                    taken[name] = index;
                    pairs.push(u32::try_from(name).unwrap_or_default());
                    owners.push(u32::try_from(index).unwrap_or_default());
                }
            }
            slot.pairs = pairs.len() - slot.first_pair;
            left -= slot.pairs;
        }
        Self { vpcs, slots, names, pairs, owners }
    }
}

fn vpc(index: usize, random: &mut Random) -> Vpc {
    let accounts = ["012345678910", "111122223333", "444455556666", "777788889999"];
    let account = accounts[index % accounts.len()].to_owned();
    let region = index % REGIONS.len();
    let id = format!("vpc-0{}", random.hex(16));
    let head = format!(
        r#"{{"version":"1.100000","account_id":"{account}","region":"{}","vpc_id":"{id}","query_timestamp":""#,
        REGIONS[region]
    );
    Vpc { id, account, region, head, firewall: index.is_multiple_of(3) }
}

fn slot(index: usize, vpcs: &[Vpc], hosts: &mut [usize], options: &Options, random: &mut Random) -> Slot {
    let vpc = if index < vpcs.len() {
        index
    } else if random.per_mille(500) {
        random.skewed(vpcs.len())
    } else {
        random.below(vpcs.len())
    };
    let (start, span) = (options.start, options.span());
    let mut address = || {
        hosts[vpc] += 1;
        ipv4_of(vpc, hosts[vpc])
    };
    let begin = start - 3600;
    let life = |from, unnamed_until, addresses, ids| Life { from, unnamed_until, addresses, ids };
    let instance = |random: &mut Random| format!(r#"{{"instance":"i-0{}"}}"#, random.hex(16));
    let later = start + span / 4 + i64::try_from(random.below(1000)).unwrap_or_default() * span / 2000;
    // One kind in a thousand each; the rest are ordinary instances.
    let lives = match random.below(1000) {
        // Managed services: an address and nothing else.
        0..15 => vec![life(begin, i64::MAX, vec![address()], "{}".to_owned())],
        // Inbound endpoints: many askers behind one id.
        15..25 => {
            let askers =
                (0..6).map(|_| format!("192.168.{}.{}", random.below(256), 1 + random.below(254))).collect();
            let ids = format!(
                r#"{{"resolver_endpoint":"rslvr-in-{}","resolver_network_interface":"rni-{}"}}"#,
                random.hex(17),
                random.hex(17)
            );
            vec![life(begin, begin, askers, ids)]
        }
        25..28 => {
            let ids = format!(r#"{{"resolver_network_interface":"rni-{}"}}"#, random.hex(17));
            vec![life(begin, begin, vec![address()], ids)]
        }
        28..33 => {
            let ids = format!(
                r#"{{"instance":"i-0{}","resolver_endpoint":"rslvr-out-{}"}}"#,
                random.hex(16),
                random.hex(17)
            );
            vec![life(begin, begin, vec![address()], ids)]
        }
        33..43 => {
            let source = format!("2600:1f18:{:x}:{:x}::{:x}", 0x4000 + vpc, index % 7 + 1, index + 1);
            vec![life(begin, begin, vec![source], instance(random))]
        }
        roll => {
            let first = address();
            let mut lives = vec![life(begin, begin, vec![first.clone()], instance(random))];
            let churn = options.churn * 10;
            if (43..43 + churn).contains(&roll) {
                // Replaced by another instance: one in eight takes over the address, the others get their
                // own.
                let next = if random.below(8) == 0 { first } else { address() };
                lives.push(life(later, later + UNNAMED, vec![next], instance(random)));
            } else if roll >= 900 {
                // Just started when the log begins.
                lives[0].unnamed_until = start + UNNAMED;
            }
            lives
        }
    };
    let dns64 = match random.below(100) {
        0..40 => Some(Since(i64::MIN)),
        40..52 => Some(Since(later)),
        _ => None,
    };
    Slot {
        vpc,
        lives,
        dns64,
        firewall: vpcs[vpc].firewall,
        ipv4_only: random.per_mille(50),
        one_port: random.per_mille(500),
        first_pair: 0,
        pairs: 0,
    }
}

/// Private ranges overlap between VPCs, as they do in life.
fn ipv4_of(vpc: usize, host: usize) -> String {
    let host = host + 3;
    format!("10.{}.{}.{}", vpc % 3 * 16 + (host >> 16), (host >> 8) & 255, host & 255)
}
