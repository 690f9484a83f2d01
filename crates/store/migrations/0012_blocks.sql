-- Parts of a coverage run that several processes share, and who is at work: a process that falls silent loses its part to another.
CREATE TABLE blocks (
    job TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    number BIGINT NOT NULL,
    worker TEXT,
    heartbeat_at TEXT,
    done BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    PRIMARY KEY (job, number)
);

ALTER TABLE jobs ADD COLUMN worker TEXT;
ALTER TABLE jobs ADD COLUMN heartbeat_at TEXT;
