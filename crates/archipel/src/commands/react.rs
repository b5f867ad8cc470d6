//! `archipel like`, `dislike`, `unlike`, `boost`, `unboost` and `vote`, as a local
//! account.

use anyhow::bail;
use archipel_actions::{self as actions, Chosen, NewReactionTo, Reacted, Via, Voter};
use archipel_model::poll::VoteRefusal;
use archipel_model::{ReactionClass, ReactionKind, Uncounted};
use archipel_storage::{Post, StoredPoll};
use url::Url;

use super::{Context, output};
use crate::app::App;
use crate::cli::{ReactArgs, VoteArgs};

/// Runs `archipel like`, `dislike` and `boost`.
pub async fn react(context: &Context, args: &ReactArgs, kind: ReactionKind) -> anyhow::Result<()> {
    let app = context.open().await?;
    let voter = app.person(&args.account).await?;
    let post = app.post(&args.url).await?;
    let new = NewReactionTo {
        voter: Voter::Known(&voter),
        post: &post,
        kind,
        emoji: None,
        via: Via::Here,
    };
    let mut tx = app.store.write().await?;
    let reacted = actions::react(&app.actions, &mut tx, &new).await?;
    tx.commit().await?;
    match reacted {
        Reacted::Counted => output::sentence(context, "Counted."),
        Reacted::Already => output::sentence(context, "It was so already."),
        Reacted::Not(why) => bail!("{}", why_not(why)),
    }
    Ok(())
}

fn why_not(why: Uncounted) -> &'static str {
    match why {
        Uncounted::Policy => "this community does not count such reactions",
        Uncounted::Banned => "this account is banned there",
        Uncounted::NotShown => "this post is not shown to everybody",
        Uncounted::Suspended => "this account does not act any more",
        Uncounted::Bot => "this community does not count reactions of programs",
        Uncounted::NotHere | Uncounted::NotTheirs | Uncounted::TooMany => "it does not count",
    }
}

/// Runs `archipel unlike` and `unboost`.
pub async fn take_back(
    context: &Context,
    args: &ReactArgs,
    class: ReactionClass,
) -> anyhow::Result<()> {
    let app = context.open().await?;
    let voter = app.person(&args.account).await?;
    let post = app.post(&args.url).await?;
    let mut tx = app.store.write().await?;
    let (ctx, who) = (&app.actions, Voter::Known(&voter));
    let taken = actions::take_back(ctx, &mut tx, who, &post, class, Via::Here).await?;
    tx.commit().await?;
    if !taken {
        bail!("{} has nothing to take back there", args.account);
    }
    output::sentence(context, "Taken back.");
    Ok(())
}

/// Runs `archipel vote`.
pub async fn vote(context: &Context, args: &VoteArgs) -> anyhow::Result<()> {
    let app = context.open().await?;
    let voter = app.person(&args.account).await?;
    let post = app.post(&args.url).await?;
    let mut tx = app.store.write().await?;
    let Some(poll) = tx.poll(post.id).await? else {
        bail!("{} is not a poll", args.url);
    };
    let choices: Vec<String> = args
        .choices
        .iter()
        .map(|typed| meant(&poll, typed))
        .collect();
    let chosen = actions::vote_here(&app.actions, &mut tx, &voter, &post, &choices).await?;
    tx.commit().await?;
    match chosen {
        Chosen::Counted if post.is_local => output::sentence(context, "Counted."),
        Chosen::Counted => output::sentence(context, "Sent to the author of the poll."),
        Chosen::Already => output::sentence(context, "It was so already."),
        Chosen::Not(why) => bail!("{}", refusal(why, &poll)),
    }
    Ok(())
}

/// A choice by its own words, else by its number.
fn meant(poll: &StoredPoll, typed: &str) -> String {
    let named = |choice: &&archipel_storage::StoredChoice| choice.name == typed.trim();
    let numbered = |number: i64| poll.choices.iter().find(|it| it.position + 1 == number);
    let found = poll
        .choices
        .iter()
        .find(named)
        .or_else(|| numbered(typed.trim().parse().ok()?));
    found.map_or_else(|| typed.to_owned(), |choice| choice.name.clone())
}

fn refusal(why: VoteRefusal, poll: &StoredPoll) -> String {
    match why {
        VoteRefusal::NoPoll => "there is no such poll, or it is not shown".to_owned(),
        VoteRefusal::NotOurs => "another server counts this poll".to_owned(),
        VoteRefusal::Closed => "this poll is closed".to_owned(),
        VoteRefusal::NoSuchChoice => {
            let names: Vec<&str> = poll.choices.iter().map(|it| it.name.as_str()).collect();
            format!("the poll has no such choice; it has: {}", names.join(", "))
        }
        VoteRefusal::Twice => "in this poll one chooses once, and one thing".to_owned(),
        VoteRefusal::Own => "nobody chooses in their own poll".to_owned(),
        VoteRefusal::Barred => "this account may not act there".to_owned(),
    }
}

impl App {
    /// A post here or elsewhere.
    async fn post(&self, url: &Url) -> anyhow::Result<Post> {
        match self.federation.post(url).await? {
            Some(post) => Ok(post),
            None => bail!("there is no post at {url}"),
        }
    }
}
