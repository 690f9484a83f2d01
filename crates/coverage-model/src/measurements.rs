//! Predicted against measured: how far the map is from drive tests, and which offsets would bring it nearer.

use std::collections::{BTreeMap, HashSet};

use geodesy::{LonLat, distance_m};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::engine::on_air;
use crate::layers::Groups;
use crate::masts::Mast;
use crate::planes::CellOnRaster;
use crate::scenario::{ClutterKind, LevelOffset};
use crate::{Engine, Transmitter};

/// One measured level.
#[derive(Debug, Clone, PartialEq)]
pub struct MeasuredLevel {
    /// Where.
    pub position: LonLat,
    /// Level per resource element (RSRP), dBm.
    pub level_dbm: f64,
    /// The cell, where the list names it.
    pub cell_code: Option<String>,
    /// The operator, where the list names it.
    pub operator: Option<String>,
    /// The technology, where the list names it.
    pub technology: Option<geodata::Technology>,
}

/// A measured level beside the predicted one.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Residual {
    /// Index in the list of measurements.
    pub index: usize,
    /// Measured, dBm.
    pub measured_dbm: f64,
    /// Predicted, dBm.
    pub predicted_dbm: f64,
    /// The cell that the prediction is of.
    pub cell_code: String,
    /// Its frequency, MHz.
    pub frequency_mhz: f64,
    /// Distance from its mast, m.
    pub distance_m: f64,
    /// Ground cover at the point.
    pub clutter: ClutterKind,
}

impl Residual {
    /// Predicted − measured, dB.
    #[must_use]
    pub fn error_db(&self) -> f64 {
        self.predicted_dbm - self.measured_dbm
    }
}

/// How far predictions are from measurements (predicted − measured).
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct ErrorStatistics {
    /// Points.
    pub count: usize,
    /// Mean, dB.
    pub bias_db: f64,
    /// Root of the mean square, dB.
    pub rmse_db: f64,
    /// Standard deviation about the mean, dB.
    pub sigma_db: f64,
}

impl ErrorStatistics {
    /// Of errors in dB.
    #[must_use]
    pub fn of(errors_db: impl Iterator<Item = f64> + Clone) -> Self {
        let count = errors_db.clone().count();
        if count == 0 {
            return Self::default();
        }
        let n = count as f64;
        let bias_db = errors_db.clone().sum::<f64>() / n;
        let rmse_db = (errors_db.clone().map(|e| e * e).sum::<f64>() / n).sqrt();
        let sigma_db = (errors_db.map(|e| (e - bias_db).powi(2)).sum::<f64>() / n).sqrt();
        Self {
            count,
            bias_db,
            rmse_db,
            sigma_db,
        }
    }
}

/// Offsets fitted to one part of the measurements and judged on the other.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Calibration {
    /// Points on which nothing was fitted.
    pub held_out_points: usize,
    /// What a planner may accept into a scenario.
    pub offsets: Vec<LevelOffset>,
    /// Errors on the held-out points as predicted.
    pub before: ErrorStatistics,
    /// Errors on the held-out points with the offsets.
    pub after: ErrorStatistics,
}

/// Fewest points from which an offset is fitted.
pub const FEWEST_POINTS: usize = 10;

impl Engine<'_> {
    /// Predictions for measured levels: of the cell that the list names, else of the strongest cell of the operator and
    /// technology that it names. Points that no such cell reaches are left out. `transmitters` are those of the whole network,
    /// as a run takes them, so that its path losses are found again.
    #[must_use]
    pub fn residuals(&self, measurements: &[MeasuredLevel], transmitters: &[Transmitter]) -> Vec<Residual> {
        let radii = self.radii(transmitters);
        let on_air = on_air(transmitters, self.parameters().scenario.as_ref());
        let groups = Groups::new(&on_air, self.parameters());
        let masts = self.masts(&on_air, &groups, &radii, &mut Vec::new());
        let codes: HashSet<&str> = masts
            .iter()
            .flat_map(|mast| &mast.cells)
            .filter_map(|&(index, _)| Some(on_air.get(index)?.cell_code.as_str()))
            .collect();
        let wanted: Vec<Wanted<'_>> = measurements
            .iter()
            .map(|measured| Wanted::new(measured, &codes))
            .collect();
        let on_masts: Vec<Vec<CellOnRaster>> = masts
            .iter()
            .map(|mast| {
                let cells = mast.cells.iter();
                cells
                    .map(|&(index, band)| self.on_raster(&on_air[index], (0, 0, 0), band))
                    .collect()
            })
            .collect();
        let predicted: Vec<Prediction> = masts
            .par_iter()
            .zip(&on_masts)
            .flat_map_iter(|(mast, cells)| self.predictions(mast, cells, &on_air, &wanted))
            .collect();
        let mut best: Vec<Option<Prediction>> = vec![None; measurements.len()];
        for prediction in predicted {
            let known = &mut best[prediction.measurement];
            if known.as_ref().is_none_or(|known| prediction.beats(known)) {
                *known = Some(prediction);
            }
        }
        let of_prediction = |prediction: Prediction| {
            let (measured, cell) = (&measurements[prediction.measurement], &on_air[prediction.cell]);
            Residual {
                index: prediction.measurement,
                measured_dbm: measured.level_dbm,
                predicted_dbm: prediction.level_dbm,
                cell_code: cell.cell_code.clone(),
                frequency_mhz: cell.frequency_mhz,
                distance_m: distance_m(measured.position, cell.position),
                clutter: ClutterKind::of_height(self.ground.clutter_height_m(measured.position)),
            }
        };
        best.into_iter().flatten().map(of_prediction).collect()
    }

    /// What the cells of one mast give at the measurements that may be of them.
    fn predictions(
        &self,
        mast: &Mast,
        cells: &[CellOnRaster],
        transmitters: &[Transmitter],
        wanted: &[Wanted<'_>],
    ) -> Vec<Prediction> {
        let near: Vec<(usize, &Wanted<'_>)> = wanted
            .iter()
            .enumerate()
            .filter(|(_, wanted)| {
                let mut on_mast = mast.cells.iter().filter_map(|&(index, _)| transmitters.get(index));
                on_mast.any(|cell| wanted.may_be_of(cell))
                    && distance_m(wanted.measured.position, mast.position) <= mast.radius_m
            })
            .collect();
        if near.is_empty() {
            return Vec::new();
        }
        let Some(loss) = self.path_loss(mast).0 else {
            return Vec::new();
        };
        let mut predictions = Vec::new();
        for (&(index, _), cell) in mast.cells.iter().zip(cells) {
            for &(measurement, wanted) in near.iter().filter(|(_, wanted)| wanted.may_be_of(&transmitters[index])) {
                let pixel = loss.window.pixel_of(wanted.measured.position);
                let pixel = pixel.and_then(|(column, row)| loss.window.index(column, row));
                if let Some(level_dbm) = pixel.and_then(|pixel| cell.signal_dbm(&loss, pixel)) {
                    predictions.push(Prediction {
                        measurement,
                        cell: index,
                        level_dbm: f64::from(level_dbm),
                    });
                }
            }
        }
        predictions
    }
}

/// A measurement and the cell that it names, if the network has it. A named cell that the network does not have says nothing.
struct Wanted<'m> {
    measured: &'m MeasuredLevel,
    cell_code: Option<&'m str>,
}

impl<'m> Wanted<'m> {
    fn new(measured: &'m MeasuredLevel, codes: &HashSet<&str>) -> Self {
        let cell_code = measured.cell_code.as_deref().filter(|code| codes.contains(code));
        Self { measured, cell_code }
    }

    /// Whether the measurement may be of a cell.
    fn may_be_of(&self, cell: &Transmitter) -> bool {
        if let Some(code) = self.cell_code {
            return cell.cell_code == code;
        }
        let operator = self.measured.operator.as_deref();
        operator.is_none_or(|operator| operator.eq_ignore_ascii_case(&cell.operator))
            && self
                .measured
                .technology
                .is_none_or(|technology| technology == cell.technology)
    }
}

/// The level of one cell at one measurement.
#[derive(Debug, Clone)]
struct Prediction {
    measurement: usize,
    cell: usize,
    level_dbm: f64,
}

impl Prediction {
    /// Stronger, or as strong and earlier in the network.
    fn beats(&self, other: &Self) -> bool {
        self.level_dbm > other.level_dbm || (self.level_dbm == other.level_dbm && self.cell < other.cell)
    }
}

/// Bounds of the distance classes, m.
pub const DISTANCE_CLASSES_M: [f64; 7] = [0.0, 250.0, 500.0, 1_000.0, 2_000.0, 5_000.0, f64::INFINITY];

/// Errors of the residuals that `wanted` takes.
#[must_use]
pub fn errors_of(residuals: &[Residual], wanted: impl Fn(&Residual) -> bool + Clone) -> ErrorStatistics {
    ErrorStatistics::of(residuals.iter().filter(move |r| wanted(r)).map(Residual::error_db))
}

/// Fits an offset per band and kind of ground cover, and one per band for the kinds with fewer than [`FEWEST_POINTS`]
/// points. `held_out` (0 … 0.9) of the points, chosen by their place in the list, judge it.
#[must_use]
pub fn calibrate(residuals: &[Residual], held_out: f64) -> Calibration {
    let (judges, fitted): (Vec<&Residual>, Vec<&Residual>) = residuals
        .iter()
        .partition(|residual| is_held_out(residual.index, held_out));
    let mut by_band: BTreeMap<u64, Vec<&Residual>> = BTreeMap::new();
    for residual in &fitted {
        by_band
            .entry((residual.frequency_mhz * 10.0).round() as u64)
            .or_default()
            .push(residual);
    }
    let mut offsets = Vec::new();
    for points in by_band.values() {
        let Some(frequency_mhz) = points.first().map(|point| point.frequency_mhz) else {
            continue;
        };
        let mut fit = |clutter: Option<ClutterKind>| {
            let of_kind = points
                .iter()
                .filter(|point| clutter.is_none_or(|kind| point.clutter == kind));
            let errors = ErrorStatistics::of(of_kind.map(|point| point.error_db()));
            if errors.count >= FEWEST_POINTS {
                offsets.push(LevelOffset {
                    frequency_mhz,
                    clutter,
                    offset_db: -errors.bias_db,
                });
            }
        };
        for kind in ClutterKind::ALL {
            fit(Some(kind));
        }
        fit(None);
    }
    let scenario = crate::Scenario {
        offsets,
        ..crate::Scenario::default()
    };
    let before = ErrorStatistics::of(judges.iter().map(|point| point.error_db()));
    let corrected =
        |point: &&&Residual| point.error_db() + scenario.offsets_db(point.frequency_mhz)[point.clutter.index()];
    let after = ErrorStatistics::of(judges.iter().map(|point| corrected(&point)));
    Calibration {
        held_out_points: judges.len(),
        before,
        after,
        offsets: scenario.offsets,
    }
}

/// Whether a point judges: the same points every time, spread over the list.
fn is_held_out(index: usize, share: f64) -> bool {
    let mixed = (index as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    ((mixed >> 40) as f64) < share.clamp(0.0, 0.9) * (1_u64 << 24) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn residual(index: usize, clutter: ClutterKind, error_db: f64) -> Residual {
        Residual {
            index,
            measured_dbm: -90.0,
            predicted_dbm: -90.0 + error_db,
            cell_code: "c".into(),
            frequency_mhz: 1842.5,
            distance_m: 800.0,
            clutter,
        }
    }

    #[test]
    fn offsets_take_away_the_bias_of_each_ground_cover() {
        let wave = |i: usize| ((i * 37) % 11) as f64 - 5.0;
        let points: Vec<Residual> = (0..400)
            .map(|i| match i % 2 {
                0 => residual(i, ClutterKind::Open, 6.0 + wave(i)),
                _ => residual(i, ClutterKind::UrbanOrTrees, -9.0 + wave(i)),
            })
            .collect();
        let calibration = calibrate(&points, 0.3);
        assert!((90..150).contains(&calibration.held_out_points), "{calibration:?}");
        assert!(
            calibration.before.rmse_db > 7.0 && calibration.after.rmse_db < 4.0,
            "{calibration:?}"
        );
        assert!(calibration.after.bias_db.abs() < 1.0);
        assert_eq!(calibration, calibrate(&points, 0.3));
        let all = errors_of(&points, |point| point.clutter == ClutterKind::Open);
        assert_eq!(all.count, 200);
        assert!((all.rmse_db.powi(2) - all.bias_db.powi(2) - all.sigma_db.powi(2)).abs() < 1e-9);
    }
}
