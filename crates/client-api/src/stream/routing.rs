//! For whom something is that somebody shows: what their timelines would show, by the
//! rules of the timelines.

use std::collections::{HashMap, HashSet};

use archipel_model::{ActorId, ListId, Visibility};
use archipel_storage::{Conn, Entry, Post, Source, Tagged, Window};

use super::channel::{Channel, Shown};
use super::hub::Ear;
use crate::api::Api;
use crate::error::Result;

/// A page that has room for one entry alone.
fn window(entry: &Entry) -> Window {
    Window {
        max: entry.id.0.saturating_add(1),
        min: entry.id.0.saturating_sub(1),
        limit: 1,
        rises: false,
    }
}

/// Whether a channel can tell of posts at all.
pub(crate) fn tells_posts(channel: &Channel) -> bool {
    !matches!(channel, Channel::Notifications | Channel::Direct)
}

/// Those of these channels whose timeline has this entry.
pub(crate) async fn route(
    api: &Api,
    conn: &mut Conn,
    entry: &Entry,
    post: &Post,
    ears: Vec<Ear>,
) -> Result<Vec<Ear>> {
    let mut homes: HashSet<ActorId> = HashSet::new();
    let mut lists: HashSet<(ActorId, ListId)> = HashSet::new();
    for ear in &ears {
        match (&ear.channel, ear.me) {
            (Channel::User, Some(me)) => {
                homes.insert(me);
            }
            (Channel::List(list), Some(me)) => {
                lists.insert((me, *list));
            }
            _ => {}
        }
    }
    let homes = at_home(api, conn, entry, homes).await?;
    let lists = in_lists(api, conn, entry, lists).await?;
    let tags = if entry.boost || post.visibility != Visibility::Public {
        Vec::new()
    } else {
        conn.hashtags_of(post.id).await?
    };
    let mut open = Open {
        entry,
        tags,
        known: HashMap::new(),
    };
    let mut found = Vec::new();
    for ear in ears {
        let hears = match (&ear.channel, ear.me) {
            (Channel::User, Some(me)) => homes.contains(&me),
            (Channel::List(list), Some(me)) => lists.contains(&(me, *list)),
            (Channel::Public { .. } | Channel::Hashtag { .. }, me) => {
                !entry.boost
                    && post.visibility == Visibility::Public
                    && open.has(api, conn, &ear.channel, me).await?
            }
            _ => false,
        };
        if hears {
            found.push(ear);
        }
    }
    Ok(found)
}

/// Those of these whose home has the entry.
async fn at_home(
    api: &Api,
    conn: &mut Conn,
    entry: &Entry,
    readers: HashSet<ActorId>,
) -> Result<HashSet<ActorId>> {
    let readers: Vec<ActorId> = readers.into_iter().collect();
    let now = api.ctx().now();
    let mut found = HashSet::new();
    for me in conn.perhaps_at_home(entry, &readers).await? {
        let page = conn.feed(me, Source::Home, window(entry), now).await?;
        if page.iter().any(|shown| shown.id == entry.id) {
            found.insert(me);
        }
    }
    Ok(found)
}

async fn in_lists(
    api: &Api,
    conn: &mut Conn,
    entry: &Entry,
    lists: HashSet<(ActorId, ListId)>,
) -> Result<HashSet<(ActorId, ListId)>> {
    let now = api.ctx().now();
    let mut found = HashSet::new();
    for (me, id) in lists {
        let Some(list) = conn.list(me, id).await? else {
            continue;
        };
        let source = Source::List(id, list.replies);
        let page = conn.feed(me, source, window(entry), now).await?;
        if page.iter().any(|shown| shown.id == entry.id) {
            found.insert((me, id));
        }
    }
    Ok(found)
}

/// What of public channels was asked already: many listen to the same.
struct Open<'a> {
    entry: &'a Entry,
    tags: Vec<String>,
    known: HashMap<(Channel, Option<ActorId>), bool>,
}

impl Open<'_> {
    async fn has(
        &mut self,
        api: &Api,
        conn: &mut Conn,
        channel: &Channel,
        me: Option<ActorId>,
    ) -> Result<bool> {
        let key = (channel.clone(), me);
        if let Some(known) = self.known.get(&key) {
            return Ok(*known);
        }
        let (window, now) = (window(self.entry), api.ctx().now());
        let page = match channel {
            Channel::Public { place, media } => {
                conn.public(me, (*place).into(), *media, window, now)
                    .await?
            }
            Channel::Hashtag { name, local } if self.tags.contains(name) => {
                let place = if *local {
                    Shown::Here
                } else {
                    Shown::Everywhere
                };
                let tags = Tagged {
                    any: conn.hashtag_ids(std::slice::from_ref(name)).await?,
                    ..Tagged::default()
                };
                conn.tagged(me, &tags, (place.into(), false), window, now)
                    .await?
            }
            _ => Vec::new(),
        };
        let has = page.iter().any(|shown| shown.post_id == self.entry.post_id);
        self.known.insert(key, has);
        Ok(has)
    }
}
