//! Sends the e-mail that waits in the database.
//!
//! Several nodes may do the same: each mail is taken by one of them, and after a while
//! by another if that one disappeared. A mail may so, rarely, be sent twice; none is lost
//! before the mail server took it.

use std::time::Duration;

use anyhow::Context as _;
use archipel_model::{MailId, Timestamp};
use archipel_storage::Mail as Queued;
use lettre::message::header::ContentType;
use lettre::message::{Mailbox, MessageBuilder};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::config::{Config, Mail, MailTls};

/// How often it looks for mail that others queued.
const LOOK: Duration = Duration::from_secs(2);
/// Shortest wait between two looks.
const BREATH: Duration = Duration::from_millis(100);
/// Mails taken in one go.
const AT_ONCE: i64 = 20;
/// How long a mail that was taken is left alone by other nodes.
const LEASE: Duration = Duration::from_mins(10);
/// How long the mail server may take.
const PATIENCE: Duration = Duration::from_secs(20);
/// Waits after the first, second… failure; afterwards a mail is given up: what was in
/// it works no more by then.
const WAITS: [Duration; 8] = [
    Duration::from_secs(10),
    Duration::from_mins(1),
    Duration::from_mins(5),
    Duration::from_mins(20),
    Duration::from_hours(1),
    Duration::from_hours(3),
    Duration::from_hours(8),
    Duration::from_hours(24),
];

/// A way to the mail server.
#[derive(Clone, Debug)]
pub struct Post {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

impl Post {
    /// The way that the configuration describes; none where no mail is sent. Reads the
    /// password, and connects to nothing yet.
    pub fn open(config: &Config) -> anyhow::Result<Option<Self>> {
        let mail = &config.mail;
        if !mail.is_configured() {
            return Ok(None);
        }
        let host = config.server.public_url.host_str().unwrap_or("localhost");
        let from = if mail.from.is_empty() {
            format!("archipel@{host}")
        } else {
            mail.from.clone()
        };
        let from = from
            .parse()
            .with_context(|| format!("mail.from: {from:?} is no address"))?;
        Ok(Some(Self {
            transport: transport(mail)?,
            from,
        }))
    }

    /// Gives a test to the mail server, and says what it answered.
    pub async fn send_test(&self, to: &str, config: &Config) -> anyhow::Result<()> {
        let url = config.server.public_url.as_str().trim_end_matches('/');
        let title = App::title();
        let mail = Queued {
            id: MailId(0),
            recipient: to.to_owned(),
            subject: format!("[{title}] Essai / test"),
            body: format!(
                "Le courrier de ce serveur arrive. / Mail of this server arrives.\n\n-- \n\
                 {title}\n{url}/\n"
            ),
            attempts: 0,
        };
        Ok(self.send(&mail).await?)
    }

    /// Gives one mail to the mail server.
    async fn send(&self, mail: &Queued) -> Result<(), Failure> {
        let message = message(&self.from, mail).map_err(Failure::Unsendable)?;
        match self.transport.send(message).await {
            Ok(_) => Ok(()),
            // That we may not log in is ours to repair, and no fault of the mail.
            Err(error) if error.is_permanent() && !is_about_us(&error) => {
                Err(Failure::Refused(error.to_string()))
            }
            Err(error) => Err(Failure::Later(error.to_string())),
        }
    }
}

/// Whether the mail server refuses us, rather than this mail (RFC 4954 §6).
fn is_about_us(error: &lettre::transport::smtp::Error) -> bool {
    error
        .status()
        .is_some_and(|code| matches!(u16::from(code), 530 | 534 | 535 | 538))
}

/// Why a mail was not taken.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error("it cannot be sent: {0}")]
    Unsendable(anyhow::Error),
    #[error("the mail server refused it: {0}")]
    Refused(String),
    #[error("{0}")]
    Later(String),
}

fn transport(mail: &Mail) -> anyhow::Result<AsyncSmtpTransport<Tokio1Executor>> {
    let parameters = || TlsParameters::new(mail.host.clone()).context("TLS for mail");
    let tls = match mail.tls {
        MailTls::Starttls => Tls::Required(parameters()?),
        MailTls::Tls => Tls::Wrapper(parameters()?),
        MailTls::Off => Tls::None,
    };
    let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&mail.host)
        .port(mail.port)
        .tls(tls)
        .timeout(Some(PATIENCE));
    if !mail.user.is_empty() {
        let file = &mail.password_file;
        let password = std::fs::read_to_string(file)
            .with_context(|| format!("mail.password_file: {} cannot be read", file.display()))?;
        let password = password.trim_end_matches(['\r', '\n']).to_owned();
        builder = builder.credentials(Credentials::new(mail.user.clone(), password));
    }
    Ok(builder.build())
}

fn message(from: &Mailbox, mail: &Queued) -> anyhow::Result<Message> {
    // Without these, machines that are away answer.
    let builder: MessageBuilder = Message::builder()
        .from(from.clone())
        .to(mail.recipient.parse()?)
        .subject(&mail.subject)
        .raw_header(automatic()?);
    Ok(builder
        .header(ContentType::TEXT_PLAIN)
        .body(mail.body.clone())?)
}

/// RFC 3834: nobody answers automatically what was sent automatically.
fn automatic() -> anyhow::Result<lettre::message::header::HeaderValue> {
    use lettre::message::header::{HeaderName, HeaderValue};
    let name = HeaderName::new_from_ascii("Auto-Submitted".to_owned())?;
    Ok(HeaderValue::new(name, "auto-generated".to_owned()))
}

/// Runs until told to stop.
pub async fn run(app: App, post: Post, stop: CancellationToken) {
    loop {
        let wait = match turn(&app, &post).await {
            Ok(wait) => wait,
            Err(error) => {
                tracing::warn!(%error, "mail could not be looked after");
                LOOK
            }
        };
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            () = stop.cancelled() => return,
        }
    }
}

/// Sends what is due; says how long to wait.
async fn turn(app: &App, post: &Post) -> archipel_storage::Result<Duration> {
    let now = app.actions.now();
    let next = app.store.read().await?.next_mail().await?;
    let Some(next) = next.filter(|next| *next <= now) else {
        return Ok(next.map_or(LOOK, |next| next.since(now).clamp(BREATH, LOOK)));
    };
    tracing::trace!(since = %next.rfc3339(), "mail is due");
    let mut tx = app.store.write().await?;
    let due = tx.claim_mails(now, now.plus(LEASE), AT_ONCE).await?;
    tx.commit().await?;
    for mail in &due {
        let sent = post.send(mail).await;
        note(app, mail, sent).await?;
    }
    Ok(BREATH)
}

/// Writes down what became of a mail. Neither its text nor whom it is for is logged.
async fn note(app: &App, mail: &Queued, sent: Result<(), Failure>) -> archipel_storage::Result<()> {
    let mut tx = app.store.write().await?;
    match sent {
        Ok(()) => {
            tracing::debug!(id = %mail.id, "mail sent");
            tx.remove_mail(mail.id).await?;
        }
        Err(error @ (Failure::Unsendable(_) | Failure::Refused(_))) => {
            tracing::warn!(id = %mail.id, %error, "a mail is given up");
            tx.remove_mail(mail.id).await?;
        }
        Err(error) => {
            if let Some(wait) = wait_after(mail.attempts) {
                let again: Timestamp = app.actions.now().plus(wait);
                tracing::warn!(id = %mail.id, %error, again = %again.rfc3339(), "mail waits");
                tx.mail_failed(mail.id, &error.to_string(), again).await?;
            } else {
                tracing::error!(id = %mail.id, %error, "a mail is given up");
                tx.remove_mail(mail.id).await?;
            }
        }
    }
    tx.commit().await
}

/// How long to wait after so many failures and one more.
fn wait_after(attempts: i64) -> Option<Duration> {
    usize::try_from(attempts)
        .ok()
        .and_then(|attempts| WAITS.get(attempts))
        .copied()
}
