//! Masts that could be shared, as a run.

use std::sync::Arc;

use coverage_model::CoverageParameters;
use planner::PlanRequest;
use planner::sharing::{Sharing, SharingRules};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{Artefacts, NewRun, Run, RunKind, Store, Viewer, run_id};

use super::preparation::Preparation;
use super::{Listener, plan_of, problem};
use crate::Problem;
use crate::work::inputs::ProjectInputs;
use crate::work::progress::Part;
use crate::work::{Progress, coverage, in_background, results};

/// What is asked for.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SharingParameters {
    /// Distances and shares; those that are not named take the defaults.
    pub rules: SharingRules,
    /// Distances within which masts share, by settlement, instead of the rules'.
    pub distances_m: Option<Distances>,
    /// A plan whose new masts are judged as well.
    pub plan_run: Option<String>,
    /// The coverage run whose settings are used; the newest when absent.
    pub coverage_run: Option<String>,
}

/// Distances by settlement, metres.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Distances {
    /// Where many people live.
    pub dense: f64,
    /// Elsewhere.
    pub sparse: f64,
}

impl SharingParameters {
    /// Refuses rules that make no sense.
    pub fn check(&self) -> Result<(), Problem> {
        self.rules().check().map_err(problem)
    }

    fn rules(&self) -> SharingRules {
        let mut rules = self.rules.clone();
        if let Some(distances) = self.distances_m {
            rules.dense_within_m = distances.dense;
            rules.sparse_within_m = distances.sparse;
        }
        rules
    }
}

/// Looks for masts to share, or answers the run that was made from the same inputs before.
///
/// # Errors
/// As a coverage run; `bad_parameter` for rules that make no sense.
pub async fn run(
    store: &Store,
    project: &str,
    parameters: SharingParameters,
    progress: Arc<dyn Progress>,
) -> Result<Run, Problem> {
    parameters.check()?;
    let inputs = ProjectInputs::load(store, project).await?;
    let project = inputs.project.id.clone();
    let plan = match &parameters.plan_run {
        Some(named) => Some(results::find(store, &project, RunKind::Plan, Some(named)).await?),
        None => None,
    };
    let part = Part {
        whole: Arc::clone(&progress),
        from: 0.0,
        to: 0.5,
    };
    let rules = parameters.rules();
    let latest = match &parameters.coverage_run {
        Some(named) => Some(results::find(store, &project, RunKind::Coverage, Some(named)).await?),
        None => store.latest_run(&project, RunKind::Coverage).await?,
    };
    let coverage = match latest {
        Some(run) if !results::is_stale(&run, &inputs) => run,
        _ => coverage::run(store, &project, CoverageParameters::default(), Arc::new(part)).await?,
    };
    let named = json!({
        "versions": inputs.versions(),
        "coverage_run": coverage.id,
        "plan_run": plan.as_ref().map(|plan| plan.id.clone()),
        "rules": serde_json::to_value(&rules)?,
    });
    if let Some(known) = store.find_run(&project, &run_id(RunKind::Sharing, &named)).await? {
        return Ok(known);
    }
    let artefacts = store.artefacts().clone();
    let part = Part {
        whole: progress,
        from: 0.5,
        to: 1.0,
    };
    let new = in_background(move || {
        let wanted = match &plan {
            Some(plan) => plan_of(&artefacts, plan)?
                .actions
                .into_iter()
                .map(|action| action.candidate)
                .collect(),
            None => Vec::new(),
        };
        let request = PlanRequest::default();
        let costs = planner::CostModel::shipped().map_err(|error| Problem::internal(&error))?;
        let preparation = Preparation::new(&artefacts, &inputs, &coverage, &request, &costs, FOOTPRINT_ZOOM)?;
        let found = planner::sharing::find(
            &preparation.engine()?,
            preparation.network(),
            &wanted,
            &rules,
            &costs,
            &preparation.templates,
            &Listener(&part),
        )
        .map_err(problem)?;
        let file = artefacts.put("sharing.json", &serde_json::to_vec(&found)?)?;
        Ok(NewRun {
            kind: RunKind::Sharing,
            inputs: named,
            parameters: serde_json::to_value(&parameters)?,
            summary: json!({
                "share_before": found.share_before,
                "share_after": found.share_after,
                "proposals": found.proposals.len(),
                "pairs_looked_at": found.pairs_looked_at,
            }),
            files: [("sharing".to_owned(), file)].into(),
        })
    })
    .await?;
    Ok(store.commit_run(&project, new).await?)
}

/// Zoom of the tenants' footprints.
const FOOTPRINT_ZOOM: u8 = 11;

/// What a reader may see of a sharing run: the department everything but security-restricted masts, an operator its own side.
pub fn view(artefacts: &Artefacts, run: &Run, viewer: &Viewer) -> Result<Sharing, Problem> {
    let found: Sharing = results::rows(artefacts, run, "sharing")?;
    Ok(match viewer {
        Viewer::Operator(operator) => found.for_operator(operator),
        Viewer::Department => found.without_restricted(),
        Viewer::Aggregates => Sharing {
            proposals: Vec::new(),
            ..found
        },
    })
}
