//! Which hosts are reached through a proxy of the environment, and which are excepted.
//!
//! The SDK's own client reads the proxies. What it does not know and the AWS CLI does is known here: hosts of
//! `NO_PROXY` with a port or in brackets.

/// What a variable of the environment says, by the first of its names that has one.
pub(super) fn variable(names: &[&str]) -> Option<String> {
    names.iter().find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()))
}

/// The host of a URL and its port, without the user and the password that may come before it.
pub(in crate::edge::feed) fn host(url: &str) -> &str {
    let behind = url.split_once("://").map_or(url, |(_, rest)| rest);
    let host = behind.split(['/', '?', '#']).next().unwrap_or(behind);
    host.rsplit_once('@').map_or(host, |(_, host)| host)
}

/// Whether `NO_PROXY` has the host of a URL in a way that the SDK's client does not know: with its port, or
/// an IPv6 address in brackets.
pub(super) fn is_excepted(excepted: &str, url: &str) -> bool {
    let host = host(url);
    let port = if url.starts_with("https:") { "443" } else { "80" };
    let (name, port) = match host.rsplit_once(':') {
        Some((name, port)) if !port.contains(']') => (name, port),
        _ => (host, port),
    };
    excepted.split([',', ' ']).map(str::trim).any(|rule| {
        let (rule, only) = match rule.rsplit_once(':') {
            // Without brackets, all of it is an address.
            Some((rule, only)) if !only.contains(']') && (rule.ends_with(']') || !rule.contains(':')) => {
                (rule, Some(only))
            }
            _ => (rule, None),
        };
        let is_within = |rule: &str| {
            let domain = rule.trim_start_matches("*.").trim_start_matches('.');
            let front = name.len().checked_sub(domain.len()).and_then(|at| name.split_at_checked(at));
            !domain.is_empty()
                && front.is_some_and(|(front, end)| {
                    end.eq_ignore_ascii_case(domain) && (front.is_empty() || front.ends_with('.'))
                })
        };
        match only {
            Some(only) => only == port && is_within(rule),
            None => rule.starts_with('[') && name.eq_ignore_ascii_case(rule),
        }
    })
}

/// Whether `NO_PROXY` of the environment has the host of a URL, with its port or in brackets.
pub(super) fn is_excepted_here(url: &str) -> bool {
    is_excepted(&variable(&["NO_PROXY", "no_proxy"]).unwrap_or_default(), url)
}

/// The variable of the environment, if one is in force for a URL that names a proxy nobody here can speak to.
pub(super) fn foreign_proxy(https: bool) -> Option<&'static str> {
    let own = if https { ["HTTPS_PROXY", "https_proxy"] } else { ["HTTP_PROXY", "http_proxy"] };
    let mut names = own.into_iter().chain(["ALL_PROXY", "all_proxy"]);
    let name = names.find(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()))?;
    let value = std::env::var(name).unwrap_or_default().to_ascii_lowercase();
    value.starts_with("socks").then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_excepted_with_their_ports_and_in_brackets() {
        for (rules, url, is) in [
            ("127.0.0.1:8080", "http://127.0.0.1:8080/", true),
            ("127.0.0.1:8080", "http://127.0.0.1:8081/", false),
            ("[::1]", "http://[::1]:8080/x", true),
            ("[::1]:8080", "http://[::1]:8080/x", true),
            ("[::1]:8081", "http://[::1]:8080/x", false),
            ("other, HOST.example:443", "https://logs.host.example/", true),
            ("host.example:443", "https://ghost.example/", false),
            (".host.example:80", "http://me:secret@a.host.example", true),
            ("*.host.example:80", "http://a.host.example:80", true),
            (":443,*", "https://a.example/", false),
            // What the client knows itself is left to it.
            ("host.example,::1", "http://host.example/", false),
            ("", "http://host.example/", false),
        ] {
            assert_eq!(is_excepted(rules, url), is, "{rules} {url}");
        }
    }

    #[test]
    fn a_host_has_no_password() {
        for (url, expected) in [
            ("https://logs.eu-west-1.amazonaws.com/", "logs.eu-west-1.amazonaws.com"),
            ("http://me:secret@[::1]:8080/x?y@z", "[::1]:8080"),
            ("http://a@b:c@host", "host"),
            ("host", "host"),
        ] {
            assert_eq!(host(url), expected);
        }
    }
}
