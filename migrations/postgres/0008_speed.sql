-- Short ways to what is asked for each post, vote or page.

-- Which communities anybody asked to hear of published posts: nearly none.
CREATE INDEX follow_told ON follow (target_id) WHERE tell_published;

-- In which threads there is a poll below the first post: nearly none.
CREATE INDEX post_question ON post (root_id) WHERE kind = 'Question';

-- What was written here, for the counts that every crawler asks for.
CREATE INDEX post_local ON post (created_at, author_id) WHERE is_local;
