-- Everything a community does: who may post and what is held, what moderators
-- decided and why, reports, reactions, polls, events, notices to authors, keys
-- that follow one another, people and communities that moved.

ALTER TABLE account ADD COLUMN is_admin BOOLEAN NOT NULL DEFAULT FALSE;

-- Which posts wait for a moderator; who sees the community; what is passed on.
ALTER TABLE community ADD COLUMN hold_policy TEXT NOT NULL DEFAULT 'never';
ALTER TABLE community ADD COLUMN hold_unknown BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE community ADD COLUMN wave BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE community ADD COLUMN reaction_policy TEXT NOT NULL DEFAULT 'all';
ALTER TABLE community ADD COLUMN reach TEXT NOT NULL DEFAULT 'public';
-- One rule a line.
ALTER TABLE community ADD COLUMN rules TEXT NOT NULL DEFAULT '';

-- A moderator vouched for this member; they want to hear of published posts.
ALTER TABLE follow ADD COLUMN approved_at BIGINT;
ALTER TABLE follow ADD COLUMN tell_published BOOLEAN NOT NULL DEFAULT FALSE;

-- Why it waits, and the activity that brought it, until it is decided.
ALTER TABLE post ADD COLUMN held_reason TEXT;
ALTER TABLE post ADD COLUMN received TEXT;
ALTER TABLE post ADD COLUMN pinned_at BIGINT;
CREATE INDEX post_parent ON post (parent_id) WHERE parent_id IS NOT NULL;
CREATE INDEX post_held ON post (community_id, id) WHERE state = 'held';
CREATE INDEX post_pinned ON post (community_id, pinned_at) WHERE pinned_at IS NOT NULL;

ALTER TABLE actor ADD COLUMN moved_to TEXT;
-- A JSON list of ActivityPub ids.
ALTER TABLE actor ADD COLUMN also_known_as TEXT NOT NULL DEFAULT '[]';

-- A key signs from this moment on; an older one is shown until it is retired.
ALTER TABLE actor_key ADD COLUMN signs_from BIGINT NOT NULL DEFAULT 0;
ALTER TABLE actor_key ADD COLUMN retired_at BIGINT;

-- The measure that it tells of; an earlier activity whose receivers get this one too.
ALTER TABLE activity ADD COLUMN measure_id BIGINT;
ALTER TABLE activity ADD COLUMN after_id BIGINT;
CREATE INDEX activity_measure ON activity (measure_id) WHERE measure_id IS NOT NULL;

-- What moderators and administrators did, never changed. community_id is absent
-- for the whole server.
CREATE TABLE measure (
    id INTEGER PRIMARY KEY,
    community_id BIGINT REFERENCES actor (id),
    kind TEXT NOT NULL,
    by_id BIGINT NOT NULL REFERENCES actor (id),
    target_id BIGINT REFERENCES actor (id),
    post_id BIGINT,
    role TEXT,
    reason TEXT,
    rule BIGINT,
    ends_at BIGINT,
    with_content BOOLEAN NOT NULL DEFAULT FALSE,
    undoes_id BIGINT,
    origin TEXT NOT NULL,
    activity_uri TEXT,
    created_at BIGINT NOT NULL
);
CREATE INDEX measure_community ON measure (coalesce(community_id, 0), id);
CREATE INDEX measure_target ON measure (target_id, kind, id) WHERE target_id IS NOT NULL;
CREATE INDEX measure_post ON measure (post_id, kind, id) WHERE post_id IS NOT NULL;

-- Bans in force. community_id 0 is the whole server.
CREATE TABLE ban (
    community_id BIGINT NOT NULL,
    actor_id BIGINT NOT NULL REFERENCES actor (id),
    measure_id BIGINT NOT NULL,
    ends_at BIGINT,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (community_id, actor_id)
);
CREATE INDEX ban_actor ON ban (actor_id);
CREATE INDEX ban_ends ON ban (ends_at) WHERE ends_at IS NOT NULL;

CREATE TABLE invitation (
    community_id BIGINT NOT NULL REFERENCES community (actor_id),
    actor_id BIGINT NOT NULL REFERENCES actor (id),
    by_id BIGINT NOT NULL REFERENCES actor (id),
    created_at BIGINT NOT NULL,
    PRIMARY KEY (community_id, actor_id)
);

-- One vote and one boost of each actor a post. class: vote, boost.
CREATE TABLE reaction (
    post_id BIGINT NOT NULL REFERENCES post (id),
    actor_id BIGINT NOT NULL REFERENCES actor (id),
    class TEXT NOT NULL,
    kind TEXT NOT NULL,
    emoji TEXT,
    uri TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (post_id, class, actor_id)
);
CREATE INDEX reaction_uri ON reaction (uri);
CREATE INDEX reaction_actor ON reaction (actor_id);

-- Reports, one an object and community, with all who complained about it.
CREATE TABLE report (
    id INTEGER PRIMARY KEY,
    community_id BIGINT REFERENCES actor (id),
    object_uri TEXT NOT NULL,
    post_id BIGINT,
    target_id BIGINT REFERENCES actor (id),
    state TEXT NOT NULL,
    resolved_by BIGINT REFERENCES actor (id),
    resolved_at BIGINT,
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX report_open ON report (coalesce(community_id, 0), object_uri)
    WHERE state = 'open';
CREATE INDEX report_community ON report (community_id, state, id);

CREATE TABLE complaint (
    report_id BIGINT NOT NULL REFERENCES report (id),
    reporter_id BIGINT NOT NULL REFERENCES actor (id),
    reason TEXT NOT NULL DEFAULT '',
    activity_uri TEXT NOT NULL,
    raw TEXT,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (report_id, reporter_id)
);
CREATE INDEX complaint_activity ON complaint (activity_uri);

-- What authors were told about their posts, so that nobody is told twice.
CREATE TABLE notice (
    id INTEGER PRIMARY KEY,
    actor_id BIGINT NOT NULL REFERENCES actor (id),
    community_id BIGINT NOT NULL REFERENCES actor (id),
    cause TEXT NOT NULL,
    about TEXT NOT NULL,
    post_id BIGINT,
    text TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX notice_cause ON notice (actor_id, community_id, cause, created_at);
CREATE INDEX notice_about ON notice (about);

CREATE TABLE poll (
    post_id INTEGER PRIMARY KEY REFERENCES post (id),
    multiple BOOLEAN NOT NULL,
    ends_at BIGINT,
    closed_at BIGINT,
    voters BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX poll_open ON poll (ends_at) WHERE closed_at IS NULL;

CREATE TABLE poll_option (
    post_id BIGINT NOT NULL REFERENCES poll (post_id),
    position BIGINT NOT NULL,
    name TEXT NOT NULL,
    votes BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (post_id, position)
);

CREATE TABLE poll_vote (
    post_id BIGINT NOT NULL REFERENCES poll (post_id),
    actor_id BIGINT NOT NULL REFERENCES actor (id),
    position BIGINT NOT NULL,
    uri TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (post_id, actor_id, position)
);

CREATE TABLE event (
    post_id INTEGER PRIMARY KEY REFERENCES post (id),
    starts_at BIGINT NOT NULL,
    ends_at BIGINT,
    time_zone TEXT,
    place TEXT,
    online_url TEXT
);

-- Which destinations got something of an actor, for when it is deleted; written
-- down when the deliveries themselves are forgotten.
CREATE TABLE reached (
    actor_id BIGINT NOT NULL REFERENCES actor (id),
    destination_id BIGINT NOT NULL REFERENCES destination (id),
    PRIMARY KEY (actor_id, destination_id)
);
