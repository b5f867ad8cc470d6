//! Acting as a community: what an app's ordinary gestures mean when it speaks as one.
//!
//! Nothing here is a route. The routes of each topic come here when
//! [`Viewer::is_community`] says so; every measure is one of `archipel-actions`, ordered
//! by the person behind the token, so that permission is asked and the log names them.
//! `docs/moderate-from-an-app.md` is the table of meanings.

pub(crate) mod people;
pub(crate) mod posts;
pub(crate) mod profile;
pub(crate) mod refusals;

use archipel_actions::{Door, Order};
use archipel_storage::{Actor, Conn};

use crate::error::{ApiError, Result};
use crate::viewer::Viewer;

/// The name of this door in the log.
pub(crate) const DOOR: &str = "app";

/// Somebody who acts as a community.
#[derive(Clone, Debug)]
pub(crate) struct Acting {
    /// The person, who is responsible.
    pub(crate) person: Actor,
    /// The community.
    pub(crate) community: Actor,
}

impl Acting {
    /// Who acts as whom. That they hold a role was looked up when they came in; what the
    /// role allows is asked anew by each action.
    pub(crate) async fn of(conn: &mut Conn, viewer: &Viewer) -> Result<Self> {
        let person = conn.actor(viewer.person).await?;
        let community = conn.actor(viewer.subject).await?;
        match (person, community) {
            (Some(person), Some(community)) => Ok(Self { person, community }),
            _ => Err(ApiError::Unauthorized),
        }
    }

    /// An order by the person, in the community.
    pub(crate) fn order(&self) -> Order<'_> {
        Order {
            by: &self.person,
            community: &self.community,
            door: Door::Here(DOOR),
            reason: None,
            rule: None,
        }
    }
}
