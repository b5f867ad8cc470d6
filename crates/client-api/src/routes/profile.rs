//! Who asks: their own account, and changing it.

use archipel_actions::{self as actions, CommunityChange, Door, Order, ProfileChange};
use archipel_model::{JoinPolicy, MediaId, Scope};
use archipel_storage::Tx;
use axum::Json;
use axum::extract::State;
use bytes::Bytes;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::api::Api;
use crate::entities::{CredentialAccount, Profile};
use crate::error::{ApiError, Result};
use crate::extract::{Flag, List, Sent, Text};
use crate::files::{Purpose, Words, keep};
use crate::registry::{Access, Routes, Shows, rule};
use crate::render;
use crate::viewer::{Member, Viewer};

/// Bytes of a request with pictures.
const BODY: usize = 24 * 1024 * 1024;

/// Declares the routes of this file.
pub(crate) fn declare(routes: &mut Routes) {
    let write = Access::Member(Scope::WriteAccounts);
    routes.get(
        "/api/v1/accounts/verify_credentials",
        rule::<CredentialAccount>("Who asks", Access::AnyMember, Shows::Own),
        verify,
    );
    routes.patch(
        "/api/v1/accounts/update_credentials",
        rule::<CredentialAccount>("Changes the profile of who asks", write, Shows::Own)
            .takes::<Update>()
            .body(BODY),
        update,
    );
    routes.get(
        "/api/v1/profile",
        rule::<Profile>(
            "The profile of who asks, to be edited",
            Access::Member(Scope::ReadAccounts),
            Shows::Own,
        ),
        profile,
    );
    routes.patch(
        "/api/v1/profile",
        rule::<Profile>("Changes the profile of who asks", write, Shows::Own)
            .takes::<Update>()
            .body(BODY),
        update_profile,
    );
    routes.delete(
        "/api/v1/profile/avatar",
        rule::<CredentialAccount>("Takes the picture away", write, Shows::Own),
        delete_avatar,
    );
    routes.delete(
        "/api/v1/profile/header",
        rule::<CredentialAccount>("Takes the banner away", write, Shows::Own),
        delete_header,
    );
    routes.get(
        "/api/v1/preferences",
        rule::<Value>(
            "What a composer begins with, and how posts are unfolded",
            Access::Member(Scope::ReadAccounts),
            Shows::Own,
        ),
        preferences,
    );
}

/// What changes; what is absent stays.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
struct Update {
    display_name: Text,
    note: Text,
    locked: Flag,
    bot: Flag,
    discoverable: Flag,
    indexable: Flag,
    hide_collections: Flag,
    fields_attributes: Option<List<Row>>,
    /// As `GET /api/v1/profile` gives them.
    fields: Option<List<Row>>,
    source: Option<Begins>,
}

/// One row.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
struct Row {
    name: Text,
    value: Text,
}

/// What the composer begins with.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
struct Begins {
    privacy: Text,
    sensitive: Flag,
    language: Text,
}

impl Update {
    /// The rows; what is empty is left out.
    fn rows(&self) -> Option<Vec<(String, String)>> {
        let rows = self.fields_attributes.as_ref().or(self.fields.as_ref())?;
        let typed = |text: &Text| text.0.as_deref().unwrap_or_default().trim().to_owned();
        Some(
            rows.0
                .iter()
                .map(|row| (typed(&row.name), typed(&row.value)))
                .filter(|(name, value)| !name.is_empty() || !value.is_empty())
                .collect(),
        )
    }
}

async fn verify(State(api): State<Api>, Member(viewer): Member) -> Result<Json<CredentialAccount>> {
    if !viewer.scopes.allow(Scope::ReadAccounts) && !viewer.scopes.allow(Scope::Profile) {
        return Err(ApiError::Scope);
    }
    let mut conn = api.store().read().await?;
    render::credentials(&api, &mut conn, &viewer)
        .await
        .map(Json)
}

async fn update(
    State(api): State<Api>,
    Member(viewer): Member,
    sent: Sent<Update>,
) -> Result<Json<CredentialAccount>> {
    change(&api, &viewer, sent).await?;
    let mut conn = api.store().read().await?;
    render::credentials(&api, &mut conn, &viewer)
        .await
        .map(Json)
}

async fn profile(State(api): State<Api>, Member(viewer): Member) -> Result<Json<Profile>> {
    let mut conn = api.store().read().await?;
    render::editable(&api, &mut conn, &viewer).await.map(Json)
}

async fn update_profile(
    State(api): State<Api>,
    Member(viewer): Member,
    sent: Sent<Update>,
) -> Result<Json<Profile>> {
    change(&api, &viewer, sent).await?;
    let mut conn = api.store().read().await?;
    render::editable(&api, &mut conn, &viewer).await.map(Json)
}

async fn change(api: &Api, viewer: &Viewer, sent: Sent<Update>) -> Result<()> {
    let Sent { params, mut files } = sent;
    let avatar = kept(api, viewer, Purpose::Avatar, files.remove("avatar")).await?;
    let header = kept(api, viewer, Purpose::Header, files.remove("header")).await?;
    let mut tx = api.store().write().await?;
    if let Some(begins) = &params.source {
        set_composer(&mut tx, viewer, begins).await?;
    }
    if viewer.is_community() {
        change_community(api, &mut tx, viewer, &params, (avatar, header)).await?;
    } else {
        let change = ProfileChange {
            name: params.display_name.0.clone(),
            summary: params.note.0.clone(),
            fields: params.rows(),
            approves_followers: params.locked.0,
            bot: params.bot.0,
            discoverable: params.discoverable.0,
            indexable: params.indexable.0,
            hide_collections: params.hide_collections.0,
            avatar: avatar.map(Some),
            header: header.map(Some),
        };
        let person = tx.actor(viewer.person).await?.ok_or(ApiError::NotFound)?;
        actions::change_profile(api.ctx(), &mut tx, &person, &change).await?;
    }
    tx.commit().await?;
    Ok(())
}

async fn set_composer(tx: &mut Tx, viewer: &Viewer, begins: &Begins) -> Result<()> {
    let Some(mut composer) = tx.composer_of(viewer.person).await? else {
        return Ok(());
    };
    if let Some(word) = begins.privacy.filled() {
        composer.visibility = word
            .parse()
            .map_err(|_| ApiError::refused("Validation failed: there is no such visibility"))?;
    }
    composer.sensitive = begins.sensitive.0.unwrap_or(composer.sensitive);
    if let Some(language) = &begins.language.0 {
        let language = language.trim();
        composer.language = (!language.is_empty()).then(|| language.to_owned());
    }
    Ok(tx.set_composer(viewer.person, &composer).await?)
}

/// A community says the same of itself as a person: its rules are the rows.
async fn change_community(
    api: &Api,
    tx: &mut Tx,
    viewer: &Viewer,
    params: &Update,
    (avatar, header): (Option<MediaId>, Option<MediaId>),
) -> Result<()> {
    let community = tx.actor(viewer.subject).await?.ok_or(ApiError::NotFound)?;
    let settings = tx.community(community.id).await?;
    let settings = settings.ok_or(ApiError::NotFound)?;
    let decides = render::decides(settings.join_policy);
    let join = match params.locked.0 {
        Some(true) if !decides => Some(JoinPolicy::Approval),
        Some(false) if decides => Some(JoinPolicy::Open),
        _ => None,
    };
    let rules = params.rows().map(|rows| {
        let lines = rows.into_iter().map(|(_, value)| value.replace('\n', " "));
        lines.collect::<Vec<_>>().join("\n")
    });
    let change = CommunityChange {
        title: params.display_name.0.clone(),
        description: params.note.0.clone(),
        rules,
        join,
        avatar: avatar.map(Some),
        header: header.map(Some),
        ..CommunityChange::default()
    };
    order_change(api, tx, viewer, &change).await
}

async fn order_change(
    api: &Api,
    tx: &mut Tx,
    viewer: &Viewer,
    change: &CommunityChange,
) -> Result<()> {
    let community = tx.actor(viewer.subject).await?.ok_or(ApiError::NotFound)?;
    let by = tx.actor(viewer.person).await?.ok_or(ApiError::NotFound)?;
    let order = Order {
        by: &by,
        community: &community,
        door: Door::Here("api"),
        reason: None,
        rule: None,
    };
    actions::change_community(api.ctx(), tx, &order, change).await?;
    Ok(())
}

/// Keeps a picture of a profile and gives its id.
async fn kept(
    api: &Api,
    viewer: &Viewer,
    purpose: Purpose,
    file: Option<Bytes>,
) -> Result<Option<MediaId>> {
    match file {
        Some(bytes) if !bytes.is_empty() => {
            keep(api, viewer.subject, purpose, bytes, Words::default())
                .await
                .map(Some)
        }
        _ => Ok(None),
    }
}

async fn delete_avatar(
    State(api): State<Api>,
    Member(viewer): Member,
) -> Result<Json<CredentialAccount>> {
    let change = ProfileChange {
        avatar: Some(None),
        ..ProfileChange::default()
    };
    take_away(&api, &viewer, change).await
}

async fn delete_header(
    State(api): State<Api>,
    Member(viewer): Member,
) -> Result<Json<CredentialAccount>> {
    let change = ProfileChange {
        header: Some(None),
        ..ProfileChange::default()
    };
    take_away(&api, &viewer, change).await
}

async fn take_away(
    api: &Api,
    viewer: &Viewer,
    change: ProfileChange,
) -> Result<Json<CredentialAccount>> {
    let mut tx = api.store().write().await?;
    if viewer.is_community() {
        let change = CommunityChange {
            avatar: change.avatar,
            header: change.header,
            ..CommunityChange::default()
        };
        order_change(api, &mut tx, viewer, &change).await?;
    } else {
        let person = tx.actor(viewer.person).await?.ok_or(ApiError::NotFound)?;
        actions::change_profile(api.ctx(), &mut tx, &person, &change).await?;
    }
    tx.commit().await?;
    let mut conn = api.store().read().await?;
    render::credentials(api, &mut conn, viewer).await.map(Json)
}

async fn preferences(State(api): State<Api>, Member(viewer): Member) -> Result<Json<Value>> {
    let mut conn = api.store().read().await?;
    let composer = conn.composer_of(viewer.person).await?;
    let composer = composer.ok_or(ApiError::NotFound)?;
    Ok(Json(json!({
        "posting:default:visibility": composer.visibility.as_str(),
        "posting:default:sensitive": composer.sensitive,
        "posting:default:language": composer.language,
        "posting:default:quote_policy": "nobody",
        "reading:expand:media": "default",
        "reading:expand:spoilers": false,
        "reading:autoplay:gifs": false,
    })))
}
