//! From a request to a plan: candidates, footprints, cover sets, the optimiser, reasons.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use coverage_model::{CoverageError, Engine, Transmitter};
use geodata::Technology;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::action::{ActionKind, Candidate};
use crate::candidates::{CandidateRules, Surroundings, candidates};
use crate::cost::{CostError, CostModel};
use crate::demand::{Demand, DemandWeights};
use crate::explanation::{PlannedAction, Totals, explain};
use crate::footprint::{CellTemplates, covered_pixels, transmitters_of};
use crate::optimiser::{self, ConstraintError, Constraints, Count, Instance, InstanceError, Limits, Quota, Solution};

/// What a planner asks for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PlanRequest {
    /// The technology that actions add.
    pub technology: Technology,
    /// Exactly this many actions; without it the budget alone limits.
    pub actions: Option<u32>,
    /// Take fewer actions when they are too few candidates, instead of saying that it cannot be done.
    pub at_most: bool,
    /// Least number of actions inside zones.
    pub minimum_in_zones: Option<u32>,
    /// Most capital, million VND.
    pub budget_million_vnd: Option<f64>,
    /// Actions per operator: exactly this many each.
    pub quotas: BTreeMap<String, u32>,
    /// Candidates (by id) that must be in the plan.
    pub pinned: BTreeSet<String>,
    /// Candidates (by id) that must not be.
    pub forbidden: BTreeSet<String>,
    /// Where candidates are looked for.
    pub rules: CandidateRules,
    /// What demand is worth.
    pub weights: DemandWeights,
    /// Seed of the optimiser's random choices.
    pub seed: u64,
    /// Effort of the optimiser, in units of 10⁹ elementary steps (about a second of one core); the same effort gives the same plan.
    pub work: f64,
}

impl Default for PlanRequest {
    fn default() -> Self {
        Self {
            technology: Technology::G5,
            actions: None,
            at_most: false,
            minimum_in_zones: None,
            budget_million_vnd: None,
            quotas: BTreeMap::new(),
            pinned: BTreeSet::new(),
            forbidden: BTreeSet::new(),
            rules: CandidateRules::default(),
            weights: DemandWeights::default(),
            seed: 1,
            work: 10.0,
        }
    }
}

/// A computed answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// What was asked for.
    pub request: PlanRequest,
    /// The costs used.
    pub costs: CostModel,
    /// Candidates that were weighed, by kind of action.
    pub candidates: BTreeMap<ActionKind, u32>,
    /// The chosen actions, the one that adds most first.
    pub actions: Vec<PlannedAction>,
    /// What the plan changes.
    pub totals: Totals,
    /// What the optimiser proved.
    pub solution: SolutionSummary,
}

/// The optimiser's answer without the list of picks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SolutionSummary {
    /// How far the plan is proved.
    pub status: optimiser::Status,
    /// Demand won, in people (see the weights).
    pub objective: f64,
    /// No plan that meets the constraints can win more than this.
    pub bound: Option<f64>,
    /// Relative distance of the two.
    pub gap: Option<f64>,
    /// Why the optimiser stopped.
    pub stop: optimiser::Stop,
    /// Constraints that cannot be met together, if any, and what the nearest plan misses.
    pub infeasibility: Option<optimiser::Infeasibility>,
}

/// Why there is no plan.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    /// Neither a number of actions nor a budget was given.
    #[error("a plan needs a number of actions or a budget")]
    NothingAsked,
    /// There is nowhere to do anything.
    #[error("no candidate of the allowed kinds exists: check the site list, the villages and the rules")]
    NoCandidates,
    /// A pinned or forbidden candidate is not among the candidates.
    #[error("the candidate `{0}` does not exist in this network")]
    UnknownCandidate(String),
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

/// Share of the work (in time) that the footprints take.
const FOOTPRINT_SHARE: f64 = 0.7;

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
    if request.actions.is_none() && request.budget_million_vnd.is_none() {
        return Err(PlanError::NothingAsked);
    }
    costs.check()?;
    let found = candidates(surroundings, request.technology, &request.rules, costs);
    if found.is_empty() {
        return Err(PlanError::NoCandidates);
    }
    let demand = Demand::unserved(
        engine,
        served,
        surroundings.places,
        surroundings.zones,
        &request.weights,
    );
    let covers = cover_sets(engine, surroundings, &found, &demand, templates, listener)?;

    let costs_of: Vec<f64> = found.iter().map(|candidate| candidate.capital_million_vnd).collect();
    let weights: Vec<f64> = demand.points.iter().map(|point| point.weight).collect();
    let instance = Instance::new(costs_of, weights, &covers, None)?;
    let constraints = constraints(request, &found, surroundings)?;
    let solution = optimise(&instance, &constraints, request, listener)?;
    listener.report(PlanProgress {
        stage: PlanStage::Explaining,
        fraction: 0.99,
        objective: None,
        bound: None,
    });

    let (actions, totals) = explain(&found, &covers, &demand, surroundings.places, &solution);
    let mut counted = BTreeMap::new();
    for candidate in &found {
        *counted.entry(candidate.action).or_insert(0) += 1;
    }
    Ok(Plan {
        request: request.clone(),
        costs: costs.clone(),
        candidates: counted,
        actions,
        totals,
        solution: SolutionSummary {
            status: solution.status,
            objective: solution.objective,
            bound: solution.bound.map(optimiser::Bound::value),
            gap: solution.gap,
            stop: solution.stop,
            infeasibility: solution.infeasibility,
        },
    })
}

/// The demand that each candidate wins, by candidate.
fn cover_sets(
    engine: &Engine<'_>,
    surroundings: &Surroundings<'_>,
    found: &[Candidate],
    demand: &Demand,
    templates: &dyn CellTemplates,
    listener: &dyn PlanListener,
) -> Result<Vec<Vec<u32>>, PlanError> {
    let done = std::sync::atomic::AtomicUsize::new(0);
    let sectors = crate::footprint::sector_azimuths(surroundings.network);
    found
        .par_iter()
        .map(|candidate| {
            if listener.cancelled() {
                return Err(PlanError::Cancelled);
            }
            let cells: Vec<Transmitter> = transmitters_of(candidate, &sectors, templates);
            let pixels = covered_pixels(engine, &cells, |pixel| demand.is_on(pixel));
            let mut won: Vec<u32> = demand.won_by(&pixels).collect();
            won.sort_unstable();
            let count = done.fetch_add(1, std::sync::atomic::Ordering::Relaxed) + 1;
            if count.is_multiple_of(16) {
                listener.report(PlanProgress {
                    stage: PlanStage::Footprints,
                    fraction: FOOTPRINT_SHARE * count as f64 / found.len() as f64,
                    objective: None,
                    bound: None,
                });
            }
            Ok(won)
        })
        .collect()
}

fn optimise(
    instance: &Instance,
    constraints: &Constraints,
    request: &PlanRequest,
    listener: &dyn PlanListener,
) -> Result<Solution, PlanError> {
    let limits = Limits {
        seed: request.seed,
        work: Some(request.work),
        seconds: None,
        ..Limits::default()
    };
    let mut report = |progress: optimiser::Progress| {
        listener.report(PlanProgress {
            stage: PlanStage::Optimising,
            fraction: FOOTPRINT_SHARE + (0.98 - FOOTPRINT_SHARE) * progress.fraction.clamp(0.0, 1.0),
            objective: progress.objective,
            bound: progress.bound.map(optimiser::Bound::value),
        });
        if listener.cancelled() {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    };
    Ok(optimiser::solve(instance, constraints, &limits, &mut report)?)
}

/// The optimiser's constraints for a request.
fn constraints(
    request: &PlanRequest,
    found: &[Candidate],
    surroundings: &Surroundings<'_>,
) -> Result<Constraints, PlanError> {
    let mut constraints = Constraints {
        count: request.actions.map(|count| {
            if request.at_most {
                Count::AtMost(count)
            } else {
                Count::Exactly(count)
            }
        }),
        budget: request.budget_million_vnd,
        must_pick: indices(found, &request.pinned)?,
        forbidden: indices(found, &request.forbidden)?,
        conflicts: one_action_per_place(found),
        ..Constraints::default()
    };
    if let Some(minimum) = request.minimum_in_zones {
        constraints.quotas.push(Quota {
            name: "minimum_in_zones".to_owned(),
            members: members(found, |candidate| !candidate.zone_codes.is_empty()),
            minimum,
            maximum: None,
        });
    }
    let known = crate::candidates::operators(surroundings.network);
    for (operator, &count) in &request.quotas {
        if !known.contains(operator) {
            return Err(PlanError::UnknownOperator(operator.clone()));
        }
        constraints.quotas.push(Quota {
            name: format!("quota {operator}"),
            members: members(found, |candidate| candidate.operator == *operator),
            minimum: count,
            maximum: Some(count),
        });
    }
    constraints
        .conflicts
        .extend(too_near(found, request.rules.new_tower_spacing_m));
    Ok(constraints)
}

fn members(found: &[Candidate], belongs: impl Fn(&Candidate) -> bool) -> Vec<u32> {
    (0u32..)
        .zip(found)
        .filter(|(_, candidate)| belongs(candidate))
        .map(|(index, _)| index)
        .collect()
}

fn indices(found: &[Candidate], ids: &BTreeSet<String>) -> Result<Vec<u32>, PlanError> {
    let by_id: BTreeMap<&str, u32> = found
        .iter()
        .map(|candidate| candidate.id.as_str())
        .zip(0u32..)
        .collect();
    ids.iter()
        .map(|id| {
            by_id
                .get(id.as_str())
                .copied()
                .ok_or_else(|| PlanError::UnknownCandidate(id.clone()))
        })
        .collect()
}

/// At most one action per mast and technology: a second operator there adds nothing for the people.
fn one_action_per_place(found: &[Candidate]) -> Vec<Vec<u32>> {
    let mut by_site: BTreeMap<&str, Vec<u32>> = BTreeMap::new();
    for (index, candidate) in (0u32..).zip(found) {
        if let Some(site) = &candidate.site_code {
            by_site.entry(site).or_default().push(index);
        }
    }
    by_site.into_values().filter(|set| set.len() > 1).collect()
}

/// Pairs of new masts that stand too near each other.
fn too_near(found: &[Candidate], spacing_m: f64) -> Vec<Vec<u32>> {
    let towers = members(found, |candidate| candidate.action == ActionKind::NewTower);
    let Some(first) = towers.first() else { return Vec::new() };
    let frame = geodesy::LocalFrame::new(found[*first as usize].position);
    let positions: Vec<(f64, f64)> = towers
        .iter()
        .map(|&index| frame.to_local(found[index as usize].position))
        .collect();
    let mut spaced = Constraints::default();
    spaced.add_spacing(&positions, spacing_m);
    spaced
        .conflicts
        .into_iter()
        .map(|pair| pair.into_iter().map(|at| towers[at as usize]).collect())
        .collect()
}
