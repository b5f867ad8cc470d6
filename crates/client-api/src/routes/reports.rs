//! Reporting posts and people.

use archipel_actions::{self as actions, Complaining, Reported};
use archipel_model::{ActorId, EntryId, Scope};
use archipel_storage::{Actor, Post, Tx};
use axum::Json;
use axum::extract::State;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::api::Api;
use crate::entities::{Date, Report};
use crate::error::{ApiError, Result};
use crate::extract::{Flag, List, Num, Params, Text};
use crate::registry::{Access, Routes, Shows, rule};
use crate::render;
use crate::viewer::{Member, Viewer};

/// Characters of a comment.
const COMMENT: usize = 1_000;
/// Posts of one report.
const POSTS: usize = 20;

/// Declares the routes of this file.
pub(crate) fn declare(routes: &mut Routes) {
    routes.post(
        "/api/v1/reports",
        rule::<Report>(
            "Reports somebody, or posts of theirs, to those who look after the community and \
             this server",
            Access::Member(Scope::WriteReports),
            Shows::Own,
        )
        .takes::<Sent>(),
        create,
    );
}

/// What is reported.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
struct Sent {
    account_id: Num,
    status_ids: List<Num>,
    comment: Text,
    /// Whether the server of whom it is about is told, without saying by whom.
    forward: Flag,
    /// spam, legal, violation, other.
    category: Text,
    rule_ids: List<Text>,
}

async fn create(
    State(api): State<Api>,
    Member(viewer): Member,
    Params(sent): Params<Sent>,
) -> Result<Json<Report>> {
    let comment = sent.comment.0.clone().unwrap_or_default();
    if comment.chars().count() > COMMENT {
        let sentence = "Validation failed: the comment is too long, at most 1000 characters";
        return Err(ApiError::refused(sentence));
    }
    let category = match sent.category.filled() {
        Some(word @ ("spam" | "legal" | "violation")) => word,
        None if !sent.rule_ids.0.is_empty() => "violation",
        _ => "other",
    };
    let reason = match category {
        "other" => comment.clone(),
        word => format!("[{word}] {comment}"),
    };
    let mut tx = api.store().write().await?;
    let target = tx.actor(ActorId(sent.account_id.0.unwrap_or(0))).await?;
    let target = target.ok_or(ApiError::NotFound)?;
    let posts = seen_posts(&mut tx, &viewer, &target, &sent).await?;
    let reporter = tx.actor(viewer.person).await?.ok_or(ApiError::NotFound)?;
    let id = tell(&api, &mut tx, &reporter, &target, &posts, &reason).await?;
    let forwarded = sent.forward.yes() && !target.is_local;
    if forwarded {
        for object in objects(&target, &posts) {
            actions::flag_on(api.ctx(), &mut tx, &object, &target).await?;
        }
    }
    tx.commit().await?;
    let mut conn = api.store().read().await?;
    Ok(Json(Report {
        id,
        action_taken: false,
        action_taken_at: None,
        category: category.to_owned(),
        comment,
        forwarded,
        created_at: Date(api.ctx().now()),
        status_ids: posts.iter().map(|post| post.id.to_string()).collect(),
        collection_ids: Vec::new(),
        rule_ids: sent.rule_ids.0.into_iter().filter_map(|id| id.0).collect(),
        target_account: render::account(&api, &mut conn, target.id).await?,
    }))
}

/// The posts that are reported: of whom it is about, and seen by who reports. Boosts
/// stand for what they show.
async fn seen_posts(
    tx: &mut Tx,
    viewer: &Viewer,
    target: &Actor,
    sent: &Sent,
) -> Result<Vec<Post>> {
    let mut posts = Vec::new();
    for id in sent.status_ids.0.iter().filter_map(|id| id.0).take(POSTS) {
        let entry = tx.entry_seen_by(Some(viewer.subject), EntryId(id)).await?;
        let entry = entry.ok_or(ApiError::NotFound)?;
        let post = tx.post(entry.post_id).await?.ok_or(ApiError::NotFound)?;
        // What a community showed may be reported as its own.
        if post.author_id == target.id || post.community_id == Some(target.id) {
            posts.push(post);
        } else {
            return Err(ApiError::NotFound);
        }
    }
    Ok(posts)
}

fn objects(target: &Actor, posts: &[Post]) -> Vec<String> {
    if posts.is_empty() {
        return vec![target.uri.clone()];
    }
    posts.iter().map(|post| post.uri.clone()).collect()
}

/// Takes the report in, and gives its id. What belongs to a community elsewhere is for
/// that one to deal with.
async fn tell(
    api: &Api,
    tx: &mut Tx,
    reporter: &Actor,
    target: &Actor,
    posts: &[Post],
    reason: &str,
) -> Result<String> {
    let named = objects(target, posts);
    let mut here = Vec::new();
    for object in &named {
        let post = posts.iter().find(|post| post.uri == *object);
        let community = match post.and_then(|post| post.community_id) {
            Some(id) => tx.actor(id).await?.filter(|community| !community.is_local),
            None => None,
        };
        match (community, post) {
            (Some(community), Some(post)) => {
                let about = Complaining {
                    reporter,
                    objects: &[],
                    addressed: None,
                    reason,
                    received: None,
                };
                actions::report_elsewhere(api.ctx(), tx, about, &community, post).await?;
            }
            _ => here.push(object.as_str()),
        }
    }
    if !here.is_empty() {
        let about = Complaining {
            reporter,
            objects: &here,
            addressed: None,
            reason,
            received: None,
        };
        match actions::report(api.ctx(), tx, about).await? {
            Reported::Kept(_) | Reported::Known => {}
            Reported::NotOurs => {
                return Err(ApiError::refused(
                    "This cannot be reported here: report it on its own server",
                ));
            }
            Reported::TooMany => {
                return Err(ApiError::refused("Too many of your reports wait already"));
            }
        }
    }
    let id = tx.reported_by(reporter.id, &named).await?;
    id.map(|id| id.to_string()).ok_or(ApiError::NotFound)
}
