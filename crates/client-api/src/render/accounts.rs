//! People and communities as entities.

use std::collections::HashMap;

use archipel_model::{ActorId, ActorKind, ActorState};
use archipel_storage::{Community, Conn, ShownActor};

use super::Pictures;
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
    let rules = rules_of(conn, &actors).await?;
    for shown in actors {
        let counts = api.counts().of(conn, shown.actor.id).await?;
        let mut account = entity(api, &shown);
        account.statuses_count = shown.said_posts.unwrap_or(0).max(counts.posts);
        account.followers_count = shown.said_followers.unwrap_or(0).max(counts.followers);
        account.following_count = shown.said_following.unwrap_or(0).max(counts.following);
        account.last_status_at = counts.last_at.map(Day);
        if let Some(rules) = rules.get(&shown.actor.id).filter(|_| !account.suspended) {
            account.fields.clone_from(rules);
        }
        found.insert(shown.actor.id, account);
    }
    Ok(found)
}

/// The rules of the communities of this server among these, as rows of their profiles.
async fn rules_of(conn: &mut Conn, actors: &[ShownActor]) -> Result<HashMap<ActorId, Vec<Field>>> {
    let groups: Vec<ActorId> = actors
        .iter()
        .filter(|shown| shown.actor.kind == ActorKind::Group && shown.actor.is_local)
        .map(|shown| shown.actor.id)
        .collect();
    if groups.is_empty() {
        return Ok(HashMap::new());
    }
    let settings = conn.communities_settings(&groups).await?;
    Ok(settings
        .iter()
        .map(|community| (community.actor_id, rule_rows(community, false)))
        .collect())
}

/// The rules of a community as rows, in its language; `typed`: as they are edited, else
/// as safe HTML.
pub(crate) fn rule_rows(community: &Community, typed: bool) -> Vec<Field> {
    let word = if community.language.starts_with("fr") {
        "Règle"
    } else {
        "Rule"
    };
    community
        .rule_list()
        .into_iter()
        .enumerate()
        .map(|(index, rule)| Field {
            name: format!("{word} {}", index + 1),
            value: if typed {
                rule.to_owned()
            } else {
                archipel_model::text::escape(rule)
            },
            verified_at: None,
        })
        .collect()
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
        emojis: serde_json::from_str(&shown.emojis).unwrap_or_default(),
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
