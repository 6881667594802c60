//! `quoth healthcheck`: requests `/readyz` of the service on this machine.

use std::io::{Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::time::Duration;

use anyhow::{Context, bail};

use super::Status;
use super::config_args::ConfigArgs;

/// Timeout of connecting, reading and writing, each.
const TIMEOUT: Duration = Duration::from_secs(5);

/// Most bytes of the response that are read. It has one line per platform.
const MAX_RESPONSE_BYTES: u64 = 16 * 1024;

pub(super) fn run(config: &ConfigArgs) -> anyhow::Result<Status> {
    let http = config.read()?.http;
    if !http.is_on {
        bail!("the health endpoint is disabled (`is_on` in [http])");
    }
    match request(local_address(http.listen)) {
        Ok(response) => {
            let (head, body) = response.split_once("\r\n\r\n").unwrap_or((&response, ""));
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

/// The address to connect to: the loopback address if `listen` is the unspecified address.
fn local_address(listen: SocketAddr) -> SocketAddr {
    let ip = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, listen.port())
}

fn request(address: SocketAddr) -> anyhow::Result<String> {
    let mut stream = TcpStream::connect_timeout(&address, TIMEOUT)
        .with_context(|| format!("cannot connect to {address}"))?;
    stream.set_read_timeout(Some(TIMEOUT))?;
    stream.set_write_timeout(Some(TIMEOUT))?;
    write!(stream, "GET /readyz HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n")?;
    let mut response = String::new();
    stream.take(MAX_RESPONSE_BYTES).read_to_string(&mut response)?;
    Ok(response)
}
