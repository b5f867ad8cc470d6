//! Notifications, one by one.

use archipel_model::notification::Kind;
use archipel_model::{ActorId, Scope};
use archipel_storage::NotificationsWanted;
use axum::Json;
use axum::extract::State;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::api::Api;
use crate::entities::{Nothing, Notification, Unread};
use crate::error::{ApiError, Result};
use crate::extract::{Flag, IdOf, List, Num, Page, Paged, Params};
use crate::registry::{Access, Routes, Shows, rule};
use crate::render;
use crate::viewer::Member;

/// Usual and longest page.
pub(crate) const PAGE: (i64, i64) = (40, 80);

/// Usual and highest number that is counted to.
const COUNTED: (i64, i64) = (100, 1000);

const READ: Access = Access::Member(Scope::ReadNotifications);
const WRITE: Access = Access::Member(Scope::WriteNotifications);

/// Declares the routes of this file.
pub(crate) fn declare(routes: &mut Routes) {
    routes.get(
        "/api/v1/notifications",
        rule::<Vec<Notification>>("What one was told", READ, Shows::Own).takes::<Wanted>(),
        page,
    );
    routes.get(
        "/api/v1/notifications/unread_count",
        rule::<Unread>("How many notifications are unread", READ, Shows::Own).takes::<Wanted>(),
        unread,
    );
    routes.post(
        "/api/v1/notifications/clear",
        rule::<Nothing>("Puts all notifications away", WRITE, Shows::Nothing),
        clear,
    );
    routes.get(
        "/api/v1/notifications/{id}",
        rule::<Notification>("One notification", READ, Shows::Own),
        one,
    );
    routes.post(
        "/api/v1/notifications/{id}/dismiss",
        rule::<Nothing>("Puts a notification away", WRITE, Shows::Nothing),
        dismiss,
    );
    // As apps of old ask for it.
    routes.post(
        "/api/v1/notifications/dismiss",
        rule::<Nothing>("Puts a notification away", WRITE, Shows::Nothing).takes::<Which>(),
        dismiss_named,
    );
}

/// Which notifications are wanted.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub(crate) struct Wanted {
    /// These types alone.
    pub(crate) types: List<String>,
    /// Not these types.
    pub(crate) exclude_types: List<String>,
    /// Caused by this one.
    pub(crate) account_id: Num,
    /// Those that wait apart too.
    pub(crate) include_filtered: Flag,
    /// How many.
    pub(crate) limit: Num,
    /// Types that are shown in groups; all that can be, unless said.
    pub(crate) grouped_types: List<String>,
    /// `full`, or `partial_avatars`.
    pub(crate) expand_accounts: Option<String>,
}

#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
struct Which {
    id: Num,
}

impl Wanted {
    /// The kinds that are wanted. Types that nobody knows are none.
    pub(crate) fn kinds(&self) -> Vec<Kind> {
        let named = |list: &List<String>, kind: &Kind| list.0.iter().any(|it| it == kind.as_str());
        Kind::ALL
            .iter()
            .copied()
            .filter(|kind| self.types.0.is_empty() || named(&self.types, kind))
            .filter(|kind| !named(&self.exclude_types, kind))
            .collect()
    }

    /// Who must have caused them.
    pub(crate) fn from(&self) -> Option<ActorId> {
        self.account_id.0.map(ActorId)
    }
}

async fn page(
    State(api): State<Api>,
    Member(viewer): Member,
    page: Page,
    Params(wanted): Params<Wanted>,
) -> Result<Paged<Vec<Notification>>> {
    let mut conn = api.store().read().await?;
    let kept = conn
        .notifications(&NotificationsWanted {
            owner: viewer.subject,
            kinds: &wanted.kinds(),
            from: wanted.from(),
            with_filtered: wanted.include_filtered.yes(),
            max: page.max(),
            min: page.min(),
            rises: page.rises(),
            limit: page.limit(PAGE.0, PAGE.1),
        })
        .await?;
    let eyes = Some(viewer.subject);
    let items = render::notifications(&api, &mut conn, eyes, &kept).await?;
    let ends = (kept.first(), kept.last());
    Ok(page.answer(items, ends.0.map(|one| one.id), ends.1.map(|one| one.id)))
}

async fn one(
    State(api): State<Api>,
    Member(viewer): Member,
    IdOf(id): IdOf<i64>,
) -> Result<Json<Notification>> {
    let mut conn = api.store().read().await?;
    let kept = conn.notification(viewer.subject, id).await?;
    let kept = kept.ok_or(ApiError::NotFound)?;
    let eyes = Some(viewer.subject);
    let mut items = render::notifications(&api, &mut conn, eyes, &[kept]).await?;
    items.pop().map(Json).ok_or(ApiError::NotFound)
}

async fn clear(State(api): State<Api>, Member(viewer): Member) -> Result<Json<Nothing>> {
    let mut tx = api.store().write().await?;
    tx.clear_notifications(viewer.subject).await?;
    tx.commit().await?;
    Ok(Json(Nothing {}))
}

async fn dismiss(
    State(api): State<Api>,
    Member(viewer): Member,
    IdOf(id): IdOf<i64>,
) -> Result<Json<Nothing>> {
    let mut tx = api.store().write().await?;
    tx.dismiss_notification(viewer.subject, id).await?;
    tx.commit().await?;
    Ok(Json(Nothing {}))
}

async fn dismiss_named(
    State(api): State<Api>,
    Member(viewer): Member,
    Params(which): Params<Which>,
) -> Result<Json<Nothing>> {
    let id = which.id.0.ok_or(ApiError::NotFound)?;
    dismiss(State(api), Member(viewer), IdOf(id)).await
}

async fn unread(
    State(api): State<Api>,
    Member(viewer): Member,
    Params(wanted): Params<Wanted>,
) -> Result<Json<Unread>> {
    let mut conn = api.store().read().await?;
    let min = conn.notifications_read(viewer.subject).await?;
    let kept = conn
        .notifications(&NotificationsWanted {
            owner: viewer.subject,
            kinds: &wanted.kinds(),
            from: wanted.from(),
            with_filtered: false,
            max: i64::MAX,
            min,
            rises: false,
            limit: wanted
                .limit
                .0
                .map_or(COUNTED.0, |limit| limit.clamp(1, COUNTED.1)),
        })
        .await?;
    Ok(Json(Unread {
        count: i64::try_from(kept.len()).unwrap_or(i64::MAX),
    }))
}
