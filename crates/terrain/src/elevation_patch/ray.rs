//! Heights along a ray, with the machine's widest instructions.

use geodesy::LocalFrame;
use pulp::{Arch, NullaryFnOnce};

use super::{ElevationPatch, ROUND};

/// Samples whose places are found before their heights are fetched, so that many fetches from memory are under way at once.
const BLOCK: usize = 64;

impl ElevationPatch {
    /// Heights along the geodesic that leaves the frame's origin, metres: `heights_m[i]` is the one `i` steps of
    /// (`east_m`, `north_m`) away, bilinear, NaN where [`Self::height_m`] is.
    ///
    /// Column and row are cubic functions of the step here, through four places of the frame: within 1 cm of it up to
    /// 40 km from the origin.
    pub fn ray_heights(&self, frame: &LocalFrame, (east_m, north_m): (f64, f64), heights_m: &mut [f64]) {
        let Some(last) = heights_m.len().checked_sub(1) else {
            return;
        };
        let third = last.max(3) as f64 / 3.0;
        let nodes = [0.0, 1.0, 2.0, 3.0].map(|node| {
            let place = frame.to_lonlat(node * third * east_m, node * third * north_m);
            let x = (place.lon_deg - self.west) * self.columns_per_degree;
            (x, (self.north - place.lat_deg) * self.rows_per_degree)
        });
        Arch::new().dispatch(Ray {
            patch: self,
            column: Cubic::through(nodes.map(|(x, _)| x), third),
            row: Cubic::through(nodes.map(|(_, y)| y), third),
            heights_m,
        });
    }
}

/// A ray to be sampled: columns and rows from the first sample by steps.
struct Ray<'a> {
    patch: &'a ElevationPatch,
    column: Cubic,
    row: Cubic,
    heights_m: &'a mut [f64],
}

impl NullaryFnOnce for Ray<'_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        let mut cells = Cells::new();
        let mut first = 0.0;
        for heights_m in self.heights_m.chunks_mut(BLOCK) {
            let inside = cells.locate(self.patch, (&self.column, &self.row), first);
            if !(inside && cells.fetch(self.patch) && cells.interpolate(heights_m)) {
                one_by_one(self.patch, (&self.column, &self.row), first, heights_m);
            }
            first += BLOCK as f64;
        }
    }
}

/// A block of samples between the four neighbours of each.
struct Cells {
    /// Index of the north-west neighbour.
    start: [u32; BLOCK],
    /// Columns and rows from there.
    fx: [f32; BLOCK],
    fy: [f32; BLOCK],
    /// North-west, north-east, south-west, south-east, m.
    corners_m: [[f32; 4]; BLOCK],
}

impl Cells {
    #[inline(always)]
    fn new() -> Self {
        Self {
            start: [0; BLOCK],
            fx: [0.0; BLOCK],
            fy: [0.0; BLOCK],
            corners_m: [[0.0; 4]; BLOCK],
        }
    }

    /// Finds the cells of the block's steps from `first` on; whether all lie inside the patch.
    #[inline(always)]
    fn locate(&mut self, patch: &ElevationPatch, (column, row): (&Cubic, &Cubic), first: f64) -> bool {
        let (columns, rows) = ((patch.columns - 1) as f64, (patch.rows - 1) as f64);
        let mut inside = true;
        for i in 0..BLOCK {
            let step = first + i as f64;
            let (x, y) = (column.at(step), row.at(step));
            inside &= (x >= 0.0) & (y >= 0.0) & (x < columns) & (y < rows);
            // The whole number below, because half is taken off before rounding.
            let (column, row) = ((x - 0.5) + ROUND, (y - 0.5) + ROUND);
            self.fx[i] = (x - (column - ROUND)) as f32;
            self.fy[i] = (y - (row - ROUND)) as f32;
            self.start[i] = (row.to_bits() as u32)
                .wrapping_mul(patch.columns as u32)
                .wrapping_add(column.to_bits() as u32);
        }
        inside
    }

    /// Fetches the neighbours; whether there are all.
    #[inline(always)]
    fn fetch(&mut self, patch: &ElevationPatch) -> bool {
        let north = patch.heights_m.as_slice();
        let south = &north[patch.columns..];
        for (corners_m, &start) in self.corners_m.iter_mut().zip(&self.start) {
            let pair = start as usize..start as usize + 2;
            let (Some(&[a, b]), Some(&[c, d])) = (north.get(pair.clone()), south.get(pair)) else {
                return false;
            };
            *corners_m = [a, b, c, d];
        }
        true
    }

    /// Heights between the neighbours; whether all are numbers.
    #[inline(always)]
    fn interpolate(&self, heights_m: &mut [f64]) -> bool {
        let mut between_m = [0.0; BLOCK];
        let mut complete = true;
        for (i, between_m) in between_m.iter_mut().enumerate() {
            let [a, b, c, d] = self.corners_m[i];
            let top = a + (b - a) * self.fx[i];
            let bottom = c + (d - c) * self.fx[i];
            let height = top + (bottom - top) * self.fy[i];
            complete &= !height.is_nan();
            *between_m = f64::from(height);
        }
        heights_m.copy_from_slice(&between_m[..heights_m.len()]);
        complete
    }
}

/// The same for blocks that reach out of the patch or meet a gap.
#[cold]
#[inline(never)]
fn one_by_one(patch: &ElevationPatch, (column, row): (&Cubic, &Cubic), first: f64, heights_m: &mut [f64]) {
    for (i, height_m) in heights_m.iter_mut().enumerate() {
        let step = first + i as f64;
        *height_m = f64::from(patch.height_at(column.at(step), row.at(step)));
    }
}

/// c0 + c1·t + c2·t² + c3·t³.
#[derive(Debug, Clone, Copy)]
struct Cubic([f64; 4]);

impl Cubic {
    /// Through values at t = 0, `spacing`, 2 `spacing` and 3 `spacing` (Newton's forward differences).
    fn through([a, b, c, d]: [f64; 4], spacing: f64) -> Self {
        let (first, second, third) = (b - a, c - 2.0 * b + a, d - 3.0 * c + 3.0 * b - a);
        let s = 1.0 / spacing;
        Self([
            a,
            (first - second / 2.0 + third / 3.0) * s,
            (second / 2.0 - third / 2.0) * s * s,
            third / 6.0 * s * s * s,
        ])
    }

    #[inline(always)]
    fn at(&self, t: f64) -> f64 {
        let [c0, c1, c2, c3] = self.0;
        c0 + t * (c1 + t * (c2 + t * c3))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use geodesy::LonLat;
    use proptest::prelude::*;

    /// Northwards through a patch with a missing sample: bridged near its neighbours, missing near itself.
    #[test]
    fn a_ray_over_a_gap() {
        let heights = (0..21 * 21)
            .map(|index| if index == 10 * 21 + 10 { f32::NAN } else { 40.0 })
            .collect();
        let patch = ElevationPatch::from_samples(LonLat::new(105.0, 19.0), 0.01, 0.01, 21, heights).expect("valid");
        let mut along = [0.0; 150];
        patch.ray_heights(&LocalFrame::new(LonLat::new(105.1, 18.82)), (0.0, 100.0), &mut along);
        let missing = along.iter().filter(|height| height.is_nan()).count();
        assert!(
            (9..=13).contains(&missing),
            "{missing} of steps of 100 m, a sample being 1.1 km"
        );
        assert!(
            along
                .iter()
                .all(|&height| height.is_nan() || (height - 40.0).abs() < 1e-4),
            "{along:?}"
        );
    }

    proptest! {
        #[test]
        fn a_ray_has_the_heights_of_its_places(
            lon in 105.3..105.7_f64, lat in 18.3..18.7_f64, azimuth in 0.0..360.0_f64, step_m in 1.0..60.0_f64,
            samples in 1..700_usize,
        ) {
            // 200 m per sample of about 1.1 km, so that a displacement of 1 cm is 2 mm of height.
            let heights = (0..101 * 101).map(|index: usize| ((index * 7919) % 200) as f32).collect();
            let patch = ElevationPatch::from_samples(LonLat::new(105.0, 19.0), 0.01, 0.01, 101, heights).expect("valid");
            let frame = LocalFrame::new(LonLat::new(lon, lat));
            let (sin, cos) = azimuth.to_radians().sin_cos();
            let step = (step_m * sin, step_m * cos);
            let mut along = vec![0.0; samples];
            patch.ray_heights(&frame, step, &mut along);
            for (index, height) in along.iter().enumerate() {
                let place = frame.to_lonlat(index as f64 * step.0, index as f64 * step.1);
                let direct = f64::from(patch.height_m(place.lon_deg, place.lat_deg));
                prop_assert!((height - direct).abs() < 4e-3 || height.is_nan() && direct.is_nan(), "{height} {direct}");
            }
        }
    }
}
