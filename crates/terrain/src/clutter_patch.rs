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
        std::array::from_fn(|i| {
            let i = i as f64;
            self.clutter_height_m(first.lon_deg + step_deg.0 * i, first.lat_deg + step_deg.1 * i)
        })
    }

    /// The cells' heights, row by row from the north-west, metres.
    #[must_use]
    pub fn heights_m(&self) -> &[f32] {
        &self.heights_m
    }
}
