//! `archipel invite`: invitation links.

use archipel_actions::{self as actions, Door, NewInviteLink, Order};
use archipel_model::{ActorId, Handle};
use archipel_storage::Actor;
use serde_json::{Value, json};

use super::{Context, output};
use crate::app::App;
use crate::cli::{InviteArgs, InviteCommand};
use crate::config::Registration;

/// Runs the command.
pub async fn run(context: &Context, args: &InviteCommand) -> anyhow::Result<()> {
    let app = context.open().await?;
    match args {
        InviteCommand::Create(args) => create(context, &app, args).await,
        InviteCommand::List { community, limit } => {
            list(context, &app, community.as_ref(), i64::from(limit.limit)).await
        }
        InviteCommand::Revoke { id, by } => {
            let by = app.moderator(by).await?;
            let mut tx = app.store.write().await?;
            let link = tx.invite_link(*id).await?;
            let link = link.ok_or(actions::Error::NoSuchLink)?;
            let place = place(&app, link.community_id).await?;
            let order = order(&by, &place);
            let changed = actions::revoke_invite_link(&app.actions, &mut tx, &order, *id).await?;
            tx.commit().await?;
            let words = if changed {
                "works no more"
            } else {
                "was ended already"
            };
            output::sentence(context, &format!("The link {id} {words}."));
            Ok(())
        }
    }
}

async fn create(context: &Context, app: &App, args: &InviteArgs) -> anyhow::Result<()> {
    let by = app.moderator(&args.by).await?;
    let place = match &args.community {
        Some(handle) => app.community(handle).await?,
        None => app.instance().await?,
    };
    let new = NewInviteLink {
        role: args.role,
        uses: Some(i64::from(args.uses)),
        lasts: Some(args.expires),
    };
    let mut tx = app.store.write().await?;
    let order = order(&by, &place);
    let (link, secret) = actions::create_invite_link(&app.actions, &mut tx, &order, new).await?;
    tx.commit().await?;
    let url = format!("{}/invite/{secret}", app.actions.site.base());
    if context.config.accounts.registration == Registration::Closed {
        eprintln!(
            "accounts.registration is \"closed\": only who has an account here can use this link"
        );
    }
    if context.json {
        output::thing(context, &json!({ "id": link.id, "url": url }));
    } else {
        output::line(url);
    }
    Ok(())
}

fn order<'a>(by: &'a Actor, place: &'a Actor) -> Order<'a> {
    Order {
        by,
        community: place,
        door: Door::Here("command"),
        reason: None,
        rule: None,
    }
}

/// The community of a link, or the server.
async fn place(app: &App, community: Option<ActorId>) -> anyhow::Result<Actor> {
    let found = match community {
        Some(id) => app.store.read().await?.actor(id).await?,
        None => Some(app.instance().await?),
    };
    Ok(found.ok_or(actions::Error::NoSuchLink)?)
}

async fn list(
    context: &Context,
    app: &App,
    community: Option<&Handle>,
    limit: i64,
) -> anyhow::Result<()> {
    let only = match community {
        Some(handle) => Some(app.community(handle).await?.id),
        None => None,
    };
    let now = app.actions.now();
    let mut conn = app.store.read().await?;
    let links = conn.invite_links(only, limit).await?;
    let ids: Vec<ActorId> = links
        .iter()
        .flat_map(|link| [Some(link.by_id), link.community_id])
        .flatten()
        .collect();
    let actors = conn.actors(&ids).await?;
    let name = |id: ActorId| {
        let actor = actors.iter().find(|actor| actor.id == id);
        actor.map_or_else(|| id.to_string(), |actor| actor.handle.clone())
    };
    let rows: Vec<Value> = links
        .iter()
        .map(|link| {
            json!({
                "id": link.id,
                "works": link.works(now),
                "community": link.community_id.map(name),
                "role": link.role.map(archipel_model::Role::as_str),
                "by": name(link.by_id),
                "used": link.used,
                "uses_left": link.uses_left,
                "expires_at": output::moment(link.expires_at),
                "revoked_at": output::moment(link.revoked_at),
                "created_at": link.created_at.rfc3339(),
            })
        })
        .collect();
    output::list(context, &rows, |row| {
        let works = row.get("works").and_then(Value::as_bool) == Some(true);
        format!(
            "{}  {}  {}  {}  used {}, left {}, until {}, by {}",
            output::of(row, "id"),
            if works { "works" } else { "ended" },
            output::of(row, "community"),
            output::of(row, "role"),
            output::of(row, "used"),
            output::of(row, "uses_left"),
            output::of(row, "expires_at"),
            output::of(row, "by")
        )
    });
    Ok(())
}
