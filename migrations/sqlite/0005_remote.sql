-- Following communities of elsewhere: asking again when an answer was lost, and
-- fetching what was said there before.

-- How often it was asked, and when it is asked again.
ALTER TABLE follow ADD COLUMN asked BIGINT NOT NULL DEFAULT 1;
ALTER TABLE follow ADD COLUMN ask_at BIGINT;
CREATE INDEX follow_ask ON follow (ask_at) WHERE ask_at IS NOT NULL;
UPDATE follow SET ask_at = created_at + 600000000
    WHERE state = 'pending'
        AND EXISTS (SELECT 1 FROM actor a WHERE a.id = follow.follower_id AND a.is_local)
        AND EXISTS (SELECT 1 FROM actor a WHERE a.id = follow.target_id AND NOT a.is_local);

-- What is to be fetched: the past of a community, or the answers in a thread.
CREATE TABLE backfill (
    id INTEGER PRIMARY KEY,
    uri TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    attempts BIGINT NOT NULL DEFAULT 0,
    next_try_at BIGINT NOT NULL,
    lease_until BIGINT NOT NULL DEFAULT 0,
    taken BIGINT NOT NULL DEFAULT 0,
    outcome TEXT,
    created_at BIGINT NOT NULL,
    done_at BIGINT
);
CREATE INDEX backfill_waiting ON backfill (next_try_at) WHERE state = 'waiting';
