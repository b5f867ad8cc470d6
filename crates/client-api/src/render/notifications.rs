//! Notifications as entities. What would lack its post, its report or who caused it is
//! left out: apps fall over it.

use std::collections::HashMap;

use archipel_model::filter::FilterContext;
use archipel_model::{ActorId, PostId, ReportId};
use archipel_storage::{Conn, Eyes, Notification as Kept, ReportState};

use super::{accounts, fill, statuses};
use crate::api::Api;
use crate::entities::{Account, Date, Notification, Report, Status};
use crate::error::Result;

/// What a page of notifications is made from.
pub(crate) struct Found {
    people: HashMap<ActorId, Account>,
    posts: HashMap<PostId, Status>,
    reports: HashMap<ReportId, Report>,
}

/// The entities of these notifications, in their order.
pub(crate) async fn notifications(
    api: &Api,
    conn: &mut Conn,
    eyes: Eyes,
    kept: &[Kept],
) -> Result<Vec<Notification>> {
    let found = find(api, conn, eyes, kept).await?;
    Ok(kept.iter().filter_map(|one| found.entity(one)).collect())
}

/// Everything that these notifications are about.
pub(crate) async fn find(api: &Api, conn: &mut Conn, eyes: Eyes, kept: &[Kept]) -> Result<Found> {
    let mut ids: Vec<PostId> = kept.iter().filter_map(|one| one.post_id).collect();
    ids.sort_unstable();
    ids.dedup();
    let posts = conn.posts_as_entries(&ids).await?;
    let mut posts = statuses(api, conn, eyes, &posts).await?;
    if let Some(owner) = eyes {
        fill(api, conn, owner, FilterContext::Notifications, &mut posts).await?;
    }
    let mut reports = Vec::new();
    for one in kept {
        if let Some(id) = one.report_id
            && let Some(report) = conn.report(id).await?
        {
            let complaints = conn.complaints(id).await?;
            let words = complaints
                .into_iter()
                .find(|complaint| complaint.reporter_id == one.from_id)
                .map(|complaint| complaint.reason)
                .unwrap_or_default();
            reports.push((report, words));
        }
    }
    let mut people: Vec<ActorId> = kept.iter().map(|one| one.from_id).collect();
    people.extend(reports.iter().filter_map(|(report, _)| report.target_id));
    let people = accounts(api, conn, &people).await?;
    let reports = reports
        .into_iter()
        .filter_map(|(report, comment)| {
            let target_account = people.get(&report.target_id?)?.clone();
            let told = Report {
                id: report.id.to_string(),
                action_taken: report.state != ReportState::Open,
                action_taken_at: report.resolved_at.map(Date),
                category: "other".to_owned(),
                comment,
                forwarded: false,
                created_at: Date(report.created_at),
                status_ids: report.post_id.iter().map(ToString::to_string).collect(),
                collection_ids: Vec::new(),
                rule_ids: Vec::new(),
                target_account,
            };
            Some((report.id, told))
        })
        .collect();
    Ok(Found {
        people,
        posts: posts
            .into_iter()
            .filter_map(|status| Some((status.id.parse().ok()?, status)))
            .collect(),
        reports,
    })
}

/// The key of the group that a notification is in.
pub(crate) fn group_key(kept: &Kept) -> String {
    if kept.group_key.is_empty() {
        format!("ungrouped-{}", kept.id)
    } else {
        kept.group_key.clone()
    }
}

impl Found {
    /// Whether everything that this one needs was found.
    pub(crate) fn is_whole(&self, kept: &Kept) -> bool {
        let post = kept
            .post_id
            .map_or(!kept.kind.has_post(), |id| self.posts.contains_key(&id));
        let report = kept
            .report_id
            .is_none_or(|id| self.reports.contains_key(&id));
        post && report && self.people.contains_key(&kept.from_id)
    }

    /// The report that it is about.
    pub(crate) fn report(&self, kept: &Kept) -> Option<Report> {
        self.reports.get(&kept.report_id?).cloned()
    }

    /// Who caused it.
    pub(crate) fn person(&self, id: ActorId) -> Option<&Account> {
        self.people.get(&id)
    }

    /// The posts.
    pub(crate) fn into_posts(self) -> Vec<Status> {
        let mut posts: Vec<Status> = self.posts.into_values().collect();
        posts.sort_by(|a, b| b.id.cmp(&a.id));
        posts
    }

    fn entity(&self, kept: &Kept) -> Option<Notification> {
        if !self.is_whole(kept) {
            return None;
        }
        Some(Notification {
            id: kept.id.to_string(),
            kind: kept.kind.to_string(),
            created_at: Date(kept.created_at),
            group_key: group_key(kept),
            account: self.people.get(&kept.from_id)?.clone(),
            status: kept.post_id.and_then(|id| self.posts.get(&id)).cloned(),
            report: self.report(kept),
        })
    }
}
