//! Chat programs of your own: JSON lines over a Unix socket, one program at a time.
//!
//! `docs/bridge.md` describes the lines. Whoever can open the socket speaks for everybody on the
//! bridge; it is its owner's alone.

mod wire;

use std::collections::HashMap;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::{mpsc, oneshot};

use super::{PlatformError, Shutdown};
use crate::conversation::{Event, MessageId, PlaceId};
use crate::service::{Dispatcher, Liveness, Outgoing, SendError, Sender};
use wire::{Ack, IncomingLine, Order};

/// Names its messages, places and people.
pub const PLATFORM: &str = "bridge";

/// Bytes of the longest line that is read.
const MAX_LINE_BYTES: u64 = 256 * 1024;

/// Lines that wait to be written, before whoever brings one waits, too.
const MAX_WAITING_LINES: usize = 64;

/// So many orders without an answer, and those that nobody waits for any more are forgotten.
const MANY_ORDERS: usize = 1024;

/// How often it says that it lives.
const PULSE_EVERY: Duration = Duration::from_secs(5);

/// The bridge.
pub struct Bridge {
    socket: PathBuf,
    pulse: Arc<Liveness>,
    link: Mutex<Option<Connection>>,
    n_orders: AtomicU64,
}

/// The way to the program that is connected.
struct Connection {
    lines: mpsc::Sender<String>,
    waiting: HashMap<u64, oneshot::Sender<Ack>>,
}

impl Bridge {
    /// A bridge at `socket`.
    pub fn new(socket: PathBuf, pulse: Arc<Liveness>) -> Self {
        Self { socket, pulse, link: Mutex::default(), n_orders: AtomicU64::new(0) }
    }

    /// Listens, and talks with one program after the other, until it is told to stop.
    ///
    /// # Errors
    /// [`PlatformError`] if the socket cannot be made.
    pub async fn serve(&self, lane: &Dispatcher, stop: &Shutdown) -> Result<(), PlatformError> {
        let listener = self.listen()?;
        let talk = async {
            loop {
                match listener.accept().await {
                    Ok((stream, _)) => self.handle_connection(stream, lane, stop).await,
                    // Such as too many open files: it passes, but not within a microsecond.
                    Err(error) => {
                        tracing::warn!(%error, "Nobody can connect to the bridge");
                        tokio::time::sleep(PULSE_EVERY).await;
                    }
                }
            }
        };
        tokio::select! {
            () = stop.forced.cancelled() => {}
            () = async { tokio::join!(talk, self.keep_alive()); } => {}
        }
        // Nobody is to wait at a socket that nobody hears.
        drop(std::fs::remove_file(&self.socket));
        Ok(())
    }

    async fn keep_alive(&self) {
        let mut ticks = tokio::time::interval(PULSE_EVERY);
        loop {
            ticks.tick().await;
            self.pulse.mark_alive();
        }
    }

    fn listen(&self) -> Result<UnixListener, PlatformError> {
        self.bind().map_err(|source| PlatformError::Permanent {
            advice: format!(
                "cannot listen at the bridge's socket {}: make its folder writable, stop whoever listens there, or name another path (`socket` in [bridge])",
                self.socket.display()
            ),
            source: Some(source.into()),
        })
    }

    /// Makes the socket where nobody else can reach it, and puts it in place when it is its owner's
    /// alone. One that a dead quoth has left is replaced.
    fn bind(&self) -> io::Result<UnixListener> {
        if self.socket.exists() {
            if !is_socket(&self.socket) {
                return Err(io::ErrorKind::AlreadyExists.into());
            }
            if std::os::unix::net::UnixStream::connect(&self.socket).is_ok() {
                return Err(io::ErrorKind::AddrInUse.into());
            }
        }
        let folder = self.socket.parent().filter(|folder| !folder.as_os_str().is_empty());
        let private = tempfile::Builder::new()
            .prefix(".quoth-")
            .tempdir_in(folder.unwrap_or(Path::new(".")))?;
        let made = private.path().join("socket");
        let listener = UnixListener::bind(&made)?;
        std::fs::set_permissions(&made, std::fs::Permissions::from_mode(0o600))?;
        std::fs::rename(&made, &self.socket)?;
        Ok(listener)
    }

    /// Talks with a program until it leaves.
    async fn handle_connection(&self, stream: UnixStream, lane: &Dispatcher, stop: &Shutdown) {
        let (reader, writer) = stream.into_split();
        let (lines, outbox) = mpsc::channel(MAX_WAITING_LINES);
        *self.link() = Some(Connection { lines: lines.clone(), waiting: HashMap::new() });
        tracing::info!("A program is connected to the bridge");
        let ended = tokio::select! {
            ended = self.read(reader, lane, &lines, stop) => ended,
            ended = write(writer, outbox) => ended,
        };
        // Whoever waits for an answer learns that none will come.
        *self.link() = None;
        note_left(ended);
    }

    async fn read(
        &self,
        reader: OwnedReadHalf,
        lane: &Dispatcher,
        lines: &mpsc::Sender<String>,
        stop: &Shutdown,
    ) -> io::Result<()> {
        let mut reader = BufReader::new(reader);
        let mut line = Vec::new();
        loop {
            line.clear();
            (&mut reader).take(MAX_LINE_BYTES).read_until(b'\n', &mut line).await?;
            if line.last() != Some(&b'\n') {
                let is_cut = !line.is_empty();
                return if is_cut { Err(io::ErrorKind::InvalidData.into()) } else { Ok(()) };
            }
            let answer = match IncomingLine::parse(&line) {
                Ok(IncomingLine::Ack(number, ack)) => {
                    self.acknowledge(number, ack);
                    None
                }
                Ok(IncomingLine::Event(event)) => dispatch(*event, lane, stop),
                Err(error) => Some(wire::error(&error)),
            };
            self.pulse.mark_alive();
            if let Some(answer) = answer
                && lines.send(answer).await.is_err()
            {
                return Ok(());
            }
        }
    }

    fn acknowledge(&self, number: u64, ack: Ack) {
        let waiting = self.link().as_mut().and_then(|link| link.waiting.remove(&number));
        if let Some(told) = waiting {
            // Whoever waited may have given up.
            drop(told.send(ack));
        }
    }

    /// Gives the program an order and waits for what comes of it.
    async fn send_order(&self, order: Order<'_>) -> Result<Option<MessageId>, SendError> {
        let number = self.n_orders.fetch_add(1, Ordering::Relaxed);
        let (told, ack) = oneshot::channel();
        let lines = {
            let mut link = self.link();
            let link = link.as_mut().ok_or(SendError::Transient { retry_after: None })?;
            if link.waiting.len() >= MANY_ORDERS {
                link.waiting.retain(|_, told| !told.is_closed());
            }
            link.waiting.insert(number, told);
            link.lines.clone()
        };
        if lines.send(order.line(number)).await.is_err() {
            return Err(SendError::Transient { retry_after: None });
        }
        // The program left after it may have read the order.
        ack.await.map_err(|_| SendError::Ambiguous)?.result
    }

    fn link(&self) -> MutexGuard<'_, Option<Connection>> {
        self.link.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Sender for Bridge {
    async fn send(&self, outgoing: &Outgoing) -> Result<MessageId, SendError> {
        // Without its name what was sent cannot be changed or taken away.
        self.send_order(Order::send(outgoing)).await?.ok_or(SendError::Ambiguous)
    }

    async fn edit(&self, sent: &MessageId, outgoing: &Outgoing) -> Result<(), SendError> {
        self.send_order(Order::amend(sent, outgoing)).await.map(drop)
    }

    async fn delete(
        &self,
        sent: &MessageId,
        place: &PlaceId,
        _: &MessageId,
    ) -> Result<(), SendError> {
        self.send_order(Order::remove(sent, place)).await.map(drop)
    }

    fn dedup_window(&self) -> Option<Duration> {
        None
    }
}

fn note_left(ended: io::Result<()>) {
    match ended {
        Ok(()) => tracing::info!("The program on the bridge has left"),
        Err(error) => tracing::warn!(%error, "The program on the bridge was lost"),
    }
}

/// Queues `event`; what to say if it is not taken.
fn dispatch(event: Event, lane: &Dispatcher, stop: &Shutdown) -> Option<String> {
    let refused = if stop.graceful.is_cancelled() { Some(event) } else { lane.try_dispatch(event) };
    refused.as_ref().map(wire::resend)
}

async fn write(mut writer: OwnedWriteHalf, mut outbox: mpsc::Receiver<String>) -> io::Result<()> {
    while let Some(line) = outbox.recv().await {
        writer.write_all(line.as_bytes()).await?;
    }
    Ok(())
}

fn is_socket(path: &Path) -> bool {
    use std::os::unix::fs::FileTypeExt;
    std::fs::symlink_metadata(path).is_ok_and(|metadata| metadata.file_type().is_socket())
}
