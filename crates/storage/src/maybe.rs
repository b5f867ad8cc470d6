//! Optional ids out of nullable columns.

use archipel_model::{
    AccountId, ActivityId, ActorId, FollowId, MeasureId, MediaId, PostId, ReportId, Role,
    ScheduledId, Timestamp, UnknownWord,
};

use crate::PostKind;

/// A nullable `BIGINT`, on its way to an optional id or moment.
#[derive(Debug, sqlx::Type)]
#[sqlx(transparent)]
pub(crate) struct Maybe(Option<i64>);

macro_rules! optional {
    ($($id:ty => $make:expr),+ $(,)?) => {$(
        impl From<Maybe> for Option<$id> {
            fn from(Maybe(value): Maybe) -> Self {
                value.map($make)
            }
        }
    )+};
}

optional! {
    AccountId => AccountId,
    ActivityId => ActivityId,
    ActorId => ActorId,
    FollowId => FollowId,
    MeasureId => MeasureId,
    MediaId => MediaId,
    PostId => PostId,
    ReportId => ReportId,
    ScheduledId => ScheduledId,
    Timestamp => Timestamp::from_micros,
}

/// A `BIGINT` on its way to a moment.
#[derive(Debug, sqlx::Type)]
#[sqlx(transparent)]
pub(crate) struct Micros(i64);

impl From<Micros> for Timestamp {
    fn from(Micros(value): Micros) -> Self {
        Timestamp::from_micros(value)
    }
}

/// A nullable word, on its way to an optional role or form.
#[derive(Debug, sqlx::Type)]
#[sqlx(transparent)]
pub(crate) struct MaybeWord(Option<String>);

macro_rules! optional_word {
    ($($word:ty),+ $(,)?) => {$(
        impl TryFrom<MaybeWord> for Option<$word> {
            type Error = UnknownWord;
            fn try_from(MaybeWord(word): MaybeWord) -> Result<Self, UnknownWord> {
                word.map(|word| word.parse()).transpose()
            }
        }
    )+};
}

optional_word! { Role, PostKind }
