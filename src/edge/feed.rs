//! Where bytes come from. Everything that reads files, standard input or the network is here.

pub mod asked;
pub mod athena;
pub mod aws;
pub mod blocks;
pub mod cache;
pub mod foreign;
pub mod inputs;
pub mod insights;
pub mod inspect;
pub mod live;
pub mod object;
pub mod parallel;
#[cfg(feature = "parquet")]
pub mod parquet;
pub mod pick;
pub mod pieces;
pub mod prepared;
pub mod probe;
pub mod read;
pub mod reading;
pub mod replay;
pub mod s3;
pub mod unpack;
pub mod window;
pub mod xml;
