//! What an action costs: an editable table, with its source.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::action::ActionKind;

/// Costs by kind of action, in million Vietnamese dong.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CostModel {
    /// Where the figures come from; printed with every plan.
    pub source: String,
    /// Capital cost of one action, million VND.
    pub capital_million_vnd: BTreeMap<ActionKind, f64>,
    /// Running cost of one action per year, million VND.
    pub yearly_million_vnd: BTreeMap<ActionKind, f64>,
    /// Surcharge for new masts far from every existing one.
    pub remoteness: Remoteness,
}

/// A surcharge on the capital cost of new masts that stand far from every existing mast.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Remoteness {
    /// Distance to the nearest existing mast beyond which the factor applies, metres.
    pub beyond_m: f64,
    /// Factor on the capital cost, 1 or more.
    pub factor: f64,
}

/// Why a cost table cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum CostError {
    /// The text is not a cost table.
    #[error("the cost table cannot be read: {0}")]
    Unreadable(#[from] toml::de::Error),
    /// A figure is missing, negative or not a number.
    #[error("the cost table needs a {table} figure of 0 or more for the action `{action}`")]
    BadFigure {
        /// Which table of the file.
        table: &'static str,
        /// Which action.
        action: &'static str,
    },
}

impl CostModel {
    /// The table that ships with the program (`data/costs.toml`).
    ///
    /// # Errors
    /// When the shipped file is damaged; a test keeps it whole.
    pub fn shipped() -> Result<Self, CostError> {
        Self::from_toml(include_str!("../../../data/costs.toml"))
    }

    /// Reads a table and checks that every kind of action has both figures.
    ///
    /// # Errors
    /// The line that cannot be read, or the figure that is missing or negative.
    pub fn from_toml(text: &str) -> Result<Self, CostError> {
        let model: Self = toml::from_str(text)?;
        model.check()?;
        Ok(model)
    }

    /// Checks a table that came from elsewhere than [`Self::from_toml`].
    ///
    /// # Errors
    /// The figure that is missing, negative or not finite.
    pub fn check(&self) -> Result<(), CostError> {
        for (table, figures) in [
            ("capital", &self.capital_million_vnd),
            ("yearly", &self.yearly_million_vnd),
        ] {
            for kind in ActionKind::ALL {
                if !figures.get(&kind).is_some_and(|cost| cost.is_finite() && *cost >= 0.0) {
                    return Err(CostError::BadFigure {
                        table,
                        action: kind.name(),
                    });
                }
            }
        }
        Ok(())
    }

    /// Capital cost of one action, million VND. `nearest_mast_m` is the distance to the nearest existing mast.
    #[must_use]
    pub fn capital_million_vnd(&self, kind: ActionKind, nearest_mast_m: f64) -> f64 {
        let base = self.capital_million_vnd.get(&kind).copied().unwrap_or(0.0);
        let remote = kind == ActionKind::NewTower && nearest_mast_m > self.remoteness.beyond_m;
        base * if remote { self.remoteness.factor } else { 1.0 }
    }

    /// Running cost of one action per year, million VND.
    #[must_use]
    pub fn yearly_million_vnd(&self, kind: ActionKind) -> f64 {
        self.yearly_million_vnd.get(&kind).copied().unwrap_or(0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_table_is_whole() {
        let costs = CostModel::shipped().unwrap();
        assert!(
            costs.capital_million_vnd(ActionKind::Upgrade, 0.0) < costs.capital_million_vnd(ActionKind::NewTower, 0.0)
        );
        let near = costs.capital_million_vnd(ActionKind::NewTower, 100.0);
        assert_eq!(
            costs.capital_million_vnd(ActionKind::NewTower, 9_000.0),
            near * costs.remoteness.factor
        );
    }

    #[test]
    fn a_missing_figure_is_named() {
        let text = include_str!("../../../data/costs.toml").replacen("leo = 30.0\n", "", 1);
        assert_eq!(
            CostModel::from_toml(&text).unwrap_err().to_string(),
            "the cost table needs a capital figure of 0 or more for the action `leo`"
        );
    }
}
