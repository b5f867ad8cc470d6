//! Writes what moderators do, as the threadiverse understands it (FEP-1b12 and
//! Lemmy's additions to it).

use archipel_model::Timestamp;
use url::Url;

use super::activity::{Activity, id_part, undo};
use super::object::Addressing;
use super::{Json, Rendered, below, document, part};

/// A measure of a moderator.
#[derive(Clone, Debug)]
pub struct MeasureView {
    /// The activity's id.
    pub id: Url,
    /// The moderator.
    pub actor: Url,
    /// The community; of a ban everywhere, the server that it is from.
    pub community: Url,
    /// When.
    pub at: Timestamp,
    /// Why.
    pub reason: Option<String>,
    /// What.
    pub deed: DeedView,
}

/// What a moderator did.
#[derive(Clone, Debug)]
pub enum DeedView {
    /// Removed a post, with all that answers it.
    Remove {
        /// The post.
        post: Url,
        /// Whether the answers go too (Lemmy 1.0).
        with_replies: bool,
    },
    /// Closed a thread to replies.
    Lock(Url),
    /// Put a thread on top.
    Pin(Url),
    /// Took it down from there.
    Unpin(Url),
    /// Banned somebody.
    Ban {
        /// Whom.
        person: Url,
        /// Until when.
        ends: Option<Timestamp>,
        /// Whether what they posted goes too.
        remove_data: bool,
    },
    /// Made somebody a moderator.
    Appoint(Url),
    /// Took that role away.
    Dismiss(Url),
    /// Kept somebody of this server out of it.
    BanHere {
        /// Whom.
        person: Url,
        /// Until when.
        ends: Option<Timestamp>,
        /// Whether what they posted goes too.
        remove_data: bool,
    },
    /// Changed what the community says of itself; the community as JSON.
    Edit(Json),
    /// Warned somebody.
    Warn {
        /// The post or the person that it is about.
        object: Url,
        /// Whom.
        person: Url,
    },
    /// Deleted the community.
    Close,
    /// Closed a report; the report as JSON.
    Resolve(Json),
    /// Moved a thread to another community.
    Move {
        /// The thread.
        post: Url,
        /// Its new community.
        target: Url,
    },
}

fn whom(view: &MeasureView) -> Addressing {
    Addressing::public([view.community.to_string()])
}

fn activity<'a>(
    view: &'a MeasureView,
    kind: &'static str,
    object: &'a serde_json::value::RawValue,
) -> Activity<'a> {
    Activity {
        published: Some(view.at.rfc3339()),
        audience: Some(&view.community),
        summary: view.reason.as_deref(),
        ..Activity::new(kind, &view.id, &view.actor, whom(view), object)
    }
}

/// Writes a measure, as a document of its own or as a part of another.
fn write(view: &MeasureView, part: fn(&Activity<'_>) -> Rendered) -> Rendered {
    let collection = |name| Some(below(&view.community, name));
    match &view.deed {
        DeedView::Remove { post, with_replies } => {
            let object = id_part(post)?;
            part(&Activity {
                // Being there at all makes it a removal by a moderator.
                summary: Some(view.reason.as_deref().unwrap_or_default()),
                with_replies: with_replies.then_some(true),
                ..activity(view, "Delete", &object)
            })
        }
        DeedView::Lock(post) => part(&activity(view, "Lock", &id_part(post)?)),
        DeedView::Pin(post) => part(&Activity {
            target: collection("featured"),
            ..activity(view, "Add", &id_part(post)?)
        }),
        DeedView::Unpin(post) => part(&Activity {
            target: collection("featured"),
            ..activity(view, "Remove", &id_part(post)?)
        }),
        DeedView::Ban {
            person,
            ends,
            remove_data,
        } => part(&Activity {
            target: Some(view.community.to_string()),
            end_time: ends.map(Timestamp::rfc3339),
            expires: ends.map(Timestamp::rfc3339),
            remove_data: Some(*remove_data),
            ..activity(view, "Block", &id_part(person)?)
        }),
        DeedView::Appoint(person) => part(&Activity {
            target: collection("moderators"),
            ..activity(view, "Add", &id_part(person)?)
        }),
        DeedView::Dismiss(person) => part(&Activity {
            target: collection("moderators"),
            ..activity(view, "Remove", &id_part(person)?)
        }),
        DeedView::BanHere {
            person,
            ends,
            remove_data,
        } => {
            let object = id_part(person)?;
            part(&Activity {
                to: Addressing::public([]).to,
                audience: None,
                target: Some(view.community.to_string()),
                end_time: ends.map(Timestamp::rfc3339),
                expires: ends.map(Timestamp::rfc3339),
                remove_data: Some(*remove_data),
                ..activity(view, "Block", &object)
            })
        }
        DeedView::Edit(group) => part(&activity(view, "Update", group)),
        // To whom it concerns, and to nobody else.
        DeedView::Warn { object, person } => {
            let object = id_part(object)?;
            part(&Activity {
                to: vec![person.to_string()],
                cc: Vec::new(),
                ..activity(view, "Warn", &object)
            })
        }
        // Reports are in confidence, and so is what became of them.
        DeedView::Resolve(flag) => part(&Activity {
            to: vec![view.community.to_string()],
            cc: Vec::new(),
            summary: None,
            ..activity(view, "Resolve", flag)
        }),
        // Without a summary: that would make it a removal by an administrator.
        DeedView::Close => part(&Activity {
            summary: None,
            ..activity(view, "Delete", &id_part(&view.community)?)
        }),
        DeedView::Move { post, target } => part(&Activity {
            origin: Some(view.community.to_string()),
            target: Some(target.to_string()),
            ..activity(view, "Move", &id_part(post)?)
        }),
    }
}

/// A measure.
pub fn measure(view: &MeasureView) -> Rendered {
    write(view, |activity| document(activity))
}

/// Takes an earlier measure back: `Undo` by `actor`, embedding it whole.
pub fn undo_measure(id: &Url, actor: &Url, undone: &MeasureView) -> Rendered {
    let here = matches!(undone.deed, DeedView::BanHere { .. });
    undo(
        id,
        actor,
        if here {
            Addressing::public([])
        } else {
            whom(undone)
        },
        Some(&undone.community).filter(|_| !here),
        &write(undone, |activity| part(activity))?,
    )
}
