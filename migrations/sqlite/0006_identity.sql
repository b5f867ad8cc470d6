-- Identity over time: keys that follow one another, deletions that reach all who
-- ever got something, moves, suspensions by the home server.

-- The key that it is signed with, when that is not the current one; whether it goes
-- to every destination that ever got something of the speaker.
ALTER TABLE activity ADD COLUMN key_id TEXT;
ALTER TABLE activity ADD COLUMN to_reached BOOLEAN NOT NULL DEFAULT FALSE;

-- When the world was told that the key signs now; the first keys need no telling.
ALTER TABLE actor_key ADD COLUMN told_at BIGINT;
CREATE INDEX actor_key_untold ON actor_key (signs_from)
    WHERE private IS NOT NULL AND told_at IS NULL AND signs_from > 0;
CREATE INDEX actor_key_retired ON actor_key (retired_at)
    WHERE private IS NOT NULL AND retired_at IS NOT NULL;

-- Whether it is the actor's own server that suspended it, and may end that.
ALTER TABLE actor ADD COLUMN suspended_at_home BOOLEAN NOT NULL DEFAULT FALSE;
CREATE INDEX actor_moved ON actor (moved_to) WHERE moved_to IS NOT NULL;
