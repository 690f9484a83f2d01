//! What a plan would make of a programme: the targets after each of its phases.

use std::collections::BTreeSet;

use geodata::{Site, Station, StationStatus, Technology};
use geodesy::LonLat;
use serde::{Deserialize, Serialize};

use crate::document::{Programme, Unit};
use crate::evaluate::{Evaluation, PlannerGoal, evaluate};
use crate::facts::{Facts, FactsFile, PlaceCoverage};
use crate::status::Status;
use crate::text::Text;

/// An action of a plan, as far as programmes read it; a plan's JSON may hold more.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// Stable name of the candidate.
    pub id: String,
    /// Place in the plan, from 1.
    #[serde(default)]
    pub rank: u32,
    /// Name of the phase in which it is built, where the plan has phases.
    #[serde(default)]
    pub phase: Option<String>,
    /// `upgrade`, `co_locate`, `new_tower`, `pole_small_cell` or `leo`.
    pub action: String,
    /// Who does it.
    pub operator: String,
    /// Technology that it adds.
    pub technology: Technology,
    /// The mast that it uses; none for a new place.
    #[serde(default)]
    pub site_code: Option<String>,
    /// Where.
    pub position: LonLat,
    /// Commune that it stands in.
    #[serde(default)]
    pub commune_code: Option<String>,
    /// Zones that it stands in.
    #[serde(default)]
    pub zone_codes: Vec<String>,
    /// Capital cost, million VND.
    #[serde(default)]
    pub capital_million_vnd: f64,
    /// What it adds to the steps before it.
    #[serde(default)]
    pub gain: StepGain,
}

/// Who gains signal by a step.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct StepGain {
    /// People.
    pub people: f64,
    /// Villages.
    pub villages: Vec<NamedPlace>,
    /// Other places.
    pub places: Vec<NamedPlace>,
}

/// A place by code and name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamedPlace {
    /// Code.
    pub code: String,
    /// Name.
    #[serde(default)]
    pub name: String,
}

/// A programme under a plan.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Projection {
    /// After each phase, those before it included.
    pub phases: Vec<PhaseResult>,
    /// Every indicator before and after the whole plan.
    pub indicators: Vec<ProjectedIndicator>,
    /// What would still be missing.
    pub planner: PlannerGoal,
    /// What keeps the plan from its targets; empty when all linked targets are met.
    pub binding: Vec<Text>,
}

/// The targets after a phase.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PhaseResult {
    /// Its name, where the plan has phases.
    pub phase: Option<String>,
    /// Actions up to its end.
    pub actions: usize,
    /// Indicators that a plan can change.
    pub indicators: Vec<PhaseIndicator>,
}

/// An indicator after a phase.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PhaseIndicator {
    /// Indicator's id.
    pub id: String,
    /// Value.
    pub value: Option<f64>,
    /// Target.
    pub target: Option<f64>,
    /// Standing.
    pub status: Status,
}

/// An indicator before and after the plan.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ProjectedIndicator {
    /// Indicator's id.
    pub id: String,
    /// Name.
    pub name_vi: String,
    /// Name in English.
    pub name_en: String,
    /// Unit.
    pub unit: Unit,
    /// Value at the start of the programme.
    pub baseline: Option<f64>,
    /// Value now.
    pub value: Option<f64>,
    /// Target.
    pub target: Option<f64>,
    /// Standing now.
    pub status: Status,
    /// Value after the plan.
    pub projected: Option<f64>,
    /// Standing after the plan.
    pub projected_status: Status,
}

/// Measures a programme as it is and after each phase of a plan.
///
/// Stations are counted exactly. Villages, places and people are those that the plan says it wins; people are added to
/// the commune of the action and never exceed it. Satellite (`leo`) adds no station and no mobile broadband.
#[must_use]
pub fn project(programme: &Programme, facts: &Facts<'_>, steps: &[Step]) -> Projection {
    let now = evaluate(programme, facts);
    let mut future = owned(facts);
    let mut phases = Vec::new();
    let mut after = now.clone();
    let mut done = 0;
    // A plan lists its actions by phase, in order of time.
    for steps in steps.chunk_by(|one, next| one.phase == next.phase) {
        done += steps.len();
        for step in steps {
            carry_out(&mut future, step);
        }
        after = evaluate(programme, &future.on(facts.today));
        phases.push(PhaseResult {
            phase: steps.first().and_then(|step| step.phase.clone()),
            actions: done,
            indicators: changeable(&after),
        });
    }
    Projection {
        phases,
        indicators: side_by_side(&now, &after),
        binding: shortfalls(programme, &after),
        planner: after.planner,
    }
}

fn owned(facts: &Facts<'_>) -> FactsFile {
    FactsFile {
        network: facts.network.clone(),
        communes: facts.communes.to_vec(),
        zones: facts.zones.to_vec(),
        places: facts.places.to_vec(),
        coverage: facts.coverage.cloned(),
        reported: facts.reported.to_vec(),
        crosswalk: facts.crosswalk.to_vec(),
        ..FactsFile::default()
    }
}

/// Adds a step's station and what it wins to the facts.
fn carry_out(future: &mut FactsFile, step: &Step) {
    if step.action == "leo" {
        return;
    }
    let site_code = step.site_code.clone().unwrap_or_else(|| step.id.clone());
    if !future.network.sites.iter().any(|site| site.code == site_code) {
        let mut site = Site::new(site_code.clone(), step.operator.clone(), step.position);
        site.commune_code.clone_from(&step.commune_code);
        future.network.sites.push(site);
    }
    let there = future.network.stations.iter_mut().find(|station| {
        station.site_code == site_code && station.operator == step.operator && station.technology == step.technology
    });
    match there {
        Some(station) => station.status = StationStatus::OnAir,
        None => future.network.stations.push(Station {
            code: format!("{site_code}-{}-{}", step.operator, step.technology),
            site_code,
            operator: step.operator.clone(),
            technology: step.technology,
            on_air: None,
            status: StationStatus::OnAir,
        }),
    }
    let Some(coverage) = &mut future.coverage else { return };
    let won: BTreeSet<&str> = step
        .gain
        .villages
        .iter()
        .chain(&step.gain.places)
        .map(|place| place.code.as_str())
        .collect();
    let mut known = BTreeSet::new();
    for row in &mut coverage.places {
        let own = row.operator.as_ref().is_none_or(|operator| *operator == step.operator);
        if row.technology == step.technology && own && won.contains(row.place_code.as_str()) {
            row.served = true;
            if row.operator.is_none() {
                known.insert(row.place_code.clone());
            }
        }
    }
    let unknown = won.into_iter().filter(|code| !known.contains(*code));
    let added: Vec<PlaceCoverage> = unknown
        .map(|code| PlaceCoverage::new(code, step.technology, true))
        .collect();
    coverage.places.extend(added);
    for row in &mut coverage.areas {
        let own = row.operator.as_ref().is_none_or(|operator| *operator == step.operator);
        if row.technology == step.technology && own && step.commune_code.as_ref() == Some(&row.area_code) {
            row.covered_people = (row.covered_people + step.gain.people).min(row.people);
        }
    }
}

/// The indicators that the map computes: the others no plan of stations can move.
fn changeable(evaluation: &Evaluation) -> Vec<PhaseIndicator> {
    let computed = evaluation
        .indicators
        .iter()
        .filter(|result| result.class == crate::Class::A);
    computed
        .map(|result| PhaseIndicator {
            id: result.id.clone(),
            value: result.value,
            target: result.target,
            status: result.status,
        })
        .collect()
}

fn side_by_side(now: &Evaluation, after: &Evaluation) -> Vec<ProjectedIndicator> {
    let pairs = now.indicators.iter().zip(&after.indicators);
    pairs
        .map(|(now, after)| ProjectedIndicator {
            id: now.id.clone(),
            name_vi: now.name_vi.clone(),
            name_en: now.name_en.clone(),
            unit: now.unit,
            baseline: now.baseline,
            value: now.value,
            target: now.target,
            status: now.status,
            projected: after.value,
            projected_status: after.status,
        })
        .collect()
}

/// The linked targets that the plan does not reach, each with what it misses.
fn shortfalls(programme: &Programme, after: &Evaluation) -> Vec<Text> {
    let linked = [
        &programme.planner.actions_from,
        &programme.planner.minimum_in_zones_from,
    ];
    let results = linked.into_iter().flatten().filter_map(|id| after.indicator(id));
    results
        .filter_map(|result| {
            let gap = result.gap.filter(|gap| *gap > 0.0)?;
            Some(Text::new(
                format!("«{}» còn thiếu {gap:.0}", result.name_vi),
                format!("{:?} still misses {gap:.0}", result.name_en),
            ))
        })
        .collect()
}
