//! A case of ITU-R P.1812.

use propagation::p1812::{
    self, Atmosphere, BuildingEntry, Evaluation, LocationSpread, Parameters, Path, Polarisation, Zone,
    centre_latitude_deg,
};
use serde::Deserialize;
use serde_json::Value;

use super::Answer;
use crate::output::WrongUse;

/// A case: `{frequency_ghz, time_percent, location_percent, location_sigma_db, tx_height_m, rx_height_m,
/// polarisation, tx: {lat, lon}, rx: {lat, lon}, delta_n, n0, tx_coast_km, rx_coast_km,
/// profile: [[d_km, h_m, clutter_m, zone], …]}`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Case {
    frequency_ghz: f64,
    #[serde(default = "fifty")]
    time_percent: f64,
    #[serde(default = "fifty")]
    location_percent: f64,
    /// Standard deviation with location, dB; without it and `location_square_m` none.
    location_sigma_db: Option<f64>,
    /// Side of the square over which the recommendation's own spread is meant, m.
    location_square_m: Option<f64>,
    tx_height_m: f64,
    rx_height_m: f64,
    polarisation: Polarisation,
    tx: Place,
    rx: Place,
    #[serde(default = "default_delta_n")]
    delta_n: f64,
    #[serde(default = "default_n0")]
    n0: f64,
    tx_coast_km: Option<f64>,
    rx_coast_km: Option<f64>,
    /// Building entry loss of an indoor receiver.
    building_entry: Option<BuildingEntry>,
    /// Distance km, height m, clutter m, zone (1 sea, 3 coastal land, 4 inland); the last two may be left out.
    profile: Vec<Vec<f64>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Place {
    lat: f64,
    lon: f64,
}

fn fifty() -> f64 {
    50.0
}

fn default_delta_n() -> f64 {
    Atmosphere::default().delta_n
}

fn default_n0() -> f64 {
    Atmosphere::default().n0
}

pub(super) fn answer(case: Case) -> anyhow::Result<Answer> {
    let path = path(&case.profile)?;
    let location_spread = match (case.location_sigma_db, case.location_square_m) {
        (Some(_), Some(_)) => {
            return Err(WrongUse("give location_sigma_db or location_square_m, not both".into()).into());
        }
        (None, Some(side)) => LocationSpread::SquareM(side),
        (sigma, None) => LocationSpread::SigmaDb(sigma.unwrap_or(0.0)),
    };
    for place in [&case.tx, &case.rx] {
        geodesy::LonLat::checked(place.lon, place.lat)?;
    }
    let (tx, rx) = ((case.tx.lat, case.tx.lon), (case.rx.lat, case.rx.lon));
    let parameters = Parameters {
        frequency_ghz: case.frequency_ghz,
        polarisation: case.polarisation,
        time_percent: case.time_percent,
        location_percent: case.location_percent,
        location_spread,
        tx_height_m: case.tx_height_m,
        rx_height_m: case.rx_height_m,
        atmosphere: Atmosphere {
            delta_n: case.delta_n,
            n0: case.n0,
        },
        centre_latitude_deg: centre_latitude_deg(tx, rx, path.total_km()),
        tx_coast_km: case.tx_coast_km,
        rx_coast_km: case.rx_coast_km,
        building_entry: case.building_entry,
    };
    let evaluation = p1812::evaluate(&path, &parameters)?;
    let mut answer = super::answer(evaluation.loss_db, &evaluation)?;
    add_names_of_the_logs(&mut answer.intermediate, &evaluation);
    Ok(answer)
}

/// Beside the names of the recommendation, those that the reference logs print for the same quantities, so that a log can be
/// compared line by line. `Lbulla`, `Lbulls` and `Ldsph` are there of the last delta-Bullington evaluation, that for the β0
/// radius, as in the logs; `median_diffraction` and `beta_diffraction` tell them apart.
fn add_names_of_the_logs(intermediate: &mut Value, evaluation: &Evaluation) {
    let Some(names) = intermediate.as_object_mut() else {
        return;
    };
    for (log, value) in [
        ("b0", evaluation.beta0_percent),
        ("th_t", evaluation.tx_elevation_mrad),
        ("th_r", evaluation.rx_elevation_mrad),
        ("th", evaluation.angular_distance_mrad),
        ("w", evaluation.sea_fraction),
        ("Lbulla", evaluation.beta.actual_db),
        ("Lbulls", evaluation.beta.smooth_db),
        ("Ldsph", evaluation.beta.spherical_db),
    ] {
        names.insert(log.to_owned(), value.into());
    }
}

fn path(profile: &[Vec<f64>]) -> anyhow::Result<Path> {
    for (point, row) in profile.iter().enumerate() {
        if !(2..=4).contains(&row.len()) {
            let found = row.len();
            return Err(WrongUse(format!(
                "profile point {point} has {found} numbers; [distance km, height m, clutter m, zone] are wanted"
            ))
            .into());
        }
    }
    let column = |index: usize, default: f64| profile.iter().map(|row| *row.get(index).unwrap_or(&default)).collect();
    let zones = profile
        .iter()
        .enumerate()
        .map(|(point, row)| zone(point, row.get(3).copied()));
    let zones = zones.collect::<Result<Vec<_>, _>>()?;
    Ok(Path::new(column(0, 0.0), column(1, 0.0), column(2, 0.0), zones)?)
}

fn zone(point: usize, code: Option<f64>) -> Result<Zone, WrongUse> {
    let Some(code) = code else { return Ok(Zone::Inland) };
    let known = [1u8, 3, 4]
        .into_iter()
        .find(|&known| f64::from(known) == code)
        .and_then(Zone::from_code);
    known.ok_or_else(|| {
        WrongUse(format!(
            "profile point {point} has zone {code}; 1 (sea), 3 (coastal land) and 4 (inland) are known"
        ))
    })
}
