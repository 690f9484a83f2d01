-- Who an account is at a sign-in service (OpenID Connect): bound at the first sign-in, so that an address that is given to somebody else later opens nothing.

CREATE TABLE identities (
    issuer TEXT NOT NULL,
    subject TEXT NOT NULL,
    account TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    bound_at TEXT NOT NULL,
    PRIMARY KEY (issuer, subject),
    UNIQUE (issuer, account)
);
