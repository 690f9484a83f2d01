//! A plan changed by hand, answered at once: nothing is stored.

use std::time::Instant;

use planner::hand::{Adjusted, Adjustment, Brief, Standing, adjust};
use serde_json::{Value, json};
use store::{Artefacts, Run, RunKind, Store};

use super::preparation::{Preparation, workshop};
use super::{Listener, costs_of, plan_of, problem, request_of, short};
use crate::Problem;
use crate::work::inputs::ProjectInputs;
use crate::work::{Silent, blocking, results};

/// Seconds after which an answer should be there, reading included.
const ANSWER_SECONDS: f64 = 1.6;

/// Changes a plan by hand and tells what that does to value, cost and gap.
///
/// # Errors
/// `not_found`, `stale_plan_run` when the data changed since, `bad_parameter` for candidates that are not there.
pub async fn by_hand(store: &Store, project: &str, run: &str, change: Adjustment) -> Result<Value, Problem> {
    let started = Instant::now();
    let inputs = ProjectInputs::load(store, project).await?;
    let run = results::find(store, &inputs.project.id, RunKind::Plan, Some(run)).await?;
    if results::is_stale(&run, &inputs) {
        return Err(Problem::new(
            409,
            "stale_plan_run",
            format!("phương án {} được lập trước khi sửa dữ liệu", run.id),
            format!("the plan {} was made before the data changed", run.id),
        )
        .advise("Lập lại phương án.", "Make the plan again."));
    }
    let coverage = run.inputs["coverage_run"].as_str().unwrap_or("").to_owned();
    let coverage = results::find(store, &inputs.project.id, RunKind::Coverage, Some(&coverage)).await?;
    let artefacts = store.artefacts().clone();
    let cache = store.cache_folder()?;
    blocking(move || compute(&artefacts, &inputs, &run, &coverage, &change, &cache, started)).await
}

fn compute(
    artefacts: &Artefacts,
    inputs: &ProjectInputs,
    run: &Run,
    coverage: &Run,
    change: &Adjustment,
    cache: &std::path::Path,
    started: Instant,
) -> Result<Value, Problem> {
    let (request, costs, plan) = (request_of(run)?, costs_of(run)?, plan_of(artefacts, run)?);
    let zoom = run.inputs["footprint_zoom"]
        .as_u64()
        .and_then(|zoom| u8::try_from(zoom).ok())
        .unwrap_or(11);
    let preparation = Preparation::new(artefacts, inputs, coverage, &request, &costs, zoom)?;
    let listener = Listener(&Silent);
    let prepared = preparation.prepared(cache, &listener)?;
    let engine = std::cell::OnceCell::new();
    let seconds = ANSWER_SECONDS - started.elapsed().as_secs_f64();
    let adjusted = adjust(
        &prepared,
        &preparation.surroundings(),
        &plan,
        change,
        &costs,
        || {
            workshop(
                engine.get_or_init(|| preparation.engine()),
                &preparation.templates,
                &listener,
            )
        },
        seconds,
    )
    .map_err(problem)?;
    answer(&adjusted, change, run, started.elapsed().as_secs_f64())
}

/// What a plan comes to, in one flat object.
fn sums(standing: &Standing) -> Value {
    json!({
        "objective": standing.value,
        "bound": standing.solution.bound,
        "gap": standing.solution.gap,
        "status": standing.solution.status,
        "infeasibility": standing.solution.infeasibility,
        "capital_million_vnd": standing.capital_million_vnd,
        "people": standing.people,
        "villages": standing.villages,
        "actions": standing.actions,
    })
}

fn list(actions: &[Brief]) -> Value {
    actions.iter().map(|one| short(&one.candidate, one.people)).collect()
}

/// Where each moved candidate is now, and how many more people it covers there.
fn moved(adjusted: &Adjusted, change: &Adjustment) -> Value {
    let people = |list: &[Brief], id: &str| list.iter().find(|one| one.candidate.id == id).map(|one| one.people);
    let row = |one: &planner::hand::Move| {
        let new_id = planner::hand::name_of_place(one.position);
        let before = people(&adjusted.removed, &one.id).unwrap_or(0.0);
        let after = people(&adjusted.picks, &new_id).unwrap_or(0.0);
        json!({ "id": one.id, "new_id": new_id, "gain_people": after - before })
    };
    change.moved.iter().map(row).collect()
}

fn answer(adjusted: &Adjusted, change: &Adjustment, run: &Run, seconds: f64) -> Result<Value, Problem> {
    let features: Vec<Value> = adjusted
        .picks
        .iter()
        .map(|pick| {
            let mut properties = serde_json::to_value(pick)?;
            if let Value::Object(fields) = &mut properties {
                fields.shift_remove("position");
            }
            let position = pick.candidate.position;
            Ok(json!({
                "type": "Feature",
                "id": pick.candidate.id,
                "geometry": { "type": "Point", "coordinates": [position.lon_deg, position.lat_deg] },
                "properties": properties,
            }))
        })
        .collect::<Result<_, Problem>>()?;
    Ok(json!({
        "run": run.id,
        "before": sums(&adjusted.before),
        "after": sums(&adjusted.after),
        "added": list(&adjusted.added),
        "removed": list(&adjusted.removed),
        "moved": moved(adjusted, change),
        "request_added": adjusted.request_added,
        "candidates": { "type": "FeatureCollection", "features": features },
        "seconds": seconds,
    }))
}
