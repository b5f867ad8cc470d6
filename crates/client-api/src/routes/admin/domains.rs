//! Decisions about other servers, for administrators: `suspend` blocks a server,
//! `silence` limits it.

use std::fmt::Write as _;

use archipel_actions as actions;
use archipel_model::{Host, PeerPolicy};
use archipel_storage::{Decision, Window};
use aws_lc_rs::digest::{SHA256, digest};
use axum::Json;
use axum::extract::State;
use schemars::JsonSchema;
use serde::Deserialize;

use archipel_model::Scope::{
    AdminReadDomainAllows, AdminReadDomainBlocks, AdminWriteDomainAllows, AdminWriteDomainBlocks,
};

use super::Admin;
use crate::api::Api;
use crate::entities::{Date, DomainAllow, DomainBlock, Empty};
use crate::error::{ApiError, Result};
use crate::extract::{IdOf, Page, Paged, Params, Text};
use crate::registry::{Access, Routes, Shows, rule};
use crate::viewer::{Member, Viewer};

/// Declares the routes of this file.
pub(super) fn declare(routes: &mut Routes) {
    let read = Access::Member(AdminReadDomainBlocks);
    let write = Access::Member(AdminWriteDomainBlocks);
    routes.get(
        "/api/v1/admin/domain_blocks",
        rule::<Vec<DomainBlock>>("Servers kept out or at a distance", read, Shows::Care),
        blocks,
    );
    routes.post(
        "/api/v1/admin/domain_blocks",
        rule::<DomainBlock>("Blocks or limits a server", write, Shows::Care).takes::<Said>(),
        add_block,
    );
    routes.get(
        "/api/v1/admin/domain_blocks/{id}",
        rule::<DomainBlock>("One server kept out or at a distance", read, Shows::Care),
        block,
    );
    routes.put(
        "/api/v1/admin/domain_blocks/{id}",
        rule::<DomainBlock>("Changes that", write, Shows::Care).takes::<Said>(),
        change_block,
    );
    routes.delete(
        "/api/v1/admin/domain_blocks/{id}",
        rule::<Empty>("Lifts that", write, Shows::Care),
        lift_block,
    );
    let read = Access::Member(AdminReadDomainAllows);
    let write = Access::Member(AdminWriteDomainAllows);
    routes.get(
        "/api/v1/admin/domain_allows",
        rule::<Vec<DomainAllow>>("Servers that are allowed", read, Shows::Care),
        allows,
    );
    routes.post(
        "/api/v1/admin/domain_allows",
        rule::<DomainAllow>("Allows a server", write, Shows::Care).takes::<Said>(),
        add_allow,
    );
    routes.get(
        "/api/v1/admin/domain_allows/{id}",
        rule::<DomainAllow>("One server that is allowed", read, Shows::Care),
        allow,
    );
    routes.delete(
        "/api/v1/admin/domain_allows/{id}",
        rule::<Empty>("Takes that back", write, Shows::Care),
        lift_allow,
    );
}

/// What is said of a server. What Mastodon has besides, such as to reject media alone,
/// is read and answered as it is here.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
struct Said {
    domain: Text,
    /// `silence` or `suspend`.
    severity: Text,
    private_comment: Text,
    public_comment: Text,
}

impl Said {
    /// Why, for the log and for those who look at decisions.
    fn reason(&self) -> Option<&str> {
        self.public_comment
            .filled()
            .or_else(|| self.private_comment.filled())
    }

    fn host(&self) -> Result<Host> {
        let said = self.domain.filled().unwrap_or_default();
        said.trim()
            .parse()
            .map_err(|_| ApiError::refused("Say which server: its name, such as social.example"))
    }

    fn policy(&self, before: PeerPolicy) -> Result<PeerPolicy> {
        match self.severity.filled() {
            None => Ok(before),
            Some("silence") => Ok(PeerPolicy::Limited),
            Some("suspend") => Ok(PeerPolicy::Blocked),
            Some(_) => Err(ApiError::refused(
                "The severity is silence or suspend; to block media alone is not possible here",
            )),
        }
    }
}

/// Decides, logs, and gives the decision back.
async fn decide(
    api: &Api,
    viewer: &Viewer,
    host: &Host,
    policy: PeerPolicy,
    reason: Option<&str>,
) -> Result<Option<Decision>> {
    let mut tx = api.store().write().await?;
    let admin = Admin::of(api, &mut tx, viewer).await?;
    if host == api.ctx().site.host() {
        return Err(ApiError::refused("This is this server itself"));
    }
    let order = admin.order(reason);
    actions::log_server_decision(api.ctx(), &mut tx, &order, host.as_str(), policy).await?;
    // Written down first: better a decision in the log that was not carried out than one
    // that nobody took.
    tx.commit().await?;
    if !api.world().decide_domain(host, policy, reason).await {
        return Err(ApiError::Trouble);
    }
    let mut conn = api.store().read().await?;
    Ok(conn.decision_about(host.as_str()).await?)
}

async fn blocks(
    State(api): State<Api>,
    Member(viewer): Member,
    page: Page,
) -> Result<Paged<Vec<DomainBlock>>> {
    let (rows, ends) = list(&api, &viewer, false, page.window(100, 200)).await?;
    Ok(page.answer(rows.iter().map(blocked).collect(), ends.0, ends.1))
}

async fn allows(
    State(api): State<Api>,
    Member(viewer): Member,
    page: Page,
) -> Result<Paged<Vec<DomainAllow>>> {
    let (rows, ends) = list(&api, &viewer, true, page.window(100, 200)).await?;
    Ok(page.answer(rows.iter().map(allowed).collect(), ends.0, ends.1))
}

type Ends = (Option<i64>, Option<i64>);

async fn list(
    api: &Api,
    viewer: &Viewer,
    allowing: bool,
    window: Window,
) -> Result<(Vec<Decision>, Ends)> {
    let mut conn = api.store().read().await?;
    Admin::of(api, &mut conn, viewer).await?;
    let mut rows = conn.decisions(allowing, window).await?;
    if window.rises {
        rows.reverse();
    }
    let ends = (
        rows.first().map(|row| row.id),
        rows.last().map(|row| row.id),
    );
    Ok((rows, ends))
}

async fn found(api: &Api, viewer: &Viewer, id: i64, allowing: bool) -> Result<Decision> {
    let mut conn = api.store().read().await?;
    Admin::of(api, &mut conn, viewer).await?;
    let decision = conn.decision(id).await?;
    decision
        .filter(|decision| (decision.policy == PeerPolicy::Allowed) == allowing)
        .ok_or(ApiError::NotFound)
}

async fn block(
    State(api): State<Api>,
    Member(viewer): Member,
    IdOf(id): IdOf<i64>,
) -> Result<Json<DomainBlock>> {
    let decision = found(&api, &viewer, id, false).await?;
    Ok(Json(blocked(&decision)))
}

async fn allow(
    State(api): State<Api>,
    Member(viewer): Member,
    IdOf(id): IdOf<i64>,
) -> Result<Json<DomainAllow>> {
    let decision = found(&api, &viewer, id, true).await?;
    Ok(Json(allowed(&decision)))
}

async fn add_block(
    State(api): State<Api>,
    Member(viewer): Member,
    Params(said): Params<Said>,
) -> Result<Json<DomainBlock>> {
    let host = said.host()?;
    // Mastodon takes silence where nothing is said.
    let policy = said.policy(PeerPolicy::Limited)?;
    let decision = decide(&api, &viewer, &host, policy, said.reason()).await?;
    let decision = decision.ok_or(ApiError::Trouble)?;
    Ok(Json(blocked(&decision)))
}

async fn change_block(
    State(api): State<Api>,
    Member(viewer): Member,
    IdOf(id): IdOf<i64>,
    Params(said): Params<Said>,
) -> Result<Json<DomainBlock>> {
    let before = found(&api, &viewer, id, false).await?;
    let host: Host = before.host.parse().map_err(|_| ApiError::NotFound)?;
    let reason = said.reason().or(before.reason.as_deref());
    let policy = said.policy(before.policy)?;
    let decision = decide(&api, &viewer, &host, policy, reason).await?;
    let decision = decision.ok_or(ApiError::Trouble)?;
    Ok(Json(blocked(&decision)))
}

async fn add_allow(
    State(api): State<Api>,
    Member(viewer): Member,
    Params(said): Params<Said>,
) -> Result<Json<DomainAllow>> {
    let host = said.host()?;
    let decision = decide(&api, &viewer, &host, PeerPolicy::Allowed, said.reason()).await?;
    let decision = decision.ok_or(ApiError::Trouble)?;
    Ok(Json(allowed(&decision)))
}

async fn lift_block(
    State(api): State<Api>,
    Member(viewer): Member,
    IdOf(id): IdOf<i64>,
) -> Result<Json<Empty>> {
    lift(&api, &viewer, id, false).await
}

async fn lift_allow(
    State(api): State<Api>,
    Member(viewer): Member,
    IdOf(id): IdOf<i64>,
) -> Result<Json<Empty>> {
    lift(&api, &viewer, id, true).await
}

async fn lift(api: &Api, viewer: &Viewer, id: i64, allowing: bool) -> Result<Json<Empty>> {
    let before = found(api, viewer, id, allowing).await?;
    let host: Host = before.host.parse().map_err(|_| ApiError::NotFound)?;
    decide(api, viewer, &host, PeerPolicy::Open, None).await?;
    Ok(Json(Empty {}))
}

fn blocked(decision: &Decision) -> DomainBlock {
    let out = decision.policy == PeerPolicy::Blocked;
    DomainBlock {
        id: decision.id.to_string(),
        domain: decision.host.clone(),
        digest: digest_of(&decision.host),
        created_at: Date(decision.decided_at),
        severity: if out { "suspend" } else { "silence" }.to_owned(),
        // Of a blocked server nothing is taken, files and reports neither.
        reject_media: out,
        reject_reports: out,
        private_comment: decision.reason.clone(),
        public_comment: None,
        obfuscate: false,
    }
}

/// SHA-256 in hexadecimal, by which lists of other servers name what they obfuscate.
fn digest_of(host: &str) -> String {
    let mut hex = String::with_capacity(64);
    for byte in digest(&SHA256, host.as_bytes()).as_ref() {
        let _ = write!(hex, "{byte:02x}");
    }
    hex
}

fn allowed(decision: &Decision) -> DomainAllow {
    DomainAllow {
        id: decision.id.to_string(),
        domain: decision.host.clone(),
        created_at: Date(decision.decided_at),
    }
}
