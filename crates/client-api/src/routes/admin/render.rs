//! Accounts and reports as entities for those who look after them.

use std::collections::HashMap;

use archipel_model::{ActorId, ActorState, EntryId};
use archipel_storage::{CaredReport, Complaint, Conn, Eyes, ReportState, SupervisedAccount};

use crate::api::Api;
use crate::entities::{AdminAccount, AdminReport, AdminRole, Date, Status};
use crate::error::{ApiError, Result};
use crate::render;

/// What an administrator may do, as Mastodon's bits: administrator, which is all.
const ALL: &str = "1";

/// The entities of these, in their order.
pub(super) async fn accounts(
    api: &Api,
    conn: &mut Conn,
    rows: &[SupervisedAccount],
    private: bool,
) -> Result<Vec<AdminAccount>> {
    let ids: Vec<ActorId> = rows.iter().map(|row| row.actor_id).collect();
    let mut shown = render::accounts(api, conn, &ids).await?;
    Ok(rows
        .iter()
        .filter_map(|row| Some(entity(row, shown.remove(&row.actor_id)?, private)))
        .collect())
}

/// `private`: with what only administrators of the server see.
fn entity(
    row: &SupervisedAccount,
    account: crate::entities::Account,
    private: bool,
) -> AdminAccount {
    let state = row.account_state.as_deref();
    let told = |value: &Option<String>| value.clone().filter(|_| private);
    AdminAccount {
        id: row.actor_id.to_string(),
        username: row.handle.clone(),
        domain: (!row.is_local).then(|| row.host.clone()),
        created_at: Date(row.created_at),
        email: told(&row.email).unwrap_or_default(),
        ip: None,
        ips: Vec::new(),
        role: (row.is_admin && private).then(|| AdminRole {
            id: "1".to_owned(),
            name: "Admin".to_owned(),
            color: String::new(),
            position: 1,
            permissions: ALL.to_owned(),
            highlighted: false,
            created_at: Date(row.created_at),
            updated_at: Date(row.created_at),
        }),
        // Accounts without a mail address were made by who runs the server.
        confirmed: row.confirmed_at.is_some()
            || state.is_some_and(|state| state == "active" || state == "disabled"),
        suspended: row.state != ActorState::Active || row.banned,
        silenced: row.limited,
        sensitized: false,
        disabled: state == Some("disabled"),
        approved: state.is_none_or(|state| state == "active" || state == "disabled"),
        locale: told(&row.locale),
        invite_request: told(&row.request),
        created_by_application_id: None,
        invited_by_account_id: None,
        account,
    }
}

/// The entities of these reports, in their order.
pub(super) async fn reports(
    api: &Api,
    conn: &mut Conn,
    eyes: Eyes,
    rows: &[CaredReport],
    private: bool,
) -> Result<Vec<AdminReport>> {
    let mut complaints: Vec<Vec<Complaint>> = Vec::with_capacity(rows.len());
    let mut ids = Vec::new();
    for row in rows {
        let found = conn.complaints(row.report.id).await?;
        ids.extend(found.iter().map(|one| one.reporter_id));
        ids.extend(row.report.target_id);
        ids.extend(row.report.resolved_by);
        ids.extend(row.assigned_to);
        complaints.push(found);
    }
    ids.sort_unstable();
    ids.dedup();
    let supervised = conn.supervised_all(&ids).await?;
    let known: HashMap<ActorId, AdminAccount> = accounts(api, conn, &supervised, private)
        .await?
        .into_iter()
        .zip(&supervised)
        .map(|(account, row)| (row.actor_id, account))
        .collect();
    let mut found = Vec::with_capacity(rows.len());
    for (row, complaints) in rows.iter().zip(&complaints) {
        let statuses = reported(api, conn, eyes, row).await?;
        found.extend(report(row, complaints, &known, statuses));
    }
    Ok(found)
}

async fn reported(
    api: &Api,
    conn: &mut Conn,
    eyes: Eyes,
    row: &CaredReport,
) -> Result<Vec<Status>> {
    let Some(post) = row.report.post_id else {
        return Ok(Vec::new());
    };
    let Some(entry) = conn.entry_seen_by(eyes, EntryId(post.0)).await? else {
        return Ok(Vec::new());
    };
    render::statuses(api, conn, eyes, &[entry]).await
}

fn report(
    row: &CaredReport,
    complaints: &[Complaint],
    known: &HashMap<ActorId, AdminAccount>,
    statuses: Vec<Status>,
) -> Option<AdminReport> {
    let target = known.get(&row.report.target_id?)?.clone();
    let of = |id: Option<ActorId>| id.and_then(|id| known.get(&id)).cloned();
    // Apps know one who reports; of several, the comment names each.
    let first = complaints.first().map(|one| one.reporter_id);
    let last = complaints.iter().map(|one| one.created_at).max();
    let resolved = row.report.state == ReportState::Resolved;
    Some(AdminReport {
        id: row.report.id.to_string(),
        action_taken: resolved,
        action_taken_at: row.report.resolved_at.map(Date),
        category: row.category.clone(),
        comment: comment(complaints, known),
        forwarded: !row.report.object_uri.is_empty() && target.domain.is_some(),
        created_at: Date(row.report.created_at),
        updated_at: Date(
            row.report
                .resolved_at
                .or(last)
                .unwrap_or(row.report.created_at),
        ),
        account: of(first).unwrap_or_else(|| target.clone()),
        target_account: target,
        assigned_account: of(row.assigned_to),
        action_taken_by_account: of(row.report.resolved_by),
        statuses,
        rules: Vec::new(),
    })
}

fn comment(complaints: &[Complaint], known: &HashMap<ActorId, AdminAccount>) -> String {
    if let [only] = complaints {
        return only.reason.clone();
    }
    complaints
        .iter()
        .map(|one| {
            let who = known.get(&one.reporter_id);
            let who = who.map_or("?", |who| who.account.acct.as_str());
            format!("{who}: {}", one.reason)
        })
        .collect::<Vec<_>>()
        .join("\n")
}

/// The only one of what was asked for by its id.
pub(super) fn one<T>(mut found: Vec<T>) -> Result<T> {
    found.pop().ok_or(ApiError::NotFound)
}
