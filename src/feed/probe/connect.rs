//! Connections that are tried and closed again; nothing is sent over them.

use std::io;
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use super::millis;
use crate::probe::{Address, Connection, Outcome};

/// Tries to connect to `port` of an address, for `timeout` at most.
#[must_use]
pub fn connect(to: Address, port: u16, timeout: Duration) -> Connection {
    let start = Instant::now();
    let tried = TcpStream::connect_timeout(&SocketAddr::new(to.address, port), timeout);
    let milliseconds = millis(start);
    let (outcome, error) = match tried {
        Ok(_) => (Outcome::Connected, None),
        Err(error) => (outcome(error.kind()), Some(error.to_string())),
    };
    Connection { to, port, outcome, milliseconds, error }
}

/// What an error means: `ENETUNREACH`, `EHOSTUNREACH` and `EADDRNOTAVAIL` (an address family without an address of this
/// machine's own) are all a way that is missing.
fn outcome(kind: io::ErrorKind) -> Outcome {
    match kind {
        io::ErrorKind::ConnectionRefused | io::ErrorKind::ConnectionReset => Outcome::Refused,
        io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => Outcome::TimedOut,
        io::ErrorKind::NetworkUnreachable
        | io::ErrorKind::HostUnreachable
        | io::ErrorKind::AddrNotAvailable => Outcome::NoRoute,
        _ => Outcome::Failed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_system_says_is_one_of_five() {
        for (kind, expected) in [
            (io::ErrorKind::ConnectionRefused, Outcome::Refused),
            (io::ErrorKind::TimedOut, Outcome::TimedOut),
            (io::ErrorKind::NetworkUnreachable, Outcome::NoRoute),
            (io::ErrorKind::HostUnreachable, Outcome::NoRoute),
            (io::ErrorKind::AddrNotAvailable, Outcome::NoRoute),
            (io::ErrorKind::PermissionDenied, Outcome::Failed),
        ] {
            assert_eq!(outcome(kind), expected, "{kind:?}");
        }
    }
}
