//! One mast in two lists: sites of different codes that stand in one place.

use geodesy::LonLat;
use rstar::RTree;
use rstar::primitives::GeomWithData;

/// Two codes nearer to each other than this are taken for one mast, metres: receivers for surveying by hand agree to some
/// ten metres, and no two masts are built closer.
pub const SAME_PLACE_M: f64 = 30.0;

/// Positions on a plane in metres, indexed.
pub struct Masts {
    tree: RTree<GeomWithData<[f64; 2], usize>>,
    scale_x: f64,
}

const METRES_PER_DEGREE: f64 = 111_320.0;

impl Masts {
    /// Indexes positions by their place in the list.
    #[must_use]
    pub fn new(positions: &[LonLat]) -> Self {
        let middle = positions.iter().map(|position| position.lat_deg).sum::<f64>() / positions.len().max(1) as f64;
        let scale_x = METRES_PER_DEGREE * middle.to_radians().cos();
        let points = positions.iter().enumerate().map(|(index, position)| {
            GeomWithData::new(
                [position.lon_deg * scale_x, position.lat_deg * METRES_PER_DEGREE],
                index,
            )
        });
        Self {
            tree: RTree::bulk_load(points.collect()),
            scale_x,
        }
    }

    /// The nearest other position within [`SAME_PLACE_M`] that `wanted` takes, with its distance in metres.
    pub fn nearest(&self, at: LonLat, wanted: impl Fn(usize) -> bool) -> Option<(usize, f64)> {
        let point = [at.lon_deg * self.scale_x, at.lat_deg * METRES_PER_DEGREE];
        self.tree
            .locate_within_distance(point, SAME_PLACE_M * SAME_PLACE_M)
            .filter(|found| wanted(found.data))
            .map(|found| {
                let [x, y] = *found.geom();
                (found.data, (x - point[0]).hypot(y - point[1]))
            })
            .min_by(|a, b| a.1.total_cmp(&b.1).then(a.0.cmp(&b.0)))
    }
}
