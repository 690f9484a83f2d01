//! What the user chooses.

use serde::{Deserialize, Serialize};

use super::evaluation::{Warning, Warnings};
use crate::error::{ModelError, require};
use crate::p1812::Polarisation;

pub(super) const MODEL: &str = "ITM";

/// Radio climate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Climate {
    /// Equatorial (1).
    Equatorial,
    /// Continental subtropical (2).
    ContinentalSubtropical,
    /// Maritime subtropical (3).
    MaritimeSubtropical,
    /// Desert (4).
    Desert,
    /// Continental temperate (5).
    ContinentalTemperate,
    /// Maritime temperate over land (6).
    MaritimeTemperateLand,
    /// Maritime temperate over sea (7).
    MaritimeTemperateSea,
}

impl Climate {
    /// The climate of a code 1 … 7.
    pub fn from_code(code: u8) -> Option<Self> {
        Some(match code {
            1 => Self::Equatorial,
            2 => Self::ContinentalSubtropical,
            3 => Self::MaritimeSubtropical,
            4 => Self::Desert,
            5 => Self::ContinentalTemperate,
            6 => Self::MaritimeTemperateLand,
            7 => Self::MaritimeTemperateSea,
            _ => return None,
        })
    }
}

/// How time, location and situation combine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VariabilityMode {
    /// One message: all three are one (0).
    SingleMessage,
    /// Location counts as situation (1).
    Accidental,
    /// Time counts as location (2).
    Mobile,
    /// Each on its own (3).
    Broadcast,
}

/// Mode of variability and what is left out of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Variability {
    /// Mode.
    pub mode: VariabilityMode,
    /// Without location variability (code + 10).
    pub without_location: bool,
    /// Without situation variability (code + 20).
    pub without_situation: bool,
}

impl Variability {
    /// The variability of a code 0 … 3, + 10, + 20.
    pub fn from_code(code: u8) -> Option<Self> {
        let mode = match code % 10 {
            0 => VariabilityMode::SingleMessage,
            1 => VariabilityMode::Accidental,
            2 => VariabilityMode::Mobile,
            3 => VariabilityMode::Broadcast,
            _ => return None,
        };
        let (without_situation, without_location) = match code / 10 {
            0 => (false, false),
            1 => (false, true),
            2 => (true, false),
            3 => (true, true),
            _ => return None,
        };
        Some(Self {
            mode,
            without_location,
            without_situation,
        })
    }
}

/// One case: everything but the terrain.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Parameters {
    /// Frequency, MHz, 20 … 20 000.
    pub frequency_mhz: f64,
    /// Transmitting antenna above ground, m, 0.5 … 3000.
    pub tx_height_m: f64,
    /// Receiving antenna above ground, m, 0.5 … 3000.
    pub rx_height_m: f64,
    /// Polarisation.
    pub polarisation: Polarisation,
    /// Radio climate.
    pub climate: Climate,
    /// Surface refractivity at sea level, N-units, 250 … 400.
    pub n0: f64,
    /// Relative permittivity of the ground, from 1.
    pub permittivity: f64,
    /// Conductivity of the ground, S/m.
    pub conductivity_s_per_m: f64,
    /// Mode of variability.
    pub variability: Variability,
    /// Time, %, 0 … 100 exclusive (with confidence and reliability: the reliability).
    pub time_percent: f64,
    /// Location, % (with confidence and reliability: 50).
    pub location_percent: f64,
    /// Situation, % (with confidence and reliability: the confidence).
    pub situation_percent: f64,
}

impl Default for Parameters {
    /// A 1.8 GHz cell at 30 m over average ground, equatorial climate, medians, accidental mode.
    fn default() -> Self {
        Self {
            frequency_mhz: 1800.0,
            tx_height_m: 30.0,
            rx_height_m: 1.5,
            polarisation: Polarisation::Vertical,
            climate: Climate::Equatorial,
            n0: 360.0,
            permittivity: 15.0,
            conductivity_s_per_m: 0.005,
            variability: Variability {
                mode: VariabilityMode::Accidental,
                without_location: false,
                without_situation: false,
            },
            time_percent: 50.0,
            location_percent: 50.0,
            situation_percent: 50.0,
        }
    }
}

impl Parameters {
    /// Checks the hard limits and collects the advisory ones.
    pub(super) fn check(&self) -> Result<Warnings, ModelError> {
        require(MODEL, "transmitter height", self.tx_height_m, "m", (0.5, 3000.0))?;
        require(MODEL, "receiver height", self.rx_height_m, "m", (0.5, 3000.0))?;
        require(MODEL, "frequency", self.frequency_mhz, "MHz", (20.0, 20_000.0))?;
        require(MODEL, "sea-level refractivity", self.n0, "N", (250.0, 400.0))?;
        require(MODEL, "relative permittivity", self.permittivity, "", (1.0, 1e6))?;
        require(
            MODEL,
            "conductivity",
            self.conductivity_s_per_m,
            "S/m",
            (f64::MIN_POSITIVE, 1e6),
        )?;
        let percent = (f64::MIN_POSITIVE, 100.0_f64.next_down());
        require(MODEL, "time percentage", self.time_percent, "%", percent)?;
        require(MODEL, "location percentage", self.location_percent, "%", percent)?;
        require(MODEL, "situation percentage", self.situation_percent, "%", percent)?;

        let mut warnings = Warnings::default();
        let advisory = 1.0..=1000.0;
        warnings.add_if(!advisory.contains(&self.tx_height_m), Warning::TxHeight);
        warnings.add_if(!advisory.contains(&self.rx_height_m), Warning::RxHeight);
        warnings.add_if(!(40.0..=10_000.0).contains(&self.frequency_mhz), Warning::Frequency);
        Ok(warnings)
    }
}
