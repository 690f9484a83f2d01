//! What a planner asks for, and the constraints that it means.

use std::collections::{BTreeMap, BTreeSet};

use geodata::{PlaceKind, Technology};
use serde::{Deserialize, Serialize};

use crate::action::{ActionKind, Candidate};
use crate::candidates::{AddedCandidate, CandidateRules, Surroundings};
use crate::demand::{DemandKind, DemandWeights};
use crate::optimiser::{Constraints, Count, Goal, Phase, Quota};
use crate::plan::PlanError;
use crate::prepared::Prepared;

/// What a planner asks for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PlanRequest {
    /// The technology that actions add.
    pub technology: Technology,
    /// Exactly this many actions; without it the money limits, or nothing does (least cost).
    pub actions: Option<u32>,
    /// Take fewer actions when there are too few candidates, instead of saying that it cannot be done.
    pub at_most: bool,
    /// Least number of actions inside zones.
    pub minimum_in_zones: Option<u32>,
    /// Most capital, million VND.
    pub budget_million_vnd: Option<f64>,
    /// Actions per operator: exactly this many each.
    pub quotas: BTreeMap<String, u32>,
    /// Periods with their own money, in order of time; empty = one period.
    pub phases: Vec<PhaseRequest>,
    /// What is optimised.
    pub goal: PlanGoal,
    /// Places (by code) that must be served.
    pub must_serve: BTreeSet<String>,
    /// Candidates (by id) that must be in the plan.
    pub pinned: BTreeSet<String>,
    /// Candidates (by id) that must not be.
    pub forbidden: BTreeSet<String>,
    /// Candidates set by hand.
    pub added: Vec<AddedCandidate>,
    /// Where candidates are looked for.
    pub rules: CandidateRules,
    /// What demand is worth.
    pub weights: DemandWeights,
    /// Whether the cost–coverage curve is drawn.
    pub curve: bool,
    /// Seed of the optimiser's random choices.
    pub seed: u64,
    /// Effort of the optimiser, in units of 10⁹ elementary steps (about a second of one core); the same effort gives the same plan.
    pub work: f64,
}

/// One period of a plan, such as a year.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PhaseRequest {
    /// Its name.
    pub name: String,
    /// Money of this period, million VND; what is left over is lost.
    #[serde(default)]
    pub budget_million_vnd: Option<f64>,
    /// Most actions in this period.
    #[serde(default)]
    pub maximum_actions: Option<u32>,
    /// Worth of one unit of demand being served during this period.
    #[serde(default = "one")]
    pub value: f64,
}

const fn one() -> f64 {
    1.0
}

/// What is optimised.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlanGoal {
    /// The most demand for the constraints.
    #[default]
    MostServed,
    /// The least capital that reaches targets.
    LeastCost {
        /// All of them are reached. At most one may ask for less than everything.
        targets: Vec<Target>,
    },
}

/// A share to be reached.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Target {
    /// Of what.
    pub of: TargetOf,
    /// Which share, 0 … 1.
    pub share: f64,
}

/// What a target counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TargetOf {
    /// Villages that have grid power; those of which it is not known count as having it.
    ElectrifiedVillages,
    /// All villages.
    Villages,
    /// Commune centres.
    CommuneCentres,
    /// People.
    People,
}

impl TargetOf {
    /// Whether a place counts.
    #[must_use]
    pub fn counts(self, place: &geodata::Place) -> bool {
        match self {
            Self::ElectrifiedVillages => place.kind == PlaceKind::Village && place.electrified != Some(false),
            Self::Villages => place.kind == PlaceKind::Village,
            Self::CommuneCentres => place.kind == PlaceKind::CommuneCentre,
            Self::People => false,
        }
    }
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
            phases: Vec::new(),
            goal: PlanGoal::MostServed,
            must_serve: BTreeSet::new(),
            pinned: BTreeSet::new(),
            forbidden: BTreeSet::new(),
            added: Vec::new(),
            rules: CandidateRules::default(),
            weights: DemandWeights::default(),
            curve: true,
            seed: 1,
            work: 10.0,
        }
    }
}

impl PlanRequest {
    /// Refuses a request that cannot be a plan whatever the network.
    ///
    /// # Errors
    /// [`PlanError::NothingAsked`] or [`PlanError::BadNumber`].
    pub fn check(&self) -> Result<(), PlanError> {
        let limited = self.actions.is_some()
            || self.budget_million_vnd.is_some()
            || self
                .phases
                .iter()
                .any(|phase| phase.budget_million_vnd.is_some() || phase.maximum_actions.is_some());
        let bad = |what: &str| Err(PlanError::BadNumber(what.to_owned()));
        match &self.goal {
            PlanGoal::MostServed if !limited => return Err(PlanError::NothingAsked),
            PlanGoal::LeastCost { targets } if targets.is_empty() && self.must_serve.is_empty() => {
                return Err(PlanError::NothingAsked);
            }
            PlanGoal::LeastCost { targets } => {
                if targets.iter().any(|target| !(0.0..=1.0).contains(&target.share)) {
                    return bad("goal.targets.share");
                }
                if targets.iter().filter(|target| target.share < 1.0).count() > 1 {
                    return Err(PlanError::SeveralPartialTargets);
                }
            }
            PlanGoal::MostServed => {}
        }
        if let Some(name) = self.rules.bad_number() {
            return bad(&format!("rules.{name}"));
        }
        if let Some(name) = self.weights.bad_number() {
            return bad(&format!("weights.{name}"));
        }
        let wrong = |number: f64| !(number.is_finite() && number >= 0.0);
        if self.budget_million_vnd.is_some_and(wrong) {
            return bad("budget_million_vnd");
        }
        if wrong(self.work) {
            return bad("work");
        }
        if let Some(phase) = self
            .phases
            .iter()
            .find(|phase| wrong(phase.value) || phase.budget_million_vnd.is_some_and(wrong))
        {
            return bad(&format!("phases.{}", phase.name));
        }
        if let Some(one) = self.added.iter().find(|one| {
            geodesy::LonLat::checked(one.position[0], one.position[1]).is_err()
                || one
                    .antenna_height_m
                    .is_some_and(|height| !(1.0..=300.0).contains(&height))
        }) {
            return bad(&format!("added.{}", one.id));
        }
        Ok(())
    }

    /// What the candidates, their footprints and the demand depend on: requests with the same key share them.
    #[must_use]
    pub fn preparation_key(&self) -> serde_json::Value {
        serde_json::json!({
            "technology": self.technology,
            "rules": self.rules,
            "weights": self.weights,
            "added": self.added,
        })
    }
}

/// A request in the optimiser's words.
pub(crate) struct Wish {
    pub constraints: Constraints,
    /// Weights of the demand, where the goal counts other than the plan's own.
    pub weights: Option<Vec<f64>>,
    /// Demand points that must be served and that no candidate reaches.
    pub unreachable: Vec<u32>,
}

/// The optimiser's constraints for a request.
pub(crate) fn wish(
    request: &PlanRequest,
    prepared: &Prepared,
    surroundings: &Surroundings<'_>,
) -> Result<Wish, PlanError> {
    let found = &prepared.found.candidates;
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
        phases: request
            .phases
            .iter()
            .map(|phase| Phase {
                name: phase.name.clone(),
                budget: phase.budget_million_vnd,
                maximum_count: phase.maximum_actions,
                value: phase.value,
            })
            .collect(),
        ..Constraints::default()
    };
    constraints.conflicts.extend(too_near(found, request.rules.spacing_m()));
    if let Some(minimum) = request.minimum_in_zones {
        constraints.quotas.push(Quota {
            name: ZONES.to_owned(),
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
            name: format!("{QUOTA}{operator}"),
            members: members(found, |candidate| candidate.operator == *operator),
            minimum: count,
            maximum: Some(count),
        });
    }
    let mut weights = None;
    let mut wanted = must_serve(request, prepared, surroundings)?;
    if let PlanGoal::LeastCost { targets } = &request.goal {
        let mut target_weight = 0.0;
        for target in targets {
            let waiting = waiting(target.of, prepared, surroundings);
            if target.share >= 1.0 {
                wanted.extend(waiting.iter().map(|&(point, _)| point));
                continue;
            }
            let total = match target.of {
                TargetOf::People => prepared.people,
                of => surroundings.places.iter().filter(|place| of.counts(place)).count() as f64,
            };
            let served = total - waiting.iter().map(|(_, amount)| amount).sum::<f64>();
            let missing = target.share * total - served;
            target_weight = match target.of {
                TargetOf::People => missing.max(0.0),
                // A tenth of a millionth of a village is rounding.
                _ => (missing - 1e-7).ceil().max(0.0),
            };
            let mut of_target = vec![0.0; prepared.demand.points.len()];
            for (point, amount) in waiting {
                of_target[point as usize] = amount;
            }
            weights = Some(of_target);
        }
        constraints.goal = Goal::LeastCost { target_weight };
    }
    let reached = prepared.reached();
    let (reachable, unreachable) = wanted.into_iter().partition(|&point| reached[point as usize]);
    constraints.must_serve = reachable;
    Ok(Wish {
        constraints,
        weights,
        unreachable,
    })
}

/// Names of constraints that the explanations look for.
pub(crate) const ZONES: &str = "minimum_in_zones";
pub(crate) const QUOTA: &str = "quota ";

/// The demand points that a target counts and that wait, with how much each counts.
fn waiting(of: TargetOf, prepared: &Prepared, surroundings: &Surroundings<'_>) -> Vec<(u32, f64)> {
    (0u32..)
        .zip(&prepared.demand.points)
        .filter_map(|(index, point)| match point.kind {
            DemandKind::Place { index: place } if of.counts(&surroundings.places[place]) => Some((index, 1.0)),
            DemandKind::People { people } if of == TargetOf::People => Some((index, people)),
            _ => None,
        })
        .collect()
}

/// The waiting points of the places that must be served.
fn must_serve(
    request: &PlanRequest,
    prepared: &Prepared,
    surroundings: &Surroundings<'_>,
) -> Result<BTreeSet<u32>, PlanError> {
    for code in &request.must_serve {
        if !surroundings.places.iter().any(|place| place.code == *code) {
            return Err(PlanError::UnknownPlace(code.clone()));
        }
    }
    Ok((0u32..)
        .zip(&prepared.demand.points)
        .filter(|(_, point)| match point.kind {
            DemandKind::Place { index } => request.must_serve.contains(&surroundings.places[index].code),
            _ => false,
        })
        .map(|(index, _)| index)
        .collect())
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
