//! What the keys do on one screen in particular.

use super::{Command, Screen};

/// Commands that mean something of their own on a screen, and what, in the order in which they are told.
#[must_use]
pub fn screen_commands(screen: Screen) -> &'static [(Command, &'static str)] {
    use Command::{
        Before, Behind, Columns, Copy, Down, Groups, Last, Open, PageDown, Search, Sort, Up, Whole, ZoomIn,
    };
    match screen {
        Screen::Fleet => &[
            (Open, "into the origin, or the endpoint chosen"),
            (Behind, "along the endpoints"),
            (Before, "along the endpoints, and back out"),
            (Sort, "sort the origins, or the endpoints"),
            (Groups, "origins that are alike as one row"),
        ],
        Screen::Origin => &[
            (Open, "who else asked for the endpoint"),
            (Behind, "to the next origin"),
            (Before, "to the origin before"),
            (Sort, "sort the endpoints"),
        ],
        Screen::Endpoint => &[
            (Open, "into the origin"),
            (Behind, "to the next endpoint"),
            (Before, "to the endpoint before"),
            (PageDown, "down in what is said of it"),
        ],
        Screen::Endpoints => &[
            (Open, "who asked for it"),
            (Sort, "sort by any column"),
            (Columns, "choose columns"),
            (Copy, "w: this row as a sentence"),
        ],
        Screen::Tail => &[
            (Open, "the record with all its answers"),
            (Last, "follow the newest"),
            (Search, "search what is shown"),
            (Columns, "choose columns"),
        ],
        Screen::Record => &[
            (Open, "the endpoint that it asked for"),
            (Up, "the record before"),
            (Down, "the next record"),
            (Copy, "r: the record as it was logged"),
        ],
        Screen::Findings => &[
            (Open, "the origins and endpoints it is about"),
            (PageDown, "down in what is said of it"),
            (Copy, "b: this finding in few words"),
        ],
        Screen::Turns => {
            &[(Open, "the endpoint"), (Behind, "to the next event"), (Before, "to the event before")]
        }
        Screen::Plan => &[(Down, "to the next change"), (Copy, "t: the brief report")],
        Screen::Groups => &[
            (Open, "these origins only, until Esc"),
            (Behind, "group by something else"),
            (Copy, "w: this row as a sentence"),
        ],
        Screen::Course => &[
            (Open, "this time only, until Esc"),
            (Behind, "wider steps"),
            (Before, "narrower steps"),
            (ZoomIn, "closer, around the selected step"),
            (Whole, "all of the time"),
        ],
    }
}
