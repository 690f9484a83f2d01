//! Everything that a coverage run depends on besides its data; printed with every map and table.

use geodata::{Technology, TemplateChange};
use propagation::p2109::{self, BuildingClass};
use serde::{Deserialize, Serialize};

use crate::{CoverageError, Scenario};

/// The propagation model of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Model {
    /// ITU-R P.1812-8 over terrain and land cover.
    #[default]
    P1812,
    /// Free space (ITU-R P.525): what could be reached without any ground.
    FreeSpace,
}

/// How the path profile of a pixel is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// One radial sweep per mast and antenna height; every pixel takes the nearest radial.
    #[default]
    Sweep,
    /// Every pixel has its own profile: slow, and the oracle against which the sweep is measured.
    Exact,
}

/// Class of building for indoor coverage (ITU-R P.2109).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Building {
    /// Brick, wood, plain glass.
    #[default]
    Traditional,
    /// Metallised glass, foil-backed panels.
    ThermallyEfficient,
}

impl From<Building> for BuildingClass {
    fn from(building: Building) -> Self {
        match building {
            Building::Traditional => Self::Traditional,
            Building::ThermallyEfficient => Self::ThermallyEfficient,
        }
    }
}

/// Signal level (dBm per resource element) from which a technology counts as usable.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Thresholds {
    /// GSM (BCCH power on the same scale).
    #[serde(rename = "2g")]
    pub g2_dbm: f64,
    /// UMTS (CPICH RSCP).
    #[serde(rename = "3g")]
    pub g3_dbm: f64,
    /// LTE (RSRP).
    #[serde(rename = "4g")]
    pub g4_dbm: f64,
    /// NR (SS-RSRP).
    #[serde(rename = "5g")]
    pub g5_dbm: f64,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self {
            g2_dbm: -95.0,
            g3_dbm: -100.0,
            g4_dbm: -105.0,
            g5_dbm: -105.0,
        }
    }
}

impl Thresholds {
    /// The threshold of one technology, dBm.
    #[must_use]
    pub fn of(&self, technology: Technology) -> f64 {
        match technology {
            Technology::G2 => self.g2_dbm,
            Technology::G3 => self.g3_dbm,
            Technology::G4 => self.g4_dbm,
            Technology::G5 => self.g5_dbm,
        }
    }
}

/// The settings of a coverage run. Missing fields of a JSON document take the defaults; unknown fields are refused.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CoverageParameters {
    /// Technologies to compute.
    pub technologies: Vec<Technology>,
    /// Zoom of the raster in the web-map pyramid, 8 … 14 (12: about 36 m at 18° N).
    pub zoom: u8,
    /// Propagation model.
    pub model: Model,
    /// Radial sweep or exact profile per pixel.
    pub method: Method,
    /// Time percentage p of P.1812, 1 … 50 %.
    pub time_percent: f64,
    /// Location percentage pL of P.1812, 1 … 99 %; 50 gives the median on which shadowing is laid.
    pub location_percent: f64,
    /// Receiver height above ground, 1 … 100 m.
    pub receiver_height_m: f64,
    /// Step of the path profile, 10 … 200 m. Part of the model: with clutter the loss depends on it.
    pub profile_step_m: f64,
    /// Whether land-cover heights are added to the terrain (P.1812 § 3.2.1).
    pub clutter: bool,
    /// Usable signal per technology.
    pub thresholds: Thresholds,
    /// Standard deviation of shadowing and model error together, dB.
    pub sigma_planning_db: f64,
    /// Probability at the threshold from which a pixel counts as covered, 0.5 … 0.99.
    pub edge_probability: f64,
    /// Load of the interfering cells, 0 … 1.
    pub load: f64,
    /// Noise figure of the terminal, dB.
    pub noise_figure_db: f64,
    /// Gain of the terminal less body loss, dB.
    pub receiver_gain_db: f64,
    /// Receivers stand inside buildings of this class (median entry loss of P.2109 and a wider spread); `null` = outdoors.
    pub indoor: Option<Building>,
    /// Mean fall of refractivity in the lowest kilometre ΔN, N-units/km.
    pub delta_n: f64,
    /// Sea-level surface refractivity N0, N-units.
    pub n0: f64,
    /// No cell is computed further out than this, 500 … 50,000 m; the link budget may stop earlier.
    pub maximum_radius_m: f64,
    /// Footprint outlines follow the interpolated level instead of the pixels' edges.
    pub smooth_footprints: bool,
    /// Other values for what lists leave open, than the templates that ship.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub templates: Vec<TemplateChange>,
    /// What differs from the network as imported; `null` = nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scenario: Option<Scenario>,
}

impl Default for CoverageParameters {
    fn default() -> Self {
        Self {
            technologies: vec![Technology::G4, Technology::G5],
            zoom: 12,
            model: Model::default(),
            method: Method::default(),
            time_percent: 50.0,
            location_percent: 50.0,
            receiver_height_m: 1.5,
            profile_step_m: 30.0,
            clutter: true,
            thresholds: Thresholds::default(),
            sigma_planning_db: 8.0,
            edge_probability: 0.9,
            load: 0.5,
            noise_figure_db: 7.0,
            receiver_gain_db: 0.0,
            indoor: None,
            delta_n: 45.0,
            n0: 325.0,
            maximum_radius_m: 10_000.0,
            smooth_footprints: false,
            templates: Vec::new(),
            scenario: None,
        }
    }
}

impl CoverageParameters {
    /// Refuses values outside the ranges named at the fields.
    ///
    /// # Errors
    /// [`CoverageError::Parameter`] for the first value out of range.
    pub fn check(&self) -> Result<(), CoverageError> {
        let ranges: [(&'static str, f64, f64, f64, &'static str); 12] = [
            ("zoom", f64::from(self.zoom), 8.0, 14.0, "8 to 14"),
            ("time_percent", self.time_percent, 1.0, 50.0, "1 to 50"),
            ("location_percent", self.location_percent, 1.0, 99.0, "1 to 99"),
            ("receiver_height_m", self.receiver_height_m, 1.0, 100.0, "1 to 100 m"),
            ("profile_step_m", self.profile_step_m, 10.0, 200.0, "10 to 200 m"),
            ("sigma_planning_db", self.sigma_planning_db, 0.0, 20.0, "0 to 20 dB"),
            ("edge_probability", self.edge_probability, 0.5, 0.99, "0.5 to 0.99"),
            ("load", self.load, 0.0, 1.0, "0 to 1"),
            ("noise_figure_db", self.noise_figure_db, 0.0, 20.0, "0 to 20 dB"),
            ("delta_n", self.delta_n, 0.0, 150.0, "0 to 150 N-units/km"),
            ("n0", self.n0, 200.0, 450.0, "200 to 450 N-units"),
            (
                "maximum_radius_m",
                self.maximum_radius_m,
                500.0,
                50_000.0,
                "500 to 50,000 m",
            ),
        ];
        for (name, value, low, high, allowed) in ranges {
            if !(low..=high).contains(&value) {
                return Err(CoverageError::Parameter {
                    name,
                    value: value.to_string(),
                    allowed,
                });
            }
        }
        if let Some(fault) = self.templates.iter().find_map(TemplateChange::out_of_range) {
            return Err(CoverageError::Parameter {
                name: "templates",
                value: format!("{} = {}", fault.field, fault.value),
                allowed: "values within the ranges of the fields",
            });
        }
        if self.technologies.is_empty() {
            return Err(CoverageError::Parameter {
                name: "technologies",
                value: "empty".to_owned(),
                allowed: "at least one of 2g, 3g, 4g, 5g",
            });
        }
        Ok(())
    }
}

impl CoverageParameters {
    /// Settings of a sweep at a latitude; antenna height and number of steps are still to be set.
    #[must_use]
    pub(crate) fn sweep_settings(&self, latitude_deg: f64) -> crate::sweep::SweepSettings {
        crate::sweep::SweepSettings {
            step_km: self.profile_step_m / 1000.0,
            steps: 2,
            tx_height_m: 30.0,
            rx_height_m: self.receiver_height_m,
            delta_n: self.delta_n,
            n0: self.n0,
            time_percent: self.time_percent,
            location_percent: self.location_percent,
            resolution_m: 40_075_016.7 * latitude_deg.to_radians().cos() / (256.0 * f64::from(1_u32 << self.zoom)),
            latitude_deg,
            early_exits: true,
        }
    }

    /// Standard deviation of the level about its median, dB: wider indoors by the spread of building entry loss, taken
    /// at 2 GHz for all bands (traditional buildings: 7.5 dB at 0.8 GHz, 8.9 dB at 3.5 GHz).
    #[must_use]
    pub fn sigma_db(&self) -> f64 {
        let entry_db = self
            .indoor
            .and_then(|class| p2109::equivalent_sigma_db(2.0, class.into(), 0.0).ok());
        propagation::link::coverage_probability::combined_sigma_db(&[self.sigma_planning_db, entry_db.unwrap_or(0.0)])
    }

    /// Median building entry loss of a horizontal path, dB; 0 outdoors.
    #[must_use]
    pub fn entry_loss_db(&self, frequency_mhz: f64) -> f64 {
        self.indoor
            .and_then(|class| p2109::entry_loss(frequency_mhz / 1000.0, 50.0, class.into(), 0.0).ok())
            .map_or(0.0, |entry| entry.loss_db)
    }

    /// The median level from which a pixel counts as covered, dBm: the threshold and the fade margin.
    #[must_use]
    pub fn required_dbm(&self, technology: Technology) -> f64 {
        let margin = propagation::link::coverage_probability::fade_margin_db(self.edge_probability, self.sigma_db());
        self.thresholds.of(technology) + margin
    }
}
