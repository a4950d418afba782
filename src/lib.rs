//! r53tail reads Route 53 Resolver query logs and says which origin depends on which endpoint without IPv6.

pub mod address;
pub mod console;
pub mod demo;
pub mod diagnosis;
pub mod digest;
pub mod envelope;
pub mod explain;
pub mod feed;
pub mod fleet;
pub mod moment;
pub mod observation;
pub mod record;
pub mod report;
pub mod run;
pub mod settings;
pub mod terminal;
pub mod view;
pub mod visible;
