//! Antenna attenuation by table: one table per kind of antenna, shared by all its azimuths.

use std::collections::HashMap;
use std::sync::Arc;

use propagation::antenna::{MountedAntenna, Pattern, SectorPattern};

use crate::Transmitter;

/// Azimuths of a table: steps of a quarter of a degree. The nearest one is taken: with a beam of 65° that errs by at
/// most 0.06 dB, on the steepest flank.
const AZIMUTHS: usize = 1440;
/// Elevations of a table; between them values are interpolated. With a beam of 7° that errs by 0.004 dB.
const ELEVATIONS: usize = 241;
/// Beams up to this height have a fine table of the elevations near the horizon, the others a coarse one of all.
const NARROW_BEAM_DEG: f64 = 20.0;

/// Attenuation below the main beam, dB, by relative azimuth and elevation.
#[derive(Debug)]
pub struct PatternTable {
    attenuation_db: Vec<f32>,
    steps_per_degree: f32,
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
        // A narrow beam is down to its floor 30° from the horizon already.
        let step_deg = if vertical_beamwidth_deg <= NARROW_BEAM_DEG {
            0.25
        } else {
            0.75
        };
        let middle = (ELEVATIONS / 2) as f64;
        let attenuation_db = (0..AZIMUTHS * ELEVATIONS)
            .map(|at| {
                let azimuth_deg = (at / ELEVATIONS) as f64 * 360.0 / AZIMUTHS as f64;
                let elevation_deg = ((at % ELEVATIONS) as f64 - middle) * step_deg;
                antenna.attenuation_db(azimuth_deg, elevation_deg) as f32
            })
            .collect();
        Self {
            attenuation_db,
            steps_per_degree: (1.0 / step_deg) as f32,
        }
    }

    /// Attenuation in dB; `azimuth` relative to the boresight in 1/65,536 of a turn, elevation positive up.
    #[inline(always)]
    pub fn attenuation_db(&self, azimuth: u16, elevation_deg: f32) -> f32 {
        let nearest = (usize::from(azimuth) * AZIMUTHS + 32_768) >> 16;
        let nearest = if nearest == AZIMUTHS { 0 } else { nearest };
        let last = (ELEVATIONS - 1) as f32;
        let y = (elevation_deg * self.steps_per_degree + last * 0.5).max(0.0).min(last);
        let row = (y as usize).min(ELEVATIONS - 2);
        let start = nearest * ELEVATIONS + row;
        match self.attenuation_db.get(start..start + 2) {
            Some(&[below, above]) => below + (above - below) * (y - row as f32),
            _ => 0.0,
        }
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
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn the_table_is_the_pattern(
            azimuth in any::<u16>(), elevation in -29.0..20.0_f64, tilt in -3.0..8.0_f64,
            beam in prop_oneof![Just(7.0), Just(65.0)],
        ) {
            let table = PatternTable::new(65.0, beam, tilt, 3.0);
            let antenna = MountedAntenna {
                pattern: Pattern::Sector(SectorPattern::macro_cell(65.0, beam, 3.0)),
                azimuth_deg: 0.0,
                mechanical_tilt_deg: tilt,
            };
            let exact = antenna.attenuation_db(f64::from(azimuth) * 360.0 / 65_536.0, elevation);
            let quick = f64::from(table.attenuation_db(azimuth, elevation as f32));
            prop_assert!((exact - quick).abs() < 0.25, "{exact} {quick}");
        }
    }
}
