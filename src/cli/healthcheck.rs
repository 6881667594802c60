//! `quoth healthcheck`: asks the service on this machine whether it is ready.

use std::io::{Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::time::Duration;

use anyhow::{Context, bail};

use super::Status;
use super::config_args::ConfigArgs;

/// How long it waits at each step.
const LIMIT: Duration = Duration::from_secs(5);

/// Bytes of the answer that are read at the most; it has a line for each platform.
const MAX_BYTES: u64 = 16 * 1024;

pub(super) fn run(config: &ConfigArgs) -> anyhow::Result<Status> {
    let http = config.read()?.http;
    if !http.is_on {
        bail!("there is nothing to ask: health is turned off (is_on in [http])");
    }
    match ask(reachable(http.listen)) {
        Ok(answer) => {
            let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
            anstream::stdout().write_all(body.as_bytes())?;
            let is_ready = head.split(' ').nth(1) == Some("200");
            Ok(if is_ready { Status::Success } else { Status::Failed })
        }
        Err(error) => {
            writeln!(anstream::stdout(), "no service answers: {error:#}")?;
            Ok(Status::Failed)
        }
    }
}

/// An address that listens everywhere is asked on this machine.
fn reachable(listen: SocketAddr) -> SocketAddr {
    let ip = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, listen.port())
}

fn ask(address: SocketAddr) -> anyhow::Result<String> {
    let mut stream = TcpStream::connect_timeout(&address, LIMIT)
        .with_context(|| format!("cannot connect to {address}"))?;
    stream.set_read_timeout(Some(LIMIT))?;
    stream.set_write_timeout(Some(LIMIT))?;
    write!(stream, "GET /readyz HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n")?;
    let mut answer = String::new();
    stream.take(MAX_BYTES).read_to_string(&mut answer)?;
    Ok(answer)
}
