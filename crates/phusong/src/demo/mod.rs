//! The demo project: a synthetic province made from a seed, byte for byte the same each time.
