//! Changing and deleting what one wrote, and what it was before.

use archipel_actions::{self as actions, Described, EditOutcome, Rewrite};
use archipel_model::{EntryId, MediaId, PostId, ReactionClass, Scope};
use archipel_storage::{Entry, Extras, Post, ShownMedia, Version};
use axum::Json;
use axum::extract::State;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::compose::{PollWish, clean, language, media, object, plain};
use super::meet;
use crate::api::Api;
use crate::entities::{Account, Attachment, Date, Emoji, Status};
use crate::error::{ApiError, Result};
use crate::extract::{Flag, IdOf, List, Num, Params, Text};
use crate::registry::{Access, Routes, Shows, rule};
use crate::render;
use crate::routes::community;
use crate::viewer::{Guest, Member, Viewer};

/// Declares the routes of this file.
pub(super) fn declare(routes: &mut Routes) {
    let writes = Access::Member(Scope::WriteStatuses);
    routes.put(
        "/api/v1/statuses/{id}",
        rule::<Status>("Change a post", writes, Shows::Own).takes::<Wish>(),
        change,
    );
    routes.delete(
        "/api/v1/statuses/{id}",
        rule::<Status>("Delete a post; gives what was typed", writes, Shows::Own),
        remove,
    );
    routes.get(
        "/api/v1/statuses/{id}/source",
        rule::<Source>(
            "What was typed",
            Access::Member(Scope::ReadStatuses),
            Shows::Own,
        ),
        source,
    );
    routes.get(
        "/api/v1/statuses/{id}/history",
        rule::<Vec<EditEntity>>("All versions of a post", Access::Anyone, Shows::Posts),
        history,
    );
}

/// What a post is to be from now on; what is left out stays.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
struct Wish {
    status: Text,
    spoiler_text: Text,
    sensitive: Flag,
    language: Text,
    media_ids: Option<List<Text>>,
    media_attributes: List<MediaWish>,
    #[serde(deserialize_with = "object")]
    poll: Option<PollWish>,
    content_type: Text,
}

/// New words for a file.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
struct MediaWish {
    id: Num,
    description: Text,
    /// `x,y`, each from -1 to 1.
    focus: Text,
}

impl MediaWish {
    fn described(&self) -> Option<Described> {
        let focus = self.focus.filled().and_then(|text| {
            let (x, y) = text.split_once(',')?;
            let number = |text: &str| text.trim().parse::<f64>().ok().filter(|it| it.is_finite());
            Some((number(x)?.clamp(-1.0, 1.0), number(y)?.clamp(-1.0, 1.0)))
        });
        Some(Described {
            id: MediaId(self.id.0?),
            description: self
                .description
                .0
                .as_ref()
                .map(|text| text.chars().take(1_500).collect()),
            focus,
        })
    }
}

/// <https://docs.joinmastodon.org/entities/StatusSource/>.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Source {
    id: String,
    text: String,
    spoiler_text: String,
}

/// <https://docs.joinmastodon.org/entities/StatusEdit/>.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct EditEntity {
    content: String,
    spoiler_text: String,
    sensitive: bool,
    created_at: Date,
    account: Account,
    #[serde(skip_serializing_if = "Option::is_none")]
    poll: Option<EditPoll>,
    media_attachments: Vec<Attachment>,
    emojis: Vec<Emoji>,
}

/// The choices of a poll as they were.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct EditPoll {
    options: Vec<EditOption>,
}

/// One of them.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct EditOption {
    title: String,
}

/// The entry of this id and its post, which who asks must have written.
async fn own(
    conn: &mut archipel_storage::Conn,
    viewer: &Viewer,
    id: EntryId,
) -> Result<(Entry, Post)> {
    let entry = conn.entry_seen_by(Some(viewer.subject), id).await?;
    let entry = entry.ok_or(ApiError::NotFound)?;
    if entry.actor_id != viewer.subject {
        return Err(ApiError::Forbidden(
            "This action is not allowed: somebody else wrote this".to_owned(),
        ));
    }
    let post = conn.post(entry.post_id).await?.ok_or(ApiError::NotFound)?;
    Ok((entry, post))
}

async fn change(
    State(api): State<Api>,
    Member(viewer): Member,
    IdOf(id): IdOf<EntryId>,
    Params(wish): Params<Wish>,
) -> Result<Json<Status>> {
    if viewer.is_community() {
        let (text, sensitive) = (wish.status.filled(), wish.sensitive.0);
        return community::posts::edit(&api, &viewer, id, text, sensitive)
            .await
            .map(Json);
    }
    plain(&wish.content_type)?;
    if let Some(text) = &wish.status.0 {
        meet(&api, text).await?;
    }
    let mut tx = api.store().write().await?;
    let (entry, post) = own(&mut tx, &viewer, id).await?;
    if entry.boost {
        return Err(ApiError::NotFound);
    }
    let author = tx.actor(viewer.subject).await?.ok_or(ApiError::NotFound)?;
    let summary = match &wish.spoiler_text.0 {
        Some(_) => wish
            .spoiler_text
            .filled()
            .map(|text| text.trim().to_owned()),
        None => post.summary.clone(),
    };
    let new = Rewrite {
        text: match &wish.status.0 {
            Some(text) => clean(text),
            None => actions::typed_text(&post),
        },
        sensitive: wish.sensitive.0.unwrap_or(post.sensitive) || summary.is_some(),
        summary,
        language: language(&wish.language),
        media: wish.media_ids.as_ref().map(media),
        described: (wish.media_attributes.0.iter())
            .filter_map(MediaWish::described)
            .collect(),
        poll: wish.poll.as_ref().and_then(PollWish::draft),
    };
    let outcome = actions::rewrite_post(api.ctx(), &mut tx, &author, &post, &new).await?;
    if outcome == EditOutcome::Unchanged {
        return Err(ApiError::refused("This post cannot be changed any more"));
    }
    tx.commit().await?;
    let mut conn = api.store().read().await?;
    let status = render::own_post(&api, &mut conn, Some(viewer.subject), post.id).await?;
    Ok(Json(status))
}

async fn remove(
    State(api): State<Api>,
    Member(viewer): Member,
    IdOf(id): IdOf<EntryId>,
) -> Result<Json<Status>> {
    if viewer.is_community() {
        return community::posts::remove(&api, &viewer, id).await.map(Json);
    }
    let mut tx = api.store().write().await?;
    let (entry, post) = own(&mut tx, &viewer, id).await?;
    let author = tx.actor(viewer.subject).await?.ok_or(ApiError::NotFound)?;
    let mut status = render::status(&api, &mut tx, Some(viewer.subject), &entry).await?;
    if entry.boost {
        let (who, via) = (actions::Voter::Known(&author), actions::Via::Here);
        actions::take_back(api.ctx(), &mut tx, who, &post, ReactionClass::Boost, via).await?;
    } else {
        status.text = Some(actions::typed_text(&post));
        actions::author_deleted(api.ctx(), &mut tx, &author, &post, None).await?;
    }
    tx.commit().await?;
    api.counts().forget(viewer.subject);
    Ok(Json(status))
}

async fn source(
    State(api): State<Api>,
    Member(viewer): Member,
    IdOf(id): IdOf<EntryId>,
) -> Result<Json<Source>> {
    let mut conn = api.store().read().await?;
    let (_, post) = own(&mut conn, &viewer, id).await?;
    Ok(Json(Source {
        id: post.id.to_string(),
        text: actions::typed_text(&post),
        spoiler_text: post.summary.unwrap_or_default(),
    }))
}

async fn history(
    State(api): State<Api>,
    guest: Guest,
    IdOf(id): IdOf<EntryId>,
) -> Result<Json<Vec<EditEntity>>> {
    let mut conn = api.store().read().await?;
    let entry = conn.entry_seen_by(guest.eyes(), id).await?;
    let post = entry.ok_or(ApiError::NotFound)?.post_id;
    let now = render::own_post(&api, &mut conn, guest.eyes(), post).await?;
    let versions = conn.versions(post).await?;
    let extras: Vec<Extras> = versions
        .iter()
        .map(|version| serde_json::from_str(&version.extras).unwrap_or_default())
        .collect();
    let files = files(&mut conn, post, &extras).await?;
    let mut entities: Vec<EditEntity> = versions
        .into_iter()
        .zip(&extras)
        .map(|(version, extras)| earlier(&api, &now.account, version, extras, &files))
        .collect();
    entities.push(EditEntity {
        content: now.content,
        spoiler_text: now.spoiler_text,
        sensitive: now.sensitive,
        created_at: now.edited_at.unwrap_or(now.created_at),
        account: now.account,
        poll: now.poll.map(|poll| EditPoll {
            options: (poll.options.into_iter())
                .map(|option| EditOption {
                    title: option.title,
                })
                .collect(),
        }),
        media_attachments: now.media_attachments,
        emojis: now.emojis,
    });
    Ok(Json(entities))
}

/// The files of earlier versions, as far as they are still there.
async fn files(
    conn: &mut archipel_storage::Conn,
    post: PostId,
    extras: &[Extras],
) -> Result<Vec<ShownMedia>> {
    let mut ids: Vec<MediaId> = extras.iter().flat_map(|it| it.media.clone()).collect();
    ids.sort_unstable();
    ids.dedup();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let post = conn.post(post).await?.ok_or(ApiError::NotFound)?;
    Ok(conn.own_media(post.author_id, &ids).await?)
}

fn earlier(
    api: &Api,
    account: &Account,
    version: Version,
    extras: &Extras,
    files: &[ShownMedia],
) -> EditEntity {
    EditEntity {
        content: render::titled(version.title.as_deref(), &version.content),
        spoiler_text: version.summary.unwrap_or_default(),
        sensitive: version.sensitive,
        created_at: Date(version.created_at),
        account: account.clone(),
        poll: extras.poll.as_ref().map(|options| EditPoll {
            options: options
                .iter()
                .map(|title| EditOption {
                    title: title.clone(),
                })
                .collect(),
        }),
        media_attachments: extras
            .media
            .iter()
            .filter_map(|id| files.iter().find(|file| file.id == *id))
            .map(|file| render::attachment(api, file))
            .collect(),
        emojis: Vec::new(),
    }
}
