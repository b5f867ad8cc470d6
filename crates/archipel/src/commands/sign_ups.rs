//! The part of `archipel account` about those who want one: who waits, yes and no.

use anyhow::{Context as _, bail};
use archipel_actions::{self as actions, Door, Order};
use archipel_model::Handle;
use archipel_storage::{Actor, SignUp, Tx};
use serde_json::{Value, json};

use super::{Context, output};
use crate::app::App;
use crate::cli::{By, Confirm, confirm};

/// Lists who waits.
pub(super) async fn waiting(context: &Context, app: &App) -> anyhow::Result<()> {
    let rows: Vec<Value> = app
        .store
        .read()
        .await?
        .waiting_sign_ups()
        .await?
        .iter()
        .map(|one| {
            json!({
                "handle": one.handle,
                "email": one.email,
                "confirmed": one.confirmed_at.is_some(),
                "asked_at": one.created_at.rfc3339(),
                "reason": one.request,
            })
        })
        .collect();
    output::list(context, &rows, |row| {
        format!(
            "{}  {}  {}  {}",
            output::of(row, "handle"),
            output::of(row, "email"),
            output::of(row, "asked_at"),
            output::of(row, "reason")
        )
    });
    Ok(())
}

/// Lets somebody in.
pub(super) async fn approve(
    context: &Context,
    app: &App,
    handle: &Handle,
    by: &By,
) -> anyhow::Result<()> {
    let (by, server) = (app.moderator(by).await?, app.instance().await?);
    let mut tx = app.store.write().await?;
    let sign_up = asking(&mut tx, handle).await?;
    let order = order(&by, &server, None);
    let changed =
        actions::approve_sign_up(&app.actions, &mut tx, &app.accounts, &order, &sign_up).await?;
    tx.commit().await?;
    let words = match (changed, &sign_up.email) {
        (false, _) => "was in already",
        (true, Some(_)) if app.accounts.mail => "is in; they are told by e-mail",
        (true, _) => "is in; no mail is sent here, so tell them",
    };
    output::sentence(context, &format!("{handle} {words}."));
    Ok(())
}

/// Refuses somebody.
pub(super) async fn reject(
    context: &Context,
    app: &App,
    handle: &Handle,
    reason: Option<&str>,
    by: &By,
) -> anyhow::Result<()> {
    let (by, server) = (app.moderator(by).await?, app.instance().await?);
    let mut tx = app.store.write().await?;
    let sign_up = asking(&mut tx, handle).await?;
    let order = order(&by, &server, reason);
    actions::reject_sign_up(&app.actions, &mut tx, &app.accounts, &order, &sign_up).await?;
    tx.commit().await?;
    output::sentence(context, &format!("{handle} is refused, and forgotten."));
    Ok(())
}

/// Lets somebody log in without a code again.
pub(super) async fn drop_code(
    context: &Context,
    app: &App,
    handle: &Handle,
    confirm: Confirm,
) -> anyhow::Result<()> {
    let question = format!("Ne plus demander de code à / ask no code of {handle}?");
    if !confirm::ask(&question, confirm)? {
        bail!("nothing was changed");
    }
    let person = app.person(handle).await?;
    let mut tx = app.store.write().await?;
    let account = tx.account_of(person.id).await?;
    let account = account.with_context(|| format!("{handle} has no account"))?;
    actions::drop_second_factor(&app.actions, &mut tx, &app.accounts, account).await?;
    tx.commit().await?;
    output::sentence(context, &format!("{handle} logs in without a code now."));
    Ok(())
}

/// On the whole server: its own actor is the place.
fn order<'a>(by: &'a Actor, server: &'a Actor, reason: Option<&'a str>) -> Order<'a> {
    Order {
        by,
        community: server,
        door: Door::Here("command"),
        reason,
        rule: None,
    }
}

/// The account of somebody who is not in yet.
async fn asking(tx: &mut Tx, handle: &Handle) -> anyhow::Result<SignUp> {
    let none = || format!("{handle} does not ask for an account: see `archipel account waiting`");
    let actor = tx.local_actor(handle.as_str()).await?.with_context(none)?;
    let account = tx.account_of(actor.id).await?.with_context(none)?;
    tx.sign_up(account).await?.with_context(none)
}
