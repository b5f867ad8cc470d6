-- Domains: what was decided about a server, beside each of its actors, so that what
-- is shown can leave them out; what knocked and was not let in; edits that wait.

ALTER TABLE actor ADD COLUMN host_blocked BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE actor ADD COLUMN host_limited BOOLEAN NOT NULL DEFAULT FALSE;
CREATE INDEX actor_blocked ON actor (id) WHERE host_blocked;
CREATE INDEX actor_limited ON actor (id) WHERE host_limited;

-- What is kept back while a server is not spoken with.
CREATE INDEX delivery_withheld ON delivery (destination_id, activity_id)
    WHERE state = 'withheld';

-- Servers that wrote without being allowed to, one row a host. Nothing of it was
-- verified: nobody asks a server for its keys before it is let in.
CREATE TABLE knock (
    host TEXT PRIMARY KEY,
    actor_uri TEXT NOT NULL,
    kind TEXT NOT NULL,
    times BIGINT NOT NULL,
    first_at BIGINT NOT NULL,
    last_at BIGINT NOT NULL
);
CREATE INDEX knock_last ON knock (last_at);

-- Requests to follow among them, as they came, to be verified and worked off once
-- the server is allowed. about: whom they want to follow.
CREATE TABLE parked (
    host TEXT NOT NULL,
    actor_uri TEXT NOT NULL,
    about TEXT NOT NULL,
    head TEXT NOT NULL,
    body TEXT NOT NULL,
    received_at BIGINT NOT NULL,
    PRIMARY KEY (host, actor_uri, about)
);

-- A newer version of a post that is shown, waiting for a moderator.
CREATE TABLE held_edit (
    post_id INTEGER PRIMARY KEY REFERENCES post (id),
    community_id BIGINT NOT NULL REFERENCES community (actor_id),
    reason TEXT NOT NULL,
    title TEXT,
    content TEXT NOT NULL,
    source TEXT,
    summary TEXT,
    sensitive BOOLEAN NOT NULL DEFAULT FALSE,
    language TEXT,
    edited_at BIGINT NOT NULL,
    received TEXT,
    created_at BIGINT NOT NULL
);
CREATE INDEX held_edit_community ON held_edit (community_id, created_at);

CREATE INDEX notice_actor ON notice (actor_id, created_at);
CREATE INDEX notice_created ON notice (created_at);
