//! What a plan document asks of the planner: technology, number of actions, minimum in zones, quotas, what comes first.

use geodata::{DatasetKind, PlaceKind, Technology};
use planner::PlanRequest;
use programme::{Coverage, Facts, Programme};
use store::{Artefacts, Run, Store};

use super::parameters::PlanParameters;
use crate::Problem;
use crate::work::coverage::{AreaRow, PlaceRow};
use crate::work::inputs::ProjectInputs;
use crate::work::programme as documents;
use crate::work::results;

/// The plan document that is named: one of the project's own, one that ships, or the text that was sent along.
pub(super) async fn find(
    store: &Store,
    project: &str,
    parameters: &PlanParameters,
) -> Result<Option<Programme>, Problem> {
    if let Some(text) = &parameters.programme_text {
        return Ok(Some(programme::read(text)?));
    }
    let Some(key) = &parameters.programme else {
        return Ok(None);
    };
    match documents::find(store, project, key).await {
        Ok(found) => Ok(Some(found.programme)),
        Err(problem) if problem.status == 404 => Err(Problem::bad_parameter(
            "programme",
            format!("không có kế hoạch «{key}» trong dự án hay trong các kế hoạch có sẵn"),
            format!("there is no programme {key:?}, neither in the project nor among those that ship"),
        )
        .well_formed()),
        Err(problem) => Err(problem),
    }
}

/// The technology of a plan: as written, else the programme's, else 5G.
pub(super) fn technology(parameters: &PlanParameters, programme: Option<&Programme>) -> Technology {
    let asked = programme.map(|programme| programme.planner.technology);
    parameters.technology.or(asked).unwrap_or(Technology::G5)
}

/// The planner's request: what is written wins, the programme fills in the rest, measured on the project as it stands.
pub(super) fn request(
    artefacts: &Artefacts,
    inputs: &ProjectInputs,
    coverage: &Run,
    parameters: &PlanParameters,
    programme: Option<&Programme>,
) -> Result<PlanRequest, Problem> {
    let mut request = parameters.request();
    let Some(programme) = programme else {
        return Ok(request);
    };
    request.technology = technology(parameters, Some(programme));
    let network = inputs.network(artefacts)?;
    let communes = inputs.areas(artefacts, DatasetKind::Areas)?;
    let zones = inputs.areas(artefacts, DatasetKind::Zones)?;
    let places = inputs.places(artefacts)?;
    let measured = measured(artefacts, coverage)?;
    let facts = Facts {
        today: jiff::Zoned::now().date(),
        network: &network,
        communes: &communes,
        zones: &zones,
        places: &places,
        coverage: Some(&measured),
        reported: &[],
        crosswalk: &[],
    };
    let goal = programme::evaluate(programme, &facts).planner;
    let least_cost = request.goal != planner::PlanGoal::MostServed;
    if request.actions.is_none() && !least_cost && request.budget_million_vnd.is_none() {
        request.actions = goal.actions;
    }
    let unlimited = request.budget_million_vnd.is_none() && request.phases.is_empty();
    if request.actions.is_none() && !least_cost && unlimited {
        // A programme that counts no stations asks for its shares of places and people.
        let technology = request.technology.key();
        let wishes = goal.coverage.iter().filter(|wish| wish.technology == technology);
        let targets = documents::targets_of(wishes)?;
        if !targets.is_empty() {
            request.goal = planner::PlanGoal::LeastCost { targets };
        }
    }
    request.minimum_in_zones = request
        .minimum_in_zones
        .or(goal.minimum_in_zones.filter(|least| *least > 0));
    if request.quotas.is_empty() && request.actions == goal.actions {
        request.quotas = goal.quotas.into_iter().collect();
    }
    if parameters.weights.is_none() {
        add_priorities(&mut request, programme, &zones);
    }
    if request.actions == Some(0) {
        let key = &programme.key;
        return Err(Problem::new(
            409,
            "targets_reached",
            format!("chương trình {key} không còn thiếu trạm nào: các mục tiêu đã đạt"),
            format!("the programme {key} lacks no station: its targets are reached"),
        ));
    }
    Ok(request)
}

/// Places and zones that the document puts first get its weights.
fn add_priorities(request: &mut PlanRequest, programme: &Programme, zones: &[geodata::Area]) {
    for priority in &programme.priority_places {
        if let Some(kind) = PlaceKind::from_key(&priority.kind) {
            request.weights.place_kinds.insert(kind, priority.weight);
        }
        for zone in zones.iter().filter(|zone| zone.kind.key() == priority.kind) {
            raise(request, &zone.code, priority.weight);
        }
    }
    for priority in &programme.priority_zones {
        let wanted = priority.name.to_lowercase();
        for zone in zones.iter().filter(|zone| zone.name.to_lowercase().contains(&wanted)) {
            raise(request, &zone.code, priority.weight);
        }
    }
}

fn raise(request: &mut PlanRequest, zone: &str, weight: f64) {
    let factor = request.weights.zones.entry(zone.to_owned()).or_insert(weight);
    *factor = factor.max(weight);
}

/// The part of a coverage run that programmes read.
fn measured(artefacts: &Artefacts, coverage: &Run) -> Result<Coverage, Problem> {
    let areas: Vec<AreaRow> = results::rows(artefacts, coverage, "areas")?;
    let places: Vec<PlaceRow> = results::rows(artefacts, coverage, "places")?;
    let areas: Vec<_> = areas.into_iter().map(|row| row.statistics).collect();
    let places: Vec<_> = places.into_iter().map(|row| row.service).collect();
    Ok(Coverage::from_run(&coverage.id, &places, &areas))
}
