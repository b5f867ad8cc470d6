-- What members see: entries of feeds, mentions, hashtags, lists, filters, marks.

-- One entry for each time that an actor shows a post: its author once (id = the post's),
-- and who boosts it, a community above all, with an id of its own. Both are ids of
-- statuses for apps, out of one space, in the order of time.
CREATE TABLE feed_entry (
    id INTEGER PRIMARY KEY,
    actor_id BIGINT NOT NULL REFERENCES actor (id),
    post_id BIGINT NOT NULL REFERENCES post (id),
    boost BOOLEAN NOT NULL,
    -- An answer to somebody else, shown by its author, or any answer shown by a community:
    -- at home only for who follows all concerned. What people boost, they chose.
    reply BOOLEAN NOT NULL,
    -- The activity that showed it, of boosts.
    uri TEXT,
    -- Not while its post waits or is taken out: it keeps its id for when that is back.
    shown BOOLEAN NOT NULL DEFAULT TRUE,
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX feed_entry_once ON feed_entry (post_id, actor_id, boost);
CREATE INDEX feed_entry_actor ON feed_entry (actor_id, reply, id) WHERE shown;
CREATE INDEX feed_entry_own ON feed_entry (actor_id, reply, id) WHERE shown AND NOT boost;

ALTER TABLE post ADD COLUMN replies BIGINT NOT NULL DEFAULT 0;
-- For showing without further questions: JSON lists of {"id","username","acct","url"},
-- of names of hashtags, and of {"shortcode","url","static_url"}.
ALTER TABLE post ADD COLUMN mentions TEXT NOT NULL DEFAULT '[]';
ALTER TABLE post ADD COLUMN tags TEXT NOT NULL DEFAULT '[]';
ALTER TABLE post ADD COLUMN emojis TEXT NOT NULL DEFAULT '[]';
ALTER TABLE post ADD COLUMN has_media BOOLEAN NOT NULL DEFAULT FALSE;
-- Public timelines: threads, not answers.
CREATE INDEX post_public ON post (id)
    WHERE state = 'published' AND visibility = 'public' AND parent_uri IS NULL;
CREATE INDEX post_public_here ON post (id)
    WHERE state = 'published' AND visibility = 'public' AND parent_uri IS NULL AND is_local;
CREATE INDEX post_public_media ON post (id)
    WHERE state = 'published' AND visibility = 'public' AND parent_uri IS NULL AND has_media;
-- What a link post points at.
ALTER TABLE post ADD COLUMN link TEXT;
-- The app that wrote it, of local posts.
ALTER TABLE post ADD COLUMN app_id BIGINT;

-- Who is addressed by a post.
CREATE TABLE post_mention (
    post_id BIGINT NOT NULL REFERENCES post (id),
    actor_id BIGINT NOT NULL REFERENCES actor (id),
    -- Addressed without being named in the text.
    silent BOOLEAN NOT NULL DEFAULT FALSE,
    PRIMARY KEY (post_id, actor_id)
);
CREATE INDEX post_mention_actor ON post_mention (actor_id, post_id);

CREATE TABLE hashtag (
    id INTEGER PRIMARY KEY,
    -- Lower case, without the sign.
    name TEXT NOT NULL UNIQUE,
    created_at BIGINT NOT NULL
);
CREATE TABLE post_hashtag (
    hashtag_id BIGINT NOT NULL REFERENCES hashtag (id),
    post_id BIGINT NOT NULL REFERENCES post (id),
    PRIMARY KEY (hashtag_id, post_id)
);
CREATE INDEX post_hashtag_post ON post_hashtag (post_id);
CREATE TABLE hashtag_follow (
    id INTEGER PRIMARY KEY,
    owner_id BIGINT NOT NULL REFERENCES actor (id),
    hashtag_id BIGINT NOT NULL REFERENCES hashtag (id),
    created_at BIGINT NOT NULL,
    UNIQUE (owner_id, hashtag_id)
);
CREATE TABLE featured_hashtag (
    id INTEGER PRIMARY KEY,
    owner_id BIGINT NOT NULL REFERENCES actor (id),
    hashtag_id BIGINT NOT NULL REFERENCES hashtag (id),
    created_at BIGINT NOT NULL,
    UNIQUE (owner_id, hashtag_id)
);

-- Earlier versions of a post, the first one included.
CREATE TABLE post_version (
    post_id BIGINT NOT NULL REFERENCES post (id),
    title TEXT,
    content TEXT NOT NULL,
    summary TEXT,
    sensitive BOOLEAN NOT NULL,
    -- JSON: media and poll options as they were.
    extras TEXT NOT NULL DEFAULT '{}',
    -- When this version was written.
    created_at BIGINT NOT NULL,
    PRIMARY KEY (post_id, created_at)
);
-- Nobody sees how it stands before it is closed.
ALTER TABLE poll ADD COLUMN hides BOOLEAN NOT NULL DEFAULT FALSE;

CREATE TABLE bookmark (
    id INTEGER PRIMARY KEY,
    owner_id BIGINT NOT NULL REFERENCES actor (id),
    post_id BIGINT NOT NULL REFERENCES post (id),
    created_at BIGINT NOT NULL,
    UNIQUE (owner_id, post_id)
);
CREATE INDEX bookmark_owner ON bookmark (owner_id, id);
CREATE INDEX reaction_by ON reaction (actor_id, class, created_at) WHERE actor_id IS NOT NULL;

-- Pins on the profile of a person; communities have post.pinned_at.
CREATE TABLE profile_pin (
    owner_id BIGINT NOT NULL REFERENCES actor (id),
    post_id BIGINT NOT NULL REFERENCES post (id),
    created_at BIGINT NOT NULL,
    PRIMARY KEY (owner_id, post_id)
);

-- Threads that somebody hears nothing of. root_id: the first post of the thread.
CREATE TABLE thread_mute (
    owner_id BIGINT NOT NULL REFERENCES actor (id),
    root_id BIGINT NOT NULL REFERENCES post (id),
    created_at BIGINT NOT NULL,
    PRIMARY KEY (owner_id, root_id)
);

CREATE TABLE list (
    id INTEGER PRIMARY KEY,
    owner_id BIGINT NOT NULL REFERENCES actor (id),
    title TEXT NOT NULL,
    replies TEXT NOT NULL DEFAULT 'list',
    exclusive BOOLEAN NOT NULL DEFAULT FALSE,
    created_at BIGINT NOT NULL
);
CREATE INDEX list_owner ON list (owner_id);
CREATE TABLE list_member (
    list_id BIGINT NOT NULL REFERENCES list (id),
    actor_id BIGINT NOT NULL REFERENCES actor (id),
    created_at BIGINT NOT NULL,
    PRIMARY KEY (list_id, actor_id)
);
CREATE INDEX list_member_actor ON list_member (actor_id);

CREATE TABLE filter (
    id INTEGER PRIMARY KEY,
    owner_id BIGINT NOT NULL REFERENCES actor (id),
    title TEXT NOT NULL,
    -- A JSON list: home, notifications, public, thread, account.
    contexts TEXT NOT NULL,
    action TEXT NOT NULL,
    expires_at BIGINT,
    created_at BIGINT NOT NULL
);
CREATE INDEX filter_owner ON filter (owner_id);
CREATE TABLE filter_keyword (
    id INTEGER PRIMARY KEY,
    filter_id BIGINT NOT NULL REFERENCES filter (id),
    keyword TEXT NOT NULL,
    whole_word BOOLEAN NOT NULL
);
CREATE INDEX filter_keyword_filter ON filter_keyword (filter_id);
CREATE TABLE filter_post (
    id INTEGER PRIMARY KEY,
    filter_id BIGINT NOT NULL REFERENCES filter (id),
    post_id BIGINT NOT NULL REFERENCES post (id),
    UNIQUE (filter_id, post_id)
);

-- How far somebody has read. timeline: home, notifications.
CREATE TABLE marker (
    owner_id BIGINT NOT NULL REFERENCES actor (id),
    timeline TEXT NOT NULL,
    last_read_id TEXT NOT NULL,
    version BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (owner_id, timeline)
);

-- Direct conversations of one member.
CREATE TABLE conversation (
    id INTEGER PRIMARY KEY,
    owner_id BIGINT NOT NULL REFERENCES actor (id),
    root_id BIGINT NOT NULL REFERENCES post (id),
    last_post_id BIGINT NOT NULL REFERENCES post (id),
    unread BOOLEAN NOT NULL,
    UNIQUE (owner_id, root_id)
);
CREATE INDEX conversation_owner ON conversation (owner_id, last_post_id);
CREATE INDEX conversation_last ON conversation (last_post_id);

CREATE TABLE scheduled_post (
    id INTEGER PRIMARY KEY,
    owner_id BIGINT NOT NULL REFERENCES actor (id),
    account_id BIGINT,
    params TEXT NOT NULL,
    due_at BIGINT NOT NULL,
    lease_until BIGINT NOT NULL DEFAULT 0,
    attempts BIGINT NOT NULL DEFAULT 0,
    last_error TEXT,
    created_at BIGINT NOT NULL
);
CREATE INDEX scheduled_post_due ON scheduled_post (due_at);
CREATE INDEX scheduled_post_owner ON scheduled_post (owner_id, id);

-- Answers already given to a request with an Idempotency-Key.
CREATE TABLE idempotency (
    owner_id BIGINT NOT NULL REFERENCES actor (id),
    key TEXT NOT NULL,
    post_id BIGINT,
    scheduled_id BIGINT,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (owner_id, key)
);
CREATE INDEX idempotency_created ON idempotency (created_at);

-- Entries for what is published already.
INSERT INTO feed_entry (id, actor_id, post_id, boost, reply, uri, created_at)
SELECT p.id, p.author_id, p.id, FALSE,
    p.parent_uri IS NOT NULL AND NOT EXISTS (SELECT 1 FROM post q
        WHERE q.id = p.parent_id AND q.author_id = p.author_id),
    NULL, p.published_at
FROM post p JOIN actor a ON a.id = p.author_id
WHERE p.state = 'published' AND a.kind NOT IN ('Group', 'Application')
    AND a.state <> 'gone';
-- A community shows what it announced, one of elsewhere all that belongs to it: half a
-- millisecond's ids after the post itself.
INSERT INTO feed_entry (id, actor_id, post_id, boost, reply, uri, created_at)
SELECT (p.id / 65536) * 65536 + (p.id + 32768) % 65536, p.community_id, p.id, TRUE,
    p.parent_uri IS NOT NULL, NULL, p.published_at
FROM post p JOIN actor c ON c.id = p.community_id
WHERE p.state = 'published' AND p.visibility IN ('public', 'unlisted')
    AND c.state <> 'gone'
    AND (NOT c.is_local OR EXISTS (SELECT 1 FROM activity v WHERE v.post_id = p.id
        AND v.kind IN ('AnnounceThread', 'AnnounceReply')))
ON CONFLICT DO NOTHING;
INSERT INTO feed_entry (id, actor_id, post_id, boost, reply, uri, created_at)
SELECT (x.created_at / 1000) * 65536
        + (row_number() OVER (ORDER BY x.created_at, x.post_id, x.actor_id)) % 65536,
    x.actor_id, x.post_id, TRUE, FALSE, x.uri, x.created_at
FROM reaction x JOIN post p ON p.id = x.post_id JOIN actor a ON a.id = x.actor_id
WHERE x.class = 'boost' AND p.state = 'published' AND a.state <> 'gone'
ON CONFLICT DO NOTHING;
UPDATE post SET replies = (SELECT count(*) FROM post c WHERE c.parent_uri = post.uri
    AND c.state = 'published' AND c.visibility IN ('public', 'unlisted'))
WHERE uri IN (SELECT parent_uri FROM post WHERE parent_uri IS NOT NULL);
