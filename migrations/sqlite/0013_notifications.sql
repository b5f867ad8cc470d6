-- Notifications, who may cause them, and pushing them to devices.

CREATE TABLE notification (
    -- Small, for apps that read it as a number.
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    owner_id BIGINT NOT NULL REFERENCES actor (id),
    -- mention, status, reblog, follow, follow_request, favourite, poll, update,
    -- admin.sign_up, admin.report
    kind TEXT NOT NULL,
    from_id BIGINT NOT NULL REFERENCES actor (id),
    post_id BIGINT,
    report_id BIGINT,
    -- Together in one group: favourites and boosts of a post, new followers.
    group_key TEXT NOT NULL,
    -- Kept apart by the policy of the owner until they accept it.
    filtered BOOLEAN NOT NULL DEFAULT FALSE,
    created_at BIGINT NOT NULL
);
CREATE INDEX notification_owner ON notification (owner_id, id) WHERE NOT filtered;
CREATE INDEX notification_kept ON notification (owner_id, from_id, id) WHERE filtered;
CREATE INDEX notification_group ON notification (owner_id, group_key, id);
CREATE INDEX notification_post ON notification (post_id) WHERE post_id IS NOT NULL;
-- The same thing is told once.
CREATE UNIQUE INDEX notification_once
    ON notification (owner_id, kind, from_id, coalesce(post_id, 0), coalesce(report_id, 0));

-- accept, filter, drop
CREATE TABLE notification_policy (
    owner_id INTEGER PRIMARY KEY REFERENCES actor (id),
    for_not_following TEXT NOT NULL DEFAULT 'accept',
    for_not_followers TEXT NOT NULL DEFAULT 'accept',
    for_new_accounts TEXT NOT NULL DEFAULT 'accept',
    for_private_mentions TEXT NOT NULL DEFAULT 'filter',
    for_limited_accounts TEXT NOT NULL DEFAULT 'filter'
);
CREATE TABLE notification_request (
    id INTEGER PRIMARY KEY,
    owner_id BIGINT NOT NULL REFERENCES actor (id),
    from_id BIGINT NOT NULL REFERENCES actor (id),
    count BIGINT NOT NULL DEFAULT 0,
    last_post_id BIGINT,
    -- waiting, accepted, dismissed
    state TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    UNIQUE (owner_id, from_id)
);

CREATE TABLE push_subscription (
    -- Small: apps read it as a 32-bit number.
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    token_id BIGINT NOT NULL UNIQUE REFERENCES oauth_token (id) ON DELETE CASCADE,
    owner_id BIGINT NOT NULL REFERENCES actor (id),
    endpoint TEXT NOT NULL,
    p256dh TEXT NOT NULL,
    auth TEXT NOT NULL,
    -- The kinds that are wanted, between spaces.
    alerts TEXT NOT NULL,
    policy TEXT NOT NULL DEFAULT 'all',
    standard BOOLEAN NOT NULL DEFAULT TRUE,
    created_at BIGINT NOT NULL
);
CREATE INDEX push_subscription_owner ON push_subscription (owner_id);

-- What is still to be pushed.
CREATE TABLE push (
    subscription_id BIGINT NOT NULL REFERENCES push_subscription (id) ON DELETE CASCADE,
    notification_id BIGINT NOT NULL REFERENCES notification (id) ON DELETE CASCADE,
    attempts BIGINT NOT NULL DEFAULT 0,
    next_try_at BIGINT NOT NULL,
    lease_until BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (subscription_id, notification_id)
);
CREATE INDEX push_due ON push (next_try_at);

-- Who hears of each thing that somebody shows.
CREATE INDEX follow_notify ON follow (target_id) WHERE notify;
