//! Notifications in groups (version 2): likes and boosts of one post, new followers.

use archipel_model::notification::Kind;
use archipel_model::{ActorId, Scope};
use archipel_storage::{Conn, Notification as Kept, NotificationsWanted};
use axum::Json;
use axum::extract::State;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::api::Api;
use crate::entities::{
    Account, Date, GroupedNotifications, Nothing, NotificationGroup, PartialAccount, Unread,
};
use crate::error::{ApiError, Result};
use crate::extract::{IdOf, Page, Paged, Params};
use crate::registry::{Access, Routes, Shows, rule};
use crate::render;
use crate::routes::notifications::{PAGE, Wanted};
use crate::viewer::Member;

/// People who are shown of a group.
const SAMPLE: usize = 8;
/// Notifications that are looked at in one go, and how often, for one page.
const LOOK: (i64, usize) = (300, 5);
/// Most notifications of one group that are looked at.
const OF_A_GROUP: i64 = 200;

const READ: Access = Access::Member(Scope::ReadNotifications);
const WRITE: Access = Access::Member(Scope::WriteNotifications);

/// Declares the routes of this file.
pub(crate) fn declare(routes: &mut Routes) {
    routes.get(
        "/api/v2/notifications",
        rule::<GroupedNotifications>("What one was told, in groups", READ, Shows::Own)
            .takes::<Wanted>(),
        page,
    );
    routes.get(
        "/api/v2/notifications/unread_count",
        rule::<Unread>("How many groups are unread", READ, Shows::Own).takes::<Wanted>(),
        unread,
    );
    routes.get(
        "/api/v2/notifications/{group_key}",
        rule::<GroupedNotifications>("One group", READ, Shows::Own),
        one,
    );
    routes.get(
        "/api/v2/notifications/{group_key}/accounts",
        rule::<Vec<Account>>("Who is in a group", READ, Shows::Profiles),
        people,
    );
    routes.post(
        "/api/v2/notifications/{group_key}/dismiss",
        rule::<Nothing>("Puts a group away", WRITE, Shows::Nothing),
        dismiss,
    );
}

/// The name of a group in a path.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
struct Key(String);

impl std::str::FromStr for Key {
    type Err = std::convert::Infallible;
    fn from_str(text: &str) -> std::result::Result<Self, Self::Err> {
        Ok(Self(text.to_owned()))
    }
}

impl Key {
    /// The notification that is a group of its own.
    fn alone(&self) -> Option<i64> {
        self.0.strip_prefix("ungrouped-")?.parse().ok()
    }

    async fn members(&self, conn: &mut Conn, owner: ActorId) -> Result<Vec<Kept>> {
        let found = match self.alone() {
            Some(id) => conn.notification(owner, id).await?.into_iter().collect(),
            None => conn.notification_group(owner, &self.0, OF_A_GROUP).await?,
        };
        if found.is_empty() {
            return Err(ApiError::NotFound);
        }
        Ok(found)
    }
}

/// Notifications in groups, the newest group first, each the newest first.
struct Grouped(Vec<(String, Vec<Kept>)>);

impl Grouped {
    /// Adds one; false when it would begin a group too many.
    fn add(&mut self, kept: Kept, grouped: &[Kind], most: usize) -> bool {
        let key = if grouped.contains(&kept.kind) {
            render::group_key(&kept)
        } else {
            format!("ungrouped-{}", kept.id)
        };
        if let Some((_, members)) = self.0.iter_mut().find(|(known, _)| *known == key) {
            members.push(kept);
            return true;
        }
        if self.0.len() >= most {
            return false;
        }
        self.0.push((key, vec![kept]));
        true
    }

    fn sort(&mut self) {
        for (_, members) in &mut self.0 {
            members.sort_by_key(|kept| std::cmp::Reverse(kept.id));
        }
        self.0
            .sort_by_key(|(_, members)| std::cmp::Reverse(members.first().map(|kept| kept.id)));
    }

    fn ids(&self) -> impl Iterator<Item = i64> + '_ {
        self.0
            .iter()
            .flat_map(|(_, members)| members.iter().map(|kept| kept.id))
    }
}

fn grouped_kinds(wanted: &Wanted) -> Vec<Kind> {
    let named = |kind: &Kind| {
        wanted.grouped_types.0.is_empty()
            || wanted.grouped_types.0.iter().any(|it| it == kind.as_str())
    };
    Kind::ALL
        .iter()
        .copied()
        .filter(|kind| kind.is_grouped() && named(kind))
        .collect()
}

/// Goes through notifications from one end until the page is full.
async fn gather(
    conn: &mut Conn,
    mut asked: NotificationsWanted<'_>,
    grouped: &[Kind],
    most: usize,
) -> Result<Grouped> {
    let mut found = Grouped(Vec::new());
    for _ in 0..LOOK.1 {
        let mut rows = conn.notifications(&asked).await?;
        let whole = i64::try_from(rows.len()).unwrap_or(i64::MAX) >= asked.limit;
        if asked.rises {
            rows.reverse();
        }
        for kept in rows {
            let id = kept.id;
            if !found.add(kept, grouped, most) {
                found.sort();
                return Ok(found);
            }
            if asked.rises {
                asked.min = id;
            } else {
                asked.max = id;
            }
        }
        if !whole {
            break;
        }
    }
    found.sort();
    Ok(found)
}

async fn page(
    State(api): State<Api>,
    Member(viewer): Member,
    page: Page,
    Params(wanted): Params<Wanted>,
) -> Result<Paged<GroupedNotifications>> {
    let mut conn = api.store().read().await?;
    let owner = viewer.subject;
    let asked = NotificationsWanted {
        owner,
        kinds: &wanted.kinds(),
        from: wanted.from(),
        with_filtered: wanted.include_filtered.yes(),
        max: page.max(),
        min: page.min(),
        rises: page.rises(),
        limit: LOOK.0,
    };
    let most = usize::try_from(page.limit(PAGE.0, PAGE.1)).unwrap_or_default();
    let found = gather(&mut conn, asked, &grouped_kinds(&wanted), most).await?;
    let ends = (found.ids().max(), found.ids().min());
    let partial = wanted.expand_accounts.as_deref() == Some("partial_avatars");
    let answer = render_groups(&api, &mut conn, owner, found, partial).await?;
    Ok(page.answer(answer, ends.0, ends.1))
}

async fn render_groups(
    api: &Api,
    conn: &mut Conn,
    owner: ActorId,
    groups: Grouped,
    partial: bool,
) -> Result<GroupedNotifications> {
    let keys: Vec<String> = groups.0.iter().map(|(key, _)| key.clone()).collect();
    let counts = conn.notification_counts(owner, &keys).await?;
    // Of large groups a few people are shown; only they are looked up.
    let shown: Vec<Kept> = groups
        .0
        .iter()
        .flat_map(|(_, members)| members.iter().take(SAMPLE).cloned())
        .collect();
    let found = render::find_notified(api, conn, Some(owner), &shown).await?;
    let mut answer = GroupedNotifications::default();
    let mut leaders: Vec<ActorId> = Vec::new();
    let mut others: Vec<ActorId> = Vec::new();
    let mut about = Vec::new();
    for (key, members) in &groups.0 {
        let whole: Vec<&Kept> = members
            .iter()
            .take(SAMPLE)
            .filter(|kept| found.is_whole(kept))
            .collect();
        let (Some(newest), Some(oldest)) = (whole.first(), members.last()) else {
            continue;
        };
        let on_page = i64::try_from(members.len()).unwrap_or(i64::MAX);
        let count = counts.iter().find(|(known, _)| known == key);
        for (place, kept) in whole.iter().enumerate() {
            let list = if place == 0 {
                &mut leaders
            } else {
                &mut others
            };
            list.push(kept.from_id);
        }
        about.extend(newest.post_id);
        answer.notification_groups.push(NotificationGroup {
            group_key: key.clone(),
            notifications_count: count.map_or(on_page, |(_, count)| *count),
            kind: newest.kind.to_string(),
            most_recent_notification_id: newest.id,
            page_min_id: oldest.id.to_string(),
            page_max_id: newest.id.to_string(),
            latest_page_notification_at: Date(newest.created_at),
            sample_account_ids: whole.iter().map(|kept| kept.from_id.to_string()).collect(),
            status_id: newest.post_id.map(|id| id.to_string()),
            report: found.report(newest),
        });
    }
    for list in [&mut leaders, &mut others] {
        list.sort_unstable();
        list.dedup();
    }
    others.retain(|id| !leaders.contains(id));
    let entities = |ids: &[ActorId]| -> Vec<Account> {
        ids.iter()
            .filter_map(|id| found.person(*id).cloned())
            .collect()
    };
    answer.accounts = entities(&leaders);
    if partial {
        answer.partial_accounts = Some(entities(&others).into_iter().map(little_of).collect());
    } else {
        answer.accounts.extend(entities(&others));
    }
    answer.statuses = found.into_posts();
    Ok(answer)
}

fn little_of(account: Account) -> PartialAccount {
    PartialAccount {
        id: account.id,
        acct: account.acct,
        url: account.url,
        avatar: account.avatar,
        avatar_static: account.avatar_static,
        locked: account.locked,
        bot: account.bot,
    }
}

async fn one(
    State(api): State<Api>,
    Member(viewer): Member,
    IdOf(key): IdOf<Key>,
) -> Result<Json<GroupedNotifications>> {
    let mut conn = api.store().read().await?;
    let members = key.members(&mut conn, viewer.subject).await?;
    let groups = Grouped(vec![(key.0, members)]);
    let answer = render_groups(&api, &mut conn, viewer.subject, groups, false).await?;
    if answer.notification_groups.is_empty() {
        return Err(ApiError::NotFound);
    }
    Ok(Json(answer))
}

async fn people(
    State(api): State<Api>,
    Member(viewer): Member,
    IdOf(key): IdOf<Key>,
) -> Result<Json<Vec<Account>>> {
    let mut conn = api.store().read().await?;
    let members = key.members(&mut conn, viewer.subject).await?;
    let ids: Vec<ActorId> = members.iter().map(|kept| kept.from_id).collect();
    let mut found = render::accounts(&api, &mut conn, &ids).await?;
    Ok(Json(ids.iter().filter_map(|id| found.remove(id)).collect()))
}

async fn dismiss(
    State(api): State<Api>,
    Member(viewer): Member,
    IdOf(key): IdOf<Key>,
) -> Result<Json<Nothing>> {
    let mut tx = api.store().write().await?;
    match key.alone() {
        Some(id) => tx.dismiss_notification(viewer.subject, id).await?,
        None => tx.dismiss_group(viewer.subject, &key.0).await?,
    }
    tx.commit().await?;
    Ok(Json(Nothing {}))
}

async fn unread(
    State(api): State<Api>,
    Member(viewer): Member,
    Params(wanted): Params<Wanted>,
) -> Result<Json<Unread>> {
    let mut conn = api.store().read().await?;
    let asked = NotificationsWanted {
        owner: viewer.subject,
        kinds: &wanted.kinds(),
        from: wanted.from(),
        with_filtered: false,
        max: i64::MAX,
        min: conn.notifications_read(viewer.subject).await?,
        rises: false,
        limit: LOOK.0,
    };
    let most = wanted.limit.0.map_or(100, |limit| limit.clamp(1, 1000));
    let most = usize::try_from(most).unwrap_or_default();
    let found = gather(&mut conn, asked, &grouped_kinds(&wanted), most).await?;
    Ok(Json(Unread {
        count: i64::try_from(found.0.len()).unwrap_or(i64::MAX),
    }))
}
