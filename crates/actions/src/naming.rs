//! Whom and what posts name: typed here, or said by the document of a post of elsewhere.

use archipel_model::text::typed::Name;
use archipel_model::text::{titled, typed};
use archipel_model::{ActorId, ActorKind, ActorState, Host, MediaId, PostId};
use archipel_storage::{Actor, Shows, Tx};

use crate::emoji;
use crate::{Context, Result};

/// Most people whom a post of elsewhere names that are looked up.
const MOST: usize = 50;

/// Whom and what a post of elsewhere names, as its document says: addresses, and
/// hashtags in lower case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names {
    /// Who is named in its text.
    pub mentions: Vec<String>,
    /// Whom it is addressed to.
    pub addressed: Vec<String>,
    /// Its hashtags.
    pub hashtags: Vec<String>,
    /// What it shows beside its text.
    pub shows: Shows,
}

/// What was found of whom and what a post names.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// The text as HTML, of posts typed here.
    pub content: Option<String>,
    /// Who is named and known.
    pub people: Vec<Actor>,
    addressed: Vec<Actor>,
    tags: Vec<String>,
    /// What it shows, of a post of elsewhere, and who wrote that.
    shows: Option<(ActorId, Shows)>,
    /// Its custom emoji, of posts typed here: a JSON list.
    emojis: Option<String>,
}

impl Found {
    fn is_empty(&self) -> bool {
        let shows = |(_, shows): &(ActorId, Shows)| *shows != Shows::default();
        self.people.is_empty()
            && self.addressed.is_empty()
            && self.tags.is_empty()
            && self.emojis.is_none()
            && !self.shows.as_ref().is_some_and(shows)
    }
}

/// What a text that was typed here names, and its HTML, without the title that it begins
/// with.
pub(crate) async fn typed_here(
    ctx: &Context,
    tx: &mut Tx,
    source: &str,
    title: Option<&str>,
) -> Result<Found> {
    let mut known: Vec<(Name<'_>, Actor)> = Vec::new();
    for name in typed::mentions(source) {
        if let Some(actor) = named(ctx, tx, name).await? {
            known.push((name, actor));
        }
    }
    let page = |name: Name<'_>| {
        let (_, actor) = known.iter().find(|(known, _)| *known == name)?;
        Some(actor.page().to_owned())
    };
    let content = typed::html(titled::body(source, title), ctx.site.base(), page);
    let mut people: Vec<Actor> = Vec::new();
    for (_, actor) in known {
        if !people.iter().any(|one| one.id == actor.id) {
            people.push(actor);
        }
    }
    Ok(Found {
        content: Some(content),
        people,
        addressed: Vec::new(),
        tags: typed::tags(source),
        shows: None,
        emojis: emoji::typed(ctx, tx, source).await?,
    })
}

/// The known actor of this name.
pub(crate) async fn named(ctx: &Context, tx: &mut Tx, name: Name<'_>) -> Result<Option<Actor>> {
    let host = match name.host {
        None => None,
        Some(host) => match host.parse::<Host>() {
            Ok(host) => Some(host),
            Err(_) => return Ok(None),
        },
    };
    let found = match host {
        Some(host) if host != *ctx.site.host() => {
            tx.actor_named(name.user, &host.to_string()).await?
        }
        _ => tx.local_actor(&name.user.to_lowercase()).await?,
    };
    Ok(found
        .filter(|actor| actor.state == ActorState::Active && actor.kind != ActorKind::Application))
}

/// Which of those whom a post of elsewhere names are known.
pub(crate) async fn said_elsewhere(tx: &mut Tx, author: &Actor, names: &Names) -> Result<Found> {
    let mut found = Found {
        tags: names
            .hashtags
            .iter()
            .take(typed::MAX_TAGS)
            .cloned()
            .collect(),
        shows: Some((author.id, names.shows.clone())),
        ..Found::default()
    };
    for uri in names.mentions.iter().take(MOST) {
        if let Some(actor) = tx.actor_by_uri(uri).await?
            && !found.people.iter().any(|one| one.id == actor.id)
        {
            found.people.push(actor);
        }
    }
    for uri in names.addressed.iter().take(MOST) {
        let collection = author.followers.as_deref() == Some(uri) || *uri == author.uri;
        if collection || uri.ends_with("#Public") {
            continue;
        }
        if let Some(actor) = tx.actor_by_uri(uri).await?
            && actor.kind != ActorKind::Group
            && !found.people.iter().any(|one| one.id == actor.id)
            && !found.addressed.iter().any(|one| one.id == actor.id)
        {
            found.addressed.push(actor);
        }
    }
    Ok(found)
}

/// Puts down whom and what a post names. `before` says whether something may have been
/// put down already.
pub(crate) async fn keep(
    ctx: &Context,
    tx: &mut Tx,
    post: PostId,
    found: &Found,
    before: bool,
) -> Result<()> {
    if found.is_empty() && !before {
        return Ok(());
    }
    tx.set_named(post, &found.people, &found.addressed, &found.tags)
        .await?;
    match &found.shows {
        Some((author, shows)) if before || *shows != Shows::default() => {
            let ids: Vec<MediaId> = shows.media.iter().map(|_| ctx.id()).collect();
            tx.put_remote_shows(post, *author, shows, &ids, ctx.now())
                .await?;
        }
        Some(_) => {}
        None => {
            let emojis = found.emojis.as_deref().unwrap_or("[]");
            tx.set_emojis_of(post, emojis).await?;
        }
    }
    if before || !found.tags.is_empty() {
        let now = ctx.now();
        let tags: Vec<_> = (found.tags.iter())
            .map(|tag| (ctx.id(), tag.clone()))
            .collect();
        tx.set_hashtags(post, &tags, now).await?;
    }
    Ok(())
}
