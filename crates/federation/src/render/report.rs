//! Writes reports, in the two forms that between them every family of servers reads,
//! and what a community passes on of them in confidence.
//!
//! Reports are for those alone to whom they are addressed: nothing here is public.

use archipel_model::Timestamp;
use serde::Serialize;
use serde_json::value::RawValue;
use url::Url;

use super::activity::Activity;
use super::object::Addressing;
use super::{Rendered, part, plain};

/// A report.
#[derive(Clone, Debug)]
pub struct FlagView {
    /// The activity's id.
    pub id: Url,
    /// Who reports: a person to a community, this server to another one.
    pub actor: Url,
    /// The one addressee: Lemmy refuses more, or none.
    pub to: Url,
    /// The community concerned.
    pub audience: Option<Url>,
    /// The post first, for Lemmy; then the account, which Mastodon looks for.
    pub objects: Vec<Url>,
    /// Why.
    pub reason: String,
    /// When.
    pub at: Timestamp,
}

#[derive(Serialize)]
struct Flag<'a> {
    #[serde(flatten)]
    activity: Activity<'a>,
    /// Where Mastodon and its family read the reason.
    content: &'a str,
}

/// `Flag`: with `summary` for the threadiverse and `content` for microblogs. One
/// object is written as such, several as a list.
pub fn flag(view: &FlagView) -> Rendered {
    let object = match view.objects.as_slice() {
        [one] => part(one)?,
        several => part(&several)?,
    };
    let whom = Addressing {
        to: vec![view.to.to_string()],
        cc: Vec::new(),
    };
    plain(Flag {
        activity: Activity {
            published: Some(view.at.rfc3339()),
            audience: view.audience.as_ref(),
            summary: Some(&view.reason),
            ..Activity::new("Flag", &view.id, &view.actor, whom, &object)
        },
        content: &view.reason,
    })
}

/// `Announce` of a report or of its resolution, by the community to some alone.
pub fn announce_in_confidence(
    id: &Url,
    community: &Url,
    at: Timestamp,
    to: Vec<String>,
    inner: &RawValue,
) -> Rendered {
    let whom = Addressing { to, cc: Vec::new() };
    plain(Activity {
        published: Some(at.rfc3339()),
        ..Activity::new("Announce", id, community, whom, inner)
    })
}
