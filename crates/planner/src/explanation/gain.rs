//! Demand won, told apart by kind and by name.

use std::collections::BTreeMap;

use coverage_model::VillageClass;
use geodata::{Place, PlaceKind};
use serde::{Deserialize, Serialize};

use crate::demand::{Demand, DemandKind};

/// A place that an action brings signal to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServedPlace {
    /// Code of the place.
    pub code: String,
    /// Its name.
    pub name: String,
}

/// A village whose class an action changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClassChange {
    /// Code of the village.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Class before.
    pub from: VillageClass,
    /// Class with the action.
    pub to: VillageClass,
}

/// Demand won, told apart by kind.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Gain {
    /// Worth in people, by the plan's weights.
    pub value: f64,
    /// People on the population raster.
    pub people: f64,
    /// Villages whose centre is won.
    pub villages: Vec<ServedPlace>,
    /// Villages whose outlying cluster is won.
    pub outlying_clusters: Vec<ServedPlace>,
    /// Commune centres and other priority places.
    pub places: Vec<ServedPlace>,
    /// Zone land, km².
    pub zone_km2: f64,
    /// Villages whose class changes.
    pub class_changes: Vec<ClassChange>,
}

impl Gain {
    /// Adds some demand points up.
    pub(super) fn of(demand: &Demand, places: &[Place], points: impl Iterator<Item = u32>) -> Self {
        let mut gain = Self::default();
        for index in points {
            let point = &demand.points[index as usize];
            gain.value += point.weight;
            match point.kind {
                DemandKind::People { people } => gain.people += people,
                DemandKind::ZoneLand { km2 } => gain.zone_km2 += km2,
                DemandKind::OutlyingCluster { index } => gain.outlying_clusters.push(named(&places[index])),
                DemandKind::Place { index } => {
                    let place = &places[index];
                    if place.kind == PlaceKind::Village {
                        gain.villages.push(named(place));
                    } else {
                        gain.places.push(named(place));
                    }
                }
            }
        }
        gain
    }
}

fn named(place: &Place) -> ServedPlace {
    ServedPlace {
        code: place.code.clone(),
        name: place.name.clone(),
    }
}

/// Which parts of each village wait, while the plan's actions are added one by one.
pub(super) struct VillageClasses<'a> {
    places: &'a [Place],
    /// By village: whether its centre and its outlying cluster wait.
    waiting: BTreeMap<usize, (bool, bool)>,
}

impl<'a> VillageClasses<'a> {
    pub fn new(demand: &Demand, places: &'a [Place]) -> Self {
        let mut waiting: BTreeMap<usize, (bool, bool)> = BTreeMap::new();
        for point in &demand.points {
            match point.kind {
                DemandKind::Place { index } if places[index].kind == PlaceKind::Village => {
                    waiting.entry(index).or_default().0 = true;
                }
                DemandKind::OutlyingCluster { index } => waiting.entry(index).or_default().1 = true,
                _ => {}
            }
        }
        Self { places, waiting }
    }

    /// Notes that some demand is served now; the villages whose class that changes.
    pub fn serve(&mut self, demand: &Demand, points: impl Iterator<Item = u32>) -> Vec<ClassChange> {
        let mut before: BTreeMap<usize, VillageClass> = BTreeMap::new();
        for point in points {
            let (index, is_centre) = match demand.points[point as usize].kind {
                DemandKind::Place { index } => (index, true),
                DemandKind::OutlyingCluster { index } => (index, false),
                _ => continue,
            };
            if let Some(parts) = self.waiting.get_mut(&index) {
                before.entry(index).or_insert(class(*parts));
                if is_centre {
                    parts.0 = false;
                } else {
                    parts.1 = false;
                }
            }
        }
        before
            .into_iter()
            .filter_map(|(index, from)| {
                let to = class(self.waiting[&index]);
                let ServedPlace { code, name } = named(&self.places[index]);
                (from != to).then_some(ClassChange { code, name, from, to })
            })
            .collect()
    }

    /// Villages whose centre still waits, by index.
    pub fn still_white(&self) -> impl Iterator<Item = usize> + '_ {
        self.waiting
            .iter()
            .filter(|(_, parts)| parts.0)
            .map(|(&index, _)| index)
    }
}

/// White: the centre waits. Hollow: only the outlying cluster does.
const fn class((centre, outlying): (bool, bool)) -> VillageClass {
    match (centre, outlying) {
        (true, _) => VillageClass::White,
        (false, true) => VillageClass::Hollow,
        (false, false) => VillageClass::Served,
    }
}
