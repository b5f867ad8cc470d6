//! What is stored, as entities: whole pages at once, in few questions.
//!
//! A broken row never ends a page: what cannot be shown is left out and logged.

mod accounts;
mod counts;
mod credentials;
mod pictures;
mod relations;
mod statuses;
mod tags;

pub(crate) use accounts::{account, accounts};
pub(crate) use counts::CountCache;
pub(crate) use credentials::{credentials, decides, editable};
pub(crate) use pictures::Pictures;
pub(crate) use relations::{in_order, people, relationship, relationships, span};
pub(crate) use statuses::{own_post, status, statuses};
pub(crate) use tags::{featured_tag, tags, unused_tag};
