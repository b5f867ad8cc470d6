//! Posts of other servers, fetched because somebody here asks for them.

use archipel_actions::{self as actions, Names, Special, Submission};
use archipel_model::{ActorState, same_origin, text};
use archipel_storage::{Actor, Post, PostKind};
use url::Url;

use crate::client::{Budget, FetchError};
use crate::parse::{self, Deed, ObjectKind, ObjectRef, RemoteObject};
use crate::people::{ActorError, is_group};
use crate::state::Federation;

/// Why a post could not be had.
#[derive(Debug, thiserror::Error)]
pub enum PostError {
    /// It, or its author, could not be fetched.
    #[error(transparent)]
    Fetch(#[from] ActorError),
    /// It could not be stored.
    #[error(transparent)]
    Action(#[from] actions::Error),
    /// The database failed.
    #[error(transparent)]
    Storage(#[from] archipel_storage::Error),
}

impl Federation {
    /// Fetches a post from its origin and sees to it that its author is stored.
    pub(crate) async fn fetch_post(
        &self,
        uri: &Url,
        budget: &mut Budget,
    ) -> Result<RemoteObject, ActorError> {
        budget.take()?;
        let signer = self.instance_signer().await?;
        let fetched = self
            .client
            .get_activity(uri, Some(&signer), self.now())
            .await?;
        if parse::is_tombstone(&fetched.value) {
            return Err(FetchError::Gone.into());
        }
        let object = parse::object(&fetched.value)?;
        if self.actions.site.is_ours(object.id.as_str()) {
            return Err(ActorError::Ours);
        }
        // Only its own server speaks for a post and for its authors (FEP-fe34).
        if object.id != fetched.url || !object.speaks_for_its_authors() {
            return Err(FetchError::Malformed("the post's author lives elsewhere").into());
        }
        if let Some(author) = object.authors.first()
            && self.actor(author, budget).await?.uri != author.as_str()
        {
            return Err(FetchError::Malformed("the author goes by another id").into());
        }
        Ok(object)
    }

    /// A post by its address: stored here, or fetched and stored now. `None` when
    /// the address is ours and there is nothing.
    pub async fn post(&self, uri: &Url) -> Result<Option<Post>, PostError> {
        let known = self.store.read().await?.post_by_uri(uri.as_str()).await?;
        if known.is_some() || self.actions.site.is_ours(uri.as_str()) {
            return Ok(known);
        }
        let mut budget = Budget::default();
        let object = self.fetch_post(uri, &mut budget).await?;
        let community = self.home_of(&object, &mut budget).await?;
        let mut tx = self.store.write().await?;
        let author = match object.authors.first() {
            Some(author) => tx.actor_by_uri(author.as_str()).await?,
            None => None,
        };
        let Some(author) =
            author.filter(|author| author.state == ActorState::Active && !author.host_blocked)
        else {
            return Ok(None);
        };
        let parent = match &object.in_reply_to {
            Some(parent) => tx.post_by_uri(parent.as_str()).await?,
            None => None,
        };
        let submission = Submission {
            community: community.as_ref(),
            parent: parent.as_ref(),
            ..submission(&object, &author, self.now())
        };
        actions::submit_post(&self.actions, &mut tx, submission).await?;
        let stored = tx.post_by_uri(object.id.as_str()).await?;
        tx.commit().await?;
        Ok(stored)
    }

    /// The remote community that a post says to belong to, if it has one.
    async fn home_of(
        &self,
        object: &RemoteObject,
        budget: &mut Budget,
    ) -> Result<Option<Actor>, ActorError> {
        let named = object
            .audience
            .iter()
            .chain(&object.groups)
            .chain(&object.to)
            .chain(&object.cc);
        for uri in named.take(8) {
            if parse::is_public(uri)
                || object.authors.iter().any(|author| {
                    same_origin(author, uri) && uri.as_str().starts_with(author.as_str())
                })
            {
                continue;
            }
            match self.actor(uri, budget).await {
                Ok(actor) if is_group(&actor) => return Ok(Some(actor)),
                Ok(_) | Err(ActorError::Fetch(_) | ActorError::Parse(_) | ActorError::Ours) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(None)
    }
}

/// Whether a post belongs to a community that passes it on, or that shows it in a
/// collection: it says so itself, or answers what belongs there. Otherwise anybody
/// could make the posts of others, and all answers to them, their own by announcing
/// them first.
pub(crate) fn belongs(group: &Actor, object: &RemoteObject, parent: Option<&Post>) -> bool {
    if let Some(community) = parent.and_then(|parent| parent.community_id) {
        return community == group.id;
    }
    let is_group = |address: &Url| address.as_str() == group.uri;
    if !object.audience.is_empty() {
        return object.audience.iter().any(is_group);
    }
    let mentions = object.mentions.iter().map(|mention| &mention.href);
    object
        .to
        .iter()
        .chain(&object.cc)
        .chain(&object.groups)
        .chain(mentions)
        .any(is_group)
}

/// A remote post as it is submitted; community and parent are the caller's.
pub(crate) fn submission<'a>(
    object: &'a RemoteObject,
    author: &'a Actor,
    seen_at: archipel_model::Timestamp,
) -> Submission<'a> {
    Submission {
        author,
        community: None,
        uri: Some(object.id.as_str()),
        kind: kind_of(object),
        parent: None,
        parent_uri: object.in_reply_to.as_ref().map(Url::as_str),
        title: object
            .name
            .as_deref()
            .map(text::plain)
            .filter(|t| !t.is_empty()),
        content: content(object),
        source: None,
        summary: warning(object),
        sensitive: object.sensitive,
        language: object.language.clone(),
        visibility: object.visibility(author.followers.as_deref()),
        url: object.url.as_ref().map(Url::to_string),
        published_at: object.published.unwrap_or(seen_at),
        updated_at: object.updated,
        received: None,
        special: special(object),
        names: names(object),
    }
}

/// Whom and what a post names.
pub(crate) fn names(object: &RemoteObject) -> Names {
    let mentions = object.mentions.iter().map(|mention| &mention.href);
    Names {
        mentions: mentions.map(Url::to_string).collect(),
        addressed: addressed(&object.to, &object.cc),
        hashtags: object.hashtags.clone(),
        shows: crate::shows::of(object),
    }
}

/// Whom something is addressed to, apart from everybody.
pub(crate) fn addressed(to: &[Url], cc: &[Url]) -> Vec<String> {
    let single = to.iter().chain(cc).filter(|url| !parse::is_public(url));
    single.map(Url::to_string).collect()
}

/// What a post warns of. The `summary` of a page, an article or an event is its
/// beginning or its dates, unless it is marked as sensitive.
fn warning(object: &RemoteObject) -> Option<String> {
    if !object.sensitive && !matches!(object.kind, ObjectKind::Note | ObjectKind::Question) {
        return None;
    }
    let summary = object.summary.as_deref().map(text::plain);
    summary.filter(|summary| !summary.is_empty())
}

fn special(object: &RemoteObject) -> Special {
    match (&object.poll, &object.event) {
        (Some(poll), _) => Special::Poll(poll.clone()),
        (None, Some(event)) => Special::Event(event.clone()),
        (None, None) => Special::Nothing,
    }
}

/// The poll or event in an activity that was kept as it came: of an edit that waited.
pub fn special_in(kept: &str) -> Special {
    let value = serde_json::from_str(kept).ok();
    let activity = value.and_then(|value| parse::activity(&value).ok());
    match activity.map(|activity| activity.deed) {
        Some(
            Deed::Create(ObjectRef::Embedded(object)) | Deed::Update(ObjectRef::Embedded(object)),
        ) => special(&object),
        _ => Special::Nothing,
    }
}

/// The text, safe HTML. Polls of our own kind have their title in it too, for Mastodon.
fn content(object: &RemoteObject) -> String {
    let content = text::sanitise(object.content_html.as_deref().unwrap_or_default());
    let (Some(_), Some(title)) = (&object.poll, &object.name) else {
        return content;
    };
    let rest = content
        .strip_prefix("<p><strong>")
        .and_then(|rest| rest.split_once("</strong></p>"))
        .filter(|(first, _)| text::plain(first).trim() == text::plain(title).trim())
        .map(|(_, rest)| rest.to_owned());
    rest.unwrap_or(content)
}

fn kind_of(object: &RemoteObject) -> PostKind {
    match object.kind {
        ObjectKind::Page => PostKind::Page,
        ObjectKind::Article => PostKind::Article,
        ObjectKind::Question if object.poll.is_some() => PostKind::Question,
        ObjectKind::Event => PostKind::Event,
        ObjectKind::Video | ObjectKind::Image | ObjectKind::Audio => PostKind::Media,
        ObjectKind::Note | ObjectKind::Question | ObjectKind::Other(_) => PostKind::Note,
    }
}
