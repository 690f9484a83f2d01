//! 3GPP TR 38.901 (clause 7.4): path loss, line-of-sight probability and penetration, 0.5 – 100 GHz.
//!
//! Statistical and without terrain: a quick look, a sanity check, and the source of shadow-fading values. Formulas of
//! releases 14 – 18. Distances below 10 m count as 10 m.

mod line_of_sight;
mod path_loss;
mod penetration;

pub use line_of_sight::line_of_sight_probability;
pub use path_loss::{PathLoss, Scenario, TrPath, evaluate};
pub use penetration::{CarPenetration, IndoorPenetration, PenetrationModel, penetration};

#[cfg(test)]
mod tests;
