//! A parser as strict as Lemmy's: one wrong field and the whole activity is
//! refused with 400. It stands for the strictest peer we know; what it accepts,
//! the others accept.

use serde::Deserialize;
use serde_json::Value;
use url::Url;

/// An activity that a Lemmy server would understand.
#[derive(Debug, Deserialize)]
#[serde(tag = "type")]
#[expect(missing_docs, reason = "the names of ActivityStreams")]
pub enum Activity {
    Accept(Accept),
    Reject(Accept),
    Announce(Announce),
    Follow(Follow),
}

/// Accept or Reject of a Follow; 0.19 wants the Follow embedded.
#[derive(Debug, Deserialize)]
#[expect(missing_docs, reason = "the names of ActivityStreams")]
pub struct Accept {
    pub id: Url,
    pub actor: Url,
    #[serde(default)]
    pub to: Option<Vec<Url>>,
    pub object: Follow,
}

/// A Follow.
#[derive(Debug, Deserialize)]
#[expect(missing_docs, reason = "the names of ActivityStreams")]
pub struct Follow {
    pub id: Url,
    pub actor: Url,
    #[serde(default)]
    pub to: Option<Vec<Url>>,
    pub object: Url,
    #[serde(rename = "type")]
    pub kind: FollowType,
}

#[derive(Debug, Default, Deserialize)]
#[expect(missing_docs, reason = "the name of ActivityStreams")]
pub enum FollowType {
    #[default]
    Follow,
}

/// A community relaying an activity.
#[derive(Debug, Deserialize)]
#[expect(missing_docs, reason = "the names of ActivityStreams")]
pub struct Announce {
    pub id: Url,
    pub actor: Url,
    #[serde(deserialize_with = "one_or_many")]
    pub to: Vec<Url>,
    #[serde(deserialize_with = "one_or_many")]
    pub cc: Vec<Url>,
    pub object: Relayed,
}

/// What a community may relay.
#[derive(Debug, Deserialize)]
#[serde(tag = "type")]
#[expect(missing_docs, reason = "the names of ActivityStreams")]
pub enum Relayed {
    Create(Box<Create>),
    Update(Box<Create>),
}

/// Create or Update of a post or comment.
#[derive(Debug, Deserialize)]
#[expect(missing_docs, reason = "the names of ActivityStreams")]
pub struct Create {
    pub id: Url,
    pub actor: Url,
    #[serde(deserialize_with = "one_or_many")]
    pub to: Vec<Url>,
    #[serde(deserialize_with = "one_or_many")]
    pub cc: Vec<Url>,
    pub object: Object,
}

/// A post or a comment.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names of ActivityStreams")]
pub struct Object {
    #[serde(rename = "type")]
    pub kind: ObjectType,
    pub id: Url,
    pub attributed_to: Url,
    #[serde(deserialize_with = "one_or_many")]
    pub to: Vec<Url>,
    #[serde(default, deserialize_with = "one_or_many")]
    pub cc: Vec<Url>,
    pub name: Option<String>,
    pub content: Option<String>,
    pub in_reply_to: Option<Url>,
    pub media_type: Option<MediaType>,
    pub source: Option<Source>,
    pub language: Option<Language>,
    #[serde(default)]
    pub attachment: Vec<Attachment>,
    pub published: Option<String>,
    pub updated: Option<String>,
    pub audience: Option<Url>,
}

#[derive(Debug, Deserialize, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names of ActivityStreams")]
pub enum ObjectType {
    Page,
    Article,
    Note,
    Video,
    Event,
}

#[derive(Debug, Deserialize)]
#[expect(missing_docs, reason = "the names of media types")]
pub enum MediaType {
    #[serde(rename = "text/html")]
    Html,
    #[serde(rename = "text/markdown")]
    Markdown,
}

/// The text before it became HTML.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names of ActivityStreams")]
pub struct Source {
    pub content: String,
    pub media_type: MediaType,
}

/// A language must be an object: a text kills the whole activity.
#[derive(Debug, Deserialize)]
#[expect(missing_docs, reason = "Lemmy's names")]
pub struct Language {
    pub identifier: String,
    pub name: String,
}

/// Any other kind of attachment kills the whole activity.
#[derive(Debug, Deserialize)]
#[serde(tag = "type")]
#[expect(missing_docs, reason = "the names of ActivityStreams")]
pub enum Attachment {
    Link { href: Url },
    Image { url: Url },
    Document { url: Url },
}

fn one_or_many<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Vec<Url>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum OneOrMany {
        Many(Vec<Url>),
        One(Url),
    }
    Ok(match OneOrMany::deserialize(from)? {
        OneOrMany::Many(many) => many,
        OneOrMany::One(one) => vec![one],
    })
}

/// Reads a received body as Lemmy would.
pub fn read(json: &Value) -> Result<Activity, String> {
    let activity: Activity =
        serde_json::from_value(json.clone()).map_err(|error| format!("{error} in {json}"))?;
    if let Activity::Announce(announce) = &activity {
        let (Relayed::Create(create) | Relayed::Update(create)) = &announce.object;
        check(&create.object)?;
        let to_all = announce.to.iter().chain(&announce.cc);
        if !to_all.map(Url::as_str).any(|url| url == crate::PUBLIC) {
            return Err(format!("an Announce that is not public: {json}"));
        }
    }
    Ok(activity)
}

fn check(object: &Object) -> Result<(), String> {
    let reply = object.in_reply_to.is_some();
    if reply && object.kind != ObjectType::Note {
        return Err(format!("a comment that is a {:?}", object.kind));
    }
    if reply && object.content.is_none() {
        return Err("a comment without content".to_owned());
    }
    for date in [&object.published, &object.updated].into_iter().flatten() {
        let shaped = date.len() >= 20 && date.as_bytes().get(10) == Some(&b'T');
        if !shaped {
            return Err(format!("not an RFC 3339 date: {date}"));
        }
    }
    Ok(())
}

/// The strict fields of a Group, for Lemmy 0.19 and 1.0.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names of ActivityStreams")]
pub struct Group {
    #[serde(rename = "type")]
    pub kind: GroupType,
    pub id: Url,
    pub preferred_username: String,
    pub inbox: Url,
    pub outbox: Url,
    pub followers: Url,
    pub public_key: GroupKey,
    pub name: Option<String>,
    pub summary: Option<String>,
    pub source: Option<Source>,
    pub attributed_to: Option<Url>,
    pub featured: Option<Url>,
    #[serde(default)]
    pub language: Vec<Language>,
    pub published: Option<String>,
    pub updated: Option<String>,
}

#[derive(Debug, Deserialize)]
#[expect(missing_docs, reason = "the name of ActivityStreams")]
pub enum GroupType {
    Group,
}

/// A Group's key.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names of the security vocabulary")]
pub struct GroupKey {
    pub id: String,
    pub owner: Url,
    pub public_key_pem: String,
}

/// Reads a Group document as Lemmy would.
pub fn group(json: &Value) -> Result<Group, String> {
    serde_json::from_value(json.clone()).map_err(|error| format!("{error} in {json}"))
}
