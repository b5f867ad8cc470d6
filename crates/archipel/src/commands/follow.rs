//! `archipel follow` and `unfollow`, as a local account.

use anyhow::bail;
use archipel_actions::{self as actions, FollowOutcome, FollowRequest};

use super::{Context, output};
use crate::cli::{FollowArgs, UnfollowArgs};

/// Runs `archipel follow`.
pub async fn run(context: &Context, args: &FollowArgs) -> anyhow::Result<()> {
    let app = context.open().await?;
    let follower = app.person(&args.account).await?;
    let target = app.anybody(&args.target).await?;
    let request = FollowRequest {
        follower: &follower,
        target: &target,
        received: None,
    };
    let mut tx = app.store.write().await?;
    let outcome = actions::follow(&app.actions, &mut tx, request).await?;
    if args.tell_published {
        let ctx = &app.actions;
        if tx.community(target.id).await?.is_none() {
            bail!("{} is no community of this server", target.acct());
        }
        if !actions::set_tell_published(ctx, &mut tx, &target, &follower, true, None).await? {
            bail!("only members can be told: ask again once you are one");
        }
    }
    tx.commit().await?;
    let state = match outcome {
        FollowOutcome::Accepted => "accepted",
        FollowOutcome::Pending => "pending",
        FollowOutcome::Rejected => bail!(
            "{} lets in only who was invited and nobody who is banned",
            target.acct()
        ),
    };
    if context.json {
        output::word(context, "state", state);
    } else {
        let sentence = if outcome == FollowOutcome::Accepted {
            format!("{} follows {}.", args.account, target.acct())
        } else {
            format!(
                "{} asked to follow {}. Until it is answered, it is asked again by and by.",
                args.account,
                target.acct()
            )
        };
        output::sentence(context, &sentence);
    }
    Ok(())
}

/// Runs `archipel unfollow`.
pub async fn run_unfollow(context: &Context, args: &UnfollowArgs) -> anyhow::Result<()> {
    let app = context.open().await?;
    let follower = app.person(&args.account).await?;
    let target = app.anybody(&args.target).await?;
    let mut tx = app.store.write().await?;
    let stopped = actions::unfollow(&app.actions, &mut tx, &follower, &target).await?;
    tx.commit().await?;
    if !stopped {
        anyhow::bail!("{} did not follow {}", args.account, target.acct());
    }
    output::sentence(
        context,
        &format!("{} follows {} no more.", args.account, target.acct()),
    );
    Ok(())
}
