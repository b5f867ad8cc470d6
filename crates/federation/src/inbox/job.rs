//! The words in which all work on a received activity is said: the job itself, what
//! became of it, what it lacks, why it stopped.

use archipel_actions as actions;
use archipel_model::{Place, Reach};
use archipel_storage::{Actor, InboxItem, InboxState, Tx};
use url::Url;

use crate::parse::Incoming;
use crate::state::Federation;

/// What became of an activity, in words for the operator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// It had its effect.
    Done(String),
    /// It was understood and rightly had none.
    Refused(String),
}

impl Outcome {
    pub(super) const fn state(&self) -> InboxState {
        match self {
            Self::Done(_) => InboxState::Done,
            Self::Refused(_) => InboxState::Refused,
        }
    }

    pub(super) fn words(self) -> String {
        match self {
            Self::Done(words) | Self::Refused(words) => words,
        }
    }
}

/// It had its effect.
#[expect(
    clippy::unnecessary_wraps,
    reason = "what every branch of `apply` returns"
)]
pub(super) fn done(words: impl Into<String>) -> Applied {
    Ok(Outcome::Done(words.into()))
}

/// It rightly had none.
#[expect(
    clippy::unnecessary_wraps,
    reason = "what every branch of `apply` returns"
)]
pub(super) fn refused(words: impl Into<String>) -> Applied {
    Ok(Outcome::Refused(words.into()))
}

/// What is missing to go on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Lack {
    /// An actor.
    Actor(Url),
    /// A newer reading of an actor.
    FreshActor(Url),
    /// A post, with the posts that it answers.
    Post(Url),
    /// A newer reading of a post.
    FreshPost(Url),
    /// The key of this actor that a proof names.
    Key(Box<NamedKey>),
    /// Several things.
    Several(Vec<Lack>),
}

/// A key that a proof names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct NamedKey {
    /// The key's id.
    pub id: Url,
    /// Whose it is said to be.
    pub actor: Url,
}

/// Why an activity was not applied.
#[derive(Debug, thiserror::Error)]
pub(super) enum Stop {
    /// Something must be fetched first.
    #[error("something must be fetched first")]
    Lack(Lack),
    /// An action failed.
    #[error(transparent)]
    Action(#[from] actions::Error),
    /// The database failed.
    #[error(transparent)]
    Storage(#[from] archipel_storage::Error),
}

pub(super) type Applied = Result<Outcome, Stop>;

/// One activity with what is needed to apply it.
pub(super) struct Job<'a> {
    pub federation: &'a Federation,
    pub item: &'a InboxItem,
    pub activity: &'a Incoming,
    /// Who signed it, which is who did it.
    pub actor: &'a Actor,
}

impl Job<'_> {
    /// The local actor at one of our addresses.
    pub(super) async fn local_actor(&self, tx: &mut Tx, uri: &Url) -> Result<Option<Actor>, Stop> {
        let Some(Place::Community(handle) | Place::Person(handle)) =
            self.federation.actions.site.place(uri.as_str())
        else {
            return Ok(None);
        };
        let actor = tx.local_actor(handle.as_str()).await?;
        // The address must be that of the actor, not of a namesake of another kind.
        let actor = actor.filter(|actor| {
            self.federation.actions.site.place(uri.as_str())
                == self.federation.actions.site.place(&actor.uri)
        });
        match actor {
            // What is known to this server alone is nobody to others.
            Some(actor) if is_local_only(tx, &actor).await? => Ok(None),
            actor => Ok(actor),
        }
    }
}

/// Whether other servers are told nothing of a community.
pub(super) async fn is_local_only(tx: &mut Tx, actor: &Actor) -> archipel_storage::Result<bool> {
    let settings = tx.community(actor.id).await?;
    Ok(settings.is_some_and(|settings| settings.reach == Reach::Local))
}
