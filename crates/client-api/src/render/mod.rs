//! What is stored, as entities: whole pages at once, in few questions.
//!
//! A broken row never ends a page: what cannot be shown is left out and logged.

mod accounts;
mod counts;
mod credentials;
mod filtered;
mod notifications;
mod pictures;
mod relations;
mod statuses;
mod tags;
mod timeline;

pub(crate) use accounts::{account, accounts};
pub(crate) use counts::CountCache;
#[cfg(test)]
pub(crate) use credentials::rules;
pub(crate) use credentials::{credentials, editable};
pub(crate) use filtered::{Whole, fill, filters, keyword as filter_keyword, post as filter_post};
pub(crate) use notifications::{find as find_notified, group_key, notifications};
pub(crate) use pictures::Pictures;
pub(crate) use relations::{in_order, people, relationship, relationships};
pub(crate) use statuses::{attachment, own_post, poll, status, statuses, titled};
pub(crate) use tags::{featured_tag, tags, unused_tag};
pub(crate) use timeline::timeline;
