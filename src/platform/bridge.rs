//! The bridge: serves a chat through an external program, the client, by JSON lines over a Unix socket.
//!
//! `docs/bridge.md` specifies the protocol. One client is connected at a time. A client can send
//! messages as any user of the bridge, so only the socket's owner can open it, unless the settings say
//! otherwise.

mod line_reader;
mod wire;

use std::collections::HashMap;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncWriteExt, BufReader};
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::{mpsc, oneshot};

use super::{PlatformError, Shutdown};
use crate::conversation::{Event, MessageId, PlaceId};
use crate::service::{Dispatcher, Liveness, Outgoing, SendError, Sender};
use crate::store::system_error;
use line_reader::{Line, LineReader, MAX_LINE_BYTES};
use wire::{Ack, IncomingLine, Order};

/// Platform of the ids of its messages, places and users.
pub const PLATFORM: &str = "bridge";

/// Lines queued for writing. When the queue is full, senders wait.
const MAX_QUEUED_LINES: usize = 64;

/// Unacknowledged orders above which those with a cancelled sender are dropped.
const MAX_UNACKNOWLEDGED: usize = 1024;

/// Time between two signs that the bridge is alive.
const LIVENESS_INTERVAL: Duration = Duration::from_secs(5);

/// Settings of the bridge.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Path of the socket.
    pub socket: PathBuf,
    /// Permissions of the socket. Whoever may write to it can send messages as any user of the bridge.
    pub mode: u32,
}

/// A platform whose events and replies pass through a client on a Unix socket.
pub struct Bridge {
    settings: Settings,
    liveness: Arc<Liveness>,
    connection: Mutex<Option<Connection>>,
    n_orders: AtomicU64,
}

/// The connected client.
struct Connection {
    lines: mpsc::Sender<String>,
    /// Orders without an acknowledgement, by number.
    unacknowledged: HashMap<u64, oneshot::Sender<Ack>>,
}

impl Bridge {
    /// A bridge with these settings.
    pub fn new(settings: Settings, liveness: Arc<Liveness>) -> Self {
        Self { settings, liveness, connection: Mutex::default(), n_orders: AtomicU64::new(0) }
    }

    /// Listens and serves one client after the other, until the shutdown's second phase.
    ///
    /// # Errors
    /// [`PlatformError`] if the socket cannot be created.
    pub async fn serve(
        &self,
        dispatcher: &Dispatcher,
        shutdown: &Shutdown,
    ) -> Result<(), PlatformError> {
        let listener = self.listen()?;
        let serve_clients = async {
            loop {
                match listener.accept().await {
                    Ok((stream, _)) => self.handle_connection(stream, dispatcher, shutdown).await,
                    // Such as too many open files. The error is transient, but an immediate retry would
                    // spin.
                    Err(error) => {
                        tracing::warn!(%error, "Cannot accept bridge clients, retrying");
                        tokio::time::sleep(LIVENESS_INTERVAL).await;
                    }
                }
            }
        };
        tokio::select! {
            () = shutdown.forced.cancelled() => {}
            () = async { tokio::join!(serve_clients, self.keep_alive()); } => {}
        }
        // Clients must not wait on a socket that nobody accepts from.
        drop(std::fs::remove_file(&self.settings.socket));
        Ok(())
    }

    async fn keep_alive(&self) {
        let mut ticks = tokio::time::interval(LIVENESS_INTERVAL);
        loop {
            ticks.tick().await;
            self.liveness.mark_alive();
        }
    }

    fn listen(&self) -> Result<UnixListener, PlatformError> {
        self.bind().map_err(|source| {
            let advice = format!(
                "cannot listen on the bridge's socket {}: make its folder writable, stop the process that listens there, or set another path (`socket` in [bridge])",
                self.settings.socket.display()
            );
            let is_transient = system_error::is_transient(source.kind());
            let source = Some(source.into());
            if is_transient {
                PlatformError::Transient { what: advice, source }
            } else {
                PlatformError::Permanent { advice, source }
            }
        })
    }

    /// Creates the socket in a private folder, sets its permissions and then moves it into place, so that
    /// nobody else can open it at any time. A stale socket of a killed quoth is replaced.
    fn bind(&self) -> io::Result<UnixListener> {
        if self.settings.socket.exists() {
            if !is_socket(&self.settings.socket) {
                return Err(io::ErrorKind::AlreadyExists.into());
            }
            if std::os::unix::net::UnixStream::connect(&self.settings.socket).is_ok() {
                return Err(io::ErrorKind::AddrInUse.into());
            }
        }
        let folder = self.settings.socket.parent().filter(|folder| !folder.as_os_str().is_empty());
        let private_dir = tempfile::Builder::new()
            .prefix(".quoth-")
            .tempdir_in(folder.unwrap_or(Path::new(".")))?;
        let created = private_dir.path().join("socket");
        let listener = UnixListener::bind(&created)?;
        std::fs::set_permissions(&created, std::fs::Permissions::from_mode(self.settings.mode))?;
        std::fs::rename(&created, &self.settings.socket)?;
        Ok(listener)
    }

    /// Serves a client until it disconnects.
    async fn handle_connection(
        &self,
        stream: UnixStream,
        dispatcher: &Dispatcher,
        shutdown: &Shutdown,
    ) {
        let (reader, writer) = stream.into_split();
        let (lines, queued) = mpsc::channel(MAX_QUEUED_LINES);
        *self.connection() =
            Some(Connection { lines: lines.clone(), unacknowledged: HashMap::new() });
        tracing::info!("Bridge client connected");
        let ended = tokio::select! {
            ended = self.read(reader, dispatcher, &lines, shutdown) => ended,
            ended = write(writer, queued) => ended,
        };
        // Dropping the connection ends the wait for acknowledgements.
        *self.connection() = None;
        log_disconnect(ended);
    }

    async fn read(
        &self,
        reader: OwnedReadHalf,
        dispatcher: &Dispatcher,
        lines: &mpsc::Sender<String>,
        shutdown: &Shutdown,
    ) -> io::Result<()> {
        let mut reader = LineReader::new(BufReader::new(reader));
        loop {
            let response = match reader.read().await? {
                Line::Complete(line) => self.handle_line(line, dispatcher, shutdown),
                Line::TooLong => Some(wire::error(&format!(
                    "the line is longer than {MAX_LINE_BYTES} bytes; it is ignored"
                ))),
                Line::End => return Ok(()),
            };
            self.liveness.mark_alive();
            if let Some(response) = response
                && lines.send(response).await.is_err()
            {
                return Ok(());
            }
        }
    }

    /// Handles a line of the client. Returns the line to send back, if any.
    fn handle_line(
        &self,
        line: &[u8],
        dispatcher: &Dispatcher,
        shutdown: &Shutdown,
    ) -> Option<String> {
        match IncomingLine::parse(line) {
            Ok(IncomingLine::Ack(number, ack)) => self.acknowledge(number, ack),
            Ok(IncomingLine::Event(event)) => dispatch(*event, dispatcher, shutdown),
            Err(error) => Some(wire::error(&error)),
        }
    }

    /// Hands `ack` to the sender of the order `number`. Returns the line that tells the client that nobody
    /// waits for it any more.
    fn acknowledge(&self, number: u64, ack: Ack) -> Option<String> {
        let waiting = self
            .connection()
            .as_mut()
            .and_then(|connection| connection.unacknowledged.remove(&number));
        let Some(waiting) = waiting else {
            return Some(wire::ack_error(number, "no such order waits for an acknowledgement"));
        };
        waiting.send(ack).err()?;
        tracing::warn!(
            order = number,
            "The acknowledgement of the bridge order {number} came too late; its result counts as unknown"
        );
        Some(wire::ack_error(number, "too late: the result of the order counts as unknown"))
    }

    /// Sends an order to the client and waits for its acknowledgement.
    async fn send_order(&self, order: Order<'_>) -> Result<Option<MessageId>, SendError> {
        let number = self.n_orders.fetch_add(1, Ordering::Relaxed);
        let (ack_sender, ack) = oneshot::channel();
        let lines = {
            let mut connection = self.connection();
            let connection =
                connection.as_mut().ok_or(SendError::Transient { retry_after: None })?;
            if connection.unacknowledged.len() >= MAX_UNACKNOWLEDGED {
                connection.unacknowledged.retain(|_, waiting| !waiting.is_closed());
            }
            connection.unacknowledged.insert(number, ack_sender);
            connection.lines.clone()
        };
        if lines.send(order.line(number)).await.is_err() {
            return Err(SendError::Transient { retry_after: None });
        }
        // The client disconnected, possibly after it read the order.
        ack.await.map_err(|_| SendError::Ambiguous)?.result
    }

    fn connection(&self) -> MutexGuard<'_, Option<Connection>> {
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Sender for Bridge {
    async fn send(&self, outgoing: &Outgoing) -> Result<MessageId, SendError> {
        // Without its id the message could not be edited or deleted.
        self.send_order(Order::send(outgoing)).await?.ok_or(SendError::Ambiguous)
    }

    async fn edit(&self, message: &MessageId, outgoing: &Outgoing) -> Result<(), SendError> {
        self.send_order(Order::edit(message, outgoing)).await.map(drop)
    }

    async fn delete(
        &self,
        message: &MessageId,
        place: &PlaceId,
        _: &MessageId,
    ) -> Result<(), SendError> {
        self.send_order(Order::delete(message, place)).await.map(drop)
    }

    fn dedup_window(&self) -> Option<Duration> {
        None
    }
}

fn log_disconnect(ended: io::Result<()>) {
    match ended {
        Ok(()) => tracing::info!("Bridge client disconnected"),
        Err(error) => tracing::warn!(%error, "Bridge client disconnected unexpectedly"),
    }
}

/// Queues `event`. Returns the line that asks for it again if it cannot be queued.
fn dispatch(event: Event, dispatcher: &Dispatcher, shutdown: &Shutdown) -> Option<String> {
    let rejected = if shutdown.graceful.is_cancelled() {
        Some(dispatcher.turn_away(event))
    } else {
        dispatcher.try_dispatch(event)
    };
    rejected.as_ref().map(wire::resend)
}

async fn write(mut writer: OwnedWriteHalf, mut lines: mpsc::Receiver<String>) -> io::Result<()> {
    while let Some(line) = lines.recv().await {
        writer.write_all(line.as_bytes()).await?;
    }
    Ok(())
}

fn is_socket(path: &Path) -> bool {
    use std::os::unix::fs::FileTypeExt;
    std::fs::symlink_metadata(path).is_ok_and(|metadata| metadata.file_type().is_socket())
}
