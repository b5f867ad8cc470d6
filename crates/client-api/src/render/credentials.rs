//! Who asks, as only they see themselves.

use archipel_model::{JoinPolicy, Visibility};
use archipel_storage::{Actor, Community, Composer, Conn, Profile};

use super::account;
use crate::api::Api;
use crate::entities::{CredentialAccount, Field, Profile as Editable, Role, Source};
use crate::error::{ApiError, Result};
use crate::viewer::Viewer;

/// Bits of Mastodon's roles that mean something here: reports, federation, users.
const ADMINISTRATES: u32 = 1 << 4 | 1 << 5 | 1 << 10;

/// Whom the app speaks as, as they see themselves.
pub(crate) async fn credentials(
    api: &Api,
    conn: &mut Conn,
    viewer: &Viewer,
) -> Result<CredentialAccount> {
    let account = account(api, conn, viewer.subject).await?;
    let known = Known::of(conn, viewer).await?;
    let admin = !viewer.is_community() && conn.is_admin(viewer.person).await?;
    let requests = conn.follow_request_count(viewer.subject).await?;
    Ok(CredentialAccount {
        source: known.source(requests),
        role: role(admin),
        account,
    })
}

/// The profile of whom the app speaks as, to be edited.
pub(crate) async fn editable(api: &Api, conn: &mut Conn, viewer: &Viewer) -> Result<Editable> {
    let account = account(api, conn, viewer.subject).await?;
    let known = Known::of(conn, viewer).await?;
    let source = known.source(0);
    let own = |has: bool, url: String| has.then_some(url);
    let (avatar, header) = (
        known.profile.avatar_id.is_some(),
        known.profile.header_id.is_some(),
    );
    Ok(Editable {
        id: account.id,
        display_name: account.display_name,
        note: source.note,
        fields: source.fields,
        avatar: own(avatar, account.avatar),
        avatar_static: own(avatar, account.avatar_static),
        avatar_description: account.avatar_description,
        header: own(header, account.header),
        header_static: own(header, account.header_static),
        header_description: account.header_description,
        locked: account.locked,
        bot: account.bot,
        hide_collections: source.hide_collections,
        discoverable: source.discoverable,
        indexable: source.indexable,
        show_media: true,
        show_media_replies: true,
        show_featured: true,
        attribution_domains: Vec::new(),
    })
}

/// What is stored of somebody.
struct Known {
    actor: Actor,
    profile: Profile,
    community: Option<Community>,
    composer: Composer,
}

impl Known {
    async fn of(conn: &mut Conn, viewer: &Viewer) -> Result<Self> {
        let actor = conn.actor(viewer.subject).await?;
        let composer = conn.composer_of(viewer.person).await?;
        Ok(Self {
            actor: actor.ok_or(ApiError::NotFound)?,
            profile: conn.profile(viewer.subject).await?,
            community: conn.community(viewer.subject).await?,
            composer: composer.unwrap_or(Composer {
                visibility: Visibility::Public,
                sensitive: false,
                language: None,
            }),
        })
    }

    fn source(&self, requests: i64) -> Source {
        let profile = &self.profile;
        let (note, fields, discoverable, hides) = match &self.community {
            Some(community) => (
                community.description.clone(),
                rules(community),
                community.reach == archipel_model::Reach::Public,
                true,
            ),
            None => (
                self.note(),
                serde_json::from_str(&profile.fields_source).unwrap_or_default(),
                profile.discoverable.unwrap_or(false),
                profile.hide_collections,
            ),
        };
        Source {
            privacy: self.composer.visibility.to_string(),
            sensitive: self.composer.sensitive,
            language: self.composer.language.clone().unwrap_or_default(),
            note,
            fields,
            follow_requests_count: requests,
            hide_collections: hides,
            discoverable,
            indexable: profile.indexable,
            quote_policy: "nobody".to_owned(),
            attribution_domains: Vec::new(),
        }
    }

    /// As typed; of old profiles what is left of the HTML.
    fn note(&self) -> String {
        if self.profile.note_source.is_empty() {
            archipel_model::text::plain(&self.actor.summary)
        } else {
            self.profile.note_source.clone()
        }
    }
}

/// The rules of a community, as rows of a profile.
pub(crate) fn rules(community: &Community) -> Vec<Field> {
    let word = if community.language.starts_with("fr") {
        "Règle"
    } else {
        "Rule"
    };
    community
        .rule_list()
        .into_iter()
        .take(archipel_model::profile::ROWS)
        .enumerate()
        .map(|(index, rule)| Field {
            name: format!("{word} {}", index + 1),
            value: rule.to_owned(),
            verified_at: None,
        })
        .collect()
}

/// Whether a community decides on each who wants in.
pub(crate) fn decides(policy: JoinPolicy) -> bool {
    policy != JoinPolicy::Open
}

fn role(admin: bool) -> Role {
    Role {
        id: if admin { "3" } else { "-99" }.to_owned(),
        name: if admin { "Admin" } else { "" }.to_owned(),
        color: String::new(),
        permissions: if admin { ADMINISTRATES } else { 0 }.to_string(),
        highlighted: admin,
    }
}
