-- Apps, what they were granted, and sessions of browsers. Secrets are kept as hashes.

CREATE TABLE oauth_app (
    id BIGINT PRIMARY KEY,
    client_id TEXT NOT NULL UNIQUE,
    secret_hash TEXT NOT NULL,
    name TEXT NOT NULL,
    website TEXT,
    -- A JSON list, compared letter by letter.
    redirect_uris TEXT NOT NULL,
    scopes TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    used_at BIGINT
);
CREATE INDEX oauth_app_unused ON oauth_app (created_at) WHERE used_at IS NULL;

CREATE TABLE oauth_code (
    hash TEXT PRIMARY KEY,
    app_id BIGINT NOT NULL REFERENCES oauth_app (id),
    account_id BIGINT NOT NULL REFERENCES account (id),
    -- The community that is acted as.
    community_id BIGINT REFERENCES community (actor_id),
    redirect_uri TEXT NOT NULL,
    scopes TEXT NOT NULL,
    challenge TEXT,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT
);

CREATE INDEX oauth_code_expires ON oauth_code (expires_at);

CREATE TABLE oauth_token (
    id BIGINT PRIMARY KEY,
    hash TEXT NOT NULL UNIQUE,
    app_id BIGINT NOT NULL REFERENCES oauth_app (id),
    -- None: the app speaks for itself.
    account_id BIGINT REFERENCES account (id),
    community_id BIGINT REFERENCES community (actor_id),
    scopes TEXT NOT NULL,
    code_hash TEXT,
    created_at BIGINT NOT NULL,
    used_at BIGINT
);
CREATE INDEX oauth_token_account ON oauth_token (account_id) WHERE account_id IS NOT NULL;
CREATE INDEX oauth_token_code ON oauth_token (code_hash) WHERE code_hash IS NOT NULL;
CREATE INDEX oauth_token_app ON oauth_token (app_id);

-- A browser that is logged in.
CREATE TABLE web_session (
    id BIGINT PRIMARY KEY,
    hash TEXT NOT NULL UNIQUE,
    account_id BIGINT NOT NULL REFERENCES account (id),
    agent TEXT NOT NULL DEFAULT '',
    address TEXT NOT NULL DEFAULT '',
    created_at BIGINT NOT NULL,
    used_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    -- The password was right; the second factor is still asked for.
    waits BOOLEAN NOT NULL DEFAULT FALSE
);
CREATE INDEX web_session_account ON web_session (account_id);
CREATE INDEX web_session_expires ON web_session (expires_at);
