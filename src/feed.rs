//! Where bytes come from. Everything that reads files, standard input or the network is here.

pub mod inputs;
pub mod read;
pub mod unpack;
