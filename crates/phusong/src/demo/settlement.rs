//! Where people live well: the field that communes, roads, villages and masts grow from.

use rand::Rng;
use rand_chacha::ChaCha8Rng;

use super::plane::Point;
use super::relief::Relief;

/// A town around which people crowd.
pub struct Town {
    pub position: Point,
    /// How far the crowd reaches (km).
    pub radius_km: f64,
    /// How dense it is against the countryside.
    pub strength: f64,
    /// How many wards it has.
    pub wards: usize,
}

/// The three towns: the capital, one in the south-east beside the port, one in the north.
pub fn towns() -> Vec<Town> {
    let town = |lon, lat, radius_km, strength, wards| Town {
        position: Point::from_degrees(lon, lat),
        radius_km,
        strength,
        wards,
    };
    vec![
        town(105.97, 18.345, 4.0, 5.0, 4),
        town(106.33, 18.07, 3.2, 3.0, 3),
        town(105.72, 18.565, 2.8, 2.5, 2),
    ]
}

/// Suitability of each cell for living (0 in the sea and on steep ground; about 1 in a good plain; more in towns).
pub fn suitability(relief: &Relief, towns: &[Town]) -> Vec<f32> {
    let river = river_nearness(relief);
    (0..relief.lattice.len())
        .map(|index| {
            if relief.is_sea(index) || relief.coast_km[index] < 0.15 {
                return 0.0;
            }
            let point = relief.lattice.centre(index);
            let height = f64::from(relief.height_m[index]);
            let gentle = (-(relief.slope(index) / 0.07).powi(2)).exp();
            let low = 0.06 + 0.94 * (-height / 55.0).exp();
            let near_water = 0.55 + 0.9 * f64::from(river[index]);
            let crowd: f64 = towns
                .iter()
                .map(|town| {
                    let distance = town.position.distance_km(point) / town.radius_km;
                    town.strength * (-distance * distance).exp()
                })
                .sum();
            (gentle * low * (near_water + crowd)) as f32
        })
        .collect()
}

/// 1 on a river, falling to 0 at about 3 km.
fn river_nearness(relief: &Relief) -> Vec<f32> {
    let mut near = vec![0.0f32; relief.lattice.len()];
    for index in 0..near.len() {
        if relief.drainage_km2[index] < 15.0 || relief.is_sea(index) {
            continue;
        }
        let point = relief.lattice.centre(index);
        for other in relief.lattice.within(point, 2.5) {
            let distance = relief.lattice.centre(other).distance_km(point);
            near[other] = near[other].max((1.0 - distance / 2.5) as f32);
        }
    }
    near
}

/// Orders `cells` at random, likelier first (Efraimidis and Spirakis, 2006).
pub fn weighted_order(cells: &[usize], weight: impl Fn(usize) -> f64, random: &mut ChaCha8Rng) -> Vec<usize> {
    let mut keyed: Vec<(f64, usize)> = cells
        .iter()
        .filter_map(|&cell| {
            let draw: f64 = random.random_range(1e-12..1.0);
            let weight = weight(cell);
            (weight > 0.0).then(|| (draw.ln() / weight, cell))
        })
        .collect();
    keyed.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    keyed.into_iter().map(|(_, cell)| cell).collect()
}

/// Points already taken, found by neighbourhood: keeps new ones at a distance.
pub struct Spacing {
    cell_km: f64,
    buckets: std::collections::BTreeMap<(i32, i32), Vec<Point>>,
}

impl Spacing {
    /// `reach_km` = the longest distance that will be asked for.
    pub fn new(reach_km: f64) -> Self {
        Self {
            cell_km: reach_km,
            buckets: std::collections::BTreeMap::new(),
        }
    }

    fn key(&self, point: Point) -> (i32, i32) {
        (
            (point.x / self.cell_km).floor() as i32,
            (point.y / self.cell_km).floor() as i32,
        )
    }

    pub fn insert(&mut self, point: Point) {
        self.buckets.entry(self.key(point)).or_default().push(point);
    }

    pub fn is_free(&self, point: Point, distance_km: f64) -> bool {
        let (column, row) = self.key(point);
        (column - 1..=column + 1).all(|c| {
            (row - 1..=row + 1).all(|r| {
                self.buckets
                    .get(&(c, r))
                    .is_none_or(|points| points.iter().all(|other| other.distance_km(point) >= distance_km))
            })
        })
    }
}

/// A normal deviate by the polar method.
pub fn normal(random: &mut ChaCha8Rng) -> f64 {
    loop {
        let u: f64 = random.random_range(-1.0..1.0);
        let v: f64 = random.random_range(-1.0..1.0);
        let s = u * u + v * v;
        if s > 0.0 && s < 1.0 {
            return u * (-2.0 * s.ln() / s).sqrt();
        }
    }
}
