//! What a device is told: enough to show a line, and where to ask for more.

use archipel_model::notification::Kind;
use serde::Serialize;

use crate::entities::Notification;

/// Longest text of a message.
const LONGEST: usize = 140;

/// As Mastodon's apps read it. The token is theirs already, and is not sent around.
#[derive(Debug, Serialize)]
pub(crate) struct Message<'a> {
    access_token: &'static str,
    preferred_locale: &'a str,
    notification_id: i64,
    notification_type: &'a str,
    icon: &'a str,
    title: String,
    body: String,
}

/// The message about a notification, as JSON.
pub(crate) fn message(id: i64, kind: Kind, told: &Notification, locale: &str) -> Option<Vec<u8>> {
    let french = locale.starts_with("fr");
    let name = match told.account.display_name.trim() {
        "" => &told.account.acct,
        name => name,
    };
    let body = match &told.status {
        Some(status) if status.spoiler_text.trim().is_empty() => {
            archipel_model::text::plain(&status.content)
        }
        Some(status) => status.spoiler_text.clone(),
        None => archipel_model::text::plain(&told.account.note),
    };
    let message = Message {
        access_token: "",
        preferred_locale: locale,
        notification_id: id,
        notification_type: kind.as_str(),
        icon: &told.account.avatar,
        title: title(kind, &short(name, LONGEST), french),
        body: short(body.trim(), LONGEST),
    };
    serde_json::to_vec(&message).ok()
}

fn title(kind: Kind, name: &str, french: bool) -> String {
    match (kind, french) {
        (Kind::Mention, false) => format!("{name} mentioned you"),
        (Kind::Mention, true) => format!("{name} vous a mentionné·e"),
        (Kind::Status, false) => format!("{name} just posted"),
        (Kind::Status, true) => format!("{name} vient de publier"),
        (Kind::Reblog, false) => format!("{name} boosted your post"),
        (Kind::Reblog, true) => format!("{name} a partagé votre message"),
        (Kind::Follow, false) => format!("{name} is now following you"),
        (Kind::Follow, true) => format!("{name} vous suit"),
        (Kind::FollowRequest, false) => format!("{name} asks to follow you"),
        (Kind::FollowRequest, true) => format!("{name} demande à vous suivre"),
        (Kind::Favourite, false) => format!("{name} favourited your post"),
        (Kind::Favourite, true) => format!("{name} aime votre message"),
        (Kind::Poll, false) => "A poll has ended".to_owned(),
        (Kind::Poll, true) => "Un sondage est terminé".to_owned(),
        (Kind::Update, false) => format!("{name} edited a post"),
        (Kind::Update, true) => format!("{name} a modifié un message"),
        (Kind::SignUp, false) => format!("{name} signed up"),
        (Kind::SignUp, true) => format!("{name} s’est inscrit·e"),
        (Kind::Report, false) => format!("{name} sent a report"),
        (Kind::Report, true) => format!("{name} a fait un signalement"),
    }
}

fn short(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let mut short: String = text.chars().take(most.saturating_sub(1)).collect();
    short.push('…');
    short
}
