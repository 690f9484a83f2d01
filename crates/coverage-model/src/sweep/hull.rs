//! The upper convex hull of a growing series of points, and the two questions asked of it.

/// A point of the profile: distance (km) and height (m).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Vertex {
    /// Distance from the transmitter, km.
    pub x_km: f64,
    /// Height, m.
    pub y_m: f64,
    /// Index on the radial.
    pub index: u32,
}

/// Upper convex hull of points whose distances grow; appending costs O(1) amortised.
#[derive(Debug, Clone, Default)]
pub struct UpperHull {
    vertices: Vec<Vertex>,
}

/// Hulls up to this length are walked; longer ones (plateaus, sea) are searched by halving.
const WALK_LIMIT: usize = 8;

impl UpperHull {
    /// Forgets all points.
    #[inline(always)]
    pub fn clear(&mut self) {
        self.vertices.clear();
    }

    /// Adds a point to the right of all others. Points on a chord are dropped, so of a collinear run the ends stay.
    #[inline(always)]
    pub fn push(&mut self, vertex: Vertex) {
        while let [.., before, last] = self.vertices.as_slice() {
            let rises = (last.y_m - before.y_m) * (vertex.x_km - before.x_km);
            let chord = (vertex.y_m - before.y_m) * (last.x_km - before.x_km);
            if rises > chord {
                break;
            }
            self.vertices.pop();
        }
        self.vertices.push(vertex);
    }

    /// The vertex of steepest line as seen from `(x_km, y_m)` to the right of all points: the **last** among equals.
    #[inline(always)]
    pub fn steepest_from(&self, x_km: f64, y_m: f64) -> Option<Vertex> {
        // Whether going from `left` to `right` does not lose slope, written without division.
        let right_is_better = |left: &Vertex, right: &Vertex| {
            (right.y_m - y_m) * (x_km - left.x_km) >= (left.y_m - y_m) * (x_km - right.x_km)
        };
        self.peak(right_is_better)
    }

    /// The vertex that rises most above a line of slope `slope` (m/km): the last among equals.
    #[inline(always)]
    pub fn farthest_above(&self, slope: f64) -> Option<Vertex> {
        self.peak(
            #[inline(always)]
            |left, right| right.y_m - slope * right.x_km >= left.y_m - slope * left.x_km,
        )
    }

    /// Along the hull a criterion rises, then falls; finds its peak.
    #[inline(always)]
    fn peak(&self, right_is_better: impl Fn(&Vertex, &Vertex) -> bool) -> Option<Vertex> {
        let vertices = self.vertices.as_slice();
        let mut peak = vertices.len().checked_sub(1)?;
        if peak > WALK_LIMIT {
            let (mut low, mut high) = (0, peak);
            while low < high {
                let middle = (low + high) / 2;
                if right_is_better(&vertices[middle], &vertices[middle + 1]) {
                    low = middle + 1;
                } else {
                    high = middle;
                }
            }
            peak = low;
        } else {
            while peak > 0 && !right_is_better(&vertices[peak - 1], &vertices[peak]) {
                peak -= 1;
            }
        }
        Some(vertices[peak])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn hull_of(heights: &[f64]) -> UpperHull {
        let mut hull = UpperHull::default();
        for (i, &y_m) in heights.iter().enumerate() {
            hull.push(Vertex {
                x_km: (i + 1) as f64 * 0.03,
                y_m,
                index: i as u32 + 1,
            });
        }
        hull
    }

    proptest! {
        #[test]
        fn agrees_with_looking_at_every_point(
            heights in prop::collection::vec(prop_oneof![Just(0.0), Just(7.0), -30.0..900.0_f64], 1..200),
            eye in -200.0..1500.0_f64,
            slope in -300.0..300.0_f64,
        ) {
            let hull = hull_of(&heights);
            let x_km = (heights.len() + 1) as f64 * 0.03;
            let steepest = hull.steepest_from(x_km, eye).expect("not empty");
            let seen = (steepest.y_m - eye) / (x_km - steepest.x_km);
            let farthest = hull.farthest_above(slope).expect("not empty");
            let above = farthest.y_m - slope * farthest.x_km;
            for (i, &y_m) in heights.iter().enumerate() {
                let x = (i + 1) as f64 * 0.03;
                prop_assert!((y_m - eye) / (x_km - x) <= seen + 1e-9 * seen.abs().max(1.0));
                prop_assert!(y_m - slope * x <= above + 1e-9 * above.abs().max(1.0));
            }
        }
    }

    #[test]
    fn of_equals_the_last_is_taken() {
        let hull = hull_of(&[5.0; 40]);
        assert_eq!(hull.farthest_above(0.0).map(|vertex| vertex.index), Some(40));
        assert_eq!(
            hull.steepest_from(41.0 * 0.03, 5.0).map(|vertex| vertex.index),
            Some(40)
        );
    }
}
