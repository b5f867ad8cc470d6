//! Never silence: the author of a post that is held or refused is told, once, by a
//! direct message of the community, and by nobody else's eyes.

use std::time::Duration;

use archipel_model::notice::{Cause, Facts, text};
use archipel_model::{ActorKind, PostId, Visibility, text as html};
use archipel_storage::{ActivityKind, Actor, NewActivity, NewPost, Notice, PostKind, Tx};

use crate::order::Order;
use crate::relay::is_local_only;
use crate::say::saying;
use crate::{Context, Result};

/// How long the same is not said again.
const QUIET: Duration = Duration::from_hours(1);

/// What an author is told about a post.
pub(crate) struct Telling<'a> {
    pub community: &'a Actor,
    pub author: &'a Actor,
    /// The post's ActivityPub id.
    pub about: &'a str,
    /// The post's language; the community's when it has none.
    pub language: Option<&'a str>,
    pub cause: Cause,
    /// The measure that it comes from, for its reason and rule.
    pub order: Option<&'a Order<'a>>,
}

/// Tells an author what became of a post, unless they were told the same within
/// the last hour. Says whether they are told now.
pub(crate) async fn tell(ctx: &Context, tx: &mut Tx, telling: &Telling<'_>) -> Result<bool> {
    let Telling {
        community, author, ..
    } = telling;
    // Programs get no letters: two of them would write to each other for ever.
    if author.kind != ActorKind::Person || !telling.cause.is_told() {
        return Ok(false);
    }
    let (now, cause) = (ctx.now(), telling.cause.code());
    let told = tx.was_told(author.id, community.id, &cause, now.minus(QUIET));
    if told.await? {
        return Ok(false);
    }
    let words = words(tx, telling).await?;
    let post = if author.is_local || is_local_only(tx, community).await? {
        None
    } else {
        Some(write(ctx, tx, telling, &words).await?)
    };
    let notice = Notice {
        id: ctx.id(),
        actor_id: author.id,
        community_id: community.id,
        cause,
        about: telling.about.to_owned(),
        text: words,
        created_at: now,
    };
    tx.insert_notice(&notice, post).await?;
    Ok(true)
}

async fn words(tx: &mut Tx, telling: &Telling<'_>) -> Result<String> {
    let settings = tx.community(telling.community.id).await?;
    let (language, rules) = match &settings {
        Some(settings) => (settings.language.as_str(), settings.rule_list()),
        None => ("", Vec::new()),
    };
    let rule = telling.order.and_then(|order| order.rule);
    let rule = rule.and_then(|number| {
        let index = usize::try_from(number).ok()?.checked_sub(1)?;
        Some((number, *rules.get(index)?))
    });
    let facts = Facts {
        community: &telling.community.name,
        page: community_page(telling.community),
        reason: telling.order.and_then(|order| order.reason),
        rule,
    };
    let language = telling.language.unwrap_or(language);
    Ok(text(language, telling.cause, &facts))
}

/// Where a community is now.
fn community_page(community: &Actor) -> &str {
    community.moved_to.as_deref().unwrap_or(&community.uri)
}

/// The direct message itself, which answers the post.
async fn write(ctx: &Context, tx: &mut Tx, telling: &Telling<'_>, words: &str) -> Result<PostId> {
    let now = ctx.now();
    let id: PostId = ctx.id();
    let uri = ctx.site.post(id);
    let post = NewPost {
        id,
        url: Some(uri.clone()),
        uri,
        is_local: true,
        kind: PostKind::Note,
        author_id: telling.community.id,
        community_id: None,
        root_id: None,
        parent_id: None,
        parent_uri: Some(telling.about.to_owned()),
        title: None,
        content: html::paragraphs(words),
        source: Some(words.to_owned()),
        summary: None,
        sensitive: false,
        language: telling.language.map(str::to_owned),
        visibility: Visibility::Direct,
        published_at: now,
        updated_at: None,
        held_reason: None,
        received: None,
    };
    tx.insert_post(&post, now).await?;
    let said = NewActivity {
        post_id: Some(id),
        recipients: vec![telling.author.id],
        ..saying(ctx, ActivityKind::Create, telling.community.id, &post.uri)
    };
    tx.say(&said, now);
    Ok(id)
}
