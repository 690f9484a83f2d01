//! The formulas of a workbook: each figure that the sheets hold the rows of is counted again by the workbook itself.

use std::collections::BTreeSet;

use geodata::{AreaKind, PlaceKind, Technology};

use crate::Language;
use crate::labels;
use crate::measure::{Measure, Nesting, SharingUnit, SwitchOffUnit};

/// Names of the sheets, and the last rows (from 1) of those that formulas reach into.
#[derive(Debug, Clone)]
pub(super) struct Sheets {
    /// Kinds stand in the sheets in this language's words.
    pub language: Language,
    pub stations: &'static str,
    pub zones: &'static str,
    pub communes: &'static str,
    pub places: &'static str,
    pub station_rows: u32,
    pub zone_rows: u32,
    pub commune_rows: u32,
    pub place_rows: u32,
    /// Technologies of the coverage run.
    pub covered: BTreeSet<Technology>,
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
            Measure::StationShare {
                technologies,
                in_zones,
                of,
            } => Some(Live::Share {
                numerator: self.stations_of(technologies, *in_zones),
                denominator: self.stations_of(of, false),
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
            Measure::PlacesServed {
                place,
                technologies,
                electrified_only,
            } => Some(self.places_served(*place, technologies, *electrified_only)),
            Measure::PopulationCovered { technologies } => self.population(technologies),
            Measure::Sharing { by } => Some(self.sharing(*by)),
            Measure::SwitchOff {
                technologies,
                count: SwitchOffUnit::Locations,
            } => self.dark_locations(technologies),
            Measure::SwitchOff {
                technologies,
                count: SwitchOffUnit::Places,
            } => Some(Live::Value(self.dark_places(technologies))),
            Measure::MeanThroughput { .. } | Measure::ZonesWithStation { .. } => None,
        }
    }

    fn station_column(&self, column: char) -> String {
        range(self.stations, column, self.station_rows)
    }

    fn zone_column(&self, column: char) -> String {
        range(self.zones, column, self.zone_rows)
    }

    fn place_column(&self, column: char) -> String {
        range(self.places, column, self.place_rows)
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
                labels::area(*kind, self.language),
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
                labels::area(*kind, self.language)
            )
        };
        kinds.iter().map(sum).collect::<Vec<_>>().join("+")
    }

    /// Whether any of some technologies serves a place (columns F to I), as a formula over all places.
    fn served_by(&self, technologies: impl Iterator<Item = Technology>) -> String {
        let columns: Vec<String> = technologies
            .map(|technology| self.place_column(served_column(technology)))
            .collect();
        if columns.is_empty() {
            return "0".to_owned();
        }
        columns.join("+")
    }

    /// Places of a kind (column C), with power (column E), served.
    fn places_served(&self, place: PlaceKind, technologies: &[Technology], electrified_only: bool) -> Live {
        let power = if electrified_only {
            format!("*({}=1)", self.place_column('E'))
        } else {
            String::new()
        };
        let of_kind = format!(
            "({}=\"{}\"){power}",
            self.place_column('C'),
            labels::place(place, self.language)
        );
        let served = self.served_by(technologies.iter().copied());
        Live::Share {
            numerator: format!("SUMPRODUCT({of_kind}*(({served})>0))"),
            denominator: format!("SUMPRODUCT({of_kind}*1)"),
        }
    }

    /// People and those in the footprint of the first technology that the run holds.
    fn population(&self, technologies: &[Technology]) -> Option<Live> {
        let used = technologies
            .iter()
            .find(|technology| self.covered.contains(technology))?;
        let column = match used {
            Technology::G4 => 'D',
            Technology::G5 => 'F',
            _ => return None,
        };
        let sum = |column| format!("SUM({})", range(self.communes, column, self.commune_rows));
        Some(Live::Share {
            numerator: sum(column),
            denominator: sum('C'),
        })
    }

    /// Operators at the station's location (column G), hosted (column H), first station of its location (column I).
    fn sharing(&self, by: SharingUnit) -> Live {
        let (operators, hosted, first) = (
            self.station_column('G'),
            self.station_column('H'),
            self.station_column('I'),
        );
        let stations = format!("COUNT({first})");
        match by {
            SharingUnit::Location => Live::Share {
                numerator: format!("COUNTIFS({first},1,{operators},\">=2\")"),
                denominator: format!("SUM({first})"),
            },
            SharingUnit::Station => Live::Share {
                numerator: format!("COUNTIFS({operators},\">=2\")"),
                denominator: stations,
            },
            SharingUnit::HostedTenant => Live::Share {
                numerator: format!("SUM({hosted})"),
                denominator: stations,
            },
        }
    }

    /// Locations whose newest technology (column J, 2 … 5) goes too: only for switch-offs from the oldest upwards.
    fn dark_locations(&self, technologies: &[Technology]) -> Option<Live> {
        let mut going = technologies.to_vec();
        going.sort_unstable();
        let oldest_first = going.iter().eq(Technology::ALL.iter().take(going.len()));
        let newest = going.last().filter(|_| oldest_first)?;
        Some(Live::Value(format!(
            "COUNTIFS({},1,{},\"<={}\")",
            self.station_column('I'),
            self.station_column('J'),
            generation(*newest)
        )))
    }

    /// Villages that the technologies serve and none of the others does.
    fn dark_places(&self, technologies: &[Technology]) -> String {
        let going = self.served_by(technologies.iter().copied());
        let staying = Technology::ALL.into_iter().filter(|one| !technologies.contains(one));
        let staying = self.served_by(staying);
        format!(
            "SUMPRODUCT(({}=\"{}\")*(({going})>0)*(({staying})=0))",
            self.place_column('C'),
            labels::place(PlaceKind::Village, self.language)
        )
    }
}

fn range(sheet: &str, column: char, last: u32) -> String {
    format!("'{sheet}'!${column}$2:${column}${last}")
}

const fn served_column(technology: Technology) -> char {
    match technology {
        Technology::G2 => 'F',
        Technology::G3 => 'G',
        Technology::G4 => 'H',
        Technology::G5 => 'I',
    }
}

/// The generation of a technology as a number.
pub(super) const fn generation(technology: Technology) -> u8 {
    match technology {
        Technology::G2 => 2,
        Technology::G3 => 3,
        Technology::G4 => 4,
        Technology::G5 => 5,
    }
}
