-- What a planner said of an import after seeing its report, and how the headers of a kind of list were corrected.
CREATE TABLE import_details (
    import TEXT PRIMARY KEY NOT NULL REFERENCES imports (id) ON DELETE CASCADE,
    details TEXT NOT NULL
);

CREATE TABLE column_mappings (
    project TEXT NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    columns TEXT NOT NULL,
    PRIMARY KEY (project, kind)
);
