//! From pixels to places and back.

use geodesy::{Bounds, CoordinateSystemError, LonLat, Transformer};

/// x = a·column + b·row + c, y = d·column + e·row + f, with pixel **edges** at whole numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Affine {
    pub a: f64,
    pub b: f64,
    pub c: f64,
    pub d: f64,
    pub e: f64,
    pub f: f64,
}

impl Affine {
    /// North-up: the outer corner of the north-west pixel and the pixel size.
    pub(crate) const fn north_up(west: f64, north: f64, pixel_width: f64, pixel_height: f64) -> Self {
        Self {
            a: pixel_width,
            b: 0.0,
            c: west,
            d: 0.0,
            e: -pixel_height,
            f: north,
        }
    }

    pub(crate) fn apply(&self, column: f64, row: f64) -> (f64, f64) {
        (
            self.a * column + self.b * row + self.c,
            self.d * column + self.e * row + self.f,
        )
    }

    /// The inverse, if the pixels have an area.
    pub(crate) fn inverse(&self) -> Option<Self> {
        let determinant = self.a * self.e - self.b * self.d;
        let parts = [self.a, self.b, self.c, self.d, self.e, self.f];
        if !determinant.is_normal() || parts.iter().any(|part| !part.is_finite()) {
            return None;
        }
        let (a, b, d, e) = (
            self.e / determinant,
            -self.b / determinant,
            -self.d / determinant,
            self.a / determinant,
        );
        Some(Self {
            a,
            b,
            c: -(a * self.c + b * self.f),
            d,
            e,
            f: -(d * self.c + e * self.f),
        })
    }
}

/// Where a raster's pixels lie on Earth.
#[derive(Debug, Clone)]
pub(crate) struct GeoReference {
    pixel_to_system: Affine,
    system_to_pixel: Affine,
    system: System,
}

#[derive(Debug, Clone)]
enum System {
    /// Longitude and latitude on WGS 84 (or a system that nobody can tell from it at terrain resolution).
    LonLat,
    /// Everything else, through PROJ.
    Transformed {
        to_wgs84: Transformer,
        from_wgs84: Transformer,
    },
}

/// Geographic systems within 1 m of WGS 84 everywhere: NAD83, ETRS89, WGS 72 is not one.
const SAME_AS_WGS84: [u32; 4] = [4326, 4979, 4269, 4258];

impl GeoReference {
    /// Pixels of degrees. `None` when the pixels have no area.
    pub(crate) fn lon_lat(affine: Affine) -> Option<Self> {
        Some(Self {
            pixel_to_system: affine,
            system_to_pixel: affine.inverse()?,
            system: System::LonLat,
        })
    }

    /// Pixels in a system by EPSG code.
    pub(crate) fn with_epsg(affine: Affine, epsg: u32) -> Result<Option<Self>, CoordinateSystemError> {
        if SAME_AS_WGS84.contains(&epsg) {
            return Ok(Self::lon_lat(affine));
        }
        let system = System::Transformed {
            to_wgs84: Transformer::to_wgs84(epsg)?,
            from_wgs84: Transformer::from_wgs84(epsg)?,
        };
        Ok(affine.inverse().map(|system_to_pixel| Self {
            pixel_to_system: affine,
            system_to_pixel,
            system,
        }))
    }

    /// Fractional pixel position of a place.
    pub(crate) fn pixel_of(&self, position: LonLat) -> Option<(f64, f64)> {
        let (x, y) = match &self.system {
            System::LonLat => (position.lon_deg, position.lat_deg),
            System::Transformed { from_wgs84, .. } => {
                from_wgs84.convert_raw(position.lon_deg, position.lat_deg).ok()?
            }
        };
        Some(self.system_to_pixel.apply(x, y))
    }

    /// Place of a fractional pixel position.
    pub(crate) fn position_of(&self, column: f64, row: f64) -> Option<LonLat> {
        let (x, y) = self.pixel_to_system.apply(column, row);
        match &self.system {
            System::LonLat => LonLat::checked(x, y).ok(),
            System::Transformed { to_wgs84, .. } => to_wgs84.convert(x, y).ok(),
        }
    }

    /// For rasters of longitude and latitude without rotation: the affine itself.
    pub(crate) fn plain_lon_lat(&self) -> Option<&Affine> {
        let straight = self.pixel_to_system.b == 0.0 && self.pixel_to_system.d == 0.0;
        (matches!(self.system, System::LonLat) && straight).then_some(&self.pixel_to_system)
    }

    /// The rectangle of degrees around all pixels, from points along the edges. Empty (invalid) when none is on Earth.
    pub(crate) fn bounds(&self, width: u32, height: u32) -> Bounds {
        const STEPS: u32 = 20;
        let (width, height) = (f64::from(width), f64::from(height));
        let edge = (0..=STEPS)
            .map(|step| f64::from(step) / f64::from(STEPS))
            .flat_map(|part| {
                [
                    (part * width, 0.0),
                    (part * width, height),
                    (0.0, part * height),
                    (width, part * height),
                ]
            });
        Bounds::around(edge.filter_map(|(column, row)| self.edge_position(column, row))).unwrap_or(Bounds::new(
            f64::NAN,
            f64::NAN,
            f64::NAN,
            f64::NAN,
        ))
    }

    /// As [`Self::position_of`], but the outer half pixel of a world-wide raster may pass a pole or the antimeridian.
    fn edge_position(&self, column: f64, row: f64) -> Option<LonLat> {
        match &self.system {
            System::LonLat => {
                let (x, y) = self.pixel_to_system.apply(column, row);
                let plausible = x.abs() <= 361.0 && y.abs() <= 91.0;
                plausible.then(|| LonLat::new(x, y))
            }
            System::Transformed { .. } => self.position_of(column, row),
        }
    }

    /// Ground size of a pixel in degrees (east–west, north–south), measured at the raster's middle.
    pub(crate) fn pixel_size_deg(&self, width: u32, height: u32) -> Option<(f64, f64)> {
        if let Some(affine) = self.plain_lon_lat() {
            return Some((affine.a.abs(), affine.e.abs()));
        }
        let (column, row) = (f64::from(width) / 2.0, f64::from(height) / 2.0);
        let here = self.position_of(column, row)?;
        let east = self.position_of(column + 1.0, row)?;
        let south = self.position_of(column, row + 1.0)?;
        let wide = (east.lon_deg - here.lon_deg)
            .abs()
            .max((south.lon_deg - here.lon_deg).abs());
        let high = (east.lat_deg - here.lat_deg)
            .abs()
            .max((south.lat_deg - here.lat_deg).abs());
        (wide > 0.0 && high > 0.0).then_some((wide, high))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inverse_undoes() {
        let affine = Affine {
            a: 30.0,
            b: 2.0,
            c: 500_000.0,
            d: -1.0,
            e: -29.0,
            f: 2_000_000.0,
        };
        let (x, y) = affine.apply(12.5, 7.25);
        let (column, row) = affine.inverse().expect("has area").apply(x, y);
        assert!((column - 12.5).abs() < 1e-9 && (row - 7.25).abs() < 1e-9);
    }

    #[test]
    fn pixels_without_area_are_refused() {
        assert!(GeoReference::lon_lat(Affine::north_up(105.0, 18.0, 0.0, 0.1)).is_none());
        assert!(GeoReference::lon_lat(Affine::north_up(f64::NAN, 18.0, 0.1, 0.1)).is_none());
    }

    #[test]
    fn vn2000_raster_lies_in_ha_tinh() {
        let affine = Affine::north_up(540_000.0, 2_030_000.0, 30.0, 30.0);
        let reference = GeoReference::with_epsg(affine, 9209).expect("known").expect("has area");
        let position = reference.position_of(0.0, 0.0).expect("on Earth");
        assert!(
            (position.lon_deg - 105.88).abs() < 0.02 && (position.lat_deg - 18.36).abs() < 0.02,
            "{position:?}"
        );
        let (column, row) = reference.pixel_of(position).expect("in the system");
        assert!(column.abs() < 1e-4 && row.abs() < 1e-4);
    }
}
