//! Why each action is in the plan, what binds the plan as a whole, and what money buys.

mod binding;
mod curve;
mod gain;
mod sentences;

use std::collections::BTreeSet;

use geodata::Place;
use serde::{Deserialize, Serialize};

use crate::action::{ActionKind, Candidate};
use crate::candidates::Surroundings;
use crate::constraint_words::ConstraintWords;
use crate::cost::CostModel;
use crate::demand::DemandKind;
use crate::optimiser::analysis::PlanAnalysis;
use crate::optimiser::{Constraints, Count, Instance, Solution};
use crate::plan::PlanError;
use crate::prepared::Prepared;
use crate::request::PlanRequest;

pub use binding::{Binding, PriceUnit};
pub use curve::{Curve, CurvePoint, curve_svg};
use gain::VillageClasses;
pub use gain::{ClassChange, Gain, ServedPlace};

/// A candidate that was chosen, with its reasons.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlannedAction {
    /// Place in the plan, from 1: by phase, the action that adds most to those before it first.
    pub rank: u32,
    /// Name of the phase, where the plan has phases.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phase: Option<String>,
    /// What is done, where, by whom, at what cost.
    #[serde(flatten)]
    pub candidate: Candidate,
    /// What it adds to the actions before it in the list; over the list these add up to the plan's totals.
    pub gain: Gain,
    /// What would be lost without it, all other actions staying.
    pub lost_without: Gain,
    /// Capital per person gained, million VND; none when it gains nobody.
    pub cost_per_person_million_vnd: Option<f64>,
    /// Candidates that it leaves with next to nothing to add.
    pub makes_redundant: Vec<Redundant>,
    /// The best candidate for the same demand that was not chosen.
    pub runner_up: Option<RunnerUp>,
    /// Constraints without which it would not be there.
    pub there_for: Vec<ConstraintWords>,
    /// In Vietnamese: why it is in the plan.
    pub reason_vi: String,
    /// The same in English.
    pub reason_en: String,
}

/// A candidate that an action leaves with next to nothing to add.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Redundant {
    /// The candidate's id.
    pub id: String,
    /// What it would add to the plan without the action, in people.
    pub gain_without_pick: f64,
    /// What it would add to the plan.
    pub gain_with_pick: f64,
}

/// The candidate that would come next for an action's own demand.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunnerUp {
    /// The candidate's id.
    pub id: String,
    /// Where it stands: longitude, latitude.
    #[serde(default)]
    pub position: [f64; 2],
    /// Worth that the plan would have with it in place of the chosen one, less the plan's, in people.
    pub difference: f64,
    /// What the exchange would add to the capital (negative: save), million VND.
    pub extra_capital_million_vnd: f64,
    /// Why it lost, in Vietnamese.
    pub reason_vi: String,
    /// Why it lost, in English.
    pub reason_en: String,
}

/// What a plan changes in sum.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Totals {
    /// Number of actions.
    pub actions: u32,
    /// Of these, inside zones.
    pub in_zones: u32,
    /// Capital, million VND.
    pub capital_million_vnd: f64,
    /// Running cost per year, million VND.
    pub yearly_million_vnd: f64,
    /// People who gain signal.
    pub people: f64,
    /// Villages whose centre gains signal.
    pub villages: u32,
    /// Other places that gain signal.
    pub places: u32,
    /// Zone land that gains signal, km².
    pub zone_km2: f64,
    /// Demand won, in people by the plan's weights.
    pub value: f64,
    /// People without signal before the plan.
    pub people_without_before: f64,
    /// Villages without signal at their centre before the plan.
    pub villages_without_before: u32,
}

/// A phase's part of the plan.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct PhaseSum {
    /// The phase's name; empty for a plan without phases.
    pub name: String,
    /// Number of actions.
    pub actions: u32,
    /// Capital, million VND.
    pub capital_million_vnd: f64,
    /// Demand won in it, in people by the plan's weights.
    #[serde(rename = "objective_gain")]
    pub value: f64,
    /// People who gain signal in it.
    pub people: f64,
    /// Villages that do.
    pub villages: u32,
}

/// A village for which a satellite terminal is advised.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SatelliteAdvice {
    /// Code of the village.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Where, `[longitude, latitude]`, degrees.
    pub position: [f64; 2],
    /// Its people, where known.
    pub population: Option<f64>,
    /// Capital of a terminal, million VND.
    pub capital_million_vnd: f64,
    /// The cheapest action on the ground that reaches it; none where nothing does.
    pub cheapest_ground: Option<GroundAction>,
}

/// What a ground action would cost for a village that stays without signal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GroundAction {
    /// The candidate's id.
    pub id: String,
    /// Its capital, million VND.
    pub capital_million_vnd: f64,
    /// What it would add to the plan, in people.
    pub value: f64,
}

/// What is to be explained.
pub(crate) struct Question<'a> {
    pub prepared: &'a Prepared,
    pub surroundings: &'a Surroundings<'a>,
    pub request: &'a PlanRequest,
    pub instance: &'a Instance,
    pub constraints: &'a Constraints,
    pub solution: &'a Solution,
    pub costs: &'a CostModel,
}

/// The reasons.
pub(crate) struct Explained {
    pub actions: Vec<PlannedAction>,
    pub totals: Totals,
    pub by_phase: Vec<PhaseSum>,
    pub binding: Vec<Binding>,
    pub price_of_last_million: Option<f64>,
    pub curve: Option<Curve>,
    pub satellite_advice: Vec<SatelliteAdvice>,
}

/// A candidate with at most this share of its gain left is redundant.
const REDUNDANT_SHARE: f64 = 0.1;
/// Redundant candidates named for each action.
const MOST_REDUNDANT: usize = 5;
/// A terminal is advised where a ground action costs more than this many terminals for what it adds.
const TERMINALS_PER_VILLAGE: f64 = 10.0;

/// Explains every pick of the optimiser and the plan as a whole.
pub(crate) fn explain(question: &Question<'_>) -> Result<Explained, PlanError> {
    // Reasons are told in the plan's own weights, whatever the goal counts.
    let own_weights = question.prepared.instance(None)?;
    let picks = question.solution.candidates();
    let analysis = PlanAnalysis::new(&own_weights, &picks);
    let mut classes = VillageClasses::new(&question.prepared.demand, question.surroundings.places);
    let actions = actions(question, &analysis, &mut classes);
    let binding = binding::bindings(question)?;
    let price_of_last_million = binding
        .iter()
        .filter(|one| one.unit == PriceUnit::Demand)
        .find(|one| one.constraint == "budget" || one.constraint.starts_with("budget of phase "))
        .map(|one| one.price);
    Ok(Explained {
        totals: totals(&actions, question),
        by_phase: by_phase(&actions, question.request),
        satellite_advice: satellite_advice(question, &analysis, &classes),
        curve: if question.request.curve {
            curve::curve(question, &own_weights)?
        } else {
            None
        },
        actions,
        binding,
        price_of_last_million,
    })
}

fn actions(
    question: &Question<'_>,
    analysis: &PlanAnalysis<'_>,
    classes: &mut VillageClasses<'_>,
) -> Vec<PlannedAction> {
    let Prepared {
        found, demand, covers, ..
    } = question.prepared;
    let places = question.surroundings.places;
    let mut times_served = vec![0u32; demand.points.len()];
    for pick in &question.solution.picks {
        for &point in &covers[pick.candidate as usize] {
            times_served[point as usize] += 1;
        }
    }
    let mut already = vec![false; demand.points.len()];
    let rules = Rules::new(question);
    (1u32..)
        .zip(&question.solution.picks)
        .map(|(rank, pick)| {
            let covered = &covers[pick.candidate as usize];
            let new = || covered.iter().copied().filter(|point| !already[*point as usize]);
            let mut gain = Gain::of(demand, places, new());
            gain.class_changes = classes.serve(demand, new());
            let only_it = covered
                .iter()
                .copied()
                .filter(|point| times_served[*point as usize] == 1);
            let lost_without = Gain::of(demand, places, only_it.clone());
            let there_for = rules.there_for(pick.candidate, &lost_without, analysis, only_it);
            for &point in covered {
                already[point as usize] = true;
            }
            let candidate = found.candidates[pick.candidate as usize].clone();
            let (reason_vi, reason_en) = sentences::reason(&candidate, &gain, &there_for);
            PlannedAction {
                rank,
                phase: question
                    .request
                    .phases
                    .get(pick.phase as usize)
                    .map(|phase| phase.name.clone()),
                cost_per_person_million_vnd: (gain.people >= 0.5).then(|| candidate.capital_million_vnd / gain.people),
                makes_redundant: redundant(question, analysis, pick.candidate),
                runner_up: runner_up(question, analysis, &rules, pick.candidate),
                there_for,
                candidate,
                gain,
                lost_without,
                reason_vi,
                reason_en,
            }
        })
        .collect()
}

fn redundant(question: &Question<'_>, analysis: &PlanAnalysis<'_>, pick: u32) -> Vec<Redundant> {
    analysis
        .made_redundant(pick, REDUNDANT_SHARE)
        .into_iter()
        .take(MOST_REDUNDANT)
        .map(|one| Redundant {
            id: question.prepared.found.candidates[one.candidate as usize].id.clone(),
            gain_without_pick: one.gain_without_pick,
            gain_with_pick: one.gain_with_pick,
        })
        .collect()
}

fn runner_up(question: &Question<'_>, analysis: &PlanAnalysis<'_>, rules: &Rules<'_>, pick: u32) -> Option<RunnerUp> {
    let rival = analysis.runner_up(pick, |rival| rules.may_replace(pick, rival, analysis))?;
    let other: &Candidate = &question.prepared.found.candidates[rival.candidate as usize];
    let (reason_vi, reason_en) = sentences::why_lost(rival.shortfall, rival.extra_cost);
    Some(RunnerUp {
        id: other.id.clone(),
        position: [other.position.lon_deg, other.position.lat_deg],
        difference: 0.0 - rival.shortfall,
        extra_capital_million_vnd: rival.extra_cost,
        reason_vi,
        reason_en,
    })
}

/// The constraints as far as single picks are concerned.
struct Rules<'a> {
    question: &'a Question<'a>,
    /// Conflict sets of each candidate.
    conflicts: Vec<Vec<u32>>,
    forbidden: BTreeSet<u32>,
    pinned: BTreeSet<u32>,
    must_serve: BTreeSet<u32>,
    /// Quotas whose minimum the plan just meets.
    tight: Vec<(ConstraintWords, BTreeSet<u32>)>,
}

impl<'a> Rules<'a> {
    fn new(question: &'a Question<'a>) -> Self {
        let constraints = question.constraints;
        let mut conflicts = vec![Vec::new(); question.prepared.found.candidates.len()];
        for (set, members) in (0u32..).zip(&constraints.conflicts) {
            for &member in members {
                conflicts[member as usize].push(set);
            }
        }
        let picks: BTreeSet<u32> = question.solution.candidates().into_iter().collect();
        let tight = constraints
            .quotas
            .iter()
            .filter_map(|quota| {
                let members: BTreeSet<u32> = quota.members.iter().copied().collect();
                let chosen = members.intersection(&picks).count() as u32;
                (quota.minimum > 0 && chosen <= quota.minimum).then(|| {
                    (
                        ConstraintWords::of(&quota.name, question.prepared, question.surroundings),
                        members,
                    )
                })
            })
            .collect();
        Self {
            question,
            conflicts,
            forbidden: constraints.forbidden.iter().copied().collect(),
            pinned: constraints.must_pick.iter().copied().collect(),
            must_serve: constraints.must_serve.iter().copied().collect(),
            tight,
        }
    }

    /// Whether a candidate could take a pick's place: not forbidden, and in conflict with no other pick.
    fn may_replace(&self, pick: u32, rival: u32, analysis: &PlanAnalysis<'_>) -> bool {
        !self.forbidden.contains(&rival)
            && self.conflicts[rival as usize].iter().all(|&set| {
                self.question.constraints.conflicts[set as usize]
                    .iter()
                    .all(|&member| member == pick || !analysis.is_chosen(member))
            })
    }

    /// Constraints without which a pick would not be there.
    fn there_for(
        &self,
        pick: u32,
        lost: &Gain,
        analysis: &PlanAnalysis<'_>,
        only_it: impl Iterator<Item = u32>,
    ) -> Vec<ConstraintWords> {
        let words = |name: &str| ConstraintWords::of(name, self.question.prepared, self.question.surroundings);
        let mut list = Vec::new();
        if self.pinned.contains(&pick) {
            list.push(words(&format!("must pick candidate {pick}")));
        }
        list.extend(
            only_it
                .filter(|point| self.must_serve.contains(point))
                .map(|point| words(&format!("must serve demand {point}"))),
        );
        for (quota, members) in &self.tight {
            // Someone outside would bring more: only the minimum keeps the pick.
            let better_outside = || {
                analysis
                    .best_addition(|other| !members.contains(&other) && self.may_replace(pick, other, analysis))
                    .is_some_and(|(_, gain)| gain > lost.value + 1e-6)
            };
            if members.contains(&pick) && better_outside() {
                list.push(quota.clone());
            }
        }
        let exact = matches!(self.question.constraints.count, Some(Count::Exactly(_)));
        if list.is_empty() && exact && lost.value <= 1e-9 {
            list.push(words("count"));
        }
        list
    }
}

fn totals(actions: &[PlannedAction], question: &Question<'_>) -> Totals {
    let mut totals = Totals {
        actions: actions.len() as u32,
        ..Totals::default()
    };
    for action in actions {
        totals.in_zones += u32::from(!action.candidate.zone_codes.is_empty());
        totals.capital_million_vnd += action.candidate.capital_million_vnd;
        totals.yearly_million_vnd += action.candidate.yearly_million_vnd;
        totals.people += action.gain.people;
        totals.villages += action.gain.villages.len() as u32;
        totals.places += action.gain.places.len() as u32;
        totals.zone_km2 += action.gain.zone_km2;
        totals.value += action.gain.value;
    }
    for point in &question.prepared.demand.points {
        match point.kind {
            DemandKind::People { people } => totals.people_without_before += people,
            DemandKind::Place { index } if question.surroundings.places[index].kind == geodata::PlaceKind::Village => {
                totals.villages_without_before += 1;
            }
            _ => {}
        }
    }
    totals
}

fn by_phase(actions: &[PlannedAction], request: &PlanRequest) -> Vec<PhaseSum> {
    let names: Vec<Option<&str>> = if request.phases.is_empty() {
        vec![None]
    } else {
        request.phases.iter().map(|phase| Some(phase.name.as_str())).collect()
    };
    names
        .into_iter()
        .map(|name| {
            let mut sum = PhaseSum {
                name: name.unwrap_or_default().to_owned(),
                ..PhaseSum::default()
            };
            for action in actions.iter().filter(|action| action.phase.as_deref() == name) {
                sum.actions += 1;
                sum.capital_million_vnd += action.candidate.capital_million_vnd;
                sum.value += action.gain.value;
                sum.people += action.gain.people;
                sum.villages += action.gain.villages.len() as u32;
            }
            sum
        })
        .collect()
}

/// Villages that stay white and that no ground action reaches at a price.
fn satellite_advice(
    question: &Question<'_>,
    analysis: &PlanAnalysis<'_>,
    classes: &VillageClasses<'_>,
) -> Vec<SatelliteAdvice> {
    let Prepared {
        found, demand, covers, ..
    } = question.prepared;
    let terminal =
        question.costs.capital_million_vnd(ActionKind::Leo, None, 0.0) + question.costs.backhaul.satellite_million_vnd;
    let white: BTreeSet<usize> = classes.still_white().collect();
    // The cheapest ground action by village: price for what it adds, in terminals for each village's worth.
    let mut best: std::collections::BTreeMap<usize, (f64, u32)> = std::collections::BTreeMap::new();
    for (candidate, covered) in (0u32..).zip(covers) {
        let about = &found.candidates[candidate as usize];
        if about.action == ActionKind::Leo || analysis.is_chosen(candidate) {
            continue;
        }
        for &point in covered {
            let DemandKind::Place { index } = demand.points[point as usize].kind else {
                continue;
            };
            if white.contains(&index) {
                let entry = best.entry(index).or_insert((f64::INFINITY, candidate));
                if about.capital_million_vnd < entry.0 {
                    *entry = (about.capital_million_vnd, candidate);
                }
            }
        }
    }
    let village_worth = question.request.weights.village.max(1.0);
    white
        .into_iter()
        .filter_map(|index| {
            let ground = best.get(&index).map(|&(capital, candidate)| GroundAction {
                id: found.candidates[candidate as usize].id.clone(),
                capital_million_vnd: capital,
                value: analysis.gain(candidate),
            });
            let dear = ground.as_ref().is_none_or(|ground| {
                let villages = (ground.value / village_worth).max(1.0);
                ground.capital_million_vnd / villages > TERMINALS_PER_VILLAGE * terminal
            });
            let place: &Place = &question.surroundings.places[index];
            dear.then(|| SatelliteAdvice {
                code: place.code.clone(),
                name: place.name.clone(),
                position: [place.position.lon_deg, place.position.lat_deg],
                population: place.population,
                capital_million_vnd: terminal,
                cheapest_ground: ground,
            })
        })
        .collect()
}
