//! The bodies of requests as the interface description shows them, where the types that are read belong to crates that know nothing of HTTP.
//! A test holds each against the type that it stands for.

#![allow(dead_code)] // Only their descriptions are used.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// Settings of a coverage run; missing ones take the defaults.
#[derive(Deserialize, ToSchema)]
#[schema(as = CoverageParameters)]
#[serde(deny_unknown_fields)]
pub struct CoverageBody {
    #[serde(default)]
    #[schema(min_items = 1, inline)]
    technologies: Vec<TechnologyWord>,
    /// Zoom of the raster in the web-map pyramid; 12: about 36 m at 18° N.
    #[serde(default)]
    #[schema(minimum = 8, maximum = 14)]
    zoom: i32,
    #[serde(default)]
    #[schema(pattern = "^(p1812|free_space)$")]
    model: String,
    /// One radial sweep per antenna position, or a profile of its own for every pixel.
    #[serde(default)]
    #[schema(pattern = "^(sweep|exact)$")]
    method: String,
    #[serde(default)]
    #[schema(minimum = 1, maximum = 50)]
    time_percent: f64,
    #[serde(default)]
    #[schema(minimum = 1, maximum = 99)]
    location_percent: f64,
    #[serde(default)]
    #[schema(minimum = 1, maximum = 100)]
    receiver_height_m: f64,
    #[serde(default)]
    #[schema(minimum = 10, maximum = 200)]
    profile_step_m: f64,
    /// Whether land-cover heights are added to the terrain.
    #[serde(default)]
    clutter: bool,
    /// Usable signal per technology (`2g`, `3g`, `4g`, `5g`), dBm per resource element.
    #[serde(default)]
    thresholds: Map<String, Value>,
    #[serde(default)]
    #[schema(minimum = 0, maximum = 20)]
    sigma_planning_db: f64,
    #[serde(default)]
    #[schema(minimum = 0.5, maximum = 0.99)]
    edge_probability: f64,
    #[serde(default)]
    #[schema(minimum = 0, maximum = 1)]
    load: f64,
    #[serde(default)]
    #[schema(minimum = 0, maximum = 20)]
    noise_figure_db: f64,
    #[serde(default)]
    receiver_gain_db: f64,
    /// Building class for indoor coverage; outdoors when null.
    #[schema(pattern = "^(traditional|thermally_efficient)$")]
    indoor: Option<String>,
    #[serde(default)]
    #[schema(minimum = 0, maximum = 150)]
    delta_n: f64,
    #[serde(default)]
    #[schema(minimum = 200, maximum = 450)]
    n0: f64,
    #[serde(default)]
    #[schema(minimum = 500, maximum = 50_000)]
    maximum_radius_m: f64,
    #[serde(default)]
    smooth_footprints: bool,
    /// What differs from the network as imported: {name, without_technologies, without_operators, without_cells, with_plan, offsets}.
    scenario: Option<Map<String, Value>>,
}

/// A technology.
#[derive(Deserialize, ToSchema)]
pub enum TechnologyWord {
    /// GSM.
    #[serde(rename = "2g")]
    G2,
    /// UMTS.
    #[serde(rename = "3g")]
    G3,
    /// LTE.
    #[serde(rename = "4g")]
    G4,
    /// NR.
    #[serde(rename = "5g")]
    G5,
}

/// What is asked of a plan; missing members take the defaults, or what the programme says.
#[derive(Deserialize, ToSchema)]
#[schema(as = PlanParameters)]
#[serde(deny_unknown_fields)]
pub struct PlanBody {
    /// Key of a programme.
    programme: Option<String>,
    /// A programme's own text (TOML), instead of a key.
    programme_text: Option<String>,
    #[schema(inline)]
    technology: Option<TechnologyWord>,
    /// Exactly this many actions.
    actions: Option<u32>,
    /// Take fewer when there are too few candidates.
    #[serde(default)]
    at_most: bool,
    minimum_in_zones: Option<u32>,
    /// Most capital, million VND.
    #[schema(minimum = 0)]
    budget_million_vnd: Option<f64>,
    /// Actions per operator.
    #[serde(default)]
    quotas: BTreeMap<String, u32>,
    /// Periods with their own money, in order of time.
    #[serde(default)]
    phases: Vec<Map<String, Value>>,
    /// What is sought.
    #[serde(default)]
    goal: GoalBody,
    /// Places (by code) that must be served.
    #[serde(default)]
    must_serve: Vec<String>,
    /// Kinds of action that may be proposed.
    #[serde(default)]
    kinds: Vec<String>,
    /// Candidates (by id) that must be in the plan.
    #[serde(default)]
    pinned: Vec<String>,
    /// Candidates (by id) that must not be.
    #[serde(default)]
    forbidden: Vec<String>,
    /// Candidates set by hand.
    #[serde(default)]
    added: Vec<Map<String, Value>>,
    /// What demand is worth.
    weights: Option<Map<String, Value>>,
    /// Where candidates are looked for.
    rules: Option<Map<String, Value>>,
    /// What actions cost.
    costs: Option<Map<String, Value>>,
    /// Whether the cost–coverage curve is computed.
    #[serde(default)]
    curve: bool,
    /// The coverage run to start from; the newest when absent.
    coverage_run: Option<String>,
    #[serde(default)]
    #[schema(minimum = 8, maximum = 14)]
    footprint_zoom: i32,
    #[serde(default)]
    seed: u64,
    /// Effort of the optimiser, in units of 10⁹ elementary steps.
    #[serde(default)]
    #[schema(minimum = 0)]
    work: f64,
}

/// `most_served`, or the least cost that reaches targets.
#[derive(Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = PlanGoal)]
pub enum GoalBody {
    /// The most served with what there is.
    #[default]
    MostServed,
    /// The least cost that reaches targets.
    LeastCost {
        /// {of: villages, people, …, share: 0 to 1}.
        targets: Vec<Map<String, Value>>,
    },
}

/// What is asked of a search for masts to share.
#[derive(Deserialize, ToSchema)]
#[schema(as = SharingParameters)]
#[serde(deny_unknown_fields)]
pub struct SharingBody {
    /// Distances and shares; those that are not named take the defaults.
    #[serde(default)]
    rules: Map<String, Value>,
    /// {dense, sparse}, metres, instead of the rules'.
    distances_m: Option<Map<String, Value>>,
    /// A plan whose new masts are judged as well.
    plan_run: Option<String>,
    coverage_run: Option<String>,
}

/// Changes of a plan by hand.
#[derive(Deserialize, ToSchema)]
#[schema(as = Adjustment)]
#[serde(deny_unknown_fields)]
pub struct AdjustmentBody {
    /// Candidates (by id) that must be in.
    #[serde(default)]
    pin: Vec<String>,
    /// Candidates (by id) that must not be.
    #[serde(default)]
    forbid: Vec<String>,
    /// New places: {position: [longitude, latitude], action, operator, antenna_height_m}.
    #[serde(default)]
    add: Vec<Map<String, Value>>,
    /// Candidates that go elsewhere: {id, position}.
    #[serde(default, rename = "move")]
    moved: Vec<Map<String, Value>>,
    actions: Option<u32>,
    #[schema(minimum = 0)]
    budget_million_vnd: Option<f64>,
    /// Everything else stays as it is.
    #[serde(default)]
    keep_rest: bool,
}

/// How uploaded files are to be read.
#[derive(Deserialize, ToSchema)]
#[schema(as = ImportOptions)]
#[schema(example = json!({"epsg": 9210, "operator": "Viettel", "columns": {"Mã trạm": "site_code"}}))]
pub struct OptionsBody {
    epsg: Option<u32>,
    operator: Option<String>,
    province: Option<String>,
    /// Of terrain: it measures roofs and tree tops.
    #[serde(default)]
    surface: bool,
    /// Header of the file → field, or null for none.
    #[serde(default)]
    columns: BTreeMap<String, Option<String>>,
    /// What was decided of single rows.
    #[serde(default)]
    decisions: Vec<DecisionBody>,
}

/// What is to be done with one row of a list.
#[derive(Deserialize, ToSchema)]
#[schema(as = RowDecision)]
pub struct DecisionBody {
    /// The file's name.
    file: String,
    /// Sheet or layer, where the format has them.
    sheet: Option<String>,
    /// Row number as in the report.
    row: u32,
    /// take (a doubtful position), leave (out) or merge (with the site at the same place).
    #[schema(pattern = "^(take|leave|merge)$")]
    action: String,
}

/// One event of a job's stream.
#[derive(Deserialize, ToSchema)]
pub struct JobEvent {
    #[schema(pattern = "^job$")]
    event: String,
    /// The job as JSON.
    #[schema(content_media_type = "application/json")]
    data: String,
}

/// An upload: the files, and perhaps corrected headers.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UploadBody {
    #[schema(format = Binary, content_media_type = "application/octet-stream", value_type = String)]
    file: Vec<u8>,
    /// JSON: header of the file → field, or null for none.
    #[serde(default)]
    columns: String,
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use coverage_model::{CoverageParameters, Scenario};
    use serde_json::json;
    use utoipa::PartialSchema;

    use super::*;
    use crate::work::import::ImportOptions;
    use crate::work::plan::PlanParameters;
    use crate::work::plan::sharing::SharingParameters;

    fn described<B: PartialSchema>() -> BTreeSet<String> {
        let schema = serde_json::to_value(B::schema()).unwrap();
        schema["properties"].as_object().unwrap().keys().cloned().collect()
    }

    fn written(value: impl serde::Serialize) -> BTreeSet<String> {
        let value = serde_json::to_value(value).unwrap();
        value.as_object().unwrap().keys().cloned().collect()
    }

    #[test]
    fn every_setting_is_described_and_no_other() {
        let coverage = CoverageParameters {
            scenario: Some(Scenario::default()),
            ..CoverageParameters::default()
        };
        assert_eq!(described::<CoverageBody>(), written(coverage));
        assert_eq!(described::<PlanBody>(), written(PlanParameters::default()));
        assert_eq!(described::<SharingBody>(), written(SharingParameters::default()));
        assert_eq!(
            described::<AdjustmentBody>(),
            written(planner::hand::Adjustment::default())
        );
        assert_eq!(described::<OptionsBody>(), written(ImportOptions::default()));
    }

    #[test]
    fn the_described_ranges_are_those_that_are_checked() {
        let schema = serde_json::to_value(CoverageBody::schema()).unwrap();
        let judged = |name: &str, value: f64| {
            let value = if name == "zoom" {
                json!(value as i64)
            } else {
                json!(value)
            };
            let parameters: CoverageParameters = serde_json::from_value(json!({ name: value })).unwrap();
            parameters.check().is_ok()
        };
        let mut ranges = 0;
        for (name, property) in schema["properties"].as_object().unwrap() {
            let (Some(low), Some(high)) = (property["minimum"].as_f64(), property["maximum"].as_f64()) else {
                continue;
            };
            ranges += 1;
            assert!(judged(name, low) && judged(name, high), "{name}");
            assert!(!judged(name, high + 1.0), "{name}");
            if low > 0.0 {
                assert!(!judged(name, low - 0.5), "{name}");
            }
        }
        assert_eq!(ranges, 12);
    }
}
