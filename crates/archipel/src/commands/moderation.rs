//! `archipel moderator`, `moderate` and `log`: the same measures as
//! everywhere, through the command line.

use std::fmt::Write as _;
use std::time::Duration;

use anyhow::bail;
use archipel_actions::{self as actions, Door, Order};
use archipel_model::permission::Denial;
use archipel_model::{Handle, MeasureId, Timestamp, rights};
use archipel_storage::{Actor, Conn, Measure, Post};
use serde_json::{Value, json};
use url::Url;

use super::{Context, bans, output};
use crate::app::App;
use crate::cli::{By, LogArgs, ModerateCommand, ModeratorCommand, OnPerson, OnPost, Why};

/// Runs `archipel moderator`.
pub async fn moderator(context: &Context, args: &ModeratorCommand) -> anyhow::Result<()> {
    let app = context.open().await?;
    match args {
        ModeratorCommand::Add {
            community,
            actor,
            role,
            by,
        } => {
            let (community, person) = (app.community(community).await?, app.anybody(actor).await?);
            let by = app.moderator(by).await?;
            let mut tx = app.store.write().await?;
            let order = order(&by, &community, None);
            let changed = actions::appoint(&app.actions, &mut tx, &order, &person, *role).await?;
            tx.commit().await?;
            say(
                context,
                changed,
                &format!("{} is {role} now.", person.acct()),
            );
        }
        ModeratorCommand::Remove {
            community,
            actor,
            by,
        } => {
            let (community, person) = (app.community(community).await?, app.anybody(actor).await?);
            let by = app.moderator(by).await?;
            let mut tx = app.store.write().await?;
            let order = order(&by, &community, None);
            let changed = actions::dismiss(&app.actions, &mut tx, &order, &person).await?;
            tx.commit().await?;
            say(
                context,
                changed,
                &format!("{} has no role any more.", person.acct()),
            );
        }
        ModeratorCommand::List { community } => {
            let community = app.community(community).await?;
            let team = app.store.read().await?.moderators(community.id).await?;
            let rows: Vec<Value> = team
                .iter()
                .map(|one| json!({ "actor": one.uri, "role": one.role.as_str() }))
                .collect();
            output::list(context, &rows, |row| {
                format!("{}  {}", output::of(row, "role"), output::of(row, "actor"))
            });
        }
    }
    Ok(())
}

/// Runs `archipel moderate`.
pub async fn moderate(context: &Context, args: &ModerateCommand) -> anyhow::Result<()> {
    if matches!(args, ModerateCommand::Rights) {
        rights(context);
        return Ok(());
    }
    let app = context.open().await?;
    match args {
        ModerateCommand::Rights => Ok(()),
        ModerateCommand::Remove { on, with_replies } => {
            upon_post(context, &app, on, Upon::Remove(*with_replies)).await
        }
        ModerateCommand::Restore(on) => upon_post(context, &app, on, Upon::Restore).await,
        ModerateCommand::Lock(on) => upon_post(context, &app, on, Upon::Lock(true)).await,
        ModerateCommand::Unlock(on) => upon_post(context, &app, on, Upon::Lock(false)).await,
        ModerateCommand::Pin(on) => upon_post(context, &app, on, Upon::Pin(true)).await,
        ModerateCommand::Unpin(on) => upon_post(context, &app, on, Upon::Pin(false)).await,
        ModerateCommand::Ban {
            on,
            days,
            remove_content,
        } => {
            let day = Duration::from_hours(24);
            let ban = actions::Ban {
                ends_at: days.map(|days| app.actions.now().plus(day * days)),
                with_content: *remove_content,
            };
            bans::ban(context, &app, on, ban).await
        }
        ModerateCommand::Unban {
            on,
            restore_content,
        } => bans::unban(context, &app, on, *restore_content).await,
        ModerateCommand::Warn { on, post } => bans::warn(context, &app, on, post.as_ref()).await,
        ModerateCommand::Mark(on) => upon_post(context, &app, on, Upon::Mark(true)).await,
        ModerateCommand::Unmark(on) => upon_post(context, &app, on, Upon::Mark(false)).await,
        ModerateCommand::Move { on, to } => {
            let to = app.community(to).await?;
            upon_post(context, &app, on, Upon::Move(&to)).await
        }
        ModerateCommand::Invite(on) => upon_member(context, &app, on, Member::Invite).await,
        ModerateCommand::Vouch(on) => upon_member(context, &app, on, Member::Vouch(true)).await,
        ModerateCommand::Unvouch(on) => upon_member(context, &app, on, Member::Vouch(false)).await,
        ModerateCommand::Expel(on) => upon_member(context, &app, on, Member::Expel).await,
        ModerateCommand::Wave { community, on, why } => {
            let community = app.community(community).await?;
            let by = app.moderator(&why.by).await?;
            let mut tx = app.store.write().await?;
            let order = order(&by, &community, Some(why));
            let changed = actions::set_wave(&app.actions, &mut tx, &order, *on).await?;
            tx.commit().await?;
            let words = if *on {
                "Everything that comes in is held now."
            } else {
                "What comes in is held no more; what waits is under `archipel held`."
            };
            say(context, changed, words);
            Ok(())
        }
    }
}

/// Prints who may do what: nothing of it depends on the database.
fn rights(context: &Context) {
    let policy = archipel_model::CommunityPolicy::OPEN;
    if !context.json {
        output::sentence(context, rights::markdown(policy).trim_end());
        return;
    }
    let rows: Vec<Value> = rights::table(policy)
        .map(|right| {
            json!({
                "measure": right.measure.as_str(),
                "who": right.who.as_str(),
                "upon": right.upon.as_str(),
                "from": right.from.as_str(),
                "permitted": right.denied.is_none(),
                "denied": right.denied.map(Denial::as_str),
            })
        })
        .collect();
    output::list(context, &rows, Value::to_string);
}

/// Runs `archipel log`.
pub async fn log(context: &Context, args: &LogArgs) -> anyhow::Result<()> {
    let app = context.open().await?;
    let place = app.place(&args.place).await?;
    let mut conn = app.store.read().await?;
    let newest = MeasureId(i64::MAX);
    let limit = args.limit.limit.into();
    let mut rows = Vec::new();
    for measure in conn.measures(place, newest, limit).await? {
        rows.push(log_row(&mut conn, &measure).await?);
    }
    output::list(context, &rows, |row| {
        let mut line = format!(
            "{}  {}  {}  {} {}  {}",
            output::of(row, "at"),
            output::of(row, "by"),
            output::of(row, "measure"),
            output::of(row, "actor"),
            output::of(row, "post"),
            output::of(row, "reason")
        );
        for detail in ["role", "rule", "until"] {
            if row.get(detail).is_some_and(|value| !value.is_null()) {
                let _ = write!(line, "  {detail} {}", output::of(row, detail));
            }
        }
        line
    });
    Ok(())
}

async fn log_row(conn: &mut Conn, measure: &Measure) -> anyhow::Result<Value> {
    let by = conn.actor(measure.by_id).await?;
    let target = match measure.target_id {
        Some(id) => conn.actor(id).await?,
        None => None,
    };
    let post = match measure.post_id {
        Some(id) => conn.post(id).await?,
        None => None,
    };
    Ok(json!({
        "at": measure.created_at.rfc3339(),
        "measure": measure.kind.as_str(),
        "by": by.map(|by| by.uri),
        "actor": target.map(|target| target.uri),
        "post": post.map(|post| post.uri),
        "role": measure.role.map(archipel_model::Role::as_str),
        "reason": measure.reason,
        "rule": measure.rule,
        "until": measure.ends_at.map(Timestamp::rfc3339),
        "with_content": measure.with_content,
        "through": measure.origin,
    }))
}

/// A measure upon a post.
#[derive(Clone, Copy)]
enum Upon<'a> {
    Mark(bool),
    Move(&'a Actor),
    Remove(bool),
    Restore,
    Lock(bool),
    Pin(bool),
}

async fn upon_post(
    context: &Context,
    app: &App,
    on: &OnPost,
    upon: Upon<'_>,
) -> anyhow::Result<()> {
    let by = app.moderator(&on.why.by).await?;
    let ctx = &app.actions;
    let mut tx = app.store.write().await?;
    let (post, community) = app.post_in_community(&mut tx, &on.post).await?;
    let order = order(&by, &community, Some(&on.why));
    let changed = match upon {
        Upon::Mark(marked) => actions::set_marked(ctx, &mut tx, &order, &post, marked).await,
        Upon::Move(to) => actions::move_thread(ctx, &mut tx, &order, &post, to).await,
        Upon::Remove(with) => actions::remove_post(ctx, &mut tx, &order, &post, with).await,
        Upon::Restore => actions::restore_post(ctx, &mut tx, &order, &post).await,
        Upon::Lock(locked) => actions::set_locked(ctx, &mut tx, &order, &post, locked).await,
        Upon::Pin(pinned) => actions::set_pinned(ctx, &mut tx, &order, &post, pinned).await,
    }?;
    tx.commit().await?;
    say(context, changed, "Done.");
    Ok(())
}

/// A measure upon a member, or somebody who may become one.
#[derive(Clone, Copy)]
enum Member {
    Invite,
    Vouch(bool),
    Expel,
}

async fn upon_member(
    context: &Context,
    app: &App,
    on: &OnPerson,
    measure: Member,
) -> anyhow::Result<()> {
    let (community, person, by) = app.concerned(on).await?;
    let ctx = &app.actions;
    let mut tx = app.store.write().await?;
    let order = order(&by, &community, Some(&on.why));
    let changed = match measure {
        Member::Invite => actions::invite(ctx, &mut tx, &order, &person).await,
        Member::Vouch(on) => actions::set_vouched(ctx, &mut tx, &order, &person, on).await,
        Member::Expel => actions::expel(ctx, &mut tx, &order, &person).await,
    }?;
    tx.commit().await?;
    say(context, changed, "Done.");
    Ok(())
}

/// An order that is given on the command line.
pub(super) fn order<'a>(by: &'a Actor, community: &'a Actor, why: Option<&'a Why>) -> Order<'a> {
    Order {
        by,
        community,
        door: Door::Here("command line"),
        reason: why.and_then(|why| why.reason.as_deref()),
        rule: why.and_then(|why| why.rule),
    }
}

pub(super) fn say(context: &Context, changed: bool, words: &str) {
    let words = if changed { words } else { "It was so already." };
    output::sentence(context, words);
}

impl App {
    /// Who takes a measure: a local person, or the server itself.
    pub(super) async fn moderator(&self, by: &By) -> anyhow::Result<Actor> {
        if let Some(handle) = &by.account {
            return self.person(handle).await;
        }
        self.instance().await
    }

    pub(super) async fn concerned(&self, on: &OnPerson) -> anyhow::Result<(Actor, Actor, Actor)> {
        let community: &Handle = &on.community;
        Ok((
            self.community(community).await?,
            self.anybody(&on.actor).await?,
            self.moderator(&on.why.by).await?,
        ))
    }

    pub(super) async fn post_in_community(
        &self,
        conn: &mut Conn,
        uri: &Url,
    ) -> anyhow::Result<(Post, Actor)> {
        let Some(post) = conn.post_by_uri(uri.as_str()).await? else {
            bail!("there is no post {uri} here");
        };
        let community = match post.community_id {
            Some(id) => conn.actor(id).await?,
            None => None,
        };
        match community.filter(|community| community.is_local) {
            Some(community) => Ok((post, community)),
            None => bail!("{uri} belongs to no community of this server"),
        }
    }
}
