//! Coordinate systems of OGC API Features, Part 2: which ones features may be asked in, and the way there and back.

use geodesy::coordinate_system::Transformer;
use serde_json::{Value, json};

use crate::Problem;

/// The coordinate system of GeoJSON: WGS 84, longitude before latitude.
pub const CRS84: &str = "http://www.opengis.net/def/crs/OGC/1.3/CRS84";
const EPSG: &str = "http://www.opengis.net/def/crs/EPSG/0/";
const WGS84: u32 = 4326;
/// Systems whose first coordinate is the latitude, by their authority.
const LATITUDE_FIRST: [u32; 2] = [WGS84, 4756];

/// EPSG codes that features may be asked in besides CRS84: WGS 84, Web Mercator, VN-2000 geographic, UTM and the 3° zones.
const CODES: [u32; 23] = [
    WGS84, 3857, 4756, 3405, 3406, 5896, 5897, 5898, 5899, 9205, 9206, 9207, 9208, 9209, 9210, 9211, 9212, 9213, 9214,
    9215, 9216, 9217, 9218,
];

/// A coordinate system that features may be asked in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Crs {
    /// Longitude, latitude of WGS 84.
    Crs84,
    /// An EPSG code, coordinates in the authority's order.
    Epsg(u32),
}

impl Crs {
    /// The system of a URI; CRS84 without one.
    pub fn of(parameter: &str, uri: Option<&str>) -> Result<Self, Problem> {
        let known = match uri {
            None | Some(CRS84) => Some(Self::Crs84),
            Some(uri) => uri
                .strip_prefix(EPSG)
                .and_then(|code| code.parse().ok())
                .filter(|code| CODES.contains(code))
                .map(Self::Epsg),
        };
        known.ok_or_else(|| {
            let uri = uri.unwrap_or_default();
            Problem::bad_parameter(
                parameter,
                format!("không phục vụ hệ tọa độ «{uri}»; xem danh sách crs của bộ sưu tập"),
                format!("coordinate system {uri:?} is not served; see the collection's list of crs"),
            )
        })
    }

    /// Its URI.
    pub fn uri(self) -> String {
        match self {
            Self::Crs84 => CRS84.to_owned(),
            Self::Epsg(code) => format!("{EPSG}{code}"),
        }
    }

    /// The URIs of all, CRS84 first.
    pub fn all() -> Vec<String> {
        let codes = CODES.iter().map(|code| Self::Epsg(*code));
        std::iter::once(Self::Crs84).chain(codes).map(Self::uri).collect()
    }

    /// Rewrites a feature's coordinates from longitude, latitude.
    pub fn rewrite(self, feature: &mut Value) -> Result<(), Problem> {
        let Self::Epsg(code) = self else { return Ok(()) };
        let Some(coordinates) = feature.pointer_mut("/geometry/coordinates") else {
            return Ok(());
        };
        let transformer = transformer(Transformer::from_wgs84(code))?;
        rewrite(coordinates, code, &transformer)
    }

    /// A box of this system as one of longitudes and latitudes that holds it: west, south, east, north.
    pub fn to_degrees(self, [west, south, east, north]: [f64; 4]) -> Result<[f64; 4], Problem> {
        let Self::Epsg(code) = self else {
            return Ok([west, south, east, north]);
        };
        if LATITUDE_FIRST.contains(&code) {
            return inside(code, [south, west, north, east]);
        }
        inside(code, [west, south, east, north])
    }
}

/// The box around a box's edges: they are curves on the other side.
fn inside(code: u32, [west, south, east, north]: [f64; 4]) -> Result<[f64; 4], Problem> {
    const STEPS: u32 = 8;
    if code == WGS84 {
        return Ok([west, south, east, north]);
    }
    let transformer = transformer(Transformer::to_wgs84(code))?;
    let mut around = [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY];
    for step in 0..=STEPS {
        let part = f64::from(step) / f64::from(STEPS);
        let (x, y) = (west + part * (east - west), south + part * (north - south));
        for (x, y) in [(x, south), (x, north), (west, y), (east, y)] {
            let (lon, lat) = transformer.convert_raw(x, y).map_err(|error| {
                Problem::bad_parameter(
                    "bbox",
                    format!("bbox ngoài phạm vi hệ tọa độ: {error}"),
                    format!("the bbox is outside its coordinate system: {error}"),
                )
                .well_formed()
            })?;
            around = [
                around[0].min(lon),
                around[1].min(lat),
                around[2].max(lon),
                around[3].max(lat),
            ];
        }
    }
    Ok(around)
}

fn transformer(
    made: Result<Transformer, geodesy::coordinate_system::CoordinateSystemError>,
) -> Result<Transformer, Problem> {
    made.map_err(|error| Problem::internal(&error))
}

fn rewrite(value: &mut Value, code: u32, transformer: &Transformer) -> Result<(), Problem> {
    let Value::Array(items) = value else { return Ok(()) };
    let pair = (
        items.first().and_then(Value::as_f64),
        items.get(1).and_then(Value::as_f64),
    );
    let (Some(lon), Some(lat)) = pair else {
        return items.iter_mut().try_for_each(|item| rewrite(item, code, transformer));
    };
    let (x, y) = transformer
        .convert_raw(lon, lat)
        .map_err(|error| Problem::internal(&error))?;
    *value = if LATITUDE_FIRST.contains(&code) {
        json!([y, x])
    } else {
        json!([x, y])
    };
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn features_come_in_the_authoritys_order_and_boxes_go_back() {
        let point = || json!({ "geometry": { "type": "Point", "coordinates": [105.9, 18.34] } });
        let asked = |code: u32| {
            let mut feature = point();
            Crs::of("crs", Some(&format!("{EPSG}{code}")))
                .unwrap()
                .rewrite(&mut feature)
                .unwrap();
            let pair = &feature["geometry"]["coordinates"];
            [pair[0].as_f64().unwrap(), pair[1].as_f64().unwrap()]
        };
        assert_eq!(asked(4326), [18.34, 105.9]);
        let [east, north] = asked(9209);
        // Central meridian 105°30′, false easting 500 km; one degree of latitude is about 110.6 km.
        assert!(
            (540_000.0..545_000.0).contains(&east) && (2_027_000.0..2_030_000.0).contains(&north),
            "{east} {north}"
        );
        let around = Crs::Epsg(9209)
            .to_degrees([east - 1.0, north - 1.0, east + 1.0, north + 1.0])
            .unwrap();
        assert!(around[0] < 105.9 && around[2] > 105.9 && around[1] < 18.34 && around[3] > 18.34);
        assert!(around[2] - around[0] < 1e-4);
        assert_eq!(
            Crs::Epsg(4326).to_degrees([18.0, 105.0, 19.0, 106.0]).unwrap(),
            [105.0, 18.0, 106.0, 19.0]
        );
        assert!(Crs::of("crs", Some("urn:ogc:def:crs:EPSG::4326")).is_err());
    }
}
