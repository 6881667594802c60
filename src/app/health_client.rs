//! Requests to the HTTP server of the service on this machine.

use std::io::{self, Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::time::Duration;

/// Timeout of connecting, reading and writing, each.
const TIMEOUT: Duration = Duration::from_secs(5);

/// Most bytes of the response that are read. It has one line per platform.
const MAX_RESPONSE_BYTES: u64 = 16 * 1024;

/// A response of the service.
#[derive(Debug)]
pub struct HealthResponse {
    /// Whether its status is 200.
    pub is_ok: bool,
    /// Its body.
    pub body: String,
}

/// The response to `GET path` of the service that listens at `listen`.
///
/// # Errors
/// If nothing responds there.
pub fn get(listen: SocketAddr, path: &str) -> io::Result<HealthResponse> {
    let address = local_address(listen);
    let mut stream = TcpStream::connect_timeout(&address, TIMEOUT)?;
    stream.set_read_timeout(Some(TIMEOUT))?;
    stream.set_write_timeout(Some(TIMEOUT))?;
    let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes())?;
    let mut response = String::new();
    stream.take(MAX_RESPONSE_BYTES).read_to_string(&mut response)?;
    let (head, body) = response.split_once("\r\n\r\n").unwrap_or((&response, ""));
    Ok(HealthResponse { is_ok: head.split(' ').nth(1) == Some("200"), body: body.to_owned() })
}

/// The address to connect to: the loopback address if `listen` is the unspecified address.
pub fn local_address(listen: SocketAddr) -> SocketAddr {
    let ip = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, listen.port())
}
