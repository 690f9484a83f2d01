//! Antenna attenuation by table: one table per kind of antenna, shared by all its azimuths.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use propagation::antenna::{MountedAntenna, Pattern, SectorPattern};

use crate::Transmitter;

/// Azimuths of a table: steps of a quarter of a degree. The nearest one is taken: with a beam of 65° that errs by at
/// most 0.06 dB, on the steepest flank.
const AZIMUTHS: usize = 1440;
/// Elevations of a table; between them values are interpolated. With a beam of 7° that errs by 0.004 dB.
const ELEVATIONS: usize = 241;
const ENTRIES: usize = AZIMUTHS * ELEVATIONS;
/// Beams up to this height have a fine table of the elevations near the horizon, the others a coarse one of all.
const NARROW_BEAM_DEG: f64 = 20.0;

/// Attenuation below the main beam, dB, by relative azimuth and elevation.
#[derive(Debug)]
pub struct PatternTable {
    /// Arrays, not vectors: their length is known where they are looked up sixteen places at a time.
    attenuation_db: Box<[f32; ENTRIES]>,
    /// Least attenuation of each azimuth, whatever the elevation.
    least_db: Box<[f32; AZIMUTHS]>,
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
        let mut attenuation_db = Box::new([0.0; ENTRIES]);
        let mut least_db = Box::new([0.0; AZIMUTHS]);
        let of_azimuths = attenuation_db.chunks_exact_mut(ELEVATIONS).zip(least_db.iter_mut());
        for (azimuth, (of_azimuth, least)) in of_azimuths.enumerate() {
            let azimuth_deg = azimuth as f64 * 360.0 / AZIMUTHS as f64;
            for (elevation, attenuation) in of_azimuth.iter_mut().enumerate() {
                let elevation_deg = (elevation as f64 - middle) * step_deg;
                *attenuation = antenna.attenuation_db(azimuth_deg, elevation_deg) as f32;
            }
            *least = of_azimuth.iter().copied().fold(f32::INFINITY, f32::min);
        }
        Self {
            attenuation_db,
            least_db,
            steps_per_degree: (1.0 / step_deg) as f32,
        }
    }

    /// The table's azimuth nearest to one relative to the boresight, in 1/65,536 of a turn.
    #[inline(always)]
    pub fn nearest_azimuth(azimuth: u16) -> u32 {
        let nearest = (u32::from(azimuth) * AZIMUTHS as u32 + 32_768) >> 16;
        if nearest == AZIMUTHS as u32 { 0 } else { nearest }
    }

    /// Where an elevation (degrees, positive up) lies in the table: the elevation below, and the part of a step above it.
    #[inline(always)]
    pub fn elevation(&self, elevation_deg: f32) -> (u32, f32) {
        let last = (ELEVATIONS - 1) as f32;
        let y = elevation_deg * self.steps_per_degree + last * 0.5;
        let y = if y > 0.0 { y } else { 0.0 };
        let y = if y < last { y } else { last };
        let below = y as i32;
        let below = if below < ELEVATIONS as i32 - 2 {
            below
        } else {
            ELEVATIONS as i32 - 2
        };
        (below as u32, y - below as f32)
    }

    /// Attenuation in dB at a nearest azimuth and an elevation in the table.
    #[inline(always)]
    pub fn at(&self, nearest_azimuth: u32, (below, part): (u32, f32)) -> f32 {
        let start = (nearest_azimuth * ELEVATIONS as u32 + below) as usize;
        let start = if start < ENTRIES - 1 { start } else { ENTRIES - 2 };
        let (below, above) = (self.attenuation_db[start], self.attenuation_db[start + 1]);
        below + (above - below) * part
    }

    /// No elevation of a nearest azimuth is attenuated less than this, dB.
    #[inline(always)]
    pub fn least_db(&self, nearest_azimuth: u32) -> f32 {
        let at = nearest_azimuth as usize;
        self.least_db[if at < AZIMUTHS { at } else { 0 }]
    }

    /// Attenuation in dB; `azimuth` relative to the boresight in 1/65,536 of a turn, elevation positive up.
    #[inline(always)]
    pub fn attenuation_db(&self, azimuth: u16, elevation_deg: f32) -> f32 {
        self.at(Self::nearest_azimuth(azimuth), self.elevation(elevation_deg))
    }
}

/// Tables kept at most, 1.4 MB each. A network has some dozens of kinds of antennas; one with a tilt of its own for every
/// cell must not fill the memory.
const MOST_TABLES: usize = 200;

/// The tables of antennas looked at before; equal antennas share one. Clones share what they keep.
#[derive(Debug, Clone, Default)]
pub struct PatternTables {
    tables: Arc<Mutex<HashMap<[u64; 4], Arc<PatternTable>>>>,
}

impl PatternTables {
    /// What a table depends on, degrees: horizontal and vertical beam, mechanical and electrical tilt. An antenna without
    /// azimuth is omnidirectional: its horizontal cut is flat.
    pub(crate) fn numbers(transmitter: &Transmitter) -> [f64; 4] {
        let sector = transmitter.azimuth_deg.is_some();
        [
            // 12 (180/w)² is below 4e-7 dB for the width without azimuth.
            if sector {
                transmitter.horizontal_beamwidth_deg.clamp(1.0, 360.0)
            } else {
                1e6
            },
            transmitter.vertical_beamwidth_deg.clamp(0.5, 360.0),
            if sector { transmitter.mechanical_tilt_deg } else { 0.0 },
            transmitter.electrical_tilt_deg,
        ]
    }

    /// The table of a transmitter's antenna.
    pub(crate) fn of(&self, transmitter: &Transmitter) -> Arc<PatternTable> {
        let numbers = Self::numbers(transmitter);
        let name = numbers.map(f64::to_bits);
        let mut tables = self.tables.lock().unwrap_or_else(PoisonError::into_inner);
        if tables.len() >= MOST_TABLES && !tables.contains_key(&name) {
            tables.clear();
        }
        let table = tables.entry(name).or_insert_with(|| {
            let [horizontal_deg, vertical_deg, mechanical_deg, electrical_deg] = numbers;
            Arc::new(PatternTable::new(
                horizontal_deg,
                vertical_deg,
                mechanical_deg,
                electrical_deg,
            ))
        });
        Arc::clone(table)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::radius::tests::transmitter;
    use proptest::prelude::*;

    #[test]
    fn equal_antennas_share_a_table_and_their_number_is_bounded() {
        let tables = PatternTables::default();
        let tilted = |tilt_deg: f64| Transmitter {
            electrical_tilt_deg: tilt_deg,
            ..transmitter(31.0, 1800.0)
        };
        assert!(Arc::ptr_eq(&tables.of(&tilted(3.0)), &tables.clone().of(&tilted(3.0))));
        for tilt in 0..=MOST_TABLES {
            tables.of(&tilted(tilt as f64 / 20.0));
        }
        assert!(tables.tables.lock().expect("whole").len() <= MOST_TABLES);
    }

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
