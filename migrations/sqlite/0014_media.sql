-- Pictures: uploaded here, or shown by posts and actors of elsewhere.

CREATE TABLE media (
    id INTEGER PRIMARY KEY,
    -- The actor that it belongs to.
    owner_id BIGINT NOT NULL REFERENCES actor (id),
    -- The post that shows it; none: just uploaded, a picture of a profile, or of a
    -- scheduled post.
    post_id BIGINT REFERENCES post (id),
    position BIGINT NOT NULL DEFAULT 0,
    -- attachment, avatar, header
    purpose TEXT NOT NULL,
    -- image, gifv, video, audio, unknown
    kind TEXT NOT NULL,
    mime TEXT NOT NULL,
    -- Names in the store, of files that are here.
    blob TEXT,
    preview TEXT,
    -- Where it is, of files of elsewhere.
    remote_url TEXT,
    description TEXT,
    blurhash TEXT,
    width BIGINT,
    height BIGINT,
    preview_width BIGINT,
    preview_height BIGINT,
    size BIGINT NOT NULL DEFAULT 0,
    focus_x DOUBLE PRECISION NOT NULL DEFAULT 0,
    focus_y DOUBLE PRECISION NOT NULL DEFAULT 0,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX media_post ON media (post_id, position) WHERE post_id IS NOT NULL;
CREATE INDEX media_owner ON media (owner_id, id);
CREATE INDEX media_unused ON media (created_at) WHERE post_id IS NULL AND purpose = 'attachment';

-- Copies of files of elsewhere, kept for a while.
CREATE TABLE remote_file (
    -- A keyed hash of the address; part of our address for it.
    name TEXT PRIMARY KEY,
    url TEXT NOT NULL,
    blob TEXT,
    -- A small picture of it.
    preview TEXT,
    size BIGINT NOT NULL DEFAULT 0,
    -- failed: not asked for again before then.
    retry_at BIGINT,
    fetched_at BIGINT,
    used_at BIGINT NOT NULL
);
CREATE INDEX remote_file_used ON remote_file (used_at);

CREATE TABLE custom_emoji (
    id INTEGER PRIMARY KEY,
    shortcode TEXT NOT NULL UNIQUE,
    blob TEXT NOT NULL,
    static_blob TEXT NOT NULL,
    mime TEXT NOT NULL,
    category TEXT,
    visible BOOLEAN NOT NULL DEFAULT TRUE,
    created_at BIGINT NOT NULL
);
