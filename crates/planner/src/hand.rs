//! Changing a plan by hand: move, add, forbid or pin a candidate, and see value, cost and gap change at once.
//!
//! The search starts from the plan as it stands, so that a second or two is enough.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;
use std::time::Instant;

use coverage_model::Engine;
use serde::{Deserialize, Serialize};

use crate::action::{ActionKind, Candidate};
use crate::candidates::{AddedCandidate, Surroundings, added};
use crate::cost::CostModel;
use crate::demand::DemandKind;
use crate::footprint::CellTemplates;
use crate::optimiser::{self, Limits};
use crate::plan::{Plan, PlanError, PlanListener, SolutionSummary, summary};
use crate::prepared::{Prepared, cover_sets};
use crate::request::{Wish, wish};

/// The search gets at least this long.
const LEAST_SEARCH_SECONDS: f64 = 0.2;

/// What a planner changes.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Adjustment {
    /// Candidates (by id) that must be in.
    pub pin: BTreeSet<String>,
    /// Candidates (by id) that must not be.
    pub forbid: BTreeSet<String>,
    /// New places; pinned at once.
    pub add: Vec<AddedPlace>,
    /// Candidates that go elsewhere; the new place is pinned, the old one forbidden.
    #[serde(rename = "move")]
    pub moved: Vec<Move>,
    /// Number of actions instead of the plan's.
    pub actions: Option<u32>,
    /// Budget instead of the plan's, million VND.
    pub budget_million_vnd: Option<f64>,
    /// Everything else stays as it is: only the sums are told.
    pub keep_rest: bool,
}

/// A place set on the map.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AddedPlace {
    /// `[longitude, latitude]`, degrees.
    pub position: [f64; 2],
    /// What would be done there: a new mast when absent.
    #[serde(default)]
    pub action: Option<ActionKind>,
    /// By whom.
    #[serde(default)]
    pub operator: Option<String>,
    /// Height of the antennas, metres.
    #[serde(default)]
    pub antenna_height_m: Option<f64>,
}

/// A candidate that goes elsewhere.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Move {
    /// Its id.
    pub id: String,
    /// `[longitude, latitude]`, degrees.
    pub position: [f64; 2],
}

/// What a plan comes to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Standing {
    /// What was proved.
    pub solution: SolutionSummary,
    /// Number of actions.
    pub actions: u32,
    /// Demand won, in people by the plan's weights.
    pub value: f64,
    /// People who gain signal.
    pub people: f64,
    /// Villages whose centre gains signal.
    pub villages: u32,
    /// Capital, million VND.
    pub capital_million_vnd: f64,
}

/// A candidate, and what only it wins.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Brief {
    /// The candidate.
    #[serde(flatten)]
    pub candidate: Candidate,
    /// People that it covers and that wait today, whoever else does.
    pub people: f64,
}

/// The plan before and after.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Adjusted {
    /// As it stood.
    pub before: Standing,
    /// As it is with the change.
    pub after: Standing,
    /// Candidates that came in.
    pub added: Vec<Brief>,
    /// Candidates that went out.
    pub removed: Vec<Brief>,
    /// All candidates of the new plan.
    pub picks: Vec<Brief>,
    /// New candidates as a plan's request takes them (`added`), so that the change can be kept.
    pub request_added: Vec<AddedCandidate>,
}

/// Where the footprints of new places come from.
pub struct Workshop<'a> {
    /// The engine on whose raster the plan was made.
    pub engine: &'a Engine<'a>,
    /// Radio values of new cells.
    pub templates: &'a dyn CellTemplates,
    /// Hears nothing but may stop the work.
    pub listener: &'a dyn PlanListener,
}

/// Changes a plan. `workshop` is asked for only where there are new places; the answer is there after about `seconds`: the search gets what
/// footprints and cover sets leave of them.
///
/// # Errors
/// As [`crate::make_plan`]; and [`PlanError::UnknownCandidate`] for an id that is not there.
pub fn adjust<'a>(
    prepared: &Prepared,
    surroundings: &Surroundings<'_>,
    plan: &Plan,
    change: &Adjustment,
    costs: &CostModel,
    workshop: impl FnOnce() -> Result<Workshop<'a>, PlanError>,
    seconds: f64,
) -> Result<Adjusted, PlanError> {
    let started = Instant::now();
    let mut prepared = prepared.clone();
    let request_added = new_places(&prepared, change)?;
    if !request_added.is_empty() {
        let request = &plan.request;
        let candidates = added(surroundings, request.technology, &request.rules, costs, &request_added);
        let Workshop {
            engine,
            templates,
            listener,
        } = workshop()?;
        let covers = cover_sets(engine, surroundings, &candidates, &prepared.demand, templates, listener)?;
        prepared.extend(candidates, covers);
    }
    let place: BTreeMap<&str, u32> = prepared
        .found
        .candidates
        .iter()
        .map(|candidate| candidate.id.as_str())
        .zip(0u32..)
        .collect();
    let old: Vec<u32> = plan
        .actions
        .iter()
        .filter_map(|action| place.get(action.candidate.id.as_str()).copied())
        .collect();
    let mut request = plan.request.clone();
    request.pinned.extend(change.pin.iter().cloned());
    request.pinned.extend(request_added.iter().map(|one| one.id.clone()));
    request.forbidden.extend(change.forbid.iter().cloned());
    request.forbidden.extend(change.moved.iter().map(|one| one.id.clone()));
    // The last word counts: what is pinned now is no longer forbidden, and the other way round.
    request
        .forbidden
        .retain(|id| !change.pin.contains(id) || change.moved.iter().any(|one| one.id == *id));
    request
        .pinned
        .retain(|id| !change.forbid.contains(id) && !change.moved.iter().any(|one| one.id == *id));
    request.actions = change.actions.or(request.actions);
    request.budget_million_vnd = change.budget_million_vnd.or(request.budget_million_vnd);
    let asked = wish(&request, &prepared, surroundings)?;
    let (solution, picks) = if change.keep_rest {
        kept(&request.pinned, &request.forbidden, &old, &place, plan)
    } else {
        let left = || (seconds - started.elapsed().as_secs_f64()).max(LEAST_SEARCH_SECONDS);
        solve(&prepared, surroundings, asked, &old, request.seed, left)?
    };
    let brief = |index: u32| Brief {
        candidate: prepared.found.candidates[index as usize].clone(),
        people: people(&prepared, &prepared.covers[index as usize]),
    };
    let (was, is): (BTreeSet<u32>, BTreeSet<u32>) = (old.iter().copied().collect(), picks.iter().copied().collect());
    Ok(Adjusted {
        before: standing(&prepared, surroundings, plan.solution.clone(), &old),
        after: standing(&prepared, surroundings, solution, &picks),
        added: is.difference(&was).map(|&index| brief(index)).collect(),
        removed: was.difference(&is).map(|&index| brief(index)).collect(),
        picks: picks.iter().map(|&index| brief(index)).collect(),
        request_added,
    })
}

/// The id of a candidate that was set by hand, from `[longitude, latitude]`: 5 decimals are a metre.
#[must_use]
pub fn name_of_place(position: [f64; 2]) -> String {
    format!("hand:{:.5},{:.5}", position[1], position[0])
}

/// New candidates for added and moved places, named by where they are.
fn new_places(prepared: &Prepared, change: &Adjustment) -> Result<Vec<AddedCandidate>, PlanError> {
    let mut list: Vec<AddedCandidate> = change
        .add
        .iter()
        .map(|one| AddedCandidate {
            id: name_of_place(one.position),
            position: one.position,
            action: one.action.unwrap_or(ActionKind::NewTower),
            operator: one.operator.clone(),
            antenna_height_m: one.antenna_height_m,
        })
        .collect();
    for one in &change.moved {
        let old = prepared
            .found
            .candidates
            .iter()
            .find(|candidate| candidate.id == one.id)
            .ok_or_else(|| PlanError::UnknownCandidate(one.id.clone()))?;
        list.push(AddedCandidate {
            id: name_of_place(one.position),
            position: one.position,
            // Away from its mast it is a mast of its own.
            action: match old.action {
                ActionKind::Upgrade | ActionKind::CoLocate => ActionKind::NewTower,
                other => other,
            },
            operator: Some(old.operator.clone()),
            antenna_height_m: Some(old.antenna_height_m),
        });
    }
    if let Some(bad) = list.iter().find(|one| {
        geodesy::LonLat::checked(one.position[0], one.position[1]).is_err()
            || one
                .antenna_height_m
                .is_some_and(|height| !(1.0..=300.0).contains(&height))
    }) {
        return Err(PlanError::BadNumber(bad.id.clone()));
    }
    let known: BTreeSet<&str> = prepared
        .found
        .candidates
        .iter()
        .map(|candidate| candidate.id.as_str())
        .collect();
    list.retain(|one| !known.contains(one.id.as_str()));
    list.dedup_by(|a, b| a.id == b.id);
    Ok(list)
}

fn kept(
    pinned: &BTreeSet<String>,
    forbidden: &BTreeSet<String>,
    old: &[u32],
    place: &BTreeMap<&str, u32>,
    plan: &Plan,
) -> (SolutionSummary, Vec<u32>) {
    let indices = |ids: &BTreeSet<String>| -> BTreeSet<u32> {
        ids.iter().filter_map(|id| place.get(id.as_str()).copied()).collect()
    };
    let out = indices(forbidden);
    let mut picks: Vec<u32> = old.iter().copied().filter(|pick| !out.contains(pick)).collect();
    picks.extend(indices(pinned).into_iter().filter(|pick| !old.contains(pick)));
    let solution = SolutionSummary {
        status: optimiser::Status::Feasible,
        bound: None,
        gap: None,
        ..plan.solution.clone()
    };
    (solution, picks)
}

fn solve(
    prepared: &Prepared,
    surroundings: &Surroundings<'_>,
    asked: Wish,
    old: &[u32],
    seed: u64,
    seconds_left: impl Fn() -> f64,
) -> Result<(SolutionSummary, Vec<u32>), PlanError> {
    let instance = prepared.instance(asked.weights)?;
    let limits = Limits {
        seed,
        seconds: Some(seconds_left()),
        ..Limits::default()
    };
    let solution = optimiser::improve(&instance, &asked.constraints, old, &limits, &mut |_| {
        ControlFlow::Continue(())
    })?;
    let picks = solution.candidates();
    Ok((summary(&solution, &asked.unreachable, prepared, surroundings), picks))
}

fn people(prepared: &Prepared, points: &[u32]) -> f64 {
    points
        .iter()
        .map(|&point| match prepared.demand.points[point as usize].kind {
            DemandKind::People { people } => people,
            _ => 0.0,
        })
        .sum()
}

fn standing(
    prepared: &Prepared,
    surroundings: &Surroundings<'_>,
    solution: SolutionSummary,
    picks: &[u32],
) -> Standing {
    let points: BTreeSet<u32> = picks
        .iter()
        .flat_map(|&pick| prepared.covers[pick as usize].iter().copied())
        .collect();
    let points: Vec<u32> = points.into_iter().collect();
    let villages = points
        .iter()
        .filter(|&&point| {
            matches!(prepared.demand.points[point as usize].kind, DemandKind::Place { index }
                if surroundings.places[index].kind == geodata::PlaceKind::Village)
        })
        .count() as u32;
    let value = points
        .iter()
        .map(|&point| prepared.demand.points[point as usize].weight)
        .sum();
    Standing {
        solution: SolutionSummary {
            objective: value,
            ..solution
        },
        actions: picks.len() as u32,
        value,
        people: people(prepared, &points),
        villages,
        capital_million_vnd: picks
            .iter()
            .map(|&pick| prepared.found.candidates[pick as usize].capital_million_vnd)
            .sum(),
    }
}
