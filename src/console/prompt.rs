//! The line in which everything is typed: a filter, a text to search for, a time, a mark, the name of a file.

use std::ops::Range;

use super::export_format::ExportFormat;
use super::line::Line;
use super::{Mode, Model};
use crate::base::moment::Moment;
use crate::query::Completion;

/// How many lines of each kind are remembered.
const REMEMBERED: usize = 100;

/// What is typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Purpose {
    /// A filter.
    Filter,
    /// A text to search for.
    Search,
    /// A time to go to.
    Time,
    /// The name of a mark.
    Mark,
    /// The path of a file to be written.
    Export,
    /// What to open: a screen, an origin or an endpoint.
    Jump,
}

impl Purpose {
    /// Every one.
    pub const ALL: [Self; 6] = [Self::Filter, Self::Search, Self::Time, Self::Mark, Self::Export, Self::Jump];

    /// The word shown before the line.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Filter => "filter",
            Self::Search => "search",
            Self::Time => "go to",
            Self::Mark => "mark",
            Self::Export => "write to",
            Self::Jump => "open",
        }
    }
}

/// What was typed before, of each kind: to be had again with the arrows, and in another session if somebody
/// keeps it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct History([Vec<String>; Purpose::ALL.len()]);

impl History {
    /// The lines of a kind, oldest first.
    #[must_use]
    pub fn lines(&self, purpose: Purpose) -> &[String] {
        &self.0[purpose as usize]
    }

    /// Remembers a line as the newest; one that is blank or too long is not worth it.
    pub fn push(&mut self, purpose: Purpose, line: &str) {
        let lines = &mut self.0[purpose as usize];
        if line.trim().is_empty() || line.len() > super::line::MAX_LINE {
            return;
        }
        lines.retain(|known| known != line);
        lines.push(line.to_owned());
        let surplus = lines.len().saturating_sub(REMEMBERED);
        lines.drain(..surplus);
    }
}

/// Why what is typed cannot be taken, and which bytes of it are to blame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PromptTrouble {
    /// The part; may be empty, at the end.
    pub at: Range<usize>,
    /// A sentence.
    pub why: String,
}

/// The line while something is typed in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prompt {
    purpose: Purpose,
    pub(super) line: Line,
    /// What counted before, to go back to.
    pub(super) before: String,
    /// The place of the line in the history, counted from the newest; and what was typed before it went
    /// there.
    pub(super) recalled: Option<usize>,
    draft: String,
    pub(super) completions: Vec<Completion>,
    /// The completion that is in place, and the line without it.
    pub(super) taken: Option<(usize, Line)>,
    pub(super) trouble: Option<PromptTrouble>,
    /// Where a mark is to be; `None` for now, which the next tick says.
    pub(super) at: Option<Moment>,
    /// What is to be written into the file.
    pub(super) shape: Option<ExportFormat>,
}

impl Prompt {
    /// A line with a text in it, the cursor at its end.
    #[must_use]
    pub fn new(purpose: Purpose, text: &str) -> Self {
        Self {
            purpose,
            line: Line::new(text),
            before: text.to_owned(),
            recalled: None,
            draft: String::new(),
            completions: Vec::new(),
            taken: None,
            trouble: None,
            at: None,
            shape: None,
        }
    }

    /// What is typed.
    #[must_use]
    pub fn purpose(&self) -> Purpose {
        self.purpose
    }

    /// The line that is being typed.
    #[must_use]
    pub fn line(&self) -> &Line {
        &self.line
    }

    /// What may be typed next.
    #[must_use]
    pub fn completions(&self) -> &[Completion] {
        &self.completions
    }

    /// Which completion is in place.
    #[must_use]
    pub fn taken(&self) -> Option<usize> {
        self.taken.as_ref().map(|(at, _)| *at)
    }

    /// Why it cannot be taken as it is.
    #[must_use]
    pub fn trouble(&self) -> Option<&PromptTrouble> {
        self.trouble.as_ref()
    }

    /// The moment of the mark that is named; `None` if that is not known yet.
    #[must_use]
    pub fn moment(&self) -> Option<Moment> {
        self.at
    }

    /// The same with the cursor `steps` characters further to the left.
    #[cfg(test)]
    #[must_use]
    pub(crate) fn stepped_back(mut self, steps: usize) -> Self {
        (0..steps).for_each(|_| self.line.left());
        self
    }

    /// Blames all of the line.
    pub(super) fn blame(&mut self, why: impl Into<String>) {
        self.trouble = Some(PromptTrouble { at: 0..self.line.text().len(), why: why.into() });
    }

    /// Goes to an older line, or a newer one; after the newest comes what was typed.
    pub(super) fn recall(&mut self, history: &History, older: bool) {
        let lines = history.lines(self.purpose);
        let to = match (self.recalled, older) {
            (None, true) => Some(0),
            (Some(at), true) => Some((at + 1).min(lines.len().saturating_sub(1))),
            (None | Some(0), false) => None,
            (Some(at), false) => Some(at - 1),
        };
        if self.recalled.is_none() {
            self.draft = self.line.text().to_owned();
        }
        let text = to.and_then(|to| lines.iter().rev().nth(to));
        self.line = Line::new(text.unwrap_or(&self.draft));
        self.recalled = to.filter(|_| text.is_some());
    }

    /// Puts the next completion in place, or the one before. The only one is taken for good.
    pub(super) fn complete(&mut self, on: bool) {
        let count = self.completions.len();
        if count == 0 {
            return;
        }
        let (at, bare) = match self.taken.take() {
            None => (if on { 0 } else { count - 1 }, self.line.clone()),
            Some((at, bare)) => ((if on { at + 1 } else { at + count - 1 }) % count, bare),
        };
        self.line = bare.clone();
        self.line.replace(self.completions[at].replaces.clone(), &self.completions[at].text);
        self.taken = (count > 1).then_some((at, bare));
    }
}

/// Begins to type.
pub(super) fn open(model: &mut Model, prompt: Prompt) {
    model.here.turn_to(Mode::Prompt(Box::new(prompt)));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_recalled_from_the_newest_on() {
        let mut history = History::default();
        for line in ["a", "b", " ", "a", "c"] {
            history.push(Purpose::Time, line);
        }
        assert_eq!(history.lines(Purpose::Time), ["b", "a", "c"]);
        let mut prompt = Prompt::new(Purpose::Time, "dra");
        let mut seen = Vec::new();
        for older in [true, true, true, true, false, false, false, false, true] {
            prompt.recall(&history, older);
            seen.push(prompt.line.text().to_owned());
        }
        assert_eq!(seen, ["c", "a", "b", "b", "a", "c", "dra", "dra", "c"]);
        let mut other = Prompt::new(Purpose::Mark, "x");
        other.recall(&history, true);
        assert_eq!(other.line.text(), "x", "each kind has its own");
        for at in 0..2 * REMEMBERED {
            history.push(Purpose::Mark, &at.to_string());
        }
        assert_eq!(history.lines(Purpose::Mark).len(), REMEMBERED);
    }

    #[test]
    fn completions_come_in_turns() {
        let mut prompt = Prompt::new(Purpose::Filter, "x ve y");
        for _ in 0..2 {
            prompt.line.left();
        }
        let one = |text: &str| Completion { replaces: 2..4, text: text.to_owned(), help: "", is_whole: true };
        prompt.completions = vec![one("verdict:"), one("vexed")];
        let mut seen = Vec::new();
        for on in [true, true, true, false] {
            prompt.complete(on);
            seen.push(prompt.line.text().to_owned());
        }
        assert_eq!(seen, ["x verdict: y", "x vexed y", "x verdict: y", "x vexed y"]);
        assert_eq!((prompt.taken(), prompt.line.parts().0), (Some(1), "x vexed"));
        prompt = Prompt::new(Purpose::Filter, "ve");
        prompt.completions =
            vec![Completion { replaces: 0..2, text: "verdict:".to_owned(), help: "", is_whole: true }];
        prompt.complete(true);
        assert_eq!((prompt.taken(), prompt.line.text()), (None, "verdict:"));
    }
}
