//! A programme measured on a day's facts.

mod indicator;
mod planner_goal;
mod result;

pub use planner_goal::{CoverageWish, Missing, PlannerGoal};
pub use result::{Estimate, Evaluation, IndicatorResult, ReadingResult};

use crate::crosswalk;
use crate::document::Programme;
use crate::facts::Facts;

/// Measures every indicator of a programme.
///
/// A programme of less than the project (a district) is measured on the communes that stand for it today; where some of
/// them lie in it only in part, every figure carries the range between all of them and those wholly inside.
#[must_use]
pub fn evaluate(programme: &Programme, facts: &Facts<'_>) -> Evaluation {
    let communes = crosswalk::communes(programme, facts);
    let area = crosswalk::area(programme, facts, communes.as_ref());
    let indicators = match &communes {
        None => measured(programme, facts),
        Some(communes) => {
            let all = facts.within(&communes.all);
            let mut indicators = measured(programme, &all.on(facts.today));
            if communes.whole != communes.all {
                let whole = facts.within(&communes.whole);
                result::add_ranges(&mut indicators, &measured(programme, &whole.on(facts.today)));
            }
            indicators
        }
    };
    Evaluation {
        programme: programme.key.clone(),
        title_vi: programme.title_vi.clone(),
        title_en: programme.title_en.clone(),
        document: programme.document.number.clone(),
        today: facts.today,
        run: facts.coverage.map(|coverage| coverage.run.clone()),
        run_stale: false,
        planner: planner_goal::planner_goal(programme, &indicators, communes.is_some()),
        indicators,
        warnings: area.iter().map(|area| area.note.clone()).collect(),
        area,
    }
}

fn measured(programme: &Programme, facts: &Facts<'_>) -> Vec<IndicatorResult> {
    let indicators = programme.indicators.iter();
    indicators
        .map(|one| indicator::measure(programme, one, facts))
        .collect()
}
