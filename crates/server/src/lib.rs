//! The HTTP service: uploads, features, tiles, jobs; serves the web app.
