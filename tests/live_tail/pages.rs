//! Pages of a log that lead to each other: such a list would never end.

use crate::fake::{Fake, arn};
use crate::program::{Home, LONGEST, sayings, send_interrupt};

/// Three pages in a circle, read every few seconds: nothing is asked for without end, and it is said.
#[test]
fn pages_that_go_in_a_circle_are_noticed() {
    let fake = Fake::start();
    let home = Home::new("round");
    let group = arn("/fake/round");
    let mut child = home.command(&fake, &["tail", &group, "--unmask"]).spawn().expect("the program starts");
    let said = sayings(&mut child);
    let is_it = |line: &String| line.contains("gives the same page of FilterLogEvents");
    let mut seen = Vec::new();
    while !seen.last().is_some_and(is_it) {
        seen.push(said.recv_timeout(LONGEST).unwrap_or_else(|_| panic!("it is not said: {seen:?}")));
    }
    send_interrupt(&child);
    child.wait().expect("it ends");
}
