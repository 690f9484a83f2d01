//! Coordinate systems through PROJ, with VN-2000 pinned to one datum shift.
//!
//! PROJ knows two shifts between VN-2000 and WGS 84 (EPSG:5194 and EPSG:6960) and picks by its own rules; they lie up
//! to 0.8 m apart. So that a list gives the same places on every machine, every VN-2000 system here uses **EPSG:6960**
//! (coordinate frame rotation) written out as a pipeline.

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
const EPSG_6960: &str = "+step +proj=push +v_3 +step +proj=cart +ellps=WGS84 \
    +step +proj=helmert +convention=coordinate_frame +x=-191.90441429 +y=-39.30318279 +z=-111.45032835 \
    +rx=-0.00928836 +ry=0.01975479 +rz=-0.00427372 +s=0.252906278 \
    +step +inv +proj=cart +ellps=WGS84 +step +proj=pop +v_3";

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
    let to_radians = if epsg == VN2000_GEOGRAPHIC {
        "+step +proj=unitconvert +xy_in=deg +xy_out=rad".to_owned()
    } else {
        let (_, _, meridian, scale) = VN2000_ZONES.iter().find(|zone| zone.0 == epsg)?;
        format!("+step +inv +proj=tmerc +lat_0=0 +lon_0={meridian} +k={scale} +x_0=500000 +y_0=0 +ellps=WGS84")
    };
    let inverse = match direction {
        Direction::ToWgs84 => "",
        Direction::FromWgs84 => " +inv",
    };
    Some(format!(
        "+proj=pipeline{inverse} {to_radians} {EPSG_6960} +step +proj=unitconvert +xy_in=rad +xy_out=deg"
    ))
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
