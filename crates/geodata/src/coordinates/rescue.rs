//! Other readings of two numbers that put no row where it belongs: a lost decimal point, a lost sign, another unit.

use super::pair::{Pair, PairKind};
use crate::message::Message;

/// Degrees between which Vietnam lies with its islands.
const LONGITUDES: std::ops::RangeInclusive<f64> = 102.0..=118.0;
const LATITUDES: std::ops::RangeInclusive<f64> = 6.0..=23.6;
/// Metres between which eastings and northings of Vietnam lie, whatever the zone.
const EASTINGS: std::ops::RangeInclusive<f64> = 100_000.0..=900_000.0;
const NORTHINGS: std::ops::RangeInclusive<f64> = 885_000.0..=2_620_000.0;

/// One other reading. It is only taken when the row's own commune (or the province) proves it.
#[derive(Debug, Clone, PartialEq)]
pub struct Rescue {
    /// Longitude or easting.
    pub east: f64,
    /// Latitude or northing.
    pub north: f64,
    /// What the two then are.
    pub kind: PairKind,
    /// Whether the axes were exchanged, too.
    pub swapped: bool,
    /// Stable code for reports.
    pub code: &'static str,
}

impl Rescue {
    /// What was done, in a sentence.
    #[must_use]
    pub fn message(&self) -> Message {
        match self.code {
            "decimal_point_lost" => Message::new(
                "mất dấu phẩy thập phân; đã đặt lại theo vị trí của xã",
                "the decimal point was lost; put back where the commune lies",
            ),
            "wrong_sign" => Message::new(
                "dấu âm không đúng (Việt Nam ở bán cầu bắc và đông); đã bỏ dấu",
                "the minus sign is wrong (Vietnam is north and east); removed",
            ),
            "zone_prefix" => Message::new(
                "tọa độ đông có kèm số múi ở đầu; đã bỏ số múi",
                "the easting begins with its zone number; removed",
            ),
            _ => Message::new(
                "tọa độ không tính bằng mét (km, dm, cm hoặc mm); đã đổi ra mét",
                "the coordinates are not in metres (km, dm, cm or mm); converted to metres",
            ),
        }
    }
}

/// All other readings of a pair.
pub fn rescues(pair: &Pair) -> Vec<Rescue> {
    let (east, north) = (pair.east.value, pair.north.value);
    let mut found = Vec::new();
    for (east, north, swapped) in [(east, north, false), (north, east, true)] {
        let mut add = |east: f64, north: f64, kind, code| {
            found.push(Rescue {
                east,
                north,
                kind,
                swapped,
                code,
            });
        };
        if (east < 0.0 || north < 0.0) && LONGITUDES.contains(&east.abs()) && LATITUDES.contains(&north.abs()) {
            add(east.abs(), north.abs(), PairKind::Geographic, "wrong_sign");
        }
        if let (Some(lon), Some(lat)) = (with_point(east, LONGITUDES), with_point(north, LATITUDES))
            && (lon != east || lat != north)
        {
            add(lon, lat, PairKind::Geographic, "decimal_point_lost");
        }
        for factor in [1000.0, 0.1, 0.01, 0.001] {
            if EASTINGS.contains(&(east * factor)) && NORTHINGS.contains(&(north * factor)) {
                add(east * factor, north * factor, PairKind::Projected, "coordinate_unit");
            }
        }
        // Only one of the two lost its decimal point.
        for power in 1..=4 {
            let factor = 0.1_f64.powi(power);
            if EASTINGS.contains(&east) && !NORTHINGS.contains(&north) && NORTHINGS.contains(&(north * factor)) {
                add(east, north * factor, PairKind::Projected, "decimal_point_lost");
            }
            if NORTHINGS.contains(&north) && !EASTINGS.contains(&east) && EASTINGS.contains(&(east * factor)) {
                add(east * factor, north, PairKind::Projected, "decimal_point_lost");
            }
        }
        let zone = (east / 1e6).floor();
        if (zone == 48.0 || zone == 49.0 || zone == 18.0) && NORTHINGS.contains(&north) {
            add(east - zone * 1e6, north, PairKind::Projected, "zone_prefix");
        }
    }
    found
}

/// A number with its decimal point where it falls into a range; `None` when there is no such place.
fn with_point(value: f64, range: std::ops::RangeInclusive<f64>) -> Option<f64> {
    if value <= 0.0 {
        return None;
    }
    // Dividing once by the exact power keeps every digit.
    (0..=13)
        .map(|power| value / 10_f64.powi(power))
        .find(|reading| range.contains(reading))
}

#[cfg(test)]
mod tests {
    use super::super::pair::Axis;
    use super::*;

    fn pair(east: f64, north: f64) -> Pair {
        let axis = |value| Axis {
            value,
            sexagesimal: false,
            repairs: Vec::new(),
            from_text: false,
        };
        Pair {
            east: axis(east),
            north: axis(north),
        }
    }

    #[test]
    fn numbers_are_read_otherwise() {
        for (east, north, code, expected) in [
            (105_912_345.0, 18.342_85, "decimal_point_lost", (105.912_345, 18.342_85)),
            (1_059_123.0, 1_834_285.0, "decimal_point_lost", (105.912_3, 18.342_85)),
            (-105.9, 18.3, "wrong_sign", (105.9, 18.3)),
            (543.21, 2028.134, "coordinate_unit", (543_210.0, 2_028_134.0)),
            (54_321_000.0, 202_813_400.0, "coordinate_unit", (543_210.0, 2_028_134.0)),
            (48_543_210.0, 2_028_134.0, "zone_prefix", (543_210.0, 2_028_134.0)),
            (543_210.0, 20_281_345.0, "decimal_point_lost", (543_210.0, 2_028_134.5)),
        ] {
            let found = rescues(&pair(east, north));
            let hit = found.iter().find(|rescue| rescue.code == code && !rescue.swapped);
            let hit = hit.unwrap_or_else(|| panic!("{east} {north}: {found:?}"));
            assert!(
                (hit.east - expected.0).abs() < 1e-6 && (hit.north - expected.1).abs() < 1e-6,
                "{hit:?}"
            );
        }
        assert!(rescues(&pair(105.9, 18.3)).is_empty());
    }
}
