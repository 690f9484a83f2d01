//! Noise, interference, SINR and RSRQ.

use super::power::{dbm, milliwatts};

/// Boltzmann constant, J/K.
const BOLTZMANN_J_PER_K: f64 = 1.380_649e-23;
/// Reference temperature, K.
const REFERENCE_K: f64 = 290.0;

/// Thermal noise power in dBm over a bandwidth at 290 K, raised by the receiver's noise figure (UE about 7 dB, base
/// station 3–5 dB).
pub fn noise_dbm(bandwidth_hz: f64, noise_figure_db: f64) -> f64 {
    10.0 * (BOLTZMANN_J_PER_K * REFERENCE_K * bandwidth_hz * 1e3).log10() + noise_figure_db
}

/// Noise per resource element in dBm.
pub fn noise_per_resource_element_dbm(subcarrier_spacing_khz: u16, noise_figure_db: f64) -> f64 {
    noise_dbm(f64::from(subcarrier_spacing_khz) * 1e3, noise_figure_db)
}

/// One interfering cell.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interferer {
    /// Its power per resource element at the receiver, dBm, on the same definition as the server's.
    pub power_dbm: f64,
    /// Its load, 0 … 1, times the overlap of the carriers.
    pub load: f64,
}

/// SINR in dB: server over loaded interferers and noise, all per resource element.
///
/// ```
/// use propagation::link::quality::{Interferer, sinr_db};
/// let alone = sinr_db(-90.0, [], -125.0);
/// assert!((alone - 35.0).abs() < 1e-9);
/// let equal_neighbour = sinr_db(-90.0, [Interferer { power_dbm: -90.0, load: 1.0 }], -200.0);
/// assert!(equal_neighbour.abs() < 1e-9);
/// ```
pub fn sinr_db(server_dbm: f64, interferers: impl IntoIterator<Item = Interferer>, noise_dbm: f64) -> f64 {
    let interference_mw: f64 = interferers.into_iter().map(|i| i.load * milliwatts(i.power_dbm)).sum();
    server_dbm - dbm(interference_mw + milliwatts(noise_dbm))
}

/// RSRQ in dB: N_RB · RSRP / RSSI.
pub fn rsrq_db(resource_blocks: u16, rsrp_dbm: f64, rssi_dbm: f64) -> f64 {
    10.0 * f64::from(resource_blocks).log10() + rsrp_dbm - rssi_dbm
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn noise_of_10_mhz_with_a_figure_of_1_5_is_that_of_the_reference_sheet() {
        // The sheet takes k = 1.38e-23.
        let difference = 10.0 * (1.38e-23_f64 / BOLTZMANN_J_PER_K).log10();
        assert!((noise_dbm(10e6, 1.5) + difference + 102.4772).abs() < 5e-5);
        assert!((noise_dbm(10e6, 1.5) + 102.4752).abs() < 5e-5);
    }

    #[test]
    fn noise_per_element_is_the_textbooks() {
        assert!((noise_per_resource_element_dbm(15, 0.0) + 132.21).abs() < 0.01);
        assert!((noise_per_resource_element_dbm(30, 0.0) + 129.20).abs() < 0.01);
    }

    #[test]
    fn a_fully_loaded_lonely_lte_cell_has_rsrq_of_minus_10_8() {
        let rsrp = -80.0;
        let rssi = rsrp + 10.0 * (12.0_f64 * 50.0).log10();
        assert!((rsrq_db(50, rsrp, rssi) + 10.79).abs() < 0.01);
    }

    #[test]
    fn more_interference_never_helps() {
        let at = |load| {
            sinr_db(
                -95.0,
                [Interferer {
                    power_dbm: -100.0,
                    load,
                }],
                -125.0,
            )
        };
        assert!(at(0.0) > at(0.5) && at(0.5) > at(1.0));
    }
}
