//! What a frame of each screen costs on a large fleet: `cargo bench --bench console`.
//!
//! 1,000 origins that ask for 300 of 6,000 names each, A and AAAA: 300,000 pairs; then 20,000 origins that
//! ask for 3 of 60 each. Times are of the whole: the tick that reads the fleet anew, and then a frame after a
//! key, as the terminal draws it.

use std::time::{Duration, Instant};

use r53tail::console::{Batch, Collector, Effect, InputId, Key, Message, Model, Setup, Source, update};
use r53tail::digest::{Digest, Terms};
use r53tail::log::envelope::Sink;
use r53tail::view::{Theme, draw};
use ratatui::Terminal;
use ratatui::backend::TestBackend;

/// Origins, names each asks for, names there are, records for each pair.
struct Size(u32, u32, u32, u32);

fn batch(size: &Size) -> Batch {
    let Size(origins, each, names, records) = *size;
    let mut digest = Digest::new(&Terms::default(), Collector::new(InputId(0)));
    let mut offset = 0;
    for round in 0..records {
        for origin in 0..origins {
            for number in 0..each {
                let name = (origin * 37 + number * 7) % names;
                let (kind, answers) = match (round % 2, name % 5) {
                    (0, 0) => ("AAAA", String::new()),
                    (0, 1) => {
                        ("AAAA", format!(r#"{{"Rdata":"64:ff9b::a00:{name:x}","Type":"AAAA","Class":"IN"}}"#))
                    }
                    (0, _) => {
                        ("AAAA", format!(r#"{{"Rdata":"2001:db8::{name:x}","Type":"AAAA","Class":"IN"}}"#))
                    }
                    _ => (
                        "A",
                        format!(
                            r#"{{"Rdata":"10.0.{}.{}","Type":"A","Class":"IN"}}"#,
                            name / 256,
                            name % 256
                        ),
                    ),
                };
                let host = if name % 3 == 0 {
                    format!("s{name}.us-west-2.amazonaws.com.")
                } else {
                    format!("n{name}.d{}.example.", name % 400)
                };
                let second = (round * origins + origin) % 3600;
                let line = format!(
                    r#"{{"version":"1.100000","account_id":"123456789012","region":"us-west-2","vpc_id":"vpc-0f3a9c1de58b47620","query_timestamp":"2026-05-12T14:{:02}:{:02}Z","query_name":"{host}","query_type":"{kind}","query_class":"IN","rcode":"NOERROR","answers":[{answers}],"srcaddr":"10.1.{}.{}","srcport":"43379","transport":"UDP","srcids":{{"instance":"i-{origin:017x}"}}}}"#,
                    second / 60,
                    second % 60,
                    origin / 256,
                    origin % 256,
                );
                assert!(digest.canonical(line.as_bytes(), offset).is_some(), "{line}");
                offset += line.len() as u64 + 1;
            }
        }
    }
    Batch::from_digest(digest, None)
}

/// Tells the console, and works out what it asks for. Returns how long the longest of that took.
fn tell(model: &mut Model, message: Message) -> Duration {
    let mut longest = Duration::ZERO;
    for effect in update(model, message) {
        if let Effect::Advise(inquiry) = effect {
            let start = Instant::now();
            let answer = inquiry.answer();
            longest = start.elapsed();
            tell(model, answer);
        }
    }
    longest
}

fn timed(what: &str, work: impl FnOnce()) {
    let start = Instant::now();
    work();
    println!("{what:<44} {:>9.2} ms", start.elapsed().as_secs_f64() * 1e3);
}

fn main() {
    let is_bench = std::env::args().any(|argument| argument == "--bench");
    let sizes = if is_bench {
        [Size(1000, 300, 6000, 8), Size(20_000, 3, 60, 2)]
    } else {
        [Size(10, 10, 40, 2), Size(40, 3, 6, 2)]
    };
    sizes.iter().for_each(frames);
}

/// Goes over all screens of a fleet of a size.
fn frames(size: &Size) {
    let mut model = Model::new(Setup::new(Source::Replay));
    let batch = batch(size);
    tell(&mut model, Message::Input(InputId(0), "bench".to_owned()));
    tell(&mut model, Message::Batch(Box::new(batch)));
    tell(&mut model, Message::Ended);
    let (width, height) = (200, 60);
    tell(&mut model, Message::Resize(width, height));
    let mut now = Duration::from_secs(1);
    timed("tick: the ranking, made anew", || _ = tell(&mut model, Message::Tick(now)));
    println!("{} origins, {} pairs", model.ranking().origins().len(), model.ranking().pair_count());
    let mut terminal = Terminal::new(TestBackend::new(width, height)).expect("a buffer");
    let theme = Theme::dark();
    for (name, keys) in [
        ("fleet", vec![Key::Char('1')]),
        ("fleet, a row down", vec![Key::Down]),
        ("fleet, a column on", vec![Key::Char('l')]),
        ("fleet, to the last", vec![Key::End]),
        ("origin", vec![Key::Char('2')]),
        ("endpoint", vec![Key::Char('3')]),
        ("tail", vec![Key::Char('4')]),
        ("findings", vec![Key::Char('5')]),
        ("findings, narrowed in time", vec![Key::Char('^'), Key::Right, Key::Right, Key::Right]),
        ("findings, all but a minute", vec![Key::Char('$'), Key::Left]),
        ("changes", vec![Key::Char('T')]),
        ("fleet, narrowed in time", vec![Key::Char('1')]),
        ("origin, narrowed in time", vec![Key::Char('2')]),
        ("groups, narrowed in time", vec![Key::Char('7')]),
        ("shares, narrowed in time", vec![Key::Char('8')]),
        ("shares", vec![Key::Char('$')]),
        ("groups", vec![Key::Char('7')]),
        ("groups by VPC", vec![Key::Char('l')]),
        ("a group, opened", vec![Key::Enter]),
        ("a group, closed", vec![Key::Esc]),
    ] {
        for key in keys {
            tell(&mut model, Message::Key(key));
        }
        for (which, tick) in [("after the key", true), ("again", false)] {
            if tick {
                let start = Instant::now();
                let mut elsewhere = Duration::ZERO;
                // The second, after the pause in which somebody may go on.
                for _ in 0..2 {
                    now += Duration::from_mins(1);
                    elsewhere += tell(&mut model, Message::Tick(now));
                }
                let here = (start.elapsed().saturating_sub(elsewhere)).as_secs_f64() * 1e3;
                println!(
                    "{:<44} {here:>9.2} ms, elsewhere {:.2} ms",
                    format!("{name}: tick"),
                    elsewhere.as_secs_f64() * 1e3
                );
            }
            timed(&format!("{name}: frame {which}"), || {
                terminal.draw(|frame| draw(&model, &theme, frame)).expect("a buffer takes anything");
            });
        }
    }
}
