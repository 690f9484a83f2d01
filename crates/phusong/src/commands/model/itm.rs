//! Cases of the Irregular Terrain Model, with the codes of NTIA's own files.

use std::collections::BTreeMap;

use propagation::Polarisation;
use propagation::itm::{self, AreaPath, Climate, Evaluation, Parameters, Siting, Variability};
use serde::Deserialize;

use super::Answer;
use crate::output::WrongUse;

/// The radio of both forms.
#[derive(Debug, Deserialize)]
struct Radio {
    frequency_mhz: f64,
    tx_height_m: f64,
    rx_height_m: f64,
    polarisation: Polarisation,
    /// 1 equatorial … 7 maritime temperate over sea.
    climate: u8,
    #[serde(default = "default_n0")]
    n0: f64,
    #[serde(default = "default_permittivity")]
    permittivity: f64,
    #[serde(default = "default_conductivity")]
    conductivity_s_per_m: f64,
    /// Mode of variability 0 … 3, + 10 without location, + 20 without situation.
    #[serde(default = "default_mdvar")]
    mdvar: u8,
    #[serde(default = "fifty")]
    time_percent: f64,
    #[serde(default = "fifty")]
    location_percent: f64,
    #[serde(default = "fifty")]
    situation_percent: f64,
}

/// Point-to-point: `{frequency_mhz, tx_height_m, rx_height_m, polarisation, climate, …, step_m, heights_m: […]}`.
#[derive(Debug, Deserialize)]
pub(super) struct PathCase {
    #[serde(flatten)]
    radio: Radio,
    step_m: f64,
    heights_m: Vec<f64>,
    #[serde(flatten)]
    unknown: Unknown,
}

/// Area: the same radio with `{distance_km, delta_h_m, tx_siting, rx_siting}` (0 random … 2 very careful).
#[derive(Debug, Deserialize)]
pub(super) struct AreaCase {
    #[serde(flatten)]
    radio: Radio,
    distance_km: f64,
    delta_h_m: f64,
    #[serde(default)]
    tx_siting: u8,
    #[serde(default)]
    rx_siting: u8,
    #[serde(flatten)]
    unknown: Unknown,
}

/// What no field took: a misspelt name must not be overheard.
type Unknown = BTreeMap<String, serde_json::Value>;

fn refuse_unknown(unknown: &Unknown) -> Result<(), WrongUse> {
    match unknown.keys().next() {
        None => Ok(()),
        Some(name) => Err(WrongUse(format!("the case cannot be read: unknown field `{name}`"))),
    }
}

fn default_n0() -> f64 {
    301.0
}

fn default_permittivity() -> f64 {
    15.0
}

fn default_conductivity() -> f64 {
    0.005
}

fn default_mdvar() -> u8 {
    1
}

fn fifty() -> f64 {
    50.0
}

impl Radio {
    fn parameters(&self) -> Result<Parameters, WrongUse> {
        let climate = self.climate;
        let mdvar = self.mdvar;
        Ok(Parameters {
            frequency_mhz: self.frequency_mhz,
            tx_height_m: self.tx_height_m,
            rx_height_m: self.rx_height_m,
            polarisation: self.polarisation,
            climate: Climate::from_code(climate)
                .ok_or_else(|| WrongUse(format!("climate {climate} is unknown; 1 to 7 are known")))?,
            n0: self.n0,
            permittivity: self.permittivity,
            conductivity_s_per_m: self.conductivity_s_per_m,
            variability: Variability::from_code(mdvar)
                .ok_or_else(|| WrongUse(format!("mdvar {mdvar} is unknown; 0 to 3, + 10, + 20 are known")))?,
            time_percent: self.time_percent,
            location_percent: self.location_percent,
            situation_percent: self.situation_percent,
        })
    }
}

pub(super) fn point_to_point(case: PathCase) -> anyhow::Result<Answer> {
    let PathCase {
        radio,
        step_m,
        heights_m,
        unknown,
    } = case;
    refuse_unknown(&unknown)?;
    answer(&itm::point_to_point(step_m, &heights_m, &radio.parameters()?)?)
}

pub(super) fn area(case: AreaCase) -> anyhow::Result<Answer> {
    refuse_unknown(&case.unknown)?;
    let siting = |code| {
        Siting::from_code(code).ok_or_else(|| WrongUse(format!("siting {code} is unknown; 0, 1 and 2 are known")))
    };
    let path = AreaPath {
        distance_km: case.distance_km,
        delta_h_m: case.delta_h_m,
        tx_siting: siting(case.tx_siting)?,
        rx_siting: siting(case.rx_siting)?,
    };
    answer(&itm::area(&path, &case.radio.parameters()?)?)
}

fn answer(evaluation: &Evaluation) -> anyhow::Result<Answer> {
    super::answer(evaluation.loss_db, evaluation)
}
