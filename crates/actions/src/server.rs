//! What administrators do to accounts of this server and decide about others: the same
//! permission and log as measures in communities. The order's community is the server's
//! own actor.

use archipel_model::permission::{Measure, Target};
use archipel_model::{ActorId, Deed, PeerPolicy};
use archipel_storage::{Actor, Report, Tx};

use crate::ban::{Ban, ban, unban};
use crate::membership::{logged, permitted};
use crate::order::{About, Order};
use crate::{Context, Error, Result, delete_local_actor, set_suspended};

/// Stops somebody, or lets them act again: an account of this server altogether,
/// somebody elsewhere in all communities of this server. Says whether something changed.
pub async fn suspend(
    ctx: &Context,
    tx: &mut Tx,
    order: &Order<'_>,
    person: &Actor,
    on: bool,
) -> Result<bool> {
    if !person.is_local {
        return if on {
            ban(ctx, tx, order, person, Ban::default()).await
        } else {
            unban(ctx, tx, order, person, false).await
        };
    }
    permitted(ctx, tx, order, person, Measure::BanEverywhere).await?;
    if !set_suspended(ctx, tx, person, on).await? {
        return Ok(false);
    }
    let deed = if on {
        Deed::Suspended
    } else {
        Deed::Reinstated
    };
    logged(ctx, tx, order, person, deed).await?;
    Ok(true)
}

/// Closes an account of this server to logins, apps among them, or opens it again. What
/// it wrote stays. Says whether something changed.
pub async fn set_disabled(
    ctx: &Context,
    tx: &mut Tx,
    order: &Order<'_>,
    person: &Actor,
    on: bool,
) -> Result<bool> {
    permitted(ctx, tx, order, person, Measure::BanEverywhere).await?;
    if !tx.set_account_disabled(person.id, on).await? {
        return Ok(false);
    }
    let deed = if on { Deed::Disabled } else { Deed::Enabled };
    logged(ctx, tx, order, person, deed).await?;
    Ok(true)
}

/// Deletes an account of this server, with what it wrote.
pub async fn delete_account(
    ctx: &Context,
    tx: &mut Tx,
    order: &Order<'_>,
    person: &Actor,
) -> Result<()> {
    permitted(ctx, tx, order, person, Measure::BanEverywhere).await?;
    logged(ctx, tx, order, person, Deed::Deleted).await?;
    delete_local_actor(ctx, tx, person).await
}

/// Whether this order may decide what other servers may do here.
pub async fn may_decide_servers(ctx: &Context, tx: &mut Tx, order: &Order<'_>) -> Result<()> {
    let measure = Measure::BanEverywhere;
    order
        .authorise(ctx, tx, measure, Target::Community, None)
        .await
}

/// Writes into the log what was decided about another server.
pub async fn log_server_decision(
    ctx: &Context,
    tx: &mut Tx,
    order: &Order<'_>,
    host: &str,
    policy: PeerPolicy,
) -> Result<()> {
    may_decide_servers(ctx, tx, order).await?;
    let reason = match order.reason {
        Some(reason) => format!("{host} {policy}: {reason}"),
        None => format!("{host} {policy}"),
    };
    let order = Order {
        reason: Some(&reason),
        ..*order
    };
    order
        .log(ctx, tx, Deed::Decided, About::default())
        .await
        .map(drop)
}

/// Opens a closed report again. Says whether something changed; where somebody reported
/// the same anew meanwhile, that one is open already.
pub async fn reopen_report(
    ctx: &Context,
    tx: &mut Tx,
    order: &Order<'_>,
    report: &Report,
) -> Result<bool> {
    caring(ctx, tx, order, report).await?;
    if !tx.reopen_report(report.id).await? {
        return Ok(false);
    }
    let about = About {
        target: report.target_id,
        post: report.post_id,
        ..About::default()
    };
    order.log(ctx, tx, Deed::Reopened, about).await?;
    Ok(true)
}

/// Says who takes care of a report; not for the log, since nothing is decided by it.
pub async fn assign_report(
    ctx: &Context,
    tx: &mut Tx,
    order: &Order<'_>,
    report: &Report,
    to: Option<ActorId>,
) -> Result<()> {
    caring(ctx, tx, order, report).await?;
    Ok(tx.assign_report(report.id, to).await?)
}

/// Says what a report is about: spam, legal, violation, other.
pub async fn file_report(
    ctx: &Context,
    tx: &mut Tx,
    order: &Order<'_>,
    report: &Report,
    category: &str,
) -> Result<()> {
    caring(ctx, tx, order, report).await?;
    Ok(tx.set_report_category(report.id, category).await?)
}

/// Whether this order may look after a report: of its own place, and of no other.
pub async fn caring(ctx: &Context, tx: &mut Tx, order: &Order<'_>, report: &Report) -> Result<()> {
    let measure = match order.place() {
        Some(_) => Measure::Resolve,
        None => Measure::ResolveEverywhere,
    };
    order
        .authorise(ctx, tx, measure, Target::Community, None)
        .await?;
    if report.community_id == order.place() {
        Ok(())
    } else {
        Err(Error::NoSuchReport)
    }
}
