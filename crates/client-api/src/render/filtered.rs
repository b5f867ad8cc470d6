//! Filters as entities, and what they say of statuses.

use archipel_model::filter::{FilterContext, matches};
use archipel_model::{ActorId, text};
use archipel_storage::{Conn, Filter as Stored, FilterKeyword as Word, FilterPost};

use crate::api::Api;
use crate::entities::{Date, Filter, FilterKeyword, FilterStatus, Filtered, Status};
use crate::error::Result;

/// A filter with what is in it.
#[derive(Clone, Debug)]
pub(crate) struct Whole {
    pub(crate) filter: Stored,
    pub(crate) words: Vec<Word>,
    pub(crate) posts: Vec<FilterPost>,
}

impl Whole {
    /// Where it works, in words.
    pub(crate) fn contexts(&self) -> Vec<String> {
        serde_json::from_str(&self.filter.contexts).unwrap_or_default()
    }

    /// As an entity.
    pub(crate) fn entity(&self) -> Filter {
        Filter {
            id: self.filter.id.to_string(),
            title: self.filter.title.clone(),
            context: self.contexts(),
            expires_at: self.filter.expires_at.map(Date),
            filter_action: self.filter.action.to_string(),
            keywords: self.words.iter().map(keyword).collect(),
            statuses: self.posts.iter().copied().map(post).collect(),
        }
    }

    fn about(&self, status: &Status, words: &str) -> Option<Filtered> {
        let said: Vec<String> = self
            .words
            .iter()
            .filter(|word| matches(words, &word.keyword, word.whole_word))
            .map(|word| word.keyword.clone())
            .collect();
        let named: Vec<String> = self
            .posts
            .iter()
            .map(|post| post.post_id.to_string())
            .filter(|id| *id == status.id)
            .collect();
        if said.is_empty() && named.is_empty() {
            return None;
        }
        Some(Filtered {
            filter: serde_json::to_value(self.entity()).unwrap_or_default(),
            keyword_matches: (!said.is_empty()).then_some(said),
            status_matches: (!named.is_empty()).then_some(named),
        })
    }
}

/// A word as an entity.
pub(crate) fn keyword(word: &Word) -> FilterKeyword {
    FilterKeyword {
        id: word.id.to_string(),
        keyword: word.keyword.clone(),
        whole_word: word.whole_word,
    }
}

/// A post of a filter as an entity.
pub(crate) fn post(post: FilterPost) -> FilterStatus {
    FilterStatus {
        id: post.id.to_string(),
        status_id: post.post_id.to_string(),
    }
}

/// The filters of somebody.
pub(crate) async fn filters(conn: &mut Conn, owner: ActorId) -> Result<Vec<Whole>> {
    let filters = conn.filters_of(owner).await?;
    if filters.is_empty() {
        return Ok(Vec::new());
    }
    let words = conn.filter_keywords_of(owner).await?;
    let posts = conn.filter_posts_of(owner).await?;
    Ok(filters
        .into_iter()
        .map(|filter| Whole {
            words: words
                .iter()
                .filter(|word| word.filter_id == filter.id)
                .cloned()
                .collect(),
            posts: posts
                .iter()
                .filter(|post| post.filter_id == filter.id)
                .copied()
                .collect(),
            filter,
        })
        .collect())
}

/// Says of each status which filters of `owner` that work in this context it meets.
pub(crate) async fn fill(
    api: &Api,
    conn: &mut Conn,
    owner: ActorId,
    context: FilterContext,
    statuses: &mut [Status],
) -> Result<()> {
    if statuses.is_empty() {
        return Ok(());
    }
    let now = api.ctx().now();
    let mut working = filters(conn, owner).await?;
    working.retain(|whole| {
        whole.filter.expires_at.is_none_or(|end| end > now)
            && whole.contexts().iter().any(|word| word == context.as_str())
    });
    if working.is_empty() {
        return Ok(());
    }
    for status in statuses {
        if let Some(boosted) = status.reblog.as_deref_mut() {
            boosted.filtered = met(&working, boosted);
            status.filtered.clone_from(&boosted.filtered);
        } else {
            status.filtered = met(&working, status);
        }
    }
    Ok(())
}

fn met(filters: &[Whole], status: &Status) -> Vec<Filtered> {
    let mut words = vec![status.spoiler_text.clone(), text::plain(&status.content)];
    words.extend(
        status
            .poll
            .iter()
            .flat_map(|poll| poll.options.iter().map(|option| option.title.clone())),
    );
    words.extend(
        status
            .media_attachments
            .iter()
            .filter_map(|file| file.description.clone()),
    );
    let words = words.join("\n\n");
    filters
        .iter()
        .filter_map(|whole| whole.about(status, &words))
        .collect()
}
