//! The answer.

use serde::{Serialize, Serializer};

/// Which mechanism carries the signal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Mechanism {
    /// Within the smooth-earth horizons.
    LineOfSight,
    /// Beyond, by diffraction.
    Diffraction,
    /// Beyond, by tropospheric scatter.
    Troposcatter,
}

/// Something that the model's authors want the user to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Warning {
    /// Transmitter height near its limits.
    TxHeight,
    /// Receiver height near its limits.
    RxHeight,
    /// Frequency near its limits.
    Frequency,
    /// Path longer than 1000 km.
    DistanceOver1000Km,
    /// Path longer than 2000 km.
    DistanceOver2000Km,
    /// Path short for the difference of the antennas' heights.
    SteepPath,
    /// Path shorter than 1 km.
    DistanceUnder1Km,
    /// Horizon of the transmitter steeper than 0.2 rad.
    TxHorizonAngle,
    /// Horizon of the receiver steeper than 0.2 rad.
    RxHorizonAngle,
    /// Horizon of the transmitter nearer than a tenth of the smooth-earth one.
    TxHorizonNear,
    /// Horizon of the receiver nearer than a tenth of the smooth-earth one.
    RxHorizonNear,
    /// Horizon of the transmitter farther than three times the smooth-earth one.
    TxHorizonFar,
    /// Horizon of the receiver farther than three times the smooth-earth one.
    RxHorizonFar,
    /// A percentage so extreme that its quantile exceeds 3.1.
    ExtremeVariability,
    /// Surface refractivity below 250 N-units.
    SurfaceRefractivity,
}

const ALL: [Warning; 15] = [
    Warning::TxHeight,
    Warning::RxHeight,
    Warning::Frequency,
    Warning::DistanceOver1000Km,
    Warning::DistanceOver2000Km,
    Warning::SteepPath,
    Warning::DistanceUnder1Km,
    Warning::TxHorizonAngle,
    Warning::RxHorizonAngle,
    Warning::TxHorizonNear,
    Warning::RxHorizonNear,
    Warning::TxHorizonFar,
    Warning::RxHorizonFar,
    Warning::ExtremeVariability,
    Warning::SurfaceRefractivity,
];

/// A set of warnings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Warnings(u16);

impl Warnings {
    pub(super) fn add_if(&mut self, condition: bool, warning: Warning) {
        if condition {
            self.0 |= 1 << warning as u16;
        }
    }

    /// Whether a warning was given.
    pub fn contains(self, warning: Warning) -> bool {
        self.0 & (1 << warning as u16) != 0
    }

    /// All warnings given.
    pub fn iter(self) -> impl Iterator<Item = Warning> {
        ALL.into_iter().filter(move |&warning| self.contains(warning))
    }

    /// Whether there is none.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }
}

impl Serialize for Warnings {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

/// Loss and every intermediate quantity.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Evaluation {
    /// Basic transmission loss, dB.
    #[serde(rename = "A")]
    pub loss_db: f64,
    /// Free-space loss, dB.
    #[serde(rename = "A_fs")]
    pub free_space_db: f64,
    /// Reference attenuation, dB.
    #[serde(rename = "A_ref")]
    pub reference_db: f64,
    /// What variability adds to free space, dB (Aref − Vmed − YR − YS after its bend below 0).
    #[serde(rename = "A_var")]
    pub variability_db: f64,
    /// Path length, km.
    #[serde(rename = "d_km")]
    pub distance_km: f64,
    /// Horizon angle at the transmitter, rad.
    #[serde(rename = "theta_1")]
    pub tx_horizon_rad: f64,
    /// Horizon angle at the receiver, rad.
    #[serde(rename = "theta_2")]
    pub rx_horizon_rad: f64,
    /// Horizon distance of the transmitter, m.
    #[serde(rename = "d_1")]
    pub tx_horizon_m: f64,
    /// Horizon distance of the receiver, m.
    #[serde(rename = "d_2")]
    pub rx_horizon_m: f64,
    /// Effective height of the transmitter, m.
    #[serde(rename = "he_1")]
    pub tx_effective_m: f64,
    /// Effective height of the receiver, m.
    #[serde(rename = "he_2")]
    pub rx_effective_m: f64,
    /// Surface refractivity, N-units.
    #[serde(rename = "N_s")]
    pub surface_refractivity: f64,
    /// Effective earth radius, m.
    #[serde(rename = "a")]
    pub effective_radius_m: f64,
    /// Terrain irregularity, m.
    #[serde(rename = "delta_h")]
    pub delta_h_m: f64,
    /// Mechanism.
    pub mode: Mechanism,
    /// Warnings.
    pub warnings: Warnings,
}
