//! Cases of models without terrain (TR 38.901, Hata and COST-231, free space), and of the extended Hata model.

use propagation::extended_hata::{self, RidgeRule};
use propagation::free_space;
use propagation::hata::{self, HataLoss, HataPath};
use propagation::tr38901::{self, PenetrationModel, Scenario, TrPath};
use serde::{Deserialize, Serialize};

use super::Answer;

/// Which of the report's losses is the answer.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Condition {
    /// With line of sight.
    Los,
    /// Without.
    #[default]
    Nlos,
    /// Mean weighted by the probability of line of sight.
    Mean,
}

/// TR 38.901: `{frequency_ghz, distance_m, base_height_m, terminal_height_m, building_height_m, street_width_m,
/// condition: "los"|"nlos"|"mean", indoor: {model, distance_m}}`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TrCase {
    frequency_ghz: f64,
    distance_m: f64,
    base_height_m: Option<f64>,
    terminal_height_m: Option<f64>,
    building_height_m: Option<f64>,
    street_width_m: Option<f64>,
    #[serde(default)]
    condition: Condition,
    indoor: Option<Indoor>,
}

/// A terminal inside a building.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Indoor {
    model: PenetrationModel,
    distance_m: f64,
}

/// Losses and, for an indoor terminal, the penetration.
#[derive(Debug, Serialize)]
struct TrIntermediate {
    #[serde(flatten)]
    loss: tr38901::PathLoss,
    #[serde(skip_serializing_if = "Option::is_none")]
    penetration: Option<tr38901::IndoorPenetration>,
}

/// Free space: `{frequency_mhz, distance_km}`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FreeSpaceCase {
    frequency_mhz: f64,
    distance_km: f64,
}

/// Extended Hata: `{frequency_mhz, base_height_m, mobile_height_m, environment, reliability, step_m, heights_m}`, heights
/// from the mobile to the base station.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ExtendedHataCase {
    frequency_mhz: f64,
    base_height_m: f64,
    mobile_height_m: f64,
    environment: extended_hata::Environment,
    #[serde(default = "half")]
    reliability: f64,
    ridge_rule: Option<RidgeRule>,
    step_m: f64,
    heights_m: Vec<f64>,
}

fn half() -> f64 {
    0.5
}

pub(super) fn tr38901(scenario: Scenario, case: TrCase) -> anyhow::Result<Answer> {
    let usual_base_m = match scenario {
        Scenario::RuralMacro => 35.0,
        Scenario::UrbanMacro => 25.0,
        Scenario::UrbanMicro => 10.0,
        Scenario::IndoorMixedOffice | Scenario::IndoorOpenOffice => 3.0,
    };
    let usual = TrPath::default();
    let path = TrPath {
        frequency_ghz: case.frequency_ghz,
        distance_m: case.distance_m,
        base_height_m: case.base_height_m.unwrap_or(usual_base_m),
        terminal_height_m: case.terminal_height_m.unwrap_or(usual.terminal_height_m),
        building_height_m: case.building_height_m.unwrap_or(usual.building_height_m),
        street_width_m: case.street_width_m.unwrap_or(usual.street_width_m),
    };
    let loss = tr38901::evaluate(scenario, &path)?;
    let penetration = match case.indoor {
        Some(indoor) => Some(tr38901::penetration(
            indoor.model,
            case.frequency_ghz,
            indoor.distance_m,
        )?),
        None => None,
    };
    let outdoor_db = match case.condition {
        Condition::Los => loss.line_of_sight_db,
        Condition::Nlos => loss.obstructed_db,
        Condition::Mean => loss.mean_db,
    };
    let loss_db = outdoor_db + penetration.map_or(0.0, |penetration| penetration.loss_db);
    super::answer(loss_db, &TrIntermediate { loss, penetration })
}

pub(super) fn okumura_hata(case: &HataPath) -> anyhow::Result<Answer> {
    hata_answer(&hata::okumura_hata(case)?)
}

pub(super) fn cost231_hata(case: &HataPath) -> anyhow::Result<Answer> {
    hata_answer(&hata::cost231_hata(case)?)
}

fn hata_answer(loss: &HataLoss) -> anyhow::Result<Answer> {
    super::answer(loss.loss_db, loss)
}

pub(super) fn extended_hata(case: ExtendedHataCase) -> anyhow::Result<Answer> {
    let usual = extended_hata::Parameters::default();
    let parameters = extended_hata::Parameters {
        frequency_mhz: case.frequency_mhz,
        base_height_m: case.base_height_m,
        mobile_height_m: case.mobile_height_m,
        environment: case.environment,
        reliability: case.reliability,
        ridge_rule: case.ridge_rule.unwrap_or(usual.ridge_rule),
    };
    let evaluation = extended_hata::evaluate(case.step_m, &case.heights_m, &parameters)?;
    super::answer(evaluation.loss_db, &evaluation)
}

pub(super) fn free_space(case: FreeSpaceCase) -> anyhow::Result<Answer> {
    let loss_db = free_space::loss_db(case.frequency_mhz, case.distance_km)?;
    let wavelength_m = free_space::SPEED_OF_LIGHT_M_PER_S / (case.frequency_mhz * 1e6);
    super::answer(loss_db, &serde_json::json!({ "Lbfs": loss_db, "lambda": wavelength_m }))
}
