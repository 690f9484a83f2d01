//! A dense piece of an elevation model.

mod ray;

use geodesy::{Bounds, LonLat};

/// 1.5 · 2⁵²: adding it rounds to a whole number, which then stands in the low bits.
const ROUND: f64 = 6_755_399_441_055_744.0;

/// Elevations on a regular longitude/latitude lattice, in memory: what a coverage sweep samples.
///
/// Samples are points (not areas): sample (0, 0) lies at the north-west corner. NaN where there is no elevation.
#[derive(Debug, Clone, PartialEq)]
pub struct ElevationPatch {
    west: f64,
    north: f64,
    step_lon_deg: f64,
    step_lat_deg: f64,
    columns: usize,
    rows: usize,
    columns_per_degree: f64,
    rows_per_degree: f64,
    heights_m: Vec<f32>,
}

impl ElevationPatch {
    /// A patch from its samples, row by row from the north-west: `west` and `north` are the first sample's place, steps
    /// are degrees (both positive).
    ///
    /// Returns `None` unless there are at least 2 × 2 samples, `columns × rows` of them, and positive finite steps.
    #[must_use]
    pub fn from_samples(
        north_west: LonLat,
        step_lon_deg: f64,
        step_lat_deg: f64,
        columns: usize,
        heights_m: Vec<f32>,
    ) -> Option<Self> {
        let rows = heights_m.len().checked_div(columns)?;
        let regular = step_lon_deg > 0.0 && step_lat_deg > 0.0 && step_lon_deg.is_finite() && step_lat_deg.is_finite();
        let placed = north_west.lon_deg.is_finite() && north_west.lat_deg.is_finite();
        (columns >= 2 && rows >= 2 && columns * rows == heights_m.len() && regular && placed).then(|| Self {
            west: north_west.lon_deg,
            north: north_west.lat_deg,
            step_lon_deg,
            step_lat_deg,
            columns,
            rows,
            columns_per_degree: 1.0 / step_lon_deg,
            rows_per_degree: 1.0 / step_lat_deg,
            heights_m,
        })
    }

    /// Height at a place, metres, bilinear between the four samples around it; NaN outside the patch and where the
    /// samples that matter are missing.
    #[inline]
    #[must_use]
    pub fn height_m(&self, lon_deg: f64, lat_deg: f64) -> f32 {
        let x = (lon_deg - self.west) * self.columns_per_degree;
        let y = (self.north - lat_deg) * self.rows_per_degree;
        self.height_at(x, y)
    }

    /// Height `x` columns and `y` rows from the first sample.
    #[inline(always)]
    fn height_at(&self, x: f64, y: f64) -> f32 {
        let (start, fx, fy) = self.cell(x, y);
        self.between(start, fx, fy)
    }

    /// Index of the sample north-west of a place and how far the place is from it, in columns and rows; an index behind the
    /// last sample for a place outside.
    #[inline(always)]
    fn cell(&self, x: f64, y: f64) -> (usize, f32, f32) {
        let outside = (self.heights_m.len(), 0.0, 0.0);
        // Written so that NaN fails too.
        if !(x >= 0.0 && y >= 0.0) {
            return outside;
        }
        let (column, row) = (x as usize, y as usize);
        let (column, row) = (column.min(self.columns - 2), row.min(self.rows - 2));
        let (fx, fy) = ((x - column as f64) as f32, (y - row as f64) as f32);
        if fx > 1.000_001 || fy > 1.000_001 {
            return outside;
        }
        (row * self.columns + column, fx, fy)
    }

    /// Height between the four samples from `start` on.
    #[inline(always)]
    fn between(&self, start: usize, fx: f32, fy: f32) -> f32 {
        let (Some(&[a, b]), Some(&[c, d])) = (
            self.heights_m.get(start..start + 2),
            self.heights_m.get(start + self.columns..start + self.columns + 2),
        ) else {
            return f32::NAN;
        };
        let top = a + (b - a) * fx;
        let bottom = c + (d - c) * fx;
        let height = top + (bottom - top) * fy;
        if height.is_nan() {
            bilinear_with_gaps([a, b, c, d], fx, fy)
        } else {
            height
        }
    }

    /// Heights at `N` places in a row, metres: the first at `first`, each next one `step_deg` (east, north) further.
    ///
    /// The same numbers as [`ElevationPatch::height_m`] gives, several times as quickly when all places lie inside.
    #[inline(always)]
    #[must_use]
    pub fn heights_along<const N: usize>(&self, first: LonLat, step_deg: (f64, f64)) -> [f32; N] {
        let x0 = (first.lon_deg - self.west) * self.columns_per_degree;
        let y0 = (self.north - first.lat_deg) * self.rows_per_degree;
        let dx = step_deg.0 * self.columns_per_degree;
        let dy = -step_deg.1 * self.rows_per_degree;
        let mut heights = [f32::NAN; N];
        let steps = N.saturating_sub(1) as f64;
        let inside = |from: f64, by: f64, samples: usize| {
            let to = from + by * steps;
            from >= 0.0 && to >= 0.0 && from < (samples - 1) as f64 && to < (samples - 1) as f64
        };
        if inside(x0, dx, self.columns) && inside(y0, dy, self.rows) {
            let mut starts = [0_u32; N];
            let mut fractions = [(0.0_f32, 0.0_f32); N];
            for (i, (start, fraction)) in starts.iter_mut().zip(&mut fractions).enumerate() {
                let (x, y) = (x0 + dx * i as f64, y0 + dy * i as f64);
                // The whole number below, because half is taken off before rounding.
                let (column, row) = ((x - 0.5) + ROUND, (y - 0.5) + ROUND);
                *fraction = ((x - (column - ROUND)) as f32, (y - (row - ROUND)) as f32);
                *start = (row.to_bits() as u32)
                    .wrapping_mul(self.columns as u32)
                    .wrapping_add(column.to_bits() as u32);
            }
            for ((height, &start), &(fx, fy)) in heights.iter_mut().zip(&starts).zip(&fractions) {
                let start = start as usize;
                if let (Some(&[a, b]), Some(&[c, d])) = (
                    self.heights_m.get(start..start + 2),
                    self.heights_m.get(start + self.columns..start + self.columns + 2),
                ) {
                    let top = a + (b - a) * fx;
                    let bottom = c + (d - c) * fx;
                    *height = top + (bottom - top) * fy;
                }
            }
        }
        if heights.iter().any(|height| height.is_nan()) {
            self.mend(&mut heights, first, step_deg);
        }
        heights
    }

    /// Asks one by one for the heights that are NaN.
    #[cold]
    fn mend(&self, heights: &mut [f32], first: LonLat, step_deg: (f64, f64)) {
        for (i, height) in heights.iter_mut().enumerate().filter(|(_, height)| height.is_nan()) {
            let i = i as f64;
            *height = self.height_m(first.lon_deg + step_deg.0 * i, first.lat_deg + step_deg.1 * i);
        }
    }

    /// Columns and rows of samples.
    #[must_use]
    pub const fn size(&self) -> (usize, usize) {
        (self.columns, self.rows)
    }

    /// Degrees between samples, east–west and north–south.
    #[must_use]
    pub const fn step_deg(&self) -> (f64, f64) {
        (self.step_lon_deg, self.step_lat_deg)
    }

    /// Place of a sample.
    #[must_use]
    pub fn sample_position(&self, column: usize, row: usize) -> LonLat {
        LonLat::new(
            self.west + column as f64 * self.step_lon_deg,
            self.north - row as f64 * self.step_lat_deg,
        )
    }

    /// The samples, row by row from the north-west; NaN where there is no elevation.
    #[must_use]
    pub fn heights_m(&self) -> &[f32] {
        &self.heights_m
    }

    /// From the first to the last sample.
    #[must_use]
    pub fn bounds(&self) -> Bounds {
        let south_east = self.sample_position(self.columns - 1, self.rows - 1);
        Bounds::new(self.west, south_east.lat_deg, south_east.lon_deg, self.north)
    }
}

/// Bilinear interpolation over the samples that exist, when they carry at least half of the weight; NaN otherwise.
/// `samples` are north-west, north-east, south-west, south-east.
#[cold]
pub(crate) fn bilinear_with_gaps(samples: [f32; 4], fx: f32, fy: f32) -> f32 {
    let weights = [(1.0 - fx) * (1.0 - fy), fx * (1.0 - fy), (1.0 - fx) * fy, fx * fy];
    let (mut sum, mut weight_sum) = (0.0, 0.0);
    for (sample, weight) in samples.into_iter().zip(weights) {
        if !sample.is_nan() {
            sum += sample * weight;
            weight_sum += weight;
        }
    }
    if weight_sum >= 0.5 { sum / weight_sum } else { f32::NAN }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn patch() -> ElevationPatch {
        // Rows from the north: 0 10 20 / 30 40 50.
        ElevationPatch::from_samples(
            LonLat::new(105.0, 18.0),
            0.5,
            0.25,
            3,
            vec![0.0, 10.0, 20.0, 30.0, 40.0, 50.0],
        )
        .expect("valid")
    }

    #[test]
    fn samples_and_midpoints() {
        let patch = patch();
        assert_eq!(patch.height_m(105.0, 18.0), 0.0);
        assert_eq!(patch.height_m(106.0, 17.75), 50.0);
        assert_eq!(patch.height_m(105.25, 18.0), 5.0);
        assert_eq!(patch.height_m(105.25, 17.875), 20.0);
        assert_eq!(patch.bounds(), Bounds::new(105.0, 17.75, 106.0, 18.0));
    }

    #[test]
    fn outside_is_nan() {
        let patch = patch();
        for (lon, lat) in [
            (104.99, 17.9),
            (106.01, 17.9),
            (105.5, 18.01),
            (105.5, 17.7),
            (f64::NAN, 17.9),
            (1e300, 17.9),
        ] {
            assert!(patch.height_m(lon, lat).is_nan(), "{lon} {lat}");
        }
    }

    #[test]
    fn a_missing_sample_is_bridged_only_from_nearby() {
        let heights = vec![0.0, f32::NAN, 20.0, 30.0, 40.0, 50.0];
        let patch = ElevationPatch::from_samples(LonLat::new(105.0, 18.0), 0.5, 0.25, 3, heights).expect("valid");
        assert!(patch.height_m(105.49, 17.99).is_nan());
        assert!((patch.height_m(105.01, 17.99) - 1.5).abs() < 1.5);
    }

    proptest! {
        #[test]
        fn heights_along_a_line_are_those_of_its_places(
            lon in 104.9..106.1_f64, lat in 17.6..18.1_f64, east in -0.1..0.1_f64, north in -0.1..0.1_f64, hole in 0..16_usize,
        ) {
            let mut heights: Vec<f32> = (0..30).map(|i| (i * i % 37) as f32).collect();
            if hole < 8 {
                heights[hole * 3] = f32::NAN;
            }
            let patch = ElevationPatch::from_samples(LonLat::new(105.0, 18.0), 0.2, 0.1, 6, heights).expect("valid");
            let along: [f32; 9] = patch.heights_along(LonLat::new(lon, lat), (east, north));
            for (i, height) in along.into_iter().enumerate() {
                let alone = patch.height_m(lon + east * i as f64, lat + north * i as f64);
                prop_assert!((height - alone).abs() < 1e-3 || (height.is_nan() && alone.is_nan()), "{i}: {height} {alone}");
            }
        }
    }

    #[test]
    fn malformed_patches_are_refused() {
        let at = LonLat::new(105.0, 18.0);
        assert!(ElevationPatch::from_samples(at, 0.5, 0.5, 0, vec![]).is_none());
        assert!(ElevationPatch::from_samples(at, 0.5, 0.5, 3, vec![0.0; 5]).is_none());
        assert!(ElevationPatch::from_samples(at, 0.0, 0.5, 2, vec![0.0; 4]).is_none());
        assert!(ElevationPatch::from_samples(at, 0.5, f64::NAN, 2, vec![0.0; 4]).is_none());
    }

    proptest! {
        #[test]
        fn a_plane_is_reproduced(lon in 105.0..106.0_f64, lat in 17.0..18.0_f64, a in -5.0..5.0_f32, b in -5.0..5.0_f32) {
            let heights = (0..11).flat_map(|row| (0..11).map(move |column| a * column as f32 + b * row as f32)).collect();
            let patch = ElevationPatch::from_samples(LonLat::new(105.0, 18.0), 0.1, 0.1, 11, heights).expect("valid");
            let expected = a * ((lon - 105.0) / 0.1) as f32 + b * ((18.0 - lat) / 0.1) as f32;
            prop_assert!((patch.height_m(lon, lat) - expected).abs() < 1e-3);
        }
    }
}
