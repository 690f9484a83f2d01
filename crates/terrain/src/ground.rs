//! Elevation, land cover and population together.

use geodesy::{Bounds, LonLat};

use crate::clutter_patch::ClutterPatch;
use crate::elevation::{ElevationModel, SurfaceKind};
use crate::elevation_patch::ElevationPatch;
use crate::error::TerrainError;
use crate::land_cover::LandCover;
use crate::population::PopulationRaster;

/// All that is known about the ground of a project.
#[derive(Debug)]
pub struct Ground {
    /// Heights.
    pub elevation: ElevationModel,
    /// What stands on it.
    pub land_cover: Option<LandCover>,
    /// Who lives on it.
    pub population: Option<PopulationRaster>,
}

impl Ground {
    /// Ground with heights alone.
    #[must_use]
    pub const fn new(elevation: ElevationModel) -> Self {
        Self {
            elevation,
            land_cover: None,
            population: None,
        }
    }

    /// Height of clutter to add on top of the elevation at a place, metres. Always 0 over a surface model, which has
    /// trees and roofs in it already.
    #[must_use]
    pub fn clutter_height_m(&self, position: LonLat) -> f64 {
        self.clutter()
            .map_or(0.0, |land_cover| land_cover.clutter_height_m(position))
    }

    /// A dense piece in memory, for work that samples millions of points.
    ///
    /// # Errors
    /// As [`ElevationModel::patch`].
    pub fn patch(&self, bounds: Bounds) -> Result<GroundPatch, TerrainError> {
        let elevation = self.elevation.patch(bounds)?;
        let clutter = self
            .clutter()
            .map(|land_cover| land_cover.patch(&elevation))
            .transpose()?;
        Ok(GroundPatch { elevation, clutter })
    }

    /// The land cover, where its clutter is to be added.
    fn clutter(&self) -> Option<&LandCover> {
        match self.elevation.surface_kind() {
            SurfaceKind::BareEarth => self.land_cover.as_ref(),
            SurfaceKind::Surface => None,
        }
    }
}

/// A dense piece of ground.
#[derive(Debug, Clone, PartialEq)]
pub struct GroundPatch {
    /// Heights.
    pub elevation: ElevationPatch,
    /// Clutter to add; `None` when there is none to add.
    pub clutter: Option<ClutterPatch>,
}

impl GroundPatch {
    /// Height of the ground at a place, metres; NaN where unknown.
    #[inline]
    #[must_use]
    pub fn height_m(&self, lon_deg: f64, lat_deg: f64) -> f32 {
        self.elevation.height_m(lon_deg, lat_deg)
    }

    /// Clutter above the ground at a place, metres.
    #[inline]
    #[must_use]
    pub fn clutter_height_m(&self, lon_deg: f64, lat_deg: f64) -> f32 {
        self.clutter
            .as_ref()
            .map_or(0.0, |clutter| clutter.clutter_height_m(lon_deg, lat_deg))
    }

    /// Heights of the ground at `N` places in a row, metres; NaN where unknown. `step_deg` is east and north.
    #[inline(always)]
    #[must_use]
    pub fn heights_along<const N: usize>(&self, first: LonLat, step_deg: (f64, f64)) -> [f32; N] {
        self.elevation.heights_along(first, step_deg)
    }

    /// Clutter above the ground at `N` places in a row, metres.
    #[inline(always)]
    #[must_use]
    pub fn clutter_heights_along<const N: usize>(&self, first: LonLat, step_deg: (f64, f64)) -> [f32; N] {
        // Not a closure: it would be compiled on its own, without the caller's vector instructions.
        match &self.clutter {
            Some(clutter) => clutter.clutter_heights_along(first, step_deg),
            None => [0.0; N],
        }
    }
}
