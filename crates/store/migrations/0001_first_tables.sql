-- One text for both engines (SQLite and PostgreSQL): TEXT, BIGINT and DOUBLE PRECISION only; times are RFC 3339 UTC, documents are JSON text.

CREATE TABLE projects (
    id TEXT PRIMARY KEY NOT NULL,
    name TEXT NOT NULL UNIQUE,
    synthetic BIGINT NOT NULL,
    created_at TEXT NOT NULL
);

-- Every committed version is kept; `in_use` marks the one that runs are made from.
CREATE TABLE datasets (
    id TEXT PRIMARY KEY NOT NULL,
    project TEXT NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    version BIGINT NOT NULL,
    in_use BIGINT NOT NULL,
    name TEXT NOT NULL,
    row_count BIGINT NOT NULL,
    content_hash TEXT NOT NULL,
    files TEXT NOT NULL,
    west DOUBLE PRECISION,
    south DOUBLE PRECISION,
    east DOUBLE PRECISION,
    north DOUBLE PRECISION,
    created_at TEXT NOT NULL,
    UNIQUE (project, kind, version)
);

-- The rows of vector datasets, as they are served. `visible_to` lists the operators that may see a row, as '|A|B|'; NULL is everybody.
CREATE TABLE features (
    dataset TEXT NOT NULL REFERENCES datasets (id) ON DELETE CASCADE,
    layer TEXT NOT NULL,
    position BIGINT NOT NULL,
    code TEXT NOT NULL,
    kind TEXT,
    visible_to TEXT,
    restricted BIGINT NOT NULL,
    west DOUBLE PRECISION,
    south DOUBLE PRECISION,
    east DOUBLE PRECISION,
    north DOUBLE PRECISION,
    geometry TEXT,
    properties TEXT NOT NULL,
    PRIMARY KEY (dataset, layer, position)
);
CREATE INDEX features_by_code ON features (dataset, layer, code);
CREATE INDEX features_by_box ON features (dataset, layer, west, south);

-- Uploads that were checked and wait for a decision.
CREATE TABLE imports (
    id TEXT PRIMARY KEY NOT NULL,
    project TEXT NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    status TEXT NOT NULL,
    files TEXT NOT NULL,
    content TEXT NOT NULL,
    report TEXT NOT NULL,
    created_at TEXT NOT NULL
);
CREATE INDEX imports_by_project ON imports (project, created_at);

CREATE TABLE jobs (
    id TEXT PRIMARY KEY NOT NULL,
    project TEXT REFERENCES projects (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    status TEXT NOT NULL,
    parameters TEXT NOT NULL,
    fraction DOUBLE PRECISION NOT NULL,
    stage_vi TEXT NOT NULL,
    stage_en TEXT NOT NULL,
    eta_seconds DOUBLE PRECISION,
    result TEXT,
    problem TEXT,
    attempts BIGINT NOT NULL,
    created_at TEXT NOT NULL,
    started_at TEXT,
    finished_at TEXT
);
CREATE INDEX jobs_by_project ON jobs (project, created_at);
CREATE INDEX jobs_by_status ON jobs (status);

-- Immutable results, named by the hash of their inputs.
CREATE TABLE runs (
    project TEXT NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    id TEXT NOT NULL,
    kind TEXT NOT NULL,
    inputs TEXT NOT NULL,
    parameters TEXT NOT NULL,
    summary TEXT NOT NULL,
    files TEXT NOT NULL,
    created_at TEXT NOT NULL,
    PRIMARY KEY (project, id)
);
CREATE INDEX runs_by_kind ON runs (project, kind, created_at);

-- Append-only; each row carries the hash of the one before it.
CREATE TABLE audit (
    sequence BIGINT PRIMARY KEY NOT NULL,
    at TEXT NOT NULL,
    who TEXT NOT NULL,
    action TEXT NOT NULL,
    project TEXT,
    subject TEXT NOT NULL,
    details TEXT NOT NULL,
    previous_hash TEXT NOT NULL,
    hash TEXT NOT NULL
);
