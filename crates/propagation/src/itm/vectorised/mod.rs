//! The same model for one link after the other: passes over eight samples at a time, and closing formulas whose
//! logarithms, exponentials and roots are taken several at once. What cannot matter for the path is left out. The plain
//! form is the oracle: tests hold the two to within 1e-6 dB.

mod closing;
pub(super) mod eight;
mod interdecile;
mod profile;

pub(super) use closing::{Begun, LinkConstants};
pub(super) use profile::{VectorisedProfile, WorkSpace};
