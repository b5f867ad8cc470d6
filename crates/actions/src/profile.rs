//! What people see of an account, and whether it acts at all.

use archipel_model::profile::{NAME, NOTE, ROW, ROWS};
use archipel_model::{ActorState, MediaId, text};
use archipel_storage::{ActivityKind, Actor, Profile, Tx};

use crate::say::saying_to_all;
use crate::{Context, Error, Result};

/// What changes of an account; what is `None` stays.
#[derive(Clone, Debug, Default)]
pub struct ProfileChange {
    /// The name people read.
    pub name: Option<String>,
    /// About them, as typed.
    pub summary: Option<String>,
    /// Rows of a name and what it says, as typed.
    pub fields: Option<Vec<(String, String)>>,
    /// Whether they decide on each follow.
    pub approves_followers: Option<bool>,
    /// Whether it is a program.
    pub bot: Option<bool>,
    /// Whether they want to be suggested.
    pub discoverable: Option<bool>,
    /// Whether their posts may be searched.
    pub indexable: Option<bool>,
    /// Whether they show nobody whom they follow and who follows them.
    pub hide_collections: Option<bool>,
    /// Their picture; `Some(None)` takes it away.
    pub avatar: Option<Option<MediaId>>,
    /// Their banner; `Some(None)` takes it away.
    pub header: Option<Option<MediaId>>,
}

/// Changes what people see of a local person, and tells all who know them.
pub async fn change_profile(
    ctx: &Context,
    tx: &mut Tx,
    person: &Actor,
    change: &ProfileChange,
) -> Result<()> {
    if !person.is_local || person.state != ActorState::Active {
        return Err(Error::Inactive(person.acct()));
    }
    fits(change)?;
    let name = change.name.as_deref().unwrap_or(&person.name);
    let summary = match &change.summary {
        Some(summary) => text::paragraphs(summary),
        None => person.summary.clone(),
    };
    tx.set_actor_profile(person.id, name, &summary, ctx.now())
        .await?;
    if let Some(approves) = change.approves_followers {
        tx.set_approves_followers(person.id, approves).await?;
    }
    let profile = changed(tx.profile(person.id).await?, change);
    tx.put_profile(&profile, ctx.now()).await?;
    let said = saying_to_all(ctx, tx, ActivityKind::UpdateActor, person).await?;
    tx.say(&said, ctx.now());
    Ok(())
}

fn fits(change: &ProfileChange) -> Result<()> {
    let long = |text: &Option<String>, most: usize| {
        text.as_ref()
            .is_some_and(|text| text.chars().count() > most)
    };
    if long(&change.name, NAME) {
        return Err(Error::Profile(
            "the name is too long: at most 100 characters",
        ));
    }
    if long(&change.summary, NOTE) {
        return Err(Error::Profile(
            "the description is too long: at most 2000 characters",
        ));
    }
    let Some(fields) = &change.fields else {
        return Ok(());
    };
    if fields.len() > ROWS {
        return Err(Error::Profile("a profile has at most 8 rows"));
    }
    let wide = |text: &String| text.chars().count() > ROW;
    if fields.iter().any(|(name, value)| wide(name) || wide(value)) {
        return Err(Error::Profile(
            "a row is too long: at most 255 characters each",
        ));
    }
    Ok(())
}

fn changed(before: Profile, change: &ProfileChange) -> Profile {
    let mut profile = before;
    if let Some(summary) = &change.summary {
        profile.note_source.clone_from(summary);
    }
    if let Some(fields) = &change.fields {
        let shown: Vec<(String, String)> = fields
            .iter()
            .map(|(name, value)| (name.clone(), said(value)))
            .collect();
        profile.set_fields(fields, &shown);
    }
    profile.bot = change.bot.unwrap_or(profile.bot);
    profile.discoverable = change.discoverable.or(profile.discoverable);
    profile.indexable = change.indexable.unwrap_or(profile.indexable);
    profile.hide_collections = change.hide_collections.unwrap_or(profile.hide_collections);
    profile.avatar_id = change.avatar.unwrap_or(profile.avatar_id);
    profile.header_id = change.header.unwrap_or(profile.header_id);
    profile
}

/// What a row says, as HTML. An address becomes a link that says "this is me", by which
/// other sites recognise the person.
fn said(typed: &str) -> String {
    let html = text::paragraphs(typed);
    let inner = html
        .strip_prefix("<p>")
        .and_then(|html| html.strip_suffix("</p>"))
        .unwrap_or(&html);
    if inner.starts_with("<a ") && !typed.trim().contains(char::is_whitespace) {
        let safe = text::escape(typed.trim());
        return format!(
            "<a href=\"{safe}\" rel=\"me nofollow noopener\" target=\"_blank\">{safe}</a>"
        );
    }
    inner.to_owned()
}

/// Stops a local person, or lets them act again, and tells all who know them. Says
/// whether something changed.
pub async fn set_suspended(
    ctx: &Context,
    tx: &mut Tx,
    person: &Actor,
    suspended: bool,
) -> Result<bool> {
    if !person.is_local || person.state == ActorState::Gone {
        return Err(Error::Inactive(person.acct()));
    }
    let state = if suspended {
        ActorState::Suspended
    } else {
        ActorState::Active
    };
    if person.state == state {
        return Ok(false);
    }
    tx.set_actor_state(person.id, state, ctx.now()).await?;
    let said = saying_to_all(ctx, tx, ActivityKind::UpdateActor, person).await?;
    tx.say(&said, ctx.now());
    Ok(true)
}
