//! What is told, made once for all who see it alike.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use archipel_model::ActorId;
use archipel_model::filter::FilterContext;
use archipel_storage::{Conn, Entry, Eyes};

use super::channel::Channel;
use super::hub::Ear;
use crate::api::Api;
use crate::error::Result;
use crate::render;

/// A status as these channels are told it, as JSON; none for whom there is none.
pub(crate) struct Made<'a> {
    api: &'a Api,
    entry: &'a Entry,
    /// Those for whom it is not like for others: they did something with it, or filter.
    particular: HashSet<ActorId>,
    known: HashMap<(Eyes, FilterContext), Option<Arc<str>>>,
    /// With whose eyes all others see it.
    plain: Eyes,
}

impl<'a> Made<'a> {
    pub(crate) async fn new(
        api: &'a Api,
        conn: &mut Conn,
        entry: &'a Entry,
        ears: &[Ear],
    ) -> Result<Self> {
        let people: HashSet<ActorId> = ears.iter().filter_map(|ear| ear.me).collect();
        let people: Vec<ActorId> = people.into_iter().collect();
        let particular = conn.particular(entry.post_id, &people).await?;
        let particular: HashSet<ActorId> = particular.into_iter().collect();
        let plain = people.into_iter().find(|one| !particular.contains(one));
        Ok(Self {
            api,
            entry,
            particular,
            known: HashMap::new(),
            plain,
        })
    }

    /// What one channel is told.
    pub(crate) async fn for_ear(&mut self, conn: &mut Conn, ear: &Ear) -> Result<Option<Arc<str>>> {
        let own = ear.me.filter(|me| self.particular.contains(me));
        let (eyes, context) = match (own, &ear.channel) {
            (None, _) => (self.plain, FilterContext::Home),
            (Some(_), Channel::Public { .. } | Channel::Hashtag { .. }) => {
                (own, FilterContext::Public)
            }
            (Some(_), _) => (own, FilterContext::Home),
        };
        if let Some(known) = self.known.get(&(eyes, context)) {
            return Ok(known.clone());
        }
        let entries = std::slice::from_ref(self.entry);
        let mut statuses = render::statuses(self.api, conn, eyes, entries).await?;
        if let Some(own) = own {
            render::fill(self.api, conn, own, context, &mut statuses).await?;
        }
        let made = statuses
            .first()
            .and_then(|status| serde_json::to_string(status).ok())
            .map(Arc::from);
        self.known.insert((eyes, context), Option::clone(&made));
        Ok(made)
    }
}
