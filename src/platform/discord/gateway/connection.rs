//! One WebSocket connection to the gateway.

use futures_util::{SinkExt, StreamExt};
use serde_json::Value;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message as Frame;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, WebSocketConfig};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async_with_config};

use super::packet::Packet;

/// Longest packet. The largest is that of a guild with thousands of channels and threads.
const MAX_PACKET_BYTES: usize = 64 << 20;

/// A connection. When it is dropped without [`Self::close`], the session can be resumed.
pub(super) struct Connection(WebSocketStream<MaybeTlsStream<TcpStream>>);

/// What was received.
pub(super) enum Inbound {
    Packet(Packet),
    /// A frame without a packet, or with an invalid one.
    Nothing,
    /// The connection ended, with Discord's close code if there was one.
    Closed(Option<u16>),
}

impl Connection {
    /// Connects to the gateway at `url`, an address without a query. `None` if that fails.
    pub(super) async fn open(url: &str) -> Option<Self> {
        let url = format!("{}/?v=10&encoding=json", url.trim_end_matches('/'));
        let config = WebSocketConfig {
            max_message_size: Some(MAX_PACKET_BYTES),
            max_frame_size: Some(MAX_PACKET_BYTES),
            ..WebSocketConfig::default()
        };
        let connected = connect_async_with_config(url, Some(config), false).await;
        // The error can contain what the server sent, which is not logged.
        connected.ok().map(|(socket, _)| Self(socket))
    }

    /// Waits for the next frame. Nothing is lost if the future is dropped.
    pub(super) async fn receive(&mut self) -> Inbound {
        match self.0.next().await {
            Some(Ok(Frame::Text(text))) => {
                Packet::parse(&text).map_or(Inbound::Nothing, Inbound::Packet)
            }
            Some(Ok(Frame::Close(frame))) => Inbound::Closed(frame.map(|it| it.code.into())),
            Some(Ok(_)) => Inbound::Nothing,
            Some(Err(_)) | None => Inbound::Closed(None),
        }
    }

    /// Sends a packet. Returns whether the connection still exists.
    pub(super) async fn send(&mut self, packet: &Value) -> bool {
        self.0.send(Frame::Text(packet.to_string())).await.is_ok()
    }

    /// Sends a close frame, and waits for Discord's. The codes 1000 and 1001 end the session.
    pub(super) async fn close(mut self, code: u16) {
        let frame = CloseFrame { code: code.into(), reason: "".into() };
        if self.0.send(Frame::Close(Some(frame))).await.is_ok() {
            while let Some(Ok(_)) = self.0.next().await {}
        }
    }
}
