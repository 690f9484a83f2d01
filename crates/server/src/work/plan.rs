//! A plan run: from a coverage run and a wish to actions with their reasons.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use coverage_model::{CoverageParameters, Engine, Quantity};
use geodata::{Network, Technology};
use planner::candidates::Surroundings;
use planner::{
    ActionKind, CellTemplate, CellTemplates, CostModel, Plan, PlanListener, PlanProgress, PlanRequest, PlanStage,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::{Artefacts, NewRun, Run, RunKind, Store, run_id};

use crate::Problem;
use crate::work::coverage::{self, Loaded};
use crate::work::inputs::ProjectInputs;
use crate::work::progress::Part;
use crate::work::{Progress, Stage, blocking, results};

/// What a planner asks for. Missing fields take the defaults; unknown ones are refused.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PlanParameters {
    /// The technology that actions add.
    pub technology: Technology,
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
    /// Kinds of action that may be proposed (all ground actions when empty).
    pub kinds: BTreeSet<ActionKind>,
    /// Candidates (by id) that must be in the plan.
    pub pinned: BTreeSet<String>,
    /// Candidates (by id) that must not be.
    pub forbidden: BTreeSet<String>,
    /// The coverage run to start from; without it the newest, made anew when data changed.
    pub coverage_run: Option<String>,
    /// Seed of the optimiser's random choices.
    pub seed: u64,
}

impl Default for PlanParameters {
    fn default() -> Self {
        Self {
            technology: Technology::G5,
            actions: None,
            at_most: false,
            minimum_in_zones: None,
            budget_million_vnd: None,
            quotas: BTreeMap::new(),
            kinds: BTreeSet::new(),
            pinned: BTreeSet::new(),
            forbidden: BTreeSet::new(),
            coverage_run: None,
            seed: 1,
        }
    }
}

impl PlanParameters {
    fn request(&self) -> PlanRequest {
        let mut request = PlanRequest {
            technology: self.technology,
            actions: self.actions,
            at_most: self.at_most,
            minimum_in_zones: self.minimum_in_zones,
            budget_million_vnd: self.budget_million_vnd,
            quotas: self.quotas.clone(),
            pinned: self.pinned.clone(),
            forbidden: self.forbidden.clone(),
            seed: self.seed,
            ..PlanRequest::default()
        };
        if !self.kinds.is_empty() {
            request.rules.kinds.clone_from(&self.kinds);
        }
        request
    }

    /// Refuses a wish that cannot be a plan.
    pub fn check(&self) -> Result<(), Problem> {
        if self.actions.is_none() && self.budget_million_vnd.is_none() {
            return Err(Problem::bad_parameter(
                "actions",
                "cần nêu số hành động hoặc kinh phí",
                "a plan needs a number of actions or a budget",
            ));
        }
        Ok(())
    }
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
    let coverage = coverage_run(store, &inputs, &parameters, Arc::new(part)).await?;
    let request = parameters.request();
    let named = json!({
        "versions": inputs.versions(),
        "coverage_run": coverage.id,
        "request": serde_json::to_value(&request)?,
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
    let cache = store.cache_folder()?.join("path-loss");
    let part = Part {
        whole: progress,
        from: 0.5,
        to: 1.0,
    };
    let new = blocking(move || compute(&artefacts, &inputs, &coverage, &request, named, cache, &part)).await?;
    Ok(store.commit_run(&project, new).await?)
}

/// The coverage run to start from: the named one if its data still stand, else one made from the data of now.
async fn coverage_run(
    store: &Store,
    inputs: &ProjectInputs,
    parameters: &PlanParameters,
    progress: Arc<dyn Progress>,
) -> Result<Run, Problem> {
    let project = &inputs.project.id;
    if let Some(named) = &parameters.coverage_run {
        let run = results::find(store, project, RunKind::Coverage, Some(named)).await?;
        if results::is_stale(&run, inputs) {
            return Err(Problem::new(
                409,
                "stale_coverage_run",
                format!("lần tính vùng phủ sóng {named} được tính trước khi sửa dữ liệu"),
                format!("the coverage run {named} was computed before the data changed"),
            )
            .advise("Tính lại vùng phủ sóng.", "Run coverage again."));
        }
        return Ok(run);
    }
    let latest = store.latest_run(project, RunKind::Coverage).await?;
    let mut settings: CoverageParameters = match latest {
        Some(run) => serde_json::from_value(run.parameters)?,
        None => CoverageParameters::default(),
    };
    if !settings.technologies.contains(&parameters.technology) {
        settings.technologies.push(parameters.technology);
    }
    coverage::run(store, project, settings, progress).await
}

/// How far a candidate's footprint is looked for, metres. Whoever lives further away is won by a nearer mast; looking
/// further would quadruple the work for every doubling.
const FOOTPRINT_RADIUS_M: f64 = 5_000.0;

fn compute(
    artefacts: &Artefacts,
    inputs: &ProjectInputs,
    coverage: &Run,
    request: &PlanRequest,
    named: Value,
    cache: std::path::PathBuf,
    progress: &dyn Progress,
) -> Result<NewRun, Problem> {
    progress.report(
        0.0,
        Stage {
            vi: "Đọc dữ liệu dự án",
            en: "Reading the project's data",
        },
    );
    let loaded = Loaded::read(artefacts, inputs)?;
    let mut settings: CoverageParameters = serde_json::from_value(coverage.parameters.clone())?;
    settings.maximum_radius_m = settings.maximum_radius_m.min(FOOTPRINT_RADIUS_M);
    let served = served(artefacts, coverage, request.technology, settings.edge_probability)?;
    let engine = Engine::new(&loaded.ground, loaded.window(settings.zoom), settings, Some(cache))?;
    let surroundings = Surroundings {
        network: &loaded.network,
        communes: &loaded.communes,
        zones: &loaded.zones,
        places: &loaded.places,
    };
    let costs = CostModel::shipped().map_err(|error| Problem::internal(&error))?;
    let templates = OwnCells::of(&loaded.network);
    let listener = Listener(progress);
    let plan = planner::make_plan(&engine, &surroundings, &served, request, &costs, &templates, &listener)
        .map_err(plan_problem)?;
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
        "coverage_run": coverage.id,
    });
    Ok(NewRun {
        kind: RunKind::Plan,
        inputs: named,
        parameters: serde_json::to_value(request)?,
        summary,
        files: files.into(),
    })
}

/// What the network of today serves, pixel by pixel.
fn served(
    artefacts: &Artefacts,
    run: &Run,
    technology: Technology,
    edge_probability: f64,
) -> Result<Vec<bool>, Problem> {
    let key = format!("{}-any-probability", technology.key());
    // Without a single station of the technology there is no layer, and nothing is served.
    if !results::layer_keys(run).any(|known| known == key) {
        return Ok(Vec::new());
    }
    let layer = results::layer(artefacts, run, &key)?;
    debug_assert_eq!(layer.quantity, Quantity::Probability);
    Ok(layer
        .codes
        .iter()
        .map(|code| f64::from(layer.decode(*code)) >= edge_probability)
        .collect())
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
    }

    fn cancelled(&self) -> bool {
        self.0.cancelled()
    }
}

/// New cells take after what the operator has on air already; the domain's usual values stand in where it has none.
struct OwnCells {
    by_operator: HashMap<(String, Technology), CellTemplate>,
    by_technology: HashMap<Technology, CellTemplate>,
}

/// EIRP of a pole cell per resource element, dBm (a small cell of some watts; see the shipped radio templates).
const SMALL_CELL_EIRP_DBM: f64 = 20.0;

impl OwnCells {
    fn of(network: &Network) -> Self {
        let stations: HashMap<&str, &geodata::Station> = network
            .stations
            .iter()
            .map(|station| (station.code.as_str(), station))
            .collect();
        let mut counted: BTreeMap<(String, Technology), Vec<CellTemplate>> = BTreeMap::new();
        for cell in &network.cells {
            let Some(station) = stations.get(cell.station_code.as_str()) else {
                continue;
            };
            counted
                .entry((station.operator.clone(), station.technology))
                .or_default()
                .push(CellTemplate {
                    frequency_mhz: cell.frequency_mhz,
                    bandwidth_mhz: cell.bandwidth_mhz,
                    eirp_per_re_dbm: cell.eirp_per_re_dbm,
                    electrical_tilt_deg: cell.electrical_tilt_deg,
                    horizontal_beamwidth_deg: cell.horizontal_beamwidth_deg,
                    vertical_beamwidth_deg: cell.vertical_beamwidth_deg,
                });
        }
        let mut by_technology: HashMap<Technology, CellTemplate> = HashMap::new();
        let mut by_operator = HashMap::new();
        for ((operator, technology), cells) in counted {
            let Some(usual) = commonest(&cells) else { continue };
            by_technology.entry(technology).or_insert(usual);
            by_operator.insert((operator, technology), usual);
        }
        Self {
            by_operator,
            by_technology,
        }
    }
}

impl CellTemplates for OwnCells {
    fn template(&self, operator: &str, technology: Technology, small: bool) -> CellTemplate {
        let own = self.by_operator.get(&(operator.to_owned(), technology));
        let mut template = own
            .or_else(|| self.by_technology.get(&technology))
            .copied()
            .unwrap_or(usual(technology));
        if small {
            template.eirp_per_re_dbm = SMALL_CELL_EIRP_DBM;
            template.horizontal_beamwidth_deg = 360.0;
        }
        template
    }
}

/// The set of radio values that most cells have; of equally common ones the first.
fn commonest(cells: &[CellTemplate]) -> Option<CellTemplate> {
    let mut counts: Vec<(CellTemplate, usize)> = Vec::new();
    for cell in cells {
        match counts.iter_mut().find(|(known, _)| known == cell) {
            Some((_, count)) => *count += 1,
            None => counts.push((*cell, 1)),
        }
    }
    counts
        .into_iter()
        .rev()
        .max_by_key(|(_, count)| *count)
        .map(|(template, _)| template)
}

/// The usual cell of a technology, where no operator has one yet (macro values of the shipped radio templates).
fn usual(technology: Technology) -> CellTemplate {
    let (frequency_mhz, bandwidth_mhz, eirp_per_re_dbm) = match technology {
        Technology::G2 => (945.0, 0.2, 55.0),
        Technology::G3 => (2140.0, 5.0, 50.0),
        Technology::G4 => (1842.5, 20.0, 32.0),
        Technology::G5 => (2550.0, 100.0, 40.0),
    };
    CellTemplate {
        frequency_mhz,
        bandwidth_mhz,
        eirp_per_re_dbm,
        electrical_tilt_deg: 4.0,
        horizontal_beamwidth_deg: 65.0,
        vertical_beamwidth_deg: 7.0,
    }
}

fn plan_problem(error: planner::PlanError) -> Problem {
    use planner::PlanError;
    let text = error.to_string();
    match error {
        PlanError::Cancelled => Problem::cancelled(),
        PlanError::Coverage(error) => error.into(),
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
        ),
        PlanError::UnknownCandidate(id) => {
            Problem::bad_parameter("pinned", format!("không có vị trí đề xuất «{id}»"), text)
        }
        _ => Problem::new(422, "plan_refused", format!("không lập được phương án: {text}"), text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn new_cells_take_after_the_commonest_of_the_operator() {
        let (four, five) = (usual(Technology::G4), usual(Technology::G5));
        assert_eq!(commonest(&[four, five, five]), Some(five));
        assert_eq!(commonest(&[four, five]), Some(four), "the first of equals");
        let templates = OwnCells {
            by_operator: HashMap::new(),
            by_technology: HashMap::new(),
        };
        assert_eq!(
            templates.template("X", Technology::G5, true).eirp_per_re_dbm,
            SMALL_CELL_EIRP_DBM
        );
    }
}
