//! Writes votes, boosts and choices in polls of people here.

use archipel_model::{ReactionKind, Timestamp};
use serde::Serialize;
use url::Url;

use super::activity::{Activity, id_part, undo};
use super::object::Addressing;
use super::{Rendered, below, part, plain};

/// A vote or a boost.
#[derive(Clone, Debug)]
pub struct ReactionView {
    /// The activity's id.
    pub id: Url,
    /// Who reacts.
    pub actor: Url,
    /// How.
    pub kind: ReactionKind,
    /// The post.
    pub post: Url,
    /// Its author.
    pub author: Url,
    /// The community that it belongs to.
    pub community: Option<Url>,
    /// When.
    pub at: Timestamp,
}

/// Votes go to the author; a boost is for everybody.
fn whom(view: &ReactionView) -> Addressing {
    match view.kind {
        ReactionKind::Like | ReactionKind::Dislike => Addressing {
            to: vec![view.author.to_string()],
            cc: Vec::new(),
        },
        ReactionKind::Boost => {
            Addressing::public([below(&view.actor, "followers"), view.author.to_string()])
        }
    }
}

fn write(view: &ReactionView, part: fn(Activity<'_>) -> Rendered) -> Rendered {
    let (kind, boost) = match view.kind {
        ReactionKind::Like => ("Like", false),
        ReactionKind::Dislike => ("Dislike", false),
        ReactionKind::Boost => ("Announce", true),
    };
    let object = id_part(&view.post)?;
    part(Activity {
        published: boost.then(|| view.at.rfc3339()),
        // Lemmy finds the community by it.
        audience: view.community.as_ref().filter(|_| !boost),
        ..Activity::new(kind, &view.id, &view.actor, whom(view), &object)
    })
}

/// `Like`, `Dislike`, or the `Announce` of a post by a person.
pub fn reaction(view: &ReactionView) -> Rendered {
    write(view, |activity| plain(activity))
}

/// Takes it back: `Undo`, embedding it whole.
pub fn undo_reaction(id: &Url, undone: &ReactionView) -> Rendered {
    let inner = write(undone, |activity| part(&activity))?;
    let audience = undone
        .community
        .as_ref()
        .filter(|_| undone.kind != ReactionKind::Boost);
    undo(id, &undone.actor, whom(undone), audience, &inner)
}

/// A choice in a poll of another server.
#[derive(Clone, Debug)]
pub struct ChoiceView {
    /// The activity's id.
    pub id: Url,
    /// Who chooses.
    pub actor: Url,
    /// The poll.
    pub poll: Url,
    /// Its author.
    pub author: Url,
    /// The choice, in words.
    pub choice: String,
    /// When.
    pub at: Timestamp,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Vote<'a> {
    id: String,
    #[serde(rename = "type")]
    kind: &'static str,
    attributed_to: &'a Url,
    in_reply_to: &'a Url,
    name: &'a str,
    to: [&'a Url; 1],
    cc: [&'a Url; 0],
    published: String,
}

/// A choice as all peers with polls read it: a note with a name and no text, for the
/// poll's author alone.
pub fn choice(view: &ChoiceView) -> Rendered {
    let note = part(&Vote {
        id: format!("{}#vote", view.id),
        kind: "Note",
        attributed_to: &view.actor,
        in_reply_to: &view.poll,
        name: &view.choice,
        to: [&view.author],
        cc: [],
        published: view.at.rfc3339(),
    })?;
    let whom = Addressing {
        to: vec![view.author.to_string()],
        cc: Vec::new(),
    };
    plain(Activity {
        published: Some(view.at.rfc3339()),
        ..Activity::new("Create", &view.id, &view.actor, whom, &note)
    })
}
