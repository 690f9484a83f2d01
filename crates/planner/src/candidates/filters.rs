//! Where no new mast may stand.

use std::collections::BTreeMap;

use geodata::{Area, AreaKind};
use geodesy::{LonLat, destination};
use serde::{Deserialize, Serialize};
use terrain::Ground;

use super::network_index::{AreaIndex, NetworkIndex};
use super::{CandidateRules, Surroundings};

/// Why a place was left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FilterReason {
    /// A mast stands near: share that one instead.
    NearMast,
    /// Another candidate stands near.
    NearCandidate,
    /// The ground is too steep.
    Slope,
    /// It lies in water.
    Water,
    /// It lies in a protected area: an area with the property `protected`, or whose status or class says so.
    Protected,
    /// It lies in an area with the property `no_land`: nobody gives land there.
    NoLand,
    /// The border is too near.
    Border,
    /// High ground from which too few are served, as the engine's sweep tells.
    SeesFew,
}

/// The ground is sampled this far from a place for its slope, metres.
const SLOPE_REACH_M: f64 = 40.0;
/// Directions in which the border is looked for.
const BORDER_DIRECTIONS: u32 = 16;

/// Says of places whether a new mast may stand there, and counts those where it may not.
pub(super) struct PlaceFilter<'a> {
    rules: &'a CandidateRules,
    ground: Option<&'a Ground>,
    closed: Vec<(AreaIndex<'a>, FilterReason)>,
    territory: AreaIndex<'a>,
    pub counts: BTreeMap<FilterReason, u32>,
}

impl<'a> PlaceFilter<'a> {
    pub fn new(surroundings: &Surroundings<'a>, rules: &'a CandidateRules) -> Self {
        let mut closed = Vec::new();
        for list in [surroundings.communes, surroundings.zones] {
            // One index per area keeps the areas' own order and needs no copy; closed areas are few.
            for area in list {
                let reason = match (is_protected(area), has_flag(area, "no_land")) {
                    (true, _) => FilterReason::Protected,
                    (_, true) => FilterReason::NoLand,
                    _ => continue,
                };
                closed.push((AreaIndex::new(std::slice::from_ref(area), |_| true), reason));
            }
        }
        Self {
            rules,
            ground: surroundings.ground,
            closed,
            territory: AreaIndex::new(surroundings.communes, |kind| {
                matches!(kind, AreaKind::Commune | AreaKind::Province)
            }),
            counts: BTreeMap::new(),
        }
    }

    /// Whether a new mast may stand at a place.
    pub fn allows(&mut self, position: LonLat, network: &NetworkIndex<'_>) -> bool {
        let reason = self.reason(position, network);
        if let Some(reason) = reason {
            self.count(reason);
        }
        reason.is_none()
    }

    /// Counts a place that was left out.
    pub fn count(&mut self, reason: FilterReason) {
        *self.counts.entry(reason).or_insert(0) += 1;
    }

    fn reason(&self, position: LonLat, network: &NetworkIndex<'_>) -> Option<FilterReason> {
        if network.nearest_mast_m(position) < self.rules.new_tower_beyond_m {
            return Some(FilterReason::NearMast);
        }
        if let Some((_, reason)) = self.closed.iter().find(|(area, _)| area.at(position).next().is_some()) {
            return Some(*reason);
        }
        if let Some(ground) = self.ground {
            if self.rules.avoid_water && is_water(ground, position) {
                return Some(FilterReason::Water);
            }
            if slope_deg(ground, position).is_some_and(|slope| slope > self.rules.maximum_slope_deg) {
                return Some(FilterReason::Slope);
            }
        }
        self.near_border(position).then_some(FilterReason::Border)
    }

    /// Whether the place, or a part of the circle that the rules want free around it, lies beyond the project's areas.
    fn near_border(&self, position: LonLat) -> bool {
        let beyond = |place: LonLat| self.territory.at(place).next().is_none();
        let reach_m = self.rules.border_m;
        let circle = || {
            (0..BORDER_DIRECTIONS).map(|direction| {
                let azimuth_deg = f64::from(direction) * 360.0 / f64::from(BORDER_DIRECTIONS);
                destination(position, azimuth_deg, reach_m)
            })
        };
        !self.territory.is_empty() && (beyond(position) || reach_m > 0.0 && circle().any(beyond))
    }
}

fn has_flag(area: &Area, name: &str) -> bool {
    match area.properties.get(name) {
        Some(serde_json::Value::Bool(flag)) => *flag,
        Some(serde_json::Value::Number(number)) => number.as_f64().is_some_and(|number| number != 0.0),
        Some(serde_json::Value::String(text)) => {
            matches!(text.trim().to_lowercase().as_str(), "true" | "yes" | "1" | "có" | "x")
        }
        _ => false,
    }
}

/// An area that a law keeps free: a flag, or a class or status in words.
fn is_protected(area: &Area) -> bool {
    let says_so = |text: &str| {
        let text = text.to_lowercase();
        [
            "protected",
            "bảo tồn",
            "vườn quốc gia",
            "rừng đặc dụng",
            "national park",
            "nature reserve",
        ]
        .iter()
        .any(|word| text.contains(word))
    };
    let class = ["class", "type", "land_use"]
        .iter()
        .find_map(|key| area.properties.get(*key)?.as_str());
    has_flag(area, "protected")
        || area.status.as_deref().is_some_and(says_so)
        || (area.kind == AreaKind::Other && (class.is_some_and(says_so) || says_so(&area.name)))
}

fn is_water(ground: &Ground, position: LonLat) -> bool {
    let Some(cover) = &ground.land_cover else { return false };
    cover
        .class(position)
        .and_then(|code| cover.table().class(code))
        .is_some_and(|class| {
            let name = class.name_en.to_lowercase();
            ["water", "sea and", "lagoon", "estuar"]
                .iter()
                .any(|word| name.contains(word))
        })
}

/// Slope of the ground, degrees; `None` where the elevation is not known.
fn slope_deg(ground: &Ground, position: LonLat) -> Option<f64> {
    let height = |azimuth_deg| {
        ground
            .elevation
            .height_m(destination(position, azimuth_deg, SLOPE_REACH_M))
    };
    let east_west = height(90.0)? - height(270.0)?;
    let north_south = height(0.0)? - height(180.0)?;
    Some(
        (east_west.hypot(north_south) / (2.0 * SLOPE_REACH_M))
            .atan()
            .to_degrees(),
    )
}
