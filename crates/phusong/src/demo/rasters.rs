//! The province as rasters: elevation and land cover at 1″ (about 30 m), population at 3″ (about 90 m).

use rayon::prelude::*;

use super::Province;
use super::borders;
use super::noise;
use super::plane::{Lattice, Point};
use super::relief::Relief;
use super::zones::ZoneKind;

/// ESA WorldCover class codes.
mod class {
    pub const TREES: u8 = 10;
    pub const SHRUBS: u8 = 20;
    pub const GRASS: u8 = 30;
    pub const CROPS: u8 = 40;
    pub const BUILT_UP: u8 = 50;
    pub const BARE: u8 = 60;
    pub const WATER: u8 = 80;
    pub const WETLAND: u8 = 90;
    pub const MANGROVES: u8 = 95;
}

/// Elevation in whole metres: the eroded relief, smoothed between its cells, with small unevenness on slopes; 0 at sea.
pub fn elevation_m(province: &Province, lattice: Lattice) -> Vec<i16> {
    let relief = &province.relief;
    let slope = slopes(relief);
    rows(lattice, |point| {
        let height = cubic(relief, point);
        if !is_land(province, point) {
            return 0;
        }
        let steep = relief.lattice.sample(&slope, point);
        let seed = province.seed ^ 0xDE7A;
        let rough = noise::fractal(seed, point.x, point.y, 0.34, 3);
        (height + rough * (1.2 + 85.0 * steep.min(0.6))).max(1.0).round() as i16
    })
}

/// Land cover in WorldCover codes.
pub fn land_cover(province: &Province, lattice: Lattice) -> Vec<u8> {
    let slope = slopes(&province.relief);
    let mut cover = rows(lattice, |point| natural_cover(province, &slope, point));
    burn_villages(province, lattice, &mut cover);
    burn_zones(province, lattice, &mut cover);
    burn_water(province, lattice, &mut cover);
    cover
}

/// People per cell: villages and their outlying clusters as soft heaps.
pub fn population(province: &Province, lattice: Lattice) -> Vec<f32> {
    let mut people = vec![0.0f64; lattice.len()];
    for village in &province.villages {
        let away = village.outlying.map_or(0, |(_, people)| people);
        let home = f64::from(village.population - away);
        heap(
            province,
            lattice,
            &mut people,
            village.position,
            home,
            0.12 + 0.0035 * home.sqrt(),
        );
        if let Some((place, count)) = village.outlying {
            heap(province, lattice, &mut people, place, f64::from(count), 0.13);
        }
    }
    people
        .into_iter()
        .map(|count| (count * 1000.0).round() as f32 / 1000.0)
        .collect()
}

fn rows<T: Send>(lattice: Lattice, value: impl Fn(Point) -> T + Sync) -> Vec<T> {
    (0..lattice.rows)
        .into_par_iter()
        .flat_map_iter(|row| {
            let value = &value;
            (0..lattice.columns).map(move |column| value(lattice.centre(row * lattice.columns + column)))
        })
        .collect()
}

fn slopes(relief: &Relief) -> Vec<f32> {
    (0..relief.lattice.len())
        .map(|index| relief.slope(index) as f32)
        .collect()
}

/// Whether a point is on the land side of the coast, exactly near it and by the working grid elsewhere.
fn is_land(province: &Province, point: Point) -> bool {
    let coast = province.relief.lattice.sample(&province.relief.coast_km, point);
    if coast.abs() > 0.6 {
        coast > 0.0
    } else {
        province.skeleton.coast_km(point) > 0.0
    }
}

/// Catmull–Rom interpolation of the working grid's heights (m).
fn cubic(relief: &Relief, point: Point) -> f64 {
    let lattice = relief.lattice;
    let (column, row) = lattice.locate(point);
    let (column, row) = (column - 0.5, row - 0.5);
    let (u, v) = (column - column.floor(), row - row.floor());
    let weights = |t: f64| {
        [
            -0.5 * t + t * t - 0.5 * t * t * t,
            1.0 - 2.5 * t * t + 1.5 * t * t * t,
            0.5 * t + 2.0 * t * t - 1.5 * t * t * t,
            -0.5 * t * t + 0.5 * t * t * t,
        ]
    };
    let (across, down) = (weights(u), weights(v));
    let mut height = 0.0;
    for (dr, weight_row) in down.iter().enumerate() {
        let r = (row.floor() + dr as f64 - 1.0).clamp(0.0, lattice.rows as f64 - 1.0) as usize;
        for (dc, weight_column) in across.iter().enumerate() {
            let c = (column.floor() + dc as f64 - 1.0).clamp(0.0, lattice.columns as f64 - 1.0) as usize;
            height += weight_row * weight_column * f64::from(relief.height_m[r * lattice.columns + c]);
        }
    }
    height
}

/// What grows where nobody built: fields in the plain, forest on slopes, sand on the beach.
fn natural_cover(province: &Province, slope: &[f32], point: Point) -> u8 {
    let relief = &province.relief;
    if !is_land(province, point) {
        return class::WATER;
    }
    let coast = relief.lattice.sample(&relief.coast_km, point);
    let height = relief.height_at(point);
    let steep = relief.lattice.sample(slope, point);
    let seed = province.seed ^ 0x6EE4;
    let patch = noise::fractal(seed, point.x, point.y, 1.6, 4);
    let wet = noise::fractal(seed ^ 0x77, point.x, point.y, 3.5, 3);
    if coast < 0.22 && height < 12.0 {
        return if wet > 0.28 { class::MANGROVES } else { class::BARE };
    }
    if height < 6.0 && coast < 4.0 && wet > 0.36 {
        return class::WETLAND;
    }
    let wooded = (steep * 6.0 + height / 260.0).min(1.25) + 1.1 * patch;
    match wooded {
        w if w > 0.95 => class::TREES,
        w if w > 0.78 => class::SHRUBS,
        w if w > 0.66 => class::GRASS,
        _ => class::CROPS,
    }
}

/// How far the open ground around a village's house of culture reaches: its yard, the playing field, the fields beside it (km).
const COMMON_KM: f64 = 0.15;

/// Houses around each village: close together in wards, among gardens and fields in the countryside.
fn burn_villages(province: &Province, lattice: Lattice, cover: &mut [u8]) {
    for village in &province.villages {
        let ward = province.division.communes[village.commune].ward;
        let reach = (0.05 + 0.0085 * f64::from(village.population).sqrt()) * if ward { 1.5 } else { 1.0 };
        burn_houses(province, lattice, cover, village.position, reach, ward);
        if let Some((place, _)) = village.outlying {
            burn_houses(province, lattice, cover, place, 0.12, false);
        }
    }
    // Last, so that no neighbour's houses stand on it.
    for village in &province.villages {
        for cell in lattice.within(village.position, COMMON_KM) {
            if cover[cell] != class::WATER {
                cover[cell] = class::CROPS;
            }
        }
    }
}

/// Houses around one place: every cell in a ward; in the countryside one in three, the rest gardens.
fn burn_houses(province: &Province, lattice: Lattice, cover: &mut [u8], middle: Point, reach: f64, ward: bool) {
    let seed = province.seed ^ 0x40A5;
    for cell in lattice.within(middle, reach * 1.5) {
        let point = lattice.centre(cell);
        let frayed = point.distance_km(middle) / reach + 0.9 * noise::fractal(seed, point.x, point.y, 0.3, 3);
        if frayed >= 0.85 || cover[cell] == class::WATER {
            continue;
        }
        let houses = ward || noise::fractal(seed ^ 0x5A, point.x, point.y, 0.12, 2) > 0.12;
        cover[cell] = if houses { class::BUILT_UP } else { class::CROPS };
    }
}

fn burn_zones(province: &Province, lattice: Lattice, cover: &mut [u8]) {
    for zone in province
        .zones
        .iter()
        .filter(|zone| zone.exists_today() && zone.kind != ZoneKind::EconomicZone)
    {
        let reach = (zone.area_ha / 100.0).sqrt();
        for cell in lattice.within(zone.middle(), reach) {
            if borders::contains(&zone.polygons, lattice.centre(cell)) && cover[cell] != class::WATER {
                cover[cell] = class::BUILT_UP;
            }
        }
    }
}

fn burn_water(province: &Province, lattice: Lattice, cover: &mut [u8]) {
    for river in province.rivers.iter().filter(|river| river.width_km() >= 0.03) {
        for pair in river.line.windows(2) {
            let steps = (pair[0].distance_km(pair[1]) / 0.02).ceil().max(1.0) as usize;
            for step in 0..=steps {
                let t = step as f64 / steps as f64;
                let point = Point::new(
                    pair[0].x + t * (pair[1].x - pair[0].x),
                    pair[0].y + t * (pair[1].y - pair[0].y),
                );
                for cell in lattice.within(point, river.width_km() / 2.0) {
                    cover[cell] = class::WATER;
                }
            }
        }
    }
    for lake in &province.reservoirs {
        let (width, height) = province.relief.lattice.cell_km();
        for &cell in &lake.cells {
            let middle = province.relief.lattice.centre(cell);
            for other in lattice.within(middle, width.max(height) * 0.72) {
                let point = lattice.centre(other);
                if (point.x - middle.x).abs() <= width / 2.0 && (point.y - middle.y).abs() <= height / 2.0 {
                    cover[other] = class::WATER;
                }
            }
        }
    }
}

/// Spreads people around a place on land of the province; the sum is kept.
fn heap(province: &Province, lattice: Lattice, people: &mut [f64], middle: Point, count: f64, radius_km: f64) {
    let labels = &province.division.labels;
    let cells: Vec<(usize, f64)> = lattice
        .within(middle, 2.2 * radius_km)
        .into_iter()
        .filter_map(|cell| {
            let point = lattice.centre(cell);
            let weight = (-(point.distance_km(middle) / radius_km).powi(2)).exp();
            let dry = labels[province.relief.lattice.cell(point)] > 0 && is_land(province, point);
            dry.then_some((cell, weight))
        })
        .collect();
    let total: f64 = cells.iter().map(|(_, weight)| weight).sum();
    if total <= 0.0 {
        people[lattice.cell(middle)] += count;
        return;
    }
    for (cell, weight) in cells {
        people[cell] += count * weight / total;
    }
}
