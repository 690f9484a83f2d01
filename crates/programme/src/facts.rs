//! What a programme is measured on.

use std::collections::BTreeSet;

use coverage_model::{AreaStatistics, PlaceService, VillageClass};
use geodata::{Area, AreaKind, Network, Place, Technology};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::crosswalk::Successor;
use crate::document::Programme;
use crate::workflow::Submission;

/// Everything known about a project on a day.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// The day of the evaluation.
    pub today: Date,
    /// Sites, stations and cells.
    pub network: &'a Network,
    /// Communes.
    pub communes: &'a [Area],
    /// Economic zones, parks and clusters.
    pub zones: &'a [Area],
    /// Villages, commune centres, priority places.
    pub places: &'a [Place],
    /// A coverage run.
    pub coverage: Option<&'a Coverage>,
    /// Values that people reported, oldest first.
    pub reported: &'a [Reported],
    /// What became of areas that exist no longer.
    pub crosswalk: &'a [Successor],
}

impl<'a> Facts<'a> {
    /// The communes that exist on the day: a project may hold those of the past beside those of today.
    pub(crate) fn communes_of_the_day(&self) -> impl Iterator<Item = &'a Area> + use<'a> {
        let day = self.today;
        let exists = move |area: &&Area| {
            area.kind == AreaKind::Commune
                && area.valid_from.is_none_or(|from| from <= day)
                && area.valid_to.is_none_or(|to| day < to)
        };
        self.communes.iter().filter(exists)
    }
}

/// Facts as one JSON document: what `phusong programme --facts` reads.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FactsFile {
    /// Name of the project.
    pub project: String,
    /// Whether its data are synthetic.
    pub synthetic: bool,
    /// Sites, stations and cells.
    pub network: Network,
    /// Communes.
    pub communes: Vec<Area>,
    /// Economic zones, parks and clusters.
    pub zones: Vec<Area>,
    /// Villages, commune centres, priority places.
    pub places: Vec<Place>,
    /// A coverage run.
    pub coverage: Option<Coverage>,
    /// Values that people reported.
    pub reported: Vec<Reported>,
    /// Deliverables handed in.
    pub submissions: Vec<Submission>,
    /// What became of areas that exist no longer.
    pub crosswalk: Vec<Successor>,
}

impl FactsFile {
    /// The facts on a day.
    #[must_use]
    pub fn on(&self, today: Date) -> Facts<'_> {
        Facts {
            today,
            network: &self.network,
            communes: &self.communes,
            zones: &self.zones,
            places: &self.places,
            coverage: self.coverage.as_ref(),
            reported: &self.reported,
            crosswalk: &self.crosswalk,
        }
    }

    /// Operators of the network and those to which a programme gives quotas, sorted: whoever owes it something.
    #[must_use]
    pub fn operators(&self, programme: &Programme) -> Vec<String> {
        let known = self.network.stations.iter().map(|station| &station.operator);
        let given = programme.quotas.iter().map(|quota| &quota.operator);
        let operators: BTreeSet<&String> = known.chain(given).collect();
        operators.into_iter().cloned().collect()
    }
}

/// The part of a coverage run that programmes read.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Coverage {
    /// Name of the run (hash of its inputs).
    pub run: String,
    /// Service per place × technology × operator (`None` = any operator).
    pub places: Vec<PlaceCoverage>,
    /// Coverage per area × technology × operator (`None` = any operator).
    pub areas: Vec<AreaCoverage>,
}

impl Coverage {
    /// The part of a coverage run that programmes read; `run` is its name.
    #[must_use]
    pub fn from_run(run: impl Into<String>, places: &[PlaceService], areas: &[AreaStatistics]) -> Self {
        let place = |row: &PlaceService| PlaceCoverage {
            place_code: row.place_code.clone(),
            technology: row.technology,
            operator: row.operator.clone(),
            served: row.served,
            outlying_served: match row.village_class {
                VillageClass::White => None,
                VillageClass::Hollow => Some(false),
                VillageClass::Served => Some(true),
            },
            throughput_mbps: None,
            signal_dbm: row.signal_dbm,
            best_cell: row.best_cell.clone(),
        };
        let area = |row: &AreaStatistics| AreaCoverage {
            area_code: row.area_code.clone(),
            technology: row.technology,
            operator: row.operator.clone(),
            km2: row.km2,
            covered_km2: row.covered_km2,
            people: row.people,
            covered_people: row.covered_people,
        };
        Self {
            run: run.into(),
            places: places.iter().map(place).collect(),
            areas: areas.iter().map(area).collect(),
        }
    }

    /// Technologies that the run computed.
    #[must_use]
    pub fn technologies(&self) -> BTreeSet<Technology> {
        let places = self.places.iter().map(|row| row.technology);
        places.chain(self.areas.iter().map(|row| row.technology)).collect()
    }

    /// Codes of the places that any of `technologies` serves, by `operator` or (`None`) by anybody.
    #[must_use]
    pub fn served_places(&self, technologies: &[Technology], operator: Option<&str>) -> BTreeSet<&str> {
        self.places
            .iter()
            .filter(|row| row.served && row.operator.as_deref() == operator && technologies.contains(&row.technology))
            .map(|row| row.place_code.as_str())
            .collect()
    }
}

/// Service at a place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlaceCoverage {
    /// Code of the place.
    pub place_code: String,
    /// Technology.
    pub technology: Technology,
    /// Operator; `None` = any.
    #[serde(default)]
    pub operator: Option<String>,
    /// Whether the place's centre is served.
    pub served: bool,
    /// Whether its outlying cluster is; `None` where it has none or nobody computed it.
    #[serde(default)]
    pub outlying_served: Option<bool>,
    /// Modelled download speed of one user alone in the cell, Mbit/s.
    #[serde(default)]
    pub throughput_mbps: Option<f64>,
    /// Strongest median signal, dBm.
    #[serde(default)]
    pub signal_dbm: Option<f64>,
    /// The strongest cell.
    #[serde(default)]
    pub best_cell: Option<String>,
}

impl PlaceCoverage {
    /// Service of which only the centre is known.
    #[must_use]
    pub fn new(place_code: impl Into<String>, technology: Technology, served: bool) -> Self {
        Self {
            place_code: place_code.into(),
            technology,
            operator: None,
            served,
            outlying_served: None,
            throughput_mbps: None,
            signal_dbm: None,
            best_cell: None,
        }
    }
}

/// Coverage of an area.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AreaCoverage {
    /// Code of the area.
    pub area_code: String,
    /// Technology.
    pub technology: Technology,
    /// Operator; `None` = any.
    #[serde(default)]
    pub operator: Option<String>,
    /// Area, km².
    pub km2: f64,
    /// Of it covered, km².
    pub covered_km2: f64,
    /// People.
    pub people: f64,
    /// Of them covered.
    pub covered_people: f64,
}

/// A value of an indicator that somebody reported. History is kept: the newest date counts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reported {
    /// Programme's key.
    pub programme: String,
    /// Indicator's id.
    pub indicator: String,
    /// Value, in the indicator's unit.
    pub value: f64,
    /// Date that the value is of.
    pub date: Date,
    /// Where it comes from.
    pub source: String,
    /// Who entered it.
    pub who: String,
}
