//! Posts and boosts as entities.

use std::collections::HashMap;

use archipel_model::{ActorId, EntryId, PostId};
use archipel_storage::{Conn, Entry, Eyes, Marks, PostKind, PostState, ShownMedia, ShownPost};
use serde_json::json;

use super::{Pictures, accounts};
use crate::api::Api;
use crate::entities::{
    Account, Application, Attachment, Card, Community, Date, Mention, Poll, PollOption, Status, Tag,
};
use crate::error::{ApiError, Result};

/// What a page of statuses is made from.
struct Found {
    posts: HashMap<PostId, ShownPost>,
    people: HashMap<ActorId, Account>,
    media: HashMap<PostId, Vec<ShownMedia>>,
    polls: HashMap<PostId, Poll>,
    marks: HashMap<PostId, Marks>,
}

/// The entities of these entries, in their order. Entries whose post is not for `eyes`
/// are left out, whatever brought them here.
pub(crate) async fn statuses(
    api: &Api,
    conn: &mut Conn,
    eyes: Eyes,
    entries: &[Entry],
) -> Result<Vec<Status>> {
    let mut ids: Vec<PostId> = entries.iter().map(|entry| entry.post_id).collect();
    ids.sort_unstable();
    ids.dedup();
    let seen = conn.seen_by(eyes, &ids).await?;
    ids.retain(|id| seen.get(id).is_some_and(|seen| *seen));
    let found = find(api, conn, eyes, entries, &ids).await?;
    Ok(entries
        .iter()
        .filter_map(|entry| found.status(api, entry))
        .collect())
}

/// The entity of one entry.
pub(crate) async fn status(
    api: &Api,
    conn: &mut Conn,
    eyes: Eyes,
    entry: &Entry,
) -> Result<Status> {
    let mut found = statuses(api, conn, eyes, std::slice::from_ref(entry)).await?;
    found.pop().ok_or(ApiError::NotFound)
}

/// The entity of a post itself.
pub(crate) async fn own_post(api: &Api, conn: &mut Conn, eyes: Eyes, id: PostId) -> Result<Status> {
    let entry = conn
        .entry_seen_by(eyes, EntryId(id.0))
        .await?
        .ok_or(ApiError::NotFound)?;
    status(api, conn, eyes, &entry).await
}

async fn find(
    api: &Api,
    conn: &mut Conn,
    eyes: Eyes,
    entries: &[Entry],
    ids: &[PostId],
) -> Result<Found> {
    let posts = conn.shown_posts(ids).await?;
    let mut people: Vec<ActorId> = posts.iter().map(|shown| shown.post.author_id).collect();
    people.extend(entries.iter().map(|entry| entry.actor_id));
    let people = accounts(api, conn, &people).await?;
    let with_media: Vec<PostId> = posts
        .iter()
        .filter(|shown| shown.has_media)
        .map(|shown| shown.post.id)
        .collect();
    let mut media: HashMap<PostId, Vec<ShownMedia>> = HashMap::new();
    if !with_media.is_empty() {
        for file in conn.media_of(&with_media).await? {
            if let Some(post) = file.post_id {
                media.entry(post).or_default().push(file);
            }
        }
    }
    let mut polls = HashMap::new();
    for shown in posts
        .iter()
        .filter(|shown| shown.post.kind == PostKind::Question)
    {
        if let Some(poll) = poll(api, conn, eyes, shown.post.id).await? {
            polls.insert(shown.post.id, poll);
        }
    }
    let marks = match eyes {
        Some(eyes) => conn.marks_on(eyes, ids).await?,
        None => Vec::new(),
    };
    Ok(Found {
        posts: posts
            .into_iter()
            .map(|shown| (shown.post.id, shown))
            .collect(),
        people,
        media,
        polls,
        marks: marks
            .into_iter()
            .map(|marks| (PostId(marks.post_id), marks))
            .collect(),
    })
}

/// The poll of a post.
pub(crate) async fn poll(
    api: &Api,
    conn: &mut Conn,
    eyes: Eyes,
    post: PostId,
) -> Result<Option<Poll>> {
    let Some(stored) = conn.poll(post).await? else {
        return Ok(None);
    };
    let own_votes: Vec<i64> = match eyes {
        Some(eyes) => conn.choices_of(post, eyes).await?,
        None => Vec::new(),
    };
    let expired = stored.is_closed(api.ctx().now());
    let shows = expired || !stored.hides;
    Ok(Some(Poll {
        id: post.to_string(),
        expires_at: stored.ends_at.map(Date),
        expired,
        multiple: stored.multiple,
        votes_count: stored.choices.iter().map(|choice| choice.votes).sum(),
        voters_count: Some(stored.voters),
        options: stored
            .choices
            .iter()
            .map(|choice| PollOption {
                title: choice.name.clone(),
                votes_count: shows.then_some(choice.votes),
            })
            .collect(),
        emojis: Vec::new(),
        voted: !own_votes.is_empty(),
        own_votes,
    }))
}

impl Found {
    fn status(&self, api: &Api, entry: &Entry) -> Option<Status> {
        let post = self.post(api, entry.post_id)?;
        if !entry.boost {
            return Some(post);
        }
        let id = entry.id.to_string();
        Some(Status {
            created_at: Date(entry.created_at),
            account: self.people.get(&entry.actor_id)?.clone(),
            uri: api.url(&format!("/api/v1/statuses/{id}")),
            in_reply_to_id: None,
            in_reply_to_account_id: None,
            application: None,
            poll: None,
            card: None,
            media_attachments: Vec::new(),
            id,
            reblog: Some(Box::new(post.clone())),
            ..post
        })
    }

    fn post(&self, api: &Api, id: PostId) -> Option<Status> {
        let shown = self.posts.get(&id)?;
        let post = &shown.post;
        let marks = self.marks.get(&id).copied().unwrap_or_default();
        let account = self.people.get(&post.author_id)?.clone();
        let media = self.media.get(&id).map(Vec::as_slice).unwrap_or_default();
        let tags: Vec<String> = serde_json::from_str(&shown.tags).unwrap_or_default();
        let mentions: Vec<Mention> = serde_json::from_str(&shown.mentions).unwrap_or_default();
        let held = post.state == PostState::Held;
        let url = post.url.as_deref().filter(|url| !url.is_empty());
        Some(Status {
            id: id.to_string(),
            created_at: Date(post.published_at),
            in_reply_to_id: post.parent_id.map(|id| id.to_string()),
            in_reply_to_account_id: shown.parent_author.map(|id| id.to_string()),
            sensitive: post.sensitive,
            spoiler_text: post.summary.clone().unwrap_or_default(),
            visibility: post.visibility.to_string(),
            language: post.language.clone(),
            uri: post.uri.clone(),
            url: Some(url.unwrap_or(&post.uri).to_owned()),
            replies_count: shown.replies,
            reblogs_count: post.boosts,
            favourites_count: post.likes,
            quotes_count: 0,
            edited_at: post.updated_at.map(Date),
            favourited: marks.favourited,
            reblogged: marks.reblogged,
            muted: marks.muted,
            bookmarked: marks.bookmarked,
            pinned: marks.pinned,
            content: content(shown),
            filtered: Vec::new(),
            reblog: None,
            application: shown.app_name.as_ref().map(|name| Application {
                name: name.clone(),
                website: shown.app_website.clone(),
            }),
            account,
            media_attachments: media.iter().map(|file| attachment(api, file)).collect(),
            mentions,
            tags: tags
                .into_iter()
                .map(|name| Tag {
                    url: api.url(&format!("/tags/{name}")),
                    name,
                })
                .collect(),
            emojis: Pictures(api).emojis(&shown.emojis),
            card: card(shown),
            poll: self.polls.get(&id).cloned(),
            quote: None,
            text: None,
            archipel: Community {
                group_id: post.community_id.map(|id| id.to_string()),
                thread_id: Some(post.root_id.unwrap_or(id).to_string()),
                title: post.title.clone(),
                held,
                locked: post.locked,
            },
        })
    }
}

/// The text, with its title first: apps know no titles.
fn content(shown: &ShownPost) -> String {
    titled(shown.post.title.as_deref(), &shown.post.content)
}

/// A text with its title first.
pub(crate) fn titled(title: Option<&str>, content: &str) -> String {
    match title.map(str::trim).filter(|title| !title.is_empty()) {
        Some(title) => format!(
            "<p><strong>{}</strong></p>{content}",
            archipel_model::text::escape(title)
        ),
        None => content.to_owned(),
    }
}

/// A file as an entity.
pub(crate) fn attachment(api: &Api, file: &ShownMedia) -> Attachment {
    let (url, preview_url) = Pictures(api).media(file);
    let size = |width: Option<i64>, height: Option<i64>| match (width, height) {
        (Some(width), Some(height)) if width > 0 && height > 0 => {
            #[expect(clippy::cast_precision_loss, reason = "pixels of one picture")]
            let aspect = width as f64 / height as f64;
            json!({ "width": width, "height": height, "size": format!("{width}x{height}"), "aspect": aspect })
        }
        _ => json!({}),
    };
    Attachment {
        id: file.id.to_string(),
        kind: file.kind.clone(),
        url,
        preview_url,
        remote_url: file.remote_url.clone(),
        text_url: None,
        meta: json!({
            "original": size(file.width, file.height),
            "small": size(file.preview_width.or(file.width), file.preview_height.or(file.height)),
            "focus": { "x": file.focus_x, "y": file.focus_y },
        }),
        description: file.description.clone(),
        blurhash: file.blurhash.clone(),
    }
}

/// What a link post points at.
fn card(shown: &ShownPost) -> Option<Card> {
    let link = shown.link.as_deref()?;
    let host = url::Url::parse(link).ok()?.host_str()?.to_owned();
    Some(Card {
        url: link.to_owned(),
        title: shown.post.title.clone().unwrap_or_else(|| host.clone()),
        description: String::new(),
        kind: "link".to_owned(),
        author_name: String::new(),
        author_url: String::new(),
        provider_name: host,
        provider_url: String::new(),
        html: String::new(),
        width: 0,
        height: 0,
        image: None,
        image_description: String::new(),
        embed_url: String::new(),
        blurhash: None,
        published_at: None,
        authors: Vec::new(),
        language: None,
    })
}
