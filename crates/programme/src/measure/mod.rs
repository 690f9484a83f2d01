//! The formulas that a reading can name, and how each is computed from facts.

mod counted;
mod places;
mod sharing;
mod stations;
mod switch_off;
mod words;
mod zones;

use geodata::{AreaKind, PlaceKind, Technology};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use counted::Counted;
pub(crate) use stations::on_air;
pub(crate) use zones::{area_ha, exists, holds, sites_in, zones_of_the_day};

use crate::document::Unit;
use crate::facts::{Coverage, Facts};
use crate::schema;
use crate::text::Text;

/// A formula.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "measure", rename_all = "snake_case", deny_unknown_fields)]
pub enum Measure {
    /// Stations on air of some technologies; with `in_zones` those inside at least one zone of the day.
    StationCount {
        /// Technologies that count.
        #[schemars(schema_with = "schema::technologies")]
        technologies: Vec<Technology>,
        /// Only stations inside a zone, each counted once however many zones hold it.
        #[serde(default)]
        in_zones: bool,
    },
    /// 100 × stations of one technology / stations of another.
    StationRatio {
        /// Technology of the numerator.
        #[schemars(schema_with = "schema::technology")]
        technology: Technology,
        /// Technology of the denominator.
        #[schemars(schema_with = "schema::technology")]
        of: Technology,
    },
    /// 100 × stations of some technologies, with `in_zones` those inside a zone / stations of others wherever they stand.
    StationShare {
        /// Technologies of the numerator.
        #[schemars(schema_with = "schema::technologies")]
        technologies: Vec<Technology>,
        /// Only stations inside a zone in the numerator.
        #[serde(default)]
        in_zones: bool,
        /// Technologies of the denominator.
        #[schemars(schema_with = "schema::technologies")]
        of: Vec<Technology>,
    },
    /// Zones that exist on the day.
    ZoneCount {
        /// Kinds that count.
        #[schemars(schema_with = "schema::zone_kinds")]
        kinds: Vec<AreaKind>,
    },
    /// Stated area of zones (hectares; computed where none is stated).
    ZoneArea {
        /// Kinds that count.
        #[schemars(schema_with = "schema::zone_kinds")]
        kinds: Vec<AreaKind>,
        /// Whether zones inside an economic zone count.
        nested: Nesting,
        /// Whether planned zones count.
        #[serde(default)]
        include_planned: bool,
    },
    /// 100 × zones with a station of a technology / zones that exist on the day.
    ZonesWithStation {
        /// Technology.
        #[schemars(schema_with = "schema::technology")]
        technology: Technology,
        /// Kinds that count.
        #[schemars(schema_with = "schema::zone_kinds")]
        kinds: Vec<AreaKind>,
    },
    /// 100 × places served by any of some technologies / places.
    PlacesServed {
        /// Kind of place.
        #[schemars(schema_with = "schema::place_kind")]
        place: PlaceKind,
        /// Technologies of which one is enough; those that the run lacks are left out.
        #[schemars(schema_with = "schema::technologies")]
        technologies: Vec<Technology>,
        /// Only places with grid power.
        #[serde(default)]
        electrified_only: bool,
    },
    /// 100 × people in the footprint / people, over the communes.
    PopulationCovered {
        /// Technology (the first that the run holds).
        #[schemars(schema_with = "schema::technologies")]
        technologies: Vec<Technology>,
    },
    /// Modelled download speed of one user alone in the cell, at the served villages, weighted by their people (Mbit/s).
    MeanThroughput {
        /// Technologies: the faster one counts where several serve.
        #[schemars(schema_with = "schema::technologies")]
        technologies: Vec<Technology>,
    },
    /// 100 × the shared part of locations or stations.
    Sharing {
        /// What is counted.
        by: SharingUnit,
    },
    /// What loses service when technologies go.
    SwitchOff {
        /// Technologies that go.
        #[schemars(schema_with = "schema::technologies")]
        technologies: Vec<Technology>,
        /// What is counted.
        count: SwitchOffUnit,
    },
}

/// Which zones count by their nesting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Nesting {
    /// All.
    All,
    /// Those inside another zone.
    Inside,
    /// Those in no other zone.
    Outside,
}

/// Three formulas of the sharing share.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SharingUnit {
    /// Locations with two operators or more / locations.
    Location,
    /// Stations at such locations / stations.
    Station,
    /// Stations of hosted operators (not the owner, or not the first) at such locations / stations.
    HostedTenant,
}

/// What a switch-off is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SwitchOffUnit {
    /// Locations that carry nothing else.
    Locations,
    /// Villages that no other technology serves.
    Places,
}

/// What the rows behind a figure are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RowKind {
    /// Stations.
    Station,
    /// Masts and rooftops.
    Site,
    /// Economic zones, parks, clusters.
    Zone,
    /// Villages and other places.
    Place,
    /// Communes.
    Commune,
}

impl Measure {
    /// Unit of the figure.
    #[must_use]
    pub fn unit(&self) -> Unit {
        match self {
            Self::StationCount { .. } => Unit::Station,
            Self::ZoneCount { .. } => Unit::Zone,
            Self::ZoneArea { .. } => Unit::Hectare,
            Self::MeanThroughput { .. } => Unit::Mbps,
            Self::SwitchOff {
                count: SwitchOffUnit::Locations,
                ..
            } => Unit::Location,
            Self::SwitchOff {
                count: SwitchOffUnit::Places,
                ..
            } => Unit::Village,
            _ => Unit::Percent,
        }
    }

    /// What the rows behind the figure are.
    #[must_use]
    pub fn rows(&self) -> RowKind {
        match self {
            Self::StationCount { .. } | Self::StationRatio { .. } | Self::StationShare { .. } => RowKind::Station,
            Self::ZoneCount { .. } | Self::ZoneArea { .. } | Self::ZonesWithStation { .. } => RowKind::Zone,
            Self::PlacesServed { .. } | Self::MeanThroughput { .. } => RowKind::Place,
            Self::PopulationCovered { .. } => RowKind::Commune,
            Self::Sharing {
                by: SharingUnit::Location,
            }
            | Self::SwitchOff {
                count: SwitchOffUnit::Locations,
                ..
            } => RowKind::Site,
            Self::Sharing { .. } => RowKind::Station,
            Self::SwitchOff { .. } => RowKind::Place,
        }
    }

    /// Computes the figure, or says why it cannot be.
    ///
    /// # Errors
    /// The reason, in Vietnamese and English.
    pub fn compute(&self, facts: &Facts<'_>) -> Result<Counted, Text> {
        match self {
            Self::StationCount { technologies, in_zones } => stations::count(facts, technologies, *in_zones),
            Self::StationRatio { technology, of } => stations::ratio(facts, *technology, *of),
            Self::StationShare {
                technologies,
                in_zones,
                of,
            } => stations::share(facts, technologies, *in_zones, of),
            Self::ZoneCount { kinds } => zones::count(facts, kinds),
            Self::ZoneArea {
                kinds,
                nested,
                include_planned,
            } => zones::area(facts, kinds, *nested, *include_planned),
            Self::ZonesWithStation { technology, kinds } => zones::with_station(facts, *technology, kinds),
            Self::PlacesServed {
                place,
                technologies,
                electrified_only,
            } => places::served(facts, *place, technologies, *electrified_only),
            Self::PopulationCovered { technologies } => places::population(facts, technologies),
            Self::MeanThroughput { technologies } => places::throughput(facts, technologies),
            Self::Sharing { by } => sharing::share(facts, *by),
            Self::SwitchOff { technologies, count } => switch_off::lost(facts, technologies, *count),
        }
    }
}

fn require_coverage<'a>(facts: &Facts<'a>) -> Result<&'a Coverage, Text> {
    facts
        .coverage
        .ok_or_else(|| Text::new("chưa tính vùng phủ sóng", "no coverage run yet"))
}
