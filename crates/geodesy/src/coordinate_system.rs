//! Coordinate systems through PROJ, with VN-2000 pinned to one datum shift.
//!
//! PROJ knows two shifts between VN-2000 and WGS 84 (EPSG:5194 and EPSG:6960) and picks by its own rules; they lie up
//! to 0.8 m apart. So that a list gives the same places on every machine, every VN-2000 system here uses **EPSG:6960**
//! (coordinate frame rotation) written out as a pipeline.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::HashMap;

use proj::Proj;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::position::{LonLat, PositionError};

/// Why a coordinate system cannot be used or a coordinate cannot be converted.
#[derive(Debug, Clone, PartialEq, Error)]
#[non_exhaustive]
pub enum CoordinateSystemError {
    /// PROJ does not know the code.
    #[error("coordinate system EPSG:{epsg} is not known: {reason}")]
    Unknown {
        /// The EPSG code.
        epsg: u32,
        /// What PROJ said.
        reason: String,
    },
    /// A definition that PROJ cannot use.
    #[error("coordinate operation `{definition}` cannot be used: {reason}")]
    Definition {
        /// The pipeline or definition.
        definition: String,
        /// What PROJ said.
        reason: String,
    },
    /// The coordinate is outside what the system can express.
    #[error("coordinate ({x}, {y}) cannot be converted: {reason}")]
    Conversion {
        /// Easting or longitude.
        x: f64,
        /// Northing or latitude.
        y: f64,
        /// What PROJ said.
        reason: String,
    },
    /// The result is no place on Earth.
    #[error(transparent)]
    Position(#[from] PositionError),
}

/// A coordinate system by its EPSG code.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CoordinateSystem {
    /// EPSG code.
    pub epsg: u32,
    /// Name as in the EPSG registry.
    pub name: String,
    /// Central meridian in degrees, for transverse Mercator systems.
    pub central_meridian_deg: Option<f64>,
}

/// (EPSG code, name, central meridian in degrees, scale on it). False easting 500 000 m, false northing 0, all of them.
const VN2000_ZONES: [(u32, &str, f64, f64); 20] = [
    (3405, "VN-2000 / UTM zone 48N", 105.0, 0.9996),
    (3406, "VN-2000 / UTM zone 49N", 111.0, 0.9996),
    (5896, "VN-2000 / TM-3 zone 481", 102.0, 0.9999),
    (5897, "VN-2000 / TM-3 zone 482", 105.0, 0.9999),
    (5898, "VN-2000 / TM-3 zone 491", 108.0, 0.9999),
    (5899, "VN-2000 / TM-3 107-45", 107.75, 0.9999),
    (9205, "VN-2000 / TM-3 103-00", 103.0, 0.9999),
    (9206, "VN-2000 / TM-3 104-00", 104.0, 0.9999),
    (9207, "VN-2000 / TM-3 104-30", 104.5, 0.9999),
    (9208, "VN-2000 / TM-3 104-45", 104.75, 0.9999),
    (9209, "VN-2000 / TM-3 105-30", 105.5, 0.9999),
    (9210, "VN-2000 / TM-3 105-45", 105.75, 0.9999),
    (9211, "VN-2000 / TM-3 106-00", 106.0, 0.9999),
    (9212, "VN-2000 / TM-3 106-15", 106.25, 0.9999),
    (9213, "VN-2000 / TM-3 106-30", 106.5, 0.9999),
    (9214, "VN-2000 / TM-3 107-00", 107.0, 0.9999),
    (9215, "VN-2000 / TM-3 107-15", 107.25, 0.9999),
    (9216, "VN-2000 / TM-3 107-30", 107.5, 0.9999),
    (9217, "VN-2000 / TM-3 108-15", 108.25, 0.9999),
    (9218, "VN-2000 / TM-3 108-30", 108.5, 0.9999),
];

/// EPSG code of WGS 84 in degrees.
pub const WGS84: u32 = 4326;
/// EPSG code of geographic VN-2000.
pub const VN2000_GEOGRAPHIC: u32 = 4756;

/// EPSG:6960 from VN-2000 to WGS 84, in radians in and out, heights left alone. Both ellipsoids are WGS 84's.
const EPSG_6960: [Step; 5] = [
    Step::new("+proj=push +v_3"),
    Step::new("+proj=cart +ellps=WGS84"),
    Step::new(
        "+proj=helmert +convention=coordinate_frame +x=-191.90441429 +y=-39.30318279 +z=-111.45032835 \
         +rx=-0.00928836 +ry=0.01975479 +rz=-0.00427372 +s=0.252906278",
    ),
    Step::inverse("+proj=cart +ellps=WGS84"),
    Step::new("+proj=pop +v_3"),
];

/// One step of a PROJ pipeline.
#[derive(Debug, Clone)]
struct Step {
    definition: Cow<'static, str>,
    inverse: bool,
}

impl Step {
    const fn new(definition: &'static str) -> Self {
        Self {
            definition: Cow::Borrowed(definition),
            inverse: false,
        }
    }

    const fn inverse(definition: &'static str) -> Self {
        Self {
            definition: Cow::Borrowed(definition),
            inverse: true,
        }
    }
}

/// The projected VN-2000 systems: two UTM zones and the TM-3 zones by province. Deprecated codes with swapped false
/// origins (EPSG:6956–6959) are left out: no data uses them.
#[must_use]
pub fn vn2000_zones() -> Vec<CoordinateSystem> {
    VN2000_ZONES.iter().map(|zone| zone_system(*zone)).collect()
}

fn zone_system((epsg, name, central_meridian_deg, _): (u32, &str, f64, f64)) -> CoordinateSystem {
    CoordinateSystem {
        epsg,
        name: name.to_owned(),
        central_meridian_deg: Some(central_meridian_deg),
    }
}

/// Converts coordinates between one coordinate system and WGS 84.
///
/// PROJ's contexts must stay on the thread that made them, so a transformer holds only what to convert, and each thread
/// makes its own PROJ object at first use and keeps it. A transformer is cheap to clone and may be used from any thread.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Transformer {
    operation: Operation,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Operation {
    /// Both sides are WGS 84 degrees: nothing to do.
    Identity,
    /// A pipeline with degrees on the geographic side.
    Pipeline(String),
    /// Between two codes of PROJ's database.
    Codes { from: u32, to: u32 },
}

impl Transformer {
    /// From coordinates in a system (easting or longitude first, northing or latitude second) to WGS 84.
    ///
    /// # Errors
    /// [`CoordinateSystemError::Unknown`] for a code that PROJ does not know.
    pub fn to_wgs84(epsg: u32) -> Result<Self, CoordinateSystemError> {
        Self::checked(match vn2000_pipeline(epsg, Direction::ToWgs84) {
            Some(pipeline) => Operation::Pipeline(pipeline),
            None if epsg == WGS84 => Operation::Identity,
            None => Operation::Codes { from: epsg, to: WGS84 },
        })
    }

    /// From WGS 84 to coordinates in a system.
    ///
    /// # Errors
    /// [`CoordinateSystemError::Unknown`] for a code that PROJ does not know.
    pub fn from_wgs84(epsg: u32) -> Result<Self, CoordinateSystemError> {
        Self::checked(match vn2000_pipeline(epsg, Direction::FromWgs84) {
            Some(pipeline) => Operation::Pipeline(pipeline),
            None if epsg == WGS84 => Operation::Identity,
            None => Operation::Codes { from: WGS84, to: epsg },
        })
    }

    /// From a PROJ pipeline whose geographic sides are in degrees, for systems without a code.
    ///
    /// # Errors
    /// [`CoordinateSystemError::Definition`] when PROJ does not understand it.
    pub fn from_pipeline(pipeline: &str) -> Result<Self, CoordinateSystemError> {
        Self::checked(Operation::Pipeline(pipeline.to_owned()))
    }

    fn checked(operation: Operation) -> Result<Self, CoordinateSystemError> {
        with_proj(&operation, |_| ())?;
        Ok(Self { operation })
    }

    /// Converts to WGS 84: easting (or longitude) and northing (or latitude) to a place.
    ///
    /// # Errors
    /// [`CoordinateSystemError`] when the numbers are outside the system or give no place on Earth.
    pub fn convert(&self, x_easting: f64, y_northing: f64) -> Result<LonLat, CoordinateSystemError> {
        let (lon, lat) = self.convert_raw(x_easting, y_northing)?;
        Ok(LonLat::checked(lon, lat)?)
    }

    /// Converts one pair of numbers to another, in whichever units the two sides have.
    ///
    /// # Errors
    /// [`CoordinateSystemError::Conversion`] when the numbers are outside the system.
    pub fn convert_raw(&self, x: f64, y: f64) -> Result<(f64, f64), CoordinateSystemError> {
        let failed = |reason: String| CoordinateSystemError::Conversion { x, y, reason };
        if !(x.is_finite() && y.is_finite()) {
            return Err(failed("not a number".to_owned()));
        }
        let converted = with_proj(&self.operation, |proj| match proj {
            Some(proj) => proj.convert((x, y)).map_err(|error| failed(error.to_string())),
            None => Ok((x, y)),
        })??;
        if converted.0.is_finite() && converted.1.is_finite() {
            Ok(converted)
        } else {
            Err(failed("outside the area where the system is defined".to_owned()))
        }
    }
}

#[derive(Clone, Copy)]
enum Direction {
    ToWgs84,
    FromWgs84,
}

/// The pinned pipeline of a VN-2000 system; `None` for other codes.
fn vn2000_pipeline(epsg: u32, direction: Direction) -> Option<String> {
    const DEGREES: &str = "+proj=unitconvert +xy_in=deg +xy_out=rad";
    let to_radians = if epsg == VN2000_GEOGRAPHIC {
        Step::new(DEGREES)
    } else {
        let (_, _, meridian, scale) = VN2000_ZONES.iter().find(|zone| zone.0 == epsg)?;
        let definition = format!("+proj=tmerc +lat_0=0 +lon_0={meridian} +k={scale} +x_0=500000 +y_0=0 +ellps=WGS84");
        Step {
            definition: definition.into(),
            inverse: true,
        }
    };
    let mut steps = vec![to_radians];
    steps.extend(EPSG_6960);
    steps.push(Step::inverse(DEGREES));
    if matches!(direction, Direction::FromWgs84) {
        // Backwards: last step first, each undone (`pop` undone is `push`).
        steps.reverse();
        steps.iter_mut().for_each(|step| step.inverse = !step.inverse);
    }
    let written: Vec<String> = steps
        .iter()
        .map(|step| format!("+step {}{}", if step.inverse { "+inv " } else { "" }, step.definition))
        .collect();
    Some(format!("+proj=pipeline {}", written.join(" ")))
}

thread_local! {
    static PROJ_OBJECTS: RefCell<HashMap<Operation, Proj>> = RefCell::new(HashMap::new());
}

/// Runs `work` with this thread's PROJ object for an operation (`None` for the identity).
fn with_proj<R>(operation: &Operation, work: impl FnOnce(Option<&Proj>) -> R) -> Result<R, CoordinateSystemError> {
    if *operation == Operation::Identity {
        return Ok(work(None));
    }
    PROJ_OBJECTS.with_borrow_mut(|objects| {
        if !objects.contains_key(operation) {
            objects.insert(operation.clone(), create(operation)?);
        }
        Ok(work(objects.get(operation)))
    })
}

fn create(operation: &Operation) -> Result<Proj, CoordinateSystemError> {
    match operation {
        Operation::Identity => create(&Operation::Pipeline("+proj=noop".to_owned())),
        Operation::Pipeline(definition) => Proj::new(definition).map_err(|error| CoordinateSystemError::Definition {
            definition: definition.clone(),
            reason: error.to_string(),
        }),
        Operation::Codes { from, to } => Proj::new_known_crs(&format!("EPSG:{from}"), &format!("EPSG:{to}"), None)
            .map_err(|error| CoordinateSystemError::Unknown {
                epsg: if *from == WGS84 { *to } else { *from },
                reason: error.to_string(),
            }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::position::distance_m;
    use proptest::prelude::*;

    /// Easting, northing and the place that PROJ 9.5.1 (through pyproj 3.7.2) gives for "VN-2000 to WGS 84 (2)".
    const SECOND_OPINION: [(u32, f64, f64, f64, f64); 8] = [
        (9209, 540_000.0, 2_030_000.0, 105.880_346_302, 18.352_984_466),
        (9215, 450_123.45, 2_420_000.5, 106.769_253_578, 21.875_857_989),
        (9212, 560_000.0, 1_290_000.0, 106.802_120_134, 11.664_382_038),
        (9210, 480_000.0, 1_170_000.0, 105.569_019_722, 10.579_916_201),
        (5899, 540_000.0, 1_775_000.0, 108.125_660_863, 16.048_663_021),
        (3405, 590_000.0, 2_030_000.0, 105.853_719_895, 18.356_960_868),
        (3406, 200_000.0, 1_770_000.0, 108.198_937_405, 15.990_314_812),
        (4756, 105.5, 18.0, 105.501_848_429, 17.999_005_870),
    ];

    #[test]
    fn agrees_with_pyproj() {
        for (epsg, x, y, lon, lat) in SECOND_OPINION {
            let place = Transformer::to_wgs84(epsg)
                .expect("known")
                .convert(x, y)
                .expect("inside");
            let error_m = distance_m(place, LonLat::new(lon, lat));
            assert!(error_m < 0.001, "EPSG:{epsg}: {error_m} m");
        }
    }

    /// VN-2000 to WGS 84 without PROJ: geocentric coordinates, the coordinate frame rotation of EPSG method 9607, and
    /// back by Bowring's iteration.
    fn helmert_by_hand(lon_deg: f64, lat_deg: f64) -> LonLat {
        const E2: f64 = crate::ellipsoid::ECCENTRICITY_SQUARED;
        let n = |lat: f64| crate::ellipsoid::prime_vertical_radius_m(lat);
        let (lon, lat) = (lon_deg.to_radians(), lat_deg.to_radians());
        let (x, y) = (n(lat) * lat.cos() * lon.cos(), n(lat) * lat.cos() * lon.sin());
        let z = n(lat) * (1.0 - E2) * lat.sin();
        let seconds = |value: f64| (value / 3600.0).to_radians();
        let (rx, ry, rz) = (seconds(-0.00928836), seconds(0.01975479), seconds(-0.00427372));
        let m = 1.0 + 0.252906278e-6;
        let x2 = m * (x + rz * y - ry * z) - 191.90441429;
        let y2 = m * (-rz * x + y + rx * z) - 39.30318279;
        let z2 = m * (ry * x - rx * y + z) - 111.45032835;
        let p = x2.hypot(y2);
        let mut lat2 = (z2 / (p * (1.0 - E2))).atan();
        for _ in 0..10 {
            lat2 = ((z2 + E2 * n(lat2) * lat2.sin()) / p).atan();
        }
        LonLat::new(y2.atan2(x2).to_degrees(), lat2.to_degrees())
    }

    proptest! {
        #[test]
        fn the_datum_shift_is_epsg_6960(lon in 102.0..110.0_f64, lat in 8.0..24.0_f64) {
            let place = Transformer::to_wgs84(VN2000_GEOGRAPHIC).expect("known").convert(lon, lat).expect("inside");
            prop_assert!(distance_m(place, helmert_by_hand(lon, lat)) < 0.001);
            // Leaving the shift out costs about 225 m.
            let shift_m = distance_m(place, LonLat::new(lon, lat));
            prop_assert!((150.0..280.0).contains(&shift_m), "{shift_m}");
        }

        #[test]
        fn every_zone_converts_there_and_back(zone in 0..20_usize, offset_lon in -1.5..1.5_f64, lat in 8.0..24.0_f64) {
            let system = &vn2000_zones()[zone];
            let place = LonLat::new(system.central_meridian_deg.expect("transverse Mercator") + offset_lon, lat);
            let (x, y) = Transformer::from_wgs84(system.epsg).expect("known").convert_raw(place.lon_deg, place.lat_deg).expect("inside");
            prop_assert!((300_000.0..700_000.0).contains(&x) && (800_000.0..2_700_000.0).contains(&y));
            let back = Transformer::to_wgs84(system.epsg).expect("known").convert(x, y).expect("inside");
            // Both ways assume height 0, which differs between the ellipsoids by tens of metres: millimetres remain.
            prop_assert!(distance_m(place, back) < 0.005);
        }
    }

    #[test]
    fn the_central_meridian_is_at_the_false_easting() {
        for system in vn2000_zones() {
            let place = Transformer::to_wgs84(system.epsg)
                .expect("known")
                .convert(500_000.0, 2_000_000.0)
                .expect("inside");
            let scale = if system.epsg < 4000 { 0.9996 } else { 0.9999 };
            // On the central meridian the northing is the meridian arc times the scale; 2 000 km is near 18° N.
            let meridian_vn2000 = system.central_meridian_deg.expect("transverse Mercator");
            let by_hand = helmert_by_hand(meridian_vn2000, latitude_of_arc(2_000_000.0 / scale));
            assert!(distance_m(place, by_hand) < 0.01, "{}", system.name);
        }
    }

    /// Latitude whose meridian arc from the equator has a length, by integrating the meridian radius.
    fn latitude_of_arc(arc_m: f64) -> f64 {
        let steps = 200_000;
        let mut lat = 0.0_f64;
        for _ in 0..steps {
            let step = arc_m / f64::from(steps);
            let middle = lat + step / crate::ellipsoid::meridian_radius_m(lat) / 2.0;
            lat += step / crate::ellipsoid::meridian_radius_m(middle);
        }
        lat.to_degrees()
    }

    #[test]
    fn other_systems_come_from_the_database_inside_the_program() {
        // UTM 48N on WGS 84, from pyproj.
        let place = Transformer::to_wgs84(32648)
            .expect("known")
            .convert(590_000.0, 2_030_000.0)
            .expect("inside");
        assert!(distance_m(place, LonLat::new(105.851_868_471, 18.357_957_169)) < 0.001);
        assert_eq!(
            Transformer::to_wgs84(4326).expect("known").convert(105.5, 18.0),
            Ok(LonLat::new(105.5, 18.0))
        );
    }

    #[test]
    fn what_cannot_be_converted_is_an_error() {
        assert!(matches!(
            Transformer::to_wgs84(99_999),
            Err(CoordinateSystemError::Unknown { epsg: 99_999, .. })
        ));
        assert!(Transformer::from_pipeline("+proj=nonsense").is_err());
        let transformer = Transformer::to_wgs84(9209).expect("known");
        assert!(transformer.convert(f64::NAN, 0.0).is_err());
        assert!(transformer.convert(f64::INFINITY, 0.0).is_err());
        assert!(Transformer::to_wgs84(4326).expect("known").convert(200.0, 0.0).is_err());
    }

    #[test]
    fn one_transformer_serves_many_threads() {
        let transformer = Transformer::to_wgs84(9209).expect("known");
        let expected = transformer.convert(540_000.0, 2_030_000.0);
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for _ in 0..100 {
                        assert_eq!(transformer.convert(540_000.0, 2_030_000.0), expected);
                    }
                });
            }
        });
    }
}
