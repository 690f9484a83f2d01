//! The loss of a path by every model of `propagation`.

use geodesy::LonLat;
use propagation::hata::{Environment, HataPath, cost231_hata, okumura_hata};
use propagation::p1812::{self, LocationSpread, Parameters, Path};
use propagation::tr38901::{self, Scenario, TrPath};
use propagation::{ModelError, extended_hata, free_space, itm, p2108};
use serde::Serialize;
use terrain::Profile;

use super::{PathGeometry, PathRequest};

/// One model's answer.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ModelLoss {
    /// Stable key.
    pub model: &'static str,
    /// Name with its source, Vietnamese.
    pub name_vi: &'static str,
    /// Name with its source, English.
    pub name_en: &'static str,
    /// Basic transmission loss, dB; `None` when the model does not apply.
    pub loss_db: Option<f64>,
    /// Whether and how far the model applies.
    pub applicability: Applicability,
}

/// Whether a model applies to the path.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case", tag = "is", content = "because")]
pub enum Applicability {
    /// It sees this path's terrain.
    PathSpecific,
    /// It sees the distance alone.
    NoObstacles,
    /// A statistical model, inside its range.
    Statistical,
    /// A statistical model outside the range that its authors measured.
    Extrapolated,
    /// It refuses the path.
    Refused(String),
}

const BARE_EARTH: Names = ["P.1812-8, bỏ lớp phủ", "P.1812-8 without clutter"];
const FREE_SPACE: Names = ["P.525, không gian tự do", "P.525, free space"];

const CLUTTER: Names = ["P.525 + P.2108-1 (50 %)"; 2];

/// A model's name in Vietnamese and English.
type Names = [&'static str; 2];

/// Every model, path-specific ones first.
pub(super) fn all(
    profile: &Profile,
    geometry: &PathGeometry,
    ends: (LonLat, LonLat),
    request: &PathRequest,
) -> Vec<ModelLoss> {
    let distance_m = profile.length_m();
    let free_space = free_space::loss_db(request.frequency_mhz, distance_m / 1000.0);
    let bare = Profile {
        clutter_m: vec![0.0; profile.clutter_m.len()],
        ..profile.clone()
    };
    let mut losses = vec![
        path_specific("p1812", ["ITU-R P.1812-8"; 2], p1812_loss(profile, ends, request)),
        path_specific("p1812_bare_earth", BARE_EARTH, p1812_loss(&bare, ends, request)),
        statistical(
            "free_space",
            FREE_SPACE,
            free_space.clone().map(|loss_db| (loss_db, Applicability::NoObstacles)),
        ),
        statistical(
            "p2108",
            CLUTTER,
            free_space.and_then(|loss_db| with_clutter(loss_db, distance_m, request)),
        ),
    ];
    losses.insert(
        2,
        path_specific("itm", ["NTIA ITM (Longley–Rice)"; 2], itm_loss(profile, request)),
    );
    losses.insert(3, extended_hata_loss(profile, request));
    losses.extend(hata_losses(profile, request));
    losses.extend(tr38901_losses(distance_m, geometry.clearance.line_of_sight, request));
    losses
}

fn path_specific(model: &'static str, names: Names, loss: Result<f64, ModelError>) -> ModelLoss {
    statistical(model, names, loss.map(|loss_db| (loss_db, Applicability::PathSpecific)))
}

fn statistical(model: &'static str, names: Names, loss: Result<(f64, Applicability), ModelError>) -> ModelLoss {
    let [name_vi, name_en] = names;
    match loss {
        Ok((loss_db, applicability)) => ModelLoss {
            model,
            name_vi,
            name_en,
            loss_db: Some(loss_db),
            applicability,
        },
        Err(error) => refused(model, names, error.to_string()),
    }
}

fn refused(model: &'static str, [name_vi, name_en]: Names, reason: String) -> ModelLoss {
    ModelLoss {
        model,
        name_vi,
        name_en,
        loss_db: None,
        applicability: Applicability::Refused(reason),
    }
}

/// Free space and the median clutter loss of ITU-R P.2108-1 §3.2 at one end.
fn with_clutter(
    free_space_db: f64,
    distance_m: f64,
    request: &PathRequest,
) -> Result<(f64, Applicability), ModelError> {
    let clutter = p2108::terrestrial(request.frequency_mhz / 1000.0, distance_m / 1000.0, 50.0)?;
    Ok((free_space_db + clutter.loss_db, Applicability::Statistical))
}

fn p1812_loss(profile: &Profile, (from, to): (LonLat, LonLat), request: &PathRequest) -> Result<f64, ModelError> {
    let distance_km: Vec<f64> = profile.distance_m.iter().map(|distance| distance / 1000.0).collect();
    let path = Path::new(
        distance_km,
        profile.height_m.clone(),
        profile.clutter_m.clone(),
        Vec::new(),
    )?;
    let parameters = Parameters {
        frequency_ghz: request.frequency_mhz / 1000.0,
        polarisation: request.polarisation,
        time_percent: request.time_percent,
        location_percent: 50.0,
        location_spread: LocationSpread::SigmaDb(0.0),
        tx_height_m: request.tx_height_m,
        rx_height_m: request.rx_height_m,
        atmosphere: request.atmosphere,
        centre_latitude_deg: p1812::centre_latitude_deg(
            (from.lat_deg, from.lon_deg),
            (to.lat_deg, to.lon_deg),
            path.total_km(),
        ),
        ..Parameters::default()
    };
    Ok(p1812::evaluate(&path, &parameters)?.loss_db)
}

/// ITM over the bare ground: medians, the equatorial climate of Vietnam, average ground.
fn itm_loss(profile: &Profile, request: &PathRequest) -> Result<f64, ModelError> {
    let parameters = itm::Parameters {
        frequency_mhz: request.frequency_mhz,
        tx_height_m: request.tx_height_m,
        rx_height_m: request.rx_height_m,
        polarisation: request.polarisation,
        n0: request.atmosphere.n0,
        time_percent: request.time_percent,
        ..itm::Parameters::default()
    };
    Ok(itm::point_to_point(step_m(profile), &profile.height_m, &parameters)?.loss_db)
}

/// NTIA's extended Hata, which reads the profile from the mobile's end.
fn extended_hata_loss(profile: &Profile, request: &PathRequest) -> ModelLoss {
    const MODEL: &str = "extended_hata";
    const NAMES: Names = ["NTIA eHata"; 2];
    // Its terrain corrections run away below the band that it was fitted in.
    if request.frequency_mhz < 1500.0 {
        let reason = format!(
            "{} MHz is below the 1500 MHz from which its corrections hold",
            request.frequency_mhz
        );
        return refused(MODEL, NAMES, reason);
    }
    let parameters = extended_hata::Parameters {
        frequency_mhz: request.frequency_mhz,
        base_height_m: request.tx_height_m,
        mobile_height_m: request.rx_height_m,
        environment: match environment(profile) {
            Environment::Open => extended_hata::Environment::Rural,
            Environment::Suburban => extended_hata::Environment::Suburban,
            Environment::MediumCity | Environment::LargeCity => extended_hata::Environment::Urban,
        },
        ..extended_hata::Parameters::default()
    };
    let from_mobile: Vec<f64> = profile.height_m.iter().rev().copied().collect();
    let loss = extended_hata::evaluate(step_m(profile), &from_mobile, &parameters).map(|loss| {
        let applicability = if loss.extrapolated {
            Applicability::Extrapolated
        } else {
            Applicability::PathSpecific
        };
        (loss.loss_db, applicability)
    });
    statistical(MODEL, NAMES, loss)
}

/// Distance between samples, metres.
fn step_m(profile: &Profile) -> f64 {
    profile.distance_m.get(1).copied().unwrap_or_default()
}

/// Surroundings of the receiver for the Hata family: the mean clutter of the last kilometre.
fn environment(profile: &Profile) -> Environment {
    const NEAR_M: f64 = 1000.0;
    let length_m = profile.length_m();
    let near: Vec<f64> = profile
        .distance_m
        .iter()
        .zip(&profile.clutter_m)
        .filter(|(distance, _)| length_m - **distance <= NEAR_M)
        .map(|(_, clutter)| *clutter)
        .collect();
    match near.iter().sum::<f64>() / near.len().max(1) as f64 {
        mean if mean < 2.0 => Environment::Open,
        mean if mean < 10.0 => Environment::Suburban,
        _ => Environment::MediumCity,
    }
}

/// Base-station height over the average ground from 3 km on (P.1546 §4.3 uses 3 to 15 km), or over the whole of a
/// shorter path; never below the mast itself.
fn effective_height_m(profile: &Profile, request: &PathRequest) -> f64 {
    let far = |distance: f64| (3000.0..=15_000.0).contains(&distance);
    let any_far = profile.distance_m.iter().any(|distance| far(*distance));
    let heights: Vec<f64> = profile
        .distance_m
        .iter()
        .zip(&profile.height_m)
        .filter(|(distance, _)| !any_far || far(**distance))
        .map(|(_, height)| *height)
        .collect();
    let average = heights.iter().sum::<f64>() / heights.len().max(1) as f64;
    let antenna = profile.height_m.first().copied().unwrap_or(0.0) + request.tx_height_m;
    (antenna - average).max(request.tx_height_m)
}

fn hata_losses(profile: &Profile, request: &PathRequest) -> [ModelLoss; 2] {
    let path = HataPath {
        frequency_mhz: request.frequency_mhz,
        distance_km: profile.length_m() / 1000.0,
        base_height_m: effective_height_m(profile, request),
        mobile_height_m: request.rx_height_m,
        environment: environment(profile),
    };
    [
        ("okumura_hata", "Okumura–Hata", okumura_hata(&path)),
        ("cost231_hata", "COST-231 Hata", cost231_hata(&path)),
    ]
    .map(|(model, name, loss)| {
        statistical(
            model,
            [name; 2],
            loss.map(|loss| (loss.loss_db, range(loss.extrapolated))),
        )
    })
}

fn tr38901_losses(distance_m: f64, line_of_sight: bool, request: &PathRequest) -> [ModelLoss; 3] {
    let path = TrPath {
        frequency_ghz: request.frequency_mhz / 1000.0,
        distance_m,
        base_height_m: request.tx_height_m,
        terminal_height_m: request.rx_height_m,
        ..TrPath::default()
    };
    [
        ("tr38901_rma", "3GPP TR 38.901 RMa", Scenario::RuralMacro),
        ("tr38901_uma", "3GPP TR 38.901 UMa", Scenario::UrbanMacro),
        ("tr38901_umi", "3GPP TR 38.901 UMi", Scenario::UrbanMicro),
    ]
    .map(|(model, name, scenario)| {
        let loss = tr38901::evaluate(scenario, &path).map(|loss| {
            let loss_db = if line_of_sight {
                loss.line_of_sight_db
            } else {
                loss.obstructed_db
            };
            (loss_db, range(loss.extrapolated))
        });
        statistical(model, [name; 2], loss)
    })
}

const fn range(extrapolated: bool) -> Applicability {
    if extrapolated {
        Applicability::Extrapolated
    } else {
        Applicability::Statistical
    }
}
