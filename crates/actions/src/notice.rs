//! Never silence: the author of a post that is held or refused, and whoever a measure
//! is about, is told, once, by a direct message of the community, and by nobody
//! else's eyes.

use std::time::Duration;

use archipel_model::notice::{Cause, Facts, text};
use archipel_model::submission::Refusal;
use archipel_model::{
    ActorId, ActorKind, ActorState, JoinPolicy, PostId, Timestamp, Visibility, text as html,
};
use archipel_storage::{ActivityKind, Actor, NewActivity, NewPost, Notice, PostKind, Tx};

use crate::order::Order;
use crate::relay::is_local_only;
use crate::say::saying;
use crate::{Context, Result};

/// How long the same is not said again, and for how long messages are counted.
const QUIET: Duration = Duration::from_hours(1);

/// Most messages that an author gets in that time, whatever they do.
const PER_AUTHOR: i64 = 12;

/// Most messages that the people of one server get in that time: a flood of posts by
/// made-up people must not become a flood of letters.
const PER_HOST: i64 = 120;

/// What an author is told about a post.
pub(crate) struct Telling<'a> {
    pub community: &'a Actor,
    pub author: &'a Actor,
    /// The ActivityPub id of the post, or of what else it is about.
    pub about: &'a str,
    /// Whether the message answers that. What answers a post is read by its author.
    pub answers: bool,
    /// The post's language; the community's when it has none.
    pub language: Option<&'a str>,
    pub cause: Cause,
    /// The measure that it comes from, for its reason and rule.
    pub order: Option<&'a Order<'a>>,
    /// Until when.
    pub until: Option<Timestamp>,
}

/// Tells an author what became of a post, unless they were told the same within
/// the last hour, or much else. Says whether they are told now.
pub(crate) async fn tell(ctx: &Context, tx: &mut Tx, telling: &Telling<'_>) -> Result<bool> {
    let Telling {
        community, author, ..
    } = telling;
    // Programs get no letters: two of them would write to each other for ever.
    if author.kind != ActorKind::Person || !telling.cause.is_told() {
        return Ok(false);
    }
    let (now, cause) = (ctx.now(), telling.cause.code(telling.about));
    let since = now.minus(QUIET);
    // A measure is taken once, and told once; what repeats itself is what people do.
    let measure = matches!(telling.cause, Cause::Told(_)) && telling.order.is_some();
    let told = if measure {
        false
    } else if telling.cause.is_of_one_post() {
        tx.was_told_about(author.id, community.id, &cause, telling.about)
            .await?
    } else {
        tx.was_told(author.id, community.id, &cause, since).await?
    };
    if told || !(author.is_local || measure || may_get_another(tx, author, since).await?) {
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

/// Whether a message to this author of another server is not one too many. It goes to
/// their own server: an inbox anywhere else is not believed when an actor is read.
async fn may_get_another(tx: &mut Tx, author: &Actor, since: Timestamp) -> Result<bool> {
    let (to_author, to_host) = tx.notices_since(author.id, &author.host, since).await?;
    Ok(to_author < PER_AUTHOR && to_host < PER_HOST)
}

/// Tells the author of a post that never came to be submitted why it was refused.
pub async fn tell_refused(
    ctx: &Context,
    tx: &mut Tx,
    community: &Actor,
    author: &Actor,
    (about, language): (&str, Option<&str>),
    refusal: Refusal,
) -> Result<bool> {
    let telling = Telling {
        community,
        author,
        about,
        answers: true,
        language,
        cause: Cause::Refused(refusal),
        order: None,
        until: None,
    };
    tell(ctx, tx, &telling).await
}

/// Notes that a member wants to hear of each post of theirs that is published, or no
/// more, and answers them. Says whether they are a member.
pub async fn set_tell_published(
    ctx: &Context,
    tx: &mut Tx,
    community: &Actor,
    member: &Actor,
    wanted: bool,
    asked: Option<(&str, &str)>,
) -> Result<bool> {
    let is_member = tx
        .set_tell_published(member.id, community.id, wanted)
        .await?;
    let Some((about, language)) = asked else {
        return Ok(is_member);
    };
    let telling = Telling {
        community,
        author: member,
        about,
        answers: true,
        language: Some(language),
        until: None,
        cause: match (is_member, wanted) {
            (false, _) => Cause::NotAMember,
            (true, true) => Cause::WillTell,
            (true, false) => Cause::WillNotTell,
        },
        order: None,
    };
    tell(ctx, tx, &telling).await?;
    Ok(is_member)
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
    let until = telling.until.map(Timestamp::rfc3339);
    let about = (!telling.answers && telling.about != telling.author.uri).then_some(telling.about);
    let facts = Facts {
        community: &telling.community.name,
        page: community_page(telling.community),
        reason: telling.order.and_then(|order| order.reason),
        rule,
        about,
        until: until.as_deref().and_then(|moment| moment.get(..10)),
        join: settings
            .as_ref()
            .map_or(JoinPolicy::Open, |settings| settings.join_policy),
    };
    let language = telling.language.unwrap_or(language);
    Ok(text(language, telling.cause, &facts))
}

/// Where a community is now.
fn community_page(community: &Actor) -> &str {
    community.moved_to.as_deref().unwrap_or(&community.uri)
}

/// Who writes: the community, or the server for one that is gone, whose signature
/// nobody could check.
async fn speaker(ctx: &Context, tx: &mut Tx, community: &Actor) -> Result<ActorId> {
    if community.state == ActorState::Active {
        return Ok(community.id);
    }
    let instance = tx.actor_by_uri(&ctx.site.instance()).await?;
    Ok(instance.map_or(community.id, |instance| instance.id))
}

/// The direct message itself, which answers the post if it is about one of theirs.
async fn write(ctx: &Context, tx: &mut Tx, telling: &Telling<'_>, words: &str) -> Result<PostId> {
    let now = ctx.now();
    let id: PostId = ctx.id();
    let uri = ctx.site.post(id);
    let speaker = speaker(ctx, tx, telling.community).await?;
    let post = NewPost {
        id,
        url: Some(uri.clone()),
        uri,
        is_local: true,
        kind: PostKind::Note,
        author_id: speaker,
        community_id: None,
        root_id: None,
        parent_id: None,
        parent_uri: telling.answers.then(|| telling.about.to_owned()),
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
        ..saying(ctx, ActivityKind::Create, speaker, &post.uri)
    };
    tx.say(&said, now);
    Ok(id)
}
