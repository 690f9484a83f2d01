//! From a request to a plan: candidates, footprints, cover sets, the optimiser, reasons.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use coverage_model::{CoverageError, Engine};
use serde::{Deserialize, Serialize};

use crate::action::ActionKind;
use crate::candidates::{FilterReason, Surroundings};
use crate::constraint_words::ConstraintWords;
use crate::cost::{CostError, CostModel};
use crate::explanation::{self, Binding, Curve, PhaseSum, PlannedAction, SatelliteAdvice, Totals};
use crate::footprint::CellTemplates;
use crate::optimiser::{self, ConstraintError, InstanceError, Limits, Solution, Violation};
use crate::prepared::{FOOTPRINT_SHARE, Prepared, prepare};
use crate::request::{PlanRequest, Wish, wish};

/// A computed answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// What was asked for.
    pub request: PlanRequest,
    /// The costs used.
    pub costs: CostModel,
    /// Candidates that were weighed, by kind of action.
    pub candidates: BTreeMap<ActionKind, u32>,
    /// Places where no new mast may stand, by reason.
    pub filtered: BTreeMap<FilterReason, u32>,
    /// The chosen actions: by phase, the one that adds most first.
    pub actions: Vec<PlannedAction>,
    /// What the plan changes.
    pub totals: Totals,
    /// The plan's value by phase; one entry without phases.
    pub by_phase: Vec<PhaseSum>,
    /// The constraints that bind, with the price of one unit more of each, dearest first.
    pub binding: Vec<Binding>,
    /// Demand (in people) that one more million VND would win, with phases in the one where it wins most; none when money does not bind.
    #[serde(rename = "price_of_last_unit")]
    pub price_of_last_million: Option<f64>,
    /// How much demand how much money wins.
    pub curve: Option<Curve>,
    /// Villages that stay without signal and for which a satellite terminal is cheaper than any action on the ground.
    pub satellite_advice: Vec<SatelliteAdvice>,
    /// What the optimiser proved.
    pub solution: SolutionSummary,
}

/// The optimiser's answer without the list of picks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SolutionSummary {
    /// How far the plan is proved.
    pub status: optimiser::Status,
    /// Demand won, in people (see the weights); capital in million VND for the least cost.
    pub objective: f64,
    /// No plan that meets the constraints can win more (cost less) than this.
    pub bound: Option<f64>,
    /// Relative distance of the two.
    pub gap: Option<f64>,
    /// Why the optimiser stopped.
    pub stop: optimiser::Stop,
    /// Why no plan meets the constraints; the actions are then the nearest plan.
    pub infeasibility: Option<WhyNot>,
}

/// Why no plan meets the constraints.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct WhyNot {
    /// Constraints that cannot be met together.
    pub conflicting: Vec<ConstraintWords>,
    /// What the nearest plan misses.
    pub violations: Vec<MissedBy>,
}

/// A constraint that the nearest plan misses.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MissedBy {
    /// The constraint.
    #[serde(flatten)]
    pub constraint: ConstraintWords,
    /// What it asks for.
    pub required: f64,
    /// What the nearest plan has.
    pub found: f64,
}

/// Why there is no plan.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    /// Neither a number of actions nor money nor a target was given.
    #[error("a plan needs a number of actions, a budget, or targets to reach at least cost")]
    NothingAsked,
    /// More than one target asks for a part only.
    #[error("at most one target may ask for less than everything")]
    SeveralPartialTargets,
    /// A number is negative, not finite or out of range.
    #[error("{0} is out of range: it must be a finite number, zero or more")]
    BadNumber(String),
    /// There is nowhere to do anything.
    #[error("no candidate of the allowed kinds exists: check the site list, the villages and the rules")]
    NoCandidates,
    /// A pinned or forbidden candidate is not among the candidates.
    #[error("the candidate `{0}` does not exist in this network")]
    UnknownCandidate(String),
    /// A place that must be served does not exist.
    #[error("the place `{0}` that must be served does not exist")]
    UnknownPlace(String),
    /// A quota names an operator without stations.
    #[error("the quota names the operator `{0}`, which has no station in this network")]
    UnknownOperator(String),
    /// The cost table is unusable.
    #[error(transparent)]
    Cost(#[from] CostError),
    /// The coverage engine refused.
    #[error(transparent)]
    Coverage(#[from] CoverageError),
    /// The optimiser refused the constraints.
    #[error(transparent)]
    Constraint(#[from] ConstraintError),
    /// The optimiser refused the instance.
    #[error(transparent)]
    Instance(#[from] InstanceError),
    /// The caller asked to stop before there was a plan.
    #[error("cancelled")]
    Cancelled,
}

/// What a plan run is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlanStage {
    /// Looking for candidates and their footprints.
    Footprints,
    /// Choosing.
    Optimising,
    /// Writing the reasons.
    Explaining,
}

/// What is known while a plan is made.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PlanProgress {
    /// What is being done.
    pub stage: PlanStage,
    /// Part of the whole that is done, 0 … 1.
    pub fraction: f64,
    /// Best plan so far (demand won) while optimising.
    pub objective: Option<f64>,
    /// Best bound so far.
    pub bound: Option<f64>,
}

/// Hears how far a plan is and may stop it. Called from several threads.
pub trait PlanListener: Sync {
    /// What is known now.
    fn report(&self, progress: PlanProgress);
    /// Whether to stop; while optimising the best plan so far is returned.
    fn cancelled(&self) -> bool;
}

/// Makes the plan. `served` says, row-major over the engine's raster, what the network of today serves with the technology of the request.
///
/// # Errors
/// [`PlanError`]; that no plan meets the constraints is not an error but an answer with the status `infeasible`.
pub fn make_plan(
    engine: &Engine<'_>,
    surroundings: &Surroundings<'_>,
    served: &[bool],
    request: &PlanRequest,
    costs: &CostModel,
    templates: &dyn CellTemplates,
    listener: &dyn PlanListener,
) -> Result<Plan, PlanError> {
    request.check()?;
    let prepared = prepare(engine, surroundings, served, request, costs, templates, listener)?;
    decide(&prepared, surroundings, request, costs, listener)
}

/// Chooses among what was prepared, and explains the choice.
///
/// # Errors
/// [`PlanError`], as [`make_plan`].
pub fn decide(
    prepared: &Prepared,
    surroundings: &Surroundings<'_>,
    request: &PlanRequest,
    costs: &CostModel,
    listener: &dyn PlanListener,
) -> Result<Plan, PlanError> {
    request.check()?;
    let Wish {
        constraints,
        weights,
        unreachable,
    } = wish(request, prepared, surroundings)?;
    let instance = prepared.instance(weights)?;
    let limits = Limits {
        seed: request.seed,
        work: Some(request.work),
        seconds: None,
        ..Limits::default()
    };
    let mut report = |progress: optimiser::Progress| {
        listener.report(PlanProgress {
            stage: PlanStage::Optimising,
            fraction: FOOTPRINT_SHARE + (0.95 - FOOTPRINT_SHARE) * progress.fraction.clamp(0.0, 1.0),
            objective: progress.objective,
            bound: progress.bound.map(optimiser::Bound::value),
        });
        if listener.cancelled() {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    };
    let solution = optimiser::solve(&instance, &constraints, &limits, &mut report)?;
    listener.report(PlanProgress {
        stage: PlanStage::Explaining,
        fraction: 0.96,
        objective: None,
        bound: None,
    });
    let explained = explanation::explain(&explanation::Question {
        prepared,
        surroundings,
        request,
        instance: &instance,
        constraints: &constraints,
        solution: &solution,
        costs,
    })?;
    let mut counted = BTreeMap::new();
    for candidate in &prepared.found.candidates {
        *counted.entry(candidate.action).or_insert(0) += 1;
    }
    Ok(Plan {
        request: request.clone(),
        costs: costs.clone(),
        candidates: counted,
        filtered: prepared.found.filtered.clone(),
        actions: explained.actions,
        totals: explained.totals,
        by_phase: explained.by_phase,
        binding: explained.binding,
        price_of_last_million: explained.price_of_last_million,
        curve: explained.curve,
        satellite_advice: explained.satellite_advice,
        solution: summary(&solution, &unreachable, prepared, surroundings),
    })
}

/// What is proved, in words; demand that nobody reaches makes the wish infeasible, and the plan is the nearest.
pub(crate) fn summary(
    solution: &Solution,
    unreachable: &[u32],
    prepared: &Prepared,
    surroundings: &Surroundings<'_>,
) -> SolutionSummary {
    let words = |name: &str| ConstraintWords::of(name, prepared, surroundings);
    let mut why_not = solution.infeasibility.as_ref().map(|reasons| WhyNot {
        conflicting: reasons.conflicting.iter().map(|name| words(name)).collect(),
        violations: reasons.violations.iter().map(|one| missed(one, &words)).collect(),
    });
    for point in unreachable {
        let reasons = why_not.get_or_insert_default();
        let constraint = words(&format!("must serve demand {point}"));
        reasons.conflicting.push(constraint.clone());
        reasons.violations.push(MissedBy {
            constraint,
            required: 1.0,
            found: 0.0,
        });
    }
    let infeasible = !unreachable.is_empty();
    SolutionSummary {
        status: if infeasible {
            optimiser::Status::Infeasible
        } else {
            solution.status
        },
        objective: solution.objective,
        bound: solution.bound.map(optimiser::Bound::value).filter(|_| !infeasible),
        gap: solution.gap.filter(|_| !infeasible),
        stop: solution.stop,
        infeasibility: why_not,
    }
}

fn missed(violation: &Violation, words: &dyn Fn(&str) -> ConstraintWords) -> MissedBy {
    MissedBy {
        constraint: words(&violation.constraint),
        required: violation.required,
        found: violation.found,
    }
}
