//! Telling somebody that they broke a rule, without taking anything away.

use archipel_model::notice::Told;
use archipel_model::permission::Measure;
use archipel_model::{ActorKind, Deed};
use archipel_storage::{ActivityKind, Actor, NewActivity, Post, Tx};

use crate::order::{About, Door, Order, Telltale};
use crate::relay::is_local_only;
use crate::say::saying;
use crate::{Context, Error, Result};

/// Warns somebody, perhaps about a post of theirs. They alone are told: by a direct
/// message and, on servers that know warnings, by the moderator's own.
pub async fn warn(
    ctx: &Context,
    tx: &mut Tx,
    order: &Order<'_>,
    person: &Actor,
    post: Option<&Post>,
) -> Result<bool> {
    let target = order.upon_person(ctx, tx, person, None).await?;
    order
        .authorise(ctx, tx, Measure::Warn, target, None)
        .await?;
    if !matches!(person.kind, ActorKind::Person | ActorKind::Service) {
        return Err(Error::NotAPerson(person.acct()));
    }
    let post = match post {
        Some(post) => {
            let target = order.upon_post(ctx, tx, post).await?;
            order
                .authorise(ctx, tx, Measure::Warn, target, None)
                .await?;
            if post.author_id != person.id {
                return Err(Error::NotTheirs(person.acct()));
            }
            Some(post)
        }
        None => None,
    };
    let about = About {
        target: Some(person.id),
        post: post.map(|post| post.id),
        ..About::default()
    };
    let measure = order.log(ctx, tx, Deed::Warned, about).await?;
    let telltale = post.map_or_else(|| Telltale::person(person), Telltale::post);
    order.tell(ctx, tx, person, Told::Warned, telltale).await?;
    let here = matches!(order.door, Door::Here(_));
    if here && !person.is_local && !is_local_only(tx, order.community).await? {
        let said = NewActivity {
            measure_id: Some(measure),
            recipients: vec![person.id],
            ..saying(ctx, ActivityKind::Measure, order.by.id, &person.uri)
        };
        tx.say(&said, ctx.now());
    }
    Ok(true)
}
