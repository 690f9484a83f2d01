//! Land cover: which class, and how high its clutter stands.

use std::path::Path;

use geodesy::LonLat;

use crate::class_table::ClassTable;
use crate::clutter_patch::ClutterPatch;
use crate::discover::open_all;
use crate::elevation_patch::ElevationPatch;
use crate::error::TerrainError;
use crate::polygon_cover::{Cells, CoverPolygon, PolygonCover};
use crate::raster::{Affine, BlockCache, Raster, Reader};

/// Bytes of decoded blocks that a land cover keeps.
const CACHE_BYTES: usize = 64 << 20;

/// Land cover from rasters of class codes or from polygons.
#[derive(Debug)]
pub struct LandCover {
    table: ClassTable,
    /// Clutter height by class code.
    heights_m: Vec<f32>,
    source: Source,
}

#[derive(Debug)]
enum Source {
    Rasters { rasters: Vec<Raster>, cache: BlockCache },
    Polygons(PolygonCover),
}

impl LandCover {
    /// Opens a raster of class codes, or a folder of them.
    ///
    /// # Errors
    /// [`TerrainError`] for the first file that cannot be used, or when there is none.
    pub fn open(path: &Path, table: ClassTable) -> Result<Self, TerrainError> {
        let rasters = open_all(&[path.to_owned()])?;
        Ok(Self::new(
            table,
            Source::Rasters {
                rasters,
                cache: BlockCache::new(CACHE_BYTES),
            },
        ))
    }

    /// Land cover from polygons; where they overlap, the smaller one wins.
    #[must_use]
    pub fn from_polygons(polygons: Vec<CoverPolygon>, table: ClassTable) -> Self {
        Self::new(table, Source::Polygons(PolygonCover::new(polygons)))
    }

    fn new(table: ClassTable, source: Source) -> Self {
        Self {
            heights_m: table.heights_by_code(),
            table,
            source,
        }
    }

    /// The class table in use.
    #[must_use]
    pub const fn table(&self) -> &ClassTable {
        &self.table
    }

    /// Class code at a place (the nearest pixel, or the polygon around it); `None` where nothing is known.
    #[must_use]
    pub fn class(&self, position: LonLat) -> Option<u16> {
        match &self.source {
            Source::Polygons(polygons) => polygons.class(position),
            Source::Rasters { rasters, cache } => rasters
                .iter()
                .enumerate()
                .filter(|(_, raster)| raster.bounds.contains(position))
                .find_map(|(index, raster)| nearest(&mut Reader::new(raster, index, cache), position).ok().flatten()),
        }
    }

    /// Representative clutter height at a place, metres above ground; 0 where the class is unknown.
    #[must_use]
    pub fn clutter_height_m(&self, position: LonLat) -> f64 {
        f64::from(self.class(position).map_or(0.0, |code| self.height_of(code)))
    }

    /// Clutter heights around the samples of an elevation patch, one cell around each.
    ///
    /// # Errors
    /// [`TerrainError`] when a block cannot be read.
    pub fn patch(&self, elevation: &ElevationPatch) -> Result<ClutterPatch, TerrainError> {
        let (columns, rows) = elevation.size();
        let (step_lon_deg, step_lat_deg) = elevation.step_deg();
        let first = elevation.sample_position(0, 0);
        let (west, north) = (first.lon_deg - step_lon_deg / 2.0, first.lat_deg + step_lat_deg / 2.0);
        let cells = Cells {
            west,
            north,
            step_lon_deg,
            step_lat_deg,
            columns,
            rows,
        };
        let heights_m = match &self.source {
            Source::Polygons(polygons) => self.paint(polygons, &cells),
            Source::Rasters { rasters, cache } => self.resample(rasters, cache, &cells)?,
        };
        ClutterPatch::from_cells(LonLat::new(west, north), step_lon_deg, step_lat_deg, columns, heights_m)
            .ok_or(TerrainError::NoGround { at: first })
    }

    fn paint(&self, polygons: &PolygonCover, cells: &Cells) -> Vec<f32> {
        let mut heights_m = vec![0.0; cells.columns * cells.rows];
        polygons.rasterise(cells, |from, to, row, code| {
            heights_m[row * cells.columns + from..row * cells.columns + to].fill(self.height_of(code));
        });
        heights_m
    }

    fn resample(&self, rasters: &[Raster], cache: &BlockCache, cells: &Cells) -> Result<Vec<f32>, TerrainError> {
        let mut heights_m = vec![f32::NAN; cells.columns * cells.rows];
        for (index, raster) in rasters.iter().enumerate() {
            let mut reader = Reader::new(raster, index, cache);
            match raster.georeference.plain_lon_lat() {
                Some(affine) => self.resample_rows(&mut reader, affine, cells, &mut heights_m)?,
                None => self.resample_places(&mut reader, cells, &mut heights_m)?,
            }
        }
        heights_m
            .iter_mut()
            .filter(|height| height.is_nan())
            .for_each(|height| *height = 0.0);
        Ok(heights_m)
    }

    /// Fills open cells from a raster of degrees: its columns and rows are found once.
    fn resample_rows(
        &self,
        reader: &mut Reader<'_>,
        affine: &Affine,
        cells: &Cells,
        heights_m: &mut [f32],
    ) -> Result<(), TerrainError> {
        let (width, height) = (reader.raster().width, reader.raster().height);
        let inside = |value: f64, size: u32| (0.0..f64::from(size)).contains(&value).then_some(value as u32);
        let columns: Vec<Option<u32>> = (0..cells.columns)
            .map(|column| inside((cells.centre(column, 0).lon_deg - affine.c) / affine.a, width))
            .collect();
        let known = columns.iter().flatten();
        let (Some(&first), Some(&last)) = (known.clone().min(), known.max()) else {
            return Ok(());
        };
        let mut samples = vec![f32::NAN; (last - first + 1) as usize];
        for (row, line) in heights_m.chunks_exact_mut(cells.columns).enumerate() {
            let Some(raster_row) = inside((cells.centre(0, row).lat_deg - affine.f) / affine.e, height) else {
                continue;
            };
            reader.copy_row(first, raster_row, &mut samples)?;
            for (cell, column) in line.iter_mut().zip(&columns).filter(|(cell, _)| cell.is_nan()) {
                let sample = column.and_then(|column| samples.get((column - first) as usize));
                if let Some(code) = sample.and_then(|&sample| class_code(sample)) {
                    *cell = self.height_of(code);
                }
            }
        }
        Ok(())
    }

    /// Fills open cells from a raster in any other system, place by place.
    fn resample_places(
        &self,
        reader: &mut Reader<'_>,
        cells: &Cells,
        heights_m: &mut [f32],
    ) -> Result<(), TerrainError> {
        for (index, height) in heights_m.iter_mut().enumerate().filter(|(_, height)| height.is_nan()) {
            let position = cells.centre(index % cells.columns, index / cells.columns);
            if !reader.raster().bounds.contains(position) {
                continue;
            }
            if let Some(code) = nearest(reader, position)? {
                *height = self.height_of(code);
            }
        }
        Ok(())
    }

    fn height_of(&self, code: u16) -> f32 {
        self.heights_m.get(usize::from(code)).copied().unwrap_or(0.0)
    }
}

/// The class code of the pixel that holds a place.
fn nearest(reader: &mut Reader<'_>, position: LonLat) -> Result<Option<u16>, TerrainError> {
    let Some((x, y)) = reader.raster().pixel_of(position) else {
        return Ok(None);
    };
    if x < 0.0 || y < 0.0 {
        return Ok(None);
    }
    Ok(class_code(reader.sample(x as u32, y as u32)?))
}

fn class_code(sample: f32) -> Option<u16> {
    (0.0..=f32::from(u16::MAX)).contains(&sample).then_some(sample as u16)
}
