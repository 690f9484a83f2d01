//! Programmes measured: evaluation, history, projection, the rows behind a figure, workflow, village decisions, the annual plan.

use std::collections::{BTreeMap, BTreeSet};

use geodata::{Network, Technology};
use jiff::civil::Date;
use programme::annual_plan::{AnnualPlan, annual_plan};
use programme::drill_down::{self, EvidenceRow};
use programme::history::IndicatorHistory;
use programme::projection::{Projection, Step, project};
use programme::villages::{self, Rule, VillageRow};
use programme::workflow::{self, FindingCode, PlannedSite, SHARING_DISTANCE_M};
use programme::{CoverageWish, Evaluation, Facts, Programme, RowKind, Text};
use serde_json::{Value, json};
use store::{Run, RunKind, Store, Viewer};

use super::documents::Found;
use super::facts::{self, ProjectFacts};
use super::journal::{Journal, SiteList};
use crate::Problem;
use crate::work::inputs::ProjectInputs;
use crate::work::plan::PlanParameters;
use crate::work::{blocking, results};

/// Measures a programme on a project.
///
/// # Errors
/// `not_found` for project or run.
pub async fn evaluate(
    store: &Store,
    project: &str,
    found: &Found,
    run: Option<&str>,
    today: Date,
    viewer: &Viewer,
) -> Result<(Evaluation, ProjectFacts), Problem> {
    let loaded = facts::load(store, project, Some(&found.programme), run, viewer).await?;
    let programme = found.programme.clone();
    let everything = viewer.is_department();
    let own = match viewer {
        Viewer::Operator(name) => Some(name.to_lowercase()),
        _ => None,
    };
    let (evaluation, loaded) = blocking(move || {
        let mut evaluation = evaluate_facts(&programme, &loaded, today);
        if !everything {
            hide_rows(&programme, &mut evaluation, own.as_deref());
        }
        Ok((evaluation, loaded))
    })
    .await?;
    Ok((evaluation, loaded))
}

/// Measures a programme on facts that are there already, and says where they are not of one day.
#[must_use]
pub fn evaluate_facts(programme: &Programme, loaded: &ProjectFacts, today: Date) -> Evaluation {
    let mut evaluation = programme::evaluate(programme, &loaded.facts.on(today));
    if loaded.stale {
        evaluation.run_stale = true;
        evaluation.warnings.push(Text::new(
            "Dữ liệu đã thay đổi sau lần tính vùng phủ sóng: các chỉ tiêu về phủ sóng là của dữ liệu trước khi sửa",
            "The data changed after the coverage run: figures of coverage are of the data before",
        ));
    }
    evaluation
}

/// Whoever is not the department gets the figures, and not whose stations and masts make them.
fn hide_rows(programme: &Programme, evaluation: &mut Evaluation, own: Option<&str>) {
    for (result, document) in evaluation.indicators.iter_mut().zip(&programme.indicators) {
        for (reading, formula) in result.readings.iter_mut().zip(&document.readings) {
            let Some(figure) = &mut reading.figure else { continue };
            if matches!(formula.formula.rows(), RowKind::Station | RowKind::Site) {
                figure.rows.clear();
                figure.other_rows.clear();
            }
            figure
                .by_operator
                .retain(|operator, _| own.is_some_and(|own| operator.to_lowercase() == own));
        }
    }
}

/// What is still missing for a programme's targets, as the planner's wish: the stations that are missing or, where the programme counts no
/// stations or `indicator` is named, the shares of places and people at the least cost.
///
/// # Errors
/// `not_found` for a programme or an indicator; `nothing_missing` when what can be planned is reached.
pub async fn plan_parameters(
    store: &Store,
    project: &str,
    key: &str,
    indicator: Option<&str>,
    today: Date,
) -> Result<PlanParameters, Problem> {
    let id = store.project(project).await?.id;
    let found = super::documents::find(store, &id, key).await?;
    if let Some(name) = indicator.filter(|name| found.programme.indicator(name).is_none()) {
        return Err(Problem::not_found("chỉ tiêu", "indicator", name));
    }
    let (evaluation, loaded) = evaluate(store, &id, &found, None, today, &Viewer::Department).await?;
    let goal = evaluation.planner;
    let common = PlanParameters {
        // It weighs places too.
        programme: Some(key.to_owned()),
        // A run on data that have changed since is no place to start a plan from.
        coverage_run: loaded.run.filter(|_| !loaded.stale).map(|run| run.id),
        ..PlanParameters::default()
    };
    let linked = [
        &found.programme.planner.actions_from,
        &found.programme.planner.minimum_in_zones_from,
    ];
    let of_stations = indicator.is_none_or(|name| linked.into_iter().flatten().any(|id| id == name));
    if let Some(actions) = goal.actions.filter(|actions| *actions > 0 && of_stations) {
        return Ok(PlanParameters {
            technology: Some(found.programme.planner.technology),
            actions: Some(actions),
            minimum_in_zones: goal.minimum_in_zones.filter(|minimum| *minimum > 0),
            quotas: goal.quotas.into_iter().filter(|(_, count)| *count > 0).collect(),
            ..common
        });
    }
    least_cost(&found.programme, &goal.coverage, indicator, common)
}

/// The targets of one technology at the least cost: of the indicator that is named, else of the programme's own technology, else of the first.
fn least_cost(
    programme: &Programme,
    wishes: &[CoverageWish],
    indicator: Option<&str>,
    common: PlanParameters,
) -> Result<PlanParameters, Problem> {
    let named: Vec<&CoverageWish> = wishes
        .iter()
        .filter(|wish| indicator.is_none_or(|name| wish.indicator == name))
        .collect();
    let own = named
        .iter()
        .find(|wish| wish.technology == programme.planner.technology.key());
    let Some(first) = own.or(named.first()) else {
        return Err(Problem::new(
            409,
            "nothing_missing",
            "kế hoạch không còn thiếu gì mà một phương án trạm có thể bù",
            "nothing is missing for the programme's targets that a plan of stations could bring",
        )
        .advise(
            "Chọn kế hoạch có chỉ tiêu chưa đạt, hoặc nêu số hành động.",
            "Choose a programme with a target that is not reached, or give a number of actions.",
        ));
    };
    let together = || named.iter().copied().filter(|wish| wish.technology == first.technology);
    let must_serve: BTreeSet<String> = together().flat_map(|wish| wish.places.iter().cloned()).collect();
    let targets = targets_of(together())?;
    Ok(PlanParameters {
        technology: serde_json::from_value(json!(first.technology))?,
        goal: planner::PlanGoal::LeastCost { targets },
        must_serve,
        ..common
    })
}

/// The planner's targets of wishes for one technology: it takes one share below the whole; all that ask for everything go together.
pub fn targets_of<'a>(wishes: impl Iterator<Item = &'a CoverageWish>) -> Result<Vec<planner::Target>, Problem> {
    let mut targets: Vec<planner::Target> = Vec::new();
    for wish in wishes.filter(|wish| wish.places.is_empty()) {
        if wish.share >= 1.0 || targets.iter().all(|target| target.share >= 1.0) {
            let of = serde_json::from_value(json!(wish.of))?;
            targets.push(planner::Target { of, share: wish.share });
        }
    }
    Ok(targets)
}

/// Most coverage runs that a history goes back.
const RUNS_IN_HISTORY: usize = 20;

/// The history of every indicator: each coverage run on the data of its day.
pub async fn history(
    store: &Store,
    project: &str,
    found: &Found,
    today: Date,
    viewer: &Viewer,
) -> Result<Vec<IndicatorHistory>, Problem> {
    let (now, _) = evaluate(store, project, found, None, today, viewer).await?;
    let inputs = ProjectInputs::load(store, project).await?;
    let runs = store.runs(&inputs.project.id, Some(RunKind::Coverage)).await?;
    let speeds = facts::speeds_wanted(&found.programme);
    let mut then = Vec::new();
    for run in runs.iter().take(RUNS_IN_HISTORY) {
        let Some(day) = day_of(run) else { continue };
        let Some(facts) = facts::of_run(store, &inputs, run, speeds).await? else {
            continue;
        };
        let programme = found.programme.clone();
        let evaluation = blocking(move || Ok(programme::evaluate(&programme, &facts.on(day)))).await?;
        then.push(evaluation);
    }
    Ok(programme::history::history(&now, &then))
}

/// The day on which a run was made (its UTC date).
fn day_of(run: &Run) -> Option<Date> {
    run.created_at.get(..10)?.parse().ok()
}

/// The actions of a plan run, as programmes read them, with what the optimiser said.
///
/// # Errors
/// `no_plan_run`, `not_found`.
pub async fn plan_steps(store: &Store, project: &str, plan: Option<&str>) -> Result<(Run, Vec<Step>, Value), Problem> {
    let run = results::find(store, project, RunKind::Plan, plan).await?;
    let (artefacts, named) = (store.artefacts().clone(), run.clone());
    let mut whole = blocking(move || results::plan(&artefacts, &named)).await?;
    let steps: Vec<Step> = serde_json::from_value(whole["actions"].take())?;
    Ok((run, steps, whole["solution"].take()))
}

/// A programme under a plan.
pub async fn projection(
    store: &Store,
    project: &str,
    found: &Found,
    coverage: Option<&str>,
    plan: Option<&str>,
    today: Date,
    viewer: &Viewer,
) -> Result<(Run, Projection), Problem> {
    let id = store.project(project).await?.id;
    let (plan, steps, solution) = plan_steps(store, &id, plan).await?;
    // The plan stands on its own coverage run; another would count its gains twice or not at all.
    let own = plan.summary["coverage_run"].as_str().map(str::to_owned);
    let coverage = coverage.map(str::to_owned).or(own);
    let loaded = facts::load(store, &id, Some(&found.programme), coverage.as_deref(), viewer).await?;
    let programme = found.programme.clone();
    let mut projection = blocking(move || Ok(project_all(&programme, &loaded, &steps, today))).await?;
    projection.binding.extend(binding(&solution));
    Ok((plan, projection))
}

fn project_all(programme: &Programme, loaded: &ProjectFacts, steps: &[Step], today: Date) -> Projection {
    project(programme, &loaded.facts.on(today), steps)
}

/// The constraints that the optimiser could not meet together, and what its nearest plan misses.
fn binding(solution: &Value) -> Vec<Text> {
    if solution["status"] != "infeasible" {
        return Vec::new();
    }
    let list = |language: &str| {
        let conflicting = solution["infeasibility"]["conflicting"].as_array();
        let words = conflicting
            .into_iter()
            .flatten()
            .filter_map(|one| one[language].as_str());
        words.collect::<Vec<_>>().join("; ")
    };
    let (vi, en) = (list("text_vi"), list("text_en"));
    let mut said = vec![Text::new(
        format!("không thể đáp ứng cùng lúc các ràng buộc: {vi}"),
        format!("these constraints cannot be met together: {en}"),
    )];
    let violations = solution["infeasibility"]["violations"].as_array();
    for violation in violations.into_iter().flatten() {
        let text = |field: &str| violation[field].as_str().unwrap_or_default();
        let number = |field: &str| violation[field].as_f64().unwrap_or_default();
        let (required, found) = (number("required"), number("found"));
        said.push(Text::new(
            format!(
                "phương án gần nhất không đạt «{}»: cần {required:.0}, có {found:.0}",
                text("text_vi")
            ),
            format!(
                "the nearest plan misses {:?}: {required:.0} asked, {found:.0} found",
                text("text_en")
            ),
        ));
    }
    said
}

/// The rows behind a figure.
///
/// # Errors
/// `not_found` for indicator or reading; `not_computable` with the reason.
pub fn rows(
    found: &Found,
    loaded: &ProjectFacts,
    evaluation: &Evaluation,
    indicator: &str,
    reading: Option<&str>,
    others: bool,
) -> Result<(String, Vec<EvidenceRow>), Problem> {
    let missing = || Problem::not_found("chỉ tiêu", "indicator", indicator);
    let document = found.programme.indicator(indicator).ok_or_else(missing)?;
    let result = evaluation.indicator(indicator).ok_or_else(missing)?;
    let index = match reading {
        Some(id) => document.readings.iter().position(|one| one.id == id),
        None => document.readings.iter().position(|one| one.used),
    };
    let no_reading = || Problem::not_found("cách tính", "reading", reading.unwrap_or("used"));
    let index = index.ok_or_else(no_reading)?;
    let (Some(formula), Some(measured)) = (document.readings.get(index), result.readings.get(index)) else {
        return Err(no_reading());
    };
    let figure = measured.figure.as_ref().ok_or_else(|| {
        let reason = measured.reason.clone().unwrap_or_default();
        Problem::new(409, "not_computable", reason.vi, reason.en)
    })?;
    let codes = if others { &figure.other_rows } else { &figure.rows };
    let facts = loaded.facts.on(evaluation.today);
    Ok((formula.id.clone(), drill_down::rows(&facts, &formula.formula, codes)))
}

/// Quotas, deliveries, lists with their findings, conflicts, stages, plan against built.
pub async fn workflow(
    store: &Store,
    project: &str,
    found: &Found,
    today: Date,
    viewer: &Viewer,
) -> Result<Value, Problem> {
    let (evaluation, loaded) = evaluate(store, project, found, None, today, viewer).await?;
    let id = store.project(project).await?.id;
    let journal = Journal {
        store,
        project: &id,
        programme: &found.programme.key,
        viewer: viewer.clone(),
        who: "",
    };
    let (lists, events) = (journal.lists().await?, journal.stage_events().await?);
    let programme = found.programme.clone();
    let viewer = viewer.clone();
    blocking(move || {
        Ok(workflow_of(
            &programme,
            &evaluation,
            &loaded,
            &lists,
            &events,
            today,
            &viewer,
        ))
    })
    .await
}

fn workflow_of(
    programme: &Programme,
    evaluation: &Evaluation,
    loaded: &ProjectFacts,
    lists: &[SiteList],
    events: &[workflow::StageEvent],
    today: Date,
    viewer: &Viewer,
) -> Value {
    let facts = loaded.facts.on(today);
    let network = &own_network(&loaded.facts.network, viewer);
    let technology = programme.planner.technology;
    let listed: Vec<PlannedSite> = lists.iter().flat_map(|list| list.sites.iter().cloned()).collect();
    let states = workflow::stages(&listed, events, network, technology, today);
    let current: Vec<PlannedSite> = states.iter().map(|state| state.site.clone()).collect();
    let list_rows: Vec<Value> = lists
        .iter()
        .map(|list| list_row(programme, list, &listed, loaded, today, viewer))
        .collect();
    let mut operators = loaded.facts.operators(programme);
    operators.retain(|operator| viewer.sees_operator(Some(operator)));
    let mut quotas = workflow::quotas(programme, &current);
    quotas.retain(|row| viewer.sees_operator(Some(&row.operator)));
    let since = programme.document.date;
    let (together, conflicts) = if viewer.is_department() {
        let minimum = evaluation.planner.minimum_in_zones;
        let together = workflow::check_together(programme, minimum, &listed, &facts);
        (together, workflow::conflicts(&listed, SHARING_DISTANCE_M))
    } else {
        Default::default()
    };
    json!({
        "quotas": quotas,
        "deliveries": workflow::deliveries(programme, &operators, &loaded.facts.submissions, today),
        "lists": list_rows,
        "together": together,
        "conflicts": conflicts,
        "stages": workflow::count_stages(&states),
        "against_built": workflow::plan_against_built(&states, network, technology, since),
    })
}

/// The network as a viewer may know it: an operator's own stations and the masts that they stand on or that it owns.
fn own_network(network: &Network, viewer: &Viewer) -> Network {
    if viewer.is_department() {
        return network.clone();
    }
    let own = |operator: &str| viewer.sees_operator(Some(operator));
    let stations: Vec<_> = network
        .stations
        .iter()
        .filter(|station| own(&station.operator))
        .cloned()
        .collect();
    let carrying: BTreeSet<&str> = stations.iter().map(|station| station.site_code.as_str()).collect();
    let sites = network.sites.iter();
    let sites = sites.filter(|site| own(&site.owner) || carrying.contains(site.code.as_str()));
    Network {
        sites: sites.cloned().collect(),
        stations,
        cells: Vec::new(),
    }
}

/// A list with what is found on it.
#[must_use]
pub fn list_row(
    programme: &Programme,
    list: &SiteList,
    all: &[PlannedSite],
    loaded: &ProjectFacts,
    today: Date,
    viewer: &Viewer,
) -> Value {
    let mut by_action: BTreeMap<&str, usize> = BTreeMap::new();
    for site in &list.sites {
        *by_action.entry(site.action.as_str()).or_default() += 1;
    }
    let others: Vec<PlannedSite> = all
        .iter()
        .filter(|site| site.operator != list.operator)
        .cloned()
        .collect();
    let network = own_network(&loaded.facts.network, viewer);
    let facts = Facts {
        network: &network,
        ..loaded.facts.on(today)
    };
    let mut findings = workflow::check_list(programme, &list.operator, &list.sites, &others, &facts);
    // Whether a mast of another stands there is that operator's affair: a list must not serve to find out.
    findings.retain(|finding| viewer.is_department() || finding.code != FindingCode::NoMastToShare);
    json!({
        "operator": list.operator,
        "date": list.date,
        "who": list.who,
        "sites": list.sites.len(),
        "by_action": by_action,
        "findings": findings,
    })
}

/// The village rules of a project, with whether they are its own.
pub async fn village_rules(store: &Store, project: &str) -> Result<(String, Vec<Rule>, bool), Problem> {
    let journal = Journal {
        store,
        project,
        programme: "",
        viewer: Viewer::Department,
        who: "",
    };
    let own = journal.village_rules().await?;
    let is_own = own.is_some();
    let text = own.unwrap_or_else(|| villages::DEFAULT_RULES.to_owned());
    let rules = villages::read_rules(&text)?;
    Ok((text, rules, is_own))
}

/// The village decision table of a project.
///
/// # Errors
/// `no_coverage_run`.
pub async fn village_decisions(
    store: &Store,
    project: &str,
    run: Option<&str>,
    technologies: Vec<Technology>,
    viewer: &Viewer,
) -> Result<(Vec<VillageRow>, ProjectFacts), Problem> {
    let id = store.project(project).await?.id;
    let (_, rules, _) = village_rules(store, &id).await?;
    let loaded = facts::load(store, &id, None, run, viewer).await?;
    blocking(move || {
        let Some(coverage) = &loaded.facts.coverage else {
            return Err(Problem::new(
                409,
                "no_coverage_run",
                "dự án chưa tính vùng phủ sóng",
                "the project has no coverage run yet",
            )
            .advise("Tính vùng phủ sóng trước.", "Run coverage first."));
        };
        let rows = villages::table(&loaded.facts.places, coverage, &technologies, &rules);
        Ok((rows, loaded))
    })
    .await
}

/// What an annual plan is made of.
#[derive(Debug, Clone, Default)]
pub struct AnnualRequest {
    /// The year.
    pub year: i16,
    /// The plan run; the newest, if there is one, when absent.
    pub plan: Option<String>,
    /// The coverage run.
    pub run: Option<String>,
}

/// The annual plan of a programme: the operators' lists, and what a plan run adds to them.
pub async fn annual(
    store: &Store,
    project: &str,
    found: &Found,
    request: &AnnualRequest,
    today: Date,
    viewer: &Viewer,
) -> Result<(AnnualPlan, ProjectFacts), Problem> {
    let id = store.project(project).await?.id;
    let newest = match &request.plan {
        Some(plan) => Some(plan.clone()),
        None => store.latest_run(&id, RunKind::Plan).await?.map(|run| run.id),
    };
    let (plan, steps) = match newest {
        Some(plan) => {
            let (run, steps, _) = plan_steps(store, &id, Some(&plan)).await?;
            (Some(run.id), steps)
        }
        None => (None, Vec::new()),
    };
    let journal = Journal {
        store,
        project: &id,
        programme: &found.programme.key,
        viewer: viewer.clone(),
        who: "",
    };
    let listed: Vec<PlannedSite> = journal.lists().await?.into_iter().flat_map(|list| list.sites).collect();
    let loaded = facts::load(store, &id, Some(&found.programme), request.run.as_deref(), viewer).await?;
    let year = request.year;
    blocking(move || {
        let facts = loaded.facts.on(today);
        let made = annual_plan(&facts, year, &listed, plan.as_deref(), &steps);
        Ok((made, loaded))
    })
    .await
}
