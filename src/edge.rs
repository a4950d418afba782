//! Where the program meets the world: files, the network, clocks, threads, the terminal, the command line.
//!
//! It knows all other layers, and none of them knows it. Each of them is pure: what it needs of the world
//! comes in as a value.

pub mod demo;
pub mod diagnosis;
pub mod feed;
pub mod run;
pub mod settings;
pub mod terminal;
