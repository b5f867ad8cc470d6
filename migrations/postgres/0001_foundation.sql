-- The foundation: actors, communities, follows, posts, what is said to the
-- world (activity, delivery) and what the world says to us (inbox_item).
-- Times are microseconds since 1970 UTC. Ids are made by the server.

CREATE TABLE actor (
    id BIGINT PRIMARY KEY,
    uri TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    is_local BOOLEAN NOT NULL,
    handle TEXT NOT NULL,
    host TEXT NOT NULL,
    name TEXT NOT NULL DEFAULT '',
    summary TEXT NOT NULL DEFAULT '',
    url TEXT,
    inbox TEXT NOT NULL,
    shared_inbox TEXT,
    outbox TEXT,
    followers TEXT,
    featured TEXT,
    moderators TEXT,
    approves_followers BOOLEAN NOT NULL DEFAULT FALSE,
    state TEXT NOT NULL DEFAULT 'active',
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    fetched_at BIGINT NOT NULL
);
-- One name space for people and communities, names of the deleted included.
CREATE UNIQUE INDEX actor_local_handle ON actor (handle) WHERE is_local;
CREATE INDEX actor_host ON actor (host);
CREATE INDEX actor_destination ON actor (coalesce(shared_inbox, inbox)) WHERE NOT is_local;

CREATE TABLE actor_key (
    id TEXT PRIMARY KEY,
    actor_id BIGINT NOT NULL REFERENCES actor (id),
    algorithm TEXT NOT NULL,
    public TEXT NOT NULL,
    private TEXT,
    created_at BIGINT NOT NULL
);
CREATE INDEX actor_key_actor ON actor_key (actor_id);

CREATE TABLE community (
    actor_id BIGINT PRIMARY KEY REFERENCES actor (id),
    description TEXT NOT NULL DEFAULT '',
    language TEXT NOT NULL,
    join_policy TEXT NOT NULL,
    post_policy TEXT NOT NULL,
    reply_policy TEXT NOT NULL
);

CREATE TABLE moderator (
    community_id BIGINT NOT NULL REFERENCES community (actor_id),
    actor_id BIGINT NOT NULL REFERENCES actor (id),
    role TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (community_id, actor_id)
);

CREATE TABLE account (
    id BIGINT PRIMARY KEY,
    actor_id BIGINT NOT NULL UNIQUE REFERENCES actor (id),
    created_at BIGINT NOT NULL
);

CREATE TABLE follow (
    id BIGINT PRIMARY KEY,
    follower_id BIGINT NOT NULL REFERENCES actor (id),
    target_id BIGINT NOT NULL REFERENCES actor (id),
    state TEXT NOT NULL,
    uri TEXT NOT NULL,
    raw TEXT,
    created_at BIGINT NOT NULL,
    decided_at BIGINT,
    UNIQUE (follower_id, target_id)
);
CREATE INDEX follow_target ON follow (target_id, state);
CREATE INDEX follow_uri ON follow (uri);

CREATE TABLE post (
    id BIGINT PRIMARY KEY,
    uri TEXT NOT NULL UNIQUE,
    is_local BOOLEAN NOT NULL,
    kind TEXT NOT NULL,
    author_id BIGINT NOT NULL REFERENCES actor (id),
    community_id BIGINT REFERENCES actor (id),
    root_id BIGINT REFERENCES post (id),
    parent_id BIGINT REFERENCES post (id),
    parent_uri TEXT,
    title TEXT,
    content TEXT NOT NULL,
    source TEXT,
    summary TEXT,
    sensitive BOOLEAN NOT NULL DEFAULT FALSE,
    language TEXT,
    visibility TEXT NOT NULL,
    state TEXT NOT NULL,
    locked BOOLEAN NOT NULL DEFAULT FALSE,
    url TEXT,
    published_at BIGINT NOT NULL,
    updated_at BIGINT,
    created_at BIGINT NOT NULL
);
CREATE INDEX post_threads ON post (community_id, id) WHERE parent_uri IS NULL AND state = 'published';
CREATE INDEX post_root ON post (root_id, id);
CREATE INDEX post_parent_uri ON post (parent_uri) WHERE parent_uri IS NOT NULL;
CREATE INDEX post_author ON post (author_id, id);
CREATE INDEX post_deleted ON post (id) WHERE state = 'deleted';

-- What is said to the world, in the order of saying.
CREATE TABLE activity (
    id BIGINT PRIMARY KEY,
    uri TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    actor_id BIGINT NOT NULL REFERENCES actor (id),
    post_id BIGINT,
    follow_id BIGINT,
    object_uri TEXT,
    inner_id BIGINT,
    inner_raw TEXT,
    object_key TEXT NOT NULL,
    lane BIGINT NOT NULL,
    to_followers BOOLEAN NOT NULL,
    recipients TEXT NOT NULL,
    state TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX activity_new ON activity (id) WHERE state = 'new';
CREATE INDEX activity_actor ON activity (actor_id, kind, id);
CREATE INDEX activity_post ON activity (post_id, kind) WHERE post_id IS NOT NULL;

-- The exact bytes of an activity in one form; every retry sends the same.
CREATE TABLE rendering (
    activity_id BIGINT NOT NULL REFERENCES activity (id),
    form TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (activity_id, form)
);

CREATE TABLE destination (
    id BIGINT PRIMARY KEY,
    inbox TEXT NOT NULL UNIQUE,
    host TEXT NOT NULL,
    due_at BIGINT,
    lease_until BIGINT NOT NULL DEFAULT 0,
    fail_count BIGINT NOT NULL DEFAULT 0,
    failing_since BIGINT,
    backoff_until BIGINT NOT NULL DEFAULT 0,
    parked_at BIGINT,
    parked_after BIGINT,
    last_success_at BIGINT,
    last_error TEXT,
    last_error_at BIGINT,
    created_at BIGINT NOT NULL
);
CREATE INDEX destination_due ON destination (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX destination_lease ON destination (lease_until) WHERE lease_until > 0;
CREATE INDEX destination_host ON destination (host);

CREATE TABLE delivery (
    destination_id BIGINT NOT NULL REFERENCES destination (id),
    activity_id BIGINT NOT NULL REFERENCES activity (id),
    lane BIGINT NOT NULL,
    object_key TEXT NOT NULL,
    state TEXT NOT NULL,
    attempts BIGINT NOT NULL DEFAULT 0,
    next_try_at BIGINT NOT NULL,
    status BIGINT,
    words TEXT,
    created_at BIGINT NOT NULL,
    done_at BIGINT,
    PRIMARY KEY (destination_id, activity_id)
);
CREATE INDEX delivery_queue ON delivery (destination_id, lane, activity_id) WHERE state = 'queued';
CREATE INDEX delivery_object ON delivery (destination_id, object_key, activity_id) WHERE state = 'queued';
CREATE INDEX delivery_next ON delivery (destination_id, next_try_at, activity_id)
    WHERE state = 'queued';
CREATE INDEX delivery_activity ON delivery (activity_id);

CREATE TABLE peer (
    host TEXT PRIMARY KEY,
    software TEXT,
    version TEXT,
    dialect TEXT NOT NULL DEFAULT 'unknown',
    dialect_override TEXT,
    knock TEXT,
    checked_at BIGINT,
    policy TEXT NOT NULL DEFAULT 'open',
    reason TEXT,
    first_seen_at BIGINT NOT NULL,
    last_seen_at BIGINT
);
CREATE INDEX peer_policy ON peer (policy) WHERE policy <> 'open';

-- What the world said to us, kept before we answer 202.
CREATE TABLE inbox_item (
    id BIGINT PRIMARY KEY,
    activity_uri TEXT NOT NULL,
    signer_uri TEXT NOT NULL,
    kind TEXT NOT NULL,
    order_key TEXT NOT NULL,
    raw TEXT NOT NULL,
    received_at BIGINT NOT NULL,
    state TEXT NOT NULL DEFAULT 'waiting',
    attempts BIGINT NOT NULL DEFAULT 0,
    crashes BIGINT NOT NULL DEFAULT 0,
    next_try_at BIGINT NOT NULL,
    lease_until BIGINT NOT NULL DEFAULT 0,
    outcome TEXT,
    done_at BIGINT,
    UNIQUE (signer_uri, activity_uri)
);
-- With what decides whether something may be taken, so that what may not is passed
-- over without reading its row.
CREATE INDEX inbox_item_waiting ON inbox_item (id, next_try_at, lease_until, crashes)
    WHERE state = 'waiting';
CREATE INDEX inbox_item_crashed ON inbox_item (crashes, id, lease_until)
    WHERE state = 'waiting' AND crashes > 0;
CREATE INDEX inbox_item_next ON inbox_item (next_try_at) WHERE state = 'waiting';
CREATE INDEX inbox_item_order ON inbox_item (order_key, id, next_try_at, lease_until, crashes)
    WHERE state = 'waiting';
CREATE INDEX inbox_item_quarantined ON inbox_item (id) WHERE state = 'quarantined';

-- Lets one SQL text pass lists to both databases: SQLite has json_each built in.
CREATE FUNCTION json_each(rows TEXT) RETURNS TABLE (value JSONB)
    LANGUAGE SQL IMMUTABLE STRICT PARALLEL SAFE ROWS 100
    AS $$ SELECT jsonb_array_elements(rows::jsonb) $$;
