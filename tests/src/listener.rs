//! Somebody who listens to streams, over a WebSocket or plain HTTP.

use std::time::Duration;

use futures::{SinkExt as _, StreamExt as _};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

use crate::wait::PATIENCE;
use crate::{Lab, Member};

/// Where a token is put.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Token {
    /// As the subprotocol: browsers can do nothing else.
    Protocol,
    /// In the `Authorization` header.
    Header,
    /// In the query.
    Query,
}

/// A WebSocket to `/api/v1/streaming`.
#[derive(Debug)]
pub struct Listener {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    /// The subprotocol that the server chose.
    pub protocol: Option<String>,
}

impl Lab {
    /// Listens as somebody; `query` begins with `?` or is empty.
    pub async fn listen(&self, member: &Member, token: Token, query: &str) -> Listener {
        self.try_listen(member, token, query)
            .await
            .unwrap_or_else(|status| panic!("the WebSocket was refused: {status}"))
    }

    /// The same; the status where it is refused.
    pub async fn try_listen(
        &self,
        member: &Member,
        token: Token,
        query: &str,
    ) -> Result<Listener, u16> {
        let url = self.url(&format!("/api/v1/streaming{query}"));
        let mut url = url.replacen("http://", "ws://", 1);
        if token == Token::Query {
            let mark = if query.is_empty() { '?' } else { '&' };
            url = format!("{url}{mark}access_token={}", member.token);
        }
        let mut request = url.into_client_request().expect("a request");
        let headers = request.headers_mut();
        let (name, value) = match token {
            Token::Protocol => ("sec-websocket-protocol", member.token.clone()),
            Token::Header => ("authorization", format!("Bearer {}", member.token)),
            Token::Query => ("x-nothing", String::new()),
        };
        if !member.token.is_empty() {
            headers.insert(name, value.parse().expect("a header"));
        }
        match tokio_tungstenite::connect_async(request).await {
            Ok((socket, answer)) => Ok(Listener {
                socket,
                protocol: answer
                    .headers()
                    .get("sec-websocket-protocol")
                    .and_then(|value| value.to_str().ok())
                    .map(str::to_owned),
            }),
            Err(Error::Http(answer)) => Err(answer.status().as_u16()),
            Err(error) => panic!("no WebSocket: {error}"),
        }
    }
}

impl Listener {
    /// Says something.
    pub async fn say(&mut self, words: Value) {
        let message = Message::text(words.to_string());
        self.socket.send(message).await.expect("the WebSocket");
    }

    /// Subscribes to a stream, and waits until that was read: what is wrong is answered,
    /// in order.
    pub async fn subscribe(&mut self, mut stream: Value) {
        stream["type"] = json!("subscribe");
        self.say(stream).await;
        self.say(json!({ "type": "nothing" })).await;
        loop {
            let answer = self.next().await.expect("an answer");
            if let Some(error) = answer["error"].as_str() {
                assert_eq!(error, "Unknown message type", "{answer}");
                return;
            }
        }
    }

    /// The next message; none when the server closed it.
    pub async fn next(&mut self) -> Option<Value> {
        self.within(PATIENCE).await.expect("a message in time")
    }

    /// The next message if it comes in this time; the inner is none when the server closed.
    pub async fn within(&mut self, limit: Duration) -> Option<Option<Value>> {
        let next = async {
            loop {
                match self.socket.next().await {
                    Some(Ok(Message::Text(text))) => {
                        break Some(serde_json::from_str(&text).expect("JSON"));
                    }
                    Some(Ok(Message::Close(_)) | Err(_)) | None => break None,
                    Some(Ok(_)) => {}
                }
            }
        };
        timeout(limit, next).await.ok()
    }

    /// The next message of this kind, with its payload read.
    pub async fn event(&mut self, kind: &str) -> (Value, Value) {
        loop {
            let message = self.next().await.expect("an open WebSocket");
            if message["event"] == kind {
                let payload = message["payload"].as_str().unwrap_or("null");
                let payload = serde_json::from_str(payload).expect("a payload of JSON");
                return (message["stream"].clone(), payload);
            }
        }
    }
}

impl Member {
    /// Listens to events over plain HTTP; comes back once the server has begun.
    pub async fn events(&self, path: &str) -> Events {
        let request = self.request(Method::GET, path);
        let answer = request.timeout(Duration::from_mins(2)).send().await;
        let mut answer = answer.expect("an answer");
        assert_eq!(answer.status(), 200, "{path}");
        assert_eq!(answer.headers()["content-type"], "text/event-stream");
        let first = answer.chunk().await.expect("a chunk").expect("a beat");
        assert!(first.starts_with(b":"), "{first:?}");
        Events {
            answer,
            text: String::new(),
        }
    }
}

/// Events over plain HTTP.
#[derive(Debug)]
pub struct Events {
    answer: reqwest::Response,
    text: String,
}

impl Events {
    /// The next event with its data, as they are written.
    pub async fn next(&mut self) -> (String, String) {
        loop {
            while let Some((event, rest)) = self.text.split_once("\n\n") {
                let event = event.to_owned();
                let rest = rest.to_owned();
                self.text = rest;
                if let Some(event) = event.strip_prefix("event: ") {
                    let (name, data) = event.split_once("\ndata: ").expect("data");
                    return (name.to_owned(), data.to_owned());
                }
            }
            let chunk = timeout(PATIENCE, self.answer.chunk()).await;
            let chunk = chunk.expect("an event in time").expect("a chunk");
            let chunk = chunk.expect("an open stream");
            self.text.push_str(&String::from_utf8_lossy(&chunk));
        }
    }
}
