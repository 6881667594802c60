//! The close codes of the fake server's gateway, with a bare WebSocket client.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message as Packet;

use crate::support::discord::{Discord, TOKEN};

/// Sends `packets` and waits for the close code.
fn closes_with(discord: &Discord, packets: &[Value]) -> Option<u16> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let gateway = discord.gateway_url();
        let address = gateway.trim_start_matches("ws://");
        let stream = tokio::net::TcpStream::connect(address).await.unwrap();
        let url = format!("{gateway}/?v=10&encoding=json");
        let (mut socket, _) = tokio_tungstenite::client_async(url, stream).await.unwrap();
        for packet in packets {
            let text = packet.as_str().map_or_else(|| packet.to_string(), str::to_owned);
            drop(socket.send(Packet::Text(text)).await);
        }
        while let Some(Ok(packet)) = socket.next().await {
            if let Packet::Close(frame) = packet {
                return frame.map(|frame| frame.code.into());
            }
        }
        None
    })
}

/// An IDENTIFY with `changes`.
fn identify(changes: &Value) -> Value {
    let mut data = json!({
        "token": TOKEN, "intents": 513,
        "properties": { "os": "o", "browser": "b", "device": "d" },
    });
    for (key, value) in changes.as_object().into_iter().flatten() {
        data[key] = value.clone();
    }
    json!({ "op": 2, "d": data })
}

#[test]
fn fake_server_closes_connections_with_discords_codes() {
    let discord = Discord::start();
    discord.set_heartbeat_interval(Duration::from_millis(500));
    discord.disallow_message_content();
    let good = identify(&json!({}));
    let resume = |session: &str, seq: u64| json!({ "op": 6, "d": { "token": TOKEN, "session_id": session, "seq": seq } });
    let rows: [(Vec<Value>, u16); 12] = [
        (vec![json!({ "op": 99, "d": null })], 4001),
        (vec![json!("{")], 4002),
        (vec![json!({ "op": 3, "d": {} })], 4003),
        (vec![identify(&json!({ "token": "nobodys" }))], 4004),
        (vec![good.clone(), good.clone()], 4005),
        (vec![json!({ "op": 1, "d": null }); 121], 4008),
        (vec![good.clone()], 4009),
        (vec![identify(&json!({ "shard": [2, 2] }))], 4010),
        (vec![identify(&json!({ "intents": 1_u64 << 40 }))], 4013),
        (vec![identify(&json!({ "intents": 1 << 1 }))], 4014),
        (vec![identify(&json!({ "intents": 1 << 15 }))], 4014),
        (vec![json!({ "op": 6, "d": { "token": "nobodys" } })], 4004),
    ];
    for (packets, code) in rows {
        assert_eq!(closes_with(&discord, &packets), Some(code), "{:?}", packets.first());
    }
    let session = discord.session_ids().pop().expect("they outlive their connections");
    assert_eq!(closes_with(&discord, &[resume(&session, 1000)]), Some(4007));
}
