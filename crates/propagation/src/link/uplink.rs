//! The handset's side: how much loss the uplink bears, and how far that reaches.

use super::quality::noise_per_resource_element_dbm;
use super::resource_grid::SUBCARRIERS_PER_BLOCK;

/// An uplink with the handset at full power on the blocks that its rate needs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct UplinkBudget {
    /// Handset power, dBm (23 for power class 3, 26 for class 2).
    pub handset_power_dbm: f64,
    /// Handset antenna gain less body loss, dB.
    pub handset_gain_db: f64,
    /// Resource blocks allotted.
    pub resource_blocks: u16,
    /// Subcarrier spacing, kHz.
    pub subcarrier_spacing_khz: u16,
    /// SINR that the wanted rate needs, dB.
    pub required_sinr_db: f64,
    /// Base-station antenna gain less feeder loss, dB.
    pub base_gain_db: f64,
    /// Base-station noise figure, dB.
    pub base_noise_figure_db: f64,
    /// Rise of the noise floor by other cells' handsets, dB.
    pub interference_margin_db: f64,
    /// Fade, entry and other margins, dB.
    pub margins_db: f64,
}

impl UplinkBudget {
    /// Greatest path loss in dB that the uplink bears.
    pub fn maximum_loss_db(&self) -> f64 {
        let elements = f64::from(SUBCARRIERS_PER_BLOCK) * f64::from(self.resource_blocks.max(1));
        let per_element_dbm = self.handset_power_dbm + self.handset_gain_db - 10.0 * elements.log10();
        let noise_dbm = noise_per_resource_element_dbm(self.subcarrier_spacing_khz, self.base_noise_figure_db);
        let sensitivity_dbm = noise_dbm + self.interference_margin_db + self.required_sinr_db;
        per_element_dbm + self.base_gain_db - sensitivity_dbm - self.margins_db
    }
}

/// Greatest downlink path loss in dB: EIRP per resource element less sensitivity and margins.
pub fn downlink_maximum_loss_db(eirp_per_resource_element_dbm: f64, threshold_dbm: f64, margins_db: f64) -> f64 {
    eirp_per_resource_element_dbm - threshold_dbm - margins_db
}

/// Greatest distance, between the bounds, at which a loss that grows with distance stays within `maximum_loss_db`:
/// found by bisection to a relative 1e-6. `None` if even the smallest distance loses more; the upper bound if the
/// whole interval is within.
pub fn range(loss_db: impl Fn(f64) -> f64, maximum_loss_db: f64, (smallest, greatest): (f64, f64)) -> Option<f64> {
    if loss_db(smallest) > maximum_loss_db {
        return None;
    }
    if loss_db(greatest) <= maximum_loss_db {
        return Some(greatest);
    }
    let (mut within, mut beyond) = (smallest, greatest);
    while beyond - within > 1e-6 * within {
        let middle = 0.5 * (within + beyond);
        if loss_db(middle) <= maximum_loss_db {
            within = middle;
        } else {
            beyond = middle;
        }
    }
    Some(within)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn budget() -> UplinkBudget {
        UplinkBudget {
            handset_power_dbm: 23.0,
            handset_gain_db: 0.0,
            resource_blocks: 2,
            subcarrier_spacing_khz: 15,
            required_sinr_db: -4.0,
            base_gain_db: 17.0,
            base_noise_figure_db: 3.0,
            interference_margin_db: 3.0,
            margins_db: 10.0,
        }
    }

    #[test]
    fn the_budget_adds_up_by_hand() {
        // 23 − 10 lg 24 = 9.198 dBm per element; −132.215 + 3 + 3 − 4 = −130.215 dBm needed; + 17 − 10.
        assert!((budget().maximum_loss_db() - (9.198 + 130.215 + 7.0)).abs() < 2e-3);
    }

    #[test]
    fn more_blocks_shorten_the_reach() {
        let wide = UplinkBudget {
            resource_blocks: 50,
            ..budget()
        };
        assert!(wide.maximum_loss_db() < budget().maximum_loss_db());
    }

    #[test]
    fn range_inverts_a_loss() {
        let free_space = |km: f64| crate::free_space::loss_db(1800.0, km).unwrap();
        let km = range(free_space, free_space(7.5), (0.01, 100.0)).unwrap();
        assert!((km - 7.5).abs() < 1e-4);
        assert_eq!(range(free_space, 10.0, (0.01, 100.0)), None);
        assert_eq!(range(free_space, 400.0, (0.01, 100.0)), Some(100.0));
    }
}
