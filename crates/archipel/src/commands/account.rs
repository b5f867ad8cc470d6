//! `archipel account`: people who post from here.

use anyhow::{Context as _, bail};
use archipel_actions as actions;
use archipel_federation::new_keys;
use archipel_model::{ActorKind, Handle};
use archipel_storage::{Actor, Conn};
use serde_json::{Value, json};

use super::{Context, identity, output, sign_ups};
use crate::app::App;
use crate::cli::{AccountCommand, Limit, confirm};

/// Fewest characters of a password.
const PASSWORD_MIN: usize = 12;
/// Most characters of a password.
const PASSWORD_MAX: usize = 256;

/// Runs the command.
pub async fn run(context: &Context, args: &AccountCommand) -> anyhow::Result<()> {
    let app = context.open().await?;
    match args {
        AccountCommand::Create { handle, name } => {
            create(context, &app, handle, name.as_deref()).await
        }
        AccountCommand::List => list(context, &app).await,
        AccountCommand::Show { handle } => show(context, &app, handle).await,
        AccountCommand::Notices { handle, limit } => notices(context, &app, handle, *limit).await,
        AccountCommand::Set { handle, change } => {
            let person = app.person(handle).await?;
            let change = actions::ProfileChange {
                name: change.name.clone(),
                summary: change.summary.clone(),
                ..actions::ProfileChange::default()
            };
            let mut tx = app.store.write().await?;
            actions::change_profile(&app.actions, &mut tx, &person, &change).await?;
            tx.commit().await?;
            output::sentence(context, "Changed.");
            Ok(())
        }
        AccountCommand::Role { handle, admin } => role(context, &app, handle, *admin).await,
        AccountCommand::Suspend { handle, confirm } => {
            let question = format!("Suspendre / suspend {handle}?");
            if !confirm::ask(&question, *confirm)? {
                bail!("nothing was changed");
            }
            suspend(context, &app, handle, true).await
        }
        AccountCommand::Unsuspend { handle } => suspend(context, &app, handle, false).await,
        AccountCommand::Password { handle } => password(context, &app, handle).await,
        AccountCommand::Waiting => sign_ups::waiting(context, &app).await,
        AccountCommand::Approve { handle, by } => {
            sign_ups::approve(context, &app, handle, by).await
        }
        AccountCommand::Reject { handle, reason, by } => {
            sign_ups::reject(context, &app, handle, reason.as_deref(), by).await
        }
        AccountCommand::DropCode { handle, confirm } => {
            sign_ups::drop_code(context, &app, handle, *confirm).await
        }
        AccountCommand::RotateKeys(args) => {
            let person = app.person(&args.handle).await?;
            identity::rotate(context, &app, &person, args.when).await
        }
        AccountCommand::Alias(command) => {
            let person = app.person(identity::alias_handle(command)).await?;
            identity::alias(context, &app, &person, command).await
        }
        AccountCommand::Move(args) => {
            let person = app.person(&args.handle).await?;
            identity::depart(context, &app, &person, args, None).await
        }
        AccountCommand::Delete { handle, confirm } => {
            let person = app.person(handle).await?;
            super::delete(context, &app, &person, *confirm).await
        }
    }
}

async fn role(context: &Context, app: &App, handle: &Handle, admin: bool) -> anyhow::Result<()> {
    let person = account(&mut app.store.read().await?, handle).await?;
    let mut tx = app.store.write().await?;
    let changed = actions::set_admin(&mut tx, &person, admin).await?;
    tx.commit().await?;
    let words = match (changed, admin) {
        (true, true) => "administers this server now",
        (true, false) => "is a member like others now",
        (false, _) => "was so already",
    };
    output::sentence(context, &format!("{handle} {words}."));
    Ok(())
}

async fn suspend(
    context: &Context,
    app: &App,
    handle: &Handle,
    suspended: bool,
) -> anyhow::Result<()> {
    let actor = account(&mut app.store.read().await?, handle).await?;
    let mut tx = app.store.write().await?;
    let changed = actions::set_suspended(&app.actions, &mut tx, &actor, suspended).await?;
    tx.commit().await?;
    let words = match (changed, suspended) {
        (true, true) => "acts no more",
        (true, false) => "acts again",
        (false, _) => "was so already",
    };
    output::sentence(context, &format!("{handle} {words}."));
    Ok(())
}

/// Reads a password from standard input, never from the command line, where everybody on
/// this machine could read it.
async fn password(context: &Context, app: &App, handle: &Handle) -> anyhow::Result<()> {
    let person = app.person(handle).await?;
    let typed = tokio::task::spawn_blocking(confirm::line).await??;
    let length = typed.chars().count();
    if !(PASSWORD_MIN..=PASSWORD_MAX).contains(&length) {
        bail!("a password has {PASSWORD_MIN} to {PASSWORD_MAX} characters, this one {length}");
    }
    let kept = tokio::task::spawn_blocking(move || actions::hash_password(&typed)).await?;
    let mut tx = app.store.write().await?;
    actions::replace_password(&mut tx, person.id, &kept).await?;
    tx.commit().await?;
    output::sentence(context, &format!("{handle} has a new password."));
    Ok(())
}

/// A person of this server, whatever became of them.
async fn account(conn: &mut Conn, handle: &Handle) -> anyhow::Result<Actor> {
    conn.local_actor(handle.as_str())
        .await?
        .filter(|actor| actor.kind == ActorKind::Person)
        .with_context(|| {
            format!("there is no account {handle} here: `archipel account list` shows all")
        })
}

async fn create(
    context: &Context,
    app: &App,
    handle: &Handle,
    name: Option<&str>,
) -> anyhow::Result<()> {
    let keys = tokio::task::spawn_blocking(new_keys).await??;
    let mut tx = app.store.write().await?;
    let name = name.unwrap_or(handle.as_str());
    let person = actions::create_person(&app.actions, &mut tx, handle, name, &keys).await?;
    tx.commit().await?;
    if context.json {
        output::thing(context, &row(&person));
    } else {
        output::sentence(
            context,
            &format!("@{} can follow and post now.", person.acct()),
        );
    }
    Ok(())
}

/// How much of what an account was told about its posts is shown.
const NOTICES: i64 = 20;

fn row(actor: &Actor) -> Value {
    json!({
        "handle": actor.handle,
        "name": actor.name,
        "actor": actor.uri,
        "moved_to": actor.moved_to,
        "state": actor.state.as_str(),
        "created_at": actor.created_at.rfc3339(),
    })
}

async fn list(context: &Context, app: &App) -> anyhow::Result<()> {
    let people = app.store.read().await?.account_actors().await?;
    let rows: Vec<Value> = people.iter().map(row).collect();
    output::list(context, &rows, |row| {
        format!(
            "{}  {}  {}",
            output::of(row, "handle"),
            output::of(row, "name"),
            output::of(row, "state")
        )
    });
    Ok(())
}

async fn show(context: &Context, app: &App, handle: &Handle) -> anyhow::Result<()> {
    let mut conn = app.store.read().await?;
    let actor = account(&mut conn, handle).await?;
    let mut shown = row(&actor);
    let role = if conn.is_admin(actor.id).await? {
        "admin"
    } else {
        "member"
    };
    let mut follows = Vec::new();
    for (target, state) in conn.follows_of(actor.id).await? {
        follows.push(json!({ "actor": target, "state": state }));
    }
    let notices: Vec<Value> = conn
        .notices_of(actor.id, NOTICES)
        .await?
        .iter()
        .map(|notice| {
            json!({
                "about": notice.about,
                "cause": notice.cause,
                "text": notice.text,
                "at": notice.created_at.rfc3339(),
            })
        })
        .collect();
    if let Some(members) = shown.as_object_mut() {
        members.insert("role".to_owned(), Value::from(role));
        members.insert("follows".to_owned(), Value::from(follows));
        members.insert("told".to_owned(), Value::from(notices));
    }
    output::thing(context, &shown);
    Ok(())
}

async fn notices(
    context: &Context,
    app: &App,
    handle: &Handle,
    limit: Limit,
) -> anyhow::Result<()> {
    let mut conn = app.store.read().await?;
    // Also of who is suspended or gone: they may ask what happened.
    let person = account(&mut conn, handle).await?;
    let told = conn.notices_of(person.id, i64::from(limit.limit)).await?;
    let rows: Vec<Value> = told
        .iter()
        .map(|notice| {
            json!({
                "at": notice.created_at.rfc3339(),
                "cause": notice.cause,
                "about": notice.about,
                "text": notice.text,
            })
        })
        .collect();
    output::list(context, &rows, |row| {
        format!(
            "{}  {}\n{}\n",
            output::of(row, "at"),
            output::of(row, "cause"),
            output::of(row, "text")
        )
    });
    Ok(())
}
