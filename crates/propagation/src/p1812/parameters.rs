//! What the user chooses: radio, terminals, climate, percentages.

use serde::{Deserialize, Serialize};

use super::location_variability::{BuildingEntry, LocationSpread};
use crate::error::{ModelError, require};

/// Linear polarisation; the loss over smooth ground depends on it, most below 300 MHz.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Polarisation {
    /// Electric field horizontal.
    Horizontal,
    /// Electric field vertical.
    Vertical,
}

/// Radio climate at the centre of the path (section 3.5).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Atmosphere {
    /// Average lapse rate of refractivity through the lowest kilometre, ΔN, N-units/km, **positive**, below 157.
    pub delta_n: f64,
    /// Sea-level surface refractivity N0, N-units.
    pub n0: f64,
}

impl Default for Atmosphere {
    /// ΔN = 45, N0 = 325.
    fn default() -> Self {
        Self {
            delta_n: 45.0,
            n0: 325.0,
        }
    }
}

impl Atmosphere {
    /// Median effective earth radius ae in km (eqs 6, 7a).
    pub fn effective_radius_km(&self) -> f64 {
        super::EARTH_RADIUS_KM * (157.0 / (157.0 - self.delta_n))
    }
}

/// One case: everything but the terrain.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Parameters {
    /// Frequency f, GHz, 0.03 … 6.
    pub frequency_ghz: f64,
    /// Polarisation.
    pub polarisation: Polarisation,
    /// Percentage of an average year for which the loss is not exceeded, p, 1 … 50.
    pub time_percent: f64,
    /// Percentage of locations for which the loss is not exceeded, pL, 1 … 99.
    pub location_percent: f64,
    /// Spread of the loss with location.
    pub location_spread: LocationSpread,
    /// Transmitting antenna height above ground, htg, m, 1 … 3000.
    pub tx_height_m: f64,
    /// Receiving antenna height above ground, hrg, m, 1 … 3000.
    pub rx_height_m: f64,
    /// Radio climate.
    #[serde(flatten)]
    pub atmosphere: Atmosphere,
    /// Latitude of the path centre, degrees, −80 … 80 (see [`super::centre_latitude_deg`]).
    pub centre_latitude_deg: f64,
    /// Distance from the transmitter over land to the coast along the path, km; `None` = 0 at sea, else 500.
    pub tx_coast_km: Option<f64>,
    /// The same from the receiver.
    pub rx_coast_km: Option<f64>,
    /// Building entry loss of an indoor receiver.
    pub building_entry: Option<BuildingEntry>,
}

impl Default for Parameters {
    /// A 1.8 GHz cell at 30 m, a hand-held receiver at 1.5 m, medians of time and place, no location spread,
    /// latitude of Vietnam's middle.
    fn default() -> Self {
        Self {
            frequency_ghz: 1.8,
            polarisation: Polarisation::Vertical,
            time_percent: 50.0,
            location_percent: 50.0,
            location_spread: LocationSpread::SigmaDb(0.0),
            tx_height_m: 30.0,
            rx_height_m: 1.5,
            atmosphere: Atmosphere::default(),
            centre_latitude_deg: 16.0,
            tx_coast_km: None,
            rx_coast_km: None,
            building_entry: None,
        }
    }
}

impl Parameters {
    /// Checks every number against the recommendation's range.
    ///
    /// # Errors
    /// [`ModelError::OutOfRange`] for the first quantity outside its range.
    pub fn check(&self) -> Result<(), ModelError> {
        const MODEL: &str = "ITU-R P.1812";
        require(MODEL, "frequency", self.frequency_ghz, "GHz", (0.03, 6.0))?;
        require(MODEL, "time percentage", self.time_percent, "%", (1.0, 50.0))?;
        require(MODEL, "location percentage", self.location_percent, "%", (1.0, 99.0))?;
        match self.location_spread {
            LocationSpread::SigmaDb(sigma) => require(MODEL, "location spread", sigma, "dB", (0.0, 100.0))?,
            LocationSpread::SquareM(side) => require(MODEL, "location square", side, "m", (1.0, 10_000.0))?,
        }
        require(MODEL, "transmitter height", self.tx_height_m, "m", (1.0, 3000.0))?;
        require(MODEL, "receiver height", self.rx_height_m, "m", (1.0, 3000.0))?;
        require(
            MODEL,
            "refractivity lapse rate",
            self.atmosphere.delta_n,
            "N/km",
            (0.0, 156.0),
        )?;
        require(MODEL, "sea-level refractivity", self.atmosphere.n0, "N", (200.0, 500.0))?;
        require(
            MODEL,
            "latitude of the path centre",
            self.centre_latitude_deg,
            "degrees",
            (-80.0, 80.0),
        )?;
        for (quantity, coast_km) in [
            ("transmitter's distance to the coast", self.tx_coast_km),
            ("receiver's distance to the coast", self.rx_coast_km),
        ] {
            if let Some(coast_km) = coast_km {
                require(MODEL, quantity, coast_km, "km", (0.0, 20_000.0))?;
            }
        }
        if let Some(entry) = self.building_entry {
            require(MODEL, "building entry loss", entry.median_db, "dB", (-10.0, 200.0))?;
            require(
                MODEL,
                "spread of building entry loss",
                entry.sigma_db,
                "dB",
                (0.0, 100.0),
            )?;
        }
        Ok(())
    }
}
