//! A column of elements steered by phase.

use std::f64::consts::TAU;

use serde::{Deserialize, Serialize};

use super::direction::Direction;
use super::sector::SectorPattern;

/// A vertical column of equal elements with electrical tilt by progressive phase (an active antenna's column).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ColumnArray {
    /// The element.
    pub element: SectorPattern,
    /// Gain of the element, dBi.
    pub element_gain_dbi: f64,
    /// Number of elements, at least 1.
    pub elements: u16,
    /// Spacing in wavelengths.
    pub spacing_wavelengths: f64,
    /// Electrical tilt, degrees, positive downwards.
    pub tilt_deg: f64,
}

impl ColumnArray {
    /// Gain in dBi in a direction of the antenna frame; −∞ in an exact null.
    pub fn gain_dbi(&self, direction: Direction) -> f64 {
        let element_dbi = self.element_gain_dbi - self.element.attenuation_db(direction);
        element_dbi + 10.0 * self.array_factor(direction.elevation_deg).log10()
    }

    /// |Σ exp(j 2π m d (sin el + sin tilt))|²/M: M on the beam, 0 in its nulls.
    pub fn array_factor(&self, elevation_deg: f64) -> f64 {
        let step =
            TAU * self.spacing_wavelengths * (elevation_deg.to_radians().sin() + self.tilt_deg.to_radians().sin());
        let (mut real, mut imaginary) = (0.0, 0.0);
        for element in 0..self.elements {
            let (sine, cosine) = (f64::from(element) * step).sin_cos();
            real += cosine;
            imaginary += sine;
        }
        (real * real + imaginary * imaginary) / f64::from(self.elements.max(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_peak_is_ten_log_of_the_elements_above_one_and_lies_at_the_tilt() {
        let array = ColumnArray {
            element: SectorPattern::ELEMENT,
            element_gain_dbi: SectorPattern::ELEMENT_GAIN_DBI,
            elements: 8,
            spacing_wavelengths: 0.8,
            tilt_deg: 6.0,
        };
        assert!((array.array_factor(-6.0) - 8.0).abs() < 1e-9);
        for tenth in -900..=900 {
            assert!(array.array_factor(f64::from(tenth) / 10.0) <= 8.0 + 1e-9);
        }
    }
}
