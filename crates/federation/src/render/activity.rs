//! Writes activities: what local actors did.
//!
//! What we pass on or answer is embedded as the bytes that came in, never
//! written anew: peers match it by its id, and its proof must still hold.

use archipel_model::Timestamp;
use serde::Serialize;
use serde_json::value::RawValue;
use url::Url;

use super::object::{Addressing, PostView, addressing, object_part};
use super::tombstone::{Tombstone, TombstoneView};
use super::{Json, PUBLIC, Rendered, below, document, part, plain};

/// Every activity: the members that are absent are left out.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Activity<'a> {
    pub(super) id: &'a Url,
    #[serde(rename = "type")]
    pub(super) kind: &'static str,
    pub(super) actor: &'a Url,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) published: Option<String>,
    pub(super) to: Vec<String>,
    pub(super) cc: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) audience: Option<&'a Url>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) summary: Option<&'a str>,
    pub(super) object: &'a RawValue,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) target: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) origin: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) end_time: Option<String>,
    // Lemmy 0.19 reads this one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) expires: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) remove_data: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) with_replies: Option<bool>,
}

impl<'a> Activity<'a> {
    pub(super) fn new(
        kind: &'static str,
        id: &'a Url,
        actor: &'a Url,
        whom: Addressing,
        object: &'a RawValue,
    ) -> Self {
        Self {
            id,
            kind,
            actor,
            published: None,
            to: whom.to,
            cc: whom.cc,
            audience: None,
            summary: None,
            object,
            target: None,
            origin: None,
            end_time: None,
            expires: None,
            remove_data: None,
            with_replies: None,
        }
    }
}

/// An id as JSON.
pub(super) fn id_part(id: &Url) -> Rendered {
    part(id)
}

/// `Create` of a post by its author, addressed as the post is.
pub fn create(id: &Url, post: &PostView) -> Rendered {
    of_post("Create", id, post, post.published)
}

/// `Update` of a post by its author, addressed as the post is.
pub fn update(id: &Url, post: &PostView) -> Rendered {
    of_post("Update", id, post, post.updated.unwrap_or(post.published))
}

fn of_post(kind: &'static str, id: &Url, post: &PostView, at: Timestamp) -> Rendered {
    let object = object_part(post)?;
    let public = post.visibility.may_be_announced();
    let community = post.community.as_ref().filter(|_| public);
    document(Activity {
        published: Some(at.rfc3339()),
        audience: community.map(|it| &it.mention.id),
        ..Activity::new(kind, id, &post.author, addressing(post), &object)
    })
}

/// `Update` of an actor by itself; `object` comes from
/// [`super::actor::group_part`] or [`super::actor::person_part`].
pub fn update_actor(id: &Url, actor: &Url, at: Timestamp, object: &RawValue) -> Rendered {
    let whom = Addressing::public([below(actor, "followers")]);
    document(Activity {
        published: Some(at.rfc3339()),
        ..Activity::new("Update", id, actor, whom, object)
    })
}

/// `Follow` of `object` by `actor`.
pub fn follow(id: &Url, actor: &Url, object: &Url) -> Rendered {
    let whom = Addressing {
        to: vec![object.to_string()],
        cc: Vec::new(),
    };
    plain(Activity::new("Follow", id, actor, whom, &id_part(object)?))
}

/// `Block` of `object` by `actor`, for themselves alone.
pub fn block(id: &Url, actor: &Url, object: &Url) -> Rendered {
    let whom = Addressing {
        to: vec![object.to_string()],
        cc: Vec::new(),
    };
    plain(Activity::new("Block", id, actor, whom, &id_part(object)?))
}

/// `Accept` of a follow, embedding it as it came in: Lemmy 0.19 refuses a bare
/// id, Mastodon matches by the follow's own id.
pub fn accept(id: &Url, actor: &Url, follower: &Url, follow: &RawValue) -> Rendered {
    answer("Accept", id, actor, follower, follow)
}

/// `Reject` of a follow, also of one accepted before; see [`accept`].
pub fn reject(id: &Url, actor: &Url, follower: &Url, follow: &RawValue) -> Rendered {
    answer("Reject", id, actor, follower, follow)
}

fn answer(
    kind: &'static str,
    id: &Url,
    actor: &Url,
    follower: &Url,
    follow: &RawValue,
) -> Rendered {
    let whom = Addressing {
        to: vec![follower.to_string()],
        cc: Vec::new(),
    };
    plain(Activity::new(kind, id, actor, whom, follow))
}

/// `Undo` of an earlier activity of the same actor, embedded whole.
pub fn undo(
    id: &Url,
    actor: &Url,
    whom: Addressing,
    audience: Option<&Url>,
    undone: &RawValue,
) -> Rendered {
    plain(Activity {
        audience,
        ..Activity::new("Undo", id, actor, whom, undone)
    })
}

/// A deletion, or a removal by a moderator.
#[derive(Clone, Debug)]
pub struct DeleteView {
    /// The activity's id.
    pub id: Url,
    /// The author, or the moderator.
    pub actor: Url,
    /// Whom to tell.
    pub whom: Addressing,
    /// The community concerned.
    pub audience: Option<Url>,
    /// The reason of a moderator; its presence, even empty, makes it a removal
    /// for Lemmy, `PieFed` and Mbin. `None` for an author's own deletion.
    pub reason: Option<String>,
    /// When.
    pub at: Timestamp,
    /// What is gone.
    pub gone: TombstoneView,
}

/// `Delete`, with a `Tombstone` as Mastodon has it.
pub fn delete(view: &DeleteView) -> Rendered {
    let object = part(&Tombstone::from(&view.gone))?;
    plain(Activity {
        published: Some(view.at.rfc3339()),
        audience: view.audience.as_ref(),
        summary: view.reason.as_deref(),
        ..Activity::new("Delete", &view.id, &view.actor, view.whom.clone(), &object)
    })
}

/// `Delete` of an actor by itself. The object is its bare id, which is what both
/// Mastodon and Lemmy take for the end of an account.
pub fn delete_actor(id: &Url, actor: &Url, at: Timestamp) -> Rendered {
    let whom = Addressing::public([below(actor, "followers")]);
    document(Activity {
        published: Some(at.rfc3339()),
        // With what it posted, which Lemmy keeps otherwise.
        remove_data: Some(true),
        ..Activity::new("Delete", id, actor, whom, &id_part(actor)?)
    })
}

/// `Move` of an actor by itself (FEP-7628, Mastodon).
pub fn move_actor(id: &Url, actor: &Url, target: &Url, at: Timestamp) -> Rendered {
    let whom = Addressing {
        to: vec![below(actor, "followers")],
        cc: Vec::new(),
    };
    document(Activity {
        published: Some(at.rfc3339()),
        target: Some(target.to_string()),
        ..Activity::new("Move", id, actor, whom, &id_part(actor)?)
    })
}

/// An announce by a community.
#[derive(Clone, Debug)]
pub struct AnnounceView {
    /// The announce's id: the same in every form and retry.
    pub id: Url,
    /// The community.
    pub actor: Url,
    /// Now: Mastodon leaves announces older than six hours out of home feeds.
    pub published: Timestamp,
}

impl AnnounceView {
    fn activity<'a>(&'a self, object: &'a RawValue, author: Option<&Url>) -> Activity<'a> {
        let copies = [below(&self.actor, "followers")]
            .into_iter()
            .chain(author.map(Url::to_string));
        Activity {
            published: Some(self.published.rfc3339()),
            ..Activity::new(
                "Announce",
                &self.id,
                &self.actor,
                Addressing::public(copies),
                object,
            )
        }
    }
}

/// `Announce` for the threadiverse (FEP-1b12): the inner activity as the bytes
/// that came in. Never hand in what is not addressed to the public.
pub fn announce_wrapped(view: &AnnounceView, inner: &RawValue) -> Rendered {
    plain(view.activity(inner, None))
}

/// `Announce` for microblogs: the id of a thread, shown as a boost.
pub fn announce_id(view: &AnnounceView, post: &Url, author: &Url) -> Rendered {
    plain(view.activity(&id_part(post)?, Some(author)))
}

/// `Undo` of an [`announce_id`]: takes the boost back where the post itself is
/// not ours to delete.
pub fn undo_announce(id: &Url, announce: &AnnounceView, post: &Url, author: &Url) -> Rendered {
    let object = id_part(post)?;
    let inner: Json = part(&announce.activity(&object, Some(author)))?;
    let whom = Addressing {
        to: vec![PUBLIC.to_owned()],
        cc: vec![below(&announce.actor, "followers")],
    };
    plain(Activity::new("Undo", id, &announce.actor, whom, &inner))
}
