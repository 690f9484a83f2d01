//! Economic zones (KKT), industrial parks (KCN) and industrial clusters (CCN): those of today and the plan for 2030.
//!
//! Figures of Kế hoạch 529/KH-UBND (Hà Tĩnh, 30/9/2025) II.1: 2 KKT, 7 KCN and 22 CCN today; by 2030, 12 KCN with
//! 3,022.96 ha, of which 1,969.2 ha inside KKT Vũng Áng, and 45 CCN with 1,981.84 ha, 2,241.84 ha after 2030.

use geo::GeodesicArea;
use rand::Rng;
use rand_chacha::ChaCha8Rng;

use super::borders::{self, Polygon};
use super::communes::Division;
use super::plane::Point;
use super::relief::Relief;
use super::settlement::{Spacing, weighted_order};

/// Area of the clusters by 2030 (ha).
pub const CLUSTERS_2030_HA: f64 = 1_981.84;
/// Area of the clusters after 2030 (ha).
pub const CLUSTERS_LATER_HA: f64 = 2_241.84;

/// What a zone is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ZoneKind {
    EconomicZone,
    IndustrialPark,
    IndustrialCluster,
}

impl ZoneKind {
    pub fn key(self) -> &'static str {
        match self {
            Self::EconomicZone => "economic_zone",
            Self::IndustrialPark => "industrial_park",
            Self::IndustrialCluster => "industrial_cluster",
        }
    }
}

/// A zone with its status.
pub struct Zone {
    pub code: String,
    pub name: String,
    pub kind: ZoneKind,
    pub status: &'static str,
    /// Date from which it exists (ISO).
    pub valid_from: &'static str,
    /// The economic zone that it lies in.
    pub parent: Option<String>,
    pub area_ha: f64,
    /// Area after 2030 (ha), where the plan foresees an extension.
    pub area_later_ha: f64,
    pub polygons: Vec<Polygon>,
    pub commune: usize,
    /// Named by the plan as one of the large zones that go first (IV.3).
    pub first: bool,
}

impl Zone {
    pub fn exists_today(&self) -> bool {
        self.status != "planned"
    }

    pub fn contains(&self, point: Point) -> bool {
        borders::contains(&self.polygons, point)
    }

    /// A point well inside.
    pub fn middle(&self) -> Point {
        let ring = &self.polygons[0][0];
        let count = (ring.len() - 1) as f64;
        let (x, y) = ring[1..]
            .iter()
            .fold((0.0, 0.0), |sum, point| (sum.0 + point.x, sum.1 + point.y));
        Point::new(x / count, y / count)
    }
}

/// What a zone is to be before it has a place.
struct Draft {
    name: String,
    kind: ZoneKind,
    area_ha: f64,
    later_ha: f64,
    today: bool,
    first: bool,
    near: Option<Point>,
}

/// Lays out the zones.
pub fn lay_out(
    relief: &Relief,
    division: &Division,
    suitability: &[f32],
    road_km: &[f32],
    port: Point,
    gate: Point,
    random: &mut ChaCha8Rng,
) -> Vec<Zone> {
    let mut zones = vec![
        economic_zone(division, "99KKT01", "KKT Vũng Áng", division.nearest_to(port), 3, 215.0),
        economic_zone(
            division,
            "99KKT02",
            "KKT cửa khẩu Cầu Treo",
            division.commune_of(relief, gate).unwrap_or(0),
            1,
            0.0,
        ),
    ];
    let economic_zones = zones.iter().map(|zone| zone.polygons.clone()).collect();
    let mut builder = Builder {
        relief,
        division,
        suitability,
        road_km,
        taken: Spacing::new(6.0),
        economic_zones,
        random,
    };
    for (index, (draft, inside)) in parks(port).into_iter().enumerate() {
        let parent = inside.then(|| (zones[0].code.clone(), zones[0].polygons.clone()));
        zones.extend(builder.place(&format!("99KCN{:02}", index + 1), &draft, parent));
    }
    for (index, draft) in clusters(division, builder.random).into_iter().enumerate() {
        zones.extend(builder.place(&format!("99CCN{:02}", index + 1), &draft, None));
    }
    zones
}

/// An economic zone made of whole communes: `first` and those nearest to it, up to a number and an area.
fn economic_zone(division: &Division, code: &str, name: &str, first: usize, most: usize, most_km2: f64) -> Zone {
    let mut order: Vec<usize> = (0..division.communes.len()).collect();
    let distance = |index: usize| {
        division.communes[index]
            .centre
            .distance_km(division.communes[first].centre)
    };
    order.sort_by(|&a, &b| distance(a).total_cmp(&distance(b)));
    let mut members: Vec<u16> = Vec::new();
    let mut total = 0.0;
    for &index in order.iter().take(most) {
        let area: f64 = division.communes[index]
            .polygons
            .iter()
            .map(|polygon| borders::signed_area_km2(&polygon[0]))
            .sum();
        if members.is_empty() || total + area <= most_km2 {
            members.push(index as u16 + 1);
            total += area;
        }
    }
    let polygons = division.borders.polygons(|label| members.contains(&label));
    let area_ha = (area_ha(&polygons) * 100.0).round() / 100.0;
    Zone {
        code: code.to_owned(),
        name: format!("{name} (mô phỏng)"),
        kind: ZoneKind::EconomicZone,
        status: "operating",
        valid_from: "2006-04-03",
        parent: None,
        area_ha,
        area_later_ha: area_ha,
        polygons,
        commune: order[0],
        first: true,
    }
}

/// The twelve industrial parks of 2030; the flag tells those inside KKT Vũng Áng.
fn parks(port: Point) -> Vec<(Draft, bool)> {
    let draft = |name: &str, area_ha: f64, today: bool, first: bool, near: Option<Point>| Draft {
        name: name.to_owned(),
        kind: ZoneKind::IndustrialPark,
        area_ha,
        later_ha: area_ha,
        today,
        first,
        near,
    };
    vec![
        (draft("KCN Formosa Sơn Dương", 820.00, true, true, Some(port)), true),
        (draft("KCN Vũng Áng I", 356.70, true, true, Some(port)), true),
        (draft("KCN Vũng Áng II", 292.50, true, true, Some(port)), true),
        (draft("KCN Đông Cảng", 270.00, false, false, Some(port)), true),
        (draft("KCN Hậu Cảng", 230.00, false, false, Some(port)), true),
        (
            draft(
                "KCN Bắc Hồng",
                152.96,
                true,
                false,
                Some(Point::from_degrees(105.73, 18.58)),
            ),
            false,
        ),
        (
            draft(
                "KCN Trung Lộc",
                160.80,
                true,
                false,
                Some(Point::from_degrees(105.93, 18.40)),
            ),
            false,
        ),
        (draft("KCN Tây Thành", 145.00, true, false, None), false),
        (draft("KCN Nam Cẩm", 150.00, true, false, None), false),
        (draft("KCN Thạch Giang", 150.00, false, false, None), false),
        (draft("KCN Đức Minh", 145.00, false, false, None), false),
        (draft("KCN Hương Phong", 150.00, false, false, None), false),
    ]
}

/// The forty-five clusters of 2030, twenty-two of them of today.
fn clusters(division: &Division, random: &mut ChaCha8Rng) -> Vec<Draft> {
    let north = Point::from_degrees(105.70, 18.55);
    let mut drafts: Vec<Draft> = (0..45)
        .map(|index| {
            let (name, near) = match index {
                0 => ("CCN Nam Hồng".to_owned(), Some(north)),
                1 => ("CCN Đức Thọ".to_owned(), Some(Point::from_degrees(105.60, 18.56))),
                _ => (
                    format!(
                        "CCN {}",
                        division.communes[(index * 29 + 5) % division.communes.len()].name
                    ),
                    None,
                ),
            };
            let area_ha = (random.random_range(25.0f64..64.0) * 100.0).round() / 100.0;
            Draft {
                name,
                kind: ZoneKind::IndustrialCluster,
                area_ha,
                later_ha: area_ha,
                today: index < 22,
                first: index < 2,
                near,
            }
        })
        .collect();
    let drawn: f64 = drafts.iter().map(|draft| draft.area_ha).sum();
    for draft in &mut drafts {
        draft.area_ha = (draft.area_ha * CLUSTERS_2030_HA / drawn * 100.0).round() / 100.0;
    }
    let others: f64 = drafts[1..].iter().map(|draft| draft.area_ha).sum();
    drafts[0].area_ha = ((CLUSTERS_2030_HA - others) * 100.0).round() / 100.0;
    // The extension after 2030, shared by ten clusters of today.
    for (index, draft) in drafts.iter_mut().enumerate() {
        let grows = if index < 10 {
            (CLUSTERS_LATER_HA - CLUSTERS_2030_HA) / 10.0
        } else {
            0.0
        };
        draft.later_ha = ((draft.area_ha + grows) * 100.0).round() / 100.0;
    }
    drafts
}

struct Builder<'a> {
    relief: &'a Relief,
    division: &'a Division,
    suitability: &'a [f32],
    road_km: &'a [f32],
    taken: Spacing,
    economic_zones: Vec<Vec<Polygon>>,
    random: &'a mut ChaCha8Rng,
}

impl Builder<'_> {
    /// Finds flat ground near a road for a draft; inside `parent` where one is given, outside both economic zones else.
    fn place(&mut self, code: &str, draft: &Draft, parent: Option<(String, Vec<Polygon>)>) -> Option<Zone> {
        let cells: Vec<usize> = (0..self.relief.lattice.len())
            .filter(|&cell| self.division.labels[cell] > 0)
            .collect();
        let weight = |cell: usize| {
            let point = self.relief.lattice.centre(cell);
            let pull = draft
                .near
                .map_or(1.0, |near| (-near.distance_km(point) / 2.0).exp().max(1e-9));
            let fit = f64::from(self.suitability[cell]);
            let road = (-f64::from(self.road_km[cell]) / 1.0).exp();
            if fit < 0.25 { 0.0 } else { pull * road * fit.min(1.5) }
        };
        let half_km = (draft.area_ha / 100.0).sqrt() / 2.0;
        let order = weighted_order(&cells, weight, self.random);
        for cell in order {
            let middle = self.relief.lattice.centre(cell);
            let ring = self.yard(middle, half_km, draft.area_ha);
            let apart = if parent.is_some() { 2.1 * half_km + 0.9 } else { 3.0 };
            if self.taken.is_free(middle, apart)
                && self.fits(&ring, middle, parent.as_ref().map(|(_, polygons)| polygons))
            {
                self.taken.insert(middle);
                return Some(self.zone(code, draft, parent.map(|(code, _)| code), ring, middle));
            }
        }
        None
    }

    fn fits(&self, ring: &[Point], middle: Point, parent: Option<&Vec<Polygon>>) -> bool {
        let around = ring.iter().map(|corner| {
            Point::new(
                middle.x + 1.15 * (corner.x - middle.x),
                middle.y + 1.15 * (corner.y - middle.y),
            )
        });
        let mut samples: Vec<Point> = around.collect();
        samples.extend(
            ring.windows(2)
                .map(|pair| Point::new((pair[0].x + pair[1].x) / 2.0, (pair[0].y + pair[1].y) / 2.0)),
        );
        let dry = samples.iter().all(|&point| {
            let cell = self.relief.lattice.cell(point);
            self.division.labels[cell] > 0 && self.suitability[cell] > 0.02
        });
        dry && match parent {
            Some(polygons) => samples.iter().all(|&point| borders::contains(polygons, point)),
            None => samples
                .iter()
                .all(|&point| self.economic_zones.iter().all(|zone| !borders::contains(zone, point))),
        }
    }

    /// A worn rectangle of exactly the area asked for.
    fn yard(&mut self, middle: Point, half_km: f64, area_ha: f64) -> Vec<Point> {
        let long: f64 = self.random.random_range(1.0..1.35);
        let turn: f64 = self.random.random_range(0.0..std::f64::consts::PI);
        let corners = [
            (-1.0, -1.0),
            (0.1, -1.05),
            (1.0, -0.9),
            (1.05, 0.2),
            (0.95, 1.0),
            (-0.2, 1.0),
            (-1.0, 0.95),
        ];
        let mut ring: Vec<Point> = corners
            .iter()
            .map(|&(u, v)| {
                let (u, v) = (
                    u * half_km * long + self.random.random_range(-0.06..0.06) * half_km,
                    v * half_km / long,
                );
                middle.offset(u * turn.cos() - v * turn.sin(), u * turn.sin() + v * turn.cos())
            })
            .collect();
        ring.push(ring[0]);
        for _ in 0..4 {
            let factor = (area_ha / self::area_ha(&[vec![ring.clone()]])).sqrt();
            for point in &mut ring {
                *point = Point::new(
                    middle.x + factor * (point.x - middle.x),
                    middle.y + factor * (point.y - middle.y),
                );
            }
        }
        ring
    }

    fn zone(&self, code: &str, draft: &Draft, parent: Option<String>, ring: Vec<Point>, middle: Point) -> Zone {
        let commune = self.division.commune_of(self.relief, middle).unwrap_or(0);
        Zone {
            code: code.to_owned(),
            name: format!("{} (mô phỏng)", draft.name),
            kind: draft.kind,
            status: if draft.today { "operating" } else { "planned" },
            valid_from: if draft.today { "2015-01-01" } else { "2030-01-01" },
            parent,
            area_ha: draft.area_ha,
            area_later_ha: draft.later_ha,
            polygons: vec![vec![ring]],
            commune,
            first: draft.first,
        }
    }
}

/// True area on the ellipsoid (ha).
pub fn area_ha(polygons: &[Polygon]) -> f64 {
    polygons
        .iter()
        .map(|polygon| {
            let ring = |ring: &Vec<Point>| {
                geo_types::LineString::from(
                    ring.iter()
                        .map(|point| (point.degrees()[0], point.degrees()[1]))
                        .collect::<Vec<_>>(),
                )
            };
            let shape = geo_types::Polygon::new(ring(&polygon[0]), polygon[1..].iter().map(ring).collect());
            shape.geodesic_area_unsigned() / 10_000.0
        })
        .sum()
}
