//! The map of a candidate's sheet: the mast, what it serves, and what lies around them, to scale, north up.

use geo::BoundingRect;
use geo_types::{Coord, LineString, MultiLineString, Rect};
use geodata::{Area, Line, Network, Place};
use geodesy::{LocalFrame, LonLat, distance_m};

use super::escape;

/// Half the side of the picture, in its own units.
const HALF: f64 = 300.0;
/// Least distance from the mast to the edge, metres.
const LEAST_REACH_M: f64 = 1_000.0;
/// Points nearer than this to the one before are left out, in units of the picture.
const FINEST: f64 = 0.7;

/// What lies around a candidate.
pub(super) struct Around<'a> {
    pub communes: &'a [Area],
    pub zones: &'a [Area],
    pub roads: &'a [Line],
    /// Masts that stand; security-restricted ones are not drawn.
    pub network: &'a Network,
}

/// Draws the mast at `centre`, the places that it serves, and what lies around.
pub(super) fn map(centre: LonLat, served: &[Place], around: &Around<'_>) -> String {
    let reach_m = served
        .iter()
        .map(|place| distance_m(centre, place.position))
        .fold(LEAST_REACH_M, f64::max)
        * 1.15;
    let view = View {
        frame: LocalFrame::new(centre),
        reach_m,
        bounds: bounds(centre, reach_m),
    };
    let side = 2.0 * HALF;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {side} {side}\" width=\"{side}\" height=\"{side}\">\
         <rect width=\"{side}\" height=\"{side}\" fill=\"#f8fafc\"/>"
    );
    svg += &view.areas(around.zones, "fill=\"#fef3c7\" stroke=\"#d97706\"");
    svg += &view.areas(
        around.communes,
        "fill=\"none\" stroke=\"#94a3b8\" stroke-dasharray=\"6 3\"",
    );
    for road in around.roads {
        svg += &view.lines(&road.geometry, "fill=\"none\" stroke=\"#b6a48b\" stroke-width=\"1.5\"");
    }
    svg += &view.rings();
    svg += &view.masts(around.network);
    svg += &view.places(served);
    svg += &format!("<path d=\"M{HALF} {}l8 18h-16z\" fill=\"#c1440e\"/></svg>", HALF - 10.0);
    svg
}

fn bounds(centre: LonLat, reach_m: f64) -> Rect<f64> {
    let frame = LocalFrame::new(centre);
    let corner = |east: f64, north: f64| {
        let place = frame.to_lonlat(east, north);
        Coord {
            x: place.lon_deg,
            y: place.lat_deg,
        }
    };
    Rect::new(corner(-reach_m, -reach_m), corner(reach_m, reach_m))
}

struct View {
    frame: LocalFrame,
    reach_m: f64,
    bounds: Rect<f64>,
}

impl View {
    fn at(&self, position: LonLat) -> (f64, f64) {
        let (east, north) = self.frame.to_local(position);
        (HALF + east / self.reach_m * HALF, HALF - north / self.reach_m * HALF)
    }

    fn shows(&self, bounds: Option<Rect<f64>>) -> bool {
        bounds.is_some_and(|other| {
            other.min().x <= self.bounds.max().x
                && other.max().x >= self.bounds.min().x
                && other.min().y <= self.bounds.max().y
                && other.max().y >= self.bounds.min().y
        })
    }

    /// The path of a line, without points that nobody could tell apart.
    fn path(&self, line: &LineString<f64>) -> String {
        let mut path = String::new();
        let mut last: Option<(f64, f64)> = None;
        for &Coord { x, y } in &line.0 {
            let (x, y) = self.at(LonLat::new(x, y));
            if last.is_some_and(|(last_x, last_y)| (x - last_x).hypot(y - last_y) < FINEST) {
                continue;
            }
            path += &format!("{}{x:.1} {y:.1}", if last.is_none() { 'M' } else { 'L' });
            last = Some((x, y));
        }
        path
    }

    fn areas(&self, areas: &[Area], style: &str) -> String {
        let mut svg = String::new();
        for area in areas.iter().filter(|area| self.shows(area.geometry.bounding_rect())) {
            let rings = area
                .geometry
                .0
                .iter()
                .flat_map(|polygon| std::iter::once(polygon.exterior()).chain(polygon.interiors()));
            let path: String = rings.map(|ring| self.path(ring) + "Z").collect();
            svg += &format!(
                "<path d=\"{path}\" {style}><title>{}</title></path>",
                escape(&area.name)
            );
        }
        svg
    }

    fn lines(&self, lines: &MultiLineString<f64>, style: &str) -> String {
        let shown = lines.0.iter().filter(|line| self.shows(line.bounding_rect()));
        let path: String = shown.map(|line| self.path(line)).collect();
        if path.is_empty() {
            return String::new();
        }
        format!("<path d=\"{path}\" {style}/>")
    }

    /// Circles of whole kilometres.
    fn rings(&self) -> String {
        let mut svg = String::new();
        for kilometres in 1..=((self.reach_m / 1000.0) as u32).min(12) {
            let radius = f64::from(kilometres) * 1000.0 / self.reach_m * HALF;
            svg += &format!(
                "<circle cx=\"{HALF}\" cy=\"{HALF}\" r=\"{radius:.1}\" fill=\"none\" stroke=\"#cbd5e1\"/><text x=\"{:.1}\" y=\"{HALF}\" class=\"small\">{kilometres} km</text>",
                HALF + radius
            );
        }
        svg
    }

    fn masts(&self, network: &Network) -> String {
        let mut svg = String::new();
        for site in network.sites.iter().filter(|site| !site.restricted) {
            let (x, y) = self.at(site.position);
            if (0.0..=2.0 * HALF).contains(&x) && (0.0..=2.0 * HALF).contains(&y) {
                svg += &format!(
                    "<path d=\"M{x:.1} {:.1}l4 8h-8z\" fill=\"#475569\"><title>{} ({})</title></path>",
                    y - 4.0,
                    escape(&site.code),
                    escape(&site.owner)
                );
            }
        }
        svg
    }

    fn places(&self, served: &[Place]) -> String {
        let mut svg = String::new();
        for place in served {
            let (x, y) = self.at(place.position);
            svg += &format!(
                "<path d=\"M{HALF} {HALF}L{x:.1} {y:.1}\" stroke=\"#94a3b8\"/><circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"4\" fill=\"#0b6e4f\"/><text x=\"{:.1}\" y=\"{:.1}\">{}</text>",
                x + 6.0,
                y - 6.0,
                escape(&place.name)
            );
        }
        svg
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo_types::{line_string, polygon};
    use geodata::{AreaKind, LineKind, PlaceKind, Site};

    #[test]
    fn the_map_shows_what_is_near_and_no_restricted_mast() {
        let centre = LonLat::new(105.6, 18.1);
        let served = [Place::new(
            "V1",
            "Thôn <Một>",
            PlaceKind::Village,
            LonLat::new(105.61, 18.11),
        )];
        let square = |west: f64| polygon![(x: west, y: 18.09), (x: west + 0.01, y: 18.09), (x: west + 0.01, y: 18.1), (x: west, y: 18.09)];
        let zones = [Area::new(
            "Z1",
            "KCN gần",
            AreaKind::IndustrialPark,
            square(105.6).into(),
        )];
        let communes = [Area::new("C1", "Xã xa", AreaKind::Commune, square(106.9).into())];
        let roads = [Line {
            code: "R1".to_owned(),
            name: "QL1".to_owned(),
            kind: LineKind::Road,
            geometry: MultiLineString(vec![line_string![(x: 105.59, y: 18.1), (x: 105.62, y: 18.1)]]),
            class: None,
        }];
        let mut network = Network::default();
        network
            .sites
            .push(Site::new("OPEN", "Viettel", LonLat::new(105.605, 18.1)));
        network
            .sites
            .push(Site::new("SECRET", "VNPT", LonLat::new(105.605, 18.105)));
        network.sites[1].restricted = true;
        let around = Around {
            communes: &communes,
            zones: &zones,
            roads: &roads,
            network: &network,
        };
        let svg = map(centre, &served, &around);
        assert!(svg.contains("Thôn &lt;Một&gt;") && svg.contains("KCN gần") && svg.contains("OPEN"));
        assert!(svg.contains("#b6a48b"), "the road is drawn");
        assert!(!svg.contains("SECRET") && !svg.contains("Xã xa") && !svg.contains("NaN"));
    }
}
