//! Kinds and states of actors.

/// What an actor is, after the `ActivityStreams` actor types.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ActorKind {
    /// A human being.
    Person,
    /// A community.
    Group,
    /// A server speaking for itself.
    Application,
    /// A bot.
    Service,
    /// An organisation with an account of its own.
    Organization,
}
crate::policy::words! { ActorKind {
    Person => "Person", Group => "Group", Application => "Application",
    Service => "Service", Organization => "Organization",
} }

/// Whether an actor still acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ActorState {
    /// Normal.
    Active,
    /// Stopped by an administrator.
    Suspended,
    /// Gone: deleted here, or its home answers 410. The name stays taken.
    Gone,
}
crate::policy::words! { ActorState { Active => "active", Suspended => "suspended", Gone => "gone" } }
