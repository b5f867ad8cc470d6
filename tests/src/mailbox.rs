//! A mail server that keeps what it is given, for tests: SMTP without TLS on a port of
//! this machine.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

use crate::LabBuilder;
use crate::wait::eventually;

/// How long a mail may take to arrive.
const ARRIVES: Duration = Duration::from_secs(20);

/// A mail, as it was received.
#[derive(Clone, Debug)]
pub struct Mail {
    /// To whom.
    pub to: String,
    /// The text, decoded.
    pub text: String,
    /// All headers, as they came.
    pub headers: String,
}

impl Mail {
    /// The path of the link in the text that contains `part`.
    ///
    /// # Panics
    /// When there is none.
    pub fn path(&self, part: &str) -> String {
        let words = self.text.split_whitespace();
        let link = words
            .into_iter()
            .find(|word| word.starts_with("http") && word.contains(part))
            .unwrap_or_else(|| panic!("no link with {part} in {}", self.text));
        let url = url::Url::parse(link).expect("a link");
        url.path().to_owned()
    }
}

#[derive(Debug, Default)]
struct Kept {
    mails: Vec<Mail>,
    /// How many mails are yet to be refused for the moment.
    busy: usize,
    /// How many were.
    refused: usize,
}

/// A mail server.
#[derive(Clone, Debug)]
pub struct Mailbox {
    port: u16,
    kept: Arc<Mutex<Kept>>,
}

impl Mailbox {
    /// Starts one on a free port.
    ///
    /// # Panics
    /// When there is no port.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("its address").port();
        let kept: Arc<Mutex<Kept>> = Arc::default();
        let shared = kept.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(converse(stream, shared.clone()));
            }
        });
        Self { port, kept }
    }

    /// Lets a lab send its mail here.
    pub fn serve(&self, lab: LabBuilder) -> LabBuilder {
        lab.set("mail.host", "127.0.0.1")
            .set("mail.port", &self.port.to_string())
            .set("mail.tls", "off")
    }

    /// Is too busy for the next so many mails.
    pub fn be_busy(&self, times: usize) {
        self.kept.lock().expect("mails").busy = times;
    }

    /// How many mails were sent away for the moment.
    pub fn refused(&self) -> usize {
        self.kept.lock().expect("mails").refused
    }

    /// All mails so far.
    pub fn all(&self) -> Vec<Mail> {
        self.kept.lock().expect("mails").mails.clone()
    }

    /// Takes the first mail to this address that contains these words, once it is there.
    ///
    /// # Panics
    /// When none arrives.
    pub async fn take(&self, to: &str, words: &str) -> Mail {
        eventually(&format!("mail to {to} with {words:?}"), ARRIVES, || async {
            let mut kept = self.kept.lock().expect("mails");
            let found = kept
                .mails
                .iter()
                .position(|mail| mail.to == to && mail.text.contains(words))?;
            Some(kept.mails.remove(found))
        })
        .await
    }
}

/// One connection: several mails, one after the other.
async fn converse(stream: TcpStream, kept: Arc<Mutex<Kept>>) -> Option<()> {
    let (reading, mut writing) = stream.into_split();
    let mut lines = BufReader::new(reading).lines();
    writing.write_all(b"220 sink ESMTP\r\n").await.ok()?;
    let mut to = String::new();
    while let Some(line) = lines.next_line().await.ok()? {
        let command = line.to_ascii_uppercase();
        let answer = if command.starts_with("EHLO") {
            "250-sink\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n"
        } else if command.starts_with("RCPT TO:") {
            to = line.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
            "250 ok\r\n"
        } else if command == "DATA" {
            writing.write_all(b"354 go on\r\n").await.ok()?;
            let mut raw = Vec::new();
            while let Some(line) = lines.next_line().await.ok()? {
                if line == "." {
                    break;
                }
                raw.push(line.strip_prefix('.').unwrap_or(&line).to_owned());
            }
            let mut kept = kept.lock().ok()?;
            if kept.busy > 0 {
                kept.busy -= 1;
                kept.refused += 1;
                "451 later\r\n"
            } else {
                kept.mails.push(read(&to, &raw));
                "250 taken\r\n"
            }
        } else if command == "QUIT" {
            writing.write_all(b"221 bye\r\n").await.ok()?;
            return Some(());
        } else {
            "250 ok\r\n"
        };
        writing.write_all(answer.as_bytes()).await.ok()?;
    }
    Some(())
}

fn read(to: &str, raw: &[String]) -> Mail {
    let end = raw.iter().position(String::is_empty).unwrap_or(raw.len());
    let (headers, body) = raw.split_at(end);
    let headers = headers.join("\n");
    let encoding = headers.to_ascii_lowercase();
    let text = if encoding.contains("content-transfer-encoding: base64") {
        let bytes = STANDARD.decode(body.concat()).expect("base64");
        String::from_utf8(bytes).expect("UTF-8")
    } else if encoding.contains("content-transfer-encoding: quoted-printable") {
        quoted(&body.join("\n"))
    } else {
        body.join("\n")
    };
    Mail {
        to: to.to_owned(),
        text,
        headers,
    }
}

/// RFC 2045 §6.7.
fn quoted(text: &str) -> String {
    let joined = text.replace("=\n", "");
    let bytes = joined.as_bytes();
    let mut plain = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((first, after)) = rest.split_first() {
        let escaped = (*first == b'=')
            .then(|| after.get(..2))
            .flatten()
            .and_then(|hex| std::str::from_utf8(hex).ok())
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        if let Some(byte) = escaped {
            plain.push(byte);
            rest = &after[2..];
        } else {
            plain.push(*first);
            rest = after;
        }
    }
    String::from_utf8(plain).expect("UTF-8")
}
