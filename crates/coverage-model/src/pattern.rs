//! Antenna attenuation by table: one table per kind of antenna, shared by all its azimuths.

use std::collections::HashMap;
use std::sync::Arc;

use propagation::antenna::{MountedAntenna, Pattern, SectorPattern};

use crate::Transmitter;

/// Azimuth step, degrees. A table holds 0 … 360 relative to the boresight.
const AZIMUTH_STEP_DEG: f32 = 1.0;
/// Elevation step, degrees: with a beam of 7° linear interpolation errs by 0.004 dB.
const ELEVATION_STEP_DEG: f32 = 0.25;
const AZIMUTHS: usize = 361;
const ELEVATIONS: usize = 721;

/// Attenuation below the main beam, dB, by relative azimuth and elevation.
#[derive(Debug)]
pub struct PatternTable {
    attenuation_db: Vec<f32>,
}

impl PatternTable {
    fn new(
        horizontal_beamwidth_deg: f64,
        vertical_beamwidth_deg: f64,
        mechanical_deg: f64,
        electrical_deg: f64,
    ) -> Self {
        let antenna = MountedAntenna {
            pattern: Pattern::Sector(SectorPattern::macro_cell(
                horizontal_beamwidth_deg,
                vertical_beamwidth_deg,
                electrical_deg,
            )),
            azimuth_deg: 0.0,
            mechanical_tilt_deg: mechanical_deg,
        };
        let mut attenuation_db = Vec::with_capacity(AZIMUTHS * ELEVATIONS);
        for azimuth in 0..AZIMUTHS {
            for elevation in 0..ELEVATIONS {
                let elevation_deg = -90.0 + elevation as f64 * f64::from(ELEVATION_STEP_DEG);
                let azimuth_deg = azimuth as f64 * f64::from(AZIMUTH_STEP_DEG);
                attenuation_db.push(antenna.attenuation_db(azimuth_deg, elevation_deg) as f32);
            }
        }
        Self { attenuation_db }
    }

    /// Attenuation in dB; `azimuth_deg` relative to the boresight within 0 … 360, elevation positive up.
    #[inline(always)]
    pub fn attenuation_db(&self, azimuth_deg: f32, elevation_deg: f32) -> f32 {
        let x = azimuth_deg / AZIMUTH_STEP_DEG;
        let y = (elevation_deg + 90.0) / ELEVATION_STEP_DEG;
        let column = (x as usize).min(AZIMUTHS - 2);
        let row = (y as usize).min(ELEVATIONS - 2);
        let (fx, fy) = (x - column as f32, y - row as f32);
        let start = column * ELEVATIONS + row;
        let (Some(&[a, b]), Some(&[c, d])) = (
            self.attenuation_db.get(start..start + 2),
            self.attenuation_db.get(start + ELEVATIONS..start + ELEVATIONS + 2),
        ) else {
            return 0.0;
        };
        let near = a + (b - a) * fy;
        let far = c + (d - c) * fy;
        near + (far - near) * fx
    }
}

/// The tables of a set of transmitters; equal antennas share one.
#[derive(Debug, Default)]
pub struct PatternTables {
    tables: HashMap<[u64; 4], Arc<PatternTable>>,
}

impl PatternTables {
    /// The table of a transmitter's antenna. An antenna without azimuth is omnidirectional: its horizontal cut is flat.
    pub fn of(&mut self, transmitter: &Transmitter) -> Arc<PatternTable> {
        let horizontal_deg = if transmitter.azimuth_deg.is_some() {
            transmitter.horizontal_beamwidth_deg.clamp(1.0, 360.0)
        } else {
            // 12 (180/w)² is below 4e-7 dB for this width.
            1e6
        };
        let vertical_deg = transmitter.vertical_beamwidth_deg.clamp(0.5, 360.0);
        let mechanical_deg = if transmitter.azimuth_deg.is_some() {
            transmitter.mechanical_tilt_deg
        } else {
            0.0
        };
        let numbers = [
            horizontal_deg,
            vertical_deg,
            mechanical_deg,
            transmitter.electrical_tilt_deg,
        ];
        let table = self.tables.entry(numbers.map(f64::to_bits)).or_insert_with(|| {
            Arc::new(PatternTable::new(
                horizontal_deg,
                vertical_deg,
                mechanical_deg,
                transmitter.electrical_tilt_deg,
            ))
        });
        Arc::clone(table)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_table_is_the_pattern(azimuth in 0.0..360.0_f64, elevation in -40.0..20.0_f64, tilt in -3.0..8.0_f64) {
            let table = PatternTable::new(65.0, 7.0, tilt, 3.0);
            let antenna = MountedAntenna {
                pattern: Pattern::Sector(SectorPattern::macro_cell(65.0, 7.0, 3.0)),
                azimuth_deg: 0.0,
                mechanical_tilt_deg: tilt,
            };
            let exact = antenna.attenuation_db(azimuth, elevation);
            let quick = f64::from(table.attenuation_db(azimuth as f32, elevation as f32));
            prop_assert!((exact - quick).abs() < 0.25, "{exact} {quick}");
        }
    }
}
