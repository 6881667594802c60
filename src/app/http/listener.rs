//! A listener that holds few connections: clients that connect and send nothing must not use up the file
//! handles of the process, nor keep a health check out.

use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::time::{Instant, Sleep};

/// Most open connections. For a further one, the oldest is closed.
const MAX_CONNECTIONS: usize = 64;

/// How long a connection may stay open. Requests take milliseconds, and clients connect again.
const MAX_AGE: Duration = Duration::from_secs(60);

/// Wait after an error of the system, such as too many open files.
const ACCEPT_RETRY_DELAY: Duration = Duration::from_secs(1);

/// A listener with at most [`MAX_CONNECTIONS`].
pub(super) struct BoundedListener {
    listener: TcpListener,
    /// Closes a connection when it is dropped. The oldest first.
    open: VecDeque<oneshot::Sender<()>>,
}

impl BoundedListener {
    /// Accepts from `listener`.
    pub(super) fn new(listener: TcpListener) -> Self {
        Self { listener, open: VecDeque::new() }
    }

    /// Makes `stream` one of the open connections.
    fn hold(&mut self, stream: TcpStream) -> BoundedStream {
        self.open.retain(|connection| !connection.is_closed());
        while self.open.len() >= MAX_CONNECTIONS {
            drop(self.open.pop_front());
        }
        let (close, closed) = oneshot::channel();
        self.open.push_back(close);
        let expiry = Box::pin(tokio::time::sleep_until(Instant::now() + MAX_AGE));
        BoundedStream { stream, closed, expiry }
    }
}

impl axum::serve::Listener for BoundedListener {
    type Io = BoundedStream;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (BoundedStream, SocketAddr) {
        loop {
            match self.listener.accept().await {
                Ok((stream, address)) => return (self.hold(stream), address),
                Err(_) => tokio::time::sleep(ACCEPT_RETRY_DELAY).await,
            }
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

/// A connection that fails when the listener closes it or its time is over.
pub(super) struct BoundedStream {
    stream: TcpStream,
    closed: oneshot::Receiver<()>,
    expiry: Pin<Box<Sleep>>,
}

impl BoundedStream {
    /// Fails when it is closed; otherwise wakes the task when it will be.
    fn check_is_open(&mut self, context: &mut Context<'_>) -> io::Result<()> {
        let is_closed = Pin::new(&mut self.closed).poll(context).is_ready()
            || self.expiry.as_mut().poll(context).is_ready();
        if is_closed { Err(io::ErrorKind::ConnectionAborted.into()) } else { Ok(()) }
    }
}

impl AsyncRead for BoundedStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.check_is_open(context)?;
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for BoundedStream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.check_is_open(context)?;
        Pin::new(&mut self.stream).poll_write(context, buffer)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
