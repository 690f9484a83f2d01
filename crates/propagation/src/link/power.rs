//! Power per resource element and received reference-signal power.

use super::resource_grid::Carrier;

/// Ratio of ERP (half-wave dipole) to EIRP, dB.
pub const EIRP_OVER_ERP_DB: f64 = 2.15;

/// Power per resource element in dBm of a carrier's power spread evenly over its subcarriers.
///
/// ```
/// use propagation::link::{Carrier, power};
/// let lte_20_mhz = Carrier::lte(20.0)?;
/// assert!((power::per_resource_element_dbm(43.0, &lte_20_mhz) - 12.208).abs() < 1e-3);
/// # Ok::<(), propagation::ModelError>(())
/// ```
pub fn per_resource_element_dbm(carrier_power_dbm: f64, carrier: &Carrier) -> f64 {
    carrier_power_dbm - 10.0 * f64::from(carrier.subcarriers()).log10()
}

/// Boost of LTE cell-specific reference signals over data elements, 10 lg(1 + P_B), dB (P_B = 0 … 3; usual with
/// two ports: 1).
pub fn lte_reference_boost_db(p_b: u8) -> f64 {
    10.0 * f64::from(1 + p_b.min(3)).log10()
}

/// One transmit branch.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TransmitBranch {
    /// Power of the carrier at the transmitter, per antenna port, dBm.
    pub power_dbm: f64,
    /// Feeder and jumper losses, dB.
    pub feeder_loss_db: f64,
    /// Antenna gain, dBi.
    pub antenna_gain_dbi: f64,
    /// Boost of the reference signal over data elements, dB.
    pub reference_boost_db: f64,
}

impl TransmitBranch {
    /// EIRP of the whole carrier in dBm.
    pub fn eirp_dbm(&self) -> f64 {
        self.power_dbm - self.feeder_loss_db + self.antenna_gain_dbi
    }

    /// EIRP of a reference-signal resource element in dBm.
    pub fn eirp_per_resource_element_dbm(&self, carrier: &Carrier) -> f64 {
        per_resource_element_dbm(self.eirp_dbm(), carrier) + self.reference_boost_db
    }
}

/// Received reference-signal power RSRP (LTE) or SS-RSRP (NR) in dBm per resource element, isotropic receiving
/// antenna: `losses_db` is the sum of path loss, pattern attenuation, building entry and body loss.
pub fn rsrp_dbm(eirp_per_resource_element_dbm: f64, losses_db: f64) -> f64 {
    eirp_per_resource_element_dbm - losses_db
}

/// Watts of a power in dBm.
pub fn watts(dbm: f64) -> f64 {
    10f64.powf((dbm - 30.0) / 10.0)
}

/// Milliwatts of a power in dBm.
pub fn milliwatts(dbm: f64) -> f64 {
    10f64.powf(dbm / 10.0)
}

/// dBm of a power in milliwatts; −∞ for none.
pub fn dbm(milliwatts: f64) -> f64 {
    10.0 * milliwatts.log10()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::link::RadioAccess;

    #[test]
    fn nr_100_mhz_spreads_over_3276_elements() {
        let carrier = Carrier::new(RadioAccess::NrFr1, 100.0, 30).unwrap();
        assert!((per_resource_element_dbm(0.0, &carrier) + 35.153_43).abs() < 1e-5);
    }

    #[test]
    fn boosts_are_those_of_the_standard() {
        let boosts: Vec<_> = (0..4).map(lte_reference_boost_db).collect();
        for (boost, expected) in boosts.iter().zip([0.0, 3.01, 4.77, 6.02]) {
            assert!((boost - expected).abs() < 0.005);
        }
    }

    #[test]
    fn the_link_budget_of_the_reference_sheet() {
        let branch = TransmitBranch {
            power_dbm: 40.0,
            feeder_loss_db: 1.0,
            antenna_gain_dbi: 16.0,
            reference_boost_db: 0.0,
        };
        let losses_db = 111.0 + 4.0 + 4.0 - 4.0;
        assert!((rsrp_dbm(branch.eirp_dbm(), losses_db) + 60.0).abs() < 1e-12);
    }

    #[test]
    fn decibels_and_milliwatts_invert_each_other() {
        assert!((dbm(milliwatts(-113.4)) + 113.4).abs() < 1e-12);
        assert!((watts(43.0) - 19.953).abs() < 1e-3);
    }
}
