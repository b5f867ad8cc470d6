//! Accounts, for administrators of the server.

use archipel_actions as actions;
use archipel_model::{ActorId, ReportId};
use archipel_storage::{AccountQuery, Actor, Tx};
use axum::Json;
use axum::extract::State;
use schemars::JsonSchema;
use serde::Deserialize;

use archipel_model::Scope::{AdminReadAccounts, AdminWriteAccounts};

use super::Admin;
use super::render::{accounts, one};
use crate::api::Api;
use crate::entities::{AdminAccount, Empty};
use crate::error::{ApiError, Result};
use crate::extract::{Flag, IdOf, Page, Paged, Params, Text};
use crate::registry::{Access, Routes, Rule, Shows, rule};
use crate::viewer::{Member, Viewer};

/// Declares the routes of this file.
pub(super) fn declare(routes: &mut Routes) {
    let read = Access::Member(AdminReadAccounts);
    let write = Access::Member(AdminWriteAccounts);
    let account = |about| -> Rule { rule::<AdminAccount>(about, write, Shows::Care) };
    routes.get(
        "/api/v1/admin/accounts",
        rule::<Vec<AdminAccount>>("Accounts", read, Shows::Care).takes::<First>(),
        first,
    );
    routes.get(
        "/api/v2/admin/accounts",
        rule::<Vec<AdminAccount>>("Accounts", read, Shows::Care).takes::<Second>(),
        second,
    );
    routes.get(
        "/api/v1/admin/accounts/{id}",
        rule::<AdminAccount>("One account", read, Shows::Care),
        show,
    );
    routes.delete(
        "/api/v1/admin/accounts/{id}",
        account("Deletes a suspended account for good"),
        delete,
    );
    routes.post(
        "/api/v1/admin/accounts/{id}/action",
        rule::<Empty>("Acts upon an account", write, Shows::Care).takes::<Act>(),
        act,
    );
    routes.post(
        "/api/v1/admin/accounts/{id}/enable",
        account("Opens an account to logins again"),
        enable,
    );
    routes.post(
        "/api/v1/admin/accounts/{id}/unsuspend",
        account("Lets a suspended account act again"),
        unsuspend,
    );
}

/// Which accounts, in the first version.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
struct First {
    local: Flag,
    remote: Flag,
    active: Flag,
    pending: Flag,
    disabled: Flag,
    silenced: Flag,
    suspended: Flag,
    staff: Flag,
    username: Text,
    display_name: Text,
    by_domain: Text,
    email: Text,
    ip: Text,
}

/// Which accounts, in the second version.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
struct Second {
    origin: Text,
    status: Text,
    permissions: Text,
    username: Text,
    display_name: Text,
    by_domain: Text,
    email: Text,
    ip: Text,
}

fn text(text: &Text) -> String {
    text.filled().unwrap_or_default().trim().to_owned()
}

async fn first(
    State(api): State<Api>,
    Member(viewer): Member,
    page: Page,
    Params(which): Params<First>,
) -> Result<Paged<Vec<AdminAccount>>> {
    let chosen = |choices: &[(Flag, &str)]| {
        let said = choices.iter().find(|(flag, _)| flag.yes());
        said.map_or("", |(_, word)| word).to_owned()
    };
    let query = AccountQuery {
        origin: chosen(&[(which.local, "local"), (which.remote, "remote")]),
        status: chosen(&[
            (which.active, "active"),
            (which.pending, "pending"),
            (which.disabled, "disabled"),
            (which.silenced, "silenced"),
            (which.suspended, "suspended"),
        ]),
        username: text(&which.username),
        display_name: text(&which.display_name),
        host: text(&which.by_domain),
        email: text(&which.email),
        staff: which.staff.yes(),
    };
    list(&api, &viewer, &page, query, &which.ip).await
}

async fn second(
    State(api): State<Api>,
    Member(viewer): Member,
    page: Page,
    Params(which): Params<Second>,
) -> Result<Paged<Vec<AdminAccount>>> {
    let known = |said: Text, words: &[&str]| {
        let said = text(&said);
        words
            .iter()
            .find(|word| **word == said)
            .map_or_else(String::new, |word| (*word).to_owned())
    };
    let query = AccountQuery {
        origin: known(which.origin, &["local", "remote"]),
        status: known(
            which.status,
            &["active", "pending", "disabled", "silenced", "suspended"],
        ),
        username: text(&which.username),
        display_name: text(&which.display_name),
        host: text(&which.by_domain),
        email: text(&which.email),
        staff: which.permissions.filled() == Some("staff"),
    };
    list(&api, &viewer, &page, query, &which.ip).await
}

async fn list(
    api: &Api,
    viewer: &Viewer,
    page: &Page,
    query: AccountQuery,
    ip: &Text,
) -> Result<Paged<Vec<AdminAccount>>> {
    let mut conn = api.store().read().await?;
    Admin::of(api, &mut conn, viewer).await?;
    if ip.filled().is_some() {
        // Addresses of people are not kept, so nobody is found by one.
        return Ok(page.answer(Vec::new(), None, None));
    }
    let window = page.window(100, 200);
    let mut rows = conn.supervise(&query, window).await?;
    if window.rises {
        rows.reverse();
    }
    let ends = (rows.first(), rows.last());
    let ends = (
        ends.0.map(|row| row.actor_id.0),
        ends.1.map(|row| row.actor_id.0),
    );
    let found = accounts(api, &mut conn, &rows, true).await?;
    Ok(page.answer(found, ends.0, ends.1))
}

async fn show(
    State(api): State<Api>,
    Member(viewer): Member,
    IdOf(id): IdOf<ActorId>,
) -> Result<Json<AdminAccount>> {
    let mut conn = api.store().read().await?;
    Admin::of(&api, &mut conn, &viewer).await?;
    let row = conn.supervised(id).await?.ok_or(ApiError::NotFound)?;
    let found = accounts(&api, &mut conn, &[row], true).await?;
    one(found).map(Json)
}

/// What is done to an account.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
struct Act {
    /// none, disable, suspend.
    #[serde(rename = "type")]
    kind: Text,
    /// The report that is dealt with by it.
    report_id: Text,
    /// Why, for the log.
    text: Text,
}

/// Begins what an administrator does to an account.
async fn upon(api: &Api, viewer: &Viewer, id: ActorId) -> Result<(Tx, Admin, Actor)> {
    let mut tx = api.store().write().await?;
    let admin = Admin::of(api, &mut tx, viewer).await?;
    if tx.supervised(id).await?.is_none() {
        return Err(ApiError::NotFound);
    }
    let person = tx.actor(id).await?.ok_or(ApiError::NotFound)?;
    Ok((tx, admin, person))
}

async fn act(
    State(api): State<Api>,
    Member(viewer): Member,
    IdOf(id): IdOf<ActorId>,
    Params(what): Params<Act>,
) -> Result<Json<Empty>> {
    let (mut tx, admin, person) = upon(&api, &viewer, id).await?;
    let order = admin.order(what.text.filled());
    match what.kind.filled().unwrap_or("none") {
        "none" => {}
        "disable" if person.is_local => {
            actions::set_disabled(api.ctx(), &mut tx, &order, &person, true).await?;
        }
        "suspend" => {
            actions::suspend(api.ctx(), &mut tx, &order, &person, true).await?;
        }
        "disable" => {
            return Err(ApiError::refused(
                "Only accounts of this server log in here: suspend this one instead",
            ));
        }
        "sensitive" | "silence" => {
            return Err(ApiError::refused(
                "This server does not limit single accounts. Suspend the account, limit its \
                 whole server, or let the moderators of a community act upon its posts",
            ));
        }
        _ => {
            return Err(ApiError::refused(
                "The type of an action is none, disable or suspend",
            ));
        }
    }
    if let Some(report) = what.report_id.filled() {
        let id: ReportId = report.trim().parse().map_err(|_| ApiError::NotFound)?;
        let report = tx.report(id).await?.ok_or(ApiError::NotFound)?;
        super::reports::resolve_as_admin(&api, &mut tx, &admin, &report).await?;
    }
    tx.commit().await?;
    Ok(Json(Empty {}))
}

async fn enable(
    State(api): State<Api>,
    Member(viewer): Member,
    IdOf(id): IdOf<ActorId>,
) -> Result<Json<AdminAccount>> {
    let (mut tx, admin, person) = upon(&api, &viewer, id).await?;
    actions::set_disabled(api.ctx(), &mut tx, &admin.order(None), &person, false).await?;
    tx.commit().await?;
    again(&api, id).await
}

async fn unsuspend(
    State(api): State<Api>,
    Member(viewer): Member,
    IdOf(id): IdOf<ActorId>,
) -> Result<Json<AdminAccount>> {
    let (mut tx, admin, person) = upon(&api, &viewer, id).await?;
    actions::suspend(api.ctx(), &mut tx, &admin.order(None), &person, false).await?;
    tx.commit().await?;
    again(&api, id).await
}

async fn delete(
    State(api): State<Api>,
    Member(viewer): Member,
    IdOf(id): IdOf<ActorId>,
) -> Result<Json<AdminAccount>> {
    let (mut tx, admin, person) = upon(&api, &viewer, id).await?;
    let row = tx.supervised(id).await?.ok_or(ApiError::NotFound)?;
    if !person.is_local || row.state != archipel_model::ActorState::Suspended {
        return Err(ApiError::Forbidden(
            "Only suspended accounts of this server can be deleted: suspend it first".to_owned(),
        ));
    }
    let before = one(accounts(&api, &mut tx, &[row], true).await?)?;
    actions::delete_account(api.ctx(), &mut tx, &admin.order(None), &person).await?;
    tx.commit().await?;
    Ok(Json(before))
}

/// The account as it is now.
async fn again(api: &Api, id: ActorId) -> Result<Json<AdminAccount>> {
    let mut conn = api.store().read().await?;
    let row = conn.supervised(id).await?.ok_or(ApiError::NotFound)?;
    one(accounts(api, &mut conn, &[row], true).await?).map(Json)
}
