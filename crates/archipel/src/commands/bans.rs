//! `archipel moderate ban`, `unban` and `warn`: measures upon somebody, in a community
//! or on the whole server.

use anyhow::bail;
use archipel_actions as actions;
use archipel_model::Handle;
use archipel_storage::Actor;
use url::Url;

use super::Context;
use super::moderation::{order, say};
use crate::app::App;
use crate::cli::{OnBanned, OnPerson};

/// Bans somebody.
pub(super) async fn ban(
    context: &Context,
    app: &App,
    on: &OnBanned,
    ban: actions::Ban,
) -> anyhow::Result<()> {
    let (place, person, by) = app.banned(on).await?;
    let mut tx = app.store.write().await?;
    let order = order(&by, &place, Some(&on.why));
    let changed = actions::ban(&app.actions, &mut tx, &order, &person, ban).await?;
    tx.commit().await?;
    say(context, changed, &format!("{} is banned.", person.acct()));
    Ok(())
}

/// Lets somebody in again.
pub(super) async fn unban(
    context: &Context,
    app: &App,
    on: &OnBanned,
    restore: bool,
) -> anyhow::Result<()> {
    let (place, person, by) = app.banned(on).await?;
    let mut tx = app.store.write().await?;
    let order = order(&by, &place, Some(&on.why));
    let changed = actions::unban(&app.actions, &mut tx, &order, &person, restore).await?;
    tx.commit().await?;
    let words = format!("{} is let in again.", person.acct());
    say(context, changed, &words);
    Ok(())
}

/// Warns somebody.
pub(super) async fn warn(
    context: &Context,
    app: &App,
    on: &OnPerson,
    post: Option<&Url>,
) -> anyhow::Result<()> {
    let (community, person, by) = app.concerned(on).await?;
    let mut tx = app.store.write().await?;
    let post = match post {
        Some(post) => Some(app.post_in_community(&mut tx, post).await?.0),
        None => None,
    };
    let order = order(&by, &community, Some(&on.why));
    actions::warn(&app.actions, &mut tx, &order, &person, post.as_ref()).await?;
    tx.commit().await?;
    say(context, true, &format!("{} is warned.", person.acct()));
    Ok(())
}

impl App {
    /// Where somebody is banned, who, and by whom.
    async fn banned(&self, on: &OnBanned) -> anyhow::Result<(Actor, Actor, Actor)> {
        let (place, who) = match (on.server, on.whom.as_slice()) {
            (true, [who]) => (self.instance().await?, who),
            (false, [community, who]) => {
                let community: Handle = community.parse()?;
                (self.community(&community).await?, who)
            }
            (true, _) => bail!("with --server, name only who"),
            (false, _) => bail!("name the community, then who; or say --server"),
        };
        let person = self.anybody(who).await?;
        Ok((place, person, self.moderator(&on.why.by).await?))
    }

    /// The server itself.
    pub(super) async fn instance(&self) -> anyhow::Result<Actor> {
        let instance = self.actions.site.instance();
        match self.store.read().await?.actor_by_uri(&instance).await? {
            Some(actor) => Ok(actor),
            None => bail!("the server has no actor of its own yet: start it once"),
        }
    }
}
