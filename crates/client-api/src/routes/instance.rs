//! What apps learn of this server.

use std::collections::BTreeMap;
use std::time::Duration;

use archipel_media::{MAX_BYTES, MAX_DESCRIPTION, MAX_PIXELS, MIME_TYPES};
use archipel_model::{poll, profile};
use archipel_storage::{Conn, Usage};
use axum::Json;
use axum::extract::State;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};

use crate::api::Api;
use crate::entities::{
    Account, Contact, Date, Instance, InstanceRule, InstanceV1, Registrations, Stats,
};
use crate::error::{ApiError, Result};
use crate::registry::{Access, Routes, Shows, rule};
use crate::{render, vapid};

/// Apps compare this with versions of Mastodon.
const VERSION: &str = concat!(
    "4.5.0 (compatible; Archipel ",
    env!("CARGO_PKG_VERSION"),
    ")"
);
/// The newest version of Mastodon's API of which everything is there.
const MASTODON: u32 = 6;

/// Characters of a post.
pub(crate) const CHARACTERS: usize = 5_000;
/// Hashtags that a profile features.
pub(crate) const FEATURED_TAGS: usize = 10;
/// Posts on top of a profile.
const PINNED: usize = 5;
/// Pictures of a post.
const PICTURES: usize = 4;
const DAY: Duration = Duration::from_hours(24);

/// Declares the routes of this file.
pub(crate) fn declare(routes: &mut Routes) {
    let (access, shows) = (Access::Anyone, Shows::Nothing);
    routes.get(
        "/api/v2/instance",
        rule::<Instance>("This server", access, shows),
        instance,
    );
    routes.get(
        "/api/v1/instance",
        rule::<InstanceV1>("This server, as old apps read it", access, shows),
        instance_v1,
    );
    routes.get(
        "/api/v1/instance/rules",
        rule::<Vec<InstanceRule>>("The rules of this server", access, shows),
        rules,
    );
    routes.get(
        "/api/v1/instance/peers",
        rule::<Vec<String>>("Servers that this one knows", access, shows),
        peers,
    );
    routes.get(
        "/api/v1/instance/activity",
        rule::<Vec<Value>>("What went on here, week by week", access, shows),
        activity,
    );
    routes.get(
        "/api/v1/instance/domain_blocks",
        rule::<Vec<DomainBlock>>(
            "Servers that this one blocks or limits, for members",
            Access::AnyMember,
            shows,
        ),
        domain_blocks,
    );
    routes.get(
        "/api/v1/instance/extended_description",
        rule::<Page>("A longer description of this server", access, shows),
        extended_description,
    );
    routes.get(
        "/api/v1/instance/languages",
        rule::<Vec<Value>>("Languages of this server", access, shows),
        languages,
    );
    routes.get(
        "/api/v1/instance/translation_languages",
        rule::<Value>(
            "Languages that are translated: none",
            Access::Anyone,
            Shows::Nothing,
        ),
        translation_languages,
    );
}

async fn usage(api: &Api, conn: &mut Conn) -> Result<Usage> {
    let now = api.ctx().now();
    Ok(conn
        .usage(now.minus(DAY * 30), now.minus(DAY * 180))
        .await?)
}

async fn contact(api: &Api, conn: &mut Conn) -> Result<Option<Account>> {
    match conn.first_admin().await? {
        Some(admin) => Ok(render::accounts(api, conn, &[admin]).await?.remove(&admin)),
        None => Ok(None),
    }
}

/// The address of the streams.
fn streaming(api: &Api) -> String {
    let base = api.url("");
    match base.strip_prefix("https:") {
        Some(rest) => format!("wss:{rest}"),
        None => base.replacen("http:", "ws:", 1),
    }
}

fn description(api: &Api) -> String {
    let said = &api.0.settings.description;
    if said.is_empty() {
        "Archipel: communities of the fediverse".to_owned()
    } else {
        said.clone()
    }
}

fn statuses() -> Value {
    json!({
        "max_characters": CHARACTERS,
        "max_media_attachments": PICTURES,
        "characters_reserved_per_url": 23,
        "supported_mime_types": ["text/plain"],
    })
}

/// Video is not taken; its limits are said since apps demand them.
fn media_attachments() -> Value {
    json!({
        "supported_mime_types": MIME_TYPES,
        "description_limit": MAX_DESCRIPTION,
        "image_size_limit": MAX_BYTES,
        "image_matrix_limit": MAX_PIXELS,
        "video_size_limit": 0,
        "video_frame_rate_limit": 0,
        "video_matrix_limit": 0,
    })
}

fn polls() -> Value {
    json!({
        "max_options": poll::CHOICES.end(),
        "max_characters_per_option": poll::CHOICE_LENGTH,
        "min_expiration": 300,
        "max_expiration": poll::LONGEST.as_secs(),
    })
}

fn accounts() -> Value {
    json!({
        "max_featured_tags": FEATURED_TAGS,
        "max_pinned_statuses": PINNED,
        "max_profile_fields": profile::ROWS,
        "max_display_name_length": profile::NAME,
        "max_note_length": profile::NOTE,
        "profile_field_name_limit": profile::ROW,
        "profile_field_value_limit": profile::ROW,
    })
}

async fn instance(State(api): State<Api>) -> Result<Json<Instance>> {
    let key = vapid::public_key(&api).await?;
    let mut conn = api.store().read().await?;
    let usage = usage(&api, &mut conn).await?;
    let contact = contact(&api, &mut conn).await?;
    let open = json!({ "local": "public", "remote": "public" });
    let settings = &api.0.settings;
    let thumbnail = api.url("/assets/header.png");
    Ok(Json(Instance {
        domain: api.ctx().site.host().to_string(),
        title: settings.title.clone(),
        version: VERSION.to_owned(),
        // Who runs a server says there where its source is.
        source_url: api.url("/"),
        description: description(&api),
        usage: json!({ "users": { "active_month": usage.active_month } }),
        thumbnail: json!({
            "url": thumbnail,
            "blurhash": null,
            "versions": { "@1x": thumbnail, "@2x": thumbnail },
            "description": null,
        }),
        icon: vec![json!({ "src": api.url("/assets/avatar.png"), "size": "400x400" })],
        languages: spoken(),
        configuration: json!({
            "urls": {
                "streaming": streaming(&api),
                "status": null,
                "about": api.url("/"),
                "privacy_policy": null,
                "terms_of_service": null,
            },
            "vapid": { "public_key": key },
            "accounts": accounts(),
            "statuses": statuses(),
            "media_attachments": media_attachments(),
            "polls": polls(),
            "translation": { "enabled": false },
            "timelines_access": {
                "live_feeds": open,
                "hashtag_feeds": open,
                "trending_link_feeds": open,
            },
            "limited_federation": false,
        }),
        registrations: Registrations {
            enabled: settings.registrations_open,
            approval_required: settings.approval_required,
            reason_required: settings.approval_required,
            message: None,
            min_age: None,
            url: None,
        },
        api_versions: BTreeMap::from([
            ("mastodon".to_owned(), MASTODON),
            ("archipel".to_owned(), 1),
        ]),
        contact: Contact {
            email: settings.contact_email.clone(),
            account: contact,
        },
        rules: server_rules(),
    }))
}

async fn instance_v1(State(api): State<Api>) -> Result<Json<InstanceV1>> {
    let mut conn = api.store().read().await?;
    let usage = usage(&api, &mut conn).await?;
    let contact_account = contact(&api, &mut conn).await?;
    let domain_count = conn.known_hosts(i64::MAX).await?.len();
    let settings = &api.0.settings;
    Ok(Json(InstanceV1 {
        uri: api.ctx().site.host().to_string(),
        title: settings.title.clone(),
        short_description: description(&api),
        description: description(&api),
        email: settings.contact_email.clone(),
        version: VERSION.to_owned(),
        urls: json!({ "streaming_api": streaming(&api) }),
        stats: Stats {
            user_count: usage.people,
            status_count: usage.threads + usage.replies,
            domain_count: i64::try_from(domain_count).unwrap_or(i64::MAX),
        },
        thumbnail: api.url("/assets/header.png"),
        languages: spoken(),
        registrations: settings.registrations_open,
        approval_required: settings.approval_required,
        invites_enabled: false,
        configuration: json!({
            "accounts": accounts(),
            "statuses": statuses(),
            "media_attachments": media_attachments(),
            "polls": polls(),
        }),
        contact_account,
        rules: server_rules(),
    }))
}

fn spoken() -> Vec<String> {
    vec!["fr".to_owned(), "en".to_owned()]
}

/// Communities have rules of their own; the server has none yet.
fn server_rules() -> Vec<InstanceRule> {
    Vec::new()
}

async fn rules() -> Json<Vec<InstanceRule>> {
    Json(server_rules())
}

/// Servers named at most.
const PEERS: i64 = 10_000;

async fn peers(State(api): State<Api>) -> Result<Json<Vec<String>>> {
    let mut conn = api.store().read().await?;
    Ok(Json(conn.known_hosts(PEERS).await?))
}

/// Weeks that are counted.
const WEEKS: u32 = 12;

async fn activity(State(api): State<Api>) -> Result<Json<Vec<Value>>> {
    let now = api.ctx().now();
    let mut conn = api.store().read().await?;
    let mut weeks = Vec::new();
    for back in 0..WEEKS {
        let end = now.minus(DAY * 7 * back);
        let start = end.minus(DAY * 7);
        let (statuses, logins, registrations) = conn.week(start, end).await?;
        weeks.push(json!({
            "week": start.seconds().to_string(),
            "statuses": statuses.to_string(),
            "logins": logins.to_string(),
            "registrations": registrations.to_string(),
        }));
    }
    Ok(Json(weeks))
}

/// <https://docs.joinmastodon.org/entities/DomainBlock/>.
#[derive(Debug, Serialize, JsonSchema)]
struct DomainBlock {
    domain: String,
    digest: String,
    severity: &'static str,
    comment: String,
}

async fn domain_blocks(State(api): State<Api>) -> Result<Json<Vec<DomainBlock>>> {
    let mut conn = api.store().read().await?;
    let blocks = conn.judged_hosts().await?;
    let listed = blocks
        .into_iter()
        .map(|(domain, blocked, reason)| DomainBlock {
            digest: archipel_actions::hash_of(&domain),
            domain,
            severity: if blocked { "suspend" } else { "silence" },
            comment: reason.unwrap_or_default(),
        });
    Ok(Json(listed.collect()))
}

/// A text with its date.
#[derive(Debug, Serialize, JsonSchema)]
struct Page {
    updated_at: Date,
    content: String,
}

async fn extended_description(State(api): State<Api>) -> Result<Json<Page>> {
    let mut conn = api.store().read().await?;
    let server = conn.actor_by_uri(&api.ctx().site.instance()).await?;
    Ok(Json(Page {
        updated_at: Date(server.ok_or(ApiError::NotFound)?.updated_at),
        content: archipel_model::text::paragraphs(&description(&api)),
    }))
}

async fn languages() -> Json<Vec<Value>> {
    Json(vec![
        json!({ "code": "fr", "name": "Français" }),
        json!({ "code": "en", "name": "English" }),
    ])
}

async fn translation_languages() -> Json<Value> {
    Json(json!({}))
}
