//! «What is still missing for the target» as the planner's constraints.

use serde::Serialize;

use super::IndicatorResult;
use crate::document::{Programme, Unit};

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
pub(super) fn planner_goal(programme: &Programme, indicators: &[IndicatorResult]) -> PlannerGoal {
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
