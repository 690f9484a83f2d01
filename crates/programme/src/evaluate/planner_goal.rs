//! «What is still missing for the target» as the planner's constraints.

use geodata::{PlaceKind, Technology};
use serde::Serialize;

use super::IndicatorResult;
use crate::document::{Class, Indicator, Programme, Unit};
use crate::measure::Measure;

/// What the programme asks the planner for.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct PlannerGoal {
    /// Technology, `"4g"` or `"5g"`.
    pub technology: String,
    /// Stations still missing: the number of actions.
    pub actions: Option<u32>,
    /// Of them at least so many in zones.
    pub minimum_in_zones: Option<u32>,
    /// Actions by operator, scaled to `actions`.
    pub quotas: Vec<(String, u32)>,
    /// Every target that is not reached, in its own unit.
    pub missing: Vec<Missing>,
    /// Of them the shares of places and people, as the planner's targets at the least cost.
    pub coverage: Vec<CoverageWish>,
}

/// A share of places or people that a plan at the least cost can reach.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CoverageWish {
    /// Indicator's id.
    pub indicator: String,
    /// Technology that is planned for it, `"4g"` or `"5g"`.
    pub technology: String,
    /// What is counted, in the planner's word: `villages`, `electrified_villages`, `commune_centres` or `people`.
    pub of: String,
    /// Share to be reached, 0 … 1.
    pub share: f64,
    /// The places of a district that wait: the planner's own count is of the whole project. Empty elsewhere.
    pub places: Vec<String>,
}

/// A target that is not reached.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Missing {
    /// Indicator's id.
    pub indicator: String,
    /// Its name.
    pub name_vi: String,
    /// Its name in English.
    pub name_en: String,
    /// What is missing.
    pub gap: f64,
    /// Unit of it.
    pub unit: Unit,
}

/// The gaps of the linked indicators, as whole actions, and the quotas scaled to them (largest remainder).
pub(super) fn planner_goal(programme: &Programme, indicators: &[IndicatorResult], of_district: bool) -> PlannerGoal {
    let gap_of = |id: &Option<String>| {
        let id = id.as_ref()?;
        let result = indicators.iter().find(|result| result.id == *id)?;
        // A gap of stations is far below 2³².
        Some(result.gap?.ceil() as u32)
    };
    let actions = gap_of(&programme.planner.actions_from);
    let missing = |result: &IndicatorResult| {
        Some(Missing {
            indicator: result.id.clone(),
            name_vi: result.name_vi.clone(),
            name_en: result.name_en.clone(),
            gap: result.gap.filter(|gap| *gap > 0.0)?,
            unit: result.unit,
        })
    };
    PlannerGoal {
        technology: programme.planner.technology.key().to_owned(),
        actions,
        minimum_in_zones: gap_of(&programme.planner.minimum_in_zones_from),
        quotas: actions
            .map(|actions| scale_quotas(programme, actions))
            .unwrap_or_default(),
        missing: indicators.iter().filter_map(missing).collect(),
        coverage: coverage_wishes(programme, indicators, of_district),
    }
}

fn coverage_wishes(programme: &Programme, indicators: &[IndicatorResult], of_district: bool) -> Vec<CoverageWish> {
    let pairs = programme.indicators.iter().zip(indicators);
    let wish = |(document, result): (&Indicator, &IndicatorResult)| {
        let reading = document.used_reading()?;
        let figure = result.readings.iter().find(|reading| reading.used)?.figure.as_ref()?;
        let (technologies, of) = counted(&reading.formula)?;
        let missing = document.class == Class::A && result.gap.is_some_and(|gap| gap > 0.0);
        if !missing || (of_district && of == "people") {
            return None;
        }
        let places = if of_district {
            figure.other_rows.clone()
        } else {
            Vec::new()
        };
        Some(CoverageWish {
            indicator: result.id.clone(),
            // Where any of several is enough, the older one reaches farther.
            technology: technologies
                .iter()
                .find(|one| **one >= Technology::G4)?
                .key()
                .to_owned(),
            of: of.to_owned(),
            share: result.target? / 100.0,
            places,
        })
    };
    pairs.filter_map(wish).collect()
}

/// What a formula counts, in the planner's word.
fn counted(formula: &Measure) -> Option<(&[Technology], &'static str)> {
    match formula {
        Measure::PlacesServed {
            place,
            technologies,
            electrified_only,
        } => {
            let of = match (place, electrified_only) {
                (PlaceKind::Village, true) => "electrified_villages",
                (PlaceKind::Village, false) => "villages",
                (PlaceKind::CommuneCentre, _) => "commune_centres",
                _ => return None,
            };
            Some((technologies, of))
        }
        Measure::PopulationCovered { technologies } => Some((technologies, "people")),
        _ => None,
    }
}

fn scale_quotas(programme: &Programme, actions: u32) -> Vec<(String, u32)> {
    let total: u64 = programme.quotas.iter().map(|quota| u64::from(quota.actions)).sum();
    if total == 0 {
        return Vec::new();
    }
    let exact = |quota: u32| u64::from(quota) * u64::from(actions);
    let mut scaled: Vec<(String, u32)> = programme
        .quotas
        .iter()
        .map(|quota| (quota.operator.clone(), (exact(quota.actions) / total) as u32))
        .collect();
    let mut order: Vec<usize> = (0..scaled.len()).collect();
    order.sort_by_key(|&index| std::cmp::Reverse(exact(programme.quotas[index].actions) % total));
    let given: u32 = scaled.iter().map(|(_, count)| count).sum();
    for &index in order.iter().take((actions - given) as usize) {
        scaled[index].1 += 1;
    }
    scaled
}
