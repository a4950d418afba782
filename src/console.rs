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
//! if the stamp of what it is made from is another: so its cost is paid per frame, never per batch.
//! `docs/design/projection.md` describes how.

use std::time::Duration;

use crate::base::moment::Moment;
use crate::fleet::{OriginId, Symbol};
use crate::live::status::{Followed, LiveStatus};

mod advice;
mod arrange;
mod asked_names;
mod askers;
mod batch;
mod clipboard;
mod clock;
mod colors;
mod columns;
mod copy;
mod course;
mod cursor_row;
mod decide;
mod drill;
mod endpoint_row;
mod endpoints;
mod events;
mod evidence;
mod export;
mod filter;
mod go;
mod grouping;
mod groups;

mod export_format;
mod headline;
mod histogram;
mod jobs;
mod judged;
mod jump;
mod kept;
mod keymap;
mod keys;
mod known;
mod lent;
mod line;
mod list;
mod lists;
pub mod live;
mod manners;
mod marks;
mod matrix;
mod menu;
mod pair_details;
mod place;
mod point;
mod projection;
mod prompt;
mod ranking;
mod raw;
mod row_command;
mod row_input;
mod row_run;
mod rows;
mod screen_commands;
mod screens;
mod search;
mod selection;
mod services;
mod setup;
mod shown;
mod tape;
mod time;
mod typed;
mod update;
mod values;
mod watching;
mod whereabouts;
mod zoom;

pub use crate::log::note::Mark;
pub use crate::timeline::{InputId, Spot};
pub use advice::{Advised, Inquiry};
pub use arrange::{Arranged, Arrangement};
pub use asked_names::StatusCounts;
pub use batch::{Batch, Collector, Feed};
pub use clipboard::MOST_COPIED;
pub use clock::{Clock, SPEEDS};
pub use colors::Palette;
pub use columns::{Columns, MatrixColumn, Member};
pub use decide::Turn;
pub use endpoint_row::EndpointRow;
pub use events::{Event, events};
pub use export::{Export, Exported, Target};
pub use export_format::ExportFormat;
pub use go::{HELP_COLUMNS, HELP_SIGNS};
pub use grouping::{Grouping, OriginGroup};
pub use headline::{Headline, NAMED, worst_status};
pub use histogram::{Class, Counts, Histogram, column};
pub use keymap::{Keys, KeysError, NotAKey};
pub use keys::{Binding, Command, Key, When};
pub use line::Line;
pub use list::{List, Preferences, Remembered, Sorting};
pub use menu::{Entry, Menu, Topic};
pub use place::Screen;
pub use point::{Aim, Gesture, Mouse};
pub use projection::{Fresh, HIGHLIGHT, Search};
pub use prompt::{History, Prompt, PromptTrouble, Purpose};
pub use ranking::{Basis, FleetRanking, Flip, OriginRow, PairRow};
pub use row_command::{ArgumentTemplate, CommandInput, Placeholder, RowCommand, RowKind, Unfilled};
pub use row_input::RowInput;
pub use row_run::{CommandEnd, RowRan, RowRun};
pub use rows::Row;
pub use screen_commands::screen_commands;
pub use services::Service;
pub use setup::{Caption, Setup, Source};
pub use tape::{Tape, TapeChunk};
pub use update::update;
pub use watching::{Glimpse, Signal};
pub use whereabouts::{NOTICE, Notice};

use jobs::Jobs;
use known::KnownLog;
use manners::Manners;
use projection::Projection;
use whereabouts::Whereabouts;

/// From this width on, the fleet screen shows the selected endpoint in detail at its side, in columns.
pub const WIDE: u16 = 150;

/// Everything that can happen to the console.
#[derive(Debug)]
pub enum Message {
    /// A key was pressed.
    Key(Key),
    /// The mouse did something, at this column and row. Whoever draws knows what is drawn there and makes a
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
    /// Reading went on.
    Progress {
        /// Bytes read.
        read: u64,
        /// Bytes there are, if known.
        total: Option<u64>,
    },
    /// An input could not be read, or not to its end.
    Failed {
        /// The input's name, as messages to people call it.
        input: String,
        /// Why, for a person.
        why: String,
    },
    /// What is to be known of this input though nothing is wrong: that it was passed over, say.
    Remark {
        /// The input's name, as messages to people call it; empty if the remark is of no single input.
        input: String,
        /// What, for a person.
        what: String,
    },
    /// These log groups are followed.
    Following(Box<Followed>),
    /// The state of what is followed live.
    Live(Box<LiveStatus>),
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
    /// A command of somebody's own was run.
    Ran(RowRan),
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
    /// Give the terminal to this command until it ends, and take it back when somebody says so:
    /// [`Message::Ran`].
    Run(Box<RowRun>),
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
    /// Looking at the keys, scrolled down by this many lines.
    Help(u16),
    /// Looking at the state of the feed, scrolled down by this many lines.
    Feed(u16),
}

/// A raw record, or why it cannot be had.
pub type Raw = Result<Box<[u8]>, String>;

/// All that the console knows and looks at.
#[derive(Debug)]
pub struct Model {
    /// How it was started.
    setup: Setup,
    /// How somebody wants it.
    manners: Manners,
    /// What was read.
    known: KnownLog,
    /// What is shown of it.
    projection: Projection,
    /// Where somebody is.
    here: Whereabouts,
    /// What is being worked on.
    jobs: Jobs,
}

impl Model {
    /// A console that knows nothing yet.
    #[must_use]
    pub fn new(setup: Setup) -> Self {
        let mut model = Self {
            manners: Manners::new(setup.remembered.clone()),
            known: KnownLog::new(setup.workers),
            projection: Projection::default(),
            here: Whereabouts::new(&setup),
            jobs: Jobs::default(),
            setup,
        };
        let filter = model.setup.filter.clone();
        model.here.set_filter(&filter, &model.setup);
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
        self.known.batch()
    }

    /// What is shown, in order.
    #[must_use]
    pub fn ranking(&self) -> &FleetRanking {
        &self.projection.picture().ranking
    }

    /// The facts of the sentence that answers for all that is shown; `None` if nothing was judged.
    #[must_use]
    pub fn headline(&self) -> Option<&Headline> {
        self.projection.picture().headline.as_ref()
    }

    /// What came of reading.
    #[must_use]
    pub fn feed(&self) -> &Feed {
        self.known.feed()
    }

    /// Which moment is shown.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        self.here.clock()
    }

    /// The moment of the log that is shown: where somebody went, or the newest record.
    #[must_use]
    pub fn moment(&self) -> Option<Moment> {
        self.here.clock().cursor().or(self.known.range().map(|(_, last)| last))
    }

    /// The sentence of the story for the moment that is shown, its number and how many there are.
    #[must_use]
    pub fn caption(&self) -> Option<(&Caption, usize, usize)> {
        let now = self.moment()?;
        let number = self.setup.story.partition_point(|caption| caption.at <= now);
        Some((self.setup.story.get(number.checked_sub(1)?)?, number, self.setup.story.len()))
    }

    /// Records held back because the screen is paused; `None` if it is not.
    #[must_use]
    pub fn held(&self) -> Option<u64> {
        self.known.held().map(|held| held.fleet.tally().records)
    }

    /// Changes of the last seconds, oldest first, that are news: answers that became others.
    #[must_use]
    pub fn turned(&self) -> impl DoubleEndedIterator<Item = &Fresh> {
        self.projection.highlights().turned()
    }

    /// Whether the status of a pair changed within the last seconds.
    #[must_use]
    pub fn is_fresh(&self, origin: OriginId, name: Symbol) -> bool {
        self.turned().any(|fresh| (fresh.flip.origin, fresh.flip.name) == (origin, name))
    }

    /// What keys mean at the moment.
    #[must_use]
    pub fn mode(&self) -> &Mode {
        self.here.mode()
    }

    /// The filter; empty for none.
    #[must_use]
    pub fn filter(&self) -> &str {
        self.here.filter().text()
    }

    /// The raw record to be shown, and where it is in its input; `None` while it is being fetched.
    #[must_use]
    pub fn raw(&self) -> Option<&(Spot, Raw)> {
        self.here.raw().at_hand()
    }

    /// How long after the start it is, as the last tick said.
    #[must_use]
    pub fn now(&self) -> Duration {
        self.here.now()
    }

    /// What came of a key just now.
    #[must_use]
    pub fn notice(&self) -> Option<&Notice> {
        self.here.notice()
    }

    fn notify(&mut self, text: impl Into<String>) {
        self.here.notify(text.into());
    }

    /// How long after the start a tick is wanted even if nothing comes in: when the next highlight ends, or
    /// the log has played on.
    #[must_use]
    pub fn next_tick(&self) -> Option<Duration> {
        let highlight = self.projection.highlights().next_tick();
        let ahead = self.is_preparing().then_some(self.here.now());
        let export = self.jobs.export.as_ref().map(|_| self.here.now());
        let wanted = [highlight, ahead, export, self.here.clock().next_tick(), self.jobs.counsel.next_tick()];
        let more = [self.here.next_notice_tick(), self.next_arrangement(), self.next_look()];
        let wanted = wanted.into_iter().chain(more);
        wanted.flatten().min()
    }
}
