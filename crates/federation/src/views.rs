//! From what is stored to what is written: rows in, views of [`crate::render`] out.

use archipel_model::{ActorId, ActorState, PostId, ReactionPolicy, Timestamp, Visibility};
use archipel_storage::{
    Activity, ActivityKind, Actor, ActorKey, Community, Conn, KeyAlgorithm, Post, PostKind,
    ShownActor,
};
use url::Url;

use crate::keys;
use crate::render::Language;
use crate::render::activity::DeleteView;
use crate::render::actor::{GroupView, InstanceView, KeysView, PersonView};
use crate::render::object::{CommunityView, MentionView, ParentView, PostView, addressing};
use crate::render::special::{PollView, SpecialView};
use crate::render::tombstone::TombstoneView;
use crate::shows;
use crate::signature::SigningKey;
use crate::state::stored_url;

/// Why something stored cannot be shown.
#[derive(Debug, thiserror::Error)]
pub enum ViewError {
    /// The database failed.
    #[error(transparent)]
    Storage(#[from] archipel_storage::Error),
    /// Something that it refers to is missing.
    #[error("{0} is missing")]
    Missing(&'static str),
    /// Activities of this kind are not written by themselves.
    #[error("{0} is not said by itself")]
    Unsaid(ActivityKind),
    /// Measures of this kind are not told to other servers.
    #[error("{0} is not told to other servers")]
    Unsayable(archipel_model::Deed),
    /// A stored address is not one.
    #[error("{0:?} is not an address")]
    Address(String),
    /// It could not be written as JSON.
    #[error(transparent)]
    Render(#[from] crate::render::RenderError),
}

/// A stored address as a URL.
pub(crate) fn url(text: &str) -> Result<Url, ViewError> {
    stored_url(text).ok_or_else(|| ViewError::Address(text.to_owned()))
}

/// A language by its tag, with its own name where we know it.
pub(crate) fn language(tag: &str) -> Language {
    let name = match tag.split('-').next().unwrap_or(tag) {
        "fr" => "Français",
        "en" => "English",
        "br" => "Brezhoneg",
        "de" => "Deutsch",
        "es" => "Español",
        "it" => "Italiano",
        "nl" => "Nederlands",
        "pt" => "Português",
        _ => tag,
    };
    Language {
        identifier: tag.to_owned(),
        name: name.to_owned(),
    }
}

fn keys_view(keys: &[ActorKey], now: Timestamp) -> Result<KeysView, ViewError> {
    let rsa = keys::signing(keys, KeyAlgorithm::Rsa, now)
        .ok_or(ViewError::Missing("the key of the actor"))?;
    let beside = keys::shown_beside(keys, now).into_iter();
    Ok(KeysView {
        rsa_id: rsa.id.clone(),
        rsa_pem: rsa.public.clone(),
        multikeys: beside.filter_map(multikey).collect(),
    })
}

/// A key in the form of FEP-521a, with its id.
fn multikey(key: &ActorKey) -> Option<(String, String)> {
    let word = match key.algorithm {
        KeyAlgorithm::Ed25519 => key.public.clone(),
        KeyAlgorithm::Rsa => SigningKey::from_pem(key.private.as_deref()?)
            .ok()?
            .multibase(),
    };
    Some((key.id.clone(), word))
}

/// Addresses out of what is stored; what is none is left out.
fn urls(texts: &[String]) -> Vec<Url> {
    texts.iter().filter_map(|text| stored_url(text)).collect()
}

/// What a community that moved says of itself before all else, for those whose software
/// knows no moves.
fn moved_notice(target: &Url) -> String {
    let link = format!(r#"<a href="{target}" rel="nofollow">{target}</a>"#);
    format!(
        "<p><strong>Cette communauté a déménagé / This community has moved:</strong> {link}</p>"
    )
}

fn some(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

/// An actor with its profile.
pub(crate) async fn shown(conn: &mut Conn, actor: &Actor) -> Result<ShownActor, ViewError> {
    let mut shown = conn.shown_actors(&[actor.id]).await?;
    shown.pop().ok_or(ViewError::Missing("the actor"))
}

/// A community.
pub(crate) fn group(
    shown: &ShownActor,
    community: &Community,
    keys: &[ActorKey],
    root: &str,
    now: Timestamp,
) -> Result<GroupView, ViewError> {
    let actor = &shown.actor;
    let moved_to = actor.moved_to.as_deref().and_then(stored_url);
    let notice = moved_to.as_ref().map(moved_notice).unwrap_or_default();
    Ok(GroupView {
        id: url(&actor.uri)?,
        public_url: url(root)?,
        handle: actor.handle.clone(),
        title: actor.name.clone(),
        summary_html: some(&format!("{notice}{}", actor.summary)),
        // What is edited elsewhere must not lose the notice.
        summary_source: some(&community.description).filter(|_| moved_to.is_none()),
        languages: vec![language(&community.language)],
        posting_restricted: moved_to.is_some()
            || community.post_policy == archipel_model::PostPolicy::Moderators,
        manually_approves: actor.approves_followers,
        discoverable: moved_to.is_none() && community.reach == archipel_model::Reach::Public,
        sensitive: false,
        also_known_as: urls(&actor.aliases()),
        moved_to,
        icon: shows::picture(shown.avatar_blob.as_deref(), root),
        image: shows::picture(shown.header_blob.as_deref(), root),
        published: actor.created_at,
        updated: Some(actor.updated_at),
        keys: keys_view(keys, now)?,
    })
}

/// The rows of a profile.
fn rows(stored: &str) -> Vec<(String, String)> {
    #[derive(serde::Deserialize)]
    struct Row {
        name: String,
        value: String,
    }
    let rows: Vec<Row> = serde_json::from_str(stored).unwrap_or_default();
    rows.into_iter().map(|row| (row.name, row.value)).collect()
}

/// A person.
pub(crate) fn person(
    shown: &ShownActor,
    keys: &[ActorKey],
    root: &str,
    now: Timestamp,
) -> Result<PersonView, ViewError> {
    let actor = &shown.actor;
    let suspended = actor.state == ActorState::Suspended;
    Ok(PersonView {
        id: url(&actor.uri)?,
        public_url: url(root)?,
        handle: actor.handle.clone(),
        name: some(&actor.name).filter(|_| !suspended),
        summary_html: some(&actor.summary).filter(|_| !suspended),
        bot: shown.bot,
        manually_approves: actor.approves_followers,
        discoverable: shown.discoverable.unwrap_or(false) && !suspended,
        indexable: shown.indexable && !suspended,
        fields: if suspended {
            Vec::new()
        } else {
            rows(&shown.fields)
        },
        suspended,
        also_known_as: urls(&actor.aliases()),
        moved_to: actor.moved_to.as_deref().and_then(stored_url),
        icon: shows::picture(shown.avatar_blob.as_deref(), root).filter(|_| !suspended),
        image: shows::picture(shown.header_blob.as_deref(), root).filter(|_| !suspended),
        published: actor.created_at,
        updated: Some(actor.updated_at),
        keys: keys_view(keys, now)?,
    })
}

/// The server itself.
pub(crate) fn instance(
    actor: &Actor,
    keys: &[ActorKey],
    title: &str,
    now: Timestamp,
) -> Result<InstanceView, ViewError> {
    Ok(InstanceView {
        public_url: url(&actor.uri)?,
        name: title.to_owned(),
        summary_html: some(&actor.summary),
        published: actor.created_at,
        icon: None,
        keys: keys_view(keys, now)?,
    })
}

fn mention(actor: &Actor) -> Result<MentionView, ViewError> {
    Ok(MentionView {
        id: url(&actor.uri)?,
        name: format!("@{}", actor.acct()),
    })
}

/// A post of a local author, with what it refers to.
pub(crate) async fn post(conn: &mut Conn, post: &Post) -> Result<PostView, ViewError> {
    let author = conn
        .actor(post.author_id)
        .await?
        .ok_or(ViewError::Missing("the author"))?;
    let community = match post.community_id {
        Some(id) => conn.actor(id).await?,
        None => None,
    };
    let counted = match post.community_id {
        Some(id) => conn
            .community(id)
            .await?
            .is_none_or(|settings| settings.reaction_policy != ReactionPolicy::Nothing),
        None => true,
    };
    let parent = match post.parent_id {
        Some(id) => parent(conn, id).await?,
        None => None,
    };
    let root = post.root_id.unwrap_or(post.id);
    let context = if root == post.id {
        Some(url(&format!("{}/context", post.uri))?)
    } else {
        conn.post(root)
            .await?
            .filter(|root| root.is_local)
            .map(|root| url(&format!("{}/context", root.uri)))
            .transpose()?
    };
    let media = shows::media(conn, post.id, &post.uri).await?;
    let titled = post.title.is_some() && post.parent_uri.is_none();
    Ok(PostView {
        id: url(&post.uri)?,
        url: url(post.url.as_deref().unwrap_or(&post.uri))?,
        author: url(&author.uri)?,
        author_followers: author.followers.as_deref().and_then(stored_url),
        community: community
            .as_ref()
            .map(|community| mention(community).map(|mention| CommunityView { mention }))
            .transpose()?,
        parent,
        title: post.title.clone(),
        content_html: post.content.clone(),
        warning: post.summary.clone(),
        sensitive: post.sensitive,
        language: post.language.as_deref().map(language),
        link: None,
        image: media
            .first()
            .map(|first| first.url.clone())
            .filter(|_| titled),
        media,
        emojis: shows::emojis(conn, post.id).await?,
        mentions: named(conn, post.id).await?,
        hashtags: hashtags(conn, post).await?,
        visibility: post.visibility,
        context,
        comments_enabled: !post.locked,
        likes: counted.then(|| total(post.likes)),
        shares: counted.then(|| total(post.boosts)),
        published: post.published_at,
        updated: post.updated_at,
        special: special(conn, post).await?,
    })
}

/// Whom a post names.
async fn named(conn: &mut Conn, post: PostId) -> Result<Vec<MentionView>, ViewError> {
    let named = conn.mentioned(post).await?;
    named.iter().map(mention).collect()
}

/// The hashtags of a post, and where they lead.
async fn hashtags(conn: &mut Conn, post: &Post) -> Result<Vec<(String, Url)>, ViewError> {
    let base = url(&post.uri)?;
    let tags = conn.hashtags_of(post.id).await?;
    Ok(tags
        .into_iter()
        .filter_map(|tag| {
            let path = format!("/tags/{}", archipel_model::text::typed::segment(&tag));
            Some((tag, base.join(&path).ok()?))
        })
        .collect())
}

fn total(count: i64) -> u64 {
    u64::try_from(count).unwrap_or(0)
}

/// The poll or event that a post is.
async fn special(conn: &mut Conn, post: &Post) -> Result<SpecialView, ViewError> {
    Ok(match post.kind {
        PostKind::Question => match conn.poll(post.id).await? {
            Some(poll) => {
                // How it stands is told once it is closed.
                let shown = !poll.hides || poll.closed_at.is_some();
                let told = |count: i64| if shown { total(count) } else { 0 };
                SpecialView::Poll(PollView {
                    multiple: poll.multiple,
                    choices: poll
                        .choices
                        .into_iter()
                        .map(|choice| (choice.name, told(choice.votes)))
                        .collect(),
                    ends: poll.ends_at,
                    closed: poll.closed_at,
                    voters: told(poll.voters),
                })
            }
            None => SpecialView::Nothing,
        },
        PostKind::Event => match conn.event(post.id).await? {
            Some(event) => SpecialView::Event(event),
            None => SpecialView::Nothing,
        },
        _ => SpecialView::Nothing,
    })
}

async fn parent(conn: &mut Conn, id: PostId) -> Result<Option<ParentView>, ViewError> {
    let Some(parent) = conn.post(id).await? else {
        return Ok(None);
    };
    let author = conn
        .actor(parent.author_id)
        .await?
        .ok_or(ViewError::Missing("the author of what is answered"))?;
    Ok(Some(ParentView {
        id: url(&parent.uri)?,
        author: mention(&author)?,
    }))
}

/// The `Create` of a local post, as it is or was sent.
pub(crate) async fn create(
    conn: &mut Conn,
    activity: &Activity,
) -> Result<crate::render::Json, ViewError> {
    let id = activity.post_id.ok_or(ViewError::Missing("the post"))?;
    let stored = conn.post(id).await?.ok_or(ViewError::Missing("the post"))?;
    let mut view = post(conn, &stored).await?;
    // Letters of communities name nobody in their text.
    if stored.visibility == Visibility::Direct && view.mentions.is_empty() {
        view.mentions = addressees(conn, activity).await?;
        // What it answers need not be here, if it was not taken: its author is who
        // it is for.
        if let (None, Some(answered), Some(author)) =
            (&view.parent, &stored.parent_uri, view.mentions.first())
        {
            view.parent = Some(ParentView {
                id: url(answered)?,
                author: author.clone(),
            });
        }
    }
    Ok(crate::render::activity::create(
        &url(&activity.uri)?,
        &view,
    )?)
}

/// Whom a direct message is for: those alone to whom it goes.
async fn addressees(conn: &mut Conn, activity: &Activity) -> Result<Vec<MentionView>, ViewError> {
    let ids: Vec<i64> =
        serde_json::from_str(&activity.recipients).map_err(crate::render::RenderError::from)?;
    let mut named = Vec::with_capacity(ids.len());
    for id in ids {
        if let Some(actor) = conn.actor(ActorId(id)).await? {
            named.push(mention(&actor)?);
        }
    }
    Ok(named)
}

/// The `Update` of a local post, as it is now.
pub(crate) async fn update(
    conn: &mut Conn,
    activity: &Activity,
) -> Result<crate::render::Json, ViewError> {
    let id = activity.post_id.ok_or(ViewError::Missing("the post"))?;
    let stored = conn.post(id).await?.ok_or(ViewError::Missing("the post"))?;
    let view = post(conn, &stored).await?;
    Ok(crate::render::activity::update(
        &url(&activity.uri)?,
        &view,
    )?)
}

/// The `Delete` of a local post by its author, addressed as the post was.
pub(crate) async fn delete(
    conn: &mut Conn,
    activity: &Activity,
) -> Result<crate::render::Json, ViewError> {
    let id = activity.post_id.ok_or(ViewError::Missing("the post"))?;
    let stored = conn.post(id).await?.ok_or(ViewError::Missing("the post"))?;
    let view = post(conn, &stored).await?;
    let public = view.visibility.may_be_announced();
    Ok(crate::render::activity::delete(&DeleteView {
        id: url(&activity.uri)?,
        actor: view.author.clone(),
        whom: addressing(&view),
        audience: view
            .community
            .as_ref()
            .filter(|_| public)
            .map(|it| it.mention.id.clone()),
        reason: None,
        at: activity.created_at,
        gone: TombstoneView {
            id: view.id,
            former_type: Some(stored.kind.as_str().to_owned()),
            deleted: Some(activity.created_at),
        },
    })?)
}

/// The announcement of a post by a community.
pub(crate) fn announce_view(
    activity: &Activity,
    community: &Actor,
) -> Result<crate::render::activity::AnnounceView, ViewError> {
    Ok(crate::render::activity::AnnounceView {
        id: url(&activity.uri)?,
        actor: url(&community.uri)?,
        published: activity.created_at,
    })
}
