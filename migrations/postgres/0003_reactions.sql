-- Votes, boosts, polls and events come to life.

-- Keyed by the address of who reacts: a community elsewhere passes the votes of its
-- members on, and nobody fetches them all. Nothing was written to it before.
DROP TABLE reaction;
CREATE TABLE reaction (
    post_id BIGINT NOT NULL REFERENCES post (id),
    -- vote, boost
    class TEXT NOT NULL,
    actor_uri TEXT NOT NULL,
    actor_id BIGINT REFERENCES actor (id),
    host TEXT NOT NULL,
    kind TEXT NOT NULL,
    emoji TEXT,
    uri TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (post_id, class, actor_uri)
);
CREATE INDEX reaction_uri ON reaction (uri);
CREATE INDEX reaction_actor ON reaction (actor_id) WHERE actor_id IS NOT NULL;
CREATE INDEX reaction_host ON reaction (post_id, host, created_at);

-- Kept in step with `reaction`, so that lists of posts need not count.
ALTER TABLE post ADD COLUMN likes BIGINT NOT NULL DEFAULT 0;
ALTER TABLE post ADD COLUMN dislikes BIGINT NOT NULL DEFAULT 0;
ALTER TABLE post ADD COLUMN boosts BIGINT NOT NULL DEFAULT 0;

-- Whether votes of programs count.
ALTER TABLE community ADD COLUMN bot_votes BOOLEAN NOT NULL DEFAULT FALSE;

-- The form of the thread that it is about: some peers cannot read all of them.
ALTER TABLE activity ADD COLUMN thread_kind TEXT;

-- When the counts of a poll of ours are told next, and when they were told last.
ALTER TABLE poll ADD COLUMN tell_at BIGINT;
ALTER TABLE poll ADD COLUMN told_at BIGINT;
CREATE INDEX poll_tell ON poll (tell_at) WHERE tell_at IS NOT NULL;
CREATE INDEX poll_vote_uri ON poll_vote (uri);
