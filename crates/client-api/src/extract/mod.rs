//! Reading what apps send, in every observed spelling: JSON, form or multipart, in the
//! query or the body; lists as `id[]=1`, `id=1` or `id[0]=1`; booleans as `true`, `1`,
//! `True`, `on`. Unknown keys are ignored.

mod lenient;
mod paging;
mod params;
mod path;
mod tree;

pub(crate) use lenient::{Flag, List, Num, Text, once};
pub(crate) use paging::{Page, Paged, Paging};
pub(crate) use params::{Params, Sent};
pub(crate) use path::{IdOf, Word};
