//! People and communities as entities.

use std::collections::HashMap;

use archipel_model::{ActorId, ActorKind, ActorState};
use archipel_storage::{Conn, ShownActor};

use super::Pictures;
use crate::api::Api;
use crate::entities::{Account, Date, Day};
use crate::error::{ApiError, Result};

/// The entities of these actors.
pub(crate) async fn accounts(
    api: &Api,
    conn: &mut Conn,
    ids: &[ActorId],
) -> Result<HashMap<ActorId, Account>> {
    let mut wanted = ids.to_vec();
    wanted.sort_unstable();
    wanted.dedup();
    let mut found = HashMap::with_capacity(wanted.len());
    for shown in conn.shown_actors(&wanted).await? {
        let counts = api.counts().of(conn, shown.actor.id).await?;
        let mut account = entity(api, &shown);
        account.statuses_count = shown.said_posts.unwrap_or(0).max(counts.posts);
        account.followers_count = shown.said_followers.unwrap_or(0).max(counts.followers);
        account.following_count = shown.said_following.unwrap_or(0).max(counts.following);
        account.last_status_at = counts.last_at.map(Day);
        found.insert(shown.actor.id, account);
    }
    Ok(found)
}

/// The entity of one actor.
pub(crate) async fn account(api: &Api, conn: &mut Conn, id: ActorId) -> Result<Account> {
    let mut found = accounts(api, conn, &[id]).await?;
    found.remove(&id).ok_or(ApiError::NotFound)
}

fn entity(api: &Api, shown: &ShownActor) -> Account {
    let actor = &shown.actor;
    let group = actor.kind == ActorKind::Group;
    let suspended = actor.state != ActorState::Active;
    let pictures = Pictures(api);
    let (avatar, header) = (pictures.avatar(shown), pictures.header(shown));
    let acct = if actor.is_local {
        actor.handle.clone()
    } else {
        actor.acct()
    };
    let url = actor
        .url
        .as_deref()
        .filter(|url| url::Url::parse(url).is_ok())
        .unwrap_or(&actor.uri);
    Account {
        id: actor.id.to_string(),
        username: actor.handle.clone(),
        acct,
        display_name: actor.name.clone(),
        locked: actor.approves_followers,
        bot: shown.bot && !group,
        discoverable: Some(shown.discoverable.unwrap_or(group && actor.is_local)),
        indexable: shown.indexable,
        noindex: !shown.indexable && !group,
        group,
        created_at: Date(shown.published_at.unwrap_or(actor.created_at)),
        note: if suspended {
            String::new()
        } else {
            actor.summary.clone()
        },
        url: url.to_owned(),
        uri: actor.uri.clone(),
        avatar_static: avatar.clone(),
        avatar,
        avatar_description: String::new(),
        header_static: header.clone(),
        header,
        header_description: String::new(),
        followers_count: 0,
        following_count: 0,
        statuses_count: 0,
        last_status_at: None,
        hide_collections: Some(shown.hide_collections || group),
        emojis: pictures.emojis(&shown.emojis),
        roles: Vec::new(),
        fields: if suspended {
            Vec::new()
        } else {
            serde_json::from_str(&shown.fields).unwrap_or_default()
        },
        moved: None,
        suspended,
        limited: actor.host_limited,
    }
}
