//! What can be computed once: per frequency, and per distance.

use super::diffraction::spherical_earth::{Ground, MixedGround};
use super::location_variability::{BuildingEntry, LocationSpread};
use super::parameters::Parameters;
use super::zones::ZoneLengths;
use super::{SPEED_OF_LIGHT_GM_PER_S, ducting, time_variability, troposcatter};

/// Per-frequency constants of the closing formulas.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RadioConstants {
    /// f, GHz.
    pub frequency_ghz: f64,
    /// f^(1/3).
    pub cube_root_frequency: f64,
    /// 20 lg f.
    pub lg20_frequency: f64,
    /// λ, m.
    pub wavelength_m: f64,
    /// 1/√λ, 1/√m.
    pub inverse_sqrt_wavelength: f64,
    /// Land and sea at this frequency and polarisation.
    pub ground: MixedGround,
    /// Median effective earth radius ae, km.
    pub effective_radius_km: f64,
    /// Lf of troposcatter, dB.
    pub scatter_frequency_db: f64,
    /// Time term of troposcatter, dB.
    pub scatter_time_db: f64,
    /// N0.
    pub n0: f64,
    /// 102.45 + 20 lg f + Alf of ducting, dB.
    pub ducting_fixed_db: f64,
    /// γd, dB/mrad.
    pub ducting_db_per_mrad: f64,
    /// p, %.
    pub time_percent: f64,
    /// lg p.
    pub lg_time_percent: f64,
    /// pL, %.
    pub location_percent: f64,
    /// Spread with location.
    pub location_spread: LocationSpread,
    /// Building entry loss.
    pub building_entry: Option<BuildingEntry>,
    /// hrg, m.
    pub rx_height_m: f64,
    /// φ, degrees.
    pub centre_latitude_deg: f64,
}

impl RadioConstants {
    /// Constants of a checked set of parameters.
    pub fn new(parameters: &Parameters) -> Self {
        let f = parameters.frequency_ghz;
        let wavelength_m = SPEED_OF_LIGHT_GM_PER_S / f;
        let effective_radius_km = parameters.atmosphere.effective_radius_km();
        let lg20_frequency = 20.0 * f.log10();
        Self {
            frequency_ghz: f,
            cube_root_frequency: f.cbrt(),
            lg20_frequency,
            wavelength_m,
            inverse_sqrt_wavelength: wavelength_m.sqrt().recip(),
            ground: MixedGround {
                land: Ground::land(f, parameters.polarisation),
                sea: Ground::sea(f, parameters.polarisation),
            },
            effective_radius_km,
            scatter_frequency_db: troposcatter::frequency_term_db(f),
            scatter_time_db: troposcatter::time_term_db(parameters.time_percent),
            n0: parameters.atmosphere.n0,
            ducting_fixed_db: 102.45 + lg20_frequency + ducting::low_frequency_term_db(f),
            ducting_db_per_mrad: ducting::specific_attenuation_db_per_mrad(effective_radius_km, f.cbrt()),
            time_percent: parameters.time_percent,
            lg_time_percent: parameters.time_percent.log10(),
            location_percent: parameters.location_percent,
            location_spread: parameters.location_spread,
            building_entry: parameters.building_entry,
            rx_height_m: parameters.rx_height_m,
            centre_latitude_deg: parameters.centre_latitude_deg,
        }
    }
}

/// Constants of one distance and land/sea mixture: a table of these serves every path of an all-land sweep.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DistanceConstants {
    /// d, km.
    pub distance_km: f64,
    /// 20 lg d.
    pub lg20_distance: f64,
    /// 1e-6·d^1.13.
    pub ducting_scaled_distance: f64,
    /// τ.
    pub tau: f64,
    /// β0, %.
    pub beta0_percent: f64,
    /// lg β0.
    pub lg_beta0: f64,
    /// α of ducting.
    pub ducting_alpha: f64,
    /// Fk.
    pub fk: f64,
}

impl DistanceConstants {
    /// Constants of a path with its zone lengths and the latitude of its centre.
    pub fn new(distance_km: f64, zones: &ZoneLengths, centre_latitude_deg: f64) -> Self {
        let tau = time_variability::tau(zones.longest_inland_km);
        let beta0_percent = time_variability::beta0_percent(zones.longest_land_km, tau, centre_latitude_deg);
        Self {
            distance_km,
            lg20_distance: 20.0 * distance_km.log10(),
            ducting_scaled_distance: 1e-6 * distance_km.powf(1.13),
            tau,
            beta0_percent,
            lg_beta0: beta0_percent.log10(),
            ducting_alpha: ducting::alpha(distance_km.powf(3.1), tau),
            fk: time_variability::distance_interpolation(distance_km),
        }
    }

    /// Constants of an all-inland path.
    pub fn inland(distance_km: f64, centre_latitude_deg: f64) -> Self {
        Self::new(distance_km, &ZoneLengths::inland(distance_km), centre_latitude_deg)
    }
}
