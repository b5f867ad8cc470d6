//! What somebody can settle about their account, as an overview.

use askama::Template;
use axum::response::Response;

use super::shared::secret;
use crate::absence::Absence;
use crate::reader::{Frame, Reader};
use crate::session::{Seal, Session};

#[derive(Template)]
#[template(path = "settings.html")]
struct SettingsPage {
    frame: Frame,
    csrf: String,
    handle: String,
    email: Option<String>,
    confirmed: bool,
}

/// The overview.
pub(crate) async fn page(reader: Reader, seal: Seal, session: Session) -> Response {
    let found = find(&reader, &seal, &session).await;
    secret(reader.answer(found))
}

async fn find(reader: &Reader, seal: &Seal, session: &Session) -> Result<SettingsPage, Absence> {
    let account = reader.conn().await?.sign_up(session.account).await?;
    let account = account.ok_or(Absence::NotFound)?;
    Ok(SettingsPage {
        frame: reader.frame(reader.t.accounts.settings).unlisted(),
        csrf: seal.token(),
        handle: format!("@{}", session.person.acct()),
        email: account.email,
        confirmed: account.confirmed_at.is_some(),
    })
}
