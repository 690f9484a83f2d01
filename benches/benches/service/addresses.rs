//! What is asked for: every kind of answer that a map and a GIS program want all the time.

use anyhow::{Result, ensure};
use geodesy::Bounds;
use geodesy::tile_grid::PixelWindow;
use rand::seq::SliceRandom;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::program::Running;

/// The kind that is computed and not looked up.
pub const BUDGET: &str = "point, link budget";
/// Most addresses of a kind.
const MOST: usize = 300;
/// Zooms at which a province is looked at.
const ZOOMS: std::ops::RangeInclusive<u8> = 8..=13;
/// Layers of the map that people look at.
const LAYERS: [&str; 3] = ["4g-any-signal", "5g-any-signal", "4g-any-best_server"];

/// Requests at once of maps and programs, and of people.
pub const MAP_AT_ONCE: u32 = 16;
const PEOPLE_AT_ONCE: u32 = 4;

/// Addresses of one kind; each was asked for once, so that what can be kept in memory is.
pub struct Kind {
    pub name: &'static str,
    pub paths: Vec<String>,
    /// Length of all answers.
    pub bytes: usize,
    /// How many are asked for at once.
    pub at_once: u32,
}

/// The addresses of the demo project.
pub async fn of_demo(running: &Running) -> Result<Vec<Kind>> {
    let project = format!("/api/projects/{}", running.project);
    let bounds: [f64; 4] = serde_json::from_value(running.get(&project).await?["bounds"].clone())?;
    let run = format!("{project}/runs/{}", running.coverage().await?);
    let [west, south, east, north] = bounds;
    let tiles = ZOOMS.flat_map(|zoom| PixelWindow::covering(Bounds::new(west, south, east, north), zoom).tiles());
    let tiles: Vec<String> = tiles
        .map(|tile| format!("{}/{}/{}", tile.zoom, tile.x, tile.y))
        .collect();
    let of_layers = |prefix: &str, layers: &[&str], ending: &str| -> Vec<String> {
        let tiles = tiles.iter();
        tiles
            .flat_map(|tile| {
                layers
                    .iter()
                    .map(move |layer| format!("{prefix}/{layer}/{tile}.{ending}"))
            })
            .collect()
    };
    let mut random = ChaCha8Rng::seed_from_u64(529);
    let mut at_places = |path: &str| -> Vec<String> {
        let mut place = || {
            let (lon, lat) = (random.random_range(west..east), random.random_range(south..north));
            format!("{run}/{path}?lon={lon:.5}&lat={lat:.5}")
        };
        (0..MOST).map(|_| place()).collect()
    };
    let villages = format!("/ogc/{}/collections/villages/items?limit=100", running.project);
    let pages = (0..10)
        .map(|page| format!("{villages}&offset={}", 100 * page))
        .collect();
    let kinds = [
        (
            "vector tiles",
            of_layers(&format!("{project}/vector"), &["sites", "villages", "communes"], "mvt"),
        ),
        ("map tiles", of_layers(&format!("{run}/tiles"), &LAYERS, "png")),
        ("pages of features", pages),
        ("point", at_places("point")),
        (BUDGET, at_places("point/budget")),
    ];
    let mut warm = Vec::new();
    for (name, paths) in kinds {
        warm.push(warmed(running, name, thinned(paths, &mut random)).await?);
    }
    Ok(warm)
}

/// No more than [`MOST`], in an order of chance that is always the same.
fn thinned(mut paths: Vec<String>, random: &mut ChaCha8Rng) -> Vec<String> {
    paths.shuffle(random);
    paths.truncate(MOST);
    paths
}

async fn warmed(running: &Running, name: &'static str, paths: Vec<String>) -> Result<Kind> {
    ensure!(!paths.is_empty(), "no addresses for {name}");
    let mut bytes = 0;
    for path in &paths {
        bytes += running.bytes(path).await?.len();
    }
    let at_once = if name.starts_with("point") {
        PEOPLE_AT_ONCE
    } else {
        MAP_AT_ONCE
    };
    Ok(Kind {
        name,
        paths,
        bytes,
        at_once,
    })
}
