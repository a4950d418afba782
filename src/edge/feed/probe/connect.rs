//! Connections that are tried and closed again; nothing is sent over them.

use std::io;
use std::net::{IpAddr, SocketAddr, TcpStream, UdpSocket};
use std::time::{Duration, Instant};

use super::{any, millis};
use crate::advice::probe::{Address, ConnectOutcome, Connection};

/// Tries to connect to `port` of an address, for `timeout` at most.
#[must_use]
pub fn connect(to: Address, port: u16, timeout: Duration) -> Connection {
    let source = source(to.address, port);
    if let Ok(source) = source
        && is_local(source)
        && !is_local(to.address)
    {
        // Answers would not find back: an instance has the routes of a subnet with IPv6, though no address
        // was given to it.
        let error = Some(format!("there is only {source} to send from"));
        return Connection {
            to,
            port,
            outcome: ConnectOutcome::NoRoute,
            milliseconds: 0,
            error,
            here: Some(true),
        };
    }
    let start = Instant::now();
    let tried = TcpStream::connect_timeout(&SocketAddr::new(to.address, port), timeout);
    let milliseconds = millis(start);
    let (outcome, error) = match tried {
        Ok(_) => (ConnectOutcome::Connected, None),
        Err(error) => (outcome(error.kind()), Some(error.to_string())),
    };
    let here = (outcome == ConnectOutcome::NoRoute).then_some(source.is_err());
    Connection { to, port, outcome, milliseconds, error, here }
}

/// The address from which this machine would send. No packet is: the system looks for a route, and chooses.
fn source(to: IpAddr, port: u16) -> io::Result<IpAddr> {
    let socket = UdpSocket::bind(any(to))?;
    socket.connect((to, port))?;
    Ok(socket.local_addr()?.ip())
}

/// Whether an address means nothing beyond the link.
fn is_local(address: IpAddr) -> bool {
    match address {
        // Pods on EKS send from link-local IPv4 addresses, which the node translates.
        IpAddr::V4(v4) => v4.is_loopback() || v4.is_unspecified(),
        IpAddr::V6(v6) => v6.is_loopback() || v6.is_unicast_link_local() || v6.is_unspecified(),
    }
}

/// What an error means: `ENETUNREACH`, `EHOSTUNREACH` and `EADDRNOTAVAIL` (an address family without an
/// address of this machine's own) are all a way that is missing.
fn outcome(kind: io::ErrorKind) -> ConnectOutcome {
    match kind {
        io::ErrorKind::ConnectionRefused | io::ErrorKind::ConnectionReset => ConnectOutcome::Refused,
        io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => ConnectOutcome::TimedOut,
        io::ErrorKind::NetworkUnreachable
        | io::ErrorKind::HostUnreachable
        | io::ErrorKind::AddrNotAvailable => ConnectOutcome::NoRoute,
        // `EACCES`: a rule of this machine, or an ICMP message that it is prohibited (RFC 4443 section 3.1).
        io::ErrorKind::PermissionDenied => ConnectOutcome::Forbidden,
        _ => ConnectOutcome::Failed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_means_nothing_beyond_the_link() {
        for (address, expected) in [
            ("fe80::5", true),
            ("::1", true),
            ("::", true),
            ("fd00::5", false),
            ("2001:db8::5", false),
            ("127.0.0.1", true),
            ("169.254.172.5", false),
            ("10.0.0.5", false),
        ] {
            assert_eq!(is_local(address.parse().unwrap()), expected, "{address}");
        }
    }

    #[test]
    fn what_the_system_says_is_one_of_six() {
        for (kind, expected) in [
            (io::ErrorKind::ConnectionRefused, ConnectOutcome::Refused),
            (io::ErrorKind::TimedOut, ConnectOutcome::TimedOut),
            (io::ErrorKind::NetworkUnreachable, ConnectOutcome::NoRoute),
            (io::ErrorKind::HostUnreachable, ConnectOutcome::NoRoute),
            (io::ErrorKind::AddrNotAvailable, ConnectOutcome::NoRoute),
            (io::ErrorKind::PermissionDenied, ConnectOutcome::Forbidden),
            (io::ErrorKind::Other, ConnectOutcome::Failed),
        ] {
            assert_eq!(outcome(kind), expected, "{kind:?}");
        }
    }
}
