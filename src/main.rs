//! The command line of r53tail.
fn main() {}
