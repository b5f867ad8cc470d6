//! What every measure of a moderator has in common: who orders it and through
//! which door, whether they may, the entry in the log, and how the community tells
//! its followers.

use archipel_model::permission::{Measure, Origin, Standing, Target, authorise};
use archipel_model::{
    ActorId, ActorKind, CommunityPolicy, Deed, MeasureId, PostId, Reach, Role, Timestamp,
};
use archipel_storage::{ActivityKind, Actor, Lane, NewActivity, Post, Tx};

use archipel_model::notice::{Cause, Told};

use crate::notice::{Telling, tell};
use crate::relay::{Passed, Relay, is_local_only, relay};
use crate::say::saying;
use crate::{Context, Error, Result};

/// Through which door a measure comes.
#[derive(Clone, Copy, Debug)]
pub enum Door<'a> {
    /// A page, an app or the command line of this server; its name, for the log.
    Here(&'static str),
    /// An activity of another server.
    Federation {
        /// Its id.
        uri: &'a str,
        /// Its exact bytes, which are passed on.
        raw: &'a str,
    },
}

/// A measure to be taken in a local community.
#[derive(Clone, Copy, Debug)]
pub struct Order<'a> {
    /// Who orders it; the server's own actor stands for an operator.
    pub by: &'a Actor,
    /// Where; the server's own actor stands for the whole server.
    pub community: &'a Actor,
    /// How it came.
    pub door: Door<'a>,
    /// Why, in their words.
    pub reason: Option<&'a str>,
    /// The number of the rule that it rests on, from 1.
    pub rule: Option<i64>,
}

/// What a measure is about, for the log.
#[derive(Clone, Debug, Default)]
pub(crate) struct About {
    pub target: Option<ActorId>,
    pub post: Option<PostId>,
    pub role: Option<Role>,
    pub ends_at: Option<Timestamp>,
    pub with_content: bool,
    pub undoes: Option<MeasureId>,
}

/// What somebody is told of a measure besides what it is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Telltale<'a> {
    /// The ActivityPub id of what it is about.
    pub object: &'a str,
    /// Whether the message answers that, which is a post of theirs.
    pub answers: bool,
    /// The language of the post; the community's when there is none.
    pub language: Option<&'a str>,
    /// Until when.
    pub until: Option<Timestamp>,
}

impl<'a> Telltale<'a> {
    /// About a post of theirs.
    pub(crate) fn post(post: &'a Post) -> Self {
        Self {
            object: &post.uri,
            answers: true,
            language: post.language.as_deref(),
            until: None,
        }
    }

    /// About themselves.
    pub(crate) fn person(person: &'a Actor) -> Self {
        Self {
            object: &person.uri,
            answers: false,
            language: None,
            until: None,
        }
    }
}

impl Order<'_> {
    /// The community of this measure; none for the whole server.
    pub(crate) fn place(&self) -> Option<ActorId> {
        (self.community.kind != ActorKind::Application).then_some(self.community.id)
    }

    /// Whether this measure may be taken upon this target.
    pub(crate) async fn authorise(
        &self,
        ctx: &Context,
        tx: &mut Tx,
        measure: Measure,
        target: Target,
        object_uri: Option<&str>,
    ) -> Result<()> {
        let settings = tx.community(self.community.id).await?;
        let rules = settings
            .as_ref()
            .map_or(0, |settings| settings.rule_list().len());
        let policy = match settings {
            Some(settings)
                if settings.reach == Reach::Local
                    && matches!(self.door, Door::Federation { .. }) =>
            {
                return Err(Error::LocalOnly(self.community.acct()));
            }
            Some(settings) => settings.policy(),
            None if self.place().is_none() && self.community.is_local => CommunityPolicy::OPEN,
            None => return Err(Error::NotACommunity(self.community.acct())),
        };
        let who = self.standing_of(ctx, tx, self.by).await?;
        let origin = self.origin(object_uri);
        authorise(&who, measure, target, origin, policy).map_err(Error::Denied)?;
        // What comes from elsewhere names no number.
        match self.rule {
            Some(number) if usize::try_from(number).is_ok_and(|number| number > rules) => {
                Err(Error::NoSuchRule { number, rules })
            }
            _ => Ok(()),
        }
    }

    /// How somebody stands in the community of this measure.
    pub(crate) async fn standing_of(
        &self,
        ctx: &Context,
        tx: &mut Tx,
        actor: &Actor,
    ) -> Result<Standing> {
        if actor.is_local && actor.kind == ActorKind::Application {
            return Ok(Standing::OPERATOR);
        }
        Ok(tx.standing(self.community.id, actor.id, ctx.now()).await?)
    }

    /// The post of a measure, as a target.
    pub(crate) async fn upon_post(
        &self,
        ctx: &Context,
        tx: &mut Tx,
        post: &Post,
    ) -> Result<Target> {
        Ok(Target::Post {
            author: tx
                .standing(self.community.id, post.author_id, ctx.now())
                .await?,
            belongs: post.community_id == Some(self.community.id),
        })
    }

    /// Somebody, as a target.
    pub(crate) async fn upon_person(
        &self,
        ctx: &Context,
        tx: &mut Tx,
        person: &Actor,
        role: Option<Role>,
    ) -> Result<Target> {
        Ok(Target::Person {
            standing: self.standing_of(ctx, tx, person).await?,
            oneself: person.id == self.by.id,
            role,
        })
    }

    fn origin(&self, object_uri: Option<&str>) -> Origin {
        match self.door {
            Door::Here(_) => Origin::Here,
            Door::Federation { .. } => Origin::Elsewhere {
                own_object: object_uri.is_some_and(|uri| same_server(uri, &self.by.uri)),
            },
        }
    }

    /// Writes the measure into the log of the community.
    pub(crate) async fn log(
        &self,
        ctx: &Context,
        tx: &mut Tx,
        kind: Deed,
        about: About,
    ) -> Result<MeasureId> {
        let id: MeasureId = ctx.id();
        let (origin, activity_uri) = match self.door {
            Door::Here(name) => (name, None),
            Door::Federation { uri, .. } => ("federation", Some(uri.to_owned())),
        };
        tx.insert_measure(&archipel_storage::Measure {
            id,
            community_id: self.place(),
            kind,
            by_id: self.by.id,
            target_id: about.target,
            post_id: about.post,
            role: about.role,
            reason: self.reason.map(str::to_owned),
            rule: self.rule,
            ends_at: about.ends_at,
            with_content: about.with_content,
            undoes_id: about.undoes,
            origin: origin.to_owned(),
            activity_uri,
            created_at: ctx.now(),
        })
        .await?;
        Ok(id)
    }

    /// Tells somebody of this measure, in the language of the post that it is about.
    pub(crate) async fn tell(
        &self,
        ctx: &Context,
        tx: &mut Tx,
        person: &Actor,
        what: Told,
        about: Telltale<'_>,
    ) -> Result<()> {
        let telling = Telling {
            community: self.community,
            author: person,
            about: about.object,
            answers: about.answers,
            language: about.language,
            cause: Cause::Told(what),
            order: Some(self),
            until: about.until,
        };
        tell(ctx, tx, &telling).await.map(drop)
    }

    /// Tells the community's followers what was done, in the order of all that is
    /// about `object`: the activity as it came, or one by the local moderator. Some
    /// are told who need not follow, such as the one whom it is about.
    pub(crate) async fn proclaim(
        &self,
        ctx: &Context,
        tx: &mut Tx,
        measure: MeasureId,
        object: &str,
        also: &[ActorId],
    ) -> Result<()> {
        if is_local_only(tx, self.community).await? {
            return Ok(());
        }
        let what = match self.door {
            Door::Federation { raw, .. } => Passed::Received(raw),
            Door::Here(_) => {
                let said = NewActivity {
                    measure_id: Some(measure),
                    ..saying(ctx, ActivityKind::Measure, self.by.id, object)
                };
                tx.say(&said, ctx.now());
                Passed::Ours(said.id)
            }
        };
        let passed = Relay {
            what,
            object,
            measure: Some(measure),
            also,
            lane: Lane::Control,
        };
        relay(ctx, tx, self.community, passed).await
    }
}

/// Whether two addresses are on the same server.
fn same_server(one: &str, other: &str) -> bool {
    match (url::Url::parse(one), url::Url::parse(other)) {
        (Ok(one), Ok(other)) => archipel_model::same_origin(&one, &other),
        _ => false,
    }
}
