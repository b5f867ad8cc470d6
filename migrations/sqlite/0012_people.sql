-- What is known of actors besides what federation needs, and what members think of them.

CREATE TABLE profile (
    actor_id INTEGER PRIMARY KEY REFERENCES actor (id),
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
    id INTEGER PRIMARY KEY,
    owner_id BIGINT NOT NULL REFERENCES actor (id),
    target_id BIGINT NOT NULL REFERENCES actor (id),
    uri TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    UNIQUE (owner_id, target_id)
);
CREATE INDEX block_target ON block (target_id);
CREATE INDEX block_uri ON block (uri);

CREATE TABLE mute (
    id INTEGER PRIMARY KEY,
    owner_id BIGINT NOT NULL REFERENCES actor (id),
    target_id BIGINT NOT NULL REFERENCES actor (id),
    notifications BOOLEAN NOT NULL,
    ends_at BIGINT,
    created_at BIGINT NOT NULL,
    UNIQUE (owner_id, target_id)
);
CREATE INDEX mute_ends ON mute (ends_at) WHERE ends_at IS NOT NULL;

CREATE TABLE domain_block (
    id INTEGER PRIMARY KEY,
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
    id INTEGER PRIMARY KEY,
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
CREATE INDEX actor_url ON actor (url) WHERE url IS NOT NULL;
CREATE INDEX post_url ON post (url) WHERE url IS NOT NULL;

-- The words of posts, to search in; kept in step by the database itself.
CREATE VIRTUAL TABLE post_words USING fts5(
    title, content, content = 'post', content_rowid = 'id',
    tokenize = 'unicode61 remove_diacritics 2'
);
CREATE TRIGGER post_words_insert AFTER INSERT ON post BEGIN
    INSERT INTO post_words (rowid, title, content) VALUES (new.id, new.title, new.content);
END;
CREATE TRIGGER post_words_update AFTER UPDATE OF title, content ON post BEGIN
    INSERT INTO post_words (post_words, rowid, title, content)
    VALUES ('delete', old.id, old.title, old.content);
    INSERT INTO post_words (rowid, title, content) VALUES (new.id, new.title, new.content);
END;
CREATE TRIGGER post_words_delete AFTER DELETE ON post BEGIN
    INSERT INTO post_words (post_words, rowid, title, content)
    VALUES ('delete', old.id, old.title, old.content);
END;
INSERT INTO post_words (post_words) VALUES ('rebuild');
