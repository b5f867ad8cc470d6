//! `archipel mail`: whether mail arrives.

use anyhow::Context as _;
use archipel_model::Email;

use super::{Context, output};
use crate::cli::MailCommand;
use crate::mail::Post;

/// Runs the command.
pub async fn run(context: &Context, args: &MailCommand) -> anyhow::Result<()> {
    let MailCommand::Test { address } = args;
    let address: Email = address.parse()?;
    let post = Post::open(&context.config)?.context(
        "no mail is sent from here: name a mail server in mail.host of the configuration",
    )?;
    post.send_test(address.as_str(), &context.config)
        .await
        .with_context(|| format!("{}:{}", context.config.mail.host, context.config.mail.port))?;
    output::sentence(
        context,
        &format!("The mail server took it; look into the mailbox of {address}."),
    );
    Ok(())
}
