-- Answers to requests that carried an idempotency key: the same key and request get the same answer again.
CREATE TABLE answers (
    who TEXT NOT NULL,
    idempotency_key TEXT NOT NULL,
    request_hash TEXT NOT NULL,
    status BIGINT,
    location TEXT,
    body TEXT,
    created_at TEXT NOT NULL,
    PRIMARY KEY (who, idempotency_key)
);

-- Who asked for a job, and whose list an import is (NULL: the department's).
ALTER TABLE jobs ADD COLUMN created_by TEXT;
ALTER TABLE imports ADD COLUMN operator TEXT;
