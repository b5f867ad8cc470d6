//! Walks through collections of other servers: pages within bounds, each once, on the
//! server of the collection. Whatever cannot be read is passed over.

use std::collections::HashSet;

use archipel_model::same_origin;
use serde_json::Value;
use url::Url;

use crate::client::Budget;
use crate::parse::{self, AnnounceOf, Deed, ObjectRef, RemoteCollection, RemoteObject};
use crate::people::ActorError;
use crate::state::Federation;

/// Documents that one job fetches at most.
const FETCHES: u32 = 60;

/// Members that one job looks at, at most.
const ITEMS: usize = 200;

/// Pages of one collection.
const PAGES: usize = 10;

/// What a collection lists.
pub(super) struct Listed {
    /// The id of the post.
    pub id: Url,
    /// The post itself, where the server of the collection speaks for it.
    pub object: Option<RemoteObject>,
}

/// What one job may still do, and where it has been.
pub(super) struct Walk<'a> {
    pub federation: &'a Federation,
    pub budget: Budget,
    items: usize,
    seen: HashSet<Url>,
    /// The last trouble that may pass.
    pub trouble: Option<String>,
}

impl<'a> Walk<'a> {
    pub fn new(federation: &'a Federation) -> Self {
        Self {
            federation,
            budget: Budget::of(FETCHES),
            items: ITEMS,
            seen: HashSet::new(),
            trouble: None,
        }
    }

    /// Whether there is nothing left to do anything with.
    pub fn is_spent(&self) -> bool {
        self.budget.left() == 0 || self.items == 0
    }

    /// Whether this was not met before in this job.
    pub fn is_new(&mut self, url: &Url) -> bool {
        self.seen.insert(url.clone())
    }

    /// What went wrong, remembered if it may pass.
    pub fn note(&mut self, url: &Url, error: &ActorError) {
        tracing::debug!(%url, %error, "passed over while fetching what was said before");
        if error.is_transient() {
            self.trouble = Some(format!("{url}: {error}"));
        }
    }

    /// The members of a collection, in its order, at most `most`.
    pub async fn members(&mut self, collection: &Url, most: usize) -> Vec<Listed> {
        let mut found = Vec::new();
        let mut next = Some(collection.clone());
        for _ in 0..PAGES {
            let Some(url) = next.take().filter(|url| same_origin(url, collection)) else {
                break;
            };
            if !self.is_new(&url) {
                break;
            }
            let Some((page, named)) = Box::pin(self.page(&url)).await else {
                break;
            };
            let spoken_for = named.then_some(collection);
            next = page.next.clone().or_else(|| page.first.clone());
            self.gather(&page.items, spoken_for, most, &mut found);
            if let Some(first) = &page.first_page {
                self.gather(&first.items, spoken_for, most, &mut found);
                next = next.or_else(|| first.next.clone());
            }
            if found.len() >= most || self.is_spent() {
                break;
            }
        }
        found
    }

    fn gather(
        &mut self,
        items: &[AnnounceOf],
        spoken_for: Option<&Url>,
        most: usize,
        found: &mut Vec<Listed>,
    ) {
        for item in items {
            if found.len() >= most || self.items == 0 {
                return;
            }
            self.items -= 1;
            found.extend(listed(item, spoken_for));
        }
    }

    async fn page(&mut self, url: &Url) -> Option<(RemoteCollection, bool)> {
        match self.document(url).await {
            Ok((value, named)) => Some((parse::collection(&value).ok()?, named)),
            Err(error) => {
                self.note(url, &error);
                None
            }
        }
    }

    async fn document(&mut self, url: &Url) -> Result<(Value, bool), ActorError> {
        self.budget.take()?;
        let _turn = self.federation.fetching.at(url).await;
        let signer = self.federation.instance_signer().await?;
        let (mut fetched, named) = self
            .federation
            .client
            .get_list(url, Some(&signer), self.federation.now())
            .await?;
        if let (false, Some(list)) = (named, fetched.value.as_object_mut()) {
            // Where it was found is all that is known of it.
            list.insert("id".to_owned(), Value::from(fetched.url.as_str()));
        }
        Ok((fetched.value, named))
    }

    /// A post from its origin, with its author stored.
    pub async fn post(&mut self, url: &Url) -> Option<RemoteObject> {
        let turn = self.federation.fetching.at(url).await;
        let fetched = Box::pin(self.federation.fetch_post(url, &mut self.budget)).await;
        drop(turn);
        match fetched {
            Ok(object) => Some(object),
            Err(error) => {
                self.note(url, &error);
                None
            }
        }
    }
}

/// The post that a member stands for: announced, created, itself or by its id. Its
/// content counts only from its own server, in a list that is what it claims to be.
fn listed(item: &AnnounceOf, spoken_for: Option<&Url>) -> Option<Listed> {
    let (id, object) = match item {
        AnnounceOf::Id(id) => (id, None),
        AnnounceOf::Object(object) => (&object.id, Some(object.as_ref())),
        AnnounceOf::Activity(activity) => match &activity.deed {
            Deed::Create(ObjectRef::Embedded(object)) => (&object.id, Some(object.as_ref())),
            Deed::Create(ObjectRef::Id(id)) => (id, None),
            _ => return None,
        },
        AnnounceOf::Batch(_) => return None,
    };
    let object = object.filter(|object| {
        spoken_for.is_some_and(|list| same_origin(&object.id, list))
            && object.speaks_for_its_authors()
    });
    Some(Listed {
        id: id.clone(),
        object: object.cloned(),
    })
}
