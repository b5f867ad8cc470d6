//! People and communities as entities.

use std::collections::HashMap;

use archipel_model::{ActorId, ActorKind, ActorState, Reach, text};
use archipel_storage::{Community, Conn, ShownActor};

use super::Pictures;
use super::credentials::{decides, rules};
use crate::api::Api;
use crate::entities::{Account, Date, Day, Field};
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
    let actors = conn.shown_actors(&wanted).await?;
    let communities = communities(conn, &actors).await?;
    for shown in actors {
        let counts = api.counts().of(conn, shown.actor.id).await?;
        let mut account = entity(api, &shown);
        if let Some(community) = communities.get(&shown.actor.id) {
            describe(&mut account, community);
        }
        account.moved = moved(api, conn, &shown).await?;
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

/// Settings of the local communities among these actors.
async fn communities(
    conn: &mut Conn,
    actors: &[ShownActor],
) -> Result<HashMap<ActorId, Community>> {
    let ids: Vec<ActorId> = actors
        .iter()
        .map(|shown| &shown.actor)
        .filter(|actor| actor.is_local && actor.kind == ActorKind::Group)
        .map(|actor| actor.id)
        .collect();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let found = conn.communities_settings(&ids).await?;
    Ok(found.into_iter().map(|one| (one.actor_id, one)).collect())
}

/// What a community of ours says in the place of what a person says.
fn describe(account: &mut Account, community: &Community) {
    account.locked = decides(community.join_policy);
    account.discoverable = Some(community.reach == Reach::Public);
    account.noindex = community.reach != Reach::Public;
    account.indexable = community.reach == Reach::Public;
    if account.suspended {
        return;
    }
    let mut rows = rules(community);
    for row in &mut rows {
        row.value = text::escape(&row.value);
    }
    if !rows.is_empty() {
        let name = if community.language.starts_with("fr") {
            "Règles"
        } else {
            "Rules"
        };
        let page = text::escape(&account.url);
        rows.push(Field {
            name: name.to_owned(),
            value: format!("<a href=\"{page}\" rel=\"nofollow noopener\">{page}</a>"),
            verified_at: None,
        });
    }
    account.fields = rows;
}

/// Where somebody moved to, if that one is known here.
async fn moved(api: &Api, conn: &mut Conn, shown: &ShownActor) -> Result<Option<Box<Account>>> {
    let Some(uri) = &shown.actor.moved_to else {
        return Ok(None);
    };
    let Some(target) = conn.actor_by_uri(uri).await? else {
        return Ok(None);
    };
    let target = conn.shown_actors(&[target.id]).await?;
    Ok(target.first().map(|target| Box::new(entity(api, target))))
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
