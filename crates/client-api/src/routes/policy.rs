//! Who may cause notifications, and those of whom some wait apart.

use archipel_model::notification::{Policy, Treatment};
use archipel_model::{ActorId, Scope};
use archipel_storage::{Conn, NotificationRequest as Waiting};
use axum::Json;
use axum::extract::State;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::api::Api;
use crate::entities::{
    Date, Merged, Nothing, NotificationPolicy, NotificationRequest, OldNotificationPolicy,
    PolicySummary,
};
use crate::error::{ApiError, Result};
use crate::extract::{Flag, IdOf, List, Page, Paged, Params};
use crate::registry::{Access, Routes, Shows, rule};
use crate::render;
use crate::viewer::Member;

const READ: Access = Access::Member(Scope::ReadNotifications);
const WRITE: Access = Access::Member(Scope::WriteNotifications);
/// Usual and longest page.
const PAGE: (i64, i64) = (40, 80);

/// Declares the routes of this file.
pub(crate) fn declare(routes: &mut Routes) {
    let about = "Who may cause notifications";
    routes.get(
        "/api/v2/notifications/policy",
        rule::<NotificationPolicy>(about, READ, Shows::Own),
        policy,
    );
    let change = "Changes who may cause notifications";
    routes.patch(
        "/api/v2/notifications/policy",
        rule::<NotificationPolicy>(change, WRITE, Shows::Own).takes::<Change>(),
        set_policy,
    );
    routes.get(
        "/api/v1/notifications/policy",
        rule::<OldNotificationPolicy>(about, READ, Shows::Own),
        old_policy,
    );
    routes.put(
        "/api/v1/notifications/policy",
        rule::<OldNotificationPolicy>(change, WRITE, Shows::Own).takes::<OldChange>(),
        set_old_policy,
    );
    routes.patch(
        "/api/v1/notifications/policy",
        rule::<OldNotificationPolicy>(change, WRITE, Shows::Own).takes::<OldChange>(),
        set_old_policy,
    );
    requests(routes);
}

fn requests(routes: &mut Routes) {
    routes.get(
        "/api/v1/notifications/requests",
        rule::<Vec<NotificationRequest>>("Whose notifications wait", READ, Shows::Own),
        list,
    );
    routes.get(
        "/api/v1/notifications/requests/merged",
        rule::<Merged>(
            "Whether what was accepted has arrived",
            READ,
            Shows::Nothing,
        ),
        merged,
    );
    let all = "Lets the notifications of these in";
    routes.post(
        "/api/v1/notifications/requests/accept",
        rule::<Nothing>(all, WRITE, Shows::Nothing).takes::<These>(),
        accept_these,
    );
    let none = "Forgets the waiting notifications of these";
    routes.post(
        "/api/v1/notifications/requests/dismiss",
        rule::<Nothing>(none, WRITE, Shows::Nothing).takes::<These>(),
        dismiss_these,
    );
    routes.get(
        "/api/v1/notifications/requests/{id}",
        rule::<NotificationRequest>("One of whom notifications wait", READ, Shows::Own),
        one,
    );
    routes.post(
        "/api/v1/notifications/requests/{id}/accept",
        rule::<Nothing>("Lets the notifications of one in", WRITE, Shows::Nothing),
        accept,
    );
    let forget = "Forgets the waiting notifications of one";
    routes.post(
        "/api/v1/notifications/requests/{id}/dismiss",
        rule::<Nothing>(forget, WRITE, Shows::Nothing),
        dismiss,
    );
}

/// What is to be changed.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
#[expect(clippy::struct_field_names, reason = "the names of the API")]
struct Change {
    for_not_following: Option<String>,
    for_not_followers: Option<String>,
    for_new_accounts: Option<String>,
    for_private_mentions: Option<String>,
    for_limited_accounts: Option<String>,
}

/// The same from older apps.
#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
#[expect(clippy::struct_field_names, reason = "the names of the API")]
struct OldChange {
    filter_not_following: Flag,
    filter_not_followers: Flag,
    filter_new_accounts: Flag,
    filter_private_mentions: Flag,
}

/// Several at once.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
struct These {
    id: List<String>,
}

impl Change {
    fn apply(&self, policy: &mut Policy) -> Result<()> {
        for (word, place) in [
            (&self.for_not_following, &mut policy.not_following),
            (&self.for_not_followers, &mut policy.not_followers),
            (&self.for_new_accounts, &mut policy.new_accounts),
            (&self.for_private_mentions, &mut policy.private_mentions),
            (&self.for_limited_accounts, &mut policy.limited_accounts),
        ] {
            if let Some(word) = word {
                *place = word
                    .parse()
                    .map_err(|_| ApiError::refused("Each rule must be accept, filter or drop"))?;
            }
        }
        Ok(())
    }
}

impl OldChange {
    fn apply(self, policy: &mut Policy) {
        for (flag, place) in [
            (self.filter_not_following, &mut policy.not_following),
            (self.filter_not_followers, &mut policy.not_followers),
            (self.filter_new_accounts, &mut policy.new_accounts),
            (self.filter_private_mentions, &mut policy.private_mentions),
        ] {
            match flag.0 {
                Some(true) => *place = Treatment::Filter,
                Some(false) => *place = Treatment::Accept,
                None => {}
            }
        }
    }
}

async fn summary(conn: &mut Conn, owner: ActorId) -> Result<PolicySummary> {
    let (people, notifications) = conn.notifications_apart(owner).await?;
    Ok(PolicySummary {
        pending_requests_count: people,
        pending_notifications_count: notifications,
    })
}

async fn as_entity(conn: &mut Conn, owner: ActorId) -> Result<NotificationPolicy> {
    let policy = conn.notification_policy(owner).await?;
    Ok(NotificationPolicy {
        for_not_following: policy.not_following.to_string(),
        for_not_followers: policy.not_followers.to_string(),
        for_new_accounts: policy.new_accounts.to_string(),
        for_private_mentions: policy.private_mentions.to_string(),
        for_limited_accounts: policy.limited_accounts.to_string(),
        summary: summary(conn, owner).await?,
    })
}

async fn as_old_entity(conn: &mut Conn, owner: ActorId) -> Result<OldNotificationPolicy> {
    let policy = conn.notification_policy(owner).await?;
    let filters = |rule: Treatment| rule != Treatment::Accept;
    Ok(OldNotificationPolicy {
        filter_not_following: filters(policy.not_following),
        filter_not_followers: filters(policy.not_followers),
        filter_new_accounts: filters(policy.new_accounts),
        filter_private_mentions: filters(policy.private_mentions),
        summary: summary(conn, owner).await?,
    })
}

async fn policy(
    State(api): State<Api>,
    Member(viewer): Member,
) -> Result<Json<NotificationPolicy>> {
    let mut conn = api.store().read().await?;
    as_entity(&mut conn, viewer.subject).await.map(Json)
}

async fn old_policy(
    State(api): State<Api>,
    Member(viewer): Member,
) -> Result<Json<OldNotificationPolicy>> {
    let mut conn = api.store().read().await?;
    as_old_entity(&mut conn, viewer.subject).await.map(Json)
}

async fn set_policy(
    State(api): State<Api>,
    Member(viewer): Member,
    Params(change): Params<Change>,
) -> Result<Json<NotificationPolicy>> {
    let mut tx = api.store().write().await?;
    let mut policy = tx.notification_policy(viewer.subject).await?;
    change.apply(&mut policy)?;
    tx.put_notification_policy(viewer.subject, &policy).await?;
    let entity = as_entity(&mut tx, viewer.subject).await?;
    tx.commit().await?;
    Ok(Json(entity))
}

async fn set_old_policy(
    State(api): State<Api>,
    Member(viewer): Member,
    Params(change): Params<OldChange>,
) -> Result<Json<OldNotificationPolicy>> {
    let mut tx = api.store().write().await?;
    let mut policy = tx.notification_policy(viewer.subject).await?;
    change.apply(&mut policy);
    tx.put_notification_policy(viewer.subject, &policy).await?;
    let entity = as_old_entity(&mut tx, viewer.subject).await?;
    tx.commit().await?;
    Ok(Json(entity))
}

async fn entities(
    api: &Api,
    conn: &mut Conn,
    owner: ActorId,
    waiting: &[Waiting],
) -> Result<Vec<NotificationRequest>> {
    let people: Vec<ActorId> = waiting.iter().map(|one| one.from_id).collect();
    let people = render::accounts(api, conn, &people).await?;
    let posts: Vec<_> = waiting.iter().filter_map(|one| one.last_post_id).collect();
    let posts = conn.posts_as_entries(&posts).await?;
    let posts = render::statuses(api, conn, Some(owner), &posts).await?;
    Ok(waiting
        .iter()
        .filter_map(|one| {
            let last = one.last_post_id.map(|id| id.to_string());
            Some(NotificationRequest {
                id: one.id.to_string(),
                created_at: Date(one.created_at),
                updated_at: Date(one.updated_at),
                notifications_count: one.count.to_string(),
                account: people.get(&one.from_id)?.clone(),
                last_status: posts
                    .iter()
                    .find(|status| Some(&status.id) == last.as_ref())
                    .cloned(),
            })
        })
        .collect())
}

async fn list(
    State(api): State<Api>,
    Member(viewer): Member,
    page: Page,
) -> Result<Paged<Vec<NotificationRequest>>> {
    let mut conn = api.store().read().await?;
    let owner = viewer.subject;
    let limit = page.limit(PAGE.0, PAGE.1);
    let waiting = conn
        .notification_requests(owner, page.max(), page.min(), page.rises(), limit)
        .await?;
    let items = entities(&api, &mut conn, owner, &waiting).await?;
    let ends = (waiting.first(), waiting.last());
    Ok(page.answer(items, ends.0.map(|one| one.id), ends.1.map(|one| one.id)))
}

async fn one(
    State(api): State<Api>,
    Member(viewer): Member,
    IdOf(id): IdOf<i64>,
) -> Result<Json<NotificationRequest>> {
    let mut conn = api.store().read().await?;
    let owner = viewer.subject;
    let waiting = conn.notification_request(owner, id).await?;
    let waiting = waiting.ok_or(ApiError::NotFound)?;
    let mut items = entities(&api, &mut conn, owner, &[waiting]).await?;
    items.pop().map(Json).ok_or(ApiError::NotFound)
}

/// Accepting happens at once.
async fn merged() -> Json<Merged> {
    Json(Merged { merged: true })
}

async fn decide(api: &Api, owner: ActorId, ids: &[i64], accept: bool) -> Result<usize> {
    let now = api.ctx().now();
    let mut tx = api.store().write().await?;
    let mut found = 0;
    for id in ids {
        let Some(waiting) = tx.notification_request(owner, *id).await? else {
            continue;
        };
        found += 1;
        if accept {
            tx.accept_notifications(owner, waiting.from_id, now).await?;
        } else {
            tx.refuse_notifications(owner, waiting.from_id).await?;
        }
    }
    tx.commit().await?;
    Ok(found)
}

async fn decide_one(api: &Api, owner: ActorId, id: i64, accept: bool) -> Result<Json<Nothing>> {
    match decide(api, owner, &[id], accept).await? {
        0 => Err(ApiError::NotFound),
        _ => Ok(Json(Nothing {})),
    }
}

fn ids(these: &These) -> Vec<i64> {
    these.id.0.iter().filter_map(|id| id.parse().ok()).collect()
}

async fn accept(
    State(api): State<Api>,
    Member(viewer): Member,
    IdOf(id): IdOf<i64>,
) -> Result<Json<Nothing>> {
    decide_one(&api, viewer.subject, id, true).await
}

async fn dismiss(
    State(api): State<Api>,
    Member(viewer): Member,
    IdOf(id): IdOf<i64>,
) -> Result<Json<Nothing>> {
    decide_one(&api, viewer.subject, id, false).await
}

async fn accept_these(
    State(api): State<Api>,
    Member(viewer): Member,
    Params(these): Params<These>,
) -> Result<Json<Nothing>> {
    decide(&api, viewer.subject, &ids(&these), true).await?;
    Ok(Json(Nothing {}))
}

async fn dismiss_these(
    State(api): State<Api>,
    Member(viewer): Member,
    Params(these): Params<These>,
) -> Result<Json<Nothing>> {
    decide(&api, viewer.subject, &ids(&these), false).await?;
    Ok(Json(Nothing {}))
}
