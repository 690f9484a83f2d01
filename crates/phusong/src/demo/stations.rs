//! Stations: one operator × one technology at a mast. Exactly 3,600, of them 50 5G, 26 of those inside zones.

use rand::Rng;
use rand_chacha::ChaCha8Rng;

use super::masts::{Mast, OPERATORS};
use super::plane::Point;
use super::settlement::{Town, weighted_order};
use super::zones::Zone;

/// Stations of the province (ha-tinh-529 II.1).
pub const STATIONS: usize = 3_600;
/// 5G stations among them.
pub const STATIONS_5G: usize = 50;
/// 5G stations inside economic zones, parks and clusters.
pub const STATIONS_5G_IN_ZONES: usize = 26;
/// 4G stations of the demo.
pub const STATIONS_4G: usize = 1_330;
/// 3G stations of the demo.
pub const STATIONS_3G: usize = 1_230;

/// One operator at one mast, with its technologies.
pub struct Tenancy {
    pub mast: usize,
    pub operator: usize,
    /// Whether it has 2G, 3G, 4G, 5G.
    pub technologies: [bool; 4],
    pub sectors: u32,
    pub first_azimuth_deg: u32,
    pub tilt_deg: u32,
    /// First on air, then 5G on air (ISO dates).
    pub on_air: String,
    pub on_air_5g: String,
}

impl Tenancy {
    pub fn code(&self, masts: &[Mast]) -> String {
        let prefix = ["VTL", "VNP", "MBF"][self.operator];
        format!("{prefix}-{}", masts[self.mast].code)
    }

    pub fn operator_name(&self) -> &'static str {
        OPERATORS[self.operator]
    }

    pub fn stations(&self) -> usize {
        self.technologies.iter().filter(|&&on| on).count()
    }
}

/// Equips the masts.
pub fn equip(masts: &[Mast], zones: &[Zone], towns: &[Town], random: &mut ChaCha8Rng) -> Vec<Tenancy> {
    let mut tenancies: Vec<Tenancy> = masts
        .iter()
        .enumerate()
        .flat_map(|(mast, carried)| carried.tenants.iter().map(move |&operator| (mast, operator)))
        .map(|(mast, operator)| tenancy(mast, operator, masts[mast].mast_type == "A1b", random))
        .collect();
    let remote: Vec<f64> = tenancies.iter().map(|tenancy| masts[tenancy.mast].remoteness).collect();
    let in_zone: Vec<bool> = tenancies
        .iter()
        .map(|tenancy| {
            zones
                .iter()
                .any(|zone| zone.exists_today() && zone.contains(masts[tenancy.mast].position))
        })
        .collect();
    let handy = |index: usize| {
        if in_zone[index] {
            1e3
        } else {
            (-5.0 * remote[index]).exp()
        }
    };
    switch_on(&mut tenancies, 2, STATIONS_4G, handy, random);
    let four: Vec<bool> = tenancies.iter().map(|tenancy| tenancy.technologies[2]).collect();
    // A mast without 4G carries at least 3G: it is what can be upgraded.
    switch_on(
        &mut tenancies,
        1,
        STATIONS_3G,
        |index| if four[index] { 1.0 } else { 1e4 },
        random,
    );
    let second = STATIONS - STATIONS_5G - STATIONS_4G - STATIONS_3G;
    switch_on(&mut tenancies, 0, second, |index| 0.5 + remote[index], random);
    switch_on_5g(&mut tenancies, masts, zones, towns, &in_zone);
    tenancies
}

fn tenancy(mast: usize, operator: usize, small: bool, random: &mut ChaCha8Rng) -> Tenancy {
    let year: u32 = random.random_range(2009..2022);
    let (month, day): (u32, u32) = (random.random_range(1..13), random.random_range(1..29));
    let (month_5g, day_5g): (u32, u32) = (random.random_range(1..9), random.random_range(1..29));
    Tenancy {
        mast,
        operator,
        technologies: [false; 4],
        sectors: if small { 1 } else { 3 },
        first_azimuth_deg: 10 * random.random_range(0..12),
        tilt_deg: random.random_range(2..7),
        on_air: format!("{day:02}/{month:02}/{year}"),
        on_air_5g: format!("{day_5g:02}/{month_5g:02}/2025"),
    }
}

/// Gives `technology` to exactly `count` tenancies, likelier ones first.
fn switch_on(
    tenancies: &mut [Tenancy],
    technology: usize,
    count: usize,
    weight: impl Fn(usize) -> f64,
    random: &mut ChaCha8Rng,
) {
    let all: Vec<usize> = (0..tenancies.len()).collect();
    for index in weighted_order(&all, weight, random).into_iter().take(count) {
        tenancies[index].technologies[technology] = true;
    }
}

/// The first 5G: the large zones first, then the middle of the towns.
fn switch_on_5g(tenancies: &mut [Tenancy], masts: &[Mast], zones: &[Zone], towns: &[Town], in_zone: &[bool]) {
    let has_4g: Vec<usize> = (0..tenancies.len())
        .filter(|&index| tenancies[index].technologies[2])
        .collect();
    let (mut inside, mut outside): (Vec<usize>, Vec<usize>) = has_4g.into_iter().partition(|&index| in_zone[index]);
    inside.sort_by_key(|&index| (zone_rank(zones, masts[tenancies[index].mast].position), index));
    let from_town = |index: usize| {
        let place = masts[tenancies[index].mast].position;
        towns
            .iter()
            .map(|town| town.position.distance_km(place) / town.strength)
            .fold(f64::INFINITY, f64::min)
    };
    outside.sort_by(|&a, &b| from_town(a).total_cmp(&from_town(b)).then(a.cmp(&b)));
    let first = inside.into_iter().take(STATIONS_5G_IN_ZONES);
    let then = outside.into_iter().take(STATIONS_5G - STATIONS_5G_IN_ZONES);
    for index in first.chain(then).collect::<Vec<_>>() {
        tenancies[index].technologies[3] = true;
    }
}

/// Industrial parks that go first, other parks, economic zones, clusters.
fn zone_rank(zones: &[Zone], place: Point) -> u32 {
    zones
        .iter()
        .filter(|zone| zone.exists_today() && zone.contains(place))
        .map(|zone| match (zone.kind.key(), zone.first) {
            ("industrial_park", true) => 0,
            ("industrial_park", false) => 1,
            ("industrial_cluster", true) => 2,
            ("economic_zone", _) => 3,
            _ => 4,
        })
        .min()
        .unwrap_or(9)
}
