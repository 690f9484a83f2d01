//! Layers as PMTiles: one archive of vector tiles that a map opens from any file server.

use std::io::Cursor;

use geo::BoundingRect;
use geo_types::Geometry;
use geodesy::tile_grid::PixelWindow;
use geodesy::{Bounds, Tile};
use pmtiles::{Compression, PmTilesWriter, TileCoord, TileType};
use serde_json::{Value, json};

use crate::Problem;
use crate::work::vector_tile;

/// Zooms of the archive: a province as a whole, down to some tens of metres a unit.
const LOWEST_ZOOM: u8 = 4;
const HIGHEST_ZOOM: u8 = 11;
/// Most tiles of one archive.
const MOST_TILES: usize = 20_000;

/// Writes features as a PMTiles archive of one vector layer.
pub fn write(layer: &str, features: &[Value]) -> Result<Vec<u8>, Problem> {
    let bounds = bounds(features).ok_or_else(|| {
        Problem::new(
            422,
            "nothing_to_export",
            format!("lớp {layer} không có hình học"),
            format!("layer {layer} has no shapes"),
        )
    })?;
    let metadata = json!({
        "name": layer,
        "vector_layers": [{ "id": layer, "fields": {}, "minzoom": LOWEST_ZOOM, "maxzoom": HIGHEST_ZOOM }],
    });
    let mut bytes = Cursor::new(Vec::new());
    let mut writer = PmTilesWriter::new(TileType::Mvt)
        .tile_compression(Compression::Gzip)
        .min_zoom(LOWEST_ZOOM)
        .max_zoom(HIGHEST_ZOOM)
        .bounds(bounds.west, bounds.south, bounds.east, bounds.north)
        .metadata(metadata.to_string())
        .create(&mut bytes)
        .map_err(|error| Problem::internal(&error))?;
    let mut count = 0;
    for zoom in LOWEST_ZOOM..=HIGHEST_ZOOM {
        let tiles: Vec<Tile> = PixelWindow::covering(bounds, zoom).tiles().collect();
        count += tiles.len();
        if count > MOST_TILES {
            return Err(Problem::new(
                422,
                "too_many_tiles",
                "vùng quá rộng để xuất PMTiles",
                "the area is too large for a PMTiles archive",
            ));
        }
        for tile in tiles {
            let Some(encoded) = encoded(layer, tile, features)? else {
                continue;
            };
            let at = TileCoord::new(zoom, tile.x, tile.y).map_err(|error| Problem::internal(&error))?;
            writer
                .add_tile(at, &encoded)
                .map_err(|error| Problem::internal(&error))?;
        }
    }
    writer.finalize().map_err(|error| Problem::internal(&error))?;
    Ok(bytes.into_inner())
}

/// A tile, when anything is in it.
fn encoded(layer: &str, tile: Tile, features: &[Value]) -> Result<Option<Vec<u8>>, Problem> {
    let bytes = vector_tile::encode(layer, tile, features)?;
    let empty = vector_tile::encode(layer, tile, &[])?;
    Ok((bytes != empty).then_some(bytes))
}

fn bounds(features: &[Value]) -> Option<Bounds> {
    let boxes = features.iter().filter_map(|feature| {
        let geometry: geojson::Geometry = serde_json::from_value(feature["geometry"].clone()).ok()?;
        Geometry::<f64>::try_from(&geometry.value).ok()?.bounding_rect()
    });
    boxes
        .map(|r| Bounds::new(r.min().x, r.min().y, r.max().x, r.max().y))
        .reduce(|a, b| {
            Bounds::new(
                a.west.min(b.west),
                a.south.min(b.south),
                a.east.max(b.east),
                a.north.max(b.north),
            )
        })
}
