//! Checks of the system around quoth: open files and proxies.

use std::net::{TcpStream, ToSocketAddrs};
use std::time::Duration;

use super::setup::Setup;
use crate::platform::diagnosis::{Check, CheckOutcome, CheckResult, Run};

/// Least limit of open files. With as many HTTP connections as it holds, quoth has 130 open (docs/reliability.md); this
/// is about twice as many.
const MIN_OPEN_FILES: u64 = 256;

/// Timeout of a connection to a proxy.
const PROXY_TIMEOUT: Duration = Duration::from_secs(4);

/// The environment variables that name proxies, each also in lower case.
const PROXY_VARIABLES: [&str; 3] = ["HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY"];

pub(super) const CHECKS: [Check<Setup>; 2] = [
    Check {
        name: "open-files",
        looks_at: "the limit of open files is high enough",
        run: Run::Blocking(has_enough_files),
    },
    Check {
        name: "proxies",
        looks_at: "the proxies of the environment (HTTPS_PROXY ...) can be reached",
        run: Run::Blocking(are_proxies_usable),
    },
];

fn has_enough_files(_: &Setup) -> CheckOutcome {
    #[cfg(unix)]
    {
        let limit = rustix::process::getrlimit(rustix::process::Resource::Nofile).current;
        let Some(limit) = limit else { return Ok(CheckResult::ok("no limit")) };
        if limit >= MIN_OPEN_FILES {
            return Ok(CheckResult::ok(format!("{limit} files may be open")));
        }
        Ok(CheckResult::wrong(
            format!(
                "only {limit} files may be open at a time; quoth needs {MIN_OPEN_FILES} in a busy hour"
            ),
            "raise the limit: LimitNOFILE= in the systemd unit, --ulimit nofile= for Docker, ulimit -n in a shell",
        ))
    }
    #[cfg(not(unix))]
    Err("the limit is checked on Unix only".to_owned())
}

/// A proxy of the environment.
struct Proxy {
    variable: String,
    address: Option<(String, u16)>,
}

fn are_proxies_usable(_: &Setup) -> CheckOutcome {
    let names = PROXY_VARIABLES.iter().flat_map(|name| [(*name).to_owned(), name.to_lowercase()]);
    let proxies: Vec<Proxy> = names.filter_map(proxy).collect();
    if proxies.is_empty() {
        return Err("the environment names no proxy".to_owned());
    }
    let mut wrong = Vec::new();
    let mut reached = Vec::new();
    for Proxy { variable, address } in proxies {
        match address {
            None => wrong.push(format!("{variable} is no address of a proxy")),
            Some((host, port)) if can_connect(&host, port) => {
                reached.push(format!("{variable}: {host}:{port}"));
            }
            Some((host, port)) => {
                wrong.push(format!("{variable} names {host}:{port}, which cannot be reached"));
            }
        }
    }
    if wrong.is_empty() {
        return Ok(CheckResult::ok(reached.join("; ")));
    }
    Ok(CheckResult::wrong(
        wrong.join("; "),
        "set the variable to an address like http://proxy.example.org:3128 that this machine reaches, or unset it where \
         quoth starts",
    ))
}

/// The proxy that the variable `name` names. The user and password in it are left out.
fn proxy(name: String) -> Option<Proxy> {
    let value = std::env::var(&name).ok().filter(|value| !value.trim().is_empty())?;
    let value = if value.contains("://") { value } else { format!("http://{value}") };
    let address = url::Url::parse(&value).ok().and_then(|url| {
        let default = if url.scheme().starts_with("socks") { 1080 } else { 80 };
        Some((url.host_str()?.to_owned(), url.port_or_known_default().unwrap_or(default)))
    });
    Some(Proxy { variable: name, address })
}

fn can_connect(host: &str, port: u16) -> bool {
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let Ok(addresses) = (host, port).to_socket_addrs() else { return false };
    addresses.take(3).any(|address| TcpStream::connect_timeout(&address, PROXY_TIMEOUT).is_ok())
}
