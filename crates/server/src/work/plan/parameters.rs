//! What may be asked of a plan.

use std::collections::{BTreeMap, BTreeSet};

use geodata::Technology;
use planner::candidates::{AddedCandidate, CandidateRules};
use planner::demand::DemandWeights;
use planner::{ActionKind, CostModel, PhaseRequest, PlanGoal, PlanRequest};
use serde::{Deserialize, Serialize};

use crate::Problem;

/// What a planner asks for. Missing fields take the defaults, or what the programme says; unknown ones are refused.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PlanParameters {
    /// A programme of the project or one that ships, by key: it gives technology, actions, minimum in zones, quotas and weights where they
    /// are not written here.
    pub programme: Option<String>,
    /// The text (TOML) of a programme that is not kept in the project, instead of a key.
    pub programme_text: Option<String>,
    /// The technology that actions add; 5g when neither this nor the programme says.
    pub technology: Option<Technology>,
    /// Exactly this many actions.
    pub actions: Option<u32>,
    /// Take fewer when there are too few candidates.
    pub at_most: bool,
    /// Least number of actions inside zones.
    pub minimum_in_zones: Option<u32>,
    /// Most capital, million VND.
    #[serde(alias = "budget")]
    pub budget_million_vnd: Option<f64>,
    /// Actions per operator: exactly this many each.
    pub quotas: BTreeMap<String, u32>,
    /// Periods with their own money, in order of time.
    pub phases: Vec<PhaseRequest>,
    /// Most served, or the least cost that reaches targets.
    pub goal: PlanGoal,
    /// Places (by code) that must be served.
    pub must_serve: BTreeSet<String>,
    /// Kinds of action that may be proposed (all on the ground when empty: upgrade, co_locate, new_tower, pole_small_cell).
    pub kinds: BTreeSet<ActionKind>,
    /// Candidates (by id) that must be in the plan.
    pub pinned: BTreeSet<String>,
    /// Candidates (by id) that must not be.
    pub forbidden: BTreeSet<String>,
    /// Candidates set by hand.
    pub added: Vec<AddedCandidate>,
    /// What demand is worth.
    pub weights: Option<DemandWeights>,
    /// Where candidates are looked for.
    pub rules: Option<CandidateRules>,
    /// What actions cost, as in the table that ships.
    pub costs: Option<CostModel>,
    /// Whether the cost–coverage curve is computed.
    pub curve: bool,
    /// The coverage run to start from; without it the newest, made anew when data changed.
    pub coverage_run: Option<String>,
    /// Zoom of the candidates' footprints, 8 … 14; not finer than the coverage run's.
    pub footprint_zoom: u8,
    /// Seed of the optimiser's random choices.
    pub seed: u64,
    /// Effort of the optimiser, in units of 10⁹ elementary steps.
    pub work: f64,
}

/// Zoom of footprints: about 73 m at 18° N, finer than the population's blocks.
const FOOTPRINT_ZOOM: u8 = 11;

impl Default for PlanParameters {
    fn default() -> Self {
        Self {
            programme: None,
            programme_text: None,
            technology: None,
            actions: None,
            at_most: false,
            minimum_in_zones: None,
            budget_million_vnd: None,
            quotas: BTreeMap::new(),
            phases: Vec::new(),
            goal: PlanGoal::MostServed,
            must_serve: BTreeSet::new(),
            kinds: BTreeSet::new(),
            pinned: BTreeSet::new(),
            forbidden: BTreeSet::new(),
            added: Vec::new(),
            weights: None,
            rules: None,
            costs: None,
            curve: true,
            coverage_run: None,
            footprint_zoom: FOOTPRINT_ZOOM,
            seed: 1,
            work: PlanRequest::default().work,
        }
    }
}

impl PlanParameters {
    /// The planner's request, without what a programme adds.
    pub(super) fn request(&self) -> PlanRequest {
        let mut request = PlanRequest {
            technology: self.technology.unwrap_or(Technology::G5),
            actions: self.actions,
            at_most: self.at_most,
            minimum_in_zones: self.minimum_in_zones,
            budget_million_vnd: self.budget_million_vnd,
            quotas: self.quotas.clone(),
            phases: self.phases.clone(),
            goal: self.goal.clone(),
            must_serve: self.must_serve.clone(),
            pinned: self.pinned.clone(),
            forbidden: self.forbidden.clone(),
            added: self.added.clone(),
            rules: self.rules.clone().unwrap_or_default(),
            weights: self.weights.clone().unwrap_or_default(),
            curve: self.curve,
            seed: self.seed,
            work: self.work,
        };
        if !self.kinds.is_empty() {
            request.rules.kinds.clone_from(&self.kinds);
        }
        request
    }

    /// Refuses a wish that cannot be a plan, as far as that can be told without the project.
    pub fn check(&self) -> Result<(), Problem> {
        if !(8..=14).contains(&self.footprint_zoom) {
            return Err(Problem::bad_parameter(
                "footprint_zoom",
                "mức thu phóng phải từ 8 đến 14",
                "the zoom of footprints is 8 to 14",
            ));
        }
        if self.programme.is_some() || self.programme_text.is_some() {
            // What it asks for is known once the project is.
            return Ok(());
        }
        self.request().check().map_err(super::problem)
    }
}
