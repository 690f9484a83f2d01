//! Actions and their cost, cover sets, the optimiser and its bound, explanations.

pub mod optimiser;
