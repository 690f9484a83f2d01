//! Drive tests beside a run: errors by distance, ground cover and band, and offsets that a planner may accept.

use std::collections::BTreeSet;

use coverage_model::measurements::{
    Calibration, DISTANCE_CLASSES_M, ErrorStatistics, MeasuredLevel, Residual, calibrate, errors_of,
};
use coverage_model::{ClutterKind, CoverageParameters, Engine, transmitters};
use geodata::{DatasetKind, Measurement, Records};
use serde_json::{Value, json};
use store::{Artefacts, Run};

use crate::Problem;
use crate::work::coverage::Loaded;
use crate::work::ground;
use crate::work::inputs::ProjectInputs;

/// Measurements of a project and what a run predicts for them.
pub struct Compared {
    measurements: Vec<Measurement>,
    residuals: Vec<Residual>,
}

/// Predicts every measurement of the project with the settings of a run.
///
/// # Errors
/// `no_measurements`, and what a coverage run may refuse.
pub fn compare(
    artefacts: &Artefacts,
    inputs: &ProjectInputs,
    run: &Run,
    cache: std::path::PathBuf,
) -> Result<Compared, Problem> {
    let Some(Records::Measurements(measurements)) = inputs.records(artefacts, DatasetKind::Measurements)? else {
        return Err(no_measurements());
    };
    let parameters: CoverageParameters = serde_json::from_value(run.parameters.clone())?;
    let loaded = Loaded::read(artefacts, inputs, &parameters.templates)?;
    let window = loaded.window(parameters.zoom);
    let engine =
        Engine::new(&loaded.ground, window, parameters, Some(cache))?.with_ground_identity(ground::identity(inputs));
    let cells = transmitters(&loaded.network);
    let levels: Vec<MeasuredLevel> = measurements
        .iter()
        .map(|row| MeasuredLevel {
            position: row.position,
            level_dbm: row.level_dbm,
            cell_code: row.cell_code.clone(),
            operator: row.operator.clone(),
            technology: row.technology,
        })
        .collect();
    let residuals = engine.residuals(&levels, &cells);
    Ok(Compared {
        measurements,
        residuals,
    })
}

impl Compared {
    /// Errors and fitted offsets; `held_out` of the points judge the offsets.
    #[must_use]
    pub fn report(&self, run: &Run, held_out: f64) -> Value {
        let all = &self.residuals;
        let by_distance: Vec<Value> = DISTANCE_CLASSES_M
            .windows(2)
            .map(|bounds| {
                let errors = errors_of(all, |r| (bounds[0]..bounds[1]).contains(&r.distance_m));
                let to = bounds[1].is_finite().then_some(bounds[1]);
                with(&errors, json!({ "from_m": bounds[0], "to_m": to }))
            })
            .collect();
        let by_clutter: Vec<Value> = ClutterKind::ALL
            .into_iter()
            .map(|kind| {
                let (vi, en) = words(kind);
                let errors = errors_of(all, move |r| r.clutter == kind);
                with(&errors, json!({ "clutter": kind, "label_vi": vi, "label_en": en }))
            })
            .collect();
        let bands: BTreeSet<u64> = all.iter().map(|r| (r.frequency_mhz * 10.0).round() as u64).collect();
        let by_band: Vec<Value> = bands
            .into_iter()
            .map(|band| {
                let errors = errors_of(all, move |r| (r.frequency_mhz * 10.0).round() as u64 == band);
                with(&errors, json!({ "frequency_mhz": band as f64 / 10.0 }))
            })
            .collect();
        let calibration: Calibration = calibrate(all, held_out);
        json!({
            "points": self.measurements.len(),
            "matched": all.len(),
            "without_prediction": self.measurements.len() - all.len(),
            "overall": errors_of(all, |_| true),
            "by_distance": by_distance, "by_clutter": by_clutter, "by_band": by_band,
            "calibration": calibration,
            "parameters": run.parameters,
        })
    }

    /// The points as a GeoJSON FeatureCollection.
    #[must_use]
    pub fn points(&self) -> Value {
        let features: Vec<Value> = self
            .residuals
            .iter()
            .filter_map(|residual| {
                let row = self.measurements.get(residual.index)?;
                Some(json!({
                    "type": "Feature",
                    "geometry": { "type": "Point", "coordinates": [row.position.lon_deg, row.position.lat_deg] },
                    "properties": {
                        "measured_dbm": residual.measured_dbm, "predicted_dbm": residual.predicted_dbm,
                        "error_db": residual.error_db(), "cell": residual.cell_code, "distance_m": residual.distance_m,
                        "clutter": residual.clutter, "time": row.time,
                    },
                }))
            })
            .collect();
        json!({ "type": "FeatureCollection", "features": features })
    }
}

fn with(errors: &ErrorStatistics, mut fields: Value) -> Value {
    if let (Value::Object(fields), Ok(Value::Object(numbers))) = (&mut fields, serde_json::to_value(errors)) {
        fields.extend(numbers);
    }
    fields
}

fn words(kind: ClutterKind) -> (&'static str, &'static str) {
    match kind {
        ClutterKind::Open => ("Đất trống, mặt nước", "Open ground, water"),
        ClutterKind::Suburban => ("Nhà thấp, ngoại ô", "Houses, suburbs"),
        ClutterKind::UrbanOrTrees => ("Đô thị, cây cối", "Town, trees"),
        ClutterKind::DenseUrban => ("Đô thị dày đặc", "Dense town"),
    }
}

fn no_measurements() -> Problem {
    Problem::new(
        409,
        "no_measurements",
        "dự án chưa có số liệu đo kiểm",
        "the project has no measurements yet",
    )
    .advise(
        "Nhập tệp CSV đo kiểm (kinh độ, vĩ độ, RSRP, cell hoặc nhà mạng) rồi xem lại.",
        "Import a CSV of measurements (longitude, latitude, RSRP, cell or operator), then look again.",
    )
}
