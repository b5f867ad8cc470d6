//! `archipel post`: a post to a community, as a local account.

use anyhow::bail;
use archipel_actions::{self as actions, Special, Submission, Submitted};
use archipel_model::event::Event;
use archipel_model::poll::Poll;
use archipel_model::{ActorKind, Timestamp, Visibility, text};
use archipel_storage::{Actor, Post, PostKind};
use url::Url;

use super::{Context, output};
use crate::app::App;
use crate::cli::{PostArgs, confirm};

/// Longest text of a local post, in characters.
pub(super) const MAX_TEXT: usize = 5_000;

/// Longest title, in characters: what Lemmy takes.
const MAX_TITLE: usize = 200;

/// Runs the command.
pub async fn run(context: &Context, args: &PostArgs) -> anyhow::Result<()> {
    let typed = confirm::text_or_stdin(args.text.as_deref())?;
    let app = context.open().await?;
    let author = app.person(&args.account).await?;
    let community = app.anybody(&args.to).await?;
    if community.kind != ActorKind::Group {
        bail!("{} is not a community", community.acct());
    }
    let writing = Writing {
        author: &author,
        community: Some(&community),
        parent: None,
        title: args.title.clone(),
        typed,
        special: special(args, app.actions.now())?,
    };
    let uri = submit(&app, writing).await?;
    output::word(context, "url", &uri);
    Ok(())
}

/// The poll or event that a post is to be.
fn special(args: &PostArgs, now: Timestamp) -> anyhow::Result<Special> {
    let (poll, event) = (&args.poll, &args.event);
    if !poll.options.is_empty() {
        let made = Poll::new(&poll.options, poll.multiple, poll.poll_ends, now)?;
        return Ok(Special::Poll(made));
    }
    let (Some(start), Some(zone)) = (&event.event_start, &event.time_zone) else {
        return Ok(Special::Nothing);
    };
    Ok(Special::Event(Event::new(
        start,
        event.event_end.as_deref(),
        zone,
        event.place.as_deref(),
        event.online_url.as_ref().map(Url::to_string),
    )?))
}

/// What a local person wrote.
pub(super) struct Writing<'a> {
    pub author: &'a Actor,
    pub community: Option<&'a Actor>,
    pub parent: Option<&'a Post>,
    pub title: Option<String>,
    pub typed: String,
    pub special: Special,
}

/// Submits it; gives its address.
pub(super) async fn submit(app: &App, writing: Writing<'_>) -> anyhow::Result<String> {
    if writing.typed.chars().count() > MAX_TEXT {
        bail!("the text has more than {MAX_TEXT} characters");
    }
    let title = writing.title.map(|title| title.trim().to_owned());
    let title = title.filter(|title| !title.is_empty());
    if title
        .as_ref()
        .is_some_and(|title| title.chars().count() > MAX_TITLE)
    {
        bail!("the title has more than {MAX_TITLE} characters");
    }
    let now = app.actions.now();
    let mut tx = app.store.write().await?;
    let language = match writing.community {
        Some(community) => tx.community(community.id).await?.map(|it| it.language),
        None => None,
    };
    let submission = Submission {
        author: writing.author,
        community: writing.community,
        uri: None,
        kind: match writing.special {
            Special::Poll(_) => PostKind::Question,
            Special::Event(_) => PostKind::Event,
            Special::Nothing if title.is_some() => PostKind::Page,
            Special::Nothing => PostKind::Note,
        },
        parent: writing.parent,
        parent_uri: None,
        title,
        content: text::paragraphs(&writing.typed),
        source: Some(writing.typed),
        summary: None,
        sensitive: false,
        language: language.or_else(|| Some("fr".to_owned())),
        visibility: Visibility::Public,
        url: None,
        published_at: now,
        updated_at: None,
        received: None,
        special: writing.special,
        names: actions::Names::default(),
    };
    let submitted = actions::submit_post(&app.actions, &mut tx, submission).await?;
    match submitted {
        Submitted::Published(id) => {
            tx.commit().await?;
            Ok(app.actions.site.post(id))
        }
        Submitted::Held(id, reason) => {
            tx.commit().await?;
            eprintln!("Held for a moderator ({reason}).");
            Ok(app.actions.site.post(id))
        }
        Submitted::Known => bail!("this post exists already"),
        Submitted::Refused(refusal) => bail!(
            "the community did not take it: {}: {}",
            refusal.code(),
            refusal.sentence()
        ),
    }
}
