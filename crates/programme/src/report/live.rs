//! The formulas of a workbook: each figure that the sheets hold the rows of is counted again by the workbook itself.

use geodata::{AreaKind, Technology};

use crate::measure::{Measure, Nesting};

/// Names of the sheets, and the last rows (from 1) of those that formulas reach into.
#[derive(Debug, Clone)]
pub(super) struct Sheets {
    pub stations: &'static str,
    pub zones: &'static str,
    pub station_rows: u32,
    pub zone_rows: u32,
}

/// A figure as formulas: the value itself, or numerator and denominator.
pub(super) enum Live {
    Value(String),
    Share { numerator: String, denominator: String },
}

impl Sheets {
    /// The formulas of a measure, where the sheets hold its rows.
    pub(super) fn live(&self, measure: &Measure) -> Option<Live> {
        match measure {
            Measure::StationCount { technologies, in_zones } => {
                Some(Live::Value(self.stations_of(technologies, *in_zones)))
            }
            Measure::StationRatio { technology, of } => Some(Live::Share {
                numerator: self.stations_of(&[*technology], false),
                denominator: self.stations_of(&[*of], false),
            }),
            Measure::ZoneCount { kinds } => Some(Live::Value(self.zones_of(kinds, ""))),
            Measure::ZonesWithStation {
                technology: Technology::G5,
                kinds,
            } => Some(Live::Share {
                numerator: self.zones_of(kinds, &format!(",{},\">0\"", self.zone_column('I'))),
                denominator: self.zones_of(kinds, ""),
            }),
            Measure::ZoneArea {
                kinds,
                nested,
                include_planned,
            } => Some(Live::Value(self.area_of(kinds, *nested, *include_planned))),
            _ => None,
        }
    }

    fn station_column(&self, column: char) -> String {
        format!("'{}'!${column}$2:${column}${}", self.stations, self.station_rows)
    }

    fn zone_column(&self, column: char) -> String {
        format!("'{}'!${column}$2:${column}${}", self.zones, self.zone_rows)
    }

    /// Stations of technologies (column D), in zones (column F).
    fn stations_of(&self, technologies: &[Technology], in_zones: bool) -> String {
        let inside = if in_zones {
            format!(",{},1", self.station_column('F'))
        } else {
            String::new()
        };
        let count =
            |technology: &Technology| format!("COUNTIFS({},\"{technology}\"{inside})", self.station_column('D'));
        technologies.iter().map(count).collect::<Vec<_>>().join("+")
    }

    /// Zones of kinds (column C) that exist (column G).
    fn zones_of(&self, kinds: &[AreaKind], further: &str) -> String {
        let count = |kind: &AreaKind| {
            format!(
                "COUNTIFS({},\"{}\",{},1{further})",
                self.zone_column('C'),
                kind.key(),
                self.zone_column('G')
            )
        };
        kinds.iter().map(count).collect::<Vec<_>>().join("+")
    }

    /// Area (column F) of zones of kinds, by their parent (column E).
    fn area_of(&self, kinds: &[AreaKind], nested: Nesting, include_planned: bool) -> String {
        let parent = match nested {
            Nesting::All => String::new(),
            Nesting::Inside => format!(",{},\"?*\"", self.zone_column('E')),
            Nesting::Outside => format!(",{},\"-\"", self.zone_column('E')),
        };
        // Inside: any parent but the dash that stands for none.
        let own = if nested == Nesting::Inside {
            format!(",{},\"<>-\"", self.zone_column('E'))
        } else {
            String::new()
        };
        let existing = if include_planned {
            String::new()
        } else {
            format!(",{},1", self.zone_column('G'))
        };
        let sum = |kind: &AreaKind| {
            format!(
                "SUMIFS({},{},\"{}\"{parent}{own}{existing})",
                self.zone_column('F'),
                self.zone_column('C'),
                kind.key()
            )
        };
        kinds.iter().map(sum).collect::<Vec<_>>().join("+")
    }
}
