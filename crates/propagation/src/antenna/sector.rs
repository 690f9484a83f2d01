//! The parabolic sector pattern of 3GPP.

use serde::{Deserialize, Serialize};

use super::direction::Direction;

/// 3GPP sector pattern (TR 38.901 Table 7.3-1; the same shape as TR 36.814): attenuation 12 (angle/width)² in each
/// plane, each limited, and their sum limited to the front-to-back ratio.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct SectorPattern {
    /// 3 dB width in azimuth, degrees.
    pub horizontal_beamwidth_deg: f64,
    /// 3 dB width in elevation, degrees.
    pub vertical_beamwidth_deg: f64,
    /// Greatest attenuation Amax, dB: the front-to-back ratio.
    pub front_to_back_db: f64,
    /// Greatest attenuation of the vertical cut, SLA, dB.
    pub side_lobe_db: f64,
    /// Electrical tilt, degrees, positive downwards: the same at all azimuths.
    pub electrical_tilt_deg: f64,
}

impl SectorPattern {
    /// The single element of TR 38.901: 65° × 65°, 30 dB limits.
    pub const ELEMENT: Self = Self {
        horizontal_beamwidth_deg: 65.0,
        vertical_beamwidth_deg: 65.0,
        front_to_back_db: 30.0,
        side_lobe_db: 30.0,
        electrical_tilt_deg: 0.0,
    };

    /// Gain of the element of TR 38.901, dBi.
    pub const ELEMENT_GAIN_DBI: f64 = 8.0;

    /// A whole macro-cell panel: front-to-back ratio 25 dB, side lobes 20 dB (TR 36.814).
    pub const fn macro_cell(
        horizontal_beamwidth_deg: f64,
        vertical_beamwidth_deg: f64,
        electrical_tilt_deg: f64,
    ) -> Self {
        Self {
            horizontal_beamwidth_deg,
            vertical_beamwidth_deg,
            front_to_back_db: 25.0,
            side_lobe_db: 20.0,
            electrical_tilt_deg,
        }
    }

    /// Attenuation of the horizontal cut in dB.
    pub fn horizontal_db(&self, azimuth_deg: f64) -> f64 {
        parabola_db(azimuth_deg, self.horizontal_beamwidth_deg).min(self.front_to_back_db)
    }

    /// Attenuation of the vertical cut in dB, electrical tilt included.
    pub fn vertical_db(&self, elevation_deg: f64) -> f64 {
        parabola_db(-elevation_deg - self.electrical_tilt_deg, self.vertical_beamwidth_deg).min(self.side_lobe_db)
    }

    /// Attenuation in dB.
    pub fn attenuation_db(&self, direction: Direction) -> f64 {
        (self.horizontal_db(direction.azimuth_deg) + self.vertical_db(direction.elevation_deg))
            .min(self.front_to_back_db)
    }
}

/// Attenuation in dB of an omnidirectional antenna with the vertical cut of `pattern`.
pub fn omni_sector(pattern: &SectorPattern, elevation_deg: f64) -> f64 {
    pattern.vertical_db(elevation_deg)
}

fn parabola_db(angle_deg: f64, beamwidth_deg: f64) -> f64 {
    let ratio = angle_deg / beamwidth_deg;
    12.0 * ratio * ratio
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_the_beam_width_costs_three_decibels_and_the_back_the_limit() {
        let element = SectorPattern::ELEMENT;
        let at = |azimuth_deg, elevation_deg| {
            element.attenuation_db(Direction {
                azimuth_deg,
                elevation_deg,
            })
        };
        assert!((at(32.5, 0.0) - 3.0).abs() < 1e-12);
        assert!((at(0.0, -32.5) - 3.0).abs() < 1e-12);
        assert_eq!(at(180.0, 0.0), 30.0);
        assert_eq!(at(180.0, 90.0), 30.0);
        assert_eq!(at(0.0, 0.0), 0.0);
    }

    #[test]
    fn electrical_tilt_is_the_same_at_every_azimuth() {
        let panel = SectorPattern::macro_cell(65.0, 7.0, 4.0);
        for azimuth_deg in [0.0, 30.0, -50.0] {
            let on_beam = panel.attenuation_db(Direction {
                azimuth_deg,
                elevation_deg: -4.0,
            });
            assert!((on_beam - panel.horizontal_db(azimuth_deg)).abs() < 1e-12);
        }
    }
}
