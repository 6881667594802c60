//! Signals of the operating system.

#[cfg(unix)]
use tokio::signal::unix::{Signal, SignalKind, signal};

/// Receiver of the signals to stop (SIGTERM, SIGINT) and to reload (SIGHUP).
#[cfg(unix)]
pub(super) struct Signals {
    terminate: Signal,
    interrupt: Signal,
    hang_up: Signal,
}

#[cfg(unix)]
impl Signals {
    /// Installs the handlers.
    pub(super) fn listen() -> std::io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            hang_up: signal(SignalKind::hangup())?,
        })
    }

    /// Waits for the next signal.
    pub(super) async fn next(&mut self) -> SignalRequest {
        tokio::select! {
            _ = self.terminate.recv() => SignalRequest::Stop,
            _ = self.interrupt.recv() => SignalRequest::Stop,
            _ = self.hang_up.recv() => SignalRequest::Reload,
        }
    }
}

impl Signals {
    /// Waits for a signal to stop. Requests to reload are passed over.
    pub(super) async fn stopped(&mut self) {
        while self.next().await != SignalRequest::Stop {}
    }
}

/// The request of a signal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SignalRequest {
    /// Shut down.
    Stop,
    /// Read configuration and packs again.
    Reload,
}

/// Receiver of Ctrl-C, the only signal on other systems.
#[cfg(not(unix))]
pub(super) struct Signals;

#[cfg(not(unix))]
impl Signals {
    /// Installs the handlers.
    pub(super) fn listen() -> std::io::Result<Self> {
        Ok(Self)
    }

    /// Waits for Ctrl-C.
    pub(super) async fn next(&mut self) -> SignalRequest {
        drop(tokio::signal::ctrl_c().await);
        SignalRequest::Stop
    }
}
