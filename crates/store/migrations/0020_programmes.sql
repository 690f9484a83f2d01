-- A project's own programmes, as TOML text. Those that ship are part of the program.
CREATE TABLE programmes (
    project TEXT NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    key TEXT NOT NULL,
    based_on TEXT,
    document TEXT NOT NULL,
    changed_at TEXT NOT NULL,
    PRIMARY KEY (project, key)
);

-- What people bring to a programme: reported values, submissions, site lists, stages, calls, answers, rules. Append-only: the newest entry
-- of a subject counts, and the older ones are its history. `visible_to` as in features.
CREATE TABLE programme_entries (
    id TEXT PRIMARY KEY NOT NULL,
    project TEXT NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    programme TEXT NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    visible_to TEXT,
    document TEXT NOT NULL,
    who TEXT NOT NULL,
    at TEXT NOT NULL
);
CREATE INDEX programme_entries_by_kind ON programme_entries (project, programme, kind, at);
