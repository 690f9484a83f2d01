//! Reading results back: a run's tables, layers and staleness.

use std::sync::Arc;

use coverage_model::{CoverageParameters, Layer, LayerFile, Together, UnionStatistics};
use geodata::{AreaKind, Technology};
use serde_json::{Map, Value, json};
use store::{Artefact, Artefacts, Run, RunKind, Store, Viewer};

use crate::Problem;
use crate::work::coarse_outline;
use crate::work::coverage::{self, AreaRow, PlaceRow};
use crate::work::inputs::ProjectInputs;

/// Which areas a table is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AreaFilter {
    /// Communes.
    Communes,
    /// Economic zones, industrial parks and clusters.
    Zones,
    /// Everything.
    All,
}

impl AreaFilter {
    /// The filter of a word in an address: `commune`, `zone`, or nothing.
    pub fn from_word(word: Option<&str>) -> Result<Self, Problem> {
        match word {
            None | Some("" | "all") => Ok(Self::All),
            Some("commune" | "communes") => Ok(Self::Communes),
            Some("zone" | "zones") => Ok(Self::Zones),
            Some(other) => Err(Problem::bad_parameter(
                "kind",
                format!("không có loại địa bàn «{other}»; dùng commune hoặc zone"),
                format!("there is no kind of area {other:?}; use commune or zone"),
            )),
        }
    }

    fn takes(self, kind: &str) -> bool {
        AreaKind::from_key(kind).map_or(self == Self::All, |kind| self.together().takes(kind))
    }

    const fn together(self) -> Together {
        match self {
            Self::Communes => Together::Communes,
            Self::Zones => Together::Zones,
            Self::All => Together::All,
        }
    }
}

/// Reads a technology's name.
pub fn technology(word: &str) -> Result<Technology, Problem> {
    Technology::from_key(word).ok_or_else(|| {
        Problem::bad_parameter(
            "technology",
            format!("không có công nghệ «{word}»; dùng 2g, 3g, 4g hoặc 5g"),
            format!("there is no technology {word:?}; use 2g, 3g, 4g or 5g"),
        )
    })
}

/// Whether an operator's name in an address (`any` or nothing: any operator) is that of a row.
pub fn operator_matches(word: Option<&str>, operator: Option<&str>) -> bool {
    match (
        word.filter(|word| !word.is_empty() && !word.eq_ignore_ascii_case("any")),
        operator,
    ) {
        (None, None) => true,
        (Some(word), Some(operator)) => word.to_lowercase() == operator.to_lowercase(),
        _ => false,
    }
}

fn json_file<T: serde::de::DeserializeOwned>(artefacts: &Artefacts, run: &Run, role: &str) -> Result<T, Problem> {
    let file = run
        .files
        .get(role)
        .ok_or_else(|| Problem::not_found("kết quả", "result", role))?;
    Ok(serde_json::from_slice(&artefacts.read(file)?)?)
}

/// A file of a run that holds rows or one document, by its role.
pub(crate) fn rows<T: serde::de::DeserializeOwned>(artefacts: &Artefacts, run: &Run, role: &str) -> Result<T, Problem> {
    json_file(artefacts, run, role)
}

/// The table of areas: rows with percentages, and totals in which nested areas count once.
pub fn areas_table(
    artefacts: &Artefacts,
    run: &Run,
    wanted_technology: Technology,
    operator: Option<&str>,
    filter: AreaFilter,
) -> Result<Value, Problem> {
    let rows: Vec<AreaRow> = json_file(artefacts, run, "areas")?;
    let rows: Vec<AreaRow> = rows
        .into_iter()
        .filter(|row| row.statistics.technology == wanted_technology && filter.takes(&row.kind))
        .filter(|row| operator_matches(operator, row.statistics.operator.as_deref()))
        .filter(|row| run.viewer.sees_operator(row.statistics.operator.as_deref()))
        .collect();
    let totals = area_totals(
        unions(artefacts, run)?,
        (wanted_technology, operator),
        filter,
        rows.len(),
    );
    let rows: Vec<Value> = rows.iter().map(area_row_with_percent).collect::<Result<_, _>>()?;
    Ok(json!({ "rows": rows, "totals": totals, "parameters": run.parameters }))
}

fn area_row_with_percent(row: &AreaRow) -> Result<Value, Problem> {
    let mut value = serde_json::to_value(row)?;
    let s = &row.statistics;
    if let Value::Object(fields) = &mut value {
        add_percent(
            fields,
            [
                s.km2,
                s.covered_km2,
                s.people,
                s.covered_people,
                f64::from(s.places),
                f64::from(s.served_places),
            ],
        );
    }
    Ok(value)
}

fn add_percent(fields: &mut Map<String, Value>, numbers: [f64; 6]) {
    let [km2, covered_km2, people, covered_people, places, served] = numbers;
    for (key, part, whole) in [
        ("area_percent", covered_km2, km2),
        ("people_percent", covered_people, people),
        ("places_percent", served, places),
    ] {
        let percent = (whole > 0.0).then(|| 100.0 * part / whole);
        fields.insert(key.to_owned(), json!(percent));
    }
}

/// Numbers of the areas together: ground and places in several of them count once. `null` for a run that kept none.
fn area_totals(
    unions: Vec<UnionStatistics>,
    (technology, operator): (Technology, Option<&str>),
    filter: AreaFilter,
    areas: usize,
) -> Value {
    let wanted = |union: &UnionStatistics| {
        union.together == filter.together()
            && union.technology == technology
            && operator_matches(operator, union.operator.as_deref())
    };
    let Some(union) = unions.into_iter().find(wanted) else {
        return Value::Null;
    };
    let numbers = [
        ("km2", union.whole.km2),
        ("covered_km2", union.covered.km2),
        ("people", union.whole.people),
        ("covered_people", union.covered.people),
        ("places", f64::from(union.places)),
        ("served_places", f64::from(union.served_places)),
    ];
    let mut fields = Map::from_iter([
        ("areas".to_owned(), json!(areas)),
        ("technology".to_owned(), json!(technology)),
    ]);
    for (key, value) in numbers {
        fields.insert(key.to_owned(), json!(value));
    }
    add_percent(&mut fields, numbers.map(|(_, value)| value));
    Value::Object(fields)
}

/// The table of places.
pub fn places_table(
    artefacts: &Artefacts,
    run: &Run,
    wanted_technology: Technology,
    operator: Option<&str>,
) -> Result<Value, Problem> {
    let rows: Vec<PlaceRow> = json_file(artefacts, run, "places")?;
    let rows: Vec<Value> = rows
        .into_iter()
        .filter(|row| row.service.technology == wanted_technology)
        .filter(|row| operator_matches(operator, row.service.operator.as_deref()))
        .filter(|row| run.viewer.sees_operator(row.service.operator.as_deref()))
        .map(|row| shown_place(row, &run.viewer))
        .collect::<Result<Vec<Value>, Problem>>()?;
    Ok(json!({ "rows": rows, "parameters": run.parameters }))
}

/// A place's row without what tells which cell of somebody else serves it, and how near that stands.
fn shown_place(row: PlaceRow, viewer: &Viewer) -> Result<Value, Problem> {
    const REVEALING: [&str; 4] = ["best_cell", "best_operator", "signal_dbm", "margin_db"];
    let whole = viewer.sees_cells_of(row.service.operator.as_deref());
    let mut value = serde_json::to_value(row)?;
    if let (false, Value::Object(fields)) = (whole, &mut value) {
        for (key, value) in fields.iter_mut() {
            if REVEALING.contains(&key.as_str()) {
                *value = Value::Null;
            }
        }
    }
    Ok(value)
}

/// The file of a layer, when the viewer for whom the run was found may read it.
pub(crate) fn layer_file<'a>(run: &'a Run, key: &str) -> Result<&'a Artefact, Problem> {
    run.files
        .get(&format!("layer/{}", key.to_lowercase()))
        .ok_or_else(|| Problem::not_found("lớp bản đồ", "layer", key))
}

/// Reads a layer of a run.
pub fn layer(artefacts: &Artefacts, run: &Run, key: &str) -> Result<Arc<Layer>, Problem> {
    Ok(Arc::new(Layer::from_bytes(&artefacts.read(layer_file(run, key)?)?)?))
}

/// Opens a layer of a run, of which parts are wanted.
pub fn stored_layer(artefacts: &Artefacts, run: &Run, key: &str) -> Result<Arc<LayerFile>, Problem> {
    Ok(Arc::new(LayerFile::open(&artefacts.path(layer_file(run, key)?)?)?))
}

/// The keys of a run's layers.
pub fn layer_keys(run: &Run) -> impl Iterator<Item = &str> {
    run.files.keys().filter_map(|role| role.strip_prefix("layer/"))
}

/// The footprint of a technology and operator (`4g-any`), as a GeoJSON Feature.
pub fn footprint(artefacts: &Artefacts, run: &Run, key: &str) -> Result<Value, Problem> {
    let feature: Value = json_file(artefacts, run, &format!("footprint/{}", key.to_lowercase()))?;
    let operator = feature["properties"]["operator"].as_str();
    if run.viewer.sees_cells_of(operator) {
        return Ok(feature);
    }
    coarse_outline::coarse(feature)
}

/// Whether a run's footprints follow the interpolated level.
pub fn has_smooth_footprints(run: &Run) -> bool {
    run.parameters["smooth_footprints"].as_bool().unwrap_or_default()
}

/// The footprint of a technology and operator drawn anew from its signal layer. Who may not see the cells gets the same coarse outline either way.
pub fn footprint_drawn(artefacts: &Artefacts, run: &Run, key: &str, smooth: bool) -> Result<Value, Problem> {
    let kept = footprint(artefacts, run, key)?;
    if !run.viewer.sees_cells_of(kept["properties"]["operator"].as_str()) {
        return Ok(kept);
    }
    let parameters: CoverageParameters = serde_json::from_value(run.parameters.clone())?;
    let signal = layer(artefacts, run, &format!("{key}-signal"))?;
    coverage::footprint_feature(&coverage_model::footprint(&signal, &parameters, smooth))
}

/// All footprints, as GeoJSON Features.
pub fn footprints(artefacts: &Artefacts, run: &Run) -> Result<Vec<Value>, Problem> {
    let keys = run.files.keys().filter_map(|role| role.strip_prefix("footprint/"));
    keys.map(|key| footprint(artefacts, run, key)).collect()
}

/// The actions of a plan run, as GeoJSON Features: an operator gets its own, without what they tell about other operators' masts.
pub fn candidates(artefacts: &Artefacts, run: &Run) -> Result<Vec<Value>, Problem> {
    let all: Vec<Value> = json_file(artefacts, run, "candidates")?;
    let Viewer::Operator(own) = &run.viewer else {
        return Ok(all);
    };
    Ok(all.into_iter().filter_map(|action| shown_action(action, own)).collect())
}

/// An operator's own action on its own ground; sharing another owner's mast is for the department to tell.
fn shown_action(mut action: Value, own: &str) -> Option<Value> {
    const SHOWN: [&str; 13] = [
        "rank",
        "id",
        "action",
        "operator",
        "technology",
        "site_code",
        "antenna_height_m",
        "commune_code",
        "zone_codes",
        "place_code",
        "capital_million_vnd",
        "yearly_million_vnd",
        "gain",
    ];
    let properties = action["properties"].as_object_mut()?;
    let host = properties.get("host_owner").and_then(Value::as_str);
    if properties.get("operator").and_then(Value::as_str) != Some(own) || host.is_some_and(|host| host != own) {
        return None;
    }
    properties.retain(|key, _| SHOWN.contains(&key.as_str()));
    Some(action)
}

/// A plan's small cells on light poles inside zones, without what tells whose they are or where masts stand.
pub fn pole_candidates(artefacts: &Artefacts, plan: &Run) -> Result<Vec<Value>, Problem> {
    const SHOWN: [&str; 6] = [
        "action",
        "technology",
        "antenna_height_m",
        "commune_code",
        "zone_codes",
        "gain",
    ];
    let all: Vec<Value> = json_file(artefacts, plan, "candidates")?;
    let in_zones = all.into_iter().filter(|action| {
        let properties = &action["properties"];
        properties["action"] == "pole_small_cell"
            && properties["zone_codes"]
                .as_array()
                .is_some_and(|codes| !codes.is_empty())
    });
    let shown = (1..).zip(in_zones).filter_map(|(rank, mut action)| {
        let properties = action["properties"].as_object_mut()?;
        properties.retain(|key, _| SHOWN.contains(&key.as_str()));
        properties.insert("rank".to_owned(), rank.into());
        action.as_object_mut()?.remove("id");
        Some(action)
    });
    Ok(shown.collect())
}

/// The whole plan of a plan run.
pub fn plan(artefacts: &Artefacts, run: &Run) -> Result<Value, Problem> {
    json_file(artefacts, run, "plan")
}

/// What the reader of a coverage run has to know.
pub fn warnings(artefacts: &Artefacts, run: &Run) -> Result<Value, Problem> {
    json_file(artefacts, run, "warnings")
}

/// Areas together and what lies outside them, per technology and operator.
pub fn unions(artefacts: &Artefacts, run: &Run) -> Result<Vec<UnionStatistics>, Problem> {
    let mut unions: Vec<UnionStatistics> = json_file(artefacts, run, "unions")?;
    unions.retain(|union| run.viewer.sees_operator(union.operator.as_deref()));
    Ok(unions)
}

/// Whether the project's data changed after a run was computed.
pub fn is_stale(run: &Run, inputs: &ProjectInputs) -> bool {
    run.inputs.pointer("/versions/datasets") != Some(&inputs.hashes())
}

/// The run that is meant, as the department sees it: the named one, else the newest of its kind.
pub async fn find(store: &Store, project: &str, kind: RunKind, named: Option<&str>) -> Result<Run, Problem> {
    find_for(store, &Viewer::Department, project, kind, named).await
}

/// The run that is meant, as a viewer sees it.
pub async fn find_for(
    store: &Store,
    viewer: &Viewer,
    project: &str,
    kind: RunKind,
    named: Option<&str>,
) -> Result<Run, Problem> {
    let found = match named {
        Some(id) => Some(store.run_for(viewer, project, id).await?),
        None => store.latest_run_for(viewer, project, kind).await?,
    };
    let run = found.ok_or_else(|| match kind {
        RunKind::Coverage => Problem::new(
            409,
            "no_coverage_run",
            "dự án chưa tính vùng phủ sóng",
            "the project has no coverage run yet",
        )
        .advise("Tính vùng phủ sóng trước.", "Run coverage first."),
        RunKind::Plan => Problem::new(
            409,
            "no_plan_run",
            "dự án chưa có phương án",
            "the project has no plan yet",
        )
        .advise("Lập phương án trước.", "Make a plan first."),
        RunKind::Sharing => Problem::new(
            409,
            "no_sharing_run",
            "dự án chưa tìm vị trí dùng chung",
            "the project has no sharing run yet",
        )
        .advise("Tìm vị trí dùng chung trước.", "Look for shared towers first."),
    })?;
    if run.kind != kind {
        let (vi, en) = match kind {
            RunKind::Coverage => ("lần tính vùng phủ sóng", "coverage run"),
            RunKind::Plan => ("phương án", "plan run"),
            RunKind::Sharing => ("lần tìm vị trí dùng chung", "sharing run"),
        };
        return Err(Problem::not_found(vi, en, &run.id));
    }
    Ok(run)
}
