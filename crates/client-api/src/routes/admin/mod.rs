//! For who runs the server, and for moderators who act as their community: accounts,
//! reports, domains.
//!
//! A scope is not enough: accounts and domains take an administrator of the server,
//! reports also somebody who may close them in the community that the app speaks as.

mod accounts;
mod domains;
mod render;
mod reports;

use archipel_actions::{Door, Order};
use archipel_storage::{Actor, Conn};

use crate::api::Api;
use crate::error::{ApiError, Result};
use crate::registry::Routes;
use crate::routes::community::DOOR;
use crate::viewer::Viewer;

/// Declares the routes of this folder.
pub(crate) fn declare(routes: &mut Routes) {
    accounts::declare(routes);
    reports::declare(routes);
    domains::declare(routes);
}

/// An administrator of the server.
struct Admin {
    person: Actor,
    server: Actor,
}

impl Admin {
    /// Who calls, if they administer the server and speak as themselves.
    async fn of(api: &Api, conn: &mut Conn, viewer: &Viewer) -> Result<Self> {
        if viewer.is_community() || !conn.is_admin(viewer.person).await? {
            return Err(ApiError::Forbidden(
                "Only who runs this server may do this, speaking as themselves".to_owned(),
            ));
        }
        let person = conn.actor(viewer.person).await?;
        match (person, server(api, conn).await?) {
            (Some(person), server) => Ok(Self { person, server }),
            (None, _) => Err(ApiError::Unauthorized),
        }
    }

    /// An order of theirs for the whole server.
    fn order<'a>(&'a self, reason: Option<&'a str>) -> Order<'a> {
        Order {
            by: &self.person,
            community: &self.server,
            door: Door::Here(DOOR),
            reason,
            rule: None,
        }
    }
}

/// The actor that stands for the whole server.
async fn server(api: &Api, conn: &mut Conn) -> Result<Actor> {
    let server = conn.actor_by_uri(&api.ctx().site.instance()).await?;
    server.ok_or(ApiError::Trouble)
}
