//! What is known of actors besides what federation needs: pictures, fields, switches;
//! and what their composer begins with.

use archipel_model::{ActorId, MediaId, Timestamp, Visibility};
use serde_json::json;

use crate::conn::sql;
use crate::maybe::Maybe;
use crate::{Conn, Result};

/// A profile as stored.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Profile {
    /// Whose it is.
    #[sqlx(try_from = "i64")]
    pub actor_id: ActorId,
    /// The picture of a local actor.
    #[sqlx(try_from = "Maybe")]
    pub avatar_id: Option<MediaId>,
    /// The banner of a local actor.
    #[sqlx(try_from = "Maybe")]
    pub header_id: Option<MediaId>,
    /// The picture of a remote actor.
    pub avatar_url: Option<String>,
    /// The banner of a remote actor.
    pub header_url: Option<String>,
    /// A JSON list of `{"name","value","verified_at"}`; value is safe HTML.
    pub fields: String,
    /// The same as typed, of local actors.
    pub fields_source: String,
    /// About them as typed, of local actors.
    pub note_source: String,
    /// A JSON list of `{"shortcode","url","static_url"}`.
    pub emojis: String,
    /// Whether it is a program.
    pub bot: bool,
    /// Whether it wants to be suggested.
    pub discoverable: Option<bool>,
    /// Whether its posts may be searched.
    pub indexable: bool,
    /// Whether it shows nobody whom it follows and who follows it.
    pub hide_collections: bool,
    /// When it was made, as its server says.
    #[sqlx(try_from = "Maybe")]
    pub published_at: Option<Timestamp>,
    /// Posts that its server counts.
    pub posts: Option<i64>,
    /// Followers that its server counts.
    pub followers: Option<i64>,
    /// Those it follows, as its server counts.
    pub following: Option<i64>,
}

impl Profile {
    /// The profile of somebody who said nothing of themselves.
    pub fn blank(actor_id: ActorId) -> Self {
        Self {
            actor_id,
            avatar_id: None,
            header_id: None,
            avatar_url: None,
            header_url: None,
            fields: "[]".to_owned(),
            fields_source: "[]".to_owned(),
            note_source: String::new(),
            emojis: "[]".to_owned(),
            bot: false,
            discoverable: None,
            indexable: false,
            hide_collections: false,
            published_at: None,
            posts: None,
            followers: None,
            following: None,
        }
    }

    /// Sets the rows: name and what it says, as typed and as safe HTML.
    pub fn set_fields(&mut self, typed: &[(String, String)], shown: &[(String, String)]) {
        self.fields_source = rows(typed);
        self.fields = rows(shown);
    }
}

fn rows(rows: &[(String, String)]) -> String {
    let row = |(name, value): &(String, String)| json!({ "name": name, "value": value, "verified_at": null });
    let rows: serde_json::Value = rows.iter().map(row).collect();
    rows.to_string()
}

/// What somebody's composer begins with.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Composer {
    /// Who may see what they write.
    #[sqlx(try_from = "String")]
    pub visibility: Visibility,
    /// Whether their pictures are hidden at first.
    pub sensitive: bool,
    /// Their language, BCP 47.
    pub language: Option<String>,
}

impl Conn {
    /// The profile of an actor; blank where nothing is known.
    pub async fn profile(&mut self, actor: ActorId) -> Result<Profile> {
        let found = sql!(
            self,
            fetch_optional as Profile,
            "SELECT * FROM profile WHERE actor_id = $1",
            actor.0
        )?;
        Ok(found.unwrap_or_else(|| Profile::blank(actor)))
    }

    /// Stores a profile in the place of the one that was there.
    pub async fn put_profile(&mut self, profile: &Profile, now: Timestamp) -> Result<()> {
        sql!(
            self,
            execute,
            "INSERT INTO profile (actor_id, avatar_id, header_id, avatar_url, header_url, fields,
                fields_source, note_source, emojis, bot, discoverable, indexable,
                hide_collections, published_at, posts, followers, following, updated_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17,
                $18)
             ON CONFLICT (actor_id) DO UPDATE SET avatar_id = excluded.avatar_id,
                header_id = excluded.header_id, avatar_url = excluded.avatar_url,
                header_url = excluded.header_url, fields = excluded.fields,
                fields_source = excluded.fields_source, note_source = excluded.note_source,
                emojis = excluded.emojis, bot = excluded.bot,
                discoverable = excluded.discoverable, indexable = excluded.indexable,
                hide_collections = excluded.hide_collections,
                published_at = excluded.published_at, posts = excluded.posts,
                followers = excluded.followers, following = excluded.following,
                updated_at = excluded.updated_at",
            profile.actor_id.0,
            profile.avatar_id.map(|id| id.0),
            profile.header_id.map(|id| id.0),
            profile.avatar_url.as_deref(),
            profile.header_url.as_deref(),
            &profile.fields,
            &profile.fields_source,
            &profile.note_source,
            &profile.emojis,
            profile.bot,
            profile.discoverable,
            profile.indexable,
            profile.hide_collections,
            profile.published_at.map(Timestamp::micros),
            profile.posts,
            profile.followers,
            profile.following,
            now.micros()
        )
        .map(drop)
    }

    /// What the composer of a local person begins with.
    pub async fn composer_of(&mut self, person: ActorId) -> Result<Option<Composer>> {
        sql!(
            self,
            fetch_optional as Composer,
            "SELECT default_visibility AS visibility, default_sensitive AS sensitive,
                default_language AS language
             FROM account WHERE actor_id = $1",
            person.0
        )
    }

    /// Sets what the composer of a local person begins with.
    pub async fn set_composer(&mut self, person: ActorId, composer: &Composer) -> Result<()> {
        sql!(
            self,
            execute,
            "UPDATE account SET default_visibility = $2, default_sensitive = $3,
                default_language = $4 WHERE actor_id = $1",
            person.0,
            composer.visibility.as_str(),
            composer.sensitive,
            composer.language.as_deref()
        )
        .map(drop)
    }

    /// How many wait to be let in by an actor.
    pub async fn follow_request_count(&mut self, target: ActorId) -> Result<i64> {
        sql!(
            self,
            fetch_scalar as i64,
            "SELECT count(*) FROM follow WHERE target_id = $1 AND state = 'pending'",
            target.0
        )
        .map(Option::unwrap_or_default)
    }
}
