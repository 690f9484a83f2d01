-- Who may use the service. Secrets are kept as hashes only: passwords as Argon2id, everything random (sessions, tokens, invitations) as BLAKE3.

CREATE TABLE accounts (
    id TEXT PRIMARY KEY NOT NULL,
    name TEXT NOT NULL UNIQUE,
    display_name TEXT NOT NULL,
    role TEXT NOT NULL,
    operator TEXT,
    password_hash TEXT,
    totp_secret TEXT,
    totp_on BIGINT NOT NULL,
    totp_last_step BIGINT NOT NULL,
    failed_attempts BIGINT NOT NULL,
    locked_until TEXT,
    disabled BIGINT NOT NULL,
    created_at TEXT NOT NULL,
    last_seen_at TEXT
);

-- One-time links: whoever holds one sets the account's password. The first administrator comes in by one.
CREATE TABLE invitations (
    secret_hash TEXT PRIMARY KEY NOT NULL,
    account TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    expires_at TEXT NOT NULL
);

CREATE TABLE sessions (
    secret_hash TEXT PRIMARY KEY NOT NULL,
    account TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    created_at TEXT NOT NULL,
    last_seen_at TEXT NOT NULL,
    expires_at TEXT NOT NULL
);
CREATE INDEX sessions_by_account ON sessions (account);

CREATE TABLE api_tokens (
    id TEXT PRIMARY KEY NOT NULL,
    secret_hash TEXT NOT NULL UNIQUE,
    account TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    scope TEXT NOT NULL,
    created_at TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    last_used_at TEXT
);
CREATE INDEX api_tokens_by_account ON api_tokens (account);
