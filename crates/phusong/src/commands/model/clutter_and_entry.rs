//! Cases of ITU-R P.2108 and P.2109.

use propagation::p2108::{self, ClutterClass, DEFAULT_STREET_WIDTH_M, Terminal};
use propagation::p2109::{BuildingClass, entry_loss};
use serde::Deserialize;

use super::Answer;

/// Terrestrial clutter: `{frequency_ghz, distance_km, location_percent}`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TerrestrialCase {
    frequency_ghz: f64,
    distance_km: f64,
    #[serde(default = "fifty")]
    location_percent: f64,
}

/// Height gain: `{frequency_ghz, height_m, class, clutter_height_m, street_width_m}`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct HeightGainCase {
    frequency_ghz: f64,
    height_m: f64,
    class: ClutterClass,
    clutter_height_m: Option<f64>,
    street_width_m: Option<f64>,
}

/// Slant path: `{frequency_ghz, elevation_deg, location_percent}`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SlantCase {
    frequency_ghz: f64,
    elevation_deg: f64,
    #[serde(default = "fifty")]
    location_percent: f64,
}

/// Building entry: `{frequency_ghz, probability_percent, building, elevation_deg}`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct EntryCase {
    frequency_ghz: f64,
    #[serde(default = "fifty")]
    probability_percent: f64,
    #[serde(default)]
    building: BuildingClass,
    #[serde(default)]
    elevation_deg: f64,
}

fn fifty() -> f64 {
    50.0
}

pub(super) fn terrestrial(case: TerrestrialCase) -> anyhow::Result<Answer> {
    let loss = p2108::terrestrial(case.frequency_ghz, case.distance_km, case.location_percent)?;
    super::answer(loss.loss_db, &loss)
}

pub(super) fn height_gain(case: HeightGainCase) -> anyhow::Result<Answer> {
    let terminal = Terminal {
        frequency_ghz: case.frequency_ghz,
        height_m: case.height_m,
        street_width_m: case.street_width_m.unwrap_or(DEFAULT_STREET_WIDTH_M),
        clutter_height_m: case.clutter_height_m.unwrap_or_else(|| case.class.default_height_m()),
        class: case.class,
    };
    let loss_db = p2108::height_gain_db(&terminal)?;
    super::answer(loss_db, &serde_json::json!({ "Ah": loss_db, "terminal": terminal }))
}

pub(super) fn slant(case: SlantCase) -> anyhow::Result<Answer> {
    let loss_db = p2108::slant_path_db(case.frequency_ghz, case.elevation_deg, case.location_percent)?;
    super::answer(loss_db, &serde_json::json!({ "Lces": loss_db }))
}

pub(super) fn entry(case: EntryCase) -> anyhow::Result<Answer> {
    let loss = entry_loss(
        case.frequency_ghz,
        case.probability_percent,
        case.building,
        case.elevation_deg,
    )?;
    super::answer(loss.loss_db, &loss)
}
