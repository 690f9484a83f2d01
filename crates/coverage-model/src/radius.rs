//! How far a cell is computed: the link budget over smooth ground.

use crate::sweep::{Band, LANES, PathBatch, PathGeometry, Polarisation, Radial, SweepSettings, Tables, Tail};
use crate::{CoverageParameters, Model, Transmitter};

/// The range at which the median level of a cell's main beam over flat bare ground (P.1812) falls below `level_dbm`,
/// not less than 500 m and not more than the parameters' maximum radius, m.
///
/// Ground that stands out further away may still see the cell; raise the maximum radius and lower the level to
/// look for it.
#[must_use]
pub fn radius_m(transmitter: &Transmitter, level_dbm: f64, parameters: &CoverageParameters) -> f64 {
    let largest_m = parameters.maximum_radius_m;
    let smallest_m = largest_m.min(500.0);
    let budget_db = transmitter.eirp_per_re_dbm + parameters.receiver_gain_db - level_dbm;
    if parameters.model == Model::FreeSpace {
        let range_km = 10_f64.powf((budget_db - 92.4 - 20.0 * (transmitter.frequency_mhz / 1000.0).log10()) / 20.0);
        return (range_km * 1000.0).clamp(smallest_m, largest_m);
    }
    let step_m = (largest_m / 200.0).max(25.0);
    let settings = SweepSettings {
        step_km: step_m / 1000.0,
        steps: (largest_m / step_m).ceil() as usize + 2,
        tx_height_m: transmitter.antenna_height_m.max(1.0),
        time_percent: 50.0,
        ..parameters.sweep_settings(transmitter.position.lat_deg)
    };
    let tables = Tables::new(settings);
    let band = Band::new(transmitter.frequency_mhz, Polarisation::Vertical, &settings);
    let mut radial = Radial::default();
    radial.start(&vec![0.0; settings.steps + 1], None, &settings);
    let mut range_m = smallest_m;
    let mut n = 2;
    while n <= settings.steps {
        let mut paths = [PathGeometry::default(); LANES];
        for (lane, path) in paths.iter_mut().enumerate() {
            let n = (n + lane).min(settings.steps);
            radial.advance_to(n, &tables);
            *path = radial.path(n, &Tail::default(), 1.0, &tables);
        }
        let losses = PathBatch::new(&paths, &tables, band.longest_root_wavelength()).losses(&band, &tables, |_| 0.0);
        for (path, loss_db) in paths.iter().zip(losses) {
            if loss_db <= budget_db {
                range_m = range_m.max(path.d_km * 1000.0);
            }
        }
        n += LANES;
    }
    range_m.min(largest_m)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use geodata::Technology;
    use geodesy::LonLat;

    pub(crate) fn transmitter(eirp_per_re_dbm: f64, frequency_mhz: f64) -> Transmitter {
        Transmitter {
            cell_code: "c".into(),
            site_code: "s".into(),
            operator: "o".into(),
            technology: Technology::G4,
            position: LonLat::new(105.9, 18.3),
            antenna_height_m: 42.0,
            frequency_mhz,
            bandwidth_mhz: 20.0,
            eirp_per_re_dbm,
            azimuth_deg: None,
            mechanical_tilt_deg: 0.0,
            electrical_tilt_deg: 0.0,
            horizontal_beamwidth_deg: 65.0,
            vertical_beamwidth_deg: 7.0,
        }
    }

    #[test]
    fn more_power_reaches_further_and_the_cap_holds() {
        let parameters = CoverageParameters {
            maximum_radius_m: 40_000.0,
            ..CoverageParameters::default()
        };
        let macro_m = radius_m(&transmitter(32.0, 1842.5), -105.0, &parameters);
        let pole_m = radius_m(&transmitter(10.0, 1842.5), -105.0, &parameters);
        assert!(macro_m > 8_000.0 && macro_m < 25_000.0, "{macro_m}");
        assert!(pole_m < macro_m / 1.5, "{pole_m}");
        assert_eq!(
            radius_m(
                &transmitter(32.0, 1842.5),
                -105.0,
                &CoverageParameters {
                    maximum_radius_m: 3000.0,
                    ..parameters
                }
            ),
            3000.0
        );
    }
}
