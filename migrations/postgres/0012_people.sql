-- What is known of actors besides what federation needs, and what members think of them.

CREATE TABLE profile (
    actor_id BIGINT PRIMARY KEY REFERENCES actor (id),
    -- Pictures of local actors: media rows. Of remote ones: addresses.
    avatar_id BIGINT,
    header_id BIGINT,
    avatar_url TEXT,
    header_url TEXT,
    -- A JSON list of {"name","value","verified_at"}; value is safe HTML.
    fields TEXT NOT NULL DEFAULT '[]',
    -- The same as typed, of local actors, and the text about them as typed.
    fields_source TEXT NOT NULL DEFAULT '[]',
    note_source TEXT NOT NULL DEFAULT '',
    -- A JSON list of {"shortcode","url","static_url"}.
    emojis TEXT NOT NULL DEFAULT '[]',
    bot BOOLEAN NOT NULL DEFAULT FALSE,
    discoverable BOOLEAN,
    indexable BOOLEAN NOT NULL DEFAULT FALSE,
    hide_collections BOOLEAN NOT NULL DEFAULT FALSE,
    -- When the account was made, as its server says.
    published_at BIGINT,
    -- How many posts, followers and followed it says it has, of remote ones.
    posts BIGINT,
    followers BIGINT,
    following BIGINT,
    updated_at BIGINT NOT NULL
);

ALTER TABLE follow ADD COLUMN show_boosts BOOLEAN NOT NULL DEFAULT TRUE;
ALTER TABLE follow ADD COLUMN notify BOOLEAN NOT NULL DEFAULT FALSE;
-- A JSON list of languages; none: all.
ALTER TABLE follow ADD COLUMN languages TEXT;
CREATE INDEX follow_follower ON follow (follower_id, state, target_id);

-- One person wants nothing to do with another; of local and remote people.
CREATE TABLE block (
    id BIGINT PRIMARY KEY,
    owner_id BIGINT NOT NULL REFERENCES actor (id),
    target_id BIGINT NOT NULL REFERENCES actor (id),
    uri TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    UNIQUE (owner_id, target_id)
);
CREATE INDEX block_target ON block (target_id);
CREATE INDEX block_uri ON block (uri);

CREATE TABLE mute (
    id BIGINT PRIMARY KEY,
    owner_id BIGINT NOT NULL REFERENCES actor (id),
    target_id BIGINT NOT NULL REFERENCES actor (id),
    notifications BOOLEAN NOT NULL,
    ends_at BIGINT,
    created_at BIGINT NOT NULL,
    UNIQUE (owner_id, target_id)
);
CREATE INDEX mute_ends ON mute (ends_at) WHERE ends_at IS NOT NULL;

CREATE TABLE domain_block (
    id BIGINT PRIMARY KEY,
    owner_id BIGINT NOT NULL REFERENCES actor (id),
    host TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    UNIQUE (owner_id, host)
);

CREATE TABLE account_note (
    owner_id BIGINT NOT NULL REFERENCES actor (id),
    target_id BIGINT NOT NULL REFERENCES actor (id),
    text TEXT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (owner_id, target_id)
);

CREATE TABLE endorsement (
    id BIGINT PRIMARY KEY,
    owner_id BIGINT NOT NULL REFERENCES actor (id),
    target_id BIGINT NOT NULL REFERENCES actor (id),
    created_at BIGINT NOT NULL,
    UNIQUE (owner_id, target_id)
);

CREATE TABLE suggestion_dismissed (
    owner_id BIGINT NOT NULL REFERENCES actor (id),
    target_id BIGINT NOT NULL REFERENCES actor (id),
    PRIMARY KEY (owner_id, target_id)
);

-- For looking people and communities up by the beginning of a name.
CREATE INDEX actor_handle ON actor (lower(handle));
-- By the address of the page that people see.
CREATE INDEX actor_url ON actor USING hash (url);
CREATE INDEX post_url ON post USING hash (url);

-- The words of posts, to search in.
CREATE INDEX post_words ON post
    USING gin (to_tsvector('simple', coalesce(title, '') || ' ' || content));
