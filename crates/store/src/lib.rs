//! Projects, datasets, runs, jobs and artefacts, kept in one folder.
