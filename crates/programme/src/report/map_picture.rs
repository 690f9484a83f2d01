//! The maps of a report as pictures: coverage by commune, stations and zones, villages by class.

use std::collections::BTreeMap;

use geo::BoundingRect;
use geo_types::MultiPolygon;
use geodata::{Area, Technology};
use geodesy::LonLat;

use super::Report;
use super::canvas::{Canvas, Colour};
use crate::measure::{on_air, zones_of_the_day};
use crate::number;
use crate::villages::VillageClass;

/// A map with its heading and legend.
pub(super) struct Picture {
    pub title: String,
    pub png: Vec<u8>,
    pub width: usize,
    pub height: usize,
    pub legend: Vec<(Colour, String)>,
}

/// Width of a map, pixels; its height follows from the ground, within limits.
const WIDTH: usize = 1_000;
const HEIGHTS: std::ops::RangeInclusive<usize> = 400..=1_300;
const MARGIN: f64 = 12.0;

const GREY: Colour = [0x9a, 0xa4, 0xae];
const PALE: Colour = [0xf3, 0xf5, 0xf7];
const NO_DATA: Colour = [0xd3, 0xd9, 0xe0];
const ZONE: Colour = [0xf6, 0xd9, 0x8b];
const ZONE_EDGE: Colour = [0xb9, 0x7a, 0x0a];

/// All maps that the facts allow.
pub(super) fn pictures(report: &Report<'_>) -> Vec<Picture> {
    let Some(frame) = Frame::around(report.facts.communes) else {
        return Vec::new();
    };
    let technology = report.programme.planner.technology;
    let maps = [
        coverage_map(report, &frame, technology),
        station_map(report, &frame, technology),
        village_map(report, &frame),
    ];
    maps.into_iter().flatten().collect()
}

/// From degrees to pixels: equal scale on both axes at the middle of the picture.
struct Frame {
    west: f64,
    north: f64,
    across: f64,
    down: f64,
    height: usize,
}

impl Frame {
    fn around(areas: &[Area]) -> Option<Self> {
        let boxes = areas.iter().filter_map(|area| area.geometry.bounding_rect());
        let whole = boxes.reduce(|a, b| {
            let low = geo_types::Coord {
                x: a.min().x.min(b.min().x),
                y: a.min().y.min(b.min().y),
            };
            let high = geo_types::Coord {
                x: a.max().x.max(b.max().x),
                y: a.max().y.max(b.max().y),
            };
            geo_types::Rect::new(low, high)
        })?;
        let stretch = whole.center().y.to_radians().cos();
        let usable = WIDTH as f64 - 2.0 * MARGIN;
        let wide = usable / whole.width().max(1e-6);
        let height = (whole.height() * wide / stretch + 2.0 * MARGIN) as usize;
        let height = height.clamp(*HEIGHTS.start(), *HEIGHTS.end());
        let tall = (height as f64 - 2.0 * MARGIN) / whole.height().max(1e-6) * stretch;
        let across = wide.min(tall);
        Some(Self {
            west: whole.center().x - WIDTH as f64 / 2.0 / across,
            north: whole.center().y + height as f64 / 2.0 / (across / stretch),
            across,
            down: across / stretch,
            height,
        })
    }

    fn point(&self, lon_deg: f64, lat_deg: f64) -> [f64; 2] {
        [(lon_deg - self.west) * self.across, (self.north - lat_deg) * self.down]
    }

    fn at(&self, position: LonLat) -> [f64; 2] {
        self.point(position.lon_deg, position.lat_deg)
    }

    /// The rings of each polygon.
    fn rings(&self, shape: &MultiPolygon<f64>) -> Vec<Vec<Vec<[f64; 2]>>> {
        let ring = |line: &geo_types::LineString<f64>| line.coords().map(|c| self.point(c.x, c.y)).collect();
        shape
            .iter()
            .map(|polygon| {
                let inner = polygon.interiors().iter().map(ring);
                std::iter::once(ring(polygon.exterior())).chain(inner).collect()
            })
            .collect()
    }

    fn fill(&self, canvas: &mut Canvas, area: &Area, colour: Colour) {
        for rings in self.rings(&area.geometry) {
            canvas.fill(&rings, colour);
        }
    }

    fn outline(&self, canvas: &mut Canvas, area: &Area, thickness: f64, colour: Colour) {
        for rings in self.rings(&area.geometry) {
            canvas.outline(&rings, thickness, colour);
        }
    }

    /// A scale bar at the bottom on the left: a round length of at most a quarter of the picture, in two halves.
    fn scale(&self, canvas: &mut Canvas) {
        /// Metres in a degree of latitude, on average.
        const DEGREE_M: f64 = 111_195.0;
        const LENGTHS_KM: [f64; 9] = [0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0];
        const BAR: f64 = 8.0;
        let pixels = |km: f64| km * 1_000.0 / DEGREE_M * self.down;
        let fits = |km: &&f64| pixels(**km) <= WIDTH as f64 / 4.0;
        let Some(km) = LENGTHS_KM.iter().rfind(fits) else {
            return;
        };
        let (left, bottom) = (MARGIN, self.height as f64 - MARGIN);
        let half = pixels(*km) / 2.0;
        let name = if *km < 1.0 {
            format!("{:.0} m", km * 1_000.0)
        } else {
            format!("{km} km")
        };
        let block = |[left, top]: [f64; 2], [right, bottom]: [f64; 2]| {
            [vec![
                [left, top],
                [right, top],
                [right, bottom],
                [left, bottom],
                [left, top],
            ]]
        };
        // On white, whatever lies below.
        let side = left + 2.0 * half + 90.0;
        canvas.fill(&block([left - 4.0, bottom - BAR - 8.0], [side, bottom + 4.0]), [255; 3]);
        canvas.fill(&block([left, bottom - BAR], [left + half, bottom]), INK);
        canvas.outline(&block([left, bottom - BAR], [left + 2.0 * half, bottom]), 1.5, INK);
        canvas.write(&name, [left + 2.0 * half + 10.0, bottom - 13.0], INK);
    }

    fn base(&self, communes: &[Area]) -> Canvas {
        let mut canvas = Canvas::new(WIDTH, self.height);
        for commune in communes {
            self.fill(&mut canvas, commune, PALE);
        }
        for commune in communes {
            self.outline(&mut canvas, commune, 1.0, GREY);
        }
        canvas
    }

    fn finish(&self, mut canvas: Canvas, title: String, legend: Vec<(Colour, String)>) -> Option<Picture> {
        self.scale(&mut canvas);
        Some(Picture {
            title,
            png: canvas.png().ok()?,
            width: WIDTH,
            height: self.height,
            legend,
        })
    }
}

const INK: Colour = [0x1b, 0x1f, 0x24];

/// Five even classes, dark to light as in viridis: readable in grey and without red and green.
const CLASSES: [(f64, Colour); 5] = [
    (20.0, [0x44, 0x01, 0x54]),
    (40.0, [0x3b, 0x52, 0x8b]),
    (60.0, [0x21, 0x91, 0x8c]),
    (80.0, [0x5e, 0xc9, 0x62]),
    (100.0, [0xfd, 0xe7, 0x25]),
];

fn coverage_map(report: &Report<'_>, frame: &Frame, technology: Technology) -> Option<Picture> {
    let coverage = report.facts.coverage?;
    let shares: BTreeMap<&str, f64> = coverage
        .areas
        .iter()
        .filter(|row| row.technology == technology && row.operator.is_none() && row.people > 0.0)
        .map(|row| (row.area_code.as_str(), 100.0 * row.covered_people / row.people))
        .collect();
    if shares.is_empty() {
        return None;
    }
    let mut canvas = frame.base(report.facts.communes);
    let communes = || report.facts.communes_of_the_day();
    for commune in communes() {
        let share = shares.get(commune.code.as_str());
        let class = CLASSES
            .iter()
            .find(|(most, _)| share.is_some_and(|share| *share <= *most + 1e-9));
        frame.fill(&mut canvas, commune, class.map_or(NO_DATA, |(_, colour)| *colour));
    }
    for commune in communes() {
        frame.outline(&mut canvas, commune, 1.0, [255; 3]);
    }
    let classes = CLASSES
        .iter()
        .map(|(most, colour)| (*colour, format!("{:.0}–{most:.0} %", most - 20.0)));
    let mut legend: Vec<(Colour, String)> = classes.collect();
    if communes().any(|commune| !shares.contains_key(commune.code.as_str())) {
        let nobody = report.say("không có dân số trong dữ liệu", "no people in the data");
        legend.push((NO_DATA, nobody.to_owned()));
    }
    let title = report
        .say(
            "Dân số có sóng {t} theo xã, phường (% dân số)",
            "People with {t} by commune (% of people)",
        )
        .replace("{t}", &technology.to_string());
    frame.finish(canvas, title, legend)
}

/// Three hues that stay apart for colour-blind eyes, and grey for further operators.
const OPERATORS: [Colour; 4] = [
    [0xd5, 0x5e, 0x00],
    [0x00, 0x72, 0xb2],
    [0x00, 0x9e, 0x73],
    [0x55, 0x55, 0x55],
];

fn station_map(report: &Report<'_>, frame: &Frame, technology: Technology) -> Option<Picture> {
    let facts = &report.facts;
    let mut canvas = frame.base(facts.communes);
    let zones: Vec<&Area> = zones_of_the_day(facts).collect();
    for zone in &zones {
        frame.fill(&mut canvas, zone, ZONE);
    }
    for zone in &zones {
        frame.outline(&mut canvas, zone, 1.5, ZONE_EDGE);
    }
    let positions: BTreeMap<&str, LonLat> = facts
        .network
        .sites
        .iter()
        .filter(|site| !site.restricted)
        .map(|site| (site.code.as_str(), site.position))
        .collect();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for station in on_air(facts).filter(|station| station.technology == technology) {
        *counts.entry(station.operator.as_str()).or_default() += 1;
    }
    let colour = |operator: &str| {
        let index = counts
            .keys()
            .position(|known| *known == operator)
            .unwrap_or(OPERATORS.len());
        OPERATORS[index.min(OPERATORS.len() - 1)]
    };
    let radius = if counts.values().sum::<usize>() > 800 { 2.5 } else { 4.5 };
    for station in on_air(facts).filter(|station| station.technology == technology) {
        if let Some(position) = positions.get(station.site_code.as_str()) {
            canvas.dot(frame.at(*position), radius + 1.0, [255; 3]);
            canvas.dot(frame.at(*position), radius, colour(&station.operator));
        }
    }
    if counts.is_empty() && zones.is_empty() {
        return None;
    }
    let mut legend: Vec<(Colour, String)> = counts
        .iter()
        .map(|(operator, count)| {
            let count = number::number(*count as f64, 0, report.language);
            (
                colour(operator),
                format!("{operator}: {count} {}", report.say("trạm", "stations")),
            )
        })
        .collect();
    if !zones.is_empty() {
        legend.push((
            ZONE,
            report
                .say("khu kinh tế, khu, cụm công nghiệp", "economic zones, parks, clusters")
                .to_owned(),
        ));
    }
    let title = report
        .say(
            "Trạm BTS {t} đang phát sóng và khu, cụm",
            "{t} stations on air and zones",
        )
        .replace("{t}", &technology.to_string());
    frame.finish(canvas, title, legend)
}

fn village_map(report: &Report<'_>, frame: &Frame) -> Option<Picture> {
    if report.villages.is_empty() {
        return None;
    }
    let mut canvas = frame.base(report.facts.communes);
    // What needs work stands out and is drawn last.
    let classes = [
        (VillageClass::Served, 2.0, [0xb7, 0xc3, 0xd0]),
        (VillageClass::Hollow, 4.0, [0xe6, 0x9f, 0x00]),
        (VillageClass::White, 4.0, [0x99, 0x1b, 0x1b]),
    ];
    let mut legend = Vec::new();
    for (class, radius, colour) in classes {
        let mut count = 0_u32;
        for row in report.villages.iter().filter(|row| row.class == class) {
            canvas.dot(frame.at(row.position), radius, colour);
            count += 1;
        }
        let count = number::number(f64::from(count), 0, report.language);
        let label = report.say(class.label_vi(), class.label_en());
        legend.push((colour, format!("{label}: {count} {}", report.say("thôn", "villages"))));
    }
    let title = report.say(
        "Thôn, bản theo loại phủ sóng 4G hoặc 5G",
        "Villages by class of 4G or 5G coverage",
    );
    frame.finish(canvas, title.to_owned(), legend)
}
