//! The communes of a province as a test of positions: which commune is here, and how far is that one?

use std::collections::HashMap;

use geo::BoundingRect;
use geo_types::MultiPolygon;
use geodesy::LonLat;
use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, RTree};

use crate::polygon_index::PolygonIndex;
use crate::records::{Area, AreaKind, CommuneChange};
use crate::text::{clean, fold};

/// Communes and the province's outline, indexed.
pub struct Territory<'a> {
    communes: Vec<&'a Area>,
    shapes: Vec<Option<PolygonIndex>>,
    tree: RTree<GeomWithData<Rectangle<[f64; 2]>, usize>>,
    province: Option<PolygonIndex>,
    by_code: HashMap<&'a str, usize>,
    by_name: HashMap<String, Vec<usize>>,
    /// Communes from before a change, by code and by name.
    old_by_code: HashMap<&'a str, OldCommune>,
    old_by_name: HashMap<String, OldCommune>,
}

/// What became of a commune that is no more.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OldCommune {
    /// The communes that it went into, by their place in the territory.
    pub communes: Vec<usize>,
    /// Whether it was divided: the row's position says into which it fell.
    pub partial: bool,
}

/// What a declared commune turned out to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeclaredCommune {
    /// The list names one, and it is known: its position in the territory.
    Known(usize),
    /// Code and name are those of two different communes.
    Contradictory([usize; 2]),
    /// The list names one from before the communes were redrawn.
    Old(OldCommune),
    /// The list names one that is not known.
    Unknown,
    /// The name fits several communes.
    Ambiguous(Vec<usize>),
}

impl DeclaredCommune {
    /// The communes that the row can be in.
    #[must_use]
    pub fn communes(&self) -> &[usize] {
        match self {
            Self::Known(index) => std::slice::from_ref(index),
            Self::Contradictory(two) => two,
            Self::Old(old) => &old.communes,
            Self::Unknown => &[],
            Self::Ambiguous(several) => several,
        }
    }
}

impl<'a> Territory<'a> {
    /// Indexes the communes (areas of other kinds are left out), the province's outline, and what became of old communes.
    #[must_use]
    pub fn new(areas: &'a [Area], province: Option<&MultiPolygon<f64>>, changes: &'a [CommuneChange]) -> Self {
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
        let by_code: HashMap<&str, usize> = communes
            .iter()
            .enumerate()
            .map(|(index, area)| (area.code.as_str(), index))
            .collect();
        let mut old_by_code: HashMap<&str, OldCommune> = HashMap::new();
        let mut old_by_name: HashMap<String, OldCommune> = HashMap::new();
        for change in changes {
            let Some(index) = by_code.get(change.new_code.as_str()) else {
                continue;
            };
            let by_code_entry = old_by_code.entry(change.old_code.as_str()).or_default();
            let by_name_entry = old_by_name.entry(fold(bare_name(&change.old_name))).or_default();
            for old in [by_code_entry, by_name_entry] {
                old.partial |= change.partial || !old.communes.is_empty() && !old.communes.contains(index);
                if !old.communes.contains(index) {
                    old.communes.push(*index);
                }
            }
        }
        Self {
            shapes: communes.iter().map(|area| PolygonIndex::new(&area.geometry)).collect(),
            communes,
            tree,
            province: province.and_then(PolygonIndex::new),
            by_code,
            by_name,
            old_by_code,
            old_by_name,
        }
    }

    /// Whether there is anything to test positions against.
    #[must_use]
    pub fn is_known(&self) -> bool {
        self.has_communes() || self.province.is_some()
    }

    /// Whether communes are known.
    #[must_use]
    pub fn has_communes(&self) -> bool {
        !self.communes.is_empty()
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
            .filter(|index| self.is_in_commune(*index, position))
            .min()
    }

    /// Whether a position is in a commune.
    #[must_use]
    pub fn is_in_commune(&self, index: usize, position: LonLat) -> bool {
        self.shapes[index]
            .as_ref()
            .is_some_and(|shape| shape.contains(position))
    }

    /// Whether a position is inside the province (or inside a commune, where no outline is known).
    #[must_use]
    pub fn contains(&self, position: LonLat) -> bool {
        self.province.as_ref().is_some_and(|shape| shape.contains(position)) || self.commune_at(position).is_some()
    }

    /// Distance from a position to the territory, metres; zero inside.
    #[must_use]
    pub fn distance_m(&self, position: LonLat) -> f64 {
        if self.contains(position) {
            return 0.0;
        }
        let mut shapes: Vec<(f64, &PolygonIndex)> = self
            .shapes
            .iter()
            .chain([&self.province])
            .flatten()
            .map(|shape| (shape.at_least_m(position), shape))
            .collect();
        shapes.sort_by(|a, b| a.0.total_cmp(&b.0));
        shapes.into_iter().fold(f64::INFINITY, |nearest, (at_least, shape)| {
            if at_least >= nearest {
                nearest
            } else {
                nearest.min(shape.boundary_m(position))
            }
        })
    }

    /// Distance from a position to a commune, metres; zero inside.
    #[must_use]
    pub fn distance_to_commune_m(&self, index: usize, position: LonLat) -> f64 {
        match &self.shapes[index] {
            Some(shape) if shape.contains(position) => 0.0,
            Some(shape) => shape.boundary_m(position),
            None => f64::INFINITY,
        }
    }

    /// The commune that a list declares by code or by name.
    #[must_use]
    pub fn declared(&self, code: Option<&str>, name: Option<&str>) -> Option<DeclaredCommune> {
        if !self.has_communes() {
            return None;
        }
        let by_name = name
            .map(clean)
            .filter(|name| !name.is_empty())
            .map(|name| self.named(&name));
        let Some(code) = code.map(str::trim).filter(|code| !code.is_empty()) else {
            return by_name;
        };
        let padded = format!("{code:0>5}");
        let known = self
            .by_code
            .get(code)
            .or_else(|| self.by_code.get(padded.as_str()))
            .copied();
        let old = || {
            self.old_by_code
                .get(code)
                .or_else(|| self.old_by_code.get(padded.as_str()))
        };
        Some(match (known, by_name) {
            (Some(code), Some(DeclaredCommune::Known(name))) if code != name => {
                DeclaredCommune::Contradictory([code, name])
            }
            (Some(code), _) => DeclaredCommune::Known(code),
            (None, by_name) => match (old(), by_name) {
                (Some(old), None | Some(DeclaredCommune::Unknown)) => DeclaredCommune::Old(old.clone()),
                (_, by_name) => by_name.unwrap_or(DeclaredCommune::Unknown),
            },
        })
    }

    fn named(&self, name: &str) -> DeclaredCommune {
        let whole = self.named_exactly(name);
        match (&whole, name.split_once([',', '('])) {
            // "Xã Kỳ Anh, huyện Kỳ Anh": the district is not part of the name.
            (DeclaredCommune::Unknown, Some((first, _))) => self.named_exactly(first),
            _ => whole,
        }
    }

    fn named_exactly(&self, name: &str) -> DeclaredCommune {
        let bare = bare_name(name);
        let folded = fold(bare);
        let found = match self.by_name.get(&folded).map(Vec::as_slice) {
            None | Some([]) => {
                return match self.old_by_name.get(&folded) {
                    Some(old) => DeclaredCommune::Old(old.clone()),
                    None => DeclaredCommune::Unknown,
                };
            }
            Some([one]) => return DeclaredCommune::Known(*one),
            Some(several) => several,
        };
        // Names that differ only by their marks: compare with marks, tone positions apart.
        let exact: Vec<usize> = found
            .iter()
            .copied()
            .filter(|index| marks(bare_name(&self.communes[*index].name)) == marks(bare))
            .collect();
        match exact[..] {
            [one] => DeclaredCommune::Known(one),
            [] => DeclaredCommune::Ambiguous(found.to_vec()),
            _ => DeclaredCommune::Ambiguous(exact),
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
        let territory = Territory::new(&areas, None, &[]);
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
        let territory = Territory::new(&areas, None, &[]);
        let name = |text| territory.declared(None, Some(text));
        assert_eq!(territory.declared(Some("100"), None), Some(DeclaredCommune::Known(1)));
        assert_eq!(name("P. Hòa Lạc"), Some(DeclaredCommune::Known(0)));
        assert_eq!(name("XÃ HOÁ LẠC"), Some(DeclaredCommune::Known(1)));
        assert_eq!(name("hoa lac"), Some(DeclaredCommune::Ambiguous(vec![0, 1])));
        assert_eq!(name("Kỳ Anh"), Some(DeclaredCommune::Unknown));
        assert_eq!(territory.declared(None, None), None);
        assert_eq!(name("Xã Hóa Lạc, huyện Cũ"), Some(DeclaredCommune::Known(1)));
        let both = territory.declared(Some("18073"), Some("Xã Hóa Lạc"));
        assert_eq!(both, Some(DeclaredCommune::Contradictory([0, 1])));
    }

    #[test]
    fn old_communes_lead_to_the_new_ones() {
        let areas = [square("18073", "Phường A", 105.8), square("18100", "Xã B", 105.9)];
        let change = |new_code: &str, partial| CommuneChange {
            old_code: "18070".into(),
            old_name: "Xã Cũ".into(),
            new_code: new_code.into(),
            new_name: String::new(),
            partial,
        };
        let changes = [change("18073", true), change("18100", true), change("99999", false)];
        let territory = Territory::new(&areas, None, &changes);
        let divided = DeclaredCommune::Old(OldCommune {
            communes: vec![0, 1],
            partial: true,
        });
        assert_eq!(territory.declared(None, Some("xã cũ")), Some(divided.clone()));
        assert_eq!(territory.declared(Some("18070"), None), Some(divided));
    }
}
