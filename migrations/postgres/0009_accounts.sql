-- Accounts that people log in to: passwords, second factors, invitations, e-mail.

ALTER TABLE account ADD COLUMN email TEXT;
-- Argon2id, as a PHC string; none: no login by password.
ALTER TABLE account ADD COLUMN password TEXT;
ALTER TABLE account ADD COLUMN confirmed_at BIGINT;
-- unconfirmed (the e-mail address), waiting (for approval), active, disabled
ALTER TABLE account ADD COLUMN state TEXT NOT NULL DEFAULT 'active';
-- What they wrote when they asked for an account.
ALTER TABLE account ADD COLUMN request TEXT;
ALTER TABLE account ADD COLUMN locale TEXT NOT NULL DEFAULT 'fr';
ALTER TABLE account ADD COLUMN totp_secret TEXT;
ALTER TABLE account ADD COLUMN totp_since BIGINT;
-- The last time step that was used, so that no code works twice.
ALTER TABLE account ADD COLUMN totp_step BIGINT NOT NULL DEFAULT 0;
ALTER TABLE account ADD COLUMN last_active_at BIGINT;
-- The invitation link that they came by.
ALTER TABLE account ADD COLUMN invite_id BIGINT;
-- Defaults of the composer.
ALTER TABLE account ADD COLUMN default_visibility TEXT NOT NULL DEFAULT 'public';
ALTER TABLE account ADD COLUMN default_sensitive BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE account ADD COLUMN default_language TEXT;
CREATE UNIQUE INDEX account_email ON account (email) WHERE email IS NOT NULL;
CREATE INDEX account_waiting ON account (id) WHERE state IN ('unconfirmed', 'waiting');

CREATE TABLE recovery_code (
    account_id BIGINT NOT NULL REFERENCES account (id),
    hash TEXT NOT NULL,
    used_at BIGINT,
    PRIMARY KEY (account_id, hash)
);

-- Links that make an account, and a member of a community with it.
CREATE TABLE invite_link (
    id BIGINT PRIMARY KEY,
    hash TEXT NOT NULL UNIQUE,
    community_id BIGINT REFERENCES community (actor_id),
    role TEXT,
    by_id BIGINT NOT NULL REFERENCES actor (id),
    uses_left BIGINT,
    used BIGINT NOT NULL DEFAULT 0,
    expires_at BIGINT,
    revoked_at BIGINT,
    created_at BIGINT NOT NULL
);

-- Secrets sent by e-mail. purpose: confirm, reset, change.
CREATE TABLE mail_token (
    hash TEXT PRIMARY KEY,
    account_id BIGINT NOT NULL REFERENCES account (id),
    purpose TEXT NOT NULL,
    email TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT
);
CREATE INDEX mail_token_account ON mail_token (account_id);

-- E-mail on its way out.
CREATE TABLE mail (
    id BIGINT PRIMARY KEY,
    recipient TEXT NOT NULL,
    subject TEXT NOT NULL,
    body TEXT NOT NULL,
    attempts BIGINT NOT NULL DEFAULT 0,
    next_try_at BIGINT NOT NULL,
    lease_until BIGINT NOT NULL DEFAULT 0,
    last_error TEXT,
    created_at BIGINT NOT NULL
);
CREATE INDEX mail_due ON mail (next_try_at);

-- How often something was tried lately, by account or address: all nodes count together.
CREATE TABLE throttle (
    key TEXT PRIMARY KEY,
    since BIGINT NOT NULL,
    count BIGINT NOT NULL
);
CREATE INDEX throttle_since ON throttle (since);

-- What the whole server knows of itself: the VAPID key pair, secrets of forms.
CREATE TABLE setting (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
);
