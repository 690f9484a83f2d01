//! Templates that a project changes: other values where a list was silent, without reading the list again.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::records::{Cell, CellField, Network, Technology};

/// Other values for the assumed fields of one technology's cells. What a list gave itself is never touched.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TemplateChange {
    /// Technology that it is for.
    pub technology: Technology,
    /// Operator that it is for; `None` for any. A change of one operator goes before one of any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operator: Option<String>,
    /// Band that it is for; `None` for any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub band: Option<String>,
    /// EIRP per resource element (per carrier's pilot for 2G and 3G), −20 … 80 dBm.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub eirp_per_re_dbm: Option<f64>,
    /// Channel bandwidth, 0.1 … 400 MHz.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bandwidth_mhz: Option<f64>,
    /// Antenna height above ground, 1 … 200 m.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub antenna_height_m: Option<f64>,
    /// Mechanical downtilt, −20 … 30 degrees.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mechanical_tilt_deg: Option<f64>,
    /// Electrical downtilt, −20 … 30 degrees.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub electrical_tilt_deg: Option<f64>,
    /// Half-power beamwidth in azimuth, 1 … 360 degrees.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub horizontal_beamwidth_deg: Option<f64>,
    /// Half-power beamwidth in elevation, 1 … 180 degrees.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vertical_beamwidth_deg: Option<f64>,
}

/// A value of a change that is outside its range.
#[derive(Debug, Clone, PartialEq)]
pub struct OutOfRange {
    /// The field's name.
    pub field: &'static str,
    /// The value.
    pub value: f64,
    /// Least and largest value.
    pub allowed: (f64, f64),
}

impl TemplateChange {
    /// The fields that can change, with what is asked for and their ranges.
    const fn fields(&self) -> [(CellField, Option<f64>, (f64, f64)); 7] {
        [
            (CellField::EirpPerReDbm, self.eirp_per_re_dbm, (-20.0, 80.0)),
            (CellField::BandwidthMhz, self.bandwidth_mhz, (0.1, 400.0)),
            (CellField::AntennaHeightM, self.antenna_height_m, (1.0, 200.0)),
            (CellField::MechanicalTiltDeg, self.mechanical_tilt_deg, (-20.0, 30.0)),
            (CellField::ElectricalTiltDeg, self.electrical_tilt_deg, (-20.0, 30.0)),
            (
                CellField::HorizontalBeamwidthDeg,
                self.horizontal_beamwidth_deg,
                (1.0, 360.0),
            ),
            (
                CellField::VerticalBeamwidthDeg,
                self.vertical_beamwidth_deg,
                (1.0, 180.0),
            ),
        ]
    }

    /// The first value outside its range.
    #[must_use]
    pub fn out_of_range(&self) -> Option<OutOfRange> {
        self.fields().into_iter().find_map(|(field, value, allowed)| {
            let value = value?;
            (!(allowed.0..=allowed.1).contains(&value)).then_some(OutOfRange {
                field: field.name(),
                value,
                allowed,
            })
        })
    }

    fn fits(&self, technology: Technology, operator: &str, band: &str) -> bool {
        self.technology == technology
            && self.operator.as_deref().is_none_or(|own| own == operator)
            && self.band.as_deref().is_none_or(|own| own == band)
    }

    fn apply(&self, cell: &mut Cell) {
        for (field, value, _) in self.fields() {
            if let (Some(value), true) = (value, cell.assumed.contains(field)) {
                match field {
                    CellField::EirpPerReDbm => cell.eirp_per_re_dbm = value,
                    CellField::BandwidthMhz => cell.bandwidth_mhz = value,
                    CellField::AntennaHeightM => cell.antenna_height_m = value,
                    CellField::MechanicalTiltDeg => cell.mechanical_tilt_deg = value,
                    CellField::ElectricalTiltDeg => cell.electrical_tilt_deg = value,
                    CellField::HorizontalBeamwidthDeg => cell.horizontal_beamwidth_deg = value,
                    CellField::VerticalBeamwidthDeg => cell.vertical_beamwidth_deg = value,
                    CellField::Band | CellField::FrequencyMhz | CellField::AzimuthDeg => {}
                }
            }
        }
    }
}

/// Gives the assumed fields of a network's cells the values of `changes`; general changes first, so that special ones win.
pub fn apply_template_changes(changes: &[TemplateChange], network: &mut Network) {
    if changes.is_empty() {
        return;
    }
    let mut ordered: Vec<&TemplateChange> = changes.iter().collect();
    ordered.sort_by_key(|change| usize::from(change.operator.is_some()) + usize::from(change.band.is_some()));
    let stations: HashMap<&str, (Technology, &str)> = network
        .stations
        .iter()
        .map(|station| (station.code.as_str(), (station.technology, station.operator.as_str())))
        .collect();
    for cell in &mut network.cells {
        let Some((technology, operator)) = stations.get(cell.station_code.as_str()) else {
            continue;
        };
        for change in &ordered {
            if change.fits(*technology, operator, &cell.band) {
                change.apply(cell);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn network() -> Network {
        let cell = |code: &str, station: &str, assumed: &[&str]| {
            json!({ "code": code, "station_code": station, "sector": 1, "band": "B3", "frequency_mhz": 1842.5, "bandwidth_mhz": 20.0,
                "azimuth_deg": 0.0, "mechanical_tilt_deg": 2.0, "electrical_tilt_deg": 2.0, "antenna_height_m": 40.0, "eirp_per_re_dbm": 32.0,
                "horizontal_beamwidth_deg": 65.0, "vertical_beamwidth_deg": 8.0, "assumed": assumed })
        };
        let station = |code: &str, operator: &str| json!({ "code": code, "site_code": "S", "operator": operator, "technology": "4g" });
        serde_json::from_value(json!({
            "sites": [],
            "stations": [station("A", "Viettel"), station("B", "VNPT")],
            "cells": [cell("A-1", "A", &["eirp_per_re_dbm"]), cell("B-1", "B", &["eirp_per_re_dbm", "antenna_height_m"]), cell("B-2", "B", &[])],
        }))
        .unwrap()
    }

    fn change(text: serde_json::Value) -> TemplateChange {
        serde_json::from_value(text).unwrap()
    }

    #[test]
    fn only_what_was_assumed_changes_and_the_special_wins() {
        let changes = [
            change(json!({ "technology": "4g", "operator": "VNPT", "eirp_per_re_dbm": 28.0 })),
            change(json!({ "technology": "4g", "eirp_per_re_dbm": 30.0, "antenna_height_m": 25.0 })),
            change(json!({ "technology": "5g", "eirp_per_re_dbm": 40.0 })),
        ];
        let mut network = network();
        apply_template_changes(&changes, &mut network);
        let levels: Vec<_> = network
            .cells
            .iter()
            .map(|cell| (cell.eirp_per_re_dbm, cell.antenna_height_m))
            .collect();
        assert_eq!(levels, [(30.0, 40.0), (28.0, 25.0), (32.0, 40.0)]);
    }

    #[test]
    fn values_out_of_range_are_named() {
        assert_eq!(
            change(json!({ "technology": "4g", "antenna_height_m": 30.0 })).out_of_range(),
            None
        );
        let fault = change(json!({ "technology": "4g", "eirp_per_re_dbm": 500.0 }))
            .out_of_range()
            .unwrap();
        assert_eq!((fault.field, fault.value), ("eirp_per_re_dbm", 500.0));
        assert!(serde_json::from_value::<TemplateChange>(json!({ "technology": "4g", "color": "red" })).is_err());
    }
}
