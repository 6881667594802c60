//! Checks of where the service listens: HTTP and the socket of the bridge.

use std::net::TcpListener;
#[cfg(unix)]
use std::path::Path;

#[cfg(unix)]
use super::data_folder::is_writable_for_this_user;
use super::setup::Setup;
use crate::app::health_client;
use crate::platform::diagnosis::{Check, CheckOutcome, CheckResult, Run};
use crate::store::records::LockState;

pub(super) const CHECKS: [Check<Setup>; 3] = [
    Check {
        name: "http-address",
        looks_at: "the address of health checks and metrics can be used",
        run: Run::Blocking(is_address_usable),
    },
    Check {
        name: "service",
        looks_at: "the service on this machine is ready, if it runs",
        run: Run::Blocking(is_ready),
    },
    Check {
        name: "bridge-socket",
        looks_at: "the socket of the bridge can be made",
        run: Run::Blocking(is_socket_usable),
    },
];

fn is_address_usable(setup: &Setup) -> CheckOutcome {
    let http = &setup.config().http;
    if !http.is_on {
        return Err("HTTP is turned off (`is_on` in [http])".to_owned());
    }
    let address = http.listen;
    let is_quoth =
        health_client::get(address, "/livez").is_ok_and(|it| it.is_ok && it.body == "ok\n");
    let name_another = "stop what listens there, or name another address (`listen` in [http])";
    if is_quoth {
        return Ok(match setup.lock {
            LockState::Free => CheckResult::wrong(
                format!("another quoth, with another data folder, listens on {address}"),
                name_another,
            ),
            _ => CheckResult::ok(format!("the service listens on {address}")),
        });
    }
    match TcpListener::bind(address) {
        Ok(_) if setup.is_running() => Ok(CheckResult::wrong(
            format!("a process uses the data folder, but does not listen on {address}"),
            "if it is the service, it was started with another address or is still starting: restart it, or run doctor with \
             its configuration",
        )),
        Ok(_) => Ok(CheckResult::ok(format!("{address} is free"))),
        Err(error) => {
            let message = format!("cannot listen on {address}: {error}");
            Ok(CheckResult::wrong(message, name_another))
        }
    }
}

fn is_ready(setup: &Setup) -> CheckOutcome {
    let http = &setup.config().http;
    if setup.lock == LockState::Free {
        return Err("no service runs: no process uses the data folder".to_owned());
    }
    if !http.is_on {
        return Err("HTTP is turned off (`is_on` in [http])".to_owned());
    }
    let response = health_client::get(http.listen, "/readyz");
    let response = response.map_err(|_| "nothing responds (see http-address)".to_owned())?;
    let states: Vec<&str> = response.body.lines().collect();
    if response.is_ok {
        return Ok(CheckResult::ok(states.join("; ")));
    }
    let advice = "look into its log, which says why and what to do, and at the other checks; after a start, wait a \
                  minute";
    Ok(CheckResult::wrong(format!("the service is not ready: {}", states.join("; ")), advice))
}

/// Longest path of a Unix socket, in bytes (`sun_path`).
#[cfg(unix)]
const MAX_SOCKET_BYTES: usize = 107;

/// Length of the name that the socket has first: `.quoth-abcdef/socket` and a slash before it.
#[cfg(unix)]
const FIRST_NAME_BYTES: usize = 21;

#[cfg(unix)]
fn is_socket_usable(setup: &Setup) -> CheckOutcome {
    let Some(socket) = &setup.config().bridge.socket else {
        return Err("the bridge is not configured".to_owned());
    };
    let shown = socket.display();
    let parent = socket.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = parent.unwrap_or(Path::new("."));
    let set_another = "set another path (`socket` in [bridge])";
    if folder.as_os_str().len() + FIRST_NAME_BYTES > MAX_SOCKET_BYTES {
        let message = format!("the path {shown} is too long for a socket");
        return Ok(CheckResult::wrong(message, set_another));
    }
    if !folder.is_dir() || !is_writable_for_this_user(folder) {
        let message = format!("no socket can be made in {}", folder.display());
        let advice = "make the folder, writable for the user that runs quoth, or set another path (`socket` in [bridge])";
        return Ok(CheckResult::wrong(message, advice));
    }
    if !socket.exists() {
        return Ok(match setup.lock {
            LockState::Held(_) => CheckResult::wrong(
                format!("a process uses the data folder, but there is no socket {shown}"),
                "restart the service, which makes it at its start, or run doctor with its configuration",
            ),
            _ => CheckResult::ok(format!("{shown} can be made")),
        });
    }
    if !is_socket(socket) {
        let message = format!("{shown} is there and is no socket");
        return Ok(CheckResult::wrong(
            message,
            "move it away, or set another path (`socket` in [bridge])",
        ));
    }
    // Of a service that runs, it is not connected to, since the bridge has one client at a time.
    let is_in_use =
        setup.lock == LockState::Free && std::os::unix::net::UnixStream::connect(socket).is_ok();
    Ok(if is_in_use {
        let message = format!("another process listens on {shown}");
        CheckResult::wrong(message, "stop it, or set another path (`socket` in [bridge])")
    } else {
        CheckResult::ok(format!("{shown} is a socket"))
    })
}

#[cfg(unix)]
fn is_socket(path: &Path) -> bool {
    use std::os::unix::fs::FileTypeExt;
    std::fs::metadata(path).is_ok_and(|metadata| metadata.file_type().is_socket())
}

#[cfg(not(unix))]
fn is_socket_usable(_: &Setup) -> CheckOutcome {
    Err("the bridge is for Unix only".to_owned())
}
