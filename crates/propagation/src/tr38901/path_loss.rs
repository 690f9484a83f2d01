//! Table 7.4.1-1.

use std::f64::consts::PI;

use serde::{Deserialize, Serialize};

use super::line_of_sight::line_of_sight_probability;
use crate::error::{ModelError, require};

/// The speed of light of the breakpoint formulas, m/s, as the report writes it.
const SPEED_OF_LIGHT_M_PER_S: f64 = 3.0e8;
/// Shortest ground distance, m.
const SHORTEST_M: f64 = 10.0;

/// Deployment scenario.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scenario {
    /// Rural macro cell.
    RuralMacro,
    /// Urban macro cell.
    UrbanMacro,
    /// Urban micro cell in a street canyon.
    UrbanMicro,
    /// Office, mixed.
    IndoorMixedOffice,
    /// Office, open plan.
    IndoorOpenOffice,
}

/// One case.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct TrPath {
    /// Frequency, GHz, 0.5 … 100 (rural macro: … 30).
    pub frequency_ghz: f64,
    /// Ground distance d2D, m.
    pub distance_m: f64,
    /// Base-station antenna, m. The report has 35 (RMa), 25 (UMa), 10 (UMi), 3 (InH); others extrapolate.
    pub base_height_m: f64,
    /// User terminal, m: 1 … 10 (RMa), 1.5 … 22.5 (UMa, UMi).
    pub terminal_height_m: f64,
    /// Average building height h, m, 5 … 50 (RMa only).
    pub building_height_m: f64,
    /// Average street width W, m, 5 … 50 (RMa only).
    pub street_width_m: f64,
}

impl Default for TrPath {
    fn default() -> Self {
        Self {
            frequency_ghz: 3.5,
            distance_m: 500.0,
            base_height_m: 25.0,
            terminal_height_m: 1.5,
            building_height_m: 5.0,
            street_width_m: 20.0,
        }
    }
}

/// Losses in and out of sight.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct PathLoss {
    /// Slant distance d3D, m.
    #[serde(rename = "d3D")]
    pub slant_m: f64,
    /// Breakpoint distance, m (0 indoors, where there is none).
    #[serde(rename = "dBP")]
    pub breakpoint_m: f64,
    /// Loss with line of sight, dB.
    #[serde(rename = "PL_LOS")]
    pub line_of_sight_db: f64,
    /// Loss without, dB.
    #[serde(rename = "PL_NLOS")]
    pub obstructed_db: f64,
    /// The report's optional simple loss without line of sight, dB, where it has one.
    #[serde(rename = "PL_NLOS_optional")]
    pub optional_obstructed_db: Option<f64>,
    /// Probability of line of sight.
    #[serde(rename = "P_LOS")]
    pub line_of_sight_probability: f64,
    /// Mean of both losses in dB weighted by the probability.
    #[serde(rename = "PL_mean")]
    pub mean_db: f64,
    /// Standard deviation of shadow fading with line of sight, dB.
    #[serde(rename = "sigma_LOS")]
    pub line_of_sight_sigma_db: f64,
    /// Standard deviation without, dB.
    #[serde(rename = "sigma_NLOS")]
    pub obstructed_sigma_db: f64,
    /// Whether heights or distance lie outside the report's own range.
    pub extrapolated: bool,
}

/// Losses of one case.
///
/// For terminals from 13 m the report draws the urban environment height at random; 1 m is taken here (the most
/// probable value at street level).
///
/// # Errors
/// [`ModelError::OutOfRange`] for frequency, distance and heights with which the formulas have no meaning.
///
/// ```
/// use propagation::tr38901::{Scenario, TrPath, evaluate};
/// let path = TrPath { frequency_ghz: 5.0, distance_m: 1000.0, ..TrPath::default() };
/// let loss = evaluate(Scenario::UrbanMacro, &path)?;
/// assert!((loss.obstructed_db - 144.7641).abs() < 1e-4);
/// # Ok::<(), propagation::ModelError>(())
/// ```
pub fn evaluate(scenario: Scenario, path: &TrPath) -> Result<PathLoss, ModelError> {
    check(scenario, path)?;
    let ground_m = match scenario {
        Scenario::IndoorMixedOffice | Scenario::IndoorOpenOffice => path.distance_m,
        _ => path.distance_m.max(SHORTEST_M),
    };
    let link = Link {
        ground_m,
        slant_m: ground_m.hypot(path.base_height_m - path.terminal_height_m),
        lg20_frequency: 20.0 * path.frequency_ghz.log10(),
        path,
    };
    let losses = match scenario {
        Scenario::RuralMacro => link.rural_macro(),
        Scenario::UrbanMacro => link.urban_macro(),
        Scenario::UrbanMicro => link.urban_micro(),
        Scenario::IndoorMixedOffice | Scenario::IndoorOpenOffice => link.indoor(),
    };
    let probability = line_of_sight_probability(scenario, path.distance_m, path.terminal_height_m);
    Ok(PathLoss {
        slant_m: link.slant_m,
        breakpoint_m: losses.breakpoint_m,
        line_of_sight_db: losses.line_of_sight_db,
        obstructed_db: losses.obstructed_db,
        optional_obstructed_db: losses.optional_obstructed_db,
        line_of_sight_probability: probability,
        mean_db: probability * losses.line_of_sight_db + (1.0 - probability) * losses.obstructed_db,
        line_of_sight_sigma_db: losses.sigmas_db.0,
        obstructed_sigma_db: losses.sigmas_db.1,
        extrapolated: is_extrapolated(scenario, path, link.slant_m),
    })
}

fn check(scenario: Scenario, path: &TrPath) -> Result<(), ModelError> {
    const MODEL: &str = "3GPP TR 38.901";
    let highest_ghz = if scenario == Scenario::RuralMacro { 30.0 } else { 100.0 };
    let lowest_terminal_m = if matches!(scenario, Scenario::UrbanMacro | Scenario::UrbanMicro) {
        1.5
    } else {
        1.0
    };
    require(MODEL, "frequency", path.frequency_ghz, "GHz", (0.5, highest_ghz))?;
    require(MODEL, "distance", path.distance_m, "m", (0.0, 100_000.0))?;
    require(MODEL, "base height", path.base_height_m, "m", (1.5, 500.0))?;
    require(
        MODEL,
        "terminal height",
        path.terminal_height_m,
        "m",
        (lowest_terminal_m, 22.5),
    )?;
    if scenario == Scenario::RuralMacro {
        require(MODEL, "building height", path.building_height_m, "m", (5.0, 50.0))?;
        require(MODEL, "street width", path.street_width_m, "m", (5.0, 50.0))?;
    }
    Ok(())
}

fn is_extrapolated(scenario: Scenario, path: &TrPath, slant_m: f64) -> bool {
    let (lowest_m, highest_m, farthest_m) = match scenario {
        Scenario::RuralMacro => (10.0, 150.0, 5_000.0),
        Scenario::UrbanMacro => (25.0, 25.0, 5_000.0),
        Scenario::UrbanMicro => (10.0, 10.0, 5_000.0),
        Scenario::IndoorMixedOffice | Scenario::IndoorOpenOffice => return !(1.0..=150.0).contains(&slant_m),
    };
    let base_inside = (lowest_m..=highest_m).contains(&path.base_height_m);
    let terminal_inside = scenario != Scenario::RuralMacro || path.terminal_height_m <= 10.0;
    !(base_inside && terminal_inside && (SHORTEST_M..=farthest_m).contains(&path.distance_m))
}

struct Losses {
    breakpoint_m: f64,
    line_of_sight_db: f64,
    obstructed_db: f64,
    optional_obstructed_db: Option<f64>,
    sigmas_db: (f64, f64),
}

struct Link<'a> {
    ground_m: f64,
    slant_m: f64,
    lg20_frequency: f64,
    path: &'a TrPath,
}

impl Link<'_> {
    fn rural_macro(&self) -> Losses {
        let TrPath {
            frequency_ghz,
            base_height_m,
            terminal_height_m,
            building_height_m: h,
            street_width_m,
            ..
        } = *self.path;
        let near_db = |distance_m: f64| {
            20.0 * (40.0 * PI * distance_m * frequency_ghz / 3.0).log10()
                + (0.03 * h.powf(1.72)).min(10.0) * distance_m.log10()
                - (0.044 * h.powf(1.72)).min(14.77)
                + 0.002 * h.log10() * distance_m
        };
        let breakpoint_m = 2.0 * PI * base_height_m * terminal_height_m * frequency_ghz * 1e9 / SPEED_OF_LIGHT_M_PER_S;
        let within = self.ground_m <= breakpoint_m;
        let line_of_sight_db = if within {
            near_db(self.slant_m)
        } else {
            near_db(breakpoint_m) + 40.0 * (self.slant_m / breakpoint_m).log10()
        };
        let lg_base = base_height_m.log10();
        let obstructed_db = 161.04 - 7.1 * street_width_m.log10() + 7.5 * h.log10()
            - (24.37 - 3.7 * (h / base_height_m).powi(2)) * lg_base
            + (43.42 - 3.1 * lg_base) * (self.slant_m.log10() - 3.0)
            + self.lg20_frequency
            - (3.2 * (11.75 * terminal_height_m).log10().powi(2) - 4.97);
        Losses {
            breakpoint_m,
            line_of_sight_db,
            obstructed_db: obstructed_db.max(line_of_sight_db),
            optional_obstructed_db: None,
            sigmas_db: (if within { 4.0 } else { 6.0 }, 8.0),
        }
    }

    fn urban_macro(&self) -> Losses {
        let (breakpoint_m, line_of_sight_db) = self.urban_line_of_sight(28.0, 22.0, 9.0);
        let lg_slant = self.slant_m.log10();
        let obstructed_db = 13.54 + 39.08 * lg_slant + self.lg20_frequency - 0.6 * (self.path.terminal_height_m - 1.5);
        Losses {
            breakpoint_m,
            line_of_sight_db,
            obstructed_db: obstructed_db.max(line_of_sight_db),
            optional_obstructed_db: Some(32.4 + self.lg20_frequency + 30.0 * lg_slant),
            sigmas_db: (4.0, 6.0),
        }
    }

    fn urban_micro(&self) -> Losses {
        let (breakpoint_m, line_of_sight_db) = self.urban_line_of_sight(32.4, 21.0, 9.5);
        let lg_slant = self.slant_m.log10();
        let obstructed_db =
            35.3 * lg_slant + 22.4 + 21.3 * self.path.frequency_ghz.log10() - 0.3 * (self.path.terminal_height_m - 1.5);
        Losses {
            breakpoint_m,
            line_of_sight_db,
            obstructed_db: obstructed_db.max(line_of_sight_db),
            optional_obstructed_db: Some(32.4 + self.lg20_frequency + 31.9 * lg_slant),
            sigmas_db: (4.0, 7.82),
        }
    }

    /// Breakpoint and loss of the two urban line-of-sight forms, which differ in three constants.
    fn urban_line_of_sight(&self, constant_db: f64, near_slope: f64, breakpoint_slope: f64) -> (f64, f64) {
        const ENVIRONMENT_HEIGHT_M: f64 = 1.0;
        let TrPath {
            base_height_m,
            terminal_height_m,
            frequency_ghz,
            ..
        } = *self.path;
        let breakpoint_m = 4.0
            * (base_height_m - ENVIRONMENT_HEIGHT_M)
            * (terminal_height_m - ENVIRONMENT_HEIGHT_M)
            * frequency_ghz
            * 1e9
            / SPEED_OF_LIGHT_M_PER_S;
        let lg_slant = self.slant_m.log10();
        let loss_db = if self.ground_m <= breakpoint_m {
            constant_db + near_slope * lg_slant + self.lg20_frequency
        } else {
            let rise_m = base_height_m - terminal_height_m;
            constant_db + 40.0 * lg_slant + self.lg20_frequency
                - breakpoint_slope * (breakpoint_m * breakpoint_m + rise_m * rise_m).log10()
        };
        (breakpoint_m, loss_db)
    }

    fn indoor(&self) -> Losses {
        let lg_slant = self.slant_m.max(1.0).log10();
        let line_of_sight_db = 32.4 + 17.3 * lg_slant + self.lg20_frequency;
        let obstructed_db = 38.3 * lg_slant + 17.30 + 24.9 * self.path.frequency_ghz.log10();
        Losses {
            breakpoint_m: 0.0,
            line_of_sight_db,
            obstructed_db: obstructed_db.max(line_of_sight_db),
            optional_obstructed_db: Some(32.4 + self.lg20_frequency + 31.9 * lg_slant),
            sigmas_db: (3.0, 8.03),
        }
    }
}
