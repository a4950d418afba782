//! The console without its terminal: what is known, what is looked at, and how both change.
//!
//! [`update()`] takes one [`Message`] and is the only writer of the [`Model`]. What it wants done outside it
//! returns as [`Effect`]s. Nothing here reads a clock, a file or a key code, and no text is made before it is
//! drawn: the model holds numbers of origins and names, moments and statuses; `view` makes words of them.
//!
//! A feed sends [`Batch`]es, which are absorbed as they come, or into a batch on the side while the screen is
//! held still. What is shown of them is the stretch of time that the [`Clock`] says, as far as the filter
//! lets it through: live, replay, seeking, narrowing and filtering are all the same fold over the
//! [`crate::timeline::Timeline`]. It is made anew, as the [`FleetRanking`], on a [`Message::Tick`] and only
//! if something changed: so its cost is paid per frame, never per batch.

use std::collections::VecDeque;
use std::time::Duration;

use crate::fleet::{OriginId, Symbol};
use crate::moment::Moment;
use crate::query::{Query, QueryError};
use crate::timeline::{Matched, PairSummaries, RecentMasks, RowMask, Scope};

mod advice;
mod answer;
mod arrange;
mod batch;
mod checkpoints;
mod clipboard;
mod clock;
mod colors;
mod copy;
mod course;
mod decide;
mod drill;
mod endpoints;
mod events;
mod evidence;
mod export;
mod go;
mod groups;
mod here;
mod histogram;
mod judged;
mod jump;
mod kept;
mod keymap;
mod keys;
mod line;
mod lists;
pub mod live;
mod marks;
mod matrix;
mod menu;
mod pair_details;
mod place;
mod point;
mod prompt;
mod ranking;
mod raw;
mod regions;
mod rows;
mod search;
mod selection;
mod services;
mod setup;
mod shape;
mod shown;
mod tape;
mod time;
mod tools;
mod typed;
mod update;
mod values;
mod watching;

pub use crate::note::Mark;
pub use crate::timeline::{InputId, Spot};
pub use advice::{Advised, Inquiry};
pub use answer::{Answer, NAMED, worst_status};
pub use arrange::{Arranged, Arrangement};
pub use batch::{Batch, Collector, Feed};
pub use clipboard::MOST_COPIED;
pub use clock::{Clock, SPEEDS};
pub use colors::Palette;
pub use endpoints::EndpointRow;
pub use events::{Event, events};
pub use export::{Export, Exported, Target};
pub use go::{HELP_COLUMNS, HELP_SIGNS};
pub use groups::{Grouping, OriginGroup};
pub use here::here;
pub use histogram::{Class, Counts, Histogram, column};
pub use keymap::{Keys, KeysError, NotAKey};
pub use keys::{Binding, Command, Key, When};
pub use line::Line;
pub use lists::{List, Preferences, Remembered, Sorting};
pub use matrix::{Columns, MatrixColumn, Member};
pub use menu::{Entry, Menu, Topic};
pub use place::Screen;
pub use point::{Aim, Gesture, Mouse};
pub use prompt::{History, Prompt, Purpose, Trouble};
pub use ranking::{Basis, FleetRanking, Flip, OriginRow, PairRow, StatusCounts, Turn};
pub use rows::Row;
pub use search::Search;
pub use services::Service;
pub use setup::{Caption, Setup, Source};
pub use shape::Shape;
pub use tape::{Chunk, Tape};
pub use tools::{NOTICE, Notice};
pub use update::update;
pub use watching::{Glimpse, Signal};

use advice::Counsel;
use place::Place;
use services::Services;

/// How long a change stays highlighted.
pub const HIGHLIGHT: Duration = Duration::from_secs(6);

/// How many changes are remembered to be highlighted.
const FRESH: usize = 4096;

/// From this width on, the fleet screen shows the selected endpoint in detail at its side, in columns.
pub const WIDE: u16 = 150;

/// Everything that can happen to the console.
#[derive(Debug)]
pub enum Message {
    /// A key was pressed.
    Key(Key),
    /// The mouse did something, at this column and row. Whoever draws knows what stands there and makes a
    /// [`Message::Point`] of it; by itself this means nothing.
    Mouse(Mouse),
    /// The mouse did something to what is shown.
    Point(Gesture, Aim),
    /// The terminal said, later than it was waited for, which colors are for its background.
    Background(Palette),
    /// The terminal has another size, in columns and rows.
    Resize(u16, u16),
    /// Time went by: this long since the start. Sent before a frame is drawn, if it is to show what came in.
    Tick(Duration),
    /// Text was pasted.
    Paste(String),
    /// A signal asks the program to end.
    Signal(i32),
    /// A signal asks the program to stop for a while.
    Suspend,
    /// The program goes on after it was stopped.
    Resumed,
    /// An input is read from now on.
    Input(InputId, String),
    /// A stretch of the log was digested.
    Batch(Box<Batch>),
    /// So many bytes were read, of so many.
    Progress {
        /// Bytes read.
        read: u64,
        /// Bytes there are, if known.
        total: Option<u64>,
    },
    /// An input could not be read, or not to its end.
    Failed {
        /// Its name.
        input: String,
        /// Why, for a person.
        why: String,
    },
    /// What is to be known of this input though nothing is wrong: that it was passed over, say.
    Remark {
        /// Its name.
        input: String,
        /// What, for a person.
        what: String,
    },
    /// These log groups are followed.
    Following(Box<live::Followed>),
    /// How it stands.
    Live(Box<live::Status>),
    /// There is no more to come.
    Ended,
    /// A raw record that was asked for.
    Raw(Spot, Raw),
    /// What was put into order.
    Arranged(Box<Arranged>),
    /// The answer to an inquiry, by its number.
    Advised(u64, Box<Advised>),
    /// What came of an export.
    Exported(Exported),
    /// What happened since the last look, each in a few words without any text of the log.
    News(Vec<String>),
}

/// What the console wants done outside.
#[derive(Debug, PartialEq, Eq)]
pub enum Effect {
    /// Send the record at this spot: [`Message::Raw`].
    FetchRaw(Spot),
    /// Put what is known into order, and send it: [`Arrangement::carry_out`]. Not where keys wait for it.
    Arrange(Box<Arrangement>),
    /// Work out what is to be said, and send it: [`Inquiry::answer`]. Not where keys wait for it.
    Advise(Inquiry),
    /// Look whether something happened, and send that: [`Message::News`].
    Watch(Box<Glimpse>),
    /// Have the terminal tell somebody who looks elsewhere.
    Signal(Signal, String),
    /// Hand this to the clipboard.
    Copy(String),
    /// A mark was put: keep it beside what is recorded, if anything is.
    Mark(Mark),
    /// Write this where it says: [`Message::Exported`].
    Export(Box<Export>),
    /// Have the terminal tell of the mouse, or not.
    Mouse(bool),
    /// Give the terminal back and stop, until the shell goes on with the program.
    Suspend,
    /// Take the terminal anew: while the program was stopped, others had it.
    Retake,
    /// End the program.
    Quit(Ending),
}

/// Why the program ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// Someone asked for it at the keyboard.
    Asked,
    /// A signal of this number.
    Signal(i32),
}

/// What keys mean at the moment.
#[derive(Debug)]
pub enum Mode {
    /// Looking.
    Browse,
    /// Typing.
    Prompt(Box<Prompt>),
    /// Choosing.
    Menu(Box<Menu>),
    /// Looking at the keys, scrolled down by so many lines.
    Help(u16),
    /// Looking at how the feed stands, scrolled down by so many lines.
    Feed(u16),
}

/// A change noticed while it happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fresh {
    /// What changed.
    pub flip: Flip,
    /// When, since the start.
    pub noticed: Duration,
}

/// A raw record, or why it cannot be had.
pub type Raw = Result<Box<[u8]>, String>;

/// All that the console knows and looks at.
#[derive(Debug)]
pub struct Model {
    setup: Setup,
    // What is known.
    known: Batch,
    feed: Feed,
    /// What came in since the screen is held still.
    held: Option<Box<Batch>>,
    /// Records known when somebody went back in time, while it is shown.
    left: Option<u64>,
    live: live::Live,
    // What of it is shown, and what follows from that.
    clock: Clock,
    filter: String,
    mask: Option<RowMask>,
    recent: RecentMasks,
    /// What it was put to.
    filtered: shown::MaskInputs,
    query: Option<Query>,
    query_error: Option<QueryError>,
    /// The stretch of time that `summaries` are of, the number of records known then.
    folded: (Scope, u64),
    summaries: PairSummaries,
    /// The earliest record that came since.
    since: Option<Moment>,
    checkpoints: checkpoints::Checkpoints,
    /// The records of pairs that got different answers.
    varied: checkpoints::Gathered,
    matched: Option<Matched>,
    histogram: Option<Histogram>,
    stale: bool,
    arranging: arrange::Arranging,
    /// What changes with the next ranking happened while the log plays, not where somebody went to.
    news: bool,
    ranking: FleetRanking,
    answer: Option<Answer>,
    fresh: VecDeque<Fresh>,
    pair_details: pair_details::PairDetails,
    services: Services,
    counsel: Counsel,
    evidence: evidence::Evidence,
    // What is looked at.
    keys: Keys,
    mouse: bool,
    palette: Palette,
    /// Where on the time axis the button went down.
    pressed: Option<Moment>,
    now: Duration,
    size: (u16, u16),
    place: Place,
    /// The way back, the next place last.
    trail: Vec<Place>,
    mode: Mode,
    /// What the raw record is for, where it stands, that record, and the one that was asked for.
    subject: Option<raw::Subject>,
    wanted: Option<Spot>,
    raw: Option<(Spot, Raw)>,
    awaited: Option<Spot>,
    tools: tools::Tools,
}

impl Model {
    /// A console that knows nothing yet.
    #[must_use]
    pub fn new(setup: Setup) -> Self {
        let mut clock = Clock::default();
        if let (Source::Demo { speed }, Some((first, _))) = (setup.source, setup.range) {
            clock.play(first, Duration::ZERO);
            clock.set_speed(speed, Duration::ZERO);
        }
        let tools = tools::Tools { remembered: setup.remembered.clone(), ..tools::Tools::default() };
        let mut model = Self {
            setup,
            known: Batch::default(),
            feed: Feed::default(),
            held: None,
            left: None,
            live: live::Live::default(),
            clock,
            filter: String::new(),
            mask: None,
            recent: RecentMasks::default(),
            filtered: shown::MaskInputs::default(),
            query: None,
            query_error: None,
            folded: (Scope::ALL, 0),
            summaries: PairSummaries::default(),
            since: None,
            checkpoints: checkpoints::Checkpoints::default(),
            varied: checkpoints::Gathered::default(),
            matched: None,
            histogram: None,
            stale: false,
            arranging: arrange::Arranging::default(),
            news: true,
            ranking: FleetRanking::default(),
            answer: None,
            fresh: VecDeque::new(),
            pair_details: pair_details::PairDetails::default(),
            services: Services::default(),
            counsel: Counsel::default(),
            evidence: evidence::Evidence::default(),
            keys: Keys::default(),
            mouse: false,
            palette: Palette::default(),
            pressed: None,
            now: Duration::ZERO,
            size: (80, 24),
            place: Place::default(),
            trail: Vec::new(),
            mode: Mode::Browse,
            subject: None,
            wanted: None,
            raw: None,
            awaited: None,
            tools,
        };
        model.known.timeline.share_out(model.setup.workers);
        let filter = model.setup.filter.clone();
        shown::filter(&mut model, &filter);
        kept::recall(&mut model);
        if let Some(remark) = model.setup.remark.clone() {
            model.notify(remark);
        }
        model
    }

    /// How it was started.
    #[must_use]
    pub fn setup(&self) -> &Setup {
        &self.setup
    }

    /// What is known.
    #[must_use]
    pub fn known(&self) -> &Batch {
        &self.known
    }

    /// What is shown, in order.
    #[must_use]
    pub fn ranking(&self) -> &FleetRanking {
        &self.ranking
    }

    /// What it comes to.
    #[must_use]
    pub fn answer(&self) -> Option<&Answer> {
        self.answer.as_ref()
    }

    /// What came of reading.
    #[must_use]
    pub fn feed(&self) -> &Feed {
        &self.feed
    }

    /// Which moment is shown.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// The moment of the log that is shown: where somebody went, or the newest record.
    #[must_use]
    pub fn moment(&self) -> Option<Moment> {
        self.clock.cursor().or(self.known.fleet.tally().range.map(|(_, last)| last))
    }

    /// The sentence of the story for the moment that is shown, its number and how many there are.
    #[must_use]
    pub fn caption(&self) -> Option<(&Caption, usize, usize)> {
        let now = self.moment()?;
        let number = self.setup.story.partition_point(|caption| caption.at <= now);
        Some((self.setup.story.get(number.checked_sub(1)?)?, number, self.setup.story.len()))
    }

    /// Records held back because the screen stands still; none if it does not.
    #[must_use]
    pub fn held(&self) -> Option<u64> {
        self.held.as_ref().map(|held| held.fleet.tally().records)
    }

    /// Changes of the last seconds, oldest first, that are news: answers that became others.
    #[must_use]
    pub fn turned(&self) -> impl DoubleEndedIterator<Item = &Fresh> {
        self.fresh.iter().filter(|fresh| fresh.flip.is_turn())
    }

    /// Whether the status of a pair changed within the last seconds.
    #[must_use]
    pub fn is_fresh(&self, origin: OriginId, name: Symbol) -> bool {
        self.turned().any(|fresh| (fresh.flip.origin, fresh.flip.name) == (origin, name))
    }

    /// What keys mean at the moment.
    #[must_use]
    pub fn mode(&self) -> &Mode {
        &self.mode
    }

    /// The filter; empty for none.
    #[must_use]
    pub fn filter(&self) -> &str {
        &self.filter
    }

    /// The raw record to be shown, and where it stands; none while it is being fetched.
    #[must_use]
    pub fn raw(&self) -> Option<&(Spot, Raw)> {
        self.raw.as_ref()
    }

    /// How long after the start it is, as the last tick said.
    #[must_use]
    pub fn now(&self) -> Duration {
        self.now
    }

    /// Whether something changed that the ranking does not show yet.
    #[must_use]
    pub fn is_stale(&self) -> bool {
        self.is_to_be_arranged_here() || search::is_stale(self)
    }

    /// Whether what is shown is not yet what a key asked for.
    #[must_use]
    pub fn is_awaited(&self) -> bool {
        self.stale && !self.news
    }

    /// How long after the start a tick is wanted even if nothing comes in: when the next highlight ends, or
    /// the log has played on.
    #[must_use]
    pub fn next_tick(&self) -> Option<Duration> {
        let highlight = self.fresh.front().map(|fresh| fresh.noticed + HIGHLIGHT);
        let ahead = self.is_preparing().then_some(self.now);
        let wanted =
            [highlight, ahead, self.clock.next_tick(), self.counsel.next_tick(), tools::next_tick(self)];
        let wanted = wanted.into_iter().chain([self.next_arrangement(), self.next_look()]);
        wanted.flatten().min()
    }
}
