//! The demo project: a synthetic province, the same byte for byte from the same seed.
//!
//! It is modelled on the published figures of Hà Tĩnh's plan 529/KH-UBND (2025) and lies at about Hà Tĩnh's
//! position, but every outline, name, person and mast in it is invented, and every file says so.
//!
//! The modules follow the order in which a province comes to be: [`relief`] → [`rivers`] → [`settlement`] →
//! [`partition`] and [`communes`] → [`roads`] → [`villages`] → [`zones`] → [`places`] → [`masts`] →
//! [`stations`] → [`rasters`], [`features`], [`lists`] → [`files`].

mod borders;
mod communes;
mod features;
mod files;
mod lists;
mod masts;
mod names;
mod noise;
mod partition;
mod places;
mod plane;
mod rasters;
mod relief;
mod rivers;
mod roads;
mod settlement;
mod stations;
mod villages;
mod zones;

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

pub use files::{DemoFile, Summary, write};

/// The seed of the demo that everybody sees.
pub const DEFAULT_SEED: u64 = 529;

/// Name of the demo project.
pub const PROJECT_NAME: &str = "Tỉnh mô phỏng (dữ liệu tổng hợp)";

/// Everything in the synthetic province.
pub struct Province {
    pub seed: u64,
    pub skeleton: relief::Skeleton,
    pub relief: relief::Relief,
    pub rivers: Vec<rivers::River>,
    pub reservoirs: Vec<rivers::Reservoir>,
    pub roads: Vec<roads::Road>,
    pub division: communes::Division,
    pub villages: Vec<villages::Village>,
    pub zones: Vec<zones::Zone>,
    pub places: Vec<places::Place>,
    pub masts: Vec<masts::Mast>,
    pub tenancies: Vec<stations::Tenancy>,
}

impl Province {
    /// Builds the province of a seed.
    pub fn build(seed: u64) -> Self {
        // One random stream per step, so a change in one does not shake the others.
        let stream = |number: u64| {
            let mut random = ChaCha8Rng::seed_from_u64(seed);
            random.set_stream(number);
            random
        };
        let skeleton = relief::Skeleton::new(seed);
        let mut relief = relief::shape(&skeleton);
        let extent = partition::province_cells(&relief, seed);
        let rivers = rivers::rivers(&relief, &extent, 25.0);
        let reservoirs = rivers::reservoirs(&relief, &extent);
        let towns = settlement::towns();
        let mut suitability = settlement::suitability(&relief, &towns);
        for lake in &reservoirs {
            for &cell in &lake.cells {
                relief.height_m[cell] = lake.level_m as f32;
                suitability[cell] = 0.0;
            }
        }
        let mut names = names::Names::new(stream(1));
        let mut division = communes::divide(&relief, extent, &suitability, &towns, &mut stream(2), &mut names);
        let (port, gate) = landmarks(&relief, &division, &suitability);
        let centres: Vec<plane::Point> = division.communes.iter().map(|commune| commune.centre).collect();
        let roads = roads::lay(&relief, &division.province, &centres, gate, port);
        let road_km = villages::road_distance_km(&relief, &roads);
        let villages = villages::found(&relief, &division, &suitability, &road_km, &towns, &mut stream(3));
        for village in &villages {
            division.communes[village.commune].population += f64::from(village.population);
        }
        let zones = zones::lay_out(&relief, &division, &suitability, &road_km, port, gate, &mut stream(4));
        let places = places::list(&relief, &division, &villages, &towns, port, gate, &mut stream(5));
        let masts = masts::put_up(&relief, &division, &villages, &zones, &towns, &mut stream(6));
        let tenancies = stations::equip(&masts, &zones, &towns, &mut stream(7));
        Self {
            seed,
            skeleton,
            relief,
            rivers,
            reservoirs,
            roads,
            division,
            villages,
            zones,
            places,
            masts,
            tenancies,
        }
    }
}

/// The port in the south-east and the border gate in the west, on ground where people can work.
fn landmarks(
    relief: &relief::Relief,
    division: &communes::Division,
    suitability: &[f32],
) -> (plane::Point, plane::Point) {
    let seek = |wanted: plane::Point, radius_km: f64, fits: &dyn Fn(usize) -> bool| {
        relief
            .lattice
            .within(wanted, radius_km)
            .into_iter()
            .filter(|&cell| division.province[cell] && fits(cell))
            .map(|cell| relief.lattice.centre(cell))
            .min_by(|a, b| a.distance_km(wanted).total_cmp(&b.distance_km(wanted)))
            .unwrap_or(wanted)
    };
    let western = division.on_western_border(relief);
    let at_border = |cell: usize| {
        suitability[cell] > 0.004
            && usize::from(division.labels[cell])
                .checked_sub(1)
                .is_some_and(|index| western[index])
    };
    let port = seek(plane::Point::from_degrees(106.45, 18.12), 14.0, &|cell| {
        suitability[cell] > 0.3
    });
    let gate = seek(plane::Point::from_degrees(105.42, 18.45), 30.0, &at_border);
    (port, gate)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod golden;
#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests;
