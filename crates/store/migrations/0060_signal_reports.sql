-- What people on the ground say about the signal at a place. The id is made by whoever reports, so that a report sent twice is one report.
CREATE TABLE signal_reports (
    id TEXT PRIMARY KEY NOT NULL,
    project TEXT NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    place_code TEXT,
    content TEXT NOT NULL,
    who TEXT NOT NULL,
    received_at TEXT NOT NULL
);
CREATE INDEX signal_reports_by_project ON signal_reports (project, received_at);

-- What a project's planners start from: a JSON document.
CREATE TABLE project_settings (
    project TEXT PRIMARY KEY NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    content TEXT NOT NULL,
    changed_at TEXT NOT NULL
);
