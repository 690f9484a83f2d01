//! The communes of a province as a test of positions: which commune is here, and how far is that one?

use std::collections::HashMap;

use geo::BoundingRect;
use geo_types::{Coord, LineString, MultiPolygon, Rect};
use geodesy::LonLat;
use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, RTree};

use crate::records::{Area, AreaKind};
use crate::text::{clean, fold};

const METRES_PER_DEGREE: f64 = 111_320.0;

/// Communes and the province's outline, indexed.
pub struct Territory<'a> {
    communes: Vec<&'a Area>,
    tree: RTree<GeomWithData<Rectangle<[f64; 2]>, usize>>,
    province: Option<(&'a MultiPolygon<f64>, Rect<f64>)>,
    by_code: HashMap<&'a str, usize>,
    by_name: HashMap<String, Vec<usize>>,
}

/// What a declared commune turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeclaredCommune {
    /// The list names one, and it is known: its position in the territory.
    Known(usize),
    /// The list names one that is not known.
    Unknown,
    /// The name fits several communes.
    Ambiguous,
}

impl<'a> Territory<'a> {
    /// Indexes the communes (areas of other kinds are left out) and the province's outline.
    #[must_use]
    pub fn new(areas: &'a [Area], province: Option<&'a MultiPolygon<f64>>) -> Self {
        let communes: Vec<&Area> = areas.iter().filter(|area| area.kind == AreaKind::Commune).collect();
        let boxes = communes.iter().enumerate().filter_map(|(index, area)| {
            let bounds = area.geometry.bounding_rect()?;
            let rectangle = Rectangle::from_corners([bounds.min().x, bounds.min().y], [bounds.max().x, bounds.max().y]);
            Some(GeomWithData::new(rectangle, index))
        });
        let tree = RTree::bulk_load(boxes.collect());
        let mut by_name: HashMap<String, Vec<usize>> = HashMap::new();
        for (index, area) in communes.iter().enumerate() {
            by_name.entry(fold(bare_name(&area.name))).or_default().push(index);
        }
        let by_code = communes
            .iter()
            .enumerate()
            .map(|(index, area)| (area.code.as_str(), index))
            .collect();
        let province = province.and_then(|shape| Some((shape, shape.bounding_rect()?)));
        Self {
            communes,
            tree,
            province,
            by_code,
            by_name,
        }
    }

    /// Whether there is anything to test positions against.
    #[must_use]
    pub fn is_known(&self) -> bool {
        !self.communes.is_empty() || self.province.is_some()
    }

    /// A commune by its place in the territory.
    #[must_use]
    pub fn commune(&self, index: usize) -> &'a Area {
        self.communes[index]
    }

    /// The commune that contains a position.
    #[must_use]
    pub fn commune_at(&self, position: LonLat) -> Option<usize> {
        let point = [position.lon_deg, position.lat_deg];
        self.tree
            .locate_in_envelope_intersecting(AABB::from_point(point))
            .map(|entry| entry.data)
            .filter(|index| contains(&self.communes[*index].geometry, position))
            .min()
    }

    /// Whether a position is inside the province (or inside a commune, where no outline is known).
    #[must_use]
    pub fn contains(&self, position: LonLat) -> bool {
        match self.province {
            Some((shape, bounds)) => {
                let coord = Coord {
                    x: position.lon_deg,
                    y: position.lat_deg,
                };
                let in_bounds = (bounds.min().x..=bounds.max().x).contains(&coord.x)
                    && (bounds.min().y..=bounds.max().y).contains(&coord.y);
                (in_bounds && contains(shape, position)) || self.commune_at(position).is_some()
            }
            None => self.commune_at(position).is_some(),
        }
    }

    /// Distance from a position to the territory, metres; zero inside.
    #[must_use]
    pub fn distance_m(&self, position: LonLat) -> f64 {
        if self.contains(position) {
            return 0.0;
        }
        let communes = self.communes.iter().map(|area| distance_to_m(&area.geometry, position));
        let province = self.province.iter().map(|(shape, _)| distance_to_m(shape, position));
        communes.chain(province).fold(f64::INFINITY, f64::min)
    }

    /// Distance from a position to a commune, metres; zero inside.
    #[must_use]
    pub fn distance_to_commune_m(&self, index: usize, position: LonLat) -> f64 {
        let shape = &self.communes[index].geometry;
        if contains(shape, position) {
            0.0
        } else {
            distance_to_m(shape, position)
        }
    }

    /// The commune that a list declares by code or by name.
    #[must_use]
    pub fn declared(&self, code: Option<&str>, name: Option<&str>) -> Option<DeclaredCommune> {
        if let Some(code) = code {
            let padded = format!("{:0>5}", code.trim());
            if let Some(index) = self
                .by_code
                .get(code.trim())
                .or_else(|| self.by_code.get(padded.as_str()))
            {
                return Some(DeclaredCommune::Known(*index));
            }
        }
        let Some(name) = name.map(clean).filter(|name| !name.is_empty()) else {
            return code
                .filter(|code| !code.trim().is_empty())
                .map(|_| DeclaredCommune::Unknown);
        };
        let bare = bare_name(&name);
        let found = match self.by_name.get(&fold(bare)).map(Vec::as_slice) {
            None | Some([]) => return Some(DeclaredCommune::Unknown),
            Some([one]) => return Some(DeclaredCommune::Known(*one)),
            Some(several) => several,
        };
        // Names that differ only by their marks: compare with marks, tone positions apart.
        let exact: Vec<usize> = found
            .iter()
            .copied()
            .filter(|index| marks(bare_name(&self.communes[*index].name)) == marks(bare))
            .collect();
        match exact[..] {
            [one] => Some(DeclaredCommune::Known(one)),
            _ => Some(DeclaredCommune::Ambiguous),
        }
    }
}

/// A commune's name without what kind of unit it is: `Phường Thành Sen`, `P. Thành Sen`, `TT Nghèn` → the name.
#[must_use]
pub fn bare_name(name: &str) -> &str {
    const PREFIXES: [&str; 20] = [
        "thị trấn",
        "thị trấn",
        "phường",
        "đặc khu",
        "xã",
        "tt.",
        "tt ",
        "p. ",
        "p.",
        "x. ",
        "x.",
        "Thị trấn",
        "Thị Trấn",
        "Phường",
        "Đặc khu",
        "Xã",
        "TT.",
        "TT ",
        "P.",
        "X.",
    ];
    let trimmed = name.trim();
    PREFIXES
        .iter()
        .find_map(|prefix| trimmed.strip_prefix(prefix))
        .or_else(|| strip_upper_prefix(trimmed))
        .map(str::trim_start)
        .filter(|rest| !rest.is_empty())
        .unwrap_or(trimmed)
}

fn strip_upper_prefix(name: &str) -> Option<&str> {
    ["THỊ TRẤN ", "PHƯỜNG ", "ĐẶC KHU ", "XÃ "]
        .iter()
        .find_map(|prefix| name.strip_prefix(prefix))
}

/// The letters of a name with their marks, tones sorted to the end of each word so that `Hoà` equals `Hòa`.
fn marks(name: &str) -> Vec<char> {
    use unicode_normalization::UnicodeNormalization;
    let mut letters: Vec<char> = Vec::new();
    for word in name.to_lowercase().split_whitespace() {
        let (tones, rest): (Vec<char>, Vec<char>) = word
            .nfd()
            .partition(|c| matches!(c, '\u{300}' | '\u{301}' | '\u{303}' | '\u{309}' | '\u{323}'));
        letters.extend(rest);
        letters.extend(tones);
        letters.push(' ');
    }
    letters
}

/// Whether a position is inside polygons, by the even-odd rule over all rings.
#[must_use]
pub fn contains(shape: &MultiPolygon<f64>, position: LonLat) -> bool {
    let (x, y) = (position.lon_deg, position.lat_deg);
    let crossings = |ring: &LineString<f64>| {
        ring.0
            .windows(2)
            .filter(|edge| {
                let (a, b) = (edge[0], edge[1]);
                (a.y > y) != (b.y > y) && x < (b.x - a.x) * (y - a.y) / (b.y - a.y) + a.x
            })
            .count()
    };
    shape.iter().any(|polygon| {
        let total = crossings(polygon.exterior()) + polygon.interiors().iter().map(crossings).sum::<usize>();
        total % 2 == 1
    })
}

/// Distance from a position outside polygons to their boundary, metres, on a local plane (good to a few parts in a
/// thousand within a province).
fn distance_to_m(shape: &MultiPolygon<f64>, position: LonLat) -> f64 {
    let scale_x = METRES_PER_DEGREE * position.lat_deg.to_radians().cos();
    let local = |coord: Coord<f64>| {
        (
            (coord.x - position.lon_deg) * scale_x,
            (coord.y - position.lat_deg) * METRES_PER_DEGREE,
        )
    };
    let mut nearest = f64::INFINITY;
    for polygon in shape {
        for ring in std::iter::once(polygon.exterior()).chain(polygon.interiors()) {
            for edge in ring.0.windows(2) {
                let ((ax, ay), (bx, by)) = (local(edge[0]), local(edge[1]));
                let (dx, dy) = (bx - ax, by - ay);
                let length = dx * dx + dy * dy;
                let t = if length > 0.0 {
                    (-(ax * dx + ay * dy) / length).clamp(0.0, 1.0)
                } else {
                    0.0
                };
                nearest = nearest.min((ax + t * dx).hypot(ay + t * dy));
            }
        }
    }
    nearest
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::polygon;

    fn square(code: &str, name: &str, west: f64) -> Area {
        let shape = polygon![
            (x: west, y: 18.0), (x: west + 0.1, y: 18.0), (x: west + 0.1, y: 18.1), (x: west, y: 18.1)
        ];
        Area::new(code, name, AreaKind::Commune, MultiPolygon(vec![shape]))
    }

    #[test]
    fn positions_find_their_commune_and_distance() {
        let areas = [
            square("18073", "Phường Thành Sen", 105.8),
            square("18100", "Xã Thạch Hà", 105.9),
        ];
        let territory = Territory::new(&areas, None);
        assert_eq!(territory.commune_at(LonLat::new(105.85, 18.05)), Some(0));
        assert_eq!(territory.commune_at(LonLat::new(105.95, 18.05)), Some(1));
        assert!(!territory.contains(LonLat::new(106.05, 18.05)));
        let distance = territory.distance_to_commune_m(0, LonLat::new(105.91, 18.05));
        let geodesic = geodesy::distance_m(LonLat::new(105.9, 18.05), LonLat::new(105.91, 18.05));
        assert!((distance - geodesic).abs() < 10.0, "{distance} {geodesic}");
        assert_eq!(territory.distance_m(LonLat::new(105.85, 18.05)), 0.0);
    }

    #[test]
    fn communes_are_known_by_code_and_by_any_spelling() {
        let areas = [
            square("18073", "Phường Hoà Lạc", 105.8),
            square("00100", "Xã Hóa Lạc", 105.9),
        ];
        let territory = Territory::new(&areas, None);
        let name = |text| territory.declared(None, Some(text));
        assert_eq!(territory.declared(Some("100"), None), Some(DeclaredCommune::Known(1)));
        assert_eq!(name("P. Hòa Lạc"), Some(DeclaredCommune::Known(0)));
        assert_eq!(name("XÃ HOÁ LẠC"), Some(DeclaredCommune::Known(1)));
        assert_eq!(name("hoa lac"), Some(DeclaredCommune::Ambiguous));
        assert_eq!(name("Kỳ Anh"), Some(DeclaredCommune::Unknown));
        assert_eq!(territory.declared(None, None), None);
    }
}
