//! A dense piece of a land cover.

use geodesy::LonLat;

/// Clutter heights on a regular longitude/latitude lattice of cells, in memory.
#[derive(Debug, Clone, PartialEq)]
pub struct ClutterPatch {
    west: f64,
    north: f64,
    columns_per_degree: f64,
    rows_per_degree: f64,
    columns: usize,
    heights_m: Vec<f32>,
}

impl ClutterPatch {
    /// A patch from its cells, row by row from the north-west corner (`north_west` is the corner, not a centre).
    /// `None` unless the steps are positive and the cells fill whole rows.
    #[must_use]
    pub fn from_cells(
        north_west: LonLat,
        step_lon_deg: f64,
        step_lat_deg: f64,
        columns: usize,
        heights_m: Vec<f32>,
    ) -> Option<Self> {
        let whole = columns > 0 && heights_m.len().is_multiple_of(columns) && !heights_m.is_empty();
        (whole && step_lon_deg > 0.0 && step_lat_deg > 0.0).then(|| Self {
            west: north_west.lon_deg,
            north: north_west.lat_deg,
            columns_per_degree: 1.0 / step_lon_deg,
            rows_per_degree: 1.0 / step_lat_deg,
            columns,
            heights_m,
        })
    }

    /// Representative clutter height of the cell that holds a place, metres; 0 outside the patch.
    #[inline]
    #[must_use]
    pub fn clutter_height_m(&self, lon_deg: f64, lat_deg: f64) -> f32 {
        let x = (lon_deg - self.west) * self.columns_per_degree;
        let y = (self.north - lat_deg) * self.rows_per_degree;
        if !(x >= 0.0 && y >= 0.0 && x < self.columns as f64 && y < 1e9) {
            return 0.0;
        }
        self.heights_m
            .get(y as usize * self.columns + x as usize)
            .copied()
            .unwrap_or(0.0)
    }

    /// Clutter heights at `N` places in a row, metres: the first at `first`, each next one `step_deg` (east, north)
    /// further.
    #[inline(always)]
    #[must_use]
    pub fn clutter_heights_along<const N: usize>(&self, first: LonLat, step_deg: (f64, f64)) -> [f32; N] {
        let rows = self.heights_m.len() / self.columns;
        let (mut x, mut y) = ([0.0_f64; N], [0.0_f64; N]);
        for (i, (x, y)) in x.iter_mut().zip(&mut y).enumerate() {
            let i = i as f64;
            *x = (first.lon_deg + step_deg.0 * i - self.west) * self.columns_per_degree;
            *y = (self.north - (first.lat_deg + step_deg.1 * i)) * self.rows_per_degree;
        }
        // On a line all places lie inside when both ends do.
        let inside = |value: &[f64; N], cells: usize| {
            let ends = [value.first(), value.last()];
            ends.iter()
                .all(|end| end.is_some_and(|&end| end >= 0.0 && end < cells as f64))
        };
        let mut heights = [0.0_f32; N];
        if inside(&x, self.columns) && inside(&y, rows) {
            let mut cells = [0_u32; N];
            for ((cell, &x), &y) in cells.iter_mut().zip(&x).zip(&y) {
                *cell = (y as u32).wrapping_mul(self.columns as u32).wrapping_add(x as u32);
            }
            for (height, &cell) in heights.iter_mut().zip(&cells) {
                *height = self.heights_m.get(cell as usize).copied().unwrap_or(0.0);
            }
        } else {
            for (i, height) in heights.iter_mut().enumerate() {
                let i = i as f64;
                *height = self.clutter_height_m(first.lon_deg + step_deg.0 * i, first.lat_deg + step_deg.1 * i);
            }
        }
        heights
    }

    /// The cells' heights, row by row from the north-west, metres.
    #[must_use]
    pub fn heights_m(&self) -> &[f32] {
        &self.heights_m
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Also across the edges and from far outside.
        #[test]
        fn clutter_along_a_line_is_that_of_its_places(
            lon in 104.99..105.02_f64, lat in 17.98..18.01_f64, east in -2e-3..2e-3_f64, north in -2e-3..2e-3_f64,
        ) {
            let cells = (0..12 * 9).map(|cell| cell as f32).collect();
            let patch = ClutterPatch::from_cells(LonLat::new(105.0, 18.0), 1e-3, 1e-3, 12, cells).expect("whole rows");
            let along: [f32; 9] = patch.clutter_heights_along(LonLat::new(lon, lat), (east, north));
            for (i, height_m) in along.into_iter().enumerate() {
                let i = i as f64;
                prop_assert_eq!(height_m, patch.clutter_height_m(lon + east * i, lat + north * i));
            }
        }
    }
}
