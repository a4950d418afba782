//! r53tail reads Route 53 Resolver query logs and says which origin depends on which endpoint without IPv6.

pub mod address;
pub mod envelope;
pub mod feed;
pub mod moment;
pub mod record;
