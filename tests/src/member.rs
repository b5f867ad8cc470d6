//! Somebody who uses the client API: a token and plain HTTP.

use reqwest::{Method, RequestBuilder, Response};
use serde_json::Value;

use crate::Lab;
use crate::contract::violations;

/// Somebody with a token.
#[derive(Clone, Debug)]
pub struct Member {
    http: reqwest::Client,
    base: String,
    /// The token; empty for a stranger.
    pub token: String,
}

impl Lab {
    /// A token of a local account with the usual scopes.
    pub fn member(&self, account: &str) -> Member {
        self.member_with(account, &["--scopes", "read write follow push"])
    }

    /// A token of a local account; `more` goes to `archipel token create`.
    pub fn member_with(&self, account: &str, more: &[&str]) -> Member {
        let mut args = vec!["token", "create", account];
        args.extend(more);
        Member {
            token: self.run(&args).trim().to_owned(),
            ..self.stranger()
        }
    }

    /// Somebody without a token.
    pub fn stranger(&self) -> Member {
        Member {
            http: self.http().clone(),
            base: self.base().to_string().trim_end_matches('/').to_owned(),
            token: String::new(),
        }
    }
}

impl Member {
    /// A request to be filled in.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.base));
        if self.token.is_empty() {
            request
        } else {
            request.bearer_auth(&self.token)
        }
    }

    /// Asks; the status and the JSON of the answer.
    pub async fn ask(&self, method: Method, path: &str, body: Option<&Value>) -> (u16, Value) {
        let mut request = self.request(method.clone(), path);
        if let Some(body) = body {
            request = request.json(body);
        }
        read(&method, path, request.send().await.expect("an answer")).await
    }

    /// Reads what must be there.
    pub async fn get(&self, path: &str) -> Value {
        let (status, body) = self.ask(Method::GET, path, None).await;
        assert_eq!(status, 200, "GET {path}: {body}");
        body
    }

    /// Does what must succeed.
    pub async fn post(&self, path: &str, body: Value) -> Value {
        let (status, answer) = self.ask(Method::POST, path, Some(&body)).await;
        assert!(
            (200..300).contains(&status),
            "POST {path}: {status} {answer}"
        );
        answer
    }

    /// Does what must succeed.
    pub async fn put(&self, path: &str, body: Value) -> Value {
        let (status, answer) = self.ask(Method::PUT, path, Some(&body)).await;
        assert!(
            (200..300).contains(&status),
            "PUT {path}: {status} {answer}"
        );
        answer
    }

    /// Does what must succeed.
    pub async fn delete(&self, path: &str) -> Value {
        let (status, answer) = self.ask(Method::DELETE, path, None).await;
        assert!(
            (200..300).contains(&status),
            "DELETE {path}: {status} {answer}"
        );
        answer
    }

    /// The status of a GET.
    pub async fn status(&self, path: &str) -> u16 {
        self.ask(Method::GET, path, None).await.0
    }
}

async fn read(method: &Method, path: &str, response: Response) -> (u16, Value) {
    let status = response.status().as_u16();
    let kind = response
        .headers()
        .get("content-type")
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
        .to_owned();
    let text = response.text().await.expect("the answer");
    assert!(
        kind.starts_with("application/json"),
        "{status} as {kind:?}: {text}"
    );
    let wrong = violations(method.as_str(), path, status, &kind, text.as_bytes());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let json = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
    (status, json)
}
