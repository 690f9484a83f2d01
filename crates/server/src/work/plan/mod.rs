//! Plans: from a coverage run and a wish to actions with their reasons, and what people do with them afterwards.
//!
//! | Module | What it does |
//! |---|---|
//! | `parameters` | what may be asked for |
//! | `programme` | what a plan document asks for |
//! | `preparation` | candidates and footprints, kept between plans that differ in their constraints only |
//! | `templates` | radio values of cells that are not there yet |
//! | `adjust` | a change by hand, answered at once |
//! | `sharing` | masts that could be shared |
//! | `sheet` | one candidate on one page |
//! | `workbook` | a plan as a workbook, one sheet per operator and phase |

pub mod adjust;
mod parameters;
mod preparation;
mod programme;
pub mod sharing;
pub mod sheet;
mod templates;
pub mod workbook;

use std::sync::Arc;

use coverage_model::CoverageParameters;
use geodata::Technology;
use planner::{CostModel, Plan, PlanListener, PlanProgress, PlanRequest, PlanStage};
use serde_json::{Value, json};
use store::{Artefacts, NewRun, Run, RunKind, Store, run_id};

use crate::Problem;
use crate::work::coverage;
use crate::work::inputs::ProjectInputs;
use crate::work::progress::Part;
use crate::work::{Progress, Stage, Standing, blocking, in_background, results};

pub use parameters::PlanParameters;
use preparation::Preparation;

/// The cells that a plan run would put on air.
pub(crate) fn cells_of(
    artefacts: &Artefacts,
    run: &Run,
    network: &geodata::Network,
) -> Result<Vec<coverage_model::Transmitter>, Problem> {
    let plan: Plan = serde_json::from_value(results::plan(artefacts, run)?)?;
    let templates = templates::OwnCells::of(network);
    let candidates = plan.actions.iter().map(|action| &action.candidate);
    Ok(planner::planned_cells(candidates, network, &templates))
}

/// Makes a plan, or answers the run that was made from the same inputs before.
///
/// # Errors
/// As a coverage run; and `plan_refused` when the wish cannot be a plan.
pub async fn run(
    store: &Store,
    project: &str,
    parameters: PlanParameters,
    progress: Arc<dyn Progress>,
) -> Result<Run, Problem> {
    parameters.check()?;
    let inputs = ProjectInputs::load(store, project).await?;
    let project = inputs.project.id.clone();
    let part = Part {
        whole: Arc::clone(&progress),
        from: 0.0,
        to: 0.5,
    };
    let document = programme::find(store, &project, &parameters).await?;
    let technology = programme::technology(&parameters, document.as_ref());
    let coverage = coverage_run(store, &inputs, &parameters, technology, Arc::new(part)).await?;
    let artefacts = store.artefacts().clone();
    let (inputs, coverage, parameters, request, document) = in_background(move || {
        let request = programme::request(&artefacts, &inputs, &coverage, &parameters, document.as_ref())?;
        request.check().map_err(problem)?;
        Ok((inputs, coverage, parameters, request, document))
    })
    .await?;
    let costs = costs(&parameters)?;
    let named = json!({
        "versions": inputs.versions(),
        "coverage_run": coverage.id,
        "request": serde_json::to_value(&request)?,
        "costs": serde_json::to_value(&costs)?,
        "footprint_zoom": parameters.footprint_zoom,
        "programme": document.map(|document| document.key),
    });
    if let Some(known) = store.find_run(&project, &run_id(RunKind::Plan, &named)).await? {
        progress.report(
            1.0,
            Stage {
                vi: "Đã có kết quả từ trước",
                en: "The result was there already",
            },
        );
        return Ok(known);
    }
    let artefacts = store.artefacts().clone();
    let cache = store.cache_folder()?;
    let part = Part {
        whole: progress,
        from: 0.5,
        to: 1.0,
    };
    let new = in_background(move || {
        let preparation = Preparation::new(
            &artefacts,
            &inputs,
            &coverage,
            &request,
            &costs,
            parameters.footprint_zoom,
        )?;
        compute(&artefacts, &preparation, &cache, &coverage, named, &part)
    })
    .await?;
    Ok(store.commit_run(&project, new).await?)
}

/// Refuses a wish that cannot be a plan of the project, before any work.
///
/// # Errors
/// `bad_parameter`; `invalid_programme` for the text of a programme with faults.
pub async fn check(store: &Store, project: &str, parameters: &PlanParameters) -> Result<(), Problem> {
    parameters.check()?;
    programme::find(store, project, parameters).await.map(|_| ())
}

/// The costs of a plan: the planner's, else those that ship.
fn costs(parameters: &PlanParameters) -> Result<CostModel, Problem> {
    let costs = match &parameters.costs {
        Some(own) => own.clone(),
        None => CostModel::shipped().map_err(|error| Problem::internal(&error))?,
    };
    costs.check().map_err(|error| {
        Problem::bad_parameter(
            "costs",
            format!("bảng chi phí không hợp lệ: {error}"),
            error.to_string(),
        )
        .well_formed()
    })?;
    Ok(costs)
}

/// The coverage run to start from: the named one if its data still stand, else one made from the data of now.
async fn coverage_run(
    store: &Store,
    inputs: &ProjectInputs,
    parameters: &PlanParameters,
    technology: Technology,
    progress: Arc<dyn Progress>,
) -> Result<Run, Problem> {
    let project = &inputs.project.id;
    if let Some(named) = &parameters.coverage_run {
        let run = results::find(store, project, RunKind::Coverage, Some(named)).await?;
        if results::is_stale(&run, inputs) {
            return Err(stale(named));
        }
        return Ok(run);
    }
    let latest = store.latest_run(project, RunKind::Coverage).await?;
    let mut settings: CoverageParameters = match latest {
        Some(run) => serde_json::from_value(run.parameters)?,
        None => CoverageParameters::default(),
    };
    if !settings.technologies.contains(&technology) {
        settings.technologies.push(technology);
    }
    coverage::run(store, project, settings, progress).await
}

fn stale(run: &str) -> Problem {
    Problem::new(
        409,
        "stale_coverage_run",
        format!("lần tính vùng phủ sóng {run} được tính trước khi sửa dữ liệu"),
        format!("the coverage run {run} was computed before the data changed"),
    )
    .advise("Tính lại vùng phủ sóng.", "Run coverage again.")
}

fn compute(
    artefacts: &Artefacts,
    preparation: &Preparation<'_>,
    cache: &std::path::Path,
    coverage: &Run,
    mut named: Value,
    progress: &dyn Progress,
) -> Result<NewRun, Problem> {
    let listener = Listener(progress);
    let prepared = preparation.prepared(cache, &listener)?;
    let plan = planner::decide(
        &prepared,
        &preparation.surroundings(),
        preparation.request,
        preparation.costs,
        &listener,
    )
    .map_err(problem)?;
    if plan.solution.stop == planner::optimiser::Stop::Cancelled {
        // The best plan so far is kept, but not as the answer to these inputs: asked again, the search goes on to its end.
        named["cancelled"] = json!(uuid::Uuid::now_v7().simple().to_string());
    }
    let files = [
        (
            "plan".to_owned(),
            artefacts.put("plan.json", &serde_json::to_vec(&plan)?)?,
        ),
        (
            "candidates".to_owned(),
            artefacts.put("candidates.json", &serde_json::to_vec(&features(&plan)?)?)?,
        ),
    ];
    let summary = json!({
        "totals": plan.totals,
        "solution": plan.solution,
        "candidates": plan.candidates,
        "filtered": plan.filtered,
        "by_phase": plan.by_phase,
        "coverage_run": coverage.id,
        "programme": named["programme"],
    });
    Ok(NewRun {
        kind: RunKind::Plan,
        inputs: named,
        parameters: serde_json::to_value(preparation.request)?,
        summary,
        files: files.into(),
    })
}

/// The actions as GeoJSON Features, in rank order.
fn features(plan: &Plan) -> Result<Vec<Value>, Problem> {
    let feature = |action: &planner::PlannedAction| -> Result<Value, Problem> {
        let mut properties = serde_json::to_value(action)?;
        if let Value::Object(fields) = &mut properties {
            fields.shift_remove("position");
        }
        let position = action.candidate.position;
        Ok(json!({
            "type": "Feature",
            "id": action.candidate.id,
            "geometry": { "type": "Point", "coordinates": [position.lon_deg, position.lat_deg] },
            "properties": properties,
        }))
    };
    plan.actions.iter().map(feature).collect()
}

/// A plan run's plan, typed.
pub fn plan_of(artefacts: &Artefacts, run: &Run) -> Result<Plan, Problem> {
    Ok(serde_json::from_value(results::plan(artefacts, run)?)?)
}

/// Two plans of a project side by side.
///
/// # Errors
/// `not_found` or `bad_parameter` when one of them is no plan run of the project.
pub async fn compare(store: &Store, project: &str, a: &str, b: &str) -> Result<Value, Problem> {
    let a = results::find(store, project, RunKind::Plan, Some(a)).await?;
    let b = results::find(store, project, RunKind::Plan, Some(b)).await?;
    let artefacts = store.artefacts().clone();
    blocking(move || {
        let comparison = planner::comparison::compare(&plan_of(&artefacts, &a)?, &plan_of(&artefacts, &b)?);
        let mut answer = serde_json::to_value(&comparison)?;
        answer["a"]["run"] = json!(a.id);
        answer["b"]["run"] = json!(b.id);
        for (name, side) in [("only_a", &comparison.a), ("only_b", &comparison.b)] {
            let actions = side.only.iter().map(|one| short(&one.candidate, one.people));
            answer[name] = actions.collect();
        }
        answer["differences"]["objective"] = json!(comparison.differences.value);
        Ok(answer)
    })
    .await
}

/// An action in a line: what, who, where, what it costs and brings.
fn short(candidate: &planner::Candidate, people: f64) -> Value {
    json!({
        "id": candidate.id,
        "action": candidate.action,
        "operator": candidate.operator,
        "position": [candidate.position.lon_deg, candidate.position.lat_deg],
        "capital_million_vnd": candidate.capital_million_vnd,
        "people": people,
    })
}

struct Listener<'a>(&'a dyn Progress);

impl PlanListener for Listener<'_> {
    fn report(&self, progress: PlanProgress) {
        let stage = match progress.stage {
            PlanStage::Footprints => Stage {
                vi: "Tính vùng phủ của các vị trí đề xuất",
                en: "Computing the candidates' footprints",
            },
            PlanStage::Optimising => Stage {
                vi: "Tối ưu phương án",
                en: "Optimising the plan",
            },
            PlanStage::Explaining => Stage {
                vi: "Viết lý do từng vị trí",
                en: "Writing the reasons",
            },
        };
        self.0.report(progress.fraction, stage);
        if let Some(objective) = progress.objective {
            self.0.standing(Standing {
                objective,
                bound: progress.bound,
            });
        }
    }

    fn cancelled(&self) -> bool {
        self.0.cancelled()
    }
}

/// What the planner refused, as a problem.
fn problem(error: planner::PlanError) -> Problem {
    use planner::PlanError;
    let text = error.to_string();
    match error {
        PlanError::Cancelled => Problem::cancelled(),
        PlanError::Coverage(error) => error.into(),
        PlanError::NothingAsked => {
            Problem::bad_parameter("actions", "cần nêu số hành động, kinh phí hoặc mục tiêu", text).well_formed()
        }
        PlanError::BadNumber(name) => Problem::bad_parameter(
            &name,
            format!("«{name}» ngoài khoảng cho phép: phải là số hữu hạn, không âm"),
            text,
        )
        .well_formed(),
        PlanError::NoCandidates => Problem::new(
            422,
            "no_candidates",
            "không có vị trí nào có thể thực hiện hành động được phép",
            text,
        )
        .advise(
            "Kiểm tra danh sách trạm, thôn và các loại hành động được phép.",
            "Check the site list, the villages and the allowed kinds of action.",
        ),
        PlanError::UnknownOperator(name) => Problem::bad_parameter(
            "quotas",
            format!("chỉ tiêu phân bổ nêu nhà mạng «{name}» không có trạm nào"),
            text,
        )
        .well_formed(),
        PlanError::UnknownCandidate(id) => {
            Problem::bad_parameter("pinned", format!("không có vị trí đề xuất «{id}»"), text).well_formed()
        }
        PlanError::UnknownPlace(code) => {
            Problem::bad_parameter("must_serve", format!("không có địa điểm «{code}»"), text).well_formed()
        }
        PlanError::SeveralPartialTargets => {
            Problem::bad_parameter("goal", "chỉ một mục tiêu được thấp hơn 100 %", text).well_formed()
        }
        _ => Problem::new(422, "plan_refused", format!("không lập được phương án: {text}"), text),
    }
}

/// The wish of a plan that is there, for changes by hand.
fn request_of(run: &Run) -> Result<PlanRequest, Problem> {
    Ok(serde_json::from_value(run.parameters.clone())?)
}

/// The costs that a plan was made with.
fn costs_of(run: &Run) -> Result<CostModel, Problem> {
    Ok(serde_json::from_value(run.inputs["costs"].clone())?)
}
