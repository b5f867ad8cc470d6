//! Closing reports: by a moderator, or because what was reported is dealt with.

use archipel_model::notice::Told;
use archipel_model::permission::{Measure, Target};
use archipel_model::{ActorId, Deed, MeasureId, PostId};
use archipel_storage::{ActivityKind, Complaint, NewActivity, Report, Tx};

use crate::order::{About, Door, Order, Telltale};
use crate::relay::{Passed, is_local_only};
use crate::report::{pass_on, remote_team};
use crate::say::saying;
use crate::{Context, Error, Result};

/// Most complaints of one report that other servers are told of being closed.
const MOST_SAID: usize = 20;

/// Closes a report. The other moderators' servers are told, and those who complained.
/// Says whether it was open.
pub async fn resolve_report(
    ctx: &Context,
    tx: &mut Tx,
    order: &Order<'_>,
    report: &Report,
) -> Result<bool> {
    order
        .authorise(ctx, tx, needed(order), Target::Community, None)
        .await?;
    close(ctx, tx, order, report, true).await
}

fn needed(order: &Order<'_>) -> Measure {
    match order.place() {
        Some(_) => Measure::Resolve,
        None => Measure::ResolveEverywhere,
    }
}

/// Closes the reports about somebody, or about one post of theirs, after a measure
/// upon it by somebody who may close reports.
pub(crate) async fn dealt_with(
    ctx: &Context,
    tx: &mut Tx,
    order: &Order<'_>,
    target: ActorId,
    post: Option<PostId>,
) -> Result<()> {
    let open = tx.open_reports_on(order.place(), target, post).await?;
    if open.is_empty() {
        return Ok(());
    }
    let may = order.authorise(ctx, tx, needed(order), Target::Community, None);
    match may.await {
        Ok(()) => {}
        Err(Error::Denied(_)) => return Ok(()),
        Err(error) => return Err(error),
    }
    for report in open {
        close(ctx, tx, order, &report, false).await?;
    }
    Ok(())
}

/// `by_itself`: the order says nothing else than that the report is closed.
async fn close(
    ctx: &Context,
    tx: &mut Tx,
    order: &Order<'_>,
    report: &Report,
    by_itself: bool,
) -> Result<bool> {
    if report.community_id != order.place() {
        return Err(Error::NoSuchReport);
    }
    if !tx.close_report(report.id, order.by.id, ctx.now()).await? {
        return Ok(false);
    }
    let about = About {
        target: report.target_id,
        post: report.post_id,
        ..About::default()
    };
    let measure = order.log(ctx, tx, Deed::Resolved, about).await?;
    let complaints = tx.complaints(report.id).await?;
    tell_team(ctx, tx, order, measure, report, &complaints, by_itself).await?;
    for complaint in &complaints {
        if let Some(reporter) = tx.actor(complaint.reporter_id).await? {
            let about = Telltale {
                object: &report.object_uri,
                answers: false,
                language: None,
                until: None,
            };
            order
                .tell(ctx, tx, &reporter, Told::ReportClosed, about)
                .await?;
        }
    }
    Ok(true)
}

/// Tells the servers of moderators who live elsewhere.
async fn tell_team(
    ctx: &Context,
    tx: &mut Tx,
    order: &Order<'_>,
    measure: MeasureId,
    report: &Report,
    complaints: &[Complaint],
    by_itself: bool,
) -> Result<()> {
    let community = order.community;
    if order.place().is_none() || is_local_only(tx, community).await? {
        return Ok(());
    }
    let team = remote_team(tx, community).await?;
    let team: Vec<ActorId> = team.iter().map(|one| one.id).collect();
    if team.is_empty() {
        return Ok(());
    }
    let object = &report.object_uri;
    match order.door {
        Door::Federation { raw, .. } if by_itself => {
            pass_on(ctx, tx, community, Passed::Received(raw), object, team);
        }
        // The measure that closed it is told by itself.
        Door::Federation { .. } => {}
        Door::Here(_) => {
            for complaint in complaints.iter().take(MOST_SAID) {
                let said = NewActivity {
                    measure_id: Some(measure),
                    object_key: object.clone(),
                    ..saying(
                        ctx,
                        ActivityKind::Measure,
                        order.by.id,
                        &complaint.activity_uri,
                    )
                };
                tx.say(&said, ctx.now());
                pass_on(
                    ctx,
                    tx,
                    community,
                    Passed::Ours(said.id),
                    object,
                    team.clone(),
                );
            }
        }
    }
    Ok(())
}
