//! Streams over a WebSocket: several on one, begun and ended by messages.

use std::time::Duration;

use axum::extract::ws::{Message, Utf8Bytes, WebSocket, WebSocketUpgrade};
use axum::response::Response;
use http::HeaderValue;
use serde::Deserialize;
use serde_json::json;
use tokio::time::{MissedTickBehavior, interval, timeout};

use super::admitted;
use crate::api::Api;
use crate::stream::{Asked, Seat, Who};

/// How often it is asked whether somebody is there; after twice that without a word
/// nobody is.
const BEAT: Duration = Duration::from_secs(30);
/// How long one message may take on its way.
const PATIENCE: Duration = Duration::from_secs(10);
/// Bytes of what an app says.
const LONGEST: usize = 16 * 1024;
/// Bytes kept for reading: thousands wait, and say next to nothing.
const READ: usize = 1024;
/// Most bytes that wait to be written.
const WRITE: usize = 512 * 1024;

/// Becomes a WebSocket.
pub(super) fn answer(
    api: Api,
    upgrade: WebSocketUpgrade,
    protocol: Option<HeaderValue>,
    who: Who,
    seat: Seat,
) -> Response {
    let mut upgrade = upgrade
        .read_buffer_size(READ)
        .write_buffer_size(0)
        .max_write_buffer_size(WRITE)
        .max_message_size(LONGEST)
        .max_frame_size(LONGEST);
    if let Some(protocol) = protocol {
        upgrade.set_selected_protocol(protocol);
    }
    upgrade.on_upgrade(move |socket| serve(api, socket, who, seat))
}

async fn serve(api: Api, mut socket: WebSocket, who: Who, mut seat: Seat) {
    let mut beat = interval(BEAT);
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    beat.reset();
    let mut silent = 0;
    loop {
        let say = tokio::select! {
            told = seat.told.recv() => match told {
                Some(told) => Message::Text(told.message().into()),
                None => break,
            },
            heard = socket.recv() => {
                silent = 0;
                match heard {
                    Some(Ok(Message::Text(text))) => match order(&api, &who, &seat, &text).await {
                        Some(answer) => Message::Text(answer),
                        None => continue,
                    },
                    // Pings are answered by themselves.
                    Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Binary(_))) => continue,
                    Some(Ok(Message::Close(_)) | Err(_)) | None => return,
                }
            }
            _ = beat.tick() => {
                silent += 1;
                if silent > 2 {
                    return;
                }
                Message::Ping(bytes::Bytes::new())
            }
        };
        if !matches!(timeout(PATIENCE, socket.send(say)).await, Ok(Ok(()))) {
            return;
        }
    }
    let _ = timeout(PATIENCE, socket.send(Message::Close(None))).await;
}

/// What an app says.
#[derive(Debug, Deserialize)]
struct Order {
    #[serde(rename = "type")]
    kind: String,
    #[serde(flatten)]
    asked: Asked,
}

/// Does what an app says; gives what is answered, if anything.
async fn order(api: &Api, who: &Who, seat: &Seat, text: &str) -> Option<Utf8Bytes> {
    let refuse = |why: &str, status: u16| {
        let answer = json!({ "error": why, "status": status });
        Some(Utf8Bytes::from(answer.to_string()))
    };
    let Ok(order) = serde_json::from_str::<Order>(text) else {
        return refuse("The message cannot be read", 400);
    };
    match order.kind.as_str() {
        "subscribe" => match admitted(api, who, &order.asked).await {
            Ok(channel) if seat.open(channel.clone()) => None,
            Ok(_) => refuse("Too many streams on one connection", 400),
            Err(error) => refuse(&error.to_string(), error.code()),
        },
        "unsubscribe" => match order.asked.channel() {
            Ok(channel) => {
                seat.close(&channel);
                None
            }
            Err(why) => refuse(why, 400),
        },
        _ => refuse("Unknown message type", 400),
    }
}
