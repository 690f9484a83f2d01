//! A path cut through the ground.

use geodesy::{LonLat, azimuth_deg, destination, distance_m};
use serde::{Deserialize, Serialize};

use crate::error::TerrainError;
use crate::ground::Ground;

/// Most samples of one profile.
const MAXIMUM_SAMPLES: f64 = 100_000.0;

/// The ground along a geodesic, at equal steps, both ends included.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Profile {
    /// Distance from the start, metres; first 0, last the whole path.
    pub distance_m: Vec<f64>,
    /// Height of the ground above sea level, metres.
    pub height_m: Vec<f64>,
    /// Clutter on top of it, metres.
    pub clutter_m: Vec<f64>,
    /// Samples without data whose height was interpolated from their neighbours.
    pub filled_samples: usize,
}

impl Profile {
    /// Length of the path, metres.
    #[must_use]
    pub fn length_m(&self) -> f64 {
        self.distance_m.last().copied().unwrap_or(0.0)
    }
}

/// Cuts the ground along the geodesic between two places, with steps of at most `step_m`.
///
/// Gaps in the data inside the path are bridged linearly and counted; the ends must have data.
///
/// # Errors
/// [`TerrainError::Invalid`] when the step is not positive, the places coincide or there would be too many samples;
/// [`TerrainError::NoGround`] when an end lies outside the elevation data; or a block that cannot be read.
pub fn profile(ground: &Ground, from: LonLat, to: LonLat, step_m: f64) -> Result<Profile, TerrainError> {
    let length_m = distance_m(from, to);
    let steps = (length_m / step_m).ceil();
    if !(step_m > 0.0 && step_m.is_finite()) {
        return Err(TerrainError::Invalid(format!(
            "the step of a profile must be above 0 m, not {step_m}"
        )));
    }
    if !(length_m > 0.0 && steps < MAXIMUM_SAMPLES) {
        return Err(TerrainError::Invalid(format!(
            "a profile of {length_m:.1} m at steps of {step_m} m would have {} samples; 2 to {MAXIMUM_SAMPLES} are possible",
            steps + 1.0
        )));
    }
    let azimuth = azimuth_deg(from, to);
    let distance_m: Vec<f64> = (0..=steps as usize)
        .map(|step| length_m * step as f64 / steps)
        .collect();
    let mut positions: Vec<LonLat> = distance_m
        .iter()
        .map(|distance| destination(from, azimuth, *distance))
        .collect();
    if let Some(last) = positions.last_mut() {
        *last = to;
    }
    let mut height_m: Vec<f64> = ground
        .elevation
        .heights_m(positions.iter().copied())?
        .into_iter()
        .map(f64::from)
        .collect();
    for (height, end) in [(height_m.first(), from), (height_m.last(), to)] {
        if height.is_none_or(|height| height.is_nan()) {
            return Err(TerrainError::NoGround { at: end });
        }
    }
    let filled_samples = fill_gaps(&mut height_m);
    let clutter_m = positions
        .iter()
        .map(|position| ground.clutter_height_m(*position))
        .collect();
    Ok(Profile {
        distance_m,
        height_m,
        clutter_m,
        filled_samples,
    })
}

/// Replaces NaN between two known heights by linear interpolation; returns how many were replaced.
fn fill_gaps(heights_m: &mut [f64]) -> usize {
    let mut filled = 0;
    let mut last_known = 0;
    for index in 1..heights_m.len() {
        if heights_m[index].is_nan() {
            continue;
        }
        let gap = index - last_known;
        let (start, end) = (heights_m[last_known], heights_m[index]);
        for offset in 1..gap {
            heights_m[last_known + offset] = start + (end - start) * offset as f64 / gap as f64;
            filled += 1;
        }
        last_known = index;
    }
    filled
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ElevationModel, ElevationPatch, SurfaceKind};
    use geodesy::{Bounds, LonLat};

    fn slope() -> Ground {
        // Height = 100 m per 0.1° east, over 1° × 1°.
        let heights = (0..11)
            .flat_map(|_| (0..11).map(|column| column as f32 * 100.0))
            .collect();
        let patch = ElevationPatch::from_samples(LonLat::new(105.0, 19.0), 0.1, 0.1, 11, heights).expect("valid");
        Ground::new(ElevationModel::from_patch(&patch, SurfaceKind::BareEarth).expect("placed"))
    }

    #[test]
    fn a_slope_is_a_straight_line() {
        let ground = slope();
        let path = profile(&ground, LonLat::new(105.2, 18.5), LonLat::new(105.3, 18.5), 100.0).expect("covered");
        assert!((path.length_m() - 10_561.0).abs() < 10.0);
        assert_eq!(path.distance_m.len(), path.height_m.len());
        assert!(
            (path.height_m[0] - 200.0).abs() < 1e-3 && (path.height_m[path.height_m.len() - 1] - 300.0).abs() < 1e-3
        );
        let middle = path.height_m[path.height_m.len() / 2];
        assert!((middle - 250.0).abs() < 1.0, "{middle}");
        assert_eq!(path.filled_samples, 0);
    }

    #[test]
    fn ends_outside_are_refused() {
        let ground = slope();
        let inside = LonLat::new(105.2, 18.5);
        let outside = LonLat::new(107.0, 18.5);
        assert!(
            matches!(profile(&ground, inside, outside, 100.0), Err(TerrainError::NoGround { at }) if at == outside)
        );
        assert!(
            matches!(profile(&ground, outside, inside, 100.0), Err(TerrainError::NoGround { at }) if at == outside)
        );
    }

    #[test]
    fn absurd_steps_are_refused() {
        let ground = slope();
        let (a, b) = (LonLat::new(105.2, 18.5), LonLat::new(105.3, 18.5));
        for step in [0.0, -30.0, f64::NAN, 1e-6] {
            assert!(
                matches!(profile(&ground, a, b, step), Err(TerrainError::Invalid(_))),
                "{step}"
            );
        }
        assert!(matches!(profile(&ground, a, a, 30.0), Err(TerrainError::Invalid(_))));
    }

    #[test]
    fn gaps_are_bridged_and_counted() {
        let mut heights = [10.0, f64::NAN, f64::NAN, 40.0, 50.0];
        assert_eq!(fill_gaps(&mut heights), 2);
        assert_eq!(heights, [10.0, 20.0, 30.0, 40.0, 50.0]);
    }

    #[test]
    fn patch_of_a_model_gives_the_same_heights() {
        let ground = slope();
        let patch = ground.patch(Bounds::new(105.21, 18.3, 105.47, 18.6)).expect("covered");
        for (lon, lat) in [(105.22, 18.31), (105.4, 18.5), (105.46, 18.59)] {
            let direct = ground.elevation.height_m(LonLat::new(lon, lat)).expect("covered");
            assert!((f64::from(patch.height_m(lon, lat)) - direct).abs() < 1e-2);
        }
    }
}
