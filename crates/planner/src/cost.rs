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
    /// Factor on the capital cost by type of mast (A1a, A2b, …); 1 for types that are not named.
    pub mast_type_factor: BTreeMap<String, f64>,
    /// Surcharge for new masts far from every existing one.
    pub remoteness: Remoteness,
    /// What it costs to get the traffic away.
    pub backhaul: BackhaulCosts,
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

/// Cost of backhaul and of grid power, million VND.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BackhaulCosts {
    /// One kilometre of fibre along poles or in ducts.
    pub fibre_million_vnd_per_km: f64,
    /// Both ends of a microwave hop.
    pub microwave_hop_million_vnd: f64,
    /// Licence and upkeep of a hop per year.
    pub microwave_yearly_million_vnd: f64,
    /// A satellite terminal that carries a small station.
    pub satellite_million_vnd: f64,
    /// Its subscription per year.
    pub satellite_yearly_million_vnd: f64,
    /// One kilometre of power line, for new masts, where the project has power lines.
    pub power_line_million_vnd_per_km: f64,
}

/// Why a cost table cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum CostError {
    /// The text is not a cost table.
    #[error("the cost table cannot be read: {0}")]
    Unreadable(#[from] toml::de::Error),
    /// A figure is missing, negative or not a number.
    #[error("the cost table needs a {table} figure of 0 or more for `{entry}`")]
    BadFigure {
        /// Which table of the file.
        table: &'static str,
        /// Which entry.
        entry: String,
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
        let usable = |table, entry: &str, figure: Option<f64>| {
            if figure.is_some_and(|cost| cost.is_finite() && cost >= 0.0) {
                Ok(())
            } else {
                Err(CostError::BadFigure {
                    table,
                    entry: entry.to_owned(),
                })
            }
        };
        for kind in ActionKind::ALL {
            let capital = self.capital_million_vnd.get(&kind).copied();
            usable("capital", kind.name(), capital)?;
            let yearly = self.yearly_million_vnd.get(&kind).copied();
            usable("yearly", kind.name(), yearly)?;
        }
        for (mast_type, factor) in &self.mast_type_factor {
            usable("mast_type_factor", mast_type, Some(*factor))?;
        }
        let backhaul = self.backhaul;
        for (entry, figure) in [
            ("fibre_million_vnd_per_km", backhaul.fibre_million_vnd_per_km),
            ("microwave_hop_million_vnd", backhaul.microwave_hop_million_vnd),
            ("microwave_yearly_million_vnd", backhaul.microwave_yearly_million_vnd),
            ("satellite_million_vnd", backhaul.satellite_million_vnd),
            ("satellite_yearly_million_vnd", backhaul.satellite_yearly_million_vnd),
            ("power_line_million_vnd_per_km", backhaul.power_line_million_vnd_per_km),
        ] {
            usable("backhaul", entry, Some(figure))?;
        }
        usable("remoteness", "beyond_m", Some(self.remoteness.beyond_m))?;
        usable("remoteness", "factor", Some(self.remoteness.factor))
    }

    /// Capital cost of one action without backhaul, million VND. `nearest_mast_m` is the distance to the nearest existing mast.
    #[must_use]
    pub fn capital_million_vnd(&self, kind: ActionKind, mast_type: Option<&str>, nearest_mast_m: f64) -> f64 {
        let base = self.capital_million_vnd.get(&kind).copied().unwrap_or(0.0);
        let remote = kind == ActionKind::NewTower && nearest_mast_m > self.remoteness.beyond_m;
        let of_type = mast_type.and_then(|mast_type| self.mast_type_factor.get(mast_type));
        base * of_type.copied().unwrap_or(1.0) * if remote { self.remoteness.factor } else { 1.0 }
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
        let new_tower = |metres| costs.capital_million_vnd(ActionKind::NewTower, Some("A2b"), metres);
        assert!(costs.capital_million_vnd(ActionKind::Upgrade, None, 0.0) < new_tower(0.0));
        assert_eq!(new_tower(9_000.0), new_tower(100.0) * costs.remoteness.factor);
        assert!(costs.capital_million_vnd(ActionKind::NewTower, Some("A1b"), 0.0) < new_tower(0.0));
    }

    #[test]
    fn a_missing_figure_is_named() {
        let text = include_str!("../../../data/costs.toml").replacen("leo = 30.0\n", "", 1);
        assert_eq!(
            CostModel::from_toml(&text).unwrap_err().to_string(),
            "the cost table needs a capital figure of 0 or more for `leo`"
        );
    }
}
