//! Loads a log into the console as `replay` does, and measures what a person at the keyboard waits for.
//!
//! ```text
//! console [--apart] FILE...
//! ```
//!
//! Every figure is from this run: how fast the log was taken in while frames were drawn, what is held per
//! record, and the time from a key to the frame that shows what it did, the median and the longest of
//! several. With `--apart` reading and taking in are first measured one after the other, on one thread.

use std::fs;
use std::hint::black_box;
use std::path::PathBuf;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use r53tail::console::{Batch, Key, Message, Model, Setup, Source, update};
use r53tail::digest::Terms;
use r53tail::edge::feed::replay::Replay;
use r53tail::view::{Theme, draw};
use ratatui::Terminal;
use ratatui::backend::TestBackend;

/// Between two frames while the log is read.
const FRAME: Duration = Duration::from_millis(33);

struct Bench {
    model: Model,
    screen: Terminal<TestBackend>,
    start: Instant,
}

impl Bench {
    fn tell(&mut self, message: Message) {
        black_box(update(&mut self.model, message));
    }

    fn frame(&mut self) -> Result<()> {
        self.tell(Message::Tick(self.start.elapsed()));
        self.screen.draw(|frame| draw(&self.model, &Theme::dark(), frame))?;
        Ok(())
    }

    /// From a key to its frame.
    fn key(&mut self, key: Key) -> Result<Duration> {
        let start = Instant::now();
        self.tell(Message::Key(key));
        self.frame()?;
        Ok(start.elapsed())
    }

    fn keys(&mut self, what: &str, keys: &[Key]) -> Result<()> {
        let mut times = keys.iter().map(|key| self.key(*key)).collect::<Result<Vec<_>>>()?;
        times.sort_unstable();
        let (median, longest) = (times[times.len() / 2], times[times.len() - 1]);
        println!(
            "{what:<34} median {:>7.1} ms   longest {:>7.1} ms   of {}",
            median.as_secs_f64() * 1e3,
            longest.as_secs_f64() * 1e3,
            times.len()
        );
        Ok(())
    }

    /// Lets the console make ahead what it does when nobody asks for anything: how long that takes in all,
    /// and the longest that a key would wait meanwhile.
    fn prepare(&mut self) -> Result<()> {
        let (start, mut longest, mut parts) = (Instant::now(), Duration::ZERO, 0);
        while self.model.is_preparing() {
            let before = Instant::now();
            self.frame()?;
            longest = longest.max(before.elapsed());
            parts += 1;
        }
        report("made ahead", start.elapsed(), longest, parts);
        Ok(())
    }

    /// Has an export made ready: how long that takes in all, and the longest that a key would wait meanwhile.
    fn export(&mut self, what: &str, keys: &[Key]) -> Result<()> {
        let start = Instant::now();
        let mut longest = Duration::ZERO;
        for key in keys {
            longest = longest.max(self.key(*key)?);
        }
        let mut parts = 0;
        while self.model.export_progress().is_some() {
            let before = Instant::now();
            self.frame()?;
            longest = longest.max(before.elapsed());
            parts += 1;
        }
        report(what, start.elapsed(), longest, parts);
        Ok(())
    }

    fn text(&mut self, what: &str, text: &str) -> Result<()> {
        let keys: Vec<Key> = text.chars().map(Key::Char).collect();
        self.keys(what, &keys)
    }
}

/// Says how long something took that is done in parts.
fn report(what: &str, whole: Duration, longest: Duration, parts: usize) {
    let millis = |time: Duration| time.as_secs_f64() * 1e3;
    println!(
        "{what:<34} whole  {:>7.1} ms   longest {:>7.1} ms   of {parts}",
        millis(whole),
        millis(longest)
    );
}

/// Resident memory of this process in bytes, and the most it was; zeros where `/proc` does not say.
fn resident() -> (u64, u64) {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let field = |name: &str| {
        let line = status.lines().find(|line| line.starts_with(name));
        line.and_then(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok()).unwrap_or(0) * 1024
    };
    (field("VmRSS:"), field("VmHWM:"))
}

/// How long it takes to read and digest everything with nobody to take it in, and then to take it in.
fn apart(paths: &[PathBuf]) -> (Duration, Duration) {
    let replay = Replay::new(paths);
    let (sender, inbox) = crossbeam_channel::unbounded();
    let start = Instant::now();
    replay.read(&Terms::default(), &sender);
    let reading = start.elapsed();
    let start = Instant::now();
    let mut whole = Batch::default();
    for message in inbox.try_iter() {
        if let Message::Batch(batch) = message {
            whole.absorb(*batch);
        }
    }
    let absorbing = start.elapsed();
    black_box(whole);
    (reading, absorbing)
}

fn main() -> Result<()> {
    let mut paths: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    if paths.first().is_some_and(|first| first == "--apart") {
        paths.remove(0);
        let (reading, absorbing) = apart(&paths);
        println!("one after the other: reading {reading:.2?}, taking in {absorbing:.2?}");
    }
    ensure!(!paths.is_empty(), "give the files to be read");
    let replay = Replay::new(&paths);
    let (sender, inbox) = crossbeam_channel::bounded(4);
    let setup =
        Setup { workers: r53tail::edge::feed::parallel::one_per_processor(), ..Setup::new(Source::Replay) };
    let start = Instant::now();
    let reader = thread::spawn(move || replay.read(&Terms::default(), &sender));
    let mut bench =
        Bench { model: Model::new(setup), screen: Terminal::new(TestBackend::new(120, 40))?, start };
    bench.tell(Message::Resize(120, 40));
    let (mut next, mut frames, mut drawing) = (start, 0_u32, Duration::ZERO);
    for message in &inbox {
        let ended = matches!(message, Message::Ended);
        bench.tell(message);
        if ended || Instant::now() >= next {
            let before = Instant::now();
            bench.frame()?;
            // As the terminal does: reading anew takes a share of the time only.
            next = Instant::now() + FRAME.max(before.elapsed() * 3);
            drawing += before.elapsed();
            frames += 1;
        }
        if ended {
            break;
        }
    }
    let loading = start.elapsed();
    reader.join().ok().context("the reader failed")?;
    let records = bench.model.known().timeline.len();
    let (now, most) = resident();
    let each = |bytes: u64| bytes as f64 / records as f64;
    println!("{records} records, {} pairs", bench.model.ranking().pair_count());
    println!(
        "taken in within {:.2} s: {:.2} million a second, {frames} frames, {:.0} % of the time for them",
        loading.as_secs_f64(),
        records as f64 / loading.as_secs_f64() / 1e6,
        drawing.as_secs_f64() / loading.as_secs_f64() * 100.0
    );
    println!(
        "bytes a record: timeline {:.1}, with the fleet {:.1}; process {:.1}, at most {:.1}",
        each(bench.model.known().timeline.memory() as u64),
        each(bench.model.known().memory() as u64),
        each(now),
        each(most)
    );
    bench.prepare()?;
    bench.keys("moving in a list", &[Key::Down; 20])?;
    bench.keys("back in time, a column", &[Key::Left; 20])?;
    bench.keys("a second on", &[Key::Char('.'); 20])?;
    bench.keys("to the next change", &[Key::Char(']'); 20])?;
    bench
        .keys("begin and end a range", &[Key::Char('r'), Key::Left, Key::Left, Key::Left, Key::Char('r')])?;
    bench.keys("let go of it, and to the newest", &[Key::Esc, Key::Char('$')])?;
    bench.key(Key::Char('f'))?;
    bench.text("a filter, key by key", "verdict:empty name:*amazonaws* -i-0a")?;
    bench.keys("take it, to the tail, up", &[Key::Enter, Key::Char('3'), Key::Up, Key::PageUp])?;
    bench.keys("no filter", &[Key::Char('F')])?;
    bench.key(Key::Char('/'))?;
    bench.text("a search, key by key", "ssm.us-west-2")?;
    bench.keys("take it, to the next hits", &[Key::Enter, Key::Char('n'), Key::Char('n'), Key::Char('N')])?;
    bench.key(Key::Char('f'))?;
    bench.text("completion of names, key by key", "name:s")?;
    bench.keys("back to the fleet", &[Key::Esc, Key::Char('1')])?;
    bench.keys("sort origins", &[Key::Char('s'), Key::Char('6')])?;
    bench.keys("sort endpoints", &[Key::Enter, Key::Char('s'), Key::Char('7'), Key::Down])?;
    bench.keys("a range", &[Key::Left, Key::Char('r'), Key::Left, Key::Left, Key::Left, Key::Char('r')])?;
    bench.export("export a range", &[Key::Char('x'), Key::Char('j'), Key::Enter])?;
    bench.keys("let go of it, and to the newest", &[Key::Esc, Key::Esc, Key::Esc, Key::Char('$')])?;
    bench.export("export everything", &[Key::Char('x'), Key::Char('j'), Key::Enter])?;
    Ok(())
}
