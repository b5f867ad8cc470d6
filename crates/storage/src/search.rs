//! Looking things up by words: people and communities, hashtags, posts.
//!
//! People are looked through one by one, within what one server knows; posts are found
//! by an index of their words, which is each database's own.

use archipel_model::{ActorId, HashtagId, PostId};

use crate::conn::sql;
use crate::{Actor, Conn, Result};

/// What is looked for among people and communities.
#[derive(Clone, Copy, Debug)]
pub struct ActorQuery<'a> {
    /// The beginning of the handle, or a part of the name; lower case.
    pub words: &'a str,
    /// The host, where it was given.
    pub host: Option<&'a str>,
    /// Communities first.
    pub groups_first: bool,
    /// Only those whom this one follows.
    pub followed_by: Option<ActorId>,
    /// Whether who asks has an account here.
    pub here: bool,
    /// How many.
    pub limit: i64,
    /// After how many.
    pub offset: i64,
}

/// A text as a pattern of `LIKE`, whose signs mean nothing.
fn literal(text: &str) -> String {
    text.replace('\\', "\\\\")
        .replace('%', "\\%")
        .replace('_', "\\_")
}

/// Words as a query of FTS5: each a phrase of its own, all of them wanted.
fn phrases(words: &str) -> String {
    let phrases: Vec<String> = words
        .split_whitespace()
        .map(|word| format!("\"{}\"", word.replace('"', "")))
        .filter(|phrase| phrase.len() > 2)
        .collect();
    phrases.join(" ")
}

impl Conn {
    /// The actor whom people write as `@handle@host`, as far as it is known here: one that
    /// acts rather than one that is gone.
    pub async fn actor_named(&mut self, handle: &str, host: &str) -> Result<Option<Actor>> {
        sql!(
            self,
            fetch_optional as Actor,
            "SELECT * FROM actor WHERE lower(handle) = lower($1) AND host = $2
                AND kind <> 'Application'
             ORDER BY CASE WHEN state = 'active' THEN 0 ELSE 1 END, id LIMIT 1",
            handle,
            host.to_lowercase()
        )
    }

    /// People and communities by words: of one name first, those of here first. What is
    /// listed nowhere is found by its whole handle only.
    pub async fn search_actors(&mut self, query: &ActorQuery<'_>) -> Result<Vec<ActorId>> {
        let begins = format!("{}%", literal(query.words));
        let within = format!("%{}%", literal(query.words));
        let ids = sql!(
            self,
            fetch_scalars as i64,
            r"SELECT a.id FROM actor a LEFT JOIN community c ON c.actor_id = a.id
             WHERE (lower(a.handle) LIKE $1 ESCAPE '\' OR lower(a.name) LIKE $2 ESCAPE '\')
                AND a.state = 'active' AND NOT a.host_blocked AND a.kind <> 'Application'
                AND ($3 = '' OR a.host LIKE $3 || '%')
                AND ($4 = 0 OR EXISTS (SELECT 1 FROM follow f WHERE f.follower_id = $4
                    AND f.target_id = a.id AND f.state = 'accepted'))
                AND (c.reach IS NULL OR c.reach = 'public' OR lower(a.handle) = $6
                    AND (c.reach = 'unlisted' OR $7) OR c.reach = 'local' AND $7)
             ORDER BY CASE WHEN $5 AND a.kind = 'Group' THEN 0 ELSE 1 END,
                CASE WHEN lower(a.handle) = $6 THEN 0 ELSE 1 END,
                CASE WHEN a.is_local THEN 0 ELSE 1 END,
                CASE WHEN lower(a.handle) LIKE $1 ESCAPE '\' THEN 0 ELSE 1 END,
                length(a.handle), a.id
             LIMIT $8 OFFSET $9",
            begins.as_str(),
            within.as_str(),
            query.host.unwrap_or_default(),
            query.followed_by.map_or(0, |actor| actor.0),
            query.groups_first,
            query.words,
            query.here,
            query.limit,
            query.offset
        )?;
        Ok(ids.into_iter().map(ActorId).collect())
    }

    /// The post (true) or actor (false) whose page for people is at this address.
    pub async fn by_page(&mut self, url: &str) -> Result<Option<(bool, i64)>> {
        sql!(
            self,
            fetch_optional as (bool, i64),
            "SELECT TRUE, id FROM post WHERE url = $1
             UNION ALL SELECT FALSE, id FROM actor WHERE url = $1 LIMIT 1",
            url
        )
    }

    /// Hashtags that begin so, the shortest first.
    pub async fn search_hashtags(
        &mut self,
        begins: &str,
        limit: i64,
        offset: i64,
    ) -> Result<Vec<(HashtagId, String)>> {
        let pattern = format!("{}%", literal(begins));
        let rows = sql!(
            self,
            fetch_all as (i64, String),
            r"SELECT id, name FROM hashtag WHERE name LIKE $1 ESCAPE '\'
             ORDER BY length(name), name LIMIT $2 OFFSET $3",
            pattern.as_str(),
            limit,
            offset
        )?;
        Ok(rows
            .into_iter()
            .map(|(id, name)| (HashtagId(id), name))
            .collect())
    }

    /// Posts with these words, the newest first, that `by` wrote, answered to, or marked;
    /// and public ones of authors and communities that let themselves be searched. Who
    /// may see them is to be asked besides.
    pub async fn search_posts(
        &mut self,
        words: &str,
        by: ActorId,
        author: Option<ActorId>,
        limit: i64,
        offset: i64,
    ) -> Result<Vec<PostId>> {
        macro_rules! text {
            ($from:literal) => {
                concat!(
                    "SELECT p.id FROM ",
                    $from,
                    " AND p.state = 'published' AND ($3 = 0 OR p.author_id = $3)
                      AND (p.author_id = $2
                        OR EXISTS (SELECT 1 FROM bookmark k
                            WHERE k.owner_id = $2 AND k.post_id = p.id)
                        OR EXISTS (SELECT 1 FROM reaction x
                            WHERE x.post_id = p.id AND x.actor_id = $2)
                        OR EXISTS (SELECT 1 FROM post_mention m
                            WHERE m.post_id = p.id AND m.actor_id = $2)
                        OR EXISTS (SELECT 1 FROM post o
                            WHERE o.parent_id = p.id AND o.author_id = $2)
                        OR p.visibility = 'public' AND (
                            EXISTS (SELECT 1 FROM profile r
                                WHERE r.actor_id = p.author_id AND r.indexable)
                            OR EXISTS (SELECT 1 FROM community c
                                WHERE c.actor_id = p.community_id AND c.reach = 'public')))
                      ORDER BY p.id DESC LIMIT $4 OFFSET $5"
                )
            };
        }
        let ids = match self.driver() {
            crate::conn::Driver::Sqlite(_) => {
                let phrases = phrases(words);
                if phrases.is_empty() {
                    return Ok(Vec::new());
                }
                sql!(
                    self,
                    fetch_scalars as i64,
                    text!("post_words t JOIN post p ON p.id = t.rowid WHERE t.post_words MATCH $1"),
                    phrases.as_str(),
                    by.0,
                    author.map_or(0, |author| author.0),
                    limit,
                    offset
                )?
            }
            crate::conn::Driver::Postgres(_) => sql!(
                self,
                fetch_scalars as i64,
                text!(
                    "post p WHERE to_tsvector('simple',
                        coalesce(p.title, '') || ' ' || p.content)
                        @@ plainto_tsquery('simple', $1)"
                ),
                words,
                by.0,
                author.map_or(0, |author| author.0),
                limit,
                offset
            )?,
        };
        Ok(ids.into_iter().map(PostId).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_is_typed_is_a_query_of_the_database() {
        assert_eq!(
            phrases("bonjour OR \"x* ^"),
            "\"bonjour\" \"OR\" \"x*\" \"^\""
        );
        assert_eq!(phrases(" \"\" "), "");
        assert_eq!(literal("a%_b\\"), "a\\%\\_b\\\\");
    }
}
