//! Where the cursor is and how what is written looks: each is changed by as few bytes as can be (ECMA-48).

use super::look::Look;

/// More single steps than these are never shorter than a way in numbers.
const STEPS: usize = 8;

/// All that is written to a frame goes through it.
#[derive(Clone, Debug)]
pub(super) struct Pen {
    bytes: Vec<u8>,
    /// Where the cursor is, if that is known.
    at: Option<(usize, usize)>,
    pub(super) look: Look,
}

impl Pen {
    /// In the look that a terminal begins with, and wherever.
    pub(super) fn new() -> Self {
        Self { bytes: Vec::new(), at: None, look: Look::PLAIN }
    }

    /// What was written; the look is as before.
    pub(super) fn finish(mut self) -> Vec<u8> {
        self.wear(Look::PLAIN);
        self.bytes
    }

    pub(super) fn say(&mut self, text: &str) {
        self.bytes.extend_from_slice(text.as_bytes());
    }

    /// Goes to a cell by the shortest way.
    pub(super) fn go(&mut self, to: (usize, usize)) {
        if self.at == Some(to) {
            return;
        }
        let mut way = absolute(to);
        if let Some(here) = self.at {
            for other in relative(here, to) {
                if other.len() < way.len() {
                    way = other;
                }
            }
        }
        self.say(&way);
        self.at = Some(to);
    }

    pub(super) fn wear(&mut self, look: Look) {
        if self.look != look {
            self.bytes.extend_from_slice(self.look.change(look).as_bytes());
            self.look = look;
        }
    }

    /// Takes a look in which blanks are of the background. What is erased gets the paper in force, on most
    /// terminals.
    pub(super) fn wear_background(&mut self) {
        if !self.look.is_of_background() {
            self.wear(Look::PLAIN);
        }
    }

    /// Writes `columns` signs of one column each. `is_at_edge`: the last of them is in the last column, after
    /// which terminals hold their cursors in different places.
    pub(super) fn write(&mut self, text: &str, columns: usize, is_at_edge: bool) {
        self.say(text);
        self.at = self.at.filter(|_| !is_at_edge).map(|(x, y)| (x + columns, y));
    }

    /// Writes a sign of which terminals may think otherwise.
    pub(super) fn write_odd(&mut self, symbol: &str) {
        self.say(symbol);
        self.at = None;
    }

    /// Moves the rows from `top` to before `bottom` up by `up` rows, or down if that is negative: between
    /// margins (DECSTBM) lines are deleted or inserted at the top (DL, IL). Not every terminal knows SU and
    /// SD: the Linux console does not (`console_codes(4)`). What comes in has the background in force on
    /// some.
    pub(super) fn scroll(&mut self, top: usize, bottom: usize, up: isize) {
        self.wear(Look::PLAIN);
        let count = match up.unsigned_abs() {
            1 => String::new(),
            by => by.to_string(),
        };
        let first = top + 1;
        let direction = if up > 0 { 'M' } else { 'L' };
        self.say(&format!("\x1b[{first};{bottom}r\x1b[{first}H\x1b[{count}{direction}\x1b[r"));
        // Where margins are set or taken away, the cursor goes home.
        self.at = Some((0, 0));
    }
}

fn absolute((x, y): (usize, usize)) -> String {
    match (x, y) {
        (0, 0) => "\x1b[H".to_owned(),
        (0, y) => format!("\x1b[{}H", y + 1),
        (x, y) => format!("\x1b[{};{}H", y + 1, x + 1),
    }
}

/// How far, in front of the letter that says in which direction.
fn far(by: usize, direction: char) -> String {
    match by {
        0 => String::new(),
        1 => format!("\x1b[{direction}"),
        by => format!("\x1b[{by}{direction}"),
    }
}

/// Ways to a cell within the row.
fn across(x: usize, to: usize) -> Vec<String> {
    if to >= x {
        return vec![far(to - x, 'C')];
    }
    let back = x - to;
    let mut ways = vec![far(back, 'D'), format!("\r{}", far(to, 'C')), format!("\x1b[{}G", to + 1)];
    if back <= STEPS {
        ways.push("\x08".repeat(back));
    }
    ways
}

/// Ways from here to there that need not name the row.
fn relative((x, y): (usize, usize), (to, row): (usize, usize)) -> Vec<String> {
    let rows = if row > y { far(row - y, 'B') } else { far(y - row, 'A') };
    let mut ways: Vec<String> = across(x, to).into_iter().map(|way| rows.clone() + &way).collect();
    if row > y && row - y <= STEPS {
        // Only from the first column: a line feed goes there on some systems.
        ways.push(format!("\r{}{}", "\n".repeat(row - y), far(to, 'C')));
    }
    ways
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_is_the_shortest() {
        for (from, to, way) in [
            (None, (0, 0), "\x1b[H"),
            (None, (0, 11), "\x1b[12H"),
            (None, (4, 0), "\x1b[1;5H"),
            (Some((4, 3)), (4, 3), ""),
            (Some((4, 3)), (5, 3), "\x1b[C"),
            (Some((4, 3)), (44, 3), "\x1b[40C"),
            (Some((4, 3)), (3, 3), "\x08"),
            (Some((109, 3)), (4, 3), "\x1b[5G"),
            (Some((109, 3)), (0, 3), "\r"),
            (Some((109, 3)), (0, 5), "\r\n\n"),
            (Some((109, 13)), (34, 14), "\r\n\x1b[34C"),
            (Some((109, 13)), (109, 14), "\x1b[B"),
            (Some((110, 13)), (109, 14), "\x1b[B\x08"),
            (Some((109, 13)), (109, 9), "\x1b[4A"),
        ] {
            let mut pen = Pen { at: from, ..Pen::new() };
            pen.go(to);
            assert_eq!(String::from_utf8(pen.bytes).unwrap(), way, "{from:?} to {to:?}");
        }
    }

    #[test]
    fn after_the_last_column_the_cursor_is_nowhere() {
        let mut pen = Pen::new();
        pen.go((8, 0));
        pen.write("ab", 2, true);
        pen.go((9, 0));
        assert_eq!(pen.finish(), b"\x1b[1;9Hab\x1b[1;10H");
    }

    #[test]
    fn rows_move_between_margins() {
        let mut pen = Pen::new();
        pen.scroll(4, 20, 2);
        pen.scroll(4, 20, -1);
        assert_eq!(pen.finish(), b"\x1b[5;20r\x1b[5H\x1b[2M\x1b[r\x1b[5;20r\x1b[5H\x1b[L\x1b[r");
    }
}
