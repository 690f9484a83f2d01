//! Masts of three operators, and which of them carry a second or third operator.

use rand::Rng;
use rand_chacha::ChaCha8Rng;

use super::communes::Division;
use super::plane::Point;
use super::relief::Relief;
use super::settlement::{Spacing, Town, weighted_order};
use super::villages::Village;
use super::zones::{Zone, ZoneKind};

/// The operators, by the order of [`Mast::owner`].
pub const OPERATORS: [&str; 3] = ["Viettel", "VNPT", "MobiFone"];
/// Masts that each operator owns.
const OWNED: [usize; 3] = [505, 405, 290];
/// Masts used by two operators or more: 16 % of 1,200.
const SHARED: usize = 192;
/// Of these, masts with all three.
const SHARED_BY_THREE: usize = 12;

/// A mast: a location (vị trí, nhà trạm), not a station.
pub struct Mast {
    pub code: String,
    pub name: String,
    pub owner: usize,
    /// Operators on it, the owner first.
    pub tenants: Vec<usize>,
    pub position: Point,
    /// A1a, A1b, A2a, A2b or A2c.
    pub mast_type: &'static str,
    pub height_m: u32,
    pub commune: usize,
    /// Near which village (index).
    pub village: usize,
    /// How far from everything it stands (0 to about 1).
    pub remoteness: f64,
}

struct Site {
    owner: usize,
    position: Point,
    village: usize,
}

/// Puts up the masts.
pub fn put_up(
    relief: &Relief,
    division: &Division,
    villages: &[Village],
    zones: &[Zone],
    towns: &[Town],
    random: &mut ChaCha8Rng,
) -> Vec<Mast> {
    let mut builder = Builder {
        relief,
        division,
        villages,
        towns,
        sites: Vec::new(),
        any: Spacing::new(0.5),
        own: [(); 3].map(|()| Spacing::new(4.0)),
        random,
    };
    builder.in_zones(zones);
    for owner in 0..3 {
        builder.for_operator(owner);
    }
    let mut masts = builder.finish();
    share(&mut masts, random);
    masts
}

struct Builder<'a> {
    relief: &'a Relief,
    division: &'a Division,
    villages: &'a [Village],
    towns: &'a [Town],
    sites: Vec<Site>,
    any: Spacing,
    own: [Spacing; 3],
    random: &'a mut ChaCha8Rng,
}

impl Builder<'_> {
    /// A mast or two in each industrial park and cluster of today.
    fn in_zones(&mut self, zones: &[Zone]) {
        for (index, zone) in zones
            .iter()
            .filter(|zone| zone.exists_today() && zone.kind != ZoneKind::EconomicZone)
            .enumerate()
        {
            let count = if zone.area_ha > 250.0 { 3 } else { 1 };
            for number in 0..count {
                for _ in 0..40 {
                    let reach = (zone.area_ha / 100.0).sqrt() * 0.45;
                    let place = zone.middle().offset(
                        self.random.random_range(-reach..reach),
                        self.random.random_range(-reach..reach),
                    );
                    if zone.contains(place) && self.any.is_free(place, 0.2) {
                        self.add((index + number) % 3, place);
                        break;
                    }
                }
            }
        }
    }

    fn add(&mut self, owner: usize, position: Point) {
        let village = (0..self.villages.len())
            .min_by(|&a, &b| {
                self.villages[a]
                    .position
                    .distance_km(position)
                    .total_cmp(&self.villages[b].position.distance_km(position))
            })
            .unwrap_or(0);
        self.any.insert(position);
        self.own[owner].insert(position);
        self.sites.push(Site {
            owner,
            position,
            village,
        });
    }

    /// Masts of one operator: towns close together, the plain about two kilometres apart, valleys as people live.
    fn for_operator(&mut self, owner: usize) {
        let reach = [1.0, 0.75, 0.45][owner];
        let all: Vec<usize> = (0..self.villages.len()).collect();
        let villages = self.villages;
        let weight = |index: usize| {
            let village = &villages[index];
            let power = if village.electrified { 1.0 } else { 0.04 };
            let off_road = (-village.road_km / (1.6 * reach)).exp();
            f64::from(village.population).powf(0.7) * power * (0.05 + off_road)
        };
        let order = weighted_order(&all, weight, self.random);
        for pass in 0..8 {
            let closer = 0.86f64.powi(pass);
            for &index in &order {
                if self.count(owner) == OWNED[owner] {
                    return;
                }
                self.near_village(owner, index, closer);
            }
        }
    }

    fn count(&self, owner: usize) -> usize {
        self.sites.iter().filter(|site| site.owner == owner).count()
    }

    fn near_village(&mut self, owner: usize, index: usize, closer: f64) {
        let village = &self.villages[index];
        if !village.electrified && village.road_km > 1.5 {
            return;
        }
        let crowd: f64 = self
            .towns
            .iter()
            .map(|town| (-(town.position.distance_km(village.position) / (1.2 * town.radius_km)).powi(2)).exp())
            .sum();
        let apart = (1.9 - 1.25 * crowd.min(1.0)) * closer * [0.95, 1.05, 1.15][owner];
        let Some(place) = self.stand(village.position) else {
            return;
        };
        if self.own[owner].is_free(place, apart) && self.any.is_free(place, 0.11) {
            self.add(owner, place);
        }
    }

    /// Where to stand near a village: anywhere on flat ground, the highest of a few places in the hills.
    fn stand(&mut self, village: Point) -> Option<Point> {
        let mut best: Option<(f64, Point)> = None;
        let mut heights = (f64::INFINITY, f64::NEG_INFINITY);
        for _ in 0..7 {
            let distance: f64 = self.random.random_range(0.06..0.62);
            let bearing: f64 = self.random.random_range(0.0..std::f64::consts::TAU);
            let place = village.offset(distance * bearing.cos(), distance * bearing.sin());
            if self.division.commune_of(self.relief, place).is_none() {
                continue;
            }
            let height = self.relief.height_at(place);
            heights = (heights.0.min(height), heights.1.max(height));
            if best.is_none_or(|(highest, _)| height > highest) {
                best = Some((height, place));
            }
        }
        best.map(|(_, place)| place)
    }

    fn finish(self) -> Vec<Mast> {
        let Self {
            relief,
            division,
            villages,
            mut sites,
            random,
            ..
        } = self;
        sites.sort_by(|a, b| {
            let (a_home, b_home) = (villages[a.village].commune, villages[b.village].commune);
            a_home
                .cmp(&b_home)
                .then(b.position.y.total_cmp(&a.position.y))
                .then(a.position.x.total_cmp(&b.position.x))
        });
        sites
            .into_iter()
            .enumerate()
            .map(|(index, site)| {
                let village = &villages[site.village];
                let high = relief.height_at(site.position);
                let commune = division.commune_of(relief, site.position).unwrap_or(village.commune);
                let (mast_type, height_m) = build_of(division.communes[commune].ward, random);
                Mast {
                    code: format!("MP{:04}", index + 1),
                    name: format!("{} {}", village.name, division.communes[commune].name),
                    owner: site.owner,
                    tenants: vec![site.owner],
                    position: site.position,
                    mast_type,
                    height_m,
                    commune,
                    village: site.village,
                    remoteness: (village.road_km / 3.0).min(1.0) * 0.5 + (high / 400.0).min(1.0) * 0.5,
                }
            })
            .collect()
    }
}

/// Mast type and height by the mix of one province: A2b 92.2 %, A2a 5.8 %, A1b 1.1 %, A2c 0.9 %; rooftops stand in wards.
fn build_of(ward: bool, random: &mut ChaCha8Rng) -> (&'static str, u32) {
    let draw: f64 = random.random();
    let rooftop = if ward { 0.30 } else { 0.022 };
    let pick = |heights: &[u32], random: &mut ChaCha8Rng| heights[random.random_range(0..heights.len())];
    if draw < rooftop {
        ("A2a", pick(&[15, 18, 21, 24], random))
    } else if draw < rooftop + 0.011 {
        ("A1b", pick(&[12, 15], random))
    } else if draw < rooftop + 0.020 {
        ("A2c", pick(&[30, 36, 50], random))
    } else {
        ("A2b", pick(&[42, 42, 42, 42, 42, 42, 42, 36, 45, 48, 30, 60], random))
    }
}

/// Lets operators onto each other's masts where they have none of their own near.
fn share(masts: &mut [Mast], random: &mut ChaCha8Rng) {
    let nearest_own = |masts: &[Mast], operator: usize, place: Point| {
        masts
            .iter()
            .filter(|mast| mast.owner == operator)
            .map(|mast| mast.position.distance_km(place))
            .fold(f64::INFINITY, f64::min)
    };
    let all: Vec<usize> = (0..masts.len()).collect();
    let tall = |index: usize| if masts[index].mast_type == "A2b" { 1.0 } else { 0.1 };
    let order = weighted_order(&all, tall, random);
    let mut shared = 0;
    for &index in &order {
        let wanted = 1 + usize::from(shared < SHARED_BY_THREE);
        let place = masts[index].position;
        let mut guests: Vec<(f64, usize)> = (0..3)
            .filter(|&operator| operator != masts[index].owner)
            .map(|operator| (nearest_own(masts, operator, place), operator))
            .filter(|&(distance, _)| distance > 1.1)
            .collect();
        guests.sort_by(|a, b| b.0.total_cmp(&a.0));
        if guests.len() < wanted {
            continue;
        }
        masts[index]
            .tenants
            .extend(guests.iter().take(wanted).map(|&(_, operator)| operator));
        shared += 1;
        if shared == SHARED {
            return;
        }
    }
}
